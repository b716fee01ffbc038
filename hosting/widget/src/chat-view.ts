import { type Answered, endsSession, Problem, type StoredTurn, type Visitor } from "./api.ts";
import { contactView } from "./contact-view.ts";
import { element } from "./dom.ts";
import { type AnswerMessage, answerMessage, questionMessage } from "./message-view.ts";
import type { Settings } from "./settings.ts";

/** Pauses before a broken stream is taken up again. */
const resumePausesMs = [500, 1_500, 4_000, 8_000];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The chat itself: what was said, and a line to write. */
export interface ChatView {
  node: HTMLElement;
  focus(): void;
}

export function chatView(
  settings: Settings,
  visitor: Visitor,
  past: readonly StoredTurn[],
  onEnded: () => void,
): ChatView {
  const log = element("div", {
    class: "log",
    role: "log",
    "aria-live": "polite",
    "aria-label": "Conversation",
    tabindex: "0",
  });
  const input = element("textarea", {
    rows: "1",
    maxlength: String(settings.maxQuestionCharacters),
    "aria-label": "Your question",
    placeholder: "Write a question",
    enterkeyhint: "send",
  });
  const submit = element("button", { type: "submit", class: "primary", "aria-label": "Send" }, "Send");
  const form = element("form", { class: "composer" }, input, submit);
  let busy = false;
  const toEnd = () => log.scrollTo({ top: log.scrollHeight });
  const add = (node: HTMLElement) => {
    log.append(node);
    toEnd();
  };

  add(element("div", { class: "message" }, element("p", {}, settings.greeting)));
  for (const turn of past) showStored(turn);

  function showStored(turn: StoredTurn): void {
    add(questionMessage(turn.question));
    const message = answerMessage(settings.name);
    add(message.node);
    if (turn.answer !== undefined && turn.provenance !== undefined)
      message.finish({ answer: turn.answer, citations: turn.citations, provenance: turn.provenance });
    else
      message.fail(
        turn.state === "answering" ? "This answer is still being written." : "This question was not answered.",
        undefined,
      );
  }

  /** Shows the form once, however often it is asked for. @param intro - as of `contactView`. */
  function offerPerson(intro: string | undefined): void {
    log.querySelector(".contact")?.remove();
    const form = contactView(
      () => visitor,
      intro,
      (sent) => {
        form.replaceWith(
          element(
            "div",
            { class: "message" },
            element(
              "p",
              {},
              sent ? "Thank you. A person will answer you." : "All right. You can ask for a person at any time.",
            ),
          ),
        );
        input.focus();
      },
    );
    add(form);
  }

  /** Follows one turn to its end, taking a broken stream up again under the same key. */
  async function follow(question: string, key: string, message: AnswerMessage): Promise<Answered | Problem> {
    for (const waitMs of [0, ...resumePausesMs]) {
      await pause(waitMs);
      try {
        for await (const { event, data } of visitor.ask(question, key)) {
          if (event === "delta") message.append(data.text);
          if (event === "done") return data;
          if (event === "problem" && data.code !== "turn-in-progress")
            return new Problem(data.code, data.message, data.retry);
          toEnd();
        }
      } catch (error) {
        if (!(error instanceof Problem) || !error.retry) throw error;
      }
    }
    return new Problem("interrupted", "The connection broke. Your question is kept.", true);
  }

  async function ask(question: string, key: string): Promise<void> {
    const message = answerMessage(settings.name);
    add(message.node);
    setBusy(true);
    try {
      const result = await follow(question, key, message);
      if (result instanceof Problem) {
        const again = () => {
          message.node.remove();
          void ask(question, key);
        };
        message.fail(result.message, result.retry ? again : undefined);
      } else {
        message.finish(result);
        if (result.handoff) offerPerson(undefined);
      }
    } catch (error) {
      message.fail(error instanceof Error ? error.message : "Something went wrong.", undefined);
      if (endsSession(error)) onEnded();
    } finally {
      setBusy(false);
      // Read from its beginning, whatever follows it.
      log.scrollTo({ top: message.node.offsetTop - 18 });
    }
  }

  function setBusy(value: boolean): void {
    busy = value;
    submit.disabled = value;
    log.setAttribute("aria-busy", String(value));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = input.value.trim();
    if (busy || question === "") return;
    input.value = "";
    input.style.setProperty("height", "auto");
    add(questionMessage(question));
    void ask(question, crypto.randomUUID());
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  input.addEventListener("input", () => {
    input.style.setProperty("height", "auto");
    input.style.setProperty("height", `${Math.min(input.scrollHeight, 140)}px`);
  });

  const person = element(
    "button",
    { type: "button", class: "quiet person", onclick: () => offerPerson(settings.handoffText) },
    "Talk to a person",
  );
  return {
    node: element("section", { class: "chat", "aria-label": `Chat with ${settings.name}` }, log, form, person),
    focus: () => input.focus(),
  };
}
