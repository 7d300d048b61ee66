"""The Python array API standard: programs that compute with the library of their arguments, whichever it is.

`xp` is the namespace of the arguments (`__array_namespace__`; array_api_compat where a library has none of its own), and only what the
standard has stands in a program: no einsum, no triangular solve, no special functions. Nothing is written in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.operation import Operation
from . import python_operations as python
from . import writers
from .emission import Body
from .factory import make_function
from .frame import Argument
from .graph import GraphNode, is_constant
from .helpers import python_functions
from .pyfile import Passing, identifier, python_file
from .python import COMMON, literal, result, shape
from .target import Language, Target
from .wording import ATOM, SUM, Text, inside

_WORDS = COMMON | {
    "what": "the array API standard",
    "head": "import math",
    "type": "xp, options",
    "types": "xp, options = _options({})",
    "array": "xp.asarray({}, **options)",
    "kept": "xp.asarray({}, copy=True)",
    "shape": "tuple({}.shape)",
    "zeros": "xp.zeros({}, **options)",
    "ones": "xp.ones({}, **options)",
    "filled": "xp.full({}, {}, **options)",
    "eye": "xp.eye({}, **options)",
    "range": "xp.arange({}, {} + 1, **options)",
    "expand": "xp.broadcast_to({}, {})",
    "stack": "xp.stack([{}])",
    "reshaped": "xp.reshape({}, {})",
    "permuted": "xp.permute_dims({}, ({}))",
    "rows": "xp.concat(({}))",
    "columns": "xp.concat(({}), axis=1)",
    "diagonal": "_diagonal({})",
    "spread": "_spread({}, xp, options, {})",
    "commutation": "_commutation({}, {}, xp, options)",
    "duplication": "_duplication({}, xp, options)",
    "elimination": "_elimination({}, xp, options)",
    "convmtx": "_convmtx({}, {}, xp, options)",
    "hankel": "_hankel({}, {}, xp)",
    "convolve": "_convolve({}, {}, xp, options)",
    "correlate": "_correlate({}, {}, xp)",
    "function": "xp.{}({})",
    "where": "xp.where({} != 0, {}, {})",
    **dict.fromkeys(("truth", "truths"), 'xp.astype(xp.asarray({}, device=options["device"]), options["dtype"])'),
    "not_zero": "_not_zero({})",
    "product": "xp.prod({}, axis=-1)",
    "cumulated": "xp.cumulative_sum({}, axis={})",
    "cumulated backwards": "xp.flip(xp.cumulative_sum(xp.flip({0}, axis={1}), axis={1}), axis={1})",
    "sum": "xp.sum({})",
    "sum along": "xp.sum({}, axis={})",
    "solve": "xp.linalg.solve({}, {})",
    "inverses": "_inverses({})",
}
_NAMES = {f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()}


def _reshape(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.word("reshaped", args[0][0], target.shape(node.dims)), ATOM


def _expand(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if is_constant(node.args[0]):
        return target.word("filled", target.shape(node.dims), args[0][0]), ATOM
    return python.WRITERS["expand"](target, node, args, body)


def _first(node: GraphNode, args: Sequence[Text], places: str) -> Text:
    """A part along the first axis; the standard wants every axis named, or the dots for the others."""
    return f"{inside(args[0], ATOM)}[{places}{', ...' if node.args[0].rank > 1 else ''}]", ATOM


def _member(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    at = node.args[1]
    return _first(node, args, str(int(at.attr) - 1) if at.op == "num" else f"{inside(args[1], SUM)} - 1")  # type: ignore[call-overload]


def _slice(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    low = int(node.attr) - 1  # type: ignore[call-overload]
    return _first(node, args, f"{low or ''}:{args[1][0]}")


def _part(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    low, high = (target.size(d) for d in node.attr)
    return _first(node, args, f"{low if low != '0' else ''}:{high}")


def _cumulative(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    axis, backwards = node.attr
    return target.word("cumulated backwards" if backwards else "cumulated", args[0][0], axis), ATOM


def _call(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    name = str(node.attr)
    if name == "cases":  # of arrays only: a number beside another would be of the library's own type
        args = [(t if t.startswith("xp.asarray") else target.word("array", t), ATOM) for t, _ in args]
    if isinstance(node.attr, Operation) or name in writers.RELATIONS or name == "cases" or (name in python.CONSTANTS and is_constant(node)):
        return python.WRITERS["call"](target, node, args, body)
    return target.word("function", _NAMES.get(name, name), ", ".join(a[0] for a in target.arrays(node.args, args))), ATOM


def _pair(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    la, lb, out = node.attr
    found = python.matrix_product(target, node, args, body)
    if found is not None:
        return found
    if la == lb and not out:
        return f"xp.tensordot({args[0][0]}, {args[1][0]}, axes={len(la)})", ATOM
    return f'_contract({args[0][0]}, "{la}", {args[1][0]}, "{lb}", "{out}")', ATOM


def _one(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    labels, out = node.attr
    if labels == "ii":
        return target.word("function", "linalg.diagonal" if out else "linalg.trace", args[0][0]), ATOM
    if len(set(labels)) == len(labels) and [k for k in labels if k in out] == list(out):
        return python.WRITERS["one"](target, node, args, body)
    return f'_reduced({args[0][0]}, "{labels}", "{out}")', ATOM


def _solve(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    return target.word("solve", target.turned(node.args[0], args[0], body) if node.attr[1] else args[0][0], args[1][0]), ATOM


def _inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.word("inverses", args[0][0]) if python.is_stack(node) else target.word("function", "linalg.inv", args[0][0]), ATOM


def _trace_inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """tr(X^-1 M), both symmetric."""
    return f"xp.tensordot(xp.linalg.inv({args[0][0]}), {args[1][0]}, axes=2)", ATOM


def _det(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.operation(DETERMINANT, node, args, body)


def _logdet(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.operation(LOG_DETERMINANT, node, args, body)


def _inputs(target: Target, arguments: Sequence[Argument]) -> list[str]:
    names = [target.names[a.name] for a in arguments if not a.integer]
    lines = [target.word("types", ", ".join(names))] + [f"{n} = {target.word('array', n)}" for n in names]
    return lines + [f"{target.names[a.name]} = int({target.names[a.name]})" for a in arguments if a.integer]


WRITERS = python.WRITERS | {
    "reshape": _reshape,
    "expand": _expand,
    "member": _member,
    "slice": _slice,
    "part": _part,
    "cumulative": _cumulative,
    "literal": literal,
    "call": _call,
    "pair": _pair,
    "one": _one,
    "solve": _solve,
    "inv": _inv,
    "trace_inv": _trace_inv,
    "det": _det,
    "logdet": _logdet,
}


def array_api() -> Language:
    passing = Passing(_inputs, result)
    functions = partial(python_functions, "array-api")
    return Language("array-api", _WORDS, WRITERS, functions, identifier, shape, partial(python_file, passing, make_function), arrays="each")
