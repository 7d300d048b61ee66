"""Exponents and the marks after an operand: ^T, ^{-1}, primes, small digits."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Span
from ..syntax import spell_name, split_name
from .conjugates import conjugates, turn
from .functions import function_of
from .lexer import Lexer, Token, leaf
from .marks import Mark, quote
from .names import is_prime

_WORD = 3  # letters
_POSTFIX = {"T": "T", "+": "pinv", "pinv": "pinv", "-1": "inv", "-T": "invT", "-H": "invH"}


def postfix(lexer: Lexer, mark: Mark) -> None:
    if not lexer.ends:
        raise lexer.nothing_after(mark.span)
    if lexer.names.primed and lexer.last == "NAME" and is_prime(mark, lexer.text):
        primed_name(lexer, mark)
        return
    if lexer.names.conjugating or mark.value == "H":
        turn(lexer, mark)
        return
    lexer.put("POST", mark.value, mark.span)


def refuse_zeroth(lexer: Lexer, zero: Mark) -> None:
    """E^0, x^0: nobody writes the power, which is 1; it is a standard state, or where something begins."""
    name = lexer.tokens[-1]
    if str(name.value) in lexer.names.variables:
        return
    shown = lexer.source((name.start_pos, zero.end)).replace("{", "")
    hint = f"write {split_name(str(name.value))[0]}_0 for a name of its own; leave the power out"
    raise lexer.refuse(f"{quote(shown)} is 1 as a power, and most often a name", (name.start_pos, zero.end), hint)


def primed_name(lexer: Lexer, mark: Mark) -> None:
    """x' in a text that writes its transposes as ^T."""
    token = lexer.tokens[-1]
    base, sub = split_name(str(token.value))
    token.value, token.end_pos = spell_name(base, f"prime,{sub}" if sub else "prime"), mark.end
    lexer.note(f"{lexer.source(token.span)} is a name of its own, {token.value}: {lexer.names.primed}")


def superscript(lexer: Lexer, mark: Mark) -> None:
    if not lexer.ends:
        raise lexer.nothing_after(mark.span)
    small_exponent(lexer, mark.value, mark.span)


def small_exponent(lexer: Lexer, value: str, span: Span) -> None:
    if value in _POSTFIX:
        lexer.put("POST", _POSTFIX[value], span)
        return
    digits = value.removeprefix("-")
    if not (digits.isdigit() or (len(digits) == 1 and digits.isalpha())):
        raise lexer.refuse(f"{quote(lexer.source(span))} is no exponent", span, "write x^{…}")
    lexer.put("CARET", "^", span)
    if value != digits:
        lexer.put("NEG", "-", span)
    lexer.tokens.append(leaf(digits, span))


def caret(lexer: Lexer, mark: Mark) -> None:
    if not lexer.ends:
        raise lexer.nothing_after(mark.span)
    ahead = lexer.marks[lexer.i : min(lexer.i + 3, lexer.stop)]
    first = ahead[0] if ahead else None
    inside = lexer.marks[lexer.i + 1] if first is not None and first.value == "{" and first.mate == lexer.i + 2 else first
    if inside is not None and conjugates(lexer, mark, inside):
        return
    if inside is not None and inside.value == "0" and lexer.last == "NAME" and mark.value == "^":
        refuse_zeroth(lexer, inside)
    if first is None or mark.value == ".^":
        lexer.put("CARET", mark.value, mark.span)
        return
    if lexer.last == "RPAR" and first.value in ("{", "T"):
        braced = first.value == "{"
        above = lexer.marks[lexer.i + 1 : first.mate] if braced else [first]
        content = lexer.source((above[0].start, above[-1].end)) if above else ""
        if content in ("T", "-T") and over_periods(lexer, first, content):
            lexer.note(f"{quote(content)} above the brackets is a number: what stands in them is one")
            lexer.put("CARET", mark.value, mark.span)
            if content == "-T":
                lexer.put("NEG", "-", above[0].span)
            lexer.i = first.mate + 1 if braced else lexer.i + 1
            lexer.tokens.append(Token("NAME", "T", *above[-1].span))
            return
    if first.kind == "open" and first.value == "{" and first.mate <= lexer.i + 3:
        content = "".join("-" if m.kind == "minus" else m.value for m in lexer.marks[lexer.i + 1 : first.mate])
        if content in _POSTFIX:
            lexer.i = first.mate + 1
            lexer.put("POST", _POSTFIX[content], (mark.start, lexer.marks[first.mate].end))
            return
    if first.value == "{" and inside is not None and inside.kind == "word" and lexer.last == "NAME" and lexer.tokens[-1].value != "e":
        word_above(lexer, mark, inside)
    if first.kind == "minus":
        refuse_prior(lexer, mark, ahead)
    sign = "-" if first.kind == "minus" and len(ahead) > 1 else ""
    body = ahead[1] if sign else first
    if (
        body.kind in ("post", "plus")
        or (body.kind in ("word", "upright") and body.value[0] == "T")
        or (sign and body.kind == "num" and body.value == "1")
    ):
        size = 1 if body.kind == "word" else len(body.value)
        value = _POSTFIX.get(sign + ("T" if body.kind == "word" else body.value))
        if value is not None:
            lexer.i += 2 if sign else 1
            if body.kind == "word" and len(body.value) > size:
                lexer.i -= 1
                lexer.marks[lexer.i] = Mark("word", body.value[size:], body.start + size, body.end)
            lexer.put("POST", value, (mark.start, body.start + size if body.kind == "word" else body.end))
            return
    if body.kind == "word" and len(body.value) > 1 and not lexer.names.is_name(body.value) and len(lexer.names.cut(body.value)) > 1:
        two_exponents(lexer, body, mark)
    if body.kind == "num" and "\\" not in lexer.text and (lexer.last == "NUM" or lexer.tokens[-1].value == "e"):
        _number_and_letter(lexer, body, mark)
    lexer.put("CARET", mark.value, mark.span)


def _number_and_letter(lexer: Lexer, number: Mark, mark: Mark) -> None:
    """e^2x, 2^-3t: the number alone, or all that touches it."""
    at = next(k for k in range(lexer.i, lexer.stop) if lexer.marks[k] is number) + 1
    behind = lexer.marks[at] if at < lexer.stop else None
    if behind is None or behind.gap or behind.kind not in ("word", "greek") or function_of(behind.value) is not None:
        return
    shown = lexer.source((mark.end, behind.end))
    rest = lexer.source(behind.span)
    hint = f"write ^({shown}) or ^{shown[: -len(rest)]} {rest}"
    raise lexer.refuse(f"{quote('^' + shown)} can be read in two ways", (mark.start, behind.end), hint)


def refuse_prior(lexer: Lexer, mark: Mark, ahead: Sequence[Mark]) -> None:
    r"""P_k^- H^T, \hat x^- + K y: what a filter has before an update, or a power with a negative exponent. (Without braces TeX sets the
    minus alone above.)"""
    token = lexer.tokens[-1]
    base, sub = split_name(str(token.value)) if lexer.last == "NAME" else ("", "")
    behind = ahead[1] if len(ahead) > 1 else None
    if not (base[:1].isupper() or "hat" in sub) or (behind is not None and behind.kind in ("num", "post")):
        return
    turned = behind is not None and behind.kind in ("word", "upright") and behind.value[0] == "T"
    power = behind is not None and behind.kind in ("word", "greek") and behind.value.islower() and not behind.gap
    if not turned and not power:
        name = lexer.source((token.start_pos, mark.start))
        hint = (
            f"write {token.value}_{{prior}} for a name of its own, {name}^{{-k}} for a power"
            if not sub
            else f"give {name}^- another letter"
        )
        raise lexer.refuse(
            f"{quote(name + '^-')} is a name, as before an update, or an exponent goes on", (token.start_pos, ahead[0].end), hint
        )


def over_periods(lexer: Lexer, first: Mark, content: str) -> bool:
    """Whether the ^T behind brackets is T periods, (1 + r)^T: they hold a sum with a number, nothing stands behind it that a row could be
    multiplied with, and it divides, or T is a number elsewhere in the text. (1 + r)^{-T} is no inverse: r is not even a square matrix."""
    marks = lexer.marks
    end = first.mate + 1 if first.kind == "open" else lexer.i + 1
    behind = marks[end] if end < len(marks) else None
    if behind is not None and behind.kind not in ("close", "plus", "minus", "comma", "semi", "newline", "cmp"):
        return False
    close = lexer.i - 2  # the caret was passed
    start = next((k for k in range(close - 1, -1, -1) if marks[k].kind == "open" and marks[k].mate == close), -1)
    if start < 0 or marks[start].value != "(":
        return False
    inside = marks[start + 1 : close]
    summands = [k for k, m in enumerate(inside) if m.kind == "num" and (k == 0 or inside[k - 1].kind in ("plus", "minus"))]
    summed = any(k + 1 == len(inside) or inside[k + 1].kind in ("plus", "minus") for k in summands)
    plain = all(m.kind in ("num", "plus", "minus", "word", "greek", "frac", "open", "close", "under", "infix") for m in inside)
    if not summed or not plain or len(inside) < 3:
        return False
    if content == "-T":
        return not any(m.kind == "word" and not m.value.islower() for m in inside)
    alike = [k for k, m in enumerate(marks) if m.kind == "open" and m.mate - k == close - start and m.value == "("]
    said = [m.value for m in inside]
    divides = any(_divides(marks, k) for k in alike if [m.value for m in marks[k + 1 : marks[k].mate]] == said)
    return divides or any(is_number_elsewhere(lexer, k) for k, m in enumerate(marks) if m.value[-1:] == "T")


def _divides(marks: Sequence[Mark], start: int) -> bool:
    """Whether the brackets at mark `start`, with what stands above them, end what stands below a fraction."""
    above = marks[start].mate + 1
    if above + 1 >= len(marks) or marks[above].kind != "caret":
        return False
    end = marks[above + 1].mate + 1 if marks[above + 1].kind == "open" else above + 2
    k = start - 1
    if k >= 0 and marks[k].value == "/" and marks[k].kind != "frac":
        return True
    while k > 0 and marks[k].kind in ("word", "greek", "num"):  # r (1 + r)^T
        k -= 1
    return k > 0 and marks[k].value == "{" and marks[k - 1].kind == "close" and end < len(marks) and marks[end].kind == "close"


def is_number_elsewhere(lexer: Lexer, k: int) -> bool:
    """Whether the T at mark `k` is a name: the bound of a sum, or a letter that stands above nothing."""
    marks = lexer.marks
    before = marks[k - 1] if k else None
    if before is not None and before.kind == "open" and before.value == "{" and k > 1:
        before = marks[k - 2]
    if before is not None and before.kind == "caret":
        at = marks.index(before)
        start = next((j for j in range(at - 1, 0, -1) if marks[j].kind == "open" and marks[j].mate == at - 1), 0)
        return start > 0 and marks[start - 1].kind == "under" and any(m.kind == "cmp" for m in marks[start:at])  # \sum_{t=1}^T
    return marks[k].kind == "word" and (before is None or before.kind != "under")


def word_above(lexer: Lexer, mark: Mark, run: Mark) -> None:
    """`x^{ref}`: a name, most likely, and no power."""
    word = run.value
    if (
        len(word) >= _WORD
        and word.islower()
        and not lexer.names.is_name(word)
        and function_of(word) is None
        and len(lexer.names.cut(word)) >= _WORD
    ):
        base = str(lexer.tokens[-1].value)
        hint = f"write {base}_{{{word[:20]}}} for a name, {base}^({' '.join(word[:20])}) for a power"
        raise lexer.refuse(
            f"{quote('^{' + word[:20] + '}')} is a word above a name, or a product of exponents", (mark.start, run.end + 1), hint
        )


def two_exponents(lexer: Lexer, run: Mark, mark: Mark) -> None:
    """`e^xy`: the exponent may be x or xy."""
    pieces = lexer.names.cut(run.value)
    if not lexer.names.function_at_start(run.value) and function_of(run.value) is None:
        shown = run.value[:20]
        hint = f"write ^{{{shown}}} or ^{pieces[0]} {shown[len(pieces[0]) :]}"
        raise lexer.refuse(f"{quote('^' + run.value)} can be read in two ways", (mark.start, run.end), hint)
