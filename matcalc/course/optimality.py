"""Numbers for stationary points: whether the function stands still there, and which signs its Hessian has.

Both are tried at random values of everything else. Unlike in `verify`, a matrix that is declared nothing is drawn at random
without an identity added, or every A would come out near a positive definite one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import NoAnswerError, VerificationError
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..numbers.drawing import draw, made, margin
from ..numbers.numeric import Plan
from ..ops.inverse import INVERSE
from ..ops.pattern import Pattern
from ..pipeline.sampling import Sampler
from .jacobians import free_directions

GOOD_POINTS = 3
MOST_POINTS = 60
KINK = 1e-2  # of slopes nearby: a slope that does not go to zero with the step
STILL = 2e-6  # a slope at the point, measured against slopes nearby
NEAR = 0.05  # of the edge of what is declared: differences would step over it
LARGEST = 1e3
MORE_DATA = 4
WORST = 1e3  # condition of a matrix that is inverted


class Scenery:
    """Random values for everything, and the solutions in them."""

    def __init__(
        self,
        f: Expr,
        solutions: Sequence[tuple[Expr, Expr]],
        sampler: Sampler,
        words: Mapping[str, frozenset[str]],
        tall: Sequence[Expr] = (),
    ) -> None:
        self.f, self.solutions, self.sampler = f, list(solutions), sampler
        self.words = words
        self.plan = Plan(f)
        self.values = [(name_of(x), Plan(e)) for x, e in self.solutions]
        inverted = [n.args[0] for n in postorder([e for _, e in self.solutions]) if n.op is INVERSE and not n.indices]
        self.counts = {n for count, _, _ in sampler.families.values() for n in count.names()} | {"N"}
        self.conditions = Plan([*inverted, *tall]) if inverted or tall else None

    def scenes(self) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
        """Values at the solution, where it exists and is well conditioned."""
        import numpy as np

        rng = np.random.default_rng(20240317)
        orders = self.sampler.point.orders(self.sampler.dims)
        with np.errstate(all="ignore"):
            for k in range(MOST_POINTS):
                sizes = dict(orders[k // 2 % len(orders)])
                if k % 2:  # more data than unknowns
                    sizes |= {n: sizes[n] + MORE_DATA for n in self.counts if n in sizes}
                env = self._draw(sizes, rng, k)
                try:
                    for name, plan in self.values:  # a later solution may use an earlier one
                        env[name] = plan.run(env, sizes)[0]
                    if not self._well(env, sizes):
                        continue
                    if not np.all(np.isfinite(np.asarray(self.plan.run(env, sizes)[0], dtype=float))):
                        continue
                except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError, ValueError, TypeError):
                    continue
                yield env, sizes

    def _well(self, env: Mapping[str, Any], sizes: Mapping[str, int]) -> bool:
        import numpy as np

        for name, _ in self.values:
            x = np.asarray(env[name], dtype=float)
            if not np.all(np.isfinite(x)) or np.any(np.abs(x) > LARGEST) or margin(self.words.get(name, ()), x) < NEAR:
                return False
        if self.conditions is None:
            return True
        return all(np.ndim(v) < 2 or np.linalg.cond(v) < WORST for v in self.conditions.run(env, sizes))

    def _draw(self, sizes: Mapping[str, int], rng: Any, k: int) -> dict[str, Any]:
        import numpy as np

        env: dict[str, Any] = {}
        for name, (shape, props) in self.sampler.symbols.items():
            env[name] = general((shape[0].value(sizes), shape[1].value(sizes)), props, rng)
        for name, (count, shape, props) in self.sampler.families.items():
            members = [general((shape[0].value(sizes), shape[1].value(sizes)), props, rng) for _ in range(count.value(sizes))]
            env[name] = np.array(members)
        return env

    # ---- the two questions

    def check_still(self, describe: str) -> None:
        """VerificationError where the function moves at the solution, NoAnswerError where none can be computed."""
        import numpy as np

        rng = np.random.default_rng(5)
        good = 0
        for env, sizes in self.scenes():
            slopes = [self._slope(env, sizes, rng, 0.0) for _ in range(2)]
            nearby = [self._slope(env, sizes, rng, 0.3) for _ in range(3)]
            here = max(abs(s) for s in slopes)
            scale = max([abs(s) for s in nearby if np.isfinite(s)], default=0.0)
            if not np.isfinite(here):
                continue
            size = abs(float(self.plan.run(env, sizes)[0]))
            if self._kink(env, sizes, rng) > KINK * max(scale, 1e-3):
                raise NoAnswerError("the gradient vanishes only where the function has a kink")
            if here > STILL * max(scale, 1e-3) + 1e-8 * (1 + size) and not self._settles(env, sizes, here):
                raise VerificationError(f"the gradient is not zero at the solution found: please report {describe}")
            good += 1
            if good >= GOOD_POINTS:
                return
        if not good:
            raise NoAnswerError(
                "the solution could not be checked: it has no finite value at any random point tried",
                suggestion="declare what it needs (positive, spd, …), or use --no-verify",
            )

    def _settles(self, env: Mapping[str, Any], sizes: Mapping[str, int], here: float) -> bool:
        """Whether the slope at the point goes to zero with the step, as that of x |x| does."""
        import numpy as np

        slopes = [abs(self._slope(env, sizes, np.random.default_rng(k), 0.0, 1e-7)) for k in range(2)]
        return max(slopes) < 0.1 * here

    def _kink(self, env: Mapping[str, Any], sizes: Mapping[str, int], rng: Any) -> float:
        """The mean of the slopes to both sides: small where the function is smooth and still."""
        step = {n: self._direction(n, np_shape(env[n]), rng) for n, _ in self.values}
        h = 1e-6
        middle = float(self.plan.run(env, sizes)[0])
        ends = []
        for sign in (1.0, -1.0):
            moved = {n: env[n] + sign * h * e for n, e in step.items()}
            ends.append(float(self.plan.run({**env, **{n: float(v) if np_shape(v) == () else v for n, v in moved.items()}}, sizes)[0]))
        return abs(ends[0] + ends[1] - 2 * middle) / (2 * h)

    def _slope(self, env: Mapping[str, Any], sizes: Mapping[str, int], rng: Any, away: float, width: float = 1e-5) -> float:
        """The slope along a random direction, at the solution or a little away from it."""
        import numpy as np

        start, step = {}, {}
        for name, _ in self.values:
            x = np.asarray(env[name], dtype=float)
            start[name] = x + away * self._direction(name, x.shape, rng) * max(1.0, float(np.max(np.abs(x), initial=0.0)))
            step[name] = self._direction(name, x.shape, rng)
        h = width * max([1.0, *[float(np.max(np.abs(x), initial=0.0)) for x in start.values()]])
        ends = []
        for sign in (1.0, -1.0):
            moved = {n: start[n] + sign * h * step[n] for n in start}
            ends.append(float(self.plan.run({**env, **{n: float(v) if v.ndim == 0 else v for n, v in moved.items()}}, sizes)[0]))
        return (ends[0] - ends[1]) / (2 * h)

    def _direction(self, name: str, shape: tuple[int, ...], rng: Any) -> Any:

        e = rng.uniform(-1.0, 1.0, shape)
        if len(shape) == 2 and shape[0] == shape[1] and shape[0] > 1:
            e = Pattern(self.words.get(name, ())).onto(e)
        return e

    def curvature(self) -> set[str]:
        """What the Hessians at the solutions are: definite, semidefinite or indefinite, over all values tried."""
        import numpy as np

        found: set[str] = set()
        count = 0
        for env, sizes in self.scenes():
            h = self._hessian(env, sizes)
            if not np.all(np.isfinite(h)):
                continue
            values = np.linalg.eigvalsh((h + h.T) / 2)
            size = float(np.max(np.abs(values), initial=0.0))
            low, high = float(values[0]), float(values[-1])
            edge = 1e-5 * size
            if any(edge < abs(v) < 1e2 * edge for v in values):
                continue  # too flat to tell from zero
            if size < 1e-6:
                found.add("zero")
            elif low > edge:
                found.add("positive definite")
            elif high < -edge:
                found.add("negative definite")
            elif low < -edge and high > edge:
                found.add("indefinite")
            else:
                found.add("positive semidefinite" if high > edge else "negative semidefinite")
            count += 1
            if count >= 8:
                break
        return found

    def _hessian(self, env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        """Second differences over the free entries of all variables."""
        import numpy as np

        steps: list[tuple[str, Any]] = []
        for name, _ in self.values:
            x = np.asarray(env[name], dtype=float)
            if x.ndim == 0:
                steps.append((name, np.array(1.0)))
                continue
            steps += [(name, e) for _, _, e in free_directions(x.shape, self.words.get(name, ()))]
        size = max([1.0, *[float(np.max(np.abs(np.asarray(env[n])), initial=0.0)) for n, _ in self.values]])
        smallest = min(
            [1.0, *[float(np.min(np.abs(np.asarray(env[n])))) or 1.0 for n, _ in self.values if "positive" in self.words.get(n, ())]]
        )
        h = 1e-3 * min(size, max(smallest, 1e-2))

        def at(moves: Sequence[tuple[int, float]]) -> float:
            moved = {n: np.asarray(env[n], dtype=float) for n, _ in self.values}
            for k, s in moves:
                n, e = steps[k]
                moved[n] = moved[n] + s * h * e
            return float(self.plan.run({**env, **{n: float(v) if v.ndim == 0 else v for n, v in moved.items()}}, sizes)[0])

        n = len(steps)
        hessian = np.zeros((n, n))
        middle = at([])
        for a in range(n):
            hessian[a, a] = (at([(a, 1)]) - 2 * middle + at([(a, -1)])) / h**2
            for b in range(a):
                total = at([(a, 1), (b, 1)]) - at([(a, 1), (b, -1)]) - at([(a, -1), (b, 1)]) + at([(a, -1), (b, -1)])
                hessian[a, b] = hessian[b, a] = total / (4 * h**2)
        return hessian


def general(shape: tuple[int, int], properties: Iterable[str], rng: Any) -> Any:
    """Random values with the declared properties, and nothing beyond."""
    if shape[0] != shape[1] or shape[0] < 2:
        return draw(shape, properties, rng)
    return made(rng.standard_normal(shape), properties, rng)


def np_shape(x: Any) -> tuple[int, ...]:
    import numpy as np

    return tuple(np.shape(x))
