"""R: a script of functions (`source` it). Vectors are columns, matrices n × 1; base R is all that it needs."""

from __future__ import annotations

from collections.abc import Sequence

from .columns import Columns, Form
from .columns_file import columns_file
from .columns_operations import WRITERS
from .helpers import r_functions
from .pyfile import identifier
from .target import Language
from .wording import POWER, PRODUCT, SUM

_WORDS = {
    "assign": "{} <- {}",
    "for": "for ({} in {}:{}) {{",
    "end": "}}",
    "length": "dim({0})[{2}]",
    "axis": "{}",
    "number": "{}",
    **{"pi": "pi", "e": "exp(1)", "nan": "NaN", "i": "1i"},
    **{"/": "/", "./": "/", "^": "^", ".^": "^", "=": "==", **{r: r for r in ("<", ">", "<=", ">=", "!=")}},
    "zeros": "array(0, {})",
    "ones": "array(1, {})",
    "eye": "diag({})",
    "range": "matrix(seq({}, {}))",
    "commutation": "commutation_({}, {})",
    "duplication": "duplication_({})",
    "convmtx": "convmtx_({}, {})",
    "hankel": "hankel_({}, {})",
    "convolve": "convolve_({}, {})",
    "correlate": "correlate_({}, {})",
    "elimination": "elimination_({})",
    "spread": "spread_({}, {})",
    "spread_part": 'list("{}", {})',
    "whole": "({}) / {}",
    "truth": "as.numeric({})",
    "truths": "({}) * 1",
    "not_zero": "pmax({}, .Machine$double.xmin)",
    "product": "prod_({}, {})",
    "cumulated": "cumulated_({}, {}, FALSE)",
    "cumulated backwards": "cumulated_({}, {}, TRUE)",
}

_FORMS: dict[str, Form] = {
    "turned": "t({0})",
    "view": "view_({0}, c({order}))",
    "reshaped": "array({0}, {shape})",
    "expand": "expand_({0}, {shape})",
    "fit": "expand_({0}, {shape})",
    "filled": "array({0}, {shape})",
    "reshape": "reshape_({0}, {before}, {shape})",
    "member 1": "{0:atom}[{at}]",
    "member 2": "member_({0}, {at})",
    "member": "member_({0}, {at})",
    "slice": "part_({0}, {low}, {high})",
    "beside": "cbind({parts})",
    "below": "rbind({parts})",
    "part": "{0}",
    "literal": "matrix(c({entries}), {rows}, {cols}, byrow = TRUE)",
    "scaled": ("{0:product} * {1:sign}", PRODUCT),
    "entries": ("{0:product} * {1:sign}", PRODUCT),
    "outer": "tcrossprod({0}, {1})",
    "dot": "sum({0:product} * {1:sign})",
    "product": ("{0:atom} %*% {1:atom}", PRODUCT),
    "product turned left": "crossprod({0}, {1})",
    "product turned right": "tcrossprod({0}, {1})",
    "product turned both": "t({1:atom} %*% {0:atom})",
    **dict.fromkeys(("sum 1", "sum 2", "sum"), "sum({0})"),
    "row sums": "column_(rowSums({0}))",
    "column sums": "column_(colSums({0}))",
    "trace": "sum(diag({0}))",
    "diagonal of": "column_(diag({0}))",
    "contract": 'contract_({0}, "{la}", {1}, "{lb}", "{out}")',
    "contract to a number": 'contract_({0}, "{la}", {1}, "{lb}", "{out}")',
    "solve": "solve({0}, {1})",
    "inverse": "solve({0})",
    "chol": "chol({0})",  # of other matrices base R keeps no factors
    "chol solve": "backsolve({0}, backsolve({0}, {1}, transpose = TRUE))",
    "chol inverse": "chol2inv({0})",
    "chol det": ("prod(diag({0}))^2", POWER),
    "chol logdet": ("2 * sum(log(diag({0})))", PRODUCT),
    "add diagonal": ("{0:sum} + diag(c({1}), {size})", SUM),
    "add multiple": ("{0:sum} + {1:product} * diag({size})", SUM),
    "diagonal": "diag(c({0}), {size})",
}

R_COLUMNS = Columns(
    forms=_FORMS,
    functions={f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()} | {"maximum": "larger_", "minimum": "smaller_"},
    keywords=frozenset("if else repeat while function for next break TRUE FALSE NULL Inf NaN NA in c".split()),
    comment="# {}",
    note="R: source this file, then call its functions",
    head="{comment}",
    listed="",
    function="{name} <- function({arguments}) {{\n    # {doc}\n{body}\n}}",
    one="{}",
    each="",
    together="list({})",
    left=("", ""),
    conversions=("{0} <- c({0}) + 0", "{0} <- matrix({0})", "{0} <- as.matrix({0})", "{0} <- as.array({0})"),
    size="{} <- {}",
    shape_check="if (!(length(dim({name})) == {rank} && all(dim({name}) == {shape}))) "
    'stop(paste("{name}: shape {words} expected, not", toString(dim({name}))))',
    number_check='if (length({name}) != 1) stop("{name}: a number expected")',
    top_check='if ({name} < 1 || {name} > {top}) stop("{name}: a number from 1 to {words} expected")',
    helpers_first=True,
)


def _shape(sizes: Sequence[str]) -> str:
    return f"c({', '.join([*sizes, *['1'] * (2 - len(sizes))])})"


def r() -> Language:
    return Language("r", _WORDS, WRITERS, r_functions, identifier, _shape, columns_file, columns=R_COLUMNS)
