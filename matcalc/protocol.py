"""One protocol for programs: a question as a JSON object, its answer as one. The page, its server, `matcalc ask` and assistants speak it.

>>> from matcalc import ask
>>> ask({"command": "d", "expr": "x^T A x", "wrt": "x"})["text"]
'x^T (A + A^T)'

An answer is the object that the command of that name prints with `--json`. What is refused is an answer too, `{"error": …}`, with the place
in the text that `field` names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .errors import MatcalcError, NoAnswerError, UsageError, VerificationError
from .pipeline.question import Question

if TYPE_CHECKING:
    from .course.problem import Answer
    from .pipeline.derivative import Derivative

Object = dict[str, Any]


def ask(question: Mapping[str, Any]) -> Object:
    """Answer a question. `command` is one of COMMANDS, d where it is left out; the other fields are the options of that command, under the
    names they have in Python, and `id`, which comes back with the answer. Nothing is raised: what is refused is told in `error`."""
    named = {"id": question["id"]} if isinstance(question, Mapping) and "id" in question else {}
    try:
        return {**named, **_answer(question)}
    except MatcalcError as error:
        return {**named, **refused(error, question)}
    except MemoryError:
        return {**named, **refused(NoAnswerError("this takes more memory than there is"))}
    except Exception as error:  # a bug, which must not end a process that has other questions to answer
        told: Object = {
            "code": "internal",
            "message": f"internal error (a bug): {type(error).__name__}: {error}",
            "span": None,
            "suggestions": [],
        }
        return {**named, "error": {**told, "field": None}}


def refused(error: MatcalcError, question: Mapping[str, Any] | None = None) -> Object:
    """The answer that tells of an error."""
    failed = {"verified": "failed"} if isinstance(error, VerificationError) else {}
    return {**failed, "error": {**error.as_dict(), "field": _field(error, question or {})}}


def _answer(question: Mapping[str, Any]) -> Object:
    if not isinstance(question, Mapping):
        raise UsageError("a question is a JSON object", suggestion='such as {"command": "d", "expr": "x^T A x", "wrt": "x"}')
    command = question.get("command", "d")
    if not isinstance(command, str) or command not in COMMANDS:
        raise UsageError(f"unknown command {command!r}", suggestion=f"there are: {', '.join(COMMANDS)}")
    answer, fields = COMMANDS[command]
    given = {name: value for name, value in question.items() if name not in ("command", "id") and value is not None}
    for name, value in given.items():
        if name not in fields:
            raise UsageError(f"{command} has no field {name!r}", suggestion=f"there are: {', '.join(fields)}")
        if not FIELDS[name][1](value):
            raise UsageError(f"{name} is {FIELDS[name][0]}, not {value!r:.60}")
    if "expr" in fields and "expr" not in given:
        raise UsageError("the question has no expr")
    return answer(**given)


def _field(error: MatcalcError, question: Mapping[str, Any]) -> str | None:
    """The field of the question that the error's place is in."""
    if error.span is None or not isinstance(question, Mapping):
        return None
    return next((name for name in ("expr", "where", "claim", "at") if error.text and question.get(name) == error.text), None)


# ---------------------------------------------------------------------------------------------- what may be given


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_names(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and bool(value) and all(isinstance(n, str) for n in value))


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_order(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or value == "inf"


def _is_sizes(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(v, int) and not isinstance(v, bool) and v > 0 for v in value.values())


def _is_parts(value: object) -> bool:
    return isinstance(value, list) and all(p in ("hessian", "jvp", "vjp", "hvp") for p in value)


_TEXT = ("a text", _is_text)
_FLAG = ("true or false", _is_flag)
FIELDS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "expr": _TEXT,
    "wrt": ("a name or a list of names", _is_names),
    "where": _TEXT,
    "order": ("a whole number", _is_order),
    "layout": _TEXT,
    "notation": _TEXT,
    "structured": _TEXT,
    "manifold": _TEXT,
    "along": _TEXT,
    "vectorize": _FLAG,
    "names": _FLAG,
    "verify": _FLAG,
    "steps": _TEXT,
    "level": _TEXT,
    "chain": _FLAG,
    "claim": _TEXT,
    "at": _TEXT,
    "name": _TEXT,
    "kind": _TEXT,
    "target": _TEXT,
    "parts": ("a list of hessian, jvp, vjp, hvp", _is_parts),
    "sizes": ("an object of whole numbers", _is_sizes),
}


# ---------------------------------------------------------------------------------------------- what is answered


def _taken(taker: str, expr: str, wrt: Any = None, **options: Any) -> Derivative | list[Derivative]:
    from . import api

    if isinstance(wrt, list) and len(wrt) == 1:
        wrt = wrt[0]
    found: Derivative | list[Derivative] = getattr(api, taker)(expr, wrt, **options)
    return found


def _derivatives(taker: str) -> Callable[..., Object]:
    """The answer of derivative, grad, jacobian or hessian; for several variables, an answer for each in `answers`."""

    def answer(expr: str, steps: str = "", chain: bool = False, **options: Any) -> Object:
        found = _taken(taker, expr, **options)
        return {"answers": [d.as_dict(steps, chain) for d in found]} if isinstance(found, list) else found.as_dict(steps, chain)

    return answer


def _one(expr: str, **options: Any) -> Derivative:
    found = _taken("derivative", expr, **options)
    if isinstance(found, list):
        raise UsageError("this is about one derivative: give one variable")
    return found


def _shapes(expr: str, where: str = "") -> Object:
    """The parts and their shapes, how each name was read, the formula as typed, and what one could differentiate by."""
    from .pipeline.expression import expression

    question = Question.of(expr, where=where, asks=True)
    found = expression(question).as_dict()
    return {**found, "asked": list(question.names), **question.choice()}


def _declare(expr: str, name: str = "", kind: str = "", where: str = "") -> Object:
    """The declaration of a name as another kind, with sizes that fit, and all declarations with it."""
    from .pipeline.declaring import declared

    clause, told = declared(expr, where, name, kind)
    return {"clause": clause, "where": told}


def _steps(expr: str, level: str = "brief", **options: Any) -> Object:
    """The derivation: its steps, its rows in LaTeX, and the whole of it as text and as an `align*`."""
    answer = _one(expr, **options)
    steps = answer.steps.at(level)
    rows = [dict(zip(("left", "right", "rule", "source"), row)) for row in steps.rows("latex")]
    return {"steps": steps.as_list(), "rows": rows, "text": steps.text("unicode"), "latex": answer.latex_steps(level)}


def _code(expr: str, target: str = "numpy", parts: Any = (), sizes: Any = None, **options: Any) -> Object:
    from .api import code

    found = _taken("derivative", expr, **options)
    several = found if isinstance(found, list) else [found]
    told = list(dict.fromkeys(note for d in several for note in d.assumptions))
    return {"target": target, "code": code(several, target, parts=parts, sizes=sizes), "assumptions": told}


def _check(expr: str, wrt: Any = (), claim: str = "", **options: Any) -> Object:
    from .checking.claims import check

    return check(expr, wrt, claim, **options).as_dict()


def _taylor(expr: str, wrt: Any = (), **options: Any) -> Object:
    from .course.calculus import taylor

    found: Answer = taylor(expr, wrt, **options)
    return found.as_dict()


def _stationary(expr: str, wrt: Any = (), **options: Any) -> Object:
    from .course.calculus import stationary

    return stationary(expr, wrt, **options).as_dict()


_USUAL = "expr wrt where notation structured vectorize names verify steps chain"
COMMANDS: dict[str, tuple[Callable[..., Object], tuple[str, ...]]] = {
    "d": (_derivatives("derivative"), (*_USUAL.split(), "order", "layout", "manifold", "along")),
    "grad": (_derivatives("grad"), (*_USUAL.split(), "manifold")),
    "jacobian": (_derivatives("jacobian"), tuple(_USUAL.split())),
    "hessian": (_derivatives("hessian"), (*_USUAL.split(), "manifold", "along")),
    "shapes": (_shapes, ("expr", "where")),
    "declare": (_declare, ("expr", "name", "kind", "where")),
    "steps": (_steps, tuple("expr wrt where order layout notation structured vectorize manifold along verify level".split())),
    "code": (_code, tuple("expr wrt where order verify target parts sizes".split())),
    "check": (_check, tuple("expr wrt claim where order layout".split())),
    "taylor": (_taylor, tuple("expr wrt at order where verify".split())),
    "stationary": (_stationary, tuple("expr wrt where verify".split())),
}

__all__ = ["COMMANDS", "ask", "refused"]
