"""Indices that nothing binds: which letters below names are indices, which of them are summed (Einstein), which bindings define entries.

A letter below a name is an index where the name's base is declared, bound, differentiated by, or stands in the text without it or with
an index that is bound; and where it stands beside an index in one subscript. Else it is part of the name. An index that no sum and no
left side binds is free: a whole number, like one declared in N. Where one stands twice in a product, it is summed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..errors import ReadingError
from ..interning import regex
from ..kinds import Dim
from ..reading.subscripts import Part, readings, split_indexed
from ..syntax import Binding, Declaration, Node, Program, walk
from .takes import is_unknown_function

ALPHABET = frozenset("ijklpq")  # what A_{ij} may have below where nothing else tells that these are indices
_SHIFTED = regex(r"[a-z][+-][0-9]+")
_OF_ARRAYS = frozenset("sum product T H norm inner inv pinv index ew epow literal bars iverson cmp".split())
PLACE, COMPARED, BESIDE = "place", "compared", "beside"
WORD = 3  # letters of a subscript that is a word where none of them is known as an index


class Use(NamedTuple):
    """One occurrence of a name: the indices bound at its place, the statement it stands in (the body is the last), and its role: the
    place of an entry, as in X[i,j], compared, as in 1[i = k], or compared with what is an index."""

    node: Node
    base: str
    sub: str
    bound: frozenset[str]
    statement: int
    role: str


class Indices:
    """What is found: `free` letters, `definitions` (base: letters and value), `slots` (the letters of the value, where the text sums
    by Einstein's convention), the `program` with these sums written, and `notes`."""

    def __init__(
        self, program: Program, declared: Mapping[str, Declaration], wrt: Collection[str], given: Collection[str], indexed: bool = True
    ) -> None:
        self.program = program
        self.declared, self.wrt = declared, tuple(wrt)
        self.free: dict[str, None] = {}
        self.definitions: dict[str, tuple[tuple[str, ...], Node]] = {}
        self.slots: tuple[str, ...] = ()
        self.notes: list[str] = []
        if given or not indexed:
            return
        self.sizes = {n for d in declared.values() for s in (*d.sizes, *(d.domain or ())) if isinstance(s, Dim) for n in s.names()}
        self.counted = {d.name for d in declared.values() if _is_count(d)}
        self.bound = {b.name for b in program.bindings}
        self.params = {p for b in program.bindings for p in b.params} | self._own_parameters()
        self._find_definitions()
        self.uses = list(self._uses())
        self.plain = {u.base for u in self.uses if not u.sub and not u.role}
        signs = {n.op for root, _ in self._statements() for n in walk(root)}
        self.numbers = self._quotients() if signs.isdisjoint(_OF_ARRAYS) and not program.form else frozenset()  # omega/omega_c
        self.layers = self.program.labels | self._layers()
        self.components = self._components()
        self.twins = self._twins()
        if not signs.isdisjoint(_OF_ARRAYS):
            self.notes += [f"{name} is a name of its own, beside {split_indexed(name)[0]}" for name in sorted(self.twins)]
        self.convention = False  # sums are written by Einstein's convention: every letter below a name is an index
        self._find_free()
        if any(s.summed for s in self._contractions()):
            self.convention = True
            self._find_free()
        self._refuse_captured()
        self._refuse_kept()
        self._sum()

    def _own_parameters(self) -> set[str]:
        r"""x_m of \ell(\alpha, x_m) = … \sum_i \ln x_i: a parameter beside others, and none of the x_i, unless its letter is one that
        indices have."""
        found = {p for p in self.program.parameters if len(self.program.parameters) > 1}
        return {p for p in found if (sub := split_indexed(p)[1]) and ALPHABET.isdisjoint(sub)}

    # ------------------------------------------------------------------------------------------ what stands in the text

    def _statements(self) -> list[tuple[Node, frozenset[str]]]:
        """The values, each with the indices that are bound in all of it."""
        found = []
        for b in self.program.bindings:
            letters = self.definitions.get(split_indexed(b.name)[0], ((), None))[0]
            found.append((b.value, frozenset(letters)))
        form = self.program.form
        slots = form[2] if form and form[0] == "index" and isinstance(form[2], tuple) else ()
        return [*found, (self.program.body, frozenset(c for s in slots for c in (s if isinstance(s, tuple) else (s,))))]

    def _uses(self) -> Iterator[Use]:
        for k, (root, outer) in enumerate(self._statements()):
            todo: list[tuple[Node, frozenset[str], str]] = [(root, outer, "")]
            while todo:
                n, bound, role = todo.pop()
                if n.op == "name" and isinstance(n.attr, str):
                    yield Use(n, *split_indexed(n.attr), bound, k, role)
                elif n.op in ("sum", "product"):
                    inner = frozenset([n.attr]) if isinstance(n.attr, str) else _letters_below(n.args[0])
                    todo += [(n.args[0], bound | inner, ""), *[(a, bound, "") for a in n.args[1:]]]
                elif n.op == "index":
                    todo.append((n.args[0], bound, ""))
                    todo += [(a, bound, PLACE) for a in n.args[1:]]
                else:
                    below = role if n.op in ("tuple", "add", "neg") else ""
                    if n.op == "cmp":
                        below = BESIDE if any(a.op == "name" and a.attr in bound for a in n.args) else COMPARED
                    todo += [(a, bound, below) for a in n.args]

    def _refuse_captured(self) -> None:
        """h = a + b x_i, and then sum_i h: h would be of another i than the sum."""
        for k, b in enumerate(self.program.bindings):
            loose = {u.sub for u in self.uses if u.statement == k and len(u.sub) == 1 and u.sub not in u.bound}
            for u in self.uses:
                taken = loose & u.bound if u.statement != k and u.node.attr == b.name else ()
                for c in sorted(taken):
                    message = f"{b.name} is made of what carries {c}, and it stands in a sum over {c}"
                    raise ReadingError(message, span=b.span, suggestion=f"write {b.name}_{c} = …, and {b.name}_{c} in the sum")

    def _refuse_kept(self) -> None:
        r"""\sum_{j \ne i}, where nothing but what is below that sign has an i: over j beside a given i, or over both."""
        named = {p.letter for n in (*self.wrt, self.program.name) for r in readings(split_indexed(n)[1]) for p in r}
        for one, other, span in self.program.kept:
            beside = {p.letter for u in self.uses if u.bound.isdisjoint((one, other)) for r in readings(u.sub) for p in r}
            given = {c for letters, value in self.definitions.values() if _covers(value, span) for c in letters}  # p_{ij} = … sum_{k \ne i}
            if other not in named | beside | given | self.counted and any(other in u.sub for u in self.uses):
                message = f"{one} != {other} below the sum: over {one} beside a given {other}, or over both"
                hint = f"write sum_{{{other} != {one}}} for both; for a given {other} declare {other} in N"
                raise ReadingError(message, span=span, suggestion=hint)

    # ------------------------------------------------------------------------------------------ definitions

    def _find_definitions(self) -> None:
        """K_{ij} = …, y_{hat,i} = …: where the letters stand below names in the value, and the base stands elsewhere otherwise. What is
        used there and carries a letter too is defined by its entries as well; h_{t-1} alone is the value of the step before."""
        found = -1
        while found < len(self.definitions):
            found = len(self.definitions)
            self._find_more_definitions()

    def _find_more_definitions(self) -> None:
        for at, b in enumerate(self.program.bindings):
            base, sub = split_indexed(b.name)
            if b.params or not sub or b.name in self.declared or base in self.definitions:
                continue
            ways = [tuple(p.letter for p in reading) for reading in readings(sub) if all(p.letter and not p.shift for p in reading)]
            below_it = _letters_below(b.value)
            found = [letters for letters in ways if len(set(letters)) == len(letters) <= 2]
            found.sort(key=lambda letters: (not set(letters) <= below_it, any(len(c) > 1 for c in letters)))  # d_{ij} = x_i - x_j has two
            others = [
                (n, bound | outer)
                for k, (root, outer) in enumerate(self._statements())
                if found and k != at
                for n, bound in _names(root, base)
            ]
            for letters in found:
                below = set(letters) <= below_it
                if any(bound.intersection(letters) or (below and n != b.name and not _is_step(n, letters)) for n, bound in others):
                    self.definitions[base] = (letters, b.value)
                    break

    # ------------------------------------------------------------------------------------------ free letters

    def _axes(self, base: str) -> int | None:
        """How many subscripts the entries of a declared name take."""
        d = self.declared.get(base)
        return len(d.sizes) if d is not None and d.domain is None else None

    def _find_free(self) -> None:
        carried = {u.base for u in self.uses if u.sub and u.node.attr not in self.bound and self._whole(u)}
        members = {u.base for u in self.uses if u.node.attr in self.declared and u.sub in u.bound}  # u_k in R^n, below a sum over k
        named = {split_indexed(n)[0] for n in self.wrt if n not in self.declared and not split_indexed(n)[1]}
        named |= {n for n in self.wrt if n in self.declared}
        met = {u.node.attr for u in self.uses}
        below = _letters_below(self.program.body)
        for reading in readings(split_indexed(self.program.name)[1]) if self.program.name not in met else ():  # o_i = sum_j a_{ij} v_j
            letters = [p.letter for p in reading]
            if ALPHABET.issuperset(letters) and all(c in below and self._may_be(c) for c in letters):
                self._add(letters)
                break
        named |= {split_indexed(n)[0] for n in self.wrt if n not in self.declared and n not in met}
        # (x_0 - x_b)^T B (x_0 - x_b): no entry has the number 0, so the letters below x are parts of names too.
        named -= {u.base for u in self.uses if u.sub == "0" and u.base not in self.plain | carried | self.declared.keys()}
        growing = True
        while growing:
            growing = False
            for u in self.uses:
                if not u.sub:
                    if u.role in (PLACE, BESIDE) and u.base not in u.bound and self._may_be(u.base):
                        growing = self._add([u.base]) or growing
                    continue
                name = str(u.node.attr)
                given = name in self.bound and u.base in self.definitions and u.bound.isdisjoint(u.sub)  # V_j beside V_k
                given = given and u.statement == len(self.program.bindings)
                if (name in self.bound and not given) or name in self.params or name in self.twins:
                    continue
                if name in self.declared and u.base not in carried:
                    continue
                if name in self.declared and u.base in members and u.sub not in u.bound:  # u_o in R^n, beside them
                    continue
                qualified = u.base in carried or u.base in named or u.base in self.definitions or u.base in self.declared
                if u.base in self.numbers and not (u.base in carried or u.base in self.declared or u.base in self.bound):
                    continue
                qualified = qualified or u.base in self.bound or u.base in self.plain
                for reading in readings(u.sub):
                    letters = [p.letter for p in reading if p.letter]
                    if not letters or not all(c in u.bound or self._may_be(c) for c in letters):
                        continue
                    known = any(c in u.bound or c in self.free for c in letters)
                    if self._are_indices(u, reading, qualified, known, u.base in named or u.base in carried):
                        growing = self._add(c for c in letters if c not in u.bound) or growing
                        if u.base not in carried:
                            carried.add(u.base)
                            growing = True
                        break

    def _layers(self) -> set[str]:
        """The letters of layers: z_l = W_l a_{l-1} + b_l, where nothing is summed over them and nothing is an entry."""
        found: set[str] = set()
        for root, _ in self._statements():
            for n in walk(root):
                for a, b in pairwise(n.args) if n.op == "mul" else ():
                    (matrix, letter), (_, shifted) = (split_indexed(str(c.attr)) if c.op == "name" else ("", "") for c in (a, b))
                    if matrix[:1].isupper() and len(letter) == 1 and str(b.attr)[:1].islower() and _SHIFTED.fullmatch(shifted):
                        found |= {letter} & {shifted[0]}
        return found.difference(*(u.bound for u in self.uses))

    def _components(self) -> set[str]:
        r"""x, y and z of n_x \sigma_x + n_y \sigma_y + n_z \sigma_z: summands alike but for one letter, which stands twice in each. Such a
        letter is part of names."""
        found: set[str] = set()
        for root, _ in self._statements():
            for n in walk(root):
                alike: dict[tuple[object, ...], set[str]] = {}
                for a in n.args if n.op == "add" else ():
                    names = [split_indexed(str(f.attr)) for f in a.args] if a.op == "mul" and all(f.op == "name" for f in a.args) else []
                    subs = [sub for _, sub in names if len(sub) == 1 and sub.isalpha()]
                    for c in {c for c in subs if subs.count(c) == 2} - ALPHABET:
                        alike.setdefault(tuple((base, sub != c and sub) for base, sub in names), set()).add(c)
                found |= {c for letters in alike.values() if len(letters) > 1 for c in letters}
        return found.difference(*(u.bound for u in self.uses))

    def _quotients(self) -> frozenset[str]:
        """The names that have powers, stand in quotients or below atan2: in a text without arrays they are numbers."""
        nodes = [n for root, _ in self._statements() for n in walk(root)]
        found = [n.args[0] for n in nodes if n.op == "pow"]
        found += [a for n in nodes if n.op == "mul" and isinstance(n.attr, tuple) and "/" in n.attr for a in n.args]
        found += [m for n in nodes if n.op == "call" and n.attr == "atan2" for m in walk(n)]
        return frozenset(str(a.attr) for a in found if a.op == "name")

    def _twins(self) -> set[str]:
        """x_d of (x - x_d)^T K (x - x_d): a name that stands beside its own letter in sums and nowhere else, as no entry of x does.
        (Where a sum binds an index of x, x_i is one of these.)"""
        names = [
            u
            for u in self.uses
            if len(u.sub) == 1 and u.sub.isalpha() and u.base in self.plain and u.base not in self.declared and not u.role
        ]
        if not names:
            return set()
        beside: dict[str, int] = {}
        pairs: list[list[str]] = []  # the terms of sums in which a name stands beside its own letter
        for root, _ in self._statements():
            for n in walk(root):
                terms = [str(m.attr) for a in n.args if (m := a.args[0] if a.op == "neg" else a).op == "name"] if n.op == "add" else []
                if n.op == "call" and is_unknown_function(str(n.attr)):  # f(x_k) + g^T (x - x_k)
                    for a in n.args:
                        beside[str(a.attr)] = beside.get(str(a.attr), 0) + (a.op == "name")
                for name in terms:
                    beside[name] = beside.get(name, 0) + (split_indexed(name)[0] in terms)
                pairs += [[name for name in terms if split_indexed(name)[0] in terms]]
        carried = {u.base for u in self.uses if u.sub and self._whole(u)}
        met = [str(u.node.attr) for u in names if u.base not in carried]
        paired = {name for name in met if any(name in sums for sums in pairs)}
        return {name for name in paired if beside.get(name, 0) == met.count(name)}

    def _whole(self, u: Use) -> bool:
        return any(p.letter for r in readings(u.sub) for p in r) and any(
            all(not p.letter or p.letter in u.bound for p in r) for r in readings(u.sub)
        )

    def _add(self, letters: Iterable[str]) -> bool:
        new = [c for c in letters if c not in self.free and c not in self.counted]
        self.free |= dict.fromkeys(new)
        return bool(new)

    def _may_be(self, letter: str) -> bool:
        """Whether a letter can be an index that nothing binds: no name of anything else."""
        taken = (
            letter in self.layers
            or letter in self.components
            or letter in self.plain
            or letter in self.bound
            or letter in self.sizes
            or letter in self.declared.keys() - self.counted
        )
        return len(letter) == 1 and not taken

    def _are_indices(self, u: Use, reading: list[Part], qualified: bool, known: bool, certain: bool) -> bool:
        axes = self._axes(u.base)
        if axes is not None:
            return axes == len(reading) or (u.base in self.declared and axes > 0 and known and len(reading) == axes)
        letters = [p.letter for p in reading if p.letter]
        if self.convention or (len(reading) == 2 and ALPHABET.issuperset(letters) and len(set(letters)) < len(letters)):  # A_{ii}
            return len(reading) <= WORD
        upper = u.base[:1].isupper()
        if len(reading) == 1:  # one subscript on a matrix is no entry: Q_f beside Q
            return known or (not (upper and u.base in self.plain and u.base not in self.definitions) and (certain or qualified))
        if known or u.base in self.definitions or "," in u.sub or (certain and upper and len(reading) < WORD):
            return known or qualified
        return qualified and len(reading) < WORD and ALPHABET.issuperset(letters)  # no x_{obs}, x_{eq}

    # ------------------------------------------------------------------------------------------ Einstein's sums

    def _contractions(self) -> list[_Contraction]:
        """The statements with the sums over letters that stand twice in a product."""
        letters = [c for c in self.free if c not in self.counted]
        if not letters:
            return []
        names = [*(b.name for b in self.program.bindings), self.program.name]
        own = [{p.letter for r in readings(split_indexed(n)[1]) for p in r} for n in names]  # y_i = a_i b_i sums nothing
        statements = zip(self._statements(), own, strict=True)
        return [_Contraction(root, [c for c in letters if c not in bound | left]) for (root, bound), left in statements]

    def _sum(self) -> None:
        """Write these sums."""
        statements = self._statements()
        done = self._contractions()
        summed = dict.fromkeys(c for s in done for c in s.summed)
        if not summed:
            return
        signs = [n for root, _ in statements for n in walk(root) if n.op in ("sum", "product")]
        for s in done:
            if s.summed and any(n.op in ("T", "H", "norm", "inner") and not _letters_below(n) for n in walk(s.root)):
                c, where = next(iter(s.summed.items()))
                message = f"the index {c} stands twice in a product, and other products here have no indices"
                hint = f"write sum_{c} in front of what is summed, or declare {c} in N for a given place"
                raise ReadingError(message, span=where.span, suggestion=hint)
            loose = [c for c in s.summed if c in s.left]
            if loose or (signs and s.summed):
                c, where = next((c, n) for c, n in s.summed.items() if not loose or c in loose)
                way = f"it is free elsewhere in the same statement: give one of them another letter, or write sum_{c}"
                hint = way if loose else f"write sum_{c} in front, or declare {c} in N for a given place"
                raise ReadingError(f"the index {c} stands twice in a product, and no sum binds it", span=where.span, suggestion=hint)
        for name in self.wrt:
            base, sub = split_indexed(name)
            taken = [p.letter for r in readings(sub) for p in r if p.letter in summed] if name not in self.declared else []
            if taken:
                other = next(c for c in "klmpq" if c not in self.free)
                message = f"{taken[0]} in {name} is summed in the text, where it stands twice in a product"
                raise ReadingError(message, suggestion=f"give the variable another index: {base}_{other}")
        program = self.program
        bindings = tuple(Binding(b.name, s.root, b.params, b.span) for b, s in zip(program.bindings, done))
        body = done[-1]
        self.program = program.with_values(bindings, body.root)
        values = {split_indexed(b.name)[0]: b.value for b in bindings}
        self.definitions = {base: (letters, values[base]) for base, (letters, _) in self.definitions.items()}
        self.notes.append(f"summed over {' and '.join(summed)}, which {'stand' if len(summed) > 1 else 'stands'} twice in a product")
        self.slots = tuple(body.open)
        if body.hidden.intersection(self.free) or len(self.slots) > 2:
            c = min(body.hidden.intersection(self.free), default=self.slots[-1])
            raise ReadingError(
                f"the index {c} stands on one side of a sum, or inside a function, in a text that sums over letters that stand twice",
                span=(0, len(program.text)),
                suggestion="write the sums with sum_{i=1}^n",
            )
        for c in (*summed, *self.slots):
            if not any(c in s.left for s in done[:-1]):
                self.free.pop(c, None)


def _is_step(name: str, letters: Sequence[str]) -> bool:
    """Whether a name is h_{t-1} beside a definition of h_t."""
    parts = next((r for r in readings(split_indexed(name)[1]) if len(r) == len(letters)), [])
    return bool(parts) and [p.letter for p in parts] == list(letters)


def _covers(value: Node, span: tuple[int, int]) -> bool:
    """Whether a place of the text is in a value."""
    spans = [n.span for n in walk(value) if n.span is not None]
    return bool(spans) and min(s[0] for s in spans) <= span[0] and span[1] <= max(s[1] for s in spans)


class _Contraction:
    """A statement with the sums over letters that stand twice in a product: `summed` (letter: the product), the `open` letters of its
    value in order, the letters `left` over anywhere in it, and those `hidden` in functions or on one side of a sum."""

    def __init__(self, root: Node, letters: Collection[str]) -> None:
        self.letters = frozenset(letters)
        self.bound = _bound_at(root)
        self.summed: dict[str, Node] = {}
        self.left: set[str] = set()
        self.hidden: set[str] = set()
        new: dict[int, Node] = {}
        seen: dict[int, list[str]] = {}  # the letters that a node shows to the product it stands in
        for n in reversed(list(walk(root))):
            args = tuple(new[id(a)] for a in n.args)
            node = n if all(a is b for a, b in zip(args, n.args)) else Node(n.op, args, n.attr, n.span)
            shown, node = self._shown(n, node, [[c for c in seen[id(a)] if c not in self.bound[id(n)]] for a in n.args])
            new[id(n)], seen[id(n)] = node, shown
        self.root = new[id(root)]
        self.open = list(dict.fromkeys(seen[id(root)]))
        self.left |= set(self.open)

    def _shown(self, n: Node, node: Node, args: list[list[str]]) -> tuple[list[str], Node]:
        if n.op == "name":
            return self._of_product(n, node, [[p.letter for p in self._reading(str(n.attr)) if self._is_free(p.letter, n)]])
        if n.op == "index":
            places = [str(a.attr) for a in n.args[1:] if a.op == "name" and self._is_free(str(a.attr), n)]
            return self._of_product(n, node, [args[0], places])
        if n.op in ("neg", "T", "H"):
            return args[0], node
        if n.op == "add":
            first = set(args[0])
            if all(set(a) == first for a in args):
                return args[0], node
            self._hide(c for a in args for c in a)
            return [], node
        if n.op == "mul":
            signs = n.attr if isinstance(n.attr, tuple) else ()
            below = [c for a, sign in zip(args[1:], signs) if sign == "/" for c in a]
            self._hide(below)
            shown = [a for k, a in enumerate(args) if k == 0 or signs[k - 1 : k] != ("/",)]
            return self._of_product(n, node, shown)
        if n.op in ("sum", "product"):
            return [c for c in args[0] if c != n.attr], node
        self._hide(c for a in args for c in a)
        return [], node

    def _is_free(self, letter: str, n: Node) -> bool:
        return letter in self.letters and letter not in self.bound[id(n)]

    def _reading(self, name: str) -> list[Part]:
        found = [r for r in readings(split_indexed(name)[1]) if any(p.letter in self.letters for p in r)]
        return found[0] if found else []

    def _hide(self, letters: Iterable[str]) -> None:
        letters = set(letters)
        self.hidden |= letters
        self.left |= letters

    def _of_product(self, n: Node, node: Node, factors: list[list[str]]) -> tuple[list[str], Node]:
        shown = [c for f in factors for c in f]
        for c in dict.fromkeys(shown):
            count = shown.count(c)
            if count > 2:
                hint = f"write sum_{c} in front of what it is summed over"
                raise ReadingError(
                    f"the index {c} stands {_times(count)} in one product, and no sum binds it", span=n.span, suggestion=hint
                )
            if count == 2:
                self.summed[c] = n
                node = Node("sum", (node,), c, n.span)
        return [c for c in shown if shown.count(c) == 1], node


def _bound_at(root: Node) -> dict[int, frozenset[str]]:
    """The indices that sums bind at each node."""
    found: dict[int, frozenset[str]] = {}
    todo: list[tuple[Node, frozenset[str]]] = [(root, frozenset())]
    while todo:
        n, bound = todo.pop()
        found[id(n)] = bound
        inner = bound
        if n.op in ("sum", "product"):
            inner = bound | ({n.attr} if isinstance(n.attr, str) else _letters_below(n.args[0]))
        todo += [(a, bound if k else inner) for k, a in enumerate(n.args)]
    return found


def _times(count: int) -> str:
    return {3: "three times", 4: "four times"}.get(count, f"{count} times")


def _is_count(d: Declaration) -> bool:
    return d.field == "N" and not d.sizes and d.domain is None and not d.properties


def _letters_below(root: Node) -> frozenset[str]:
    """The letters below the names of a tree, and in the brackets of its entries."""
    found: set[str] = set()
    for n in walk(root):
        if n.op == "name" and isinstance(n.attr, str):
            found |= {p.letter for r in readings(split_indexed(n.attr)[1]) for p in r if p.letter}
        elif n.op == "index":
            found |= {str(a.attr) for a in n.args[1:] if a.op == "name"}
        elif n.op == "cmp":
            found |= {str(a.attr) for a in n.args if a.op == "name"}
    return frozenset(found)


def _names(root: Node, base: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The names of a tree with that base, each with the indices that sums bind at its place."""
    todo: list[tuple[Node, frozenset[str]]] = [(root, frozenset())]
    while todo:
        n, bound = todo.pop()
        if n.op == "name" and isinstance(n.attr, str) and split_indexed(n.attr)[0] == base:
            yield n.attr, bound
        inner = bound | {n.attr} if n.op in ("sum", "product") and isinstance(n.attr, str) else bound
        todo += [(a, inner if k == 0 else bound) for k, a in enumerate(n.args)]
