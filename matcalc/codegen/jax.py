"""JAX: what `jax.jit` and `jax.vmap` take. Shapes are checked when a function is traced, nothing is written in place."""

from __future__ import annotations

from collections.abc import Sequence

from .emission import ATOM, Text, is_constant
from .frame import Argument
from .graph import Node
from .helpers import DERIVATIVE, KRONECKER, NUMPY
from .python import NumPy

_COLUMNS = """    units = jnp.eye(X.size, dtype=X.dtype).reshape(X.size, *X.T.shape)
    return jax.vmap(lambda E: _NAME_derivative(X, *directions, E.T).T.reshape(-1))(units).T
"""
_HELPERS = {
    "_p_norm": NUMPY["_p_norm"].replace("np.", "jnp.").replace(" if top > 0 else top", ""),
    "_first_right_singular": NUMPY["_first_right_singular"].replace("np.", "jnp."),
    "_polar": NUMPY["_polar"].replace("np.", "jnp."),
    "_polygamma": '''
def _polygamma(k, z):
    """The derivative of order k of digamma; not a number below 0, where JAX has few digits."""
    k = jnp.round(k).astype(int)
    return jnp.where((k == 0) | (jnp.asarray(z) > 0), jax.scipy.special.polygamma(k, z), jnp.nan)
''',
    "_polar_derivative": NUMPY["_polar_derivative"].replace("np.", "jnp."),
    "_triangle": NUMPY["_triangle"].replace("np.", "jnp."),
    "_expm_derivative": DERIVATIVE.replace("_NAME(", "jax.scipy.linalg.expm(").replace("NAME", "expm"),
    **{f"_{name}_derivative": DERIVATIVE.replace("NAME", name) for name in ("logm", "sqrtm")},
    **{
        f"_{name}_kronecker": KRONECKER.replace("NAME", name) + _COLUMNS.replace("NAME", name)
        for name in ("expm", "logm", "sqrtm", "polar")
    },
    "_adjugate": '''
def _adjugate(X):
    """The adjugate, also of a singular matrix."""
    U, s, Vt = jnp.linalg.svd(X)
    others = jnp.stack([jnp.prod(jnp.delete(s, k)) for k in range(len(s))])
    return jnp.linalg.det(U) * jnp.linalg.det(Vt) * (Vt.T * others) @ U.T
''',
    "_commutation": NUMPY["_commutation"].replace("np.", "jnp."),
    "_sqrtm": '''
def _sqrtm(X):
    """The principal square root: the product form of Denman and Beavers' iteration (Higham 2008, section 6.3)."""
    n, eye = len(X), jnp.eye(len(X), dtype=X.dtype)

    def error(M):
        return jnp.max(jnp.abs(M - eye))

    def step(state):
        k, M, S = state
        scale = jnp.where(error(M) > 0.1, jnp.exp(-jnp.linalg.slogdet(M)[1] / (2 * n)), 1.0)
        inverse = jnp.linalg.inv(M)
        return k + 1, (eye + (scale**2 * M + inverse / scale**2) / 2) / 2, scale / 2 * S @ (eye + inverse / scale**2)

    def unfinished(state):
        return (state[0] < 60) & (error(state[1]) > 4 * n * jnp.finfo(X.dtype).eps)

    _, M, S = jax.lax.while_loop(unfinished, step, (0, X, X))
    return jnp.where(error(M) < 0.01, S, jnp.nan)
''',
    "_logm": NUMPY["_logm"].partition("    eye, A")[0]
    + """    eye = jnp.eye(len(X), dtype=X.dtype)

    def unfinished(state):
        return (jnp.linalg.norm(state[0] - eye, 1) > 0.25) & (state[1] < 100)

    A, roots = jax.lax.while_loop(unfinished, lambda state: (_sqrtm(state[0]), state[1] + 1), (X, 0))
    Y = A - eye
    points = [(sign * t, w) for t, w in half for sign in (1, -1)]
    return 2.0**roots * sum(w / 2 * jnp.linalg.solve(eye + (1 + t) / 2 * Y, Y) for t, w in points)
""",
    "_add_diagonal": '''
def _add_diagonal(X, v):
    """X + diag(v), or X + v I for a number."""
    return X + jnp.eye(len(X), dtype=X.dtype) * v
''',
    "_spread": '''
def _spread(shape, dtype, *parts):
    """Zeros with arrays added along diagonals: ("iji", a) adds a[i, j] at [i, j, i]."""
    total = jnp.zeros(shape, dtype)
    for axes, part in parts:
        letters = list(dict.fromkeys(axes))
        part = jnp.broadcast_to(part, [shape[axes.index(k)] for k in letters])
        part = part.reshape([n if axes.index(k) == at else 1 for at, (k, n) in enumerate(zip(axes, shape))])
        for at, k in enumerate(axes):
            first = axes.index(k)
            if first != at:
                numbers = jnp.arange(shape[at])
                rows = numbers.reshape([-1 if p == first else 1 for p in range(len(shape))])
                part = jnp.where(rows == numbers.reshape([-1 if p == at else 1 for p in range(len(shape))]), part, 0)
        total = total + part
    return total
''',
    "_chol": """
def _chol(S):
    return jax.scipy.linalg.cho_factor(S, lower=True)
""",
    "_chol_solve": """
def _chol_solve(factor, B):
    return jax.scipy.linalg.cho_solve(factor, B)
""",
    "_chol_inverse": """
def _chol_inverse(factor):
    return _chol_solve(factor, jnp.eye(len(factor[0]), dtype=factor[0].dtype))
""",
    "_chol_det": """
def _chol_det(factor):
    return jnp.prod(jnp.diagonal(factor[0])) ** 2
""",
    "_chol_logdet": """
def _chol_logdet(factor):
    return 2 * jnp.sum(jnp.log(jnp.diagonal(factor[0])))
""",
    "_lu": """
def _lu(X):
    return jax.scipy.linalg.lu_factor(X)
""",
    "_lu_solve": """
def _lu_solve(factor, B, transposed=False):
    return jax.scipy.linalg.lu_solve(factor, B, trans=int(transposed))
""",
    "_lu_inverse": """
def _lu_inverse(factor):
    return _lu_solve(factor, jnp.eye(len(factor[0]), dtype=factor[0].dtype))
""",
    "_lu_det": """
def _lu_det(factor):
    odd = jnp.count_nonzero(factor[1] != jnp.arange(len(factor[1]))) % 2
    return jnp.prod(jnp.diagonal(factor[0])) * (1 - 2 * odd)
""",
    "_lu_logdet": """
def _lu_logdet(factor):
    return jnp.sum(jnp.log(jnp.abs(jnp.diagonal(factor[0]))))
""",
}


class JAX(NumPy):
    """jax.numpy."""

    name = "jax"
    xp = "jnp"
    what = "JAX"
    head = "import math\n\nimport jax\nimport jax.numpy as jnp"
    helper_texts = _HELPERS

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
