r"""Program text: what NumPy, SymPy, MATLAB, Julia, Mathematica and R write, in marks of the language.

np.linalg.inv(A)  A.inv()  A.I        inv(A)  A^-1          Identity(n)  np.eye(n)     I_{n}
A.dot(x)  b.A.b                       A @ x   b . A . b     sum(abs2, x)               sum(abs2.(x))
np.exp(X)  X.exp()                    exp.(X)               W1                         W_1
(A @ x).sum()  x.pow(2)               sum(A @ x)  x.^(2)    softmax(x, dim=-1)         softmax(x)
(A @ x - b)**2                        (A @ x - b).^2 t(X) %*% solve(V) %*% X       X^T @ inv(V) @ X
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from ..errors import ReadingError, Span
from ..interning import regex
from ..ops.book import REGISTRY
from .functions import function_of
from .marks import Mark, quote, refuse, touching_bracket
from .spellings import GREEK_WORDS

# Attributes and methods without arguments that stand behind an operand, as postfix marks.
_POSTFIX = {"T": "T", "transpose": "T", "t": "T", "I": "-1", "inv": "-1", "inverse": "-1", "pinv": "pinv"}
_NAMES = {
    **{"dot": "matmul", "identity": "eye", "inverse": "inv", "square": "abs2", "absolute": "abs"},
    **{"reduce_sum": "sum", "reduce_mean": "mean", "matvec": "matmul", "mm": "matmul", "mv": "matmul"},
}  # the last part of a dotted name, and what it is called here
_IDENTITIES = ("eye", "Identity", "identity", "IdentityMatrix")
_OF_ENTRIES = ("np", "numpy", "jnp", "jax", "torch", "tf")  # where ** goes entry by entry
_CALLS = regex(r"\b(?:np|numpy|jnp|jax|torch|tf)\.[a-z]")
_NUMBERED = regex(r"[A-Za-zα-ω][01](?![\d.])")
_INDEXED = regex(r"_(?:\{[^{}]*\d|\w*\d)")  # x_1, c_{i0}
_OF_LISTS = regex(r"(?:Matrix|array|tensor|matrix)\(\[")
_OF_MATHEMATICA = regex(r"\b(?:Exp|Log|Sqrt|Det|Tr|Sin|Cos|Inverse|Transpose|Norm)\[")
_FOLDS = ("sum", "mean", "prod")  # with a function before the array, as in Julia
_OF_R = {"t": "transpose", "solve": "inv"}  # in texts with %*%
_FILLED = {"OneMatrix": "ones", "ZeroMatrix": "zeros"}
_WATCHED = frozenset({"log1p", *_IDENTITIES, *_FOLDS, *_FILLED})
_PRODUCTS = ("dot", "matmul", "mm", "mv")
_VECTORS = frozenset("bhuvwxyz")  # what stands behind a matrix
_BY_LAST = ("softmax", "log_softmax", "logsumexp")  # taken along the last axis here too
_ENDS = ("word", "upright", "greek", "num", "const", "accent")


def in_marks(marks: list[Mark], text: str) -> list[Mark]:
    """The marks without what only programs write."""
    if "%*%" in text:
        for k, mark in enumerate(marks):
            if mark.kind == "word" and mark.value in _OF_R and touching_bracket(marks, k + 1) >= 0:
                mark.value = _OF_R[mark.value]
    if "log2" in text or "log10" in text:
        marks = _with_bases(marks)
    if "Pi" in text and "[" in text and _OF_MATHEMATICA.search(text):
        for k, mark in enumerate(marks):
            if mark.value == "Pi" and mark.kind in ("word", "greek"):
                marks[k] = Mark("greek", "pi", mark.start, mark.end, mark.gap)
    if "log1p" in text:
        marks = _joined(marks)
    if is_program(marks, text):
        marks = _with_digits(marks, text)
        for mark in marks:
            if mark.kind == "caret" and text[mark.start : mark.end] == "**" and _is_of_entries(marks):
                mark.value = ".^"
    elif _NUMBERED.search(text):
        marks = _with_numbers(marks, text)
    if "([" in text and _OF_LISTS.search(text):
        from .literals import as_literals

        marks = as_literals(marks)
    marks = _without_axes(marks, text)
    if not any(m.kind in ("path", "method", "spec") or (m.kind == "word" and m.value in _WATCHED) for m in marks):
        return marks
    found: list[Mark] = []
    closing: list[str] = []  # for every open bracket: what has to follow or stand before its partner
    i = 0
    while i < len(marks):
        mark = marks[i]
        after = marks[i + 1] if i + 1 < len(marks) else None
        if mark.kind == "path":
            i = _path(marks, i, text, found)
            continue
        if mark.kind == "method":
            i = _method(marks, i, text, found, closing)
            continue
        if mark.kind == "word" and mark.value in _IDENTITIES and after is not None and after.value in ("(", "[") and after.kind == "open":
            found += [Mark("word", "I", mark.start, mark.end, mark.gap), Mark("under", "_", mark.end, mark.end)]
            found.append(Mark("open", "{", after.start, after.end))
            closing.append("{")
            i += 2
            continue
        if mark.kind == "word" and mark.value == "log1p" and after is not None:
            dotted = after.kind == "dot"
            bracket = marks[i + 2] if dotted and i + 2 < len(marks) else after
            if bracket.kind == "open":  # log(1 + …)
                end = bracket.end
                found += [Mark("word", "log", mark.start, mark.end, mark.gap), *([after] if dotted else [])]
                found += [bracket, Mark("num", "1", end, end), Mark("plus", "+", end, end)]
                closing.append("")
                i += 2 + dotted
                continue
        if mark.kind == "word" and mark.value in _FILLED:
            mark.value = _FILLED[mark.value]
        if comma := _maps(marks, i):  # sum(abs2, x .- a)
            end = marks[comma].start
            found += [*marks[i:comma], Mark("open", "(", end, end)]
            closing.append(")")
            i = comma + 1
            continue
        if mark.kind == "open":
            closing.append("")
        elif mark.kind == "close" and closing:
            how = closing.pop()
            if how == ")":
                found.append(Mark("close", "(", mark.start, mark.start))
            elif how == "{":
                mark = Mark("close", "{", mark.start, mark.end)
            elif how == "both":
                found.append(Mark("close", "(", mark.start, mark.end))
        found.append(mark)
        i += 1
    return found


def _with_bases(marks: list[Mark]) -> list[Mark]:
    """log2(x) and log10(x), which are log_2(x) and log_{10}(x)."""
    found: list[Mark] = []
    for k, mark in enumerate(marks):
        applied = touching_bracket(marks, k + 1) == k + 1 or (k + 1 < len(marks) and marks[k + 1].kind == "bar" and not marks[k + 1].gap)
        based = mark.value in ("2", "10") and mark.kind == "num" and not mark.gap and applied
        if based and found and found[-1].kind == "word" and found[-1].value.lower().endswith("log"):
            found.append(Mark("under", "_", mark.start, mark.start))
        found.append(mark)
        if found[-1].kind == "open":
            found[-1].mate = -1
    return found


def _joined(marks: list[Mark]) -> list[Mark]:
    """log1p as one word."""
    found: list[Mark] = []
    for mark in marks:
        before = found[-2:]
        if mark.kind == "word" and mark.value == "p" and [m.value for m in before] == ["log", "1"] and before[1].end == mark.start:
            found[-2:] = [Mark("word", "log1p", before[0].start, mark.end, before[0].gap)]
        else:
            found.append(mark)
        if found[-1].kind == "open":
            found[-1].mate = -1
    return found


def _is_of_entries(marks: Sequence[Mark]) -> bool:
    """Whether a text calls NumPy or its like, or writes products with @."""
    return any(m.value == "@" or (m.kind == "path" and m.value.partition(".")[0] in _OF_ENTRIES) for m in marks)


def _maps(marks: Sequence[Mark], i: int) -> int:
    """The comma of sum(f, x), where a function's name stands alone before it, as in Julia; 0 where there is none."""
    if marks[i].kind != "word" or marks[i].value not in _FOLDS:
        return 0
    kinds = [m.kind for m in marks[i + 1 : i + 5]]
    digits = kinds[:4] == ["open", "word", "num", "comma"]
    if not digits and kinds[:3] != ["open", "word", "comma"]:
        return 0
    name = marks[i + 2].value + (marks[i + 3].value if digits else "")
    return (i + 3 + digits) if function_of(name) else 0


def _path(marks: list[Mark], i: int, text: str, found: list[Mark]) -> int:
    """np.linalg.inv, jnp.exp: the last part names the function."""
    mark = marks[i]
    last = mark.value.rpartition(".")[2]
    if last in ("pi", "inf"):
        found.append(Mark("greek", "pi" if last == "pi" else "infty", mark.start, mark.end, mark.gap))
        return i + 1
    name = _NAMES.get(last, last)
    if last == "slogdet" and (end := _picks_logarithm(marks, i + 1)):
        del marks[end : end + 3]
        name = "logdet"
    if last == "log1p":
        marks[i : i + 1] = [Mark("word", last, mark.start, mark.end, mark.gap), Mark("dot", ".", mark.end, mark.end)]
        return i
    if last in ("log2", "log10"):
        below = [Mark("under", "_", mark.end, mark.end), Mark("num", last[3:], mark.end, mark.end), Mark("dot", ".", mark.end, mark.end)]
        found += [Mark("word", "log", mark.start, mark.end, mark.gap), *below]
        return i + 1
    if function_of(name) is None and name not in (*_IDENTITIES, "einsum"):
        from .meanings import meant

        hint = meant(last) or "write it with the functions that `matcalc rules` lists"
        raise refuse(f"{quote(mark.value)} is not known here", text, mark.span, hint)
    word = Mark("word", name, mark.start, mark.end, mark.gap)
    marks[i] = word
    op = REGISTRY.get(function_of(name) or "")
    if op is not None and op.elementwise:  # NumPy's functions are of entries
        found += [word, Mark("dot", ".", mark.end, mark.end)]
        return i + 1
    if name in _IDENTITIES:
        return i
    found.append(word)
    return i + 1


def _picks_logarithm(marks: Sequence[Mark], at: int) -> int:
    """Where [1] stands behind the brackets at mark `at`, which takes the logarithm of what slogdet(S) gives; 0 where it does not."""
    end, depth = at, 0
    while end < len(marks):
        depth += {"open": 1, "close": -1}.get(marks[end].kind, 0)
        end += 1
        if not depth:
            break
    picked = marks[end : end + 3]
    return end if [m.kind for m in picked] == ["open", "num", "close"] and picked[0].value == "[" and picked[1].value == "1" else 0


def _method(marks: list[Mark], i: int, text: str, found: list[Mark], closing: list[str]) -> int:
    """A.inv(), A.T, A.dot(B), x.pow(2), (A @ x).sum()."""
    mark = marks[i]
    name = mark.value
    called = [m.kind for m in marks[i + 1 : i + 3]] == ["open", "close"]
    if name in (*_PRODUCTS, "pow") and i + 1 < len(marks) and marks[i + 1].kind == "open":
        k = _operand(found)  # A.dot(B).T is the transpose of the product: brackets round it all
        at = found[k].start if k < len(found) else mark.start
        found.insert(k, Mark("open", "(", at, at, k < len(found) and found[k].gap))
        found.append(Mark("caret", ".^", mark.start, mark.end) if name == "pow" else Mark("infix", "@", mark.start, mark.end))
        found.append(marks[i + 1])
        closing.append("both")
        return i + 2
    if name in _POSTFIX and (called or name in ("T", "I")):
        end = marks[i + 2].end if called else mark.end
        how = _POSTFIX[name]
        found += [Mark("sup", "-1", mark.start, end)] if how == "-1" else [Mark("post", how, mark.start, end)]
        return i + 3 if called else i + 1
    if called and function_of(_NAMES.get(name, name)) is not None:
        _call(found, _NAMES.get(name, name), mark, marks[i + 2].end, text)
        return i + 3
    raise _unknown_method(name, text, mark)


def _operand(found: Sequence[Mark]) -> int:
    """Where the operand begins that ends with the marks: a name with its subscripts, brackets with the function before them."""
    k = len(found)
    while k and found[k - 1].kind in ("post", "sup"):
        k -= 1
    if k and found[k - 1].kind == "close":
        depth = 0
        while k:
            k -= 1
            depth += {"close": 1, "open": -1}.get(found[k].kind, 0)
            if depth == 0:
                break
        if k and found[k - 1].kind == "dot":
            k -= 1
        return k - 1 if k and found[k - 1].kind in _ENDS and not found[k].gap else k
    if k and found[k - 1].kind in (*_ENDS, "sub"):
        k -= 1
        while k > 1 and found[k - 1].kind == "under":  # W_1
            k -= 2
    return k


def _call(found: list[Mark], name: str, mark: Mark, end: int, text: str) -> None:
    """(A @ x).sum(): the function stands before the operand that ends here."""
    k = _operand(found)
    if k == len(found):
        raise refuse(f"there is nothing before {quote('.' + mark.value)}", text, mark.span, f"write {name}(A)")
    at = found[k].start if k < len(found) else mark.start
    op = REGISTRY.get(function_of(name) or "")
    head = [Mark("word", name, at, at, k < len(found) and found[k].gap)]
    if op is not None and op.elementwise:
        head.append(Mark("dot", ".", at, at))
    found[k:] = [*head, Mark("open", "(", at, at), *found[k:], Mark("close", "(", mark.start, end)]


def _without_axes(marks: list[Mark], text: str) -> list[Mark]:
    """softmax(x, dim=-1) without what is meant here too. Other arguments by name are refused."""
    if "=" not in text or not is_program(marks, text):
        return marks
    found: list[Mark] = []
    calls: list[str] = []  # for every open bracket, the function before it
    i = 0
    while i < len(marks):
        mark = marks[i]
        if mark.kind == "open":
            before = marks[i - 1] if i else None
            calls.append(before.value.rpartition(".")[2] if before is not None and before.kind in ("word", "path", "method") else "")
        elif mark.kind == "close" and calls:
            calls.pop()
        elif mark.kind in ("comma", "open") and calls and calls[-1] and _is_keyword(marks, i + 1, text):
            end = i + 3
            while end < len(marks) and marks[end].kind in ("minus", "num", "word"):
                end += 1
            given = text[marks[i + 1].start : marks[end - 1].end].replace(" ", "")
            if given not in ("dim=-1", "axis=-1") or calls[-1] not in _BY_LAST:
                raise _argument_by_name(given, calls[-1], text, (marks[i + 1].start, marks[end - 1].end))
            i = end
            continue
        found.append(mark)
        i += 1
    return found


def _is_keyword(marks: Sequence[Mark], i: int, text: str) -> bool:
    if i + 1 >= len(marks) or marks[i].kind != "word" or marks[i + 1].kind != "cmp":
        return False
    return text[marks[i + 1].start : marks[i + 1].end] == "="


def _argument_by_name(given: str, name: str, text: str, span: Span) -> ReadingError:
    hint = "leave it out, or write what it means"
    if name in _FOLDS and given.startswith(("axis", "dim")):
        hint = "write colsum(A) for the sums of the columns (axis 0), rowsum(A) for those of the rows (axis 1)"
    elif name == "norm":
        hint = "write norm(x, 1) for another norm"
    elif name in _BY_LAST:
        hint = f"{name} of a matrix goes row by row; write {name}(A^T)^T for its columns"
    return refuse(f"{quote(given)} is an argument by name, which is not read", text, span, hint)


def _unknown_method(name: str, text: str, mark: Mark) -> ReadingError:
    return refuse(f"the method {quote('.' + name)} is not known here", text, mark.span, f"write {name}(A) in place of A.{name}()")


def calls_arrays(text: str) -> bool:
    """Whether a text calls NumPy or its like by dotted names."""
    return "." in text and _CALLS.search(text) is not None


def is_program(marks: Sequence[Mark], text: str) -> bool:
    """Whether products are written with * or @, or functions called by dotted names, so that a run of letters is a word."""
    if "\\" in text or not ("*" in text or "@" in text or "." in text):
        return False
    return any(m.kind in ("path", "method") or (m.kind == "infix" and m.value in ("*", "@") and text[m.start] in "*@%") for m in marks)


def juxtaposes(marks: Sequence[Mark]) -> bool:
    """Whether two factors stand side by side somewhere: 2x, (a)(b), A x."""
    for a, b in pairwise(marks):
        ends = a.kind in (*_ENDS, "close", "post", "sub") and a.value not in ("{", "where")
        called = a.kind in ("word", "upright") and b.kind == "open" and b.value == "(" and not b.gap
        if ends and not called and (b.kind in _ENDS or (b.kind == "open" and b.value != "{" and b.value != "[")) and b.value != "where":
            return True
    return False


def words(marks: Sequence[Mark], text: str, is_name: Callable[[str], bool]) -> set[str]:
    """The runs of letters that are names in program text: loss, weights, those with digits or underscores behind them, and all where no two
    factors stand side by side. `is_name` says of a run whether it is a name already."""
    found = set()
    python = calls_arrays(text)  # letters are never multiplied there by standing side by side
    starred = not python and not juxtaposes(marks)
    for k, mark in enumerate(marks):
        numbered = k + 1 < len(marks) and marks[k + 1].kind == "under" and not marks[k + 1].gap
        if mark.kind == "word" and len(mark.value) > 1 and function_of(mark.value) is None:
            called = k + 1 < len(marks) and marks[k + 1].kind == "open" and not marks[k + 1].gap
            if called:
                continue
            if not python and len(mark.value) == 2 and mark.value[0].isupper() and mark.value[1] in _VECTORS:  # y - Xw
                continue
            if numbered or python or (len(mark.value) > 2 and mark.value.islower()):
                found.add(mark.value)
            elif starred and mark.value not in GREEK_WORDS and not is_name(mark.value) and not all(map(is_name, mark.value)):
                _refuse_letters(mark, marks, text)
                found.add(mark.value)
    return found


def _refuse_letters(mark: Mark, marks: Sequence[Mark], text: str) -> None:
    """a*x + bx: a name bx, or b*x."""
    alone = [c for c in mark.value if any(m.kind == "word" and m.value == c for m in marks)]
    if alone and mark.value[0] != "d":  # dx
        message = f"{quote(mark.value)} is one name, or {'*'.join(mark.value)}: the other products are written with *"
        raise refuse(message, text, mark.span, f"write {'*'.join(mark.value)}, or declare {mark.value} in R")


def _with_digits(marks: list[Mark], text: str) -> list[Mark]:
    """x0 and W1, which are names in program text, as x_0 and W_1."""
    found: list[Mark] = []
    for k, mark in enumerate(marks):
        before = found[-1] if found else None
        touches = before is not None and before.kind in ("word", "greek") and before.end == mark.start and not mark.gap
        if (
            mark.kind == "num"
            and before is not None
            and touches
            and mark.value.isdigit()
            and function_of(before.value + mark.value) is None
        ):
            if len(before.value) > 1 and touching_bracket(marks, k + 1) >= 0:  # nrm2(A - B)
                name = before.value + mark.value
                if re.search(rf"{name}[ ]*\([^()]*\)[ ]*:?=", text):
                    found += [Mark("under", "_", mark.start, mark.start), mark]
                    continue
                hint = f"write out what it is, or define it first: {name}(u) = …"
                raise refuse(f"there is no function {quote(name)}", text, (before.start, mark.end), hint)
            found.append(Mark("under", "_", mark.start, mark.start))
        found.append(mark)
    return found


def _with_numbers(marks: list[Mark], text: str) -> list[Mark]:
    """n1 sin(t1) - n2 sin(t2), V0 (1 - e^{-t/T}): a letter that a 0 or a 1 touches somewhere is numbered, since nobody writes these
    powers, and so is it wherever a digit touches it. (x2 by itself may be x^2; so may x1/2 be a root, and what stands beside x_1.)"""
    if "\\" in text or _INDEXED.search(text):
        return marks
    at = [
        k
        for k, mark in enumerate(marks)
        if k and mark.kind == "num" and mark.value.isdecimal() and not mark.gap and _is_letter(marks[k - 1], text, mark.start)
    ]
    at = [k for k in at if k < 2 or marks[k - 2].kind != "caret"]
    halves = [marks[k - 1].value for k in at if marks[k].value == "1" and text[marks[k].end : marks[k].end + 2] == "/2"]
    numbered = {marks[k - 1].value for k in at if marks[k].value in ("0", "1")}
    once = {name for name in halves if {marks[k].value for k in at if marks[k - 1].value == name} == {"1"}}
    for k in reversed([k for k in at if marks[k - 1].value in numbered - once]):
        marks.insert(k, Mark("under", "_", marks[k].start, marks[k].start))
    return marks


def _is_letter(mark: Mark, text: str, end: int) -> bool:
    alone = not text[mark.start - 1 : mark.start].isalpha() if mark.start else True
    return mark.end == end and (mark.kind == "greek" or (mark.kind == "word" and len(mark.value) == 1)) and alone
