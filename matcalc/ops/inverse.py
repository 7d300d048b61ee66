"""The inverse."""

from __future__ import annotations

from ..sources import cite
from .book import operation

INVERSE = operation(
    "inv",
    "X",
    "n n -> n n",
    differential="-X^-1 dX X^-1",
    domain="invertible",
    rule="differential of the inverse",
    sympy="Inverse",
    statement="d(X^-1) = -X^-1 dX X^-1",
    source=cite("magnus-neudecker", "section 8.4"),
    spellings="inv inverse",
    notation="inv",
    numeric="np.linalg.inv(X)",
    gives="invertible",
)
