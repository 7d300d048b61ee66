"""Numerical searches within a window: stationary points on a line and in the plane, and the way down.

Each takes functions of a point and gives points, with a note where there is something to say about them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

Point = tuple[float, ...]
Window = tuple[float, float]
Found = tuple[list[tuple[Point, str]], str]

FINE, STARTS = 4001, 9  # points of the search for zeros on a line; Newton's starts in the plane, a side
NEAR_ZERO = 0.01  # of the usual slope: where a slope that does not change its sign may touch zero
STEPS = 200  # of a descent
MOST = 24  # points that are worth a mark
SINGULAR = 4  # points with a singular Hessian; more of them lie on lines
SAME = 1e-6  # points nearer than this, as a part of the window, are one
FLAT = "the function is constant on a part of the range; no points are marked there"
LINES = "the gradient vanishes along lines; no points are marked"
MANY = f"there are more than {MOST} stationary points in this range; none are marked"


def finite(value: float) -> bool:
    """Neither infinite nor no number."""
    return value - value == 0


def grid(windows: Sequence[Window], side: int) -> list[Point]:
    """The points of a grid with as many points a side."""
    import numpy as np

    return [tuple(map(float, p)) for p in product(*(np.linspace(a, b, side) for a, b in windows))]


def on_a_line(f: Callable[[Point], float], gradient: Callable[[Point], Any], window: Window) -> Found:
    """Zeros of f' in the window, with the sign test: down and up is a minimum, up and down a maximum, else an inflection."""
    import numpy as np

    low, high = window
    xs = [float(x) for x in np.linspace(low, high, FINE)]

    def slope(x: float) -> float:
        return float(gradient((x,))[0])

    values = [slope(x) for x in xs]
    size = float(np.nanmedian(np.abs(values))) if any(map(finite, values)) else 0.0
    if size == 0 and not np.nanmax(np.abs(values), initial=0.0):
        return [], FLAT
    zeros: list[float] = []
    note = ""
    for k in range(len(xs) - 1):
        (a, b), (u, v) = (xs[k], xs[k + 1]), (values[k], values[k + 1])
        if u == v == 0:
            note = FLAT
        elif u == 0:
            zeros.append(a)
        elif u * v < 0:
            zeros.append(_bisected(slope, a, b))
        elif k > 0 and abs(u) < NEAR_ZERO * size and abs(u) <= min(abs(values[k - 1]), abs(v)) and u * values[k - 1] > 0:
            zeros.append(_lowest(lambda x: abs(slope(x)), xs[k - 1], b))
    if values[-1] == 0:
        zeros.append(xs[-1])
    step = (high - low) / FINE
    found: list[tuple[Point, str]] = []
    for x in zeros:
        if not abs(slope(x)) <= 1e-7 * max(size, 1e-12) or not finite(f((x,))) or (found and abs(found[-1][0][0] - x) < 2 * step):
            continue  # a pole, or a slope that comes near zero and does not reach it
        before, after = slope(x - step / 2), slope(x + step / 2)
        if before == 0 or after == 0:
            note = FLAT
            continue
        kind = "minimum" if before < 0 < after else "maximum" if before > 0 > after else "inflection" if before * after > 0 else "undecided"
        found.append(((x,), kind))
    return ([], MANY) if len(found) > MOST else (found, note)


def _bisected(slope: Callable[[float], float], a: float, b: float) -> float:
    left = slope(a)
    for _ in range(80):
        m = (a + b) / 2
        value = slope(m)
        if value == 0 or m in (a, b):
            return m
        if value * left > 0:
            a = m
        else:
            b = m
    return (a + b) / 2


def _lowest(f: Callable[[float], float], a: float, b: float) -> float:
    """Golden section."""
    ratio = 0.6180339887498949
    for _ in range(80):
        c, d = b - ratio * (b - a), a + ratio * (b - a)
        a, b = (a, d) if f(c) <= f(d) else (c, b)
    return (a + b) / 2


def in_the_plane(gradient: Callable[[Point], Any], hessian: Callable[[Point], Any], windows: Sequence[Window]) -> Found:
    """Zeros of the gradient that Newton's method reaches from a grid of starts; the Hessian's eigenvalues say which kind."""
    import numpy as np

    width = np.array([b - a for a, b in windows])
    low = np.array([a for a, _ in windows])
    starts = [np.array(p) for p in grid(windows, STARTS)]
    steepest = np.nanmax([float(np.linalg.norm(gradient(tuple(s)))) for s in starts], initial=0.0)
    found: list[Any] = []
    for x in starts:
        for _ in range(40):
            g, h = gradient(tuple(x)), hessian(tuple(x))
            if not (np.all(np.isfinite(g)) and np.all(np.isfinite(h))):
                break
            step = np.linalg.lstsq(h, -g, rcond=None)[0]
            x = x + step * min(1.0, 0.5 / max(float(np.max(np.abs(step / width))), 1e-300))
            if np.max(np.abs(step) / width) < 1e-13:
                break
        inside = np.all(x >= low - SAME * width) and np.all(x <= low + width * (1 + SAME))
        if inside and float(np.linalg.norm(gradient(tuple(x)))) <= 1e-8 * max(steepest, 1e-12):
            if all(np.max(np.abs(x - y) / width) > 1e-3 for y in found):
                found.append(np.where(np.abs(x) < 1e-12 * width, 0.0, x))
    marked = sorted((tuple(map(float, x)), _by_eigenvalues(hessian(tuple(x)))) for x in found)
    if sum(kind == "undecided" for _, kind in marked) > SINGULAR:
        return [], LINES
    return ([], MANY) if len(marked) > MOST else (marked, "")


def _by_eigenvalues(h: Any) -> str:
    import numpy as np

    values = np.linalg.eigvalsh((h + h.T) / 2)
    if np.min(np.abs(values)) <= 1e-9 * max(np.max(np.abs(values)), 1e-300):
        return "undecided"
    return "minimum" if values[0] > 0 else "maximum" if values[-1] < 0 else "saddle"


def descended(f: Callable[[Point], float], gradient: Callable[[Point], Any], start: Point, windows: Sequence[Window]) -> list[Point]:
    """Gradient descent from a point: each step halved until it goes down enough (Armijo)."""
    import numpy as np

    x = np.array(start, dtype=float)
    path = [tuple(map(float, x))]
    rate = 0.1 * min(b - a for a, b in windows) / max(float(np.linalg.norm(gradient(start))), 1e-12)
    first = rate
    for _ in range(STEPS):
        g = gradient(tuple(x))
        square = float(g @ g)
        if not finite(square) or square < 1e-16:
            break
        while rate > 1e-14 and not f(tuple(x - rate * g)) <= f(tuple(x)) - 0.3 * rate * square:
            rate /= 2
        x = x - rate * g
        path.append(tuple(map(float, x)))
        rate = min(2 * rate, 4 * first)
        if not all(a <= c <= b for c, (a, b) in zip(x, windows)):
            break
    return path
