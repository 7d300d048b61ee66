"""Which statement needs which, and the order in which they follow from each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..syntax import Node, walk
from .lefts import Left
from .subscripts import split_indexed


class Known:
    """The statements by the names that they define."""

    def __init__(self, lefts: Sequence[Left], below: Callable[[int, int], set[str]]) -> None:
        self.exact = {left.name: left for left in lefts if left.name}
        self.by_base: dict[str, list[Left]] = {}  # those whose entries or parts are spelled with more below the name
        for left in self.exact.values():
            base, own = split_indexed(left.name)
            word = len(own) > 1 and "," not in own and not below(*left.value).issuperset(own)  # s_{vm}, of which nothing carries v and m
            if not left.params and not word and (not own or all(c.isalpha() or c == "," for c in own)):
                self.by_base.setdefault(base, []).append(left)

    def used_by(self, value: Node) -> set[Left]:
        """The statements that define what a value is made of."""
        found: set[Left] = set()
        for node in walk(value):
            if node.op not in ("name", "call") or not isinstance(node.attr, str):
                continue
            used = node.attr.rstrip("'") if node.op == "call" else node.attr
            if used in self.exact:
                found.add(self.exact[used])
            elif node.op == "name":
                base, sub = split_indexed(used)
                if not sub or is_place(sub):
                    found.update(left for left in self.by_base.get(base, ()) if sub or split_indexed(left.name)[1])
        return found


def in_order(lefts: Sequence[Left], uses: Mapping[Left, set[Left]]) -> list[Left]:
    """The statements, each after those that it uses; in the author's order where that does (or where they go round in circles)."""
    rank = {left: k for k, left in enumerate(lefts)}
    done, open_ = dict[Left, None](), set[Left]()
    todo = [(left, False) for left in reversed(lefts)]
    while todo:
        left, ready = todo.pop()
        if ready:
            done[left] = None
        elif left not in done:
            if left in open_:
                return list(lefts)
            open_.add(left)
            todo.append((left, True))
            before = sorted((other for other in uses[left] if other in rank and other not in done), key=rank.__getitem__)
            todo += [(other, False) for other in reversed(before)]
    return list(done)


def needed(last: Left, uses: Mapping[Left, set[Left]]) -> set[Left]:
    found: set[Left] = set()
    todo = [last]
    while todo:
        for left in uses[todo.pop()] - found:
            found.add(left)
            todo.append(left)
    return found


def is_place(subscript: str) -> bool:
    """Whether a subscript may be that of an entry or a member: 3, i, ij; none is h_0, h_{t-1}, x_{out}."""
    parts = subscript.replace(",", "")
    return (parts.isdigit() and not parts.startswith("0")) or (parts.isalpha() and len(parts) <= 2)
