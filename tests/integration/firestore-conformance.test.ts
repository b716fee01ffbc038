import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { FieldPath, FieldValue, Firestore, Timestamp } from "@google-cloud/firestore";
import { afterAll, describe, expect, it } from "@jest/globals";
import { MemoryFirestore } from "../fakes/memory-firestore/memory-firestore.ts";

/** The emulator and the memory database must answer alike: simulation stands on this. */
const emulator = new Firestore({
  projectId: `conform-${randomUUID().slice(0, 8)}`,
  databaseId: "data-eu",
  ignoreUndefinedProperties: true,
});
const memory = new MemoryFirestore(() => new Date("2025-01-15T12:00:00Z")).asFirestore();

afterAll(() => emulator.terminate());

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: { code: number }) => error.code,
  );

describe.each([
  ["emulator", emulator],
  ["memory", memory],
])("Firestore as Lethe uses it: %s", (_name, db) => {
  const root = `tenants/t${randomUUID().slice(0, 8)}`;
  const things = () => db.collection(`${root}/things`);

  it("stores times as timestamps, bytes as buffers, and drops undefined members", async () => {
    const ref = things().doc("kinds");
    await ref.set({
      at: new Date("2025-02-01T00:00:00.123Z"),
      bytes: Uint8Array.of(1, 2, 255),
      gone: undefined,
      map: { list: [1, "a", null] },
    });
    const data = (await ref.get()).data() ?? {};
    expect(data.at).toBeInstanceOf(Timestamp);
    expect((data.at as Timestamp).toDate().toISOString()).toBe("2025-02-01T00:00:00.123Z");
    expect(Buffer.isBuffer(data.bytes)).toBe(true);
    expect(Buffer.from(data.bytes as Uint8Array).toString("hex")).toBe("0102ff");
    expect(data.map).toEqual({ list: [1, "a", null] });
    expect("gone" in data).toBe(false);
  });

  it("answers preconditions with the same codes", async () => {
    const ref = things().doc("pre");
    expect(await codeOf(ref.update({ a: 1 }))).toBe(5);
    expect(await codeOf(ref.create({ a: 1 }))).toBe("ok");
    expect(await codeOf(ref.create({ a: 1 }))).toBe(6);
    expect(await codeOf(ref.delete({ exists: true }))).toBe("ok");
    expect(await codeOf(ref.delete({ exists: true }))).toBe(5);
    expect(await codeOf(ref.delete())).toBe("ok");
    await ref.set({ a: 1 });
    const seen = (await ref.get()).updateTime ?? Timestamp.now();
    await ref.update({ a: 2 });
    expect(await codeOf(ref.update({ a: 3 }, { lastUpdateTime: seen }))).toBe(9);
  });

  it("updates members of maps by their paths and leaves the others", async () => {
    const ref = things().doc("paths");
    await ref.set({ map: { a: 1, b: 2 }, other: true });
    await ref.update({ "map.b": 3 });
    expect((await ref.get()).data()).toEqual({ map: { a: 1, b: 3 }, other: true });
    await ref.update({ other: FieldValue.delete(), "map.a": FieldValue.delete() });
    expect((await ref.get()).data()).toEqual({ map: { b: 3 } });
  });

  it("adds to members of maps, also to absent ones", async () => {
    const ref = things().doc("sums");
    await ref.set({ counts: { a: 1 }, other: 1 });
    await ref.update({ "counts.a": FieldValue.increment(2), "counts.b": FieldValue.increment(3) });
    expect((await ref.get()).data()).toEqual({ counts: { a: 3, b: 3 }, other: 1 });
  });

  it("applies all writes of a batch or none", async () => {
    const batch = db.batch();
    batch.create(things().doc("both"), { a: 1 });
    batch.update(things().doc("absent"), { a: 1 });
    expect(await codeOf(batch.commit())).toBe(5);
    expect((await things().doc("both").get()).exists).toBe(false);
  });

  it("answers queries in the same order", async () => {
    const rows = db.collection(`${root}/rows`);
    for (const [id, n, tag] of [
      ["b", 2, "x"],
      ["a", 2, "y"],
      ["c", 1, "x"],
      ["d", 3, "x"],
    ] as const)
      await rows.doc(id).set({ n, tag, list: [tag, n] });
    await rows.doc("e").set({ tag: "x" });
    const ids = async (query: FirebaseFirestore.Query) => (await query.get()).docs.map((snapshot) => snapshot.id);
    expect(await ids(rows.orderBy("n"))).toEqual(["c", "a", "b", "d"]);
    expect(await ids(rows.orderBy("n", "desc"))).toEqual(["d", "b", "a", "c"]);
    expect(await ids(rows.where("tag", "==", "x"))).toEqual(["b", "c", "d", "e"]);
    expect(await ids(rows.where("n", ">=", 2).orderBy("n").limit(2))).toEqual(["a", "b"]);
    expect(await ids(rows.orderBy("n").startAfter(2))).toEqual(["d"]);
    await rows.doc("f").set({ n: null, tag: "z" });
    expect(await ids(rows.where("n", "<", 2).orderBy("n"))).toEqual(["c"]);
    expect(await ids(rows.where("list", "array-contains", "y"))).toEqual(["a"]);
    expect(await ids(rows.where("n", "in", [1, 3]))).toEqual(["c", "d"]);
    expect(await ids(rows.orderBy(FieldPath.documentId()).startAfter("b").limit(2))).toEqual(["c", "d"]);
    expect((await rows.where("tag", "==", "x").count().get()).data().count).toBe(4);
    const [slim] = (await rows.where("tag", "==", "y").select().get()).docs;
    expect(slim?.data()).toEqual({});
  });

  it("binds a collection group to a range of paths", async () => {
    const name = `turns${root.slice(-8)}`;
    for (const parent of ["one", "two"])
      for (const id of ["1", "2"]) await db.doc(`${root}/heads/${parent}/${name}/${id}`).set({ who: "s" });
    await db.doc(`tenants/zzz/heads/one/${name}/1`).set({ who: "s" });
    const query = db
      .collectionGroup(name)
      .where("who", "==", "s")
      .where(FieldPath.documentId(), ">=", root)
      .where(FieldPath.documentId(), "<", `${root}\uf8ff`)
      .orderBy(FieldPath.documentId());
    const paths = (await query.limit(3).get()).docs.map((snapshot) => snapshot.ref.path.slice(root.length));
    expect(paths).toEqual([`/heads/one/${name}/1`, `/heads/one/${name}/2`, `/heads/two/${name}/1`]);
    const rest = await query.startAfter(`${root}${paths[2]}`).get();
    expect(rest.docs.map((snapshot) => snapshot.ref.path.slice(root.length))).toEqual([`/heads/two/${name}/2`]);
  });

  it("lets one of two racing transactions see what the other wrote", async () => {
    const ref = things().doc("race");
    await ref.set({ n: 0 });
    const add = () =>
      db.runTransaction(async (tx) => {
        const n = (await tx.get(ref)).get("n") as number;
        tx.update(ref, { n: n + 1 });
      });
    await Promise.all([add(), add(), add()]);
    expect((await ref.get()).get("n")).toBe(3);
  });

  it("shows a transaction everything as of one moment", async () => {
    const [one, two] = [things().doc("one"), things().doc("two")];
    await Promise.all([one.set({ n: 0 }), two.set({ n: 0 })]);
    let written: Promise<unknown> = Promise.resolve();
    const seen = await db.runTransaction(async (tx) => {
      const first = (await tx.get(one)).get("n");
      // Not waited for: the server holds it until this transaction is over.
      if (first === 0) written = db.batch().update(one, { n: 1 }).update(two, { n: 1 }).commit();
      await setTimeout(50);
      return [first, (await tx.get(two)).get("n")];
    });
    expect([
      [0, 0],
      [1, 1],
    ]).toContainEqual(seen);
    await written;
    expect((await two.get()).get("n")).toBe(1);
  });

  it("refuses a read after a write in a transaction", async () => {
    const late = db.runTransaction(async (tx) => {
      tx.set(things().doc("late"), { a: 1 });
      await tx.get(things().doc("late"));
    });
    await expect(late).rejects.toThrow(/reads to be executed before all writes/);
  });
});
