"""How leaves are spelled: names, numbers, sizes, constant arrays, members of families, unit vectors and entries."""

from __future__ import annotations

from ..expressions.build import conjugate, conjugate_name, is_conjugate_name, is_number, value_of
from ..expressions.expr import Expr
from ..kinds import ONE, Dim
from ..ops.core import ADD, COMMUTATION, EYE, IMAGINARY, INDEX, NUMBER, ONES, SIZE, SYMBOL, TRANSPOSE, UNIT, ZEROS
from ..ops.half_vectorization import DUPLICATION, ELIMINATION, UNVECH
from ..syntax import APART, Node, spell_name, split_name
from .spelling import Spelling
from .surface import dimension, flipped, name, number


def leaf(spelling: Spelling, e: Expr) -> Node:
    if e.op is NUMBER:
        return number(value_of(e))
    if e.op is SIZE:
        assert isinstance(e.attr, Dim)
        return dimension(e.attr)
    if e.op is ONES:
        sizes = e.shape if e.shape[1] is not ONE else e.shape[:1]
        return Node("call", tuple(dimension(d) for d in sizes), "ones")
    if e.op is ZEROS:
        return name(spell_name("0", str(e.shape[0]) if e.shape[1] is ONE else f"{e.shape[0]} x {e.shape[1]}"))
    if e.op is EYE:
        return name("I")
    if e.op is COMMUTATION:
        assert isinstance(e.attr, tuple)
        return name(spell_name("K", f"{e.attr[0]},{e.attr[1]}"))
    if e.op is IMAGINARY:
        return name("i")
    if e.op in (DUPLICATION, ELIMINATION):
        letter = "D" if e.op is DUPLICATION else "L"
        assert isinstance(e.attr, Dim)
        plain = e.attr.names() and letter not in spelling.taken
        return name(spell_name(letter, str(e.attr))) if plain else Node("call", (dimension(e.attr),), e.op.name)
    if isinstance(e.attr, tuple):
        own = str(e.attr[0])
        if is_conjugate_name(own.removeprefix("d")):  # conj(z), and conj(dz) for its differential
            base = conjugate_name(own.removeprefix("d"))
            return Node("call", (name(f"d{base}" if own[0] == "d" else base),), "conj")
        return name(own)
    return name(str(e.attr))


def member(spelling: Spelling, e: Expr) -> Node:
    base = str(e.attr[0])  # type: ignore[index]
    parts = [_index_text(i) for i in e.args]
    sub = ("" if all(len(p) == 1 for p in parts) else ",").join(parts)
    if is_conjugate_name(base):
        return Node("call", (name(spell_name(conjugate_name(base), sub)),), "conj")
    return name(spell_name(base, sub))


def unit(spelling: Spelling, e: Expr) -> Node:
    """A column of the identity: nothing else would carry its size."""
    return Node("index", (name(spell_name("I", str(e.shape[0]))), Node("all"), spelling.of(e.args[0])))


def beside(spelling: Spelling, f: Expr) -> Node:
    """A factor of a product whose neighbour carries its size: e_i for a unit vector, unvech(e_i)."""
    inner = f.args[0] if f.op is TRANSPOSE else f
    if f.op is UNVECH and f not in spelling.named and f.args[0].op is UNIT:
        return Node("call", (beside(spelling, f.args[0]),), "unvech")
    if inner.op is not UNIT or "e" in spelling.taken or inner in spelling.named or not _is_letter(inner.args[0]):
        return spelling.of(f)
    node = name(spell_name("e", _index_text(inner.args[0])))
    return node if inner is f else flipped(node)


def entry(spelling: Spelling, e: Expr) -> Node:
    x, i, j = e.args
    if x.op is SYMBOL and is_conjugate_name(str(x.attr[0])):  # type: ignore[index]
        return Node("call", (entry(spelling, conjugate(e)),), "conj")
    here = [k for k, d in ((i, x.shape[0]), (j, x.shape[1])) if d is not ONE]
    change = x.op is SYMBOL and str(x.attr[0])[:1] == "d" and str(x.attr[0])[1:] in spelling.ranks  # type: ignore[index]
    plain = x.op is SYMBOL and not change and not split_name(str(x.attr[0]))[1]  # type: ignore[index]
    if plain and len(here) == 1 and _is_letter(here[0]):
        spelled = spell_name(str(x.attr[0]), _index_text(here[0]))  # type: ignore[index]
        if spelled not in spelling.taken:
            spelling.entries[spelled] = Node("index", (name(str(x.attr[0])), spelling.of(here[0])), APART)  # type: ignore[index]
            return name(spelled)
    base, places = spelling.sized(x), [spelling.of(k) for k in here]
    inner = base.args[0] if base.op == "neg" else base  # -(sum_i A^T x_i)[k]
    return Node("index", (base, *places)) if inner is base else Node("neg", (Node("index", (inner, *places)),))


def _is_letter(e: Expr) -> bool:
    """Whether a subscript can be run together with its name: a number, an index, a whole number called by one letter, and these with
    a number added."""
    if e.op is ADD and len(e.args) == 2:
        return any(is_number(a) for a in e.args) and any(_is_letter(a) and not is_number(a) and a.op is not ADD for a in e.args)
    if e.op is SIZE:
        return isinstance(e.attr, Dim) and e.attr.name is not None
    return e.op in (NUMBER, INDEX) or (e.op is SYMBOL and len(str(e.attr[0])) == 1)  # type: ignore[index]


def _index_text(e: Expr) -> str:
    if e.op is ADD:
        number_, letter = sorted(e.args, key=lambda a: a.op is not NUMBER)
        return f"{_index_text(letter)}{int(value_of(number_)):+d}"
    return str(e.attr[0]) if e.op is SYMBOL else str(e.attr)  # type: ignore[index]
