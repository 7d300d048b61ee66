r"""sum x_i^2, sum (y_i - w^T x_i)^2, sum(x_i y_i): the word in place of the sign, over the index that its summand carries.

The function `sum` adds the entries of an array; of x_i, with i bound by nothing, it would add those of one vector among many,
which nobody asks for who does not declare such vectors.
"""

from __future__ import annotations

from ..syntax import spell_name
from .functions import function_of
from .lexer import Lexer
from .marks import Mark, quote
from .sums import begins_operand, end_of_term, letters_below_names

_INDICES = frozenset("ijklmnpqrst")


def is_over_index(lexer: Lexer, mark: Mark) -> bool:
    """Whether the word at `mark` is a sum sign without an index: the marks behind it carry one that nothing binds or declares."""
    at = lexer.i
    if at >= lexer.stop or not (begins_operand(lexer.marks[at]) or lexer.marks[at].kind == "bar"):
        return False
    touching = lexer.marks[at].kind == "open" and not lexer.marks[at].gap
    end = lexer.marks[at].mate if touching else end_of_term(lexer, at)
    below_names = [k for k in range(at, end) if lexer.marks[k].kind in ("under", "sub") and not _is_of_declared(lexer, k)]
    letters = set().union(*(letters_below_names(lexer, k, k + 1) for k in below_names)) & _INDICES
    letters -= lexer.active | lexer.names.variables
    units = {"I", "e"} - lexer.names.variables  # I_n, e_i, \mathbf{1}_n
    for k in range(at, end - 1):
        one, below = lexer.marks[k], lexer.marks[k + 1]
        if below.kind not in ("under", "sub"):
            continue
        word = lexer.marks[k + 2].value if below.kind == "under" and k + 2 < end else ""
        if word and function_of(f"{one.value}_{word}"):  # khatri_rao(X, Y)
            letters -= {word[:1]}
        elif one.kind in ("const", "num") or one.value in units or one.value in ("|", "||"):  # ||x||_infty
            letters -= letters_below_names(lexer, k + 1, k + 2)
        elif one.kind == "binder" or one.value in ("sum", "prod"):  # sum(sum_{i=1}^n x_i a_i)
            first = lexer.marks[k + 2] if below.kind == "under" else below
            letters -= {m.value for m in (lexer.marks[k + 3 : first.mate] if first.kind == "open" else [first])}
    if not letters or any(name.rpartition("_")[2] in letters for name in lexer.names.variables):
        return False
    behind = end + 1
    if touching and behind < lexer.stop and lexer.marks[behind].kind in ("caret", "sup"):
        summand = lexer.source((lexer.marks[at].start, lexer.marks[end].end))
        signed = f"{mark.value}_{min(letters)} {summand}"
        message = f"a power behind `{mark.value}{summand}` is of the {mark.value}, or of what it is over"
        hint = f"write {signed}^2 for the {mark.value} of powers, ({signed})^2 for the power"
        raise lexer.refuse(message, (mark.start, lexer.marks[behind].end), hint)
    return True


def _is_of_declared(lexer: Lexer, k: int) -> bool:
    """Whether the subscript at `k` belongs to a name that is declared with it, as y_{out}."""
    first = lexer.marks[k + 1] if lexer.marks[k].kind == "under" and k + 1 < lexer.stop else lexer.marks[k]
    inside = lexer.source((first.end, lexer.marks[first.mate].start)) if first.kind == "open" else first.value
    return spell_name(lexer.marks[k - 1].value, inside) in lexer.names.variables


def sign(lexer: Lexer, mark: Mark) -> None:
    """Read the word as the sign; where brackets touch it, it ends with them."""
    op, bracket = "sum" if mark.value == "sum" else "product", lexer.marks[lexer.i]
    if bracket.kind != "open" or bracket.gap:
        lexer.operand("BINDER", (op, None), mark.span)
        return
    lexer.i += 1
    lexer.operand("LPAR", "(", mark.span)
    lexer.put("BINDER", (op, None), mark.span)
    lexer.open("LPAR", bracket.value, bracket.span, begins=False).then = _close


def _close(lexer: Lexer) -> None:
    end = lexer.tokens[-1].end_pos
    lexer.put("RPAR", ")", (end, end))


def refuse_factors(lexer: Lexer, mark: Mark) -> None:
    """sum p log p: of the product's entries, or the sum of p times log p."""
    at = lexer.i
    if at >= lexer.stop or lexer.marks[at].kind not in ("word", "greek", "upright"):
        return
    behind = at + 1
    while behind < lexer.stop and lexer.marks[behind].kind in ("post", "sup", "caret", "under", "sub"):
        step = 1 if lexer.marks[behind].kind in ("post", "sup", "sub") else 2
        behind += step
        if step == 2 and behind - 1 < lexer.stop and lexer.marks[behind - 1].kind == "open":
            behind = lexer.marks[behind - 1].mate + 1
    if behind >= lexer.stop or behind >= end_of_term(lexer, at) or not begins_operand(lexer.marks[behind]):
        return
    if function_of(lexer.marks[at].value) is not None:  # sum log x
        return
    end = end_of_term(lexer, at)
    body = lexer.source((lexer.marks[at].start, lexer.marks[end - 1].end))
    first, rest = (lexer.source((lexer.marks[k].start, lexer.marks[stop - 1].end)) for k, stop in ((at, behind), (behind, end)))
    hint = f"write sum(…) with .* between factors that go entry by entry, or sum({first}) * {rest}"
    raise lexer.refuse(
        f"{quote(f'{mark.value} {body}')} is of the whole product, or of {first} alone", (mark.start, lexer.marks[end - 1].end), hint
    )
