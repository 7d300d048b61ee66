"""The check refuses derivatives that are nearly right: a factor, a sign, a term missing, a term off by a thousandth, a transpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest

import matcalc
import matcalc.pipeline.derive
from matcalc.differentiation.network import Term
from matcalc.differentiation.tensor import Tensor
from matcalc.errors import NoAnswerError, VerificationError
from matcalc.expressions.build import add, num, substitute, times, transpose
from matcalc.expressions.expr import Expr, postorder
from matcalc.expressions.labels import words_of
from matcalc.numbers.judge import Check
from matcalc.ops.core import ADD, SIZE, SYMBOL

EXPRESSIONS = [  # text, variable, declarations, order
    ("x^T A x + b^T x", "x", "A in R^{n x n}", 1),
    ("A x + x .* x", "x", "A in R^{n x n}", 1),
    ("1000 x + sin(x)", "x", "x in R", 1),
    ("100000000 + x^2 + sin(x)", "x", "x in R", 1),
    ("(exp(x) + x sin(x))/10000000000000", "x", "x in R", 1),
    ("exp(-40) sum(sin(x) .* x)", "x", "x in R^n", 1),
    ("sin(100000 s)", "s", "s in R", 1),
    ("exp(20 s) + exp(-20 s)", "s", "s in R", 1),
    ("log(sigmoid(18 + x^T A x))", "x", "A in R^{n x n}", 1),
    ("atanh(sigmoid(8 + x^T A x))", "x", "A in R^{n x n}", 1),
    ("log(1 - sigmoid(x)^2) + x^3", "x", "x in R", 1),
    ("sum(log(sigmoid(y .* (X w))))", "w", "", 1),
    ("||A x - b||^2 + lambda ||x||^2", "x", "", 1),
    ("||A x - b|| + ||x||_1", "x", "", 1),
    ("sum(relu(A x - b)) + x^T x", "x", "", 1),
    ("logdet(X) + a^T X^-1 b", "X", "X in R^{n x n}", 1),
    ("det(X) + tr(X^3)", "X", "X in R^{n x n}", 1),
    ("tr(A X B X^T) + a^T X b", "X", "X in R^{m x n}", 1),
    ("A X B + X", "X", "A, B, X in R^{n x n}", 1),
    ("tr(expm(X)) + tr(X^T X)", "X", "X in R^{n x n}", 1),
    ("||dexpm(A, X)||_F + ||X||_F", "X", "A, X in R^{n x n}", 1),
    ("||X||_* + ||X||_2", "X", "X in R^{m x n}", 1),
    ("sum(pinv(X)) + sum(X)", "X", "X in R^{m x n}", 1),
    ("logsumexp(A x) + sum(softmax(x) .* x)", "x", "A in R^{m x n}", 1),
    ("sum(gelu(x)) + prod_{i=1}^n x_i", "x", "x in R^n", 1),
    ("sum_{i=1}^N (w^T x_i - y_i)^2 + w^T w", "w", "w, x_i in R^n; y_i in R", 1),
    ("1/(1 + exp(-a^T x)) + sqrt(1 + x^T x)", "x", "", 1),
    ("sum(sin(x) .* exp(x))", "x", "x in R^n", 2),
    ("x^T x x^T A x", "x", "A in R^{n x n}", 2),
    ("logdet(X) + tr(X^3)", "X", "X in R^{n x n}", 2),
    ("log(1 + exp(x^T x)) + sum(x.^3)", "x", "x in R^n", 2),
    ("100000000 + sum(exp(x) + x.^3)", "x", "x in R^n", 2),
    # determinants of products, which are 0 where the product is singular
    ("det(X^T X) + tr(X^T X)", "X", "X in R^{m x n}", 1),
    ("det(X^T X)", "X", "X in R^{m x n}", 1),
    ("det(A X)", "X", "A in R^{m x n}; X in R^{n x m}", 1),
    ("det(X^T A X)", "X", "A in R^{n x n}; X in R^{n x m}", 1),
    ("logdet(X^T X) + a^T X b", "X", "X in R^{m x n}", 1),
    ("det(x x^T + y y^T) + x^T y", "x", "x, y in R^n", 1),
    # beyond a threshold
    ("relu(x - 10) + x", "x", "x in R", 1),
    ("max(x, 10) + x^2", "x", "x in R", 1),
    ("a^T x + relu(x^T x - 1000)", "x", "x in R^n", 1),
    ("x^T A x exp(-1000 x^T x) + b^T x", "x", "A in R^{n x n}", 1),
    ("sum(relu(x - 100000)) + sum(x.^2)", "x", "x in R^n", 1),
    ("x^3 1[x > 1/1000] 1[x < 2/1000] + x", "x", "x in R", 1),
    ("cases(x^2, x > 30, x^3)", "x", "x in R", 1),
    ("clip(x, -7, 20) + x^2", "x", "x in R", 1),
    ("huber(x, 50) + x^3", "x", "x in R", 1),
    ("min(s, ||A||_F) + s tr(A)", "A", "A in R^{n x n}; s in R", 1),
    ("|x^3 - 1000000| + x", "x", "x in R", 1),
    # whole numbers, and sizes as numbers
    ("x^k", "x", "x in R; k in N", 1),
    ("sum(x.^k) + k x^T x", "x", "x in R^n; k in N", 1),
    ("tr(X^k)", "X", "X in R^{n x n}; k in N", 1),
    ("x^T x + (n-2)(n-3) sum(x)", "x", "x in R^n", 1),
    ("(N-2)(N-3) w^T w + sum_{i=1}^N w^T x_i", "w", "w, x_i in R^n", 1),
    ("n x^T x + n^2 sum(x)", "x", "x in R^n", 1),
    ("m n sum(X) + tr(X^T X)/n", "X", "X in R^{m x n}", 1),
    ("1/n sum(x.^3) + 1/n^2 (sum(x))^2", "x", "x in R^n", 2),
    # scales
    ("a^T x + sum(sin(x))/100000000", "x", "x in R^n", 1),
    ("1000000000 x + sin(x)", "x", "x in R", 1),
    ("100000000 a^T x + sum(exp(x))", "x", "x in R^n", 1),
    ("x^T x + x^T A x/1000000000", "x", "A in R^{n x n}", 1),
    # tensors, families
    ("diag(x) A + x a^T", "x", "x, a in R^n; A in R^{n x n}", 1),
    ("X A X + A X", "X", "A, X in R^{n x n}", 1),
    ("x x^T x + x", "x", "x in R^n", 2),
    ("sum_{i=1}^N log(1 + exp(-y_i w^T x_i)) + w^T w", "w", "w, x_i in R^n; y_i in R", 2),
    ("sum_{i=1}^N ||x_i - mu||^2 + mu^T mu", "mu", "mu, x_i in R^n", 1),
    ("prod_{i=1}^n x_i + sum(x)", "x", "x in R^n", 2),
    ("sum(X .* X .* X) + tr(X^T A X)", "X", "X in R^{m x n}; A in R^{m x m}", 2),
]
STRUCTURED = [
    ("tr(A S) + logdet(S)", "S", "A in R^{n x n}; S in R^{n x n} spd"),
    ("a^T S b + tr(S^2)", "S", "a, b in R^n; S in R^{n x n} symmetric"),
    ("tr(A D) + tr(D^3)", "D", "A in R^{n x n}; D in R^{n x n} diagonal"),
    ("a^T K b + tr(K A K)", "K", "a, b in R^n; A in R^{n x n}; K in R^{n x n} skew"),
    ("a^T L b + tr(L L^T)", "L", "a, b in R^n; L in R^{n x n} lower"),
]
NOT_SYMMETRIC = [
    ("A x + x .* x", "x", "A in R^{n x n}", 1),
    ("tr(A X B X) + tr(X)/100", "X", "A, B, X in R^{n x n}", 1),
    ("det(X) + tr(X^3)", "X", "X in R^{n x n}", 1),
    ("exp(-40) tr(expm(X))", "X", "X in R^{n x n}", 1),
    ("logdet(X)", "X", "X in R^{n x n}", 1),
]
BILLIONTH = Fraction(1, 10**9)
Mutation = Callable[[Tensor], Iterator[Tensor]]


def with_summands(t: Tensor, change: Callable[[list[Any], int], list[Any]], parts: list[Any]) -> Iterator[Tensor]:
    """The tensor with its summands changed, one after another."""
    for k in range(len(parts)):
        changed = change(parts, k)
        made = Tensor(t.shapes, changed if t.matrix is None else t.terms)
        if t.matrix is not None:
            made.replace(add(*changed))
        yield made


def summands(t: Tensor) -> list[Any]:
    if t.matrix is None:
        return list(t.terms)
    return list(t.matrix.args) if t.matrix.op is ADD else [t.matrix]


def scaled(part: Term | Expr, by: Fraction) -> Any:
    return Term(times(num(by), part.scalar), part.factors, part.slots, part.binders) if isinstance(part, Term) else times(num(by), part)


def by_factor(by: Fraction) -> Mutation:
    def whole(t: Tensor) -> Iterator[Tensor]:
        yield next(with_summands(t, lambda parts, k: [scaled(p, by) for p in parts], summands(t)))

    return whole


def one_by_factor(by: Fraction) -> Mutation:
    return lambda t: with_summands(t, lambda ps, k: [*ps[:k], scaled(ps[k], by), *ps[k + 1 :]], summands(t))


def missing(t: Tensor) -> Iterator[Tensor]:
    parts = summands(t)
    return with_summands(t, lambda ps, k: [*ps[:k], *ps[k + 1 :]], parts) if len(parts) > 1 else iter(())


def turned(t: Tensor) -> Iterator[Tensor]:
    assert t.matrix is not None
    made = Tensor(t.shapes, t.terms)
    made.replace(transpose(t.matrix))
    yield made


def numbered(t: Tensor) -> Iterator[Tensor]:
    """With numbers in place of a size, or of a whole number."""
    leaves = {e for e in postorder(t.expressions()) if e.op is SIZE or (e.op is SYMBOL and "integer" in words_of(e))}
    for leaf in leaves:
        for k in (1, 2, 3, 4, 6):
            yield t.map(lambda e, leaf=leaf, k=k: substitute(e, {leaf: num(k)}))


MUTATIONS: dict[str, Mutation] = {
    "twice": by_factor(Fraction(2)),
    "the other sign": by_factor(Fraction(-1)),
    "a billionth more": by_factor(1 + BILLIONTH),
    "a term twice": one_by_factor(Fraction(2)),
    "a term with the other sign": one_by_factor(Fraction(-1)),
    "a term a billionth more": one_by_factor(1 + BILLIONTH),
    "a term missing": missing,
    "a number for a size": numbered,
}


def survivors(
    monkeypatch: pytest.MonkeyPatch, mutation: Mutation, text: str, wrt: str, where: str, order: int, **options: Any
) -> list[str]:
    """The wrong derivatives that the check lets through."""
    check = matcalc.pipeline.derive.judged
    passed = []

    def mutated(typed: Any, previous: Any, tensor: Any, *rest: Any, **more: Any) -> Check:
        for wrong in mutation(tensor) if order == 1 or previous is not None else ():
            try:
                if check(typed, previous, wrong, *rest, **more):
                    passed.append("; ".join(map(str, wrong.expressions())))
            except (VerificationError, NoAnswerError):
                pass
        return Check(1, (), 0)

    monkeypatch.setattr(matcalc.pipeline.derive, "judged", mutated)
    matcalc.derivative(text, wrt, where=where, **({"order": order} if order > 1 else {}), **options)  # type: ignore[arg-type]
    return passed


@pytest.mark.parametrize("question", EXPRESSIONS, ids=lambda q: q[0])
def test_what_is_nearly_right_is_refused(monkeypatch: pytest.MonkeyPatch, question: tuple[str, str, str, int]) -> None:
    found = matcalc.derivative(question[0], question[1], where=question[2], order=question[3])
    assert found.verified == "verified"  # type: ignore[union-attr]
    for name, mutation in MUTATIONS.items():
        with monkeypatch.context() as patch:
            assert not survivors(patch, mutation, *question), name


@pytest.mark.parametrize("question", NOT_SYMMETRIC, ids=lambda q: q[0])
def test_the_transpose_is_refused(monkeypatch: pytest.MonkeyPatch, question: tuple[str, str, str, int]) -> None:
    assert not survivors(monkeypatch, turned, *question)


@pytest.mark.parametrize("convention", ["symmetric-space", "independent"])
@pytest.mark.parametrize("question", STRUCTURED, ids=lambda q: q[0])
def test_within_a_set_too(monkeypatch: pytest.MonkeyPatch, question: tuple[str, str, str], convention: str) -> None:
    for name, mutation in MUTATIONS.items():
        with monkeypatch.context() as patch:
            assert not survivors(patch, mutation, *question, 1, structured=convention), name


@pytest.mark.parametrize("notation", ["kron", "differential", "index"])
def test_in_other_notations_too(monkeypatch: pytest.MonkeyPatch, notation: str) -> None:
    for name, mutation in MUTATIONS.items():
        with monkeypatch.context() as patch:
            assert not survivors(patch, mutation, "A X B + X A", "X", "A, B, X in R^{n x n}", 1, notation=notation), name
