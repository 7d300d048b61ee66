"""Names with a meaning of their own: I_n, 0, 1, e_i, K_{mn}, pi, sizes, the Kronecker delta and the permutation symbol."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..errors import ReadingError
from ..expressions import build
from ..expressions.stacked import commutation, duplication, elimination
from ..kinds import ONE, Dim
from ..ops.core import IVERSON
from ..reading.spellings import ACCENTS
from ..reading.subscripts import Part
from ..syntax import Node
from .places import entry_at, place_of
from .scopes import SCALAR, Typing
from .terms import Resolve, TypedTerm, known

STRUCTURES = {"K": "commutation", "D": "duplication", "L": "elimination"}


def constant_of(el: Typing, name: str, base: str, sub: str, subscripts: list[Part] | None, node: Node) -> TypedTerm | None:
    """I, I_n, 0_{m x n}, 1, e_i, K_{mn}, pi, and dimension names."""
    scene = el.scene
    if base == "I" and sub.partition(",")[0] in ACCENTS:  # \hat I
        return None
    if name in scene.sizes:
        size = Dim.of(name)
        return TypedTerm(SCALAR, (), lambda _, __: build.size(size), node)
    if name == "pi" and scene.probability:
        el.note("pi is a name here, since 1 - pi stands in the text")
    elif name == "pi":
        return known(build.constant("pi"), node)
    if name == "i" and scene.has_complex and name not in scene.indices:
        el.note("i is the imaginary unit")
        return known(build.imaginary(), node)
    if name == "infty":
        return known(build.constant("infty"), node)
    if base == "I" and (scene.capitals or name in scene.wrt or (sub and "I_1" in scene.names and sub.isdigit())):
        return None  # a current, an income, an invariant
    if base == "I" and subscripts and all(p.letter in el.frames[-1].indices for p in subscripts):
        return None  # the entries of a mask: sum_{i,j} I_{ij} (R_{ij} - …)^2
    if name == "I":
        n = el.sizes.fresh()
        return TypedTerm((n, n), (), lambda _, r: build.eye(r(n)), node)
    if name in ("0", "1"):
        n, make = el.sizes.fresh(), build.zeros if name == "0" else build.ones
        return TypedTerm((n, ONE), (), lambda _, r: make(r(n)), node)
    taken = el.stands_for_something("e") or scene.lone_e or "e" in scene.wrt
    if base == "e" and subscripts is not None and len(subscripts) == 1 and not taken:
        n = el.sizes.fresh()
        place = place_of(el, subscripts[0])
        el.allows(place, n)
        return TypedTerm((n, ONE), (), lambda _, r: build.unit(place.expr, r(n)), node)
    if base in ("I", "0", "1", "ones") and sub:
        from ..reading.sizes import sizes_of

        return _sized(el, base, sizes_of(sub), node)
    if base in STRUCTURES and sub and base not in scene.declared and base not in scene.alone:
        return _structure_of(el, base, sub, node)
    return None


def tensor_of(el: Typing, base: str, subscripts: list[Part], node: Node) -> TypedTerm | None:
    """The Kronecker delta of two indices and the permutation symbol of three, where their letters stand for nothing else."""
    letters = [p.letter for p in subscripts]
    if (
        el.scene.template
        or base in el.scene.alone | el.scene.opened
        or el.stands_for_something(base)
        or len(set(letters)) < len(letters)
        or "" in letters
    ):
        return None
    if base == "delta" and len(letters) == 2 and "t" not in letters:  # delta_{jt} of product j in market t is data
        if el.scene.apart(letters):
            hint = f"declare {base} in R^{{n x n}} if it is a matrix of data"
            message = f"{node.attr} as the Kronecker delta is zero here, where {letters[0]} and {letters[1]} differ"
            raise ReadingError(message, span=node.span, suggestion=hint)
        el.note(f"{node.attr} is the Kronecker delta")
        n, both = el.sizes.fresh(), [place_of(el, p) for p in subscripts]
        if all(p.range is None for p in both):
            return TypedTerm(SCALAR, (), lambda _, __: build.apply(IVERSON, [p.expr for p in both], "="), node)
        return entry_at(el, TypedTerm((n, n), (), lambda _, r: build.eye(r(n)), node), both, node)
    if base in ("epsilon", "varepsilon") and len(letters) == 3:
        el.note(f"{node.attr} is the permutation symbol")
        places = [place_of(el, p) for p in subscripts]
        for place in places:
            el.allows(place, Dim.of(3))
        i, j, k = (place.expr for place in places)
        parts = [build.subtract(i, j), build.subtract(j, k), build.subtract(k, i)]
        return TypedTerm(SCALAR, (), lambda _, __: build.times(build.num(Fraction(1, 2)), *parts), node)
    return None


def _sized(el: Typing, base: str, dims: tuple[Dim, ...], node: Node) -> TypedTerm:
    if len(dims) > 2:
        hint = "a zero of three and more indices stands alone" if base == "0" else "write it by its entries"
        raise ReadingError(f"{node.attr} has {len(dims)} sizes, and an expression has two indices at most", span=node.span, suggestion=hint)
    rows, cols = dims[0], dims[1] if len(dims) > 1 else ONE
    if base == "I":
        own = _own_size(el, rows, node)
        return TypedTerm((own, own), (), lambda _, r: build.eye(rows if own is rows else r(own)), node)
    make = build.zeros if base == "0" else build.ones
    return TypedTerm((rows, cols), (), lambda _, __: make(rows, cols), node)


def _own_size(el: Typing, size: Dim, node: Node) -> Dim:
    """The size of I_N; where sizes are declared and N is said nowhere else, the one that fits."""
    scene = el.scene
    names = size.names()
    declared = {n for d in scene.declared.values() for s in (*d.sizes, *(d.domain or ())) if isinstance(s, Dim) for n in s.names()}
    if (
        scene.template
        or not declared
        or len(names) != 1
        or size is not Dim.of(*names)
        or not declared.isdisjoint(names)
        or {*names} & scene.names.keys()
    ):
        return size
    fitting = el.sizes.fresh()
    el.own_sizes.append((fitting, size))

    def sentence(resolve: Resolve) -> str:
        return "" if resolve(fitting) is size else f"{node.attr} read as I_{resolve(fitting)}, which fits: {size} is declared nowhere"

    el.note(sentence)
    return fitting


def _structure_of(el: Typing, base: str, sub: str, node: Node) -> TypedTerm | None:
    """K_{m,n}, K_{mn}, K_n, D_n, L_n, where the subscripts are sizes: D_2, L_0 and K_{12} are names as others are."""
    if sub.isdigit():
        return None
    from ..reading.sizes import sizes_of

    dims = sizes_of(sub)
    if base == "K" and len(dims) == 1 and len(sub) == 2:
        dims = tuple(Dim.of(int(n) if n.isdigit() else n) for n in sub)
    if any(n not in el.scene.sizes for d in dims for n in d.names()):
        return None
    if len(dims) > (2 if base == "K" else 1) or (len(dims) == 1 and not dims[0].names()):
        return None
    kind = STRUCTURES[base]
    if base != "K":
        el.note(f"{node.attr} is the {kind} matrix")
    return structure(el, kind, dims, node)


def structure(el: Typing, kind: str, dims: Sequence[Dim], node: Node) -> TypedTerm:
    """The commutation, duplication or elimination matrix of these sizes."""
    m, n = dims[0], dims[-1]
    whole = el.sizes.product(m, n)
    if kind == "commutation":
        return TypedTerm((whole, whole), (), lambda _, r: commutation((r(m), r(n))), node)
    half = el.sizes.triangle(n)
    if kind == "duplication":
        return TypedTerm((whole, half), (), lambda _, r: duplication(r(n)), node)
    return TypedTerm((half, whole), (), lambda _, r: elimination(r(n)), node)
