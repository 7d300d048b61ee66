"""PyTorch, on the device and with the type of its arguments; differentiable and traceable like any other code in torch."""

from __future__ import annotations

from collections.abc import Sequence

from .emission import ATOM, Body, Text, is_constant
from .frame import Argument
from .graph import Node
from .python import NumPy
from .python_operations import WRITERS


def _expand(target: Torch, node: Node, args: Sequence[Text], body: Body) -> Text:
    if is_constant(node.args[0]):
        return f"torch.full({target.shape(node.dims)}, {args[0][0]}, **options)", ATOM
    return WRITERS["expand"](target, node, args, body)


def _spread(target: Torch, node: Node, args: Sequence[Text], body: Body) -> Text:
    text, level = WRITERS["spread"](target, node, args, body)
    return text.replace(", **options, (", ", options, ("), level


class Torch(NumPy):
    """PyTorch."""

    name = "torch"
    writers = WRITERS | {"expand": _expand, "spread": _spread}
    xp = "torch"
    what = "PyTorch"
    head = "import math\n\nimport torch"
    shape_of = "tuple({}.shape)"
    last = "options"

    def kind(self) -> str:
        return "**options"

    def kind_word(self) -> str:
        return "**options"

    def permuted(self, olds: Sequence[int]) -> str:
        return f".permute({', '.join(map(str, olds))})"

    def imports(self) -> str:
        return self.head

    def einsum(self, spec: str, args: Sequence[str]) -> str:
        return f'torch.einsum("{spec}", {", ".join(args)})'

    def summed(self, text: str, axes: object) -> str:
        return f"torch.sum({text})" if axes is None else f"torch.sum({text}, dim={axes})"

    def stacked(self, texts: Sequence[str], axis: int) -> str:
        return f"torch.cat(({', '.join(texts)}){', 1' if axis else ''})"

    def truth(self, text: str, node: Node) -> str:
        return f'torch.as_tensor({text}).to(options["dtype"])'

    def not_zero(self, norm: str) -> str:
        return f'torch.clamp({norm}, min=torch.finfo(options["dtype"]).tiny)'

    def array(self, text: str, node: Node, entries: Sequence[str]) -> str:
        stacked = f"torch.stack([{', '.join(f'torch.as_tensor({t}, **options)' for t in entries)}])"
        return stacked if node.rank < 2 else f"{stacked}.reshape({self.shape(node.dims)})"

    def arrays(self, nodes: Sequence[Node], args: Sequence[Text]) -> list[Text]:
        numbers = [is_constant(n) and not n.rank for n in nodes]
        return [(f"torch.as_tensor({a[0]}, **options)", ATOM) if number else a for number, a in zip(numbers, args)]

    def returned(self, root: Node, text: str) -> str:
        return f"torch.as_tensor({text}, **options)" if is_constant(root) and not root.rank else text

    def extra_input(self, name: str, a: Argument) -> list[str]:
        return [f"{name} = torch.as_tensor({name}, **options)"]

    def conversion(self, arguments: Sequence[Argument]) -> list[str]:
        names = [self.names[a.name] for a in arguments if not a.integer]
        self.helpers["_options"] = None
        lines = [f"options = _options({', '.join(names)})"]
        lines += [f"{n} = torch.as_tensor({n}, **options)" for n in names]
        return lines + [f"{self.names[a.name]} = int({self.names[a.name]})" for a in arguments if a.integer]
