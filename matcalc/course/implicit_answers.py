"""What is found of an implicit function: its derivatives, the adjoint, how they came about, as they are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import UsageError
from ..numbers.record import Check
from ..pipeline.question import Question
from ..printing.document import plain as plain_latex
from ..printing.formats import Spelled, Typeset, spelled
from ..sources import abbreviated, follows, work
from ..syntax import Program
from .problem import Answer, Problem

KRANTZ_PARKS = work(
    "Krantz & Parks 2013", "S. G. Krantz and H. R. Parks, The Implicit Function Theorem: History, Theory, and Applications, Birkhäuser 2013"
)
BLONDEL = work(
    "Blondel et al. 2022", "M. Blondel and others, Efficient and Modular Implicit Differentiation, NeurIPS 35 (2022), arXiv:2105.15183"
)
BESIDE = 60  # characters of a line beside which its rule stands


class Slope(Typeset):
    """One derivative of the solution, or of a function of it, by one variable (twice by it, or by two): as it is printed."""

    check: Check | None = None

    def __init__(self, program: Program, names: frozenset[str], where: str, wrt: Sequence[str]) -> None:
        self.program, self._names, self.where, self.wrt = program, names, where, tuple(wrt)

    def spell(self, form: str = "text") -> str:
        """The derivative in a format: text, unicode, latex, typst, mathml or markdown."""
        return spelled(self.program, form, self._names)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers of what is printed, given arrays for its names, the solution too."""
        from ..pipeline.expression import expression

        read_back = expression(Question.of(self.text, where=self.where))
        return read_back.evaluate({n: v for n, v in values.items() if n in read_back.where})


class Equality(Spelled):
    """Two sides that are equal, as they are printed."""

    def __init__(self, names: frozenset[str], *sides: Program | str) -> None:
        self._names, self.sides = names, sides

    def spell(self, form: str = "text") -> str:
        return " = ".join(s if isinstance(s, str) else spelled(s, form, self._names) for s in self.sides)


class Implicit(Answer):
    """The derivative of a solution by every variable (`derivatives`), what must be invertible (`condition`), and the adjoint: the equation
    of λ (`adjoint`), and the products of a vector with the derivatives (`products`)."""

    def __init__(self, problem: Problem, solve: str, equation: str, wrt: Sequence[str]) -> None:
        super().__init__(problem)
        self.solve, self.equation, self.wrt = solve, equation, tuple(wrt)
        self._task: Any
        self.of: str | None = None
        self.is_minimum = False
        self.derivatives: dict[str, Slope] = {}
        self.products: dict[str, Slope] = {}
        self.condition = ""
        self.residual: Equality | None = None
        self.adjoint: Equality | None = None
        self.differential: Equality | None = None
        self.shows_products = self.shows_steps = False

    def shown(self) -> dict[str, Slope]:
        return self.products if self.shows_products else self.derivatives

    def spell(self, form: str = "text") -> str:
        several = len(self.shown()) > 1
        found = "\n".join(f"{n}: {d.spell(form)}" if several else d.spell(form) for n, d in self.shown().items())
        return f"{laid_out_steps(self.steps(form), form)}\n\n{found}" if self.shows_steps else found

    def steps(self, form: str = "text") -> list[dict[str, str]]:
        """How it came about: lines (`text`), each with its `rule` and the `source` of that."""
        rows: list[tuple[str, str, str]] = []
        if self.residual is not None:
            rows.append((self.residual.spell(form), "stationarity" if self.is_minimum else "the equation", "definition"))
        if self.differential is not None:
            rows.append((self.differential.spell(form), "differential of both sides", follows("the chain rule", KRANTZ_PARKS)))
        theorem = f"implicit function theorem, {self.condition}" if self.condition != "none" else "implicit function theorem"
        if self.adjoint is not None:
            rows.append((self.adjoint.spell(form), "adjoint equation", follows("v^T K^-1 = (K^-T v)^T", BLONDEL)))
        for name, d in self.derivatives.items():
            rows.append((self._headed(name, d, form), theorem, follows("∂F/∂x dx = -∂F/∂θ dθ", KRANTZ_PARKS)))
        for p in self.products.values():
            rows.append((p.spell(form), f"product of a vector with the derivative by {p.wrt[0]}", follows("the adjoint equation", BLONDEL)))
        return [dict(zip(("text", "rule", "source"), row, strict=True)) for row in rows]

    def _headed(self, name: str, d: Slope, form: str) -> str:
        text = d.spell(form)
        return text if d.program.form is not None or d.program.bindings else f"{self._head(name, form)} = {text}"

    def _head(self, name: str, form: str) -> str:
        above, below = self.of or self.solve, name
        if form == "latex" and self.of is None and len(self.solve) == len(name) == 1:
            return rf"\frac{{\partial {above}}}{{\partial {below}}}"
        return f"d({above})/d{below}" if self.of else f"d{above}/d{below}"

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The numbers of the one derivative."""
        if len(self.shown()) != 1:
            raise UsageError("there are several derivatives", suggestion="derivatives[name].evaluate(values)")
        return next(iter(self.shown().values())).evaluate(values)

    def code(self, target: str = "numpy", *, sizes: Mapping[str, int] | None = None) -> str:
        """A file of functions, in the languages of `codegen.targets` with `equations`: the residual, the solution by Newton's method,
        products of vectors with its derivative by all the variables, for which one linear equation is solved."""
        from .implicit_code import program_of

        return program_of(self._task, target, sizes)

    def facts(self) -> list[tuple[str, str]]:
        found = [("equation", self.equation), ("condition", self.condition)]
        found += [("adjoint", self.adjoint.text)] if self.adjoint is not None else []
        if not self.shows_products:
            found += [("vjp" if len(self.products) == 1 else f"vjp by {n}", p.text) for n, p in self.products.items()]
        return found

    def parts(self) -> dict[str, Any]:
        return {
            "equation": self.equation,
            "solve": self.solve,
            "of": self.of,
            "condition": self.condition,
            "differential": _text(self.differential),
            "derivatives": {n: d.text for n, d in self.derivatives.items()},
            "adjoint": {"equation": _text(self.adjoint), "products": {n: p.text for n, p in self.products.items()}},
            **({"steps": self.steps()} if self.shows_steps else {}),
        }


def _text(e: Equality | None) -> str | None:
    return None if e is None else e.text


def laid_out_steps(rows: Sequence[Mapping[str, str]], form: str) -> str:
    """The steps on a page: each line with its rule and source beside it, or below where it is long."""
    if form == "latex":
        lines = [f"& {row['text']} && \\text{{{plain_latex(row['rule'])}}}" for row in rows]
        return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"
    column = max([len(r["text"]) for r in rows if len(r["text"]) <= BESIDE], default=0) + 3
    found = []
    for row in rows:
        source = abbreviated(row["source"])
        reason = row["rule"] if source == "definition" else f"{row['rule']} [{source}]"
        found += [f"{row['text']:<{column}}{reason}"] if len(row["text"]) <= BESIDE else [row["text"], f"      {reason}"]
    return "\n".join(found)
