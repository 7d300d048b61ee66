"""Taylor series with their general term: sum_{k=0}^infty (-1)^k x^(2 k)/factorial(2 k).

A function falls into summands c u^m g(b u^p) with u = x - x_0 and g in the table of known series; fractions by partial
fractions, a constant beside b u^p by the function's own law (sin(a + v) = sin a cos v + cos a sin v). What does not fall
apart like this has no general term here, and is refused.
"""

from __future__ import annotations

from typing import Any

from ..errors import NoAnswerError, UsageError
from ..expressions.build import (
    add,
    apply,
    constant,
    index,
    indexed_sum,
    is_number,
    is_zero,
    num,
    power,
    substitute,
    symbol,
    times,
    value_of,
)
from ..expressions.expr import Expr, make
from ..kinds import SCALAR
from ..ops.book import REGISTRY
from ..ops.core import INDEXED_PRODUCT
from ..shortening.algebra import Algebra
from ..shortening.counterparts import NotTranslated
from ..shortening.simplify import simplify
from ..syntax import Node, Program
from .polynomials import Taylor, centre_of, taylor_polynomial
from .problem import Answer, Problem
from .remainder import check_expansion

FIRST = 5  # the order of the first terms that are shown
CHECKED = 6

# g(v): the sign's exponent (a k + b), the power's (a k + b), the coefficient without sign, the first k, the radius (None: all v)
Row = tuple[tuple[int, int], tuple[int, int], str, int, bool]
TABLE: dict[str, Row] = {
    "exp": ((0, 0), (1, 0), "1/k!", 0, False),
    "sin": ((1, 0), (2, 1), "1/(2k+1)!", 0, False),
    "cos": ((1, 0), (2, 0), "1/(2k)!", 0, False),
    "sinh": ((0, 0), (2, 1), "1/(2k+1)!", 0, False),
    "cosh": ((0, 0), (2, 0), "1/(2k)!", 0, False),
    "atan": ((1, 0), (2, 1), "1/(2k+1)", 0, True),
    "atanh": ((0, 0), (2, 1), "1/(2k+1)", 0, True),
    "asin": ((0, 0), (2, 1), "asin", 0, True),
    "asinh": ((1, 0), (2, 1), "asin", 0, True),
    "erf": ((1, 0), (2, 1), "erf", 0, False),
    "log": ((1, 1), (1, 0), "1/k", 1, True),
    "power": ((0, 0), (1, 0), "binomial", 0, True),
}


class Series(Answer):
    """A Taylor series: `series` is the whole, `first` the first terms."""

    def __init__(self, problem: Problem, centre: dict[Expr, Expr], expr: Expr, node: Node, first: Taylor, radius: str) -> None:
        super().__init__(problem)
        self.expr, self.first, self.radius = expr, first, radius
        self._node = node
        self._at = self.spelled(problem.arranger().spell(centre[problem.only]), "text")

    def spell(self, form: str = "text") -> str:
        return self.spelled(Program("", (), self._node), form)

    def parts(self) -> dict[str, Any]:
        return {"series": self.text, "first": self.first.text, "converges": self.radius}

    def facts(self) -> list[tuple[str, str]]:
        return [("about", f"{self.wrt[0]} = {self._at}"), ("first terms", self.first.text), ("converges", self.radius)]


def taylor_series(problem: Problem, at: str | None, check: bool) -> Series:
    """The series of a scalar function of one scalar, with its general term."""
    f = problem.function
    if len(problem.names) > 1 or not problem.only.is_scalar or not f.is_scalar:
        raise UsageError("--order inf is for a scalar function of one scalar variable", suggestion="give a whole number")
    x = problem.only
    centre = centre_of(problem, at)
    u = symbol("\u2022u")
    algebra = Algebra([x, u])
    import sympy

    try:
        here = algebra.number(f).subs(algebra.symbol_of(x), algebra.number(centre[x]) + algebra.symbol_of(u))
        found = _Summands(algebra, u).of(here)
    except (NotTranslated, NotImplementedError, sympy.PolynomialError):
        found = None
    if found is None:
        raise NoAnswerError("no general term was found for this series", suggestion="give the order: --order 8")
    polynomial, sums, radii = found
    letter = problem.free_name(("k", "j", "n", "m", "i", "l"))
    first = taylor_polynomial(problem, at, FIRST, check)
    step = add(x, times(num(-1), centre[x]))
    k = index("\u2022k")
    whole, nodes = [], []
    arranger = problem.arranger((), centre)
    shown = problem.arranger((), centre)
    for low, body in [(None, polynomial), *sums]:
        if low is None:
            part = substitute(body, {u: step})
            if is_zero(part) and sums:
                continue
        else:
            part = indexed_sum(letter, num(low), constant("infty"), substitute(body, {u: step, k: index(letter)}))
        whole.append(part)
        nodes.append((shown if low is None else arranger).spell(part))
    node = nodes[0] if len(nodes) == 1 else Node("add", tuple(a for n in nodes for a in (n.args if n.op == "add" else (n,))))
    radius = _radius(algebra, problem, radii)
    answer = Series(problem, centre, add(*whole), node, first, radius)
    if check:
        truncated = add(polynomial, *[part for low, body in sums for part in _up_to(CHECKED, low, body, k, u)])
        shifted = substitute(truncated, {u: step})
        variables = {problem.whole(x): centre[x]}
        typed = problem.whole(problem.typed.expr)
        sampler = problem.sampler([typed, shifted, *variables, *variables.values()])
        answer.check = check_expansion(problem.typed, typed, problem.whole(shifted), variables, CHECKED, sampler, repr(problem.text))
    return answer


def _up_to(order: int, low: int, body: Expr, k: Expr, u: Expr) -> list[Expr]:
    """The terms of a sum up to an order of u."""
    from ..ops.core import POWER, TIMES

    found = []
    for value in range(low, low + order + 2):
        term = substitute(body, {k: num(value)})
        factors = term.args if term.op is TIMES else (term,)
        degree = sum(
            1 if f is u else int(value_of(f.args[1])) if f.op is POWER and f.args[0] is u and is_number(f.args[1]) else 0 for f in factors
        )
        if degree <= order:
            found.append(term)
    return found


def _radius(algebra: Algebra, problem: Problem, radii: list[Any]) -> str:
    """For which x the series is the function: the least radius among its parts."""
    import sympy

    if not radii:
        return "everywhere"
    least = sympy.Min(*radii)
    n = problem.names[0]
    try:
        value = problem.arranger().spell(simplify(algebra.expression(least)))
    except NotTranslated:
        return "near the point"
    from ..printing.text import spell

    return f"where the distance of {n} from the point is less than {spell(value)}"


class _Summands:
    """Takes a SymPy expression in u apart into a polynomial and known series."""

    def __init__(self, algebra: Algebra, u: Expr) -> None:
        import sympy

        self.sympy, self.algebra, self.u_expr = sympy, algebra, u
        self.u = algebra.symbol_of(u)
        self.k = index("\u2022k")
        self.radii: list[Any] = []

    def of(self, s: Any) -> tuple[Expr, list[tuple[int, Expr]], list[Any]] | None:
        sympy, u = self.sympy, self.u
        from sympy.simplify.fu import TR8

        if s.is_rational_function(u):
            s = sympy.apart(sympy.together(s), u)
        else:
            s = sympy.expand(s)
            if s.has(sympy.sin, sympy.cos):  # products become sums, then sin(a + u) falls apart
                s = sympy.expand(TR8(s))
                s = sympy.expand(s.replace(_is_shifted, lambda f: sympy.expand_trig(f)))
        polynomial: Any = sympy.Integer(0)
        sums: list[tuple[int, Expr]] = []
        for term in sympy.Add.make_args(s):
            pieces = self._term(term)
            if pieces is None:
                return None
            polynomial += pieces[0]
            sums += pieces[1]
        return simplify(self.algebra.expression(sympy.expand(polynomial))), _merged(sums), self.radii

    def _term(self, term: Any) -> tuple[Any, list[tuple[int, Expr]]] | None:
        """c u^m g(b u^p) as a polynomial and a sum."""
        sympy, u = self.sympy, self.u
        constant_part, moving = term.as_independent(u, as_Add=False)
        m, functions = 0, []
        for f in sympy.Mul.make_args(moving):
            base, exponent = f.as_base_exp()
            if f == u or (base == u and exponent.is_Integer and exponent > 0):
                m += int(exponent)
            elif f != 1:
                functions.append(f)
        if not functions:
            return constant_part * u**m, []
        if len(functions) > 1:
            return None
        return self._function(constant_part, m, functions[0])

    def _function(self, c: Any, m: int, f: Any) -> tuple[Any, list[tuple[int, Expr]]] | None:
        sympy, u = self.sympy, self.u
        exponent: Any = None
        if f.is_Pow and not isinstance(f, sympy.exp):
            inner, exponent = f.as_base_exp()
            if exponent.has(u):
                if inner.has(u):
                    return None
                inner, exponent, name = exponent * sympy.log(inner), None, "exp"
            else:
                name = "power"
        else:
            name = type(f).__name__
            inner = f.args[0] if len(f.args) == 1 else None
        if name == "acos":
            found = self._function(-c, m, sympy.asin(inner))
            return None if found is None else (found[0] + c * sympy.pi / 2 * u**m, found[1])
        if name not in TABLE or inner is None:
            return None
        inner = sympy.expand(inner)
        a = inner.subs(u, 0)
        v = sympy.expand(inner - a)
        if name in ("log", "power"):
            if a == 0:
                return None
            v = sympy.expand(v / a)
        elif a != 0:
            return None
        b, rest = v.as_independent(u, as_Add=False)
        base, p = rest.as_base_exp()
        if base != u or not p.is_Integer or p < 1:
            return None
        extra = sympy.Integer(0)
        if name == "log":
            extra = c * sympy.log(a) * u**m
        elif name == "power":
            c = c * a**exponent
        if TABLE[name][4]:
            self.radii.append(sympy.Abs(1 / b) ** sympy.Rational(1, p))
        return extra, [self._sum(name, c, m, b, int(p), exponent)]

    def _sum(self, name: str, c: Any, m: int, b: Any, p: int, exponent: Any) -> tuple[int, Expr]:
        """The general term of c u^m g(b u^p)."""
        sign, powers, coefficient, low, _ = TABLE[name]
        k, algebra = self.k, self.algebra
        alternates, odd = sign
        if name == "power" and exponent.is_Integer and exponent < 0:
            alternates += 1
        if b.could_extract_minus_sign():
            b = -b
            alternates, odd = alternates + powers[0], odd + powers[1]
        factors = [algebra.expression(c), power(algebra.expression(b), _linear(powers, k))]
        if alternates % 2:
            factors.append(power(num(-1), _linear((1, odd % 2), k)))
        elif odd % 2:
            factors.append(num(-1))
        factors.append(self._coefficient(coefficient, exponent))
        factors.append(power(self.u_expr, _linear((p * powers[0], p * powers[1] + m), k)))
        return low, times(*factors)

    def _coefficient(self, kind: str, exponent: Any) -> Expr:
        k = self.k
        odd = add(times(num(2), k), num(1))
        if kind == "1/k!":
            return _over(_factorial(k))
        if kind == "1/k":
            return _over(k)
        if kind == "1/(2k+1)!":
            return _over(_factorial(odd))
        if kind == "1/(2k)!":
            return _over(_factorial(times(num(2), k)))
        if kind == "1/(2k+1)":
            return _over(odd)
        if kind == "erf":
            return times(num(2), power(constant("pi"), num_half(-1)), _over(_factorial(k)), _over(odd))
        if kind == "asin":
            return times(_factorial(times(num(2), k)), power(num(4), times(num(-1), k)), power(_factorial(k), num(-2)), _over(odd))
        return self._binomial(exponent)

    def _binomial(self, a: Any) -> Expr:
        """The binomial coefficient of a over k, without the sign (-1)^k where a is a negative integer."""
        k = self.k
        if a.is_Integer and a < 0:
            m = -int(a)
            rising = times(*[add(k, num(j)) for j in range(1, m)]) if m > 1 else num(1)
            from math import factorial

            return times(rising, num(1) if m == 1 else power(num(factorial(m - 1)), num(-1)))
        j = index("j")
        top = add(self.algebra.expression(a), num(1), times(num(-1), j))
        body = times(top, _over(j))
        free = (body.indices - {"j"}) | k.indices
        return make(INDEXED_PRODUCT, (num(1), k, body), "j", SCALAR, 4 + body.size, free)


def _is_shifted(f: Any) -> bool:
    import sympy

    return isinstance(f, sympy.sin | sympy.cos) and f.args[0].is_Add


def _merged(sums: list[tuple[int, Expr]]) -> list[tuple[int, Expr]]:
    return [(low, simplify(body)) for low, body in sums]


def _linear(pair: tuple[int, int], k: Expr) -> Expr:
    return add(times(num(pair[0]), k), num(pair[1]))


def _over(e: Expr) -> Expr:
    return power(e, num(-1))


def _factorial(e: Expr) -> Expr:
    return apply(REGISTRY["factorial"], (e,))


def num_half(sign: int) -> Expr:
    from fractions import Fraction

    return num(Fraction(sign, 2))
