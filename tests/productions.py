"""How the operations in random expressions ask for their arguments; which there are is in `catalogue`."""

from __future__ import annotations

from collections.abc import Callable

from generate import (
    DOMAINS,
    LETTERS,
    OF_MATRICES,
    SCALAR,
    Dims,
    Kind,
    Maker,
    Unmakeable,
    add,
    call,
    ew,
    mul,
    name,
    num,
    over,
    transposed,
)

from matcalc.syntax import Node, same, walk

Make = Callable[[Maker, Kind, int], Node]


def plain(*argument: str) -> Callable[[str], Make]:
    """A function of arguments of given kinds, each a letter pair such as "mn", "n1"; "kk" is the kind asked for."""

    def of(function: str) -> Make:
        def make(g: Maker, kind: Kind, depth: int) -> Node:
            sizes: dict[str, Dims] = {"1": (), "k": kind[0], "l": kind[1]}
            args = []
            for rows, cols in argument:
                for letter in (rows, cols):
                    sizes.setdefault(letter, g.square() if rows == cols else g.dims())
                args.append(g.make((sizes[rows], sizes[cols]), depth))
            return call(function, *args)

        return make

    return of


def of_scalar_by(function: str) -> Make:
    """tr(A), sum(X), …: exp below tr and det is spelled `exp.`, the other is refused (LANGUAGE 4)."""

    def make(g: Maker, kind: Kind, depth: int) -> Node:
        d = g.square()
        inner = g.make((d, d), depth)
        if inner.op == "call" and inner.attr in OF_MATRICES:
            inner = Node("call", inner.args, f"{inner.attr}.")
        return call(function, inner)

    return make


def regular(function: str) -> Make:
    def make(g: Maker, kind: Kind, depth: int) -> Node:
        inner = g.regular(g.square(), depth)
        return Node("bars", (inner,)) if function == "bars" else call(function, inner)

    return make


def entrywise(function: str) -> Make:
    def make(g: Maker, kind: Kind, depth: int) -> Node:
        domain = DOMAINS.get(function)
        inner = getattr(g, domain)(kind, depth) if domain else g.make(kind, depth)
        return call(function, inner)

    return make


def operator(op: str, flipped: bool = False) -> Make:
    def make(g: Maker, kind: Kind, depth: int) -> Node:
        return Node(op, (g.make(transposed(kind) if flipped else kind, depth),))

    return make


def sum_of(signs: str) -> Make:
    def make(g: Maker, kind: Kind, depth: int) -> Node:
        terms = [g.make(kind, depth) for _ in signs]
        return add(*[Node("neg", (t,)) if s == "-" else t for s, t in zip(signs, terms, strict=True)])

    return make


def scaled(g: Maker, kind: Kind, depth: int) -> Node:
    s, x = g.make(SCALAR, depth), g.make(kind, depth)
    return mul(*((s, x) if g.rng.random() < 0.8 else (x, s)))


def divided(g: Maker, kind: Kind, depth: int) -> Node:
    return over(g.make(kind, depth), g.rng.choice([lambda: g.positive(SCALAR, depth), lambda: g.leaf(SCALAR)])())


def broadcast(g: Maker, kind: Kind, depth: int) -> Node:
    s, x = g.make(SCALAR, depth), g.make(kind, depth)
    return g.rng.choice([lambda: add(s, x), lambda: add(x, Node("neg", (s,))), lambda: ew("./", num(1), g.positive(kind, depth))])()


def matmul(g: Maker, kind: Kind, depth: int) -> Node:
    """Two or three factors; a column's product with a row has no inner dimension."""
    inner = g.dims()
    factors = [g.make((kind[0], inner), depth), g.make((inner, kind[1]), depth)]
    if g.rng.random() < 0.25:
        d = g.dims()
        factors = [factors[0], g.make((inner, d), depth - 1), g.make((d, kind[1]), depth)]
    return mul(*factors, sign=g.rng.choice(["", "", "*"]))


def outer(g: Maker, kind: Kind, depth: int) -> Node:
    return mul(g.make((kind[0], ()), depth), g.make(((), kind[1]), depth))


def quadratic(g: Maker, kind: Kind, depth: int) -> Node:
    a = g.dims()
    x = g.make((a, ()), depth)
    return mul(Node("T", (x,)), g.make((a, a), depth), x)


def scaled_by_diagonal(g: Maker, kind: Kind, depth: int) -> Node:
    left = g.rng.random() < 0.5
    d = call("diag", g.make((kind[0 if left else 1], ()), depth))
    x = g.make(kind, depth)
    return mul(d, x) if left else mul(x, d)


def quotient(g: Maker, kind: Kind, depth: int) -> Node:
    return ew("./", g.make(kind, depth), g.positive(kind, depth))


def kron(g: Maker, kind: Kind, depth: int) -> Node:
    """Each side's pair of sizes split between the factors (a single size goes to one of them)."""

    def split(d: Dims) -> tuple[Dims, Dims]:
        if len(d) == 2:
            return (d[0],), (d[1],)
        return (d, ()) if g.rng.random() < 0.5 else ((), d)

    if kind[0] == kind[1]:
        (a, b), (c, d) = split(kind[0]), split(kind[1])
    else:
        (a, b), (c, d) = split(kind[0]), split(kind[1])
    if SCALAR in ((a, c), (b, d)):
        raise Unmakeable
    factors = g.make((a, c), depth), g.make((b, d), depth)
    return ew("kron", *factors) if g.rng.random() < 0.7 else call("kron", *factors)


def vec(g: Maker, kind: Kind, depth: int) -> Node:
    if len(kind[0]) != 2:
        raise Unmakeable
    return call("vec", g.make(((kind[0][0],), (kind[0][1],)), depth))


def inner_of_vecs(g: Maker, kind: Kind, depth: int) -> Node:
    a, b = g.dims(), g.dims()
    x, y = (call("vec", g.make((a, b), depth)) for _ in "xy")
    return g.rng.choice([lambda: mul(Node("T", (x,)), y), lambda: call("logsumexp", x), lambda: Node("norm", (x,), "1")])()


def of_composite(g: Maker, kind: Kind, depth: int) -> Node:
    """A scalar of a vector or matrix whose size is a product."""
    a, b = g.letter()[0], g.letter()[0]
    own = [d[0] for d in g.variable if d]
    if own and g.rng.random() < 0.7:
        a = g.rng.choice(own)
    long = tuple(sorted((a, b)))
    x = g.make((long, ()), depth) if g.rng.random() < 0.6 else g.make((long, tuple(sorted(g.rng.choices(LETTERS, k=2)))), depth)
    return g.rng.choice([lambda: call("sum", x), lambda: Node("norm", (x,), ""), lambda: Node("inner", (x, x))])()


def scalar_power(g: Maker, kind: Kind, depth: int) -> Node:
    op = "pow" if kind == SCALAR else "epow"
    return Node(op, (g.make(kind, depth), num(g.rng.choice([2, 2, 3, 4]))))


def real_power(g: Maker, kind: Kind, depth: int) -> Node:
    exponent = g.rng.choice(
        [over(num(1), num(2)), over(num(3), num(2)), Node("neg", (num(1),)), Node("neg", (num(2),)), over(num(1), num(3))]
    )
    return Node("pow" if kind == SCALAR else "epow", (g.positive(kind, depth), exponent))


def symbolic_power(g: Maker, kind: Kind, depth: int) -> Node:
    exponent = g.leaf(SCALAR) if g.rng.random() < 0.6 else g.parameter(SCALAR, "integer")
    return Node("pow" if kind == SCALAR else "epow", (g.positive(kind, depth), exponent))


def power_of_arrays(g: Maker, kind: Kind, depth: int) -> Node:
    """X.^Y, or 2.^Y."""
    base = g.positive(kind, depth) if g.rng.random() < 0.6 else num(2)
    return Node("epow", (base, g.make(kind, depth)))


def matrix_power(g: Maker, kind: Kind, depth: int) -> Node:
    return Node("pow", (g.make(kind, depth), num(g.rng.choice([2, 2, 3]))))


def negative_matrix_power(g: Maker, kind: Kind, depth: int) -> Node:
    return Node("pow", (g.regular(kind[0], depth), Node("neg", (num(g.rng.choice([2, 3])),))))


def symbolic_matrix_power(g: Maker, kind: Kind, depth: int) -> Node:
    return Node("pow", (g.regular(kind[0], min(depth, 1)), g.parameter(SCALAR, "integer")))


def inverse(g: Maker, kind: Kind, depth: int) -> Node:
    x = g.regular(kind[0], depth)
    return g.rng.choice([Node("inv", (x,)), Node("T", (Node("inv", (x,)),)), call("inv", x)])


def of_regular(function: str) -> Make:
    return lambda g, kind, depth: call(function, g.regular(kind[0], depth))


def pinv(g: Maker, kind: Kind, depth: int) -> Node:
    x = g.make(transposed(kind), depth)
    return Node("pinv", (x,)) if g.rng.random() < 0.5 else call("pinv", x)


def greater_or_less(function: str) -> Make:
    def make(g: Maker, kind: Kind, depth: int) -> Node:
        x, y = g.make(kind, depth), g.make(kind, depth)
        if same(x, y):  # a tie everywhere
            raise Unmakeable
        return call(function, x, y)

    return make


def norm(which: str, *argument: str) -> Make:
    def make(g: Maker, kind: Kind, depth: int) -> Node:
        x = plain(*argument)("")(g, kind, depth).args[0]
        if which != "p":
            return Node("norm", (x,), which)
        p = g.rng.choice([lambda: num(3), lambda: num(4), lambda: over(num(3), num(2)), lambda: add(g.positive(SCALAR, 0), num(1))])()
        return Node("norm", (x, p), "p") if p.op == "num" else call("norm", x, p)

    return make


def inner(g: Maker, kind: Kind, depth: int) -> Node:
    k: Kind = (g.dims(), g.dims() if g.rng.random() < 0.7 else ())
    x, y = g.make(k, depth), g.make(k, depth)
    return (
        Node("inner", (x, y))
        if k[1]
        else g.rng.choice([Node("inner", (x, y)), call("dot", x, y), mul(x, y, sign="."), mul(Node("T", (x,)), y)])
    )


def entry(g: Maker, kind: Kind, depth: int) -> Node:
    """x_2, X[1,2], (A x)_1."""
    k: Kind = (g.dims(), g.rng.choice([(), g.dims()]))
    x = g.make(k, depth if g.rng.random() < 0.6 else 0)
    return Node("index", (x, *[num(g.rng.choice([1, 2])) for d in k if d]))


def slice_of(g: Maker, kind: Kind, depth: int) -> Node:
    other = g.dims()
    k: Kind = (other, kind[1]) if kind[0] == () else (kind[0], other)
    places = [num(g.rng.choice([1, 2])), Node("all")]
    return Node("index", (g.make(k, depth), *(places if kind[0] == () else reversed(places))))


def with_numbers(function: str) -> Make:
    """clip(x, a, b) and the like: an array, then numbers, of which one may be the variable."""

    def make(g: Maker, kind: Kind, depth: int) -> Node:
        x, k = g.make(kind, depth), g.rng.choice([lambda: over(num(1), num(2)), lambda: g.positive(SCALAR, 0)])()
        return call("clip", x, Node("neg", (k,)), num(1)) if function == "clip" else call(function, x, k)

    return make


def principal(function: str) -> Make:
    """sqrtm and logm: no eigenvalue is negative."""

    def make(g: Maker, kind: Kind, depth: int) -> Node:
        if depth <= 0 or len(kind[0]) > 1 or kind[0] == ("2",) or g.rng.random() < 0.4:
            return call(function, g.parameter(kind, "spd") if g.variable != kind or g.symbols[g.wrt].prop != "spd" else name(g.wrt))
        return call(function, add(name(f"I_{kind[0][0]}"), over(call("tanh", g.make(kind, depth - 1)), num(7))))

    return make


def blocks(g: Maker, kind: Kind, depth: int) -> Node:
    """A scalar of a matrix made of blocks."""
    a, b, c, d = g.dims(), g.dims(), g.dims(), g.dims()
    shapes, size = g.rng.choice(
        [
            ([(a, b), (a, c)], (1, 2)),
            ([(a, b), (c, b)], (2, 1)),
            ([(a, b), (a, ()), ((), b), SCALAR], (2, 2)),
            ([(a, ()), SCALAR], (2, 1)),
            ([(a, b), (a, c), (d, b), (d, c)], (2, 2)),
        ]
    )
    x = Node("literal", tuple(g.make(k, depth - 1) for k in shapes), size)
    return g.rng.choice([lambda: call("sum", call("sin", x)), lambda: Node("norm", (x,), "F"), lambda: Node("inner", (x, x))])()


def base_log(g: Maker, kind: Kind, depth: int) -> Node:
    base = g.rng.choice([lambda: num(2), lambda: num(10), lambda: add(g.positive(SCALAR, 0), num(2))])()
    return call("log", g.positive(kind, depth), base)


def comparison(g: Maker, kind: Kind, depth: int) -> Node:
    right = num(0) if g.rng.random() < 0.6 else g.make(kind, depth)
    return Node("cmp", (g.make(kind, depth), right), g.rng.choice(["<", ">", "<=", ">="]))


def iverson(g: Maker, kind: Kind, depth: int) -> Node:
    mask = Node("iverson", (comparison(g, kind, min(depth, 1)),))
    x = g.make(kind, depth)
    return mul(mask, x) if kind == SCALAR else ew(".*", mask, x)


def cases(g: Maker, kind: Kind, depth: int) -> Node:
    return Node("cases", (g.make(kind, depth), comparison(g, kind, min(depth, 1)), g.make(kind, depth)))


def indexed(op: str) -> Make:
    """A sum over the entries of vectors, over the members of a family, or over two indices."""

    def make(g: Maker, kind: Kind, depth: int) -> Node:
        if len(g.bound) > 1:
            raise Unmakeable
        index = "ij"[len(g.bound)]
        own = [d[0] for d in g.variable if len(d) == 1 and d[0] in LETTERS]
        dim = g.rng.choice([*own, *own, "N", g.letter()[0]])
        before = list(g.bound)
        g.bound = [*before, (index, dim)]
        try:
            if dim == "N" and not any(s.members for s in g.symbols.values()):
                g.declare(g.rng.choice([kind, (g.dims(), ())]) if kind != SCALAR else (g.dims(), ()), "", "N")
            for _ in range(6):
                body = g.positive(kind, depth) if op == "product" else g.make(kind, depth)
                if any(n.op == "name" and (n.attr == index or str(n.attr).endswith(f"_{index}")) for n in walk(body)):
                    break
            else:
                raise Unmakeable
        finally:
            g.bound = before
        return Node(op, (body, num(1), name(dim)), index)

    return make


def literal(g: Maker, kind: Kind, depth: int) -> Node:
    """A scalar of a small matrix written out."""
    rows, cols = g.rng.choice([(2, 1), (2, 2), (1, 3), (2, 3)])
    x = Node("literal", tuple(g.make(SCALAR, depth - 1) for _ in range(rows * cols)), (rows, cols))
    if rows == cols:
        return call(g.rng.choice(["tr", "det", "sum"]), x)
    return g.rng.choice([call("sum", call("sin", x)), Node("norm", (x,), ""), mul(Node("T", (x,)), x) if cols == 1 else call("mean", x)])
