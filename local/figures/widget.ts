import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { buildWidget, siteFolder } from "../build.ts";
import { atMost, exactly, type Figure } from "./figure.ts";
import { serveWidgetPage, type WidgetPage } from "./widget-page.ts";

const loaderGoal = 3 * 1024;
const totalGoal = 20 * 1024;

function compressedBytes(name: string): number {
  return gzipSync(readFileSync(join(siteFolder, "widget", name)), { level: 9 }).length;
}

/** Builds the widget and says how large it goes over the wire. */
export async function widgetByteFigures(): Promise<Figure[]> {
  await buildWidget();
  const loader = compressedBytes("loader.js");
  const total = loader + compressedBytes("panel.js") + compressedBytes("panel.css");
  return [
    atMost("widget.loaderBytes", loader, "bytes gz of loader.js", loaderGoal),
    atMost("widget.totalBytes", total, "bytes gz of loader.js, panel.js and panel.css", totalGoal),
  ];
}

/** Cookies and items of local, session and indexed storage of every origin that a context has. */
async function storedItems(context: BrowserContext, page: Page): Promise<number> {
  const { cookies, origins } = await context.storageState({ indexedDB: true });
  const kept = origins.map(({ localStorage, ...rest }) => {
    const databases = "indexedDB" in rest && Array.isArray(rest.indexedDB) ? rest.indexedDB.length : 0;
    return localStorage.length + databases;
  });
  const inSessions = await Promise.all(
    page.frames().map((frame) => frame.evaluate<number>("sessionStorage.length + localStorage.length")),
  );
  return [...kept, ...inSessions].reduce((sum, count) => sum + count, cookies.length);
}

/** Loads a page with the widget, looks what is stored, clicks the button, and waits for the chat. */
async function visit(context: BrowserContext, { shop, api, app }: WidgetPage) {
  const requested: string[] = [];
  context.on("request", (request) => requested.push(request.url()));
  const page = await context.newPage();
  await page.goto(shop, { waitUntil: "networkidle" });
  const button = page.locator("lethe-chat");
  await button.waitFor();
  const stored = await storedItems(context, page);
  const atRest = page.frames().length;
  await button.click();
  const frame = await waitForFrame(page, api);
  await frame.waitForSelector("#lethe-panel header");
  await page.waitForLoadState("networkidle");
  if (atRest !== 1) throw new Error("the chat was loaded before the first click");
  const own = new Set([shop, api, app]);
  const foreign = requested.filter((url) => !url.startsWith("data:") && !own.has(new URL(url).origin));
  return { stored, foreign, requests: requested.length };
}

async function waitForFrame(page: Page, origin: string) {
  for (let look = 0; look < 100; look += 1) {
    const frame = page.frames().find((candidate) => candidate.url().startsWith(origin));
    if (frame !== undefined) return frame;
    await page.waitForTimeout(100);
  }
  throw new Error("the chat did not open");
}

function chromiumPath(): string {
  return execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"], {
    encoding: "utf8",
  }).trim();
}

/** What a visitor's browser does with the built widget: whom it asks, and what it keeps before the first click. */
async function widgetBrowserFigures(): Promise<Figure[]> {
  const served = await serveWidgetPage();
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
  try {
    const { stored, foreign, requests } = await visit(await browser.newContext(), served);
    const unit = `of ${requests} requests, from the page's load to the open chat, to hosts other than shop, app and API`;
    return [
      exactly("widget.thirdPartyRequests", foreign.length, unit, 0),
      exactly("widget.storageBeforeClick", stored, "cookies and stored items of all origins before the first click", 0),
    ];
  } finally {
    await browser.close();
    await served.stop();
  }
}

/** The widget on a page of a business. */
export async function widgetFigures(): Promise<Figure[]> {
  return [...(await widgetByteFigures()), ...(await widgetBrowserFigures())];
}
