import { loadRules } from "./emulators.ts";
import { localStripeKey } from "./environment.ts";
import { createSubscriptions, type Subscription } from "./messaging.ts";
import { openRegion } from "./open-databases.ts";
import { places } from "./places.ts";
import { createPlatformKeys } from "./platform-keys.ts";
import { type Ports, type Region, regions } from "./ports.ts";

const host = "127.0.0.1";

/**
 * Makes what Terraform makes in a project: keys, open databases, rules, topics and subscriptions, Stripe's webhooks.
 *
 * @returns the secret of each region's webhook.
 */
export async function makeResources(
  ports: Ports,
  project: string,
  subscriptions: readonly Subscription[],
): Promise<Record<Region, string>> {
  const kms = `${host}:${ports.kms}`;
  const [secrets] = await Promise.all([
    Promise.all(regions.map((region) => registerWebhook(ports, region))),
    ...regions.map((region) => createPlatformKeys(kms, project, region, places[region].keys)),
    ...regions.map((region) => openRegion(`${host}:${ports.firestore}`, project, region)),
    loadRules(`${host}:${ports.firestore}`, project),
    createSubscriptions(`${host}:${ports.pubsub}`, project, subscriptions, `http://${host}:${ports.push}/push`),
  ]);
  const [eu = "", us = ""] = secrets;
  return { eu, us };
}

async function registerWebhook(ports: Ports, region: Region): Promise<string> {
  const response = await fetch(`http://${host}:${ports.stripe}/v1/webhook_endpoints`, {
    method: "POST",
    headers: { authorization: `Bearer ${localStripeKey}` },
    body: new URLSearchParams({ url: `http://${host}:${ports.api[region]}/v1/stripe-webhook` }),
  });
  const endpoint: unknown = await response.json();
  if (typeof endpoint === "object" && endpoint !== null && "secret" in endpoint) return String(endpoint.secret);
  throw new Error(`the Stripe stand-in made no webhook endpoint: ${response.status}`);
}
