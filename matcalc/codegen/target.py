"""A target language as a table, and a file that is being written in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..kinds import Dim
from ..ops.operation import Operation
from .frame import Argument, File, MissingSize
from .graph import GraphNode, is_constant
from .wording import ATOM, Filling, Text, code_of, filled, inside, of_arrays, ranks, repeated

if TYPE_CHECKING:
    from .columns import Columns
    from .emission import Body

# From the file, the node, the texts of its arguments and the statements so far.
Writer = Callable[["Target", GraphNode, Sequence[Text], "Body"], Text]


class Language(NamedTuple):
    """A language: `words` are texts with places for arguments, `writers` say how each operation of a graph is written with them."""

    name: str
    words: Mapping[str, str]
    writers: Mapping[str, Writer]
    functions: Callable[[], Mapping[str, str]]  # the helper functions a file may carry, by name
    identifier: Callable[[str], str]  # what an argument is called
    shape: Callable[[Sequence[str]], str]  # the sizes of an array
    file: Callable[[Target, File], str]  # the text of a whole file
    # The statements that compute a node in the array of an argument; None where arrays are not written.
    overwriting: Callable[[Target, GraphNode, Sequence[Text], Body], list[str]] | None = None
    arrays: str = ""  # what becomes an array in a call of a function of arrays: "each" number, or numbers where "all" are
    columns: Columns | None = None  # what languages with vectors as columns need beside
    complexly: Callable[[], Language] | None = None  # the same with complex arrays, where these are of another type


class Target:
    """A file in a language, with the names that arguments and sizes have in it."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.names: dict[str, str] = {}
        self.dimensions: dict[str, str] = {}
        self.reals: frozenset[str] = frozenset()  # the arguments of real numbers, where those that are complex have another type

    def file(self, file: File) -> str:
        """The text of a whole file."""
        return self.language.file(self, file)

    def write(self, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
        return self.language.writers[node.op](self, node, args, body)

    def word(self, word: str, *parts: object) -> str:
        """A word of the language, with its arguments."""
        return self.language.words[word].format(*parts)

    @property
    def columns(self) -> Columns:
        """The tables of a language with vectors as columns."""
        assert self.language.columns is not None
        return self.language.columns

    def has(self, form: str) -> bool:
        return form in self.columns.forms

    def form(self, form: str, *args: Text, **parts: object) -> Text:
        """A form of the language, filled."""
        found = self.columns.forms[form]
        template, level = (found, ATOM) if isinstance(found, str) else found
        return template.format(*map(Filling, args), **parts), level

    def assigned(self, name: str, text: str, node: GraphNode | None, how: str = "assign") -> str:
        """The statement that gives a value a name, by its number of axes where the language has types; `how` may be that it will change."""
        words = self.language.words
        kind = f"{how} {min(node.rank, 3) if node is not None else 'factor'}"
        return words.get(kind, words["assign"]).format(name, text)

    def carried(self, text: str) -> list[str]:
        """The helper functions that a text names, and those that they name."""
        known = self.language.functions()
        todo = [text]
        found: set[str] = set()
        while todo:
            new = known.keys() & set(re.findall(r"\w+", todo.pop())) - found
            found |= new
            todo += [known[h] for h in new]
        return [text for name, text in known.items() if name in found]

    def argument(self, name: str) -> str:
        """What an argument is called in the language."""
        return self.names.get(name) or self.language.identifier(name)

    def length(self, a: Argument, axis: int) -> str:
        """How a size is read off an argument."""
        own = f"length {axis}" if len(a.dims) < 3 else "length more"
        return self.word(own if own in self.language.words else "length", self.names[a.name], axis, axis + 1)

    def size(self, dim: Dim) -> str:
        """A dimension as an integer expression."""
        below = dim.as_quotient()[2] if dim.terms else 1
        if below > 1:
            return self.word("whole", self.size(dim * below), below)
        parts = []
        for m, c in dim.terms:
            names = [n if n.isdigit() else self._dimension(n) for n, k in m for _ in range(k)]
            parts.append("*".join(([str(c)] if c != 1 or not names else []) + names))
        return " + ".join(parts).replace("+ -", "- ") or "0"

    def _dimension(self, name: str) -> str:
        if name not in self.dimensions:
            raise MissingSize(name)
        return self.dimensions[name]

    def shape(self, dims: Sequence[Dim]) -> str:
        return self.language.shape([self.size(d) for d in dims])

    def full(self, value: int, dims: Sequence[Dim]) -> str:
        """An array of zeros or ones."""
        return self.word("ones" if value else "zeros", self.shape(dims))

    def turned(self, node: GraphNode, text: Text, body: Body) -> str:
        """The transpose of a matrix."""
        plain = node.op == "view" and node.attr == (1, 0) and text[0].endswith(self.word("turned", ""))
        return inside(body.texts[node.args[0]], ATOM) if plain else self.word("turned", inside(text, ATOM))

    def operation(self, op: Operation, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
        """An operation of the book, as the language has it."""
        text = code_of(op, self.language.name)
        places = [k for k, is_array in enumerate(of_arrays(op, len(args))) if is_array]
        for k, written in zip(places, self.arrays([node.args[k] for k in places], [args[k] for k in places])):
            args = [*args[:k], written, *args[k + 1 :]]
        args = body.named(node.args, args, repeated(text, op.params))
        n = len(op.params)
        axis = {"axis": (str(node.args[0].rank), ATOM)} if "axis" in self.language.words else {}
        stack = any(x.rank > r for x, r in zip(node.args, ranks(op)))
        return filled(text, dict(zip(op.params, args)) | axis, [a[0] for a in args[n:]], stack)

    def arrays(self, nodes: Sequence[GraphNode], args: Sequence[Text]) -> list[Text]:
        """Arguments of a function of arrays, which some languages do not have of numbers."""
        numbers = [bool(self.language.arrays) and is_constant(n) and not n.rank for n in nodes]
        if self.language.arrays == "all":
            numbers = [all(numbers)] * len(nodes)
        return [(self.word("array", a[0]), ATOM) if number else a for number, a in zip(numbers, args)]
