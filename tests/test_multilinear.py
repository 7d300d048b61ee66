"""What follows from the index letters of a block (values in floating point and in decimals, linearity, transposition, answers in matrix
notation), and from the differentials of powers."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc
from matcalc.errors import MatcalcError, NoAnswerError
from matcalc.expressions.build import apply, num, symbol, times, transpose, zeros
from matcalc.expressions.properties import holds
from matcalc.inference.templates import template
from matcalc.kinds import ONE, Dim
from matcalc.numbers import kernels, precise
from matcalc.numbers.arrays import Array
from matcalc.ops.core import HADAMARD, KRONECKER, MATMUL, MATRIX_POWER, POWER
from matcalc.ops.diagonal import DIAG, DIAGONAL
from matcalc.ops.multilinear import letters, transposition
from matcalc.ops.operation import Operation
from matcalc.ops.sums import COLUMN_SUMS, ROW_SUMS, SUM, VEC
from matcalc.ops.trace import TRACE

M, N = Dim.of("m"), Dim.of("n")
X, x, r = symbol("X", (M, N)), symbol("x", (N, ONE)), symbol("r", (ONE, N))


@pytest.mark.parametrize("index", ["ii->11", "ij->11", "ii->i1", "i1->ii", "ij->ji", "ij->(ji)1", "ij,kl->(ik)(jl)", "ij,jk->ik", "ij->1j"])
def test_decimal_values_are_those_of_numpy(index: str) -> None:
    rng = np.random.default_rng(0)
    sizes = {"1": 1, "i": 3, "j": 4, "k": 2, "l": 5}
    given = [rng.standard_normal([sizes[c] for c in place]) for place in index.partition("->")[0].split(",")]
    found = kernels.contracted(index, *given)
    exact = kernels.contracted(index, *[Array([precise.exact(float(v)) for v in a.ravel()], a.shape) for a in given])
    assert np.shape(found) == getattr(exact, "shape", ())
    np.testing.assert_allclose(np.ravel(found), [float(v) for v in getattr(exact, "data", [exact])], rtol=1e-12)


def test_letters_say_what_becomes_of_transposes() -> None:
    assert TRACE.transposes == SUM.transposes == DIAGONAL.transposes == "ignores"
    assert KRONECKER.transposes == HADAMARD.transposes == "commutes"
    assert not (MATMUL.transposes or VEC.transposes or ROW_SUMS.transposes)
    assert transposition("ab->ba") == "commutes"


def test_letters_that_say_nothing_are_refused() -> None:
    for wrong in ("ijk->i1", "i->i1", "ij->I1"):
        with pytest.raises(MatcalcError, match="rows and columns"):
            letters(wrong)


def test_numbers_come_out_and_zeros_stay() -> None:
    assert apply(ROW_SUMS, (times(num(2), X),)) is times(num(2), apply(ROW_SUMS, (X,)))
    assert apply(ROW_SUMS, (zeros(M, N),)) is zeros(M)
    assert apply(VEC, (zeros(M, N),)) is zeros(M * N)


def test_of_vectors_and_of_transposes() -> None:
    assert apply(ROW_SUMS, (x,)) is x and apply(COLUMN_SUMS, (r,)) is r
    assert apply(ROW_SUMS, (r,)) is apply(SUM, (r,)) and apply(COLUMN_SUMS, (x,)) is apply(SUM, (x,))
    assert apply(VEC, (r,)) is transpose(r)
    assert apply(ROW_SUMS, (transpose(X),)) is transpose(apply(COLUMN_SUMS, (X,)))


def test_signs_of_entries() -> None:
    P, p, D = symbol("P", (M, N), ["positive"]), symbol("p", (N, ONE), ["negative"]), symbol("D", (N, N), ["nonpositive"])
    assert holds(apply(ROW_SUMS, (P,)), "positive") and holds(apply(COLUMN_SUMS, (P,)), "positive")
    assert holds(apply(MATMUL, (P, p)), "negative") and holds(apply(KRONECKER, (p, D)), "nonnegative")
    assert holds(apply(DIAG, (p,)), "nonpositive") and not holds(apply(DIAG, (p,)), "negative")


@pytest.mark.parametrize(
    "text, answer",
    [
        ("sum(rowsum(X).^2)", "2 rowsum(X) ones(n)^T"),
        ("w^T rowsum(X)", "w ones(n)^T"),
        ("colsum(A X) b", "A^T ones(m) b^T"),
        ("norm(rowSums(X^T))", "ones(m) colsum(X)/||colsum(X)^T||"),
        ("tr(rowsum(X) colsum(X))", "(rowsum(X) ones(n)^T + ones(n) colsum(X))^T"),
        ("sum(rowsum(X .* X))", "2 X"),
        ("tr(X ⊗ X)", "2 tr(X) I_n"),
        ("w^T rowsum(A X) + w^T rowsum(B X)", "(A + B)^T w ones(p)^T"),
        ("tr((A ⊗ B) X) + tr((A ⊗ C) X)", "A^T ⊗ (B + C)^T"),
        ("tr(X ⊗ A) + tr(A ⊗ X) + tr(A ⊗ A ⊗ X)", "(tr(A) + 2) tr(A) I_n"),
    ],
)
def test_answers_are_in_matrix_notation(text: str, answer: str) -> None:
    d = matcalc.derivative(text, "X")
    assert not isinstance(d, list) and d.text == answer


def test_a_vector_of_sums_by_the_matrix() -> None:
    d = matcalc.derivative("rowsum(X)", "X", where="X in R^{m x n}", notation="kron")
    assert not isinstance(d, list) and d.text == "d vec(F)/d vec(X)^T = ones(n)^T ⊗ I_m"


# ---------------------------------------------------------------------------------------------- differentials that are read


@pytest.mark.parametrize(
    "op, text, question, answer",
    [
        (POWER, "5 x.^(k - 1) .* dx", ("sum(x.^3)", "x in R^n"), "5 (x.^2)^T"),
        (MATRIX_POWER, "7 X^(k - 1) dX", ("tr(X^3)", "x in R^{n x n}"), "7 (x^2)^T"),
    ],
)
def test_powers_are_differentiated_by_the_text_of_their_block(
    op: Operation, text: str, question: tuple[str, str], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(op, "differential", text)
    template.cache_clear()
    try:
        d = matcalc.derivative(question[0].replace("X", "x"), "x", where=question[1], verify=False)
        assert not isinstance(d, list) and d.text == answer
        assert "5" in str(d.steps) or "7" in str(d.steps)
    finally:
        template.cache_clear()


def test_an_argument_of_which_the_block_says_nothing_is_no_variable() -> None:
    with pytest.raises(NoAnswerError, match="how polygamma changes with its argument k"):
        matcalc.derivative("polygamma(k, s)", "k", where="k, s in R")
