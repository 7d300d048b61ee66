"""The Moore-Penrose inverse. It is differentiable where the rank does not change, and discontinuous elsewhere."""

from __future__ import annotations

from ..sources import cite
from .book import operation

PSEUDOINVERSE = operation(
    "pinv",
    "X",
    "m n -> n m",
    differential="-X^+ dX X^+ + X^+ (X^+)^T dX^T (I - X X^+) + (I - X^+ X) dX^T (X^+)^T X^+",
    transposes="commutes",
    condition="X of locally constant rank",
    rule="differential of the pseudoinverse",
    statement="d(X^+) = -X^+ dX X^+ + X^+ (X^+)^T dX^T (I - X X^+) + (I - X^+ X) dX^T (X^+)^T X^+",
    source=cite("golub-pereyra-1973", "eq. 4.12"),
    spellings="pinv",
    notation="pinv",
    numeric="pseudo_inverse(X)",
    numpy="_pinv(X)",
    octave="pinv_(X)",
    r="pinv_(X)",
    julia="pinv_(X)",
    eigen="pinv_(X)",
    gives="symmetric -> symmetric; skew -> skew; psd -> psd; nsd -> nsd; diagonal -> diagonal",
    real=True,
)
