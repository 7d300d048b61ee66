"""A derivative as one file: the function, its derivatives and their products with vectors, with shapes and checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from .._version import __version__
from ..answers.answer import ClosedForm
from ..answers.scope import ranks_of
from ..differentiation.families import as_declared, free_of
from ..differentiation.network import Term
from ..differentiation.tensor import Tensor
from ..errors import UsageError
from ..expressions.build import hadamard, matmul, symbol, times, total, transpose
from ..expressions.expr import Expr, postorder
from ..kinds import ONE, Shape
from ..notation.arrange import Arranger
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION, FUNCTION_ALONG
from ..ops.core import MEMBER, SYMBOL
from ..printing.text import spell
from ..shortening.simplify import recognise
from .calls import function_name
from .emission import Target
from .frame import Argument, File, Function, MissingSize, shape_words
from .graph import Dims, Node
from .lowering import Lowering
from .tensors import summed_terms

TARGETS = ("numpy", "jax", "torch", "octave")
PARTS = ("hessian", "jvp", "vjp", "hvp")


def outer(shape: Shape) -> Dims:
    """The axes of an array of this shape."""
    return tuple(d for d in shape if d is not ONE)


class Problem:
    """What is to be computed: the function, its derivative, and what was asked for beside them."""

    def __init__(self, d: ClosedForm, second: ClosedForm | None, language: str, sizes: Mapping[str, int] | None) -> None:
        self.d, self.second = d, second
        typed = d._typed
        restore = {typed.symbols[n]: typed.declared[n] for n in d.wrt if n in typed.symbols and typed.symbols[n] is not typed.declared[n]}
        letters = [letter for letter, _ in d._members]
        self.value = free_of(recognise(as_declared(typed.expr, restore) if restore else typed.expr), letters)
        self.lowering = Lowering(language, sizes, letters)
        self.arguments = self._arguments(restore)
        self.taken = {a.name for a in self.arguments}

    def _arguments(self, restore: Mapping[Expr, Expr]) -> list[Argument]:
        typed = self.d._typed
        roots = [self.value, *self.d._tensor.expressions(), *(self.second._tensor.expressions() if self.second is not None else [])]
        used = {str(n.attr[0]) for n in postorder(roots) if n.op in (SYMBOL, MEMBER)}  # type: ignore[index]
        found: dict[str, Argument] = {}
        for name, s in typed.symbols.items():
            base = str(s.attr[0])  # type: ignore[index]
            if s.op is SYMBOL and (name in used or name in self.d.wrt):
                integer = "integer" in typed.declared.get(name, s).attr[1]  # type: ignore[index]
                found[name] = Argument(name, outer(s.shape), integer)
            elif s.op is MEMBER and base in used:
                found.setdefault(base, Argument(base, (typed.families[base][1], *outer(s.shape))))
        numbers = [Argument(letter, (), top=top) for letter, top in self.d._members]
        bases = {str(typed.symbols[n].attr[0]) for n in self.d.wrt if n in typed.symbols}  # type: ignore[index]
        first = [n for n in found if n in bases or n in self.d.wrt]
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

    def function(self) -> Node:
        return self.lowering.lower(self.value)

    def derivative(self, d: ClosedForm | None = None) -> Node:
        d = d if d is not None else self.d
        if d._expr is not None:
            node = self.lowering.lower(d._expr)
            dims = outer(d._expr.shape)
        else:
            dims = tuple(k for s in d._tensor.shapes for k in outer(s))
            node = summed_terms(self.lowering, d._tensor.terms, dims)
        return node if node.rank == len(dims) else self.lowering.graph.make("expand", (node,), None, dims)

    def along(self, tensor: Tensor, change: Expr, slot: int) -> Node:
        """The derivative contracted with `change` at the function or at one of the variables."""
        shapes = [s for k, s in enumerate(tensor.shapes) if k != slot]
        dims = tuple(k for s in shapes for k in outer(s))
        expr = _along_matrix(tensor, change, slot)
        if expr is not None:
            node = self.lowering.lower(expr)
            return node if node.rank == len(dims) else self.lowering.graph.make("expand", (node,), None, dims)
        terms = []
        for t in tensor.terms:
            here = t.slots[2 * slot : 2 * slot + 2]
            terms.append(Term(t.scalar, [*t.factors, (change, here[0], here[1])], t.slots[: 2 * slot] + t.slots[2 * slot + 2 :], t.binders))
        return summed_terms(self.lowering, terms, dims)

    def named(self) -> dict[Node, str]:
        """The author's names for subexpressions."""
        typed = self.d._typed
        found: dict[Node, str] = {}
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
        return f"the derivative {name}' along a direction, a function of two arrays {_words(outer(x))}; its value {_words(outer(value))}"
    stacked = outer(e.shape) != (*outer(value), *(outer(x) * order))
    return f"{what}a function of an array {_words(outer(x))}; its value {_words(outer(e.shape))}{', by stacked columns' if stacked else ''}"


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


def program(
    d: ClosedForm,
    target: str,
    parts: Iterable[str],
    sizes: Mapping[str, int] | None,
    second: Callable[[], ClosedForm] | None,
) -> str:
    """The file for a derivative. `parts` are any of hessian, jvp, vjp, hvp; `sizes` are hints for the cost of products; `second` takes the
    second derivative, where one is needed."""
    wanted = list(dict.fromkeys(parts))
    unknown = [p for p in wanted if p not in PARTS]
    if unknown:
        raise UsageError(f"there is no part {unknown[0]!r}", suggestion=f"parts: {', '.join(PARTS)}")
    if wanted and d.order != 1:
        raise UsageError(f"{wanted[0]} goes with a first derivative")
    target_of(target)
    twice = {"hessian", "hvp"}.intersection(wanted)
    if twice and d._tensor.shapes[0] != (ONE, ONE):
        raise UsageError("the function is not a scalar: it has no Hessian")
    problem = Problem(d, second() if twice and second is not None else None, target, sizes)
    functions = _functions(problem, wanted)
    name = f"{first_name(d).capitalize()} by {', '.join(dict.fromkeys(d.wrt))}"
    formula = f"{name}: {spell(d._program)}"
    while True:
        try:
            return target_of(target).file(File(_title(d), formula, __version__, problem.arguments, functions, problem.named()))
        except MissingSize as missing:
            problem.add_size(missing.name)


def target_of(name: str) -> Target:
    """The printer of a target language."""
    if name == "numpy":
        from .python import NumPy

        return NumPy()
    if name == "jax":
        from .jax import JAX

        return JAX()
    if name == "torch":
        from .torch import Torch

        return Torch()
    if name == "octave":
        from .octave import Octave

        return Octave()
    raise UsageError(f"there is no target {name!r}", suggestion=f"targets: {', '.join(TARGETS)}")


def first_name(d: ClosedForm) -> str:
    """What the derivative is called: gradient, jacobian, hessian."""
    scalar = d._tensor.shapes[0] == (ONE, ONE)
    if d.order == 1:
        return "gradient" if scalar else "jacobian"
    return "hessian" if d.order == 2 and scalar else "derivative"


def _functions(problem: Problem, parts: Sequence[str]) -> list[Function]:
    d = problem.d
    name, by = first_name(d), ", ".join(dict.fromkeys(d.wrt))
    shape = _shape_words(d)
    found = [Function("value", f"The function's value, {_words(outer(problem.value.shape))}.", [problem.function()])]
    found.append(Function(name, f"The {name} by {by}, {shape}.", [problem.derivative()]))
    if d.order == 1:
        both = [problem.function(), problem.derivative()]
        found.append(Function(f"value_and_{name}", f"The value and the {name} by {by}, sharing their work.", both))
    if "hessian" in parts:
        assert problem.second is not None
        found.append(Function("hessian", f"The Hessian by {by}, {_shape_words(problem.second)}.", [problem.derivative(problem.second)]))
    for part in ("jvp", "vjp", "hvp"):
        if part in parts:
            found.append(_product(problem, part))
    return found


def _product(problem: Problem, part: str) -> Function:
    """Products with vectors, in which no Jacobian and no Hessian is formed."""
    d = problem.d
    x = d.wrt[0]
    tensor = d._tensor
    slot = {"jvp": 1, "vjp": 0, "hvp": 2}[part]
    if part == "hvp":
        assert problem.second is not None
        tensor = problem.second._tensor
    shape = tensor.shapes[slot]
    name = next(n for n in ([f"d{x}", "v", "u", "direction"] if part != "vjp" else ["v", "u", "w", "weight"]) if n not in problem.taken)
    change = symbol(name, shape)
    words = {
        "jvp": f"The derivative along {name}, a direction of the shape of {x}",
        "vjp": f"The gradient by {x} of the sum of the values weighted by {name}, which has their shape",
        "hvp": f"The Hessian by {x} times {name}, a direction of the shape of {x}",
    }[part]
    return Function(part, words + ".", [problem.along(tensor, change, slot)], [Argument(name, outer(shape))])


def _shape_words(d: ClosedForm) -> str:
    dims = outer(d._expr.shape) if d._expr is not None else tuple(k for s in d._tensor.shapes for k in outer(s))
    return _words(dims)


def _words(dims: Dims) -> str:
    return f"of shape {shape_words(dims)}" if dims else "a number"


def _title(d: ClosedForm) -> str:
    """The function, spelled by matcalc's own printer (never the text that was typed)."""
    return spell(Arranger(ranks_of(d._typed), d._order, d._scope.names).spell(d._typed.expr))
