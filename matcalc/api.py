"""The Python interface: derivatives, and expressions that are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, overload

from .errors import MatcalcError, UsageError
from .pipeline import derive
from .pipeline.derivative import Derivative, code_of
from .pipeline.given import Built, Function, Name, Names, Several, Where
from .pipeline.question import Options, Question

if TYPE_CHECKING:
    from .course.partials import Partials
    from .pipeline.expression import Expression

Layout = Literal["numerator", "denominator", "strict"]
Notation = Literal["auto", "matrix", "index", "kron", "differential", "tensor", "cases"]
Structured = Literal["", "symmetric-space", "independent"]


class Wanted(TypedDict, total=False):
    """The options of `grad`, `jacobian`, `hessian`."""

    where: Where
    notation: Notation
    verify: bool
    structured: Structured
    vectorize: bool
    strict: bool
    names: bool
    manifold: str
    along: str


class WithLayout(Wanted, total=False):
    """The options of `derivative` but for the order."""

    layout: Layout


class DerivativeOptions(WithLayout, total=False):
    """All options of `derivative`."""

    order: int


@overload
def derivative(expr: Function, wrt: Name | None = None, **options: Unpack[DerivativeOptions]) -> Derivative: ...
@overload
def derivative(expr: Function, wrt: Several, *, order: Literal[1] = 1, **options: Unpack[WithLayout]) -> list[Derivative]: ...
@overload
def derivative(expr: Function, wrt: Several, *, order: Literal[2, 3, 4], **options: Unpack[WithLayout]) -> Derivative: ...
@overload
def derivative(expr: Function, wrt: Names | None = None, **options: Unpack[DerivativeOptions]) -> Derivative | list[Derivative]: ...
def derivative(
    expr: Function,
    wrt: Names | None = None,
    *,
    where: Where = None,
    order: int = 1,
    layout: Layout = "numerator",
    notation: Notation = "auto",
    verify: bool = True,
    structured: Structured = "",
    vectorize: bool = False,
    strict: bool = False,
    names: bool = True,
    manifold: str = "",
    along: str = "",
) -> Derivative | list[Derivative]:
    """The derivative of a matrix expression in closed form.

    `expr` is text in matcalc's language, or built from `vector`, `matrix`, `scalar`; `where` declares its names, as text or as a mapping.
    `wrt` is a name or a list of names: a list gives, at order 1, a list of derivatives; at order k one name k times, or k names.
    Where it is left out, the text says it ("d/dx x^2"), or there is one sensible variable, or UsageError lists them.
    `structured` differentiates within the set a matrix is declared to lie in: "symmetric-space" (the gradient in that space) or
    "independent" (by the entries one may choose). `vectorize` writes sums over families as products with the stacked families;
    `assumptions` says what is stacked how. `strict` refuses where the kind of a name had to be chosen, and says what to declare.
    `manifold` (sphere, stiefel, orthogonal, grassmann, spd, simplex, oblique, fixed-rank) gives the Riemannian gradient there, a tangent
    vector of the variable's own shape; at order 2 the Hessian along the tangent vector that `along` names.
    `names` gives the answer in the names of the text: with z = W x + b; h = relu(z) in z and h, which are defined before it.
    Raises MatcalcError: bad input, no answer, or a failed check.
    """
    options = Options(order, layout, notation, verify, structured, vectorize, strict, names, manifold=manifold, along=along)
    question = Question.of(expr, wrt, where, options, asks=True)
    single = wrt is None or isinstance(wrt, str | Built)
    if question.options.order == 1 and single and len(question.names) > 1:
        listed = ", ".join(map(repr, question.names))
        raise UsageError("one name is one variable", suggestion=f"several are a list: [{listed}]")
    found = derive.derivative(question)
    several = found if isinstance(found, list) else [found]
    if question.options.order == 1 and not vectorize:
        for d in several:
            d._chain = partial(_chain_of, expr, d.wrt[0], where, verify)
    return several if question.options.order == 1 and not single else found


def _chain_of(expr: Function, name: str, where: Where, verify: bool) -> Partials:
    from .course.partials import chain_of

    return chain_of(expr, name, where=where, verify=verify)


def _gathered(expr: Function, wrt: Names | None, **options: Any) -> Derivative | None:
    """The derivative by several numbers at once; None for other variables."""
    if wrt is None or isinstance(wrt, str | Built):
        return None
    from .pipeline.gathered import gathered

    where = options.pop("where", None)
    question = Question.of(expr, wrt, where, Options(**options))
    try:
        return None if question.program.random or any(d.field == "C" for d in question.declarations) else gathered(question)
    except MatcalcError as error:
        raise error.located(question.text) from None


@overload
def grad(expr: Function, wrt: Name | None = None, **options: Unpack[Wanted]) -> Derivative: ...
@overload
def grad(expr: Function, wrt: Several, **options: Unpack[Wanted]) -> Derivative | list[Derivative]: ...
def grad(expr: Function, wrt: Names | None = None, **options: Unpack[Wanted]) -> Derivative | list[Derivative]:
    """The gradient of a scalar: a column for a vector, and for several numbers, of the variable's own shape for a matrix. UsageError where
    `expr` is no scalar."""
    found = _gathered(expr, wrt, order=1, layout="denominator", **options) or derivative(expr, wrt, layout="denominator", **options)
    first = found[0] if isinstance(found, list) else found
    if not first._of_scalar:
        raise UsageError("a gradient is that of a scalar, and this function has several entries", suggestion="use jacobian")
    return found


@overload
def jacobian(expr: Function, wrt: Name | None = None, **options: Unpack[Wanted]) -> Derivative: ...
@overload
def jacobian(expr: Function, wrt: Several, **options: Unpack[Wanted]) -> Derivative | list[Derivative]: ...
def jacobian(expr: Function, wrt: Names | None = None, **options: Unpack[Wanted]) -> Derivative | list[Derivative]:
    """The first partial derivatives, the function's indices first: m×n for m functions of n variables, also of several numbers."""
    return _gathered(expr, wrt, order=1, **options) or derivative(expr, wrt, **options)


def hessian(expr: Function, wrt: Names | None = None, **options: Unpack[Wanted]) -> Derivative:
    """The second derivatives by one variable, or the mixed ones by two: H[i,j] by x_i and y_j; of several numbers the matrix of all."""
    found = _gathered(expr, wrt, order=2, **options) or derivative(expr, wrt, order=2, **options)
    assert isinstance(found, Derivative)
    return found


def code(
    derivatives: Derivative | Sequence[Derivative],
    target: str = "numpy",
    *,
    parts: Sequence[str] = (),
    sizes: Mapping[str, int] | None = None,
    batch: Sequence[str] = (),
) -> str:
    """A file of functions, in any of `codegen.targets`, that compute a function and its derivatives by one or several variables:

        matcalc.code(matcalc.derivative("||W x + b - y||^2", ["W", "b"]), "jax", parts=["hvp"])

    has `value`, `gradients`, `value_and_gradients` and `hvp`, which share their work over all variables. `parts` are any of hessian (of
    one variable), jvp, vjp, hvp, make; `sizes` ({"n": 1000}) are hints for the order of products. `batch`
    (["x", "y"]) adds batch_value, batch_gradients and so on, in which these arguments, and what is returned, have one more axis in front,
    that of samples. UsageError where the derivatives are not
    first ones of one function.
    """
    several = [derivatives] if isinstance(derivatives, Derivative) else list(derivatives)
    functions = {(d._typed.program.text, d._typed.where) for d in several}
    if len(functions) != 1 or len({d.wrt for d in several}) < len(several):
        raise UsageError("one file is for the derivatives of one function, each by another variable")
    return code_of(several, target, parts, sizes, batch)


def parse(text: Function, where: Where = None) -> Expression:
    """Read an expression, or take one that was built; `.shape`, `.text`, `.latex`, `.diff(x)`, `.evaluate({...})`."""
    from .pipeline.expression import expression

    found = expression(Question.of(text, where=where))
    found._derive = derivative
    return found


def subexpressions(text: Function, where: Where = None) -> list[tuple[str, str]]:
    """Every subexpression as it was typed with its shape, inner ones first."""
    return parse(text, where).subexpressions()


__all__ = ["Derivative", "code", "derivative", "grad", "hessian", "jacobian", "parse", "subexpressions"]
