"""SymPy objects as matcalc's: a surface tree with the declarations of its names. No text is made or read of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from ..errors import UsageError
from ..exchange.outward import function
from ..kinds import Dim
from ..notation.surface import dimension, negated, number
from ..ops.book import REGISTRY
from ..ops.operation import Operation
from ..ops.vocabulary import WORDS, shortest
from ..pipeline.given import Where
from ..pipeline.question import declarations_in
from ..reading.read import parse_names
from ..shortening.counterparts import by_sympy_name, in_sympy
from ..syntax import Declaration, Node, spell_name
from .handles import Handle

LARGEST = 20_000  # nodes
Read = Callable[[Any, list[Node]], Node]


def from_sympy(expr: Any, where: Where = None) -> Handle:
    """A SymPy expression, or matrix expression, as a handle: for `derivative`, `parse`, and the operators.

    MatrixSymbols become vectors and matrices of their sizes, Symbols scalars; `where` may declare more of them
    ("A in S^n"), since SymPy's matrix symbols have no properties. UsageError for an object without a counterpart.
    """
    reader = _SymPyReader()
    node = reader.read(expr)
    declared = {d.name: d for d in declarations_in(where)}
    return Handle(node, {n: d for n, d in (reader.declarations | declared).items() if n not in reader.sizes})


def _refused(e: Any) -> UsageError:
    return UsageError(f"matcalc has no counterpart of SymPy's {type(e).__name__}")


class _SymPyReader:
    def __init__(self) -> None:
        self.declarations: dict[str, Declaration] = {}
        self.sizes: set[str] = set()
        self.letters: set[str] = set()  # bound in sums

    def read(self, e: Any) -> Node:
        import sympy

        if not isinstance(e, (sympy.Basic, sympy.MatrixBase)):
            e = sympy.sympify(e) if isinstance(e, (int, float, Fraction)) else e
        if not isinstance(e, (sympy.Basic, sympy.MatrixBase)):
            raise UsageError(f"a SymPy expression is wanted, not {type(e).__name__}")
        e = e.as_immutable() if isinstance(e, sympy.MatrixBase) else e
        done: dict[Any, Node] = {}
        todo = [e]
        while todo:
            n = todo[-1]
            if n in done:
                todo.pop()
                continue
            inside = self.inside(n)
            waiting = [a for a in inside if a not in done]
            if waiting:
                todo += reversed(waiting)
                if len(done) + len(todo) > LARGEST:
                    raise UsageError(f"a SymPy expression of more than {LARGEST} parts is not taken over")
                continue
            todo.pop()
            done[n] = self.one(n, [done[a] for a in inside])
        both = self.letters & {s.name for s in getattr(e, "free_symbols", ()) if s.is_Symbol}
        if both:
            raise UsageError(f"{min(both)} is bound in a sum and used outside it")
        return done[e]

    def inside(self, n: Any) -> Sequence[Any]:
        """The parts that are read before the whole."""
        name = type(n).__name__
        if n.args and name not in by_sympy_name() and self.rule(name) is None:
            raise _refused(n)
        if name in ("MatrixSymbol", "Identity", "ZeroMatrix", "OneMatrix", "MatrixUnit", "Indexed", "IndexedBase") or not n.args:
            return ()
        if name == "ElementwiseApplyFunction":
            return (n.expr,)
        if name == "MatrixElement":
            return (n.parent,)
        if name in ("Sum", "Product"):
            return (n.function, *n.limits[0][1:]) if len(n.limits) == 1 and len(n.limits[0]) == 3 else ()
        if name == "BlockMatrix":
            return tuple(n.blocks)
        if name == "Piecewise":
            return tuple(part for value, test in n.args for part in (value, *(() if test == True else (test.lhs, test.rhs))))  # noqa: E712
        if name in ("ImmutableDenseMatrix", "ImmutableSparseMatrix"):
            return tuple(n)
        return tuple(n.args)

    def one(self, n: Any, args: list[Node]) -> Node:
        name = type(n).__name__
        if n.is_Rational:
            return number(Fraction(int(n.p), int(n.q)))
        if n.is_Float:
            return number(Fraction(str(n)))
        rule = self.rule(name)
        if rule is None and name in by_sympy_name():
            return written(by_sympy_name()[name], args)
        if rule is None:
            raise _refused(n)
        return rule(n, args)

    def rule(self, name: str) -> Read | None:
        found: Read | None = getattr(self, "on_" + name.lower(), None) or _RULES.get(name)
        return found

    # Names

    def named(self, text: str, sizes: tuple[Dim, ...], properties: tuple[str, ...] = ()) -> Node:
        if text in ("pi", "infty"):
            raise UsageError(f"{text} is a constant, and a symbol of that name another thing: rename it")
        base, _, sub = text.partition("_")
        (name,) = parse_names(spell_name(base, sub.strip("{}")), (spell_name(base, sub.strip("{}")),))
        known = self.declarations.setdefault(name, Declaration(name, "R", sizes, properties))
        if known.sizes != sizes:
            raise UsageError(f"{name} is used with two shapes")
        return Node("name", (), name)

    def on_symbol(self, n: Any, args: list[Node]) -> Node:
        known = frozenset(w.name for w in WORDS.values() if w.sympy and getattr(n, f"is_{w.sympy}"))
        return self.named(n.name, (), shortest(known))

    on_dummy = on_symbol

    def on_matrixsymbol(self, n: Any, args: list[Node]) -> Node:
        rows, cols = map(self.size, n.shape)
        return self.named(n.name, (rows, cols) if cols != Dim.of(1) or rows == Dim.of(1) else (rows,))

    def size(self, s: Any) -> Dim:
        """A size: a whole number, or a polynomial in names with rational coefficients."""
        import sympy

        if s.is_Integer:
            return Dim.of(int(s))
        try:
            poly = sympy.Poly(s, *sorted(s.free_symbols, key=str))
            terms = [(powers, Fraction(int(c.p), int(c.q))) for powers, c in poly.terms() if c.is_Rational]
        except sympy.PolynomialError:
            terms = []
        if not terms or len(terms) != len(poly.terms()):
            raise UsageError(f"{s} is no size: sizes are polynomials in names")
        total = Dim.of(0)
        for powers, c in terms:
            product = Dim({(): c})
            for letter, k in zip(poly.gens, powers):
                self.sizes.add(letter.name)
                for _ in range(k):
                    product = product * Dim.of(letter.name)
            total = total + product
        return total

    # Constants

    def on_identity(self, n: Any, args: list[Node]) -> Node:
        return Node("name", (), spell_name("I", str(self.size(n.shape[0]))))

    def on_zeromatrix(self, n: Any, args: list[Node]) -> Node:
        return Node("call", tuple(dimension(self.size(s)) for s in n.shape), "zeros")

    def on_onematrix(self, n: Any, args: list[Node]) -> Node:
        return Node("call", tuple(dimension(self.size(s)) for s in n.shape), "ones")

    def on_matrixunit(self, n: Any, args: list[Node]) -> Node:
        i, j = n._i, n._j
        if not (i.is_Integer and n.shape[1] == 1 and j == 0):
            raise _refused(n)
        self.size(n.shape[0])
        return Node("name", (), spell_name("e", str(int(i) + 1)))

    # Parts and sums

    def on_matrixelement(self, n: Any, args: list[Node]) -> Node:
        places = [self.place(k) for k, s in zip(n.indices, n.parent.shape) if s != 1]
        return Node("index", (args[0], *places)) if places else args[0]

    def place(self, k: Any) -> Node:
        """SymPy counts from 0."""
        if (k + 1).is_Integer:
            return number(int(k + 1))
        if (k + 1).is_Symbol:
            return Node("name", (), (k + 1).name)
        raise UsageError(f"the place {k} of an entry is neither a number nor a letter")

    def on_indexed(self, n: Any, args: list[Node]) -> Node:
        if len(n.indices) != 1 or not n.indices[0].is_Symbol:
            raise _refused(n)
        return self.named(f"{n.base.label.name}_{n.indices[0].name}", ())

    def on_sum(self, n: Any, args: list[Node]) -> Node:
        if len(args) != 3:
            raise _refused(n)
        letter = n.limits[0][0].name
        self.declarations.pop(letter, None)
        self.letters.add(letter)
        return Node("sum" if type(n).__name__ == "Sum" else "product", (args[0], args[1], args[2]), letter)

    on_product = on_sum

    # Entry by entry

    def on_elementwiseapplyfunction(self, n: Any, args: list[Node]) -> Node:
        import sympy

        f, (x,) = n.function, args
        if isinstance(f, sympy.FunctionClass) and f.__name__ in by_sympy_name():
            return written(by_sympy_name()[f.__name__], args, dotted=True)
        if isinstance(f, sympy.Lambda) and len(f.variables) == 1:
            t = f.variables[0]
            for op in REGISTRY.values():
                if op.elementwise and (in_sympy(op) or op.definition) and f.expr == function(sympy, op)(t):
                    return written(op, args, dotted=True)
            if f.expr == sympy.Piecewise((1, t > 0), (0, True)):
                return Node("iverson", (Node("cmp", (x, Node("num", (), Fraction(0))), ">"),))
        raise _refused(n)

    def on_piecewise(self, n: Any, args: list[Node]) -> Node:
        signs = {
            "StrictGreaterThan": ">",
            "StrictLessThan": "<",
            "GreaterThan": ">=",
            "LessThan": "<=",
            "Equality": "=",
            "Unequality": "!=",
        }
        parts: list[Node] = []
        todo = iter(args)
        for _, test in n.args:
            parts.append(next(todo))
            if test != True:  # noqa: E712
                if type(test).__name__ not in signs:
                    raise _refused(test)
                parts.append(Node("cmp", (next(todo), next(todo)), signs[type(test).__name__]))
        return Node("cases", tuple(parts))

    def on_blockmatrix(self, n: Any, args: list[Node]) -> Node:
        return Node("literal", tuple(args), (n.blocks.rows, n.blocks.cols))

    def on_immutabledensematrix(self, n: Any, args: list[Node]) -> Node:
        return Node("literal", tuple(args), (n.rows, n.cols))


def _add(n: Any, args: list[Node]) -> Node:
    return Node("add", tuple(args))


def _mul(n: Any, args: list[Node]) -> Node:
    """Factors side by side; the sign of a negative number before them all."""
    minus = sum(a.op == "neg" for a in args) % 2
    plain = [a.args[0] if a.op == "neg" else a for a in args]
    factors = [a for a in plain if not (a.op == "num" and a.attr == 1)] or plain[:1]
    product = factors[0] if len(factors) == 1 else Node("mul", tuple(factors), ("",) * (len(factors) - 1))
    return negated(product) if minus else product


def _pow(n: Any, args: list[Node]) -> Node:
    base, exponent = args
    matrix = getattr(n, "is_Matrix", False)
    return Node("inv", (base,)) if matrix and n.exp == -1 else Node("pow", (base, exponent))


def _elementwise(sign: str) -> Read:
    return lambda n, args: Node("ew", tuple(args), (sign,) * (len(args) - 1))


def written(op: Operation, args: list[Node], dotted: bool = False) -> Node:
    """An operation applied to arguments; `dotted`, entry by entry where its name may be taken for a matrix function's."""
    if op.notation == "ew":
        return Node("ew", tuple(args), (op.mark,) * (len(args) - 1))
    if op.notation:
        return Node(op.notation, tuple(args), op.mark or None)
    return Node("call", tuple(args), op.spellings[0] + "." * (dotted and op.name in ("exp", "log")))


_RULES: dict[str, Read] = {
    **dict.fromkeys(("Add", "MatAdd"), _add),
    **dict.fromkeys(("Mul", "MatMul"), _mul),
    **dict.fromkeys(("Pow", "MatPow"), _pow),
    "Transpose": lambda n, args: Node("T", (args[0],)),
    "HadamardProduct": _elementwise(".*"),
    "HadamardPower": lambda n, args: Node("epow", (args[0], args[1])),
    "Pi": lambda n, args: Node("name", (), "pi"),
    "Exp1": lambda n, args: Node("call", (number(1),), "exp"),  # a symbol may be called e
    "Infinity": lambda n, args: Node("name", (), "infty"),
}
