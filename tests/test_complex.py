"""Complex variables: how they are read, differentiated, printed; against difference quotients of NumPy's complex arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus import cases, symbols
from emitted import CONSOLES, LANGUAGES, call, caster, installed, load, run_in

import matcalc
from matcalc.codegen.program import first_name
from matcalc.errors import MatcalcError

QUADRATIC = "x in C^n; A in C^{n x n} hermitian"
CHANNEL = "H in C^{m x n}; Q in C^{n x n} hermitian"
ANSWERS = [
    ("x^H A x", "x", QUADRATIC, "A x"),
    ("1/2 ||A x - b||^2", "x", "x in C^n; A in C^{m x n}; b in C^m", "1/2 A^H (A x - b)"),
    ("|c^H r - a|^2", "c", "c, r in C^n; a in C", "(r^H c - conj(a)) r"),
    ("logdet(I + H Q H^H)", "Q", CHANNEL, "H^H (I + H Q H^H)^-1 H"),
    ("logdet(I + H Q H^H)", "H", CHANNEL, "(I + H Q H^H)^-1 H Q"),
    (r"\operatorname{Tr}(U^\dagger A U B)", "U", "U in C^{n x n} unitary; A, B in C^{n x n} hermitian", "A U B"),
    ("tr(rho logm(rho))", "rho", "rho in C^{n x n} hpd", "logm(rho) + I"),
    ("a^H R^-1 a", "R", "a in C^n; R in C^{n x n} hpd", "-R^-1 a a^H R^-1"),
    ("Re(c^H z)", "z", "c, z in C^n", "c/2"),
    ("Im(c^H z)", "z", "c, z in C^n", "i/2 c"),
    ("||z||", "z", "z in C^n", "z/(2 ||z||)"),
    ("|z|^4", "z", "z in C", "2 z^2 conj(z)"),
    ("z^2 + 3 z", "z", "z in C", "2 z + 3"),
    ("A z", "z", "z in C^n; A in C^{m x n}", "A"),
    ("||A x||^2", "x", "x in R^n; A in C^{m x n}", "2 x^T Re(A^H A)"),
    ("sum_{i=1}^N |a_i^H z|^2", "a_j", "a_i, z in C^n", "(z^H a_j) z"),
    ("det(X^H A X)", "X", "X in C^{m x n}; A in C^{m x m} hermitian", "det(X^H A X) A X (X^H A X)^-1"),
    ("x^H B x", "conj(x)", "x in C^n; B in C^{n x n}", "(B x)^T"),
    (r"\langle\psi|H|\psi\rangle", "psi", "psi in C^n; H in C^{n x n} hermitian", "H psi"),
    (r"|\langle\phi|U|\psi\rangle|^2", "U", "phi, psi in C^n; U in C^{n x n}", "(phi^H U psi) phi psi^H"),
    (r"\operatorname{tr}(H \ket{\psi}\bra{\psi})", "psi", "psi in C^n; H in C^{n x n} hermitian", "H psi"),
    (r"\mel{\psi}{H}{\psi}", "psi", "psi in C^n; H in C^{n x n} hermitian", "H psi"),
    (r"\expval{H}{\psi} + |\ip{\phi}{\psi}|^2", "psi", "phi, psi in C^n; H in C^{n x n} hermitian", "H psi + (phi^H psi) phi"),
    (r"\operatorname{tr}(\ketbra{\psi}{\psi} H)", "psi", "psi in C^n; H in C^{n x n} hermitian", "H psi"),
    ("<psi|H|psi>/<psi|psi>", "psi", "psi in C^n; H in C^{n x n} hermitian", "(H psi - (psi^H H psi) psi/(psi^H psi))/(psi^H psi)"),
    ("tr(A [H, rho])", "rho", "A, H, rho in C^{n x n}; [A, B] = A B - B A", "(A H - H A)^T"),
    ("[A, B] = A B - B A; tr(X [H, rho])", "rho", "X, H, rho in C^{n x n}", "(X H - H X)^T"),
    (r"tr(X \{H, rho\}) where \{A, B\} = A B + B A", "rho", "X, H, rho in C^{n x n} hermitian", "X H + H X"),
    (r"-\mathrm{Tr}(\rho\log\rho)", "rho", "rho in C^{n x n} hpd", "-logm(rho) - I"),
    ("sum(log(1 + |h|.^2 .* p))", "h", "h in C^n; p in R^n", "h .* p ./ (1 + conj(h) .* h .* p)"),
    (r"\overline{c^T z} \bar z_1", "conj(z)", "c, z in C^n", None),
    ("x^H A x", "x", "", "A x"),
    ("|c^H r - a|^2", "c", "", "(r^H c - conj(a)) r"),
    ("||y - H x||^2 + lambda ||x||^2", "x", "x in C^n; y in C^m; H in C^{m x n}", "lambda x - H^H (y - H x)"),
]


@pytest.mark.parametrize(("text", "name", "where", "answer"), ANSWERS)
def test_the_answer_is_the_books(text: str, name: str, where: str, answer: str | None) -> None:
    d = matcalc.derivative(text, name, where=where)
    assert d.text == (answer or d.text) and d.verified == "verified"
    for form in (d.text, d.latex, d.unicode):
        assert matcalc.parse(form, where=d.where).expr is matcalc.parse(d.text, where=d.where).expr, form


REAL_VALUED: list[tuple[str, str, Callable[..., Any]]] = [
    ("x^H A x", QUADRATIC, lambda x, A: (np.conj(x) @ A @ x).real),
    ("log(1 + |c^H x|^2/(1 + ||x||^2))", "c, x in C^n", lambda x, c: np.log(1 + abs(np.conj(c) @ x) ** 2 / (1 + np.vdot(x, x).real))),
    ("sum(abs(x))", "x in C^n", lambda x: np.sum(abs(x))),
    ("Re(c^T (x .* x))", "c, x in C^n", lambda x, c: (c @ (x * x)).real),
]


def drawn(shape: tuple[int, ...], rng: np.random.Generator, hermitian: bool = False) -> Any:
    x = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    return x + np.conj(x.T) if hermitian else x


@pytest.mark.parametrize(("text", "where", "f"), REAL_VALUED)
def test_the_gradient_of_a_real_function_along_complex_directions(text: str, where: str, f: Callable[..., Any]) -> None:
    """df = 2 Re <g, dx>, by difference quotients of a function that NumPy computes."""
    rng = np.random.default_rng(3)
    given = {"x": drawn((4,), rng), "A": drawn((4, 4), rng, True), "c": drawn((4,), rng)}
    given = {n: v for n, v in given.items() if n in f.__code__.co_varnames}
    d = matcalc.derivative(text, "x", where=where)
    g = d.evaluate(given)
    for _ in range(3):
        e, h = drawn((4,), rng), 1e-6
        quotient = (f(**{**given, "x": given["x"] + h * e}) - f(**{**given, "x": given["x"] - h * e})) / (2 * h)
        assert quotient == pytest.approx(2 * np.vdot(g, e).real, rel=1e-7)


REFUSED = [
    ("x^H B x", "x", "x in C^n; B in C^{n x n}", "not holomorphic"),
    ("x^H A x", "x", "x in C^n", "A is not declared, and may be real or complex"),
    ("x'A x", "x", QUADRATIC, "the conjugate transpose or the transpose"),
    ("max(z, w)", "z", "z, w in C", "max is of real numbers"),
    ("1[z > 0]", "z", "z in C", "real"),
    ("x^H x", "x", "x in R^n", "`^H` is the conjugate transpose of complex names"),
    ("x^* A x", "x", "x in R^n", "is the conjugate of complex names"),
    ("<z, w>", "z", "z, w in C^n", "conjugates one of them"),
    (r"z \cdot w", "z", "z, w in C^n", "conjugates one of them"),
    (r"|0\rangle^H z", "z", "z in C^n", "the basis vector |0> has no name"),
    ("-i [H, rho]", "rho", "H, rho in C^{n x n} hermitian", "the commutator of two matrices or a row of two blocks"),
    (r"\| |A x|^2 - y \|^2", "x", "A in C^{m x n}; x in C^n; y in R^m", "a power of its norm or the powers of its entries"),
    (r"\langle\psi(t)|H|\psi(t)\rangle", "t", "psi(t) in C^n; H in C^{n x n} hermitian", "psi has complex values"),
]


@pytest.mark.parametrize(("text", "name", "where", "said"), REFUSED)
def test_what_is_refused_says_what_to_write(text: str, name: str, where: str, said: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        matcalc.derivative(text, name, where=where)
    assert said in str(caught.value) and caught.value.suggestion


BARE = [
    (r"\sum_k |g_k^H w|^2", "w", "g_k, w in C^n"),
    (r"\sum_k |g_k^H w|", "w", "g_k, w in C^n"),
    (r"|\langle\phi|U|\psi\rangle|^2", r"\psi", r"\phi, \psi in C^n; U in C^{n x n}"),
]


@pytest.mark.parametrize(("text", "name", "where"), BARE, ids=[b[0] for b in BARE])
def test_members_of_families_that_nothing_declares_are_complex_too(text: str, name: str, where: str) -> None:
    """sum_k |g_k^H w|^2 had (g_k^T w) g_k, of real g_k, where they are said to be complex."""
    assert matcalc.derivative(text, name).text == matcalc.derivative(text, name, where=where).text  # type: ignore[union-attr]


def test_both_derivatives_of_what_is_neither_real_nor_holomorphic() -> None:
    found = matcalc.derivative("x^H B x", ["x", "conj(x)"], where="x in C^n; B in C^{n x n}")
    assert [d.text for d in found] == ["x^H B", "(B x)^T"] and all(d.verified == "verified" for d in found)


def test_the_option_asks_for_both_derivatives() -> None:
    from console import run

    given = ("--where", "x in C^n; A in C^{n x n} hermitian", "--wirtinger")
    assert run("d", "x^H A x", "--wrt", "x", *given).out == "x: x^H A\nconj(x): (A x)^T\n"
    assert run("hessian", "x^H A x", "--wrt", "x", *given).out == "A\n"
    assert "needs the variable" in run("d", "x^H A x", *given).err


def test_i_is_the_imaginary_unit_beside_complex_names() -> None:
    d = matcalc.derivative("Im(c^H z)", "z", where="c, z in C^2")
    given = {"c": np.array([1 + 2j, 3j])}
    assert np.allclose(matcalc.parse(d.text, where=d.where).evaluate(given), 1j * given["c"] / 2)


def test_second_derivatives_by_block() -> None:
    assert matcalc.derivative("x^H A x", ["conj(x)", "x"], order=2, where=QUADRATIC).text == "A"
    assert matcalc.derivative("(x^H A x)^2", ["conj(x)", "conj(x)"], order=2, where=QUADRATIC).text == "2 A x (A x)^T"
    with pytest.raises(MatcalcError, match="several second derivatives"):
        matcalc.derivative("x^H A x", "x", order=2, where=QUADRATIC)


def test_the_conjugate_of_a_hermitian_matrix_is_its_transpose_and_a_unitary_one_goes() -> None:
    assert matcalc.parse("A^H - A", where="A in C^{n x n} hermitian").text == "0_{n x n}"
    assert matcalc.parse("U^H U + U^-1 - U^H", where="U in C^{n x n} unitary").text == "I_n"


CODED = [
    ("1/2 ||A x - b||^2", "x", "x in C^n; A in C^{m x n}; b in C^m"),
    ("logdet(I + H Q H^H)", "H", CHANNEL),
    ("sum_{i=1}^N (|a_i^H x|^2 - y_i)^2", "x", "a_i, x in C^n; y_i in R"),
    ("tr(W (I - U^H H V) (I - U^H H V)^H)", "V", "H in C^{m x n}; U in C^{m x k}; V in C^{n x k}; W in C^{k x k} hpd"),
    ("Im(c^H x) + sum(abs(x))", "x", "c, x in C^n"),
    ("x^T A x", "x", "x in C^n; A in C^{n x n}"),
]


def drawn_for(where: str, rng: np.random.Generator) -> dict[str, Any]:
    """Arrays of the declared shapes."""
    sizes = {"m": 3, "n": 4, "k": 2, "N": 5}
    given: dict[str, Any] = {}
    for clause in where.split("; "):
        names, _, words = clause.partition(" in ")
        for n in names.split(", "):
            shape = tuple(sizes[c] for c in words.split(" h")[0].strip("CR^{}").replace(" x ", ""))
            x = drawn((sizes["N"], *shape) if "_" in n else shape, rng)
            given[n.removesuffix("_i")] = x @ np.conj(x.T) + np.eye(len(x)) if " h" in words else x.real if words[0] == "R" else x
    return given


SOLVED = ("log det(S) + z^H S^-1 z", "z", "z in C^n; S in C^{n x n} hpd")  # by factors, which serve the transpose too


Question = tuple[Any, str, dict[str, Any], Any]  # of a program: the derivative, the function, its inputs, its value


def values() -> Iterator[Question]:
    """Values, which are those of the expression, and gradients."""
    rng = np.random.default_rng(14)
    for text, name, where in (*CODED, SOLVED):
        d, given = matcalc.derivative(text, name, where=where), drawn_for(where, rng)
        yield d, "value", given, matcalc.parse(text, where=where).evaluate(given)
        yield d, "gradient", given, d.evaluate(given)


@pytest.mark.parametrize("target", LANGUAGES)
def test_programs_have_the_numbers_in_every_language(target: str, tmp_path: Path) -> None:
    """Value and gradient; the value against the expression itself."""
    questions = [*values()]
    found = asked_in(target, [(d.code(target), name, given) for d, name, given, _ in questions], tmp_path)
    for got, (d, _, _, want) in zip(found, questions, strict=True):
        np.testing.assert_allclose(np.squeeze(got), np.squeeze(want), rtol=1e-8, atol=1e-10, err_msg=str(d))


@pytest.mark.parametrize("target", ["numpy", "jax", "torch"])
@pytest.mark.parametrize(("text", "name", "where"), CODED)
def test_programs_have_the_numbers_and_agree_with_automatic_differentiation(text: str, name: str, where: str, target: str) -> None:
    pytest.importorskip(target)
    d = matcalc.derivative(text, name, where=where)
    program: dict[str, Any] = {}
    exec(compile(d.code(target), "program.py", "exec"), program)
    given = drawn_for(where, np.random.default_rng(11))
    gradient = program["gradient"]
    arguments = [given[n] for n in gradient.__code__.co_varnames[: gradient.__code__.co_argcount]]
    wanted = d.evaluate(given)
    if target == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        arguments = [jax.numpy.asarray(v) for v in arguments]
        if "real" in d._convention:
            assert np.allclose(np.conj(jax.grad(program["value"])(*arguments)) / 2, wanted)
    if target == "torch":
        import torch

        arguments = [torch.tensor(v) for v in arguments]
        if "real" in d._convention:
            x = arguments[0].clone().requires_grad_(True)
            program["value"](x, *arguments[1:]).backward()
            assert np.allclose(x.grad.numpy() / 2, wanted)
    assert np.allclose(np.asarray(gradient(*arguments)), wanted)


OF_REAL_FUNCTIONS = [*[c for c in CODED if c[0] != "x^T A x"], ("sum(Re(x).^4) + log(x^H A x)", "x", "x in C^n; A in C^{n x n} hpd")]


def moved(given: dict[str, Any], name: str, along: Any, value: Any) -> Any:
    """The rate of a value along a direction, by a central difference."""
    h = 1e-6
    up, down = (np.asarray(value({**given, name: given[name] + s * along})) for s in (h, -h))
    return (up - down) / (2 * h)


def asked_in(target: str, asked: list[tuple[str, str, dict[str, Any]]], folder: Path) -> list[Any]:
    """The values of functions of programs."""
    if target in CONSOLES:
        return run_in(target, asked, folder)
    cast, module = caster(target), installed(target)
    with module.enable_x64(True) if target == "jax" else nullcontext():
        return [np.asarray(call(load(text)[name], {n: cast(v) for n, v in given.items()})) for text, name, given in asked]


def changes() -> Iterator[Question]:
    """jvp and hvp of real functions: central differences of values and gradients."""
    rng = np.random.default_rng(13)
    for text, name, where in OF_REAL_FUNCTIONS:
        d, given = matcalc.derivative(text, name, where=where), drawn_for(where, np.random.default_rng(12))
        along, f = drawn(given[name].shape, rng), matcalc.parse(text, where=where)
        for part, value in (("jvp", f.evaluate), ("hvp", d.evaluate)):
            yield d, part, {**given, f"d{name}": along}, moved(given, name, along, value)


@pytest.mark.parametrize("target", LANGUAGES)
def test_programs_have_the_changes_along_a_direction_of_real_functions(target: str, tmp_path: Path) -> None:
    """Of the gradient, which is compared with automatic differentiation above, and of the value: central differences."""
    questions = [*changes()]
    asked = [(d.code(target, parts=["jvp", "hvp"]), part, given) for d, part, given, _ in questions]
    for found, (_, part, _, want) in zip(asked_in(target, asked, tmp_path), questions, strict=True):
        np.testing.assert_allclose(np.squeeze(found), np.squeeze(want), rtol=1e-6, atol=1e-6, err_msg=part)


HOLOMORPHIC = [
    ("x^T A x", "x", "x in C^n; A in C^{n x n}", ("jvp", "vjp", "hvp", "hessian")),
    ("A exp(B x)", "x", "x in C^n; A in C^{m x k}; B in C^{k x n}", ("jvp", "vjp")),
    ("log(c^T x)", "x", "x, c in C^n", ("jvp", "hvp", "hessian")),
    ("x^T A x", "x", "x in R^n; A in C^{n x n}", ("jvp", "vjp", "hvp", "hessian")),
]


def holomorphic() -> Iterator[tuple[Any, str, dict[str, Any], Any, Any]]:
    """Central differences along a direction of the value and the derivative; vjp and the Hessian are contracted with it, which is last."""
    sizes, rng = {"n": 3, "m": 2, "k": 4}, np.random.default_rng(21)
    for text, name, where, parts in HOLOMORPHIC:
        d = matcalc.derivative(text, name, where=where)
        given, f = {}, matcalc.parse(text, where=where)
        for clause in where.split("; "):
            names, _, words = clause.partition(" in ")
            shape = tuple(sizes[c] for c in words.strip("CR^{}").replace(" x ", ""))
            given |= {n: drawn(shape, rng) if words[0] == "C" else rng.normal(size=shape) for n in names.split(", ")}
        along = drawn((3,), rng) if np.iscomplexobj(given[name]) else rng.normal(size=3)
        rate = moved(given, name, along, f.evaluate)
        weight = drawn(rate.shape, rng) if rate.ndim else complex(drawn((), rng))
        change = moved(given, name, along, d.evaluate)
        more = {"jvp": {f"d{name}": along}, "hvp": {f"d{name}": along}, "vjp": {"v": weight}, "hessian": {}}
        ends = {"jvp": (rate, None), "hvp": (change, None), "vjp": (np.sum(weight * rate), along), "hessian": (change, along)}
        for part in parts:
            yield d, part, given | more[part], *ends[part]


@pytest.mark.parametrize("target", LANGUAGES)
def test_programs_of_holomorphic_functions_have_all_that_those_of_real_numbers_have(target: str, tmp_path: Path) -> None:
    questions = [*holomorphic()]
    asked = [(d.code(target, parts=[part]), part, given) for d, part, given, *_ in questions]
    for found, (_, part, _, want, along) in zip(asked_in(target, asked, tmp_path), questions, strict=True):
        got = np.squeeze(found) if along is None else np.squeeze(found) @ along
        np.testing.assert_allclose(got, np.squeeze(want), rtol=1e-6, atol=1e-6, err_msg=part)


@pytest.mark.parametrize(
    ("text", "name", "where", "part"),
    [
        ("tr(A B)", "A", "A, B in C^{n x n} hermitian", "hvp"),
        ("x^H A x", "x", "x in C^n; A in C^{n x n} hermitian", "vjp"),
        ("x^H A x", "x", "x in C^n; A in C^{n x n} hermitian", "hessian"),
        ("(x^T conj(z)) x", "conj(z)", "z, x in C^n", "jvp"),
    ],
)
def test_other_parts_of_programs_are_of_real_variables(text: str, name: str, where: str, part: str) -> None:
    with pytest.raises(MatcalcError, match=f"{part} is of real variables, and something here is complex"):
        matcalc.derivative(text, name, where=where).code(parts=[part])  # type: ignore[union-attr]


@pytest.mark.parametrize("asked", ["taylor", "stationary", "directional", "graph"])
def test_what_is_of_real_functions_refuses_complex_ones(asked: str) -> None:
    with pytest.raises(MatcalcError, match="complex"):
        getattr(matcalc, asked)("x^H A x", "x", where=QUADRATIC)


CORPUS = {case["id"]: case for case in cases("complex")}
NUMBERS = np.load(Path(__file__).parent / "data" / "complex.npz")


def test_the_corpus_is_all_there() -> None:
    assert Counter(case["heading"] for case in CORPUS.values()) == {"complex variables": 38, "quantum": 22}


def solved(name: str) -> Any:
    case = CORPUS[name]
    names = case["wrt"].split(", ")
    found = matcalc.derivative(case["expr"], names if len(names) > 1 else names[0], where=case["where"])
    return found[0] if isinstance(found, list) else found


def drawn_at(name: str, point: str, d: Any) -> dict[str, Any]:
    given = {n: NUMBERS[f"{name}/{point}/{n}"] for n in CORPUS[name]["args"]}
    return {n: v.item() if v.ndim == 0 else v for n, v in given.items() if n in d.where}


def of_corpus(names: Sequence[str]) -> Iterator[Question]:
    """Derivatives of the corpus, with the numbers of NumPy's complex arrays."""
    for name in names:
        d = solved(name)
        given = drawn_at(name, "0", d)
        yield d, first_name(d), given, d.evaluate(given)


@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus_is_solved_printed_and_read_back(name: str) -> None:
    """The answer has the numbers of automatic differentiation by parts, reads back, and is no longer than its source's."""
    case, d = CORPUS[name], solved(name)
    assert d.verified == "verified"
    if case["expected"]:
        assert symbols(d.text) <= symbols(case["expected"]), f"{d.text}   (source: {case['expected']})"
    assert all((d.unicode, d.typst, d.mathml))
    for point in ("0", "1"):
        wanted = np.squeeze(NUMBERS[f"{name}/{point}"])
        given = drawn_at(name, point, d)
        shown = [d.evaluate(given), *[evaluated(form, d.where, given) for form in (d.text, d.latex, case["expected"]) if form]]
        for numbers in shown:
            got = np.asarray(numbers)
            got = np.squeeze(got)
            assert np.allclose(got, wanted, rtol=1e-7, atol=1e-8), d.text


def evaluated(form: str, where: Any, given: dict[str, Any]) -> Any:
    """The numbers of a form, which may not have every name in it."""
    read = matcalc.parse(form, where=where)
    return read.evaluate({n: v for n, v in given.items() if n in read.where or n in where})


@pytest.mark.parametrize(
    ("text", "name", "where", "answer"),
    [
        ("tr(A logm(ptrace(rho, 2)))", "rho", "rho in C^{m n x m n} hpd; A in C^{m x m} hermitian", "dlogm(ptrace(rho, 2), A, e_p e_r^T)"),
        ("R = ptrace(rho, 2); tr(R logm(R))", "rho", "rho in C^{m n x m n} hpd", "dlogm(R, e_p e_r^T)[k,i]"),
        (r"\log\det(I + H Q H^H)", "Q", CHANNEL.replace("hermitian", "hpd"), "-(H^H Z H)[l,i] (H^H Z H)[j,k]"),
    ],
)
def test_second_derivatives_by_hermitian_matrices(text: str, name: str, where: str, answer: str) -> None:
    """The entry of a partial trace had an imaginary part 0, which was compared by itself with the rounding of a difference quotient."""
    d = matcalc.derivative(text, name, where=where, order=2)
    assert answer in d.text and d.verified == "verified"
