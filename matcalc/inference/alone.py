"""Letters that stand in one kind of place alone: arguments, exponents, halves, between the bars of states, below sums."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from ..interning import regex
from ..reading.subscripts import split_indexed
from ..syntax import Node, split_name, walk
from .capitals import OFTEN_VECTORS, SIZE_LETTERS
from .declarations import GREEK
from .takes import by_entries, is_unknown_function

_OFTEN_NUMBERS = frozenset("abcijklmnrs")  # what stands before a star as a number as often as one for each entry

_BRA = regex(r"(?:\||\\vert|\\mid|\\bra\s*\{[^{}]*\})\s*\Z")


def arguments_only(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    """t, where it is nothing but the argument of functions: x(t)^T P x(t). `known` are the declared and bound functions."""
    inside: set[str] = set()
    elsewhere: set[str] = set()
    for n in nodes:
        name = str(n.attr).rstrip("'") if n.op == "call" else ""
        unknown = len(n.args) == 1 and name not in known and is_unknown_function(name)
        for a in n.args:
            if a.op == "name":
                (inside if unknown else elsewhere).add(str(a.attr))
    return frozenset({"t"} & inside - elsewhere)


def exponents_only(nodes: Sequence[Node]) -> frozenset[str]:
    """t, where it is nothing but an exponent: x^t A x."""
    above = sum(n.op == "pow" and n.args[1].op == "name" and n.args[1].attr == "t" for n in nodes)
    return frozenset({"t"} if above and above == sum(n.op == "name" and n.attr == "t" for n in nodes) else ())


def halved(nodes: Sequence[Node]) -> frozenset[str]:
    """n and d, where they stand in n/2 log(2 pi), n/2 log(y^T y) or (2 pi)^{-d/2} and nowhere else: there they count dimensions. (In
    n/2 log|S| they may count observations.)"""
    found: dict[str, int] = {}
    for n in nodes:
        parts: Iterable[Node] = ()
        if n.op == "mul" and any(_is_log_of_number(a) for a in n.args):
            parts = [m for a in n.args for m in ((n, a) if a.op == "mul" else (n,))]
        elif n.op == "pow" and _has_pi(n.args[0]):
            parts = walk(n.args[1])
        for m in {id(m): m for m in parts}.values():
            if m.op == "mul" and isinstance(m.attr, tuple):
                pairs = zip(m.args, m.args[1:], m.attr)
                for a, _, _ in (p for p in pairs if p[2] == "/" and p[0].op == "name" and p[1].op == "num" and p[1].attr == 2):
                    found[str(a.attr)] = found.get(str(a.attr), 0) + 1
    for n in nodes:
        if n.op == "name" and n.attr in found:
            found[str(n.attr)] -= 1
    return frozenset(n for n, left in found.items() if left == 0 and n in SIZE_LETTERS)


def _has_pi(root: Node) -> bool:
    return any(n.op == "name" and n.attr == "pi" for n in walk(root))


def _is_log_of_number(n: Node) -> bool:
    return n.op == "call" and n.attr == "log" and not (n.args[0].op == "bars" or n.args[0].attr == "det")


def operators(nodes: Sequence[Node], text: str) -> frozenset[str]:
    r"""\rho in <\psi|\rho|\phi>: a small letter between the bars is an operator, as a capital one is."""
    inside = [n.args[1] for n in nodes if n.op == "mul" and len(n.args) == 3 and n.args[0].op == "H"]
    names = [n for n in inside if n.op == "name" and n.span is not None]
    return frozenset(str(n.attr) for n in names if n.span and _BRA.search(text[: n.span[0]]))


def writes_rows(roots: Sequence[Node], known: Collection[str]) -> str:
    """x W_1, where vectors are rows: two statements and more multiply a small letter by a capital one behind it, none the other way
    round, and nothing is transposed. "" elsewhere."""
    products = [[pair for n in walk(root) if n.op == "mul" for pair in juxtaposed(n)] for root in roots]
    nodes = [n for root in roots for n in walk(root)]
    if any(n.op in ("T", "norm", "inner", "inv") for n in nodes):
        return ""
    names = [[(str(a.attr), str(b.attr)) for a, b in pairs if a.op == b.op == "name"] for pairs in products]
    rows = [[f"{a} {b}" for a, b in pairs if a[:1].islower() and b[:1].isupper() and a not in known] for pairs in names]
    if any(b[:1].islower() and a[:1].isupper() for pairs in names for a, b in pairs) or sum(map(bool, rows)) < 2:
        return ""
    return next(r for pairs in rows for r in pairs)


def juxtaposed(n: Node) -> list[tuple[Node, Node]]:
    """The neighbours in a product with no sign between them."""
    signs = n.attr if isinstance(n.attr, tuple) else ("",) * (len(n.args) - 1)
    return [pair for pair, sign in zip(pairwise(n.args), signs) if not sign]


def summed_powers(nodes: Iterable[Node], starry: Collection[int] = ()) -> frozenset[int]:
    """The powers of which the entries are summed, by identity: (y - X w)^2 in sum((y - X w)^2), where only numbers stand beside it in
    a product, or it goes entry by entry (`starry`)."""
    found: set[int] = set()
    todo = [n.args[0] for n in nodes if n.op == "call" and n.attr in ("sum", "mean") and len(n.args) == 1]
    while todo:
        n = todo.pop()
        if n.op == "pow":
            found.add(id(n))
        elif n.op in ("add", "neg") or (n.op == "call" and by_entries(str(n.attr))):
            todo += n.args
        elif n.op == "mul":
            signs = n.attr if isinstance(n.attr, tuple) else ("",) * (len(n.args) - 1)
            others = [a for a, sign in zip(n.args, ("", *signs)) if a.op != "num" and sign != "/"]  # only numbers divide
            todo += others if len(others) == 1 or (starry and id(n) in starry) else ()
    return frozenset(found)


def starred(nodes: Sequence[Node]) -> frozenset[int]:
    """The products w * x and quotients p/q below sum(…) and mean(…), by identity, in a text without capital letters, transposes and norms:
    they go entry by entry. (A lone a before the star is a number as often: a * x.)"""
    products = [n for n in nodes if n.op == "mul" and isinstance(n.attr, tuple) and {"*", "/"}.issuperset(n.attr)]
    if not products or any(n.op in ("T", "H", "norm", "inv") or (n.op == "name" and str(n.attr)[:1].isupper()) for n in nodes):
        return frozenset()
    inside = {id(m) for n in nodes if n.op == "call" and n.attr in ("sum", "mean") and len(n.args) == 1 for m in walk(n.args[0])}
    return frozenset(id(n) for n in products if id(n) in inside and not any(a.op == "name" and _may_scale(str(a.attr)) for a in n.args))


def slopes(nodes: Iterable[Node], known: Collection[str]) -> frozenset[str]:
    """m and b of sum((y - (m*x + b))^2): letters that are numbers as often, before one of data and by themselves in a sum that is squared
    below sum(…)."""
    inside = [n.args[0] for n in nodes if n.op == "call" and n.attr in ("sum", "mean") and len(n.args) == 1]
    if not inside:
        return frozenset()
    squares = [m.args[0] for a in inside for m in walk(a) if m.op == "pow" and m.args[0].op == "add" and m.args[1].attr == 2]
    found: set[str] = set()
    for square in squares:
        parts, todo = list[Node](), list(square.args)
        while todo:
            a = todo.pop()
            (todo if a.op in ("add", "neg") else parts).extend(a.args if a.op in ("add", "neg") else (a,))
        pairs = [a.args for a in parts if a.op == "mul" and len(a.args) == 2 and a.args[0].op == a.args[1].op == "name"]
        before = [str(a.attr) for a, b in pairs if split_name(str(a.attr))[0] in _OFTEN_NUMBERS and _is_data(str(b.attr))]
        alone = [str(a.attr) for a in parts if a.op == "name"]
        if before and any(map(_is_data, alone)) and len(before) == len(parts) - len(alone):
            found.update(before, (name for name in alone if split_name(name)[0] in _OFTEN_NUMBERS))
    return frozenset(found.difference(known))


def _is_data(name: str) -> bool:
    return split_name(name)[0] in OFTEN_VECTORS


def is_ellipse(n: Node) -> bool:
    """1 - e^2 and 1 - e^2 sin(phi)^2, where e is no power of Euler's number."""
    one, other = n.args[0], n.args[-1]
    power = other.args[0] if other.op == "neg" else other
    power = power.args[0] if power.op == "mul" else power
    square = power.op == "pow" and power.args[0].attr == "e" and power.args[1].attr == 2
    return len(n.args) == 2 and other.op == "neg" and square and one.op == "num" and one.attr == 1


def _may_scale(name: str) -> bool:
    base = split_name(name)[0]
    return base in GREEK or base in _OFTEN_NUMBERS


def means(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    """mu of sum((x - mu)^2): where it stands nowhere but in differences from a small Latin letter, of which the entries are summed, it is
    the number that they are spread about."""
    if any(n.op in ("T", "norm", "H", "inv") for n in nodes):
        return frozenset()
    names = [str(n.attr) for n in nodes if n.op == "name"]
    found = {name for name in names if split_name(name)[0] == "mu" and name not in known}
    inside = [m for n in nodes if n.op == "call" and n.attr in ("sum", "mean") and found for m in walk(n.args[0])]
    spread = [name for m in {id(m): m for m in inside}.values() for name in spread_about(m)]
    return frozenset(name for name in found if spread.count(name) == names.count(name))


def spread_about(n: Node) -> list[str]:
    """m of x - m or m - x, a difference of two names of which x is a small Latin letter; both where both are."""
    parts = [a.args[0] if a.op == "neg" else a for a in n.args] if n.op == "add" and len(n.args) == 2 else []
    names = [str(a.attr) for a in parts if a.op == "name"]
    latin = [name[:1].islower() and split_name(name)[0] not in GREEK for name in names]
    return [a for a, other in zip(names, reversed(latin)) if other] if len(names) == 2 else []


def deviations(nodes: Iterable[Node]) -> frozenset[int]:
    r"""The squares of sums below the sign of a sum, by identity: (Y_i - X_i^T b)^2 in \sum_i (Y_i - X_i^T b)^2, of numbers first."""
    found: set[int] = set()
    todo = [n.args[0] for n in nodes if n.op == "sum"]
    while todo:
        n = todo.pop()
        if n.op == "pow" and n.args[0].op == "add" and n.args[1].attr == 2:
            found.add(id(n))
        elif n.op in ("add", "neg", "mul", "sum"):
            todo += n.args
    return frozenset(found)


def paired(nodes: Sequence[Node], places: Collection[str], known: Collection[str]) -> frozenset[str]:
    """Undeclared names with two indices of which the transpose or the norm is taken: x_{it}^T b is of vectors, not of entries."""
    if len(places) < 2:
        return frozenset()
    over = [n.args[0] for n in nodes if n.op in ("T", "H", "norm")]
    parts = [a for n in over for a in ((n, *n.args) if n.op in ("add", "neg") else (n,))]
    used = [split_indexed(str(a.attr)) for a in parts if a.op == "name"]
    turned = {split_indexed(str(n.args[0].attr))[0] for n in nodes if n.op in ("T", "H")}
    letters = {b: sub.replace(",", "") for b, sub in used if b not in known and (b in turned or not b[:1].isupper())}
    return frozenset(b for b, c in letters.items() if len(set(c)) == len(c) == 2 and all(i in places for i in c))
