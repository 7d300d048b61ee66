"""GNU Octave: a script file of functions (`source` it). Vectors are columns; the code keeps to what MATLAB has too.

A vector is n×1, a product of matrices is `*`, entry by entry `.*`.
"""

from __future__ import annotations

from collections.abc import Sequence

from .columns import Columns, Form
from .columns_file import columns_file
from .columns_operations import WRITERS
from .helpers import octave_functions
from .target import Language
from .wording import POWER, PRODUCT, SUM

WORDS = {
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
    "range": "({}:{}).'",
    "spread": "spread_({}, {})",
    "spread_part": "'{}', {}",
    "commutation": "commutation_({}, {})",
    "duplication": "duplication_({})",
    "convmtx": "convmtx_({}, {})",
    "hankel": "hankel_({}, {})",
    "convolve": "conv({}, {})",
    "correlate": "conv2({}, flip({}), 'valid')",
    "elimination": "elimination_({})",
    "whole": "({})/{}",
    "truth": "double({})",
    "truths": "double({})",
    "not_zero": "max({}, realmin)",
    "product": "prod({}, {})",
    "cumulated": "cumsum({}, {})",
    "cumulated backwards": "flip(cumsum(flip({0}, {1}), {1}), {1})",
}

FORMS: dict[str, Form] = {
    "turned": "{0:atom}.'",
    "view": "permute({0}, [{extended}])",
    "reshaped": "reshape({0}, {shape})",
    "expand": ("{0:product} .* ones({shape})", PRODUCT),
    "filled": ("{0:product} * ones({shape})", PRODUCT),
    "reshape": "reshape_({0}, {before}, {shape})",
    "member 1": "{0:atom}({at})",
    "member 2": "{0:atom}({at}, :).'",
    "member": "member_({0}, {at})",
    "slice": "{0:atom}({low}:{high}{rest})",
    "beside": "[{parts}]",
    "below": "[{lines}]",
    "part": "{0:power}",
    "literal": "[{lines}]",
    "scaled": ("{0:product} * {1:sign}", PRODUCT),
    "entries": ("{0:product} .* {1:sign}", PRODUCT),
    "outer": ("{0:atom} * {1:atom}.'", PRODUCT),
    "dot": ("{0:atom}.' * {1:atom}", PRODUCT),
    "product": ("{0:atom} * {1:atom}", PRODUCT),
    "sum 1": "sum({0})",
    "sum 2": "sum(sum({0}))",
    "row sums": "sum({0}, 2)",
    "column sums": "sum({0}, 1).'",
    "trace": "trace({0})",
    "diagonal of": "diag({0})",
    "contract": "contract_({0}, '{la}', {1}, '{lb}', '{out}')",
    "contract to a number": "contract_({0}, '{la}', {1}, '{lb}', '{out}')",
    "solve": ("{0:atom} \\ {1:atom}", PRODUCT),
    "inverse": "inv({0})",
    "chol": "chol({0})",
    "chol solve": ("{0} \\ ({0}.' \\ {1:atom})", PRODUCT),
    "chol inverse": "chol2inv({0})",
    "chol det": ("prod(diag({0}))^2", POWER),
    "chol logdet": ("2 * sum(log(diag({0})))", PRODUCT),
    "triangular solve": ("{0:atom} \\ {1:atom}", PRODUCT),  # which sees that it is
    "triangular solve turned": ("{0:atom}.' \\ {1:atom}", PRODUCT),
    "triangular inverse": "inv({0})",
    "triangular det": "prod(diag({0}))",
    "triangular logdet": "sum(log(abs(diag({0}))))",
    "lu": "lu_({0})",
    "lu solve": "lu_solve_({0}, {1}, false)",
    "lu solve turned": "lu_solve_({0}, {1}, true)",
    "lu inverse": "lu_solve_({0}, eye({size}), false)",
    "lu det": ("det({0}.P) * prod(diag({0}.U))", PRODUCT),
    "lu logdet": "sum(log(abs(diag({0}.U))))",
    "add diagonal": ("{0:sum} + diag({1})", SUM),
    "add multiple": ("{0:sum} + {1:product} * eye({size})", SUM),
    "diagonal": "diag({0})",
}

KEYWORDS = frozenset(
    "break case catch continue do else elseif end end_try_catch end_unwind_protect endfor endfunction endif endswitch endwhile for "
    "function global if otherwise parfor persistent return spmd classdef switch try until unwind_protect while result".split()
)

COLUMNS = Columns(
    forms=FORMS,
    functions={f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()} | {"maximum": "max", "minimum": "min"},
    keywords=KEYWORDS,
    comment="% {}",
    note="GNU Octave: source this file, then call its functions",
    head="{comment}\n\n1;",
    listed="",
    function="function {left} = {name}({arguments})\n    % {doc}\n{body}\nend",
    one="result = {};",
    each="result_{1} = {0};",
    together="",
    left=("result", "[{}]"),
    conversions=("", "{0} = {0}(:);", "", ""),
    size="{} = {};",
    shape_check="if ~isequal(size({name}), {shape})\n    error('{name}: shape {words} expected, not %s', mat2str(size({name})));\nend",
    number_check="if ~isscalar({name})\n    error('{name}: a number expected');\nend",
    top_check="if {name} < 1 || {name} > {top}\n    error('{name}: a number from 1 to {words} expected');\nend",
)


def shape(sizes: Sequence[str]) -> str:
    return f"[{', '.join([*sizes, *['1'] * (2 - len(sizes))])}]"


def octave() -> Language:
    return Language("octave", WORDS, WRITERS, octave_functions, str, shape, columns_file, columns=COLUMNS)
