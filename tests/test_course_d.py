"""The derivatives of the three courses (tests/data/course.jsonl), each by the command line: value, shape, cases."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from console import run
from test_course import RECORDS, Record, declared, draw, evaluate, options

import matcalc

SIZES = (
    {"m": 3, "n": 4, "p": 5, "q": 2, "N": 6, "D": 3, "k": 2, "M": 5, "E": 2, "F": 4},
    {"m": 4, "n": 5, "p": 6, "q": 3, "N": 8, "D": 2, "k": 3, "M": 3, "E": 4, "F": 5},
)
DERIVATIVES = [r for r in RECORDS if r["command"] == "d"]


def value(text: str, where: str, values: dict[str, Any]) -> Any:
    """The array that a printed derivative stands for, in any notation."""
    e = matcalc.parse(text, where)
    return np.asarray(e.evaluate({n: v for n, v in values.items() if n in e._scope.names}), dtype=float)


def compare(found: Record, wanted: str, record: Record) -> None:
    where = declared(record)
    rng = np.random.default_rng(5)
    for sizes in SIZES:
        for _ in range(2):
            values = draw(where, sizes, rng)
            with np.errstate(all="ignore"):
                a, b = value(found["text"], found["where"], values), value(wanted, where, values)
            if not np.any(b):
                assert not np.any(a), f"{found['text']} is not zero"
                continue
            assert a.shape == b.shape, f"{found['text']} has shape {a.shape}, {wanted} has {b.shape}"
            assert np.allclose(a, b, rtol=1e-9, atol=1e-11, equal_nan=True), f"{found['text']} is not {wanted}"


def in_cases(found: Record, cases: list[list[str]], record: Record) -> None:
    """The value in each of the cases that the text distinguishes, at points that fall into it."""
    where, sizes = declared(record), SIZES[0]
    rng = np.random.default_rng(6)
    seen = set()
    for _ in range(40):
        values = draw(where, sizes, rng)
        for condition, text in cases:
            if evaluate(f"1[{condition}]", where, values, sizes):
                seen.add(condition)
                a, b = value(found["text"], found["where"], values), np.asarray(evaluate(text, where, values, sizes))
                assert np.allclose(a, b), f"where {condition}, {found['text']} is not {text}"
    assert len(seen) == len(cases)


@pytest.mark.parametrize("record", DERIVATIVES, ids=lambda r: r["id"])
def test_derivative(record: Record) -> None:
    done = run(*record["argv"], "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    answers = found if isinstance(found, list) else [found]
    wanted = record["answer"] if isinstance(record["answer"], list) else [record["answer"]]
    assert len(answers) == len(wanted)
    for answer, text in zip(answers, wanted):
        compare(answer, text, record)
        assert answer["verified"] == "verified"
    names = options(record["argv"])["--wrt"]
    for name, answer in zip(names, answers):
        dims = [v.replace("(", "").replace(")", "") for k, v in record.get("dims", {}).items() if k.endswith(f"/d{name}") or k == "H"]
        assert not dims or " x ".join(answer["shape"]) in dims, f"the shape is {answer['shape']}, and the text has {dims}"
    cases = record.get("cases", {})
    if isinstance(cases, dict):
        for name, distinguished in cases.items():
            in_cases(answers[names.index(name)], distinguished, record)
