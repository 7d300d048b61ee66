"""Letters before brackets that mean more than one thing to those who write them: settled by what stands round them, or refused with both
spellings."""

from __future__ import annotations

from itertools import pairwise

from .lexer import Lexer
from .marks import Mark, quote, touching_bracket
from .sums import letters_below_names

_OF_MATRICES = {
    "lambda": "write eigmax({0}) for the greatest eigenvalue, eigmin({0}) for the least, eigval({0}, k) for the k-th from the least",
    "kappa": "write norm2({0}) norm2({0}^-1) for the condition number",
    "rho": "write eigmax({0}) for the spectral radius of a positive semidefinite matrix",
    "sigma": "write ||{0}||_2 for the greatest singular value, sigmin({0}) for the least, sqrt(eigval({0}^T {0}, k)) for one between",
}  # what these letters mean before a capital one, by the letter

_MATRICES = frozenset("ABCHMSWX")  # the others may be a temperature, a time, a number of things

_FACTORS = frozenset(("word", "greek", "accent", "font", "upright"))  # what may stand behind a transpose


def refuse_of_matrix(lexer: Lexer, name: str, mark: Mark, at: int) -> None:
    r"""\lambda_1(A), \lambda(A), \sigma_i(A), \kappa(A), \rho(A): eigenvalues are counted from either end, the others are no product."""
    base, _, sub = name.partition("_")
    inside = lexer.marks[at + 1 : lexer.marks[at].mate]
    one = len(inside) == 1 and inside[0].kind == "word" and len(inside[0].value) == 1 and inside[0].value.isupper()
    said = {"lambda": sub.isdigit() or not sub, "sigma": sub.isdigit() or sub in ("i", "j", "k")}.get(base, not sub)
    if one and base == "lambda" and not sub:
        said = inside[0].value in _MATRICES
    if base in _OF_MATRICES and one and said and name not in lexer.names.plain:
        span = (mark.start, lexer.marks[lexer.marks[at].mate].end)
        what = {"lambda": "an eigenvalue", "kappa": "a condition number", "rho": "a spectral radius", "sigma": "a singular value"}[base]
        message = f"{quote(lexer.source(span))} is {what}, or a function of which nothing is known"
        raise lexer.refuse(message, span, _OF_MATRICES[base].format(inside[0].value))


def refuse_inverse(lexer: Lexer, name: str, mark: Mark) -> None:
    """g^{-1}(x^T b): the inverse of a link, or a number that divides."""
    marks, i = lexer.marks, lexer.i
    if i >= lexer.stop or marks[i].kind not in ("caret", "sup") or name in lexer.names.variables:
        return
    group = i + 1 < lexer.stop and marks[i + 1].kind == "open" and marks[i + 1].value == "{"
    end = i + 1 if marks[i].kind == "sup" else marks[i + 1].mate + 1 if group else i + 3
    above = lexer.source((marks[i].start, marks[end - 1].end)) if end <= lexer.stop else ""
    touches = end < lexer.stop and marks[end].kind == "open" and marks[end].value == "(" and not marks[end].gap
    if touches and above.translate({ord(c): None for c in "^{} "}) in ("-1", "⁻¹"):
        inside = lexer.source((marks[end].end, marks[marks[end].mate].start)).strip()[:30]
        hint = f"write ({inside})/{name} for the product; define the inverse, as {name}i(u) = …, for its value"
        raise lexer.refuse(
            f"{quote(f'{name}^-1({inside})')} is a value of the inverse function, or a product", (mark.start, marks[end].end), hint
        )


def refuse_deviation(lexer: Lexer, mark: Mark, at: int) -> None:
    r"""\sigma(x) beside \mu(x): the deviation of a prediction, or the logistic function."""
    if not any(m.value == "mu" and touching_bracket(lexer.marks, k + 1) >= 0 for k, m in enumerate(lexer.marks)):
        return
    span = (mark.start, lexer.marks[lexer.marks[at].mate].end)
    hint = "write sigmoid(…) for the logistic function, or declare sigma: R^n -> R"
    raise lexer.refuse(f"{quote(lexer.source(span)[:40])} beside a function mu is a deviation, or the logistic function", span, hint)


def is_cdf(lexer: Lexer, mark: Mark, at: int, below_log: bool) -> bool:
    r"""Whether the Phi before the brackets at mark `at` is the normal distribution function: it stands before brackets alone, and below a
    logarithm, behind 1 -, or before a fraction or a product with a transpose, as in \Phi(x_i^T \beta). Else it may be a matrix of features
    too, \Phi(w - v), which only a norm, a transpose or a product with another capital letter settles."""
    marks = lexer.marks
    places = [k for k, m in enumerate(marks) if m.value == "Phi" and m.kind in ("word", "greek", "upright")]
    brackets = [touching_bracket(marks, k + 1) for k in places]
    if any(bracket < 0 for bracket in brackets):
        return False
    inside = [m for bracket in brackets for m in marks[bracket + 1 : marks[bracket].mate]]
    transposes = any(m.value == "T" and after.kind in _FACTORS for m, after in pairwise(inside))
    behind_one = any(k > 1 and marks[k - 1].kind == "minus" and marks[k - 2].value == "1" for k in places)
    logarithms = any(k and marks[k - 1].value in ("log", "ln") for k in places)
    if below_log or logarithms or behind_one or transposes or any(m.kind == "frac" or m.value == "/" for m in inside):
        return True
    if any(frame.kind == "NORM" for frame in lexer.frames):
        return False
    span = (mark.start, marks[marks[at].mate].end)
    shown = lexer.source((marks[at].start, span[1])).strip()[:30]
    hint = f"write Phi * {shown} for a product, normcdf{shown} for the distribution function"
    raise lexer.refuse(f"{quote(f'Phi{shown}')} is a product, or a value of the normal distribution function", span, hint)


def refuse_lazy_index(lexer: Lexer, run: str, mark: Mark) -> None:
    """yi log(Pi) + (1 - yi) log(1 - Pi), sum_i (yi - a)^2: two letters of which the second is the index of a sum, or ends
    other words too."""
    ends = {m.value for m in lexer.marks if m.kind in ("word", "greek") and len(m.value) == 2 and m.value[1] == run[1]}
    if run[1] not in lexer.active and len(ends) < 2:
        return
    hint = f"write {run[0]}_{run[1]} for the name with an index, {run[0]} {run[1]} for the product"
    raise lexer.refuse(f"{quote(run)} is {run[0]}_{run[1]}, or a product", mark.span, hint)


def refuse_greek_entry(lexer: Lexer, run: str, mark: Mark) -> None:
    """-sum_i pi log(pi), sum_i (y_i - a xi)^2: x_i in a sum over i, or the Greek letter; pi is the number where something
    else has the i."""
    if lexer.following is not None and lexer.following.kind in ("under", "sub"):
        return
    alone = (b.value == "i" and a.kind != "under" and a.value != "{" for a, b in pairwise(lexer.marks))  # sin(2 pi i x)
    if run == "pi" and ("i" in letters_below_names(lexer) or any(alone)):
        return
    what = "the number" if run == "pi" else "the Greek letter"
    raise lexer.refuse(f"{quote(run)} in a sum over i is {run[0]}_i, or {what}", mark.span, f"write {run[0]}_i, or \\{run} for {what}")


def refuse_of_summand(lexer: Lexer, name: str, mark: Mark, at: int) -> None:
    r"""\sum_i K((x - x_i)/h), \sum_i \rho(y_i - x_i^T b): a kernel or a loss of what has the index of the sum, or a factor."""
    close = lexer.marks[at].mate
    if name.partition("_")[2] in lexer.active or lexer.active.isdisjoint(letters_below_names(lexer, at, close)):
        return
    inside = lexer.source((lexer.marks[at].end, lexer.marks[close].start)).strip()[:30]
    hint = f"write {name} * ({inside}) for a product, or declare {name}: R -> R for a function"
    span = (mark.start, lexer.marks[close].end)
    raise lexer.refuse(f"{quote(f'{name}({inside})')} is a product, or the value of a function", span, hint)


def refuse_normal(lexer: Lexer, mark: Mark, at: int) -> None:
    """S N(d_1) - K N(d_1 - s): N before brackets alone, at several places, of which one holds a name alone."""
    brackets = [touching_bracket(lexer.marks, k + 1) for k, m in enumerate(lexer.marks) if m.value == "N" and m.kind == "word"]
    if len(brackets) < 2 or min(brackets) < 0:
        return
    insides = [{m.kind for m in lexer.marks[k + 1 : lexer.marks[k].mate]} for k in brackets]
    if not any(kinds <= {"word", "greek", "under", "sub", "num", "minus", "open", "close"} for kinds in insides):
        return
    inside = lexer.source((lexer.marks[at].end, lexer.marks[lexer.marks[at].mate].start)).strip()[:30]
    hint = f"write N * ({inside}) for a product, normcdf({inside}) for the distribution function of the standard normal"
    span = (mark.start, lexer.marks[lexer.marks[at].mate].end)
    raise lexer.refuse(f"{quote(f'N({inside})')} is a product, or the value of a function", span, hint)


def refuse_lost_transpose(lexer: Lexer, run: str, mark: Mark) -> None:
    """xTAx, (XTX)^-1 XTy, XXT: what is left of transposes where superscripts are lost, or products with a T."""
    at = run.index("T", 1)
    before = lexer.names.cut(run[:at])
    if (at == 1 and len(run) > 2) or (at + 1 < len(run) and run[at - 1] == run[at + 1]) or (at > 1 and run.endswith(before[-1] * 2 + "T")):
        shown = " ".join([*before[:-1], f"{before[-1]}^T", *lexer.names.cut(run[at + 1 :])])
        hint = f"write {shown.strip()} for a transpose, declare T for a name"
        raise lexer.refuse(f"the T in {quote(run)} is a transpose, or a name", mark.span, hint)


def refuse_initials(lexer: Lexer, run: str, mark: Mark) -> None:
    r"""sum_t CF_t/(1+r)^t: capital letters that stand nowhere else, in a text without transposes, norms and small letters behind them, are
    the initials of a quantity more often than a product."""
    marks = lexer.marks
    array = any(m.kind in ("post", "bar") or m.bold or m.value in ("T", "||", "inv", "tr", "det", "@") for m in marks)
    again = any(m is not mark and m.kind == "word" and m.value != run and not set(run).isdisjoint(m.value) for m in marks)
    if array or again or len(run) > 4:
        return
    first = marks[lexer.i + 1] if lexer.following is not None and lexer.following.kind == "under" else marks[lexer.i]
    end = marks[first.mate].end if first.kind == "open" else first.start + 1 if first.kind == "word" else first.end
    below = lexer.source((mark.end, end))
    hint = f"write {' '.join(run)}{below} for the product, declare {run} for a name of its own"
    raise lexer.refuse(f"{quote(run + below)} is one name with a subscript, or a product", (mark.start, end), hint)


def refuse_letter_as_sign(lexer: Lexer, mark: Mark) -> None:
    """Σ (y - a - b x)^2: the sign of a sum whose summand carries no index, or the letter."""
    at = lexer.i
    touches = at < lexer.stop and not lexer.marks[at].gap and lexer.marks[at].kind == "word" and lexer.marks[at].value.islower()
    if touches and not any(m.kind in ("post", "bar", "under") or m.value in ("T", "-1", "\\") for m in lexer.marks):  # Σx² - (Σx)²/n
        end = lexer.marks[at].end
        hint = "write ∑_i x_i, or sum(x), for the sum; a blank behind the letter for a product"
        raise lexer.refuse(f"{quote(lexer.source((mark.start, end)))} is a sum over all there are, or a product", (mark.start, end), hint)
    if at >= lexer.stop or lexer.marks[at].kind != "open" or lexer.marks[at].value not in ("(", "["):
        return
    after = lexer.marks[lexer.marks[at].mate + 1 :][:1]
    if not after or after[0].kind not in ("caret", "sup") or after[0].value in ("T", "-1"):
        return
    span = (mark.start, after[0].end)
    hint = "write ∑_i, and the index below what is summed; \\Sigma for the letter"
    raise lexer.refuse("Σ before a power is the sign of a sum, and nothing behind it carries an index", span, hint)


_QUANTITIES = frozenset("DEFGHIKLMNRSTUV")  # capital letters that are no matrices first


def refuse_like_another(lexer: Lexer, run: str, mark: Mark) -> None:
    """Tc beside Th, which is a name; xb in (x - xb)^T B (x - xb): two letters that are one name, or a product."""
    marks, at = lexer.marks, lexer.i - 1
    alone = {m.value for m in marks if m.kind == "word" and len(m.value) == 1}
    known = next((v for v in sorted(lexer.names.variables) if len(v) == 2 and v.isalpha() and v[0] == run[0] and v != run), "")
    like = bool(known) and alone.isdisjoint(run)
    before = [m.kind for m in marks[max(at - 3, 0) : at]]
    beside = before == ["open", "word", "minus"] and marks[at - 2].value == run[0] and run[1] not in alone
    beside = beside and lexer.peek("close") is not None
    turned = any(m.kind == "post" or m.value == "T" for m in marks)
    if not like and run[0] in _QUANTITIES and run[1].islower() and not turned and alone.isdisjoint(run):
        twins = (m.value for m in marks if m.kind == "word" and len(m.value) == 2 and m.value != run and m.value[0] == run[0])
        known = next((v for v in twins if v[1].islower() and v[1] not in alone and "\\" not in lexer.text), "")
        like = bool(known)  # Rf + β (Rm - Rf)
    if like or (beside and turned):
        what = f"a name as {known} is" if like else "a name"
        hint = f"declare {run} for a name, or write {run[0]}_{run[1]}; {run[0]} {run[1]} for the product"
        raise lexer.refuse(f"{quote(run)} is {what}, or a product", mark.span, hint)
