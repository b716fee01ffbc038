import { startSession } from "./api.ts";
import { element, once } from "./dom.ts";
import type { Session } from "./session.ts";
import type { Settings } from "./settings.ts";

/** Purposes of a notice as unticked boxes, with what was chosen. */
export function purposeBoxes(purposes: Settings["notice"]["purposes"]): {
  nodes: HTMLElement[];
  chosen: () => Record<string, boolean>;
} {
  const boxes = purposes.map((purpose) => ({
    purpose,
    box: element("input", { type: "checkbox", id: `purpose-${purpose.id}`, "aria-describedby": `text-${purpose.id}` }),
  }));
  const nodes = boxes.map(({ purpose, box }) =>
    element(
      "div",
      { class: "purpose" },
      box,
      element("label", { for: box.id }, purpose.title),
      element("p", { id: `text-${purpose.id}` }, purpose.text),
    ),
  );
  return { nodes, chosen: () => Object.fromEntries(boxes.map(({ purpose, box }) => [purpose.id, box.checked])) };
}

/**
 * What a visitor sees first: that an AI answers, the notice, and what may be agreed to. Nothing is agreed to beforehand.
 *
 * @param ended - what to say to a visitor whose chat before is over; absent for a new one.
 * @param identity - the business's token, asked for when the chat is started.
 */
export function noticeView(
  settings: Settings,
  ended: string | undefined,
  identity: () => string | undefined,
  onStart: (session: Session) => void,
): HTMLElement {
  const { nodes, chosen } = purposeBoxes(settings.notice.purposes);
  const failure = element("p", { class: "failure", role: "alert" });
  const key = crypto.randomUUID();
  const start = element("button", { type: "button", class: "primary" }, "Start chatting");
  start.addEventListener(
    "click",
    once(start, async () => {
      failure.textContent = "";
      try {
        onStart(await startSession(settings.channelKey, settings.notice.version, chosen(), key, identity()));
      } catch (error) {
        failure.textContent = error instanceof Error ? error.message : "That did not work.";
      }
    }),
  );
  return element(
    "section",
    { class: "notice", "aria-labelledby": "notice-title", tabindex: "-1" },
    ...(ended === undefined ? [] : [element("p", { class: "ended", role: "status" }, ended)]),
    element("p", { class: "badge" }, "AI assistant"),
    element("h2", { id: "notice-title" }, `You are about to talk to an AI`),
    element("p", {}, settings.notice.text),
    element("fieldset", {}, element("legend", {}, "If you like (you can change this at any time)"), ...nodes),
    failure,
    start,
    element("p", { class: "small" }, `Privacy questions: ${settings.privacyContact}`),
  );
}
