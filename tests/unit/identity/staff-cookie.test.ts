import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { openStaffCookie, sealStaffCookie } from "../../../functions/src/identity/staff-cookie.ts";
import { tenantIdOf, testDeps } from "../../support/test-deps.ts";

const { config, ids, clock } = testDeps();
const now = clock.now();
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const cookie = { tenantId: tenantIdOf("bakery"), sessionId: "abc", expiresAt: later(60) };
const sealed = sealStaffCookie(config, ids, cookie);

describe("a staff cookie", () => {
  it("opens to what was sealed, until it ends", () => {
    expect(openStaffCookie(config, sealed, now)).toEqual(cookie);
    expect(openStaffCookie(config, sealed, later(59))).toEqual(cookie);
    expect(() => openStaffCookie(config, sealed, later(60))).toThrow(
      expect.objectContaining({ code: "session-expired" }),
    );
  });

  it("differs each time, and is of one size for every session", () => {
    const another = sealStaffCookie(config, ids, cookie);
    expect(another).not.toBe(sealed);
    expect(another).toHaveLength(sealed.length);
  });

  it("opens with no bit changed", () => {
    const bytes = Buffer.from(sealed, "base64url");
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => openStaffCookie(config, changed.toString("base64url"), now)).toThrow(
          expect.objectContaining({ code: "unauthenticated" }),
        );
      }),
    );
  });

  it("is nothing that a stranger can write", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(() => openStaffCookie(config, text, now)).toThrow(expect.objectContaining({ code: "unauthenticated" }));
      }),
    );
  });

  it("of another region says where to go", () => {
    const { config: us, ids: other } = testDeps({ region: "us" });
    const american = sealStaffCookie(us, other, { ...cookie, tenantId: tenantIdOf("diner", "us") });
    expect(() => openStaffCookie(config, american, now)).toThrow(
      expect.objectContaining({ code: "wrong-region", region: "us" }),
    );
  });
});
