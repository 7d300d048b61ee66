"""Words and commands that people write and matcalc has not: what to write instead, and which known word is one letter off."""

from __future__ import annotations

from collections.abc import Iterable

from .functions import book

_INTEGRAL = "an integral is not read: give the integrand, or its closed form"
_WHERE = "what attains an extremum is no function: `matcalc stationary` finds where a gradient vanishes"
_DRAWN = "a distribution is no function: write its density, as in N(x; mu, Sigma)"
_SPECTRUM = "write eigmax(A), eigmin(A), eigval(A, k), or sum_i f(eigval(A, i)) over all of them"
_CONSTANT = "it is constant but for jumps, and has no derivative"
_DOTS = "an ellipsis is not read: write sum_{i=1}^n x_i, or prod_{i=1}^n x_i"
_COUNT = "write the size by its name: n entries has y in R^n, which --where declares"
_SET = "a set is no value"
_WHOLE = "arithmetic of whole numbers is not read: write the piece that is meant, x - 2 k with k in N"
_BOUND = "write max(x, y) or min(x, y) of two values; of more, the value where it is attained"
_PICKED = "it picks an entry out: write the one that is meant, x_k with k in N"
_FIELD = "ask for the derivative: --wrt names the variable, and the divergence is the trace of the Jacobian matrix"
_ASKED = "write the function alone, and give the variable with --wrt"
_NEAREST = "write the equation that the nearest point satisfies, for `matcalc implicit`"

MEANT = {
    "eye": "write I or I_n",
    "identity": "write I or I_n",
    "ones": "write ones(n)",
    "hadamard": "write A .* B",
    "frac": "write a/b, or \\frac{a}{b}",
    "prod": "write prod_{i=1}^n x_i",
    "lg": "write log_{10}(x)",
    "log10": "write log_{10}(x)",
    "log2": "write log_{2}(x)",
    "log1p": "write log(1 + x)",
    "expm1": "write exp(x) - 1",
    "crossprod": "write X^T X, or X^T Y of two matrices",
    "tcrossprod": "write X X^T, or X Y^T of two matrices",
    "sd": "write std(x), which divides by n; that of R divides by n - 1, sqrt(n/(n - 1)) std(x)",
    **dict.fromkeys(
        ("dnorm", "normpdf"), "write -(x - mu)^2/(2 s^2) - log(s) - log(2 pi)/2 for its logarithm, N(x; mu, s^2) for the density"
    ),
    **dict.fromkeys(("dpois", "dbinom", "dexp", "dgamma", "dbeta", "dunif"), "write the density, or its logarithm, out"),
    **dict.fromkeys(("pnorm",), "write normcdf(x)"),
    "where": "write cases(a, x > 0, b) for a number x, 1[x > 0] .* a + 1[x <= 0] .* b for entry by entry",
    "sum_squares": "write ||x||^2",
    "sumsq": "write ||x||^2",
    "quad_form": "write x^T P x",
    "quadform": "write x^T P x",
    "sum_of_squares": "write ||x||^2",
    **dict.fromkeys(("int", "oint", "iint", "integral", "integrate", "quad"), _INTEGRAL),
    **dict.fromkeys(("arg", "argmin", "argmax", "minimize", "maximize", "minimise", "maximise"), _WHERE),
    **dict.fromkeys(("sim", "normal", "gaussian", "bernoulli"), _DRAWN),
    **dict.fromkeys(("eig", "eigs", "eigvals", "eigenvalue", "eigenvalues", "spec", "spectrum"), _SPECTRUM),
    **dict.fromkeys(("rank", "floor", "ceil", "round"), _CONSTANT),
    **dict.fromkeys(("size", "shape", "dim"), _COUNT),
    **dict.fromkeys(("mod", "gcd", "lcm"), _WHOLE),
    **dict.fromkeys(("sup", "limsup", "liminf"), _BOUND),
    "inf": "write infty for infinity, min(x, y) for the lesser of two values",
    **dict.fromkeys(("median", "mode"), _PICKED),
    **dict.fromkeys(("grad", "div", "curl"), _FIELD),
    **dict.fromkeys(("prox", "proj"), _NEAREST),
    "re": "write Re(z) for the real part, r e * (…) for a product",
    "im": "write Im(z) for the imaginary part, i m * (…) for a product",
    "cov": "write Var(x), or E[(x - mu) (y - nu)^T]",
    "mse_loss": "write mean((a - y).^2)",
    "l1_loss": "write mean(abs(a - y))",
    "binary_cross_entropy": "write -mean(y .* log(p) + (1 - y) .* log(1 - p))",
    "binary_cross_entropy_with_logits": "write mean(softplus(z) - y .* z)",
    **dict.fromkeys(("null", "span", "range", "ker", "kernel", "image"), _SET),
    **dict.fromkeys(("cdots", "ldots", "dots", "vdots", "ddots"), _DOTS),
    "choose": "write factorial(n)/(factorial(k) factorial(n - k))",
    "binom": "write factorial(n)/(factorial(k) factorial(n - k))",
    "lim": "limits are not taken: give the function itself",
    **dict.fromkeys(("specrad", "spectralradius"), "write eigmax(A) for the root of Perron, ||A||_2 for a symmetric matrix"),
    **dict.fromkeys(("nuc", "nuclear", "nuclearnorm"), "write ||X||_*"),
    **dict.fromkeys(
        ("pdet", "logpdet"), "write logdet(X^T X)/2 for an X of full column rank, or a sum over the eigenvalues that are not 0"
    ),
    **dict.fromkeys(("vee", "wedge"), "write vex(X) for the vector of a skew matrix, skew(w) for the matrix of a vector"),
    **dict.fromkeys(
        ("reshape", "mat"), "write unvec(x, m, n) for the matrix whose columns stand one below the other in x, vec(X) for the vector"
    ),
    "svd": "write ||X||_2, sigmin(X) or ||X||_* for functions of singular values",
    "svdvals": "write ||X||_2, sigmin(X) or ||X||_* for functions of singular values",
    "qr": "the triangular factor of X is chol(X^T X)^T",
    "cholesky": "write chol(X)",
    **dict.fromkeys(("derivative", "differentiate", "gradient", "grad"), _ASKED),
    "crossentropy": "write -sum(y .* log(p))",
    "entropy": "write -sum(p .* log(p))",
    **dict.fromkeys(("bce", "binarycrossentropy", "bceloss"), "write -sum(y .* log(p) + (1 - y) .* log(1 - p))"),
    **dict.fromkeys(("kldiv", "kldivergence", "kl"), "write sum(p .* log(p ./ q))"),
    **dict.fromkeys(("mse", "mseloss", "meansquarederror"), "write ||y - t||^2/n"),
    **dict.fromkeys(("layernorm", "batchnorm", "standardize", "zscore"), "write (x - mean(x))/sqrt(var(x) + epsilon)"),
    **dict.fromkeys(("cossim", "cosinesimilarity"), "write x^T y/(||x|| ||y||)"),
    **dict.fromkeys(("conv2", "convn", "convolve2d", "conv2d"), "of convolutions that of two vectors is known, conv(a, x)"),
    "fft": "write F x with the matrix F of the transform",
}

SHORT_GREEK = {"eps": "epsilon", "lam": "lambda", "sig": "sigma", "gam": "gamma", "alph": "alpha", "omeg": "omega"}


def meant(word: str) -> str | None:
    """What to write for a word that means something known."""
    return MEANT.get(word.lower())


def nearest(word: str, others: Iterable[str] = ()) -> str | None:
    """The known spelling that is one letter off, or two of a long word: one more, one less, another, or two that changed places."""
    word = word[:40]
    allowed = 1 if len(word) < LONG else 2
    found = [(d, known) for known in [*book(), *others] if (d := _apart(word, known, allowed)) <= allowed]
    return min(found, key=lambda pair: pair[0])[1] if found else None


LONG = 8  # letters


def _apart(one: str, other: str, most: int) -> int:
    """How many letters two words are apart (Damerau and Levenshtein); more than `most` where it is no matter."""
    if abs(len(one) - len(other)) > most or min(len(one), len(other)) < 3:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        two_before, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], two_before[j - 2] + 1)
    return row[-1]
