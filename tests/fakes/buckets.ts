import type { BucketName } from "../../functions/src/inventory/inventory.ts";
import { AppError } from "../../functions/src/platform/errors.ts";
import type { Buckets } from "../../functions/src/ports/buckets.ts";

interface FakeObject {
  bytes: Uint8Array;
  contentType: string;
  updatedAt: Date;
}

/** Cloud Storage in memory. */
export interface FakeBuckets extends Buckets<BucketName> {
  /** Objects by `<bucket>/<path>`. */
  readonly objects: ReadonlyMap<string, FakeObject>;
  /** The next call fails with `store-unavailable`: before it takes effect, or after. */
  failNext(when: "before" | "after"): void;
}

export function fakeBuckets(now: () => Date): FakeBuckets {
  const objects = new Map<string, FakeObject>();
  const faults: ("before" | "after")[] = [];
  const at = (bucket: string, path: string) => `${bucket}/${path}`;

  /** Runs one call with the fault that was asked for, if any. */
  async function faulty<T>(path: string, call: () => Promise<T> | T): Promise<T> {
    const fault = faults.shift();
    const failure = () => new AppError("store-unavailable", `object ${path} could not be reached`);
    if (fault === "before") throw failure();
    const result = await call();
    if (fault === "after") throw failure();
    return result;
  }

  return {
    objects,
    failNext: (when) => void faults.push(when),
    write: (bucket, path, content, contentType) =>
      faulty(path, async () => {
        const parts: Uint8Array[] = [];
        if (content instanceof Uint8Array) parts.push(content);
        else for await (const part of content) parts.push(part);
        // Nothing is there until all of it is: objects of Cloud Storage appear whole.
        objects.set(at(bucket, path), { bytes: Buffer.concat(parts), contentType, updatedAt: now() });
      }),
    read: (bucket, path) => faulty(path, () => objects.get(at(bucket, path))?.bytes),
    async *stream(bucket, path) {
      const object = await faulty(path, () => objects.get(at(bucket, path)));
      if (object === undefined) throw new AppError("not-found", `no object at ${path}`);
      for (let from = 0; from < object.bytes.length; from += 65_536) yield object.bytes.subarray(from, from + 65_536);
    },
    remove: (bucket, path) => faulty(path, () => void objects.delete(at(bucket, path))),
    list: (bucket, prefix) =>
      faulty(prefix, () =>
        [...objects]
          .filter(([key]) => key.startsWith(at(bucket, prefix)))
          .map(([key, { bytes, updatedAt }]) => ({ path: key.slice(bucket.length + 1), size: bytes.length, updatedAt }))
          .sort((a, b) => (a.path < b.path ? -1 : 1)),
      ),
    link: (bucket, path, fileName, expiresAt) =>
      faulty(
        path,
        () =>
          `https://storage.test/${bucket}/${encodeURI(path)}?expires=${expiresAt.toISOString()}&name=${encodeURIComponent(fileName)}`,
      ),
  };
}
