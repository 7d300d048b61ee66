"""Every identity of the table, against numbers: the loop that a new identity meets without being told of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from oracle import Oracle

from matcalc.api import parse
from matcalc.expressions.build import substitute, symbol
from matcalc.expressions.expr import Expr, leaves
from matcalc.inference.templates import instantiate
from matcalc.kinds import Dim
from matcalc.numbers.drawing import draw
from matcalc.numbers.numeric import evaluate
from matcalc.ops.canonical import CANONICAL
from matcalc.ops.core import SYMBOL
from matcalc.ops.identities import IDENTITIES, Identity
from matcalc.ops.vocabulary import WORDS
from matcalc.shortening.patterns import PatternTable, functions, letters, needed, sides
from matcalc.shortening.simplify import simplify
from matcalc.sources import BIBLIOGRAPHY, after, cite

SIZES = ((2, 3, 4), (4, 2, 3), (5, 7, 2))  # of the dimension letters, in alphabetical order
ENOUGH = 6  # draws at which the left side must be finite


def by_name(identity: Identity) -> str:
    return identity.name.replace(" ", "-")


def letters_of(e: Expr) -> list[Expr]:
    return [leaf for leaf in leaves(e) if leaf.op is SYMBOL]


def conditions(identity: Identity) -> dict[str, set[str]]:
    """`when`: the properties that letters must have ("positive x")."""
    wanted: dict[str, set[str]] = {}
    for part in filter(None, identity.when.split(",")):
        prop, letter = part.split()
        assert prop in WORDS, f"{identity.name}: {prop} is no property"
        wanted.setdefault(letter, set()).add(prop)
    return wanted


def points(identity: Identity, left: Expr, right: Expr) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """Random values of the letters, of either sign and positive, large and small, for several sizes."""
    symbols = list(dict.fromkeys([*letters_of(left), *letters_of(right)]))
    dims = sorted({n for s in symbols for d in s.shape for n in d.names()})
    wanted = conditions(identity)
    rng = np.random.default_rng(8)
    for values in SIZES:
        sizes = dict(zip(dims, values))
        for positive in (False, True):
            for scale in (1.0, 0.3, 2.0):
                env = {}
                for s in symbols:
                    name = str(s.attr[0])
                    properties = wanted.get(name.strip("\u2022")[:1], ())
                    env[name] = draw((s.shape[0].value(sizes), s.shape[1].value(sizes)), properties, rng, scale, positive)
                yield env, sizes


def test_names_are_unique_and_sources_known() -> None:
    assert len(IDENTITIES) >= 15 and len(CANONICAL) >= 50
    every = [*IDENTITIES, *CANONICAL]
    assert not [name for name, count in Counter(i.name for i in every).items() if count > 1]
    for identity in every:
        known = any(identity.source.startswith(start) for key in BIBLIOGRAPHY for start in (cite(key), after(key)))
        assert known or identity.source in ("definition", "algebra") or identity.source.startswith("from "), identity.name


@pytest.mark.parametrize("identity", IDENTITIES, ids=by_name)
def test_both_sides_have_the_same_numbers(identity: Identity) -> None:
    for left, right in sides(identity):
        assert left.shape == right.shape and left is not right
        assert set(letters_of(right)) <= set(letters_of(left)), "a letter that only the right side has has no value"
        finite = 0
        for env, sizes in points(identity, left, right):
            with np.errstate(all="ignore"):
                want, got = (np.asarray(evaluate(side, env, sizes), dtype=float) for side in (left, right))
            if np.all(np.isfinite(want)):
                finite += 1
                np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-11 * max(1.0, float(np.max(np.abs(want)))))
        assert finite >= ENOUGH, f"{identity.name} was hardly tried"


@pytest.mark.parametrize("identity", IDENTITIES, ids=by_name)
def test_the_simplifier_takes_the_short_side(identity: Identity) -> None:
    """With ordinary letters in the place of the pattern's."""
    wanted = conditions(identity)
    for left, right in sides(identity):
        known: dict[Expr, Expr] = {}
        sizes = {n: Dim.of(n.strip("\u2022")) for s in letters_of(left) for d in s.shape for n in d.names()}
        for s in letters_of(left):
            name = str(s.attr[0]).strip("\u2022")[0]
            known[s] = symbol(name, (s.shape[0].substitute(sizes), s.shape[1].substitute(sizes)), wanted.get(name, ()))
        typed, short = (instantiate(side, known, sizes) for side in (left, right))
        found = simplify(typed)
        assert found.size <= short.size, (typed, found, short)
        assert simplify(found) is found


def test_identities_are_read_when_their_functions_are_met() -> None:
    """What an identity is said to need occurs in all its readings, or it would be overlooked."""
    bits = functions()
    for identity in IDENTITIES:
        for left, _ in sides(identity):
            assert all(wanted & left.within for wanted in needed(identity, bits)), identity.name
    table = PatternTable()
    waiting = len(table.unread)
    table.patterns(symbol("x"))
    assert 0 < len(table.unread) < waiting
    for identity in IDENTITIES:
        for left, _ in sides(identity):
            assert any(p.identity is identity for p in table.patterns(left)), identity.name
    assert not table.unread
    for found in table.by_root.values():
        assert [p.place for p in found] == sorted(p.place for p in found)


def test_letters_are_names_that_no_user_can_type() -> None:
    for identity in IDENTITIES:
        for name, letter in letters(identity).items():
            assert str(letter.attr[0]) == f"\u2022{name}"
            assert substitute(letter, {letter: symbol(name, letter.shape)}) is symbol(name, letter.shape)


def declared(identity: Identity) -> str:
    """The letters of an identity as a user declares them."""
    wanted = conditions(identity)
    found = []
    for part in identity.where.split(","):
        letter, sizes = part.split(":")
        rows, cols = sizes.split()
        space = "R" if rows == cols == "1" else f"R^{rows}" if cols == "1" else f"R^{{{rows} x {cols}}}"
        found.append(f"{letter.strip()} in {space} {' '.join(wanted.get(letter.strip(), ()))}")
    return "; ".join(found)


@pytest.mark.parametrize("identity", CANONICAL, ids=by_name)
def test_the_constructors_keep_the_normal_form(identity: Identity) -> None:
    """Both sides are one object; computed as they are typed, without the constructors, they have the same numbers."""
    left, right = (parse(text, where=declared(identity)) for text in (identity.left, identity.right))
    assert left.expr is right.expr
    symbols = dict.fromkeys([*letters_of(left.expr), *left._typed.symbols.values()])
    rng = np.random.default_rng(5)
    for m, n, p in SIZES:
        sizes = {"m": m, "n": n, "p": p}
        shapes = {s: (s.shape[0].value(sizes), s.shape[1].value(sizes)) for s in symbols}
        known = conditions(identity)
        env = {str(s.attr[0]): np.reshape(draw(shape, known.get(str(s.attr[0]), ()), rng), shape) for s, shape in shapes.items()}
        want, got = (Oracle(env, sizes).program(side._typed.program) for side in (left, right))
        assert want.shape == got.shape
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-11 * max(1.0, float(np.max(np.abs(want)))))
