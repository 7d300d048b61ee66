"""The computational graph of an expression: intermediate values, local partials, forward and reverse accumulation.

    matcalc.graph("sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2))", "x", where="x in R").text

What is printed is read back and evaluated at random points before it is shown: both accumulations must give the number that
the derivative in closed form gives there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ..answers.answer import Derivative, Expression, printer
from ..errors import MatcalcError, NoAnswerError, ReadingError, UsageError, VerificationError
from ..exchange.handles import Handle
from ..expressions.expr import postorder
from ..inference.infer import Typed, infer
from ..inference.scene import spell_declaration
from ..kinds import ONE, Dim
from ..ops.core import SYMBOL
from ..pipeline import derive
from ..printing.formats import Printable
from ..syntax import Declaration, Node, Program, spell_name
from .chain import Accumulation, Chain, Edge
from .points import names_of, random_points, read_input
from .unfold import GRANULARITIES, Step, declared_as, flattened, names_in, unfolded

POINTS = 2
TOLERANCE = 1e-8
NEARBY, UNSURE = 1e-9, 1e-5
Spell = Callable[[Node], str]


def graph(
    expr: str | Handle,
    wrt: str | Handle | Sequence[str | Handle],
    *,
    where: str = "",
    names: str = "letters",
    granularity: str = "auto",
    verify: bool = True,
) -> Graph:
    """The computational graph of an expression, with forward and reverse accumulation of its derivative.

    The author's statements are its nodes (`a = x^2; b = exp(a); a + b`); a closed formula is taken apart into operations
    (`granularity`: statements, operations). New nodes are named a, b, …, or u_1, u_2, … with `names="u"`.
    """
    if granularity not in GRANULARITIES:
        raise UsageError(f"unknown granularity {granularity!r}: use {', '.join(GRANULARITIES)}")
    text = expr if isinstance(expr, str) else expr.read()
    given = [wrt] if isinstance(wrt, str | Handle) else list(wrt)
    variables = [w if isinstance(w, str) else w.name for w in given]
    try:
        program, declarations = read_input(text, where) if isinstance(text, str) else text
        return _graph(program, declarations, variables, names, granularity, verify)
    except MatcalcError as error:
        raise error.located(text if isinstance(text, str) else text[0].text) from None


def _graph(
    program: Program, declarations: Sequence[Declaration], variables: Sequence[str], names: str, granularity: str, check: bool
) -> Graph:
    wrt = list(dict.fromkeys(names_of(variables, declarations)))
    typed = infer(program, declarations, tuple(wrt), twins=False)
    if typed.form is not None:
        raise UsageError("the graph of an expression is wanted; this is the form of a derivative")
    occurring = set(postorder(typed.expr))
    for n in wrt:
        if n in typed.symbols and typed.symbols[n].op is not SYMBOL:
            raise UsageError(f"{n} is one of many; the graph is for whole variables, families are for matcalc d")
        if typed.symbols.get(n) not in occurring:
            raise NoAnswerError(f"the expression does not depend on {n}: there is no graph, the derivative is 0")
    flat = flattened(typed.program, typed)
    steps = unfolded(flat, typed.declarations, wrt, granularity, names)
    inputs = [Step(n, Node("name", (), n), typed.symbols[n].shape) for n in (*wrt, *_other_scalars(typed, steps, wrt))]
    chain = Chain(steps, inputs, typed.declarations, check)
    for x in inputs[: len(wrt)]:
        if not chain.has_path(x):
            raise NoAnswerError(f"the expression does not depend on {x.name}: there is no graph, the derivative is 0")
    found = derive.derivative((program, tuple(declarations)), wrt, check=check)
    made = Graph(typed, chain, wrt, found if isinstance(found, list) else [found], "verified" if check else "not checked")
    if check:
        _check(made)
    return made


def _other_scalars(typed: Typed, steps: Sequence[Step], wrt: Sequence[str]) -> list[str]:
    """In a graph of scalars every variable is a node, as books draw it; constant vectors and matrices would only be in the way."""
    shapes = [*(s.shape for s in steps), *(e.shape for e in typed.symbols.values())]
    if any(s != (ONE, ONE) for s in shapes) or any(e.op is not SYMBOL for e in typed.symbols.values()):
        return []
    known = [*(s.name for s in steps), *typed.symbols]
    used = {n for s in steps for n in names_in(s.tree, known)}
    return [n for n in typed.symbols if n in used and n not in wrt and "integer" not in typed.declared[n].attr[1]]  # type: ignore[index]


class Graph(Printable):
    """A computational graph. `text`, `unicode`, `latex`, `tikz`, `mermaid`, `dot` and `svg` show it, `as_dict` is for programs.

    `nodes` are (name, definition), `edges` (to, from, local partial), `reverse` (node, adjoint) and `forward` (node, tangent)
    for each variable; `operations` counts the multiplications and additions of each pass.
    """

    def __init__(self, typed: Typed, chain: Chain, wrt: Sequence[str], derivatives: Sequence[Derivative], verified: str) -> None:
        self.typed, self.chain = typed, chain
        self.wrt, self.derivatives, self.verified = tuple(wrt), list(derivatives), verified
        self.assumptions = list(dict.fromkeys(n for d in derivatives for n in d.assumptions))
        self.where = typed.where
        used = {*typed.symbols, *(s.name for s in chain.steps), *(d.name for d in typed.declarations)}
        self.adjoints = _prefixed("f", [s.name for s in (*chain.inputs, *chain.steps)], used)
        self.tangents = _prefixed("t", [s.name for s in (*chain.inputs, *chain.steps)], used)
        self.backward = chain.reverse(chain.inputs[: len(wrt)], self.adjoints)
        self.forwards: dict[str, Accumulation] = {}
        for x in chain.inputs[: len(wrt)]:
            try:
                self.forwards[x.name] = chain.forward(x, self.tangents)
            except NoAnswerError as error:
                self.assumptions.append(f"forward accumulation by {x.name} is left out: {error.message}")

    @property
    def steps(self) -> list[Step]:
        return self.chain.steps

    @property
    def arcs(self) -> list[Edge]:
        return self.chain.edges

    @property
    def inputs(self) -> list[str]:
        """The variables that are nodes."""
        return [s.name for s in self.chain.inputs]

    @property
    def value(self) -> str:
        """The name of the last node."""
        return self.chain.value.name

    @property
    def nodes(self) -> list[tuple[str, str]]:
        spell = printer("text")
        return [(s.name, spell(s.tree)) for s in self.steps]

    @property
    def edges(self) -> list[tuple[str, str, str]]:
        return [(e.to.name, e.start.name, self.partial(e, "text")) for e in self.arcs]

    @property
    def reverse(self) -> list[tuple[str, str]]:
        return self._lines(self.backward, self.adjoints)

    @property
    def forward(self) -> dict[str, list[tuple[str, str]]]:
        return {x: self._lines(run, self.tangents) for x, run in self.forwards.items()}

    @property
    def operations(self) -> dict[str, str]:
        """How many multiplications and additions each pass takes, once the local partials are there."""
        return {"reverse": str(self.backward.count)} | {f"forward by {x}": str(run.count) for x, run in self.forwards.items()}

    def partial(self, edge: Edge, form: str) -> str:
        """The local partial of an edge in a format."""
        return edge.partial.spell(form) if edge.tree is None else self.speller(form)(edge.tree)

    def speller(self, form: str) -> Spell:
        spell = printer(form)
        if form != "latex":
            return spell
        names = frozenset({*self.typed.symbols, *self.inputs, *(s.name for s in self.steps)})
        return lambda tree: spell(tree, names=names)

    def _lines(self, run: Accumulation, names: Mapping[str, str]) -> list[tuple[str, str]]:
        spell, back = printer("text"), {v: k for k, v in names.items()}
        return [(back[line.name], spell(line.tree)) for line in run.lines]

    @property
    def tikz(self) -> str:
        return self.spell("tikz")

    @property
    def mermaid(self) -> str:
        return self.spell("mermaid")

    @property
    def dot(self) -> str:
        return self.spell("dot")

    @property
    def svg(self) -> str:
        return self.spell("svg")

    def spell(self, form: str = "text") -> str:
        """The graph in a format: tables as text, unicode or latex; pictures as tikz, mermaid, dot or svg."""
        if form in ("text", "unicode", "latex"):
            from .graphtables import tables

            return tables(self, form)
        from .graphpictures import PICTURES

        if form not in PICTURES:
            raise UsageError(f"unknown format {form!r}: use text, unicode, latex, {', '.join(PICTURES)}")
        return PICTURES[form](self)

    def _repr_mimebundle_(self, include: Collection[str] | None = None, exclude: Collection[str] | None = None) -> dict[str, Any]:
        """For notebooks: the picture, with the tables as its text."""
        bundle = {"text/plain": self.unicode, "image/svg+xml": self.svg}
        return {kind: data for kind, data in bundle.items() if (not include or kind in include) and not (exclude and kind in exclude)}

    def as_dict(self) -> dict[str, Any]:
        """What `--json` prints."""
        several = len(self.wrt) > 1
        forward = self.forward
        return {
            "nodes": [list(n) for n in self.nodes],
            "edges": [list(e) for e in self.edges],
            "reverse": [list(line) for line in self.reverse],
            "forward": forward if several else forward.get(self.wrt[0], []),
            "derivative": [d.text for d in self.derivatives] if several else self.derivatives[0].text,
            "value": self.value,
            "wrt": list(self.wrt),
            "operations": self.operations,
            "seeds": self.seeds(),
            "where": self.where,
            "assumptions": self.assumptions,
            "verified": self.verified,
        }

    def seeds(self) -> dict[str, str]:
        """The names that stand for any change of the variable and any weights of the value; none where they are 1 or I."""
        runs = {"reverse": self.backward} | {f"forward by {x}": run for x, run in self.forwards.items()}
        return {name: run.seed for name, run in runs.items() if run.free}

    def __repr__(self) -> str:
        return f"<graph of {self.value} by {', '.join(self.wrt)}: {len(self.steps)} nodes, {len(self.arcs)} edges>"


def _prefixed(letter: str, names: Sequence[str], used: set[str]) -> dict[str, str]:
    """f_v for every v; another letter where one of these is taken."""
    for base in (letter, *"ghpqruvwz"):
        found = {n: spell_name(base, n) for n in names}
        if not used & set(found.values()):
            return found
    raise UsageError("no letter is left for the names of tangents and adjoints")


# ------------------------------------------------------------------------------------------------------------ the check


def _check(made: Graph) -> None:
    """Both accumulations, as they are printed, against the derivative in closed form, at random points."""
    spell = printer("text")
    chain, typed = made.chain, made.typed
    bindings = [f"{s.name} = {spell(s.tree)}" for s in chain.steps]
    for x, closed in zip(chain.inputs, made.derivatives):
        passes = [(made.backward, made.adjoints[x.name], chain.value.shape)]
        if x.name in made.forwards:
            passes.append((made.forwards[x.name], made.tangents[chain.value.name], x.shape))
        for run, target, shape in passes:
            at = next(k for k, line in enumerate(run.lines) if line.name == target)
            lines = [*bindings, *(f"{line.name} = {spell(line.tree)}" for line in run.lines[:at]), spell(run.lines[at].tree)]
            if run is made.backward and shape[1] is ONE:  # the adjoint of a vector is a row
                shape = (ONE, shape[0])
            seed = declared_as(run.seed, shape) if run.free else None
            where = "; ".join([typed.where, *([spell_declaration(seed)] if seed else [])])
            try:
                printed = derive.expression("; ".join(lines), where)
            except ReadingError as error:
                raise NoAnswerError(f"a step has no spelling that can be read back and checked: {error.message}") from None
            _compare(printed, closed, typed, seed, run is made.backward)


def _compare(printed: Expression, closed: Derivative, typed: Typed, seed: Declaration | None, weights: bool) -> None:
    """The last value of a pass against the closed form, contracted with the seed where that is free."""
    import numpy as np

    rng = np.random.default_rng(20240301)
    judged = 0
    with np.errstate(all="ignore"):
        for values, sizes in random_points(typed):
            try:
                expected = np.asarray(closed.evaluate(values))
                nearby = np.asarray(closed.evaluate({n: v if callable(v) else v * (1 + NEARBY) for n, v in values.items()}))
                if not float(np.max(np.abs(nearby - expected), initial=0)) <= UNSURE * (1 + float(np.max(np.abs(expected), initial=0))):
                    continue  # nearly singular: rounding errors would decide
                if seed is not None:
                    values[seed.name] = free = rng.uniform(
                        -1, 1, [d.value(sizes) for d in seed.sizes if isinstance(d, Dim) and d is not ONE]
                    )
                    expected = np.tensordot(free, expected, free.ndim) if weights else np.tensordot(expected, free, free.ndim)
                found, expected = np.ravel(printed.evaluate(values)), np.ravel(expected)
            except (ArithmeticError, np.linalg.LinAlgError, ValueError):
                continue
            if not (np.all(np.isfinite(found)) and np.all(np.isfinite(expected))):
                continue
            size = float(np.max(np.abs(expected), initial=0))
            if found.shape != expected.shape or float(np.max(np.abs(found - expected), initial=0)) > TOLERANCE * (1 + size):
                raise VerificationError(f"the accumulation disagrees with the closed form: please report {printed.text!r}")
            judged += 1
            if judged == POINTS:
                return
    if not judged:
        raise NoAnswerError(
            "the graph could not be checked: it has no finite value at any random point tried",
            suggestion="declare what it needs (positive, spd, …), or use --no-verify to see it unchecked",
        )


__all__ = ["Graph", "graph"]
