"""One derivative: differentiated by each of the names in turn, brought to its form, checked, and laid out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..answers.layout import laid_out, oriented
from ..derivation.origin import Origin, Stage
from ..differentiation import STACKED
from ..differentiation.pairs import has_stacked
from ..differentiation.tensor import Tensor
from ..errors import MatcalcError, NoAnswerError, VerificationError
from ..expressions.build import base_name, conjugate, is_complex, value_of
from ..expressions.expr import Expr, postorder
from ..inference.infer import Typed
from ..kinds import ONE, Dim
from ..numbers.record import Check, seen_at_any, summed_up
from ..ops.core import ENTRY, INDEXED_SUM, IVERSON, MEMBER, NUMBER
from ..ops.vocabulary import OPEN, shortest
from ..syntax import spell_name, split_name
from .derivative import Derivative
from .further import Further
from .judging import judged, printed
from .question import Question, bases
from .shorten import Shortener

MOST_NAMED = 5  # members that are tried by their numbers


def differentiated(question: Question) -> Derivative:
    """The derivative by each of the names in turn, checked, with what its derivation and its programs are made from."""
    typed, options = question.typed, question.options
    names, layout, told = _convention(question)
    variables = [question.variable(n) for n in names]
    members = _members(typed, variables)
    stacked = not typed.expr.is_scalar and (options.notation == "kron" or (options.structured == STACKED and len(names) == 1))
    forms = Shortener(typed, variables, _restored(question, names, variables), members, stacked)
    orders, stages = _in_turn(forms, variables)
    unrestricted = forms.finished(orders[-1])
    checks: list[Check] = []
    notation = _notation(question, names, unrestricted)
    if options.verify:
        checks += _each_order(question, names, variables, forms, [*orders[1:-1], unrestricted], notation)
    tensor, sets = unrestricted, _sets(question, names)
    if any(sets):
        tensor = _restricted(unrestricted, sets, options.structured).map(forms.final)
        notation = "auto" if options.structured == STACKED else notation
        if options.verify:
            before = _restricted(orders[-2], sets[:-1], options.structured) if len(names) > 1 else None
            trials = _trials(variables, forms.function, tensor)
            asked = names[-1], variables[-1], sets[-1], options.structured
            checks.append(seen_at_any([judged(typed, before, tensor, *asked, indices=i) for i in trials]))
    value, flipped = laid_out(tensor, layout)
    order = forms.order(typed)
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
        assumptions=[*question.notes, *told, *_notes(typed, names, dict(zip(names, sets)), options.structured)],
        bindings={n: forms.final(e) for n, e in typed.bindings.items()},
        members=members,
    )
    found.assumptions += _of_notation(found, tensor, names[0])
    found._in_names = options.names
    found._by = names
    found._convention = "; ".join(told)
    if options.structured == STACKED:
        found._stacked = tuple(f"vech({n})" if kind else n for n, kind in zip(names, sets, strict=True))
    raw = stages[-1].raw
    if raw is not None and not forms.restore and value is not None and tensor.matrix is not None and not any(sets):
        found._raw = oriented(raw, tensor.shapes, layout)[0]
    if options.verify:
        _check_as_printed(found, value)
    found._origin = Origin(stages, forms.restore, unrestricted, order, sets, options.structured)
    found._further = Further(question, differentiated)
    return found


def _convention(question: Question) -> tuple[tuple[str, ...], str, list[str]]:
    """The names that one differentiates by, the layout, and what is said of them where the function is complex."""
    if not is_complex(question.typed.expr):
        return question.names, question.options.layout, []
    from .wirtinger import convention

    names, layout, note = convention(question)
    return names, layout, [note] if note else []


def _restored(question: Question, names: Sequence[str], variables: Sequence[Expr]) -> dict[Expr, Expr]:
    """The variables, of which the entries are free while one differentiates, as they are declared."""
    wholes = [str(v.args[0].attr[0]) if v.op is ENTRY else n for n, v in zip(names, variables, strict=True)]  # type: ignore[index]
    full = {question.variable(n): question.declared(n) for n in wholes}
    full |= {conjugate(v): conjugate(x) for v, x in full.items() if is_complex(v)}
    return {v: x for v, x in full.items() if v is not x}


def _in_turn(forms: Shortener, variables: Sequence[Expr]) -> tuple[list[Tensor], list[Stage]]:
    """The function and its derivatives by the variables in turn, and what each was made from."""
    orders, stages = [Tensor.of(forms.function)], []
    for variable in variables:
        tensor, raw = forms.differentiated(orders[-1], variable)
        stages.append(Stage(variable, orders[-1].matrix, raw, tensor))
        orders.append(tensor)
    return orders, stages


def _notation(question: Question, names: Sequence[str], tensor: Tensor) -> str:
    """The notation that is wanted; a first derivative with factors on stacked columns is a linear map or goes by indices."""
    notation = question.options.notation
    if notation == "auto" and len(names) == 1 and tensor.matrix is None and has_stacked(tensor.terms):
        return "index" if f"d{names[0]}" in question.typed.symbols else _map_or_index(tensor)
    return notation


def _each_order(
    question: Question, names: Sequence[str], variables: Sequence[Expr], forms: Shortener, found: Sequence[Tensor], notation: str
) -> Iterator[Check]:
    """Each order checked against the one before it, and the first against the function as it was typed."""
    before: Tensor | None = None
    for k, (n, v, here) in enumerate(zip(names, variables, found, strict=True), 1):
        way = notation if k == len(names) else "auto"
        trials = _trials(variables, forms.function, here)
        yield seen_at_any([judged(question.typed, before, here, n, v, notation=way, indices=i) for i in trials])
        before = here


def _sets(question: Question, names: Sequence[str]) -> list[str | None]:
    """The sets that the variables stay in, where that was asked for."""
    if not question.options.structured:
        return [None] * len(names)
    from ..differentiation.structured import set_of

    return [set_of(question.declared(n)) for n in names]


def _restricted(whole: Tensor, sets: Sequence[str | None], structured: str) -> Tensor:
    """The derivative within the sets of the variables."""
    from ..differentiation.structured import within
    from .halved import halved

    return halved(whole, sets) if structured == STACKED else within(whole, sets, structured)


def _of_notation(found: Derivative, tensor: Tensor, name: str) -> list[str]:
    """What the notation of the answer takes for granted."""
    if found.notation == "kron" and found.order == 2:
        from ..notation.kronecker import stacked_name

        return [f"{stacked_name(tensor, found._taken)} is the derivative by {name}"]
    if found.notation == "tensor":
        from ..notation.dyads import conventions

        return conventions(tensor)
    if found.notation == "differential" and found.order > 1:
        return [f"the differential of order {found.order}: every d{name} is the same change"]
    return []


def _check_as_printed(found: Derivative, value: Expr | None) -> None:
    """Reads back what is printed where a letter may be bound by another sum than the one that is meant, and cases of equal indices, and
    compares it with the closed form."""
    summed = value is not None and bool(INDEXED_SUM.bit & value.within)
    if found.notation not in ("auto", "matrix", "index", "cases") or not (summed or _has_many_letters(found)):
        return
    try:
        compared = printed(found)
    except MatcalcError as error:
        if summed and found._names_indices:  # a definition by indices that is not read back
            found._without_indexed_names()
            return _check_as_printed(found, value)
        if isinstance(error, VerificationError) or found.notation == "cases":
            raise
        found.assumptions.append(f"what is printed was not compared with what was checked: {error.message}")
        return
    if found.check is not None and compared is not None:
        unseen = compared.unseen if found.notation == "cases" else ()
        found.check = found.check._replace(digits=min(found.check.digits, compared.digits), unseen=(*found.check.unseen, *unseen))


def _has_many_letters(found: Derivative) -> bool:
    """Whether it is printed by indices, and not as one product of entries of each term: with sums, names, or twice differentiated."""
    program = found._program
    if program.form is None or (program.form[0] != "index" and found.notation != "cases"):
        return False
    plain = found.order == 1 and not program.bindings and found.notation != "cases"
    return not plain or any(n.op in ("sum", "product") for n in program.nodes)


def _trials(variables: Sequence[Expr], function: Expr, found: Tensor) -> list[dict[str, int]]:
    """Numbers for the free indices of the variables: all alike, all different, those of the members that the function names, and the
    first ones where the derivative compares an index with something."""
    letters = sorted({letter for v in variables for letter in v.indices})
    if not letters:
        return [{}]
    alike, different = dict.fromkeys(letters, 2), {letter: k for k, letter in enumerate(letters, 1)}
    trials = [alike, different] if len(letters) > 1 else [alike]
    families = {v.attr[0] for v in variables if v.op is MEMBER}  # type: ignore[index]
    members = [i for n in postorder(function) if n.op is MEMBER and n.attr[0] in families for i in n.args]  # type: ignore[index]
    named = sorted({int(value_of(i)) for i in members if i.op is NUMBER and value_of(i) < MOST_NAMED})
    if any(n.op is IVERSON and n.indices & {*letters} for n in postorder(found.expressions())):
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
    words = {str(e.attr) for e in typed.program.nodes if e.op in ("name", "call")}
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
