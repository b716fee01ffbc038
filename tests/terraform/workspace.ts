import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { startProvider } from "./provider.ts";
import { readProviderSchemas } from "./schema.ts";

/** The repository's root. */
export const root = new URL("../..", import.meta.url).pathname;

/** How a command ended: its exit status, and what it wrote. */
export interface Outcome {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/**
 * Runs `terraform` and waits for it.
 *
 * @param environment - added to this process's, from which every TF_ setting is taken away.
 * @returns the outcome; undefined when there is no `terraform` on this machine.
 */
export function terraform(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("TF_"));
  return new Promise((resolve, reject) => {
    const child = spawn("terraform", args, {
      cwd: folder,
      env: { ...Object.fromEntries(own), CHECKPOINT_DISABLE: "1", ...environment },
      timeout: 120_000,
    });
    const written = { stdout: "", stderr: "" };
    child.stdout.on("data", (piece) => {
      written.stdout += String(piece);
    });
    child.stderr.on("data", (piece) => {
      written.stderr += String(piece);
    });
    child.on("error", (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? resolve(undefined) : reject(error)));
    child.on("close", (status) => resolve({ ok: status === 0, ...written }));
  });
}

/** A copy of the configuration in which Terraform may leave files, with stand-in providers beside it. */
export interface Workspace {
  /** Holds `terraform/` and `tests/terraform/` as the repository does. */
  folder: string;
  /** Runs `terraform` in a folder of the copy. */
  run: (folder: string, ...args: string[]) => Promise<Outcome>;
  close: () => Promise<void>;
}

/**
 * Opens a workspace. Nothing is written into the repository, and nothing is fetched.
 *
 * @throws when `terraform` is not on this machine.
 */
export async function openWorkspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), "lethe-terraform-"));
  const ours = (path: string) => !path.split(sep).includes(".terraform") && !path.endsWith(".terraform.lock.hcl");
  await mkdir(join(folder, "tests"));
  for (const part of ["terraform", join("tests", "terraform")]) {
    await cp(join(root, part), join(folder, part), { recursive: true, filter: ours });
  }
  // An empty file instead of the user's: a mirror configured there must not be asked.
  await writeFile(join(folder, "cli.tfrc"), "");
  const providers = await Promise.all(
    Object.entries(readProviderSchemas()).map(async ([name, schema]) => ({ name, ...(await startProvider(schema)) })),
  );
  const environment = {
    TF_CLI_CONFIG_FILE: join(folder, "cli.tfrc"),
    TF_IN_AUTOMATION: "1",
    TF_REATTACH_PROVIDERS: JSON.stringify(
      Object.fromEntries(
        providers.map(({ name, reattachment }) => [`registry.terraform.io/hashicorp/${name}`, reattachment]),
      ),
    ),
  };
  return {
    folder,
    async run(inside, ...args) {
      const outcome = await terraform(join(folder, inside), args, environment);
      if (outcome === undefined) throw new Error("terraform is not on this machine");
      return outcome;
    },
    async close() {
      for (const { stop } of providers) stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
