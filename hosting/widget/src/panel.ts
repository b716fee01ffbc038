import { endsSession, type History, sayingOf, Visitor } from "./api.ts";
import { type ChatView, chatView } from "./chat-view.ts";
import { inkOn, safeColor } from "./color.ts";
import { consentView } from "./consent-view.ts";
import { element, once } from "./dom.ts";
import { noticeView } from "./notice-view.ts";
import { belongTo, forgetSession, keepSession, personOf, rememberedSession, type Session } from "./session.ts";
import { readSettings } from "./settings.ts";
import { sentenceOf } from "./words.ts";

const sessionOver = sentenceOf("session-expired");

const nothing = { turns: [], more: false };

const main = document.getElementById("lethe-panel");
if (main !== null) start(main);

function start(main: HTMLElement): void {
  const settings = readSettings(main);
  // The page around the frame has a main part of its own.
  main.setAttribute("aria-label", `Chat with ${settings.name}`);
  const color = safeColor(settings.accentColor);
  document.documentElement.style.setProperty("--accent", color);
  document.documentElement.style.setProperty("--ink", inkOn(color));
  const stage = element("div", { class: "stage" });
  let visitor: Visitor | undefined;
  let chat: ChatView | undefined;
  /** The business's token for whoever is signed in there, and whom it names. */
  let identity: string | undefined;
  let person: string | undefined;
  /** What to say above the notice, until a chat begins. */
  let opening = isLoadedForNotice() ? sentenceOf("consent-required") : undefined;

  const close = () => parent.postMessage({ type: "lethe:close" }, "*");
  const privacy = element("button", { type: "button", class: "icon", hidden: true }, "Privacy");
  const fresh = element("button", { type: "button", class: "icon", hidden: true }, "New chat");
  const header = element(
    "header",
    {},
    element("div", {}, element("h1", {}, settings.name), element("p", {}, `AI assistant of ${settings.businessName}`)),
    element(
      "div",
      { class: "tools" },
      fresh,
      privacy,
      element("button", { type: "button", class: "icon", "aria-label": "Close chat", onclick: close }, "✕"),
    ),
  );

  const trouble = element("p", { class: "failure bar", role: "alert" });
  const show = (node: HTMLElement) => {
    trouble.textContent = "";
    stage.replaceChildren(node);
    const chatting = visitor !== undefined;
    privacy.hidden = !chatting;
    fresh.hidden = !chatting;
  };

  /** Begins anew. @param ended - what to say to a visitor whose chat is over. */
  function begin(ended?: string): void {
    visitor = undefined;
    chat = undefined;
    forgetSession();
    const notice = noticeView(
      settings,
      ended ?? opening,
      () => identity,
      (session, chosen) => (identity === undefined ? enter(session, nothing) : void resume(session, chosen)),
      () => loadForNotice(settings.notice.version + 1),
    );
    show(notice);
    if (ended !== undefined) {
      notice.focus();
      parent.postMessage({ type: "lethe:identity" }, "*");
    }
  }

  function enter(session: Session, past: Pick<History, "turns" | "more">, note?: string): void {
    opening = undefined;
    keepSession(session);
    visitor = new Visitor(session);
    chat = chatView(settings, visitor, past, note, () => begin(sessionOver));
    show(chat.node);
    chat.focus();
  }

  /** Goes on with a session. @param chosen - what was just agreed to; absent where nothing was asked. */
  async function resume(session: Session, chosen?: Record<string, boolean>): Promise<void> {
    try {
      const { consents, ...past } = await new Visitor(session).history();
      // What was withdrawn elsewhere is withdrawn here.
      enter({ ...session, consents }, past, chosen === undefined ? undefined : choicesBefore(consents, chosen));
    } catch (error) {
      if (endsSession(error)) begin(sessionOver);
      else show(unreachable(error, () => void resume(session, chosen)));
    }
  }

  /** Choices that a known person made before and did not make again, which hold all the same. */
  function choicesBefore(consents: Record<string, boolean>, chosen: Record<string, boolean>): string | undefined {
    const titles = settings.notice.purposes
      .filter(({ id }) => consents[id] === true && chosen[id] !== true)
      .map(({ title }) => `“${title}”`);
    if (titles.length === 0) return undefined;
    return `You agreed to ${titles.join(" and ")} before, and that still holds. You can change it under Privacy.`;
  }

  function failed(error: unknown): void {
    if (endsSession(error)) begin(sessionOver);
    else trouble.textContent = sayingOf(error);
  }

  privacy.addEventListener(
    "click",
    once(privacy, async () => {
      if (visitor === undefined || chat === undefined) return;
      const back = chat;
      const toChat = () => {
        show(back.node);
        back.focus();
      };
      await consentView(visitor, settings.privacyContact, toChat).then(show, failed);
    }),
  );
  fresh.addEventListener(
    "click",
    once(fresh, async () => {
      const current = visitor;
      await current?.newConversation(crypto.randomUUID()).then(() => enter(current.session, nothing), failed);
    }),
  );
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  addEventListener("message", (event: MessageEvent<unknown>) => {
    if (event.source !== parent) return;
    const token = (Object(event.data) as { identity?: unknown }).identity;
    void personOf(token).then((named) => {
      identity = named === undefined ? undefined : String(token);
      if (named !== person) meet(named);
      if (chat === undefined) stage.querySelector<HTMLElement>(".notice")?.focus();
      else chat.focus();
    });
  });

  /** Somebody else is signed in at the business: what is shown is that person's, or a new beginning. */
  function meet(named: string | undefined): void {
    person = named;
    belongTo(named);
    const remembered = rememberedSession();
    if (remembered !== undefined && remembered.person === named) void resume(remembered);
    else begin();
  }

  main.replaceChildren(header, trouble, stage);
  const remembered = rememberedSession();
  // Whose chat this is, the page has to say first: at a shared device somebody else may be signed in by now.
  if (remembered?.person === undefined) meet(undefined);
  else person = "";
}

/** Said where a chat cannot be shown, with the way to try again. */
function unreachable(error: unknown, onAgain: () => void): HTMLElement {
  return element(
    "div",
    { class: "trouble" },
    element("p", { class: "failure", role: "alert" }, sayingOf(error)),
    element("button", { type: "button", class: "primary", onclick: onAgain }, "Try again"),
  );
}

/** Loads the page again, which carries the notice. @param atLeast - the least version to show. */
function loadForNotice(atLeast: number): void {
  const page = new URL(location.href);
  page.searchParams.set("notice", String(atLeast));
  location.replace(page);
}

/** Whether the page was loaded again for its notice; asking forgets it. */
function isLoadedForNotice(): boolean {
  const page = new URL(location.href);
  const isOne = page.searchParams.has("notice");
  page.searchParams.delete("notice");
  history.replaceState(null, "", page);
  return isOne;
}
