"""The file of a program in Octave: comment, functions, helpers, and the check of the arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..kinds import Dim
from .emission import Body
from .frame import Argument, File, Function, is_measured, shape_words, size_statements
from .pyfile import identifiers, size_identifiers
from .target import Target

KEYWORDS = frozenset(
    "break case catch continue do else elseif end end_try_catch end_unwind_protect endfor endfunction endif endswitch endwhile for "
    "function global if otherwise parfor persistent return switch try until unwind_protect while value gradient jacobian hessian jvp "
    "vjp hvp derivative value_and_gradient value_and_jacobian gradients jacobians value_and_gradients value_and_jacobians pi".split()
)


def octave_file(target: Target, file: File) -> str:
    """The text of a whole file."""
    target.names = identifiers([a.name for a in file.arguments], KEYWORDS)
    found = size_statements(file.arrays, target.length)
    target.dimensions = size_identifiers(found, set(target.names.values()) | KEYWORDS)
    target.dimensions |= {a.size: target.names[a.name] for a in file.arrays if a.size}
    found = {n: t.replace(" // ", " / ") for n, t in size_statements(file.arrays, target.length).items()}
    functions = [_function(target, file, f, list(found)) for f in file.functions]
    lines = [file.title, "", *file.formulas, ""]
    width = max((len(target.names[a.name]) for a in file.arguments), default=0)
    for a in file.arguments:
        lines.append(f"    {target.names[a.name]:<{width}}  {a.words(_sizes)}")
    lines += ["", f"Written by matcalc {file.version} for GNU Octave: source this file, then call its functions."]
    head = "\n".join(f"% {line}".rstrip() for line in lines)
    helpers = target.carried("\n".join(functions))
    return "\n\n\n".join([f"{head}\n\n1;", *functions, *helpers, _inputs(target, file.arrays, found)]) + "\n"


def _function(target: Target, file: File, f: Function, sizes: Sequence[str]) -> str:
    common = [target.names[a.name] for a in file.arguments]
    extra = identifiers([a.name for a in f.extra], {*common, *target.dimensions.values(), *KEYWORDS})
    target.names |= extra
    results = ["result"] if len(f.roots) == 1 else [f"result_{k}" for k in range(1, len(f.roots) + 1)]
    taken = {*target.names.values(), *target.dimensions.values(), *KEYWORDS, *results}
    body = Body(target, f.roots, taken, {n: identifiers([name])[name] for n, name in file.named.items()})
    left = results[0] if len(results) == 1 else f"[{', '.join(results)}]"
    lines = [f"function {left} = {f.name}({', '.join([*common, *extra.values()])})", f"    % {f.doc}"]
    lines += [f"    {target.names[a.name]} = {target.names[a.name]}(:);" for a in (*file.arguments, *f.extra) if len(a.dims) == 1]
    text = "\n".join([*body.lines, *body.results])
    outputs = [target.dimensions[n] for n in sizes]
    while outputs and not re.search(rf"\b{re.escape(outputs[-1])}\b", text):
        outputs.pop()
    call = f"sizes_({', '.join(target.names[a.name] for a in file.arrays)});"
    lines.append(f"    [{', '.join(outputs)}] = {call}" if outputs else f"    {call}")
    lines += [f"    {line}" for line in body.lines]
    lines += [f"    {name} = {value};" for name, value in zip(results, body.results)]
    for a in f.extra:
        del target.names[a.name]
    return "\n".join([*lines, "end"])


def _inputs(target: Target, arguments: Sequence[Argument], found: dict[str, str]) -> str:
    names = [target.names[a.name] for a in arguments]
    outputs = ", ".join(target.dimensions[n] for n in found)
    lines = [
        f"function {f'[{outputs}] = ' if outputs else ''}sizes_({', '.join(names)})",
        "    % The sizes, read off the arguments and checked.",
    ]
    lines += [f"    {target.dimensions[n]} = {text};" for n, text in found.items()]
    for a in arguments:
        if a.dims and not all(is_measured(a, k, d, found, target.length) for k, d in enumerate(a.dims)):
            name = target.names[a.name]
            lines.append(f"    if ~isequal(size({name}), {target.shape(a.dims)})")
            lines.append(f"        error('{name}: size {_sizes(a.dims)} expected, not %s', mat2str(size({name})));")
            lines.append("    end")
    return "\n".join([*lines, "end"])


def _sizes(dims: tuple[Dim, ...]) -> str:
    return shape_words(dims) if len(dims) > 2 else " x ".join(map(str, [*dims, *([1] if len(dims) == 1 else [])]))
