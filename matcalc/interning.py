"""Equal things are one object: the pools of sizes and of expressions, and what is remembered of an object.

What no answer needs any more goes, and so does all that was worked out of it, but for what was made last: the next question often has
the same names and products.
"""

from __future__ import annotations

import os
import re
from _thread import allocate_lock as Lock  # what threading.Lock is; the module costs a start something
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar
from weakref import ref

V = TypeVar("V")


ROOM = 4096  # entries of a pool before it is first swept


class Pool(Generic[V]):
    """The one object for every key. A key must not refer to an object that may come to refer to its own.

    A `WeakValueDictionary` calls a function for each object that goes. Here the entries of those that went count as none, and are swept
    out together, when they may be half of all. The `recent` objects that were made last stay.
    """

    __slots__ = ("_recent", "_room", "kept")

    def __init__(self, recent: int = 0) -> None:
        self.kept: dict[Hashable, ref[V]] = {}
        self._recent: deque[V] = deque(maxlen=recent)
        self._room = ROOM

    def get(self, key: Hashable) -> V | None:
        """The object of `key`, if there is one."""
        found = self.kept.get(key)
        return None if found is None else found()

    def keep(self, key: Hashable, made: V) -> V:
        """The object of `key`: `made`, unless another thread was faster."""
        with _making:
            own = ref(made)
            entry = self.kept.setdefault(key, own)
            if entry is not own:
                found = entry()
                if found is not None:
                    return found
                self.kept[key] = own
            self._recent.append(made)
            if len(self.kept) > self._room:
                self._sweep()
        return made

    def forget(self) -> None:
        """Let go of what was made last."""
        with _making:
            self._recent.clear()

    def __len__(self) -> int:
        with _making:
            self._sweep()
            return len(self.kept)

    def _sweep(self) -> None:
        self.kept = {key: found for key, found in self.kept.items() if found() is not None}
        self._room = max(ROOM, 2 * len(self.kept))


_making = Lock()
if hasattr(os, "register_at_fork"):  # a child must not be born while another thread holds it
    os.register_at_fork(before=_making.acquire, after_in_parent=_making.release, after_in_child=_making.release)


class _Later:
    """A regular expression that is compiled where it is first used: most answers need few of them."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = text, flags

    def __getattr__(self, name: str) -> Any:
        made = getattr(re.compile(*self._given), name)
        setattr(self, name, made)
        return made


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile`, when it is first used."""
    return _Later(text, flags)  # type: ignore[return-value]


class Noted(Protocol):
    """What a `Memo` speaks of has a place for its entries."""

    notes: dict[object, Any]


class Memo(Generic[V]):
    """A table by object that lives with its objects: an entry stands in the notes of its object and goes when that goes.

    A `WeakKeyDictionary` would hold its values, and through them its keys: most of what is worked out of an expression contains it.
    """

    def get(self, thing: Noted) -> V | None:
        """The entry, if there is one."""
        return thing.notes.get(self)

    def __contains__(self, thing: Noted) -> bool:
        return self in thing.notes

    def __getitem__(self, thing: Noted) -> V:
        found: V = thing.notes[self]
        return found

    def __setitem__(self, thing: Noted, value: V) -> None:
        thing.notes[self] = value


def inner_first(roots: Iterable[V], parts: Callable[[V], Sequence[V]]) -> list[V]:
    """Every node of a DAG once, its parts before it."""
    todo: list[V | None] = [*roots]
    todo.reverse()
    seen: set[V] = set()
    above: list[V] = []  # the nodes whose parts are on their way; None stands where these end
    order: list[V] = []
    while todo:
        n = todo.pop()
        if n is None:
            order.append(above.pop())
        elif n not in seen:
            seen.add(n)
            inside = parts(n)
            if inside:
                above.append(n)
                todo.append(None)
                todo += inside[::-1]
            else:
                order.append(n)
    return order
