import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Api, newIntentKey } from "../../../hosting/console/src/api/api.ts";
import { findMe, signIn } from "../../../hosting/console/src/api/auth.ts";
import type { ApiProblem } from "../../../hosting/console/src/api/problem.ts";

const config = {
  api: { eu: "https://eu.api.lethe.example", us: "https://us.api.lethe.example" },
  firebase: { projectId: "p", apiKey: "k" },
};
const me = { tenantId: "t", region: "us" };

const problem = (status: number, fields: object) =>
  new Response(JSON.stringify({ title: "No", ...fields }), {
    status,
    headers: { "content-type": "application/problem+json" },
  });

describe("calls of the API", () => {
  const stored = new Map<string, string>();
  const fetched = jest.fn<typeof fetch>();
  const realFetch = globalThis.fetch;
  const calls = () => fetched.mock.calls.map(([url, init]) => `${init?.method ?? "GET"} ${String(url)}`);

  beforeEach(() => {
    stored.clear();
    fetched.mockReset();
    globalThis.fetch = fetched;
    const sessionStorage = {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => stored.set(name, value),
    };
    Object.defineProperty(globalThis, "sessionStorage", { value: sessionStorage, configurable: true });
  });
  afterEach(() => {
    globalThis.fetch = realFetch;
  });

  it("signs in where the account lives, and stays there", async () => {
    fetched.mockResolvedValueOnce(problem(421, { code: "wrong-region", region: "us" }));
    fetched.mockResolvedValueOnce(Response.json(me));
    const api = new Api(config);
    expect(await signIn(api, "a@b.example", "secret")).toEqual(me);
    expect(calls()).toEqual([
      "POST https://eu.api.lethe.example/v1/auth/sign-in",
      "POST https://us.api.lethe.example/v1/auth/sign-in",
    ]);
    expect(new Api(config).region).toBe("us");
  });

  it("does not go round in circles when regions disagree", async () => {
    fetched.mockImplementation(async () => problem(421, { code: "wrong-region", region: "eu" }));
    await expect(signIn(new Api(config), "a@b.example", "secret")).rejects.toMatchObject({ code: "wrong-region" });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("finds a session of the other region in a new tab", async () => {
    fetched.mockResolvedValueOnce(problem(401, { code: "unauthenticated" }));
    fetched.mockResolvedValueOnce(Response.json(me));
    expect(await findMe(new Api(config))).toEqual(me);
    fetched.mockImplementation(async () => problem(401, { code: "unauthenticated" }));
    expect(await findMe(new Api(config))).toBeUndefined();
  });

  it("sends cookies and the intent's key, and no body that was not given", async () => {
    fetched.mockResolvedValueOnce(new Response(null, { status: 204 }));
    await new Api(config).post("/v1/x", { idempotencyKey: "key-1234" });
    const init = fetched.mock.calls[0]?.[1];
    expect(init).toMatchObject({ credentials: "include", headers: { "idempotency-key": "key-1234" } });
    expect(init).not.toHaveProperty("body");
  });

  it("tries a read once more when the reason may have passed, and a write never", async () => {
    fetched.mockRejectedValueOnce(new TypeError("network"));
    fetched.mockResolvedValueOnce(Response.json({ ok: true }));
    expect(await new Api(config).get("/v1/x")).toEqual({ ok: true });
    fetched.mockRejectedValueOnce(new TypeError("network"));
    await expect(new Api(config).post("/v1/x")).rejects.toMatchObject({
      code: "offline",
    } satisfies Partial<ApiProblem>);
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  it("says when the session is over, and not when a password is refused", async () => {
    const over = jest.fn();
    const api = new Api(config);
    api.onSessionOver = over;
    fetched.mockResolvedValueOnce(problem(401, { code: "sign-in-refused" }));
    await expect(api.post("/v1/auth/sign-in")).rejects.toMatchObject({ code: "sign-in-refused" });
    expect(over).not.toHaveBeenCalled();
    fetched.mockResolvedValueOnce(problem(401, { code: "session-expired" }));
    await expect(api.get("/v1/x")).rejects.toMatchObject({ code: "session-expired" });
    expect(over).toHaveBeenCalledTimes(1);
  });

  it("takes an answer that is no problem document for a fault of ours", async () => {
    fetched.mockResolvedValueOnce(new Response("<html>", { status: 502, headers: { "content-type": "text/html" } }));
    await expect(new Api(config).get("/v1/x")).rejects.toMatchObject({ code: "bug", status: 502 });
  });

  it("makes keys that the API takes, another one for each intent", () => {
    const keys = new Set(Array.from({ length: 200 }, newIntentKey));
    expect(keys.size).toBe(200);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{8,100}$/);
  });
});
