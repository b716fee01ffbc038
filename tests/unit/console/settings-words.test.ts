import { describe, expect, it } from "@jest/globals";
import { webhookEvents } from "../../../functions/src/recipients/notification.ts";
import { kmsFateText, kmsStateText, tenantKeyText } from "../../../hosting/console/src/words/encryption.ts";
import { humanize } from "../../../hosting/console/src/words/things.ts";
import { deliveryState, deliveryText, eventText } from "../../../hosting/console/src/words/webhook.ts";

describe("keys in words", () => {
  const createdAt = "2025-01-15T12:00:00Z";

  it("says when the key in use is replaced, and when an old one is destroyed", () => {
    const key = { version: 2, createdAt, kmsVersion: "1" };
    expect(tenantKeyText(key, "2026-01-15T12:00:00Z")).toContain("15 Jan 2026 at the latest");
    expect(tenantKeyText({ ...key, destroyedFrom: "2025-01-23T12:00:00Z" }, createdAt)).toContain(
      "from 23 Jan 2025 on",
    );
  });

  it("says what becomes of a version in Cloud KMS", () => {
    const version = { version: "1", state: "ENABLED", createdAt };
    expect(kmsFateText(version)).toBe("Wraps account keys.");
    const unused = { ...version, unusedSince: createdAt, destroyedFrom: "2025-01-23T12:00:00Z" };
    expect(kmsFateText(unused)).toContain("destroyed from 23 Jan 2025 on");
    const going = { ...unused, state: "DESTROY_SCHEDULED", destroyAt: "2025-02-22T12:00:00Z" };
    expect(kmsFateText(going)).toContain("22 Feb 2025");
    expect(kmsStateText("PENDING_IMPORT")).toBe("Pending import");
  });
});

describe("webhook deliveries in words", () => {
  it.each(webhookEvents)("has words for %s", (event) => {
    expect(eventText(event)).not.toBe(humanize(event));
  });

  it("says how often it was tried, the last answer, and what was acknowledged", () => {
    const delivery = {
      notificationId: "n1",
      event: "subject.erased",
      state: "queued",
      attempts: 0,
      createdAt: "",
    } as const;
    expect(deliveryText(delivery)).toBe("not tried yet");
    expect(deliveryText({ ...delivery, attempts: 2, lastStatus: 200, outcome: "deleted" })).toBe(
      "2 tries · HTTP 200 · deleted there",
    );
    expect(deliveryState({ state: "unanswered" })).toEqual({ title: "Unanswered", tone: "danger" });
  });
});
