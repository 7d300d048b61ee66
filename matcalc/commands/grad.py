"""`matcalc grad`: the gradient of a scalar, a column, whatever the layout of `d` is."""

from __future__ import annotations

from .d import short_form

command = short_form(
    "grad",
    1,
    ("order", "layout", "along"),
    "The gradient of the scalar EXPR by X: a column for a vector X, of X's own shape for a matrix.",
    '  matcalc grad "x^T A x" --wrt x                (A + A^T) x\n  matcalc grad "logdet(X)" --wrt X              X^-T',
)
