"""What NumPy, SymPy, Julia and Mathematica call by names, in the language's own signs."""

from __future__ import annotations

from .book import shorthand

shorthand("comm", "A B", "A B - B A")
shorthand("anticomm", "A B", "A B + B A")
shorthand("transpose", "X", "X^T")
shorthand("matmul", "X Y", "X @ Y")
shorthand("multiply", "X Y", "X .* Y")
shorthand("outer", "u v", "u v^T")
shorthand("solve", "A b", "A^-1 b")
shorthand("square", "X", "X.^2")
shorthand("abs2", "X", "X.^2")
