/** Every project strips types by Node itself; the emulators are started once by the global set-up where a project needs them. */
const base = {
  extensionsToTreatAsEsm: [".ts"],
  transform: {},
  testEnvironment: "node",
  // Bundles are built there; their package.json files share names.
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.local/"],
};
const emulated = {
  globalSetup: "<rootDir>/tests/support/global-setup.ts",
  globalTeardown: "<rootDir>/tests/support/global-teardown.ts",
  setupFiles: ["<rootDir>/tests/support/quiet.ts"],
};
const project = (name, extra = {}) => ({
  ...base,
  ...extra,
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
});

const config = {
  maxWorkers: 2,
  testTimeout: 60_000,
  projects: [
    project("unit"),
    project("rules", emulated),
    project("integration", {
      ...emulated,
      setupFilesAfterEnv: ["<rootDir>/tests/support/watch-every-file.ts"],
    }),
    project("ports", emulated),
    project("crash"),
    project("browser", {
      globalSetup: "<rootDir>/tests/support/browser-set-up.ts",
      globalTeardown: "<rootDir>/tests/support/browser-tear-down.ts",
      setupFiles: ["<rootDir>/tests/support/quiet.ts"],
    }),
  ],
};
export default config;
