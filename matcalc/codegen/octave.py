"""GNU Octave: a script file of functions (`source` it). Vectors are columns; the code keeps to what MATLAB has too, but for `!=`.

A vector is n×1, a product of matrices is `*`, entry by entry `.*`.
"""

from __future__ import annotations

from collections.abc import Sequence

from .helpers import octave_functions
from .octave_file import octave_file
from .octave_operations import WRITERS
from .target import Language

_WORDS = {
    "assign": "{} = {};",
    "for": "for {} = {}:{}",
    "end": "end",
    "length": "size({0}, {2})",
    "axis": "{}",
    "number": "{}",
    **{"pi": "pi", "e": "exp(1)", "nan": "NaN", "i": "1i"},
    **{"/": "/", "./": "./", "^": "^", ".^": ".^", "=": "==", "!=": "~=", **{r: r for r in ("<", ">", "<=", ">=")}},
    "zeros": "zeros({})",
    "ones": "ones({})",
    "eye": "eye({})",
    "range": "({}:{})'",
    "turned": "{}.'",
    "diagonal": "diag({})",
    "spread": "spread_({}, {})",
    "spread_part": "'{}', {}",
    "commutation": "commutation_({}, {})",
    "duplication": "duplication_({})",
    "elimination": "elimination_({})",
    "whole": "({})/{}",
    "truth": "double({})",
    "truths": "double({})",
    "not_zero": "max({}, realmin)",
    "product": "prod({}, {})",
    "cumulated": "cumsum({}, {})",
    "cumulated backwards": "flip(cumsum(flip({0}, {1}), {1}), {1})",
}


def _shape(sizes: Sequence[str]) -> str:
    return f"[{', '.join([*sizes, *['1'] * (2 - len(sizes))])}]"


def octave() -> Language:
    return Language("octave", _WORDS, WRITERS, octave_functions, str, _shape, octave_file)
