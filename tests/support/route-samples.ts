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
  | "exportId"
  | "receiptId"
  | "logId";

/** A body that each route accepts, with the ids of the given things where it takes ids. */
const bodies: Readonly<Record<string, (things: Things) => object>> = {
  "POST /v1/chat/turns": () => ({ question: "When do you open?" }),
  "POST /v1/widget/sessions": () => ({ noticeVersion: 1, noticeAcknowledged: true, consents: {} }),
  "POST /v1/widget/conversations": () => ({}),
  "POST /v1/widget/consents": () => ({ purpose: "remember", given: true, noticeVersion: 1 }),
  "POST /v1/widget/leads": () => ({ email: "somebody@people.example", message: "Hello." }),
  "POST /v1/auth/sign-in": () => ({ email: "somebody@people.example", password: "wrong" }),
  "POST /v1/auth/password": () => ({ currentPassword: "wrong", newPassword: "a longer word of mine" }),
  "PUT /v1/conversations/{conversationId}/inbox": () => ({ tags: ["taken"] }),
  "POST /v1/subjects/search": ({ email }) => ({ kind: "email", value: email }),
  "PUT /v1/leads/{leadId}": () => ({ state: "handled" }),
  "POST /v1/erasures/preview": ({ subjectId }) => ({ subjectId }),
  "POST /v1/erasures": ({ subjectId }) => ({ subjectId, reason: "asked for" }),
  "POST /v1/exports": ({ subjectId }) => ({ subjectId, format: "json", reason: "asked for" }),
  "POST /v1/account/exports": () => ({ reason: "asked for" }),
  "POST /v1/documents": () => ({ fileName: "own.md", contentType: "text/markdown", text: "# Own" }),
  "PUT /v1/settings": () => ({ name: "Own" }),
  "POST /v1/agents": () => ({ name: "A", greeting: "Hi.", instructions: "Be brief.", handoffText: "Later." }),
  "PUT /v1/agents/{agentId}": () => ({ name: "Taken" }),
  "POST /v1/channels": ({ agentId }) => ({ name: "C", agentId, origins: [], accentColor: "#000000" }),
  "PUT /v1/channels/{channelId}": () => ({ name: "Taken" }),
  "POST /v1/notices": () => ({ text: "An AI answers.", purposes: [] }),
  "POST /v1/members": () => ({ email: "fresh@people.example", name: "Fresh", role: "viewer" }),
  "PUT /v1/members/{uid}": () => ({ role: "viewer" }),
  "POST /v1/keys": () => ({ name: "K", scopes: ["leads:read"] }),
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

/**
 * The path of a route with the ids of the given things.
 *
 * @throws Error for a parameter that is no thing: add it to `Things`.
 */
export function pathFor(name: string, things: Things): string {
  const [, template = ""] = name.split(" ");
  return template.replaceAll(/\{(\w+)\+?\}/g, (_, parameter: string) => {
    if (parameter === "path") return "0/000";
    const id = things[parameter as ThingName] as string | undefined;
    if (id === undefined) throw new Error(`tests/support/route-samples.ts has no ${parameter} for ${name}`);
    return id;
  });
}
