"""Sum and product signs: their index, their bounds, and where an index is in use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from ..errors import ReadingError, Span
from ..interning import regex
from ..syntax import spell_name
from .lexer import Action, Lexer, Token
from .marks import Mark, quote

if TYPE_CHECKING:
    from .below import Below, Bound, Condition, Mask, Range

_ONE_OF_MANY = regex(r"\\[dt]?frac ?(?:\{ ?1 ?\}|1) ?(?:\{[^{}]*\}|\w)|1 ?/ ?\w+")  # 1/N, before a sum
_ENDLESS = frozenset(("inf", "infinity", "oo"))
RUNNING = frozenset("abcdefghijklmnpqrstuv")  # letters of pairs that are run through


def binder_follows(lexer: Lexer, strict: bool = False) -> bool:
    """Do the next marks make a sum sign of what stands before? A bare Σ needs `_{i=`."""
    if lexer.i >= lexer.stop:
        return False
    mark = lexer.marks[lexer.i]
    if not strict:
        return mark.kind in ("under", "sub") or (mark.kind == "caret" and bool(after_superscript(lexer, lexer.i)))
    brace = lexer.marks[lexer.i + 1] if lexer.i + 1 < lexer.stop else None
    return mark.kind == "under" and brace is not None and brace.kind == "open" and brace.compares


def letter_is_sign(lexer: Lexer, mark: Mark) -> bool:
    """Σᵢ xᵢ, Σ (yᵢ - xᵢ)² with the Greek letter in place of the sign: what follows carries an index that nothing before it carries, and
    no Σ that is written so is used as a matrix is: Σᵢ⁻¹, xᵀ Σᵢ x, det(Σᵢ)."""
    letter = lexer.text[mark.start : mark.end]
    if letter not in ("Σ", "Π") or (lexer.ends and lexer.last == "POST"):
        return False
    marks, at = lexer.marks, lexer.i
    index = ""
    if at < lexer.stop and not marks[at].gap:
        if marks[at].kind == "sub":
            index, at = marks[at].value, at + 1
        elif marks[at].kind == "under" and at + 1 < lexer.stop and marks[at + 1].kind == "word":
            index, at = marks[at + 1].value, at + 2
    at += at < lexer.stop and marks[at].kind == "sup" and marks[at].value in "nkm"
    if len(index) > 1 or at >= lexer.stop or not begins_operand(marks[at]):
        return False
    first, end = lexer.i - 1, at
    while first > 0 and marks[first - 1].kind not in (*_TERM_ENDS, "open"):
        first -= 1
    end = end_of_term(lexer, end)
    inside, before = letters_below_names(lexer, at, end), letters_below_names(lexer, first, lexer.i - 1)
    if not (index in inside if index else inside - lexer.active) or before & ({index} if index else inside):
        return False
    for k, m in enumerate(marks):
        if (
            m.value == mark.value
            and lexer.text[m.start : m.end] == letter
            and not _stands_before_operand(marks[k + 1 : k + 4], bool(index))
        ):
            if not lexer.ends:
                shown = lexer.source((mark.start, marks[at - 1].end))
                sign = "∑" if letter == "Σ" else "∏"
                message = f"{shown} is the sign here, or the letter that stands elsewhere in the text"
                raise lexer.refuse(message, (mark.start, marks[at - 1].end), f"write {sign}{shown[1:]} for the sign")
            return False
    lexer.note(f"{lexer.source((mark.start, marks[at - 1].end))} is the sign of a {'sum' if letter == 'Σ' else 'product'}")
    return True


def end_of_term(lexer: Lexer, at: int) -> int:
    """The mark that ends the term in which mark `at` stands."""
    while at < lexer.stop and lexer.marks[at].kind not in (*_TERM_ENDS, "close"):
        at = lexer.marks[at].mate + 1 if lexer.marks[at].kind == "open" else at + 1
    return at


_TERM_ENDS = ("plus", "minus", "comma", "semi", "newline", "cmp")


def _stands_before_operand(after: list[Mark], indexed: bool) -> bool:
    """Whether an operand follows a letter; so it is also taken of one that is written in another way, with an index or without."""
    kinds = [m.kind for m in after]
    below = 1 if kinds[:1] == ["sub"] else 2 if kinds[:1] == ["under"] else 0
    rest = after[below:]
    return bool(below) != indexed or (bool(rest) and (begins_operand(rest[0]) or (rest[0].kind == "sup" and rest[0].value in "nkm")))


def begins_operand(mark: Mark) -> bool:
    return mark.kind in ("word", "greek", "open", "accent", "binder", "upright", "sqrt", "num", "command", "frac")


def after_superscript(lexer: Lexer, i: int) -> int:
    """If a simple superscript stands at mark `i` and a subscript right after it: where the subscript begins, else 0."""
    if i >= lexer.stop:
        return 0
    mark, end = lexer.marks[i], 0
    if mark.kind == "sup":
        end = i + 1
    elif mark.kind == "caret" and mark.value == "^" and i + 1 < lexer.stop:
        first = lexer.marks[i + 1]
        end = first.mate + 1 if first.kind == "open" else i + 2 if first.kind != "minus" else i + 3
        if first.kind == "word" and len(first.value) > 1:
            return 0
    if 0 < end < lexer.stop and lexer.marks[end].kind in ("under", "sub") and not lexer.marks[end].gap:
        return end
    return 0


def sum_sign(lexer: Lexer, mark: Mark) -> None:
    binder(lexer, mark.value, mark)


def _refuse_mean_behind(lexer: Lexer, op: str, mark: Mark) -> None:
    r"""\log \frac{1}{N} \sum_i e^{z_i}: the logarithm of a mean, or a sum times the logarithm of a number."""
    frame = lexer.frames[-1]
    quotient = lexer.source((frame.opened[1], mark.start)).strip()
    if op != "sum" or not _ONE_OF_MANY.fullmatch(quotient):
        return
    shown, sign = lexer.source((frame.opened[0], mark.end)).strip(), lexer.source(frame.opened).strip()
    hint = f"write {sign}({quotient} sum …) for the function of the mean, {sign}({quotient}) sum … for the product"
    raise lexer.refuse(f"{quote(shown)} can be read in two ways", (frame.opened[0], mark.end), hint)


def binder(lexer: Lexer, op: str, mark: Mark) -> None:
    """A sum or product sign with its index and bounds; its body follows."""
    if lexer.frames[-1].kind == "argument" and lexer.ends:
        _refuse_mean_behind(lexer, op, mark)
        lexer.close_invisible()
    sign = "sum" if op == "sum" else "prod"
    lower, upper = scripts(lexer, sign)
    if lower is None:
        if upper:
            raise lexer.refuse(f"the {sign} has an upper bound and no index", mark.span, f"write {sign}_{{i=1}}^N")
        lexer.operand("BINDER", (op, None), mark.span)
        return

    from .below import Bound, Condition, below

    carried = letters_below_names(lexer) | letters_in_brackets(lexer)
    found = below(lexer.marks, lower, lexer.active, carried, cannot_read(lexer, lower, sign))
    leave_free(lexer, found, mark)
    close_like_sum(lexer, op, found.indices)
    for index in found.indices:
        if index in lexer.names.variables and index not in lexer.active:
            raise lexer.refuse(
                f"the index {index} of the {sign} is also the name of a variable", mark.span, "give the index another letter"
            )
        if upper is not None and found.high[index] is None:
            found.high[index] = Bound(upper)
    if op != "sum" and found.masks:
        hint = "write the factor as cases(x_i, i < j, 1)"
        raise lexer.refuse("a product over a set of indices is not read", mark.span, hint)
    if found.conditions and len(found.indices) == 2 and found.low == dict.fromkeys(found.indices):
        lexer.pairs.add(frozenset(found.indices))
    steps: list[Range | Action] = []
    for index in found.indices:
        low, high = found.low[index], found.high[index]
        steps.append(begin(op, index, mark.span))
        if high is not None:
            steps += [begin_bounds, *bound_steps(low), between_bounds, *bound_steps(high), end_bounds]
        elif low is not None and not is_one(lexer, low):
            found.conditions.append(Condition(added(lexer, Mark("word", index, *mark.span)), ">=", low.marks))
        steps.append(activate(index, mark.span))
    if op != "sum" and found.conditions:
        steps[-1:] = [conditional(len(found.conditions)), steps[-1]]
    for condition in found.conditions:
        steps += condition_steps(condition, mark.span)
    for mask in found.masks:
        if entries_of(lexer, mask):
            shown = f"({', '.join(mask.letters)}) in {lexer.marks[mask.name[0]].value}"
            lexer.note(f"{shown} is over all entries of it; those that are observed are a set with a letter of its own")
        else:
            steps.append(masked(lexer, mask, mark.span))
    for letter, name in found.sets:
        lexer.note(
            f"{letter} in {lexer.source((lexer.marks[name[0]].start, lexer.marks[name[0]].end))}: the sum is over every {letter} there is"
        )
    lexer.later(*steps)


def leave_free(lexer: Lexer, found: Below, mark: Mark) -> None:
    r"""\sum_{j \ne i} is over j, beside a given i; \sum_{i \ne j} is over both: who runs through pairs writes them in order, and gives a
    place that is kept (y, a label) another kind of letter."""
    if len(found.conditions) != 1 or found.low != dict.fromkeys(found.low) or len(found.low) != 2:
        return
    from .below import letter_at

    condition = found.conditions[0]
    one, other = (letter_at(lexer.marks, *side) for side in (condition.left, condition.right))
    if condition.relation == "!=" and one in found.low and other in found.low and (other < one or other not in RUNNING):
        del found.low[other], found.high[other]
        lexer.kept.append((one, other, mark.span))


def close_like_sum(lexer: Lexer, op: str, indices: Sequence[str]) -> None:
    r"""\sum_i a_i^2 \sum_i b_i^2 is the product of two sums: the first is put in brackets."""
    frame = lexer.frames[-1]
    if op != "sum" or len(indices) != 1 or indices[0] not in frame.indices or not lexer.ends:
        return
    at = max(k for k, t in enumerate(lexer.tokens) if t.type == "BINDER" and t.value[:2] == (op, indices[0]))  # type: ignore[index]
    span = lexer.tokens[at].span
    if frame.indices[-1] != indices[0]:  # sum_i sum_j a_ij sum_i b_i
        return
    lexer.tokens.insert(at, Token("LPAR", "", span[0], span[0]))
    end = lexer.tokens[-1].end_pos
    lexer.put("RPAR", "", (end, end))
    frame.indices.remove(indices[0])
    lexer.active.discard(indices[0])


def conditional(count: int) -> Action:
    """Say at the sign of a product that so many conditions stand before what it is over."""

    def do(lexer: Lexer) -> None:
        token = next(t for t in reversed(lexer.tokens) if t.type == "BINDER")
        token.value = (*token.value, count)  # type: ignore[misc]

    return do


def cannot_read(lexer: Lexer, lower: Range, sign: str) -> Callable[[str], ReadingError]:
    inside = lexer.marks[lower[0] : lower[1]]
    span = (inside[0].start, inside[-1].end) if inside else lexer.marks[lower[0] - 1].span
    example = f"write {sign}_{{i=1}}^N, {sign}_{{i<j}} or {sign}_i"
    return lambda why: lexer.refuse(f"{quote(lexer.source(span))} below the {sign} sign {why}", span, example)


def letters_below_names(lexer: Lexer, start: int = 0, stop: int | None = None) -> set[str]:
    """The letters that stand below names somewhere in the text, or in `marks[start:stop]`."""
    found: set[str] = set()
    marks = lexer.marks
    for k in range(start, len(marks) if stop is None else stop):
        mark = marks[k]
        if mark.kind == "sub":
            found.update(mark.value)
        if mark.kind != "under" or k + 1 == len(marks) or not k or marks[k - 1].kind == "binder" or marks[k - 1].value in ("sum", "prod"):
            continue
        first = marks[k + 1]
        inside = marks[k + 2 : first.mate] if first.kind == "open" else [first]
        found.update(c for m in inside if m.kind == "word" for c in (m.value[:1] if first is m else m.value))
        found.update(m.value for m in inside if m.kind == "greek")
    return found


def letters_in_brackets(lexer: Lexer) -> set[str]:
    """The letters between the brackets of entries, A[i,j]: nothing but letters and commas there, touching a name."""
    found: set[str] = set()
    marks = lexer.marks
    for k, mark in enumerate(marks):
        if mark.kind != "open" or mark.value != "[" or mark.gap or not k or marks[k - 1].kind not in ("word", "greek"):
            continue
        inside = marks[k + 1 : mark.mate]
        if all(m.kind == "comma" or (m.kind == "word" and len(m.value) == 1) for m in inside):
            found.update(m.value for m in inside if m.kind == "word")
    return found


def is_one(lexer: Lexer, bound: Bound) -> bool:
    start, stop = bound.marks
    return stop == start + 1 and lexer.marks[start].value == "1" and not bound.shift


def bound_steps(bound: Bound | None) -> list[Range | Action]:
    """The steps that read a bound; 1 where there is none."""
    if bound is None:
        return [lambda lexer: lexer.put("NUM", Fraction(1), lexer.tokens[-1].span)]

    def shifted(lexer: Lexer) -> None:
        lexer.put("PLUS" if bound.shift > 0 else "MINUS", "", lexer.tokens[-1].span)
        lexer.put("NUM", Fraction(abs(bound.shift)), lexer.tokens[-1].span)

    return [bound.marks, *([shifted] if bound.shift else [])]


def condition_steps(condition: Condition, span: Span) -> list[Range | Action]:
    """The steps that read a condition, as the factor 1[…] before what is summed."""

    def begin(lexer: Lexer) -> None:
        lexer.open("IVERSON", "[", span)

    def between(lexer: Lexer) -> None:
        lexer.close_invisible()
        lexer.put("CMP", "=" if condition.relation == "==" else condition.relation, span)

    def end(lexer: Lexer) -> None:
        lexer.close_invisible()
        lexer.close(span)
        lexer.put("JUXT", "", span)

    return [begin, condition.left, between, condition.right, end]


def set_name(lexer: Lexer, at: Range) -> str:
    """What a set of indices is called, which may be called nothing else."""
    mark = lexer.marks[at[0]]
    shown = lexer.source(mark.span)
    others = [
        m for k, m in enumerate(lexer.marks) if k and m.kind == mark.kind and m.value == mark.value and lexer.marks[k - 1].value != "in"
    ]
    if others:
        hint = "give the set another letter"
        raise lexer.refuse(f"{shown} is a set of indices below a sum, and another name elsewhere", others[0].span, hint)
    return shown


def entries_of(lexer: Lexer, mask: Mask) -> bool:
    """Whether the set of indices is the matrix whose entries are summed: (u, i) in M, and M_{ui} elsewhere."""
    marks, name = lexer.marks, lexer.marks[mask.name[0]]
    below = []
    for k, m in enumerate(marks):
        if k != mask.name[0] and (m.kind, m.value) == (name.kind, name.value) and marks[k - 1].value != "in":
            first = marks[k + 2] if k + 2 < len(marks) and marks[k + 1].kind == "under" else m
            inside = marks[k + 3 : first.mate] if first.kind == "open" else [first]
            below.append("".join(n.value for n in inside if n.kind != "comma"))
    return bool(below) and all(b == "".join(mask.letters) for b in below)


def masked(lexer: Lexer, mask: Mask, span: Span) -> Action:
    """The factor that a set of indices is, as a matrix of zeros and ones."""
    mark = lexer.marks[mask.name[0]]
    name = spell_name(mark.value, "".join(mask.letters))
    whole = set_name(lexer, mask.name)

    def do(lexer: Lexer) -> None:
        lexer.note(f"{name} is 1 where {', '.join(mask.letters)} belong to the set {whole}, else 0")
        lexer.operand("NAME", name, span)
        lexer.put("JUXT", "", span)

    return do


def scripts(lexer: Lexer, sign: str) -> tuple[Range | None, Range | None]:
    """What stands below and above the sign, in either order."""
    lower = upper = None
    while lexer.i < lexer.stop and lexer.marks[lexer.i].kind in ("under", "sub", "caret", "sup"):
        above = lexer.marks[lexer.i].kind in ("caret", "sup")
        if (upper if above else lower) is not None:
            break
        if above:
            upper = script(lexer)
        else:
            lower = script(lexer)
    return lower, upper


def script(lexer: Lexer) -> Range:
    """The marks of the script that begins here; goes past them."""
    at = lexer.marks[lexer.i]
    lexer.i += 1
    if at.kind == "sub" and "=" in at.value:  # ∑ᵢ₌₁
        letter, _, low = at.value.partition("=")
        index = added(lexer, Mark("word", letter, at.start, at.start + 1))[0]
        added(lexer, Mark("cmp", "=", at.start + 1, at.start + 2))
        return index, added(lexer, Mark("num" if low.isdigit() else "word", low, at.start + 2, at.end))[1]
    if at.kind in ("sub", "sup"):
        return added(lexer, Mark("num" if at.value.isdigit() else "word", at.value, at.start, at.end))
    if lexer.i >= lexer.stop:
        raise lexer.refuse(f"`{at.value}` has nothing after it", at.span)
    here = lexer.i
    first = lexer.marks[here]
    if first.kind == "open" and first.value in "{(":
        lexer.i = first.mate + 1
        if first.mate == here + 2 and _is_endless(lexer, lexer.marks[here + 1]):
            return added(lexer, Mark("greek", "infty", first.start, lexer.marks[first.mate].end))
        if any(m.kind == "binder" or m.value in ("sum", "prod") for m in lexer.marks[here : first.mate]):
            raise lexer.refuse("a sum inside the bounds of a sum is not read", first.span, "give it a name first: M = ...; then the sum")
        return here + 1, first.mate
    if _is_endless(lexer, first):
        lexer.i += 1
        return added(lexer, Mark("greek", "infty", first.start, first.end))
    if first.kind == "word" and not lexer.names.is_name(first.value) and len(first.value) > 1:
        size = lexer.names.longest(first.value, 0)
        lexer.marks[here] = Mark("word", first.value[size:], first.start + size, first.end)
        return added(lexer, Mark("word", first.value[:size], first.start, first.start + size))
    lexer.i += 1
    return here, here + 1


def _is_endless(lexer: Lexer, mark: Mark) -> bool:
    """Whether this is the bound of sum_{k=1}^inf, which nobody means as ^i n f."""
    return mark.kind == "word" and mark.value.lower() in _ENDLESS and not lexer.names.is_name(mark.value)


def added(lexer: Lexer, mark: Mark) -> Range:
    """A mark of our own making, kept behind the text's, and where it stands."""
    lexer.marks.append(mark)
    return len(lexer.marks) - 1, len(lexer.marks)


def begin(op: str, index: str, span: Span) -> Action:
    return lambda lexer: lexer.operand("BINDER", (op, index), span)


def begin_bounds(lexer: Lexer) -> None:
    at = lexer.tokens[-1].end_pos
    lexer.open("BOUNDS", "", (at, at), begins=False)


def between_bounds(lexer: Lexer) -> None:
    end_bound(lexer)
    lexer.put("COMMA", ",", lexer.tokens[-1].span)


def end_bounds(lexer: Lexer) -> None:
    end_bound(lexer)
    lexer.close(lexer.tokens[-1].span)


def end_bound(lexer: Lexer) -> None:
    lexer.close_invisible()
    if not lexer.ends:
        raise lexer.refuse("a bound of the sum is missing", lexer.tokens[-1].span)


def activate(index: str, span: Span) -> Action:
    def do(lexer: Lexer) -> None:
        if index in lexer.active:
            hint = "give the inner sum another index"
            if any(t.type == "MUL" and t.value == "/" for t in lexer.tokens[-3:]):
                hint = f"write (sum_{index} …)/(sum_{index} …) for a quotient of sums, or {hint}"
            raise lexer.refuse(f"the index {index} is already in use here", span, hint)
        lexer.active.add(index)
        lexer.frames[-1].indices.append(index)

    return do
