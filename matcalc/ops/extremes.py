"""The greater and the lesser of two, entry by entry, and the extreme entry of a vector. At a tie the derivative is not promised.

What is compared with no number is none (the last case of the numeric forms)."""

from __future__ import annotations

from .book import operation

MAXIMUM = operation(
    "max",
    "x y",
    "m n, m n -> m n",
    differential="1[x >= y] .* dx + 1[y > x] .* dy",
    transposes="commutes",
    condition="x != y",
    rule="differential of the greater of two",
    sympy="Max",
    statement="d max(x, y) = 1[x >= y] dx + 1[y > x] dy, entry by entry",
    source="definition",
    spellings="max maximum",
    latex=r"\max",
    numeric="np.where(np.real(x) >= np.real(y), x, np.where(np.real(x) < np.real(y), y, x + y))",
    numpy="np.maximum(x, y)",
    octave="max(x, y)",
    r="larger_(x, y)",
    stacks="entries",
    real=True,
)
MINIMUM = operation(
    "min",
    "x y",
    "m n, m n -> m n",
    differential="1[x <= y] .* dx + 1[y < x] .* dy",
    transposes="commutes",
    condition="x != y",
    rule="differential of the lesser of two",
    sympy="Min",
    statement="d min(x, y) = 1[x <= y] dx + 1[y < x] dy, entry by entry",
    source="definition",
    spellings="min minimum",
    latex=r"\min",
    numeric="np.where(np.real(x) <= np.real(y), x, np.where(np.real(x) > np.real(y), y, x + y))",
    numpy="np.minimum(x, y)",
    octave="min(x, y)",
    r="smaller_(x, y)",
    stacks="entries",
    real=True,
)
GREATEST_ENTRY = operation(
    "max_entry",
    "x",
    "n 1 -> 1 1",
    differential="1[x = max(x)]^T dx/sum(1[x = max(x)])",
    condition="one entry of x is the greatest",
    rule="differential of the greatest entry",
    statement="d max(x_1 … x_n) = dx_k, where x_k is the greatest: the mean over all of them",
    source="definition",
    spellings="max",
    numeric="greatest(x)",
    numpy="np.max(x, axis=-1)",
    torch="torch.amax(x, -1)",
    octave="max(x, [], axis)",
    r="over_(x, axis, max)",
    stacks="last",
    real=True,
)
LEAST_ENTRY = operation(
    "min_entry",
    "x",
    "n 1 -> 1 1",
    differential="1[x = min(x)]^T dx/sum(1[x = min(x)])",
    condition="one entry of x is the least",
    rule="differential of the least entry",
    statement="d min(x_1 … x_n) = dx_k, where x_k is the least: the mean over all of them",
    source="definition",
    spellings="min",
    numeric="-greatest(-x)",
    numpy="np.min(x, axis=-1)",
    torch="torch.amin(x, -1)",
    octave="min(x, [], axis)",
    r="over_(x, axis, min)",
    stacks="last",
    real=True,
)
