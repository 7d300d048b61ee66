r"""Readings that fit and that nobody is sure to have meant: refused, with the spellings of both.

    x W + b        a row times a matrix, or a number in place of x or W       w * gamma      entry by entry, or a number behind a vector
    a . b / a^2    a dot product, or a product of numbers                     X^{(1)} \odot X^{(2)}   entries, or columns (Khatri-Rao)
    n, p and I_N   other sizes, or numbers                                     S I            a number I, or the identity
    \pi(R X + t)   a function, or a number                                    e^{i t}        a number i, or the imaginary unit
    ||a^T x||      a number between bars, or a row times a number x           x^T A x        likewise, or A a vector
    \mathbf E \cdot \mathbf B   vectors, or matrices                         \mathbf r/r^3  a vector and its length
    sum((X W - Y)^2)   squares of entries, or a matrix times itself           A o B          the sign of an entrywise product, or a number o
    x^T x^T, norm(x^2)   a small letter that would be a matrix                ||W||_1        a capital letter that would be a vector
    \sum_i e_i^T S e_i   residuals, or unit vectors
    e^{s_p} + \sum_n e^{s_n}   one of them, or one beside them
    (s - k)^+      a positive part, or a pseudoinverse                        E(a^T x)       an expectation, or a matrix

Only names that the author declared nowhere are doubted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from ..errors import MatcalcError, ReadingError
from ..reading.subscripts import split_indexed
from ..syntax import Node, Program, spell_name, split_name, walk
from .capitals import OFTEN_VECTORS, SIZE_LETTERS
from .elaborate import typed_program
from .misfit import Misfit, Undecided, Wording
from .orders import EINSUM
from .rekind import letter_class
from .scene import GREEK
from .scopes import Typing
from .standing import is_euler
from .terms import TypedTerm

_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_STATES = ("rho", "sigma")
Terms = dict[int, TypedTerm]
Doubt = Callable[[Typing, Terms, Node], "ReadingError | None"]


def refuse_suspect(el: Typing) -> None:
    """ReadingError at the first place whose reading had another as good."""
    if not el.defaults and not el.scene.free:
        return
    terms = {id(node): term for node, term in el.seen}
    program = el.scene.program
    for root in (*(b.value for b in program.bindings), program.body):
        for n in walk(root):
            for doubt in DOUBTS.get(n.op, ()):
                error = doubt(el, terms, n)
                if error is not None:
                    raise error
    _refuse_other_sizes(el)
    _refuse_fields(el)
    for name in sorted(program.bold):
        if name in el.defaults and split_name(name)[0].islower() and name in el.symbols and el.symbols[name].kind == "matrix":
            if split_name(name)[0] not in GREEK:
                hint = f"declare it, {name} in R^n or {name} in R^{{m x n}}"
                raise ReadingError(f"{name} is in bold type, as vectors are, and fits here as a matrix only", suggestion=hint)
    _refuse_small_matrices(el, program)
    for name in sorted(program.twofold):
        if name in el.defaults and el.symbols[name].is_scalar:
            message = f"{name} stands in bold type and plain, and would be one number"
            raise ReadingError(message, suggestion=f"write ||{name}|| for the length of the vector, or give the number another letter")


def _guessed(el: Typing, node: Node) -> str:
    """The kind that was guessed for an undeclared name against what comes first for such a name; "" where none was."""
    name = str(node.attr) if node.op == "name" else ""
    kind = el.kinds.get(name, "")
    return kind if kind != el.defaults.get(name) else ""


def _factors(n: Node, terms: Terms) -> Iterator[tuple[Node, str, Node, TypedTerm]]:
    """Neighbours in a product, the sign between them, and what the left one is."""
    signs: Sequence[object] = n.attr if isinstance(n.attr, tuple) else ("",) * (len(n.args) - 1)
    for (a, b), sign in zip(pairwise(n.args), signs):
        term = terms.get(id(a))
        if term is not None:
            yield a, str(sign), b, term


def _row(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """x W, where one of them had to be a number for the product to fit."""
    for a, sign, b, left in _factors(n, terms):
        if sign == "/" or b.op != "name" or not split_name(str(b.attr))[0][:1].isupper():
            continue
        behind = not left.is_scalar and _guessed(el, b) == "scalar" and letter_class(str(b.attr)) == "upper"
        before = a.op == "name" and split_name(str(a.attr))[0] in OFTEN_VECTORS and _guessed(el, a) == "scalar"
        matrix = terms.get(id(b))
        if behind or (before and matrix is not None and matrix.kind == "matrix"):
            s = Wording(el)
            x, w = s.factor(a), s.factor(b)
            if sign == "×":
                return ReadingError(f"{x} × {w} is the cross product of two vectors", span=n.span, suggestion=f"declare {x}, {w} in R^3")
            number = b if behind else a
            return ReadingError(
                f"{x} {w} is a row times a matrix, or {s.node(number)} is a number",
                span=n.span,
                suggestion=f"write {w} {x} or {x}^T {w}, declare {x} in R^{{1 x n}} for a row, or {s.node(number)} in R",
            )
    return None


def _dot(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""a \cdot b, whose letters had to be numbers."""
    for a, sign, b, _ in _factors(n, terms):
        number = terms.get(id(b))
        member = b.op == "name" and split_name(str(b.attr))[0] in OFTEN_VECTORS and number is not None and number.is_scalar  # w \cdot x_i
        if sign == "." and _guessed(el, a) == "scalar" and (member or _guessed(el, b) == "scalar") and not is_euler(el, a):
            one, other = str(a.attr), str(b.attr)
            return ReadingError(
                f"{one} · {other} is a dot product of vectors, and something else here fits only if they are numbers",
                span=n.span,
                suggestion=f"write {one}^T {one} for the square of a vector, or declare {one}, {other} in R",
            )
    return None


def _inner(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """a^T x and x^T A x, where x had to be a number, or A a vector, for something that takes arrays: mean(a^T x), ||a^T x||."""
    for a, sign, b, left in _factors(n, terms):
        if a.op != "T" or a.args[0].op != "name" or left.kind != "row" or sign not in ("", "*") or is_euler(el, b):
            continue
        guessed, before = _guessed(el, b), el.defaults.get(str(b.attr))
        number = guessed == "scalar" and before == "vector"
        if number or (guessed == "vector" and before == "matrix" and b is not n.args[-1]):
            s = Wording(el)
            letter, product = s.node(b), s.node(n)
            return ReadingError(
                f"{product} is most often a number, and what it stands in needs an array: it fits only if {letter} is a "
                + ("number" if number else "vector"),
                span=n.span,
                suggestion=f"write |{product}| for an absolute value, declare x ~ N(mu, Sigma) for a variance, or declare {letter}",
            )
    return None


def _ring(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """A o B, with the letter o for the sign of the entrywise product."""
    for at, a in enumerate(n.args[1:-1], 1):
        if a.op == "name" and a.attr == "o" and "o" in el.defaults:
            one, other = (Wording(el).factor(n.args[k]) for k in (at - 1, at + 1))
            hint = f"write {one} .* {other} for entry by entry, f(g(x)) for a composition, or declare o"
            return ReadingError("o between factors is a sign in most texts, and a number here", span=a.span or n.span, suggestion=hint)
    return None


def _star(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""v * \gamma, where a number would stand before the vector."""
    for a, sign, b, left in _factors(n, terms):
        guessed = b.op == "name" and str(b.attr) in el.defaults and letter_class(str(b.attr)) != "upper"
        right = terms.get(id(b))
        if sign == "*" and (el.scene.by_hand or el.scene.of_arrays) and a.op == "name" and right is not None and not right.is_scalar:
            a, b, left, right = b, a, right, left  # y * (X @ w)
            guessed = split_name(str(b.attr))[0] in OFTEN_VECTORS and _guessed(el, b) == "scalar"
        if sign == "*" and guessed and right is not None and right.is_scalar and not left.is_scalar:
            s = Wording(el)
            v, g = s.factor(a), s.node(b)
            return ReadingError(
                f"{v} * {g} goes entry by entry, or {g} is a number",
                span=n.span,
                suggestion=f"write {v} .* {g} for entry by entry; for a number write it in front, or declare {g} in R",
            )
    return None


def _identity(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """S I and w^T I w, which are S and w^T w if I is the identity."""
    at = next((k for k, a in enumerate(n.args) if a.op == "name" and a.attr == "I"), -1)
    if at < 0 or el.stands_for_something("I") or el.scene.capitals or "I" in el.scene.wrt:
        return None
    factors = [(k, a, a.args[0] if a.op == "T" else a) for k, a in enumerate(n.args)]
    known = [(k, a, name) for k, a, name in factors if k != at and name.op == "name" and str(name.attr) in el.defaults]
    beside = [
        a for k, a, name in known if str(name.attr)[:1].isupper() or (abs(k - at) == 1 and id(a) in terms and not terms[id(a)].is_scalar)
    ]
    if not beside:
        return None
    return ReadingError(
        f"I beside {Wording(el).node(beside[0])} in a product is the identity matrix, which changes nothing, or a name",
        span=n.span,
        suggestion="declare I in R if it is a number, or I in R^{n x n}; leave the identity out",
    )


def _projection(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""\pi(R X + t), where pi may be a function."""
    for a, sign, b, left in _factors(n, terms):
        right = terms.get(id(b))
        text = el.scene.program.text[a.span[1] : b.span[0] + 1] if a.span and b.span else ""
        if a.attr == "pi" and not sign and right is not None and not right.is_scalar and text.startswith("(") and left.name is None:
            inside = Wording(el).node(b)
            return ReadingError(
                f"pi({inside.strip('()')}) is a function of a vector, or the number pi times it",
                span=n.span,
                suggestion="write pi * (…) for the number, or declare pi: R^m -> R^n",
            )
    return None


def _expected(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """E(a^T x), where E would be a matrix that stands before brackets alone."""
    for a, sign, b, left in _factors(n, terms):
        if a.op != "name" or a.attr != "E" or sign or left.is_scalar or "E" not in el.defaults or not a.span:
            continue
        text = el.scene.program.text
        if all(split_name(str(m.attr))[0] in GREEK for m in walk(b) if m.op == "name"):  # E(1 - nu) of a modulus
            continue
        if all(text[t.span[1] : t.span[1] + 1] == "(" for t, _ in el.seen if t.op == "name" and t.attr == "E" and t.span):
            inside = Wording(el).node(b).removeprefix("(").removesuffix(")")
            return ReadingError(
                f"E({inside}) is an expectation, or a product with a matrix E",
                span=n.span,
                suggestion="declare the distribution, x ~ N(mu, Sigma), and write E[…]; for a matrix write E * (…), or declare it",
            )
    return None


def _units(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """sum_i e_i^T S^-1 e_i: the residuals e_i, or the unit vectors and so a trace."""
    unit = f"e_{n.attr}"
    if any(known in ("e", unit) for known in (*el.scene.declared, *el.scene.bound, *el.scene.wrt, *el.families)):
        return None
    for m in walk(n.args[0]):
        first = m.args[0] if m.op == "mul" else n
        ends = first.op == "T" and first.args[0].op == m.args[-1].op == "name" and first.args[0].attr == m.args[-1].attr == unit
        if ends:
            text = Wording(el).node(m)
            return ReadingError(
                f"the {unit} in the sum of {text} are vectors of data, as residuals are, or the unit vectors, which make it a trace",
                span=m.span,
                suggestion=f"declare {unit} in R^m, or write tr(…) for the trace",
            )
    return None


def _beside_sum(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""-\log \sigma(u_o^T v) - \sum_k \log \sigma(-u_k^T v) by u_o, which may be one of the u_k or a vector beside them."""
    sums = [m for m in (a.args[0] if a.op == "neg" else a for a in n.args) if m.op == "sum" and isinstance(m.attr, str)]
    bases = {split_indexed(name)[0] for name in el.scene.wrt if split_indexed(name)[1] in el.scene.free}
    for whole in sums if bases else ():
        for base in bases:
            body = _said_of(whole.args[0], spell_name(base, str(whole.attr)))
            for a in n.args:
                own = [m for m in walk(a) if m.op == "name" and split_indexed(str(m.attr))[0] == base]
                letter = split_indexed(str(own[0].attr))[1] if len(own) == 1 else ""
                if letter in el.scene.free and _said_of(a, str(own[0].attr)) == body:
                    name, each = own[0].attr, spell_name(base, str(whole.attr))
                    term = terms.get(id(own[0]))
                    space = "R" if term is None or term.is_scalar else "R^n"
                    return ReadingError(
                        f"{name} may be one of the {each} that the sum is over, or one beside them",
                        span=a.span,
                        suggestion=f"declare {name}, {each} in {space} for one beside them, {letter} in N for one of them",
                    )
    return None


def _said_of(root: Node, name: str) -> list[tuple[str, object]]:
    """What a term is made of, without signs, and with one letter for a name."""
    return [(m.op, "" if m.attr == name else m.attr) for m in walk(root) if m.op != "neg"]


def _traced(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """Tr(rho A), where rho would be a number: a density matrix, or a number."""
    product = n.args[0] if n.attr == "tr" and n.args else n
    for a in product.args if product.op == "mul" else ():
        term = terms.get(id(a))
        if a.op == "name" and a.attr in _STATES and str(a.attr) in el.defaults and term is not None and term.is_scalar:
            message = f"{a.attr} below the trace is a matrix, as states are, or a number"
            return ReadingError(message, span=n.span, suggestion=f"declare {a.attr} in R^{{n x n}} or {a.attr} in R")
    return None


def _added_row(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """X W + b^T, where b had to be a matrix."""
    for a in n.args:
        inner = a.args[0] if a.op == "neg" else a
        b = inner.args[0] if inner.op == "T" else inner
        if b.op == "name" and str(b.attr)[:1].islower() and _guessed(el, b) == "matrix" and letter_class(str(b.attr)) == "lower":
            name, shown = str(b.attr), Wording(el).node(inner)
            return ReadingError(
                f"{shown} is a row or column added to every one of a matrix, or {name} is a matrix",
                span=n.span,
                suggestion=f"write ones(n) {name}^T or {name} ones(n)^T for that, or declare {name} in R^{{m x n}}",
            )
    return None


def _imaginary(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """e^{i w t}, where i is a name like any other here."""
    inside = n.args[-1].args[0] if n.args[-1].op == "neg" else n.args[-1]
    factors = inside.args if inside.op == "mul" else (inside,)
    unit = next((a for a in factors if a.op == "name" and a.attr in ("i", "j") and str(a.attr) in el.defaults), None)
    if unit is None or len(factors) < 2 or not (is_euler(el, n.args[0]) or (n.op == "call" and n.attr == "exp")):
        return None
    return ReadingError(
        f"{unit.attr} in this exponent is the imaginary unit, or a number; everything is real here",
        span=n.span,
        suggestion=f"write cos and sin for the real and the imaginary part, or declare {unit.attr} in R",
    )


def _columns(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""X^{(1)} \odot X^{(2)}: factors of a tensor, whose columns are multiplied."""
    for a, sign, b, _ in _factors(n, terms):
        both = [split_name(str(m.attr)) for m in (a, b) if m.op == "name" and str(m.attr) in el.defaults]
        if sign != ".*" or len(both) < 2 or not (both[0][0] == both[1][0] and both[0][0].isupper() and both[0][1] != both[1][1]):
            continue
        s = Wording(el)
        span = (a.span[0], b.span[1]) if a.span and b.span else n.span
        if span is not None and "^{(" in el.scene.program.text[span[0] : span[1] + 3].replace(" ", ""):
            one, other = s.node(a), s.node(b)
            return ReadingError(
                f"the sign between {one} and {other} goes entry by entry, or column by column (Khatri-Rao)",
                span=n.span,
                suggestion="write .* for entry by entry, ⋄ or khatri_rao(A, B) for the other",
            )
    return None


def _positive(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """(1 - y w^T x)^+, which is a positive part in losses and payoffs, and a pseudoinverse of matrices."""
    inside = terms.get(id(n.args[0]))
    written = el.scene.program.text[n.span[0] : n.span[1]].rstrip("} ") if n.span else ""
    if inside is None or inside.kind == "matrix" or n.args[0].op == "name" or not written.endswith("+"):
        return None
    text = Wording(el).node(n.args[0]).removeprefix("(").removesuffix(")")
    return ReadingError(
        f"({text})^+ is the positive part, or the pseudoinverse",
        span=n.span,
        suggestion=f"write max({text}, 0) for the positive part, pinv({text}) for the pseudoinverse",
    )


def _refuse_other_sizes(el: Typing) -> None:
    """n and p beside I_N, where nothing says of what they are the sizes."""
    named = [str(n.attr) for n, t in el.seen if n.op == "name" and str(n.attr).startswith("I_") and t.kind == "matrix"]
    others = [name for name, t in el.symbols.items() if name in SIZE_LETTERS and name in el.defaults and t.is_scalar]
    others = [name for name in others if name not in el.scene.wrt]
    if named and len(others) > 1:
        message = f"{named[0]} names a size, and {' and '.join(others)} may be others, or numbers"
        first = next(n for n, _ in el.seen if n.op == "name" and n.attr == others[0])
        hint = f"declare the matrices with their sizes, as X in R^{{{others[0]} x m}}, or {', '.join(others)} in R"
        raise ReadingError(message, span=first.span, suggestion=hint)


def _refuse_fields(el: Typing) -> None:
    r"""\mathbf{E} \cdot \mathbf{B}, vectors in physics, where E and B stand beside dots only and may be matrices too."""
    program = el.scene.program
    capitals = [c for c in sorted(program.bold) if c[:1].isupper() and c in el.defaults and el.symbols[c].kind == "matrix"]
    nodes = [n for root in (*(b.value for b in program.bindings), program.body) for n in walk(root)] if capitals else []
    dotted = [
        a
        for n in nodes
        if n.op == "mul" and isinstance(n.attr, tuple)
        for pair, sign in zip(pairwise(n.args), n.attr)
        if sign in (".", "×")
        for a in pair
    ]
    beside = {id(a) for a in dotted}
    fields = [c for c in capitals if all(id(n) in beside for n in nodes if n.op == "name" and n.attr == c)]
    if not fields:
        return
    other = Typing(el.scene, {**el.kinds, **dict.fromkeys(fields, "vector")}, el.meanings, el.book)
    try:
        typed_program(other)
    except (Misfit, Undecided, MatcalcError):
        return
    if other.penalties:
        return
    first = next(n for n in nodes if n.op == "name" and n.attr == fields[0])
    shown = ", ".join(fields)
    raise ReadingError(
        f"{shown} beside a dot or × {'is a vector' if len(fields) == 1 else 'are vectors'}, or the sign is the product of matrices",
        span=first.span,
        suggestion=f"declare {shown} in R^n for vectors, or write the product without a sign",
    )


def _raised(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """norm(x^2), which fits only if x is a square matrix."""
    base = n.args[0]
    if base.op != "name" or _guessed(el, base) != "matrix" or split_name(str(base.attr))[0] not in _LATIN:
        return None
    s = Wording(el)
    name, power = s.node(base), s.node(n.args[1])
    message = f"{s.node(n)} fits here only if {name} is a square matrix, and a small letter is none"
    return ReadingError(message, span=n.span, suggestion=f"write {name}.^{power} for entry by entry, or declare {name} in R^{{n x n}}")


def _summed(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """sum((X W - Y)^2) of undeclared matrices: the squares of the entries, or a matrix times itself."""
    base = terms.get(id(n.args[0]))
    if id(n) not in el.scene.summed or base is None or base.kind != "matrix":
        return None
    if not any(m.op == "name" and m.attr in el.defaults for m in walk(n.args[0])):
        return None
    s = Wording(el)
    inside, power = s.factor(n.args[0]), s.node(n.args[1])
    message = f"{s.node(n)} under the sum goes entry by entry, or it is a power of a matrix"
    return ReadingError(message, span=n.span, suggestion=f"write {inside}.^{power} for entry by entry, or declare the matrices square")


def _sum_norm(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """||W||_1 of a capital letter, which fits only if W is a vector: of a matrix it is a sum over the entries, or over a column."""
    inside = n.args[0]
    if (
        n.attr not in ("1", "inf")
        or inside.op != "name"
        or _guessed(el, inside) != "vector"
        or el.defaults.get(str(inside.attr)) != "matrix"
    ):
        return None
    s = Wording(el)
    name, norm = s.node(inside), s.node(n)
    message = f"{norm}_{n.attr} fits here only if {name} is a vector, and a capital letter is a matrix"
    entries = f"sum(abs({name}))" if n.attr == "1" else f"max(abs(vec({name})))"
    return ReadingError(message, span=n.span, suggestion=f"write {entries} for the entries of a matrix, or declare {name} in R^n")


def _refuse_small_matrices(el: Typing, program: Program) -> None:
    """x^T x^T, which fits only if x is a square matrix."""
    plain = {str(n.attr) for root in (*(b.value for b in program.bindings), program.body) for n in _unindexed(root) if n.op == "name"}
    for name, kind in el.defaults.items():
        if (
            name in plain
            and kind == "vector"
            and split_name(name)[0] in _LATIN
            and name in el.symbols
            and el.symbols[name].kind == "matrix"
        ):
            message = f"what is written fits only if {name} is a matrix, and a small letter is a number or a vector"
            raise ReadingError(message, suggestion=f"declare {name} in R^{{m x n}}, or write x^T y for a number, x y^T for a matrix")


def _unindexed(root: Node) -> Iterator[Node]:
    """The nodes of a tree without what has its order from its letters: w in w[i, j], the arrays of einsum."""
    todo = [root]
    while todo:
        n = todo.pop()
        yield n
        if n.op != "call" or not str(n.attr).startswith(EINSUM):  # whose letters tell the orders
            todo += n.args[1:] if n.op == "index" else n.args


DOUBTS: dict[str, tuple[Doubt, ...]] = {
    "mul": (_row, _dot, _inner, _ring, _star, _identity, _projection, _expected),
    "ew": (_columns,),
    "add": (_added_row, _beside_sum),
    "pow": (_imaginary, _raised, _summed),
    "norm": (_sum_norm,),
    "pinv": (_positive,),
    "sum": (_units,),
    "call": (_imaginary, _traced),
}
