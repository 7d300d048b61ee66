"""The book checked against itself and against formulas of its own: every operation, by its own numerics."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from matcalc import ops
from matcalc.expressions.build import symbol
from matcalc.expressions.expr import Operation
from matcalc.inference.infer import read_template
from matcalc.kinds import ONE, TRIANGULAR, Dim, Shape, size_of_letter
from matcalc.numbers import precise
from matcalc.numbers.numeric import evaluate, kernel
from matcalc.ops.book import REGISTRY, SHORTHANDS
from matcalc.sources import BIBLIOGRAPHY, cite

SIZES = {"m": 3, "n": 4, "p": 2, "q": 5}
BOOK = list(REGISTRY.values())
# Leaves and sums over an index have no numeric text: the evaluator does them itself (tests/test_numeric.py). Functions of which
# only the sets are known have no values in the book.
OWN = set("symbol number size constant index member indexed_sum indexed_product entrywise_function function function_along".split())
# Those whose value depends on what else stands in the node (its attribute, any number of arguments).
FREE_FORM = OWN | set("imaginary eye ones zeros commutation duplication elimination unvec unit entry literal block selection".split())
FREE_FORM |= set("convmtx hankel add times matmul hadamard cases iverson".split())
PLAIN = [op for op in BOOK if op.name not in FREE_FORM]
WITH_DIFFERENTIAL = [op for op in PLAIN if op.differential]
ENTRYWISE = [op for op in PLAIN if op.elementwise]

# Arguments that are bounds or exponents.
GIVEN = {("matrix_power", "k"): 3.0, ("normp", "p"): 3.0, ("huber", "k"): 0.7, ("polygamma", "k"): 2.0}
GIVEN |= {("leaky_relu", "a"): 0.1, ("clip", "a"): -0.6, ("clip", "b"): 0.8, ("eigval", "k"): 2.0, ("eigvec", "k"): -1.0}
GIVEN |= {("eigval_general", "k"): 2.0, ("eigproj", "k"): -1.0}

Array = Any


def by_name(op: Operation) -> str:
    return op.name


def shapes(op: Operation) -> tuple[list[Shape], list[str]]:
    """The shapes of the parameters, and the sizes of the value as the signature writes them."""
    given, _, value = op.signature.rpartition("->")
    parameters = [tuple(map(whole, part.split())) for part in given.split(",")]
    return parameters, value.split()  # type: ignore[return-value]


def whole(token: str) -> Dim:
    """A size of a value: a product of letters, or n(n+1)/2."""
    return size_of_letter(token) if token.endswith(TRIANGULAR) else math.prod(map(size_of_letter, token), start=ONE)


def draw(op: Operation, rng: np.random.Generator) -> list[Array]:
    """Random arguments that fit the signature and the domain."""
    arguments: list[Array] = []
    for name, (rows, cols) in zip(op.params, shapes(op)[0], strict=True):
        shape = (rows.value(SIZES), cols.value(SIZES))
        size = rng.uniform(0.3, 1.2, shape)
        signed = size * rng.choice([-1.0, 1.0], shape)
        values = {
            "positive": size,
            "(-1,1)": signed * 0.75,
            "(1,inf)": 1 + size,
            "integer": np.ceil(4 * size),
            "invertible": np.eye(*shape) + signed / 2,
            "symmetric": signed + signed.T if shape[0] == shape[1] else signed,
            "spd": np.eye(*shape) + signed @ signed.T / 4 if shape[0] == shape[1] else signed,
            "principal": np.eye(*shape) + signed / 6 if name == "X" else signed,
            "simple": np.diag(np.arange(1.0, len(signed) + 1)) + signed / 6 if shape[0] == shape[1] else signed,
        }.get(op.domain, signed)
        values = np.full(shape, GIVEN[op.name, name]) if (op.name, name) in GIVEN else values
        arguments.append(values if (rows, cols) != (ONE, ONE) else float(values[0, 0]))
    return arguments


def value(op: Operation, arguments: list[Array]) -> Array:
    return kernel(op).call(*arguments, 0, 0, None, SIZES)


# ---------------------------------------------------------------------------------------------- the form of the blocks


@pytest.mark.parametrize("op", BOOK, ids=by_name)
def test_every_block_is_complete(op: Operation) -> None:
    assert op.statement and op.source and bool(op.signature) == bool(op.params)
    assert bool(op.numeric) != (op.name in OWN)
    assert not (op.differential and op.index), "a multilinear operation has its differential from Leibniz"
    assert op.transposes in ("", "commutes", "ignores")
    assert op.domain in ("", "nonzero", "positive", "(-1,1)", "(1,inf)", "integer", "symmetric", "invertible", "spd", "principal", "simple")


@pytest.mark.parametrize("op", BOOK, ids=by_name)
def test_every_source_is_in_the_bibliography_or_says_what_it_follows_from(op: Operation) -> None:
    known = any(op.source.startswith(cite(key)) for key in BIBLIOGRAPHY)
    assert known or op.source == "definition" or op.source.startswith("from ")


def test_a_source_must_be_known() -> None:
    assert cite("cookbook", "eq. (40)").endswith("2012, eq. (40)")
    with pytest.raises(KeyError):
        cite("hearsay")


def test_the_contents_list_every_operation_once() -> None:
    listed = [op for _, chapter in ops.contents() for op in chapter]
    assert sorted(op.name for op in listed) == sorted(REGISTRY)
    assert all(title.endswith((".", ":")) or title for title, _ in ops.contents())


def test_every_spelling_leads_to_a_function() -> None:
    names = ops.function_names()
    for spelling, name in names.items():
        least, most = ops.arity(name)
        assert 1 <= least <= most, spelling
        assert len(spelling) > 1
    assert {names[n] for n in ("trace", "ln", "arcsin", "Diag", "logistic", "inverse")} == {"tr", "log", "asin", "diag", "sigmoid", "inv"}
    assert ops.arity("norm") == (1, 2) and ops.arity("kron") == (2, 2) and ops.arity("expm_frechet")[0] == 2
    assert set(SHORTHANDS) <= set(names)
    with pytest.raises(KeyError):
        ops.arity("frobnicate")
    assert ops.by_name("det") is REGISTRY["det"]


# ---------------------------------------------------------------------------------------------- values


def series_exponential(X: Array) -> Array:
    total = term = np.eye(len(X))
    for k in range(1, 60):
        term = term @ X / k
        total = total + term
    return total


def cofactors(X: Array) -> Array:
    n = len(X)
    minors = [[np.linalg.det(np.delete(np.delete(X, i, 0), j, 1)) * (-1) ** (i + j) for i in range(n)] for j in range(n)]
    return np.array(minors)


def of_eigenvalues(f: Callable[[Array], Array], X: Array) -> Array:
    """f(X) by eigenvalues."""
    w, V = np.linalg.eig(X.astype(complex))
    return (V @ np.diag(f(w)) @ np.linalg.inv(V)).real


def divided(f: Callable[[Array], Array], X: Array, E: Array) -> Array:
    """The derivative of f at X along E, by the divided differences of the eigenvalues (Daletskii and Krein)."""
    w, V = np.linalg.eig(X.astype(complex))
    apart = w[:, None] - w[None, :] + np.eye(len(w))
    slope = {np.sqrt: 0.5 / np.sqrt(w), np.log: 1 / w}[f]
    K = np.where(np.eye(len(w)) > 0, np.diag(slope), (f(w)[:, None] - f(w)[None, :]) / apart)
    return (V @ (K * (np.linalg.inv(V) @ E @ V)) @ np.linalg.inv(V)).real


def by_columns(f: Callable[[Array], Array], X: Array) -> Array:
    """The matrix of a linear map of matrices of the shape of X, for stacked columns."""
    return np.array([f(E.reshape(X.shape, order="F")).ravel(order="F") for E in np.eye(X.size)]).T


def polar_along(X: Array, E: Array) -> Array:
    """The derivative of (X X^T)^(-1/2) X along E, by a difference with fifty digits."""

    def polar(A: Any) -> Any:
        w, Q = mpmath.eigsy(A * A.T)
        return Q * mpmath.diag([1 / mpmath.sqrt(v) for v in w]) * Q.T * A

    with mpmath.workdps(50):
        X, E, h = mpmath.matrix(X.tolist()), mpmath.matrix(E.tolist()), mpmath.mpf("1e-15")
        return np.array(((polar(X + h * E) - polar(X - h * E)) / (2 * h)).tolist(), dtype=float)


def integral(f: Callable[[float], Array]) -> Array:
    """Over [0, 1], by Gauss's rule with twelve points."""
    points, weights = np.polynomial.legendre.leggauss(12)
    return sum(w / 2 * f((1 + t) / 2) for t, w in zip(points, weights, strict=True))


# Of one number: what the textbook says, by the standard library or mpmath. An operation that is neither here nor in ARRAYS has its
# numerics checked against its differential alone.
SCALAR: dict[str, Callable[[float], float]] = {
    **{n: getattr(math, n) for n in "exp log sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf lgamma".split()},
    "tgamma": math.gamma,
    "digamma": lambda x: float(mpmath.digamma(x)),
    "cot": lambda x: math.cos(x) / math.sin(x),
    "sec": lambda x: 1 / math.cos(x),
    "csc": lambda x: 1 / math.sin(x),
    "abs": abs,
    "sign": lambda x: math.copysign(1.0, x),
    "relu": lambda x: max(x, 0.0),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "gelu": lambda x: x * 0.5 * math.erfc(-x / math.sqrt(2)),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "hinge": lambda x: max(0.0, 1 - x),
}
# Of arrays: by other means than the book's.
ARRAYS: dict[str, Callable[..., Array]] = {
    "kron": lambda X, Y: np.einsum("ij,kl->ikjl", X, Y).reshape(X.shape[0] * Y.shape[0], -1),
    "khatri_rao": lambda X, Y: np.column_stack([np.kron(x, y) for x, y in zip(X.T, Y.T, strict=True)]),
    "transpose": lambda X: np.einsum("ij->ji", X),
    "power": lambda x, k: np.exp(k * np.log(x)),
    "matrix_power": lambda X, k: X @ X @ X,
    "sum": lambda X: sum(X.ravel()),
    "rowsum": lambda X: X @ np.ones((X.shape[1], 1)),
    "colsum": lambda X: np.ones((1, X.shape[0])) @ X,
    "vec": lambda X: np.concatenate([X[:, j] for j in range(X.shape[1])])[:, None],
    "tr": lambda X: sum(np.linalg.eigvals(X)).real,
    "diag": lambda x: x * np.eye(len(x)),
    "diagonal": lambda X: (X * np.eye(len(X))).sum(1)[:, None],
    "tril": lambda X: np.array([[x * (i >= j) for j, x in enumerate(row)] for i, row in enumerate(X)]),
    "triu": lambda X: np.array([[x * (i <= j) for j, x in enumerate(row)] for i, row in enumerate(X)]),
    "halftril": lambda X: np.array([[(x + X[j][i]) / 2 * ((i >= j) - (i == j) / 2) for j, x in enumerate(row)] for i, row in enumerate(X)]),
    "symtril": lambda X: np.array([[X[max(i, j)][min(i, j)] for j in range(len(X))] for i in range(len(X))]),
    "inv": lambda X: np.linalg.solve(X, np.eye(len(X))),
    "pinv": lambda X: X.T @ np.linalg.inv(X @ X.T),
    "det": lambda X: np.prod(np.linalg.eigvals(X)).real,
    "logdet": lambda X: np.sum(np.log(np.abs(np.linalg.eigvals(X)))),
    "adj": cofactors,
    "expm": series_exponential,
    "expm_frechet": lambda X, E: integral(lambda s: series_exponential(s * X) @ E @ series_exponential((1 - s) * X)),
    "expm_kronecker": lambda X: integral(lambda s: np.kron(series_exponential((1 - s) * X).T, series_exponential(s * X))),
    "sqrtm": lambda X: of_eigenvalues(np.sqrt, X),
    "sqrtm_frechet": lambda X, E: divided(np.sqrt, X, E),
    "logm": lambda X: of_eigenvalues(np.log, X),
    "logm_frechet": lambda X, E: divided(np.log, X, E),
    "sqrtm_kronecker": lambda X: by_columns(lambda E: divided(np.sqrt, X, E), X),
    "logm_kronecker": lambda X: by_columns(lambda E: divided(np.log, X, E), X),
    "cumsum": lambda X: np.tril(np.ones((len(X), len(X)))) @ X,
    "huber": lambda x, k: (np.minimum(abs(x), k) ** 2) / 2 + k * np.maximum(abs(x) - k, 0),
    "clip": lambda x, a, b: (abs(x - a) - abs(x - b) + a + b) / 2,
    "leaky_relu": lambda x, a: ((1 + a) * x + (1 - a) * abs(x)) / 2,
    "factorial": lambda k: float(np.prod(np.arange(1, k + 1))),
    "max": lambda x, y: (x + y + np.abs(x - y)) / 2,
    "min": lambda x, y: (x + y - np.abs(x - y)) / 2,
    "max_entry": lambda x: sorted(x.ravel())[-1],
    "min_entry": lambda x: sorted(x.ravel())[0],
    "softmax": lambda x: np.exp(x) / sum(np.exp(x)),
    "softmax_rows": lambda X: np.array([np.exp(r) / sum(np.exp(r)) for r in X]),
    "logsumexp": lambda x: math.log(sum(np.exp(x.ravel()))),
    "logsumexp_rows": lambda X: np.array([[math.log(sum(np.exp(r)))] for r in X]),
    "norm": lambda x: math.sqrt(sum(x.ravel() ** 2)),
    "normF": lambda X: math.sqrt(np.trace(X.T @ X)),
    "norm1": lambda x: sum(abs(v) for v in x.ravel()),
    "norminf": lambda x: max(abs(v) for v in x.ravel()),
    "norm2": lambda X: math.sqrt(np.linalg.eigvalsh(X.T @ X)[-1]),
    "norm_nuclear": lambda X: sum(np.sqrt(np.linalg.eigvalsh(X @ X.T))),
    "singvec": lambda X: (v := np.linalg.eigh(X.T @ X)[1][:, -1:]) * np.sign(v[np.argmax(abs(v))]),
    "polar": lambda X: np.linalg.inv((lambda w, Q: (Q * np.sqrt(w)) @ Q.T)(*np.linalg.eigh(X @ X.T))) @ X,
    "polar_frechet": polar_along,
    "polar_kronecker": lambda X: by_columns(lambda E: polar_along(X, E), X),
    "polygamma": lambda k, z: np.vectorize(lambda v: float(mpmath.psi(int(k), v)))(z),
    "eigval_general": lambda X, k: sorted(np.linalg.eigvals(X).real)[int(k) - 1],
    "eigproj": lambda X, k: (lambda w, V: np.outer(V[:, np.argmax(w)], np.linalg.inv(V)[np.argmax(w)]))(*np.linalg.eig(X)),
    "normp": lambda x, p: sum(abs(v) ** p for v in x.ravel()) ** (1 / p),
}


@pytest.mark.parametrize("op", PLAIN, ids=by_name)
def test_value(op: Operation) -> None:
    rng = np.random.default_rng(1)
    arguments = draw(op, rng)
    found = value(op, arguments)
    assert np.all(np.isfinite(found))
    if op.name in SCALAR:
        by_hand = np.array([[SCALAR[op.name](float(v)) for v in row] for row in arguments[0]])
        assert value(op, [float(arguments[0][0, 0])]) == pytest.approx(by_hand[0, 0], rel=1e-13)
        np.testing.assert_allclose(found, by_hand, rtol=1e-9)
    elif op.name in ARRAYS:
        np.testing.assert_allclose(found, ARRAYS[op.name](*arguments), rtol=1e-9)
    expected = [whole(token).value(SIZES) for token in shapes(op)[1]]
    assert np.shape(found) == (() if shapes(op)[1] == ["1", "1"] else tuple(expected))


def test_the_formulas_by_hand_are_of_operations_of_the_book() -> None:
    assert set(SCALAR) <= {op.name for op in ENTRYWISE}
    assert set(ARRAYS) <= {op.name for op in PLAIN} - {op.name for op in ENTRYWISE}


@pytest.mark.parametrize("op", [op for op in PLAIN if op.transposes], ids=by_name)
def test_transposes(op: Operation) -> None:
    arguments = draw(op, np.random.default_rng(2))
    straight = value(op, arguments)
    flipped = value(op, [a.T if np.ndim(a) else a for a in arguments])
    np.testing.assert_allclose(flipped, straight.T if op.transposes == "commutes" else straight, rtol=1e-10)


@pytest.mark.parametrize("op", [op for op in BOOK if op.index], ids=by_name)
def test_index_letters_say_what_is_computed(op: Operation) -> None:
    """`ij,kl->(ik)(jl)`: the pairs are one index of the value, the first letter slowest; a letter standing twice is shared."""
    rng = np.random.default_rng(3)
    if op.params:
        arguments = draw(op, rng)
    else:  # products of any number of factors
        arguments = [rng.standard_normal((4, 4)) if c != "11" else 0.3 for c in op.index.partition("->")[0].split(",")]
    given, _, result = op.index.partition("->")
    letters = result.replace("(", "").replace(")", "").replace("1", "")
    free = "".join(dict.fromkeys(letters))
    arrays = [a[:, 0] if g != "11" and g.endswith("1") else a for a, g in zip(arguments, given.split(","), strict=True)]
    if given.startswith("("):  # a pair counts the rows of the argument
        across = dict(zip(result, shapes(op)[1], strict=True))
        arrays = [arrays[0].reshape([SIZES[across[c]] for c in given.strip("(1)")])]
    elif "(" in given:  # both sides of a matrix of two systems: sizes as the signature writes them
        tokens = [part.split() for part in op.signature.partition("->")[0].split(",")]
        arrays = [
            a.reshape([SIZES[c] for token in pair for c in token]) if "(" in g else a
            for a, g, pair in zip(arrays, given.split(","), tokens, strict=True)
        ]
    total = np.einsum(given.replace("1", "").replace("(", "").replace(")", "") + "->" + free, *arrays)
    if len(letters) > len(free):  # i1->ii
        total = np.diag(total)
    rows, cols = (whole(token).value(SIZES) for token in shapes(op)[1]) if op.params else (0, 0)
    found = kernel(op).call(*(arguments if op.params else [arguments]), rows, cols, None, SIZES)
    np.testing.assert_allclose(np.ravel(total), np.ravel(found), rtol=1e-12)


# ---------------------------------------------------------------------------------------------- differentials


@pytest.mark.parametrize("op", [op for op in WITH_DIFFERENTIAL if not op.elementwise], ids=by_name)
def test_differential_against_a_central_difference(op: Operation) -> None:
    parameters, _ = shapes(op)
    rng = np.random.default_rng(4)
    arguments = draw(op, rng)
    moving = [p for p in op.params if f"d{p}" in op.differential]
    assert moving
    directions = [rng.standard_normal(np.shape(a)) * (p in moving) for p, a in zip(op.params, arguments, strict=True)]
    names = {p: symbol(p, s) for p, s in zip(op.params, parameters, strict=True)}
    names |= {f"d{p}": symbol(f"d{p}", s) for p, s in zip(op.params, parameters, strict=True)}
    found = value(op, arguments)
    shape = tuple(map(whole, shapes(op)[1]))
    text = read_template(op.differential, {**names, "F": symbol("F", shape)})
    env = dict(zip(op.params, arguments, strict=True))
    env |= {f"d{p}": d if np.ndim(d) else float(d) for p, d in zip(op.params, directions, strict=True)}
    by_the_book = evaluate(text, {**env, "F": found}, SIZES)
    h = 1e-5
    ahead, behind = (value(op, [a + s * h * d for a, d in zip(arguments, directions, strict=True)]) for s in (1, -1))
    np.testing.assert_allclose(by_the_book, (ahead - behind) / (2 * h), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("op", ENTRYWISE, ids=by_name)
def test_derivative_of_an_entrywise_function(op: Operation) -> None:
    x = symbol("x")
    derivative = read_template(op.differential, {"x": x})
    for v in np.ravel(draw(op, np.random.default_rng(5))[0]):
        found = evaluate(derivative, {"x": float(v)}, {})
        h = 1e-5
        difference = (value(op, [v + h]) - value(op, [v - h])) / (2 * h)
        assert found == pytest.approx(difference, rel=1e-8, abs=1e-9)
        with precise.precision(50):  # without rounding errors
            step = precise.exact(1e-17)
            ahead, behind = (kernel(op, precise).call(precise.exact(float(v)) + s * step, 0, 0, None, SIZES) for s in (1, -1))
            assert found == pytest.approx(float((ahead - behind) / (2 * step)), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("op", [op for op in BOOK if op.adjoint], ids=by_name)
def test_adjoint(op: Operation) -> None:
    """<A, L(E)> = <L*(A), E> for the last argument E."""
    parameters, result = shapes(op)
    shape = tuple(map(whole, result))
    rng = np.random.default_rng(6)
    arguments = draw(op, rng)
    A = rng.standard_normal(np.shape(value(op, arguments)))
    names = {p: symbol(p, s) for p, s in zip(op.params, parameters, strict=True)} | {"A": symbol("A", shape)}
    adjoint = evaluate(read_template(op.adjoint, names), {**dict(zip(op.params, arguments, strict=True)), "A": A}, SIZES)
    assert np.sum(A * value(op, arguments)) == pytest.approx(np.sum(adjoint * arguments[-1]), rel=1e-12)


@pytest.mark.parametrize("op", [op for op in BOOK if op.kronecker], ids=by_name)
def test_kronecker_form(op: Operation) -> None:
    """vec L(E) = M vec(E) for the last argument E, columns stacked; of what is not linear L is the derivative along E."""
    parameters, _ = shapes(op)
    arguments = draw(op, np.random.default_rng(7))
    names = {p: symbol(p, s) for p, s in zip(op.params, parameters, strict=True)}
    M = evaluate(read_template(op.kronecker, names), dict(zip(op.params, arguments, strict=True)), SIZES)
    E, along, rtol = arguments[-1], value(op, arguments), 1e-10
    if not (op.directions or op.is_linear):
        E, rtol = E.T @ E, 1e-6
        along = sum(sign * value(op, [*arguments[:-1], arguments[-1] + sign * 1e-6 * E]) for sign in (1, -1)) / 2e-6
    np.testing.assert_allclose(M @ np.ravel(E, order="F"), np.ravel(along, order="F"), rtol=rtol)


# ---------------------------------------------------------------------------------------------- special arguments


def test_the_adjugate_of_a_singular_matrix_is_its_cofactors() -> None:
    X = np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0]) + np.outer([0.0, 1.0, 1.0], [1.0, 0.0, 0.0])
    np.testing.assert_allclose(value(REGISTRY["adj"], [X]), cofactors(X), atol=1e-12)


def test_the_exponential_of_large_and_of_nilpotent_matrices() -> None:
    expm = REGISTRY["expm"]
    np.testing.assert_allclose(value(expm, [np.diag([30.0, -30.0, 0.0])]), np.diag(np.exp([30.0, -30.0, 0.0])), rtol=1e-13)
    turn = value(expm, [np.array([[0.0, 40.0], [-40.0, 0.0]])])
    np.testing.assert_allclose(turn, [[math.cos(40), math.sin(40)], [-math.sin(40), math.cos(40)]], atol=1e-12)
    np.testing.assert_allclose(value(expm, [np.array([[0.0, 5.0], [0.0, 0.0]])]), [[1, 5], [0, 1]])
    np.testing.assert_allclose(value(expm, [np.zeros((3, 3))]), np.eye(3))


def test_large_arguments_do_not_overflow() -> None:
    x = np.array([[1000.0], [999.0], [-1000.0]])
    with np.errstate(all="raise", under="ignore"):
        assert value(REGISTRY["logsumexp"], [x]) == pytest.approx(1000 + math.log(1 + math.exp(-1)))
        assert np.sum(value(REGISTRY["softmax"], [x])) == pytest.approx(1)
        np.testing.assert_allclose(value(REGISTRY["sigmoid"], [x]), [[1], [1], [0]])
        np.testing.assert_allclose(value(REGISTRY["softplus"], [x]), [[1000], [999], [0]])
        assert value(REGISTRY["normp"], [x, 200.0]) == pytest.approx(1000, rel=0.01)


def test_the_rank_of_a_pseudoinverse_may_be_low() -> None:
    X = np.outer([1.0, 2.0, 3.0], [1.0, -1.0])
    P = value(REGISTRY["pinv"], [X])
    np.testing.assert_allclose(X @ P @ X, X, atol=1e-12)
    np.testing.assert_allclose(P @ X @ P, P, atol=1e-12)
