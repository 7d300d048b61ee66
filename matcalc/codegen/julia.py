"""Julia: a module of functions, with SpecialFunctions where it needs them, and a rule for ChainRules on request.

A vector is a `Vector`, not a matrix of one column, and broadcasts as one; a transposed vector is a row. What is done entry by entry
has a dot where arrays are no of one shape for certain. Every array has the type `T` of the arguments together, and every number that is no
whole one; functions that have no value below 0 throw in Julia, so where cases are told apart they are helpers that give NaN.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from ..ops.operation import Operation
from . import writers
from .columns import Columns, Form
from .columns_file import columns_file
from .columns_operations import WRITERS
from .emission import Body
from .graph import GraphNode, is_constant
from .helpers import julia_functions
from .pyfile import identifier
from .target import Language, Target
from .wording import ATOM, POWER, PRODUCT, SIGN, SUM, Text, inside

_WORDS = {
    "assign": "{} = {}",
    "for": "for {} in {}:{}",
    "end": "end",
    "length": "size({0}, {2})",
    "axis": "{}",
    "number": "T({})",
    **{"pi": "T(pi)", "e": "exp(T(1))", "nan": "T(NaN)", "i": "im"},
    **{"/": "/", "./": "./", "^": "^", ".^": ".^", "=": "==", **{r: r for r in ("<", ">", "<=", ">=", "!=")}},
    "zeros": "zeros(T, {})",
    "ones": "ones(T, {})",
    "eye": "Matrix{{T}}(I, {0}, {0})",
    "range": "collect(T, {}:{})",
    "spread": "spread_(T, {}, {})",
    "spread_part": '("{}", {}, {})',
    "commutation": "commutation_(T, {}, {})",
    "duplication": "duplication_(T, {})",
    "elimination": "elimination_(T, {})",
    "convmtx": "convmtx_(T, {}, {})",
    "hankel": "hankel_({}, {})",
    "convolve": "convolve_(T, {}, {})",
    "correlate": "correlate_({}, {})",
    "whole": "div({}, {})",
    "truth": "T({})",
    "truths": "T.({})",
    "not_zero": "max.({}, floatmin(real(T)))",
    "product": "over_(prod, {}, {})",
    "cumulated": "cumsum({}; dims={})",
    "cumulated backwards": "reverse(cumsum(reverse({0}; dims={1}); dims={1}); dims={1})",
}

_FORMS: dict[str, Form] = {
    "turned": "transpose({0})",
    "view": "view_({0}, {before}, ({order},))",
    "reshaped": "reshape({0}, {shape})",
    "expand": ("{0:product} .* ones(T, {shape})", PRODUCT),
    "filled": "fill(T({0}), {shape})",
    "reshape": "reshape_({0}, {before}, {shape})",
    "member 1": "{0:atom}[{at}]",
    "member 2": "{0:atom}[{at}, :]",
    "member": "selectdim({0}, 1, {at})",
    "slice": "{0:atom}[{low}:{high}{rest}]",
    "beside": "hcat({parts})",
    "below": "vcat({parts})",
    "part": "{0}",
    "scaled": ("{0:product} * {1:sign}", PRODUCT),
    "entries": ("{0:product} .* {1:sign}", PRODUCT),
    "outer": ("{0:atom} * transpose({1})", PRODUCT),
    "dot": ("transpose({0}) * {1:atom}", PRODUCT),  # `dot` takes the conjugate of its first argument
    "product": ("{0:atom} * {1:atom}", PRODUCT),
    **dict.fromkeys(("sum 1", "sum 2", "sum"), "sum({0})"),
    "row sums": "vec(sum({0}; dims=2))",
    "column sums": "vec(sum({0}; dims=1))",
    "trace": "tr({0})",
    "diagonal of": "diag({0})",
    **dict.fromkeys(("contract", "contract to a number"), 'contract_({0}, {before}, "{la}", {1}, {second}, "{lb}", "{out}")'),
    "solve": ("{0:atom} \\ {1:atom}", PRODUCT),
    "inverse": "inv({0})",
    "chol": "cholesky(Hermitian({0}))",
    "chol solve": ("{0} \\ {1:atom}", PRODUCT),
    "chol inverse": "inv({0})",
    "chol det": "det({0})",
    "chol logdet": "logdet({0})",
    "lu": "lu({0})",
    "lu solve": ("{0} \\ {1:atom}", PRODUCT),
    "lu solve turned": ("transpose({0}) \\ {1:atom}", PRODUCT),
    "lu inverse": "inv({0})",
    "lu det": "det({0})",
    "lu logdet": "logabsdet({0})[1]",
    "add diagonal": ("{0:sum} + Diagonal({1})", SUM),
    "add multiple": ("{0:sum} + {1:product} * I", SUM),
    "diagonal": "Matrix(Diagonal({0}))",
}

# What programs call, by where it is from; arguments must not have these names.
KNOWN = {
    "Base": "AbstractArray AbstractMatrix AbstractVector CartesianIndices DimensionMismatch DomainError ErrorException Float64 Int Matrix "
    "NaN Number Real Tuple abs abs2 acos acosh argmax asin asinh atan atanh collect conj convert cos cosh cot csc cumsum div dropdims "
    "eltype eps exp expm1 fill findfirst float floatmin hcat ifelse im imag length log log1p max maximum min minimum ndims oftype "
    "ones permutedims pi prod promote_type real reshape reverse round sec selectdim sign sin sinh size sortperm sqrt string sum tan "
    "tanh throw transpose typeof unique vcat vec zero zeros",
    "LinearAlgebra": "Diagonal Hermitian I Symmetric cholesky det diag eigen eigvals inv kron logabsdet logdet lu norm opnorm pinv svd "
    "svdvals tr tril triu",
    "SpecialFunctions": "digamma erf erfc erfcx gamma logabsgamma polygamma",
    "ChainRulesCore": "ChainRulesCore NoTangent ProjectTo unthunk",
}
_RESERVED = (
    "baremodule begin break catch const continue do else elseif end export false finally for function global if import in isa let local "
    "macro module public quote return struct true try using where while abstract mutable primitive type missing nothing T Derivatives"
)
KEYWORDS = frozenset(f"{_RESERVED} {' '.join(KNOWN.values())}".split())
# Of these a number below 0, or beyond 1, has no value.
BOUNDED = frozenset("log sqrt log1p asin acos acosh atanh".split())

JULIA_COLUMNS = Columns(
    forms=_FORMS,
    functions={f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()} | {"maximum": "max", "minimum": "min"},
    keywords=KEYWORDS,
    comment="# {}",
    note='Julia: include("derivatives.jl"), then Derivatives.value and the others are its functions',
    head="{comment}\n\nmodule Derivatives\n\nUSING\n---\nend",
    listed="",
    function='"""\n{doc}\n"""\nfunction {name}({arguments})\n{body}\nend',
    one="return {}",
    each="",
    together="return {}",
    left=("", ""),
    conversions=(
        "{0} = convert(T, {0})",
        "{0} = convert(AbstractVector{{T}}, {0})",
        "{0} = convert(AbstractMatrix{{T}}, {0})",
        "{0} = convert(AbstractArray{{T}}, {0})",
    ),
    kind=("T = float(promote_type({}))", "eltype({})", "T = Float64"),
    size="{} = {}",
    quotient=" ÷ ",
    shape_check='size({name}) == {shape} || throw(DimensionMismatch("{name}: shape {words} expected, not $(size({name}))"))',
    number_check='size({name}) == () || throw(DimensionMismatch("{name}: a number expected"))',
    top_check='{name} in 1:{top} || throw(DomainError({name}, "{name}: a number from 1 to {words} expected"))',
    includes={
        "USING": [
            ("", "using LinearAlgebra"),
            (rf"\b({'|'.join(KNOWN['SpecialFunctions'].split())})\b", "using SpecialFunctions"),
            (r"\bChainRulesCore\b", "using ChainRulesCore"),
        ]
    },
)


def _num(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """Whole numbers as they are, where these are small: greater ones do not grow into what a machine has no word for."""
    v = Fraction(str(node.attr))
    if v.denominator == 1 and abs(v) < 2**31:
        return writers.WRITERS["num"](target, node, args, body)
    text = writers.WRITERS["num"](target, node, args, body)[0].lstrip("-")
    text = f"T({text if v.denominator > 1 or len(text) < 18 else repr(float(abs(v)))})"
    return (text, ATOM) if v >= 0 else (f"-{text}", SIGN)


def _of_type(node: GraphNode, text: Text) -> Text:
    """A number made of numbers alone, in the type of the program."""
    return (f"T({text[0]})", ATOM) if is_constant(node) else text


def _add(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    alike = all(a.dims == node.dims for a in node.args) and all(d.number != 1 for d in node.dims)
    if not alike:  # x .+ 1 + y is (x .+ 1) + y, of an array and a number
        args = [(f"({t[0]})", ATOM) if t[1] == SUM and not a.rank else t for a, t in zip(node.args, args)]
    return writers.added(args, "" if alike else "."), SUM


def _div(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return _of_type(node, writers.WRITERS["div"](target, node, args, body))


def _pow(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    base, exponent = node.args
    if is_constant(base):  # powers of whole numbers run over
        args = [(f"T({args[0][0]})", ATOM), args[1]]
    whole = exponent.op == "num" and Fraction(str(exponent.attr)).denominator == 1
    if _is_careful(body) and not whole:
        return f"power_{'.' if node.rank else ''}({args[0][0]}, {args[1][0]})", ATOM
    return f"{inside(args[0], ATOM)}{target.word('.^' if node.rank else '^')}{inside(args[1], ATOM)}", POWER


def _is_careful(body: Body) -> bool:
    """Whether the program tells cases apart, and computes what it then leaves out."""
    return any(n.op == "call" and (n.attr == "cases" or n.attr in writers.RELATIONS) for n in body.order)


def _literal(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    assert isinstance(node.attr, tuple)
    text = f"T[{', '.join(a[0] for a in args)}]"
    return text if node.rank < 2 else f"permutedims(reshape({text}, ({node.attr[1]}, {node.attr[0]})))", ATOM


def _call(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if isinstance(node.attr, Operation):
        return _operation(target, node.attr, node, args, body)
    name, dot = str(node.attr), "." if node.rank else ""
    if name in writers.RELATIONS:
        compared = f"{inside(args[0], SUM + 1)} {dot}{target.word(name)} {inside(args[1], SUM + 1)}"
        return target.word("truths" if node.rank else "truth", compared), ATOM
    if name == "cases":
        total = args[-1][0] if len(args) % 2 else target.word("nan")
        for k in range(len(args) // 2 * 2 - 2, -1, -2):
            condition = f"{inside(args[k + 1], SUM + 1)} {dot}!= 0"
            total = f"ifelse{dot}({condition}, {args[k][0]}, {total})"
        return total, ATOM
    word = target.columns.functions.get(name, name)
    word = f"{word}_" if word in BOUNDED and _is_careful(body) else word
    return _of_type(node, (f"{word}{dot}({', '.join(a[0] for a in args)})", ATOM))


def _operation(target: Target, op: Operation, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """An operation of the book; of numbers it needs no dot."""
    text = target.operation(op, node, args, body)
    if node.rank or not (op.elementwise or op.stacks == "entries"):
        return text
    return _of_type(node, (re.sub(r"^(\w+)\.\(", r"\1(", text[0]), text[1]))


def _shape(sizes: Sequence[str]) -> str:
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def julia() -> Language:
    own = {"num": _num, "add": _add, "div": _div, "pow": _pow, "literal": _literal, "call": _call}
    return Language("julia", _WORDS, WRITERS | own, julia_functions, identifier, _shape, columns_file, columns=JULIA_COLUMNS)
