"""Powers, transposes, inverses, bars and norms."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import partial

from ..errors import MatcalcError, ReadingError
from ..expressions import build
from ..ops.book import REGISTRY
from ..reading.spellings import GREEK_WORDS
from ..syntax import Node, split_name, walk
from .misfit import Misfit, Undecided, Wording, power_error, refuse_shape, square_error
from .places import choice as choice_of
from .products import applied, level, operation, transposed, value_of
from .scopes import SCALAR, Typing
from .standing import EULER, is_euler, name_of
from .terms import TypedTerm, undeclared

# What these cost as readings (LANGUAGE 7).
SCALAR_TRANSPOSE, WRONG_NORM, NORM_OF_NUMBER, EULER_ENTRYWISE, ENTRYWISE_EXPONENT = 6, 2, 6, 3, 3
SUMMED_POWER, SUMMED_PRODUCT, SUMMED_DEVIATION = 1, 4, 20


# ---------------------------------------------------------------------------------------------- powers


def power(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    if len(args) == 1:
        return _euler(el, node, args[0]) if is_euler(el, node.args[0]) else _small_t(el, node, args[0])
    base, exponent = args
    if not exponent.is_scalar:
        raise Misfit([exponent], partial(_exponent_error, el, node, base, exponent))
    if base.is_scalar:
        return TypedTerm(SCALAR, (base, exponent), lambda e, _: build.power(*e), node, literal=base.literal and exponent.literal)
    squared = el.scene.squares and node.args[0].op == "name" and node.args[0].attr in el.scene.squares
    if squared and base.kind == "vector" and exponent.literal and value_of(exponent) == 2:
        el.note(f"{Wording(el).node(node)} is the inner product of {Wording(el).node(node.args[0])} with itself")
        return TypedTerm(SCALAR, (base, exponent), lambda e, _: build.matmul(build.transpose(e[0]), e[0]), node)
    if base.kind in ("vector", "row") and exponent.literal and id(node) in el.scene.summed:
        if not el.scene.starred:
            el.penalty(SUMMED_POWER, base)
        el.note(f"{Wording(el).node(node)} under the sum is taken entry by entry")
        return entrywise_power(el, node, args)
    if base.kind != "matrix":
        raise Misfit([base], partial(power_error, el, node, base))
    if not el.sizes.unify(*base.shape):
        raise Misfit([base], partial(power_error, el, node, base), True)
    if undeclared([base]):
        if id(node) in el.scene.summed:
            el.penalty(SUMMED_PRODUCT, base)
        elif id(node) in el.scene.deviations:
            el.penalty(SUMMED_DEVIATION, base)
    value = value_of(exponent) if exponent.literal else None
    if exponent.literal and (value is None or value.denominator != 1):
        if value is not None and value.denominator == 2:
            times = value.numerator
            if not el.scene.template:
                speller, which = Wording(el), {1: "", -1: "the inverse of "}.get(times, f"the power {times} of ")
                el.note(f"{speller.node(node)} is {which}sqrtm({speller.node(node.args[0])}), the principal square root")
            root = applied(REGISTRY["sqrtm"], base.shape, [base], node)
            return root if times == 1 else TypedTerm(base.shape, (root,), lambda e, _: build.matrix_power(e[0], build.num(times)), node)
        if _is_definite(el, node.args[0]) and not el.scene.template:
            return _real_power(el, node, base, exponent)
        raise Misfit([base], partial(_root_error, el, node, value))
    if not exponent.literal and not el.scene.template:
        if _is_definite(el, node.args[0]) and not _is_whole(el, node.args[1]):
            return _real_power(el, node, base, exponent)
        _check_integer(el, node.args[1], exponent, node)
    return TypedTerm(base.shape, (base, exponent), lambda e, _: build.matrix_power(*e), node)


def _small_t(el: Typing, node: Node, base: TypedTerm) -> TypedTerm:
    """x^t where t is nothing but an exponent: the transpose of what is no number."""
    if base.is_scalar:
        return power(el, node, [base, name_of(el, node.args[1])])
    el.note(f"{Wording(el).node(node)} is the transpose")
    return transpose(el, node, [base])


def _is_definite(el: Typing, base: Node) -> bool:
    return base.op == "name" and "spd" in el.properties(str(base.attr), twin=False)


def _is_whole(el: Typing, exponent: Node) -> bool:
    """Whether nothing is divided in an exponent and every name is declared whole, or undeclared (and so becomes a whole number)."""
    if any(n.op == "mul" and isinstance(n.attr, tuple) and "/" in n.attr for n in walk(exponent)):
        return False
    names = [str(n.attr) for n in walk(exponent) if n.op == "name"]
    return all(n not in el.scene.declared or "integer" in el.properties(n, twin=False) for n in names)


def _real_power(el: Typing, node: Node, base: TypedTerm, exponent: TypedTerm) -> TypedTerm:
    """X^s of a positive definite X is expm(s logm(X))."""
    s = Wording(el)
    el.note(f"{s.node(node)} is expm({s.node(node.args[1])} logm({s.node(node.args[0])}))")
    log, exp = operation("logm", node), operation("expm", node)
    return TypedTerm(base.shape, (base, exponent), lambda e, _: build.apply(exp, [build.times(e[1], build.apply(log, e[:1]))]), node)


def _check_integer(el: Typing, exponent: Node, term: TypedTerm, node: Node) -> None:
    """A symbolic exponent of a matrix has to be an integer: declared so, or undeclared, when it becomes one."""
    todo, guessed = [exponent], []
    while todo:
        n = todo.pop()
        whole = n.op == "num" and isinstance(n.attr, Fraction) and n.attr.denominator == 1
        if n.op == "name" and isinstance(n.attr, str):
            symbol = el.symbols.get(n.attr)
            if symbol is not None and symbol.name is not None:
                guessed.append(n.attr)
            whole = symbol is None or symbol.name is not None or "integer" in el.properties(n.attr)
            declared = el.scene.declared.get(n.attr)
            if declared is not None and declared.field == "Z":
                el.note(f"{n.attr} >= 1 in the power of a matrix (below 0: X^(-m) with m in N)")
        elif n.op in ("add", "neg") or (n.op == "mul" and "/" not in (n.attr if isinstance(n.attr, tuple) else ())):
            whole = True
            todo += n.args
        if not whole:
            raise Misfit([term], partial(_whole_error, el, node, exponent, n))
    el.integers |= set(guessed)


def _whole_error(el: Typing, node: Node, exponent: Node, part: Node) -> MatcalcError:
    s = Wording(el)
    text, base = s.factor(exponent), s.factor(node.args[0])
    message = f"{base}^{text}: a matrix has whole powers only, and {s.node(part)} is not declared whole"
    hint = f"declare {s.node(part)} in N, or write {base}.^{text} for entry by entry"
    if part.op == "mul" and node.args[0].op == "name" and str(node.args[0].attr) not in el.scene.declared:  # C^(1/n)
        message = f"{base}^{text}: a root of a matrix needs one that is positive definite"
        hint = f"declare {base} in R^{{m x m}} spd, or {base} in R for a number; write {base}.^{text} for entry by entry"
    return refuse_shape(message, exponent, hint)


def _exponent_error(el: Typing, node: Node, base: TypedTerm, exponent: TypedTerm) -> MatcalcError:
    s = Wording(el)
    b, x = s.factor(node.args[0]), s.factor(node.args[1])
    options = (
        f"did you mean expm(log({s.node(node.args[0])}) {x})?"
        if exponent.kind == "matrix" and base.is_scalar
        else f"did you mean {b}.^{x}?"
    )
    return refuse_shape(f"{s.node(node)}: the exponent {x} is {s.shape(exponent)}, and exponents are scalars", node, options)


def _root_error(el: Typing, node: Node, value: Fraction | None) -> MatcalcError:
    s = Wording(el)
    b = s.node(node.args[0])
    message = f"{b}^{{{value}}}: a matrix has whole powers and square roots, others if it is declared spd, not the power {value}"
    return refuse_shape(message, node, f"write {b}.^({value}) for entry by entry")


def _euler(el: Typing, node: Node, exponent: TypedTerm) -> TypedTerm:
    """e^… with e nothing else."""
    if not el.scene.template:
        el.note(EULER)
    if exponent.kind == "matrix" and node.op == "pow":
        if not el.sizes.unify(*exponent.shape):
            raise Misfit([exponent], partial(square_error, el, "expm", node, node.args[1], exponent), True)
        el.note("e to a square matrix is the matrix exponential, expm")
        return applied(operation("expm", node), exponent.shape, [exponent], node)
    if not exponent.is_scalar and node.op == "pow":
        el.penalty(EULER_ENTRYWISE, exponent)
        el.note(f"{Wording(el).node(node)} taken entry by entry")
    return applied(operation("exp", node), exponent.shape, [exponent], node)


def entrywise_power(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    if len(args) == 1:
        return _euler(el, node, args[0])
    base, exponent = args
    if exponent.is_scalar:
        return TypedTerm(base.shape, (base, exponent), lambda e, _: build.power(*e), node, literal=base.literal and exponent.literal)
    exp, log = operation("exp", node), operation("log", node)
    if base.is_scalar:
        return TypedTerm(
            exponent.shape, (base, exponent), lambda e, _: build.apply(exp, [build.times(build.apply(log, e[:1]), e[1])]), node
        )
    if undeclared([exponent]):
        el.penalty(ENTRYWISE_EXPONENT, exponent)
    (base, exponent), shape = level(el, node, args, node.args, stated=False)
    return TypedTerm(shape, (base, exponent), lambda e, _: build.apply(exp, [build.hadamard(e[1], build.apply(log, [e[0]]))]), node)


# ---------------------------------------------------------------------------------------------- postfix, bars, norms


def transpose(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    t = args[0]
    name = str(node.args[0].attr) if node.args[0].op == "name" else ""
    counted = "T" in el.scene.sizes and name in el.scene.raised  # sum_{t=0}^{T-1} g^t r_t + g^T V
    if (counted or (t.is_scalar and el.stands_for_something("T"))) and node.span and "T" in el.scene.program.text[slice(*node.span)][-3:]:
        s = Wording(el).factor(node.args[0])
        error = refuse_shape(
            f"{s}^T can be read in two ways: the transpose of the scalar {s}, or its power T",
            node,
            f"write {s} for the transpose, {s}^(T) for the power",
        )
        raise Misfit([t], lambda: error) if undeclared(args) and not counted else error
    if t.is_scalar and undeclared(args):
        el.penalty(SCALAR_TRANSPOSE, t)
    return TypedTerm((t.shape[1], t.shape[0]), (t,), lambda e, _: build.transpose(e[0]), node, literal=t.literal)


def adjoint(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The conjugate transpose."""
    t = args[0]
    if t.is_scalar and undeclared(args):
        el.penalty(SCALAR_TRANSPOSE, t)
    return TypedTerm((t.shape[1], t.shape[0]), (t,), lambda e, _: build.transpose(build.conjugate(e[0])), node, literal=t.literal)


def inverse(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    t = args[0]
    if not t.is_scalar and not el.sizes.unify(*t.shape):
        raise Misfit([t], partial(square_error, el, "inv", node, node.args[0], t), t.kind == "matrix")
    return TypedTerm(t.shape, (t,), lambda e, _: build.inverse(e[0]), node, literal=t.literal)


def pseudoinverse(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    t = args[0]
    if node.span and re.search(r"\\dagger|†", el.scene.program.text[slice(*node.span)]):
        _check_dagger(el, node, t)
    return applied(operation("pinv", node), (t.shape[1], t.shape[0]), [t], node)


def _check_dagger(el: Typing, node: Node, t: TypedTerm) -> None:
    """U^\\dagger H U is the conjugate transpose of quantum texts, A^\\dagger b the pseudoinverse."""
    base = node.args[0]
    if base.op != "name" and t.kind == "vector":
        s = Wording(el).factor(base)
        message = f"{s}^\\dagger of a vector is its conjugate transpose, or the pseudoinverse"
        raise refuse_shape(message, node, f"write {s}^T for a real vector, {s}^H for a complex one, {s}^+ for the pseudoinverse")
    roots = (*(b.value for b in el.scene.program.bindings), el.scene.program.body)
    occurs = sum(n.op == "name" and n.attr == base.attr for root in roots for n in walk(root)) if base.op == "name" else 0
    turned = sum(n.op == "pinv" and n.args[0].attr == base.attr for root in roots for n in walk(root))
    s = Wording(el).factor(base)
    if occurs > turned and el.sizes.could_equal(*t.shape):
        message = f"{s}^\\dagger can be the pseudoinverse of {s} or, in texts about complex matrices, its conjugate transpose"
        raise refuse_shape(message, node, f"write {s}^+ for the pseudoinverse; for a real matrix the other is {s}^T")
    el.note(f"{s}^\\dagger is the pseudoinverse")


# (kind of the argument, what stands below the bars) -> the operation and whether that is a norm of another kind than written
_NORMS: dict[tuple[str, str], tuple[str, int]] = {
    ("vector", "2"): ("norm", 0),
    ("vector", "F"): ("norm", WRONG_NORM),
    ("matrix", ""): ("normF", 0),
    **{
        ("vector" if op.signature.startswith("n 1") else "matrix", op.mark): (op.name, 0)
        for op in REGISTRY.values()
        if op.notation == "norm"
    },
}


def _weighted(el: Typing, node: Node, t: TypedTerm, weight: TypedTerm) -> TypedTerm:
    r"""||x||_Q, the root of x^T Q x; ||x||_\Sigma is as often that of x^T \Sigma^-1 x."""
    s = Wording(el)
    name, inside = s.node(node.args[1]), s.factor(node.args[0])
    if split_name(str(node.args[1].attr))[0] in GREEK_WORDS:
        hint = f"write {inside}^T {name} {inside} or {inside}^T {name}^-1 {inside} for the square"
        raise ReadingError(f"||…||_{name} is a norm by {name} or by its inverse", span=node.span, suggestion=hint)
    if t.kind != "vector" or not (el.unify(weight.shape, (t.shape[0], t.shape[0]))):
        raise Misfit([t, weight], lambda: refuse_shape(f"||…||_{name} is of a vector, and {name} is square", node))
    el.note(f"||…||_{name} is the norm by {name}: its square is {inside}^T {name} {inside}")
    quadratic = TypedTerm(SCALAR, (t, weight), lambda e, _: build.matmul(build.transpose(e[0]), e[1], e[0]))
    return TypedTerm(SCALAR, (quadratic,), lambda e, _: build.power(e[0], build.num(Fraction(1, 2))), node)


def norm(el: Typing, node: Node, args: list[TypedTerm], which: str | None = None) -> TypedTerm:
    """A norm, by the kind of the argument and the subscript of the bars."""
    written = str(node.attr or "") if which is None else which
    t = args[0]
    if len(args) > 1 and args[1].kind == "matrix" and not el.scene.template:
        return _weighted(el, node, t, args[1])
    if len(args) > 1 and node.args[1].op == "num" and node.args[1].attr == 0:
        instead = "write ||x||_1, or a smooth function of the entries"
        raise ReadingError(
            "the norm with p = 0 counts the entries that are not 0, and has no derivative", span=node.span, suggestion=instead
        )
    if len(args) > 1 and not args[1].is_scalar:
        raise Misfit([args[1]], lambda: refuse_shape("the p of a norm is a scalar", node.args[1]))
    if t.is_scalar:
        el.penalty(NORM_OF_NUMBER, t)
        return applied(operation("abs", node), SCALAR, [t], node)
    found = _NORMS.get(("vector" if t.kind == "row" else t.kind, written))
    if found is None:
        s = Wording(el)
        message = f"the norm with subscript {written} of {s.node(node.args[0])}, which is {s.shape(t)}, is not in the book"
        hint = f"write sum(abs({s.node(node.args[0])})) for the sum over the entries" if written == "1" and t.kind == "matrix" else None
        hint = hint or "the norms are ||x||, ||x||_1, ||x||_inf, ||x||_p of vectors and ||X||_F of matrices"
        raise Misfit([t], lambda: refuse_shape(message, node, hint))
    name, cost = found
    if cost:
        el.penalty(cost, t)
    if name == "normF" and written == "" and not el.scene.template:
        el.note(f"||{Wording(el).node(node.args[0])}|| is the Frobenius norm")
    first = transposed(t) if t.kind == "row" else t
    return applied(operation(name, node), SCALAR, [first, *args[1:]], node)


def bars(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """|s|, |X|, |v|."""
    t = args[0]
    s = Wording(el)
    if t.kind == "matrix" and el.sizes.could_equal(*t.shape):
        el.sizes.unify(*t.shape)
        el.note(f"|{s.node(node.args[0])}| is the determinant")
        return applied(operation("det", node), SCALAR, [t], node)
    if t.kind in ("vector", "row") and id(node) in el.scene.by_entries:  # |h|.^2
        el.note(f"|{s.node(node.args[0])}| is taken entry by entry")
        return applied(REGISTRY["abs"], t.shape, [t], node)
    if t.kind in ("vector", "row"):
        choice = f"bars at {node.span}"
        taken = el.kinds.get(choice)
        if taken is None:
            raise Undecided(choice, ("norm", "abs"), node)
        el.signs.add(choice)
        mark = choice_of(choice)
        el.note(f"|{s.node(node.args[0])}| is " + ("the norm" if taken == "norm" else "taken entry by entry"))
        if taken == "norm":
            first = transposed(t) if t.kind == "row" else t
            return TypedTerm(SCALAR, (applied(REGISTRY["norm"], SCALAR, [first], node), mark), lambda e, _: e[0], node)
        return TypedTerm(t.shape, (applied(REGISTRY["abs"], t.shape, [t], node), mark), lambda e, _: e[0], node)
    if t.kind == "matrix":
        el.note(f"|{s.node(node.args[0])}| is taken entry by entry")
    return applied(operation("abs", node), t.shape, [t], node)
