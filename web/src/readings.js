// The table of readings: how each name was read, and a control that makes it another kind by writing a declaration.

import { el, fill } from "./dom.js";

// What a name can be. The sizes m and n are places: the engine finds those that fit the formula.
const KINDS = [
  ["number", "R"],
  ["positive number", "R positive"],
  ["whole number", "N"],
  ["vector", "R^n"],
  ["row", "R^{1 x n}"],
  ["matrix", "R^{m x n}"],
  ["square matrix", "R^{n x n}"],
  ["symmetric matrix", "S^n"],
  ["positive definite matrix", "R^{n x n} spd"],
  ["invertible matrix", "R^{n x n} invertible"],
  ["diagonal matrix", "R^{n x n} diagonal"],
  ["orthogonal matrix", "R^{n x n} orthogonal"],
];

/** Fill the table; `declare(name, kind)` is called when somebody chooses another kind. */
export function showReadings(table, readings, declare) {
  table.hidden = readings.length === 0;
  const focused = table.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  fill(table.tBodies[0], ...readings.map((reading) => row(reading, declare)));
  if (focused) table.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
}

function row(reading, declare) {
  const chosen = !reading.declared && reading.because.endsWith("does not fit here");
  return el(
    "tr",
    { class: chosen ? "chosen" : null },
    el("td", {}, reading.name),
    el("td", {}, reading.kind === "function" ? "function" : control(reading, declare)),
    el("td", {}, reading.shape),
    el("td", {}, reading.because),
  );
}

function control(reading, declare) {
  const now = KINDS.findIndex(([, set]) => general(set) === general(reading.shape));
  const kind = now >= 0 ? now : KINDS.findIndex(([name]) => name === reading.kind.replace("scalar", "number"));
  const select = el("select", { "aria-label": `Kind of ${reading.name}` });
  if (kind < 0) select.append(el("option", { value: "", selected: true }, reading.kind));
  KINDS.forEach(([name], k) => select.append(el("option", { value: k, selected: k === kind }, name)));
  select.addEventListener("change", () => select.value !== "" && declare(reading.name, KINDS[select.value][1]));
  return select;
}

/** A set with its sizes made alike: R^{p x q} is R^{a x b}, R^{k x k} symmetric is S^a. */
function general(set) {
  const seen = new Map();
  const letter = (size) => seen.set(size, seen.get(size) ?? "abcdef"[seen.size]).get(size);
  const alike = set.replace(/\^(?:\{([^}]*)\}|(\w))/, (_, long, short) => `^${(long ?? short).split(" x ").map((size) => (size === "1" ? size : letter(size))).join(" x ")}`);
  return alike.replace(/^R\^(\w) x \1 symmetric$/, "S^$1");
}
