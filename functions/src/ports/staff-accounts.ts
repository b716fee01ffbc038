import { randomUUID } from "node:crypto";
import { getApps, initializeApp } from "firebase-admin/app";
import { type Auth, getAuth } from "firebase-admin/auth";
import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";

/**
 * Firebase Authentication: keeps the password hash of staff and nothing else of ours.
 * Throws AppError `store-unavailable` when the service is down.
 */
export interface StaffAccounts {
  /** Makes an account; its uid. @throws AppError `already-exists` for a taken address. */
  create(email: string, password: string): Promise<string>;
  /** The uid of an address, or undefined. */
  findByEmail(email: string): Promise<string | undefined>;
  /** Checks a password; the uid. @throws AppError `sign-in-refused` when address or password is wrong, `rate-limited`. */
  checkPassword(email: string, password: string): Promise<string>;
  /** Gives an account another password and ends its sessions at the provider. */
  setPassword(uid: string, password: string): Promise<void>;
  /** A token with which a browser may listen to `jobs` and `signals` of one tenant. */
  liveToken(uid: string, claims: Readonly<Record<string, string>>): Promise<string>;
  /** Ends every session of an account, live listeners' tokens included. */
  revoke(uid: string): Promise<void>;
  /** Deletes an account; an absent one is no error. */
  remove(uid: string): Promise<void>;
}

function authCode(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/** Opens Firebase Authentication; FIREBASE_AUTH_EMULATOR_HOST names the emulator. */
export function firebaseStaffAccounts(config: Config): StaffAccounts {
  const name = `lethe-${config.GOOGLE_CLOUD_PROJECT}`;
  const app =
    getApps().find((entry) => entry.name === name) ?? initializeApp({ projectId: config.GOOGLE_CLOUD_PROJECT }, name);
  const auth: Auth = getAuth(app);
  const emulator = config.FIREBASE_AUTH_EMULATOR_HOST;
  const identityToolkit =
    emulator === undefined
      ? "https://identitytoolkit.googleapis.com"
      : `http://${emulator}/identitytoolkit.googleapis.com`;
  const unlessAbsent = (error: unknown): undefined => {
    if (authCode(error) === "auth/user-not-found") return undefined;
    throw unavailable(error);
  };
  return {
    async create(email, password) {
      try {
        return (await auth.createUser({ uid: randomUUID().replaceAll("-", ""), email, password })).uid;
      } catch (error) {
        if (authCode(error) === "auth/email-already-exists")
          throw new AppError("already-exists", "address has an account", { cause: error });
        throw unavailable(error);
      }
    },
    findByEmail: (email) => auth.getUserByEmail(email).then((user) => user.uid, unlessAbsent),
    async checkPassword(email, password) {
      const answer = await fetch(`${identityToolkit}/v1/accounts:signInWithPassword?key=${config.FIREBASE_API_KEY}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email, password, returnSecureToken: true }),
      }).catch((error: unknown) => {
        throw unavailable(error);
      });
      if (!answer.ok) throw refusalOf(await answer.text());
      const { localId } = (await answer.json()) as { localId: string };
      return localId;
    },
    async setPassword(uid, password) {
      await auth.updateUser(uid, { password }).catch((error: unknown) => {
        throw unavailable(error);
      });
    },
    liveToken: (uid, claims) => auth.createCustomToken(uid, claims),
    revoke: (uid) => auth.revokeRefreshTokens(uid).catch(unlessAbsent),
    remove: (uid) => auth.deleteUser(uid).catch(unlessAbsent),
  };
}

/** What Identity Toolkit says of the caller's address and password; anything else is a fault of ours or of the service. */
const wrongCredentials = /^(INVALID_LOGIN_CREDENTIALS|INVALID_PASSWORD|EMAIL_NOT_FOUND|INVALID_EMAIL|USER_DISABLED)/;

function refusalOf(text: string): AppError {
  const message = /"message":\s*"([A-Z_]+)/.exec(text)?.[1] ?? "";
  if (wrongCredentials.test(message)) return new AppError("sign-in-refused", "address or password is wrong");
  if (message.startsWith("TOO_MANY_ATTEMPTS")) return new AppError("rate-limited", "too many attempts at this account");
  return unavailable(undefined);
}

function unavailable(error: unknown): AppError {
  return new AppError("store-unavailable", "sign-in service cannot be reached", { cause: error });
}
