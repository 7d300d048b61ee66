"""What a name stands for (LANGUAGE 1): symbols, members of families, entries, sizes, and the constant matrices."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..errors import ReadingError
from ..expressions import build
from ..expressions.expr import Expr
from ..kinds import ONE
from ..reading.declare import MOST_AXES
from ..reading.subscripts import Part, readings, split_indexed
from ..syntax import Node, spell_name
from .constants import constant_of, tensor_of
from .declarations import leading_sizes
from .misfit import Misfit, refuse_shape
from .places import CONVOLVED, check_places, choice, declared_symbol, entry, entry_at, place_of, stacked_at, subscripts_of, symbol
from .scopes import SCALAR, BoundIndex, BoundNames, Typing
from .terms import Resolve, TypedTerm, known

EULER = "e is Euler's number"  # told where it is


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
    subscripts = subscripts_of(el, sub, _axes(el, base)) if sub else None
    if base in scene.definitions:
        return _defined(el, base, sub, subscripts, node)
    if name in scene.bound:
        raise ReadingError(f"{name} is used before it is bound", span=node.span, suggestion=f"put {name} = … before it")
    if base in scene.families or base in scene.arrays:
        of_many = _of_many(el, name, base, sub, subscripts, node)
        if of_many is not None:
            return of_many
    if base in scene.families and scene.families[base].name == name and name not in scene.wrt:
        hint = f"write sum_{{{sub}=1}}^N round it" if sub else f"write {base}_i"
        raise ReadingError(f"{name} is one of many, and no sum binds its index here", span=node.span, suggestion=hint)
    if name in scene.declared:
        return declared_symbol(el, scene.declared[name], node)
    loose = [c for c in sub if c not in frame.indices and c not in scene.places] if base in scene.families or base in scene.declared else []
    if 0 < len(loose) < len(sub) <= 3 and sub.isalpha():
        hint = f"write sum_{{{loose[0]}=1}}^n round it"
        raise ReadingError(f"the index {loose[0]} of {name} is not bound", span=node.span, suggestion=hint)
    if subscripts is not None and sub and name not in scene.parts:
        carrier = _carrier(el, base, node)
        if carrier is not None and not carrier.is_scalar:
            return entry(el, carrier, sub, subscripts, node)
        if carrier is not None and base in el.bindings and any(p.letter in frame.indices for p in subscripts):
            message = f"{base} is one number by its definition, and {name} one of many"
            hint = f"declare the names in {base} = …, or give one of them another letter"
            raise Misfit([carrier], lambda: ReadingError(message, span=node.span, suggestion=hint))
    if name == "e" and scene.euler and not scene.residuals:
        hint = "declare e if it is a variable; write exp(x), and exp(1) for Euler's number"
        raise ReadingError("e stands under an exponent, as Euler's number does, and by itself too", span=node.span, suggestion=hint)
    special = constant_of(el, name, base, sub, subscripts, node) or tensor_of(el, base, subscripts or [], node)
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
    return undeclared(el, name, node)


def _of_many(el: Typing, name: str, base: str, sub: str, subscripts: list[Part] | None, node: Node) -> TypedTerm | None:
    """A member of a declared family or of an array, or an array of which the text says how many indices it has."""
    from .members import member, undeclared_array, undeclared_member, whole

    scene, frame = el.scene, el.frames[-1]
    if subscripts and base in scene.families:
        return member(el, base, [place_of(el, s) for s in subscripts], node)
    if base in scene.families and leading_sizes(scene.families[base].sizes) and name == base:
        return whole(el, base, node)
    if base in scene.families and sub and leading_sizes(scene.families[base].sizes) and name not in scene.declared:  # X_{(1)} is
        loose = [c for c in sub if c.isalpha() and c not in frame.indices and c not in scene.places]
        what = f"{' and '.join(loose)} {'is no index' if len(loose) == 1 else 'are no indices'} here" if loose else "there are others"
        raise ReadingError(f"{base} is an array of {len(scene.families[base].sizes)} indices; in {name}, {what}", span=node.span)
    if name in scene.arrays:
        return undeclared_array(el, name, node)
    if base in scene.arrays and subscripts:
        return undeclared_member(el, base, subscripts, node)
    return None


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
    if not sub:
        return
    for reading in readings(sub):
        carried = [p.letter for p in reading if p.letter in el.frames[-1].indices]
        if carried and (len(reading) < 3 or "," in sub):
            message = f"{name} carries the index {carried[0]}, and it is one thing for all {carried[0]}"
            raise ReadingError(message, span=node.span, suggestion="give it another name, or define it by its indices")
    shifted = "+" in sub or "-" in sub
    terms = re.split("[+-]", sub) if shifted and re.fullmatch(r"\w+(?:[+-]\w+)+", sub) else []  # x_{i+k} of a convolution
    summed = [c for c in terms if c in el.frames[-1].indices]
    if summed and not el.scene.template:
        message = f"{name} is an entry at a place that is a sum of indices, and those are not read"
        hint = CONVOLVED
        raise ReadingError(message, span=node.span, suggestion=hint)
    below = re.findall(r"_\{?([^_{}]+)", sub) if "_" in sub else []  # v_{w_k}
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
        return declared_symbol(el, d, node)
    return name_of(el, Node("name", (), base, node.span)) if base == el.scene.hole else None


def _carried(el: Typing, base: str, sub: str, subscripts: list[Part], node: Node) -> TypedTerm:
    """An undeclared name with a bound index: entries of a vector or matrix, or a family."""
    if len(subscripts) > MOST_AXES:
        message = f"{node.attr} has {len(subscripts)} indices, and arrays here have at most {MOST_AXES}"
        raise ReadingError(message, span=node.span)
    if len(subscripts) == MOST_AXES and base not in el.scene.alone:
        el.scene.arrays[base] = MOST_AXES
        from .members import undeclared_member

        return undeclared_member(el, base, subscripts, node)
    of_matrices = (base[:1].isupper() and len(subscripts) == 1 and not el.scene.capitals) or len(subscripts) == 3
    in_pairs = base in el.scene.pairs
    kind = "family of vectors" if in_pairs else "family of matrices" if of_matrices else "entries"
    el.defaults[base + "_"] = el.scene.regressors.get(base, kind) if of_matrices else kind
    wanted = el.kinds.get(base + "_") or el.defaults[base + "_"]
    if in_pairs and wanted == "family of vectors":
        return _member_of_pairs(el, base, subscripts, node)
    if len(subscripts) == 3 and wanted != "family of matrices":
        message = f"{node.attr} has three indices, and {base} is {'a family of vectors' if wanted != 'entries' else 'a vector or matrix'}"
        raise Misfit([choice(base + "_")], lambda: refuse_shape(message, node))
    if wanted == "entries":
        default = "vector" if len(subscripts) == 1 else "matrix"
        carrier = undeclared(el, base, node, default)
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
    final, letter = shape, el.scene.carried.get(base, subscripts[0].letter)
    name = spell_name(base, letter)

    def at(where: Expr) -> Callable[[object, Resolve], Expr]:
        return lambda _, r: build.member(base, where, (r(final[0]), r(final[1])), el.properties(name))

    term = TypedTerm(final, (), at(place.expr), node, base + "_")
    el.symbols.setdefault(name, TypedTerm(final, (), at(build.index(letter)), node))
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
        return TypedTerm(shape, (), lambda _, r: build.member(base, where, (r(shape[0]), ONE), el.properties(name)), node, base + "_")

    letters = "".join(p.letter for p in subscripts)
    letters = letters if len(set(letters)) == 2 else el.scene.letters_of(base)
    name = spell_name(base, letters)
    if not any(split_indexed(n)[0] == base for n in el.symbols):
        el.note(f"{spell_name(base, letters)} are vectors, one for each {letters[0]} and {letters[1]}")
        el.symbols[name] = at([build.index(c) for c in letters])
    return at([p.expr for p in places])


def undeclared(el: Typing, name: str, node: Node, default: str | None = None) -> TypedTerm:
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
    return node.op == "name" and node.attr == "e" and not el.stands_for_something("e") and not el.scene.residuals
