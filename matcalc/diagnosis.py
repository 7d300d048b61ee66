"""What is wrong with a claimed derivative: the shortest change that makes its numbers right at every point.

In order: the shape, a transpose or another order of indices, a factor, a transpose inside, a property that a matrix would
have to have, a term that is missing, too many or has the wrong sign or factor, single entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

from .answers import laid_out, printer, ranks_of
from .arrange import Arranger
from .build import add, is_number, num, power, size, split, times, transpose
from .errors import MatcalcError
from .evidence import Evidence, evaluator, with_expression
from .expr import Expr, postorder
from .infer import Typed
from .kinds import ONE, close_properties, shape_text
from .ops.core import ADD, SYMBOL, TRANSPOSE
from .simplify import expansions, simplify
from .tensor import Tensor

TOLERANCE = 1e-7  # of a closed form
ROUGH = 1e-6  # of a difference quotient
MOST_TERMS = 24
LARGEST = 64  # denominators and numerators of a factor that somebody may have forgotten
POWERS = (1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2))
INDEX_LETTERS = "ijklpqrs"

Arrays = Sequence[Any]


class View:
    """A way to look at the claim, under which its shape is that of the derivative."""

    __slots__ = ("apply", "words")

    def __init__(self, words: str, apply: Callable[[Any], Any]) -> None:
        self.words, self.apply = words, apply


def diagnose(ev: Evidence) -> list[str]:
    """Nothing if the claim is right; else what is wrong with it, in a few phrases."""
    claimed, right = ev.claimed, ev.right
    if ev.claim.expr.is_scalar and ev.claim.form is None and not _any(claimed) and not _any(right):
        return []  # `0` is said of a zero of any shape
    views = list(_views(ev))
    if not views:
        return [_wrong_dimension(ev)]
    for view in views:
        if not view.words and _agree(ev, claimed, right):
            return []
    if not _any(right):
        return ["the derivative is zero"]
    if not _any(claimed):
        return ["the claim is zero, the derivative is not"]
    for search in (_off_by_a_factor, _turned_inside, _for_special_matrices, _terms, _entries, _varying):
        for view in views:
            found = search(ev, view)
            if found:
                return [*filter(None, [view.words]), *found]
            if search is _off_by_a_factor and view.words and _agree(ev, [view.apply(c) for c in claimed], right):
                return [view.words]
    return ["its numbers differ from those of the derivative"]


def _any(arrays: Arrays) -> bool:
    import numpy as np

    return any(np.any(a) for a in arrays)


def _wrong_dimension(ev: Evidence) -> str:
    if ev.plain:
        assert ev.shape is not None
        return f"wrong dimension: the claim is {shape_text(ev.claim.expr.shape)}, the derivative {shape_text(ev.shape)}"
    given = shape_text(ev.claim.expr.shape) if ev.claim.form is None else f"an array with {ev.claimed[0].ndim} indices"
    wanted = "×".join(ev.truth.shape) if ev.truth is not None else "×".join(map(str, ev.right[0].shape))
    return f"wrong dimension: the claim is {given}, the derivative {wanted}"


# ---------------------------------------------------------------------------------------------- views


def _views(ev: Evidence) -> Iterator[View]:
    """The claim as it is, transposed, or with its indices in another order, where the shapes then fit."""
    import numpy as np

    if ev.plain:
        given, wanted = ev.claim.expr.shape, ev.shape
        assert wanted is not None
        if given == wanted:
            yield View("", lambda c: c)
        if given == wanted[::-1] and given != (ONE, ONE):
            yield View(_transposed(ev), np.transpose)
        return
    shapes = [(np.squeeze(c).shape, np.squeeze(g).shape) for c, g in zip(ev.claimed, ev.right)]
    legs = len(shapes[0][1])
    if any(len(c) != legs for c, _ in shapes) or legs > 5:
        return
    for order in permutations(range(legs)):
        if all(tuple(c[k] for k in order) == g for c, g in shapes):
            letters = INDEX_LETTERS[:legs]
            turned = "".join(letters[order.index(k)] for k in range(legs))
            words = "" if turned == letters else "transposed" if legs == 2 else f"its indices stand in another order: [{','.join(turned)}]"
            yield View(words, lambda c, order=order: np.transpose(np.squeeze(c), order))  # type: ignore[misc]


def _transposed(ev: Evidence) -> str:
    """Which layout the transpose is, if it is one."""
    truth = ev.truth
    if truth is None or truth.expr is None:
        return "transposed"
    for layout in ("numerator", "denominator", "strict"):
        if layout != truth.layout and laid_out(truth._tensor, layout)[0] is transpose(truth.expr):
            kinds = {"row": "a row", "vector": "a column"}
            kind = kinds.get(ev.claim.expr.kind)
            return f"transposed ({layout} layout{f', where a gradient is {kind}' if kind and truth.order == 1 else ''})"
    return "transposed"


# ---------------------------------------------------------------------------------------------- comparison


def _agree(ev: Evidence, some: Arrays, others: Arrays) -> bool:
    return all(_close(a, b, ROUGH if ev.truth is None else TOLERANCE) for a, b in zip(some, others))


def _close(a: Any, b: Any, tolerance: float) -> bool:
    import numpy as np

    a, b = np.squeeze(a), np.squeeze(b)
    if a.shape != b.shape:
        return False
    scale = max(float(np.max(np.abs(a), initial=0)), float(np.max(np.abs(b), initial=0)))
    return float(np.max(np.abs(a - b), initial=0)) <= tolerance * scale + 1e-12


def _ratios(ev: Evidence, some: Arrays, others: Arrays) -> list[float] | None:
    """The numbers r with some = r others, one for each point where they do not vanish; None where there are none."""
    import numpy as np

    found = []
    for a, b in zip(some, others):
        a, b = np.squeeze(a), np.squeeze(b)
        if a.shape != b.shape or np.any(a) != np.any(b):
            return None
        if not np.any(b):
            continue  # a point where both vanish says nothing
        r = float(np.sum(a * b) / np.sum(b * b))
        if not _close(a, r * b, ROUGH if ev.truth is None else TOLERANCE):
            return None
        found.append(r)
    return found or None


def _constant(ratios: Sequence[float] | None) -> Fraction | None:
    """The one simple fraction that all of them are."""
    if not ratios:
        return None
    nearest = Fraction(ratios[0]).limit_denominator(LARGEST)
    if not nearest or abs(nearest.numerator) > LARGEST:
        return None
    return nearest if all(abs(r - nearest) <= 1e-6 * abs(nearest) for r in ratios) else None


# ---------------------------------------------------------------------------------------------- factors


def _off_by_a_factor(ev: Evidence, view: View) -> list[str]:
    ratios = _ratios(ev, [view.apply(c) for c in ev.claimed], ev.right)
    if ratios is None:
        return []
    constant = _constant(ratios)
    if constant is not None:
        return [] if constant == 1 else [_factor_words(constant)]
    for s in _scalars(ev):
        at = evaluator(with_expression(ev.claim, s)) if s in set(postorder(ev.claim.expr)) else evaluator(with_expression(_typed(ev), s))
        values = [float(at(v)) for v, g in zip(ev.points, ev.right) if _any([g])]
        for p in POWERS:
            if all(v > 0 for v in values) or isinstance(p, int):
                constant = _constant([r / v ** float(p) for r, v in zip(ratios, values)] if all(values) else None)
                if constant is not None:
                    return [f"off by a factor: the claim is {_spell(ev, times(num(constant), power(s, num(p))))} times the derivative"]
    return []


def _varying(ev: Evidence, view: View) -> list[str]:
    """A multiple of the derivative by something that changes from point to point and was not found."""
    many = any(g.size > 1 for g in ev.right)
    found = _ratios(ev, [view.apply(c) for c in ev.claimed], ev.right) if many else None
    return ["off by a factor that is not constant"] if found else []


def _factor_words(c: Fraction) -> str:
    if c == -1:
        return "off by the sign: the claim is the negative of the derivative"
    return f"off by a factor: the claim is {c} times the derivative" + (" (and of the other sign)" if c < 0 else "")


def _scalars(ev: Evidence) -> list[Expr]:
    """What a forgotten factor may be: the numbers that occur, and the sizes; the shortest first."""
    roots = [ev.claim.expr, _typed(ev).expr, *(ev.truth._tensor.expressions() if ev.truth is not None else [])]
    nodes = postorder(roots)
    found = {e for e in nodes if e.is_scalar and not e.indices and not is_number(e)}
    found |= {size(d) for e in nodes for d in e.shape if d.number is None}
    return sorted(found, key=lambda e: (e.size, e.digest))


# ---------------------------------------------------------------------------------------------- matrices


def _squares(ev: Evidence, lacking: str) -> list[str]:
    """The square matrices that are not declared to have this property."""
    found = {}
    for t in (_typed(ev), ev.claim):
        for n, s in t.symbols.items():
            if s.op is SYMBOL and s.shape[0] is s.shape[1] and s.shape[0] is not ONE:
                if lacking not in close_properties(t.declared.get(n, s).attr[1]):  # type: ignore[index]
                    found[n] = s
    return list(found)


def _turned_inside(ev: Evidence, view: View) -> list[str]:
    """Right with A^T in place of A, or the other way round, in the whole claim."""
    import numpy as np

    for n in _squares(ev, "symmetric"):
        turned = [{**v, n: np.transpose(v[n])} for v in ev.points]
        try:
            claimed = [view.apply(ev.claim_at(v)) for v in turned]
        except (MatcalcError, np.linalg.LinAlgError):
            continue
        constant = _constant(_ratios(ev, claimed, ev.right))
        if constant is not None and not _agree(ev, claimed, [view.apply(c) for c in ev.claimed]):
            words = f"right only if {n} is symmetric: {n}^T stands where {n} should, or {n} where {n}^T"
            return [words, *([] if constant == 1 else [_factor_words(constant)])]
    return []


def _for_special_matrices(ev: Evidence, view: View) -> list[str]:
    """Right only if some matrices are symmetric, diagonal or orthogonal."""
    import numpy as np

    makers: dict[str, Callable[[Any], Any]] = {
        "symmetric": lambda a: (a + a.T) / 2,
        "diagonal": lambda a: np.diag(np.diag(a)),
        "orthogonal": lambda a: np.linalg.qr(a)[0],
    }
    for word, make in makers.items():
        names = _squares(ev, word)

        def right_for(chosen: Iterable[str], make: Callable[[Any], Any] = make) -> Fraction | None:
            pairs = [ev.both_at({**v, **{n: make(v[n]) for n in chosen}}) for v in ev.points]
            if any(p is None for p in pairs):
                return None
            return _constant(_ratios(ev, [view.apply(p[0]) for p in pairs if p], [p[1] for p in pairs if p]))

        constant = right_for(names) if names else None
        if constant is None:
            continue
        for n in list(names):
            fewer = [k for k in names if k != n]
            if fewer and right_for(fewer) is not None:
                names = fewer
        are = f"{names[0]} is" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are"
        return [f"right only if {are} {word}", *([] if constant == 1 else [_factor_words(constant)])]
    return []


# ---------------------------------------------------------------------------------------------- terms


def _terms(ev: Evidence, view: View) -> list[str]:
    """One term, or two, that make the difference."""
    claimed = [view.apply(c) for c in ev.claimed]
    difference = [_minus(g, c) for g, c in zip(ev.right, claimed)]
    for depth in (0, 1):
        mine = [(e, [view.apply(a) for a in arrays]) for e, arrays in _values(ev, ev.claim, _summands(ev.claim.expr, depth))]
        due = _due(ev, depth)
        for words in (_one(ev, due, mine, difference), _two(ev, due, mine, difference)):
            if words:
                return [words]
    return []


Valued = tuple[Expr | str, Arrays]


def _due(ev: Evidence, depth: int) -> list[Valued]:
    """The terms of the derivative with their numbers."""
    truth = ev.truth
    if truth is None or ev.stacked:
        return []
    if truth.expr is not None:
        return list(_values(ev, _typed(ev), _summands(truth.expr, depth)))
    found: list[Valued] = []
    for t in truth._tensor.terms:
        part = Tensor(truth._tensor.shapes, [t])
        arrays = []
        for v in ev.points:
            env, sizes = truth._scope.prepare({n: x for n, x in v.items() if n in truth._scope.names}, part.expressions())
            arrays.append(part.evaluate(env, sizes))
        found.append((_spell_tensor(ev, part), arrays))
    return found


def _one(ev: Evidence, due: Sequence[Valued], mine: Sequence[Valued], difference: Arrays) -> str:
    """The words for one term that explains the difference (derivative - claim)."""
    for e, arrays in due if len(due) > 1 else ():
        c = _constant(_ratios(ev, difference, arrays))
        if c == 1:
            return f"a term is missing: {_spell(ev, e)}"
        if c == 2:
            return f"the term {_spell(ev, e)} has the wrong sign"
        if c is not None:
            return f"the term {_spell(ev, e)} is {1 - c} times what it should be"
    for e, arrays in mine if len(mine) > 1 else ():
        c = _constant(_ratios(ev, difference, arrays))
        if c == -1:
            return f"one term too many: {_spell(ev, e)}"
        if c is not None:
            return f"the term {_spell(ev, e)} should be {1 + c} times that"
    return ""


def _two(ev: Evidence, due: Sequence[Valued], mine: Sequence[Valued], difference: Arrays) -> str:
    import numpy as np

    for e, right in due:
        for f, wrong in mine if len(due) > 1 or len(mine) > 1 else ():
            if _agree(ev, [_minus(g, c) for g, c in zip(right, wrong)], difference) and not _agree(ev, right, wrong):
                return f"the term {_spell(ev, f)} should be {_spell(ev, e)}"
    for k, (e, one) in enumerate(due):
        for f, other in due[k + 1 :]:
            if len(due) > 2 and _agree(ev, [np.squeeze(a) + np.squeeze(b) for a, b in zip(one, other)], difference):
                return f"two terms are missing: {_spell(ev, e)} and {_spell(ev, f)}"
    return ""


def _minus(a: Any, b: Any) -> Any:
    import numpy as np

    return np.squeeze(a) - np.squeeze(b)


def _summands(e: Expr, depth: int) -> list[Expr]:
    """The terms of a sum; at depth 1 everything multiplied out first."""
    found = _opened(e)
    if depth:
        k = 0
        while k < len(found) and len(found) < MOST_TERMS:
            t = found[k]
            flipped = t.op is TRANSPOSE
            parts = next(expansions(t.args[0] if flipped else t), None)
            if parts is None:
                k += 1
            else:
                found[k : k + 1] = [o for p in parts for o in _opened(transpose(p) if flipped else p)]
        whole = simplify(add(*found)) if len(found) < MOST_TERMS else e
        collected = add(*found)
        found = _opened(collected if collected.op is ADD or collected.op is TRANSPOSE else whole)
    return found


def _opened(e: Expr) -> list[Expr]:
    if e.op is ADD:
        return list(e.args)
    if e.op is TRANSPOSE and e.args[0].op is ADD:
        return [transpose(a) for a in e.args[0].args]
    c, scalars, body = split(e)
    inner = body if body is not None else scalars[0] if len(scalars) == 1 else None
    if inner is not None and inner is not e and (body is None or not scalars):
        parts = _opened(inner)
        if len(parts) > 1:
            return [times(num(c), p) for p in parts]
    return [e]


def _values(ev: Evidence, typed: Typed, terms: Sequence[Expr]) -> Iterator[Valued]:
    for e in terms:
        at = evaluator(with_expression(_without_form(typed) if typed is not ev.claim else typed, e))
        try:
            yield e, [at(v) for v in ev.points]
        except MatcalcError:
            continue


# ---------------------------------------------------------------------------------------------- entries


def _entries(ev: Evidence, view: View) -> list[str]:
    """The wrong entries, where the size is fixed and most are right."""
    import numpy as np

    if not ev.plain or ev.shape is None or any(d.number is None for d in ev.shape):
        return []
    wrong = np.zeros(np.shape(ev.right[0]), dtype=bool)
    for c, g in zip(ev.claimed, ev.right):
        c = view.apply(c)
        if np.shape(c) != np.shape(g):
            return []
        wrong |= np.abs(c - g) > TOLERANCE * max(1.0, float(np.max(np.abs(g))))
    places = np.argwhere(wrong)
    if not 0 < len(places) < wrong.size:
        return []
    shown = ["(" + ", ".join(str(k + 1) for k in place) + ")" if len(place) > 1 else str(place[0] + 1) for place in places]
    return [f"wrong in {'entry' if len(shown) == 1 else 'entries'} {', '.join(shown)}"]


# ---------------------------------------------------------------------------------------------- spelling


def _typed(ev: Evidence) -> Typed:
    return ev.truth._typed if ev.truth is not None else ev.claim


def _without_form(typed: Typed) -> Typed:
    other = with_expression(typed, typed.expr)
    other.form = None
    return other


def _spell(ev: Evidence, e: Expr | str) -> str:
    if isinstance(e, str):
        return e
    typed = _typed(ev)
    ranks = ranks_of(typed)
    for n in ev.claim.symbols:
        ranks.setdefault(n, len(ranks))
    order = ev.truth._order if ev.truth is not None else {}
    return printer("text")(Arranger(ranks, order, frozenset(ranks)).spell(e))


def _spell_tensor(ev: Evidence, part: Tensor) -> str:
    from .indexform import index_form

    truth = ev.truth
    assert truth is not None
    return printer("text")(index_form(part, Arranger(ranks_of(truth._typed), truth._order, truth._scope.names), truth._scope.names))
