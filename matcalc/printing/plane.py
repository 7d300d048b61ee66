"""Formulas in two dimensions for a terminal: fractions with a bar, bounds above and below, tall brackets.

       ‖x‖² θ
2 x - ────────
      1 + θᵀ x

A rule gives strings, holes and `Stack`s; a box is made of each, and boxes are joined at their middle lines. Not for reading
back: `unicode` is the same formula in one line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..syntax import Node, Program, walk
from .lines import INDENT, starts
from .printer import (
    ARGUMENT,
    ATOM,
    CLOSED,
    CMP,
    EW,
    FACTOR,
    LAST,
    MIDDLE,
    MUL,
    OPEN_ENDED,
    TERM,
    Hole,
    Piece,
    closed,
    glue,
    one_letter,
    separators,
    signed_integer,
    summands,
)
from .setting import fractional, ratio
from .unicode import Unicode

LARGEST = 400  # nodes of a formula that is drawn
HIGHEST = 14  # lines of a formula that is drawn
_BRACKETS = {"(": "⎛⎜⎝", ")": "⎞⎟⎠", "[": "⎡⎢⎣", "]": "⎤⎥⎦", "‖": "‖‖‖", "|": "│││", "⟨": "╱│╲", "⟩": "╲│╱"}


class Box(NamedTuple):
    """Lines of one width; `base` is the line that stands level with the text around."""

    lines: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        return len(self.lines[0])


Builder = Callable[[Sequence[Box]], Box]


class Stack(NamedTuple):
    """Parts that are not side by side, and how a box is made of theirs."""

    build: Builder
    parts: tuple[Sequence[Drawn], ...]


Drawn = Piece | Stack


def beside(boxes: Sequence[Box]) -> Box:
    """Side by side, level."""
    above = max((b.base for b in boxes), default=0)
    below = max((len(b.lines) - b.base for b in boxes), default=1)
    columns = [[" " * b.width] * (above - b.base) + list(b.lines) + [" " * b.width] * (below - len(b.lines) + b.base) for b in boxes]
    return Box(tuple("".join(row) for row in zip(*columns)) if columns else ("",), above)


def over(boxes: Sequence[Box]) -> Box:
    """A fraction."""
    top, bottom = boxes
    width = max(top.width, bottom.width)
    return Box((*(s.center(width) for s in top.lines), "─" * width, *(s.center(width) for s in bottom.lines)), len(top.lines))


def fence(sign: str, height: int) -> tuple[str, ...]:
    """A bracket of that many lines."""
    first, middle, last = tuple(_BRACKETS[sign])
    return (sign,) if height == 1 else (first, *[middle] * (height - 2), last)


def fenced(opening: str, closing: str) -> Builder:
    def build(boxes: Sequence[Box]) -> Box:
        inside = beside(boxes)
        left, right = fence(opening, len(inside.lines)), fence(closing, len(inside.lines))
        return Box(tuple(a + s + b for a, s, b in zip(left, inside.lines, right)), inside.base)

    return build


def marked(sign: str) -> Builder:
    """A small sign at the upper right: ᵀ, ⁻¹, ²."""

    def build(boxes: Sequence[Box]) -> Box:
        (box,) = boxes
        return Box((box.lines[0] + sign, *(s + " " * len(sign) for s in box.lines[1:])), box.base)

    return build


def raised(boxes: Sequence[Box]) -> Box:
    """An exponent that has no small signs, a line above its base."""
    base, exponent = boxes
    above = [" " * base.width + s for s in exponent.lines]
    return Box((*above, *(s + " " * exponent.width for s in base.lines)), base.base + len(above))


def rooted(boxes: Sequence[Box]) -> Box:
    (inside,) = boxes
    if inside.width == len(inside.lines):  # one letter
        return Box(("√" + inside.lines[0],))
    lines = [("│" if k < len(inside.lines) - 1 else "√") + s for k, s in enumerate(inside.lines)]
    return Box((" " + "_" * inside.width, *lines), inside.base + 1)


def bounded(boxes: Sequence[Box]) -> Box:
    """A sum sign with what runs below it, and above."""
    sign, below, *above = boxes
    width = max(b.width for b in boxes)
    top = [s.center(width) for b in above for s in b.lines]
    return Box((*top, sign.lines[0].center(width), *(s.center(width) for s in below.lines)), len(top))


def table(columns: int, brackets: tuple[str, str] | None) -> Builder:
    """Entries in rows of that many, between square brackets; or behind a brace, aligned on the left."""

    def build(boxes: Sequence[Box]) -> Box:
        rows = [boxes[k : k + columns] for k in range(0, len(boxes), columns)]
        widths = [max(row[k].width for row in rows if k < len(row)) for k in range(columns)]
        lines: list[str] = []
        for row in rows:
            cells = [*row, *[Box(("",))] * (columns - len(row))]
            padded = [Box(tuple(s.center(w) if brackets else s.ljust(w) for s in b.lines), b.base) for b, w in zip(cells, widths)]
            gap = Box((", " if len(rows) == 1 else "  ",))
            lines += beside([b for k, cell in enumerate(padded) for b in ([gap, cell] if k else [cell])]).lines
        left = fence(brackets[0], len(lines)) if brackets else brace(len(lines))
        right = fence(brackets[1], len(lines)) if brackets else ("",) * len(lines)
        return Box(tuple(a + s + b for a, s, b in zip(left, lines, right)), (len(lines) - 1) // 2)

    return build


def brace(height: int) -> tuple[str, ...]:
    if height < 3:
        return ("{ ",) if height == 1 else ("⎰ ", "⎱ ")
    middle = (height - 1) // 2
    return tuple({0: "⎧ ", middle: "⎨ ", height - 1: "⎩ "}.get(k, "⎪ ") for k in range(height))


DRAWN_CALL = "sqrt"  # the function that has a sign of its own


class Plane(Unicode):
    """Unicode in two dimensions; `draw` in place of `spell`."""

    def __init__(self) -> None:
        super().__init__()
        self.builders: dict[str, Callable[[Node], Sequence[Drawn]]] = {
            **{"mul": self.product, "num": self.number, "literal": self.matrix, "cases": self.choice, DRAWN_CALL: self.root},
            **{"sum": self.bigger, "product": self.bigger, "pow": self.exponential, "norm": self.normed},
            **{
                "T": self.turned,
                "H": self.turned,
                "inv": lambda n: self.small(n.args[0], "⁻¹"),
                "pinv": lambda n: self.small(n.args[0], "⁺"),
            },
            "neg": lambda n: [_minus(n.args[0]), *self.rules["neg"](n)[1:]],
            "bars": lambda n: [self.between("|", "|", n.args)],
            "inner": lambda n: [self.between("⟨", "⟩", n.args)],
            "iverson": lambda n: ["1", self.between("[", "]", n.args)],
        }

    def draw(self, thing: Node | Program, width: int) -> list[str]:
        """The lines of the drawing, for a place that is `width` wide; what does not fit is broken between summands."""
        parts = [self.box(part) for part in self.parts(thing)]
        first = 0 if isinstance(thing, Node) else len(thing.bindings)
        cuts = [0, *range(1, first + 1), *(first + k for k in starts([p.width for p in parts[first:]], 0, width)), len(parts)]
        lines: list[str] = []
        for a, b in pairwise(cuts):
            row = beside([box for k, part in enumerate(parts[a:b]) for box in ([Box((" ",)), part] if k else [part])])
            lines += [(" " * INDENT * (a > first) + line).rstrip() for line in row.lines]
        return lines

    def parts(self, thing: Node | Program) -> list[list[Drawn]]:
        """As `lines.chunks`, but not written yet."""
        body, start = (thing, "") if isinstance(thing, Node) else (thing.body, self.preamble(thing))
        bindings = () if isinstance(thing, Node) else thing.bindings
        found: list[list[Drawn]] = [[f"{self.left_side(b)} = ", closed(b.value, CMP)] for b in bindings]
        if body.op != "add":
            return [*found, [start, closed(body, CMP)]]
        for k, (subtracted, term) in enumerate(summands(body)):
            sign = ("- " if subtracted else "+ ") if k else start + (_minus(term) if subtracted else "")
            found.append([sign, Hole(term, EW, TERM)])
        return found

    def box(self, marks: Sequence[Drawn]) -> Box:
        """The box of these, side by side; without recursion."""
        made: list[Box] = []
        todo: list[tuple[Drawn | tuple[int, Builder], bool, bool]] = []

        def push(pieces: Sequence[Drawn], build: Builder, last: bool, barred: bool) -> None:
            todo.append(((len(pieces), build), last, barred))
            todo.extend((p, last, barred) for p in reversed(pieces))

        push(marks, beside, True, False)
        while todo:
            piece, last, barred = todo.pop()
            if isinstance(piece, str):
                made.append(Box((piece,)))
            elif isinstance(piece, Stack):
                todo.append(((len(piece.parts), piece.build), last, barred))
                for part in reversed(piece.parts):
                    push(part, beside, last, barred)
            elif isinstance(piece, Hole):
                last = last if piece.place.last is None else piece.place.last
                barred = barred if piece.place.barred is None else piece.place.barred
                node = piece.node
                bare = self.level(node) >= piece.need and (last or node.op not in OPEN_ENDED) and not (barred and node.op in self.bars)
                push(self.marks(node), beside if bare else fenced("(", ")"), last if bare else True, barred and bare)
            else:
                count, build = piece
                made[len(made) - count :] = [build(made[len(made) - count :])]
        return made[0]

    def marks(self, node: Node) -> Sequence[Drawn]:
        if node.op == "call":  # sum(x) is no sum sign
            return self.builders[DRAWN_CALL](node) if node.attr == DRAWN_CALL else self.called(node)
        return self.builders[node.op](node) if node.op in self.builders else self.rules[node.op](node)

    def level(self, node: Node) -> int:
        if fractional(node):
            return MUL if node.op == "mul" and separators(node)[-1] != "/" else FACTOR
        return super().level(node)

    # What is not one line

    def between(self, opening: str, closing: str, args: Sequence[Node]) -> Stack:
        return Stack(fenced(opening, closing), (self.listed(args),))

    def called(self, node: Node) -> Sequence[Drawn]:
        function = self.function(str(node.attr))
        return super().call(node) if ARGUMENT in function else [function, self.between("(", ")", node.args)]

    def root(self, node: Node) -> Sequence[Drawn]:
        return [Stack(rooted, ([closed(node.args[0])],))]

    def number(self, node: Node) -> Sequence[Drawn]:
        top, _, bottom = "".join(map(str, self.num(node))).partition("/")
        return [Stack(over, ([top], [bottom]))] if bottom else [top]

    def product(self, node: Node) -> Sequence[Drawn]:
        signs = separators(node)
        found: list[Drawn] = [closed(node.args[0]) if signs[:1] == ("/",) else self.first_factor(node)]
        final = len(node.args) - 1
        for i, (sign, right) in enumerate(zip(signs, node.args[1:]), 1):
            if sign == "/":
                found = [Stack(over, (found, [closed(right)]))]
                continue
            ends = CLOSED if signs[i : i + 1] == ("/",) else LAST if i == final else MIDDLE
            found += [self.between_factors(glue(sign, right)), Hole(right, FACTOR, ends)]
        return found

    def small(self, base: Node, sign: str) -> Sequence[Drawn]:
        return [Stack(marked(sign), ([Hole(base, ATOM, MIDDLE)],))]

    def turned(self, node: Node) -> Sequence[Drawn]:
        (inside,) = node.args
        sign = "ᵀ" if node.op == "T" else "ᴴ"
        return self.small(inside.args[0], f"⁻{sign}") if inside.op == "inv" else self.small(inside, sign)

    def exponential(self, node: Node) -> Sequence[Drawn]:
        base, exponent = node.args
        if signed_integer(exponent):
            return self.small(base, "".join(map(str, self.exponent(exponent))))
        above: Piece = ratio(exponent) or closed(exponent)
        return [Stack(raised, ([Hole(base, ATOM, MIDDLE)], [above]))]

    def normed(self, node: Node) -> Sequence[Drawn]:
        inside = self.between("‖", "‖", node.args[:1])
        return [inside, *(self.script("_", node.args[1]) if node.attr == "p" else [self.norms[str(node.attr)]])]

    def bigger(self, node: Node) -> Sequence[Drawn]:
        body, *bounds = node.args
        if not bounds or node.attr is None:
            return self.big(node)
        index = closed(Node("name", (), node.attr))
        if bounds[0].op == "cmp":
            return [Stack(bounded, ([self.signs[node.op]], [closed(bounds[0], CMP)])), " ", Hole(body, EW, LAST)]
        parts: list[Sequence[Drawn]] = [[self.signs[node.op]], [index, "=", closed(bounds[0])], *[[closed(b)] for b in bounds[1:]]]
        return [Stack(bounded, tuple(parts)), " ", Hole(body, EW, LAST)]

    def matrix(self, node: Node) -> Sequence[Drawn]:
        assert isinstance(node.attr, tuple)
        columns = node.attr[1]
        assert isinstance(columns, int)
        return [Stack(table(columns, ("[", "]")), tuple([closed(a)] for a in node.args))]

    def choice(self, node: Node) -> Sequence[Drawn]:
        cells: list[Sequence[Drawn]] = []
        for k, a in enumerate(node.args):
            otherwise = k % 2 == 0 and k == len(node.args) - 1
            cells += [[closed(a)], ["otherwise"]] if otherwise else [["if ", closed(a, CMP)] if k % 2 else [closed(a)]]
        return [Stack(table(2, None), tuple(cells))]


def _minus(node: Node) -> str:
    """The sign before a term; the bar of a fraction would touch it."""
    return "- " if fractional(node) else "-"


def drawing(thing: Node | Program, width: int) -> list[str]:
    """The formula in two dimensions; [] where one line says it as well, or where it is too large."""
    trees = [thing] if isinstance(thing, Node) else [*(b.value for b in thing.bindings), thing.body]
    nodes = [n for tree in trees for n in walk(tree)]
    if len(nodes) > LARGEST or not any(_gains(n) for n in nodes):
        return []
    lines = Plane().draw(thing, width + 1)
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    lines = [line[margin:] for line in lines]
    return lines if len(lines) <= HIGHEST and max(map(len, lines)) <= width else []


def _gains(node: Node) -> bool:
    """Is this easier to read in two dimensions? A quotient of names and numbers is not."""
    if node.op == "mul" and "/" in separators(node):
        return any(a.op not in ("num", "name") for a in node.args) and not all(a.op == "num" for a in node.args[1:])
    exponent = node.op == "pow" and not signed_integer(node.args[1]) and not one_letter(node.args[1])
    return exponent or node.op in ("literal", "cases") or (node.op in ("sum", "product") and len(node.args) > 1)
