"""The trace."""

from __future__ import annotations

from ..sources import cite
from .book import operation

TRACE = operation(
    "tr",
    "X",
    "n n -> 1 1",
    index="ii->11",
    rule="differential of the trace",
    sympy="Trace",
    statement="d tr(X) = tr(dX)",
    source=cite("cookbook", "eq. (36)"),
    spellings="tr trace",
    gives="spd -> positive; psd -> nonnegative; nd -> negative; nsd -> nonpositive",
)
# The partial traces, between matrices that say the sizes of the two systems: M tr_2(X (I ⊗ N)), and the same of the first one.
TRACE_OUT_SECOND = operation(
    "ptrace_second",
    "M X N",
    "m m, mn mn, n n -> m m",
    index="ia,(aj)(kl),lj->ik",
    rule="differential of the partial trace over the second system",
    example="tr(ptrace(R, 2, m, n) A) by R where R in R^{m n x m n}; A in R^{m x m}",
    statement="d ptrace(X, 2) = ptrace(dX, 2), with ptrace(A ⊗ B, 2) = tr(B) A and tr(A ptrace(X, 2)) = tr((A ⊗ I) X)",
    source="definition",
    numeric="M @ partial_trace(X, N, len(N))",
    numpy="np.einsum('ia,ajkl,lj->ik', M, X.reshape(len(M), len(N), len(M), len(N)), N)",
    octave="M * reshape(reshape(permute(reshape(X, [size(N, 1), size(M, 1), size(N, 1), size(M, 1)]), [2, 4, 1, 3]), [], numel(N))"
    " * reshape(N.', [], 1), size(M, 1), size(M, 1))",
)
TRACE_OUT_FIRST = operation(
    "ptrace_first",
    "M X N",
    "m m, nm nm, n n -> m m",
    index="ia,(ja)(lk),lj->ik",
    rule="differential of the partial trace over the first system",
    example="tr(ptrace(R, 1, n, m) A) by R where R in R^{n m x n m}; A in R^{m x m}",
    statement="d ptrace(X, 1) = ptrace(dX, 1), with ptrace(A ⊗ B, 1) = tr(A) B and tr(B ptrace(X, 1)) = tr((I ⊗ B) X)",
    source="definition",
    numeric="M @ partial_trace(X, N, 1)",
    numpy="np.einsum('ia,jalk,lj->ik', M, X.reshape(len(N), len(M), len(N), len(M)), N)",
    octave="M * reshape(reshape(permute(reshape(X, [size(M, 1), size(N, 1), size(M, 1), size(N, 1)]), [1, 3, 2, 4]), [], numel(N))"
    " * reshape(N.', [], 1), size(M, 1), size(M, 1))",
)
