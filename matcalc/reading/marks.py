"""Marks, the units of a text, and which brackets among them belong together."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ReadingError, Span, printable


class Mark:
    """One mark of the text.

    `gap`: blanks stand before it; `side`: it came with \\left or \\right, or `{}` before a sign; of an opening bracket `mate` is the
    place of its partner among the marks, and `compares` tells whether a comparison stands directly in it. `bold` marks stand in bold
    type or below an arrow, `arrow` says which.
    """

    __slots__ = ("kind", "value", "start", "end", "gap", "side", "mate", "compares", "bold", "arrow")

    def __init__(self, kind: str, value: str, start: int, end: int, gap: bool = False) -> None:
        self.kind, self.value, self.start, self.end, self.gap = kind, value, start, end, gap
        self.side = ""
        self.mate = -1
        self.compares = False
        self.bold = self.arrow = False

    @property
    def span(self) -> Span:
        return self.start, self.end

    def __repr__(self) -> str:
        return f"{self.kind}:{self.value}"


def refuse(message: str, text: str, span: Span, suggestion: str | None = None) -> ReadingError:
    """The error to raise about `text` at `span`."""
    return ReadingError(message, text=text, span=span, suggestion=suggestion)


def quote(text: str, limit: int = 40) -> str:
    """User text for a message: in backquotes, safe for a terminal, not longer than a line bears."""
    text = printable(text.strip(" ") or text)
    return f"`{text}`" if len(text) <= limit else f"`{text[: limit - 3]}...`"


_OPENERS = {"matrix": "\\begin{…}", "cases": "\\begin{cases}"}
_CLOSERS = {"(": ")", "[": "]", "{": "}", "\\{": "\\}", "<": ">", "|": "|", "||": "||", "matrix": "\\end{…}", "cases": "\\end{cases}"}
_ENDS_OPERAND = frozenset({"word", "upright", "greek", "num", "const", "close", "post", "sup", "sub"})

_BEHIND_OPERAND = frozenset({"close", "comma", "semi", "caret"})  # marks before which an operand has ended


def pair(marks: list[Mark], text: str) -> list[Mark]:
    """Find each bracket's partner, and note the brackets that hold a comparison."""
    stack: list[int] = []
    closed = -1  # where a `>` or a bar last closed something
    angles = [0]  # at each depth, how many `<` opened an inner product
    bars: list[list[str]] = [[]]  # at each depth, the bars that are open
    for i, mark in enumerate(marks):
        if mark.kind == "open":
            stack.append(i)
            angles.append(0)
            bars.append([])
        elif mark.kind == "close":
            if not stack:
                raise refuse(f"`{_shown(mark)}` closes a bracket that was not opened", text, mark.span)
            opener = marks[stack.pop()]
            angles.pop()
            bars.pop()
            if opener.value != mark.value:
                raise refuse(f"`{_shown(opener)}` is closed by `{_shown(mark)}`, a bracket of another kind", text, mark.span)
            if bool(opener.side) != bool(mark.side):
                raise refuse(f"`{_shown(opener)}` and `{_shown(mark)}` do not belong together: \\left needs its \\right", text, mark.span)
            opener.mate = i
        elif mark.kind in ("cmp", "bar"):
            raised = i > 1 and marks[i - 1].kind == "plus" and marks[i - 2].kind == "caret"  # X^+ > 0
            operand = i > 0 and (marks[i - 1].kind in _ENDS_OPERAND or i - 1 == closed or raised)
            if mark.kind == "bar":
                closed = i if _closes(mark.value, bars[-1], operand) else closed
            elif mark.value == "<" and (not operand or _opens_product(marks, i)):
                angles[-1] += 1
            elif mark.value == ">" and angles[-1]:
                angles[-1] -= 1
                closed = i
            elif stack and operand:
                marks[stack[-1]].compares = True
    if stack:
        opener = marks[stack[-1]]
        raise refuse(f"`{_shown(opener)}` is not closed", text, opener.span)
    return marks


def _opens_product(marks: list[Mark], i: int) -> bool:
    """Whether the `<` here, behind an operand, opens an inner product: beyond a comma a `>` follows, with nothing behind it."""
    depth, parted = 0, False
    for k in range(i + 1, len(marks)):
        kind = marks[k].kind
        if kind == "cmp":
            return parted and not depth and marks[k].value == ">" and (k + 1 == len(marks) or marks[k + 1].kind in _BEHIND_OPERAND)
        depth += (kind == "open") - (kind == "close")
        parted = parted or (kind == "comma" and not depth)
        if depth < 0:
            break
    return False


def _closes(bar: str, opened: list[str], operand: bool) -> bool:
    """Whether a bar closes the innermost of those that are `opened` here; else it opens one, as after no operand."""
    if not operand or not opened or (bar == "|" and opened[-1] == "||"):
        opened.append(bar)
        return False
    if opened.pop() == bar:
        return True
    return _closes("|", opened, operand)  # `||` in |x||y| or after ||x|


def _shown(mark: Mark) -> str:
    """The bracket as it was typed, for a message."""
    side = f"\\{mark.side}" if mark.side else ""
    return side + (_OPENERS.get(mark.value, mark.value) if mark.kind == "open" else _CLOSERS[mark.value])


def touching_bracket(marks: Sequence[Mark], i: int) -> int:
    """The mark of the round bracket that touches mark `i - 1`, primes between them allowed; -1 if there is none."""
    while i < len(marks) and marks[i].kind == "post" and marks[i].value == "T" and not marks[i].gap:
        i += 1
    return i if i < len(marks) and marks[i].kind == "open" and marks[i].value == "(" and not marks[i].gap else -1
