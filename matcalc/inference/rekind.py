"""The kinds of undeclared names: the cheapest guess under which every shape fits.

States are sets of changes to the defaults. A guess that fails tells which names its failure depends on, and any guess
that fits has to change one of those; so a best-first search that branches on them alone finds the cheapest guess, and
meets all that cost the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from heapq import heappop, heappush

from ..errors import MatcalcError, ReadingError, ShapeError
from ..interning import regex
from ..reading.functions import function_of
from ..syntax import split_name
from .declarations import GREEK
from .misfit import Misfit, Undecided, Wording
from .scopes import Typing
from .takes import is_count
from .terms import TypedTerm, undeclared

# What it costs to read a name as another kind than the default (LANGUAGE 7).
COSTS: dict[str, dict[str, int]] = {
    "lower": {"vector": 2, "scalar": 2, "matrix": 5},
    "greek": {"scalar": 2, "vector": 2, "matrix": 6},
    "bold": {"vector": 4, "scalar": 6, "matrix": 5},
    "upper": {"matrix": 4, "scalar": 4, "vector": 5},
    "count": {"matrix": 4, "scalar": 1, "vector": 5},
    "family": {"entries": 2, "family of vectors": 2, "family of matrices": 5},
}
MOST_GUESSES = 3000
MOST_WORK = 1_000_000  # nodes visited

Kinds = frozenset[tuple[str, str]]
Try = Callable[[dict[str, str]], tuple[Typing, TypedTerm]]


def letter_class(name: str, bold: Collection[str] = ()) -> str:
    """Which costs are those of a name; `bold` are the names that the author set in bold type or below an arrow."""
    if name.endswith("_"):
        return "family"
    if name in bold:
        return "bold"
    if is_count(name):
        return "count"
    base = split_name(name)[0]
    return "upper" if base[:1].isupper() else "greek" if base in GREEK else "lower"


def search(attempt: Try, work: int, bold: Collection[str] = ()) -> tuple[Typing, TypedTerm]:
    """The typing of least cost, of several the one whose value is a number. Any other tie is refused; where none fits, the failure of the
    defaults is raised."""
    queue: list[tuple[int, int, Kinds]] = [(0, 0, frozenset())]
    seen: set[Kinds] = {frozenset()}
    best: list[tuple[Kinds, Typing, TypedTerm]] = []
    least: int | None = None
    failure: Exception | None = None
    tried = 0
    budget = max(4, min(MOST_GUESSES, MOST_WORK // max(1, work)))
    while queue and (least is None or queue[0][0] <= least) and tried < budget:
        cost, _, kinds = heappop(queue)
        guess = dict(kinds)
        tried += 1
        try:
            el, term = attempt(guess)
        except Misfit as misfit:
            failure = failure or misfit
            names: Iterable[str] = misfit.defaults if misfit.sizes else undeclared(misfit.terms)
            _branch(queue, seen, cost, kinds, names, misfit.defaults, bold)
            continue
        except Undecided as sign:
            for option in sign.options:
                _push(queue, seen, cost, kinds | {(sign.name, option)})
            continue
        total = cost + sum(c for c, _ in el.penalties)
        if least is None or total < least:
            least, best = total, []
        if total == least:
            needed = frozenset(k for k in kinds if " at " not in k[0] or k[0] in el.signs)  # |g_k^H w| turned out to be a number
            if all(needed != others for others, _, _ in best):
                best.append((needed, el, term))
        for _, culprits in el.penalties:
            _branch(queue, seen, cost, kinds, undeclared(culprits), el.defaults, bold)
    if not best:
        raise _final(failure)
    numbers = [typing for typing in best if typing[2].is_scalar]
    if len(best) > 1 and len(numbers) == 1 and not _signs(best):  # what is differentiated is a number first
        best = numbers
    if any(option == "dot" for _, option in best[0][0]):  # w * x + b: entry by entry fits too, with b in every entry
        message, suggestion = _SIGNS["star"]
        raise ReadingError(message, suggestion=suggestion)
    if len(best) > 1:
        raise _tie(best)
    return best[0][1], best[0][2]


def _branch(
    queue: list[tuple[int, int, Kinds]],
    seen: set[Kinds],
    cost: int,
    kinds: Kinds,
    names: Iterable[str],
    defaults: dict[str, str],
    bold: Collection[str],
) -> None:
    changed = {name for name, _ in kinds}
    for name in sorted(names):
        if name in changed or name not in defaults:
            continue
        for kind, price in COSTS[letter_class(name, bold)].items():
            if kind != defaults[name]:
                _push(queue, seen, cost + price, kinds | {(name, kind)})


def _push(queue: list[tuple[int, int, Kinds]], seen: set[Kinds], cost: int, kinds: Kinds) -> None:
    if kinds not in seen:
        seen.add(kinds)
        heappush(queue, (cost, len(seen), kinds))


def _final(failure: Exception | None) -> MatcalcError:
    if isinstance(failure, Misfit):
        return failure.error()
    return ShapeError("no kinds of the undeclared names make the shapes fit", suggestion="declare them: where x in R^n; A in R^{m x n}")


_SIGNS = {
    "bars": (
        "|…| of a vector can be its norm or its absolute value entry by entry, and here both fit",
        "write ||x|| for the norm, abs(x) for the entries",
    ),
    "star": ("u * v of two columns goes entry by entry, or is their dot product, and here both fit", "write u .* v, or u^T v"),
}


def _signs(best: list[tuple[Kinds, Typing, TypedTerm]]) -> list[str]:
    """In what signs, bars or stars between vectors, the typings differ."""
    settled = frozenset.intersection(*(kinds for kinds, _, _ in best))
    return sorted({word for kinds, _, _ in best for name, _ in kinds - settled if (word := name.partition(" at ")[0]) in _SIGNS})


def _tie(best: list[tuple[Kinds, Typing, TypedTerm]]) -> MatcalcError:
    """Two guesses cost the same: say which declarations decide."""
    el = best[0][1]
    settled = frozenset.intersection(*(kinds for kinds, _, _ in best))
    if signs := _signs(best):
        return ReadingError(_SIGNS[signs[0]][0], suggestion=_SIGNS[signs[0]][1])
    options = []
    for kinds, typing, _ in best[:4]:
        s = Wording(typing)
        parts = []
        for name, _ in sorted(kinds - settled):
            shown = name if name in typing.symbols else next((n for n in typing.symbols if split_name(n)[0] + "_" == name), name[:-1])
            if shown in typing.symbols:
                parts.append(f"{shown} in {_set(s, typing.symbols[shown])}")
        if parts:
            options.append(" and ".join(parts))
    message = "the kinds of the undeclared names can be chosen in more than one way"
    hint = "declare " + ", or ".join(dict.fromkeys(options)) if options else None
    if hint and el.scene.of_arrays and "*" in el.scene.program.text.replace("**", ""):
        hint += "; between two arrays write .* for entry by entry, @ for the product"
    if run := _word(el.scene.program.text, el.symbols):
        hint = f'{run} was read as a product of letters: declare it, as in --where "{run} in R^n", if it is one name'
    return ShapeError(message, span=(0, len(el.scene.program.text)), suggestion=hint)


def _word(text: str, known: Collection[str]) -> str:
    """The first run of letters in a text that is long enough for a word, and was read letter by letter."""
    runs = regex(r"(?<![A-Za-z\\_{])[A-Za-z]{4,}(?![A-Za-z(])").findall(text)
    return next((r for r in runs if r not in known and function_of(r) is None and set(r) & {*known}), "")


def _set(s: Wording, t: TypedTerm) -> str:
    if t.is_scalar:
        return "R"
    cols = s.dim(t.shape[1])
    rows = s.dim(t.shape[0])
    return f"R^{rows}" if t.kind == "vector" else f"R^{{{rows} x {cols}}}"
