"""What the functions of the book are of complex arguments.

Most are holomorphic and the same. Absolute values, norms and log|det X| are written with the argument and its conjugate; what compares
numbers or sorts them is of real arguments only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import ReadingError
from ..expressions import build
from ..expressions.build import conjugate, is_complex, is_real
from ..expressions.expr import Expr
from ..expressions.leaves import HALF
from ..ops.determinant import LOG_DETERMINANT
from ..ops.elementary import ABS
from ..ops.matrix_functions import SQUARE_ROOT
from ..ops.norms import FROBENIUS_NORM, NORM, ONE_NORM
from ..ops.operation import Operation
from ..ops.singular_values import NUCLEAR_NORM, SPECTRAL_NORM
from ..ops.spectra import ANY_EIGENVALUE
from ..ops.sums import SUM
from ..syntax import Node
from .assumptions import space
from .scopes import Typing
from .terms import Resolve


def refuse_inner(args: Sequence[Expr], node: Node) -> None:
    """An inner product of complex arrays conjugates one of them, and authors differ on which."""
    if any(map(is_complex, args)):
        message = "an inner product of complex arrays conjugates one of them, and which is not said"
        raise ReadingError(message, span=node.span, suggestion="write a^H b, or tr(A^H B) for matrices")


def refuse_undecided(el: Typing, resolve: Resolve) -> None:
    """Beside declared complex names, a vector or matrix of which nothing is said may be real or complex, and the answers differ."""
    if not any(d.field == "C" for d in el.scene.stated.values()):
        return
    known = {*el.scene.stated, *el.scene.conjugated, el.scene.hole}
    loose = {n: t.shape for n, t in el.symbols.items() if n not in known and not t.is_scalar}
    if loose:
        sets = "; ".join(f"{n} in {space((resolve(rows), resolve(cols)), 'C')}" for n, (rows, cols) in loose.items())
        listed, verb = ", ".join(loose), "is" if len(loose) == 1 else "are"
        raise ReadingError(f"{listed} {verb} not declared, and may be real or complex", suggestion=f"declare {sets}, or with R")


def _modulus(x: Expr) -> Expr:
    return build.power(build.hadamard(conjugate(x), x) if not x.is_scalar else build.times(conjugate(x), x), HALF)


def _adjoint(x: Expr) -> Expr:
    return build.transpose(conjugate(x))


def _of_gram(function: Callable[[Expr], Expr]) -> Callable[[Expr], Expr]:
    """A function of the singular values of x, by the eigenvalues of x^H x."""
    return lambda x: function(build.matmul(_adjoint(x), x))


_WITH_CONJUGATES: dict[Operation, Callable[[Expr], Expr]] = {
    ABS: _modulus,
    NORM: lambda x: build.power(build.matmul(_adjoint(x), x), HALF),
    FROBENIUS_NORM: lambda x: build.power(build.trace(build.matmul(_adjoint(x), x)), HALF),
    SPECTRAL_NORM: _of_gram(lambda g: build.power(build.apply(ANY_EIGENVALUE, [g, build.num(-1)]), HALF)),
    NUCLEAR_NORM: _of_gram(lambda g: build.trace(build.apply(SQUARE_ROOT, [g]))),
    ONE_NORM: lambda x: build.apply(SUM, [_modulus(x)]),
    LOG_DETERMINANT: lambda x: build.times(HALF, build.add(*[build.apply(LOG_DETERMINANT, [y]) for y in (x, conjugate(x))])),
}


def of_complex(op: Operation, args: Sequence[Expr], attr: object, node: Node | None) -> Expr:
    """The operation applied to arguments some of which are complex; ReadingError where it is of real ones only."""
    value = build.apply(op, args, attr)
    if not op.real or not is_complex(value) or is_real(value):
        return value
    meaning = _WITH_CONJUGATES.get(op)
    if meaning is None:
        called = op.spellings[0] if op.spellings else op.name
        message = f"{called} is of real numbers, and its argument is complex"
        raise ReadingError(message, span=node.span if node is not None else None, suggestion="take Re(z), Im(z) or |z| of it")
    return meaning(args[0])
