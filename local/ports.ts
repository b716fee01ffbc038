/** Where a local cloud listens when nobody says otherwise. */
export const defaultPortBase = 8100;

/** Ports of one local cloud, so that 8100 and 8200 stand side by side. */
export const portsOfACloud = 100;
const highestPortBase = 65_536 - portsOfACloud;

export const regions = ["eu", "us"] as const;
export type Region = (typeof regions)[number];

/**
 * The ports of one local cloud. Copies on one machine differ in the base alone.
 *
 * @param base - the first port; the cloud takes `base` to `base + 99`.
 */
export function portsFrom(base: number) {
  return {
    base,
    app: base,
    api: { eu: base + 1, us: base + 2 },
    shops: [base + 3, base + 4],
    firestore: base + 10,
    pubsub: base + 11,
    auth: base + 12,
    storage: base + 13,
    kms: base + 14,
    vertex: base + 15,
    scheduler: base + 16,
    stripe: base + 17,
    postmark: base + 18,
    control: base + 19,
    /** What the stand-ins say about themselves, such as how often Cloud KMS was called. */
    standins: base + 20,
    /** The Firestore emulator's own websocket; unused, but it insists on one. */
    firestoreWebsocket: base + 21,
    /** Where Pub/Sub pushes to and Cloud Scheduler posts to. */
    push: base + 22,
    /** Function instances, one a function and region. */
    firstInstance: base + 30,
  } as const;
}

export type Ports = ReturnType<typeof portsFrom>;

/**
 * Reads `--port-base N` from a command line.
 *
 * @returns the base, or `fallback` when the option is absent.
 * @throws Error when the value is not a port that leaves room for the rest.
 */
export function portBaseFrom(args: readonly string[], fallback: number = defaultPortBase): number {
  const at = args.findIndex((arg) => arg === "--port-base" || arg.startsWith("--port-base="));
  if (at === -1) return fallback;
  const text = args[at]?.includes("=") ? args[at].slice("--port-base=".length) : args[at + 1];
  const base = Number(text);
  if (!Number.isInteger(base) || base < 1024 || base > highestPortBase) {
    throw new Error(`--port-base needs a number from 1024 to ${highestPortBase}, not ${text ?? "nothing"}`);
  }
  return base;
}
