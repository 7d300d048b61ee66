"""What the functions of a program compute: the function, its derivatives and their products with vectors, as nodes of a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain, count
from typing import Protocol

from ..answers.answer import ClosedForm
from ..differentiation.families import as_declared, renamings, under_letters
from ..differentiation.network import Term
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError
from ..expressions.build import add, base_name, conjugate, hadamard, is_complex, is_real, matmul, num, size, symbol, times, total, transpose
from ..expressions.expr import Expr, postorder
from ..inference.declarations import leading_sizes
from ..kinds import ONE, Shape
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.complex_numbers import REAL_PART
from ..ops.core import MEMBER, SYMBOL
from ..ops.determinant import LOG_DETERMINANT
from ..shortening.simplify import recognise
from .calls import function_name
from .factor import triangle_of
from .frame import Argument, shape_words
from .graph import Dims, GraphNode
from .lowering import Lowering
from .tensors import summed_terms

REAL_FUNCTION = "f is real"  # what `pipeline.wirtinger` says of a gradient by conj(z)


def outer(shape: Shape) -> Dims:
    """The axes of an array of this shape."""
    return tuple(d for d in shape if d is not ONE)


def of_shape(dims: Dims) -> str:
    """What is said of an array with these axes."""
    return f"of shape {shape_words(dims)}" if dims else "a number"


def variable_of(d: ClosedForm, name: str) -> Expr:
    """What a name stands for that one differentiates by, where it is a symbol."""
    return d._typed.symbols.get(base_name(name), num(0))


class DerivativeSource(Protocol):
    """Where the derivatives come from that a program needs beside those it is for."""

    def second(self, one: str, other: str) -> ClosedForm:
        """The second derivative by two variables."""

    def along(self, gradients: Sequence[Tensor], directions: Sequence[Expr], halved: bool = False) -> Sequence[ClosedForm] | None:
        """The Hessian by all variables times directions, a part for each variable; None where the Hessians themselves must do. `halved`
        are gradients by conj(z) of a real function."""


class Computation:
    """What is to be computed: the function, its derivatives by some variables, and what was asked for beside them."""

    def __init__(
        self,
        several: Sequence[ClosedForm],
        further: DerivativeSource | None,
        parts: Sequence[str],
        language: str,
        sizes: Mapping[str, int] | None,
    ) -> None:
        self.several, self.parts = several, parts
        self.d = d = several[0]
        self.names = [name for one in several for name in dict.fromkeys(one.wrt)]
        typed = d._typed
        restore = {typed.symbols[n]: typed.declared[n] for n in self.names if typed.declared.get(n) not in (None, typed.symbols.get(n))}
        letters = [letter for letter, _ in d._members]
        arrays = {x.name for x in typed.declarations if leading_sizes(x.sizes)}
        # Of an array of three and more indices, all matrices at once; one of them where products with directions are asked for.
        self.axes = d._members if arrays.issuperset(self.names) and d.order == 1 and not parts else ()
        self.numbers = [] if self.axes else list(d._members)
        value = recognise(as_declared(typed.expr, restore) if restore else typed.expr)
        self.value = under_letters(value, renamings(value, letters))
        families = {name: family.sizes for name, family in self.d._typed.families.items()}
        self.lowering = Lowering(language, sizes, [letter for letter, _ in self.numbers], families)
        words = [("complex",) if is_complex(variable_of(d, n)) else () for n in self.names]
        self.directions = [symbol(name, one._tensor.shapes[1], w) for name, one, w in zip(self._directions(), several, words)]
        self.second: ClosedForm | None = None
        self.products: Sequence[ClosedForm] | None = None
        self.mixed: list[list[ClosedForm]] = []
        if further is not None and "hessian" in parts:
            self.second = further.second(self.names[0], self.names[0])
        if further is not None and "hvp" in parts:
            self.products = further.along([one._tensor for one in several], self.directions, REAL_FUNCTION in d._convention)
            if self.products is None:
                self.mixed = [[self.second or further.second(a, b) for b in self.names] for a in self.names]
        self.is_complex = is_complex(self.value)
        self.arguments = self._arguments(restore)
        self.taken = {a.name for a in self.arguments}

    def _directions(self) -> Iterator[str]:
        """Names for directions, dx for x, that are no names of the text."""
        taken = {*self.d._typed.symbols, *self.d._typed.families}
        for x in map(base_name, self.names):
            name = next(n for n in chain((f"d{x}",), map(f"d{x}_{{}}".format, count(1))) if n not in taken)
            taken.add(name)  # with dx in the text, x has dx_1, which then is not that of x_1
            yield name

    def _arguments(self, restore: Mapping[Expr, Expr]) -> list[Argument]:
        typed = self.d._typed
        more = [*(self.products or ()), *(d for row in self.mixed for d in row), *([self.second] if self.second is not None else [])]
        roots = [self.value, *(e for d in (*self.several, *more) for e in d._tensor.expressions())]
        self.lowering.know(roots)
        used = {base_name(str(n.attr[0])) for n in postorder(roots) if n.op in (SYMBOL, MEMBER)}  # type: ignore[index]
        found: dict[str, Argument] = {}
        for name, s in typed.symbols.items():
            base = str(s.attr[0])  # type: ignore[index]
            if s.op is SYMBOL and (name in used or name in self.names):
                declared = typed.declared.get(name, s)
                integer = "integer" in declared.attr[1]  # type: ignore[index]
                found[name] = Argument(name, outer(s.shape), integer, complex_=is_complex(s), known=triangle_of(declared))
            elif s.op is MEMBER and base in used:
                found.setdefault(base, Argument(base, (*typed.families[base].sizes, *outer(s.shape)), complex_=is_complex(s)))
        numbers = [Argument(letter, (), top=top) for letter, top in self.numbers]
        bases = {str(typed.symbols[n].attr[0]) for n in self.names if n in typed.symbols}  # type: ignore[index]
        first = [n for n in self.names if n in found] + [n for n in found if n in bases and n not in self.names]
        plain = [n.removesuffix(")").rpartition("(")[2] for n in self.names]  # z of conj(z)
        whole = [max((a for a in found if n == a or n.startswith(f"{a}_")), key=len) for n in plain]  # x of x_j
        self.variables = [*whole, *[a.name for a in numbers]]
        functions = {function_name(n): n for n in postorder(roots) if n.op in (ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG)}
        arrays = [found[n] for n in (*first, *[n for n in found if n not in first])]
        return [*arrays, *numbers, *[Argument(name, (), function=_function_words(n)) for name, n in sorted(functions.items())]]

    def add_size(self, name: str) -> None:
        """A size as one more argument, before those that are functions."""
        free = name
        while free in self.taken:
            free += "_size"
        self.taken.add(free)
        place = next((k for k, a in enumerate(self.arguments) if a.function), len(self.arguments))
        self.arguments.insert(place, Argument(free, (), size=name))

    # ---- nodes

    def function(self) -> GraphNode:
        node = self.lowering.lower(self.value)
        if not is_complex(self.value):
            return node
        if any(n.op.real and is_complex(n) and n.op is not LOG_DETERMINANT for n in postorder(self.value)):
            raise NoAnswerError("code with complex arrays has no comparisons and no functions of real numbers")
        return self.lowering.graph.make("call", (node,), REAL_PART, node.dims) if is_real(self.value) else node

    def derivative(self, d: ClosedForm) -> GraphNode:
        with ExitStack() as running:
            for letter, count in self.axes:
                running.enter_context(self.lowering.running(letter, num(1), size(count), axis=True))
            if d._expr is not None:
                return self._whole(d._expr, self.dims(d))
            return self._spread(summed_terms(self.lowering, d._tensor.terms, self.dims(d)), self.dims(d))

    def dims(self, d: ClosedForm) -> Dims:
        """The axes of a derivative."""
        value, *rest = [d._expr.shape] if d._expr is not None else d._tensor.shapes
        axes = tuple(count for _, count in self.axes)
        return (*axes, *outer(value)) if d._expr is not None else (*outer(value), *axes, *(k for s in rest for k in outer(s)))

    def along(self, tensors: Sequence[Tensor], changes: Sequence[Expr], slot: int) -> GraphNode:
        """The sum of derivatives, each contracted with its change at the function or at one of the variables."""
        dims = tuple(k for at, s in enumerate(tensors[0].shapes) if at != slot for k in outer(s))
        wholes = [_along_matrix(tensor, change, slot) for tensor, change in zip(tensors, changes, strict=True)]
        if all(e is not None for e in wholes):
            return self._whole(add(*filter(None, wholes)), dims)
        terms = []
        for tensor, change in zip(tensors, changes, strict=True):
            for t in tensor.terms:
                row, col = t.slots[2 * slot : 2 * slot + 2]
                rest = t.slots[: 2 * slot] + t.slots[2 * slot + 2 :]
                terms.append(Term(t.scalar, [*t.factors, (change, row, col)], rest, t.binders))
        return self._spread(summed_terms(self.lowering, terms, dims), dims)

    def rate(self) -> GraphNode:
        """The derivative along the directions; of a real function of complex z it is 2 Re <∂f/∂conj(z), dz>."""
        tensors = [one._tensor for one in self.several]
        if REAL_FUNCTION not in self.d._convention:
            return self.along(tensors, self.directions, 1)
        twice = [times(num(2), v) for v in self.directions]
        node = self.along([t.map(conjugate) for t in tensors], twice, 1)
        return self.lowering.graph.make("call", (node,), REAL_PART, node.dims)

    def _whole(self, e: Expr, dims: Dims) -> GraphNode:
        node = self.lowering.lower(e)
        if is_complex(e) and is_real(e):  # made of complex names, as the derivative by a real one
            node = self.lowering.graph.make("call", (node,), REAL_PART, node.dims)
        return self._spread(node, dims)

    def _spread(self, node: GraphNode, dims: Dims) -> GraphNode:
        return node if node.rank == len(dims) else self.lowering.graph.make("expand", (node,), None, dims)

    def named(self) -> dict[GraphNode, str]:
        """The author's names for subexpressions."""
        typed = self.d._typed
        found: dict[GraphNode, str] = {}
        for name, e in [*self.d._bindings.items(), *typed.bindings.items()]:
            node = self.lowering.done.get((e, self.lowering.letters & e.indices))
            if node is not None and node.op not in ("in", "num", "size"):
                found.setdefault(node, name)
        return found


def _function_words(e: Expr) -> str:
    """What a function that is an argument of the program takes and gives."""
    assert isinstance(e.attr, tuple)
    name, order = str(e.attr[0]), int(e.attr[1])
    what = f"the derivative {name}{chr(39) * order}, " if order and e.op is not FUNCTION_ALONG else ""
    if e.op is ENTRYWISE_FUNCTION:
        return f"{what}a function of an array, entry by entry"
    x, value = e.args[0].shape, (e.attr[2], e.attr[3])
    if e.op is FUNCTION_ALONG:
        return (
            f"the derivative {name}' along a direction, a function of two arrays {of_shape(outer(x))}; its value {of_shape(outer(value))}"
        )
    stacked = outer(e.shape) != (*outer(value), *(outer(x) * order))
    columns = ", by stacked columns" if stacked else ""
    return f"{what}a function of an array {of_shape(outer(x))}; its value {of_shape(outer(e.shape))}{columns}"


def _along_matrix(tensor: Tensor, change: Expr, slot: int) -> Expr | None:
    """The same by matrix notation, where the derivative has it and the product too."""
    m = tensor.matrix
    if m is None or len(tensor.shapes) > 3:
        return None
    open_dims = [outer(s) for s in tensor.shapes]
    mine = open_dims[slot]
    rest = [d for k, dims in enumerate(open_dims) if k != slot for d in dims]
    if not mine:
        return times(change, m)
    if not rest:
        return total(hadamard(m, change))
    if len(mine) == 1 and len(rest) == 1:
        first = slot == next(k for k, dims in enumerate(open_dims) if dims)
        column = change if change.shape[1] is ONE else transpose(change)
        return matmul(transpose(m) if first else m, column)
    return None
