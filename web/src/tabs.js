// The tabs below the answer: each asks for what it shows when it is opened.

import { copyButton, el, fill, get } from "./dom.js";
import { typeset } from "./formula.js";

const PROGRAMS = {
  numpy: "NumPy",
  jax: "JAX",
  torch: "PyTorch",
  "array-api": "Array API",
  octave: "Octave",
  matlab: "MATLAB",
  r: "R",
  julia: "Julia",
  eigen: "C++",
};
const TABS = { steps: "Steps", latex: "LaTeX", text: "Text", ...PROGRAMS, taylor: "Taylor", stationary: "Stationary points" };

export class Tabs {
  /** `ask(question)` asks the engine, `chosen(tab)` hears which tab was opened. */
  constructor(ask, chosen) {
    this.ask = ask;
    this.chosen = chosen;
    this.open = "steps";
    this.copied = "";
    this.generation = 0;
    this.buttons = Object.entries(TABS).map(([name, label]) => this.button(name, label));
    fill(get("tablist"), ...this.buttons);
  }

  button(name, label) {
    const tab = el("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel", tabindex: -1 }, label);
    tab.addEventListener("click", () => this.chosen(name));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const names = Object.keys(TABS);
      const next = names[(names.indexOf(name) + step + names.length) % names.length];
      this.chosen(next);
      get(`tab-${next}`).focus();
    });
    return tab;
  }

  hide() {
    get("tabs").hidden = true;
  }

  /** What the panel shows is about an older answer: it stays in sight, but nobody can copy it. */
  outdate() {
    get("tabs").hidden = false;
    get("panel").classList.add("stale");
    for (const button of get("panel").querySelectorAll("button")) button.disabled = true;
  }

  /** Open `tab` (an unknown one: the first) for the answers to `question`; `common` is what every tab asks about. */
  async show(tab, common, answers) {
    this.open = tab in TABS ? tab : "steps";
    get("tabs").hidden = false;
    for (const [k, name] of Object.keys(TABS).entries()) {
      const selected = name === this.open;
      this.buttons[k].setAttribute("aria-selected", selected);
      this.buttons[k].tabIndex = selected ? 0 : -1;
    }
    get("panel").setAttribute("aria-labelledby", `tab-${this.open}`);
    const generation = ++this.generation;
    const parts = [];
    const together = this.open in PROGRAMS && answers.length > 1; // one program has all gradients
    for (const answer of together ? [{ ...answers[0], wrt: answers.flatMap(({ wrt }) => wrt) }] : answers) {
      const part = await this.content(this.open, common, answer);
      if (part === null || generation !== this.generation) return;
      parts.push(answers.length > 1 && !together ? el("h3", {}, `by ${answer.wrt.join(", ")}`) : null, part.node);
      this.copied = parts.length > 2 ? `${this.copied}\n\n${part.text}` : part.text;
    }
    get("panel").classList.remove("stale");
    fill(get("panel"), this.copied ? copyButton(`Copy ${TABS[this.open]}`, () => this.copied) : null, ...parts);
  }

  async content(tab, common, answer) {
    if (tab === "latex") return source(answer.latex);
    if (tab === "text") return source(`${answer.text}\n\n${answer.unicode}\n\nwhere ${answer.where}`);
    const { layout, notation, order: _, ...base } = { ...common, wrt: answer.wrt };
    const found = await this.ask(question(tab, { base, layout, notation, order: answer.order }), "tab");
    if (found === null) return null;
    if (found.error) return { text: "", node: el("p", { class: "refusal" }, [found.error.message, ...found.error.suggestions].join("\n")) };
    if (tab in PROGRAMS) return source(found.code);
    if (tab === "steps") return { text: found.latex, node: steps(found.rows) };
    return { text: found.latex, node: typeset(el("div", { class: "formula" }), found.latex, found.unicode) };
  }
}

/** What a tab asks. Programs have the Hessian beside the gradient where the second derivative was asked for. */
function question(tab, { base, layout, notation, order }) {
  if (tab === "steps") return { ...base, command: "steps", order, layout, notation };
  if (tab in PROGRAMS) return { ...base, command: "code", target: tab, ...(order === 2 ? { parts: ["hessian"] } : { order }) };
  return { ...base, command: tab };
}

function source(text) {
  return { text, node: el("pre", {}, text) };
}

function steps(rows) {
  const line = ({ left, right, rule, source: from }) => {
    const latex = left ? `${left} = ${right}` : right.includes(" = ") ? right : `{} = ${right}`;
    const formula = typeset(el("div", { class: "formula" }), latex, latex, false);
    return el("tr", {}, el("td", {}, formula), el("td", {}, rule, from && from !== rule ? ` [${from}]` : null));
  };
  return el("table", { class: "steps" }, el("tbody", {}, ...rows.map(line)));
}
