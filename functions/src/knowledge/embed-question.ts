import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";

/** How much the question before weighs: enough that "And on Sundays?" finds what was spoken of, too little to drown a new one. */
const earlierWeight = 0.5;

/**
 * The vector by which passages are looked for: the question's, leaning towards the question before it.
 *
 * @param earlier - the question before it in the same chat, or undefined.
 * @throws AppError `model-unavailable`.
 */
export async function embedQuestion(
  deps: Pick<Deps, "model">,
  question: string,
  earlier: string | undefined,
  signal: AbortSignal,
): Promise<number[]> {
  const texts = earlier === undefined ? [question] : [question, earlier];
  const [vector, before] = await deps.model.embed(texts, "query", signal);
  if (vector === undefined) throw new AppError("model-unavailable", "question was not embedded");
  if (before === undefined) return vector;
  const leaning = vector.map((value, index) => value + earlierWeight * (before[index] ?? 0));
  const length = Math.hypot(...leaning);
  return leaning.map((value) => value / length);
}
