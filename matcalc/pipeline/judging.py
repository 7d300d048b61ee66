"""A derivative as it will be printed, judged against the function as it was typed; one of a higher order against the one before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import prod
from operator import mul
from types import MappingProxyType, ModuleType
from typing import Any

from ..answers.answer import ClosedForm
from ..answers.scope import Scope, ranks_of
from ..differentiation import STACKED
from ..differentiation.tensor import Tensor, size_of
from ..errors import NoAnswerError, ShapeError, VerificationError
from ..expressions.build import (
    base_name,
    is_complex,
    is_conjugate_name,
    negative,
    opened,
    substitute,
    subtract,
    symbol,
    value_of,
)
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.named import has_names
from ..expressions.properties import holds
from ..expressions.sums import terms_of
from ..inference.infer import Typed
from ..interning import regex
from ..kinds import SCALAR
from ..notation.arrange import Arranger
from ..numbers.judge import Along, Numbers, Place, judge, values
from ..numbers.numeric import Plan
from ..numbers.record import DIRECTIONS, POINTS, Check
from ..numbers.search import Comparison
from ..ops.activations import ELU, LEAKY_RELU, RELU
from ..ops.core import ENTRY, IVERSON, MEMBER, SYMBOL
from ..ops.determinant import DETERMINANT
from ..ops.elementary import ABS, SIGN
from ..ops.extremes import MAXIMUM, MINIMUM
from ..ops.inverse import INVERSE
from ..ops.norms import MAXIMUM_NORM, ONE_NORM, P_NORM
from ..ops.pseudoinverse import PSEUDOINVERSE
from ..printing.text import spell
from ..syntax import split_name
from .question import Question
from .sampling import Sampler

LARGEST_SPELLED, SHOWN = 300, 60  # nodes of what is spelled in full; about as many as stand for more
DEEPEST = 8  # of what stands for more
_LEFT_OUT = regex("\u2022[0-9]+")
CHOSEN = 2  # the member or entry that stands for a general one
ALONG = frozenset(("auto", "matrix", "index", "cases"))  # notations of which the summands can be had along directions
SEED = 20240301
TURNING = (RELU, LEAKY_RELU, ELU, ABS, SIGN, ONE_NORM, MAXIMUM_NORM, P_NORM)  # what compares its argument with 0
ENTRIES = 2000  # of a derivative whose own derivative is compared entry by entry
LONGEST_READ = 10_000  # characters
PRINTED_PRODUCTS = 100_000  # that are spent on comparing a text, about
SPOTS, PRINTED_POINTS = 60, 2  # entries of an index form that are compared with the closed form, and at how many points
MORE_POINTS = 5  # where sizes or whole numbers stand in the formulas as numbers


def judged(
    typed: Typed,
    previous: Tensor | None,
    tensor: Tensor,
    name: str,
    variable: Expr,
    kind: str | None = None,
    structured: str = "",
    notation: str = "auto",
    indices: Mapping[str, int] = MappingProxyType({}),
) -> Check:
    """What was compared; VerificationError where the derivative is wrong, NoAnswerError where it cannot be judged. `kind` is the set
    the variable stays in, `indices` are the numbers that stand for free indices."""
    conjugated, name = is_conjugate_name(name), base_name(name)
    place: Place = name, None
    fixed: dict[str, int] = {}
    if variable.op is MEMBER:
        at = [CHOSEN if i.op is SYMBOL else indices[str(i.attr)] if i.indices else int(value_of(i)) for i in variable.args]
        place = base_name(name_of(variable)), tuple(at)
        fixed = {name_of(i): CHOSEN for i in variable.args if i.op is SYMBOL}  # w_y, where y is a whole number of the text
    below = [typed.expr] if previous is None else previous.expressions()
    sampler = Sampler(typed, roots=[variable, *below, *tensor.expressions()], least=max([0, *(place[1] or ()), *indices.values()]))
    if variable.op is ENTRY:
        sampler.symbols[name] = (SCALAR, ("complex",) if is_complex(variable) else ())

    before = Tensor.of(typed.expr) if previous is None else previous
    parts = _summands(before)

    tensors = before.matrix is None and kind is None and notation in ALONG  # then it is compared along directions of all variables

    def function(arrays: ModuleType) -> Callable[..., Any]:
        values = before.summands(indices, arrays)
        return (lambda env, sizes: values(env, sizes, *_directions(before, sizes, arrays))) if tensors else values

    moved = name_of(variable.args[0] if variable.op is ENTRY else variable)
    claim = claim_of(tensor, notation, indices, kind, before if tensors else None, structured)
    asked: tuple[Numbers, Along] = function, claim
    if fixed:
        asked = _with_numbers(function, fixed), _with_numbers(claim, fixed)
    if variable.op is ENTRY:
        asked = _put_in_place(function, name, variable, indices), _put_in_place(claim, name, variable, indices)
    along = slopes = None
    if kind is not None:
        from ..differentiation.structured import tangent

        along = tangent(kind, structured)
    if is_complex(variable):
        from ..numbers.complex_slopes import complex_slopes, part_of

        slopes = partial(complex_slopes, part_of(variable, conjugated))

    speller = _speller(typed, tensor, notation, name)
    try:
        check = judge(
            *asked,
            place,
            variable.shape,
            sampler.point,
            sampler.dims,
            points=MORE_POINTS if sampler.counts else POINTS,
            thorough=sampler.counts,
            needed=[k for k, part in enumerate(parts) if any(n.op in (SYMBOL, MEMBER) and name_of(n) == moved for n in postorder(part))],
            tangent=along,
            describe=lambda: f"{typed.program.text!r} by {name}",
            spell=speller,
            margin=margin,
            deficient=any(e.within & PSEUDOINVERSE.bit for e in below),
            slopes=slopes,
        )
    except ShapeError as error:  # x_999, and x has no size of its own
        hint = "use --no-verify to see the answer unchecked"
        raise NoAnswerError(f"the derivative could not be checked with small arrays: {error.message}", suggestion=hint) from None
    except VerificationError:
        raise
    except NoAnswerError as error:
        _explain(error, tensor, speller)
        raise
    if tensors and any(_entries(before, sizes) > ENTRIES for sizes in check.sizes):
        return check._replace(against=check.against.replace("derivative", f"derivative{DIRECTIONS}", 1))
    return check


def _explain(error: NoAnswerError, tensor: Tensor, speller: Callable[[Expr], str]) -> None:
    """Why there is no point, where that is known: det(B) B^-1 of a skew-symmetric 3 x 3 matrix, which is singular everywhere."""
    nodes = postorder(tensor.expressions())
    for n in nodes:
        inverted = n.args[0] if n.op is INVERSE else None
        if inverted is not None and (inverted.shape[0].number or 0) % 2 and holds(inverted, "skew"):
            b = speller(inverted)
            error.message += f": {b} is skew-symmetric of odd size, so its determinant is 0, and the answer has its inverse"
            error.args = (error.message,)
            if any(d.op is DETERMINANT and d.args[0] is inverted for d in nodes):
                error.suggestion = f"det({b}) is 0; where {b} is not kept skew-symmetric, its derivative is adj({b})^T"
            return


def equal(
    sampler: Sampler, known: Typed, claimed: Typed, moved: Callable[[Numbers], Numbers], *, name: str, wrong: str, unjudged: str
) -> Check:
    """What was compared of two functions of a point, of which the second is `moved` to the values of the first."""
    return Comparison(
        values(by_summands(known), moved(by_summands(claimed))),
        sampler.point,
        sampler.dims,
        needed=range(len(terms_of(known.expr))),
        wrong=lambda: wrong,
        unjudged=unjudged,
        against=name,
        spell=lambda part: spelled(claimed, part if isinstance(part, Expr) else terms_of(claimed.expr)[part]),
    ).judged()


def printed(d: ClosedForm) -> Check | None:
    """What was compared of the text of an answer: it is read back, and has the values of the closed form; None where it is that, letter
    by letter. Of an index form with many entries some are compared."""
    from ..notation.forms import Places, entries_of

    if len(d.text) > LONGEST_READ:
        raise NoAnswerError("it is too long to be read back")
    declared = {x.name for x in d._typed.declarations}
    if not all(n in declared or split_name(n)[0] in declared for n in d._typed.symbols):  # directions of a program
        raise NoAnswerError("it has names that are not declared")
    typed = Question.of(d.text, where=d.where).whole()
    if typed.form is None and typed.expr is d._expr:
        return None
    chosen = {letter: CHOSEN for letter, _ in d._members}
    sampler = Sampler(d._typed, roots=[*d._tensor.expressions(), typed.expr], least=CHOSEN if chosen else 0)
    places = Places(typed) if typed.form is not None and typed.form[0] == "index" else None

    def known(arrays: ModuleType) -> Callable[..., Sequence[Any]]:
        entries = d._entries(arrays, chosen)

        def value(env: Mapping[str, Any], sizes: Mapping[str, int]) -> list[Any]:
            found = entries(env, sizes)
            return [found if places is None else [found[k] for k in places.some(sizes, SPOTS)]]

        return value

    def claimed(arrays: ModuleType) -> Callable[..., Sequence[Any]]:
        if places is None:
            return by_summands(typed)(arrays)
        entries, some = entries_of(typed, arrays), places.some
        return lambda env, sizes: [entries(env, sizes, some(sizes, SPOTS))]

    return Comparison(
        values(known, _with_numbers(claimed, chosen)),
        sampler.point,
        sampler.dims,
        PRINTED_POINTS,
        wrong=lambda: f"what is printed disagrees with the closed form: please report {d._typed.program.text!r}",
        unjudged="what is printed could not be checked",
        against="the closed form",
        spell=lambda part: spelled(typed, part) if isinstance(part, Expr) else "what is printed",
        most=PRINTED_PRODUCTS,
    ).judged()


def margin(e: Expr) -> object:
    """What an expression compares with 0, of either sign; itself where it compares otherwise."""
    if e.op in (IVERSON, MAXIMUM, MINIMUM) and len(e.args) == 2:
        rest = subtract(*e.args)
    elif e.op in TURNING:
        rest = e.args[0]
    else:
        return e
    return frozenset((rest, negative(rest)))


def by_summands(typed: Typed) -> Numbers:
    """The numbers of what was read, summand by summand; those of a form as a whole."""

    def bound(arrays: ModuleType) -> Callable[..., Sequence[Any]]:
        if typed.form is None:
            return Plan(terms_of(typed.expr), arrays).run

        from ..notation.forms import numbers_of

        whole = numbers_of(typed, arrays)
        return lambda env, sizes: [whole(env, sizes)]

    return bound


def _summands(tensor: Tensor) -> list[list[Expr]]:
    """What each summand is made of."""
    if tensor.matrix is None:
        return [[t.scalar, *[e for e, _, _ in t.factors]] for t in tensor.terms]
    return [[e] for e in terms_of(tensor.matrix)]


def claim_of(
    tensor: Tensor, notation: str, indices: Mapping[str, int], kind: str | None, before: Tensor | None, structured: str = ""
) -> Along:
    """What is printed is what is checked; along random directions of the variables of the derivative `before`, if it is given."""
    if notation == "differential":
        from ..notation.linearmap import along_map

        return along_map(tensor, indices)
    if notation == "tensor":
        from ..notation.dyads import along_dyads

        return along_dyads(tensor, indices)
    shown = tensor
    if notation == "cases" and tensor.matrix is not None:
        from ..notation.piecewise import in_cases

        shown = in_cases(tensor)

    def bound(arrays: ModuleType) -> Callable[..., Sequence[Sequence[Any]]]:
        if notation == "kron":
            from ..notation.kronecker import kronecker_summands

            values = kronecker_summands(tensor, indices, arrays)
        else:
            values = shown.summands(indices, arrays)

        def along(env: Mapping[str, Any], sizes: Mapping[str, int], e: Any) -> Sequence[Sequence[Any]]:
            if shown.matrix is None and kind is None and notation != "kron":
                directions = _directions(before, sizes, arrays) if before is not None else []
                return [arrays.flat(v) for v in values(env, sizes, *directions, e)]
            parts = [arrays.flat(v) for v in values(env, sizes)]
            if kind is not None and structured != STACKED:
                from ..differentiation.structured import stays

                stays(kind, [sum(entries) for entries in zip(*parts, strict=True)], len(e), arrays)
            direction = arrays.flat(e)
            return [_paired(part, direction) for part in parts]

        return along

    return bound


def _entries(tensor: Tensor, sizes: Mapping[str, int]) -> int:
    return prod(size_of(shape, sizes) for shape in tensor.shapes)


def _directions(tensor: Tensor, sizes: Mapping[str, int], arrays: ModuleType) -> list[Any]:
    """Random directions of the variables, always the same ones; none where the derivative has few entries, which are compared one by
    one."""
    if _entries(tensor, sizes) <= ENTRIES:
        return []
    shapes = [(rows.value(sizes), cols.value(sizes)) for rows, cols in tensor.shapes[1:]]
    return [arrays.random(SEED + k).uniform(-1.0, 1.0, shape) for k, shape in enumerate(shapes)]


def _paired(numbers: Sequence[Any], direction: Sequence[Any]) -> list[Any]:
    n = len(direction)
    return [sum(map(mul, numbers[at : at + n], direction)) for at in range(0, len(numbers), n)]


def _with_numbers(bind: Callable[[ModuleType], Callable[..., Any]], fixed: Mapping[str, int]) -> Any:
    """The same where these whole numbers have these values."""

    def bound(arrays: ModuleType) -> Callable[..., Any]:
        f, known = bind(arrays), {n: arrays.exact(k) for n, k in fixed.items()}
        return lambda env, *more: f({**env, **known}, *more)

    return bound


def _put_in_place(bind: Callable[[ModuleType], Callable[..., Any]], name: str, place: Expr, at: Mapping[str, int]) -> Any:
    """The function of a point that also gives one entry by itself; `at` are the numbers of its free indices."""
    whole = base_name(name_of(place.args[0]))

    def bound(arrays: ModuleType) -> Callable[..., Any]:
        f = bind(arrays)

        def moved(env: Mapping[str, Any], *more: Any) -> Any:
            array = env[whole].copy()
            numbers = [at.get(str(k.attr), 0) or (env[name_of(k)] if k.op is SYMBOL else value_of(k)) for k in place.args[1:]]
            i, j = (int(k) for k in numbers)
            if i > array.shape[0] or j > array.shape[1]:  # sizes with no room for what is named, tried for the sake of conditions
                raise ValueError(f"there is no entry {i}, {j}")
            array[i - 1, j - 1] = env[name]
            return f({**env, whole: array}, *more)

        return moved

    return bound


def _speller(typed: Typed, tensor: Tensor, notation: str, name: str) -> Callable[[int | Expr], str]:
    """Spells a summand of the derivative as it is printed, by its number, or an expression. What it needs to know of the text is worked
    out once: there may be hundreds of switches."""
    found: list[tuple[dict[str, int], frozenset[str]]] = []

    def known() -> tuple[dict[str, int], frozenset[str]]:
        if not found:
            found.append((ranks_of(typed), Scope(typed).names))
        return found[0]

    def of(part: int | Expr) -> str:
        if not isinstance(part, Expr) and notation == "differential":
            changes = {symbol(f"\u2022d{k}", x): symbol(f"d{name}", x) for k, x in enumerate(tensor.shapes[1:])}

            from ..notation.linearmap import map_summands

            part = substitute(map_summands(tensor)[part], changes)
        elif not isinstance(part, Expr) and notation == "tensor":
            from ..notation.dyads import dyads

            part = dyads(tensor)[part].along(symbol(f"d{name}", tensor.shapes[-1]))
        elif not isinstance(part, Expr) and notation == "kron":
            from ..notation.kronecker import kronecker_matrix

            part = terms_of(kronecker_matrix(tensor))[part]
        if not isinstance(part, Expr) and tensor.matrix is None:
            term = tensor.terms[part]
            if any(has_names(e) for e, _, _ in term.factors):
                return " ".join(_shown(e, *known()) for e, _, _ in term.factors)
            ranks, names = known()
            arranger = Arranger(dict(ranks), {}, names)

            from ..notation.indexform import index_form

            return spell(index_form(Tensor(tensor.shapes, [term]), arranger, set(typed.symbols)).body)
        if not isinstance(part, Expr):
            assert tensor.matrix is not None
            part = terms_of(tensor.matrix)[part]
        return _shown(part, *known())

    return of


def spelled(typed: Typed, e: Expr) -> str:
    """A summand as it would be printed; of a great one, or one with names for what repeats (it may have more symbols than there is memory),
    what stands deep inside is left out."""
    return _shown(e, ranks_of(typed), Scope(typed).names)


def _shown(e: Expr, ranks: Mapping[str, int], names: frozenset[str]) -> str:
    depth = DEEPEST
    while depth and (e.size > LARGEST_SPELLED or has_names(e)):
        depth -= 1
        cut = _cut(e, depth)
        if cut.size <= SHOWN or not depth:
            e = cut
            break
    text = spell(Arranger(dict(ranks), {}, names).spell(e))
    return _LEFT_OUT.sub("…", text)


def _cut(e: Expr, depth: int) -> Expr:
    """The expression without names, with something in the place of whatever stands so deep."""
    places: dict[Expr, Expr] = {}
    todo = [(e, depth)]
    while todo:
        node, left = todo.pop()
        if node in places:
            continue
        if node.args and not left:
            places[node] = symbol(f"\u2022{len(places)}", node.shape)
        else:
            todo += [(a, left - 1) for a in node.args]
    return opened(substitute(e, places))
