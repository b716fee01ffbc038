import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ChannelSettings } from "../../functions/src/agents/channel-settings.ts";
import { parseConfig } from "../../functions/src/platform/config.ts";
import { panelPage } from "../../functions/src/routes/panel-page.ts";
import { siteFolder } from "../build.ts";
import { answer, close, type Handler, listen } from "../listen.ts";
import { createSite } from "../site.ts";

/** A page of a business with the widget on it, the app origin with the built files, and an API that answers the widget's first calls. */
export type WidgetPage = { shop: string; app: string; api: string; stop(): Promise<void> };

const channelKey = `lethe_eu_channel_${"f".repeat(16)}_${"f".repeat(20)}`;

function settingsFor(shop: string): ChannelSettings {
  const createdAt = new Date();
  return {
    tenant: {
      id: `lethe_eu_tenant_${"f".repeat(16)}`,
      name: "Figures",
      status: "active",
      privacyContact: { name: "Figures", email: "privacy@figures.example" },
    },
    channel: { id: "f".repeat(20), origins: [shop], accentColor: "#155e75", enabled: true },
    agent: { name: "Figures", greeting: "Hello.", handoffText: "Write to us." },
    notice: { version: 1, text: "An AI answers.", purposes: [], createdAt },
  } as unknown as ChannelSettings;
}

const originOf = (host: string, server: Server) => `http://${host}:${(server.address() as AddressInfo).port}`;

/** Serves all three on ports of their own; the business is another site than Lethe's, as in production. */
export async function serveWidgetPage(): Promise<WidgetPage> {
  const root = join(import.meta.dirname, "../..");
  const site = createSite({ folder: siteFolder, firebaseJson: join(root, "firebase.json"), extra: {}, made: {} });
  const fail = (error: unknown) => console.error(error);
  const app = await listen(0, async ({ url = "/" }, response) => site.serve(url, response), fail);
  const origins = { app: originOf("app.lethe.localhost", app), api: "", shop: "" };
  const api = await listen(0, (request, response) => answerAsApi(origins)(request, response), fail);
  const shop = await listen(0, (request, response) => answerAsShop(origins)(request, response), fail);
  origins.api = originOf("eu.api.lethe.localhost", api);
  origins.shop = originOf("localhost", shop);
  return { ...origins, stop: async () => void (await Promise.all([app, api, shop].map(close))) };
}

type Origins = { app: string; api: string; shop: string };

function answerAsApi({ app, api, shop }: Origins): Handler {
  return async ({ url = "/" }, response) => {
    const settings = settingsFor(shop);
    const { pathname } = new URL(url, api);
    if (pathname === "/v1/widget/settings") {
      const body = JSON.stringify({ name: settings.agent.name, accentColor: settings.channel.accentColor });
      answer(response, 200, "application/json", body, { "access-control-allow-origin": shop });
    } else if (pathname === "/v1/widget/panel") {
      const config = parseConfig({
        LETHE_ENV: "local",
        GOOGLE_CLOUD_PROJECT: "demo-figures",
        REGION: "eu",
        APP_ORIGIN: app,
        API_ORIGIN: api,
        SESSION_SEALING_KEY: randomBytes(32).toString("base64"),
      });
      const { html, headers } = panelPage(config, channelKey, settings);
      answer(response, 200, "text/html; charset=utf-8", html, headers);
    } else {
      answer(response, 404, "text/plain", "not found");
    }
  };
}

function answerAsShop({ app, api }: Origins): Handler {
  const icon = '<link rel="icon" href="data:,">';
  return async ({ url = "/" }, response) => {
    const loader = `<script src="${app}/widget/loader.js" data-api="${api}" data-channel="${channelKey}" async></script>`;
    if (url !== "/") answer(response, 404, "text/plain", "not found");
    else
      answer(
        response,
        200,
        "text/html",
        `<!doctype html><html lang="en"><head>${icon}<title>Shop</title></head><body><h1>Shop</h1>${loader}</body></html>`,
      );
  };
}
