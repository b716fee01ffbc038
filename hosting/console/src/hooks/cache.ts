/**
 * What was last shown, by name, so that going back shows it at once while it is asked for again. In memory only, and
 * forgotten as a whole when somebody is erased or signs out.
 */
export class Cache {
  readonly #kept = new Map<string, unknown>();

  /** @returns what `keep` was given under this name, or undefined. */
  find<Value>(name: string): Value | undefined {
    return this.#kept.get(name) as Value | undefined;
  }

  keep(name: string, value: unknown): void {
    this.#kept.set(name, value);
  }

  forget(): void {
    this.#kept.clear();
  }
}
