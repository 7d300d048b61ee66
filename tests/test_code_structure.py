"""Structure that emitted programs use: cumulative sums, sums that are multiplied out, products and views that are there already."""

from __future__ import annotations

import random
import re
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from emitted import CONSOLES, LANGUAGES, call, caster, installed, load, run_in

import matcalc
from matcalc.codegen.contraction import Contraction
from matcalc.codegen.graph import ProgramGraph
from matcalc.codegen.helpers import for_numpy
from matcalc.codegen.pairs import pair
from matcalc.codegen.regrouping import Regrouping
from matcalc.kinds import Dim

WHERE = "A, B, C in R^{n x n}; S, T in S^n; P in R^{n x n} spd; V, W in R^{n x k}; p, x, y in R^n; q in R^n positive; c in R"


def of(expr: str, wrt: str, where: str = WHERE) -> Any:
    return matcalc.derivative(expr, wrt, where=where, verify=False)


def gradient_of(d: Any, language: str = "numpy") -> str:
    text: str = d.code(language)
    return text.partition("def gradient(")[2].partition("\n\n\n")[0]


def drawn(seed: int, n: int = 5, k: int = 2) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    A, B, C, S, T, P = rng.normal(size=(6, n, n))
    V, W = rng.normal(size=(2, n, k))
    p, x, y = rng.normal(size=(3, n))
    given = {"A": A, "B": B, "C": C, "S": S + S.T, "T": T + T.T, "P": P @ P.T / n + np.eye(n), "V": V, "W": W}
    return given | {"p": p, "x": x, "y": y, "q": rng.random(n) + 0.5, "c": 0.7}


# ---------------------------------------------------------------------------------------------- sums beside thin matrices

TERMS = ["A", "c B", "S", "I", "diag(p)", "V V^T", "V (V^T P V)^-1 V^T", "P V (V^T P V)^-1 W^T", "x y^T", "A^T B", "P^-1 S", "-2 T"]
FRAMES = ["tr(W^T (#) V)", "||(#) V||^2", "tr(V^T (#) A W)", "||V^T (#)||_F^2", "x^T (#) V V^T y", "tr((#) V V^T (#))",
          "tr(V^T S V)/tr(V^T (#) V) + tr(V^T T V)", "sum(V .* ((#) W))", "log det(V^T P V) + tr(V^T (#)^T A V)",
          "tr((V^T P V)^-1 V^T (#) V)", "log det(V V^T + diag(q)) + tr((V V^T + diag(q))^-1 (#))"]  # fmt: skip


def variants(count: int) -> list[str]:
    rng = random.Random(5)
    return [rng.choice(FRAMES).replace("#", " + ".join(rng.sample(TERMS, rng.randint(1, 3))).replace("+ -", "- ")) for _ in range(count)]


@pytest.mark.parametrize("text", variants(40))
def test_sums_that_are_multiplied_out_keep_their_values(text: str) -> None:
    """The program's numbers are those of the answer, which is computed as it is printed."""
    d, given = of(text, "V"), drawn(3)
    used = {n: v for n, v in given.items() if re.search(rf"\b{n}\b", text)}
    functions = load(d.code(parts=["hvp"]))
    want = d.evaluate(used)
    np.testing.assert_allclose(call(functions["gradient"], used), want, rtol=1e-8, atol=1e-9 * np.max(np.abs(want)))
    direction, step = drawn(4)["W"], 1e-5
    ahead, behind = (call(functions["gradient"], used | {"V": used["V"] + sign * step * direction}) for sign in (1, -1))
    last = re.findall(r"def hvp\(.*, (\w+)\)", d.code(parts=["hvp"]))[0]
    got = call(functions["hvp"], used, **{last: direction})
    np.testing.assert_allclose(got, (ahead - behind) / (2 * step), rtol=1e-5, atol=1e-6 * np.max(np.abs(got)))
    value = [call(functions["value"], used | {"V": used["V"] + sign * step * direction}) for sign in (1, -1)]
    np.testing.assert_allclose((value[0] - value[1]) / (2 * step), np.sum(want * direction), rtol=1e-5, atol=1e-6 * np.max(np.abs(want)))


def test_products_of_few_columns_come_first() -> None:
    """No n × n matrix is formed where V has few columns, and what two terms have is computed once."""
    text = gradient_of(of("tr(V^T S V)/tr(V^T T V)", "V"))
    assert text.count("S.dot(V)") == text.count("T.dot(V)") == 1 and not re.search(r"T - S|\* T\b", text)
    text = gradient_of(of("tr((V^T P V)^-1 V^T T V)", "V"))
    assert "_add_diagonal" not in text and not re.search(r"(@ |dot\()V\.T\b", text)
    text = gradient_of(of("log det(V V^T + diag(q)) + tr(P (V V^T + diag(q))^-1)", "V"))
    assert "_chol_solve(chol1, V)" in text and "_chol_solve(chol1, P)" not in text


def test_the_value_of_a_view_is_computed_once() -> None:
    """A transpose is written where it is used, what it is of has a name."""
    d = of("Z = softmax(V W^T) A; ||Z - B||^2", "V")
    text = d.code(parts=["hvp"]).partition("def hvp(")[2]
    long = [m for m in re.findall(r"np\.einsum\([^()]*\)|np\.exp\([^()]*\)|_softmax\([^()]*\)", text) if len(m) > 12]
    assert long and len(set(long)) == len(long)


# ---------------------------------------------------------------------------------------------- cumulative sums

CUMULATED = [
    "c^T log(cumsum(exp(X w)))",
    "||cumsum(X w)||^2 + sum(cumsum(X))",
    "c^T (tril(ones(N, N)) exp(X w))",
    "c^T cumsum(I) (X w).^2 + sum((cumsum(I)^T (X w)).^2)",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", CUMULATED)
def test_cumulative_sums_need_no_triangle(text: str, language: str, tmp_path: Path) -> None:
    where = "X in R^{N x N}; w, c in R^N" if "I)" in text or "diag" in text or "ones" in text else "X in R^{N x n}; w in R^n; c in R^N"
    d = of(text, "w", where)
    rng = np.random.default_rng(8)
    N, n = 6, 6 if "N x N" in where else 3
    given = {"X": rng.normal(size=(N, n)), "w": rng.normal(size=n), "c": rng.normal(size=N)}
    used = {k: v for k, v in given.items() if re.search(rf"\b{k}\b", text)}
    want = d.evaluate(used)
    program = d.code(language)
    code = re.sub(r'""".*?"""|^ *[%#].*?$', "", program, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"\b(eye|ones|tril)\(", code)
    if language in CONSOLES:
        got = run_in(language, [(program, "gradient", used)], tmp_path)[0]
    else:
        module, cast = installed(language), caster(language)
        with module.enable_x64(True) if language == "jax" else nullcontext():
            got = np.asarray(call(load(program)["gradient"], {k: cast(v) for k, v in used.items()}))
    np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-10)


# ---------------------------------------------------------------------------------------------- squares of roots

ROOTS = {
    "1/2 ||p .* (x - mean(x))/sqrt(var(x) + c) + q||^2": (r"(\w+)(?: @ |\.dot\()\1\b", "x"),
    "tr(A sqrt(c + ||V||_F^2) V W^T)": (r"(?:square\(|\b)V(?:\*\*2|\))\)?\.sum", "V"),
}


@pytest.mark.parametrize("language", ["numpy", "jax", "torch"])
@pytest.mark.parametrize("text", ROOTS)
def test_what_stands_below_a_root_is_its_square(text: str, language: str) -> None:
    """The variance was computed beside the deviation, by one more product."""
    again, wrt = ROOTS[text]
    d = of(text, wrt, WHERE.replace("c in R", "c in R positive"))
    program = d.code(language, parts=["hvp"])
    body = program.partition("def hvp(")[2].partition("\n\n\n")[0]
    assert "sqrt" in body and not re.search(again, body)
    given = drawn(4)
    direction = drawn(5)[wrt]
    module, cast = installed(language), caster(language)
    with module.enable_x64(True) if language == "jax" else nullcontext():
        found = load(program)
        step = 1e-6
        near = [
            np.asarray(call(found["gradient"], {k: cast(v) for k, v in (given | {wrt: given[wrt] + s * direction}).items()}))
            for s in (-step, step)
        ]
        got = np.asarray(call(found["hvp"], {k: cast(v) for k, v in given.items()}, **{f"d{wrt}": cast(direction)}))
    np.testing.assert_allclose(got, (near[1] - near[0]) / (2 * step), rtol=1e-6, atol=1e-7)


# ---------------------------------------------------------------------------------------------- triangular matrices

LOWER = "L, M in R^{n x n} lower; U in R^{n x n} upper; S in R^{n x n} spd; X in R^{n x n}; x, y in R^n"
TRIANGLES = [
    ("-2 log det L + tr(L^T S L)", "L"),
    ("y^T L^-1 M^-1 x + log det(L M)", "L"),
    ("tr(U^-1 X L^-T) + det(U)", "U"),
    ("tr(X^T (U L^T)^-1 X)", "X"),
    ("||chol(S)^-1 (x - y)||^2 + log det chol(S)", "x"),
    ("||U^-T x||^2 + y^T U^-1 x", "x"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("text", "wrt"), TRIANGLES)
def test_triangular_matrices_are_their_own_factors(text: str, wrt: str, language: str, tmp_path: Path) -> None:
    """They were factored: three times the work."""
    rng = np.random.default_rng(3)
    n = 6
    L, M, U, X, B = rng.normal(size=(5, n, n)) / n
    x, y = rng.normal(size=(2, n))
    given = {"L": np.tril(L) + np.eye(n), "M": np.tril(M) - np.eye(n), "U": np.triu(U) + 2 * np.eye(n), "S": B @ B.T + np.eye(n)}
    given |= {"X": X, "x": x, "y": y}
    d = of(text, wrt, LOWER)
    used = {k: v for k, v in given.items() if re.search(rf"\b{k}\b", text)}
    program, want = d.code(language), d.evaluate(used)
    assert program.count(" triangular\n") == len({"L", "M", "U"} & {*used})
    if language in ("numpy", "jax", "torch"):
        assert not re.search(r"\b_lu|linalg\.(inv|solve|det|slogdet)\(", program.partition("\ndef value")[2])
    if language in CONSOLES:
        got = run_in(language, [(program, "gradient", used)], tmp_path)[0]
    else:
        module, cast = installed(language), caster(language)
        with module.enable_x64(True) if language == "jax" else nullcontext():
            files = [load(program), *([load(program, scipy=None)] if language == "numpy" else [])]
            got, *others = [np.asarray(call(f["value_and_gradient"], {k: cast(v) for k, v in used.items()})[1]) for f in files]
        np.testing.assert_allclose([got] * len(others), others, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-10, atol=1e-12)


# ---------------------------------------------------------------------------------------------- products regrouped


@pytest.mark.parametrize("language", ["numpy", "jax"])
def test_what_is_beside_a_solution_is_multiplied_first(language: str) -> None:
    """V (V^T P V)^-1 was multiplied by P, where P V was there."""
    text = of("tr((V^T P V)^-1 V^T S V)", "V").code(language, parts=["hvp"]).partition("def hvp(")[2].partition("\n\n\n")[0]
    together = [names.split(", ") for names in re.findall(r"_products\(([^()]*)", text)]
    assert len(re.findall(r"\b[PS](?: @ |\.dot\()", text)) + sum(len(names) - 1 for names in together) == 4  # by V and by dV
    assert text.count("_solve(lu1, V.T") <= 1 and "_solve(lu1, dV.T" not in text and "transposed" not in text


def test_products_go_by_what_is_there() -> None:
    graph, n, k = ProgramGraph(), Dim.of("n"), Dim.of("k")
    B, C, X = (graph.make("in", (), name, (n, n)) for name in "BCX")
    Y = graph.make("in", (), "Y", (n, k))
    inner, there = pair(graph, B, C, ("a", "b"), ("b", "c"), ("a", "c")), pair(graph, C, Y, ("a", "b"), ("b", "c"), ("a", "c"))
    roots = [pair(graph, inner, Y, ("a", "b"), ("b", "c"), ("a", "c")), there]
    new = Regrouping(graph, roots, (), {"k": 5}).done()
    assert new[roots[0]] is pair(graph, B, there, ("a", "b"), ("b", "c"), ("a", "c")) and new[there] is there
    assert not Regrouping(graph, [*roots, inner], (), {"k": 5}).done()  # B C is computed anyway
    assert not Regrouping(graph, roots[:1], (), {"k": 5}).done()  # C Y is not
    solution = graph.make("solve", (X, C), ("lu", False), (n, n))
    roots = [pair(graph, solution, Y, ("a", "b"), ("b", "c"), ("a", "c")), there]
    assert Regrouping(graph, roots, (), {"k": 5}).done()[roots[0]] is graph.make("solve", (X, there), ("lu", False), (n, k))
    roots = [graph.make("solve", (X, inner), ("lu", True), (n, n)), graph.make("solve", (X, B), ("lu", True), (n, n))]
    assert Regrouping(graph, roots, (), {}).done()[roots[0]] is pair(graph, roots[1], C, ("a", "b"), ("b", "c"), ("a", "c"))


def test_numbers_go_where_a_loop_is_anyway() -> None:
    d = matcalc.derivative("||B .* (V W^T)||_F^2", "V", where="B in R^{n x n}; V, W in R^{n x k}", verify=False)
    assert re.search(r"return \(2 \* .*\) @ W\b", gradient_of(d, "jax")) and re.search(r"return 2 \* t1\.dot\(W\)", gradient_of(d))


# ---------------------------------------------------------------------------------------------- the matrix exponential


@pytest.mark.parametrize("scale", [0.0, 1e-3, 1.0, 20.0])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_exponential_along_directions_is_that_of_the_block_triangle(count: int, scale: float) -> None:
    rng = np.random.default_rng(count)
    X, directions = scale * rng.normal(size=(4, 4)), rng.normal(size=(count, 4, 4))
    want = for_numpy._derivative(for_numpy._expm, X, *directions)
    np.testing.assert_allclose(for_numpy._expm_along(X, *directions), want, rtol=1e-10, atol=1e-12 * np.max(np.abs(want)))
    single = for_numpy._expm_along(X.astype(np.float32), *directions.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, want, rtol=1e-4, atol=1e-4 * np.max(np.abs(want)))


@pytest.mark.parametrize("language", ["numpy", "jax"])
@pytest.mark.parametrize("expr", ["||expm(A) x - y||^2", "||expm(A^T) x - y||^2"])
def test_derivatives_of_the_exponential_along_one_and_two_directions_are_one(expr: str, language: str) -> None:
    text = of(expr, "A").code(language, parts=["hvp"])
    product = text.partition("def hvp(")[2].partition("\n\n\n")[0]
    if language == "numpy":  # one exponential, once with the direction, once with both
        assert product.count("_Exponential(") == 1 and product.count(".towards(") == 2 and "_expm" not in product
    else:
        assert product.count("_expm_together(") == 1 and product.count("_along(") == 1  # the other is of expm(A) x
    given = {k: v for k, v in drawn(3).items() if re.search(rf"\b{k}\b", expr)}
    rng = np.random.default_rng(4)
    direction = rng.normal(size=(5, 5))
    module, cast = installed(language), caster(language)
    with module.enable_x64(True) if language == "jax" else nullcontext():
        functions = load(text)
        found = call(functions["hvp"], {k: cast(v) for k, v in given.items()} | {"dA": cast(direction)})
        step = 1e-6
        up, down = (
            call(functions["gradient"], {k: cast(v) for k, v in (given | {"A": given["A"] + h * direction}).items()}) for h in (step, -step)
        )
        slope = (np.asarray(up) - np.asarray(down)) / (2 * step)
    np.testing.assert_allclose(found, slope, rtol=1e-6, atol=1e-6 * np.max(np.abs(slope)))


def test_exponentials_at_one_matrix_are_computed_once() -> None:
    assert gradient_of(of("||expm(A) x - y||^2", "A")).count("_Exponential(A)") == 1
    assert "_expm(A)" in gradient_of(of("||expm(A) x - y||^2", "x"))  # no other is read
    given = {n: v for n, v in drawn(6).items() if n in "ABxy"}
    d = of("||expm(A) x||^2 + y^T dexpm(A, B) x + x^T dexpm(A, x y^T) x", "x")
    functions = load(d.code(parts=["make"]))
    made = functions["make"](**{n: v for n, v in given.items() if n != "x"})  # what hangs on A alone is computed outside
    for x in (given["x"], 2 * given["x"]):
        want = d.evaluate({**given, "x": x})
        np.testing.assert_allclose(functions["gradient"](**{**given, "x": x}), np.ravel(want), rtol=1e-9)
        np.testing.assert_allclose(made.gradient(x), np.ravel(want), rtol=1e-9)
    total = for_numpy._Exponential(given["A"]).towards(given["B"]).towards(given["A"], np.outer(given["x"], given["y"]))
    parts = for_numpy._expm_along(given["A"], given["B"], given["A"]) + for_numpy._expm_along(given["A"], np.outer(given["x"], given["y"]))
    np.testing.assert_allclose(total.top, parts, rtol=1e-10)


def test_sizes_are_asked_for_once_for_each_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for the cheapest order goes over many sets of axes: what each axis measures is known before."""
    asked = Counter[str]()
    size = Contraction.size

    def counted(self: Contraction, label: object) -> int:
        asked["size"] += 1
        return size(self, label)

    monkeypatch.setattr(Contraction, "size", counted)
    names = [f"A_{{{k}}}" for k in range(1, 9)]
    d = matcalc.derivative("a^T " + " ".join(names) + " b", "a", where="; ".join(f"{n} in R^{{n x n}}" for n in names))
    assert d.code("numpy")
    assert 0 < asked["size"] < 1000  # 6,561 pairs of sets for each order


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_of_a_matrix_of_blocks_has_two_axes(language: str, tmp_path: Path) -> None:
    """Parts are put together as they are: no broadcasting adds the axis in front, and programs ended in an error without it."""
    d = of("tr(A [P, p; x^T S, c] V^T)", "x", where="A in R^{m x n+1}; P, S in R^{n x n}; p, x in R^n; c in R; V in R^{m x n+1}")
    given = drawn(3)
    rng = np.random.default_rng(4)
    given |= {"A": rng.normal(size=(2, 6)), "V": rng.normal(size=(2, 6))}
    wanted = np.trace(given["A"] @ np.block([[given["P"], given["p"][:, None]], [(given["x"] @ given["S"])[None], 0.7]]) @ given["V"].T)
    if language in CONSOLES:
        names = ["x", "A", "P", "p", "S", "c", "V"]
        (found,) = run_in(language, [(d.code(language), "value", {n: given[n] for n in names})], tmp_path)
    else:
        cast = caster(language)
        found = call(load(d.code(language))["value"], {n: cast(v) for n, v in given.items()})
    np.testing.assert_allclose(np.asarray(found).item(), wanted, rtol=1e-6)


@pytest.mark.parametrize(
    ("expr", "wrt"),
    [
        ("||expm(S) x - y||^2", "S"),
        ("tr(S S^T A) + tr(S S B)", "S"),
        ("log det(P) + tr(A P^-1)", "P"),
        ("tr(sqrtm(P) A) + tr(logm(P) P)", "P"),
    ],
)
def test_products_with_the_hessian_by_what_is_symmetric_form_no_four_axes(expr: str, wrt: str) -> None:
    """They were the Hessian by free entries, of four axes, times the direction. The entries are free as there: the direction need not be
    symmetric, and S^T S is not S S."""
    text = of(expr, wrt).code("numpy", parts=["hessian", "hvp"])
    product = text.partition("def hvp(")[2].partition("\n\n\n")[0]
    assert "_kronecker" not in product and "reshape" not in product and "ijkl" not in product
    given = drawn(6, 3)
    direction = np.random.default_rng(7).normal(size=(3, 3))
    file = load(text)
    wanted = np.einsum("ijkl,kl->ij", call(file["hessian"], given), direction)
    np.testing.assert_allclose(call(file["hvp"], given | {f"d{wrt}": direction}), wanted, rtol=1e-8, atol=1e-10)
