"""The probes of stability: functions that naive formulas lose, with their exact values and gradients in many digits.

A probe is a function of its variable, the same in mpmath (a function of a list of numbers), and a point. The gradient is mpmath's central
difference of it with a step of 10^-60 of the point's size, in 200 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import mpmath
from mpmath import mp, mpf


class Probe(NamedTuple):
    """A function of a vector or a number, what it is exactly, where; `more` are its other arguments."""

    text: str
    where: str
    exact: Callable[..., Any]
    point: tuple[float, ...]
    more: dict[str, Any] = {}
    wrt: str = "x"


def norm(x: Sequence[Any]) -> Any:
    return mpmath.sqrt(sum(v * v for v in x))


def cosine(x: Sequence[Any], y: Sequence[float]) -> Any:
    return sum(a * mpf(b) for a, b in zip(x, y)) / norm(x) / norm([mpf(b) for b in y])


def logsum(z: Sequence[Any]) -> Any:
    return mpmath.log(sum(map(mpmath.exp, z)))


def entropy(x: Sequence[Any]) -> Any:
    total = logsum(x)
    return -sum(mpmath.exp(v - total) * (v - total) for v in x)


def residual(x: Sequence[Any], b: Sequence[float]) -> Any:
    return norm([2 * x[0] + x[1] - mpf(b[0]), x[0] - 3 * x[1] - mpf(b[1])]) / norm(x)


def mixture(x: Sequence[Any], p: Sequence[float], m: Sequence[Sequence[float]]) -> Any:
    return mpmath.log(sum(mpf(w) * mpmath.exp(-sum((v - mpf(c)) ** 2 for v, c in zip(x, row)) / 2) for w, row in zip(p, m)))


A = [[2.0, 1.0], [1.0, -3.0]]
TINY, HUGE = (3e-200, 4e-200), (3e200, -4e200)
BIG = (800.0, -800.0, 0.5)
VECTORS = "x, y in R^n"
PROBES = {
    "cosine of tiny vectors": Probe("x^T y/(||x|| ||y||)", VECTORS, cosine, TINY, {"y": [1e-200, -2e-200]}),
    "cosine of huge vectors": Probe("x^T y/(||x|| ||y||)", VECTORS, cosine, HUGE, {"y": [1e200, 2e200]}),
    "Student's loss of a huge residual": Probe(
        "log(1 + x^2/nu)", "x in R; nu in R positive", lambda x, nu: mpmath.log(1 + x[0] ** 2 / mpf(nu)), (1e200,), {"nu": 3.0}
    ),
    "Student's losses": Probe(
        "sum(log(1 + x.^2/nu))", "x in R^n; nu in R positive", lambda x, nu: sum(mpmath.log1p(v * v / mpf(nu)) for v in x),
        (1e200, -1e170, 2.0, 1e-9), {"nu": 3.0},
    ),
    "log of the normal distribution's tail": Probe("log(normcdf(x))", "x in R", lambda x: mpmath.log(mpmath.ncdf(x[0])), (-40.0,)),
    "logs of the normal distribution": Probe(
        "sum(log(normcdf(x)))", "x in R^n", lambda x: sum(mpmath.log(mpmath.ncdf(v)) for v in x), (-40.0, -7.0, 0.3, 5.0)
    ),
    "log of a difference of exponentials": Probe(
        "log(exp(x) - exp(t))", "x, t in R", lambda x, t: mpmath.log(mpmath.exp(x[0]) - mpmath.exp(mpf(t))), (1000.0,), {"t": 999.0}
    ),
    "log of a difference of near exponentials": Probe(
        "log(exp(x) - exp(t))", "x, t in R", lambda x, t: mpmath.log(mpmath.exp(x[0]) - mpmath.exp(mpf(t))), (2.0 + 2.0**-40,), {"t": 2.0}
    ),
    "residual by length, tiny": Probe("||A x - b||/||x||", "A in R^{n x n}; x, b in R^n", residual, TINY, {"A": A, "b": [1e-200, 5e-200]}),
    "residual by length, huge": Probe("||A x - b||/||x||", "A in R^{n x n}; x, b in R^n", residual, HUGE, {"A": A, "b": [1e200, 5e200]}),
    "norm of a huge vector": Probe("||x||", "x in R^n", norm, HUGE),
    "norm of a tiny vector": Probe("||x||", "x in R^n", norm, TINY),
    "root of a huge sum of squares": Probe("sqrt(x^T x)", "x in R^n", norm, HUGE),
    "1 - tanh^2 at 30": Probe("sum(1 - tanh(x).^2)", "x in R^n", lambda x: sum(mpmath.sech(v) ** 2 for v in x), (30.0, -20.0, 0.5)),
    "softmax by hand": Probe(
        "y^T exp(x)/sum(exp(x))", VECTORS, lambda x, y: sum(mpf(w) * mpmath.exp(v - logsum(x)) for v, w in zip(x, y)), (800.0, 799.0, 0.5),
        {"y": [1.0, 2.0, 3.0]},
    ),
    "entropy of softmax": Probe("-softmax(x)^T log(softmax(x))", "x in R^n", entropy, (800.0, 790.0, 0.5)),
    "entropy of softmax by hand": Probe("p = exp(x)/sum(exp(x)); -p^T log(p)", "x in R^n", entropy, (800.0, 790.0, 0.5)),
    "sqrt(1 + x^2) - 1 of a small number": Probe("sqrt(1 + x^2) - 1", "x in R", lambda x: mpmath.sqrt(1 + x[0] ** 2) - 1, (1e-9,)),
    "sqrt(1 + x^2) - 1 of small numbers": Probe(
        "sum(sqrt(1 + x.^2) - 1)", "x in R^n", lambda x: sum(mpmath.sqrt(1 + v**2) - 1 for v in x), (1e-9, -3e-5)
    ),
    "exp(x) - 1": Probe("exp(x) - 1", "x in R", lambda x: mpmath.expm1(x[0]), (1e-12,)),
    "exp(x) - 1 of entries": Probe("sum(exp(x) - 1)", "x in R^n", lambda x: sum(map(mpmath.expm1, x)), (1e-12, 3e-13)),
    "mixture far away": Probe(
        "log(sum_{k=1}^K p_k exp(-1/2 ||x - m_k||^2))", "x, m_k in R^n; p_k in R", mixture, (100.0, 3.0),
        {"p": [0.3, 0.7], "m": [[0.0, 1.0], [1.0, 1.0]]},
    ),
    "gelu's tail": Probe("sum(gelu(x))", "x in R^n", lambda x: sum(v * mpmath.ncdf(v) for v in x), (-9.0, -30.0, 5.0)),
    "log(1 + exp(x))": Probe("sum(log(1 + exp(x)))", "x in R^n", lambda x: sum(mpmath.log1p(mpmath.exp(v)) for v in x), BIG),
    "logistic function by hand": Probe("sum(exp(x) ./ (1 + exp(x)))", "x in R^n", lambda x: sum(1 / (1 + mpmath.exp(-v)) for v in x), BIG),
    "log of the logistic function": Probe("sum(log(sigmoid(x)))", "x in R^n", lambda x: -sum(mpmath.log1p(mpmath.exp(-v)) for v in x), BIG),
    "logsumexp of huge numbers": Probe("log(sum(exp(x)))", "x in R^n", logsum, (800.0, 799.0, -3.0)),
    "1 - cos(x)": Probe("sum(1 - cos(x))", "x in R^n", lambda x: sum(1 - mpmath.cos(v) for v in x), (1e-9, 2e-9)),
}  # fmt: skip


def inputs(probe: Probe) -> dict[str, Any]:
    """The arguments of a program."""
    import numpy as np

    number = probe.where.removesuffix(" positive").startswith(("x in R;", "x, t in R")) or probe.where in ("x in R", "x in R positive")
    x = probe.point[0] if number else np.array(probe.point)
    return {probe.wrt: x, **{n: np.array(v) if isinstance(v, list) else v for n, v in probe.more.items()}}


def exact(probe: Probe) -> tuple[float, list[float]]:
    """Value and gradient, rounded to doubles."""
    with mp.workdps(1200):
        more = [v for n, v in probe.more.items() if n != "A"]
        point = [mpf(v) for v in probe.point]
        gradient = []
        for k, v in enumerate(point):
            step = abs(v) * mpf(10) ** -60
            ends = [probe.exact([*point[:k], v + s, *point[k + 1 :]], *more) for s in (step, -step)]
            gradient.append(float((ends[0] - ends[1]) / (2 * step)))
        return float(probe.exact(point, *more)), gradient
