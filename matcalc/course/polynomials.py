"""Taylor polynomials: f(x_0) + ∇f δ + ½ δᵀ H δ + …, of scalars, vectors and matrices.

With x = x_0 + t δ for a scalar t, the k-th term is the k-th derivative by t at t = 0, over k!. A derivative by a scalar keeps
the shape of the function, so every term has matrix notation and no tensor is ever met. Scalars, and entries of vectors of
literal size, go through SymPy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import factorial
from typing import Any

from ..derivation.forward import Forward, worked_out
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError, UsageError
from ..expressions import build
from ..expressions.build import add, literal, matmul, num, substitute, symbol, times, transpose
from ..expressions.expr import Expr, order_key, postorder
from ..expressions.labels import name_of
from ..kinds import ONE
from ..notation.arrange import Arranger
from ..notation.linearmap import along
from ..notation.naming import LEAST_GAIN, names_for, repeated
from ..notation.surface import negated, number
from ..ops.core import ENTRY, SYMBOL
from ..pipeline.question import Question
from ..printing.count import symbols as length
from ..shortening.algebra import Algebra, entries_of, is_small
from ..shortening.counterparts import NotTranslated
from ..shortening.folding import folded
from ..shortening.simplify import simplify
from ..syntax import Binding, Node, Program, spell_name
from .expansion import expanded, gathered
from .identity import at_identity
from .problem import Answer, Problem, refuse_where_undefined
from .remainder import check_expansion

HIGHEST = 60
HIGHEST_IN_MATRICES = 12
_T = "\u2022t"  # a name no user can type
_SMALL = 80  # SymPy's count of operations up to which a coefficient is simplified


class Taylor(Answer):
    """A Taylor polynomial. `terms` are the terms of each order, in `delta = x - x_0`."""

    def __init__(self, problem: Problem, centre: dict[Expr, Expr], order: int, terms: Sequence[Expr], changes: dict[Expr, Expr]) -> None:
        super().__init__(problem)
        self.order, self.terms, self.changes = order, tuple(terms), changes
        self._problem, self._centre = problem, centre
        back = {d: build.subtract(x, centre[x]) for x, d in changes.items()}
        self.expr = problem.whole(substitute(add(*self.terms), back))
        self.program = _program(problem, centre, self.terms, changes)

    def spell(self, form: str = "text") -> str:
        return self.spelled(self.program, form)

    def parts(self) -> dict[str, Any]:
        return {"answer": self.text, "order": self.order}

    def facts(self) -> list[tuple[str, str]]:
        return [("about", ", ".join(f"{n} = {self._at(n)}" for n in self.wrt)), ("order", str(self.order))]

    def _at(self, n: str) -> str:
        return self.spelled(self._problem.arranger().spell(self._centre[self._problem.variables[n]]), "text")

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers of what is printed, given an array for every name."""
        from ..pipeline.expression import expression

        return expression(Question.of(self.text, where=self.where)).evaluate(values)


def taylor_polynomial(problem: Problem, at: str | None, order: int, check: bool, linear: bool = False) -> Taylor:
    """The polynomial of this order about a point."""
    if isinstance(order, bool) or not isinstance(order, int) or order < 0:
        raise UsageError(f"the order of an expansion is a whole number from 0, or inf, not {order!r}")
    if order > HIGHEST:
        raise UsageError(f"expansions go up to order {HIGHEST}; --order inf gives the general term")
    centre = centre_of(problem, at)
    changes = _changes(problem)
    terms = _scalar_terms(problem, centre, changes, order)
    if terms is None:
        if order > HIGHEST_IN_MATRICES:
            raise UsageError(f"expansions of vectors and matrices go up to order {HIGHEST_IN_MATRICES}")
        terms = _matrix_terms(problem, centre, changes, order, linear)
    terms = [folded(t) for t in terms]
    for t in terms:
        refuse_where_undefined(t, "a derivative")
    answer = Taylor(problem, centre, order, [problem.whole(t) for t in terms], changes)
    answer.check_readable()
    if check:
        typed = problem.whole(problem.typed.expr)
        variables = {problem.whole(x): a for x, a in centre.items()}
        sampler = problem.sampler([typed, answer.expr, *variables, *variables.values()])
        answer.check = check_expansion(problem.typed, typed, answer.expr, variables, order, sampler, repr(problem.text))
    return answer


def centre_of(problem: Problem, at: str | None) -> dict[Expr, Expr]:
    """The point of expansion: as it was given, or a general point x_0."""
    if at is not None:
        return problem.point(at)
    names = {n: spell_name(n.partition("_")[0], "0") for n in problem.names}
    if any(new in problem.taken for new in names.values()) or len(set(names.values())) < len(names):
        raise UsageError("no point to expand about", suggestion="give one: --at 0")
    problem.notes.append("no point was given: about " + ", ".join(f"{n} = {new}" for n, new in names.items()))
    return problem.point("; ".join(f"{n} = {new}" for n, new in names.items()))


def _changes(problem: Problem) -> dict[Expr, Expr]:
    """A symbol for x - x_0 of every variable: delta, Delta of a matrix, delta_x where there are several."""
    found: dict[Expr, Expr] = {}
    used = set(problem.taken)
    several = len(problem.names) > 1
    for n, x in problem.variables.items():
        letters = ("Delta", "Xi", "Omega", "Gamma") if x.shape[1] is not ONE else ("delta", "epsilon", "eta", "xi", "zeta")
        label = n.replace("_", "").replace("{", "").replace("}", "")
        wanted = [spell_name(c, label) if several else c for c in letters] + [spell_name(letters[0], f"{label}{k}") for k in range(1, 99)]
        new = next(w for w in wanted if w not in used)
        used.add(new)
        found[x] = symbol(new, x.shape)
    return found


# ---------------------------------------------------------------------------------------------- scalars, by SymPy


def _scalar_terms(problem: Problem, centre: dict[Expr, Expr], changes: dict[Expr, Expr], order: int) -> list[Expr] | None:
    """The terms by SymPy: a scalar function of scalars, or of the entries of small arrays; None for anything else."""
    f = problem.function
    xs = list(centre)
    if not f.is_scalar or not all(is_small(x) for x in xs):
        return None
    arrays = [x for x in xs if not x.is_scalar]
    if arrays and not any(n.op is ENTRY and n.args[0] in arrays for n in postorder(f)):
        return None
    import sympy

    unknowns = [(e, x, k) for x in xs for k, e in enumerate(entries_of(x))]
    algebra = Algebra([e for e, _, _ in unknowns])
    try:
        s = algebra.number(f)
        points = {x: _values(algebra, centre[x]) for x in xs}
        t = sympy.Dummy("t", real=True)
        steps = {e: algebra.symbol_of(entries_of(changes[x])[k]) for e, x, k in unknowns}
        moved = s.subs({algebra.symbol_of(e): points[x][k] + t * steps[e] for e, x, k in unknowns}, simultaneous=True)
        coefficients = _coefficients(sympy, moved, t, order, list(steps.values()))
        if coefficients is None and len(steps) == 1:
            coefficients = _continued(sympy, moved, t, order, *steps.values())
            if coefficients is not None:
                problem.notes.append("the value at the point is the limit there")
        if coefficients is None:
            raise NoAnswerError("the function or a derivative of it has no finite value at this point")
        if len(arrays) == len(xs) == 1 and arrays[0].shape[1] is ONE:
            return _in_matrices(sympy, algebra, coefficients, changes[arrays[0]], list(steps.values()))
        return [simplify_ordered(algebra, c) for c in coefficients]
    except NotTranslated:
        return None


def _values(algebra: Algebra, a: Expr) -> list[Any]:
    return [algebra.number(a)] if a.is_scalar else list(algebra.entries(a).vec())


def _coefficients(sympy: Any, s: Any, t: Any, order: int, steps: list[Any]) -> list[Any] | None:
    """The coefficients of t^k, each a sum of monomials in the steps; None where one is not finite."""
    found = []
    for k in range(order + 1):
        c = sympy.expand(s.subs(t, 0))
        if c.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
            return None
        poly = sympy.Poly(c, *steps)
        found.append(sympy.Add(*[_tidy(sympy, a / factorial(k)) * sympy.prod([u**p for u, p in zip(steps, m)]) for m, a in poly.terms()]))
        if k < order:
            s = sympy.diff(s, t)
    return found


def _continued(sympy: Any, s: Any, t: Any, order: int, step: Any) -> list[Any] | None:
    """The same where the function has a value by its limit only, as sin(x)/x at 0; None where it has a pole, a jump or a branch there."""
    try:
        whole = sympy.expand(sympy.series(s, t, 0, order + 1).removeO())
    except (ValueError, NotImplementedError, sympy.PoleError, TypeError):
        return None
    found = [whole.coeff(t, k) for k in range(order + 1)]
    smooth = sympy.expand(whole - sum(c * t**k for k, c in enumerate(found))) == 0
    free = [sympy.cancel(c / step**k) for k, c in enumerate(found)]
    return [_tidy(sympy, c) * step**k for k, c in enumerate(free)] if smooth and not any(c.has(t, step) for c in free) else None


def _tidy(sympy: Any, c: Any) -> Any:
    if c.count_ops() > _SMALL or c.is_Rational:
        return c
    c = sympy.simplify(c)
    product = sympy.factor(c)  # alpha (alpha - 1) (alpha - 2)
    c = product if product.count_ops() < c.count_ops() else c
    above, below = sympy.fraction(sympy.together(c))
    factored = sympy.factor(below)  # 2 (1 + x)^2, which was multiplied out with the steps
    return above / factored if below != 1 and factored.count_ops() <= below.count_ops() else c


def simplify_ordered(algebra: Algebra, c: Any) -> Expr:
    """A coefficient back in matcalc's language, its monomials not factored."""
    return add(*[simplify(algebra.expression(a)) for a in c.as_ordered_terms()])


def _in_matrices(sympy: Any, algebra: Algebra, coefficients: list[Any], delta: Expr, steps: list[Any]) -> list[Expr]:
    """Of a vector of literal size: the gradient as a row, the Hessian as a matrix, higher orders by entries."""
    found = []
    n = len(steps)
    for k, c in enumerate(coefficients):
        if k == 1:
            row = literal(1, n, [simplify(algebra.expression(sympy.diff(c, u))) for u in steps])
            found.append(matmul(row, delta))
        elif k == 2:
            hessian = literal(n, n, [simplify(algebra.expression(sympy.diff(c, u, v))) for u in steps for v in steps])
            found.append(times(num(Fraction(1, 2)), matmul(transpose(delta), hessian, delta)))
        else:
            found.append(simplify_ordered(algebra, c))
    return found


# ---------------------------------------------------------------------------------------------- vectors and matrices


def _matrix_terms(problem: Problem, centre: dict[Expr, Expr], changes: dict[Expr, Expr], order: int, linear: bool) -> list[Expr]:
    row = problem.function.shape[0] is ONE and problem.function.shape[1] is not ONE
    f = transpose(problem.function) if row else problem.function
    if linear:
        terms = [simplify(substitute(f, centre)), _by_jacobian(f, centre, changes)]
    else:
        terms = _along_the_step(f, centre, changes, order)
        if order >= 2 and f.is_scalar and len(centre) == 1:
            terms[2] = _with_hessian(f, centre, changes, terms[2])
    return [transpose(t) for t in terms] if row else terms


def _along_the_step(f: Expr, centre: dict[Expr, Expr], changes: dict[Expr, Expr], order: int) -> list[Expr]:
    """The derivatives by t of f(x_0 + t delta) at t = 0, over k!."""
    t = symbol(_T)
    here = Tensor.of(substitute(f, {x: add(a, times(t, changes[x])) for x, a in centre.items()}))
    terms = []
    for k in range(order + 1):
        assert here.matrix is not None
        refuse_where_undefined(here.matrix, "a derivative", {t: num(0)})
        value = times(num(Fraction(1, factorial(k))), at_identity(substitute(here.matrix, {t: num(0)})))
        terms.append(shortest(value))
        if k < order:
            after = here.differentiate(t).matrix or _by_rules(here.matrix, t)
            if after is None:
                raise NoAnswerError(f"the term of order {k + 1} has no matrix notation", suggestion=f"--order {k} has")
            here = Tensor.of(simplify(after))
    return terms


def _by_rules(e: Expr, t: Expr) -> Expr | None:
    """The derivative by t as the rules of differentials give it, dF(X, dX/dt) of a function of a matrix; None where they give none."""
    try:
        lines = worked_out(e, Forward(e, t, num(1)))
    except NoAnswerError:
        return None
    return lines[-1][1]


def shortest(e: Expr) -> Expr:
    """The shorter of the expression simplified, and multiplied out first."""
    forms = (simplify(e), simplify(expanded(e)), gathered(simplify(gathered(expanded(e)))), simplify(gathered(e)))
    return min(forms, key=order_key)


def _by_jacobian(f: Expr, centre: dict[Expr, Expr], changes: dict[Expr, Expr]) -> Expr:
    """The differential at the point: the Jacobian times the step, where there is a Jacobian."""
    parts = []
    for x, delta in changes.items():
        tensor = Tensor.of(f)
        tensor = tensor.differentiate(x)
        if tensor.matrix is not None and x.shape[1] is ONE and not x.is_scalar:
            general = simplify(tensor.matrix)
            refuse_where_undefined(general, "the derivative", centre)
            jacobian = simplify(substitute(general, centre))
            parts.append(matmul(jacobian if not f.is_scalar else transpose(jacobian), delta))
        else:
            parts.append(shortest(substitute(along(tensor, delta), centre)))
    return add(*parts)


def _with_hessian(f: Expr, centre: dict[Expr, Expr], changes: dict[Expr, Expr], plain: Expr) -> Expr:
    """½ δᵀ H δ where that is about as short as the term found along the step."""
    ((x, delta),) = changes.items()
    if x.shape[1] is not ONE or x.is_scalar:
        return plain
    tensor = Tensor.of(f)
    tensor = tensor.differentiate(x)
    if tensor.matrix is None:
        return plain
    tensor.replace(simplify(tensor.matrix))
    tensor = tensor.differentiate(x)
    if tensor.matrix is None:
        return plain
    hessian = simplify(substitute(simplify(tensor.matrix), centre))
    whole = times(num(Fraction(1, 2)), matmul(transpose(delta), hessian, delta))
    return whole if whole.size <= plain.size + 2 else plain


# ---------------------------------------------------------------------------------------------- printing


def _program(problem: Problem, centre: dict[Expr, Expr], terms: Sequence[Expr], changes: dict[Expr, Expr]) -> Program:
    """The terms in ascending order. `delta = x - x_0` is bound first, unless it is a scalar, x itself, or written once."""
    values = {x: centre[x] for x in centre}
    more = [name_of(d) for d in changes.values()]
    kept = [t for t in terms if not build.is_zero(t)] or [terms[0]]
    inlined: dict[str, Node] = {}
    bindings: list[Binding] = []
    plain = problem.arranger(more, values)
    count = _occurrences(kept, plain, set(more))
    for x, d in changes.items():
        n = name_of(d)
        step = plain.spell(problem.whole(build.subtract(x, centre[x])))
        if x.is_scalar or step.op == "name" or count.get(n, 0) <= 1:
            inlined[n] = step
        else:
            bindings.append(Binding(n, step))
    taken = problem.taken | set(more) | _names(kept)
    chosen = repeated(kept) if not all(x.is_scalar for x in centre) else []
    steps = {name_of(d) for x, d in changes.items() if x.is_scalar and inlined[name_of(d)].op == "add"}
    bare = Program("", tuple(bindings), _sum(kept, problem.arranger(more, values), inlined, steps))
    if not chosen:
        return bare
    arranger = problem.arranger(more, values)
    fresh = names_for(chosen, {}, taken)
    named = list(bindings)
    for e in chosen:
        named.append(Binding(fresh[e], _replace(arranger.spell(e), inlined)))
        arranger.name(e, fresh[e])
    program = Program("", tuple(named), _sum(kept, arranger, inlined, steps))
    return program if length(program) + LEAST_GAIN <= length(bare) else bare


def _sum(terms: Sequence[Expr], arranger: Arranger, inlined: Mapping[str, Node], steps: Collection[str]) -> Node:
    """The terms by their order; within one order as the arranger sorts them."""
    nodes: list[Node] = []
    for t in terms:
        spelled = arranger.spell(t)
        if len(nodes) == 1 and spelled.op == "name" and _both_numbers(nodes[0], inlined.get(str(spelled.attr))):
            nodes = [_shifted(nodes[0], inlined[str(spelled.attr)])]  # x + 2 for 3 + (x - 1)
            continue
        if spelled.op == "neg" and spelled.args[0].op == "add" and nodes:
            spelled = Node("add", tuple(negated(a) for a in spelled.args[0].args))
        nodes += [_replace(_step_last(n, steps), inlined) for n in (spelled.args if spelled.op == "add" else [spelled])]
    return nodes[0] if len(nodes) == 1 else Node("add", tuple(nodes))


def _step_last(node: Node, steps: Collection[str]) -> Node:
    """cos(x_0) (x - x_0): a difference of numbers stands behind the other factors above the bar."""
    if node.op == "neg":
        return Node("neg", (_step_last(node.args[0], steps),), None, node.span)
    signs = node.attr if node.op == "mul" and isinstance(node.attr, tuple) else ()
    above = next((k for k, sign in enumerate(signs) if sign == "/"), len(signs)) + 1
    if not signs or any(signs[: above - 1]):
        return node
    factors = [_step_last(a, steps) for a in node.args[:above]]
    factors.sort(key=lambda a: (a.args[0] if a.op == "pow" else a).attr in steps)
    return Node("mul", (*factors, *node.args[above:]), node.attr, node.span)


def _both_numbers(first: Node, step: Node | None) -> bool:
    return (
        _number(first) is not None and step is not None and step.op == "add" and len(step.args) == 2 and _number(step.args[1]) is not None
    )


def _number(node: Node) -> Fraction | None:
    inner = node.args[0] if node.op == "neg" else node
    if inner.op == "mul" and inner.attr == ("/",) and all(a.op == "num" for a in inner.args):
        value = Fraction(inner.args[0].attr) / Fraction(inner.args[1].attr)  # type: ignore[arg-type]
    elif inner.op == "num":
        value = Fraction(inner.attr)  # type: ignore[arg-type]
    else:
        return None
    return -value if node.op == "neg" else value


def _shifted(first: Node, step: Node) -> Node:
    whole = (_number(first) or Fraction(0)) + (_number(step.args[1]) or Fraction(0))
    return Node("add", (step.args[0], number(whole))) if whole else step.args[0]


def _replace(node: Node, inlined: Mapping[str, Node]) -> Node:
    """The tree with names replaced by trees."""
    if node.op == "name":
        return inlined.get(str(node.attr), node)
    if not node.args:
        return node
    return Node(node.op, tuple(_replace(a, inlined) for a in node.args), node.attr, node.span)


def _occurrences(terms: Sequence[Expr], arranger: Arranger, wanted: set[str]) -> dict[str, int]:
    from ..syntax import walk

    found: dict[str, int] = {}
    for t in terms:
        for n in walk(arranger.spell(t)):
            if n.op == "name":
                base = str(n.attr)
                base = base if base in wanted else next((w for w in wanted if base.startswith(f"{w}_")), base)
                found[base] = found.get(base, 0) + (1 if base == str(n.attr) else 2)  # an entry delta_1 needs the name
    return found


def _names(terms: Sequence[Expr]) -> set[str]:
    return {name_of(n) for t in terms for n in postorder(t) if n.op is SYMBOL}
