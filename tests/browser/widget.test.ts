import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { ask, chatButton, newPage, openChromium, openProfile, panelOf, signIn, startChat } from "../support/browser.ts";
import { cloudReport, demoTenant, failModel, slowModel } from "../support/browser-cloud.ts";

const report = cloudReport();
const tenant = demoTenant(report, "harbor-bikes");
const question = "How much is a Kittiwake gravel bike for three days?";
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await openChromium();
});

afterEach(async () => {
  await page.context().close();
});

afterAll(async () => {
  await browser.close();
});

/** What is wrong for people who cannot see or point, in words; frames are looked into. */
async function barriers(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

describe("chat widget", () => {
  it("can be used by keyboard alone, from the first key to the last", async () => {
    page = await newPage(browser);
    await page.goto(tenant.demoPage);
    await chatButton(page).focus();
    await page.keyboard.press("Enter");
    const panel = panelOf(page);
    const start = panel.getByRole("button", { name: "Start chatting" });
    await start.waitFor();
    await tabUntil(() => panel.locator(":focus").first().textContent(), "Start chatting");
    await page.keyboard.press("Enter");
    // The chat takes the focus: whoever started it can write at once.
    await panel.locator("textarea:focus").waitFor();
    await page.keyboard.type(question);
    await page.keyboard.press("Enter");
    await panel.locator("[data-generator=ai]").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.localName === "lethe-chat");
    expect(await page.locator("iframe[title$=chat]").isVisible()).toBe(false);
  });

  it("shows axe no barrier, in the notice and in the chat", async () => {
    page = await newPage(browser);
    await page.goto(tenant.demoPage);
    await chatButton(page).click();
    await panelOf(page).getByRole("button", { name: "Start chatting" }).waitFor();
    expect(await barriers()).toEqual([]);
    await panelOf(page).getByRole("button", { name: "Start chatting" }).click();
    const answer = await ask(panelOf(page), question);
    await answer.locator("summary").click();
    await ask(panelOf(page), "Can I hire a kayak or a paddle board?");
    expect(await barriers()).toEqual([]);
  }, 90_000);

  it("takes a stream up again that broke, and asks the model once", async () => {
    page = await newPage(browser);
    await slowModel(report, { firstMs: 300, pieceMs: 500 });
    try {
      const panel = await startChat(page, tenant.demoPage);
      const asked = await modelCalls();
      await panel.getByLabel("Your question").fill(question);
      await panel.getByLabel("Your question").press("Enter");
      await panel.getByText("Kittiwake gravel bike: €35").waitFor();
      await page.context().setOffline(true);
      await page.waitForTimeout(300);
      await page.context().setOffline(false);
      await panel.locator("[data-generator=ai]").waitFor();
      expect(await panel.locator(".message", { hasText: "€165 for a week" }).count()).toBe(1);
      expect((await modelCalls()) - asked).toBe(1);
    } finally {
      await slowModel(report, { firstMs: 0, pieceMs: 0 });
    }
  });

  it("says politely that the model failed, and asks again on request", async () => {
    page = await newPage(browser);
    const panel = await startChat(page, tenant.demoPage);
    await failModel(report, "error-503", 5);
    await panel.getByLabel("Your question").fill(question);
    await panel.getByLabel("Your question").press("Enter");
    const again = panel.getByRole("button", { name: "Try again" });
    await again.waitFor();
    expect(await panel.locator(".failed .body").textContent()).toMatch(/kept|again/);
    await failModel(report, "none");
    await again.click();
    await panel.locator("[data-generator=ai]").waitFor();
    expect(await panel.locator(".failed").count()).toBe(0);
    expect(await panel.locator(".message.own").count()).toBe(1);
  });

  it("fills a narrow screen, and gives it back", async () => {
    page = await newPage(browser, { viewport: { width: 360, height: 640 }, hasTouch: true });
    const panel = await startChat(page, tenant.demoPage);
    expect(await page.locator("iframe[title$=chat]").boundingBox()).toEqual({ x: 0, y: 0, width: 360, height: 640 });
    const width = await panel.locator("body").evaluate((body) => [body.scrollWidth, body.clientWidth]);
    expect(width[0]).toBe(width[1]);
    await panel.getByRole("button", { name: "Close chat" }).tap();
    expect(await chatButton(page).isVisible()).toBe(true);
  });

  it("remembers who agreed to it, and nobody else", async () => {
    const folder = mkdtempSync(join(tmpdir(), "profile-"));
    try {
      page = await openProfile(folder);
      await startChat(page, tenant.demoPage);
      await ask(panelOf(page), question);
      await page.reload();
      await chatButton(page).click();
      await panelOf(page).getByRole("button", { name: "Start chatting" }).waitFor();
      await panelOf(page).getByLabel("Remember me on this device").check();
      await panelOf(page).getByRole("button", { name: "Start chatting" }).click();
      await ask(panelOf(page), question);
      await page.reload();
      await chatButton(page).click();
      await panelOf(page).locator(".message.own", { hasText: question }).waitFor();
      await page.context().close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("console", () => {
  it("shows axe no barrier, from the door to the privacy desk", async () => {
    page = await newPage(browser);
    await page.goto(report.app);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await barriers()).toEqual([]);
    await signIn(page, report.app, tenant.owner);
    await page.locator(".thread-link").first().waitFor();
    expect(await barriers()).toEqual([]);
    await page.locator(".thread-link").first().click();
    await page.getByLabel("Questions and answers").waitFor();
    expect(await barriers()).toEqual([]);
    await page.getByRole("button", { name: "Erase", exact: true }).click();
    await page.getByRole("dialog").getByText("Questions and answers").waitFor();
    expect(await barriers()).toEqual([]);
    for (const place of ["exports", "receipts", "audit", "jobs"]) {
      await page.goto(`${report.app}/${place}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      expect(await barriers()).toEqual([]);
    }
  }, 150_000);
});

/** Presses Tab until the focus is where it is looked for. @throws when it is not after 20 times. */
async function tabUntil(focused: () => Promise<string | null>, wanted: string): Promise<void> {
  for (let pressed = 0; pressed < 20; pressed += 1) {
    await page.keyboard.press("Tab");
    if ((await focused().catch(() => null)) === wanted) return;
  }
  throw new Error(`the focus never came to ${wanted}`);
}

/** How often the model was asked to write since the cloud started. */
async function modelCalls(): Promise<number> {
  const answer = await fetch(`http://${report.emulators.vertex}/standin/requests`);
  const { methods } = (await answer.json()) as { methods: Record<string, number> };
  return methods.streamGenerateContent ?? 0;
}
