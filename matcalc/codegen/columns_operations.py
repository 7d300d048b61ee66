"""How operations of a graph are written in languages whose vectors are columns: by their forms (`columns`)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from ..kinds import Dim
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.operation import Operation
from . import writers
from .emission import Body
from .factor import CHOLESKY, LU, TRIANGULAR
from .graph import GraphNode
from .target import Target, Writer
from .wording import ATOM, SIGN, Text, inside


def fitted(target: Target, node: GraphNode, args: Sequence[Text]) -> list[Text]:
    """The arguments, arrays with axes of length one repeated along these where the language does not by itself."""
    found = []
    for a, text in zip(node.args, args):
        short = a.rank and node.rank and a.dims != node.dims and target.has("fit")
        shapes = {"shape": target.shape(node.dims), "before": target.shape(a.dims)} if short else {}
        found.append(target.form("fit", text, **shapes) if short else text)
    return found


def entrywise(writer: Writer) -> Writer:
    def written(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
        return writer(target, node, fitted(target, node, args), body)

    return written


def whole(target: Target, node: GraphNode, text: Text, body: Body) -> str:
    """A whole number that counts: as it is, where numbers of the language are of another type than sizes."""
    if node.op == "size":
        assert isinstance(node.attr, Dim)
        return target.size(node.attr)
    return body.index(str(node.attr)) if node.op == "index" else text[0]


def turned(target: Target, node: GraphNode, text: Text, body: Body) -> Text:
    """The transpose; of a transpose, what it is of."""
    if node.op == "view" and node.attr in ((1, 0), (None, 0)):
        return body.texts[node.args[0]]
    return target.form("turned", text)


def _view(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    places, x = list(node.attr), node.args[0]
    if places in ([0, None], [0]) or not x.rank:
        return args[0]
    if places in ([1, 0], [None, 0]):
        return target.form("turned", args[0])
    new = count(x.rank + 1)
    order = ", ".join("0" if p is None else str(p + 1) for p in places)
    extended = ", ".join(str(next(new) if p is None else p + 1) for p in places)
    shapes = {"before": target.shape(x.dims), "shape": target.shape(node.dims)}
    return target.form("view", args[0], order=order, extended=extended, **shapes)


def _expand(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    x, text, shape = node.args[0], args[0], target.shape(node.dims)
    if not x.rank:
        return target.form("filled", text, shape=shape)
    before = [*[Dim.of(1)] * (node.rank - x.rank), *x.dims]  # axes that are added come first
    if len(before) > x.rank:
        text = target.form("reshaped", text, shape=target.shape(before))
    return target.form("expand", text, shape=shape, before=target.shape(before))


def _reshape(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.form("reshape", args[0], before=target.shape(node.args[0].dims), shape=target.shape(node.dims))


def _member(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    rank, at = node.args[0].rank, whole(target, node.args[1], args[1], body)
    unknown = any("family" in d.names() for d in node.dims)  # how many members there are, which only the array tells
    shape = target.shape(node.dims) if rank > 2 and not unknown else ""
    return target.form(f"member {rank}" if rank < 3 else "member", args[0], at=at, shape=shape)


def _slice(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    high, low = whole(target, node.args[1], args[1], body), node.attr
    return target.form("slice", args[0], low=low, high=high, rest=", :" * (node.args[0].rank - 1), rank=node.rank)


def _part(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    low, high = node.attr
    return target.form("slice", args[0], low=target.size(low + 1), high=target.size(high), rest=", :" * (node.rank - 1), rank=node.rank)


def _block(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    _, cols = node.attr
    texts = [target.form("part", a) for a in args]
    rows = [texts[k : k + cols] for k in range(0, len(texts), cols)]
    joined = [target.form("beside", parts=", ".join(t for t, _ in row))[0] if cols > 1 else row[0][0] for row in rows]
    if len(rows) == 1:
        return joined[0], ATOM
    return target.form("below", parts=", ".join(joined), lines="; ".join(joined))


def _literal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    rows, cols = (len(args), 1) if node.rank < 2 else node.attr
    lines = "; ".join(", ".join(f"({a[0]})" for a in args[r * cols : (r + 1) * cols]) for r in range(rows))
    return target.form("literal", entries=", ".join(a[0] for a in args), lines=lines, rows=rows, cols=cols)


def _mul(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    order = sorted(range(len(args)), key=lambda k: (node.args[k].rank, k))
    negative = node.args[order[0]].op == "num" and node.args[order[0]].attr == -1 and len(order) > 1
    if negative and len(order) == 2:
        return f"-{inside(args[order[1]], SIGN)}", SIGN
    order = order[negative:]
    columns = [k for k in order if node.args[k].op == "view" and node.args[k].attr == (0, None)]
    rows = [k for k in order if node.args[k].op == "view" and node.args[k].attr == (None, 0)]
    factors = [(node.args[k].rank, text) for k, text in enumerate(fitted(target, node, args))]
    if len(columns) == len(rows) == 1:
        first, second = columns[0], rows[0]
        factors[first] = 2, target.form("outer", args[first], body.texts[node.args[second].args[0]])
        order.remove(second)
    rank, text = factors[order[0]]
    for k in order[1:]:
        text = target.form("entries" if rank else "scaled", text, factors[k][1])
        rank = factors[k][0]
    return (f"-{text[0]}", min(text[1], SIGN)) if negative else text


def _call(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if isinstance(node.attr, Operation):
        return target.operation(node.attr, node, args, body)
    name = str(node.attr)
    args = fitted(target, node, args)
    if name in writers.RELATIONS:
        return writers.relation(target, node, args)
    if name == "cases":
        return f"cases_({', '.join(a[0] for a in args)})", ATOM
    return f"{target.columns.functions.get(name, name)}({', '.join(a[0] for a in args)})", ATOM


def _pair(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    la, lb, out = node.attr
    a, b = node.args
    left, right = args
    summed = [k for k in la if k in lb and k not in out]
    if la == lb and not out and a.rank == 1:
        return target.form("dot", left, right)
    if len(summed) == 1 and a.rank <= 2 and b.rank <= 2 and len(out) == a.rank + b.rank - 2:
        k = summed[0]
        if (a.rank == 2 and b.rank == 2 and out[0] in lb) or (a.rank == 1 and b.rank == 2):
            a, b, la, lb, left, right = b, a, lb, la, right, left
        return _product(target, (a, left, la[0] == k), (b, right, b.rank == 2 and lb[1] == k), body)
    if a.rank <= 2 and b.rank <= 2 and set(la) == set(lb) and len(la) == 2:
        return _summed(target, target.form("entries", left, turned(target, b, right, body) if la != lb else right), 2, la, out)
    if la == lb and not out and target.has("sum"):
        return target.form("sum", target.form("entries", left, right))
    return _contracted(target, node, (left, right), (la, lb, out))


Side = tuple[GraphNode, Text, bool]  # a matrix or vector, and whether its transpose is meant


def _product(target: Target, left: Side, right: Side, body: Body) -> Text:
    (a, first, one), (b, second, other) = left, right
    if one and a.op == "view" and a.attr in ((1, 0), (None, 0)):
        first, one = body.texts[a.args[0]], False
    if other and b.op == "view" and b.attr in ((1, 0), (None, 0)):
        second, other = body.texts[b.args[0]], False
    name = "product turned " + ("both" if one and other else "left" if one else "right") if one or other else "product"
    if target.has(name):
        return target.form(name, first, second)
    first, second = (target.form("turned", t) if turning else t for t, turning in ((first, one), (second, other)))
    return target.form("product", first, second)


def _summed(target: Target, x: Text, rank: int, labels: str, out: str) -> Text:
    """Sums of a matrix along some of its axes, all entries of a vector."""
    return target.form((f"sum {rank}" if not out else "row sums" if out == labels[0] else "column sums"), x)


def _contracted(target: Target, node: GraphNode, args: Sequence[Text], labels: tuple[str, str, str]) -> Text:
    la, lb, out = labels
    shapes = [target.shape(x.dims) for x in node.args] + [target.shape(())] * 2  # a partial trace has one operand
    letters = {"la": la, "lb": lb, "out": out, "before": shapes[0], "second": shapes[1], "shape": target.shape(node.dims)}
    return target.form("contract" if node.rank else "contract to a number", *args, **letters)


def _one(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    labels, out = node.attr
    if labels == "ii" and out in ("", "i"):
        return target.form("diagonal of" if out else "trace", args[0])
    if len(labels) < 3 and len(set(labels)) == len(labels) and out in ("", *labels):
        return _summed(target, args[0], len(labels), labels, out)
    if not out and len(set(labels)) == len(labels) and target.has("sum"):
        return target.form("sum", args[0])
    return _contracted(target, node, (args[0], ("1", ATOM)), (labels, "", out))


def _factor(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> tuple[str, Text] | None:
    """Which kind of factors a matrix has in this program, and their name; a triangular one is its own."""
    assert isinstance(node.attr, tuple)
    kind = str(node.attr[0])
    known = (node.args[0], kind) in body.factors
    if kind in TRIANGULAR:
        if target.has("triangular solve") and node.args[0].rank == 2:
            return "triangular", args[0]
        kind = LU
    if not known or not target.has(kind):
        return None
    return kind, (body.factor(kind, node.args[0], node.args[:1], target.form(kind, args[0])[0]), ATOM)


def _solve(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    found = _factor(target, node, args, body)
    if found is None:
        return target.form("solve", turned(target, node.args[0], args[0], body) if node.attr[1] else args[0], args[1])
    kind, f = found
    return target.form(f"{kind} solve{' turned' if node.attr[1] and kind != CHOLESKY else ''}", f, args[1])


def _inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    found = _factor(target, node, args, body)
    if found is None:
        return target.form("inverse", args[0])
    return target.form(f"{found[0]} inverse", found[1], size=target.size(node.args[0].dims[0]))


def _trace_inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.form("sum 2", target.form("entries", _inv(target, node, args[:1], body), args[1]))


def _of_factors(what: str, op: Operation) -> Writer:
    def written(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
        found = _factor(target, node, args, body)
        return target.form(f"{found[0]} {what}", found[1]) if found is not None else target.operation(op, node, args, body)

    return written


def _add_diagonal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    size = target.size(node.dims[0])
    return target.form("add diagonal" if node.args[1].rank else "add multiple", *args, size=size)


def _spread(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if node.attr == ("ii",):
        size = target.size(node.dims[0])
        if node.args[0].rank:
            return target.form("diagonal", args[0], size=size)
        eye = target.word("eye", size), ATOM
        return eye if node.args[0].attr == 1 else target.form("scaled", args[0], eye)
    assert isinstance(node.attr, tuple)
    parts = ", ".join(target.word("spread_part", p, a[0], target.shape(n.dims)) for p, a, n in zip(node.attr, args, node.args))
    return target.word("spread", target.shape(node.dims), parts), ATOM


def _cumulative(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    axis, backwards = node.attr
    word = "cumulated backwards" if backwards else "cumulated"
    return target.word(word, args[0][0], int(axis) + 1, target.shape(node.dims)), ATOM


WRITERS: dict[str, Writer] = {
    **writers.WRITERS,
    **{op: entrywise(writers.WRITERS[op]) for op in ("add", "div", "pow")},
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
    "det": _of_factors("det", DETERMINANT),
    "logdet": _of_factors("logdet", LOG_DETERMINANT),
    "add_diagonal": _add_diagonal,
    "spread": _spread,
    "cumulative": _cumulative,
}
