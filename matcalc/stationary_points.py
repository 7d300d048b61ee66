"""Where ∇f = 0: in closed form where that can be had, and which kind of point it is.

Numbers, and small arrays entry by entry, go to SymPy (`extrema`). Vectors and matrices: the gradient of the engine is
solved where it is linear in the variable, or becomes so on multiplying by it (`linear`); several variables one after the
other. A solution whose gradient is not zero numerically is never shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

from . import build
from .algebra import NotTranslated, entries_of, is_small
from .build import add, divide, literal, num, substitute, symbol, transpose
from .definiteness import ND, NSD, PD, PSD, definiteness, entry_sign, sign_of
from .errors import NoAnswerError, UsageError
from .expansion import expanded
from .expr import Expr, postorder
from .extrema import Root, Scalars
from .folding import folded
from .kinds import ONE, Dim
from .kronecker import kronecker_matrix
from .linear import Solution, contains, solve_for
from .ops.core import ENTRY, LITERAL, SYMBOL
from .optimality import Scenery
from .polynomials import shortest
from .problem import Answer, Problem, refuse_where_undefined, sampler
from .simplify import simplify
from .surface import name as name_node
from .syntax import Binding, Program
from .tensor import Tensor

LONGEST_VALUE = 40
MOST_TOGETHER = 4  # variables whose order of elimination is tried in every way
SYMMETRIC = ("symmetric", "diagonal")


class StationaryPoint:
    """One solution (or family of them): `at` by variable, `kind`, `reason`, `value` of the function, `when` it exists."""

    def __init__(
        self,
        at: Mapping[str, Expr],
        kind: str,
        reason: str,
        *,
        value: Expr | None = None,
        when: Sequence[str] = (),
        letters: Sequence[str] = (),
        equation: str = "",
        vec: bool = False,
        approximate: bool = False,
        other: StationaryPoint | None = None,
    ) -> None:
        self.at, self.kind, self.reason, self.value = dict(at), kind, reason, value
        self.when, self.letters, self.equation, self.vec, self.other = tuple(when), tuple(letters), equation, vec, other
        self.approximate = approximate

    @property
    def is_family(self) -> bool:
        return bool(self.letters)


class Stationary(Answer):
    """The stationary points of a function, each a `StationaryPoint`."""

    def __init__(self, problem: Problem, points: Sequence[StationaryPoint], why_none: str = "") -> None:
        super().__init__(problem)
        self.points, self.why_none = list(points), why_none
        self._arranger = problem.arranger([n for p in points for n in p.at])

    def __len__(self) -> int:
        return len(self.points)

    def part(self, e: Expr, form: str = "text") -> str:
        return self.spelled(Program("", (), self._arranger.spell(e)), form)

    def place(self, p: StationaryPoint, form: str = "text") -> str:
        """`x = …`, or the bare value where there is one variable."""
        if p.approximate:
            return self._decimals(p)
        if len(self.wrt) > 1:
            *first, (last, value) = p.at.items()
            bindings = [Binding(n, self._arranger.spell(e)) for n, e in first]
            program = Program("", tuple(bindings), self._arranger.spell(value), name=last)
            return self._with_last(program, last, form)
        ((_, e),) = p.at.items()
        return (
            f"vec({self.wrt[0]}) = {self.part(e, form)}"
            if p.vec and form != "latex"
            else self._vec(e, form)
            if p.vec
            else self.part(e, form)
        )

    def _decimals(self, p: StationaryPoint) -> str:
        """Numbers that have no short closed form, to fifteen digits."""
        texts = {n: f"{float(build.value_of(e)):.15g}" for n, e in p.at.items()}
        return "; ".join(f"{n} = {t}" for n, t in texts.items()) if len(self.wrt) > 1 else texts[self.wrt[0]]

    def _vec(self, e: Expr, form: str) -> str:
        return rf"\operatorname{{vec}}({self.spelled(name_node(self.wrt[0]), form)}) = {self.part(e, form)}"

    def _with_last(self, program: Program, last: str, form: str) -> str:
        pieces = [(b.name, b.value) for b in program.bindings] + [(last, program.body)]
        signs = r";\; " if form == "latex" else "; "
        return signs.join(f"{self.spelled(name_node(n), form)} = {self.spelled(v, form)}" for n, v in pieces)

    def spell(self, form: str = "text") -> str:
        if not self.points:
            return "none"
        lines = []
        for p in self.points:
            place = self.place(p, form)
            if len(self.wrt) == 1 and not p.vec:
                place = f"{self.spelled(name_node(self.wrt[0]), form)} = {place}"
            lines.append("  ".join(filter(None, (place, self._words(p, form)))))
        return "\n".join(lines)

    def _words(self, p: StationaryPoint, form: str) -> str:
        words = [p.kind, *(["rounded"] if p.approximate else []), *(f"for all {w}" for w in p.letters), *(f"where {w}" for w in p.when)]
        text = ", ".join(words)
        return rf"\quad\text{{{text}}}" if form == "latex" else f"({text})"

    def as_json(self) -> object:
        return [self._one(p) for p in self.points]

    def _one(self, p: StationaryPoint) -> dict[str, Any]:
        found: dict[str, Any] = {"at": self.place(p), "kind": p.kind, "reason": p.reason}
        if p.value is not None:
            found["value"] = self.part(p.value)
        if p.when:
            found["when"] = "; ".join(p.when)
        if p.letters:
            found |= {"where": "; ".join(p.letters), "family": True}
        if p.approximate:
            found["approximate"] = True
        if p.equation:
            found["equation"] = p.equation
        if p.other is not None:
            found["otherwise" if not p.letters else "unique"] = {k: v for k, v in self._one(p.other).items() if k not in ("reason", "kind")}
        found["latex"] = self.place(p, "latex")
        found["verified"] = self.verified
        return found

    def parts(self) -> dict[str, Any]:
        return {"answer": self.as_json()}

    def facts(self) -> list[tuple[str, str]]:
        found = []
        for k, p in enumerate(self.points, 1):
            label = f"{k}." if len(self.points) > 1 else ""
            found.append((f"{label} why".strip(), p.reason))
            if p.value is not None:
                found.append((f"{label} value".strip(), self.part(p.value)))
            if p.equation:
                found.append((f"{label} equation".strip(), p.equation))
            if p.other is not None:
                found.append((f"{label} otherwise".strip(), f"{self.place(p.other)} {self._words(p.other, 'text')}"))
        return found or [("because", self.why_none)]


def stationary_points(problem: Problem, check: bool) -> Stationary:
    """All stationary points of a scalar function."""
    f = problem.function
    if not f.is_scalar:
        raise UsageError("only a scalar function has stationary points", suggestion="take its norm, or one entry")
    xs = list(problem.variables.values())
    answer = _by_sympy(problem, xs, check)
    if answer is None:
        answer = _Matrices(problem, xs, check).answer()
    if check:
        answer.verified = "verified"
    return answer


# ---------------------------------------------------------------------------------------------- numbers


def _by_sympy(problem: Problem, xs: Sequence[Expr], check: bool) -> Stationary | None:
    if not all(is_small(x) for x in xs) or (any(not x.is_scalar for x in xs) and not _by_entries(problem.function, xs)):
        return None
    whole = {x: problem.whole(x) for x in xs}
    unknowns = [e for x in whole.values() for e in dict.fromkeys(_free(x))]
    try:
        scalars = Scalars(problem.whole(problem.function), unknowns)
        roots = scalars.roots()
    except NotTranslated:
        return None
    points = []
    for r in roots:
        try:
            p = _point(problem, scalars, r, list(whole.values()))
            if p.kind == "undecided" and scalars.parameters and not p.letters:
                p.kind, p.reason = by_numbers(problem, [(x, p.at[name_of(x)]) for x in whole.values()], xs) or (p.kind, p.reason)
            p.when += tuple(w for x in whole.values() for w in inside(x, p.at[name_of(x)]) if scalars.parameters)
            points.append(p)
        except NotTranslated:
            raise NoAnswerError(f"the solutions of {scalars.equation()} have no closed form here" + scalars.numbers()) from None
    why = "" if points else f"{scalars.equation()} has no real solution"
    problem.notes += scalars.notes
    answer = Stationary(problem, points, why)
    if not points:
        problem.notes.append(why)
        answer.assumptions.append(why)
    if check:
        for p in points:
            _check(problem, p, xs)
    return answer


def _by_entries(f: Expr, xs: Sequence[Expr]) -> bool:
    """Whether entries of the variables are needed: nothing else has matrix notation for them."""
    nodes = postorder(f)
    return (
        any(n.op is LITERAL for n in nodes)
        or any(n.op is ENTRY and n.args[0] in xs for n in nodes)
        or any(n.op.name in ("det",) for n in nodes)
    )


def _free(x: Expr) -> list[Expr]:
    if x.is_scalar:
        return [x]
    found = entries_of(x)
    if build.has(x, "symmetric"):
        found = [e for e in found if int(build.value_of(e.args[1])) <= int(build.value_of(e.args[2]))]
    return found


def _point(problem: Problem, scalars: Scalars, r: Root, xs: Sequence[Expr]) -> StationaryPoint:
    kind, reason = scalars.kind(r)
    algebra = scalars.algebra
    if scalars.is_long(r) and all(x.is_scalar for x in xs):
        numbers = {name_of(x): num(Fraction(str(v.evalf(16)))) for x, v in zip(xs, r.values.values(), strict=True)}
        return StationaryPoint(numbers, kind, reason, approximate=True)
    letters = []
    for letter, field in r.letters:
        if letter not in scalars.unknowns:
            e = symbol(str(letter), properties=("integer",) if field == "Z" else ())
            algebra._back[letter] = e
        letters.append(f"{letter} in {field}")
    by_entry = {u: algebra.expression(scalars.sympy.simplify(v)) for u, v in r.values.items()}
    at: dict[str, Expr] = {}
    for x in xs:
        values = [by_entry[algebra.symbol_of(e)] for e in _free(x)] if x.is_scalar or not build.has(x, "symmetric") else []
        if build.has(x, "symmetric") and not x.is_scalar:
            known = {e: by_entry[algebra.symbol_of(e)] for e in _free(x)}
            values = [known[e] if e in known else known[build.entry(x, e.args[2], e.args[1])] for e in entries_of(x)]
        rows, cols = (d.number or 1 for d in x.shape)
        made = values[0] if x.is_scalar else literal(rows, cols, [values[j * rows + i] for i in range(rows) for j in range(cols)])
        at[name_of(x)] = simplify(made)
    value = scalars.sympy.simplify(scalars.s.subs(r.values))
    shown: Expr | None = None
    try:
        shown = simplify(algebra.expression(value)) if value.count_ops() < LONGEST_VALUE else None
    except NotTranslated:
        shown = None
    within = [f"{problem.spelled(algebra.expression(d))} >= 0" for d in scalars.domain(r)]
    return StationaryPoint(at, kind, reason, value=shown, letters=letters, when=within)


# ---------------------------------------------------------------------------------------------- vectors and matrices


class _Matrices:
    """Solves the engine's gradients one after the other."""

    def __init__(self, problem: Problem, xs: Sequence[Expr], check: bool) -> None:
        self.problem, self.check = problem, check
        self.xs = [problem.whole(x) for x in xs]
        self.gradients = {problem.whole(x): self._gradient(x) for x in xs}
        self.solvable = {x: without_nonzero(g) for x, g in self.gradients.items()}
        self.letters: list[str] = []

    def _gradient(self, x: Expr) -> Expr:
        tensor = Tensor([self.problem.function.shape], [])
        tensor.replace(self.problem.function)
        tensor = tensor.differentiate(x)
        if tensor.matrix is None:
            raise NoAnswerError("the gradient has no matrix notation")
        g = self.problem.whole(simplify(tensor.matrix))
        whole = self.problem.whole(x)
        if any(build.has(whole, w) for w in SYMMETRIC) and transpose(g) is not g:
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
            if entry_sign(self.gradients[x]) in (1, -1):
                why = f"every entry of the gradient {self._say(self.gradients[x])} has the same sign"
                self.problem.notes.append(why)
                return Stationary(self.problem, [], why)
        solved = self._system()
        if solved is None:
            shown = "; ".join(f"{self._say(g)} = 0" for g in self.gradients.values())
            raise NoAnswerError(
                f"the equation {shown} is not linear in the variables and could not be solved for them",
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
        given = {d.name for d in self.problem.given}
        undeclared = not any(n.op is SYMBOL and n.attr[0] in given for n in postorder(a))
        return rows.name == "N" or undeclared

    def _system(self) -> list[tuple[Expr, Solution]] | None:
        """The variables in an order in which each can be solved for, the ones that need no other first."""
        found: list[list[tuple[Expr, Solution]]] = []
        for order in permutations(self.xs) if len(self.xs) <= MOST_TOGETHER else [tuple(self.xs)]:
            solved: list[tuple[Expr, Solution]] = []
            tail: list[tuple[Expr, Solution]] = []
            equations = dict(self.solvable)
            for x in order:
                s = solve_for(equations.pop(x), x, self._new_letter, self._is_tall)
                if s is None or (s.value is not None and contains(s.value, x)):
                    break
                others = [y for y in equations if s.value is not None and contains(s.value, y)]
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
            _check(self.problem, p, self.xs)
            if other is not None:
                _check(self.problem, other, self.xs)
        return p

    def _letters(self, s: Solution) -> list[str]:
        if s.parameter is None:
            return []
        from .assumptions import space

        return [f"{name_of(s.parameter)} in {space(s.parameter.shape)}"]

    def _conditions(self, s: Solution) -> list[str]:
        return [f"{self._say(m)} invertible" for m in dict.fromkeys(s.invertible)] + [f"{self._say(m)} nonzero" for m in s.nonzero]

    def _by_vec(self, x: Expr, s: Solution, f: Expr) -> StationaryPoint:
        assert s.equation is not None and s.value is not None
        left, right = s.equation
        equation = f"{self._say(left)} = {self._say(right)}"
        kind, reason = self._classified(f, [(x, _unstacked(s.value, *x.shape))], [s])
        p = StationaryPoint(
            {name_of(x): s.value},
            kind,
            reason,
            when=self._conditions(s),
            equation=equation,
            vec=True,
        )
        if self.check:
            _check(self.problem, p, self.xs)
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
        tensor = Tensor([problem.function.shape], [])
        tensor.replace(problem.function)
        tensor = tensor.differentiate(x)
        if tensor.matrix is None:
            return None
        tensor.replace(simplify(tensor.matrix))
        if x.shape[1] is ONE:
            tensor = tensor.differentiate(y)
            return problem.whole(simplify(expanded(simplify(tensor.matrix)))) if tensor.matrix is not None else None
        g = Tensor([x.shape], [])
        assert tensor.matrix is not None
        g.replace(tensor.matrix)
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


def without_nonzero(g: Expr) -> Expr:
    """The gradient without scalar factors that are never zero: exp(-x^T x) x is zero where x is."""
    c, scalars, body = build.split(g)
    if body is None or not scalars:
        return g
    return build.times(num(c), *[s for s in scalars if sign_of(s) not in (1, -1)], body)


def inside(x: Expr, value: Expr) -> list[str]:
    """What must hold for the solution to be of the declared kind, where the rules do not show it."""
    n = name_of(x)
    if build.has(x, "spd") and not x.is_scalar:
        return [] if definiteness(value) == PD else [f"{n} is positive definite"]
    if build.has(x, "positive") and x.is_scalar:
        return [] if sign_of(value) == 1 else [f"{n} > 0"]
    return []


def by_numbers(problem: Problem, solutions: Sequence[tuple[Expr, Expr]], xs: Sequence[Expr]) -> tuple[str, str] | None:
    """The kind of a solution by the Hessians at random values of everything else; None where there are none."""
    found = scenery(problem, solutions, xs).curvature()
    words = "at random points of the declared kind"
    if found == {"positive definite"}:
        return "minimum", f"the Hessian is positive definite {words}"
    if found == {"negative definite"}:
        return "maximum", f"the Hessian is negative definite {words}"
    if found == {"indefinite"} and len(xs) > 1:
        return "saddle", f"the Hessian is indefinite {words}"
    return ("undecided", "the sign of the Hessian depends on the values") if found else None


def scenery(problem: Problem, solutions: Sequence[tuple[Expr, Expr]], xs: Sequence[Expr]) -> Scenery:
    f = problem.whole(problem.typed.expr)
    point, dims = sampler([f, *xs, *[e for _, e in solutions]], problem.typed)
    words = {n: problem.properties(n) for n in problem.names}
    return Scenery(f, solutions, point, dims, words)


def _check(problem: Problem, p: StationaryPoint, xs: Sequence[Expr]) -> None:
    """The function must stand still at the point, numerically."""
    by_name = {name_of(x): x for x in xs}
    solutions = []
    for n, e in p.at.items():
        x = problem.whole(by_name[n])
        if p.vec:
            rows, cols = x.shape
            solutions.append((x, _unstacked(e, rows, cols)))
        else:
            solutions.append((x, e))
    scenery(problem, solutions, [problem.whole(x) for x in xs]).check_still(repr(problem.text))


def _unstacked(e: Expr, rows: Dim, cols: Dim) -> Expr:
    """The matrix whose columns, stacked, are `e`: sum_j (e_j^T ⊗ I) e e_j^T."""
    j = build.index("\u2022j")
    unit = build.unit(j, cols)
    body = build.matmul(build.kron(transpose(unit), build.eye(rows)), e, transpose(unit))
    return build.indexed_sum("\u2022j", num(1), build.size(cols), body)
