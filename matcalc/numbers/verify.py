"""Every answer against a numerical derivative, before it is shown.

Every dimension gets a small size of its own, the declared properties are built into random points, and the printed
derivative J is compared with a central difference of the function as it was typed, along a random free direction E:
J:E against (F(X + hE) - F(X - hE))/2h, by `matcalc.quotients`. Points that cannot be judged (a kink, rounding that hides the
derivative) or where J:E vanishes are replaced by others. The sizes differ between points, so that a number that stands where a
size belongs is caught.

The arrays are NumPy's (`matcalc.numbers.kernels`) or those of `matcalc.numbers.plain`, which costs less to import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice, permutations
from operator import mul
from typing import TYPE_CHECKING, Any

from ..errors import NoAnswerError, VerificationError
from ..kinds import Dim, Shape
from .quotients import greatest, judge

if TYPE_CHECKING:
    from types import ModuleType

GOOD_POINTS = 2
FLAT_POINTS = 4  # so many points where the derivative vanishes, numerically too
LEAST_FLAT = 2  # where no more than these are found
MOST_POINTS = 8
MOST_ORDERS = 12
GROWTH = 2  # of all sizes, where nothing can be judged with small ones
NEGATIVE = (1.0, 0.5, 0.2)  # scales of points with all entries negative
SCALES = ((1.0, False), (1.0, True), (0.5, False), (0.5, True), (0.2, True), (4.0, True))


def sizes_for(dims: Iterable[Dim], least: int = 2) -> dict[str, int]:
    """Small distinct sizes for the dimension names, from `least` on (an entry x_5 needs five)."""
    names = sorted({n for d in dims for n in d.names()})
    return {n: least + k for k, n in enumerate(names)}


# What can be drawn without NumPy.
PLAIN = frozenset("square constant invertible positive nonnegative integer symmetric skew diagonal lower upper spd psd".split())


def draw(
    shape: tuple[int, int],
    properties: Iterable[str],
    rng: Any,
    scale: float = 1.0,
    positive: bool = False,
    arrays: ModuleType | None = None,
) -> Any:
    """A random array of this (internal) shape with the declared properties."""
    if arrays is None:
        from . import kernels

        arrays = kernels
    np = arrays.np
    props = set(properties)
    if "integer" in props:
        return float(rng.integers(2, 4))
    x = (
        rng.uniform(0.3, 1.2, shape)
        * (1.0 if positive or props & {"positive", "nonnegative", "simplex"} else rng.choice([-1.0, 1.0], shape))
        * scale
    )
    if shape == (1, 1):
        return float(x[0, 0])
    n = shape[0]
    if shape[0] == shape[1] and n > 1:
        if "orthogonal" in props:
            return np.linalg.qr(x)[0]
        if "diagonal" in props:
            return np.diag(np.abs(np.diag(x)) + 0.5 if props & {"spd", "psd", "invertible"} else np.diag(x))
        if "idempotent" in props:
            q = np.linalg.qr(x)[0][:, : max(1, n // 2)]
            if "symmetric" in props:
                return q @ q.T
            return q @ np.linalg.inv(q.T @ (x + n * np.eye(n)) @ q) @ q.T @ (x + n * np.eye(n))
        if props & {"spd", "psd"}:
            return x @ x.T / n + np.eye(n)
        if "skew" in props:
            return x - x.T
        x = np.eye(n) * scale + 0.5 * x
        if "symmetric" in props:
            x = (x + x.T) / 2
        if "lower" in props:
            x = np.tril(x)
        if "upper" in props:
            x = np.triu(x)
        return x
    if "orthonormal" in props:
        return np.linalg.qr(x)[0]
    if "unit" in props:
        return x / np.linalg.norm(x)
    if "simplex" in props:
        return x / np.sum(x)
    return x


class Point:
    """How to draw a point: the shapes and properties of everything that has a value."""

    def __init__(
        self,
        symbols: Mapping[str, tuple[Shape, Iterable[str]]],
        families: Mapping[str, tuple[Dim, Shape, Iterable[str]]],
        least: int = 2,
    ) -> None:
        self.symbols, self.families, self.least = symbols, families, max(2, least)

    def is_plain(self) -> bool:
        """Whether a point can be drawn without NumPy."""
        properties = [p for _, p in self.symbols.values()] + [p for _, _, p in self.families.values()]
        return all(PLAIN.issuperset(p) for p in properties)

    def orders(self, extra: Iterable[Dim] = ()) -> list[dict[str, int]]:
        """Small distinct sizes for the dimension names, in several orders: B^T A B is invertible only where B is tall."""
        dims = [d for s, _ in self.symbols.values() for d in s] + [d for c, s, _ in self.families.values() for d in (c, *s)] + list(extra)
        first = sizes_for(dims, self.least)
        names, values = list(first), list(first.values())
        found = [dict(zip(names, turned, strict=True)) for turned in islice(permutations(values), MOST_ORDERS // 2)]
        found += [dict(zip(names, turned, strict=True)) for turned in islice(permutations(values[::-1]), MOST_ORDERS // 2)]
        tall = [s for s, p in self.symbols.values() if "orthonormal" in set(p)]
        fitting = [f for f in found if all(s[0].value(f) >= s[1].value(f) for s in tall) and all(d.value(f) > 0 for d in dims)]
        return sorted(fitting, key=found.index)[:1] + fitting[len(fitting) // 2 :] + fitting[1 : len(fitting) // 2] if fitting else [first]

    def draw(self, sizes: Mapping[str, int], rng: Any, scale: float, positive: bool, arrays: ModuleType | None = None) -> dict[str, Any]:
        if arrays is None:
            from . import kernels

            arrays = kernels
        env: dict[str, Any] = {}
        for name, (shape, props) in self.symbols.items():
            env[name] = draw((shape[0].value(sizes), shape[1].value(sizes)), props, rng, scale, positive, arrays)
        for name, (count, shape, props) in self.families.items():
            size = (shape[0].value(sizes), shape[1].value(sizes))
            env[name] = arrays.family([draw(size, props, rng, scale, positive, arrays) for _ in range(count.value(sizes))])
        return env

    def mirrored(self, env: Mapping[str, Any], rng: Any, arrays: ModuleType) -> dict[str, Any]:
        """The point with the signs of all that is free to have any turned round."""
        turned = dict(env)
        for name, properties in [(n, p) for n, (_, p) in self.symbols.items()] + [(n, p) for n, (_, _, p) in self.families.items()]:
            if not set(properties) - {"square", "constant", "invertible"}:
                factor = rng.uniform(0.8, 1.2)
                one = name in self.symbols
                turned[name] = -turned[name] * factor if one else arrays.family([-member * factor for member in turned[name]])
        return turned


# The variable: a name, or a member (counted from 1) of a family.
Place = tuple[str, int | None]
Function = Callable[[Mapping[str, Any], Mapping[str, int]], Any]
Tangent = Callable[[Any], tuple[Any, Any]]


def verify(
    f: Function,
    jacobian: Function,
    variable: Place,
    shape: Shape,
    point: Point,
    dims: Iterable[Dim] = (),
    describe: Callable[[], str] = str,
    tangent: Tangent | None = None,
    arrays: ModuleType | None = None,
) -> None:
    """Raise VerificationError where the derivative is wrong, NoAnswerError where no point could be judged.

    `f` gives the function's value (an array), `jacobian` its derivative with the variable's indices last. `tangent` makes of a
    random direction one that stays in the variable's set, and the coordinates of it that the derivative is paired with.
    """
    if arrays is None:
        from . import kernels

        arrays = kernels
    rng = arrays.random(20240229)
    good = agreeing = judged = 0
    # A point that cannot be judged is followed by one of another kind: other sizes, all entries positive, smaller entries.
    orders = point.orders(dims)
    usual = [(sizes, scale, positive) for scale, positive in SCALES for sizes in orders]
    grown = [({n: k + GROWTH for n, k in orders[0].items()}, scale, positive) for scale, positive in SCALES[:2]]  # det(X) four times
    other = [({n: k + 1 for n, k in orders[0].items()}, *SCALES[0])] if orders[0] else []  # a 2 in place of n is caught
    # At last all entries negative, for what is smooth only there.
    drawn = [(*kind, False) for kind in usual[:1] + other + usual[1:]] + [(orders[0], scale, True, True) for scale in NEGATIVE]
    kinds = iter(drawn + [(*kind, False) for kind in grown])
    enough = GOOD_POINTS + len(other)
    kind: tuple[dict[str, int], float, bool, bool] | None = next(kinds)
    mirror: dict[str, Any] | None = None
    with arrays.quiet():
        while judged < MOST_POINTS and kind is not None:
            sizes, scale, positive, opposite = kind
            mirrored = mirror is not None
            env = mirror if mirror is not None else point.draw(sizes, rng, scale, positive, arrays)
            if opposite and not mirrored:
                env = point.mirrored(env, rng, arrays)
            mirror = None
            outcome = _judge(f, jacobian, variable, shape, env, sizes, rng, arrays, tangent)
            if outcome == "wrong":
                raise VerificationError(f"the closed form disagrees with the numerical derivative: please report {describe()}")
            if outcome == "unsure":
                kind = kind if mirrored else next(kinds, None)
                continue
            if judged == 0:  # next the opposite signs: a derivative that is right on one side of a kink only is caught
                mirror = point.mirrored(env, rng, arrays)
            elif judged == 1:
                kind = next(kinds, None)
            judged += 1
            agreeing += 1
            good += outcome == "good"
            if good >= enough or (outcome == "flat" and agreeing >= FLAT_POINTS):
                return
    if not good and agreeing < LEAST_FLAT:
        raise NoAnswerError(
            "the derivative could not be checked: at none of the random points tried are the function and the answer finite and smooth",
            suggestion="declare what it needs (positive, spd, …), or use --no-verify to see the answer unchecked",
        )


def _moved(env: dict[str, Any], variable: Place, x: Any) -> dict[str, Any]:
    """The point with the variable at `x`."""
    name, member = variable
    if member is None:
        return {**env, name: x}
    family = env[name].copy()
    family[member - 1] = x
    return {**env, name: family}


def _judge(
    f: Function,
    jacobian: Function,
    variable: Place,
    shape: Shape,
    env: dict[str, Any],
    sizes: Mapping[str, int],
    rng: Any,
    arrays: ModuleType,
    tangent: Tangent | None = None,
) -> str:
    """One point: "good", "flat" (they agree but the derivative vanishes), "unsure" or "wrong"."""
    name, member = variable
    if member is not None and member > len(env[name]):
        return "unsure"
    flat: Callable[[Any], list[float]] = arrays.flat
    x = env[name] if member is None else env[name][member - 1]
    dims = (shape[0].value(sizes), shape[1].value(sizes))
    e = rng.uniform(-1.0, 1.0, dims)
    step = e if dims != (1, 1) else float(e[0, 0])
    if tangent is not None:
        step, e = tangent(e)
    direction = flat(e)

    def at(k: float) -> dict[str, Any]:
        return _moved(env, variable, x + k * step) if k else env

    def along(k: float) -> list[float]:
        j = flat(jacobian(at(k), sizes))
        return [sum(map(mul, j[i : i + len(direction)], direction)) for i in range(0, len(j), len(direction))]

    return judge(lambda k: flat(f(at(k), sizes)), along, max(1.0, greatest(flat(x))), arrays)
