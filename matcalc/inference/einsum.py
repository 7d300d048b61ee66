"""einsum("ij,j->i", A, x): sums of products by letters, as operations on matrices.

    ii -> tr, diagonal     ij,j->i  A x     ij,ij->  sum(A .* B)     ij,i->ij  diag(x) A     i,j->ij  x y^T

Letters are taken away one by one: those of one array only are summed, arrays with the same letters are multiplied entry by entry, a
letter of two arrays is the product of these. What needs an array with three letters on the way is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from ..errors import MatcalcError, ReadingError
from ..expressions import build
from ..kinds import ONE, Dim
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.sums import SUM
from ..syntax import Node
from .misfit import Misfit, Speller, refuse_shape
from .products import applied, transposed
from .scopes import SCALAR, Typing
from .terms import Term

NAME = "einsum "  # what a call is called, with its letters behind
KINDS = (("scalar",), ("vector", "row"), ("matrix",))  # of an array with that many letters
Factor = tuple[str, Term]  # letters, and the array: none, one (a column) or two different ones


def einsum(el: Typing, node: Node, args: list[Term]) -> Term:
    """The value; Misfit where an array has another number of axes than letters."""
    given, value = _letters(node, len(args))
    factors = [_factor(el, node, k, t, letters) for k, (t, letters) in enumerate(zip(args, given))]
    _unify(el, node, factors)
    while reduced := _summed(factors, value) or _alike(factors) or _joined(factors, value):
        factors = reduced
    numbers = [t for letters, t in factors if not letters]
    held = sorted((f for f in factors if f[0]), key=lambda f: value.find(f[0][0]))
    return _product([*numbers, _whole(node, held, value)] if held else numbers, node)


def _letters(node: Node, count: int) -> tuple[list[str], str]:
    """The letters of the arguments and of the value."""
    spec = str(node.attr).removeprefix(NAME).replace(" ", "")
    left, arrow, value = spec.partition("->")
    given = left.split(",")
    if not arrow:  # as in NumPy: the letters that stand once, in order
        value = "".join(sorted(c for c, n in Counter(left.replace(",", "")).items() if n == 1))
    if len(given) != count:
        message = f"einsum has letters for {len(given)} arrays, and there are {count}"
        raise ReadingError(message, span=node.span)
    wrong = [c for c in value if c not in left or value.count(c) > 1]
    if wrong or not left.replace(",", "").isalpha():
        hint = "each letter of the value stands once in it, and somewhere on the left"
        raise ReadingError(f'einsum("{spec}", …) says nothing', span=node.span, suggestion=hint)
    long = next((p for p in [*given, value] if len(p) > 2), "")
    if long:
        message = f'{long} in einsum("{spec}", …) has {len(long)} letters, and arrays here have one or two'
        raise ReadingError(message, span=node.span, suggestion="write it as a sum over a family of matrices: sum_k x_k A_k")
    return given, value


def _factor(el: Typing, node: Node, k: int, t: Term, letters: str) -> Factor:
    if t.kind not in KINDS[len(letters)]:
        raise Misfit([t], partial(_axes_error, el, node, k, t, letters))
    if len(letters) < 2:
        return letters, transposed(t) if t.kind == "row" else t
    if letters[0] != letters[1]:
        return letters, t
    if not el.sizes.unify(*t.shape):
        raise Misfit([t], partial(_axes_error, el, node, k, t, letters), True)
    return letters[0], applied(DIAGONAL, (t.shape[0], ONE), [t], None)


def _unify(el: Typing, node: Node, factors: Sequence[Factor]) -> None:
    """A letter counts as many wherever it stands."""
    sizes: dict[str, Dim] = {}
    for letters, t in factors:
        for c, dim in zip(letters, t.shape):
            if not el.sizes.unify(sizes.setdefault(c, dim), dim):
                one, other = el.sizes.resolve(sizes[c]), el.sizes.resolve(dim)
                message = f"the letter {c} of einsum runs to {one} and to {other}"
                raise Misfit([f[1] for f in factors], partial(refuse_shape, message, node), True)


def _axes_error(el: Typing, node: Node, k: int, t: Term, letters: str) -> MatcalcError:
    s = Speller(el)
    wanted = ("a number", "a vector")[len(letters)] if len(letters) < 2 else "a square matrix" if letters[0] == letters[1] else "a matrix"
    return refuse_shape(f"{s.node(node.args[k])} has the letters {letters} in einsum, so it is {wanted}, and it is {s.shape(t)}", node)


def _counts(factors: Sequence[Factor], value: str) -> Counter[str]:
    """How many arrays have a letter, the value being one."""
    return Counter(c for letters in (*(f[0] for f in factors), value) for c in letters)


def _summed(factors: Sequence[Factor], value: str) -> list[Factor]:
    """With one letter summed that only one array has; [] where there is none."""
    counts = _counts(factors, value)
    for k, (letters, t) in enumerate(factors):
        alone = [c for c in letters if counts[c] == 1]
        if len(alone) == len(letters) and alone:
            new = ("", applied(SUM, SCALAR, [t], None))
        elif alone:
            turned = t if letters[1] == alone[0] else transposed(t)
            new = (letters.replace(alone[0], ""), _times(turned, _ones(turned.shape[1])))
        else:
            continue
        return [*factors[:k], new, *factors[k + 1 :]]
    return []


def _alike(factors: Sequence[Factor]) -> list[Factor]:
    """With two arrays of the same letters multiplied entry by entry."""
    for k, (letters, t) in enumerate(factors):
        for m, (others, u) in enumerate(factors[k + 1 :], k + 1):
            if letters and sorted(letters) == sorted(others):
                both = [t, u if letters == others else transposed(u)]
                new = (letters, Term(t.shape, tuple(both), lambda e, _: build.hadamard(*e)))
                return [*factors[:k], new, *factors[k + 1 : m], *factors[m + 1 :]]
    return []


def _joined(factors: Sequence[Factor], value: str) -> list[Factor]:
    """With the two arrays multiplied that share a letter which nothing else has, or a vector and a matrix that share one."""
    counts = _counts(factors, value)
    for only in (True, False):
        for k, (letters, t) in enumerate(factors):
            for m, (others, u) in enumerate(factors[k + 1 :], k + 1):
                for c in letters:
                    if c not in others or (only and counts[c] != 2) or (not only and len(letters) == len(others) == 2):
                        continue
                    new = _contracted(letters, t, others, u, c) if only else _scaled(letters, t, others, u, c)
                    return [*factors[:k], new, *factors[k + 1 : m], *factors[m + 1 :]]
    return []


def _contracted(letters: str, t: Term, others: str, u: Term, c: str) -> Factor:
    """The sum over c of the products: t u, with the transposes that put c between them."""
    left = t if letters[-1] == c and len(letters) == 2 else transposed(t)
    right = u if others[0] == c else transposed(u)
    kept = (letters + others).replace(c, "")
    if len(letters) == 1 and len(others) == 2:  # x^T A as the column A^T x
        return kept, _times(transposed(right), t)
    return kept, _times(left, right)


def _scaled(letters: str, t: Term, others: str, u: Term, c: str) -> Factor:
    """diag(x) A, or A diag(x)."""
    (word, matrix), (_, vector) = ((letters, t), (others, u)) if len(letters) == 2 else ((others, u), (letters, t))
    n = vector.shape[0]
    weights = applied(DIAG, (n, n), [vector], None)
    return word, _times(weights, matrix) if word[0] == c else _times(matrix, weights)


def _whole(node: Node, held: Sequence[Factor], value: str) -> Term:
    """The value of what is left: one array, or two vectors whose letters it has both."""
    if len(held) == 1 and sorted(held[0][0]) == sorted(value):
        letters, t = held[0]
        return t if letters == value else transposed(t)
    if len(held) == 2 and held[0][0] + held[1][0] == value:
        return _times(held[0][1], transposed(held[1][1]))
    raise ReadingError(
        "this einsum needs an array with three indices on the way", span=node.span, suggestion="write it with sums over indices"
    )


def _ones(n: Dim) -> Term:
    return Term((n, ONE), (), lambda _, r: build.ones(r(n)))


def _times(a: Term, b: Term) -> Term:
    return Term((a.shape[0], b.shape[1]), (a, b), lambda e, _: build.matmul(*e))


def _product(terms: Sequence[Term], node: Node) -> Term:
    """Numbers times the rest."""
    return Term(terms[-1].shape, tuple(terms), lambda e, _: build.matmul(*e), node)
