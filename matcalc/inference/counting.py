"""Entries that the text counts from 0, counted from 1; and x_1, x_2 as the entries of x, where x is differentiated by.

sum_{j=0}^p beta_j x_{ij}   →   sum_{j=1}^{p+1} beta_j x_{ij}        beta and the columns of x have p + 1 entries
q_0, q_1, q_2, q_3          →   q_1, q_2, q_3, q_4                   q in R^4
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from ..errors import UsageError
from ..kinds import Dim
from ..reading.subscripts import Part, readings, split_indexed
from ..syntax import Binding, Declaration, Node, Program, conditions, spell_name, walk

MOST = 20  # entries that are found one by one
COUNTS = frozenset({"N", "n"})
Axis = tuple[str, int]  # the base of a name, and which of its subscripts
Lows = Mapping[str, Fraction | None]  # where the indices in sight begin


class Counting:
    """The `program` with entries counted from 1, the `entries` that are found to be entries (base: how many), and `notes`."""

    def __init__(self, program: Program, declared: Mapping[str, Declaration], wrt: Collection[str]) -> None:
        self.program, self.declared, self.wrt = program, declared, wrt
        self.entries: dict[str, int] = {}
        self.notes: list[str] = []
        self.zero: set[Axis] = set()
        self.data: set[str] = set()  # letters that say how many observations there are
        self.indexed: set[str] = set()  # bases with an index
        self.numbered: dict[str, set[int]] = {}  # bases with a number
        self.alone: set[str] = set()
        self.roots = [*[b.value for b in program.bindings], program.body]
        nodes = [n for root in self.roots for n in walk(root) if n.op in ("sum", "product")]
        self.bounds = {str(m.attr) for n in nodes for a in n.args[1:] for m in walk(a) if m.op == "name"}
        self.bracketed: set[Axis] = set()  # those with a number or an index in brackets
        for root in self.roots:
            self._survey(root)
        self._find_entries()
        self._count_like_programs()
        self._count_means()
        if self.zero:
            names = ", ".join(sorted({base for base, _ in self.zero}))
            self.notes.append(f"{names} counted from 0 in the text, and from 1 here")
            self._refuse_numbers()
            self._replace([self._rewritten(root) for root in self.roots])

    def _count_like_programs(self) -> None:
        """x[0] y[1]: a program that counts from 0 does so everywhere; and NumPy always does."""
        numpy = any(word in self.program.text for word in ("np.", "numpy.", "torch.", "tf."))
        if self.bracketed and (numpy or not self.zero.isdisjoint(self.bracketed)):
            self.zero |= self.bracketed

    def _refuse_numbers(self) -> None:
        """The variable x_1, where x is counted from 0 in the text."""
        for name in self.wrt:
            base, sub = split_indexed(name)
            if (base, 0) in self.zero and name not in self.declared and (sub.isdigit() or self._at_the_end(base, sub)):
                message = f"{base} is counted from 0 in the text and from 1 in the answer, so {name} can be two of its entries"
                raise UsageError(message, suggestion=f"differentiate by {base}_k and give k, counted from 1, or by {base}")

    def _replace(self, roots: list[Node]) -> None:
        self.roots = roots
        bindings = tuple(Binding(b.name, v, b.params, b.span) for b, v in zip(self.program.bindings, roots))
        self.program = self.program.with_values(bindings, roots[-1])

    def _count_means(self) -> None:
        """1/N sum_i x_i, where nothing else says how many there are: there are N."""
        found: dict[str, list[Node]] = {}
        nodes = [n for root in self.roots for n in walk(root)]
        for n in nodes:
            last = n.args[-1] if n.op == "mul" else n
            if last.op != "sum" or len(last.args) != 1 or not isinstance(last.attr, str) or last is n:
                continue
            for letter in sorted(COUNTS.intersection(_divisors(n))):
                if letter not in self.declared and not any(self._is_declared(m, last.attr) for m in walk(last.args[0])):
                    found.setdefault(letter, []).append(last)
        if not found:
            found = self._counts_of_data(nodes)
        bounds = [m.attr for n in nodes if n.op in ("sum", "product") for a in n.args[1:] for m in walk(a)]
        for letter, sums in found.items():
            uses = sum(n.op == "name" and n.attr == letter for n in nodes)
            if uses == len(sums) + bounds.count(letter) or letter in self.data:
                one = Node("num", (), Fraction(1))
                done = {id(n): Node("sum", (*n.args, one, Node("name", (), letter)), n.attr, n.span) for n in sums}
                self._replace([_with(root, done) for root in self.roots])
                self.notes.append(f"{letter} read as how many {' and '.join(dict.fromkeys(str(n.attr) for n in sums))} there are")

    def _counts_of_data(self, nodes: list[Node]) -> dict[str, list[Node]]:
        """N log s - sum_i x_i/s by s: N, a number, says how many i there are, if i is the one index of a sum that no variable carries."""
        named = {n.attr for n in nodes if n.op == "name"}
        letters = [c for c in COUNTS if c in named and c not in self.declared and c not in self.wrt]
        letters = [c for c in letters if all(c != b.name for b in self.program.bindings)]
        bases = {split_indexed(w)[0] for w in self.wrt}
        of_variables = {p.letter for n in nodes if n.op == "name" and split_indexed(str(n.attr))[0] in bases for p in _parts(str(n.attr))}
        sums = [n for n in nodes if n.op in ("sum", "product")]
        if len(letters) != 1 or any(len(n.args) != 1 for n in sums):
            return {}
        (letter,) = letters
        bare = {p.letter for s in sums if s.attr is None for n in walk(s) if n.op == "name" for p in _parts(str(n.attr))}
        indices = (bare | {str(n.attr) for n in sums if n.attr}) - of_variables
        carried = {c for n in nodes if n.op == "name" for c in split_indexed(str(n.attr))[1]}
        if (
            len(indices) != 1
            or letter in carried
            or indices <= bare
            or any(self._is_declared(m, c) for c in indices for n in sums for m in walk(n))
        ):
            return {}
        self.data.add(letter)
        return {letter: [n for n in sums if n.attr in indices]}

    def _is_declared(self, n: Node, letter: str) -> bool:
        """Whether a name with that index is declared, so that it is known how far the index runs."""
        base, sub = split_indexed(str(n.attr)) if n.op == "name" else ("", "")
        return letter in sub and base in self.declared

    def _survey(self, root: Node) -> None:
        todo: list[tuple[Node, Lows]] = [(root, {})]
        while todo:
            n, lows = todo.pop()
            if n.op == "name" and isinstance(n.attr, str) and n.attr not in self.declared:
                base, sub = split_indexed(n.attr)
                if not sub:
                    self.alone.add(base)
                elif sub.isdigit():
                    self.numbered.setdefault(base, set()).add(int(sub[:9]))
                else:
                    self._note_axes(base, sub, lows)
            elif n.op == "index" and not (n.args[0].op == "name" and n.args[0].attr in self.declared):  # x[n], (A @ x)[0]
                for axis, a in enumerate(n.args[1:]):
                    part = _place(a)
                    self.bracketed |= {(_called(n.args[0]), axis)} if part is not None else set()
                    low = (lows.get(part.letter) if part.letter else Fraction(0)) if part is not None else None
                    if part is not None and low is not None and low + part.shift == 0:
                        self.zero.add((_called(n.args[0]), axis))
            if n.op in ("mul", "ew") and lows:
                lows = _guarded(n, lows)
            todo += [(a, _inside(n, lows) if k == 0 else lows) for k, a in enumerate(n.args)]

    def _note_axes(self, base: str, sub: str, lows: Lows) -> None:
        parts = _bound_reading(sub, lows)
        for axis, p in enumerate(parts):
            self.indexed.add(base)
            low = lows.get(p.letter)
            if low is not None and low + p.shift == 0:
                self.zero.add((base, axis))

    def _find_entries(self) -> None:
        bound = {split_indexed(b.name)[0] for b in self.program.bindings}
        for base, numbers in self.numbered.items():
            greatest = max(numbers)
            d = self.declared.get(base)
            if base in self.indexed or base in bound:
                continue
            if d is not None:
                whole = len(d.sizes) == 1 and d.domain is None and d.sizes[0] is Dim.of(greatest + 1)
                if whole and 0 in numbers:
                    self.zero.add((base, 0))
            elif (
                base in self.wrt
                and base not in self.alone
                and 1 < len(numbers) == greatest + (0 in numbers) < MOST
                and self._is_of_numbers()
            ):
                self.entries[base] = len(numbers)
                if 0 in numbers:
                    self.zero.add((base, 0))

    def _is_of_numbers(self) -> bool:
        """Whether nothing of linear algebra stands in the text, so that x_1 and x_2 can only be numbers."""
        nodes = [n for root in self.roots for n in walk(root)]
        return not any(n.op in ("T", "H", "norm", "inv", "pinv", "inner") or (n.op == "name" and str(n.attr)[:1].isupper()) for n in nodes)

    def _rewritten(self, root: Node) -> Node:
        """With entries counted from 1, and the sums over them too."""
        order: list[tuple[Node, Lows]] = []
        todo: list[tuple[Node, Lows]] = [(root, {})]
        while todo:
            n, lows = todo.pop()
            order.append((n, lows))
            todo += [(a, _inside(n, lows) if k == 0 else lows) for k, a in enumerate(n.args)]
        done: dict[int, Node] = {}
        for n, lows in reversed(order):
            args = tuple(done[id(a)] for a in n.args)
            node = n if all(a is b for a, b in zip(args, n.args)) else Node(n.op, args, n.attr, n.span)
            if n.op == "name" and isinstance(n.attr, str):
                node = self._name(n, lows)
            elif n.op == "index":
                base = _called(n.args[0])
                node = Node(
                    "index",
                    (args[0], *[self._at(a, m, (base, k), lows) for k, (a, m) in enumerate(zip(n.args[1:], args[1:]))]),
                    n.attr,
                    n.span,
                )
            elif _from_zero(n):
                high = Node("add", (args[2], Node("num", (), Fraction(1))), None, n.args[2].span)
                node = Node(n.op, (args[0], Node("num", (), Fraction(1), n.args[1].span), high), n.attr, n.span)
            done[id(n)] = node
        return done[id(root)]

    def _at(self, place: Node, moved: Node, axis: Axis, lows: Lows) -> Node:
        """A place in brackets, counted from 1; `moved` has the indices in it moved."""
        part = _place(place)
        if axis not in self.zero or part is None:
            return moved
        if part.letter and lows.get(part.letter) == 0:  # n - 1 + 1
            return place
        return (
            Node("add", (moved, Node("num", (), Fraction(1))), None, place.span)
            if part.letter
            else Node("num", (), Fraction(part.shift + 1))
        )

    def _name(self, n: Node, lows: Lows) -> Node:
        name = str(n.attr)
        if lows.get(name) == 0:  # the index itself, which runs from 1 now
            return Node("add", (n, Node("neg", (Node("num", (), Fraction(1)),))), None, n.span)
        base, sub = split_indexed(name)
        if not sub or name in self.declared:
            return n
        parts = [Part("", int(sub[:9]))] if sub.isdigit() else _bound_reading(sub, lows) or self._at_the_end(base, sub)
        if not parts:
            return n
        moved = []
        for axis, p in enumerate(parts):
            by = ((base, axis) in self.zero) - (lows.get(p.letter) == 0 if p.letter else 0)
            moved.append(Part(p.letter, p.shift + by))
        if moved == parts:
            return n
        separate = "," if len(moved) > 1 and any(p.shift for p in moved) else ""
        return Node("name", (), spell_name(base, separate.join(map(str, moved))), n.span)

    def _at_the_end(self, base: str, sub: str) -> list[Part]:
        """N in x_N, where some index runs to N."""
        ends = next((r for r in readings(sub) if all(not p.letter or p.letter in self.bounds for p in r)), [])
        return ends if any((base, axis) in self.zero for axis in range(len(ends))) else []


def _called(n: Node) -> str:
    """What an entry is taken of: a name, or a value in brackets."""
    return str(n.attr) if n.op == "name" else "values in brackets"


def _place(n: Node) -> Part | None:
    """n, n+1 or 3 in brackets as a part of a subscript."""
    if n.op == "name":
        return Part(str(n.attr))
    if n.op == "num" and isinstance(n.attr, Fraction) and n.attr.denominator == 1:
        return Part("", int(n.attr))
    if n.op == "add" and len(n.args) == 2 and n.args[0].op == "name":
        second = n.args[1].args[0] if n.args[1].op == "neg" else n.args[1]
        if second.op == "num" and isinstance(second.attr, Fraction) and second.attr.denominator == 1:
            return Part(str(n.args[0].attr), int(second.attr) * (-1 if n.args[1].op == "neg" else 1))
    return None


def _from_zero(n: Node) -> bool:
    return n.op in ("sum", "product") and isinstance(n.attr, str) and len(n.args) == 3 and n.args[1].op == "num" and n.args[1].attr == 0


def _inside(n: Node, lows: Lows) -> Lows:
    """Where the indices begin that are in sight in the body of `n`."""
    if n.op not in ("sum", "product") or not isinstance(n.attr, str):
        return lows
    low = n.args[1].attr if len(n.args) == 3 and n.args[1].op == "num" else None if len(n.args) == 3 else Fraction(1)
    return {**lows, n.attr: low if isinstance(low, Fraction) else None}


def _bound_reading(sub: str, lows: Lows) -> list[Part]:
    """The subscript as indices in sight and numbers, if it has an index."""
    for reading in readings(sub):
        if all(not p.letter or p.letter in lows for p in reading) and any(p.letter for p in reading):
            return reading
    return []


def _parts(name: str) -> list[Part]:
    return [p for r in readings(split_indexed(name)[1]) for p in r]


def _divisors(n: Node) -> list[str]:
    """The names that a product is divided by, 1/N included."""
    found: list[str] = []
    for k, a in enumerate(n.args):
        if a.op == "name" and k and isinstance(n.attr, tuple) and n.attr[k - 1] == "/":
            found.append(str(a.attr))
        elif a.op == "mul" and a.attr == ("/",) and a.args[1].op == "name":
            found.append(str(a.args[1].attr))
    return found


def _with(root: Node, done: dict[int, Node]) -> Node:
    """The tree with some nodes replaced."""
    new: dict[int, Node] = {}
    for n in reversed(list(walk(root))):
        args = tuple(new[id(a)] for a in n.args)
        found = n if all(a is b for a, b in zip(args, n.args)) else Node(n.op, args, n.attr, n.span)
        chosen = done.get(id(n))
        new[id(n)] = found if chosen is None else Node(chosen.op, (*args, *chosen.args[len(args) :]), chosen.attr, chosen.span)
    return new[id(root)]


def _guarded(product: Node, lows: Lows) -> Lows:
    """Where the indices begin below the conditions among the factors of a product: at 2 in 1[i >= 2] y_{i-1}."""
    found = dict(lows)
    for condition in conditions(product):
        if condition.attr in (">=", ">") and condition.args[0].op == "name" and condition.args[1].op == "num":
            letter, least = str(condition.args[0].attr), condition.args[1].attr
            low = found.get(letter)
            if low is not None and isinstance(least, Fraction):
                found[letter] = max(low, least + (condition.attr == ">"))
    return found
