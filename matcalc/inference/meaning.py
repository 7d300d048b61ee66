"""What each surface operation means: one entry per operation of `syntax`."""

from __future__ import annotations

from .calls import call
from .entries import both, cases, comparison, indexed, iverson, subscripted, written_out
from .powers import adjoint, bars, entrywise_power, inverse, norm, power, pseudoinverse, transpose
from .products import add, entrywise, inner, negative, product
from .scopes import Meaning

MEANINGS: dict[str, Meaning] = {
    "add": add,
    "neg": negative,
    "mul": product,
    "ew": entrywise,
    "inner": inner,
    "pow": power,
    "epow": entrywise_power,
    "T": transpose,
    "H": adjoint,
    "inv": inverse,
    "pinv": pseudoinverse,
    "norm": norm,
    "bars": bars,
    "index": subscripted,
    "literal": written_out,
    "sum": indexed,
    "product": indexed,
    "and": both,
    "cmp": comparison,
    "iverson": iverson,
    "cases": cases,
    "call": call,
}
