"""What a formula states: a function's definition, a claim about a derivative, a declaration, a stationary point.

It serves drafts (`matcalc.papers`) and derivations (`derivations`): one table of heads, in LaTeX and in text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STYLE = (
    r"\\(?:mathbf|boldsymbol|bm|vec|mathrm|mathit|mathcal|mathsf|mathbb|hat|widehat|tilde|bar|overline|symbf|pmb|dot|ddot|check|breve)"
    r"\s*(?:\{[^{}]*\}|\\[A-Za-z]+|\w)"
)
_NOT_NAMES = "nabla|partial|frac|log|exp|det|tr\\b|sum|left|right|int|max|min|ln|sin|cos|tanh|quad|text|operatorname"
NAME = rf"(?:{_STYLE}|\\(?!{_NOT_NAMES})[A-Za-z]+|[A-Za-z])(?:_(?:\{{[^{{}}]*\}}|\\[A-Za-z]+|\w))?'*"
_NAME = re.compile(NAME)
_HEAD = re.compile(rf"\s*(?P<name>{NAME})\s*(?:\((?P<args>[^()]*)\))?\s*")
_TURNED = re.compile(r"(?<=\))\s*\^\s*\{?\s*\\?(?:top|T|intercal|mathsf\{T\}|mathrm\{T\})\s*\}?\s*$")
_LOGARITHM = re.compile(r"\s*\\(?:log|ln)\s*(?=[\\A-Za-z])")
_NABLA = re.compile(r"\s*\\nabla\s*|\s*\\partial\s*(?=_)")
_SECOND = re.compile(r"\^\s*\{?\s*2\s*\}?")
_D = r"(?:\\partial|∂|(?<![A-Za-z\\])d)"
_LINE = re.compile(rf"{_D}\s*(?P<f>[^=/()\s][^=/]*?|)\s*/\s*{_D}\s*(?P<x>{NAME})")
_WHOLE = re.compile(r"\s*\((?P<inner>.*)\)\s*\^\s*\{?\s*\\?(?:top|T|intercal)\s*\}?\s*")
_AT = re.compile(rf"(?:\||\\rvert|\\vert)\s*_\s*\{{\s*(?P<name>{NAME})\s*=\s*(?P<point>[^{{}}=]*(?:\{{[^{{}}]*\}}[^{{}}=]*)*)\}}\s*$")
_FRAC = re.compile(r"\s*\\[dt]?frac\s*(?=\{)")
_UPPER = re.compile(r"\s*(?:\\partial|\\mathrm\s*\{?d\}?|\\rm d|d)\s*(?P<square>\^\s*\{?\s*2\s*\}?)?\s*")
_LOWER = re.compile(
    rf"\s*(?:\\partial|\\mathrm\s*\{{?d\}}?|d)\s*(?P<one>{NAME})\s*(?P<square>\^\s*\{{?\s*2\s*\}}?)?(?:\^\s*\{{?\\?(?:top|T|intercal)\}}?)?\s*"
)
_JACOBIAN = re.compile(rf"\s*(?:(?:J|\\mathbf\s*\{{?J\}}?)_\s*\{{?(?P<j>{NAME})\}}?|D\s*(?P<d>{NAME}))\s*(?:\((?P<args>[^()]*)\))?\s*")
_HESSIAN = re.compile(rf"\s*(?:H|\\mathbf\s*\{{?H\}}?)_\s*\{{?(?P<h>{NAME})\}}?\s*(?:\((?P<args>[^()]*)\))?\s*")
_PRIME = re.compile(rf"\s*(?P<name>{NAME})\s*\((?P<args>{NAME})\)\s*")
_MEMBER = re.compile(r"\\in(?![A-Za-z])|∈")
_SEPARATOR = re.compile(
    r"\\\\(?:\[[^\]]*\])?|\\q?quad(?![A-Za-z])|\\(?:Rightarrow|Longrightarrow|implies|iff|Leftrightarrow|text\s*\{[^{}]*\}|textrm\s*\{[^{}]*\}|mbox\s*\{[^{}]*\}|intertext\s*\{[^{}]*\}|qquad)(?![A-Za-z])|;"
)
_INNER = re.compile(r"\\(?:begin|end)\{(?:aligned|alignedat|split|gathered|array|subequations)\*?\}(?:\{[lcr|\d]*\})?")
_EQUAL = re.compile(r":=|\\(?:coloneqq|triangleq|equiv|doteq)(?![A-Za-z])|=")
_BIG = tuple(rf"\{size}{side}" for size in ("bigg", "Bigg", "big", "Big") for side in ("l", "r", "m", ""))
STARS = re.compile(r"\^\s*(?:\{\s*)?(?:\*|\\star|\\ast|\\dagger)\s*\}?|_\s*\{?\s*(?:\*|\\star|\\ast)\s*\}?")


class Definition:
    """`name(args) = text`; where `logged`, the source says it of log name(args)."""

    def __init__(self, name: str, args: tuple[str, ...], text: str, logged: bool = False) -> None:
        self.name, self.args, self.text, self.logged = name, args, text, logged


class Claim:
    """That the derivative of `function` by `wrt` (unknown: by the function's arguments) is each of `sides`, where it says so `at` a point
    (a name and its value). `sign` is nabla or partial."""

    def __init__(self, function: str, wrt: tuple[str, ...], order: int, sides: list[tuple[str, int]], sign: str, head: str) -> None:
        self.function, self.wrt, self.order, self.sides, self.sign, self.head = function, wrt, order, sides, sign, head
        self.at: tuple[str, str] | None = None


class StatedSolution:
    """`name^* = text`."""

    def __init__(self, name: str, text: str, at: int) -> None:
        self.name, self.text, self.at = name, text, at


class Declared:
    """`names \\in set`, as it was typed."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        self.text, self.names = text, names


Statement = Definition | Claim | StatedSolution | Declared


def plain(text: str) -> str:
    """Without what only sets a formula, of the same length where possible: places are counted in it."""
    for sign in (r"\left.", r"\left", r"\right", *_BIG, r"\,", r"\;", r"\!", r"\:", "&", "~"):
        text = re.sub(re.escape(sign) + (r"(?![A-Za-z])" if sign[-1].isalpha() else ""), " " * len(sign), text)
    return _INNER.sub(lambda m: " " * len(m[0]), text)


def statements(text: str) -> Iterator[Statement]:
    """What a formula states, in order; places are offsets in `text`."""
    text = plain(text)
    last: Claim | Definition | None = None
    for start, end in _pieces(text):
        piece = text[start:end]
        if _MEMBER.search(piece) and "=" not in piece:
            yield from _declared(piece)
            continue
        sides = sides_of(piece, start)
        if len(sides) < 2:
            if last is not None and re.match(r"\s*[+\-]", piece):
                _prolonged(last, piece)
            continue
        if not sides[0][0].strip():  # a line that goes on: = …
            if isinstance(last, Claim):
                last.sides += sides[1:]
            continue
        last = None
        for found in _stated(sides):
            last = found if isinstance(found, Claim | Definition) else last
            yield found


def _pieces(text: str) -> list[tuple[int, int]]:
    """The lines of a formula, and what commas and arrows set apart."""
    cuts = [(m.start(), m.end()) for m in _SEPARATOR.finditer(text) if not _inside(text, m.start())]
    for k, c in enumerate(text):
        if c == "," and not _inside(text, k) and re.match(rf"\s*{NAME}[^,]*?(?:=|\\in(?![A-Za-z]))", text[k + 1 :]):
            if not re.fullmatch(rf"\s*(?:{NAME}\s*,\s*)*{NAME}\s*", text[:k].split("\\\\")[-1].split(";")[-1]):  # x, y \in … is one
                cuts.append((k, k + 1))
    pieces, at = [], 0
    for start, end in sorted(cuts):
        if start >= at:
            pieces.append((at, start))
            at = end
    return [*pieces, (at, len(text))]


def _inside(text: str, at: int) -> bool:
    """Whether a place is inside brackets, or an environment such as a matrix."""
    before = text[:at]
    depth = sum(before.count(c) for c in "([{") - sum(before.count(c) for c in ")]}")
    return depth > 0 or before.count(r"\begin") > before.count(r"\end")


def sides_of(piece: str, start: int) -> list[tuple[str, int]]:
    """What stands between the signs of equality, each with its place."""
    found, at = [], 0
    for m in _EQUAL.finditer(piece):
        if not _inside(piece, m.start()) and not re.search(r"[<>!\\]$|\\[lgn]eq?$", piece[: m.start()]):
            found.append((piece[at : m.start()], start + at))
            at = m.end()
    found.append((piece[at:], start + at))
    return [(re.sub(r"[\s.,;]+$", "", side), place + len(side) - len(side.lstrip())) for side, place in found]


def _prolonged(last: Claim | Definition, piece: str) -> None:
    """A line that begins with a sign goes on with the one before."""
    more = re.sub(r"[\s.,;]+$", "", piece)
    if isinstance(last, Definition):
        last.text += f" {more}"
    else:
        text, place = last.sides[-1]
        last.sides[-1] = (f"{text} {more}", place)


def _stated(sides: list[tuple[str, int]]) -> Iterator[Statement]:
    head = sides[0][0].strip()
    claim = claim_in(head, sides[1:])
    if claim is not None:
        yield claim
        return
    for k in range(1, len(sides) - 1):  # g = \nabla f(x) = …: a claim, and a name for it
        claim = claim_in(sides[k][0].strip(), sides[k + 1 :])
        if claim is not None:
            yield claim
            sides = [sides[0], *sides[k + 1 :]]
            break
    star = STARS.search(head)
    if star is not None and _NAME.fullmatch((head[: star.start()] + head[star.end() :]).strip()):
        yield StatedSolution((head[: star.start()] + head[star.end() :]).strip(), sides[1][0].strip(), sides[1][1])
        return
    logged = _LOGARITHM.match(head)
    m = _HEAD.fullmatch(head[logged.end() :] if logged else head)
    if m is not None and (logged is None or m["args"]):
        if logged is not None:  # log p(x) = … is said of p, and claims are about log p(x)
            sides = [sides[0], (rf"\exp({sides[1][0].strip()})", sides[1][1])]
        args = tuple(a.strip() for a in re.split(r"[,;|]|\\mid", m["args"] or "") if a.strip())
        yield Definition(m["name"].strip(), args, sides[1][0].strip(), logged is not None)


def _declared(piece: str) -> Iterator[Declared]:
    names, _, sets = _MEMBER.sub("\0", piece, count=1).partition("\0")
    found = tuple(n.strip() for n in re.split(r",(?![^{]*\})", names))
    if all(_NAME.fullmatch(n) for n in found):
        yield Declared(rf"{names.strip()} \in {_first_set(sets)}", found)


def _first_set(sets: str) -> str:
    """The set that stands first: \\mathbb{R}^{m \\times n}."""
    m = re.match(
        r"\s*(?:\\mathbb\s*\{?\s*[A-Z]\s*\}?|\\R(?![A-Za-z])|\\mathcal\s*\{?[A-Z]\}?|ℝ|[A-Z])\s*(?:_\{?\+*\}?)?\s*(?:\^\s*)?", sets
    )
    if m is None:
        return sets.strip()
    end = group(sets, m.end()) if sets[m.end() : m.end() + 1] == "{" else m.end() + (1 if m[0].rstrip().endswith("^") else 0)
    return re.sub(r"_\{?\+*\}?", "", sets[:end]).strip()


# ---------------------------------------------------------------------------------------------- claims


def claim_in(head: str, sides: list[tuple[str, int]]) -> Claim | None:
    """The claim whose left side is `head`; None where that is no derivative."""
    text = head.replace("∇", r"\nabla ")
    at = _AT.search(text)
    text = text[: at.start()] if at else text
    whole = _WHOLE.fullmatch(text)
    if whole is not None:  # what is said of the transpose of a derivative is said of the derivative
        text, sides = whole["inner"], [(rf"({side})^\top", place) for side, place in sides]
    text = _LINE.sub(lambda m: rf"\frac{{\partial {m['f']}}}{{\partial {m['x']}}}", _unwrapped(text) if at else text)
    found = _by_nabla(text, sides, head) or _by_fraction(text, sides, head) or _by_letter(text, sides, head)
    if found is not None and at is not None:
        found.at = at["name"].strip(), at["point"].strip()
    return found if found is None or whole is None or found.order == 1 else None


def _by_nabla(text: str, sides: list[tuple[str, int]], head: str) -> Claim | None:
    m = _NABLA.match(text)
    if m is None:
        return None
    at, order, wrt = m.end(), 1, ""
    while at < len(text):
        square = _SECOND.match(text, at)
        if square:
            order, at = 2, square.end()
        elif text[at] == "_":
            found = re.compile(r"_\s*(?=\{)").match(text, at)
            end = group(text, found.end()) if found else at
            one = re.compile(rf"_\s*(?P<n>{_STYLE}|\\[A-Za-z]+|\w)").match(text, at)
            if found:
                wrt, at = text[found.end() + 1 : end - 1].strip(), end
            elif one:
                wrt, at = one["n"], one.end()
            else:
                return None
        elif text[at].isspace():
            at += 1
        else:
            break
    names = _variables(wrt)
    if wrt and names is None:
        return None
    if names and len(names) == 2 and order == 2 and names[0] == names[1]:
        names = names[:1]
    sign = "nabla" if "nabla" in m[0] else "partial"
    turned = _TURNED.search(text)
    if turned is not None and order == 1:  # what is said of the transpose of a gradient is said of the gradient
        text = head = text[: turned.start()]
        sides = [(rf"({side})^\top", place) for side, place in sides]
    if sign == "partial" and names and len(names) == 2:
        order = 2
    return Claim(_unwrapped(text[at:]), tuple(dict.fromkeys(names or ())), order, sides, sign, head)


def _variables(text: str) -> tuple[str, ...] | None:
    twice = re.fullmatch(rf"({NAME})\s*({NAME})", text)  # xx, \theta\theta, xy
    names = tuple(n.strip() for n in re.split(r"(?<=[\w}])\s*[, ]\s*(?=[\\A-Za-z])", text)) if text else ()
    if twice is not None and not _NAME.fullmatch(text):
        names = (twice[1], twice[2])
    names = tuple(re.sub(r"\^\s*\{?\\?(?:top|T|intercal)\}?$", "", n) for n in names)
    return names if all(_NAME.fullmatch(n) for n in names) else None


def _by_fraction(text: str, sides: list[tuple[str, int]], head: str) -> Claim | None:
    m = _FRAC.match(text)
    if m is None:
        return None
    middle = group(text, m.end())
    below = re.compile(r"\s*(?=\{)").match(text, middle)
    if below is None:
        return None
    end = group(text, below.end())
    above, under, rest = text[m.end() + 1 : middle - 1], text[below.end() + 1 : end - 1], text[end:]
    upper = _UPPER.match(above)
    variables, at = [], 0
    while at < len(under):
        lower = _LOWER.match(under, at)
        if lower is None:
            return None
        variables += [lower["one"].strip()] * (2 if lower["square"] else 1)
        at = lower.end()
    if upper is None or not variables or len(variables) > 2:
        return None
    function = above[upper.end() :].strip() or _unwrapped(rest)
    if above[upper.end() :].strip() and rest.strip():
        return None
    wrt = tuple(dict.fromkeys(variables))
    return Claim(_unwrapped(function), wrt, len(variables), sides, "partial", head)


def _by_letter(text: str, sides: list[tuple[str, int]], head: str) -> Claim | None:
    """J_f(x), D f(x), H_f(x), f'(x), f''(x)."""
    for pattern, name, order in ((_JACOBIAN, "j", 1), (_JACOBIAN, "d", 1), (_HESSIAN, "h", 2)):
        m = pattern.fullmatch(text)
        if m is not None and m[name]:
            return Claim(m[name], _variables(m["args"] or "") or (), order, sides, "letter", head)
    m = _PRIME.fullmatch(text)
    if m is not None and m["name"].endswith("'"):
        base = m["name"].rstrip("'")
        return Claim(base, (m["args"].strip(),), len(m["name"]) - len(base), sides, "partial", head)
    return None


def _unwrapped(text: str) -> str:
    """Without brackets around the whole."""
    text = text.strip()
    for left, right in (("(", ")"), ("[", "]"), ("{", "}"), (r"\{", r"\}")):
        inner = text[len(left) : len(text) - len(right)]
        if text.startswith(left) and text.endswith(right) and not _unbalanced(inner):
            return _unwrapped(inner)
    return text


def _unbalanced(text: str) -> bool:
    depth = 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if depth < 0:
            return True
    return depth != 0


def group(text: str, at: int) -> int:
    """Where the group ends that opens at `at` with a brace: behind its closing brace, or at the end of the text."""
    depth = 0
    k = at
    while k < len(text):
        if text[k] == "\\":
            k += 2
            continue
        depth += (text[k] == "{") - (text[k] == "}")
        k += 1
        if depth == 0:
            return k
    return len(text)
