"""What a declaration says: the shape, the sizes and the properties, and how it is spelled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..kinds import ONE, Dim, Shape
from ..ops.vocabulary import SETS, WORDS
from ..reading.spellings import ACCENTS
from ..syntax import Declaration, Node, split_name, walk

GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron rho sigma tau upsilon phi chi psi omega pi "
    "varepsilon vartheta varrho varphi varsigma ell".split()
)
SHAPED = ("ones", "zeros")  # functions whose arguments are sizes


def declared_shape(sizes: Sequence[object]) -> Shape:
    """The shape that () or (n,) or (m, n) declares; of more sizes, that of a member (`leading_sizes` are the others)."""
    dims = [d for d in sizes if isinstance(d, Dim)][-2:]
    return (dims[0] if dims else ONE, dims[1] if len(dims) > 1 else ONE)


def leading_sizes(sizes: Sequence[object]) -> tuple[Dim, ...]:
    """How many matrices an array of three and more indices is: T in R^{p x m x n} is a family of p matrices T_i."""
    return tuple(d for d in sizes[:-2] if isinstance(d, Dim))


def sizes_in(nodes: Iterable[Node]) -> dict[str, None]:
    """The names that stand where only sizes can: in the bounds of a sum, in ones(n), in I_n."""
    found: dict[str, None] = {}
    for n in nodes:
        if n.op == "name" and isinstance(n.attr, str):
            base, sub = split_name(n.attr)
            if base in ("I", "0", "1") and sub and n.attr not in ("I_0", "I_1") and sub.partition(",")[0] not in ACCENTS:
                from ..reading.sizes import sizes_of

                found |= {m: None for d in sizes_of(sub) for m in d.names()}
        elif n.op in ("sum", "product") or (n.op == "call" and n.attr in SHAPED):
            inside = n.args if n.op == "call" else n.args[2:]
            names = [m.attr for a in inside for m in walk(a) if m.op == "name" and isinstance(m.attr, str)]
            found |= {m: None for m in names if split_name(m)[0] not in ("I", "0", "1")}
    return found


def counts(trees: Iterable[Node], sizes: Collection[str], declarations: Iterable[Declaration]) -> list[Declaration]:
    """Declarations `N in N` for those of the `sizes` that stand in the trees as numbers, and nowhere as sizes."""
    nodes = [n for tree in trees for n in walk(tree)]
    known = {*sizes_in(nodes), *(n for d in declarations for n in (d.name, *size_names(d)))}
    used = dict.fromkeys(str(n.attr) for n in nodes if n.op == "name" and n.attr in sizes and n.attr not in known)
    return [Declaration(n, "N", ()) for n in used if n.isalpha()]


def is_count(d: Declaration) -> bool:
    """`n in N`, with nothing else said about it."""
    return d.field == "N" and not d.sizes and d.domain is None and not d.properties


def size_names(d: Declaration) -> list[str]:
    return [n for s in (*d.sizes, *(d.domain or ())) if isinstance(s, Dim) for n in s.names()]


def declared_properties(d: Declaration) -> tuple[str, ...]:
    """The property words of a declaration, the ones its set implies included."""
    if not d.properties and d.field not in SETS:
        return ()
    return tuple(dict.fromkeys((*d.properties, *([SETS[d.field]] if d.field in SETS else []))))


def spell_declaration(d: Declaration) -> str:
    """`A in R^{m x n} symmetric`, `phi: R -> R`."""
    words = [p for p in d.properties if WORDS[p].declared]
    field = d.field if d.field != "S" else "R"
    if d.field == "S" and SETS["S"] not in words:
        words = [SETS["S"], *words]
    if d.argument:
        return " ".join([f"{d.name}({d.argument}) in {_space(field, d.sizes)}", *words])
    if d.domain is not None:
        return " ".join([f"{d.name}: {_space('R', d.domain)} -> {_space(field, d.sizes)}", *words])
    return " ".join([f"{d.name} in {_space(field, d.sizes)}", *words])


def _space(field: str, sizes: Sequence[object]) -> str:
    if not sizes:
        return field
    text = " x ".join(str(s) for s in sizes)
    return f"{field}^{text}" if len(text) == 1 else f"{field}^{{{text}}}"
