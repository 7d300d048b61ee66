"""C++ with Eigen: a header of inline functions, of doubles or of what DERIVATIVES_REAL says.

A number is a `Real`, a vector a `Vector`, a matrix a `Matrix`; every named value has such a type, for an expression of Eigen must not
outlive what it is of. An array of more axes is an `Array`: its shape, and its entries as a matrix.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..errors import NoAnswerError
from ..ops.operation import Operation
from . import writers
from .columns import Columns, Form
from .columns_file import columns_file
from .columns_operations import WRITERS, entrywise, fitted
from .emission import Body
from .graph import GraphNode
from .helpers import eigen_functions
from .pyfile import identifier
from .target import Language, Target
from .wording import ATOM, PRODUCT, SIGN, SUM, Text, code_of, filled, inside, ranks

_TYPES = ("Real", "Vector", "Matrix", "Matrix")

_WORDS = {
    "assign": "const auto {} = {};",
    **{f"assign {k}": f"const {kind} {{}} = {{}};" for k, kind in enumerate(_TYPES)},
    **{f"start {k}": f"{kind} {{}} = {{}};" for k, kind in enumerate(_TYPES)},
    **{f"step {k}": "{} = {};" for k in range(4)},
    "for": "for (Index {0} = Index({1}); {0} <= {2}; ++{0}) {{",
    "end": "}}",
    "length 0": "{0}.rows()",
    "length 1": "{0}.cols()",
    "length more": "{0}.shape[{1}]",
    "number": "{}",
    "type": "Real",  # of the entries of arrays
    **{"pi": "Real(3.141592653589793238)", "e": "Real(2.718281828459045235)", "nan": "std::numeric_limits<Real>::quiet_NaN()"},
    **{"=": "==", **{r: r for r in ("<", ">", "<=", ">=", "!=")}},
    "zeros": "zeros_({})",
    "ones": "full_(1, {})",
    "eye": "Matrix::Identity({0}, {0})",
    "range": "range_(Index({}), Index({}))",
    "spread": "spread_({}, {{{}}})",
    "spread_part": 'Core("{}", {}, {})',
    "commutation": "commutation_(Index({}), Index({}))",
    "duplication": "duplication_(Index({}))",
    "convmtx": "convmtx_({}, Index({}))",
    "hankel": "hankel_({}, Index({}))",
    "convolve": "convolve_({}, {})",
    "correlate": "correlate_({}, {})",
    "elimination": "elimination_(Index({}))",
    "whole": "({})/{}",
    "truth": "Real({})",
    "not_zero": "at_least_tiny_({})",
    "cumulated": "cumulated_({}, {}, {}, false)",
    "cumulated backwards": "cumulated_({}, {}, {}, true)",
}

_FORMS: dict[str, Form] = {
    "turned": "{0:atom}.transpose()",
    "view": "view_({0}, {before}, {{{order}}})",
    "reshaped": "reshaped_({0}, {shape})",
    "expand": "expand_({0}, {before}, {shape})",
    "fit": "expand_({0}, {before}, {shape})",
    "filled": "full_({0}, {shape})",
    "reshape": "reshape_({0}, {before}, {shape})",
    "member 1": "{0:atom}({at} - 1)",
    "member 2": "{0:atom}.row({at} - 1).transpose()",
    "member": "member_({0}, {at}, {shape})",
    "slice": "part_({0}, {low}, {high})",
    "beside": "beside_({{{parts}}})",
    "below": "below_({{{parts}}})",
    "part": "block_({0})",
    "literal": "literal_({rows}, {cols}, {{{entries}}})",
    "scaled": ("{0:product} * {1:atom}", PRODUCT),
    "entries": "{0:atom}.cwiseProduct({1})",
    "outer": ("{0:atom} * {1:atom}.transpose()", PRODUCT),
    "dot": "dot_({0}, {1})",
    "product": ("{0:atom} * {1:atom}", PRODUCT),
    **dict.fromkeys(("sum 1", "sum 2", "sum"), "{0:atom}.sum()"),
    "row sums": "{0:atom}.rowwise().sum()",
    "column sums": "{0:atom}.colwise().sum().transpose()",
    "trace": "{0:atom}.trace()",
    "diagonal of": "{0:atom}.diagonal()",
    "contract": 'contract_(block_({0}), {before}, "{la}", block_({1}), {second}, "{lb}", "{out}", {shape})',
    "contract to a number": 'contract_(block_({0}), {before}, "{la}", block_({1}), {second}, "{lb}", "{out}", {shape})(0)',
    "solve": "solve_({0}, {1})",
    "inverse": "inverse_({0})",
    "chol": "chol_({0})",
    "chol solve": "{0}.solve({1})",
    "chol inverse": "{0}.solve(Matrix::Identity({size}, {size}))",
    "chol det": "power_({0}.matrixLLT().diagonal().prod(), 2)",
    "chol logdet": ("2 * {0}.matrixLLT().diagonal().array().log().sum()", PRODUCT),
    "lu": "lu_({0})",
    "lu solve": "{0}.solve({1})",
    "lu solve turned": "lu_solve_turned_({0}, {1})",
    "lu inverse": "{0}.inverse()",
    "lu det": "{0}.determinant()",
    "lu logdet": "{0}.matrixLU().diagonal().array().abs().log().sum()",
    "add diagonal": "add_diagonal_({0}, {1})",
    "add multiple": "add_diagonal_({0}, {1})",
    "diagonal": "diagonal_({0})",
}

_HEAD = """\
{comment}

#pragma once

#include <Eigen/Dense>
INCLUDES#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#ifndef DERIVATIVES_REAL
#define DERIVATIVES_REAL double
#endif

namespace derivatives {

using Real = DERIVATIVES_REAL;
using Number = Real;  // what arrays are of
using Index = Eigen::Index;
using Vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
using Shape = std::vector<Index>;

struct Array {
    // an array of more than two axes: its entries as a matrix, the first axis its rows, the others its columns, the second running fastest
    Shape shape;
    Matrix entries;
};
---
}  // namespace derivatives"""

KEYWORDS = frozenset(
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const constexpr const_cast "
    "continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export extern false float "
    "for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch template this "
    "thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq "
    "std Eigen Real Index Vector Matrix Shape Array Core derivatives main assert".split()
)

_COLUMNS = Columns(
    forms=_FORMS,
    functions={f"arc{name}": f"a{name}" for name in "sin cos tan sinh cosh tanh".split()},
    keywords=KEYWORDS,
    comment="// {}",
    note="C++ with Eigen: include this header; Real is double, or DERIVATIVES_REAL where that is defined",
    head=_HEAD,
    listed="",
    function="// {doc}\n{before}inline {type} {name}({arguments}) {{\n{body}\n}}",
    one="return {};",
    each="",
    together="return {{{}}};",
    left=("", ""),
    conversions=("", "", "", ""),
    size="const Index {} = {};",
    shape_check='check_({name}, {shape}, "{name}: shape {words}");',
    number_check="",
    top_check='if ({name} < 1 || {name} > {top}) throw std::invalid_argument("{name}: a number from 1 to {words} expected");',
    helpers_first=True,
    arguments=("Real {}", "const Vector& {}", "const Matrix& {}", "const Array& {}", "const F_{0}& {0}"),
    counts="Index {}",
    types=("Real", "Vector", "Matrix", "Array"),
    tuple_of="std::tuple<{}>",
    results=("{0}", "{0}", "{0}", "Array{{{shape}, {0}}}"),
    template="template <{}>\n",
    template_part="typename F_{}",
    includes={
        "INCLUDES": [(r"\.(exp|sqrt|log)\(\);\n}", "#include <unsupported/Eigen/MatrixFunctions>")],
    },
)


def _in(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    name = target.argument(str(node.attr))
    text = f"{name}.entries" if node.rank > 2 else name
    return (target.word("complex" if node.rank else "complex number", text) if node.attr in target.reals else text), ATOM


def _num(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """Fractions are of real numbers, and no literal is of another type than these."""
    text, level = writers.WRITERS["num"](target, node, args, body)
    above, line, below = text.partition(" / ")
    sign, size = "-" if above.startswith("-") else "", above.lstrip("-")
    if not re.fullmatch(r"-?\d{1,9}", text):
        decimal = size if "." in size or "e" in size else f"{size}.0"
        size = f"Real({decimal}){line}{f'Real({below}.0)' if below else ''}"
    if target.word("type") == "Real":
        return sign + size, level
    return f"{sign}Number({size})", SIGN if sign else ATOM  # complex numbers have no products with numbers of other types


def _value_of_size(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    return f"{target.word('type')}({writers.WRITERS[node.op](target, node, args, body)[0]})", ATOM


def _sum(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """Numbers and arrays are added apart: an array takes a number only as one of entries."""
    split = [[k for k, a in enumerate(node.args) if bool(a.rank) == array] for array in (True, False)]
    arrays, numbers = ([args[k] for k in places] for places in split)
    total, number = (
        terms[0] if len(terms) == 1 else writers.WRITERS["add"](target, node, terms, body) if terms else ("", ATOM)
        for terms in (arrays, numbers)
    )
    if not arrays or not numbers:
        return total if arrays else number
    return f"({inside(total, ATOM)}.array() + {inside(number, SUM + 1)}).matrix()", ATOM


def _quotient(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    above, below = node.args
    left, right = args
    if not above.rank and re.fullmatch(r"-?\d+", left[0]):
        left = f"{target.word('type')}({left[0]})", ATOM
    under = writers.divisor(target, node, right)
    divided = (under, ATOM if right[1] == ATOM or under != right[0] else SIGN)
    if not below.rank:
        return f"{inside(left, PRODUCT)} / {inside(divided, ATOM)}", PRODUCT
    if above.rank:
        return f"{inside(left, ATOM)}.cwiseQuotient({divided[0]})", ATOM
    return f"({inside(left, PRODUCT)} / {inside(divided, ATOM)}.array()).matrix()", ATOM


def _power(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    base, exponent = node.args
    if not node.rank:
        return f"power_({args[0][0]}, {args[1][0]})", ATOM
    x, kind = inside(args[0], ATOM), target.word("type")
    if not base.rank:
        return f"{inside(args[1], ATOM)}.unaryExpr([&]({kind} y) -> {kind} {{ return power_({args[0][0]}, y); }})", ATOM
    if exponent.rank:
        return f"{x}.binaryExpr({args[1][0]}, [&]({kind} x, {kind} y) -> {kind} {{ return power_(x, y); }})", ATOM
    known = {"2": "square", "-1": "inverse", "3": "cube"}.get(str(exponent.attr)) if exponent.op == "num" else None
    if known:
        return f"{x}.array().{known}().matrix()", ATOM
    return f"{x}.unaryExpr([&]({kind} x) -> {kind} {{ return power_(x, {args[1][0]}); }})", ATOM


_METHODS = frozenset("exp log sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh sqrt abs sign log1p expm1".split())


def _call(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if isinstance(node.attr, Operation):
        return _operation(target, node.attr, node, args, body)
    name = str(node.attr)
    args = fitted(target, node, args)
    if name == "cases":
        if not node.rank:
            return f"cases_(std::vector<{target.word('type')}>{{{', '.join(a[0] for a in args)}}})", ATOM
        shape = target.shape(node.dims)
        whole = [a[0] if x.rank else f"full_({a[0]}, {shape})" for x, a in zip(node.args, args)]
        return f"cases_(std::vector<Matrix>{{{', '.join(whole)}}})", ATOM
    if name in writers.RELATIONS:
        if not node.rank:
            return writers.relation(target, node, args)
        left, right = (f"{inside(a, ATOM)}.array()" if x.rank else f"Real({a[0]})" for x, a in zip(node.args, args))
        return f"({left} {target.word(name)} {right}).cast<Real>().matrix()", ATOM
    word = target.columns.functions.get(name, name)
    if len(args) == 1:
        if node.rank:
            return f"{inside(args[0], ATOM)}.array().{word}().matrix()", ATOM
        plain = f"Real({args[0][0]})" if re.fullmatch(r"-?\d+", args[0][0]) else args[0][0]
        return (f"sign_({plain})" if word == "sign" else f"std::{word}({plain})"), ATOM
    which = {"maximum": ("max", "cwiseMax"), "minimum": ("min", "cwiseMin")}[name]
    if not node.rank:
        return f"std::{which[0]}<Real>({args[0][0]}, {args[1][0]})", ATOM
    order = sorted(range(2), key=lambda k: -node.args[k].rank)
    other = args[order[1]][0] if node.args[order[1]].rank else f"Real({args[order[1]][0]})"
    return f"{inside(args[order[0]], ATOM)}.{which[1]}({other})", ATOM


def _operation(target: Target, op: Operation, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """An operation of the book: of entries, for every entry; of arrays, for every array of a stack."""
    if op.elementwise or op.stacks == "entries":
        return _each(target, op, node, fitted(target, node, args), body)
    own = ranks(op)
    if not node.args or node.args[0].rank <= own[0] or not op.stacks:
        return target.operation(op, node, args, body)
    text = filled(code_of(op, target.language.name), {op.params[0]: ("x", ATOM)}, [], False)[0]
    before, shape = target.shape(node.args[0].dims), target.shape(node.dims)
    return f"stacked_({args[0][0]}, {before}, {own[0]}, {shape}, [&](const Matrix& x) {{ return {text}; }})", ATOM


def _each(target: Target, op: Operation, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    arrays = [k for k, a in enumerate(node.args) if a.rank]
    args = body.named(node.args, args, [k for k in range(len(args)) if k not in arrays])
    letters, kind = ["x", "y"], target.word("type")
    given = {op.params[k]: ((letters[arrays.index(k)], ATOM) if k in arrays else args[k]) for k in range(len(args))}
    text = filled(code_of(op, target.language.name), given, [], False)[0]
    if not arrays:
        return text, ATOM if re.fullmatch(r"[\w:<>]+\(.*\)|\(.*\)", text) else SUM
    heads = ", ".join(f"{kind} {letters[n]}" for n in range(len(arrays)))
    function = f"[&]({heads}) -> {kind} {{ return {text}; }}"
    first = inside(args[arrays[0]], ATOM)
    if len(arrays) == 1:
        return f"{first}.unaryExpr({function})", ATOM
    return f"{first}.binaryExpr({args[arrays[1]][0]}, {function})", ATOM


def _product(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    x = node.args[0]
    if x.rank < 3:
        return f"{inside(args[0], ATOM)}{'.rowwise()' if x.rank == 2 else ''}.prod()", ATOM
    return f"reshaped_(prod_({args[0][0]}, {target.size(x.dims[-1])}), {target.shape(node.dims)})", ATOM


def _member(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    if any("family" in d.names() for d in node.dims):
        raise NoAnswerError("a program in C++ needs the sizes of every array, and here one is known to the array alone")
    return WRITERS["member"](target, node, args, body)


def _apply(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
    """A function that is an argument takes values, not expressions of Eigen."""
    given = ", ".join(f"{_TYPES[min(a.rank, 3)]}({t[0]})" for a, t in zip(node.args, args))
    return f"{target.argument(str(node.attr))}({given})", ATOM


def _shape(sizes: Sequence[str]) -> str:
    return f"{{{', '.join(sizes)}}}"


def _complexly() -> Language:
    from .eigen_complex import complex_language

    return complex_language(eigen())


def eigen() -> Language:
    own = {
        "in": _in,
        "num": _num,
        "size": _value_of_size,
        "index": _value_of_size,
        "add": entrywise(_sum),
        "div": entrywise(_quotient),
        "pow": entrywise(_power),
        "call": _call,
        "product": _product,
        "member": _member,
        "apply": _apply,
    }
    return Language(
        "eigen", _WORDS, WRITERS | own, eigen_functions, identifier, _shape, columns_file, columns=_COLUMNS, complexly=_complexly
    )
