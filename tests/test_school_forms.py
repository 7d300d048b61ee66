"""Derivatives of functions of one variable in the form in which a course prints them, letter for letter."""

from __future__ import annotations

import pytest

import matcalc

FORMS = [
    # polynomials are not nested, and keep what was typed
    ("(2x+1)(x^2-3)", "6 x^2 + 2 x - 6"),
    ("(x+1)(x+2)(x+3)", "3 x^2 + 12 x + 11"),
    ("x^4 - 3x^2 + 2x", "4 x^3 - 6 x + 2"),
    ("(x^2+2x+3)^2", "4 (x + 1) (x^2 + 2 x + 3)"),
    ("sin(x + x^2)", "(2 x + 1) cos(x + x^2)"),
    ("(x^2 - x^3)/x", "1 - 2 x"),
    # a difference stays the way round in which it was typed
    ("(3x-2)^4", "12 (3 x - 2)^3"),
    ("(x^2+1)/(x-1)", "(x^2 - 2 x - 1)/(x - 1)^2"),
    # one bar to a fraction
    ("f(x)/g(x)", "(f'(x) g(x) - f(x) g'(x))/g(x)^2"),
    ("sin(x)/x", "(x cos(x) - sin(x))/x^2"),
    ("x/(1+x^2)", "(1 - x^2)/(1 + x^2)^2"),
    ("1/x + 1/x^2", "-1/x^2 - 2/x^3"),
    ("x/(x^2+3x+2)", "(2 - x^2)/(x^2 + 3 x + 2)^2"),
    # the product rule's summands stay, those of one function together; so does what was typed below a bar
    ("x^2 sin(x)", "x^2 cos(x) + 2 x sin(x)"),
    ("(x^2+1) sin(x)", "(x^2 + 1) cos(x) + 2 x sin(x)"),
    ("log(1-x)", "-1/(1 - x)"),
    # numbers and letters before powers, no double angle of a sum
    ("x^n", "n x^(n - 1)"),
    ("sin(x^3-3x)^2", "6 (x^2 - 1) sin(x^3 - 3 x) cos(x^3 - 3 x)"),
    ("log(abs(x))", "1/x"),
    ("tan(x)", "1/cos(x)^2"),
    ("ln|sec x + tan x|", "sec(x)"),
    # functions in the order in which they were typed, then those that the derivative brought, then sums of them
    ("exp(x) cos(x) x", "exp(x) (cos(x) + x (cos(x) - sin(x)))"),
    ("x log(x) - x", "log(x)"),
    # a coefficient stands before what it stands before in the text
    ("x exp(-lambda x)", "(1 - lambda x) exp(-lambda x)"),
    ("x sin(a x)", "sin(a x) + a x cos(a x)"),
    ("x^n e^{-a x}", "x^(n - 1) (n - a x) e^(-a x)"),
    ("x^2 y + sin(x y)", "2 x y + y cos(x y)"),
    ("x^2 y + y x", "2 x y + y"),
    ("x y + y a x + a x y", "y + 2 y a"),
    ("x^x", "x^x (log(x) + 1)"),
    ("e^{2x} sin(3x)", "e^(2 x) (2 sin(3 x) + 3 cos(3 x))"),
]


@pytest.mark.parametrize("text, form", FORMS, ids=[text for text, _ in FORMS])
def test_the_form_of_the_course(text: str, form: str) -> None:
    d = matcalc.derivative(text, "x", where="x in R; n in N; f: R -> R; g: R -> R")
    assert (d.text, d.verified) == (form, "verified")


@pytest.mark.parametrize(
    "text, want",
    [
        ("x^2/cos(x)", "(x^2 sin(x) + 2 x cos(x))/cos(x)^2"),
        ("x/cos(x)", "(cos(x) + x sin(x))/cos(x)^2"),
        ("x^2/log(x)", "(2 x log(x) - x)/log(x)^2"),
        ("tan(x)/cos(x)", "1/cos(x)^3 + tan(x)^2/cos(x)"),  # where a tangent was typed, it stays
        ("y = 3x^2 + 2x; y^2", "4 x (3 x + 2) (3 x + 1)"),
        ("x^2 + lambda/2 x^2 - lambda", "2 x + lambda x"),
    ],
)
def test_quotients_numbers_and_letters(text: str, want: str) -> None:
    """The quotient rule brings in no tangent; numbers stand in front; letters as in the author's products."""
    assert matcalc.derivative(text, "x", where="x, lambda in R").text == want
