"""Texts made from a grammar, each with what it means: a function of arrays in NumPy. What misleads a reader stands side by side in them.

A production takes a `Maker` and gives a `Piece`, a number-valued part of a text. Kinds of texts are added as productions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

Values = dict[str, Any]
SIZE = 4
VECTORS, MATRICES, LETTERS = "xzyvb", "ABC", "ijklq"


class Piece(NamedTuple):
    """A part of a text: what is written before it (definitions), what it means, and the numbers of its free indices."""

    text: str
    value: Callable[[Values], Any]
    definitions: tuple[str, ...] = ()
    free: tuple[str, ...] = ()


class Text(NamedTuple):
    """A whole text, the variable, and the function."""

    text: str
    wrt: str
    f: Callable[[Values], Any]
    values: Values
    where: str


class Maker:
    """Random choices, and the letters that are taken."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.free: dict[str, int] = {}
        self.defined = 0
        self.used: set[str] = set()

    def vector(self) -> str:
        return self._use(self.rng.choice(VECTORS))

    def matrix(self) -> str:
        return self._use(self.rng.choice(MATRICES))

    def _use(self, name: str) -> str:
        self.used.add(name)
        return name

    def letter(self, *taken: str) -> str:
        """An index: most often one that stands elsewhere too."""
        return self.rng.choice([c for c in LETTERS if c not in taken])

    def place(self) -> str:
        """A free index, and its number."""
        c = self.letter()
        self.free.setdefault(c, self.rng.randint(2, SIZE - 1))
        return c

    def name(self) -> str:
        """A name for a definition."""
        self.defined += 1
        return "pra"[self.defined % 3] if self.defined < 3 else f"h_{{{self.defined}}}"

    def sign(self, letter: str) -> str:
        return self.rng.choice([rf"\sum_{letter}", rf"\sum_{{{letter}=1}}^n", rf"\sum_{{{letter}}}^n"])


def free_entry(m: Maker) -> Piece:
    x, i = m.vector(), m.place()
    k = m.free[i] - 1
    return m.rng.choice(
        [
            Piece(rf"\frac{{{x}_{i}}}{{\|{x}\|}}", lambda v: v[x][k] / np.sqrt(v[x] @ v[x])),
            Piece(rf"{x}_{i} {x}^T {x}", lambda v: v[x][k] * (v[x] @ v[x])),
            Piece(rf"({x}_{{{i}}} - 1)^2 \|{x}\|^2", lambda v: (v[x][k] - 1) ** 2 * (v[x] @ v[x])),
        ]
    )


def softmax_entry(m: Maker) -> Piece:
    z, i = m.vector(), m.place()
    j, k = m.letter(i), m.free[i] - 1
    return Piece(rf"\frac{{e^{{{z}_{i}}}}}{{{m.sign(j)} e^{{{z}_{j}}}}}", lambda v: np.exp(v[z][k]) / np.sum(np.exp(v[z])))


def row(m: Maker) -> Piece:
    a, x, i = m.matrix(), m.vector(), m.place()
    j, k = m.letter(i), m.free[i] - 1
    return Piece(rf"{m.sign(j)} {a}_{{{i}{j}}} {x}_{j}", lambda v: v[a][k] @ v[x])


def plain_sum(m: Maker) -> Piece:
    x, z, i = m.vector(), m.vector(), m.letter()
    return m.rng.choice(
        [
            Piece(rf"{m.sign(i)} {x}_{i} {z}_{i}", lambda v: v[x] @ v[z]),
            Piece(rf"{m.sign(i)} ({x}_{i} - {z}_{i}^2)^2", lambda v: np.sum((v[x] - v[z] ** 2) ** 2)),
            Piece(rf"{m.sign(i)} \sin({x}_{i} + 2)", lambda v: np.sum(np.sin(v[x] + 2))),
            Piece(rf"\sum {x}_{i}^3", lambda v: np.sum(v[x] ** 3)),
        ]
    )


def conditional(m: Maker) -> Piece:
    x, i = m.vector(), m.letter()
    j = m.letter(i)
    above, other = np.triu(np.ones((SIZE, SIZE)), 1), 1 - np.eye(SIZE)
    return m.rng.choice(
        [
            Piece(rf"\sum_{{{i}<{j}}} ({x}_{i} - {x}_{j})^2", lambda v: np.sum(above * (v[x][:, None] - v[x]) ** 2)),
            Piece(rf"\sum_{{1 \le {i} < {j} \le n}} {x}_{i} {x}_{j}", lambda v: v[x] @ above @ v[x]),
            Piece(rf"\sum_{{{i} \ne {j}}} {x}_{i} {x}_{j}^2", lambda v: v[x] @ other @ v[x] ** 2),
            Piece(rf"\sum_{{{i}=1}}^n \sum_{{{j} > {i}}} {x}_{i}^2 {x}_{j}", lambda v: v[x] ** 2 @ above @ v[x]),
            Piece(rf"\sum_{{\substack{{{i},{j}=1 \\ {j} \neq {i}}}}}^n {x}_{i} {x}_{j}", lambda v: v[x] @ other @ v[x]),
        ]
    )


def shifted(m: Maker) -> Piece:
    x, i = m.vector(), m.letter()
    return m.rng.choice(
        [
            Piece(rf"\sum_{{{i}=1}}^{{n-1}} ({x}_{{{i}+1}} - {x}_{i})^2", lambda v: np.sum(np.diff(v[x]) ** 2)),
            Piece(rf"\sum_{{{i}=2}}^{{n}} {x}_{i} {x}_{{{i}-1}}", lambda v: v[x][1:] @ v[x][:-1]),
        ]
    )


def matrices(m: Maker) -> Piece:
    a, x, i = m.matrix(), m.vector(), m.letter()
    j = m.letter(i)
    return m.rng.choice(
        [
            Piece(f"{x}^T {a} {x}", lambda v: v[x] @ v[a] @ v[x]),
            Piece(rf"\sum_{{{i},{j}}} {a}_{{{i}{j}}} {x}_{i} {x}_{j}", lambda v: v[x] @ v[a] @ v[x]),
            Piece(rf"{m.sign(i)} {a}_{{{i}{i}}} {x}_{i}", lambda v: np.diag(v[a]) @ v[x]),
        ]
    )


def defined(m: Maker) -> Piece:
    """A definition by entries or of a number, whose letter may be one that stands elsewhere."""
    x, z, p, i = m.vector(), m.vector(), m.name(), m.letter()
    j = m.letter(i)
    average = rf"{p} = \frac1n \sum_{{{i}=1}}^n {x}_{i}"
    return m.rng.choice(
        [
            Piece(rf"{m.sign(j)} {p}_{j} {z}_{j}", lambda v: np.exp(v[x]) @ v[z], (rf"{p}_{i} = \exp({x}_{i})",)),
            Piece(rf"{m.sign(i)} {p}_{i}^2", lambda v: np.sum((v[x] * v[z]) ** 2), (rf"{p}_{i} = {x}_{i} {z}_{i}",)),
            Piece(rf"\|{p}\|^2", lambda v: np.sum(np.tanh(v[x]) ** 2), (rf"{p}_{i} = \tanh({x}_{i})",)),
            Piece(rf"{m.sign(i)} ({x}_{i} - {p})^2", lambda v: np.sum((v[x] - np.mean(v[x])) ** 2), (average,)),
        ]
    )


def einstein(m: Maker) -> Piece:
    """Only in a text of its own: elsewhere a letter that stands twice is not summed."""
    a, x, z, i = m.matrix(), m.vector(), m.vector(), m.letter()
    j = m.letter(i)
    return m.rng.choice(
        [
            Piece(f"{a}_{{{i}{j}}} {x}_{i} {z}_{j}", lambda v: v[x] @ v[a] @ v[z]),
            Piece(rf"\frac12 {a}_{{{i}{j}}} {a}_{{{i}{j}}}", lambda v: np.sum(v[a] ** 2) / 2),
            Piece(f"{a}_{{{i}{j}}} {x}_{j}", lambda v: v[a] @ v[x]),
            Piece(f"{a}_{{{i}{i}}} {x}_{j} {z}_{j}", lambda v: np.trace(v[a]) * (v[x] @ v[z])),
        ]
    )


NUMBERS = [free_entry, softmax_entry, row, plain_sum, conditional, shifted, matrices, defined]
Join = Callable[[Piece, Piece], Piece]


def joined(m: Maker, a: Piece, b: Piece) -> Piece:
    """Two pieces in one text."""
    both = (*a.definitions, *b.definitions)
    return m.rng.choice(
        [
            Piece(f"{a.text} + {b.text}", lambda v: a.value(v) + b.value(v), both),
            Piece(f"{a.text} - 3 ({b.text})", lambda v: a.value(v) - 3 * b.value(v), both),
            Piece(f"({a.text}) ({b.text})", lambda v: a.value(v) * b.value(v), both),
            Piece(rf"\log(1 + ({a.text})^2) - {b.text}", lambda v: np.log(1 + a.value(v) ** 2) - b.value(v), both),
        ]
    )


def text(seed: int) -> Text:
    """The text number `seed`."""
    m = Maker(seed)
    if seed % 8 == 0:
        piece = einstein(m)
    else:
        piece = m.rng.choice(NUMBERS)(m)
        if seed % 3:
            piece = joined(m, piece, m.rng.choice(NUMBERS)(m))
    numbers = np.random.default_rng(seed)
    values: Values = {n: numbers.uniform(0.3, 1.3, SIZE if n in VECTORS else (SIZE, SIZE)) for n in sorted(m.used)}
    where = "; ".join(f"{n} in R^n" if n in VECTORS else f"{n} in R^{{n x n}}" for n in sorted(m.used)) if m.rng.random() < 0.5 else ""
    return Text("; ".join((*piece.definitions, piece.text)), m.rng.choice(sorted(m.used)), piece.value, values | m.free, where)


def texts(count: int) -> Iterator[Text]:
    return map(text, range(count))
