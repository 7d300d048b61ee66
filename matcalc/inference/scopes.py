"""What one typing knows while it walks: sizes, scopes, indices, what it costs and what is to be told about it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import count

from ..errors import ReadingError
from ..expressions import build
from ..expressions.expr import Expr
from ..kinds import ONE, Dim, Shape
from ..ops.vocabulary import OPEN, close_properties
from ..reading.subscripts import split_indexed
from ..syntax import Binding, Node, conditions, split_name, walk
from .declarations import GREEK, declared_properties
from .scene import Scene
from .terms import Resolve, TypedTerm
from .unify import Sizes, is_unknown

SCALAR: Shape = (ONE, ONE)
Meaning = Callable[["Typing", Node, list[TypedTerm]], TypedTerm]
FUNCTIONS_OF_NUMBERS = frozenset("fgh")  # letters of functions whose values are numbers unless the text says more
_LETTERS = "ijklabcdpqrstuvwxyz"


class BoundIndex:
    """A bound index: its expression, the size it runs to (None where its bound is no size), and where it begins (None where that is no
    number). A pair of indices has its `parts`, and its expression waits for their sizes. `text` is what it is called."""

    __slots__ = ("expr", "range", "low", "parts", "text")

    def __init__(self, expr: Expr, range_: Dim | None, low: int | None = 1, parts: Sequence[BoundIndex] = (), text: str = "") -> None:
        self.expr, self.range, self.low, self.parts, self.text = expr, range_, low, tuple(parts), text or str(expr.attr)

    def shifted(self, by: int) -> BoundIndex:
        """i + 1."""
        if not by:
            return self
        expr = build.add(self.expr, build.num(by))
        low = None if self.low is None else self.low + by
        return BoundIndex(expr, None if self.range is None else self.range + by, low, text=f"{self.text}{by:+d}")

    def at(self, resolve: Resolve) -> Expr:
        """The expression, the sizes being known."""
        if not self.parts:
            return self.expr
        whole, *others = self.parts
        e = whole.expr
        for k in others:
            assert k.range is not None
            e = build.add(build.times(build.subtract(e, build.num(1)), build.size(resolve(k.range))), k.expr)
        return e


class BoundNames:
    """What is bound here: parameters of the function being expanded, and indices. In a `quiet` one, a shorthand of the book,
    nothing is assumed that the author would have to be told."""

    __slots__ = ("params", "indices", "quiet")

    def __init__(self, params: Mapping[str, TypedTerm], quiet: bool = False) -> None:
        self.params = params
        self.quiet = quiet
        self.indices: dict[str, BoundIndex] = {}


def reaches_to(d: Dim, r: Dim) -> bool:
    """Whether something of size d has an entry r."""
    if r is d or (r.number is not None and d.number is None):
        return True
    difference = (r - d).number
    return difference is not None and difference <= 0


def _whole_number(node: Node) -> int | None:
    return int(node.attr) if node.op == "num" and isinstance(node.attr, Fraction) and node.attr.denominator == 1 else None


def _not_yet(el: Typing, node: Node) -> TypedTerm:
    raise NotImplementedError


class Typing:
    """The state of a typing. `kinds` are the guesses that differ from the defaults, and the choices taken."""

    def __init__(self, scene: Scene, kinds: Mapping[str, str], meanings: Mapping[str, Meaning], functions: Mapping[str, Binding]) -> None:
        self.scene = scene
        self.meanings = meanings
        self.elaborated: Callable[[Typing, Node], TypedTerm] = _not_yet  # types a tree in this state (`elaborate`)
        self.visits = 0
        self.kinds = kinds
        self.sizes = Sizes()
        self.symbols: dict[str, TypedTerm] = {}  # by name, in order of first occurrence
        self.integers: set[str] = set()
        self.families: dict[str, tuple[Dim, ...]] = {}  # how many members they have, by each index
        self.members: dict[str, Shape] = {}  # undeclared families: the shape of a member
        self.supposed: dict[str, tuple[Shape, Shape]] = {}  # undeclared functions: the shapes of the value and of the argument
        self.bindings: dict[str, TypedTerm] = {}
        self.reaches: list[tuple[Dim, Dim]] = []  # an index that runs to the first is one of the second
        self.book = functions
        self.functions = ChainMap[str, Binding]({}, functions)  # type: ignore[arg-type]  # the book's is not written to
        self.frames = [BoundNames({})]
        self.widths: list[dict[str, BoundIndex]] = []  # the indices outside of the products that are being read below a condition on them
        self.bare: dict[Node, str] = {}  # the index of a sum that names none
        self.working: list[str] = []  # the names whose definitions are being read
        self.live: set[str] = set(scene.free).union(*(e.indices for e in scene.given.values()))
        self.own_sizes: list[tuple[Dim, Dim]] = []  # the size of I_N, and N, which it is where nothing else says what fits
        self.penalties: list[tuple[int, Sequence[TypedTerm]]] = []
        self.signs: set[str] = set()  # the signs, by their places, that needed a choice: |v| of a vector
        self.unnamed = count()  # numbers for indices that get their letters last (see `axes`)
        self.notes: dict[str | Callable[[Resolve], str], None] = {}
        self.seen: list[tuple[Node, TypedTerm]] = []
        self.defaults: dict[str, str] = {}  # the kinds that undeclared names have unless guessed otherwise

    def walk(self, node: Node) -> TypedTerm:
        """The term of a tree, in this state."""
        return self.elaborated(self, node)

    def stands_for_something(self, name: str) -> bool:
        frame, scene = self.frames[-1], self.scene
        return name in frame.params or name in frame.indices or name in scene.bound or name in scene.declared or name in scene.given

    def supposed_function(self, name: str, argument: Shape) -> tuple[Shape, Shape]:
        """The shapes of the value and of the argument of an undeclared function; the kind of its value is guessed."""
        found = self.supposed.get(name)
        if found is None:
            number = split_name(name)[0] in FUNCTIONS_OF_NUMBERS or self.scene.values_are_numbers
            self.defaults[name] = "scalar" if number else self.scene.kind_of(name)
            kind = self.kinds.get(name) or self.defaults[name]
            rows = ONE if kind == "scalar" else self.sizes.fresh()
            found = self.supposed[name] = ((rows, self.sizes.fresh() if kind == "matrix" else ONE), argument)
        return found

    def properties(self, name: str, twin: bool = True) -> frozenset[str]:
        """Declared properties; a variable of differentiation has only the open ones."""
        d = self.scene.declared.get(name)
        words = close_properties(declared_properties(d)) if d is not None else frozenset()
        if name in self.integers:
            words |= {"integer"}
        elif d is None and self._is_complex(name):
            words |= {"complex"}
        return words & OPEN if twin and self.scene.twins and name in self.scene.variables else words

    def field(self, name: str) -> str:
        """R or C, as a declaration of the name has it."""
        return "C" if "complex" in self.properties(name, twin=False) else "R"

    def _is_complex(self, name: str) -> bool:
        """Whether an undeclared name is complex: it is conjugated in a text with complex names, or every name is. Greek letters for numbers
        are real. dX of a linear map is what X is."""
        if name == self.scene.hole:
            return self.field(name[1:]) == "C"
        if not self.scene.program.complex_:
            return name in self.scene.conjugated
        term = self.symbols.get(name)
        return term is None or not term.is_scalar or split_name(name)[0] not in GREEK

    # ------------------------------------------------------------------------------------------ indices

    def bind(self, letter: str, range_: Dim | None, node: Node, low: int | None = 1) -> BoundIndex:
        """Bind an index in the current frame, renaming it where its letter is free in what comes from outside."""
        frame, scene = self.frames[-1], self.scene
        hint = "use another letter for the index"
        if letter in frame.indices:
            raise ReadingError(f"the index {letter} is bound twice, one sum inside the other", span=node.span, suggestion=hint)
        if (letter in scene.declared and letter not in scene.free) or letter in scene.bound:
            how = "declared" if letter in scene.declared else "bound by ="
            raise ReadingError(f"the index {letter} is also a name that is {how}", span=node.span, suggestion=hint)
        frame.indices[letter] = index = BoundIndex(build.index(self.unused(letter)), range_, low, text=letter)
        return index

    def unused(self, letter: str) -> str:
        """An index of that letter, or of another where something in sight has it."""
        if letter in self.live:
            letter = next((c for c in _LETTERS if c not in self.live and c not in self.scene.names), f"{letter}{len(self.live)}")
        self.live.add(letter)
        return letter

    def bind_sum(self, node: Node, bounds: list[TypedTerm]) -> None:
        range_: Dim | None = self.sizes.fresh() if not bounds else self.size_of(node.args[2]) if len(node.args) > 2 else None
        low = _whole_number(node.args[1]) if len(node.args) > 1 else 1
        self.bind(self.sum_index(node), range_, node, low)

    def sum_index(self, node: Node) -> str:
        """The index of a sum; a bare sum runs over the one that its body carries."""
        if isinstance(node.attr, str):
            return node.attr
        if node in self.bare:
            return self.bare[node]
        bound = self.frames[-1].indices
        subscripts = [split_indexed(n.attr)[1] for n in walk(node.args[0]) if n.op == "name" and isinstance(n.attr, str)]
        carried = dict.fromkeys(s for s in subscripts if len(s) == 1 and s.isalpha() and s not in bound)
        if len(carried) != 1:
            found = f"the body carries {', '.join(carried)}" if carried else "no family stands in its body"
            raise ReadingError(f"the sum names no index, and {found}", span=node.span, suggestion="write sum_{i=1}^N")
        self.bare[node] = next(iter(carried))
        return self.bare[node]

    def narrowed(self, product: Node) -> dict[str, BoundIndex]:
        """The indices as they run where the conditions among the factors of a product hold: in 1[i >= 2] y_{i-1} there is a y_{i-1}."""
        found = dict(self.frames[-1].indices)
        for condition in conditions(product):
            if len(condition.args) != 2 or condition.args[0].op != "name":
                continue
            letter, end = str(condition.args[0].attr), condition.args[1]
            at, least = found.get(letter), _whole_number(end)
            if at is None or at.parts or at.low is None:
                continue
            if condition.attr in (">=", ">") and least is not None:
                low = max(at.low, least + (condition.attr == ">"))
                found[letter] = BoundIndex(at.expr, at.range, low, text=at.text)
            elif condition.attr in ("<=", "<") and least is None and (size := self.size_of(end)) is not None:
                range_ = size if condition.attr == "<=" else size + (-1)
                if not is_unknown(range_):
                    found[letter] = BoundIndex(at.expr, range_, at.low, text=at.text)
        return found

    def unbind(self, node: Node) -> BoundIndex:
        """The index of a sum whose body has been read."""
        letter = self.sum_index(node)
        index = self.frames[-1].indices.pop(letter)
        self.live.discard(str(index.expr.attr))
        return index

    def allows(self, place: BoundIndex, dim: Dim) -> bool:
        """Whether a subscript may be one of something of size `dim`."""
        d = self.sizes.resolve(dim)
        if place.range is None:
            return d.number is None or not build.is_number(place.expr) or build.value_of(place.expr) <= d.number
        r = self.sizes.resolve(place.range)
        if is_unknown(d) and not is_unknown(r):
            self.reaches.append((r, d))
            return True
        if is_unknown(r):
            return self.sizes.unify(r, d)
        return reaches_to(d, r)

    def size_of(self, node: Node, depth: int = 8) -> Dim | None:
        """A size written as an expression, or None where it is none."""
        if node.op == "num":
            return Dim.of(int(node.attr)) if isinstance(node.attr, Fraction) and node.attr.denominator == 1 else None
        if node.op == "name":
            name = str(node.attr)
            if name in self.scene.values and not (name in self.frames[-1].params or name in self.frames[-1].indices):
                return self.size_of(self.scene.values[name], depth - 1) if depth else None
            return Dim.of(name) if name in self.scene.sizes and not self.stands_for_something(name) else None
        if node.op not in ("add", "mul", "neg", "pow") or len(node.args) > 8 or not depth:
            return None
        parts = [self.size_of(a, depth - 1) for a in node.args]
        if any(p is None for p in parts):
            return None
        dims = [p for p in parts if p is not None]
        if node.op == "neg":
            return dims[0] * -1
        if node.op == "pow":
            k = dims[1].number
            return dims[0] if k == 1 else dims[0] * dims[0] if k == 2 else None
        total = dims[0]
        for k, d in enumerate(dims[1:]):
            if node.op == "mul" and isinstance(node.attr, tuple) and node.attr[k] == "/":
                return None
            total = total + d if node.op == "add" else total * d
        return total

    # ------------------------------------------------------------------------------------------ shapes

    def unify(self, a: Shape, b: Shape) -> bool:
        return self.sizes.unify(a[0], b[0]) and self.sizes.unify(a[1], b[1])

    def penalty(self, cost: int, *terms: TypedTerm) -> None:
        """A reading that is possible, but not the first to think of; it depends on the kinds of `terms`."""
        self.penalties.append((cost, terms))

    def note(self, text: str | Callable[[Resolve], str]) -> None:
        """Something to tell the reader, if this typing is taken."""
        if not self.frames[-1].quiet:
            self.notes[text] = None
