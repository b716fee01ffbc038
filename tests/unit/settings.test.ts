import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parseConfig, settingNames } from "../../functions/src/platform/config.ts";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

const production = {
  LETHE_ENV: "production",
  GOOGLE_CLOUD_PROJECT: "lethe",
  REGION: "eu",
  APP_ORIGIN: "https://app.lethe.example",
  API_ORIGIN: "https://eu.api.lethe.example",
  SESSION_SEALING_KEY: Buffer.alloc(32, 1).toString("base64"),
};

describe("settings", () => {
  it.each(settingNames)("README explains %s", (name) => {
    expect(readme).toContain(`\`${name}\``);
  });

  it("names every missing setting at once", () => {
    expect(() => parseConfig({})).toThrow(
      /LETHE_ENV.*GOOGLE_CLOUD_PROJECT.*REGION.*APP_ORIGIN.*API_ORIGIN.*SESSION_SEALING_KEY/s,
    );
  });

  it.each(["CLOCK_FILE", "KMS_ENDPOINT", "VERTEX_ENDPOINT", "FIRESTORE_EMULATOR_HOST"])(
    "refuses %s in production",
    (name) => {
      const value = name === "VERTEX_ENDPOINT" ? "http://127.0.0.1:1" : "127.0.0.1:1";
      expect(() => parseConfig({ ...production, [name]: value })).toThrow(
        new RegExp(`${name} \\(refused in production\\)`),
      );
      expect(parseConfig(production).REGION).toBe("eu");
    },
  );

  it("reads the versions of the signing key in their order, each but the first with when it began", () => {
    const versions = (SIGNING_KEY_VERSIONS: string) =>
      parseConfig({ ...production, SIGNING_KEY_VERSIONS }).SIGNING_KEY_VERSIONS;
    expect(parseConfig(production).SIGNING_KEY_VERSIONS).toEqual([{ version: "1" }]);
    expect(versions("1,3@2026-01-15T12:00:00Z")).toEqual([
      { version: "1" },
      { version: "3", from: new Date("2026-01-15T12:00:00Z") },
    ]);
    for (const wrong of ["", "0", "1,2", "1@2026-01-15T12:00:00Z", "1,2@soon", "1,2@2026-01-15T12:00:00Z@x"])
      expect(() => versions(wrong)).toThrow("SIGNING_KEY_VERSIONS");
  });
});
