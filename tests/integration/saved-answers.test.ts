import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { startSession } from "../../functions/src/conversations/start-session.ts";
import { openSessionToken } from "../../functions/src/identity/tokens.ts";
import { collectionRef, documentRef } from "../../functions/src/inventory/collections.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { deleteDocument } from "../../functions/src/knowledge/delete-document.ts";
import { findPassages } from "../../functions/src/knowledge/find-passages.ts";
import { listForReview, readDocumentText } from "../../functions/src/knowledge/list-for-review.ts";
import { approveAnswer, saveAnswer } from "../../functions/src/knowledge/save-answer.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import type { ErasureScope } from "../../functions/src/subject-requests/erasure/scope.ts";
import { liftRestriction } from "../../functions/src/subject-requests/rights/lift-restriction.ts";
import { restrictSubject } from "../../functions/src/subject-requests/rights/restrict-subject.ts";
import { leavesOf } from "../support/audit-log.ts";
import { openShop, runKnowledgeJobs, type Shop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

let deps: TestDeps;
let shop: Shop;

beforeAll(async () => {
  deps = testDeps();
  shop = await openShop(deps, "bakery");
});

afterAll(() => deps.close());

let made = 0;

/** A person with a conversation, of which staff saved an answer about a subject of its own. */
async function saved(topic: string) {
  made += 1;
  const visitor = { kind: "channel", tenantId: shop.tenantId, channelId: shop.channelId } as const;
  const answers = { noticeVersion: 1, consents: {} };
  const session = await startSession(deps, visitor, answers, `${deps.ids.next()}${deps.ids.next()}`);
  const { subjectId, conversationId } = openSessionToken(deps.config, session.token, deps.clock.now());
  const answer = { title: `About ${topic}`, text: `${topic} is baked for Vera on Mondays.` };
  const document = await saveAnswer(deps, shop.staff, conversationId, answer, `save-answer-${made}`);
  await runKnowledgeJobs(deps);
  return { subjectId, conversationId, documentId: document.id };
}

/** What retrieval finds for a topic, by document. */
async function found(topic: string): Promise<string[]> {
  const [vector = []] = await deps.model.embed([`About ${topic}`], "query", AbortSignal.timeout(5_000));
  const passages = await findPassages(deps, shop.tenantId, vector, 20);
  return passages.filter(({ text }) => text.includes(topic)).map(({ documentId }) => documentId);
}

async function erase(scope: ErasureScope) {
  const { jobId } = await requestErasure(deps, shop.staff.actor, shop.tenantId, scope, undefined);
  const frozen = async () => {
    for (let round = 0; round < 8; round += 1) {
      await deps.publisher.drain({
        "ledger-nudges": () => Promise.resolve(),
        "erasure-steps": (payload, delivery) => runJob(deps, erasureJob, stepMessage.parse(payload), delivery),
      });
      deps.clock.advance(120);
      await resumeStalledJobs(deps);
    }
    const receipt = await documentRef(deps.stores, "receipts", { tenantId: shop.tenantId, receiptId: jobId }).get();
    const { payload } = receipt.get("envelope") as { payload: string };
    return JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as {
      exceptions: { name: string; reason: string }[];
    };
  };
  return { finish: frozen };
}

const reasons = async () =>
  new Map((await listForReview(deps, shop.staff)).map(({ document, reason }) => [document.id, reason]));

const isNamed = async (subjectId: string) => {
  const { tenantId } = shop;
  const counts = await Promise.all(
    (["knowledge", "chunks"] as const).map((name) =>
      collectionRef(deps.stores, name, { tenantId }).where("sourceSubjectId", "==", subjectId).count().get(),
    ),
  );
  return counts.some((count) => count.data().count > 0);
};

it("answers from what staff saved, while its person is active", async () => {
  const { documentId, subjectId } = await saved("rye bread");
  expect(await found("rye bread")).toEqual([documentId]);
  expect(await isNamed(subjectId)).toBe(true);
  expect((await reasons()).has(documentId)).toBe(false);
});

it("is out of retrieval from the restriction on, and back when that is lifted", async () => {
  const { documentId, subjectId } = await saved("spelt bread");
  const subject = { tenantId: shop.tenantId, subjectId };
  await restrictSubject(deps, shop.staff.actor, subject, "accuracy");
  expect(await found("spelt bread")).toEqual([]);
  expect((await reasons()).get(documentId)).toBe("restricted");
  await liftRestriction(deps, shop.staff.actor, subject, "checked");
  expect(await found("spelt bread")).toEqual([documentId]);
});

it("is out of retrieval from the request for erasure on, names nobody after it, and the receipt says that it waits", async () => {
  const { documentId, subjectId } = await saved("corn bread");
  const { finish } = await erase({ kind: "person", subjectId });
  expect(await found("corn bread")).toEqual([]);
  const { exceptions } = await finish();
  expect(exceptions.find(({ name }) => name === "knowledge")?.reason).toMatch(/^1 answers/);
  expect(await found("corn bread")).toEqual([]);
  expect(await isNamed(subjectId)).toBe(false);
  expect((await reasons()).get(documentId)).toBe("erased");
  expect(await readDocumentText(deps, shop.staff, documentId)).toContain("Vera");
  await approveAnswer(deps, shop.staff, documentId, "# corn bread\n\ncorn bread is baked on Mondays.", "approve-it-1");
  await runKnowledgeJobs(deps);
  expect(await found("corn bread")).toEqual([documentId]);
  expect((await reasons()).has(documentId)).toBe(false);
  const passages = await collectionRef(deps.stores, "chunks", { tenantId: shop.tenantId })
    .where("documentId", "==", documentId)
    .get();
  expect(passages.docs.map((passage) => passage.get("text") as string).join(" ")).not.toContain("Vera");
  expect((await deps.buckets.list("knowledge", `${shop.tenantId}/${documentId}/`)).length).toBe(1);
});

it("goes with its conversation alone, and may be deleted instead", async () => {
  const { documentId, subjectId, conversationId } = await saved("oat bread");
  const { finish } = await erase({ kind: "conversation", subjectId, conversationId });
  await finish();
  expect(await found("oat bread")).toEqual([]);
  expect((await reasons()).get(documentId)).toBe("erased");
  await deleteDocument(deps, shop.staff, documentId);
  await runKnowledgeJobs(deps);
  expect((await reasons()).has(documentId)).toBe(false);
});

it("is not brought into use by a job that was under way when its person was erased", async () => {
  const topic = "barley bread";
  const { subjectId, conversationId } = await saved("plain bread");
  const late = await saveAnswer(deps, shop.staff, conversationId, { title: topic, text: topic }, "save-answer-late");
  const { finish } = await erase({ kind: "person", subjectId });
  await finish();
  await runKnowledgeJobs(deps);
  expect(await found(topic)).toEqual([]);
  expect((await reasons()).get(late.id)).toBe("erased");
});

it("cannot be saved for somebody restricted or gone, nor approved for what no chat is the source of", async () => {
  const { subjectId, conversationId } = await saved("nut bread");
  const answer = { title: "x", text: "x" };
  await restrictSubject(deps, shop.staff.actor, { tenantId: shop.tenantId, subjectId }, "accuracy");
  const late = saveAnswer(deps, shop.staff, conversationId, answer, "save-answer-frozen");
  await expect(late).rejects.toMatchObject({ code: "subject-frozen" });
  const nowhere = saveAnswer(deps, shop.staff, deps.ids.next(), answer, "save-answer-nowhere");
  await expect(nowhere).rejects.toMatchObject({ code: "not-found" });
  expect(JSON.stringify(await leavesOf(deps, shop.tenantId))).not.toContain("Vera");
});
