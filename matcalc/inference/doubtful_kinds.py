"""Kinds that fit and that letters of their sort do not have: small matrices, capital vectors, fields, sizes (see `suspect`)."""

from __future__ import annotations

from itertools import pairwise

from ..errors import MatcalcError, ReadingError
from ..reading.subscripts import split_indexed
from ..syntax import Node, split_name, walk
from .alone import spread_about
from .capitals import OFTEN_VECTORS, SIZE_LETTERS
from .declarations import GREEK
from .doubt import Doubt, Terms, guess_of
from .elaborate import typed_program
from .misfit import Misfit, Undecided, Wording
from .orders import EINSUM
from .rekind import letter_class
from .scopes import Typing
from .takes import has_linear_algebra, is_unknown_function

_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")


def _added_row(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """X W + b^T, where b had to be a matrix."""
    for a in n.args:
        inner = a.args[0] if a.op == "neg" else a
        b = inner.args[0] if inner.op == "T" else inner
        if b.op == "name" and str(b.attr)[:1].islower() and guess_of(el, b) == "matrix" and letter_class(str(b.attr)) == "lower":
            name, shown = str(b.attr), Wording(el).node(inner)
            return ReadingError(
                f"{shown} is a row or column added to every one of a matrix, or {name} is a matrix",
                span=n.span,
                suggestion=f"write ones(n) {name}^T or {name} ones(n)^T for that, or declare {name} in R^{{m x n}}",
            )
    return None


def _number_behind(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""Y - X \beta, where beta had to be a number: what stands behind a matrix is most often a vector."""
    parts = [a.args[0] if a.op == "neg" else a for a in n.args]
    capital = [a for a in parts if a.op == "name" and str(a.attr)[:1].isupper() and a.attr in el.defaults and a.attr != "I"]
    left, sum_ = terms.get(id(capital[0])) if capital else None, terms.get(id(n))
    if left is None or left.kind != "matrix" or sum_ is None or el.sizes.resolve(sum_.shape[0]) is el.sizes.resolve(sum_.shape[1]):
        return None
    from .beside import is_image

    for a in parts:
        name = str(a.args[-1].attr) if is_image(a) else ""
        if name in el.defaults and el.symbols[name].is_scalar:
            s = Wording(el)
            letter, other = s.node(a.args[-1]), s.node(capital[0])
            hint = f"write {letter} {s.node(a.args[-2])} for a number, or declare {other} in R^n"
            return ReadingError(f"{s.node(a)} is a matrix times a vector, or {letter} is a number", span=a.span or n.span, suggestion=hint)
    return None


def _of_entries(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""||x_i - \mu_k||^2 in a text with a plain x, where the x_i had to be numbers."""
    inside = terms.get(id(n.args[0]))
    if inside is None or not inside.is_scalar or n.args[0].op != "add":
        return None
    for m in walk(n.args[0]):
        base, sub = split_indexed(str(m.attr)) if m.op == "name" else ("", "")
        if sub in el.scene.indices and base in el.scene.alone and base not in el.scene.stated:
            return ReadingError(
                f"{m.attr} is an entry of {base}, or one of many vectors",
                span=n.span,
                suggestion=f"give {base} or {m.attr} another letter, or declare {base} in R^n if it is an entry",
            )
    return None


def refuse_other_sizes(el: Typing) -> None:
    """n and p beside I_N, where nothing says of what they are the sizes."""
    named = [str(n.attr) for n, t in el.seen if n.op == "name" and str(n.attr).startswith("I_") and t.kind == "matrix"]
    others = [name for name, t in el.symbols.items() if name in SIZE_LETTERS and name in el.defaults and t.is_scalar]
    others = [name for name in others if name not in el.scene.wrt]
    if named and len(others) > 1:
        message = f"{named[0]} names a size, and {' and '.join(others)} may be others, or numbers"
        first = next(n for n, _ in el.seen if n.op == "name" and n.attr == others[0])
        hint = f"declare the matrices with their sizes, as X in R^{{{others[0]} x m}}, or {', '.join(others)} in R"
        raise ReadingError(message, span=first.span, suggestion=hint)


def refuse_fields(el: Typing) -> None:
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


def _of_number(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """||theta||^2 beside (theta - r)^2, where theta had to be a number."""
    inside, name = terms.get(id(n.args[0])), str(n.args[0].attr)
    if inside is None or not inside.is_scalar or n.args[0].op != "name" or name not in el.defaults:
        return None
    return ReadingError(
        f"||{name}|| is the norm of a vector, and something else here fits only if {name} is a number",
        span=n.span,
        suggestion=f"write ||…||^2 for the square of a vector, |{name}| for a number; or declare {name}",
    )


def _sum_norm(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """||W||_1 of a capital letter, which fits only if W is a vector: of a matrix it is a sum over the entries, or over a column."""
    inside = n.args[0]
    if (
        n.attr not in ("1", "inf")
        or inside.op != "name"
        or guess_of(el, inside) not in ("vector", "scalar")
        or el.defaults.get(str(inside.attr)) != "matrix"
    ):
        return None
    s = Wording(el)
    name, norm = s.node(inside), s.node(n)
    fits = "vector" if guess_of(el, inside) == "vector" else "number"
    message = f"{norm}_{n.attr} fits here only if {name} is a {fits}, and a capital letter is a matrix"
    entries = f"sum(abs({name}))" if n.attr == "1" else f"max(abs(vec({name})))"
    return ReadingError(message, span=n.span, suggestion=f"write {entries} for the entries of a matrix, or declare {name} in R^n")


def _of_capital(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """P(Q) Q - C(Q): the functions are of numbers, or of matrices; no other sign is of linear algebra."""
    name = n.args[0] if len(n.args) == 1 else n
    term = terms.get(id(name))
    if name.op != "name" or str(name.attr) not in el.defaults or term is None or term.kind != "matrix":
        return None
    if not is_unknown_function(str(n.attr).rstrip("'")) or str(n.attr).rstrip("'") in el.scene.stated or el.scene.program.bold:
        return None
    program = el.scene.program
    nodes = [m for root in (*(b.value for b in program.bindings), program.body) for m in walk(root)]
    if program.body.op != "add" or has_linear_algebra(nodes):
        return None
    letter, call = str(name.attr), Wording(el).node(n)
    return ReadingError(
        f"{call} is a function of a number {letter}, or of a matrix",
        span=n.span,
        suggestion=f"declare {letter} in R, or {letter} in R^{{m x n}}",
    )


def _greatest(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """max(Q'): the entries of a vector Q, where the mark is a transpose that changes nothing, or another name."""
    inner = n.args[0].args[0] if n.attr in ("max", "min") and len(n.args) == 1 and n.args[0].op == "T" else n
    term = terms.get(id(inner))
    if (
        inner.op != "name"
        or str(inner.attr) not in el.defaults
        or not str(inner.attr)[:1].isupper()
        or term is None
        or term.kind != "vector"
    ):
        return None
    q = str(inner.attr)
    return ReadingError(
        f"{q}' in {n.attr}({q}') is a name of its own, or {q} as a row, of which the mark changes nothing",
        span=n.span,
        suggestion=f"write {n.attr}({q}) and declare {q} in R^n for a vector, {q}_1 for another name",
    )


def refuse_small_matrices(el: Typing) -> None:
    """norm(x^2), x^T x^T, which fit only if x is a square matrix."""
    small = [
        name
        for name, kind in el.defaults.items()
        if kind != "matrix" and split_name(name)[0] in _LATIN and name in el.symbols and el.symbols[name].kind == "matrix"
    ]
    places = _places(el) if small else []
    for name in small:
        own = [n for a, n in places if a.attr == name]
        power = next((n for n in own if n.op == "pow"), None)
        if power is not None:
            s = Wording(el)
            message = f"{s.node(power)} fits here only if {s.node(power.args[0])} is a square matrix, and a small letter is none"
            hint = f"write {s.node(power.args[0])}.^{s.node(power.args[1])} for entry by entry, or declare {name} in R^{{n x n}}"
            raise ReadingError(message, span=power.span, suggestion=hint)
        if own:
            message = f"what is written fits only if {name} is a matrix, and a small letter is a number or a vector"
            hint = f"declare {name} in R^{{m x n}}, or write x^T y for a number, x y^T for a matrix"
            raise ReadingError(message, span=own[0].span, suggestion=hint)


def refuse_rows(el: Typing) -> None:
    """By U where the text has vectors u_i too, or by these: they are the rows or columns of U, or vectors of their own. (Where U is a
    factor beside them, as in R r_i and r_i^T R^-1 r_i, they are no part of it.)"""
    for name in el.scene.wrt:
        letter = split_indexed(name)[0]
        small, capital = letter.lower(), letter.upper()
        whole, members = el.symbols.get(capital), [n for n in el.symbols if split_indexed(n)[0] == small and small in el.members]
        if whole is None or whole.kind != "matrix" or capital not in el.defaults or name not in (capital, small, *members):
            continue
        if any(el.symbols[m].kind == "vector" for m in members) and not _are_factors(el, capital, members[0]):
            raise ReadingError(
                f"the {members[0]} are the rows or columns of {capital}, or vectors of their own",
                suggestion=f"write {capital}[{split_indexed(members[0])[1]},:] for a row of {capital}, or give the vectors another letter",
            )


def refuse_two_arrays(el: Typing) -> None:
    """P_t and P_{t,t-1}, where the one would be a matrix for each t, the other an entry."""
    for name, term in el.symbols.items():
        base, index = split_indexed(name)
        whole = el.symbols.get(base) if index else None
        if whole is None or base not in el.families or term.kind != "matrix" or base not in el.defaults or base in el.scene.alone:
            continue
        raise ReadingError(
            f"{name} is a matrix for each {index}, and {base} with two subscripts an entry",
            suggestion=f"give the matrices with two subscripts another letter: V_{{t,s}} beside {base}_t",
        )


def _are_factors(el: Typing, matrix: str, vector: str) -> bool:
    """Whether the two stand in one product."""
    program = el.scene.program
    for n in (n for root in (*(b.value for b in program.bindings), program.body) for n in walk(root) if n.op == "mul"):
        bare: set[object] = set()
        for a in n.args:
            while a.op in ("T", "inv", "invT", "neg", "pow"):
                a = a.args[0]
            bare.add(a.attr)
        if {matrix, vector} <= bare:
            return True
    return False


def _weighted(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """sum(y * log(X b)), where y had to be a number: what is weighed below a sum goes entry by entry."""
    for m in walk(n.args[0]) if n.attr in ("sum", "mean") and n.args else ():
        if m.op != "mul" or not isinstance(m.attr, tuple):
            continue
        for (a, b), sign in zip(pairwise(m.args), m.attr):
            one, other = terms.get(id(a)), terms.get(id(b))
            if sign != "*" or one is None or other is None or one.is_scalar == other.is_scalar or (one.is_scalar and a.op == "num"):
                continue
            number = a if one.is_scalar else b
            if number.op == "name" and letter_class(str(number.attr)) == "lower" and (el.scene.by_hand or el.scene.of_arrays):
                continue  # asked where the product stands
            data = [
                x
                for x in walk(number)
                if x.op == "name"
                and guess_of(el, x) == "scalar"
                and (split_name(str(x.attr))[0] in OFTEN_VECTORS or letter_class(str(x.attr)) == "upper")
            ]
            if data:
                s = Wording(el)
                u, v, x = s.factor(a), s.factor(b), s.node(data[0])
                return ReadingError(
                    f"{u} * {v} goes entry by entry, or {x} is a number",
                    span=m.span,
                    suggestion=f"write {u} .* {v} for entry by entry; for a number declare {x} in R",
                )
    return None


def _on_diagonal(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""diag(\mu (1 - \mu)), where mu had to be a matrix: it is a vector, and the product goes entry by entry."""
    inside = n.args[0] if n.args else n
    if n.attr not in ("diag", "Diag") or inside.op != "mul":
        return None
    small = next((m for m in walk(inside) if guess_of(el, m) == "matrix" and letter_class(str(m.attr)) != "upper"), None)
    if small is None:
        return None
    s = Wording(el)
    return ReadingError(
        f"{s.node(inside)} on the diagonal goes entry by entry, or {s.node(small)} is a matrix",
        span=n.span,
        suggestion=f"write .* between its factors for entry by entry, or declare {s.node(small)} in R^{{n x n}}",
    )


def _sampled(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""P_\Omega(M - U V^T): the entries in the set \Omega, as where matrices are completed, or a product."""
    for a, b in pairwise(n.args):
        inside = terms.get(id(b))
        if a.op == "name" and split_name(str(a.attr))[1] == "Omega" and str(a.attr) in el.defaults and b.op == "add":
            if inside is not None and inside.kind == "matrix":
                s = Wording(el)
                picks, of = s.node(a), s.factor(b)
                hint = f"write Omega .* {of} with zeros and ones in Omega, or declare {picks} in R^{{m x n}} for a product"
                return ReadingError(f"{picks} picks the entries in the set Omega, or it is a factor", span=n.span, suggestion=hint)
    return None


def _places(el: Typing) -> list[tuple[Node, Node]]:
    """The names that stand where their kind is asked for, each with what is around it and its transpose."""
    program = el.scene.program
    found: list[tuple[Node, Node]] = []
    for root in (*(b.value for b in program.bindings), program.body):
        todo = [(root, root)]
        while todo:
            n, around = todo.pop()
            if n.op == "name":
                found.append((n, around))
            elif n.op != "call" or not str(n.attr).startswith(EINSUM):  # whose letters tell the orders
                inside = n.args[1:] if n.op == "index" else n.args
                todo += [(a, around if n.op in ("T", "neg") else n) for a in reversed(inside)]
    return found


def _number_beside_multiple(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """1 + h^T h P/s^2: a number added to every entry of a multiple of a matrix, or P is a number."""
    if not any(a.op == "num" and a.attr != 0 for a in n.args):
        return None
    for a in (a.args[0] if a.op == "neg" else a for a in n.args):
        whole = terms.get(id(a))
        factors = [m for f in a.args for m in (f.args if f.op == "mul" else (f,))] if a.op == "mul" else []
        capital = [str(f.attr) for f in factors if f.op == "name" and str(f.attr)[:1].isupper() and letter_class(str(f.attr)) == "upper"]
        turned = any(f.op == "T" for f in factors)
        if whole is not None and whole.kind == "matrix" and len(capital) == 1 and turned and capital[0] in el.defaults:
            message = f"{capital[0]} is a number, or a matrix to whose every entry a number is added"
            return ReadingError(message, span=n.span, suggestion=f"declare {capital[0]} in R, or {capital[0]} in R^{{m x n}}")
    return None


def _one_or_many(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """sum((y - theta)^2), sum(abs(x - m)): one number for all entries, or one for each."""
    for add in walk(n.args[0]) if n.attr in ("sum", "mean") and n.args else ():
        for name in spread_about(add):
            base = split_name(name)[0]
            if name in el.defaults and (base in GREEK or base == "m") and el.symbols[name].kind == "vector":
                if sum(m.op == "name" and m.attr == name for m, _ in el.seen) == 1 and "_" not in name:
                    message = f"{name} is one number for all the entries that are summed, or one for each"
                    return ReadingError(message, span=add.span, suggestion=f"declare {name} in R, or {name} in R^n")
        if add.op == "mul" and add.attr == ("/",) and el.scene.starred:  # y log(y/mu)
            above, below = terms.get(id(add.args[0])), str(add.args[1].attr)
            if add.args[1].op == "name" and below in el.defaults and el.symbols[below].is_scalar and above is not None:
                if above.kind == "vector" and split_name(below)[0] in GREEK and _is_logarithm_of(n, add):
                    message = f"{below} is one number for all the entries that are summed, or one for each"
                    return ReadingError(message, span=add.span, suggestion=f"declare {below} in R, or {below} in R^n")
    return None


def _is_logarithm_of(root: Node, quotient: Node) -> bool:
    return any(m.op == "call" and m.attr == "log" and m.args[0] is quotient for m in walk(root))


DOUBTS: dict[str, tuple[Doubt, ...]] = {
    "add": (_added_row, _number_behind, _number_beside_multiple),
    "pow": (_summed,),
    "norm": (_sum_norm, _of_entries, _of_number),
    "call": (_of_capital, _one_or_many, _weighted, _on_diagonal, _greatest),
    "mul": (_sampled,),
}
