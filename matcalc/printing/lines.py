"""Where a formula that is too wide for one line is broken: after a definition, and between the summands of the expression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..syntax import Node, Program
from .printer import CMP, EW, TERM, Hole, Printer, closed, summands

INDENT = 4  # of a line that goes on


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
    return [" " * INDENT * (a > first) + " ".join(parts[a:b]) for a, b in pairwise(cuts)]
