"""How operations of a graph are written in NumPy, and in JAX and PyTorch where they write it alike."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.extremes import GREATEST_ENTRY
from ..ops.operation import Operation
from . import writers
from .directions import TOGETHER, Grown, grown
from .emission import Body
from .factor import CHOLESKY, TRIANGULAR
from .graph import GraphNode, is_constant
from .rescue import HELPERS
from .reuse import is_opposite, square, start, written_function
from .target import Target, Writer
from .wording import ATOM, PRODUCT, SIGN, SUM, Text, inside

CONSTANTS = frozenset("exp log sin cos tan sinh cosh tanh sqrt".split())  # of numbers alone, by the standard library


def _view(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    places = list(node.attr)
    text = inside(args[0], ATOM)
    olds = [p for p in places if p is not None]
    if olds != sorted(olds):
        text = target.word("turned", text) if olds == [1, 0] else target.word("permuted", text, ", ".join(map(str, olds)))
    while places and places[0] is None:  # broadcasting adds axes in front by itself
        places.pop(0)
    if None in places:
        text += "[" + ", ".join("None" if p is None else ":" for p in places) + "]"
    return text, ATOM


def _expand(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.word("expand", args[0][0], target.shape(node.dims)), ATOM


def _reshape(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"{inside(args[0], ATOM)}.reshape({target.shape(node.dims)})", ATOM


def _member(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    at = node.args[1]
    place = str(int(at.attr) - 1) if at.op == "num" else f"{inside(args[1], SUM)} - 1"  # type: ignore[call-overload]
    return f"{inside(args[0], ATOM)}[{place}]", ATOM


def _slice(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    low = int(node.attr) - 1  # type: ignore[call-overload]
    return f"{inside(args[0], ATOM)}[{low or ''}:{args[1][0]}]", ATOM


def _cumulative(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    axis, backwards = node.attr
    reversal = "".join([":, "] * int(axis)) + "::-1"
    return target.word("cumulated backwards" if backwards else "cumulated", inside(args[0], ATOM), axis, reversal), ATOM


def _part(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    low, high = (target.size(d) for d in node.attr)
    return f"{inside(args[0], ATOM)}[{low if low != '0' else ''}:{high}]", ATOM


def _whole_axes(node: GraphNode, text: Text) -> str:
    """With the axes in front that broadcasting would have added: parts are put together as they are."""
    added = 0
    if node.op == "view":
        assert isinstance(node.attr, tuple)
        added = next((k for k, p in enumerate(node.attr) if p is not None), 0)
    return text[0] if not added else f"{inside(text, ATOM)}[{', '.join(['None'] * added + [':'] * (node.rank - added))}]"


def _block(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    _, cols = node.attr
    texts = [_whole_axes(n, a) for n, a in zip(node.args, args, strict=True)]
    rows = [texts[k : k + cols] for k in range(0, len(texts), cols)]
    joined = [target.word("columns", ", ".join(row)) if cols > 1 else row[0] for row in rows]
    return target.word("rows", ", ".join(joined)) if len(rows) > 1 else joined[0], ATOM


def _literal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    rows, cols = node.attr
    texts = [a[0] for a in args]
    if node.rank < 2:
        inner = ", ".join(texts)
    else:
        inner = ", ".join("[" + ", ".join(texts[r * cols : (r + 1) * cols]) + "]" for r in range(rows))
    return target.word("literal", f"[{inner}]"), ATOM


def _mul(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    views = [n.attr if n.op == "view" else None for n in node.args]
    if views == [(0, None, 1, None), (None, 0, None, 1)] and "interleaved" in target.language.words:
        return target.word("interleaved", *(body.texts[n.args[0]][0] for n in node.args)), ATOM
    # Numbers first, then what is long in few directions: large arrays are scaled once.
    order = sorted(range(len(args)), key=lambda k: (sum(d.number != 1 for d in node.args[k].dims), k))
    if node.args[order[0]].op == "num" and node.args[order[0]].attr == -1 and len(order) > 1:
        rest = [args[k] for k in order[1:]]
        return "-" + " * ".join(inside(a, SIGN) for a in rest), SIGN if len(rest) == 1 else PRODUCT
    crossing = _crossing(node, views) if node.rank == 2 and "outer" in target.language.words else None
    if crossing is not None:
        column, row = crossing
        whole = target.word("outer", *(body.texts[node.args[k].args[0]][0] for k in crossing)), ATOM
        args = [whole if k == column else a for k, a in enumerate(args)]
        order.remove(row)
    texts = [inside(args[k], PRODUCT if n == 0 else SIGN) for n, k in enumerate(order)]
    return " * ".join(texts), PRODUCT if len(texts) > 1 else ATOM


def _crossing(node: GraphNode, views: Sequence[Hashable]) -> tuple[int, int] | None:
    """The places of a column and a row among the factors, of two vectors."""
    vectors = [v if n.rank == 2 and n.args and n.args[0].rank == 1 and n.args[0].op != "apply" else None for n, v in zip(node.args, views)]
    one, other = (0, None), (None, 0)
    return (vectors.index(one), vectors.index(other)) if one in vectors and other in vectors else None


def _call(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    whole = grown(node) if "exponential" in target.language.words else None
    if whole is not None and (node.attr == TOGETHER or any(Grown(whole.at, whole.steps[:k]) in body.exponentials for k in range(3))):
        return _exponential(target, whole, args, body)
    if node.attr is GREATEST_ENTRY and node.args[0].rank == 2 and "greatest of rows" in target.language.words:
        return target.word("greatest of rows", args[0][0]), ATOM
    if isinstance(node.attr, Operation):
        return target.operation(node.attr, node, args, body)
    name = str(node.attr)
    if name in writers.RELATIONS:
        return writers.relation(target, node, args)
    if name == "cases":
        total = args[-1][0] if len(args) % 2 else target.word("nan")
        for k in range(len(args) // 2 * 2 - 2, -1, -2):
            total = target.word("where", args[k + 1][0], args[k][0], total)
        return total, ATOM
    if name in HELPERS or name == TOGETHER:
        return f"_{name}({', '.join(a[0] for a in args)})", ATOM
    if name in CONSTANTS and is_constant(node):
        return f"math.{name}({args[0][0]})", ATOM
    return target.word("function", name, ", ".join(a[0] for a in target.arrays(node.args, args))), ATOM


def _exponential(target: Target, whole: Grown, args: Sequence[Text], body: Body) -> Text:
    """An exponential with its directions, those parts named that others are made of."""
    texts = dict(zip((whole.at, *[d for step in whole.steps for d in step]), (a[0] for a in args)))
    text = target.word("exponential", texts[whole.at])
    for k in range(len(whole.steps) + 1):
        text += f".towards({', '.join(texts[d] for d in whole.steps[k - 1])})" if k else ""
        part = Grown(whole.at, whole.steps[:k])
        if part in body.exponentials:
            text = body.factor("expm", part, [part.at, *[d for step in part.steps for d in step]], text)
    return f"{text}.top", ATOM


def matrix_product(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text | None:
    """A contraction that is one product of matrices and vectors."""
    assert isinstance(node.attr, tuple)
    la, lb, out = node.attr
    a, b = node.args
    summed = [k for k in la if k in lb and k not in out]
    if len(summed) != 1 or a.rank > 2 or b.rank > 2 or len(out) != a.rank + b.rank - 2:
        return None
    k = summed[0]
    crossed = a.rank == 2 and b.rank == 2 and out[0] in lb
    if crossed or (a.rank == 1 and b.rank == 2 and lb[1] == k) or (a.rank == 2 and b.rank == 1 and la[0] == k):
        a, b, la, lb, args = b, a, lb, la, args[::-1]
    along = a.rank == 2 and la[0] == k
    right = target.turned(b, args[1], body) if b.rank == 2 and lb[1] == k else args[1][0]
    symmetric = a is b and a.rank == 2 and la.index(k) == lb.index(k)  # X X^T, of which @ finds one half more quickly
    if "method" in target.language.words and a.op != "apply" and not symmetric:
        return target.word("method", target.turned(a, args[0], body) if along else inside(args[0], ATOM), right), ATOM
    left = target.turned(a, args[0], body) if along else inside(args[0], PRODUCT if a.op == "pair" else ATOM)
    return f"{left} @ {right if b.rank == 2 and lb[1] == k else inside(args[1], ATOM)}", PRODUCT


def _stacked_product(target: Target, node: GraphNode, args: Sequence[Text]) -> Text | None:
    """A contraction that is a product of matrices at every place of a first axis, where a language takes that by @."""
    assert isinstance(node.attr, tuple)
    la, lb, out = node.attr
    stack, own = out[:1], [la.removeprefix(out[:1]), lb.removeprefix(out[:1])]
    summed = [k for k in own[0] if k in own[1]]
    if len(out) != 3 or len(summed) != 1 or any(len(set(t)) != 2 or stack in t for t in own) or "stacked" not in target.language.words:
        return None
    (k,), rows = summed, out[1]
    order = (0, 1) if rows in own[0] else (1, 0)
    texts = []
    for n, at in enumerate(order):
        text = inside(args[at], ATOM)
        if (own[at][1] == k) != (n == 0):
            text = target.word("turned" if node.args[at].rank == 2 else "stacked", text)
        texts.append(text)
    return " @ ".join(texts), PRODUCT


def _pair(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    la, lb, out = node.attr
    a, b = node.args
    found = matrix_product(target, node, args, body) or _stacked_product(target, node, args)
    if found is not None:
        return found
    if la == lb and not out and "vdot" in target.language.words and a.op != "view" and b.op != "view":
        return target.word("vdot", args[0][0], args[1][0]), ATOM
    # Above two axes a product of matrices is worth looking for, where it is one.
    many = len(la + lb) > 5 and "einsum of many" in target.language.words and not any(k in lb and k in out for k in la)
    return target.word("einsum of many" if many else "einsum", f"{la},{lb}->{out}", f"{args[0][0]}, {args[1][0]}"), ATOM


def _one(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    a, out = node.attr
    if a == "ii":
        return target.word("function", "diagonal" if out else "trace", args[0][0]), ATOM
    if len(set(a)) == len(a) and [k for k in a if k in out] == list(out):
        gone = [n for n, k in enumerate(a) if k not in out]
        word = "sum along" if out else "sum"
        array = inside(args[0], ATOM) if target.language.words[word].startswith("{}.") else args[0][0]
        return target.word(word, array, gone[0] if len(gone) == 1 else tuple(gone)), ATOM
    return target.word("einsum", f"{a}->{out}", args[0][0]), ATOM


def _solve(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    transposed = node.attr[1]
    x = node.args[0]
    solved = _factored(node, args, body, "solve", args[1][0] + (", transposed=True" if transposed else ""))
    if solved is not None:
        return solved, ATOM
    return target.word("solve", target.turned(x, args[0], body) if transposed else args[0][0], args[1][0]), ATOM


def _factor(x: GraphNode, kind: str, text: str, body: Body) -> str:
    return body.factor(kind, x, [x], f"_{kind}({text})")


def _factored(node: GraphNode, args: Sequence[Text], body: Body, use: str, beside: str = "") -> str | None:
    """A use of the factors of a matrix, or of a triangular one, which is its own factor; `beside` are more arguments."""
    assert isinstance(node.attr, tuple)
    x, kind, factor = node.args[0], str(node.attr[0]), args[0][0]
    if kind in TRIANGULAR and x.rank == 2:
        kind = "triangular" if use in ("det", "logdet") else kind
    elif (x, kind) in body.factors:
        factor = _factor(x, kind, factor, body)
    else:
        return None
    return f"_{kind}_{use}({factor}{beside and ', '}{beside})"


def is_stack(node: GraphNode) -> bool:
    """Whether inverses are of many positive definite matrices."""
    assert isinstance(node.attr, tuple)
    return node.rank > 2 and node.attr[0] == CHOLESKY


def _inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if is_stack(node):
        return target.word("inverses", args[0][0]), ATOM
    return _factored(node, args, body, "inverse") or target.word("function", "linalg.inv", args[0][0]), ATOM


def _trace_inv(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """tr(X^-1 M), both symmetric."""
    if "trace of inverse" in target.language.words and (node.args[0], CHOLESKY) in body.factors:
        return target.word("trace of inverse", _factor(node.args[0], CHOLESKY, args[0][0], body), args[1][0]), ATOM
    inverse = _inv(target, node, args[:1], body)
    return target.word("einsum", "ij,ij->", f"{inverse[0]}, {args[1][0]}"), ATOM


def _det(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return _factored(node, args, body, "det") or target.operation(DETERMINANT, node, args, body)[0], ATOM


def _logdet(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return _factored(node, args, body, "logdet") or target.operation(LOG_DETERMINANT, node, args, body)[0], ATOM


def _products(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return target.word("products", ", ".join(a[0] for a in args)), ATOM


def _distances(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"_distances({args[0][0]}, {args[1][0]})", ATOM


def _add_diagonal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"_add_diagonal({args[0][0]}, {args[1][0]})", ATOM


def overwriting(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> list[str]:
    """The statements that compute a node in the array of one of its arguments."""
    array, name = body.overwritten[node], body.texts[node][0]
    if array is node:
        both = start(node) or (0, 1)
        begun = writers.added([args[k] for k in both])
        rest = [a for k, a in enumerate(args) if k not in both]
        return [target.word("assign", name, begun), *_added(name, False, rest)]
    at = node.args.index(array) if array in node.args else next(k for k, a in enumerate(node.args) if array in a.args and is_opposite(a))
    others = [k for k in range(len(args)) if k != at]
    if node.op == "add":
        return _added(name, node.args[at] is not array, [args[k] for k in others])
    if node.op == "mul":
        numbers = [k for k in others if not node.args[k].rank and not (node.args[k].op == "num" and node.args[k].attr == -1)]
        sign = "-" if any(node.args[k].op == "num" and node.args[k].attr == -1 for k in others) else ""
        scale = " * ".join(inside(args[k], SIGN if n or sign else PRODUCT) for n, k in enumerate(numbers))
        first = [f"{name} *= {sign}{scale}"] if numbers else [f"np.negative({name}, out={name})"] if sign else []
        factors = [t for k in others if node.args[k].rank for t in _factors(node, node.args[k], args[k][0], body)]
        return first + [f"{name} *= {t}" for t in factors]
    if node.op == "div" and at == 1:
        return [f"np.divide({args[0][0]}, {name}, out={name})"]
    if node.op == "div":
        return [f"{name} /= {writers.divisor(target, node, args[1])}"]
    if node.op == "pow":
        return [f"{name} **= {args[1][0]}"]
    if node.op == "add_diagonal":
        return [f"{name}.flat[:: len({name}) + 1] += {args[1][0]}"]
    function = "negative" if node.op == "neg" else written_function(node)
    return [f"np.{function}({name}, {'0, ' if function == 'maximum' else ''}out={name})"]


def _factors(product: GraphNode, n: GraphNode, text: str, body: Body) -> list[str]:
    """What an array is multiplied by, one after another: twice by an argument where its square has no name."""
    base = square(n) if n.dims == product.dims else None
    return [text] if base is None or text.isidentifier() else [body.texts[base][0]] * 2


def _added(name: str, negative: bool, others: Sequence[Text]) -> list[str]:
    """The other terms added to an array, or to its negative."""
    rest, lines = list(others), []
    if negative:
        first = next((k for k, a in enumerate(rest) if not a[0].startswith("-")), 0)
        lines = [f"np.subtract({rest.pop(first)[0]}, {name}, out={name})"]  # the other term may be made of the array
    return lines + [f"{name} -= {_bare(a[0][1:])}" if a[0].startswith("-") and a[1] > SUM else f"{name} += {a[0]}" for a in rest]


def _bare(text: str) -> str:
    """A text without brackets around the whole."""
    inner = text[1:-1]
    depth, least = 0, 0
    for c in inner:
        depth += (c in "([") - (c in ")]")
        least = min(least, depth)
    return inner if text.startswith("(") and text.endswith(")") and least == 0 else text


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
    "distances": _distances,
    "products": _products,
}
