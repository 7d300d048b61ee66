"""Positive and negative definite matrices by the rules of positive forms.

A^T A and v v^T are positive semidefinite, A^T M A with M; sums, Kronecker and entrywise products and inverses of such
forms are; the declared properties (spd, psd, positive) are where it begins. `sign_of` says the same of scalars.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..expressions import build
from ..expressions.build import has, is_number, split, transpose, value_of
from ..expressions.expr import Expr
from ..kinds import ONE
from ..ops.core import ADD, CONSTANT, EYE, HADAMARD, INDEXED_PRODUCT, INDEXED_SUM, KRONECKER, MATMUL, MATRIX_POWER, ONES, POWER, SIZE, TIMES
from ..ops.diagonal import DIAG
from ..ops.inverse import INVERSE
from ..ops.sums import SUM
from ..ops.trace import TRACE

PD, PSD, ND, NSD = "positive definite", "positive semidefinite", "negative definite", "negative semidefinite"
_WEAK = {PD: PSD, PSD: PSD, ND: NSD, NSD: NSD}
_OPPOSITE = {PD: ND, PSD: NSD, ND: PD, NSD: PSD}


def definiteness(m: Expr, invertible: Iterable[Expr] = ()) -> str | None:
    """What the rules say of a symmetric matrix (or a scalar), if they say anything. `invertible` are matrices taken to be so."""
    if m.is_scalar:
        return {1: PD, 2: PSD, -1: ND, -2: NSD}.get(sign_of(m))
    found = _plain(m, frozenset(invertible))
    bare = build.without_coefficient(m)[1]
    if found in (PSD, NSD) and (m in invertible or bare in invertible):
        return PD if found == PSD else ND
    return found


def _plain(m: Expr, known: frozenset[Expr]) -> str | None:
    op = m.op
    if op is EYE or has(m, "spd"):
        return PD
    if has(m, "psd"):
        return PSD
    if op is DIAG or (has(m, "diagonal") and has(m, "positive")):
        return {1: PD, 2: PSD, -1: ND, -2: NSD}.get(entry_sign(m.args[0])) if op is DIAG else PD
    if op is TIMES:
        c, scalars, body = split(m)
        assert body is not None
        inside = definiteness(body, known)
        for s in (build.num(c), *scalars):
            inside = _scaled(inside, sign_of(s))
        return inside
    if op is ADD:
        return _sum_of([definiteness(a, known) for a in m.args])
    if op is INVERSE:
        inside = definiteness(m.args[0], known)
        return {PD: PD, PSD: PD, ND: ND, NSD: ND}.get(inside or "")
    if op is MATRIX_POWER and is_number(m.args[1]):
        inside = definiteness(m.args[0], known)
        if inside in (PD, ND) or (transpose(m.args[0]) is m.args[0] and value_of(m.args[1]) % 2 == 0):
            return (
                PD if inside in (PD, ND) and (inside == PD or value_of(m.args[1]) % 2 == 0) else PSD if value_of(m.args[1]) % 2 == 0 else ND
            )
        return None
    if op is MATMUL:
        return _chain(m, known)
    if op is KRONECKER:
        a, b = (definiteness(x, known) for x in m.args)
        if a is None or b is None:
            return None
        strict = {a, b} <= {PD, ND}
        return (PD if strict else PSD) if (a in (PD, PSD)) == (b in (PD, PSD)) else (ND if strict else NSD)
    if op is HADAMARD and len(m.args) == 2:
        kinds = {definiteness(x, known) for x in m.args}
        return PD if kinds == {PD} else PSD if kinds <= {PD, PSD} else None
    if op is ONES and m.shape[0] is m.shape[1]:
        return PSD
    if op is INDEXED_SUM:
        inside = definiteness(m.args[2], known)
        return _WEAK.get(inside or "") if inside not in (PD, ND) else inside
    return None


def _chain(m: Expr, known: frozenset[Expr]) -> str | None:
    """A^T M A: psd as M is, and pd where A is square and invertible."""
    args = m.args
    k = len(args) // 2
    left, right = args[:k], args[len(args) - k :]
    if tuple(transpose(a) for a in reversed(right)) != left:
        return None
    inside = PD if len(args) % 2 == 0 else definiteness(args[k], known)
    if inside is None:
        return None
    sure = all(has(a, "invertible") or a.op is INVERSE or definiteness(a, known) == PD for a in right)
    return inside if sure else _WEAK[inside]


def _scaled(inside: str | None, sign: int) -> str | None:
    if inside is None or sign == 0:
        return None
    strict = inside if sign > 0 else _OPPOSITE[inside]
    return strict if abs(sign) == 1 else _WEAK[strict]


def _sum_of(kinds: list[str | None]) -> str | None:
    if all(k in (PD, PSD) for k in kinds):
        return PD if PD in kinds else PSD
    if all(k in (ND, NSD) for k in kinds):
        return ND if ND in kinds else NSD
    return None


def sign_of(s: Expr) -> int:
    """1 positive, 2 not negative, -1 negative, -2 not positive, 0 unknown; of a scalar."""
    op = s.op
    if is_number(s):
        v = value_of(s)
        return 1 if v > 0 else -1 if v < 0 else 2
    if op.positive or op is SIZE or op is CONSTANT or has(s, "positive"):
        return 1
    if has(s, "nonnegative"):
        return 2
    if op is POWER:
        base, k = s.args
        inside = sign_of(base)
        if inside in (1, 2):
            return inside if (is_number(k) and value_of(k) > 0) or inside == 1 else 0
        if is_number(k) and value_of(k).denominator == 1:
            even = value_of(k) % 2 == 0
            return (1 if inside == -1 else 2) if even else (inside if inside == -1 else 0)
        return 0
    if op is TIMES:
        total = 1
        for a in s.args:
            one = sign_of(a)
            if one == 0:
                return 0
            total = (1 if total * one > 0 else -1) * max(abs(total), abs(one))
        return total
    if op is ADD:
        signs = {sign_of(a) for a in s.args}
        if signs <= {1, 2}:
            return 1 if 1 in signs else 2
        return (-1 if -1 in signs else -2) if signs <= {-1, -2} else 0
    if op is INDEXED_SUM or op is INDEXED_PRODUCT:
        return sign_of(s.args[2]) if sign_of(s.args[2]) > 0 or op is INDEXED_SUM else 0
    if op is SUM:
        return entry_sign(s.args[0])
    if op is TRACE or op.name == "det":
        kind = definiteness(s.args[0])
        return {PD: 1, PSD: 2}.get(kind or "", {ND: -1, NSD: -2}.get(kind or "", 0) if op is TRACE else 0)
    if op is MATMUL and s.args[0].shape[0] is ONE:
        return {PD: 2, PSD: 2, ND: -2, NSD: -2}.get(_form(s) or "", 0)
    return 0


def _form(s: Expr) -> str | None:
    """u^T M u as its M."""
    k = len(s.args) // 2
    if tuple(transpose(a) for a in reversed(s.args[len(s.args) - k :])) != s.args[:k]:
        return None
    return PSD if len(s.args) % 2 == 0 else definiteness(s.args[k])


def entry_sign(v: Expr) -> int:
    """The sign that all entries of an array have."""
    op = v.op
    if v.is_scalar:
        return sign_of(v)
    if op is ONES or op.positive or has(v, "positive"):
        return 1
    if has(v, "nonnegative"):
        return 2
    if op is POWER and is_number(v.args[1]):
        inside, k = entry_sign(v.args[0]), value_of(v.args[1])
        if k.denominator == 1 and k % 2 == 0:
            return 1 if abs(inside) == 1 else 2 if k > 0 else 1
        return inside if inside == 1 or (inside == 2 and k > 0) else 0
    if op in (TIMES, HADAMARD):
        total = 1
        for a in v.args:
            one = entry_sign(a)
            if one == 0:
                return 0
            total = (1 if total * one > 0 else -1) * max(abs(total), abs(one))
        return total
    if op is ADD:
        signs = {entry_sign(a) for a in v.args}
        return (1 if 1 in signs else 2) if signs <= {1, 2} else (-1 if -1 in signs else -2) if signs <= {-1, -2} else 0
    return 0
