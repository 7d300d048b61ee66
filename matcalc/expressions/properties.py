"""What is known of an expression from how it is made: symmetric, orthogonal, positive definite, triangular, positive …

The declared properties of the leaves are carried up through sums, products, inverses and functions. This is inference,
not proof search: what `properties_of` returns holds, what it does not return may hold too. A variable of differentiation
is a leaf without its closed properties, so that nothing here can spring the trap of using them too early.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..interning import Memo
from ..kinds import close_properties
from ..ops.core import (
    ADD,
    CONSTANT,
    EYE,
    HADAMARD,
    INDEX,
    KRONECKER,
    MATMUL,
    MATRIX_POWER,
    MEMBER,
    NUMBER,
    ONES,
    POWER,
    SIZE,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    ZEROS,
)
from ..ops.determinant import DETERMINANT
from ..ops.diagonal import DIAG, DIAGONAL, LOWER_TRIANGLE, UPPER_TRIANGLE
from ..ops.exponential_matrix import MATRIX_EXPONENTIAL
from ..ops.inverse import INVERSE
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.operation import Operation
from ..ops.sums import SUM
from ..ops.trace import TRACE
from .expr import Expr
from .normal import transpose

Words = frozenset[str]
NOTHING: Words = frozenset()
# Kept by sums, and by products with a number.
LINEAR = frozenset(("symmetric", "skew", "diagonal", "lower", "upper"))
# Kept by products of square matrices.
MULTIPLICATIVE = frozenset(("diagonal", "orthogonal", "orthonormal", "invertible", "lower", "upper", "nonnegative"))
# Kept by the inverse and by powers of one matrix.
OF_POWERS = frozenset(("symmetric", "diagonal", "orthogonal", "orthonormal", "spd", "psd", "invertible", "lower", "upper"))
OF_KRONECKER = OF_POWERS | {"positive", "nonnegative", "idempotent"}

_known: Memo[Words] = Memo()


def holds(e: Expr, prop: str) -> bool:
    """Whether `prop` is known to hold of `e`."""
    return prop in properties_of(e) or (prop == "symmetric" and transpose(e) is e)


def properties_of(e: Expr) -> Words:
    """Everything that is known of `e`; for arrays, positive and nonnegative are said of every entry."""
    found = _known.get(e)
    if found is not None:
        return found
    todo = [e]
    while todo:
        n = todo[-1]
        waiting = [a for a in n.args if a not in _known]
        if waiting and n.op in _RULES:
            todo += waiting
            continue
        todo.pop()
        if n not in _known:
            _known[n] = _of(n)
    return _known[e]


def _of(e: Expr) -> Words:
    rule = _RULES.get(e.op)
    words = set(rule(e, [_known[a] for a in e.args])) if rule is not None else set()
    if e.op.positive:
        words.add("positive")
    if words >= {"lower", "upper"} or ("symmetric" in words and words & {"lower", "upper"}):
        words.add("diagonal")
    return close_properties(words)


def _common(parts: Sequence[Words]) -> Words:
    return parts[0].intersection(*parts[1:])


def _declared(e: Expr, _: Sequence[Words]) -> Words:
    return frozenset(e.attr[1])  # type: ignore[index]


def _of_number(e: Expr, _: Sequence[Words]) -> Words:
    value = e.attr
    return frozenset(("positive",) if value > 0 else ("nonnegative",) if value == 0 else ())  # type: ignore[operator]


def _of_sum(_: Expr, parts: Sequence[Words]) -> Words:
    words = set(_common(parts) & (LINEAR | {"psd", "nonnegative"}))
    for all_, one in (("psd", "spd"), ("nonnegative", "positive")):
        if all_ in words and any(one in p for p in parts):
            words.add(one)
    return frozenset(words)


def _of_multiple(e: Expr, parts: Sequence[Words]) -> Words:
    """Scalars times at most one matrix."""
    scalars, body = (parts, None) if e.is_scalar else (parts[:-1], parts[-1])
    sign = "positive" if all("positive" in p for p in scalars) else "nonnegative" if all("nonnegative" in p for p in scalars) else ""
    if body is None:
        return frozenset((sign,) if sign else ())
    kept = set(body & LINEAR)
    if sign:
        kept |= body & {"psd", "nonnegative"}
    if sign == "positive":
        kept |= body & {"spd", "positive", "invertible"}
    if len(e.args) == 2 and e.args[0].op is NUMBER and abs(e.args[0].attr) == 1:  # type: ignore[arg-type]
        kept |= body & {"orthogonal", "orthonormal", "invertible"}
    return frozenset(kept)


def _of_product(e: Expr, parts: Sequence[Words]) -> Words:
    words = set(_common(parts) & MULTIPLICATIVE)
    half, odd = divmod(len(e.args), 2)
    if all(e.args[k] is transpose(e.args[-1 - k]) for k in range(half)):  # X^T S X
        middle = parts[half] if odd else frozenset(("psd", "spd"))
        if "psd" in middle:
            words.add("psd")
        if e.is_scalar and "psd" in middle:
            words.add("nonnegative")
        if "spd" in middle and all(p & {"invertible", "orthonormal"} for p in parts[len(parts) - half :]):
            words.add("spd")
    return frozenset(words)


def _of_entrywise(_: Expr, parts: Sequence[Words]) -> Words:
    some = {w for p in parts for w in p & {"diagonal", "lower", "upper"}}
    return _common(parts) & {"psd", "spd", "positive", "nonnegative"} | some


def _of_kronecker(_: Expr, parts: Sequence[Words]) -> Words:
    return _common(parts) & OF_KRONECKER


def _of_transpose(_: Expr, parts: Sequence[Words]) -> Words:
    turned = {"lower": "upper", "upper": "lower"}
    kept = {turned.get(w, w) for w in parts[0]}
    return frozenset(kept if "orthogonal" in kept else kept - {"orthonormal"})


def _of_inverse(_: Expr, parts: Sequence[Words]) -> Words:
    kept = set(parts[0] & (OF_POWERS | {"skew"})) | {"invertible"}
    return frozenset(kept | ({"spd"} if "psd" in kept else set()))


def _of_matrix_power(e: Expr, parts: Sequence[Words]) -> Words:
    k = e.args[1]
    if k.op is not NUMBER and "integer" not in parts[1]:
        return parts[0] & {"symmetric", "diagonal", "spd", "psd"}
    kept = set(parts[0] & (OF_POWERS | {"idempotent"}))
    if k.op is NUMBER and k.attr % 2 == 0 and transpose(e.args[0]) is e.args[0]:  # type: ignore[operator]
        kept.add("spd" if "invertible" in kept else "psd")
    return frozenset(kept)


def _of_power(e: Expr, parts: Sequence[Words]) -> Words:
    """Entry by entry; a whole power is a product of like factors."""
    k = e.args[1]
    kept = set(parts[0] & {"positive", "nonnegative"})
    if k.op is NUMBER and k.attr > 0 and k.attr.denominator == 1:  # type: ignore[operator,attr-defined]
        kept |= parts[0] & {"symmetric", "psd", "spd", "diagonal", "lower", "upper"}
    if k.op is NUMBER and k.attr % 2 == 0:  # type: ignore[operator]
        kept.add("nonnegative")
    return frozenset(kept)


def _of_diag(_: Expr, parts: Sequence[Words]) -> Words:
    sign = {"positive": "spd", "nonnegative": "psd"}
    return frozenset(("diagonal", *(sign[w] for w in parts[0] if w in sign)))


def _of_diagonal(_: Expr, parts: Sequence[Words]) -> Words:
    return frozenset(
        ("positive",) if "spd" in parts[0] else ("nonnegative",) if "psd" in parts[0] else parts[0] & {"positive", "nonnegative"}
    )


def _of_exponential(e: Expr, parts: Sequence[Words]) -> Words:
    kept = set(parts[0] & {"diagonal", "lower", "upper"}) | {"invertible"}
    if transpose(e.args[0]) is e.args[0]:
        kept.add("spd")
    if "skew" in parts[0]:
        kept.add("orthogonal")
    return frozenset(kept)


def _of_determinant(_: Expr, parts: Sequence[Words]) -> Words:
    return frozenset(("positive",) if "spd" in parts[0] else ("nonnegative",) if "psd" in parts[0] else ())


def _of_total(_: Expr, parts: Sequence[Words]) -> Words:
    return parts[0] & {"positive", "nonnegative"}


def _constantly(*words: str) -> Callable[[Expr, Sequence[Words]], Words]:
    return lambda _, __: frozenset(words)


def _of_ones(e: Expr, _: Sequence[Words]) -> Words:
    return frozenset(("positive", "psd") if e.shape[0] is e.shape[1] else ("positive",))


def _of_zeros(e: Expr, _: Sequence[Words]) -> Words:
    return frozenset(("nonnegative", "diagonal", "psd", "skew", "idempotent") if e.shape[0] is e.shape[1] else ("nonnegative",))


_RULES: dict[Operation, Callable[[Expr, Sequence[Words]], Words]] = {
    SYMBOL: _declared,
    MEMBER: _declared,
    NUMBER: _of_number,
    SIZE: _constantly("positive", "integer"),
    INDEX: _constantly("positive", "integer"),
    CONSTANT: _constantly("positive"),
    EYE: _constantly("diagonal", "orthogonal", "spd", "idempotent", "nonnegative"),
    ONES: _of_ones,
    ZEROS: _of_zeros,
    ADD: _of_sum,
    TIMES: _of_multiple,
    MATMUL: _of_product,
    HADAMARD: _of_entrywise,
    KRONECKER: _of_kronecker,
    TRANSPOSE: _of_transpose,
    INVERSE: _of_inverse,
    MATRIX_POWER: _of_matrix_power,
    POWER: _of_power,
    DIAG: _of_diag,
    DIAGONAL: _of_diagonal,
    LOWER_TRIANGLE: _constantly("lower"),
    UPPER_TRIANGLE: _constantly("upper"),
    MATRIX_EXPONENTIAL: _of_exponential,
    DETERMINANT: _of_determinant,
    TRACE: lambda _, parts: frozenset(("nonnegative",) if "psd" in parts[0] else ()),
    SUM: _of_total,
    NORM: _constantly("nonnegative"),
    FROBENIUS_NORM: _constantly("nonnegative"),
}
