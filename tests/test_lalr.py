"""The kept table of the parser is that of the grammar, and the driver reads like Lark."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus import cases

import matcalc
from matcalc.reading import grammar_table, lalr

GRAMMAR = lalr.read_grammar()


def test_the_kept_table_is_current() -> None:
    kept = Path(grammar_table.__file__).read_text(encoding="utf-8")
    assert kept == lalr.spell(lalr.build(GRAMMAR), GRAMMAR), "the grammar has changed: run python -m matcalc.reading.lalr"


def test_the_kept_table_reads_back() -> None:
    kept, built = lalr.load(GRAMMAR), lalr.build(GRAMMAR)
    assert (kept.states, kept.rules, kept.last) == (built.states, built.rules, built.last)


def test_another_grammar_is_built_anew() -> None:
    other = lalr.load("%declare NUM PLUS\n?start: sum\n?sum: NUM (PLUS NUM)*\n")
    assert len(other.states) < 12

    class Rules:
        def sum(self, children: list[object]) -> int:
            return len(children)

    tokens = [lalr.Token(t, t, k, k + 1) for k, t in enumerate(["NUM", *["PLUS", "NUM"] * 50_000])]
    assert other.parse(tokens, Rules()) == 100_001  # long sums are not deep
    for wrong in ([], tokens[:2], tokens[1:]):
        with pytest.raises(lalr.Unexpected):
            other.parse(wrong, Rules())


def test_the_same_trees_as_with_a_table_just_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every expression of the corpus, read with either table."""
    texts = [(c["expr"], c["where"]) for c in cases("public")]
    first = [matcalc.parse(*t).expr for t in texts]
    table = lalr.build(GRAMMAR)
    monkeypatch.setattr("matcalc.reading.tree._table", lambda: table)
    assert all(matcalc.parse(*t).expr is e for t, e in zip(texts, first))
