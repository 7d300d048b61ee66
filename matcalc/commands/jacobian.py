"""`matcalc jacobian`: all first partial derivatives, the function's indices before those of the variable."""

from __future__ import annotations

from .d import short_form

command = short_form(
    "jacobian",
    1,
    ("order", "layout", "manifold", "along"),
    "The Jacobian of EXPR by X, m x n for a column of m by a column of n.",
    '  matcalc jacobian "A x" --wrt x                A\n  matcalc jacobian "sin(A x + b)" --wrt x       diag(cos(A x + b)) A',
)
