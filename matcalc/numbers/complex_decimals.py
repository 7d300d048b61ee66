"""Complex numbers of decimal parts, with the operators and methods that `decimal.Decimal` has."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

Pair = tuple[Decimal, Decimal]


class ComplexDecimal:
    """real + i imag."""

    __slots__ = ("imag", "real")

    def __init__(self, real: Decimal, imag: Decimal) -> None:
        self.real, self.imag = real, imag

    def _with(self, other: Any, function: Callable[[Pair, Pair], Pair], turned: bool = False) -> Any:
        """An operation on this and another number, in this order or `turned`."""
        if not isinstance(other, ComplexDecimal | Decimal | int):
            return NotImplemented
        pairs = (self.real, self.imag), (Decimal(other.real), Decimal(other.imag))
        return ComplexDecimal(*function(*(pairs[::-1] if turned else pairs)))

    def __add__(self, other: Any) -> Any:
        return self._with(other, _sum)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._with(other, _difference)

    def __rsub__(self, other: Any) -> Any:
        return self._with(other, _difference, True)

    def __mul__(self, other: Any) -> Any:
        return self._with(other, _product)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self._with(other, _quotient)

    def __rtruediv__(self, other: Any) -> Any:
        return self._with(other, _quotient, True)

    def __pow__(self, k: Any) -> Any:
        """A whole power."""
        total, square, left = ComplexDecimal(Decimal(1), Decimal(0)), self, abs(int(k.real))
        while left:
            total, square, left = total * square if left & 1 else total, square * square, left >> 1
        return total if k.real >= 0 else 1 / total

    def __neg__(self) -> ComplexDecimal:
        return ComplexDecimal(-self.real, -self.imag)

    def __abs__(self) -> Decimal:
        return (self.real * self.real + self.imag * self.imag).sqrt()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ComplexDecimal | Decimal | int) and self.real == other.real and self.imag == other.imag

    def __hash__(self) -> int:
        return hash((self.real, self.imag))

    def __bool__(self) -> bool:
        return bool(self.real or self.imag)

    def __getitem__(self, place: tuple[()]) -> ComplexDecimal:
        return self

    def conjugate(self) -> ComplexDecimal:
        return ComplexDecimal(self.real, -self.imag)

    def is_finite(self) -> bool:
        return self.real.is_finite() and self.imag.is_finite()


def _sum(one: Pair, other: Pair) -> Pair:
    return one[0] + other[0], one[1] + other[1]


def _difference(one: Pair, other: Pair) -> Pair:
    return one[0] - other[0], one[1] - other[1]


def _product(one: Pair, other: Pair) -> Pair:
    (a, b), (c, d) = one, other
    return a * c - b * d, a * d + b * c


def _quotient(one: Pair, other: Pair) -> Pair:
    (a, b), (c, d) = one, other
    size = c * c + d * d
    return (a * c + b * d) / size, (b * c - a * d) / size
