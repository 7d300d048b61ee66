"""Is the derivative in my draft right? A claim against the closed form and against numbers.

A claim is judged at random points, where it must have the numbers of the derivative, and by algebra, where the difference
simplifies to zero. One that is wrong gets a diagnosis: transposed, off by a factor, right only for a symmetric matrix, a
term that is missing (see `diagnosis`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from types import ModuleType
from typing import Any

from ..answers.scope import Scope
from ..errors import MatcalcError, NoAnswerError, ReadingError, ShapeError, UsageError
from ..expressions.build import (
    base_name,
    is_complex,
    is_conjugate_name,
    is_number,
    is_zero,
    member,
    num,
    substitute,
    subtract,
    value_of,
)
from ..expressions.expr import Expr
from ..expressions.functions import functions_of
from ..expressions.labels import name_of
from ..inference.infer import Typed
from ..kinds import ONE, Dim
from ..notation.forms import evaluate_form, numbers_of
from ..numbers.complex_slopes import part_of
from ..numbers.judge import Values
from ..numbers.record import Check
from ..ops.core import ENTRY, INDEX, MEMBER, SYMBOL
from ..pipeline.derivative import Derivative
from ..pipeline.derive import one_derivative
from ..pipeline.expression import Expression
from ..pipeline.given import Function, Names, Where, text_of
from ..pipeline.question import DEFINING, Options, Question, declarations_in, read
from ..shortening.simplify import simplify
from ..syntax import Binding, Declaration, Node, Program, spell_name, split_name, walk
from ..travel import Holder
from .diagnosis import diagnose, plainly_equal
from .evidence import Arrays, Evidence, differences, measure, with_expression

CHOSEN = 2  # the member at which a claim on the general one is judged
# `\nabla_x f =`, `grad f =`: what stands left of a claim and says no more than that it is one.
_HEAD = re.compile(r"\s*(?:(?:\\nabla|∇|grad\b)[^=]*|d\s*[A-Za-z]|[A-Za-z]'+\s*(?:\([^()=]*\))?|)\s*=(?!=)")
# `g_i =`, `H_{ij} =`, `\frac{\partial f}{\partial x_i} =`: the claim is about entries.
_ENTRIES = re.compile(
    r"\s*(?:\\?[A-Za-z]+|\\frac\{\\partial[^{}=]*\}\{\\partial\s*\\?[A-Za-z]+)_(?:\{([a-z])[,\s]*([a-z]?)\}|([a-z]))\}?\s*=(?!=)"
)
# K, which says for which sizes only by what stands beside it.
_BARE = re.compile(r"(?<![A-Za-z\\_])K(?!\w)")


class Verdict(Holder):
    """What was found: `equal`, and if not, `diagnosis`; `symbolic` says that algebra proves it, `check` what was compared. `errors` has
    for each of some random points the sizes and the measure of the gradient check in Mathematics for Machine Learning (the remark
    after section 5.2.2) against the closed form and central differences, None where there are none."""

    def __init__(
        self,
        equal: bool,
        diagnosis: Sequence[str],
        *,
        derivative: Derivative | None,
        claim: Expression | None,
        check: Check | None = None,
        symbolic: bool = False,
        errors: Sequence[Mapping[str, Any]] = (),
        notes: Iterable[str] = (),
    ) -> None:
        self.equal, self.diagnosis = equal, list(diagnosis)
        self.derivative, self.claim = derivative, claim
        self.check, self.symbolic, self.errors = check, symbolic, list(errors)
        self.notes = list(dict.fromkeys(notes))
        self.at: dict[str, Any] | None = None  # at the data that was given: "derivative", "claim", "error"

    @property
    def points(self) -> int:
        """At how many random points the claim was compared."""
        return len(self.errors)

    @property
    def error(self) -> float | None:
        """The error measure against central differences, the worst of the points."""
        return (
            self.worst("central_differences")
            if any(e["central_differences"] is not None for e in self.errors)
            else self.worst("closed_form")
        )

    def worst(self, kind: str) -> float | None:
        """The greatest error measure against numbers of this kind; None where there are none, or the shapes differ."""
        return max((e[kind] for e in self.errors if e[kind] is not None), default=None)

    @property
    def verdict(self) -> str:
        return "equal" if self.equal else "not equal"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        found: dict[str, Any] = {
            "verdict": self.verdict,
            "diagnosis": self.diagnosis,
            "derivative": self.derivative.text if self.derivative is not None else None,
            "claim": self.claim.text if self.claim is not None and self.claim._typed.form is None else None,
            "symbolic": self.symbolic,
            "check": self.check.as_dict() if self.check is not None else None,
            "error": _finite(self.error),
            "points": self.points,
            "errors": [{k: _finite(v) for k, v in e.items()} for e in self.errors],
            "notes": self.notes,
        }
        if self.at is not None:
            found["values"] = {k: _finite(v.tolist() if hasattr(v, "tolist") else v) for k, v in self.at.items()}
        return found

    def __bool__(self) -> bool:
        return self.equal

    def __repr__(self) -> str:
        return f"<{': '.join((self.verdict, *self.diagnosis))}>"


def _finite(value: Any) -> Any:
    """What JSON can carry: inf and nan as text."""
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def stated(text: str, where: Where = None) -> tuple[str, tuple[str, ...], str, int]:
    """The function, the variables, the claim and the order of a text that states a derivative: `f = x^T A x; df/dx = 2 A x`."""
    if any(word in text for word in DEFINING):
        from ..reading.macros import with_macros

        text, _ = with_macros(text)
    program = read(text, declarations_in(where))
    asked = program.stated
    if asked is None:
        raise UsageError(
            "there is no claim", suggestion="give the variable with --wrt and the claim with --claim, or write df/dx = … behind f = …"
        )
    start, begin = program.claim
    base = asked.of.partition("(")[0].strip()
    function = {b.name: b for b in program.bindings}.get(base)
    if function is None and base.isalpha() and len(base) == 1:
        raise UsageError(
            f"the text states a derivative of {base}, and does not say what {base} is", suggestion=f"write {base} = … before it"
        )
    of = f"{base}({', '.join(function.params)})" if function is not None and function.params else asked.of
    names = asked.names or (function.params[:1] if function is not None else ())
    if not names:
        raise UsageError(
            "by which variable is the derivative that the text states?", suggestion="give it with --wrt, and the claim with --claim"
        )
    end = text.index(program.where, begin) if program.where else len(text)
    claim = re.sub(r"(?:\\text\{)?\s*where\s*$", "", text[begin:end])
    return f"{text[:start].strip().rstrip(';,')}; {of}".lstrip("; "), names, claim, asked.order


def check(
    expr: Function,
    wrt: Names | None,
    claim: Function,
    *,
    where: Where = None,
    order: int = 1,
    layout: str = "numerator",
    values: Values | None = None,
) -> Verdict:
    """Judge a claimed derivative; where `wrt` is None, that by the only sensible variable. `values` has arrays at which both are
    evaluated too.

    The claim may use every name of the expression, those it binds included, and any notation: a matrix, `J[i,j,k,l] = …`,
    `d vec(F)/d vec(X)^T = …`, `dX -> …`, in text or LaTeX. Raises MatcalcError where something cannot be read.
    """
    asked = Question.of(expr, wrt, where, Options(order, layout), asks=True)
    asked.need_variables()
    if order == 1 and len(asked.names) > 1:
        raise UsageError("a claim is about one derivative: give one variable, or --order with a variable for each")
    claim = text_of(claim, "a claim")
    if isinstance(expr, str) and any(word in expr for word in DEFINING):
        from ..reading.macros import with_macros, written_out

        claim = written_out(claim, with_macros(expr)[1])
    whole = _of_entries(asked, claim)
    if whole is not None:
        return check(expr, whole[0], whole[1], where=where, layout=layout, values=values)
    names, letter = _chosen_member(asked.names, asked.typed)
    question = asked if names == asked.names else asked.by(*names)
    function = question.typed
    truth, notes = _closed_form(question)
    shown = truth if question is asked else _closed_form(asked)[0]
    try:
        claimed = _claim(claim, function, names[0], truth, letter)
    except ShapeError as error:
        if not _all_known(claim, function):
            raise
        return Verdict(False, [f"wrong dimension: in the claim, {error.message}"], derivative=shown, claim=None, notes=notes)
    quotient = _quotient(question, truth)
    if truth is None and quotient is None:
        raise NoAnswerError("there is neither a closed form nor a numerical derivative to compare the claim with")
    loose = _loose(claimed._typed, function)
    if loose:
        return Verdict(False, [f"{loose[0]} stands outside the sum over {loose[1]}"], derivative=shown, claim=claimed, notes=notes)
    evidence = Evidence(function, truth, claimed._typed, quotient)
    evidence.gather()
    if not evidence.points:
        raise NoAnswerError("the claim could not be checked: there is no finite value at any random point tried")
    with evidence.computing():
        record = plainly_equal(evidence)
        words = [] if record is not None else diagnose(evidence)
    known = truth._expr if truth is not None and claimed._typed.form is None else None
    verdict = Verdict(
        record is not None,
        words,
        check=record,
        derivative=shown,
        claim=claimed,
        symbolic=record is not None and known is not None and _same(claimed.expr, known),
        errors=evidence.errors(),
        notes=[*notes, *evidence.notes],
    )
    if values is not None:
        verdict.at = _at(evidence, values)
    return verdict


def _comparing(typed: Typed) -> Scope:
    """The names in play, where values that are not needed are passed over."""
    scope = Scope(typed)
    scope.compares = True
    return scope


def _at(evidence: Evidence, values: Values) -> dict[str, Any]:
    import numpy as np

    absent = [n for n in functions_of([evidence.claim.expr, *evidence.parts()]) if not callable(values.get(n))]
    if absent:  # at random points a stand-in serves
        raise UsageError(f"no value was given for {', '.join(absent)}: a callable is wanted")
    claimed = np.asarray(evaluate_form(evidence.claim, _comparing(evidence.claim), values))
    if evidence.truth is not None:
        truth = copy(evidence.truth)
        truth._scope = _comparing(evidence.function)
        right = np.asarray(truth.evaluate(values))
    else:
        from ..numbers import doubles

        assert evidence.quotient is not None
        at = _comparing(evidence.function).prepare(values, [evidence.function.expr])
        right = evidence.quotient(doubles)(*at)
    return {"derivative": right, "claim": claimed, "error": measure(right, claimed)}


# ---------------------------------------------------------------------------------------------- reading


def _chosen_member(names: tuple[str, ...], function: Typed) -> tuple[tuple[str, ...], str]:
    """The variables with x_2 for the general member x_j, which is judged there, and the letter j."""
    for name in names:
        found = function.symbols.get(name)
        if found is not None and found.op is MEMBER and found.indices:
            return tuple(f"{split_name(n)[0]}_{CHOSEN}" if n == name else n for n in names), str(found.args[0].attr)
    return names, ""


def _of_entries(asked: Question, claim: str) -> tuple[str, str] | None:
    """What is claimed of the derivative by w_j, a general entry of w, as a claim about that by w: J[j] = … None for anything else."""
    if len(asked.names) != 1 or not asked.typed.expr.is_scalar or _ENTRIES.match(claim):
        return None
    entry = asked.variable(asked.names[0])
    if entry.op is not ENTRY or not entry.indices:
        return None
    letters = [str(i.attr) for i in entry.args[1:] if i.op is INDEX]
    dims = [d for d in entry.args[0].shape if d is not ONE]
    if len(letters) != len(dims) or len(set(letters)) != len(letters):
        return None
    head = _HEAD.match(claim)
    return str(entry.args[0].attr[0]), f"J[{','.join(letters)}] = {claim[head.end() :] if head else claim}"  # type: ignore[index]


def _closed_form(question: Question) -> tuple[Derivative | None, list[str]]:
    """The derivative; None, and why, where there is none to be had: numbers can still judge."""
    try:
        found = one_derivative(question)
    except NoAnswerError as error:
        return None, [f"judged by numbers alone: {error.message}"]
    return found, list(found.assumptions)


def _claim(text: str, function: Typed, variable: str, truth: Derivative | None, letter: str) -> Expression:
    """The claim, with the names, the declarations and the bindings of the function. A bare K is the commutation matrix that gives it the
    size of d vec(F)/d vec(X)^T, if there is one."""
    if truth is not None and truth._expr is None and truth.order == 1 and _BARE.search(text) and "K" not in function.symbols:
        (m, n), (p, q) = truth._tensor.shapes
        for rows, cols in ((p, q), (n, m), (m, n)):
            try:
                found = _claim_of(_BARE.sub(f"K_{{{rows},{cols}}}", text), function, variable, truth, letter)
            except MatcalcError:
                continue
            if found.expr.shape == (m * n, p * q):
                return found
    return _claim_of(text, function, variable, truth, letter)


def _claim_of(text: str, function: Typed, variable: str, truth: Derivative | None, letter: str) -> Expression:
    entries, head = _ENTRIES.match(text), _HEAD.match(text)
    if entries is not None:
        text = f"J[{','.join(filter(None, entries.groups()))}] = {text[entries.end() :]}"
    elif head is not None:
        text = text[head.end() :]
    declarations = list(function.declarations)
    if re.search(rf"(?<![A-Za-z\\])d{re.escape(variable)}(?![A-Za-z])", text) and not re.search(r"->|→|\\to|\\mapsto|/\s*d|\}\{", text):
        text = f"d{variable} -> {text}"  # a differential without its arrow
    try:
        program = _with_bindings(_read(text, function), function.program)
        if program.where:
            declarations += declarations_in(program.where)
        if program.form is not None and program.form[0] == "kron" and all(d.name != program.form[1] for d in declarations):
            rows, cols = function.expr.shape
            declarations.append(Declaration(str(program.form[1]), "R", (rows, cols) if cols is not ONE or rows is ONE else (rows,)))
        if program.body.op == "num" and program.body.attr == 0:  # the zero row or matrix
            program = _sized(program, truth) or program
        typed = _inferred(program, [*declarations, *_members(program, function, letter)], truth)
    except MatcalcError as error:
        raise error.located(text) from None
    return Expression(_with_members(typed, function, letter))


def _members(program: Program, function: Typed, letter: str) -> Iterator[Declaration]:
    """What x_2 and x_j are in the claim: of the size that the members of the family x have."""
    shapes = {v.attr[0]: v.shape for v in function.symbols.values() if v.op is MEMBER}  # type: ignore[index]
    for name in sorted(_names([program.body, *[b.value for b in program.bindings]])):
        base, sub = split_name(name)
        if base in shapes and (sub.isdigit() or sub == letter):
            rows, cols = shapes[base]
            yield Declaration(name, "R", () if rows is ONE is cols else (rows,) if cols is ONE else (rows, cols))


def _loose(claim: Typed, function: Typed) -> tuple[str, str] | None:
    """An x_i that is in no sum over i, and the i, where the function sums over it."""
    for name, symbol in claim.symbols.items():
        base, sub = split_name(name)
        if symbol.op is SYMBOL and base in function.families and sub == function.families[base].letter:
            return name, sub
    return None


def _with_members(claim: Typed, function: Typed, letter: str) -> Typed:
    """The claim with x_2 as a member of the family x, where the function has one; the index `letter` stands for the chosen member."""
    members: dict[Expr, Expr] = {}
    for name, symbol in claim.symbols.items():
        base, sub = split_name(name)
        if symbol.op is SYMBOL and base in function.families and (sub.isdigit() or sub == letter):
            members[symbol] = member(base, num(int(sub) if sub.isdigit() else CHOSEN), symbol.shape)
    found = with_expression(claim, substitute(claim.expr, members) if members else claim.expr)
    found.symbols = {n: members.get(s, s) for n, s in claim.symbols.items()}
    found.families = {**function.families, **claim.families}
    return found


def _inferred(program: Program, declarations: Sequence[Declaration], truth: Derivative | None) -> Typed:
    try:
        return Question(program, declarations).whole()
    except ShapeError:
        sized = _sized(program, truth)
        if sized is None:
            raise
        return Question(sized, declarations).whole()


def _read(text: str, function: Typed) -> Program:
    words = [name for name in function.symbols if name.isalpha() and len(name) > 1]
    return read(text, function.declarations, [*(b.name for b in function.program.bindings), *words])


def _with_bindings(program: Program, given: Program) -> Program:
    """The claim's program with those bindings of the function's that it uses."""
    own = {b.name for b in program.bindings}
    used = _names([program.body, *[b.value for b in program.bindings]])
    extra: list[Binding] = []
    for b in reversed(given.bindings):
        if b.name not in own and (b.name in used or _is_entry_of(b.name, used)):
            extra.insert(0, b)
            used |= _names([b.value])
    if not extra:
        return program
    where = "; ".join(filter(None, (program.where, given.where)))
    return Program(program.text, (*extra, *program.bindings), program.body, program.form, where, program.name, program.readings)


def _is_entry_of(name: str, used: set[str]) -> bool:
    """Whether p_k is used where p_i = … was defined."""
    base, sub = split_name(name)
    return bool(re.fullmatch(r"[a-z]+", sub)) and any(
        base == other and (re.fullmatch(r"[a-z0-9]+", index) or not index) for other, index in map(split_name, used)
    )


def _names(roots: Iterable[Node]) -> set[str]:
    return {str(n.attr) for r in roots for n in walk(r) if n.op in ("name", "call")}


def _sized(program: Program, truth: Derivative | None) -> Program | None:
    """The claim plus a zero of the derivative's size: an `I` that nothing else gives a size takes it from there."""
    sizes = _sizes(program, truth)
    if sizes is None:
        return None
    zero = Node("name", (), spell_name("0", " x ".join(sizes)))
    body = Node("add", (program.body, zero))
    return Program(program.text, program.bindings, body, program.form, program.where, program.name, program.readings)


def _sizes(program: Program, truth: Derivative | None) -> tuple[str, str] | None:
    """Rows and columns of the derivative as the claim has them; None where they are not spelled in a subscript."""
    if truth is None or (program.form is not None and program.form[0] != "kron"):
        return None
    if truth._expr is not None and program.form is None:
        return str(truth._expr.shape[0]), str(truth._expr.shape[1])
    (m, n), (p, q) = truth._tensor.shapes[:2]
    plain = all(d.name is not None or d.number is not None for d in (m, n, p, q))
    return (f"{m} {n}", f"{p} {q}") if plain and truth.order == 1 else None


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


def _quotient(question: Question, truth: Derivative | None) -> Arrays | None:
    """The derivative by differences, of the function or of the derivative one order below; None for an entry, and for more than one
    order by complex variables, where the closed form was checked when it was made."""
    function, names, order = question.typed, question.names, question.options.order
    by = truth._by[-1] if truth is not None else names[-1]
    flipped = truth is not None and truth._flipped
    variable = function.symbols.get(base_name(by))
    if variable is None or (variable.op is MEMBER and (order > 1 or not is_number(variable.args[0]))):
        return None
    part = part_of(variable, is_conjugate_name(by)) if is_complex(variable) else ""
    if part and (order > 1 or truth is None):
        return None
    place = (name_of(variable), (int(value_of(variable.args[0])),) if variable.op is MEMBER else None)
    below = partial(numbers_of, function)
    if order > 1:
        try:
            lower = one_derivative(Question(question.program, question.declarations, names[: order - 1], Options(order - 1)))
        except NoAnswerError:
            return None
        below = partial(_closed, lower)
    numbers = differences(below, place, variable.shape, part)

    def bound(arrays: ModuleType) -> Callable[..., Any]:
        value = numbers(arrays)

        def at(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
            result = value(env, sizes)
            return result.T if flipped and result.ndim == 2 else result

        return at

    return bound


def _closed(d: Derivative, arrays: ModuleType) -> Callable[..., Any]:
    numbers = d._arrays(arrays)
    return lambda env, sizes: numbers(env, sizes, {})


def _same(claim: Expr, truth: Expr) -> bool:
    return claim.shape == truth.shape and (claim is truth or is_zero(simplify(subtract(claim, truth))))
