import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import "../support/quiet.ts";
import { type ForkedCloud, forkCloud } from "./forked-cloud.ts";
import { killClosure } from "./kill-closure.ts";
import { killErasure } from "./kill-erasure.ts";
import { killAccountExport, killPersonExport } from "./kill-exports.ts";
import { killPurge } from "./kill-purge.ts";

const stories = {
  "erases a person to the last record, and nobody else, with one receipt": killErasure,
  "exports an account with each record once, proven": killAccountExport,
  "exports a person with each record once, proven, and answers the request": killPersonExport,
  "purges what is due and nothing else, with one receipt": killPurge,
  "deletes an account to the last record, and no other, with one certificate": killClosure,
};

describe("a job whose process is killed again and again", () => {
  let cloud: ForkedCloud;
  let running: Record<string, Promise<void>> = {};

  beforeAll(async () => {
    cloud = await forkCloud();
    // Together: while one waits for a cold start, or for the locks of a transaction that died, the others go on.
    running = Object.fromEntries(Object.entries(stories).map(([name, story]) => [name, story(cloud)]));
    // Each is awaited by its own test; a failure before that must not count as unhandled.
    for (const story of Object.values(running)) story.catch(() => undefined);
  }, 120_000);
  afterAll(async () => {
    await Promise.allSettled(Object.values(running));
    expect(await cloud.stop()).toEqual([]);
  }, 60_000);

  it.each(Object.keys(stories))("%s", async (name) => running[name], 300_000);
});
