"""Unfoldings of declared arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ReadingError
from ..kinds import ONE
from ..syntax import Declaration, split_name

if TYPE_CHECKING:
    from .scene import Scene


def unfold(scene: Scene) -> None:
    """X_{(2)} of a declared array X is its unfolding, a matrix of its own: n×l m where X is m×n×l, with the first index fastest
    (Kolda & Bader 2009)."""
    for name in [n for n in scene.names if n.endswith(")}")]:
        base, sub = split_name(name)
        d = scene.declared.get(base)
        if d is None or len(d.sizes) < 3 or not sub[1:-1].isdigit() or name in scene.declared:
            continue
        mode = int(sub[1:-1])
        beside = base in scene.wrt or any(n != name and not n.endswith(")}") and split_name(n)[0] == base for n in scene.names)
        if beside or not 1 <= mode <= len(d.sizes):
            hint = f"write the model with ⟦A, B, C⟧ or einsum and {base} itself, or differentiate by {name}"
            message = f"{name} is a matrix of its own, and {base} stands beside it" if beside else f"{base} has {len(d.sizes)} indices"
            raise ReadingError(message, suggestion=hint)
        rows, others = d.sizes[mode - 1], [*d.sizes[: mode - 1], *d.sizes[mode:]]
        columns = ONE
        for size in reversed(others):
            columns = columns * size  # type: ignore[operator]
        if len(others) == 2:
            scene.unfolded[columns] = (others[1], others[0])  # type: ignore[assignment]
        scene.declared[name] = scene.stated[name] = Declaration(name, d.field, (rows, columns))
