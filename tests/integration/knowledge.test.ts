import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { collectionRef } from "../../functions/src/inventory/collections.ts";
import { getJob } from "../../functions/src/jobs/jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { deleteDocument } from "../../functions/src/knowledge/delete-document.ts";
import { findPassages } from "../../functions/src/knowledge/find-passages.ts";
import { knowledgeJob } from "../../functions/src/knowledge/knowledge-job.ts";
import { getDocument, listDocuments } from "../../functions/src/knowledge/list-documents.ts";
import { publishChunks } from "../../functions/src/knowledge/store.ts";
import { uploadDocument } from "../../functions/src/knowledge/upload-document.ts";
import { openShop, runKnowledgeJobs, type Shop, teach } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { watchFirestore } from "../support/watch-firestore.ts";

const watch = watchFirestore();
let deps: TestDeps;
let refusals = 0;

beforeAll(() => {
  deps = testDeps();
});

afterAll(async () => {
  await deps.close();
  expect(watch.faults()).toEqual([]);
});

const files = (shop: Shop) => [...deps.buckets.objects.keys()].filter((path) => path.includes(shop.tenantId));

async function chunksOf(shop: Shop, documentId: string) {
  const chunks = collectionRef(deps.stores, "chunks", { tenantId: shop.tenantId });
  const found = await chunks.where("documentId", "==", documentId).get();
  return found.docs.map((chunk) => chunk.data());
}

async function search(shop: Shop, question: string) {
  const [vector = []] = await deps.model.embed([question], "query", AbortSignal.timeout(5_000));
  return findPassages(deps, shop.tenantId, vector);
}

const markdown = (fileName: string, text: string | Uint8Array) => ({
  fileName,
  contentType: "text/markdown; charset=utf-8",
  bytes: typeof text === "string" ? Buffer.from(text) : text,
});

/** `count` sections, each with words of its own. */
function longText(count: number): string {
  const sections = Array.from({ length: count }, (_, n) => `## Part ${n}\n\nThe word of part ${n} is w${n}ord${n}.`);
  return `# Long\n\n${sections.join("\n\n")}`;
}

describe("an uploaded document", () => {
  it("is found by its content once its job is done, and not before", async () => {
    const shop = await openShop(deps, "bakery1");
    const upload = markdown("prices.md", "# Our prices\n\n## Bread\n\nRye bread costs 4 euro.");
    const document = await uploadDocument(deps, shop.staff, upload, "key-00000001");
    expect(document).toMatchObject({
      title: "Our prices",
      state: "processing",
      version: 1,
      contentType: "text/markdown",
    });
    expect(await search(shop, "What does rye bread cost?")).toEqual([]);
    await runKnowledgeJobs(deps);
    expect(await getDocument(deps, shop.staff, document.id)).toMatchObject({ state: "ready", chunkCount: 1 });
    expect(await getJob(deps.stores, shop.tenantId, document.jobId)).toMatchObject({
      state: "done",
      counts: { passages: 1 },
    });
    expect(await search(shop, "What does rye bread cost?")).toMatchObject([
      { documentId: document.id, title: "Our prices", heading: "Bread", text: "Rye bread costs 4 euro." },
    ]);
  });

  it("is cut and embedded in batches, each passage once", async () => {
    const shop = await openShop(deps, "bakery2");
    const documentId = await teach(deps, shop, "long.md", longText(50));
    const chunks = await chunksOf(shop, documentId);
    expect(chunks).toHaveLength(50);
    expect(chunks.every(({ live }) => live === true)).toBe(true);
    expect(await getDocument(deps, shop.staff, documentId)).toMatchObject({ chunkCount: 50, state: "ready" });
  });

  it("finishes after its step died between two batches and its message came twice", async () => {
    const shop = await openShop(deps, "bakery3");
    const upload = markdown("long.md", longText(50));
    const { id, jobId } = await uploadDocument(deps, shop.staff, upload, "key-00000001");
    const message = deps.publisher.waiting.splice(0).find(({ topic }) => topic === "knowledge-steps");
    const run = () =>
      runJob(deps, knowledgeJob, stepMessage.parse(message?.payload), {
        messageId: "m",
        subscription: "s",
        attempt: 1,
      });
    deps.model.failNext();
    await expect(run()).rejects.toMatchObject({ code: "model-unavailable" });
    await run();
    await run();
    await runKnowledgeJobs(deps);
    expect(await getJob(deps.stores, shop.tenantId, jobId)).toMatchObject({ state: "done" });
    expect(await chunksOf(shop, id)).toHaveLength(50);
  });

  it("is one document for a repeated call", async () => {
    const shop = await openShop(deps, "bakery4");
    const upload = markdown("a.md", "# A\n\nText.");
    const first = await uploadDocument(deps, shop.staff, upload, "key-00000001");
    const second = await uploadDocument(deps, shop.staff, upload, "key-00000001");
    expect(second).toEqual(first);
    expect((await listDocuments(deps, shop.staff, undefined)).documents).toHaveLength(1);
    const entries = await collectionRef(deps.stores, "auditPending", { tenantId: shop.tenantId }).get();
    expect(entries.docs.filter((entry) => entry.get("action") === "knowledge-uploaded")).toHaveLength(1);
  });

  it("of a known name replaces that document: the old text answers until the new one does", async () => {
    const shop = await openShop(deps, "bakery5");
    const documentId = await teach(deps, shop, "prices.md", "# Prices\n\nRye bread costs 4 euro.");
    const upload = markdown("prices.md", "# Prices\n\nRye bread costs 5 euro.");
    const replaced = await uploadDocument(deps, shop.staff, upload, "key-00000002");
    expect(replaced).toMatchObject({ id: documentId, version: 2, state: "ready" });
    expect((await search(shop, "What does rye bread cost?")).map(({ text }) => text)).toEqual([
      "Rye bread costs 4 euro.",
    ]);
    await runKnowledgeJobs(deps);
    expect((await search(shop, "What does rye bread cost?")).map(({ text }) => text)).toEqual([
      "Rye bread costs 5 euro.",
    ]);
    expect(files(shop)).toEqual([`knowledge/${shop.tenantId}/${documentId}/v2`]);
  });

  it("never speaks for a neighbor", async () => {
    const [mine, theirs] = [await openShop(deps, "bakery6"), await openShop(deps, "bakery7")];
    await teach(deps, mine, "prices.md", "# Prices\n\nRye bread costs 4 euro.");
    await teach(deps, theirs, "hours.md", "# Hours\n\nWe open at six.");
    expect(await search(theirs, "What does rye bread cost?")).toEqual([]);
  });
});

describe("two uploads of a new name at once", () => {
  it("make one document", async () => {
    const shop = await openShop(deps, "shelf10x");
    const texts = ["Rye bread costs 4 euro.", "Rye bread costs 5 euro.", "Rye bread costs 6 euro."];
    const made = await Promise.allSettled(
      texts.map((text, n) =>
        uploadDocument(deps, shop.staff, markdown("prices.md", `# Prices\n\n${text}`), `key-at-once-${n}`),
      ),
    );
    const refused = made.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []));
    expect(new Set(refused)).toEqual(new Set(["already-exists"]));
    await runKnowledgeJobs(deps);
    expect((await listDocuments(deps, shop.staff, undefined)).documents).toMatchObject([{ state: "ready" }]);
    expect(await search(shop, "What does rye bread cost?")).toHaveLength(1);
  });
});

describe("a deleted document", () => {
  it("answers nothing from the moment that the call returns", async () => {
    const shop = await openShop(deps, "shelf11x");
    const documentId = await teach(deps, shop, "prices.md", "# Prices\n\nRye bread costs 4 euro.");
    await deleteDocument(deps, shop.staff, documentId);
    expect(await search(shop, "What does rye bread cost?")).toEqual([]);
  });

  it("answers nothing either when it goes while it is published", async () => {
    const shop = await openShop(deps, "shelf12x");
    const upload = markdown("prices.md", "# Prices\n\nRye bread costs 4 euro.");
    const stored = await uploadDocument(deps, shop.staff, upload, "key-00000001");
    await runKnowledgeJobs(deps);
    await deleteDocument(deps, shop.staff, stored.id);
    expect(await publishChunks(deps.stores, stored, 200)).toBe(0);
    expect(await search(shop, "What does rye bread cost?")).toEqual([]);
  });

  it("gives its name up: a file of that name is another document, which the deletion leaves alone", async () => {
    const shop = await openShop(deps, "shelf13x");
    const deleted = await teach(deps, shop, "prices.md", "# Prices\n\nRye bread costs 4 euro.");
    await deleteDocument(deps, shop.staff, deleted);
    const upload = markdown("prices.md", "# Prices\n\nRye bread costs 5 euro.");
    const made = await uploadDocument(deps, shop.staff, upload, "key-00000002");
    expect(made.id).not.toBe(deleted);
    expect(made).toMatchObject({ state: "processing", version: 1 });
    await runKnowledgeJobs(deps);
    expect(await getDocument(deps, shop.staff, made.id)).toMatchObject({ state: "ready" });
    expect((await search(shop, "What does rye bread cost?")).map(({ text }) => text)).toEqual([
      "Rye bread costs 5 euro.",
    ]);
    expect(files(shop)).toEqual([`knowledge/${shop.tenantId}/${made.id}/v1`]);
    await expect(getDocument(deps, shop.staff, deleted)).rejects.toMatchObject({ code: "not-found" });
  });

  it("leaves no passage, no file and no record", async () => {
    const shop = await openShop(deps, "bakery8");
    const documentId = await teach(deps, shop, "prices.md", longText(30));
    const kept = await teach(deps, shop, "other.md", "# Other\n\nRye bread costs 4 euro.");
    await deleteDocument(deps, shop.staff, documentId);
    await deleteDocument(deps, shop.staff, documentId);
    await runKnowledgeJobs(deps);
    expect(await chunksOf(shop, documentId)).toEqual([]);
    expect(files(shop)).toEqual([`knowledge/${shop.tenantId}/${kept}/v1`]);
    await expect(getDocument(deps, shop.staff, documentId)).rejects.toMatchObject({ code: "not-found" });
    const entries = await collectionRef(deps.stores, "auditPending", { tenantId: shop.tenantId }).get();
    expect(entries.docs.filter((entry) => entry.get("action") === "knowledge-deleted")).toHaveLength(1);
    expect(await chunksOf(shop, kept)).toHaveLength(1);
  });

  it("is gone for good when it goes while its passages are being made", async () => {
    const shop = await openShop(deps, "bakery9");
    const { id } = await uploadDocument(deps, shop.staff, markdown("long.md", longText(50)), "key-00000001");
    const [upload] = deps.publisher.waiting.splice(0);
    await deleteDocument(deps, shop.staff, id);
    await runKnowledgeJobs(deps);
    if (upload !== undefined) deps.publisher.waiting.push(upload);
    await runKnowledgeJobs(deps);
    expect(await chunksOf(shop, id)).toEqual([]);
    expect(files(shop)).toEqual([]);
  });
});

describe("a file that cannot be a document", () => {
  it.each<[string, { fileName: string; contentType: string; bytes: Uint8Array }, string]>([
    ["of another type", { ...markdown("a.pdf", "text"), contentType: "application/pdf" }, "input-not-supported"],
    ["that is not UTF-8", markdown("a.md", Uint8Array.of(0x61, 0xff, 0x62)), "input-invalid"],
    ["without words", markdown("a.md", "# \n\n ---"), "input-invalid"],
    ["of more than a megabyte", markdown("a.md", "x".repeat(1024 * 1024 + 1)), "input-too-large"],
    ["with a path as name", markdown("../a.md", "text"), "input-invalid"],
    ["with a control character in its name", markdown("a\u0000.md", "text"), "input-invalid"],
    ["without a name", markdown(" ", "text"), "input-invalid"],
  ])("%s is refused, and nothing is stored", async (_, upload, code) => {
    refusals += 1;
    const shop = await openShop(deps, `refuser${refusals}`);
    await expect(uploadDocument(deps, shop.staff, upload, "key-00000001")).rejects.toMatchObject({ code });
    expect((await listDocuments(deps, shop.staff, undefined)).documents).toEqual([]);
    expect(files(shop)).toEqual([]);
  });
});

describe("the list of documents", () => {
  it("is paged by file name", async () => {
    const shop = await openShop(deps, "lister");
    for (let n = 0; n < 52; n += 1) {
      const upload = markdown(`doc-${String(n).padStart(2, "0")}.md`, `# Doc ${n}\n\nText ${n}.`);
      await uploadDocument(deps, shop.staff, upload, `key-${String(n).padStart(8, "0")}`);
    }
    const first = await listDocuments(deps, shop.staff, undefined);
    expect(first.documents).toHaveLength(50);
    expect(first.next).toBe("doc-49.md");
    const second = await listDocuments(deps, shop.staff, first.next);
    expect(second.documents.map(({ fileName }) => fileName)).toEqual(["doc-50.md", "doc-51.md"]);
    expect(second.next).toBeUndefined();
  });
});
