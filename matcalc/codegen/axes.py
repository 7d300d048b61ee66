"""Indices that are axes."""

from __future__ import annotations

from ..kinds import Dim
from .graph import GraphNode


class NoAxis(Exception):
    """An index that cannot be an axis; its sum becomes a loop."""


class Range:
    """What a summation index runs through."""

    __slots__ = ("dim", "high", "low")

    def __init__(self, low: int, high: GraphNode, dim: Dim) -> None:
        self.low, self.high, self.dim = low, high, dim
