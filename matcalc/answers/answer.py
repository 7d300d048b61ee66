"""A derivative in closed form: how it is laid out, named and spelled, and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from ..differentiation.pairs import has_stacked
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError, UsageError
from ..expressions.build import apply, index, num, size, substitute, symbol, transpose
from ..expressions.expr import Expr, postorder
from ..expressions.named import has_names
from ..inference.declarations import spell_declaration
from ..inference.infer import Typed
from ..inference.standing import EULER
from ..kinds import ONE, Dim, shape_text, shape_words
from ..notation.arrange import Arranger
from ..notation.authorship import Order, rewritten
from ..notation.naming import LEAST_GAIN, LEAST_SHORT_GAIN, is_short, names_for, repeated
from ..numbers.record import Check
from ..ops.abstract import ENTRYWISE_FUNCTION, FUNCTION
from ..ops.core import CONSTANT, ENTRY, INDEX, INDEXED_PRODUCT, INDEXED_SUM, IVERSON, POWER, UNIT
from ..printing.formats import FORMATS, Typeset, on_screen, printer, spelled
from ..reading.subscripts import readings, split_indexed
from ..shortening.simplify import simplify
from ..syntax import FORM_NAMES, Binding, Declaration, Node, Program, walk
from .scope import Scope, latex_style, not_scalar, ranks_of, where_of

if TYPE_CHECKING:
    from types import ModuleType

    from ..inference.table import Reading
    from ..notation.authored import Authored

LARGE = 300  # symbols
WRITTEN_OUT = 30  # symbols of an answer in which a part of few letters needs no name
SHORT = 8  # what is no longer needs no other form


class ClosedForm(Typeset):
    """A derivative in closed form. `text`, `unicode`, `latex` print it; `shape` and `layout` say what it is;
    `verified` is "verified" or "not checked", `check` says what was compared; `evaluate` gives its numbers."""

    def __init__(
        self,
        typed: Typed,
        tensor: Tensor,
        value: Expr | None,
        order: Order,
        *,
        wrt: Sequence[str],
        layout: str,
        notation: str,
        flipped: bool,
        check: Check | None,
        assumptions: Sequence[str],
        bindings: Mapping[str, Expr],
        members: Sequence[tuple[str, Dim]] = (),
    ) -> None:
        self._members = tuple(members)
        self._typed, self._tensor, self._order, self._flipped, self._bindings = typed, tensor, order, flipped, bindings
        self._scope = Scope(typed)
        self._expr = value
        self.wrt = tuple(wrt)
        self.order = len(tensor.shapes) - 1
        self.layout, self.notation, self.check = layout, notation, check
        self.assumptions = list(assumptions)
        self._raw: Expr | None = None  # the matrix before it was shortened
        self._by = self.wrt  # with the conjugates that it is by
        self._stacked: tuple[str, ...] = ()  # as they are said where entries are stacked: vech(S)
        self._convention = ""  # by which of z and conj(z), where a variable is complex; a Hessian on a manifold
        self._index_names = True  # whether what carries an index may get a name
        self._in_names = True  # whether values that the author named stay under their names
        self._stacks: Mapping[str, str] = {}  # the names of stacked families, by those of the families

    @property
    def readings(self) -> list[Reading]:
        """How each name of the text was read, and why."""
        return self._typed.readings

    def _said(self) -> tuple[object, ...]:
        return self._typed.expr, self.wrt, self.text, self.where, self.shape, self.layout, self.verified

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClosedForm) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    @property
    def verified(self) -> str:
        """ "verified" where the answer agrees with a numerical derivative and every summand of it was seen; else "not checked"."""
        return "verified" if self.check else "not checked"

    @property
    def shape(self) -> tuple[str, ...]:
        """The dimensions, as text: ("1", "n") for a row; every index of a tensor."""
        if self._expr is not None:
            return str(self._expr.shape[0]), str(self._expr.shape[1])
        return tuple(str(d) for s in self._tensor.shapes for d in s if d is not ONE)

    @cached_property
    def _taken(self) -> set[str]:
        """Every name that stands for something: of variables, sizes, indices."""
        taken = set(self._scope.names) | {n for s in self._scope.symbols.values() for d in s for n in d.names()}
        nodes = postorder(self._tensor.expressions())
        dims = {d for e in nodes for d in e.shape} | {e.attr for e in nodes if isinstance(e.attr, Dim)}
        taken |= {n for d in dims for n in d.names()}
        taken |= self._tensor.letters | ({"e"} if EULER in self._typed.assumptions else set())
        return taken | {str(e.attr) for e in nodes if e.op in (INDEX, INDEXED_SUM, INDEXED_PRODUCT)}

    @property
    def _names_taken(self) -> set[str]:
        """Likewise, without the indices of sums, which may be called otherwise."""
        nodes = postorder(self._tensor.expressions())
        bound = {str(e.attr) for e in nodes if e.op in (INDEXED_SUM, INDEXED_PRODUCT)}
        free = {i for e in self._tensor.expressions() for i in e.indices}
        return self._taken - (bound - free - set(self._scope.names))

    @property
    def _of_scalar(self) -> bool:
        """Whether the function has one entry."""
        return all(d is ONE for d in self._tensor.shapes[0])

    @property
    def where(self) -> str:
        """All declarations, the inferred ones too; with the Kronecker form, also that of the function's name."""
        form = self._program.form
        trees = [*(b.value for b in self._program.bindings), self._program.body]
        known = {d.name for d in self._typed.declarations}
        free = [spell_declaration(Declaration(letter, "N", ())) for letter, _ in self._members if letter not in known]
        where = "; ".join(filter(None, [where_of(self._typed, trees, self._tensor.expressions()), *free]))
        if form is None or form[0] != "kron":
            return where
        rows, cols = self._tensor.shapes[-2]
        value = Declaration(str(form[1]), "R", tuple(d for d in ((rows, cols) if cols is not ONE or rows is ONE else (rows,))))
        return "; ".join(filter(None, (where, spell_declaration(value))))

    @cached_property
    def _program(self) -> Program:
        """The surface tree that is printed."""
        if not any(CONSTANT.bit & e.within for e in self._tensor.expressions()):
            return self._arranged
        from ..notation.complements import without_complements

        return without_complements(self._arranged)

    @property
    def _arranged(self) -> Program:
        arranger = Arranger(ranks_of(self._typed), self._order, self._scope.names)
        plain = self._expr is not None and self._expr.is_scalar and self.notation == "index"
        if self.notation == "cases":
            return self._by_cases(arranger)
        if self._expr is not None and (plain or self.notation not in ("index", "kron", "differential", "tensor")):
            found = self._by_entries(arranger) or self._in_its_names(self._expr, arranger)
            if found is not None:
                return found
            found = self._in_indexed_names(arranger)
            if found is not None:
                return found
            found = self._named(self._expr, arranger) or Program("", (), arranger.spell(self._expr))
            if self.order == 2 and self._of_scalar and self.wrt[0] == self.wrt[1] and SHORT < self._expr.size <= LARGE:
                found = self._symmetric(found)
            return found
        if self.notation == "kron":
            from ..notation.kronecker import kronecker_form

            return kronecker_form(self._tensor, arranger, self.wrt, self._taken)
        if self.notation == "tensor":
            from ..notation.dyads import tensor_form

            return tensor_form(self._tensor, arranger, self.wrt, self._taken)
        if self.notation == "differential" or (self.notation == "auto" and self._maps_better()):
            from ..notation.linearmap import map_form

            return map_form(self._tensor, arranger, self.wrt, self._taken, lambda body, known: self._named(body, arranger, known))
        return self._indexed(arranger)

    def _by_entries(self, arranger: Arranger) -> Program | None:
        """What adds up unit vectors, entry by entry: J[i] = y_i - y_{i-1} - (y_{i+1} - y_i), J[i,j] = tr(X^T T_{ij}); a matrix where
        that is shorter."""
        e = self._expr
        if e is None or self.notation == "matrix" or e.is_scalar or not (UNIT.bit & e.within and INDEXED_SUM.bit & e.within):
            return None
        from ..differentiation.places import at_place, at_places
        from ..notation.indexform import unclear

        taken = self._taken
        head = next((c for c in FORM_NAMES if c not in taken), "J_0")
        if e.shape[0] is ONE:
            e = transpose(e)
        dims = [d for d in e.shape if d is not ONE]
        letters = tuple([c for c in "ijklpqrs" if c not in taken][: len(dims)])
        if len(letters) < len(dims):
            return None
        whole = at_place(e, index(letters[0])) if len(dims) == 1 else at_places(e, index(letters[0]), index(letters[1]))
        if whole is None:
            return None
        in_range = {apply(IVERSON, (index(c), size(n)), "<="): num(1) for c, n in zip(letters, dims, strict=True)}
        whole = simplify(substitute(whole, in_range))
        if len(dims) == 2 and whole.size >= e.size:
            return None
        for c in letters:
            arranger.ranks.setdefault(c, len(arranger.ranks))
        program = Program("", (), arranger.spell(whole), ("index", head, letters))
        return None if unclear(program, dict(zip(letters, dims, strict=True)), self._typed.declarations) else program

    def _by_cases(self, arranger: Arranger) -> Program:
        """As a case distinction; where there is nothing to distinguish, the matrix."""
        from ..notation.piecewise import cases_form, has_switch, piecewise

        if self._expr is not None and has_switch(self._expr):
            return Program("", (), arranger.spell(piecewise(self._expr)))
        found = cases_form(self._tensor, arranger, self._taken, self._typed.declarations)
        return found if found.body.op == "cases" or self._expr is None else Program("", (), arranger.spell(self._expr))

    def _maps_better(self) -> bool:
        """Whether the linear map, as F'(X, dX) or dexpm(X, dX), says more than a matrix for stacked columns at pairs of indices."""
        if self.order != 1 or not has_stacked(self._tensor.terms) or f"d{self.wrt[0]}" in self._scope.names:
            return False
        from ..notation.linearmap import along

        try:
            along(self._tensor, symbol(f"d{self.wrt[0]}", self._tensor.shapes[1]))
        except NoAnswerError:
            return False
        return True

    def _symmetric(self, known: Program) -> Program:
        """The Hessian as S + P + P^T, where that is no longer than what is `known`."""
        from ..notation.symmetric import symmetric_form

        assert self._expr is not None
        own = {n: e for n, e in self._bindings.items() if n not in self._scope.symbols}
        found = symmetric_form(self._expr, lambda: Arranger(ranks_of(self._typed), self._order, self._scope.names), own, self._taken)

        from ..printing.count import symbols

        return found if found is not None and symbols(found) <= symbols(known) else known

    @cached_property
    def _authored(self) -> Authored:
        """The names that the text gives to values."""
        from ..notation.authored import Authored

        if not self._in_names:
            return Authored({})
        # A course writes numbers made of numbers out: f = 2 x + 1; f^4 has 8 (2 x + 1)^3. Nothing gets shorter of an unknown function.
        of_arrays: set[Expr] = set()
        parts = postorder(self._bindings.values())
        unknown = any(part.op in (FUNCTION, ENTRYWISE_FUNCTION) for part in parts)
        for part in parts:
            if unknown or not part.is_scalar or any(a in of_arrays for a in part.args):
                of_arrays.add(part)
        return Authored({n: e for n, e in self._bindings.items() if n not in self._scope.symbols and e in of_arrays})

    def _in_its_names(self, e: Expr, arranger: Arranger) -> Program | None:
        """The answer in the author's names, whose definitions count nothing; the derivative as it came may have them more often."""
        if not self._bindings:
            return None
        from ..notation.authored import is_same

        whole = self._authored(e)
        found = [] if whole is e else [whole]
        if self._authored.names and not has_names(e) and e.size <= LARGE:
            for start in (whole, *([] if self._raw is None else [self._authored(self._raw)])):
                other = simplify(start) if has_names(start) else start
                if other not in found and has_names(other) and is_same(simplify(self._authored.written_out(other)), e):
                    found.append(other)
        programs = [made for shown in found if (made := self._named(shown, arranger)) is not None]
        return min(programs, key=self._length, default=None)

    @property
    def _names_indices(self) -> bool:
        """Whether names with indices are defined in what is printed."""
        return any({p.letter for r in readings(split_indexed(b.name)[1]) for p in r} & _letters(b.value) for b in self._program.bindings)

    def _without_indexed_names(self) -> None:
        """From here on they are written out."""
        self._index_names = False
        self.__dict__.pop("_program", None)

    def _in_indexed_names(self, plain: Arranger) -> Program | None:
        """The answer with names for what carries an index, where that is shorter; the author's own definitions count nothing."""
        e = self._expr
        if e is None or not self._in_names or not self._index_names or not (INDEXED_SUM.bit | ENTRY.bit) & e.within or e.size > LARGE:
            return None
        own_names = any(split_indexed(b.name)[1] for b in self._typed.program.bindings)
        if not own_names and not (POWER.bit & e.within and INDEXED_SUM.bit & e.within):
            return None
        from ..printing.count import symbols
        from .indexednames import with_indexed_names

        starts = [e, *([self._raw] if self._raw is not None and self._raw.size <= LARGE else [])]
        programs = with_indexed_names(
            starts, self._typed, simplify, self._names_taken, lambda: Arranger(plain.ranks, self._order, self._scope.names)
        )
        own = {b.name for b in self._typed.program.bindings}
        bases = {split_indexed(n)[0] for n in own}

        def length(program: Program) -> int:
            return symbols(Program("", tuple(b for b in program.bindings if split_indexed(b.name)[0] not in bases), program.body))

        best = min(programs, key=length, default=None)
        return best if best is not None and length(best) < symbols(plain.spell(e)) else None

    def _length(self, program: Program) -> int:
        from ..printing.count import symbols

        return symbols(Program("", tuple(b for b in program.bindings if b.name not in self._bindings), program.body))

    @cached_property
    def _spelled_order(self) -> Order:
        return {**self._order, **rewritten(self._order, self._authored)} if self._authored.names else self._order

    def _named(self, shown: Expr, plain: Arranger, taken: Iterable[str] | None = None) -> Program | None:
        """The matrix `shown` with its repeated subexpressions named; None where that is no shorter and the author gave no names."""
        chosen = repeated([shown])
        if not chosen:
            return None
        arranger = Arranger(plain.ranks, self._spelled_order, self._scope.names)
        _, bindings = self._names(chosen, arranger, taken)
        program = Program("", tuple(bindings), arranger.spell(shown))
        # A large answer is not spelled out without names just to be measured: its length is known well enough.
        if has_names(shown):
            return program

        from ..printing.count import symbols

        without = shown.size if shown.size > LARGE else symbols(plain.spell(shown))
        plainly = without <= WRITTEN_OUT and all(map(is_short, chosen))
        return program if symbols(program) + (LEAST_SHORT_GAIN if plainly else LEAST_GAIN) <= without else None

    def _indexed(self, plain: Arranger) -> Program:
        """The index form, with repeated subexpressions named where that is shorter."""
        tensor = self._tensor.map(self._authored)
        expressions = tensor.expressions()
        arranger = Arranger(plain.ranks, self._spelled_order, self._scope.names)
        taken = self._taken
        names, bindings = self._names(repeated(expressions), arranger)

        from ..notation.indexform import index_form

        named = index_form(tensor, arranger, taken | set(names), self._typed.declarations, bindings)
        if not bindings or any(map(has_names, expressions)) or sum(e.size for e in expressions) > LARGE:
            return named
        form = index_form(self._tensor, plain, taken, self._typed.declarations)

        from ..printing.count import symbols

        return named if symbols(named) + LEAST_GAIN <= symbols(form) else form

    def _names(self, chosen: Sequence[Expr], arranger: Arranger, taken: Iterable[str] | None = None) -> tuple[list[str], list[Binding]]:
        """Names for these subexpressions, told to the arranger, and what they stand for."""
        own = {n: e for n, e in self._bindings.items() if n not in self._scope.symbols}
        whole = self._typed.program.name  # y = softmax(…) has y y^T in its derivative
        if whole and whole not in self._scope.symbols:
            own[whole] = self._authored(self._typed.expr)
        names = names_for(chosen, own, self._taken if taken is None else taken)
        bindings = []
        for e in chosen:
            value = arranger.spell(e)
            if (value.op, value.attr) != (
                "name",
                names[e],
            ):  # the author's name of a part that stands without it too, in 1/Q of Q = sqrt(x)
                bindings.append(Binding(names[e], value))
            arranger.name(e, names[e])
        return list(names.values()), bindings

    def spell(self, form: str = "text") -> str:
        """The derivative in a format: text, unicode, latex, typst, mathml or markdown."""
        return spelled(self._program, form, self._scope.names)

    def lines(self, width: int, form: str = "unicode", shown: Program | None = None) -> list[str]:
        """The formula for a screen of that width: drawn in two dimensions where that reads better, else one line, broken at summands.

        With `form` "text" in ASCII, and never drawn. `shown` is the formula where it stands in names that several answers share.
        """
        return on_screen(shown or self._program, width, form)

    def to_latex(self, *, bold: bool = False, transpose: str = "T", operator: str = "operatorname", width: int = 0) -> str:
        r"""LaTeX to one's taste, which is read back like all of it.

        `bold` sets vectors and matrices bold; `transpose` is T, top or intercal; `operator` is operatorname or mathrm;
        a formula of more than `width` characters is broken in `aligned`, between its summands.
        """
        style = {"bold": bold, "transpose": transpose, "operator": operator, "width": width}
        return self._styled("latex", style)

    def to_typst(self, *, bold: bool = False) -> str:
        """Typst's mathematics; `bold` sets vectors and matrices bold."""
        return self._styled("typst", {"bold": bold})

    def _styled(self, form: str, style: Mapping[str, Any], shown: Program | None = None, defined: Sequence[Binding] = ()) -> str:
        """The derivative in a format and style (of LaTeX, bold of Typst); `shown` where it stands in names that several answers share,
        which are `defined` elsewhere."""
        own = self._program
        program = shown or own
        whole = Program("", tuple(defined) or own.bindings, own.body, own.form)
        bold = not_scalar(self._typed, whole) if style.get("bold") else frozenset[str]()
        if form == "typst" and bold:
            from ..printing.typst import spell

            return spell(program, bold)
        if form == "latex" and style:
            given = {"transpose": "T", "operator": "operatorname", "width": 0, **style, "bold": bool(bold)}
            return spelled(program, form, self._scope.names, latex_style(self._typed, whole, **given))
        return spelled(program, form, self._scope.names)

    def to_sympy(self) -> Any:
        """The derivative as a SymPy object: a MatrixExpr, or an Expr for a scalar. NoAnswerError for what SymPy has no object for."""
        from ..exchange.outward import to_sympy

        if self._expr is None:
            raise NoAnswerError(f"SymPy's matrix expressions have two indices, and this derivative has {len(self.shape)}")
        return to_sympy(self._expr)

    def remarks(self) -> list[str]:
        """Shape and layout; what was assumed; whether it was checked."""
        shape = f"{self._shape_words}, in the {self.layout} layout" if self._has_layout else self._shape_words
        unchecked = [] if self.check else [self.verified if self.check is None else str(self.check)]
        return [shape, *(["; ".join(self.assumptions)] if self.assumptions else []), *unchecked]

    @property
    def _has_layout(self) -> bool:
        """Whether a layout says how it is written: a map and an array of entries are the same in all."""
        form = self._program.form
        return form is None or form[0] not in ("map", "index") or len(self.shape) <= 2

    @property
    def _shape_words(self) -> str:
        """Rows and columns; of a map between which shapes, of an array whose indices stand first."""
        if self._has_layout:
            return shape_words(self.shape)
        if self._program.form is not None and self._program.form[0] == "map":
            outer, *inner = map(shape_text, self._tensor.shapes)
            return f"{', '.join(inner)} → {outer}, a {'linear' if len(inner) == 1 else 'multilinear'} map"
        return f"{shape_words(self.shape)}, the indices of the function first"

    def __call__(self, **values: Any) -> Any:
        """The numbers: d(x=…, A=…) is d.evaluate({"x": …, "A": …})."""
        return self.evaluate(values)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers of what is printed: indices of the function, then of the variables; a scalar is a float. What has no value is nan."""
        from ..numbers import doubles

        values = {self._stacks.get(n, n): v for n, v in values.items()}
        free = {letter: int(values[letter]) for letter, _ in self._members if letter in values}
        given = {n: v for n, v in values.items() if n not in free}
        env, sizes = self._scope.prepare(given, self._tensor.expressions(), self._tensor.shapes)
        missing = {n for s in self._tensor.shapes for d in s for n in d.names() if n not in sizes and not n.isdigit()}
        if missing:
            raise UsageError(f"the size {', '.join(sorted(missing))} does not follow from the values given")
        with doubles.quiet():  # also of what a condition switches off, which is nothing to warn of
            result = self._arrays(doubles, self._steady)(env, sizes, free)
        result = result.astype(float) if result.dtype.kind == "i" else result
        return result.item() if result.ndim == 0 else result

    @cached_property
    def _steady(self) -> Tensor:
        """The same in forms that neither overflow nor cancel."""
        from ..shortening.steady import steady_numbers

        return self._tensor.map(steady_numbers)

    def _arrays(
        self, arrays: ModuleType, tensor: Tensor | None = None
    ) -> Callable[[Mapping[str, Any], Mapping[str, int], Mapping[str, int]], Any]:
        """Likewise in internal form, of the numbers that `arrays` computes with; the third are the members and entries that were chosen."""
        import numpy as np

        numbers = (tensor or self._tensor).arrays(arrays)

        def value(env: Mapping[str, Any], sizes: Mapping[str, int], free: Mapping[str, int]) -> Any:
            if len(free) == len(self._members):
                result = numbers(env, sizes, free)
                return np.transpose(result) if self._flipped and result.ndim == 2 else result
            # by the general member or entry: every one in turn
            letters, counts = [letter for letter, _ in self._members], [count.value(sizes) for _, count in self._members]
            places = product(*(range(1, n + 1) for n in counts))
            parts = np.stack([numbers(env, sizes, dict(zip(letters, at, strict=True))) for at in places])
            axes = sum(d is not ONE for d in self._tensor.shapes[0])
            apart = parts.reshape([*counts, *parts.shape[1:]])
            return np.moveaxis(apart, range(len(counts)), range(axes, axes + len(counts)))

        return value

    def _entries(self, arrays: ModuleType, free: Mapping[str, int]) -> Callable[[Mapping[str, Any], Mapping[str, int]], list[Any]]:
        """All entries in a list, of the members and entries that `free` chooses, without NumPy."""
        summands = self._tensor.summands(free, arrays)

        def entries(env: Mapping[str, Any], sizes: Mapping[str, int]) -> list[Any]:
            parts = [arrays.flat(part) for part in summands(env, sizes)]
            found, shape = list(map(sum, zip(*parts, strict=True))), self._tensor.dims(sizes)
            if self._flipped and len(shape) == 2:
                return [found[j * shape[1] + i] for i in range(shape[1]) for j in range(shape[0])]
            return found or [arrays.exact(0)] * prod(shape)

        return entries

    def __repr__(self) -> str:
        return f"<{self.text} : {' × '.join(self.shape)}>"


def _letters(value: Node) -> set[str]:
    """The indices below the names of a definition."""
    names = (split_indexed(str(n.attr))[1] for n in walk(value) if n.op == "name")
    places = {str(a.attr) for n in walk(value) if n.op == "index" for a in n.args[1:]}
    return places | {p.letter for sub in names for r in readings(sub) for p in r if p.letter}


__all__ = ["FORMATS", "ClosedForm", "printer"]
