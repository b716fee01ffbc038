import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Locator, Page } from "playwright-core";
import { ask, newPage, openChromium, signIn, startChat } from "../support/browser.ts";
import { advanceClock, cloudReport, demoTenant } from "../support/browser-cloud.ts";

const report = cloudReport();
// Another tenant than the story's, so that neither finds what the other left.
const tenant = demoTenant(report, "tamarack-dental");
const email = `juniper${Date.now()}@visitor.example`;
const basis = "claim 17/2026 pending, Art. 17(3)(e)";

let browser: Browser;
let desk: Page;
let dialog: Locator;
/** Address of the person's page. */
let person: string;

/** Fills the dialog's reason and sends it off. */
async function confirm(button: string, reason?: string): Promise<void> {
  if (reason !== undefined) await dialog.getByRole("textbox", { name: /^(Reason|What|Why|Grounds|How)/ }).fill(reason);
  await dialog.getByRole("button", { name: button, exact: true }).click();
  await dialog.waitFor({ state: "hidden" });
}

async function expectNoBarrier(): Promise<void> {
  // What fades in is not looked at halfway.
  await desk.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => 0))),
  );
  const { violations } = await new AxeBuilder({ page: desk }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

/** The page scrolls down, and not to the side, on a phone. */
async function expectFitsPhone(): Promise<void> {
  await desk.setViewportSize({ width: 390, height: 800 });
  const overflow = await desk.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  await desk.setViewportSize({ width: 1280, height: 800 });
  expect(overflow).toBeLessThanOrEqual(0);
}

beforeAll(async () => {
  browser = await openChromium();
  const shop = await newPage(browser);
  const panel = await startChat(shop, tenant.demoPage);
  await ask(panel, "Can I hire a kayak or a paddle board?");
  await panel.getByLabel("E-mail").fill(email);
  await panel.getByLabel("Message", { exact: true }).fill("Please call me about a claim.");
  await panel.getByRole("button", { name: "Send message" }).click();
  await panel.getByText("A person will answer you").waitFor();
  desk = await newPage(browser);
  dialog = desk.getByRole("dialog");
  await signIn(desk, report.app, tenant.owner);
}, 60_000);

afterAll(() => browser.close());

describe("a person's rights in the console", () => {
  it("restricts a person: what they wrote is shown only for a use that the law allows", async () => {
    await desk.locator(".thread-link").first().click();
    await desk.getByRole("link", { name: email }).click();
    await desk.getByRole("button", { name: "Restrict" }).click();
    await dialog.getByLabel("Accuracy is contested").check();
    await confirm("Restrict");
    await desk.getByText("because its accuracy is contested").waitFor();
    await expectNoBarrier();
    await desk.getByRole("list", { name: "Conversations of this person" }).getByRole("link").click();
    await desk.getByRole("button", { name: "Open it for a use that the law allows" }).click();
    await dialog.getByLabel("Legal claims").check();
    await confirm("Open the text", "claim 17");
    await desk.getByText("Can I hire a kayak").waitFor();
    await desk.getByRole("link", { name: email }).click();
  }, 60_000);

  it("corrects and verifies an address, and decides an objection", async () => {
    await desk.getByRole("button", { name: "Correct", exact: true }).click();
    await dialog.getByLabel("Name").fill("Juniper Walsh");
    await confirm("Correct", "asked by e-mail");
    await desk.getByRole("heading", { level: 1, name: "Juniper Walsh" }).waitFor();
    await desk.getByRole("button", { name: `Verify ${email}` }).click();
    await confirm("It is theirs", "answered from it");
    await desk.getByRole("button", { name: "Record an objection" }).click();
    await confirm("Record and restrict");
    await desk.getByRole("button", { name: "Decide" }).click();
    await dialog.getByLabel("Reject it").check();
    await confirm("Decide", "fraud prevention");
    await desk.getByRole("button", { name: "Lift" }).click();
    await dialog.getByText(`A letter goes to ${email}`).waitFor();
    await confirm("Tell the person and lift", "checked with the person");
    await desk.getByText("Not restricted").waitFor();
  }, 60_000);

  it("holds a lead, and says so before an erasure", async () => {
    person = desk.url();
    await desk.getByRole("button", { name: "Place a hold" }).click();
    await dialog.getByLabel(/^Lead of/).check();
    await dialog.getByLabel(/^Legal basis/).fill("claim 17 pending");
    await dialog.getByLabel(/^Until/).fill("2099-12-31");
    await confirm("Place hold");
    await desk.getByText("In force", { exact: true }).waitFor();
    await expectFitsPhone();
    await desk.getByRole("button", { name: "Erase", exact: true }).click();
    await dialog.getByText("Some items are under a legal hold and will be kept").waitFor();
    await dialog.getByText("Who else is told (2)").waitFor();
    await desk.keyboard.press("Escape");
    await desk.getByRole("link", { name: "Holds" }).click();
    // The person's own page has such a button too, until the other page has come.
    await desk.getByRole("heading", { level: 1, name: "Holds" }).waitFor();
    await desk.getByRole("button", { name: "Release" }).click();
    await confirm("Release", "settled");
    await desk.getByText("No holds in force").waitFor();
    await desk.getByRole("link", { name: "Audit trail" }).click();
    for (const reason of ["settled", "checked with the person", "claim 17"])
      await desk.getByText(`Reason: “${reason}”`).first().waitFor();
  }, 60_000);

  it("says that a conversation under a hold cannot be erased, before anybody tries", async () => {
    await desk.goto(person);
    await desk.getByRole("button", { name: "Place a hold" }).click();
    await dialog.getByLabel(/^Conversation/).check();
    await dialog.getByLabel(/^Legal basis/).fill("claim 18 pending");
    await dialog.getByLabel(/^Until/).fill("2099-12-31");
    await confirm("Place hold");
    await desk.locator('a[href^="/conversations/"]').first().click();
    await desk.getByRole("button", { name: "Erase only this conversation" }).click();
    await dialog.getByText("This is under a legal hold: it cannot be erased before that ends").waitFor();
    expect(await dialog.getByRole("button", { name: "Erase", exact: true }).count()).toBe(0);
    await expectNoBarrier();
    await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    await desk.getByRole("link", { name: "Holds" }).click();
    await desk.getByRole("heading", { level: 1, name: "Holds" }).waitFor();
    await desk.getByRole("button", { name: "Release" }).click();
    await confirm("Release", "settled too");
  }, 60_000);

  it("opens what a hold keeps of an erased person, one item at a time, and records each", async () => {
    await desk.goto(person);
    await desk.getByRole("button", { name: "Place a hold" }).click();
    await dialog.getByLabel(/^Conversation of/).check();
    await dialog.getByLabel(/^Lead of/).check();
    await dialog.getByLabel(/^Legal basis/).fill(basis);
    await dialog.getByLabel(/^Until/).fill("2099-12-31");
    await confirm("Place hold");
    await desk.getByRole("button", { name: "Erase", exact: true }).click();
    await dialog.getByLabel(/^Reason/).fill("asked by e-mail");
    await dialog.getByLabel(/^Type/).fill(email);
    await dialog.getByRole("button", { name: "Erase this person" }).click();
    await dialog.locator(".step-now", { hasText: "Wait until no server remembers" }).waitFor({ timeout: 40_000 });
    await advanceClock(report, 400);
    await dialog.getByText("This person is gone.").waitFor({ timeout: 60_000 });
    await desk.goto(`${report.app}/holds`);
    await desk.getByText(/^Erased person/).waitFor();
    const read = desk.getByRole("button", { name: "Read", exact: true });
    await read.press("Enter");
    const held = dialog.getByRole("list", { name: "Held items" });
    await expectNoBarrier();
    expect(await held.textContent()).not.toContain("claim");
    await held.getByRole("button", { name: /^Open Lead/ }).press("Enter");
    await held.getByText("Please call me about a claim.").waitFor();
    expect(await held.textContent()).not.toContain("kayak");
    await held.getByRole("button", { name: /^Open Conversation/ }).click();
    await held.getByText("Can I hire a kayak").waitFor();
    await expectNoBarrier();
    await expectFitsPhone();
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "hidden" });
    expect(await read.evaluate((button) => button === document.activeElement)).toBe(true);
    await desk.getByRole("link", { name: "Audit trail" }).click();
    await desk.getByText("read a held item of an erased person").nth(1).waitFor();
    // While a hold is in force, the account cannot be closed.
    await desk.getByRole("link", { name: "Holds" }).click();
    await desk.getByRole("button", { name: "Release" }).click();
    await confirm("Release", "settled");
    await desk.getByText("No holds in force").waitFor();
  }, 180_000);

  it("shortens a period after a day, and takes it back, by keyboard alone", async () => {
    await desk.getByRole("link", { name: "Retention" }).press("Enter");
    const change = desk.getByRole("button", { name: "Change: Conversations" });
    await change.press("Enter");
    await dialog.getByLabel("30 days").press("Space");
    await dialog.getByText(/older than that/i).waitFor();
    await expectNoBarrier();
    await dialog.getByRole("button", { name: "Shorten in 24 hours" }).press("Enter");
    await desk.getByText("Shortens to 30 days on").waitFor();
    await expectNoBarrier();
    await expectFitsPhone();
    expect(await change.evaluate((button) => button === document.activeElement)).toBe(true);
    await desk.getByRole("button", { name: "Take the change back" }).press("Enter");
    await desk.getByText("Shortens to 30 days on").waitFor({ state: "detached" });
  }, 60_000);

  it("asks for the end of the account with its name and the owner's password, and takes it back", async () => {
    await desk.goto(`${report.app}/settings/closure`);
    await desk.getByRole("button", { name: "Delete this account…" }).click();
    const send = dialog.getByRole("button", { name: "Delete this account" });
    await dialog.getByLabel("Your password").fill("not the password");
    expect(await send.isEnabled()).toBe(false);
    await dialog.getByLabel(/^Type/).fill(tenant.name);
    await send.click();
    await dialog.getByText("This is not your password.").waitFor();
    await dialog.getByLabel("Your password").fill(tenant.owner.password);
    await confirm("Delete this account");
    await desk.getByText(/^This account is deleted in 30 days/).waitFor();
    await expectNoBarrier();
    await expectFitsPhone();
    await desk.getByRole("button", { name: "Keep the account" }).click();
    await confirm("Keep the account");
    await desk.getByText(/^This account is deleted in/).waitFor({ state: "detached" });
  }, 60_000);
});
