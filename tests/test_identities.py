"""Every identity of the table, against numbers: the loop that a new identity meets without being told of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from oracle import Oracle

from matcalc.api import parse
from matcalc.expressions.build import add, hadamard, matmul, negative, num, power, size, substitute, symbol, times, transpose
from matcalc.expressions.expr import Expr, leaves, postorder
from matcalc.expressions.labels import name_of
from matcalc.expressions.properties import properties_of
from matcalc.inference.templates import instantiate
from matcalc.kinds import ONE, Dim
from matcalc.numbers.drawing import draw
from matcalc.numbers.numeric import evaluate
from matcalc.ops.canonical import CANONICAL
from matcalc.ops.core import SYMBOL
from matcalc.ops.identities import IDENTITIES, Identity
from matcalc.ops.vocabulary import WORDS
from matcalc.shortening.patterns import PLAIN, PatternTable, functions, letters, needed, sides
from matcalc.shortening.simplify import simplify
from matcalc.sources import BIBLIOGRAPHY, cite

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
        known = any(identity.source.startswith(cite(key)) for key in BIBLIOGRAPHY)
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
    assert len(table.unread) == waiting
    table.patterns(parse("sin(x)/cos(x)", where="x in R").expr)
    assert 0 < len(table.unread) < waiting
    for identity in IDENTITIES:
        for left, _ in sides(identity):
            said = {e: symbol(name_of(e), e.shape, conditions(identity).get(name_of(e).strip("\u2022")[:1], ())) for e in letters_of(left)}
            left = substitute(left, said)
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


def test_what_asks_for_a_property_waits_for_one() -> None:
    """An identity with a condition is read where something is declared, or an operation occurs that may give the property: an expression
    made of sums, products, powers and transposes of letters has none of those that such identities ask for."""
    asked = {prop for i in IDENTITIES if not needed(i, functions()) for found in conditions(i).values() for prop in found}
    assert {"skew", "unit", "stochastic"} <= asked
    n, m = Dim.of("n"), Dim.of("m")
    leaves_ = [symbol("A", (n, n)), symbol("B", (n, n)), symbol("C", (m, n)), symbol("x", (n, ONE)), symbol("t"), num(2), size(n)]
    made = dict.fromkeys(leaves_)
    for _ in range(2):
        known = list(made)[:60]
        made.update(dict.fromkeys(transpose(e) for e in known))
        for a, b in product(known, known):
            made.update(dict.fromkeys([times(a, b)] if a.is_scalar or b.is_scalar else []))
            made.update(dict.fromkeys([add(a, b), add(a, negative(b)), hadamard(a, b)] if a.shape == b.shape else []))
            made.update(dict.fromkeys([matmul(a, b)] if a.shape[1] is b.shape[0] else []))
        made.update(dict.fromkeys(power(e, num(k)) for e in known for k in (2, -1)))
    plain = {op.bit for op in PLAIN}
    judged = [e for e in made if all(n.op.bit in plain for n in postorder(e)) and not e.is_scalar]
    assert len(judged) > 1500
    assert not [e for e in judged if asked & properties_of(e)]


def test_a_quadratic_form_reads_no_identity() -> None:
    """Nothing of the table can be found in x^T A x: reading three that ask for properties took a tenth of a first answer."""
    table = PatternTable()
    e = parse("x^T A x", where="A in R^{n x n}; x in R^n").expr
    assert not any(table.patterns(n) for n in postorder(e)) and not table.by_root
    table.patterns(parse("x^T A x", where="A in R^{n x n} skew; x in R^n").expr)
    assert {p.identity.name for found in table.by_root.values() for p in found} >= {"quadratic form of a skew matrix"}
