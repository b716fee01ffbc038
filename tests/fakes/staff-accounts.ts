import { AppError } from "../../functions/src/platform/errors.ts";
import type { StaffAccounts } from "../../functions/src/ports/staff-accounts.ts";

interface Account {
  uid: string;
  email: string;
  password: string;
}

/** Firebase Authentication in memory. */
export interface FakeStaffAccounts extends StaffAccounts {
  readonly accounts: ReadonlyMap<string, Account>;
  /** Accounts whose sessions were ended, once for each time. */
  readonly revoked: readonly string[];
}

export function fakeStaffAccounts(): FakeStaffAccounts {
  const accounts = new Map<string, Account>();
  const revoked: string[] = [];
  let made = 0;
  const byEmail = (email: string) => [...accounts.values()].find((account) => account.email === email.toLowerCase());
  return {
    accounts,
    revoked,
    async create(email, password) {
      if (byEmail(email) !== undefined) throw new AppError("already-exists", "address has an account");
      made += 1;
      const uid = `uid${made}`;
      accounts.set(uid, { uid, email: email.toLowerCase(), password });
      return uid;
    },
    findByEmail: async (email) => byEmail(email)?.uid,
    async checkPassword(email, password) {
      const account = byEmail(email);
      if (account?.password !== password) throw new AppError("sign-in-refused", "address or password is wrong");
      return account.uid;
    },
    async setPassword(uid, password) {
      const account = accounts.get(uid);
      if (account === undefined) throw new AppError("store-unavailable", "sign-in service cannot be reached");
      accounts.set(uid, { ...account, password });
      revoked.push(uid);
    },
    liveToken: async (uid, claims) => Buffer.from(JSON.stringify({ uid, claims })).toString("base64url"),
    revoke: async (uid) => void revoked.push(uid),
    remove: async (uid) => void accounts.delete(uid),
  };
}
