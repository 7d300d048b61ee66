// The answer: the formula set, and what one must know to use it.

import { el, fill } from "./dom.js";
import { typeset } from "./formula.js";

/** Show matcalc's object, or one for each of several variables. */
export function showAnswer(node, answers) {
  node.classList.remove("stale");
  fill(node, ...answers.map((answer) => card(answer, answers.length > 1)));
}

function card(answer, several) {
  const formula = typeset(el("div", { class: "formula" }), answer.latex, answer.unicode);
  const rows = [
    ["shape", words(answer.shape)],
    ["layout", answer.layout],
    ["verified", verified(answer), answer.verified === "verified" ? "good" : "warn"],
    ...answer.assumptions.filter((told) => !told.endsWith("(inferred)")).map((told) => ["note", told, "warn"]),
  ];
  const facts = rows.flatMap(([name, text, style]) => [el("dt", {}, name), el("dd", { class: style ?? null }, text)]);
  const heading = several ? el("h3", {}, `by ${answer.wrt.join(", ")}`) : null;
  return el("div", { class: "answer", "data-text": answer.text }, heading, formula, el("dl", { class: "facts" }, ...facts));
}

function words(shape) {
  const text = shape.join("×");
  if (shape.every((size) => size === "1")) return "a number";
  if (shape.length !== 2) return `${text}, a tensor`;
  return shape[0] === "1" ? `${text}, a row` : shape[1] === "1" ? `${text}, a column` : text;
}

function verified(answer) {
  if (answer.verified !== "verified") return answer.verified;
  const { digits, points } = answer.check;
  return `agrees with a numerical derivative to ${digits} digits at ${points} points`;
}
