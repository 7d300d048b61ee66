"""Scalar algebra by SymPy: shorter forms of scalar coefficients.

A scalar expression is handed over as SymPy objects, never as text: sums, products, powers and the functions SymPy
knows are translated, every other scalar (x^T A x, det X, a sum) becomes a real symbol of its own. SymPy's rewritings are
translated back, and the shortest is kept. SymPy is imported only when an expression could gain by it (`gains`).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb, prod
from typing import Any

from ..expressions.build import is_number, value_of
from ..expressions.expr import Expr, postorder
from ..expressions.named import written_in
from ..interning import Memo
from ..ops.core import ADD, CONSTANT, NUMBER, POWER, TIMES

LARGEST = 60  # symbols; beyond it SymPy's algorithms are not asked
MOST_ATOMS = 10
MOST_TERMS = 200  # when multiplied out
PAIRS = (frozenset({"sin", "cos"}), frozenset({"sinh", "cosh"}))
CIRCULAR = frozenset().union(*PAIRS)
_known: Memo[list[Expr]] = Memo()


def rewritings(e: Expr) -> list[Expr]:
    """Other forms of a scalar sum that SymPy finds; none, and no import, where its algebra has nothing to gain."""
    found = _known.get(e)
    if found is None:
        wanted = gains(e)
        found = _known[e] = _by_sympy(e, wanted) if wanted else []
    return found


def gains(e: Expr) -> frozenset[str]:
    """By what SymPy's algebra may shorten a scalar sum: "rational" for a sum of fractions or of products of sums,
    "trigonometric" where sin and cos of the same meet in products or squares."""
    if not e.is_scalar or e.op is not ADD or e.size > LARGEST:
        return frozenset()
    nodes = written_in(e)
    if len([n for n in nodes if not n.args or n.op not in (ADD, TIMES, POWER)]) > 3 * MOST_ATOMS:
        return frozenset()
    found = set()
    if any(map(_meet, nodes)):
        found.add("trigonometric")
    if _expanded(e) > MOST_TERMS:
        return frozenset()
    sums, divisors = _rational_parts(e)
    if divisors or len(sums) > 1:
        found.add("rational")
    return frozenset(found)


def _expanded(e: Expr) -> int:
    """How many terms a scalar may have when it is multiplied out: SymPy does that to know it, and its degree may double with every
    statement of a program."""
    terms: dict[Expr, int] = {}
    for n in written_in(e):
        inside = [terms[a] for a in n.args] if n.op in (ADD, TIMES, POWER) else []
        if n.op is ADD:
            terms[n] = sum(inside)
        elif n.op is TIMES:
            terms[n] = prod(inside)
        elif n.op is POWER and is_number(n.args[1]) and value_of(n.args[1]).denominator == 1:
            k = min(abs(int(value_of(n.args[1]))), 2 * MOST_TERMS)
            terms[n] = comb(inside[0] + k - 1, k)
        else:
            terms[n] = 1
        if terms[n] > MOST_TERMS:
            return terms[n]
    return terms[e]


def _rational_parts(e: Expr) -> tuple[set[Expr], set[Expr]]:
    """The sums inside a sum that no root or function hides, and those of them that stand below a bar."""
    sums: set[Expr] = set()
    divisors: set[Expr] = set()
    todo = list(e.args)
    while todo:
        n = todo.pop()
        if n.op is POWER and is_number(n.args[1]) and value_of(n.args[1]).denominator == 1:
            if n.args[0].op is ADD and value_of(n.args[1]) < 0:
                divisors.add(n.args[0])
            todo.append(n.args[0])
        elif n.op is TIMES or (n.op is ADD and n not in sums):
            sums |= {n} if n.op is ADD else set()
            todo += n.args
    return sums, divisors


def _meet(n: Expr) -> bool:
    """Whether a term is of second degree in sin(x) and cos(x), or in sinh(x) and cosh(x)."""
    if n.op is POWER:
        return n.args[0].op.name in CIRCULAR and is_number(n.args[1]) and value_of(n.args[1]) >= 2
    if n.op is not TIMES:
        return False
    names: dict[Expr, set[str]] = {}
    for a in n.args:
        base = a.args[0] if a.op is POWER else a
        if base.op.name in CIRCULAR:
            names.setdefault(base.args[0], set()).add(base.op.name)
    return any(pair <= found for found in names.values() for pair in PAIRS)


def _by_sympy(e: Expr, wanted: frozenset[str]) -> list[Expr]:
    import sympy

    translation = _Translation()
    found: list[Expr] = []

    from .counterparts import NotTranslated

    try:
        s = translation.to_sympy(e)
        if len(translation.atoms) > MOST_ATOMS:
            return []
        for rewritten in _rewritten(sympy, s, wanted):
            made = translation.from_sympy(rewritten)
            if not _angles(made) - _angles(e):
                found.append(made)
    except (NotTranslated, NotImplementedError, sympy.PolynomialError, KeyError, RecursionError):
        pass
    return found


def _rewritten(sympy: Any, s: Any, wanted: frozenset[str]) -> Iterator[Any]:
    yield sympy.factor(s)
    yield sympy.expand(s)
    if "rational" in wanted:
        yield sympy.cancel(s)
        above, below = sympy.fraction(sympy.together(s))
        yield sympy.expand(above) / below  # over the denominators as they are
    if "trigonometric" in wanted:
        # Angles are letters of their own: a sum in one has no part in what is sought, and SymPy takes minutes over its parts.
        found = dict.fromkeys(a.args[0] for a in sorted(s.atoms(sympy.sin, sympy.cos, sympy.sinh, sympy.cosh), key=sympy.default_sort_key))
        held = {angle: sympy.Dummy(f"t{k}", real=True) for k, angle in enumerate(found)}
        angles = {v: k for k, v in held.items()}
        lettered = s.xreplace(held)
        for short in _by_squares(sympy, lettered):
            yield short.xreplace(angles)
            yield sympy.factor(short).xreplace(angles)
        if "rational" in wanted:  # sin(2 x)^2 + cos(2 x)^2 above the bar
            above, below = sympy.fraction(sympy.together(lettered))
            for short in _by_squares(sympy, sympy.expand(above)):
                yield sympy.cancel(short / below).xreplace(angles)


def _by_squares(sympy: Any, s: Any) -> Iterator[Any]:
    """What sin^2 + cos^2 = 1 and its like make of it. Of powers of cosh and sinh that is one in place of the other where terms vanish by
    it: SymPy goes over to sin(i x), and factors over the complex numbers, which takes a second for four terms."""
    hyperbolic = sorted(s.atoms(sympy.sinh, sympy.cosh), key=sympy.default_sort_key)
    if not hyperbolic or any(p.base in hyperbolic and not p.exp.is_positive for p in s.atoms(sympy.Pow)):  # or sinh/cosh is tanh
        yield sympy.trigsimp(s)
        return
    terms = len(sympy.Add.make_args(sympy.expand(s)))
    for kept, left, sign in ((sympy.sinh, sympy.cosh, 1), (sympy.cosh, sympy.sinh, -1)):
        squared = s.replace(
            lambda p, left=left: p.is_Pow and isinstance(p.base, left) and p.exp.is_Integer and p.exp > 1,
            lambda p, kept=kept, sign=sign: (kept(p.base.args[0]) ** 2 + sign) ** (p.exp // 2) * p.base ** (p.exp % 2),
        )
        short = sympy.expand(squared)
        if len(sympy.Add.make_args(short)) >= terms:
            continue
        held = {h: sympy.Dummy(h.func.__name__, real=True) for h in hyperbolic}
        yield sympy.trigsimp(short.xreplace(held)).xreplace({v: k for k, v in held.items()}) if short.has(sympy.sin, sympy.cos) else short


def _angles(e: Expr) -> set[Expr]:
    """What sines and cosines are taken of: nobody's angles are doubled, cos(x)^2 - sin(x)^2 is what the product rule gives."""
    return {n.args[0] for n in postorder(e) if n.op.name in CIRCULAR}


class _Translation:
    """Both ways between scalar expressions and SymPy's, with an atom for every scalar SymPy does not know."""

    def __init__(self) -> None:
        self.atoms: dict[Expr, Any] = {}
        self.back: dict[Any, Expr] = {}

    def to_sympy(self, e: Expr) -> Any:
        import sympy

        done: dict[Expr, Any] = {}
        todo = [e]
        while todo:
            n = todo[-1]
            if n in done:
                todo.pop()
                continue
            inside = n.args if self._translated(n) else ()
            waiting = [a for a in inside if a not in done]
            if waiting:
                todo += waiting
                continue
            todo.pop()
            args = [done[a] for a in inside]
            if n.op is NUMBER or n.op is CONSTANT:
                from .counterparts import number

                done[n] = number(sympy, n)
            elif n.op is ADD:
                done[n] = sympy.Add(*args)
            elif n.op is TIMES:
                done[n] = sympy.Mul(*args)
            elif n.op is POWER:
                done[n] = sympy.Pow(*args)
            elif inside:
                from .counterparts import class_of

                done[n] = class_of(sympy, n.op)(*args)
            else:
                done[n] = self._atom(n)
        return done[e]

    def _translated(self, n: Expr) -> bool:
        from .counterparts import in_sympy

        return n.is_scalar and (n.op in (ADD, TIMES, POWER) or (n.op.elementwise and in_sympy(n.op) != ""))

    def _atom(self, n: Expr) -> Any:
        import sympy

        if n not in self.atoms:
            s = sympy.Symbol(f"a{len(self.atoms)}", real=True)
            self.atoms[n] = s
            self.back[s] = n
        return self.atoms[n]

    def from_sympy(self, s: Any) -> Expr:
        """The expression; NotTranslated for anything matcalc has no word for."""
        from .counterparts import expression

        return expression(s, self.back)
