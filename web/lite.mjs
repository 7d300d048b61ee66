// `node lite.mjs FOLDER`: matcalc's magic in the JupyterLite that lies in a folder; prints what was shown as JSON. tests/test_jupyterlite.py asks.

import path from "node:path";

import { launch } from "./tests/browser.mjs";
import { serve } from "./tests/serve.mjs";

const LINES = ["%pip install -q matcalc-symbolic", "%load_ext matcalc", "%matcalc ||A x - b||^2 --wrt x --code jax"];
const site = await serve(path.resolve(process.argv[2]));
const browser = await launch();
const page = await browser.newPage();
const elsewhere = [];
page.on("request", (request) => /^https?:/.test(request.url()) && !request.url().startsWith(site.url) && elsewhere.push(request.url()));
const code = LINES.map((line) => `code=${encodeURIComponent(line)}`).join("&");
await page.goto(`${site.url}repl/index.html?kernel=python&execute=1&${code}`);
await page.waitForFunction(() => document.body.innerText.includes("def gradient"), null, { timeout: 240_000 });
const text = (await page.locator(".jp-OutputArea-output").allInnerTexts()).join("\n");
// The formula is set after the text is there, later on a loaded machine; where it never is, the count says so.
await page.waitForSelector(".jp-OutputArea-output mjx-container", { timeout: 60_000 }).catch(() => null);
const formulas = await page.locator(".jp-OutputArea-output mjx-container").count();
console.log(JSON.stringify({ elsewhere, text, formulas }));
await browser.close();
await site.stop();
