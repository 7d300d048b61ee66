"""The text of a function that takes large arrays a few rows at a time: what a block gives is a function inside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from .emission import Body
from .frame import Argument, MissingSize
from .graph import Dims, GraphNode
from .rows import Rows, by_rows
from .target import Target

# How many numbers are more than the last cache of most processors holds, how many are a block for `_by_rows`, three of which stay in the
# second cache of most, and how many may be read again with every block.
LARGE, BLOCK, SMALL = 3 * 2**20, 3 * 2**14, 2**15
LONGEST = 2304  # how long rows may be where every block reads arrays again that are as large as what it makes


class Blocks(NamedTuple):
    """How a function is taken a few rows at a time: the texts of how many rows there are, of how long they are, and of what else must
    hold."""

    rows: Rows
    size: str
    width: str
    small: str

    @property
    def is_crossed(self) -> bool:
        """Whether every block reads arrays that are as large as what it makes: then it has three times as many rows."""
        return bool(self.rows.whole)

    def is_named(self, block: Sequence[str]) -> bool:
        """Whether a block speaks of the number of rows."""
        return any(re.search(rf"\b{re.escape(self.size)}\b", line) for line in block)

    def statements(self, given: Sequence[str], block: Sequence[str]) -> list[str]:
        """The function of a block, of these statements, and its calls. `given` are the names of what it reads that has rows, and then of
        the arrays that lie better the other way round."""
        if self.is_named(block):
            block = [f"{self.size} = len({given[0]})", *block]
        number = len(self.rows.given)
        turned = [*given[:number], *[f"np.asfortranarray({name})" for name in given[number:]]]
        return [
            "",
            f"def rows({', '.join(given)}):",
            *[f"    {line}" for line in block],
            "",
            *self._calls("rows", range(number), turned),
            f"return rows({', '.join(given)})",
        ]

    def by_itself(self, function: str, names: Sequence[str], at: Sequence[int], block: Sequence[str]) -> list[str]:
        """The same where the function itself takes the blocks; `at` are the places of its arguments that have the rows. No function is made
        where there is little to do."""
        return [*self._calls(function, at, names), *block]

    def _calls(self, function: str, at: Sequence[int], arguments: Sequence[str]) -> list[str]:
        places = f"({', '.join(map(str, at))}{',' * (len(at) == 1)})"
        signs = "".join("+" if added else "|" for added in self.rows.added)
        third = " // 3" if self.is_crossed else ""
        least = max(BLOCK, LARGE // self.rows.number)
        return [
            f"if {least} < {self.size} * {self.width} < {LONGEST if self.is_crossed else BLOCK} * {self.size}{self.small}:"
            "  # more than the cache holds",
            f'    return _by_rows({function}, {self.width}{third}, "{signs}", {places}, {", ".join(arguments)})',
        ]


def blocks_of(target: Target, arguments: Sequence[Argument], roots: Sequence[GraphNode], outer: Body | None) -> Blocks | None:
    """How a function can be taken a few rows at a time, where it can be and the language has the words. `outer` stands before it."""
    if "by rows" not in target.language.words or any(a.function for a in arguments):
        return None
    # What has no name of its own is written again in the block, with the block's number of rows.
    named = {n for n, text in (outer.texts.items() if outer is not None else ()) if n.args and text[0].isidentifier()}
    rows = by_rows(arguments, roots, named)
    if rows is None:
        return None

    def entries(several: Sequence[Dims]) -> list[str]:
        sizes = [[target.size(d) for d in dims if d.number != 1] or ["1"] for dims in several]
        return list(dict.fromkeys(" * ".join(f"({t})" if " " in t else t for t in own) for own in sizes))

    try:
        size, widths, beside = target.size(rows.size), entries(rows.widths), entries(rows.beside)
    except MissingSize:
        return None
    width = widths[0] if len(widths) == 1 else f"max({', '.join(widths)})"
    return Blocks(rows, size, width, f" and {' + '.join(beside)} <= {SMALL}" if beside and not rows.whole else "")
