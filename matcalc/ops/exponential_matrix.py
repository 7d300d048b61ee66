"""The matrix exponential and its Fréchet derivatives.

L(X, E) = integral over s from 0 to 1 of exp(s X) E exp((1 - s) X) has no shorter form unless X and E commute. It is the
top right block of exp([[X, E], [0, X]]), linear in E, and its adjoint is itself at X^T: <A, L(X, E)> = <L(X^T, A), E>. With further
directions it is the derivative of that along them: multilinear, symmetric in all directions, and a block of a greater triangle.
"""

from __future__ import annotations

from ..sources import cite
from .book import operation, shorthand

MATRIX_EXPONENTIAL = operation(
    "expm",
    "X",
    "n n -> n n",
    differential="dexpm(X, dX)",
    ray="A F",
    transposes="commutes",
    rule="differential of the matrix exponential",
    statement="d expm(X) = L(X, dX), the Fréchet derivative of the exponential",
    source=cite("al-mohy-higham-2009"),
    spellings="expm",
    numeric="matrix_exponential(X)",
    numpy="_expm(X)",
    jax="jax.scipy.linalg.expm(X)",
    torch="torch.linalg.matrix_exp(X)",
    octave="expm(X)",
    gives="invertible; symmetric -> spd; skew -> orthogonal; lower -> lower; upper -> upper; nonnegative -> nonnegative",
)
EXPONENTIAL_DERIVATIVE = operation(
    "expm_frechet",
    "X E",
    "n n, n n -> n n",
    differential="dexpm(X, dE) + dexpm(X, E, dX)",
    directions=True,
    adjoint="dexpm(X^T, A)",
    kronecker="kexpm(X)",
    transposes="commutes",
    rule="Fréchet derivative of the matrix exponential",
    statement="L(X, E) is the top right block of expm([X, E; 0, X]), and linear in E; L(X, E, H, …) is its derivative along H, …, "
    "linear in each and symmetric in them",
    source=cite("higham-relton-2013"),
    spellings="dexpm",
    numeric="exponential_derivative(X, E, *directions)",
    numpy="_derivative(_expm, X, E, *directions)",
    jax="_derivative(jax.scipy.linalg.expm, X, E, *directions)",
    torch="_derivative(torch.linalg.matrix_exp, X, E, *directions)",
    octave="derivative_(@expm, X, E, *directions)",
)
EXPONENTIAL_KRONECKER = operation(
    "expm_kronecker",
    "X",
    "n n -> nn nn",
    differential="kexpm(X, dX)",
    directions=True,
    rule="Kronecker form of the exponential's derivative",
    statement="the Kronecker form of L(X, .): vec L(X, E) = kexpm(X) vec(E), and vec L(X, H, …, E) = kexpm(X, H, …) vec(E)",
    source=cite("higham-relton-2013"),
    spellings="kexpm",
    numeric="exponential_kronecker(X, *directions)",
    numpy="_kronecker(_expm, X, *directions)",
    jax="_kronecker(jax.scipy.linalg.expm, X, *directions)",
    torch="_kronecker(torch.linalg.matrix_exp, X, *directions)",
    octave="kronecker_(@expm, X, *directions)",
)
shorthand("ddexpm", "X E H", "dexpm(X, E, H)")
shorthand("kddexpm", "X E", "kexpm(X, E)")
