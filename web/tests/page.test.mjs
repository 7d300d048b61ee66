// The page in a real browser: what people do, and what nobody should be able to do.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { EXAMPLES } from "../src/examples.js";
import { answers, launch, type } from "./browser.mjs";
import { serve } from "./serve.mjs";
import { TASKS } from "./tasks.mjs";

const DIST = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "dist");
const SHOTS = process.env.SCREENSHOTS; // a folder: then pictures are kept there

let site, browser, context, page;
const elsewhere = [];
const errors = [];

before(async () => {
  site = await serve(DIST);
  browser = await launch();
  context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"], viewport: { width: 1100, height: 1400 } });
  context.on("request", (request) => !request.url().startsWith(site.url) && elsewhere.push(request.url()));
  page = await context.newPage();
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(site.url);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

async function open(fragment) {
  await page.evaluate((hash) => {
    document.documentElement.dataset.asked = "asking";
    location.hash = "";
    location.hash = hash;
  }, `#${fragment}`);
  return answers(page);
}

async function shot(name) {
  if (SHOTS) await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
}

for (const [name, fragment, expected] of TASKS) {
  test(`task: ${name}`, async () => {
    const encoded = fragment.split("&").map((part) => `${part.slice(0, part.indexOf("="))}=${encodeURIComponent(part.slice(part.indexOf("=") + 1))}`);
    assert.deepEqual(await open(encoded.join("&")), expected);
    assert.equal(await page.isHidden("#refusal"), true);
    assert.ok((await page.textContent("#answer")).includes("agrees with a numerical derivative"));
  });
}

test("paste a loss, correct one name's kind, copy JAX code: four actions", async () => {
  await page.evaluate(() => (location.hash = ""));
  await page.goto(site.url); // 1: open
  await type(page, "\\frac{1}{2} x^\\top Q x - c^\\top x"); // 2: paste
  assert.deepEqual(await answers(page), ["1/2 x^T (Q + Q^T) - c^T"]);
  await page.evaluate(() => (document.documentElement.dataset.asked = "asking"));
  await page.focus('select[aria-label="Kind of Q"]');
  await page.selectOption('select[aria-label="Kind of Q"]', { label: "symmetric matrix" }); // 3: correct
  assert.deepEqual(await answers(page), ["x^T Q - c^T"]);
  assert.equal(await page.inputValue("#where"), "Q in S^n");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Kind of Q");
  await page.click("#tab-jax"); // 4: the tab copies
  await page.waitForFunction(() => document.querySelector("#panel pre")?.textContent.includes("import jax"));
  await page.keyboard.press("Control+Enter");
  const code = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(code.includes("import jax.numpy as jnp") && code.includes("def gradient"));
  await shot("jax");
});

test("a refusal stands at its place, and a suggested declaration can be taken", async () => {
  await page.evaluate(() => (location.hash = ""));
  await type(page, "x^T A + ");
  await page.waitForSelector("#refusal:not([hidden])");
  assert.match(await page.textContent("#refusal"), /needs something after it/);
  assert.equal(await page.textContent("#expr-marks mark"), "+");
  await shot("refusal");
  await type(page, "||A X - b||_F^2 + x");
  await page.waitForFunction(() => !document.querySelector("#refusal").textContent.includes("needs something"));
  await type(page, "(x y)^T");
  await page.waitForSelector("#refusal button");
  await page.click("#refusal button");
  assert.equal(await page.inputValue("#where"), "x in R");
});

test("a claim is judged, and what is wrong with it is said", async () => {
  await open("f=x%5ET+A+x&by=x&claim=2+x%5ET+A");
  await page.waitForSelector("#verdict .bad", { timeout: 60_000 });
  assert.match(await page.textContent("#verdict"), /Not equal: right only if A is symmetric.*x\^T \(A \+ A\^T\)/);
  await page.fill("#claim", "x^T (A + A^T)");
  await page.waitForSelector("#verdict .good", { timeout: 60_000 });
  await shot("claim");
});

test("a link holds the whole question", async () => {
  const found = await open("f=x%5ET+A+x&where=A+in+S%5En&by=x&what=hessian&claim=2+A&tab=latex");
  assert.deepEqual(found, ["2 A"]);
  const other = await context.newPage();
  await other.goto(page.url());
  assert.deepEqual(await answers(other), ["2 A"]);
  assert.equal(await other.inputValue("#what"), "hessian");
  assert.equal(await other.textContent("#panel pre"), "2 A");
  await other.close();
});

test("every tab has its text, and copies it", async () => {
  await open("f=%7C%7CA+x+-+b%7C%7C%5E2&by=x");
  const parts = { latex: "2 (A x - b)^{T} A", text: "2 (A x - b)^T A", numpy: "import numpy", jax: "import jax", torch: "import torch", octave: "function", matlab: "@gradient", r: "<- function", eigen: "#include" };
  for (const [tab, part] of Object.entries(parts)) {
    await page.click(`#tab-${tab}`);
    await page.waitForFunction((wanted) => document.querySelector("#panel pre")?.textContent.includes(wanted), part);
    await page.click("#panel .copy");
    assert.ok((await page.evaluate(() => navigator.clipboard.readText())).includes(part), tab);
  }
  await page.click("#tab-steps");
  await page.waitForSelector("#panel .steps .katex");
  assert.match(await page.textContent("#panel"), /Magnus & Neudecker/);
});

test("expansions and stationary points, which ask SymPy", async () => {
  await open("f=exp%28x%29&by=x&where=x+in+R&tab=taylor");
  await page.waitForFunction(() => document.querySelector("#panel")?.textContent.includes("Copy Taylor"), null, { timeout: 60_000 });
  assert.match(await page.textContent("#panel annotation, #panel"), /x_\{0\}\)\^\{2\}/);
  await open("f=x%5E3+-+3+x&by=x&where=x+in+R&tab=stationary");
  await page.waitForFunction(() => document.querySelector("#panel")?.textContent.includes("minimum"), null, { timeout: 60_000 });
  assert.equal(await page.$("#panel .refusal"), null);
});

test("the keyboard is enough", async () => {
  await open("f=x%5ET+x&by=x");
  await page.keyboard.press("Control+k");
  assert.equal(await page.evaluate(() => document.activeElement.id), "expr");
  await page.focus("#tab-steps");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-latex");
  assert.equal(await page.getAttribute("#tab-latex", "aria-selected"), "true");
  const unnamed = await page.$$eval("button, select, textarea, input", (all) =>
    all.filter((one) => !one.textContent.trim() && !one.getAttribute("aria-label") && !one.labels?.length).map((one) => one.outerHTML),
  );
  assert.deepEqual(unnamed, []);
});

test("what a user types never becomes markup", async () => {
  page.once("dialog", (dialog) => errors.push(`a dialog: ${dialog.message()}`) && dialog.dismiss());
  const attacks = ['<img src=x onerror="alert(1)">', "\\href{javascript:alert(1)}{x} x^T x", "\\htmlData{a=b}{x}", "x</textarea><script>alert(1)</script>", "\\text{<b>x</b>} x"];
  for (const attack of attacks) {
    for (const field of ["f", "where", "claim", "by"]) {
      const base = field === "f" ? "" : "f=x%5ET+x&";
      await page.evaluate((hash) => (location.hash = hash), `#${base}${field}=${encodeURIComponent(attack)}`);
      await page.waitForTimeout(150);
      const found = await page.$$eval("main img, main script, main b, main a[href^='javascript']", (all) => all.map((one) => one.outerHTML));
      assert.deepEqual(found, [], `${attack} in ${field}`);
    }
  }
});

test("the history keeps what was asked, in this browser only", async () => {
  await open("f=v%5ET+B+v&by=v");
  await page.waitForFunction(() => document.querySelector("#history button")?.textContent.startsWith("v^T B v"), null, { timeout: 30_000 });
  await page.click("#forget");
  assert.equal((await page.$$("#history button")).length, 0);
});

test("dark and light", async () => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await ground();
  await shot("dark");
  await page.click("#theme");
  assert.notEqual(await ground(), dark);
  await page.emulateMedia({ colorScheme: "light" });
  await page.click("#theme");
  assert.equal(await ground(), dark);
  await page.evaluate(() => localStorage.clear());
});

test("phone width: nothing is wider than the screen", async () => {
  await open("f=1%2FN+sum_%7Bi%3D1%7D%5EN+%28w%5ET+x_i+-+y_i%29%5E2&by=w&where=w%2C+x_i+in+R%5En%3B+y_i+in+R");
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
  await open("f=%7C%7Cy+-+Phi+theta%7C%7C%5E2&by=theta");
  const lines = await page.$$eval("#readings td:first-child", (cells) => cells.map((cell) => cell.getClientRects().length && cell.clientHeight));
  assert.ok(Math.max(...lines) < 48, `names are broken: ${lines}`);
  await shot("phone");
  await page.setViewportSize({ width: 1100, height: 1400 });
});

test("every example has an answer", async () => {
  for (const one of Object.values(EXAMPLES).flat()) {
    await page.evaluate(() => (document.documentElement.dataset.asked = "asking"));
    await page.click(`#examples button:text-is(${JSON.stringify(one.expr)})`);
    assert.equal((await answers(page)).length, one.wrt.length, one.expr);
  }
});

test("after the first visit no network is needed", async () => {
  await page.goto(site.url);
  await page.waitForFunction(() => document.documentElement.dataset.offline === "ready", null, { timeout: 120_000 });
  await site.stop();
  await context.setOffline(true);
  const other = await context.newPage();
  await other.goto(`${site.url}#f=sin(x)%5E2%2Bcos(x)%5E2&by=x&where=x+in+R`);
  assert.deepEqual(await answers(other), ["0"]);
  await other.close();
});

test("nothing was fetched from elsewhere, nothing failed, and the first visit is small", () => {
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(errors, []);
  const kept = fs.readFileSync(path.join(DIST, "sw.js"), "utf8").match(/FILES = JSON.parse\(`(.*)`\)/)[1];
  const size = JSON.parse(kept).reduce((sum, name) => sum + fs.statSync(path.join(DIST, name)).size, 0);
  assert.ok(size <= 15_000_000, `${size} bytes`);
});
