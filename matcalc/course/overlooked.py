"""Did the solver overlook a solution? Newton's method from many random points must end at solutions that are known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

STARTS = 80
STEPS = 80
FARTHEST = 30.0
CLOSE = 1e-3  # Newton's method comes no nearer to a solution where the Hessian is singular
DRAWS = 2  # values of the parameters


def overlooked(
    gradient: Sequence[Any], unknowns: Sequence[Any], roots: Sequence[tuple[Mapping[Any, Any], Sequence[Any]]]
) -> list[float] | None:
    """A numerical solution that is none of the roots (values by unknown, and the letters that run freely in them)."""
    import numpy as np
    import sympy

    rng = np.random.default_rng(20240401)
    parameters = sorted(set().union(*[g.free_symbols for g in gradient]) - set(unknowns), key=str)
    hessian = [[sympy.diff(g, u) for u in unknowns] for g in gradient]
    for _ in range(DRAWS if parameters else 1):
        values = {p: _drawn(p, rng) for p in parameters}
        known = [({u: v.subs(values) for u, v in r.items()}, letters) for r, letters in roots]
        try:
            g = sympy.lambdify(list(unknowns), [e.subs(values) for e in gradient], modules=[_FUNCTIONS, "math"])
            h = sympy.lambdify(list(unknowns), [[e.subs(values) for e in row] for row in hessian], modules=[_FUNCTIONS, "math"])
        except (NameError, TypeError, SyntaxError, KeyError):
            return None
        for _ in range(STARTS):
            end = _newton(g, h, [_start(u, rng) for u in unknowns])
            if end is None or any(u.is_positive and v <= 1e-6 for u, v in zip(unknowns, end, strict=True)):
                continue
            if not any(_matches(end, unknowns, r, letters) for r, letters in known):
                return end
    return None


_FUNCTIONS: dict[str, Any] = {
    "erf": math.erf,
    "sign": lambda v: math.copysign(1.0, v) if v else 0.0,
    "Abs": abs,
    "factorial": lambda v: math.gamma(v + 1),
}


def _drawn(p: Any, rng: Any) -> Any:
    import sympy

    size = sympy.Rational(int(rng.integers(30, 170)), 100)
    if p.is_integer:
        return sympy.Integer(int(rng.integers(2, 5)))
    return size if p.is_positive or p.is_nonnegative else size * int(rng.choice([-1, 1]))


def _start(u: Any, rng: Any) -> float:
    return float(rng.uniform(0.05, 3.0)) if u.is_positive or u.is_nonnegative else float(rng.uniform(-3.0, 3.0))


def _newton(g: Any, h: Any, start: list[float]) -> list[float] | None:
    """Where Newton's method ends; None where it does not come to rest within reach."""
    import numpy as np

    x = np.array(start)
    try:
        for _ in range(STEPS):
            value = np.array(g(*x), dtype=float)
            slope = np.array(h(*x), dtype=float)
            if not (np.all(np.isfinite(value)) and np.all(np.isfinite(slope))):
                return None
            step = np.linalg.lstsq(slope, value, rcond=1e-12)[0]
            x = x - step
            if np.max(np.abs(x)) > FARTHEST:
                return None
            if np.max(np.abs(step)) < 1e-13 * (1 + np.max(np.abs(x))):
                break
        else:
            return None  # on a slope that only tends to zero, as that of exp(-x^2), the steps never do
        rest = np.array(g(*x), dtype=float)
        size = max(1.0, float(np.max(np.abs(slope))))
    except (ValueError, ZeroDivisionError, OverflowError, TypeError, NameError, np.linalg.LinAlgError):
        return None
    return [float(v) for v in x] if np.max(np.abs(rest)) < 1e-11 * size else None


def _matches(end: Sequence[float], unknowns: Sequence[Any], root: Mapping[Any, Any], letters: Sequence[Any]) -> bool:
    """Whether a point is this root, or a member of this family."""
    import sympy

    values = dict(root)
    for t in letters:
        for u, x in zip(unknowns, end, strict=True):
            if values[u] == t:
                values = {w: v.subs(t, sympy.Float(x)) for w, v in values.items()}
                break
            if t.is_integer and values[u].has(t):
                first, second = (complex(values[u].subs(t, k)).real for k in (0, 1))
                values = {w: v.subs(t, round((x - first) / (second - first))) for w, v in values.items()}
                break
    try:
        found = [complex(values[u]) for u in unknowns]
    except TypeError:
        return True  # a letter that no single coordinate gives: not judged
    return all(abs(v - x) < CLOSE * (1 + abs(x)) for v, x in zip(found, end, strict=True))
