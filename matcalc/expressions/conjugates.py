"""Complex conjugates: of a name a name of its own, of everything else the same operations on conjugates.

A complex z and conj(z) are two symbols. Every operation of the book is holomorphic, with real coefficients, in the arguments that it
takes (what is not, |z|, is written with both symbols when it is read), so conj(f(z)) is f(conj(z)); and a derivative by one of the two with
the other kept is a derivative like any other: the Wirtinger derivatives. Of a Hermitian matrix the conjugate is the transpose.
"""

from __future__ import annotations

from typing import cast

from ..interning import Memo
from ..ops.complex_numbers import CONJUGATE, IMAGINARY_PART, REAL_PART
from ..ops.core import IMAGINARY, MEMBER, NAMED, SYMBOL, TRANSPOSE
from .expr import Expr, make, postorder, transform
from .labels import name_of
from .leaves import HALF, MINUS_ONE, imaginary
from .normal import add, apply, negative, normal_form, times, transpose

_CALL = "conj("
_known: Memo[Expr] = Memo()


def is_complex(e: Expr) -> bool:
    """Whether something in it is complex; its value may be real."""
    return bool(e.within & IMAGINARY.bit)


def direction_key(e: Expr) -> tuple[int, int, bytes]:
    """Which of a matrix and its transpose stands: the shorter one, of complex names that with A^H A in place of A^T conj(A), then the same
    everywhere."""
    turned = sum(map(_is_turned_conjugate, postorder(e))) if is_complex(e) else 0
    return (e.size, -turned, e.digest)


def _is_turned_conjugate(e: Expr) -> bool:
    return e.op is TRANSPOSE and e.args[0].op in (SYMBOL, MEMBER) and is_conjugate_name(name_of(e.args[0]))


def is_real(e: Expr) -> bool:
    """Whether it is known to be real: it is its own conjugate."""
    return not is_complex(e) or conjugate(e) is e


def is_sound(e: Expr) -> bool:
    """Whether what is no holomorphic function, as |x| and what compares, stands in it with real values only."""
    return all(is_real(n) for n in postorder(e) if n.op.real and is_complex(n))


def conjugate(e: Expr) -> Expr:
    """conj(e)."""
    if not is_complex(e):
        return e
    found = _known.get(e)
    if found is None:
        found = _known[e] = transform(e, _conjugated)
    return found


@normal_form(CONJUGATE)
def _conjugate(e: Expr) -> Expr:
    return conjugate(e)


@normal_form(REAL_PART)
def _real_part(e: Expr) -> Expr:
    return times(HALF, add(e, conjugate(e)))


@normal_form(IMAGINARY_PART)
def _imaginary_part(e: Expr) -> Expr:
    return times(HALF, imaginary(), add(conjugate(e), negative(e)))


def _conjugated(e: Expr, args: tuple[Expr, ...]) -> Expr:
    if not is_complex(e):
        return e
    if e.op is IMAGINARY:
        return times(MINUS_ONE, e)
    if e.op is SYMBOL or e.op is MEMBER:
        name, words = cast("tuple[str, tuple[str, ...]]", e.attr)
        return transpose(e) if "hermitian" in words else make(e.op, e.args, (conjugate_name(name), words), e.shape, e.size)
    if e.op is NAMED:  # the name is that of the value itself
        return args[0]
    return apply(e.op, args, e.attr)


def conjugate_name(name: str) -> str:
    """The name of the conjugate: conj(z), and the other way round."""
    return name[len(_CALL) : -1] if is_conjugate_name(name) else f"{_CALL}{name})"


def is_conjugate_name(name: str) -> bool:
    return name.startswith(_CALL)


def base_name(name: str) -> str:
    """z of z and of conj(z)."""
    return conjugate_name(name) if is_conjugate_name(name) else name
