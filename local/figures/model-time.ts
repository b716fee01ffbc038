import type { Model } from "../../functions/src/ports/model.ts";

/** A model that adds up how long it is waited for. */
export type TimedModel = { model: Model /** Milliseconds since the last time this was asked. */; take(): number };

/** Wraps a model; a call counts from its beginning to its last piece, without what the caller does between pieces. */
export function timedModel(inner: Model): TimedModel {
  let spentMs = 0;
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    try {
      return await work();
    } finally {
      spentMs += performance.now() - began;
    }
  };
  return {
    take() {
      const taken = spentMs;
      spentMs = 0;
      return taken;
    },
    model: {
      name: inner.name,
      embed: (...call) => timed(() => inner.embed(...call)),
      async *stream(request) {
        const pieces = inner.stream(request)[Symbol.asyncIterator]();
        for (;;) {
          const next = await timed(() => pieces.next());
          if (next.done === true) return;
          yield next.value;
        }
      },
    },
  };
}
