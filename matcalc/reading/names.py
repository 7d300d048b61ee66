"""Names: how they are spelled, and how a run of letters is cut into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

from ..errors import ReadingError, Span
from ..interning import regex
from ..syntax import spell_name, split_name
from .functions import book, function_of, is_elementwise, longest_function
from .marks import Mark, quote, refuse
from .spellings import GREEK_WORDS

_OPERANDS = ("word", "greek", "close", "num", "upright", "sup", "post")
RESERVED = frozenset({"I", "T", "infty"})


def is_identity(name: str) -> bool:
    """Whether a name is the identity of a size, I_n: no I that an author declares or defines is, nor I_0 and I_1."""
    base, sub = split_name(name)
    return base == "I" and len(sub) == 1 and sub in "nmkpdqrN"


def suggestion_for(word: str, known: Iterable[str] = ()) -> str | None:
    """What may have been meant by the unknown `word` before a bracket."""
    from .meanings import meant

    if found := meant(word):
        return found

    from .meanings import nearest

    near = nearest(word, known)
    return f"did you mean {near}(…)?" if near in book() else f"did you mean {near}?" if near else None


_BASES = frozenset((*GREEK_WORDS, "infty"))  # names of several letters
_LONGEST_BASE = max(map(len, _BASES))


class Names:
    """The names one text knows: declared, bound by `=`, functions, indices."""

    __slots__ = (
        "variables",
        "functions",
        "arguments",
        "counts",
        "complex",
        "conjugating",
        "plain",
        "primed",
        "bold",
        "arrows",
        "light",
        "made_of",
        "random",
        "_bases",
        "_longest",
    )

    def __init__(
        self,
        declared: Iterable[str] = (),
        functions: Iterable[str] = (),
        counts: Iterable[str] = (),
        complex_: Iterable[str] = (),
        arguments: Mapping[str, str] | None = None,
    ) -> None:
        self.arguments = dict(arguments or {})  # of functions that were declared with one: x is x(t)
        self.variables: set[str] = set()
        self.plain: frozenset[str] = frozenset()  # undeclared names that are factors somewhere, so no functions
        self.primed = ""  # what says that x' is another name here: transposes are written as ^T
        self.bold: dict[str, None] = {}  # names in bold type or below an arrow
        self.arrows: set[str] = set()  # those below an arrow
        self.light: set[str] = set()  # names that stand without
        self.made_of: dict[str, set[str]] = {}  # the letters in the value of a name that is bound without parameters
        self.random: frozenset[str] = frozenset()  # names with a distribution, over which E[…] is taken
        self.counts = frozenset(counts)  # declared whole numbers, which may be subscripts
        self.complex = frozenset(complex_)  # declared complex names: ^H, ^* and bars over them are conjugates
        self.conjugating = bool(self.complex)
        self.functions: set[str] = set(functions)
        self._bases = set(_BASES)
        self._longest = _LONGEST_BASE
        for name in (*declared, *self.functions):
            self.add(name)

    def add(self, name: str) -> None:
        """From here on `name` is known."""
        self.variables.add(name)
        base = split_name(name)[0]
        if len(base) > 1:
            self._bases.add(base)
            self._longest = max(self._longest, len(base))

    def in_type(self, name: str, mark: Mark) -> None:
        """Note how the letter of `name` is set: in bold type, below an arrow, or plain."""
        if not mark.bold:
            self.light.add(name)
            return
        self.bold[name] = None
        if mark.arrow:
            self.arrows.add(name)

    def remove(self, name: str) -> None:
        """`name` was known only for a while (a parameter)."""
        self.variables.discard(name)
        base = split_name(name)[0]
        if len(base) > 1 and base not in GREEK_WORDS and not any(split_name(v)[0] == base for v in self.variables):
            self._bases.discard(base)

    def longest(self, run: str, at: int) -> int:
        """The length of the longest known name in `run` at `at`; a single letter always is one."""
        for size in range(min(self._longest, len(run) - at), 1, -1):
            if run[at : at + size] in self._bases:
                return size
        return 1

    def cut(self, run: str) -> list[str]:
        """`run` cut into known names and letters, the longest first from the left."""
        pieces, at = [], 0
        while at < len(run):
            size = self.longest(run, at)
            pieces.append(run[at : at + size])
            at += size
        return pieces

    def is_name(self, run: str) -> bool:
        return run in self._bases

    def function_at_end(self, run: str) -> int:
        """Where a function's name begins that ends `run` (`Ddiag`: 1); len(run) if there is none."""
        ends = set(accumulate(map(len, self.cut(run))))
        for at in range(max(1, len(run) - longest_function()), len(run) - 1):
            if at in ends and _typed(run[at:]) and not self.is_name(run[at:]):
                return at
        return len(run)

    def function_at_start(self, run: str) -> int:
        """The length of a function's name that begins `run`, unless a known name covers more of it; 0 if there is none."""
        for size in range(min(len(run) - 1, longest_function()), 1, -1):
            if _typed(run[:size]) and self.longest(run, 0) < size:
                return size
        return 0

    def function_inside(self, run: str) -> tuple[int, int] | None:
        """Where a function of numbers is named between the letters of `run` (`xsinx`: 1, 4); None where none is."""
        pieces = self.cut(run)
        if len(pieces) != len(run) or len(run) > 7:  # a known name stands in it, or it is a word
            return None
        for at in range(1, len(run) - 2):
            for end in range(len(run) - 1, at + 1, -1):
                if run[at:end].islower() and is_elementwise(function_of(run[at:end]) or ""):
                    return at, end
        return None


def _typed(word: str) -> bool:
    """A function's name as people write it inside a run: `det` or `Det`, not `DET` (which may be a product)."""
    return function_of(word) is not None and (word.islower() or word[1:].islower())


def subscript(marks: list[Mark], i: int, text: str, names: Names | None = None, base: str = "") -> tuple[str, int]:
    """The subscript that begins at mark `i` (an underscore or small digits), normalised, and the mark after it.

    Without `names` a run of letters belongs to the subscript as a whole (`w_out` in a declaration). With them it is
    cut, because TeX's `x_iy_i` and a lazy `A_ij` look alike; a cut run leaves its rest in place.
    """
    if marks[i].kind == "sub":
        return marks[i].value, i + 1
    if i + 1 >= len(marks):
        raise refuse("`_` has no subscript after it", text, marks[i].span)
    mark = marks[i + 1]
    if mark.kind == "open" and mark.value == "{":
        if mark.mate == i + 2:
            raise refuse("`_{}` is an empty subscript", text, (marks[i].start, marks[i + 2].end))
        return spell_subscript(marks, i + 2, mark.mate, text), mark.mate + 1
    if mark.kind in ("greek", "upright"):
        return mark.value, i + 2
    if mark.kind == "infix" and mark.value == "*":  # k_*^T y
        return "star", i + 2
    if mark.kind == "const":
        return mark.value, i + 2
    if mark.kind == "num":
        if not mark.value.isdigit():
            raise refuse(f"{quote('_' + mark.value)} is no subscript", text, mark.span)
        return mark.value, i + 2
    if mark.kind in ("plus", "minus") and names is not None:
        shown = text[marks[i].start : mark.end]
        hint = f"write x_{{{mark.value}}} for a name, max(x, 0) for the positive part"
        raise refuse(f"{quote(shown)} below a name is a part of the name, or takes the positive part", text, mark.span, hint)
    if mark.kind == "word":
        if names is None:
            return mark.value, i + 2
        size = _subscript_letters(marks, i + 1, text, names, base)
        if size < len(mark.value):
            rest = Mark("word", mark.value[size:], mark.start + size, mark.end)
            rest.gap = False
            marks[i + 1] = rest
            return mark.value[:size], i + 1
        return mark.value, i + 2
    raise refuse("`_` has no subscript after it", text, marks[i].span, "write x_1, x_i or w_{out}")


def _subscript_letters(marks: list[Mark], i: int, text: str, names: Names, base: str) -> int:
    """How many letters of the run at `i` belong to the subscript of `base`."""
    run = marks[i].value
    for size in range(min(len(run), 40), 0, -1):
        if spell_name(base, run[:size]) in names.variables and (size > 1 or len(run) == 1):
            return size
    size = names.longest(run, 0)
    rest = run[size:]
    followed = i + 1 < len(marks) and marks[i + 1].kind in ("under", "sub") and not marks[i + 1].gap
    if not rest or rest.isupper() or names.is_name(rest) or (len(rest) == 1 and followed) or f"{base}_{run[:size]}" in names.variables:
        return size
    if "\\" in text and len(rest) == 1 and rest not in _INDEX_LETTERS and any(m.value == rest for m in marks):  # D_hx of TeX
        return size
    if run in _LABELS:
        return len(run)
    span = (marks[i].start, marks[i].end)
    shown = base if len(base) <= 20 else "x"
    raise refuse(
        f"{quote(f'{shown}_{run}')} can be read in two ways",
        text,
        span,
        f"write {shown}_{{{run[:20]}}} or {shown}_{run[:size]} {rest[:20]}",
    )


# Words that stand below names, and that nobody means as a letter below and a product behind: y_pred, V_max.
_LABELS = frozenset(
    "avg bar cat cur data ddot dot eff err est fake final goal half hat init kin low max mean meas min mod model new next obs "
    "old opt out pos post pot pred prev prior real red ref rel rms sample star sys target test tilde tot total train true".split()
)
_INDEX_LETTERS = frozenset("ijklmnpqrst")  # A_ij is A_{ij} more often than A_i j
_IN_SUBSCRIPTS = {"word", "upright", "num", "const", "plus", "minus", "comma", "colon", "sub", "greek", "bar"}
_STARS = ("star", "ast", "*")


def spell_subscript(marks: list[Mark], start: int, stop: int, text: str) -> str:
    """The normal spelling of `marks[start:stop]` as a subscript: no blanks, no fonts, Greek as words."""
    parts = []
    if [m.kind for m in marks[start:stop]] == ["open", "num", "close"] and marks[start].value == "(":  # the unfolding X_{(1)}
        return f"({marks[start + 1].value})"
    for k, mark in enumerate(marks[start:stop], start):
        if mark.kind == "caret" and k + 1 < stop and marks[k + 1].value in _STARS:  # j^*
            continue
        if mark.kind == "command" and (mark.value == "star" or function_of(mark.value)):  # V_{\max}
            parts.append("*" if mark.value == "star" else mark.value)
        elif mark.kind in _IN_SUBSCRIPTS or mark.value in ("_", "{", "*"):
            parts.append(
                "}" if mark.kind == "close" else "-" if mark.kind == "minus" else f"_{mark.value}" if mark.kind == "sub" else mark.value
            )
        else:
            raise refuse(f"{quote(text[mark.start : mark.end])} does not belong in a subscript", text, mark.span)
    return _LONE.sub(r"_\1", "".join(parts))


_LONE = regex(r"_\{(.)\}")  # w_{I} in a subscript, which is w_I


def read_name(marks: list[Mark], i: int, text: str, raised: bool = False) -> tuple[str, int]:
    """A whole name at mark `i`, as a declaration or `--wrt` gives it: a run of letters is one name there. Where nothing can be a power,
    `raised` takes what stands above for a label: W^{[1]}, a^t."""
    mark = marks[i]
    i += 1
    if mark.kind == "accent":
        inner, i = accented(marks, i - 1, text)
        base, sub = inner, mark.value
    elif mark.kind in ("word", "upright", "greek", "partial"):
        base, sub = mark.value, ""
    else:
        raise not_a_name(text, mark.span)
    if i < len(marks) and not marks[i].gap and not sub and marks[i].kind == "num" and marks[i].value.isdigit():  # W1
        return spell_name(base, marks[i].value), i + 1
    if i < len(marks) and not marks[i].gap and not sub and is_prime(marks[i], text):  # x'
        sub, i = "prime", i + 1
    if i < len(marks) and not marks[i].gap and marks[i].kind in ("under", "sub"):
        more, i = subscript(marks, i, text)
        sub = f"{sub},{more}" if sub else more
    end = superscript_index(marks, i, name=True)
    if end and not sub:
        sub, i = spell_subscript(marks, i + 3, end - 2, text), end
    if raised and i < len(marks) and marks[i].kind == "caret":
        from .raised import label_of_name

        label, i = label_of_name(marks, i)
        if label and i < len(marks) and marks[i].kind == "under" and not sub:  # x^t_i
            sub, i = subscript(marks, i, text)
        sub = f"{sub},{label}" if sub and label else sub or label
    return spell_name(base, sub), i


def is_prime(mark: Mark, text: str) -> bool:
    """Whether a mark is an apostrophe, which may be a transpose or a part of a name."""
    return mark.kind == "post" and mark.value == "T" and text[mark.start : mark.end] in ("'", "’", "′")


def writes_transposes(marks: list[Mark], text: str) -> bool:
    """Whether the text has transposes that are no apostrophes."""
    for i, mark in enumerate(marks):
        if mark.kind == "post" and mark.value == "T" and not is_prime(mark, text):
            before = marks[i - 1] if i else mark
            if text[mark.start : mark.end] != "\\prime" and before.kind in ("caret", "open", *_OPERANDS):
                return True
        if mark.kind == "caret" and i + 1 < len(marks) and not _is_above_sum(marks, i):
            inside = marks[i + 2] if marks[i + 1].value == "{" and marks[i + 1].mate == i + 3 else marks[i + 1]
            if inside.kind in ("word", "upright") and inside.value.startswith("T"):
                return True
    return False


def lists_primes(marks: list[Mark], text: str) -> bool:
    """Whether a name stands beside itself with an apostrophe in a list: k(x, x')."""
    return any(
        mark.kind == "comma"
        and 0 < i < len(marks) - 2
        and (marks[i - 1].kind, marks[i - 1].value) == (marks[i + 1].kind, marks[i + 1].value)
        and is_prime(marks[i + 2], text)
        for i, mark in enumerate(marks)
    )


def raises_prime(marks: list[Mark], text: str) -> bool:
    r"""Whether a small letter has an apostrophe and a power behind it, as in m l^2 \theta'^2/2: no row has a square."""
    return any(
        mark.kind in ("word", "greek") and mark.value[-1:].islower() and is_prime(after, text) and _is_square(marks[k + 2 : k + 5])
        for k, (mark, after) in enumerate(pairwise(marks))
    )


def _is_square(marks: list[Mark]) -> bool:
    if marks and marks[0].kind == "sup":
        return marks[0].value.isdigit()
    inside = marks[2:3] if len(marks) > 1 and marks[1].value == "{" else marks[1:2]
    return bool(marks) and (marks[0].kind, marks[0].value) == ("caret", "^") and inside != [] and inside[0].kind == "num"


def stands_by_itself(marks: list[Mark], text: str) -> bool:
    r"""Whether every apostrophe belongs to a small letter that stands alone, as an argument or
    as a term beside the letter without it or in a text about numbers:
    \ln(A k^\alpha - k') + \beta V(k'). Transposes have factors at their sides."""
    found: set[str] = set()
    for i, mark in enumerate(marks):
        if i == 0 or not is_prime(mark, text):
            continue
        after = marks[i + 1] if i + 1 < len(marks) else None
        if after is not None and after.kind == "open" and not after.gap:  # f'(x)
            behind = marks[after.mate + 1] if after.mate + 1 < len(marks) else None
            arrays = any(m.kind == "word" and len(m.value) == 1 and m.value.isupper() for m in marks[i + 2 : after.mate])  # w'(A x + b)
            if arrays or marks[i - 1].value[:1].isupper() or (behind is not None and behind.value == marks[i - 1].value):  # Y'(I - P) Y
                return False
            continue
        base, before = marks[i - 1], marks[i - 2] if i > 1 else None
        letter = base.kind == "greek" or (base.kind == "word" and len(base.value) == 1 and base.value.islower())
        first = (
            before is None or (before.kind == "open" and before.value in ("(", "[")) or before.kind in ("plus", "minus", "command", "comma")
        )
        last = after is None or (after.kind == "close" and after.value in ("(", "[")) or after.kind in ("plus", "minus", "comma")
        if not (letter and first and last):
            return False
        applied = i > 2 and marks[i - 3].kind in ("word", "greek") and len(marks[i - 3].value) == 1
        if not (applied and before is not None and before.value == "(" and not before.gap):  # V(k')
            found.add(base.value)
    pairs = pairwise([*marks, Mark("end", "", 0, 0)])
    alone = {mark.value for mark, after in pairs if mark.kind in ("word", "greek", "upright", "command") and not is_prime(after, text)}
    return found <= alone or (bool(alone) and all(map(_is_of_numbers, marks)))  # -a' by itself is a row


def _is_of_numbers(mark: Mark) -> bool:
    """Whether a mark may stand in a text about numbers: no capital letter, no norm, no sum."""
    if mark.kind in ("word", "upright", "command"):
        function = function_of(mark.value)
        return is_elementwise(function) if function else len(mark.value) == 1 and mark.value.islower()
    return mark.kind not in ("bar", "binder", "const") and not mark.bold


def _is_above_sum(marks: list[Mark], i: int) -> bool:
    """Whether the caret at mark `i` is that of an upper bound: \\sum^T, \\sum_{t=1}^T."""
    before = i - 1
    if before > 0 and marks[before].kind == "close":
        before = next((k for k in range(before) if marks[k].kind == "open" and marks[k].mate == before), before)
        before -= 2 if marks[before - 1].kind == "under" else 0
    elif before > 1 and marks[before - 1].kind == "under":
        before -= 2
    return before >= 0 and (marks[before].kind == "binder" or marks[before].value in ("sum", "prod"))


def conjugates_names(marks: list[Mark]) -> bool:
    """Whether a conjugate transpose stands in the text: ^H, or a bra."""
    for i, mark in enumerate(marks):
        if mark.kind == "post" and mark.value == "H":
            return True
        if mark.kind == "caret" and i + 1 < len(marks):
            inside = marks[i + 2] if marks[i + 1].value == "{" and marks[i + 1].mate == i + 3 else marks[i + 1]
            if inside.kind in ("word", "upright") and inside.value.startswith("H"):
                return True
    return False


def accented(marks: list[Mark], i: int, text: str) -> tuple[str, int]:
    """The letter under the accent at mark `i`, and the mark after it."""
    inner = i + 1
    braced = inner < len(marks) and marks[inner].kind == "open" and marks[inner].value == "{"
    inner += braced
    if inner >= len(marks) or marks[inner].kind not in ("word", "greek") or (braced and marks[inner + 1].kind != "close"):
        raise refuse(
            f"{quote(text[marks[i].start : marks[i].end])} stands over one letter", text, marks[i].span, "write \\hat y or \\hat{y}"
        )
    word = marks[inner]
    if not braced and word.kind == "word" and len(word.value) > 1:
        marks[inner] = Mark("word", word.value[1:], word.start + 1, word.end)
        return word.value[0], inner
    return word.value, inner + 1 + braced


def superscript_index(marks: Sequence[Mark], i: int, name: bool = False) -> int:
    """If `^{(i)}` stands at mark `i`, or `^{(i+1)}` where `^{(i)}` stands elsewhere, or a name is read: the mark after it. 0 otherwise."""
    if i >= len(marks) or marks[i].kind != "caret":
        return 0
    kinds = [m.kind + m.value if m.kind in ("open", "caret") else m.kind for m in marks[i : i + 3]]
    if kinds != ["caret^", "open{", "open("] or marks[i + 2].mate + 1 != marks[i + 1].mate:
        return 0
    inside = marks[i + 3 : min(marks[i + 2].mate, i + 7)]
    if len(inside) == 1 and inside[0].kind in ("word", "greek", "num"):
        return marks[i + 1].mate + 1
    shifted = [m.kind for m in inside] in (["word", "plus", "num"], ["word", "minus", "num"]) and len(inside[0].value) == 1
    same = [k for k, m in enumerate(marks) if m.value == inside[0].value] if shifted else []
    if shifted and (name or any(_is_above(marks, k) or _is_transposed(marks, k) for k in same)):
        return marks[i + 1].mate + 1
    return 0


def _is_above(marks: Sequence[Mark], k: int) -> bool:
    """Whether mark k is all that stands in ^{(…)}."""
    around = [m.kind + m.value for m in (*marks[max(0, k - 3) : k], *marks[k + 1 : k + 3])]
    return around == ["caret^", "open{", "open(", "close(", "close{"]


def _is_transposed(marks: Sequence[Mark], k: int) -> bool:
    """Whether mark k begins what stands in ^{(…)} with a transpose behind: no vector has a power x^{(k+1)T}."""
    if k < 4 or [m.kind + m.value for m in marks[k - 3 : k]] != ["caret^", "open{", "open("] or not marks[k - 4].value.islower():
        return False
    after = marks[k - 2].mate + 1
    return after < len(marks) and (marks[after].kind, marks[after].value) == ("post", "T")


def not_a_name(text: str, span: Span) -> ReadingError:
    found = text[span[0] : span[1]]
    hint = "a name is a letter or a declared word, perhaps with a subscript: x, A_1, theta, w_{out}"
    if found.startswith("vec(") and found.endswith(")"):
        hint = f"for d vec(F)/d vec({found[4:-1]})^T differentiate by {found[4:-1]} and ask for the notation kron"
    return refuse(f"{quote(found)} is no name", text, span, hint)
