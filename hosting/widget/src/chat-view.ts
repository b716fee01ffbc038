import { endsSession, Problem, type StoredTurn, sayingOf, type Visitor } from "./api.ts";
import { contactView } from "./contact-view.ts";
import { element } from "./dom.ts";
import { earlierButton } from "./earlier-button.ts";
import { followTurn, waitForTurn } from "./follow-turn.ts";
import { type AnswerMessage, answerMessage, questionMessage, remark } from "./message-view.ts";
import { keepPending, rememberedSession } from "./session.ts";
import type { Settings } from "./settings.ts";

const unanswered = "This question was not answered.";

/** The chat itself: what was said, and a line to write. */
export interface ChatView {
  node: HTMLElement;
  focus(): void;
}

/**
 * @param past - the newest turns; `more` says whether there are earlier ones.
 * @param note - what to tell before anything is asked; absent mostly.
 */
export function chatView(
  settings: Settings,
  visitor: Visitor,
  past: { turns: readonly StoredTurn[]; more: boolean },
  note: string | undefined,
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
  const add = (...nodes: HTMLElement[]) => {
    log.append(...nodes);
    toEnd();
  };

  if (past.more) add(earlierButton(visitor, past.turns[0]?.askedAt, (turn) => stored(turn)));
  add(remark(settings.greeting));
  for (const turn of past.turns) add(...stored(turn));
  if (note !== undefined) add(remark(note));

  /** A turn of the history; one without an answer is waited for, or may be tried again. */
  function stored(turn: StoredTurn): HTMLElement[] {
    const message = answerMessage(settings.name);
    settle(turn, message);
    return [questionMessage(turn.question), message.node];
  }

  function settle(turn: StoredTurn, message: AnswerMessage): void {
    const { turnId, question, state, answer, citations, provenance } = turn;
    const pending = rememberedSession()?.pending;
    const key = pending?.turnId === turnId ? pending.key : undefined;
    if (answer !== undefined && provenance !== undefined) message.finish({ answer, citations, provenance });
    else if (state === "answering") void (key === undefined ? wait(turn, message) : ask(question, key, message));
    else message.fail(unanswered, () => (key === undefined ? askAnew(question) : void ask(question, key, message)));
  }

  async function wait(turn: StoredTurn, message: AnswerMessage): Promise<void> {
    try {
      const now = await waitForTurn(visitor, turn.turnId);
      settle(now ?? { ...turn, state: "failed" }, message);
    } catch (error) {
      message.fail(sayingOf(error), undefined);
      if (endsSession(error) && log.isConnected) onEnded();
    }
  }

  /** Shows the form once, however often it is asked for. @param intro - as of `contactView`. */
  function offerPerson(intro: string | undefined): void {
    log.querySelector(".contact")?.remove();
    const form = contactView(
      () => visitor,
      intro,
      (sent) => {
        form.replaceWith(
          remark(sent ? "Thank you. A person will answer you." : "All right. You can ask for a person at any time."),
        );
        input.focus();
      },
    );
    add(form);
  }

  async function ask(question: string, key: string, message: AnswerMessage): Promise<void> {
    setBusy(true);
    try {
      const answered = await followTurn(visitor, question, key, {
        restart: () => message.restart(),
        taken: (turnId) => keepPending({ turnId, key }),
        append: (text) => {
          message.append(text);
          toEnd();
        },
      });
      keepPending(undefined);
      message.finish(answered);
      if (answered.handoff) offerPerson(undefined);
    } catch (error) {
      const mayRetry = error instanceof Problem && error.retry;
      message.fail(sayingOf(error), mayRetry ? () => void ask(question, key, message) : undefined);
      if (endsSession(error)) onEnded();
    } finally {
      setBusy(false);
      // Read from its beginning, whatever follows it.
      log.scrollTo({ top: message.node.offsetTop - 18 });
    }
  }

  function askAnew(question: string): void {
    if (busy) return;
    const message = answerMessage(settings.name);
    add(questionMessage(question), message.node);
    void ask(question, crypto.randomUUID(), message);
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
    askAnew(question);
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
