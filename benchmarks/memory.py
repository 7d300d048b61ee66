"""(f) What a long-lived process keeps: memory and time over thousands of distinct questions."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from itertools import count

import matcalc

# {0} is a mark that makes the names new; the number {1} makes the structure new as well.
QUESTIONS: tuple[tuple[str, str, int], ...] = (
    ("x{0}^T A{0} x{0} + {1} b{0}^T x{0}", "x{0}", 1),
    ("||A{0} x{0} - b{0}||^2 + {1} x{0}^T x{0}", "x{0}", 2),
    ("tr(A{0} X{0} B{0} X{0}^T) + {1} tr(X{0})", "X{0}", 1),
    ("logdet(X{0}^T X{0} + {1} B{0})", "X{0}", 1),
    ("sum(tanh(A{0} x{0} + {1} b{0}))", "x{0}", 1),
    ("log(1 + exp(a{0}^T x{0})) + {1} b{0}^T x{0}", "x{0}", 2),
    ("a{0}^T X{0}^-1 b{0} + {1} a{0}^T X{0} b{0}", "X{0}", 1),
    ("||x{0}|| + {1} s{0} a{0}^T x{0}", "x{0}", 1),
    ("(s{0} + {1})^3/(s{0}^2 + {1}) + sin(s{0})", "s{0}", 1),
)
WHERE = "A{0}, B{0}, X{0} in R^{{n x n}}; x{0}, a{0}, b{0} in R^n; s{0} in R"
MARKS = (500, 4000, 20000)  # the first is the state that the others are compared with


def mark(number: int) -> str:
    """A run of letters for a number: aaaq, baaq …"""
    return "q" + "".join(chr(ord("a") + number // 26**k % 26) for k in range(4))


def questions() -> Iterator[tuple[str, str, str, int]]:
    """Questions none of which was asked before: text, variable, declarations, order."""
    for number in count():
        text, wrt, order = QUESTIONS[number % len(QUESTIONS)]
        name = mark(number)
        yield text.format(name, number + 2), wrt.format(name), WHERE.format(name), order


def resident() -> float:
    """Megabytes of memory that the process holds now (Linux)."""
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[1]) * 4096 / 2**20


def rows() -> Iterator[tuple[int, float, float]]:
    """After so many questions: megabytes held, and milliseconds for a question since the mark before."""
    start, before = time.process_time(), 0
    for number, (text, wrt, where, order) in enumerate(questions(), 1):
        _ = matcalc.derivative(text, wrt, where=where, order=order).text  # type: ignore[union-attr]
        if number in MARKS:
            spent = time.process_time() - start
            gc.collect()
            yield number, resident(), 1e3 * spent / (number - before)
            if number == MARKS[-1]:
                return
            start, before = time.process_time(), number
