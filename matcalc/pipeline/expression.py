"""An expression that was read: its shape, its spellings, its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..answers.scope import Scope, latex_style, ranks_of, where_of
from ..errors import MatcalcError, UsageError
from ..inference.infer import Typed
from ..kinds import shape_text
from ..notation.arrange import Arranger
from ..notation.authorship import typed_order
from ..notation.spelling import EXPONENTIALS_AS_POWERS
from ..printing.formats import Typeset, spelled
from ..syntax import Declaration, Node, Program
from .given import Built, Names
from .question import Question

if TYPE_CHECKING:
    from ..inference.table import Reading
    from .derivative import Derivative


def expression(question: Question) -> Expression:
    """What was read, as an answer; what the declarations leave open is inferred."""
    try:
        whole = question.whole()
        if whole.averaged is not None:
            from .averaged import checked

            checked(whole)
        return Expression(whole)
    except MatcalcError as error:
        raise error.located(question.text) from None


class Expression(Typeset, Built):
    """An expression that was read: `.shape`, `.text`, `.latex`, `.diff(x)`, `.evaluate({...})`."""

    _derive: Callable[..., Derivative | list[Derivative]] | None = None  # what the interface asks for a derivative

    def __init__(self, typed: Typed) -> None:
        self._typed = typed
        self._scope = Scope(typed)
        self.assumptions = list(typed.assumptions)
        self.expr = typed.expr

    @property
    def readings(self) -> list[Reading]:
        """How each name of the text was read, and why."""
        return self._typed.readings

    def _said(self) -> tuple[object, ...]:
        return self.text, self.where, self.shape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def read(self) -> tuple[Program, tuple[Declaration, ...]]:
        """The tree and what is declared of its names: an expression that was read may be asked about."""
        return self._typed.program, tuple(self._typed.declarations)

    @property
    def name(self) -> str:
        """The name of a symbol (UsageError for anything else)."""
        if self._typed.program.body.op != "name":
            raise UsageError(f"{self.text} is no variable")
        return str(self._typed.program.body.attr)

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
        ranks = {n: k for n, k in ranks_of(self._typed).items() if n != EXPONENTIALS_AS_POWERS}  # e^x was read as exp(x)
        return Arranger(ranks, typed_order(self._typed.nodes), self._scope.names).spell(self.expr)

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

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the formula as it was typed, its parts with their shapes, and how each name was read."""
        shapes = [{"text": text, "shape": shape} for text, shape in self.subexpressions()]
        return {
            "text": self._as_typed("text"),
            "latex": self._as_typed("latex"),
            "shape": list(self.shape),
            "subexpressions": shapes,
            "readings": [reading.as_dict() for reading in self.readings],
            "assumptions": self.assumptions,
            "where": self.where,
        }

    def _as_typed(self, form: str) -> str:
        return spelled(self._typed.program, form, self._scope.names)

    def diff(self, wrt: Names | None = None, **options: Any) -> Derivative | list[Derivative]:
        """The derivative by a variable, or a list for several; the options are those of `matcalc.derivative`."""
        if self._derive is None:
            raise UsageError("this expression is part of an answer", suggestion="matcalc.derivative(text, variable) differentiates a text")
        return self._derive(self, wrt, **options)

    def __call__(self, **values: Any) -> Any:
        """The numbers: e(x=…, A=…) is e.evaluate({"x": …, "A": …})."""
        return self.evaluate(values)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers, given an array for every name (families stacked, index first)."""
        from ..notation.forms import evaluate_form

        return evaluate_form(self._typed, self._scope, values)

    def __repr__(self) -> str:
        return f"<{self.text} : {self.shape[0]}×{self.shape[1]}>"
