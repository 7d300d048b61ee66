"""The numbers of an index form for all values of its indices at once: every index is an axis, and products of entries that are
summed over an index are contracted in pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..expressions.expr import Expr
from ..interning import inner_first
from ..numbers.numeric import Plan, kernel
from ..ops.core import ADD, CASES, ENTRY, INDEX, INDEXED_SUM, IVERSON, POWER, TIMES

_ENTRY_BY_ENTRY = (ADD, TIMES, POWER, IVERSON, CASES)


def over_axes(e: Expr, env: Mapping[str, Any], sizes: Mapping[str, int], names: Sequence[str], ranges: Sequence[int]) -> Any | None:
    """The array of the scalar `e`, an axis for each name; None where that does not suffice: members of a family, products over an
    index, matrices that depend on one, one letter for two ranges."""
    nodes = _order(e)
    if nodes is None:
        return None
    plain = [n for n in nodes if not n.indices]
    known = dict(zip(plain, Plan(plain).run(env, sizes), strict=True))
    lengths = dict(zip(names, ranges, strict=True))
    for n in nodes:
        for name, inner in _summed(n)[0].items():
            low, high = inner.args[:2]
            if name in names or low.indices or high.indices or known[low] != 1 or known[high] < 1:
                return None
            if lengths.setdefault(name, round(known[high])) != known[high]:
                return None
    made = _Axes(lengths, sizes, known)
    try:
        for n in nodes:
            if n not in known:
                known[n] = made.value(n)
    except IndexError:  # an entry that there is not: the way by single indices says which
        return None
    return made.spread(known[e], names)


def _order(e: Expr) -> list[Expr] | None:
    """What is to be computed, arguments first; None if something depends on an index that has no axes."""
    order = inner_first([e], _parts)
    return order if all(map(_has_axes, order)) else None


def _parts(n: Expr) -> Sequence[Expr]:
    """What is computed before an expression: nothing where that depends on no index, or has no axes."""
    if n.op is INDEXED_SUM:
        names, factors = _summed(n)
        return [*factors, *[b for s in names.values() for b in s.args[:2]]]
    return n.args if n.indices and _has_axes(n) else ()


def _has_axes(n: Expr) -> bool:
    """Whether its values can be had for all values of its indices at once."""
    if n.op is INDEXED_SUM or not n.indices:
        return True
    entrywise = n.op in _ENTRY_BY_ENTRY or (n.op.elementwise and n.op.numeric)
    return n.is_scalar and (bool(entrywise) or n.op is INDEX or (n.op is ENTRY and not n.args[0].indices))


def _summed(e: Expr) -> tuple[dict[str, Expr], Sequence[Expr]]:
    """Sums one in another as their indices (each with its sum), and the factors of what is summed."""
    names: dict[str, Expr] = {}
    while e.op is INDEXED_SUM and str(e.attr) not in names and e.is_scalar:
        names[str(e.attr)] = e
        e = e.args[2]
    return names, e.args if e.op is TIMES else (e,)


class _Axes:
    """Values with one axis for every index, of length one where a value does not depend on it."""

    def __init__(self, lengths: Mapping[str, int], sizes: Mapping[str, int], known: Mapping[Expr, Any]) -> None:
        self.lengths, self.sizes, self.known = lengths, sizes, known
        self.axis = {name: k for k, name in enumerate(lengths)}

    def value(self, n: Expr) -> Any:
        import numpy as np

        if n.op is INDEX:
            k = self.axis[str(n.attr)]
            return np.arange(1.0, self.lengths[str(n.attr)] + 1).reshape([-1 if k == a else 1 for a in range(len(self.axis))])
        if n.op is INDEXED_SUM:
            return self._contracted(n)
        args = [self.known[a] for a in n.args]
        if n.op is ENTRY:
            rows, cols = (np.asarray(np.real(a)).round().astype(int) - 1 for a in args[1:])
            if np.min(rows) < 0 or np.min(cols) < 0:
                raise IndexError
            return args[0][rows, cols]
        return kernel(n.op).call(*args if n.op.params else (args,), 0, 0, n.attr, self.sizes)

    def _contracted(self, e: Expr) -> Any:
        import numpy as np

        names, factors = _summed(e)
        operands: list[Any] = []
        kept: dict[int, int] = {}
        summed = {self.axis[name] for name in names}
        scale: Any = 1.0
        for f in factors:
            value = np.asarray(self.known[f])
            places = [k for k, length in enumerate(value.shape) if length != 1]
            if places:
                operands += [value.reshape([value.shape[k] for k in places]), places]
                kept |= {k: value.shape[k] for k in places}
            else:
                scale = scale * value.reshape(())[()]
        scale = scale * float(np.prod([self.lengths[name] for name in names if self.axis[name] not in kept]))
        out = sorted(k for k in kept if k not in summed)
        if operands:
            scale = scale * np.einsum(*operands, out, optimize=len(operands) > 4)
        return np.reshape(scale, [kept[k] if k in out else 1 for k in range(len(self.axis))])

    def spread(self, value: Any, names: Sequence[str]) -> Any:
        """The value with the axes of `names` alone, each of its full length."""
        import numpy as np

        whole = np.asarray(value)
        if whole.ndim:
            whole = whole.reshape([whole.shape[self.axis[n]] for n in names])
        return np.broadcast_to(whole, [self.lengths[n] for n in names]).copy()
