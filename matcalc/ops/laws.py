"""The rules of derivations that belong to no single operation: constants, the chain, identification, what algebra does.

Each is a block like those of the operations: a name, a statement, a source, an example (`EXPR by X as NOTATION where DECLARATIONS`).
What follows from the rules of arithmetic alone has the source "algebra", what is a matter of notation "definition".
"""

from __future__ import annotations

from ..sources import cite, follows, work
from . import complex_numbers

ISSERLIS = work(
    "Isserlis 1918",
    "L. Isserlis, On a formula for the product-moment coefficient of any order of a normal frequency distribution in any number of "
    "variables, Biometrika 12 (1918) 134-139",
)


class Law:
    """A rule with a name, a statement, a source and an example; `condition` is what it asks for."""

    __slots__ = ("condition", "example", "name", "source", "statement")

    def __init__(self, name: str, statement: str, source: str, example: str, condition: str = "") -> None:
        self.name, self.statement, self.source, self.example, self.condition = name, statement, source, example, condition


LAWS: dict[str, Law] = {}


def law(name: str, statement: str, source: str, example: str, condition: str = "") -> Law:
    """Add a law to the book."""
    LAWS[name] = made = Law(name, statement, source, example, condition)
    return made


IDENTIFICATION = cite("magnus-neudecker", "theorem 5.11")

# Differentials.
VARIABLE = law("differential of the variable", "dX is a free change of the variable X", "definition", "A x by x")
CONSTANT = law("constant rule", "dA = 0 where A does not depend on the variable", cite("cookbook", "eq. (33)"), "a^T x + b^T c by x")
CONSTANT_FACTOR = law(
    "constant factor", "d(A F B) = A dF B where A and B do not depend on the variable", cite("cookbook", "eq. (34)"), "a^T X b by X"
)
QUOTIENT = law("quotient rule", "(f/g)' = (f' g - f g')/g^2", cite("mml", "eq. (5.30)"), "sin(x)/x by x where x in R", "g != 0")
SCHOOL_PRODUCT = law("product rule of functions", "(f g)' = f' g + f g'", cite("mml", "eq. (5.29)"), "x sin(x) by x where x in R")
SCHOOL_SUM = law("sum rule of functions", "(f + g)' = f' + g'", cite("mml", "eq. (5.31)"), "x^2 + sin(x) by x where x in R")
SCHOOL_FACTOR = law("constant multiple", "(c f)' = c f'", cite("parr-howard", "section 2"), "3 x^2 by x where x in R")
CHAIN = law("chain rule", "g(f(x))' = g'(f(x)) f'(x)", cite("mml", "eq. (5.32)"), "sin(x^2) by x where x in R")
REVERSE = law(
    "adjoint recursion",
    "delta_z = sum of (∂y/∂z)^T delta_y over what is computed from z; delta_z has the shape of z, and delta_F = 1 for the value F",
    follows("the chain rule", "mml"),
    "z = A x + b; sum(tanh(z)) by x",
)
DIRECTIONAL = law("change along a direction", "dG[U] = d/dt G(X + t U) at t = 0: dX is U", "definition", "tr(X^T A X) by X by X")
HESSIAN = law("second derivative", "the derivative of the derivative", "definition", "x^T A x by x by x")
LEIBNIZ = law(
    "product rule, factor by factor", "of a product of entries: one factor after the other", "algebra", "(A x) (x^T B x) by x by x"
)

# Identification: from dF to the derivative.
OF_SCALAR = law("identification of a derivative", "dF = F' dt for all dt means dF/dt = F'", IDENTIFICATION, "t A b by t where t in R")
OF_GRADIENT = law("identification of a gradient", "dF = g^T dx for all dx means ∂F/∂x = g^T", IDENTIFICATION, "x^T A x by x")
OF_JACOBIAN = law("identification of a Jacobian", "dF = J dx for all dx means ∂F/∂x = J", IDENTIFICATION, "A x by x")
OF_MATRIX = law("identification by a matrix", "dF = tr(G^T dX) for all dX means ∂F/∂X = G", IDENTIFICATION, "tr(A X) by X")
OF_MAP = law("identification of a linear map", "F'(X) is the linear map dX -> dF", "definition", "expm(X) by X")
WIRTINGER = law(
    "Wirtinger derivative",
    "df = ∂f/∂z dz + ∂f/∂conj(z) conj(dz), each with the other variable kept; a real f has df = 2 Re <g, dz> with g = ∂f/∂conj(z)",
    follows("df = ∂f/∂x dx + ∂f/∂y dy with x = (z + conj(z))/2 and y = (z - conj(z))/(2 i)", complex_numbers.WIRTINGER),
    "x^H A x by x where x in C^n; A in C^{n x n} hermitian",
)
OF_HERMITIAN = law(
    "identification by a Hermitian matrix",
    "df = tr(G dA) for all Hermitian dA means that G is the gradient by A",
    "definition",
    "tr(A B) by A where A, B in C^{n x n} hermitian",
)
BY_INDICES = law(
    "identification by entries", "dF[i,j] = sum_{k,l} J[i,j,k,l] dX[k,l] means ∂F[i,j]/∂X[k,l] = J[i,j,k,l]", "definition", "X A X by X"
)
ENTRYWISE = law("entry by entry", "∂f/∂x = g^T means J[i] = g[i]: a derivative by its entries", "definition", "x^T A x by x as index")
BY_VEC = law("vec of a product", "vec(A X B) = (B^T ⊗ A) vec(X)", cite("magnus-neudecker", "section 2.4"), "A X B by X as kron")
BY_MEMBER = law(
    "one member of a family",
    "the coefficient of dx_j is the derivative by x_j",
    "definition",
    "sum_{i=1}^N a^T x_i by x_j where x_i in R^n",
)
BY_ENTRY = law(
    "one entry of the variable", "the derivative by x_k is entry k of the derivative by x", "definition", "x^T A x by x_2 where x in R^n"
)

EXPECTED = law(
    "mean of a polynomial in normal variables",
    "E[f(x)] = f + L f/2 + L^2 f/8 + … at x = mu, with L f = sum_{i,j} Sigma[i,j] ∂²f/∂x_i∂x_j, for x ~ N(mu, Sigma); "
    "a factor exp(a^T x) leaves exp(a^T mu + a^T Sigma a/2) and moves mu by Sigma a",
    follows("E[f(mu + sqrt(t) (x - mu))] = exp(t L/2) f at mu, the solution of the heat equation", ISSERLIS),
    "E[x^T A x] by mu where x ~ N(mu, Sigma); A in S^n",
)

# Algebra that takes dF to the form that is identified.
COLLECTED = law(
    "trace and transpose",
    "s = s^T and s = tr(s) of a scalar, tr(A B) = tr(B A), tr(A^T) = tr(A), tr(A diag(x)) = diag(A)^T x: everything is brought beside dX",
    cite("cookbook", "section 1.1"),
    "x^T A x by x",
)
BEFORE_DX = law(
    "factors before dx",
    "a .* dx = diag(a) dx, (v^T dx) u = u v^T dx, s dx = (s I) dx, A dx + B dx = (A + B) dx: everything is brought before dx",
    "algebra",
    "(x^T x) x by x",
)
ALGEBRA = law(
    "algebra", "sums and products reordered, like terms added, a factor times its inverse cancelled", "algebra", "x^T x + x^T x by x"
)
COMMON_FACTOR = law("common factor", "A B + A C = A (B + C)", "algebra", "x^T A x by x")
EXPANSION = law("distributive law", "A (B + C) = A B + A C", "algebra", "2 (1 + 3 x^2) by x where x in R")
SCALAR_ALGEBRA = law(
    "scalar algebra",
    "rational functions, powers and elementary functions of numbers, by SymPy",
    "algebra",
    "1/(1 + x) - 1/(1 - x) by x where x in R",
)
PAIRS = law(
    "sum over pairs",
    "sum_j a_j 1[j < k] + sum_j a_j 1[j > k] = sum_j a_j 1[j != k], without the condition where a_k = 0; "
    "sum_{i < j} a_ij = 1/2 (sum_{i,j} a_ij - sum_i a_ii) where a_ij = a_ji",
    "algebra",
    "sum_{i<j} ||x_i - x_j||^2 by x_k where x_i in R^n",
)
OVER_INDEX = law(
    "sum over an index",
    "sum_i a_i x_i = X^T a, and sums over one range added: a sum over an index with fewer indices",
    "definition",
    "sum_{i=1}^n a_i x_i by x where a, x in R^n",
)
RENAMED = law(
    "name of an index",
    "sum_k a_k = sum_i a_i: the index of a sum may have any letter that is not in use",
    "definition",
    "sum_{k=1}^N log(1 + x_k^T x_k) by x_k where x_k in R^n",
)
IN_RANGE = law(
    "index in its range",
    "1[i <= n] = 1 where i counts n members or entries: it runs no further than they",
    "definition",
    "sum_{k=1}^3 x_k^T x_k by x_i where x_k in R^n",
)
GATHERED = law("entries written out", "s e_1^T + t e_2^T = [s, t]", "definition", "x_1^2 + x_2 by x where x in R^2")
PUSHED = law(
    "push-through identity",
    "(s I + A B)^-1 A = A (s I + B A)^-1",
    "algebra",
    "logdet(I + X X^T) by X where X in R^{m x n}",
    "the inverses exist",
)
COMMUTING = law(
    "commuting direction",
    "dF(X, G) = F'(X) G where G is a function of X",
    follows("the power series of F, term by term, where dX commutes with X", "higham-2008"),
    "||logm(X)||^2 by X where X in S_++^n",
)
ROOTS = law("root of a product", "(s t)^k = s^k t^k", "algebra", "sqrt(s t) by t where s, t in R positive", "s > 0")
CASES_SUM = law(
    "sum of cases",
    "cases over the same conditions are added case by case, and a factor of every case stands before them",
    "definition",
    "cases(x^2, x > 0, x) + cases(x, x > 0, 1) by x where x in R",
)
EQUAL_BASES = law("powers of equal bases", "a^j a^k = a^(j + k)", "algebra", "s^k s by s where s in R positive; k in R")
DECLARED = law(
    "declared property", "what was declared of the variable is used after the last derivative", "definition", "x^T S x by S where S in S^n"
)
WRITTEN_DETERMINANT = law(
    "determinant of a small matrix",
    "det([a, b; c, d]) = a d - b c, and of three rows along the first one",
    "definition",
    "det([x, 2; y, x]) by x where x, y in R",
)
NAMED = law("named parts", "what occurs several times gets a name", "definition", "x/||x|| by x")
SUBSTITUTED = law("substitution", "the named parts are put in", "definition", "z = A x; z^T z by x")
CASES_FORM = law("case distinction", "an indicator written as cases", "definition", "relu(x) by x where x in R")
BY_COLUMNS = law(
    "Cholesky factor by stacked columns",
    "vech(S) = L_n vec(L L^T) with vec(L) = L_n^T vech(L), so that d vech(S) = 2 D_n^+ (L ⊗ I_n) L_n^T d vech(L)",
    "from the definitions of L_n and D_n, and (I + K_{n,n})/2 = D_n D_n^+",
    "vech(chol(S)) by vech(S) where S in S_++^n",
)
STRUCTURED = law(
    "restriction to the set", "the derivative along changes that stay in the declared set", "definition", "tr(A S) by S where S in S^n"
)
