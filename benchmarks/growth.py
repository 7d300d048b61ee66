"""(d) How time and length grow with the problem."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import matcalc

SIZES = (2, 8, 32)


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


FAMILIES: dict[str, Callable[[int], tuple[str, str, str]]] = {
    "tr(X_1 … X_k) by X_1": product,
    "tr(X^k) by X": power,
    "(x' A x)^k by x": quadratic,
    "k-layer tanh net by W_1": layers,
}


def rows() -> Iterator[tuple[str, list[tuple[float, int]]]]:
    """For each family the seconds of a derivation (checked and printed) and the characters of the answer, at k = 2, 8, 32."""
    for name, make in FAMILIES.items():
        found = []
        for k in SIZES:
            text, wrt, where = make(k)
            times = []
            for _ in range(3):
                start = time.perf_counter()
                answer = matcalc.derivative(text, wrt, where=where).text  # type: ignore[union-attr]
                times.append(time.perf_counter() - start)
            found.append((statistics.median(times), len(answer)))
        yield name, found
