"""Norms of vectors and matrices, where they are differentiable (not at 0, and not where two entries tie).

The vector norms take a column; a row has the norm of its transpose, which the reader sees to.
"""

from __future__ import annotations

from ..sources import after
from .book import operation

NORM = operation(
    "norm",
    "x",
    "n 1 -> 1 1",
    parity="even",
    differential="x^T dx/norm(x)",
    domain="nonzero",
    gives="positive",
    rule="differential of the Euclidean norm",
    definition="sqrt(x^T x)",
    statement="d ||x|| = x^T dx/||x||",
    source=after("cookbook"),
    spellings="norm",
    notation="norm",
    numeric="np.linalg.norm(x)",
    numpy="np.linalg.norm(x{|, axis=-1})",
    torch="torch.linalg.vector_norm(x, dim=-1)",
    octave="{norm(x)|sqrt(sum(x.^2, axis))}",
    stacks="last",
)
FROBENIUS_NORM = operation(
    "normF",
    "X",
    "m n -> 1 1",
    parity="even",
    differential="tr(X^T dX)/normF(X)",
    transposes="ignores",
    domain="nonzero",
    gives="positive",
    rule="differential of the Frobenius norm",
    definition="sqrt(tr(X^T X))",
    statement="d ||X||_F = tr(X^T dX)/||X||_F",
    source=after("cookbook"),
    spellings="normF",
    notation="norm F",
    numeric="np.linalg.norm(X)",
    numpy="np.linalg.norm(X{|, axis=(-2, -1)})",
    torch="torch.linalg.matrix_norm(X)",
    octave="{norm(X, 'fro')|sqrt(sum(sum(X.^2, axis), axis - 1))}",
    stacks="last",
)
ONE_NORM = operation(
    "norm1",
    "x",
    "n 1 -> 1 1",
    parity="even",
    differential="sign(x)^T dx",
    condition="no entry of x is 0",
    gives="positive",
    rule="differential of the 1-norm",
    definition="sum(abs(x))",
    statement="d ||x||_1 = sign(x)^T dx",
    source="from d|s| = sign(s) ds, entry by entry",
    spellings="norm1",
    notation="norm 1",
    numeric="np.sum(np.abs(x))",
    numpy="np.sum(np.abs(x), axis=-1)",
    torch="torch.sum(torch.abs(x), -1)",
    octave="sum(abs(x), axis)",
    stacks="last",
)
MAXIMUM_NORM = operation(
    "norminf",
    "x",
    "n 1 -> 1 1",
    parity="even",
    differential="(sign(x) .* 1[abs(x) = norminf(x)])^T dx/sum(1[abs(x) = norminf(x)])",
    condition="one entry of x is the greatest in absolute value",
    gives="positive",
    rule="differential of the maximum norm",
    statement="d ||x||_inf = sign(x_k) dx_k, where |x_k| is the greatest: the mean over all of them",
    source="from d|s| = sign(s) ds, at the greatest entry",
    spellings="norminf",
    notation="norm inf",
    numeric="greatest(np.abs(x))",
    numpy="np.max(np.abs(x), axis=-1)",
    torch="torch.amax(torch.abs(x), -1)",
    octave="max(abs(x), [], axis)",
    stacks="last",
)
P_NORM = operation(
    "normp",
    "x p",
    "n 1, 1 1 -> 1 1",
    differential="(sign(x) .* abs(x).^(p - 1))^T dx normp(x, p)^(1 - p)"
    " + normp(x, p) (sum(abs(x).^p .* log(abs(x)))/(p normp(x, p)^p) - log(normp(x, p))/p) dp",
    condition="no entry of x is 0",
    gives="positive",
    rule="differential of the p-norm",
    definition="sum(abs(x).^p)^(1/p)",
    statement="d ||x||_p = ||x||_p^(1-p) (sign(x) .* |x|^(p-1))^T dx for a fixed p",
    source="from d|s|^p = p |s|^(p-1) sign(s) ds, and the logarithm of the norm for dp",
    spellings="norm normp",
    notation="norm p",
    numeric="p_norm(x, p)",
    numpy="_p_norm(x, p)",
    octave="p_norm_(x, p)",
)
