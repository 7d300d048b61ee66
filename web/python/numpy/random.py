"""Random numbers that are the same for the same seed; they are not NumPy's."""

import math
import random as _random

from . import _prod, _shape, asarray, ndarray


class Generator:
    def __init__(self, seed):
        self._random = _random.Random(repr(seed))

    def _drawn(self, draw, size):
        if size is None:
            return draw()
        shape = _shape(size)
        return ndarray(shape, [draw() for _ in range(_prod(shape))])

    def uniform(self, low=0.0, high=1.0, size=None):
        return self._drawn(lambda: self._random.uniform(low, high), size)

    def random(self, size=None):
        return self._drawn(self._random.random, size)

    def standard_normal(self, size=None):
        return self._drawn(lambda: self._random.gauss(0.0, 1.0), size)

    def normal(self, mean=0.0, deviation=1.0, size=None):
        return self._drawn(lambda: self._random.gauss(mean, deviation), size)

    def integers(self, low, high=None, size=None):
        low, high = (0, low) if high is None else (low, high)
        return self._drawn(lambda: self._random.randrange(low, high), size)

    def choice(self, values, size=None, replace=True):
        values = list(range(values)) if isinstance(values, int) else asarray(list(values)).data
        if replace:
            return self._drawn(lambda: self._random.choice(values), size)
        shape = _shape(size)
        return ndarray(shape, self._random.sample(values, math.prod(shape)))

    def permutation(self, values):
        values = list(range(values)) if isinstance(values, int) else list(values)
        self._random.shuffle(values)
        return asarray(values)


def default_rng(seed=None):
    return Generator(seed)
