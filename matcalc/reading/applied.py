"""A letter before a bracket: the value of a function, or a factor of a product.

`x(t)` and `A(t)^-1` are values of functions where x and A are never factors elsewhere; `lambda (w^T w - 1)` is a product.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..interning import regex
from ..ops import greek_functions
from ..syntax import split_name
from .calls import call
from .lexer import Lexer
from .marks import Mark, quote, touching_bracket
from .names import Names, superscript_index

_NAMED = ("word", "greek", "upright")
_DOUBLE = regex(r"\\mathbb[ ]*\{?[ ]*\Z")
_INDICES = frozenset("ijklmnpq")
_MOST_NESTED = 8  # values of functions inside each other, f(g(h(x)))
_FUNCTIONS = frozenset(("f", "phi", "psi"))
_LINKS = frozenset("gh")  # y - g(w^T x), h(W x + b); behind a factor they are numbers, m g (h_1 - h_2)
_OF_SUMMANDS = frozenset(("K", "rho", "ell", "L"))  # kernels and losses, sum_i rho(y_i - x_i^T b)
_OFTEN_FUNCTIONS = frozenset("fghuJUV")  # k(x(t) - y(t)) is the force of a spring
_MOST_MARKS = 20  # in brackets that hold a list of names
_LISTED = frozenset(("word", "greek", "comma", "under", "sub", "num"))  # in brackets that hold names alone
_OF_GAMMA = ("lgamma", "gammaln", "loggamma", "digamma", "polygamma")  # beside these gamma(x) may be the gamma function
_ONE = (["word"], ["greek"], ["num"])
_SUBSCRIPTS: tuple[list[str], ...] = ([], ["under", "num"], ["under", "word"], ["under", "greek"], ["sub"])


def is_list(marks: Sequence[Mark], at: int) -> bool:
    """Do the brackets at mark `at` hold a list?"""
    i, close = at + 1, marks[at].mate
    while i < close:
        if marks[i].kind == "comma":
            return True
        i = marks[i].mate + 1 if marks[i].kind == "open" else i + 1
    return False


def given_at(marks: Sequence[Mark], at: int) -> int:
    """The mark of the one bar or semicolon in the brackets at mark `at`, as in p(y | x) and N(x; m, S); 0 if there is none."""
    found, i, close = 0, at + 1, marks[at].mate
    while i < close:
        if (marks[i].kind == "bar" and marks[i].value == "|") or marks[i].kind == "semi":
            if found:
                return 0
            found = i
        i = marks[i].mate + 1 if marks[i].kind == "open" else i + 1
    return found if at + 1 < found < close - 1 else 0


def holds_one(marks: Sequence[Mark], at: int, primed: str = "") -> bool:
    """Do the brackets at mark `at` hold one bare name or number, x_1, x^{(i)} or -1, or a value of a function, g(x)? Also x' where
    apostrophes are parts of names, `primed`."""
    close = marks[at].mate
    for _ in range(_MOST_NESTED):
        applies = marks[at + 1].kind == "word" and len(marks[at + 1].value) == 1 and touching_bracket(marks, at + 2) == at + 2
        if not applies or marks[at + 2].mate != close - 1:
            break
        at, close = at + 2, marks[at + 2].mate
    start = at + 1 + (marks[at + 1].kind in ("minus", "plus"))
    kinds = [m.kind for m in marks[start : min(close, start + 4)]]
    if primed and kinds[:1] in _ONE and kinds[1:] == ["post"]:
        return True
    braced = kinds[1:3] == ["under", "open"] and marks[start + 2].mate == close - 1  # k_{t+1}
    return kinds[:1] in _ONE and (braced or kinds[1:] in _SUBSCRIPTS or superscript_index(marks, start + 1) == close)


DOTS = {"dot": 1, "ddot": 2}  # accents that say how often a function of time is differentiated


def plain_factors(marks: Sequence[Mark], names: Names) -> frozenset[str]:
    """The names that stand somewhere as a factor, not before brackets that hold a bare name, a number or a list."""
    found: set[str] = set()
    below = 0  # the marks up to here belong to a subscript
    for i, mark in enumerate(marks):
        if mark.kind == "under" and i + 1 < len(marks):
            below = marks[i + 1].mate if marks[i + 1].kind == "open" else i + 1
        if mark.kind not in _NAMED or (0 < i <= below):
            continue
        pieces = names.cut(mark.value) if mark.kind == "word" and len(mark.value) > 1 else [mark.value]
        found.update(pieces[:-1])
        dotted = i > 1 and marks[i - 1].kind == "open" and marks[i - 2].kind == "accent" and marks[i - 2].value in DOTS
        bracket = touching_bracket(marks, marks[i - 1].mate + 1 if dotted else i + 1)  # \dot{x}(t)
        if bracket < 0 or not (holds_one(marks, bracket, names.primed) or is_list(marks, bracket)):
            found.add(pieces[-1])
    return frozenset(found)


def applied(lexer: Lexer, name: str, base: str, mark: Mark, dots: int = 0) -> bool:
    r"""Is the name a function here? Then its call is begun. A letter that may be one and may be not is refused. `dots` stand over it,
    as in \dot x(t), which is x'(t)."""
    primes = 0
    while (
        lexer.i + primes < lexer.stop
        and lexer.marks[lexer.i + primes].kind == "post"
        and lexer.source(lexer.marks[lexer.i + primes].span) in ("'", "’", "′")
    ):
        primes += 1
    at = lexer.i + primes
    bracket = lexer.marks[at] if at < lexer.stop and lexer.marks[at].kind == "open" and lexer.marks[at].value == "(" else None
    if name in lexer.names.functions:
        _begin_declared(lexer, name, "'" * (primes + dots), mark, at, bracket)
        return True
    if bracket is not None and not bracket.gap and not primes and shows_its_arguments(lexer, name, at):
        lexer.note(f"{lexer.source((mark.start, lexer.marks[bracket.mate].end))} is {name}, with what it depends on in brackets")
        lexer.operand("NAME", name, mark.span)
        lexer.i = bracket.mate + 1
        return True
    if name in _FUNCTIONS or name in _LINKS:
        from .doubtful_calls import refuse_inverse

        refuse_inverse(lexer, name, mark)
    if bracket is None or bracket.gap or name in lexer.names.variables:
        return False
    if function := _of_the_book(lexer, name, mark, at, primes):
        lexer.i = at
        call(lexer, function, mark.span)
        return True
    bar = given_at(lexer.marks, at)
    if bar and density(lexer, name, mark, at, bar):
        return True
    _refuse_two_readings(lexer, name, base, mark, at, primes)
    if base in ("I", "pi") or name in lexer.active or not (is_list(lexer.marks, at) or holds_one(lexer.marks, at, lexer.names.primed)):
        return False
    return _begin_unknown(lexer, name, base, "'" * primes, "'" * dots, mark, at)


def _begin_declared(lexer: Lexer, name: str, derived: str, mark: Mark, at: int, bracket: Mark | None) -> None:
    """A function that is declared or defined; one that was declared with its argument, x(t), may stand without it."""
    argument = lexer.names.arguments.get(name)
    if argument and (bracket is None or (bracket.gap and not holds_one(lexer.marks, at))):
        lexer.i = at
        lexer.operand("CALL", name + derived, mark.span)
        lexer.open("LPAR", "(", mark.span, begins=False)
        lexer.put("NAME", argument, mark.span)
        lexer.close(mark.span)
        return
    if bracket is None:
        raise lexer.refuse(f"the function {quote(name)} has no argument", mark.span, f"write {name[:40]}(…)")
    lexer.i = at
    level_arguments(lexer.marks, at)
    call(lexer, name + derived, mark.span)


def _of_the_book(lexer: Lexer, name: str, mark: Mark, at: int, primes: int) -> str:
    r"""The function of the book that a Greek letter before the bracket at mark `at` is, \sigma, \Gamma and \Phi; "" where it is none. It is
    told."""
    if name == "sigma" and any(m.value == "mu" for m in lexer.marks):
        from .doubtful_calls import refuse_deviation

        refuse_deviation(lexer, mark, at)
    if name in greek_functions():
        lexer.note(f"read `{lexer.source(mark.span)}(…)` as {greek_functions()[name]}(…)")
        return greek_functions()[name] + "'" * primes
    below_log = lexer.frames[-1].kind == "argument" and lexer.frames[-1].label == "log" and not lexer.ends
    if name == "Gamma" and not primes and (below_log or _is_gamma(lexer, at)):
        lexer.note(f"read `{lexer.source(mark.span)}(…)` as the gamma function")
        return "tgamma"
    if name == "Phi" and not primes and not holds_one(lexer.marks, at):
        from .doubtful_calls import is_cdf

        if is_cdf(lexer, mark, at, below_log):
            lexer.note(f"read `{lexer.source(mark.span)}(…)` as the distribution function of the standard normal, normcdf(…)")
            return "normcdf"
    return ""


def _refuse_two_readings(lexer: Lexer, name: str, base: str, mark: Mark, at: int, primes: int) -> None:
    """gamma(x) beside digamma(x), lambda_1(A), N(d), K((x - x_i)/h), f(A x + b): a product, or the value of a function."""
    from .doubtful_calls import refuse_normal, refuse_of_matrix, refuse_of_summand

    close = lexer.marks[at].mate
    span = (mark.start, lexer.marks[close].end)
    inside = lexer.source((lexer.marks[at].end, lexer.marks[close].start)).strip()[:30]
    if name == "gamma" and holds_one(lexer.marks, at) and any(m.kind == "word" and m.value in _OF_GAMMA for m in lexer.marks):
        hint = f"write gamma {inside} for a product, or tgamma({inside}) for the gamma function"
        raise lexer.refuse(f"`gamma({inside})` can be read in two ways", span, hint)
    refuse_of_matrix(lexer, name, mark, at)
    if primes:
        several = not (is_list(lexer.marks, at) or holds_one(lexer.marks, at, lexer.names.primed))
        if several and base.islower() and (holds_values(lexer, at) or (lexer.names.primed and applied_only(lexer, name, at))):
            called = f"{name}{chr(39) * primes}({inside})"
            hint = f"declare {name}: R -> R for the derivative of a function, write {name}^T ({inside}) for a transpose"
            raise lexer.refuse(f"{quote(called)} is a value of the derivative of {name}, or a product", span, hint)
        return
    if name == "N":
        refuse_normal(lexer, mark, at)
    weight = name != base and lexer.active.issuperset(split_name(name)[1])  # L_{ij} (x_i - x_j)^2
    if base in _OF_SUMMANDS and lexer.active and not weight and applied_only(lexer, name, at):
        refuse_of_summand(lexer, name, mark, at)
    values = name in _OFTEN_FUNCTIONS and (holds_values(lexer, at) or (name in "uUV" and _beside_values(lexer, name, at)))
    named = name in _FUNCTIONS or (name in _LINKS and not lexer.ends)
    if values or (named and applied_only(lexer, name, at)):
        hint = f"write {name} * ({inside}) for a product, or declare {name}: R -> R for a function"
        raise lexer.refuse(f"{quote(f'{name}({inside})')} is a product, or the value of a function", span, hint)


def _begin_unknown(lexer: Lexer, name: str, base: str, primes: str, dots: str, mark: Mark, at: int) -> bool:
    """x(t), k(x, y): the value of a function of which nothing is known, before brackets that hold one name or a list. False where it is a
    product."""
    bracket = lexer.marks[at]
    inside = lexer.source((bracket.end, lexer.marks[bracket.mate].start)).strip()
    called = name + primes + dots
    shown = f"{called}({inside[:30]})"
    span = (mark.start, lexer.marks[bracket.mate].end)
    inside_marks = lexer.marks[at + 1 : bracket.mate]
    listed = is_list(lexer.marks, at)
    if listed and not primes and name not in lexer.names.plain and all(m.kind in _LISTED or m.value == "{" for m in inside_marks):
        lexer.i = at
        call(lexer, called, mark.span)
        return True
    if listed:
        hint = f"define the function first: {name}({inside[:30]}) = ..."
        raise lexer.refuse(f"{quote(shown)} is a function of several arguments, of which nothing is known", span, hint)
    if name in lexer.names.plain:
        if not primes and not (len(base) == 1 and base.islower()):
            return False
        hint = f"write {name} {inside[:30]} for a product, or declare {name}: R -> R for a function"
        raise lexer.refuse(f"{quote(shown)} can be read in two ways", span, hint)
    if touching_bracket(lexer.marks, bracket.mate + 1) >= 0:
        raise lexer.refuse(f"{quote(shown)} is called like a function", span, "write a product with a blank or a *")
    lexer.note(f"read `{shown}` as a value of the function {name}; the product is written {name} {inside[:30]}")
    lexer.i = at
    call(lexer, called, mark.span)
    return True


def holds_values(lexer: Lexer, at: int) -> bool:
    """Whether a term or factor in the brackets at mark `at` is the value of a function of which nothing is known, and there are others:
    u(f(k) - c)."""
    if holds_one(lexer.marks, at, lexer.names.primed):
        return False
    for k in range(at + 1, min(lexer.marks[at].mate, at + _MOST_MARKS)):
        mark, after = lexer.marks[k], lexer.marks[k + 1]
        letter = mark.kind == "word" and len(mark.value) == 1 and mark.value not in (lexer.names.variables - lexer.names.functions)
        touching = after.kind == "open" and after.value == "(" and not after.gap
        if letter and touching and mark.value not in lexer.names.plain and holds_one(lexer.marks, k + 1, lexer.names.primed):
            return True
    return False


def _beside_values(lexer: Lexer, name: str, at: int) -> bool:
    """Whether a letter before brackets alone stands beside the value of another such letter at one name: u(w - p) + v(p)."""
    if not applied_only(lexer, name, at):
        return False
    for k, mark in enumerate(lexer.marks[:-1]):
        letter = mark.kind == "word" and len(mark.value) == 1 and mark.value not in (name, "I", "T", "E") and mark.value.isalpha()
        bracket = touching_bracket(lexer.marks, k + 1)
        if letter and bracket == k + 1 and mark.value not in lexer.names.plain | lexer.names.variables and holds_one(lexer.marks, bracket):
            return True
    return False


def _is_gamma(lexer: Lexer, at: int) -> bool:
    """Whether the Gamma before the brackets at mark `at` is the function: it stands before brackets alone, and more than once, or these
    hold one name."""
    places = [k for k, m in enumerate(lexer.marks) if m.value == "Gamma" and m.kind in _NAMED]
    if any(touching_bracket(lexer.marks, k + 1) < 0 for k in places):
        return False
    if len(places) > 1 or holds_one(lexer.marks, at):
        return True
    span = (lexer.marks[at].start, lexer.marks[lexer.marks[at].mate].end)
    inside = lexer.source(span).strip()[:30]
    hint = f"write Gamma * {inside} for a product, tgamma{inside} for the gamma function"
    raise lexer.refuse(f"{quote(f'Gamma{inside}')} is a product, or a value of the gamma function", span, hint)


def applied_only(lexer: Lexer, name: str, at: int) -> bool:
    """Whether a letter stands before brackets alone, as in f(A x + b), and these hold more than a name or a list."""
    if holds_one(lexer.marks, at, lexer.names.primed) or is_list(lexer.marks, at) or given_at(lexer.marks, at):
        return False
    places = [k for k, m in enumerate(lexer.marks[: lexer.stop]) if m.value == name and m.kind in _NAMED]
    return all(touching_bracket(lexer.marks, k + 1) >= 0 for k in places)


def applied_once(marks: Sequence[Mark], name: str) -> bool:
    """Whether a function stands before brackets in its definition alone: elsewhere it is the value, with the same argument."""
    places = [k for k, m in enumerate(marks) if m.value == name and m.kind in _NAMED]
    return sum(touching_bracket(marks, k + 1) >= 0 for k in places) == 1 < len(places)


def level_arguments(marks: Sequence[Mark], at: int) -> None:
    """f(x; theta) is f(x, theta) where f is a function that the text defines."""
    i, close = at + 1, marks[at].mate
    while i < close:
        if marks[i].kind == "semi":
            marks[i].kind, marks[i].value = "comma", ","
        i = marks[i].mate + 1 if marks[i].kind == "open" else i + 1


def shows_its_arguments(lexer: Lexer, name: str, at: int) -> bool:
    """G(s), where G = C (s I - A)^-1 B: the brackets at mark `at` hold nothing but letters that the value of G is made of."""
    made_of = lexer.names.made_of.get(name)
    if not made_of or lexer.marks[at].mate - at > _MOST_MARKS:
        return False
    inside = lexer.marks[at + 1 : lexer.marks[at].mate]
    letters = [m.value for m in inside if m.kind != "comma"]
    return bool(letters) and made_of.issuperset(letters) and len(inside) == 2 * len(letters) - 1


def refuse_expectation(lexer: Lexer, mark: Mark) -> None:
    r"""\mathbb E[…], E_q[…], E[x^T A x]: no name, and no entry of one."""
    i = lexer.i
    if lexer.peek("under") and i + 1 < lexer.stop:
        i = lexer.marks[i + 1].mate + 1 if lexer.marks[i + 1].kind == "open" else i + 2
    bracket = lexer.marks[i] if i < lexer.stop and lexer.marks[i].kind == "open" and lexer.marks[i].value in ("[", "\\{") else None
    inside = lexer.marks[i + 1 : bracket.mate] if bracket is not None else []
    entry = all(m.kind in ("num", "comma", "colon") or m.value in lexer.active or m.value in _INDICES for m in inside)
    double = _DOUBLE.search(lexer.text[max(0, mark.start - 20) : mark.start])
    if double or not entry:
        start = mark.start - len(double[0]) if double else mark.start
        end = lexer.marks[bracket.mate].end if bracket is not None else mark.end
        hint = "write the mean over a sample, 1/N sum_{i=1}^N …, or what it is for the distribution at hand"
        raise lexer.refuse(f"{quote(lexer.source((start, end)))} is an expectation, which is not taken", (start, end), hint)


def density(lexer: Lexer, name: str, mark: Mark, at: int, bar: int) -> bool:
    r"""\mathcal N(x \mid \mu, \Sigma), and N(x; mu, Sigma): the normal density. Of any other nothing is known."""
    span = (mark.start, lexer.marks[lexer.marks[at].mate].end)
    shown = quote(f"{name}({lexer.source((lexer.marks[at].end, lexer.marks[lexer.marks[at].mate].start)).strip()})")
    commas = [k for k in range(bar, lexer.marks[at].mate) if lexer.marks[k].kind == "comma"]
    if name == "N" and len(commas) == 1:
        lexer.note(f"read {shown} as the density of the normal distribution, its covariance last")
        lexer.marks[bar] = Mark("comma", ",", *lexer.marks[bar].span)
        lexer.i = at
        call(lexer, "normalpdf", span)
        return True
    if lexer.marks[bar].kind == "semi":
        return False
    hint = f"write the density itself, or give it a name without brackets: {name}_{{given}}"
    raise lexer.refuse(f"{shown} is a conditional density, of which nothing is known", span, hint)
