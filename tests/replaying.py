"""A step of a derivation done again: the line before, rewritten by the rules that the step names and by these alone, gives its line.

An opened d(…) is opened by the rule of its own operation, which the step has to name. What is collected beside dX has the same coefficient
of dX. A derivative that is identified is the coefficient of dX in the line before; by entries, its entries times those of dX are that
line. An adjoint is the coefficient of dz in <delta_y, dy>, summed over what was computed from z, with dy by the named rules. What shortens
is replayed by the shortener, which knows only the named moves. Named parts are put in, and both lines are one expression.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from in_entries import same_entries

from matcalc.derivation.forward import MARK, Forward, change_of, kept_below, pending
from matcalc.derivation.lines import ALONG, Adjoint, Line, Step
from matcalc.derivation.page import SMALL
from matcalc.derivation.reverse import NamedPart, differential_of_part, pairing
from matcalc.derivation.rulebook import quotient_rule
from matcalc.derivation.unfold import TensorForm
from matcalc.derivation.written import as_typed
from matcalc.differentiation import STACKED
from matcalc.differentiation.columns import marked, unmarked
from matcalc.differentiation.families import as_declared, renamings, under_letters
from matcalc.differentiation.structured import within
from matcalc.differentiation.tensor import Tensor
from matcalc.errors import NoAnswerError
from matcalc.expressions.build import (
    add,
    apply,
    base_name,
    entry,
    hadamard,
    is_zero,
    matmul,
    negative,
    num,
    ones,
    opened,
    opposite,
    size,
    substitute,
    subtract,
    symbol,
    times,
    trace,
    transpose,
    without_coefficient,
    zeros,
)
from matcalc.expressions.expr import Expr, order_key, postorder
from matcalc.inference.commuting import is_function_of, slope_at
from matcalc.inference.infer import read_template
from matcalc.kinds import SCALAR
from matcalc.notation.kronecker import kronecker_matrix
from matcalc.notation.linearmap import along
from matcalc.ops import laws
from matcalc.ops.activations import SIGMOID
from matcalc.ops.book import REGISTRY
from matcalc.ops.core import ADD, CASES, ENTRY, INDEXED_SUM, IVERSON, MATMUL, MEMBER, SYMBOL
from matcalc.ops.diagonal import DIAG, DIAGONAL
from matcalc.ops.manifolds import MANIFOLDS
from matcalc.ops.trace import TRACE
from matcalc.pipeline.derivative import Derivative
from matcalc.pipeline.halved import halved
from matcalc.shortening import simplify as shortener

# The functions of a matrix by their derivatives along a direction.
FUNCTIONS = {REGISTRY[f"{op.name}_frechet"]: op for op in REGISTRY.values() if op.scalar}
# What a step may do besides its rules, because a reader does not see it: sums and products in another order.
SILENT = {laws.ALGEBRA.name}
IDENTIFIED = {law.name for law in (laws.OF_SCALAR, laws.OF_GRADIENT, laws.OF_JACOBIAN, laws.OF_MATRIX, laws.OF_HERMITIAN, laws.WIRTINGER)}
COLLECTING = {law.name for law in (laws.COLLECTED, laws.BEFORE_DX)}
# The derivative as a map of dX, by its entries or as a matrix beside vec(dX): what it does to dX is the line before.
MAPS = {law.name for law in (laws.BY_INDICES, laws.BY_VEC, laws.OF_MAP)}
# These take sums apart, join them and reorder: both lines differ by nothing.
SUMS = {law.name for law in (laws.ALGEBRA, laws.EXPANSION, laws.GATHERED)}
# An adjoint is handed on by linear parts without a word: the recursion is a sum of (∂y/∂z)^T delta_y.
HANDED_ON = SMALL | {law.name for law in (laws.VARIABLE, laws.QUOTIENT)}


class Unjudged(Exception):
    """A step that is not replayed here: of a kind that only numbers judge."""


def replayed(d: Derivative, step: Step) -> str:
    """What is wrong with a step, empty if nothing is."""
    before, after = step.before.body, step.after.body
    names = {r.name for r in step.rules}
    if isinstance(before, Adjoint):
        return _handed(d, step, names)
    if laws.LEIBNIZ.name in names:
        return _factor_by_factor(d, step)
    if names == {laws.CONSTANT.name} and step.after.kind == "derivative":
        return _constant(d, step)
    if names & MAPS and isinstance(before, Expr) and step.after.kind == "derivative":
        return _by_entries(d, step)
    if isinstance(before, Expr) and names == {quotient_rule(before.op)}:
        return "" if read_template(before.op.quotient, {"x": before.args[0]}) is after else "another quotient"
    if laws.ENTRYWISE.name in names and isinstance(before, Expr) and d._tensor.matrix is not None:
        return "" if d._tensor.matrix in (before, transpose(before)) else "other entries"
    if laws.STRUCTURED.name in names:
        return _restricted(d, step)
    if not isinstance(before, Expr) or not isinstance(after, Expr):
        raise Unjudged
    if d._origin.rule in names:
        return _on_manifold(d, step, names)
    if laws.DIRECTIONAL.name in names:
        return _along(d, step, names)
    if pending(before):
        return _opened_by(d, step, names)
    variable = d._origin.stages[_stage(d, step)].variable
    if laws.BY_COLUMNS.name in names <= {laws.BY_COLUMNS.name, laws.BY_VEC.name}:
        return _by_columns(d, step)
    if laws.CASES_SUM.name in names:
        return _case_by_case(before, after)
    if step.before.kind == "differential" and names & (COLLECTING | IDENTIFIED):
        return _coefficients(step, names, d._origin.restore if laws.DECLARED.name in names else {}, _change_of_part(d, variable))
    if step.before.kind == "value" and step.after.kind == "derivative":
        raise Unjudged
    return _shortened(d, step, names)


def _change_of_part(d: Derivative, variable: Expr) -> Expr | None:
    """dx_k where the variable is one member of a family or one entry of x."""
    if variable.op is ENTRY:
        return entry(change_of(variable.args[0], set(d._taken)), *variable.args[1:])
    return change_of(variable, set(d._taken)) if variable.op is MEMBER else None


def _stage(d: Derivative, step: Step) -> int:
    """Which differentiation a step belongs to."""
    k = 0
    for s in d.steps:
        k += s.rules[0].name in (laws.HESSIAN.name, laws.LEIBNIZ.name)
        if s is step:
            break
    return min(k, len(d._origin.stages) - 1)


def _handed(d: Derivative, step: Step, names: set[str]) -> str:
    """delta_z = sum of (∂y/∂z)^T delta_y: each ∂y/∂z is the coefficient of dz in dy, which the named rules give."""
    stage = d._origin.stages[_stage(d, step)]
    root = opened(d._origin.stages[0].of if stage.of is None else stage.of)
    parts: list[NamedPart] = []
    below: dict[Expr, Expr] = {}
    for name, node in step.after.where:
        parts.append(NamedPart(name, opened(node), below))
        below[opened(node)] = parts[-1].symbol
    parts.append(NamedPart("", root, below, root=True))
    adjoint = step.before.body
    by = stage.variable if adjoint.node is None else next(p.symbol for p in parts if p.node is opened(adjoint.node))
    used: set[str] = {laws.REVERSE.name, laws.CHAIN.name} & names
    total = zeros(*by.shape)
    for above in parts:
        if by not in postorder(above.local):
            continue
        change, school = symbol(f"{MARK}d{by.attr[0]}", by.shape), laws.CHAIN.name in names  # type: ignore[index]
        moved, rules = differential_of_part(above.local, by, school=school)
        used.update(rules)
        total = add(total, times(above.delta, moved) if school else _coefficient(pairing(above.delta, moved), change).matrix)
    if missing := used - names - HANDED_ON - SILENT:
        return f"{sorted(missing)} used and not named"
    put_in = {p.symbol: p.node for p in parts[:-1]}
    first, second = (_all_in(e, put_in) for e in (total, step.after.body))
    if first.shape != second.shape:
        first = transpose(first)
    moves = names - used - SILENT
    if not (is_zero(shortener.simplify(subtract(first, second))) or same_entries(first, second)):
        return "another adjoint"
    known = {n for n in moves if not any(n == op.rule for op in REGISTRY.values())}
    return f"{sorted(moves - known)} named and not used" if moves - known else ""


def _all_in(e: Expr, put_in: dict[Expr, Expr]) -> Expr:
    """`e` with the parts put in until none is left: those above stand for those below."""
    while (found := substitute(e, put_in)) is not e:
        e = found
    return e


def _factor_by_factor(d: Derivative, step: Step) -> str:
    """A derivative of entries: that of the entries of the line before."""
    k = _stage(d, step)
    before, after = (d._origin.stages[j].tensor for j in (k - 1, k)) if k else (None, None)
    if before is None or after is None:
        raise Unjudged
    return _differs(before.differentiate(d._origin.stages[k].variable), after)


def _differs(one: Tensor, two: Tensor) -> str:
    """Whether two derivatives are not the same sum of products of entries."""
    changes = [symbol(f"{MARK}d{k}", x) for k, x in enumerate(one.shapes[1:])]
    if one.matrix is not None and two.matrix is not None:
        rest = subtract(one.matrix, two.matrix)
    else:
        rest = subtract(along(one, *changes), along(two, *changes))
    return "" if is_zero(shortener.simplify(rest)) else "other entries"


def _constant(d: Derivative, step: Step) -> str:
    """The derivative of what does not contain the variable is 0."""
    stage = d._origin.stages[_stage(d, step)]
    of, body = step.before.body, step.after.body
    if isinstance(of, Expr) and stage.variable in postorder(of):
        return "the variable moves it"
    zero = is_zero(body) if isinstance(body, Expr) else not stage.tensor.terms
    return "" if zero else "not 0"


def _by_entries(d: Derivative, step: Step) -> str:
    """dF[i,j] = sum_{k,l} J[i,j,k,l] dX[k,l]: the entries that are identified, times those of dX, are the line before."""
    tensor = d._origin.stages[_stage(d, step)].tensor
    before = step.before.body
    change = _change(before)
    if change is None:
        return "" if is_zero(before) and not tensor.terms else "no differential"
    others = [symbol(f"{MARK}e{k}", x) for k, x in enumerate(tensor.shapes[1:-1])]  # of a derivative before, along more changes
    try:
        found = along(tensor, *others, change)
    except NoAnswerError:  # no matrix notation: entries against entries, as they are written
        return _same_entries(d, step, _coefficient(before, change), tensor)
    if others and tensor.shapes[0] == SCALAR:
        first, *more = others
        for e in reversed(more):
            before = matmul(before, e)
        before = pairing(first, before if before.shape == first.shape else transpose(before))
    elif others:
        before = matmul(before, others[0])
    rest = [subtract(before, e) for e in (found, transpose(found)) if e.shape == before.shape]
    if any(is_zero(shortener.simplify(e)) for e in rest):
        return ""
    # entries of which no matrix notation shows that they are the same
    return _same_entries(d, step, _coefficient(step.before.body, change), tensor)


def _same_entries(d: Derivative, step: Step, *tensors: Any) -> str:
    """Whether both are the same entries, as they are written."""
    first, second = (TensorForm(e, set(d._taken)).spelled(step.after._speller, "text") for e in tensors)
    return "" if first == second else "other entries"


def _forward(d: Derivative, step: Step) -> Forward:
    """The rules of d(…) for the differentiation that a step belongs to."""
    stage = d._origin.stages[_stage(d, step)]
    if step.after.head.within == ALONG:
        x = d._origin.restore.get(stage.variable, stage.variable)
        return Forward(_gradient(d), x, _direction(d), order=d._origin.order)
    if stage.of is None:
        raise Unjudged
    whole = stage.variable.args[0] if stage.variable.op is ENTRY else stage.variable
    school = step.before.head.by[-1] if step.before.head.school else ""
    typed = as_typed(stage.of, d._origin.order)
    if any(r.name == quotient_rule(stage.of.op) for s in d.steps for r in s.rules):
        return Forward(read_template(stage.of.op.quotient, {"x": stage.of.args[0]}), whole, change_of(whole, set(d._taken)), school)
    return Forward(typed.expr, whole, change_of(whole, set(d._taken)), school, typed.kept, dict(typed.order))


def _opened_by(d: Derivative, step: Step, names: set[str]) -> str:
    """Every d(…) that the step names a rule for is opened by that rule; the others stay. What is brought beside dX in the same step, since
    it cannot be seen, has the same coefficient of dX."""
    now, after = step.before.body, step.after.body
    unseen = step.unseen & COLLECTING
    names = names - unseen
    rules = _forward(d, step)

    def opened(part: Any) -> Any:
        """A part opened; one that a rule made, the root below a quotient's bar, by the rules for itself."""
        own = rules if part in rules.moving else Forward(part, rules.target, rules.change, rules.school, rules.kept, rules.order)
        return own.opened(part)

    used: set[str] = set()
    kept = set(pending(after))
    for k in range(8):
        done = {n: opened(n.args[0]) for n in pending(now)}
        chosen = {n: e for n, (e, by) in done.items() if (set(by) == names if k == 0 else set(by) <= names and n not in kept)}
        if now is after or not done:
            break
        if not chosen and k:
            return f"no d(…) is opened by {sorted(names)} alone: {sorted({b for _, by in done.values() for b in by})}"
        used |= {b for n in chosen for b in done[n][1]}
        now = kept_below(rules, substitute(now, chosen))
    if now is not after:
        why = _same_coefficient(now, after, True, {}) if unseen else f"{sorted(names)} give another line"
        if why:
            return why
    unused = names - used - SILENT
    return f"{sorted(unused)} named and not used" if unused else ""


def _gradient(d: Derivative) -> Expr:
    """The gradient by free entries, from which a manifold's is made."""
    first = next(s for s in d.steps if s.rules[0].name in (laws.DIRECTIONAL.name, d._origin.rule))
    assert isinstance(first.before.body, Expr)
    return first.before.body


def _direction(d: Derivative) -> Expr:
    """The tangent vector that a Hessian on a manifold is along, where it is anywhere."""
    found = [n for e in (d._origin.change, d._origin.formula) if e is not None for n in postorder(e) if n.op is SYMBOL]
    return next((n for n in found if n.attr[0] == d._origin.along), zeros(*_gradient(d).shape))  # type: ignore[index]


def _along(d: Derivative, step: Step, names: set[str]) -> str:
    """The change of the gradient along U: d of it with dX = U, opened by the rules that are named besides."""
    rules = _forward(d, step)
    gradient = _gradient(d)
    found, used = rules.opened(gradient) if gradient in rules.moving else (zeros(*gradient.shape), ())
    if found is not step.after.body:
        return "another change"
    return "" if {*used} == names - {laws.DIRECTIONAL.name} else f"{sorted(used)} used"


def _on_manifold(d: Derivative, step: Step, names: set[str]) -> str:
    """The formula of the manifold, with the gradient by free entries and its change along U in it."""
    m = next(m for m in MANIFOLDS.values() if d._origin.rule in (m.gradient_rule, m.hessian_rule))
    x = d._origin.stages[-1].variable
    given = {"X": d._origin.restore.get(x, x), "G": _gradient(d)}
    if d._origin.along:
        given |= {"U": _direction(d), "H": step.before.body}
    formula = read_template(m.hessian if d._origin.along else m.gradient, given)
    if formula is step.after.body:
        return "" if names == {d._origin.rule} else f"{sorted(names)}, and the formula alone is used"
    rest = subtract(formula, step.after.body)
    return "" if is_zero(shortener.simplify(rest)) and names > {d._origin.rule} else "another formula"


def _restricted(d: Derivative, step: Step) -> str:
    """P(G), vec(G)^T D_n or D_n^T H D_n of the derivative in the line before, or of the coefficient of dX in it."""
    k, origin = _stage(d, step), d._origin
    variables = [s.variable for s in origin.stages[: k + 1]]
    value = d._typed.expr.shape if origin.stages[0].of is None else origin.stages[0].of.shape
    before, after = step.before.body, step.after.body
    if step.before.kind == "derivative" and isinstance(before, Expr):
        whole = Tensor([value, *(v.shape for v in variables)], [])
        whole.replace(before)
    elif isinstance(before, Expr) and (why := _by_entries(d, step)):
        change = _change(before)
        if k or change is None:
            return why
        whole = _coefficient(before, change)  # H vec(dX)
    else:
        whole = origin.unrestricted
    stacked = origin.structured == STACKED
    found = halved(whole, origin.kinds) if stacked else within(whole, origin.kinds, origin.structured)
    if found.matrix is None or not isinstance(after, Expr):
        return _differs(found, d._tensor)
    one, two = (shortener.simplify(as_declared(e, origin.restore)) for e in (found.matrix, after))
    rest = [subtract(one, e) for e in (two, transpose(two)) if e.shape == one.shape]
    return "" if any(is_zero(shortener.simplify(e)) for e in rest) else "another restriction"


def _coefficient(e: Expr, change: Expr) -> Any:
    tensor = Tensor([e.shape], [])
    tensor.replace(e)
    return tensor.differentiate(change)


def _change(e: Expr) -> Expr | None:
    """dX in a line, or conj(dX)."""
    return next((n for n in postorder(e) if n.op is SYMBOL and base_name(str(n.attr[0])).startswith(f"{MARK}d")), None)  # type: ignore[index]


def _commuted(e: Expr) -> Iterator[Expr]:
    """dF(X, G) as F'(X) G, and tr(H dF(X, E)) as tr(H F'(X) E), for G and H that are functions of X."""
    for n in postorder(e):
        op = FUNCTIONS.get(n.op)
        if op is None:
            continue
        x, direction = n.args
        slope = slope_at(op, x)
        if slope is not None and is_function_of(direction, x):
            yield from (substitute(e, {n: product}) for product in (matmul(slope, direction), matmul(direction, slope)))
        for t in [t for t in postorder(e) if t.op is TRACE and slope is not None]:
            factors = t.args[0].args if t.args[0].op is MATMUL else (t.args[0],)
            at = next((k for k, f in enumerate(factors) if f is n), None)
            others = [] if at is None else [*factors[at + 1 :], *factors[:at]]
            if at is not None and all(is_function_of(f, x) for f in others):
                yield substitute(e, {t: trace(matmul(*others, slope, direction))})


def _coefficients(step: Step, names: set[str], restore: dict[Expr, Expr], member: Expr | None = None) -> str:
    """The same coefficient of dX on both sides, or of dx_k (`member`); the derivative that is identified is the coefficient."""
    before, after = step.before.body, step.after.body
    if is_zero(before):
        return "" if is_zero(after) else "not 0"
    sums = [sum(n.op is INDEXED_SUM for n in postorder(e)) for e in (before, after)]
    if (laws.OVER_INDEX.name in names) != (sums[0] > sums[1]):
        return "a sum over an index becomes a product of matrices, or none does, and the rule is not named, or is"
    starts = list(_commuted(before)) if laws.COMMUTING.name in names else [before]
    reasons = [_same_coefficient(e, after, step.after.kind == "differential", restore, member) for e in starts]
    return "" if "" in reasons else "; ".join(reasons) or "nothing commutes"


def _same_coefficient(before: Expr, after: Expr, both: bool, restore: dict[Expr, Expr], member: Expr | None = None) -> str:
    """Whether `after` (`both`: its coefficient) is the coefficient of dX, or of the `member` of the changes, in `before`."""
    change = _change(before) if member is None else member
    first = None if change is None else _coefficient(before, change)
    if first is None or first.matrix is None:
        raise Unjudged  # of a member, or with more than two indices
    found = as_declared(first.matrix, restore)
    if both:
        second = _coefficient(after, change)
        if before.shape != after.shape or second.matrix is None:
            return "another shape"
        after = second.matrix
    for form in (lambda e: e, _multiplied_out):
        one, two = (shortener.simplify(_rotated(form(e))) for e in (found, after))
        rest = [subtract(one, e) for e in (two, transpose(two)) if e.shape == one.shape]
        if any(is_zero(form(e)) or is_zero(shortener.simplify(_rotated(form(e)))) for e in rest):
            return ""
    if any(same_entries(found, e) for e in (after, transpose(after))):
        return ""
    return "another coefficient of dX"


def _case_by_case(before: Expr, after: Expr) -> str:
    """Both lines in each case, where all distinctions in them are over the same conditions."""
    found = [n for n in postorder([before, after]) if n.op is CASES]
    if len({n.args[1::2] for n in found}) != 1:
        return "other conditions"
    for k in range(0, len(found[0].args) + 1, 2):
        chosen = {n: n.args[min(k, len(n.args) - 1)] for n in found}
        one, two = (substitute(e, chosen) for e in (before, after))
        if not is_zero(shortener.simplify(subtract(one, two))):
            return "another case"
    return ""


def _by_columns(d: Derivative, step: Step) -> str:
    """The coefficient of dX in the line is the derivative by the book's matrix for stacked columns."""
    stage = d._origin.stages[_stage(d, step)]
    change = _change(step.before.body)
    assert change is not None and stage.of is not None
    one, two = (
        unmarked(kronecker_matrix(_whole(e).differentiate(x))) for e, x in ((marked(stage.of), stage.variable), (step.after.body, change))
    )
    return "" if is_zero(shortener.simplify(subtract(one, two))) else "another matrix"


def _whole(e: Expr) -> Tensor:
    made = Tensor([e.shape], ())
    made.replace(e)
    return made


def _rotated(e: Expr) -> Expr:
    """Every trace of a product turned to where it is shortest, tr(A S A) as tr(A^2 S), and diag(D A) as x .* diag(A) for D = diag(x)."""
    for n in [n for n in postorder(e) if n.op in (TRACE, DIAGONAL) and n.args[0].op is ADD]:
        e = substitute(e, {n: add(*[apply(n.op, (a,)) for a in n.args[0].args])})
    for n in [n for n in postorder(e) if n.op is DIAGONAL and n.args[0].op is MATMUL]:
        first, *_, last = args = n.args[0].args
        made = [hadamard(first.args[0], apply(DIAGONAL, (matmul(*args[1:]),)))] if first.op is DIAG else []
        made += [hadamard(last.args[0], apply(DIAGONAL, (matmul(*args[:-1]),)))] if last.op is DIAG else []
        e = substitute(e, {n: made[0]}) if made else e
    for n in [n for n in postorder(e) if n.op is TRACE and n.args[0].op is MATMUL]:
        args = n.args[0].args
        turns = [trace(matmul(*args[k:], *args[:k])) for k in range(len(args))]
        e = substitute(e, {n: min(turns, key=lambda t: (t.size, order_key(t)))})
    return e


def _multiplied_out(e: Expr) -> Expr:
    """Every product of matrices without sums among its factors, where sums of names alone, b - a, count as names."""
    sums = [n for n in postorder(e) if n.op is ADD and not n.is_scalar and all(without_coefficient(a)[1].op is SYMBOL for a in n.args)]
    letters: dict[Expr, Expr] = {}
    for n in sums:
        if n not in letters:
            letters[n] = symbol(f"{MARK}s{len(letters)}", n.shape)
            letters[opposite(n)] = negative(letters[n])
    e = substitute(e, letters)
    while found := next(((n, k) for n in postorder(e) if n.op is MATMUL for k, f in enumerate(n.args) if f.op is ADD), None):
        n, k = found
        e = substitute(e, {n: add(*[matmul(*n.args[:k], a, *n.args[k + 1 :]) for a in n.args[k].args])})
    return e


@contextmanager
def only(names: set[str]) -> Iterator[None]:
    """The shortener with the named moves alone."""
    saved = shortener.moves, shortener.identities, shortener.defined
    shortener.moves = lambda e: (m for m in saved[0](e) if m[0] in names)  # type: ignore[assignment]
    shortener.identities = lambda e: (m for m in saved[1](e) if m[0] in names)  # type: ignore[assignment]
    shortener.defined = lambda e: m if (m := saved[2](e)) is not None and m[0] in names else None  # type: ignore[assignment]
    try:
        yield
    finally:
        shortener.moves, shortener.identities, shortener.defined = saved


def _shortened(d: Derivative, step: Step, names: set[str]) -> str:
    """Both lines are one by the named moves."""
    before, after = (_put_in(d, step, line) for line in (step.before, step.after))
    if laws.RENAMED.name in names:
        before = under_letters(before, renamings(before, d._origin.stages[0].variable.indices))
    if laws.IN_RANGE.name in names:
        before = substitute(before, {apply(IVERSON, (i, n), "<="): num(1) for i, n in _ranges(d)})
    if before.shape != after.shape:
        before = transpose(before)
    if "symmetry of the logistic function" in names and _turned_round(before, after) is after:
        return ""
    with only(names - SILENT):
        one, two = shortener.simplify(before, {}, []), shortener.simplify(after, {}, [])
        if one is two or shortener.recognise(before) is after:
            return ""
    if names & SUMS and before.shape == after.shape:
        same = is_zero(shortener.simplify(subtract(before, after))) or same_entries(before, after)
        return "" if same else "no algebra leads there"
    return f"{sorted(names)} do not lead there"


def _turned_round(before: Expr, after: Expr) -> Expr:
    """The line before with 1 - s(-x) for each s(x) that the line after has no more: the identity from its right side to its left one."""
    gone = [n for n in postorder(before) if n.op is SIGMOID and n not in set(postorder(after))]
    one = {n: num(1) if n.is_scalar else ones(*n.shape) for n in gone}
    return substitute(before, {n: subtract(one[n], apply(SIGMOID, (negative(n.args[0]),))) for n in gone})


def _ranges(d: Derivative) -> Iterator[tuple[Expr, Expr]]:
    """The indices of the variables, members of families or entries, with how far they run."""
    for x in (s.variable for s in d._origin.stages):
        if x.op is MEMBER:
            yield from zip(x.args, map(size, d._typed.families[str(x.attr[0])].sizes))  # type: ignore[index]
        elif x.op is ENTRY:
            yield from zip(x.args[1:], map(size, x.args[0].shape))


def _put_in(d: Derivative, step: Step, line: Line) -> Expr:
    """A line with what names stand for in it: the parts of the function and their adjoints, members, what was declared."""
    named = {symbol(n, e.shape): e for n, e in line.where}
    for s in d.steps:
        if s.after.kind == "adjoint" and isinstance(s.after.body, Expr):
            named[symbol(s.after.head.f, s.after.body.shape)] = substitute(s.after.body, named)
        if s is step:
            break
    e = opened(substitute(line.body, named))
    return as_declared(e, d._origin.restore) if any(r.name == laws.DECLARED.name for r in step.rules) else e


__all__ = ["replayed", "Unjudged"]
