import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { ask, chatButton, newPage, openChromium, openProfile, panelOf, startChat } from "../support/browser.ts";
import { cloudReport, demoTenant, slowModel } from "../support/browser-cloud.ts";

const report = cloudReport();
const tenant = demoTenant(report, "harbor-bikes");
const question = "How much is a Kittiwake gravel bike for three days?";
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await openChromium();
});

afterEach(() => page.context().close());

afterAll(() => browser.close());

describe("chat widget in trouble", () => {
  it("marks the field that is not right, and takes the message once it is", async () => {
    page = await newPage(browser);
    const panel = await startChat(page, tenant.demoPage);
    await panel.getByRole("button", { name: "Talk to a person" }).click();
    const email = panel.getByLabel("E-mail");
    await email.fill("marigold@");
    await panel.getByLabel("Message", { exact: true }).fill("Please write to me.");
    await panel.getByRole("button", { name: "Send message" }).click();
    await panel.getByText("This is not a full e-mail address").waitFor();
    expect(await email.getAttribute("aria-invalid")).toBe("true");
    const note = panel.locator(`#${await email.getAttribute("aria-describedby")}`);
    expect(await note.textContent()).toContain("not a full e-mail address");
    expect(await email.evaluate((field) => field === document.activeElement)).toBe(true);
    await email.fill("marigold@visitor.example");
    await panel.getByRole("button", { name: "Send message" }).click();
    await panel.getByText("A person will answer you").waitFor();
  }, 30_000);

  it("says what keeps it from beginning a new chat", async () => {
    page = await newPage(browser);
    const panel = await startChat(page, tenant.demoPage);
    await page.route("**/v1/widget/conversations", (route) => route.abort());
    await panel.getByRole("button", { name: "New chat" }).click();
    await panel.getByText("The chat cannot be reached").waitFor();
  });

  it("goes on with an answer that was on its way when the page was loaded again", async () => {
    const folder = mkdtempSync(join(tmpdir(), "profile-"));
    page = await openProfile(folder);
    try {
      await page.goto(tenant.demoPage);
      await chatButton(page).click();
      await panelOf(page).getByLabel("Remember me on this device").check();
      await panelOf(page).getByRole("button", { name: "Start chatting" }).click();
      await ask(panelOf(page), "What are your opening hours?");
      await slowModel(report, { firstMs: 6_000, pieceMs: 0 });
      await panelOf(page).getByLabel("Your question").fill(question);
      const taken = page.waitForResponse((response) => response.url().endsWith("/v1/chat/turns"));
      await panelOf(page).getByLabel("Your question").press("Enter");
      await taken;
      await page.waitForTimeout(500);
      await page.reload();
      await chatButton(page).click();
      await panelOf(page).locator(".message.own", { hasText: question }).waitFor();
      await panelOf(page).locator(".message", { hasText: "€87" }).locator("[data-generator=ai]").waitFor();
      expect(await panelOf(page).locator(".message.own").count()).toBe(2);
    } finally {
      await slowModel(report, { firstMs: 0, pieceMs: 0 });
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
