"""Arrays of decimal numbers have the values that NumPy's have, to many more digits."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
import pytest
from console import python
from corpus import cases
from test_ops import BOOK, FREE_FORM, SIZES, draw

import matcalc
from matcalc.errors import ShapeError, VerificationError
from matcalc.expressions.expr import Operation, postorder
from matcalc.inference import templates
from matcalc.numbers import decimals, doubles, kernels, matrix_functions, numeric, precise, verify
from matcalc.numbers.arrays import Array
from matcalc.numbers.contraction import order
from matcalc.numbers.numeric import Plan, kernel
from matcalc.numbers.search import LACKING
from matcalc.numbers.watch import DIGITS, Watch, watching
from matcalc.ops import by_name


def precise_of(value: Any) -> Any:
    if np.ndim(value):
        return Array([Decimal(float(v)) for v in np.ravel(value)], value.shape)
    return Decimal(float(value))


def array_of(value: Any) -> Any:
    return np.array([float(v) for v in value.data]).reshape(value.shape) if isinstance(value, Array) else float(value)


def same(op: Operation, arguments: list[Any], rows: int = 0, cols: int = 0, attr: Any = None) -> None:
    """The operation's text has one value in both; one argument stands for a list where the operation takes any number."""
    given = arguments if op.params else [arguments]
    mine = [precise_of(a) for a in arguments]
    expected = kernel(op).call(*given, rows, cols, attr, SIZES)
    with precise.precision(DIGITS):
        try:
            found = array_of(kernel(op, precise).call(*(mine if op.params else [mine]), rows, cols, attr, SIZES))
        except LACKING as why:
            pytest.skip(f"left to NumPy: {why}")
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("op", [op for op in BOOK if op.numeric and op.name not in FREE_FORM], ids=lambda op: op.name)
def test_the_book_has_the_values_that_numpy_gives(op: Operation) -> None:
    rng = np.random.default_rng(3)
    for _ in range(5):
        same(op, draw(op, rng))


def test_what_any_number_of_arguments_may_have() -> None:
    rng = np.random.default_rng(4)
    A, B, C, x = (rng.standard_normal(shape) for shape in ((3, 4), (4, 2), (3, 4), (4, 1)))
    same(by_name("add"), [A, C, A])
    same(by_name("times"), [2.0, A, 3.0])
    same(by_name("hadamard"), [A, C])
    same(by_name("matmul"), [A, B, B.T, x])
    same(by_name("matmul"), [2.0, A, B])
    same(by_name("matmul"), [2.0, 3.0])
    same(by_name("literal"), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3)
    same(by_name("entry"), [A, 3.0, 2.0])
    same(by_name("unit"), [2.0], 4)
    for name in ("eye", "ones", "zeros"):
        same(by_name(name), [], 4, 4)
    for relation in ("<", ">", "<=", ">=", "=", "!="):
        same(by_name("iverson"), [A, C], attr=relation)
        same(by_name("iverson"), [0.5, A], attr=relation)
        same(by_name("iverson"), [A, 0.5], attr=relation)
        same(by_name("iverson"), [0.5, 0.5], attr=relation)


def digits(a: Any, b: Any) -> float:
    """To how many digits two matrices agree."""
    return -float((precise.np.linalg.norm(a - b) / precise.np.linalg.norm(b) + Decimal("1e-99")).log10())


@pytest.mark.parametrize("word", "sin cos tan arctan arcsin arccos sinh cosh tanh expm1 arcsinh arccosh arctanh".split())
def test_functions_have_all_their_digits(word: str) -> None:
    theirs = getattr(mpmath, word.replace("arc", "a"))
    with precise.precision(DIGITS), mpmath.workdps(2 * DIGITS):
        for text in ("0.3", "-0.7", "1e-9", "0.999", "-25.3", "1.0001", "123456.789"):
            x = Decimal(text)
            expected = theirs(mpmath.mpf(text))
            found = getattr(decimals, word)(x)
            if isinstance(expected, mpmath.mpc):
                assert found.is_nan(), (word, text)
            elif expected < mpmath.mpf("1e400"):
                assert abs(found / Decimal(mpmath.nstr(expected, 70)) - 1) < Decimal("1e-40"), (word, text)


def test_outside_the_domain_is_no_number() -> None:
    with precise.precision(DIGITS):
        assert precise.np.log(Decimal(-1)).is_nan() and precise.np.sqrt(Decimal(-1)).is_nan() and precise.np.arcsin(Decimal(2)).is_nan()
        assert precise.special.gamma(Decimal(-2)).is_nan() and precise.np.power(Decimal(-2), Decimal("0.5")).is_nan()
        assert precise.np.power(Decimal(0), Decimal(0)) == 1 and precise.np.log(Decimal(0)) == -precise.np.inf
        assert precise.np.power(Decimal(-8), Decimal(3)) == -512 and not (1 / Decimal(0)).is_finite()


@pytest.mark.parametrize("digits", [50, 150, 450])
def test_what_is_equal_but_for_rounding(digits: int) -> None:
    """Ties are ties, however they were computed; what more digits tell apart is none. What is no number is never the greatest."""
    with precise.precision(digits):
        third = Decimal(1) / 3
        x = Array([third, third + precise.negligible(), third + precise.negligible() * 10**15], (3, 1))
        assert [bool(a) for a in precise.np.equal(x, third).data] == [True, True, False]
        assert [bool(a) for a in precise.np.not_equal(x, third).data] == [False, False, True]
        assert precise.np.argmax(x[:2]) == 0 and precise.np.argmax(x) == 2 and kernels.greatest(x) == x[2, 0]
        with pytest.raises(ArithmeticError):  # its least with another number would be the other
            precise.np.exp(Decimal(10) ** 20)
        assert not precise.np.equal(precise.np.inf, third) and precise.np.equal(precise.np.inf, precise.np.inf)
        assert precise.np.log(precise.np.exp(Decimal(6379))) == 6379 and precise.np.sign(precise.np.nan).is_nan()
        for word in ("max", "argmax"):
            with pytest.raises(ArithmeticError):
                getattr(precise.np, word)(Array([third, precise.np.nan], (2, 1)))


def test_evaluation_takes_rounding_for_what_it_is() -> None:
    """The slope of the greatest of numbers that are one: of 0.1/7 7 and 0.1, which doubles tell apart."""
    parsed = matcalc.parse("[1[a = b], 1[a != b], 1[a = 3]]", where="a, b in R")
    for a, b, same in ((0.1 + 0.2, 0.3, 1), (np.inf, np.inf, 1), (1.0, 1.0 + 1e-9, 0), (np.inf, 3.0, 0), (0.0, 0.0, 1)):
        assert parsed.evaluate({"a": a, "b": b}).tolist() == [same, 1 - same, 0]


def matrix(n: int, seed: int) -> Any:
    return precise.random(seed).uniform(-1.0, 1.0, (n, n)) + precise.np.eye(n) * 2


def test_a_zero_has_an_exponent_and_is_near_all_the_same() -> None:
    """0/sqrt(2) is 0E+49, and was taken for a number too far away: gelu(0) had no value."""
    with precise.precision(50):
        zero = Decimal(0) / Decimal(2).sqrt()
        assert zero.adjusted() > decimals.GREATEST
        assert decimals.normal(zero) == Decimal("0.5") and decimals.erf(zero) == 0 and decimals.sin(zero) == 0


def test_functions_of_matrices_have_all_their_digits() -> None:
    with precise.precision(DIGITS):
        X = matrix(4, 1)
        eye = precise.np.eye(4)
        S = matrix_functions.square_root(X)
        assert digits(S @ S, X) > 44
        assert digits(matrix_functions.matrix_logarithm(matrix_functions.matrix_exponential(X * Decimal("0.3"))), X * Decimal("0.3")) > 40
        assert digits(matrix_functions.matrix_exponential(X) @ matrix_functions.matrix_exponential(-X), eye) > 44
        assert digits(precise.np.linalg.inv(X) @ X, eye) > 46
        assert digits(kernels.adjugate(X), precise.np.linalg.inv(X) * precise.np.linalg.det(X)) > 46
        Q = precise.np.linalg.qr(X)[0]
        assert digits(Q.T @ Q, eye) > 46
        tall = precise.random(2).uniform(-1.0, 1.0, (4, 3))
        for Y in (tall, tall.T):
            U, s, Vt = kernels.svd(Y)
            assert digits(U @ precise.np.diag(s) @ Vt, Y) > 44
            assert digits(Y @ kernels.pseudo_inverse(Y) @ Y, Y) > 44
            assert digits(matrix_functions.polar_factor(Y), U @ Vt) > 40
        low = tall @ tall.T  # of rank 3
        assert digits(low @ kernels.pseudo_inverse(low) @ low, low) > 40


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_derivatives_of_a_root_are_those_of_its_iteration(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with precise.precision(DIGITS):
        X, directions = matrix(3, 1), [precise.random(k).uniform(-1.0, 1.0, (3, 3)) for k in range(2, 2 + count)]
        for f in (matrix_functions.square_root, matrix_functions.matrix_logarithm):
            own, many = f(X, *directions), f.kronecker(X, *directions[1:])
            with monkeypatch.context() as iterated:
                iterated.setattr(matrix_functions, "FEW_ROUNDS", 0)
                assert digits(own, f(X, *directions)) > 44
                assert digits(many, f.kronecker(X, *directions[1:])) > 44
            assert digits(many @ directions[0].T.reshape(9, 1), own.T.reshape(9, 1)) > 44


def test_wrong_shapes_and_singular_matrices() -> None:
    with precise.precision(DIGITS):
        A, x = precise.np.ones((2, 3)), precise.np.ones((2, 1))
        for wrong in (
            lambda: A @ x,
            lambda: A + precise.np.ones((3, 1)),
            lambda: precise.np.linalg.det(A),
            lambda: precise.np.linalg.inv(precise.np.ones((3, 3))),
        ):
            with pytest.raises((ValueError, TypeError, ZeroDivisionError)):
                wrong()
        assert precise.np.linalg.det(precise.np.ones((3, 3))) == 0
        assert precise.np.linalg.slogdet(precise.np.ones((2, 2)))[1] == -precise.np.inf
        with pytest.raises(ShapeError):
            kernels.index_of(Decimal(5), 4)


def test_zero_pivots() -> None:
    X = np.array([[0.0, 2.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 3.0]])
    with precise.precision(DIGITS):
        np.testing.assert_allclose(array_of(precise.np.linalg.inv(precise_of(X))), np.linalg.inv(X))
        assert float(precise.np.linalg.det(precise_of(X))) == pytest.approx(np.linalg.det(X))


def test_random_numbers() -> None:
    """The first outputs of SplitMix64 from the state 1234567, as its authors' code gives them."""
    expected = tuple(k >> 11 for k in (6457827717110365317, 3203168211198807973, 9817491932198370423))
    assert precise._numbers(1234567, 0, 3) == expected
    assert (*expected, *precise._numbers(1234567, 3, 97)) == precise._numbers(1234567, 0, 100)
    rng, again = precise.random(5), precise.random(5)
    apart = [*rng.uniform(0.0, 1.0, (1, 2)).data, *rng.uniform(0.0, 1.0, (1, 3)).data]
    assert apart == again.uniform(0.0, 1.0, (1, 5)).data  # from one draw to the next
    drawn = precise.random(1).uniform(-1.0, 1.0, (40, 40))
    assert drawn.shape == (40, 40) and abs(sum(drawn.data)) < 100 and min(drawn.data) < -0.99 and max(drawn.data) > 0.99
    assert {precise.random(2).choice([-1.0, 1.0], (9, 9))[i, 0] for i in range(9)} == {-1, 1}


def test_comparisons_are_watched() -> None:
    """On which side of its switches an expression was computed, node by node."""
    typed = matcalc.parse("sum(relu(x)) + |s| + max(s, 2)", where="x in R^n; s in R")._typed
    watch = Watch()
    token = watching.set(watch)
    try:
        with precise.precision(DIGITS):
            env = {"x": Array([Decimal(1), Decimal(-1)], (2, 1)), "s": Decimal(-3)}
            assert Plan(typed.expr, precise).value(env, {"n": 2}) == 6
    finally:
        watching.reset(token)
    seen = {node.op.name: list(outcomes) for node, place, outcomes in watch.trace if place == 0}
    assert seen["relu"] == [True, False] and seen["abs"] == [False] and seen["max"] in ([True], [False])


CORPUS = [c for name in ("public", "rivals") for c in cases(name)]


@pytest.mark.parametrize("case", CORPUS[::3], ids=lambda c: c["id"])
def test_expressions_have_the_values_that_numpy_gives(case: dict[str, Any]) -> None:
    typed = matcalc.parse(case["expr"], where=case["where"])._typed
    symbols = {k: (s.shape, s.attr[1]) for k, s in typed.symbols.items() if s.op.name == "symbol"}
    nodes = postorder(typed.expr)
    families = {e.attr[0]: (typed.families[e.attr[0]][1], e.shape, e.attr[1]) for e in nodes if e.op.name == "member"}
    point = verify.Point(symbols, families)
    sizes = point.orders([d for e in nodes for d in e.shape])[0]
    with precise.precision(DIGITS):
        env = point.draw(sizes, precise.random(6), 1.0, True, precise)
        found = array_of(Plan(typed.expr, precise).value(env, sizes))
    known = {k: np.array([array_of(m) for m in v]) if isinstance(v, list) else array_of(v) for k, v in env.items()}
    expected = Plan(typed.expr).value(known, sizes)
    np.testing.assert_allclose(np.ravel(found), np.ravel(expected), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "expr, wrt",
    [
        ("x^T A x", "x"),
        ("||A x - b||^2", "x"),
        ("log det X + a^T X^-1 a", "X"),
        ("sum(exp(A x))", "x"),
        ("softmax(x)", "x"),
        ("1/N sum_{i=1}^N (w^T x_i - y_i)^2", "w"),
        ("x_1^2 x_2", "x_1"),
        ("A X B", "X"),
        ("softmax(x) x^T", "x"),
    ],
)
def test_a_short_answer_is_checked_without_numpy(expr: str, wrt: str) -> None:
    program = (
        "import sys, matcalc\n"
        f"d = matcalc.derivative({expr!r}, {wrt!r})\n"
        "print(d.text, d.verified)\n"
        "assert d.verified == 'verified'\n"
        "print(sorted({'numpy', 'sympy', 'rich'} & set(sys.modules)))"
    )
    outcome = python("-c", program)
    assert outcome.code == 0 and outcome.out.splitlines()[1] == "[]", outcome


def test_types_of_numbers_have_the_same_names() -> None:
    names = "np special random family flat outward number exact constant is_finite digits negligible precision guarded quiet NO_VALUE"
    for name in names.split():
        assert hasattr(doubles, name) and hasattr(precise, name)


@pytest.mark.parametrize(
    "text", ["ij,jk,kl->il", "ijk,kl->ijl", "iij,j->i", "ij,kl->ljk", "i,i,ij->j", "ab,cb,dbe,ea->dc", "ij->ji", "ij->"]
)
def test_a_network_of_indices_has_the_value_that_einsum_gives(text: str) -> None:
    sizes = dict(zip("abcdeijkl", (2, 3, 2, 4, 3, 2, 3, 4, 2), strict=True))
    places, out = text.partition("->")[::2]
    rng = np.random.default_rng(1)
    arrays = [rng.integers(-5, 6, [sizes[c] for c in place]) for place in places.split(",")]
    legs = [["abcdeijkl".index(c) for c in place] for place in places.split(",")]
    steps = order(tuple(map(tuple, legs)), tuple("abcdeijkl".index(c) for c in out), tuple(sizes.values()))
    factors = [(list(a.shape), a, own) for a, own in zip(arrays, legs, strict=True)]
    expected = 3 * np.einsum(text, *arrays)
    for module in (precise, doubles):
        own = [(sizes, module.np.array([module.exact(v) for v in a.ravel().tolist()]), legs) for sizes, a, legs in factors]
        found = kernels.network(module.exact(3), own, steps, [[sizes[c]] for c in out])
        assert np.array_equal(np.array(module.flat(found), float), expected.ravel())


def test_what_decimal_numbers_lack_is_left_to_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of the book that speaks of something only NumPy has: checked in double precision, and said so."""
    exponential = by_name("exp")
    monkeypatch.setattr(exponential, "numeric", "np.exp2(x * 1.4426950408889634)")
    monkeypatch.setattr(numeric, "_kernels", {})
    d: Any = matcalc.derivative("sum(exp(A x))", "x", where="x in R^n")
    assert d.verified == "verified" and 6 <= d.check.digits <= 12
    monkeypatch.setattr(exponential, "differential", "1.000001 exp(x)")
    templates.template.cache_clear()
    templates.derivative_text.cache_clear()
    try:
        with pytest.raises(VerificationError):
            matcalc.derivative("sum(exp(B x))", "x", where="x in R^n")
    finally:
        monkeypatch.undo()
        templates.template.cache_clear()
        templates.derivative_text.cache_clear()


BLOCKS = """
from matcalc.ops.book import operation
texts = {
    "np.add(X, X)": "2 dX",
    "X ** 2": "2 X .* dX",
    "X * np.sum(X, axis=0)": "dX diag(colsum(X)^T) + X diag(colsum(dX)^T)",
    "X * np.linalg.norm(X[:, 1:2])": "normF(X e_2) dX + X (e_2^T X^T dX e_2)/normF(X e_2)",
    "X[:, 1:2] @ X[:, 0:1].T": "dX e_2 e_1^T X^T + X e_2 e_1^T dX^T",
    "X * X[:, 0:1]": "diag(X e_1) dX + diag(dX e_1) X",
}
for letter, (numeric, differential) in zip("abcdef", texts.items()):
    block = {"differential": differential, "statement": "", "source": "definition", "spellings": letter * 3 + "fun", "numeric": numeric}
    operation(letter * 3 + "fun", "X", "n n -> n n", **block)
import matcalc
for letter in "abcdef":
    print(matcalc.derivative(f"sum(B .* {letter * 3}fun(A))", "A", where="A, B in R^{p x p}").verified)
"""


def test_a_legal_text_that_decimal_numbers_do_not_know_is_checked() -> None:
    """Functions, powers, keywords, parts and broadcasting that only NumPy has are no wrong derivatives and no internal errors."""
    outcome = python("-c", BLOCKS)
    assert outcome.out.split() == ["verified"] * 6, outcome


def test_complex_numbers_have_all_their_digits() -> None:
    z, w = precise.exact(0.3 - 0.7j), precise.exact(-1.25 + 2j)
    with precise.precision(DIGITS), mpmath.workdps(2 * DIGITS):

        def agrees(found: Any, expected: Any) -> bool:
            off = mpmath.mpc(str(found.real), str(found.imag)) - expected
            return bool(abs(off) < mpmath.mpf("1e-45") * (1 + abs(expected)))

        a, b = mpmath.mpc("0.3", "-0.7"), mpmath.mpc("-1.25", "2")
        for found, expected in [
            (z * w - w / z + 2 - z, a * b - b / a + 2 - a),
            (1 / z, 1 / a),
            (z**3, a**3),
            (z**-2, a**-2),
            (precise.np.power(z, Decimal("0.5")), mpmath.sqrt(a)),
            (precise.np.power(Decimal(2), z), mpmath.mpf(2) ** a),
            (precise.np.expm1(z), mpmath.expm1(a)),
            (precise.np.log1p(z * Decimal("1e-9")), mpmath.log1p(a * mpmath.mpf("1e-9"))),
            *[
                (getattr(precise.np, n), getattr(mpmath, n.replace("arc", "a")))
                for n in "exp log sqrt sin cos tan sinh cosh tanh arctan".split()
            ],
        ]:
            assert agrees(found(z), expected(a)) if callable(found) else agrees(found, expected), expected
        assert abs(abs(z) ** 2 - Decimal("0.58")) < Decimal("1e-45") and precise.np.conj(z) == precise.exact(0.3 + 0.7j)
        X = matrix(3, 1) + matrix(3, 2) * precise.exact(1j)
        assert digits(precise.np.linalg.inv(X) @ X, precise.np.eye(3)) > 44
        Q = precise.np.linalg.qr(X)[0]
        assert digits(precise.np.conj(Q.T) @ Q, precise.np.eye(3)) > 44
        assert digits(matrix_functions.matrix_exponential(X) @ matrix_functions.matrix_exponential(-X), precise.np.eye(3)) > 44


@pytest.mark.parametrize("digits", [50, 150, 450])
def test_a_singular_matrix_has_no_inverse_of_rounding_errors(digits: int) -> None:
    """A^T A of a wide A, by elimination, leaves a pivot that is none; by another route it would be told by chance alone."""
    with precise.precision(digits):
        A = precise.random(4).uniform(-1.2, 1.2, (3, 4))
        with pytest.raises(ZeroDivisionError):
            precise.np.linalg.inv(A.T @ A)
        assert precise.np.linalg.det(A.T @ A) == 0 and precise.np.linalg.det(A @ A.T) > 0


@pytest.mark.parametrize("digits", [50, 150])
@pytest.mark.parametrize("number", ["1e-30", "0.0371", "1.0000001", "7.25", "912.5"])
def test_functions_of_a_number_are_those_of_decimal_and_of_mpmath(monkeypatch: pytest.MonkeyPatch, digits: int, number: str) -> None:
    """Whoever computes them: the first ones are decimal's own, without an import; all others are mpmath's."""
    x, few, many = Decimal(number), {}, {}
    for asked, found in ((0, few), (decimals.FEW + 1, many)):
        monkeypatch.setattr(decimals, "_asked", asked)
        monkeypatch.setattr(decimals, "sys", SimpleNamespace(modules={}))
        with precise.precision(digits):
            found |= {"exp": decimals.exp(x), "ln": decimals.ln(x), "power": decimals.power(x, Decimal("-2.37"))}
    mpmath.mp.dps = digits + 20
    try:
        known = {"exp": mpmath.exp(number), "ln": mpmath.log(number), "power": mpmath.mpf(number) ** mpmath.mpf("-2.37")}
        for name, value in known.items():
            for found in (few, many):
                assert abs(mpmath.mpf(str(found[name])) - value) <= abs(value) * mpmath.mpf(10) ** (3 - digits), name
    finally:
        mpmath.mp.dps = 15


def test_places_of_entries_are_those_of_their_letters() -> None:
    """diag, its transpose, the trace and sums of rows and columns take entries from where the letters say."""
    read = 0
    for op in BOOK:
        if len(op.params) != 1 or not op.numeric.startswith("contracted("):
            continue
        for shape in ((1, 1), (3, 3), (2, 3), (3, 1), (1, 3)):
            numbers = np.arange(1.0, 1 + shape[0] * shape[1]).reshape(shape)
            try:
                known = kernels.contracted(op.index, numbers)
            except ValueError:  # no vector, or not square
                continue
            found = kernels.contracted(op.index, precise_of(numbers))
            assert np.shape(known) == (found.shape if isinstance(found, Array) else ()), (op.name, shape)
            assert np.array_equal(array_of(found), known), (op.name, shape)
            read += 1
    assert read > 15
