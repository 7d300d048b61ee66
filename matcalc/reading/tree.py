"""Tokens to the surface tree: the grammar's parser and what each of its rules builds."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

from ..errors import ReadingError, Span
from ..syntax import Node
from .lalr import ParseTable, Unexpected, lark_parser, load, read_grammar
from .lexer import Token

Child = Node | Token


@lru_cache(maxsize=1)
def _table() -> ParseTable:
    return load(read_grammar())


def build_parser(strict: bool = False) -> object:
    """Lark's own parser of the grammar; `strict` refuses any conflict."""
    return lark_parser(read_grammar(), strict)


def tree(tokens: list[Token], text: str) -> Node:
    """The tree of one expression."""
    try:
        return _table().parse(tokens, _RULES)  # type: ignore[no-any-return]
    except Unexpected as error:
        raise _unexpected(error.token, text) from None
    except ReadingError as error:
        raise error.located(text) from None


def _unexpected(token: Token, text: str) -> ReadingError:
    """What the grammar does not have; the post-lexer has caught most of it already."""
    span: Span = (token.start_pos, max(token.end_pos, token.start_pos + 1))
    shown = text[span[0] : span[1]]
    hints = {
        "COMMA": ("`,` separates nothing here", "write [a, b] for a row, [a; b] for a column"),
        "CARET": ("two powers in a row can be read in two ways", "write (a^b)^c or a^(b^c)"),
        "CMP": ("one comparison at a time is read here", None),
        "RSQ": ("a comparison is missing before this bracket", None),
        "$END": ("the expression ends too early", None),
    }
    if token.type == "COMMA" and "\\{" in text:
        hints["COMMA"] = (hints["COMMA"][0], "write anticomm(A, B) for A B + B A, comm(A, B) for A B - B A")
    message, hint = hints.get(token.type, (f"`{shown}` is not expected here", None))
    return ReadingError(message, text=text, span=span, suggestion=hint)


def _span(children: list[Child]) -> Span:
    first, last = children[0], children[-1]
    start = first.start_pos if isinstance(first, Token) else first.span[0] if first.span else 0
    end = last.end_pos if isinstance(last, Token) else last.span[1] if last.span else 0
    return start, end


def _nodes(children: list[Child]) -> tuple[Node, ...]:
    return tuple(c for c in children if isinstance(c, Node))


def _values(children: list[Child]) -> tuple[Any, ...]:
    return tuple(c.value for c in children if isinstance(c, Token))


class _Rules:
    """One method for each rule of the grammar. All are iterative: the depth of the tree is the user's choice."""

    def sum(self, children: list[Child]) -> Node:
        summands: list[Node] = []
        sign: Token | None = None
        for child in children:
            if isinstance(child, Token):
                sign = child
            elif sign is not None and sign.type == "MINUS":
                summands.append(Node("neg", (child,), None, _span([sign, child])))
            else:
                summands.append(child)
        return Node("add", tuple(summands), None, _span(children))

    def neg(self, children: list[Child]) -> Node:
        return Node("neg", _nodes(children), None, _span(children))

    def mul(self, children: list[Child]) -> Node:
        return Node("mul", _nodes(children), _values(children), _span(children))

    def ew(self, children: list[Child]) -> Node:
        """A chain from the left; with `*` in it (the other reading of a mixed chain) it nests."""
        args, ops = list(_nodes(children)), list(_values(children))
        while "*" in ops:
            at = ops.index("*")
            left = Node("ew", tuple(args[: at + 1]), tuple(ops[:at]), _span([args[0], args[at]])) if at else args[0]
            size = next((k for k, op in enumerate(ops[at:]) if op != "*"), len(ops) - at)
            factors = (left, *args[at + 1 : at + 1 + size])
            product = Node("mul", factors, ("*",) * size, _span(list(factors)))
            args, ops = [product, *args[at + 1 + size :]], ops[at + size :]
        return Node("ew", tuple(args), tuple(ops), _span(children)) if ops else args[0]

    def inner(self, children: list[Child]) -> Node:
        return Node("inner", _nodes(children), None, _span(children))

    def binder(self, children: list[Child]) -> Node:
        op, index, *conditions = _values(children)[0]
        *bounds, body = _nodes(children)
        if conditions:
            body = _conditional(body, conditions[0])
        return Node(op, (body, *bounds), index, _span(children))

    def power(self, children: list[Child]) -> Node:
        op = "pow" if "^" in _values(children) else "epow"
        return Node(op, _nodes(children), None, _span(children))

    def postfix(self, children: list[Child]) -> Node:
        base, mark = _nodes(children)[0], _values(children)[0]
        span = _span(children)
        if mark == "!":
            return Node("call", (base,), "factorial", span)
        if mark == "conj":
            return Node("call", (base,), "conj", span)
        if mark in ("invT", "invH"):
            return Node(mark[3:], (Node("inv", (base,), None, span),), None, span)
        return Node(mark, (base,), None, span)

    def index(self, children: list[Child]) -> Node:
        return Node("index", _nodes(children), None, _span(children))

    def all(self, children: list[Child]) -> Node:
        return Node("all", (), None, _span(children))

    def tuple(self, children: list[Child]) -> Node:
        return Node("tuple", _nodes(children), None, _span(children))

    def num(self, children: list[Child]) -> Node:
        return Node("num", (), _values(children)[0], _span(children))

    def name(self, children: list[Child]) -> Node:
        return Node("name", (), _values(children)[0], _span(children))

    def group(self, children: list[Child]) -> Node:
        inside = _nodes(children)[0]
        inside.span = _span(children)
        return inside

    def call(self, children: list[Child]) -> Node:
        name, args, span = _values(children)[0], _nodes(children), _span(children)
        if name == "dot" and len(args) == 3 and args[2].op != "num":  # dot(x, A, y) of Julia
            args = (args[0], Node("mul", args[1:], ("",), _span(list(args[1:]))))
        _check_arity(name, len(args), span)
        return Node("call", args, name, span)

    def row(self, children: list[Child]) -> Node:
        return Node("row", _nodes(children), None, _span(children))

    def literal(self, children: list[Child]) -> Node:
        rows, span = _nodes(children), _span(children)
        widths = [len(row.args) for row in rows]
        if len(set(widths)) > 1:
            k = next(k for k, w in enumerate(widths) if w != widths[0])
            entries = "entry" if widths[k] == 1 else "entries"
            raise ReadingError(f"row {k + 1} has {widths[k]} {entries} where row 1 has {widths[0]}", span=rows[k].span)
        if widths == [1]:
            rows[0].args[0].span = span
            return rows[0].args[0]
        return Node("literal", tuple(entry for row in rows for entry in row.args), (len(rows), widths[0]), span)

    def column(self, children: list[Child]) -> Node:
        """(x^2 y, 5 x), as courses write the values of a map; (x^2 y, 5 x)^T is the same column."""
        mark = children[-1]
        if isinstance(mark, Token) and mark.type == "POST" and mark.value not in ("T", "'"):
            raise ReadingError("only a transpose stands behind a list", span=_span([mark]), suggestion="write [a; b] for a column")
        entries = _nodes(children)
        return Node("literal", entries, (len(entries), 1), _span(children))

    def norm(self, children: list[Child]) -> Node:
        kind, exponent = _values(children)[-1]
        return Node("norm", (*_nodes(children), exponent) if exponent else _nodes(children), kind, _span(children))

    def bars(self, children: list[Child]) -> Node:
        return Node("bars", _nodes(children), None, _span(children))

    def comparison(self, children: list[Child]) -> Node:
        return Node("cmp", _nodes(children), _values(children)[0], _span(children))

    def both(self, children: list[Child]) -> Node:
        return Node("and", _nodes(children), None, _span(children))

    def iverson(self, children: list[Child]) -> Node:
        return Node("iverson", _nodes(children), None, _span(children))

    def cases(self, children: list[Child]) -> Node:
        args, span = _nodes(children), _span(children)
        for k, arg in enumerate(args):
            condition = k % 2 == 1
            if (arg.op in ("cmp", "and")) != condition:
                wanted = "a condition such as x > 0" if condition else "a value"
                raise ReadingError(f"cases needs {wanted} here", span=arg.span, suggestion="write cases(value, condition, …, otherwise)")
        if len(args) < 2:
            raise ReadingError("cases needs a value and its condition", span=span, suggestion="write cases(value, condition, …, otherwise)")
        return Node("cases", args, None, span)


def _conditional(body: Node, count: int) -> Node:
    """What a product with conditions below its sign is over: 1 where they do not hold."""
    if body.op != "mul":
        raise ReadingError("what the product is over cannot be told", span=body.span, suggestion="put it in brackets")
    holds = [a.args[0] for a in body.args[:count]]
    signs = body.attr if isinstance(body.attr, tuple) else ()
    factors = body.args[count:]
    value = factors[0] if len(factors) == 1 else Node("mul", factors, signs[count:], body.span)
    condition = holds[0] if count == 1 else Node("and", tuple(holds), None, body.span)
    return Node("cases", (value, condition, Node("num", (), Fraction(1), body.span)), None, body.span)


def _check_arity(name: str, given: int, span: Span) -> None:
    from ..ops import arity

    try:
        least, most = arity(name.rstrip("'."))
    except KeyError:
        return  # a declared function
    if not least <= given <= most:
        wanted = "1 argument" if most == 1 else f"{least} arguments" if least == most else f"{least} to {most} arguments"
        raise ReadingError(f"{name} takes {wanted}, and {given} {'is' if given == 1 else 'are'} given", span=span)


_RULES = _Rules()
