"""What each surface operation means: one entry per operation of `syntax`."""

from __future__ import annotations

from .powers import adjoint, bars, entrywise_power, inverse, norm, power, pseudoinverse, transpose
from .products import add, entrywise, inner, negative, product
from .scopes import Meaning


class _Meanings(dict[str, Meaning]):
    """The table; what is said by calls, of entries, and by conditions, comes in where it is first met."""

    def __missing__(self, op: str) -> Meaning:
        if op == "call":
            from .calls import call

            self[op] = call
            return call

        from .entries import MEANINGS

        self.update(MEANINGS)
        return self[op]


MEANINGS = _Meanings(
    {
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
    }
)
