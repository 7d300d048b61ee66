"""The computational graph of an expression: intermediate values, local partials, forward and reverse accumulation.

    matcalc.graph("sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2))", "x", where="x in R").text

What is printed is read back and evaluated at random points before it is shown: both accumulations must give the number that
the derivative in closed form gives there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import ModuleType
from typing import Any

from ..answers.answer import printer
from ..errors import MatcalcError, NoAnswerError, ReadingError, UsageError
from ..expressions.expr import postorder
from ..inference.declarations import declared_shape, spell_declaration
from ..inference.infer import Typed
from ..kinds import ONE
from ..numbers.judge import values
from ..numbers.record import Check, summed_up
from ..numbers.search import Comparison
from ..ops.core import SYMBOL
from ..pipeline import derive
from ..pipeline.derivative import Derivative
from ..pipeline.expression import Expression, expression
from ..pipeline.given import Function, Names, Where
from ..pipeline.judging import by_summands
from ..pipeline.question import Options, Question
from ..pipeline.sampling import Sampler
from ..printing.formats import DOCUMENT, FORMATS, Printable
from ..syntax import Declaration, Node, spell_name
from .chain import Accumulation, Chain, Edge
from .unfold import GRANULARITIES, IntermediateValue, declared_as, flattened, names_in, unfolded

Spell = Callable[[Node], str]


def graph(
    expr: Function,
    wrt: Names,
    *,
    where: Where = None,
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
    question = Question.of(expr, wrt, where, Options(verify=verify))
    try:
        question.real("a computational graph")
        return _graph(question.by(*dict.fromkeys(question.names)), names, granularity)
    except MatcalcError as error:
        raise error.located(question.text) from None


def _graph(question: Question, names: str, granularity: str) -> Graph:
    question.need_variables()
    wrt, check, typed = question.names, question.options.verify, question.whole()
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
    inputs = [IntermediateValue(n, Node("name", (), n), typed.symbols[n].shape) for n in (*wrt, *_other_scalars(typed, steps, wrt))]
    chain = Chain(steps, inputs, typed.declarations, check)
    for x in inputs[: len(wrt)]:
        if not chain.has_path(x):
            raise NoAnswerError(f"the expression does not depend on {x.name}: there is no graph, the derivative is 0")
    found = derive.derivative(question)
    made = Graph(typed, chain, wrt, found if isinstance(found, list) else [found])
    if check:
        made.check = _checked(made)
    return made


def _other_scalars(typed: Typed, steps: Sequence[IntermediateValue], wrt: Sequence[str]) -> list[str]:
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

    def __init__(self, typed: Typed, chain: Chain, wrt: Sequence[str], derivatives: Sequence[Derivative]) -> None:
        self.typed, self.chain = typed, chain
        self.wrt, self.derivatives = tuple(wrt), list(derivatives)
        self.check: Check | None = None
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
    def steps(self) -> list[IntermediateValue]:
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
        return lambda tree: spell(tree, names=self.names_in_use)

    @property
    def names_in_use(self) -> frozenset[str]:
        """The names of the text and those of the nodes."""
        return frozenset({*self.typed.symbols, *self.inputs, *(s.name for s in self.steps)})

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
        """The graph in a format: tables as everything is printed (text, latex, latex-doc, …); pictures as tikz, mermaid, dot or svg."""
        if form in (*FORMATS, DOCUMENT):
            from .graphtables import tables

            return tables(self, form)
        from .graphpictures import PICTURES

        if form not in PICTURES:
            raise UsageError(f"unknown format {form!r}: use {', '.join((*FORMATS, DOCUMENT, *PICTURES))}")
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
            "check": self.check.as_dict() if self.check is not None else None,
        }

    @property
    def verified(self) -> str:
        """Whether every line was compared with the closed form."""
        return "verified" if self.check else "not checked"

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


def _checked(made: Graph) -> Check | None:
    """Both accumulations, as they are printed, against the derivative in closed form, at random points."""
    spell = printer("text")
    chain, typed = made.chain, made.typed
    bindings = [f"{s.name} = {spell(s.tree)}" for s in chain.steps]
    found: list[Check] = []
    for x, derivative in zip(chain.inputs, made.derivatives):
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
                printed = expression(Question.of("; ".join(lines), where=where))
            except ReadingError as error:
                raise NoAnswerError(f"a step has no spelling that can be read back and checked: {error.message}") from None
            found.append(_compared(printed, derivative, typed, seed, run is made.backward))
    return summed_up(found)


def _compared(printed: Expression, derivative: Derivative, typed: Typed, seed: Declaration | None, weights: bool) -> Check:
    """The last value of a pass against the closed form, contracted with the seed where that is free."""

    def expected(arrays: ModuleType) -> Callable[..., Any]:
        import numpy as np

        numbers = derivative._arrays(arrays)

        def value(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
            found = numbers(env, sizes, {})
            if seed is None:
                return [found]
            free = arrays.outward(env[seed.name])
            free = free.reshape([n for n, d in zip(free.shape, declared_shape(seed.sizes), strict=False) if d is not ONE])
            return [np.tensordot(free, found, free.ndim) if weights else np.tensordot(found, free, free.ndim)]

        return value

    sampler = Sampler(typed)
    if seed is not None:
        sampler.symbols[seed.name] = (declared_shape(seed.sizes), ())
    return Comparison(
        values(expected, by_summands(printed._typed)),
        sampler.point,
        sampler.dims,
        against="the closed form",
        wrong=lambda: f"the accumulation disagrees with the closed form: please report {printed.text!r}",
        unjudged="the graph could not be checked",
    ).judged()


__all__ = ["Graph", "graph"]
