"""The one class of typed expressions: immutable, interned, two-dimensional.

An expression is an operation applied to expressions; equal expressions are
one object, so equality is identity, memo tables are dictionaries and shared subterms stay shared. Nothing here
simplifies: the constructors that keep expressions in normal form are in `build`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from typing import Any

from ..interning import Pool
from ..kinds import ONE, Shape, kind_of
from ..ops.core import IMAGINARY, MEMBER, SYMBOL
from ..ops.operation import DECLARED, Operation
from ..travel import Tree

try:
    from _blake2 import blake2b  # without hashlib, which brings all of OpenSSL: a tenth of the imports of a first answer
except ImportError:
    from hashlib import blake2b

NO_INDICES: frozenset[str] = frozenset()


class Expr(Tree):
    """A typed expression. `shape` is (rows, columns); `indices` the summation indices that occur free in it.

    `size` is about the number of symbols it takes to write it down (see `expressions.build`), `digest` a structural
    number that orders expressions the same way in every process, `within` has the bits of the operations that occur in it; a complex name
    has that of the imaginary unit, one with any declared property that of `DECLARED`.
    """

    __slots__ = (
        "op", "args", "attr", "shape", "is_scalar", "size", "digest", "indices", "within", "turned", "core", "sign", "notes", "__weakref__"
    )  # fmt: skip
    op: Operation
    args: tuple[Expr, ...]
    attr: Hashable
    shape: Shape
    is_scalar: bool
    size: int
    digest: bytes
    indices: frozenset[str]
    within: int
    turned: Expr | None  # its transpose, once it was asked for
    core: Expr | None  # of a product with a number, what is left without it, once it was asked for
    sign: int  # of a sum, which of e and -e is the one to keep, once it was asked for; else 0
    notes: dict[object, Any]  # what else was worked out of it, see `Memo`

    def row(self) -> tuple[Callable[..., Expr], tuple[object, ...]]:
        return _expr, (self.op, self.attr, self.shape, self.size, self.indices)

    @property
    def kind(self) -> str:
        """scalar, vector, row or matrix"""
        return kind_of(self.shape)

    def __repr__(self) -> str:
        return f"<{outline(self)} : {self.shape[0]}×{self.shape[1]}>"


RECENT = 1024  # expressions that stay after their answers
_pool: Pool[Expr] = Pool(RECENT)


def make(op: Operation, args: tuple[Expr, ...], attr: Hashable, shape: Shape, size: int, indices: frozenset[str] | None = None) -> Expr:
    """The one expression with these parts (raw: no normal form)."""
    # By the identity of the arguments, which live as long as the entry: a key that held them would never let go of an expression
    # that knows one made of it, as A knows A^T.
    key = (op.name, tuple(map(id, args)), attr, shape)
    entry = _pool.kept.get(key)
    found = None if entry is None else entry()
    if found is None:
        made = object.__new__(Expr)
        made.op, made.args, made.attr, made.shape, made.size = op, args, attr, shape, size
        made.is_scalar = shape[0] is ONE and shape[1] is ONE
        within = op.bit
        if (op is SYMBOL or op is MEMBER) and attr[1]:  # type: ignore[index]
            within |= DECLARED | IMAGINARY.bit if "complex" in attr[1] else DECLARED  # type: ignore[index]
        for a in args:
            within |= a.within
        parts = f"{op.name}|{attr!r}|{shape[0]._str}|{shape[1]._str}".encode(), *[a.digest for a in args]
        made.digest, made.within = blake2b(b"".join(parts), digest_size=12).digest(), within
        if indices is None:
            indices = NO_INDICES
            for a in args:
                if a.indices:
                    indices = indices | a.indices
        made.indices = indices
        made.turned, made.core, made.sign, made.notes = None, None, 0, {}
        found = _pool.keep(key, made)
    return found


def _expr(args: tuple[Expr, ...], op: Operation, attr: Hashable, shape: Shape, size: int, indices: frozenset[str]) -> Expr:
    return make(op, args, attr, shape, size, indices)


def order_key(e: Expr) -> tuple[int, bytes]:
    """Shorter first, then the same everywhere."""
    return (e.size, e.digest)


def postorder(roots: Expr | Iterable[Expr], known: Container[Expr] = ()) -> list[Expr]:
    """Every node of the DAG once, arguments before the nodes that use them; `known` nodes and what is below them left out."""
    todo: list[Expr | None] = [roots] if isinstance(roots, Expr) else [*roots]
    todo.reverse()
    seen: set[Expr] = set()
    above: list[Expr] = []  # the nodes whose arguments are on their way; None stands where these end
    order: list[Expr] = []
    while todo:
        e = todo.pop()
        if e is None:
            order.append(above.pop())
        elif e not in seen and e not in known:
            seen.add(e)
            if e.args:
                above.append(e)
                todo.append(None)
                todo += e.args[::-1]
            else:
                order.append(e)
    return order


def leaves(e: Expr) -> Iterator[Expr]:
    """The nodes without arguments."""
    return (n for n in postorder(e) if not n.args)


def transform(root: Expr, rebuild: Callable[[Expr, tuple[Expr, ...]], Expr], done: dict[Expr, Expr] | None = None) -> Expr:
    """Bottom-up: `rebuild(node, new arguments)` for every node once; `done` gives nodes already decided."""
    done = {} if done is None else done
    todo = [root]
    while todo:
        e = todo[-1]
        if e in done:
            todo.pop()
            continue
        if not e.args:
            todo.pop()
            done[e] = rebuild(e, ())
            continue
        waiting = [a for a in e.args if a not in done]
        if waiting:
            todo += reversed(waiting)
        else:
            todo.pop()
            done[e] = rebuild(e, tuple([done[a] for a in e.args]))
    return done[root]


def outline(e: Expr, limit: int = 400) -> str:
    """A short functional spelling for debugging."""
    parts: list[str] = []
    todo: list[Expr | str] = [e]
    length = 0
    while todo and length < limit:
        item = todo.pop()
        if isinstance(item, str):
            parts.append(item)
        else:
            name = (
                item.op.name
                if item.args
                else str(item.attr[0] if isinstance(item.attr, tuple) and item.attr else item.attr or item.op.name)
            )
            parts.append(name + ("(" if item.args else ""))
            if item.args:
                todo.append(")")
                for k, a in enumerate(reversed(item.args)):
                    if k:
                        todo.append(", ")
                    todo.append(a)
        length += len(parts[-1])
    return "".join(parts) + ("…" if todo else "")
