"""Languages whose vectors are columns, n × 1 arrays, as tables: Octave, MATLAB, R, C++ with Eigen.

`Columns` holds all in which they differ. `forms` are texts with places: `{0}` is an argument as it is, `{0:atom}` in brackets where it
holds together less tightly than that, `{shape}` a named part. A form that is no call or name says how tightly it holds
together itself. Where a language has no form for something, the writers (`columns_operations`) do without it:

    turned view reshaped          the transpose, axes in another order (`{order}` counts from 1, 0 is new; `{extended}` counts new ones on),
    expand fit reshape            other axes in storage order, repeated along axes of length one, row by row; `fit` where entries do not by
    filled                        themselves; a number repeated
    member 1, member 2, member    of a vector, of a matrix, of more axes; `{at}` counts from 1; `slice` from `{low}` to `{high}`
    beside below part literal     blocks, a block, and the entries `{entries}` or `{lines}` of an array of numbers
    scaled entries outer          products: number and array, entry by entry, column and row
    dot product                   of vectors, of matrices; `product turned left`, `right`, `both` where the language has them
    sum 1, sum 2, sum             of all entries, by the number of axes; `sum` where there may be any
    row sums, column sums, trace, diagonal of, contract, contract to a number
    solve inverse                 of a matrix; with `chol`, `lu`, the statements that factor one: `chol solve`, `lu inverse`, `chol det`, …
    add diagonal, add multiple    to a matrix: a vector on its diagonal, a multiple of I; `diagonal` of a vector, by itself
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

Form = str | tuple[str, int]
ByAxes = tuple[str, str, str, str]  # of numbers, vectors, matrices, and what has more axes


class Columns(NamedTuple):
    """What the writers of operations, and of files, ask for."""

    forms: Mapping[str, Form]
    functions: Mapping[str, str]  # functions of entries that have other names than NumPy's
    keywords: frozenset[str]  # names that arguments must not have
    comment: str  # a line of comment
    note: str  # for which language the file is, and how it is used
    head: str  # what stands around the functions, `---` in their place; with {comment}, {listed}, and the marks of `includes`
    listed: str  # a function by its {name}, as the head lists it
    function: str  # {name} {arguments} {doc} {body} {left} {type} {before}
    one: str  # the last statement with one result {0}
    each: str  # with several: a statement for the {1}-th, {0}
    together: str  # or one for all
    left: tuple[str, str]  # what they are assigned to, one and several
    conversions: ByAxes  # the statement that makes an argument what it should be
    size: str  # a size {0} is {1}
    shape_check: str  # {name} {shape} {words} {rank} {axes}
    number_check: str
    top_check: str  # {name} {top} {words}
    kind: tuple[str, str, str] = ("", "", "")  # the type of all arguments: a statement, a part for each, a statement where there are none
    quotient: str = " / "  # of whole numbers
    helpers_first: bool = False
    arguments: tuple[str, str, str, str, str] = ("{}", "{}", "{}", "{}", "{}")  # in a head: by axes, and a function
    counts: str = "{}"  # and what counts, a size or a place
    types: ByAxes = ("", "", "", "")
    tuple_of: str = ""
    results: ByAxes = ("{0}", "{0}", "{0}", "{0}")  # how a value is returned; {shape}
    template: str = ""  # what stands before a function with functions as arguments, a {} for each `template_part`
    template_part: str = ""
    of_real: tuple[Sequence[str], ByAxes, ByAxes] | None = None  # arguments, types and results that are real where others are complex
    includes: Mapping[str, Sequence[tuple[str, str]]] = {}  # by a mark of the head: (a pattern, the line where it is found in the text)
