"""What is printed by indices, with sums, or by cases is read back and compared with what was checked; and what the check says of sizes."""

from __future__ import annotations

from typing import Any

import pytest

import matcalc
from matcalc.errors import VerificationError
from matcalc.expressions.build import index, substitute
from matcalc.expressions.expr import Expr
from matcalc.notation import indexform
from matcalc.notation.forms import Places
from matcalc.pipeline import judging
from matcalc.pipeline.question import Question

CAPTURED = ("prod_{i=1}^n (1 + (sum_{j=1}^n atan(huber(D[i,j], 1/2)))^2)", "D")
NOTE = "what is printed was not compared with what was checked"


def test_a_text_in_which_a_sum_binds_another_index_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sums had one letter, and one of them was printed as n: the numbers were right, and the answer was said to be verified."""
    right: Any = matcalc.derivative(*CAPTURED, where="D in R^{n x n}", order=2)
    assert right.verified == "verified" and not any(a.startswith(NOTE) for a in right.assumptions)

    def captures(e: Expr, letter: str, place: Expr) -> Expr:
        return substitute(e, {index(letter): place})

    monkeypatch.setattr(indexform, "at_index", captures)
    with pytest.raises(VerificationError, match="what is printed disagrees"):
        matcalc.derivative(*CAPTURED, where="D in R^{n x n}", order=2)


@pytest.mark.parametrize(
    ("text", "wrt", "where", "order"),
    [
        ("(X^T X)^-1", "X", "X in R^{m x n}", 1),
        ("x x^T x", "x", "x in R^n", 2),
        ("sum_{i,j} A_{ij} exp(x_i - x_j)", "x", "x in R^n; A in R^{n x n}", 1),
        ("prod_i (1 + x_i^2)", "x", "x in R^n", 2),
    ],
)
@pytest.mark.parametrize("layout", ["numerator", "denominator"])
def test_right_texts_are_not_refused(text: str, wrt: str, where: str, order: int, layout: str) -> None:
    d: Any = matcalc.derivative(text, wrt, where=where, order=order, layout=layout)
    assert d.verified == "verified" and not any(a.startswith(NOTE) for a in d.assumptions)
    judging.printed(d)


def test_diagonals_are_among_some_entries_of_many() -> None:
    typed = Question.of("J[i,j,k,l] = delta[i,l] X[j,k] X[i,l]", where="X in R^{n x n}").whole()
    places = Places(typed)
    assert places.some({"n": 2}, 60) == range(16)
    some = places.some({"n": 5}, 60)
    assert len(some) > 30 and list(some) == sorted(set(some)) and max(some) < 5**4
    assert sum(k // 125 == k % 5 for k in some) > 10  # delta[i,l] is not 0 at one of five
    assert sum(k // 125 != k % 5 for k in some) > 10


def test_a_text_that_is_too_long_to_be_read_back_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "LONGEST_READ", 10)
    d: Any = matcalc.derivative("(X^T X)^-1", "X", where="X in R^{m x n}")
    assert d.verified == "verified" and f"{NOTE}: it is too long to be read back" in d.assumptions


@pytest.mark.parametrize(
    ("text", "wrt", "where", "expected"),
    [
        ("x - x pi", "x", "x in R", "-pi + 1"),
        ("y x^(-pi) x", "x", "x, y in R", "y x^(-pi) (-pi + 1)"),
        ("(1 - pi) x", "x", "x in R; pi in R", "1 - pi"),  # pi is a name there
    ],
)
def test_the_number_pi_is_read_back_as_the_number(text: str, wrt: str, where: str, expected: str) -> None:
    """`1 - pi` was printed, beside which matcalc takes pi for a probability: another function."""
    d: Any = matcalc.derivative(text, wrt, where=where)
    assert d.text == expected
    again: Any = matcalc.derivative(f"x ({d.text})", "x", where=d.where or where)
    assert ("pi" in again.where) == ("pi" in where)


def test_the_number_pi_in_an_index_form() -> None:
    """Found by a second derivative whose text said (1 - pi): the numbers of the text were those of a name pi."""
    d: Any = matcalc.derivative("exp(max(sin(w), u) (A .* A)).^(pi)", "w", where="w, u in R^q; A in R^{1 x p}", order=2)
    assert d.verified == "verified" and "1 - pi" not in d.text


def test_the_check_says_which_sizes_had_no_number() -> None:
    """X^T X is singular where X is wide; only the list of sizes in `--json` told that nothing was compared there."""
    tall: Any = matcalc.derivative("logdet(X^T X)", "X", where="X in R^{m x n}")
    assert tall.check.alone == ("m > n",) and str(tall.check).endswith("at 3 points with m > n")
    assert tall.check.as_dict()["alone"] == ("m > n",)
    both: Any = matcalc.derivative("||X^T X||_F^2", "X", where="X in R^{m x n}")
    assert both.check.alone == () and str(both.check).endswith("at 3 points")


def test_a_text_that_takes_long_is_said_to_be_unread() -> None:
    """Comparing it took four times as long as the derivative and its check."""
    text = "pinv(((X^r - D * F) - logdet(I_p + B/7)) sinh((t w) asinh(z^T)))"
    where = (
        "X in R^{q x q} invertible; B in R^{p x p} orthogonal; r in N; D in R^{q x n}; F in R^{n x q} positive; t in R; w in R^q; z in R^p"
    )
    d: Any = matcalc.derivative(text, "X", where=where, order=2)
    assert any(a.startswith(NOTE) and "too large" in a for a in d.assumptions)
    assert d.check.alone and "with n < p" not in str(d.check)  # the sizes of its one point are listed
