"""einsum("ij,j->i", A, x): sums of products by letters, as operations on matrices.

    ii -> tr, diagonal     ij,j->i  A x     ij,ij->  sum(A .* B)     ij,i->ij  diag(x) A     i,j->ij  x y^T
    ijk,j,k->i  sum_i (y^T T_i z) e_i         bij,bjk->bik  A_b B_b         ijk,ai->ajk  sum_i A[a,i] T_i

Letters are taken away one by one: those of one array only are summed, arrays with the same letters are multiplied entry by entry, a
letter of two arrays is the product of these. A letter that counts the matrices of an array of three and more indices runs: what is
left is a sum over it, as over any family. So does one letter more, where what is left would need an array with three letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from ..errors import MatcalcError, ReadingError
from ..expressions import build
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..ops.diagonal import DIAG, DIAGONAL
from ..ops.sums import SUM
from ..syntax import Node
from .axes import Place, array_of, axis, summed
from .misfit import Misfit, Wording, refuse_shape
from .orders import EINSUM
from .products import applied, transposed
from .scopes import SCALAR, BoundIndex, Typing
from .terms import Resolve, TypedTerm

WANTED = ("a number", "a vector", "a matrix")  # an array with that many letters
Factor = tuple[str, TypedTerm]  # letters, and the array; once they are read: none, one (a column) or two different ones
At = Callable[[Resolve], Expr]  # the place that a letter stands for


def einsum(el: Typing, node: Node, args: list[TypedTerm]) -> TypedTerm:
    """The value; Misfit where an array has another number of axes than letters."""
    given, value = _letters(node, len(args))
    for k, (t, letters) in enumerate(zip(args, given)):
        if len(t.leading) + {"scalar": 0, "matrix": 2}.get(t.kind, 1) != len(letters):
            raise Misfit([t], partial(_axes_error, el, node, k, t, letters))
    arrays = [(letters, transposed(t) if t.kind == "row" else t) for t, letters in zip(args, given)]
    return contracted(el, node, arrays, value)


def contracted(
    el: Typing, node: Node, arrays: Sequence[Factor], value: str, fixed: Mapping[str, BoundIndex] = MappingProxyType({})
) -> TypedTerm:
    """The sum of the products of the entries over all letters that the value does not have; those that are `fixed` stand at a place."""
    sizes = _sizes(el, node, arrays)
    lead, tail = value[:-2], value[-2:]
    running = dict.fromkeys([*fixed, *lead, *(c for letters, t in arrays for c in letters[: len(t.leading)])])
    names: dict[str, str] = {c: axis(k) for k, c in enumerate(lead)}
    while True:
        for c in running:
            names.setdefault(c, f"#{c}{next(el.unnamed)}")
        at: dict[str, At] = {c: fixed[c].at if c in fixed else partial(_index, names[c]) for c in running}
        factors = [_factor(t, letters, at) for letters, t in arrays]
        inner = "".join(c for c in tail if c not in running)
        while reduced := _summed(factors, inner) or _alike(factors) or _joined(factors, inner):
            factors = reduced
        held = sorted((f for f in factors if f[0]), key=lambda f: inner.find(f[0][0]))
        whole = _whole(held, inner)
        if whole is not None or not held:
            break
        count = _counts(held, inner)
        running[max(count, key=lambda c: count[c])] = None  # what is left needs three letters: one of them runs
    body = _product([*(t for letters, t in factors if not letters), *_value(tail, at, sizes, whole)], node)
    places = [Place(names[c], sizes[c], c) for c in running if c not in lead and c not in fixed]
    return array_of(summed(el, body, places) if places else body, [sizes[c] for c in lead])


def _index(name: str, _: Resolve) -> Expr:
    return build.index(name)


def _value(tail: str, at: Mapping[str, At], sizes: Mapping[str, Dim], whole: TypedTerm | None) -> list[TypedTerm]:
    """What is left, with a unit vector for each letter of the value that runs."""
    row, column = (_unit(at[c], sizes[c]) if c in at else None for c in (tail + "  ")[:2])
    if row is None and column is None:
        return [] if whole is None else [whole]
    if len(tail) < 2 or whole is None:
        return [t for t in (row, transposed(column) if column else None) if t is not None]
    return [row, transposed(whole)] if row is not None else [whole, transposed(column)] if column is not None else []


def _unit(place: At, n: Dim) -> TypedTerm:
    return TypedTerm((n, ONE), (), lambda _, r: build.unit(place(r), r(n)))


def _letters(node: Node, count: int) -> tuple[list[str], str]:
    """The letters of the arguments and of the value."""
    spec = str(node.attr).removeprefix(EINSUM).replace(" ", "")
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
    return given, value


def _sizes(el: Typing, node: Node, arrays: Sequence[Factor]) -> dict[str, Dim]:
    """How far each letter runs, which is as far wherever it stands."""
    sizes: dict[str, Dim] = {}
    for letters, t in arrays:
        for c, dim in zip(letters, (*t.leading, *t.shape)):
            if not el.sizes.unify(sizes.setdefault(c, dim), dim):
                one, other = el.sizes.resolve(sizes[c]), el.sizes.resolve(dim)
                message = f"the letter {c} of einsum runs to {one} and to {other}"
                raise Misfit([f[1] for f in arrays], partial(refuse_shape, message, node), True)
    return sizes


def _factor(t: TypedTerm, letters: str, at: Mapping[str, At]) -> Factor:
    """An array with the letters that do not run, at the places of those that do."""
    lead, own = letters[: len(t.leading)], letters[len(t.leading) :].ljust(2)
    first, second = own[0], own[1]
    m = TypedTerm(t.shape, (t,), partial(_at_places, [at[c] for c in lead]), t.node) if lead else t
    here = [c for c in (first, second) if c in at]
    if first == " " or (second == " " and not here):
        return first.strip(), m
    if here == [first] and second == " ":
        return "", TypedTerm(SCALAR, (m,), lambda e, r: build.entry(e[0], at[first](r), build.num(1)))
    if first == second and not here:
        return first, applied(DIAGONAL, (m.shape[0], ONE), [m], None)
    if len(here) == 2:
        return "", TypedTerm(SCALAR, (m,), lambda e, r: build.entry(e[0], at[first](r), at[second](r)))
    if here == [first]:
        return second, _times(transposed(m), _unit(at[first], m.shape[0]))
    return (first, _times(m, _unit(at[second], m.shape[1]))) if here else (first + second, m)


def _at_places(at: Sequence[At], e: Sequence[Expr], resolve: Resolve) -> Expr:
    return build.substitute(e[0], {build.index(axis(k)): place(resolve) for k, place in enumerate(at)})


def _axes_error(el: Typing, node: Node, k: int, t: TypedTerm, letters: str) -> MatcalcError:
    s = Wording(el)
    square = len(letters) == 2 and letters[0] == letters[1]
    wanted = "a square matrix" if square else WANTED[len(letters)] if len(letters) < 3 else f"an array of {len(letters)} indices"
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
                new = (letters, TypedTerm(t.shape, tuple(both), lambda e, _: build.hadamard(*e)))
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


def _contracted(letters: str, t: TypedTerm, others: str, u: TypedTerm, c: str) -> Factor:
    """The sum over c of the products: t u, with the transposes that put c between them."""
    left = t if letters[-1] == c and len(letters) == 2 else transposed(t)
    right = u if others[0] == c else transposed(u)
    kept = (letters + others).replace(c, "")
    if len(letters) == 1 and len(others) == 2:  # x^T A as the column A^T x
        return kept, _times(transposed(right), t)
    return kept, _times(left, right)


def _scaled(letters: str, t: TypedTerm, others: str, u: TypedTerm, c: str) -> Factor:
    """diag(x) A, or A diag(x)."""
    (word, matrix), (_, vector) = ((letters, t), (others, u)) if len(letters) == 2 else ((others, u), (letters, t))
    n = vector.shape[0]
    weights = applied(DIAG, (n, n), [vector], None)
    return word, _times(weights, matrix) if word[0] == c else _times(matrix, weights)


def _whole(held: Sequence[Factor], value: str) -> TypedTerm | None:
    """The value of what is left: one array, or two vectors whose letters it has both; None of anything else."""
    if len(held) == 1 and sorted(held[0][0]) == sorted(value):
        letters, t = held[0]
        return t if letters == value else transposed(t)
    if len(held) == 2 and held[0][0] + held[1][0] == value:
        return _times(held[0][1], transposed(held[1][1]))
    return None


def _ones(n: Dim) -> TypedTerm:
    return TypedTerm((n, ONE), (), lambda _, r: build.ones(r(n)))


def _times(a: TypedTerm, b: TypedTerm) -> TypedTerm:
    return TypedTerm((a.shape[0], b.shape[1]), (a, b), lambda e, _: build.matmul(*e))


def _product(terms: Sequence[TypedTerm], node: Node) -> TypedTerm:
    """Numbers times a product of the rest."""
    arrays = [t for t in terms if not t.is_scalar] or terms[-1:]
    return TypedTerm((arrays[0].shape[0], arrays[-1].shape[1]), tuple(terms), lambda e, _: build.matmul(*e), node)
