import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Storage } from "@google-cloud/storage";
import { AppError, grpcCode } from "../platform/errors.ts";

export interface StoredObject {
  path: string;
  size: number;
  updatedAt: Date;
}

/**
 * Cloud Storage, one region's buckets, named by their use. Objects are written whole; there is no compare-and-swap here
 * (that belongs in Firestore). Every method throws AppError `store-unavailable` when the service is down.
 */
export interface Buckets<Bucket extends string = string> {
  /** Writes an object, replacing one of that path; returns when it is durable. */
  write(
    bucket: Bucket,
    path: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    contentType: string,
  ): Promise<void>;
  /** The object's bytes, or undefined when there is none. */
  read(bucket: Bucket, path: string): Promise<Uint8Array | undefined>;
  /** The object's bytes as a stream. @throws AppError `not-found` when there is none. */
  stream(bucket: Bucket, path: string): AsyncIterable<Uint8Array>;
  /** Deletes an object; an absent one is no error. */
  remove(bucket: Bucket, path: string): Promise<void>;
  /** Objects below a prefix, by path. */
  list(bucket: Bucket, prefix: string): Promise<StoredObject[]>;
  /** A signed link to read one object until `expiresAt`, which offers it under `fileName`. */
  link(bucket: Bucket, path: string, fileName: string, expiresAt: Date): Promise<string>;
}

interface LinkSigner {
  clientEmail: string;
  privateKey: string;
}

/**
 * Opens the buckets `<projectId>-<region>-<bucket>`.
 *
 * @param endpoint - base address of an emulator, absent for the real service.
 * @param signerFile - a service account's JSON key for links, where the machine has no identity of its own (local cloud).
 */
export function cloudBuckets(projectId: string, region: string, endpoint?: string, signerFile?: string): Buckets {
  const signer = signerFile === undefined ? undefined : readSigner(signerFile);
  const storage = new Storage({
    projectId,
    ...(endpoint === undefined ? {} : { apiEndpoint: endpoint }),
    ...(signer === undefined
      ? {}
      : { credentials: { client_email: signer.clientEmail, private_key: signer.privateKey } }),
  });
  const file = (bucket: string, path: string) => storage.bucket(`${projectId}-${region}-${bucket}`).file(path);
  return {
    write: (bucket, path, content, contentType) =>
      guarded(path, async () => {
        const source = content instanceof Uint8Array ? Readable.from([content]) : Readable.from(content);
        const target = file(bucket, path).createWriteStream({ resumable: false, contentType, validation: false });
        await pipeline(source, target);
      }),
    read: (bucket, path) =>
      guarded(path, async () => {
        try {
          const [bytes] = await file(bucket, path).download({ validation: false });
          return bytes;
        } catch (error) {
          if (grpcCode(error) === 404) return undefined;
          throw error;
        }
      }),
    async *stream(bucket, path) {
      try {
        yield* file(bucket, path).createReadStream({ validation: false });
      } catch (error) {
        throw storeError(path, error);
      }
    },
    remove: (bucket, path) =>
      guarded(path, async () => {
        await file(bucket, path).delete({ ignoreNotFound: true });
      }),
    list: (bucket, prefix) =>
      guarded(prefix, async () => {
        const [files] = await storage.bucket(`${projectId}-${region}-${bucket}`).getFiles({ prefix });
        return files.map((entry) => ({
          path: entry.name,
          size: Number(entry.metadata.size ?? 0),
          updatedAt: new Date(entry.metadata.updated ?? 0),
        }));
      }),
    link: (bucket, path, fileName, expiresAt) =>
      guarded(path, async () => {
        const [url] = await file(bucket, path).getSignedUrl({
          version: "v4",
          action: "read",
          expires: expiresAt,
          promptSaveAs: fileName,
        });
        return url;
      }),
  };
}

function readSigner(path: string): LinkSigner {
  const parsed = JSON.parse(readFileSync(path, "utf8")) as { client_email: string; private_key: string };
  return { clientEmail: parsed.client_email, privateKey: parsed.private_key };
}

function storeError(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (grpcCode(error) === 404) return new AppError("not-found", `no object at ${path}`, { cause: error });
  return new AppError("store-unavailable", `object ${path} could not be reached`, { cause: error });
}

async function guarded<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw storeError(path, error);
  }
}
