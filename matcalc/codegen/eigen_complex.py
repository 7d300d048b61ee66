"""C++ with Eigen where something is complex: arrays are of std::complex, arguments and results that are real of real numbers.

Within a function every array is of complex numbers: Eigen mixes types in few operations. What is of real numbers only, a comparison, an
absolute value of a real name, takes real parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..errors import NoAnswerError
from ..ops.complex_numbers import CONJUGATE, IMAGINARY_PART, REAL_PART
from ..ops.operation import Operation
from . import writers
from .columns_operations import fitted
from .emission import Body
from .graph import GraphNode
from .target import Language, Target, Writer
from .wording import ATOM, Text, code_of, filled, inside

# The helper functions that are right of complex arrays too.
_GENERAL = frozenset(
    "zeros_ full_ block_ check_ dot_ range_ part_ reshaped_ member_ strides_ walk_ view_ expand_ reshape_ beside_ below_ literal_ "
    "contract_ spread_ cumulated_ prod_ stacked_ cases_ power_ chol_ lu_ lu_solve_turned_ solve_ inverse_ det_ logdet_ diagonal_ "
    "add_diagonal_ tril_ triu_ symtril_ kron_ mpower_ take_ spectral_ commutation_ elimination_ duplication_ hankel_ convmtx_ convolve_ "
    "correlate_ vec_ vech_ unvech_ expm_ sqrtm_ logm_ turned_ cosm_ sinm_ coshm_ sinhm_ triangle_ derivative_ columns_ kronecker_".split()
)
_OF_REAL = frozenset(("abs", "sign", "maximum", "minimum", *writers.RELATIONS))
_PARTS = {CONJUGATE: "{}.conjugate()", REAL_PART: "{}.real().cast<Number>()", IMAGINARY_PART: "{}.imag().cast<Number>()"}
_HEAD = (
    ("using Number = Real;  // what arrays are of", "using Number = std::complex<Real>;  // what arrays are of"),
    ("Eigen::Matrix<Real,", "Eigen::Matrix<Number,"),
    ("using Shape", "using RealVector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;\nusing RealMatrix = Eigen::Matrix<Real, Eigen::Dynamic, "
     "Eigen::Dynamic>;\nusing Shape"),
    ("struct Array {", "template <typename Entries>\nstruct ArrayOf {"),
    ("    Matrix entries;\n};", "    Entries entries;\n};\nusing Array = ArrayOf<Matrix>;\nusing RealArray = ArrayOf<RealMatrix>;"),
)  # fmt: skip


def complex_language(real: Language) -> Language:
    """The language with complex arrays, from that with real ones."""
    columns = real.columns
    assert columns is not None
    head = columns.head
    for old, new in _HEAD:
        assert old in head
        head = head.replace(old, new)
    kinds = ("Number", *columns.types[1:])
    words = {
        **real.words,
        "type": "Number",
        "i": "Number(0, 1)",
        "complex": "{}.cast<Number>()",
        "complex number": "Number({})",
        **{name: real.words[name].replace("Real(", "Number(") for name in ("pi", "e", "truth")},
        "nan": "Number(std::numeric_limits<Real>::quiet_NaN())",
        **{
            f"{how} {k}": text.replace("Real ", "Number ")
            for how in ("assign", "start")
            for k in (0,)
            for text in [real.words[f"{how} {k}"]]
        },
    }
    plain = real.writers["call"]
    return real._replace(
        words=words,
        writers={**real.writers, "call": _calling(plain)},
        functions=lambda: _functions(real.functions()),
        columns=columns._replace(
            head=head,
            forms={**columns.forms, "chol logdet": "Number(2) * {0}.matrixLLT().diagonal().array().log().sum()"},
            note=columns.note.replace("Real is double", "Number is a complex number of Real, which is double"),
            arguments=("Number {}", *columns.arguments[1:]),
            types=kinds,
            of_real=(
                ("Real {}", "const RealVector& {}", "const RealMatrix& {}", "const RealArray& {}", columns.arguments[4]),
                ("Real", "RealVector", "RealMatrix", "RealArray"),
                ("std::real({0})", "({0}).real()", "({0}).real()", "RealArray{{{shape}, RealMatrix(({0}).real())}}"),
            ),
        ),
    )


class _Functions(dict[str, str]):
    """The helper functions; asking for one that is of real numbers is refused."""

    def __getitem__(self, name: str) -> str:
        if name not in _GENERAL:
            raise NoAnswerError(
                f"programs in C++ have {name.strip('_').replace('_', ' ')} of real arrays only, and something here is complex"
            )
        return super().__getitem__(name)


def _functions(known: Mapping[str, str]) -> Mapping[str, str]:
    return _Functions(known)


def _calling(plain: Writer) -> Writer:
    def written(target: Target, node: GraphNode, args: Sequence[Text], body: Body) -> Text:
        op = node.attr
        if isinstance(op, Operation) and op in _PARTS and node.rank:
            return _PARTS[op].format(inside(args[0], ATOM)), ATOM
        if isinstance(op, Operation):
            if op in _PARTS:
                return f"Number({code_of(op, 'eigen').replace('X', args[0][0])})", ATOM
            return _of_real(target, op, node, fitted(target, node, args)) if op.real and op.elementwise else plain(target, node, args, body)
        name = str(op)
        if name not in _OF_REAL:
            text, level = plain(target, node, args, body)
            return re.sub(r"^std::(log1p|expm1)\(", r"Eigen::numext::\1(", text), level
        args = [(f"std::real({a[0]})", ATOM) if not x.rank else a for x, a in zip(node.args, fitted(target, node, args))]
        symbol = target.word(name) if name in writers.RELATIONS else ""
        function = {"abs": "std::abs({0})", "sign": "Real({0} > 0) - Real({0} < 0)", "maximum": "std::max<Real>({0}, {1})"}.get(
            name, f"Real({{0}} {symbol} {{1}})" if symbol else "std::min<Real>({0}, {1})"
        )
        return _mapped(function, node, args)

    return written


def _of_real(target: Target, op: Operation, node: GraphNode, args: Sequence[Text]) -> Text:
    args = [(f"std::real({a[0]})", ATOM) if not x.rank else a for x, a in zip(node.args, args)]
    places = {p: (f"{{{k}}}", ATOM) for k, p in enumerate(op.params)}
    return _mapped(filled(code_of(op, "eigen"), places, [], False)[0], node, args)


def _mapped(function: str, node: GraphNode, args: Sequence[Text]) -> Text:
    """A function of real numbers, with places {0} and {1}, of the real parts, entry by entry."""
    arrays = [k for k, a in enumerate(node.args) if a.rank]
    given = [f"std::real(z{k})" if k in arrays else args[k][0] for k in range(len(args))]
    text = function.format(*given)
    if not arrays:
        return f"Number({text})", ATOM
    heads = ", ".join(f"Number z{k}" for k in arrays)
    others = "".join(f"{args[k][0]}, " for k in arrays[1:])
    how = "binaryExpr" if others else "unaryExpr"
    return f"{inside(args[arrays[0]], ATOM)}.{how}({others}[&]({heads}) -> Number {{ return {text}; }})", ATOM
