"""Questions of a size: the families of `benchmarks.growth` end, are checked, and take no more work than their answers' length allows."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import matcalc
from benchmarks.growth import FAMILIES, Question, count
from matcalc.expressions.build import apply, entry, index, indexed_sum, num, size, symbol, times
from matcalc.expressions.expr import Expr, postorder
from matcalc.expressions.named import written_in
from matcalc.interning import Pool
from matcalc.kinds import ONE, Dim
from matcalc.notation import indexform
from matcalc.ops.core import ADD, NAMED
from matcalc.ops.elementary import EXP, LOG
from matcalc.ops.extremes import GREATEST_ENTRY
from matcalc.shortening.steady import steady
from matcalc.syntax import Node

LAYERS = "z_1 = tanh(W_1 x); z_2 = tanh(W_2 z_1); z_3 = tanh(W_3 z_2); z_4 = tanh(W_4 z_3); z_5 = tanh(W_5 z_4); z_6 = tanh(W_6 z_5); "


def ask(asked: Question, verify: bool = True) -> Any:
    return matcalc.derivative(asked.text, asked.wrt, where=asked.where, order=asked.order, verify=verify)


@contextmanager
def made() -> Iterator[list[None]]:
    """As many entries as expressions are made meanwhile: the measure of work that is the same on every machine."""
    found: list[None] = []
    keep = Pool.keep

    def counted(self: Any, key: Any, thing: Any) -> Any:
        if isinstance(thing, Expr):
            found.append(None)
        return keep(self, key, thing)

    Pool.keep = counted  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Pool.keep = keep  # type: ignore[method-assign]


@pytest.mark.parametrize("name", FAMILIES)
def test_families_are_answered(name: str) -> None:
    family = FAMILIES[name]
    d = ask(family.ask(min(8, *family.sizes)))
    assert d.verified == "verified"
    assert d.text


DEEP = {
    "linear_recurrence": 256,  # ended in RecursionError, as the next two
    "vector_statements": 192,
    "net_hessian_by_bias": 172,
    "nested_quadratic": 16,
    "newton_schulz": 16,  # numbers of more digits than Python prints
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_questions_are_answered(name: str) -> None:
    assert ask(FAMILIES[name].ask(DEEP[name]), verify=False).text


@pytest.mark.parametrize("name", ["literal_numbers", "literal_symbols"])
def test_literals_beyond_the_sizes_that_are_drawn(name: str) -> None:
    assert ask(FAMILIES[name].ask(72)).verified == "verified"


def test_an_entry_beyond_the_sizes_that_are_drawn() -> None:
    d: Any = matcalc.derivative("x_{100}^2 + sum(x)", "x_{100}", where="x in R^{128}")
    assert (d.text, d.verified) == ("2 x_{100} + 1", "verified")


# How many times the work may grow when the size doubles; the answers double. A size is so great that what is the same for all sizes,
# and the few expressions that other tests keep alive, do not count: of 12 scalar statements they were 11 of 748.
WORK = {
    "scalar_statements": (24, 2.2),  # 20 before
    "nested_quadratic": (16, 3.5),
    "gradient_descent": (8, 2.5),
    "newton_schulz": (8, 2.5),
    "attention_layers": (8, 2.2),
    "linear_recurrence": (64, 3.0),
    "residual_net": (16, 2.5),
    "sum_of_traces": (32, 3.0),
    "layers": (64, 3.0),
    "net_hessian_by_bias": (16, 3.0),
    "same_matrix_chain": (64, 2.2),  # 3.5 before: every X of (A X)^k had the share that the others have, worked out again
    "determinant_of_product": (32, 2.5),  # 4.0 before: the factors beside each X were multiplied, and cancelled, one by one
}


@pytest.mark.parametrize("name", WORK)
def test_work_grows_as_the_answer_does(name: str) -> None:
    size, most = WORK[name]
    ask(FAMILIES[name].ask(max(2, size // 4)), verify=False)  # the identities that it needs are read
    totals, symbols = [], []
    for k in (size, 2 * size):
        gc.collect()  # expressions of questions before
        with made() as found:
            text = ask(FAMILIES[name].ask(k), verify=False).text
        symbols.append(count(text))
        totals.append(len(found))
    assert totals[1] <= most * totals[0]
    assert symbols[1] <= 2.3 * symbols[0]


def test_a_large_function_keeps_its_names_and_those_of_its_adjoints() -> None:
    where = "W_1, W_2, W_3, W_4, W_5, W_6, W_7 in R^{n x n}; x, y in R^n"
    d: Any = matcalc.derivative(LAYERS + "z_7 = tanh(W_7 z_6); 1/2 ||z_7 - y||^2", "W_1", where=where)
    assert d.verified == "verified" and "tanh(W_4 z_3)" in d.text and "delta_5 = W_6^T (delta_6 .* (1 - z_6.^2))" in d.text, d.text
    back: Any = matcalc.parse(d.text, where=d.where)
    assert back.shape == d.shape


def test_an_answer_that_comes_out_short_is_written_out() -> None:
    d: Any = matcalc.derivative(LAYERS + "a = z_6^T x; b = a^2; b - a a + sum(x)", "x")
    assert d.text == "ones(n)^T"


@pytest.mark.parametrize("k", [20])
def test_a_long_product_names_the_runs_of_its_factors(k: int) -> None:
    chain: Any = " X ".join(f"A_{{{i}}}" for i in range(k))
    where = f"X in R^{{n x n}}; {', '.join(f'A_{{{i}}}' for i in range(k))} in R^{{n x n}}"
    d: Any = matcalc.derivative(f"tr({chain} X)", "X", where=where)
    assert d.verified == "verified" and count(d.text) < 15 * k
    cancels: Any = matcalc.derivative(f"logdet({chain})", "X", where=where)
    assert count(cancels.text) < 6
    tall = where.replace("A_{0},", "").replace(f", A_{{{k - 1}}}", "") + f"; A_{{0}} in R^{{m x n}}; A_{{{k - 1}}} in R^{{n x m}}"
    kept: Any = matcalc.derivative(f"logdet({chain})", "X", where=tall)  # an inverse that no factor cancels hides none of the runs
    assert kept.verified == "verified" and count(kept.text) < 20 * k


def test_the_factors_on_either_side_of_one_are_seen_however_many() -> None:
    asked = FAMILIES["determinant_of_product"].ask(224)  # X^-1 dX has so many factors, and one that is sought
    assert count(ask(asked, verify=False).text) < 3 * 224


def test_sums_inside_sums_are_divided_by_their_exponentials_however_deep() -> None:
    n = Dim.of("n")
    z, A = symbol("z", (n, ONE)), symbol("A", (n, n))
    inner = num(1)
    for k in reversed(range(500)):  # ended in RecursionError
        inner = indexed_sum(f"l_{k + 1}", num(1), size(n), times(entry(A, index(f"l_{k}"), index(f"l_{k + 1}")), inner))
    whole = indexed_sum("l_0", num(1), size(n), times(apply(EXP, [entry(z, index("l_0"), num(1))]), inner))
    found = steady(apply(LOG, [whole]), {})
    assert found.op is ADD and GREATEST_ENTRY in {e.op for e in postorder(found)}


def test_what_stands_below_a_name_is_not_gone_through() -> None:
    """A move that looks at what is written meets a name, and not the chain of statements below it."""
    long = "; ".join(["s_1 = sin(x)", *[f"s_{{{k}}} = s_{{{k - 1}}} cos(x s_{{{k - 1}}})" for k in range(2, 40)], "s_{39}"])
    e = matcalc.parse(long, where="x in R").expr
    named = [n for n in postorder(e) if n.op is NAMED]
    assert len(named) > 20 and max(len(written_in(n.args[0])) for n in named) < 12 < len(postorder(e))


def test_terms_of_an_index_form_are_compared_where_they_can_be_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of n terms n^2/2 pairs were compared: a second of four for 756 terms."""
    compared = 0
    merged = indexform._merged

    def counted(one: Node, other: Node) -> Node | None:
        nonlocal compared
        compared += 1
        return merged(one, other)

    monkeypatch.setattr(indexform, "_merged", counted)
    i, j = Node("name", (), "i"), Node("name", (), "j")

    def entry_of(x: str, *at: Node) -> Node:
        return Node("index", (Node("name", (), x), *at))

    terms = [Node("mul", (entry_of(f"x_{k}", i), entry_of(f"A_{k}", i, j)), ("",)) for k in range(100)]
    joined = [Node("mul", (entry_of(f"y_{k}", i), entry_of(f"A_{k}", i, j)), ("",)) for k in range(0, 100, 10)]
    found = indexform._with_one_entry([*terms, *joined])
    assert len(found) == 100 and compared == 10
    assert found[10].args[0].args[0].op == "add"


def test_questions_leave_little_to_the_collector() -> None:
    """What refers to itself lives until a collection: printers, the typing and its terms, functions that call each other."""
    asked = [("x^T A x", "x"), ("||A x - b||^2", "x"), ("tr(A X B)", "X"), ("log(sum(exp(A x)))", "x")]

    def answered() -> None:
        for text, wrt in asked:
            str(matcalc.derivative(text, wrt))

    answered()
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        answered()
        left = gc.collect()
    finally:
        if enabled:
            gc.enable()
    assert left < 60 * len(asked)  # of one there were 237, and are 26
