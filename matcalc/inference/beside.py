"""Vectors by the signs of products beside them: a dot, a cross, a dot over norms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from ..syntax import Node, Program, same, split_name, walk
from .capitals import RANDOM
from .declarations import GREEK
from .takes import is_entrywise, is_unknown_function


def dotted(nodes: Sequence[Node]) -> set[str]:
    """The names beside the dot of an inner product."""
    return {name for pair in _beside(nodes, ".") for name in pair if name}


def squared(nodes: Sequence[Node], known: Collection[str]) -> set[str]:
    r"""a and b of a \cdot b/\sqrt{a^2 b^2}: undeclared small letters that stand in dots of two names, squared and under norms, and nowhere
    else. Read as vectors they mean what they would as numbers too, which are vectors of one entry."""
    pairs = [pair for pair in _beside(nodes, ".") if all(pair)]
    powers = [n for n in nodes if n.op == "pow" and n.args[0].op == "name" and n.args[1].op == "num" and n.args[1].attr == 2]
    dots, bases = [name for pair in pairs for name in pair], [str(n.args[0].attr) for n in powers] if pairs else []
    under = [str(n.args[0].attr) for n in nodes if n.op == "norm" and n.args[0].op == "name"] if bases else []
    names = [str(n.attr) for n in nodes if n.op == "name"] if bases else []
    free = {n for n in dots if n.islower() and "_" not in n and n not in GREEK and n not in known}
    alone = {n for n in free if names.count(n) == dots.count(n) + bases.count(n) + under.count(n)}
    return {n for pair in pairs if alone.issuperset(pair) for n in pair} if alone.intersection(bases) else set()


def _beside(nodes: Sequence[Node], wanted: str) -> list[tuple[str, str]]:
    """The names on both sides of each such sign in a product, "" for what is no name."""
    products = [(n.args, n.attr) for n in nodes if n.op == "mul" and isinstance(n.attr, tuple) and wanted in n.attr]
    pairs = [(a, b) for args, signs in products for a, b, sign in zip(args, args[1:], signs) if sign == wanted]
    return [(str(a.attr) if a.op == "name" else "", str(b.attr) if b.op == "name" else "") for a, b in pairs]


def regressors(nodes: Sequence[Node], known: Collection[str]) -> dict[str, str]:
    r"""X and Y of \sum_i \log(1 + \exp(-Y_i X_i^T b)) and \sum_{i,t} (Y_{it} - X_{it}^T b)^2, their kinds by letter.

    A capital letter with the indices of a sum is a vector where its row before a small letter stands in a function of numbers, or in a
    square below two indices; those beside it that are not transposed are numbers.
    """
    found: dict[str, str] = {}
    for n in nodes:
        inside = list(walk(n.args[0])) if n.op == "sum" and isinstance(n.attr, str) else []
        called = [m for m in inside if m.op == "call" and is_entrywise(str(m.attr)) and not is_unknown_function(str(m.attr))]
        called += [m for m in inside if m.op == "pow" and m.args[0].attr == "e"]
        squares = [m for m in inside if m.op == "pow" and m.args[0].op == "add" and m.args[1].attr == 2]
        if not (called or squares) or any(m.op == "norm" for m in inside):
            continue
        names = [(str(m.attr), split_name(str(m.attr))[1].replace(",", "")) for m in inside if m.op == "name"]
        indexed = {name for name, sub in names if name[:1].isupper() and str(n.attr) in sub and len(sub) < 3}
        turned = {str(m.args[0].attr) for m in inside if m.op == "T"}
        called += squares if all(len(sub) == 2 for name, sub in names if name in turned) else []
        products = [m for c in called for m in walk(c) if m.op == "mul"]
        pairs = [(a, b) for m in products for a, b in pairwise(m.args) if a.op == "T" and b.op == "name" and str(b.attr).islower()]
        rows = {str(a.args[0].attr) for a, _ in pairs}
        free = not any(name in known for name in indexed)
        if rows and turned == rows <= indexed and free and RANDOM.issuperset(split_name(name)[0] for name in indexed - turned):
            found |= {split_name(name)[0]: "family of vectors" if name in turned else "entries" for name in indexed}
    return found


def observed(nodes: Sequence[Node], known: Collection[str], values: Mapping[str, Node]) -> frozenset[str]:
    r"""Y and beta of \|Y - X\beta\|^2, sum((Y - X \beta)^2) and (Y - X\beta)^T W (Y - X\beta), X and mu of (X - \mu)^T S^{-1} (X - \mu):
    undeclared capital letters that stand nowhere but in such sums, and the small ones beside them; also in e = Y - X\beta, e^T e, where
    `values` has e. (Of \|Y - X\beta\|_F the author says that it is of a matrix.)"""
    over = [n.args[0] for n in nodes if n.op in ("T", "H") or (n.op == "norm" and n.attr != "F")]
    summed = [n.args[0] for n in nodes if n.op == "call" and n.attr in ("sum", "mean") and n.args]
    over += [n.args[0] for n in summed if n.op in ("pow", "epow") and n.args[1].attr == 2]
    over += [values[str(a.attr)] for a in over if a.op == "name" and a.attr in values]
    heads = [(n, k) for n in nodes if n.op == "mul" for k, a in enumerate(n.args[:-1]) if a.op in ("T", "H")]
    heads = [(n, k) for n, k in heads if same(n.args[k].args[0], n.args[-1])]
    ends = [n.args[-1] for n, _ in heads]
    forms = {id(n.args[k].args[0]) for n, k in heads if k + 2 < len(n.args)}
    inside: list[str] = []
    found: set[str] = set()
    for a in {id(a): a for a in (*over, *ends) if a.op == "add"}.values():
        parts = [p.args[0] if p.op == "neg" else p for p in a.args]
        alone = [str(p.attr) for p in parts if p.op == "name" and str(p.attr)[:1].isupper() and p.attr not in known]
        inside += alone
        small = [str(p.args[-1].attr) for p in parts if is_image(p)]
        if not small and id(a) in forms and len(parts) == 2:  # X - mu
            small = [str(p.attr) for p in parts if p.op == "name" and split_name(str(p.attr))[0] in GREEK and str(p.attr).islower()]
        if small and alone and not any(name in known for name in small):
            found.update(alone, small)
    for n in nodes if heads else ():
        if n.op == "add":
            inside += (behind := _beside_forms(n, known))
            found.update(behind)
    names = [str(n.attr) for n in nodes if n.op == "name"] if found else []
    return frozenset(n for n in found if n[:1].islower() or names.count(n) == inside.count(n)) if names else frozenset()


def named_vector(program: Program, known: Collection[str]) -> frozenset[str]:
    r"""Y of \hat\beta = (X^T X)^{-1} X^T Y: the capital letter that ends a product whose name is a small letter, behind an inverse, and
    that stands nowhere else."""
    base, body = split_name(program.name)[0], program.body
    if not base[:1].islower() or body.op != "mul" or (isinstance(body.attr, tuple) and not {"", "*", "@"}.issuperset(body.attr)):
        return frozenset()
    last = body.args[-1]
    names = [str(n.attr) for n in walk(body) if n.op == "name"]
    capital = last.op == "name" and str(last.attr)[:1].isupper() and last.attr not in known and names.count(str(last.attr)) == 1
    return frozenset([str(last.attr)]) if capital and any(a.op == "inv" for a in body.args) else frozenset()


def _beside_forms(n: Node, known: Collection[str]) -> list[str]:
    r"""Y and \beta of \beta^T X^T Y - \beta^T X^T X \beta: a capital letter at one end of a product, at whose other end stands the small
    letter of a quadratic form in the same sum."""
    parts = [p.args[0] if p.op == "neg" else p for p in n.args]
    ends: list[tuple[Node, Node]] = []
    for p in parts:
        at = next((k for k, a in enumerate(p.args) if a.op == "T" and a.args[0].op == "name"), -1) if p.op == "mul" else -1
        if 0 <= at < len(p.args) - 1 and p.args[-1].op == "name":
            ends.append((p.args[at].args[0], p.args[-1]))
    small = {str(a.attr) for a, b in ends if same(a, b) and str(a.attr)[:1].islower() and a.attr not in known}
    pairs = [(str(a.attr), str(b.attr)) for a, b in ends]
    capital = [c for a, b in pairs for c, x in ((a, b), (b, a)) if x in small and c[:1].isupper() and c not in known]
    squares = [c for a, b in pairs if a == b and a in capital for c in (a, b)]  # Y^T Y
    return [*capital, *squares, *small] if capital else []


def is_image(n: Node) -> bool:
    """X beta, a capital letter before a small one, which stands last."""
    if n.op != "mul" or (isinstance(n.attr, tuple) and any(sign not in ("", "*", "@") for sign in n.attr)):
        return False
    *_, a, b = n.args
    return a.op == b.op == "name" and str(a.attr)[:1].isupper() and a.attr != "I" and str(b.attr)[:1].islower()


def crossed(nodes: Sequence[Node], bold: Collection[str], known: Collection[str]) -> frozenset[str]:
    r"""The undeclared names that × makes vectors of three entries: \mathbf{v} \times \mathbf{B}, omega × r, where one of the two is a
    small Latin letter."""
    pairs = _beside(nodes, "×")
    if bold:
        return frozenset(a for pair in pairs if all(a in bold for a in pair) and any(b.islower() for b in pair) for a in pair)
    letters = [tuple(split_name(name)[0] for name in pair) for pair in pairs]
    small = [all(x[:1].islower() for x in both) and any(x and x not in GREEK for x in both) for both in letters]
    free = [all(name and name not in known for name in pair) for pair in pairs]
    return frozenset(a for pair, one, other in zip(pairs, small, free) if one and other for a in pair)


def measured(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    r"""A and B of the cosine A \cdot B/(\|A\| \|B\|): undeclared capital letters that stand beside a dot or alone under a norm, each in
    both places and nowhere else, are vectors."""
    pairs = [pair for pair in _beside(nodes, ".") if all(pair)]
    dots = [name for pair in pairs for name in pair]
    under = [str(n.args[0].attr) for n in nodes if n.op in ("norm", "bars") and n.args[0].op == "name"] if pairs else []
    both = {name for name in under if name in dots and name not in known}
    names = [str(n.attr) for n in nodes if n.op == "name"] if both else []
    capital = {n for n in both if n[:1].isupper() and names.count(n) == dots.count(n) + under.count(n)}
    return frozenset(name for pair in pairs if capital.issuperset(pair) for name in pair)
