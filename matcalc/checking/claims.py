"""Is the derivative in my draft right? A claim against the closed form and against numbers.

A claim is judged at random points, where it must have the numbers of the derivative, and by algebra, where the difference
simplifies to zero. One that is wrong gets a diagnosis: transposed, off by a factor, right only for a symmetric matrix, a
term that is missing (see `diagnosis`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..answers import Derivative, Expression
from ..build import is_zero, subtract
from ..derive import derivative
from ..errors import MatcalcError, NoAnswerError, ReadingError, ShapeError, UsageError
from ..expr import Expr
from ..infer import Typed, infer
from ..kinds import ONE, Dim
from ..notation.authorship import typed_order
from ..ops.core import SYMBOL
from ..read import parse as read
from ..read import parse_names, parse_where
from ..simplify import simplify
from ..syntax import Binding, Declaration, Node, Program, spell_name, walk
from .diagnosis import diagnose
from .evidence import Evidence, Numbers, Values, central_difference, closed, evaluator, gather, measure

# `\nabla_x f =`, `grad f =`: what stands left of a claim and says no more than that it is one.
_HEAD = re.compile(r"\s*(?:\\nabla|∇|grad\b)[^=]*=(?!=)")


class Verdict:
    """What was found: `equal`, and if not, `diagnosis`; `symbolic` says that algebra proves it, `error` is the measure of the
    gradient check in Mathematics for Machine Learning (the remark after section 5.2.2), the worst of `points` random points."""

    def __init__(
        self,
        equal: bool,
        diagnosis: Sequence[str],
        *,
        derivative: Derivative | None,
        claim: Expression | None,
        symbolic: bool = False,
        error: float | None = None,
        points: int = 0,
        notes: Iterable[str] = (),
    ) -> None:
        self.equal, self.diagnosis = equal, list(diagnosis)
        self.derivative, self.claim = derivative, claim
        self.symbolic, self.error, self.points = symbolic, error, points
        self.notes = list(dict.fromkeys(notes))
        self.at: dict[str, Any] | None = None  # at the data that was given: "derivative", "claim", "error"

    @property
    def verdict(self) -> str:
        return "equal" if self.equal else "not equal"

    def __bool__(self) -> bool:
        return self.equal

    def __repr__(self) -> str:
        return f"<{': '.join((self.verdict, *self.diagnosis))}>"


def check(
    expr: str,
    wrt: str | Sequence[str],
    claim: str,
    *,
    where: str = "",
    order: int = 1,
    layout: str = "numerator",
    values: Values | None = None,
) -> Verdict:
    """Judge a claimed derivative. `values` has arrays at which both are evaluated too.

    The claim may use every name of the expression, those it binds included, and any notation: a matrix, `J[i,j,k,l] = …`,
    `d vec(F)/d vec(X)^T = …`, `dX -> …`, in text or LaTeX. Raises MatcalcError where something cannot be read.
    """
    names = _variables(expr, wrt, where)
    if order == 1 and len(names) > 1:
        raise UsageError("a claim is about one derivative: give one variable, or --order with a variable for each")
    function = _typed(expr, names, where)
    truth, notes = _closed_form(expr, names, where, order, layout)
    try:
        claimed = _claim(claim, function, names[0], truth)
    except ShapeError as error:
        if not _all_known(claim, function):
            raise
        return Verdict(False, [f"wrong dimension: in the claim, {error.message}"], derivative=truth, claim=None, notes=notes)
    flipped = truth is not None and truth._flipped
    reference = _reference(function, expr, names, where, order, flipped)
    if truth is None and reference is None:
        raise NoAnswerError("there is neither a closed form nor a numerical derivative to compare the claim with")
    evidence = Evidence(truth, claimed._typed, reference)
    gather(evidence, [function, claimed._typed])
    if not evidence.points:
        raise NoAnswerError("the claim could not be checked: there is no finite value at any random point tried")
    words = diagnose(evidence)
    proof = not words and truth is not None and truth.expr is not None and claimed._typed.form is None
    verdict = Verdict(
        not words,
        words,
        derivative=truth,
        claim=claimed,
        symbolic=proof and _same(claimed.expr, truth.expr),  # type: ignore[union-attr, arg-type]
        error=evidence.error(),
        points=len(evidence.points),
        notes=[*notes, *evidence.notes],
    )
    if values is not None:
        verdict.at = _at(evidence, values)
    return verdict


def _at(evidence: Evidence, values: Values) -> dict[str, Any]:
    claimed, right = evidence.claim_at(values), evidence.truth_at(values)
    return {"derivative": right, "claim": claimed, "error": measure(right, claimed)}


# ---------------------------------------------------------------------------------------------- reading


def _declarations(where: str) -> tuple[Declaration, ...]:
    try:
        return parse_where(where)
    except MatcalcError as error:
        raise error.located(where) from None


def _variables(expr: str, wrt: str | Sequence[str], where: str) -> list[str]:
    declared = [d.name for d in _declarations(where)]
    names = [n for text in ([wrt] if isinstance(wrt, str) else wrt) for n in parse_names(text, declared)]
    if not names:
        raise UsageError("no variable to differentiate by")
    return names


def _typed(expr: str, names: Sequence[str], where: str) -> Typed:
    """The function, by property-free twins of its variables."""
    declarations = _declarations(where)
    try:
        program = read(expr, [d.name for d in declarations], functions=[d.name for d in declarations if d.domain is not None])
        inner = parse_where(program.where) if program.where else ()
        return infer(program, (*declarations, *inner), tuple(dict.fromkeys(names)))
    except MatcalcError as error:
        raise error.located(expr) from None


def _closed_form(expr: str, names: Sequence[str], where: str, order: int, layout: str) -> tuple[Derivative | None, list[str]]:
    """The derivative; None, and why, where there is none to be had: numbers can still judge."""
    try:
        found = derivative(expr, names[0] if len(names) == 1 else list(names), where, order, layout)
    except NoAnswerError as error:
        return None, [f"judged by numbers alone: {error.message}"]
    assert isinstance(found, Derivative)
    return found, list(found.assumptions)


def _claim(text: str, function: Typed, variable: str, truth: Derivative | None) -> Expression:
    """The claim, with the names, the declarations and the bindings of the function."""
    head = _HEAD.match(text)
    text = text[head.end() :] if head else text
    declarations = list(function.declarations)
    if re.search(rf"(?<![A-Za-z\\])d{re.escape(variable)}(?![A-Za-z])", text) and not re.search(r"->|→|\\to|\\mapsto|/\s*d|\}\{", text):
        text = f"d{variable} -> {text}"  # a differential without its arrow
    try:
        program = _with_bindings(_read(text, function), function.program)
        if program.where:
            declarations += parse_where(program.where)
        if program.form is not None and program.form[0] == "kron" and all(d.name != program.form[1] for d in declarations):
            rows, cols = function.expr.shape
            declarations.append(Declaration(str(program.form[1]), "R", (rows, cols) if cols is not ONE or rows is ONE else (rows,)))
        typed = _inferred(program, declarations, truth)
    except MatcalcError as error:
        raise error.located(text) from None
    return Expression(typed, program, typed_order(typed.nodes))


def _inferred(program: Program, declarations: Sequence[Declaration], truth: Derivative | None) -> Typed:
    try:
        return infer(program, declarations, (), twins=False)
    except ShapeError:
        sized = _sized(program, truth)
        if sized is None:
            raise
        return infer(sized, declarations, (), twins=False)


def _read(text: str, function: Typed) -> Program:
    known = [d.name for d in function.declarations] + [b.name for b in function.program.bindings]
    return read(text, known, functions=[d.name for d in function.declarations if d.domain is not None])


def _with_bindings(program: Program, given: Program) -> Program:
    """The claim's program with those bindings of the function's that it uses."""
    own = {b.name for b in program.bindings}
    used = _names([program.body, *[b.value for b in program.bindings]])
    extra: list[Binding] = []
    for b in reversed(given.bindings):
        if b.name in used and b.name not in own:
            extra.insert(0, b)
            used |= _names([b.value])
    if not extra:
        return program
    where = "; ".join(filter(None, (program.where, given.where)))
    return Program(program.text, (*extra, *program.bindings), program.body, program.form, where, program.name, program.readings)


def _names(roots: Iterable[Node]) -> set[str]:
    return {str(n.attr) for r in roots for n in walk(r) if n.op in ("name", "call")}


def _sized(program: Program, truth: Derivative | None) -> Program | None:
    """The claim plus a zero of the derivative's size: an `I` that nothing else gives a size takes it from there."""
    if truth is None or truth.expr is None or program.form is not None:
        return None
    rows, cols = truth.expr.shape
    zero = Node("name", (), spell_name("0", f"{rows} x {cols}"))
    return Program(program.text, program.bindings, Node("add", (program.body, zero)), None, program.where, program.name, program.readings)


def _all_known(text: str, function: Typed) -> bool:
    """Whether the claim speaks of the function's names only, so that a misfit of shapes is its own fault."""
    try:
        program = _read(text, function)
    except ReadingError:
        return False
    roots = [program.body, *[b.value for b in program.bindings]]
    known = {d.name for d in function.declarations} | {b.name for b in (*function.program.bindings, *program.bindings)}
    known |= {n for d in function.declarations for s in d.sizes if isinstance(s, Dim) for n in s.names()}
    known |= {str(n.attr) for r in roots for n in walk(r) if n.op in ("sum", "product")} | {"I", "0", "K", "e", "pi"}
    used = {str(n.attr) for r in roots for n in walk(r) if n.op == "name"}
    return all(n in known or n.partition("_")[0] in known for n in used)


# ---------------------------------------------------------------------------------------------- numbers


def _reference(function: Typed, text: str, names: Sequence[str], where: str, order: int, flipped: bool) -> Numbers | None:
    """The derivative by differences, of the function or of the derivative one order below."""
    variable = function.symbols.get(names[-1])
    if variable is None or variable.op is not SYMBOL:
        return None  # a member of a family: the closed form was checked when it was made
    below = evaluator(function)
    if order > 1:
        try:
            lower = derivative(text, names[0] if len(names) <= 2 else list(names[:-1]), where, order - 1)
        except NoAnswerError:
            return None
        assert isinstance(lower, Derivative)
        below = closed(lower)

    def quotient(values: Values) -> Any:
        import numpy as np

        result = central_difference(below, values, names[-1])
        return np.transpose(result) if flipped and result.ndim == 2 else result

    return quotient


def _same(claim: Expr, truth: Expr) -> bool:
    return claim.shape == truth.shape and (claim is truth or is_zero(simplify(subtract(claim, truth))))
