"""The answer with names for what carries an index, `p_{ij} = …; …`: which there are, and how they are spelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from ..differentiation.families import with_index
from ..errors import MatcalcError
from ..expressions.build import index, rebuild, size, substitute
from ..expressions.expr import Expr, postorder, transform
from ..inference.infer import Typed, infer
from ..kinds import ONE
from ..notation.arrange import Arranger
from ..notation.matrices import is_matrix_of, with_matrices
from ..notation.weights import HOLE, LETTERS, Indexed, Named, canonical
from ..ops.core import ENTRY, INDEXED_PRODUCT, INDEXED_SUM, MEMBER, SIZE, SYMBOL
from ..reading.subscripts import readings, split_indexed
from ..shortening.simplify import recognise
from ..syntax import Binding, Program, spell_name

Shorten = Callable[[Expr], Expr]


def own_names(typed: Typed, shorten: Shorten) -> tuple[list[Indexed], dict[str, str]]:
    """What the text defines by indices, and the names as they stand there."""
    found: list[Indexed] = []
    spelled: dict[str, str] = {}
    program = typed.program
    for k, b in enumerate(program.bindings):
        base, sub = split_indexed(b.name)
        reading = next((r for r in readings(sub) if sub and all(len(p.letter) == 1 and not p.shift for p in r)), None)
        letters = tuple(p.letter for p in reading or ())
        if not letters or len(letters) > 2 or len(set(letters)) < len(letters) or b.params:
            continue
        known = [d for d in typed.declarations if d.name not in letters]  # by p_k the letter k is a number
        try:
            made = infer(Program(program.text, program.bindings[:k], b.value, ("index", "J", letters)), known, (), twins=False)
        except MatcalcError:
            continue
        if made.expr.indices != {*letters} or made.expr.shape[1] is not ONE:
            continue
        found.append(Indexed(base, letters, shorten(recognise(_in_sizes_of(typed, made))), True))
        spelled[base] = b.name
    return found, spelled


def _in_sizes_of(typed: Typed, made: Typed) -> Expr:
    """The value of a definition that was read by itself, where the families have as many members as in the whole text."""
    sizes = {
        a: b
        for f, g in ((made.families[n], typed.families[n]) for n in made.families if n in typed.families)
        for a, b in zip(f.sizes, g.sizes)
    }

    def of(old: Expr, args: tuple[Expr, ...]) -> Expr:
        return size(sizes[old.attr]) if old.op is SIZE and old.attr in sizes else rebuild(old, args)

    return transform(made.expr, of)


def with_indexed_names(
    starts: Sequence[Expr], typed: Typed, shorten: Shorten, taken: Iterable[str], arranger: Callable[[], Arranger]
) -> list[Program]:
    """The answer, from each of the forms it may start from, in such names; none where nothing gets one."""
    own, spelled = own_names(typed, shorten)
    found = []
    for e, multiples in product(starts, (False, True)):
        named = Named(with_matrices(_by_letters(e), own), own, taken)
        named.with_own()
        if multiples:
            before = named.expr
            named.with_multiples()
            if named.expr is before:
                continue
        named.shortened()
        named.with_own()
        for fresh in (False, True):
            if fresh:
                named.with_weights()
                named.shortened()
                named.with_repeated()
            if any(_is_of(n, x) or is_matrix_of(n, x) for x in named.names for n in postorder(named.expr)):
                found.append(_program(named, spelled, _letters(own, typed, set(taken)), arranger()))
    return found


def _by_letters(e: Expr) -> Expr:
    """With indices for the names that stand for whole numbers as places: p_k, where k is a number."""
    names = {p: index(str(p.attr[0])) for n in postorder(e) if n.op in (ENTRY, MEMBER) for p in n.args[-2:] if p.op is SYMBOL}  # type: ignore[index]
    return substitute(e, names) if names else e


def _letters(own: Sequence[Indexed], typed: Typed, taken: set[str]) -> list[str]:
    """Letters for indices: those of the author's definitions and sums first."""
    sums = [str(e.attr) for e in postorder(typed.expr) if e.op in (INDEXED_SUM, INDEXED_PRODUCT)]
    known = {c for c in (*(c for n in own for c in n.letters), *sums) if len(c) == 1}
    return [c for c in dict.fromkeys((*sorted(known), *LETTERS)) if c not in taken]


def _program(named: Named, spelled: Mapping[str, str], usable: Sequence[str], arranger: Arranger) -> Program:
    """The names that are used, defined, and the answer."""
    letters = [c for c in usable if c not in named.expr.indices]
    body = _lettered(named.expr, letters)
    needed = [body]
    bindings: list[Binding] = []
    values: list[tuple[Indexed, Expr, list[str]]] = []
    for n in reversed(named.names):
        if not any(_is_of(m, n) or is_matrix_of(m, n) for e in needed for m in postorder(e)):
            continue
        mine = all(len(c) == 1 and (c in usable or c in named.expr.indices) for c in n.letters)
        at = list(n.letters) if n.own and mine else letters[: len(n.letters)]
        value = _lettered(canonical(n.value_at(at)), [c for c in usable if c not in at])
        needed.append(value)
        values.insert(0, (n, value, at))
    for n, _, _ in values:
        for m in (m for e in needed for m in postorder(e) if _is_of(m, n)):
            arranger.name(m, _subscripted(n.base, spelled.get(n.base, n.base), [str(a.attr) for a in m.args]))
    for n, value, at in values:
        bindings.append(Binding(_subscripted(n.base, spelled.get(n.base, n.base), at), arranger.spell(value)))
    return Program("", tuple(bindings), arranger.spell(body))


def _is_of(e: Expr, n: Indexed) -> bool:
    return e.op is MEMBER and e.attr[0] == n.base  # type: ignore[index]


def _subscripted(base: str, name: str, places: Sequence[str]) -> str:
    sub = "".join(places)
    return f"{base[:-1]},{sub}}}" if base.endswith("}") else spell_name(base, sub)


def _lettered(e: Expr, letters: Sequence[str]) -> Expr:
    """With letters for the indices of its sums, the outermost first."""
    levels = sorted(
        {str(n.attr) for n in postorder(e) if n.op in (INDEXED_SUM, INDEXED_PRODUCT) and str(n.attr).startswith(HOLE)}, reverse=True
    )
    for level, letter in zip(levels, letters, strict=False):
        e = with_index(e, level, letter)
    return e
