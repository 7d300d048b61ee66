"""GNU Octave: a script file of functions (`source` it). Vectors are columns; the code keeps to what MATLAB has too, but for `!=`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import count, pairwise

from ..kinds import Dim
from ..ops.determinant import DETERMINANT, LOG_DETERMINANT
from ..ops.norms import FROBENIUS_NORM, NORM
from ..ops.operation import Operation
from .emission import ATOM, POWER, PRODUCT, SIGN, SUM, Body, Target, Text, inside
from .frame import Argument, File, Function, is_measured, shape_words, size_statements
from .graph import Node
from .helpers import octave_functions
from .pyfile import identifiers, size_identifiers
from .wording import code_of, filled, ranks, repeated

RELATIONS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "=": "==", "!=": "~="}
# What NumPy calls otherwise.
OCTAVE = {f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()} | {"maximum": "max", "minimum": "min"}
KEYWORDS = frozenset(
    "break case catch continue do else elseif end end_try_catch end_unwind_protect endfor endfunction endif endswitch endwhile for "
    "function global if otherwise parfor persistent return switch try until unwind_protect while value gradient jacobian hessian jvp "
    "vjp hvp derivative value_and_gradient value_and_jacobian pi".split()
)


class Octave(Target):
    """Octave's matrices: a vector is n×1, a product of matrices `*`, entry by entry `.*`."""

    name = "octave"

    @property
    def helper_texts(self) -> Mapping[str, str]:
        return octave_functions()

    # ---- leaves

    def argument(self, name: str) -> str:
        return self.names.get(name) or name

    def write_in(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return self.argument(str(node.attr)), ATOM

    def write_num(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        v = Fraction(str(node.attr))
        text = str(v.numerator) if v.denominator == 1 else f"{v.numerator} / {v.denominator}"
        return text, PRODUCT if v.denominator != 1 else ATOM if v >= 0 else SIGN

    def write_size(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, Dim)
        return self.size(node.attr), ATOM if node.attr.name or node.attr.number is not None else SUM

    def size(self, dim: Dim) -> str:
        parts = []
        for m, c in dim.terms:
            names = [n if n.isdigit() else self.dimension(n) for n, k in m for _ in range(k)]
            parts.append("*".join(([str(c)] if c != 1 or not names else []) + names))
        return " + ".join(parts).replace("+ -", "- ") or "0"

    def shape(self, dims: Sequence[Dim]) -> str:
        sizes = [self.size(d) for d in dims]
        return f"[{', '.join(sizes + ['1'] * (2 - len(sizes)))}]"

    def write_const(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return {"pi": "pi", "e": "exp(1)", "nan": "NaN"}[str(node.attr)], ATOM

    def write_index(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return body.index(str(node.attr)), ATOM

    def write_range(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"({args[0][0]}:{inside(args[1], SUM)})'", ATOM

    def write_full(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return (f"{'ones' if node.attr else 'zeros'}({self.shape(node.dims)})" if node.dims else str(node.attr)), ATOM

    # ---- axes

    def write_view(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        places = list(node.attr)
        if places in ([0, None], [0]) or not node.args[0].rank:
            return args[0]
        if places in ([1, 0], [None, 0]):
            return f"{inside(args[0], ATOM)}.'", ATOM
        extra = count(node.args[0].rank + 1)
        order = [p + 1 if p is not None else next(extra) for p in places]
        return f"permute({args[0][0]}, [{', '.join(map(str, order))}])", ATOM

    def write_expand(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"{inside(args[0], PRODUCT)} .* ones({self.shape(node.dims)})", PRODUCT

    def write_reshape(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        self.helpers["reshape_"] = None
        return f"reshape_({args[0][0]}, {self.shape(node.args[0].dims)}, {self.shape(node.dims)})", ATOM

    def write_member(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        at, x = args[1][0], inside(args[0], ATOM)
        rank = node.args[0].rank
        if rank == 1:
            return f"{x}({at})", ATOM
        if rank == 2:
            return f"{x}({at}, :).'", ATOM
        return f"reshape({x}({', '.join([at] + [':'] * (rank - 1))}), {self.shape(node.dims)})", ATOM

    def write_slice(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        rank = node.args[0].rank
        return f"{inside(args[0], ATOM)}({', '.join([f'{node.attr}:{args[1][0]}'] + [':'] * (rank - 1))})", ATOM

    def write_part(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        low, high = node.attr
        rest = ", :" * (node.rank - 1)
        return f"{inside(args[0], ATOM)}({self.size(low + 1)}:{self.size(high)}{rest})", ATOM

    def write_block(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        _, cols = node.attr
        texts = [inside(a, POWER) for a in args]
        return "[" + "; ".join(", ".join(texts[k : k + cols]) for k in range(0, len(texts), cols)) + "]", ATOM

    def write_literal(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        rows, cols = (len(args), 1) if node.rank < 2 else node.attr
        texts = [f"({a[0]})" for a in args]
        return "[" + "; ".join(", ".join(texts[r * cols : (r + 1) * cols]) for r in range(rows)) + "]", ATOM

    # ---- entry by entry

    def write_add(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        first = next((k for k, a in enumerate(args) if not a[0].startswith("-")), 0)
        args = [args[first], *args[:first], *args[first + 1 :]]
        text = inside(args[0], SUM)
        for a in args[1:]:
            text += f" - {a[0][1:]}" if a[0].startswith("-") and a[1] > SUM else f" + {inside(a, SUM)}"
        return text, SUM

    def write_mul(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        order = sorted(range(len(args)), key=lambda k: (node.args[k].rank, k))
        if node.args[order[0]].op == "num" and node.args[order[0]].attr == -1 and len(order) == 2:
            return f"-{inside(args[order[1]], SIGN)}", SIGN
        text = inside(args[order[0]], PRODUCT)
        for before, k in pairwise(order):
            text += f" {'.*' if node.args[before].rank else '*'} {inside(args[k], SIGN)}"
        return text, PRODUCT

    def write_div(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        under = inside(args[1], SIGN)
        if node.args[1].op == "call" and node.args[1].attr in (NORM, FROBENIUS_NORM):
            under = f"max({args[1][0]}, realmin)"
        return f"{inside(args[0], PRODUCT)} {'./' if node.args[1].rank else '/'} {under}", PRODUCT

    def write_pow(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"{inside(args[0], ATOM)}{'.^' if node.rank else '^'}{inside(args[1], ATOM)}", POWER

    def write_neg(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"-{inside(args[0], SIGN)}", SIGN

    def write_call(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        if isinstance(node.attr, Operation):
            return self.operation(node.attr, node, args, body)
        name = str(node.attr)
        if name in RELATIONS:
            return f"double({inside(args[0], SUM)} {RELATIONS[name]} {inside(args[1], SUM)})", ATOM
        if name == "cases":
            self.helpers["cases_"] = None
            return f"cases_({', '.join(a[0] for a in args)})", ATOM
        return f"{OCTAVE.get(name, name)}({', '.join(a[0] for a in args)})", ATOM

    def write_product(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return f"prod({args[0][0]}, {node.args[0].rank})", ATOM

    def write_commutation(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        return self.helper("commutation_", args[0][0], args[1][0]), ATOM

    def operation(self, op: Operation, node: Node, args: Sequence[Text], body: Body) -> Text:
        """An operation of the book, as Octave has it."""
        text = code_of(op, self.name)
        self.carry(text)
        args = body.named(node.args, args, repeated(text, op.params))
        n = len(op.params)
        rank = node.args[0].rank
        stack = rank > ranks(op)[0]
        return filled(text, dict(zip(op.params, args)) | {"axis": (str(rank), ATOM)}, [a[0] for a in args[n:]], stack)

    # ---- products

    def write_pair(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        la, lb, out = node.attr
        a, b = node.args
        summed = [k for k in la if k in lb and k not in out]
        if len(summed) == 1 and a.rank <= 2 and b.rank <= 2 and len(out) == a.rank + b.rank - 2:
            k = summed[0]
            if (a.rank == 2 and b.rank == 2 and out[0] in lb) or (a.rank == 1 and b.rank == 2):
                a, b, la, lb, args = b, a, lb, la, args[::-1]
            left = self.turned(a, args[0], body) if la[0] == k else inside(args[0], PRODUCT if a.op == "pair" else ATOM)
            right = self.turned(b, args[1], body) if b.rank == 2 and lb[1] == k else inside(args[1], ATOM)
            return f"{left} * {right}", PRODUCT
        if a.rank <= 2 and b.rank <= 2 and set(la) == set(lb) and len(la) == 2:
            second = self.turned(b, args[1], body) if la != lb else inside(args[1], SIGN)
            whole = f"{inside(args[0], PRODUCT)} .* {second}"
            if not out:
                return f"sum(sum({whole}))", ATOM
            return (f"sum({whole}, 2)" if out == la[0] else f"sum({whole}, 1).'"), ATOM
        self.helpers["contract_"] = None
        return f"contract_({args[0][0]}, '{la}', {args[1][0]}, '{lb}', '{out}')", ATOM

    def turned(self, node: Node, text: Text, body: Body) -> str:
        """The transpose."""
        if node.op == "view" and node.attr == (1, 0):
            return inside(body.texts[node.args[0]], ATOM)
        return f"{inside(text, ATOM)}.'"

    def write_one(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        x = args[0][0]
        known = {
            ("ii", ""): f"trace({x})",
            ("ii", "i"): f"diag({x})",
            ("i", ""): f"sum({x})",
            ("ij", ""): f"sum(sum({x}))",
            ("ij", "i"): f"sum({x}, 2)",
            ("ij", "j"): f"sum({x}, 1).'",
        }
        if node.attr in known:
            return known[node.attr], ATOM
        self.helpers["contract_"] = None
        return f"contract_({x}, '{node.attr[0]}', 1, '', '{node.attr[1]}')", ATOM

    # ---- systems

    def _factor(self, node: Node, args: Sequence[Text], body: Body) -> tuple[str, str] | None:
        assert isinstance(node.attr, tuple)
        spd = bool(node.attr[0])
        if (node.args[0], spd) not in body.factors:
            return None
        if spd:
            return "chol", body.factor(node.args[0], True, f"chol({args[0][0]})")
        self.helpers["lu_"] = None
        return "lu", body.factor(node.args[0], False, f"lu_({args[0][0]})")

    def write_solve(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        assert isinstance(node.attr, tuple)
        transposed = node.attr[1]
        found = self._factor(node, args, body)
        right = inside(args[1], ATOM)
        if found is None:
            return f"{self.turned(node.args[0], args[0], body) if transposed else inside(args[0], ATOM)} \\ {right}", PRODUCT
        kind, f = found
        if kind == "chol":
            return f"{f} \\ ({f}.' \\ {right})", PRODUCT
        self.helpers["lu_solve_"] = None
        return f"lu_solve_({f}, {args[1][0]}, {'true' if transposed else 'false'})", ATOM

    def write_inv(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        found = self._factor(node, args, body)
        if found is None:
            return f"inv({args[0][0]})", ATOM
        kind, f = found
        if kind == "chol":
            return f"chol2inv({f})", ATOM
        self.helpers["lu_solve_"] = None
        return f"lu_solve_({f}, eye(rows({f}.L)), false)", ATOM

    def write_trace_inv(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        inverse = self.write_inv(node, args[:1], body)
        return f"sum(sum({inverse[0]} .* {inside(args[1], SIGN)}))", ATOM

    def write_det(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        found = self._factor(node, args, body)
        if found is None:
            return self.operation(DETERMINANT, node, args, body)
        kind, f = found
        return (f"prod(diag({f}))^2", POWER) if kind == "chol" else (f"det({f}.P) * prod(diag({f}.U))", PRODUCT)

    def write_logdet(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        found = self._factor(node, args, body)
        if found is None:
            return self.operation(LOG_DETERMINANT, node, args, body)
        kind, f = found
        return (f"2 * sum(log(diag({f})))", PRODUCT) if kind == "chol" else (f"sum(log(abs(diag({f}.U))))", ATOM)

    # ---- diagonals and loops

    def write_add_diagonal(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        n = self.size(node.dims[0])
        diagonal = f"diag({args[1][0]})" if node.args[1].rank else f"{inside(args[1], PRODUCT)} * eye({n})"
        return f"{inside(args[0], SUM)} + {diagonal}", SUM

    def write_spread(self, node: Node, args: Sequence[Text], body: Body) -> Text:
        if node.attr == ("ii",):
            if node.args[0].rank:
                return f"diag({args[0][0]})", ATOM
            eye = f"eye({self.size(node.dims[0])})"
            return (eye, ATOM) if node.args[0].attr == 1 else (f"{inside(args[0], PRODUCT)} * {eye}", PRODUCT)
        assert isinstance(node.attr, tuple)
        self.helpers["spread_"] = None
        parts = ", ".join(f"'{p}', {a[0]}" for p, a in zip(node.attr, args))
        return f"spread_({self.shape(node.dims)}, {parts})", ATOM

    def assign(self, name: str, text: str) -> str:
        return f"{name} = {text};"

    def empty(self, node: Node) -> str:
        one = isinstance(node.attr, tuple) and node.attr[0] == "product"
        return str(int(one)) if not node.dims else f"{'ones' if one else 'zeros'}({self.shape(node.dims)})"

    def begin_loop(self, node: Node, name: str, low: str, high: str, start: str) -> list[str]:
        return [start, f"for {name} = {low}:{high}"]

    def loop_step(self, node: Node, name: str, term: str) -> str:
        assert isinstance(node.attr, tuple)
        return f"{name} = {name} {'*' if node.attr[0] == 'product' else '+'} ({term});"

    def end_loop(self) -> list[str]:
        return ["end"]

    # ---- the file

    def file(self, file: File) -> str:
        self.names = identifiers([a.name for a in file.arguments], KEYWORDS)
        found = size_statements(file.arrays, self.length)
        self.dimensions = size_identifiers(found, set(self.names.values()) | KEYWORDS)
        self.dimensions |= {a.size: self.names[a.name] for a in file.arrays if a.size}
        found = {n: t.replace(" // ", " / ") for n, t in size_statements(file.arrays, self.length).items()}
        functions = [self._function(file, f, list(found)) for f in file.functions]
        lines = [file.title, "", file.formula, ""]
        width = max((len(self.names[a.name]) for a in file.arguments), default=0)
        for a in file.arguments:
            lines.append(f"    {self.names[a.name]:<{width}}  {a.words(_sizes)}")
        lines += ["", f"Written by matcalc {file.version} for GNU Octave: source this file, then call its functions."]
        head = "\n".join(f"% {line}".rstrip() for line in lines)
        helpers = self.carried()
        return "\n\n\n".join([f"{head}\n\n1;", *functions, *helpers, self._inputs(file.arrays, found)]) + "\n"

    def length(self, a: Argument, axis: int) -> str:
        return f"size({self.names[a.name]}, {axis + 1})"

    def _function(self, file: File, f: Function, sizes: Sequence[str]) -> str:
        common = [self.names[a.name] for a in file.arguments]
        extra = identifiers([a.name for a in f.extra], {*common, *self.dimensions.values(), *KEYWORDS})
        self.names |= extra
        taken = {*self.names.values(), *self.dimensions.values(), *KEYWORDS, "result", "first", "second"}
        body = Body(self, f.roots, taken, {n: identifiers([name])[name] for n, name in file.named.items()})
        results = ["result"] if len(body.results) == 1 else ["first", "second"]
        left = results[0] if len(results) == 1 else f"[{', '.join(results)}]"
        lines = [f"function {left} = {f.name}({', '.join([*common, *extra.values()])})", f"    % {f.doc}"]
        lines += [f"    {self.names[a.name]} = {self.names[a.name]}(:);" for a in (*file.arguments, *f.extra) if len(a.dims) == 1]
        text = "\n".join([*body.lines, *body.results])
        outputs = [self.dimensions[n] for n in sizes]
        while outputs and not re.search(rf"\b{re.escape(outputs[-1])}\b", text):
            outputs.pop()
        call = f"sizes_({', '.join(self.names[a.name] for a in file.arrays)});"
        lines.append(f"    [{', '.join(outputs)}] = {call}" if outputs else f"    {call}")
        lines += [f"    {line}" for line in body.lines]
        lines += [f"    {name} = {value};" for name, value in zip(results, body.results)]
        for a in f.extra:
            del self.names[a.name]
        return "\n".join([*lines, "end"])

    def _inputs(self, arguments: Sequence[Argument], found: dict[str, str]) -> str:
        names = [self.names[a.name] for a in arguments]
        outputs = ", ".join(self.dimensions[n] for n in found)
        lines = [
            f"function {f'[{outputs}] = ' if outputs else ''}sizes_({', '.join(names)})",
            "    % The sizes, read off the arguments and checked.",
        ]
        lines += [f"    {self.dimensions[n]} = {text};" for n, text in found.items()]
        for a in arguments:
            if a.dims and not all(is_measured(a, k, d, found, self.length) for k, d in enumerate(a.dims)):
                name = self.names[a.name]
                lines.append(f"    if ~isequal(size({name}), {self._size_of(a)})")
                lines.append(f"        error('{name}: size {_sizes(a.dims)} expected, not %s', mat2str(size({name})));")
                lines.append("    end")
        return "\n".join([*lines, "end"])

    def _size_of(self, a: Argument) -> str:
        return self.shape(a.dims)


def _sizes(dims: tuple[Dim, ...]) -> str:
    return shape_words(dims) if len(dims) > 2 else " x ".join(map(str, [*dims, *([1] if len(dims) == 1 else [])]))
