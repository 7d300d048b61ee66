"""Where a wrong claim is right all the same: for some sizes, for some whole numbers, for positive or negative values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from ..errors import MatcalcError
from ..expressions.expr import Expr, postorder
from ..numbers.drawing import survives_multiples
from ..numbers.numeric import Plan
from ..numbers.search import LACKING
from ..numbers.seen import NO_NUMBER
from ..numbers.verify import Kind
from ..ops.core import IVERSON
from ..ops.vocabulary import close_properties
from .comparison import close, spell_term
from .evidence import Evidence, Place

View = Callable[[Any], Any]  # of the claim
SIZES = (1, 2, 3, 4, 5)
WHOLES = (1, 2, 3, 4, 5, 6)
TRIED = 3  # points for each value
SEED = 900
OPPOSITE = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
SCALES = (0.2, 1.0, 5.0, 30.0, 200.0)  # of points on either side of a condition


def right_only(ev: Evidence, view: View) -> str:
    """For which values the claim is right; "" where there are none of these."""
    return _for_conditions(ev, view) or _for_sizes(ev, view) or _for_wholes(ev, view) or _for_signs(ev, view)


def _is_right(ev: Evidence, view: View, places: Iterable[Place]) -> bool | None:
    """Whether the claim is right at all these points; None where it has no value at any."""
    seen = False
    for at in places:
        try:
            pair = ev.both_at(at)
            if pair is None:
                continue
            if not close(ev, view(pair[0]), pair[1]):
                return False
        except (MatcalcError, *NO_NUMBER, *LACKING):
            return None
        seen = True
    return True if seen else None


def _places(ev: Evidence, fixed: Mapping[str, int], turns: int = TRIED) -> Iterator[Place]:
    """Points where sizes have these values."""
    point = ev.sampler.point
    orders = point.orders(ev.sampler.dims)
    for turn in range(turns):
        sizes = {**{n: k + turn for n, k in orders[turn % len(orders)].items()}, **fixed}
        if all(d.value(sizes) > 0 for d in ev.sampler.dims):
            yield point.at(Kind(sizes, turn=SEED + turn, near=False), ev.arrays), sizes


def _for_sizes(ev: Evidence, view: View) -> str:
    """Right only for n = 2: a size of 1 alone makes too much right to be worth saying."""
    point = ev.sampler.point
    for name in point.orders(ev.sampler.dims)[0]:
        right = [k for k in SIZES if k >= point.smallest and _is_right(ev, view, _places(ev, {name: k}))]
        if right and right != [1] and len(right) < len(SIZES):
            return f"right only for {_equal_to(str(name), right)}"
    return ""


def _for_wholes(ev: Evidence, view: View) -> str:
    names = [n for n, (_, words) in ev.sampler.symbols.items() if "integer" in words and n not in ev.sampler.subscripts]
    for name in names:
        right = []
        for k in WHOLES:
            places = (({**env, name: ev.arrays.exact(k)}, sizes) for env, sizes in _places(ev, {}))
            right += [k] * bool(_is_right(ev, view, places))
        if right and len(right) < len(WHOLES):
            return f"right only for {_equal_to(name, right)}"
    return ""


def _for_signs(ev: Evidence, view: View) -> str:
    """Right only for x > 0, of one name or of all that may have any sign."""
    free = [
        n
        for n, (_, words) in ev.sampler.symbols.items()
        if survives_multiples(close_properties(words)) and not close_properties(words) & {"constant"}
    ]
    for names in (*([n] for n in free), *([free] if len(free) > 1 else [])):
        for sign, relation in ((1, ">"), (-1, "<")):
            places = list(_places(ev, {}, 2 * TRIED))
            sides = (_is_right(ev, view, (_signed(ev, at, names, s) for at in places)) for s in (sign, -sign))
            if next(sides) and next(sides) is False:
                return f"right only for {', '.join(names)} {relation} 0"
    return ""


def _for_conditions(ev: Evidence, view: View) -> str:
    """Right only for x > 3: where one of the conditions in the derivative holds, does not hold, or all of them hold."""
    roots = ev.truth._tensor.expressions() if ev.truth is not None else []
    conditions = list(dict.fromkeys(n for n in postorder(roots) if n.op is IVERSON and n.attr in OPPOSITE and not n.indices))
    if not conditions:
        return ""
    plan = Plan(conditions, ev.arrays)
    places: list[tuple[Place, list[set[float]]]] = []
    for at in (at for scale, opposite in product(SCALES, (False, True)) for at in _scaled_places(ev, scale, opposite)):
        try:
            places.append((at, [set(map(float, ev.arrays.flat(v))) for v in plan.run(*at)]))
        except (MatcalcError, *NO_NUMBER, *LACKING):
            continue
    count = len(conditions)
    tried: list[tuple[dict[int, float], tuple[int, ...]]] = [({k: held}, (k,)) for k in range(count) for held in (1.0, 0.0)]
    tried += [(dict.fromkeys(range(count), 1.0), tuple(range(count)))] if count > 1 else []
    for held, which in tried:
        inside = [at for at, found in places if all(found[k] == {held[k]} for k in which)]
        outside = [at for at, found in places if any(found[k] == {1 - held[k]} for k in which)]
        if _is_right(ev, view, inside) and _is_right(ev, view, outside) is False:
            return "right only for " + " and ".join(_condition(ev, conditions[k], held[k]) for k in which)
    return ""


def _condition(ev: Evidence, e: Expr, held: float) -> str:
    """`x > 3`, or what holds where it does not."""
    left, right = (spell_term(ev, a) for a in e.args)
    return f"{left} {e.attr if held else OPPOSITE[str(e.attr)]} {right}"


def _scaled_places(ev: Evidence, scale: float, opposite: bool) -> Iterator[Place]:
    point = ev.sampler.point
    for turn, sizes in enumerate(point.orders(ev.sampler.dims)[:TRIED]):
        try:
            yield point.at(Kind(sizes, scale, False, opposite, SEED + turn), ev.arrays), sizes
        except NO_NUMBER:
            continue


def _signed(ev: Evidence, at: Place, names: Sequence[str], sign: int) -> Place:
    env, sizes = at
    return {**env, **{n: _absolute(ev, env[n]) * sign for n in names}}, sizes


def _absolute(ev: Evidence, x: Any) -> Any:
    return ev.arrays.np.abs(x)


def _equal_to(name: str, values: Sequence[int]) -> str:
    texts = [f"{name} = {k}" for k in values]
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
