"""What an emitted program computes: a graph of array operations, each computed once.

Arrays have the axes a user expects: numbers none, vectors one (rows and columns alike), matrices two, families one more in
front. Nodes are interned, so a common subexpression is one node. The operations:

    in num size const index   an argument, a number, a dimension, pi or e, the variable of a loop
    range                     (low, low + 1, …) along the axis of a summation index
    view      X               axes in another order, new ones of length one: attr has for every axis its old place or None
    reshape   X               the same entries, row by row, with other axes
    expand    X               repeated along the axes of length one, to `dims`
    add mul div pow neg       entry by entry, operands of one rank or numbers
    call                      attr: an operation of the book, or a word of NumPy for a function of entries (exp), a relation, cases
    product   X               of the entries along the last axis
    commutation  m n          the commutation matrix K_{m,n}
    duplication  n            the duplication matrix D_n; elimination, L_n
    convmtx  a n             the matrix with n columns of the convolution with a; hankel, that with H[i,j] = a[i + j - 1]
    convolve x a             the convolution of two vectors; correlate, the correlation of x with a, where a lies within x
    pair      A B             a contraction of two arrays: attr = (labels of A, labels of B, labels of the value)
    products  M X Y …         (M X, M Y, …) of a square matrix (see `gathering`)
    distances X Y             squared distances of the rows of X from those of Y (see `distances`)
    one       A               sums and diagonals of one array: attr = (labels of A, labels of the value)
    cumulative X              its cumulative sums: attr = (axis, whether from the end)
    solve     X B             X^-1 B, or X^-T B where attr[1]; attr[0] says how X is inverted (see `factor`)
    inv det logdet  X         attr[0] says how X is inverted
    trace_inv X M             tr(X^-1 M) for X positive definite and M symmetric
    add_diagonal  X v         X + diag(v), or X + v I for a number
    spread    cores …         zeros with the cores added along diagonals: attr = patterns such as "ijil"; dims those of the value
    full                      a constant array: attr = the number
    member slice              X[k] for a number k (from 1); X[low - 1:high] along the first axis
    part      X               X[low:high] along the first axis: attr = (low, high), sizes
    block     parts …         side by side: attr = (parts in a column, parts in a row)
    apply     arrays …        a function that is an argument of the program: attr = its name
    literal                   the entries, row by row: attr = (rows, columns)
    loop                      sum or product of a body over an index: args low, high, body; attr = (kind, index)
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence

from ..interning import inner_first
from ..kinds import Dim

Dims = tuple[Dim, ...]
Chain = tuple[tuple[int, bool, int], ...]  # of every matrix of a product: which array, whether its inverse, how it stands (see `chains`)
COMMUTATIVE = frozenset(("add", "mul"))
NOTHING: frozenset[str] = frozenset()


class GraphNode:
    """One operation. `loops` are the loop variables it depends on, `at` its place in the order in which nodes were made."""

    __slots__ = ("args", "at", "attr", "dims", "loops", "op")

    def __init__(self, op: str, args: tuple[GraphNode, ...], attr: Hashable, dims: Dims, at: int = 0) -> None:
        self.op, self.args, self.attr, self.dims, self.at = op, args, attr, dims, at
        self.loops = NOTHING
        for a in args:
            self.loops |= a.loops

    @property
    def rank(self) -> int:
        return len(self.dims)

    def __repr__(self) -> str:
        return f"{self.op}{list(self.args) or ''}{'' if self.attr is None else self.attr}"


class ProgramGraph:
    """The nodes of one program, interned."""

    def __init__(self) -> None:
        self._pool: dict[Hashable, GraphNode] = {}
        self.chains: dict[Chain, GraphNode] = {}  # products of matrices, by their members
        self.chain_of: dict[GraphNode, Chain] = {}

    def make(self, op: str, args: Iterable[GraphNode] = (), attr: Hashable = None, dims: Dims = ()) -> GraphNode:
        args = tuple(args)
        key = self._key(op, args, attr, dims)
        found = self._pool.get(key)
        if found is None:
            found = self._pool[key] = GraphNode(op, args, attr, dims, len(self._pool))
            if op == "index":
                found.loops = frozenset({str(attr)})
            elif op == "loop":
                assert isinstance(attr, tuple)
                found.loops = found.loops - {attr[1]}
        return found

    def known(self, op: str, args: Iterable[GraphNode], attr: Hashable, dims: Dims) -> GraphNode | None:
        """Such a node, if there is one already."""
        return self._pool.get(self._key(op, tuple(args), attr, dims))

    def _key(self, op: str, args: tuple[GraphNode, ...], attr: Hashable, dims: Dims) -> Hashable:
        places = (a.at for a in args)
        return op, tuple(sorted(places) if op in COMMUTATIVE else places), attr, dims

    def again(self, n: GraphNode, args: Sequence[GraphNode]) -> GraphNode:
        """The same of other arguments; itself, of its own."""
        if all(a is b for a, b in zip(args, n.args)):
            return n
        if n.op == "view":
            assert isinstance(n.attr, tuple)
            return self.view(args[0], n.attr)
        return self.make(n.op, args, n.attr, n.dims)

    def number(self, value: Hashable) -> GraphNode:
        return self.make("num", (), value)

    def view(self, x: GraphNode, places: tuple[int | None, ...]) -> GraphNode:
        """`x` with its axes at other places; None is a new axis of length one."""
        if x.op == "view":
            assert isinstance(x.attr, tuple)
            places = tuple(None if p is None else x.attr[p] for p in places)
            x = x.args[0]
        if places == tuple(range(x.rank)):
            return x
        return self.make("view", (x,), places, tuple(Dim.of(1) if p is None else x.dims[p] for p in places))


def postorder(roots: Iterable[GraphNode], known: Container[GraphNode] = ()) -> list[GraphNode]:
    """Every node once, arguments first; nothing below what is known."""
    return inner_first(roots, lambda n: () if n in known else n.args)


def rebuilt(graph: ProgramGraph, roots: Iterable[GraphNode], found: Mapping[GraphNode, GraphNode]) -> dict[GraphNode, GraphNode]:
    """What every node becomes where some are others; empty where none is."""
    if not found:
        return {}
    new: dict[GraphNode, GraphNode] = {}
    for n in inner_first(roots, lambda n: found.get(n, n).args):
        body = found.get(n, n)
        new[n] = graph.again(body, [new[a] for a in body.args])
    return new


def is_constant(n: GraphNode) -> bool:
    """Made of numbers and sizes alone, without arrays on the way, and so a number of the language whatever the arguments are."""
    return all(not m.rank and (m.args or m.op in ("num", "size", "const", "index")) for m in postorder([n]))
