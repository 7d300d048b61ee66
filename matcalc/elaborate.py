"""Typing under one guess of the kinds: walk the surface tree once, unify sizes, decide what each sign means.

The walk keeps its own stack (the depth of a text is the user's). What a surface operation means is in two tables,
`meaning.MEANINGS` and `calls.CALLS`; here are the walk, the scopes, and what a name stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from . import build
from .errors import ReadingError
from .expr import Expr
from .kinds import ONE, OPEN, Dim, Shape, close_properties
from .misfit import Misfit, refuse_shape
from .scene import SHAPED, Scene, declared_properties, declared_shape
from .sizes import sizes_of
from .syntax import Binding, Declaration, Node, spell_name, split_name
from .terms import Resolve, Term, known
from .unify import Sizes, is_unknown

SCALAR: Shape = (ONE, ONE)
MOST_VISITS = 4_000_000  # nested functions can make a short text very long
_LETTERS = "ijklabcdpqrstuvwxyz"


class Index:
    """A bound index: its expression, and the size it runs over (None where the bounds are no size)."""

    __slots__ = ("expr", "range")

    def __init__(self, expr: Expr, range_: Dim | None) -> None:
        self.expr, self.range = expr, range_


class Frame:
    """What is bound here: parameters of the function being expanded, and indices."""

    __slots__ = ("params", "indices")

    def __init__(self, params: Mapping[str, Term]) -> None:
        self.params = params
        self.indices: dict[str, Index] = {}


Meaning = Callable[["Elaborator", Node, list[Term]], Term]


class Elaborator:
    """One typing of a scene. `kinds` are the guesses that differ from the defaults, and the choices taken."""

    def __init__(self, scene: Scene, kinds: Mapping[str, str], meanings: Mapping[str, Meaning], functions: Mapping[str, Binding]) -> None:
        self.scene = scene
        self.kinds = kinds
        self.meanings = meanings
        self.sizes = Sizes()
        self.symbols: dict[str, Term] = {}  # by name, in order of first occurrence
        self.integers: set[str] = set()
        self.families: dict[str, Dim] = {}
        self.members: dict[str, Shape] = {}  # undeclared families: the shape of a member
        self.bindings: dict[str, Term] = {}
        self.functions: dict[str, Binding] = dict(functions)
        self.frames = [Frame({})]
        self.live: set[str] = set().union(*(e.indices for e in scene.given.values())) if scene.given else set()
        self.penalties: list[tuple[int, Term]] = []
        self.notes: dict[str | Callable[[Resolve], str], None] = {}
        self.seen: list[tuple[Node, Term]] = []
        self.defaults: dict[str, str] = {}  # the kinds that undeclared names have unless guessed otherwise
        self._visits = 0

    # ------------------------------------------------------------------------------------------ the text

    def run(self) -> Term:
        """The bindings, then the body."""
        program = self.scene.program
        for b in program.bindings:
            self._check_binding(b)
            if b.params:
                self.functions[b.name] = b
            else:
                self.bindings[b.name] = self.elaborate(b.value)
        if program.form is not None and program.form[0] == "index":
            for slot in program.form[2] if isinstance(program.form[2], tuple) else ():
                for letter in slot if isinstance(slot, tuple) else (slot,):
                    self.bind(str(letter), self.sizes.fresh(), program.body)
        return self.elaborate(program.body)

    def _check_binding(self, b: Binding) -> None:
        if b.name in self.bindings or b.name in self.functions and not self.scene.template:
            raise ReadingError(f"{b.name} is bound twice", span=b.span, suggestion="give the second one another name")
        if b.name == "I":
            raise ReadingError("I is the identity matrix and cannot be bound", span=b.span)
        if b.name in self.scene.declared:
            raise ReadingError(f"{b.name} is declared, and bound in the text too", span=b.span, suggestion="give one of them another name")

    def elaborate(self, root: Node) -> Term:
        """The term of a surface tree."""
        values: list[Term] = []
        todo: list[tuple[str, Node]] = [("visit", root)]
        while todo:
            step, node = todo.pop()
            op = node.op
            if step == "visit":
                self._visits += 1
                if self._visits > MOST_VISITS:
                    raise ReadingError("the text becomes too long when its functions are written out")
                if op == "name":
                    values.append(self._seen(node, self.name(node)))
                elif op == "num":
                    values.append(Term(SCALAR, (), partial(_number, node.attr), node, literal=True))
                else:
                    self._open(node, todo)
            elif step == "apply":
                at = len(values) - self._count(node)
                args = values[at:]
                del values[at:]
                values.append(self._seen(node, self.meanings[op](self, node, args)))
            elif step == "bind":
                bounds = values[len(values) - len(node.args) + 1 :]
                self._bind_sum(node, bounds)
            elif step == "enter":
                binding = self.functions[str(node.attr)]
                at = len(values) - len(node.args)
                self.frames.append(Frame(dict(zip(binding.params, values[at:]))))
                del values[at:]
            elif step == "leave":
                self.frames.pop()
        return values.pop()

    def _seen(self, node: Node, term: Term) -> Term:
        if len(self.frames) == 1:
            self.seen.append((node, term))
        return term

    def _open(self, node: Node, todo: list[tuple[str, Node]]) -> None:
        """Plan the visit of a node and its arguments (the last one pushed comes first)."""
        op = node.op
        if op == "call" and node.attr in self.functions:
            binding = self.functions[str(node.attr)]
            if len(binding.params) != len(node.args):
                raise ReadingError(f"{binding.name} has {len(binding.params)} arguments, {len(node.args)} were given", span=node.span)
            todo += [("leave", node), ("visit", binding.value), ("enter", node)]
            todo += [("visit", a) for a in reversed(node.args)]
            return
        todo.append(("apply", node))
        if op in ("sum", "product"):
            todo += [("visit", node.args[0]), ("bind", node)]
            todo += [("visit", a) for a in reversed(node.args[1:])]
        else:
            todo += [("visit", a) for a in reversed(node.args[: self._count(node)])]
            if op in ("pow", "epow") and self.is_euler(node.args[0]):
                todo.pop()

    def _count(self, node: Node) -> int:
        """How many arguments are visited: not the subscripts of an entry, the sizes of ones(n), or Euler's e."""
        if node.op == "index":
            return 1
        if node.op == "call" and node.attr in SHAPED:
            return 0
        if node.op in ("pow", "epow") and self.is_euler(node.args[0]):
            return 1
        return len(node.args)

    def is_euler(self, node: Node) -> bool:
        """Whether `node` is the letter e with nothing else to stand for."""
        return node.op == "name" and node.attr == "e" and not self._stands_for_something("e")

    def _stands_for_something(self, name: str) -> bool:
        frame, scene = self.frames[-1], self.scene
        return name in frame.params or name in frame.indices or name in scene.bound or name in scene.declared or name in scene.given

    # ------------------------------------------------------------------------------------------ indices

    def bind(self, letter: str, range_: Dim | None, node: Node) -> Index:
        """Bind an index in the current frame, renaming it where its letter is free in what comes from outside."""
        frame, scene = self.frames[-1], self.scene
        if letter in frame.indices:
            raise ReadingError(f"the index {letter} is bound twice, one sum inside the other", span=node.span, suggestion="use another letter inside")
        if letter in scene.declared or letter in scene.bound:
            how = "declared" if letter in scene.declared else "bound by ="
            raise ReadingError(f"the index {letter} is also a name that is {how}", span=node.span, suggestion="use another letter for the index")
        name = letter
        if name in self.live:
            name = next((c for c in _LETTERS if c not in self.live and c not in scene.names), f"{letter}{len(self.live)}")
        self.live.add(name)
        frame.indices[letter] = index = Index(build.index(name), range_)
        return index

    def _bind_sum(self, node: Node, bounds: list[Term]) -> None:
        range_: Dim | None = self.sizes.fresh() if not bounds else self.size_of(node.args[2]) if len(node.args) > 2 else None
        self.bind(self.sum_index(node), range_, node)

    def sum_index(self, node: Node) -> str:
        """The index of a sum; a bare sum runs over the one that its body carries."""
        if isinstance(node.attr, str):
            return node.attr
        todo, carried = [node.args[0]], {}
        while todo:
            n = todo.pop()
            if n.op == "name" and isinstance(n.attr, str):
                base, sub = split_name(n.attr)
                if base in self.scene.families and sub.isalpha() or n.attr in self.scene.declared and len(sub) == 1 and sub.isalpha():
                    carried[sub] = None
            todo += reversed(n.args)
        if len(carried) != 1:
            found = f"the body carries {', '.join(carried)}" if carried else "no family stands in its body"
            raise ReadingError(f"the sum names no index, and {found}", span=node.span, suggestion="write sum_{i=1}^N")
        return next(iter(carried))

    def unbind(self, node: Node) -> Index:
        """The index of a sum whose body has been read."""
        letter = self.sum_index(node)
        index = self.frames[-1].indices.pop(letter)
        self.live.discard(str(index.expr.attr))
        return index

    def covers(self, range_: Dim | None, dim: Dim) -> bool:
        """Whether an index that runs over `range_` may be a subscript of something of size `dim`."""
        if range_ is None:
            return True
        r, d = self.sizes.resolve(range_), self.sizes.resolve(dim)
        if is_unknown(r) or is_unknown(d):
            return self.sizes.unify(r, d)
        if r is d or r.number is not None and d.number is None:
            return True
        difference = (r - d).number
        return difference is not None and difference <= 0

    def size_of(self, node: Node, depth: int = 8) -> Dim | None:
        """A size written as an expression, or None where it is none."""
        if node.op == "num":
            return Dim.of(int(node.attr)) if isinstance(node.attr, Fraction) and node.attr.denominator == 1 else None
        if node.op == "name":
            name = str(node.attr)
            return Dim.of(name) if name in self.scene.sizes and not self._stands_for_something(name) else None
        if node.op not in ("add", "mul", "neg", "pow") or len(node.args) > 8 or not depth:
            return None
        parts = [self.size_of(a, depth - 1) for a in node.args]
        if any(p is None for p in parts):
            return None
        dims = [p for p in parts if p is not None]
        if node.op == "neg":
            return dims[0] * -1
        if node.op == "pow":
            k = dims[1].number
            return dims[0] if k == 1 else dims[0] * dims[0] if k == 2 else None
        total = dims[0]
        for k, d in enumerate(dims[1:]):
            if node.op == "mul" and isinstance(node.attr, tuple) and node.attr[k] == "/":
                return None
            total = total + d if node.op == "add" else total * d
        return total

    # ------------------------------------------------------------------------------------------ names

    def name(self, node: Node) -> Term:
        """What a name stands for: LANGUAGE 1, in its order."""
        name, scene, frame = str(node.attr), self.scene, self.frames[-1]
        if name in frame.params:
            return frame.params[name]
        if name in frame.indices:
            return known(frame.indices[name].expr, node)
        if name in self.bindings:
            return self.bindings[name]
        if name in scene.given:
            return known(scene.given[name], node)
        if name in scene.bound:
            raise ReadingError(f"{name} is used before it is bound", span=node.span, suggestion=f"put {name} = … before it")
        base, sub = split_name(name)
        subscripts = self._subscripts(sub) if sub else None
        family = self._member(base, sub, subscripts, node) if subscripts else None
        if family is not None:
            return family
        if name in scene.declared:
            return self._declared(scene.declared[name], node)
        if subscripts is not None and sub:
            carrier = self._carrier(base, node)
            if carrier is not None:
                return self.entry(carrier, sub, subscripts, node)
        special = self._special(name, base, sub, subscripts, node)
        if special is not None:
            return special
        if scene.template:
            raise ReadingError(f"{name} stands for nothing in this rule", span=node.span)
        if subscripts is not None and any(s in frame.indices for s in subscripts):
            return self._carried(base, sub, subscripts, node)
        if len(self.frames) == 1 or name not in self.symbols:
            return self._undeclared(name, node)
        return self.symbols[name]

    def _subscripts(self, sub: str) -> list[str] | None:
        """The subscript as indices and numbers, or None where it is only part of a name."""
        bound = self.frames[-1].indices
        for parts in ([sub], sub.split(","), list(sub)):
            if all(p in bound or (p.isdigit() and p.isascii() and int(p[:9]) >= 1) for p in parts):
                return parts
        return None

    def subscript(self, part: str) -> tuple[Expr, Dim | None]:
        """An index or a number, and what it runs over."""
        index = self.frames[-1].indices.get(part)
        if index is not None:
            return index.expr, index.range
        return build.num(int(part)), Dim.of(int(part))

    def _declared(self, d: Declaration, node: Node) -> Term:
        if d.domain is not None:
            raise ReadingError(f"{d.name} is a function and needs its argument: {d.name}(…)", span=node.span)
        return self._symbol(d.name, declared_shape(d.sizes), node, None)

    def _symbol(self, name: str, shape: Shape, node: Node, guessed: str | None) -> Term:
        term = self.symbols.get(name)
        if term is None:
            term = Term(shape, (), partial(self._make_symbol, name, shape), node, guessed)
            self.symbols[name] = term
        return term

    def _make_symbol(self, name: str, shape: Shape, _: object, resolve: Resolve) -> Expr:
        rows, cols = shape
        return build.symbol(name, (resolve(rows), resolve(cols)), self.properties(name))

    def properties(self, name: str, twin: bool = True) -> frozenset[str]:
        """Declared properties; a variable of differentiation has only the open ones."""
        d = self.scene.declared.get(name)
        words = close_properties(declared_properties(d)) if d is not None else frozenset()
        if name in self.integers:
            words |= {"integer"}
        return words & OPEN if twin and self.scene.twins and name in self.scene.variables else words

    def _member(self, base: str, sub: str, subscripts: list[str], node: Node) -> Term | None:
        """A member of a declared family, or an entry of one."""
        d = self.scene.families.get(base)
        if d is None:
            return None
        shape = declared_shape(d.sizes)
        size = self.families.setdefault(base, self.sizes.fresh())
        expr, range_ = self.subscript(subscripts[0])
        if subscripts[0] in self.frames[-1].indices and not self.covers(range_, size):
            raise refuse_shape(f"the index {subscripts[0]} of {base}_{{{sub}}} runs to {range_}, elsewhere the family has {self.sizes.resolve(size)} members", node)
        self.symbols.setdefault(d.name, known(build.member(base, build.index(split_name(d.name)[1]), shape, self.properties(d.name)), node))
        term = Term(shape, (), lambda _, __: build.member(base, expr, shape, self.properties(d.name)), node)
        return term if len(subscripts) == 1 else self.entry(term, sub, subscripts[1:], node)

    def _carrier(self, base: str, node: Node) -> Term | None:
        """What is called `base`, to take an entry of."""
        if not base:
            return None
        frame = self.frames[-1]
        if base in frame.params:
            return frame.params[base]
        if base in self.bindings:
            return self.bindings[base]
        if base in self.scene.given:
            return known(self.scene.given[base], node)
        d = self.scene.declared.get(base)
        if d is not None and d.domain is None:
            return self._declared(d, node)
        return None

    def entry(self, carrier: Term, sub: str, subscripts: list[str], node: Node) -> Term:
        """The entry with these subscripts."""
        if carrier.kind == "matrix" and len(subscripts) == 1 and sub.isdigit() and len(sub) == 2:
            subscripts = list(sub)
        return self.entry_at(carrier, [self.subscript(s) for s in subscripts], node)

    def entry_at(self, carrier: Term, at: list[tuple[Expr, Dim | None]], node: Node) -> Term:
        """The entry at these places: one for a vector or row, two for anything."""
        rows, cols = carrier.shape
        one: tuple[Expr, Dim | None] = (build.num(1), None)
        if len(at) == 1:
            if carrier.kind not in ("vector", "row"):
                raise Misfit([carrier], lambda: refuse_shape(f"one subscript on a {carrier.kind}", node))
            at = [*at, one] if carrier.kind == "vector" else [one, *at]
        if len(at) != 2:
            raise ReadingError(f"{len(at)} subscripts: an entry has one or two", span=node.span)
        for (_, range_), dim in zip(at, (rows, cols)):
            if not self.covers(range_, dim):
                resolved = self.sizes.resolve(dim)
                raise Misfit([carrier], lambda: refuse_shape(f"the subscript runs to {range_}, but there are {resolved} entries", node), True)
        (i, _), (j, _) = at
        return Term(SCALAR, (carrier,), lambda e, _: build.entry(e[0], i, j), node)

    def _special(self, name: str, base: str, sub: str, subscripts: list[str] | None, node: Node) -> Term | None:
        """I, I_n, 0_{m x n}, 1, e_i, K_{mn}, pi, and dimension names."""
        scene = self.scene
        if name in scene.sizes:
            size = Dim.of(name)
            return Term(SCALAR, (), lambda _, __: build.size(size), node)
        if name == "pi":
            return known(build.constant("pi"), node)
        if name == "infty":
            return known(build.constant("infty"), node)
        if name == "I":
            n = self.sizes.fresh()
            return Term((n, n), (), lambda _, r: build.eye(r(n)), node)
        if name in ("0", "1"):
            n, make = self.sizes.fresh(), build.zeros if name == "0" else build.ones
            return Term((n, ONE), (), lambda _, r: make(r(n)), node)
        if base == "e" and subscripts is not None and len(subscripts) == 1 and not self._stands_for_something("e"):
            n = self.sizes.fresh()
            i, range_ = self.subscript(subscripts[0])
            if subscripts[0] in self.frames[-1].indices and range_ is not None:
                self.covers(range_, n)
            return Term((n, ONE), (), lambda _, r: build.unit(i, r(n)), node)
        if base in ("I", "0", "1", "ones") and sub:
            return self._sized(base, sizes_of(sub), node)
        if base == "K" and sub and "K" not in scene.declared:
            return self._commutation(sub, node)
        return None

    def _sized(self, base: str, dims: tuple[Dim, ...], node: Node) -> Term:
        rows, cols = dims[0], dims[1] if len(dims) > 1 else dims[0] if base == "I" else ONE
        if base == "I":
            return Term((rows, rows), (), lambda _, __: build.eye(rows), node)
        make = build.zeros if base == "0" else build.ones
        return Term((rows, cols), (), lambda _, __: make(rows, cols), node)

    def _commutation(self, sub: str, node: Node) -> Term | None:
        from .expr import make
        from .ops.core import COMMUTATION

        dims = sizes_of(sub)
        if len(dims) == 1:
            names = list(sub)
            dims = tuple(Dim.of(int(n) if n.isdigit() else n) for n in names) if len(names) == 2 else dims
        if len(dims) != 2 or any(n not in self.scene.sizes for d in dims for n in d.names()):
            return None
        m, n = dims
        return Term((m * n, m * n), (), lambda _, __: make(COMMUTATION, (), (m, n), (m * n, m * n), 1), node)

    def _carried(self, base: str, sub: str, subscripts: list[str], node: Node) -> Term:
        """An undeclared name with a bound index: entries of a vector or matrix, or a family."""
        self.defaults[base + "_"] = "family of matrices" if base[:1].isupper() and len(subscripts) == 1 else "entries"
        wanted = self.kinds.get(base + "_") or self.defaults[base + "_"]
        if wanted == "entries":
            default = "vector" if len(subscripts) == 1 else "matrix"
            carrier = self._undeclared(base, node, default)
            entry = self.entry(carrier, sub, subscripts, node)
            return Term(entry.shape, (*entry.args, self._choice(base + "_")), lambda e, _: entry.make(e[:1], _), node)
        shape = self.members.get(base)
        if shape is None:
            rows = self.sizes.fresh()
            shape = self.members[base] = (rows, self.sizes.fresh() if wanted == "family of matrices" else ONE)
        size = self.families.setdefault(base, self.sizes.fresh())
        i, range_ = self.subscript(subscripts[0])
        self.covers(range_, size)
        final = shape
        term = Term(final, (), lambda _, r: build.member(base, i, (r(final[0]), r(final[1]))), node, base + "_")
        letter = subscripts[0]
        generic = Term(final, (), lambda _, r: build.member(base, build.index(letter), (r(final[0]), r(final[1]))), node)
        self.symbols.setdefault(spell_name(base, letter), generic)
        return term if len(subscripts) == 1 else self.entry(term, sub, subscripts[1:], node)

    def _choice(self, name: str) -> Term:
        """A term that only says which choice something depends on."""
        return Term(SCALAR, (), lambda _, __: build.num(1), None, name)

    def _undeclared(self, name: str, node: Node, default: str | None = None) -> Term:
        term = self.symbols.get(name)
        if term is not None:
            return term
        if name == self.scene.hole:
            return self._symbol(name, self.name(Node("name", (), name[1:], node.span)).shape, node, None)
        self.defaults[name] = default or self.scene.kind_of(name)
        kind = self.kinds.get(name) or self.defaults[name]
        fresh = self.sizes.fresh
        shape = SCALAR if kind == "scalar" else (fresh(), ONE) if kind == "vector" else (fresh(), fresh())
        return self._symbol(name, shape, node, name)

    # ------------------------------------------------------------------------------------------ shapes

    def unify(self, a: Shape, b: Shape) -> bool:
        return self.sizes.unify(a[0], b[0]) and self.sizes.unify(a[1], b[1])

    def penalty(self, cost: int, term: Term) -> None:
        """A reading that is possible, but not the first to think of."""
        self.penalties.append((cost, term))

    def note(self, text: str | Callable[[Resolve], str]) -> None:
        """Something to tell the reader, if this typing is taken."""
        self.notes[text] = None


def _number(value: object, _: object, __: object) -> Expr:
    return build.num(value)  # type: ignore[arg-type]
