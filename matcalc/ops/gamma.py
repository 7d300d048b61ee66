"""The gamma function, its logarithm and its derivatives, which the densities of statistics are made of.

The letter gamma is a name, so the gamma function itself is called tgamma, as in C; `\\log\\Gamma(x)` is read as lgamma(x).
"""

from __future__ import annotations

from ..sources import cite
from .book import elementwise, operation, shorthand

LOG_GAMMA = elementwise(
    "lgamma",
    derivative="digamma(x)",
    domain="positive",
    condition="x is no whole number below 1",
    sympy="loggamma",
    statement="lgamma' = digamma, where lgamma(x) = log|Gamma(x)|",
    source=cite("dlmf", "eq. 5.2.2"),
    spellings="lgamma gammaln loggamma",
    numeric="log_gamma(x)",
    numpy="_lgamma(x)",
    jax="jax.scipy.special.gammaln(x)",
    torch="torch.special.gammaln(x)",
    octave="real(gammaln(x))",
    r="lgamma(x)",
    julia="lgamma_.(x)",
    eigen="std::lgamma(x)",
    real=True,
)
GAMMA = elementwise(
    "tgamma",
    derivative="tgamma(x) digamma(x)",
    domain="positive",
    condition="x is no whole number below 1",
    sympy="gamma",
    statement="Gamma' = Gamma digamma; Gamma is written tgamma",
    source=cite("dlmf", "eq. 5.2.2"),
    spellings="tgamma gammafn",
    numeric="gamma(x)",
    numpy="_gamma(x)",
    jax="jax.scipy.special.gamma(x)",
    octave="gamma(x)",
    r="gamma(x)",
    julia="gamma.(x)",
    eigen="std::tgamma(x)",
)
DIGAMMA = elementwise(
    "digamma",
    derivative="polygamma(1, x)",
    domain="positive",
    condition="x is no whole number below 1",
    statement="digamma' = polygamma(1, .), where digamma = Gamma'/Gamma",
    source=cite("dlmf", "section 5.15"),
    spellings="digamma",
    numeric="polygamma(0, x)",
    numpy="_polygamma(0, x)",
    jax="jax.scipy.special.digamma(x)",
    torch="torch.special.digamma(x)",
    octave="psi(x)",
    r="digamma(x)",
    julia="digamma.(x)",
    eigen="polygamma_(0, x)",
)
POLYGAMMA = operation(
    "polygamma",
    "k x",
    "1 1, m n -> m n",
    differential="polygamma(k + 1, x) .* dx",
    transposes="",
    domain="positive",
    condition="k a whole number from 0, x no whole number below 1",
    rule="differential of the polygamma functions",
    example="sum(polygamma(k, x)) by x where k in N; x in R^n positive",
    sympy="polygamma",
    statement="d polygamma(k, x) = polygamma(k + 1, x) dx: the derivative of order k of digamma",
    source=cite("dlmf", "section 5.15"),
    spellings="polygamma",
    numeric="polygamma(k, x)",
    numpy="_polygamma(k, x)",
    octave="psi(k, x)",
    r="psigamma(x, k)",
    julia="polygamma_.(k, x)",
    eigen="polygamma_(k, x)",
    stacks="entries",
)
shorthand("trigamma", "x", "polygamma(1, x)")
shorthand("mvlgamma", "x p", "p (p - 1)/4 log(pi) + sum_{j=1}^p lgamma(x + (1 - j)/2)")
