"""Functions of which only the sets are known: phi: R -> R (entry by entry), f: R^n -> R, F: R^{m x n} -> R^{p x q}.

The attribute of a node says which function it is and how often it has been differentiated: f'(x) and f''(x) are nodes of
the same operation. What a derivative of a function of more than one number looks like is said in `matcalc.expressions.functions`.
"""

from __future__ import annotations

from ..sources import follows
from .book import operation

# The attribute is (name, order of the derivative).
ENTRYWISE_FUNCTION = operation(
    "entrywise_function",
    "x",
    "m n -> m n",
    elementwise=True,
    transposes="commutes",
    rule="chain rule, entry by entry",
    example="sum(phi(x)) by x where phi: R -> R; x in R^n",
    statement="d phi(x) = phi'(x) .* dx, entry by entry",
    source=follows("the chain rule of numbers in every entry", "parr-howard"),
)
# The attribute is (name, order, rows of the value, columns of the value).
FUNCTION = operation(
    "function",
    rule="differential of a function",
    example="f(x)^2 by x where f: R^n -> R; x in R^n",
    statement="d f(x) = f'(x) dx; of matrices, d vec(F(X)) = F'(X) d vec(X)",
    source=follows("the chain rule", "magnus-neudecker"),
)
# The same attribute: order 1 is F'(X, E), the derivative along E.
FUNCTION_ALONG = operation(
    "function_along",
    rule="derivative along a direction",
    example="tr(F(X)) by X where F: R^{n x n} -> R^{n x n}; X in R^{n x n}",
    statement="vec(F'(X, E)) = F'(X) vec(E): the derivative of F along E",
    source=follows("d vec(F(X)) = F'(X) d vec(X) with dX = E", "magnus-neudecker"),
)
