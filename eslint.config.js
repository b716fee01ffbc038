import tseslint from "typescript-eslint";

/** STYLE's "only here" table. Each ban names the one place that may use the thing. */
const onlyHere = {
  clock: [
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: "the time comes from deps.clock (ports/ alone reads the clock)",
    },
    {
      selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
      message: "the time comes from deps.clock (ports/ alone reads the clock)",
    },
    {
      selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
      message: "randomness comes from deps.ids (ports/ alone makes it)",
    },
    {
      selector: "CallExpression[callee.name='randomUUID'], CallExpression[callee.property.name='randomUUID']",
      message: "ids come from deps.ids (ports/ alone makes them)",
    },
    { selector: "CallExpression[callee.name='fetch']", message: "only ports/ speak to the network" },
  ],
  env: [
    {
      selector: "MemberExpression[object.name='process'][property.name='env']",
      message: "only platform/config.ts reads the environment",
    },
  ],
  console: [
    { selector: "MemberExpression[object.name='console']", message: "only platform/log.ts writes to the console" },
  ],
};
const banned = (...rules) => ["error", ...rules.flat()];

export default tseslint.config(
  {
    ignores: [
      "dist/**",
      ".local/**",
      "node_modules/**",
      "**/*.js",
      "**/*.mjs",
      "**/*.cjs",
      "hosting/console/vite.config.ts",
    ],
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./hosting/console/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: true }],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true } }],
    },
  },
  {
    files: ["functions/src/**/*.ts"],
    rules: { "no-restricted-syntax": banned(onlyHere.clock, onlyHere.env, onlyHere.console) },
  },
  { files: ["functions/src/ports/**/*.ts"], rules: { "no-restricted-syntax": banned(onlyHere.env, onlyHere.console) } },
  {
    files: ["functions/src/platform/config.ts"],
    rules: { "no-restricted-syntax": banned(onlyHere.clock, onlyHere.console) },
  },
  { files: ["functions/src/platform/log.ts"], rules: { "no-restricted-syntax": banned(onlyHere.clock, onlyHere.env) } },
);
