"""The index form of a derivative: J[i,j,k,l] = delta[i,k] X[j,l] + …"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

from ..differentiation.families import at_index
from ..differentiation.lifting import whole_range
from ..differentiation.network import Factor, Index, Slot, Term
from ..differentiation.tensor import Tensor, like_terms
from ..errors import MatcalcError
from ..expressions.build import index, is_number, matmul, negative, ones, split, transpose, value_of
from ..expressions.expr import Expr, postorder
from ..inference.infer import infer
from ..interning import inner_first
from ..kinds import Dim
from ..ops.core import ADD, EYE, MATMUL, POWER, TRANSPOSE, UNIT
from ..ops.diagonal import DIAG
from ..syntax import FORM_NAMES, Binding, Declaration, Node, Program, same, spell_name, split_name, walk
from .arrange import Arranger
from .surface import is_plain_product, name, number, product, quotient
from .unitdirections import along_units

LETTERS = "ijklpqrsabcdefghmnotuvwxyz"


class IndexNames:
    """Names for indices: i, j, k, l for the open ones in order, letters not in use for the rest."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.names: dict[Index, str] = {}
        self.spare: dict[Dim, list[str]] = {}
        self.sized: set[str] = set()  # indices whose range only an identity with its size can tell

    def of(self, i: Index) -> str:
        if i not in self.names:
            if self.spare.get(i.dim):
                self.names[i] = self.spare[i.dim].pop(0)
                return self.names[i]
            free = [c for c in LETTERS if c not in self.taken] or [f"i_{n}" for n in range(1, 100) if f"i_{n}" not in self.taken]
            self.names[i] = free[0]
            self.taken.add(free[0])
        return self.names[i]

    def release(self, inner: Iterable[Index]) -> None:
        """The letters of summed indices serve again in the next term, for indices of the same range."""
        for i in inner:
            self.spare.setdefault(i.dim, []).append(self.names.pop(i))


def index_form(
    tensor: Tensor,
    arranger: Arranger,
    taken: Iterable[str],
    declarations: Sequence[Declaration] | None = None,
    bindings: Sequence[Binding] = (),
) -> Program:
    """The tensor as `J[i,j,…] = sum of products of entries`, after the `bindings` whose names the arranger uses. Where a reader who
    knows the `declarations` could not tell how far an index runs, a factor of ones says it."""
    dims = {d for e in tensor.expressions() for x in postorder(e) for d in x.shape} | {d for s in tensor.shapes for d in s}
    dims |= {i.dim for t in tensor.terms for s in t.slots for i in s}
    taken = {*taken, *(n for d in dims for n in d.names()), *(split_name(b.name)[0] for b in bindings)}
    taken |= {below for n in taken for below in split_name(n)[1:]}  # d_k would be an entry beside an index k
    program, ranges = _index_form(tensor, arranger, taken, ())
    program = _after(bindings, program)
    if declarations is None:
        return program
    lost = unclear(program, ranges, declarations)
    return _after(bindings, _index_form(tensor, arranger, taken, lost)[0]) if lost else program


def _after(bindings: Sequence[Binding], program: Program) -> Program:
    """The program after those of the bindings whose names it uses."""
    kept: list[Binding] = []
    for b in reversed(bindings):
        if any(n.op == "name" and n.attr == b.name for root in (program.body, *(k.value for k in kept)) for n in walk(root)):
            kept.insert(0, b)
    return Program("", tuple(kept), program.body, program.form)


def unclear(program: Program, ranges: Mapping[str, Dim], declarations: Sequence[Declaration]) -> Collection[str]:
    """The indices whose ranges a reader gets wrong, or cannot tell; of inner ones, those that stand in pairs."""
    if _stand_below_names(program, ranges, declarations):
        return ()
    try:
        read = infer(program, declarations, (), twins=False).index_ranges
    except MatcalcError:
        pairs = [n for n in walk(program.body) if n.op == "tuple"]
        return {str(a.attr) for n in pairs for a in n.args} or set(ranges)
    return {i for i, d in ranges.items() if read.get(i) is not d}


def _sides(factor: Node, sizes: Mapping[str, tuple[object, ...]]) -> tuple[object, ...]:
    """The sizes of a declared vector or matrix, its inverse or its transpose; () for anything else."""
    turned = factor.op == "T"
    name = factor.args[0] if factor.op in ("T", "inv") else factor
    dims = sizes.get(str(name.attr), ()) if name.op == "name" else ()
    return (dims[::-1] if len(dims) == 2 else ()) if turned else dims


def _stand_below_names(program: Program, ranges: Mapping[str, Dim], declarations: Sequence[Declaration]) -> bool:
    """Whether every index stands below declared arrays, or a product of them, or beside such a one in a delta: then the declarations
    tell its range, and nothing has to be read for it."""
    if program.bindings:
        return False
    sizes = {d.name: d.sizes for d in declarations if d.domain is None}
    told: dict[object, object] = {}
    deltas: list[tuple[object, object]] = []
    for n in program.nodes:
        if n.op == "tuple":
            return False
        if n.op != "index":
            continue
        base, *places = n.args
        if any([p.op != "name" for p in places]):
            continue
        letters = [p.attr for p in places]
        if base.op == "name" and base.attr == "delta" and base.attr not in sizes and len(letters) == 2:
            deltas.append((letters[0], letters[1]))
            continue
        sides = [_sides(f, sizes) for f in (base.args if base.op == "mul" and not any(base.attr or ()) else (base,))]  # type: ignore[arg-type]
        dims = () if not all(sides) else (sides[0][0], sides[-1][-1]) if len(sides[-1]) == 2 else sides[0][:1]
        if len(dims) == len(letters):
            told.update(zip(letters, dims, strict=True))
    for _ in deltas:
        for one, other in deltas:
            if one in told or other in told:
                told[one] = told[other] = told.get(one, told.get(other))
    return all(told.get(letter) is d for letter, d in ranges.items())


def _index_form(tensor: Tensor, arranger: Arranger, taken: set[str], carried: Collection[str]) -> tuple[Program, dict[str, Dim]]:
    """The form, and how far its indices run; those in `carried` get a factor of ones."""
    head = next((c for c in FORM_NAMES if c not in taken), "J_0")
    letters = IndexNames(taken | {head})
    first = tensor.terms[0] if tensor.terms else None
    if first is None:
        slots = [[Index(d) for d in s if d.number != 1] for s in tensor.shapes]
        heads = tuple(letters.of(i) for s in slots for i in s)
        if len(heads) > 2:  # as that of a matrix, which says no entry either
            return Program("", (), name(_zero([i.dim for s in slots for i in s])), None), {}
        zeros = [Node("index", (name(_zero([i.dim for i in s])), *[name(letters.of(i)) for i in s])) for s in slots if s]
        return Program("", (), product(zeros) if zeros else number(0), ("index", head, heads) if heads else None), {}
    pattern = _finest([t.slots for t in tensor.terms])
    names = [tuple(letters.of(i) for i in s) for s in pattern]
    flat = [n for group in names for n in group]
    for n in flat:
        for spelled in (n, spell_name("e", n)):
            arranger.ranks.setdefault(spelled, len(arranger.ranks))
    terms = []
    for t in tensor.terms:
        if [len(s) for s in t.slots if s] != [len(s) for s in pattern]:
            t = _refine(t, pattern)
        given = dict(zip((i for s in t.slots for i in s), flat, strict=True))
        terms.append(_by_first(_at_open_indices(along_units(t, given), flat)))
    terms = list(like_terms(terms)) or terms
    marks = tuple(group if len(group) > 1 else group[0] for group in names)
    bodies = []
    # In a square shape the reader could not tell the range of an index that stands in deltas only.
    if any(s[0] is s[1] and s[0].number != 1 for s in tensor.shapes):
        places = {m: k for k, m in enumerate(flat)}
        letters.sized = set(places) - {flat[k] for t in terms for k in _carried(t)}
    for t in terms:
        for i, m in zip((i for s in t.slots for i in s), flat, strict=True):
            letters.names[i] = m
        bodies.append(term_node(t, arranger, letters, "delta" if "delta" not in taken else "I", carried))
        carried = set(carried) - set(flat)
    bodies = _with_one_entry(sorted(bodies, key=term_order))
    body = bodies[0] if len(bodies) == 1 else common_factors(bodies)
    return Program("", (), body, ("index", head, marks) if marks else None), dict(
        zip(flat, (i.dim for s in pattern for i in s), strict=True)
    )


def _at_open_indices(t: Term, names: Sequence[str]) -> Term:
    """sum_j delta[j,k] C_j[p,q] as C_k[p,q]: a sum over the members of a family of which an open index tells one; `names` are those of
    the open indices."""
    for letter, low, high in t.binders:
        named = dict(zip((i for s in t.slots for i in s), names, strict=True))
        tied = [f for f in t.factors if f[0].op is UNIT and f[0].args[0] is index(letter) and not f[2] and f[1][0] in named]
        if not tied or whole_range(low, high) is not tied[0][0].shape[0]:
            continue
        if any(letter in b.indices for _, *bounds in t.binders for b in bounds):
            continue
        place = index(named[tied[0][1][0]])
        factors = [(at_index(e, letter, place), r, c) for e, r, c in (f for f in t.factors if f is not tied[0])]
        left = tuple(b for b in t.binders if b[0] != letter)
        return _at_open_indices(Term(at_index(t.scalar, letter, place), factors, t.slots, left), names)
    return t


def _by_first(t: Term) -> Term:
    """The term with the first of two open indices wherever a delta makes them equal: delta[i,k] X[k,l] is delta[i,k] X[i,l]."""
    place = {i: k for k, i in enumerate(i for s in t.slots for i in s)}
    factors = t.factors
    for e, r, c in t.factors:
        if e.op is not EYE or len(r) != 1 or len(c) != 1 or r[0] not in place or c[0] not in place:
            continue
        first, other = sorted((r[0], c[0]), key=place.__getitem__)
        one = {other: first}
        factors = [f if f[0].op is EYE else (f[0], _renamed(f[1], one), _renamed(f[2], one)) for f in factors]
    return Term(t.scalar, [g for f in factors for g in _without_diagonals(_upright(f))], t.slots, t.binders)


def _renamed(slot: Slot, changes: Mapping[Index, Index]) -> Slot:
    return tuple(changes.get(i, i) for i in slot)


def _upright(factor: Factor) -> Factor:
    """An entry of a product, or that of its transpose where this has fewer transposes: (A^T B^T)[i,j] is (B A)[j,i]."""
    e, r, c = factor
    if e.op is not MATMUL or not r or not c:
        return factor
    other = transpose(e)
    count = [sum(a.op is TRANSPOSE for a in x.args) if x.op is MATMUL else len(e.args) for x in (e, other)]
    return factor if count[0] <= count[1] else (other, c, r)


def _without_diagonals(factor: Factor) -> list[Factor]:
    """(diag(x) A)[i,j] as x[i] A[i,j], (A diag(x))[i,j] as A[i,j] x[j]."""
    e, r, c = factor
    if e.op is not MATMUL or len(r) != 1 or len(c) != 1:
        return [factor]
    inner = list(e.args)
    before: list[Factor] = []
    after: list[Factor] = []
    while len(inner) > 1 and inner[0].op is DIAG:
        before.append((inner.pop(0).args[0], r, ()))
    while len(inner) > 1 and inner[-1].op is DIAG:
        after.append((inner.pop().args[0], c, ()))
    return [*before, (matmul(*inner), r, c), *after] if len(inner) < len(e.args) else [factor]


def common_factors(terms: Sequence[Node]) -> Node:
    """The sum of terms, what all of them have as a factor in front of brackets."""
    split_terms = [_factors(t) for t in terms]
    _, above, below = split_terms[0]
    for _, others, under in split_terms[1:]:
        above, below = _in_both(above, others), _in_both(below, under)
    if all(n.op == "num" for n in above):
        return Node("add", tuple(terms))
    rest = []
    for has_minus, others, under in split_terms:
        left = quotient(_without(others, above), _without(under, below))
        rest.append(Node("neg", (left,)) if has_minus else left)
    return quotient([*above, Node("add", tuple(rest))], below)


def _with_one_entry(terms: Sequence[Node]) -> list[Node]:
    """y[j] Z[i,k] - w[j] Z[i,k] as (y - w)[j] Z[i,k]: terms that differ in one entry, at the same place."""
    kept: list[Node] = []
    numbers: dict[tuple[object, ...], int] = {}  # of equal parts
    found: dict[Hashable, list[int]] = {}  # which of those kept are this, and one entry more
    for term in terms:
        rests = _rests(term, numbers)
        for k in sorted({k for rest in rests for k in found.get(rest, ())}):
            if (whole := _merged(kept[k], term)) is not None:
                kept[k], rests = whole, _rests(whole, numbers)
                break
        else:
            k = len(kept)
            kept.append(term)
        for rest in rests:
            found.setdefault(rest, []).append(k)
    return kept


def _rests(term: Node, numbers: dict[tuple[object, ...], int]) -> list[Hashable]:
    """For each entry in a term: the indices of the entry, and what stands beside it, alike for equal terms."""
    _, above, below = _factors(term)
    number: dict[int, int] = {}
    for n in inner_first([*above, *below], lambda n: n.args):
        number[id(n)] = numbers.setdefault((n.op, n.attr, *(number[id(a)] for a in n.args)), len(numbers))
    under, entries = sorted(number[id(n)] for n in below), [number[id(n)] for n in above]
    places = [k for k, n in enumerate(above) if n.op == "index" and not _is_delta(n.args[0])]
    marks = [tuple(number[id(m)] for m in above[k].args[1:]) for k in places]
    return [(*under, "", *sorted(entries[:k] + entries[k + 1 :]), "", *m) for k, m in zip(places, marks, strict=True)]


def _merged(one: Node, other: Node) -> Node | None:
    minus, above, below = _factors(one)
    turned, others, under = _factors(other)
    if len(above) != len(others) or len(below) != len(under) or len(_in_both(below, under)) < len(below):
        return None
    common = _in_both(above, others)
    mine, its = _without(above, common), _without(others, common)
    if len(mine) != 1 or any(n.op != "index" or _is_delta(n.args[0]) for n in (*mine, *its)):
        return None
    if len(mine[0].args) != len(its[0].args) or not all(same(a, b) for a, b in zip(mine[0].args[1:], its[0].args[1:])):
        return None
    added = its[0].args[0] if minus == turned else Node("neg", (its[0].args[0],))
    before = mine[0].args[0]
    terms = before.args if before.op == "add" else (before,)
    entry = Node("index", (Node("add", (*terms, added)), *mine[0].args[1:]))
    whole = quotient([entry if n is mine[0] else n for n in above], below)
    return Node("neg", (whole,)) if minus else whole


def _is_delta(base: Node) -> bool:
    return base.op == "name" and split_name(str(base.attr))[0] in ("delta", "I")


def _factors(term: Node) -> tuple[bool, list[Node], list[Node]]:
    """Whether a term has a minus sign, and what stands above and below."""
    negative = term.op == "neg"
    body = term.args[0] if negative else term
    if body.op == "mul" and isinstance(body.attr, tuple) and set(body.attr[:-1]) <= {""} and body.attr[-1] in ("", "/"):
        if body.attr[-1] == "":
            return negative, list(body.args), []
        below = body.args[-1]
        return negative, list(body.args[:-1]), list(below.args) if is_plain_product(below) else [below]
    return negative, [body], []


def _in_both(one: Sequence[Node], other: Sequence[Node]) -> list[Node]:
    left = list(other)
    found = []
    for n in one:
        at = next((k for k, m in enumerate(left) if same(n, m)), None)
        if at is not None:
            found.append(left.pop(at))
    return found


def _without(nodes: Sequence[Node], gone: Sequence[Node]) -> list[Node]:
    left = list(nodes)
    for n in gone:
        left.pop(next(k for k, m in enumerate(left) if same(n, m)))
    return left


def _zero(dims: Sequence[Dim]) -> str:
    """The name of a zero, which says how far its indices run."""
    return spell_name("0", " x ".join(map(str, dims)))


def _carried(t: Term) -> set[int]:
    """The open indices, counted in order, that a factor other than a delta gives a range."""
    at = {i: k for k, i in enumerate(i for s in t.slots for i in s)}
    ranged = {i for e, r, c in t.factors if e.op is not EYE for i in (*r, *c)}
    for e, r, c in t.factors:
        if e.op is EYE and ranged & {*r, *c}:
            ranged |= {*r, *c}
    return {at[i] for i in ranged if i in at}


def term_order(node: Node) -> tuple[bool, list[str]]:
    return node.op == "neg", [str(n.attr) for n in walk(node) if n.op == "name"]


def _finest(patterns: Sequence[Sequence[Slot]]) -> list[Slot]:
    """The slots with as many Kronecker pairs as any term needs."""
    columns = zip(*[[s for s in p if s] for p in patterns], strict=True)
    return [max(column, key=len) for column in columns]


def _refine(t: Term, pattern: Sequence[Slot]) -> Term:
    changes: dict[Index, Slot] = {}
    for mine, wanted in zip([s for s in t.slots if s], pattern, strict=True):
        if len(mine) == len(wanted):
            continue
        left = list(wanted)
        for k in mine:  # as many of the finer indices as make up its size
            part = [left.pop(0)]
            while left and part[-1].dim is not k.dim and _product(i.dim for i in part) is not k.dim:
                part.append(left.pop(0))
            if len(part) > 1:
                changes[k] = tuple(Index(i.dim) for i in part)
    return t.renamed(changes)


def _product(dims: Iterable[Dim]) -> Dim:
    """The product of sizes."""
    total, *others = dims
    for d in others:
        total = total * d
    return total


def term_node(t: Term, arranger: Arranger, letters: IndexNames, delta: str, carried: Collection[str] = ()) -> Node:
    opened = {i for s in t.slots for i in s}
    inner = [i for i in dict.fromkeys(i for _, r, c in t.factors for i in (*r, *c)) if i not in opened]
    c, scalars, _ = split(t.scalar)
    factors = list(t.factors)
    if c < 0:  # a difference that the author did not write takes in the sign
        for k, (e, r, col) in enumerate(factors):
            turned = negative(e)
            if ADD.bit & e.within and arranger.spell(turned).op != "neg":
                c, factors[k] = -c, (turned, r, col)
                break
    above = [arranger.spell(s) for s in scalars if not _below(s)]
    under = [arranger.spell(_inverted(s)) for s in scalars if _below(s)]
    if abs(c.numerator) != 1:
        above.insert(0, number(abs(c.numerator)))
    if c.denominator != 1:
        under.insert(0, number(c.denominator))
    for i in inner:
        letters.names.pop(i, None)
        letters.of(i)
    entries = []
    tied = {i for _, r, col in t.factors for i in (*r, *col)}
    open_ = [i for s in t.slots for i in s]
    inside = {i for e, _, _ in t.factors for i in e.indices}  # of unit vectors
    loose: list[Factor] = [(ones(i.dim), (i,), ()) for i in open_ if i not in tied and letters.of(i) not in inside]
    deltas = {i for e, r, col in t.factors if e.op is EYE for i in (*r, *col)}  # these say it by their size
    lost = [i for i in dict.fromkeys([*open_, *inner]) if i in tied and letters.of(i) in carried]
    loose += [(ones(i.dim), (i,), ()) for i in lost if i not in deltas]
    for e, r, col in [*loose, *factors]:  # an index that nothing hangs on is carried by ones
        marks = tuple(_mark(s, letters) for s in (r, col) if s)
        if e.op is EYE:
            bare = {letters.of(i) for i in (*r, *col)} <= letters.sized or bool({*r, *col}.intersection(lost))
            base = name(spell_name("I", str(e.shape[0])) if bare else delta)
        elif e.op is UNIT and len(r) == 1:
            size = name(spell_name("I", str(e.shape[0])))  # its size: the index occurs nowhere else, perhaps
            entries.append(Node("index", (size, marks[0], arranger.spell(e.args[0]))))
            continue
        else:
            base = arranger.spell(e)
        entries.append(Node("index", (base, *marks)))
    summed = {letters.of(i) for i in inner}
    inside_sum = [n for n in entries if any(m.op == "name" and m.attr in summed for m in walk(n))]
    if inner and inside_sum:  # what does not vary stands before the sum, for common_factors to find
        whole = product(inside_sum)
        for i in reversed(inner):
            whole = Node("sum", (whole,), letters.of(i))
        entries = [*(n for n in entries if not any(n is m for m in inside_sum)), whole]
    letters.release(inner)
    bound = {binder for binder, _, _ in t.binders}
    fixed, below = ([n for n in part if not _has_letter(n, bound)] for part in ([*above, *entries], under))
    if not bound or len(fixed) == len(above) + len(entries):  # nothing else to sum
        fixed, below = [], []
    body = quotient(_without([*above, *entries], fixed), _without(under, below))
    for binder, low, high in reversed(t.binders):
        body = Node("sum", (body, arranger.spell(low), arranger.spell(high)), binder)
    body = quotient([*fixed, body], below) if fixed or below else body
    return Node("neg", (body,)) if c < 0 else body


def _has_letter(node: Node, letters: Collection[str]) -> bool:
    """Whether one of the letters is a name in a node, or stands below one: C_{ij} has i and j."""
    names = [str(m.attr) for m in walk(node) if m.op == "name"]
    return any(c == n or any(c in below for below in split_name(n)[1:]) for n in names for c in letters)


def _mark(slot: Slot, letters: IndexNames) -> Node:
    return name(letters.of(slot[0])) if len(slot) == 1 else Node("tuple", tuple(name(letters.of(i)) for i in slot))


def _below(s: Expr) -> bool:
    return s.op is POWER and is_number(s.args[1]) and value_of(s.args[1]) < 0


def _inverted(s: Expr) -> Expr:
    from ..expressions.build import num, power

    return power(s, num(-1))
