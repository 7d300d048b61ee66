"""The adjoint recursion of a scalar function: what each named intermediate hands to those it was computed from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..differentiation.tensor import Tensor
from ..expressions.build import add, hadamard, matmul, num, substitute, symbol, times, total, trace, transpose, zeros
from ..expressions.expr import Expr, postorder
from ..kinds import ONE
from ..ops.blocks import BLOCK
from ..ops.core import ADD, ENTRY, INDEXED_PRODUCT, INDEXED_SUM, LITERAL, NAMED, TIMES, TRANSPOSE
from ..ops.laws import CHAIN, REVERSE, VARIABLE
from ..shortening.simplify import Record, simplify
from .forward import MARK, Forward, worked_out

MANY = 9  # nonlinear or shared nodes above which a function is taken apart
LONG = 90  # symbols
PLAIN = (ADD, TIMES, ENTRY, INDEXED_SUM, INDEXED_PRODUCT, BLOCK, LITERAL, NAMED)  # and what is linear


class NamedPart:
    """A named intermediate: its node in the function, the symbol it is written as, its value in terms of the parts below."""

    __slots__ = ("delta", "local", "name", "node", "symbol")

    def __init__(self, name: str, node: Expr, below: Mapping[Expr, Expr], root: bool = False) -> None:
        self.name, self.node = name, node
        self.local = substitute(node, {n: s for n, s in below.items() if n is not node})
        self.symbol = symbol(name, node.shape)
        self.delta = num(1) if root else symbol(f"delta_{name}", node.shape)


def parts_of(root: Expr, rules: Forward, given: Mapping[str, Expr], taken: Iterable[str]) -> list[NamedPart]:
    """The intermediates between the function and the variable, lower ones first, the function itself last: those that the
    author named, and where the function is large, the shared nodes and the arguments of its nonlinear operations."""
    order = [n for n in postorder(root) if n in rules.moving and n is not root]
    own = {e: n for n, e in given.items()}
    chosen = {n: own[n] for n in order if n in own and n.args}
    if is_large(root, rules):
        busy = set(taken) | set(own.values())
        letter = next(c for c in "zuvhpqrst" if not any(n == c or n.startswith(f"{c}_") for n in busy))
        for n in _joints(root, rules):
            chosen.setdefault(n, f"{letter}_{len(chosen) + 1}")
    found: list[NamedPart] = []
    below: dict[Expr, Expr] = {}
    for n in order:
        if n in chosen and not n.indices:
            part = NamedPart(chosen[n], n, below)
            found.append(part)
            below[n] = part.symbol
    return [*found, NamedPart("", root, below, root=True)] if found else []


def is_large(root: Expr, rules: Forward) -> bool:
    return len(_joints(root, rules)) > MANY or (root.size > LONG and len(_joints(root, rules)) > 3)


def _joints(root: Expr, rules: Forward) -> list[Expr]:
    uses: dict[Expr, int] = {}
    nonlinear: dict[Expr, None] = {}
    order = [n for n in postorder(root) if n in rules.moving]
    for n in order:
        for a in n.args:
            uses[a] = uses.get(a, 0) + 1
            if n.op not in PLAIN and not n.op.index:
                nonlinear[a] = None
    return [n for n in order if n.args and n is not root and n.op is not TRANSPOSE and (n in nonlinear or uses.get(n, 0) > 1)]


def pairing(delta: Expr, value: Expr) -> Expr:
    """<delta, value>, the sum of the products of their entries, as a scalar."""
    if value.is_scalar:
        return times(delta, value)
    if value.shape[1] is ONE:
        return matmul(transpose(delta), value)
    return trace(matmul(transpose(delta), value)) if value.shape[0] is not ONE else total(hadamard(delta, value))


def share(part: NamedPart, by: Expr) -> Expr:
    """What a part hands to `by`, the symbol of a lower part or the variable: delta ∂part/∂by, of the shape of `by`."""
    found = Tensor.of(pairing(part.delta, part.local)).differentiate(by).matrix
    return zeros(*by.shape) if found is None else found


class Handed:
    """The adjoint of a part (`part` None: of the variable): its sum of shares, shortened, with the rules that were used."""

    __slots__ = ("part", "rules", "value")

    def __init__(self, part: NamedPart | None, value: Expr, rules: Sequence[str]) -> None:
        self.part, self.value, self.rules = part, value, tuple(dict.fromkeys(rules))


def recursion(parts: Sequence[NamedPart], target: Expr, law: str = REVERSE.name) -> list[Handed]:
    """The adjoints of the parts, from the function down, and last that of the variable; `law` is the rule of the recursion."""
    found: list[Handed] = []
    parts_as_named = {p.local: p.symbol for p in parts[:-1] if p.local.args}  # the derivative of y = softmax(z) is one of y
    for k in range(len(parts) - 2, -2, -1):
        part = parts[k] if k >= 0 else None
        by = part.symbol if part is not None else target
        shares: list[Expr] = []
        names = [law]
        for above in parts[k + 1 :]:
            if by in postorder(above.local):
                shares.append(share(above, by))
                names += differential_of_part(above.local, by, school=law == CHAIN.name)[1]
        record: Record = []
        value = substitute(simplify(add(*shares), {}, record), parts_as_named) if shares else zeros(*by.shape)
        found.append(Handed(part, value, [*names, *[reason for reason, _, _ in record]]))
    return found


def differential_of_part(local: Expr, by: Expr, *, school: bool) -> tuple[Expr, list[str]]:
    """d(local) by the rules of the book with •d… for the change of `by` (in school calculus the derivative), and the rules used."""
    name = str(by.attr[0])  # type: ignore[index]
    lines = worked_out(local, Forward(local, by, symbol(f"{MARK}d{name}", by.shape), name if school else ""))
    return lines[-1][1], [n for _, _, rules, _ in lines for n in rules if n != VARIABLE.name]
