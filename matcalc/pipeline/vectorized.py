"""Functions with sums over families, written with the stacked families: ||y - X w||^2 for sum_i (y_i - w^T x_i)^2.

X has the rows x_i^T and y the entries y_i. The function that is differentiated is the one in matrix notation; it is read
from its text, and compared with the sums at random points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from ..answers.scope import ranks_of
from ..differentiation.stacking import Stacks, stacked
from ..errors import NoAnswerError, UsageError, VerificationError
from ..expressions.build import is_number, symbol, value_of
from ..expressions.expr import Expr, postorder
from ..inference.infer import Typed, infer
from ..inference.scene import counts, spell_declaration
from ..kinds import LARGEST_LITERAL, ONE, Dim, Shape
from ..notation.arrange import Arranger
from ..notation.authorship import typed_order
from ..numbers.numeric import Plan
from ..numbers.verify import Point
from ..ops.core import ENTRY, MEMBER, SIZE, UNIT
from ..printing.text import spell
from ..shortening.simplify import simplify
from ..syntax import Declaration, Program, spell_name, split_name

CAPITALS = {"gamma": "Gamma", "delta": "Delta", "theta": "Theta", "lambda": "Lambda", "xi": "Xi", "phi": "Phi", "psi": "Psi"}
LETTERS = "XZUVWYFGHBCM"  # for families whose own capital is in use
KEPT = ("positive", "nonnegative")  # properties that hold entry by entry
MOST_POINTS, GOOD_POINTS = 12, 3
Read = tuple[Program, tuple[Declaration, ...]]


class Vectorized:
    """The function in matrix notation as it is read, the stacked names by family, and the sentence that says so."""

    __slots__ = ("assumptions", "function", "names", "sentence")

    def __init__(self, function: Read, names: Mapping[str, str], sentence: str, assumptions: Sequence[str]) -> None:
        self.function, self.names, self.sentence, self.assumptions = function, names, sentence, assumptions


def vectorized(
    program: Program, declarations: Sequence[Declaration], wrt: Sequence[str], read: Callable[[str, str], Read], check: bool
) -> Vectorized | None:
    """The function without families; None where it has none. UsageError by a single member, NoAnswerError where a sum has no such form.
    `read` makes of a text and its declarations what they are for the reader."""
    typed = infer(program, declarations, tuple(dict.fromkeys(wrt)))
    members = {str(e.attr[0]): e for e in typed.symbols.values() if e.op is MEMBER}  # type: ignore[index]
    if not members:
        return None
    for name in wrt:
        base = split_name(name)[0]
        if base in members and name not in typed.families:
            raise UsageError(f"{name} is one member, and its family is stacked", suggestion=f"give the whole family: --wrt {base}")
    names = _names(typed, members)
    stacks = {base: (symbol(names[base], _shape(typed, e), _kept(e)), typed.families[base][1]) for base, e in members.items()}
    function = simplify(stacked(typed.expr, stacks))
    ranks = {names.get(n if n in members else split_name(n)[0], n): k for n, k in ranks_of(typed).items()}
    tree = Arranger(ranks, typed_order(typed.nodes), {*names.values(), *typed.symbols}).spell(function)
    found = [_stacked_declaration(d, typed, members, names) for d in typed.declarations]
    sizes = {n for e in postorder(function) if isinstance(e.attr, Dim) for n in e.attr.names()}
    text, where = spell(tree), "; ".join(map(spell_declaration, [*found, *counts([tree], sizes, found)]))
    made = read(text, where)
    if check:
        _compare(typed, members, infer(*made, twins=False), stacks, names)
    told = [f"{names[b]} has the {'entries' if e.is_scalar else 'rows'} {_member_text(b, typed, e)}" for b, e in members.items()]
    sentence = f"the function is {text}, where {', '.join(told)}"
    return Vectorized(made, names, sentence, typed.assumptions)


def _names(typed: Typed, members: Mapping[str, Expr]) -> dict[str, str]:
    """y for numbers y_i, X for vectors x_i; another letter where that one is in use."""
    taken = {*typed.symbols, *typed.bindings, *(d.name for d in typed.declarations), "I", "T", "N", "R", "S"}
    taken |= {n for e in postorder(typed.expr) for d in e.shape for n in d.names()} | {
        n for _, d in typed.families.values() for n in d.names()
    }
    names: dict[str, str] = {}
    for base, e in members.items():
        own = base if e.is_scalar else CAPITALS.get(base) or (base.upper() if len(base) == 1 else "X")
        names[base] = next(n for n in _candidates(own, e.is_scalar) if n not in taken)
        taken.add(names[base])
    return names


def _candidates(own: str, number: bool) -> Iterator[str]:
    return chain([own], LETTERS.lower() if number else LETTERS, (spell_name(own, str(k)) for k in count(1)))


def _shape(typed: Typed, e: Expr) -> Shape:
    size = typed.families[str(e.attr[0])][1]  # type: ignore[index]
    if e.shape[1] is not ONE:
        raise NoAnswerError(
            f"the members of the family {e.attr[0]} are matrices, and those are not stacked",  # type: ignore[index]
            suggestion="leave out --vectorize",
        )
    return size, e.shape[0]


def _kept(e: Expr) -> list[str]:
    return [w for w in e.attr[1] if w in KEPT]  # type: ignore[index]


def _stacked_declaration(d: Declaration, typed: Typed, members: Mapping[str, Expr], names: Mapping[str, str]) -> Declaration:
    base = split_name(d.name)[0]
    if base not in members or d.domain is not None:
        return d
    shape = _shape(typed, members[base])
    return Declaration(names[base], "R", shape if shape[1] is not ONE else shape[:1], tuple(w for w in d.properties if w in KEPT))


def _member_text(base: str, typed: Typed, e: Expr) -> str:
    name = spell_name(base, typed.families[base][0])
    return name if e.is_scalar else f"{name}^T"


def _compare(typed: Typed, members: Mapping[str, Expr], made: Typed, stacks: Stacks, names: Mapping[str, str]) -> None:
    """VerificationError where the function in matrix notation is another one, NoAnswerError where no random point tells."""
    import numpy as np

    symbols = {n: (e.shape, typed.declared.get(n, e).attr[1]) for n, e in typed.symbols.items() if e.op is not MEMBER}  # type: ignore[index]
    families = {b: (stacks[b][1], e.shape, e.attr[1]) for b, e in members.items()}  # type: ignore[index]
    dims = [d for n in postorder([typed.expr, made.expr]) for d in n.shape]
    dims += [n.attr for n in postorder(typed.expr) if n.op is SIZE and isinstance(n.attr, Dim)]
    point, rng = Point(symbols, families, _least(typed)), np.random.default_rng(20240229)
    plans = Plan(typed.expr), Plan(made.expr)

    def both(env: Mapping[str, Any]) -> Sequence[Any]:
        flat: dict[str, Any] = {names[b]: np.asarray(env[b]).reshape(-1, s.shape[1].value(sizes)) for b, (s, _) in stacks.items()}
        flat |= {n: float(sizes[n]) for n in made.symbols if n in sizes and n not in env}  # numbers such as N
        return [np.asarray(p.run(values, sizes)[0], dtype=float) for p, values in zip(plans, (env, {**env, **flat}))]

    good = 0
    with np.errstate(all="ignore"):
        for k in range(MOST_POINTS):
            orders = point.orders(dims)
            sizes = orders[k % len(orders)]
            env = point.draw(sizes, rng, 1.0, k % 2 == 1)
            (one, other), (near, _) = both(env), both({n: v * (1 + 1e-12) for n, v in env.items()})
            size = 1 + float(np.max(np.abs(one), initial=0))
            if not np.all(np.isfinite([one, other])) or np.max(np.abs(near - one), initial=0) > 1e-9 * size:  # an ill-conditioned point
                continue
            if not np.allclose(one, other, rtol=1e-7, atol=1e-8 * size):
                raise VerificationError("the function in matrix notation disagrees with the sums: please report it")
            good += 1
            if good == GOOD_POINTS:
                return
    if not good:
        raise NoAnswerError("the matrix notation could not be checked: the function has no finite value at the random points tried")


def _least(typed: Typed) -> int:
    """So many entries and members as are named by a number there must be."""
    places = [a for n in postorder(typed.expr) if n.op in (ENTRY, MEMBER, UNIT) for a in n.args if is_number(a)]
    return max((int(value_of(a)) for a in places if value_of(a) < LARGEST_LITERAL), default=2)
