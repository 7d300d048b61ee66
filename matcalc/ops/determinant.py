"""The determinant and its logarithm.

Both differentials are those of an invertible matrix, as the textbooks print them. (Where X is singular, d det(X) is
tr(adj(X) dX), eq. (41) of the Cookbook; the determinant is a polynomial, so nothing else changes.)
"""

from __future__ import annotations

from ..sources import cite
from .book import operation

DETERMINANT = operation(
    "det",
    "X",
    "n n -> 1 1",
    differential="det(X) tr(X^-1 dX)",
    transposes="ignores",
    domain="invertible",
    rule="differential of the determinant",
    sympy="Determinant",
    statement="d det(X) = det(X) tr(X^-1 dX)",
    source=cite("magnus-neudecker", "section 8.3"),
    spellings="det determinant",
    latex=r"\det",
    numeric="np.linalg.det(X)",
    numpy="np.linalg.det(X)",
    octave="det(X)",
    r="det_(X)",
    julia="{det(X)|stacked_(det, X)}",
    eigen="det_(X)",
    stacks="last",
    gives="spd -> positive; psd -> nonnegative",
    at_zero="0",
    at_one="1",
)
LOG_DETERMINANT = operation(
    "logdet",
    "X",
    "n n -> 1 1",
    differential="tr(X^-1 dX)",
    transposes="ignores",
    domain="invertible",
    rule="differential of log det",
    definition="log(det(X))",
    statement="d log|det(X)| = tr(X^-1 dX)",
    source=cite("cookbook", "eq. (43)"),
    spellings="logdet",
    numeric="np.linalg.slogdet(X)[1]",
    numpy="np.linalg.slogdet(X)[1]",
    octave="logdet_(X)",
    r="logdet_(X)",
    julia="{logabsdet(X)[1]|stacked_(M -> logabsdet(M)[1], X)}",
    eigen="logdet_(X)",
    stacks="last",
    real=True,
    at_one="0",
)
