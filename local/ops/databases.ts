import {
  closeDatabases,
  findOpening,
  isOpen,
  namesOf,
  openNewDatabases,
} from "../../functions/src/inventory/open-databases.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { restoreDatabases } from "../../functions/src/restore/restore-databases.ts";
import { type Command, confirm, exitCodes, type Said, type Terminal } from "./command.ts";
import { restoreSteps } from "./restore-steps.ts";
import { operatorDeps, operatorOf, regionOf, targetOf } from "./target.ts";

/** Runs with the operator's clients, and closes them. */
export async function withDeps(said: Said, act: (deps: Deps, name: string) => Promise<number>): Promise<number> {
  const target = targetOf(said);
  const deps = operatorDeps(said, target);
  try {
    return await act(deps, target.name);
  } finally {
    const { data, keys, directory } = deps.stores;
    await Promise.all([data, keys, directory].map((database) => database.terminate()));
  }
}

const pairOption = `  --region R          eu or us
  --data, --keys      names of the databases, when they are not data-R and keys-R
  --project P         at Google, under your application-default credentials; the local cloud without it
  --operator NAME     who acts, for the audit trails of tenants; this machine's user when absent
  --yes               do not ask`;

/** Says whether functions may use a pair. */
export const statusCommand: Command = {
  summary: "whether a region's databases are open to functions",
  help: `npm run ops -- status --region R [--data D] [--keys K]\n\n${pairOption}`,
  run: (said, terminal) =>
    withDeps(said, async ({ stores }, name) => {
      const opening = await findOpening(stores);
      const { data, keys } = namesOf(stores);
      const state = isOpen(stores, opening) ? "open" : "closed";
      terminal.out(`${data} and ${keys} of ${name}: ${state}`);
      if (opening !== undefined) {
        terminal.out(
          `  their record: ${opening.data} and ${opening.keys}, ${opening.state} since ${opening.changedAt.toISOString()}`,
        );
      }
      return exitCodes.done;
    }),
};

/** Opens what Terraform has just made. */
export const openCommand: Command = {
  summary: "open a region's new, empty databases, once, after the first deployment",
  help: `npm run ops -- open --region R\n\nRefuses databases that hold a tenant or another pair's record: those were restored (npm run ops -- restore).\n\n${pairOption}`,
  run: (said, terminal) =>
    withDeps(said, async ({ stores, clock }) => {
      await openNewDatabases(stores, clock.now());
      const { data, keys } = namesOf(stores);
      terminal.out(`${data} and ${keys} are open`);
      return exitCodes.done;
    }),
};

/** Closes a pair before another takes its place. */
export const closeCommand: Command = {
  summary: "close a region's databases to functions; everything answers 503 within a minute",
  help: `npm run ops -- close --region R [--data D] [--keys K]\n\nFor the pair that a restored one will replace. restore opens it again.\n\n${pairOption}`,
  run: (said, terminal) =>
    withDeps(said, async ({ stores, clock }, name) => {
      const { data, keys } = namesOf(stores);
      await confirm(said, terminal, `${data} and ${keys} of ${name} will be closed: nobody in the region is served.`);
      const closed = await closeDatabases(stores, clock.now());
      terminal.out(closed ? `${data} and ${keys} are closed; functions refuse within a minute` : "they were not open");
      return exitCodes.done;
    }),
};

/** Replays tombstones into a restored pair, compares counts, and opens it. */
export const restoreCommand: Command = {
  summary: "replay every tombstone into restored databases, compare counts, then open them",
  help: `npm run ops -- restore --region R --data D [--keys K]

A restored database is closed by construction: it carries the name of the one that was backed up. This command deletes
again what tombstones name (keys first), compares counts, sets restrictions, withdrawals and revocations again, ends the
sessions of staff, tells each tenant's audit trail, and writes the record that opens the pair. It can be called again at
any time; until it has succeeded, functions refuse. It prints counts and ids, never content.

${pairOption}

The whole procedure, with what this command cannot do:
${restoreSteps({ project: "PROJECT", region: "eu", data: "data-eu-20250115", keys: "keys-eu" }).join("\n")}`,
  run: (said, terminal) =>
    withDeps(said, async (deps, name) => {
      const { data, keys } = namesOf(deps.stores);
      const operator = operatorOf(said);
      await confirm(
        said,
        terminal,
        `Tombstones will be replayed into ${data} and ${keys} of ${name}, which then opens.`,
      );
      const report = await restoreDatabases(deps, operator, (line) => {
        terminal.out(`  ${line}`);
      });
      if (report.alreadyOpen) {
        terminal.out(`${data} and ${keys} are open already; nothing was done`);
        return exitCodes.done;
      }
      tellReport(report, terminal);
      const place = { project: deps.config.GOOGLE_CLOUD_PROJECT, region: regionOf(said), data, keys };
      terminal.out("\nWhat is left to do:");
      const steps = restoreSteps(place);
      for (const line of steps.slice(steps.findIndex((step) => step.startsWith("5.")))) terminal.out(line);
      return exitCodes.done;
    }),
};

function tellReport(report: Awaited<ReturnType<typeof restoreDatabases>>, terminal: Terminal): void {
  terminal.out(`\n${"collection".padEnd(22)}${"deleted again".padStart(14)}${"left".padStart(10)}`);
  for (const [name, left] of Object.entries(report.left)) {
    const deleted = Object.entries(report.deleted).find(([other]) => other === name)?.[1] ?? 0;
    if (left > 0 || deleted > 0) {
      terminal.out(`${name.padEnd(22)}${String(deleted).padStart(14)}${String(left).padStart(10)}`);
    }
  }
  for (const tenantId of report.untold) terminal.out(`not told, its key cannot be used: ${tenantId}`);
}
