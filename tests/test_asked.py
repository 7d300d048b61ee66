r"""What a text asks for by itself: d/dx, \nabla_x; and letters before brackets that are functions."""

from __future__ import annotations

from typing import Any

import pytest

import matcalc
from matcalc.reading.read import parse

HEADS = {
    r"\frac{d}{dx} x^T A x": (("x",), 1),
    "d/dx x^T A x": (("x",), 1),
    "∂/∂x x^T A x": (("x",), 1),
    r"\frac{\mathrm{d}}{\mathrm{d}t} (t^2)": (("t",), 1),
    r"\frac{\partial}{\partial X} tr(A X)": (("X",), 1),
    r"\frac{d}{d\mathbf{x}^T} A \mathbf x": (("x",), 1),
    r"\frac{d}{d\theta} \sin\theta": (("theta",), 1),
    r"\frac{\partial}{\partial w_{ij}} w_{ij}^2": (("w_{ij}",), 1),
    r"\frac{d^2}{dx^2} x^T A x": (("x", "x"), 2),
    r"\frac{\partial^2}{\partial x \partial y} x^T A y": (("x", "y"), 2),
    "d^2/dx^2 x^3": (("x", "x"), 2),
    r"\nabla_x (x^T A x)": (("x",), 1),
    r"\nabla_{x} (x^T A x)": (("x",), 1),
    r"\nabla (x^T A x)": ((), 1),
    r"\nabla^2 (x^T A x)": ((), 2),
    r"\nabla_x^2 (x^T A x)": (("x", "x"), 2),
    r"\partial_x x^T A x": (("x",), 1),
    "D_x x^T A x": (("x",), 1),
    r"f = x^T x; \frac{df}{dx}": (("x",), 1),
    "f = x^T x; df/dx": (("x",), 1),
    r"L = x^T x; \frac{\partial L}{\partial x}": (("x",), 1),
}


@pytest.mark.parametrize(("text", "expected"), HEADS.items())
def test_a_head_names_variable_and_order(text: str, expected: tuple[tuple[str, ...], int]) -> None:
    asked = parse(text).asked
    assert asked is not None and (asked.names, asked.order) == expected


@pytest.mark.parametrize("text", ["x^T x/d", "d x^T x", "d/(2 d x)", "D x", "D_1 x", "a/x", r"\frac{d}{x}", r"\frac{1}{dx}"])
def test_a_quotient_with_a_d_in_it_asks_for_nothing(text: str) -> None:
    assert parse(text).asked is None


def test_a_declared_d_is_a_name() -> None:
    assert parse("d/d x", ("d",)).asked is None


@pytest.mark.parametrize(
    "text",
    [r"x^T \frac{d}{dx} x", "2 d/dx x", r"\frac{d}{dx} x + 1", r"\frac{d^2}{dx} x", r"x^T \nabla x", r"y + \frac{\partial}{\partial x} x"],
)
def test_elsewhere_it_is_refused(text: str) -> None:
    with pytest.raises(matcalc.MatcalcError):
        parse(text)


def test_the_text_and_the_options_have_to_agree() -> None:
    assert matcalc.derivative("d/dx x^T A x", "x").text == "x^T (A + A^T)"
    assert matcalc.derivative(r"\frac{d^2}{dx^2} x^T A x", "x").text == "A + A^T"
    assert matcalc.derivative("f = x^T x; df/dx", "x").text == "2 x^T"
    with pytest.raises(matcalc.MatcalcError, match="asks for the derivative by x, and --wrt says A"):
        matcalc.derivative("d/dx x^T A x", "A")
    with pytest.raises(matcalc.MatcalcError, match="of order 2, and the option says 3"):
        matcalc.derivative(r"\frac{d^2}{dx^2} x^T A x", "x", order=3)


def test_a_question_is_no_value() -> None:
    with pytest.raises(matcalc.MatcalcError, match="asks for a derivative"):
        matcalc.parse("d/dx x^T A x")


APPLIED = {
    "x(t)^T P x(t)": ("t", "x'(t)^T (P + P^T) x(t)"),
    "log(det(A(t)))": ("t", "tr(A(t)^-1 A'(t))"),
    "f(u) + t/2 ||u||^2": ("u", "t u^T + f'(u)"),
    r"\lambda(w^T w - 1)": ("w", "2 lambda w^T"),
}


@pytest.mark.parametrize(("text", "expected"), APPLIED.items())
def test_a_letter_before_a_bare_name_is_a_function(text: str, expected: tuple[str, str]) -> None:
    d = matcalc.derivative(text, expected[0])
    assert d.text == expected[1]
    assert matcalc.parse(d.text, where=d.where).text == d.text


NUMBERS = {
    "x f(x)": "x f'(x) + f(x)",
    "log(f(x))": "f'(x)/f(x)",
    "f(g(x))": "f'(g(x)) g'(x)",
    "f(x)^2 g(x)": "f(x) (f(x) g'(x) + 2 f'(x) g(x))",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_where_nothing_is_of_linear_algebra_functions_are_of_numbers(text: str) -> None:
    """`x f(x)` gave `x f'(x) + f(x) I`, of a vector x."""
    d = matcalc.derivative(text, "x")
    assert (d.shape, d.text) == (("1", "1"), NUMBERS[text])


def test_a_map_in_brackets_is_a_column() -> None:
    d = matcalc.jacobian("F(x, y) = (x^2 y, 5x + sin(y))", ["x", "y"])
    assert d.evaluate({"x": 1.0, "y": 2.0}).tolist() == [[4.0, 1.0], [5.0, pytest.approx(-0.4161468365471424)]]
    for text in ("lambda (x, y)", "(x, y) z", "(x, y)^{-1}"):
        with pytest.raises(matcalc.MatcalcError):
            matcalc.parse(text)


def test_the_gamma_function() -> None:
    assert matcalc.derivative(r"\log \Gamma(x) where x in R", "x").text == "digamma(x)"
    assert matcalc.parse(r"\Gamma(x) where x in R").evaluate({"x": 5.0}) == pytest.approx(24)


@pytest.mark.parametrize("text", ["f(x) + f", "f(x)(y)", "k(x, y)", "K(x, y)^2"])
def test_what_may_be_a_function_and_may_be_none_is_refused(text: str) -> None:
    with pytest.raises(matcalc.MatcalcError):
        matcalc.parse(text)


DOUBTFUL = {
    r"\text{Tr}(\rho\log\sigma) where rho, sigma in R^{n x n}": "logm",
    "tr(exp(X)) where X in R^{n x n}": "expm",
    "x^T exp(A) x": "expm",
    r"\exp(A^T A) B": "expm",
    "log(det(exp(X) + Y)) where X, Y in R^{n x n}": "expm",
    r"\text{Tr}(U^\dagger H U)": "U^T",
}


def test_the_root_of_what_may_have_negative_entries_is_that_of_the_matrix() -> None:
    e: Any = matcalc.parse(r"\sqrt{A^T A}")
    assert e.text == "sqrtm(A^T A)"
    assert r"sqrt(A^T A) is sqrtm(A^T A), the function of the matrix, whose entries may be negative" in e.assumptions


@pytest.mark.parametrize(("text", "spelling"), DOUBTFUL.items())
def test_what_can_be_two_functions_is_refused_with_both_spellings(text: str, spelling: str) -> None:
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.parse(text)
    assert spelling in str(caught.value)


@pytest.mark.parametrize(
    "text", ["sum(exp(X))", "sum(P .* log(P)) where P in R^{n x n}", "log(X) y where X in R^{m x n}", "2 exp(X)", "e^X b"]
)
def test_entries_are_meant_where_nothing_else_can_be(text: str) -> None:
    matcalc.parse(text)


def test_a_small_t_above_what_is_no_number_is_the_transpose() -> None:
    assert matcalc.derivative("x^t A x", "x").text == "x^T (A + A^T)"
    assert "x^t is the transpose" in "; ".join(map(str, matcalc.parse("x^t A x").assumptions))
    assert matcalc.derivative("2^t", "t").text == "2^t log(2)"
    assert matcalc.derivative("a^t + t where a, t in R", "a").text == "t a^(t - 1)"


ENTRIES = {
    r"-\sum_i p_i \log_2 p_i": ("p_i", "-(log(p_i) + 1)/log(2)"),
    r"\sum_i (x_i - 1)^4": ("x_i", "4 (x_i - 1)^3"),
    r"\sum_i x_i \exp(x_i/3)": ("x_i", "(x_i + 3) exp(x_i/3)/3"),
    r"\|A x - b\|^2": ("x_i", "2 (A^T (A x - b))[i]"),
    r"\sum_i \|y_i - A x\|^2": ("x_k", "-2 (sum_{i=1}^N A^T (y_i - A x))[k]"),
    r"\sum_i \sum_j w_{ij} |x_i - x_j|": ("x_k", "-(w sign(x - x[k]))[k] - sum_{i=1}^n w[i,k] sign(x_i - x_k)"),
}


@pytest.mark.parametrize("text", ENTRIES)
def test_the_entry_of_a_sum_of_names_is_a_sum_of_entries(text: str) -> None:
    """`\\sum_i p_i log_2 p_i` by p_i had `(log(p) + 1)[i]`."""
    assert matcalc.derivative(text, ENTRIES[text][0]).text == ENTRIES[text][1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum_{k=0}^n a_k x^k", "sum_{k=1}^{n + 1} a_k (k - 1) x^(k - 2)"),
        ("a x^{n-1}", "a (n - 1) x^(n - 2)"),
        ("x^{n+1}", "(n + 1) x^n"),
        ("x^k (1 - x)", "x^(k - 1) (k (1 - x) - x)"),
    ],
)
def test_what_an_exponent_leaves_stands_before_its_power(text: str, expected: str) -> None:
    assert matcalc.derivative(text, "x").text == expected


@pytest.mark.parametrize(("text", "expected"), [("K_{12} x", "K_{12}"), ("D_0 e^{-x}", "-D_0 e^(-x)"), ("L_0 x", "L_0")])
def test_numbers_below_a_letter_are_no_sizes(text: str, expected: str) -> None:
    """K_{12} x had the commutation matrix of the sizes 1 and 2, and D_0 was refused: the size 0 is not positive."""
    assert matcalc.derivative(text, "x").text == expected


def test_the_logistic_curve_is_about_numbers() -> None:
    assert matcalc.derivative("K/(1 + e^{-r (t - t_0)})", "t").shape == ("1", "1")


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        (r"\hat G = \hat G_0 + R T \ln Q", "Q", "R T/Q"),
        (r"\Delta G = \Delta G_0 + R T \ln Q", "Q", "R T/Q"),
        (r"\Delta G = \Delta H - T \Delta S", "T", "-S_{Delta}"),
    ],
)
def test_an_accent_on_both_sides_of_a_definition(text: str, wrt: str, expected: str) -> None:
    r"""\hat G_0 was an entry of \hat G, which was defined by itself; \Delta G on the left was refused as a product."""
    assert matcalc.derivative(text, wrt).text == expected


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        (r"\sum_i w_i (y_i - x_i b)^2", "b", "-2 (w .* x)^T (y - b x)"),
        (r"\hat y = X w; \sum_i (y_i - \hat y_i)^2", "w", "y_{hat} = X w; -2 (y - y_{hat})^T X"),
    ],
)
def test_a_difference_of_entries_keeps_its_order_as_one_of_vectors(text: str, wrt: str, expected: str) -> None:
    assert matcalc.derivative(text, wrt).text == expected


def test_a_name_beside_its_own_letter_is_another_vector() -> None:
    """x - x_b and u - u_d were refused: an entry, or another vector."""
    assert matcalc.derivative("(u - u_d)^T (u - u_d)", "u").text == "2 (u - u_d)^T"
    assert matcalc.derivative("(x - x_b)^T P (x - x_b) where P in S^n", "x").text == "2 (x - x_b)^T P"


def test_the_gradient_of_an_unknown_function_says_what_to_declare() -> None:
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.parse(r"f(x) + \nabla f(x)^T (y - x)")
    assert caught.value.suggestion == "declare the function: f: R^n -> R"
    d = matcalc.derivative(r"f(x) + \nabla f(x)^T (y - x)", "y", where="f: R^n -> R; x in R^n")
    assert d.text == "f'(x)"


SOFTMAX = r"-\log \frac{\exp(s_y)}{\sum_{j=1}^C \exp(s_j)}"


@pytest.mark.parametrize("text", [rf"s = Wx; {SOFTMAX}", rf"\ell = {SOFTMAX}; s = Wx"])
def test_a_capital_letter_above_a_sum_is_a_count(text: str) -> None:
    """C above the sum, below a bar, made W and x numbers; s_j was a vector beside s = W x, and the answer 0."""
    assert matcalc.derivative(text, "W").text == "s = W x; (softmax(s) - e_y) x^T"


def test_an_entry_of_what_is_defined_as_one_number_is_refused() -> None:
    with pytest.raises(matcalc.MatcalcError):
        matcalc.derivative(r"s = W x; \sum_{j=1}^C \exp(s_j)", "W", where="W, x in R")


@pytest.mark.parametrize(
    ("text", "wrt", "expected"),
    [
        (r"-\frac1N \sum_{i=1}^N (y_i \log p_i + (1 - y_i) \log(1 - p_i))", "p_i", "(p_i - y_i)/(N p_i (1 - p_i))"),
        ("x^2/(a x + b)", "x", "x (a x + 2 b)/(a x + b)^2"),
    ],
)
def test_below_a_bar(text: str, wrt: str, expected: str) -> None:
    """The first had p_i (N p_i - N) below the bar, the second x a, as if a x + b were a factor behind x^2."""
    assert matcalc.derivative(text, wrt).text == expected
