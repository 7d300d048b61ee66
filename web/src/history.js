// What was asked, kept in this browser only.

import { el, fill, get } from "./dom.js";
import { fromFragment, toFragment } from "./permalink.js";

const KEY = "matcalc-history";
const MOST = 30;

export function remember(question) {
  const fragment = toFragment({ ...question, tab: "steps" });
  store([fragment, ...recall().filter((old) => old !== fragment)].slice(0, MOST));
}

export function forget() {
  store([]);
}

/** List them; `take(question)` is called with the one that is chosen. */
export function showHistory(take) {
  const item = (fragment) => {
    const question = fromFragment(fragment);
    const label = `${question.expr}${question.wrt.length ? ` by ${question.wrt.join(", ")}` : ""}`;
    return el("li", {}, el("button", { type: "button", onclick: () => take(question) }, label));
  };
  fill(get("history"), ...recall().map(item));
  get("forget").hidden = recall().length === 0;
}

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

function store(fragments) {
  try {
    localStorage.setItem(KEY, JSON.stringify(fragments));
  } catch {
    // a browser that keeps nothing: then there is no history
  }
}
