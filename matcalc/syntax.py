"""The surface tree: what was typed, with its places, and what will be printed. No shapes are known here.

The reader (`parse`) makes it from text, `infer` types it, `arrange` makes it from a typed expression, and the
printers in `render` spell it. One tree for both ways, so that reading and printing can be tested against each other.

    op        args                       attr
    num                                  Fraction, not negative
    name                                 str: "x", "theta", "x_1", "w_{out}" (canonical, see `spell_name`)
    call      arguments                  str: the function's canonical name ("tr", "sin", "phi", "phi'"; "exp." is
                                         exp spelled entrywise, exp.(X); log with a base has it as second argument)
    add       two or more summands       None; a subtracted summand is a `neg`
    neg       one                        None
    mul       two or more factors        tuple of what stands between: "" (juxtaposition) "*" "/" "@" "." "×" "×_1"; from the left
    ew        two or more                tuple of ".*" "./" "kron" "khatri_rao"; from the left. Of tensors of the fourth order
                                         OTIMES_BAR OTIMES_LOW ODOT_BAR, and ":" before what they are applied to (`reading.contracted`)
    pow       base, exponent             None          (x^2, X^k, X^{-2})
    epow      base, exponent             None          (x.^2)
    T H inv pinv   one                   None          (X^-T is T of inv)
    norm      argument[, p]              "" "1" "2" "F" "inf" "*" "p" (then args[1] is p)
    bars      one                        None          (|x|)
    inner     two                        None          (<A, B>, A : B)
    index     base, then indices         None          (X[i,j], (V y)_i; a whole row or column is `all`); APART: (x)_1, where x_1 would be
                                         taken for another vector
    all                                  None          (the colon)
    tuple     two or more indices        None          (a Kronecker pair as one index: J[(i,p),(j,q)])
    literal   entries, row by row        (rows, columns)
    sum product   body[, lower, upper]   str | None: the index; with no bounds it runs over its family
    iverson   one `cmp`                  None          (1[x > 0])
    cmp       two                        "<" ">" "<=" ">=" "=" "!="
    and       two or more `cmp`          None          (i = k and j = l, in a condition)
    cases     value, cmp, value, cmp, …[, otherwise]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache

from .errors import Span
from .travel import Tree

GREEK = dict(
    zip(
        (
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega "
            "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi Chi Psi Omega"
        ).split(),
        "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
        strict=True,
    )
)
APART = "apart"
OTIMES_BAR, OTIMES_LOW, ODOT_BAR = "⊗\u0304", "⊗\u0332", "⊙\u0304"
FORM_NAMES = "JHDGKM"  # an index form is called by the first of these that is not taken
Attr = str | Fraction | tuple[object, ...] | None


class Node(Tree):
    """One node of the surface tree; equality is structural and ignores places."""

    __slots__ = ("op", "args", "attr", "span")
    args: tuple[Node, ...]

    def __init__(self, op: str, args: tuple[Node, ...] = (), attr: Attr = None, span: Span | None = None) -> None:
        self.op = op
        self.args = args
        self.attr = attr
        self.span = span

    def row(self) -> tuple[Callable[..., Node], tuple[object, ...]]:
        return _node, (self.op, self.attr, self.span)

    def __repr__(self) -> str:
        inside = ([] if self.attr is None else [repr(self.attr)]) + [repr(a) for a in self.args]
        return f"{self.op}({', '.join(inside)})"


def _node(args: tuple[Node, ...], op: str, attr: Attr, span: Span | None) -> Node:
    return Node(op, args, attr, span)


def same(a: Node, b: Node) -> bool:
    """Structural equality, without recursion."""
    todo = [(a, b)]
    while todo:
        x, y = todo.pop()
        if x is y:
            continue
        if x.op != y.op or x.attr != y.attr or len(x.args) != len(y.args):
            return False
        todo += zip(x.args, y.args)
    return True


def walk(node: Node) -> Iterator[Node]:
    """Every node, parents first, left to right."""
    todo = [node]
    while todo:
        n = todo.pop()
        yield n
        if n.args:
            todo += n.args[::-1]


def conditions(product: Node) -> Iterator[Node]:
    """The comparisons among the factors of a product, and of the products in it: where one does not hold, all of it is 0."""
    todo = [product]
    while todo:
        n = todo.pop()
        if n.op == "iverson" and n.args[0].op == "cmp":
            yield n.args[0]
        elif n.op in ("mul", "ew") and isinstance(n.attr, tuple):
            todo += [a for k, a in enumerate(n.args) if k == 0 or n.attr[k - 1] not in ("/", "./")]


class Binding:
    """`name = value`, or `name(params) = value`."""

    __slots__ = ("name", "params", "value", "span")

    def __init__(self, name: str, value: Node, params: tuple[str, ...] = (), span: Span | None = None) -> None:
        self.name, self.value, self.params, self.span = name, value, params, span


OUTER_SQUARE = "outer square"  # F F^T in a variance: no function that can be typed


class Declaration:
    """One declared name: `A in R^{m x n} symmetric`, or a function `phi: R -> R`.

    `field` is R, N, Z or S (symmetric); `sizes` are the texts' dimensions as `Dim`s: () scalar, (n,) vector, (m, n)
    matrix. For a function, `domain` and `sizes` are the sizes of its argument and value; `argument` is the name of that
    argument where it was declared with it, as `x(t) in R^n`: then x alone is x(t) too.
    """

    __slots__ = ("name", "field", "sizes", "properties", "domain", "span", "argument")

    def __init__(
        self,
        name: str,
        field: str,
        sizes: tuple[object, ...],
        properties: tuple[str, ...] = (),
        domain: tuple[object, ...] | None = None,
        span: Span | None = None,
        argument: str = "",
    ) -> None:
        self.name, self.field, self.sizes = name, field, sizes
        self.properties, self.domain, self.span, self.argument = properties, domain, span, argument


class Asked:
    r"""What a text asks for by itself: \frac{d^2}{dx^2} asks for the second derivative by x. `names` are the variables, one for each
    order (none where \nabla names none); `of` is the bound name in \\frac{df}{dx}, which then is the function."""

    __slots__ = ("names", "order", "of", "span")

    def __init__(self, names: tuple[str, ...], order: int, of: str = "", span: Span = (0, 0)) -> None:
        self.names, self.order, self.of, self.span = names, order, of, span


class Program:
    """A whole input: bindings, then the expression. `form` says how to take the expression:

    None                                    a scalar, vector or matrix
    ("index", "J", ("i", "j", "k", "l"))    J[i,j,k,l] = …; an index may be a tuple ("i", "p"), a Kronecker pair
    ("kron", "F", "X")                      d vec(F)/d vec(X)^T = …
    ("map", "dX")                           dX -> …
    `where` is the text after an inner ` where `, or "". `name` is what the last statement was called (`f = x^T x`), or "".
    `readings` are the choices the reader made, as short sentences. `alternative` is the other reading where `.*` and a
    bare `*` stand in one chain: here `*` binds tighter, there all of them go from the left; only shapes can decide.
    `asked` is the derivative that the text asks for by itself, as \\frac{d}{dx} does; `bold` has the names in bold type, `twofold`
    those that stand without it as well, `arrows` those below an arrow; `complex_` says that the names, of which none is declared, are
    complex.
    `random` are the names over which it takes expectations, `parameters` those in brackets behind `name`: L(w, b) = …
    `stated` is what the last statement says to be
    the derivative, as df/dx = … does, and `claim` where that statement begins and where its value does. `kept` has the letters below
    sums over j with j != i, where i was taken for a place that is given, with their places in the text. `labelled` are names with a
    label above them, each with the declared name that it is with it: h^{t-1}, h; `labels` are the letters that stand so.
    """

    __slots__ = (
        "text",
        "bindings",
        "body",
        "form",
        "where",
        "name",
        "readings",
        "alternative",
        "asked",
        "bold",
        "twofold",
        "arrows",
        "complex_",
        "stated",
        "claim",
        "kept",
        "labelled",
        "labels",
        "random",
        "parameters",
        "_walked",
    )

    def __init__(
        self,
        text: str,
        bindings: tuple[Binding, ...],
        body: Node,
        form: tuple[object, ...] | None = None,
        where: str = "",
        name: str = "",
        readings: tuple[str, ...] = (),
        alternative: Program | None = None,
        asked: Asked | None = None,
        bold: frozenset[str] = frozenset(),
    ) -> None:
        self.text, self.bindings, self.body, self.form, self.where = text, bindings, body, form, where
        self.name, self.readings, self.alternative, self.asked, self.bold = name, readings, alternative, asked, bold
        self.twofold: frozenset[str] = frozenset()
        self.arrows: frozenset[str] = frozenset()
        self.complex_ = False
        self.stated: Asked | None = None
        self.claim = (0, 0)
        self.kept: tuple[tuple[str, str, Span], ...] = ()
        self.labelled: tuple[tuple[str, str], ...] = ()
        self.labels: frozenset[str] = frozenset()
        self.random: frozenset[str] = frozenset()
        self.parameters: tuple[str, ...] = ()
        self._walked: tuple[Node, tuple[Binding, ...], list[Node]] | None = None

    @property
    def nodes(self) -> list[Node]:
        """All nodes, those of the bindings first; walked once."""
        walked = self._walked
        if walked is None or walked[0] is not self.body or walked[1] is not self.bindings:
            found = [n for b in self.bindings for n in walk(b.value)] if self.bindings else []
            walked = self._walked = self.body, self.bindings, [*found, *walk(self.body)]
        return walked[2]

    def with_values(self, bindings: tuple[Binding, ...], body: Node) -> Program:
        """The same program with other trees."""
        from copy import copy

        found = copy(self)
        found.bindings, found.body = bindings, body
        return found


def spell_name(base: str, subscript: str = "") -> str:
    """The canonical spelling: x, x_1, w_{out}; braces only round two characters and more."""
    if not subscript:
        return base
    if "_" in base:  # a member of y_{hat}
        base, sub = split_name(base)
        subscript = f"{sub},{subscript}"
    return f"{base}_{subscript}" if len(subscript) == 1 else f"{base}_{{{subscript}}}"


@lru_cache(maxsize=1024)
def split_name(name: str) -> tuple[str, str]:
    """Base and subscript of a canonical name; the subscript is "" where there is none."""
    base, _, sub = name.partition("_")
    return base, sub[1:-1] if sub.startswith("{") else sub
