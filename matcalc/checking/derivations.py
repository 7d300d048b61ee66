"""A derivation judged line by line: which line does not follow from the one before?

A line defines a name (`f = x^T A x`), states a differential (`df = …`) or a derivative (`df/dx = …`), or goes on with the line before it
(`= …`). A derivative is compared with the closed form, a differential as the linear map dx ↦ df, with every d(…) in it worked out, and a
function rewritten with what it was. As all lines before are right, the first that is not is the one that does not follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..errors import MatcalcError, ShapeError, UsageError
from ..pipeline.derive import one_derivative
from ..pipeline.given import Where, declared_in
from ..pipeline.question import Options, Question
from ..travel import Holder
from .claims import check
from .points import is_value_at, point_in
from .statements import NAME, Claim, claim_in, plain, sides_of

RIGHT, WRONG, UNCLEAR, GIVEN = "right", "wrong", "not understood", "definition"
_SETTING = re.compile(r"\\(?:begin|end)\{[^{}]*\}|\\(?:quad|qquad|displaystyle|nonumber|notag)(?![A-Za-z])|\$")
_UPRIGHT = re.compile(r"\\(?:mathrm|operatorname|text|rm)\s*(?:\{\s*d\s*\}|d(?![A-Za-z]))\s*")
_BESIDE = re.compile(r"(?<=\S)\s{3,}.*$")  # the rule beside a line, in columns
_COMMENT = re.compile(r"\\(?:text|tag|label|intertext)\s*\{[^{}]*\}|\s*%.*$")
_DIFFERENTIAL = re.compile(rf"\s*d\s*(?P<f>{NAME})\s*$")
_VALUE = re.compile(rf"\s*(?P<f>{NAME})\s*(?:\((?P<args>[^()=]*)\))?\s*$")
_CHANGE = re.compile(r"(?<![A-Za-z\\])d\s?(?P<x>[A-Za-z])\b")
_PENDING = re.compile(r"(?<![A-Za-z\\_])d\s*(?=\(|\|\||\\\|)")


class JudgedLine(Holder):
    """A line of a derivation: its number in the text, the text, the `status` and, where it is wrong or was not understood, why."""

    __slots__ = ("number", "reason", "status", "text")

    def __init__(self, number: int, text: str, status: str, reason: str = "") -> None:
        self.number, self.text, self.status, self.reason = number, text, status, reason

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"line": self.number, "text": self.text, "status": self.status, "reason": self.reason}

    def __str__(self) -> str:
        return f"{self.number}: {self.status}{': ' * bool(self.reason)}{self.reason}"

    def __repr__(self) -> str:
        return f"<{self}>"


class _Line:
    """Head and body of a line as it was typed."""

    def __init__(self, number: int, text: str, head: str, body: str) -> None:
        self.number, self.text, self.head, self.body = number, text, head, body


def check_steps(text: str, wrt: str | None = None, *, where: Where = None, layout: str | None = None) -> list[JudgedLine]:
    """Judge a derivation, in text or LaTeX, line by line.

    `wrt` is the variable of what does not name one, of differentials and of ∇f (else the first that a derivative of the text names, or the
    one argument of the first function); `where` has declarations; so have lines that begin with `where`.
    Without a `layout` it is the one in which more of the derivatives are right, numerator layout if as many are.
    Raises UsageError where there is no derivation.
    """
    lines = list(_lines(text))
    declared = "; ".join(filter(None, (declared_in(where), *_declarations(text))))
    claims = [claim for line in lines if (claim := claim_in(line.head, [])) is not None]
    changes = [m["x"] for line in lines if _DIFFERENTIAL.match(line.head) for m in _CHANGE.finditer(line.body)]
    primed = _primed(lines)
    named = (*(n for c in claims for n in c.wrt), *changes, *_arguments(lines))
    wrt = wrt or next(iter((*named, *(_only_variable(f, declared) for f in primed))), None)
    if wrt is None or not (claims or changes or primed):
        raise UsageError(
            "there is no derivation: no line states a differential or a derivative",
            suggestion="write the function, f = x^T A x, then df = … or df/dx = …, a line each",
        )
    layouts = [layout] if layout else ["numerator", "denominator"]
    judged = [_Judge(wrt, declared, way).judged(lines) for way in layouts]
    return max(judged, key=lambda found: sum(line.status == RIGHT for line in found))


def _declarations(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip().startswith("where "):
            yield line.strip()[len("where ") :].rstrip(".")


def _arguments(lines: Sequence[_Line]) -> Iterator[str]:
    """The argument of each function of one that is defined: x of f(x) = …"""
    for line in lines:
        m = _VALUE.match(line.head)
        if m is not None and m["args"] and re.fullmatch(NAME, m["args"].strip()):
            yield m["args"].strip()


def _primed(lines: Sequence[_Line]) -> list[str]:
    """The functions y of which a line states y'."""
    values = {m["f"]: line.body for line in lines if (m := _VALUE.match(line.head)) is not None}
    return [values[f.rstrip("'")] for f in values if f.endswith("'") and f.rstrip("'") in values]


def _only_variable(function: str, declared: str) -> str:
    """What y' is differentiated by. UsageError where several names could be meant."""
    return Question.of(function, None, declared, asks=True).names[0]


def _lines(text: str) -> Iterator[_Line]:
    """Each line of the text that has a sign of equality, with the rule beside it taken away; what follows another `=` is a line as well."""
    begun = False
    for number, raw in enumerate(text.splitlines(), 1):
        for part in re.split(r"\\\\(?:\[[^\]]*\])?", raw):
            if part.strip().startswith(("where ", "#")):
                continue
            bare = _COMMENT.sub("", _UPRIGHT.sub("d ", _SETTING.sub("", part.strip())))
            first, sign, rest = bare.partition("=")
            shown = re.sub(r"\s+", " ", plain(first + sign + _BESIDE.sub("", rest))).strip().rstrip(",.;")
            head, *bodies = (side for side, _ in sides_of(shown, 0))
            if (
                not begun and not bodies and head.strip() and not head.strip().startswith("\\")
            ):  # the function stands alone on the first line
                heads = _heads(text)
                name = next((m["f"] for m in map(_DIFFERENTIAL.match, heads) if m is not None), "f")
                if not any((m := _VALUE.match(h)) is not None and m["f"] == name for h in heads):  # else that line was words
                    yield _Line(number, head.strip(), name, head)
            begun = begun or bool(head.strip() or bodies)
            for k, body in enumerate(bodies):
                if body.strip():
                    own = head.strip() if k == 0 else ""
                    yield _Line(number, f"{own} = {body.strip()}".strip(), own, body)


def _heads(text: str) -> list[str]:
    """What stands before the first sign of equality of each line."""
    return [line.partition("=")[0].strip() for line in text.splitlines() if "=" in line]


class _Judge:
    """Judges the lines of one derivation in turn: what was defined so far, and what the last line was about."""

    def __init__(self, wrt: str, where: str, layout: str) -> None:
        self.wrt, self.where, self.layout = wrt, where, layout
        self.defined: dict[str, str] = {}
        self.about: Claim | tuple[str, str] = ("", "")  # what the last line claims, or its kind and its name

    def judged(self, lines: Sequence[_Line]) -> list[JudgedLine]:
        found = []
        for line in lines:
            try:
                status, reason = self._judge(line)
            except ShapeError as error:
                status, reason = WRONG, f"wrong dimension: {error.message}"
            except MatcalcError as error:
                status, reason = UNCLEAR, error.message
            found.append(JudgedLine(line.number, line.text, status, reason))
        return found

    def _judge(self, line: _Line) -> tuple[str, str]:
        goes_on = not line.head
        if not goes_on:
            self.about = self._head(line.head)
        if isinstance(self.about, Claim):
            return self._derivative(self.about, line.body)
        kind, name = self.about
        if not name:
            raise UsageError("nothing was understood that this line could go on with")
        if kind == "value":
            if not goes_on:
                self.defined[name] = line.body
                return GIVEN, ""
            return self._equal(name, line.body)
        if name not in self.defined:
            raise UsageError(f"the text does not say what {name} is")
        verdict = check(self._function(name), self.wrt, f"d{self.wrt} -> {self._worked_out(line.body)}", where=self.where)
        return (RIGHT, "") if verdict.equal else (WRONG, "; ".join(verdict.diagnosis))

    def _head(self, head: str) -> Claim | tuple[str, str]:
        claim = claim_in(head, [("", 0)])
        if claim is not None:
            return claim
        differential = _DIFFERENTIAL.match(head)
        if differential is not None and differential["f"] in self.defined:
            return "differential", differential["f"]
        value = _VALUE.match(head)
        if value is not None and value["f"].endswith("'") and value["f"].rstrip("'") in self.defined:  # f'
            name = value["f"].rstrip("'")
            return Claim(name, (self.wrt,), len(value["f"]) - len(name), [("", 0)], "partial", head)
        if value is None:
            raise UsageError(f"{head!r} is neither a name, nor a differential, nor a derivative")
        return "value", value["f"]

    def _derivative(self, claim: Claim, body: str) -> tuple[str, str]:
        """A claim about a derivative, against the closed form; `at` a point, the value there."""
        called = _VALUE.match(claim.function)
        name = called["f"] if called is not None else ""
        if called is not None and name not in self.defined:
            raise UsageError(f"the text does not say what {name} is")
        function = self._function(name or claim.function)
        names = claim.wrt or (self.wrt,)
        (before, _), *_ = claim.sides
        body = f"({body})^T" if before else body
        at = claim.at or point_in(called["args"] if called else None, names)
        if at is not None:
            gradient = one_derivative(Question.of(function, names[0], self.where, Options(1, self.layout, names=False)))
            return (RIGHT, "") if is_value_at(gradient, at[1], body) else (WRONG, f"the derivative has another value at {at[0]} = {at[1]}")
        wrt = names[0] if len(names) == 1 else list(names)
        verdict = check(function, wrt, body, where=self.where, order=claim.order, layout=self.layout)
        return (RIGHT, "") if verdict.equal else (WRONG, "; ".join(verdict.diagnosis))

    def _function(self, body: str) -> str:
        """An expression with the definitions it may use."""
        return "; ".join([*[f"{n} = {value}" for n, value in self.defined.items()], body])

    def _equal(self, name: str, body: str) -> tuple[str, str]:
        """Whether a function was rewritten rightly: t f has the derivative f by a new number t."""
        whole = " ".join([*self.defined, *self.defined.values(), body])
        t = next(t for k in range(len(whole) + 2) if (t := f"t_{{{k}}}" if k > 9 else f"t_{k}") not in whole)
        where = "; ".join(filter(None, (self.where, f"{t} in R")))
        verdict = check(self._function(f"{t} ({self.defined[name]})"), t, body, where=where)
        return (RIGHT, "") if verdict.equal else (WRONG, "; ".join(verdict.diagnosis))

    def _worked_out(self, body: str) -> str:
        """The right side of a differential with every d(…) as a linear map of dx."""
        for name in self.defined:
            body = re.sub(rf"(?<![A-Za-z\\])d\s*{re.escape(name)}(?![A-Za-z0-9_])", lambda m: f"d({name})", body)  # noqa: B023
        while (m := _PENDING.search(body)) is not None:
            end = _closing(body, m.end())
            inside = body[m.end() : end]
            found = one_derivative(Question.of(self._function(inside), self.wrt, self.where, Options(notation="differential", names=False)))
            _, _, mapped = found.text.partition(" -> ")
            if not mapped:
                mapped = f"({found.text}) d{self.wrt}"
            body = f"{body[: m.start()]}({mapped}){body[end:]}"
        return re.sub(rf"(?<![A-Za-z\\])d\s+{re.escape(self.wrt)}(?![A-Za-z])", lambda _: f"d{self.wrt}", body)


def _closing(text: str, start: int) -> int:
    """Where what opens at `start`, a bracket or a norm, has closed."""
    sign = "||" if text.startswith("||", start) else r"\|" if text.startswith(r"\|", start) else ""
    if sign:
        end = text.find(sign, start + len(sign))
        if end < 0:
            raise UsageError("a norm behind d is not closed")
        end += len(sign)
        return end + (2 if text.startswith(("_F", "_2"), end) else 0)
    depth = 0
    for k in range(start, len(text)):
        depth += (text[k] in "([{") - (text[k] in ")]}")
        if not depth:
            return k + 1
    raise UsageError("a bracket behind d is not closed")


__all__ = ["JudgedLine", "check_steps"]
