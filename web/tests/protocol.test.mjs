// The page's own Python, as it was packed: every command answers in it, with what it leaves out left out.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { gunzipSync } from "node:zlib";

import { loadPyodide } from "../dist/vendor/pyodide/pyodide.mjs";

const DIST = path.join(import.meta.dirname, "..", "dist");
const QUESTIONS = [
  [{ expr: "||A x - b||^2", wrt: "x" }, "text", "2 (A x - b)^T A"],
  [{ command: "grad", expr: "x^T A x", wrt: "x" }, "text", "(A + A^T) x"],
  [{ command: "jacobian", expr: "A x", wrt: "x" }, "text", "A"],
  [{ command: "hessian", expr: "x^T A x", wrt: "x" }, "text", "A + A^T"],
  [{ command: "shapes", expr: "x^T A x" }, "variable", "x"],
  [{ command: "declare", expr: "x^T A x", name: "A", kind: "S^n" }, "clause", "A in S^n"],
  [{ command: "steps", expr: "log det X", wrt: "X", level: "full" }, "latex", "X^{-T}"],
  [{ command: "code", expr: "x^T A x", wrt: "x", target: "jax" }, "code", "import jax"],
  [{ command: "code", expr: "x^T A x", wrt: "x", target: "octave" }, "code", "function"],
  [{ command: "code", expr: "x^T A x", wrt: "x", target: "r" }, "code", "<- function"],
  [{ command: "code", expr: "exp(x^T A x)", wrt: "x", target: "eigen" }, "code", "dot_"],
  [{ command: "check", expr: "x^T A x", wrt: "x", claim: "2 x^T A" }, "verdict", "not equal"],
  [{ command: "taylor", expr: "exp(x)", wrt: "x", at: "0", where: "x in R", order: 2 }, "text", "x^2/2"],
  [{ command: "stationary", expr: "x^3 - 3 x", wrt: "x", where: "x in R" }, "text", "minimum"],
  [{ expr: "log(x)/sqrt(1 + x^2)", wrt: "x", where: "x in R" }, "verified", "verified"],
  [{ expr: "x^T A x", wrt: "xx" }, "error", "xx"],
  [{ expr: "sofmax(x)", wrt: "x" }, "error", "softmax"],
];
let answer;

before(async () => {
  const python = await loadPyodide({ indexURL: path.join(DIST, "vendor/pyodide/") });
  python.FS.mkdirTree("/archives");
  python.unpackArchive(new Uint8Array(gunzipSync(fs.readFileSync(path.join(DIST, "python/matcalc.pack")))), "zip", { extractDir: "/matcalc" });
  const load = (name) => python.FS.writeFile(`/archives/${name}`, new Uint8Array(fs.readFileSync(path.join(DIST, "python", name))));
  python.registerJsModule("page", { load });
  python.runPython('import sys; sys.path.insert(0, "/matcalc")');
  const ask = python.pyimport("in_worker").answer;
  answer = (question) => JSON.parse(ask(JSON.stringify(question)));
});

for (const [question, field, part] of QUESTIONS) {
  test(`${question.command ?? "d"}: ${question.expr}`, () => {
    const found = answer(question);
    assert.notEqual(found.error?.code, "internal", found.error?.message);
    const told = found[field];
    assert.ok((typeof told === "string" ? told : JSON.stringify(told)).includes(part), JSON.stringify(found).slice(0, 400));
  });
}
