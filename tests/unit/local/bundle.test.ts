import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { consoleConfigOf, firebaseJsonOf } from "../../../local/bundle.ts";

const deployment = {
  ...{ project: "shop-prod", domain: "shop.example", site: "shop-prod-app", apiKey: "AIza-browser" },
  regions: ["eu"],
};
const repository = readFileSync(new URL("../../../firebase.json", import.meta.url), "utf8");

describe("what a deployment takes", () => {
  it("lets console pages connect to its own API and Google's sign-in, and run nobody else's script", () => {
    const text = JSON.stringify(firebaseJsonOf(deployment, repository));
    const [policy = ""] = /default-src[^"]*/.exec(text) ?? [];
    expect(policy.split("; ")).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy).toContain(
      "connect-src 'self' https://eu.api.shop.example https://identitytoolkit.googleapis.com https://securetoken.googleapis.com https://firestore.googleapis.com;",
    );
  });

  it("names its Hosting site and the databases of its regions", () => {
    expect(firebaseJsonOf(deployment, repository)).toMatchObject({
      hosting: { site: "shop-prod-app", public: "hosting" },
      firestore: [{ database: "(default)" }, { database: "data-eu" }, { database: "keys-eu" }],
    });
  });

  it("tells the console where its API is", () => {
    expect(consoleConfigOf(deployment)).toEqual({
      api: { eu: "https://eu.api.shop.example" },
      firebase: { projectId: "shop-prod", apiKey: "AIza-browser" },
    });
  });
});
