"""A graph as the statements of a function: what is used twice or is long gets a name, loops get their bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..kinds import Dim
from .frame import File, MissingSize
from .graph import Node, postorder

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)  # how tightly a text holds together
Text = tuple[str, int]

# From the language (of the writers' own kind), the node, the texts of its arguments and the statements so far.
Writer = Callable[[Any, Node, Sequence[Text], "Body"], Text]

LONGEST = 64  # characters a subexpression may have before it gets a name
LEAVES = frozenset(("in", "num", "size", "const", "index"))


class Target:
    """A language: `writers` has how each operation of a graph is written, and what they have in common are methods."""

    writers: Mapping[str, Writer]

    def __init__(self) -> None:
        self.helpers: dict[str, None] = {}  # names of helper functions that are used
        self.names: dict[str, str] = {}  # of the arguments, in the language
        self.dimensions: dict[str, str] = {}

    def write(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return self.writers[node.op](self, node, args, body)

    def file(self, file: File) -> str:
        """The text of a whole file."""
        raise NotImplementedError

    @property
    def helper_texts(self) -> Mapping[str, str]:
        """The helper functions of the language, by name."""
        raise NotImplementedError

    def carry(self, text: str) -> None:
        """Take along the helper functions that a text names."""
        self.helpers |= {word: None for word in re.findall(r"\w+", text) if word in self.helper_texts}

    def helper(self, name: str, *args: str) -> str:
        """A call of a helper function."""
        self.helpers[name] = None
        return f"{name}({', '.join(args)})"

    def carried(self) -> list[str]:
        """The helper functions that are used, and those that they use."""
        found = {h for h in self.helpers if h in self.helper_texts}
        todo = list(found)
        while todo:
            text = self.helper_texts[todo.pop()]
            new = [h for h in self.helper_texts if h not in found and re.search(rf"\b{h}\b", text)]
            found.update(new)
            todo += new
        return [self.helper_texts[h] for h in self.helper_texts if h in found]

    def argument(self, name: str) -> str:
        """What an argument is called in the language."""
        raise NotImplementedError

    def dimension(self, name: str) -> str:
        """What a size is called in the language."""
        if name not in self.dimensions:
            raise MissingSize(name)
        return self.dimensions[name]

    def size(self, dim: Dim) -> str:
        """A dimension as an integer expression."""
        parts = []
        for m, c in dim.terms:
            names = [n if n.isdigit() else self.dimension(n) for n, k in m for _ in range(k)]
            parts.append("*".join(([str(c)] if c != 1 or not names else []) + names))
        return " + ".join(parts).replace("+ -", "- ") or "0"

    def assign(self, name: str, text: str) -> str:
        return f"{name} = {text}"

    def begin_loop(self, node: Node, name: str, low: str, high: str, start: str) -> list[str]:
        raise NotImplementedError

    def loop_step(self, node: Node, name: str, term: str) -> str:
        raise NotImplementedError

    def end_loop(self) -> list[str]:
        return []

    def empty(self, node: Node) -> str:
        """The value of an empty sum or product of the shape of `node`."""
        raise NotImplementedError


def apply(target: Target, node: Node, args: Sequence[Text], body: Body) -> Text:
    """A function that is an argument of the program."""
    return f"{target.argument(str(node.attr))}({', '.join(a[0] for a in args)})", ATOM


class Body:
    """The statements that compute some nodes."""

    def __init__(self, target: Target, roots: Sequence[Node], taken: Iterable[str], names: Mapping[Node, str] | None = None) -> None:
        self.target = target
        self.taken = set(taken)
        self.wanted = dict(names or {})
        self.texts: dict[Node, Text] = {}
        self.lines: list[str] = []
        self.order = postorder(roots)
        self.factors = _factored(self.order)
        self.factor_names: dict[tuple[Node, bool], str] = {}
        self.uses: dict[Node, int] = dict.fromkeys(self.order, 0)
        for n in self.order:
            for a in n.args:
                self.uses[a] += 1
        for r in roots:
            self.uses[r] += 1
        self._run([n for n in self.order if not n.loops], "")
        self.results = [self.texts[r][0] for r in roots]

    def _run(self, nodes: Sequence[Node], indent: str) -> None:
        for n in nodes:
            if n in self.texts:
                continue
            if n.op == "loop":
                self._loop(n, indent)
                continue
            before = len(self.lines)
            text = self.target.write(n, [self.texts[a] for a in n.args], self)
            self.lines[before:] = [indent + line for line in self.lines[before:]]
            if n.op in LEAVES or (self.uses[n] < 2 and len(text[0]) <= LONGEST and n not in self.wanted) or _is_free(n):
                self.texts[n] = text
            else:
                name = self.name(n)
                self.lines.append(indent + self.target.assign(name, text[0]))
                self.texts[n] = (name, ATOM)

    def _loop(self, n: Node, indent: str) -> None:
        low, high, inside = n.args
        assert isinstance(n.attr, tuple)
        _, variable = n.attr
        name = self.name(n)
        start = self.target.empty(n)
        index = self.index(str(variable))
        begin = self.target.begin_loop(n, index, self.texts[low][0], self.texts[high][0], self.target.assign(name, start))
        self.lines += [indent + line for line in begin]
        outer = [m for m in self.order if variable in m.loops and m.loops - {variable} <= self._inside]
        kept = self._inside
        self._inside = self._inside | {variable}
        self._run([m for m in postorder([inside]) if m in set(outer)], indent + "    ")
        self._inside = kept
        self.lines.append(indent + "    " + self.target.loop_step(n, name, self.texts[inside][0]))
        self.lines += [indent + line for line in self.target.end_loop()]
        self.texts[n] = (name, ATOM)

    _inside: frozenset[str] = frozenset()

    def index(self, variable: str) -> str:
        return f"{variable}_" if variable in self.taken else variable

    def name(self, n: Node) -> str:
        """A free name for the value of `n`: the author's, or t with a number."""
        wanted = self.wanted.get(n)
        if wanted is not None and wanted not in self.taken:
            self.taken.add(wanted)
            return wanted
        k = 1
        while f"t{k}" in self.taken:
            k += 1
        self.taken.add(f"t{k}")
        return f"t{k}"

    def line(self, text: str) -> None:
        """A statement that must come before the one being written."""
        self.lines.append(text)

    def named(self, nodes: Sequence[Node], args: Sequence[Text], which: Sequence[int]) -> list[Text]:
        """The arguments, those that are written several times as names."""
        found = list(args)
        for k in which:
            if not re.fullmatch(r"[\w.]+", found[k][0]):
                name = self.name(nodes[k])
                self.line(self.target.assign(name, found[k][0]))
                found[k] = self.texts[nodes[k]] = (name, ATOM)
        return found

    def factor(self, x: Node, spd: bool, statement: str) -> str:
        """The name of the factors of a matrix, computed once."""
        key = (x, spd)
        found = self.factor_names.get(key)
        if found is None:
            k = 1
            stem = "chol" if spd else "lu"
            while f"{stem}{k}" in self.taken:
                k += 1
            found = self.factor_names[key] = f"{stem}{k}"
            self.taken.add(found)
            self.line(self.target.assign(found, statement))
        return found


def _factored(nodes: Sequence[Node]) -> set[tuple[Node, bool]]:
    """The matrices worth factoring: those known to be positive definite, and those that are needed more than once."""
    counts: dict[tuple[Node, bool], int] = {}
    for n in nodes:
        if n.op in ("solve", "inv", "det", "logdet", "trace_inv"):
            assert isinstance(n.attr, tuple)
            key = (n.args[0], bool(n.attr[0]))
            counts[key] = counts.get(key, 0) + 1
    return {key for key, count in counts.items() if (key[1] or count > 1) and not key[0].loops and key[0].rank == 2}


def _is_free(n: Node) -> bool:
    """A view costs nothing, and is written where it is used."""
    return n.op == "view"


def is_constant(n: Node) -> bool:
    """Made of numbers and sizes alone, and so a number of the language whatever the arguments are."""
    return all(m.op in ("num", "size", "const", "index") for m in postorder([n]) if not m.args)


def inside(text: Text, level: int) -> str:
    """The text, in brackets where it holds together less tightly than needed."""
    return text[0] if text[1] >= level else f"({text[0]})"
