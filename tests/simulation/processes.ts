import type { Gate } from "../fakes/memory-firestore/memory-firestore.ts";
import { codes, grpcError } from "../fakes/memory-firestore/storage.ts";
import type { Random } from "./random.ts";

interface Pending {
  operation: "read" | "commit";
  run: () => void;
  refuse: (error: Error) => void;
}

/** Something that runs: a worker with a message, a visitor, a member of staff. */
export interface Process {
  name: string;
  alive: boolean;
  finished: boolean;
  error?: unknown;
  readonly pending: Pending[];
  readonly gate: Gate;
  /** May be killed; clients are not, since their machine is not ours. */
  mortal: boolean;
  onEnd: (error: unknown) => void;
}

/** What the scheduler may do to an operation. */
export interface FaultRates {
  before: number;
  after: number;
  kill: number;
}

/** Makes a process whose operations wait at its gate until the scheduler lets one through. */
export function startProcess(
  name: string,
  mortal: boolean,
  work: (gate: Gate) => Promise<void>,
  onEnd: (error: unknown) => void = () => undefined,
): Process {
  const pending: Pending[] = [];
  const gate: Gate = (operation, apply) =>
    new Promise((resolve, reject) => {
      pending.push({
        operation,
        refuse: reject,
        run: () => {
          try {
            // A promise from a port in memory is settled within the same turn of the loop.
            const answer = apply();
            // Where the caller was told before that the connection broke, nobody waits for a failure.
            if (answer instanceof Promise) answer.catch(() => undefined);
            resolve(answer);
          } catch (error) {
            reject(error);
          }
        },
      });
    });
  const process: Process = { name, alive: true, finished: false, pending, gate, mortal, onEnd };
  work(gate).then(
    () => end(process, undefined),
    (error: unknown) => end(process, error),
  );
  return process;
}

function end(process: Process, error: unknown): void {
  if (!process.alive) return;
  process.finished = true;
  process.error = error;
  process.onEnd(error);
}

const lost = () => grpcError(codes.unavailable, "simulated: the connection broke");

/**
 * Lets one waiting operation through, refuses it before or after its effect, or kills the process at this await.
 *
 * @returns what was done to it, for the count of faults.
 */
export function step(process: Process, choices: Random, rates: FaultRates): "ran" | "before" | "after" | "killed" {
  const [operation] = process.pending.splice(choices.below(process.pending.length), 1);
  if (operation === undefined) return "ran";
  if (process.mortal && choices.chance(rates.kill)) {
    const tookEffect = choices.chance(0.5);
    process.alive = false;
    process.pending.length = 0;
    if (tookEffect) operation.run();
    process.onEnd(killed);
    return "killed";
  }
  if (choices.chance(rates.before)) {
    operation.refuse(lost());
    return "before";
  }
  if (operation.operation === "commit" && choices.chance(rates.after)) {
    applySilently(operation);
    return "after";
  }
  operation.run();
  return "ran";
}

/** The effect happens; the caller hears that the connection broke. */
function applySilently(operation: Pending): void {
  operation.refuse(lost());
  operation.run();
}

/** What a killed process ended with. */
export const killed = new Error("simulated: killed");
