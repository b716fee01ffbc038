import { readFileSync } from "node:fs";
import { collections } from "../../functions/src/inventory/inventory.ts";

/** One `allow` with the whole path of the `match` blocks around it. */
export interface Allowance {
  path: string;
  operations: string[];
  condition: string;
}

/** `firestore.rules` as text. */
export function readRules(): string {
  return readFileSync("firestore.rules", "utf8");
}

const matchStart = /match\s+((?:\/(?:\{[^}]*\}|[^\s/{}]+))+)\s*\{/y;
const functionStart = /function\s+\w+\([^)]*\)\s*\{[^}]*\}/y;
const allowStatement = /allow\s+([\w,\s]+?)\s*(?::\s*if\s+([^;]+))?;/y;
const other = /service\s+[\w.]+\s*\{|rules_version\s*=\s*'2';|\}|\s+/y;

/**
 * Every `allow` of a rules file.
 *
 * @throws Error at what it does not understand, so that nothing is passed over.
 */
export function parseRules(text: string): Allowance[] {
  const source = text.replaceAll(/\/\/.*$/gm, "");
  const allowances: Allowance[] = [];
  const open: string[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < source.length) {
    const block = take(matchStart);
    if (block !== null) {
      open.push(block[1] ?? "");
      continue;
    }
    if (take(functionStart) !== null) continue;
    const allow = take(allowStatement);
    if (allow !== null) {
      const operations = (allow[1] ?? "").split(",").map((name) => name.trim());
      allowances.push({
        path: open.join(""),
        operations,
        condition: (allow[2] ?? "true").replaceAll(/\s+/g, " ").trim(),
      });
      continue;
    }
    const rest = take(other);
    if (rest === null) throw new Error(`rules have what their test does not understand: ${source.slice(at, at + 60)}`);
    if (rest[0].startsWith("service")) open.push("");
    if (rest[0] === "}") open.pop();
  }
  return allowances;
}

const root = "/databases/{database}/documents";
const shapeOf = (path: string): string => path.replaceAll(/\{\w+\}/g, "{}");

/**
 * What is wrong with a rules file, in words. Right is: the collections that the inventory lets browsers of staff read
 * can be got and listed with `mayListen` of their own tenant; nothing else, and no write at all.
 */
export function rulesFaults(text: string): string[] {
  const opened = parseRules(text).filter(({ condition }) => condition !== "false");
  const readable = collections.filter(({ readers }) => readers.includes("staff-browser"));
  const beyond = opened.flatMap(({ path, operations, condition }) => {
    const entry = readable.find(
      (candidate) =>
        `${root}/${shapeOf(candidate.path)}` === shapeOf(path).replace("/databases/{}", "/databases/{database}"),
    );
    if (entry === undefined) return [`${path} is open and no collection that browsers may read`];
    const writes = operations.filter((name) => !["get", "list"].includes(name));
    const tenant = /\/tenants\/\{(\w+)\}/.exec(path)?.[1] ?? "";
    return [
      ...writes.map((name) => `${entry.name} allows ${name}`),
      ...(condition === `mayListen(${tenant})` ? [] : [`${entry.name} is open on another condition: ${condition}`]),
    ];
  });
  const missing = readable
    .filter((entry) => {
      const own = opened.filter(({ path }) => shapeOf(path).endsWith(`/documents/${shapeOf(entry.path)}`));
      const operations = own.flatMap((allowance) => allowance.operations);
      return !["get", "list"].every((name) => operations.includes(name));
    })
    .map((entry) => `${entry.name} cannot be got and listed`);
  return [...beyond, ...missing];
}
