"""softmax and the logarithm of a sum of exponentials: of a vector, and of every row of a matrix.

In text one name serves both; the kind of the argument decides.
"""

from __future__ import annotations

from ..sources import follows
from .book import operation, shorthand

SOFTMAX = operation(
    "softmax",
    "x",
    "n 1 -> n 1",
    differential="softmax(x) .* dx - softmax(x) (softmax(x)^T dx)",
    gives="positive simplex",
    rule="differential of softmax",
    definition="exp(x)/sum(exp(x))",
    statement="d softmax(x) = (diag(s) - s s^T) dx with s = softmax(x)",
    source="from s = exp(x)/sum(exp(x))",
    spellings="softmax",
    numeric="soft_max(x)",
    numpy="_softmax(x)",
    jax="jax.nn.softmax(x, axis=-1)",
    torch="torch.softmax(x, -1)",
    octave="softmax_(x, axis)",
    r="softmax_(x, axis)",
    julia="softmax_(x, axis)",
    eigen="softmax_(x)",
    stacks="last",
    real=True,
    at_zero="x.^0/sum(x.^0)",
)
SOFTMAX_ROWS = operation(
    "softmax_rows",
    "X",
    "m n -> m n",
    differential="softmax(X) .* dX - diag(diag(softmax(X) dX^T)) softmax(X)",
    gives="positive stochastic",
    rule="differential of softmax, row by row",
    statement="d S = S .* dX - diag(diag(S dX^T)) S, the softmax of every row",
    source="from s = exp(x)/sum(exp(x)), row by row",
    spellings="softmax",
    numeric="soft_max(X, 1)",
    numpy="_softmax(X)",
    jax="jax.nn.softmax(X, axis=-1)",
    torch="torch.softmax(X, -1)",
    octave="softmax_(X, axis)",
    r="softmax_(X, axis)",
    julia="softmax_(X, axis)",
    eigen="softmax_rows_(X)",
    stacks="last",
    real=True,
)
LOG_SUM_EXP = operation(
    "logsumexp",
    "x",
    "n 1 -> 1 1",
    differential="softmax(x)^T dx",
    rule="differential of logsumexp",
    definition="log(sum(exp(x)))",
    statement="d log(sum(exp(x))) = softmax(x)^T dx",
    source=follows("the chain rule, exp(x_i)/sum(exp(x)) = softmax(x)[i]", "boyd-vandenberghe"),
    spellings="logsumexp",
    numeric="log_sum_exp(x)",
    numpy="_logsumexp(x)",
    jax="jax.nn.logsumexp(x, axis=-1)",
    torch="torch.logsumexp(x, -1)",
    octave="logsumexp_(x, axis)",
    r="logsumexp_(x, axis)",
    julia="logsumexp_(x, axis)",
    eigen="logsumexp_(x)",
    stacks="last",
    real=True,
    at_zero="log(sum(x.^0))",
)
LOG_SUM_EXP_ROWS = operation(
    "logsumexp_rows",
    "X",
    "m n -> m 1",
    differential="diag(softmax(X) dX^T)",
    rule="differential of logsumexp, row by row",
    statement="d logsumexp(X) = diag(softmax(X) dX^T), row by row",
    source="from d logsumexp(x) = softmax(x)^T dx, row by row",
    spellings="logsumexp",
    numeric="log_sum_exp(X, 1)",
    numpy="_logsumexp(X)",
    jax="jax.nn.logsumexp(X, axis=-1)",
    torch="torch.logsumexp(X, -1)",
    octave="logsumexp_(X, axis)",
    r="logsumexp_(X, axis)",
    julia="logsumexp_(X, axis)",
    eigen="logsumexp_rows_(X)",
    stacks="last",
    real=True,
)
shorthand("log_softmax", "x", "log(softmax(x))")
shorthand("logsoftmax", "x", "log(softmax(x))")
