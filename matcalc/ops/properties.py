"""The property words: what can be declared of a name, and what is known of an expression (a block's fields: see `word`)."""

from __future__ import annotations

from .word import word

COMPLEX = word("complex", declared=False, sets="C", drawn="x + 1j * rng.uniform(-1.0, 1.0, x.shape)", near=True)

# ---------------------------------------------------------------------------------------------- square matrices

SQUARE = word("square", declared=False, shape="square")
SYMMETRIC = word(
    "symmetric",
    sets="S",
    spellings="sym",
    shape="square",
    within="linear",
    mirror=1,
    drawn="(x + x.T) / 2",
    near=True,
    vanishes="x - x.T",
    kept="add, direct_sum: all; times, hadamard, kron: all symmetric|skew, even skew; "
    "transpose, inv, matrix_power: X; matrix_power: X skew, k even; power: x; congruence: S; indexed_sum: F",
)
SKEW = word(
    "skew",
    spellings="skew-symmetric antisymmetric",
    shape="square",
    within="linear",
    mirror=-1,
    number="x == 0",
    drawn="x - x.T",
    vanishes="x + x.T",
    kept="add, direct_sum: all; times, hadamard, kron: all symmetric|skew, odd skew; "
    "transpose, inv: X; matrix_power: X, k odd; power: x, k odd; congruence: S; indexed_sum: F",
)
DIAGONAL_MATRIX = word(
    "diagonal",
    spellings="diag",
    implies="symmetric lower upper",
    together="lower upper; symmetric lower; symmetric upper",
    shape="square",
    within="linear",
    drawn="np.diag(np.diag(x))",
)
ORTHOGONAL = word(
    "orthogonal",
    implies="orthonormal invertible",
    together="orthonormal square",
    shape="square",
    within="curved",
    kept="transpose, inv: X; matrix_power: X, k integer",
)
ORTHONORMAL = word(
    "orthonormal",
    implies="injective",
    shape="tall",
    within="curved",
    number="abs(x) == 1",
    drawn="np.linalg.qr(x)[0]",
    vanishes="x.T @ x - np.eye(cols)",
    kept="times, matmul, kron, direct_sum: all",
)
SPD = word(
    "spd",
    "positive definite",
    sets="S_++",
    spellings="positive-definite symmetric-positive-definite pd",
    implies="psd invertible",
    together="psd invertible; diagonal positive",
    shape="square",
    scalar="positive",
    drawn="x @ x.T / n + np.eye(n)",
    margin="np.linalg.eigvalsh((x + x.T) / 2)[0]",
    kept="add: all psd, some; times, hadamard, kron: all spd|nd, even nd; matmul: all, all diagonal; matrix_power: X; "
    "power: x, k integer, k positive; congruence: S, X injective; run: F; direct_sum: all",
)
PSD = word(
    "psd",
    "positive semidefinite",
    sets="S_+",
    spellings="positive-semidefinite positive-semi-definite symmetric-positive-semidefinite",
    implies="symmetric",
    together="diagonal nonnegative",
    shape="square",
    scalar="nonnegative",
    drawn="x @ x.T / n + np.eye(n)",
    margin="np.linalg.eigvalsh((x + x.T) / 2)[0]",
    weak=True,
    kept="add, direct_sum: all; times, hadamard, kron: all psd|nsd, even nsd; matmul: all, all diagonal; inv, matrix_power: X; "
    "matrix_power: X symmetric, k even; power: x, k integer, k positive; congruence: S; indexed_sum: F",
)
INVERTIBLE = word(
    "invertible",
    spellings="nonsingular non-singular regular",
    implies="injective",
    together="injective square",
    shape="square",
    number="x != 0",
    kept="transpose: X; matrix_power: X, k integer",
)
LOWER = word(
    "lower",
    "lower triangular",
    spellings="lower-triangular",
    shape="square",
    within="linear",
    zero="above",
    scalar="any",
    drawn="np.tril(x)",
    near=True,
    vanishes="x - np.tril(x)",
    kept="add, times, matmul, kron, direct_sum: all; hadamard: some; transpose: X upper; inv, matrix_power: X; power: x, k positive; "
    "indexed_sum: F",
)
UPPER = word(
    "upper",
    "upper triangular",
    spellings="upper-triangular",
    shape="square",
    within="linear",
    zero="below",
    scalar="any",
    drawn="np.triu(x)",
    near=True,
    vanishes="x - np.triu(x)",
    kept="add, times, matmul, kron, direct_sum: all; hadamard: some; transpose: X lower; inv, matrix_power: X; power: x, k positive; "
    "indexed_sum: F",
)
IDEMPOTENT = word(
    "idempotent",
    spellings="projection",
    shape="square",
    within="curved",
    number="x == 0 or x == 1",
    # similar to a diagonal matrix of ones and zeros
    drawn="np.linalg.solve(x + n * np.eye(n), np.eye(n, (n + 1) // 2) @ np.eye((n + 1) // 2, n) @ (x + n * np.eye(n)))",
    vanishes="x @ x - x",
    kept="times, kron, direct_sum: all; transpose: X; matrix_power: X, k integer",
)

# ---------------------------------------------------------------------------------------------- the signs of entries

POSITIVE = word(
    "positive",
    sets="R_++ R_>0",
    implies="nonnegative",
    shape="entries",
    number="x > 0",
    drawn="np.abs(x)",
    near=True,
    margin="np.min(x)",
    sympy="positive",
    kept="add: all nonnegative, some; literal, block, min: all; "
    "max: some; entry, cumsum: X; max_entry, min_entry: x; matrix_power: X, k integer, k positive; "
    "power: x; power: x negative, k even; power: x nonnegative, k negative; power: k even, k negative; run, indexed_product: F",
)
NONNEGATIVE = word(
    "nonnegative",
    sets="R_+ R_>=0",
    spellings="non-negative",
    shape="entries",
    number="x >= 0",
    drawn="np.abs(x)",
    near=True,
    margin="np.min(x)",
    weak=True,
    sympy="nonnegative",
    kept="add, literal, block, min: all; "
    "max: some; entry, cumsum: X; max_entry, min_entry: x; matrix_power: X, k integer, k positive; "
    "power: x; power: k even; indexed_sum, indexed_product: F",
)
UNIT_LENGTH = word(
    "unit",
    within="curved",
    drawn="x / np.linalg.norm(x)",
    vanishes="np.linalg.norm(x) - 1",
)
SIMPLEX = word(
    "simplex",
    implies="nonnegative",
    within="curved",
    drawn="np.abs(x) / np.sum(np.abs(x))",
    vanishes="np.sum(x) - 1",
)
OBLIQUE = word(
    "oblique",
    "of columns of length 1",
    spellings="unit-columns",
    within="curved",
    number="abs(x) == 1",
    drawn="x @ np.diag(1 / np.sqrt(np.ones((1, rows)) @ (x * x))[0])",
    vanishes="np.ones((1, rows)) @ (x * x) - 1",
)
INTEGER = word(
    "integer",
    "a whole number",
    sets="N Z",
    declared=False,
    shape="number",
    number="x % 1 == 0",
    drawn="0 * x + rng.integers(2, 4)",
    sympy="integer",
    kept="add, times: all; power: x, k integer, k nonnegative; indexed_sum, indexed_product: F",
)
EVEN = word("even", declared=False, implies="integer", number="x % 2 == 0", kept="add: all; times: all integer, some")
ODD = word("odd", declared=False, implies="integer", number="x % 2 == 1", kept="times: all; power: x, k integer, k nonnegative")
NEGATIVE = word(
    "negative",
    sets="R_-- R_<0",
    implies="nonpositive",
    shape="entries",
    number="x < 0",
    drawn="-np.abs(x)",
    near=True,
    margin="-np.max(x)",
    sympy="negative",
    kept="add: all nonpositive, some; literal, block, max: all; "
    "min: some; entry, cumsum: X; max_entry, min_entry: x; power: x, k odd; run: F",
)
NONPOSITIVE = word(
    "nonpositive",
    sets="R_- R_<=0",
    spellings="non-positive",
    shape="entries",
    number="x <= 0",
    drawn="-np.abs(x)",
    near=True,
    margin="-np.max(x)",
    weak=True,
    sympy="nonpositive",
    kept="add, literal, block, max: all; min: some; entry, cumsum: X; max_entry, min_entry: x; power: x, k odd; indexed_sum: F",
)

# ---------------------------------------------------------------------------------------------- further matrices

ND = word(
    "nd",
    "negative definite",
    sets="S_--",
    spellings="negative-definite symmetric-negative-definite",
    implies="nsd invertible",
    together="nsd invertible; diagonal negative",
    shape="square",
    scalar="negative",
    drawn="-x @ x.T / n - np.eye(n)",
    margin="np.linalg.eigvalsh(-(x + x.T) / 2)[0]",
    kept="add: all nsd, some; times, hadamard, kron: all spd|nd, odd nd; inv: X; matrix_power: X, k odd; power: x, k odd, k positive; "
    "congruence: S, X injective; run: F; direct_sum: all",
)
NSD = word(
    "nsd",
    "negative semidefinite",
    sets="S_-",
    spellings="negative-semidefinite negative-semi-definite symmetric-negative-semidefinite",
    implies="symmetric",
    together="diagonal nonpositive",
    shape="square",
    scalar="nonpositive",
    drawn="-x @ x.T / n - np.eye(n)",
    margin="np.linalg.eigvalsh(-(x + x.T) / 2)[0]",
    weak=True,
    kept="add, direct_sum: all; times, hadamard, kron: all psd|nsd, odd nsd; inv: X; matrix_power: X, k odd; power: x, k odd, k positive; "
    "congruence: S; indexed_sum: F",
)
STOCHASTIC = word(
    "stochastic",
    spellings="row-stochastic",
    implies="nonnegative",
    within="curved",
    number="x == 1",
    drawn="np.diag(1 / (np.abs(x) @ np.ones((cols, 1)))[:, 0]) @ np.abs(x)",
    vanishes="x @ np.ones((cols, 1)) - 1",
    kept="matmul, kron, direct_sum: all; matrix_power: X, k integer, k positive",
)
INJECTIVE = word(
    "injective",
    "of full column rank",
    spellings="full-column-rank",
    shape="tall",
    margin="np.linalg.svd(x, compute_uv=False)[-1]",
    kept="times, matmul, kron, direct_sum: all",
)
ORTHOGONAL_PROJECTOR = word(
    "orthoprojector",
    "an orthogonal projection",
    spellings="orthogonal-projection orthogonal-projector",
    implies="psd idempotent",
    together="symmetric idempotent",
    shape="square",
    drawn="x @ np.eye(n, (n + 1) // 2) @ pseudo_inverse(x @ np.eye(n, (n + 1) // 2))",
)

# ---------------------------------------------------------------------------------------------- complex arrays

# conj(A) is A^T, so that what is made of A and conj(A) is written with A alone, and differentiated by a free A: that a direction is
# Hermitian comes in when the derivative is identified.
HERMITIAN = word(
    "hermitian",
    spellings="self-adjoint",
    implies="complex",
    shape="square",
    drawn="(x + x.T) / 2 + 1j * (x - x.T)",
    vanishes="x - np.conj(x.T)",
)
HPD = word(
    "hpd",
    spellings="hermitian-positive-definite",
    implies="hermitian invertible",
    shape="square",
    drawn="(x + 1j * x.T) @ (x.T - 1j * x) / n + np.eye(n)",
    margin="np.linalg.eigvalsh((x + np.conj(x.T)) / 2)[0]",
)
UNITARY = word(
    "unitary",
    implies="complex invertible",
    shape="square",
    within="curved",
    kept="transpose, inv: X; matrix_power: X, k integer",
    drawn="np.linalg.qr(x + 1j * rng.uniform(-1.0, 1.0, x.shape))[0]",
    vanishes="np.conj(x.T) @ x - np.eye(cols)",
)

CONSTANT_NAME = word("constant", spellings="const")
