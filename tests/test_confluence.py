"""An answer does not depend on the order in which commuting things were written, nor on the order of the table of identities."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from analytic import Array, Unfit
from corpus import Case, cases, close, draws
from oracle import Oracle
from spelling import spell

import matcalc
from matcalc.identities import IDENTITIES
from matcalc.read import parse, parse_where
from matcalc.render.count import symbols
from matcalc.shortening import patterns
from matcalc.syntax import Node, Program

SHUFFLES = 3
# A step that the shortest way needs and a shuffle hides: the number of symbols may differ by so much of the whole.
Derive = Callable[[str], Any]


def first_order() -> dict[str, Case]:
    """Cases of one statement whose names are all declared, so that a shuffle cannot change how they are read."""
    found = {}
    for case in cases("public"):
        program = tree_of(case)
        if case["order"] == 1 and isinstance(case["wrt"], str) and not program.bindings and not program.where and case["where"]:
            found[case["id"]] = case
    return found


def tree_of(case: Case) -> Program:
    declarations = parse_where(case["where"])
    return parse(case["expr"], [d.name for d in declarations], functions=[d.name for d in declarations if d.domain is not None])


def numbers(case: Case) -> Oracle:
    """The oracle at the first draw of a case: what a factor's shape is."""
    given = {n: np.asarray(v, dtype=float) for n, v in next(iter(draws(case)))[0].items()}
    declared = {d.name: d for d in parse_where(case["where"])}
    env: dict[str, Array] = {}
    families: dict[str, Array] = {}
    sizes: dict[str, int] = {}
    for n, value in given.items():
        if n not in declared:
            raise Unfit(n)
        dims = declared[n].sizes
        if len(dims) < value.ndim:
            raise Unfit("a family")
        env[n] = value.reshape([*value.shape, *[1] * (2 - value.ndim)])
        sizes |= {str(d): k for d, k in zip(dims, value.shape)}
    return Oracle(env, sizes, families)


def shuffled(node: Node, rng: random.Random, oracle: Oracle) -> Node:
    """The tree with its summands, entrywise factors and scalar factors in another order."""
    args = [shuffled(a, rng, oracle) for a in node.args]
    signs = set(node.attr) if isinstance(node.attr, tuple) else set()
    if node.op == "add" or (node.op == "ew" and signs == {".*"}):
        rng.shuffle(args)
    elif node.op == "mul" and signs <= {"", "*"}:
        scalars = [a for a, old in zip(args, node.args, strict=True) if is_scalar(old, oracle)]
        others = [a for a in args if a not in scalars]
        rng.shuffle(scalars)
        for s in scalars:
            others.insert(rng.randrange(len(others) + 1), s)
        args = others
    return Node(node.op, tuple(args), node.attr)


def is_scalar(node: Node, oracle: Oracle) -> bool:
    try:
        with np.errstate(all="ignore"):
            return oracle(node).shape == (1, 1)
    except (Unfit, ValueError, IndexError):
        return False


def variants(case: Case) -> list[str]:
    """Other ways to write the expression of a case."""
    rng = random.Random(case["id"])
    try:
        oracle = numbers(case)
    except Unfit:
        return []
    texts = (spell(shuffled(tree_of(case).body, rng, oracle)) for _ in range(SHUFFLES))
    return [t for t in dict.fromkeys(texts) if t.replace(" ", "") != case["expr"].replace(" ", "")]


CASES = first_order()


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_writing_does_not_matter(name: str) -> None:
    case = CASES[name]
    with np.errstate(all="ignore"):
        usual = matcalc.derivative(case["expr"], case["wrt"], where=case["where"])
        for text in variants(case):
            d = matcalc.derivative(text, case["wrt"], where=case["where"])
            assert all(close(d.evaluate(inputs), want) for inputs, want in draws(case)), f"{text}: {d.text}"
            assert symbols(d.program) == symbols(usual.program), f"{case['expr']}: {usual.text}\n{text}: {d.text}"


def test_the_shuffles_shuffle() -> None:
    assert sum(bool(variants(case)) for case in CASES.values()) > len(CASES) / 3


@contextmanager
def identities_in_order(rng: random.Random | None) -> Iterator[None]:
    """The table shuffled, and everything forgotten that was made from it."""
    before = list(IDENTITIES)
    try:
        if rng is not None:
            rng.shuffle(IDENTITIES)
        patterns.patterns.cache_clear()
        yield
    finally:
        IDENTITIES[:] = before
        patterns.patterns.cache_clear()


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_identities_does_not_matter(seed: int) -> None:
    def answers() -> dict[str, str]:
        return {name: matcalc.derivative(c["expr"], c["wrt"], where=c["where"]).text for name, c in CASES.items()}  # type: ignore[union-attr]

    with np.errstate(all="ignore"):
        with identities_in_order(None):
            usual = answers()
        with identities_in_order(random.Random(seed)):
            other = answers()
    assert other == usual
