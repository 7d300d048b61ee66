"""How trees, and what holds trees, leave the process: pickle, `copy`, `multiprocessing`.

A tree travels as the list of its nodes, each once and after its arguments: deep ones need no deep stack, shared ones stay shared.
What holds trees travels as one such list for all of them, and the rest of it with numbers in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Self, SupportsIndex

Row = tuple[Callable[..., Any], tuple[int, ...], tuple[Any, ...]]  # how to make a node: from the nodes in these rows, and from this


class Tree:
    """A node that does not change once it is handed on, with `args` below it. `row` says how to make it again."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def args(self) -> tuple[Tree, ...]:
            """What it is made of."""

    def row(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """A function of the arguments and of more, and what more."""
        raise NotImplementedError

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _last, (_rows([self])[0],)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


class Holder:
    """Something that holds trees."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _unpacked, _packed(self, max(2, int(protocol)))


def _rows(roots: Iterable[Tree]) -> tuple[list[Row], dict[Tree, int]]:
    """The rows of these nodes and of all below them, and the number of each."""
    rows: list[Row] = []
    numbers: dict[Tree, int] = {}
    todo = list(roots)[::-1]
    while todo:
        node = todo[-1]
        waiting = [a for a in node.args if a not in numbers] if node not in numbers else []
        if waiting:
            todo += reversed(waiting)
            continue
        todo.pop()
        if node not in numbers:
            make, more = node.row()
            rows.append((make, tuple(numbers[a] for a in node.args), more))
            numbers[node] = len(numbers)
    return rows, numbers


def _made(rows: Sequence[Row]) -> list[Any]:
    """The nodes that the rows say how to make."""
    found: list[Any] = []
    for make, args, more in rows:
        found.append(make(tuple(found[k] for k in args), *more))
    return found


def _last(rows: Sequence[Row]) -> Any:
    return _made(rows)[-1]


def _packed(thing: Holder, protocol: int) -> tuple[list[Row], list[int], bytes]:
    """The rows of the trees in it, the row of each tree that it refers to, and the rest of it."""
    import pickle

    met: dict[Tree, int] = {}

    class Packer(pickle.Pickler):
        def persistent_id(self, part: object) -> int | None:
            return met.setdefault(part, len(met)) if isinstance(part, Tree) else None

        def reducer_override(self, part: object) -> Any:
            return object.__reduce_ex__(part, protocol) if isinstance(part, Holder) else NotImplemented

    rest = BytesIO()
    Packer(rest, protocol).dump(thing)
    rows, numbers = _rows(met)
    return rows, [numbers[tree] for tree in met], rest.getvalue()


def _unpacked(rows: Sequence[Row], met: Sequence[int], rest: bytes) -> Any:
    import pickle

    nodes = _made(rows)

    class Unpacker(pickle.Unpickler):
        def persistent_load(self, number: int) -> Any:
            return nodes[met[number]]

    return Unpacker(BytesIO(rest)).load()
