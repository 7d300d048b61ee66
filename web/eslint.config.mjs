// The rules that find mistakes; how lines are laid out is left to who writes them.

const names = (text) => Object.fromEntries(text.split(" ").map((name) => [name, "readonly"]));
const BROWSER = "document location localStorage navigator history CSS URL URLSearchParams Worker Response DecompressionStream XMLHttpRequest fetch caches self addEventListener matchMedia setTimeout clearTimeout";
const NODE = "process console URL setTimeout document location navigator getComputedStyle localStorage fetch performance Event";

const rules = {
  "no-undef": "error",
  "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
  "prefer-const": "error",
  "no-var": "error",
  eqeqeq: "error",
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-restricted-properties": ["error", ...["innerHTML", "outerHTML", "insertAdjacentHTML", "write"].map((property) => ({ property, message: "text goes in as text" }))],
};

export default [
  { ignores: ["dist/", ".cache/"] },
  { files: ["src/**/*.js"], languageOptions: { globals: names(BROWSER) }, rules },
  { files: ["*.mjs", "tests/**/*.mjs"], languageOptions: { globals: names(NODE) }, rules: { ...rules, "no-restricted-properties": "off" } },
];
