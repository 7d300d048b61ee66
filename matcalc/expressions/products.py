"""Matrix products, powers and inverses."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ShapeError
from ..kinds import ONE, Dim, shape_text
from ..ops.blocks import SELECTION
from ..ops.core import (
    ADD,
    COMMUTATION,
    EYE,
    HADAMARD,
    KRONECKER,
    MATMUL,
    MATRIX_POWER,
    NUMBER,
    ONES,
    POWER,
    SYMBOL,
    TIMES,
    TRANSPOSE,
    UNIT,
)
from ..ops.diagonal import DIAG
from ..ops.half_vectorization import DUPLICATION, ELIMINATION
from ..ops.inverse import INVERSE
from ..ops.matrix_functions import LOGARITHM, MATRIX_EXPONENTIAL, SQUARE_ROOT
from ..ops.pseudoinverse import PSEUDOINVERSE
from .blocks import picked
from .conjugates import conjugate, direction_key, is_complex
from .convolution import MATRICES as OF_CONVOLUTIONS
from .convolution import by_laws_of_convolution
from .expr import Expr, make, order_key
from .leaves import (
    HALF,
    MINUS_ONE,
    ONE_NUMBER,
    eye,
    is_number,
    is_zero,
    leading_sign,
    num,
    ones,
    size,
    split,
    turned,
    value_of,
    without_coefficient,
    zeros,
)
from .normal import (
    add,
    apply,
    by_its_block,
    diag,
    entry,
    hadamard,
    inverse,
    kron,
    matmul,
    matrix_power,
    negative,
    normal_form,
    opposite,
    power,
    times,
    total,
    transpose,
)
from .properties import holds
from .rotations import SELDOM, by_laws_of_three

SEVERAL = SQUARE_ROOT.bit | MATRIX_EXPONENTIAL.bit | TRANSPOSE.bit  # of these a base may be a power itself
LONGEST = 12  # factors of a product that an inverse may cancel


@normal_form(MATMUL)
def _matmul(*factors: Expr) -> Expr:
    """The matrix product. Inner dimensions of one fall apart into scalars: a (b^T c) d^T is (b^T c) a d^T."""
    scalars: list[Expr] = []
    chain: list[Expr] = []
    rows, cols = None, ONE
    todo = list(reversed(factors))
    while todo:
        f = todo.pop()
        if f.is_scalar and f.op is not TRANSPOSE:
            scalars.append(f)
        elif f.op is TIMES:
            scalars += f.args[:-1]
            todo.append(f.args[-1])
            continue
        elif f.op is MATMUL and len(f.args) <= LONGEST:
            todo += reversed(f.args)
            continue
        elif f.op is MATMUL:
            _push_product(chain, f.args)
        elif f.op is not EYE:
            inner = f.args[0] if f.op is TRANSPOSE else f
            if inner.op is ADD and leading_sign(inner) < 0:
                scalars.append(MINUS_ONE)
                f = opposite(inner) if inner is f else transpose(opposite(inner))
            _push(chain, f)
        rows, cols = f.shape[0] if rows is None and not f.is_scalar else rows, f.shape[1] if not f.is_scalar else cols
    if rows is None:
        return times(*scalars)
    if any(is_zero(f) for f in chain):
        return zeros(rows, cols)
    shorter = picked(chain) if any(f.op is SELECTION or (f.op is TRANSPOSE and f.args[0].op is SELECTION) for f in chain) else None
    if shorter is not None:
        return matmul(*scalars, *shorter)
    body = _cut(chain, rows, cols, scalars)
    return times(*scalars, body) if scalars else body


def _push(chain: list[Expr], f: Expr) -> None:
    """Append a factor, merging it with the last one where a law says so."""
    while chain:
        last = chain[-1]
        if last.shape[1] is not f.shape[0]:
            raise ShapeError(f"a product of shapes {shape_text(last.shape)} and {shape_text(f.shape)}")
        merged = _merge(last, f)
        if merged is None:
            if order_key(f) < order_key(last) and holds(f, "diagonal") and holds(last, "diagonal"):  # they commute
                chain.pop()
                _push(chain, f)
                f = last
            break
        chain.pop()
        if merged.op is EYE:
            return
        f = merged
    if not (_cancels(chain, f) or _penrose(chain, f)):
        chain.append(f)


def _push_product(chain: list[Expr], factors: Sequence[Expr]) -> None:
    """Append the factors of a product that is in normal form: once three of them have stayed as they were, so do the others, but for
    inverses of products, which look farther."""
    looking = any(map(_length_of_inverse, (*chain[-LONGEST:], *factors)))
    stayed = 0
    for k, f in enumerate(factors):
        if stayed == 3 and not looking:
            chain += factors[k:]
            return
        length = len(chain)
        _push(chain, f)
        stayed = stayed + 1 if len(chain) > length and chain[-1] is f else 0


def _penrose(chain: list[Expr], f: Expr) -> bool:
    """X X^+ and X^+ X are symmetric, and X X^+ X is X, X^+ X X^+ is X^+: the conditions of Moore and Penrose. With these,
    X^T X X^+ is X^T, and X X^+ (X^+)^T is (X^+)^T."""
    last = chain[-1] if chain else f
    if len(chain) > 1 and _are_pseudoinverse(chain[-2], last) and f is transpose(last):
        del chain[-2:]
        _push(chain, f)
        return True
    if len(chain) > 1 and _are_pseudoinverse(last, f) and chain[-2] is transpose(last):
        chain.pop()
        return True
    if len(chain) > 1 and chain[-2] is f and _are_pseudoinverse(last, f):
        chain.pop()
        return True
    if last.op is TRANSPOSE and f.op is TRANSPOSE and _are_pseudoinverse(last.args[0], f.args[0]):
        chain.pop()
        _push(chain, f.args[0])
        _push(chain, last.args[0])
        return True
    return False


def _are_pseudoinverse(a: Expr, b: Expr) -> bool:
    return (a.op is PSEUDOINVERSE and a.args[0] is b) or (b.op is PSEUDOINVERSE and b.args[0] is a)


def _cancels(chain: list[Expr], f: Expr) -> bool:
    """(Z^T Z)^-1 beside Z^T Z, on either side: taken away."""
    n = _length_of_inverse(f)
    if n and tuple(chain[-n:]) == as_power(f)[0].args:
        del chain[-n:]
        x, k = as_power(f)
        if not is_number(k, -1):
            _push(chain, matrix_power(x, add(k, ONE_NUMBER)))
        return True
    for p in range(max(0, len(chain) - LONGEST), len(chain)):
        if not chain[p].within & INVERSE.bit:
            continue
        n = _length_of_inverse(chain[p])
        if n == len(chain) - p and (*chain[p + 1 :], f) == as_power(chain[p])[0].args:
            x, k = as_power(chain[p])
            del chain[p:]
            if not is_number(k, -1):
                _push(chain, matrix_power(x, add(k, ONE_NUMBER)))
            return True
    return False


def _length_of_inverse(f: Expr) -> int:
    """How many factors the product has whose inverse (or a power of it) `f` is; 0 for anything else."""
    inner = f.args[0] if f.op is TRANSPOSE else f
    inner = inner.args[0] if inner.op is MATRIX_POWER and inner.args[1].op is NUMBER else inner
    return len(inner.args[0].args) if inner.op is INVERSE and inner.args[0].op is MATMUL else 0


def _merge(a: Expr, b: Expr) -> Expr | None:
    """The product of two neighbours as one factor, or None."""
    if a.op is DIAG and b.op is DIAG:
        return diag(hadamard(a.args[0], b.args[0]))
    if a.op is DIAG and b.shape[1] is ONE:
        return hadamard(a.args[0], b)
    if b.op is DIAG and a.shape[0] is ONE:
        return transpose(hadamard(transpose(a), b.args[0]))
    if b.op is DUPLICATION and a.op in (ELIMINATION, COMMUTATION):  # L_n D_n = I and K_{n,n} D_n = D_n
        return eye(a.shape[0]) if a.op is ELIMINATION else b
    if b.op is COMMUTATION and a.op is TRANSPOSE and a.args[0].op is DUPLICATION:
        return a
    if a.shape[0] is not a.shape[1] or b.shape[0] is not b.shape[1]:
        if a.op is TRANSPOSE and a.args[0] is b and holds(b, "orthonormal"):
            return eye(b.shape[1])
        return None
    (x, j), (y, k) = as_power(a), as_power(b)
    if x is not y and SEVERAL & (x.op.bit | y.op.bit):
        (u, p), (v, q) = _as_real_power(x, j), _as_real_power(y, k)
        if u is v:
            return real_power(u, add(p, q))
    if x is y and _is_inverted(a) and _is_inverted(b):  # exponents below 0 are those of inverses: nobody can tell the sign of i - 9
        return matrix_power(inverse(x), negative(add(j, k)))
    if x is y and _is_below_zero(j, k):
        return None
    if x is y:
        return matrix_power(x, add(j, k)) if not (holds(x, "idempotent") and is_number(j) and is_number(k)) else x
    if a is transpose(b) and (holds(a, "orthogonal") or holds(b, "orthogonal")):
        return eye(a.shape[0])
    if is_complex(a) and (holds(a, "unitary") or holds(b, "unitary")) and a is transpose(conjugate(b)):
        return eye(a.shape[0])
    return None


def _is_below_zero(j: Expr, k: Expr) -> bool:
    """Whether the sum of two exponents, of which one is a number, may be less than 0: F^c F^-3 is no power with c - 3 factors, nor
    F^(c - i) F^-1 one with c - i - 1; but F^c F^-1 has c - 1."""
    number, other = (j, k) if is_number(j) else (k, j)
    if not is_number(number) or is_number(other) or value_of(number) >= 0:
        return False
    return other.op is not SYMBOL or value_of(number) < -1


def _is_inverted(e: Expr) -> bool:
    inner = e.args[0] if e.op is TRANSPOSE else e
    return (inner.args[0] if inner.op is MATRIX_POWER else inner).op is INVERSE


def as_power(e: Expr) -> tuple[Expr, Expr]:
    """Base and exponent of a square factor; the transpose is taken outside: (X^k)^T is a power of X^T."""
    flip = e.op is TRANSPOSE
    inner = e.args[0] if flip else e
    k = ONE_NUMBER
    if inner.op is MATRIX_POWER:
        inner, k = inner.args
    if inner.op is INVERSE:
        inner, k = inner.args[0], negative(k)
    return (transpose(inner) if flip else inner), k


def _cut(chain: list[Expr], rows: Dim, cols: Dim, scalars: list[Expr]) -> Expr:
    """Cut the chain where an inner dimension is one; what stands between the cuts are scalars."""
    if not chain:
        return eye(rows)
    cuts = [i + 1 for i, f in enumerate(chain[:-1]) if f.shape[1] is ONE]
    if not cuts:
        return _chain(chain)
    pieces = [chain[i:j] for i, j in zip([0, *cuts], [*cuts, len(chain)], strict=True)]
    outer: list[Expr] = []
    for piece in pieces:
        if piece[0].shape[0] is ONE and piece[-1].shape[1] is ONE:
            scalars.append(_chain(piece))
        else:
            outer.append(_chain(piece))
    if not outer:
        return scalars.pop()
    factors: list[Expr] = []
    for o in outer:
        if o.op is TIMES:
            scalars += o.args[:-1]
            o = o.args[-1]
        factors += o.args if o.op is MATMUL else (o,)
    return _chain(factors)


def _chain(chain: list[Expr]) -> Expr:
    if len(chain) == 1:
        return chain[0]
    first, last = chain[0], chain[-1]
    if any(f.op.bit & SELDOM for f in chain) and (turned := by_laws_of_three(chain)) is not None:
        return turned
    if any(f.within & OF_CONVOLUTIONS for f in chain) and (turned := by_laws_of_convolution(chain)) is not None:
        return turned
    if first.shape[0] is ONE and last.shape[1] is ONE:
        return _scalar_chain(chain)
    if first.op is ONES and first.shape[1] is not ONE and first.shape[0] is not ONE:  # ones(m,n) is ones(m) ones(n)^T
        return matmul(ones(first.shape[0]), transpose(ones(first.shape[1])), *chain[1:])
    if last.op is ONES and last.shape[0] is not ONE and last.shape[1] is not ONE:
        return matmul(*chain[:-1], ones(last.shape[0]), transpose(ones(last.shape[1])))
    if len(chain) == 2 and first.op is ONES and last.op is TRANSPOSE and last.args[0].op is ONES and last.shape[0] is ONE:
        return ones(first.shape[0], last.shape[1])
    return _raw_chain(chain)


def _raw_chain(chain: Sequence[Expr]) -> Expr:
    return make(MATMUL, tuple(chain), None, (chain[0].shape[0], chain[-1].shape[1]), sum(a.size for a in chain))


def _scalar_chain(chain: list[Expr]) -> Expr:
    """x^T A y in the shorter of its two directions; with ones at an end it is a sum; u^T v with three factors is sum(u .* v)."""
    left, right = transpose(chain[0]), chain[-1]
    if left.op is ONES or right.op is ONES:
        inner = chain[left.op is ONES : len(chain) - (right.op is ONES)]
        return total(matmul(*inner)) if inner else size(left.shape[0])
    if left.op is UNIT or right.op is UNIT:
        k, rest = (left, chain[1:]) if left.op is UNIT else (right, [transpose(f) for f in reversed(chain[:-1])])
        return entry(matmul(*rest), k.args[0], ONE_NUMBER)
    if len(chain) == 2 and (left.op is HADAMARD or right.op is HADAMARD or left.op is POWER or right.op is POWER):
        return total(hadamard(left, right))
    back = [transpose(f) for f in reversed(chain)]
    straight = _raw_chain(chain)
    if any(f.op is TIMES for f in back):  # a skew factor would bring out its sign
        return straight
    flipped = _raw_chain(back)
    return min(straight, flipped, key=order_key)


def _as_real_power(x: Expr, k: Expr) -> tuple[Expr, Expr]:
    """Base and exponent of x^k, where x may be sqrtm(Y) = Y^(1/2) or expm(s logm(Y)) = Y^s."""
    turned = x.op is TRANSPOSE
    inner = x.args[0] if turned else x
    log = split(inner.args[0])[2] if inner.op is MATRIX_EXPONENTIAL else None
    if inner.op is SQUARE_ROOT:
        y, s = inner.args[0], HALF
    elif log is not None and log.op is LOGARITHM:
        y, s = log.args[0], times(*inner.args[0].args[:-1]) if inner.args[0].op is TIMES else ONE_NUMBER
    else:
        return x, k
    return (transpose(y) if turned else y), times(s, k)


def real_power(x: Expr, k: Expr) -> Expr:
    """X^k for a real k: by the principal root, or expm(k logm(X))."""
    if is_number(k) and value_of(k).denominator <= 2:
        return matrix_power(x if value_of(k).denominator == 1 else apply(SQUARE_ROOT, (x,)), num(value_of(k).numerator))
    return apply(MATRIX_EXPONENTIAL, (times(k, apply(LOGARITHM, (x,))),))


@normal_form(MATRIX_POWER)
def _matrix_power(x: Expr, k: Expr) -> Expr:
    """X^k for a square X; a negative number is a power of the inverse."""
    if is_number(k):
        v = value_of(k)
        if v.denominator == 1:
            if v == 0:
                return eye(x.shape[0])
            if v < 0:
                x, v = inverse(x), -v
                if x.op is not INVERSE:
                    return matrix_power(x, num(v))
            if v == 1:
                return x
            k = num(v)
    if x.op is EYE:
        return x
    if k.op is TIMES and without_coefficient(k)[0] < 0:  # X^(-k) is a power of the inverse
        return matrix_power(inverse(x), negative(k))
    if x.op is SQUARE_ROOT and is_number(k) and value_of(k) % 2 == 0:
        return matrix_power(x.args[0], num(value_of(k) / 2))
    if x.op is DIAG:
        return diag(power(x.args[0], k))
    if x.op is TRANSPOSE:
        return transpose(matrix_power(x.args[0], k))
    if x.op is TIMES:
        return times(*[power(s, k) for s in x.args[:-1]], matrix_power(x.args[-1], k))
    if x.op is MATRIX_POWER:
        return matrix_power(x.args[0], times(x.args[1], k))
    if holds(x, "idempotent") and is_number(k):
        return x
    return make(MATRIX_POWER, (x, k), None, x.shape, x.size + 1 + k.size)


@normal_form(INVERSE)
def _inverse(x: Expr) -> Expr:
    """X^-1; of a product of square factors, the product of their inverses."""
    op = x.op
    if x.is_scalar:
        return power(x, MINUS_ONE)
    if op is EYE:
        return x
    if op is INVERSE:
        return x.args[0]
    if op is TRANSPOSE:
        return transpose(inverse(x.args[0]))
    if op is TIMES:
        return times(*[power(s, MINUS_ONE) for s in x.args[:-1]], inverse(x.args[-1]))
    if op is DIAG:
        return diag(power(x.args[0], MINUS_ONE))
    if op is KRONECKER and all(a.shape[0] is a.shape[1] for a in x.args):
        return kron(*[inverse(a) for a in x.args])
    if op is MATRIX_POWER:
        return matrix_power(inverse(x.args[0]), x.args[1])
    if holds(x, "orthogonal"):
        return transpose(x)
    if is_complex(x) and holds(x, "unitary"):
        return transpose(conjugate(x))
    if op is MATMUL and all(a.shape[0] is a.shape[1] for a in x.args):
        return matmul(*[inverse(a) for a in reversed(x.args)])
    if op is MATMUL:
        flipped = transpose(x)
        if direction_key(flipped) < direction_key(x):
            return turned(make(INVERSE, (flipped,), None, x.shape, flipped.size + 1))
    return make(INVERSE, (x,), None, x.shape, x.size + 1)


@normal_form(PSEUDOINVERSE)
def _pseudoinverse(x: Expr) -> Expr:
    """X^+; of an invertible matrix, the inverse, and of a pseudoinverse what it is the pseudoinverse of."""
    if x.op is PSEUDOINVERSE:
        return x.args[0]
    return inverse(x) if holds(x, "invertible") else by_its_block(PSEUDOINVERSE, (x,))
