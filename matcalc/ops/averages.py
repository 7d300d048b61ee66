"""E[F] over x ~ N(mu, Sigma), and over X ~ N(M, U, V), as it is typed: with the variable and its moments.

These stand in no chapter: an expectation becomes an expression without the variable before anything else is done with it
(`pipeline.expectations`), so they have no differential, no numerics and no printing.
"""

from __future__ import annotations

from .operation import Operation

OVER_VECTOR = Operation("expectation", "F x m S", "m n, p 1, p 1, p p -> m n")
OVER_MATRIX = Operation("expectation", "F X M U V", "m n, p q, p q, p p, q q -> m n")
EXPECTATIONS = (OVER_VECTOR, OVER_MATRIX)
