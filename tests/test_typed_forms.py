"""What answers keep of the way their author wrote the function: the order of factors, brackets, sums side by side, names of entries."""

from __future__ import annotations

import pytest

import matcalc


@pytest.mark.parametrize(
    "text, wrt, where, want",
    [
        # a slope 1 - y keeps its sign behind another summand
        ("x - tanh(W x)", "x", "x in R^n; W in R^{n x n}", "I - diag(1 - tanh(W x).^2) W"),
        ("b^T x - a^T sigmoid(x)", "x", "a, b, x in R^n", "(b - a .* sigmoid(x) .* (1 - sigmoid(x)))^T"),
        ("-a^T tanh(x)", "x", "a, x in R^n", "((tanh(x).^2 - 1) .* a)^T"),
        ("b x^3 - b x + x", "x", "b, x in R", "3 b x^2 - b + 1"),
        # what 1 - y was multiplied into stands before it
        ("x sigmoid(beta x)", "x", "beta, x in R", "sigmoid(beta x) (beta x (1 - sigmoid(beta x)) + 1)"),
        ("a x sigmoid(b x + c)", "x", "a, b, c, x in R", "a sigmoid(b x + c) (b x (1 - sigmoid(b x + c)) + 1)"),
        (
            "sum(x .* sigmoid(beta x))",
            "x",
            "x in R^n; beta in R",
            "(sigmoid(beta x) .* (beta (x .* (1 - sigmoid(beta x))) + 1))^T",
        ),
        # angles stay as they are
        ("sin(x) cos(x)", "x", "x in R", "cos(x)^2 - sin(x)^2"),
        ("sin(2x)/(1 + cos(2x))", "x", "x in R", "2/(1 + cos(2 x))"),
        # a polynomial with coefficients is not nested, and a sum stands before a name where it was typed so
        (
            "(1 - t)^3 a + 3 (1 - t)^2 t b + 3 (1 - t) t^2 c + t^3 d",
            "t",
            "t in R; a, b, c, d in R^n",
            "6 (1 - t) t (c - b) + 3 (1 - t)^2 (b - a) + 3 t^2 (d - c)",
        ),
        (
            "A (delta K^r + (1 - delta) L^r)^s",
            "K",
            "A, K, L, r, s, delta in R positive",
            "A delta r s K^(r - 1) (delta K^r + (1 - delta) L^r)^(s - 1)",
        ),
        # a name stands before what it stands before in a bracket, the numbers of an exponent before the power
        ("(a - x)^2 + b (y - x^2)^2", "x", "x, y, a, b in R", "-2 (a - x) - 4 b x (y - x^2)"),
        ("n x^n + x^n", "x", "x in R positive; n in R", "n (n + 1) x^(n - 1)"),
        # a name stays outside of a bracket
        ("-U (s^12/x^12 - s^6/x^6)", "x", "U, s, x in R positive", "U (12 s^12/x^13 - 6 s^6/x^7)"),
        ("4 U ((s/x)^12 - (s/x)^6)", "x", "U, s, x in R positive", "24 U (s^6/x^7 - 2 s^12/x^13)"),
        # sums over an index stay side by side, a power stands before a function, a fraction before a sum
        (
            "(b - 1) sum_{i=1}^n log(t_i) - sum_{i=1}^n (t_i/a)^b",
            "b",
            "a, b in R positive; t_i in R positive",
            "sum_{i=1}^n log(t_i) - sum_{i=1}^n (t_i/a)^b log(t_i/a)",
        ),
        ("-sum_{i=1}^n (t_i/a)^b", "a", "a, b in R positive; t_i in R positive", "b/a sum_{i=1}^n (t_i/a)^b"),
        # a number beside products of arrays is a multiple of ones
        ("1/2 w^T S w - l w^T ones(n)", "w", "w in R^n; S in S^n; l in R", "w^T S - l ones(n)^T"),
        ("tr(A X B X C)", "X", "", "A^T C^T X^T B^T + B^T X^T A^T C^T"),
        ("a^T X^T C X a", "X", "", "(C + C^T) X a a^T"),
        # a name with an index stays where nothing is summed
        ("p_k = exp(z_k)/sum_{j=1}^n exp(z_j); p_k", "z_k", "z in R^n", "p_k = softmax(z)[k]; p_k (1 - p_k)"),
        ("p_k = exp(z_k)/sum_{j=1}^n exp(z_j); -log(p_y)", "z_k", "z in R^n", "p_k = softmax(z)[k]; p_k - 1[y = k]"),
        (
            "exp(q^T k_i)/sum_{j=1}^N exp(q^T k_j)",
            "q",
            "q, k_i in R^d",
            "p_j = exp(q^T k_j)/(sum_{l=1}^N exp(q^T k_l)); p_i (k_i - sum_{j=1}^N p_j k_j)^T",
        ),
        # sums keep their letter, and differences below it their signs
        (
            "log(sum_{k=1}^K exp(-1/2 ||x - m_k||^2))",
            "x",
            "x, m_k in R^n",
            "-1/(sum_{k=1}^K exp(-||x - m_k||^2/2)) sum_{k=1}^K exp(-||x - m_k||^2/2) (x - m_k)^T",
        ),
        # e^x stays a power
        ("x e^(-a x)", "x", "a, x in R", "(1 - a x) e^(-a x)"),
        # the logistic function has its argument as it was typed
        ("1/(1 + exp(-(w^T x + b)))", "x", "w, x in R^n; b in R", "sigmoid(w^T x + b) (1 - sigmoid(w^T x + b)) w^T"),
        ("L/(1 + exp(-k (x - m)))", "x", "L, k, x, m in R", "L k sigmoid(k (x - m)) (1 - sigmoid(k (x - m)))"),
        ("1/(1 + exp((m - x)/s))", "x", "m, s, x in R", "sigmoid((m - x)/s) (1 - sigmoid((m - x)/s))/s"),
        ("K/(1 + ((K - N_0)/N_0) e^(-r t))", "t", "K, N_0, r, t in R", "(K - N_0) K N_0 r e^(-r t)/((K - N_0) e^(-r t) + N_0)^2"),
        # a × b - c and not b × a + c
        ("||(u × a) - b||^2", "u", "u, a, b in R^3", "2 cross(a, cross(u, a) - b)^T"),
    ],
)
def test_the_form_in_which_it_was_typed(text: str, wrt: str, where: str, want: str) -> None:
    d = matcalc.derivative(text, wrt, where=where)
    assert d.text == want and d.verified == "verified"


def test_a_product_that_became_one_factor_is_spelled() -> None:
    """It was taken for a product of itself, without end, in the title of its program."""
    where = "B in R^{q x n} positive; u in R^{q} positive; z in R^{q} positive"
    d = matcalc.derivative("|dot(silu(u.^(-2)), softplus(sinh(z))) + tan(mean(B - B))|", "B", where=where)
    assert "silu(1 ./ u.^2)^T softplus(sinh(z))" in d.code("numpy")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text, order, want",
    [
        ("x^a", 3, "a (a - 1) (a - 2) x^(a - 3)"),
        ("-x^a", 4, "-a (a - 1) (a - 2) (a - 3) x^(a - 4)"),
        ("x^a", 5, "a (a - 1) (a - 2) (a - 3) (a - 4) x^(a - 5)"),
    ],
)
def test_falling_factorials(text: str, order: int, want: str) -> None:
    """They had a (1 - a) (2 - a) and a (a - 3) (1 - a) (2 - a)."""
    d = matcalc.derivative(text, "x", where="x, a in R", order=order)
    assert d.text == want and d.verified == "verified"
