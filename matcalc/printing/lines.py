"""Where a formula that is too wide for one line is broken: after a definition, and between the summands of the expression."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..syntax import Node, Program
from .printer import CMP, EW, TERM, Hole, Printer, closed, summands

INDENT = 4  # of a line that goes on
SUMS = ("+", "-", "−", "=")
LATEX_SIGNS = frozenset(("+", "-", "=", r"\odot", r"\otimes", r"\cdot", r"\oslash"))  # no line ends behind one
SIGNS = (*SUMS, "·", "⊙", "⊘", "⊗", "*", "/", ".*", "./", "&")


def chunks(printer: Printer, thing: Node | Program) -> list[str]:
    """What is not broken: every definition with its semicolon; the summands, each from the second with its sign."""
    body, found, start = (thing, [], "") if isinstance(thing, Node) else (thing.body, definitions(printer, thing), printer.preamble(thing))
    if body.op != "add":
        return [*found, start + printer.write([closed(body, CMP)])]
    for k, (subtracted, term) in enumerate(summands(body)):
        sign = ("- " if subtracted else "+ ") if k else start + ("-" if subtracted else "")
        found.append(sign + printer.write([Hole(term, EW, TERM)]))
    return found


def definitions(printer: Printer, program: Program) -> list[str]:
    return [printer.write(printer.binding(b)) + ";" for b in program.bindings]


def starts(widths: Sequence[int], definitions: int, width: int) -> Iterator[int]:
    """The chunks that begin a line, the first one not counted, for chunks as wide as `widths`.

    All stands in one line where it fits. Else every definition has its line, and so has the expression, whose summands fill lines.
    """
    if sum(widths) + len(widths) - 1 <= width:
        return
    used = 0
    for k, own in enumerate(widths):
        if 0 < k <= definitions or (k > definitions and used + 1 + own > width):
            yield k
            used = own + (INDENT if k > definitions else 0)
        else:
            used += own + (k > 0)


def broken(printer: Printer, thing: Node | Program, width: int) -> list[str]:
    """The lines of a formula in plain characters; a line that goes on is indented."""
    parts = chunks(printer, thing)
    first = 0 if isinstance(thing, Node) else len(thing.bindings)
    cuts = [0, *starts([len(part) for part in parts], first, width), len(parts)]
    lines = [" " * INDENT * (a > first) + " ".join(parts[a:b]) for a, b in pairwise(cuts)]
    return [piece for line in lines for piece in fitted(line, width)]


def filled(pieces: Sequence[str], widths: Sequence[int], width: int) -> list[str]:
    """Lines of as many pieces as they have room for."""
    cuts = [0, *starts(widths, 0, width), len(pieces)]
    return [" ".join(pieces[a:b]) for a, b in pairwise(cuts)]


def factors_of(latex: str) -> list[str]:
    """A product in LaTeX cut at the blanks that stand in no bracket: no line ends behind a sign, a sum or a plain number."""
    found: list[str] = []
    depth, before = 0, "+"
    for word in latex.split(" "):
        if depth > 0 or before in LATEX_SIGNS or before.isdigit() or before.startswith((r"\sum", r"\prod")):
            found[-1:] = [f"{found[-1]} {word}" if found else word]
        else:
            found.append(word)
        depth += sum(opened(word))
        before = word
    return found


def opened(word: str) -> tuple[int, int]:
    """How many brackets, and how many braces, a word of LaTeX opens more than it closes."""
    brackets = sum(map(word.count, "([")) - sum(map(word.count, ")]")) + word.count(r"\lVert") - word.count(r"\rVert")
    return brackets, word.count("{") - word.count("}")


def latex_width(latex: str) -> int:
    """About how many characters wide a formula is set: of a fraction as wide as it is with its parts side by side."""
    return len(re.sub(r"[{}^_\s]|\\(?:left|right)(?![A-Za-z])", "", re.sub(r"\\(?!left|right)[A-Za-z]+", "x", latex)))


def fitted(line: str, width: int) -> list[str]:
    """A line of plain characters cut where it is too wide: at the blank with the fewest brackets open, behind a definition if there is
    one, and never behind a sign."""
    found: list[str] = []
    opened = 0  # before this piece
    while len(line) > width:
        places, depth = [], opened
        start = len(line) - len(line.lstrip())
        for k, c in enumerate(line[: width + 1]):
            depth += (c in "([{") - (c in ")]}")
            if c == " " and k > max(start, INDENT) and line[:k].rsplit(" ", 1)[-1] not in SIGNS:
                near = 3 * k < width  # a short piece helps little
                places.append((depth + near, line[k - 1] != ";", line[k + 1 :].split(" ", 1)[0] not in SUMS, -k))
        if not places:
            break
        cut = -min(places)[-1]
        piece, line = line[:cut], " " * INDENT + line[cut + 1 :]
        opened += sum(piece.count(c) for c in "([{") - sum(piece.count(c) for c in ")]}")
        found.append(piece)
    return [*found, line]
