"""What `python -m benchmarks bounds` counts of a program's calls, and that each kind of call can be made alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from benchmarks.bounds import BELOW, Kind, alone, calls
from benchmarks.losses import LOSSES
from benchmarks.training import arguments, drawn, emitted

LOSS = {loss.name: loss for loss in LOSSES}


def counted(name: str, part: str, n: int) -> tuple[Counter[Kind], int]:
    loss = LOSS[name]
    values, direction = drawn(loss, n)
    function = emitted(loss, "numpy")[part]
    given = arguments(function, values, *([direction] if part == "hvp" else []))
    want = function(*given)
    found = calls(function, given)
    np.testing.assert_array_equal(function(*given), want)
    return found, sum(kind.flops * count for kind, count in found.items())


def test_products_are_counted_with_their_operations() -> None:
    """Attention of n = 1000 and d = 64: eight products, one sum of products; four times 2 n^2 d, four times 2 n d^2, and 2 n d."""
    kinds, flops = counted("attention", "gradient", 1000)
    n, d = 1000, 64
    assert flops == 8 * n * n * d + 8 * n * d * d + 2 * n * d
    large: Counter[str] = Counter()
    for kind, count in kinds.items():
        (size, *_), _ = kind.operands[0]
        if kind.name != "product" and size > 100 * n:  # a block of rows
            large[kind.name] += count * size
    assert large["exp"] == n * n and large["sum"] == 2 * n * n  # the greatest of each row too
    assert large["copy"] + large["add"] == 4 * n * n and large["fill"] == 0


def test_an_outer_product_only_writes() -> None:
    kinds, _ = counted("cosine", "gradient", 300)
    assert [(kind.name, count) for kind, count in kinds.items() if kind.operands[0][0] == (300 * 300,)] == [("fill", 1)]


@pytest.mark.parametrize("name", dict(BELOW))
def test_every_kind_of_call_can_be_made_alone(name: str) -> None:
    for part in ("gradient", "hvp"):
        for kind in counted(name, part, 10)[0]:
            alone(kind)()
            assert kind.entries > 0
