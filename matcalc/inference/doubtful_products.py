"""Products with two readings: rows times matrices, dots, stars, rings, letters before brackets (see `suspect`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..errors import ReadingError
from ..interning import regex
from ..syntax import Node, split_name, walk
from .capitals import MATRICES, OFTEN_VECTORS
from .declarations import GREEK
from .doubt import Doubt, Terms, guess_of
from .misfit import Wording
from .rekind import letter_class
from .scopes import Typing
from .standing import is_euler
from .terms import TypedTerm

_SCALES = frozenset(("g", "gamma", "w", "gain", "scale", "weight"))


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
        behind = not left.is_scalar and guess_of(el, b) == "scalar" and letter_class(str(b.attr)) == "upper"
        before = a.op == "name" and split_name(str(a.attr))[0] in OFTEN_VECTORS and guess_of(el, a) == "scalar"
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


def _member(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""\sum_j \log(1 + e^{b_j + W_j v}): row j of W times a vector, where W_j had to be a number."""
    for a, sign, b, left in _factors(n, terms):
        if sign or a.op != "name" or b.op != "name" or not left.is_scalar or str(b.attr) not in el.defaults or "_" in str(b.attr):
            continue
        base, sub = split_name(str(a.attr))
        if sub not in el.scene.indices or base not in MATRICES or base in el.scene.stated or str(b.attr) not in OFTEN_VECTORS:
            continue
        return ReadingError(
            f"{a.attr} {b.attr} is row {sub} of {base} times {b.attr}, or {a.attr} is a number",
            span=n.span,
            suggestion=f"write ({base} {b.attr})_{sub} for the row, or declare {base} in R^n for numbers",
        )
    return None


def _dot(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""a \cdot b, whose letters had to be numbers."""
    for a, sign, b, _ in _factors(n, terms):
        number = terms.get(id(b))
        if sign == "." and _are_members(el, a, b) and number is not None and number.is_scalar:
            return ReadingError(
                f"{a.attr} · {b.attr} is a dot product of two of many vectors, or a product of numbers",
                span=n.span,
                suggestion=f"write {a.attr}^T {b.attr} for the dot product, {a.attr} {b.attr} for numbers",
            )
        member = b.op == "name" and split_name(str(b.attr))[0] in OFTEN_VECTORS and number is not None and number.is_scalar  # w \cdot x_i
        if sign == "." and guess_of(el, a) == "scalar" and (member or guess_of(el, b) == "scalar") and not is_euler(el, a):
            one, other = str(a.attr), str(b.attr)
            return ReadingError(
                f"{one} · {other} is a dot product of vectors, and something else here fits only if they are numbers",
                span=n.span,
                suggestion=f"write {one}^T {one} for the square of a vector, or declare {one}, {other} in R",
            )
    return None


def _are_members(el: Typing, a: Node, b: Node) -> bool:
    r"""x_i \cdot x_j, below sums over i and j."""
    if not (a.op == b.op == "name"):
        return False
    (base, i), (other, j) = split_name(str(a.attr)), split_name(str(b.attr))
    return base == other and i != j and {i, j} <= el.scene.indices and base in OFTEN_VECTORS and base not in el.scene.stated


def _inner(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """a^T x and x^T A x, where x had to be a number, or A a vector, for something that takes arrays: mean(a^T x), ||a^T x||."""
    for a, sign, b, left in _factors(n, terms):
        if a.op != "T" or a.args[0].op != "name" or left.kind != "row" or sign not in ("", "*") or is_euler(el, b):
            continue
        guessed, before = guess_of(el, b), el.defaults.get(str(b.attr))
        number = guessed == "scalar" and before == "vector"
        if number or (guessed == "vector" and before == "matrix" and b is not n.args[-1]):
            s = Wording(el)
            letter, product = s.node(b), s.node(n)
            end = n.span[1] if n.span else 0
            if end and (entry := regex(r"[) ]*\[[^\]]*\]").match(el.scene.program.text, end)):  # (v'*M*v)[1]
                inside = entry[0].lstrip(") ")
                message = f"{product} is a number, or {letter} a vector: a number has no entries"
                return ReadingError(message, span=n.span, suggestion=f"leave {inside} out, or declare {letter}")
            return ReadingError(
                f"{product} is most often a number, and what it stands in needs an array: it fits only if {letter} is a "
                + ("number" if number else "vector"),
                span=n.span,
                suggestion=f"write |{product}| for an absolute value, declare x ~ N(mu, Sigma) for a variance, or declare {letter}",
            )
    return None


def _cross_of_product(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """r × m v: of r and m, or of r and the momentum m v."""
    signs = n.attr if isinstance(n.attr, tuple) and not el.scene.program.bold else ()
    for k, (sign, after) in enumerate(pairwise(signs)):
        b, c = n.args[k + 1 : k + 3]
        if sign == "×" and not after and b.op == c.op == "name" and not el.scene.stated.keys() >= {b.attr, c.attr}:
            s = Wording(el)
            a, one, other = s.factor(n.args[k]), s.node(b), s.node(c)
            return ReadingError(
                f"{a} × {one} {other} can be read in two ways",
                span=n.span,
                suggestion=f"write {a} × ({one} {other}) or ({a} × {one}) {other}, and declare the vectors",
            )
    return None


def _cross_of_field(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """r × F, where one is no vector."""
    for a, sign, b, left in _factors(n, terms):
        right = terms.get(id(b))
        both = a.op == b.op == "name" and a.attr in el.defaults and b.attr in el.defaults and not el.scene.program.bold
        kinds = {left.kind, right.kind} if sign == "×" and both and right is not None else {"vector"}
        if kinds not in ({"vector"}, {"scalar"}):
            one, other = str(a.attr), str(b.attr)
            return ReadingError(
                f"{one} × {other} is the cross product of two vectors, or a product",
                span=n.span,
                suggestion=f"declare {one}, {other} in R^3; for a product write it without the sign",
            )
    return None


def _weights(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """W x, where both had to be numbers: (y - sigmoid(W x + b))^2."""
    for a, sign, b, _ in _factors(n, terms):
        base = split_name(str(a.attr))[0] if a.op == "name" else ""
        if base == "W" and sign in ("", "*") and guess_of(el, a) == "scalar" and b.op == "name" and str(b.attr)[:1].islower():
            right = terms.get(id(b))
            if b.attr in el.defaults and right is not None and right.is_scalar:
                s = Wording(el)
                w, x = s.node(a), s.node(b)
                return ReadingError(
                    f"{w} {x} is most often a matrix times a vector, and something else here fits only if both are numbers",
                    span=n.span,
                    suggestion=f"write .^2 for the square of each entry, and sum(…) round it; or declare {w}, {x} in R",
                )
    return None


def _sign_of_sum(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """Σ p log(p/q): the letter as a matrix before numbers alone, where it is the sign of a sum more often."""
    first = n.args[0]
    if first.op != "name" or first.attr != "Sigma" or "Sigma" not in el.defaults or first.span is None:
        return None
    whole, others = terms.get(id(first)), [terms.get(id(a)) for a in n.args[1:]]
    if whole is None or whole.is_scalar or el.scene.program.text[first.span[0] : first.span[1]] != "Σ":
        return None
    if not all(t is not None and t.is_scalar for t in others):
        return None
    return ReadingError(
        "Σ before numbers is the sign of a sum, and nothing behind it carries an index; or a matrix",
        span=first.span,
        suggestion="write ∑_i, and the index below what is summed; \\Sigma, or a declaration, for the matrix",
    )


def _dot_of_field(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""-\mu·B, all there is: a dot product of two vectors, or a number times a matrix."""
    body = el.scene.program.body
    if n is not (body.args[0] if body.op == "neg" else body) or n.attr != (".",):
        return None
    a, b = n.args
    both = a.op == b.op == "name" and str(b.attr)[:1].isupper() and b.attr != "I" and a.attr in el.defaults and b.attr in el.defaults
    left, right = terms.get(id(a)), terms.get(id(b))
    if both and left is not None and right is not None and left.is_scalar and right.kind == "matrix":
        one, other = str(a.attr), str(b.attr)
        return ReadingError(
            f"{one} · {other} is a dot product of vectors, or a number times a matrix",
            span=n.span,
            suggestion=f"declare {one}, {other} in R^n for vectors, or write the product without a sign",
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
            guessed = split_name(str(b.attr))[0] in OFTEN_VECTORS and guess_of(el, b) == "scalar"
        if sign == "*" and (el.scene.by_hand or el.scene.of_arrays) and a.op == "name" and not left.is_scalar and b.op != "name":
            names = [m for m in walk(b) if m.op == "name" and split_name(str(m.attr))[0] in OFTEN_VECTORS and guess_of(el, m) == "scalar"]
            if names and right is not None and right.is_scalar:  # w * (x - mu)**2, where x had to be a number
                b, guessed = names[0], True
            elif el.scene.by_hand and b.op == "add" and right is not None and right.is_scalar and (factor := _of_data(el, b)):
                s = Wording(el)
                return ReadingError(
                    f"{s.factor(a)} * {s.factor(b)} goes entry by entry, or {s.node(factor)} is a number",
                    span=n.span,
                    suggestion=f"write {s.factor(a)} .* {s.factor(b)} for entry by entry; for a number declare {s.node(factor)} in R",
                )
        if sign in ("*", "/") and right is not None and left.is_scalar != right.is_scalar and id(n) in el.scene.starred:
            one = a if left.is_scalar else b
            names = [m for m in walk(one) if m.op == "name" and guess_of(el, m) == "scalar" and split_name(str(m.attr))[0] in OFTEN_VECTORS]
            if names and (sign == "*" or right.is_scalar):
                s = Wording(el)
                u, v, x = s.factor(a), s.factor(b), s.node(names[0])
                return ReadingError(
                    f"{u} {sign} {v} below the sum goes entry by entry, or {x} is a number",
                    span=n.span,
                    suggestion=f"write {u} .{sign} {v} for entry by entry; for a number declare {x} in R",
                )
        if sign == "*" and guessed and right is not None and right.is_scalar and not left.is_scalar:
            s = Wording(el)
            v, g = s.factor(a), s.node(b)
            return ReadingError(
                f"{v} * {g} goes entry by entry, or {g} is a number",
                span=n.span,
                suggestion=f"write {v} .* {g} for entry by entry; for a number write it in front, or declare {g} in R",
            )
    return None


def _scale(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """g * x / sqrt(mean(x^2) + eps): a number g, or one for each entry, as in the layers of networks."""
    signs = n.attr if isinstance(n.attr, tuple) else ()
    if "/" not in signs:
        return None
    scaled = [a for a in n.args if a.op == "name" and a.attr in _SCALES and a.attr in el.defaults and a.attr not in el.scene.scaled]
    if not scaled:
        return None
    divisors = [a for a, sign in zip(n.args, ("", *signs)) if sign == "/" and a.op == "call" and a.attr in ("sqrt", "std")]
    spread = any(m.op == "call" and m.attr in ("mean", "sum", "var", "std") for a in divisors for m in walk(a))
    arrays = [a for a in n.args if (t := terms.get(id(a))) is not None and not t.is_scalar]
    g = next((str(a.attr) for a in scaled if (t := terms.get(id(a))) is not None and t.is_scalar), "")
    if not spread or not arrays or not g:
        return None
    return ReadingError(
        f"{g} scales every entry by a number of its own, as in a layer of a network, or is one number",
        span=n.span,
        suggestion=f"write {g} .* (…) for entry by entry; for one number declare {g} in R",
    )


def _turned_by(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """R(theta) p: the rotation of a vector, where both were read as numbers."""
    if all(a.op != "call" or a.attr != "R" for a in n.args):
        return None
    for a, sign, b, left in _factors(n, terms):
        if a.op != "call" or a.attr != "R" or sign or b.op != "name" or b.attr not in el.defaults or not left.is_scalar:
            continue
        right, angle = terms.get(id(b)), a.args[0]
        latin = split_name(str(b.attr))[0] not in GREEK and str(b.attr)[:1].islower()
        if latin and right is not None and right.is_scalar and split_name(str(angle.attr))[0] in ("theta", "phi", "psi", "alpha"):
            s = Wording(el)
            turn, p = s.node(a), s.node(b)
            return ReadingError(
                f"{turn} {p} is a matrix times a vector, as of a rotation, or a product of numbers",
                span=n.span,
                suggestion=f"declare R: R -> R^{{n x n}} and {p} in R^n; for numbers R: R -> R",
            )
    return None


def _of_data(el: Typing, factor: Node) -> Node | None:
    """The name in (1 - a1**2) behind the star of NumPy's text, where it is undeclared and no Greek letter."""
    names = [m for m in walk(factor) if m.op == "name"]
    free = all(str(m.attr) in el.defaults and split_name(str(m.attr))[0] not in GREEK for m in names)
    return names[0] if names and free else None


def scales(el: Typing) -> dict[str, str]:
    r"""gamma with beta in v * \gamma + \beta of a vector v: Greek letters that were guessed to be numbers, behind a star in a text that
    writes no other, beside a shift of the same sort. As a vector the one means what it does as a number, which is one with equal entries;
    so not where it is differentiated by."""
    program = el.scene.program
    if program.text.count("*") != 1:
        return {}
    terms, found = {id(node): term for node, term in el.seen}, dict[str, str]()
    nodes = [n for root in (*(b.value for b in program.bindings), program.body) for n in walk(root)]
    names = [str(n.attr) for n in nodes if n.op == "name"]
    for product, shift in ((a, b) for n in nodes if n.op == "add" for a, b in pairwise(n.args)):
        if product.op != "mul" or shift.op != "name" or not isinstance(product.attr, tuple) or product.attr[-1] != "*":
            continue
        vector, scale, name = terms.get(id(product.args[0])), product.args[-1], str(product.args[-1].attr)
        both = [str(a.attr) for a in (scale, shift) if a.op == "name" and split_name(str(a.attr))[0] in GREEK]
        if len(both) == 2 == len(product.args) and names.count(name) == 1 and name not in el.scene.wrt and both[1] in el.defaults:
            if name in el.defaults and el.symbols[name].is_scalar and vector is not None and vector.kind == "vector":
                found[name] = both[1]
    return found


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


def _behind_entrywise(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """A .* B x, where x would be a number and A a matrix, or A a vector: (A .* B) x has no such reading."""
    last = n.args[-1]
    x = last.args[-1] if last.op == "mul" else last
    first, held = terms.get(id(n.args[0])), terms.get(id(last))
    if x is last or x.op != "name" or first is None or held is None:
        return None
    capital = n.args[0].op == "name" and letter_class(str(n.args[0].attr)) == "upper"
    number = split_name(str(x.attr))[0] in OFTEN_VECTORS and guess_of(el, x) == "scalar" and first.kind == "matrix"
    vector = capital and guess_of(el, n.args[0]) == "vector" and held.kind == "vector"
    if not number and not vector:
        return None
    s = Wording(el)
    a, b, y = s.node(n.args[0]), s.node(*last.args[:-1]), s.node(x)
    return ReadingError(
        f"{a} .* {b} {y} fits only if " + (f"{y} is a number" if number else f"{a} is a vector"),
        span=n.span,
        suggestion=f"write ({a} .* {b}) {y} for a matrix times a vector, or declare " + (f"{y} in R" if number else f"{a} in R^n"),
    )


DOUBTS: dict[str, tuple[Doubt, ...]] = {
    "mul": (
        _row,
        _member,
        _dot,
        _dot_of_field,
        _sign_of_sum,
        _cross_of_field,
        _cross_of_product,
        _weights,
        _inner,
        _ring,
        _star,
        _scale,
        _turned_by,
        _identity,
        _projection,
        _expected,
    ),
    "ew": (_columns, _behind_entrywise),
}
