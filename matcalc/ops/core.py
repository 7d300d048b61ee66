"""The bones of every expression: leaves, sums, products, powers, indexed sums.

Products are multilinear: their letters give their differentials, for any number of factors.
Their normal forms are in `expressions.build`.
"""

from __future__ import annotations

from ..sources import cite
from .book import operation

# Leaves. A symbol's attribute is (name, properties); its shape is stored with it.
SYMBOL = operation("symbol", rule="symbol", statement="a declared or inferred name", source="definition")
NUMBER = operation("number", statement="an exact rational number", source="definition")
SIZE = operation(
    "size",
    gives="positive integer",
    rule="dimension as a number",
    statement="a dimension used as a number",
    source="definition",
)
CONSTANT = operation("constant", gives="positive", statement="pi or Euler's number", source="definition")
IMAGINARY = operation(
    "imaginary", rule="imaginary unit", statement="the imaginary unit: its square is -1", source="definition", numeric="1j"
)
INDEX = operation(
    "index",
    gives="positive integer",
    rule="summation index",
    statement="a summation index, an integer from 1",
    source="definition",
)
EYE = operation(
    "eye",
    gives="orthogonal spd diagonal idempotent stochastic",
    rule="identity matrix",
    statement="the identity matrix",
    source="definition",
    numeric="np.eye(rows)",
)
ONES = operation(
    "ones",
    gives="positive psd",
    rule="matrix of ones",
    statement="the matrix of ones",
    source="definition",
    numeric="np.ones((rows, cols))",
)
ZEROS = operation(
    "zeros",
    gives="nonnegative nonpositive psd nsd skew diagonal idempotent",
    rule="zero matrix",
    statement="the zero matrix",
    source="definition",
    numeric="np.zeros((rows, cols))",
)
COMMUTATION = operation(
    "commutation",
    rule="commutation matrix",
    statement="the commutation matrix K_{mn}: K vec(X) = vec(X^T) for m by n X",
    source=cite("magnus-neudecker", "section 3.7"),
    numeric="np.eye(rows)[transposed_places(attr, sizes)]",
    gives="orthogonal stochastic",
)

# A member of a family (argument: the index; attribute: (family, properties)); a unit vector; an entry.
MEMBER = operation("member", rule="member of a family", statement="member i of a family", source="definition")
UNIT = operation(
    "unit",
    "i",
    "1 1 -> n 1",
    gives="unit simplex",
    rule="unit vector",
    statement="the unit vector e_i",
    source="definition",
    numeric="np.eye(rows, 1, -index_of(i, rows))",
)
ENTRY = operation(
    "entry",
    "X i j",
    "m n, 1 1, 1 1 -> 1 1",
    rule="differential of an entry",
    example="x_1 x_2 by x where x in R^2",
    statement="the entry (i, j)",
    source="definition",
    numeric="X[index_of(i, len(X)), index_of(j, X.shape[1])]",
)
LITERAL = operation(
    "literal",
    rule="differential of a matrix written out",
    example="[x^2; sin(x)] by x where x in R",
    statement="a matrix written out",
    source="definition",
    numeric="np.array(args).reshape(rows, cols)",
)

ADD = operation(
    "add",
    rule="sum rule",
    example="a^T x + x^T x by x",
    statement="d(F + G) = dF + dG",
    source=cite("cookbook", "eq. (35)"),
    numeric="sum(args[1:], args[0])",
)
TIMES = operation(
    "times",
    index="11,ij->ij",
    rule="product rule for scalars",
    example="(a^T x) x by x",
    statement="d(s F) = ds F + s dF",
    source=cite("cookbook", "eq. (37)"),
    numeric="math.prod(args[1:], start=args[0])",
)
MATMUL = operation(
    "matmul",
    index="ij,jk->ik",
    rule="product rule",
    example="x^T A x by x",
    statement="d(F G) = dF G + F dG",
    source=cite("cookbook", "eq. (37)"),
    numeric="chain(args)",
)
HADAMARD = operation(
    "hadamard",
    index="ij,ij->ij",
    rule="entrywise product rule",
    example="sum(x .* y .* x) by x",
    statement="d(F .* G) = dF .* G + F .* dG",
    source=cite("cookbook", "eq. (38)"),
    numeric="math.prod(args[1:], start=args[0])",
)
KRONECKER = operation(
    "kron",
    "X Y",
    "m n, p q -> mp nq",
    index="ij,kl->(ik)(jl)",
    spellings="kron",
    notation="ew kron",
    rule="Kronecker product rule",
    example="tr((A ⊗ X) B) by X where A in R^{m x m}; X in R^{n x n}; B in R^{m n x m n}",
    sympy="KroneckerProduct",
    statement="d(F ⊗ G) = dF ⊗ G + F ⊗ dG",
    source=cite("cookbook", "eq. (39)"),
    numeric="np.kron(X, Y)",
    numpy="np.kron(X, Y)",
    array_api="_kron(X, Y)",
    torch="torch.kron(X.contiguous(), Y.contiguous())",
    octave="kron(X, Y)",
    r="kronecker(X, Y)",
    julia="kron(X, Y)",
    eigen="kron_(X, Y)",
)
TRANSPOSE = operation(
    "transpose",
    "X",
    "m n -> n m",
    index="ij->ji",
    rule="differential of the transpose",
    statement="d(F^T) = (dF)^T",
    source=cite("cookbook", "eq. (44)"),
    numeric="X.T",
)

# Powers: of every entry (a scalar is its own entry), and of a square matrix.
POWER = operation(
    "power",
    "x k",
    "m n, 1 1 -> m n",
    differential="k x.^(k - 1) .* dx + log(x) .* x.^k dk",
    domain="positive",
    condition="x > 0, unless k is a whole number that does not vary",
    rule="power rule",
    statement="d(x^k) = k x^(k-1) dx + log(x) x^k dk, entry by entry",
    source=cite("magnus-neudecker", "section 8.2"),
    numeric="np.power(x, k)",
)
MATRIX_POWER = operation(
    "matrix_power",
    "X k",
    "n n, 1 1 -> n n",
    differential="sum_{i=1}^{k} X^(i - 1) dX X^(k - i)",
    rule="differential of a matrix power",
    example="tr(A X^3) by X",
    statement="d(X^k) = sum of X^(i-1) dX X^(k-i) over i = 1 … k",
    source=cite("cookbook", "eq. (90)"),
    numeric="np.linalg.matrix_power(X, int(k))",
    numpy="np.linalg.matrix_power(X, int(k))",
    jax="jnp.linalg.matrix_power(X, k)",
    octave="mpower(X, k)",
    r="mpower_(X, k)",
    julia="(X^k)",
    eigen="mpower_(X, k)",
)

# Over an index (attribute: its name; arguments: lower bound, upper bound, body).
INDEXED_SUM = operation(
    "indexed_sum",
    "a b F",
    "1 1, 1 1, m n -> m n",
    rule="sum rule over an index",
    example="sum_{i=1}^N (w^T x_i - y_i)^2 by w where w, x_i in R^n; y_i in R",
    statement="d(sum_i F_i) = sum_i dF_i",
    source="definition",
)
INDEXED_PRODUCT = operation(
    "indexed_product",
    "a b F",
    "1 1, 1 1, 1 1 -> 1 1",
    rule="product rule over an index",
    example="prod_{i=1}^n x_i by x where x in R^n",
    statement="d(prod_i f_i) = (prod_i f_i) sum_i df_i/f_i",
    source="definition",
)

# 1 where the relation (attribute) holds, entry by entry; locally constant.
IVERSON = operation(
    "iverson",
    "x y",
    "m n, m n -> m n",
    differential="0",
    transposes="commutes",
    rule="differential of an indicator",
    example="sum(x .* 1[x > 0]) by x",
    statement="1[x > y], entry by entry",
    source="definition",
    numeric="compare(attr, x, y)",
    gives="nonnegative",
    real=True,
)
# Arguments: value, condition, value, condition, …[, otherwise]; a condition is an `iverson`.
CASES = operation(
    "cases",
    rule="differential case by case",
    example="cases(x^2, x > 0, 0) by x where x in R",
    statement="the first value whose condition holds",
    source="definition",
    numeric="choose(args)",
)

# A value under a name: the laws do not look into it. The attribute is the name its author gave, or for what it is named.
NAMED = operation(
    "named",
    "X",
    "m n -> m n",
    rule="differential of a named part",
    example="a = x^T x; b = a^2; c = b + a; f = c b; g = f + c; h = g f; s = h + g; s^2 by x where x in R^n",
    statement="dZ = dX where Z is a name of X",
    source="definition",
    numeric="X",
)
