"""matcalc as a guest in a long-lived process: nothing stays of what was asked, and threads do not disturb each other."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Barrier
from typing import Any, TypeVar

from corpus import cases

import matcalc
from benchmarks.memory import questions
from matcalc.expressions import expr
from matcalc.expressions.build import add, matmul, symbol, transpose
from matcalc.interning import Memo
from matcalc.kinds import Dim

T = TypeVar("T")
THREADS = 16


def held() -> tuple[int, int]:
    """How many expressions and how many sizes are alive."""
    gc.collect()
    return len(expr._pool), len(Dim._pool)


# ---------------------------------------------------------------------------------------------- memory


def test_nothing_stays_of_a_question() -> None:
    asked = questions()
    states = []
    for count in (45, 180):
        for text, wrt, where, order in islice(asked, count):
            d: Any = matcalc.derivative(text, wrt, where=where, order=order)
            assert d.text
        del d
        states.append(held())
    assert states[1] == states[0]


def test_nothing_stays_of_a_derivation_and_of_names_for_sizes() -> None:
    def ask(k: int) -> None:
        d: Any = matcalc.derivative(f"s_{{{k}}}^2 + sin(s_{{{k}}})", f"s_{{{k}}}", where=f"s_{{{k}}} in R")
        assert len(d.steps) > 0
        d = matcalc.derivative("x^T A x", "x", where=f"A in R^{{p_{{{k}}} x p_{{{k}}}}}; x in R^{{p_{{{k}}}}}")
        assert d.text

    for k in range(10):
        ask(k)
    before = held()
    for k in range(80):  # more than any table of names keeps
        ask(1000 + k)
    after = held()
    assert after[1] <= before[1] + 1
    assert after[0] <= before[0] + 100


def test_a_memo_lives_with_its_expression() -> None:
    memo: Memo[Any] = Memo()
    n = Dim.of("n")
    e = add(symbol("A_guest", (n, n)), symbol("B_guest", (n, n)))
    assert e not in memo
    assert memo.get(e) is None
    memo[e] = [e, transpose(e)]  # the value refers to its key
    assert e in memo
    assert memo[e][0] is e
    before = held()[0]
    del e
    assert held()[0] < before


# ---------------------------------------------------------------------------------------------- threads


def at_once(work: Callable[[int], T]) -> list[T]:
    """`work` of 0, 1 … in as many threads, which start together and are made to take turns often."""
    together = Barrier(THREADS)

    def started(k: int) -> T:
        together.wait()
        return work(k)

    pace = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(started, range(THREADS)))
    finally:
        sys.setswitchinterval(pace)


def test_threads_make_one_object_of_equal_expressions() -> None:
    for attempt in range(20):

        def chain(_: int, attempt: int = attempt) -> list[Any]:
            n = Dim.of(f"n_{attempt}") + Dim.of(f"m_{attempt}")
            made = []
            for k in range(30):
                a = symbol(f"A_{attempt}_{k}", (n, n))
                made.append(add(matmul(a, transpose(a)), a))
            return made

        first, *others = at_once(chain)
        for other in others:
            assert all(a is b for a, b in zip(first, other, strict=True))
            assert other[0].shape[0] is first[0].shape[0]


def test_threads_answer_as_one_does() -> None:
    """Also what the process meets for the first time: identities are read when their functions occur."""
    chosen = [c for c in cases("public") if c["order"] == 1][::5]

    def answer(case: dict[str, Any]) -> str:
        d: Any = matcalc.derivative(case["expr"], case["wrt"], where=case["where"])
        return str(d.text)

    found = at_once(lambda k: {c["id"]: answer(c) for c in chosen[k % 4 :: 4]})
    for k, part in enumerate(found):
        assert part == {c["id"]: answer(c) for c in chosen[k % 4 :: 4]}
