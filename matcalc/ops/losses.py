"""Losses and bounds that are linear or quadratic in pieces: hinge, Huber's function, clipping. At a kink nothing is promised."""

from __future__ import annotations

from ..sources import follows
from .book import elementwise, operation

HINGE = elementwise(
    "hinge",
    derivative="-1[x < 1]",
    condition="x != 1",
    definition="max(0, 1 - x)",
    statement="hinge'(x) = -1[x < 1], where hinge(x) = max(0, 1 - x)",
    source="definition",
    spellings="hinge",
    numeric="(1 - x) * (np.real(x) < 1)",
    real=True,
)
HUBER = operation(
    "huber",
    "x k",
    "m n, 1 1 -> m n",
    differential="clip(x, -k, k) .* dx + relu(abs(x) - k) dk",
    transposes="commutes",
    condition="k > 0",
    rule="differential of Huber's function",
    statement="huber(x, k) = x^2/2 where |x| <= k and k |x| - k^2/2 beyond; its derivative is clip(x, -k, k)",
    source=follows("the derivative of each of its pieces, which agree where |x| = k", "boyd-vandenberghe"),
    spellings="huber Huber",
    numeric="np.where(beyond(0, np.real(k)), np.nan, np.where(np.abs(np.real(x)) <= np.real(k), x * x / 2, k * np.abs(x) - k * k / 2))[()]",
    real=True,
)
CLIP = operation(
    "clip",
    "x a b",
    "m n, 1 1, 1 1 -> m n",
    differential="1[x > a] .* 1[x < b] .* dx + 1[x <= a] da + 1[x >= b] db",
    transposes="commutes",
    condition="a < b, and x != a, x != b",
    rule="differential of clipping",
    statement="clip(x, a, b) = min(max(x, a), b): constant outside the bounds",
    source="definition",
    spellings="clip clamp",
    numeric="np.where(beyond(np.real(a), np.real(b)), np.nan, "
    "np.where(np.real(x) < np.real(a), a, np.where(np.real(x) > np.real(b), b, x)))[()]",
    real=True,
)
