"""Random expressions over the whole book against the oracle, and the oracle and the generator themselves.

The long run is `pytest -m fuzz`, or the command at the head of tests/fuzz.py, which prints a table.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import analytic
import numpy as np
import pytest
from analytic import ENTRYWISE, Array, Unfit
from fuzz import question, run, table
from generate import SIZES, Expression, expressions
from judging import BUGS, Verdict, judge
from oracle import STEP, Oracle
from shrinking import shrink

DEPTH = 3
# What the book promises, as the productions call it. A new operation is tested by the loops over the book; a production for it in
# tests/catalogue.py is welcome and not demanded.
PROMISED = (
    """
    add subtract matmul times division power matrix_power transpose tr det logdet inv hadamard quotient kron vec diag diagonal sum mean
    ones dot norm norm1 norminf normp normF norm2 exp log sin cos tan cot sec asin acos atan sinh cosh tanh sqrt abs sign relu softplus
    sigmoid erf gelu max min max_entry min_entry softmax softmax_rows logsumexp logsumexp_rows pinv adj expm indexed_sum entry literal
""".split()
    + ["log to a base", "symbolic power", "symbolic matrix power", "real power", "power of arrays"]
)


TIMED = {"slow"}  # a busy machine is slow: the long run by tests/fuzz.py counts these, the suite does not


def check(count: int, seed: int, jobs: int = 1, depth: int = 5, second: float = 0.25) -> None:
    """No expression has an answer that is wrong, an internal error, or a refusal by matcalc's own verification."""
    failures = []
    results = []
    for e, v in run(count, depth, seed, jobs, second):
        results.append((e, v))
        if v.outcome in BUGS and v.outcome not in TIMED:
            small = shrink(e, v) if len(failures) < 5 else e
            failures.append(f"{small.line} | {v.outcome} {v.cause}")
    outcomes = Counter(v.outcome for _, v in results)
    assert not failures, "\n".join([f"{len(failures)} failures (text | variable | declarations | what happened)", *failures])
    # An answer with a part that is 0 everywhere, as I - X X^+ where X has an inverse, is right and not called verified: "unseen".
    assert outcomes["right"] > 0.85 * count and outcomes["right"] + outcomes["unseen"] > 0.92 * count, table(results)


# The judge's own bell may ring where a weak reference dies: Python reports that and goes on, and the bell rings again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_some_random_expressions() -> None:
    """A quarter of them are differentiated twice."""
    check(500, seed=1, jobs=min(2, os.cpu_count() or 1))


@pytest.mark.fuzz
def test_many_random_expressions() -> None:
    check(10000, seed=0, jobs=2)


# ---------------------------------------------------------------------------------------------- the generator


@cache
def many() -> list[Expression]:
    return list(expressions(2000, DEPTH, seed=0))


def test_every_operation_occurs_often() -> None:
    used = Counter(label for e in many() for label in e.used)
    assert not set(PROMISED) - set(used)
    assert not {op: n for op, n in used.items() if n < 20}


def test_the_same_seed_gives_the_same_expressions() -> None:
    assert [e.line for e in expressions(50, DEPTH, seed=3)] == [e.line for e in expressions(50, DEPTH, seed=3)]


def test_every_expression_has_the_kind_it_was_made_for() -> None:
    valued = 0
    for e in many()[:500]:
        env, families = e.draw(np.random.default_rng(0))
        try:
            with np.errstate(all="ignore"):
                if e.bound is not None:
                    env[e.bound[0]] = Oracle(env, SIZES, families)(e.bound[1])
                value = Oracle(env, SIZES, families)(e.tree)
        except (Unfit, np.linalg.LinAlgError, OverflowError) as error:
            assert " beside (" not in str(error) and "times" not in str(error), e.line
            continue
        assert value.shape == tuple(int(np.prod([2 if d == "2" else SIZES[d] for d in dims], dtype=int)) for dims in e.kind), e.line
        valued += 1
    assert valued > 450


# ---------------------------------------------------------------------------------------------- the oracle

SQUARE_FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "pinv": analytic.pinv,
    "pinv of rank one": lambda x: analytic.pinv(x[:, [0]] @ x[[0]]),
    "polar": analytic.polar,
    "nuclear": analytic.nuclear,
    "singular value": lambda x: analytic.greatest_singular(x)[0],
    "singular vector": lambda x: analytic.greatest_singular(x)[1],
    "softmax": analytic.softmax,
    "logsumexp": analytic.logsumexp,
}


@pytest.mark.parametrize("name", ENTRYWISE)
def test_complex_steps_of_functions_of_a_number(name: str) -> None:
    x = np.linspace(0.1, 0.9, 7).reshape(-1, 1) * np.array([[1, -1]])
    x = np.abs(x) + (1 if name == "acosh" else 0) if name in ("acosh", "log", "sqrt") else x
    along_difference(ENTRYWISE[name], x, np.ones_like(x))


@pytest.mark.parametrize("shape", [(4, 3), (3, 4)], ids=str)
@pytest.mark.parametrize("name", SQUARE_FUNCTIONS)
def test_complex_steps_of_functions_of_a_matrix(name: str, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    along_difference(SQUARE_FUNCTIONS[name], rng.normal(size=shape), rng.normal(size=shape))


def test_complex_steps_of_the_matrix_exponential() -> None:
    rng = np.random.default_rng(2)
    x, e, h = rng.normal(size=(3, 3, 3))
    along_difference(analytic.expm, x, e)
    near = np.eye(3) + x / 7
    along_difference(analytic.sqrtm, near, e)
    along_difference(analytic.logm, near, e)
    assert np.allclose(analytic.expm(analytic.logm(near + 0j)), near)
    along_difference(lambda y: analytic.frechet(y, e + 0j), x, h)
    assert np.allclose(analytic.frechet(x + 0j, e + 0j), analytic.expm(x + 1j * STEP * e).imag / STEP)
    assert np.allclose(analytic.frechet(x + 0j, e + 0j, h + 0j), analytic.frechet(x + 1j * STEP * h, e + 0j).imag / STEP)


def along_difference(f: Callable[[Array], Array], x: Array, direction: Array) -> None:
    """The complex step agrees with a central difference."""
    h = 1e-6
    step = f(x + 1j * STEP * direction).imag / STEP
    difference = (f(x + h * direction + 0j) - f(x - h * direction + 0j)).real / (2 * h)
    assert np.allclose(step, difference, rtol=1e-6, atol=1e-8 * max(1.0, float(np.max(np.abs(difference)))))


# ---------------------------------------------------------------------------------------------- the judge


def test_a_wrong_derivative_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge is no rubber stamp: a derivative of something else is wrong, and the failure is made small."""
    import matcalc

    derivative = matcalc.derivative

    def forgetful(text: str, wrt: str, where: str) -> Any:
        return derivative(text.replace("sin", "cos"), wrt, where=where)

    monkeypatch.setattr(matcalc, "derivative", forgetful)
    e = question("||A x||^2 + exp(sum(sin(x) .* x)) | x | A in R^{m x n}; x in R^n")
    verdict = judge(e)
    assert verdict.outcome == "wrong"
    assert shrink(e, verdict).text in ("sin(x)", "sum(sin(x))", "sin(x)^T x", "sum(sin(x) .* x)")


def test_a_question_is_read_from_a_line() -> None:
    e = question("x^T A x | x | x in R^n; A in R^{n x n} spd | a remark")
    assert judge(e) == Verdict("right", "", judge(e).seconds) or judge(e).outcome == "right"
    assert set(e.symbols) == {"x", "A"} and e.symbols["A"].prop == "spd"
