// `matcalc web` in a real browser: the same page, answered by the installed matcalc.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { answers, launch, type } from "./browser.mjs";

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const PYTHON = process.env.PYTHON?.includes(path.sep) ? path.resolve(process.env.PYTHON) : (process.env.PYTHON ?? path.join(ROOT, ".venv/bin/python"));
let server, url, browser, page;

before(async () => {
  server = spawn(PYTHON, ["-m", "matcalc", "web", "--no-open"], { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
  url = await new Promise((resolve) => server.stdout.once("data", (data) => resolve(String(data).trim())));
  browser = await launch();
  page = await browser.newPage();
});

after(async () => {
  await browser?.close();
  server?.kill("SIGINT");
});

test("the page is answered by the server, with Python's own NumPy", async () => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(url);
  await type(page, "||A x - b||^2");
  assert.deepEqual(await answers(page), ["2 (A x - b)^T A"]);
  await page.fill("#claim", "2 A^T (A x - b)");
  await page.waitForSelector("#verdict .bad", { timeout: 30_000 });
  assert.match(await page.textContent("#verdict"), /transposed|denominator/);
  assert.ok(asked.includes("/ask") && !asked.some((name) => name.includes("pyodide") || name.includes("sw.js")));
});

test("without the token there is no page, and another page cannot ask", async () => {
  const bare = new URL(url).origin;
  assert.equal((await page.goto(`${bare}/`)).status(), 403);
  const token = new URL(url).searchParams.get("token");
  const status = await page.evaluate(
    async ([to, secret]) => {
      const response = await fetch(`${to}/ask`, { method: "POST", headers: { Authorization: `Bearer ${secret}x` }, body: "{}" });
      return response.status;
    },
    [bare, token],
  );
  assert.equal(status, 403);
});
