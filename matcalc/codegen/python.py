"""NumPy, JAX and PyTorch: what each calls things, and how their files read their arguments.

NumPy takes SciPy, where it is installed, for the factors of matrices. JAX is what `jax.jit` and `jax.vmap` take: shapes are checked when
a function is traced, nothing is written in place. PyTorch works on the device and with the type of its arguments, differentiable and
traceable like any other code in torch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from .emission import Body
from .factory import make_function
from .frame import Argument
from .graph import GraphNode, is_constant
from .helpers import python_functions
from .pyfile import Passing, identifier, python_file
from .python_operations import WRITERS, overwriting
from .target import Language, Target, Writer
from .wording import ATOM, MODULES, Text

COMMON = {
    "assign": "{} = {}",
    "for": "for {} in range({}, int({}) + 1):",
    "end": "",
    "length": "{}.shape[{}]",
    "number": "{}.0",
    **{"pi": "math.pi", "e": "math.e", "nan": "math.nan", "i": "1j"},
    **{"/": "/", "./": "/", "^": "**", ".^": "**", "=": "==", **{r: r for r in ("<", ">", "<=", ">=", "!=")}},
    "zeros": "np.zeros({}, dtype)",
    "ones": "np.ones({}, dtype)",
    "eye": "np.eye({}, dtype=dtype)",
    "whole": "({})//{}",
    "range": "np.arange({}, {} + 1, dtype=dtype)",
    "expand": "np.broadcast_to({}, {})",
    "literal": "np.array({}, dtype)",
    "permuted": "{}.transpose({})",
    "turned": "{}.T",
    "rows": "np.concatenate(({}))",
    "columns": "np.concatenate(({}), axis=1)",
    "diagonal": "np.diag({})",
    "spread": "_spread({}, dtype, {})",
    "spread_part": '("{}", {})',
    "commutation": "_commutation({}, {}, dtype)",
    "duplication": "_duplication({}, dtype)",
    "convmtx": "_convmtx({}, {})",
    "hankel": "_hankel({}, {})",
    "convolve": "np.convolve({}, {})",
    "correlate": 'np.convolve({}, np.flip({}), "valid")',
    "elimination": "_elimination({}, dtype)",
    "function": "np.{}({})",
    "where": "np.where({} != 0, {}, {})",
    "truth": "dtype.type({})",
    "truths": "({}).astype(dtype)",
    "not_zero": "np.maximum({}, np.finfo(dtype).tiny)",
    "product": "np.prod({}, -1)",
    "cumulated": "np.cumsum({}, {})",
    "cumulated backwards": "np.cumsum({0}[{2}], {1})[{2}]",
    "sum": "np.sum({})",
    "sum along": "np.sum({}, axis={})",
    "einsum": 'np.einsum("{}", {})',
    "solve": "np.linalg.solve({}, {})",
    "inverses": "_inverses({})",
    "shape": "{}.shape",
    "type": "dtype",
}


_NUMPY = {
    "what": "NumPy",
    "array": "np.asarray({}, dtype)",
    "kept": "np.array({})",
    "by rows": "_by_rows",
    "short buffer": "_with_buffer",
    "number not zero": "max({}, np.finfo(dtype).tiny)",
    "head": "import math\n\nimport numpy as np",
    "method": "{}.dot({})",  # for few numbers twice as fast as @
    "stacked": "{}.transpose(0, 2, 1)",  # for many matrices a fifth of the time of a sum over letters
    "vdot": "np.vdot({}, {})",
    "sum": "{}.sum()",
    "sum along": "{}.sum(axis={})",
    "einsum of many": 'np.einsum("{}", {}, optimize=True)',
    "exponential": "_Exponential({})",
    "interleaved": "_interleaved({}, {})",
    "outer": "_outer({}, {})",
    "products": "_products({})",
    "greatest of rows": "_greatest({})",
    "trace of inverse": "_chol_trace({}, {})",
}
_JAX = {
    "what": "JAX",
    "head": "import math\n\nimport jax\nimport jax.numpy as jnp",
    "types": "dtype = jnp.result_type({})",
    "array": "jnp.asarray({}, dtype)",
    "kept": "{}",
    "truth": "jnp.asarray({}, dtype)",
    "truths": "jnp.asarray({}, dtype)",
    "vdot": "jnp.vdot({}, {})",
    "cumulated backwards": "jax.lax.cumsum({}, {}, reverse=True)",
}
_TORCH = {
    "what": "PyTorch",
    "head": "import math\n\nimport torch",
    "types": "options = _options({})",
    "array": "torch.as_tensor({}, **options)",
    "kept": "({}).clone()",
    "type": "options",
    "shape": "tuple({}.shape)",
    "zeros": "torch.zeros({}, **options)",
    "ones": "torch.ones({}, **options)",
    "eye": "torch.eye({}, **options)",
    "range": "torch.arange({}, {} + 1, **options)",
    "commutation": "_commutation({}, {}, **options)",
    "duplication": "_duplication({}, **options)",
    "convolve": "_convolve({}, {})",
    "correlate": "_correlate({}, {})",
    "elimination": "_elimination({}, **options)",
    "permuted": "{}.permute({})",
    "stack": "torch.stack([{}])",
    "reshaped": "{}.reshape({})",
    "rows": "torch.cat(({}))",
    "columns": "torch.cat(({}), 1)",
    "sum along": "torch.sum({}, dim={})",
    "cumulated backwards": "torch.flip(torch.cumsum(torch.flip({0}, ({1},)), {1}), ({1},))",
    "spread": "_spread({}, options, {})",
    "truth": 'torch.as_tensor({}).to(options["dtype"])',
    "truths": 'torch.as_tensor({}).to(options["dtype"])',
    "not_zero": 'torch.clamp({}, min=torch.finfo(options["dtype"]).tiny)',
}


def shape(sizes: Sequence[str]) -> str:
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _numpy_inputs(target: Target, arguments: Sequence[Argument]) -> list[str]:
    arrays = [target.names[a.name] for a in arguments if a.dims]
    lines = [f"{n} = np.asarray({n})" for n in arrays]
    numbers = [f"np.asarray({target.names[a.name]})" for a in arguments if not a.integer]
    decisive = arrays or numbers  # a number beside arrays takes their type
    common = [f"dtype = np.result_type({', '.join([*decisive, 'np.float32'])})" if decisive else "dtype = np.dtype(np.float64)"]
    common += [f"{n} = {n}.astype(dtype, copy=False)" for n in arrays]
    if arrays:  # mostly they have one type, and nothing is to be done
        others = "".join(f" or {n}.dtype is not dtype" for n in arrays[1:])
        lines += [f"dtype = {arrays[0]}.dtype", f'if dtype.char not in "df"{others}:', *[f"    {line}" for line in common]]
    else:
        lines += common
    names = [(target.names[a.name], a) for a in arguments if not a.dims]
    return lines + [f"{name} = int({name})" if a.integer else f"{name} = dtype.type({name})" for name, a in names]


def _inputs(first: Sequence[str], target: Target, arguments: Sequence[Argument]) -> list[str]:
    names = [target.names[a.name] for a in arguments if not a.integer]
    lines = [target.word("types", ", ".join([*first, *names]))]
    lines += [f"{n} = {target.word('array', n)}" for n in names]
    return lines + [f"{target.names[a.name]} = int({target.names[a.name]})" for a in arguments if a.integer]


def _numpy_result(target: Target, root: GraphNode, text: str) -> str:
    if root.op == "expand":
        return f"np.array({text})"
    return f"{text}.0" if root.op == "num" and text.lstrip("-").isdigit() else text


def result(target: Target, root: GraphNode, text: str) -> str:
    return target.word("array", text) if is_constant(root) and not root.rank else text


def _torch_expand(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if is_constant(node.args[0]):
        return f"torch.full({target.shape(node.dims)}, {args[0][0]}, **options)", ATOM
    return WRITERS["expand"](target, node, args, body)


def literal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """Numbers as one array, where a language has it of arrays only."""
    stacked = target.word("stack", ", ".join(target.word("array", a[0]) for a in args))
    return stacked if node.rank < 2 else target.word("reshaped", stacked, target.shape(node.dims)), ATOM


def _language(name: str, words: dict[str, str], arrays: str, passing: Passing, **writers: Writer) -> Language:
    """A language that has NumPy's words in a module of its own, beside its own words."""
    common = {word: re.sub(r"\bnp\.", MODULES[name], text) for word, text in COMMON.items()}
    return Language(
        name,
        common | words,
        WRITERS | writers,
        partial(python_functions, name),
        identifier,
        shape,
        partial(python_file, passing, make_function),
        arrays=arrays,
    )


def numpy() -> Language:
    return _language("numpy", _NUMPY, "", Passing(_numpy_inputs, _numpy_result))._replace(overwriting=overwriting)


def jax() -> Language:
    return _language("jax", _JAX, "all", Passing(partial(_inputs, ["float"]), result))


def torch() -> Language:
    passing = Passing(partial(_inputs, []), result)
    return _language("torch", _TORCH, "each", passing, expand=_torch_expand, literal=literal)
