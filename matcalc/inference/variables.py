"""Whether what is differentiated by is a variable of the text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..errors import UsageError
from ..reading.subscripts import readings, split_indexed
from ..syntax import Node, Program, split_name, walk
from .scene import Scene


def check_wrt(scene: Scene, occurring: Sequence[str], supposed: Collection[str] = ()) -> None:
    """Refuse variables of differentiation that are none."""
    functions = {b.name for b in scene.program.bindings if b.params}
    for name in scene.wrt:
        base, sub = split_indexed(name)
        if name in functions or name in supposed or (name in scene.declared and scene.declared[name].domain is not None):
            raise UsageError(f"{name} is a function, not a variable")
        shifted = bool(scene.free) and name not in occurring and any(p.letter in scene.free and p.shift for r in readings(sub) for p in r)
        if shifted and (base in scene.families or base in scene.carried):
            letter = next(p.letter for r in readings(sub) for p in r if p.letter in scene.free)
            way = f"write {base}_{letter} for {name} in the text, with {letter}-1 for the one before"
            raise UsageError(f"{name} is a member whose index is a sum", suggestion=way)
        if name in scene.bound:
            raise UsageError(f"{name} is bound in the text ({name} = …); differentiate by what it is made of")
        if unused := _idle(scene.program, name):
            way = f"end with what is to be differentiated, or write it with {unused}"
            raise UsageError(f"{name} stands only in the definition of {unused}, which nothing uses", suggestion=way)
        others = [n for n in occurring if split_name(n)[0] == base]
        given = bool(others) and name not in scene.declared and all(split_name(n)[1] in scene.free for n in others)  # ||x_i||^2 by x
        known = name in scene.declared or name in occurring or name in scene.families or name in scene.carried or name in scene.arrays
        if known and not given:
            continue
        if sub and (base in scene.families or base in scene.declared or base in scene.carried or base in occurring):
            continue
        hint = f"the names are {', '.join(occurring)}" if occurring else None
        if others:
            one = len(others) == 1
            hint = f"{' and '.join(others)} {'does' if one else 'do'}"
            if not sub:
                hint += f"; declare {name} in R^n if {'it is an entry' if one else 'they are entries'} of {name}"
        raise UsageError(f"{name} does not occur in the expression, and it is not declared", suggestion=hint)


def _idle(program: Program, name: str) -> str:
    """The definition with the name in it that nothing uses, where it stands in no other place; "" if there is none."""
    if not program.bindings:
        return ""
    values: dict[str, set[str]] = {}
    for b in program.bindings:
        values.setdefault(split_indexed(b.name)[0], set()).update(_said(b.value))
    reached: set[str] = set()
    todo = [_said(program.body)]
    while todo:
        met = todo.pop()
        todo += [values[n] for n in met & values.keys() - reached]
        reached |= met
    return "" if name in reached else next((b for b, used in values.items() if name in used and b not in reached), "")


def _said(value: Node) -> set[str]:
    """The names in a value, with and without what stands below them."""
    names = {str(n.attr) for n in walk(value) if n.op in ("name", "call")}
    return names | {split_indexed(n)[0] for n in names}
