import type { Region } from "./shapes.ts";

/** Where this console's API and live documents are, served as `/config.json` by the origin it is loaded from. */
export interface ConsoleConfig {
  /** Origin of each region's API. */
  api: Readonly<Record<Region, string>>;
  firebase: {
    projectId: string;
    /** The browser's key: names the project, and is no secret. */
    apiKey: string;
    /** Origin of the Auth emulator; local cloud only. */
    authEmulator?: string;
    /** `host:port` of the Firestore emulator; local cloud only. */
    firestoreEmulator?: string;
  };
}

/**
 * Fetches the configuration of this deployment.
 *
 * @throws Error when the origin does not serve one: the deployment is incomplete.
 */
export async function loadConfig(): Promise<ConsoleConfig> {
  const response = await fetch("/config.json", { cache: "no-cache" });
  if (!response.ok) throw new Error(`/config.json answers ${response.status}`);
  const config = (await response.json()) as Partial<ConsoleConfig>;
  if (config.api === undefined || config.firebase === undefined) throw new Error("/config.json lacks api or firebase");
  return { api: config.api, firebase: config.firebase };
}
