"""(d) How time and length grow with the problem."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import matcalc

ROUNDS = 3


class Question(NamedTuple):
    text: str
    wrt: str
    where: str
    order: int = 1


class Family(NamedTuple):
    """Questions by their size: what they are, and the sizes at which they are asked."""

    ask: Callable[[int], Question]
    about: str
    sizes: tuple[int, ...]


FAMILIES: dict[str, Family] = {}
Asking = Callable[[int], Question]


def family(about: str, *sizes: int) -> Callable[[Asking], Asking]:
    """Enter the function under its name."""

    def entered(ask: Asking) -> Asking:
        FAMILIES[ask.__name__] = Family(ask, about, sizes)
        return ask

    return entered


def name(letter: str, k: int) -> str:
    return f"{letter}_{k}" if k < 10 else f"{letter}_{{{k}}}"


def names(letters: str, k: int) -> str:
    """All names of these letters with 1 … k, for a declaration."""
    return ", ".join(name(letter, i) for letter in letters for i in range(1, k + 1))


def chain(k: int, first: str, step: str, letter: str, end: str) -> str:
    """k statements: `letter`_1 = first, each further one by `step` ({i} its number, {z} the name before), then the expression `end`."""
    before = [name(letter, i) for i in range(1, k + 1)]
    statements = [f"{before[0]} = {first}"]
    for i, (z, made) in enumerate(pairwise(before), 2):
        statements.append(f"{made} = " + re.sub(r"@(\w)", lambda m, i=i: name(m[1], i), step).replace("Z", z))  # type: ignore[misc]
    return "; ".join([*statements, end.replace("Z", before[-1])])


# ---------------------------------------------------------------------------------------------- products and powers


@family("tr(X_1 … X_k) by X_1", 32, 128, 512)
def product(k: int) -> Question:
    factors = " ".join(name("X", i) for i in range(1, k + 1))
    return Question(f"tr({factors})", "X_1", f"{names('X', k)} in R^{{n x n}}")


@family("tr(X^k) by X", 32, 128, 512)
def matrix_power(k: int) -> Question:
    return Question(f"tr(X^{k})", "X", "X in R^{n x n}")


@family("(x' A x)^k by x", 32, 128, 512)
def quadratic_power(k: int) -> Question:
    return Question(f"(x^T A x)^{k}", "x", "A in R^{n x n}; x in R^n")


@family("(x' A x)^k by x, Hessian", 32, 128, 512)
def quadratic_power_hessian(k: int) -> Question:
    return Question(f"(x^T A x)^{k}", "x", "A in R^{n x n}; x in R^n", 2)


@family("tr(A X A X … A X) by X", 8, 16, 32)
def same_matrix_chain(k: int) -> Question:
    return Question(f"tr({' '.join(['A X'] * k)})", "X", "A, X in R^{n x n}")


@family("tr(A_1 X A_2 X … A_k X) by X", 8, 16, 32)
def alternating_chain(k: int) -> Question:
    factors = " X ".join(name("A", i) for i in range(1, k + 1))
    return Question(f"tr({factors} X)", "X", f"X, {names('A', k)} in R^{{n x n}}")


@family("det(A_1 X A_2 X … A_k) by X", 8, 16, 32)
def determinant_of_product(k: int) -> Question:
    factors = " X ".join(name("A", i) for i in range(1, k + 1))
    return Question(f"det({factors})", "X", f"X, {names('A', k)} in R^{{n x n}}")


@family("x' A_1 … A_k x by x, Hessian", 32, 128, 512)
def quadratic_chain_hessian(k: int) -> Question:
    factors = " ".join(name("A", i) for i in range(1, k + 1))
    return Question(f"x^T {factors} x", "x", f"x in R^n; {names('A', k)} in R^{{n x n}}", 2)


# ---------------------------------------------------------------------------------------------- sums


def _sum(k: int, term: str, letters: str) -> Question:
    terms = (re.sub(r"@(\w)", lambda m, i=i: name(m[1], i), term) for i in range(1, k + 1))  # type: ignore[misc]
    return Question(" + ".join(terms), "X", f"X, {names(letters, k)} in R^{{n x n}}")


@family("sum of tr(A_i X B_i X') by X", 32, 64, 128)
def sum_of_traces(k: int) -> Question:
    return _sum(k, "tr(@A X @B X^T)", "AB")


@family("sum of tr(A_i (X + B_i)^-1) by X", 32, 64, 128)
def sum_of_inverse_traces(k: int) -> Question:
    return _sum(k, "tr(@A (X + @B)^-1)", "AB")


@family("sum of logdet(X + A_i) by X", 32, 64, 128)
def sum_of_logdets(k: int) -> Question:
    return _sum(k, "logdet(X + @A)", "A")


@family("logdet(sum of A_i X A_i') by X", 32, 64, 128)
def logdet_of_sum(k: int) -> Question:
    asked = _sum(k, "@A X @A^T", "A")
    return asked._replace(text=f"logdet({asked.text})")


# ---------------------------------------------------------------------------------------------- statements that use the one before


@family("s_{i+1} = s_i^2 + x' A x by x", 4, 8, 16)
def nested_quadratic(k: int) -> Question:
    return Question(chain(k, "x^T A x", "Z^2 + x^T A x", "s", "Z"), "x", "A in R^{n x n}; x in R^n")


@family("z_{i+1} = (z_i' z_i) A z_i by x", 2, 4, 8)
def nested_quadratic_vectors(k: int) -> Question:
    return Question(chain(k, "A x", "(Z^T Z) A Z", "z", "||Z||^2"), "x", "A in R^{n x n}; x in R^n")


@family("t_{i+1} = sin(t_i) + t_i^2 by x", 16, 32, 64)
def scalar_statements(k: int) -> Question:
    return Question(chain(k, "a^T x", "sin(Z) + Z^2", "t", "Z"), "x", "a, x in R^n")


@family("z_{i+1} = z_i .* sin(z_i) + A z_i by x", 32, 64, 128)
def vector_statements(k: int) -> Question:
    return Question(chain(k, "A x", "Z .* sin(Z) + A Z", "z", "sum(Z)"), "x", "A in R^{n x n}; x in R^n")


@family("h_{i+1} = A h_i + x_i by A", 64, 128, 256)
def linear_recurrence(k: int) -> Question:
    return Question(chain(k, "A h", "A Z + @x", "h", "||Z||^2"), "A", f"A in R^{{n x n}}; h, {names('x', k)} in R^n")


@family("h_{i+1} = tanh(W h_i + U x_i + b) by W", 32, 64, 128)
def recurrent_net(k: int) -> Question:
    where = f"W in R^{{n x n}}; U in R^{{n x m}}; h, b, y in R^n; {names('x', k)} in R^m"
    return Question(chain(k, "tanh(W h + U x_1 + b)", "tanh(W Z + U @x + b)", "h", "1/2 ||Z - y||^2"), "W", where)


@family("the same, with a loss at each step", 32, 64, 128)
def recurrent_net_losses(k: int) -> Question:
    losses = " + ".join(f"||{name('h', i)} - {name('y', i)}||^2" for i in range(1, k + 1))
    where = f"W in R^{{n x n}}; U in R^{{n x m}}; h, b, {names('y', k)} in R^n; {names('x', k)} in R^m"
    return Question(chain(k, "tanh(W h + U x_1 + b)", "tanh(W Z + U @x + b)", "h", losses), "W", where)


@family("Y_{i+1} = 3/2 Y_i - 1/2 Y_i Y_i' Y_i by X", 4, 8, 16)
def newton_schulz(k: int) -> Question:
    step = "3/2 Z - 1/2 Z Z^T Z"
    return Question(chain(k, step.replace("Z", "X"), step, "Y", "tr(A^T Z)"), "X", "X, A in R^{n x n}")


@family("x_{i+1} = x_i - eta A' (A x_i - b) by eta", 4, 8, 16)
def gradient_descent(k: int) -> Question:
    step = "Z - eta A^T (A Z - b)"
    where = "A in R^{m x n}; x in R^n; b in R^m; eta in R"
    return Question(chain(k, step.replace("Z", "x"), step, "x", "||A Z - b||^2"), "eta", where)


@family("k steps of a Kalman filter, log-likelihood by A", 4, 8, 16)
def kalman_filter(k: int) -> Question:
    statements = []
    for i in range(1, k + 1):
        m, P = ("m", "P") if i == 1 else (name("m", i - 1), name("P", i - 1))
        Q, S, v, K = (name(letter, i) for letter in "QSvK")
        statements += [f"{Q} = A {P} A^T + Q", f"{S} = H {Q} H^T + R", f"{v} = {name('y', i)} - H A {m}", f"{K} = {Q} H^T {S}^-1"]
        statements += [f"{name('m', i)} = A {m} + {K} {v}", f"{name('P', i)} = {Q} - {K} H {Q}"]
    scores = [f"log det {name('S', i)} + {name('v', i)}^T {name('S', i)}^-1 {name('v', i)}" for i in range(1, k + 1)]
    where = f"A, P, Q in R^{{n x n}}; H in R^{{p x n}}; R in R^{{p x p}}; m in R^n; {names('y', k)} in R^p"
    return Question("; ".join([*statements, " + ".join(scores)]), "A", where)


# ---------------------------------------------------------------------------------------------- nets


def _net(k: int, end: str, wrt: str, order: int = 1) -> Question:
    where = f"{names('W', k)} in R^{{n x n}}; x, y, {names('b', k)} in R^n"
    return Question(chain(k, "tanh(W_1 x + b_1)", "tanh(@W Z + @b)", "z", end), wrt, where, order)


@family("k-layer tanh net by W_1", 32, 128, 512, 1000)
def layers(k: int) -> Question:
    return _net(k, "||Z - y||^2", "W_1")


@family("k-layer tanh net, Hessian by b_1", 16, 32, 64)
def net_hessian_by_bias(k: int) -> Question:
    return _net(k, "1/2 ||Z - y||^2", "b_1", 2)


@family("k-layer tanh net, Hessian by W_1", 8, 16, 32)
def net_hessian_by_weight(k: int) -> Question:
    return _net(k, "1/2 ||Z - y||^2", "W_1", 2)


@family("k-layer tanh net, Jacobian by x", 64, 128, 256)
def net_jacobian(k: int) -> Question:
    return _net(k, "Z", "x")


@family("z_{i+1} = z_i + relu(W_i z_i) by W_1", 16, 32, 64)
def residual_net(k: int) -> Question:
    where = f"{names('W', k)} in R^{{n x n}}; x in R^n"
    return Question(chain(k, "x + relu(W_1 x)", "Z + relu(@W Z)", "z", "||Z||^2"), "W_1", where)


@family("k layers of attention by Q_1", 4, 8, 16)
def attention_layers(k: int) -> Question:
    step = "softmax(Z @Q (Z @K)^T) Z @V"
    first = re.sub(r"@(\w)", r"\1_1", step).replace("Z", "X")
    where = f"X, Y in R^{{N x d}}; {names('QKV', k)} in R^{{d x d}}"
    return Question(chain(k, first, step, "Z", "||Z - Y||_F^2"), "Q_1", where)


# ---------------------------------------------------------------------------------------------- matrices that are written out


def _literal(k: int, entry: Callable[[int, int], object]) -> str:
    return "; ".join(", ".join(str(entry(i, j)) for j in range(k)) for i in range(k))


@family("x' M x by x, M of k × k numbers", 32, 64, 128)
def literal_numbers(k: int) -> Question:
    return Question(f"x^T [{_literal(k, lambda i, j: (7 * i + 3 * j) % 11 - 5)}] x", "x", f"x in R^{k}")


@family("x' M x by x, M of k × k symbols", 16, 32, 64)
def literal_symbols(k: int) -> Question:
    rows = _literal(k, lambda i, j: f"a_{{{i * k + j + 1}}}")
    return Question(f"x^T [{rows}] x", "x", f"x in R^{k}; {', '.join(f'a_{{{i}}}' for i in range(1, k * k + 1))} in R")


@family("logdet(M + s I) by s, M of k × k numbers", 32, 64, 128)
def literal_determinant(k: int) -> Question:
    return Question(f"logdet([{_literal(k, lambda i, j: f's + {i + 1}' if i == j else f'{(i + j) % 5}/7')}])", "s", "s in R")


# ---------------------------------------------------------------------------------------------- high orders


@family("exp(a' x) by x, order k", 2, 4, 8)
def exponential_order(k: int) -> Question:
    return Question("exp(a^T x)", "x", "a, x in R^n", k)


@family("log(1 + exp(a' x)) by x, order k", 2, 4, 8)
def logistic_order(k: int) -> Question:
    return Question("log(1 + exp(a^T x))", "x", "a, x in R^n", k)


def answer(asked: Question) -> str:
    found = matcalc.derivative(asked.text, asked.wrt, where=asked.where, order=asked.order)
    assert not isinstance(found, list)
    return found.text


def rows() -> Iterator[tuple[str, list[tuple[int, float, float, int]]]]:
    """For each family and size k: the seconds of a derivation (checked and printed), how many times the seconds of the size
    before, divided by how many times the size (1 is linear), and the symbols of the answer. The sizes take turns in every round."""
    for made in FAMILIES.values():
        questions = {k: made.ask(k) for k in made.sizes}
        times: dict[int, list[float]] = {k: [] for k in made.sizes}
        answers = {}
        for _ in range(ROUNDS):
            for k, asked in questions.items():
                start, busy = time.perf_counter(), time.process_time()
                answers[k] = answer(asked)
                times[k].append(min(time.perf_counter() - start, time.process_time() - busy))
        found = []
        for before, k in zip((None, *made.sizes), made.sizes, strict=False):
            ratios = [b / a for a, b in zip(times[before], times[k], strict=True)] if before else []
            growth = statistics.median(ratios) * before / k if before else 1.0
            found.append((k, statistics.median(times[k]), growth, count(answers[k])))
        yield made.about, found


def count(text: str) -> int:
    """Names, numbers and signs of an answer."""
    return len(re.findall(r"[^\W\d_]+(?:_\{?\w+\}?)?|\d+|[-+*/^=]", text))
