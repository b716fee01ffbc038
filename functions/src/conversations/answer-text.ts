/** `[1]`, `[1, 2]` or the marker, with the spaces before it. */
const markers = /[^\S\n]*(?:\[(\d{1,3}(?:\s*,\s*\d{1,3}){0,9})\]|\[\[no-answer\]\])/g;
/** The end of a text that the next piece may make a marker of. */
const openEnd = /[^\S\n]*(?:\[[\d,\s]{0,40}|\[\[[a-z-]{0,10}\]?)?$/;

/**
 * Turns the pieces that a model streams into text to show: markers of passages are taken out and remembered, and a
 * marker that is cut by a piece's end is held back until it is whole.
 */
export class AnswerText {
  #held = "";
  #shown = "";
  readonly #cited = new Set<number>();

  /** Takes a piece. @returns what may be shown by now, without markers; may be empty. */
  push(piece: string): string {
    this.#held += piece;
    const safe = this.#held.length - (openEnd.exec(this.#held)?.[0].length ?? 0);
    const text = this.#held.slice(0, safe);
    this.#held = this.#held.slice(safe);
    return this.#show(text);
  }

  /** Takes the end of the answer. @returns the last of it. */
  end(): string {
    const rest = this.#held;
    this.#held = "";
    return this.#show(rest.trimEnd());
  }

  /** The whole text shown. */
  get text(): string {
    return this.#shown.trimEnd();
  }

  /** Numbers of passages that were named, in the order of their first mention. */
  get cited(): readonly number[] {
    return [...this.#cited];
  }

  #show(text: string): string {
    const clear = text.replace(markers, (_, numbers: string | undefined) => {
      for (const number of numbers?.split(",") ?? []) this.#cited.add(Number(number));
      return "";
    });
    const visible = this.#shown === "" ? clear.trimStart() : clear;
    this.#shown += visible;
    return visible;
  }
}
