"""One point: a derivative against difference quotients of the function, and how far either may be off.

A short step settles nearly every point. Where the two disagree, or cannot be told from rounding, the rounding errors are measured
(`matcalc.rounding`, and differences of values close together) and other steps are taken, extrapolated to the sixth power of the
step: with h ten thousand times as long, rounding disturbs the quotient ten thousand times less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from types import ModuleType

from .rounding import EPS, shaken

NO_NUMBER = (OverflowError, ZeroDivisionError, ValueError)  # numpy.linalg.LinAlgError is a ValueError

Along = Callable[[float], list[float]]  # something of the place on the line through the point

SHORT = 6e-6  # the step, times the size of the point
OTHERS = (5e-2, 4e-3, 2e-4, 1e-7)  # the last for what is steep
TOLERANCE = 1e-7
UNSURE = 1e-4  # of the short quotient: its truncation error
SETTLED = 1e-5  # the same of the others
KINK = 1e-2
ROUNDING = 20  # times the estimated rounding error
CLEAR = 0.02  # of the derivative: rounding up to here leaves an agreement its worth
DIM = 0.1  # up to here it leaves some; beyond, agreement says nothing
QUIET = 1e-9  # the rounding beside a derivative of 0, where the value is 0 as well
NOTHING = 1e-20  # of the value: a derivative that is less is as good as 0
SHARP = 1e-4  # of the derivative: what a single quotient may be off by to settle a point
SHAKES = 3
LEVEL = 8  # rounding errors: what they may change a value by


class Quotient:
    """The difference quotient with the step h, extrapolated from h, h/2, …"""

    __slots__ = ("bend", "beside", "error", "kink", "parted", "size", "slope", "step")

    def __init__(self, f: Along, value: list[float], h: float, orders: int) -> None:
        self.step = h
        steps = [h / 2**k for k in range(orders)]
        up, down = ([f(sign * k) for k in steps] for sign in (1.0, -1.0))
        self.beside = up[0]
        table = [[(a - b) / (2 * k) for a, b in zip(u, d)] for u, d, k in zip(up, down, steps)]
        wide, narrow = table[:2]
        self.size = greatest(wide) if all(math.isfinite(a) for column in table for a in column) else math.nan
        ahead = ([(a - b) / k for a, b in zip(u, value)] for u, k in zip(up, steps[:2]))
        self.parted, nearer = (distance(a, w) for a, w in zip(ahead, (wide, narrow)))
        self.kink = nearer > 0.75 * self.parted  # one-sided differences that stay apart (curvature halves)
        self.bend = h * self.parted  # what curvature leaves in differences where the derivative is 0
        power = 4.0
        while len(table) > 1:  # Richardson: the truncation errors of h and h/2 cancel
            self.error = distance(table[-2], table[-1])
            table = [[(power * b - a) / (power - 1) for a, b in zip(x, y)] for x, y in pairwise(table)]
            power *= 4
        (self.slope,) = table


def judge(f: Along, derivative: Along, size: float, arrays: ModuleType) -> str:
    """The point 0 of a line: "good", "flat" (they agree but the derivative vanishes), "unsure" or "wrong".

    `derivative` gives the claimed derivative along the line; `size` is how large the numbers are that the steps are added to.
    """
    try:
        value = f(0.0)
        if not all(map(math.isfinite, value)):
            return "unsure"
        short = Quotient(f, value, SHORT * size, 2)
        claim = derivative(0.0)
    except NO_NUMBER:
        return "unsure"
    if not (math.isfinite(short.size) and all(map(math.isfinite, claim))):
        return "unsure"
    great = max(greatest(claim), short.size)
    if not great and not short.parted:
        return "flat"
    smooth = not (short.kink and short.parted > KINK * great) and short.error <= UNSURE * great + short.bend
    if smooth and distance(claim, short.slope) <= TOLERANCE * great:
        return "good" if great > short.bend and any(claim) else "flat"
    if greatest(claim) <= NOTHING * greatest(value) and _is_level(f, value, OTHERS[0] * size):
        return "flat"
    return _Doubt(f, derivative, value, claim, short, arrays).settle(size)


def _is_level(f: Along, value: list[float], step: float) -> bool:
    """Whether the function does not change even over a long step, but for rounding: a deep net that has forgotten its input."""
    try:
        return all(distance(f(h), value) <= LEVEL * EPS * greatest(value) for h in (step, -step))
    except NO_NUMBER:
        return False


class _Doubt:
    """A point where the short quotient does not agree at once."""

    def __init__(self, f: Along, derivative: Along, value: list[float], claim: list[float], short: Quotient, arrays: ModuleType) -> None:
        self.f, self.derivative, self.value, self.claim, self.short, self.arrays = f, derivative, value, claim, short, arrays
        self.vague = 0.0
        with shaken(arrays, 20240301) as rounding:
            # Beside the point: at it rounding does nothing to the zeros of a diagonal matrix.
            self.rough = max(_spread(f, short.step, short.beside), EPS * greatest(value))
        if rounding.overflowed:
            self.rough = math.inf

    def settle(self, size: float) -> str:
        short = self.short
        if not math.isfinite(self.rough) or self._is_kink(short, max(greatest(self.claim), short.size)):
            return "unsure"
        quotients = [short]
        for step in OTHERS:
            try:
                quotients.append(Quotient(self.f, self.value, step * size, 3))
            except NO_NUMBER:
                continue
            if self._is_sharp(quotients[-1]):
                return "good"
        verdict = self._verdict(quotients)
        if verdict == "good":  # whatever rounding may do to the derivative
            return verdict
        with shaken(self.arrays, 20240302) as rounding:
            self.vague = _spread(self.derivative, 0.0, self.claim)
        if rounding.overflowed or not math.isfinite(self.vague):
            return "unsure"
        verdict = self._verdict(quotients)
        if verdict == "wrong":  # what happens within one operation is not shaken
            self.rough = max(self.rough, _roughness(self.f, OTHERS[-1] * size))
            self.vague = max(self.vague, _roughness(self.derivative, OTHERS[-1] * size))
            verdict = self._verdict(quotients)
        return verdict

    def _is_sharp(self, q: Quotient) -> bool:
        """Whether this quotient alone is exact enough to tell, and agrees."""
        great = max(greatest(self.claim), q.size)
        doubt = q.error + ROUNDING * self.rough / q.step
        return doubt <= SHARP * great and any(self.claim) and not self._is_kink(q, great) and distance(self.claim, q.slope) <= doubt

    def _is_kink(self, q: Quotient, great: float) -> bool:
        return q.kink and q.parted > KINK * great + ROUNDING * (self.rough / q.step + self.vague)

    def _verdict(self, quotients: Sequence[Quotient]) -> str:
        """What the quotients say that are settled. One that agrees outweighs one that does not if it is the more exact one."""
        agreeing, refuted = [], math.inf
        nothing = greatest(self.claim) <= max(ROUNDING * self.vague, NOTHING * greatest(self.value))
        for q in quotients:
            if not math.isfinite(q.size):
                continue
            great = max(greatest(self.claim), q.size)
            uneven = ROUNDING * self.rough / q.step  # what rounding may do to the quotient
            noise = uneven + ROUNDING * self.vague
            limit, bend = (UNSURE, q.bend) if q is quotients[0] else (SETTLED, 0.0)
            if self._is_kink(q, great):
                continue
            off = distance(self.claim, q.slope)
            allowed = TOLERANCE * great + noise + q.error  # much less is left of it, except where the curvature jumps, as elu's at 0
            if q.error > limit * great + uneven + bend:
                if off <= allowed:  # less exact, and yet better than a long step across many waves
                    agreeing.append((allowed, "unsure"))
            elif off <= allowed:
                quiet = noise <= max(TOLERANCE * greatest(self.value), QUIET)
                seen = noise <= CLEAR * great and great > bend and any(self.claim)
                found = "good" if seen else "flat" if noise <= DIM * great or (nothing and quiet) else "unsure"
                agreeing.append((allowed, found))
            elif q.error <= limit * q.size + uneven and not self._is_kink(q, q.size):  # the steps are long for sin(1e10 x)
                refuted = min(refuted, off)
        if refuted < math.inf and min(agreeing, default=(math.inf, ""))[0] > refuted / 4:
            return "wrong"
        return min((found for _, found in agreeing), key=("good", "flat", "unsure").index, default="unsure")


def _spread(g: Along, place: float, known: Sequence[float]) -> float:
    """How far the values lie apart that differ by rounding alone."""
    try:
        found = [distance(g(place), known) for _ in range(SHAKES)]
    except NO_NUMBER:
        return math.inf
    return max(found) if all(map(math.isfinite, found)) else math.inf


def _roughness(g: Along, h: float) -> float:
    """The rounding error of a function, from its values at seven equidistant points close together: in fourth differences
    nothing else is left (J. J. Moré and S. M. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011)). The distance
    is varied, for the errors of a function that is rounded to steps may lie on a line."""
    worst = 0.0
    for apart in (0.25, 0.21, 0.17):
        values = [g(k * apart * h) for k in range(7)]
        rough = [a - 4 * b + 6 * c - 4 * d + e for k in range(3) for a, b, c, d, e in zip(*values[k : k + 5])]
        worst = max(worst, greatest(rough) / math.sqrt(70)) if all(map(math.isfinite, rough)) else worst
    return worst


def greatest(values: Sequence[float]) -> float:
    return max(map(abs, values), default=0.0)


def distance(some: Sequence[float], others: Sequence[float]) -> float:
    return max((abs(a - b) for a, b in zip(some, others, strict=True)), default=0.0)
