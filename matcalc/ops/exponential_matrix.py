"""The matrix exponential and its Fréchet derivative.

L(X, E) = integral over s from 0 to 1 of exp(s X) E exp((1 - s) X) has no shorter form unless X and E commute. It is the
top right block of exp([[X, E], [0, X]]), linear in E, and its adjoint is itself at X^T: <A, L(X, E)> = <L(X^T, A), E>.
The second derivative is bilinear in its two directions and symmetric in them; third derivatives are not in the book.
"""

from __future__ import annotations

from ..sources import cite
from .book import operation

MATRIX_EXPONENTIAL = operation(
    "expm",
    "X",
    "n n -> n n",
    differential="dexpm(X, dX)",
    ray="A F",
    transposes="commutes",
    domain="square",
    rule="differential of the matrix exponential",
    statement="d expm(X) = L(X, dX), the Fréchet derivative of the exponential",
    source=cite("al-mohy-higham-2009"),
    spellings="expm",
    latex=r"\exp",
    numeric="matrix_exponential(X)",
)
EXPONENTIAL_DERIVATIVE = operation(
    "expm_frechet",
    "X E",
    "n n, n n -> n n",
    differential="dexpm(X, dE) + ddexpm(X, E, dX)",
    adjoint="dexpm(X^T, A)",
    kronecker="kexpm(X)",
    transposes="commutes",
    domain="square",
    rule="Fréchet derivative of the matrix exponential",
    statement="L(X, E) is the top right block of expm([X, E; 0, X]), and linear in E",
    source=cite("al-mohy-higham-2009"),
    spellings="dexpm",
    latex=r"L_{\exp}",
    numeric="exponential_derivative(X, E)",
)
EXPONENTIAL_SECOND_DERIVATIVE = operation(
    "expm_frechet2",
    "X E H",
    "n n, n n, n n -> n n",
    adjoint="ddexpm(X^T, E^T, A)",
    kronecker="kddexpm(X, E)",
    transposes="commutes",
    domain="square",
    rule="second Fréchet derivative of the matrix exponential",
    statement="L2(X, E, H) is the derivative of L(X, E) along H; it is linear in E and in H, and symmetric in them",
    source=cite("higham-relton-2013"),
    spellings="ddexpm",
    latex=r"L^{(2)}_{\exp}",
    numeric="exponential_derivative(X, E, H)",
)
EXPONENTIAL_KRONECKER = operation(
    "expm_kronecker",
    "X",
    "n n -> nn nn",
    domain="square",
    rule="Kronecker form of the exponential's derivative",
    statement="the Kronecker form of L(X, .): vec L(X, E) = kexpm(X) vec(E)",
    source=cite("al-mohy-higham-2009"),
    spellings="kexpm",
    latex=r"K_{\exp}",
    numeric="exponential_kronecker(X)",
)
EXPONENTIAL_SECOND_KRONECKER = operation(
    "expm_frechet2_kronecker",
    "X E",
    "n n, n n -> nn nn",
    domain="square",
    rule="Kronecker form of the exponential's second derivative",
    statement="the Kronecker form of L2(X, E, .): vec L2(X, E, H) = kddexpm(X, E) vec(H)",
    source=cite("higham-relton-2013"),
    spellings="kddexpm",
    latex=r"K^{(2)}_{\exp}",
    numeric="exponential_kronecker(X, E)",
)
