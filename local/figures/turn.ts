import { openNewDatabases } from "../../functions/src/inventory/open-databases.ts";
import { embedQuestion } from "../../functions/src/knowledge/embed-question.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { readDemoTenants } from "../seed/demo-files.ts";
import { type Business, freshProject, measuredDeps, openBusiness } from "./business.ts";
import { openChat } from "./chat.ts";
import { type Counts, startCountProxy } from "./count-proxy.ts";
import { withEmulators, withEnvironment } from "./emulators.ts";
import { atMost, exactly, type Figure, median } from "./figure.ts";
import { timedModel } from "./model-time.ts";
import { rawTurn } from "./raw-turn.ts";

const turns = 200;
const question = "What does a Petrel e-bike cost for three days?";
/** Warms keys, settings, connections and the compiler; none of it belongs to a turn. */
const warmTurns = 30;

type Environment = Readonly<Record<string, string>>;

/** What one turn came to at the wire. */
type TurnCounts = Counts & { kms: number; invocations: number };

async function kmsCalls(environment: Environment): Promise<number> {
  const answer = await fetch(`${environment.LETHE_STANDINS}/kms/calls`);
  const calls = (await answer.json()) as Record<string, number>;
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

async function openedBusiness(environment: Environment) {
  const [demo] = readDemoTenants();
  if (demo === undefined) throw new Error("there are no demo tenants");
  const measured = measuredDeps(await freshProject(environment), environment);
  await openNewDatabases(measured.deps.stores, new Date());
  return { ...measured, business: await openBusiness(measured, demo) };
}

/** Counts the first and the 200th turn of one conversation, in a process that another conversation has warmed. */
async function countedTurns(environment: Environment): Promise<[first: TurnCounts, last: TurnCounts]> {
  const proxy = await startCountProxy(environment.FIRESTORE_EMULATOR_HOST ?? "");
  try {
    const proxied = { ...environment, FIRESTORE_EMULATOR_HOST: proxy.address };
    return await withEnvironment(proxied, async () => {
      const { deps, published, business } = await openedBusiness(proxied);
      const warm = await openChat(deps, business);
      const chat = await openChat(deps, business);
      const counted = async (): Promise<TurnCounts> => {
        // Settings are kept for a minute: a turn elsewhere fetches them where they are about to be too old.
        await warm.ask(question);
        const before = { kms: await kmsCalls(environment), called: chat.invocations() + published.length };
        proxy.take();
        await chat.ask(question);
        const counts = proxy.take();
        const invocations = chat.invocations() + published.length - before.called;
        return { ...counts, kms: (await kmsCalls(environment)) - before.kms, invocations };
      };
      // The visitor's own key is unwrapped by the first call of a session, which the widget makes before any question.
      const first = await counted();
      for (let turn = 2; turn < turns; turn += 1) await chat.ask(question);
      const last = await counted();
      await warm.close();
      await chat.close();
      return [first, last];
    });
  } finally {
    await proxy.close();
  }
}

/** Times whole turns over HTTP and the bare Firestore operations of a turn, by turns, without the model's time. */
async function timedTurns(environment: Environment): Promise<{ wholeMs: number; rawMs: number }> {
  const { deps, business } = await openedBusiness(environment);
  const timed = timedModel(deps.model);
  const measured: Deps = Object.create(deps, { model: { value: timed.model } });
  const chat = await openChat(measured, business);
  const raw = await preparedRaw(deps, business);
  const [whole, bare]: [number[], number[]] = [[], []];
  for (let turn = 1; turn <= warmTurns + turns; turn += 1) {
    timed.take();
    const began = performance.now();
    await chat.ask(question);
    const asked = performance.now();
    await raw.run(turn);
    const ended = performance.now();
    if (turn <= warmTurns) continue;
    whole.push(asked - began - timed.take());
    bare.push(ended - asked);
  }
  await chat.close();
  return { wholeMs: median(whole), rawMs: median(bare) };
}

async function preparedRaw(deps: Deps, { tenantId }: Business) {
  const vector = await embedQuestion(deps, question, question, AbortSignal.timeout(30_000));
  const tenantPath = `tenants/${tenantId}`;
  return rawTurn(deps.stores.data, tenantPath, `${tenantPath}/chunks`, vector);
}

/**
 * What a warm turn costs, beyond retrieval, counted at the wire: reads and writes of the first and the 200th turn of a
 * conversation, calls to Cloud KMS, invocations; and the median whole turn against the median of the same raw
 * operations, 200 of each in one run, the model's time out of both.
 */
export async function turnFigures(): Promise<Figure[]> {
  return withEmulators("demo-figures", async (environment) => {
    const [first, last] = await countedTurns(environment);
    const { wholeMs, rawMs } = await timedTurns(environment);
    const peer = `${rawMs.toFixed(1)} ms: the same Firestore operations alone; a whole turn takes ${wholeMs.toFixed(1)} ms`;
    return [
      exactly("turn.reads@1", first.reads, "documents", 1),
      exactly("turn.reads@200", last.reads, "documents", 1),
      exactly("turn.writes@1", first.writes + first.deletes, "documents", 4),
      exactly("turn.writes@200", last.writes + last.deletes, "documents", 4),
      exactly("turn.kms", Math.max(first.kms, last.kms), "calls", 0),
      exactly("turn.invocations", Math.max(first.invocations, last.invocations), "calls", 1),
      atMost("turn.overhead", wholeMs / rawMs, "times the raw operations", 1.5, peer),
    ];
  });
}
