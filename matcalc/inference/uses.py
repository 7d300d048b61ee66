"""What the text itself says of the kinds of undeclared names, before any is guessed.

A lower-case letter is a vector first only where something in the text is about vectors and touches it: it is transposed, normed,
multiplied by a matrix, added to such a thing. A text with nothing of linear algebra in it, `m x + b`, is about numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise

from ..interning import regex
from ..ops import function_names
from ..ops.book import REGISTRY, SHORTHANDS
from ..reading.spellings import GREEK_WORDS
from ..syntax import Binding, Node, Program, same, split_name, walk
from .shorthands import meaning_of, shorthands

_THROUGH = frozenset({"add", "neg", "mul", "ew", "sum", "product", "and", "cmp"})  # a vector in it is one of its parts
_OF_ARRAYS = frozenset({"T", "H", "norm", "inv", "pinv", "inner", "ew", "epow", "index", "literal", "bars"})
_EXPONENTS = GREEK_WORDS | {"a", "b", "c"}  # what a matrix is not raised to
SIZE_LETTERS = frozenset("nNdDmpk")
COUNT = "N"  # a capital letter that more often says how many there are than it is a matrix
MATRICES = frozenset("ABCPQWXYZ")  # capital letters that are matrices first, whatever stands beside them
OFTEN_VECTORS = frozenset("huvwxyz")  # what stands beside a capital letter as a vector more often than as a number
_COUNTING = ("count", "len", "length", "numel")
_BRA = regex(r"(?:\||\\vert|\\mid|\\bra\s*\{[^{}]*\})\s*\Z")
_OF_VECTORS = frozenset({"T", "H", "norm", "inner", "ew", "epow", "index"})


def is_unknown_function(name: str) -> bool:
    """Whether a call of this name is of no function of the book."""
    name = name.rstrip(".")
    return bool(name) and name not in REGISTRY and name not in SHORTHANDS and name not in function_names()


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


def capitals_are_numbers(nodes: Sequence[Node], known: Collection[str], wrt: Collection[str] = ()) -> bool:
    """Whether the undeclared capital letters are numbers, in a text without linear algebra: one divides, or is T; a power has a Greek
    exponent or is a third, 0.3 and the like; two stand under roots, as in K^{1/2} L^{1/2}; one is an amplitude, as in A e^{-k t}, or in
    the exponents of a sum; or what holds one is divided by r, by (1 + r)^t; one is an I that is no identity; its price stands before it,
    as in w_L L; they are S_{xx} and S_{xy}; half of one stands before a square, as in 1/2 C V^2; another letter has powers, as in
    A v^3; or all of them stand in logarithms alone."""

    def has(root: Node, fits: Callable[[str], bool]) -> bool:
        return any(n.op == "name" and n.attr not in known and fits(split_name(str(n.attr))[0]) for n in walk(root))

    if any(n.op in _OF_ARRAYS or (n.op == "mul" and isinstance(n.attr, tuple) and "@" in n.attr) for n in nodes):
        return False
    calls = {str(n.attr) for n in nodes if n.op == "call"}
    if any(not is_unknown_function(name) and _takes_arrays(name) and not _goes_by_entries(name) for name in calls):
        return False
    if any(n.op == "name" and n.attr == "T" for n in nodes) and "T" not in known:  # a time or a temperature
        return True
    if _is_no_identity([n for n in nodes if n.op == "name" and (n.attr not in known or n.attr == "I")], nodes, wrt):
        return True
    if any(_is_series(n) for n in nodes):
        return False
    raised = {str(n.args[0].attr) for n in nodes if n.op == "pow" and n.args[0].op == "name" and n.args[1].op == "num"} - {"e"}
    acts = any(_acts(a, b) and b.attr not in raised for n in nodes if n.op == "mul" for a, b in pairwise(n.args))
    if not acts and any(n.islower() and n not in known and n not in GREEK_WORDS for n in raised):
        return True
    if _are_moments({str(n.attr) for n in nodes if n.op == "name" and n.attr not in known}) and not acts:
        return True
    if any(_is_price(a, b) or _are_roots(a, b) for n in nodes if n.op == "mul" for a, b in pairwise(n.args)):
        return True
    inner = {id(a) for n in nodes if n.op == "mul" for a in n.args if a.op == "mul"}
    for n in nodes:
        if n.op == "mul" and id(n) not in inner:
            factors, divisors = _factors(n)
            if any(has(a, str.isupper) for a in divisors):
                return True
            if not acts and _is_energy(factors, divisors, known):
                return True
            amplitude = any(a.op in ("name", "add") and has(a, str.isupper) for a in factors)
            if amplitude and not acts and (any(map(_is_length, divisors)) or any(map(_is_wave, factors))):
                return True
        elif n.op == "pow" and n.args[0].op == "name" and n.args[0].attr != "e":
            if has(n.args[1], _EXPONENTS.__contains__) or (has(n.args[0], str.isupper) and _share(n.args[1]) > 2):
                return True
    if any(not acts and has(n.args[0], str.isupper) and _is_sum_of_exponentials(n) for n in nodes if n.op == "sum"):
        return True
    if any(_has_number_beside_capital(n, known) for n in map(_exponent, nodes) if n is not None):
        return True
    capital = [n for n in nodes if n.op == "name" and n.attr not in known and str(n.attr)[:1].isupper()]
    capital = [n for n in capital if split_name(str(n.attr))[0] != "I"]
    inside = {id(n.args[0]) for n in nodes if n.op == "call" and n.attr == "log"}
    return bool(capital) and len(nodes) > 2 and all(id(n) in inside for n in capital)


def _are_moments(names: Collection[str]) -> bool:
    """S_{xx}, S_{xy} and S_{yy}: sums of squares and products."""
    below = [split_name(n)[1] for n in names if n[:1].isupper()]
    return len(below) > 1 and all(len(s) == 2 and s.isalpha() and s.islower() for s in below) and any(s[0] == s[1] for s in below)


def _share(n: Node) -> int:
    """The denominator of an exponent: 10 of 0.3, 3 of -2/3. Only numbers have powers beyond halves. (A^{1/2} is the root of a matrix.)"""
    n = n.args[0] if n.op == "neg" else n
    above = n.args if n.op == "mul" and n.attr == ("/",) else (n,)
    found = [a.attr for a in above if a.op == "num" and isinstance(a.attr, Fraction)]
    return (found[0] / (found[1] or 1) if len(found) > 1 else found[0]).denominator if len(found) == len(above) else 1


def _are_roots(a: Node, b: Node) -> bool:
    """K^{1/2} L^{1/2}: the roots of two letters of which neither is a matrix first."""
    both = [n.args[0].attr for n in (a, b) if n.op == "pow" and n.args[0].op == "name" and _share(n.args[1]) == 2]
    return len(set(both)) == 2 and MATRICES.isdisjoint(split_name(str(n))[0] for n in both)


def _is_price(a: Node, b: Node) -> bool:
    """w_L L, P_x X: a letter with the capital letter behind it, or its small one, as its subscript."""
    base, sub = split_name(str(a.attr)) if a.op == "name" else ("", "")
    own = b.op == "name" and str(b.attr)[:1].isupper() and b.attr in (sub, sub.upper())
    return own and (base.islower() if sub == b.attr else base == "P")


def _is_no_identity(names: Sequence[Node], nodes: Sequence[Node], wrt: Collection[str]) -> bool:
    """I, where it is differentiated by, has a power, is I_0 or I_1, or is the one capital letter of a text with more in it than a product
    of numbers: P = I^2 R, I_0 e^{-mu x}, p x - I."""
    found = {str(n.attr) for n in names}
    own = {n for n in found if n == "I" or n in ("I_0", "I_1")}
    if not own:
        return False
    squared = any(n.op == "pow" and n.args[0].attr == "I" and n.args[1].op == "num" and n.args[1].attr != -1 for n in nodes)
    alone = all(not n[:1].isupper() or split_name(n)[0] == "I" for n in found) and len(nodes) > 2
    return squared or alone or own != {"I"} or "I" in wrt


def _is_series(n: Node) -> bool:
    """I + t K + t^2 K^2: an I by itself in a sum with a square of another capital letter. (C + I + G is of numbers.)"""
    if n.op != "add" or not any(a.op == "name" and a.attr == "I" for a in n.args):
        return False
    squares = [m.args[0] for a in n.args for m in walk(a) if m.op == "pow" and m.args[1].op == "num" and m.args[0].op == "name"]
    return any(str(base.attr)[:1].isupper() and base.attr != "I" for base in squares)


def _is_energy(factors: Sequence[Node], divisors: Sequence[Node], known: Collection[str]) -> bool:
    """1/2 C V^2, 1/2 k (V - U)^2: a square of capital letters, another letter, a number that divides. (A X^2 may be of matrices.)"""
    squares = [a for a in factors if a.op == "pow" and a.args[1].op == "num" and a.args[1].attr == 2]
    bases = [[str(m.attr) for m in walk(a.args[0]) if m.op == "name" and m.attr not in known] for a in squares]
    others = [a for a in factors if a.op == "name"]
    return any(a.op == "num" for a in divisors) and bool(others) and any(b and all(n[:1].isupper() for n in b) for b in bases)


def _factors(n: Node) -> tuple[list[Node], list[Node]]:
    """What a product is made of, and what it is divided by, through the products in it."""
    factors: list[Node] = []
    divisors: list[Node] = []
    todo = [n]
    while todo:
        n = todo.pop()
        signs = n.attr if isinstance(n.attr, tuple) else ("",) * (len(n.args) - 1)
        for a, sign in zip(n.args, ("", *signs)):
            (divisors if sign == "/" else todo if a.op == "mul" else factors).append(a)
    return factors, divisors


def operators(nodes: Sequence[Node], text: str) -> frozenset[str]:
    r"""\rho in <\psi|\rho|\phi>: a small letter between the bars is an operator, as a capital one is."""
    inside = [n.args[1] for n in nodes if n.op == "mul" and len(n.args) == 3 and n.args[0].op == "H"]
    names = [n for n in inside if n.op == "name" and n.span is not None]
    return frozenset(str(n.attr) for n in names if n.span and _BRA.search(text[: n.span[0]]))


def writes_rows(roots: Sequence[Node], known: Collection[str]) -> str:
    """x W_1, where vectors are rows: two statements and more multiply a small letter by a capital one behind it, none the other way
    round, and nothing is transposed. "" elsewhere."""
    products = [[pair for n in walk(root) if n.op == "mul" for pair in _juxtaposed(n)] for root in roots]
    nodes = [n for root in roots for n in walk(root)]
    if any(n.op in ("T", "norm", "inner", "inv") for n in nodes):
        return ""
    names = [[(str(a.attr), str(b.attr)) for a, b in pairs if a.op == b.op == "name"] for pairs in products]
    rows = [[f"{a} {b}" for a, b in pairs if a[:1].islower() and b[:1].isupper() and a not in known] for pairs in names]
    if any(b[:1].islower() and a[:1].isupper() for pairs in names for a, b in pairs) or sum(map(bool, rows)) < 2:
        return ""
    return next(r for pairs in rows for r in pairs)


def _juxtaposed(n: Node) -> list[tuple[Node, Node]]:
    """The neighbours in a product with no sign between them."""
    signs = n.attr if isinstance(n.attr, tuple) else ("",) * (len(n.args) - 1)
    return [pair for pair, sign in zip(pairwise(n.args), signs) if not sign]


def _acts(a: Node, b: Node) -> bool:
    """A x: a capital before a letter that is a vector more often than a number."""
    return a.op == b.op == "name" and str(a.attr)[:1].isupper() and split_name(str(b.attr))[0] in OFTEN_VECTORS


def _is_length(n: Node) -> bool:
    """What only numbers are divided by: r, r^2, (1 + r)^t; not n, which may be a size."""
    names = {str(m.attr) for m in walk(n) if m.op == "name"}
    return (
        n.op in ("name", "pow") and bool(names) and all(m.islower() and m not in GREEK_WORDS for m in names) and not names <= SIZE_LETTERS
    )


def _exponent(n: Node) -> Node | None:
    """What stands in e^{…} or exp(…)."""
    if n.op == "pow" and n.args[0].attr == "e":
        return n.args[1]
    return n.args[0] if n.op == "call" and n.attr == "exp" else None


def _has_number_beside_capital(n: Node, known: Collection[str]) -> bool:
    """(mu - s^2/2) t + s W, in the exponent of e, where a matrix would be added to a number."""
    if n.op != "add" or any(m.op == "name" and m.attr == "I" for m in walk(n)):
        return False
    held = [any(m.op == "name" and m.attr not in known and str(m.attr)[:1].isupper() for m in walk(a)) for a in n.args]
    return any(held) and not all(held)


def _is_wave(n: Node) -> bool:
    """e^{-k t} and cos(\\omega t + \\phi), with no capital inside."""
    inside = _exponent(n) or (n.args[0] if n.op == "call" and n.attr in ("cos", "sin") else None)
    names = {split_name(str(m.attr))[0] for m in walk(inside) if m.op == "name"} if inside is not None else set()
    return bool(names) and all(m.islower() for m in names) and (n.op == "pow" or not names.isdisjoint(GREEK_WORDS))


def _is_sum_of_exponentials(n: Node) -> bool:
    """sum_k e^{-\\beta E_k}."""
    inside = _exponent(n.args[0])
    return inside is not None and any(m.op == "name" and "_" in str(m.attr) and str(m.attr)[:1].isupper() for m in walk(inside))


def numbers(program: Program, arrays: Mapping[str, bool], capitals: bool = False) -> frozenset[str]:
    """The undeclared names that nothing in the text makes vectors. `arrays` says of the declared names whether they are arrays, and
    `capitals` whether the capital letters are numbers.

    Of a name by itself the text says nothing.
    """
    if not program.bindings and not program.body.args:
        return frozenset()
    holds: dict[int, bool] = {}
    bound: dict[str, bool] = {}
    statements = [*program.bindings, Binding("", program.body)]
    nodes = [n for b in statements for n in walk(b.value)]
    known = {*arrays, *(b.name for b in program.bindings)}
    coefficients = _before_sums(nodes, known) | _labels(nodes, known)
    arrays = {**arrays, **dict.fromkeys(coefficients, False)}
    for b in statements:
        bound[b.name] = _measure(b.value, arrays, bound, holds, capitals)
    factors = frozenset() if any(holds[id(n)] for n in nodes) else _small_factors(nodes, known)
    touched: set[str] = set()
    functions: dict[str, tuple[bool, ...]] = {}  # of each function that the text defines: which of its arguments are vectors
    for b in statements:
        if b.params:
            inside: set[str] = set()
            _touch(b.value, False, holds, inside, functions, factors)
            functions[b.name] = tuple(p in inside for p in b.params)
            touched |= inside.difference(b.params)
    for b in reversed(statements):
        if not b.params:
            _touch(b.value, b.name in touched, holds, touched, functions, factors)
    names = {str(n.attr) for b in statements for n in walk(b.value) if n.op == "name"} - arrays.keys() - bound.keys() - touched
    return coefficients | {n for n in names if split_name(n)[0].islower() or n == COUNT}


def _before_sums(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    """J in -J sum_i s_i s_{i+1}, G in G m_i m_j: capital letters that stand before the signs of sums, or before two entries of one vector,
    and nowhere else."""
    names = [str(n.attr) for n in nodes if n.op == "name"]
    products = [n.args for n in nodes if n.op == "mul"]
    before = [str(a.attr) for args in products for a, b in pairwise(args) if a.op == "name" and b.op == "sum" and _is_of_numbers(b)]
    before += [str(a.attr) for args in products for a, b, c in zip(args, args[1:], args[2:]) if a.op == "name" and _are_entries(b, c)]
    free = {n for n in before if n[:1].isupper() and n not in known}
    return frozenset(n for n in free if before.count(n) == names.count(n))


def _labels(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    """y in log(1 + exp(-y w^T x)) and max(0, 1 - y w^T x): what stands before an inner product in a function of numbers, and is itself
    nowhere transposed or under a norm. (u w^T x by itself may be a matrix times a vector.)"""
    found: set[str] = set()
    for n in nodes:
        if n.op == "call" and (_is_entrywise(str(n.attr)) or n.attr in ("max", "min")) and not is_unknown_function(str(n.attr)):
            parts = [m for a in n.args for m in (a.args if a.op == "add" else (a,))]
            products = [m.args[0] if m.op == "neg" else m for m in parts]
            found |= {str(m.args[0].attr) for m in products if m.op == "mul" and _is_before_inner(m)}
    turned = {str(n.args[0].attr) for n in nodes if n.op in _OF_VECTORS}
    return frozenset(n for n in found - turned if n[:1].islower() and n not in known)


def _is_before_inner(n: Node) -> bool:
    """y w^T x"""
    first, *others = n.args
    ends = len(others) > 1 and others[0].op == "T" and others[0].args[0].op == others[-1].op == "name"
    divides = isinstance(n.attr, tuple) and "/" in n.attr
    return ends and not divides and first.op == "name" and first.attr not in (others[0].args[0].attr, others[-1].attr)


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


def _measure(root: Node, arrays: Mapping[str, bool], bound: Mapping[str, bool], holds: dict[int, bool], capitals: bool = False) -> bool:
    """Note of every node below `root` whether its value may be an array, as far as signs and capital letters tell."""
    for n in reversed(list(walk(root))):  # parts before wholes
        parts = [holds[id(a)] for a in n.args]
        if n.op == "name":
            name = str(n.attr)
            known = arrays.get(name, bound.get(name))
            holds[id(n)] = name[:1].isupper() and name != COUNT and not capitals if known is None else known
        elif n.op in ("norm", "inner", "bars", "index", "iverson"):
            holds[id(n)] = False
        elif n.op == "call":
            holds[id(n)] = (any(parts) and not _is_number(str(n.attr).rstrip("."))) or _is_array(str(n.attr))
        elif n.op in ("pow", "epow"):
            holds[id(n)] = parts[0] or (parts[1] and n.args[0].op == "name" and n.args[0].attr == "e")
        elif n.op == "mul" and n.args[0].op in ("T", "H") and _is_small(n.args[0].args[0]) and _is_small(n.args[-1]):
            holds[id(n)] = False  # x^T A x
        elif n.op == "mul" and _is_cross(n, arrays):
            holds[id(n)] = True
        else:
            holds[id(n)] = n.op in ("T", "H", "literal", "pinv") or any(parts)
    return holds[id(root)]


def _is_cross(n: Node, arrays: Mapping[str, bool]) -> bool:
    """a × b of two names, neither of which is declared a number."""
    signs = n.attr if isinstance(n.attr, tuple) else ()
    pairs = [(a, b) for a, b, sign in zip(n.args, n.args[1:], signs) if sign == "×"]
    return len(pairs) == len(signs) == 1 and all(a.op == "name" and arrays.get(str(a.attr), True) for a in pairs[0])


@cache
def _is_number(name: str) -> bool:
    """Whether a function's value is a number, whatever it is of: tr, sum, mean, dot."""
    op = REGISTRY.get(name)
    if op is not None:
        return op.signature.endswith("-> 1 1")
    meaning = shorthands().get(name)
    if meaning is None:
        return name in (*_COUNTING, "dot")
    return not _measure(meaning.value, dict.fromkeys(meaning.params, True), {}, {})


@cache
def _is_array(name: str) -> bool:
    """Whether a function's value is an array, whatever it is of: skew, cross."""
    op, meaning = REGISTRY.get(name), shorthands().get(name)
    if op is not None:
        return bool(set(op.signature.partition("->")[2].split()) & set("23456789"))
    return meaning is not None and _measure(meaning.value, dict.fromkeys(meaning.params, False), {}, {})


def _is_small(n: Node) -> bool:
    return n.op == "name" and str(n.attr)[:1].islower()


def _small_factors(nodes: Sequence[Node], known: Collection[str]) -> frozenset[str]:
    """p and q of p q - c(q): small letters side by side, of which the text makes no arrays, are numbers also below functions of which
    nothing is known."""
    pairs = [pair for n in nodes if n.op == "mul" for pair in _juxtaposed(n) if all(a.op == "name" for a in pair)]
    names = [[str(a.attr) for a in pair] for pair in pairs]
    return frozenset(n for pair in names if all(n[:1].islower() and n not in known for n in pair) for n in pair)


def _touch(
    root: Node,
    whole: bool,
    holds: Mapping[int, bool],
    touched: set[str],
    functions: Mapping[str, Sequence[bool]],
    factors: Collection[str] = (),
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
                entries = _goes_by_entries(str(node.attr))  # sqrt
                inside = (_takes_arrays(str(node.attr)) and not entries) or (vector and (entries or _is_entrywise(str(node.attr))))
            elif node.op in _OF_VECTORS:
                inside = k == 0 or node.op in ("ew", "inner")
            elif node.op in ("add", "mul"):
                inside = vector or others or "@" in signs or a in both
            else:
                inside = vector and node.op in _THROUGH
            todo.append((a, inside))


def _is_entrywise(name: str) -> bool:
    op = REGISTRY.get(name.rstrip("."))
    return name.endswith(".") or op is None or op.elementwise


@cache
def _goes_by_entries(name: str) -> bool:
    """Whether a shorthand of one argument is of numbers, or goes entry by entry: sqrt(x) = x.^(1/2)."""
    if name in SHORTHANDS and len(SHORTHANDS[name].params) > 1:  # multiply(x, y)
        return False
    ops = ("name", "num", "add", "neg", "mul", "ew", "pow", "epow", "call")
    nodes = list(walk(meaning_of(name).value)) if name in SHORTHANDS else []
    calls = [REGISTRY.get(str(n.attr)) for n in nodes if n.op == "call"]
    return bool(nodes) and all(n.op in ops for n in nodes) and all(op is not None and op.elementwise for op in calls)


def _takes_arrays(name: str) -> bool:
    """Whether a function is of vectors or matrices: sum, softmax, diag, tr, or one that the text defines."""
    if name in SHORTHANDS or name in _COUNTING:
        return True
    op = REGISTRY.get(name)
    if op is None:
        return is_unknown_function(name)
    given = op.signature.partition("->")[0]
    if name == "atan2":  # entry by entry, as max is, and of numbers where nothing else is said: max(0, x) is of vectors too
        return False
    return not op.elementwise and any(part.split() != ["1", "1"] for part in given.split(","))


def summed_powers(nodes: Iterable[Node]) -> frozenset[int]:
    """The powers of which the entries are summed, by identity: (y - X w)^2 in sum((y - X w)^2), where only numbers stand beside it in
    a product."""
    found: set[int] = set()
    todo = [n.args[0] for n in nodes if n.op == "call" and n.attr in ("sum", "mean") and len(n.args) == 1]
    while todo:
        n = todo.pop()
        if n.op == "pow":
            found.add(id(n))
        elif n.op in ("add", "neg") or (n.op == "call" and _by_entries(str(n.attr))):
            todo += n.args
        elif n.op == "mul":
            others = [a for a in n.args if a.op != "num"]
            todo += others if len(others) == 1 else ()
    return frozenset(found)


def _by_entries(name: str) -> bool:
    return name == "sqrt" or (name in REGISTRY and REGISTRY[name].elementwise)
