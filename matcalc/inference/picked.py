r"""Members that a label picks: w_{y_i} below a sum over i is the w_c with c = y_i, sum_c 1[y_i = c] w_c.

It is read so where the same name stands elsewhere with an index in that place, as in \log \sum_k e^{w_k^T x_i}, or is declared; else
nothing says that there are several of which one is taken, and the name is refused as before.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..interning import regex
from ..reading.subscripts import readings, split_indexed
from ..syntax import Binding, Declaration, Node, Program, spell_name, walk

_LABEL = regex(r"([^\W\d_]+)_\{?([^\W\d_])\}?")  # y_i
LETTERS = "ckljmpqrs"


def with_picked(program: Program, declared: Mapping[str, Declaration]) -> tuple[Program, list[str]]:
    """The program with these sums written out, and what to say of them."""
    roots = [*(b.value for b in program.bindings), program.body]
    nodes = [n for root in roots for n in walk(root)]
    names = dict.fromkeys(str(n.attr) for n in nodes if n.op == "name")
    bound = {str(n.attr) for n in nodes if n.op in ("sum", "product")}
    written: dict[str, Node] = {}
    notes: list[str] = []
    for name in names:
        base, sub = split_indexed(name)
        parts = sub.split(",")
        labels = [(k, m) for k, part in enumerate(parts) if (m := _LABEL.fullmatch(part)) is not None and m[2].isalpha()]
        if len(labels) != 1 or not _is_several(base, len(parts), names, bound, declared):
            continue
        k, m = labels[0]
        used = bound.union(*(split_indexed(n)[1] for n in names), names)
        c = next((letter for letter in LETTERS if letter not in used), "")
        if not c:
            continue
        label = spell_name(m[1], m[2])
        member = spell_name(base, ",".join([*parts[:k], c, *parts[k + 1 :]]))
        condition = Node("iverson", (Node("cmp", (Node("name", (), label), Node("name", (), c)), "="),))
        written[name] = Node("sum", (Node("mul", (condition, Node("name", (), member)), ("",)),), c)
        notes.append(f"{name} is the {member} for which {c} is {label}")
    if not written:
        return program, []
    done = [_replaced(root, written) for root in roots]
    bindings = tuple(Binding(b.name, value, b.params, b.span) for b, value in zip(program.bindings, done))
    return program.with_values(bindings, done[-1]), notes


def _is_several(base: str, places: int, names: Mapping[str, None], bound: set[str], declared: Mapping[str, Declaration]) -> bool:
    """Whether the name has bound indices in these places elsewhere, or is declared as a vector or matrix or as one of many."""
    for name in names:
        other, sub = split_indexed(name)
        if other == base and any(len(r) == places and all(p.letter in bound for p in r) for r in readings(sub)):
            return True
    return any(split_indexed(n)[0] == base and (d.sizes or n != base) and d.domain is None for n, d in declared.items())


def _replaced(root: Node, written: Mapping[str, Node]) -> Node:
    """The tree with names replaced."""
    done: dict[int, Node] = {}
    for n in reversed(list(walk(root))):
        if n.op == "name" and str(n.attr) in written:
            new = written[str(n.attr)]
            done[id(n)] = Node(new.op, new.args, new.attr, n.span)
            continue
        args = tuple(done[id(a)] for a in n.args)
        done[id(n)] = n if all(a is b for a, b in zip(args, n.args, strict=True)) else Node(n.op, args, n.attr, n.span)
    return done[id(root)]
