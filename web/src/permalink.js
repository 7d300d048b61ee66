// The whole question in the URL's fragment, which no server ever sees.

export const EMPTY = Object.freeze({ expr: "", where: "", wrt: [], what: "derivative", layout: "numerator", notation: "auto", claim: "", tab: "steps" });
const SHORT = { expr: "f", where: "where", wrt: "by", what: "what", layout: "layout", notation: "notation", claim: "claim", tab: "tab" };

/** `#f=x^T A x&by=x`: what differs from the empty question. */
export function toFragment(question) {
  const fields = new URLSearchParams();
  for (const [name, short] of Object.entries(SHORT)) {
    const value = name === "wrt" ? question.wrt.join(",") : question[name];
    if (value && value !== EMPTY[name]) fields.set(short, value);
  }
  const text = fields.toString();
  return text ? `#${text}` : "";
}

/** The question of a fragment; what it does not say is as in the empty one. */
export function fromFragment(fragment) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const question = { ...EMPTY };
  for (const [name, short] of Object.entries(SHORT)) {
    const value = fields.get(short);
    if (value !== null) question[name] = name === "wrt" ? names(value) : value;
  }
  return question;
}

/** "x,A_{1,2}" as names: a comma inside a subscript separates nothing. */
export function names(text) {
  return text.split(/,(?![^{[(]*[}\])])/).map((name) => name.trim()).filter(Boolean);
}
