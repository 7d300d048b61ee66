"""Questions of a size: the families of `benchmarks.growth` end, are checked, and take no more work than their answers' length allows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import matcalc
from benchmarks.growth import FAMILIES, Question, count
from matcalc.expressions.expr import Expr
from matcalc.interning import Pool


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


# How many times the work may grow when the size doubles; the answers double, those of Newton-Schulz fourfold.
WORK = {
    "scalar_statements": (12, 5.0),  # 20 before
    "nested_quadratic": (5, 7.0),
    "gradient_descent": (4, 4.0),
    "newton_schulz": (4, 6.0),
    "linear_recurrence": (64, 3.0),
    "residual_net": (16, 4.0),
    "sum_of_traces": (32, 3.0),
    "layers": (64, 3.0),
    "net_hessian_by_bias": (16, 3.0),
}


@pytest.mark.parametrize("name", WORK)
def test_work_grows_as_the_answer_does(name: str) -> None:
    size, most = WORK[name]
    totals = []
    for k in (size, 2 * size):
        with made() as found:
            text = ask(FAMILIES[name].ask(k), verify=False).text
        assert count(text) > 0
        totals.append(len(found))
    assert totals[1] <= most * totals[0]
