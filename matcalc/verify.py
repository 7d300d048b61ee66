"""Every answer against a numerical derivative, before it is shown.

Every dimension gets a small size of its own, the declared properties are built into random points, and the printed
derivative J is compared with a central difference of the function as it was typed, along a random free direction E:
J:E against (F(X + hE) - F(X - hE))/2h. Points where the difference quotient itself is unsure (h and h/2 disagree: a
kink, a badly conditioned point) or where J:E vanishes are replaced by others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .errors import NoAnswerError, VerificationError
from .kinds import ONE, Dim, Shape

GOOD_POINTS = 2
MOST_POINTS = 8
TOLERANCE = 1e-6
UNSURE = 1e-4


def sizes_for(dims: Iterable[Dim]) -> dict[str, int]:
    """Small distinct sizes for the dimension names."""
    names = sorted({n for d in dims for n in d.names()})
    return {n: 2 + k for k, n in enumerate(names)}


def draw(shape: tuple[int, ...], properties: Iterable[str], rng: Any, scale: float = 1.0, positive: bool = False) -> Any:
    """A random array of this (internal) shape with the declared properties."""
    import numpy as np

    props = set(properties)
    if "integer" in props:
        return float(rng.integers(2, 4))
    x = rng.uniform(0.3, 1.2, shape) * (1.0 if positive or props & {"positive", "nonnegative", "simplex"} else rng.choice([-1.0, 1.0], shape)) * scale
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
            return q @ q.T if "symmetric" in props else q @ np.linalg.inv(q.T @ x @ q + np.eye(q.shape[1])) @ q.T @ x if False else q @ q.T
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
    ) -> None:
        self.symbols, self.families = symbols, families

    def sizes(self, attempt: int, extra: Iterable[Dim] = ()) -> dict[str, int]:
        dims = [d for s, _ in self.symbols.values() for d in s] + [d for c, s, _ in self.families.values() for d in (c, *s)] + list(extra)
        sizes = sizes_for(dims)
        tall = [s for s, p in self.symbols.values() if "orthonormal" in set(p)]
        if any(s[0].value(sizes) < s[1].value(sizes) for s in tall) or attempt % 2 and len(sizes) > 1:
            names = list(sizes)
            sizes = dict(zip(names, [sizes[n] for n in reversed(names)], strict=True))
        return sizes

    def draw(self, sizes: Mapping[str, int], rng: Any, scale: float, positive: bool) -> dict[str, Any]:
        import numpy as np

        env: dict[str, Any] = {}
        for name, (shape, props) in self.symbols.items():
            env[name] = draw((shape[0].value(sizes), shape[1].value(sizes)), props, rng, scale, positive)
        for name, (count, shape, props) in self.families.items():
            members = [draw((shape[0].value(sizes), shape[1].value(sizes)), props, rng, scale, positive) for _ in range(count.value(sizes))]
            env[name] = np.array(members)
        return env


Function = Callable[[Mapping[str, Any], Mapping[str, int]], Any]


def verify(
    f: Function, jacobian: Function, variable: str, shape: Shape, point: Point, dims: Iterable[Dim] = (), describe: Callable[[], str] = str
) -> None:
    """Raise VerificationError where the derivative is wrong, NoAnswerError where no point could be judged.

    `f` gives the function's value (an array), `jacobian` its derivative with the variable's indices last.
    """
    import numpy as np

    rng = np.random.default_rng(20240229)
    good = agreeing = 0
    dims = list(dims)
    with np.errstate(all="ignore"):
        for attempt in range(MOST_POINTS):
            sizes = point.sizes(attempt, dims)
            scale, positive = (1.0, False) if attempt < 2 else (0.5, attempt % 2 == 0) if attempt < 5 else (0.2, attempt % 2 == 0)
            positive = positive or attempt in (3, 6)
            env = point.draw(sizes, rng, scale, positive)
            outcome = _judge(f, jacobian, variable, shape, env, sizes, rng)
            if outcome == "wrong":
                raise VerificationError(f"the closed form disagrees with the numerical derivative: please report {describe()}")
            if outcome == "good":
                good += 1
            if outcome in ("good", "flat"):
                agreeing += 1
            if good >= GOOD_POINTS:
                return
    if not agreeing:
        raise NoAnswerError(
            "the derivative could not be checked: the function has no finite value at any random point tried",
            suggestion="declare what it needs (positive, spd, …), or use --no-verify to see the answer unchecked",
        )


def _judge(f: Function, jacobian: Function, variable: str, shape: Shape, env: dict[str, Any], sizes: Mapping[str, int], rng: Any) -> str:
    """One point: "good", "flat" (they agree but the derivative vanishes), "unsure" or "wrong"."""
    import numpy as np

    x = env[variable]
    dims = (shape[0].value(sizes), shape[1].value(sizes))
    e = rng.uniform(-1.0, 1.0, dims)
    step = e if dims != (1, 1) else float(e[0, 0])
    try:
        value = np.asarray(f(env, sizes), dtype=float)
        if not np.all(np.isfinite(value)):
            return "unsure"
        h = 6e-6 * max(1.0, float(np.max(np.abs(x))))

        def quotient(h: float) -> Any:
            up = np.asarray(f({**env, variable: x + h * step}, sizes), dtype=float)
            down = np.asarray(f({**env, variable: x - h * step}, sizes), dtype=float)
            return (up - down) / (2 * h)

        wide, narrow = quotient(h), quotient(h / 2)
        j = np.asarray(jacobian(env, sizes), dtype=float)
    except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError, ValueError):
        return "unsure"
    if not (np.all(np.isfinite(wide)) and np.all(np.isfinite(narrow))):
        return "unsure"
    legs = [d for d, s in zip(dims, shape, strict=True) if s is not ONE]
    along = np.tensordot(j, e.reshape(legs), axes=len(legs)) if legs else j * e[0, 0]
    along, wide, narrow = (np.reshape(v, -1) for v in (along, wide, narrow))
    size = max(float(np.max(np.abs(along), initial=0)), float(np.max(np.abs(wide), initial=0)))
    noise = 1e-9 * float(np.max(np.abs(value), initial=0)) + 1e-12
    if float(np.max(np.abs(wide - narrow), initial=0)) > UNSURE * size + noise:
        return "unsure"
    if not np.all(np.isfinite(along)):
        return "unsure" if not np.all(np.isfinite(wide)) else "wrong"
    error = float(np.max(np.abs(along - wide), initial=0))
    if error > TOLERANCE * max(size, 1e-3 * float(np.max(np.abs(j), initial=0))) + noise:
        return "wrong"
    return "good" if size > 0 and np.any(along) else "flat"
