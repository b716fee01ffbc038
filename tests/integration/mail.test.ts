import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { retryUnattended } from "../../functions/src/jobs/retry-job.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { liftRestriction } from "../../functions/src/subject-requests/rights/lift-restriction.ts";
import { rectifySubject } from "../../functions/src/subject-requests/rights/rectify-subject.ts";
import { restrictSubject } from "../../functions/src/subject-requests/rights/restrict-subject.ts";
import { verifyIdentifier } from "../../functions/src/subject-requests/rights/verify-identifier.ts";
import type { Served } from "../support/served.ts";
import { type Desk, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

describe("mail about an erasure", () => {
  let deps: TestDeps;
  let api: Served;
  let desk: Desk;

  beforeAll(async () => {
    deps = testDeps();
    api = await serveAll(deps);
    desk = await openDesk(deps, api, "bakery");
  });
  afterAll(async () => {
    await api.close();
    await deps.close();
  });

  /** A person whose addresses staff have verified. */
  const personWith = async (...addresses: string[]) => {
    const guest = await welcome(deps, api, desk);
    await guest.leave({ email: addresses[0] ?? "nobody@people.example", message: "hello" });
    const subject = { tenantId: desk.tenantId, subjectId: guest.subjectId };
    for (const value of addresses)
      await verifyIdentifier(deps, desk.owner.actor, subject, { kind: "email", value }, "called back");
    return subject;
  };
  const request = async (subjectId: string) =>
    (await requestErasure(deps, desk.owner.actor, desk.tenantId, { kind: "person", subjectId }, "asked")).jobId;
  const settle = async (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) {
      await deps.publisher.drain({
        "erasure-steps": (payload, delivery) => runJob(deps, erasureJob, stepMessage.parse(payload), delivery),
      });
      deps.clock.advance(400);
      await resumeStalledJobs(deps);
    }
  };
  const receiptOf = async (jobId: string) => {
    const receipt = await deps.stores.data.doc(`tenants/${desk.tenantId}/receipts/${jobId}`).get();
    const { payload } = receipt.get("envelope") as { payload: string };
    return JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as { recipients: { name: string }[] };
  };
  const mailIn = async (jobId: string) =>
    (await receiptOf(jobId)).recipients.find(({ name }) => name === "postmarkMail");
  const lettersTo = (address: string) => deps.mail.letters.filter(({ to }) => to === address).length;
  const notes = async () => (await deps.stores.data.collection(`tenants/${desk.tenantId}/letters`).get()).size;

  it("ends although the provider takes no removals, and the receipt says by when its copies are gone", async () => {
    const { subjectId } = await personWith("rosa@people.example");
    deps.mail.refuseRemovals("refused");
    const jobId = await request(subjectId);
    await settle(4);
    deps.mail.refuseRemovals("requested");
    expect(await findJob(deps.stores, desk.tenantId, jobId)).toMatchObject({ state: "done", counts: { letters: 1 } });
    expect(await mailIn(jobId)).toMatchObject({ outcome: "expires-on", on: expect.stringMatching(/^2025-0[23]/) });
    expect(lettersTo("rosa@people.example")).toBe(1);
  });

  it("reaches every address once: a dead one is told of in the counts, one that fails for a time is told later", async () => {
    const { subjectId } = await personWith("lena@people.example", "lena@bounce.example", "lena@work.example");
    const jobId = await request(subjectId);
    deps.mail.failFor("lena@people.example");
    await settle(5);
    expect(lettersTo("lena@work.example")).toBe(1);
    expect(lettersTo("lena@people.example")).toBe(0);
    expect(await findJob(deps.stores, desk.tenantId, jobId)).toMatchObject({ state: "failed", step: "tell-subject" });
    deps.mail.failFor(undefined);
    await retryUnattended(deps, desk.tenantId, jobId);
    await settle(4);
    const job = await findJob(deps.stores, desk.tenantId, jobId);
    expect(job).toMatchObject({ state: "done", counts: { letters: 2, undeliverable: 1 } });
    expect([lettersTo("lena@work.example"), lettersTo("lena@people.example")]).toEqual([1, 1]);
    expect(await mailIn(jobId)).toMatchObject({ outcome: "requested" });
    expect(await notes()).toBe(0);
  });

  it("says that the provider holds nothing only of somebody who was never written to", async () => {
    const stranger = await personWith();
    const written = await personWith("olga@people.example");
    await restrictSubject(deps, desk.owner.actor, written, "accuracy");
    await liftRestriction(deps, desk.owner.actor, written, "over");
    await rectifySubject(deps, desk.owner.actor, written, { email: null }, "asked");
    const jobs = [await request(stranger.subjectId), await request(written.subjectId)];
    await settle(4);
    const outcomes = await Promise.all(jobs.map(async (jobId) => mailIn(jobId)));
    expect(outcomes).toMatchObject([{ outcome: "holds-nothing" }, { outcome: "expires-on" }]);
  });
});
