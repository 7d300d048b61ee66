"""The same question has the same answer, whatever the hash seed and whatever was asked before.

Every run is a process of its own, so nothing is warm that should not be.
"""

from __future__ import annotations

import json
from functools import cache

import pytest
from console import ROOT, python
from corpus import cases
from generate import expressions

SCRIPT = """
import json, sys, warnings
import matcalc
warnings.simplefilter("ignore")
order, questions = json.load(open(sys.argv[1], encoding="utf-8"))
answers = {}
for k in order:
    text, wrt, where = questions[k]
    try:
        d = matcalc.derivative(text, wrt, where=where)
        answers[k] = [d.text, d.latex, d.unicode, d.shape, d.where, d.assumptions, [str(s) for s in d.steps]]
    except matcalc.MatcalcError as error:
        answers[k] = str(error)
print(json.dumps(answers, sort_keys=True))
"""


@cache
def questions() -> list[tuple[str, str, str]]:
    """Every tenth case of the corpus, with its declarations and without, and some random expressions."""
    chosen = [c for c in cases("public") if c["order"] == 1 and isinstance(c["wrt"], str)][::10]
    declared = [(c["expr"], c["wrt"], c["where"]) for c in chosen]
    return declared + [(e, w, "") for e, w, _ in declared] + [(e.text, e.wrt, e.where) for e in expressions(40, 3, seed=5)]


def answers(order: list[int], hash_seed: str, path: object) -> dict[str, object]:
    """What a new process answers to the questions in this order."""
    place = str(path) + "/questions.json"
    with open(place, "w", encoding="utf-8") as file:
        json.dump([order, questions()], file)
    outcome = python("-c", SCRIPT, place, env={"PYTHONHASHSEED": hash_seed}, cwd=ROOT, timeout=100)
    assert outcome.code == 0, outcome.err
    found: dict[str, object] = json.loads(outcome.out)
    return found


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return answers(list(range(len(questions()))), "0", tmp_path_factory.mktemp("usual"))


def difference(a: dict[str, object], b: dict[str, object]) -> list[tuple[object, ...]]:
    """The questions with different answers."""
    return [(questions()[int(k)], a[k], b[k]) for k in a if a[k] != b[k]]


@pytest.mark.parametrize("hash_seed", ["1", "2", "3"])
def test_the_hash_seed_does_not_matter(hash_seed: str, usual: dict[str, object], tmp_path: object) -> None:
    assert not difference(usual, answers(list(range(len(questions()))), hash_seed, tmp_path))


def test_the_order_of_earlier_calls_does_not_matter(usual: dict[str, object], tmp_path: object) -> None:
    order = list(range(len(questions())))
    assert not difference(usual, answers(order[::-1], "0", tmp_path))
    assert not difference(usual, answers(order[::3] + order[1::3] + order[2::3], "4", tmp_path))


def test_asking_twice_gives_the_same(usual: dict[str, object], tmp_path: object) -> None:
    order = list(range(len(questions())))
    assert not difference(usual, answers(order + order, "0", tmp_path))


def test_most_questions_have_an_answer(usual: dict[str, object]) -> None:
    assert sum(isinstance(a, list) for a in usual.values()) > 0.8 * len(usual)
