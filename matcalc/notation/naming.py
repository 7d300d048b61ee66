"""Names for repeated subexpressions: `c = x^2 + exp(x^2); …` where the definitions pay for themselves.

A subexpression is named when it is written more often than its definition costs. The author's own names come first,
then letters by kind (s, c, … for scalars, z, u, … for vectors, Z, Y, … for matrices), none of them in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..expressions.build import num, power, value_of
from ..expressions.expr import Expr
from ..expressions.named import ADJOINT
from ..interning import inner_first
from ..ops.book import REGISTRY
from ..ops.core import ADD, HADAMARD, MATMUL, MEMBER, NAMED, NUMBER, POWER, SYMBOL, TIMES, TRANSPOSE
from ..ops.inverse import INVERSE
from ..syntax import split_name

ROUNDS = 4
MINUS_ONE = num(-1)
LEAST_GAIN = 2  # symbols a name must save in all, that of a number one more
LEAST_NAMED = 10  # symbols below which no name does
LEAST_SHORT_GAIN = 5  # and that of a part of few letters in a short answer: X^T A X, x - a
FEW, MOST_SHORT = 3, 12  # letters and symbols of such a part
LETTERS = {"scalar": "scqghtvw", "vector": "zuhrgvws", "row": "zuhrgvws", "matrix": "ZYSMPQHGUV"}
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
RESERVED = frozenset("deijkIKTRN")  # with a meaning of their own somewhere


def repeated(roots: Sequence[Expr]) -> list[Expr]:
    """The subexpressions worth a name, inner ones first."""
    if sum(r.size for r in roots) < LEAST_NAMED and not any(r.within & NAMED.bit for r in roots):
        return []
    nodes = inner_first(roots, _parts)
    edges: dict[Expr, int] = dict.fromkeys(nodes, 0)
    for r in roots:
        edges[r] += 1
    for n in nodes:
        for a in _parts(n):
            edges[a] += 1
    if not any(n.op is NAMED or (edges[n] > 1 and n.args) for n in nodes):  # what is below a node that stands once does so too
        return []
    named = {n for n in nodes if n.op is NAMED or (edges[n] > 1 and _can_be_named(n))}
    for _ in range(ROUNDS):
        uses = _uses(nodes, roots, named)
        chosen = _worth(nodes, uses, named)
        if chosen == named:
            break
        named = chosen
    return [n for n in nodes if n in named]


def is_short(n: Expr) -> bool:
    """Whether this is an array written with few letters, and not the value of a function, which books do name."""
    if n.is_scalar or n.op not in (ADD, TIMES, MATMUL, HADAMARD, POWER, TRANSPOSE, INVERSE) or n.size > MOST_SHORT:
        return False
    if n.op is INVERSE and n.args[0].op is ADD:  # C = (W W^T + Psi)^-1
        return False
    letters, todo = 0, [n]
    while todo:
        e = todo.pop()
        if not e.args and e.op not in (NUMBER, SYMBOL, MEMBER):
            return False
        letters += e.op is not NUMBER and not e.args
        todo += e.args
    return letters <= FEW


def _parts(n: Expr) -> tuple[Expr, ...]:
    """What is written inside: of 1/s^2 it is s^2, below the bar."""
    return (power(n, MINUS_ONE),) if _is_below(n) else n.args


def _is_below(n: Expr) -> bool:
    return n.op is POWER and n.args[1].op is NUMBER and value_of(n.args[1]).numerator < 0


def _can_be_named(n: Expr) -> bool:
    plain = n.op is TRANSPOSE or _is_below(n) or (n.op is TIMES and n.args[0] is MINUS_ONE)
    return bool(n.args) and not n.indices and (n.size > 1 or n.op is NAMED) and not plain


def _uses(nodes: Sequence[Expr], roots: Sequence[Expr], named: set[Expr]) -> dict[Expr, int]:
    """How often each node is written, if the `named` ones are written once."""
    uses: dict[Expr, int] = dict.fromkeys(nodes, 0)
    for r in roots:
        uses[r] += 1
    for n in reversed(nodes):
        times_written = 1 if n in named else uses[n]
        for a in _parts(n):
            uses[a] += times_written
    return uses


def _worth(nodes: Sequence[Expr], uses: Mapping[Expr, int], named: set[Expr]) -> set[Expr]:
    """The nodes whose name saves more than its definition costs."""
    length: dict[Expr, int] = {}  # with the names used inside
    chosen: set[Expr] = set()
    for n in nodes:
        inside = sum(length[a] for a in _parts(n))
        if n.op is NAMED:
            chosen.add(n)
            length[n] = 1
            continue
        size = max(1, n.size - sum(a.size for a in _parts(n)) + inside) if n.args else n.size
        count = uses[n]
        gain = count * size - (size + 2 + count)
        if count > 1 and gain >= LEAST_GAIN + n.is_scalar and _can_be_named(n) and not (n.op is INVERSE and size <= 2):
            chosen.add(n)
            length[n] = 1
        else:
            length[n] = size
    return chosen


def names_for(chosen: Iterable[Expr], own: Mapping[str, Expr], taken: Iterable[str]) -> dict[Expr, str]:
    """A name for each: the author's where there is one, else a free letter of its kind; where there are many of a kind or few
    letters left, one letter that has no other meaning, numbered: in LaTeX z_{1} is the first entry of z as well."""
    used = set(taken)
    authors = {e: name for name, e in own.items()}
    chosen = list(chosen)
    found = {e: str(e.attr[1]) for e in chosen if e.op is NAMED and e.attr[1]}  # type: ignore[index]
    adjoints = [e for e in chosen if e.op is NAMED and e.attr[0] == ADJOINT]  # type: ignore[index]
    if "delta" not in used:
        found |= {e: numbered("delta", k) for k, e in enumerate(reversed(adjoints), 1)}
    used.update(found.values())
    counts: dict[str, int] = {}
    for e in chosen:
        counts[e.kind] = counts.get(e.kind, 0) + (e not in authors and e not in found)
    few = {kind: count <= min(4, sum(c not in used for c in LETTERS[kind])) for kind, count in counts.items()}
    bases: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for e in chosen:
        if e in found:
            continue
        if e in authors:
            found[e] = authors[e]
            continue
        own_letter = (("S" if e.kind == "matrix" else "s"),) if e.op is REGISTRY["softmax"] else ()  # as the rule book has it
        free = [c for c in (*own_letter, *LETTERS[e.kind]) if c not in used]
        if few[e.kind] and free:
            name = free[0]
        else:
            met = {split_name(u)[0] for u in used}
            candidates = (*LETTERS[e.kind], *(ALPHABET.upper() if e.kind == "matrix" else ALPHABET))
            base = bases.setdefault(e.kind, next((c for c in candidates if c not in met and c not in RESERVED), candidates[0]))
            while True:
                numbers[base] = k = numbers.get(base, 0) + 1
                name = numbered(base, k)
                if name not in used:
                    break
        used.add(name)
        found[e] = name
    return found


def numbered(base: str, k: int) -> str:
    return f"{base}_{k}" if k < 10 else f"{base}_{{{k}}}"
