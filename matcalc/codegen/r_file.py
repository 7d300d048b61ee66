"""The file of a program in R: comment, helpers, functions, and the check of the arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .emission import Body
from .frame import Argument, File, Function, is_measured, shape_words, size_statements
from .pyfile import identifiers, size_identifiers
from .target import Target

KEYWORDS = frozenset(
    "if else repeat while function for next break TRUE FALSE NULL Inf NaN NA in value gradient jacobian hessian jvp vjp hvp derivative "
    "value_and_gradient value_and_jacobian gradients jacobians value_and_gradients value_and_jacobians pi c".split()
)


def r_file(target: Target, file: File) -> str:
    """The text of a whole file."""
    target.names = identifiers([a.name for a in file.arguments], KEYWORDS)
    found = size_statements(file.arrays, target.length)
    target.dimensions = size_identifiers(found, set(target.names.values()) | KEYWORDS)
    target.dimensions |= {a.size: target.names[a.name] for a in file.arrays if a.size}
    found = {n: t.replace(" // ", " / ") for n, t in size_statements(file.arrays, target.length).items()}
    functions = [_function(target, file, f, found) for f in file.functions]
    lines = [file.title, "", *file.formulas, ""]
    width = max((len(target.names[a.name]) for a in file.arguments), default=0)
    lines += [f"    {target.names[a.name]:<{width}}  {a.words(shape_words)}" for a in file.arguments]
    lines += ["", f"Written by matcalc {file.version} for R: source this file, then call its functions."]
    head = "\n".join(f"# {line}".rstrip() for line in lines)
    return "\n\n\n".join([head, *target.carried("\n".join(functions)), *functions]) + "\n"


def _function(target: Target, file: File, f: Function, found: dict[str, str]) -> str:
    common = [target.names[a.name] for a in file.arguments]
    extra = identifiers([a.name for a in f.extra], {*common, *target.dimensions.values(), *KEYWORDS})
    target.names |= extra
    taken = {*target.names.values(), *target.dimensions.values(), *KEYWORDS}
    body = Body(target, f.roots, taken, {n: identifiers([name])[name] for n, name in file.named.items()})
    arguments = [a for a in (*file.arrays, *f.extra) if not a.function]
    lines = [f"# {f.doc}"]
    lines += [f"{target.names[a.name]} <- {_converted(a, target.names[a.name])}" for a in arguments]
    lines += [f"{target.dimensions[n]} <- {text}" for n, text in found.items()]
    lines += [_check(target, a, found) for a in arguments if not _is_told(target, a, found)]
    results = body.results
    last = results[0] if len(results) == 1 else f"list({', '.join(results)})"
    text = "\n".join(f"    {line}" for line in [*lines, *body.lines, last])
    for a in f.extra:
        del target.names[a.name]
    return f"{f.name} <- function({', '.join([*common, *extra.values()])}) {{\n{text}\n}}"


def _converted(a: Argument, name: str) -> str:
    if len(a.dims) == 0:
        return f"as.numeric({name})"
    return f"matrix({name})" if len(a.dims) == 1 else f"as.matrix({name})" if len(a.dims) == 2 else f"as.array({name})"


def _is_told(target: Target, a: Argument, found: dict[str, str]) -> bool:
    """Whether the sizes that are read off an argument are all that there is to say of it."""
    return len(a.dims) in (1, 2) and all(is_measured(a, k, d, found, target.length) for k, d in enumerate(a.dims))


def _check(target: Target, a: Argument, found: dict[str, str]) -> str:
    """The statement that checks the shape of an argument."""
    name = target.names[a.name]
    if a.top is not None:
        return f'if ({name} < 1 || {name} > {target.size(a.top)}) stop("{name}: a number from 1 to {a.top} expected")'
    if not a.dims:
        return f'if (length({name}) != 1) stop("{name}: a number expected")'
    wanted, words = target.shape(a.dims), re.sub(r'["\\]', "", shape_words(a.dims))
    same = f"length(dim({name})) == {max(2, len(a.dims))} && all(dim({name}) == {wanted})"
    return f'if (!({same})) stop(paste("{name}: shape {words} expected, not", toString(dim({name}))))'


def parameters(text: str, function: str) -> Sequence[str]:
    """The names of the arguments of a function of an R file."""
    header = re.search(rf"^{function} <- function\((.*)\) \{{", text, re.MULTILINE)
    assert header is not None
    return [n for n in header[1].split(", ") if n]
