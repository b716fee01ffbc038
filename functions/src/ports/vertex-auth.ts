import { GoogleAuth, OAuth2Client } from "google-auth-library";

/** A client whose token nobody issued, for a stand-in: the library must not look for credentials on this machine. */
export function localToken(): OAuth2Client {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: "local", expiry_date: Date.now() + 24 * 60 * 60 * 1000 });
  return client;
}

/** A token for calls that no client library makes: the machine's own, or a made-up one for a stand-in. */
export async function accessToken(endpoint: string | undefined): Promise<string> {
  if (endpoint !== undefined) return "local";
  const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  const token = await auth.getAccessToken();
  if (!token) throw new TypeError("the machine's identity has no access token");
  return token;
}
