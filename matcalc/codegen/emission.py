"""A graph as the statements of a function: what is used twice or is long gets a name, loops get their bodies."""

from __future__ import annotations

import re
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence

from .directions import exponentials_read
from .factor import CHOLESKY
from .graph import GraphNode, postorder
from .reuse import overwritten
from .target import Target
from .wording import ATOM, Text

LONGEST = 64  # characters a subexpression may have before it gets a name
LEAVES = frozenset(("in", "num", "size", "const", "index"))


class Body:
    """The statements that compute some nodes. `outer` are statements before them, whose values they see; `keep` gives every root a name."""

    def __init__(
        self,
        target: Target,
        roots: Sequence[GraphNode],
        taken: Iterable[str],
        names: Mapping[GraphNode, str] | None = None,
        outer: Body | None = None,
        keep: bool = False,
    ) -> None:
        self.target, self.outer = target, outer
        self.taken: set[str] = {*taken, *(outer.taken if outer is not None else ())}
        self.wanted = dict(names or {})
        known = outer.texts if outer is not None else {}
        self.texts: dict[GraphNode, Text] = dict(known)
        self.lines: list[str] = []
        self.order = postorder(roots, known)
        self.factors = _factored([n for n in self.order if n not in known], known)
        self.exponentials = exponentials_read(self.order) if "exponential" in target.language.words else set()
        self.factor_names: dict[Hashable, str] = {}
        self.uses: dict[GraphNode, int] = dict.fromkeys(self.order, 0)
        for r in roots:
            self.uses[r] += 2 if keep else 1
        for n in reversed(self.order):
            if n not in known:
                for a in n.args:  # a view is written wherever it is used, and with it what it is of
                    self.uses[a] += self.uses[n] if _is_free(n) else 1
        self.overwritten = overwritten(self.order, set(roots), known, self.wanted, self.uses) if target.language.overwriting else {}
        self.next = {a: n for n, a in self.overwritten.items() if a is not n}
        self._run([n for n in self.order if not n.loops], "")
        self.results = [self.texts[r][0] for r in roots]

    def _run(self, nodes: Sequence[GraphNode], indent: str) -> None:
        for n in nodes:
            if n in self.texts:
                continue
            if n.op == "loop":
                self._loop(n, indent)
                continue
            args = [self.texts[a] for a in n.args]
            if n in self.overwritten:
                assert self.target.language.overwriting is not None
                array = self.overwritten[n]
                self.texts[n] = self.texts[array] if array is not n else (self.name(n), ATOM)
                self.lines += [indent + line for line in self.target.language.overwriting(self.target, n, args, self)]
                continue
            before = len(self.lines)
            text = self.target.write(n, args, self)
            self.lines[before:] = [indent + line for line in self.lines[before:]]
            inline = self.uses[n] < 2 and len(text[0]) <= LONGEST and n not in self.wanted and n not in self.next
            if n.op in LEAVES or inline or _is_free(n):
                self.texts[n] = text
            else:
                name = self.name(n)
                self.lines.append(indent + self.target.assigned(name, text[0], n))
                self.texts[n] = (name, ATOM)

    def _loop(self, n: GraphNode, indent: str) -> None:
        low, high, inside = n.args
        assert isinstance(n.attr, tuple)
        kind, variable = n.attr
        name = self.name(n)
        one, sign = (1, "*") if kind == "product" else (0, "+")
        start = self.target.full(one, n.dims) if n.dims else self.target.word("number", one)
        begin = self.target.word("for", self.index(str(variable)), self.texts[low][0], self.texts[high][0])
        self.lines += [indent + line for line in (self.target.assigned(name, start, n, "start"), begin)]
        outer = [m for m in self.order if variable in m.loops and m.loops - {variable} <= self._inside]
        kept = self._inside
        known = dict(self.factor_names)
        self._inside = self._inside | {variable}
        self._run([m for m in postorder([inside]) if m in set(outer)], indent + "    ")
        self._inside = kept
        step = self.target.assigned(name, f"{name} {sign} ({self.texts[inside][0]})", n, "step")
        self.lines += [indent + line for line in (f"    {step}", self.target.word("end")) if line]
        for m in outer:  # another loop over the same letter computes them for itself
            self.texts.pop(m, None)
        self.factor_names = known  # factors that were first needed in the loop have their scope there
        self.texts[n] = (name, ATOM)

    _inside: frozenset[str] = frozenset()

    def index(self, variable: str) -> str:
        return f"{variable}_" if variable in self.taken else variable

    def name(self, n: GraphNode) -> str:
        """A free name for the value of `n`: the author's, or t with a number."""
        while n not in self.wanted and n in self.next:  # what is computed in this array in the end
            n = self.next[n]
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

    def named(self, nodes: Sequence[GraphNode], args: Sequence[Text], which: Sequence[int]) -> list[Text]:
        """The arguments, those that are written several times as names."""
        found = list(args)
        for k in which:
            if not re.fullmatch(r"[\w.]+", found[k][0]):
                name = self.name(nodes[k])
                self.line(self.target.assigned(name, found[k][0], nodes[k]))
                found[k] = self.texts[nodes[k]] = (name, ATOM)
        return found

    def factor(self, stem: str, of: Hashable, nodes: Iterable[GraphNode], statement: str) -> str:
        """The name of what is computed once of some nodes and is no array: factors of a matrix, an exponential with directions. `of` tells
        it from others with this stem."""
        if self.outer is not None and all(x in self.outer.texts for x in nodes):
            return self.outer.factor(stem, of, nodes, statement)
        key = (stem, of)
        found = self.factor_names.get(key)
        if found is None:
            k = 1
            while f"{stem}{k}" in self.taken:
                k += 1
            found = self.factor_names[key] = f"{stem}{k}"
            self.taken.add(found)
            self.line(self.target.assigned(found, statement, None))
        return found


def _factored(nodes: Sequence[GraphNode], known: Container[GraphNode] = ()) -> set[tuple[GraphNode, str]]:
    """The matrices worth factoring, and how: those known to be positive definite, those that are needed more than once, and those known
    before."""
    counts: dict[tuple[GraphNode, str], int] = {}
    for n in nodes:
        if n.op in ("solve", "inv", "det", "logdet", "trace_inv"):
            assert isinstance(n.attr, tuple)
            key = (n.args[0], str(n.attr[0]))
            counts[key] = counts.get(key, 0) + 1
    return {
        key
        for key, count in counts.items()
        if (key[1] == CHOLESKY or count > 1 or key[0] in known) and not key[0].loops and key[0].rank == 2
    }


def _is_free(n: GraphNode) -> bool:
    """A view costs nothing, and is written where it is used."""
    return n.op == "view"
