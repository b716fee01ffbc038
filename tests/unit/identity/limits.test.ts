import { describe, expect, it } from "@jest/globals";
import type { Staff } from "../../../functions/src/identity/caller.ts";
import { assertAccountWithinLimit, assertWithinLimit } from "../../../functions/src/identity/limits.ts";
import { fakeClock } from "../../fakes/clock.ts";

const anyone = { kind: "public" } as const;

function allowed(times: number, act: () => void): number {
  let passed = 0;
  for (let call = 0; call < times; call += 1) {
    try {
      act();
      passed += 1;
    } catch (error) {
      expect(error).toMatchObject({ code: "rate-limited", retry: true });
    }
  }
  return passed;
}

describe("limits", () => {
  it("let an address call so often a minute, and refill evenly", () => {
    const clock = fakeClock();
    const signIn = () => assertWithinLimit({ clock }, "sign-in", anyone, "192.0.2.1");
    expect(allowed(30, signIn)).toBe(20);
    clock.advance(30);
    expect(allowed(30, signIn)).toBe(10);
    clock.advance(3600);
    expect(allowed(30, signIn)).toBe(20);
  });

  it("count each address, member and kind of call for itself", () => {
    const clock = fakeClock();
    const staff = (id: string): Staff => {
      return { kind: "staff", tenantId: "t", actor: { kind: "member", id }, role: "owner", permissions: new Set() };
    };
    expect(allowed(21, () => assertWithinLimit({ clock }, "sign-in", anyone, "192.0.2.2"))).toBe(20);
    expect(allowed(1, () => assertWithinLimit({ clock }, "sign-in", anyone, "192.0.2.3"))).toBe(1);
    expect(allowed(1, () => assertWithinLimit({ clock }, "public-read", anyone, "192.0.2.2"))).toBe(1);
    expect(allowed(241, () => assertWithinLimit({ clock }, "staff-write", staff("a"), "192.0.2.2"))).toBe(240);
    expect(allowed(1, () => assertWithinLimit({ clock }, "staff-write", staff("b"), "192.0.2.2"))).toBe(1);
  });

  it("bound attempts at an account in whatever spelling", () => {
    const clock = fakeClock();
    expect(allowed(6, () => assertAccountWithinLimit({ clock }, "ada@shop.example"))).toBe(6);
    expect(allowed(6, () => assertAccountWithinLimit({ clock }, " ADA@Shop.Example "))).toBe(4);
  });
});
