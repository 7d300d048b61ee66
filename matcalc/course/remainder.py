"""Whether a Taylor polynomial is one: its remainder must be of the next order, at random points and along random directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from typing import Any

from ..errors import NoAnswerError, VerificationError
from ..expressions.expr import Expr
from ..expressions.labels import name_of, words_of
from ..numbers.numeric import Plan
from ..ops.pattern import Pattern
from ..pipeline.sampling import Sampler

GOOD_POINTS = 2
MOST_POINTS = 40
STEPS = [2.0 ** (1 - k) for k in range(16)]
NOISE = 2e-13  # of a value, where its size is one
SLACK = 0.5  # the measured order may fall short of the next whole number by this


def check_remainder(f: Expr, polynomial: Expr, centre: Mapping[Expr, Expr], order: int, sampler: Sampler, describe: str) -> None:
    """VerificationError where f - polynomial is not of order `order` + 1 around the centre, NoAnswerError where nothing can be said."""
    import numpy as np

    rng = np.random.default_rng(20240308)
    variables = list(centre)
    middle = Plan([centre[v] for v in variables])
    both = Plan([f, polynomial])
    good = 0
    with np.errstate(all="ignore"):
        for env, sizes in islice(sampler.points(20240307), MOST_POINTS):
            try:
                start = [np.asarray(v, dtype=float) for v in middle.run(env, sizes)]
                outcome = _judge(both, variables, start, env, sizes, order, rng)
            except (np.linalg.LinAlgError, OverflowError, ZeroDivisionError, ValueError):
                continue
            if outcome is False:
                raise VerificationError(
                    f"the remainder of this expansion is not of order {order + 1}: the function is not smooth at this point, "
                    f"or the expansion is wrong: {describe}"
                )
            good += outcome is True
            if good >= GOOD_POINTS:
                return
    if not good:
        raise NoAnswerError(
            "the expansion could not be checked: the function is not finite and smooth around any point tried",
            suggestion="declare what it needs (positive, spd, …), or use --no-verify to see the answer unchecked",
        )


def _judge(
    both: Plan, variables: Sequence[Expr], start: Sequence[Any], env: dict[str, Any], sizes: Mapping[str, int], order: int, rng: Any
) -> bool | None:
    """Along one direction: whether the remainder falls as it must; None where that cannot be seen."""
    import numpy as np

    directions = [direction(v, s.shape, rng) for v, s in zip(variables, start, strict=True)]

    def remainder(h: float) -> tuple[float, float]:
        at = {**env}
        for v, s, e in zip(variables, start, directions, strict=True):
            moved = s + h * e
            at[name_of(v)] = float(moved) if moved.ndim == 0 else moved
        value, close = (np.asarray(r, dtype=float) for r in both.run(at, sizes))
        return float(np.max(np.abs(value - close), initial=0.0)), max(float(np.max(np.abs(value), initial=0.0)), 1e-3)

    measured = []
    for h in STEPS:
        r, size = remainder(h)
        if np.isfinite(r) and np.isfinite(size):
            measured.append((h, r, size))
        else:
            measured.clear()
    if len(measured) < 6:
        return None
    above = [(h, r) for h, r, size in measured if r > NOISE * size * (1 + 1e2 * h)]
    if not above:
        return True
    if len(above) < 2:
        return True if above[0][0] > 0.5 else None
    # The smallest steps whose remainder is still above the noise: there the leading term rules.
    slopes = [float(np.log2(a[1] / b[1]) / np.log2(a[0] / b[0])) for a, b in pairwise(above)]
    return bool(max(slopes[-2:]) > order + 1 - SLACK)


def direction(v: Expr, shape: tuple[int, ...], rng: Any) -> Any:
    """A random direction in the space of the variable: symmetric for a symmetric one."""
    import numpy as np

    e = rng.uniform(-1.0, 1.0, shape)
    if e.ndim == 2 and e.shape[0] == e.shape[1]:
        e = Pattern(words_of(v)).onto(e)
    return e / max(1.0, float(np.linalg.norm(e)))
