"""The answer that people get: a closed form with its derivation, its chain rule, a document about it, programs that compute it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from ..answers.answer import ClosedForm
from ..answers.scope import latex_style
from ..errors import UsageError
from ..printing.formats import DOCUMENT

if TYPE_CHECKING:
    from ..course.partials import Partials
    from ..derivation.origin import Origin
    from ..derivation.page import Derivation
    from .further import Further


class Derivative(ClosedForm):
    """A derivative in closed form.

    `text`, `unicode`, `latex`, `typst`, `mathml` spell it (`print` shows the text); `shape` and `layout` say what it is, `where` and
    `assumptions` what was declared and assumed, `verified` whether it was checked. `evaluate` gives its numbers, `steps` its derivation,
    `code` a program. Two are equal if they are the same answer to the same question.
    """

    # Set by who takes the derivative: how it came about, what follows from the question, and the chain along the author's statements.
    _origin: Origin | None = None  # of one by several numbers at once there is none
    _further: Further | None = None
    _chain: Callable[[], Partials] | None = None
    _manifold: Mapping[str, str] | None = None  # on which it is taken, with its metric and source; the direction of a Hessian
    _asked = 0  # how often for numbers
    _compiled: Callable[[Mapping[str, Any]], Any] | None = None  # what gives them from the third time on

    def __getstate__(self) -> dict[str, Any]:
        """What travels: not the program, which is made again where it is asked for."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_asked", "_compiled")}

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers of what is printed: indices of the function, then of the variables; a scalar is a float. What has no value is nan.
        From the third call on they come from the derivative's program, if that gave those of the second call."""
        self._asked += 1
        if self._compiled is not None:
            found = self._compiled(values)
            if found is not None:
                return found
        found = super().evaluate(values)
        if self._asked == 2:
            from .again import program_for

            self._compiled = program_for(self, values, found)
        return found

    @cached_property
    def steps(self) -> Derivation:
        """The derivation, a list of steps, one rule each: `.brief()`, `.text()`, `.latex()` of it all. It is worked out when it is first
        asked for."""
        from ..derivation.unfold import steps_of

        if self._origin is None:
            raise UsageError("a derivation is by one variable", suggestion=f"ask for each: --wrt {self.wrt[0]}")
        return steps_of(self, self._origin)

    @property
    def chain(self) -> Partials:
        """The chain rule along the author's statements: each partial with its dimensions, and their product. UsageError for derivatives
        of higher order."""
        if self._chain is None:
            raise UsageError("the chain rule is written out for first derivatives")
        return self._chain()

    def as_dict(self, steps: str = "", chain: bool = False) -> dict[str, Any]:
        """For JSON: the formula and what one must know to use it; with the derivation at a level (brief, full), with the chain rule."""
        found: dict[str, Any] = {
            "text": self.text,
            "unicode": self.unicode,
            "latex": self.latex,
            "shape": list(self.shape),
            "layout": self.layout,
            "wrt": list(dict.fromkeys(self.wrt)),
            "order": self.order,
            "where": self.where,
            "assumptions": list(self.assumptions),
            "readings": [reading.as_dict() for reading in self.readings],
            "verified": self.verified,
            "check": self.check.as_dict() if self.check is not None else None,
        }
        if self._manifold is not None:
            found |= {"order": 2 if "along" in self._manifold else 1, "manifold": dict(self._manifold)}
        if steps:
            found["steps"] = self.steps.at(steps).as_list()
        if chain:
            found["chain"] = self.chain.as_dict()
            found["dims"] = found["chain"]["dims"]
        return found

    def spell(self, form: str = "text") -> str:
        """The derivative in a format: text, unicode, latex, typst, mathml, markdown, or latex-doc, a whole document."""
        return self.document() if form == DOCUMENT else super().spell(form)

    def latex_steps(self, level: str = "brief", *, bold: bool = False, transpose: str = "T", width: int = 0) -> str:
        """The derivation as an `align*`; the options are those of `to_latex` (a line of it is not broken)."""
        return self.steps.at(level).latex(latex_style(self._typed, self._program, bold, transpose, "operatorname", 0))

    def document(self, *, bold: bool = False, transpose: str = "T", width: int = 0, steps: bool = True) -> str:
        """A LaTeX document: question, answer, shape, declarations, assumptions and, with `steps`, the derivation."""
        return document_of([self], bold=bold, transpose=transpose, width=width, steps=steps)

    def code(
        self, target: str = "numpy", *, parts: Sequence[str] = (), sizes: Mapping[str, int] | None = None, batch: Sequence[str] = ()
    ) -> str:
        """A file of functions that compute the value and this derivative, in any of `codegen.targets`; `matcalc.code` writes one for
        several variables.

        `parts` adds any of hessian, jvp, vjp, hvp, make, whose functions are of the variable alone, and autograd, by which JAX and
        PyTorch differentiate with the closed form; `sizes` ({"n": 1000}) are hints for the order of products.
        `batch` (["x", "y"]) adds batch_value, batch_gradient and so on, in which these have one more axis in front, that of samples, and
        so has what is returned.
        """
        return code_of([self], target, parts, sizes, batch)

    def function(self, target: Literal["numpy", "jax", "torch", "array-api"] = "numpy") -> Callable[..., Any]:
        """This derivative as a function of arrays, compiled from `code(target)`: its arguments are those of the program, the variable
        first, by place or by name. UsageError for another target."""
        from ..codegen.program import first_name
        from ..codegen.targets import TARGETS, listed

        if target not in TARGETS or not TARGETS[target].python:
            hint = f"{listed(python=True)}; code writes other programs as text"
            raise UsageError(f"a function can be had in languages of Python, not for {target!r}", suggestion=hint)

        program: dict[str, Any] = {"__name__": f"matcalc.{target.replace('-', '_')}"}
        exec(compile(self.code(target), f"<{self.text}>", "exec"), program)  # of matcalc's own making: of what was typed it has the names
        found: Callable[..., Any] = program[first_name(self)]
        return found


def document_of(several: Sequence[Derivative], *, bold: bool = False, transpose: str = "T", width: int = 0, steps: bool = True) -> str:
    """One LaTeX document for the derivatives of a function by one variable or several."""
    from ..ops import function_names
    from ..printing.document import Section, Subject, document

    sections = []
    for d in several:
        style = latex_style(d._typed, d._program, bold, transpose, "operatorname", width, frozenset(function_names()))
        derivation = d.steps.brief() if steps and d._origin is not None and d.steps else None
        letter = derivation[-1].after.head.f if derivation else ""
        asked = Subject(
            function=d._typed.program,
            where=d._typed.declarations,
            wrt=d.wrt,
            scalar=d._of_scalar,
            answer=d._program,
            sentence="a scalar" if set(d.shape) <= {"1"} else d.remarks()[0],
            assumptions=d.assumptions,
            verified=d.verified == "verified",
            letter=letter,
            left=derivation[-1].after.left("latex") if derivation else _left(d, letter),
            steps=derivation.for_page(style) if derivation is not None else [],
        )
        sections.append(Section(asked, style, d._scope.names))
    return document(sections)


def _left(d: Derivative, letter: str) -> str:
    """The left side of an answer without its derivation, where it is no derivative by the variables as they are named; else ""."""
    by = d._stacked or d._by
    if not d._manifold and tuple(by) == tuple(d.wrt):
        return ""
    from ..derivation.lines import DERIVATIVE, MANIFOLD, Head, LineSpeller

    letter = letter or next(c for c in "fFgGhH" if c not in d._scope.names)
    head = Head(DERIVATIVE, letter, by, within=MANIFOLD if d._manifold else "", along=str((d._manifold or {}).get("along", "")))
    return head.spell(LineSpeller(d, {}), "latex")


def code_of(
    several: Sequence[Derivative], target: str, parts: Sequence[str], sizes: Mapping[str, int] | None, batch: Sequence[str] = ()
) -> str:
    """The file for the derivatives of one function by several variables."""
    from ..codegen.program import program

    further = several[0]._further
    if parts and several[0]._manifold is not None:
        hint = "ask for the Hessian along a direction: its program has it beside the value"
        raise UsageError("a program on a manifold has the value and the gradient", suggestion=hint)
    if parts and further is None:
        raise UsageError(f"{parts[0]} is by one variable")
    if further is not None and len(several) > 1:
        further = further.by([d.wrt[0] for d in several])
    return program(several, target, parts, sizes, further, [batch] if isinstance(batch, str) else batch)
