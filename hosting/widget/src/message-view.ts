import type { Answered, Citation } from "./api.ts";
import { element } from "./dom.ts";
import { markdown } from "./markdown.ts";

/** What the visitor wrote. */
export function questionMessage(text: string): HTMLElement {
  return element(
    "div",
    { class: "message own" },
    element("span", { class: "hidden" }, "You: "),
    element("p", {}, text),
  );
}

/** What the business, not its AI, says. */
export function remark(text: string): HTMLElement {
  return element("div", { class: "message" }, element("p", {}, text));
}

function sources(citations: readonly Citation[]): HTMLElement {
  const items = citations.map(({ n, title, heading }) =>
    element("li", { value: String(n) }, heading ? `${title}: ${heading}` : title),
  );
  return element(
    "details",
    { class: "sources" },
    element("summary", {}, citations.length === 1 ? "1 source" : `${citations.length} sources`),
    element("ol", {}, ...items),
  );
}

/** An answer of the AI, growing while it streams. */
export interface AnswerMessage {
  node: HTMLElement;
  /** Begins anew: what is appended from here on stands alone. */
  restart(): void;
  append(text: string): void;
  finish(answer: Pick<Answered, "answer" | "citations" | "provenance">): void;
  fail(message: string, retry: (() => void) | undefined): void;
}

function typing(): HTMLElement {
  return element("p", { class: "typing", "aria-label": "writing" }, element("i"), element("i"), element("i"));
}

/** An answer's bubble; says that it is being written until the first words come. */
export function answerMessage(name: string): AnswerMessage {
  const body = element("div", { class: "body" }, typing());
  const who = element("span", { class: "hidden" }, `${name}, AI: `);
  const node = element("div", { class: "message" }, who, body);
  let text = "";
  return {
    node,
    restart() {
      text = "";
      if (!node.classList.contains("failed")) return;
      node.classList.remove("failed");
      body.replaceChildren(typing());
      node.replaceChildren(who, body);
    },
    append(piece) {
      text += piece;
      body.replaceChildren(...markdown(text));
    },
    finish({ answer, citations, provenance }) {
      body.replaceChildren(...markdown(answer));
      if (citations.length > 0) node.append(sources(citations));
      const note = element(
        "p",
        { class: "small provenance", "data-generator": "ai", title: `${provenance.model}, ${provenance.at}` },
        provenance.notice,
      );
      node.append(note);
    },
    fail(message, retry) {
      body.replaceChildren(element("p", {}, message));
      node.classList.add("failed");
      if (retry !== undefined)
        node.append(element("button", { type: "button", class: "quiet", onclick: retry }, "Try again"));
    },
  };
}
