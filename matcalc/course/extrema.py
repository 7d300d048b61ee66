"""Stationary points of functions of numbers, by SymPy: all real roots, families, and what kind of point each is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import NoAnswerError
from ..expressions.expr import Expr
from ..shortening.algebra import Algebra
from ..shortening.counterparts import NotTranslated
from .overlooked import overlooked

LONGEST_FORMULA = 60  # operations, of a root with parameters in it
LONGEST_ROOT = 60  # operations; a longer root is given as a decimal number
DIGITS = 15
LARGEST = 400  # operations of a gradient; beyond it SymPy's solvers are not asked
HIGHEST_DERIVATIVE = 12
WINDOW = 30.0  # where the roots found are compared with changes of sign
GRID = 6000


class Root:
    """One solution: values by variable (SymPy), the letters that run freely in it, with their sets."""

    def __init__(self, values: dict[Any, Any], letters: Sequence[tuple[Any, str]] = ()) -> None:
        self.values, self.letters = values, tuple(letters)


class Scalars:
    """A function of numbers in SymPy's terms."""

    def __init__(self, f: Expr, unknowns: Sequence[Expr]) -> None:
        import sympy

        self.sympy = sympy
        self.notes: list[str] = []
        self.algebra = Algebra(unknowns)
        self.s = self.algebra.number(f)
        self.unknowns = [self.algebra.symbol_of(u) for u in unknowns]
        self.gradient = [sympy.diff(self.s, u) for u in self.unknowns]
        if sum(g.count_ops() for g in self.gradient) > LARGEST:
            raise NotTranslated("too long")
        if self.s.has(sympy.Piecewise, sympy.Heaviside):
            raise NotTranslated("cases")

    @property
    def parameters(self) -> set[Any]:
        return set(self.s.free_symbols - set(self.unknowns))

    # ---- solving

    def roots(self) -> list[Root]:
        """All real solutions; NoAnswerError where they cannot be had in closed form."""
        simple = [self.sympy.simplify(g) if g.count_ops() < 80 else g for g in self.gradient]
        if any(g.is_nonzero or (g.is_number and g != 0) or g.is_positive or g.is_negative for g in simple):
            return []
        if all(g == 0 for g in simple):
            letters = self._letters(self.unknowns)
            return [Root(letters, [(t, "R") for t in letters.values()])]
        found = self._one(simple[0]) if len(self.unknowns) == 1 else self._several(simple)
        if self.parameters and any(v.count_ops() > LONGEST_FORMULA for r in found for v in r.values.values()):
            raise NoAnswerError(f"the solutions of {self.equation()} have no formulas of readable length")
        missed = overlooked(self.gradient, self.unknowns, [(r.values, [t for t, _ in r.letters]) for r in found])
        if missed is not None:
            point = ", ".join(f"{u} = {v:.10g}" for u, v in zip(self.unknowns, missed, strict=True))
            raise NoAnswerError(f"not all solutions of {self.equation()} were found in closed form; numerically one is {point}")
        return self._sorted([r for r in found if self._is_real(r)])

    def _one(self, g: Any) -> list[Root]:
        sympy, u = self.sympy, self.unknowns[0]
        isolated = self._of_polynomial(g, u)
        if isolated is not None:
            return isolated
        x = sympy.Dummy("x", real=True)
        where = sympy.Interval.open(0, sympy.oo) if u.is_positive else sympy.Interval(0, sympy.oo) if u.is_nonnegative else sympy.S.Reals
        try:
            found = sympy.solveset(g.subs(u, x), x, where)
            roots = self._from_set(found, u)
        except (NotImplementedError, ValueError, TypeError, AttributeError):
            roots = None
        if roots is None:
            roots = self._by_trial(g, u) or self._by_solve(g, u)
        if not self.parameters:
            self._check_complete(g, u, roots)
        return roots

    def leading(self) -> list[Any]:
        """What must not be 0 for the roots to be all: of an equation of one unknown the leading coefficient, m of m x = 0."""
        if len(self.unknowns) != 1:
            return []
        sympy, (u,) = self.sympy, self.unknowns
        top = sympy.numer(sympy.together(self.gradient[0]))
        if not top.is_polynomial(u) or not top.has(u):
            return []
        first = sympy.Poly(top, u).LC().as_coeff_Mul()[1]
        return [] if first.is_number or first.is_nonzero or first.is_positive or first.is_negative else [first]

    def _of_polynomial(self, g: Any, u: Any) -> list[Root] | None:
        """All real roots of a polynomial with rational coefficients, isolated; None where radicals are short enough."""
        sympy = self.sympy
        top = sympy.numer(sympy.together(g))
        if not top.is_polynomial(u) or top.free_symbols != {u}:
            return None
        p = sympy.Poly(top, u)
        if not (p.domain.is_ZZ or p.domain.is_QQ):
            return None
        if all(f.degree() <= 2 or len(f.terms()) == 2 or _is_biquadratic(f) for f, _ in p.factor_list()[1]):
            return None
        return [Root({u: v}) for v in dict.fromkeys(p.real_roots())]

    def _from_set(self, s: Any, u: Any) -> list[Root] | None:
        sympy = self.sympy
        if s is sympy.S.EmptySet:
            return []
        if isinstance(s, sympy.FiniteSet):
            return [Root({u: v}) for v in s]
        if isinstance(s, sympy.Union):
            parts = [self._from_set(a, u) for a in s.args]
            return None if any(p is None for p in parts) else [r for p in parts for r in p]  # type: ignore[union-attr]
        if isinstance(s, sympy.Intersection):
            rest = [a for a in s.args if a is not sympy.S.Reals and not isinstance(a, sympy.Interval)]
            return self._from_set(rest[0], u) if len(rest) == 1 else None
        if isinstance(s, sympy.Complement):
            return self._from_set(s.args[0], u)
        if isinstance(s, sympy.ImageSet) and s.base_sets == (sympy.S.Integers,):
            k = sympy.Symbol("k", integer=True)
            return [Root({u: sympy.expand(s.lamda(k))}, [(k, "Z")])]
        return None

    def _by_trial(self, g: Any, u: Any) -> list[Root] | None:
        """Simple numbers that happen to solve an equation like sinh(x) = x, if they account for every change of sign."""
        if self.parameters:
            return None
        sympy = self.sympy
        parts = (*map(sympy.Integer, range(4)), sympy.Rational(1, 2), sympy.pi / 4, sympy.pi / 2, sympy.pi, sympy.exp(1), sympy.exp(-1))
        found = [v for p in parts for v in dict.fromkeys((p, -p)) if g.subs(u, v).is_number and sympy.simplify(g.subs(u, v)) == 0]
        if not found or (g.has(sympy.sin, sympy.cos) and len(self._sign_changes(g, u)) != len(found)):
            return None
        self.notes.append(f"solved by trial; for |{u}| <= {WINDOW:.0f} f' changes its sign nowhere else")
        return [Root({u: v}) for v in found]

    def _by_solve(self, g: Any, u: Any) -> list[Root]:
        sympy = self.sympy
        if g.has(sympy.sin, sympy.cos, sympy.tan) and any(a.has(u) for a in g.atoms(sympy.sin, sympy.cos, sympy.tan)):
            raise NoAnswerError(f"the equation {self.equation()} has no closed solution known here" + self.numbers())
        try:
            found = sympy.solve(g, u)
        except NotImplementedError:
            raise NoAnswerError(f"the equation {self.equation()} has no closed solution known here" + self.numbers()) from None
        return [Root({u: v}) for v in found]

    def _several(self, gradient: Sequence[Any]) -> list[Root]:
        sympy = self.sympy
        try:
            found = sympy.solve(list(gradient), self.unknowns, dict=True)
        except NotImplementedError:
            raise NoAnswerError(f"the equations {self.equation()} have no closed solution known here") from None
        roots = []
        periodic = any(g.has(sympy.sin, sympy.cos, sympy.tan) for g in gradient)
        if periodic:
            raise NoAnswerError(f"the equations {self.equation()} repeat themselves; their solutions are not all known here")
        for s in found:
            free = [u for u in self.unknowns if u not in s]
            letters = self._letters(free)
            values = {u: sympy.simplify(s.get(u, u).subs(letters)) for u in self.unknowns}
            roots.append(Root(values, [(t, "R") for t in letters.values()]))
        return roots

    def _letters(self, free: Sequence[Any]) -> dict[Any, Any]:
        """A letter that runs freely for each."""
        taken = {str(p) for p in self.parameters} | {str(u) for u in self.unknowns}
        names = iter([n for n in "tsrqpvw" if n not in taken] + [f"t_{k}" for k in range(1, 99)])
        return {u: self.sympy.Symbol(next(names), real=True) for u in free}

    def domain(self, r: Root) -> list[Any]:
        """What must not be negative for the letters of a family: 1 - s^2 under a root."""
        roots = [p for v in r.values.values() for p in v.atoms(self.sympy.Pow) if p.exp.is_Rational and not p.exp.is_Integer]
        return list(dict.fromkeys(p.base for p in roots if p.base.free_symbols & {t for t, _ in r.letters}))

    def _is_real(self, r: Root) -> bool:
        for u, v in r.values.items():
            if v.is_real is False or v.has(self.sympy.I, self.sympy.zoo, self.sympy.nan, self.sympy.oo):
                return False
            if u.is_positive and v.is_positive is False:
                return False
            if u.is_nonnegative and v.is_nonnegative is False:
                return False
        if any(not self._is_smooth(r, a.args[0]) for a in self.s.atoms(self.sympy.Abs, self.sympy.sign)):
            return False
        value = self.s.subs(r.values)
        return not (value.has(self.sympy.nan, self.sympy.zoo) or (value.is_number and value.is_real is False))

    def _is_smooth(self, r: Root, inside: Any) -> bool:
        """Whether |inside| is no kink of the function at the point: from both sides the slope must be zero."""
        if self.sympy.simplify(inside.subs(r.values)) != 0:
            return True
        if len(self.unknowns) > 1:
            return False
        u, g = self.unknowns[0], self.gradient[0]
        x = self.sympy.Dummy("x", real=True)
        sides = [self.sympy.limit(g.subs(u, x), x, r.values[u], side) for side in "+-"]
        if any(v != 0 for v in sides):
            self.notes.append(f"the function has a kink at {u} = {r.values[u]}, where it has no derivative")
        return all(v == 0 for v in sides)

    def _sorted(self, roots: list[Root]) -> list[Root]:
        def key(r: Root) -> tuple[Any, ...]:
            values = list(r.values.values())
            if all(v.is_number for v in values):
                return (0, tuple(float(v) for v in values), "")
            return (1, (), str(values))

        return sorted(roots, key=key)

    def _check_complete(self, g: Any, u: Any, roots: Sequence[Root]) -> None:
        """Every change of sign of f' in a window must be at a root that was found."""
        import numpy as np

        if any(r.letters for r in roots):
            return
        known = [float(r.values[u]) for r in roots if r.values[u].is_number and r.values[u].is_real]
        missing = [c for c in self._sign_changes(g, u) if not np.any(np.isclose(known, c, atol=2 * WINDOW / GRID * 1.5))]
        if missing:
            raise NoAnswerError(f"not all solutions of {self.equation()} were found in closed form" + self.numbers())

    def _sign_changes(self, g: Any, u: Any) -> list[float]:
        import numpy as np

        try:
            f = self.sympy.lambdify(u, g, "numpy")
            low = 1e-6 if u.is_positive or u.is_nonnegative else -WINDOW
            grid = np.linspace(low, WINDOW + 0.0123, GRID)
            with np.errstate(all="ignore"):
                values = np.asarray(f(grid), dtype=float) + 0 * grid
        except (TypeError, ValueError, NameError, KeyError):
            return []
        at = np.nonzero(np.isfinite(values[:-1]) & np.isfinite(values[1:]) & (values[:-1] * values[1:] < 0))[0]
        found = [_bisected(f, float(grid[k]), float(grid[k + 1])) for k in at]
        return [c for c in found if c is not None]

    def equation(self) -> str:
        """What is to be solved, in matcalc's spelling where there is one."""
        return ", ".join((self._said(g) or "f'") + " = 0" for g in self.gradient)

    def why_none(self) -> str:
        """Why no point is stationary: a slope that the unknowns are not in is zero where its letters make it so, m of m x where m = 0."""
        for g, u in zip(self.gradient, self.unknowns, strict=True):
            constant, rest = self.sympy.simplify(g).as_independent(*self.unknowns, as_Add=False)
            shown, of = self._said(g), self._said(constant)
            if shown and of and constant.free_symbols and not constant.is_nonzero and (rest == 1 or len(self.unknowns) == 1):
                return f"the gradient by {u} is {shown}, which is zero only where {of} is"
        return f"{self.equation()} has no real solution"

    def _said(self, g: Any) -> str:
        """A number of SymPy in matcalc's spelling; "" where there is none."""
        from ..notation.arrange import Arranger
        from ..printing.text import spell

        try:
            return spell(Arranger().spell(self.algebra.expression(self.sympy.simplify(g))))
        except NotTranslated:
            return ""

    def numbers(self) -> str:
        """Numerical solutions, for a message."""
        if self.parameters or len(self.unknowns) > 1:
            return ""
        u, g = self.unknowns[0], self.gradient[0]
        found = []
        for c in self._sign_changes(g, u)[:6]:
            try:
                found.append(f"{float(self.sympy.nsolve(g, u, c)):.10g}")
            except (ValueError, ZeroDivisionError, TypeError):
                continue
        return f"; numerically {u} = {', '.join(found)}" if found else ""

    # ---- what kind of point

    def kind(self, r: Root) -> tuple[str, str]:
        """minimum, maximum, inflection, saddle or undecided; and why."""
        if all(g == 0 for g in self.gradient):
            return "undecided", "the function is constant"
        return self._kind_of_one(r) if len(self.unknowns) == 1 else self._kind_of_several(r)

    def _kind_of_one(self, r: Root) -> tuple[str, str]:
        """The second derivative; where it vanishes the first one that does not, which is the sign test of f'."""
        u = self.unknowns[0]
        d = self.gradient[0]
        for order in range(2, HIGHEST_DERIVATIVE + 1):
            d = self.sympy.diff(d, u)
            value = self._value(d.subs(r.values))
            sign = sign_of(value)
            if value == 0:
                continue
            if sign == 0:
                return "undecided", f"the sign of f'' = {self._say(value)} is not known"
            if order == 2:
                return ("minimum", f"f'' = {self._say(value)} > 0") if sign > 0 else ("maximum", f"f'' = {self._say(value)} < 0")
            signs = {(1, 0): "minimum", (-1, 0): "maximum"}.get((sign, order % 2), "inflection")
            before, after = ("+" if sign * (-1) ** (order - 1) > 0 else "-"), ("+" if sign > 0 else "-")
            return signs, f"f'' = 0, and f' goes from {before} to {after}"
        return "undecided", f"the first {HIGHEST_DERIVATIVE} derivatives vanish"

    def _value(self, v: Any) -> Any:
        """Simplified; of a long number its decimal value, exact zeros kept."""
        if v.has(self.sympy.CRootOf):
            close = v.evalf(40)
            return self.sympy.Integer(0) if abs(close) < 1e-30 else self.sympy.Float(close, DIGITS)
        if not v.is_number or v.count_ops() < LONGEST_ROOT:
            return self.sympy.simplify(v)
        close = v.evalf(DIGITS)
        return self.sympy.Integer(0) if abs(close) < 1e-12 and self.sympy.simplify(v) == 0 else close

    def is_long(self, r: Root) -> bool:
        """Whether a root has no readable closed form (roots by radicals over several lines, or none by radicals)."""
        return any(v.is_number and (v.has(self.sympy.CRootOf) or v.count_ops() > LONGEST_ROOT) for v in r.values.values())

    def _say(self, value: Any) -> str:
        from ..notation.arrange import Arranger
        from ..printing.text import spell

        if value.is_Float:
            return f"{float(value):.6g}"
        try:
            return spell(Arranger().spell(self.algebra.expression(value)))
        except NotTranslated:
            return "…"

    def _kind_of_several(self, r: Root) -> tuple[str, str]:
        sympy = self.sympy
        h = sympy.hessian(self.s, self.unknowns).subs(r.values)
        h = h.applyfunc(sympy.simplify)
        n = h.rows
        minors = [sign_of(sympy.simplify(h[:k, :k].det())) for k in range(1, n + 1)]
        if all(m > 0 for m in minors):
            return "minimum", "the Hessian is positive definite"
        if all((m > 0) if k % 2 else (m < 0) for k, m in enumerate(minors)):
            return "maximum", "the Hessian is negative definite"
        if n % 2 == 0 and minors[-1] < 0:
            return "saddle", "the Hessian is indefinite"
        signs = self._eigenvalue_signs(h)
        if signs is not None and {1, -1} <= signs:
            return "saddle", "the Hessian is indefinite"
        difference = sympy.factor(sympy.expand(self.s - self.s.subs(r.values)))
        if difference.is_nonnegative:
            return "minimum", "nowhere is the function less"
        if difference.is_nonpositive:
            return "maximum", "nowhere is the function greater"
        return self._along_lines(r)

    def _eigenvalue_signs(self, h: Any) -> set[int] | None:
        import numpy as np

        if h.free_symbols:
            diagonal = {sign_of(h[k, k]) for k in range(h.rows)}
            return diagonal if {1, -1} <= diagonal else None
        values = np.linalg.eigvalsh(np.array(h.evalf().tolist(), dtype=float))
        size = float(np.max(np.abs(values))) or 1.0
        return {0 if abs(v) < 1e-9 * size else int(np.sign(v)) for v in values}

    def _along_lines(self, r: Root) -> tuple[str, str]:
        """The first derivative that does not vanish, along straight lines: of odd order, or of both signs, is a saddle."""
        sympy = self.sympy
        t = sympy.Dummy("t", real=True)
        signs: set[int] = set()
        for direction in _directions(len(self.unknowns)):
            along = self.s.subs({u: r.values[u] + t * d for u, d in zip(self.unknowns, direction, strict=True)}, simultaneous=True)
            for order in range(2, 7):
                along_k = sympy.simplify(sympy.diff(along, t, order).subs(t, 0))
                if along_k == 0:
                    continue
                sign = sign_of(along_k)
                if sign and order % 2:
                    return "saddle", f"along a line through it the function behaves as t^{order}"
                signs.add(sign)
                break
        if {1, -1} <= signs:
            return "saddle", "it rises along one line through it and falls along another"
        return "undecided", "the Hessian is singular"


def _is_biquadratic(p: Any) -> bool:
    return p.degree() == 4 and all(k % 2 == 0 for (k,), _ in p.terms())


def _bisected(f: Any, low: float, high: float) -> float | None:
    """Where f changes its sign; None where it jumps there instead (a pole)."""
    start = left = float(f(low))
    for _ in range(40):
        middle = (low + high) / 2
        value = float(f(middle))
        if value * left > 0:
            low, left = middle, value
        else:
            high = middle
    return low if abs(left) < abs(start) else None


def _directions(n: int) -> list[tuple[int, ...]]:
    from itertools import product

    if n > 4:
        return [tuple(int(i == k) for i in range(n)) for k in range(n)]
    return [d for d in product((0, 1, -1, 2), repeat=n) if any(d) and next(v for v in d if v) > 0]


def sign_of(value: Any) -> int:
    """The sign of a SymPy number or expression; 0 where it is zero or not known."""
    if value.is_positive:
        return 1
    if value.is_negative:
        return -1
    if value.is_number:
        try:
            close = complex(value.evalf(30))
        except TypeError:
            return 0
        if abs(close.imag) < 1e-15 and abs(close.real) > 1e-15:
            return 1 if close.real > 0 else -1
        return 0
    import sympy

    factored = sympy.factor(value)
    return 1 if factored.is_positive else -1 if factored.is_negative else 0
