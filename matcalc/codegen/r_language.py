"""R: a script of functions (`source` it). Vectors are columns, matrices n × 1; base R is all that it needs."""

from __future__ import annotations

from collections.abc import Sequence

from .helpers import r_functions
from .pyfile import identifier
from .r_file import r_file
from .r_operations import WRITERS
from .target import Language

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
    "turned": "t({})",
    "commutation": "commutation_({}, {})",
    "duplication": "duplication_({})",
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


def _shape(sizes: Sequence[str]) -> str:
    return f"c({', '.join([*sizes, *['1'] * (2 - len(sizes))])})"


def r() -> Language:
    return Language("r", _WORDS, WRITERS, r_functions, identifier, _shape, r_file)
