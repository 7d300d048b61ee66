"""Activation functions of neural networks, applied entry by entry."""

from __future__ import annotations

from ..sources import cite
from .book import elementwise, operation

RELU = elementwise(
    "relu",
    derivative="1[x > 0]",
    domain="nonzero",
    definition="max(0, x)",
    statement="relu'(x) = 1[x > 0]",
    source=cite("parr-howard"),
    spellings="relu ReLU",
    numeric="x * (np.real(x) > 0)",
    numpy="np.maximum(x, 0)",
    jax="jax.nn.relu(x)",
    torch="torch.relu(x)",
    octave="max(x, 0)",
    gives="nonnegative; positive -> positive",
    real=True,
)
SIGMOID = elementwise(
    "sigmoid",
    derivative="sigmoid(x) (1 - sigmoid(x))",
    gives="positive",
    definition="1/(1 + exp(-x))",
    statement="sigmoid' = sigmoid (1 - sigmoid)",
    source="from sigmoid(x) = 1/(1 + exp(-x))",
    spellings="sigmoid logistic",
    latex=r"\sigma",
    numeric="logistic(x)",
    numpy="_sigmoid(x)",
    jax="jax.nn.sigmoid(x)",
    torch="torch.sigmoid(x)",
    octave="sigmoid_(x)",
)
SOFTPLUS = elementwise(
    "softplus",
    derivative="sigmoid(x)",
    gives="positive",
    definition="log(1 + exp(x))",
    statement="softplus' = sigmoid",
    source="from softplus(x) = log(1 + exp(x))",
    spellings="softplus",
    numeric="soft_plus(x)",
    numpy="_softplus(x)",
    jax="jax.nn.softplus(x)",
    torch="torch.logaddexp(x, torch.zeros((), **options))",
    octave="softplus_(x)",
)
ERF = elementwise(
    "erf",
    parity="odd",
    derivative="2/sqrt(pi) exp(-x^2)",
    statement="erf'(x) = 2/sqrt(pi) exp(-x^2)",
    source=cite("dlmf", "eq. 7.2.1"),
    spellings="erf",
    numeric="error_function(x)",
    numpy="_erf(x)",
    jax="jax.scipy.special.erf(x)",
    torch="torch.special.erf(x)",
    octave="erf(x)",
)
NORMAL_DISTRIBUTION = elementwise(
    "normcdf",
    derivative="exp(-x^2/2)/sqrt(2 pi)",
    definition="(1 + erf(x/sqrt(2)))/2",
    gives="positive",
    statement="Φ' = φ: the derivative of the standard normal distribution is its density",
    source="from normcdf(x) = (1 + erf(x/sqrt(2)))/2",
    spellings="normcdf",
    numeric="normal(x)",
    numpy="_normcdf(x)",
    jax="jax.scipy.special.ndtr(x)",
    torch="torch.special.ndtr(x)",
    octave="(erfc(-(x)/sqrt(2))/2)",
)
GELU = elementwise(
    "gelu",
    derivative="(1 + erf(x/sqrt(2)))/2 + x exp(-x^2/2)/sqrt(2 pi)",
    definition="x (1 + erf(x/sqrt(2)))/2",
    statement="gelu'(x) = Φ(x) + x φ(x), for gelu(x) = x Φ(x) with the normal distribution Φ and its density φ",
    source=cite("hendrycks-gimpel-2016"),
    spellings="gelu GELU",
    numeric="x * normal(x)",
    numpy="_gelu(x)",
    jax="jax.nn.gelu(x, approximate=False)",
    torch="torch.nn.functional.gelu(x)",
    octave="gelu_(x)",
)
SILU = elementwise(
    "silu",
    derivative="sigmoid(x) (1 + x sigmoid(-x))",
    definition="x/(1 + exp(-x))",
    statement="silu'(x) = sigmoid(x) (1 + x sigmoid(-x)), for silu(x) = x sigmoid(x)",
    source="from silu(x) = x sigmoid(x)",
    spellings="silu SiLU swish",
    numeric="x * logistic(x)",
)
ELU = elementwise(
    "elu",
    derivative="exp(min(x, 0))",
    definition="max(0, x) + exp(min(0, x)) - 1",
    statement="elu'(x) = exp(min(x, 0)): 1 for x > 0 and exp(x) for x <= 0, where elu(x) = exp(x) - 1",
    source="definition",
    spellings="elu ELU",
    numeric="np.where(np.real(x) > 0, x, np.expm1(x * (np.real(x) < 0)))[()]",
    real=True,
)
LEAKY_RELU = operation(
    "leaky_relu",
    "x a",
    "m n, 1 1 -> m n",
    differential="(1[x > 0] + a 1[x < 0]) .* dx + relu(-x) (-da)",
    transposes="commutes",
    condition="x != 0",
    rule="differential of the leaky rectifier",
    statement="d leakyrelu(x, a) = dx for x > 0, and a dx + x da for x < 0",
    source="definition",
    spellings="leakyrelu LeakyReLU",
    numeric="np.where(np.real(x) > 0, x, a * x)[()]",
    real=True,
)
