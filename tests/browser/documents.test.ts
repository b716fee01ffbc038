import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { ask, newPage, openChromium, signIn, startChat } from "../support/browser.ts";
import { advanceClock, cloudReport, demoTenant } from "../support/browser-cloud.ts";

const report = cloudReport();
const tenant = demoTenant(report, "harbor-bikes");
const title = `Pianos ${Date.now()}`;

let browser: Browser;
let desk: Page;

const documents = () => desk.getByRole("list", { name: "Documents", exact: true });
const toReview = () => desk.getByRole("list", { name: "Documents to review" });

beforeAll(async () => {
  browser = await openChromium();
  const shop = await newPage(browser);
  await ask(await startChat(shop, tenant.demoPage), "Do you tune pianos?");
  desk = await newPage(browser);
  await signIn(desk, report.app, tenant.owner);
  await desk.locator(".thread-link").first().click();
}, 60_000);

afterAll(() => browser.close());

describe("what staff save from a conversation", () => {
  it("becomes a document with the words that staff gave it", async () => {
    await desk.getByRole("button", { name: "Write an answer" }).click();
    const dialog = desk.getByRole("dialog");
    await dialog.getByLabel("Title").fill(title);
    await dialog.getByLabel("Answer").fill("Marigold of Pier 4 tunes pianos.");
    await dialog.getByRole("button", { name: "Save answer" }).click();
    await dialog.waitFor({ state: "hidden" });
    await desk.getByRole("link", { name: "Documents" }).click();
    await documents().getByRole("link", { name: title }).click();
    await desk.getByText("Marigold of Pier 4 tunes pianos.").waitFor();
    await desk.getByText("In use").waitFor();
    await desk.getByText("Saved from a conversation").waitFor();
  }, 60_000);

  it("leaves the screen with its conversation when that alone is erased", async () => {
    await desk.getByRole("link", { name: "Conversations" }).click();
    await desk.locator(".thread-link").first().click();
    await desk.getByText("Do you tune pianos?").waitFor();
    await desk.getByRole("button", { name: "Erase only this conversation" }).click();
    const dialog = desk.getByRole("dialog");
    await dialog.getByLabel(/^Reason/).fill("asked by e-mail");
    await dialog.getByLabel(/^Type/).fill("erase");
    await dialog.getByRole("button", { name: "Erase", exact: true }).click();
    await desk.getByText("This conversation is being erased").waitFor();
    expect(await desk.getByText("Do you tune pianos?").count()).toBe(0);
    await desk.locator(".thread-link", { hasText: "Being erased" }).waitFor();
    await dialog.locator(".step-now", { hasText: "Wait until no server remembers" }).waitFor({ timeout: 40_000 });
    await advanceClock(report, 400);
    await dialog.getByText("It is gone.").waitFor({ timeout: 60_000 });
    await dialog.getByRole("button", { name: "Close" }).last().click();
  }, 120_000);

  it("waits for review after that, and is in use again once what is personal was taken out", async () => {
    await desk.getByRole("link", { name: "Documents" }).click();
    await documents().locator(".row", { hasText: title }).getByText("Needs review").waitFor();
    await toReview().getByRole("link", { name: title }).click();
    await desk.getByText("The person this was saved from is erased").waitFor();
    await desk.getByRole("textbox", { name: "Text" }).fill(`# ${title}\n\nPianos are tuned on Pier 4.`);
    await desk.getByRole("button", { name: "Approve this text" }).click();
    await desk.getByText("Pianos are tuned on Pier 4.").waitFor();
    await desk.getByText("In use").waitFor();
    expect(await desk.getByText("Marigold").count()).toBe(0);
    await desk.getByRole("link", { name: "Documents" }).first().click();
    await documents().getByRole("link", { name: title }).waitFor();
    expect(await toReview().getByRole("link", { name: title }).count()).toBe(0);
  }, 60_000);

  it("is gone once it was deleted", async () => {
    await documents().getByRole("link", { name: title }).click();
    await desk.getByRole("button", { name: "Delete" }).click();
    await desk.getByRole("dialog").getByRole("button", { name: "Delete document" }).click();
    await documents().waitFor();
    await expect(
      documents().getByRole("link", { name: title }).waitFor({ state: "detached" }),
    ).resolves.toBeUndefined();
  }, 60_000);
});
