"""`matcalc check`: right claims pass, wrong ones fail with the right diagnosis."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from console import run
from corpus import DATA, cases

import matcalc
from matcalc.differentiation import differential
from matcalc.errors import MatcalcError, NoAnswerError

with open(DATA / "claims.jsonl", encoding="utf-8") as stream:
    CLAIMS = [json.loads(line) for line in stream]


@pytest.mark.parametrize("case", CLAIMS, ids=lambda c: f"{c['expr']} | {c['claim']}")
def test_claims(case: dict[str, Any]) -> None:
    """Right and wrong ones, of books, lecture notes and drafts: the verdict, and words of the diagnosis."""
    options = {name: case[name] for name in ("order", "layout") if name in case}
    verdict = matcalc.check(case["expr"], case["wrt"], case["claim"], where=case["where"], **options)
    assert verdict.verdict == case["verdict"], verdict
    assert bool(verdict.diagnosis) != verdict.equal and bool(case["words"]) != verdict.equal
    assert case["words"] in "; ".join(verdict.diagnosis), verdict
    if verdict.equal:
        assert verdict.points >= 4 and verdict.error is not None and verdict.error < 1e-6  # the threshold of the book


def test_there_are_enough_claims() -> None:
    assert len(CLAIMS) > 200 and sum(c["verdict"] == "equal" for c in CLAIMS) > 60
    assert any("\\" in c["claim"] for c in CLAIMS) and any("J[" in c["claim"] for c in CLAIMS)


def test_the_error_measure_of_the_book() -> None:
    """Against the closed form and against central differences, which are right to 30 digits."""
    right = matcalc.check("||A x - b||^2", "x", "2 (A x - b)^T A")
    assert right.check and len(right.errors) == right.points and len({tuple(e["sizes"].values()) for e in right.errors}) > 2
    assert all(e["closed_form"] < 1e-45 and e["central_differences"] < 1e-30 for e in right.errors)
    wrong = matcalc.check("||A x - b||^2", "x", "3 (A x - b)^T A")
    assert all(abs(e[k] - 1 / 5) < 1e-15 for e in wrong.errors for k in ("closed_form", "central_differences"))  # |3 - 2|/(3 + 2)
    assert matcalc.check("||X||_*", "X", "polar(X)").worst("central_differences") < 1e-30  # type: ignore[operator]
    hessian = matcalc.check("sum(exp(A x)) + tr(A A^T)", "x", "A^T diag(exp(A x)) A", order=2)
    assert hessian.worst("central_differences") < 1e-30  # type: ignore[operator]
    member = matcalc.check("sum_{i=1}^N ||x_i - mu||^2", "x_j", "2 (x_j - mu)^T", where="x_i in R^n; mu in R^n")
    assert member.worst("central_differences") < 1e-30 and member.derivative.text == "2 (x_j - mu)^T"  # type: ignore[operator, union-attr]


NEARLY = [  # expression, variable, declarations, claim, words
    ("x^T x + (n-2)(n-3) sum(x)", "x", "x in R^n", "2 x^T", "right only for n = 2 and n = 3; a term is missing: "),
    ("x^T x + (n-1) sum(x)", "x", "x in R^n", "2 x^T", "a term is missing: "),
    ("x^T x + (n-1)(n-2) sum(x)", "x", "x in R^n", "2 x^T", "right only for n = 1 and n = 2; a term is missing: "),
    ("n x^T x", "x", "x in R^n", "4 x^T", "right only for n = 2; off by a factor: the claim is 2/n times the derivative"),
    ("sum(X)/(m n)", "X", "X in R^{m x n}", "ones(m, n)/(6)", "the claim is m n/6 times the derivative"),
    ("x^k", "x", "x in R; k in N", "2 x", "right only for k = 2"),
    ("sum(x.^k)", "x", "x in R^n; k in N", "3 (x .* x)^T", "right only for k = 3"),
    ("|x|", "x", "x in R", "1", "right only for x > 0"),
    ("max(x, 3)", "x", "x in R", "1", "right only for x >= 3"),
    ("max(x, 3)", "x", "x in R", "0", "right only for x < 3; the claim is zero, the derivative is not"),
    ("relu(a^T x - 5)", "x", "a, x in R^n", "a^T", "right only for a^T x - 5 > 0"),
    ("cases(x^T x, a^T x > 1, b^T x)", "x", "a, b, x in R^n", "2 x^T", "right only for a^T x > 1"),
    ("cases(x^T x, a^T x > 1, b^T x)", "x", "a, b, x in R^n", "b^T", "right only for a^T x <= 1"),
    ("clip(x, -2, 5)", "x", "x in R", "1", "right only for x < 5 and x > -2"),
    ("|x| x", "x", "x in R", "-2 x", "right only for x < 0"),
    ("||x||_1 + a^T x", "x", "a, x in R^n", "a^T + ones(n)^T", "right only for x > 0"),
    ("sqrt(s^2) t", "t", "s, t in R", "s", "right only for s > 0"),
    ("x^T A x", "x", "A in R^{n x n}", "2 x^T A", "right only if A is symmetric"),
    ("tr(A X B X)", "X", "A, B, X in R^{n x n}", "2 A^T X^T B^T", ""),
    ("x^T x", "x", "x in R^n", "2.000000000001 x^T", "off by a factor: the claim is 1.0000000000005 times the derivative"),
    ("x^T A x", "x", "A in R^{n x n}", "x^T (A + A^T) + 1e-12 x^T", "one term too many: x^T/1000000000000"),
    ("x^T A x + b^T x", "x", "A in R^{n x n}", "x^T (A + A^T) + (1 + 1e-12) b^T", "b^T"),
    ("logdet(X) + a^T X b/1000000000000", "X", "X in R^{n x n}", "X^-T", "a term is missing: "),
    ("a^T x + relu(x^T x - 1000)", "x", "a, x in R^n", "a^T", "a term is missing: 2 1[x^T x > 1000] x^T"),
    ("x^2 + max(x, 10)", "x", "x in R", "2 x", "a term is missing: 1[x >= 10]"),
    ("b^T x + x^T A x exp(-1000 x^T x)", "x", "A in R^{n x n}", "b^T", ""),
    ("det(X^T X)", "X", "X in R^{m x n}", "2 det(X^T X) X", ""),
    ("relu(x + 1000000000)", "x", "x in R", "1", ""),  # flat where it is computed without rounding: no limit that was reached
    ("relu(x - 1/1000000000)", "x", "x in R", "1[x > 0]", ""),
    ("abs(x - 3)", "x", "x in R", "sign(x - 3.0000001)", ""),
    ("tanh(1000 x) + x", "x", "x in R", "1", ""),
    ("a^T x + 1e-30 x^T x", "x", "a, x in R^n", "a^T", "a term is missing"),
    ("x^2", "x", "x in R", "2 x 1[x > -1000000000000]", ""),
    ("sum_{k=0}^n x^k", "x", "x in R; n in N", "(n x^(n + 1) - (n + 1) x^n + 1)/(1 - x)^2 + n - 2", "right only for n = 2"),
    ("x^T (A - A^T) y", "x", "x, y in R^n; A in R^{n x n}", "0", "the claim is zero, the derivative is not"),
    # thresholds beyond the decades that are always tried: the numbers in what is compared say where they are
    ("relu(x - 10^-20)", "x", "x in R", "1[x > 0]", ""),
    ("relu(x - 10^-200)", "x", "x in R", "1[x > 0]", ""),
    ("relu(10^15 x - 10^-15)", "x", "x in R", "10^15 1[x > 0]", ""),
    ("relu(x^2 - 10^-50)", "x", "x in R", "2 x", ""),
    ("sum(relu(x - 10^-20))", "x", "x in R^n", "1[x > 0]^T", ""),
    # beside 1 - tanh(x)^2, which is 0 at a great x but for rounding
    ("tanh(x) + relu(x + 10^9)", "x", "x in R", "2 - tanh(x)^2", ""),
    ("relu(a^T x + 10^12) + tanh(a^T x)", "x", "a, x in R^n", "(2 - tanh(a^T x)^2) a^T", ""),  # where x alone has its signs turned
    ("relu(exp(x) - 10^-30)", "x", "x in R", "exp(x)", ""),  # wrong only at numbers that are nothing to the diagnosis: without end
    ("erf(x) + relu(x - 10^6)", "x", "x in R", "2/sqrt(pi) exp(-x^2)", "a term is missing: 1[x > 1000000]"),  # not: in place of pi
    # closed forms have no other error than rounding, so a difference that more digits leave as it is is one
    ("x + 10^-30 sin(x)", "x", "x in R", "1", ""),
    ("x + 10^-80 sin(x)", "x", "x in R", "1", ""),
    ("sqrt(x^2 + 10^-60)", "x", "x in R", "sign(x)", ""),
    ("x/(1 + 10^-40 x^2)", "x", "x in R", "1", ""),
    ("pi x", "x", "x in R", "3.14159265358979323846264338327950288419716939937510", ""),
    ("exp(-x^2/10^40)", "x", "x in R", "0", ""),  # by differences it is 0 but for rounding
    ("x^k", "x", "x in R; k in N", "k x^(k-1) + (k-1)(k-2)(k-3)(k-4)(k-5)(k-6)", ""),
    ("x^T x + (n-1)(n-2)(n-3)(n-4)(n-5)(n-6) a^T x", "x", "a, x in R^n", "2 x^T", "a term is missing"),
    ("A X B", "X", "X in R^{m x n}; A in R^{p x m}; B in R^{n x q}", "B kron A", "right with B^T in place of B"),
]

RIGHT = [
    ("sum_{k=0}^n x^k", "x", "x in R; n in N", "(n x^(n + 1) - (n + 1) x^n + 1)/(1 - x)^2"),  # n is a size of the sum, and a number
    ("n^2 x", "x", "x in R; n in N", "sum_{k=1}^n (2 k - 1)"),
    ("x^T (A - A^T) x", "x", "x in R^n; A in R^{n x n}", "0"),
    ("sum(softmax(x))", "x", "x in R^n", "0"),
    ("tanh(x)", "x", "x in R", "1 - tanh(x)^2"),
    ("exp(2 x) (1 - tanh(x))", "x", "x in R", "4 exp(2 x)/(1 + exp(2 x))^2"),
    ("relu(x + 1000000000)", "x", "x in R", "1[x > -1000000000]"),
    ("relu(x - 10^-20)", "x", "x in R", "1[x > 10^-20]"),
    ("relu(x - 10^50) + x", "x", "x in R", "1 + 1[x > 10^50]"),
    ("relu(a^T x + 10^12) + tanh(a^T x)", "x", "a, x in R^n", "(1 - tanh(a^T x)^2 + 1[a^T x > -10^12]) a^T"),
    ("log(1 + exp(-x)) + relu(x - 5000)", "x", "x in R", "-1/(1 + exp(x)) + 1[x > 5000]"),
    ("X^T", "X", "X in R^{m x n}", "K"),
    ("A X^T B", "X", "X in R^{m x n}; A in R^{p x n}; B in R^{m x q}", "(B^T kron A) K"),
    ("(A X B)^T", "X", "X in R^{m x n}; A in R^{p x m}; B in R^{n x q}", "K (B^T kron A)"),
    ("X^T X", "X", "X in R^{m x n}", "(I + K)(I kron X^T)"),
]


@pytest.mark.parametrize(("text", "wrt", "where", "claim"), RIGHT, ids=[f"{c[0]} | {c[3]}" for c in RIGHT])
def test_claims_that_are_right(text: str, wrt: str, where: str, claim: str) -> None:
    assert matcalc.check(text, wrt, claim, where=where).equal


@pytest.mark.parametrize(("text", "claim"), [("relu(sin(x) - 999999/1000000)", "0"), ("relu(sin(1000 x) - 999999/1000000) + x", "1")])
def test_a_term_that_was_seen_nowhere_is_not_judged(text: str, claim: str) -> None:
    """The first was equal: at no point tried is sin(x) so great."""
    with pytest.raises(NoAnswerError, match=r"a term of the derivative is 0, or too small to show"):
        matcalc.check(text, "x", claim, where="x in R")


def test_a_claim_that_has_no_value_at_some_sizes() -> None:
    """X^T X is invertible where X is tall: elsewhere the roots of its eigenvalues, which are 0, are no numbers that rounding left."""
    verdict = matcalc.check("||X||_*", "X", "X (X^T X)^(-1/2)", where="X in R^{m x n}")
    assert verdict.equal and verdict.notes == ["the claim has no value at some sizes, as m = 2, n = 3"]
    assert not matcalc.check("tr(X^+ A)", "X", "-(X^+ A X^+)^T", where="X in R^{m x n}; A in R^{m x n}").equal


@pytest.mark.parametrize(("text", "wrt", "where", "claim", "words"), NEARLY, ids=[f"{c[0]} | {c[3]}" for c in NEARLY])
def test_claims_that_are_nearly_right(text: str, wrt: str, where: str, claim: str, words: str) -> None:
    """At some sizes, for some whole numbers, on one side of a switch, or but for a term of relative size 1e-12."""
    verdict = matcalc.check(text, wrt, claim, where=where)
    assert not verdict.equal and words in "; ".join(verdict.diagnosis), verdict


def test_symmetric_by_chance_is_no_diagnosis() -> None:
    """The points have matrices near the identity, where [A x > 0] is [x > 0]: that A is symmetric does not make it right."""
    verdict = matcalc.check("relu(A x)", "x", "diag(1[x > 0]) A", where="A in R^{n x n}; x in R^n")
    assert "symmetric" not in repr(verdict)


def test_algebra_proves_what_it_can() -> None:
    assert matcalc.check("x^T A x", "x", "x^T A + x^T A^T").symbolic
    assert not matcalc.check("x^T A x", "x", "x^T A").symbolic


def turned(text: str) -> str:
    """The transpose in the spelling of the text: beside ^T an A' would be another name. The prime of f'(x) is none."""
    return f"({text})'" if re.search(r"'(?!\()", text) else f"({text})^T"


def variants(expected: str) -> dict[str, str]:
    """A closed form as it is, transposed, negative and doubled."""
    *bindings, last = expected.split(";")
    before = "".join(f"{b}; " for b in bindings)
    return {"equal": expected, "transposed": f"{before}{turned(last)}", "negative": f"{before}-({last})", " 2 times": f"{before}2 ({last})"}


CORPUS = [c for name in ("public", "rivals") for c in cases(name) if c.get("expected")]


@pytest.mark.parametrize("case", CORPUS, ids=lambda c: c["id"])
def test_the_corpus(case: dict[str, object]) -> None:
    """Every closed form of the corpus is right; transposed, negative or doubled it is wrong, where that changes anything."""
    wanted = variants(str(case["expected"]))
    for word, claim in wanted.items():
        verdict = matcalc.check(case["expr"], case["wrt"], claim, where=case["where"], order=case["order"])  # type: ignore[arg-type]
        d = verdict.derivative
        assert d is not None
        if word == "equal":
            assert verdict.equal, verdict
        elif word == "transposed":
            # Symmetric results, and second derivatives by a vector and a number, which no layout makes a row or a column.
            same = verdict.equal and d._expr is not None and (d._expr.shape == d._expr.shape[::-1] or d.order > 1)
            assert same or word in repr(verdict), verdict
        else:
            assert word in repr(verdict) or d.text.startswith("0"), verdict


def test_second_derivatives_and_layouts() -> None:
    assert matcalc.check("x^T A x", "x", "A + A^T", order=2)
    assert matcalc.check("x^T A x", "x", "(A + A^T) x", layout="denominator")
    assert "numerator" in matcalc.check("x^T A x", "x", "x^T (A + A^T)", layout="denominator").diagnosis[0]
    assert matcalc.check("x^T A y", ["x", "y"], "A", order=2)
    assert "transposed" in matcalc.check("x^T A y", ["y", "x"], "A", order=2, where="A in R^{m x n}").diagnosis[0]


def test_numbers_judge_where_there_is_no_closed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    assert matcalc.check("||X||_*", "X", "polar(X)").equal
    whole = differential._along_directions

    def without_a_rule(node: Any, *others: Any) -> Any:
        if node.op.name == "polar_kronecker":
            raise NoAnswerError("the book says nothing")
        return whole(node, *others)

    monkeypatch.setattr(differential, "_along_directions", without_a_rule)
    third = matcalc.check("||X||_*", "X", "polar(X)", order=3)
    assert not third.equal and third.derivative is None


@pytest.mark.parametrize(
    "argv, code, line",
    [
        (["x^T A x", "--wrt", "x", "--claim", "x^T (A + A^T)"], 0, "equal"),
        (["x^T A x", "x^T (A + A^T)", "--wrt", "x"], 0, "equal"),
        (
            ["x^T A x", "--wrt", "x", "--claim", "(A + A^T) x"],
            1,
            "not equal: transposed (denominator layout, where a gradient is a column)",
        ),
    ],
)
def test_the_command(argv: list[str], code: int, line: str) -> None:
    outcome = run("check", *argv)
    assert outcome.code == code
    lines = outcome.out.splitlines()
    assert lines[0] == line and lines[1] == "derivative: x^T (A + A^T)" and lines[2].startswith("checked: ")


@pytest.mark.parametrize(
    "argv",
    [
        ["x^T A x", "--wrt", "x", "--claim", "x^T (A +"],
        ["x^T A", "--wrt", "x", "--claim", "x^T detX"],
        ["x^T A (", "--wrt", "x", "--claim", "x"],
        ["x^T x", "--wrt", "q", "--claim", "x"],
        ["x^T x", "--wrt", "x", "--claim", "2 x^T", "--values", "nowhere.npz"],
        ["x^T x", "--wrt", "x,y", "--claim", "2 x^T"],
        ["x^T x", "2 x^T", "--wrt", "x", "--claim", "2 x^T"],
    ],
)
def test_what_cannot_be_read(argv: list[str]) -> None:
    outcome = run("check", *argv)
    assert outcome.code == 2 and outcome.out == "" and outcome.err.startswith("error: ")


def test_without_a_variable_it_is_the_only_sensible_one() -> None:
    assert run("check", "sqrt(1 + t^2)", "t/sqrt(1 + t^2)").out.startswith("equal")
    outcome = run("check", "x^T A x", "--claim", "x^T (A + A^T)")
    assert outcome.code == 0 and "by x, the customary variable here; there is also A" in outcome.err
    assert "--wrt a --wrt b" in run("check", "a b", "b").err
    outcome = run("check", "3", "0")
    assert outcome.code == 2 and "there is no variable to differentiate by" in outcome.err and "--wrt" in outcome.err


def test_a_terminal_and_json() -> None:
    outcome = run("check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A", terminal=True)
    assert outcome.code == 1 and "not equal" in outcome.out and "symmetric" in outcome.out
    found = json.loads(run("check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A", "--json").out)
    assert found["verdict"] == "not equal" and found["derivative"] == "x^T (A + A^T)" and found["points"] == 5
    assert [set(e) for e in found["errors"]] == [{"sizes", "closed_form", "central_differences"}] * 5
    for terminal in (False, True):
        outcome = run("check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A", "--verbose", terminal=terminal)
        assert "point 4 (n = 4)" in outcome.out.replace("  ", " ") and "central differences" in outcome.out


def test_json_has_no_numbers_that_json_does_not_have() -> None:
    """The measure is infinite where the claim is the negative of the derivative."""
    outcome = run("check", "x^T x", "--wrt", "x", "--claim", "-2 x^T", "--json")
    found = json.loads(outcome.out, parse_constant=pytest.fail)
    assert found["errors"][0]["closed_form"] == "inf" and outcome.code == 1


def test_what_cannot_be_judged_is_no_verdict() -> None:
    outcome = run("check", "log(-x^2 - 1)", "--wrt", "x", "--claim", "1", "--where", "x in R")
    assert outcome.code == 2 and outcome.out == "" and outcome.err.startswith("error: ")


def test_given_values(tmp_path: Path) -> None:
    x, a = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.savez(tmp_path / "v.npz", x=x, A=a)
    (tmp_path / "v.json").write_text(json.dumps({"x": x.tolist(), "A": a.tolist()}))
    (tmp_path / "bad.json").write_text("[1, 2")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    for file in ("v.npz", "v.json"):
        outcome = run("check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A", "--values", str(tmp_path / file), "--json")
        found = json.loads(outcome.out)["values"]
        assert found["derivative"] == [12.0, 21.0] and found["claim"] == [14.0, 20.0]
    for file in ("bad.json", "deep.json"):
        assert run("check", "x^T A x", "--wrt", "x", "--claim", "2 x^T A", "--values", str(tmp_path / file)).code == 2
    with pytest.raises(MatcalcError):
        matcalc.check("x^T A x", "x", "2 x^T A", values={"x": x, "A": np.ones((3, 3))})


def test_a_function_without_values_is_not_given_any() -> None:
    """At random points a stand-in serves; at the reader's own values nothing may be made up."""
    with pytest.raises(MatcalcError, match="no value was given for f"):
        matcalc.check("f(x)^2", "x", "2 f(x) f'(x)", where="f: R -> R; x in R", values={"x": 1.0})
    verdict = matcalc.check("f(x)^2", "x", "2 f(x) f'(x)", where="f: R -> R; x in R")
    assert verdict.derivative is not None
    with pytest.raises(MatcalcError, match="no value was given for f"):
        verdict.derivative.evaluate({"x": 1.0})


COMPLEX = "z, b in C^n; A in C^{n x n} hermitian; M in C^{n x n}; B in C^{m x n}; c in C^m; Z in C^{m x n}; a in C"


@pytest.mark.parametrize(
    ("text", "wrt", "claim", "words"),
    [
        ("z^H A z", "z", "A z", ""),
        ("||B z - c||^2", "z", "B^H (B z - c)", ""),
        ("|a|^4", "a", "2 |a|^2 a", ""),
        ("a^3", "a", "3 a^2", ""),
        ("z^H M z", "conj(z)", "(M z)^T", ""),
        ("tr(A^2)", "A", "2 A", ""),
        ("||Z||^2", "Z", "(1 + 1e-12) Z", "1.000000000001 times the derivative"),
        ("z^H A z", "z", "2 A z", "the claim is 2 times the derivative"),
        ("z^H A z", "z", "A^T conj(z)", "conjugated"),
        ("||B z - c||^2", "z", "B^T (B z - c)", "right with B^H in place of B^T"),
        ("z^H A z + ||z||^2", "z", "A z + 2 z", "the term z is 2 times what it should be"),
        ("z^H A z + 2 Re(b^H z)", "z", "A z", "a term is missing: b"),
        ("tr(M A)", "A", "M", "transposed"),
        ("2 Re(z^H M z)", "z", "2 M z", "right only if M is hermitian"),
        ("a^3", "a", "3 |a|^2", "its numbers differ"),
    ],
)
def test_claims_by_complex_variables(text: str, wrt: str, claim: str, words: str) -> None:
    """The closed form is compared with difference quotients along complex directions, as an answer is."""
    found = matcalc.check(text, wrt, claim, where=COMPLEX)
    assert found.equal is (not words)
    assert words in "; ".join(found.diagnosis)
    assert found.check is not None or words
    assert all(e["central_differences"] is not None for e in found.errors)
