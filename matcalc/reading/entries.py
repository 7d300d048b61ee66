"""Subscripts that pick entries: `(V y)_i`, `X_{i,:}`, `(A B)_{ij}`."""

from __future__ import annotations

from ..errors import Span
from .lexer import Lexer, leaf
from .marks import Mark
from .names import subscript


def entries(lexer: Lexer, below: int) -> None:
    """The subscript at mark `below` picks an entry of what stands before: `(V y)_i`, `X_{i,:}`, `(A B)_{ij}`."""
    at = lexer.marks[below]
    span = (at.start, at.end)
    if at.kind == "sub" or lexer.marks[below + 1].kind != "open":
        text = at.value if at.kind == "sub" else lexer.marks[below + 1].value
        entry_list(lexer, [text] if text.isdigit() else cut_indices(lexer, text), span)
        return
    start, stop = below + 2, lexer.marks[below + 1].mate
    inside = lexer.marks[start:stop]
    if len(inside) == 1 and inside[0].kind == "word":
        entry_list(lexer, cut_indices(lexer, inside[0].value), span)
        return
    lexer.open("INDEX", "{", span, begins=False)

    def finish(lexer: Lexer) -> None:
        lexer.close_invisible()
        if not lexer.ends:
            raise lexer.nothing_after(lexer.marks[stop].span)
        lexer.close(lexer.marks[stop].span)

    lexer.later((start, stop), finish)


def cut_indices(lexer: Lexer, run: str) -> list[str]:
    """A run of letters below a bracket: of indices in use, `pi` is p and i."""
    return list(run) if run not in lexer.active and lexer.active.issuperset(run) else lexer.names.cut(run)


def pair_below(lexer: Lexer, below: int) -> int:
    """The mark after the subscript at mark `below`, if a pair of indices stands in it: `W_{(i,l), j}`. 0 otherwise."""
    brace = lexer.marks[below + 1] if below + 1 < lexer.stop and lexer.marks[below].kind == "under" else None
    if brace is None or brace.kind != "open" or brace.value != "{":
        return 0
    inside = lexer.marks[below + 2 : brace.mate]
    pairs = [m for m in inside if m.kind == "open" and m.value == "("]
    separated = any(
        n.kind == "comma" for m in pairs for n in lexer.marks[below + 2 : brace.mate] if m.start < n.start < lexer.marks[m.mate].start
    )
    return brace.mate + 1 if separated else 0


def entry_list(lexer: Lexer, items: list[str], span: Span) -> None:
    lexer.open("INDEX", "_", span, begins=False)
    for k, item in enumerate(items):
        if k:
            lexer.put("COMMA", ",", span)
        lexer.tokens.append(leaf(item, span))
    lexer.close(span)


def subscript_of_operand(lexer: Lexer, mark: Mark) -> None:
    if lexer.last in ("NAME", "NUM") and lexer.ends:
        raise lexer.refuse("two subscripts in a row can be read in several ways", mark.span, "write x_{12}, x_{i,j} or (x_i)_j")
    if not lexer.ends:
        raise lexer.refuse("`_` needs a name before it", mark.span)
    below = lexer.i - 1
    brace = lexer.marks[below + 1] if below + 1 < lexer.stop else None
    if brace is not None and brace.value == "{" and brace.mate > below + 2:  # what stands in it is read by `entries`
        lexer.i = brace.mate + 1
    else:
        _, lexer.i = subscript(lexer.marks, below, lexer.text, lexer.names, "()")
    entries(lexer, below)
