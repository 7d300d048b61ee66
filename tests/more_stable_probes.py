"""More probes of stability, by kinds: roots of sums of squares, exponentials beside each other, tails, entropies, lengths, and
differences of what is nearly equal."""

from __future__ import annotations

from typing import Any

import mpmath
from mpmath import mpf
from stable_probes import A, Probe, logsum, norm


def sigmoid(v: Any) -> Any:
    return 1 / (1 + mpmath.exp(-v))


def log_sigmoid(v: Any) -> Any:
    return -mpmath.log1p(mpmath.exp(-v))


MORE = {
    "sqrt(1 + x^2) at 1e200": Probe("sqrt(1 + x^2)", "x in R", lambda x: mpmath.sqrt(1 + x[0] ** 2), (1e200,)),
    "sqrt(1 + x^2) - 1 at 1e155": Probe("sqrt(1 + x^2) - 1", "x in R", lambda x: mpmath.sqrt(1 + x[0] ** 2) - 1, (1e155,)),
    "x/sqrt(1 + x^2)": Probe("x/sqrt(1 + x^2)", "x in R", lambda x: x[0] / mpmath.sqrt(1 + x[0] ** 2), (1e100,)),
    "roots of 1 and squares": Probe(
        "sum(sqrt(1 + x.^2) - 1)", "x in R^n", lambda x: sum(mpmath.sqrt(1 + v**2) - 1 for v in x), (1e155, 1e-9, -1e200, 2.0)
    ),
    "hypotenuse of huge sides": Probe(
        "sqrt(x^2 + t^2)", "x, t in R", lambda x, t: mpmath.sqrt(x[0] ** 2 + mpf(t) ** 2), (3e200,), {"t": 4e200}
    ),
    "hypotenuse of tiny sides": Probe(
        "sqrt(x^2 + t^2)", "x, t in R", lambda x, t: mpmath.sqrt(x[0] ** 2 + mpf(t) ** 2), (3e-200,), {"t": 4e-200}
    ),
    "pseudo-Huber loss, huge": Probe(
        "d^2 (sqrt(1 + (x/d)^2) - 1)",
        "x in R; d in R positive",
        lambda x, d: mpf(d) ** 2 * (mpmath.sqrt(1 + (x[0] / mpf(d)) ** 2) - 1),
        (1e160,),
        {"d": 2.0},
    ),
    "pseudo-Huber loss, small": Probe(
        "d^2 (sqrt(1 + (x/d)^2) - 1)",
        "x in R; d in R positive",
        lambda x, d: mpf(d) ** 2 * (mpmath.sqrt(1 + (x[0] / mpf(d)) ** 2) - 1),
        (1e-9,),
        {"d": 2.0},
    ),
    "smoothed absolute value, huge": Probe(
        "sqrt(x^2 + d)", "x in R; d in R positive", lambda x, d: mpmath.sqrt(x[0] ** 2 + mpf(d)), (1e170,), {"d": 1e-8}
    ),
    "root of 1 and a huge length's square": Probe(
        "sqrt(1 + x^T x)", "x in R^n", lambda x: mpmath.sqrt(1 + sum(v * v for v in x)), (1e200, -2e200)
    ),
    "root of 1 and a tiny length's square, less 1": Probe(
        "sqrt(1 + x^T x) - 1", "x in R^n", lambda x: mpmath.sqrt(1 + sum(v * v for v in x)) - 1, (1e-9, -2e-9)
    ),
    "log of a sum of two exponentials": Probe(
        "log(exp(x) + exp(t))", "x, t in R", lambda x, t: mpmath.log(mpmath.exp(x[0]) + mpmath.exp(mpf(t))), (800.0,), {"t": 799.0}
    ),
    "log of a mean of exponentials": Probe(
        "log(mean(exp(x)))", "x in R^n", lambda x: logsum(x) - mpmath.log(len(x)), (-900.0, -901.0, -950.0)
    ),
    "softplus(x) - x": Probe("softplus(x) - x", "x in R", lambda x: mpmath.log1p(mpmath.exp(x[0])) - x[0], (50.0,)),
    "log(1 - sigmoid(x))": Probe("log(1 - sigmoid(x))", "x in R", lambda x: log_sigmoid(-x[0]), (50.0,)),
    "logs of 1 - sigmoid": Probe(
        "sum(log(1 - sigmoid(x)))", "x in R^n", lambda x: sum(log_sigmoid(-v) for v in x), (50.0, -800.0, 800.0, -40.0)
    ),
    "log(1 - exp(-x)), small": Probe("log(1 - exp(-x))", "x in R positive", lambda x: mpmath.log(-mpmath.expm1(-x[0])), (1e-10,)),
    "log(1 - exp(-x)), large": Probe("log(1 - exp(-x))", "x in R positive", lambda x: mpmath.log(-mpmath.expm1(-x[0])), (45.0,)),
    "log(exp(x) - 1), large": Probe("log(exp(x) - 1)", "x in R positive", lambda x: mpmath.log(mpmath.expm1(x[0])), (900.0,)),
    "log(exp(x) - 1), small": Probe("log(exp(x) - 1)", "x in R positive", lambda x: mpmath.log(mpmath.expm1(x[0])), (1e-11,)),
    "log(1 + x) - log(1 - x)": Probe("log(1 + x) - log(1 - x)", "x in R", lambda x: mpmath.log1p(x[0]) - mpmath.log1p(-x[0]), (1e-12,)),
    "1 - exp(-x)": Probe("1 - exp(-x)", "x in R", lambda x: -mpmath.expm1(-x[0]), (1e-14,)),
    "1 - exp(-||x||^2)": Probe("1 - exp(-x^T x)", "x in R^n", lambda x: -mpmath.expm1(-sum(v * v for v in x)), (1e-8, 2e-9)),
    "difference of near exponentials": Probe(
        "exp(x) - exp(t)", "x, t in R", lambda x, t: mpmath.exp(x[0]) - mpmath.exp(mpf(t)), (2 + 2.0**-40,), {"t": 2.0}
    ),
    "entropy of a coin by its logit": Probe(
        "-sigmoid(x) log(sigmoid(x)) - (1 - sigmoid(x)) log(1 - sigmoid(x))",
        "x in R",
        lambda x: -sigmoid(x[0]) * log_sigmoid(x[0]) - sigmoid(-x[0]) * log_sigmoid(-x[0]),
        (50.0,),
    ),
    "divergence of coins by their logits": Probe(
        "sigmoid(x) (log(sigmoid(x)) - log(sigmoid(t))) + (1 - sigmoid(x)) (log(1 - sigmoid(x)) - log(1 - sigmoid(t)))",
        "x, t in R",
        lambda x, t: (
            sigmoid(x[0]) * (log_sigmoid(x[0]) - log_sigmoid(mpf(t))) + sigmoid(-x[0]) * (log_sigmoid(-x[0]) - log_sigmoid(-mpf(t)))
        ),
        (45.0,),
        {"t": -50.0},
    ),
    "divergence of coins by quotients": Probe(
        "sigmoid(x) log(sigmoid(x)/sigmoid(t)) + (1 - sigmoid(x)) log((1 - sigmoid(x))/(1 - sigmoid(t)))",
        "x, t in R",
        lambda x, t: (
            sigmoid(x[0]) * (log_sigmoid(x[0]) - log_sigmoid(mpf(t))) + sigmoid(-x[0]) * (log_sigmoid(-x[0]) - log_sigmoid(-mpf(t)))
        ),
        (45.0,),
        {"t": -50.0},
    ),
    "distance of huge vectors": Probe(
        "||x - y||", "x, y in R^n", lambda x, y: norm([a - mpf(b) for a, b in zip(x, y)]), (1e200, 2e200), {"y": [-1e200, 3.0]}
    ),
    "log of a tiny length": Probe("log(||x||)", "x in R^n", lambda x: mpmath.log(norm(x)), (3e-200, 4e-200)),
    "log of a tiny length's square": Probe("log(x^T x)", "x in R^n", lambda x: mpmath.log(sum(v * v for v in x)), (3e-200, 4e-200)),
    "log of a huge length's square": Probe("log(x^T x)", "x in R^n", lambda x: mpmath.log(sum(v * v for v in x)), (3e200, 4e200)),
    "Rayleigh quotient of a huge vector": Probe(
        "x^T A x/(x^T x)",
        "A in R^{n x n}; x in R^n",
        lambda x: (2 * x[0] ** 2 + 2 * x[0] * x[1] - 3 * x[1] ** 2) / (x[0] ** 2 + x[1] ** 2),
        (3e200, 4e200),
        {"A": A},
    ),
    "Rayleigh quotient of a tiny vector": Probe(
        "x^T A x/(x^T x)",
        "A in R^{n x n}; x in R^n",
        lambda x: (2 * x[0] ** 2 + 2 * x[0] * x[1] - 3 * x[1] ** 2) / (x[0] ** 2 + x[1] ** 2),
        (3e-200, 4e-200),
        {"A": A},
    ),
    "1 - tanh(x)": Probe("1 - tanh(x)", "x in R", lambda x: 1 - mpmath.tanh(x[0]), (25.0,)),
    "1 - sigmoid(x)": Probe("1 - sigmoid(x)", "x in R", lambda x: sigmoid(-x[0]), (45.0,)),
    "sigmoid (1 - sigmoid)": Probe(
        "sum(sigmoid(x) .* (1 - sigmoid(x)))", "x in R^n", lambda x: sum(sigmoid(v) * sigmoid(-v) for v in x), (45.0, -45.0, 1.0)
    ),
    "1 - erf(x)": Probe("1 - erf(x)", "x in R", lambda x: mpmath.erfc(x[0]), (8.0,)),
    "1 - normcdf(x)": Probe("1 - normcdf(x)", "x in R", lambda x: mpmath.ncdf(-x[0]), (10.0,)),
    "log(1 - normcdf(x))": Probe("log(1 - normcdf(x))", "x in R", lambda x: mpmath.log(mpmath.ncdf(-x[0])), (40.0,)),
    "sinh by hand": Probe("(exp(x) - exp(-x))/2", "x in R", lambda x: mpmath.sinh(x[0]), (1e-9,)),
    "tanh by hand, large": Probe("(exp(x) - exp(-x))/(exp(x) + exp(-x))", "x in R", lambda x: mpmath.tanh(x[0]), (400.0,)),
    "tanh by hand, small": Probe("(exp(x) - exp(-x))/(exp(x) + exp(-x))", "x in R", lambda x: mpmath.tanh(x[0]), (1e-9,)),
    "x/(1 + exp(-x))": Probe("x/(1 + exp(-x))", "x in R", lambda x: x[0] * sigmoid(x[0]), (-720.0,)),
    "difference of near roots": Probe(
        "sqrt(x + 1) - sqrt(x)", "x in R positive", lambda x: mpmath.sqrt(x[0] + 1) - mpmath.sqrt(x[0]), (1e12,)
    ),
    "difference of near reciprocals": Probe("1/x - 1/(x + 1)", "x in R positive", lambda x: 1 / x[0] - 1 / (x[0] + 1), (1e9,)),
    "difference of near logarithms": Probe("log(x + 1) - log(x)", "x in R positive", lambda x: mpmath.log1p(1 / x[0]), (1e12,)),
    "difference of logarithms": Probe(
        "log(x) - log(t)", "x, t in R positive", lambda x, t: mpmath.log(x[0] / mpf(t)), (2 + 2.0**-40,), {"t": 2.0}
    ),
    "1 - 1/sqrt(1 + x^2)": Probe("1 - 1/sqrt(1 + x^2)", "x in R", lambda x: 1 - 1 / mpmath.sqrt(1 + x[0] ** 2), (1e-7,)),
    "1 - sqrt(1 - x^2)": Probe("1 - sqrt(1 - x^2)", "x in R", lambda x: 1 - mpmath.sqrt(1 - x[0] ** 2), (1e-8,)),
    "share of one Gaussian": Probe(
        "exp(-x^2/2)/(exp(-x^2/2) + exp(-(x - 1)^2/2))", "x in R", lambda x: sigmoid(-(x[0] ** 2 - (x[0] - 1) ** 2) / 2), (60.0,)
    ),
    "log(1 + x^2) at 1e160": Probe("-log(1 + x^2)", "x in R", lambda x: -mpmath.log1p(x[0] ** 2), (1e160,)),
    "log(1 + ||x||^2) of a huge vector": Probe("log(1 + x^T x)", "x in R^n", lambda x: mpmath.log1p(sum(v * v for v in x)), (1e160, 3e160)),
    "1/(1 + ||x||^2) of a huge vector": Probe("1/(1 + x^T x)", "x in R^n", lambda x: 1 / (1 + sum(v * v for v in x)), (1e80, 1e79)),
    "log det of an ill-scaled diagonal": Probe(
        "log(det(diag(x)))", "x in R^n positive", lambda x: sum(map(mpmath.log, x)), (1e-200, 1e-200, 1e150)
    ),
    "cross entropy of two logits": Probe(
        "-log(exp(x)/(exp(x) + exp(t)))", "x, t in R", lambda x, t: -log_sigmoid(x[0] - mpf(t)), (-900.0,), {"t": 100.0}
    ),
    "focal loss": Probe("-(1 - sigmoid(x))^2 log(sigmoid(x))", "x in R", lambda x: -(sigmoid(-x[0]) ** 2) * log_sigmoid(x[0]), (40.0,)),
    "softmax-weighted mean": Probe(
        "sum(x .* exp(x))/sum(exp(x))", "x in R^n", lambda x: sum(v * mpmath.exp(v - logsum(x)) for v in x), (900.0, 890.0, 1.0)
    ),
    "entropy of x near 0": Probe(
        "x log(x) + (1 - x) log(1 - x)", "x in R positive", lambda x: x[0] * mpmath.log(x[0]) + (1 - x[0]) * mpmath.log1p(-x[0]), (1e-18,)
    ),
    "mish's tail": Probe("x tanh(log(1 + exp(x)))", "x in R", lambda x: x[0] * mpmath.tanh(mpmath.log1p(mpmath.exp(x[0]))), (-50.0,)),
    "squared softplus": Probe("log(1 + exp(1 - x))^2", "x in R", lambda x: mpmath.log1p(mpmath.exp(1 - x[0])) ** 2, (60.0,)),
    "log of the complementary log-log function": Probe(
        "log(1 - exp(-exp(x)))", "x in R", lambda x: mpmath.log(-mpmath.expm1(-mpmath.exp(x[0]))), (-40.0,)
    ),
    "cosine of a product with a huge vector": Probe(
        "(A x)^T y/(||A x|| ||y||)",
        "A in R^{n x n}; x, y in R^n",
        lambda x, y: (
            (y[0] * (2 * x[0] + x[1]) + y[1] * (x[0] - 3 * x[1])) / norm([2 * x[0] + x[1], x[0] - 3 * x[1]]) / norm(list(map(mpf, y)))
        ),
        (3e200, -4e200),
        {"A": A, "y": [1.0, 2.0]},
    ),
}
