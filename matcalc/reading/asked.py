r"""The question in the text: `\frac{d}{dx} x^T A x` asks for the derivative of what follows, by x.

Such a sign is read at the head of the last statement and nowhere else; in the middle of an expression it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ReadingError, UsageError
from ..syntax import Asked
from .marks import Mark, quote, refuse, touching_bracket
from .names import read_name

_CLOSING_POST = frozenset({"T"})
HINT = "write the function alone, and give the variable with --wrt"


def asked(marks: list[Mark], start: int, stop: int, text: str, known: frozenset[str]) -> tuple[Asked, int] | None:
    r"""What the head of `marks[start:stop]` asks for, and where the function begins; None if it asks for nothing.

    Read are d/dx, \frac{d}{dx}, \frac{\partial^2}{\partial x \partial y}, \partial_x, \nabla_x, \nabla^2, D_x. `known` are the names
    that are declared or bound: a d among them is a number like any other.
    """
    _refuse_field(marks, start, stop, text)
    found = (
        _fraction(marks, start, stop, text, known) or _slashed(marks, start, stop, text, known) or _sign(marks, start, stop, text, known)
    )
    if found is None or (found[1] < stop) == bool(found[0].of):
        return None
    question, begin = found
    question.span = (marks[start].start, marks[begin - 1].end)
    if question.of:
        return question, stop
    _check_extent(marks, begin, stop, text, question)
    return question, begin


def written_out(marks: list[Mark], start: int, stop: int, text: str, known: frozenset[str]) -> tuple[Asked, int, int] | None:
    r"""\frac{\partial (x^T A x)}{\partial x}, d(x^T A x)/dx: what is asked where the function stands above the bar, and the marks
    between which it stands; None if `marks[start:stop]` is nothing of the kind."""
    if marks[start].kind == "frac":
        if start + 2 >= stop or marks[start + 1].kind != "open":
            return None
        above, bar = start + 2, marks[start + 1].mate
        if bar + 2 >= stop or marks[bar + 1].kind != "open" or marks[bar + 1].mate + 1 != stop:
            return None
        below, end = bar + 2, stop - 1
    else:
        above, bar = start, _only_slash(marks, start, stop)
        below = bar + 1
        if not bar or below >= stop or _one_differential(marks, below, stop, known) != stop - 1:
            return None
        end = stop
    first = marks[above]
    if bar == above + 1 and first.kind == "word" and first.value[0] == "d" and len(first.value) > 1 and "d" not in known:  # dy/dx
        name, names = first.value[1:], _denominator(marks, below, end, text, known)
        if names is not None:
            span = (marks[start].start, marks[stop - 1].end)
            hint = f"write the function, or define it first: {name} = ..."
            raise refuse(f"{quote(name)} is to be differentiated, and nothing says what it is", text, span, hint)
    if not _is_d(first, known):
        return None
    order, begin = _power(marks, above + 1, bar) or (1, above + 1)
    names = _denominator(marks, below, end, text, known) if begin < bar else None
    if names is None:
        return None
    question = _question(names, order, text[marks[begin].start : marks[bar - 1].end], marks, start, stop - 1, text)
    question.span = (marks[start].start, marks[stop - 1].end)
    return question, begin, bar


def _only_slash(marks: list[Mark], start: int, stop: int) -> int:
    """The place of the only `/` outside brackets, where no sum stands before it; 0 if there is none."""
    found, i = 0, start
    while i < stop:
        mark = marks[i]
        if mark.kind in ("plus", "minus", "cmp") or (found and mark.kind == "infix"):
            return 0
        if mark.kind == "infix" and mark.value == "/":
            found = i
        i = mark.mate + 1 if mark.kind == "open" else i + 1
    return found


def refuse_inside(marks: Sequence[Mark], start: int, stop: int, text: str, known: frozenset[str]) -> None:
    """Refuse d/dx where it is no head of a statement."""
    listed = list(marks)
    for i in range(start, stop):
        if listed[i].kind == "partial":
            _refuse_field(listed, i, stop, text)
        after = listed[i + 1] if i + 1 < stop and listed[i + 1].kind in ("word", "greek") else None
        if listed[i].value == "d" and text[listed[i].start] == "\\" and after is not None and f"d{after.value}" not in known:
            span = (listed[i].start, after.end)
            raise refuse(f"{quote(text[span[0] : span[1]])} is a differential, which is not taken as a factor", text, span, HINT)
        if listed[i].kind in ("frac", "partial") or (listed[i].kind == "word" and listed[i].value[0] == "d"):
            found = _fraction(listed, i, stop, text, known) or _slashed(listed, i, stop, text, known)
            end = found[1] if found is not None else _of_unknown(listed, i, stop, text, known)
            if end:
                span = (listed[i].start, listed[end - 1].end)
                raise refuse(f"{quote(text[span[0] : span[1]])} asks for a derivative in the middle of an expression", text, span, HINT)


def _of_unknown(marks: list[Mark], i: int, stop: int, text: str, known: frozenset[str]) -> int:
    r"""The mark behind \frac{dQ}{dP} of a Q of which nothing is said, 0 where there is no such fraction."""
    if marks[i].kind != "frac" or i + 2 >= stop or marks[i + 1].kind != "open" or "d" in known:
        return 0
    middle = marks[i + 1].mate
    above = marks[i + 2 : middle]
    whole = len(above) == 1 and above[0].kind == "word" and above[0].value[0] == "d" and len(above[0].value) == 2
    if not whole or middle + 1 >= stop or marks[middle + 1].kind != "open":
        return 0
    end = marks[middle + 1].mate
    return end + 1 if _denominator(marks, middle + 2, end, text, known) is not None else 0


def _refuse_field(marks: Sequence[Mark], i: int, stop: int, text: str) -> None:
    r"""Refuse \nabla \cdot v and \nabla \times v."""
    if i + 1 < stop and marks[i].value == "nabla" and marks[i].kind == "partial" and marks[i + 1].kind == "infix":
        span = (marks[i].start, marks[i + 1].end)
        curl = text[marks[i + 1].start : marks[i + 1].end] in ("\\times", "×")
        what = "a curl is made of the entries" if curl else "a divergence is the trace"
        raise refuse(f"{quote(text[span[0] : span[1]])} is not read", text, span, f"{what} of the Jacobian: differentiate the field by x")


def _is_d(mark: Mark, known: frozenset[str]) -> bool:
    return (mark.kind == "partial" and mark.value == "d") or (mark.kind == "word" and mark.value == "d" and "d" not in known)


def _fraction(marks: list[Mark], start: int, stop: int, text: str, known: frozenset[str]) -> tuple[Asked, int] | None:
    r"""\frac{d}{dx}, \frac{\partial^2 f}{\partial x \partial y}."""
    if marks[start].kind != "frac" or start + 2 >= stop or marks[start + 1].kind != "open":
        return None
    middle = marks[start + 1].mate
    if middle + 1 >= stop or marks[middle + 1].kind != "open":
        return None
    end = marks[middle + 1].mate
    above = _numerator(marks, start + 2, middle, text, known)
    if above is None:
        return None
    order, of = above
    names = _denominator(marks, middle + 2, end, text, known)
    return None if names is None else (_question(names, order, of, marks, start, end, text), end + 1)


def _slashed(marks: list[Mark], start: int, stop: int, text: str, known: frozenset[str]) -> tuple[Asked, int] | None:
    """d/dx, ∂/∂x, d^2/dx^2."""
    slash = next((k for k in range(start + 1, min(stop, start + 5)) if marks[k].kind == "infix" and marks[k].value == "/"), 0)
    if not slash or slash + 1 >= stop:
        return None
    above = _numerator(marks, start, slash, text, known)
    if above is None:
        return None
    first = marks[slash + 1]
    if first.kind == "open" and first.value == "(":
        names = _denominator(marks, slash + 2, first.mate, text, known)
        end = first.mate
    else:
        end = _one_differential(marks, slash + 1, stop, known)
        names = _denominator(marks, slash + 1, end + 1, text, known) if end else None
    return None if names is None else (_question(names, *above, marks, start, end, text), end + 1)


def _one_differential(marks: list[Mark], i: int, stop: int, known: frozenset[str]) -> int:
    """The last mark of the `dx`, `∂x_1` or `dx^2` that begins at mark `i`; 0 if none does."""
    mark = marks[i]
    if mark.kind == "word" and mark.value[:1] == "d" and "d" not in known and len(mark.value) > 1:
        pass
    elif _is_d(mark, known) and i + 1 < stop and marks[i + 1].kind in ("word", "greek", "upright"):
        i += 1
    else:
        return 0
    if i + 2 < stop and marks[i + 1].kind == "under" and not marks[i + 1].gap:
        i = marks[i + 2].mate if marks[i + 2].kind == "open" else i + 2
    if i + 1 < stop and marks[i + 1].kind == "sup":
        return i + 1
    return i + 2 if i + 2 < stop and marks[i + 1].kind == "caret" and marks[i + 2].kind == "num" else i


def _numerator(marks: list[Mark], start: int, stop: int, text: str, known: frozenset[str]) -> tuple[int, str] | None:
    """The order, and the name that is differentiated (df/dx), "" where there is none."""
    i, order, of = start, 1, ""
    if i < stop and marks[i].kind == "word" and marks[i].value[:1] == "d" and marks[i].value[1:] in known:
        return (1, marks[i].value[1:]) if i + 1 == stop else None
    if i >= stop or not _is_d(marks[i], known):
        return None
    i += 1
    power = _power(marks, i, stop)
    if power:
        order, i = power
    if i + 1 < stop and marks[i].kind == "open" and marks[i].mate == i + 1:  # \partial{}
        i += 2
    if i < stop:
        try:
            of, i = read_name(marks, i, text)
        except ReadingError:
            return None
        if of not in known:
            return None
    return (order, of) if i == stop else None


def _power(marks: list[Mark], i: int, stop: int) -> tuple[int, int] | None:
    """The whole exponent at mark `i`, and the mark after it."""
    if i < stop and marks[i].kind == "sup" and marks[i].value.isdigit():
        return int(marks[i].value), i + 1
    if i + 1 >= stop or marks[i].kind != "caret":
        return None
    braced = marks[i + 1].kind == "open" and marks[i + 1].mate == i + 3
    number = marks[i + 2] if braced else marks[i + 1]
    return (int(number.value), i + 2 + 2 * braced) if number.kind == "num" and number.value.isdigit() else None


def _denominator(marks: list[Mark], start: int, stop: int, text: str, known: frozenset[str]) -> list[str] | None:
    """The variables of `dx`, `\\partial x \\partial y`, `dx^2` (twice x); a transpose on them counts nothing."""
    names: list[str] = []
    i = start
    while i < stop:
        mark = marks[i]
        if mark.kind == "word" and mark.value[:1] == "d" and len(mark.value) > 1 and "d" not in known:
            rest = Mark("word", mark.value[1:], mark.start + 1, mark.end)
            split = [*marks[:i], rest, *marks[i + 1 :]]
            name, i = read_name(split, i, text)
        elif _is_d(mark, known) and i + 1 < stop:
            braced = marks[i + 1].mate if marks[i + 1].kind == "open" and marks[i + 1].value == "{" else 0  # \partial{x}
            try:
                name, i = read_name(marks, i + 2 if braced else i + 1, text)
            except ReadingError:
                return None
            if braced and i != braced:
                return None
            i = i + 1 if braced else i
        else:
            return None
        if i < stop and marks[i].kind == "caret" and i + 1 < stop and marks[i + 1].value in ("T", "{"):
            inner = marks[i + 2].value if marks[i + 1].value == "{" else marks[i + 1].value
            if inner == "T":
                i = marks[i + 1].mate + 1 if marks[i + 1].value == "{" else i + 2
        elif i < stop and marks[i].kind == "post" and marks[i].value in _CLOSING_POST:
            i += 1
        power = _power(marks, i, stop)
        times, i = power or (1, i)
        names += [name] * min(times, 9)
    return names or None


def _question(names: list[str], order: int, of: str, marks: list[Mark], start: int, end: int, text: str) -> Asked:
    if len(names) != order:
        span = (marks[start].start, marks[end].end)
        message = f"{quote(text[span[0] : span[1]])} is of order {order} above and {len(names)} below"
        raise refuse(message, text, span, r"write \frac{d^2}{dx^2}, or \frac{\partial^2}{\partial x \partial y}")
    return Asked(tuple(names), order, of)


def _sign(marks: list[Mark], start: int, stop: int, text: str, known: frozenset[str]) -> tuple[Asked, int] | None:
    r"""\partial_x, \nabla_x, \nabla, \nabla^2, \nabla_x^2, D_x."""
    mark = marks[start]
    by_letter = mark.kind == "word" and mark.value == "D" and "D" not in known
    if not (mark.kind == "partial" or by_letter) or start + 1 >= stop:
        return None
    nabla = mark.value == "nabla"
    i, order, names = start + 1, 1, list[str]()
    power = _power(marks, i, stop) if nabla else None
    if power:
        order, i = power
    if i + 1 < stop and marks[i].kind == "under":
        first = marks[i + 1]
        inside = (i + 2, first.mate) if first.kind == "open" else (i + 1, i + 2)
        if first.kind == "word" and len(first.value) > 1:
            return None
        try:
            while inside[0] < inside[1]:
                name, at = read_name(marks, inside[0], text)
                names.append(name)
                inside = (at + (at < inside[1] and marks[at].kind == "comma"), inside[1])
        except ReadingError:
            return None
        i = first.mate + 1 if first.kind == "open" else i + 2
        if not power and (power := _power(marks, i, stop)):
            order, i = power
    elif i < stop and marks[i].kind == "sub" and not by_letter:  # ∇ₓ
        names, i = [marks[i].value], i + 1
    elif not nabla:
        return None
    if nabla and _of_gradient(marks, i, stop):
        return None
    if by_letter and not _stand(names, marks, i, stop):  # D_n^T A D_n asks nothing
        return None
    if len(names) > 1 and order == 1 and not nabla:
        order = len(names)
    return Asked(tuple(names * order if len(names) == 1 else names), order), i


def _of_gradient(marks: list[Mark], i: int, stop: int) -> bool:
    r"""\nabla f(x)^T d, \nabla f(x) \cdot d: the gradient in a product, not the gradient of one."""
    bracket = touching_bracket(marks, i + 1) if i < stop and marks[i].kind in ("word", "greek") else -1
    behind = marks[bracket].mate + 1 if i < bracket < stop else stop
    if behind < stop and marks[behind].kind == "caret":
        behind += 2 if behind + 1 < stop and marks[behind + 1].kind == "open" else 1
    if behind >= stop:
        return False
    mark = marks[behind]
    return (mark.value == "T" and mark.kind in ("word", "post", "sup")) or (mark.kind == "infix" and mark.value == ".")


def _stand(names: Sequence[str], marks: Sequence[Mark], i: int, stop: int) -> bool:
    """Whether one of the names stands somewhere, not only as a subscript. (D_e (1 - e^{-a r})^2 is no derivative by e.)"""
    while i < stop:
        if marks[i].kind == "under" and i + 1 < stop:
            i = marks[i + 1].mate if marks[i + 1].kind == "open" else i + 1
        elif marks[i].value in names and not (marks[i].value == "e" and i + 1 < stop and marks[i + 1].kind in ("caret", "sup")):
            return True
        i += 1
    return False


def _check_extent(marks: list[Mark], start: int, stop: int, text: str, question: Asked) -> None:
    """d/dx x^2 + 3 x may mean the derivative of the first term or of the sum."""
    i = start
    bars: list[str] = []  # that are open: ∂/∂W ‖X W − Y‖²
    while i < stop:
        mark = marks[i]
        if mark.kind == "bar":
            bars = bars[:-1] if bars[-1:] == [mark.value] else [*bars, mark.value]
        signs = (
            i > start
            and not bars
            and mark.kind in ("plus", "minus")
            and marks[i - 1].kind not in ("caret", "infix", "plus", "minus", "under")
        )
        if signs:
            first, whole = text[marks[start].start : mark.start].strip(), text[marks[start].start : marks[stop - 1].end]
            head = text[question.span[0] : question.span[1]]
            message = f"{quote(head)} before a sum can mean the derivative of its first term or of the whole"
            raise refuse(message, text, question.span, f"write {head} ({whole[:60]}), or ({head} {first[:30]}) …")
        i = mark.mate + 1 if mark.kind == "open" else i + 1


def agreed(question: Asked | None, names: tuple[str, ...], order: int) -> tuple[tuple[str, ...], int]:
    """The variables and the order, from the options and from the text. UsageError where they disagree.

    An order of 1 is what an option says that was not given.
    """
    if question is None:
        return names, order
    by = question.names or names[: question.order]
    if not by:
        raise UsageError("the text names no variable to differentiate by", suggestion="give it with --wrt")
    if names and {n.replace(",", "") for n in names} != {n.replace(",", "") for n in by}:
        raise UsageError(f"the text asks for the derivative by {', '.join(by)}, and --wrt says {', '.join(names)}")
    if order not in (1, question.order):
        raise UsageError(f"the text asks for a derivative of order {question.order}, and the option says {order}")
    return by, question.order
