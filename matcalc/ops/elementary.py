"""Functions of one real variable, applied entry by entry: exponential, logarithm, circular and hyperbolic functions.

(The square root is the power 1/2 and has no block of its own.)
"""

from __future__ import annotations

from ..sources import cite
from .book import elementwise, operation, shorthand

EXP = elementwise(
    "exp",
    derivative="exp(x)",
    gives="positive",
    statement="exp' = exp",
    source=cite("dlmf", "eq. 4.7.7"),
    spellings="exp",
    latex=r"\exp",
    numeric="np.exp(x)",
)
LOG = elementwise(
    "log",
    derivative="1/x",
    domain="positive",
    statement="log'(x) = 1/x",
    source=cite("dlmf", "eq. 4.7.1"),
    spellings="log ln",
    latex=r"\log",
    numeric="np.log(x)",
)

SIN = elementwise(
    "sin",
    parity="odd",
    derivative="cos(x)",
    statement="sin' = cos",
    source=cite("dlmf", "eq. 4.20.1"),
    spellings="sin",
    latex=r"\sin",
    numeric="np.sin(x)",
)
COS = elementwise(
    "cos",
    parity="even",
    derivative="-sin(x)",
    statement="cos' = -sin",
    source=cite("dlmf", "eq. 4.20.2"),
    spellings="cos",
    latex=r"\cos",
    numeric="np.cos(x)",
)
TAN = elementwise(
    "tan",
    parity="odd",
    derivative="1/cos(x)^2",
    quotient="sin(x)/cos(x)",
    statement="tan' = 1/cos^2",
    source=cite("dlmf", "eq. 4.20.3"),
    spellings="tan",
    latex=r"\tan",
    numeric="np.tan(x)",
)
COT = elementwise(
    "cot",
    parity="odd",
    derivative="-1 - cot(x)^2",
    domain="nonzero",
    statement="cot' = -1 - cot^2",
    source=cite("dlmf", "eq. 4.20.6"),
    spellings="cot",
    latex=r"\cot",
    numeric="1/np.tan(x)",
    octave="cot(x)",
    r="(1 / tan(x))",
    julia="cot.(x)",
    eigen="(1 / std::tan(x))",
)
SEC = elementwise(
    "sec",
    parity="even",
    derivative="sec(x) tan(x)",
    statement="sec' = sec tan",
    source=cite("dlmf", "eq. 4.20.5"),
    spellings="sec",
    latex=r"\sec",
    numeric="1/np.cos(x)",
    octave="sec(x)",
    r="(1 / cos(x))",
    julia="sec.(x)",
    eigen="(1 / std::cos(x))",
)
CSC = elementwise(
    "csc",
    parity="odd",
    derivative="-csc(x) cot(x)",
    domain="nonzero",
    statement="csc' = -csc cot",
    source=cite("dlmf", "eq. 4.20.4"),
    spellings="csc",
    latex=r"\csc",
    numeric="1/np.sin(x)",
    octave="csc(x)",
    r="(1 / sin(x))",
    julia="csc.(x)",
    eigen="(1 / std::sin(x))",
)

ASIN = elementwise(
    "asin",
    parity="odd",
    derivative="1/sqrt(1 - x^2)",
    domain="(-1,1)",
    statement="asin'(x) = 1/sqrt(1 - x^2)",
    source=cite("dlmf", "eq. 4.24.7"),
    spellings="asin arcsin",
    latex=r"\arcsin",
    numeric="np.arcsin(x)",
)
ACOS = elementwise(
    "acos",
    derivative="-1/sqrt(1 - x^2)",
    domain="(-1,1)",
    statement="acos'(x) = -1/sqrt(1 - x^2)",
    source=cite("dlmf", "eq. 4.24.8"),
    spellings="acos arccos",
    latex=r"\arccos",
    numeric="np.arccos(x)",
)
ATAN = elementwise(
    "atan",
    parity="odd",
    derivative="1/(1 + x^2)",
    statement="atan'(x) = 1/(1 + x^2)",
    source=cite("dlmf", "eq. 4.24.9"),
    spellings="atan arctan",
    latex=r"\arctan",
    numeric="np.arctan(x)",
)

SINH = elementwise(
    "sinh",
    parity="odd",
    derivative="cosh(x)",
    statement="sinh' = cosh",
    source=cite("dlmf", "eq. 4.34.1"),
    spellings="sinh",
    latex=r"\sinh",
    numeric="np.sinh(x)",
)
COSH = elementwise(
    "cosh",
    parity="even",
    derivative="sinh(x)",
    gives="positive",
    statement="cosh' = sinh",
    source=cite("dlmf", "eq. 4.34.2"),
    spellings="cosh",
    latex=r"\cosh",
    numeric="np.cosh(x)",
)
TANH = elementwise(
    "tanh",
    parity="odd",
    derivative="1 - tanh(x)^2",
    statement="tanh' = 1 - tanh^2",
    source=cite("dlmf", "eq. 4.34.3"),
    spellings="tanh",
    latex=r"\tanh",
    numeric="np.tanh(x)",
)
ASINH = elementwise(
    "asinh",
    parity="odd",
    derivative="1/sqrt(1 + x^2)",
    statement="asinh'(x) = 1/sqrt(1 + x^2)",
    source=cite("dlmf", "eq. 4.38.9"),
    spellings="asinh arcsinh arsinh",
    numeric="np.arcsinh(x)",
)
ACOSH = elementwise(
    "acosh",
    derivative="1/sqrt(x^2 - 1)",
    domain="(1,inf)",
    statement="acosh'(x) = 1/sqrt(x^2 - 1)",
    source=cite("dlmf", "eq. 4.38.10"),
    spellings="acosh arccosh arcosh",
    numeric="np.arccosh(x)",
)
ATANH = elementwise(
    "atanh",
    parity="odd",
    derivative="1/(1 - x^2)",
    domain="(-1,1)",
    statement="atanh'(x) = 1/(1 - x^2)",
    source=cite("dlmf", "eq. 4.38.11"),
    spellings="atanh arctanh artanh",
    numeric="np.arctanh(x)",
)

ABS = elementwise(
    "abs",
    parity="even",
    derivative="sign(x)",
    domain="nonzero",
    rule="derivative of the absolute value",
    sympy="Abs",
    statement="|x|' = sign(x)",
    source="definition",
    spellings="abs",
    numeric="np.abs(x)",
    gives="nonnegative; positive|negative -> positive",
    real=True,
)
SIGN = elementwise(
    "sign",
    parity="odd",
    derivative="0",
    domain="nonzero",
    statement="sign' = 0",
    source="definition",
    spellings="sign sgn",
    numeric="np.sign(np.real(x))",
    real=True,
)

ATAN2 = operation(
    "atan2",
    "y z",
    "m n, m n -> m n",
    differential="(z .* dy - y .* dz) ./ (y .* y + z .* z)",
    transposes="commutes",
    condition="y != 0",
    rule="differential of the angle of a point",
    sympy="atan2",
    statement="d atan2(y, z) = (z dy - y dz)/(y^2 + z^2), entry by entry: the angle of the point (z, y)",
    source=cite("dlmf", "eq. 4.24.9 and the quotient rule"),
    spellings="atan2 arctan2",
    numeric="2 * np.arctan(y / (np.sqrt(y * y + z * z) + z))",
    numpy="np.arctan2(y, z)",
    array_api="xp.atan2(y, z)",
    octave="atan2(y, z)",
    r="atan2(y, z)",
    julia="atan.(y, z)",
    eigen="std::atan2(y, z)",
    stacks="entries",
    real=True,
)
FACTORIAL = operation(
    "factorial",
    "k",
    "1 1 -> 1 1",
    domain="integer",
    gives="positive",
    sympy="factorial",
    statement="k! = 1 · 2 ⋯ k is of whole numbers; Gamma(k + 1) is differentiated",
    source="definition",
    spellings="factorial",
    unicode="#!",
    latex="#!",
    numeric="gamma(k + 1)",
    numpy="math.gamma(k + 1)",
    jax="jax.scipy.special.gamma(k + 1.0)",
    torch="torch.as_tensor(math.gamma(k + 1), **options)",
    octave="gamma(k + 1)",
    r="gamma(k + 1)",
    julia="gamma(k + 1)",
    eigen="std::tgamma(k + 1)",
)

shorthand("sqrt", "x", "x.^(1/2)", latex=r"\sqrt{#}", typst="sqrt(#)", mathml="<msqrt><mrow>#</mrow></msqrt>")
shorthand("logb", "x b", "log(x)/log(b)")
shorthand("var", "x", "sum((x - mean(x)).^2)/count(x)")
shorthand("std", "x", "sqrt(var(x))")
