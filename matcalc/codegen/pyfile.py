"""The file of a Python target: docstring, imports, helpers, functions, and the check of their arguments."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping, Sequence

from ..kinds import Dim
from .emission import Body, Target
from .frame import Argument, File, Function, is_measured, shape_words, size_statements
from .graph import Node


class PythonFile(Target):
    """What a Python file consists of; how operations are written is for the languages to say."""

    head = ""
    what = ""
    shape_of = "{}.shape"
    last = "dtype"  # what comes after the sizes

    def file(self, file: File) -> str:
        self.names = identifiers([a.name for a in file.arguments])
        found = size_statements(file.arrays, self.length)
        self.dimensions = size_identifiers(found, set(self.names.values())) | {a.size: self.names[a.name] for a in file.arrays if a.size}
        found = size_statements(file.arrays, self.length)
        functions = [self._function(file, f, list(found)) for f in file.functions]
        inputs = self._inputs(file.arrays, found)  # may ask for helpers too
        helpers = self.carried()
        text = "\n\n\n".join([self.imports(), *helpers, *functions, inputs])
        if not re.search(r"\bmath\.", text):
            text = text.replace("import math\n", "", 1).lstrip("\n")
        return f"{self._docstring(file)}\n\n{text}\n"

    def length(self, a: Argument, axis: int) -> str:
        return f"{self.names[a.name]}.shape[{axis}]"

    def _docstring(self, file: File) -> str:
        lines = [f'"""{file.title}', "", file.formula, ""]
        width = max((len(self.names[a.name]) for a in file.arguments), default=0)
        for a in file.arguments:
            lines.append(f"    {self.names[a.name]:<{width}}  {a.words(shape_words)}")
        lines += ["", f"Written by matcalc {file.version} for {self.what}; it needs no matcalc to run.", '"""']
        return "\n".join(lines)

    def _function(self, file: File, f: Function, sizes: Sequence[str]) -> str:
        common = [self.names[a.name] for a in file.arguments]
        extra = identifiers([a.name for a in f.extra], {*common, *self.dimensions.values()})
        self.names |= extra
        body = Body(self, f.roots, {*self.names.values(), *self.dimensions.values(), *RESERVED}, self._named(file))
        results = [self.returned(r, t) for r, t in zip(f.roots, body.results)]
        extra_input = [line for a in f.extra for line in self.extra_input(self.names[a.name], a)]
        text = "\n".join([*extra_input, *body.lines, *results])
        arrays = [self.names[a.name] for a in file.arrays]
        unpacked = [*arrays, *[self.dimensions[n] for n in sizes], self.last]
        shown = [n if re.search(rf"\b{re.escape(n)}\b", text) else "_" for n in unpacked]
        while shown and shown[-1] == "_":
            shown.pop()
        call = f"_inputs({', '.join(arrays)})"
        rest = [] if len(shown) == len(unpacked) else ["*_"]
        lines = [f"def {f.name}({', '.join([*common, *extra.values()])}):", f'    """{f.doc}"""']
        lines.append(f"    {', '.join([*shown, *rest])} = {call}" if shown else f"    {call}")
        lines += [f"    {line}" for line in [*extra_input, *body.lines]]
        lines.append(f"    return {', '.join(results)}")
        for a in f.extra:
            del self.names[a.name]
        return "\n".join(lines)

    def _named(self, file: File) -> dict[Node, str]:
        return {n: identifier(name) for n, name in file.named.items()}

    def imports(self) -> str:
        """What stands at the top, once the helpers are known."""
        return self.head

    def returned(self, root: Node, text: str) -> str:
        """What is returned for a node whose text this is."""
        raise NotImplementedError

    def extra_input(self, name: str, a: Argument) -> list[str]:
        """Statements that convert an argument that only one function has."""
        raise NotImplementedError

    def conversion(self, arguments: Sequence[Argument]) -> list[str]:
        """Statements that convert the common arguments."""
        raise NotImplementedError

    def size(self, dim: Dim) -> str:
        """A dimension as an integer expression."""
        raise NotImplementedError

    def shape(self, dims: Sequence[Dim]) -> str:
        """A shape as a tuple."""
        raise NotImplementedError

    def _inputs(self, arguments: Sequence[Argument], found: Mapping[str, str]) -> str:
        """The function that checks the arguments and reads the sizes off them."""
        names = [self.names[a.name] for a in arguments]
        doc = '    """The arguments as arrays of one type, checked, then the sizes and the type."""'
        lines = [f"def _inputs({', '.join(names)}):", doc]
        lines += [f"    {line}" for line in self.conversion(arguments)]
        for a in arguments:
            if a.dims:
                name, words = self.names[a.name], shape_words(a.dims)
                lines.append(f"    if {name}.ndim != {len(a.dims)}:")
                lines.append(f'        raise ValueError(f"{name}: shape {words} expected, not {{{self.shape_of.format(name)}}}")')
        lines += [f"    {self.dimensions[n]} = {text}" for n, text in found.items()]
        for a in arguments:
            if not all(is_measured(a, k, d, found, self.length) for k, d in enumerate(a.dims)):
                name, shape = self.names[a.name], self.shape(a.dims)
                got = self.shape_of.format(name)
                lines.append(f"    if {got} != {shape}:")
                lines.append(f'        raise ValueError(f"{name}: shape {shape_words(a.dims)} = {{{shape}}} expected, not {{{got}}}")')
        for a in arguments:
            if a.top is not None:
                name, top = self.names[a.name], self.size(a.top)
                lines.append(f"    if not 1 <= {name} <= {top}:")
                lines.append(f'        raise ValueError(f"{name}: a number from 1 to {{{top}}} expected, not {{{name}}}")')
        lines.append(f"    return {', '.join([*names, *[self.dimensions[n] for n in found], self.last])}")
        return "\n".join(lines)


def identifier(name: str) -> str:
    """A name of the language as a Python identifier: w_{out} is w_out, lambda is lambda_."""
    plain = re.sub(r"\W+", "_", name).strip("_") or "x"
    taken = keyword.iskeyword(plain) or plain in RESERVED
    return plain + "_" if taken or plain[0].isdigit() else plain


RESERVED = frozenset(
    "np jnp jax torch math value gradient jacobian hessian derivative jvp vjp hvp dtype options range int float abs sum max min "
    "value_and_gradient value_and_jacobian".split()
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
