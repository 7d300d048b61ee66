"""NumPy, and what the Python targets have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ..kinds import Dim
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.operation import Operation
from .emission import ATOM, POWER, PRODUCT, SIGN, SUM, Body, Text, inside, is_constant
from .frame import Argument
from .graph import Node
from .helpers import python_functions, scipy_import
from .pyfile import PythonFile, identifier
from .wording import code_of, filled, of_arrays, ranks, repeated

CONSTANTS = frozenset("exp log sin cos tan sinh cosh tanh sqrt".split())  # of numbers alone, by the standard library
RELATIONS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "=": "==", "!=": "!="}


class NumPy(PythonFile):
    """NumPy; SciPy, where it is installed, for the factors of matrices."""

    name = "numpy"
    xp = "np"
    head = "import math\n\nimport numpy as np"
    what = "NumPy"

    @property
    def helper_texts(self) -> Mapping[str, str]:
        return python_functions(self.name)

    # ---- leaves

    def argument(self, name: str) -> str:
        return self.names.get(name) or identifier(name)

    def write_in(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return self.argument(str(node.attr)), ATOM

    def write_num(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        v = Fraction(str(node.attr))
        level = ATOM if v >= 0 else SIGN
        if v.denominator == 1:
            return str(v.numerator), level
        exact = repr(float(v))
        return (exact, level) if Fraction(exact) == v and len(exact) < 12 else (f"{v.numerator} / {v.denominator}", PRODUCT)

    def write_size(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, Dim)
        return self.size(node.attr), ATOM if node.attr.name or node.attr.number is not None else SUM

    def size(self, dim: Dim) -> str:
        """A dimension as an integer expression."""
        parts = []
        for m, c in dim.terms:
            names = [n if n.isdigit() else self.dimension(n) for n, k in m for _ in range(k)]
            parts.append("*".join(([str(c)] if c != 1 or not names else []) + names))
        return " + ".join(parts).replace("+ -", "- ") or "0"

    def shape(self, dims: Sequence[Dim]) -> str:
        inner = ", ".join(self.size(d) for d in dims)
        return f"({inner},)" if len(dims) == 1 else f"({inner})"

    def write_const(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"math.{node.attr}", ATOM

    def write_index(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return body.index(str(node.attr)), ATOM

    def write_range(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"{self.xp}.arange({args[0][0]}, {inside(args[1], SUM)} + 1, {self.kind_word()})", ATOM

    def write_full(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        if not node.dims:
            return str(node.attr), ATOM
        return f"{self.xp}.{'ones' if node.attr else 'zeros'}({self.shape(node.dims)}, {self.kind()})", ATOM

    def kind(self) -> str:
        return "dtype"

    # ---- axes

    def write_view(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        places = list(node.attr)
        text = inside(args[0], ATOM)
        olds = [p for p in places if p is not None]
        if olds != sorted(olds):
            text += ".T" if olds == [1, 0] else self.permuted(olds)
        while places and places[0] is None:  # broadcasting adds axes in front by itself
            places.pop(0)
        if None in places:
            text += "[" + ", ".join("None" if p is None else ":" for p in places) + "]"
        return text, ATOM

    def permuted(self, olds: Sequence[int]) -> str:
        return f".transpose({', '.join(map(str, olds))})"

    def write_expand(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"{self.xp}.broadcast_to({args[0][0]}, {self.shape(node.dims)})", ATOM

    def write_reshape(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"{inside(args[0], ATOM)}.reshape({self.shape(node.dims)})", ATOM

    def write_member(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        at = node.args[1]
        place = str(int(at.attr) - 1) if at.op == "num" else f"{inside(args[1], SUM)} - 1"  # type: ignore[call-overload]
        return f"{inside(args[0], ATOM)}[{place}]", ATOM

    def write_slice(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        low = int(node.attr) - 1  # type: ignore[call-overload]
        return f"{inside(args[0], ATOM)}[{low or ''}:{args[1][0]}]", ATOM

    def write_part(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        low, high = (self.size(d) for d in node.attr)
        return f"{inside(args[0], ATOM)}[{low if low != '0' else ''}:{high}]", ATOM

    def write_block(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        _, cols = node.attr
        texts = [a[0] for a in args]
        rows = [texts[k : k + cols] for k in range(0, len(texts), cols)]
        return self.stacked([self.stacked(r, 1) if cols > 1 else r[0] for r in rows], 0) if len(rows) > 1 else self.stacked(
            rows[0], 1
        ), ATOM

    def stacked(self, texts: Sequence[str], axis: int) -> str:
        """Arrays one after the other along an axis."""
        return f"{self.xp}.concatenate(({', '.join(texts)}){', axis=1' if axis else ''})"

    def write_literal(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        rows, cols = node.attr
        texts = [a[0] for a in args]
        if node.rank < 2:
            inner = ", ".join(texts)
        else:
            inner = ", ".join("[" + ", ".join(texts[r * cols : (r + 1) * cols]) + "]" for r in range(rows))
        return self.array(f"[{inner}]", node, texts), ATOM

    def array(self, text: str, node: Node, entries: Sequence[str]) -> str:
        return f"{self.xp}.array({text}, {self.kind()})"

    # ---- entry by entry

    def write_add(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        first = next((k for k, a in enumerate(args) if not a[0].startswith("-")), 0)
        args = [args[first], *args[:first], *args[first + 1 :]]
        text = inside(args[0], SUM)
        for a in args[1:]:
            text += f" - {a[0][1:]}" if a[0].startswith("-") and a[1] > SUM else f" + {inside(a, SUM)}"
        return text, SUM

    def write_mul(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        if self.name == "numpy" and [n.attr if n.op == "view" else None for n in node.args] == [(0, None, 1, None), (None, 0, None, 1)]:
            self.helpers["_interleaved"] = None
            first, second = (body.texts[n.args[0]][0] for n in node.args)
            return f"_interleaved({first}, {second})", ATOM
        order = sorted(range(len(args)), key=lambda k: (node.args[k].rank, k))  # numbers first, so that arrays are scaled once
        if node.args[order[0]].op == "num" and node.args[order[0]].attr == -1 and len(order) > 1:
            rest = [args[k] for k in order[1:]]
            return "-" + " * ".join(inside(a, SIGN) for a in rest), SIGN if len(rest) == 1 else PRODUCT
        texts = [inside(args[k], PRODUCT if n == 0 else SIGN) for n, k in enumerate(order)]
        return " * ".join(texts), PRODUCT

    def write_div(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        under = inside(args[1], SIGN)
        if node.args[1].op == "call" and node.args[1].attr in (NORM, FROBENIUS_NORM):
            under = self.not_zero(args[1][0])
        return f"{inside(args[0], PRODUCT)} / {under}", PRODUCT

    def not_zero(self, norm: str) -> str:
        """A norm to divide by: x/||x|| is 0 where x is."""
        return f"np.maximum({norm}, np.finfo(dtype).tiny)"

    def write_pow(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"{inside(args[0], ATOM)}**{inside(args[1], ATOM)}", POWER

    def write_neg(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"-{inside(args[0], SIGN)}", SIGN

    def write_call(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        if isinstance(node.attr, Operation):
            return self.operation(node.attr, node, args, body)
        name = str(node.attr)
        if name in RELATIONS:
            return self.truth(f"{inside(args[0], SUM)} {RELATIONS[name]} {inside(args[1], SUM)}", node), ATOM
        if name == "cases":
            return self.cases([a[0] for a in args]), ATOM
        if name in CONSTANTS and is_constant(node):
            return f"math.{name}({args[0][0]})", ATOM
        return f"{self.xp}.{name}({', '.join(a[0] for a in self.arrays(node.args, args))})", ATOM

    def write_product(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"{self.xp}.prod({args[0][0]}, -1)", ATOM

    def write_commutation(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return self.helper("_commutation", args[0][0], args[1][0], self.kind()), ATOM

    def operation(self, op: Operation, node: Node, args: Sequence[Text], body: Body) -> Text:
        """An operation of the book, as the language has it."""
        text = code_of(op, self.name)
        self.carry(text)
        places = [k for k, is_array in enumerate(of_arrays(op, len(args))) if is_array]
        for k, written in zip(places, self.arrays([node.args[k] for k in places], [args[k] for k in places])):
            args = [*args[:k], written, *args[k + 1 :]]
        args = body.named(node.args, args, repeated(text, op.params))
        n = len(op.params)
        stack = any(x.rank > r for x, r in zip(node.args, ranks(op)))
        return filled(text, dict(zip(op.params, args)), [a[0] for a in args[n:]], stack)

    def arrays(self, nodes: Sequence[Node], args: Sequence[Text]) -> list[Text]:
        """Arguments of a function of arrays; some languages have no such functions of numbers."""
        return list(args)

    def truth(self, text: str, node: Node) -> str:
        """1 or 0 as a number of the right type."""
        return f"({text}).astype(dtype)" if node.rank else f"dtype.type({text})"

    def cases(self, args: Sequence[str]) -> str:
        total = args[-1] if len(args) % 2 else "math.nan"
        for k in range(len(args) // 2 * 2 - 2, -1, -2):
            total = f"{self.xp}.where({args[k + 1]} != 0, {args[k]}, {total})"
        return total

    # ---- products

    def write_pair(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        la, lb, out = node.attr
        a, b = node.args
        summed = [k for k in la if k in lb and k not in out]
        if len(summed) == 1 and a.rank <= 2 and b.rank <= 2 and len(out) == a.rank + b.rank - 2:
            k = summed[0]
            crossed = a.rank == 2 and b.rank == 2 and out[0] in lb
            if crossed or (a.rank == 1 and b.rank == 2 and lb[1] == k) or (a.rank == 2 and b.rank == 1 and la[0] == k):
                a, b, la, lb, args = b, a, lb, la, args[::-1]
            left = self.turned(a, args[0], body) if a.rank == 2 and la[0] == k else inside(args[0], PRODUCT if a.op == "pair" else ATOM)
            right = self.turned(b, args[1], body) if b.rank == 2 and lb[1] == k else inside(args[1], ATOM)
            return f"{left} @ {right}", PRODUCT
        if la == lb and not out and self.xp != "torch" and a.op != "view" and b.op != "view":
            return f"{self.xp}.vdot({args[0][0]}, {args[1][0]})", ATOM
        return self.einsum(f"{la},{lb}->{out}", [args[0][0], args[1][0]]), ATOM

    def turned(self, node: Node, text: Text, body: Body) -> str:
        """The transpose of a matrix."""
        if node.op == "view" and node.attr == (1, 0):
            return inside(body.texts[node.args[0]], ATOM) if text[0].endswith(".T") else f"{inside(text, ATOM)}.T"
        return f"{inside(text, ATOM)}.T"

    def einsum(self, spec: str, args: Sequence[str]) -> str:
        many = len(spec.partition("->")[0]) > 6  # above two axes a tensordot is worth looking for
        return f'{self.xp}.einsum("{spec}", {", ".join(args)}{", optimize=True" if many and len(args) > 1 else ""})'

    def write_one(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        a, out = node.attr
        if a == "ii":
            return (self.trace(args[0][0]) if not out else f"{self.xp}.diagonal({args[0][0]})"), ATOM
        if len(set(a)) == len(a) and [k for k in a if k in out] == list(out):
            gone = [n for n, k in enumerate(a) if k not in out]
            return self.summed(args[0][0], None if not out else gone[0] if len(gone) == 1 else tuple(gone)), ATOM
        return self.einsum(f"{a}->{out}", [args[0][0]]), ATOM

    def trace(self, text: str) -> str:
        return f"{self.xp}.trace({text})"

    def summed(self, text: str, axes: object) -> str:
        return f"{self.xp}.sum({text})" if axes is None else f"{self.xp}.sum({text}, axis={axes})"

    # ---- systems

    def write_solve(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        spd, transposed = bool(node.attr[0]), node.attr[1]
        x = node.args[0]
        if (x, spd) in body.factors:
            f = self._factor(x, spd, args[0][0], body, "solve")
            extra = ", transposed=True" if transposed else ""
            return f"_{'chol' if spd else 'lu'}_solve({f}, {args[1][0]}{extra})", ATOM
        return self.solved(self.turned(x, args[0], body) if transposed else args[0][0], args[1][0]), ATOM

    def solved(self, x: str, b: str) -> str:
        return f"{self.xp}.linalg.solve({x}, {b})"

    def _factor(self, x: Node, spd: bool, text: str, body: Body, use: str) -> str:
        kind = "_chol" if spd else "_lu"
        self.helpers[kind] = self.helpers[f"{kind}_{use}"] = None
        return body.factor(x, spd, f"{kind}({text})")

    def _factored(self, node: Node, args: Sequence[Text], body: Body, use: str) -> str | None:
        assert isinstance(node.attr, tuple)
        spd = bool(node.attr[0])
        if (node.args[0], spd) not in body.factors:
            return None
        return f"_{'chol' if spd else 'lu'}_{use}({self._factor(node.args[0], spd, args[0][0], body, use)})"

    def write_inv(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return self._factored(node, args, body, "inverse") or f"{self.xp}.linalg.inv({args[0][0]})", ATOM

    def write_trace_inv(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        """tr(X^-1 M), both symmetric."""
        if self.name == "numpy" and (node.args[0], True) in body.factors:
            return f"_chol_trace({self._factor(node.args[0], True, args[0][0], body, 'trace')}, {args[1][0]})", ATOM
        inverse = self.write_inv(node, args[:1], body)
        return self.einsum("ij,ij->", [inverse[0], args[1][0]]), ATOM

    def write_det(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return self._factored(node, args, body, "det") or self.operation(DETERMINANT, node, args, body)[0], ATOM

    def write_logdet(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return self._factored(node, args, body, "logdet") or self.operation(LOG_DETERMINANT, node, args, body)[0], ATOM

    # ---- diagonals

    def write_add_diagonal(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        self.helpers["_add_diagonal"] = None
        return f"_add_diagonal({args[0][0]}, {args[1][0]})", ATOM

    def write_spread(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        if node.attr == ("ii",):
            if node.args[0].rank:
                return self.diagonal_matrix(args[0][0]), ATOM
            eye = self.eye(node, body)
            return (eye, ATOM) if node.args[0].attr == 1 else (f"{inside(args[0], PRODUCT)} * {eye}", PRODUCT)
        assert isinstance(node.attr, tuple)
        self.helpers["_spread"] = None
        parts = ", ".join(f'("{p}", {a[0]})' for p, a in zip(node.attr, args))
        return f"_spread({self.shape(node.dims)}, {self.kind()}, {parts})", ATOM

    def diagonal_matrix(self, text: str) -> str:
        return f"{self.xp}.diag({text})"

    def eye(self, node: Node, body: Body) -> str:
        return f"{self.xp}.eye({self.size(node.dims[0])}, {self.kind_word()})"

    def kind_word(self) -> str:
        return "dtype=dtype"

    # ---- loops

    def empty(self, node: Node) -> str:
        one = isinstance(node.attr, tuple) and node.attr[0] == "product"
        if not node.dims:
            return "1.0" if one else "0.0"
        return f"{self.xp}.{'ones' if one else 'zeros'}({self.shape(node.dims)}, {self.kind()})"

    def begin_loop(self, node: Node, name: str, low: str, high: str, start: str) -> list[str]:
        return [start, f"for {name} in range({low}, int({high}) + 1):"]

    def loop_step(self, node: Node, name: str, term: str) -> str:
        assert isinstance(node.attr, tuple)
        return f"{name} = {name} {'*' if node.attr[0] == 'product' else '+'} ({term})"

    # ---- arguments and results

    def imports(self) -> str:
        return self.head + ("\n\n" + scipy_import() if any(h.startswith(("_chol", "_lu")) for h in self.helpers) else "")

    def returned(self, root: Node, text: str) -> str:
        if root.op == "expand":
            return f"np.array({text})"
        return f"{text}.0" if root.op == "num" and text.lstrip("-").isdigit() else text

    def extra_input(self, name: str, a: Argument) -> list[str]:
        return [f"{name} = np.asarray({name})"] if a.dims else []

    def conversion(self, arguments: Sequence[Argument]) -> list[str]:
        arrays = [self.names[a.name] for a in arguments if a.dims]
        lines = [f"{n} = np.asarray({n})" for n in arrays]
        numbers = [f"np.asarray({self.names[a.name]})" for a in arguments if not a.integer]
        decisive = arrays or numbers  # a number beside arrays takes their type
        lines.append(f"dtype = np.result_type({', '.join([*decisive, 'np.float32'])})" if decisive else "dtype = np.dtype(np.float64)")
        lines += [f"{n} = {n}.astype(dtype, copy=False)" for n in arrays]
        for a in arguments:
            if not a.dims:
                name = self.names[a.name]
                lines.append(f"{name} = int({name})" if a.integer else f"{name} = dtype.type({name})")
        return lines
