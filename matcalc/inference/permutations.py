r"""The permutation symbol beside vectors: \epsilon_{ijk} a_j b_k is a × b, and \epsilon_{ijk} a_i b_j c_k is a^T (b × c); beside
a matrix, \epsilon_{ijk} A_{ij} v_k is -2 vex(A)^T v.

Elsewhere, and below the sign of a sum, the symbol is the polynomial (i - j) (j - k) (k - i)/2 of its indices (see `standing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..reading.subscripts import split_indexed
from ..syntax import Binding, Declaration, Node, Program, walk

SYMBOLS = ("epsilon", "varepsilon")


def with_crosses(program: Program, declared: Mapping[str, Declaration]) -> tuple[Program, list[str]]:
    """The program with these products as cross products, and what to say of them."""
    roots = [*(b.value for b in program.bindings), program.body]
    nodes = [n for root in roots for n in walk(root)]
    if any(n.op in ("sum", "product") for n in nodes) or not declared.keys().isdisjoint(SYMBOLS):
        return program, []
    notes: list[str] = []
    done = [_crossed(root, root is program.body and not program.bindings, notes) for root in roots]
    if not notes:
        return program, []
    bindings = tuple(Binding(b.name, value, b.params, b.span) for b, value in zip(program.bindings, done))
    return program.with_values(bindings, done[-1]), notes


def _crossed(root: Node, whole: bool, notes: list[str]) -> Node:
    new: dict[int, Node] = {}
    for n in reversed(list(walk(root))):
        args = tuple(new[id(a)] for a in n.args)
        node = n if all(a is b for a, b in zip(args, n.args)) else Node(n.op, args, n.attr, n.span)
        new[id(n)] = (_product(node, whole and n is root, notes) if n.op == "mul" else None) or node
    return new[id(root)]


def _product(n: Node, whole: bool, notes: list[str]) -> Node | None:
    """The product with the symbol in it; a column where it is the `whole` text and one index is left."""
    if isinstance(n.attr, tuple) and any(n.attr):
        return None
    parts = [split_indexed(str(a.attr)) if a.op == "name" else ("", "") for a in n.args]
    symbols = [k for k, (base, _) in enumerate(parts) if base in SYMBOLS]
    letters = parts[symbols[0]][1].replace(",", "") if len(symbols) == 1 else ""
    if len(letters) != 3 or not letters.isalpha() or len(set(letters)) < 3:
        return None
    with_matrix = _of_matrix(n, parts, symbols[0], letters, whole, notes)
    if with_matrix is not None:
        return with_matrix
    at = {sub: k for k, (_, sub) in enumerate(parts) if len(sub) == 1 and sub in letters}
    beside = [k for k, (_, sub) in enumerate(parts) if k != symbols[0] and not set(sub).isdisjoint(letters)]
    if len(at) != len(beside) or len(at) < 3 - whole:
        return None
    first = next((k for k, c in enumerate(letters) if c not in at), 0)
    a, b, c = (letters[(first + k) % 3] for k in range(3))  # the order of the three counts but for turning them round

    def column(letter: str) -> Node:
        return Node("name", (), parts[at[letter]][0], n.args[at[letter]].span)

    cross = Node("call", (column(b), column(c)), "cross", n.span)
    found = cross if a not in at else Node("mul", (Node("T", (column(a),)), cross), ("",), n.span)
    notes.append(f"{n.args[symbols[0]].attr} beside {parts[at[b]][0]} and {parts[at[c]][0]} makes their cross product")
    others = [f for k, f in enumerate(n.args) if k != symbols[0] and k not in at.values()]
    return Node("mul", (*others, found), ("",) * len(others), n.span) if others else found


def _of_matrix(n: Node, parts: list[tuple[str, str]], symbol: int, letters: str, whole: bool, notes: list[str]) -> Node | None:
    r"""\epsilon_{ijk} A_{ij} v_k is -2 vex(A)^T v, \epsilon_{ijk} A_{ij} the column -2 vex(A); with j and i exchanged it is 2 vex(A)."""
    beside = {k: sub.replace(",", "") for k, (_, sub) in enumerate(parts) if k != symbol and not set(sub).isdisjoint(letters)}
    pairs = [k for k, sub in beside.items() if len(sub) == 2 and len(set(sub) & set(letters)) == 2]
    if len(pairs) != 1 or len(beside) > 2 or (len(beside) == 1 and not whole):
        return None
    left = next(c for c in letters if c not in beside[pairs[0]])
    if any(sub != left for k, sub in beside.items() if k != pairs[0]):
        return None
    column = Node("call", (Node("name", (), parts[pairs[0]][0], n.args[pairs[0]].span),), "vex", n.span)
    vectors = [Node("name", (), parts[k][0], n.args[k].span) for k in beside if k != pairs[0]]
    body = [Node("T", (column,)), *vectors] if vectors else [column]
    others = [f for k, f in enumerate(n.args) if k != symbol and k not in beside]
    twice = Node("mul", (Node("num", (), Fraction(2)), *others, *body), ("",) * (len(others) + len(body)), n.span)
    notes.append(f"{n.args[symbol].attr} beside {n.args[pairs[0]].attr} makes the vector of its skew part")
    turned = beside[pairs[0]] + left in letters + letters
    return Node("neg", (twice,), None, n.span) if turned else twice
