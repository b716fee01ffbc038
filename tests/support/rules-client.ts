/** Claims of a signed-in browser, or a token that the Auth emulator made; `undefined` for nobody. */
export type Claims = Readonly<Record<string, unknown>> | string | undefined;

/** Speaks to one database of the emulator as a browser does: under the rules. */
export interface RulesClient {
  get(path: string): Promise<number>;
  list(collectionPath: string): Promise<number>;
  /** Asks every collection of that name, in every tenant. */
  listGroup(collectionId: string): Promise<number>;
  create(path: string): Promise<number>;
  update(path: string): Promise<number>;
  remove(path: string): Promise<number>;
}

/** The emulator takes unsigned tokens; production takes none of these. */
function tokenOf(claims: NonNullable<Claims>): string {
  if (typeof claims === "string") return claims;
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part({ sub: "u1", user_id: "u1", iat: 0, ...claims })}.`;
}

/**
 * A client under the rules of a database.
 *
 * @returns methods that answer the HTTP status: 200 allowed, 403 denied, 404 allowed and not there.
 */
export function rulesClient(projectId: string, databaseId: string, claims: Claims): RulesClient {
  const database = `projects/${projectId}/databases/${databaseId}/documents`;
  const base = `http://${process.env.FIRESTORE_EMULATOR_HOST}/v1/${database}`;
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (claims !== undefined) headers.authorization = `Bearer ${tokenOf(claims)}`;
  const call = async (method: string, url: string, body?: unknown): Promise<number> => {
    const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    await answer.arrayBuffer();
    return answer.status;
  };
  const document = { fields: { forged: { booleanValue: true } } };
  return {
    get: (path) => call("GET", `${base}/${path}`),
    list: (collectionPath) => call("GET", `${base}/${collectionPath}?pageSize=1`),
    listGroup: (collectionId) =>
      call("POST", `${base}:runQuery`, {
        structuredQuery: { from: [{ collectionId, allDescendants: true }], limit: 5 },
      }),
    create: (path) => {
      const cut = path.lastIndexOf("/");
      return call("POST", `${base}/${path.slice(0, cut)}?documentId=${path.slice(cut + 1)}-fresh`, document);
    },
    update: (path) => call("PATCH", `${base}/${path}`, document),
    remove: (path) => call("DELETE", `${base}/${path}`),
  };
}
