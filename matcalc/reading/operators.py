"""Signs between operands: + - * : , ; comparisons, the ends of lines."""

from __future__ import annotations

from ..syntax import ODOT_BAR, OTIMES_BAR, OTIMES_LOW
from .brackets import frobenius
from .lexer import Lexer
from .marks import Mark, quote

_HADAMARD = frozenset({".*", "./", "kron", "khatri_rao", OTIMES_BAR, OTIMES_LOW, ODOT_BAR})
_LOOKAHEAD = 200  # how far an opening `<` may be from its `>` where it could be a comparison


def plus(lexer: Lexer, mark: Mark) -> None:
    column(lexer, mark)
    if lexer.ends or lexer.last in ("MUL", "EW", "PLUS", "MINUS", "NEG", "COLON") or lexer.frames[-1].kind == "argument":
        lexer.left_operand(mark)
        lexer.put("PLUS", "+", mark.span)
        lexer.new_term()


def minus(lexer: Lexer, mark: Mark) -> None:
    column(lexer, mark)
    if lexer.frames[-1].kind == "argument":
        lexer.close_invisible()
    if lexer.ends:
        lexer.put("MINUS", "-", mark.span)
        lexer.new_term()
    else:
        lexer.put("NEG", "-", mark.span)


def column(lexer: Lexer, mark: Mark) -> None:
    """The next column of [1 2; 3 -4], where the mark begins one."""
    if lexer.frames[-1].columns:
        from .columns import starts_column

        if lexer.ends and starts_column(lexer.marks, lexer.i - 1):
            comma(lexer, Mark("comma", ",", mark.start, mark.start))


def infix(lexer: Lexer, mark: Mark) -> None:
    if mark.value == "/" and lexer.frames[-1].kind == "argument":
        from .quotients import refuse_part_of_logarithm

        refuse_part_of_logarithm(lexer, mark)
    lexer.left_operand(mark)
    if mark.value == "*" and not mark.gap and lexer.last == "NAME" and lexer.text.count("*") == 1:
        from .quotients import refuse_star

        refuse_star(lexer, mark)
    if mark.value == "/":
        from .quotients import refuse_long_divisor

        refuse_long_divisor(lexer, mark)
    op = "×" if lexer.source(mark.span) in ("×", "\\times") else mark.value
    if op == "×" and (mode := _mode(lexer)):
        op = f"×_{mode}"
    chain = lexer.frames[-1].chain
    chain.add("ew" if op in _HADAMARD else op)
    lexer.mixed = lexer.mixed or {"ew", "*"} <= chain
    lexer.put("EW" if op in _HADAMARD or (op == "*" and lexer.loose_star) else "MUL", op, mark.span)


def _mode(lexer: Lexer) -> str:
    """The n of the mode product X ×_n A, whose marks are passed over; "" where there is none."""
    marks = lexer.marks[lexer.i : min(lexer.i + 4, lexer.stop)]
    kinds = [m.kind for m in marks]
    if kinds[:1] == ["sub"] and marks[0].value.isdigit():
        lexer.i += 1
        return marks[0].value
    if kinds[:2] == ["under", "num"]:
        lexer.i += 2
        return marks[1].value
    if kinds == ["under", "open", "num", "close"]:
        lexer.i += 4
        return marks[2].value
    return ""


def colon(lexer: Lexer, mark: Mark) -> None:
    following = lexer.following
    alone = following is None or following.kind in ("comma", "close") or (lexer.frames[-1].value == "{" and following.kind == "word")
    if lexer.frames[-1].kind == "INDEX" and lexer.last in ("INDEX", "COMMA") and alone:
        lexer.put("ALL", ":", mark.span)
        return
    if following is not None and following.gap and not mark.gap:
        hint = "write A : B with blanks on both sides"
        raise lexer.refuse("`:` stands between two matrices, A : B, and this is no such product", mark.span, hint)
    lexer.left_operand(mark)
    lexer.put("COLON", ":", mark.span)
    lexer.new_term()


def comma(lexer: Lexer, mark: Mark) -> None:
    lexer.left_operand(mark)
    if len(lexer.frames) == 1:
        raise lexer.refuse("a comma stands outside of brackets", mark.span, "a list has them: [a, b] for a row, [a; b] for a column")
    lexer.put("COMMA", ",", mark.span)
    lexer.new_term()


def semicolon(lexer: Lexer, mark: Mark) -> None:
    lexer.left_operand(mark)
    if lexer.frames[-1].kind != "LSQ":
        hint = "write f(x, theta) with a comma" if lexer.frames[-1].kind == "LPAR" else None
        raise lexer.refuse("`;` ends a statement, and a bracket is still open here", mark.span, hint)
    lexer.put("SEMI", ";", mark.span)
    lexer.new_term()


def line_end(lexer: Lexer, mark: Mark) -> None:
    """Inside `[…]` and a LaTeX matrix a line is a row; elsewhere it is a blank."""
    visible = lexer.visible
    ends_row = (visible.value == "[" and visible.kind == "LSQ") or (visible.value in ("matrix", "cases") and mark.value != "\n")
    if not ends_row:
        return
    while lexer.peek("newline"):
        lexer.i += 1
    if lexer.peek("close") or lexer.peek("semi"):
        return
    lexer.close_invisible()
    if lexer.ends:
        lexer.put("COMMA" if visible.value == "cases" else "SEMI", ";", mark.span)
        lexer.new_term()


def ampersand(lexer: Lexer, mark: Mark) -> None:
    visible = lexer.visible
    if visible.value in ("matrix", "cases"):
        lexer.close_invisible()
        if visible.value == "cases" and lexer.last == "COMMA":
            return
        comma(lexer, mark)


def comparison(lexer: Lexer, mark: Mark) -> None:
    lexer.close_invisible()
    frame = lexer.frames[-1]
    if mark.value == ">" and frame.kind == "ANGLE" and lexer.ends:
        lexer.close(mark.span)
        frobenius(lexer)
        return
    comparing = frame.kind == "IVERSON" or frame.value == "cases" or frame.label == "cases"
    if mark.value == "<" and (not lexer.ends or (not comparing and angle_closes(lexer))):
        lexer.open("ANGLE", "<", mark.span)
        return
    if not comparing:
        hint = "a comparison stands in 1[x > 0] or in cases(…)"
        if mark.value == "=":
            hint = "a statement has one `=`, after a name; a comparison stands in 1[x > 0]"
        raise lexer.refuse(f"{quote(lexer.source(mark.span))} is a comparison, which is no value by itself", mark.span, hint)
    if not lexer.ends:
        raise lexer.nothing_after(mark.span)
    lexer.put("CMP", "=" if mark.value == "==" else mark.value, mark.span)
    lexer.new_term()


def angle_closes(lexer: Lexer) -> bool:
    """Does `, … >` follow the `<` just met?"""
    ahead = lexer.marks[lexer.i : min(lexer.stop, lexer.i + _LOOKAHEAD)]
    closing = next((k for k, m in enumerate(ahead) if m.kind == "cmp" and m.value == ">"), 0)
    return any(m.kind == "comma" for m in ahead[:closing])


def conjunction(lexer: Lexer, mark: Mark) -> None:
    lexer.left_operand(mark)
    lexer.put("AND", "and", mark.span)
    lexer.new_term()


def arrow(lexer: Lexer, mark: Mark) -> None:
    hint = "a linear map is written dX -> A dX B; a function is declared after `where`: phi: R -> R"
    raise lexer.refuse(f"{quote(lexer.source(mark.span))} is not expected here", mark.span, hint)


def declaration(lexer: Lexer, mark: Mark) -> None:
    raise lexer.refuse(f"{quote(lexer.source(mark.span))} declares a name: that belongs after `where`", mark.span)
