"""NumPy, and what the Python targets have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..kinds import Dim
from ..ops.operation import Operation
from .emission import ATOM, Body, Target, Text, inside
from .frame import Argument, File
from .graph import Node
from .helpers import python_functions, scipy_import
from .pyfile import identifier, python_file
from .python_operations import WRITERS
from .wording import code_of, filled, of_arrays, ranks, repeated


class NumPy(Target):
    """NumPy; SciPy, where it is installed, for the factors of matrices."""

    name = "numpy"
    xp = "np"
    head = "import math\n\nimport numpy as np"
    what = "NumPy"
    shape_of = "{}.shape"
    last = "dtype"  # what comes after the sizes
    writers = WRITERS

    @property
    def helper_texts(self) -> Mapping[str, str]:
        return python_functions(self.name)

    def file(self, file: File) -> str:
        return python_file(self, file)

    def length(self, a: Argument, axis: int) -> str:
        """How a size is read off an argument."""
        return f"{self.names[a.name]}.shape[{axis}]"

    def argument(self, name: str) -> str:
        return self.names.get(name) or identifier(name)

    def shape(self, dims: Sequence[Dim]) -> str:
        inner = ", ".join(self.size(d) for d in dims)
        return f"({inner},)" if len(dims) == 1 else f"({inner})"

    def kind(self) -> str:
        return "dtype"

    def permuted(self, olds: Sequence[int]) -> str:
        return f".transpose({', '.join(map(str, olds))})"

    def stacked(self, texts: Sequence[str], axis: int) -> str:
        """Arrays one after the other along an axis."""
        return f"{self.xp}.concatenate(({', '.join(texts)}){', axis=1' if axis else ''})"

    def array(self, text: str, node: Node, entries: Sequence[str]) -> str:
        return f"{self.xp}.array({text}, {self.kind()})"

    def not_zero(self, norm: str) -> str:
        """A norm to divide by: x/||x|| is 0 where x is."""
        return f"np.maximum({norm}, np.finfo(dtype).tiny)"

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

    def turned(self, node: Node, text: Text, body: Body) -> str:
        """The transpose of a matrix."""
        if node.op == "view" and node.attr == (1, 0):
            return inside(body.texts[node.args[0]], ATOM) if text[0].endswith(".T") else f"{inside(text, ATOM)}.T"
        return f"{inside(text, ATOM)}.T"

    def einsum(self, spec: str, args: Sequence[str]) -> str:
        many = len(spec.partition("->")[0]) > 6  # above two axes a tensordot is worth looking for
        return f'{self.xp}.einsum("{spec}", {", ".join(args)}{", optimize=True" if many and len(args) > 1 else ""})'

    def trace(self, text: str) -> str:
        return f"{self.xp}.trace({text})"

    def summed(self, text: str, axes: object) -> str:
        return f"{self.xp}.sum({text})" if axes is None else f"{self.xp}.sum({text}, axis={axes})"

    def solved(self, x: str, b: str) -> str:
        return f"{self.xp}.linalg.solve({x}, {b})"

    def diagonal_matrix(self, text: str) -> str:
        return f"{self.xp}.diag({text})"

    def eye(self, node: Node, body: Body) -> str:
        return f"{self.xp}.eye({self.size(node.dims[0])}, {self.kind_word()})"

    def kind_word(self) -> str:
        return "dtype=dtype"

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
