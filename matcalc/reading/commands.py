"""LaTeX commands with arguments: fractions and roots."""

from __future__ import annotations

from fractions import Fraction

from .calls import call
from .lexer import Action, Lexer, Token, leaf
from .marks import Mark, quote


def fraction(lexer: Lexer, mark: Mark) -> None:
    lexer.open("LPAR", "frac", mark.span)
    end = lexer.marks[lexer.i - 1].end

    def between(lexer: Lexer) -> None:
        lexer.put("MUL", "/", (end, end))
        tex_argument(lexer, mark, lambda lexer: lexer.close(lexer.tokens[-1].span))

    tex_argument(lexer, mark, between)


def root(lexer: Lexer, mark: Mark) -> None:
    index: Mark | None = None
    if lexer.peek("open", "[") and lexer.source(mark.span) == "\\sqrt":
        bracket = lexer.marks[lexer.i]
        index = lexer.marks[lexer.i + 1]
        if bracket.mate != lexer.i + 2 or index.kind not in ("num", "word") or (index.kind == "word" and len(index.value) > 1):
            raise lexer.refuse("the root's index is a number or a letter", bracket.span, "write x^{1/n}")
        lexer.i = bracket.mate + 1
    if lexer.peek("open", "(") and index is None:
        call(lexer, "sqrt", mark.span)
        return
    if index is None:
        _refuse_long_root(lexer, mark)
        lexer.operand("CALL", "sqrt", mark.span)
        tex_argument(lexer, mark, lambda _: None)
        return
    span = index.span
    degree = Token("NUM", Fraction(index.value), *span) if index.kind == "num" else leaf(index.value, span)
    power = [
        Token("CARET", "^", *span),
        Token("LPAR", "", *span),
        leaf("1", span),
        Token("MUL", "/", *span),
        degree,
        Token("RPAR", "", *span),
    ]
    lexer.open("LPAR", "root", mark.span)

    def finish(lexer: Lexer) -> None:
        lexer.tokens.extend(power)
        lexer.close(lexer.tokens[-1].span)

    tex_argument(lexer, mark, finish)


def _refuse_long_root(lexer: Lexer, mark: Mark) -> None:
    """√2π, √gh: the root of the first, or of all that touches it."""
    first, at = lexer.following, lexer.i + 1
    if first is None or first.gap or lexer.source(mark.span) != "√" or first.kind not in ("num", "word", "greek"):
        return
    head, end = first.value[:1] if first.kind == "word" else lexer.source(first.span), first.end
    if first.kind != "word" or len(first.value) == 1 or lexer.names.is_name(first.value):
        behind = lexer.marks[at] if at < lexer.stop else None
        if behind is None or behind.gap or behind.kind not in ("word", "greek"):
            return
        head, end = lexer.source(first.span), behind.end
    rest = lexer.source((first.start + len(head), end))
    hint = f"write √({head} {rest}) or √({head}) {rest}"
    raise lexer.refuse(f"{quote(lexer.source((mark.start, end)))} can be read in two ways", (mark.start, end), hint)


def tex_argument(lexer: Lexer, command: Mark, then: Action) -> None:
    """The argument of a LaTeX command: braces, or the one digit, letter or command that follows."""
    if lexer.i >= lexer.stop:
        raise lexer.refuse(f"{quote(lexer.source(command.span))} has no argument", command.span, f"write {lexer.source(command.span)}{{…}}")
    mark = lexer.marks[lexer.i]
    if mark.kind == "open":
        lexer.i += 1
        lexer.open("LPAR", mark.value, mark.span, begins=False).then = then
        return
    if mark.kind not in ("num", "word", "greek", "const"):
        raise lexer.refuse(f"{quote(lexer.source(command.span))} has no argument before {quote(lexer.source(mark.span))}", command.span)
    first = mark.value[0] if mark.kind in ("num", "word") else mark.value
    end = mark.start + 1 if mark.kind in ("num", "word") else mark.end
    if mark.kind in ("num", "word") and len(mark.value) > 1:
        lexer.marks[lexer.i] = Mark(mark.kind, mark.value[1:], end, mark.end)
    else:
        lexer.i += 1
    span = (mark.start, end)
    lexer.put("LPAR", "", (mark.start, mark.start))
    lexer.tokens.append(leaf(first, span))
    lexer.put("RPAR", "", (end, end))
    then(lexer)
