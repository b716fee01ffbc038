import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type FrameLocator,
  type Page,
} from "playwright-core";

const args = ["--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run"];

/** The Chromium that this machine has. @throws Error when it has none. */
function executable(): string {
  return execFileSync("sh", ["-c", "command -v chromium || command -v google-chrome"], { encoding: "utf8" }).trim();
}

export function openChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: executable(), args });
}

/** A fresh visitor or member of staff: nothing stored, no history. Such private windows give frames of another site no storage. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  await openShadows(context);
  return context.newPage();
}

/**
 * A visitor with an everyday profile in a folder, in which frames of another site have storage apart for each page that
 * frames them (Debian's Chromium would give them none). Closing the page's context ends it.
 */
export async function openProfile(folder: string): Promise<Page> {
  mkdirSync(join(folder, "Default"), { recursive: true });
  const profile = { cookie_controls_mode: 0, block_third_party_cookies: false };
  writeFileSync(join(folder, "Default", "Preferences"), JSON.stringify({ profile }));
  const context = await chromium.launchPersistentContext(folder, { executablePath: executable(), args });
  await openShadows(context);
  return context.newPage();
}

/** The chat's shadow root is closed to scripts of the business's page, and so to the driver's selectors. */
async function openShadows(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) {
      return attach.call(this, { ...init, mode: "open" });
    };
  });
}

/** The chat's button on a page of the business. */
export function chatButton(page: Page) {
  return page.getByRole("button", { name: /^Ask / });
}

/** The chat's panel, once it was opened. */
export function panelOf(page: Page): FrameLocator {
  return page.frameLocator("iframe[title$=chat]");
}

/** Opens a business's page and its chat, and starts chatting. */
export async function startChat(page: Page, demoPage: string): Promise<FrameLocator> {
  await page.goto(demoPage);
  await chatButton(page).click();
  const panel = panelOf(page);
  await panel.getByRole("button", { name: "Start chatting" }).click();
  await panel.getByLabel("Your question").waitFor();
  return panel;
}

/** Asks in an open chat and waits for the whole answer. @returns the answer's message. */
export async function ask(panel: FrameLocator, question: string) {
  const before = await panel.locator("[data-generator=ai]").count();
  await panel.getByLabel("Your question").fill(question);
  await panel.getByLabel("Your question").press("Enter");
  await panel.locator("[data-generator=ai]").nth(before).waitFor();
  return panel
    .locator(".message")
    .filter({ has: panel.locator("[data-generator=ai]") })
    .nth(before);
}

/** Signs a member of staff in to the console. */
export async function signIn(page: Page, app: string, staff: { email: string; password: string }): Promise<void> {
  await page.goto(app);
  await page.getByLabel("E-mail").fill(staff.email);
  await page.getByLabel("Password", { exact: true }).fill(staff.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Conversations" }).first().waitFor();
}
