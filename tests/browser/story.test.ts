import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import { ask, chatButton, newPage, openChromium, panelOf, signIn } from "../support/browser.ts";
import { advanceClock, cloudReport, demoTenant } from "../support/browser-cloud.ts";
import { openTap, searchCloud, type Tap } from "../support/search-cloud.ts";
import { type Desk, makeDesk } from "../support/verify-desk.ts";

const report = cloudReport();
const tenant = demoTenant(report, "harbor-bikes");
/** Words that stand nowhere but in what this visitor writes. */
const mark = [...randomBytes(8)].map((byte) => "ghjkmnpqrstvwxyz"[byte % 16]).join("");
/** Said beside a question that has no answer: a random word moves the stand-in's retrieval as any rare word does. */
const phrase = `My code is ${mark}.`;
const email = `marigold.${mark}@visitor.example`;
const message = `Please write to me about a kayak, ${mark} heliotrope.`;
const images = process.env.LETHE_SCREENSHOTS === undefined ? undefined : join(import.meta.dirname, "../../docs/images");

let browser: Browser;
let tap: Tap;
let desk: Desk;
let shop: Page;
let panel: FrameLocator;
let desktop: Page;

/** Takes a picture for the README, when asked to. */
async function picture(page: Page, name: string): Promise<void> {
  if (images !== undefined) await page.screenshot({ path: join(images, `${name}.png`), animations: "disabled" });
}

beforeAll(async () => {
  desk = makeDesk();
  browser = await openChromium();
  tap = await openTap(report);
});

afterAll(async () => {
  await browser.close();
  desk.clear();
});

describe("a visitor asks, staff answer for the data, and the person is forgotten", () => {
  it("stores nothing and reaches no third party before the first click", async () => {
    shop = await newPage(browser);
    const asked: URL[] = [];
    shop.context().on("request", (request) => asked.push(new URL(request.url())));
    await shop.goto(tenant.demoPage);
    await chatButton(shop).waitFor();
    const own = [new URL(tenant.demoPage).host, new URL(report.app).host, new URL(report.api.eu).host];
    expect([...new Set(asked.map((url) => url.host))].sort()).toEqual(own.sort());
    expect(shop.frames()).toHaveLength(1);
    expect(await shop.context().storageState({ indexedDB: true })).toEqual({ cookies: [], origins: [] });
    expect(await shop.evaluate(() => caches.keys())).toEqual([]);
  });

  it("says that an AI answers, and asks for every purpose unticked", async () => {
    await chatButton(shop).click();
    panel = panelOf(shop);
    await panel.getByRole("heading", { name: "You are about to talk to an AI" }).waitFor();
    const purposes = panel.getByRole("checkbox");
    expect(await purposes.count()).toBe(2);
    for (const purpose of await purposes.all()) expect(await purpose.isChecked()).toBe(false);
    await panel.getByLabel("Remember me on this device").check();
    await panel.getByRole("button", { name: "Start chatting" }).click();
    await panel.getByLabel("Your question").waitFor();
  });

  it("answers from the documents, with the source and a mark that an AI wrote it", async () => {
    const answer = await ask(panel, "How much is a Kittiwake gravel bike for three days?");
    expect(await answer.textContent()).toContain("€87");
    expect(await answer.locator(".sources li").first().textContent()).toContain("Rental prices");
    expect(await answer.locator("[data-generator=ai]").textContent()).toBe("This answer was written by an AI.");
    await answer.locator("summary").click();
    await picture(shop, "widget");
    const second = await ask(panel, "How much is a Gull city bike for a week?");
    expect(await second.textContent()).toContain("€90");
  });

  it("says that it does not know, and takes a message for a person", async () => {
    const answer = await ask(panel, `Can I hire a kayak or a paddle board? ${phrase}`);
    expect(await answer.textContent()).toContain("don't know");
    await panel.getByLabel("E-mail").fill(email);
    await panel.getByLabel("Message", { exact: true }).fill(message);
    await panel.getByRole("button", { name: "Send message" }).click();
    await panel.getByText("A person will answer you").waitFor();
  });

  it("shows the conversation to staff, who are recorded", async () => {
    desktop = await newPage(browser);
    await signIn(desktop, report.app, tenant.owner);
    await desktop.locator(".thread-link").first().click();
    await desktop.getByRole("heading", { level: 1, name: email }).waitFor();
    const turns = await desktop.getByLabel("Questions and answers").textContent();
    expect(turns).toContain(phrase);
    expect(turns).toContain("€87");
    await picture(desktop, "conversation");
  });

  it("exports the person as JSON that a stranger can verify", async () => {
    await desktop.getByRole("button", { name: "Export" }).click();
    const dialog = desktop.getByRole("dialog");
    await dialog.getByLabel(/^Reason/).fill("asked by e-mail");
    await dialog.getByRole("button", { name: "Start export" }).click();
    const link = dialog.getByRole("button", { name: "Get link" });
    // The job waits for the log until the resumer's next round.
    while (!(await appears(link, 3_000))) await advanceClock(report, 130);
    await link.click();
    const file = await bytesOf(await dialog.getByRole("link", { name: "Open the file" }).getAttribute("href"));
    const proof = await bytesOf(await dialog.getByRole("link", { name: "Its signature" }).getAttribute("href"));
    const text = Buffer.from(file).toString("utf8");
    for (const words of [phrase, email, message, "€87"]) expect(text).toContain(words);
    const keys = await fetch(`${report.loopback.api.eu}/v1/logs/${tenant.id}/keys`);
    const path = desk.put("subject.json", file);
    desk.put("subject.json.dsse.json", proof);
    const verdict = await desk.verify(path, "--key", desk.put("log.keys", verifierKeys(await keys.text())));
    expect(verdict).toMatchObject({ exitCode: 0, text: expect.stringContaining("subject.json") });
    await dialog.getByRole("button", { name: "Close" }).last().click();
  }, 90_000);

  it("erases the person after a preview and their address typed, and shows it live", async () => {
    await desktop.getByRole("button", { name: "Erase", exact: true }).click();
    const dialog = desktop.getByRole("dialog");
    await dialog.getByText("Questions and answers").waitFor();
    await picture(desktop, "erasure");
    await dialog.getByLabel(/^Reason/).fill("asked by e-mail");
    const erase = dialog.getByRole("button", { name: "Erase this person" });
    expect(await erase.isEnabled()).toBe(false);
    await dialog.getByLabel(/^Type/).fill(email);
    await erase.click();
    await dialog.locator(".step-now", { hasText: "Wait until no server remembers" }).waitFor({ timeout: 40_000 });
    await advanceClock(report, 400);
    await dialog.getByText("This person is gone.").waitFor({ timeout: 60_000 });
  }, 120_000);

  it("leaves a receipt that a stranger can verify, and no name in the audit trail", async () => {
    await desktop.getByRole("link", { name: "Open the receipt" }).click();
    const button = desktop.getByRole("button", { name: "Download JSON" });
    // The receipt is handed out with its proof: within a minute of the act the log holds it, and until then says so.
    for (let look = 0; look < 14 && !(await appears(button, 5_000)); look += 1) await desktop.reload();
    const downloaded = desktop.waitForEvent("download");
    await button.click();
    const path = desk.path("receipt.json");
    await (await downloaded).saveAs(path);
    expect(await desk.verify(path, "--key", desk.path("log.keys"))).toMatchObject({ exitCode: 0 });
    await desktop.goto(`${report.app}/audit`);
    await desktop.getByText("read a conversation of an erased person").first().waitFor();
    await picture(desktop, "audit");
  }, 120_000);

  it("tells the visitor's browser politely to begin anew", async () => {
    await panel.getByLabel("Your question").fill("And for a day?");
    await panel.getByLabel("Your question").press("Enter");
    await panel.getByText("Your earlier chat has ended").waitFor();
    await panel.getByRole("button", { name: "Start chatting" }).waitFor();
    expect(await panel.locator("body").textContent()).not.toContain(mark);
  });

  it("has nothing left of the person's words in any store, account, log or topic", async () => {
    const controls = [tenant.id, tenant.owner.email];
    const found = await searchCloud(report, tap, [mark, phrase, email, message, ...controls]);
    expect(found.filter(({ word }) => !controls.includes(word))).toEqual([]);
    // The search sees every kind of place: the business and its owner stand in each.
    expect([...new Set(found.map((one) => one.in))].sort()).toEqual(["account", "bucket", "database", "log", "topic"]);
  }, 90_000);
});

async function appears(what: Locator, withinMs: number): Promise<boolean> {
  return what.waitFor({ timeout: withinMs }).then(
    () => true,
    () => false,
  );
}

async function bytesOf(url: string | null): Promise<Uint8Array> {
  const answer = await fetch(url ?? "");
  expect(answer.status).toBe(200);
  return new Uint8Array(await answer.arrayBuffer());
}

function verifierKeys(text: string): string {
  const { keys } = JSON.parse(text) as { keys: { verifierKey: string }[] };
  return keys.map((key) => key.verifierKey).join("\n");
}
