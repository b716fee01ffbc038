import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { ask, chatButton, newPage, openChromium, openProfile, panelOf } from "../support/browser.ts";
import { cloudReport, cloudTime, demoTenant } from "../support/browser-cloud.ts";
import { claimsFor, newVoucher, vouch } from "../support/vouching-shop.ts";

const report = cloudReport();
const tenant = demoTenant(report, "harbor-bikes");
const question = "How much is a Kittiwake gravel bike for three days?";
const voucher = newVoucher("EdDSA", `browser-${process.pid}`);
let browser: Browser;

beforeAll(async () => {
  browser = await openChromium();
  const api = report.loopback.api.eu;
  const call = (path: string, cookie: string, body: object) =>
    fetch(`${api}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: report.app, cookie },
      body: JSON.stringify(body),
    });
  const { email, password } = tenant.owner;
  const signedIn = await call("/v1/auth/sign-in", "", { email, password });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const key = { name: "A test's", publicKey: voucher.pem, kid: voucher.kid };
  const added = await call("/v1/identity-keys", cookie, key);
  if (added.status !== 201) throw new Error(`the key was answered with ${added.status}: ${await added.text()}`);
});

afterAll(() => browser.close());

/** Opens the business's page, where this person is signed in; nobody is for `undefined`. */
async function visit(page: Page, person: () => string | undefined): Promise<void> {
  await page.exposeFunction("vouchForVisitor", async (channelKey: string) => {
    const sub = person();
    if (sub === undefined) return undefined;
    return vouch(voucher, claimsFor(channelKey, sub, await cloudTime(report)));
  });
  await page.addInitScript(() => {
    const site = window as unknown as {
      Lethe: object;
      vouchForVisitor: (channelKey: string | undefined) => Promise<string | undefined>;
    };
    const channelKey = () => document.querySelector<HTMLElement>("script[data-channel]")?.dataset.channel;
    site.Lethe = { identity: () => site.vouchForVisitor(channelKey()) };
  });
  await open(page);
}

async function open(page: Page): Promise<void> {
  await page.goto(tenant.demoPage);
  await chatButton(page).click();
}

const start = (page: Page) => panelOf(page).getByRole("button", { name: "Start chatting" });
const asked = (page: Page) => panelOf(page).locator(".message.own", { hasText: question });

describe("a visitor whom the page vouches for", () => {
  it("finds in another browser what was said in the first, and a stranger does not", async () => {
    const pages = await Promise.all([0, 1, 2].map(() => newPage(browser)));
    const [first, second, third] = pages as [Page, Page, Page];
    const person = `customer-${crypto.randomUUID()}`;
    await visit(first, () => person);
    await start(first).click();
    await ask(panelOf(first), question);
    await visit(second, () => person);
    await start(second).click();
    await asked(second).waitFor();
    await visit(third, () => `customer-${crypto.randomUUID()}`);
    await start(third).click();
    await panelOf(third).getByLabel("Your question").waitFor();
    expect(await asked(third).count()).toBe(0);
    await Promise.all(pages.map((page) => page.context().close()));
  }, 90_000);

  it("who is remembered is shown to nobody else who signs in at that device, nor once signed out", async () => {
    const folder = mkdtempSync(join(tmpdir(), "profile-"));
    const page = await openProfile(folder);
    try {
      const [one, two] = [`customer-${crypto.randomUUID()}`, `customer-${crypto.randomUUID()}`];
      let person: string | undefined = one;
      await visit(page, () => person);
      await start(page).waitFor();
      await panelOf(page).getByLabel("Remember me on this device").check();
      await start(page).click();
      await ask(panelOf(page), question);
      await open(page);
      await asked(page).waitFor();
      person = two;
      await open(page);
      await start(page).waitFor();
      expect(await asked(page).count()).toBe(0);
      person = undefined;
      await open(page);
      await start(page).waitFor();
      expect(await asked(page).count()).toBe(0);
    } finally {
      await page.context().close();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 90_000);
});
