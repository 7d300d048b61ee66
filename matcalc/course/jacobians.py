"""Determinants of Jacobian matrices, by the free entries of the variables, against those of difference quotients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

from ..expressions.expr import Expr
from ..expressions.labels import name_of
from ..expressions.sums import terms_of
from ..numbers import precise
from ..numbers.agreement import Level, Sides
from ..numbers.numeric import Plan
from ..numbers.record import Check
from ..numbers.search import Comparison
from ..numbers.seen import NO_NUMBER
from ..numbers.verify import Kind
from ..numbers.watch import DIGITS
from ..ops.pattern import EntryPattern
from ..pipeline.judging import spelled
from .problem import Problem

TRIED = 4
ROUNDING = 30  # of 50 digits


def free_directions(x: Expr, words: Iterable[str], sizes: Mapping[str, int], arrays: ModuleType) -> list[Any]:
    """The directions in which an array moves with each of its independent entries, column by column."""
    rows, cols = (d.value(sizes) for d in x.shape)
    pattern = EntryPattern(words if rows == cols > 1 else ())
    found = []
    for i, j in pattern.free(rows, cols):
        e = arrays.np.zeros((rows, cols))
        e[i, j] = arrays.exact(1)
        e = pattern.onto(e, arrays.np)
        found.append(arrays.number(e) if x.is_scalar else e / e[i, j])
    return found


def check_determinant(problem: Problem, f: Expr, xs: Sequence[Expr], words: Sequence[str], value: Expr, absolute: Expr) -> Check:
    """VerificationError where the closed form is not the determinant of the numerical Jacobian."""
    parts = terms_of(value)

    def sight(arrays: ModuleType) -> Callable[..., Sides]:
        function, closed = Plan(f, arrays), Plan([absolute, *parts], arrays)

        def at(env: dict[str, Any], kind: Kind, level: Level, watch: Any) -> Sides:
            rows, cols = (d.value(kind.sizes) for d in f.shape)
            out = EntryPattern(words).free(rows, cols)  # L L^T has as many free entries as L, at the same places
            h = arrays.exact(10) ** -level.step
            columns = []
            for x in xs:
                for e in free_directions(x, words, kind.sizes, arrays):
                    ends = []
                    for sign in (1, -1):
                        moved = env[name_of(x)] + e * (h * sign)
                        entries = arrays.flat(function.value({**env, name_of(x): moved}, kind.sizes))
                        ends.append([entries[i * cols + j] for i, j in out])
                    columns.append([(a - b) / (2 * h) for a, b in zip(*ends, strict=True)])
            jacobian = arrays.np.array([v for column in columns for v in column]).reshape(len(columns), len(columns))
            found = arrays.np.linalg.det(jacobian)
            size, *claimed = closed.run(env, kind.sizes)
            known = [[found, arrays.exact(0)], [arrays.exact(0), abs(found)]]
            sides = [*([v, 0 * v] for v in claimed), [0 * size, size]] if parts else []
            return Sides(known, sides, abs(found), [watch.trace] * 2)

        return at

    def spell(part: Any) -> str:
        return spelled(problem.typed, part if isinstance(part, Expr) else parts[min(part, len(parts) - 1)])

    sampler = problem.sampler([f, value, absolute, *xs])
    wrong = f"the closed form is not the determinant of the numerical Jacobian: please report {problem.text!r}"
    return Comparison(
        sight,
        sampler.point,
        sampler.dims,
        wrong=lambda: wrong,
        unjudged="the determinant could not be checked",
        against="the determinant of numerical derivatives",
        spell=spell,
    ).judged()


def vanishes(problem: Problem, value: Expr) -> bool:
    """Whether a closed form is zero wherever it is tried, against the size of its parts, though no rule says so."""
    sampler = problem.sampler([value])
    tried = 0
    with precise.precision(DIGITS):
        plans = [Plan([a, *terms_of(a)], precise) for a in (value.args if value.op.name == "times" else [value])]
        for turn, sizes in enumerate(sampler.point.orders(sampler.dims)[:TRIED]):
            env = sampler.point.at(Kind(sizes, turn=turn), precise)
            try:
                runs = [[abs(v) for v in plan.run(env, sizes)] for plan in plans]
            except NO_NUMBER:
                continue
            tried += 1
            if not any(whole.scaleb(ROUNDING) <= sum(rest) for whole, *rest in runs):
                return False
    return tried > 0
