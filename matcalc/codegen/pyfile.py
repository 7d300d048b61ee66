"""The file of a Python target: docstring, imports, helpers, functions, and the check of their arguments."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from .buffering import ENTRIES, ROW, repeated
from .emission import Body
from .frame import Argument, File, Function, MissingSize, is_measured, shape_words, size_statements
from .graph import GraphNode
from .helpers import scipy_import
from .in_rows import blocks_of
from .target import Target


class Passing(NamedTuple):
    """How values go into the functions of a language, and out of them."""

    inputs: Callable[[Target, Sequence[Argument]], list[str]]  # the statements that make arrays of one type of the arguments
    result: Callable[[Target, GraphNode, str], str]


def python_file(passing: Passing, more: Callable[[Passing, Target, File], str], target: Target, file: File) -> str:
    """The text of a whole file; `more` gives one more function, where the file has variables."""
    target.names = identifiers([a.name for a in file.arguments])
    found = size_statements(file.arrays, target.length)
    target.dimensions = size_identifiers(found, set(target.names.values())) | {a.size: target.names[a.name] for a in file.arrays if a.size}
    found = size_statements(file.arrays, target.length)
    functions = [_function(passing, target, file, f, list(found)) for f in file.functions]
    functions += _for_many(passing, target, file) if file.batch else []
    if file.variables:
        functions.append(more(passing, target, file))
    if file.closed:
        from .autograd import autograd_function

        functions.append(autograd_function(target, file, file.closed))
    functions.append(_inputs(passing, target, file.arrays, found))
    helpers = target.carried("\n".join(functions))
    optional = "\n\n" + scipy_import() if any(re.search(r"(?<!\.)\blinalg\b", h) for h in helpers) else ""
    text = "\n\n\n".join([target.word("head") + optional, *helpers, *functions])
    used = [f"import {module}\n" for module in ("math", "types") if re.search(rf"\b{module}\.", text)]
    text = text.replace("import math\n", "".join(used), 1).lstrip("\n")
    return f"{_docstring(target, file)}\n\n{text}\n"


def _docstring(target: Target, file: File) -> str:
    lines = [f'"""{file.title}', "", *file.formulas, ""]
    width = max((len(target.names[a.name]) for a in file.arguments), default=0)
    for a in file.arguments:
        lines.append(f"    {target.names[a.name]:<{width}}  {a.words(shape_words)}")
    lines += ["", f"Written by matcalc {file.version} for {target.word('what')}; it needs no matcalc to run.", '"""']
    return "\n".join(lines)


def _function(passing: Passing, target: Target, file: File, f: Function, sizes: Sequence[str], inputs: str = "_inputs") -> str:
    with extra_names(target, file, f) as extra:
        lines = [*short_buffer(target, f, file.arguments), *body_of(passing, target, file, f)]
        text = "\n".join(lines)
        arrays = [target.names[a.name] for a in file.arrays]
        unpacked = [*arrays, *[target.dimensions[n] for n in sizes], *target.word("type").split(", ")]
        shown = [n if re.search(rf"\b{re.escape(n)}\b", text) else "_" for n in unpacked]
        while shown and shown[-1] == "_":
            shown.pop()
        call = f"{inputs}({', '.join(arrays)})"
        left = len(unpacked) - len(shown)
        rest = ["_"] * left if left <= FEW else ["*_"]  # a star makes a list
        first = f"{', '.join([*shown, *rest])} = {call}" if shown else call
        head = f"def {f.name}({', '.join([*[target.names[a.name] for a in file.arguments], *extra])}):"
        return "\n".join([head, *[f"    {line}" if line else "" for line in (f'"""{f.doc}"""', first, *lines)]])


def _for_many(passing: Passing, target: Target, file: File) -> list[str]:
    """The functions for many samples."""
    from .batch import batched, described

    found = []
    for f in file.functions:
        if f.name not in file.many:
            with extra_names(target, file, f):
                found.append(batched(target, file, f))
    if file.many:
        from .samples import with_samples

        assert file.samples is not None
        arguments = [with_samples(a, file.batch, file.samples) for a in file.arguments]
        whole = File(file.title, file.formulas, file.version, arguments, file.functions, file.named)
        counted = str(file.samples)
        one = target.dimensions
        target.dimensions = one | size_identifiers([counted], {*target.names.values(), *one.values()})
        sizes = size_statements(whole.arrays, target.length)
        for name, f in file.many.items():
            with extra_names(target, file, f):
                f.doc = described(name, [target.names[a.name] for a in [*file.arguments, *f.extra] if a.name in file.batch])
            found.append(_function(passing, target, whole, f, list(sizes), "_batch_inputs"))
        found.append(_inputs(passing, target, whole.arrays, sizes, "_batch_inputs", counted))
        target.dimensions = one
    return found


def short_buffer(target: Target, f: Function, arguments: Sequence[Argument]) -> list[str]:
    """The statements by which a function of these arguments computes with a buffer of one row, where that is faster."""
    given = [*arguments, *f.extra]
    dims = repeated(f.roots) if "short buffer" in target.language.words and not any(a.function for a in given) else None
    if dims is None:
        return []
    try:
        rows, width = (target.size(d) if len(d.terms) == 1 else f"({target.size(d)})" for d in dims)
    except MissingSize:
        return []
    names = [target.names[a.name] for a in given]
    return [  # with the short buffer this does not hold any more
        f"if {rows} * {width} > {ENTRIES} and {ROW[0]} <= {width} <= {ROW[1]} and np.getbufsize() > {width}:",
        f"    return _with_buffer({width}, {', '.join([f.name, *names])})",
    ]


@contextmanager
def extra_names(target: Target, file: File, f: Function) -> Iterator[list[str]]:
    """The identifiers of the arguments that only this function has; the target knows them meanwhile."""
    common = [target.names[a.name] for a in file.arguments]
    extra = identifiers([a.name for a in f.extra], {*common, *target.dimensions.values()})
    target.names |= extra
    yield list(extra.values())
    for a in f.extra:
        del target.names[a.name]


def body_of(passing: Passing, target: Target, file: File, f: Function, outer: Body | None = None) -> list[str]:
    """The statements of a function, that which returns among them. `outer` are statements before them."""
    reading = [line for a in f.extra for line in (converted(target, a), *checked(target, [a], {}))]
    taken = {*target.names.values(), *target.dimensions.values(), *RESERVED}
    blocks = blocks_of(target, [*file.arguments, *f.extra], f.roots, outer)
    if blocks is not None:
        rows = blocks.rows
        whole = Body(target, rows.once, taken, named(file), outer, keep=True)
        block = _returning(passing, target, f, Body(target, f.roots, taken, named(file), whole), outer)
    if blocks is None or (blocks.is_crossed and blocks.is_named(block)):  # which of the sizes is meant, one could not tell
        return [*reading, *_returning(passing, target, f, Body(target, f.roots, taken, named(file), outer), outer)]
    given = [whole.texts[n][0] if n in whole.texts else target.names[str(n.attr)] for n in [*rows.given, *rows.turned]]
    every = [*file.arguments, *f.extra]
    names = [target.names[a.name] for a in every]
    if outer is None and not (whole.lines or rows.turned or rows.whole) and set(given) <= set(names):
        places = [k for k, a in enumerate(every) if a.dims and a.dims[0] is rows.size]
        return [*reading, *blocks.by_itself(f.name, names, places, block)]
    return [*reading, *whole.lines, *blocks.statements(given, block)]


def _returning(passing: Passing, target: Target, f: Function, body: Body, kept: Body | None) -> list[str]:
    results = [passing.result(target, r, t) for r, t in zip(f.roots, body.results)]
    if kept is not None:  # what is kept must not change with what is returned
        results = [target.word("kept", t) if r in kept.texts and r.rank else t for r, t in zip(f.roots, results)]
    return [*body.lines, f"return {', '.join(results)}"]


def named(file: File) -> dict[GraphNode, str]:
    """The author's names as identifiers."""
    return {n: identifier(name) for n, name in file.named.items()}


def converted(target: Target, a: Argument) -> str:
    """The statement that makes an argument an array of the type of the others."""
    name = target.names[a.name]
    return f"{name} = int({name})" if a.integer else f"{name} = {target.word('array', name)}"


def _inputs(
    passing: Passing, target: Target, arguments: Sequence[Argument], found: Mapping[str, str], name: str = "_inputs", counted: str = ""
) -> str:
    """The function that checks the arguments and reads the sizes off them, of which that which is `counted` must not be 0."""
    names = [target.names[a.name] for a in arguments]
    doc = '"""The arguments as arrays of one type, checked, then the sizes and the type."""'
    lines = [doc, *passing.inputs(target, arguments), *checked(target, arguments, found)]
    if counted:
        lines += [f"if not {target.dimensions[counted]}:", '    raise ValueError("at least one of the samples expected")']
    lines.append(f"return {', '.join([*names, *[target.dimensions[n] for n in found], target.word('type')])}")
    return "\n".join([f"def {name}({', '.join(names)}):", *[f"    {line}" for line in lines]])


def checked(target: Target, arguments: Sequence[Argument], found: Mapping[str, str]) -> list[str]:
    """The statements that check the shapes of arguments, and read off them the sizes that are not known before."""
    lines = []
    measured = {a: [is_measured(a, k, d, found, target.length) for k, d in enumerate(a.dims)] for a in arguments}
    for a in arguments:
        if any(measured[a]):  # where no size is read off it, its shape is compared whole
            name, words = target.names[a.name], shape_words(a.dims)
            lines.append(f"if {name}.ndim != {len(a.dims)}:")
            lines.append(f'    raise ValueError(f"{name}: shape {words} expected, not {{{target.word("shape", name)}}}")')
    lines += [f"{target.dimensions[n]} = {text}" for n, text in found.items()]
    for a in arguments:
        if not all(measured[a]):
            name, shape = target.names[a.name], target.shape(a.dims)
            got = target.word("shape", name)
            lines.append(f"if {got} != {shape}:")
            lines.append(f'    raise ValueError(f"{name}: shape {shape_words(a.dims)} = {{{shape}}} expected, not {{{got}}}")')
    for a in arguments:
        if a.top is not None:
            name, top = target.names[a.name], target.size(a.top)
            lines.append(f"if not 1 <= {name} <= {top}:")
            lines.append(f'    raise ValueError(f"{name}: a number from 1 to {{{top}}} expected, not {{{name}}}")')
    return lines


def identifier(name: str) -> str:
    """A name of the language as a Python identifier: w_{out} is w_out, lambda is lambda_."""
    plain = re.sub(r"\W+", "_", name).strip("_") or "x"
    taken = keyword.iskeyword(plain) or plain in RESERVED
    return plain + "_" if taken or plain[0].isdigit() else plain


FEW = 2  # values of a tuple that are passed over by name
RESERVED = frozenset(
    "function rows np jnp jax torch xp math types make value gradient jacobian hessian derivative jvp vjp hvp dtype options range int "
    "float abs sum max min value_and_gradient value_and_jacobian gradients jacobians value_and_gradients value_and_jacobians".split()
)


def identifiers(names: Sequence[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Identifiers for the arguments, all different."""
    found: dict[str, str] = {}
    used = set(taken)
    for n in names:
        plain = identifier(n)
        while plain in used:
            plain += "_"
        used.add(plain)
        found[n] = plain
    return found


def size_identifiers(names: Iterable[str], taken: set[str]) -> dict[str, str]:
    """Identifiers for the sizes, apart from those of the arguments."""
    found: dict[str, str] = {}
    for n in names:
        plain = identifier(n)
        while plain in taken or plain in found.values():
            plain = f"{plain}_size" if not plain.endswith("_size") else plain + "_"
        found[n] = plain
    return found
