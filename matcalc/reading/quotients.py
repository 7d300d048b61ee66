r"""What a slash divides by, where people mean more than the rule says: refused, with both spellings.

`/` goes from the left, as the other signs of products do, so all of these are products with the last factor:

    x^2/2s^2     E/kT             letters that touch the divisor
    p^2/2 s^2    ||r||^2/2 \sigma   a number, and behind it a power or a Greek letter
    1/2m sum_i   1/2n ||X w||^2   a size that touches the number, before what is averaged, and (1/2m) by itself
    x/1-y        K/s(s + a)       a one, which divides nothing, and a letter that is a factor of the bracket behind it
    x y / z w                     blanks round the slash, as wide as the product behind it
    x^T y/||x|| ||y||             two norms, or two values of one function
    D^-1/2, x^1/2                 a first power, where the power is most often the quotient
    x^T A x/x^T x                 a transpose, which nothing is divided by

Here too: the slash of division from the left, A\b, and the star that touches one side, q* v q.
"""

from __future__ import annotations

from ..errors import Span
from ..interning import regex
from .functions import function_of
from .lexer import Lexer
from .marks import Mark, quote

_OF_LATEX = regex(r"[{_$]|\^T")
_SIZES = frozenset("mnNMT")
_ROOTS = frozenset("23")
_BARS = frozenset(("|", "||"))
_POWERS = frozenset(("caret", "sup"))


def refuse_long_divisor(lexer: Lexer, slash: Mark) -> None:
    """ReadingError where what stands behind the slash is most often meant as one divisor."""
    first = lexer.following
    if first is None:
        return
    if first.kind == "num":
        _one(lexer, slash, first)
        _above(lexer, slash, first)
        _behind_number(lexer, slash, first)
    elif first.kind in ("word", "greek") and function_of(first.value) is None:
        _transposed(lexer, slash, first)
        _greek_run(lexer, slash, first)
        _run_together(lexer, slash, first)
        _before_bracket(lexer, slash, first)
        _set_wide(lexer, slash, first)
    else:
        _two_of_a_kind(lexer, slash, first)


def _at(lexer: Lexer, k: int) -> Mark | None:
    return lexer.marks[k] if k < lexer.stop else None


def _refuse(lexer: Lexer, slash: Mark, cut: int, end: int) -> None:
    """The divisor as a whole, or its part before the mark at `cut`."""
    first, rest = lexer.source((slash.end, lexer.marks[cut].start)).strip(), lexer.source((lexer.marks[cut].start, end)).strip()
    span: Span = (slash.start, end)
    hint = f"write /({first} {rest}) or /{first} * {rest}"
    raise lexer.refuse(f"{quote('/' + lexer.source((slash.end, end)).strip())} can be read in two ways", span, hint)


def _above(lexer: Lexer, slash: Mark, number: Mark) -> None:
    """D^-1/2 A D^-1/2, x^1/2: a half of the first power, or the power 1/2."""
    at = lexer.i - 2
    run = [*lexer.marks[max(at - 2, 0) : at + 1], slash, number]
    signed = len(run) == 5 and run[1].kind == "minus"
    caret = at - 2 if signed else at - 1
    if (
        at < 2
        or run[-3].value != "1"
        or number.value not in _ROOTS
        or lexer.marks[caret].kind != "caret"
        or any(m.gap for m in run[-4 if signed else -3 :])
    ):
        return
    power = lexer.source((lexer.marks[caret + 1].start, number.end))
    one = lexer.source((lexer.marks[caret].start, slash.start))
    span = (lexer.marks[caret].start, number.end)
    hint = f"write ^({power}) for the power, {one} / {number.value} for its part"
    raise lexer.refuse(f"{quote('^' + power)} can be read in two ways", span, hint)


def _behind_number(lexer: Lexer, slash: Mark, number: Mark) -> None:
    """x^2/2s^2, exp(-||r||^2/2 \\sigma^2), 1/2m sum_i: the number alone, or all of it."""
    behind = _at(lexer, lexer.i + 1)
    if behind is None or behind.kind not in ("word", "greek") or (behind.kind == "word" and function_of(behind.value) is not None):
        return
    following = _at(lexer, lexer.i + 2)
    if lexer.last == "NUM" and (len(lexer.tokens) < 2 or lexer.tokens[-2].type != "CARET"):  # 1/2 m v^2, and 1/2x^T A x
        averaged = following is not None and (following.kind == "binder" or following.value == "sum" or following.value in _BARS)
        averaged = averaged or (following is not None and following.kind == "close" and following.value == "(")  # (1/2m) sum(…)
        if not behind.gap and behind.value in _SIZES and averaged:
            _refuse(lexer, slash, lexer.i + 1, behind.end)
        return
    if not behind.gap:
        _refuse(lexer, slash, lexer.i + 1, behind.end)
    measured = lexer.tokens[-2:-1] and lexer.tokens[-2].type == "CARET"  # ...^2 before the slash
    square = following is not None and following.kind in _POWERS and following.value != ".^" and behind.value[0].islower()
    letter = (behind.kind == "greek" or behind.value in _SIZES) and behind.value not in lexer.names.variables
    if measured and behind.value not in lexer.names.made_of and (square or letter):
        _refuse(lexer, slash, lexer.i + 1, behind.end)


def _one(lexer: Lexer, slash: Mark, number: Mark) -> None:
    """log(p/1-p), c^(1-s)/1-s: nobody divides by 1."""
    behind = _at(lexer, lexer.i + 1)
    if number.value != "1" or behind is None or behind.kind not in ("plus", "minus"):
        return
    rest = _at(lexer, lexer.i + 2)
    if rest is None or rest.kind not in ("word", "greek", "num"):
        return
    shown = lexer.source((number.start, rest.end)).strip()
    hint = f"write /({shown}) for one divisor; leave out the /1 where it is none"
    raise lexer.refuse(f"{quote('/' + shown)} divides by 1 alone", (slash.start, rest.end), hint)


def _before_bracket(lexer: Lexer, slash: Mark, name: Mark) -> None:
    """K/s(s + a): by the rule K/s times the bracket; in a transfer function both divide."""
    bracket = _at(lexer, lexer.i + 1)
    if bracket is None or bracket.kind != "open" or bracket.value != "(" or bracket.gap or name.value in lexer.names.functions:
        return
    inside = lexer.marks[lexer.i + 2 : bracket.mate]
    if any(m.value == name.value for m in inside) and any(m.kind in ("plus", "minus") for m in inside):
        _refuse(lexer, slash, lexer.i + 1, lexer.marks[bracket.mate].end)


def _set_wide(lexer: Lexer, slash: Mark, name: Mark) -> None:
    """x y / z w, with blanks on both sides of the slash: two names that end the term are read as one divisor by as many people."""
    behind = _at(lexer, lexer.i + 1)
    if not slash.gap or not name.gap or behind is None or not _is_letter(name) or not _is_letter(behind) or lexer.last == "NUM":
        return
    following = _at(lexer, lexer.i + 2)
    before = lexer.tokens[-2].type if len(lexer.tokens) > 1 else ""
    ends = following is None or following.kind in ("plus", "minus", "close", "comma", "semi", "newline")
    if ends and before == "JUXT" and name.value not in _SIZES:
        _refuse(lexer, slash, lexer.i + 1, behind.end)


def _is_letter(mark: Mark) -> bool:
    return mark.kind == "greek" or (mark.kind == "word" and len(mark.value) == 1)


def refuse_part_of_logarithm(lexer: Lexer, slash: Mark) -> None:
    r"""p log p/q, \ln p/(1-p): without brackets the logarithm ends before the slash, and with another letter behind it most people mean
    that of the quotient. (ln x/x is read as (ln x)/x.)"""
    frame, first = lexer.frames[-1], lexer.following
    if frame.label == "log" and lexer.source((frame.opened[1], slash.start)).strip() == "1" and first is not None:
        log, span = lexer.source(frame.opened).strip(), (frame.opened[0], first.end)
        raise lexer.refuse("the logarithm of 1 is 0, and divides into nothing", span, f"write {log}(1/…) for that of the quotient")
    if frame.label != "log" or first is None or slash.gap or first.gap or not (_is_letter(first) or first.value == "("):
        return
    if any(t.start_pos >= frame.opened[1] and t.type not in ("NAME", "LPAR") for t in lexer.tokens[-2:]):
        return
    argument = lexer.source((frame.opened[1], slash.start)).strip()
    end = lexer.marks[first.mate].end if first.kind == "open" else first.end
    divisor = lexer.source((first.start, end))
    if first.kind != "open" and argument.startswith(lexer.source(first.span)):
        return
    following = _at(lexer, first.mate + 1 if first.kind == "open" else lexer.i + 1)
    if first.kind != "open" and following is not None and following.kind in ("under", "sub"):
        stop = _at(lexer, lexer.i + 2) or following
        stop = lexer.marks[stop.mate] if stop.kind == "open" else stop
        divisor = lexer.source((first.start, (following if following.kind == "sub" else stop).end))
    log = lexer.source(frame.opened).strip()
    hint = f"write {log}({argument}/{divisor}) for that of the quotient, {log}({argument})/{divisor} for the other"
    raise lexer.refuse(f"{quote(f'{log} {argument}/{divisor}')} can be read in two ways", (frame.opened[0], end), hint)


def _transposed(lexer: Lexer, slash: Mark, name: Mark) -> None:
    """x^T A x/x^T x: the row alone, which nothing is divided by."""
    k = lexer.i + 1
    mark = _at(lexer, k)
    if mark is None:
        return
    if mark.kind == "caret":
        k += 1
        mark = _at(lexer, k)
        if mark is not None and mark.kind == "open" and mark.mate == k + 2:
            k, mark = k + 2, lexer.marks[k + 1]
    if mark is None or mark.value != "T" or mark.kind not in ("word", "post", "sup"):
        return
    row_end, behind = k, _at(lexer, k + 1)
    if behind is not None and behind.kind == "infix" and behind.value in ("@", "*", "."):
        k += 1
        behind = _at(lexer, k + 1)
    if behind is None or behind.kind not in ("word", "greek", "open"):
        return
    if lexer.source(mark.span) in ("'", "’") and behind.value != name.value:  # g/f' h
        return
    whole = lexer.source((name.start, behind.end)).strip()
    row = lexer.source((name.start, lexer.marks[row_end].end))
    message = f"{quote('/' + whole)} divides by {row} alone, and nothing is divided by a row"
    raise lexer.refuse(message, (slash.start, behind.end), f"write /({whole}) for the whole product")


def _two_of_a_kind(lexer: Lexer, slash: Mark, first: Mark) -> None:
    """x^T y/||x|| ||y||, x^T y/norm(x) norm(y): the first alone, or both."""
    end = _end_of_value(lexer, lexer.i)
    if end < 0:
        return
    k = end
    if (power := _at(lexer, k)) is not None and power.kind in _POWERS:
        k += 1 if power.kind == "sup" else 2
    behind = _at(lexer, k)
    if behind is None or behind.kind != first.kind or behind.value != first.value:
        joined = end < lexer.stop and first.value == "|" and lexer.marks[end - 1].value == "||"  # |a||b|
        if not joined:
            return
        raise lexer.refuse(
            f"{quote('/' + lexer.source((first.start, lexer.marks[end - 1].end)))} and what follows can be read in two ways",
            (slash.start, lexer.marks[end - 1].end),
            "write /(|a| |b|) for both, /|a| * |b| for the first alone",
        )
    stop = _end_of_value(lexer, k)
    if stop > 0:
        _refuse(lexer, slash, k, lexer.marks[stop - 1].end)


def _end_of_value(lexer: Lexer, at: int) -> int:
    """The place behind the norm or the value of a function that begins at `at`; -1 where none does."""
    mark = _at(lexer, at)
    if mark is None:
        return -1
    if mark.kind == "open" and mark.value in _BARS:
        return mark.mate + 1
    if mark.kind == "bar":
        k = at + 1
        while k < lexer.stop and lexer.marks[k].kind != "bar":
            k = lexer.marks[k].mate + 1 if lexer.marks[k].kind == "open" else k + 1
        return k + 1 if k < lexer.stop else -1
    if mark.kind in ("word", "sqrt"):
        bracket = _at(lexer, at + 1)
        return bracket.mate + 1 if bracket is not None and bracket.kind == "open" else -1
    return -1


def _greek_run(lexer: Lexer, slash: Mark, letter: Mark) -> None:
    r"""hc/λkT, hc/\lambda kT: letters that touch the Greek one, or a run of them behind its macro, belong to the divisor."""
    run = _at(lexer, lexer.i + 1)
    if letter.kind != "greek" or letter.gap or slash.gap or run is None or run.kind not in ("word", "greek"):
        return
    macro = lexer.text[letter.start : letter.start + 1] == "\\"
    if (len(run.value) < 2 if macro else run.gap) or lexer.names.is_name(run.value) or function_of(run.value) is not None:
        return
    if not macro or run.kind == "word":
        _refuse(lexer, slash, lexer.i + 1, run.end)


def _run_together(lexer: Lexer, slash: Mark, run: Mark) -> None:
    """`E/kT` is (E/k) T by the rule, and E/(k T) as people write it."""
    if run.kind != "word" or run.gap or slash.gap or len(run.value) > 3 or lexer.names.is_name(run.value):
        return
    pieces = lexer.names.cut(run.value)
    following = _at(lexer, lexer.i + 1)
    if (
        len(pieces) < 2
        or lexer.names.function_at_end(run.value) < len(run.value)
        or lexer.names.function_at_start(run.value)
        or (following is not None and following.kind in ("caret", "post", "sup"))
    ):
        return
    if following is not None and following.kind == "open" and following.value == "(" and not following.gap:
        from .meanings import meant

        if meant(run.value):  # /sd(x), which is refused by what it means
            return
    rest = " ".join(pieces[1:])
    hint = f"write /({' '.join(pieces)}) or /{pieces[0]} {rest}"
    raise lexer.refuse(f"{quote('/' + run.value)} can be read in two ways", (slash.start, run.end), hint)


def divides_from_the_left(lexer: Lexer, mark: Mark) -> bool:
    r"""Whether the mark is the second half of A\b, as MATLAB and Julia write it: in a text that has no other backslash and nothing else of
    LaTeX, where \b may be a macro. Then the capital letter before it is inverted, and told so."""
    before = lexer.tokens[-2:-1]
    begins = not before or before[0].type in ("PLUS", "MINUS", "NEG", "LPAR", "COMMA", "SEMI")
    matrix, right = str(lexer.tokens[-1].value), mark.value
    if mark.gap or not begins or not matrix[:1].isupper() or lexer.peek("post") or lexer.text.count("\\") > 1:
        return False
    if _OF_LATEX.search(lexer.text):
        return False
    lexer.note(f"read `{matrix}\\{right}` as {matrix}^-1 {right}, with a square {matrix}")
    lexer.put("POST", "inv", (mark.start, mark.start + 1))
    return True


def refuse_star(lexer: Lexer, star: Mark) -> None:
    """q* v q, A* A x: the star touches the letter before it alone, and other products have no sign."""
    behind = lexer.following
    name = lexer.tokens[-1]
    if behind is None or not behind.gap or behind.kind not in ("word", "greek") or lexer.source(star.span) != "*":
        return
    from .programs import juxtaposes

    if not juxtaposes(lexer.marks):
        return
    shown = lexer.source((name.start_pos, star.end))
    letter, after = lexer.source(name.span), lexer.source(behind.span)
    hint = f"write {letter}^H and declare it complex for the conjugate, {letter} * {after} for the product, {letter}_{{star}} for a name"
    raise lexer.refuse(
        f"{quote(shown)} is a conjugate or adjoint, or the star is the sign of a product", (name.start_pos, behind.end), hint
    )
