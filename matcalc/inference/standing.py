"""What a name stands for (LANGUAGE 1): symbols, members of families, entries, sizes, and the constant matrices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from ..errors import ReadingError
from ..expressions import build
from ..expressions.expr import Expr
from ..expressions.stacked import commutation, duplication, elimination
from ..kinds import ONE, Dim, Shape
from ..ops.core import IVERSON
from ..reading.declare import MOST_AXES
from ..reading.subscripts import Part, readings, split_indexed
from ..syntax import Declaration, Node, spell_name
from .misfit import Misfit, refuse_shape
from .scene import declared_shape, leading_sizes
from .scopes import SCALAR, BoundIndex, BoundNames, Typing
from .terms import Resolve, TypedTerm, known
from .unify import is_unknown

STRUCTURES = {"K": "commutation", "D": "duplication", "L": "elimination"}


def name_of(el: Typing, node: Node) -> TypedTerm:
    """What a name stands for: LANGUAGE 1, in its order."""
    name, scene, frame = str(node.attr), el.scene, el.frames[-1]
    if name in frame.params:
        return frame.params[name]
    if name in frame.indices:
        return known(frame.indices[name].expr, node)
    if name in el.bindings:
        _refuse_bound_index(el, name, node)
        return el.bindings[name]
    if name in scene.given:
        return known(scene.given[name], node)
    base, sub = split_indexed(name)
    subscripts = _subscripts(el, sub, _axes(el, base)) if sub else None
    if base in scene.definitions:
        return _defined(el, base, sub, subscripts, node)
    if name in scene.bound:
        raise ReadingError(f"{name} is used before it is bound", span=node.span, suggestion=f"put {name} = … before it")
    if subscripts and base in scene.families:
        return member(el, base, [place_of(el, s) for s in subscripts], node)
    if base in scene.families and leading_sizes(scene.families[base].sizes) and name == base:
        return whole(el, base, node)
    if base in scene.families and sub and leading_sizes(scene.families[base].sizes) and name not in scene.declared:  # X_{(1)} is
        loose = [c for c in sub if c.isalpha() and c not in frame.indices and c not in scene.places]
        what = f"{' and '.join(loose)} {'is no index' if len(loose) == 1 else 'are no indices'} here" if loose else "there are others"
        raise ReadingError(f"{base} is an array of {len(scene.families[base].sizes)} indices; in {name}, {what}", span=node.span)
    if name in scene.arrays:
        return _undeclared_array(el, name, node)
    if base in scene.arrays and subscripts:
        return _undeclared_member(el, base, subscripts, node)
    if base in scene.families and scene.families[base].name == name and name not in scene.wrt:
        hint = f"write sum_{{{sub}=1}}^N round it" if sub else f"write {base}_i"
        raise ReadingError(f"{name} is one of many, and no sum binds its index here", span=node.span, suggestion=hint)
    if name in scene.declared:
        return _declared(el, scene.declared[name], node)
    loose = [c for c in sub if c not in frame.indices and c not in scene.places] if base in scene.families or base in scene.declared else []
    if 0 < len(loose) < len(sub) <= 3 and sub.isalpha():
        hint = f"write sum_{{{loose[0]}=1}}^n round it"
        raise ReadingError(f"the index {loose[0]} of {name} is not bound", span=node.span, suggestion=hint)
    if subscripts is not None and sub:
        carrier = _carrier(el, base, node)
        if carrier is not None and not carrier.is_scalar:
            return entry(el, carrier, sub, subscripts, node)
    if name == "e" and scene.euler:
        hint = "declare e if it is a variable; write exp(x), and exp(1) for Euler's number"
        raise ReadingError("e stands under an exponent, as Euler's number does, and by itself too", span=node.span, suggestion=hint)
    special = _special(el, name, base, sub, subscripts, node) or _tensor(el, base, subscripts or [], node)
    if special is not None:
        return special
    if scene.template:
        raise ReadingError(f"{name} stands for nothing in this rule", span=node.span)
    if subscripts and (base in scene.carried or any(p.letter in frame.indices for p in subscripts)):
        return _carried(el, base, sub, subscripts, node)
    slid = _at_a_sum(el, base, sub, node) if "+" in sub else None
    if slid is not None:
        return slid
    _refuse_bound_index(el, name, node)
    return _undeclared(el, name, node)


def _at_a_sum(el: Typing, base: str, sub: str, node: Node) -> TypedTerm | None:
    """x_{i+k-1}."""
    from .convolutions import slid_entry

    carrier = _carrier(el, base, node)
    found = slid_entry(el, carrier, base, sub, node)
    if found is None or carrier is None:
        return None
    check_places(el, carrier, [found[0]], node)
    return found[1]


def _refuse_bound_index(el: Typing, name: str, node: Node) -> None:
    """What carries the index of a sum is no constant."""
    sub = split_indexed(name)[1]
    for reading in readings(sub):
        carried = [p.letter for p in reading if p.letter in el.frames[-1].indices]
        if carried and (len(reading) < 3 or "," in sub):
            message = f"{name} carries the index {carried[0]}, and it is one thing for all {carried[0]}"
            raise ReadingError(message, span=node.span, suggestion="give it another name, or define it by its indices")
    terms = re.split("[+-]", sub) if re.fullmatch(r"\w+(?:[+-]\w+)+", sub) else []  # x_{i+k} of a convolution
    summed = [c for c in terms if c in el.frames[-1].indices]
    if summed and not el.scene.template:
        message = f"{name} is an entry at a place that is a sum of indices, and those are not read"
        hint = "write correlate(x, a) for sum_k a_k x_{i+k-1}, conv(a, x) for sum_k a_k x_{i-k+1}"
        raise ReadingError(message, span=node.span, suggestion=hint)
    below = re.findall(r"_\{?([^_{}]+)", sub)  # v_{w_k}
    bound = [c for part in below for c in ([part] if part in el.frames[-1].indices else part) if c in el.frames[-1].indices]
    if bound and not el.scene.template:
        base = name.partition("_")[0]
        message = f"{name} carries the index {bound[0]} below another name"
        c = next(letter for letter in "ckjl" if letter != bound[0])
        label = sub if len(sub) > 1 else bound[0]
        picked = f"for the one that {label} picks, sum_{c} 1[{label} = {c}] {base}_{c}"
        hint = f"write {base}_{bound[0]} if there is one for each {bound[0]}; {picked}"
        raise ReadingError(message, span=node.span, suggestion=hint)


def _axes(el: Typing, base: str) -> tuple[int, ...]:
    """How many subscripts a declared array of three and more indices takes: all, or those of a matrix; none of anything else."""
    d = el.scene.families.get(base)
    return (len(d.sizes), len(d.sizes) - 2) if d is not None and leading_sizes(d.sizes) else ()


def _subscripts(el: Typing, sub: str, axes: tuple[int, ...] = ()) -> list[Part] | None:
    """The subscript as indices and numbers, as many as there are `axes`, or None where it is only part of a name."""
    return next((r for r in readings(sub) if all(_is_place(el, p) for p in r) and (not axes or len(r) in axes)), None)


def _is_place(el: Typing, part: Part) -> bool:
    if not part.letter:
        return part.shift >= 1
    if part.letter in el.frames[-1].indices or part.letter in el.scene.places:
        return True
    return part.letter in el.scene.sizes and not el.stands_for_something(part.letter)  # x_N, where there are N


def place_of(el: Typing, part: Part) -> BoundIndex:
    """A bound index or a number, as a subscript, and what is added to it."""
    letter = part.letter
    index = el.frames[-1].indices.get(letter)
    if not letter:
        return BoundIndex(build.num(part.shift), None)
    if index is None and letter in el.scene.places:
        _declared(el, el.scene.declared[letter], Node("name", (), letter))
        index = BoundIndex(build.symbol(letter, SCALAR, el.properties(letter)), None)
    if index is None:
        index = BoundIndex(build.size(Dim.of(letter)), Dim.of(letter))
    if part.shift and index.range is not None:
        index = BoundIndex(index.expr, el.sizes.resolve(index.range), index.low, index.parts, index.text)
    unknown = index.range is not None and is_unknown(index.range)
    if unknown and part.shift < 0 and index.low is not None and index.low + part.shift >= 1:  # below a condition: y_i says how far i runs
        return BoundIndex(index.shifted(part.shift).expr, None, index.low + part.shift, text=f"{letter}{part.shift:+d}")
    if part.shift and unknown:
        hint = f"write sum_{{{letter}=1}}^{{n-1}}, or whatever its bounds are"
        raise ReadingError(f"how far {letter} runs is not said, and {part} stands below a name", suggestion=hint)
    found = index.shifted(part.shift)
    if found.low is not None and found.low < 1 and index.range is not None and index.low is not None:
        message = f"the subscript {part} begins at {found.low}, and there is no entry {found.low}"
        raise ReadingError(message, suggestion=f"let {letter} begin at {index.low + 1 - found.low}")
    return found


def _declared(el: Typing, d: Declaration, node: Node) -> TypedTerm:
    if d.domain is not None:
        raise ReadingError(f"{d.name} is a function and needs its argument: {d.name}(…)", span=node.span)
    return symbol(el, d.name, declared_shape(d.sizes), node, None)


def symbol(el: Typing, name: str, shape: Shape, node: Node, guessed: str | None) -> TypedTerm:
    term = el.symbols.get(name)
    if term is None:
        term = TypedTerm(shape, (), partial(_make_symbol, el, name, shape), node, guessed)
        el.symbols[name] = term
    return term


def _make_symbol(el: Typing, name: str, shape: Shape, _: object, resolve: Resolve) -> Expr:
    rows, cols = shape
    return build.symbol(name, (resolve(rows), resolve(cols)), el.properties(name))


def register(el: Typing, base: str, node: Node) -> tuple[tuple[Dim, ...], Shape, frozenset[str]]:
    """How many members a declared family has, their shape and their properties; its generic member is a symbol of the text."""
    d = el.scene.families[base]
    shape, leading = declared_shape(d.sizes), leading_sizes(d.sizes)
    letters = el.scene.letters_of(base)
    sizes = el.families.setdefault(base, leading or tuple(el.sizes.fresh() for _ in letters))
    words = el.properties(d.name)
    generic = build.member(base, [build.index(c) for c in letters], shape, words)
    el.symbols.setdefault(spell_name(base, letters), known(generic, node))
    return sizes, shape, words


def whole(el: Typing, base: str, node: Node) -> TypedTerm:
    """A declared array of three and more indices."""
    sizes, shape, words = register(el, base, node)

    from .axes import axis

    places = [build.index(axis(k)) for k in range(len(sizes))]

    from .axes import array_of

    return array_of(TypedTerm(shape, (), lambda _, __: build.member(base, places, shape, words), node), sizes)


def _undeclared_array(el: Typing, base: str, node: Node) -> TypedTerm:
    """An array of which the text says how many indices it has."""
    count = el.scene.arrays[base] - 2
    fresh = el.sizes.fresh
    shape = el.members.setdefault(base, (fresh(), fresh()))
    sizes = el.families.setdefault(base, tuple(fresh() for _ in range(count)))
    letters = el.scene.letters_of(base)

    def at(names: Sequence[str]) -> TypedTerm:
        places = [build.index(c) for c in names]
        return TypedTerm(shape, (), lambda _, r: build.member(base, places, (r(shape[0]), r(shape[1]))), node)

    el.symbols.setdefault(spell_name(base, letters), at(letters))

    from .axes import array_of, axis

    return array_of(at([axis(k) for k in range(count)]), sizes)


def _undeclared_member(el: Typing, base: str, subscripts: list[Part], node: Node) -> TypedTerm:
    """A matrix of such an array, or an entry."""
    _undeclared_array(el, base, node)
    sizes, shape = el.families[base], el.members[base]
    places = [place_of(el, p) for p in subscripts]
    if len(places) not in (len(sizes), len(sizes) + 2):
        message = f"{base} is an array of {len(sizes) + 2} indices, and {node.attr} has {len(places)}"
        raise ReadingError(message, span=node.span)
    for place, size in zip(places, sizes):
        el.allows(place, size)
    here = [p.expr for p in places[: len(sizes)]]
    term = TypedTerm(shape, (), lambda _, r: build.member(base, here, (r(shape[0]), r(shape[1]))), node)
    return entry_at(el, term, places[len(sizes) :], node) if len(places) > len(sizes) else term


def member(el: Typing, base: str, places: list[BoundIndex], node: Node) -> TypedTerm:
    """A member of a declared family, or an entry of one."""
    d = el.scene.families[base]
    sizes, shape, words = register(el, base, node)
    if len(places) < len(sizes):
        raise ReadingError(f"{d.name} has {len(sizes)} indices, and {node.attr} has {len(places)}", span=node.span)
    for place, size in zip(places, sizes):
        if not el.allows(place, size):
            n = el.sizes.resolve(size)
            last = place.range or place.text
            raise refuse_shape(f"{d.name}: the index runs to {last}, elsewhere the family has {n} members", node)
    here, inside = [p.expr for p in places[: len(sizes)]], places[len(sizes) :]
    term = TypedTerm(shape, (), lambda _, __: build.member(base, here, shape, words), node)
    return entry_at(el, term, inside, node) if inside else term


def _defined(el: Typing, base: str, sub: str, subscripts: list[Part] | None, node: Node) -> TypedTerm:
    """A name that is defined by its entries: one of them, or all of them as a vector or matrix."""
    if subscripts:
        return value_at(el, base, [place_of(el, p) for p in subscripts], node)
    letters, _ = el.scene.definitions[base]
    if sub:
        hint = f"write sum_{{{sub[:1]}=1}}^N round it"
        raise ReadingError(f"{node.attr} is one of many, and no sum binds its index here", span=node.span, suggestion=hint)
    places = [BoundIndex(build.index(el.unused(c)), el.sizes.fresh()) for c in letters]
    term = stacked_at(el, places, value_at(el, base, places, node), node)
    for p in places:
        el.live.discard(str(p.expr.attr))
    return term


def stacked(el: Typing, letters: Sequence[str], body: TypedTerm, node: Node) -> TypedTerm:
    """The vector or matrix of the values that the body takes where these indices run."""
    places = [el.frames[-1].indices.pop(c) for c in letters]
    return stacked_at(el, places, body, node) if places else body


def stacked_at(el: Typing, places: Sequence[BoundIndex], body: TypedTerm, node: Node) -> TypedTerm:
    """The sum of the body over the places, each times a unit vector."""
    if not body.is_scalar:
        kind = "numbers" if len(places) > 1 else "numbers or rows"
        raise Misfit([body], lambda: refuse_shape(f"the entries of {node.attr} have to be {kind}, and they are {body.kind}s", node))
    dims = [p.range for p in places if p.range is not None]

    def made(e: Sequence[Expr], resolve: Resolve) -> Expr:
        units = [build.unit(p.expr, resolve(d)) for p, d in zip(places, dims, strict=True)]
        whole = build.times(e[0], units[0] if len(units) == 1 else build.matmul(units[0], build.transpose(units[1])))
        for p, d in reversed(list(zip(places, dims, strict=True))):
            whole = build.indexed_sum(str(p.expr.attr), build.num(1), build.size(resolve(d)), whole)
        return whole

    return TypedTerm((dims[0], dims[1] if len(dims) > 1 else ONE), (body,), made, node)


def value_at(el: Typing, base: str, places: list[BoundIndex], node: Node) -> TypedTerm:
    """u_i or an entry of it, where u_i is bound as a function of its index."""
    letters, value = el.scene.definitions[base]
    if len(places) < len(letters):
        raise ReadingError(f"{base} is defined with {len(letters)} indices, and here it has {len(places)}", span=node.span)
    if base in el.working:
        raise ReadingError(f"{base} is defined by itself", span=node.span, suggestion="a recursion is not read; write out its steps")
    el.working.append(base)
    el.frames.append(BoundNames({}))
    el.frames[-1].indices |= dict(zip(letters, places))
    term = el.walk(value)
    el.frames.pop()
    el.working.pop()
    return term if len(places) == len(letters) else entry_at(el, term, places[len(letters) :], node)


def _carrier(el: Typing, base: str, node: Node) -> TypedTerm | None:
    """What is called `base`, to take an entry of."""
    if not base:
        return None
    frame = el.frames[-1]
    if base in frame.params:
        return frame.params[base]
    if base in el.bindings:
        return el.bindings[base]
    if base in el.scene.given:
        return known(el.scene.given[base], node)
    d = el.scene.declared.get(base)
    if d is not None and d.domain is None:
        return _declared(el, d, node)
    return name_of(el, Node("name", (), base, node.span)) if base == el.scene.hole else None


def entry(el: Typing, carrier: TypedTerm, sub: str, subscripts: list[Part], node: Node) -> TypedTerm:
    """The entry with these subscripts."""
    if carrier.kind == "matrix" and len(subscripts) == 1 and sub.isdigit() and len(sub) == 2:
        subscripts = [Part("", int(c)) for c in sub]
    return entry_at(el, carrier, [place_of(el, s) for s in subscripts], node)


def entry_at(el: Typing, carrier: TypedTerm, places: list[BoundIndex], node: Node) -> TypedTerm:
    """The entry at these places: one for a vector or row, two for anything."""
    if len(places) == 1:
        if carrier.kind not in ("vector", "row"):
            raise Misfit([carrier], lambda: refuse_shape(f"one subscript on a {carrier.kind}", node))
        one = BoundIndex(build.num(1), None)
        places = [places[0], one] if carrier.kind == "vector" else [one, places[0]]
    if len(places) != 2:
        raise ReadingError(f"{len(places)} subscripts: an entry has one or two", span=node.span)
    check_places(el, carrier, places, node)
    i, j = places
    return TypedTerm(SCALAR, (carrier,), lambda e, r: build.entry(e[0], i.at(r), j.at(r)), node)


def check_places(el: Typing, carrier: TypedTerm, places: Sequence[BoundIndex | None], node: Node) -> None:
    """Misfit where a subscript runs further than there are entries."""
    for place, dim in zip(places, carrier.shape):
        if place is not None and not el.allows(place, dim):
            size = el.sizes.resolve(dim)
            last = place.text if place.range is None else el.sizes.resolve(place.range)
            text = f"the subscript is {last}" if place.range is None else f"the subscript {place.text} runs to {last}"
            raise Misfit([carrier], lambda text=text, size=size: refuse_shape(f"{text}, and there are {size} entries", node), True)  # type: ignore[misc]


def _special(el: Typing, name: str, base: str, sub: str, subscripts: list[Part] | None, node: Node) -> TypedTerm | None:
    """I, I_n, 0_{m x n}, 1, e_i, K_{mn}, pi, and dimension names."""
    scene = el.scene
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


def _tensor(el: Typing, base: str, subscripts: list[Part], node: Node) -> TypedTerm | None:
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
    if base == "delta" and len(letters) == 2:
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
    """K_{m,n}, K_{mn}, K_n, D_n, L_n, where the subscripts are sizes: those with D_2 and L_2 are names as others are."""
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


def _carried(el: Typing, base: str, sub: str, subscripts: list[Part], node: Node) -> TypedTerm:
    """An undeclared name with a bound index: entries of a vector or matrix, or a family."""
    if len(subscripts) > MOST_AXES:
        message = f"{node.attr} has {len(subscripts)} indices, and arrays here have at most {MOST_AXES}"
        raise ReadingError(message, span=node.span)
    if len(subscripts) == MOST_AXES and base not in el.scene.alone:
        el.scene.arrays[base] = MOST_AXES
        return _undeclared_member(el, base, subscripts, node)
    of_matrices = (base[:1].isupper() and len(subscripts) == 1 and not el.scene.capitals) or len(subscripts) == 3
    in_pairs = base in el.scene.pairs
    el.defaults[base + "_"] = "family of vectors" if in_pairs else "family of matrices" if of_matrices else "entries"
    wanted = el.kinds.get(base + "_") or el.defaults[base + "_"]
    if in_pairs and wanted == "family of vectors":
        return _member_of_pairs(el, base, subscripts, node)
    if len(subscripts) == 3 and wanted != "family of matrices":
        message = f"{node.attr} has three indices, and {base} is {'a family of vectors' if wanted != 'entries' else 'a vector or matrix'}"
        raise Misfit([choice(base + "_")], lambda: refuse_shape(message, node))
    if wanted == "entries":
        default = "vector" if len(subscripts) == 1 else "matrix"
        carrier = _undeclared(el, base, node, default)
        found = entry(el, carrier, sub, subscripts, node)
        return TypedTerm(found.shape, (*found.args, choice(base + "_")), lambda e, _: found.make(e[:1], _), node)
    if base in el.scene.alone:
        message = f"{base} stands by itself, and {node.attr} would be another vector or matrix of that name"
        hint = "give one of them another letter"
        raise Misfit([choice(base + "_")], lambda: ReadingError(message, span=node.span, suggestion=hint))
    shape = el.members.get(base)
    if shape is None:
        rows = el.sizes.fresh()
        shape = el.members[base] = (rows, el.sizes.fresh() if wanted == "family of matrices" else ONE)
    (size,) = el.families.setdefault(base, (el.sizes.fresh(),))
    place = place_of(el, subscripts[0])
    el.allows(place, size)
    final = shape
    term = TypedTerm(final, (), lambda _, r: build.member(base, place.expr, (r(final[0]), r(final[1]))), node, base + "_")
    letter = el.scene.carried.get(base, subscripts[0].letter)
    generic = TypedTerm(final, (), lambda _, r: build.member(base, build.index(letter), (r(final[0]), r(final[1]))), node)
    el.symbols.setdefault(spell_name(base, letter), generic)
    return term if len(subscripts) == 1 else entry_at(el, term, [place_of(el, s) for s in subscripts[1:]], node)


def _member_of_pairs(el: Typing, base: str, subscripts: list[Part], node: Node) -> TypedTerm:
    """A vector x_{ij} of an undeclared family with two indices."""
    if len(subscripts) != 2:
        message = f"{base} has two indices where its transpose or norm is taken, and {node.attr} has {len(subscripts)}"
        raise ReadingError(message, span=node.span, suggestion="give one of them another letter")
    shape = el.members.setdefault(base, (el.sizes.fresh(), ONE))
    sizes = el.families.setdefault(base, (el.sizes.fresh(), el.sizes.fresh()))
    places = [place_of(el, p) for p in subscripts]
    for place, size in zip(places, sizes):
        el.allows(place, size)

    def at(where: Sequence[Expr]) -> TypedTerm:
        return TypedTerm(shape, (), lambda _, r: build.member(base, where, (r(shape[0]), ONE)), node, base + "_")

    if not any(split_indexed(n)[0] == base for n in el.symbols):
        letters = "".join(p.letter for p in subscripts)
        letters = letters if len(set(letters)) == 2 else el.scene.letters_of(base)
        el.note(f"{spell_name(base, letters)} are vectors, one for each {letters[0]} and {letters[1]}")
        el.symbols[spell_name(base, letters)] = at([build.index(c) for c in letters])
    return at([p.expr for p in places])


def choice(name: str) -> TypedTerm:
    """A term that only says which choice something depends on."""
    return TypedTerm(SCALAR, (), lambda _, __: build.num(1), None, name)


def _undeclared(el: Typing, name: str, node: Node, default: str | None = None) -> TypedTerm:
    term = el.symbols.get(name)
    if term is not None:
        return term
    if name == el.scene.hole:
        return symbol(el, name, name_of(el, Node("name", (), name[1:], node.span)).shape, node, None)
    el.defaults[name] = default or el.scene.kind_of(name)
    kind = el.kinds.get(name) or el.defaults[name]
    fresh = el.sizes.fresh
    shape = SCALAR if kind == "scalar" else (fresh(), ONE) if kind == "vector" else (fresh(), fresh())
    if kind == "vector" and el.scene.rows:
        shape = shape[1], shape[0]
        el.note(f"vectors are rows: the text writes {el.scene.rows}")
    return symbol(el, name, shape, node, name)


def carries_indices(el: Typing, base: Node) -> bool:
    """Whether `base` is delta or a family, which only their indices make a value."""
    name = str(base.attr)
    if base.op != "name" or el.stands_for_something(name):
        return False
    return name == "delta" or name in el.scene.families or name in el.scene.definitions


def is_euler(el: Typing, node: Node) -> bool:
    """Whether `node` is the letter e with nothing else to stand for."""
    return node.op == "name" and node.attr == "e" and not el.stands_for_something("e")
