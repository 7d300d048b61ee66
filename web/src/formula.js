// Formulas by KaTeX. It is given LaTeX that matcalc wrote, trusts no command in it, and writes nodes, not HTML.

const { katex } = globalThis; // vendor/katex/katex.min.js, which the page loads first

const OPTIONS = { displayMode: true, throwOnError: true, strict: false, trust: false, maxExpand: 1000, maxSize: 50 };

/** Set `latex` into `node`; where KaTeX cannot, the `text` stands there in its place. */
export function typeset(node, latex, text = latex, display = true) {
  try {
    katex.render(latex.split("\n").join(" \\\\ "), node, { ...OPTIONS, displayMode: display });
  } catch {
    node.textContent = text;
  }
  return node;
}
