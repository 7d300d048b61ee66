"""PyTorch, on the device and with the type of its arguments; differentiable and traceable like any other code in torch."""

from __future__ import annotations

from collections.abc import Sequence

from .emission import ATOM, Body, Text, is_constant
from .frame import Argument
from .graph import Node
from .helpers import DERIVATIVE, KRONECKER, NUMPY
from .python import NumPy

_COLUMNS = """    units = torch.eye(X.numel(), dtype=X.dtype, device=X.device).reshape(-1, *X.T.shape)
    return torch.stack([_NAME_derivative(X, *directions, E.T).T.reshape(-1) for E in units]).T
"""
_HELPERS = {
    "_options": '''
def _options(*arguments):
    """The type and the device of the arguments that are tensors."""
    tensors = [a for a in arguments if isinstance(a, torch.Tensor)]
    dtype = tensors[0].dtype if tensors else torch.get_default_dtype()
    for a in tensors:
        dtype = torch.promote_types(dtype, a.dtype)
    return {"dtype": dtype if dtype.is_floating_point else torch.get_default_dtype(), "device": tensors[0].device if tensors else None}
''',
    "_p_norm": '''
def _p_norm(x, p):
    """The p-norm, scaled so that nothing overflows."""
    size = torch.abs(x)
    top = torch.amax(size)
    return top * torch.sum((size / top) ** p) ** (1 / p)
''',
    "_first_right_singular": '''
def _first_right_singular(X):
    """The first right singular vector, its greatest entry positive."""
    v = torch.linalg.svd(X)[2][0]
    return v * torch.sign(v[torch.argmax(torch.abs(v))])
''',
    "_polar": '''
def _polar(X):
    """U V^T for X = U S V^T."""
    U, _, Vt = torch.linalg.svd(X, full_matrices=False)
    return U @ Vt
''',
    "_polar_derivative": NUMPY["_polar_derivative"].replace("np.", "torch."),
    "_triangle": '''
def _triangle(X, *directions):
    """The block triangle of which a function of matrices has its derivative along the directions in the top right corner."""
    block = X
    for k, E in enumerate(directions):
        step = torch.kron(torch.eye(2**k, dtype=X.dtype, device=X.device), E.contiguous())
        block = torch.cat((torch.cat((block, step), 1), torch.cat((torch.zeros_like(step), block), 1)))
    return block
''',
    "_expm_derivative": DERIVATIVE.replace("_NAME(", "torch.linalg.matrix_exp(").replace("NAME", "expm"),
    **{f"_{name}_derivative": DERIVATIVE.replace("NAME", name) for name in ("logm", "sqrtm")},
    **{
        f"_{name}_kronecker": KRONECKER.replace("NAME", name) + _COLUMNS.replace("NAME", name)
        for name in ("expm", "logm", "sqrtm", "polar")
    },
    "_gamma": '''
def _gamma(z):
    """The gamma function."""
    size = torch.exp(torch.special.gammaln(z))
    return torch.where((z < 0) & (torch.floor(z) % 2 != 0), -size, size)
''',
    "_polygamma": '''
def _polygamma(k, z):
    """The derivative of order k of digamma, which is a Hurwitz zeta function (DLMF 25.11.12)."""
    k = round(float(k))
    return torch.special.digamma(z) if k == 0 else (-1) ** (k + 1) * math.gamma(k + 1) * torch.special.zeta(k + 1, z)
''',
    "_adjugate": '''
def _adjugate(X):
    """The adjugate, also of a singular matrix."""
    U, s, Vt = torch.linalg.svd(X)
    others = torch.stack([torch.prod(torch.cat((s[:k], s[k + 1 :]))) for k in range(len(s))])
    return torch.linalg.det(U) * torch.linalg.det(Vt) * (Vt.T * others) @ U.T
''',
    "_commutation": '''
def _commutation(m, n, **options):
    """K with K vec(X) = vec(X.T) for X of shape (m, n)."""
    return torch.eye(m * n, **options)[torch.arange(m * n).reshape(n, m).T.reshape(-1)]
''',
    "_sqrtm": '''
def _sqrtm(X):
    """The principal square root: the product form of Denman and Beavers' iteration (Higham 2008, section 6.3)."""
    M = S = X
    eye = torch.eye(len(X), dtype=X.dtype, device=X.device)
    for _ in range(60):
        error = torch.max(torch.abs(M - eye))
        if error < 4 * len(X) * torch.finfo(X.dtype).eps:
            break
        scale = torch.exp(-torch.linalg.slogdet(M)[1] / (2 * len(X))) if error > 0.1 else 1.0
        inverse = torch.linalg.inv(M)
        S = scale / 2 * S @ (eye + inverse / scale**2)
        M = (eye + (scale**2 * M + inverse / scale**2) / 2) / 2
    return S if torch.max(torch.abs(M - eye)) < 0.01 else torch.full_like(S, math.nan)
''',
    "_logm": NUMPY["_logm"].partition("    eye, A")[0]
    + """    eye, A, roots = torch.eye(len(X), dtype=X.dtype, device=X.device), X, 0
    while torch.linalg.matrix_norm(A - eye, 1) > 0.25 and roots < 100:
        A, roots = _sqrtm(A), roots + 1
    Y = A - eye
    points = [(sign * t, w) for t, w in half for sign in (1, -1)]
    return 2.0**roots * sum(w / 2 * torch.linalg.solve(eye + (1 + t) / 2 * Y, Y) for t, w in points)
""",
    "_add_diagonal": '''
def _add_diagonal(X, v):
    """X + diag(v), or X + v I for a number."""
    return torch.diagonal_scatter(X, torch.diagonal(X) + v)
''',
    "_spread": '''
def _spread(shape, options, *parts):
    """Zeros with arrays added along diagonals: ("iji", a) adds a[i, j] at [i, j, i]."""
    total = torch.zeros(shape, **options)
    for axes, part in parts:
        letters = list(dict.fromkeys(axes))
        sizes = [shape[axes.index(k)] for k in letters]
        strides = [sum(total.stride(at) for at, m in enumerate(axes) if m == k) for k in letters]
        total.as_strided(sizes, strides).add_(part)
    return total
''',
    "_chol": """
def _chol(S):
    return torch.linalg.cholesky(S)
""",
    "_chol_solve": """
def _chol_solve(L, B):
    return torch.cholesky_solve(B, L) if B.ndim == 2 else torch.cholesky_solve(B[:, None], L)[:, 0]
""",
    "_chol_inverse": """
def _chol_inverse(L):
    return torch.cholesky_inverse(L)
""",
    "_chol_det": """
def _chol_det(L):
    return torch.prod(torch.diagonal(L)) ** 2
""",
    "_chol_logdet": """
def _chol_logdet(L):
    return 2 * torch.sum(torch.log(torch.diagonal(L)))
""",
    "_lu": """
def _lu(X):
    return torch.linalg.lu_factor(X)
""",
    "_lu_solve": """
def _lu_solve(factor, B, transposed=False):
    columns = B if B.ndim == 2 else B[:, None]
    solved = torch.linalg.lu_solve(*factor, columns, adjoint=transposed)
    return solved if B.ndim == 2 else solved[:, 0]
""",
    "_lu_inverse": """
def _lu_inverse(factor):
    return _lu_solve(factor, torch.eye(len(factor[0]), dtype=factor[0].dtype, device=factor[0].device))
""",
    "_lu_det": """
def _lu_det(factor):
    places = torch.arange(1, len(factor[1]) + 1, dtype=factor[1].dtype, device=factor[1].device)
    return torch.prod(torch.diagonal(factor[0])) * (1 - 2 * (torch.count_nonzero(factor[1] != places) % 2))
""",
    "_lu_logdet": """
def _lu_logdet(factor):
    return torch.sum(torch.log(torch.abs(torch.diagonal(factor[0]))))
""",
}


class Torch(NumPy):
    """PyTorch."""

    name = "torch"
    xp = "torch"
    what = "PyTorch"
    head = "import math\n\nimport torch"
    shape_of = "tuple({}.shape)"
    last = "options"
    helper_texts = _HELPERS

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

    def write_expand(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        if is_constant(node.args[0]):
            return f"torch.full({self.shape(node.dims)}, {args[0][0]}, **options)", ATOM
        return super().write_expand(node, args, body)

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

    def write_spread(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        text, level = super().write_spread(node, args, body)
        return text.replace(", **options, (", ", options, ("), level

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
