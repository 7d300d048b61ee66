"""GNU Octave: a script file of functions (`source` it). Vectors are columns; the code keeps to what MATLAB has too, but for `!=`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..kinds import Dim
from ..ops.operation import Operation
from .emission import ATOM, Body, Target, Text, inside
from .frame import Argument, File
from .graph import Node
from .helpers import octave_functions
from .octave_file import octave_file
from .octave_operations import WRITERS
from .wording import code_of, filled, ranks, repeated


class Octave(Target):
    """Octave's matrices: a vector is n×1, a product of matrices `*`, entry by entry `.*`."""

    name = "octave"
    writers = WRITERS

    @property
    def helper_texts(self) -> Mapping[str, str]:
        return octave_functions()

    def file(self, file: File) -> str:
        return octave_file(self, file)

    def argument(self, name: str) -> str:
        return self.names.get(name) or name

    def shape(self, dims: Sequence[Dim]) -> str:
        sizes = [self.size(d) for d in dims]
        return f"[{', '.join(sizes + ['1'] * (2 - len(sizes)))}]"

    def operation(self, op: Operation, node: Node, args: Sequence[Text], body: Body) -> Text:
        """An operation of the book, as Octave has it."""
        text = code_of(op, self.name)
        self.carry(text)
        args = body.named(node.args, args, repeated(text, op.params))
        n = len(op.params)
        rank = node.args[0].rank
        stack = rank > ranks(op)[0]
        return filled(text, dict(zip(op.params, args)) | {"axis": (str(rank), ATOM)}, [a[0] for a in args[n:]], stack)

    def turned(self, node: Node, text: Text, body: Body) -> str:
        """The transpose."""
        if node.op == "view" and node.attr == (1, 0):
            return inside(body.texts[node.args[0]], ATOM)
        return f"{inside(text, ATOM)}.'"

    def assign(self, name: str, text: str) -> str:
        return f"{name} = {text};"

    def empty(self, node: Node) -> str:
        one = isinstance(node.attr, tuple) and node.attr[0] == "product"
        return str(int(one)) if not node.dims else f"{'ones' if one else 'zeros'}({self.shape(node.dims)})"

    def begin_loop(self, node: Node, name: str, low: str, high: str, start: str) -> list[str]:
        return [start, f"for {name} = {low}:{high}"]

    def loop_step(self, node: Node, name: str, term: str) -> str:
        assert isinstance(node.attr, tuple)
        return f"{name} = {name} {'*' if node.attr[0] == 'product' else '+'} ({term});"

    def end_loop(self) -> list[str]:
        return ["end"]

    def length(self, a: Argument, axis: int) -> str:
        return f"size({self.names[a.name]}, {axis + 1})"
