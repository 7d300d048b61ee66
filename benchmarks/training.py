"""(g) Emitted code of the thirty-one losses: NumPy against closed forms by hand and jitted JAX, JAX and PyTorch against their own
automatic differentiation, gradients and Hessian-vector products, on one thread."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

import matcalc

from .losses import LOSSES, Loss, Values
from .timing import Call, Ratio, race

AT = 2  # the j of a variable x_j


class Row(NamedTuple):
    name: str
    part: str
    n: int
    seconds: float
    ratios: Mapping[str, Ratio]


@cache
def emitted(loss: Loss, language: str) -> dict[str, Any]:
    """The functions of the emitted file."""
    d = matcalc.derivative(loss.expr, loss.wrt, where=loss.where, verify=False)
    assert not isinstance(d, list)
    names: dict[str, Any] = {}
    exec(d.code(language, parts=["hvp", "make"]), names)
    return names


def drawn(loss: Loss, n: int) -> tuple[Values, Any]:
    """The inputs, and a direction of the variable's shape."""
    rng = np.random.default_rng(n)
    values = (loss.large or loss.draw)(n, rng)
    x = np.asarray(next(iter(values.values())))
    direction = rng.normal(size=(x[AT - 1] if loss.wrt.endswith("_j") else x).shape)
    return values, (np.tril(direction) if "lower" in loss.where else direction)[()]


def arguments(function: Any, values: Values, *directions: Any) -> list[Any]:
    """What a function takes, in its order: an index last, and then directions."""
    names = [*inspect.signature(function).parameters]
    given = {name if name != "lambda" else "lambda_": v for name, v in values.items()} | {"j": AT}
    return [*[given[name] for name in names[: len(names) - len(directions)]], *directions]


def at(loss: Loss, value: Any) -> Any:
    """The part of a gradient by all members that is asked for."""
    return value[AT - 1] if loss.wrt.endswith("_j") else value


def in_numpy(loss: Loss, n: int) -> dict[str, dict[str, Call]]:
    """The contestants of the emitted NumPy code."""
    values, direction = drawn(loss, n)
    given, functions = list(values.values()), emitted(loss, "numpy")
    made = functions["make"](*arguments(functions["make"], values))
    found: dict[str, dict[str, Call]] = {}
    for part in ("gradient", "hvp"):
        further = [direction] if part == "hvp" else []
        whole, inner = functions[part], getattr(made, part)
        mine, own = arguments(whole, values, *further), arguments(inner, values, *further)
        calls: dict[str, Call] = {"matcalc": lambda f=whole, a=mine: f(*a), "made": lambda f=inner, a=own: f(*a)}  # type: ignore[misc]
        if part == "gradient":
            calls["by hand"] = lambda: at(loss, loss.gradient(*given))
        elif loss.product is not None:
            calls["by hand"] = lambda product=loss.product: product(*given, direction)  # type: ignore[misc]
        calls["JAX"] = of_jax(loss, values, part, direction)
        found[part] = calls
    return found


# ---------------------------------------------------------------------------------------------- JAX


def _jax() -> tuple[Any, Any]:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    names = "sum exp log log1p sqrt mean trace diag eye cumsum"
    return jax, SimpleNamespace(
        **{name: getattr(jnp, name) for name in names.split()},
        softplus=lambda z: jnp.logaddexp(0, z),
        relu=jax.nn.relu,
        logsumexp=lambda Z: jax.nn.logsumexp(Z, -1),
        softmax=lambda Z: jax.nn.softmax(Z, -1),
        logdet=lambda X: jnp.linalg.slogdet(X)[1],
        solve=jnp.linalg.solve,
        norm=jnp.linalg.norm,
        expm=jax.scipy.linalg.expm,
    )


def of_jax(loss: Loss, values: Values, part: str, direction: Any) -> Call:
    """JAX's own differentiation, jitted."""
    jax, p = _jax()
    x, *rest = [jax.numpy.asarray(v) for v in values.values()]

    def function(x: Any, *rest: Any) -> Any:
        return loss.loss(p, x, *rest)

    gradient = jax.grad(function)
    if part == "gradient":
        taken = jax.jit(lambda x, *rest: at(loss, gradient(x, *rest)))
        return lambda: taken(x, *rest).block_until_ready()
    whole = jax.numpy.asarray(_whole(loss, x, direction))
    product = jax.jit(lambda x, d, *rest: at(loss, jax.jvp(lambda y: gradient(y, *rest), (x,), (d,))[1]))
    return lambda: product(x, whole, *rest).block_until_ready()


def _whole(loss: Loss, x: Any, direction: Any) -> Any:
    """The direction by all members, for one by a single one."""
    if not loss.wrt.endswith("_j"):
        return direction
    found = np.zeros(x.shape)
    found[AT - 1] = direction
    return found


def in_jax(loss: Loss, n: int) -> dict[str, dict[str, Call]]:
    """The emitted JAX code, jitted, and JAX's own differentiation."""
    jax, _ = _jax()
    values, direction = drawn(loss, n)
    found: dict[str, dict[str, Call]] = {}
    for part in ("gradient", "hvp"):
        function = emitted(loss, "jax")[part]
        given = arguments(function, values, *([direction] if part == "hvp" else []))
        arrays = [v if isinstance(v, int) else jax.numpy.asarray(v) for v in given]
        fixed = [k for k, v in enumerate(given) if isinstance(v, int)]
        jitted = jax.jit(function, static_argnums=fixed)
        found[part] = {
            "matcalc": lambda f=jitted, a=arrays: f(*a).block_until_ready(),  # type: ignore[misc]
            "JAX": of_jax(loss, values, part, direction),
        }
    return found


# ---------------------------------------------------------------------------------------------- PyTorch


def in_torch(loss: Loss, n: int) -> dict[str, dict[str, Call]]:
    """The emitted PyTorch code, and PyTorch's own differentiation: by torch.autograd, and by torch.func."""
    import torch

    torch.set_num_threads(1)
    names = "sum exp log log1p sqrt mean trace diag cumsum relu"
    p = SimpleNamespace(
        **{name: getattr(torch, name) for name in names.split()},
        eye=lambda n: torch.eye(n, dtype=torch.float64),
        softplus=lambda z: torch.logaddexp(torch.zeros((), dtype=z.dtype), z),
        logsumexp=lambda Z: torch.logsumexp(Z, -1),
        softmax=lambda Z: torch.softmax(Z, -1),
        logdet=lambda X: torch.linalg.slogdet(X)[1],
        solve=torch.linalg.solve,
        norm=torch.linalg.vector_norm,
        expm=torch.linalg.matrix_exp,
    )
    values, direction = drawn(loss, n)
    x, *rest = [torch.as_tensor(v, dtype=torch.float64) for v in values.values()]
    d = torch.as_tensor(_whole(loss, x, direction), dtype=torch.float64)

    def function(x: Any) -> Any:
        return loss.loss(p, x, *rest)

    def backward() -> Any:
        y = x.detach().requires_grad_()
        return at(loss, torch.autograd.grad(function(y), y)[0])

    def twice() -> Any:
        y = x.detach().requires_grad_()
        g = torch.autograd.grad(function(y), y, create_graph=True)[0]
        return at(loss, torch.autograd.grad(g, y, d)[0])

    taken = torch.func.grad(function)
    found: dict[str, dict[str, Call]] = {}
    for part in ("gradient", "hvp"):
        own = emitted(loss, "torch")[part]
        given = arguments(own, values, *([direction] if part == "hvp" else []))
        arrays = [v if isinstance(v, int) else torch.as_tensor(v, dtype=torch.float64) for v in given]
        found[part] = {"matcalc": lambda f=own, a=arrays: f(*a)}  # type: ignore[misc]
        if part == "gradient":
            found[part] |= {"autograd": backward, "func": lambda: at(loss, taken(x))}
        else:
            found[part] |= {"autograd": twice, "func": lambda: at(loss, torch.func.jvp(taken, (x,), (d,))[1])}
    return found


LANGUAGES = {"numpy": in_numpy, "jax": in_jax, "torch": in_torch}


def agreed(calls: dict[str, Call], about: str) -> dict[str, Call]:
    """The contestants, those that cannot do it left out. AssertionError where one has other numbers than the emitted code."""
    want = np.asarray(calls["matcalc"]())
    found = {}
    for name, call in calls.items():
        try:
            got = np.asarray(call())
        except (NotImplementedError, RuntimeError):  # no forward derivative of an operation
            continue
        if not np.allclose(got, want, rtol=1e-6, atol=1e-7 * float(np.max(np.abs(want)) or 1)):
            raise AssertionError(f"{name} disagrees on {about}")
        found[name] = call
    return found


def rows(language: str, only: str = "", size: int = 0) -> Iterator[Row]:
    """The figures of one language."""
    for loss in LOSSES:
        for n in loss.sizes:
            if only not in loss.name or (size and n != size):
                continue
            for part, calls in LANGUAGES[language](loss, n).items():
                own, ratios = race(agreed(calls, f"{loss.name}, {part}, n = {n}"), rounds=9, limit=2.0, inside=True)
                yield Row(loss.name, part, n, own, ratios)
