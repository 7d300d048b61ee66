"""By which of z and conj(z) a function of complex z is differentiated, and how the answer is laid out.

A real-valued f has df = 2 Re(g^H dz) with g = ∂f/∂conj(z): that is the answer, of z's own shape, and 2 g the direction of steepest ascent.
By a Hermitian A, df = tr(G dA) with a Hermitian G, which is the answer. A holomorphic function has its complex derivative, laid
out as any other. What is neither has two derivatives, and is asked for both.
"""

from __future__ import annotations

from typing import NamedTuple

from ..differentiation.families import as_declared
from ..errors import UsageError
from ..expressions.build import conjugate, conjugate_name, is_complex, is_conjugate_name, is_real
from ..expressions.expr import Expr, postorder
from ..expressions.labels import words_of
from ..inference.infer import Typed
from ..numbers.numeric import Plan
from ..numbers.verify import Kind
from ..ops.core import ENTRY
from .question import Question
from .sampling import Sampler


class Convention(NamedTuple):
    """The names to differentiate by, conjugates among them, the layout, and what is said of it."""

    names: tuple[str, ...]
    layout: str
    note: str = ""


def convention(question: Question) -> Convention:
    """How the derivative by these names is understood. UsageError where there are two, and the question says nothing of which."""
    names, layout = question.names, question.options.layout
    explicit = question.options.wirtinger or any(map(is_conjugate_name, names))
    variables = {n: question.variable(n) for n in names}
    complex_ = [n for n, v in variables.items() if is_complex(v)]
    if explicit:
        told = ", ".join(f"by {n} with {conjugate_name(n)} kept" for n in dict.fromkeys(names) if is_complex(question.variable(n)))
        return Convention(names, layout, told)
    if not complex_:
        return Convention(names, layout)
    name, v = complex_[0], variables[complex_[0]]
    whole = v.args[0] if v.op is ENTRY else v
    f = question.typed.expr
    if len(names) > 1:
        if _is_holomorphic(f, whole):
            return Convention(names, layout)
        if "hermitian" in words_of(whole) and all(variables[n] is v for n in names):
            return Convention(names, layout, f"the derivatives by the entries of {name}, with conj({name}) = {name}^T")
        blocks = f'"conj({name}), {name}" and "conj({name}), conj({name})"'
        raise UsageError(f"there are several second derivatives by {name} and its conjugate", suggestion=f"say which block: --wrt {blocks}")
    known = _as_it_is(question, f, whole, name)
    real = is_real(known) or _is_real_at_points(question.typed, known)
    if "hermitian" in words_of(whole):
        if real and f.is_scalar and v is whole:
            return Convention(names, "strict", f"the gradient G with df = tr(G d{name}), Hermitian as {name} is")
        return Convention(names, layout, f"the derivative by the entries of {name}, with conj({name}) = {name}^T")
    if _is_holomorphic(f, whole):
        return Convention(names, layout, f"holomorphic in {name}: the complex derivative")
    if real:
        what = f"∂f/∂conj({name})"
        return Convention((conjugate_name(name),), "denominator", f"f is real: the gradient is {what}, with df = 2 Re <{what}, d{name}>")
    if question.typed.program.complex_:
        what = f"∂f/∂conj({name})"
        return Convention((conjugate_name(name),), "denominator", f"{what} with {name} kept, the gradient where f is real")
    raise UsageError(
        f"the function is complex and not holomorphic in {name}: it has a derivative by {name} and one by conj({name})",
        suggestion=f'ask for both: --wrt "{name}, conj({name})"; where f should be real, declare the matrix of a quadratic form hermitian',
    )


def _is_real_at_points(typed: Typed, f: Expr) -> bool:
    """Whether the function has no imaginary part at random points: the normal form does not tell it of every real function."""
    try:
        from ..numbers import doubles
    except ImportError:
        return False
    sampler = Sampler(typed, roots=[f])
    sizes = sampler.point.orders(sampler.dims)[0]
    for turn in range(1, 4):
        (value,) = Plan(f, doubles).run(sampler.point.at(Kind(sizes, turn=turn), doubles), sizes)
        entries = list(map(complex, doubles.flat(value)))
        if any(abs(x.imag) > 1e-9 * max(map(abs, entries)) for x in entries):
            return False
    return True


def _is_holomorphic(f: Expr, v: Expr) -> bool:
    """Whether the conjugate of the variable does not occur."""
    other = conjugate(v)
    return other is v or not any(n is other or (n.op is other.op and n.attr == other.attr) for n in postorder(f))


def _as_it_is(question: Question, f: Expr, v: Expr, name: str) -> Expr:
    """The function with all that is declared of the variable."""
    known = question.declared(name)
    return f if known is v or known.op is ENTRY else as_declared(f, {v: known, conjugate(v): conjugate(known)})
