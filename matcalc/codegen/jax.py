"""JAX: what `jax.jit` and `jax.vmap` take. Shapes are checked when a function is traced, nothing is written in place."""

from __future__ import annotations

from collections.abc import Sequence

from .emission import ATOM, Text, is_constant
from .frame import Argument
from .graph import Node
from .python import NumPy


class JAX(NumPy):
    """jax.numpy."""

    name = "jax"
    xp = "jnp"
    what = "JAX"
    head = "import math\n\nimport jax\nimport jax.numpy as jnp"

    def imports(self) -> str:
        return self.head

    def arrays(self, nodes: Sequence[Node], args: Sequence[Text]) -> list[Text]:
        numbers = all(is_constant(n) and not n.rank for n in nodes)
        return [(f"jnp.asarray({a[0]}, dtype)", ATOM) if numbers else a for a in args]

    def einsum(self, spec: str, args: Sequence[str]) -> str:
        return f'jnp.einsum("{spec}", {", ".join(args)})'

    def truth(self, text: str, node: Node) -> str:
        return f"jnp.asarray({text}, dtype)"

    def not_zero(self, norm: str) -> str:
        return f"jnp.maximum({norm}, jnp.finfo(dtype).tiny)"

    def returned(self, root: Node, text: str) -> str:
        return f"jnp.asarray({text}, dtype)" if is_constant(root) and not root.rank else text

    def extra_input(self, name: str, a: Argument) -> list[str]:
        return [f"{name} = jnp.asarray({name})"]

    def conversion(self, arguments: Sequence[Argument]) -> list[str]:
        names = [self.names[a.name] for a in arguments if not a.integer]
        lines = [f"dtype = jnp.result_type({', '.join(['float', *names])})"]
        lines += [f"{n} = jnp.asarray({n}, dtype)" for n in names]
        return lines + [f"{self.names[a.name]} = int({self.names[a.name]})" for a in arguments if a.integer]
