"""exp, log, sqrt of a square matrix where a matrix function may be meant: refused, with both spellings.

Entry by entry is meant under a sum and in an elementwise product; in a matrix product, below a trace, a determinant or a norm the
matrix function is as likely, and nothing in the text tells which.
"""

from __future__ import annotations

from ..kinds import Dim
from ..ops.book import REGISTRY
from ..syntax import Node, same, walk
from .misfit import Wording, refuse_shape
from .scopes import Typing
from .terms import Resolve, TypedTerm

MATRIX_FUNCTIONS = {op.scalar: op.name for op in REGISTRY.values() if op.scalar}
_DEFINITE = frozenset({"spd", "hpd"})
PASSING = frozenset({"neg", "T", "H", "add"})  # what a function's value goes through unchanged in this respect


def settle(el: Typing, resolve: Resolve) -> str:
    """ShapeError where a function of a square matrix stands in a product of matrices, below tr, det or a norm, or is the root of X^T X.

    The root and the logarithm of what is positive definite are those of the matrix: its entries may be negative, and then have none. So is
    log(R) beside R itself below a trace, and then any other logarithm there. Where the text has such ones, their nodes are made that
    function, what was decided is returned, and the text is to be typed again.
    """
    if not any(node.op == "call" and node.attr in MATRIX_FUNCTIONS for node, _ in el.seen):
        return ""
    terms = {id(node): term for node, term in el.seen}
    program = el.scene.program
    doubtful: list[tuple[Node, str, bool]] = []  # the call, what it stands in, whether that is a trace
    numbers: list[Node] = []  # calls below a trace of what was guessed to be a number
    settled: set[object] = set()  # functions that the text takes of the matrix
    for root in (*(b.value for b in program.bindings if not b.params), program.body):
        parents: dict[int, Node] = {}
        calls: list[Node] = []
        for n in walk(root):
            for a in n.args:
                parents[id(a)] = n
            if n.op == "call" and n.attr in MATRIX_FUNCTIONS:
                calls.append(n)
        numbers += [c for c in calls if _is_of_number(el, c) and _is_below_trace(c, parents) and parents[id(c)].op != "call"]
        for call in calls:
            place = _place(call, parents, terms) or ("a result" if _is_root_of_square(call) and id(call) not in parents else "")
            if place and (_is_square(terms.get(id(call)), resolve) or _may_be_square(el, call, terms.get(id(call)), resolve)):
                if _is_positive(el, call):
                    return _made_of_matrix(el, call)
                below = _is_below_trace(call, parents)
                settled |= {call.attr} if below and _is_beside_own(call, parents) else set()
                doubtful.append((call, place, below))
    for call in numbers:  # S in tr(R log(R)) - tr(R log(S))
        if call.attr in settled:
            s = Wording(el)
            message = f"{s.node(call)} beside the {call.attr} of a matrix is of a matrix too, or of a number"
            raise refuse_shape(message, call, f"declare {s.node(*call.args)} in R^{{n x n}}, or in R")
    for call, place, below in doubtful:
        if call.attr not in settled or not below:
            _refuse(el, call, place)
    return "; ".join([_made_of_matrix(el, call) for call, _, _ in doubtful])


def _is_beside_own(call: Node, parents: dict[int, Node]) -> bool:
    """log(R) in R log(R), also within a sum, R (log(R) - log(S)): the two commute as matrices, and entry by entry the trace of that,
    the sum of r_{ij} log(r_{ji}), is nothing that anyone takes. (tr(P^T log(P)) is the sum of p_{ij} log(p_{ij}).)"""
    own, node = call.args[0], call
    while own.op == "name" and (parent := parents.get(id(node))) is not None and parent.op in ("add", "neg", "mul"):
        if parent.op == "mul":
            at = next(k for k, a in enumerate(parent.args) if a is node)
            if any(same(a, own) for a in (*parent.args[max(0, at - 1) : at], *parent.args[at + 1 : at + 2])):
                return True
        node = parent
    return False


def _is_of_number(el: Typing, call: Node) -> bool:
    name = str(call.args[0].attr) if call.args[0].op == "name" else ""
    return name in el.defaults and el.symbols[name].is_scalar


def _is_below_trace(call: Node, parents: dict[int, Node]) -> bool:
    node = call
    while (parent := parents.get(id(node))) is not None and parent.op in ("add", "neg", "mul"):
        node = parent
    return parent is not None and parent.op == "call" and parent.attr in ("tr", "trace")


def _is_positive(el: Typing, call: Node) -> bool:
    """log and sqrt of what is positive definite, sqrt(X^T X), and exp([w]_x)."""
    inside = call.args[0]
    if call.attr == "exp":  # a rotation: nobody takes 1 on the diagonal and exp of the others
        return inside.op == "call" and inside.attr == "skew"
    return (call.attr in ("log", "sqrt") and _is_definite(el, inside)) or _is_root_of_square(call)


def _is_definite(el: Typing, node: Node) -> bool:
    """A name that is declared positive definite, its root, or P M P of two of these."""
    while (node.op == "call" and node.attr in ("sqrt", "sqrtm")) or node.op == "pow":
        if node.op == "pow" and not (node.args[1].op == "mul" and [a.attr for a in node.args[1].args] == [1, 2]):
            return False
        node = node.args[0]
    if node.op == "mul" and len(node.args) == 3 and not any(node.attr if isinstance(node.attr, tuple) else ()):
        return same(node.args[0], node.args[2]) and all(_is_definite(el, a) for a in node.args[:2])
    return node.op == "name" and bool(_DEFINITE & el.properties(str(node.attr), twin=False))


def _made_of_matrix(el: Typing, call: Node) -> str:
    text, name = Wording(el).node(*call.args), str(call.attr)
    call.attr = MATRIX_FUNCTIONS[name]
    why = "" if name == "exp" else ", whose entries may be negative"
    return f"{name}({text}) is {call.attr}({text}), the function of the matrix{why}"


def _is_square(term: TypedTerm | None, resolve: Resolve) -> bool:
    return term is not None and term.kind == "matrix" and resolve(term.shape[0]) is resolve(term.shape[1])


def _may_be_square(el: Typing, call: Node, term: TypedTerm | None, resolve: Resolve) -> bool:
    """exp(X), exp(-t X) and log(Q^T X) of an X of which nothing says that it is not square."""
    inside = call.args[0]
    names = [n for n in walk(inside) if n.op == "name" and str(n.attr)[:1].isupper()]
    turned = call.attr == "log" and inside.op == "mul" and [a.op for a in inside.args] == ["T", "name"]  # log(R_d^T R) of rotations
    if not (len(names) == 1 or (turned and len(names) == 2)) or names[0].attr not in el.defaults or term is None or term.kind != "matrix":
        return False
    stated = {n for d in el.scene.declared.values() for size in d.sizes if isinstance(size, Dim) for n in size.names()}
    return not stated.issuperset(n for size in term.shape for n in resolve(size).names())


def _place(call: Node, parents: dict[int, Node], terms: dict[int, TypedTerm]) -> str:
    """What the value stands in that a matrix function would stand in too; "" if in nothing of the kind."""
    node = call
    while (parent := parents.get(id(node))) is not None:
        others = [terms.get(id(a)) for a in parent.args if a is not node]
        if parent.op == "mul":
            if any(t is not None and not t.is_scalar for t in others):
                return "a product of matrices"
        elif parent.op == "norm":
            return "a norm"
        elif parent.op == "call":
            op = REGISTRY.get(str(parent.attr))
            return f"{parent.attr}(…)" if op is not None and op.spectral else ""
        elif parent.op not in PASSING:
            return ""
        node = parent
    return ""


def _is_root_of_square(call: Node) -> bool:
    """sqrt(X^T X), sqrt(X X^T)"""
    inside = call.args[0]
    if call.attr != "sqrt" or inside.op != "mul" or len(inside.args) != 2:
        return False
    turned, plain = sorted(inside.args, key=lambda n: n.op == "name")
    return turned.op in ("T", "pow") and plain.op == turned.args[0].op == "name" and plain.attr == turned.args[0].attr


def _refuse(el: Typing, call: Node, place: str) -> None:
    text = Wording(el).node(*call.args)
    name = str(call.attr)
    message = f"{name}({text}) in {place} can be the function of the matrix or that of its entries"
    raise refuse_shape(message, call, f"write {MATRIX_FUNCTIONS[name]}({text}) for the matrix function, {name}.({text}) for entry by entry")
