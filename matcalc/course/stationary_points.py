"""Where ∇f = 0: in closed form where that can be had, and which kind of point it is.

Numbers, and small arrays entry by entry, go to SymPy (`extrema`). Vectors and matrices: the gradient of the engine is
solved where it is linear in the variable, or becomes so on multiplying by it (`linear`); several variables one after the
other. A solution whose gradient is not zero numerically is never shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError, UsageError
from ..expressions import build
from ..expressions.build import add, divide, num, substitute, symbol, transpose
from ..expressions.expr import Expr, postorder
from ..expressions.labels import name_of
from ..expressions.properties import holds
from ..kinds import ONE
from ..notation.kronecker import kronecker_matrix
from ..numbers.record import Check, summed_up
from ..ops.core import MATMUL, SYMBOL
from ..shortening.folding import folded
from ..shortening.simplify import simplify
from .definiteness import ND, NSD, PD, PSD, definiteness, sign_of
from .equations import solve_for
from .expansion import expanded
from .linear import Solution, contains
from .polynomials import shortest
from .problem import Problem, refuse_where_undefined
from .solutions import Condition, Letter, Stationary, StationaryPoint
from .stationary_numbers import by_sympy
from .trial import by_numbers, check_gradients, check_point, inside, unstacked

LONGEST_VALUE = 40  # symbols; a longer value of the function is not shown
MOST_TOGETHER = 4  # variables whose order of elimination is tried in every way


def stationary_points(problem: Problem, check: bool) -> Stationary:
    """All stationary points of a scalar function."""
    f = problem.function
    if not f.is_scalar:
        raise UsageError("only a scalar function has stationary points", suggestion="take its norm, or one entry")
    xs = list(problem.variables.values())
    answer = by_sympy(problem, xs, check)
    if answer is None:
        matrices = _Matrices(problem, xs, check)
        answer = matrices.answer()
        answer.check = summed_up(matrices.checks)
    if check and not answer.points:
        answer.check = check_gradients(problem)
    return answer


class _Matrices:
    """Solves the engine's gradients one after the other."""

    def __init__(self, problem: Problem, xs: Sequence[Expr], check: bool) -> None:
        self.problem, self.check = problem, check
        self.checks: list[Check] = []
        self.xs = [problem.whole(x) for x in xs]
        self.gradients = {problem.whole(x): self._gradient(x) for x in xs}
        self.solvable = {x: without_nonzero(g) for x, g in self.gradients.items()}

    def _gradient(self, x: Expr) -> Expr:
        tensor = Tensor.of(self.problem.function)
        tensor = tensor.differentiate(x)
        if tensor.matrix is None:
            raise NoAnswerError("the gradient has no matrix notation")
        g = self.problem.whole(simplify(tensor.matrix))
        whole = self.problem.whole(x)
        if holds(whole, "symmetric") and transpose(g) is not g:
            g = simplify(divide(add(g, transpose(g)), num(2)))  # within the symmetric space
        return simplify(g)

    def answer(self) -> Stationary:
        empty = [x for x, g in self.solvable.items() if not any(contains(g, y) for y in self.xs)]
        for x in empty:
            if build.is_zero(self.gradients[x]):
                raise NoAnswerError(f"the function does not depend on {name_of(x)}: every value of it is stationary")
            why = (
                f"the gradient by {name_of(x)} is {self._say(self.gradients[x])}, which is zero only where {self._say(self.solvable[x])} is"
            )
            self.problem.notes.append(f"{why}; then every point is stationary")
            return Stationary(self.problem, [], why)
        for x in self.xs:
            if sign_of(self.gradients[x]):
                why = f"every entry of the gradient {self._say(self.gradients[x])} has the same sign"
                self.problem.notes.append(why)
                return Stationary(self.problem, [], why)
        solved = self._system()
        if solved is None:
            shown = "; ".join(f"{self._say(g)} = 0" for g in self.gradients.values())
            raise NoAnswerError(
                f"the equation {shown} could not be solved for {', '.join(map(name_of, self.xs))}",
                suggestion="numerically: start a descent with matcalc d",
            )
        undefined = self._undefined(solved)
        if undefined:
            self.problem.notes.append(undefined)
            return Stationary(self.problem, [], undefined)
        if any(s.value is None for _, s in solved):
            why = "the equations have no solution"
            self.problem.notes.append(why)
            return Stationary(self.problem, [], why)
        return Stationary(self.problem, [self._point(solved)])

    def _undefined(self, solved: Sequence[tuple[Expr, Solution]]) -> str:
        """Why a solution is none: the gradient has no value there, as that of ||x|| at 0."""
        values = {x: s.value for x, s in solved if s.value is not None and s.equation is None}
        for x, g in self.gradients.items():
            try:
                refuse_where_undefined(substitute(g, values), "")
            except NoAnswerError:
                return f"the gradient by {name_of(x)}, {self._say(g)}, is zero only where it has no value"
        return ""

    def _say(self, e: Expr) -> str:
        return self.problem.spelled(e)

    def _new_letter(self, like: Expr) -> Expr:
        wanted = "zuvwqs" if like.shape[1] is ONE else "ZUVWQS"
        n = self.problem.free_name(c for c in wanted)
        self.problem.declare(n, like)
        return symbol(n, like.shape)

    def _is_tall(self, a: Expr) -> bool:
        """Whether A may be taken to have more rows than columns: N data, sizes that say so, or nothing said of it."""
        rows, cols = a.shape
        if rows.number is not None and cols.number is not None:
            return rows.number >= cols.number
        given = {d.name for d in self.problem.question.declarations}
        undeclared = not any(n.op is SYMBOL and name_of(n) in given for n in postorder(a))
        return rows.name == "N" or undeclared

    def _system(self) -> list[tuple[Expr, Solution]] | None:
        """The variables in an order in which each can be solved for, the ones that need no other first."""
        found: list[list[tuple[Expr, Solution]]] = []
        for order in permutations(self.xs) if len(self.xs) <= MOST_TOGETHER else [tuple(self.xs)]:
            solved: list[tuple[Expr, Solution]] = []
            tail: list[tuple[Expr, Solution]] = []
            equations = dict(self.solvable)
            for k, x in enumerate(order):
                own = x in equations and contains(equations[x], x)
                of = x if own else next((y for y, g in equations.items() if contains(g, x)), None)  # x^T A y: A y = 0 is that of y
                s = None if of is None else solve_for(equations.pop(of), x, self._new_letter, self._is_tall)
                if s is None or (s.value is not None and contains(s.value, x)):
                    break
                others = [y for y in order[k + 1 :] if s.value is not None and contains(s.value, y)]
                if others:
                    tail.insert(0, (x, s))
                    assert s.value is not None
                    equations = {y: simplify(substitute(g, {x: s.value})) for y, g in equations.items()}
                else:
                    solved.append((x, s))
            else:
                found.append(solved + tail)
        return min(found, key=lambda system: sum(s.value.size if s.value is not None else 0 for _, s in system)) if found else None

    def _point(self, solved: Sequence[tuple[Expr, Solution]]) -> StationaryPoint:
        f = self.problem.whole(self.problem.function)
        solutions = [(x, folded(s.value)) for x, s in solved if s.value is not None]
        if len(solved) == 1 and solved[0][1].equation is not None:
            return self._by_vec(solved[0][0], solved[0][1], f)
        kind, reason = self._classified(f, solutions, [s for _, s in solved])
        value = self._value(f, solutions)
        names = {name_of(x): e for x, e in solutions}
        when = [w for _, s in solved for w in self._conditions(s)] + [w for x, e in solutions for w in inside(x, e)]
        other = None
        for x, s in solved:
            second = s.general or s.unique
            if second is not None and second.value is not None and len(solved) == 1:
                letters = self._letters(second)
                other = StationaryPoint({name_of(x): second.value}, kind, reason, when=self._conditions(second), letters=letters)
        letters = [w for _, s in solved for w in self._letters(s)]
        p = StationaryPoint(names, kind, reason, value=value, when=when, letters=letters, other=other)
        if self.check:
            self.checks += [check_point(self.problem, point, self.xs) for point in (p, other) if point is not None]
        return p

    def _letters(self, s: Solution) -> list[Letter]:
        if s.parameter is None:
            return []
        from ..inference.assumptions import space

        return [(name_of(s.parameter), space(s.parameter.shape))]

    def _conditions(self, s: Solution) -> list[Condition]:
        return [(m, "invertible") for m in dict.fromkeys(s.invertible)] + [(m, "nonzero") for m in s.nonzero]

    def _by_vec(self, x: Expr, s: Solution, f: Expr) -> StationaryPoint:
        assert s.equation is not None and s.value is not None
        left, right = s.equation
        equation = f"{self._say(left)} = {self._say(right)}"
        kind, reason = self._classified(f, [(x, unstacked(s.value, *x.shape))], [s])
        p = StationaryPoint(
            {name_of(x): s.value},
            kind,
            reason,
            when=self._conditions(s),
            equation=equation,
            vec=True,
        )
        if self.check:
            self.checks.append(check_point(self.problem, p, self.xs))
        return p

    def _value(self, f: Expr, solutions: Sequence[tuple[Expr, Expr]]) -> Expr | None:
        if len(solutions) > 1:
            return None
        value = folded(substitute(f, dict(solutions)))
        if value.size > LONGEST_VALUE:
            return None
        value = shortest(value)
        return value if value.size <= LONGEST_VALUE / 4 else None

    # ---- what kind of point

    def _classified(self, f: Expr, solutions: Sequence[tuple[Expr, Expr]], solved: Sequence[Solution]) -> tuple[str, str]:
        taken = [m for s in solved for m in s.invertible]
        proof = self._by_rules(dict(solutions), taken)
        if proof is not None:
            return proof
        if not solutions:
            return "undecided", "the sign of the Hessian is not known"
        return by_numbers(self.problem, solutions, self.xs) or ("undecided", "the sign of the Hessian is not known")

    def _by_rules(self, solutions: Mapping[Expr, Expr], taken: Sequence[Expr]) -> tuple[str, str] | None:
        """The Hessian by the rules of positive forms: of one variable, everywhere or at the solution."""
        if len(self.xs) > 1:
            return self._by_blocks(taken)
        (x,) = self.xs
        twin = self.problem.variables[self.problem.names[0]]
        hessian = self._hessian(twin, twin)
        if hessian is None:
            return None
        kind = definiteness(hessian, taken)
        spelled = self._say(hessian)
        everywhere = not contains(hessian, x)
        if kind is None and not everywhere:
            hessian = simplify(folded(substitute(hessian, solutions)))
            kind = definiteness(hessian, taken)
            spelled = self._say(hessian)
        if kind is None and not self.problem.properties(self.problem.names[0]) and (p := _exchanging(hessian)) is not None:
            p_said = self._say(p)
            return "saddle", (
                f"the second differential is a multiple of tr(({p_said} dX)^2), which has both signs for two rows and more: "
                f"({p_said} dX) symmetric or skew"
            )
        if kind is None:
            return None
        shape = {PD: "convex", PSD: "convex", ND: "concave", NSD: "concave"}[kind] if everywhere else ""
        if kind in (PSD, NSD) and not everywhere:
            return None
        why = f"the Hessian {spelled} is {kind}" + (f", the function is {shape}" if shape else "")
        return ("minimum" if kind in (PD, PSD) else "maximum"), why

    def _hessian(self, x: Expr, y: Expr) -> Expr | None:
        """∂²f/∂x∂y as a matrix (by vec for matrices), None where it has no such form."""
        problem = self.problem
        tensor = Tensor.of(problem.function)
        tensor = tensor.differentiate(x)
        if tensor.matrix is None:
            return None
        tensor.replace(simplify(tensor.matrix))
        if x.shape[1] is ONE:
            tensor = tensor.differentiate(y)
            return problem.whole(simplify(expanded(simplify(tensor.matrix)))) if tensor.matrix is not None else None
        assert tensor.matrix is not None
        g = Tensor.of(tensor.matrix)
        try:
            return problem.whole(simplify(kronecker_matrix(g.differentiate(y))))
        except NoAnswerError:
            return None

    def _by_blocks(self, taken: Sequence[Expr]) -> tuple[str, str] | None:
        """Of several variables that do not meet: the kinds of the blocks on the diagonal."""
        twins = list(self.problem.variables.values())
        kinds = []
        for k, x in enumerate(twins):
            for y in twins[:k]:
                mixed = self._hessian(x, y) if x.shape[1] is ONE and y.shape[1] is ONE else None
                if mixed is None or not build.is_zero(mixed):
                    return None
            h = self._hessian(x, x)
            kinds.append(None if h is None else definiteness(h, taken))
        if any(k is None for k in kinds):
            return None
        if set(kinds) <= {PD}:
            return "minimum", "the Hessian is positive definite, block by block"
        if set(kinds) <= {ND}:
            return "maximum", "the Hessian is negative definite, block by block"
        if PD in kinds and ND in kinds:
            return "saddle", "one block of the Hessian is positive definite, another negative definite"
        return None


def _exchanging(hessian: Expr) -> Expr | None:
    """The matrix P of a Hessian c (P ⊗ P^T) K by vec, that of c tr((P dX)^2), where P is invertible as it stands; else None."""
    c, scalars, body = build.split(hessian)
    if body is None or scalars or not c or body.op is not MATMUL or len(body.args) != 2:
        return None
    first, last = body.args
    if last.op.name != "commutation" or first.op.name != "kron":
        return None
    one, other = first.args
    return one if one is build.transpose(other) else None


def without_nonzero(g: Expr) -> Expr:
    """The gradient without scalar factors that are never zero: exp(-x^T x) x is zero where x is."""
    c, scalars, body = build.split(g)
    if body is None or not scalars:
        return g
    return build.times(num(c), *[s for s in scalars if not sign_of(s)], body)
