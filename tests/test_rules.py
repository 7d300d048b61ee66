"""The rule book: complete, found by name and by word, and every example of it runs."""

from __future__ import annotations

import importlib.util
import json
import re

import pytest
from console import ROOT, run

import matcalc
from matcalc.commands.rules import run_example
from matcalc.derivation.rulebook import Rule, book, quotient_rule, rule, rules, search
from matcalc.errors import UsageError
from matcalc.ops.book import REGISTRY, SHORTHANDS
from matcalc.ops.canonical import CANONICAL
from matcalc.ops.identities import IDENTITIES
from matcalc.ops.laws import LAWS
from matcalc.ops.manifolds import MANIFOLDS
from matcalc.sources import BIBLIOGRAPHY, SHORT, abbreviated


def test_operations_identities_and_laws_are_all_in_it() -> None:
    identities = [i.name for i in (*IDENTITIES, *CANONICAL)]
    names = {*(op.rule for op in REGISTRY.values()), *identities, *LAWS, *(f"definition of {s}" for s in SHORTHANDS)}
    names |= {rule for m in MANIFOLDS.values() for rule in (m.gradient_rule, m.hessian_rule)}
    quotients = [quotient_rule(op) for op in REGISTRY.values() if op.quotient]
    names |= {*quotients}
    assert set(book()) == names
    assert len(names) == len(quotients) + len(REGISTRY) + len(identities) + len(LAWS) + len(SHORTHANDS) + 2 * len(MANIFOLDS)


@pytest.mark.parametrize("r", rules(), ids=lambda r: r.name)
def test_a_rule_is_complete(r: Rule) -> None:
    assert r.name and r.statement and r.chapter
    works = [work for work in BIBLIOGRAPHY.values() if work in r.source]
    assert works or r.source in ("definition", "algebra") or r.source.startswith("from ")


PLACES = r"(eqs?\.|section|theorem|definition|page|table|chapter|algorithm|proposition|example) \(?\d|, \d+(\.\d+)+"


@pytest.mark.parametrize("r", rules(), ids=lambda r: r.name)
def test_a_source_has_a_place_or_says_from_what_the_rule_follows(r: Rule) -> None:
    """A work is named with an equation, a section or a theorem of it, or behind the line from which the rule follows."""
    for part in r.source.split("; "):
        work = next((work for work in BIBLIOGRAPHY.values() if work in part), None)
        if work is not None and not r.source.startswith("from "):
            assert re.search(PLACES, part.replace(work, "")), r.source
        assert part != "from" and not part.startswith("from ;")


@pytest.mark.parametrize("r", [r for r in rules() if r.example], ids=lambda r: r.name)
def test_every_example_runs(r: Rule) -> None:
    line, answer = run_example(r)
    assert line.startswith("matcalc d ") and answer


def test_what_is_differentiated_has_an_example() -> None:
    bare = [op.name for op in REGISTRY.values() if (op.differential or op.index) and not rule(op.rule).example]
    assert not bare
    assert not [law.name for law in LAWS.values() if not law.example]


def test_every_work_has_a_short_name() -> None:
    assert set(SHORT) == set(BIBLIOGRAPHY) and len(set(SHORT.values())) == len(SHORT)
    assert abbreviated(rule("quotient rule").source) == "Mathematics for Machine Learning 2020, eq. (5.30)"


def test_rules_are_found_by_name_and_by_word() -> None:
    assert rule("Differential of the INVERSE").statement == "d(X^-1) = -X^-1 dX X^-1"
    assert rule("product rule") in search("product")
    assert {r.name for r in search("trace dif")} >= {"differential of the trace"}
    assert matcalc.rules() == rules()


def test_an_unknown_rule_is_refused_with_what_is_near() -> None:
    with pytest.raises(UsageError, match="no rule 'diferential of the invers'") as refused:
        rule("diferential of the invers")
    assert "differential of the inverse" in str(refused.value)
    assert run("rules", "xyzzy").code == 2


def test_the_command_lists_and_shows() -> None:
    listed = run("rules").out.splitlines()
    assert len(listed) == len(rules()) and any(line.startswith("quotient rule ") for line in listed)
    shown = run("rules", "differential", "of", "log", "det").out
    for part in ("statement  d log|det(X)| = tr(X^-1 dX)", "X invertible", "eq. (43)", "matcalc d logdet(X)", "X^-T"):
        assert part in shown.replace('"', ""), shown
    found = run("rules", "norm").out.splitlines()
    assert len(found) > 5 and all("norm" in line.casefold() for line in found)


def test_the_command_speaks_json() -> None:
    assert {r["name"] for r in json.loads(run("rules", "--json").out)} == set(book())
    one = json.loads(run("rules", "quotient rule", "--json").out)
    assert one["answer"] and one["source"].endswith("eq. (5.30)")


def test_the_page_is_the_book() -> None:
    spec = importlib.util.spec_from_file_location("make_rules", ROOT / "docs" / "make_rules.py")
    assert spec is not None and spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    assert make.page() == (ROOT / "docs" / "rules.md").read_text(encoding="utf-8"), "run: python docs/make_rules.py"
