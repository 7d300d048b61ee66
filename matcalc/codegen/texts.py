"""The numeric text of the book as array operations: an operation whose text is simple has code in every language by itself.

The text treats every array as two-dimensional, so a value is kept with its shape. Known are the entrywise functions of NumPy and those
that are the text of another operation, sums, transposes, products, inverses and solutions of systems. `Untranslated` names what is not.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from ..kinds import ONE, SCALAR, Shape
from ..ops.book import REGISTRY
from ..ops.operation import Operation
from .contraction import Contraction
from .factor import LU, Factor
from .graph import GraphNode, ProgramGraph
from .pairs import product, single
from .wording import code_of

Value = tuple[GraphNode, Shape]


class Untranslated(Exception):
    """What in a numeric text has no translation."""


ENTRYWISE = frozenset(
    "exp log sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arccosh arctanh sqrt abs sign log1p expm1 maximum minimum".split()
)
TRANSPARENT = frozenset(("real", "float"))  # what makes a text ready for complex steps
RELATIONS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">=", ast.Eq: "=", ast.NotEq: "!="}
CONSTANTS = {"pi": "pi", "e": "e", "nan": "nan"}


@cache
def of_kernel(name: str, language: str) -> Operation | None:
    """The operation of one number of which a function is the numeric text, where the language has a text for it."""
    return next((op for op in REGISTRY.values() if op.elementwise and op.numeric == f"{name}(x)" and code_of(op, language)), None)


def translated(op: Operation, language: str, graph: ProgramGraph, args: Sequence[Value], entrywise: bool) -> Value:
    """The value of an operation at arguments with their shapes; `entrywise` where the arrays have axes beside rows and columns."""
    if not op.numeric or len(args) != len(op.params):
        raise Untranslated("no numeric text")
    return _NumericText(language, graph, dict(zip(op.params, args)), entrywise).value(ast.parse(op.numeric, mode="eval").body)


class _NumericText:
    def __init__(self, language: str, graph: ProgramGraph, names: dict[str, Value], entrywise: bool) -> None:
        self.language, self.graph, self.names, self.entrywise = language, graph, names, entrywise

    def value(self, tree: ast.expr) -> Value:
        rule = getattr(self, type(tree).__name__.lower(), None)
        if rule is None:
            raise Untranslated(ast.unparse(tree))
        value: Value = rule(tree)
        return value

    def name(self, tree: ast.Name) -> Value:
        if tree.id not in self.names:
            raise Untranslated(tree.id)
        return self.names[tree.id]

    def constant(self, tree: ast.Constant) -> Value:
        if isinstance(tree.value, bool) or not isinstance(tree.value, int | float):
            raise Untranslated(repr(tree.value))
        return self.graph.number(Fraction(str(tree.value))), SCALAR

    def attribute(self, tree: ast.Attribute) -> Value:
        module = tree.value.id if isinstance(tree.value, ast.Name) else ""
        if module in ("math", "np") and tree.attr in CONSTANTS:
            return self.graph.make("const", (), CONSTANTS[tree.attr]), SCALAR
        if tree.attr != "T":
            raise Untranslated(ast.unparse(tree))
        self.whole(".T")
        x, (rows, cols) = self.value(tree.value)
        return (self.graph.view(x, (1, 0)) if x.rank == 2 else x), (cols, rows)

    def subscript(self, tree: ast.Subscript) -> Value:
        if ast.unparse(tree.slice) == "()":
            return self.value(tree.value)
        if ast.unparse(tree.slice) == "1" and isinstance(tree.value, ast.Call) and _called(tree.value) == "np.linalg.slogdet":
            return self.square("logdet", tree.value)
        raise Untranslated(ast.unparse(tree))

    def unaryop(self, tree: ast.UnaryOp) -> Value:
        if not isinstance(tree.op, ast.USub):
            raise Untranslated(ast.unparse(tree))
        x, shape = self.value(tree.operand)
        return self.graph.make("neg", (x,), None, x.dims), shape

    def binop(self, tree: ast.BinOp) -> Value:
        left, right = self.value(tree.left), self.value(tree.right)
        if isinstance(tree.op, ast.MatMult):
            return self.matmul(left, right)
        x, y = left[0], right[0]
        if isinstance(tree.op, ast.Sub):
            y = self.graph.make("mul", (self.graph.number(Fraction(-1)), y), None, y.dims)
        if isinstance(tree.op, ast.Mult):
            found, shape = self.together("mul", (left, right))
            return product(self.graph, found.args), shape
        if isinstance(tree.op, ast.Pow) and ast.unparse(tree.right) == "0.5":
            return self.together("call", (left,), "sqrt")
        name = {ast.Add: "add", ast.Sub: "add", ast.Div: "div", ast.Pow: "pow"}.get(type(tree.op))
        if name is None:
            raise Untranslated(ast.unparse(tree))
        return self.together(name, ((x, left[1]), (y, right[1])))

    def together(self, op: str, values: Sequence[Value], attr: Operation | str | None = None) -> Value:
        """An entrywise operation on arrays of one shape and numbers."""
        shapes = {shape for _, shape in values} - {SCALAR}
        if len(shapes) > 1:
            raise Untranslated("broadcasting")
        dims = max((x.dims for x, _ in values), key=len)
        return self.graph.make(op, [x for x, _ in values], attr, dims), next(iter(shapes), SCALAR)

    def compare(self, tree: ast.Compare) -> Value:
        relation = RELATIONS.get(type(tree.ops[0]))
        if relation is None or len(tree.ops) > 1:
            raise Untranslated(ast.unparse(tree))
        return self.together("call", (self.value(tree.left), self.value(tree.comparators[0])), relation)

    def call(self, tree: ast.Call) -> Value:
        path = _called(tree)
        name = path.rpartition(".")[2]
        if tree.keywords or (path != name and not path.startswith(("np.", "math."))):
            raise Untranslated(path)
        if name in TRANSPARENT:
            return self.value(tree.args[0])
        if path == "beyond":  # a comparison that the check does not watch
            return self.together("call", [self.value(a) for a in tree.args], ">")
        if name == "where" and len(tree.args) == 3:
            condition, yes, no = map(self.value, tree.args)
            return self.together("call", (yes, condition, no), "cases")
        if path == "np.linalg.solve":
            return self.solve(*map(self.value, tree.args))
        if path in ("np.linalg.inv", "np.linalg.det"):
            return self.square(name, tree)
        if path in ("np.sum", "np.trace"):
            self.whole(path)
            return self.total(self.value(tree.args[0]), name)
        known = of_kernel(name, self.language) if path == name else name if name in ENTRYWISE else None
        if known is None:
            raise Untranslated(path)
        return self.together("call", [self.value(a) for a in tree.args], known)

    # ---- of whole arrays

    def whole(self, what: str) -> None:
        if self.entrywise:
            raise Untranslated(what)

    def matmul(self, left: Value, right: Value) -> Value:
        self.whole("@")
        if left[1][1] is not right[1][0]:
            raise Untranslated("broadcasting")
        c = Contraction(self.graph, {})
        labels = ["i", "j", "k"]
        ends = [(labels[n], labels[n + 1], v) for n, v in enumerate((left, right))]
        for a, b, (x, (rows, cols)) in ends:
            axes = tuple(k for k, d in ((a, rows), (b, cols)) if d is not ONE)
            if axes:
                c.add(Factor(x, axes))
            else:
                c.scalars.append(x)
        shape = (left[1][0], right[1][1])
        return c.result(tuple(k for k, d in zip("ik", shape) if d is not ONE))[0], shape

    def total(self, value: Value, name: str) -> Value:
        x, _ = value
        labels = ("i", "i") if name == "trace" else ("i", "j")
        return (single(self.graph, x, labels[: x.rank], ()) if x.rank else x), SCALAR

    def square(self, op: str, tree: ast.Call) -> Value:
        self.whole(op)
        x, shape = self.value(tree.args[0])
        if x.rank != 2:
            raise Untranslated(f"{op} of a number")
        return self.graph.make(op, (x,), (LU,), x.dims if op == "inv" else ()), shape if op == "inv" else SCALAR

    def solve(self, left: Value, right: Value) -> Value:
        self.whole("solve")
        (x, shape), (b, (_, cols)) = left, right
        if x.rank != 2 or not b.rank or b.dims[0] is not x.dims[1]:
            raise Untranslated("solve of numbers")
        return self.graph.make("solve", (x, b), (LU, False), (x.dims[0], *b.dims[1:])), (shape[0], cols)


def _called(tree: ast.Call) -> str:
    return ast.unparse(tree.func)
