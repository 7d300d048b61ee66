"""One set of facts: what the shortening, the code and the course know of an expression is the same, and it holds in numbers.

Every rule of every block is tried on random arrays that meet its premises, at the edge of what they say (a semidefinite matrix that is
singular, entries that are zero), so that a rule which claims too much is found where it does. A word that is added to the book is
tested here without a line being added.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from garden import Garden, Withered, n

import matcalc
from matcalc.course.definiteness import PD, definiteness
from matcalc.course.problem import Problem
from matcalc.course.stationary_points import stationary_points
from matcalc.expressions import build
from matcalc.expressions.expr import Expr, postorder
from matcalc.expressions.properties import FORMS, Premise, holds, properties_of, rules
from matcalc.expressions.stacked import unvec
from matcalc.kinds import ONE, SCALAR, Dim, Shape, size_of_letter
from matcalc.numbers.drawing import draw, has_property
from matcalc.numbers.numeric import evaluate
from matcalc.ops.book import REGISTRY
from matcalc.ops.inverse import INVERSE
from matcalc.ops.vocabulary import DECLARED, WORDS, close_properties
from matcalc.pipeline.question import Question

WHERE = (
    "A, B in R^{n x n}; C in R^{m x n}; S, V in R^{n x n} spd; P, Z in R^{n x n} psd; T in R^{n x n} symmetric; N in R^{n x n} nd; "
    "M in R^{n x n} nsd; K in R^{n x n} skew; D in R^{n x n} diagonal positive; Q in R^{n x n} orthogonal; G in R^{m x n} orthonormal; "
    "F in R^{m x n} full column rank; J in R^{n x n} invertible; L in R^{n x n} lower; x, b, y in R^n; p, q in R^n positive; "
    "r in R^n nonnegative; s, t in R positive; u in R nonnegative; c in R; v in R negative"
)

# ---------------------------------------------------------------------------------------------- the same answer for all who ask

POSITIVE_DEFINITE = """
S .* S
S^2 + t I
diag(p) S diag(p) + P
S + expm(P)
S
S^-1
t S
S + V
S + P
P + t I
A^T A + t I
C^T C + s I
A^T S^-1 A + V
I + x x^T
t I + s x x^T
t I + A^T diag(r) A
S .* V
S .* V + x x^T
diag(p)
diag(exp(x))
diag(p .* q) + P
diag(1 ./ p)
expm(T)
expm(T) + x x^T
expm(A + A^T)
J^T S J
J^T J
F^T F
F^T F + P
G^T G + S
S V S
S^3
(A^T A + S)^-1
-N
-(N + M)
-N^-1 + P
-v S
v N
Q^T S Q
D
D^2
exp(c) S
norm(x)^2 P + S
tr(S) S
det(S) V + u P
(x^T P x) P + V
sum_{i=1}^m (S + i P)
sigmoid(c) I + u A A^T
max(s, c) S
sum(p) S + (A + A^T)^2
t I + pinv(P)
sqrtm(S) + P
cosh(c) S
""".strip().split("\n")
UNKNOWN = """
A
T
S - V
A + S
t T
c S
A^T A
x x^T
P
P + Z
C^T C
S V
A^T S A
diag(x)
diag(r) + P
T .* S
T^2
N
L L^T
u S
Q
K
""".strip().split("\n")


def matrix(text: str) -> Expr:
    return matcalc.parse(text, where=WHERE).expr


@pytest.mark.parametrize("text", POSITIVE_DEFINITE)
def test_all_who_ask_know_that_it_is_positive_definite(text: str) -> None:
    e = matrix(text)
    assert holds(e, "spd") and holds(e, "symmetric") and holds(e, "invertible")
    assert definiteness(e) == PD and definiteness(build.negative(e)) == "negative definite"
    assert holds(build.inverse(e), "spd") or e.op.name == "inv"
    found = matcalc.derivative(f"y^T pinv({text}) b", "b", where=WHERE, verify=False)
    assert "pinv(" not in found.text.replace("pinv(P)", "")  # type: ignore[union-attr]  # what is invertible has an inverse


@pytest.mark.parametrize("text", [*POSITIVE_DEFINITE, *UNKNOWN])
def test_code_has_a_cholesky_factor_where_the_matrix_is_positive_definite(text: str) -> None:
    d = matcalc.derivative(f"b^T ({text})^-1 y", "b", where=WHERE, verify=False)
    inverted = [n.args[0] for n in postorder(matrix(f"({text})^-1")) if n.op is INVERSE]
    assert ("_chol(" in d.code("numpy")) == any(holds(x, "spd") for x in inverted)  # type: ignore[union-attr]


@pytest.mark.parametrize("text", POSITIVE_DEFINITE[:24])
def test_a_quadratic_function_has_its_minimum_where_the_matrix_is_positive_definite(text: str) -> None:
    question = Question.of(f"1/2 y^T ({text}) y - b^T y", "y", WHERE)
    (p,) = stationary_points(Problem(question), False).points
    assert p.kind == "minimum" and "is positive definite" in p.reason and "random" not in p.reason


@pytest.mark.parametrize("text", UNKNOWN)
def test_nobody_knows_what_may_be_false(text: str) -> None:
    e = matrix(text)
    assert not holds(e, "spd") and definiteness(e) != PD


# ---------------------------------------------------------------------------------------------- every rule of every block

# At the edge of what the weak words say, where `draw` stays away from it.
EDGES = {
    "psd": lambda x: x[:, :1] @ x[:, :1].T,
    "nsd": lambda x: -x[:, :1] @ x[:, :1].T,
    "nonnegative": lambda x: np.maximum(x, 0),
    "nonpositive": lambda x: np.minimum(x, 0),
    "orthogonal": lambda x: np.linalg.solve(np.eye(len(x)) + x - x.T, np.eye(len(x)) - x + x.T),  # without an eigenvalue -1
}
N, M = Dim.of("n"), Dim.of("m")
SIZES = {"n": 4, "m": 5}  # a skew matrix of odd order has no inverse
NUMBERS = {"even": (2, -2, 4), "odd": (3, -1, -3, 1), "integer": (2, 3, -2), "positive": (2, 3), "negative": (-2, -3)}
RULES = [(name, *rule) for name in (*REGISTRY, *FORMS) for rule in rules(name)]


def drawn(shape: tuple[int, int], words: list[str], rng: Any, edge: bool) -> Any:
    x = draw(shape, words, rng)
    return EDGES[words[0]](x) if edge and len(words) == 1 and words[0] in EDGES and shape != (1, 1) else x


def shape_for(words: list[str]) -> Shape:
    shapes = {WORDS[v].shape for w in words for v in close_properties((w,))}
    return (N, N) if "square" in shapes else (M, N) if "tall" in shapes else (N, M)


def arguments(name: str, word: str, premises: tuple[Premise, ...]) -> Iterator[tuple[list[Expr], dict[str, Any]]]:
    """Symbols that meet the premises of a rule, with values."""
    rng = np.random.default_rng(17)
    op = REGISTRY.get(name)
    params = list(FORMS[name]) if name in FORMS else list(op.params) if op is not None else []
    count = 2 if not params else len(params)
    choices: list[list[str]] = []
    for k in range(count):
        among = [p for p in premises if p.quantifier != "of" or k in range(*p.among.indices(count))]
        words = sorted({w for p in among for w in p.words})
        joint = [w for w in words if all(p.quantifier != "of" or p.words & close_properties((w,)) for p in among)]
        several = " ".join(words) if not joint and all(p.quantifier == "of" for p in among) else ""
        choices.append([*words, " ".join(words), ""] if not params else joint or [several])
    for words in product(*choices):
        known = [close_properties(w.split()) for w in words]
        if not all(p.holds(known, ()) for p in premises):
            continue
        for edge in (False, True):
            shape = shape_for([*(v for w in words for v in w.split()), word])
            symbols, env = [], {}
            for k, w in enumerate(words):
                param = params[k] if params else ""
                if param in ("k", "a", "b", "i", "j") or (name == "times" and k == 0) or name in ("indexed_product",):
                    options = [set(NUMBERS[v]) for v in w.split() if v in NUMBERS]
                    if param == "k":
                        symbols.append(build.num(sorted(set.intersection(*options) if options else (2, 3))[edge - 1]))
                        continue
                    own, size = SCALAR, (1, 1)
                elif op is not None and params and op.signature.split("->")[0].split(",")[k].split()[1:] == ["1"]:
                    own, size = (N, ONE), (SIZES["n"], 1)
                else:
                    own = (N, N) if op is not None and op.signature.startswith("n n") else shape
                    own = (N, N) if name == "direct_sum" else (own[1], own[1]) if name == "matmul" and k == 1 else own
                    size = (own[0].value(SIZES), own[1].value(SIZES))
                if own is SCALAR:  # a number has no sides, and what is said of matrices it has by its sign
                    said = [WORDS[v].scalar if WORDS[v].shape in ("square", "tall") else v for v in w.split()]
                    w = " ".join(v for v in said if v in WORDS)
                name_ = f"a_{{{k}{w}}}"
                e = build.symbol(name_, own, w.split())
                env[name_] = drawn(size, w.split(), rng, edge)
                symbols.append(e)
            yield symbols, env


def made(name: str, args: list[Expr]) -> Expr:
    match name:
        case "congruence":
            return build.matmul(build.transpose(args[1]), args[0], args[1])
        case "direct_sum":
            return build.block(2, 2, [args[0], build.zeros(N, N), build.zeros(N, N), args[1]])
        case "run" | "indexed_sum":
            return build.indexed_sum("i", build.num(1), build.size(M), build.times(build.index("i"), args[-1]))
        case "indexed_product":
            return build.indexed_product("i", build.num(1), build.size(M), build.add(build.index("i"), args[-1]))
        case "literal":
            return build.literal(1, 2, [build.entry(a, build.num(1), build.num(1)) for a in args])
        case "block":
            return build.block(1, 2, args)
        case "unvec":
            return unvec(build.block(2, 1, [args[0], args[0]]), (N, Dim.of(2)))
        case "ptrace_second" | "ptrace_first":
            m, x, n = (build.matmul(build.ones(N, a.shape[0]), a, build.ones(a.shape[1], N)) for a in args)
            return build.apply(REGISTRY[name], (m, build.kron(build.ones(N, N), x), n))
        case "entry":
            return build.entry(args[0], build.num(2), build.num(1))
        case "add" | "times" | "matmul" | "hadamard" | "kron":
            return getattr(build, name)(*args)
    return build.apply(REGISTRY[name], args)


@pytest.mark.parametrize("name, word, premises", [r for r in RULES if r[2]], ids=lambda v: v if isinstance(v, str) else "")
def test_a_rule_holds_in_numbers(name: str, word: str, premises: tuple[Premise, ...]) -> None:
    tried = 0
    for args, env in arguments(name, word, premises):
        e = made(name, args)
        with np.errstate(all="ignore"):
            found = np.reshape(evaluate(e, env, SIZES), [d.value(SIZES) for d in e.shape])
        if not np.max(np.abs(found)) < 1e6:  # no value, or none but for rounding
            continue
        if "principal" in e.op.domain and any(abs(z.imag) < 1e-6 and z.real < 0 for z in np.linalg.eigvals(*env.values())):
            continue
        tried += 1
        if word in properties_of(e):
            assert has_property(word, found), f"{name} of {args} is not {word}"
    assert tried, f"no arguments were found for {name} to be {word}"


@pytest.mark.parametrize("name, word", [r[:2] for r in RULES if not r[2] and REGISTRY[r[0]].params])
def test_what_an_operation_gives_of_itself_holds_in_numbers(name: str, word: str) -> None:
    rng = np.random.default_rng(5)
    for _ in range(10):
        args, env = [], {}
        for k, text in enumerate(REGISTRY[name].signature.split("->")[0].split(",")):
            shape = tuple({"n": N, "m": M}.get(t, size_of_letter(t)) for t in text.split())
            args.append(build.num(2) if name == "unit" else build.symbol(f"a_{k}", shape))  # type: ignore[arg-type]
            domain = REGISTRY[name].domain
            x = draw((shape[0].value(SIZES), shape[1].value(SIZES)), [domain] if domain in DECLARED else (), rng)
            x = np.ceil(np.abs(x)) if domain in DECLARED and shape == (ONE, ONE) else x  # beside a matrix, which of its eigenvalues
            env[f"a_{k}"] = {"integer": np.ceil(np.abs(x)), "(1,inf)": 1 + np.abs(x)}.get(domain, x)
        e = build.unit(args[0], N) if name == "unit" else build.apply(REGISTRY[name], args, ">" if name == "iverson" else None)
        assert word in properties_of(e) and has_property(word, np.reshape(evaluate(e, env, SIZES), [d.value(SIZES) for d in e.shape]))


# ---------------------------------------------------------------------------------------------- random expressions


SQUARE = [w for w in DECLARED if "square" in close_properties((w,))]


def can_be(*words: str) -> bool:
    """Whether a matrix can have all of these: spd and orthogonal is the identity alone, which is not drawn."""
    x = draw((3, 3), words, np.random.default_rng(8))
    return all(has_property(w, x) for w in close_properties(words))


DECLARATIONS = ["", *SQUARE, *(f"{v} {w}" for v, w in combinations(SQUARE, 2) if can_be(v, w))]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_known_of_a_random_expression_holds_in_numbers(seed: int) -> None:
    garden = Garden(seed, DECLARATIONS)
    for _ in range(20):
        shape = (n, n) if garden.pick(True, True, False) else garden.shape()
        try:
            e, found = garden.grow(shape, garden.pick(1, 2, 3))
        except Withered:
            continue
        scale = max(1.0, float(np.max(np.abs(found))))
        for word in properties_of(e) - {"constant"}:
            strict = WORDS[word].margin and not WORDS[word].weak
            assert has_property(word, found, 1e-9 * scale) or (strict and holds_weakly(word, found, scale)), f"{e} is not {word}"


def holds_weakly(word: str, x: Any, scale: float) -> bool:
    """Whether a strict property holds but for rounding: the least eigenvalue of a large power is lost in it."""
    return all(has_property(w, x, 1e-9 * scale) for w in close_properties((word,)) if not WORDS[w].margin or WORDS[w].weak)
