"""A computational graph as tables: the nodes, the local partials, and both accumulations step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..syntax import Node, split_name

if TYPE_CHECKING:
    from ..pipeline.derivative import Derivative
    from .chain import Accumulation, AccumulationLine, Edge
    from .graphs import Graph


def tables(graph: Graph, form: str) -> str:
    """All of it in a format: text, unicode or latex."""
    return (_Latex if form == "latex" else _Tables)(graph, form).all()


class _Tables:
    """Aligned columns, as a terminal shows them."""

    where = " where "

    def __init__(self, graph: Graph, form: str) -> None:
        self.graph, self.form = graph, form
        self.tree = graph.speller(form)

    def name(self, name: str) -> str:
        return self.tree(Node("name", (), name))

    def d(self, above: str, below: str) -> str:
        return f"d{self.name(above)}/d{self.name(below)}"

    def all(self) -> str:
        g = self.graph
        blocks = [self.table("nodes", [[self.name(s.name), self.tree(s.tree)] for s in g.steps])]
        blocks.append(self.table("local partials", [[self.d(e.to.name, e.start.name), g.partial(e, self.form)] for e in g.arcs]))
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
        defined = [f"{self.name(b.name)} = {self.tree(b.value)}" for b in program.bindings if b.name not in nodes]
        return self.tree(program.body) + (f"{self.where}{', '.join(defined)}" if defined else "")

    def line(self, line: AccumulationLine, backwards: bool) -> list[str]:
        """`f_c`, `f_d dd/dc + f_e de/dc`, `f_d/(2 sqrt(c)) - f_e sin(c)`"""
        return [self.name(line.name), self.rule(line.rule, backwards), self.tree(line.tree)]

    def rule(self, parts: Sequence[tuple[Edge, str]], backwards: bool) -> str:
        terms = []
        for edge, other in parts:
            pair = [self.d(edge.to.name, edge.start.name), *([self.name(other)] if other else [])]
            terms.append(" ".join(reversed(pair) if backwards else pair))
        return " + ".join(terms)

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
