"""Julia's programs without Julia, which no registry of packages at hand has: parsed by tree-sitter, and computed by what is here.

A small interpreter of the part of Julia that programs are written in, by the rules of its manual and of the documentation of LinearAlgebra
and SpecialFunctions: indices from 1, entries column by column, a vector is no matrix, a transposed vector is a row, `+` and `-` take
arrays of one shape only, what has a dot goes entry by entry over axes counted from the first, functions have no value
where Julia throws. It is no Julia: a rule that was misread here is wrong in both places. Names are checked against one table
(`matcalc.codegen.julia.KNOWN`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from julia_functions import FUNCTIONS, CartesianGrid
from julia_text import signature, text_of, tree_of, unknown_names, walk
from julia_values import BINARY, JuliaError, Kind, Returned, Row, Scaling, broadcast, dense, is_number, plain, power, times

from matcalc.codegen.columns_file import TAKEN
from matcalc.codegen.julia import KEYWORDS
from matcalc.codegen.pyfile import identifiers


class Function(NamedTuple):
    node: Any
    scope: dict[str, Any]

    def __call__(self, *args: Any) -> Any:
        _, names = signature(self.node)
        scope = dict(self.scope)
        fixed = [n for n in names if not n.endswith("...")]
        if len(fixed) < len(names):
            scope[names[-1].removesuffix("...")] = tuple(args[len(fixed) :])
        elif len(args) != len(names):
            raise JuliaError(f"MethodError: {len(args)} arguments for {names}")
        scope.update(zip(fixed, args))
        try:
            return run(body_of(self.node), scope)
        except Returned as found:
            return found.value


def body_of(function: Any) -> list[Any]:
    return [n for n in function.named_children if n.type != "signature"]


def run(statements: Sequence[Any], scope: dict[str, Any]) -> Any:
    value = None
    for s in statements:
        value = evaluate(s, scope)
    return value


def evaluate(node: Any, scope: dict[str, Any]) -> Any:
    rule = RULES.get(node.type)
    if rule is None:
        raise JuliaError(f"{node.type}: {text_of(node)}")
    return rule(node, scope)


def identifier(node: Any, scope: dict[str, Any]) -> Any:
    name = text_of(node)
    if name in scope:
        return scope[name]
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    raise JuliaError(f"UndefVarError: {name}")


def assignment(node: Any, scope: dict[str, Any]) -> None:
    left, _, right = node.named_children
    value = evaluate(right, scope)
    if left.type == "open_tuple":
        scope.update(zip([text_of(n) for n in left.named_children], value, strict=True))
    elif left.type == "index_expression":
        array, at = evaluate(left.named_children[0], scope), places(left, scope)
        array[at if len(at) > 1 else np.unravel_index(at[0], array.shape, order="F")] = value
    else:
        scope[text_of(left)] = value


def adding(node: Any, scope: dict[str, Any]) -> None:
    left, sign, right = node.named_children
    assert text_of(sign) == "+=" and left.type == "index_expression"
    evaluate(left.named_children[0], scope)[places(left, scope)] += evaluate(right, scope)


def places(node: Any, scope: dict[str, Any]) -> tuple[Any, ...]:
    """The indices of an expression, from 0."""
    found: list[Any] = []
    for n in node.named_children[1].named_children:
        if n.type == "splat_expression":
            found += list(evaluate(n.named_children[0], scope))
        else:
            found.append(slice(None) if text_of(n) == ":" else evaluate(n, scope))
    return tuple(_place(k) for k in found)


def _place(k: Any) -> Any:
    if isinstance(k, slice):
        return k
    if isinstance(k, range):
        return slice(k.start - 1, k.stop - 1)
    if isinstance(k, (float, np.floating)):
        raise JuliaError("ArgumentError: an index that is no whole number")
    return int(k) - 1 if is_number(k) else np.array(list(k)) - 1


def indexed(node: Any, scope: dict[str, Any]) -> Any:
    array = evaluate(node.named_children[0], scope)
    if isinstance(array, Kind):
        return np.array([evaluate(n, scope) for n in node.named_children[1].named_children], dtype=array.of)
    inside = node.named_children[1].named_children
    if isinstance(array, np.ndarray) and len(inside) == 1 and isinstance(at := evaluate_place(inside[0], scope), tuple):
        return plain(array[tuple(k - 1 for k in at)])
    at = places(node, scope)
    if isinstance(array, (tuple, list, str)):
        (k,) = at
        return array[k] if isinstance(k, (int, slice)) else tuple(array[j] for j in k)
    array = dense(array)
    sizes = array.shape if len(at) == array.ndim else (array.size,)
    if any(isinstance(k, int) and not 0 <= k < n for k, n in zip(at, sizes)):
        raise JuliaError("BoundsError")
    if len(at) != array.ndim:
        if len(at) > 1 or not isinstance(at[0], int):
            raise JuliaError(f"BoundsError: {len(at)} indices of {array.ndim}")
        return plain(np.ravel(array, order="F")[at[0]])
    return plain(array[at])


def evaluate_place(node: Any, scope: dict[str, Any]) -> Any:
    return None if node.type == "splat_expression" or text_of(node) == ":" else evaluate(node, scope)


def arguments(node: Any, scope: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    found: list[Any] = []
    named: dict[str, Any] = {}
    for n in node.named_children:
        if n.type == "named_argument":
            named[text_of(n.named_children[0])] = evaluate(n.named_children[-1], scope)
        elif n.type == "splat_expression":
            found += list(evaluate(n.named_children[0], scope))
        else:
            found.append(evaluate(n, scope))
    return found, named


def called(node: Any, scope: dict[str, Any]) -> Any:
    head, inside = node.named_children
    if head.type == "operator":
        (k,) = arguments(inside, scope)[0]
        return negative(k) if text_of(head) == "-" else lambda x: x == k  # -(x), ==(k)
    given, named = arguments(inside, scope)
    return evaluate(head, scope)(*given, **named)


def dotted(node: Any, scope: dict[str, Any]) -> Any:
    head, inside = node.named_children
    return broadcast(evaluate(head, scope), *arguments(inside, scope)[0])


def parametrized(node: Any, scope: dict[str, Any]) -> Any:
    name, inside = node.named_children
    kind = evaluate(inside.named_children[0], scope)
    if text_of(name) == "Matrix":
        return lambda scaling, m, n: np.eye(m, n, dtype=kind.of)
    return evaluate(name, scope).axes, kind


def binary(node: Any, scope: dict[str, Any]) -> Any:
    left, sign, right = node.named_children
    name = text_of(sign)
    if name in ("&&", "||"):
        first = evaluate(left, scope)
        assert isinstance(first, bool | np.bool_), f"TypeError: no Boolean: {text_of(left)}"
        return evaluate(right, scope) if bool(first) == (name == "&&") else first
    a, b = evaluate(left, scope), evaluate(right, scope)
    if name.startswith("."):
        return broadcast(BINARY[name[1:]], a, b)
    if name in ("<", ">", "<=", ">=") and not (is_number(a) and is_number(b)):
        raise JuliaError("MethodError: arrays are compared with a dot")
    return BINARY[name](a, b)


def juxtaposed(node: Any, scope: dict[str, Any]) -> Any:
    """`2^(k - 1)`, which the grammar takes for 2 times a function; else a number before a name."""
    left, right = node.named_children
    if right.type == "call_expression" and text_of(right.named_children[0]) == "^":
        return power(evaluate(left, scope), evaluate(right.named_children[1].named_children[0], scope))
    return times(evaluate(left, scope), evaluate(right, scope))


def unary(node: Any, scope: dict[str, Any]) -> Any:
    sign, x = node.named_children
    assert text_of(sign) == "-"
    return negative(evaluate(x, scope))


def negative(value: Any) -> Any:
    return Row(-value.v) if isinstance(value, Row) else Scaling(-value.by) if isinstance(value, Scaling) else -value


def bindings(node: Any, scope: dict[str, Any]) -> Any:
    name, _, values = node.named_children
    return text_of(name), evaluate(values, scope)


def looped(node: Any, scope: dict[str, Any]) -> None:
    name, values = bindings(node.named_children[0], scope)
    for v in values:
        scope[name] = v
        run(node.named_children[1:], scope)


def comprehension(node: Any, scope: dict[str, Any]) -> Any:
    body, *clauses = node.named_children
    conditions = [c.named_children[0] for c in clauses if c.type == "if_clause"]
    loops = [c.named_children for c in clauses if c.type == "for_clause"]
    inner = dict(scope)
    if len(loops) == 1 and len(loops[0]) == 2:  # for i in …, j in …: a matrix
        (one, first), (two, second) = (bindings(b, inner) for b in loops[0])
        return np.array([[evaluate(body, {**inner, one: i, two: j}) for j in second] for i in first])
    if len(loops) == 1 and isinstance(grid := bindings(loops[0][0], inner)[1], CartesianGrid):
        name = bindings(loops[0][0], inner)[0]
        found = [evaluate(body, {**inner, name: at}) for at in grid]
        return np.array(found).reshape(grid.dims, order="F")
    found = []

    def filled(k: int) -> None:
        if k == len(loops):
            if all(evaluate(c, inner) for c in conditions):
                found.append(evaluate(body, inner))
            return
        name, values = bindings(loops[k][0], inner)
        for v in values:
            inner[name] = v
            filled(k + 1)

    filled(0)
    numbers = found and all(is_number(v) for v in found)
    return np.array(found) if numbers and not all(isinstance(v, int) for v in found) else found


def interpolated(node: Any, scope: dict[str, Any]) -> str:
    parts = []
    for n in node.named_children:
        parts.append(str(evaluate(n.named_children[0], scope)) if n.type == "string_interpolation" else text_of(n))
    return "".join(parts)


def field(node: Any, scope: dict[str, Any]) -> Any:
    value, name = node.named_children
    return evaluate(value, scope).parts[text_of(name)]


def conditional(node: Any, scope: dict[str, Any]) -> Any:
    condition, yes, no = node.named_children
    return evaluate(yes if evaluate(condition, scope) else no, scope)


def branched(node: Any, scope: dict[str, Any]) -> Any:
    condition, *body = node.named_children
    return run(body, scope) if evaluate(condition, scope) else None


def returned(node: Any, scope: dict[str, Any]) -> None:
    raise Returned(evaluate(node.named_children[0], scope))


def ranged(node: Any, scope: dict[str, Any]) -> Any:
    first, last = node.named_children
    parts = [*first.named_children, last] if first.type == "range_expression" else [first, last]
    ends = [evaluate(n, scope) for n in parts]
    step = ends[1] if len(ends) == 3 else 1
    return range(ends[0], ends[-1] + (1 if step > 0 else -1), step)


def thrown(error: Exception) -> None:
    raise error


FUNCTIONS["throw"] = thrown


def listed(node: Any, scope: dict[str, Any]) -> Any:
    return np.array([evaluate(n, scope) for n in node.named_children])


def defined(node: Any, scope: dict[str, Any]) -> Any:
    name = text_of(signature(node)[0])
    scope[name] = Function(node, scope)
    return scope[name]


RULES: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "identifier": identifier,
    "integer_literal": lambda node, scope: int(text_of(node)),
    "float_literal": lambda node, scope: float(text_of(node)),
    "boolean_literal": lambda node, scope: text_of(node) == "true",
    "string_literal": interpolated,
    "line_comment": lambda node, scope: None,
    "assignment": assignment,
    "compound_assignment_expression": adding,
    "binary_expression": binary,
    "unary_expression": unary,
    "juxtaposition_expression": juxtaposed,
    "parenthesized_expression": lambda node, scope: evaluate(node.named_children[0], scope),
    "tuple_expression": lambda node, scope: tuple(arguments(node, scope)[0]),
    "open_tuple": lambda node, scope: tuple(evaluate(n, scope) for n in node.named_children),
    "call_expression": called,
    "broadcast_call_expression": dotted,
    "index_expression": indexed,
    "vector_expression": listed,
    "comprehension_expression": comprehension,
    "parametrized_type_expression": parametrized,
    "field_expression": field,
    "range_expression": ranged,
    "ternary_expression": conditional,
    "if_statement": branched,
    "for_statement": looped,
    "return_statement": returned,
    "arrow_function_expression": lambda node, scope: (
        lambda x: evaluate(node.named_children[1], {**scope, text_of(node.named_children[0]): x})
    ),
    "macrocall_expression": lambda node, scope: text_of(node),
    "function_definition": defined,
}


@cache
def load_julia(text: str) -> dict[str, Any]:
    """The functions of a program by name, as functions of NumPy's arrays, by name of their arguments."""
    assert not unknown_names(text), unknown_names(text)
    scope: dict[str, Any] = {}
    for node in walk(tree_of(text)):
        if node.type == "function_definition" and node.parent.type != "function_definition":
            name = text_of(signature(node)[0])
            scope[name] = Function(node, scope)
    return scope


def call_julia(functions: dict[str, Any], name: str, inputs: dict[str, Any]) -> Any:
    """The value of a function of a program. Inputs are by the names that they have in the question."""
    function = functions[name]
    given = {identifiers([n], KEYWORDS | TAKEN)[n]: v for n, v in inputs.items()}
    _, names = signature(function.node)
    found = function(
        *[
            given[n] if isinstance(given[n], int) or callable(given[n]) else plain(np.asarray(given[n], kind_of_input(given[n])))
            for n in names
        ]
    )
    return tuple(dense(v) for v in found) if isinstance(found, tuple) else dense(found)


def kind_of_input(value: Any) -> type:
    return complex if np.iscomplexobj(value) else float


def run_julia(questions: Sequence[tuple[str, str, dict[str, Any]]], result: int = 0) -> list[Any]:
    """The values of functions of emitted files, as `emitted.run_in` has them for other languages."""
    found = []
    for text, name, inputs in questions:
        value = call_julia(load_julia(text), name, inputs)
        found.append(value[result - 1] if result else value)
    return found
