/** What the panel page carries for its script. */
export interface Settings {
  channelKey: string;
  name: string;
  businessName: string;
  accentColor: string;
  greeting: string;
  handoffText: string;
  privacyContact: string;
  maxQuestionCharacters: number;
  notice: { version: number; text: string; purposes: Purpose[] };
}

export interface Purpose {
  id: string;
  title: string;
  text: string;
}

/** Reads the settings that the server put on the page. @throws Error on a page that is not the panel. */
export function readSettings(main: HTMLElement): Settings {
  const text = main.dataset.settings;
  if (text === undefined) throw new Error("the panel page carries no settings");
  return JSON.parse(text) as Settings;
}
