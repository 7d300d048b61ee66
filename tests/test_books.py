"""More of the books than the corpus has: `data/books.jsonl`, a case a line, with the closed form that its source prints.

Every answer is compared with complex steps through the expression as it was read (the oracle; of order two, differences of them) and
with the source's closed form, read back from its own text, and is no longer than that, where it is not known to be. Some cases are
LaTeX as papers write it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from analytic import Unfit
from corpus import cases, close, symbols
from oracle import Oracle, jacobian

import matcalc
from matcalc.errors import MatcalcError, ReadingError
from matcalc.reading.read import parse, parse_where
from matcalc.syntax import Program, split_name

CASES = {case["id"]: case for case in cases("books")}
# Every dimension has a size of its own where their ranks allow it, so that no shape fits by accident.
SIZES = dict(m=3, n=5, p=2, q=6, k=2, l=3, N=7, M=4, K=3, D=4, E=3, d=4, c=3, G=3, V=3)
LONGER = {case["id"] for case in CASES.values() if case.get("longer")}  # than their source: they may become short, no other may become long
Array = Any


@cache
def derivative(name: str) -> Any:
    case = CASES[name]
    return matcalc.derivative(case["expr"], case["wrt"], where=case["where"], order=case["order"])


class Point:
    """Values of the declared names: families with their index first."""

    def __init__(self, case: dict[str, Any], seed: int) -> None:
        rng = np.random.default_rng(seed)
        ranges = dict(re.findall(r"_\{(\w)=1\}\^\{?(\w+)", case["expr"] + (case["expected"] or "")))
        self.values: dict[str, Array] = {}
        self.families: dict[str, Array] = {}
        for d in sorted(parse_where(case["where"]), key=lambda d: d.field != "N"):
            if d.field in "NZ" and not d.sizes:
                self.values[d.name] = np.array(float(SIZES.get(d.name, 2 + seed % 2)))
                continue
            base, index = split_name(d.name)
            if len(index) == 2 and ranges.keys() >= set(index):  # w_{ij} in R: the entries of w
                self.values[base] = rng.uniform(0.3, 1.2, [SIZES[ranges[c]] for c in index])
                continue
            members = (SIZES[ranges.get(index, "N")],) if index in ranges or index in self.values else ()
            shape = tuple(s.value(SIZES) for s in d.sizes)  # type: ignore[attr-defined]
            value = rng.uniform(0.3, 1.2, members + shape)
            value = value if "positive" in d.properties else value * rng.choice([-1, 1], value.shape)
            if len(shape) == 2 and shape[0] == shape[1]:
                turned = np.swapaxes(value, -1, -2)
                kinds = {"spd": value @ turned + np.eye(shape[0]), "diagonal": np.eye(shape[0]) * value**2, "symmetric": value + turned}
                value = kinds.get(next(iter(d.properties), "symmetric" if d.field == "S" else ""), np.eye(shape[0]) + value / 3)
            (self.families if members else self.values)[base if members else d.name] = np.asarray(value) * case.get("scale", 1)

    def given(self, wrt: str) -> dict[str, Any]:
        base, index = split_name(wrt)
        member = {index: 2} if base in self.families and index else {}
        return {n: v.item() if v.ndim == 0 else v for n, v in {**self.values, **self.families}.items()} | member

    def jacobian(self, program: Program, wrt: str, moved: Array | None = None) -> Array:
        """The derivative by complex steps, with the entries of the variable's second argument moved."""
        env = {n: v.reshape((*v.shape, 1, 1)[:2]) for n, v in self.values.items()}
        families = {n: v.reshape((*v.shape, 1, 1)[:3]) for n, v in self.families.items()}
        base, index = split_name(wrt)
        if base not in families or not index:
            return jacobian(program, env, SIZES, families, wrt)[1]
        columns = []
        for at in np.ndindex(families[base].shape[1:]):
            step = families[base].astype(complex)
            step[(1, *at)] += 1e-30j
            value = Oracle(env, SIZES, {**families, base: step}).program(program)
            columns.append(value.imag / 1e-30)
        return np.stack(columns, axis=-1).reshape([s for s in (*value.shape, *self.families[base].shape[1:]) if s != 1])

    def second(self, program: Program, wrt: str, by: str) -> Array:
        """Central differences of the derivative."""
        x = np.array(self.values[by])
        columns = []
        for at in np.ndindex(x.shape):
            ends = []
            for h in (1e-5, -1e-5):
                moved = x.copy()
                moved[at] += h
                self.values[by] = moved
                ends.append(self.jacobian(program, wrt))
            columns.append((ends[0] - ends[1]) / 2e-5)
        self.values[by] = x
        return np.stack(columns, axis=-1).reshape([*columns[0].shape, *[s for s in x.shape if s != 1]])


def evaluated(thing: Any, given: dict[str, Any]) -> Array:
    """The numbers, with the sizes that follow from no array."""
    for _ in range(4):
        try:
            with np.errstate(all="ignore"):
                return np.asarray(thing.evaluate(given), dtype=float)
        except MatcalcError as error:
            missing = re.search(r"the sizes? (.*?) do(?:es)? not follow", error.message)
            idle = re.search(r"^(\w+) does not occur", error.message)
            if missing is None and (idle is None or idle[1] not in given):
                raise
            if missing is not None:
                given = {**given, **{n: SIZES[n] for n in missing[1].split(", ")}}
            elif idle is not None:
                given = {n: v for n, v in given.items() if n != idle[1]}
    raise AssertionError("sizes that are never enough")


def points(name: str) -> list[tuple[dict[str, Any], Array, Array | None]]:
    """What is given, the derivative there, and what the oracle says of it; where the function has values."""
    case, found = CASES[name], []
    wrt = [case["wrt"]] if isinstance(case["wrt"], str) else case["wrt"]
    program = parse(case["expr"], [d.name for d in parse_where(case["where"])])
    function = matcalc.parse(case["expr"], where=case["where"])
    for seed in range(9):
        point = Point(case, seed)
        given = point.given(wrt[0])
        if not np.all(np.isfinite(evaluated(function, given))):
            continue
        got = evaluated(derivative(name), given)
        wanted = None
        try:
            with np.errstate(all="ignore"):
                wanted = point.jacobian(program, wrt[0]) if case["order"] == 1 else point.second(program, wrt[0], wrt[-1])
        except Unfit:
            assert case["expected"], "nothing to compare with"
        if np.all(np.isfinite(got)) and (wanted is None or np.all(np.isfinite(wanted))):
            found.append((given, got, wanted))
        if len(found) == 2:
            return found
    raise AssertionError("no point where the function has a value")


NUMERIC = [name for name, case in CASES.items() if "->" not in case["where"]]


def test_they_are_all_there() -> None:
    assert len(CASES) >= 380
    assert sum("\\" in case["expr"] for case in CASES.values()) >= 40


@pytest.mark.parametrize("name", CASES)
def test_answered_and_verified(name: str) -> None:
    d = derivative(name)
    assert d.verified == "verified"
    if CASES[name]["expected"] and name not in LONGER:
        assert symbols(d.text) <= symbols(CASES[name]["expected"]), f"{d.text}   (source: {CASES[name]['expected']})"


@pytest.mark.parametrize("name", NUMERIC)
def test_right_and_read_back(name: str) -> None:
    d, case = derivative(name), CASES[name]
    for given, got, wanted in points(name):
        assert wanted is None or close(got, wanted, 1e-7 if case["order"] == 1 else 1e-5), d.text
        for form in filter(None, (case["expected"], d.text, d.latex if len(d.shape) <= 2 else None)):
            assert close(evaluated(matcalc.parse(form, where=d.where), given), got), form


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (r"A \nabla_x (x^\top x)", "give the variable with --wrt"),
        (r"2 \frac{\partial}{\partial x} x^2", "give the variable with --wrt"),
        (r"\min_{\mathbf{w}} \|\mathbf{X}\mathbf{w} - \mathbf{y}\|^2", "leave min_w out"),
        (r"\mathbf{x}^* \mathbf{x}", "declare z in C^n for the conjugate"),
        (r"x^{\ast} x", "declare z in C^n for the conjugate"),
    ],
)
def test_what_papers_write_and_is_not_read_has_a_hint(text: str, hint: str) -> None:
    with pytest.raises(ReadingError) as error:
        matcalc.parse(text)
    assert hint in str(error.value)
