"""The pipeline: text → syntax → typed expression → derivative → short form → verified → answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..answers.answer import Derivative, Expression
from ..answers.layout import laid_out
from ..derivation.origin import Origin, Stage
from ..differentiation.families import as_declared, free_of
from ..differentiation.pairs import has_stacked
from ..differentiation.structured import sentence, set_of, sets_of, staying, tangent, within
from ..differentiation.tensor import Tensor
from ..errors import MatcalcError, NoAnswerError, ShapeError, UsageError
from ..expressions.build import entry, index, is_number, num, value_of
from ..expressions.expr import Expr, postorder
from ..inference.infer import Typed, infer
from ..kinds import LARGEST_LITERAL, ONE, SCALAR, Dim, shape_text
from ..notation.authorship import rewritten, typed_order
from ..notation.kronecker import numbers_of_kronecker, stacked_name
from ..notation.linearmap import numbers_of_map
from ..notation.piecewise import in_cases
from ..numbers import plain
from ..numbers.numeric import Plan, is_small
from ..numbers.verify import Function, Point, verify
from ..ops.core import ENTRY, INDEXED_PRODUCT, INDEXED_SUM, MEMBER, SIZE, SYMBOL, UNIT
from ..reading.read import parse as read
from ..reading.read import parse_names, parse_where
from ..shortening.simplify import recognise, simplify
from ..syntax import Declaration, Program, split_name, walk
from .vectorized import vectorized

if TYPE_CHECKING:
    from types import ModuleType

LAYOUTS = ("numerator", "denominator", "strict")
NOTATIONS = ("auto", "matrix", "index", "kron", "differential", "cases")


def expression(text: str | tuple[Program, tuple[Declaration, ...]], where: str = "") -> Expression:
    """Read an expression, or take a tree with its declarations; what `where` does not declare is inferred."""
    try:
        program, declarations = _read(text, where) if isinstance(text, str) else text
        typed = infer(program, declarations, (), twins=False)
    except MatcalcError as error:
        raise error.located(text if isinstance(text, str) else text[0].text) from None
    return Expression(typed, program, typed_order(typed.nodes))


def _read(text: str, where: str) -> tuple[Program, tuple[Declaration, ...]]:
    try:
        declarations = parse_where(where)
    except MatcalcError as error:
        raise error.located(where) from None
    names = [d.name for d in declarations]
    functions = [d.name for d in declarations if d.domain is not None]
    program = read(text, names, functions=functions, counts=[d.name for d in declarations if d.field == "N" and not d.sizes])
    if program.where:
        declarations = (*declarations, *parse_where(program.where))
    return program, declarations


def derivative(
    text: str | tuple[Program, tuple[Declaration, ...]],
    wrt: str | Sequence[str],
    where: str = "",
    order: int = 1,
    layout: str = "numerator",
    notation: str = "auto",
    check: bool = True,
    structured: str = "",
    vectorize: bool = False,
) -> Derivative | list[Derivative]:
    """The derivative of `text` (or of a tree with its declarations) by `wrt`; by several names at order one, a list.

    `structured` keeps declared matrices within their sets (see `adjoints.structured`); `vectorize` writes sums over families with the
    stacked families (see `vectorized`).
    """
    _check_options(order, layout, notation)
    try:
        program, declarations = _read(text, where) if isinstance(text, str) else text
        names = _variables(wrt, [d.name for d in declarations])
        whole = vectorized(program, declarations, names, _read, check) if vectorize else None
        if whole is not None:
            by = [whole.names.get(n, n) for n in names]
            found = derivative(whole.function, by, "", order, layout, notation, check, structured)
            for d in found if isinstance(found, list) else [found]:
                d.stacks = whole.names
                d.assumptions = [*whole.assumptions, *d.assumptions, whole.sentence]
            return found
        if structured:
            typed = infer(program, declarations, tuple(dict.fromkeys(names)))
            sets_of([_declared(typed, n) for n in names], names, structured)
        if order == 1 and len(names) > 1:
            return [_one(program, declarations, (n,), layout, notation, check, structured) for n in names]
        if len(names) == 1:
            names = names * order
        if len(names) != order:
            raise UsageError(f"order {order} with {len(names)} variables: give one name, or one for each order")
        return _one(program, declarations, names, layout, notation, check, structured)
    except MatcalcError as error:
        raise error.located(text if isinstance(text, str) else text[0].text) from None


def _check_options(order: int, layout: str, notation: str) -> None:
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise UsageError(f"the order of a derivative is a whole number from 1, not {order!r}")
    if layout not in LAYOUTS:
        raise UsageError(f"unknown layout {layout!r}: use {', '.join(LAYOUTS)}")
    if notation not in NOTATIONS:
        raise UsageError(f"unknown notation {notation!r}: use {', '.join(NOTATIONS)}")


def _variables(wrt: str | Sequence[str], declared: Sequence[str]) -> tuple[str, ...]:
    given = [wrt] if isinstance(wrt, str) else list(wrt)
    names = tuple(n for text in given for n in parse_names(text, declared))
    if not names:
        raise UsageError("no variable to differentiate by")
    return names


def _one(
    program: Program,
    declarations: Sequence[Declaration],
    names: tuple[str, ...],
    layout: str,
    notation: str,
    check: bool,
    structured: str = "",
) -> Derivative:
    """One derivative: by each of `names` in turn."""
    typed = infer(program, declarations, tuple(dict.fromkeys(names)))
    function = recognise(typed.expr)
    known: dict[Expr, Expr] = {}
    tensor = Tensor([typed.expr.shape], [])
    previous = tensor
    variables = [_variable(typed, n) for n in names]
    function = free_of(function, {letter for v in variables for letter in v.indices})
    tensor.replace(function)
    stages: list[Stage] = []
    lower: list[Tensor | None] = [None]  # the derivatives of lower orders; first the function, which is checked as typed
    for variable in variables:
        previous = tensor
        tensor = tensor.differentiate(variable)
        lower.append(tensor)
        raw = tensor.matrix
        if raw is not None:
            tensor.replace(simplify(raw, known))
        stages.append(Stage(variable, previous.matrix, raw, tensor))
    wholes = [str(v.args[0].attr[0]) if v.op is ENTRY else n for n, v in zip(names, variables, strict=True)]  # type: ignore[index]
    full = {_variable(typed, n): _declared(typed, n) for n in wholes}
    restore = {v: x for v, x in full.items() if v is not x}

    def final(e: Expr) -> Expr:
        return simplify(as_declared(e, restore) if restore else e, known)

    tensor = unrestricted = tensor.map(final)
    order = typed_order(typed.nodes)
    if restore:
        order = rewritten(order, lambda e: as_declared(e, restore))
    state = "not checked"
    if notation == "auto" and len(names) == 1 and tensor.matrix is None and has_stacked(tensor.terms):
        notation = "index" if f"d{names[0]}" in typed.symbols else _map_or_index(tensor)
    if check:
        for k, (n, v) in enumerate(zip(names, variables, strict=True)):  # each order against the one before it
            last = k == len(names) - 1
            for numbers in _trials(variables):
                _verify(typed, lower[k], tensor if last else lower[k + 1], n, v, notation=notation if last else "auto", indices=numbers)
        state = "verified"
    sets = [set_of(_declared(typed, n)) if structured else None for n in names]
    if any(sets):
        tensor = within(tensor, sets, structured).map(final)
        if check:
            before = within(previous, sets[:-1], structured) if len(names) > 1 else None
            for numbers in _trials(variables):
                _verify(typed, before, tensor, names[-1], variables[-1], sets[-1], structured, indices=numbers)
    value, flipped = laid_out(tensor, layout)
    found = Derivative(
        typed,
        tensor,
        value,
        order,
        wrt=names,
        layout=layout,
        notation=notation,
        flipped=flipped,
        verified=state,
        assumptions=_notes(typed, names, dict(zip(names, sets)), structured),
        bindings={n: final(e) for n, e in typed.bindings.items()},
        members=_members(typed, variables),
    )
    if notation == "kron" and found.order == 2:
        found.assumptions.append(f"{stacked_name(tensor, found.taken)} is the derivative by {names[0]}")
    if notation == "differential" and found.order > 1:
        found.assumptions.append(f"the differential of order {found.order}: every d{names[0]} is the same change")
    found.origin, found.unfolded = Origin(stages, restore, unrestricted, order, sets, structured), _unfold
    return found


def _unfold(d: Derivative) -> list[Any]:
    """The derivation, when it is asked for."""
    from ..derivation.unfold import steps_of

    return steps_of(d, d.origin)


def _trials(variables: Sequence[Expr]) -> list[dict[str, int]]:
    """Numbers for the free indices of the variables: all alike, and all different."""
    letters = sorted({letter for v in variables for letter in v.indices})
    alike, different = dict.fromkeys(letters, 2), {letter: k for k, letter in enumerate(letters, 1)}
    return [alike, different] if len(letters) > 1 else [alike]


def _map_or_index(tensor: Tensor) -> str:
    """How a derivative with factors on stacked columns is printed: as a linear map where it has one, else by indices."""
    try:
        numbers_of_map(tensor, {})
    except NoAnswerError:
        return "index"
    return "differential"


def _members(typed: Typed, variables: Sequence[Expr]) -> tuple[tuple[str, Dim], ...]:
    """The free indices of the variables x_j, and how far they run."""
    found = {}
    for v in variables:
        if v.op is MEMBER and v.indices:
            assert isinstance(v.attr, tuple)
            found[str(v.args[0].attr)] = typed.families[v.attr[0]][1]
        elif v.op is ENTRY:
            found |= {str(i.attr): d for i, d in zip(v.args[1:], v.args[0].shape) if i.indices}
    return tuple(found.items())


def _variable(typed: Typed, name: str) -> Expr:
    found = typed.symbols.get(name)
    if found is None and name in typed.families:  # the whole family: by its general member
        found = next((e for n, e in typed.symbols.items() if e.op is MEMBER and e.attr[0] == name), None)  # type: ignore[index]
    if found is not None:
        return found
    declared = typed.declared.get(name)
    if declared is not None:
        return declared
    base, places = place_of(typed, name)
    if base is not None:
        return entry(base, *places)
    raise UsageError(f"{name} does not occur in the expression", suggestion=f"variables here: {', '.join(typed.symbols)}")


def place_of(typed: Typed, name: str) -> tuple[Expr | None, list[Expr]]:
    """The vector or matrix of which `name` is an entry, and the entry's two places: x_2, X_{12}, X_{1,2}, x_i, X_{ij}."""
    base, sub = split_name(name)
    whole = typed.symbols.get(base)
    if whole is None or whole.op is not SYMBOL:
        return None, []
    axes = sum(d is not ONE for d in whole.shape)
    parts = sub.split(",") if "," in sub or axes < 2 else list(sub)
    whole_numbers = {n: e for n, e in typed.symbols.items() if len(n) == 1 and e.op is SYMBOL and "integer" in e.attr[1]}  # type: ignore[index]
    taken = ({*typed.symbols} - set(whole_numbers)) | {n for e in typed.symbols.values() for d in e.shape for n in d.names()}
    letters = [p for p in parts if len(p) == 1 and p.isalpha() and p.islower() and p not in taken]
    if len(parts) != axes or "0" in parts or not all(p.isdigit() or p in letters for p in parts) or len(set(letters)) < len(letters):
        return None, []
    places = [num(int(p)) if p.isdigit() else whole_numbers.get(p) or index(p) for p in parts]
    dims = [d for d in whole.shape if d is not ONE]
    if any(d.number is not None and p.isdigit() and int(p) > d.number for p, d in zip(parts, dims, strict=True)):
        raise UsageError(f"{name} is no entry of {base}, which is {shape_text(whole.shape)}")
    return whole, places if axes == 2 else [places[0], num(1)] if whole.shape[1] is ONE else [num(1), places[0]]


def put_in_place(f: Function, name: str, place: Expr, at: Mapping[str, int]) -> Function:
    """The function of a point that also gives one entry by itself; `at` are the numbers of its free indices."""
    whole = str(place.args[0].attr[0])  # type: ignore[index]

    def moved(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        array = env[whole].copy()
        numbers = [at.get(str(k.attr), 0) or (env[k.attr[0]] if k.op is SYMBOL else value_of(k)) for k in place.args[1:]]  # type: ignore[index]
        array[int(numbers[0]) - 1, int(numbers[1]) - 1] = env[name]
        return f({**env, whole: array}, sizes)

    return moved


def _declared(typed: Typed, name: str) -> Expr:
    """The variable with all its properties."""
    found = typed.declared.get(name)
    if found is None:
        found = next((e for e in typed.declared.values() if e.op is MEMBER and e.attr[0] == name), None)  # type: ignore[index]
    return _variable(typed, name) if found is None else found


def _notes(typed: Typed, names: tuple[str, ...], sets: Mapping[str, str | None], structured: str) -> list[str]:
    notes = list(typed.assumptions)
    shape = typed.expr.shape
    if shape[0] is ONE and shape[1] is not ONE:
        notes.append("the row-valued function counts as its column")
    program = typed.program
    words = {str(e.attr) for root in (program.body, *[b.value for b in program.bindings]) for e in walk(root) if e.op in ("name", "call")}
    for n in dict.fromkeys(names):
        if not any(n == word or split_name(word)[0] == split_name(n)[0] for word in words):
            notes.append(f"{n} does not occur in the expression")
        others = [w for w in sorted(words) if w != n and split_name(w)[0] == n and w in typed.symbols and not typed.symbols[w].args]
        loose = [w for w in others if n not in words or typed.symbols[w].is_scalar]
        if loose and n in typed.declared and not typed.declared[n].is_scalar:
            notes.append(f"{', '.join(loose)} counts as a name of its own: the index of an entry is a number, or bound by a sum")
        if n in typed.families:
            notes.append(f"by every member of the family {n}: the derivative by {n}_{typed.families[n][0]}")
        declared, kind = typed.declared.get(n), sets.get(n)
        if kind is not None:
            notes.append(sentence(n, kind, structured))
        elif declared is not None and declared is not typed.symbols.get(n):
            closed = ", ".join(p for p in declared.attr[1] if p in _CLOSED)  # type: ignore[index]
            notes.append(f"the entries of {n} count as free; that it is {closed} is used in the result only")
    return notes


_CLOSED = ("symmetric", "skew", "diagonal", "orthogonal", "orthonormal", "spd", "psd", "lower", "upper", "idempotent", "unit", "simplex")


def _verify(
    typed: Typed,
    previous: Tensor | None,
    tensor: Tensor | None,
    name: str,
    variable: Expr,
    kind: str | None = None,
    structured: str = "",
    notation: str = "auto",
    indices: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Against the function as typed; a higher derivative against the one before it. `kind` is the set the variable stays in,
    `indices` are the numbers that stand for free indices."""
    assert tensor is not None
    symbols = {n: (s.shape, typed.declared.get(n, s).attr[1]) for n, s in typed.symbols.items() if s.op is SYMBOL}  # type: ignore[index]
    place, at = (str(variable.attr[0]), 2) if variable.op is MEMBER else (name, None)  # type: ignore[index]
    if variable.op is SYMBOL:
        symbols.setdefault(name, (variable.shape, variable.attr[1]))  # type: ignore[index]
    elif variable.op is ENTRY:
        symbols[name] = (SCALAR, ())
    else:
        at = indices[str(variable.args[0].attr)] if variable.indices else int(value_of(variable.args[0]))
    families: dict[str, Any] = {}
    dims: list[Dim] = []
    for n in postorder([typed.expr, variable, *tensor.expressions()]):
        if n.op is MEMBER:
            assert isinstance(n.attr, tuple)
            families[n.attr[0]] = (typed.families[n.attr[0]][1], n.shape, n.attr[1])
        elif n.op is SIZE:
            dims.append(n.attr)  # type: ignore[arg-type]
        dims += n.shape
    numbers = [int(value_of(i)) for n in postorder([typed.expr, variable]) for i in _places(n) if is_number(i)]
    if any(n.op in (ENTRY, MEMBER, UNIT) and any(i.op is SYMBOL for i in n.args[-2:]) for n in postorder(typed.expr)):
        numbers.append(3)  # x_j with j in N, which is drawn as 2 or 3
    least = max([at or 0, *indices.values(), *(k for k in numbers if k < LARGEST_LITERAL)], default=0)

    below = [typed.expr] if previous is None else previous.expressions()
    point = Point(symbols, families, least)
    arrays: ModuleType | None = None  # NumPy's
    folded = tensor.matrix is not None and (previous is None or previous.matrix is not None)
    if folded and kind is None and notation not in ("differential", "kron", "cases") and point.is_plain():
        nodes = postorder([*below, *tensor.expressions()])
        arrays = plain if is_small(nodes, point.orders(dims)[0]) else None
    function = Plan(typed.expr, arrays).value if previous is None else previous.numbers(indices, arrays)
    jacobian = tensor.numbers(indices, arrays)
    if notation == "differential":  # what is printed is what is checked
        jacobian = numbers_of_map(tensor, indices)
    elif notation == "kron":
        jacobian = numbers_of_kronecker(tensor, indices)
    elif notation == "cases" and tensor.matrix is not None:
        jacobian = in_cases(tensor).numbers(indices)
    along = tangent(kind, structured) if kind is not None else None
    checked: tuple[Function, Function] = (function, jacobian if kind is None else staying(kind, jacobian))
    if variable.op is ENTRY:
        checked = (put_in_place(function, name, variable, indices), put_in_place(jacobian, name, variable, indices))
    try:
        verify(*checked, (place, at), variable.shape, point, dims, lambda: f"{typed.program.text!r} by {name}", along, arrays)
    except ShapeError as error:  # x_999, and x has no size of its own
        hint = "use --no-verify to see the answer unchecked"
        raise NoAnswerError(f"the derivative could not be checked with small arrays: {error.message}", suggestion=hint) from None


def _places(e: Expr) -> Sequence[Expr]:
    """What has to be an index of the arrays: subscripts, and how far a sum runs whose index is one."""
    if e.op in (ENTRY, MEMBER, UNIT):
        return e.args
    if e.op not in (INDEXED_SUM, INDEXED_PRODUCT):
        return ()
    subscripts = (i for n in postorder(e.args[2]) if n.op in (ENTRY, MEMBER, UNIT) for i in n.args)
    return e.args[1:2] if any(str(e.attr) in i.indices for i in subscripts) else ()
