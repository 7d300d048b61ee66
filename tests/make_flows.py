"""The numbers of `data/flows.jsonl`, by automatic differentiation in double precision: python tests/make_flows.py

A case is a derivative by time of functions that are given (`functions`), a rate along a flow (`flow`), or an equation of motion; its
function stands there a second time, as a JAX expression (`oracle`).
"""

from __future__ import annotations

import json
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from make_fields import HELPERS, HERE, drawn


def value_of(text: str, names: dict[str, Any]) -> Any:
    return eval(text, {**HELPERS, **names})  # the file's own text


def by_time(case: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The derivative of that order, and the functions with their derivatives up to it."""
    (time,) = [case["wrt"]]

    def at(t: Any) -> dict[str, Any]:
        return {**values, time: t, **{n: value_of(text, {time: t}) for n, text in case["functions"].items()}}

    def whole(t: Any) -> Any:
        return value_of(case["oracle"], at(t))

    found: dict[str, Any] = {}
    functions: dict[str, Any] = {n: lambda t, text=text: value_of(text, {time: t}) for n, text in case["functions"].items()}
    for k in range(case["order"] + 1):
        found |= {n + "'" * k: f(values[time]) for n, f in functions.items()}
        functions = {n: jax.jacfwd(f) for n, f in functions.items()}
    derivative: Any = whole
    for _ in range(case["order"]):
        derivative = jax.jacfwd(derivative)
    return {**found, "": derivative(values[time])}


def along(case: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The rate along a flow."""
    names = case["wrt"].split(",")
    rates = list(value_of(case["flow"][n], values) for n in names)
    slope = jax.jvp(
        lambda *xs: value_of(case["oracle"], {**values, **dict(zip(names, xs, strict=True))}), [values[n] for n in names], rates
    )
    return {"": slope[1]}


def motion(case: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """d/dt of the gradient by the rate, less the gradient by the coordinate."""
    n = case["wrt"]
    q, v, a = (values[name] for name in (n, f"{n}_{{dot}}", f"{n}_{{ddot}}"))
    rest = {k: x for k, x in values.items() if k.isidentifier()}

    def lagrangian(q: Any, v: Any) -> Any:
        return value_of(case["oracle"], {**rest, n: q, "rate": v})

    momentum = jax.jvp(jax.grad(lagrangian, 1), (q, v), (v, a))[1]
    return {"": momentum - jax.grad(lagrangian, 0)(q, v)}


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    found: dict[str, Any] = {}
    for number, line in enumerate((HERE / "flows.jsonl").read_text(encoding="utf-8").splitlines()):
        case = json.loads(line)
        for point in (0, 1):
            rng = np.random.default_rng([number, point])
            values = {name: jnp.asarray(drawn(rng, what)) for name, what in case["args"].items()}
            more = {"time": by_time, "flow": along, "lagrange": motion}[case["kind"]](case, values)
            where = f"{case['id']}/{point}"
            found |= {f"{where}/{n}" if n else where: np.asarray(v) for n, v in {**values, **more}.items()}
    np.savez_compressed(HERE / "flows.npz", **found)


if __name__ == "__main__":
    main()
