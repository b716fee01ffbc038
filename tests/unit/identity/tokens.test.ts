import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { apiKeyText, freshSecret, parseApiKey } from "../../../functions/src/identity/api-key-text.ts";
import type { DataSubject } from "../../../functions/src/identity/caller.ts";
import {
  channelKeyFor,
  openChannelKey,
  openSessionToken,
  sessionTokenFor,
} from "../../../functions/src/identity/tokens.ts";
import { tenantIdOf, testDeps } from "../../support/test-deps.ts";

const { config, ids, clock } = testDeps();
const us = testDeps({ region: "us" }).config;
const tenantId = tenantIdOf("bakery");
const now = clock.now();
const code = (value: string) => expect.objectContaining({ code: value });

describe("an API key", () => {
  it("says which record to look at, and has a secret of 32 characters", () => {
    const parts = { tenantId, keyId: ids.next(), secret: freshSecret(ids) };
    expect(parts.secret).toMatch(/^[a-z0-9]{32}$/);
    expect(parseApiKey(config, apiKeyText(parts))).toEqual(parts);
    expect(() => parseApiKey(us, apiKeyText(parts))).toThrow(code("wrong-region"));
  });

  it("is nothing else", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 120 }), (text) =>
        expect(() => parseApiKey(config, text)).toThrow(code("unauthenticated")),
      ),
    );
  });
});

describe("a session token", () => {
  const subject: DataSubject = {
    kind: "data-subject",
    tenantId,
    ...{ subjectId: "s1", conversationId: "c1", channelId: "h1", sessionId: "i1" },
  };
  const token = sessionTokenFor(config, subject, new Date(now.getTime() + 60_000));

  it("proves its data subject until it ends, in its region", () => {
    expect(openSessionToken(config, token, now)).toEqual(subject);
    expect(() => openSessionToken(config, token, new Date(now.getTime() + 60_000))).toThrow(code("session-expired"));
    expect(() => openSessionToken(us, token, now)).toThrow(code("wrong-region"));
  });

  it("proves nothing when any character is another", () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(..."aZ09_-."), (at, character) => {
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        // The last character of base64url may hold bits that nobody reads: the decoded seal is then the same.
        fc.pre(at < token.length - 1);
        expect(() => openSessionToken(config, changed, now)).toThrow(code("unauthenticated"));
      }),
    );
  });
});

describe("a channel key", () => {
  const channelId = "c".repeat(20);
  const key = channelKeyFor(config, tenantId, channelId);

  it("names its channel, in its region", () => {
    expect(openChannelKey(config, key)).toEqual({ kind: "channel", tenantId, channelId });
    expect(() => openChannelKey(us, key)).toThrow(code("wrong-region"));
  });

  it("names nothing when any character is another", () => {
    fc.assert(
      fc.property(fc.nat(key.length - 1), fc.constantFrom(..."az09_"), (at, character) => {
        fc.pre(key[at] !== character);
        expect(() => openChannelKey(config, key.slice(0, at) + character + key.slice(at + 1))).toThrow(
          code("unauthenticated"),
        );
      }),
    );
  });
});
