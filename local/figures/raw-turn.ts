import { FieldValue, type Firestore, type Timestamp } from "@google-cloud/firestore";

/** The operations of one turn and nothing else: what Firestore itself costs. */
export type RawTurn = {
  /** Makes them once, on documents of their own. @param number - names the turn. */
  run(number: number): Promise<void>;
};

/** A sealed text of the usual length. */
const sealed = Buffer.alloc(286, 1);

/**
 * Prepares a head as a chat of six exchanges leaves it.
 *
 * @param chunks - path of the collection that is searched.
 * @param vector - what is searched for.
 */
export async function rawTurn(
  data: Firestore,
  tenantPath: string,
  chunks: string,
  vector: readonly number[],
): Promise<RawTurn> {
  const head = data.doc(`${tenantPath}/conversations/raw`);
  const element = { question: sealed, answer: sealed, askedAt: new Date() };
  const window = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`raw${n}`.padEnd(32, "0"), element]));
  const ids = { subjectId: "raw", channelId: "raw", conversationId: "raw", turnId: "raw" };
  await head.set({ ...ids, state: "open", subjectState: "active", consents: {}, window, turnCount: 0 });
  return {
    async run(number) {
      const turn = head.collection("turns").doc(`raw${number}`);
      const version = await data.runTransaction(async (tx): Promise<Timestamp | undefined> => {
        const snapshot = await tx.get(head);
        tx.create(turn, { ...ids, question: sealed, state: "answering", askedAt: new Date() });
        return snapshot.updateTime;
      });
      await data
        .collection(chunks)
        .where("live", "==", true)
        .select("documentId", "title", "heading", "text", "distance")
        .findNearest({
          vectorField: "embedding",
          queryVector: FieldValue.vector([...vector]),
          limit: 4,
          distanceMeasure: "COSINE",
          distanceResultField: "distance",
        })
        .get();
      const batch = data.batch();
      batch.update(head, { window, turnCount: number }, version === undefined ? {} : { lastUpdateTime: version });
      batch.update(turn, { answer: sealed, state: "answered", answeredAt: new Date() });
      batch.create(data.doc(`${tenantPath}/aiSessions/raw${number}`), { ...ids, promptTokens: 1, answerTokens: 1 });
      await batch.commit();
    },
  };
}
