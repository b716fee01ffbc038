/** A document of the business that the agent answers from. */
export interface KnowledgeDocument {
  id: string;
  tenantId: string;
  title: string;
  /** A tenant has one document of a name; uploading another file of that name replaces it. */
  fileName: string;
  contentType: DocumentType;
  sizeBytes: number;
  /** Digest of the newest file, hex. */
  sha256: string;
  /**
   * `processing` until its first version is in use; a document that is replaced stays `ready`. `review`: saved from a
   * conversation that was erased, and out of use until somebody has reviewed it.
   */
  state: "processing" | "ready" | "review" | "deleting";
  /** Whether staff saved it from a conversation. */
  fromChat?: boolean;
  /** Whose conversation it was saved from, until that person is erased or the text reviewed. */
  sourceSubjectId?: string;
  sourceConversationId?: string;
  /** Counts the uploads of this name; files and passages carry it. */
  version: number;
  /** The version in use; 0 before the first. */
  liveVersion: number;
  /** Passages of the version in use. */
  chunkCount: number;
  /** The job that works on it, or did last. */
  jobId: string;
  createdAt: Date;
  updatedAt: Date;
}

export type DocumentType = "text/plain" | "text/markdown";

/** A passage as it is stored, apart from its embedding. */
export interface Chunk {
  id: string;
  tenantId: string;
  documentId: string;
  version: number;
  /** Whether retrieval finds it: all passages of its version are there. */
  live: boolean;
  title: string;
  /** Headings above it, joined; empty at the top of a document. */
  heading: string;
  text: string;
  /** The person whose conversation it was saved from: it is found only while that person is active. */
  sourceSubjectId?: string;
}

/** A passage that retrieval found. */
export interface Passage extends Pick<Chunk, "id" | "documentId" | "title" | "heading" | "text" | "sourceSubjectId"> {
  /** Cosine distance to the question: 0 is the same direction, 1 unrelated. */
  distance: number;
}

/** Stands where a source stood that is erased: nobody has this id, so that nothing of it is found. */
export const erasedSource = "erased";

/** Largest file, in bytes. */
export const maxFileBytes = 1024 * 1024;

/** Where a version's file lies in the bucket `knowledge`. */
export function filePath(document: Pick<KnowledgeDocument, "tenantId" | "id">, version: number): string {
  return `${document.tenantId}/${document.id}/v${version}`;
}

/** Where all files of a document lie. */
export function filePrefix(document: Pick<KnowledgeDocument, "tenantId" | "id">): string {
  return `${document.tenantId}/${document.id}/`;
}

/** Id of a passage: names its document, version and number, so that writing it again replaces it and ids sort in order. */
export function chunkId(documentId: string, version: number, index: number): string {
  return `${documentId}-${String(version).padStart(6, "0")}-${String(index).padStart(6, "0")}`;
}
