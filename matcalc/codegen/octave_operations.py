"""How operations of a graph are written in Octave."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, pairwise

from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.operation import Operation
from . import writers
from .emission import Body
from .graph import GraphNode
from .target import Target, Writer
from .wording import ATOM, POWER, PRODUCT, SIGN, SUM, Text, inside

# What NumPy calls otherwise.
OCTAVE = {f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()} | {"maximum": "max", "minimum": "min"}


def _view(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    places = list(node.attr)
    if places in ([0, None], [0]) or not node.args[0].rank:
        return args[0]
    if places in ([1, 0], [None, 0]):
        return f"{inside(args[0], ATOM)}.'", ATOM
    extra = count(node.args[0].rank + 1)
    order = [p + 1 if p is not None else next(extra) for p in places]
    return f"permute({args[0][0]}, [{', '.join(map(str, order))}])", ATOM


def _expand(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    x, missing = inside(args[0], PRODUCT), node.rank - node.args[0].rank
    if missing and node.args[0].rank:  # axes that are added come first
        sizes = ", ".join(["1"] * missing + [target.size(d) for d in node.args[0].dims])
        x = f"reshape({args[0][0]}, [{sizes}])"
    return f"{x} .* ones({target.shape(node.dims)})", PRODUCT


def _reshape(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"reshape_({args[0][0]}, {target.shape(node.args[0].dims)}, {target.shape(node.dims)})", ATOM


def _member(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    at, x = args[1][0], inside(args[0], ATOM)
    rank = node.args[0].rank
    if rank == 1:
        return f"{x}({at})", ATOM
    if rank == 2:
        return f"{x}({at}, :).'", ATOM
    unknown = any("family" in d.names() for d in node.dims)  # how many members there are, which only the array tells
    shape = f"size({x})(2:end)" if unknown else target.shape(node.dims)
    return f"reshape({x}({', '.join([at] + [':'] * (rank - 1))}), {shape})", ATOM


def _slice(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    rank = node.args[0].rank
    return f"{inside(args[0], ATOM)}({', '.join([f'{node.attr}:{args[1][0]}'] + [':'] * (rank - 1))})", ATOM


def _cumulative(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    axis, backwards = node.attr
    return target.word("cumulated backwards" if backwards else "cumulated", args[0][0], int(axis) + 1), ATOM


def _part(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    low, high = node.attr
    rest = ", :" * (node.rank - 1)
    return f"{inside(args[0], ATOM)}({target.size(low + 1)}:{target.size(high)}{rest})", ATOM


def _block(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    _, cols = node.attr
    texts = [inside(a, POWER) for a in args]
    return "[" + "; ".join(", ".join(texts[k : k + cols]) for k in range(0, len(texts), cols)) + "]", ATOM


def _literal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    rows, cols = (len(args), 1) if node.rank < 2 else node.attr
    texts = [f"({a[0]})" for a in args]
    return "[" + "; ".join(", ".join(texts[r * cols : (r + 1) * cols]) for r in range(rows)) + "]", ATOM


def _mul(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    order = sorted(range(len(args)), key=lambda k: (node.args[k].rank, k))
    if node.args[order[0]].op == "num" and node.args[order[0]].attr == -1 and len(order) == 2:
        return f"-{inside(args[order[1]], SIGN)}", SIGN
    text = inside(args[order[0]], PRODUCT)
    for before, k in pairwise(order):
        text += f" {'.*' if node.args[before].rank else '*'} {inside(args[k], SIGN)}"
    return text, PRODUCT


def _call(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if isinstance(node.attr, Operation):
        return target.operation(node.attr, node, args, body)
    name = str(node.attr)
    if name in writers.RELATIONS:
        return writers.relation(target, node, args)
    if name == "cases":
        return f"cases_({', '.join(a[0] for a in args)})", ATOM
    return f"{OCTAVE.get(name, name)}({', '.join(a[0] for a in args)})", ATOM


def _pair(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    la, lb, out = node.attr
    a, b = node.args
    summed = [k for k in la if k in lb and k not in out]
    if len(summed) == 1 and a.rank <= 2 and b.rank <= 2 and len(out) == a.rank + b.rank - 2:
        k = summed[0]
        if (a.rank == 2 and b.rank == 2 and out[0] in lb) or (a.rank == 1 and b.rank == 2):
            a, b, la, lb, args = b, a, lb, la, args[::-1]
        left = target.turned(a, args[0], body) if la[0] == k else inside(args[0], PRODUCT if a.op == "pair" else ATOM)
        right = target.turned(b, args[1], body) if b.rank == 2 and lb[1] == k else inside(args[1], ATOM)
        return f"{left} * {right}", PRODUCT
    if a.rank <= 2 and b.rank <= 2 and set(la) == set(lb) and len(la) == 2:
        second = target.turned(b, args[1], body) if la != lb else inside(args[1], SIGN)
        whole = f"{inside(args[0], PRODUCT)} .* {second}"
        if not out:
            return f"sum(sum({whole}))", ATOM
        return (f"sum({whole}, 2)" if out == la[0] else f"sum({whole}, 1).'"), ATOM
    return f"contract_({args[0][0]}, '{la}', {args[1][0]}, '{lb}', '{out}')", ATOM


def _one(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    x = args[0][0]
    known = {
        ("ii", ""): f"trace({x})",
        ("ii", "i"): f"diag({x})",
        ("i", ""): f"sum({x})",
        ("ij", ""): f"sum(sum({x}))",
        ("ij", "i"): f"sum({x}, 2)",
        ("ij", "j"): f"sum({x}, 1).'",
    }
    if node.attr in known:
        return known[node.attr], ATOM
    return f"contract_({x}, '{node.attr[0]}', 1, '', '{node.attr[1]}')", ATOM


def _factor(node: GraphNode, args: Sequence[Text], body: Body) -> tuple[str, str] | None:
    assert isinstance(node.attr, tuple)
    spd = bool(node.attr[0])
    if (node.args[0], spd) not in body.factors:
        return None
    if spd:
        return "chol", body.factor(node.args[0], True, f"chol({args[0][0]})")
    return "lu", body.factor(node.args[0], False, f"lu_({args[0][0]})")


def _solve(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    transposed = node.attr[1]
    found = _factor(node, args, body)
    right = inside(args[1], ATOM)
    if found is None:
        return f"{target.turned(node.args[0], args[0], body) if transposed else inside(args[0], ATOM)} \\ {right}", PRODUCT
    kind, f = found
    if kind == "chol":
        return f"{f} \\ ({f}.' \\ {right})", PRODUCT
    return f"lu_solve_({f}, {args[1][0]}, {'true' if transposed else 'false'})", ATOM


def _inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    found = _factor(node, args, body)
    if found is None:
        return f"inv({args[0][0]})", ATOM
    kind, f = found
    if kind == "chol":
        return f"chol2inv({f})", ATOM
    return f"lu_solve_({f}, eye(rows({f}.L)), false)", ATOM


def _trace_inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    inverse = _inv(target, node, args[:1], body)
    return f"sum(sum({inverse[0]} .* {inside(args[1], SIGN)}))", ATOM


def _det(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    found = _factor(node, args, body)
    if found is None:
        return target.operation(DETERMINANT, node, args, body)
    kind, f = found
    return (f"prod(diag({f}))^2", POWER) if kind == "chol" else (f"det({f}.P) * prod(diag({f}.U))", PRODUCT)


def _logdet(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    found = _factor(node, args, body)
    if found is None:
        return target.operation(LOG_DETERMINANT, node, args, body)
    kind, f = found
    return (f"2 * sum(log(diag({f})))", PRODUCT) if kind == "chol" else (f"sum(log(abs(diag({f}.U))))", ATOM)


def _add_diagonal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    n = target.size(node.dims[0])
    diagonal = f"diag({args[1][0]})" if node.args[1].rank else f"{inside(args[1], PRODUCT)} * eye({n})"
    return f"{inside(args[0], SUM)} + {diagonal}", SUM


WRITERS: dict[str, Writer] = {
    **writers.WRITERS,
    "view": _view,
    "expand": _expand,
    "reshape": _reshape,
    "member": _member,
    "slice": _slice,
    "part": _part,
    "block": _block,
    "cumulative": _cumulative,
    "literal": _literal,
    "mul": _mul,
    "call": _call,
    "pair": _pair,
    "one": _one,
    "solve": _solve,
    "inv": _inv,
    "trace_inv": _trace_inv,
    "det": _det,
    "logdet": _logdet,
    "add_diagonal": _add_diagonal,
}
