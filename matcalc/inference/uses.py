"""What the text itself says of the kinds of undeclared names, before any is guessed.

A lower-case letter is a vector first only where something in the text is about vectors and touches it: it is transposed, normed,
multiplied by a matrix, added to such a thing. A text with nothing of linear algebra in it, `m x + b`, is about numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from ..syntax import Binding, Node, Program, same, split_name, walk
from .alone import slopes
from .takes import goes_by_entries, is_count, is_entrywise, is_unknown_function, measure, takes_arrays

_THROUGH = frozenset({"add", "neg", "mul", "ew", "sum", "product", "and", "cmp"})  # a vector in it is one of its parts
_OF_VECTORS = frozenset({"T", "H", "norm", "inner", "ew", "epow", "index"})


def numbers(
    program: Program, arrays: Mapping[str, bool], capitals: bool = False, summed: Callable[[], Collection[int]] = tuple
) -> frozenset[str]:
    """The undeclared names that nothing in the text makes vectors. `arrays` says of the declared names whether they are arrays, and
    `capitals` whether the capital letters are numbers; `summed` gives the powers of which the entries are summed.

    Of a name by itself the text says nothing.
    """
    if not program.bindings and not program.body.args:
        return frozenset()
    holds: dict[int, bool] = {}
    bound: dict[str, bool] = {}
    statements = [*program.bindings, Binding("", program.body)]
    nodes = [n for b in statements for n in walk(b.value)]
    known = {*arrays, *(b.name for b in program.bindings)}
    coefficients = _before_sums(nodes, known) | _labels(nodes, known) | _before_forms(nodes, known)
    coefficients |= _distances(nodes, known) if capitals else frozenset()
    coefficients |= slopes(nodes, known)
    arrays = {**arrays, **dict.fromkeys(coefficients, False)}
    for b in statements:
        bound[b.name] = measure(b.value, arrays, bound, holds, capitals)
    plain = not any(_is_linear_algebra(n, holds, known) for n in nodes)
    factors = frozenset(str(n.attr) for n in nodes if plain and n.op == "name")
    touched: set[str] = set()
    functions: dict[str, tuple[bool, ...]] = {}  # of each function that the text defines: which of its arguments are vectors
    for b in statements:
        if b.params:
            inside: set[str] = set()
            _touch(b.value, False, holds, inside, functions, factors, summed)
            functions[b.name] = tuple(p in inside for p in b.params)
            touched |= inside.difference(b.params)
    for b in reversed(statements):
        if not b.params:
            _touch(b.value, b.name in touched, holds, touched, functions, factors, summed)
    names = {str(n.attr) for b in statements for n in walk(b.value) if n.op == "name"} - arrays.keys() - bound.keys() - touched
    return coefficients | {n for n in names if split_name(n)[0].islower() or is_count(n)}


def _before_sums(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    """J in -J sum_i s_i s_{i+1}, G in G m_i m_j: capital letters that stand before the signs of sums, or before two entries of one vector,
    and nowhere else."""
    names = [str(n.attr) for n in nodes if n.op == "name"]
    products = [n.args for n in nodes if n.op == "mul"]
    before = [str(a.attr) for args in products for a, b in pairwise(args) if a.op == "name" and b.op == "sum" and _is_of_numbers(b)]
    before += [str(a.attr) for args in products for a, b, c in zip(args, args[1:], args[2:]) if a.op == "name" and _are_entries(b, c)]
    free = {n for n in before if n[:1].isupper() and n not in known}
    return frozenset(n for n in free if before.count(n) == names.count(n))


def _distances(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    """m in sum_i |Y_i - m|, of observations that are numbers."""
    sums = [[a.args[0] if a.op == "neg" else a for a in n.args[0].args] for n in nodes if n.op == "bars" and n.args[0].op == "add"]
    beside = [parts for parts in sums if any(a.op == "name" and str(a.attr)[:1].isupper() and "_" in str(a.attr) for a in parts)]
    return frozenset(str(a.attr) for parts in beside for a in parts if a.op == "name" and str(a.attr).islower() and a.attr not in known)


def _labels(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    """y in log(1 + exp(-y w^T x)) and max(0, 1 - y w^T x): what stands before an inner product in a function of numbers, and is itself
    nowhere transposed or under a norm. (u w^T x by itself may be a matrix times a vector.)"""
    found: set[str] = set()
    for n in nodes:
        if n.op == "call" and (is_entrywise(str(n.attr)) or n.attr in ("max", "min")) and not is_unknown_function(str(n.attr)):
            parts = [m for a in n.args for m in (a.args if a.op == "add" else (a,))]
            products = [m.args[0] if m.op == "neg" else m for m in parts]
            found |= {str(m.args[0].attr) for m in products if m.op == "mul" and _is_before_inner(m)}
            found |= {name for m in products if m.op == "mul" for name in _before_affine(m)}
    turned = {str(n.args[0].attr) for n in nodes if n.op in _OF_VECTORS}
    return frozenset(n for n in found - turned if n[:1].islower() and n not in known)


def _before_forms(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    """c in c x^T A x and n in n (x - m)^T S (x - m): small letters before a quadratic form that ends the product, nowhere transposed or
    under a norm. (a b^T x is an outer product times x.)"""
    found: set[str] = set()
    for n in nodes:
        if n.op == "mul" and not (isinstance(n.attr, tuple) and {"/", "@", "×", "."} & {*n.attr}):
            at = next((k for k, a in enumerate(n.args) if a.op == "T"), 0)
            if 0 < at < len(n.args) - 1 and same(n.args[at].args[0], n.args[-1]):
                found |= {str(a.attr) for a in n.args[:at] if a.op == "name" and a.attr not in _names_below(n.args[at:])}
    turned = {str(n.args[0].attr) for n in nodes if n.op in _OF_VECTORS}
    return frozenset(n for n in found - turned if n[:1].islower() and n not in known)


def _names_below(roots: Sequence[Node]) -> set[object]:
    return {m.attr for root in roots for m in walk(root) if m.op == "name"}


def _is_before_inner(n: Node) -> bool:
    """y w^T x"""
    first, *others = n.args
    ends = len(others) > 1 and others[0].op == "T" and others[0].args[0].op == others[-1].op == "name"
    divides = isinstance(n.attr, tuple) and "/" in n.attr
    return ends and not divides and first.op == "name" and first.attr not in (others[0].args[0].attr, others[-1].attr)


def _before_affine(n: Node) -> list[str]:
    """y and b of y (w^T x + b), y*(w . x + b)."""
    first, *others = n.args
    if len(others) != 1 or first.op != "name" or others[0].op != "add" or (isinstance(n.attr, tuple) and n.attr[0] not in ("", "*")):
        return []
    parts = [a.args[0] if a.op == "neg" else a for a in others[0].args]
    products = [a for a in parts if a.op == "mul" and len(a.args) == 2 and a.args[1].op == "name"]
    inner = [a for a in products if a.args[0].op == "T" or a.attr == (".",)]
    alone = [str(a.attr) for a in parts if a.op == "name"]
    return [str(first.attr), *alone] if len(inner) == len(parts) - len(alone) and inner else []


def _is_of_numbers(n: Node) -> bool:
    """Whether a sum can only be of numbers: of s_i s_j, of (x_i - y_i)^2; A sum_i a_i x_i may be a matrix times a vector."""
    body = n.args[0]
    while body.op in ("sum", "neg"):
        body = body.args[0]
    return body.op in ("pow", "norm", "inner") or any(
        m.op == "mul" and any(_are_entries(a, b) for a, b in pairwise(m.args)) for m in walk(body)
    )


def _are_entries(a: Node, b: Node) -> bool:
    """m_i m_j, of which only numbers have a product."""
    if not a.op == b.op == "name":
        return False
    (base, i), (other, j) = split_name(str(a.attr)), split_name(str(b.attr))
    return base == other and base.islower() and i != j and i[:1].isalpha() and j[:1].isalpha()


def _is_linear_algebra(n: Node, holds: Mapping[int, bool], known: Collection[str]) -> bool:
    """Whether a node says that a text is not about numbers alone: arrays, signs and functions of arrays, declared functions, sums."""
    if n.op == "call":
        name = str(n.attr)
        if name.rstrip("'") in known:
            return True
        return not is_unknown_function(name) and takes_arrays(name) and not goes_by_entries(name)
    return holds[id(n)] or n.op in _OF_VECTORS or n.op in ("sum", "product", "bars", "iverson")


def _is_of_two(n: Node) -> bool:
    """max(x, y), min(a x, b): of numbers where nothing else is said, and max(0, x) may be of a vector."""
    return n.attr in ("max", "min") and len(n.args) == 2 and all(a.op != "num" for a in n.args)


def _touch(
    root: Node,
    whole: bool,
    holds: Mapping[int, bool],
    touched: set[str],
    functions: Mapping[str, Sequence[bool]],
    factors: Collection[str] = (),
    summed: Callable[[], Collection[int]] = tuple,
) -> None:
    """Add the names below `root` that stand where a vector does; `whole` says that `root` itself does. `factors` are numbers where they are
    arguments of functions of which nothing is known."""
    todo = [(root, whole)]
    while todo:
        node, vector = todo.pop()
        if node.op == "name" and vector:
            touched.add(str(node.attr))
        arrays = sum(holds[id(a)] for a in node.args)
        signs = node.attr if node.op == "mul" and isinstance(node.attr, tuple) else ()
        sign = next((s for s in (".", "×") if signs.count(s) == 1), "")  # x . y, and not a . b . c
        one = signs.index(sign) if sign else -1
        both = node.args[one : one + 2] if one >= 0 else ()
        if not all(a.op == "name" for a in both) and not (len(both) == 2 and same(*both)):  # (x - y) . (x - y)
            both = ()
        for k, a in enumerate(node.args):
            others = arrays > holds[id(a)]
            if node.op == "call" and len(functions.get(str(node.attr), ())) == len(node.args):
                inside = functions[str(node.attr)][k]
            elif node.op == "call":
                if a.op == "name" and a.attr in factors and is_unknown_function(str(node.attr)):
                    continue
                entries = goes_by_entries(str(node.attr)) or _is_of_two(node)  # sqrt, max(x, y)
                inside = (takes_arrays(str(node.attr)) and not entries) or (vector and (entries or is_entrywise(str(node.attr))))
            elif node.op in _OF_VECTORS:
                inside = k == 0 or node.op in ("ew", "inner")
            elif node.op in ("add", "mul"):
                inside = vector or others or "@" in signs or a in both
            else:
                inside = vector and (node.op in _THROUGH or (node.op == "pow" and k == 0 and id(node) in summed()))
            todo.append((a, inside))
