"""The parts of an emitted file: arguments, functions, and how sizes follow from the shapes of the arguments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from ..errors import NoAnswerError
from ..kinds import Dim
from .graph import Dims, GraphNode


class MissingSize(NoAnswerError):
    """A size that does not follow from the shapes of the arguments, and has to be one of them."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the size {name} does not follow from the shapes of the arguments")
        self.name = name


class Argument:
    """An argument of the emitted functions: its name in the language of matcalc, and its axes. `function` describes one that is
    itself a function, `size` is the dimension that one stands for, `top` how far an index goes, `complex_` one of complex numbers,
    `known` what is known of a matrix, of which no more is read."""

    __slots__ = ("complex_", "dims", "function", "integer", "known", "name", "size", "top")

    def __init__(
        self,
        name: str,
        dims: Dims,
        integer: bool = False,
        function: str = "",
        size: str = "",
        top: Dim | None = None,
        complex_: bool = False,
        known: str = "",
    ) -> None:
        self.known = known
        self.name, self.dims, self.function, self.size, self.top = name, dims, function, size, top
        self.complex_ = complex_
        self.integer = integer or bool(size) or top is not None

    def words(self, shape: Callable[[Dims], str]) -> str:
        """What it has to be; `shape` writes the sizes of an array."""
        if self.top is not None:
            return f"a whole number, 1 … {self.top}"
        return self.function or ("a whole number" if self.integer else shape(self.dims) + self.known if self.dims else "a number")


class Function:
    """One function of the file: what it returns, and the arguments it has beside the common ones."""

    __slots__ = ("doc", "extra", "name", "roots")

    def __init__(self, name: str, doc: str, roots: Sequence[GraphNode], extra: Sequence[Argument] = ()) -> None:
        self.name, self.doc, self.roots, self.extra = name, doc, list(roots), list(extra)


class File:
    """All there is to write: `title` the function, `formulas` its derivatives, `named` what the author has names for; `variables` are the
    arguments that functions to be made are functions of, none where none is to be made; `closed` those by which the function for
    automatic differentiation has its derivative, none where there is to be none; `batch` those, directions among them, that have many
    samples in functions for many, none where there are to be no such functions, `many` those functions that need no call for each, by
    the names of what they are for one sample, and `samples` the size that counts the samples in them."""

    __slots__ = ("arguments", "batch", "closed", "formulas", "functions", "many", "named", "samples", "title", "variables", "version")

    def __init__(
        self,
        title: str,
        formulas: Sequence[str],
        version: str,
        arguments: Sequence[Argument],
        functions: Sequence[Function],
        named: Mapping[GraphNode, str],
        variables: Iterable[str] = (),
        closed: Iterable[str] = (),
        batch: Iterable[str] = (),
    ) -> None:
        self.title, self.formulas, self.version = title, list(formulas), version
        self.arguments, self.functions, self.named = list(arguments), list(functions), dict(named)
        self.variables = frozenset(variables)
        self.closed = list(closed)
        self.batch = frozenset(batch)
        self.many: Mapping[str, Function] = {}
        self.samples: Dim | None = None

    @property
    def arrays(self) -> list[Argument]:
        """The arguments that are not functions."""
        return [a for a in self.arguments if not a.function]


def shape_words(dims: Dims) -> str:
    """`(m, n)`, in the letters of the expression."""
    return f"({', '.join(map(str, dims))}{',' if len(dims) == 1 else ''})"


def size_statements(arguments: Sequence[Argument], length: Callable[[Argument, int], str], known: Collection[str] = ()) -> dict[str, str]:
    """How each dimension name that is not known follows from the shapes, in an order in which they can be computed."""
    found: dict[str, str] = {}
    axes = [(a, k, d) for a in arguments for k, d in enumerate(a.dims)]
    given = {*known, *[a.size for a in arguments if a.size]}
    names = {n for _, _, d in axes for n in d.names() if not n.isdigit()} - given
    for a, k, d in axes:
        if d.name is not None and not d.name.isdigit() and d.name not in given:
            found.setdefault(d.name, length(a, k))
    for a, k, d in axes:  # 2 n, m n: by division, where the rest is known
        unknown = [n for n in d.names() if n not in found and n not in given and not n.isdigit()]
        if len(unknown) == 1 and len(d.terms) == 1 and dict(d.terms[0][0])[unknown[0]] == 1:
            m, c = d.terms[0]
            rest = [str(c)] * (c != 1) + [n for n, e in m for _ in range(e) if n != unknown[0]]
            found[unknown[0]] = f"{length(a, k)} // ({'*'.join(rest)})"
    missing = names - set(found)
    if missing:
        raise MissingSize(min(missing))
    return found


def is_measured(a: Argument, k: int, d: Dim, found: Mapping[str, str], length: Callable[[Argument, int], str]) -> bool:
    """Whether this axis is where its size was read off."""
    return found.get(d.name or "") == length(a, k)
