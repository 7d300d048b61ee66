"""`make` of a Python file: the functions of the variables alone, for optimisers that call them ten thousand times.

What is no variable is checked once, and what depends on it alone is computed once, the factors of a matrix too. Inside, only the shapes
of the variables are looked at. Of several variables NumPy's have a form in one vector too, which SciPy's optimisers ask for: `flat`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..errors import UsageError
from ..kinds import Dim
from .emission import LEAVES, Body
from .frame import File, Function, MissingSize, size_statements
from .graph import GraphNode, postorder
from .pyfile import RESERVED, Passing, body_of, checked, converted, extra_names, named, short_buffer
from .target import Target

CHEAP = ("view", "neg")


def make_function(passing: Passing, target: Target, file: File) -> str:
    """The text of `make`. UsageError where there is nothing to make the functions of."""
    variables = [a for a in file.arguments if a.name in file.variables]
    constants = [a for a in file.arguments if a.name not in file.variables]
    arrays = [a for a in constants if not a.function]
    if not arrays:
        raise UsageError("the function has no arguments beside its variables: there is nothing to make it of")
    try:
        outside = size_statements(arrays, target.length)
    except MissingSize as missing:
        raise UsageError(f"the size {missing.name} does not follow from the shapes of what is no variable: make needs it") from None
    within = size_statements(variables, target.length, [*outside, *[a.size for a in arrays if a.size]])
    setting = [*passing.inputs(target, arrays), *checked(target, arrays, outside)]
    changing = file.variables | {a.name for f in file.functions for a in f.extra}
    once = _once([root for f in file.functions for root in f.roots], changing, set(within))
    taken = {*target.names.values(), *target.dimensions.values(), *RESERVED, *[f.name for f in file.functions]}
    outer = Body(target, once, taken, named(file), keep=True)
    reading = [*[converted(target, a) for a in variables], *checked(target, variables, within)]
    inner = [_inner(passing, target, file, f, [target.names[a.name] for a in variables], reading, outer) for f in file.functions]
    by = ", ".join(target.names[a.name] for a in variables)
    doc = f'"""The functions of {by} alone, as attributes: the rest is checked, and what depends on it alone computed, here and once."""'
    lines = [doc, *setting, *outer.lines, *[line for text in inner for line in ("", *text)], ""]
    space = f"types.SimpleNamespace({', '.join(f'{f.name}={f.name}' for f in file.functions)})"
    if len(variables) > 1 and target.language.name == "numpy" and any(f.name == "gradients" for f in file.functions):
        lines += [f"made = {space}", "made.flat = lambda *start: _flat(made, *start)", "return made"]
    else:
        lines.append(f"return {space}")
    head = f"def make({', '.join(target.names[a.name] for a in constants)}):"
    return "\n".join([head, *[f"    {line}" if line else "" for line in lines]])


def _inner(
    passing: Passing, target: Target, file: File, f: Function, variables: Sequence[str], reading: Sequence[str], outer: Body
) -> list[str]:
    """The lines of one function."""
    with extra_names(target, file, f) as extra:
        lines = body_of(passing, target, file, f, outer)
        guard = short_buffer(target, f, [a for a in file.arguments if a.name in file.variables])
        return [
            f"def {f.name}({', '.join([*variables, *extra])}):",
            *[f"    {line}" if line else "" for line in (f'"""{f.doc}"""', *reading, *guard, *lines)],
        ]


def _once(roots: Sequence[GraphNode], variables: Collection[str], sizes: Collection[str]) -> list[GraphNode]:
    """The largest nodes that no variable reaches, and no size read off a variable. A view costs nothing, a sign and a sum of two numbers
    little: they stay where they are used."""
    order = postorder(roots)
    varying: set[GraphNode] = set()
    for n in order:
        measures = [*n.dims, *([n.attr] if isinstance(n.attr, Dim) else [])]
        own = n.op == "in" and n.attr in variables
        if own or n.loops or any(name in sizes for d in measures for name in d.names()) or not varying.isdisjoint(n.args):
            varying.add(n)
    tops = [*roots, *[a for n in order if n in varying or n.op in CHEAP for a in n.args]]
    fixed = [n for n in dict.fromkeys(tops) if n not in varying]
    return [n for n in fixed if n.op not in CHEAP and (n.op in LEAVES or n.rank or any(a.op not in LEAVES for a in n.args))]
