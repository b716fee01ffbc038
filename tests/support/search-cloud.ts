import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Firestore } from "@google-cloud/firestore";
import type { ReadyReport } from "../../local/ready-file.ts";
import { everyDocument, textOf } from "./search-everywhere.ts";

/** A second reader on every topic of a cloud: it sees each message that is published from its creation on. */
export interface Tap {
  /** Every message so far, as text with its topic. */
  read(): Promise<{ topic: string; text: string }[]>;
}

/** Listens to every topic of the cloud beside the functions. */
export async function openTap(report: ReadyReport): Promise<Tap> {
  const base = `http://${report.emulators.pubsub}/v1/projects/${report.project}`;
  const id = `tap-${randomUUID()}`;
  const { topics } = await json<{ topics: { name: string }[] }>(`${base}/topics?pageSize=1000`);
  const taps = topics.map(({ name }) => ({
    topic: name,
    subscription: `${base}/subscriptions/${id}-${name.split("/").at(-1)}`,
  }));
  await Promise.all(
    taps.map(({ topic, subscription }) => json(subscription, "PUT", { topic, ackDeadlineSeconds: 600 })),
  );
  const seen: { topic: string; text: string }[] = [];
  const pull = async ({ topic, subscription }: (typeof taps)[number]) => {
    for (;;) {
      const { receivedMessages = [] } = await json<Pulled>(`${subscription}:pull`, "POST", {
        maxMessages: 1000,
        returnImmediately: true,
      });
      if (receivedMessages.length === 0) return;
      for (const { message } of receivedMessages) {
        const data = Buffer.from(message.data ?? "", "base64").toString("utf8");
        seen.push({ topic, text: `${data} ${JSON.stringify(message.attributes ?? {})}` });
      }
      await json(`${subscription}:acknowledge`, "POST", { ackIds: receivedMessages.map(({ ackId }) => ackId) });
    }
  };
  return {
    async read() {
      await Promise.all(taps.map(pull));
      return seen;
    },
  };
}

interface Pulled {
  receivedMessages?: { ackId: string; message: { data?: string; attributes?: Record<string, string> } }[];
}

/** Where words may stand in a whole cloud. */
export type FoundIn = "database" | "bucket" | "account" | "log" | "topic";

/**
 * Searches every document of every database, every object of every bucket, every account of staff, every log file, and every
 * message that went through a topic since the tap was opened.
 *
 * @returns each place where a word stands, in any case of letters.
 */
export async function searchCloud(
  report: ReadyReport,
  tap: Tap,
  words: readonly string[],
): Promise<{ word: string; in: FoundIn; place: string }[]> {
  const found: { word: string; in: FoundIn; place: string }[] = [];
  const look = (kind: FoundIn, place: string, text: string) => {
    const readable = `${place} ${text}`.toLowerCase();
    for (const word of words) if (readable.includes(word.toLowerCase())) found.push({ word, in: kind, place });
  };
  for (const databaseId of report.databases) {
    const [host = "", port] = report.emulators.firestore.split(":");
    const database = new Firestore({ projectId: report.project, databaseId, host, port: Number(port), ssl: false });
    for await (const { path, data } of everyDocument(database))
      look("database", `${databaseId}/${path}`, textOf(data ?? null));
    await database.terminate();
  }
  for (const bucket of report.buckets) {
    const base = `http://${report.emulators.storage}/storage/v1/b/${bucket}/o`;
    const { items = [] } = await json<{ items?: { name: string }[] }>(base);
    for (const { name } of items) {
      const answer = await fetch(`${base}/${encodeURIComponent(name)}?alt=media`);
      look("bucket", `${bucket}/${name}`, await answer.text());
    }
  }
  const accounts = await json<{ userInfo?: { localId: string }[] }>(
    `http://${report.emulators.auth}/identitytoolkit.googleapis.com/v1/projects/${report.project}/accounts:query`,
    "POST",
    {},
  );
  for (const account of accounts.userInfo ?? []) look("account", account.localId, JSON.stringify(account));
  for (const file of readdirSync(report.logs)) look("log", file, readFileSync(join(report.logs, file), "utf8"));
  for (const { topic, text } of await tap.read()) look("topic", topic, text);
  return found;
}

async function json<Answer>(url: string, method = "GET", body?: unknown): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    // The emulators take this for an administrator.
    headers: { authorization: "Bearer owner", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
