"""Brackets, bars and norms: what they open, what they close."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..syntax import Node, spell_name, split_name
from .lexer import Lexer
from .marks import Mark, quote
from .names import subscript
from .sums import after_superscript

_BRACKETS = {"(": "LPAR", "{": "LPAR", "\\{": "LPAR", "[": "LSQ", "matrix": "LSQ", "<": "ANGLE", "|": "BAR", "||": "NORM"}
_NORMS = {"": "", "1": "1", "2": "2", "F": "F", "Fro": "F", "fro": "F", "infty": "inf", "inf": "inf", "*": "*", "nuc": "*"}
_LONGEST_INDEX = 50  # marks; a longer bracket after a bracket is a factor
_IN_FACTOR = frozenset({"post", "caret", "sup", "frac", "sqrt"})  # what no index has
_IN_INDEX = frozenset({"word", "greek", "num", "comma", "colon", "plus", "minus"})  # what \epsilon\left[…\right] has to hold to be an entry


def open_bracket(lexer: Lexer, mark: Mark) -> None:
    value = mark.value
    if value == "cases":
        lexer.operand("CASES", "cases", mark.span)
        lexer.open("LPAR", value, mark.span, begins=False)
    elif value in ("[", "\\{") and mark.compares:
        lexer.open("IVERSON", value, mark.span)
    elif value == "[" and not mark.gap and lexer.active and _is_member(lexer, mark):
        token, letter = lexer.tokens[-1], lexer.marks[lexer.i].value
        token.value, token.end_pos = spell_name(str(token.value), letter), lexer.marks[mark.mate].end
        lexer.i = mark.mate + 1
    elif value == "[" and not mark.gap and indexes(lexer, mark):
        lexer.open("INDEX", value, mark.span, begins=False)
    else:
        frame = lexer.open(_BRACKETS[value], value, mark.span)
        if value == "[":
            from .columns import has_columns

            frame.columns = has_columns(lexer, mark)


def indexes(lexer: Lexer, mark: Mark) -> bool:
    """Is the `[` that touches what stands before an index? Of a name always; of a bracket or postfix if it looks like one."""
    if lexer.last == "NAME":
        inside = lexer.marks[lexer.i : mark.mate]
        if len(inside) == 1 and inside[0].kind == "word" and inside[0].value.isupper() and len(inside[0].value) == 1:
            return False  # k[A]^m: no capital letter counts
        if not mark.side and is_factor(str(lexer.tokens[-1].value), inside):
            return False
        return not mark.side or all(m.kind in _IN_INDEX for m in inside)
    if lexer.last not in ("RPAR", "POST", "RSQ"):
        return False
    if mark.mate - lexer.i > _LONGEST_INDEX:
        return False
    inside = lexer.marks[lexer.i : mark.mate]
    if lexer.last == "RPAR" and len(inside) == 1 and inside[0].kind == "word" and len(inside[0].value) == 1 and inside[0].value.islower():
        return True  # softmax(z)[y], which is no product
    return all(index_like(lexer, m) for m in inside) and any(
        m.kind in ("comma", "colon", "num") or m.value in {*lexer.active, *lexer.names.counts} for m in inside
    )


def _is_member(lexer: Lexer, mark: Mark) -> bool:
    """Whether x[n] in a sum over n is x_n, which may be a vector: w'x[n]. So it is of an undeclared letter that stands nowhere without such
    brackets."""
    inside = lexer.marks[lexer.i : mark.mate]
    name = str(lexer.tokens[-1].value) if lexer.last == "NAME" else "_"
    if len(inside) != 1 or inside[0].value not in lexer.active or "_" in name or name in lexer.names.variables:
        return False
    for k, m in enumerate(lexer.marks):
        if m.value == name and m.kind in ("word", "greek"):
            behind = lexer.marks[k + 1 : k + 4]
            if [b.kind for b in behind] != ["open", "word", "close"] or behind[0].value != "[" or behind[1].value not in lexer.active:
                return False
    return True


def is_factor(name: str, inside: Sequence[Mark]) -> bool:
    r"""Whether what stands in brackets behind a name is no index: \alpha_i[y_i(w^T x_i + b) - 1], where a part is transposed, raised or
    divided. (A Latin letter without a subscript may be a function, F[x^T y].)"""
    base, sub = split_name(name)
    if sub and len(inside) == 1 and inside[0].kind == "word" and len(inside[0].value) == 1 and inside[0].value.isupper():
        return True  # V_{max} [S]
    return (bool(sub) or len(base) > 1) and any(m.kind in _IN_FACTOR for m in inside)


def index_like(lexer: Lexer, mark: Mark) -> bool:
    if mark.kind in ("word", "greek"):
        return len(lexer.names.cut(mark.value)) == 1
    return mark.kind in ("comma", "colon") or mark.value in ("(", ")") or (mark.kind == "num" and mark.value.isdigit())


def close_bracket(lexer: Lexer, mark: Mark) -> None:
    lexer.close_invisible()
    if lexer.last in ("SEMI", "COMMA") and mark.value in ("matrix", "cases"):
        lexer.tokens.pop()  # the last row may end in `\\` too
    if not lexer.ends:
        raise lexer.nothing_after(mark.span)
    frame = lexer.frames[-1]
    if frame.value != mark.value:
        raise lexer.refuse(f"`{frame.value}` is not closed before {quote(lexer.source(mark.span))}", frame.opened)
    lexer.close(mark.span)
    if mark.value == "||":
        norm_kind(lexer)
    elif mark.value == "<":
        frobenius(lexer)


def frobenius(lexer: Lexer) -> None:
    """The F of <A, B>_F, which is the same without it."""
    after = [m.value for m in lexer.marks[lexer.i : min(lexer.i + 4, lexer.stop)]]
    if after[:2] == ["_", "F"] or after == ["_", "{", "F", "{"]:
        lexer.i += 2 if after[1] == "F" else 4


def bar(lexer: Lexer, mark: Mark) -> None:
    """A bar closes if an operand stands before and the innermost bracket is a bar of its kind; else it opens."""
    kind = _BRACKETS[mark.value]
    if not lexer.ends:
        opens = mark.gap and lexer.i < lexer.stop and not lexer.marks[lexer.i].gap  # `| |x| - 1 |`
        if lexer.last == kind == lexer.frames[-1].kind and not opens:
            raise lexer.nothing_after(mark.span)
        lexer.open(kind, mark.value, mark.span)
        return
    visible = lexer.visible
    if visible.value in ("|", "||"):
        if visible.value == mark.value or mark.value == "||":
            lexer.close_invisible()
    top = lexer.frames[-1].value
    if top == mark.value:
        lexer.close(mark.span)
        if top == "||":
            norm_kind(lexer)
    elif mark.value == "||" and top == "|" and lexer.source(mark.span) == "||":
        middle = mark.start + 1
        lexer.close((mark.start, middle))
        if lexer.frames[-1].value == "|":
            lexer.close((middle, mark.end))
        else:
            lexer.open("BAR", "|", (middle, mark.end))
    else:
        lexer.open(kind, mark.value, mark.span)


def norm_kind(lexer: Lexer) -> None:
    """The subscript after a norm's closing bars says which norm it is; it may stand after an exponent."""
    kind, exponent = "", None
    where = lexer.i if lexer.peek("under") or lexer.peek("sub") else after_superscript(lexer, lexer.i)
    if where or lexer.peek("under"):
        kind, end = inverse_below(lexer, where) or norm_subscript(lexer, where)
        if where == lexer.i:
            lexer.i = end
        else:
            lexer.jumps[where] = end
        if kind.endswith("^-1"):
            span = (lexer.marks[where + 2].start, lexer.marks[lexer.marks[where + 1].mate - 1].end)
            exponent = Node("inv", (Node("name", (), kind.removesuffix("^-1"), span),), None, span)
            kind = "2"
        elif kind not in _NORMS:
            if kind == "2,1":
                hint = "write sum(sqrt(X.^2 ones(n))) for rows, sum(sqrt((X^T).^2 ones(m))) for columns, where X in R^{m x n}"
                raise lexer.refuse("`||…||_{2,1}` is the sum of the norms of the rows, or of the columns", lexer.marks[where].span, hint)
            if not (kind.isdigit() or len(kind) == 1 or lexer.names.is_name(kind)):
                hint = "norms are _1, _2, _F, _p, _\\infty and _*"
                raise lexer.refuse(f"{quote('||…||_' + kind)} is no norm known here", lexer.marks[where].span, hint)
            exponent = Node("num", (), Fraction(int(kind))) if kind.isdigit() else Node("name", (), kind)
    lexer.tokens[-1].value = ("p", exponent) if exponent else (_NORMS[kind], None)


def inverse_below(lexer: Lexer, where: int) -> tuple[str, int] | None:
    r"""`_{\Sigma^{-1}}`: the name with ^-1 behind it, and the mark after the subscript."""
    marks = lexer.marks
    end = marks[where + 1].mate if where + 1 < len(marks) and marks[where + 1].value == "{" else 0
    inside = marks[where + 2 : end]
    above = [m.kind + m.value for m in inside[1:] if m.value != "{"]
    if not inside or inside[0].kind not in ("word", "greek") or above not in (["caret^", "minus-", "num1"], ["sup-1"]):
        return None
    return f"{inside[0].value}^-1", end + 1


def norm_subscript(lexer: Lexer, where: int) -> tuple[str, int]:
    following = lexer.marks[where + 1] if where + 1 < len(lexer.marks) else None
    if following and lexer.marks[where].kind == "under" and following.kind == "infix" and following.value == "*":
        return "*", where + 2
    if following and lexer.marks[where].kind == "under" and following.kind == "word" and following.value in _NORMS:
        return following.value, where + 2  # ||x||_inf, which nobody means as ||x||_i n f
    return subscript(lexer.marks, where, lexer.text, lexer.names, "||")
