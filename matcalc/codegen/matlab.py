"""MATLAB: a function file that returns its functions, as Octave reads it too. What differs from `octave` are the words here.

No MATLAB was at hand: the tests run these programs in GNU Octave, and look for what MATLAB does not read.
"""

from __future__ import annotations

from .columns_file import columns_file
from .columns_operations import WRITERS
from .helpers import octave_functions
from .octave import COLUMNS, FORMS, WORDS, shape
from .target import Language
from .wording import PRODUCT

MATLAB_COLUMNS = COLUMNS._replace(
    forms=FORMS | {"chol inverse": ("{0} \\ ({0}.' \\ eye({size}))", PRODUCT)},
    note="MATLAB: save this file as derivatives.m, then f = derivatives() has its functions, f.value and the others",
    head="function f = derivatives()\n{comment}\n{listed}\nend",
    comment="    % {}",
    listed="    f.{name} = @{name};",
)


def matlab() -> Language:
    return Language("matlab", WORDS, WRITERS, octave_functions, str, shape, columns_file, columns=MATLAB_COLUMNS)
