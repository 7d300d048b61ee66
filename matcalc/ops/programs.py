"""What NumPy, SymPy, Julia and Mathematica call by names, in the language's own signs."""

from __future__ import annotations

from .book import shorthand

shorthand("transpose", "X", "X^T")
shorthand("matmul", "X Y", "X · Y")
shorthand("multiply", "X Y", "X .* Y")
shorthand("outer", "u v", "u v^T")
shorthand("solve", "A b", "A^-1 b")
shorthand("square", "X", "X.^2")
shorthand("abs2", "X", "X.^2")
# The cross product, with the matrices that turn the three entries to (a_2, a_3, a_1) and (a_3, a_1, a_2).
_NEXT, _LAST = "[0, 1, 0; 0, 0, 1; 1, 0, 0]", "[0, 0, 1; 1, 0, 0; 0, 1, 0]"
shorthand("cross", "a b", f"({_NEXT} a) .* ({_LAST} b) - ({_LAST} a) .* ({_NEXT} b)")
