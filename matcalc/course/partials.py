"""The chain rule written out (`--chain`): each partial derivative with its dimensions, and their product.

    z = A x + b; sin(z)      df/dz = diag(cos(z))                            E x E
                             dz/dx = A                                       E x D
                             df/dx = df/dz dz/dx = diag(cos(A x + b)) A      E x D

The partials are those of the computational graph (`graphs`), which has checked that they multiply to the closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..answers.answer import printer
from ..errors import NoAnswerError
from ..kinds import ONE, Shape
from ..pipeline.derivative import Derivative
from ..pipeline.given import Function, Where
from ..printing.formats import Printable
from ..syntax import Node, Program
from .chain import Edge
from .graphs import Graph, graph

MOST_STEPS = 200
MOST_PATHS = 12  # of a product that is written out; beyond it, the rule has a sum over the edges
_DEFINITION = {"text": "definition", "unicode": "definition", "latex": r"\text{definition}"}
_LATEX_TIMES = {"text": " x ", "unicode": "×", "latex": r" \times "}


class LocalPartial:
    """One factor: d`of`/d`by`. `held` names what else `of` is made of that depends on the variable: it is held fixed."""

    __slots__ = ("by", "derivative", "dims", "held", "of", "tree")

    def __init__(self, of: str, by: str, derivative: Derivative, tree: Node | Program, held: Sequence[str] = ()) -> None:
        self.of, self.by, self.derivative, self.tree, self.held = of, by, derivative, tree, tuple(held)
        outer, *inner = derivative._tensor.shapes
        self.dims = _dims(outer, inner[0], derivative.shape)

    @property
    def name(self) -> str:
        """df/dz; with what is held fixed where the name alone would be that of the whole derivative."""
        return f"d{self.of}/d{self.by}" + (f" at fixed {', '.join(self.held)}" if self.held else "")

    @property
    def short(self) -> str:
        return f"[{self.name}]" if self.held else self.name

    @property
    def shape(self) -> tuple[str, ...]:
        return self.derivative.shape

    def spell(self, form: str = "text") -> str:
        return printer(form)(self.tree)

    @property
    def text(self) -> str:
        return self.spell("text")

    @property
    def latex(self) -> str:
        return self.spell("latex")


def _dims(outer: Shape, inner: Shape, shape: Sequence[str]) -> str:
    """`E x D`; of more than two indices those of the function and of the variable in brackets: (N x N) x (M x N)."""
    groups = [[str(d) for d in s if d is not ONE] for s in (outer, inner)]
    if sum(map(len, groups)) <= 2:
        return " x ".join(f"({d})" if " " in d else d for d in shape)
    return " x ".join(f"({' x '.join(g)})" if len(g) > 1 else g[0] for g in groups if g)


class Partials(Printable):
    """The chain of one derivative. `partials` are its factors from the value down, `total` is their product."""

    def __init__(self, made: Graph, which: int) -> None:
        self.where, self.verified, self.assumptions = made.where, made.verified, made.assumptions
        chain, derivative = made.chain, made.derivatives[which]
        self.variable, self.value = made.wrt[which], chain.value.name
        below = _reached(self.variable, chain.edges, forward=True)
        above = _reached(self.value, chain.edges, forward=False)
        kept = [e for e in chain.edges if e.start.name in below and e.to.name in above]
        order = [s.name for s in reversed(chain.steps)]
        self._edges = sorted(kept, key=lambda e: order.index(e.to.name))
        self.partials: list[LocalPartial] = []
        for e in self._edges:
            others = [o.start.name for o in self._edges if o.to is e.to and o is not e]
            held = others if e.start.name == self.variable and e.to.name == self.value else []
            self.partials.append(LocalPartial(e.to.name, e.start.name, e.partial, e.tree or e.partial._program, held))
        own_names = {b.name for b in made.typed.program.bindings}
        partly = {p.by for p in self.partials} - own_names - {self.variable}
        self.invented = [s for s in chain.steps if s.name in partly or (partly and s is chain.value)]
        shown = derivative._program  # the names of the steps are those of the text
        own = tuple(b for b in shown.bindings if b.name not in order)
        self.total = LocalPartial(self.value, self.variable, derivative, Program("", own, shown.body, shown.form))
        if not self.is_matrix_product:
            note = "the product of partials with matrices between them is the sum over all entries of what stands between"
            self.assumptions = [*self.assumptions, note]

    @property
    def dims(self) -> dict[str, str]:
        """The dimensions of every factor and of the product, by name."""
        return {p.name: p.dims for p in (*self.partials, self.total)}

    def product(self, form: str = "text") -> str:
        """The products along the paths from the value to the variable, added; "" where there is but one factor or too many paths."""
        by_edge = dict(zip(map(id, self._edges), self.partials))
        paths: list[list[Edge]] = [[]]
        done: list[list[Edge]] = []
        while paths and len(paths) + len(done) <= MOST_PATHS:
            path = paths.pop(0)
            at = path[-1].start.name if path else self.value
            if at == self.variable:
                done.append(path)
            else:
                paths += [[*path, e] for e in self._edges if e.to.name == at]
        if paths or (len(done) == 1 and len(done[0]) == 1):
            return ""
        names = [[by_edge[id(e)] for e in path] for path in done]
        return " + ".join(" ".join(_latex(p) if form == "latex" else p.short for p in path) for path in names)

    @property
    def is_matrix_product(self) -> bool:
        """Whether the factors multiply as matrices; else they are summed over all entries of what stands between."""
        return all(
            len([d for s in p.derivative._tensor.shapes for d in s if d is not ONE]) <= 2 and p.derivative._tensor.shapes[1][1] is ONE
            for p in self.partials
        )

    def lines(self, form: str = "text") -> list[tuple[str, str, str]]:
        """Name, value and dimensions of each partial, the product last; before them what names that the text lacks stand for."""
        spell = printer(form)
        found = [(spell(Node("name", (), s.name)), spell(s.tree), _DEFINITION[form]) for s in self.invented]
        found += [(_latex(p) if form == "latex" else p.name, p.spell(form), p.dims) for p in self.partials]
        name = _latex(self.total, whole=True) if form == "latex" else self.total.name
        rule = self.product(form)
        return [*found, (name, f"{rule} = {self.total.spell(form)}" if rule else self.total.spell(form), self.total.dims)]

    def spell(self, form: str = "text") -> str:
        """All lines; in LaTeX an aligned environment."""
        lines = [(n, v, d.replace(" x ", _LATEX_TIMES[form])) for n, v, d in self.lines(form)]
        if form == "latex":
            body = r" \\ ".join(rf"{n} &= {v} && {d}" for n, v, d in lines)
            return rf"\begin{{aligned}} {body} \end{{aligned}}"
        width = max(len(f"{n} = {v}") for n, v, _ in lines)
        return "\n".join(f"{f'{n} = {v}':<{width}}   {d}" for n, v, d in lines)

    def as_dict(self) -> dict[str, Any]:
        """For programs: every partial, the dimensions by name, the product."""
        return {
            **({"definitions": {s.name: printer("text")(s.tree) for s in self.invented}} if self.invented else {}),
            "partials": [
                {"name": p.name, "of": p.of, "by": p.by, "text": p.text, "latex": p.latex, "shape": list(p.shape), "dims": p.dims}
                for p in self.partials
            ],
            "product": self.product(),
            "dims": self.dims,
            "text": self.text,
            "latex": self.latex,
        }

    def __repr__(self) -> str:
        return f"<{'; '.join(f'{n}: {d}' for n, d in self.dims.items())}>"


def chain_of(expr: Function, wrt: str, *, where: Where = None, verify: bool = True) -> Partials:
    """The chain rule along the statements of `expr` (`z = A x + b; sin(z)`), by one variable."""
    made = graph(expr, wrt, where=where, verify=verify)
    if len(made.chain.steps) > MOST_STEPS:
        raise NoAnswerError(f"the chain has {len(made.chain.steps)} steps: use matcalc graph")
    return Partials(made, 0)


def _reached(name: str, edges: Sequence[Edge], forward: bool) -> set[str]:
    found = {name}
    for e in edges if forward else reversed(edges):
        start, end = (e.start.name, e.to.name) if forward else (e.to.name, e.start.name)
        if start in found:
            found.add(end)
    return found


def _latex(p: LocalPartial, whole: bool = False) -> str:
    d = r"\mathrm{d}" if whole else r"\partial "
    spell = printer("latex")
    of, by = (spell(Node("name", (), n)) for n in (p.of, p.by))
    found = rf"\frac{{{d} {of}}}{{{d} {by}}}".replace("  ", " ")
    if not p.held:
        return found
    held = ", ".join(spell(Node("name", (), n)) for n in p.held)
    return rf"\left. {found} \right|_{{{held}}}"
