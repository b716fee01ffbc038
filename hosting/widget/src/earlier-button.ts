import { type StoredTurn, sayingOf, type Visitor } from "./api.ts";
import { element, once } from "./dom.ts";

/**
 * The way to turns older than the newest 50: puts them in its place, and stays above them while there are more.
 *
 * @param before - when the oldest turn that is shown was asked.
 * @param nodesOf - how a turn is shown.
 */
export function earlierButton(
  visitor: Visitor,
  before: string | undefined,
  nodesOf: (turn: StoredTurn) => HTMLElement[],
): HTMLElement {
  const failure = element("p", { class: "failure", role: "alert" });
  const button = element("button", { type: "button", class: "quiet" }, "Show earlier questions");
  const node = element("div", { class: "earlier" }, button, failure);
  let oldest = before;
  button.addEventListener(
    "click",
    once(button, async () => {
      failure.textContent = "";
      try {
        const { turns, more } = await visitor.history(oldest);
        oldest = turns[0]?.askedAt;
        node.after(...turns.flatMap(nodesOf));
        if (!more || oldest === undefined) node.remove();
      } catch (error) {
        failure.textContent = sayingOf(error);
      }
    }),
  );
  return node;
}
