"""matcalc as a guest in a long-lived process: little stays of what was asked, threads do not disturb each other, what is handed out
travels through pickle, `copy` and other processes."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice, pairwise
from multiprocessing import get_all_start_methods
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest
from console import python
from corpus import cases

import matcalc
from benchmarks.memory import questions
from matcalc.errors import MatcalcError
from matcalc.expressions import expr
from matcalc.expressions.build import add, matmul, symbol, transpose
from matcalc.expressions.expr import make
from matcalc.interning import Memo
from matcalc.kinds import Dim
from matcalc.ops.core import ADD
from matcalc.syntax import Node, same

T = TypeVar("T")
THREADS = 16


def held() -> tuple[int, int]:
    """How many expressions and how many sizes are alive, but for the expressions that were made last."""
    expr._pool.forget()
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


def test_no_more_expressions_stay_than_are_said_to() -> None:
    nothing = held()[0]
    for text, wrt, where, order in islice(questions(), 180):
        d: Any = matcalc.derivative(text, wrt, where=where, order=order)
        assert d.text
    del d
    gc.collect()
    # What was made last has other expressions in it, and knows some that were made of it, as their transposes.
    assert len(expr._pool) - nothing < 3 * expr.RECENT


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


# ---------------------------------------------------------------------------------------------- pickle, copy, other processes


def refused() -> MatcalcError:
    with pytest.raises(MatcalcError) as info:
        matcalc.derivative("x^T A x + x^T B y", "x", where="A in R^{m x m}; x in R^m; B in R^{m x m}; y in R^k")
    assert info.value.span is not None
    return info.value


X, A = matcalc.vector("x", "n"), matcalc.matrix("A", "n", "n")
THINGS: dict[str, Callable[[], Any]] = {
    "gradient": lambda: matcalc.grad("x^T A x", "x"),
    "Hessian": lambda: matcalc.hessian("log(1 + exp(a^T x))", "x", where="a, x in R^n"),
    "tensor": lambda: matcalc.derivative("x x^T", "x", where="x in R^n"),
    "abstract function": lambda: matcalc.derivative("f(x)^2", "x", where="f: R^n -> R; x in R^n"),
    "vectorized": lambda: matcalc.derivative("sum_i (a_i^T x)^2", "x", vectorize=True),
    "structured": lambda: matcalc.derivative("tr(A S)", "S", where="S in S^n", structured="symmetric-space"),
    "derivative of a handle": lambda: matcalc.derivative(X.T @ A @ X, X),
    "expression": lambda: matcalc.parse("z = A x; ||z - b||^2"),
    "handle": lambda: X.T @ A @ X,
    "derivation": lambda: matcalc.grad("tr(A X B)", "X").steps,  # type: ignore[union-attr]
    "derivation of school": lambda: matcalc.derivative("sin(t)^2", "t", where="t in R").steps,  # type: ignore[union-attr]
    "partials": lambda: matcalc.derivative("z = A x; ||z||^2", "x").chain,  # type: ignore[union-attr]
    "verdict": lambda: matcalc.check("x^T A x", "x", "(A + A^T) x"),
    "graph": lambda: matcalc.graph("z = A x; ||z||^2", "x"),
    "rules": matcalc.rules,
    "tour": matcalc.tour,
    "Taylor polynomial": lambda: matcalc.taylor("exp(x)", "x", where="x in R"),
    "linearization": lambda: matcalc.linearize("x^T A x", "x"),
    "stationary points": lambda: matcalc.stationary("x^T A x - b^T x", "x", where="A in R^{n x n} spd"),
    "Jacobian determinant": lambda: matcalc.jacdet("A x", "x", where="A in R^{n x n}"),
    "directional derivative": lambda: matcalc.directional("x^T A x", "x", along="u"),
    "plot": lambda: matcalc.plot("x^2", "x", where="x in R"),
    "error": refused,
}
WAYS: dict[str, Callable[[Any], Any]] = {f"protocol {p}": partial(lambda p, t: pickle.loads(pickle.dumps(t, p)), p) for p in (2, 5)}
WAYS |= {"copy": copy.copy, "deepcopy": copy.deepcopy}


def said(thing: Any) -> object:
    """What a thing shows."""
    if isinstance(thing, list):
        return [said(t) for t in thing]
    found = {n: getattr(thing, n, None) for n in ("text", "latex", "where", "verified", "shape", "assumptions", "span", "suggestion")}
    return repr(thing), {n: v for n, v in found.items() if not callable(v)}


@pytest.mark.parametrize("name", THINGS)
def test_public_things_travel(name: str) -> None:
    thing = THINGS[name]()
    for way in WAYS.values():
        again = way(thing)
        assert type(again) is type(thing)
        assert said(again) == said(thing)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_interned_stays_one(way: str) -> None:
    d: Any = matcalc.derivative("x^T A x/det(B)", "x")
    n = Dim.of("n") + 2
    for one in (d._expr, d._typed.expr, n, d._expr.op):
        assert WAYS[way](one) is one
    again = WAYS[way](d)
    assert again._expr is d._expr
    assert again == d
    assert again.steps.text() == d.steps.text()


def test_deep_trees_travel() -> None:
    n = Dim.of("n")
    e, node = symbol("x", (n, n)), Node("name", (), "x")
    for k in range(5000):
        e = make(ADD, (e, e, symbol(f"a_{k % 7}", (n, n))), None, e.shape, 3 + k)
        node = Node("neg", (node,), None, (k, k + 1))
    assert pickle.loads(pickle.dumps(e)) is e
    assert len(pickle.dumps(e)) < 1_000_000  # every node once: as a tree they would be 2^5000
    again = pickle.loads(pickle.dumps(node))
    assert same(again, node)
    assert again.span == (4999, 5000)
    assert copy.deepcopy([e, node]) == [e, node]


def test_an_answer_of_many_statements_travels() -> None:
    names = [f"t_{{{k}}}" for k in range(8)]
    text = "; ".join([f"{names[0]} = a^T x", *(f"{b} = sin({a}) + s {a}" for a, b in pairwise(names)), names[-1]])
    d: Any = matcalc.derivative(text, "x", where="a, x in R^n")
    data = pickle.dumps(d)
    assert pickle.loads(data) == d
    assert len(data) < 40 * len(d.text)


def test_equal_answers_are_equal() -> None:
    d: Any = matcalc.derivative("x^T A x", "x")
    same_one: Any = matcalc.derivative("x' * A * x", "x")
    assert d == same_one
    assert len({d, same_one}) == 1
    others: list[Any] = [
        matcalc.grad("x^T A x", "x"),  # another layout
        matcalc.derivative("x^T A x", "x", where="x in R^3"),  # another size
        matcalc.derivative("x^T A x + b", "x"),  # of another function
        matcalc.derivative("x^T A x", "x", verify=False),
        matcalc.parse("x^T (A + A^T)"),
        d.text,
    ]
    assert d not in others
    assert matcalc.parse("x^T A x") == matcalc.parse(r"x^\top A x")
    assert matcalc.parse("x^T A x") != matcalc.parse("x^T A x", where="A in R^{k x k}")
    assert hash(matcalc.parse("x^T A x")) == hash(matcalc.parse("x^T A x"))


# In an interpreter of its own: JAX, which other tests import, has threads, and a process with threads may not fork.
TRAVEL = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import methodcaller

import matcalc

if __name__ == "__main__":
    d = matcalc.grad("||A x - b||^2", "x")
    values = {"A": [[1.0, 2.0], [3.0, 4.0]], "x": [1.0, -1.0], "b": [0.5, 2.0]}
    with ProcessPoolExecutor(2, mp_context=get_context(sys.argv[1])) as pool:
        there = pool.submit(matcalc.grad, "||A x - b||^2", "x")
        numbers = pool.submit(methodcaller("evaluate", values), d)
        error = pool.submit(matcalc.derivative, "x^T A +", "x").exception()
        assert there.result() == d
        assert there.result()._expr is d._expr
        assert (numbers.result() == d.evaluate(values)).all()
    try:
        matcalc.derivative("x^T A +", "x")
    except matcalc.MatcalcError as here:
        assert isinstance(error, matcalc.MatcalcError)
        assert (str(error), error.span) == (str(here), here.span)
        print("done")
"""


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_answers_travel_between_processes(start: str, tmp_path: Path) -> None:
    if start not in get_all_start_methods():
        pytest.skip(f"{start} is not of this system")
    script = tmp_path / "travel.py"
    script.write_text(TRAVEL, encoding="utf-8")
    outcome = python(str(script), start)
    assert (outcome.code, outcome.out) == (0, "done\n"), outcome.err
