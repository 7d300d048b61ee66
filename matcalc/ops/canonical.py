"""Identities of the normal form: both sides are one expression from the start, made so by the constructors of `expressions`.

They are applied wherever an expression is made, so nothing searches for them, and nothing is lost by them: the side that is kept is the
shorter one, or one of two that are as long. The tests make both sides and compare them, and compute them without the constructors.
The fields are those of the identities that shorten answers.
"""

from __future__ import annotations

from ..sources import cite
from .identities import Identity

CANONICAL: list[Identity] = []


def canonical(name: str, left: str, right: str, where: str, source: str = "algebra", when: str = "") -> None:
    """Add an identity that the constructors keep."""
    CANONICAL.append(Identity(name, left, right, where, source=source, when=when))


_BASICS = cite("cookbook", "section 1.1")
_KRONECKER = cite("magnus-neudecker", "section 2.2")

# Sums and products.
canonical("like terms", "X + 2 Y + 3 X", "4 X + 2 Y", "X: m n, Y: m n")
canonical("terms that cancel", "X + Y - X", "Y", "X: m n, Y: m n")
canonical("opposite of a difference", "-(u - v)", "v - u", "u: n 1, v: n 1")
canonical("numbers of a product", "(s X) (t Y)", "s t (X Y)", "s: 1 1, t: 1 1, X: m n, Y: n p")
canonical("outer and inner product", "u v^T w z^T", "(v^T w) u z^T", "u: m 1, v: n 1, w: n 1, z: p 1")
canonical("product with the identity matrix", "X I_n Y", "X Y", "X: m n, Y: n p")
canonical("powers of one matrix", "X X X^-1 X", "X^2", "X: n n")
canonical("zeroth power of a matrix", "X^0", "I_n", "X: n n")
canonical("powers of one number", "s t s s^(-3)", "t/s", "s: 1 1, t: 1 1")
canonical("power of a product of numbers", "(s t)^2", "s^2 t^2", "s: 1 1, t: 1 1")
canonical("power of a power", "(s^k)^2", "s^(2 k)", "s: 1 1, k: 1 1", when="positive s")

# Transposes.
canonical("transpose of a transpose", "(X^T)^T", "X", "X: m n")
canonical("transpose of a product", "(X Y)^T", "Y^T X^T", "X: m n, Y: n p", _BASICS)
canonical("transpose of a number", "u^T X v", "v^T X^T u", "u: n 1, X: n n, v: n 1")
canonical("transpose of a sum", "X^T + Y^T", "(X + Y)^T", "X: n n, Y: n n", _BASICS)
canonical("transpose of a sum with its transpose", "(X + X^T)^T", "X + X^T", "X: n n")
canonical("transpose of a symmetric matrix", "X^T", "X", "X: n n", "definition", "symmetric X")
canonical("transpose of a skew matrix", "X^T", "-X", "X: n n", "definition", "skew X")
canonical("transpose of a Kronecker product", "kron(X, Y)^T", "kron(X^T, Y^T)", "X: m n, Y: n p", _KRONECKER)
canonical("transpose of an entrywise product", "X .* (Y .* X)^T", "X .* Y^T .* X^T", "X: n n, Y: n n")

# Inverses.
canonical("matrix times its inverse", "X X^-1", "I_n", "X: n n", "definition")
canonical("inverse of an inverse", "(X^-1)^-1", "X", "X: n n")
canonical(
    "pseudoinverse of a pseudoinverse", "(X^+)^+", "X", "X: m n", "from the four conditions of Penrose, which hold with X and X^+ exchanged"
)
canonical("inverse of a product", "(X Y)^-1", "Y^-1 X^-1", "X: n n, Y: n n", _BASICS)
canonical("inverse of a transpose", "(X^T)^-1", "(X^-1)^T", "X: n n", _BASICS)
canonical("inverse of a multiple", "(s X)^-1", "X^-1/s", "s: 1 1, X: n n")
canonical("inverse of a Kronecker product", "kron(X, Y)^-1", "kron(X^-1, Y^-1)", "X: n n, Y: m m", _KRONECKER)
canonical("inverse of a diagonal matrix", "diag(u)^-1", "diag(u.^(-1))", "u: n 1")
canonical("inverse of an orthogonal matrix", "X^-1", "X^T", "X: n n", "definition", "orthogonal X")
canonical("product of an orthogonal matrix with its transpose", "X^T X", "I_n", "X: n n", "definition", "orthogonal X")
canonical("square of an idempotent matrix", "X X", "X", "X: n n", "definition", "idempotent X")
canonical("pseudoinverse beside the matrix", "X^T X pinv(X)", "X^T", "X: m n", "from X pinv(X) X = X and (X pinv(X))^T = X pinv(X)")
canonical("matrix beside the pseudoinverse", "pinv(X) X X^T", "X^T", "X: m n", "from X pinv(X) X = X and (pinv(X) X)^T = pinv(X) X")

# Traces and sums of entries.
canonical("trace of a product turned", "tr(X Y Z)", "tr(Z X Y)", "X: m n, Y: n p, Z: p m", _BASICS)
canonical("trace of a transposed product", "tr(X Y)", "tr(Y^T X^T)", "X: m n, Y: n m", _BASICS)
canonical("trace of an outer product", "tr(u v^T X)", "v^T X u", "u: n 1, v: m 1, X: m n", _BASICS)
canonical("trace of the identity matrix", "tr(I_n)", "n", "X: n n", "definition")
canonical("trace of a multiple", "tr(3 s X)", "3 s tr(X)", "s: 1 1, X: n n")
canonical("trace of a similar matrix", "tr(X Y X^-1)", "tr(Y)", "X: n n, Y: n n", "from tr(X Y) = tr(Y X)")
canonical("trace of a diagonal matrix", "tr(diag(u))", "sum(u)", "u: n 1", "definition")
canonical("sum of the entries as a product", "ones(n)^T u", "sum(u)", "u: n 1", "definition")
canonical("sum of ones", "ones(n)^T ones(n)", "n", "u: n 1", "definition")
canonical("sum of an entrywise product", "sum(u .* v)", "u^T v", "u: n 1, v: n 1", "definition")
canonical("sum of an entrywise product of three", "(u .* v)^T w", "sum(u .* v .* w)", "u: n 1, v: n 1, w: n 1", "definition")
canonical("sum of an outer product", "sum(u v^T)", "sum(u) sum(v)", "u: m 1, v: n 1")
canonical("sum of a diagonal", "sum(diag(X))", "tr(X)", "X: n n", "definition")
canonical("sum of equal terms", "sum_{i=1}^n u", "n u", "u: n 1")

# Diagonal matrices and entrywise products.
canonical("product of diagonal matrices", "diag(u) diag(v)", "diag(u .* v)", "u: n 1, v: n 1")
canonical("diagonal matrix times a column", "diag(u) v", "u .* v", "u: n 1, v: n 1")
canonical("row times a diagonal matrix", "u^T diag(v)", "(u .* v)^T", "u: n 1, v: n 1")
canonical("diagonal matrix of ones", "diag(ones(n))", "I_n", "u: n 1", "definition")
canonical("diagonal of the diagonal matrix of a column", "diag(diag(u))", "u", "u: n 1", "definition")
canonical("diagonal of an outer product", "diag(u v^T)", "u .* v", "u: n 1, v: n 1")
canonical("diagonal of an entrywise power", "diag(X.^2)", "diag(X).^2", "X: n n")
canonical("entrywise product with the identity matrix", "X .* I_n", "diag(diag(X))", "X: n n", "definition")
canonical("entrywise product with ones", "X .* ones(m, n)", "X", "X: m n")
canonical("entrywise powers", "X .* X .* Y .* X.^(-1)", "X .* Y", "X: m n, Y: m n")
canonical("entrywise power of a diagonal matrix", "diag(u).^2", "diag(u.^2)", "u: n 1")

# Entries.
canonical("entry of a transpose", "(X^T)[2, 1]", "X[1, 2]", "X: m n", "definition")
canonical("entry of a matrix that is written out", "[s, t; t, s][2, 1]", "t", "s: 1 1, t: 1 1", "definition")
