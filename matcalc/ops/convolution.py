"""The convolution of two columns, and the correlation.

One of the columns makes a matrix, and conv(a, x) = convmtx(a) x.

Of a in R^m and x in R^n, conv(a, x) has m + n - 1 entries, (a * x)_i = sum_j a_{i-j+1} x_j, and what has no entry of a counts nothing.
convmtx(a, n) is the Toeplitz matrix with n columns that takes x there, and its transpose takes g to the correlation, the sums
sum_k a_k g_{j+k-1}. Convolution commutes, convmtx(a) x = convmtx(x) a, and a correlation is linear in a by a Hankel matrix,
convmtx(a)^T g = hankel(g) a. So every derivative of either has one of these matrices.
"""

from __future__ import annotations

from .book import operation, shorthand

CONVOLUTION = operation(
    "convmtx",
    "a",
    "m 1 -> q n",
    linear=True,
    rule="differential of a convolution",
    statement="d convmtx(a, n) = convmtx(da, n), the matrix T with n columns, T[i,j] = a[i - j + 1] and zeros; conv(a, x) = convmtx(a) x",
    source="definition",
    spellings="convmtx",
    beside="conv correlate",
    example="w^T conv(a, x) by a where a in R^m; x in R^n; w in R^{m + n - 1}",
    numeric="np.block([[a], [np.zeros((1, 1))]])[shifted_places(rows, cols)].reshape(rows, cols)",
)
HANKEL = operation(
    "hankel",
    "r",
    "q 1 -> m n",
    linear=True,
    rule="differential of a Hankel matrix",
    statement="d hankel(r, n) = hankel(dr, n), the matrix H with n columns and H[i,j] = r[i + j - 1]; convmtx(a)^T r = hankel(r) a",
    source="definition",
    spellings="hankel",
    example="tr(A hankel(r, n)) by r where r in R^{m + n - 1}; A in R^{n x m}",
    numeric="r[[i + j for i in range(rows) for j in range(cols)]].reshape(rows, cols)",
)
for _name in ("conv", "convolve"):
    shorthand(_name, "a x", "convmtx(a) x")
shorthand("correlate", "g a", "convmtx(a)^T g")
