"""The options of `matcalc d`, as data: what Click makes its own of (`d`), and what an ordinary line is read by (`plain`)."""

from __future__ import annotations

from typing import Any

LAYOUTS = ("numerator", "denominator", "strict")
STRUCTURES = ("symmetric-space", "independent")
MANIFOLDS = ("sphere", "stiefel", "orthogonal", "grassmann", "spd", "simplex", "oblique", "fixed-rank")
LEVELS = ("brief", "full")
NOTATIONS = ("auto", "matrix", "index", "kron", "differential", "tensor", "cases")
FORMATS = ("text", "unicode", "latex", "latex-doc", "typst", "mathml", "markdown")
DECLARATIONS = 'Declarations, split by ";": "x in R^n; A in R^{m x n}; S in S^n; k in N; X in R^{n x n} invertible".'

# What an option takes: `choices` one of these words, `least` a whole number from there on, `flag` nothing; `alone` is what it means without
# a word. `name` is the argument that it becomes, where that is not its own word. The rest is Click's.
WRT: dict[str, Any] = {
    "multiple": True,
    "metavar": "X",
    "help": "The variable; repeat it, or separate by commas, for several. It may be left out where one is sensible.",
}
OPTIONS: dict[str, dict[str, Any]] = {
    "--order": {"least": 1, "default": 1, "show_default": True, "metavar": "K", "help": "1 the derivative, 2 the Hessian."},
    "--layout": {
        "choices": LAYOUTS,
        "default": "numerator",
        "show_default": True,
        "help": "numerator: a gradient is a row; denominator: a column; strict: numerator, and by an m x n matrix it is n x m.",
    },
    "--notation": {"choices": NOTATIONS, "default": "auto", "show_default": True, "help": "How to write the answer."},
    "--structured": {
        "choices": STRUCTURES,
        "alone": STRUCTURES[0],
        "help": "Stay within the set a matrix is declared to lie in (symmetric, skew, diagonal, lower, upper): the gradient in that space, "
        "or the derivatives by its independent entries.",
    },
    "--manifold": {
        "choices": MANIFOLDS,
        "help": "The Riemannian gradient there, a tangent vector of X's own shape; the metric is said with it.",
    },
    "--along": {"metavar": "U", "help": "The tangent vector of a Hessian on a manifold."},
    "--wirtinger": {
        "flag": True,
        "help": "Of a complex z both derivatives, by z and by conj(z), each with the other kept; the second one by conj(z) and z.",
    },
    "--vectorize": {"flag": True, "help": "Sums over a family x_i as products with X, which has the rows x_i^T."},
    "--format": {"name": "format_", "choices": FORMATS, "help": "The bare formula in this spelling, on a terminal too."},
    "--pretty": {
        "flag": True,
        "help": "The bare formula drawn in two dimensions, in a pipe too; a long one is broken between its summands.",
    },
    "--bold": {"flag": True, "help": "LaTeX and Typst: vectors and matrices bold."},
    "--transpose": {"choices": ("T", "top", "intercal"), "help": "LaTeX: the sign of a transpose."},
    "--width": {"least": 1, "metavar": "N", "help": "LaTeX: break sums of more than N characters, in aligned."},
    "--chain": {"flag": True, "help": "The chain rule along the statements of EXPR: each partial with its dimensions."},
    "--steps": {
        "choices": LEVELS,
        "alone": LEVELS[0],
        "help": "The derivation, a rule of the book on each line, with its source; `full` with the small steps too.",
    },
    "--at": {"metavar": "POINT", "help": 'The value there, in numbers: 2, "x = 1; y = [1; 2]", with a value for every name.'},
    "--json": {"name": "as_json", "flag": True, "help": "One JSON object (a list of them for several variables)."},
    "--strict": {"flag": True, "help": "Refuse where the kind of a name had to be chosen: declare it with --where."},
    "--inline": {"flag": True, "help": "Values that EXPR names are written out; else the answer is in their names, defined before it."},
    "--no-verify": {"flag": True, "help": "Skip the numerical check."},
}


def argument(word: str) -> str:
    """The argument that an option becomes."""
    return str(OPTIONS.get(word, {}).get("name", word[2:].replace("-", "_")))
