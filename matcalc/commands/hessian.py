"""`matcalc hessian`: the second derivatives; by two variables, the mixed ones."""

from __future__ import annotations

from .d import short_form

command = short_form(
    "hessian",
    2,
    ("order", "layout"),
    "The second derivatives of EXPR by X: H[i,j] is that by x_i and x_j. With --wrt x --wrt y, that by x_i and y_j.",
    '  matcalc hessian "x^T A x" --wrt x             A + A^T\n  matcalc hessian "x^T A y" --wrt x --wrt y     A',
)
