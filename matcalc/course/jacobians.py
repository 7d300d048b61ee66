"""Numerical Jacobians by central differences, over the free entries of the variables, and determinants checked by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ..errors import NoAnswerError, VerificationError
from ..expressions.expr import Expr
from ..numbers.numeric import Plan
from ..ops.pattern import Pattern
from .problem import Problem

GOOD_POINTS = 2
TOLERANCE = 1e-5
MOST_POINTS = 30


def free_directions(shape: tuple[int, ...], words: Iterable[str]) -> list[tuple[int, int, Any]]:
    """The places of the independent entries, column by column, those of a symmetric matrix on and below the diagonal, and the
    direction in which an array of this shape moves with each."""
    import numpy as np

    rows, cols = shape
    pattern = Pattern(words if rows == cols > 1 else ())
    if pattern:
        return [(i, j, pattern.direction(i, j, rows)) for i, j in pattern.free(rows, cols)]
    found = []
    for i, j in pattern.free(rows, cols):
        e = np.zeros(shape)
        e[i, j] = 1.0
        found.append((i, j, e))
    return found


def numerical_jacobian(f: Any, env: Mapping[str, Any], names: Sequence[str], words: Sequence[str], out: Sequence[tuple[int, int]]) -> Any:
    """The matrix of the partial derivatives of the entries `out` of f by the free entries of the names."""
    import numpy as np

    columns = []
    for name, step in _steps(env, names, words):
        h = 1e-5 * max(1.0, float(np.max(np.abs(env[name]))))
        ends = []
        for sign in (1.0, -1.0):
            moved = np.asarray(env[name], dtype=float) + sign * h * step
            value = np.atleast_2d(np.asarray(f({**env, name: float(moved) if moved.ndim == 0 else moved}), dtype=float))
            ends.append(np.array([value[i, j] for i, j in out]))
        columns.append((ends[0] - ends[1]) / (2 * h))
    return np.array(columns).T


def _steps(env: Mapping[str, Any], names: Sequence[str], words: Sequence[str]) -> Iterator[tuple[str, Any]]:
    import numpy as np

    for name in names:
        x = np.asarray(env[name], dtype=float)
        if x.ndim == 0:
            yield name, np.array(1.0)
            continue
        for _, _, e in free_directions(x.shape, words):
            yield name, e


def check_determinant(problem: Problem, f: Expr, xs: Sequence[Expr], words: Sequence[str], value: Expr, absolute: Expr) -> None:
    """VerificationError where the closed form is not the determinant of the numerical Jacobian."""
    import numpy as np

    sampler = problem.sampler([f, value, absolute, *xs])
    plan, closed = Plan(f), Plan([value, absolute])
    out_words = _value_words(words)
    good = 0
    with np.errstate(all="ignore"):
        for env, sizes in islice(sampler.points(20240311), MOST_POINTS):
            rows, cols = (d.value(sizes) for d in f.shape)
            try:
                j = numerical_jacobian(
                    lambda at, sizes=sizes: plan.run(at, sizes)[0], env, problem.names, words, Pattern(out_words).free(rows, cols)
                )
                found, size = (float(v) for v in closed.run(env, sizes))
                wanted = float(np.linalg.det(j))
            except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError, ValueError, TypeError):
                continue
            if not (np.isfinite(wanted) and np.isfinite(found)):
                continue
            bound = float(np.prod(np.linalg.norm(j, axis=0)))
            if abs(found - wanted) > TOLERANCE * max(abs(wanted), 1e-4 * bound) or abs(abs(found) - size) > 1e-9 * (abs(found) + 1e-300):
                raise VerificationError(f"the closed form is not the determinant of the numerical Jacobian: please report {problem.text!r}")
            good += 1
            if good >= GOOD_POINTS:
                break
    if not good:
        raise NoAnswerError(
            "the determinant could not be checked: the function has no finite value at any random point tried",
            suggestion="declare what it needs (positive, spd, …), or use --no-verify",
        )


def vanishes(problem: Problem, value: Expr) -> bool:
    """Whether a closed form is zero wherever it is tried, against the size of its parts, though no rule says so."""
    import numpy as np

    tried = 0
    parts = list(value.args) if value.op.name == "times" else [value]
    smallest = [Plan([a, *([b for b in a.args] if a.op.name == "add" else [a])]) for a in parts]
    with np.errstate(all="ignore"):
        for env, sizes in islice(problem.sampler([value]).points(3, [(1.0, True)]), 4):
            try:
                runs = [[abs(float(v)) for v in plan.run(env, sizes)] for plan in smallest]
            except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError, ValueError, TypeError):
                continue
            tried += 1
            if not any(whole <= 1e-13 * sum(rest) for whole, *rest in runs):
                return False
    return tried > 0


def _value_words(words: Sequence[str]) -> tuple[str, ...]:
    """The free entries of the value: those of the variable; L L^T has as many as L, on and below the diagonal."""
    return tuple("symmetric" if w == "upper" else w for w in words)
