"""A computational graph as tables: the nodes, the local partials, and both accumulations step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..printing.mathml import MATH
from ..syntax import Node, split_name

if TYPE_CHECKING:
    from ..pipeline.derivative import Derivative
    from .chain import Accumulation, AccumulationLine, Edge
    from .graphs import Graph


def tables(graph: Graph, form: str) -> str:
    """All of it in a format: text, unicode, latex, typst, mathml, markdown, or latex-doc, a whole document."""
    return TABLES.get(form, _Tables)(graph, form).all()


class _Tables:
    """Aligned columns, as a terminal shows them."""

    where, equals, plus, times = " where ", " = ", " + ", " "
    spelled_as = ""  # the format of the formulas, where it is not that of the whole

    def __init__(self, graph: Graph, form: str) -> None:
        self.graph, self.form = graph, self.spelled_as or form
        self.speller = graph.speller(self.form)

    def tree(self, tree: Node) -> str:
        return self.speller(tree)

    def partial(self, edge: Edge) -> str:
        return self.graph.partial(edge, self.form)

    def name(self, name: str) -> str:
        return self.tree(Node("name", (), name))

    def d(self, above: str, below: str) -> str:
        return f"d{self.name(above)}/d{self.name(below)}"

    def all(self) -> str:
        g = self.graph
        blocks = [self.table("nodes", [[self.name(s.name), self.tree(s.tree)] for s in g.steps])]
        blocks.append(self.table("local partials", [[self.d(e.to.name, e.start.name), self.partial(e)] for e in g.arcs]))
        for x, run in g.forwards.items():
            blocks.append(self.table(self.forward_title(x, run), [self.line(ln, backwards=False) for ln in run.lines], run))
        blocks.append(self.table(self.reverse_title(g.backward), [self.line(ln, backwards=True) for ln in g.backward.lines], g.backward))
        closed = [[self.d(g.value, x), self.closed(d)] for x, d in zip(g.wrt, g.derivatives)]
        return self.join([*blocks, self.table("", closed)])

    def closed(self, derivative: Derivative) -> str:
        """The derivative, and behind it what its names stand for that are no nodes."""
        program = derivative._program
        if not program.bindings or program.form is not None:
            return derivative.spell(self.form)
        nodes = {s.name for s in self.graph.steps}
        defined = [f"{self.name(b.name)}{self.equals}{self.tree(b.value)}" for b in program.bindings if b.name not in nodes]
        return self.tree(program.body) + (f"{self.where}{', '.join(defined)}" if defined else "")

    def line(self, line: AccumulationLine, backwards: bool) -> list[str]:
        """`f_c`, `f_d dd/dc + f_e de/dc`, `f_d/(2 sqrt(c)) - f_e sin(c)`"""
        return [self.name(line.name), self.rule(line.rule, backwards), self.tree(line.tree)]

    def rule(self, parts: Sequence[tuple[Edge, str]], backwards: bool) -> str:
        terms = []
        for edge, other in parts:
            pair = [self.d(edge.to.name, edge.start.name), *([self.name(other)] if other else [])]
            terms.append(self.times.join(reversed(pair) if backwards else pair))
        return self.plus.join(terms)

    def forward_title(self, x: str, run: Accumulation) -> str:
        names = self.graph.tangents
        if run.free:
            return f"forward accumulation: {self.name(names[self.graph.value])} for any change {self.name(run.seed)} of {self.name(x)}"
        v = self.any_node()
        return f"forward accumulation: {split_name(names[x])[0]}_{v} = d{v}/d{self.name(x)}"

    def reverse_title(self, run: Accumulation) -> str:
        f = self.name(self.graph.value)
        v, letter = self.any_node(), split_name(self.graph.adjoints[self.graph.value])[0]
        if run.free:
            return f"reverse accumulation: {letter}_{v}, the gradient of the entries of {f} weighted with any {self.name(run.seed)}"
        return f"reverse accumulation: {letter}_{v} = d{f}/d{v}"

    def any_node(self) -> str:
        """A letter that is no node, to speak of any of them."""
        names = {*self.graph.inputs, *(s.name for s in self.graph.steps)}
        return next((c for c in "vuwzyxkpqr" if c not in names), "*")

    def table(self, title: str, rows: Sequence[Sequence[str]], run: Accumulation | None = None) -> str:
        widths = [max(len(r[k]) for r in rows) for k in range(len(rows[0]))] if rows else []
        indent = "  " if title else ""
        lines = [indent + " = ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip() for r in rows]
        head = [title + (f" ({run.count})" if run else "")] if title else []
        return "\n".join([*head, *lines])

    def join(self, blocks: Sequence[str]) -> str:
        return "\n\n".join(blocks)


class _Latex(_Tables):
    """Aligned equations, one display for each table."""

    where = r" \quad\text{where } "

    def d(self, above: str, below: str) -> str:
        return rf"\frac{{\partial {self.name(above)}}}{{\partial {self.name(below)}}}"

    def forward_title(self, x: str, run: Accumulation) -> str:
        return "forward accumulation"

    def reverse_title(self, run: Accumulation) -> str:
        return "reverse accumulation"

    def table(self, title: str, rows: Sequence[Sequence[str]], run: Accumulation | None = None) -> str:
        head = [f"% {title}" + (f" ({run.count})" if run else "")] if title else []
        body = " \\\\\n".join("  " + " &= ".join(r[:2]) + "".join(f" = {c}" for c in r[2:]) for r in rows)
        return "\n".join([*head, r"\begin{aligned}", body, r"\end{aligned}"])


class _Typst(_Latex):
    """Typst's displays, a table each."""

    where = ' quad "where" '

    def d(self, above: str, below: str) -> str:
        return f"frac(partial {self.name(above)}, partial {self.name(below)})"

    def table(self, title: str, rows: Sequence[Sequence[str]], run: Accumulation | None = None) -> str:
        head = [f"// {title}" + (f" ({run.count})" if run else "")] if title else []
        body = " \\\n".join("  " + " &= ".join(r[:2]) + "".join(f" = {c}" for c in r[2:]) for r in rows)
        return "\n".join([*head, "$", body, "$"])


class _MathML(_Latex):
    """A `<math>` element for each table, with its title before it as a comment."""

    where, equals, plus, times = "<mtext>&#xa0;where&#xa0;</mtext>", "<mo>=</mo>", "<mo>+</mo>", "<mo>&#x2062;</mo>"

    def tree(self, tree: Node) -> str:
        return _inside(super().tree(tree))

    def partial(self, edge: Edge) -> str:
        return _inside(super().partial(edge))

    def closed(self, derivative: Derivative) -> str:
        return _inside(super().closed(derivative))

    def d(self, above: str, below: str) -> str:
        above, below = (f"<mrow><mo>∂</mo>{self.name(n)}</mrow>" for n in (above, below))
        return f"<mfrac>{above}{below}</mfrac>"

    def table(self, title: str, rows: Sequence[Sequence[str]], run: Accumulation | None = None) -> str:
        head = [f"<!-- {title}" + (f" ({run.count})" if run else "") + " -->"] if title else []
        body = "".join(f"<mtr><mtd>{r[0]}</mtd><mtd><mrow>{''.join(f'<mo>=</mo>{c}' for c in r[1:])}</mrow></mtd></mtr>" for r in rows)
        columns = '<mtable columnalign="right left">'
        return "\n".join([*head, f"{MATH}{columns}{body}</mtable></mrow></math>"])


def _inside(element: str) -> str:
    """What a `<math>` element holds, as one `<mrow>`."""
    return f"<mrow>{element.removeprefix(MATH).removesuffix('</mrow></math>')}</mrow>" if element.startswith(MATH) else element


class _Markdown(_Latex):
    """The displays of LaTeX below their titles."""

    spelled_as = "latex"

    def table(self, title: str, rows: Sequence[Sequence[str]], run: Accumulation | None = None) -> str:
        lines = super().table("", rows).split("\n")
        head = [f"**{title}**" + (f" ({run.count})" if run else ""), ""] if title else []
        return "\n".join([*head, "$$", *lines, "$$"])


class _Document(_Markdown):
    """A LaTeX document with a paragraph for each table."""

    def table(self, title: str, rows: Sequence[Sequence[str]], run: Accumulation | None = None) -> str:
        head = [rf"\paragraph{{{title[0].upper()}{title[1:]}.}}" + (f" {run.count}." if run else "")] if title else []
        return "\n".join([*head, r"\[", *_Latex.table(self, "", rows).split("\n"), r"\]"])

    def join(self, blocks: Sequence[str]) -> str:
        from ..printing.document import answer_sheet

        g = self.graph
        names = g.names_in_use - {g.value}  # the function is what the graph calls it
        return answer_sheet(
            g.typed.program, g.wrt, ["\n\n".join(blocks)], [], g.typed.declarations, g.assumptions, names, verified=bool(g.check)
        )


TABLES: dict[str, type[_Tables]] = {
    "latex": _Latex,
    "typst": _Typst,
    "mathml": _MathML,
    "markdown": _Markdown,
    "latex-doc": _Document,
}
