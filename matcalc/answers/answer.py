"""What the API hands out: an expression that was read, and a derivative that was taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from ..differentiation.pairs import has_stacked
from ..differentiation.tensor import Tensor
from ..errors import NoAnswerError, UsageError
from ..expressions.build import symbol
from ..expressions.expr import Expr, postorder
from ..inference.infer import Typed
from ..inference.scene import spell_declaration
from ..kinds import ONE, Dim, Shape, shape_text, shape_words
from ..notation.arrange import Arranger
from ..notation.authorship import Order
from ..notation.indexform import index_form
from ..notation.naming import LEAST_GAIN, names_for, repeated
from ..numbers.judge import Check
from ..ops.core import INDEX, INDEXED_PRODUCT, INDEXED_SUM
from ..printing.count import symbols
from ..printing.formats import DOCUMENT, FORMATS, Typeset, on_screen, printer, spelled
from ..syntax import Binding, Declaration, Node, Program
from .scope import Scope, latex_style, ranks_of, where_of

LARGE = 300  # symbols
SHORT = 8  # what is no longer needs no other form


class Expression(Typeset):
    """An expression that was read: `.shape`, `.text`, `.latex`, `.evaluate({...})`."""

    def __init__(self, typed: Typed, program: Program, order: Order) -> None:
        self._typed, self._program, self._order = typed, program, order
        self._scope = Scope(typed)
        self.assumptions = list(typed.assumptions)
        self.expr = typed.expr

    def _said(self) -> tuple[object, ...]:
        return self.text, self.where, self.shape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    @property
    def where(self) -> str:
        """All declarations, the inferred ones too."""
        return where_of(self._typed, [self._tree()], [self.expr])

    @property
    def shape(self) -> tuple[str, str]:
        """Rows and columns, as text."""
        return str(self.expr.shape[0]), str(self.expr.shape[1])

    def spell(self, form: str = "text") -> str:
        """The expression in a format: text, unicode, latex, typst, mathml or markdown."""
        return spelled(self._tree(), form, self._scope.names)

    def to_latex(self, *, bold: bool = False, transpose: str = "T", operator: str = "operatorname", width: int = 0) -> str:
        """LaTeX to one's taste; see `Derivative.to_latex`."""
        style = latex_style(self._typed, Program("", (), self._tree()), bold, transpose, operator, width)
        return spelled(self._tree(), "latex", self._scope.names, style)

    def _tree(self) -> Node:
        return Arranger(ranks_of(self._typed), self._order, self._scope.names).spell(self.expr)

    def remarks(self) -> list[str]:
        """The shape, and what was assumed."""
        return ["; ".join([shape_text(self.expr.shape), *self.assumptions])]

    def to_sympy(self) -> Any:
        """The expression as a SymPy object: a MatrixExpr, or an Expr for a scalar. NoAnswerError for what SymPy has no object for."""
        from ..exchange.outward import to_sympy

        return to_sympy(self.expr)

    def subexpressions(self) -> list[tuple[str, str]]:
        """Every subexpression as it was typed, with its shape, inner ones first."""
        from ..printing.text import spell

        found: dict[str, str] = {}
        for node, e in self._typed.nodes:
            found.setdefault(spell(node), shape_text(e.shape))
        return list(found.items())

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers, given an array for every name (families stacked, index first)."""
        from ..notation.forms import evaluate_form

        return evaluate_form(self._typed, self._scope, values)

    def __repr__(self) -> str:
        return f"<{self.text} : {self.shape[0]}×{self.shape[1]}>"


class Derivative(Typeset):
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
        self.expr = value
        self.wrt = tuple(wrt)
        self.order = len(tensor.shapes) - 1
        self.layout, self.notation, self.check = layout, notation, check
        self.assumptions = list(assumptions)
        self._steps: Any = None
        self.origin: Any = None  # what was kept of how it came about (`derivation.origin.Origin`)
        self.unfolded: Callable[[Derivative], Any] | None = None  # who made this knows how it came about
        self._program: Program | None = None
        self.stacks: Mapping[str, str] = {}  # the names of stacked families, by those of the families
        self.chained: Callable[[], Any] | None = None  # who made this knows how to write out the chain rule

    def _said(self) -> tuple[object, ...]:
        return self._typed.expr, self.wrt, self.text, self.where, self.shape, self.layout, self.verified

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Derivative) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    @property
    def verified(self) -> str:
        """ "verified" where the answer agrees with a numerical derivative and every summand of it was seen; else "not checked"."""
        return "verified" if self.check else "not checked"

    @property
    def shape(self) -> tuple[str, ...]:
        """The dimensions, as text: ("1", "n") for a row; every index of a tensor."""
        if self.expr is not None:
            return str(self.expr.shape[0]), str(self.expr.shape[1])
        return tuple(str(d) for s in self._tensor.shapes for d in s if d is not ONE)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Rows and columns of the function and of each variable."""
        return self._tensor.shapes

    @property
    def steps(self) -> Any:
        """The derivation, a list of `derivation.lines.Step`, one rule each (`.brief()`, `.text()`, `.latex()` of it all); worked out when
        it is first asked for."""
        if self._steps is None:
            self._steps = self.unfolded(self) if self.unfolded is not None else []
        return self._steps

    @property
    def typed(self) -> Typed:
        """What was read."""
        return self._typed

    @property
    def tensor(self) -> Tensor:
        """The derivative as an object with slots."""
        return self._tensor

    @property
    def names(self) -> frozenset[str]:
        """The names in use."""
        return self._scope.names

    @property
    def taken(self) -> set[str]:
        """Every name that stands for something: of variables, sizes, indices."""
        taken = set(self._scope.names) | {n for s in self._scope.symbols.values() for d in s for n in d.names()}
        nodes = postorder(self._tensor.expressions())
        taken |= {n for e in nodes for d in (*e.shape, *([e.attr] if isinstance(e.attr, Dim) else [])) for n in d.names()}
        taken |= {binder[0] for t in self._tensor.terms for binder in t.binders}
        return taken | {str(e.attr) for e in nodes if e.op in (INDEX, INDEXED_SUM, INDEXED_PRODUCT)}

    @property
    def chain(self) -> Any:
        """The chain rule along the author's statements: each partial with its dimensions, and their product (`partials.Partials`)."""
        if self.chained is None:
            raise UsageError("the chain rule is written out for first derivatives")
        return self.chained()

    @property
    def of_scalar(self) -> bool:
        """Whether the function has one entry."""
        return all(d is ONE for d in self._tensor.shapes[0])

    @property
    def where(self) -> str:
        """All declarations, the inferred ones too; with the Kronecker form, also that of the function's name."""
        form = self.program.form
        trees = [*(b.value for b in self.program.bindings), self.program.body]
        known = {d.name for d in self._typed.declarations}
        free = [spell_declaration(Declaration(letter, "N", ())) for letter, _ in self._members if letter not in known]
        where = "; ".join(filter(None, [where_of(self._typed, trees, self._tensor.expressions()), *free]))
        if form is None or form[0] != "kron":
            return where
        rows, cols = self._tensor.shapes[-2]
        value = Declaration(str(form[1]), "R", tuple(d for d in ((rows, cols) if cols is not ONE or rows is ONE else (rows,))))
        return "; ".join(filter(None, (where, spell_declaration(value))))

    @property
    def program(self) -> Program:
        """The surface tree that is printed."""
        if self._program is None:
            arranger = Arranger(ranks_of(self._typed), self._order, self._scope.names)
            taken = self.taken
            plain = self.expr is not None and self.expr.is_scalar and self.notation == "index"
            if self.notation == "cases":
                self._program = self._by_cases(arranger, taken)
            elif self.expr is not None and (plain or self.notation not in ("index", "kron", "differential")):
                self._program = self._named(arranger, taken) or Program("", (), arranger.spell(self.expr))
                if self.order == 2 and self.of_scalar and self.wrt[0] == self.wrt[1] and SHORT < self.expr.size <= LARGE:
                    self._program = self._symmetric(self._program, taken)
            elif self.notation == "kron":
                from ..notation.kronecker import kronecker_form

                self._program = kronecker_form(self._tensor, arranger, self.wrt, taken)
            elif self.notation == "differential" or (self.notation == "auto" and self._maps_better()):
                from ..notation.linearmap import map_form

                self._program = map_form(self._tensor, arranger, self.wrt, taken)
            else:
                self._program = self._indexed(arranger, taken)
        return self._program

    def _by_cases(self, arranger: Arranger, taken: Iterable[str]) -> Program:
        """As a case distinction; where there is nothing to distinguish, the matrix."""
        from ..notation.piecewise import cases_form, has_switch, piecewise

        if self.expr is not None and has_switch(self.expr):
            return Program("", (), arranger.spell(piecewise(self.expr)))
        found = cases_form(self._tensor, arranger, taken, self._typed.declarations)
        return found if found.body.op == "cases" or self.expr is None else Program("", (), arranger.spell(self.expr))

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

    def _symmetric(self, known: Program, taken: Iterable[str]) -> Program:
        """The Hessian as S + P + P^T, where that is no longer than what is `known`."""
        from ..notation.symmetric import symmetric_form

        assert self.expr is not None
        own = {n: e for n, e in self._bindings.items() if n not in self._scope.symbols}
        found = symmetric_form(self.expr, lambda: Arranger(ranks_of(self._typed), self._order, self._scope.names), own, taken)
        return found if found is not None and symbols(found) <= symbols(known) else known

    def _named(self, plain: Arranger, taken: Iterable[str]) -> Program | None:
        """The matrix with its repeated subexpressions named; None where that is no shorter."""
        assert self.expr is not None
        chosen = repeated([self.expr])
        if not chosen:
            return None
        arranger = Arranger(plain.ranks, self._order, self._scope.names)
        _, bindings = self._names(chosen, arranger, taken)
        program = Program("", tuple(bindings), arranger.spell(self.expr))
        # A large answer is not spelled out without names just to be measured: its length is known well enough.
        without = self.expr.size if self.expr.size > LARGE else symbols(plain.spell(self.expr))
        return program if symbols(program) + LEAST_GAIN <= without else None

    def _indexed(self, plain: Arranger, taken: set[str]) -> Program:
        """The index form, with repeated subexpressions named where that is shorter."""
        form = index_form(self._tensor, plain, taken, self._typed.declarations)
        arranger = Arranger(plain.ranks, self._order, self._scope.names)
        names, bindings = self._names(repeated(self._tensor.expressions()), arranger, taken)
        if not bindings:
            return form
        named = index_form(self._tensor, arranger, taken | set(names), self._typed.declarations, bindings)
        return named if symbols(named) + LEAST_GAIN <= symbols(form) else form

    def _names(self, chosen: Sequence[Expr], arranger: Arranger, taken: Iterable[str]) -> tuple[list[str], list[Binding]]:
        """Names for these subexpressions, told to the arranger, and what they stand for."""
        own = {n: e for n, e in self._bindings.items() if n not in self._scope.symbols}
        names = names_for(chosen, own, taken)
        bindings = []
        for e in chosen:
            bindings.append(Binding(names[e], arranger.spell(e)))
            arranger.name(e, names[e])
        return list(names.values()), bindings

    def spell(self, form: str = "text") -> str:
        """The derivative in a format: text, unicode, latex, typst, mathml, markdown, or latex-doc, a whole document."""
        return self.document() if form == DOCUMENT else spelled(self.program, form, self._scope.names)

    def lines(self, width: int, form: str = "unicode") -> list[str]:
        """The formula for a screen of that width: drawn in two dimensions where that reads better, else one line, broken at summands.

        With `form` "text" in ASCII, and never drawn.
        """
        return on_screen(self.program, width, form)

    def to_latex(self, *, bold: bool = False, transpose: str = "T", operator: str = "operatorname", width: int = 0) -> str:
        r"""LaTeX to one's taste, which is read back like all of it.

        `bold` sets vectors and matrices bold; `transpose` is T, top or intercal; `operator` is operatorname or mathrm;
        a formula of more than `width` characters is broken in `aligned`, between its summands.
        """
        style = latex_style(self._typed, self.program, bold, transpose, operator, width)
        return spelled(self.program, "latex", self._scope.names, style)

    def latex_steps(self, level: str = "brief", *, bold: bool = False, transpose: str = "T", width: int = 0) -> str:
        """The derivation as an `align*`; the options are those of `to_latex` (a line of it is not broken)."""
        found: str = self.steps.at(level).latex(latex_style(self._typed, self.program, bold, transpose, "operatorname", 0))
        return found

    def document(self, *, bold: bool = False, transpose: str = "T", width: int = 0, steps: bool = True) -> str:
        """A LaTeX document: question, answer, shape, declarations, assumptions and, with `steps`, the derivation."""
        from ..ops import function_names
        from ..printing.document import Question, document

        style = latex_style(self._typed, self.program, bold, transpose, "operatorname", width, frozenset(function_names()))
        derivation = self.steps.brief() if steps and self.steps else None
        given = derivation.given if derivation is not None else ()
        asked = Question(
            function=self._typed.program,
            where=self._typed.declarations,
            wrt=self.wrt,
            scalar=self.of_scalar,
            answer=self.program,
            sentence="a scalar" if set(self.shape) <= {"1"} else self.remarks()[0],
            assumptions=self.assumptions,
            verified=self.verified == "verified",
            letter=given[-1].head.f if given else "",
            steps=derivation.for_page(style) if derivation is not None else [],
        )
        return document(asked, style, self._scope.names)

    def to_sympy(self) -> Any:
        """The derivative as a SymPy object: a MatrixExpr, or an Expr for a scalar. NoAnswerError for what SymPy has no object for."""
        from ..exchange.outward import to_sympy

        if self.expr is None:
            raise NoAnswerError(f"SymPy's matrix expressions have two indices, and this derivative has {len(self.shape)}")
        return to_sympy(self.expr)

    def remarks(self) -> list[str]:
        """Shape and layout; what was assumed; whether it was checked."""
        shape = shape_words(self.shape) + f", in the {self.layout} layout"
        unchecked = [] if self.check else [self.verified if self.check is None else str(self.check)]
        return [shape, *(["; ".join(self.assumptions)] if self.assumptions else []), *unchecked]

    def code(self, target: str = "numpy", *, parts: Sequence[str] = (), sizes: Mapping[str, int] | None = None) -> str:
        """A file of functions that compute the value and this derivative, in numpy, jax, torch or octave.

        `parts` adds any of hessian, jvp, vjp, hvp; `sizes` ({"n": 1000}) are hints for the order of products.
        """
        from importlib import import_module

        # By name: what writes programs stands above the answers, and takes further derivatives.
        text: str = import_module("..codegen.program", __package__).program(self, target, parts, sizes)
        return text

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers of what is printed: indices of the function, then of the variables; a scalar is a float."""
        import numpy as np

        values = {self.stacks.get(n, n): v for n, v in values.items()}
        free = {letter: int(values[letter]) for letter, _ in self._members if letter in values}
        given = {n: v for n, v in values.items() if n not in free}
        env, sizes = self._scope.prepare(given, self._tensor.expressions(), self._tensor.shapes)
        missing = {n for s in self._tensor.shapes for d in s for n in d.names() if n not in sizes and not n.isdigit()}
        if missing:
            raise UsageError(f"the size {', '.join(sorted(missing))} does not follow from the values given")
        if len(free) < len(self._members):  # by the general member or entry: every one in turn
            letters, counts = [letter for letter, _ in self._members], [count.value(sizes) for _, count in self._members]
            places = product(*(range(1, n + 1) for n in counts))
            parts = np.stack([self._tensor.evaluate(env, sizes, dict(zip(letters, at, strict=True))) for at in places])
            axes = sum(d is not ONE for d in self._tensor.shapes[0])
            apart = parts.reshape([*counts, *parts.shape[1:]])
            return np.moveaxis(apart, range(len(counts)), range(axes, axes + len(counts)))
        result = self._tensor.evaluate(env, sizes, free)
        if self._flipped and result.ndim == 2:
            result = np.transpose(result)
        return result.item() if result.ndim == 0 else result

    def __repr__(self) -> str:
        return f"<{self.text} : {' × '.join(self.shape)}>"


__all__ = ["FORMATS", "Derivative", "Expression", "printer"]
