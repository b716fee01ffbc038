import type { Api } from "./api.ts";
import { ApiProblem } from "./problem.ts";
import type { LiveToken, Me, Region } from "./shapes.ts";

/**
 * Signs in. A business lives in one region; when the first one asked says that it is another, that one is asked.
 *
 * @throws ApiProblem `sign-in-refused` in the same words whatever is wrong.
 */
export async function signIn(api: Api, email: string, password: string): Promise<Me> {
  const request = () => api.post<Me>("/v1/auth/sign-in", { body: { email, password } });
  try {
    const me = await request();
    api.moveTo(me.region);
    return me;
  } catch (error) {
    const region = error instanceof ApiProblem && error.code === "wrong-region" ? regionFrom(error.region) : undefined;
    if (region === undefined || region === api.region) throw error;
    api.moveTo(region);
    return request();
  }
}

/**
 * Finds the session that the browser still holds, in the region that this tab knows or the other one.
 *
 * @returns undefined when nobody is signed in.
 */
export async function findMe(api: Api): Promise<Me | undefined> {
  const first = api.region;
  for (const region of [first, first === "eu" ? "us" : "eu"] as const) {
    api.moveTo(region);
    try {
      return await api.get<Me>("/v1/auth/me");
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
    }
  }
  api.moveTo(first);
  return undefined;
}

/** Ends the session here and at the server. */
export async function signOut(api: Api): Promise<void> {
  await api.post("/v1/auth/sign-out");
}

/** Changes the member's own password; their other sessions end. */
export async function changePassword(api: Api, currentPassword: string, newPassword: string): Promise<void> {
  await api.post("/v1/auth/password", { body: { currentPassword, newPassword } });
}

/** Asks for a token that opens the live documents for an hour; audited. */
export function requestLiveToken(api: Api): Promise<LiveToken> {
  return api.post<LiveToken>("/v1/auth/live-token");
}

function regionFrom(text: string | undefined): Region | undefined {
  return text === "eu" || text === "us" ? text : undefined;
}
