"""(d) How time and length grow with the problem."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator

import matcalc

ROUNDS = 3


def product(k: int) -> tuple[str, str, str]:
    names = [f"X_{{{i}}}" if i > 9 else f"X_{i}" for i in range(1, k + 1)]
    return f"tr({' '.join(names)})", "X_1", f"{', '.join(names)} in R^{{n x n}}"


def power(k: int) -> tuple[str, str, str]:
    return f"tr(X^{k})", "X", "X in R^{n x n}"


def quadratic(k: int) -> tuple[str, str, str]:
    return f"(x^T A x)^{k}", "x", "A in R^{n x n}; x in R^n"


def layers(k: int) -> tuple[str, str, str]:
    """A net of k layers, by the weights of the first."""
    name = [f"{{{i}}}" if i > 9 else str(i) for i in range(k + 1)]
    steps = [f"z_{name[i]} = tanh(W_{name[i]} {'x' if i == 1 else f'z_{name[i - 1]}'} + b_{name[i]})" for i in range(1, k + 1)]
    weights, biases = (", ".join(f"{letter}_{name[i]}" for i in range(1, k + 1)) for letter in "Wb")
    where = f"{weights} in R^{{n x n}}; x, y, {biases} in R^n"
    return "; ".join([*steps, f"||z_{name[k]} - y||^2"]), "W_1", where


# For each family: the question, the order of the derivative, and the sizes at which it is asked.
FAMILIES: dict[str, tuple[Callable[[int], tuple[str, str, str]], int, tuple[int, ...]]] = {
    "tr(X_1 … X_k) by X_1": (product, 1, (32, 128, 512)),
    "tr(X^k) by X": (power, 1, (32, 128, 512)),
    "(x' A x)^k by x": (quadratic, 1, (32, 128, 512)),
    "(x' A x)^k by x, Hessian": (quadratic, 2, (32, 128, 512)),
    "k-layer tanh net by W_1": (layers, 1, (32, 128, 512, 1000)),
}


def rows() -> Iterator[tuple[str, list[tuple[int, float, float, int]]]]:
    """For each family and size k: the seconds of a derivation (checked and printed), how many times the seconds of the size
    before, divided by how many times the size (1 is linear), and the symbols of the answer. The sizes take turns in every round."""
    for name, (make, order, sizes) in FAMILIES.items():
        questions = {k: make(k) for k in sizes}
        times: dict[int, list[float]] = {k: [] for k in sizes}
        answers = {}
        for _ in range(ROUNDS):
            for k, (text, wrt, where) in questions.items():
                start = time.perf_counter()
                answers[k] = matcalc.derivative(text, wrt, where=where, order=order).text  # type: ignore[union-attr]
                times[k].append(time.perf_counter() - start)
        found = []
        for before, k in zip((None, *sizes), sizes):
            ratios = [b / a for a, b in zip(times[before], times[k])] if before else []
            growth = statistics.median(ratios) * before / k if before else 1.0
            found.append((k, statistics.median(times[k]), growth, count(answers[k])))
        yield name, found


def count(text: str) -> int:
    """Names, numbers and signs of an answer."""
    return len(re.findall(r"[^\W\d_]+(?:_\{?\w+\}?)?|\d+|[-+*/^=]", text))
