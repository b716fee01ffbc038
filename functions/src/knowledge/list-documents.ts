import type { Staff } from "../identity/caller.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { KnowledgeDocument } from "./document.ts";
import { findDocument, listDocumentRecords } from "./store.ts";

const pageSize = 50;

/**
 * The tenant's documents by file name.
 *
 * @param after - the last file name of the page before, or undefined.
 * @returns at most 50; `next` is the name to go on after, absent on the last page.
 */
export async function listDocuments(
  deps: Deps,
  staff: Staff,
  after: string | undefined,
): Promise<{ documents: KnowledgeDocument[]; next?: string }> {
  const found = await listDocumentRecords(deps.stores, staff.tenantId, after, pageSize + 1);
  const documents = found.slice(0, pageSize);
  const next = found.length > pageSize ? documents.at(-1)?.fileName : undefined;
  return { documents, ...(next === undefined ? {} : { next }) };
}

/** One document. @throws AppError `not-found`. */
export async function getDocument(deps: Deps, staff: Staff, documentId: string): Promise<KnowledgeDocument> {
  const document = await findDocument(deps.stores, { tenantId: staff.tenantId, documentId });
  if (document === undefined) throw new AppError("not-found", `no document ${documentId}`);
  return document;
}
