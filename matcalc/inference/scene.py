"""What is known of a text before any kind is guessed: its declarations, families, sizes and names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from ..errors import ReadingError, ShapeError
from ..expressions.expr import Expr
from ..interning import regex
from ..kinds import Dim, shape_text
from ..ops.vocabulary import close_properties
from ..reading.subscripts import readings, split_indexed
from ..syntax import Declaration, Node, Program, split_name, walk
from .alone import (
    arguments_only,
    deviations,
    exponents_only,
    halved,
    is_ellipse,
    means,
    operators,
    paired,
    slopes,
    starred,
    summed_powers,
    writes_rows,
)
from .capitals import capitals_are_numbers, is_amount
from .declarations import GREEK, declared_properties, declared_shape, is_count, leading_sizes, size_names, sizes_in, spell_declaration
from .indices import Indices
from .orders import undeclared_orders
from .uses import numbers

LETTERS = "ijklabcdpqrstuvwxyz"  # for indices, the first ones first
_PICKED = regex(r"_\{[^{}]*_")  # w_{y_i}
_WITH_INDICES = frozenset({"index", "cmp", "sum", "product"})


def _has_indices(program: Program) -> bool:
    """Whether anything is written below a name, in brackets behind it, or below the sign of a sum."""
    if program.form or any("_" in b.name for b in program.bindings):
        return True
    return any(n.op in _WITH_INDICES or (n.op == "name" and "_" in str(n.attr)) for n in program.nodes)


def is_complement(n: Node) -> bool:
    """1 - pi, which is taken for no sum of a number and the number of the circle."""
    if n.op != "add":
        return False
    one, *others = n.args
    return one.op == "num" and one.attr == 1 and len(others) == 1 and others[0].op == "neg" and others[0].args[0].attr == "pi"


def _may_be_observed(n: Node) -> bool:
    """Y of Y - X b and of b^T X^T Y, Y^T X b: a capital letter at the end of a summand."""
    n = n.args[0] if n.op == "neg" else n
    for a in (n.args[0], n.args[-1]) if n.op == "mul" else (n,):
        a = a.args[0] if a.op in ("T", "mul") else a
        if a.op == "name" and str(a.attr)[:1].isupper():
            return True
    return False


class Scene:
    """The text with everything declared about it. Kinds of undeclared names are no part of it."""

    def __init__(
        self,
        program: Program,
        declarations: Sequence[Declaration] = (),
        wrt: Sequence[str] = (),
        twins: bool = True,
        given: Mapping[str, Expr] | None = None,
    ) -> None:
        self.wrt = tuple(wrt)
        self.twins = twins
        self.given = given or {}
        self.template = given is not None
        self.declared: dict[str, Declaration] = {}
        for d in declarations:
            self._declare(d)
        indexed = not self.template and _has_indices(program)
        remarks: list[str] = []
        for name, base in program.labelled:
            like = self.declared.get(base)
            if like is not None and like.domain is None:
                self._declare(Declaration(name, like.field, like.sizes, like.properties))
                remarks.append(f"{name} is as {base} is declared")
        if indexed and _PICKED.search(program.text):
            from .picked import with_picked

            program, told = with_picked(program, self.declared)
            remarks += told
        if indexed and ("psilon" in program.text or not program.text.isascii()):
            from .permutations import with_crosses

            program, told = with_crosses(program, self.declared)
            remarks += told
            indexed = _has_indices(program)
        if indexed:
            from .counting import Counting

            counting = Counting(program, self.declared, self.wrt)
            program = counting.program
            remarks += counting.notes
            for base, many in counting.entries.items():
                self._declare(Declaration(base, "R", (Dim.of(many),)))
                remarks.append(f"{base}_1, … are the entries of {base} in R^{many}")
        found = Indices(program, self.declared, self.wrt, self.given, indexed)
        self.program = program = found.program
        self.definitions, self.slots, self.remarks = found.definitions, found.slots, found.notes
        self.remarks = [*remarks, *self.remarks]
        for letter in found.free:
            self._declare(Declaration(letter, "N", ()))
        self.free = frozenset(found.free)
        if found.free:
            first, *others = found.free
            what = f"{first} is a free index" if not others else f"{', '.join(found.free)} are free indices"
            self.remarks.append(f"{what}, like {first} in N")
        self.values = {b.name: b.value for b in program.bindings if not b.params}
        self.bound = {b.name for b in program.bindings}
        self.names: dict[str, None] = {}  # every name as typed, in order
        self.indices: set[str] = set()
        self.stated = dict(self.declared)  # those that declare sizes too: n in N
        self.sizes: set[str] = {n for d in self.declared.values() for n in size_names(d)}
        form = program.form
        self.hole = str(form[1]) if form and form[0] == "map" else ""  # dX of a linear map dX -> A dX B
        self.by_hand = False  # NumPy's @ stands in the text, so its author means * entry by entry
        self.of_arrays = "np." in program.text or "torch." in program.text  # calls of NumPy stand in the text
        self.length = 0
        self.raised: set[str] = set()  # names with exponents: g^t
        self.probability = False  # pi is a name: 1 - pi stands in the text
        self.crossed = frozenset[str]()  # names beside ×, which are vectors of three entries
        self.by_entries: set[int] = set()  # bars below an elementwise power, |h|.^2
        self.squares: set[str] = set()  # vectors whose squares are a^2, for a . a
        self.scaled: dict[str, str] = {}  # vectors that scale the entries of another, with those that shift them
        self.parts: set[str] = set()  # names that stand in the definition of their own letter
        self.alone: set[str] = set()  # the names that stand for themselves, parameters of functions left out
        self.unfolded: dict[Dim, tuple[Dim, Dim]] = {}  # the columns of X_{(1)}, by the two other indices of X, the slower first
        self.opened: set[str] = set()  # matrices whose entries are declared: w where w_{ij} in R
        self._survey()
        if any(name.endswith(")}") for name in self.names):
            from .unfoldings import unfold

            unfold(self)
        self._uses()
        self._open_double_indices()
        self.families = self._families()
        roots = [*(b.value for b in self.program.bindings), self.program.body]
        self.arrays = undeclared_orders(roots, self._nodes(), self.declared, {*self.bound, *self.given})  # with how many indices they have
        known = self.declared.keys() | self.bound | self.given.keys() | self.definitions.keys() | self.alone
        self.pairs = paired(self._nodes(), self.indices | self.places, known)
        capital = [base for base in self.pairs if base[:1].isupper()]
        self.arrays |= {base: 4 for base in capital if base not in self.regressors}  # matrices R_{ij}
        self.has_arrays = bool(self.arrays) or any(leading_sizes(d.sizes) for d in self.families.values())
        self.value_at: list[str] = []  # the indices of the matrix that stands for an array as the value of the text
        self.carried = self._carried_names()
        self.has_complex = program.complex_ or any(d.field == "C" for d in self.stated.values())
        self.conjugated: set[str] = set()  # undeclared names under a bar or ^H, beside declared complex ones
        if any(d.field == "C" for d in self.stated.values()):
            bars = [n for n in self._nodes() if n.op == "H" or (n.op == "call" and n.attr == "conj")]
            self.conjugated = {str(n.args[0].attr) for n in bars if n.args[0].op == "name"} - self.stated.keys() - self.bound
        self.variables = self._variables()

    def _declare(self, d: Declaration) -> None:
        before = self.declared.get(d.name)
        if before is None:
            self.declared[d.name] = d
            rows, cols = declared_shape(d.sizes)
            square = "square" in close_properties(declared_properties(d))
            if square and rows is not cols and d.domain is None:
                words = " ".join(d.properties) or "S"
                raise ShapeError(f"{d.name} is declared {words} and {shape_text((rows, cols))}; such a matrix is square")
        elif (before.sizes, before.domain, set(declared_properties(before))) != (d.sizes, d.domain, set(declared_properties(d))):
            raise ReadingError(f"{d.name} is declared twice, differently: {spell_declaration(before)} and {spell_declaration(d)}")

    def _nodes(self) -> list[Node]:
        """All nodes of the text."""
        return self.program.nodes

    def _survey(self) -> None:
        """Names, bound indices, and the sizes that the author names in bounds and in ones(n)."""
        powers = alone = 0
        squared = False
        sizes = self._with_bound(sizes_in(self._nodes()))
        signs: set[object] = set()
        for n in self._nodes():
            self.length += 1
            op = n.op
            if op == "name":
                alone += n.attr == "e"
                if isinstance(n.attr, str):
                    self.names[n.attr] = None
            elif op in ("pow", "epow"):
                base = n.args[0]
                if base.op == "name":
                    powers += base.attr == "e"
                    if op == "pow":
                        self.raised.add(str(base.attr))
                elif op == "epow" and base.op == "bars":
                    self.by_entries.add(id(base))
            elif op == "add":
                self.probability = self.probability or (not self.template and is_complement(n))
                squared = squared or any(map(_may_be_observed, n.args))
            elif op == "mul" and isinstance(n.attr, tuple):
                signs.update(n.attr)
            elif op in ("sum", "product"):
                self.indices |= {n.attr} if isinstance(n.attr, str) else self._carried(n.args[0])
        self.alone = set(self.names)
        for b in self.program.bindings:  # A = A_0 + t A_1: no entry of A
            own = [str(n.attr) for n in walk(b.value) if n.op == "name" and str(n.attr).startswith(b.name + "_")]
            self.parts |= {n for n in own if split_indexed(n)[0] == b.name and split_indexed(n)[1].isdigit()}
        if any(b.params for b in self.program.bindings):
            values = [(b.value, b.params) for b in self.program.bindings] + [(self.program.body, ())]
            self.alone = {str(n.attr) for root, params in values for n in walk(root) if n.op == "name" and n.attr not in params}
        self.by_hand = "@" in signs
        if "×" in signs or "." in signs:
            self._beside(signs)
        if (squared or self.program.name[:1].islower()) and not self.template:
            self._observed()
        form = self.program.form
        if form and form[0] == "index":
            for slot in form[2] if isinstance(form[2], tuple) else ():
                self.indices |= set(slot) if isinstance(slot, tuple) else {slot}
        self.euler = powers > 0  # e^x stands in the text
        self.lone_e = alone > powers  # and here e does not stand under an exponent
        for d in list(self.declared.values()):  # a whole number that is a size somewhere is that size
            if is_count(d) and (d.name in sizes or d.name in self.sizes):
                self.sizes.add(self.declared.pop(d.name).name)
        # A declared whole number may be a subscript: x_j where j in N.
        counted = {d.name for d in self.declared.values() if is_count(d) and len(d.name) == 1}
        self.places = (counted - self.indices) | self.free
        self.indices |= {*self.slots, *(c for letters, _ in self.definitions.values() for c in letters)}
        taken = self.bound | set(self.declared) | self.indices | set(self.given)
        self.sizes |= {n for n in sizes if n not in taken and n not in ("infty", "pi", "e")}

    @cached_property
    def values_are_numbers(self) -> bool:
        """Whether the values of functions of which nothing is said are numbers: u(c) + beta V(k)."""
        from .takes import values_are_numbers

        return not self.program.bold and values_are_numbers(self._nodes())

    @cached_property
    def regressors(self) -> dict[str, str]:
        """The kinds of capital letters with the index of a sum that are no matrices."""
        from .beside import regressors

        return regressors(self._nodes(), self.declared.keys() | self.bound)

    @cached_property
    def summed(self) -> frozenset[int]:
        return summed_powers(self._nodes(), self.starred)

    @cached_property
    def starred(self) -> frozenset[int]:
        """The products w * x and quotients p/q below sum(…) that go entry by entry."""
        free = not (self.template or self.by_hand or self.of_arrays or self.program.bold)
        return starred(self._nodes()) if free else frozenset()

    @cached_property
    def residuals(self) -> bool:
        """Whether e is the vector of residuals, which stands nowhere but in sum(e^2), the eccentricity of 1 - e^2, or the charge beside
        epsilon_0."""
        if "e" not in self.names:
            return False
        ellipse = self.euler and not self.lone_e and any(n.op == "add" and is_ellipse(n) for n in self._nodes())
        if ellipse or (self.euler and "epsilon_0" in self.names):  # the charge in e^2/(4 pi epsilon_0 r)
            raised = [n for n in self._nodes() if n.op == "pow" and n.args[0].attr == "e"]
            if all(n.args[1].op == "num" for n in raised):
                self.remarks.append(f"e is a name here, since {'1 - e^2' if ellipse else 'epsilon_0'} stands in the text")
                return True
        places = [n for n in self._nodes() if any(a.op == "name" and a.attr == "e" for a in n.args)]
        squares = all(n.op in ("pow", "epow") and n.args[1].attr == 2 for n in places)
        return bool(places) and squares and all(n.op == "epow" or id(n) in self.summed for n in places)

    @cached_property
    def means(self) -> frozenset[str]:
        known = self.declared.keys() | self.bound
        return means(self._nodes(), known) | slopes(self._nodes(), known)

    @cached_property
    def deviations(self) -> frozenset[int]:
        return deviations(self._nodes())

    def _beside(self, signs: Collection[object]) -> None:
        """What stands beside a dot or a cross is a vector."""
        from .beside import crossed, dotted, measured, squared

        known = self.declared.keys() | self.bound
        if "×" in signs:
            self.crossed = crossed(self._nodes(), self.program.bold, known)
        if "." in signs:
            self.crossed |= measured(self._nodes(), known) if not self.program.bold else frozenset()
            self.squares = dotted(self._nodes()) & (self.declared.keys() | self.program.bold) if self.raised else set()
            self.squares |= squared(self._nodes(), known) if self.raised and not self.program.bold else set()

    def _observed(self) -> None:
        """What is observed, in capital letters: Y of Y - X beta."""
        from .beside import named_vector, observed

        known = self.declared.keys() | self.bound
        self.crossed |= named_vector(self.program, known) if not self.program.bold else frozenset()
        self.crossed |= observed(self._nodes(), known, self.values) if not self.program.bold else frozenset()

    def _uses(self) -> None:
        """What the signs around undeclared names say of them."""
        self.rows = ""  # x W, where undeclared vectors are rows
        self.exponents = self.numbers = self.halved = frozenset[str]()  # t in x^t; names that are numbers first; n in n/2
        self.capitals = False  # capital letters are numbers first
        self.operators = frozenset[str]()  # rho in <psi|rho|psi>
        if self.template:
            return
        nodes = self._nodes()
        known = self.declared.keys() | self.bound
        if known.issuperset(self.names) and not any(b.params for b in self.program.bindings):
            return
        if "t" in self.names and "t" not in known and "t" not in self.indices:
            self.exponents = exponents_only(nodes)
        if self.program.bindings:
            self.rows = writes_rows([*(b.value for b in self.program.bindings), self.program.body], self.declared)
        self.halved = halved(nodes) - known - set(self.wrt)
        if self.program.complex_:
            self.operators = operators(nodes, self.program.text)
        arrays = {n: bool(d.sizes) and d.domain is None for n, d in self.declared.items()}
        if not any(arrays.values()) and not self.program.bold:
            self.capitals = capitals_are_numbers(nodes, known, self.wrt) or is_amount(self.program, known, self.wrt)
        self.numbers = numbers(self.program, arrays, self.capitals, lambda: self.summed) | arguments_only(nodes, known)

    def _with_bound(self, sizes: dict[str, None]) -> dict[str, None]:
        """With the names in the values of those that are bound: n and p for ones(k), where k = n p."""
        for b in reversed(self.program.bindings):
            if b.name in sizes and not b.params:
                sizes |= {str(n.attr): None for n in walk(b.value) if n.op == "name"}
        return sizes

    def _carried(self, body: Node) -> set[str]:
        """The letters below the names in the body of a sum that names no index."""
        subscripts = (split_indexed(n.attr)[1] for n in walk(body) if n.op == "name" and isinstance(n.attr, str))
        return {s for s in subscripts if len(s) == 1 and s.isalpha() and s not in self.sizes}  # I_q, with q rows and columns

    def _is_many(self, base: str, sub: str) -> bool:
        """Whether x_i is one of many: i, or another index that x carries in the text, is bound; likewise both indices of x_{ij}."""
        letters = sub.replace(",", "")
        if not 1 <= len(set(letters)) == len(letters) <= 2 or not letters.isalpha():
            return False
        places = self.indices | self.places
        carried = [split_indexed(n)[1].replace(",", "") for n in self.names if split_indexed(n)[0] == base]
        if len(letters) == 2:
            return any(len(c) == 2 and places.issuperset(c) for c in (letters, *carried))
        return sub in places or not places.isdisjoint(c[:1] for c in carried)

    def _is_beside(self, name: str) -> bool:
        """Whether u_o is a name of its own: u_o and u_k are declared, and sums are over k."""
        base, sub = split_indexed(name)
        if len(sub) != 1 or sub in self.indices or sub in self.places:
            return False
        others = [split_indexed(n) for n in self.declared if n != name]
        return any(b == base and len(s) == 1 and s in self.indices for b, s in others)

    def _open_double_indices(self) -> None:
        """w_{ij} in R, where i and j are bound, declares the entries of a matrix w: they are no one number."""
        for name, d in list(self.declared.items()) if self.indices else ():
            base, sub = split_name(name)
            letters = [c for c in sub if c != ","]
            if len(letters) < 2 or not self.indices.issuperset(letters) or d.domain is not None:
                continue
            if (
                len(letters) == 2
                and not d.sizes
                and not d.properties
                and d.field == "R"
                and base not in self.stated
                and (len(base) == 1 or base in GREEK)
            ):
                del self.declared[name], self.stated[name]
                self.opened.add(base)
                continue
            if len(letters) == 2 and d.sizes and base not in self.stated:  # vectors x_{ij}: a family with two indices
                continue
            raise ReadingError(
                f"{name} is declared as one thing, and its indices are bound by sums",
                suggestion=f"declare {base} in R^{{m x n}} for the matrix of the numbers {name}",
            )

    def _families(self) -> dict[str, Declaration]:
        """x where x_i is declared and i, or another index that x carries in the text, is bound."""
        found = {}
        for name, d in self.declared.items():
            base, sub = split_indexed(name)
            if d.domain is None and leading_sizes(d.sizes):
                found[name] = d
            if not sub.replace(",", "").isalpha() or d.domain is not None or self._is_beside(name):
                continue
            if self._is_many(base, sub) and (len(sub) == 1 or d.sizes):
                if base in self.alone:
                    message = f"{base} stands by itself, and {name} is a family of that name"
                    raise ReadingError(message, suggestion="give one of them another letter")
                found[base] = d
        return found

    def letters_of(self, base: str) -> str:
        """The indices of the generic member of a declared family: x_i as declared, of T in R^{p x m x n} letters that are free."""
        d = self.families.get(base)
        free = [c for c in LETTERS if c not in self.names and c not in self.sizes and c not in self.places]
        count = len(leading_sizes(d.sizes)) if d is not None else max(1, self.arrays.get(base, 0) - 2)
        own = split_indexed(d.name)[1].replace(",", "") if d is not None else ""
        return own or "".join(sorted(free[:count]))

    def _carried_names(self) -> dict[str, str]:
        """Undeclared names that carry a bound index somewhere, with that index: x where x_i stands in a sum over i."""
        known = self.declared.keys() | self.bound | self.families.keys() | self.definitions.keys()
        places = self.indices | self.places
        found: dict[str, str] = {}
        for name in self.names if places else ():
            base, sub = split_indexed(name)
            letters = [[p.letter for p in r if p.letter] for r in readings(sub)] if base not in known and name not in known else []
            if chosen := next((c for c in letters if c and places.issuperset(c)), None):
                found.setdefault(base, chosen[0])
                if chosen[0] in self.indices and found[base] not in self.indices:
                    found[base] = chosen[0]
        return found

    def apart(self, letters: Collection[str]) -> bool:
        """Whether a condition of the text keeps these indices apart: i < j, i != j."""
        kept = [{str(a.attr) for a in n.args} for n in self._nodes() if n.op == "cmp" and n.attr in ("<", ">", "!=")]
        return set(letters) in kept

    def _variables(self) -> set[str]:
        """Names (and declared families, as x_i) that are differentiated by, wholly or in part."""
        found = set()
        for name in self.wrt:
            base = split_indexed(name)[0]
            found |= {name, base} if name not in self.declared else {name}
            if base in self.families and base not in self.declared:
                found.add(self.families[base].name)
        return found

    def kind_of(self, name: str) -> str:
        """The default kind of an undeclared name."""
        letter = split_name(name)[0]
        if name in self.crossed or name in self.scaled or name in self.program.arrows:  # \mathbf{v} \times \mathbf{B}, \|Y - X b\|
            return "vector"
        if name in self.operators:
            return "matrix"
        if letter[0].isupper():
            return "scalar" if self.capitals or name in self.numbers else "matrix"
        if self.program.bold:  # the author tells vectors from numbers by their type
            return "vector" if name in self.program.bold else "scalar"
        return "scalar" if letter in GREEK or name in self.numbers else "vector"
