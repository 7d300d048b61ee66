"""What functions and signs take and give: numbers, arrays, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from ..ops import function_names
from ..ops.book import REGISTRY, SHORTHANDS
from ..syntax import Node, walk
from .shorthands import meaning_of, shorthands

COUNT = "N"  # a capital letter that more often says how many there are than it is a matrix


def is_count(name: str) -> bool:
    """N, and N_1 beside N_0."""
    return name == COUNT or (name[:2] == COUNT + "_" and name[2:].isdigit())


_COUNTING = ("count", "len", "length", "numel")


def is_unknown_function(name: str) -> bool:
    """Whether a call of this name is of no function of the book."""
    name = name.rstrip(".")
    return bool(name) and name not in REGISTRY and name not in SHORTHANDS and name not in function_names()


def measure(root: Node, arrays: Mapping[str, bool], bound: Mapping[str, bool], holds: dict[int, bool], capitals: bool = False) -> bool:
    """Note of every node below `root` whether its value may be an array, as far as signs and capital letters tell."""
    for n in reversed(list(walk(root))):  # parts before wholes
        parts = [holds[id(a)] for a in n.args]
        if n.op == "name":
            name = str(n.attr)
            known = arrays.get(name, bound.get(name))
            holds[id(n)] = name[:1].isupper() and not is_count(name) and not capitals if known is None else known
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
    return not measure(meaning.value, dict.fromkeys(meaning.params, True), {}, {})


@cache
def _is_array(name: str) -> bool:
    """Whether a function's value is an array, whatever it is of: skew, cross."""
    op, meaning = REGISTRY.get(name), shorthands().get(name)
    if op is not None:
        return bool(set(op.signature.partition("->")[2].split()) & set("23456789"))
    return meaning is not None and measure(meaning.value, dict.fromkeys(meaning.params, False), {}, {})


def _is_small(n: Node) -> bool:
    return n.op == "name" and str(n.attr)[:1].islower()


def is_entrywise(name: str) -> bool:
    op = REGISTRY.get(name.rstrip("."))
    return name.endswith(".") or op is None or op.elementwise


@cache
def goes_by_entries(name: str) -> bool:
    """Whether a shorthand of one argument is of numbers, or goes entry by entry: sqrt(x) = x.^(1/2)."""
    if name in SHORTHANDS and len(SHORTHANDS[name].params) > 1:  # multiply(x, y)
        return False
    ops = ("name", "num", "add", "neg", "mul", "ew", "pow", "epow", "call")
    nodes = list(walk(meaning_of(name).value)) if name in SHORTHANDS else []
    calls = [REGISTRY.get(str(n.attr)) for n in nodes if n.op == "call"]
    return bool(nodes) and all(n.op in ops for n in nodes) and all(op is not None and op.elementwise for op in calls)


def takes_arrays(name: str) -> bool:
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


def by_entries(name: str) -> bool:
    return name == "sqrt" or (name in REGISTRY and REGISTRY[name].elementwise)


_OF_LINEAR_ALGEBRA = frozenset({"T", "H", "norm", "inv", "pinv", "inner", "ew", "epow", "index", "literal", "bars"})


def values_are_numbers(nodes: Sequence[Node]) -> bool:
    """u(c) + beta V(k): every capital letter is a function of which nothing is known, nothing stands behind its value in a product, and
    no sign is of linear algebra. (A(t) x(t) may be a matrix times a vector.)"""
    unknown = {str(n.attr).rstrip("'") for n in nodes if n.op == "call" and is_unknown_function(str(n.attr).rstrip("'"))}
    if len(nodes) < 3 or not any(name[:1].isupper() for name in unknown) or has_linear_algebra(nodes):
        return False
    if any(n.op == "name" and str(n.attr)[:1].isupper() for n in nodes):
        return False
    return not any(a.op == "call" and str(a.attr)[:1].isupper() for n in nodes if n.op == "mul" for a in n.args[:-1])


def has_linear_algebra(nodes: Sequence[Node]) -> bool:
    """Whether a sign, or a function of the book, is of vectors or matrices."""
    if not _OF_LINEAR_ALGEBRA.isdisjoint(n.op for n in nodes):
        return True
    called = {str(n.attr).rstrip("'") for n in nodes if n.op == "call"}
    return any(not is_unknown_function(name) and takes_arrays(name) for name in called)
