"""The pipeline: text → syntax → typed expression → derivative → short form → verified → answer."""

from __future__ import annotations

import copy

from ..differentiation import SPACE, STACKED
from ..errors import MatcalcError, NoAnswerError, UsageError
from ..expressions.build import is_conjugate_name
from ..expressions.labels import words_of
from ..inference.declarations import leading_sizes
from ..numbers.record import summed_up
from ..ops.core import SYMBOL
from ..ops.vocabulary import within_a_set
from ..syntax import spell_name
from .derivative import Derivative
from .differentiate import differentiated
from .question import Question


def derivative(question: Question) -> Derivative | list[Derivative]:
    """The derivative of the function by its variables; by several at order one, a list."""
    try:
        question.need_variables()
        if question.options.vectorize and (whole := _stacked(question)) is not None:
            return whole
        if question.program.random and question.typed.averaged is not None:
            return _averaged(question)
        names, order = question.names, question.options.order
        if question.options.manifold or question.options.along:
            return _on_manifold(question)
        if question.options.structured == STACKED and question.options.notation not in ("auto", "matrix"):
            raise UsageError("a derivative by vech(S) is a matrix, or goes by entries", suggestion="leave the notation out")
        if question.options.structured:
            question.real("--structured")
            curved = _declared_manifold(question)
            if curved:
                return _on_manifold(question.by(*names, manifold=curved, structured=""))

            from ..differentiation.structured import sets_of

            sets_of([question.declared(n) for n in names], names, question.options.structured)
        if order == 1 and len(names) > 1:
            wirtinger = question.options.wirtinger or any(map(is_conjugate_name, names))
            return [differentiated(question.by(n, wirtinger=wirtinger)) for n in names]
        if len(names) == 1:
            question = question.by(*names * order) if order > 1 else question
        elif len(names) != order:
            raise UsageError(f"order {order} with {len(names)} variables: give one name, or one for each order")
        _refuse_twice_by_an_array(question)
        return differentiated(question)
    except MatcalcError as error:
        raise error.located(question.text) from None


def _stacked(question: Question) -> Derivative | list[Derivative] | None:
    """The derivative of the sums over families written with the stacked families; None where there is nothing to stack."""
    from .vectorized import vectorized

    whole = vectorized(question.real("--vectorize"))
    if whole is None:
        return None
    found = derivative(whole.question)
    for d in found if isinstance(found, list) else [found]:
        d._stacks = whole.names
        d.check = summed_up([c for c in (whole.check, d.check) if c is not None])
        d.assumptions = [*whole.assumptions, *d.assumptions, whole.sentence]
    return found


def _averaged(question: Question) -> Derivative | list[Derivative]:
    """The derivative of expectations, which are worked out and checked first."""
    from ..ops.laws import EXPECTED
    from .averaged import checked
    from .judging import spelled

    typed, plain = question.typed, copy.copy(question.typed)
    check, plain.averaged = checked(typed) if question.options.verify else None, None
    found = derivative(question.replaced(plain))
    for d in found if isinstance(found, list) else [found]:
        d.check = summed_up([c for c in (check, d.check) if c is not None])
        d.assumptions.append(f"the expectation is {spelled(typed, typed.expr)} [{EXPECTED.name}]")
    return found


def _on_manifold(question: Question) -> Derivative | list[Derivative]:
    """The gradient, or the Hessian along a direction, on the manifold that was named."""
    from .riemannian import on_manifold

    if not question.options.manifold:
        raise UsageError("--along is for a Hessian on a manifold", suggestion="name it: --manifold sphere; or use matcalc directional")
    if question.options.structured:
        raise UsageError("--structured and --manifold say the same thing twice", suggestion="leave one out")
    return on_manifold(question, differentiated)


def _declared_manifold(question: Question) -> str:
    """The one curved manifold that all the variables are declared to lie on; "" where there is none."""
    if question.options.structured != SPACE:
        return ""
    variables = [question.declared(n) for n in question.names]
    if not any(within_a_set(w) for v in variables if v.op is SYMBOL for w in words_of(v)):
        return ""
    from .riemannian import declared_manifold

    found = {declared_manifold(v) for v in variables}
    return found.pop() if len(found) == 1 else ""


def _refuse_twice_by_an_array(question: Question) -> None:
    """NoAnswerError for the second derivative by all of an array: that by T_i twice has the blocks on its diagonal only."""
    names = question.names
    for d in question.typed.declarations if len(set(names)) < len(names) else ():
        if leading_sizes(d.sizes) and names.count(d.name) > 1:
            one = spell_name(d.name, ",".join("1" * len(leading_sizes(d.sizes))))
            message = f"a second derivative by the array {d.name} has {2 * len(d.sizes)} indices, and is not written here"
            raise NoAnswerError(message, suggestion=f"by one of its matrices, twice: --wrt {one} --order 2")


def one_derivative(question: Question) -> Derivative:
    """The derivative by one variable, or the one of higher order by the variables in turn."""
    found = derivative(question)
    if isinstance(found, list):
        raise UsageError("one derivative is wanted, and there are several variables")
    return found
