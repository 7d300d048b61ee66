"""Distributions among declarations: `x ~ N(mu, Sigma)`, `X ~ N(M, U, V)`, and the expectations over them.

    split("A in S^n; x ~ N(mu, Sigma)")     "A in S^n", and the distribution of x

A matrix normal X ~ N(M, U, V), or MN(M, U, V), has the mean M and the covariance U[i,k] V[j,l] of X[i,j] and X[k,l].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from ..errors import ReadingError
from ..syntax import OUTER_SQUARE, Binding, Node, Program, walk
from .read import parse, parse_names

SIGNS = ("~", "\\sim", "\u223c")
_CLAUSE = re.compile(
    r"\s*(?P<names>.+?)\s*(?:~|\\sim\b|\u223c)\s*(?P<family>.+?)\s*(?:\\left\s*)?\((?P<inside>.*?)(?:\\right\s*)?\)\s*", re.DOTALL
)
_NORMAL = re.compile(r"(?:\\(?:mathcal|mathrm|mathsf|text|operatorname)\s*)?(?:\{\s*(M?N|\\mathcal\s*N)\s*\}|(M?N|Normal))")
_BELOW = re.compile(
    r"(?:\\mathbb\s*(?:\{\s*E\s*\}|E)|\\(?:operatorname|mathrm|text)\s*\{\s*(?:E|Var)\s*\}|\b(?:E|Var))\s*_\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
)
_WHERE = re.compile(r"\swhere\s", re.IGNORECASE)


class Distribution(NamedTuple):
    """A normal vector or matrix: the texts of its mean and covariances."""

    name: str
    moments: tuple[str, ...]


def has_distribution(text: str) -> bool:
    """Whether one may be declared in a text."""
    return any(sign in text for sign in SIGNS)


def split(text: str) -> tuple[str, list[Distribution]]:
    """Declarations without those of distributions, and these."""
    rest: list[str] = []
    found: list[Distribution] = []
    for clause in re.split(r"[;\n]", text):
        if has_distribution(clause):
            found += _read(clause, text)
        else:
            rest.append(clause)
    names = [d.name for d in found]
    if len(set(names)) < len(names):
        raise ReadingError(f"two distributions are declared for {next(n for n in names if names.count(n) > 1)}")
    return ";".join(rest), found


def apart(text: str) -> tuple[str, list[Distribution]]:
    """A formula whose own `where` declares distributions, or that has them below E, without these; its places stay."""
    below: list[Distribution] = []
    for m in list(_BELOW.finditer(text)):  # \\mathbb{E}_{x \\sim N(\\mu, \\Sigma)}
        clause = _CLAUSE.fullmatch(m[1])
        if clause is not None and _NORMAL.fullmatch(clause["family"]):
            below += [d for d in _read(m[1], text) if d not in below]
            text = text[: m.start(1)] + clause["names"].ljust(len(m[1])) + text[m.end(1) :]
    where = _WHERE.search(text)
    if where is None or not has_distribution(text[where.end() :]):
        return text, below
    rest, found = split(text[where.end() :])
    return (text[: where.end()] + rest if rest.strip(" ;") else text[: where.start()]), [*below, *found]


def _read(clause: str, text: str) -> list[Distribution]:
    matched = _CLAUSE.fullmatch(clause)
    family = _NORMAL.fullmatch(matched["family"]) if matched is not None else None
    moments = tuple(_commas(matched["inside"])) if matched is not None else ()
    if matched is None or family is None or len(moments) not in (2, 3):
        at = text.find(clause.strip())
        hint = "write x ~ N(mu, Sigma), or X ~ N(M, U, V) for a matrix with the covariances U of its rows and V of its columns"
        raise ReadingError("only normal distributions are known", span=(at, at + len(clause.strip())), text=text, suggestion=hint)
    return [Distribution(name, moments) for part in _commas(matched["names"]) for name in parse_names(part)]


def _commas(text: str) -> list[str]:
    """The parts of a list, split at commas outside brackets."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and not depth:
            parts.append("")
        else:
            parts[-1] += c
    return [p.strip() for p in parts if p.strip()]


def with_distributions(program: Program, distributions: Iterable[Distribution], declared: Collection[str]) -> Program:
    """The program with the variable and its moments in every E[…]: over each variable that stands below it in turn, as the variables are
    independent. The variance of F is E[F F^T] - E[F] E[F]^T."""
    moments = {d.name: [_moment(text, d.name, declared) for text in d.moments] for d in distributions}

    def over(node: Node, args: tuple[Node, ...]) -> Node:
        if node.op == "call" and node.attr == "var" and any(e.op == "name" and e.attr in moments for a in args for e in walk(a)):
            first, second = (over(n, n.args) for n in (Node("call", (f,), "expectation", node.span) for f in (args[0], _squared(args[0]))))
            return Node("add", (second, Node("neg", (_squared(first),), None, node.span)), None, node.span)
        if node.op != "call" or node.attr != "expectation" or len(args) != 1:
            return Node(node.op, args, node.attr, node.span)
        found = args[0]
        for name in [n for n in moments if any(e.op == "name" and e.attr == n for e in walk(found))]:
            found = Node("call", (found, Node("name", (), name, node.span), *moments[name]), "expectation", node.span)
        return found

    bindings = tuple(Binding(b.name, _rebuilt(b.value, over), b.params, b.span) for b in program.bindings)
    return program.with_values(bindings, _rebuilt(program.body, over))


def _squared(f: Node) -> Node:
    """F F^T, of a number its square: the typing knows which."""
    return Node("call", (f,), OUTER_SQUARE, f.span)


def _moment(text: str, name: str, declared: Collection[str]) -> Node:
    """A mean or covariance; 0 is the zero of the variable's shape."""
    try:
        return parse(f"0 {name}" if text == "0" else text, declared).body
    except ReadingError as error:
        raise error.located(text) from None


def _rebuilt(root: Node, make: Callable[[Node, tuple[Node, ...]], Node]) -> Node:
    done: dict[int, Node] = {}
    for node in reversed(list(walk(root))):
        done[id(node)] = make(node, tuple(done[id(a)] for a in node.args))
    return done[id(root)]
