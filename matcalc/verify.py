"""Every answer against a numerical derivative, before it is shown.

Every dimension gets a small size of its own, the declared properties are built into random points, and the printed
derivative J is compared with a central difference of the function as it was typed, along a random free direction E:
J:E against (F(X + hE) - F(X - hE))/2h. Points where the difference quotient itself is unsure (h and h/2 disagree: a
kink, a badly conditioned point) or where J:E vanishes are replaced by others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice, permutations
from typing import Any

from .errors import NoAnswerError, VerificationError
from .kinds import ONE, Dim, Shape

GOOD_POINTS = 2
FLAT_POINTS = 4  # so many points where the derivative vanishes, numerically too
MOST_POINTS = 8
MOST_ORDERS = 12
SCALES = ((1.0, False), (1.0, True), (0.5, False), (0.5, True), (0.2, True), (4.0, True))
TOLERANCE = 1e-6
UNSURE = 1e-4
KINK = 1e-2
ROUNDING = 20  # times the estimated rounding error
_FINE = 2000  # of the step, for the points from which it is estimated


def sizes_for(dims: Iterable[Dim], least: int = 2) -> dict[str, int]:
    """Small distinct sizes for the dimension names, from `least` on (an entry x_5 needs five)."""
    names = sorted({n for d in dims for n in d.names()})
    return {n: least + k for k, n in enumerate(names)}


def draw(shape: tuple[int, ...], properties: Iterable[str], rng: Any, scale: float = 1.0, positive: bool = False) -> Any:
    """A random array of this (internal) shape with the declared properties."""
    import numpy as np

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

    def draw(self, sizes: Mapping[str, int], rng: Any, scale: float, positive: bool) -> dict[str, Any]:
        import numpy as np

        env: dict[str, Any] = {}
        for name, (shape, props) in self.symbols.items():
            env[name] = draw((shape[0].value(sizes), shape[1].value(sizes)), props, rng, scale, positive)
        for name, (count, shape, props) in self.families.items():
            members = [draw((shape[0].value(sizes), shape[1].value(sizes)), props, rng, scale, positive) for _ in range(count.value(sizes))]
            env[name] = np.array(members)
        return env

    def mirrored(self, env: Mapping[str, Any], rng: Any) -> dict[str, Any]:
        """The point with the signs of all that is free to have any turned round."""
        turned = dict(env)
        for name, properties in [(n, p) for n, (_, p) in self.symbols.items()] + [(n, p) for n, (_, _, p) in self.families.items()]:
            if not set(properties) - {"square", "constant", "invertible"}:
                turned[name] = -turned[name] * rng.uniform(0.8, 1.2)
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
    excuse: Callable[[Mapping[str, Any], Mapping[str, int]], str] = lambda env, sizes: "",
) -> None:
    """Raise VerificationError where the derivative is wrong, NoAnswerError where no point could be judged.

    `f` gives the function's value (an array), `jacobian` its derivative with the variable's indices last. `tangent` makes of a
    random direction one that stays in the variable's set, and the coordinates of it that the derivative is paired with.
    `excuse` names what the rules assume and does not hold at a point, where they promise nothing.
    """
    import numpy as np

    rng = np.random.default_rng(20240229)
    good = agreeing = judged = 0
    assumed = ""
    # A point that cannot be judged is followed by one of another kind: other sizes, all entries positive, smaller entries.
    orders = point.orders(dims)
    kinds = iter([(sizes, scale, positive) for scale, positive in SCALES for sizes in orders])
    kind: tuple[dict[str, int], float, bool] | None = next(kinds)
    mirror: dict[str, Any] | None = None
    with np.errstate(all="ignore"):
        while judged < MOST_POINTS and kind is not None:
            sizes, scale, positive = kind
            mirrored = mirror is not None
            env = mirror if mirror is not None else point.draw(sizes, rng, scale, positive)
            mirror = None
            outcome = _judge(f, jacobian, variable, shape, env, sizes, rng, tangent)
            broken = excuse(env, sizes) if outcome == "wrong" else ""
            outcome = "unsure" if broken else outcome
            assumed = broken or assumed
            if outcome == "wrong":
                raise VerificationError(f"the closed form disagrees with the numerical derivative: please report {describe()}")
            if outcome == "unsure":
                kind = kind if mirrored else next(kinds, None)
                continue
            if judged == 0:  # next the opposite signs: a derivative that is right on one side of a kink only is caught
                mirror = point.mirrored(env, rng)
            judged += 1
            agreeing += 1
            good += outcome == "good"
            if good >= GOOD_POINTS or (outcome == "flat" and agreeing >= FLAT_POINTS):
                return
    if not agreeing:
        raise NoAnswerError(
            "the derivative could not be checked: at none of the random points tried "
            + (f"does what its rules assume hold ({assumed})" if assumed else "are the function and the answer finite and smooth"),
            suggestion="use --no-verify to see the answer unchecked"
            if assumed
            else "declare what it needs (positive, spd, …), or use --no-verify to see the answer unchecked",
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
    tangent: Tangent | None = None,
) -> str:
    """One point: "good", "flat" (they agree but the derivative vanishes), "unsure" or "wrong"."""
    import numpy as np

    name, member = variable
    if member is not None and member > len(env[name]):
        return "unsure"
    x = env[name] if member is None else env[name][member - 1]
    dims = (shape[0].value(sizes), shape[1].value(sizes))
    e = rng.uniform(-1.0, 1.0, dims)
    step = e if dims != (1, 1) else float(e[0, 0])
    if tangent is not None:
        step, e = tangent(e)
    try:
        value = np.asarray(f(env, sizes), dtype=float)
        if not np.all(np.isfinite(value)):
            return "unsure"
        h = 6e-6 * max(1.0, float(np.max(np.abs(x))))

        def at(k: float) -> Any:
            return np.asarray(f(_moved(env, variable, x + k * step), sizes), dtype=float)

        up, down = ([at(sign * k) for k in (h, h / 2)] for sign in (1, -1))
        wide, narrow = ((u - d) / (2 * k) for u, d, k in zip(up, down, (h, h / 2), strict=True))
        ahead = [(u - value) / k for u, k in zip(up, (h, h / 2), strict=True)]
        j = np.asarray(jacobian(env, sizes), dtype=float)
    except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError, ValueError):
        return "unsure"
    if not (np.all(np.isfinite(wide)) and np.all(np.isfinite(narrow))):
        return "unsure"
    legs = [d for d, s in zip(dims, shape, strict=True) if s is not ONE]
    along = np.tensordot(j, e.reshape(legs), axes=len(legs)) if legs else j * e[0, 0]
    along, wide, narrow = (np.reshape(v, -1) for v in (along, wide, narrow))
    reference = (4 * narrow - wide) / 3  # Richardson: the truncation errors of h and h/2 cancel
    size = max(float(np.max(np.abs(along), initial=0)), float(np.max(np.abs(wide), initial=0)))
    parted, nearer = (float(np.max(np.abs(np.reshape(a, -1) - w), initial=0)) for a, w in zip(ahead, (wide, narrow), strict=True))
    if parted > KINK * size and nearer > 0.75 * parted:  # one-sided differences that stay apart: a kink (curvature halves)
        return "unsure"
    noise = 1e-9 * float(np.max(np.abs(value), initial=0)) + 1e-12
    if float(np.max(np.abs(wide - narrow), initial=0)) > UNSURE * size + noise:
        return "unsure"
    if not np.all(np.isfinite(along)):
        return "unsure"
    error = float(np.max(np.abs(along - reference), initial=0))
    allowed = TOLERANCE * max(size, 1e-3 * float(np.max(np.abs(j), initial=0))) + noise
    if error <= allowed:
        return "good" if size > 0 and np.any(along) else "flat"
    slope = [np.asarray(jacobian(_moved(env, variable, x + k * h / _FINE * step), sizes), dtype=float) for k in range(7)]
    doubt = _rounding([at(k * h / _FINE) for k in range(7)]) / h + _rounding([s * np.max(np.abs(e)) for s in slope])
    return "wrong" if error > allowed + ROUNDING * doubt else "unsure"


def _rounding(values: list[Any]) -> float:
    """The rounding error of a function, from its values at seven equidistant points close together: in fourth differences
    nothing else is left (J. J. Moré and S. M. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011))."""
    import numpy as np

    rough = np.diff(np.array(values), n=4, axis=0) / 70**0.5
    return float(np.max(np.abs(rough), initial=0)) if np.all(np.isfinite(rough)) else 0.0
