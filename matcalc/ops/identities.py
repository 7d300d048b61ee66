"""Identities used to shorten answers, as data: a left side that is replaced by a right side where that is shorter.

`where` gives the shapes of the letters (`X: n n`, `u: n 1`, `s: 1 1`); an entrywise identity is stated for a real number
and used for numbers and, entry by entry, for vectors and matrices. `when` is a condition on the letters that the
simplifier must know to hold (`positive x`). One that is `equal` is used where the right side is as long as the left, too.
Every identity is checked against numbers in the tests.
"""

from __future__ import annotations

from ..sources import cite, follows


class Identity:
    """left = right, with a name, the shapes of its letters, a condition and a source."""

    __slots__ = ("entrywise", "equal", "left", "name", "right", "source", "when", "where")

    def __init__(
        self,
        name: str,
        left: str,
        right: str,
        where: str = "",
        *,
        entrywise: bool = False,
        equal: bool = False,
        when: str = "",
        source: str = "algebra",
    ) -> None:
        self.name, self.left, self.right, self.where = name, left, right, where
        self.entrywise, self.equal, self.when, self.source = entrywise, equal, when, source


IDENTITIES: list[Identity] = []


def identity(name: str, left: str, right: str, where: str = "", **more: object) -> None:
    """Add an identity to the table."""
    IDENTITIES.append(Identity(name, left, right, where, **more))  # type: ignore[arg-type]


# Named functions, entry by entry.
identity("logistic function", "1/(1 + exp(-x))", "sigmoid(x)", entrywise=True, source="definition")
identity("logistic function, second form", "exp(x)/(1 + exp(x))", "sigmoid(x)", entrywise=True, source="definition")
identity("complement of the logistic function", "1/(1 + exp(x))", "1 - sigmoid(x)", entrywise=True, source="definition")
identity("logistic function, third form", "exp(x) (1 - sigmoid(x))", "sigmoid(x)", entrywise=True, source="definition")
identity("softplus", "log(1 + exp(x))", "softplus(x)", entrywise=True, source="definition")
identity("derivative of the logistic function", "exp(-x) sigmoid(x)", "1 - sigmoid(x)", entrywise=True, source="definition")
identity("symmetry of the logistic function", "1 - sigmoid(-x)", "sigmoid(x)", entrywise=True, source="definition")
identity("tangent", "sin(x)/cos(x)", "tan(x)", entrywise=True, source=cite("dlmf", "4.14.4"))
identity("secant and tangent", "sec(x) tan(x) + 1/cos(x)^2", "sec(x) (sec(x) + tan(x))", entrywise=True, source="definition")
identity("hyperbolic tangent", "sinh(x)/cosh(x)", "tanh(x)", entrywise=True, source=cite("dlmf", "4.28.4"))
identity("Pythagoras", "cos(x)^2 + sin(x)^2", "1", entrywise=True, source=cite("dlmf", "4.21.12"))
identity("Pythagoras, for the cosine", "1 - sin(x)^2", "cos(x)^2", entrywise=True, source=cite("dlmf", "4.21.12"))
identity("Pythagoras, for the sine", "1 - cos(x)^2", "sin(x)^2", entrywise=True, source=cite("dlmf", "4.21.12"))
identity("difference of hyperbolic squares", "cosh(x)^2 - sinh(x)^2", "1", entrywise=True, source="from " + cite("dlmf", "4.28.3"))
identity("third binomial formula for tanh", "(1 + tanh(x)) (1 - tanh(x))", "1 - tanh(x)^2", entrywise=True, source="algebra")
identity("root of a square", "sqrt(x^2)", "abs(x)", entrywise=True, source="definition")
identity("sign times absolute value", "sign(x) abs(x)", "x", entrywise=True, source="definition")
identity("sign over absolute value", "sign(x)/abs(x)", "1/x", entrywise=True, source="definition")
identity("number times its sign", "x sign(x)", "abs(x)", entrywise=True, source="definition")
identity("square of an absolute value", "abs(x)^2", "x^2", entrywise=True, source="definition")
identity("rectifier", "x 1[x > 0]", "relu(x)", entrywise=True, source="definition")
identity("rectifier, where it is not zero", "relu(x) 1[x > 0]", "relu(x)", entrywise=True, source="definition")
identity("square of an indicator", "1[x > 0]^2", "1[x > 0]", entrywise=True, source="definition")
identity("logarithm of an exponential", "log(exp(x))", "x", entrywise=True, source="definition")
identity("exponential of a logarithm", "exp(log(x))", "x", entrywise=True, source="definition")
identity("sine of its inverse", "sin(asin(x))", "x", entrywise=True, source="definition")
identity("cosine of its inverse", "cos(acos(x))", "x", entrywise=True, source="definition")
identity("tangent of its inverse", "tan(atan(x))", "x", entrywise=True, source="definition")
identity("hyperbolic tangent of its inverse", "tanh(atanh(x))", "x", entrywise=True, source="definition")
identity("inverse of the hyperbolic tangent", "atanh(tanh(x))", "x", entrywise=True, source="definition")
identity("hyperbolic sine of its inverse", "sinh(asinh(x))", "x", entrywise=True, source="definition")
identity("inverse of the hyperbolic sine", "asinh(sinh(x))", "x", entrywise=True, source="definition")
identity("logarithm of the gamma function", "log(tgamma(x))", "lgamma(x)", entrywise=True, source="definition")
identity("logarithm of one", "log(1)", "0", source="definition")
for _name, _function, _value in (  # exp(x^2) exp(-x^2)
    ("exponential", "exp", "1"),
    ("cosine", "cos", "1"),
    ("hyperbolic cosine", "cosh", "1"),
    ("sine", "sin", "0"),
    ("tangent", "tan", "0"),
    ("hyperbolic sine", "sinh", "0"),
    ("hyperbolic tangent", "tanh", "0"),
    ("inverse sine", "asin", "0"),
    ("inverse tangent", "atan", "0"),
    ("error function", "erf", "0"),
):
    identity(f"{_name} of zero", f"{_function}(0)", _value, source="definition")
identity("product of exponentials", "exp(x) exp(y)", "exp(x + y)", entrywise=True, source=cite("dlmf", "eq. 4.8.16"))

identity("quotient of exponentials", "exp(x)/exp(y)", "exp(x - y)", entrywise=True, source=cite("dlmf", "eq. 4.8.16"))
identity("maximum of equals", "max(x, x)", "x", entrywise=True, source="definition")
identity("minimum of equals", "min(x, x)", "x", entrywise=True, source="definition")
identity("clipping at the upper bound", "clip(s, t, s)", "s", "s: 1 1, t: 1 1", source="definition")
identity("clipping at the lower bound", "clip(s, s, t)", "s", "s: 1 1, t: 1 1", source="definition")
identity("Huber's function at its threshold", "huber(s, s)", "s^2/2", "s: 1 1", source="definition", when="positive s")

# Norms.
identity("Euclidean norm", "sqrt(u^T u)", "norm(u)", "u: n 1", source="definition")
identity("Frobenius norm", "sqrt(tr(X^T X))", "normF(X)", "X: m n", source="definition")
identity("square of a norm over the norm", "u^T u/norm(u)", "norm(u)", "u: n 1", source="definition")
identity("square of a norm over itself", "u^T u/norm(u)^2", "1", "u: n 1", source="definition")
identity("a squared norm over the square", "norm(u)^2/(u^T u)", "1", "u: n 1", source="definition")
identity("square of a norm over its cube", "u^T u/norm(u)^3", "1/norm(u)", "u: n 1", source="definition")
identity("square of a Frobenius norm over itself", "tr(X^T X)/normF(X)^2", "1", "X: m n", source="definition")

# Determinants.
identity("logarithm of a determinant", "log(det(X))", "logdet(X)", "X: n n", source="definition")

_JACOBI = "from d logdet(expm(t X))/dt = tr(X) and logdet(I) = 0"
identity("determinant of an exponential", "det(expm(X))", "exp(tr(X))", "X: n n", source=_JACOBI)
identity("logarithm of the determinant of an exponential", "logdet(expm(X))", "tr(X)", "X: n n", source=_JACOBI)

# Inverses and pseudoinverses.
identity(
    "Woodbury's identity",
    "X^-1 - X^-1 U (Y + V X^-1 U)^-1 V X^-1",
    "(X + U Y^-1 V)^-1",
    "X: n n, U: n k, V: k n, Y: k k",
    source=cite("cookbook", "section 3.2.2"),
)
identity(
    "Sherman-Morrison formula",
    "X^-1 - X^-1 u v^T X^-1/(1 + v^T X^-1 u)",
    "(X + u v^T)^-1",
    "X: n n, u: n 1, v: n 1",
    source=cite("cookbook", "section 3.2.4"),
)

# Derivatives of matrix functions: tr(L(X, E) Y) = tr(E L(X, Y)), the shorter of the two.
for _f in ("expm", "logm", "sqrtm"):
    identity(
        f"symmetry of the derivative of {_f}",
        f"tr(d{_f}(X, u v^T) Y)",
        f"v^T d{_f}(X, Y) u",
        "X: n n, Y: n n, u: n 1, v: n 1",
        source=follows("tr(L(X, E) Y) = tr(E L(X, Y)), true of every power of X", "higham-2008"),
    )

# Softmax.
identity("softmax", "exp(u)/sum(exp(u))", "softmax(u)", "u: n 1", source="definition")
identity("softmax of every row", "diag(1 ./ (exp.(X) u.^0)) exp.(X)", "softmax(X)", "X: m n, u: n 1", source="definition")
identity("softmax of every row, transposed", "exp.(X)^T diag(1 ./ (exp.(X) u.^0))", "softmax(X)^T", "X: m n, u: n 1", source="definition")
identity("logsumexp", "log(sum(exp(u)))", "logsumexp(u)", "u: n 1", source="definition")

# Kronecker products.
_MIXED = cite("magnus-neudecker", "section 2.2")
identity("trace of a Kronecker product", "tr(kron(X, Y))", "tr(X) tr(Y)", "X: m m, Y: n n", equal=True, source=_MIXED)
identity(
    "Gram matrix of a Khatri-Rao product",
    "khatri_rao(X, Y)^T khatri_rao(X, Y)",
    "(X^T X) .* (Y^T Y)",
    "X: m r, Y: n r",
    equal=True,
    source=cite("kolda-bader-2009", "section 2.6"),
)
identity("mixed product with a column", "kron(I, u) X", "kron(X, u)", "u: m 1, X: n p", source=_MIXED)
identity("mixed product with a column, second form", "kron(u, I) X", "kron(u, X)", "u: m 1, X: n p", source=_MIXED)

# Half-vectorization.
identity("vec of a symmetric matrix", "duplication(X) vech(X)", "vec(X)", "X: n n", when="symmetric X", source="definition")
identity("vech of a symmetric matrix", "duplication(X)^+ vec(X)", "vech(X)", "X: n n", when="symmetric X", source="definition")
identity("vech by elimination", "elimination(X) vec(X)", "vech(X)", "X: n n", source="definition")
identity("transpose before duplication", "duplication(X)^T vec(X^T)", "duplication(X)^T vec(X)", "X: n n", source="definition")
_HALF = "X: n n, Y: n(n+1)/2 n(n+1)/2"
identity("elimination and back", "elimination(X) elimination(X)^T Y", "Y", _HALF, source="definition")
identity("duplication and back", "Y duplication(X)^+ duplication(X)", "Y", _HALF, source="definition")
_SYMMETRIC = "from L_n D_n = I and (I + K_{n,n})/2 = D_n D_n^+, where K_{n,n} exchanges the factors of a Kronecker product"
identity(
    "elimination beside duplication",
    "elimination(Y) (X ⊗ X) duplication(Z)",
    "duplication(Y)^+ (X ⊗ X) duplication(Z)",
    "X: m n, Y: m m, Z: n n",
    source="from D_m D_m^+ (X ⊗ X) D_n = (X ⊗ X) D_n, since X S X^T is symmetric where S is",
)
identity(
    "elimination of a symmetrized product",
    "elimination(X) (X ⊗ Y + Y ⊗ X) duplication(X)",
    "2 duplication(X)^+ (X ⊗ Y) duplication(X)",
    "X: n n, Y: n n",
    source=_SYMMETRIC,
)
identity(
    "elimination of a symmetrized product with a column",
    "elimination(X) (u ⊗ X + X ⊗ u)",
    "2 duplication(X)^+ (u ⊗ X)",
    "X: n n, u: n 1",
    source=_SYMMETRIC,
)
identity(
    "inverse between duplications",
    "(duplication(X)^T (X ⊗ X) duplication(X))^-1",
    "duplication(X)^+ (X^-1 ⊗ X^-1) (duplication(X)^+)^T",
    "X: n n",
    source=follows("(X ⊗ X) D_n = D_n D_n^+ (X ⊗ X) D_n, since X S X^T is symmetric where S is", "magnus-neudecker"),
)
identity("duplication of a lower triangle", "duplication(X)^T vec(tril(X))", "vech(X)", "X: n n", source="definition")
identity(
    "products between duplications",
    "duplication(X)^T (X ⊗ Y + Z ⊗ X) duplication(X)",
    "duplication(X)^T (X ⊗ (Y + Z)) duplication(X)",
    "X: n n, Y: n n, Z: n n",
    source="from (X ⊗ Y) K = K (Y ⊗ X) and K D_n = D_n",
)
identity("lower triangle of a half", "tril(unvech(vech(X)))", "tril(X)", "X: n n", source="definition")
for _sign in "+-":
    identity(
        f"lower triangle of a half {_sign} another",
        f"tril(unvech(u {_sign} vech(X)))",
        f"tril(unvech(u) {_sign} X)",
        "X: n n, u: n(n+1)/2 1",
        equal=_sign == "+",
        source="definition",
    )

for _sign, _sum in (("+", "X + Y"), ("-", "Y - X")):
    identity(f"inverse {_sign} identity", f"X^-1 Y {_sign} I", f"X^-1 ({_sum})", "X: n n, Y: n n", source="definition")
    identity(f"inverse behind {_sign} identity", f"Y X^-1 {_sign} I", f"({_sum}) X^-1", "X: n n, Y: n n", source="definition")

# Entrywise and diagonal products.
identity(
    "entrywise product with an outer product",
    "(u v^T) .* X",
    "diag(u) X diag(v)",
    "u: m 1, v: n 1, X: m n",
    source=cite("magnus-neudecker", "section 3.6"),
)

# What a declared or inferred property gives. The variable of differentiation has its closed properties only after the last derivative.
identity("lower triangle of a lower triangular matrix", "tril(X)", "X", "X: n n", when="lower X", source="definition")
identity("upper triangle of an upper triangular matrix", "triu(X)", "X", "X: n n", when="upper X", source="definition")
identity("lower triangle of an upper triangular matrix", "tril(X)", "diag(diag(X))", "X: n n", when="upper X", source="definition")
identity("half triangle of a transpose", "halftril(X^T)", "halftril(X)", "X: n n", source="definition")
identity("half triangle and its transpose", "halftril(X) + halftril(X)^T", "(X + X^T)/2", "X: n n", source="definition")
identity("mirrored triangle of a symmetric matrix", "symtril(X)", "X", "X: n n", when="symmetric X", source="definition")
identity("mirrored triangle of an upper triangular matrix", "symtril(X)", "diag(diag(X))", "X: n n", when="upper X", source="definition")
identity("half of the mirrored triangle", "halftril(symtril(X)) + halftril(symtril(X))^T", "symtril(X)", "X: n n", source="definition")
identity("upper triangle of a lower triangular matrix", "triu(X)", "diag(diag(X))", "X: n n", when="lower X", source="definition")
identity("diagonal of a diagonal matrix", "diag(diag(X))", "X", "X: n n", when="diagonal X", source="definition")
identity("trace of a skew matrix", "tr(X)", "0", "X: n n", when="skew X", source="definition")
identity("quadratic form of a skew matrix", "u^T X u", "0", "u: n 1, X: n n", when="skew X", source="definition")
identity("logarithm of the determinant of an orthogonal matrix", "logdet(X)", "0", "X: n n", when="orthogonal X", source="definition")
identity("norm under an orthogonal matrix", "norm(X u)", "norm(u)", "X: n n, u: n 1", when="orthogonal X", source="definition")
identity("Frobenius norm under an orthogonal matrix", "normF(X Y)", "normF(Y)", "X: n n, Y: n m", when="orthogonal X", source="definition")
identity("pseudoinverse of an orthonormal matrix", "pinv(X)", "X^T", "X: m n", when="orthonormal X", source="definition")
identity("square of a unit vector", "u^T u", "1", "u: n 1", when="unit u", source="definition")
identity("norm of a unit vector", "norm(u)", "1", "u: n 1", when="unit u", source="definition")
identity("lengths of the columns of an oblique matrix", "diag(X^T X)", "diag(X^T X).^0", "X: m n", when="oblique X", source="definition")
identity("sum over a simplex", "sum(u)", "1", "u: n 1", when="simplex u", source="definition")
identity("row sums of a stochastic matrix", "X u.^0", "(X u).^0", "X: m n, u: n 1", when="stochastic X", source="definition")
identity("row sums of a stochastic matrix, by name", "rowsum(X)", "rowsum(X).^0", "X: m n", when="stochastic X", source="definition")
identity("absolute value of what is not negative", "abs(x)", "x", entrywise=True, when="nonnegative x", source="definition")
identity("absolute value of what is not positive", "abs(x)", "-x", entrywise=True, when="nonpositive x", source="definition")
identity("sign of a negative number", "sign(x)", "-1", entrywise=True, when="negative x", source="definition")
identity("rectifier of what is not positive", "relu(x)", "0 x", entrywise=True, when="nonpositive x", source="definition")
identity("maximum of zero and what is not positive", "max(x, 0)", "0 x", entrywise=True, when="nonpositive x", source="definition")
identity("maximum of zero and what is not negative", "max(x, 0)", "x", entrywise=True, when="nonnegative x", source="definition")
identity("minimum of zero and what is not negative", "min(x, 0)", "0 x", entrywise=True, when="nonnegative x", source="definition")
identity("minimum of zero and what is not positive", "min(x, 0)", "x", entrywise=True, when="nonpositive x", source="definition")
identity("sign of a positive number", "sign(x)", "1", entrywise=True, when="positive x", source="definition")
identity("rectifier of what is not negative", "relu(x)", "x", entrywise=True, when="nonnegative x", source="definition")
for _relation, _value, _words in (
    (">", "1", "positive"),
    (">=", "1", "nonnegative"),
    ("<", "0 x", "nonnegative"),
    ("<=", "0 x", "positive"),
    (">", "0 x", "nonpositive"),
    (">=", "0 x", "negative"),
    ("<", "1", "negative"),
    ("<=", "1", "nonpositive"),
):
    identity(
        f"indicator of x {_relation} 0, {_words} x", f"1[x {_relation} 0]", _value, entrywise=True, when=f"{_words} x", source="definition"
    )
identity("diagonal of a skew matrix", "diag(X)", "0 diag(X)", "X: n n", when="skew X", source="definition")
identity("product of Cholesky factors", "chol(X) chol(X)^T", "X", "X: n n", when="spd X", source="definition")
identity("product of inverse Cholesky factors", "chol(X)^-T chol(X)^-1", "X^-1", "X: n n", when="spd X", source="definition")
