"""What is watched while numbers are computed: on which side of its switches a function is, and how much work it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal, getcontext
from typing import Any

DIGITS = 50
CHEAP, MOST = 200, 2_000_000  # products of two numbers: not counted; too many
BOUNDLESS = 1 << 62  # where nothing is checked
DEAR = 100  # products, that a function of a number is as dear as
NODE, STEP = 20, 200  # likewise a node of an expression, and a step of a contraction, whatever their arrays


class TooMuch(Exception):
    """More products than decimal numbers should be asked for."""


class Watch:
    """The comparisons made, in order: the node of the expression, which of its comparisons, and what it gave for every entry. Matrix
    products of more than `most` numbers in all, of 50 digits, are TooMuch."""

    kept: dict[object, Any] | None = None  # values of matrix functions at this point, which many terms of an answer ask for
    sums: list[tuple[Sequence[Any], dict[Any, Any]]] | None = None  # sums within summands and the values there, where they are asked for

    def __init__(self, most: int = MOST) -> None:
        self.trace: list[tuple[object, int, Sequence[object]]] = []
        self.left = most
        self.node: object = None  # of the expression, in which the comparisons that follow are made
        self.place = 0
        self.exact = False  # whether the function was computed without rounding
        self.ties: set[object] = set()  # the nodes whose relation compared numbers that were equal

    def spend(self, products: int) -> None:
        self.left -= products * getcontext().prec // DIGITS
        if self.left < 0:
            raise TooMuch

    def note(self, outcomes: Sequence[object]) -> None:
        if self.node is None:  # where a point is drawn, a pivot of the numerical Jacobian: no switch of the expression
            return
        self.trace.append((self.node, self.place, outcomes))
        self.place += 1


watching: ContextVar[Watch | None] = ContextVar("watching", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Matrix functions are computed once for the same arrays, without a check too: an answer in entries asks for them at every index."""
    token = watching.set(watching.get() or Watch(BOUNDLESS))
    try:
        yield
    finally:
        watching.reset(token)


def noted(outcomes: Sequence[object]) -> None:
    watch = watching.get()
    if watch is not None:
        watch.note(outcomes)


def tied(equal: bool) -> None:
    """Whether two numbers are equal that a relation compares."""
    watch = watching.get()
    if watch is not None and equal:
        watch.ties.add(watch.node)


def spend(products: int) -> None:
    """Count so many products of the watch that is set."""
    watch = watching.get()
    if watch is not None:
        watch.spend(products)


class Number(Decimal):
    """A number whose comparisons are noted; what is computed from it is a Decimal again."""

    __slots__ = ()

    def _noted(self, outcome: Any) -> bool:
        if outcome is not NotImplemented:
            noted((outcome,))
        return outcome  # type: ignore[no-any-return]

    def __gt__(self, other: Any) -> bool:
        return self._noted(Decimal.__gt__(self, other))

    def __lt__(self, other: Any) -> bool:
        return self._noted(Decimal.__lt__(self, other))

    def __ge__(self, other: Any) -> bool:
        return self._noted(Decimal.__ge__(self, other))

    def __le__(self, other: Any) -> bool:
        return self._noted(Decimal.__le__(self, other))

    def __getitem__(self, place: tuple[()]) -> Decimal:
        return self


def watched(x: Any) -> Any:
    """A number as one whose comparisons are noted; anything else as it is."""
    return x if isinstance(x, Number) or not isinstance(x, Decimal | int) else Number(x)


def unwatched(x: Any) -> Any:
    """The number itself, beside an array: there all entries are compared at once, and noted so."""
    return Decimal(x) if isinstance(x, Number) else x
