"""Functions that equations define: `data/implicit.jsonl` against automatic differentiation of solutions (`make_fields.py implicit`), the
adjoint, what is refused."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from compiled import run_eigen
from console import run
from corpus import cases, close, symbols
from emitted import LANGUAGES, PYTHON, call, caster, load, run_in

import matcalc

CASES = {case["id"]: case for case in cases("implicit")}
NUMBERS = np.load(Path(__file__).parent / "data" / "implicit.npz")
FEWEST = 12


@cache
def solved(name: str) -> Any:
    case = CASES[name]
    options = {"of": case.get("of"), "order": case["order"], "argmin": case.get("argmin", False), "where": case["where"]}
    return matcalc.implicit(case["expr"], case["solve"], case["wrt"], **options)


def given(name: str, point: str) -> dict[str, Any]:
    """The arrays of a point, with the solution."""
    case = CASES[name]
    arrays = {n: NUMBERS[f"{name}/{point}/{n}"] for n in (*case["args"], case["solve"])}
    return {n: v.item() if v.ndim == 0 else v for n, v in arrays.items()}


def evaluated(form: str, where: str, values: dict[str, Any]) -> Any:
    read = matcalc.parse(form, where=where)
    return np.squeeze(read.evaluate({n: v for n, v in values.items() if n in read.where}))


def test_they_are_all_there() -> None:
    assert min(Counter(case["heading"] for case in CASES.values()).values()) >= FEWEST


@pytest.mark.parametrize("name", CASES)
def test_solved_printed_and_read_back(name: str) -> None:
    """The answer has the numbers, reads back in text and LaTeX, and is no longer than its source's."""
    d, case = solved(name), CASES[name]
    (shown,) = d.derivatives.values()
    assert d.verified == "verified"
    if case.get("expected"):
        assert symbols(shown.text) <= symbols(case["expected"]), shown.text
    for point in ("0", "1"):
        wanted, values = np.squeeze(NUMBERS[f"{name}/{point}"]), given(name, point)
        assert close(np.squeeze(d.evaluate(values)), wanted, 1e-7), shown.text
        for form in (shown.text, shown.latex, case.get("expected")):
            if form:
                assert close(evaluated(form, shown.where, values), wanted, 1e-7), form


@pytest.mark.parametrize("name", [n for n, case in CASES.items() if case["order"] == 1 and "of" not in case])
def test_the_adjoint_is_that_of_the_numbers(name: str) -> None:
    """v^T times the derivative, in text and LaTeX, for a v of our own."""
    d = solved(name)
    (product,) = d.products.values()
    for point in ("0", "1"):
        values = given(name, point)
        weight = next(n for n in ("v", "u", "V", "U") if n not in values and (f"{n} in R" in d.where or f"{n} in C" in d.where))
        v = np.random.default_rng(3).normal(size=np.shape(values[CASES[name]["solve"]]))
        wanted = np.tensordot(v, NUMBERS[f"{name}/{point}"], v.ndim)
        for form in (product.text, product.latex):
            found = evaluated(form, product.where, {**values, weight: v if v.ndim else v.item()})
            assert close(found, np.squeeze(wanted), 1e-7), form


def test_a_wrong_derivative_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newton's method knows nothing of the formula: a derivative with another sign does not pass, nor does its adjoint."""
    from matcalc.course import implicit_forms as module

    right = module.solution_slope

    def turned(undone: Any, theta: Any) -> Any:
        return right(undone, theta).map(module.negative)

    monkeypatch.setattr(module, "solution_slope", turned)
    with pytest.raises(matcalc.MatcalcError, match="disagrees"):
        matcalc.implicit("A x = b", "x", "b")


def test_a_wrong_derivative_of_several_unknowns_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from matcalc.course import implicit_forms as module

    right = module.by_stacked
    monkeypatch.setattr(module, "by_stacked", lambda matrix, rows: right(module.negative(matrix), rows))
    with pytest.raises(matcalc.MatcalcError, match="disagrees"):
        matcalc.implicit("x + y = c; x - y = d", "x, y", "c", where="x, y, c, d in R")


@pytest.mark.parametrize(("equation", "solve"), [("x^3 + x = c", "x"), ("x + y = c; x y = d", "x, y")])
def test_a_second_derivative_of_a_wrong_first_one_is_refused(equation: str, solve: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second derivative of what does not move is 0, and so it was called verified where the first one had been lost."""
    from matcalc.course import implicit_forms as module

    right = module.solution_slope
    monkeypatch.setattr(
        module, "solution_slope", lambda undone, theta: right(undone, theta).map(lambda e: module.add(e, module.negative(e)))
    )
    with pytest.raises(matcalc.MatcalcError, match="disagrees"):
        matcalc.implicit(equation, solve, "c", order=2, where="x, y, c, d in R")


@pytest.mark.parametrize(
    ("equation", "solve", "wrt", "where", "words"),
    [
        ("A x = b", "x", "A", "A in R^{m x n}; x in R^n; b in R^m", "m equations for the n entries of x"),
        ("A x = b", "x", "x", None, "no variable to differentiate by"),
        ("A y = b", "x", "A", None, "x does not occur in the expression"),
        ("A x = b = c", "x", "A", None, "one sign of equality"),
        ("x^T A x = b", "x", "A", "x in R^n; b in R", "1 equation for the n entries"),
        ("x x^T x = x", "x", "A", "x in R^n", "A does not occur"),
        ("(A x)[1] = 1", "x", "A", "x in R^n", "1 equation for the n entries"),
        ("0 x + b = 0", "x", "b", "x, b in R^n", "does not depend on x"),
        ("A x = lambda x", "x", "A", None, "x = 0 is the only solution where A - lambda I is invertible"),
    ],
)
def test_what_defines_no_function_is_refused(equation: str, solve: str, wrt: str, where: str | None, words: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=words):
        matcalc.implicit(equation, solve, wrt, where=where)


COMPLEX = [
    ("A x = b", "x", "A", "A in C^{n x n}; x, b in C^n", {}, "dA -> -A^-1 dA x"),
    ("A x = b", "x", "A", "A in C^{n x n}; x, b, c in C^n", {"of": "c^H x"}, "-A^-T conj(c) x^T"),
    ("A^H A x = A^H b", "x", "b", "A in C^{m x n}; x in C^n; b in C^m", {}, "(A^H A)^-1 A^H"),
    ("(A + t B) x = b", "x", "t", "A, B in C^{n x n}; x, b in C^n; t in R", {}, "-(A + t B)^-1 B x"),
    ("z^3 + a z = b", "z", "a", "a, b, z in C", {"order": 2}, "2 a z/(3 z^2 + a)^3"),
    ("||A x - b||^2 + mu ||x||^2", "x", "mu", "A in C^{m x n}; x in C^n; b in C^m; mu in R", {"argmin": True}, "-(A^H A + mu I)^-1 x"),
]


@pytest.mark.parametrize(("equation", "solve", "wrt", "where", "options", "answer"), COMPLEX)
def test_complex_unknowns_have_the_holomorphic_derivative(
    equation: str, solve: str, wrt: str, where: str, options: dict[str, Any], answer: str
) -> None:
    d = matcalc.implicit(equation, solve, wrt, where=where, **options)
    assert (d.text, d.verified) == (answer, "verified")
    if wrt in ("A", "b", "a"):
        assert f"{solve} is holomorphic in {wrt}" in " ".join(d.assumptions)


@pytest.mark.parametrize(
    ("equation", "wrt", "where", "options", "words"),
    [
        ("A^H A x = A^H b", "A", "A in C^{m x n}; x in C^n; b in C^m", {}, r"conj\(A\) stands in the equation"),
        ("A x + conj(x) = b", "b", "A in C^{n x n}; x, b in C^n", {}, r"conj\(x\) stands in the equation"),
        ("A x = b", "b", "A in C^{n x n}; x in R^n; b in C^n", {}, "the unknown x is real"),
        ("A x = b", "b", "A in C^{n x n}; x, b in C^n", {"of": "||x||^2"}, r"conj\(x\) stands in the function"),
        ("x^T A x", "A", "A in C^{n x n}; x in C^n", {"argmin": True}, "what is minimised is a real number"),
    ],
)
def test_what_has_no_complex_derivative_is_refused(equation: str, wrt: str, where: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=words):
        matcalc.implicit(equation, "x", wrt, where=where, **options)


def test_where_no_solution_is_found_nothing_is_said() -> None:
    """x^2 + a^2 + 1 is never 0."""
    with pytest.raises(matcalc.MatcalcError, match="could not be checked"):
        matcalc.implicit("x^2 + a^2 + 1 = 0", "x", "a", where="x, a in R")


def test_the_slope_of_an_activation_keeps_its_sign() -> None:
    """The condition was diag(z.^2 - 1) W + I, with both signs turned round."""
    found = matcalc.implicit("z = tanh(W z + x)", solve="z", wrt="x").as_dict()
    assert found["condition"] == "I - diag(1 - z.^2) W invertible"
    assert found["adjoint"]["equation"] == "lambda - W^T (lambda .* (1 - z.^2)) = v"


def test_json_has_the_condition_and_the_adjoint() -> None:
    found = json.loads(run("implicit", "A x = b", "--solve", "x", "--wrt", "A,b", "--json", "--steps").out)
    assert found["condition"] == "A invertible"
    assert found["derivatives"] == {"A": "dA -> -A^-1 dA x", "b": "A^-1"}
    assert found["adjoint"]["equation"] == "A^T lambda = v"
    assert found["adjoint"]["products"]["A"] == "lambda = A^-T v; -lambda x^T"
    assert [row["rule"] for row in found["steps"]][1:3] == ["differential of both sides", "adjoint equation"]
    assert found["verified"] == "verified"


def test_a_declared_set_of_the_solution_is_used_and_right() -> None:
    """With X declared symmetric the answer may use it; where the equation has no such solution it is refused."""
    with pytest.raises(matcalc.MatcalcError):
        matcalc.implicit("A X = B + X^T X A", "X", "B", where="X in S^n; A, B in R^{n x n}", of="tr(X A X^T X A)", notation="matrix")


PROGRAMS = ["impl-01", "impl-04", "impl-05", "impl-09", "impl-10", "impl-14", "impl-24", "impl-25"]


def arrays(name: str) -> tuple[Any, dict[str, Any], Any, Any]:
    """A case, its arrays with a start near the solution, a weight, and the product of it with the derivative."""
    d, values = solved(name), given(name, "0")
    unknown = CASES[name]["solve"]
    solution = values[unknown]
    v = np.random.default_rng(3).normal(size=np.shape(solution))
    return d, {**values, unknown: solution + 0.01}, v, np.tensordot(v, NUMBERS[f"{name}/0"], v.ndim)


@pytest.mark.parametrize("language", PYTHON)
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_solve_and_multiply(name: str, language: str) -> None:
    d, start, v, wanted = arrays(name)
    if language == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    cast = caster(language)
    start, v = {n: cast(x) for n, x in start.items()}, cast(v)
    weight = next(n for n in ("v", "u", "V", "U") if f"{n} in R" in d.where or f"{n} in C" in d.where)
    file = load(d.code(language))
    solution, product = call(file["solve_and_vjp"], start, **{weight: v})
    assert close(np.asarray(solution), NUMBERS[f"{name}/0/{CASES[name]['solve']}"], 1e-8)
    assert close(np.asarray(product), wanted, 1e-7)
    assert np.max(np.abs(np.asarray(call(file["residual"], {**start, CASES[name]["solve"]: solution})))) < 1e-8


def asked_of(language: str) -> tuple[list[tuple[str, str, dict[str, Any]]], list[Any]]:
    """Products at the solution, and the solution from a start beside it, with the numbers that are wanted."""
    questions, expected = [], []
    for name in PROGRAMS:
        d, start, v, wanted = arrays(name)
        if language == "eigen" and " in C" in d.where:
            with pytest.raises(matcalc.MatcalcError, match="complex equations"):
                d.code(language)
            continue
        solution = NUMBERS[f"{name}/0/{CASES[name]['solve']}"]
        weight = next(n for n in ("v", "u", "V", "U") if f"{n} in R" in d.where or f"{n} in C" in d.where)
        text = d.code(language)
        questions += [
            (text, "vjp", {**start, CASES[name]["solve"]: np.asarray(solution), weight: v}),
            (text, "solve_near" if language == "r" else "solve", start),
        ]
        expected += [wanted, solution]
    return questions, expected


@pytest.mark.parametrize("language", LANGUAGES[len(PYTHON) :])
def test_programs_in_other_languages(language: str, tmp_path: Path) -> None:
    questions, expected = asked_of(language)
    for found, wanted in zip(run_in(language, questions, tmp_path), expected, strict=True):
        assert close(np.squeeze(found), np.squeeze(wanted), 1e-7)


@pytest.mark.eigen
def test_programs_in_cpp(tmp_path: Path) -> None:
    questions, expected = asked_of("eigen")
    for found, wanted in zip(run_eigen(questions, tmp_path), expected, strict=True):
        assert close(np.squeeze(found), np.squeeze(wanted), 1e-7)


EQUATIONS = [
    ("A x = b", "A", "", "dA -> -A^-1 dA x"),
    ("Ax=b", "A", "A in R^{n x n}; x, b in R^n", "dA -> -A^-1 dA x"),
    ("A x = b; c^T x", "A", "", "-A^-T c x^T"),
    ("x^2 + y^2 = 1", "x", "", "-x/y"),
    (r"(A + \lambda I) x = b", r"\lambda", "", "-(A + lambda I)^-1 x"),
    ("A X + X A^T + Q = 0", "Q", "", "d vec(X)/d vec(Q)^T = -(A ⊗ I_n + I_n ⊗ A)^-1"),
]


@pytest.mark.parametrize(("text", "wrt", "where", "expected"), EQUATIONS, ids=[e[0] for e in EQUATIONS])
def test_an_equation_is_refused_with_the_command_that_answers(text: str, wrt: str, where: str, expected: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match="this is an equation") as caught:
        matcalc.derivative(text, wrt, where=where)
    assert caught.value.suggestion is not None
    command = caught.value.suggestion.partition(": matcalc ")[2]
    found = run(*shlex.split(command))
    assert (found.code, found.out.splitlines()[0]) == (0, expected)


# ---------------------------------------------------------------------------------------------- several unknowns, minima under equations


def _minimum(P: Any, q: Any, A: Any, b: Any) -> Any:
    m = len(A)
    return np.linalg.solve(np.block([[P, A.T], [A, np.zeros((m, m))]]), np.concatenate([-q, b]))


def _two(A: Any, B: Any, D: Any, E: Any, c: Any, f: Any) -> Any:
    return np.linalg.solve(np.block([[A, B], [D, E]]), np.concatenate([c, f]))


def _circle(r: Any, a: Any) -> Any:
    x = r / np.sqrt(1 + a * a)
    return np.array([x, a * x]).ravel()


def _softmax(c: Any) -> Any:
    e = np.exp(c)
    return np.concatenate([e / e.sum(), [np.log(e.sum()) - 1]])


QUADRATIC = {"argmin": True, "subject_to": "A x = b", "where": "P in S_++^n"}
RNG = np.random.default_rng(5)
SPD = (lambda X: X @ X.T + np.eye(4))(RNG.standard_normal((4, 4)))
PROGRAM = {"P": SPD, "q": RNG.standard_normal(4), "A": RNG.standard_normal((2, 4)), "b": RNG.standard_normal(2)}
PAIR = {n: np.eye(3) + RNG.standard_normal((3, 3)) / 5 for n in "AE"} | {n: RNG.standard_normal((3, 3)) / 5 for n in "BD"}
PAIR |= {n: RNG.standard_normal(3) for n in "cf"}
PAIRED = "A, B, D, E in R^{n x n}"
SYSTEMS: list[tuple[str, str, str, dict[str, Any], Any, dict[str, Any], list[int], str]] = [
    ("1/2 x^T P x + q^T x", "x", "b", QUADRATIC, _minimum, PROGRAM, [4, 2], "[P, A^T; A, 0_{m x m}]^-1 [0_{n x m}; I_m]"),
    ("1/2 x^T P x + q^T x", "x", "q", QUADRATIC, _minimum, PROGRAM, [4, 2], "-[P, A^T; A, 0_{m x m}]^-1 [I_n; 0_{m x n}]"),
    ("1/2 x^T P x + q^T x", "x, lambda", "A", QUADRATIC, _minimum, PROGRAM, [4, 2], "dA -> -[P, A^T; A, 0_{m x m}]^-1 [dA^T lambda; dA x]"),
    ("A x + B y = c; D x + E y = f", "x, y", "c", {"where": PAIRED}, _two, PAIR, [3, 3], "[A, B; D, E]^-1 [I_n; 0_{n x n}]"),
    ("A x + B y = c; D x + E y = f", "x, y", "D", {"where": PAIRED}, _two, PAIR, [3, 3], "dD -> -[A, B; D, E]^-1 [0_n; dD x]"),
    (
        "x^2 + y^2 = r^2; y = a x",
        "x, y",
        "a",
        {"where": "x, y, r, a in R"},
        _circle,
        {"r": np.array([1.3]), "a": np.array([0.7])},
        [1, 1],
        "[2 x, 2 y; -a, 1]^-1 [0; x]",
    ),
    (
        "sum(x .* log(x)) - c^T x",
        "x",
        "c",
        {"argmin": True, "subject_to": "sum(x) = 1", "where": "x in R^n positive"},
        _softmax,
        {"c": RNG.standard_normal(4)},
        [4, 1],
        "[diag(1 ./ x), ones(n); ones(n)^T, 0]^-1 [I_n; 0_{1 x n}]",
    ),
]


@pytest.mark.parametrize(("text", "solve", "name", "options", "solution", "values", "lengths", "answer"), SYSTEMS)
def test_several_unknowns_against_differences_of_solutions(
    text: str, solve: str, name: str, options: dict[str, Any], solution: Any, values: dict[str, Any], lengths: list[int], answer: str
) -> None:
    d = matcalc.implicit(text, solve, name, **options)
    assert d.text == answer and d.verified == "verified"
    direction = np.random.default_rng(1).standard_normal(values[name].shape)
    ends = [solution(**(values | {name: values[name] + h * direction})) for h in (1e-6, -1e-6)]
    wanted, z = (ends[0] - ends[1]) / 2e-6, solution(**values)
    unknowns = [n.strip() for n in d.solve[1:-1].split(";")]
    arrays = dict(values) | dict(zip(unknowns, np.split(z, np.cumsum(lengths)[:-1]), strict=True))
    given = {n: v.item() if v.size == 1 else v for n, v in arrays.items()}
    if d.derivatives[name].program.form:  # dA -> …
        space = next(part for part in d.where.split("; ") if part.startswith(f"{name} in ")).partition(" in ")[2]
        found = evaluated(d.text.partition("-> ")[2], f"{d.where}; d{name} in {space}", given | {f"d{name}": direction})
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-8)
        return
    for form in (d.text, d.latex):
        found = np.reshape(evaluated(form, d.where, given), (len(z), -1))
        np.testing.assert_allclose(found @ direction.ravel(), wanted, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize(("text", "solve", "name", "options", "solution", "values", "lengths"), [case[:-1] for case in SYSTEMS])
def test_the_adjoint_and_programs_of_several_unknowns(
    text: str, solve: str, name: str, options: dict[str, Any], solution: Any, values: dict[str, Any], lengths: list[int]
) -> None:
    """v^T times the derivative is a difference quotient of v^T z; so is what the program says, which has found z itself."""
    d = matcalc.implicit(text, solve, name, **options)
    v = np.random.default_rng(2).standard_normal(sum(lengths))
    weight = next(n for n in ("v", "u") if f"{n} in R" in d.where)
    direction = np.random.default_rng(1).standard_normal(values[name].shape)
    ends = [v @ solution(**(values | {name: values[name] + h * direction})) for h in (1e-6, -1e-6)]
    wanted, z = (ends[0] - ends[1]) / 2e-6, solution(**values)
    unknowns = [n.strip() for n in d.solve[1:-1].split(";")]
    parts = dict(zip(unknowns, np.split(z, np.cumsum(lengths)[:-1]), strict=True))
    given = {n: a.item() if a.size == 1 else a for n, a in {**values, **parts}.items()}
    (product,) = d.products.values()
    for form in (product.text, product.latex):
        found = evaluated(form, product.where, {**given, weight: v})
        np.testing.assert_allclose(np.sum(found * direction), wanted, rtol=1e-5, atol=1e-8)
    start = {n: given[n] + 0.01 if n in parts else given[n] for n in given}
    file = load(d.code("numpy"))
    *solved_, by_name = call(file["solve_and_vjp"], start, **{weight: v})
    np.testing.assert_allclose(np.concatenate([np.atleast_1d(x) for x in solved_]), z, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.sum(by_name * direction), wanted, rtol=1e-5, atol=1e-8)


SECOND = [
    (
        "x^2 + y^2 = r^2; y = a x",
        "x, y",
        "a",
        "x, y, r, a in R",
        None,
        lambda a, r: r * np.array([1, a]) / np.sqrt(1 + a * a),
        {"r": 1.3, "a": 0.7},
    ),
    (
        "x + y = c; x y = d",
        "x, y",
        "c, d",
        "x, y, c, d in R",
        "x^2 y",
        lambda c, d: _root(c, d) ** 2 * (c - _root(c, d)),
        {"c": 3.0, "d": 1.2},
    ),
    ("x^2 = a; y = x + a^2", "x, y", "a", "x, y, a in R", "x y", lambda a: np.sqrt(a) * (np.sqrt(a) + a**2), {"a": 1.7}),
]


def _root(c: float, d: float) -> float:
    return float(c + np.sqrt(c * c - 4 * d)) / 2


@pytest.mark.parametrize(("text", "solve", "wrt", "where", "of", "value", "at"), SECOND)
def test_second_derivatives_of_several_unknowns(
    text: str, solve: str, wrt: str, where: str, of: str | None, value: Any, at: dict[str, float]
) -> None:
    """Against second differences of solutions in closed form; with `of` those of a function of them."""
    d = matcalc.implicit(text, solve, wrt, order=2, of=of, where=where)
    assert d.verified == "verified"
    names, h = [n.strip() for n in wrt.split(",")], 1e-4
    first, second = names[0], names[-1]
    wanted = 0
    for s in (1, -1):
        for t in (1, -1):
            moved = dict(at)
            moved[first] += s * h
            moved[second] += t * h
            wanted = wanted + s * t * value(**moved)
    wanted = wanted / (4 * h * h)
    at = at | {"x": _root(at["c"], at["d"]), "y": at["c"] - _root(at["c"], at["d"])} if "c" in at else at
    if "r" in at:
        at = at | dict(zip("xy", value(**at), strict=True))
    elif "c" not in at:
        at = at | {"x": np.sqrt(at["a"]), "y": np.sqrt(at["a"]) + at["a"] ** 2}
    (shown,) = d.derivatives.values()
    for form in (shown.text, shown.latex):
        np.testing.assert_allclose(evaluated(form, shown.where, at), wanted, rtol=1e-5)


def asked_of_systems(language: str) -> tuple[list[tuple[str, str, dict[str, Any]]], list[Any]]:
    questions, expected = [], []
    for text, solve, name, options, solution, values, lengths, _ in SYSTEMS:
        d, z = matcalc.implicit(text, solve, name, **options), solution(**values)
        unknowns = [n.strip() for n in d.solve[1:-1].split(";")]
        parts = dict(zip(unknowns, np.split(z, np.cumsum(lengths)[:-1]), strict=True))
        program = d.code(language)
        numbers = re.findall(r"^\W*(\w+)  +a number$", program.replace("lambda_", "lambda"), re.MULTILINE)
        given = {**values, **{n: x + 0.01 for n, x in parts.items()}}
        given = {n: np.asarray(a).item() if n in numbers else a for n, a in given.items()}
        questions.append((program, "solve_near" if language == "r" else "solve", given))
        expected.append([parts[n] for n in unknowns])
    return questions, expected


@pytest.mark.parametrize("language", [*LANGUAGES[len(PYTHON) :], pytest.param("eigen", marks=pytest.mark.eigen)])
def test_programs_of_several_unknowns_in_other_languages(language: str, tmp_path: Path) -> None:
    asked, expected = asked_of_systems(language)
    for k in (1,) if language == "eigen" else (0, 1):  # compiling costs
        group = [(q, parts[k]) for q, parts in zip(asked, expected, strict=True) if len(parts) > 1]
        questions = [q for q, _ in group]
        found = run_eigen(questions, tmp_path, k + 1) if language == "eigen" else run_in(language, questions, tmp_path, k + 1)
        for got, (_, want) in zip(found, group, strict=True):
            np.testing.assert_allclose(np.ravel(got), np.ravel(want), rtol=1e-8, atol=1e-8)


def test_an_eigenvalue_as_a_system_has_the_known_derivative() -> None:
    d = matcalc.implicit("A x = lambda x; x^T x = 1", "x, lambda", "A", where="A in S^n")
    assert d.verified == "verified" and d.text == "dA -> -[A - lambda I, -x; 2 x^T, 0]^-1 [dA x; 0]"


@pytest.mark.parametrize(
    ("text", "solve", "options", "said"),
    [
        ("A X = B; X y = c", "X, y", {"where": "A, B, X in R^{n x n}; y, c in R^n"}, "several unknowns are vectors or numbers"),
        ("x + y = c", "x, y", {"where": "x, y, c in R^n"}, "equations for the"),
        ("x^T x", "x", {"subject_to": "c^T x = 1"}, "constraints are of what is minimised"),
        ("x + y = c; x = y", "x, y", {"notation": "index"}, "not written in indices"),
    ],
)
def test_systems_that_are_refused(text: str, solve: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(matcalc.MatcalcError, match=said) as caught:
        matcalc.implicit(text, solve, "c", **options)
    assert caught.value.suggestion
