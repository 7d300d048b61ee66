"""Operands: numbers, names with their scripts, and words that are functions."""

from __future__ import annotations

from fractions import Fraction

from ..errors import MatcalcError, ReadingError, Span
from ..syntax import spell_name
from .applied import DOTS, applied, holds_one, refuse_expectation
from .calls import call, einsum, function_call, over_distribution, refuse_underscored
from .entries import entries, pair_below
from .functions import function_of
from .lexer import Lexer, Token
from .marks import Mark, quote, touching_bracket
from .names import accented, spell_subscript, subscript, suggestion_for, superscript_index
from .operators import column, conjunction, infix
from .sums import after_superscript, binder, binder_follows, letter_is_sign

_LIKE_ENTRIES = ("xi", "pi")  # in a sum over i also x_i and p_i
_WORD = 6  # letters that are no product
_BEHIND_CAPITAL = frozenset("in out inf ref max min tot amb env eff avg crit sat ext int eq".split())
_CASES_WORDS = ("if", "for", "otherwise", "else")


def number(lexer: Lexer, mark: Mark) -> None:
    following = lexer.following
    if following and not following.gap and mark.value in ("0", "1"):
        if following.kind in ("under", "sub"):
            constant(lexer, mark)
            return
        if following.kind == "open" and following.compares:
            lexer.i += 1
            lexer.open("IVERSON", following.value, (mark.start, following.end))
            return
    ones = lexer.ends and any(t.type == "NAME" and t.value == "1" for t in lexer.tokens)  # 1^T P 1
    if mark.value == "1" and ((ones and lexer.tokens[-1].type != "NUM") or transposed_next(lexer)):
        lexer.operand("NAME", "1", mark.span)
        return
    if mark.value == "1" and ones_before(lexer):
        lexer.note(f"the 1 before {quote(f'{lexer.marks[lexer.i].value}^T')} is the vector of ones")
        lexer.operand("NAME", "1", mark.span)
        return
    if mark.value == "1" and ones_behind(lexer, mark):
        begin = lexer.tokens[-1 - (lexer.tokens[-1].type == "POST" and len(lexer.tokens) > 1)].start_pos
        lexer.note(f"the 1 in {quote(lexer.source((begin, mark.end)))} is the vector of ones")
        lexer.operand("NAME", "1", mark.span)
        return
    column(lexer, mark)
    if lexer.ends and lexer.tokens[-1].type == "NUM":
        both = (lexer.tokens[-1].start_pos, mark.end)
        raise lexer.refuse(f"the numbers {quote(lexer.source(both))} stand side by side", both, "write a * between them, or no blank")
    if lexer.ends and not mark.gap and lexer.text[mark.start - 1 : mark.start] in (")", "|", "‖"):  # ||A x - b||2
        before = lexer.text[mark.start - 1]
        hint = f"write {before}^{mark.value} for a power, {mark.value} in front for a factor"
        raise lexer.refuse(f"{quote(before + lexer.source(mark.span))} is a power that lost its sign, or a product", mark.span, hint)
    if lexer.last == "NAME" and not mark.gap and mark.start == lexer.tokens[-1].end_pos and not turns(lexer, mark):
        digit_after_name(lexer, mark)
    lexer.operand("NUM", Fraction(int(mark.value) if mark.value.isdecimal() else mark.value), mark.span)


def turns(lexer: Lexer, mark: Mark) -> bool:
    r"""Whether a 2 stands between i or j and \pi, as in e^{-j2\pi kn/N}: TeX sets a product, and nobody means j_2."""
    following = lexer.following
    return mark.value == "2" and lexer.tokens[-1].value in ("i", "j") and following is not None and following.value == "pi"


def ones_before(lexer: Lexer) -> bool:
    """Whether a 1 stands before b^T and nothing behind that, as nobody writes the number: X W + 1 b^T has b in every row."""
    marks, i = lexer.marks, lexer.i
    if lexer.ends or i + 1 >= lexer.stop or not marks[i].gap or any(frame.kind == "LSQ" for frame in lexer.frames):
        return False
    name = marks[i]
    if not (name.kind == "greek" or (name.kind == "word" and len(name.value) == 1)) or name.value[0].isupper():
        return False
    braced = i + 2 < lexer.stop and marks[i + 2].value == "{"
    inside = marks[i + 3 : marks[i + 2].mate] if braced else marks[i + 2 : i + 3]
    behind = marks[i + 1].value == "T"  # b', b⊤
    turned = behind or (marks[i + 1].kind == "caret" and [m.value for m in inside] == ["T"])
    end = i + 2 if behind else marks[i + 2].mate + 1 if braced else i + 3
    return turned and (end >= lexer.stop or marks[end].kind in ("plus", "minus", "close", "comma", "semi", "newline"))


def ones_behind(lexer: Lexer, mark: Mark) -> bool:
    """Whether a 1 stands behind w^T or A with nothing between them, as nobody writes the number: w^T 1 is the sum of the entries."""
    if not lexer.ends or not mark.gap or any(frame.kind == "LSQ" for frame in lexer.frames):
        return False
    before, following = lexer.tokens[-1], lexer.following
    matrix = (before.type, before.value) == ("POST", "T") or (before.type == "NAME" and str(before.value)[:1].isupper())
    return matrix and (following is None or following.value not in ("/", "^", "**", ".^"))


def transposed_next(lexer: Lexer) -> bool:
    """Whether the next marks are a transpose: 1^T x is the sum of the entries of x."""
    if lexer.i >= lexer.stop or lexer.marks[lexer.i].gap:
        return False
    if lexer.peek("post", "T") or lexer.peek("sup", "T"):
        return True
    ahead = lexer.marks[lexer.i + 1 : lexer.i + 3]
    if not lexer.peek("caret", "^") or not ahead:
        return False
    inside = ahead[1] if ahead[0].value == "{" and len(ahead) > 1 else ahead[0]
    return (inside.kind, inside.value) == ("post", "T") or (inside.kind in ("word", "upright") and inside.value[:1] == "T")


def digit_after_name(lexer: Lexer, mark: Mark) -> None:
    begin = mark.start
    while begin > 0 and lexer.text[begin - 1].isalpha():
        begin -= 1
    name = lexer.text[begin : mark.start]

    from .meanings import meant

    near = meant(name + mark.value) or (suggestion_for(name, lexer.names.variables) if len(name) > 2 else None)
    hint = near if near else f"write {name[-20:]}_{mark.value[:20]} for a subscript, or {mark.value[:20]} {name[-20:]} for a product"
    raise lexer.refuse(f"{quote(name + mark.value)} is no name", (begin, mark.end), hint)


def constant(lexer: Lexer, mark: Mark) -> None:
    """`\\mathbf 1`, `0_{m x n}`: a matrix of ones or zeros; before a comparison in brackets the Iverson bracket."""
    following = lexer.following
    brace = lexer.marks[lexer.i + 1] if following and following.kind == "under" and lexer.i + 1 < lexer.stop else None
    if following and following.kind == "open" and following.compares and mark.value == "1":
        lexer.i += 1
        lexer.open("IVERSON", following.value, (mark.start, following.end))
    elif brace and brace.kind == "open" and mark.value == "1" and (brace.compares or lexer.marks[lexer.i + 2].compares):
        inner = lexer.marks[lexer.i + 2]
        double = inner.kind == "open" and inner.compares
        lexer.i += 3 if double else 2
        frame = lexer.open("IVERSON", "\\{" if double else "{", (mark.start, brace.end))
        if double:
            frame.then = skip_close
    else:
        name = sized(lexer, mark.value)
        refuse_mask(lexer, name, mark)
        lexer.operand("NAME", name, (mark.start, lexer.marks[lexer.i - 1].end))


def refuse_mask(lexer: Lexer, name: str, mark: Mark) -> None:
    r"""1_K \circ X, 1_\Omega \circ X: where a set stands below it, the 1 is 0 outside of that; a product with ones would be nothing."""
    before = lexer.tokens[-1] if lexer.tokens else None
    beside = (lexer.following and lexer.following.value == ".*") or (before is not None and before.value == ".*")
    below = lexer.marks[lexer.i - 1]
    set_ = lexer.source(below.span).strip("\\")[:1].isupper() or (below.kind == "close" and lexer.marks[lexer.i - 2].value[:1].isupper())
    if mark.value == "1" and name != "1" and beside and set_:
        span = (mark.start, below.end)
        hint = "write M for it, a matrix of zeros and ones; or leave it out where it is all ones"
        raise lexer.refuse(f"{quote(lexer.source(span))} beside an entrywise product is 1 on a set and 0 elsewhere", span, hint)


def skip_close(lexer: Lexer) -> None:
    lexer.i += 1


def sized(lexer: Lexer, base: str) -> str:
    """`I`, `0` or `1` with the size that its subscript gives."""
    if not (lexer.peek("under") or lexer.peek("sub")) or lexer.marks[lexer.i].gap:
        return base
    start = lexer.i
    brace = lexer.marks[start + 1] if start + 1 < lexer.stop else None
    if brace is not None and brace.value == "{" and any(m.value == "(" for m in lexer.marks[start + 2 : brace.mate]):  # 0_{n (n + 1)/2}
        from .sizes import read_sizes

        try:
            below = read_sizes(lexer.marks, start + 2, brace.mate, lexer.text)
        except MatcalcError:
            below = ()  # said of the subscript
        if below:
            lexer.i = brace.mate + 1
            return spell_name(base, " x ".join(map(str, below)))
    sub, lexer.i = subscript(lexer.marks, start, lexer.text, lexer.names, base)
    of_axes = base == "I" and len(sub) == 2 and set("xyz").issuperset(sub)  # moments of inertia
    of_a_mask = base == "I" and sub.isalpha() and lexer.active.issuperset(sub)  # sum_{i,j} I_{ij} …
    if lexer.marks[start].kind == "sub" or of_a_mask or of_axes:
        return spell_name(base, sub)
    first, last = start + 1, lexer.i
    if lexer.marks[first].kind == "open":
        first, last = first + 1, last - 1
    try:
        from .sizes import read_sizes

        sizes = read_sizes(lexer.marks, first, last, lexer.text) if last > first else ()
    except MatcalcError:
        return spell_name(base, sub)
    return spell_name(base, " x ".join(map(str, sizes)) or sub)


def greek(lexer: Lexer, mark: Mark) -> None:
    name(lexer, mark.value, mark)


def partial_sign(lexer: Lexer, mark: Mark) -> None:
    r"""`\nabla f(x)` of a function that is declared, f'(x)^T; elsewhere a sign of a derivative is refused."""
    following = lexer.marks[lexer.i] if lexer.i < lexer.stop else mark
    if mark.value == "nabla" and following.value in lexer.names.functions and touching_bracket(lexer.marks, lexer.i + 1) == lexer.i + 1:
        lexer.i += 1
        call(lexer, following.value + "'", (mark.start, following.end)).after = [Token("POST", "T", *following.span)]
        return
    sign = quote(lexer.source(mark.span))
    if following.kind in ("word", "greek") and touching_bracket(lexer.marks, lexer.i + 1) == lexer.i + 1:  # f(x) + \nabla f(x)^T (y - x)
        f = following.value
        hint = f"declare the function: {f}: R^n -> R"
        raise lexer.refuse(f"{sign} {f} is the gradient of a function of which nothing is declared", (mark.start, following.end), hint)
    raise lexer.refuse(f"the expression is differentiated by matcalc itself: {sign} is not read", mark.span, "give the variable with --wrt")


def accent(lexer: Lexer, mark: Mark) -> None:
    frame = lexer.frames[-1]
    if mark.value == "Delta" and frame.kind == "argument" and lexer.ends:  # v cos theta Delta t
        inside = lexer.source((frame.opened[1], mark.start)).strip()
        shown = lexer.source((frame.opened[0], lexer.marks[lexer.i].end))
        hint = f"write {frame.label}({inside}) … for a product, {frame.label}({inside} …) for one argument"
        raise lexer.refuse(f"the increment in {quote(shown)} belongs to the argument, or stands behind it", mark.span, hint)
    base, lexer.i = accented(lexer.marks, lexer.i - 1, lexer.text)
    name(lexer, base, Mark("word", base, mark.start, lexer.marks[lexer.i - 1].end), mark.value)


def upright(lexer: Lexer, mark: Mark) -> None:
    function = function_of(mark.value)
    if mark.value == "and" and lexer.comparing():
        conjunction(lexer, mark)
        return
    if function is None and not lexer.names.is_name(mark.value):
        if mark.value in _CASES_WORDS and any(f.value == "cases" for f in lexer.frames):
            return
        raise unknown_word(lexer, mark.value, mark.span)
    word(lexer, Mark("word", mark.value, mark.start, mark.end))


def unknown_word(lexer: Lexer, word: str, span: Span) -> ReadingError:
    return lexer.refuse(f"{quote(word)} is neither a function nor a declared name", span, suggestion_for(word, lexer.names.variables))


def command(lexer: Lexer, mark: Mark) -> None:
    function = function_of(mark.value)
    if function is None:
        if lexer.last == "NAME" and len(mark.value) == 1:
            from .quotients import divides_from_the_left

            if divides_from_the_left(lexer, mark):
                word(lexer, Mark("word", mark.value, mark.start + 1, mark.end))
                return
        from .meanings import nearest

        near = nearest(mark.value)

        from .meanings import meant

        hint = meant(mark.value) or (f"did you mean \\{near}?" if near else None)
        if hint is None and lexer.ends and len(mark.value) == 1 and lexer.tokens[-1].type == "NAME":  # A\b
            name = lexer.tokens[-1].value
            solution = next(c for c in "xyz" if c not in (name, mark.value))
            hint = f"write {name}^-1 {mark.value} for what solves {name} {solution} = {mark.value}"
        raise lexer.refuse(f"the command `\\{mark.value}` is not known", mark.span, hint)
    function_call(lexer, function, mark)


def word(lexer: Lexer, mark: Mark) -> None:
    run = mark.value
    touching = lexer.i < lexer.stop and lexer.marks[lexer.i].kind == "open" and not lexer.marks[lexer.i].gap
    if run in ("sum", "prod") and binder_follows(lexer):
        binder(lexer, "sum" if run == "sum" else "product", mark)
        return
    if run in ("sum", "prod") and not lexer.names.is_name(run):
        from . import word_sums

        if word_sums.is_over_index(lexer, mark):
            word_sums.sign(lexer, mark)
            return
        word_sums.refuse_factors(lexer, mark)
    if touching and run in ("Sum", "Product", "Integrate") and lexer.marks[lexer.i].value == "[" and not lexer.names.is_name(run):
        refuse_mathematica(lexer, run, mark)
    if run == "einsum" and touching and lexer.i + 1 < lexer.stop and lexer.marks[lexer.i + 1].kind == "spec":
        einsum(lexer, mark)
        return
    if run == "cases" and touching:
        lexer.i += 1
        lexer.operand("CASES", run, mark.span)
        lexer.open("LPAR", "(", mark.span, begins=False).label = "cases"
        return
    if run in _CASES_WORDS and any(f.value == "cases" for f in lexer.frames):
        return
    if run == "and" and lexer.comparing():
        conjunction(lexer, mark)
        return
    if (
        run[0] == "T" and not mark.gap and lexer.text[mark.start - 1 : mark.start] == ")" and "T" not in lexer.names.variables
    ):  # (A x)T(A x)
        follows = len(run) > 1 or (lexer.following is not None and lexer.following.kind in ("open", "word", "greek"))
        if follows and not lexer.names.is_name(run):
            hint = "write ^T for a transpose, put a blank before a name"
            raise lexer.refuse("the T behind brackets is a transpose that lost its sign, or a name", mark.span, hint)
    if lexer.names.is_name(run):
        if run in _LIKE_ENTRIES and "i" in lexer.active and "\\" not in lexer.text and run not in lexer.names.variables:
            from .doubtful_calls import refuse_greek_entry

            refuse_greek_entry(lexer, run, mark)
        name(lexer, run, mark)
        return
    if len(run) == 1:
        name(lexer, run, mark)
        return
    if run == "kron" and lexer.ends and not lexer.peek("open"):  # B^T kron A
        infix(lexer, mark)
        return
    longer = lexer.marks[lexer.i + 1].value if lexer.peek("under") and lexer.i + 1 < lexer.stop else ""
    function = function_of(f"{run}_{longer}") if longer else None  # norm_nuclear(X), khatri_rao(A, B)
    lexer.i += 2 * (function is not None)
    function = function or function_of(run)
    if function:
        if lexer.i < lexer.stop and lexer.marks[lexer.i].kind == "num" and not lexer.marks[lexer.i].gap:
            digit = lexer.marks[lexer.i]
            numbered = function_of(run + digit.value)  # norm1(x)
            if numbered is None:
                digit_after_name(lexer, digit)
            else:
                lexer.i += 1
                function = numbered
        function_call(lexer, function, mark)
        return
    pieces(lexer, mark, touching)


def refuse_mathematica(lexer: Lexer, run: str, mark: Mark) -> None:
    """Sum[x[[i]]^2, {i, n}], Integrate[f, x], which name what they run over behind a comma."""
    close = lexer.marks[lexer.i].mate
    if any(m.kind == "comma" for m in lexer.marks[lexer.i : close]):
        sign = {"Sum": "sum", "Product": "prod"}.get(run)
        hint = (
            f"write {sign}_{{i=1}}^n x_i for {run}[x[[i]], {{i, 1, n}}]"
            if sign
            else "write the function alone, with --wrt for the variable"
        )
        span = (mark.start, lexer.marks[close].end)
        raise lexer.refuse(f"`{run}[…, …]` of Mathematica is not read", span, hint)


def pieces(lexer: Lexer, mark: Mark, touching: bool) -> None:
    """An undeclared run of letters: names side by side, perhaps with a function's name at its end."""
    run = mark.value

    from .meanings import SHORT_GREEK, meant

    if len(run) > 1 and lexer.following is not None and lexer.following.kind == "under":
        refuse_underscored(lexer, mark)
    if (touching or len(run) > 2) and (hint := meant(run)) and lexer.names.variables.isdisjoint(run):  # `qr` may be a product
        raise lexer.refuse(f"there is no function {quote(run)}", mark.span, hint)
    if len(run) == 2:
        from .doubtful_calls import refuse_like_another

        refuse_like_another(lexer, run, mark)
    if touching and run.isupper() and holds_one(lexer.marks, lexer.i):  # TV(x)
        hint = f"write {' '.join(run)} * (…) for a product, or declare {run}: R^n -> R for a function"
        raise lexer.refuse(f"{quote(run)} before brackets is a function, or a product", mark.span, hint)
    if run.isupper() and lexer.following is not None and lexer.following.kind in ("under", "sub") and not lexer.following.gap:
        from .doubtful_calls import refuse_initials

        refuse_initials(lexer, run, mark)
    if "T" in run[1:] and "T" not in lexer.names.variables:
        from .doubtful_calls import refuse_lost_transpose

        refuse_lost_transpose(lexer, run, mark)
    if (letter := SHORT_GREEK.get(run)) is not None:
        hint = f"write {letter} for the letter, {' '.join(run)} for the product"
        raise lexer.refuse(f"{quote(run)} is short for {letter}, or a product of letters", mark.span, hint)
    following = lexer.following
    again = following is not None and following.kind == "word" and following.gap and following.value == run[1:]
    if len(run) == 2 and again and run.islower() and "\\" not in lexer.text:  # px x
        hint = f"declare {run} for a name, or write {run[0]}_{run[1]}; {run[0]} {run[1]}^2 for the product"
        raise lexer.refuse(f"{quote(run)} before {run[1]} is a name, or a product", mark.span, hint)
    if run[1:] in _BEHIND_CAPITAL and run[0].isupper() and "\\" not in lexer.text:  # Vin, Tinf
        hint = f"write {run[0]}_{{{run[1:]}}} for a name, {' '.join(run)} for the product"
        raise lexer.refuse(f"{quote(run)} is a name, or a product of letters", mark.span, hint)
    at = lexer.names.function_at_end(run)
    if at < len(run):
        head = lexer.names.cut(run[:at])
        if not touching or len(head) > 2:
            near = suggestion_for(run, lexer.names.variables)
            raise lexer.refuse(
                f"{quote(run)} ends in a function's name", mark.span, near if len(head) > 2 else f"write {run[:at]} {run[at:]}(…)"
            )
    elif size := lexer.names.function_at_start(run):
        from .meanings import nearest

        near = nearest(run) if touching else None
        wanted = f"did you mean {near}(…)?" if near and len(near) > size else f"did you mean {run[:size]}({run[size : size + 20]})?"
        raise lexer.refuse(f"{quote(run)} begins with a function's name", mark.span, wanted)
    elif found := lexer.names.function_inside(run):  # xsinx
        before, within = " ".join(lexer.names.cut(run[: found[0]])), run[found[0] : found[1]]
        hint = f"did you mean {before} {within}({' '.join(lexer.names.cut(run[found[1] :]))})?"
        raise lexer.refuse(f"{quote(run)} has a function's name in it", mark.span, hint)
    if len(run) == 3 and run[1] != run[2] and lexer.active and "ijklmn".find(run[1:]) >= 0 and not lexer.active.isdisjoint(run[1:]):  # aij
        hint = f"write {run[0]}_{{{run[1:]}}} for the entry, {' '.join(run)} for the product"
        raise lexer.refuse(f"{quote(run)} in a sum over {min(lexer.active & {*run[1:]})} is an entry, or a product", mark.span, hint)
    if len(run) == 2 and run[1] in "ijk" and "\\" not in lexer.text and lexer.names.variables.isdisjoint(run):
        from .doubtful_calls import refuse_lazy_index

        refuse_lazy_index(lexer, run, mark)
    pieces = lexer.names.cut(run[:at])
    if len(pieces) >= _WORD and len(pieces) == at and run.islower() and not touching:
        raise lexer.refuse(f"{quote(run)} is a word, and no name or function here", mark.span, f"declare it: {run[:20]} in R, or in R^n")
    single = [p for p in pieces if len(p) == 1]
    if touching and at == len(run) and lexer.marks[lexer.i].value == "(" and len(single) >= 3 and len(single) == len(pieces):
        hint = suggestion_for(run, lexer.names.variables) or f"write {' '.join(run[:20])} (…) for a product, or declare {run[:20]}: R -> R"
        raise lexer.refuse(f"there is no function {quote(run)}", mark.span, hint)
    if len(pieces) >= 4 and len(single) == len(pieces) and run.islower():
        lexer.note(f"read {quote(run)} as the product {' '.join(pieces[:20])}{' ...' if len(pieces) > 20 else ''}")
    start = mark.start
    for k, piece in enumerate(pieces):
        part = Mark("word", piece, start, start + len(piece))
        part.bold, part.arrow = mark.bold, mark.arrow
        start += len(piece)
        if at == len(run) and k == len(pieces) - 1:
            name(lexer, piece, part)
        else:
            lexer.names.in_type(piece, part)
            lexer.operand("NAME", piece, part.span)
    if at < len(run):
        function = function_of(run[at:])
        assert function is not None
        function_call(lexer, function, Mark("word", run[at:], mark.start + at, mark.end))


def _depends(lexer: Lexer, base: str) -> bool:
    r"""Whether a letter under a dot is a function: declared, or called with one argument, \dot x(t)."""
    if base in lexer.names.functions:
        return True
    at = touching_bracket(lexer.marks, lexer.i)
    return at == lexer.i and base not in lexer.names.plain and base not in lexer.names.variables and holds_one(lexer.marks, at)


def name(lexer: Lexer, base: str, mark: Mark, accent: str = "") -> None:
    """A name, with the subscript that follows it (perhaps after its exponent: `x^2_i`)."""
    if base in ("Sigma", "Pi") and (binder_follows(lexer, strict=True) or letter_is_sign(lexer, mark)):
        binder(lexer, "sum" if base == "Sigma" else "product", mark)
        return
    if base == "Sigma" and lexer.source(mark.span) == "Σ" and "Sigma" not in lexer.names.variables:
        from .doubtful_calls import refuse_letter_as_sign

        refuse_letter_as_sign(lexer, mark)
    if base == "d" and lexer.i < lexer.stop and "d" + lexer.marks[lexer.i].value in lexer.names.variables and not lexer.marks[lexer.i].gap:
        base += lexer.marks[lexer.i].value  # the bound name of `dX -> ...`, in LaTeX spelling
        lexer.i += 1
    if base == "I" and not accent and "I" not in lexer.names.variables:
        lexer.operand("NAME", sized(lexer, "I"), (mark.start, lexer.marks[lexer.i - 1].end))
        return
    dots = DOTS.get(accent, 0)
    if dots and spell_name(base, accent) not in lexer.names.variables and _depends(lexer, base):
        applied(lexer, base, base, mark, dots)
        return
    if base == "E" and not accent and "E" not in lexer.names.variables:
        if lexer.names.random:
            over_distribution(lexer, mark)
            function_call(lexer, "expectation", mark)
            return
        refuse_expectation(lexer, mark)
    sub, below, end = accent, 0, mark.end
    if lexer.i < lexer.stop and lexer.marks[lexer.i].kind in ("under", "sub") and not lexer.marks[lexer.i].gap:
        below = lexer.i
        pair = pair_below(lexer, below)
        after, lexer.i = (":", pair) if pair else subscript(lexer.marks, below, lexer.text, lexer.names, base)
        end = lexer.marks[lexer.i - 1].end if lexer.i > below + 1 or lexer.marks[below].kind == "sub" else lexer.marks[lexer.i].start
        if ":" not in after:
            own = spell_name(base, f"{accent},{after}") if accent else ""
            if not accent or own in lexer.names.variables or spell_name(base, accent) not in lexer.names.variables:
                sub, below = f"{sub},{after}" if sub else after, 0  # else \hat y_k is entry k of \hat y
    upper = superscript_index(lexer.marks, lexer.i) if lexer.i < lexer.stop else 0
    if upper and (not sub or not accent):
        if sub:  # x_j^{(i)} is entry j of x_i
            below = next(k for k in range(lexer.i - 1, 0, -1) if lexer.marks[k].kind in ("under", "sub"))
        sub = spell_subscript(lexer.marks, lexer.i + 3, upper - 2, lexer.text)
        lexer.i, end = upper, lexer.marks[upper - 1].end
        if not below and lexer.i < lexer.stop and lexer.marks[lexer.i].kind == "under":
            below = lexer.i
            lexer.i = subscript(lexer.marks, below, lexer.text, lexer.names, base)[1]
    elif sub == accent and not below:
        late = after_superscript(lexer, lexer.i)
        if late:
            after, lexer.jumps[late] = subscript(lexer.marks, late, lexer.text, lexer.names, base)
            sub = f"{sub},{after}" if sub else after
    name = spell_name(base, sub)
    lexer.names.in_type(name, mark)
    if applied(lexer, name, base, Mark("word", name, mark.start, end)):
        return
    lexer.operand("NAME", name, (mark.start, end))
    if below:
        entries(lexer, below)
