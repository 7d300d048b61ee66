// The page: one question, kept in the URL; every change asks again, and the newest question wins.

import { showAnswer } from "./answer.js";
import { judge } from "./claim.js";
import { el, fill, get } from "./dom.js";
import { connect } from "./engine.js";
import { EXAMPLES } from "./examples.js";
import { typeset } from "./formula.js";
import { forget, remember, showHistory } from "./history.js";
import { EMPTY, fromFragment, toFragment } from "./permalink.js";
import { showReadings } from "./readings.js";
import { showRefusal } from "./refusal.js";
import { Tabs } from "./tabs.js";
import { startTheme } from "./theme.js";

const root = document.documentElement; // says how far the page is: data-state, data-asked, data-offline
const TEXTS = ["expr", "where", "claim"];
const CHOICES = {
  what: { derivative: "Derivative", grad: "Gradient (column)", jacobian: "Jacobian", hessian: "Hessian", third: "Third derivative" },
  layout: { numerator: "numerator", denominator: "denominator", strict: "strict numerator" },
  notation: { auto: "shortest", matrix: "matrices", index: "indices", kron: "Kronecker", differential: "dX ↦ …", tensor: "tensors ⊗", cases: "cases" },
};
const ASKED = { derivative: { command: "d" }, third: { command: "d", order: 3 }, grad: { command: "grad" }, jacobian: { command: "jacobian" }, hessian: { command: "hessian" } };
const PAUSE = 120; // milliseconds without a key after which the open tab and the claim are asked about: the next key goes first
const SETTLED = 1500; // milliseconds after which a question goes into the history

let question = { ...EMPTY };
let answers = [];
let generation = 0;
let settling;
let pausing;

const engine = connect(showState);
const ask = (asked, lane) => engine.ask(asked, lane);
const tabs = new Tabs(ask, (tab) => {
  question.tab = tab;
  keep();
  tabs.show(tab, common(), answers);
});

/** Change the question, show it in the fields, and ask. */
function update(changes) {
  question = { ...question, ...changes };
  for (const name of TEXTS) {
    if (get(name).value !== question[name]) get(name).value = question[name];
    grow(get(name));
  }
  for (const name of Object.keys(CHOICES)) get(name).value = question[name];
  keep();
  refresh();
}

async function refresh() {
  const mine = ++generation;
  root.dataset.asked = "asking";
  const current = question;
  clearTimeout(settling);
  clearTimeout(pausing);
  get("answer").classList.add("stale");
  if (!current.expr.trim()) return clear();
  const base = { expr: current.expr, where: current.where };
  const read = await ask({ ...base, command: "shapes" }, "shapes");
  if (read === null || mine !== generation) return;
  if (read.error) return refuse(read.error);
  get("formula").classList.remove("stale");
  if (isNew(get("formula"), read.latex)) typeset(get("formula"), read.latex, read.text);
  if (isNew(get("readings"), read.readings)) showReadings(get("readings"), read.readings, declare);
  const names = chosen(read, current);
  if (isNew(get("variables"), [read.variables, names])) showVariables(read.variables, names);
  if (!names.length) return refuse({ message: "By which variable?", suggestions: [], span: null, field: null });
  const found = await ask({ ...base, ...asked(current), wrt: names }, "answer");
  if (found === null || mine !== generation) return;
  if (found.error) return refuse(found.error);
  answers = found.answers ?? [found];
  showRefusal(null, current, declareClause);
  showAnswer(get("answer"), answers);
  root.dataset.asked = "answered";
  tabs.outdate();
  pausing = setTimeout(() => {
    tabs.show(question.tab, common(), answers);
    judge(ask, current, { ...common(), wrt: names });
  }, PAUSE);
  settling = setTimeout(() => {
    remember(current);
    showHistory(update);
  }, SETTLED);
}

/** Whether an element does not show this yet: what stays is left alone, and keeps the focus of whoever is in it. */
function isNew(node, value) {
  const text = JSON.stringify(value);
  if (node.dataset.shows === text) return false;
  node.dataset.shows = text;
  return true;
}

/** The command and its options for what is chosen. A layout belongs to `d` alone: the others have one. */
function asked({ what, layout, notation }) {
  return { ...(ASKED[what] ?? ASKED.derivative), ...(what === "derivative" || what === "third" ? { layout } : {}), notation };
}

/** What every tab and the check ask about. */
function common() {
  const layout = question.what === "grad" ? "denominator" : question.what === "derivative" || question.what === "third" ? question.layout : "numerator";
  const order = { hessian: 2, third: 3 }[question.what] ?? 1;
  return { expr: question.expr, where: question.where, layout, notation: question.notation, order };
}

function chosen(read, { wrt }) {
  const names = wrt.filter((name) => read.variables.includes(name) || !read.variables.length || /[_[]/.test(name));
  if (names.length) return names;
  if (read.asked.length) return [...new Set(read.asked)];
  return read.variable === null ? [] : [read.variable];
}

function showVariables(variables, names) {
  const all = [...new Set([...variables, ...names])];
  const box = (name) => {
    const input = el("input", { type: "checkbox", value: name, checked: names.includes(name) });
    input.addEventListener("change", () => {
      const left = all.filter((other) => get("variables").querySelector(`input[value="${CSS.escape(other)}"]`).checked);
      update({ wrt: left });
    });
    return el("label", {}, input, name);
  };
  fill(get("variables"), ...all.map(box));
}

async function declare(name, kind) {
  const found = await ask({ command: "declare", expr: question.expr, where: question.where, name, kind });
  if (found.error) showRefusal(found.error, question, declareClause);
  else update({ where: found.where });
}

function declareClause(clause) {
  update({ where: [question.where.trim().replace(/;$/, ""), clause].filter(Boolean).join("; ") });
}

function refuse(error) {
  get("formula").classList.toggle("stale", error.field === "expr");
  showRefusal(error, question, declareClause);
  tabs.hide();
  root.dataset.asked = "refused";
}

function clear() {
  answers = [];
  showRefusal(null, question, declareClause);
  showReadings(get("readings"), [], declare);
  tabs.hide();
  for (const id of ["formula", "variables", "verdict"]) fill(get(id));
  for (const id of ["formula", "variables", "readings"]) delete get(id).dataset.shows;
  get("answer").classList.remove("stale");
  fill(get("answer"), el("p", { class: "hint" }, "Type a formula, or take an example."));
}

function keep() {
  history.replaceState(null, "", `${location.pathname}${location.search}${toFragment(question)}`);
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

function showState(state, reason) {
  const words = { loading: reason ? `Loading ${reason === "sympy.pack" ? "SymPy" : reason}…` : "Loading Python…", ready: "Ready" };
  get("state").textContent = words[state] ?? `Python could not be started: ${reason ?? ""}`;
  root.dataset.state = state;
  if (state === "ready") keepOffline();
}

/** After the first visit the page works without a network: the service worker keeps its files, SymPy's when there is nothing else to do. */
async function keepOffline() {
  if (root.dataset.engine === "server" || !("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("./sw.js");
    await navigator.serviceWorker.ready;
    await fetch("./python/sympy.pack");
    root.dataset.offline = "ready";
  } catch {
    // opened from a file, or in a private window: then it needs its files each time
  }
}

function start() {
  for (const [name, options] of Object.entries(CHOICES)) {
    fill(get(name), ...Object.entries(options).map(([value, label]) => el("option", { value }, label)));
    get(name).addEventListener("change", () => update({ [name]: get(name).value }));
  }
  for (const name of TEXTS) get(name).addEventListener("input", () => update({ [name]: get(name).value, ...(name === "expr" ? { wrt: [] } : {}) }));
  const example = (one) => el("button", { type: "button", onclick: () => update({ ...EMPTY, tab: question.tab, ...one }) }, one.expr);
  const fields = Object.entries(EXAMPLES).map(([field, list]) => el("div", { class: "field" }, el("h3", {}, field), ...list.map(example)));
  fill(get("examples"), ...fields);
  get("forget").addEventListener("click", () => {
    forget();
    showHistory(update);
  });
  get("link").addEventListener("click", () => navigator.clipboard?.writeText(location.href));
  document.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    if (event.key === "k") get("expr").focus();
    else if (event.key === "Enter") get("panel").querySelector(".copy")?.click();
    else return;
    event.preventDefault();
  });
  addEventListener("hashchange", () => update(fromFragment(location.hash)));
  startTheme(get("theme"));
  showHistory(update);
  update(fromFragment(location.hash));
}

start();
