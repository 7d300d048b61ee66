"""How operations of a graph are written in R."""

from __future__ import annotations

from collections.abc import Sequence

from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.operation import Operation
from . import writers
from .emission import Body
from .graph import GraphNode
from .target import Target, Writer
from .wording import ATOM, POWER, PRODUCT, SIGN, SUM, Text, inside

# What NumPy calls otherwise.
WORDS = {f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()} | {"maximum": "larger_", "minimum": "smaller_"}


def _full_size(target: Target, node: GraphNode, args: Sequence[Text]) -> list[Text]:
    """The arguments, arrays with axes of length one repeated along these: R does not."""
    found = []
    for a, text in zip(node.args, args):
        short = a.rank and node.rank and a.dims != node.dims
        found.append((f"expand_({text[0]}, {target.shape(node.dims)})", ATOM) if short else text)
    return found


def _entrywise(writer: Writer) -> Writer:
    def written(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
        return writer(target, node, _full_size(target, node, args), body)

    return written


def _view(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    places = list(node.attr)
    if places in ([0, None], [0]) or not node.args[0].rank:
        return args[0]
    if places in ([1, 0], [None, 0]):
        return f"t({args[0][0]})", ATOM
    order = ", ".join("0" if p is None else str(p + 1) for p in places)
    return f"view_({args[0][0]}, c({order}))", ATOM


def _expand(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    x, missing = args[0][0], node.rank - node.args[0].rank
    if missing and node.args[0].rank:  # axes that are added come first
        x = f"array({x}, c({', '.join(['1'] * missing + [target.size(d) for d in node.args[0].dims])}))"
    return f"expand_({x}, {target.shape(node.dims)})", ATOM


def _reshape(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"reshape_({args[0][0]}, {target.shape(node.args[0].dims)}, {target.shape(node.dims)})", ATOM


def _member(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return (f"{inside(args[0], ATOM)}[{args[1][0]}]" if node.args[0].rank == 1 else f"member_({args[0][0]}, {args[1][0]})"), ATOM


def _slice(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"part_({args[0][0]}, {node.attr}, {args[1][0]})", ATOM


def _part(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    low, high = node.attr
    return f"part_({args[0][0]}, {target.size(low + 1)}, {target.size(high)})", ATOM


def _block(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    _, cols = node.attr
    texts = [a[0] for a in args]
    rows = [texts[k : k + cols] for k in range(0, len(texts), cols)]
    joined = [f"cbind({', '.join(row)})" if cols > 1 else row[0] for row in rows]
    return f"rbind({', '.join(joined)})" if len(rows) > 1 else joined[0], ATOM


def _literal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    rows, cols = (len(args), 1) if node.rank < 2 else node.attr
    return f"matrix(c({', '.join(a[0] for a in args)}), {rows}, {cols}, byrow = TRUE)", ATOM


def _mul(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    args = _full_size(target, node, args)
    order = sorted(range(len(args)), key=lambda k: (node.args[k].rank, k))
    if node.args[order[0]].op == "num" and node.args[order[0]].attr == -1 and len(order) == 2:
        return f"-{inside(args[order[1]], SIGN)}", SIGN
    return " * ".join(inside(args[k], SIGN if n else PRODUCT) for n, k in enumerate(order)), PRODUCT


def _call(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if isinstance(node.attr, Operation):
        return target.operation(node.attr, node, args, body)
    name = str(node.attr)
    args = _full_size(target, node, args)
    if name in writers.RELATIONS:
        return writers.relation(target, node, args)
    if name == "cases":
        return f"cases_({', '.join(a[0] for a in args)})", ATOM
    return f"{WORDS.get(name, name)}({', '.join(a[0] for a in args)})", ATOM


def _pair(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    la, lb, out = node.attr
    a, b = node.args
    summed = [k for k in la if k in lb and k not in out]
    if la == lb and not out:
        return f"sum({inside(args[0], PRODUCT)} * {inside(args[1], SIGN)})", ATOM
    if len(summed) == 1 and 1 < a.rank + b.rank <= 4 and max(a.rank, b.rank) == 2 and len(out) == a.rank + b.rank - 2:
        k = summed[0]
        if (a.rank == 2 and b.rank == 2 and out[0] in lb) or a.rank == 1:
            la, lb, args = lb, la, args[::-1]
            a, b = b, a
        turned = la[0] == k, b.rank == 2 and lb[1] == k
        if turned == (True, True):
            return f"t({inside(args[1], ATOM)} %*% {inside(args[0], ATOM)})", ATOM
        if turned[0] or turned[1]:
            return f"{'crossprod' if turned[0] else 'tcrossprod'}({args[0][0]}, {args[1][0]})", ATOM
        return f"{inside(args[0], ATOM)} %*% {inside(args[1], ATOM)}", PRODUCT
    if a.rank == b.rank == 2 and set(la) == set(lb) and len(set(la)) == 2:
        whole = f"{inside(args[0], PRODUCT)} * {f't({args[1][0]})' if la != lb else inside(args[1], SIGN)}"
        if not out:
            return f"sum({whole})", ATOM
        return f"column_({'rowSums' if out == la[0] else 'colSums'}({whole}))", ATOM
    return f'contract_({args[0][0]}, "{la}", {args[1][0]}, "{lb}", "{out}")', ATOM


def _one(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    x = args[0][0]
    known = {
        ("ii", ""): f"sum(diag({x}))",
        ("ii", "i"): f"column_(diag({x}))",
        ("i", ""): f"sum({x})",
        ("ij", ""): f"sum({x})",
        ("ij", "i"): f"column_(rowSums({x}))",
        ("ij", "j"): f"column_(colSums({x}))",
    }
    if node.attr in known:
        return known[node.attr], ATOM
    return f'contract_({x}, "{node.attr[0]}", 1, "", "{node.attr[1]}")', ATOM


def _chol(node: GraphNode, args: Sequence[Text], body: Body) -> str | None:
    """The Cholesky factor of a positive definite matrix; of others base R keeps no factors."""
    assert isinstance(node.attr, tuple)
    if not node.attr[0] or (node.args[0], True) not in body.factors:
        return None
    return body.factor(node.args[0], True, f"chol({args[0][0]})")


def _solve(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    found = _chol(node, args, body)
    if found is not None:
        return f"backsolve({found}, backsolve({found}, {args[1][0]}, transpose = TRUE))", ATOM
    return f"solve({target.turned(node.args[0], args[0], body) if node.attr[1] else args[0][0]}, {args[1][0]})", ATOM


def _inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    found = _chol(node, args, body)
    return (f"chol2inv({found})" if found is not None else f"solve({args[0][0]})"), ATOM


def _trace_inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"sum({_inv(target, node, args[:1], body)[0]} * {inside(args[1], SIGN)})", ATOM


def _det(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    found = _chol(node, args, body)
    return (f"prod(diag({found}))^2", POWER) if found is not None else target.operation(DETERMINANT, node, args, body)


def _logdet(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    found = _chol(node, args, body)
    return (f"2 * sum(log(diag({found})))", PRODUCT) if found is not None else target.operation(LOG_DETERMINANT, node, args, body)


def _diagonal(target: Target, x: GraphNode, text: Text, size: str) -> Text:
    return (f"diag(c({text[0]}), {size})", ATOM) if x.rank else (f"{inside(text, PRODUCT)} * diag({size})", PRODUCT)


def _add_diagonal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"{inside(args[0], SUM)} + {_diagonal(target, node.args[1], args[1], target.size(node.dims[0]))[0]}", SUM


def _spread(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if node.attr == ("ii",) and node.args[0].rank:
        return _diagonal(target, node.args[0], args[0], target.size(node.dims[0]))
    return writers.WRITERS["spread"](target, node, args, body)


def _cumulative(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    axis, backwards = node.attr
    return target.word("cumulated backwards" if backwards else "cumulated", args[0][0], int(axis) + 1), ATOM


WRITERS: dict[str, Writer] = {
    **writers.WRITERS,
    **{op: _entrywise(writers.WRITERS[op]) for op in ("add", "div", "pow")},
    "view": _view,
    "expand": _expand,
    "reshape": _reshape,
    "member": _member,
    "slice": _slice,
    "part": _part,
    "block": _block,
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
    "spread": _spread,
    "cumulative": _cumulative,
}
