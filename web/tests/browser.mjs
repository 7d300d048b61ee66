// The browser of the tests: the system's Chromium, without a window. CHROMIUM says where it is if it is nowhere usual.

import fs from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];

export function launch() {
  return chromium.launch(options());
}

/** A browser that keeps what it has seen in `folder`, as people's browsers do. */
export function persistent(folder) {
  return chromium.launchPersistentContext(folder, options());
}

function options() {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => fs.existsSync(place));
  if (!executablePath) throw new Error("no Chromium: apt-get install chromium, or say where it is in CHROMIUM");
  return { executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] };
}

/** Wait until the page answers the question that it shows, and give the answers' texts. */
export async function answers(page) {
  await page.waitForFunction(() => document.documentElement.dataset.asked !== "asking", null, { timeout: 120_000 });
  const refused = await page.evaluate(() => document.documentElement.dataset.asked === "refused" && document.querySelector("#refusal").textContent);
  if (refused) throw new Error(`refused: ${refused}`);
  return page.$$eval(".answer", (cards) => cards.map((card) => card.dataset.text));
}

/** Type a formula as one would: in place of what is there. */
export async function type(page, text) {
  await page.evaluate(() => (document.documentElement.dataset.asked = "asking"));
  await page.fill("#expr", text);
}
