"""Functions of a matrix, and their Fréchet derivatives: exponential, roots, logarithm, the trigonometric and hyperbolic ones.

A function f of numbers gives one of square matrices, and L(X, E), its derivative at X along E, is linear in E: the top right block of
f([[X, E], [0, X]]). Its adjoint is itself at X^T: <A, L(X, E)> = <L(X^T, A), E>. Where E commutes with X it is f'(X) E; else it has no
shorter form. With further directions it is the derivative of that along them: multilinear, symmetric in all directions, and a block of a
greater triangle. The principal root and logarithm exist where no eigenvalue is on the closed negative real axis.
"""

from __future__ import annotations

from ..sources import cite, follows
from .book import operation, shorthand
from .diagonal import MURRAY
from .operation import Operation

_SERIES = "the powers of [X, E; 0, X], whose top right blocks are those of d/dt (X + t E)^k at t = 0"


def matrix_function(
    name: str,
    scalar: str,
    *,
    title: str,
    rule: str,
    statement: str,
    source: str,
    languages: tuple[str, str, str, str],
    along: str = "L(X, E) is the top right block of f([X, E; 0, X])",
    kronecker: str = "",
    kernel: str,
    domain: str = "",
    numpy_along: str = "",
    **block: str,
) -> tuple[Operation, Operation, Operation]:
    """The three blocks of a function of a matrix that is `scalar` of numbers: itself, its derivative along directions, and the
    Kronecker form of that. `languages` has its name in NumPy, JAX, PyTorch and Octave, `numpy_along` what NumPy has for
    the derivative, `kernel` the name in the numeric texts."""
    numpy, jax, torch, octave = languages
    jax, torch = (text if text != numpy else "" for text in (jax, torch))  # theirs is NumPy's where nothing is said
    further = "; " + cite("higham-relton-2013")
    alike: dict[str, str] = {"domain": domain}
    value = operation(
        name,
        "X",
        "n n -> n n",
        scalar=scalar,
        differential=f"d{name}(X, dX)",
        transposes="commutes",
        rule=f"differential of the {title}",
        statement=statement,
        source=source,
        spellings=name,
        numeric=f"{kernel}(X)",
        numpy=f"{numpy}(X)",
        jax=jax and f"{jax}(X)",
        torch=torch and f"{torch}(X)",
        r=f"{name}_(X)",
        eigen=f"{name}_(X)",
        **{"octave": f"{octave}(X)", "julia": f"{scalar}(X)"} | alike | block,
    )
    derivative = operation(
        f"{name}_frechet",
        "X E",
        "n n, n n -> n n",
        differential=f"d{name}(X, dE) + d{name}(X, E, dX)",
        directions=True,
        adjoint=f"d{name}(X^T, A)",
        kronecker=f"k{name}(X)",
        transposes="commutes",
        rule=f"Fréchet derivative of the {title}",
        statement=f"{along}, and linear in E; L(X, E, H, …) is its derivative along H, …, linear in each and symmetric in them",
        source=source + further,
        spellings=f"d{name}",
        numeric=f"{kernel}(X, E, *directions)",
        numpy=f"{numpy_along}(X, E, *directions)" if numpy_along else f"_derivative({numpy}, X, E, *directions)",
        jax=jax and f"_along({jax}, X, E, *directions)",
        torch=torch and f"_derivative({torch}, X, E, *directions)",
        array_api=f"_derivative({numpy}, X, E, *directions)" if numpy_along else "",
        octave=f"derivative_(@{octave}, X, E, *directions)",
        r=f"derivative_({name}_, X, E, *directions)",
        julia=f"derivative_({scalar}, X, E, *directions)",
        eigen=f"derivative_({name}_, X, E, *directions)",
        **alike,
    )
    form = operation(
        f"{name}_kronecker",
        "X",
        "n n -> nn nn",
        differential=f"k{name}(X, dX)",
        directions=True,
        rule=f"Kronecker form of the {rule}'s derivative",
        statement=f"vec L(X, E) = k{name}(X) vec(E){kronecker}, and vec L(X, H, …, E) = k{name}(X, H, …) vec(E)",
        source=source + further,
        spellings=f"k{name}",
        numeric=f"{kernel}.kronecker(X, *directions)",
        numpy=f"_kronecker({numpy}, X, *directions)",
        jax=jax and f"_kronecker({jax}, X, *directions)",
        torch=torch and f"_kronecker({torch}, X, *directions)",
        octave=f"kronecker_(@{octave}, X, *directions)",
        r=f"kronecker_({name}_, X, *directions)",
        julia=f"kronecker_({scalar}, X, *directions)",
        eigen=f"kronecker_({name}_, X, *directions)",
        **alike,
    )
    return value, derivative, form


MATRIX_EXPONENTIAL, EXPONENTIAL_DERIVATIVE, EXPONENTIAL_KRONECKER = matrix_function(
    "expm",
    "exp",
    title="matrix exponential",
    rule="exponential",
    statement="d expm(X) = L(X, dX), the Fréchet derivative of the exponential",
    along="L(X, E) is the top right block of expm([X, E; 0, X])",
    source=follows(_SERIES, "al-mohy-higham-2009"),
    languages=("_expm", "jax.scipy.linalg.expm", "torch.linalg.matrix_exp", "expm"),
    numpy_along="_expm_along",
    kernel="matrix_exponential",
    gives="invertible; symmetric -> spd; skew -> orthogonal; lower -> lower; upper -> upper; nonnegative -> nonnegative",
    at_zero="X^0",
)
SQUARE_ROOT, SQUARE_ROOT_DERIVATIVE, SQUARE_ROOT_KRONECKER = matrix_function(
    "sqrtm",
    "sqrt",
    title="matrix square root",
    rule="square root",
    statement="d sqrtm(X) = L(X, dX), where S L + L S = dX for S = sqrtm(X)",
    along="L(X, E) solves S L + L S = E for S = sqrtm(X)",
    kronecker=", where ksqrtm(X) = (I ⊗ S + S^T ⊗ I)^-1 for S = sqrtm(X)",
    source=follows("S S = X, differentiated", "higham-2008"),
    languages=("_sqrtm", "_sqrtm", "_sqrtm", "sqrtm"),
    octave="real(sqrtm(X))",
    julia="real.(sqrt(X))",
    kernel="square_root",
    domain="principal",
    gives="spd -> spd; psd -> psd; lower -> lower; upper -> upper; orthogonal -> orthogonal",
)
LOGARITHM, LOGARITHM_DERIVATIVE, LOGARITHM_KRONECKER = matrix_function(
    "logm",
    "log",
    title="matrix logarithm",
    rule="logarithm",
    statement="d logm(X) = L(X, dX), the inverse of the Fréchet derivative of expm at logm(X)",
    along="E = dexpm(logm(X), L)",
    kronecker=", where klogm(X) = kexpm(logm(X))^-1",
    source=follows("expm(logm(X)) = X, differentiated", "higham-2008"),
    languages=("_logm", "_logm", "_logm", "logm"),
    octave="real(logm(X))",
    julia="real.(log(X))",
    kernel="matrix_logarithm",
    domain="principal",
    gives="symmetric -> symmetric; orthogonal -> skew; lower -> lower; upper -> upper",
)
MATRIX_COSINE, COSINE_DERIVATIVE, COSINE_KRONECKER = matrix_function(
    "cosm",
    "cos",
    title="matrix cosine",
    rule="cosine",
    parity="even",
    statement="d cosm(X) = L(X, dX), and -sinm(X) dX where dX commutes with X",
    source=follows(_SERIES, "higham-2008", "eq. (3.16)"),
    languages=("_cosm", "_cosm", "_cosm", "cosm_"),
    kernel="matrix_cosine",
    gives="symmetric -> symmetric; lower -> lower; upper -> upper",
    at_zero="X^0",
)
MATRIX_SINE, SINE_DERIVATIVE, SINE_KRONECKER = matrix_function(
    "sinm",
    "sin",
    title="matrix sine",
    rule="sine",
    parity="odd",
    statement="d sinm(X) = L(X, dX), and cosm(X) dX where dX commutes with X",
    source=follows(_SERIES, "higham-2008", "eq. (3.16)"),
    languages=("_sinm", "_sinm", "_sinm", "sinm_"),
    kernel="matrix_sine",
    gives="symmetric -> symmetric; skew -> skew; lower -> lower; upper -> upper",
    at_zero="0 X",
)
MATRIX_HYPERBOLIC_COSINE, HYPERBOLIC_COSINE_DERIVATIVE, HYPERBOLIC_COSINE_KRONECKER = matrix_function(
    "coshm",
    "cosh",
    title="matrix hyperbolic cosine",
    rule="hyperbolic cosine",
    parity="even",
    statement="d coshm(X) = L(X, dX), and sinhm(X) dX where dX commutes with X",
    source=follows(_SERIES, "higham-2008", "eq. (3.16)"),
    languages=("_coshm", "_coshm", "_coshm", "coshm_"),
    kernel="matrix_hyperbolic_cosine",
    gives="symmetric -> spd; lower -> lower; upper -> upper",
    at_zero="X^0",
)
MATRIX_HYPERBOLIC_SINE, HYPERBOLIC_SINE_DERIVATIVE, HYPERBOLIC_SINE_KRONECKER = matrix_function(
    "sinhm",
    "sinh",
    title="matrix hyperbolic sine",
    rule="hyperbolic sine",
    parity="odd",
    statement="d sinhm(X) = L(X, dX), and coshm(X) dX where dX commutes with X",
    source=follows(_SERIES, "higham-2008", "eq. (3.16)"),
    languages=("_sinhm", "_sinhm", "_sinhm", "sinhm_"),
    kernel="matrix_hyperbolic_sine",
    gives="symmetric -> symmetric; skew -> skew; lower -> lower; upper -> upper; nonnegative -> nonnegative",
    at_zero="0 X",
)
shorthand("ddexpm", "X E H", "dexpm(X, E, H)")
shorthand("kddexpm", "X E", "kexpm(X, E)")
CHOLESKY = operation(
    "chol",
    "X",
    "n n -> n n",
    differential="F halftril(F^-1 dX F^-T)",
    kronecker="elimination(X)^T (2 duplication(X)^+ (chol(X) ⊗ X^0) elimination(X)^T)^-1 duplication(X)^+",
    domain="spd",
    rule="differential of the Cholesky factor",
    statement="d chol(X) = L Φ(L^-1 dX L^-T) for X = L L^T, where Φ = halftril takes the lower triangle and half the diagonal of "
    "a symmetric matrix; of a matrix that is not symmetric the symmetric part (X + X^T)/2 is factored",
    source=follows("L^-1 dX L^-T = L^-1 dL + (L^-1 dL)^T, where L^-1 dL is lower triangular", MURRAY, "section 3"),
    spellings="chol",
    numeric="np.linalg.cholesky((X + X.T) / 2)",
    numpy="np.linalg.cholesky((X + X.T) / 2)",
    octave="chol((X + X.') / 2, 'lower')",
    r="t(chol((X + t(X)) / 2))",
    julia="lower_factor_(X)",
    eigen="lower_factor_(X)",
    gives="lower invertible",
    real=True,
)
