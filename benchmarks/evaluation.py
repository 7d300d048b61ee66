"""(a) How fast emitted code is: against closed forms by hand in NumPy, jitted JAX, PyTorch and tensorgrad, on one thread."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import numpy as np

import matcalc

from .problems import PROBLEMS, Arrays, Problem
from .timing import Call, Ratio, race

Row = tuple[str, int, float, dict[str, Ratio]]


@cache
def emitted(problem: Problem, n: int) -> Any:
    """The emitted NumPy function."""
    d = matcalc.derivative(problem.expr, problem.wrt, where=problem.where)
    assert not isinstance(d, list)
    parts = ["hessian"] if problem.part == "hessian" else []
    names: dict[str, Any] = {}
    exec(d.code("numpy", parts=parts, sizes=problem.dims(n)), names)
    return names[problem.part]


def by_jax(problem: Problem, values: Arrays) -> Call | None:
    if find_spec("jax") is None:
        return None
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    primitives = SimpleNamespace(
        sum=jnp.sum,
        softplus=lambda z: jnp.logaddexp(0, z),
        relu=jax.nn.relu,
        logsumexp=jax.nn.logsumexp,
        tanh=jnp.tanh,
        eye=jnp.eye,
        solve=jnp.linalg.solve,
        logdet=lambda X: jnp.linalg.slogdet(X)[1],
    )
    loss = problem.loss(primitives)
    names = list(inspect.signature(loss).parameters)
    take = jax.grad if problem.part == "gradient" else jax.hessian
    function = jax.jit(take(loss, argnums=names.index(problem.wrt)))
    arrays = [jnp.asarray(values[n]) for n in names]
    return lambda: function(*arrays).block_until_ready()


def by_torch(problem: Problem, values: Arrays) -> Call | None:
    if find_spec("torch") is None:
        return None
    import torch

    torch.set_num_threads(1)
    primitives = SimpleNamespace(
        sum=torch.sum,
        softplus=lambda z: torch.logaddexp(torch.zeros((), dtype=z.dtype), z),
        relu=torch.relu,
        logsumexp=lambda z: torch.logsumexp(z, 0),
        tanh=torch.tanh,
        eye=lambda n: torch.eye(n, dtype=torch.float64),
        solve=torch.linalg.solve,
        logdet=lambda X: torch.linalg.slogdet(X)[1],
    )
    loss = problem.loss(primitives)
    names = list(inspect.signature(loss).parameters)
    take = torch.func.grad if problem.part == "gradient" else torch.func.hessian
    function = take(loss, argnums=names.index(problem.wrt))
    arrays = [torch.as_tensor(values[n], dtype=torch.float64) for n in names]
    return lambda: function(*arrays)


def by_tensorgrad(problem: Problem, values: Arrays) -> Call | None:
    if find_spec("torch") is None or find_spec("tensorgrad") is None:
        return None
    from .tensornet import compiled

    return compiled(problem.name, values)


def contestants(problem: Problem, n: int) -> dict[str, Call]:
    """What takes part; each has given the numbers of the closed form by hand before it is timed."""
    values = problem.make(n, np.random.default_rng(n))
    function = emitted(problem, n)
    arguments = [values[name] for name in inspect.signature(function).parameters]
    hand = [values[name] for name in inspect.signature(problem.hand).parameters]
    calls: dict[str, Call | None] = {
        "matcalc": lambda: function(*arguments),
        "by hand": lambda: problem.hand(*hand),
        "JAX": by_jax(problem, values),
        "PyTorch": by_torch(problem, values),
        "tensorgrad": by_tensorgrad(problem, values),
    }
    found = {name: call for name, call in calls.items() if call is not None}
    want = np.asarray(found["by hand"]())
    for name, call in found.items():
        if not np.allclose(np.asarray(call()), want, rtol=1e-6, atol=1e-8 * float(np.max(np.abs(want)))):
            raise AssertionError(f"{name} disagrees on {problem.name} at n = {n}")
    return found


def rows(only: str = "") -> Iterator[Row]:
    for problem in PROBLEMS:
        for n in problem.sizes:
            if only in problem.name:
                own, ratios = race(contestants(problem, n), limit=8.0, inside=True)
                yield problem.name, n, own, ratios
