import { inkOn, safeColor } from "./color.ts";

const css = `
:host{position:fixed;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom));z-index:2147483000}
button{all:unset;box-sizing:border-box;display:flex;align-items:center;gap:10px;min-height:52px;padding:0 22px 0 18px;border-radius:26px;background:var(--a);color:var(--i);
font:600 15px/1.2 system-ui,sans-serif;cursor:pointer;box-shadow:0 1px 2px #0003,0 8px 24px #0003;transition:transform .15s}
button:hover{transform:translateY(-2px)}button:focus-visible{outline:3px solid var(--i);outline-offset:-6px;box-shadow:0 0 0 4px var(--a),0 8px 24px #0003}
svg{width:22px;height:22px;flex:none}
iframe{position:fixed;right:max(16px,env(safe-area-inset-right));bottom:calc(max(16px,env(safe-area-inset-bottom)) + 66px);width:400px;height:min(640px,calc(100dvh - 106px));
border:0;border-radius:18px;background:Canvas;color-scheme:light dark;box-shadow:0 2px 6px #0002,0 20px 60px #0004}
iframe[hidden]{display:none}
@media (max-width:520px){iframe{inset:0;width:100%;height:100dvh;border-radius:0}:host(.open) button{display:none}}
@media (prefers-reduced-motion:reduce){button{transition:none}}`;

const bubble =
  "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.2 4.1c-.4.4-1.1.1-1.1-.5V16A2.5 2.5 0 0 1 4 13.5z";

function icon(): SVGSVGElement {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(name, "path");
  path.setAttribute("d", bubble);
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}

declare global {
  /** What the business's page may set, before or after the loader. */
  interface Window {
    Lethe?: {
      /** Asked when the chat is opened: a fresh identity token of whoever is signed in there, or nothing. */
      identity?: () => string | undefined | Promise<string | undefined>;
    };
  }
}

function start(api: string, channel: string): void {
  const host = document.createElement("lethe-chat");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement("button");
  const label = document.createElement("span");
  label.textContent = "Chat";
  button.append(icon(), label);
  button.type = "button";
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  let frame: HTMLIFrameElement | undefined;
  let isLoaded = false;

  /** Lets the panel take the focus, and tells it who is signed in at the business; before it is there, nobody of its origin listens. */
  const greet = async () => {
    isLoaded = true;
    let identity: string | undefined;
    try {
      identity = await window.Lethe?.identity?.();
    } catch (error) {
      console.warn("Lethe.identity failed:", error);
    }
    frame?.contentWindow?.postMessage({ type: "lethe:opened", identity }, api);
  };
  const show = (open: boolean) => {
    if (open && frame === undefined) {
      frame = document.createElement("iframe");
      frame.title = `${label.textContent} chat`;
      frame.src = `${api}/v1/widget/panel?channel=${encodeURIComponent(channel)}`;
      frame.allow = "";
      frame.referrerPolicy = "no-referrer";
      frame.addEventListener("load", () => void greet());
      root.append(frame);
    }
    if (frame !== undefined) frame.hidden = !open;
    host.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
    if (!open) button.focus();
    else if (isLoaded) void greet();
  };

  button.addEventListener("click", () => show(frame?.hidden !== false));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && frame?.hidden === false) show(false);
  });
  addEventListener("message", (event: MessageEvent<unknown>) => {
    if (frame === undefined || event.source !== frame.contentWindow || event.origin !== api) return;
    const { type } = Object(event.data) as { type?: unknown };
    if (type === "lethe:close") show(false);
    // A token is used once: the panel asks for another.
    if (type === "lethe:identity") void greet();
  });

  // The button appears only when the channel answers: a page whose chat is switched off shows nothing.
  fetch(`${api}/v1/widget/settings?channel=${encodeURIComponent(channel)}`, { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`chat settings: ${answer.status}`))))
    .then((settings: { name?: unknown; accentColor?: unknown }) => {
      const color = safeColor(settings.accentColor);
      host.style.setProperty("--a", color);
      host.style.setProperty("--i", inkOn(color));
      label.textContent = `Ask ${String(settings.name ?? "us")}`;
      root.append(button);
      document.body.append(host);
    })
    .catch((error: unknown) => console.warn("Lethe chat is not shown:", error));
}

/**
 * What a page of the business loads: a button. Before the first click nothing is stored, and nothing is asked for but
 * the button's name and color; the chat is a page of Lethe's own origin in a frame, which scripts of this page cannot read.
 */
// At the end: what stands above is set by then.
const script = document.currentScript;
if (script instanceof HTMLScriptElement) start(script.dataset.api ?? "", script.dataset.channel ?? "");
