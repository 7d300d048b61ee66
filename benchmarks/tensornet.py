"""The problems that tensorgrad has, in its language of named edges, compiled by it to PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .problems import Arrays
from .timing import Call

# A problem: the derivative as a tensor, the sizes by their symbols, the edges of the answer in order.
Question = tuple[Any, dict[Any, int], tuple[str, ...]]


def _softplus(F: Any, z: Any) -> Any:
    return F.log(1 + F.exp(z))


def logistic(values: Arrays, order: int) -> Question:
    import sympy
    import tensorgrad as tg
    from tensorgrad import functions as F

    i, n = sympy.symbols("i n")
    X, w, y = tg.Variable("X", i, n), tg.Variable("w", n), tg.Variable("y", i)
    g = F.sum(_softplus(F, -y * (X @ w))).grad(w, {"n": "n_"})
    answer = g if order == 1 else g.grad(w, {"n": "n__"})
    return answer, {i: values["X"].shape[0], n: values["X"].shape[1]}, ("n_", "n__")[:order]


def quadratic(values: Arrays, order: int) -> Question:
    import sympy
    import tensorgrad as tg

    n = sympy.symbols("n")
    A, x = tg.Variable("A", n, m=n), tg.Variable("x", n)
    f = x @ A @ x.rename(n="m")
    return f.grad(x, {"n": "n_"}).grad(x, {"n": "n__"}), {n: len(values["x"])}, ("n_", "n__")


def factorisation(values: Arrays, order: int) -> Question:
    import sympy
    import tensorgrad as tg

    m, n, k = sympy.symbols("m n k")
    M, U, V = tg.Variable("M", m, n), tg.Variable("U", m, k), tg.Variable("V", n, k)
    error = M - U @ V
    f = error @ error
    H = f.grad(U, {"m": "m_", "k": "k_"}).grad(U, {"m": "m__", "k": "k__"})
    rows, rank = values["U"].shape
    return H, {m: rows, n: len(values["V"]), k: rank}, ("m_", "k_", "m__", "k__")


def deep(values: Arrays, order: int) -> Question:
    import sympy
    import tensorgrad as tg
    from tensorgrad import functions as F

    p, q, r, s = sympy.symbols("p q r s")
    x, y = tg.Variable("x", p), tg.Variable("y", s)
    W = {"W_1": tg.Variable("W_1", q, p), "W_2": tg.Variable("W_2", r, q), "W_3": tg.Variable("W_3", s, r)}
    b = {"b_1": tg.Variable("b_1", q), "b_2": tg.Variable("b_2", r)}
    f = F.tanh(W["W_1"] @ x + b["b_1"])
    error = W["W_3"] @ F.tanh(W["W_2"] @ f + b["b_2"]) - y
    g = (error @ error / 2).grad(W["W_1"], {"q": "q_", "p": "p_"})
    n = len(values["x"])
    return g, dict.fromkeys((p, q, r, s), n), ("q_", "p_")


KNOWN: dict[str, tuple[Callable[[Arrays, int], Question], int]] = {
    "Hessian, logistic loss (X 2n × n)": (logistic, 2),
    "Hessian, x' A x": (quadratic, 2),
    "Hessian, matrix factorisation by U, full (rank 2)": (factorisation, 2),
    "gradient, logistic loss": (logistic, 1),
    "gradient, three-layer net by W_1": (deep, 1),
}


def compiled(name: str, values: Arrays) -> Call | None:
    """The derivative as tensorgrad compiles it; None for a problem that is not written in its language here."""
    if name not in KNOWN:
        return None
    import torch
    from tensorgrad.compiler import compile_to_callable

    make, order = KNOWN[name]
    tensor, sizes, edges = make(values, order)
    program = compile_to_callable(tensor)
    # Its own call needs the named tensors that PyTorch no longer has; the function that it compiles does not.
    function = program.codegen.specialize(sizes, verbose=False, dtype=torch.float64, for_inductor=False)
    arrays = [torch.as_tensor(values[v.name], dtype=torch.float64) for v in program.vars]
    permuted, names = program._wrap_plans[0]
    order_of = [names.index(e) for e in edges]
    places = order_of if permuted is None else [permuted[k] for k in order_of]

    def call() -> Any:
        with torch.no_grad():
            return function(*arrays)[0].permute(places)

    return call
