/** STYLE's one-way arrows and "only here" table for imports. `npm run check` fails on any of these. */
const src = "^functions/src";
const only = (name, packages, allowed) => ({
  name,
  severity: "error",
  comment: `only ${allowed.join(", ")} may import this package (types excepted)`,
  from: { path: `${src}/`, pathNot: allowed.map((place) => `${src}/${place}`) },
  to: { path: packages.map((entry) => `node_modules/${entry}`), dependencyTypesNot: ["type-only"] },
});
const arrow = (name, from, mayUse) => ({
  name,
  severity: "error",
  from: { path: `${src}/${from}/` },
  to: { path: `${src}/`, pathNot: [from, ...mayUse].map((room) => `${src}/${room}/`) },
});

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    only(
      "framework",
      ["@google-cloud/functions-framework"],
      ["entrypoints/", "routes/serve\\.ts$", "platform/event\\.ts$"],
    ),
    only("firestore", ["@google-cloud/firestore"], ["inventory/", "[^/]+/store\\.ts$", "platform/deps\\.ts$"]),
    only(
      "google",
      ["@google-cloud/(?!firestore|functions-framework)", "firebase-admin", "@google/genai", "stripe", "postmark"],
      ["ports/"],
    ),
    arrow("platform-stands-alone", "platform", ["ports", "inventory", "crypto"]),
    arrow("ports-know-platform", "ports", ["platform"]),
    arrow("inventory-below", "inventory", ["ports", "platform"]),
    arrow("crypto-below", "crypto", ["inventory", "ports", "platform"]),
    arrow("ledger-below", "ledger", ["inventory", "crypto", "ports", "platform"]),
    arrow("jobs-below", "jobs", ["inventory", "crypto", "ledger", "ports", "platform"]),
    {
      name: "no-neighbors-store",
      severity: "error",
      comment: "a room calls another room's use cases, never its store",
      from: { path: `${src}/([^/]+)/` },
      to: { path: `${src}/[^/]+/store\\.ts$`, pathNot: `${src}/$1/store\\.ts$` },
    },
    {
      name: "routes-are-the-edge",
      severity: "error",
      from: { path: `${src}/(?!entrypoints|routes)` },
      to: { path: `${src}/(routes|entrypoints)/` },
    },
    {
      name: "functions-know-no-local-cloud",
      severity: "error",
      from: { path: src },
      to: { path: "^(local|tests|hosting|verify)/" },
    },
    {
      name: "verify-shares-nothing",
      severity: "error",
      from: { path: "^verify/" },
      to: { path: "^(functions|local|hosting)/" },
    },
    {
      name: "widget-knows-no-console",
      severity: "error",
      from: { path: "^hosting/widget/" },
      to: { path: "^hosting/console/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|\\.local)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".mjs"],
    },
  },
};
