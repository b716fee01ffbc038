import { AppError, isTransient } from "../platform/errors.ts";

/**
 * Does something for each item, one after the other, whatever becomes of the others: one dead address silences nobody.
 *
 * @returns what each gave, in their order.
 * @throws AppError `store-unavailable` once all were tried, when some may succeed at a repeat; the failure itself, when one
 * of them is no failure that passes.
 */
export async function onEach<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      results.push(await act(item));
    } catch (error) {
      failures.push(error);
    }
  }
  const lasting = failures.find((error) => !isTransient(error));
  if (lasting !== undefined) throw lasting;
  if (failures.length === 0) return results;
  const what = `mail: ${failures.length} of ${items.length} could not be told`;
  throw new AppError("store-unavailable", what, { cause: new AggregateError(failures) });
}
