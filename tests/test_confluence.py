"""An answer does not depend on the order in which commuting things were written, nor on the order of the table of identities."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from analytic import Array, Unfit
from corpus import Case, cases, close, draws
from oracle import Oracle
from spelling import spell

import matcalc
from matcalc.ops.identities import IDENTITIES
from matcalc.printing.count import symbols
from matcalc.reading.read import parse, parse_where
from matcalc.shortening import patterns
from matcalc.syntax import Node, Program

SHUFFLES = 20  # of which the first few are tried every time, all of them with `-m slow`
FEW = 3


def declared() -> dict[str, Case]:
    """Cases whose names are all declared, so that a shuffle cannot change how they are read."""
    return {f"{case['file']}-{case['id']}": case for name in ("public", "rivals") for case in cases(name) if case["where"]}


def tree_of(case: Case) -> Program:
    declarations = parse_where(case["where"])
    return parse(case["expr"], [d.name for d in declarations], functions=[d.name for d in declarations if d.domain is not None])


def numbers(case: Case) -> Oracle | None:
    """The oracle at the first draw of a case: what a factor's shape is. None where it cannot tell (members of families, a bare I)."""
    given = {n: np.asarray(v, dtype=float) for n, v in next(iter(draws(case)))[0].items()}
    declarations = {d.name: d for d in parse_where(case["where"])}
    env: dict[str, Array] = {}
    sizes: dict[str, int] = {}
    for n, value in given.items():
        if n not in declarations or len(declarations[n].sizes) < value.ndim:
            return None
        env[n] = value.reshape([*value.shape, *[1] * (2 - value.ndim)])
        sizes |= {str(d): k for d, k in zip(declarations[n].sizes, value.shape)}
    oracle = Oracle(env, sizes, {})
    try:
        for binding in tree_of(case).bindings:
            oracle.env[binding.name] = oracle(binding.value)
    except Unfit:
        return None
    return oracle


def shuffled(node: Node, rng: random.Random, oracle: Oracle | None) -> Node:
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


def is_scalar(node: Node, oracle: Oracle | None) -> bool:
    if oracle is None:
        return False
    try:
        with np.errstate(all="ignore"):
            return oracle(node).shape == (1, 1)
    except (Unfit, ValueError, IndexError):
        return False


def variant(case: Case, seed: int) -> str | None:
    """Another way to write the expression of a case; None where the shuffle has changed nothing."""
    rng = random.Random(f"{case['id']} {seed}")
    program, oracle = tree_of(case), numbers(case)
    parts = [f"{b.name} = {spell(shuffled(b.value, rng, oracle))}" for b in program.bindings]
    text = "; ".join([*parts, spell(shuffled(program.body, rng, oracle))])
    return None if text.replace(" ", "") == case["expr"].replace(" ", "") else text


CASES = declared()
SEEDS = [*range(FEW), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(FEW, SHUFFLES))]


def derivative(case: Case, expr: str, verify: bool = True) -> Any:
    return matcalc.derivative(expr, case["wrt"], where=case["where"], order=case["order"], verify=verify)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_writing_does_not_matter(seed: int) -> None:
    wrong = []
    with np.errstate(all="ignore"):
        for name, case in CASES.items():
            text = variant(case, seed)
            if text is None:
                continue
            usual, d = derivative(case, case["expr"], verify=False), derivative(case, text)
            if not all(close(d.evaluate(inputs), want) for inputs, want in draws(case)):
                wrong.append(f"{name}: {text}: another value: {d.text}")
            if symbols(d._program) != symbols(usual._program):
                wrong.append(f"{name}: {case['expr']}: {usual.text}\n{text}: {d.text}")
    assert not wrong, "\n".join(wrong)


def test_the_shuffles_shuffle() -> None:
    assert len(CASES) == 312
    assert sum(variant(case, 0) is not None for case in CASES.values()) > len(CASES) / 3


@contextmanager
def identities_in_order(rng: random.Random | None) -> Iterator[None]:
    """The table shuffled, and everything forgotten that was made from it."""
    before = list(IDENTITIES)
    try:
        if rng is not None:
            rng.shuffle(IDENTITIES)
        patterns._TABLE = patterns.PatternTable()
        yield
    finally:
        IDENTITIES[:] = before
        patterns._TABLE = patterns.PatternTable()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_identities_does_not_matter(seed: int) -> None:
    with np.errstate(all="ignore"):
        with identities_in_order(None):
            usual = answers()
        with identities_in_order(random.Random(seed)):
            other = answers()
    assert other == usual


def answers() -> dict[str, str]:
    return {name: derivative(case, case["expr"], verify=False).text for name, case in CASES.items()}
