"""What was assumed, told briefly: names for unknown sizes, the declarations in full, and a sentence for every reading."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, count

from ..errors import ShapeError
from ..expressions import build
from ..kinds import ONE, Dim, Shape, kind_of
from ..syntax import Declaration, spell_name, split_name
from .declarations import declared_shape, leading_sizes, spell_declaration
from .scopes import Typing
from .unify import is_unknown

LETTERS = "nmpqrsdkltuvwabcefgh"
COUNTS = "NMKLTPQ"  # for how many members a family has


class SizeNames:
    """Letters for the sizes that nobody named, avoiding the names in use."""

    def __init__(self, el: Typing) -> None:
        self.el = el
        scene = el.scene
        self._taken = (
            {split_name(n)[0] for n in scene.names} | set(scene.names) | scene.sizes | scene.indices | scene.bound | set(scene.declared)
        )
        self._taken |= {c for n in scene.wrt for c in split_name(n)[1] if c.isalpha()}  # by x_m, m is an index

    def name_all(self) -> None:
        """Matrices first, columns before rows, in order of first occurrence: b - A x reads A in R^{m x n}."""
        for fitting, own in self.el.own_sizes:
            if is_unknown(self.el.sizes.resolve(fitting)):
                self.el.sizes.unify(fitting, own)
        self.el.sizes.tighten(d for term in self.el.symbols.values() for d in term.shape if d is not ONE)
        unsettled = self.el.sizes.unsettled()
        if unsettled and self.el.scene.unfolded:  # C ⋄ B beside X_{(1)}
            for outer, inner, whole in list(unsettled):
                for factor, size in zip((outer, inner), self.el.scene.unfolded.get(whole, ())):
                    self.el.sizes.unify(factor, size)
            unsettled = self.el.sizes.unsettled()
        if unsettled != []:
            what = (
                f"two sizes have the product {unsettled[0][2]}, and which they are"
                if unsettled
                else "the sizes of a Kronecker product or vec"
            )
            hint = "declare the factors of the Kronecker product, or the argument of vec"
            raise ShapeError(f"{what} cannot be told from the text", suggestion=hint)
        self._take_halved()
        for term in sorted(self.el.symbols.values(), key=lambda t: t.kind != "matrix"):
            for dim in reversed(term.shape):
                if dim is not ONE:
                    self._name(dim, LETTERS)
        for size in chain(*self.el.families.values()):
            self._name(size, COUNTS)
        for value, argument in self.el.supposed.values():
            for dim in (*reversed(argument), *reversed(value)):
                self._name(dim, LETTERS)
        self._ranges()

    def _take_halved(self) -> None:
        """n in n/2 is the size, where there is one size that nobody named."""
        el = self.el
        if not el.scene.halved:
            return
        shapes = [d for term in el.symbols.values() for d in term.shape]
        unknown = list(dict.fromkeys(d for d in map(el.sizes.resolve, shapes) if is_unknown(d) and not el.sizes.factors(d)))
        letters = [n for n in el.scene.halved if n in el.symbols and el.symbols[n].is_scalar and n not in el.scene.sizes]
        if len(unknown) != 1 or len(letters) != 1:
            return
        size = Dim.of(letters[0])
        of = next(n for n, term in el.symbols.items() if unknown[0] in map(el.sizes.resolve, term.shape))
        el.sizes.unify(unknown[0], size)
        term = el.symbols.pop(letters[0])
        term.make = lambda _, __: build.size(size)
        el.note(f"{letters[0]} read as the size of {of}")

    def _ranges(self) -> None:
        """Free indices of an index form. J = delta[i,k] does not say how far they run: what is declared and has not been
        met elsewhere tells, the last indices being those of the variable."""
        free = self.el.frames[0].indices
        if not free:
            return
        ranges = {letter: i.range for letter, i in free.items() if i.range is not None}
        met = {self.el.sizes.resolve(r) for r in ranges.values()}
        unknown = [r for r in dict.fromkeys(self.el.sizes.resolve(r) for r in reversed(ranges.values())) if is_unknown(r)]
        declared = [d for term in self.el.scene.declared.values() for d in declared_shape(term.sizes) if d is not ONE]
        rest = [d for d in reversed(dict.fromkeys(declared)) if d not in met]
        if len(rest) > max(1, len(unknown)):  # what stands in the text has had its say
            here = {self.el.sizes.resolve(d) for term in self.el.symbols.values() for d in term.shape}
            rest = [d for d in rest if d not in here]
        if len(rest) == 1:
            rest *= len(unknown)
        if unknown and len(rest) == len(unknown):
            for range_, d in zip(unknown, rest):
                letters = [c for c, r in ranges.items() if self.el.sizes.resolve(r) is range_]
                self.el.sizes.unify(range_, d)
                self.el.note(f"{' and '.join(letters)} read as running to {d}")
        for range_ in unknown:
            self._name(range_, COUNTS)

    def _name(self, dim: Dim, letters: str) -> None:
        dim = self.el.sizes.resolve(dim)
        factors = self.el.sizes.factors(dim) or self.el.sizes.parts(dim)
        if factors is not None:
            for f in factors:
                self._name(f, letters)
        elif is_unknown(dim):
            name = next(c for c in chain(letters, (spell_name("n", str(k)) for k in count(1))) if c not in self._taken)
            self._taken.add(name)
            self.el.sizes.unify(dim, Dim.of(name))

    def resolve(self, dim: Dim) -> Dim:
        """The final size."""
        dim = self.el.sizes.resolve(dim)
        if is_unknown(dim):
            raise ShapeError(
                "the size of an identity or unit vector cannot be told from the text", suggestion="write it with its size, as I_n"
            )
        return dim


def space(shape: Shape, field: str = "R") -> str:
    """R, R^n, R^{m x n}; with C for the field, complex ones."""
    rows, cols = shape
    if cols is ONE:
        return field if rows is ONE else f"{field}^{_braced(str(rows))}"
    return f"{field}^{{{rows} x {cols}}}"


def _braced(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def is_slice(el: Typing, name: str) -> bool:
    """Whether a name is that of a matrix T_i of a declared array T of three and more indices."""
    base = split_name(name)[0]
    return base in el.scene.arrays or (base in el.scene.declared and bool(leading_sizes(el.scene.declared[base].sizes)))


def undeclared_arrays(el: Typing, shapes: dict[str, Shape]) -> list[Declaration]:
    """The undeclared arrays of three and more indices, as they would be declared."""
    found = [(b, s) for name, s in shapes.items() if (b := split_name(name)[0]) in el.scene.arrays and b in el.families]
    return [Declaration(b, "R", (*map(el.sizes.resolve, el.families[b]), *s)) for b, s in found]


def declarations_of(el: Typing, shapes: dict[str, Shape]) -> list[Declaration]:
    """All declarations: those given, then the inferred ones in order of occurrence."""
    found = list(el.scene.stated.values())
    for name, shape in shapes.items():
        if name not in el.scene.stated and name != el.scene.hole and not is_slice(el, name):
            sizes = tuple(d for d in shape if d is not ONE) if shape[1] is ONE else shape
            found.append(Declaration(name, "N" if name in el.integers else el.field(name), sizes))
    return [*found, *undeclared_arrays(el, shapes), *supposed_functions(el)]


def supposed_functions(el: Typing) -> list[Declaration]:
    """The undeclared functions, with the sets that they were found to have."""

    def sizes(shape: Shape) -> tuple[Dim, ...]:
        rows, cols = (el.sizes.resolve(d) for d in shape)
        return (rows, cols) if cols is not ONE else () if rows is ONE else (rows,)

    return [Declaration(n, "R", sizes(value), (), sizes(argument)) for n, (value, argument) in el.supposed.items()]


def where_text(declarations: Iterable[Declaration]) -> str:
    return "; ".join(map(spell_declaration, declarations))


def sentences(el: Typing, shapes: dict[str, Shape], resolve: SizeNames) -> list[str]:
    """One short sentence for everything that was assumed."""
    told: list[str] = []
    plain: list[str] = []
    for name, shape in shapes.items():
        if name in el.scene.declared or name == el.scene.hole or is_slice(el, name):
            continue
        kind, default = kind_of(shape), el.defaults.get(name)
        base = split_name(name)[0]
        if name in el.integers:
            told.append(f"{name} read as a whole number")
        elif el.defaults.get(base + "_") is not None and name not in el.defaults:
            told.append(f"{name} read as a family ({name} in {space(shape, el.field(name))})")
        elif default is not None and (kind != el.scene.kind_of(name) or name in el.scene.scaled):
            told.append(f"{name} read as a {kind} ({space(shape, el.field(name))})")
        elif kind == "scalar":
            plain.append(f"{name} in {el.field(name)}")
        else:
            plain.append(f"{name} in {space(shape, el.field(name))}")
    plain += [spell_declaration(d) for d in undeclared_arrays(el, shapes)]
    for d in supposed_functions(el):
        told.append(f"{d.name} read as a function ({spell_declaration(d)})")
    if plain:
        told.append(", ".join(plain) + " (inferred)")
    for note in el.notes:
        text = note if isinstance(note, str) else note(resolve.resolve)
        if text:
            told.append(text)
    return list(dict.fromkeys(told))
