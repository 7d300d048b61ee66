"""Calls: functions with brackets, without them, with exponents and primes at their names."""

from __future__ import annotations

import re

from ..errors import Span
from .functions import function_of, is_elementwise
from .lexer import Frame, Lexer, Token, leaf
from .marks import Mark, quote
from .names import is_prime, subscript

_CALLABLE = ("(", "[", "{", "\\{")
SYSTEMS = {"A": "1", "B": "2", "1": "1", "2": "2"}  # of a partial trace
_INVERSE = {"exp": "log", "log": "exp"}
MAX_BARE = 20  # functions without brackets, each the argument of the one before


def refuse_underscored(lexer: Lexer, mark: Mark) -> None:
    """Refuse cross_entropy(p, y) and log_sum_exp(x): words with underscores before a bracket are one name of a program's function."""
    marks, i = lexer.marks, lexer.i
    words = [mark.value]
    while i + 1 < lexer.stop and marks[i].kind == "under" and marks[i + 1].kind == "word" and not marks[i].gap:
        words.append(marks[i + 1].value)
        i += 2
    called = i < lexer.stop and marks[i].kind == "open" and marks[i].value == "(" and not marks[i].gap
    if not called or len(words[-1]) < 3 or lexer.names.is_name("_".join(words[:2])):
        return

    from .meanings import meant, nearest

    joined = "".join(words)
    hint = meant(joined)
    if hint is None:
        known = joined if function_of(joined) else nearest(joined)
        hint = f"write {known}(…)" if known else "write the function out, or define it first"
    raise lexer.refuse(f"there is no function {quote('_'.join(words))}", (mark.start, marks[i - 1].end), hint)


def einsum(lexer: Lexer, mark: Mark) -> None:
    """einsum("ij,j->i", A, x): the letters belong to the function's name."""
    bracket, spec = lexer.marks[lexer.i], lexer.marks[lexer.i + 1]
    lexer.i += 2
    if not lexer.peek("comma"):
        raise lexer.refuse("einsum has no arrays", mark.span, 'write einsum("ij,j->i", A, x)')
    lexer.i += 1
    lexer.operand("CALL", f"einsum {spec.value}", mark.span)
    lexer.open("LPAR", "(", bracket.span, begins=False)


def quoted(lexer: Lexer, mark: Mark) -> None:
    raise lexer.refuse(f"{lexer.source(mark.span)} in quotes is read in einsum only", mark.span)


def call(lexer: Lexer, name: str, span: Span) -> Frame:
    """Begin a call whose bracket is the next mark."""
    mark = lexer.marks[lexer.i]
    lexer.i += 1
    lexer.operand("CALL", name, span)
    return lexer.open("LPAR", mark.value, mark.span, begins=False)


def is_literal(lexer: Lexer, bracket: Mark) -> bool:
    """Does the bracket hold a matrix written out, [A, B; C, D]?"""
    if bracket.value != "[":
        return False
    i, rows = lexer.marks.index(bracket) + 1, 0
    while i < bracket.mate:
        rows += lexer.marks[i].kind == "semi"
        i = lexer.marks[i].mate + 1 if lexer.marks[i].kind == "open" else i + 1
    return rows > 0


def over_distribution(lexer: Lexer, mark: Mark) -> None:
    r"""E[…], E_x[…], \mathbb E_{x, y}[…] over names whose distribution is declared: the names below are passed over."""
    if not lexer.peek("under"):
        return
    first = lexer.i + 1
    stop = lexer.marks[first].mate if lexer.marks[first].kind == "open" else first + 1
    names = [m.value for m in lexer.marks[first:stop] if m.kind not in ("open", "comma")]
    if not lexer.names.random.issuperset(names):
        shown = ", ".join(n for n in names if n not in lexer.names.random)
        raise lexer.refuse(f"no distribution is declared for {shown}", (mark.start, lexer.marks[stop - 1].end), f"{shown} ~ N(mu, Sigma)")
    lexer.i = stop + (lexer.marks[first].kind == "open")


_EXTREME = {"max": "greatest", "min": "least"}


def function_call(lexer: Lexer, name: str, mark: Mark) -> None:
    """A function of the book: with brackets a call, without them it takes the juxtaposed run."""
    if lexer.frames[-1].kind == "argument" and lexer.ends and not lexer.frames[-1].indices:  # \log \prod_i p \exp(x_i) goes on
        lexer.close_invisible()
    if name == "var" and lexer.names.random:
        over_distribution(lexer, mark)
    before: list[Token] = []
    after: list[Token] = []
    label, suffix = name, ""
    while lexer.i < lexer.stop and (lexer.marks[lexer.i].kind in ("caret", "sup", "under", "sub") or lexer.peek("post", "T")):
        script = lexer.marks[lexer.i]
        if script.kind in ("under", "sub"):
            refuse_underscored(lexer, mark)
            base, lexer.i = subscript(lexer.marks, lexer.i, lexer.text, lexer.names, name)
            if name == "tr" and base in SYSTEMS:  # tr_B(rho)
                name, label = "ptrace", f"tr_{base}"
                before = [Token("COMMA", ",", *script.span), leaf(SYSTEMS[base], script.span)]
                continue
            if name != "log" or not (base.isdigit() or len(base) == 1):
                behind = lexer.text[mark.end : lexer.end]
                entry = re.search(rf"_(?:{{\w*)?{re.escape(base)}", behind[script.end - mark.end + len(base) :])
                hint = f"leave {name}_{base} out: what stands behind it is differentiated" if name in ("max", "min") else None
                if hint and entry:  # max_i x_i
                    hint = f"write {name}(x) for the {_EXTREME[name]} entry of a vector x"
                raise lexer.refuse(f"{quote(f'{name}_{base}')} is no function known here", mark.span, hint)
            before = [Token("COMMA", ",", *script.span), leaf(base, script.span)]
            label = f"log_{base}"
        elif script.kind == "post" and not suffix and is_prime(script, lexer.text) and is_elementwise(name):
            name, lexer.i, suffix = name + "'", lexer.i + 1, "'"
        elif script.kind == "post":
            shown = quote(lexer.source((mark.start, script.end)))
            raise lexer.refuse(
                f"{shown} is not read: only a declared function has a prime", script.span, f"write out the derivative of {name}"
            )
        else:
            after = function_power(lexer, name, mark)
            power = lexer.source((script.start, lexer.marks[lexer.i - 1].end))
            suffix = power if power.startswith("^") else f"^{script.value}"
    if lexer.peek("caret", ".^"):
        raise lexer.nothing_after(lexer.marks[lexer.i].span)
    dotted = lexer.i < lexer.stop and lexer.marks[lexer.i].kind == "dot"
    if dotted:
        lexer.i += 1
    bracket = lexer.marks[lexer.i] if lexer.i < lexer.stop and lexer.marks[lexer.i].kind == "open" else None
    if bracket is not None and bracket.value in _CALLABLE and not is_literal(lexer, bracket):
        if mark.kind == "command" and name == "log" and bracket.value == "(":
            refuse_power_behind(lexer, mark, bracket)
        frame = call(lexer, name + "." * dotted, mark.span)
    else:
        if name in ("min", "max") and bracket is None and not lexer.peek("bar", "|"):  # min ||y - X b||^2, max w^T x - 1/2 w^T S w
            hint = f"leave {name} out: what stands behind it is differentiated; write {name}(x) for the {_EXTREME[name]} entry of a vector"
            raise lexer.refuse(f"{quote(name)} without brackets asks for an extremum", mark.span, hint)
        if sum(f.kind == "argument" for f in lexer.frames[-MAX_BARE:]) == MAX_BARE:
            raise lexer.refuse("too many functions without brackets stand in each other", mark.span, f"write {name}(…)")
        lexer.operand("CALL", name, mark.span)
        frame = lexer.open("LPAR", "", (mark.start, mark.end), begins=False)
        frame.kind, frame.label, frame.suffix = "argument", label, suffix
        lexer.tokens[-1].start_pos = lexer.tokens[-1].end_pos = mark.end
        frame.opened = (mark.start, lexer.marks[lexer.i - 1].end)
    frame.before_close, frame.after = before, after


def refuse_power_behind(lexer: Lexer, mark: Mark, bracket: Mark) -> None:
    r"""\log(1-p)^2: in formulas of the square as often as the square of the logarithm."""
    power = lexer.marks[bracket.mate + 1] if bracket.mate + 1 < lexer.stop else None
    if power is None or bracket.mate - lexer.i < 3 or bracket.side or (power.kind, power.value) not in (("caret", "^"), ("sup", "2")):
        return
    exponent = lexer.marks[bracket.mate + 2 - (power.kind == "sup")]
    if exponent.value != "2":
        return
    inside = lexer.source((bracket.end, lexer.marks[bracket.mate].start)).strip()[:40]
    sign = lexer.source(mark.span)
    hint = f"write {sign}^2({inside}) for the square of the logarithm, {sign}(({inside})^2) for the logarithm of the square"
    raise lexer.refuse(f"{quote(f'{sign}({inside})^2')} can be read in two ways", (mark.start, exponent.end), hint)


def function_power(lexer: Lexer, name: str, mark: Mark) -> list[Token]:
    """The exponent of `\\sin^2 x`, to stand after the call."""
    at = lexer.marks[lexer.i]
    if at.kind == "sup":
        value, lexer.i = at.value, lexer.i + 1
    else:
        lexer.i += 1
        first = lexer.peek("open", "{")
        stop = first.mate if first else lexer.i + (2 if lexer.peek("minus") else 1)
        start = lexer.i + bool(first)
        value = "".join("-" if m.kind == "minus" else m.value for m in lexer.marks[start:stop])
        lexer.i = stop + bool(first)
    if value.startswith("-"):
        inverse = _INVERSE.get(name) or function_of("a" + name)
        hint = f"write {inverse}(x) for the inverse function, or 1/{name}(x)" if inverse else f"write 1/{name}(x)"
        raise lexer.refuse(
            f"{quote(lexer.source((mark.start, at.end)) + value)} can be read in two ways",
            (mark.start, lexer.marks[lexer.i - 1].end),
            hint,
        )
    if not value.isdigit() and (value == "T" or not (len(value) == 1 and value.isalpha())):
        raise lexer.refuse(f"{quote(name + '^' + value)} is not read", mark.span, f"write {name}(…)^{{…}}")
    return [Token("CARET", "^", *at.span), leaf(value, at.span)]
