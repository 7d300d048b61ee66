"""What does not fit, and what may have been meant: messages with the shapes met and with readings that do fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, count
from typing import TYPE_CHECKING

from ..errors import MatcalcError, ShapeError
from ..kinds import Dim, Shape
from ..syntax import Node
from .terms import TypedTerm
from .unify import is_unknown

if TYPE_CHECKING:
    from .scopes import Typing

ATOMS = frozenset("name num call norm bars index literal iverson inner all cases".split())
LONGEST = 40


class Misfit(Exception):
    """Under this guess of the kinds the shapes do not fit.

    `terms` are what it depends on; `sizes` says that it is not their kinds that clash but their sizes, which any name
    may have fixed. `error` makes the error to raise if no other guess fits.
    """

    def __init__(self, terms: Sequence[TypedTerm], error: Callable[[], MatcalcError], sizes: bool = False) -> None:
        super().__init__()
        self.terms, self.error, self.sizes = terms, error, sizes
        self.defaults: dict[str, str] = {}  # the undeclared names met so far, and their default kinds


class Undecided(Exception):
    """A sign with several readings: the search tries each of `options` for the choice called `name`."""

    def __init__(self, name: str, options: tuple[str, ...], node: Node) -> None:
        super().__init__()
        self.name, self.options, self.node = name, options, node


def refuse_shape(message: str, node: Node, suggestion: str | None = None) -> ShapeError:
    return ShapeError(message, span=node.span, suggestion=suggestion)


class Wording:
    """Shapes and parts of the text, for messages under one typing. Unknown sizes get letters."""

    def __init__(self, scopes: Typing) -> None:
        self.scopes = scopes
        self.text = scopes.scene.program.text
        taken = set(scopes.scene.names) | scopes.scene.sizes
        self._free = chain([c for c in "nmpqrstuvwabcdefgh" if c not in taken], map("d_{}".format, count(1)))
        self._letters: dict[Dim, Dim] = {}

    def dim(self, d: Dim) -> Dim:
        d = self.scopes.sizes.resolve(d)
        if not is_unknown(d):
            return d
        if d not in self._letters:
            self._letters[d] = Dim.of(next(self._free))
        return self._letters[d]

    def shape(self, t: TypedTerm) -> str:
        cols = self.dim(t.shape[1])  # vectors are n, matrices m×n: the columns get their letter first
        return "a scalar" if t.is_scalar else "×".join(map(str, (*map(self.dim, t.leading), self.dim(t.shape[0]), cols)))

    def node(self, *nodes: Node) -> str:
        """The text of one node, or of all from the first to the last."""
        first, last = nodes[0].span, nodes[-1].span
        if first is None or last is None:
            return spell(nodes[0]) if len(nodes) == 1 else " ".join(map(spell, nodes))
        start, end = first[0], last[1]
        if nodes[0].op == "name" and len(nodes) == 1 and 0 <= self.text.find("}", start, end) < self.text.find("{", start, end):
            return str(nodes[0].attr)  # \mathbf{X}^{(1)} begins inside its font
        for opening, closing in ("()", "[]", "{}"):
            inside = self.text[start:end]
            extra = inside.count(opening) - inside.count(closing)
            while extra > 0 and self.text[end:].lstrip().startswith(closing):
                end = self.text.index(closing, end) + 1
                extra -= 1
            while extra < 0 and self.text[:start].rstrip().endswith(opening):
                start = self.text.rindex(opening, 0, start)
                extra += 1
        text = " ".join(self.text[start:end].split())
        text = text[1:-1] if text.startswith("{") and text.endswith("}") else text
        return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."

    def factor(self, *nodes: Node) -> str:
        """The same, bracketed where it stands as a factor."""
        text = self.node(*nodes)
        if (len(nodes) == 1 and (nodes[0].op in ATOMS or nodes[0].op in ("T", "H", "inv", "pinv", "pow", "epow"))) or _bracketed(text):
            return text
        return f"({text})"

    def transposed(self, *nodes: Node) -> str:
        """Its transpose: A^T of A, A of A^T."""
        if len(nodes) == 1 and nodes[0].op == "T":
            return self.factor(nodes[0].args[0])
        text = self.factor(*nodes)
        return f"{text}^T" if (len(nodes) == 1 and nodes[0].op in ATOMS) or _bracketed(text) else f"({text})^T"


def _bracketed(text: str) -> bool:
    """Whether one pair of round brackets is round the whole."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for k, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if not depth and k < len(text) - 1:
            return False
    return True


def spell(node: Node) -> str:
    """A rough spelling of a node that stands in no text."""
    if node.attr is not None and not node.args:
        return str(node.attr)
    inside = ", ".join(spell(a) if not a.args else a.op for a in node.args)
    return f"{node.attr if isinstance(node.attr, str) else node.op}({inside})"


def one_of(options: Iterable[str]) -> str | None:
    """`did you mean a, b or c?`"""
    kept = list(dict.fromkeys(options))[:3]
    if not kept:
        return None
    return f"did you mean {' or '.join(filter(None, [', '.join(kept[:-1]), kept[-1]]))}?"


def _same(e: Typing, a: Shape, b: Shape) -> bool:
    return all(e.sizes.could_equal(x, y) for x, y in zip(a, b))


def product_error(e: Typing, left: Sequence[Node], right: Node, a: TypedTerm, b: TypedTerm) -> ShapeError:
    """`a b` where the columns of a and the rows of b differ."""
    s = Wording(e)
    one, other, one_t, other_t = s.factor(*left), s.factor(right), s.transposed(*left), s.transposed(right)
    rows, cols, rows2, cols2 = *a.shape, *b.shape
    fits = e.sizes.could_equal
    options = [
        (f"{one_t} {other}", fits(rows, rows2)),
        (f"{one} {other_t}", fits(cols, cols2)),
        (f"{one} .* {other}", _same(e, a.shape, b.shape)),
        (f"{other} {one}", fits(cols2, rows)),
        (f"{one_t} {other_t}", fits(rows, cols2)),
    ]
    span = (left[0].span[0], right.span[1]) if left[0].span and right.span else right.span
    message = f"{one} times {other} does not fit: {one} is {s.shape(a)} and {other} is {s.shape(b)}"
    return ShapeError(message, span=span, suggestion=one_of(text for text, ok in options if ok))


def sum_error(e: Typing, first: Node, other: Node, a: TypedTerm, b: TypedTerm) -> ShapeError:
    """Two summands of different shapes."""
    s = Wording(e)
    first, other = (n.args[0] if n.op == "neg" else n for n in (first, other))
    options = []
    if _same(e, (a.shape[1], a.shape[0]), b.shape):
        options = [f"{s.node(first)} + {s.transposed(other)}", f"{s.transposed(first)} + {s.node(other)}"]
    elif "vector" in (a.kind, b.kind) and "matrix" in (a.kind, b.kind):
        vector, v, m, pair = (other, b, a, (s.node(first), "")) if b.kind == "vector" else (first, a, b, ("", s.node(other)))
        parts = []
        if e.sizes.could_equal(v.shape[0], m.shape[0]) and e.sizes.could_equal(m.shape[0], m.shape[1]):
            parts.append(f"diag({s.node(vector)})")
        if e.sizes.could_equal(v.shape[0], m.shape[0]):
            parts.append(f"{s.factor(vector)} ones({s.dim(m.shape[1])})^T")
        if e.sizes.could_equal(v.shape[0], m.shape[1]):
            parts.append(f"ones({s.dim(m.shape[0])}) {s.transposed(vector)}")
        options = [" + ".join(filter(None, (pair[0], p, pair[1]))) for p in parts]
    message = f"a sum needs terms of one shape: {s.node(first)} is {s.shape(a)} and {s.node(other)} is {s.shape(b)}"
    return refuse_shape(message, other, one_of(options))


def entrywise_error(e: Typing, sign: str, left: Sequence[Node], right: Node, a: TypedTerm, b: TypedTerm) -> ShapeError:
    """`a .* b` of different shapes."""
    s = Wording(e)
    one, other = s.factor(*left), s.factor(right)
    options = [f"{one} {sign} {s.transposed(right)}"] if _same(e, (a.shape[1], a.shape[0]), b.shape) else []
    if sign == ".*" and e.sizes.could_equal(a.shape[1], b.shape[0]):
        options.append(f"{one} {other}")
    if sign == ".*" and a.kind == "vector" and b.kind == "matrix" and e.sizes.could_equal(a.shape[0], b.shape[0]):
        options.append(f"diag({s.node(*left)}) {other}")
    span = (left[0].span[0], right.span[1]) if left[0].span and right.span else right.span
    return ShapeError(
        f"{one} {sign} {other} needs equal shapes: {one} is {s.shape(a)} and {other} is {s.shape(b)}", span=span, suggestion=one_of(options)
    )


def division_error(e: Typing, left: Sequence[Node], right: Node, a: TypedTerm, b: TypedTerm) -> ShapeError:
    """`a / b` with b no scalar."""
    s = Wording(e)
    one, other = s.factor(*left), s.factor(right)
    options = [f"{one} ./ {other}"] if a.is_scalar or _same(e, a.shape, b.shape) else []
    power = f"{other}^-1" if right.op in ATOMS or _bracketed(other) else f"({other})^-1"
    if b.kind == "matrix" and e.sizes.could_equal(*b.shape):
        options += [f"{one} {power}"] if e.sizes.could_equal(a.shape[1], b.shape[0]) or a.is_scalar else []
        options += [f"{power} {one}"] if e.sizes.could_equal(a.shape[0], b.shape[1]) and not a.is_scalar else []
    hint = one_of(options) or "write ./ for entry by entry, or B^-1 for the inverse of a square matrix"
    return refuse_shape(
        f"division by {other}, which is {s.shape(b)}: only scalars divide; ./ goes entry by entry, and B^-1 is the inverse", right, hint
    )


def power_error(e: Typing, node: Node, base: TypedTerm) -> ShapeError:
    """`x^2` of something that is neither a scalar nor square."""
    s = Wording(e)
    b, x = s.factor(node.args[0]), s.node(node.args[1])
    exponent = x if len(x) == 1 or x.isdigit() else f"({x})"
    options = [f"{b}.^{exponent}"]
    if x == "2" and base.kind != "matrix":
        t = s.transposed(node.args[0])
        options.append(f"{t} {b}" if base.kind == "vector" else f"{b} {t}")
    elif x == "2":
        options.append(f"{s.transposed(node.args[0])} {b}")
    return refuse_shape(f"{s.node(node)}: {b} is {s.shape(base)}, and only scalars and square matrices have powers", node, one_of(options))


def square_error(e: Typing, function: str, node: Node, argument: Node, a: TypedTerm) -> ShapeError:
    """det, tr, inv … of something that is not square."""
    s = Wording(e)
    text = s.node(argument)
    options = []
    if function == "tr" and argument.op == "mul" and len(argument.args) == 2:
        left, right = argument.args
        options = [f"tr({s.transposed(left)} {s.factor(right)})", f"tr({s.factor(left)} {s.transposed(right)})"]
    elif function == "tr" and a.kind in ("vector", "row"):
        options = [f"sum({text})"]
    elif function == "inv" and a.kind == "matrix":
        options = [f"{s.factor(argument)}^+"]
    if function == "tr" and options and argument.op == "mul" and a.kind == "matrix":
        options = []  # which of them fits depends on the factors, not on the product
    shape = "a scalar" if a.is_scalar else s.shape(a)
    name = {"inv": "the inverse", "tr": "tr", "diagonal": "diag"}.get(function, function)
    return refuse_shape(f"{name} needs a square matrix: {text} is {shape}", node, one_of(options))
