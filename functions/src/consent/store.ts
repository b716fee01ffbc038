import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Consents, Notice } from "./notice.ts";

/** One consent given or withdrawn; records are never changed, the newest of a purpose holds. @see GDPR Art. 7(1) */
export interface ConsentRecord {
  id: string;
  tenantId: string;
  subjectId: string;
  purpose: string;
  given: boolean;
  noticeVersion: number;
  channelId: string;
  createdAt: Date;
}

/** Newest records of one person that are asked for; a person changes a handful of purposes now and then. */
const recordsRead = 200;

function noticeFrom(tenantId: string, snapshot: DocumentSnapshot): Notice | undefined {
  const data = snapshot.data() as
    | (Omit<Notice, "tenantId" | "createdAt"> & { createdAt: { toDate(): Date } })
    | undefined;
  return data === undefined ? undefined : { ...data, tenantId, createdAt: data.createdAt.toDate() };
}

/** The newest notice, or undefined. */
export async function findNewestNotice(stores: Stores, tenantId: string): Promise<Notice | undefined> {
  const notices = collectionRef(stores, "notices", { tenantId });
  const { docs } = await notices.orderBy("version", "desc").limit(1).get();
  return docs[0] === undefined ? undefined : noticeFrom(tenantId, docs[0]);
}

/** The newest notice within a transaction, or undefined. */
export async function readNewestNotice(tx: Transaction, stores: Stores, tenantId: string): Promise<Notice | undefined> {
  const notices = collectionRef(stores, "notices", { tenantId });
  const { docs } = await tx.get(notices.orderBy("version", "desc").limit(1));
  return docs[0] === undefined ? undefined : noticeFrom(tenantId, docs[0]);
}

/** A notice of a version, or undefined. */
export async function findNotice(stores: Stores, tenantId: string, version: number): Promise<Notice | undefined> {
  const ref = documentRef(stores, "notices", { tenantId, noticeVersion: String(version) });
  return noticeFrom(tenantId, await ref.get());
}

/** Notices of a tenant, newest first, at most 100. */
export async function listNoticeRecords(stores: Stores, tenantId: string): Promise<Notice[]> {
  const notices = collectionRef(stores, "notices", { tenantId });
  const { docs } = await notices.orderBy("version", "desc").limit(100).get();
  return docs.flatMap((snapshot) => noticeFrom(tenantId, snapshot) ?? []);
}

/** Stores a notice under its version; one that exists is not replaced. */
export function createNotice(tx: Transaction, stores: Stores, notice: Notice): void {
  const { tenantId, ...fields } = notice;
  tx.create(documentRef(stores, "notices", { tenantId, noticeVersion: String(notice.version) }), fields);
}

/** Writes a consent record. */
export function createConsent(tx: Transaction, stores: Stores, record: ConsentRecord): void {
  const { id: consentId, tenantId, ...fields } = record;
  tx.create(documentRef(stores, "consents", { tenantId, consentId }), fields);
}

/** Whether a record of that id is there. */
export async function hasConsent(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  consentId: string,
): Promise<boolean> {
  return (await tx.get(documentRef(stores, "consents", { tenantId, consentId }))).exists;
}

/** Consents of one person as they were recorded, newest first. */
export async function consentsOfSubject(
  stores: Stores,
  subject: { tenantId: string; subjectId: string },
): Promise<ConsentRecord[]> {
  const { tenantId, subjectId } = subject;
  const records = collectionRef(stores, "consents", { tenantId }).where("subjectId", "==", subjectId);
  const { docs } = await records.orderBy("createdAt", "desc").limit(recordsRead).get();
  return docs.map((snapshot) => {
    const data = snapshot.data() as Omit<ConsentRecord, "id" | "tenantId" | "createdAt"> & {
      createdAt: { toDate(): Date };
    };
    return { ...data, id: snapshot.id, tenantId, createdAt: data.createdAt.toDate() };
  });
}

/** What a person's records come to: the newest of each purpose; purposes never asked for are absent. */
export interface ConsentState {
  consents: Consents;
  /** The notice under which each purpose's newest record was made. */
  noticeVersions: Readonly<Record<string, number>>;
  /** When the newest record was made; absent where there is none. */
  newestAt?: Date;
}

/** A person's consents in force, within a transaction. */
export async function readConsents(
  tx: Transaction,
  stores: Stores,
  subject: { tenantId: string; subjectId: string },
): Promise<ConsentState> {
  const records = collectionRef(stores, "consents", { tenantId: subject.tenantId })
    .where("subjectId", "==", subject.subjectId)
    .orderBy("createdAt", "desc")
    .limit(recordsRead);
  const { docs } = await tx.get(records);
  const newestFirst = docs.map(
    (snapshot) =>
      snapshot.data() as Pick<ConsentRecord, "purpose" | "given" | "noticeVersion"> & { createdAt: { toDate(): Date } },
  );
  const newestAt = newestFirst[0]?.createdAt.toDate();
  const oldestFirst = newestFirst.toReversed();
  const consents = Object.fromEntries(oldestFirst.map(({ purpose, given }) => [purpose, given]));
  const noticeVersions = Object.fromEntries(oldestFirst.map(({ purpose, noticeVersion }) => [purpose, noticeVersion]));
  return { consents, noticeVersions, ...(newestAt === undefined ? {} : { newestAt }) };
}

/** Whether a person decided about a purpose after a time. */
export async function hasConsentAfter(
  tx: Transaction,
  stores: Stores,
  of: { tenantId: string; subjectId: string; purpose: string },
  at: Date,
): Promise<boolean> {
  const later = collectionRef(stores, "consents", { tenantId: of.tenantId })
    .where("subjectId", "==", of.subjectId)
    .where("purpose", "==", of.purpose)
    .where("createdAt", ">", at)
    .limit(1);
  return !(await tx.get(later)).empty;
}
