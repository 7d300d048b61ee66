"""One operation of the book, as data."""

from __future__ import annotations

from itertools import count

from .multilinear import transposition

DECLARED = 1  # the bit of names of which a property is declared; those of operations come after it
_counted = count(1)
# Where the value and its derivative exist, said of the first parameter.
_CONDITIONS = {
    "nonzero": "{} != 0",
    "positive": "{} > 0",
    "(-1,1)": "|{}| < 1",
    "(1,inf)": "{} > 1",
    "invertible": "{} invertible",
    "symmetric": "{} symmetric",
    "spd": "{} symmetric and positive definite",
    "principal": "{} has no eigenvalue on the closed negative real axis",
    "simple": "the eigenvalue of {} simple",
}


class Operation:
    """One operation of the book. Every field is data in matcalc's own language; see `book`."""

    __slots__ = (
        "name",
        "params",
        "signature",
        "index",
        "differential",
        "elementwise",
        "transposes",
        "domain",
        "numeric",
        "numpy",
        "jax",
        "torch",
        "array_api",
        "octave",
        "r",
        "julia",
        "eigen",
        "stacks",
        "statement",
        "source",
        "spellings",
        "notation",
        "beside",
        "mark",
        "unicode",
        "latex",
        "typst",
        "mathml",
        "sympy",
        "definition",
        "quotient",
        "condition",
        "gives",
        "kronecker",
        "scalar",
        "at_zero",
        "at_one",
        "parity",
        "adjoint",
        "directions",
        "linear",
        "rule",
        "example",
        "real",
        "bit",
    )

    def __init__(
        self,
        name: str,
        params: str = "",
        signature: str = "",
        *,
        index: str = "",
        differential: str = "",
        elementwise: bool = False,
        transposes: str = "",
        domain: str = "",
        numeric: str = "",
        numpy: str = "",
        jax: str = "",
        torch: str = "",
        array_api: str = "",
        octave: str = "",
        r: str = "",
        julia: str = "",
        eigen: str = "",
        stacks: str = "",
        statement: str = "",
        source: str = "",
        spellings: str = "",
        notation: str = "",
        beside: str = "",
        unicode: str = "",
        latex: str = "",
        typst: str = "",
        mathml: str = "",
        sympy: str = "",
        definition: str = "",
        quotient: str = "",
        condition: str = "",
        gives: str = "",
        kronecker: str = "",
        scalar: str = "",
        at_zero: str = "",
        at_one: str = "",
        parity: str = "",
        adjoint: str = "",
        directions: bool = False,
        linear: bool = False,
        rule: str = "",
        example: str = "",
        real: bool = False,
    ) -> None:
        self.name = name
        self.params: tuple[str, ...] = tuple(params.split())
        self.signature = signature
        self.index = index
        self.differential = differential
        self.elementwise = elementwise
        self.transposes = transposes or (transposition(index) if index else "")
        self.domain = domain
        self.numeric = numeric or (f"contracted({index!r}, {', '.join(self.params)})" if index else "")
        self.numpy, self.jax, self.torch, self.array_api, self.stacks = numpy, jax, torch, array_api, stacks
        self.octave, self.r, self.julia, self.eigen = octave, r, julia, eigen
        self.statement = statement
        self.source = source
        self.spellings: tuple[str, ...] = tuple(spellings.split())
        self.notation, _, self.mark = notation.partition(" ")
        self.beside = beside
        self.unicode, self.latex, self.typst, self.mathml = unicode, latex, typst, mathml
        self.sympy, self.definition, self.quotient = sympy, definition, quotient
        self.condition = condition or _CONDITIONS.get(domain, "").format(*self.params[:1])
        self.gives = gives
        self.kronecker = kronecker
        self.scalar = scalar
        self.at_zero, self.at_one = at_zero, at_one
        self.parity = parity or ("odd" if adjoint and not directions else "")  # what is linear by its adjoint
        self.adjoint = adjoint
        self.directions = directions
        self.linear = linear
        self.rule = rule or (f"derivative of {name}" if elementwise else name)
        self.example = example
        self.real = real
        self.bit = 1 << next(_counted)

    @property
    def spectral(self) -> bool:
        """A number of a square matrix: exp directly below one of these is most often meant as the matrix exponential."""
        return self.signature == "n n -> 1 1"

    @property
    def is_linear(self) -> bool:
        """Whether it is linear in its one argument, by its letters, as it has an adjoint or as it says."""
        return "," not in self.index if self.index else (bool(self.adjoint) or self.linear) and not self.directions

    def __repr__(self) -> str:
        return self.name


class Shorthand:
    """A spelling that stands for an expression; it may have a notation of its own. The fields are those of operations."""

    __slots__ = ("latex", "mathml", "meaning", "name", "params", "spellings", "typst", "unicode")

    def __init__(
        self, name: str, params: str, meaning: str, *, unicode: str = "", latex: str = "", typst: str = "", mathml: str = ""
    ) -> None:
        self.name, self.params, self.meaning = name, tuple(params.split()), meaning
        self.spellings = (name,)
        self.unicode, self.latex, self.typst, self.mathml = unicode, latex, typst, mathml
