"""The adjugate (classical adjoint), the transposed matrix of cofactors: X adj(X) = det(X) I."""

from __future__ import annotations

from ..sources import cite
from .book import operation

ADJUGATE = operation(
    "adj",
    "X",
    "n n -> n n",
    differential="tr(adj(X) dX) X^-1 - adj(X) dX X^-1",
    transposes="commutes",
    domain="invertible",
    rule="differential of the adjugate",
    statement="d adj(X) = tr(adj(X) dX) X^-1 - adj(X) dX X^-1",
    source=cite("magnus-neudecker", "section 8.6"),
    spellings="adj adjugate",
    numeric="adjugate(X)",
    numpy="_adjugate(X)",
    octave="adjugate_(X)",
    r="adjugate_(X)",
    julia="adjugate_(X)",
    eigen="adjugate_(X)",
    gives="symmetric -> symmetric; spd -> spd; psd -> psd; lower -> lower; upper -> upper; invertible -> invertible",
)
