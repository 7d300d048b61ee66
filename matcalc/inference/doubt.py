"""What a doubt about a reading is: a question to a place of the text, answered by a refusal or by nothing."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ReadingError
from ..syntax import Node
from .scopes import Typing
from .terms import TypedTerm

Terms = dict[int, TypedTerm]
Doubt = Callable[[Typing, Terms, Node], "ReadingError | None"]


def guess_of(el: Typing, node: Node) -> str:
    """The kind that was guessed for an undeclared name against what comes first for such a name; "" where none was."""
    name = str(node.attr) if node.op == "name" else ""
    kind = el.kinds.get(name, "")
    return kind if kind != el.defaults.get(name) else ""
