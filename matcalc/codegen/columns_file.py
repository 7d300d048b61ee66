"""The file of a program in a language with vectors as columns: comment, functions with the check of their arguments, helpers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..ops.complex_numbers import IMAGINARY_PART, REAL_PART
from .emission import Body
from .frame import Argument, File, Function, is_measured, shape_words, size_statements
from .graph import GraphNode, postorder
from .pyfile import identifiers, size_identifiers
from .target import Target

# Names that the functions of every file have, and `pi`.
TAKEN = frozenset(
    "value gradient jacobian hessian jvp vjp hvp derivative value_and_gradient value_and_jacobian gradients jacobians "
    "value_and_gradients value_and_jacobians pi result".split()
)


def columns_file(target: Target, file: File) -> str:
    """The text of a whole file."""
    columns = target.columns
    keywords = columns.keywords | TAKEN
    target.names = identifiers([a.name for a in file.arguments], keywords)
    found = size_statements(file.arrays, target.length)
    target.dimensions = size_identifiers(found, set(target.names.values()) | keywords)
    target.dimensions |= {a.size: target.names[a.name] for a in file.arrays if a.size}
    found = {n: t.replace(" // ", columns.quotient) for n, t in size_statements(file.arrays, target.length).items()}
    if columns.of_real is not None:
        target.reals = frozenset(a.name for f in file.functions for a in (*file.arguments, *f.extra) if not a.complex_)
    functions = [text for f in file.functions for text in _function(target, file, f, found)]
    lines = [file.title, "", *file.formulas, ""]
    width = max((len(target.names[a.name]) for a in file.arguments), default=0)
    lines += [f"    {target.names[a.name]:<{width}}  {a.words(shape_words)}" for a in file.arguments]
    lines += ["", f"Written by matcalc {file.version} for {columns.note}."]
    comment = "\n".join(columns.comment.format(line).rstrip() for line in lines)
    helpers = target.carried("\n".join(functions))
    if file.closed:
        from .autograd import autograd_function

        functions.append(autograd_function(target, file, file.closed))
    text = "\n".join([*functions, *helpers])
    head, _, foot = columns.head.partition("\n---\n")
    listed = "\n".join(
        columns.listed.format(name=f"{before}{f.name}") for f in file.functions for before in ("", *["batch_"] * bool(file.batch))
    )
    head = head.replace("{comment}", comment).replace("{listed}", listed)
    for mark, included in columns.includes.items():
        head = head.replace(mark, "".join(f"{line}\n" for pattern, line in included if re.search(pattern, text)))
    parts = [*helpers, *functions] if columns.helpers_first else [*functions, *helpers]
    return "\n\n\n".join([head.rstrip(), *parts, *([foot] if foot else [])]) + "\n"


def _function(target: Target, file: File, f: Function, found: Mapping[str, str]) -> list[str]:
    """The text of a function, and of that for many samples where there is to be one."""
    columns = target.columns
    common = [target.names[a.name] for a in file.arguments]
    keywords = columns.keywords | TAKEN
    extra = identifiers([a.name for a in f.extra], {*common, *target.dimensions.values(), *keywords})
    target.names |= extra
    results = [f"result_{k}" for k in range(1, len(f.roots) + 1)]
    taken = {*target.names.values(), *target.dimensions.values(), *keywords, *results}
    body = Body(target, f.roots, taken, {n: identifiers([name])[name] for n, name in file.named.items()})
    kinds = [(columns.types, columns.results)] * len(f.roots)
    if columns.of_real is not None:
        real = _real_nodes(f.roots, target.reals)
        kinds = [columns.of_real[1:] if r in real else kind for r, kind in zip(f.roots, kinds)]
    values = [how[min(r.rank, 3)].format(t, shape=target.shape(r.dims)) for r, t, (_, how) in zip(f.roots, body.results, kinds)]
    if len(values) == 1:
        last, left = [columns.one.format(values[0])], columns.left[0]
    else:
        last = [columns.each.format(value, k) for k, value in enumerate(values, 1)] if columns.each else []
        last, left = last or [columns.together.format(", ".join(values))], columns.left[1].format(", ".join(results))
    types = [kind[min(r.rank, 3)] for r, (kind, _) in zip(f.roots, kinds)]
    arguments = [a for a in (*file.arrays, *f.extra) if not a.function]
    statements = [*body.lines, *last]
    converting = [t for a in arguments if not (columns.kind[0] and a.integer) and (t := _converted(target, a))]
    lines = [] if columns.kind[0] else converting
    used = "\n".join([*statements, *[target.shape(a.dims) for a in arguments]])
    lines += [columns.size.format(target.dimensions[n], t) for n, t in found.items() if _names(target.dimensions[n], used, found)]
    lines += [line for a in arguments if not _is_told(target, a, found) for line in _check(target, a)]
    if columns.kind[0]:  # after the shapes are known to be right
        parts = ", ".join(columns.kind[1].format(target.names[a.name]) for a in arguments if not a.integer)
        lines += [columns.kind[0].format(parts) if parts else columns.kind[2], *converting]
    text = "\n".join(f"    {line}" for line in [*lines, *statements])
    written = [_in_head(target, a) for a in (*file.arguments, *f.extra)]
    words = {"left": left, "type": types[0] if len(types) == 1 else columns.tuple_of.format(", ".join(types))}
    functions = [target.names[a.name] for a in file.arguments if a.function]
    before = columns.template.format(", ".join(map(columns.template_part.format, functions))) if functions and columns.template else ""
    texts = [columns.function.format(name=f.name, arguments=", ".join(written), doc=f.doc, body=text, before=before, **words)]
    if file.batch:
        from .batch import batched

        texts.append(batched(target, file, f, left, written, before))
    for a in f.extra:
        del target.names[a.name]
    return texts


def _names(name: str, text: str, found: Mapping[str, str]) -> bool:
    """Whether a size is needed: by the statements, or by another size."""
    return any(re.search(rf"\b{re.escape(name)}\b", t) for t in (text, *found.values()))


def _in_head(target: Target, a: Argument) -> str:
    columns, name = target.columns, target.names[a.name]
    if a.size or a.top is not None:
        return columns.counts.format(name)
    arguments = columns.arguments if columns.of_real is None or a.complex_ else columns.of_real[0]
    return arguments[4 if a.function else min(len(a.dims), 3)].format(name)


def _real_nodes(roots: Sequence[GraphNode], reals: frozenset[str]) -> set[GraphNode]:
    """The nodes whose values are real whatever the complex arguments are."""
    found: set[GraphNode] = set()
    for n in postorder(roots):
        if n.op == "in":
            is_real = n.attr in reals
        elif n.op == "const":
            is_real = n.attr != "i"
        else:
            is_real = n.attr in (REAL_PART, IMAGINARY_PART) or (n.op != "apply" and found.issuperset(n.args))
        if is_real:
            found.add(n)
    return found


def _converted(target: Target, a: Argument) -> str:
    columns, name = target.columns, target.names[a.name]
    return columns.conversions[min(len(a.dims), 3)].format(name)


def _is_told(target: Target, a: Argument, found: Mapping[str, str]) -> bool:
    """Whether the sizes that are read off an argument are all that there is to say of it."""
    return len(a.dims) in (1, 2) and all(is_measured(a, k, d, found, target.length) for k, d in enumerate(a.dims))


def _check(target: Target, a: Argument) -> Sequence[str]:
    """The statements that check the shape of an argument."""
    columns, name = target.columns, target.names[a.name]
    if a.top is not None:
        return columns.top_check.format(name=name, top=target.size(a.top), words=a.top).splitlines()
    if not a.dims:
        return columns.number_check.format(name=name).splitlines()
    words = re.sub(r"[\"'\\]", "", shape_words(a.dims))
    shape = target.shape(a.dims)
    return columns.shape_check.format(name=name, shape=shape, words=words, rank=max(2, len(a.dims)), axes=len(a.dims)).splitlines()


def parameters(text: str, function: str, head: str) -> Sequence[str]:
    """The names of the arguments of a function of a file; `head` is the pattern of its first line."""
    header = re.search(head.format(function), text, re.MULTILINE)
    assert header is not None
    return [n.split()[-1].lstrip("&") for n in header[1].split(", ") if n]
