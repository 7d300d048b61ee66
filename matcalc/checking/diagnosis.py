"""What is wrong with a claimed derivative: the shortest change that makes its numbers right at every point.

In order: the shape, a transpose or another order of indices, a factor, a transpose inside, a property that a matrix would
have to have, a term that is missing, too many or has the wrong sign or factor, single entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

from ..answers.layout import laid_out
from ..errors import MatcalcError
from ..expressions.build import is_complex, is_number, is_real, is_zero, num, power, size, substitute, times, transpose
from ..expressions.expr import Expr, postorder
from ..kinds import ONE, shape_text
from ..notation.forms import numbers_of
from ..numbers.drawing import made
from ..numbers.record import Check
from ..numbers.seen import NO_NUMBER
from ..ops.core import ADD, SYMBOL
from ..ops.vocabulary import close_properties
from .comparison import agree, any_nonzero, close, function_of, ratios, ravel, simple, spell_term, tolerance
from .evidence import Evidence, Place, with_expression
from .limits import right_only
from .repairs import missing_matrix, repaired
from .summands import wrong_terms

POWERS = (1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2))
LONGEST = 18  # characters of a factor that is written in full
INDEX_LETTERS = "ijklpqrs"

Accepts = Callable[[Fraction | None], bool]


class View:
    """A way to look at the claim, under which its shape is that of the derivative; `odd` where nobody writes it so on purpose."""

    __slots__ = ("apply", "odd", "words")

    def __init__(self, words: str, apply: Callable[[Any], Any], odd: bool = False) -> None:
        self.words, self.apply, self.odd = words, apply, odd


def diagnose(ev: Evidence) -> list[str]:
    """Nothing if the claim is right; else what is wrong with it, in a few phrases."""
    claimed, right = ev.claimed, ev.right
    views = list(_views(ev))
    if not views:
        return [_wrong_dimension(ev), *(_with_transpose(ev) or (missing_matrix(ev) if ev.plain else []))]
    if not any_nonzero(ev, right):
        always = ev.truth is None or all(map(is_zero, ev.truth._tensor.expressions()))
        return ["the derivative is zero" if always else right_only(ev, views[0].apply) or "the derivative is zero at all points tried"]
    if not any_nonzero(ev, claimed):
        return [*filter(None, [right_only(ev, views[0].apply)]), "the claim is zero, the derivative is not"]
    same_factor = simple(ev, ratios(ev, [views[0].apply(c) for c in claimed], right)) is not None
    only, found = "" if same_factor else right_only(ev, views[0].apply), _difference(ev, views)
    if not only:
        return found or ["its numbers differ from those of the derivative"]
    is_factor = bool(found) and found[0].startswith("off by")  # sign(x), say
    return [only] if is_factor and only.endswith(" 0") else [only, *found]


def plainly_equal(ev: Evidence) -> Check | None:
    """What was compared where the claim is right; None where it is wrong somewhere, and then a point of this kind is kept."""
    for view in _views(ev):
        if view.words or not agree(ev, [view.apply(c) for c in ev.claimed], ev.right):
            continue
        found = ev.judged(view.apply)
        if isinstance(found, Check):
            return found
        ev.add(found, anyhow=True)
    return None


def _difference(ev: Evidence, views: Sequence[View]) -> list[str]:
    """The shortest change that makes the numbers right."""
    claimed, right = ev.claimed, ev.right
    if _is_row_by_row(ev):
        return ["right for a vec that stacks rows; here it stacks columns, which exchanges the factors of ⊗"]
    natural, odd = [v for v in views if not v.odd], [v for v in views if v.odd]
    first = views[:1]
    for search, seen in (
        *(
            (_off_by_a_factor, natural),
            (_turned, natural),
            (_off_by_a_factor, odd),
            (_symmetric, first),
            (_terms, views),
            (_entries, views),
        ),
        *((_turned_and_scaled, views), (_symmetric_and_scaled, first), (_repaired, first), (_symmetric, views), (_special, views)),
        *((_symmetric_and_scaled, views), (_special_and_scaled, views), (_exchanged, natural), (_off_by_a_sum, views), (_varying, views)),
    ):
        for view in seen:
            found = search(ev, view)
            if found:
                return [*filter(None, [view.words]), *found]
            if search is _off_by_a_factor and view.words and agree(ev, [view.apply(c) for c in claimed], right):
                return [view.words]
    return []


def _is_row_by_row(ev: Evidence) -> bool:
    """Whether the claim is d vec(F)/d vec(X)^T, right for a vec that lays the rows end to end."""
    truth, form = ev.truth, ev.claim.form
    if truth is None or len(truth._tensor.shapes) != 2 or not (ev.stacked or (form is not None and form[0] == "kron")):
        return False
    plain = copy(ev.claim)
    plain.form = None
    claim, right = numbers_of(plain, ev.arrays), truth._arrays(ev.arrays)
    pairs = [(claim(*at), right(*at, {})) for at in ev.points]
    return all(c.size == r.size and close(ev, c.ravel(), r.ravel()) for c, r in pairs)


def _wrong_dimension(ev: Evidence) -> str:
    if ev.plain:
        assert ev.shape is not None
        return f"wrong dimension: the claim is {shape_text(ev.claim.expr.shape)}, the derivative {shape_text(ev.shape)}"
    given = shape_text(ev.claim.expr.shape) if ev.claim.form is None else f"an array with {ev.claimed[0].ndim} indices"
    wanted = "×".join(ev.truth.shape) if ev.truth is not None else "×".join(map(str, ev.right[0].shape))
    return f"wrong dimension: the claim is {given}, the derivative {wanted}"


def _with_transpose(ev: Evidence) -> list[str]:
    """The matrix whose transpose makes size and numbers right, as B^T in B^T ⊗ A."""
    for symbol in ev.claim.symbols.values():
        if symbol.op is not SYMBOL or ONE in symbol.shape or ev.claim.form is not None:
            continue
        with suppress(MatcalcError):
            changed = substitute(ev.claim.expr, {symbol: transpose(symbol)})
            other = Evidence(ev.function, ev.truth, with_expression(ev.claim, changed), ev.quotient)
            if other.shape == changed.shape:
                other.gather()
                if other.points and plainly_equal(other) is not None:
                    return [f"right with {spell_term(ev, transpose(symbol))} in place of {spell_term(ev, symbol)}"]
    return []


# ---------------------------------------------------------------------------------------------- views


def _views(ev: Evidence) -> Iterator[View]:
    """The claim as it is, transposed, conjugated, or with its indices in another order, where the shapes then fit."""
    import numpy as np

    if ev.plain:
        given, wanted = ev.claim.expr.shape, ev.shape
        assert wanted is not None
        if given == wanted:
            yield View("", lambda c: c)
        if given == wanted[::-1] and given != (ONE, ONE):
            mixed = ev.truth is not None and ev.truth.order > 1 and ONE in given  # no layout says how these are to lie
            yield View("" if mixed else _transposed(ev), np.transpose)
        if _is_complex(ev) and given == wanted:
            yield View("conjugated: this is the derivative by the conjugate of the variable", np.conj)
        elif _is_complex(ev) and given == wanted[::-1]:
            yield View("conjugated and transposed", lambda c: np.conj(np.transpose(c)))
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
            odd = legs > 3 and order not in (tuple(range(legs)), (2, 3, 0, 1))
            yield View(words, lambda c, order=order: np.transpose(np.squeeze(c), order), odd)  # type: ignore[misc]


def _transposed(ev: Evidence) -> str:
    """Which layout the transpose is, if it is one."""
    truth = ev.truth
    if truth is None or truth._expr is None:
        return "transposed"
    for layout in ("numerator", "denominator", "strict"):
        if layout != truth.layout and laid_out(truth._tensor, layout)[0] is transpose(truth._expr):
            kinds = {"row": "a row", "vector": "a column"}
            kind = kinds.get(ev.claim.expr.kind)
            return f"transposed ({layout} layout{f', where a gradient is {kind}' if kind and truth.order == 1 else ''})"
    return "transposed"


# ---------------------------------------------------------------------------------------------- factors


def _off_by_a_factor(ev: Evidence, view: View, sums: bool = False) -> list[str]:
    factors = ratios(ev, [view.apply(c) for c in ev.claimed], ev.right)
    if factors is None or any(r.imag for r in factors):
        return []
    constant = simple(ev, factors)
    if constant is not None:
        return [] if constant == 1 else [_factor_words(constant)]
    for s in _scalars(ev):
        if sums is not (s.op is ADD):
            continue  # that a summand is missing says more than that a sum is a factor
        values = [v.item() for v, g in zip(ev.numbers(s), ev.right) if any_nonzero(ev, [g])]
        for p in POWERS:
            if all(v > 0 for v in values) or isinstance(p, int):
                power_of = [v ** (p if isinstance(p, int) else ev.arrays.exact(p)) for v in values] if all(values) else []
                constant = simple(ev, [r / v for r, v in zip(factors, power_of)])
                if constant is not None:
                    return [f"off by a factor: the claim is {spell_term(ev, times(num(constant), power(s, num(p))))} times the derivative"]
    if not sums and len(factors) > 1 and max(factors) - min(factors) <= tolerance(ev) * abs(factors[0]):
        return [f"off by a factor: the claim is {_decimal(factors[0])} times the derivative"]
    return []


def _decimal(number: Any) -> str:
    """A number in full where it is short, else rounded."""
    text = f"{number:.20f}".rstrip("0").rstrip(".") if 1e-6 < abs(number) < 1e9 else ""
    return text if text and len(text) < LONGEST else f"{number:.10g}"


def _off_by_a_sum(ev: Evidence, view: View) -> list[str]:
    return _off_by_a_factor(ev, view, sums=True)


def _repaired(ev: Evidence, view: View) -> list[str]:
    return repaired(ev, view.apply)


def _exchanged(ev: Evidence, view: View) -> list[str]:
    return repaired(ev, view.apply, exchange=True)


def _varying(ev: Evidence, view: View) -> list[str]:
    """A multiple of the derivative by something that changes from point to point and was not found."""
    many = any(g.size > 1 for g in ev.right)
    found = ratios(ev, [view.apply(c) for c in ev.claimed], ev.right) if many else None
    return ["off by a factor that is not constant"] if found else []


def _factor_words(c: Fraction) -> str:
    if c == -1:
        return "off by the sign: the claim is the negative of the derivative"
    return f"off by a factor: the claim is {c} times the derivative" + (" (and of the other sign)" if c < 0 else "")


def _scalars(ev: Evidence) -> list[Expr]:
    """What a forgotten factor may be: the numbers that occur, and the sizes; the shortest first."""
    roots = [ev.claim.expr, function_of(ev).expr, *(ev.truth._tensor.expressions() if ev.truth is not None else [])]
    nodes = postorder(roots)
    found = {e for e in nodes if e.is_scalar and not e.indices and not is_number(e) and is_real(e)}
    sizes = {size(d) for e in nodes for d in e.shape if d.number is None}
    found |= sizes | {times(a, b) for a, b in combinations(sizes, 2)}
    return sorted(found, key=lambda e: (e.size, e.digest))


# ---------------------------------------------------------------------------------------------- matrices


def _squares(ev: Evidence, lacking: str) -> list[str]:
    """The square matrices that are not declared to have this property."""
    found = {}
    hole = ev.claim.form[1] if ev.claim.form is not None and ev.claim.form[0] == "map" else None
    for t in (function_of(ev), ev.claim):
        for n, s in t.symbols.items():
            if n != hole and s.op is SYMBOL and s.shape[0] is s.shape[1] and s.shape[0] is not ONE:
                if lacking not in close_properties(t.declared.get(n, s).attr[1]):  # type: ignore[index]
                    found[n] = s
    return list(found)


def _turned(ev: Evidence, view: View) -> list[str]:
    return _turned_inside(ev, view, lambda c: c == 1)


def _turned_and_scaled(ev: Evidence, view: View) -> list[str]:
    return _turned_inside(ev, view, lambda c: c is not None)


def _turned_inside(ev: Evidence, view: View, accepts: Accepts) -> list[str]:
    """Right with A^T in place of A, or the other way round, in the whole claim."""
    for n in _squares(ev, "symmetric"):
        turned = [({**env, n: env[n].T}, sizes) for env, sizes in ev.points]
        try:
            claimed = [view.apply(ev.claim_at(*at)) for at in turned]
        except (MatcalcError, *NO_NUMBER):
            continue
        constant = simple(ev, ratios(ev, claimed, ev.right))
        if accepts(constant) and not agree(ev, claimed, [view.apply(c) for c in ev.claimed]):
            words = f"right only if {n} is symmetric: {n}^T stands where {n} should, or {n} where {n}^T"
            return [words, *_factor_if_any(constant)]
    return []


def _symmetric(ev: Evidence, view: View) -> list[str]:
    return _for_special_matrices(ev, view, _own_transposes(ev), lambda c: c == 1)


def _symmetric_and_scaled(ev: Evidence, view: View) -> list[str]:
    return _for_special_matrices(ev, view, _own_transposes(ev), lambda c: c is not None)


def _own_transposes(ev: Evidence) -> tuple[str, ...]:
    """The words of matrices that are their own transposes, or conjugate transposes."""
    return ("hermitian", "symmetric") if _is_complex(ev) else ("symmetric",)


def _is_complex(ev: Evidence) -> bool:
    return is_complex(ev.function.expr)


def _special(ev: Evidence, view: View) -> list[str]:
    return _for_special_matrices(ev, view, ("diagonal", "orthogonal"), lambda c: c == 1)


def _special_and_scaled(ev: Evidence, view: View) -> list[str]:
    return _for_special_matrices(ev, view, ("diagonal", "orthogonal"), lambda c: c is not None)


def _factor_if_any(constant: Fraction | None) -> list[str]:
    return [] if constant is None or constant == 1 else [_factor_words(constant)]


def _for_special_matrices(ev: Evidence, view: View, words: Iterable[str], accepts: Accepts) -> list[str]:
    """Right only if some matrices are symmetric, diagonal or orthogonal: those of the points, and others that are near nothing."""
    rng, arrays = ev.arrays.random(7), ev.arrays
    sides = {(n, len(env[n])) for n in _squares(ev, "") for env, _ in ev.points}
    others = {(n, side): rng.uniform(-1.5, 1.5, (side, side)) for n, side in sorted(sides)}

    def special(at: Place, values: Mapping[str, Any], word: str) -> Place:
        return {**at[0], **{n: made(arrays.np.real(x) if word == "hermitian" else x, (word,), rng, arrays) for n, x in values.items()}}, at[
            1
        ]

    for word in words:
        names = _squares(ev, word)

        def right_for(chosen: Iterable[str], word: str = word) -> Fraction | None:
            near = [ev.both_at(special(at, {n: at[0][n] for n in chosen}, word)) for at in ev.points]
            if any(p is None for p in near):
                return None
            far = [ev.both_at(special(at, {n: others[n, len(at[0][n])] for n in chosen}, word)) for at in ev.points]
            pairs = [p for p in [*near, *far] if p is not None]
            return simple(ev, ratios(ev, [view.apply(p[0]) for p in pairs], [p[1] for p in pairs]))

        constant = right_for(names) if names else None
        if not accepts(constant):
            continue
        for n in list(names):
            fewer = [k for k in names if k != n]
            if fewer and accepts(right_for(fewer)):
                names = fewer
        are = f"{names[0]} is" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are"
        return [f"right only if {are} {word}", *_factor_if_any(constant)]
    return []


def _terms(ev: Evidence, view: View) -> list[str]:
    return wrong_terms(ev, view.apply)


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
        least = tolerance(ev) * max(map(abs, ravel(g)))
        wrong |= np.array([abs(x - y) > least for x, y in zip(ravel(c), ravel(g), strict=True)]).reshape(wrong.shape)
    places = np.argwhere(wrong)
    if not 0 < len(places) < wrong.size:
        return []
    shown = ["(" + ", ".join(str(k + 1) for k in place) + ")" if len(place) > 1 else str(place[0] + 1) for place in places]
    return [f"wrong in {'entry' if len(shown) == 1 else 'entries'} {', '.join(shown)}"]
