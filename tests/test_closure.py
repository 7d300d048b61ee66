"""What is inferred of sums, products, inverses and functions holds in numbers, and the builders use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.expressions.expr import postorder
from matcalc.expressions.properties import holds, properties_of
from matcalc.numbers.drawing import draw
from matcalc.ops.vocabulary import WORDS, close_properties

N, M = 4, 5
WHERE = (
    "A, B in R^{n x n}; C in R^{m x n}; S, T in R^{n x n} symmetric; V, W in R^{n x n} spd; Z in R^{n x n} psd; K, L in R^{n x n} skew; "
    "D, E in R^{n x n} diagonal; Q, R in R^{n x n} orthogonal; G in R^{m x n} orthonormal; F, H in R^{n x n} lower; U in R^{n x n} upper; "
    "P in R^{n x n} idempotent; J in R^{n x n} invertible; x in R^n; p in R^n positive; s in R positive; t in R; k in N"
)
Check = Callable[[np.ndarray], bool]


def _close(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, atol=1e-9))


CHECKS: dict[str, Check] = {
    "symmetric": lambda X: _close(X, X.T),
    "skew": lambda X: _close(X, -X.T),
    "diagonal": lambda X: _close(X, np.diag(np.diag(X))),
    "orthogonal": lambda X: _close(X.T @ X, np.eye(len(X))),
    "orthonormal": lambda X: _close(X.T @ X, np.eye(X.shape[1])),
    "spd": lambda X: _close(X, X.T) and bool(np.min(np.linalg.eigvalsh(X)) > 1e-9),
    "psd": lambda X: _close(X, X.T) and bool(np.min(np.linalg.eigvalsh(X)) > -1e-9),
    "invertible": lambda X: abs(np.linalg.det(X)) > 1e-12,
    "lower": lambda X: _close(X, np.tril(X)),
    "upper": lambda X: _close(X, np.triu(X)),
    "idempotent": lambda X: _close(X @ X, X),
    "positive": lambda X: bool(np.min(X) > 0),
    "nonnegative": lambda X: bool(np.min(X) >= 0),
}
# text, what must be known of it
CLOSED: list[tuple[str, str]] = [
    ("S + T", "symmetric"),
    ("S^-1", "symmetric"),
    ("C^T C", "symmetric psd"),
    ("C^T C + V", "spd invertible"),
    ("A + A^T", "symmetric"),
    ("V + W", "spd invertible"),
    ("V + Z", "spd"),
    ("s V", "spd"),
    ("t S", "symmetric"),
    ("V^-1", "spd"),
    ("A^T V A", "psd"),
    ("J^T V J", "spd"),
    ("G^T G", "orthogonal"),
    ("V .* W", "spd"),
    ("V .* I", "spd diagonal"),
    ("S^2", "psd"),
    ("V^3", "spd"),
    ("K + L", "skew"),
    ("-K", "skew"),
    ("K^-1", "skew"),
    ("Q R", "orthogonal invertible"),
    ("Q^T", "orthogonal"),
    ("-Q", "orthogonal"),
    ("Q^k", "orthogonal"),
    ("G Q", "orthonormal"),
    ("expm(K)", "orthogonal"),
    ("expm(S)", "spd"),
    ("expm(A)", "invertible"),
    ("D E", "diagonal symmetric"),
    ("D + 2 E", "diagonal"),
    ("D^-1", "diagonal"),
    ("D .* A", "diagonal"),
    ("diag(x)", "diagonal"),
    ("diag(p)", "spd"),
    ("diag(exp(x))", "spd"),
    ("F H", "lower"),
    ("F^-1", "lower"),
    ("F^T", "upper"),
    ("F + D", "lower"),
    ("F .* U", "diagonal"),
    ("U^2", "upper"),
    ("tril(A)", "lower"),
    ("P^T", "idempotent"),
    ("Q ⊗ R", "orthogonal"),
    ("V ⊗ W", "spd"),
    ("I + C^T C", "spd"),
    ("x^T V x", "nonnegative"),
    ("||x||", "nonnegative"),
    ("det(V)", "positive"),
    ("tr(Z)", "nonnegative"),
    ("exp(t) + t^2", "positive"),
    ("sum(p)", "positive"),
    ("diag(V)", "positive"),
    ("p .* exp(x)", "positive"),
]


def _values() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    found: dict[str, Any] = {}
    for statement in WHERE.split("; "):
        names, _, kind = statement.partition(" in ")
        words = kind.split()
        for name in names.split(", "):
            shape = {"R": (1, 1), "N": (1, 1), "R^n": (N, 1)}.get(words[0], (M if "{m" in kind else N, N))
            properties = [w for w in words if w in CHECKS] + (["integer"] if words[0] == "N" else [])
            value = draw(shape, properties, rng)
            found[name] = value[:, 0] if words[0] == "R^n" else value
    return found


VALUES = _values()


@pytest.mark.parametrize("text, wanted", CLOSED, ids=[c[0] for c in CLOSED])
def test_closure(text: str, wanted: str) -> None:
    e = matcalc.parse(text, where=WHERE)
    for word in wanted.split():
        assert holds(e.expr, word), f"{text} is {word}"


@pytest.mark.parametrize("text", [c[0] for c in CLOSED])
def test_everything_inferred_holds_in_numbers(text: str) -> None:
    e = matcalc.parse(text, where=WHERE)
    value = np.atleast_2d(e.evaluate({n: v for n, v in VALUES.items() if any(n == str(s) for s in e._scope.symbols)}))
    for word in properties_of(e.expr) & set(CHECKS):
        if not (min(value.shape) == 1 and word not in ("positive", "nonnegative")):
            assert CHECKS[word](value), f"{text} is not {word}"


@pytest.mark.parametrize(
    "text", ["A + S", "S V", "C^T C + A", "t V", "V - A", "A B", "Q + R", "K L", "F U", "x^T A x", "t", "S + K", "V .* A"]
)
def test_nothing_is_claimed_that_may_fail(text: str) -> None:
    e = matcalc.parse(text, where=WHERE).expr
    trivial = {"symmetric"} if text == "t V" else {w.name for w in WORDS.values() if w.scalar == "any"} if e.is_scalar else set()
    assert not properties_of(e) - {"square"} - close_properties(trivial), properties_of(e)


def test_deep_expressions_need_no_deep_stack() -> None:
    e = matcalc.parse("V" + " + V .* (V" * 400 + ")" * 400, where="V in R^{n x n} spd").expr
    assert len(postorder(e)) > 400 and holds(e, "spd")


@pytest.mark.parametrize(
    "text, short",
    [
        ("(Q R)^T Q R", "I_n"),
        ("(Q R)^-1", "R^T Q^T"),
        ("Q^2 (Q^2)^T", "I_n"),
        ("expm(K)^T expm(K)", "I_n"),
        ("D E - E D", "0_{n x n}"),
        ("P^3", "P"),
        ("(Q ⊗ R)^T (Q ⊗ R)", None),
    ],
)
def test_the_builders_use_it(text: str, short: str | None) -> None:
    e = matcalc.parse(text, where=WHERE)
    if short is None:
        assert e.expr.op.name == "eye"
    else:
        assert e.text == short


@pytest.mark.parametrize(
    "text, answer",
    [
        ("x^T K x + x^T x", "2 x^T"),
        ("tr(K) t + x^T x", "2 x^T"),
        ("abs(x^T V x)", "2 x^T V"),
        ("tril(F) x", "F"),
        ("pinv(V) x", "V^-1"),
        ("logdet(Q R) x", "0_{n x n}"),
        ("sqrt(det(V)^2) x", "det(V) I_n"),
    ],
)
def test_answers_use_it(text: str, answer: str) -> None:
    d = matcalc.derivative(text, "x", where=WHERE)
    assert isinstance(d, matcalc.Derivative) and d.verified == "verified"
    assert d.text == answer
