import { Problem, sayingOf, startSession } from "./api.ts";
import { element, once } from "./dom.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./settings.ts";

/** Purposes of a notice as unticked boxes, with what was chosen. */
export function purposeBoxes(purposes: Settings["notice"]["purposes"]): {
  nodes: HTMLElement[];
  chosen: () => Record<string, boolean>;
} {
  const boxes = purposes.map((purpose) => ({
    purpose,
    box: element("input", { type: "checkbox", id: `purpose-${purpose.id}`, "aria-describedby": `text-${purpose.id}` }),
  }));
  const nodes = boxes.map(({ purpose, box }) =>
    element(
      "div",
      { class: "purpose" },
      box,
      element("label", { for: box.id }, purpose.title),
      element("p", { class: "lines", id: `text-${purpose.id}` }, purpose.text),
    ),
  );
  return { nodes, chosen: () => Object.fromEntries(boxes.map(({ purpose, box }) => [purpose.id, box.checked])) };
}

/**
 * What a visitor sees first: that an AI answers, the notice, and what may be agreed to. Nothing is agreed to beforehand.
 *
 * @param ended - what to say to a visitor whose chat before is over; absent for a new one.
 * @param identity - the business's token, asked for when the chat is started.
 * @param onOutdated - another notice is in force than the one that is shown.
 */
export function noticeView(
  settings: Settings,
  ended: string | undefined,
  identity: () => string | undefined,
  onStart: (session: Session, chosen: Record<string, boolean>) => void,
  onOutdated: () => void,
): HTMLElement {
  const { nodes, chosen } = purposeBoxes(settings.notice.purposes);
  const failure = element("p", { class: "failure", role: "alert" });
  const key = crypto.randomUUID();
  const start = element("button", { type: "button", class: "primary" }, "Start chatting");
  start.addEventListener(
    "click",
    once(start, async () => {
      failure.textContent = "";
      try {
        const answers = chosen();
        onStart(await startSession(settings.channelKey, settings.notice.version, answers, key, identity()), answers);
      } catch (error) {
        failure.textContent = sayingOf(error);
        if (error instanceof Problem && error.code === "consent-required") onOutdated();
      }
    }),
  );
  return element(
    "section",
    { class: "notice", "aria-labelledby": "notice-title", tabindex: "-1" },
    ...(ended === undefined ? [] : [element("p", { class: "ended", role: "status" }, ended)]),
    element("p", { class: "badge" }, "AI assistant"),
    element("h2", { id: "notice-title" }, `You are about to talk to an AI`),
    element("p", { class: "lines" }, settings.notice.text),
    element("fieldset", {}, element("legend", {}, "If you like (you can change this at any time)"), ...nodes),
    failure,
    start,
    element("p", { class: "small" }, `Privacy questions: ${settings.privacyContact}`),
  );
}
