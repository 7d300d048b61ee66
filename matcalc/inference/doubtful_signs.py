"""Signs with two readings: units in sums, states below traces, imaginary exponents, two primes, a plus above a bracket, the brackets of
commutators, functions without brackets before a matrix (see `suspect`)."""

from __future__ import annotations

from itertools import pairwise

from ..errors import ReadingError
from ..reading.functions import is_elementwise
from ..reading.subscripts import split_indexed
from ..syntax import Node, spell_name, walk
from .doubt import Doubt, Terms, guess_of
from .misfit import Wording
from .rekind import letter_class
from .scopes import Typing
from .standing import is_euler
from .takes import is_unknown_function

_STATES = ("rho", "sigma")


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


def _pair(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""\sum_{ij} K_{ij} Q_i Q_j: charges, or matrices."""
    for m in walk(n.args[0]):
        for a, b in pairwise(m.args) if m.op == "mul" else ():
            (base, i), (other, j) = (split_indexed(str(x.attr)) if x.op == "name" else ("", "") for x in (a, b))
            term = terms.get(id(a))
            if base == other and base[:1].isupper() and i != j and {i, j} <= el.scene.indices and term is not None and not term.is_scalar:
                if base + "_" in el.defaults:
                    return ReadingError(
                        f"{a.attr} {b.attr} is a product of numbers, or of matrices",
                        span=m.span,
                        suggestion=f"declare {base} in R^n for numbers, {a.attr} in R^{{m x m}} for matrices",
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


def _upper_index(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """g_{ij} x^i x^j: powers, or entries whose index stands above."""
    base, power = n.args
    if base.op != "name" or power.op != "name" or str(base.attr) not in el.defaults or str(power.attr) in el.scene.declared:
        return None
    letter = str(power.attr)
    below = [split_indexed(name) for name in el.scene.names]
    carrying = next((spell_name(b, sub) for b, sub in below if letter in sub and len(sub.replace(",", "")) > 1 and sub.islower()), None)
    raised = {str(m.args[1].attr) for m, _ in el.seen if m.op == "pow" and m.args[0].attr == base.attr and m.args[1].op == "name"}
    if len(letter) > 1 or carrying is None or not any(other in carrying for other in raised - {letter}):  # a_{mn} x^m y^n
        return None
    shown = f"{base.attr}^{letter}"
    return ReadingError(
        f"{shown} is a power, or the entry {letter} of {base.attr}, beside {carrying}",
        span=n.span,
        suggestion=f"write {base.attr}_{letter} for the entry; for a power declare {letter} in N",
    )


def _behind_value(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""tr A + B, \log \det A + B: without brackets the function may be of the sum, and B is a number only because it is not."""
    for a, b in pairwise(n.args):
        value = a.args[-1] if a.op == "mul" else a.args[0] if a.op == "neg" else a
        while value.op == "call" and value.args and value.args[0].op == "call" and _without_brackets(el, value):
            value = value.args[0]
        inner, letter = (value.args[0] if value.op == "call" and value.args else value), b.args[0] if b.op == "neg" else b
        term = terms.get(id(inner))
        if term is None or term.kind != "matrix" or not _without_brackets(el, value) or letter_class(str(letter.attr)) != "upper":
            continue
        if guess_of(el, letter) == "scalar":
            s = Wording(el)
            f, x, y = value.attr, s.node(inner), s.node(letter)
            return ReadingError(
                f"{f} {x} + {y} is of the sum, or {y} is a number",
                span=n.span,
                suggestion=f"write {f}({x} + {y}) for the sum; declare {y} in R for a number",
            )
    return None


def _without_brackets(el: Typing, value: Node) -> bool:
    if value.op != "call" or not value.span or not value.args or not value.args[0].span:
        return False
    return "(" not in el.scene.program.text[value.span[0] : value.args[0].span[0] + 1]


def _traced(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """Tr(rho A), where rho would be a number: a density matrix, or a number."""
    product = n.args[0] if n.attr == "tr" and n.args else n
    for a in product.args if product.op == "mul" else ():
        term = terms.get(id(a))
        if a.op == "name" and a.attr in _STATES and str(a.attr) in el.defaults and term is not None and term.is_scalar:
            message = f"{a.attr} below the trace is a matrix, as states are, or a number"
            return ReadingError(message, span=n.span, suggestion=f"declare {a.attr} in R^{{n x n}} or {a.attr} in R")
    return None


def _imaginary(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """e^{i w t}, where i is a name like any other here."""
    if "i" not in el.defaults and "j" not in el.defaults:
        return None
    if n.op == "add":  # 1 + j omega R C
        products = [a.args for a in n.args if a.op == "mul"]
        beside = [(i, w) for args in products for i, w in pairwise(args) if i.attr in ("i", "j") and w.attr in ("omega", "w")]
        unit = next((i for i, _ in beside if i.op == "name" and str(i.attr) in el.defaults), None)
        if unit is None:
            return None
        what = f"{unit.attr} {beside[0][1].attr}"
        hint = f"declare {unit.attr} in R for a number; write the square of the modulus, as 1 + ({what.split()[1]} …)^2, without the unit"
        return ReadingError(
            f"{unit.attr} in {what} is the imaginary unit, or a number; everything is real here", span=n.span, suggestion=hint
        )
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


def _second_derivative(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """x'' + x, which transposes x twice; in mechanics it is the second derivative."""
    name = n.args[0].args[0] if n.args[0].op == "T" else n
    if name.op != "name" or name.attr not in el.defaults or str(name.attr)[:1].isupper():
        return None
    x = Wording(el).node(name)
    hint = f"write \\ddot{{{x}}} for a name of its own, {x}''(t) for the derivative of a function, or declare {x} in R^n"
    return ReadingError(f"{x}'' is {x} transposed twice, or a second derivative", span=n.span, suggestion=hint)


def _before_matrix(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""\sin\theta K, the sine of an angle times a matrix, as in Rodrigues' formula: not that of the matrix, entry by entry."""
    inside = n.args[0] if len(n.args) == 1 else n
    if inside.op != "mul" or not is_elementwise(str(n.attr)) or n.span is None or inside.span is None:
        return None
    if "(" in el.scene.program.text[n.span[0] : inside.span[0]]:
        return None
    matrix = next((k for k, a in enumerate(inside.args) if (t := terms.get(id(a))) is not None and t.kind == "matrix"), 0)
    before = [terms.get(id(a)) for a in inside.args[:matrix]]
    if not before or not all(t is not None and t.is_scalar for t in before) or all(a.op == "num" for a in inside.args[:matrix]):
        return None
    s = Wording(el)
    sign, angle, behind = str(n.attr), s.node(*inside.args[:matrix]), s.node(*inside.args[matrix:])
    return ReadingError(
        f"{sign} {s.node(inside)} can be read in two ways",
        span=n.span,
        suggestion=f"write {sign}({angle}) {behind} for a number times {behind}, {sign}({angle} {behind}) for entry by entry",
    )


def _commutator(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    """Tr([A, B]^2): the commutator of two matrices, or two blocks side by side; nothing else in the text is made of blocks."""
    if n.attr != (1, 2) or any(a.op != "name" or str(a.attr) not in el.defaults for a in n.args):
        return None
    program = el.scene.program
    roots = (*(b.value for b in program.bindings), program.body)
    square = all((t := terms.get(id(a))) is not None and t.kind == "matrix" for a in n.args)
    if not square or any(m.op == "literal" and m.attr != (1, 2) for root in roots for m in walk(root)):
        return None
    s = Wording(el)
    a, b = s.node(n.args[0]), s.node(n.args[1])
    return ReadingError(
        f"[{a}, {b}] is the commutator {a} {b} - {b} {a}, or two blocks side by side",
        span=n.span,
        suggestion=f"write comm({a}, {b}) for the commutator; for blocks declare {a} in R^{{m x n}} and {b} in R^{{m x p}}",
    )


def _conjugated(el: Typing, terms: Terms, n: Node) -> ReadingError | None:
    r"""\langle \psi(\theta) | H | \psi(\theta) \rangle, where the values of psi would be real."""
    call = n.args[0]
    name = str(call.attr).rstrip("'")
    if call.op != "call" or not is_unknown_function(name) or name in el.scene.declared or name in el.scene.bound:
        return None
    return ReadingError(
        f"{name} has complex values here, and functions that are not written out have real ones",
        span=n.span,
        suggestion=f"write what {name} is, as u(t) + i v(t) or exp(-i t H) u; for real values declare it, {name}: R -> R^n",
    )


DOUBTS: dict[str, tuple[Doubt, ...]] = {
    "add": (_beside_sum, _behind_value, _imaginary),
    "pow": (_imaginary, _upper_index),
    "T": (_second_derivative,),
    "pinv": (_positive,),
    "sum": (_units, _pair),
    "call": (_imaginary, _traced, _before_matrix),
    "literal": (_commutator,),
    "H": (_conjugated,),
}
