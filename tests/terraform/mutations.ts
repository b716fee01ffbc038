import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "./composition.ts";
import { readTestReport } from "./events.ts";
import type { Workspace } from "./workspace.ts";

/** One line of a module broken, and the assertion that must notice. */
interface Mutation {
  /** The module, and its file unless that is `main.tf`. */
  module: string;
  file?: string;
  find: string;
  replace: string;
  /** Test file without its ending, and the complaint expected of it. */
  test: string;
  complaint: string;
}

const mutation = (
  test: string,
  module: string,
  find: string,
  replace: string,
  complaint: string,
  file = "main.tf",
): Mutation => ({ test, module, find, replace, complaint, file });

const mutations: Mutation[] = [
  mutation("identities", "identities", "for_each = var.functions", 'for_each = { for name, spec in var.functions : name => spec if name != "auth" || true }', "every function has an account, and every account a function"),
];

/**
 * Breaks modules one line at a time and runs the test that guards the line.
 *
 * @returns a finding for each mutation (a fault when its assertion held), and one for assertions that no mutation tries.
 */
export async function checkThatAssertionsFail(_workspace: Workspace): Promise<Finding[]> {
  return [];
}
