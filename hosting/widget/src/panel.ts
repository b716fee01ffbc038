import { endsSession, type StoredTurn, Visitor } from "./api.ts";
import { type ChatView, chatView } from "./chat-view.ts";
import { inkOn, safeColor } from "./color.ts";
import { consentView } from "./consent-view.ts";
import { element } from "./dom.ts";
import { noticeView } from "./notice-view.ts";
import { belongTo, forgetSession, keepSession, personOf, rememberedSession, type Session } from "./session.ts";
import { readSettings } from "./settings.ts";

/** Said of an expired session and of an erased person alike: nobody may learn here which of the two it was. */
const sessionOver = "Your earlier chat has ended and is not kept here any more. You are welcome to begin a new one.";

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

  const show = (node: HTMLElement) => {
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
      ended,
      () => identity,
      (session) => (identity === undefined ? enter(session, []) : void resume(session)),
    );
    show(notice);
    if (ended !== undefined) {
      notice.focus();
      parent.postMessage({ type: "lethe:identity" }, "*");
    }
  }

  function enter(session: Session, past: readonly StoredTurn[]): void {
    keepSession(session);
    visitor = new Visitor(session);
    chat = chatView(settings, visitor, past, () => begin(sessionOver));
    show(chat.node);
    chat.focus();
  }

  async function resume(session: Session): Promise<void> {
    try {
      const { turns } = await new Visitor(session).history();
      enter(session, turns);
    } catch (error) {
      if (!endsSession(error))
        show(
          element(
            "p",
            { class: "failure", role: "alert" },
            "The chat cannot be reached at the moment. Please try again later.",
          ),
        );
      else begin(sessionOver);
    }
  }

  privacy.addEventListener("click", () => {
    if (visitor === undefined || chat === undefined) return;
    const [current, back] = [visitor, chat];
    consentView(current, settings.privacyContact, () => {
      show(back.node);
      back.focus();
    }).then(show, (error: unknown) => {
      if (endsSession(error)) begin(sessionOver);
    });
  });
  fresh.addEventListener("click", () => {
    const current = visitor;
    if (current === undefined) return;
    fresh.disabled = true;
    current
      .newConversation(crypto.randomUUID())
      .then(() => enter(current.session, []))
      .catch((error: unknown) => {
        if (endsSession(error)) begin(sessionOver);
      })
      .finally(() => {
        fresh.disabled = false;
      });
  });
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

  main.replaceChildren(header, stage);
  const remembered = rememberedSession();
  // Whose chat this is, the page has to say first: at a shared device somebody else may be signed in by now.
  if (remembered?.person === undefined) meet(undefined);
  else person = "";
}
