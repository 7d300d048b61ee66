"""Answers as case distinctions (`--notation cases`).

    1[w^T x > 0] x^T              cases(0, w^T x <= 0, x^T, w^T x > 0)                       a switch splits the whole product
    delta[i,k] x[j] + …           cases(2 x[i], i = j and i = k, x[j], i = k and i != j, …)   deltas split by equal indices

What a case knows shortens it: where u > 0 is, max(0, u) is u. What is known of an entry is known of that entry only. Both kinds of
cases are checked as they are printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..differentiation.network import Factor, Index, Slot, Term
from ..differentiation.tensor import Tensor
from ..expressions.build import (
    apply,
    eye,
    hadamard,
    is_zero,
    negative,
    num,
    ones,
    rebuild,
    split,
    substitute,
    times,
    transpose,
    without_coefficient,
    zeros,
)
from ..expressions.expr import Expr, postorder
from ..interning import inner_first
from ..kinds import ONE, Dim
from ..ops.activations import RELU
from ..ops.core import ADD, CASES, EYE, HADAMARD, IVERSON, MATMUL, POWER, TIMES, TRANSPOSE
from ..ops.diagonal import DIAG
from ..ops.elementary import ABS, SIGN
from ..ops.extremes import MAXIMUM, MINIMUM
from ..printing.text import spell
from ..shortening.simplify import simplify
from ..syntax import Declaration, Node, Program
from .arrange import Arranger
from .comparisons import MIRRORED
from .indexform import IndexNames, index_form, term_node, term_order, unclear
from .surface import name, number, product

OPPOSITE = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "=": "!=", "!=": "="}
SWITCHES = frozenset((IVERSON, MAXIMUM, MINIMUM, RELU, SIGN))
MOST_SWITCHES = 2  # of one product, that are decided together
MOST_DELTAS = 5
DEEPEST = 200  # of what is taken apart; below that, switches stay as they are
# Each branch: its condition (None: otherwise), and what the switches become there.
Branch = tuple[Expr | None, dict[Expr, Expr]]
Pair = tuple[str, str]


# ---------------------------------------------------------------------------------------------- switches in matrix notation


def has_switch(e: Expr) -> bool:
    """Whether there is anything to distinguish."""
    return any(n.op in SWITCHES or n.op is CASES for n in postorder(e))


def piecewise(e: Expr, depth: int = 0) -> Expr:
    """`e` with its switches as case distinctions, each as far outside as it can stand."""
    if depth > DEEPEST or not has_switch(e):
        return e
    found = _switches(e)
    if found and len(found) <= MOST_SWITCHES and _belong_together(e, found):
        return _split(e, found[0], depth)
    if e.op is TRANSPOSE:
        return transpose(piecewise(e.args[0], depth + 1))
    if e.op is HADAMARD or e.op is IVERSON:
        return _entrywise(e)
    if e.op is CASES:
        return rebuild(e, [piecewise(a, depth + 1) if k % 2 == 0 else a for k, a in enumerate(e.args)])
    return rebuild(e, [piecewise(a, depth + 1) for a in e.args])


def _belong_together(e: Expr, found: list[Expr]) -> bool:
    """Whether the whole is split: of a sum if each summand has switches, and not just one of several."""
    inner = e.args[0] if e.op is TRANSPOSE else e
    return inner.op is not ADD or all(has_switch(a) and (len(found) == 1 or len(_switches(a)) > 1) for a in inner.args)


def _switches(e: Expr) -> list[Expr]:
    """The scalar conditions in `e` that do not depend on an index bound in it; one for each decision."""
    found: dict[object, Expr] = {}
    nodes = postorder(e)
    inside = {part for n in nodes if n.op is CASES for c in n.args[1::2] for part in postorder(c)}
    for n in nodes:
        if n in inside or n.indices - e.indices or not all(a.is_scalar for a in (n.args[1::2] if n.op is CASES else n.args)):
            continue
        if n.op is CASES:
            found.setdefault(n.args[1::2], n)
        elif n.op in SWITCHES and n.is_scalar:
            left, right, _ = _relation(n)
            found.setdefault(frozenset((left, right)), n)
    return list(found.values())


def _relation(n: Expr) -> tuple[Expr, Expr, str]:
    """What a switch compares."""
    if n.op is IVERSON:
        left, right, sign = n.args[0], n.args[1], str(n.attr)
        return (right, left, MIRRORED[sign]) if is_zero(left) else (left, right, sign)
    if n.op in (RELU, SIGN):
        return n.args[0], zeros(*n.args[0].shape), "<" if n.op is SIGN else ">"
    left, right = n.args
    return (right, left, ">") if is_zero(left) else (left, right, ">")


def _split(e: Expr, switch: Expr, depth: int) -> Expr:
    branches = _of_cases(e, switch) if switch.op is CASES else _of_relation(e, switch)
    found: list[tuple[Expr, Expr | None]] = []
    for condition, known in branches:
        value = piecewise(simplify(substitute(e, known)), depth + 1)
        if value.op is CASES and all(c.is_scalar for c in value.args[1::2]) and condition is not None:
            inner = list(zip(value.args[::2], value.args[1::2]))
            if len(value.args) % 2:
                found.append((value, condition))
            else:
                found += [(v, times(condition, c)) for v, c in inner]
        else:
            found.append((value, condition))
    zero = zeros(*e.shape)
    if sum(v is zero for v, _ in found) > 1:  # where one of several conditions fails
        found = [*((v, c) for v, c in found if v is not zero), (zero, None)]
    if all(v is found[0][0] for v, _ in found):
        return found[0][0]
    return apply(CASES, [part for v, c in found for part in ((v,) if c is None else (v, c))])


def _of_cases(e: Expr, switch: Expr) -> list[Branch]:
    conditions = switch.args[1::2]
    alike = [n for n in postorder(e) if n.op is CASES and n.args[1::2] == conditions]
    branches: list[Branch] = [(c, {n: n.args[2 * k] for n in alike}) for k, c in enumerate(conditions)]
    if len(switch.args) % 2:
        branches.append((None, {n: n.args[-1] for n in alike}))
    return branches


def _of_relation(e: Expr, switch: Expr) -> list[Branch]:
    """Where the relation fails, and where it holds."""
    left, right, sign = _relation(switch)
    if any(n.op is SIGN and n.args[0] is left for n in postorder(e)):  # sign and abs have no value to promise at 0
        below, above = "<", ">"
    else:
        below, above = (OPPOSITE[sign], sign) if sign in (">", ">=", "=", "!=") else (sign, OPPOSITE[sign])
    return [(apply(IVERSON, (left, right), s), _decided(e, left, right, s)) for s in (below, above)]


def _decided(e: Expr, left: Expr, right: Expr, sign: str) -> dict[Expr, Expr]:
    """What every switch on this comparison is where `left sign right`."""
    known: dict[Expr, Expr] = {}
    greater = {">": True, ">=": True, "<": False, "<=": False}.get(sign)
    one = ones(*left.shape)
    for n in postorder(e):
        if n.op is IVERSON and set(n.args) == {left, right}:
            relation = str(n.attr) if n.args[0] is left else MIRRORED[str(n.attr)]
            if relation == sign or OPPOSITE[relation] == sign:
                known[n] = one if relation == sign else zeros(*left.shape)
            elif greater is not None and relation in "<>":
                known[n] = one if (relation == ">") == greater else zeros(*left.shape)
        elif greater is not None and n.op in (MAXIMUM, MINIMUM) and set(n.args) == {left, right}:
            known[n] = left if (n.op is MAXIMUM) == greater else right
        elif greater is not None and is_zero(right) and n.op in (RELU, ABS, SIGN) and n.args[0] is left:
            away = one if n.op is SIGN else left
            known[n] = away if greater else zeros(*left.shape) if n.op is RELU else negative(away)
    return known


def _entrywise(e: Expr) -> Expr:
    """1[z > 0] .* y, entry by entry, as cases(0, z <= 0, y, z > 0)."""
    factors = list(e.args) if e.op is HADAMARD else [e]
    switch = next((f for f in factors if f.op is IVERSON), None)
    if switch is None or e.is_scalar:
        return e
    left, right, sign = _relation(switch)
    factors.remove(switch)
    value = hadamard(*factors) if factors else ones(*e.shape)
    value = _in_place(value, _decided(value, left, right, sign))
    fails = apply(IVERSON, (left, right), OPPOSITE[sign])
    return apply(CASES, (zeros(*e.shape), fails, value, apply(IVERSON, (left, right), sign)))


def _in_place(e: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """`e` with what is known of one entry put in for that entry; a product or a sum has other entries too, where it may not hold."""
    done: dict[Expr, Expr] = dict(known)
    for n in inner_first([e], lambda n: () if n in known else _alike(n)):
        if n not in known:
            done[n] = rebuild(n, [done.get(a, a) if a in _alike(n) else a for a in n.args])
    return done[e]


def _alike(n: Expr) -> tuple[Expr, ...]:
    """The arguments of which an entry of `n` needs the same entry alone."""
    if n.op in (ADD, TIMES, HADAMARD, IVERSON, MAXIMUM, MINIMUM, CASES, POWER) or n.op.elementwise:
        return tuple(a for a in n.args if a.shape == n.shape)
    return ()


def in_cases(tensor: Tensor) -> Tensor:
    """The tensor with its matrix by cases, as it is printed."""
    assert tensor.matrix is not None
    made = Tensor(tensor.shapes, tensor.terms)
    made.replace(piecewise(tensor.matrix))
    return made


# ---------------------------------------------------------------------------------------------- deltas in index form


def cases_form(tensor: Tensor, arranger: Arranger, taken: Iterable[str], declarations: Sequence[Declaration] | None = None) -> Program:
    """The tensor by cases of equal indices; its index form where it has none, or too many."""
    taken = set(taken)
    terms = [part for t in tensor.terms for part in _opened(t)]
    plain = index_form(tensor, arranger, taken, declarations)
    if plain.form is None:  # a number
        return plain
    marks = plain.form[2]
    assert isinstance(marks, tuple)
    if any(isinstance(m, tuple) for m in marks) or any(len(s) > 1 for t in terms for s in t.slots):
        return plain
    untied = [_without_deltas(t, [str(m) for m in marks]) for t in terms]
    pairs = sorted({p for _, deltas, _ in untied for p in deltas})
    if not pairs or len(pairs) > MOST_DELTAS:
        return plain

    def value(equal: frozenset[Pair]) -> Node | None:
        """The sum of the terms whose deltas are 1 where these indices are equal; None for 0."""
        return _summed(
            [(t, names) for t, deltas, names in untied if deltas <= equal], _representatives(marks, equal), arranger, taken, head
        )

    head = str(plain.form[1])
    alone = [deltas for _, deltas, _ in untied]
    candidates = _unions(alone, pairs)
    unequal = {c: _further(c, pairs, alone) for c in candidates}
    apart = all(unequal[c] & (d - c) for c in candidates for d in candidates if c < d)
    otherwise = value(frozenset())
    args: list[Node] = []
    for chosen in candidates if apart else candidates[::-1]:  # where cases overlap, the narrower one comes first
        body = value(chosen)
        if body is None and otherwise is None and (apart or not any(c < chosen for c in candidates)):
            continue
        condition = _condition(chosen, unequal[chosen] if apart else frozenset(), marks)
        args += [number(0) if body is None else body, condition]
    args.append(number(0) if otherwise is None else otherwise)
    if len(args) == 1:
        return Program("", (), args[0], plain.form)
    dims = dict(zip(map(str, marks), (i.dim for s in tensor.terms[0].slots for i in s), strict=True))
    return _with_ranges(args, plain.form, dims, arranger, declarations)


def _with_ranges(
    args: list[Node], form: tuple[object, ...], dims: Mapping[str, Dim], arranger: Arranger, declarations: Sequence[Declaration] | None
) -> Program:
    """The cases, with a factor of ones for an index whose range a reader could not tell."""
    tied: list[str] = []
    while True:
        factors = [Node("index", (arranger.spell(ones(dims[m])), name(m))) for m in tied]
        program = Program("", (), Node("cases", (product([*factors, args[0]]), *args[1:])), form)
        lost = unclear(program, dims, declarations) if declarations is not None else ()
        more = next((m for m in dims if m in lost and m not in tied), None)
        if more is None:
            return program
        tied.append(more)


def _opened(t: Term) -> list[Term]:
    """The term with its sums taken apart and diag(v) as v[i] delta[i,j]."""
    for k, (e, r, c) in enumerate(t.factors):
        rest = t.factors[:k] + t.factors[k + 1 :]
        inner = e.args[0] if e.op is TRANSPOSE else e
        if inner.op is ADD and r and c and any(n.op in (EYE, DIAG) for a in inner.args for n in (a, *a.args[-1:])):
            parts = [transpose(a) if inner is not e else a for a in inner.args]
            return [o for p in parts for o in _opened(Term(t.scalar, [*rest, (p, r, c)], t.slots, t.binders))]
        scale, scalars, body = split(e)
        if body is None or not (r and c):
            continue
        pieces = _parts(body, r, c)
        if len(pieces) > 1 or scale != 1 or scalars:
            return _opened(Term(times(num(scale), *scalars, t.scalar), [*rest, *pieces], t.slots, t.binders))
    return [t]


def _parts(body: Expr, r: Slot, c: Slot) -> list[Factor]:
    """diag(v) as v[i] delta[i,j], u v^T as u[i] v[j]."""
    if body.op is DIAG:
        return [(body.args[0], r, ()), (eye(body.shape[0]), r, c)]
    if body.op is MATMUL and len(body.args) == 2 and body.args[0].shape[1] is ONE:
        return [(body.args[0], r, ()), (transpose(body.args[1]), c, ())]
    return [(body, r, c)]


def _without_deltas(t: Term, marks: list[str]) -> tuple[Term, frozenset[Pair], dict[Index, str]]:
    """The term, the pairs of open indices its deltas tie, and the names of its open indices."""
    names = dict(zip((i for s in t.slots for i in s), marks, strict=True))
    deltas, factors = set(), []
    for e, r, c in t.factors:
        ends = sorted(names[i] for i in (*r, *c) if i in names)
        if e.op is EYE and len(ends) == 2:
            deltas.add((min(ends, key=marks.index), max(ends, key=marks.index)))
        else:
            factors.append((e, r, c))
    return Term(t.scalar, factors, t.slots, t.binders), frozenset(deltas), names


def _representatives(marks: Iterable[object], equal: Iterable[Pair]) -> dict[str, str]:
    """Every index by the first of those it is equal to."""
    first = {str(m): str(m) for m in marks}
    for a, b in equal:
        old, new = first[b], first[a]
        order = list(first)
        if order.index(old) < order.index(new):
            old, new = new, old
        first = {m: new if f == old else f for m, f in first.items()}
    return first


def _closed(equal: frozenset[Pair], pairs: Iterable[Pair]) -> frozenset[Pair]:
    """Those of the pairs that follow: i = j and j = k make i = k."""
    pairs = list(pairs)
    first = _representatives({m: None for p in pairs for m in p}, equal)
    return frozenset((a, b) for a, b in pairs if first[a] == first[b])


def _summed(
    parts: Iterable[tuple[Term, Mapping[Index, str]]], first: Mapping[str, str], arranger: Arranger, taken: set[str], head: str
) -> Node | None:
    like: dict[str, tuple[Expr, Term, Callable[[Term], Node]]] = {}
    for t, names in parts:
        c, rest = without_coefficient(t.scalar)
        letters = IndexNames(taken | {head} | set(first))
        letters.names.update({i: first[n] for i, n in names.items()})
        tied = {i for _, r, col in t.factors for i in (*r, *col)}
        slots = [tuple(i for i in s if i in tied) for s in t.slots]  # what nothing hangs on is constant along its index

        def spelled(term: Term, letters: IndexNames = letters) -> Node:
            return term_node(term, arranger, letters, "delta" if "delta" not in taken else "I")

        bare = Term(rest, t.factors, slots, t.binders)
        key = " ".join(sorted(spell(spelled(bare)).split()))
        old = like.get(key)
        like[key] = (num(c) if old is None else _added(old[0], num(c)), bare, spelled)
    bodies = [spelled(Term(times(c, t.scalar), t.factors, t.slots, t.binders)) for c, t, spelled in like.values() if not is_zero(c)]
    if not bodies:
        return None
    return bodies[0] if len(bodies) == 1 else Node("add", tuple(sorted(bodies, key=term_order)))


def _added(a: Expr, b: Expr) -> Expr:
    return apply(ADD, (a, b))


def _unions(deltas: Iterable[frozenset[Pair]], pairs: list[Pair]) -> list[frozenset[Pair]]:
    """The sets of equal indices where other deltas are 1 than where fewer are equal, the least first."""
    found: set[frozenset[Pair]] = {frozenset()}
    for d in deltas:
        found |= {_closed(d | f, pairs) for f in found}
    return sorted(found - {frozenset()}, key=lambda c: (len(c), sorted(pairs.index(p) for p in c)))


def _further(equal: frozenset[Pair], pairs: list[Pair], deltas: Iterable[frozenset[Pair]]) -> frozenset[Pair]:
    """The pairs of which one more would make a further delta 1."""
    deltas = list(deltas)
    more = {p: _closed(equal | {p}, pairs) for p in pairs if p not in equal}
    return frozenset(p for p, all_ in more.items() if any(d <= all_ and not d <= equal for d in deltas))


def _condition(equal: frozenset[Pair], unequal: frozenset[Pair], marks: Iterable[object]) -> Node:
    """`i = k and j = l`, and what must not be equal."""
    first = _representatives(marks, equal)
    signs: dict[tuple[str, str, str], None] = {(a, b, "="): None for a, b in _chains(first)}
    for p in sorted(unequal):
        a, b = sorted((first[p[0]], first[p[1]]), key=list(first).index)
        signs[a, b, "!="] = None
    nodes = [Node("cmp", (name(a), name(b)), sign) for a, b, sign in signs]
    return nodes[0] if len(nodes) == 1 else Node("and", tuple(nodes))


def _chains(first: Mapping[str, str]) -> list[Pair]:
    """i = j and j = k for indices that are all equal."""
    last: dict[str, str] = {}
    found = []
    for m, f in first.items():
        if f in last:
            found.append((last[f], m))
        last[f] = m
    return found
