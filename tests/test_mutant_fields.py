"""Solutions of equations, functions of time, expectations, manifolds: claims with one summand off by a billionth or missing are refused.

The claim is changed where the judge computes it, so this holds for whatever is compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import matcalc
from matcalc.errors import NoAnswerError, VerificationError
from matcalc.numbers import search
from matcalc.numbers.agreement import Sides, Sight
from matcalc.numbers.record import Check

DATA = Path(__file__).parent / "data"
FILES = ("implicit", "flows", "expectations", "manifolds")
CASES = [c for name in FILES for c in map(json.loads, (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())]
TOLD = [c for c in CASES if c.get("kind") in (None, "time")]  # flows and equations of motion have commands of their own
EXACT = 15  # digits: more than double precision has
OFF = {"missing": Fraction(0), "a billionth more": 1 + Fraction(1, 10**9), "a thousandth more": 1 + Fraction(1, 1000)}


class NoSuchSummand(Exception):
    """The claim has fewer summands."""


def scaled(sight: Sight, k: int, factor: Fraction) -> Sight:
    """The sides with the k-th summand of the claim times a factor."""

    def bound(arrays: ModuleType) -> Callable[..., Sides]:
        run = sight(arrays)

        def sides(*point: Any) -> Sides:
            found = run(*point)
            if k >= len(found.claimed):
                raise NoSuchSummand
            changed = [[x * arrays.exact(factor) for x in part] if j == k else part for j, part in enumerate(found.claimed)]
            return found._replace(claimed=changed)

        return sides

    return bound


def ask(case: dict[str, Any]) -> Any:
    text, wrt, options = case["expr"], case["wrt"], {"where": case["where"], "order": case["order"]}
    if "solve" in case:
        return matcalc.implicit(text, case["solve"], wrt, argmin="=" not in text, of=case.get("of"), **options)
    options |= {name: case[name] for name in ("manifold", "along") if name in case}
    return matcalc.derivative(text, wrt, **options)


@pytest.mark.parametrize("case", TOLD, ids=lambda c: c["id"])
def test_what_is_nearly_right_is_refused(monkeypatch: pytest.MonkeyPatch, case: dict[str, Any]) -> None:
    judged, refused = search.Comparison.judged, []

    def mutated(asked: search.Comparison) -> Check:
        right = judged(asked)
        assert right
        for name in ("missing", "a billionth more" if right.digits > EXACT else "a thousandth more"):
            for k in range(100):
                try:
                    survived = judged(asked._replace(sight=scaled(asked.sight, k, OFF[name])))
                except (VerificationError, NoAnswerError):
                    refused.append((k, name))
                except NoSuchSummand:
                    break
                else:
                    pytest.fail(f"summand {k}, {name}: {survived}")
        return right

    monkeypatch.setattr(search.Comparison, "judged", mutated)
    assert ask(case).check
    assert refused
