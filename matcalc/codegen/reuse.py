"""Which arrays of a program may be overwritten: temporaries of two axes and more that nothing reads any more.

`exp(c (x - A B))` is one array that is overwritten three times, not four arrays: what a pass over memory costs beside its arithmetic is
mostly the pages of a new array. Arguments, results, what has a name of the author's and what `make` keeps are never written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping, Sequence

from ..ops.operation import Operation
from .graph import GraphNode
from .wording import code_of

# Functions of an entry that NumPy can write into an array that is there.
WRITTEN = frozenset("exp expm1 log log1p sqrt sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arccosh arctanh abs square".split())
FRESH = frozenset(("add", "mul", "div", "pow", "neg", "pair", "distances", "solve", "inv", "spread", "add_diagonal"))
CHANGING = frozenset(("add", "mul", "div", "pow", "neg", "add_diagonal"))
ALIASES = frozenset(("view", "member", "slice", "part", "reshape", "expand"))  # the memory of their argument under another name
KEPT = frozenset(("solve", "inv", "det", "logdet", "trace_inv"))  # factors of their first argument may share its memory
NEVER = 1 << 60


def written_function(n: GraphNode) -> str | None:
    """The function of NumPy that a call of one array is; with "maximum" its other argument is 0."""
    if n.op != "call" or len(n.args) != 1:
        return None
    if isinstance(n.attr, str):
        return n.attr if n.attr in WRITTEN else None
    assert isinstance(n.attr, Operation)
    found = re.fullmatch(r"np\.(\w+)\(\w+(, 0)?\)", code_of(n.attr, "numpy"))
    if found is None or not n.attr.elementwise or (found[1] in WRITTEN) == bool(found[2]) or (found[2] and found[1] != "maximum"):
        return None
    return found[1]


def is_alias(n: GraphNode) -> bool:
    """Whether it may be the memory of its argument under another name: vec of a transpose, a real part, a diagonal."""
    if n.op == "call" and isinstance(n.attr, Operation):
        return re.fullmatch(r"\w+\.T\.reshape\(-1\)|np\.(real|imag)\(\w+\)", code_of(n.attr, "numpy")) is not None
    if n.op == "one":
        assert isinstance(n.attr, tuple)
        return set(n.attr[0]) == set(n.attr[1])
    return n.op in ALIASES


def overwritten(
    order: Sequence[GraphNode],
    roots: Collection[GraphNode],
    known: Container[GraphNode],
    named: Container[GraphNode],
    uses: Mapping[GraphNode, int],
) -> dict[GraphNode, GraphNode]:
    """For a node the argument, or what one argument is the negative of, in whose array it is computed; the node itself where the first
    two of its terms make the array for the rest.

    `order` are the nodes, arguments first; `known` are those computed elsewhere, `uses` say how often a text is written.
    """
    mine = [n for n in order if n not in known]
    place = {n: k for k, n in enumerate(order)}
    readers: dict[GraphNode, list[GraphNode]] = {n: [] for n in order}
    for n in mine:
        for a in dict.fromkeys(n.args):
            readers[a].append(n)
    # The latest place at which the text of a node is executed: its own where it has a name for certain, else that of its readers.
    read: dict[GraphNode, int] = {}
    executed = {n for n in order if n in roots or ((uses[n] > 1 or n in named) and not is_alias(n) and not n.loops)}
    for n in reversed(order):
        if n in executed:
            read[n] = NEVER if n in roots else place[n]
        else:
            read[n] = max((read[r] for r in readers[n]), default=place[n])
    found: dict[GraphNode, GraphNode] = {}
    held: set[GraphNode] = set()  # these have names, being overwritten
    elided: dict[GraphNode, GraphNode] = {}  # where NumPy itself would see to it

    def is_free(a: GraphNode, n: GraphNode, through: GraphNode) -> bool:
        """Whether `a` is an array of the program's own that only `n` reads from there on, by its argument `through`."""
        if a in known or a in roots or a in named or a.loops or a.dims != n.dims or not _is_fresh(a) or n.args.count(through) > 1:
            return False
        others = [r for r in readers[a] if r is not n and r is not through]
        if any(r.op in KEPT and r.args[0] is a for r in others) or (a is not through and n in readers[a]):
            return False
        # What the other of two operands is made of is computed before anything is written.
        return all(read[r] < place[n] or (len(n.args) == 2 and not is_alias(r) and is_within(r, n)) for r in others)

    def is_within(r: GraphNode, n: GraphNode) -> bool:
        """Whether the text of `r` stands in that of `n` alone."""
        todo = [r]
        while todo:
            q = todo.pop()
            if q is not n:
                if q in executed:
                    return False
                todo += readers[q]
        return True

    def hold(*nodes: GraphNode) -> None:
        """These have names, and are executed where they stand, so what they read is read there at the latest."""
        held.update(nodes)
        todo = [n for n in nodes if n not in executed]
        executed.update(todo)
        read.update({n: place[n] for n in todo})
        while todo:
            for a in dict.fromkeys(a for a in todo.pop().args if a in read):
                last = max(read[r] for r in readers[a]) if readers[a] and a not in executed else read[a]
                if last < read[a]:
                    read[a] = last
                    todo.append(a)

    for n in mine:
        if n.loops or n.rank < 2 or not (n.op in CHANGING or written_function(n)) or not _is_whole(n):
            continue
        if is_opposite(n) and n not in executed and any(r.op == "add" and r.dims == n.dims for r in readers[n]):
            continue  # a difference does that
        squares = [b for b in n.args if n.op == "mul" and b.dims == n.dims and square(b) and uses[b] < 2 and not (b in named or b in known)]
        for through in n.args[:1] if n.op in ("pow", "add_diagonal") else sorted(n.args, key=squares.__contains__):
            a = through
            if (
                n.op == "add"
                and is_opposite(through)
                and uses[through] < 2
                and not (through in named or through in known or through in found)
            ):
                a = through.args[-1]
            if not is_free(a, n, through):
                continue
            if _is_elided(n, a, through, uses[a] > 1 or a in held) and (a in squares or not squares):
                elided.setdefault(n, a)
                continue
            found[n] = a
            hold(n, a)
            begun = n  # an array with a name is written by statements from the beginning: NumPy looks through the stack before each array
            while (begun := found.get(begun, begun)) in elided and begun not in found:
                found[begun] = elided[begun]
                hold(found[begun])
            break
        else:
            if n.op == "add" and len(n.args) > 2 and any(b.rank and b.dims != n.dims for b in n.args) and start(n):
                found[n] = n
                hold(n)
    return found


def start(n: GraphNode) -> tuple[int, int] | None:
    """Two terms of a sum whose sum has all its axes while other terms have not; they come first, and make the array for the rest. A column
    and a row where there are, since what is left then has all axes, and NumPy adds that without broadcasting."""
    places = range(len(n.args))
    long = [sum(d.number != 1 for d in a.dims) for a in n.args]
    pairs = [(k, j) for k in places for j in places if j != k and _covers((n.args[k], n.args[j]), n)]
    return min(pairs, key=lambda p: long[p[0]] + long[p[1]], default=None)


def _covers(parts: Sequence[GraphNode], n: GraphNode) -> bool:
    """Whether every axis of `n` is one of some of these arrays, which broadcasting has not to be told."""
    full = [a for a in parts if a.op != "expand"]
    return all(any(a.rank >= k and a.dims[-k] == n.dims[-k] for a in full) for k in range(1, n.rank + 1))


def square(n: GraphNode) -> GraphNode | None:
    """The argument whose square this is: an array in place is multiplied by it twice, which makes no further array."""
    return n.args[0] if n.op == "pow" and n.args[0].op == "in" and n.args[1].op == "num" and n.args[1].attr == 2 else None


def is_opposite(n: GraphNode) -> bool:
    """-x, which a sum writes as a difference."""
    return n.op == "neg" or (n.op == "mul" and len(n.args) == 2 and n.args[0].op == "num" and n.args[0].attr == -1)


def _is_fresh(a: GraphNode) -> bool:
    """Whether the array is new, of its own size and of the type of the program."""
    return (a.op in FRESH or written_function(a) is not None) and _is_whole(a)


def _is_whole(n: GraphNode) -> bool:
    """Whether what is computed entry by entry has all its axes, and is not left to broadcasting."""
    if n.op not in CHANGING:
        return n.op != "call" or _is_whole(n.args[0])
    return _covers(n.args, n)


def _is_elided(n: GraphNode, a: GraphNode, through: GraphNode, has_name: bool) -> bool:
    """Whether NumPy itself computes `n` in the array of `a`: a temporary of one operator beside a number or an array of its shape."""
    if has_name or a is not through or n.op in ("call", "add_diagonal") or (n.op == "div" and n.args[0] is not a):
        return False
    others = [b for b in n.args if b is not a]
    return len(n.args) <= 2 and all(b.rank == 0 or (b.dims == n.dims and b.op != "expand") for b in others)
