/** Ids of one tenant's things, by the name that a path parameter or a body gives them. */
export type Things = Readonly<Record<ThingName, string>>;

type ThingName =
  | "conversationId"
  | "subjectId"
  | "email"
  | "leadId"
  | "documentId"
  | "jobId"
  | "agentId"
  | "channelId"
  | "uid"
  | "keyId"
  | "identityKeyId"
  | "exportId"
  | "itemId"
  | "receiptId"
  | "holdId"
  | "scheduleId"
  | "logId";

/** A public key of nobody: a P-256 point of RFC 7517 appendix A.1. */
export const samplePublicKey = JSON.stringify({
  kid: "canary-key",
  kty: "EC",
  crv: "P-256",
  x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
});

/**
 * A body that each route accepts, with the ids of the given things where it takes ids. Whatever people write freely says
 * `canary`, so that a test can look for it where it must not be.
 */
const bodies: Readonly<Record<string, (things: Things) => object>> = {
  "POST /v1/chat/turns": () => ({ question: "canary question" }),
  "POST /v1/widget/sessions": () => ({ noticeVersion: 1, noticeAcknowledged: true, consents: {} }),
  "POST /v1/widget/conversations": () => ({}),
  "POST /v1/widget/consents": () => ({ purpose: "remember", given: true, noticeVersion: 1 }),
  "POST /v1/widget/leads": () => ({ name: "canary name", email: "canary@people.example", message: "canary message" }),
  "POST /v1/auth/sign-in": () => ({ email: "canary@people.example", password: "canary password" }),
  "POST /v1/auth/password": () => ({ currentPassword: "canary password", newPassword: "canary password of mine" }),
  "PUT /v1/conversations/{conversationId}/inbox": () => ({ tags: ["canary"] }),
  "POST /v1/conversations/{conversationId}/restricted-use": () => ({ ground: "claims", reason: "canary reason" }),
  "POST /v1/subjects/search": ({ email }) => ({ kind: "email", value: email }),
  "POST /v1/leads/{leadId}/restricted-use": () => ({ ground: "claims", reason: "canary reason" }),
  "PUT /v1/leads/{leadId}": () => ({ state: "handled" }),
  "POST /v1/erasures/preview": ({ subjectId }) => ({ subjectId }),
  "POST /v1/erasures": ({ subjectId }) => ({ subjectId, reason: "canary reason" }),
  "POST /v1/exports": ({ subjectId }) => ({ subjectId, format: "json", reason: "canary reason" }),
  "POST /v1/account/exports": () => ({ reason: "canary reason" }),
  "POST /v1/subjects/{subjectId}/restriction": () => ({ ground: "accuracy" }),
  "POST /v1/subjects/{subjectId}/restriction/lift": () => ({ reason: "canary reason" }),
  "POST /v1/subjects/{subjectId}/objection/decision": () => ({ decision: "rejected", reason: "canary reason" }),
  "POST /v1/subjects/{subjectId}/rectification": () => ({ name: "canary name", reason: "canary reason" }),
  "POST /v1/subjects/{subjectId}/identifiers": () => ({
    kind: "email",
    value: "canary@people.example",
    how: "canary reason",
  }),
  "POST /v1/subjects/{subjectId}/holds": ({ conversationId }) => ({
    conversationIds: [conversationId],
    basis: "canary basis",
    endsAt: "2026-01-15T12:00:00Z",
  }),
  "POST /v1/holds/{holdId}/extension": () => ({ endsAt: "2026-02-15T12:00:00Z", reason: "canary reason" }),
  "POST /v1/holds/{holdId}/lift": () => ({ reason: "canary reason" }),
  "POST /v1/retention/{class}/preview": () => ({ days: 400 }),
  "POST /v1/account/closure": () => ({ confirmation: "canary", password: "canary password" }),
  "POST /v1/account/closure/waive": () => ({ confirmation: "canary", password: "canary password" }),
  "PUT /v1/retention/{class}": () => ({ days: 400 }),
  "POST /v1/schedules": () => ({ every: "month", day: 1, hour: 3, timeZone: "Europe/Dublin" }),
  "PUT /v1/schedules/{scheduleId}": () => ({ every: "week", day: 1, hour: 3, timeZone: "Europe/Dublin" }),
  "POST /v1/documents": () => ({ fileName: "canary.md", contentType: "text/markdown", text: "# canary" }),
  "POST /v1/conversations/{conversationId}/answers": () => ({ title: "canary title", text: "canary text" }),
  "PUT /v1/documents/{documentId}/review": () => ({ text: "# canary" }),
  "PUT /v1/settings": () => ({ name: "canary", privacyContact: { name: "canary", email: "canary@people.example" } }),
  "POST /v1/agents": () => ({ name: "canary", greeting: "canary", instructions: "canary", handoffText: "canary" }),
  "PUT /v1/agents/{agentId}": () => ({ name: "canary" }),
  "POST /v1/channels": ({ agentId }) => ({
    name: "canary",
    agentId,
    origins: ["https://canary.example"],
    accentColor: "#000000",
  }),
  "PUT /v1/channels/{channelId}": () => ({ name: "canary" }),
  "POST /v1/notices": () => ({ text: "canary", purposes: [{ id: "remember", title: "canary", text: "canary" }] }),
  "POST /v1/members": () => ({ email: "canary@people.example", name: "canary", role: "viewer" }),
  "PUT /v1/members/{uid}": () => ({ role: "viewer" }),
  "POST /v1/identity-keys": () => ({ name: "canary", publicKey: samplePublicKey }),
  "PUT /v1/webhook": () => ({ url: "https://hooks.canary.example/lethe" }),
  "POST /v1/keys": () => ({ name: "canary", scopes: ["leads:read"] }),
};

/** Bodies that name somebody else's thing by an id, so that the route must say that there is none. */
export const namesInBody: readonly string[] = [
  "POST /v1/erasures/preview",
  "POST /v1/erasures",
  "POST /v1/exports",
  "POST /v1/channels",
];

/**
 * A body for a route.
 *
 * @throws Error for a route that takes one and has no sample here: add it.
 */
export function bodyFor(name: string, row: { body?: unknown }, things: Things): object | undefined {
  if (row.body === undefined) return undefined;
  const sample = bodies[name];
  if (sample === undefined) throw new Error(`tests/support/route-samples.ts has no body for ${name}`);
  return sample(things);
}

/** Values of parameters that name no tenant's thing. */
const constants: Readonly<Record<string, string>> = { path: "0/000", bundle: "000.p/1", class: "lead" };

/** Whether a route's path names a thing, which then belongs to somebody. */
export function namesThing(name: string): boolean {
  return [...name.matchAll(/\{(\w+)\+?\}/g)].some(([, parameter = ""]) => !Object.hasOwn(constants, parameter));
}

/**
 * The path of a route with the ids of the given things.
 *
 * @throws Error for a parameter that is no thing: add it to `Things`.
 */
export function pathFor(name: string, things: Things): string {
  const [, template = ""] = name.split(" ");
  return template.replaceAll(/\{(\w+)\+?\}/g, (_, parameter: string) => {
    const id = constants[parameter] ?? (things[parameter as ThingName] as string | undefined);
    if (id === undefined) throw new Error(`tests/support/route-samples.ts has no ${parameter} for ${name}`);
    return id;
  });
}
