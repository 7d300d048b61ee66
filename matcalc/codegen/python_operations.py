"""How every operation of a graph is written in NumPy, and in JAX and PyTorch where they write it alike."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from ..kinds import Dim
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.operation import Operation
from .emission import ATOM, POWER, PRODUCT, SIGN, SUM, Body, Text, Writer, apply, inside, is_constant
from .graph import Node

if TYPE_CHECKING:
    from .python import NumPy

CONSTANTS = frozenset("exp log sin cos tan sinh cosh tanh sqrt".split())  # of numbers alone, by the standard library
RELATIONS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "=": "==", "!=": "!="}


def _in(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return target.argument(str(node.attr)), ATOM


def _num(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    v = Fraction(str(node.attr))
    level = ATOM if v >= 0 else SIGN
    if v.denominator == 1:
        return str(v.numerator), level
    exact = repr(float(v))
    return (exact, level) if Fraction(exact) == v and len(exact) < 12 else (f"{v.numerator} / {v.denominator}", PRODUCT)


def _size(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, Dim)
    return target.size(node.attr), ATOM if node.attr.name or node.attr.number is not None else SUM


def _const(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return f"math.{node.attr}", ATOM


def _index(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return body.index(str(node.attr)), ATOM


def _range(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return f"{target.xp}.arange({args[0][0]}, {inside(args[1], SUM)} + 1, {target.kind_word()})", ATOM


def _full(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    if not node.dims:
        return str(node.attr), ATOM
    return f"{target.xp}.{'ones' if node.attr else 'zeros'}({target.shape(node.dims)}, {target.kind()})", ATOM


def _view(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    places = list(node.attr)
    text = inside(args[0], ATOM)
    olds = [p for p in places if p is not None]
    if olds != sorted(olds):
        text += ".T" if olds == [1, 0] else target.permuted(olds)
    while places and places[0] is None:  # broadcasting adds axes in front by itself
        places.pop(0)
    if None in places:
        text += "[" + ", ".join("None" if p is None else ":" for p in places) + "]"
    return text, ATOM


def _expand(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return f"{target.xp}.broadcast_to({args[0][0]}, {target.shape(node.dims)})", ATOM


def _reshape(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return f"{inside(args[0], ATOM)}.reshape({target.shape(node.dims)})", ATOM


def _member(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    at = node.args[1]
    place = str(int(at.attr) - 1) if at.op == "num" else f"{inside(args[1], SUM)} - 1"  # type: ignore[call-overload]
    return f"{inside(args[0], ATOM)}[{place}]", ATOM


def _slice(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    low = int(node.attr) - 1  # type: ignore[call-overload]
    return f"{inside(args[0], ATOM)}[{low or ''}:{args[1][0]}]", ATOM


def _part(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    low, high = (target.size(d) for d in node.attr)
    return f"{inside(args[0], ATOM)}[{low if low != '0' else ''}:{high}]", ATOM


def _block(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    _, cols = node.attr
    texts = [a[0] for a in args]
    rows = [texts[k : k + cols] for k in range(0, len(texts), cols)]
    return target.stacked([target.stacked(r, 1) if cols > 1 else r[0] for r in rows], 0) if len(rows) > 1 else target.stacked(
        rows[0], 1
    ), ATOM


def _literal(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    rows, cols = node.attr
    texts = [a[0] for a in args]
    if node.rank < 2:
        inner = ", ".join(texts)
    else:
        inner = ", ".join("[" + ", ".join(texts[r * cols : (r + 1) * cols]) + "]" for r in range(rows))
    return target.array(f"[{inner}]", node, texts), ATOM


def _add(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    first = next((k for k, a in enumerate(args) if not a[0].startswith("-")), 0)
    args = [args[first], *args[:first], *args[first + 1 :]]
    text = inside(args[0], SUM)
    for a in args[1:]:
        text += f" - {a[0][1:]}" if a[0].startswith("-") and a[1] > SUM else f" + {inside(a, SUM)}"
    return text, SUM


def _mul(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    if target.name == "numpy" and [n.attr if n.op == "view" else None for n in node.args] == [(0, None, 1, None), (None, 0, None, 1)]:
        target.helpers["_interleaved"] = None
        first, second = (body.texts[n.args[0]][0] for n in node.args)
        return f"_interleaved({first}, {second})", ATOM
    order = sorted(range(len(args)), key=lambda k: (node.args[k].rank, k))  # numbers first, so that arrays are scaled once
    if node.args[order[0]].op == "num" and node.args[order[0]].attr == -1 and len(order) > 1:
        rest = [args[k] for k in order[1:]]
        return "-" + " * ".join(inside(a, SIGN) for a in rest), SIGN if len(rest) == 1 else PRODUCT
    texts = [inside(args[k], PRODUCT if n == 0 else SIGN) for n, k in enumerate(order)]
    return " * ".join(texts), PRODUCT


def _div(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    under = inside(args[1], SIGN)
    if node.args[1].op == "call" and node.args[1].attr in (NORM, FROBENIUS_NORM):
        under = target.not_zero(args[1][0])
    return f"{inside(args[0], PRODUCT)} / {under}", PRODUCT


def _pow(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return f"{inside(args[0], ATOM)}**{inside(args[1], ATOM)}", POWER


def _neg(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return f"-{inside(args[0], SIGN)}", SIGN


def _call(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    if isinstance(node.attr, Operation):
        return target.operation(node.attr, node, args, body)
    name = str(node.attr)
    if name in RELATIONS:
        return target.truth(f"{inside(args[0], SUM)} {RELATIONS[name]} {inside(args[1], SUM)}", node), ATOM
    if name == "cases":
        return target.cases([a[0] for a in args]), ATOM
    if name in CONSTANTS and is_constant(node):
        return f"math.{name}({args[0][0]})", ATOM
    return f"{target.xp}.{name}({', '.join(a[0] for a in target.arrays(node.args, args))})", ATOM


def _product(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return f"{target.xp}.prod({args[0][0]}, -1)", ATOM


def _commutation(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return target.helper("_commutation", args[0][0], args[1][0], target.kind()), ATOM


def _pair(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    la, lb, out = node.attr
    a, b = node.args
    summed = [k for k in la if k in lb and k not in out]
    if len(summed) == 1 and a.rank <= 2 and b.rank <= 2 and len(out) == a.rank + b.rank - 2:
        k = summed[0]
        crossed = a.rank == 2 and b.rank == 2 and out[0] in lb
        if crossed or (a.rank == 1 and b.rank == 2 and lb[1] == k) or (a.rank == 2 and b.rank == 1 and la[0] == k):
            a, b, la, lb, args = b, a, lb, la, args[::-1]
        left = target.turned(a, args[0], body) if a.rank == 2 and la[0] == k else inside(args[0], PRODUCT if a.op == "pair" else ATOM)
        right = target.turned(b, args[1], body) if b.rank == 2 and lb[1] == k else inside(args[1], ATOM)
        return f"{left} @ {right}", PRODUCT
    if la == lb and not out and target.xp != "torch" and a.op != "view" and b.op != "view":
        return f"{target.xp}.vdot({args[0][0]}, {args[1][0]})", ATOM
    return target.einsum(f"{la},{lb}->{out}", [args[0][0], args[1][0]]), ATOM


def _one(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    a, out = node.attr
    if a == "ii":
        return (target.trace(args[0][0]) if not out else f"{target.xp}.diagonal({args[0][0]})"), ATOM
    if len(set(a)) == len(a) and [k for k in a if k in out] == list(out):
        gone = [n for n, k in enumerate(a) if k not in out]
        return target.summed(args[0][0], None if not out else gone[0] if len(gone) == 1 else tuple(gone)), ATOM
    return target.einsum(f"{a}->{out}", [args[0][0]]), ATOM


def _solve(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    spd, transposed = bool(node.attr[0]), node.attr[1]
    x = node.args[0]
    if (x, spd) in body.factors:
        f = _factor(target, x, spd, args[0][0], body, "solve")
        extra = ", transposed=True" if transposed else ""
        return f"_{'chol' if spd else 'lu'}_solve({f}, {args[1][0]}{extra})", ATOM
    return target.solved(target.turned(x, args[0], body) if transposed else args[0][0], args[1][0]), ATOM


def _factor(target: NumPy, x: Node, spd: bool, text: str, body: Body, use: str) -> str:
    kind = "_chol" if spd else "_lu"
    target.helpers[kind] = target.helpers[f"{kind}_{use}"] = None
    return body.factor(x, spd, f"{kind}({text})")


def _factored(target: NumPy, node: Node, args: Sequence[Text], body: Body, use: str) -> str | None:
    assert isinstance(node.attr, tuple)
    spd = bool(node.attr[0])
    if (node.args[0], spd) not in body.factors:
        return None
    return f"_{'chol' if spd else 'lu'}_{use}({_factor(target, node.args[0], spd, args[0][0], body, use)})"


def _inv(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return _factored(target, node, args, body, "inverse") or f"{target.xp}.linalg.inv({args[0][0]})", ATOM


def _trace_inv(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    """tr(X^-1 M), both symmetric."""
    if target.name == "numpy" and (node.args[0], True) in body.factors:
        return f"_chol_trace({_factor(target, node.args[0], True, args[0][0], body, 'trace')}, {args[1][0]})", ATOM
    inverse = _inv(target, node, args[:1], body)
    return target.einsum("ij,ij->", [inverse[0], args[1][0]]), ATOM


def _det(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return _factored(target, node, args, body, "det") or target.operation(DETERMINANT, node, args, body)[0], ATOM


def _logdet(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    return _factored(target, node, args, body, "logdet") or target.operation(LOG_DETERMINANT, node, args, body)[0], ATOM


def _add_diagonal(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    target.helpers["_add_diagonal"] = None
    return f"_add_diagonal({args[0][0]}, {args[1][0]})", ATOM


def _spread(target: NumPy, node: Node, args: Sequence[Text], body: Body) -> Text:
    if node.attr == ("ii",):
        if node.args[0].rank:
            return target.diagonal_matrix(args[0][0]), ATOM
        eye = target.eye(node, body)
        return (eye, ATOM) if node.args[0].attr == 1 else (f"{inside(args[0], PRODUCT)} * {eye}", PRODUCT)
    assert isinstance(node.attr, tuple)
    target.helpers["_spread"] = None
    parts = ", ".join(f'("{p}", {a[0]})' for p, a in zip(node.attr, args))
    return f"_spread({target.shape(node.dims)}, {target.kind()}, {parts})", ATOM


WRITERS: dict[str, Writer] = {
    "in": _in,
    "num": _num,
    "size": _size,
    "const": _const,
    "index": _index,
    "range": _range,
    "full": _full,
    "view": _view,
    "expand": _expand,
    "reshape": _reshape,
    "member": _member,
    "slice": _slice,
    "part": _part,
    "block": _block,
    "literal": _literal,
    "add": _add,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "neg": _neg,
    "call": _call,
    "product": _product,
    "commutation": _commutation,
    "pair": _pair,
    "one": _one,
    "solve": _solve,
    "inv": _inv,
    "trace_inv": _trace_inv,
    "det": _det,
    "logdet": _logdet,
    "add_diagonal": _add_diagonal,
    "spread": _spread,
    "apply": apply,
}
