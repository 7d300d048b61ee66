"""From the surface tree to a typed expression: names, kinds, sizes, and what every sign means.

    typed = infer(parse_program("x^T A x"), wrt=["x"])
    typed.expr, typed.where, typed.assumptions

The way: a `Scene` collects what is declared; `rekind.search` guesses the kinds of the other names, cheapest first;
under each guess an `Typing` walks the tree with the tables of `meaning` and `calls`; the typing taken is then given
names for its unknown sizes (`assumptions`) and built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import MatcalcError, ReadingError, ShapeError, UsageError
from ..expressions.build import index, member, num, substitute, symbol
from ..expressions.expr import Expr
from ..interning import regex
from ..kinds import Dim, Family
from ..ops.book import REGISTRY
from ..reading.read import parse
from ..reading.subscripts import Part, split_indexed
from ..syntax import Declaration, Node, Program, walk
from .assumptions import SizeNames, declarations_of, is_slice, sentences, where_text
from .complex_values import refuse_undecided
from .declarations import leading_sizes
from .doubtful_products import scales
from .elaborate import typed_program
from .matrix_functions import settle
from .meaning import MEANINGS
from .misfit import Misfit
from .places import place_of
from .rekind import search
from .scene import Scene
from .scopes import Typing
from .shorthands import shorthands
from .standing import name_of
from .suspect import refuse_suspect
from .terms import TypedTerm, finish, keep_names, let_go
from .variables import check_wrt

if TYPE_CHECKING:
    from .table import Reading

_OWN_NAME = regex(r"[A-Za-z]+(?:_?[a-z0-9]+)*(?=\()")  # softmax_rows(, norm2(


class Typed:
    """A program with the expression it means.

    `symbols` has every name in use by first occurrence (a variable of differentiation as its property-free twin),
    `declared` the same with all properties; `families` the index and size by the family's base name; `nodes` each
    surface node with the expression it became; `index_ranges` the sizes of the free indices of an index form; `readings` says
    of each name how it was read and why.
    """

    averaged: Typed | None = None  # what was typed, where expectations were worked out of it

    def __init__(
        self,
        expr: Expr,
        program: Program,
        symbols: dict[str, Expr],
        declared: dict[str, Expr],
        families: dict[str, Family],
        declarations: list[Declaration],
        assumptions: list[str],
        nodes: list[tuple[Node, Expr]],
        bindings: dict[str, Expr],
        index_ranges: dict[str, Dim],
        readings: Callable[[], list[Reading]],
    ) -> None:
        self.expr = expr
        self.program = program
        self.symbols = symbols
        self.declared = declared
        self.families = families
        self.declarations = declarations
        self.assumptions = assumptions
        self.nodes = nodes
        self.bindings = bindings
        self.index_ranges = index_ranges
        self._readings: list[Reading] | Callable[[], list[Reading]] = readings  # worked out when asked for
        self.form = program.form

    @property
    def where(self) -> str:
        """All declarations as a text, the inferred ones too."""
        return where_text(self.declarations)

    @property
    def readings(self) -> list[Reading]:
        """How each name was read, and why."""
        if not isinstance(self._readings, list):
            self._readings = self._readings()
        return self._readings

    @readings.setter
    def readings(self, found: list[Reading]) -> None:
        self._readings = found

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_readings": self.readings}


def _readings(el: Typing, symbols: Mapping[str, Expr]) -> list[Reading]:
    from .table import table

    return table(el, symbols)


def infer(program: Program, declarations: Sequence[Declaration] = (), wrt: Sequence[str] = (), twins: bool = True) -> Typed:
    """Type a program. `wrt` are the variables of differentiation; with `twins` they have only their open properties."""
    try:
        if program.alternative is not None:
            return _one_of_two(program, program.alternative, declarations, wrt, twins)
        scene = Scene(program, declarations, wrt, twins)
        return _typed(scene, *_elaborated(scene))
    except MatcalcError as error:
        raise error.located(program.text) from None


def _one_of_two(program: Program, other: Program, declarations: Sequence[Declaration], wrt: Sequence[str], twins: bool) -> Typed:
    """Where `.*` and a bare `*` stand in one chain: the reading that fits; where both do, neither."""
    fits: list[Typed] = []
    failures: list[ShapeError] = []
    for reading in (program, other):
        scene = Scene(reading, declarations, wrt, twins)
        try:
            fits.append(_typed(scene, *_elaborated(scene)))
        except ShapeError as error:
            failures.append(error)
    if not fits:
        raise failures[0]
    if len(fits) > 1 and fits[0].expr is not fits[1].expr:
        raise ReadingError("`*` beside `.*` can be read in two ways, and both have shapes", suggestion=_both_ways(program))
    fits[0].assumptions.append("* read " + ("before" if fits[0].program is program else "from the left with") + " .*")
    return fits[0]


def _both_ways(program: Program) -> str:
    """The two readings of A .* B * C, in brackets."""
    general = "put brackets: A .* (B * C) or (A .* B) * C"
    for root in (program.body, *(b.value for b in program.bindings)):
        for n in walk(root):
            if n.op == "ew" and n.span and n.args[0].span and n.args[1].op == "mul" and n.args[1].span and n.args[1].args[0].span:
                text, (start, middle, end) = program.text, (n.span[0], n.args[1].span[0], n.args[1].span[1])
                cut = n.args[1].args[0].span[1]
                loose, tight = f"{text[start:middle]}({text[middle:end]})", f"({text[start:cut]}){text[cut:end]}"
                return f"put brackets: {loose} or {tight}" if end - start < 60 else general
    return general


def _elaborated(scene: Scene) -> tuple[Typing, TypedTerm]:
    def attempt(kinds: dict[str, str]) -> tuple[Typing, TypedTerm]:
        el = Typing(scene, kinds, MEANINGS, shorthands())
        try:
            return el, typed_program(el)
        except Misfit as misfit:
            misfit.defaults = el.defaults
            raise

    return search(attempt, scene.length, scene.program.bold)


def _typed(scene: Scene, el: Typing, root: TypedTerm) -> Typed:
    _declare_variables(scene, el)
    check_wrt(scene, list(el.symbols), el.supposed)
    names = SizeNames(el)
    names.name_all()
    if not scene.scaled and (scaled := scales(el)):
        scene.scaled = scaled
        scene.remarks += [f"`*` before {a} goes entry by entry: it scales, as {b} shifts" for a, b in scaled.items()]
        return _typed(scene, *_elaborated(scene))
    refuse_suspect(el)
    if decided := settle(el, names.resolve):
        scene.remarks.append(decided)
        return _typed(scene, *_elaborated(scene))
    refuse_undecided(el, names.resolve)
    roots = [root, *el.bindings.values(), *(t for _, t in el.seen), *el.symbols.values()]
    finish(roots, names.resolve)
    if el.bindings:
        keep_names(roots, el.bindings, names.resolve)
    let_go(roots)
    symbols = {name: t.result for name, t in el.symbols.items() if t.result is not None}
    shapes = {name: e.shape for name, e in symbols.items()}
    declared = {name: _whole(el, name, e) for name, e in symbols.items()}
    indices = {n: split_indexed(n)[1] for n in symbols if split_indexed(n)[0] in el.families}
    families = {b: Family(letter, *_counts(names, el.families[b])) for n, letter in indices.items() if (b := split_indexed(n)[0])}
    free = {letter: names.resolve(i.range) for letter, i in el.frames[0].indices.items() if i.range is not None}
    for name in scene.wrt:  # one member of a family, or the generic one
        base, sub = split_indexed(name)
        if base in families and sub and (name not in symbols or sub in scene.places):
            generic = next(n for n in symbols if split_indexed(n)[0] == base)
            wanted = [sub] if len(families[base].sizes) == 1 else sub.split(",") if "," in sub else list(sub)
            if len(wanted) != len(families[base].sizes):
                raise UsageError(f"{name} is no matrix of the array {base}", suggestion=f"by all of it, --wrt {base}, or by {generic}")
            at = [
                place_of(el, Part(c)).expr if c in scene.free else num(int(c)) if c.isdigit() else symbols.get(c, index(c)) for c in wanted
            ]
            places = dict(zip(symbols[generic].args, at))
            symbols[name], declared[name] = (substitute(e[generic], places) for e in (symbols, declared))
    readings = [str(r) for r in getattr(scene.program, "readings", ())] + scene.remarks
    assert root.result is not None
    return Typed(
        root.result,
        scene.program,
        symbols,
        declared,
        families,
        declarations_of(el, shapes),
        list(dict.fromkeys(readings + sentences(el, shapes, names))),
        [(node, t.result) for node, t in el.seen if t.result is not None],
        {name: t.result for name, t in el.bindings.items() if t.result is not None},
        free,
        partial(_readings, el, dict(symbols)),
    )


def _counts(names: SizeNames, sizes: Sequence[Dim]) -> tuple[Dim, tuple[Dim, ...]]:
    first, *more = map(names.resolve, sizes)
    return first, tuple(more)


def _declare_variables(scene: Scene, el: Typing) -> None:
    """A declared variable that does not occur has its symbol all the same."""
    for name in scene.wrt:
        d = scene.declared.get(name)
        if (
            d is not None
            and d.domain is None
            and name not in el.symbols
            and (split_indexed(name)[0] not in scene.families or leading_sizes(d.sizes))
        ):
            name_of(el, Node("name", (), name))


def _whole(el: Typing, name: str, e: Expr) -> Expr:
    """The symbol (or family member) with all its properties."""
    words = el.properties(split_indexed(name)[0] if is_slice(el, name) else name, twin=False)
    return member(split_indexed(name)[0], e.args, e.shape, words) if e.args else symbol(name, e.shape, words)


def read_template(text: str, names: Mapping[str, Expr]) -> Expr:
    """The expression that `text`, written in the language, stands for when `names` stand for these expressions."""
    try:
        program = _read_rule(text, tuple(names))
        scene = Scene(program, given=names)
        el, root = _elaborated(scene)
        finish([root], SizeNames(el).resolve)
        assert root.result is not None
        return root.result
    except MatcalcError as error:
        raise error.located(text) from None


def _read_rule(text: str, names: tuple[str, ...]) -> Program:
    """Read a rule of the book, in which operations that have no spelling for people go by their own names."""
    own = sorted({w for w in _OWN_NAME.findall(text) if w in REGISTRY and not w.isalpha()})
    letters = {w: f"op{'abcdefghij'[k]}" for k, w in enumerate(own)}
    program = parse(_OWN_NAME.sub(lambda m: letters.get(m[0], m[0]), text), names, functions=tuple(letters.values()))
    back = {v: k for k, v in letters.items()}
    for root in (program.body, *(b.value for b in program.bindings)):
        for node in walk(root):
            if node.op == "call" and node.attr in back:
                node.attr = back[str(node.attr)]
    return program
