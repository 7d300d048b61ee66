"""The bones of every expression: leaves, sums, products, powers, indexed sums.

All are multilinear (Leibniz gives their differentials) except the powers and products over an index.
Their normal forms are in `matcalc.build`.
"""

from __future__ import annotations

from ..sources import cite
from .book import operation

# Leaves. A symbol's attribute is (name, properties); its shape is stored with it.
SYMBOL = operation("symbol", "", "m n", statement="a declared or inferred name", source="definition")
NUMBER = operation("number", "", "1 1", statement="an exact rational number", source="definition")
SIZE = operation("size", "", "1 1", statement="a dimension used as a number", source="definition")
CONSTANT = operation("constant", "", "1 1", statement="pi or Euler's number", source="definition")
INDEX = operation("index", "", "1 1", statement="a summation index, an integer from 1", source="definition")
EYE = operation("eye", "", "n n", statement="the identity matrix", source="definition", numeric="np.eye(rows)")
ONES = operation("ones", "", "m n", statement="the matrix of ones", source="definition", numeric="np.ones((rows, cols))")
ZEROS = operation("zeros", "", "m n", statement="the zero matrix", source="definition", numeric="np.zeros((rows, cols))")
COMMUTATION = operation(
    "commutation",
    "",
    "p p",
    statement="the commutation matrix K_{mn}: K vec(X) = vec(X^T) for m by n X",
    source=cite("magnus-neudecker", "section 3.7"),
    numeric="commutation_matrix(attr, sizes)",
)

# A member of a family (argument: the index; attribute: (family, properties)); a unit vector; an entry.
MEMBER = operation("member", "i", "1 1 -> m n", statement="member i of a family", source="definition")
UNIT = operation("unit", "i", "1 1 -> n 1", statement="the unit vector e_i", source="definition", numeric="unit_vector(i, rows)")
ENTRY = operation(
    "entry",
    "X i j",
    "m n, 1 1, 1 1 -> 1 1",
    statement="the entry (i, j)",
    source="definition",
    numeric="X[index_of(i, len(X)), index_of(j, X.shape[1])]",
)
LITERAL = operation(
    "literal", "", "m n", statement="a matrix written out", source="definition", numeric="np.array(args).reshape(rows, cols)"
)

ADD = operation("add", "", "m n", index="ij", statement="d(F + G) = dF + dG", source=cite("cookbook", "eq. (35)"), numeric="add_all(args)")
TIMES = operation("times", "", "m n", statement="d(s F) = ds F + s dF", source=cite("cookbook", "eq. (37)"), numeric="multiply_all(args)")
MATMUL = operation("matmul", "", "m n", statement="d(F G) = dF G + F dG", source=cite("cookbook", "eq. (37)"), numeric="chain(args)")
HADAMARD = operation(
    "hadamard",
    "",
    "m n",
    index="ij",
    statement="d(F .* G) = dF .* G + F .* dG",
    source=cite("cookbook", "eq. (38)"),
    numeric="multiply_all(args)",
)
KRONECKER = operation(
    "kron",
    "X Y",
    "m n, p q -> mp nq",
    index="ij,kl->(ik)(jl)",
    transposes="commutes",
    spellings="kron",
    statement="d(F ⊗ G) = dF ⊗ G + F ⊗ dG",
    source=cite("cookbook", "eq. (39)"),
    numeric="np.kron(X, Y)",
)
TRANSPOSE = operation(
    "transpose", "X", "m n -> n m", index="ij->ji", statement="d(F^T) = (dF)^T", source=cite("cookbook", "eq. (44)"), numeric="X.T"
)

# Powers: of every entry (a scalar is its own entry), and of a square matrix.
POWER = operation(
    "power",
    "x k",
    "m n, 1 1 -> m n",
    differential="k x.^(k - 1) .* dx + log(x) .* x.^k dk",
    transposes="commutes",
    domain="positive",
    statement="d(x^k) = k x^(k-1) dx + log(x) x^k dk, entry by entry",
    source=cite("magnus-neudecker", "section 8.2"),
    numeric="np.power(x, k)",
)
MATRIX_POWER = operation(
    "matrix_power",
    "X k",
    "n n, 1 1 -> n n",
    differential="sum_{i=1}^{k} X^(i - 1) dX X^(k - i)",
    transposes="commutes",
    domain="square",
    statement="d(X^k) = sum of X^(i-1) dX X^(k-i) over i = 1 … k",
    source=cite("cookbook", "eq. (90)"),
    numeric="np.linalg.matrix_power(X, int(k))",
)

# Over an index (attribute: its name; arguments: lower bound, upper bound, body).
INDEXED_SUM = operation("indexed_sum", "a b F", "1 1, 1 1, m n -> m n", statement="d(sum_i F_i) = sum_i dF_i", source="definition")
INDEXED_PRODUCT = operation(
    "indexed_product", "a b F", "1 1, 1 1, 1 1 -> 1 1", statement="d(prod_i f_i) = (prod_i f_i) sum_i df_i/f_i", source="definition"
)

# 1 where the relation (attribute) holds, entry by entry; locally constant.
IVERSON = operation(
    "iverson",
    "x y",
    "m n, m n -> m n",
    differential="0",
    transposes="commutes",
    statement="1[x > y], entry by entry",
    source="definition",
    numeric="compare(attr, x, y)",
)
# Arguments: value, condition, value, condition, …[, otherwise]; a condition is an `iverson`.
CASES = operation("cases", "", "m n", statement="the first value whose condition holds", source="definition", numeric="choose(args)")
