// What was refused: the message, the place marked in the text it speaks of, and suggestions that can be taken.

import { el, fill, get } from "./dom.js";

const FIELDS = ["expr", "where", "claim"];
const DECLARATION = /\b(\p{L}[\p{L}\w{}]*) in ([A-Z](?:\^(?:\w|\{[^}]*\}))?)/gu;

/** Show an error below the formula (null: none). `declare(clause)` is called when a suggested declaration is taken. */
export function showRefusal(error, question, declare) {
  const box = get("refusal");
  FIELDS.slice(0, 2).forEach((field) => mark(field, question[field], error?.field === field ? error.span : null));
  box.hidden = !error;
  if (!error) return fill(box);
  const clauses = error.suggestions.flatMap((text) => [...text.matchAll(DECLARATION)].map((found) => found[0]));
  const buttons = clauses.map((clause) => el("button", { type: "button", onclick: () => declare(clause) }, clause));
  fill(box, [error.message, ...error.suggestions].join("\n"), buttons.length ? el("div", {}, "Declare: ", ...buttons) : null);
}

/** Mark the half-open `span` of a field's text, which counts characters, not UTF-16 units. */
export function mark(field, text, span) {
  const below = get(`${field}-marks`);
  if (!span) return fill(below);
  const characters = [...text];
  const [start, end] = [span[0], Math.max(span[1], span[0] + 1)];
  const marked = characters.slice(start, end).join("") || " ";
  fill(below, characters.slice(0, start).join(""), el("mark", {}, marked), characters.slice(end).join(""));
}
