"""Derivatives by complex variables against difference quotients along complex directions.

Along e a function changes by D(e) = A e + B conj(e), where A is its derivative by z and B that by conj(z). Along i e it changes by
i A e - i B conj(e); so both are known by themselves: A e = (D(e) - i D(i e))/2 and B conj(e) = (D(e) + i D(i e))/2. By a Hermitian
matrix, which has no conjugate beside it, D(E) itself is compared, along Hermitian directions E.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from ..expressions.expr import Expr
from ..expressions.labels import words_of
from ..kinds import SCALAR, Shape
from ..ops.core import ENTRY
from .agreement import Level, Sides, greatest, total
from .judge import Along, Numbers, Place, moved, quotient, variable_at
from .verify import Kind, Point
from .watch import Watch

BY_NAME, BY_CONJUGATE, HERMITIAN = "name", "conjugate", "hermitian"


def complex_slopes(
    by: str, function: Numbers, claim: Along, variable: Place, shape: Shape, point: Point, _: object, arrays: ModuleType
) -> Callable[[dict[str, Any], Kind, Level, Watch], Sides]:
    """Difference quotients of the function and the claim, along a random direction; real and imaginary parts one after the other."""
    value, along = function(arrays), claim(arrays)
    i = arrays.exact(1j)

    def sides(env: dict[str, Any], kind: Kind, level: Level, watch: Watch) -> Sides:
        sizes = kind.sizes
        x = variable_at(env, variable, point, sizes)
        rng, size = arrays.random(kind.turn), (shape[0].value(sizes), shape[1].value(sizes))
        e = rng.uniform(-1.0, 1.0, size) + rng.uniform(-1.0, 1.0, size) * i
        e = e + arrays.np.conj(e.T) if by == HERMITIAN else arrays.number(e) if shape == SCALAR else e
        traces: list[Any] = []
        bends: list[Callable[[], Any]] = []

        def slopes(direction: Any) -> list[list[Any]]:
            def parts(t: Any) -> list[list[Any]]:
                return [arrays.flat(v) for v in value(moved(env, variable, x + direction * t), sizes)]

            found, _, compared, bend = quotient(parts, level.h(arrays, kind), arrays, watch)
            traces.extend(compared)
            bends.append(bend)
            return found

        known = slopes(e)
        if by != HERMITIAN:
            known = [[part(a, b, by, i) for a, b in zip(*pair, strict=True)] for pair in zip(known, slopes(e * i), strict=True)]
        watch.trace = []
        claimed = along(env, sizes, arrays.np.conj(e) if by == BY_CONJUGATE else e)
        here = total([arrays.flat(v) for v in value(env, sizes)] or [[arrays.exact(0)]])
        apart = list(map(_apart, known)), list(map(_apart, claimed))
        return Sides(*apart, greatest(here), traces, watch.trace, lambda: max(bend() for bend in bends), complex_=True)

    return sides


def part(slope: Any, turned: Any, by: str, i: Any) -> Any:
    """A e, or B conj(e), from the slopes along e and i e."""
    return (slope + (i if by == BY_CONJUGATE else -i) * turned) / 2


def part_of(variable: Expr, conjugated: bool) -> str:
    """Which part a derivative by this variable, or by its conjugate, is."""
    hermitian = variable.op is not ENTRY and "hermitian" in words_of(variable)
    return HERMITIAN if hermitian else BY_CONJUGATE if conjugated else BY_NAME


def _apart(entries: Sequence[Any]) -> list[Any]:
    """Real and imaginary parts as numbers of their own."""
    return [x.real for x in entries] + [x.imag for x in entries]
