"""The pipeline: text → syntax → typed expression → derivative → short form → verified → answer."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence, Set

from ..answers.layout import laid_out, oriented
from ..derivation.origin import Origin, Stage
from ..differentiation import SPACE, STACKED
from ..differentiation.families import as_declared, renamings, under_letters
from ..differentiation.pairs import has_stacked
from ..differentiation.tensor import Tensor
from ..errors import MatcalcError, NoAnswerError, UsageError
from ..expressions.build import (
    apply,
    base_name,
    conjugate,
    index,
    is_complex,
    is_conjugate_name,
    is_number,
    num,
    opened,
    size,
    substitute,
    value_of,
    with_names,
)
from ..expressions.expr import Expr, postorder
from ..expressions.labels import words_of
from ..expressions.named import has_names, written_size
from ..inference.declarations import leading_sizes
from ..inference.infer import Typed
from ..kinds import ONE, Dim
from ..notation.authorship import rewritten, typed_order
from ..numbers.record import Check, seen_at_any, summed_up
from ..ops.core import ADD, ENTRY, EYE, INDEXED_SUM, IVERSON, MATMUL, MEMBER, NAMED, NUMBER, SYMBOL, TIMES, UNIT
from ..ops.elementary import TAN
from ..ops.vocabulary import OPEN, shortest, within_a_set
from ..shortening.factor import is_sum_of_monomials
from ..shortening.simplify import as_typed, recognise, simplify
from ..syntax import spell_name, split_name, walk
from .derivative import Derivative
from .further import Further
from .judging import judged, printed
from .question import Question, bases

MOST_NAMED = 5  # members that are tried by their numbers
WRITTEN_OUT, FEW = 100, 3  # symbols of an answer, and adjoints in it, up to which it is written out though one on the way was long


def derivative(question: Question) -> Derivative | list[Derivative]:
    """The derivative of the function by its variables; by several at order one, a list."""
    try:
        question.need_variables()
        whole = None
        if question.options.vectorize:
            from .vectorized import vectorized

            whole = vectorized(question.real("--vectorize"))
        if whole is not None:
            found = derivative(whole.question)
            for d in found if isinstance(found, list) else [found]:
                d._stacks = whole.names
                d.check = summed_up([c for c in (whole.check, d.check) if c is not None])
                d.assumptions = [*whole.assumptions, *d.assumptions, whole.sentence]
            return found
        if question.program.random and question.typed.averaged is not None:
            return _averaged(question)
        names, order = question.names, question.options.order
        if question.options.manifold or question.options.along:
            return _on_manifold(question)
        if question.options.structured == STACKED and question.options.notation not in ("auto", "matrix"):
            raise UsageError("a derivative by vech(S) is a matrix", suggestion="leave the notation out")
        if question.options.structured:
            question.real("--structured")
            curved = _declared_manifold(question)
            if curved:
                return _on_manifold(question.by(*names, manifold=curved, structured=""))

            from ..differentiation.structured import sets_of

            sets_of([question.declared(n) for n in names], names, question.options.structured)
        if order == 1 and len(names) > 1:
            wirtinger = question.options.wirtinger or any(map(is_conjugate_name, names))
            return [_one(question.by(n, wirtinger=wirtinger)) for n in names]
        if len(names) == 1:
            question = question.by(*names * order) if order > 1 else question
        elif len(names) != order:
            raise UsageError(f"order {order} with {len(names)} variables: give one name, or one for each order")
        _refuse_twice_by_an_array(question)
        return _one(question)
    except MatcalcError as error:
        raise error.located(question.text) from None


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
    return on_manifold(question, _one)


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


def _one(question: Question) -> Derivative:
    """One derivative: by each of the names in turn."""
    typed, names = question.typed, question.names
    layout, notation, check, structured = (getattr(question.options, o) for o in ("layout", "notation", "verify", "structured"))
    told: list[str] = []
    if is_complex(typed.expr):
        from .wirtinger import convention

        names, layout, note = convention(question)
        told = [note] if note else []
    function = recognise(typed.expr)
    sums = [n for n in postorder(function) if n.op is ADD]
    known = {n: n for n in sums if is_sum_of_monomials(n)}  # these stay as they were typed
    typed_sums = as_typed(sums)
    tensor = Tensor([typed.expr.shape], [])
    previous = tensor
    variables = [question.variable(n) for n in names]
    changes = renamings(function, {letter for v in variables for letter in v.indices})
    function = under_letters(function, changes)
    tensor.replace(function)
    stages: list[Stage] = []
    moving, is_sum = {v.args[0] if v.op is ENTRY else v for v in variables}, False
    lower: list[Tensor | None] = [None]  # the derivatives of lower orders; first the function, which is checked as typed
    kept = [n for n in postorder(function) if n.op is NAMED]
    told_of = TAN.bit & function.within != 0, _has_sums(function), _outside(function, moving)
    for variable in variables:
        previous = tensor
        tensor = tensor.differentiate(variable)
        if kept:
            tensor = tensor.map(lambda e: with_names(e, kept))
        lower.append(tensor)
        raw = tensor.matrix
        if raw is not None:
            of = previous.matrix
            is_sum = of is not None and _is_sum(of, moving)
            tensor.replace(_spread(simplify(raw, known, typed=typed_sums), moving, is_sum, typed_sums, told_of))
        stages.append(Stage(variable, previous.matrix, raw, tensor))
    wholes = [str(v.args[0].attr[0]) if v.op is ENTRY else n for n, v in zip(names, variables, strict=True)]  # type: ignore[index]
    full = {question.variable(n): question.declared(n) for n in wholes}
    full |= {conjugate(v): conjugate(x) for v, x in full.items() if is_complex(v)}
    restore = {v: x for v, x in full.items() if v is not x}
    members = _members(typed, variables)
    within_range = {apply(IVERSON, (index(letter), size(count)), "<="): num(1) for letter, count in members}

    def final(e: Expr) -> Expr:
        if UNIT.bit & e.within and INDEXED_SUM.bit & e.within and ENTRY.bit & e.within:
            from ..differentiation.places import worked_out

            e = worked_out(e)
        e = substitute(e, within_range) if IVERSON.bit & e.within and within_range else e
        made = simplify(as_declared(e, restore) if restore else e, known, typed=typed_sums)
        return _spread(made, moving, is_sum, typed_sums, told_of)

    tensor = tensor.map(final)
    if any(map(has_names, tensor.expressions())):
        length = written_size(tensor.expressions())
        if length <= WRITTEN_OUT:
            whole = tensor.map(lambda e: final(opened(e)))
            few = sum(n.op is NAMED for n in postorder(tensor.expressions())) - len(kept) <= FEW
            tensor = whole if few or 2 * written_size(whole.expressions()) < length else tensor
        elif not kept:  # a chain of what its author did not name
            tensor = tensor.map(lambda e: final(opened(e, uses=1)))
    unrestricted = tensor
    order = typed_order(typed.nodes)
    if changes:
        order |= rewritten(order, lambda e: under_letters(e, changes))
    if restore:
        order = {**order, **rewritten(order, lambda e: as_declared(e, restore))}
    checks: list[Check] = []
    if notation == "auto" and len(names) == 1 and tensor.matrix is None and has_stacked(tensor.terms):
        notation = "index" if f"d{names[0]}" in typed.symbols else _map_or_index(tensor)
    if check:
        for k, (n, v) in enumerate(zip(names, variables, strict=True)):  # each order against the one before it
            last = k == len(names) - 1
            here = tensor if last else lower[k + 1]
            assert here is not None
            way = notation if last else "auto"
            trials = [judged(typed, lower[k], here, n, v, notation=way, indices=i) for i in _trials(variables, function, here)]
            checks.append(seen_at_any(trials))
    sets: list[str | None] = [None] * len(names)
    if structured:
        from ..differentiation.structured import set_of

        sets = [set_of(question.declared(n)) for n in names]
    if any(sets):

        def restricted(whole: Tensor, sets: Sequence[str | None]) -> Tensor:
            from ..differentiation.structured import within
            from .halved import halved

            return halved(whole, sets) if structured == STACKED else within(whole, sets, structured)

        tensor = restricted(tensor, sets).map(final)
        if structured == STACKED:
            notation = "auto"
        if check:
            before = restricted(previous, sets[:-1]) if len(names) > 1 else None
            n, v, own = names[-1], variables[-1], sets[-1]
            checks.append(
                seen_at_any([judged(typed, before, tensor, n, v, own, structured, indices=i) for i in _trials(variables, function, tensor)])
            )
    value, flipped = laid_out(tensor, layout)
    found = Derivative(
        typed,
        tensor,
        value,
        order,
        wrt=question.names,
        layout=layout,
        notation=notation,
        flipped=flipped,
        check=summed_up(checks),
        assumptions=[*question.notes, *told, *_notes(typed, names, dict(zip(names, sets)), structured)],
        bindings={n: final(e) for n, e in typed.bindings.items()},
        members=members,
    )
    if notation == "kron" and found.order == 2:
        from ..notation.kronecker import stacked_name

        found.assumptions.append(f"{stacked_name(tensor, found._taken)} is the derivative by {names[0]}")
    if notation == "tensor":
        from ..notation.dyads import conventions

        found.assumptions += conventions(tensor)
    if notation == "differential" and found.order > 1:
        found.assumptions.append(f"the differential of order {found.order}: every d{names[0]} is the same change")
    found._in_names = question.options.names
    found._by = names
    found._convention = "; ".join(told)
    if structured == STACKED:
        found._stacked = tuple(f"vech({n})" if kind else n for n, kind in zip(names, sets, strict=True))
    if stages[-1].raw is not None and not restore and value is not None and tensor.matrix is not None and not any(sets):
        found._raw = oriented(stages[-1].raw, tensor.shapes, layout)[0]
    summed = value is not None and notation == "auto" and UNIT.bit & value.within and INDEXED_SUM.bit & value.within
    if check and (notation == "cases" or summed) and found._program.form is not None:
        found.check = summed_up([*checks, printed(found)])
    if check and notation == "auto" and value is not None and INDEXED_SUM.bit & value.within and found._names_indices:
        try:
            found.check = summed_up([*checks, printed(found)])
        except MatcalcError:  # a definition by indices that is not read back
            found._without_indexed_names()
    found._origin = Origin(stages, restore, unrestricted, order, sets, structured)
    found._further = Further(question, _one)
    return found


def _is_sum(e: Expr, moving: Set[Expr]) -> bool:
    """Whether this is a sum, or a constant multiple of one, of whose summands two at least have a variable."""
    if e.op is TIMES:
        others = [a for a in e.args if a.op is not ADD]
        added = [a for a in e.args if a.op is ADD]
        if len(added) != 1 or not moving.isdisjoint(postorder(others)):
            return False
        e = added[0]
    moved = (not moving.isdisjoint(postorder(t)) for t in e.args) if e.op is ADD else iter(())
    return any(moved) and any(moved)


def _outside(e: Expr, moving: Set[Expr]) -> Sequence[Expr]:
    """The number and the names that stand before a sum: U in U (a^2/x^2 - a/x)."""
    if e.op is not TIMES or sum(a.op is ADD for a in e.args) != 1:
        return ()
    names = [a for a in e.args if a.op is not ADD and not is_number(a, -1)]
    plain = all(is_number(a) or (a.op is SYMBOL and a not in moving) for a in names)
    return names if plain and not all(map(is_number, names)) else ()


def _has_sums(e: Expr) -> bool:
    """Whether sums over an index stand side by side in it."""
    if not INDEXED_SUM.bit & e.within:
        return False
    return any(n.op is ADD and sum(any(f.op is INDEXED_SUM for f in (t, *t.args)) for t in n.args) > 1 for n in postorder(e))


def _spread(e: Expr, moving: Set[Expr], is_sum: bool, typed: Mapping[Expr, Expr], told_of: tuple[bool, bool, Sequence[Expr]]) -> Expr:
    """The answer with the brackets written out that a book has not; the pass is only loaded where there may be one."""
    inner = e.op is not ADD or any(ADD.bit & a.within for a in e.args)
    matrix = e.op is MATMUL and all(d.number != 1 for d in e.shape)
    inner = inner or bool(told_of[-1])
    if not (ADD.bit & e.within and inner and (e.is_scalar or is_sum or matrix or EYE.bit & e.within)):
        return e
    from ..shortening.spread import spread

    return spread(e, moving, is_sum, typed, *told_of)


def _trials(variables: Sequence[Expr], function: Expr, found: Tensor) -> list[dict[str, int]]:
    """Numbers for the free indices of the variables: all alike, all different, those of the members that the function names, and the
    first ones where the derivative compares an index with something."""
    letters = sorted({letter for v in variables for letter in v.indices})
    alike, different = dict.fromkeys(letters, 2), {letter: k for k, letter in enumerate(letters, 1)}
    trials = [alike, different] if len(letters) > 1 else [alike]
    families = {v.attr[0] for v in variables if v.op is MEMBER}  # type: ignore[index]
    members = [i for n in postorder(function) if letters and n.op is MEMBER and n.attr[0] in families for i in n.args]  # type: ignore[index]
    named = sorted({int(value_of(i)) for i in members if i.op is NUMBER and value_of(i) < MOST_NAMED})
    if letters and any(n.op is IVERSON and n.indices & {*letters} for n in postorder(found.expressions())):
        named = sorted({*named, *range(1, MOST_NAMED - 1)})
    return trials + [at for k in named if (at := dict.fromkeys(letters, k)) not in trials]


def _map_or_index(tensor: Tensor) -> str:
    """How a derivative with factors on stacked columns is printed: as a linear map where it has one, else by indices."""
    try:
        from ..notation.linearmap import along_map

        along_map(tensor, {})
    except NoAnswerError:
        return "index"
    return "differential"


def _members(typed: Typed, variables: Sequence[Expr]) -> tuple[tuple[str, Dim], ...]:
    """The free indices of the variables x_j, and how far they run."""
    found: dict[str, Dim] = {}
    for v in variables:
        if v.op is MEMBER and v.indices:
            assert isinstance(v.attr, tuple)
            family = typed.families[base_name(str(v.attr[0]))]
            found |= {str(i.attr): d for i, d in zip(v.args, family.sizes) if i.indices}
        elif v.op is ENTRY:
            found |= {str(i.attr): d for i, d in zip(v.args[1:], v.args[0].shape) if i.indices}
    return tuple(found.items())


def _notes(typed: Typed, names: tuple[str, ...], sets: Mapping[str, str | None], structured: str) -> list[str]:
    notes = list(typed.assumptions)
    shape = typed.expr.shape
    if shape[0] is ONE and shape[1] is not ONE:
        notes.append("the row-valued function counts as its column")
    program = typed.program
    words = {str(e.attr) for root in (program.body, *[b.value for b in program.bindings]) for e in walk(root) if e.op in ("name", "call")}
    for n in bases(names):
        if not any(n == word or split_name(word)[0] == split_name(n)[0] for word in words):
            notes.append(f"{n} does not occur in the expression")
        others = [w for w in sorted(words) if w != n and split_name(w)[0] == n and w in typed.symbols and not typed.symbols[w].args]
        loose = [w for w in others if n not in words or typed.symbols[w].is_scalar]
        if loose and n in typed.declared and not typed.declared[n].is_scalar:
            notes.append(f"{', '.join(loose)} counts as a name of its own: the index of an entry is a number, or bound by a sum")
        if n in typed.families:
            notes.append(f"by every member of the family {n}: the derivative by {spell_name(n, typed.families[n].letter)}")
        declared, kind = typed.declared.get(n), sets.get(n)
        if kind is not None:
            from ..differentiation.structured import sentence

            notes.append(sentence(n, kind, structured))
        elif declared is not None and declared is not typed.symbols.get(n):
            closed = ", ".join(p for p in shortest(frozenset(declared.attr[1])) if p not in OPEN)  # type: ignore[index]
            notes.append(f"the entries of {n} count as free; that it is {closed} is used in the result only")
    return notes
