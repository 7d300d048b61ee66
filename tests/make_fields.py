"""The numbers of `data/fields.jsonl`, by automatic differentiation in double precision: python tests/make_fields.py

Every case has its function a second time, as a JAX expression (`oracle`) of arrays (`args`: a shape, and what the matrix is to be).
`data/fields.npz` gets their values and the derivative at two points;
with `--new` only those of cases that have none. `data/seconds.npz` has the second derivatives of the numbers among them
(`python tests/make_fields.py seconds`). JAX knows nothing of matcalc, and the tests need no JAX.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl
import numpy as np
from charts import riemannian, tangent

HERE = Path(__file__).parent / "data"


def hat(w: Any) -> Any:
    """[w]_x by its entries."""
    return jnp.array([[0, -w[2], w[1]], [w[2], 0, -w[0]], [-w[1], w[0], 0]])


def sqrtm(X: Any) -> Any:
    """The principal square root, by Denman and Beavers' iteration."""
    Y, Z = X, jnp.eye(len(X))
    for _ in range(25):
        Y, Z = (Y + jnp.linalg.inv(Z)) / 2, (Z + jnp.linalg.inv(Y)) / 2
    return Y


def logm(X: Any) -> Any:
    """The principal logarithm: the integral of (X - I) (I + t (X - I))^-1 for t from 0 to 1, of the eighth root."""
    eye, A = jnp.eye(len(X)), sqrtm(sqrtm(sqrtm(X)))
    points, weights = np.polynomial.legendre.leggauss(40)
    return 8 * sum(w / 2 * (A - eye) @ jnp.linalg.inv(eye + (1 + t) / 2 * (A - eye)) for t, w in zip(points, weights, strict=True))


def powm(X: Any, s: Any) -> Any:
    """X^s."""
    return jsl.expm(s * logm(X))


def cosm(X: Any) -> Any:
    """The matrix cosine, and beside it the sine."""
    return jsl.expm(jnp.block([[0 * X, X], [-X, 0 * X]]))[: len(X), : len(X)]


def sinm(X: Any) -> Any:
    return jsl.expm(jnp.block([[0 * X, X], [-X, 0 * X]]))[: len(X), len(X) :]


def eig(X: Any) -> Any:
    """The eigenvalues and eigenvectors of the symmetric part, the least first; the greatest entry of a vector is positive."""
    values, vectors = jnp.linalg.eigh((X + X.T) / 2)
    top = jnp.argmax(jnp.abs(vectors), axis=0)
    return values, vectors * jnp.sign(vectors[top, jnp.arange(len(X))])


def spectral(X: Any, k: int) -> Any:
    """An eigenvalue of any matrix, and its projector as a product over the others (Sylvester)."""
    values = newton(
        lambda s: jnp.array([jnp.linalg.det(X - a * jnp.eye(len(X))) for a in s]), jnp.sort(jnp.linalg.eigvals(stopped(X)).real)
    )
    others = [a for j, a in enumerate(values) if j != k % len(X)]
    projector = jnp.eye(len(X))
    for other in others:
        projector = projector @ (X - other * jnp.eye(len(X))) / (values[k] - other)
    return values[k], projector


stopped = jax.lax.stop_gradient


def vech(X: Any) -> Any:
    """The columns of X on and below the diagonal, on top of each other."""
    return jnp.concatenate([X[k:, k] for k in range(len(X))])


def unvech(v: Any) -> Any:
    """The symmetric matrix with these entries on and below the diagonal."""
    n = round((8 * len(v) + 1) ** 0.5 - 1) // 2
    rows, cols = np.triu_indices(n)
    S = jnp.zeros((n, n)).at[cols, rows].set(v)
    return S + S.T - jnp.diag(jnp.diagonal(S))


def newton(f: Any, x: Any) -> Any:
    """x with f(x) = 0, by so many steps of Newton's method that JAX may differentiate them one by one."""
    for _ in range(25):
        slope = jax.jacobian(f)(x).reshape(x.size, x.size)
        x = x - jnp.linalg.solve(slope, f(x).reshape(-1, 1)).reshape(x.shape)
    return x


def normal(f: Any, mean: Any, *covariances: Any, nodes: int = 9) -> Any:
    """The mean of f over N(mean, covariance), over a matrix with those of its rows and columns: a product of Gauss-Hermite rules."""
    mean = jnp.asarray(mean, float)
    d = mean.size
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    grid = np.stack(np.meshgrid(*[points] * d, indexing="ij"), -1).reshape(-1, *(mean.shape or (1,)))
    weight = np.prod(np.stack(np.meshgrid(*[weights] * d, indexing="ij"), -1).reshape(-1, d), 1) / (2 * np.pi) ** (d / 2)
    if not mean.shape:
        at = mean + jnp.sqrt(covariances[0]) * grid[:, 0]
    elif mean.ndim == 1:
        at = mean + grid @ jnp.linalg.cholesky(covariances[0]).T
    else:
        at = mean + jnp.linalg.cholesky(covariances[0]) @ grid @ jnp.linalg.cholesky(covariances[1]).T
    return jnp.tensordot(jnp.asarray(weight), jax.vmap(f)(at), 1)


HELPERS = {
    "jax": jax,
    "newton": newton,
    "normal": normal,
    "vech": vech,
    "unvech": unvech,
    "jnp": jnp,
    "jsl": jsl,
    "hat": hat,
    "sqrtm": sqrtm,
    "logm": logm,
    "powm": powm,
    "cosm": cosm,
    "sinm": sinm,
    "eig": eig,
    "spectral": spectral,
}


def drawn(rng: np.random.Generator, what: str) -> np.ndarray:
    """A random array: `3 3 spd`, `3`, `` for a number."""
    shape = [int(word) for word in what.split() if word.isdigit()]
    x = rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape)
    z = x + 1j * rng.uniform(-1, 1, shape) if {"complex", "hermitian", "hpd"} & set(what.split()) else x
    kinds = {
        "spd": lambda: x @ x.T + np.eye(len(x)),
        "symmetric": lambda: (x + x.T) / 2,
        "near": lambda: np.eye(len(x)) + x / 4,
        "spread": lambda: np.diag(np.arange(1.0, len(x) + 1)) + x / 5,
        "lower": lambda: np.tril(x) + 2 * np.eye(len(x)),
        "positive": lambda: np.abs(x),
        "complex": lambda: z,
        "hermitian": lambda: (z + z.conj().T) / 2,
        "hpd": lambda: z @ z.conj().T + np.eye(len(x)),
        "unit": lambda: x / np.linalg.norm(x),
        "orthonormal": lambda: np.linalg.qr(x)[0],
        "simplex": lambda: np.abs(x) / np.abs(x).sum(),
        "oblique": lambda: x / np.linalg.norm(x, axis=0),
        "singular": lambda: x[:, :2] @ x[:2],
        "density": lambda: (x @ x.T + np.eye(len(x))) / np.trace(x @ x.T + np.eye(len(x))),
    }
    return next((make() for kind, make in kinds.items() if kind in what.split()), x)


def by_parts(f: Any, z: Any, way: str) -> np.ndarray:
    """The derivative of a function of complex arrays, from those by the real and by the imaginary part: ∂f/∂z (`name`), ∂f/∂conj(z)
    (`gradient`, `conjugate`), or the Hermitian G with df = tr(G dZ)."""

    def parts(x: Any, y: Any) -> Any:
        value = f(x + 1j * y)
        return jnp.stack([jnp.real(value), jnp.imag(value)])

    (ux, vx), (uy, vy) = (np.asarray(d) for d in jax.jacobian(parts, (0, 1))(jnp.real(z), jnp.imag(z)))
    along, across = ux + 1j * vx, uy + 1j * vy
    if way == "name":
        return (along - 1j * across) / 2
    conjugate = (along + 1j * across) / 2
    return conjugate + conjugate.conj().T if way == "hermitian" else conjugate


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    for corpus in [a for a in sys.argv[1:] if a != "--new"] or ("fields", "complex", "manifolds", "expectations", "implicit", "seconds"):
        make(corpus) if corpus != "seconds" else seconds()


def function_of(case: dict[str, Any], values: dict[str, Any], variables: list[str]) -> Any:
    """The function of a case as one of its variables."""

    def function(*xs: Any) -> Any:
        moved = {v.removeprefix("vech(").removesuffix(")"): unvech(x) if "(" in v else x for v, x in zip(variables, xs)}
        names = {**HELPERS, "values": values, **{n: jnp.asarray(v) for n, v in values.items()}, **moved}
        names["given"] = names  # for lambda, which is no name in Python
        if "solution" in case:
            names[case["solve"]] = eval(case["solution"], names)
        return eval(case["oracle"], names)  # the file's own text

    return function


def seconds() -> None:
    """The second derivatives of those cases of the fields that are numbers, or columns by vech(S), and have a first one."""
    given, found = np.load(HERE / "fields.npz"), {}
    for case in map(json.loads, (HERE / "fields.jsonl").read_text(encoding="utf-8").splitlines()):
        if case["order"] != 1:
            continue
        name, v = case["id"], case["wrt"]
        values = {n: given[f"{name}/0/{n}"] for n in case["args"]}
        function, at = function_of(case, values, [v]), values.get(v)
        at = jnp.asarray(vech(values[v[5:-1]]) if at is None else at)
        if function(at).size == 1 or v.startswith("vech("):
            found[name] = np.squeeze(jax.jacobian(jax.jacobian(function))(at))
    np.savez_compressed(HERE / "seconds.npz", **found)


def make(corpus: str) -> None:
    """The numbers of one file."""
    found: dict[str, np.ndarray] = dict(np.load(HERE / f"{corpus}.npz")) if "--new" in sys.argv else {}
    for number, line in enumerate((HERE / f"{corpus}.jsonl").read_text(encoding="utf-8").splitlines()):
        case = json.loads(line)
        for point in (0, 1) if f"{case['id']}/0" not in found else ():
            rng = np.random.default_rng([number, point])
            values = {name: drawn(rng, what) for name, what in case["args"].items() if what != "tangent"}
            if "along" in case:
                values[case["along"]] = tangent(case["manifold"], values[case["wrt"]], rng)
            named = [name.strip() for name in case["wrt"].split(",")]
            variables = list(dict.fromkeys(name.removeprefix("conj(").removesuffix(")") if "conj" in name else name for name in named))

            function = function_of(case, values, variables)
            derivative: Any = function
            found |= {f"{case['id']}/{point}/{name}": value for name, value in values.items()}
            if "solution" in case:
                known = {**HELPERS, **{n: jnp.asarray(v) for n, v in values.items()}}
                found[f"{case['id']}/{point}/{case['solve']}"] = np.asarray(eval(case["solution"], {**known, "given": known}))
            at = [jnp.asarray(vech(values[v[5:-1]]) if "(" in v else values[v]) for v in variables]
            if "manifold" in case:
                found[f"{case['id']}/{point}"] = riemannian(function, case["manifold"], at[0], values.get(case.get("along")))
                continue
            if "way" in case:
                found[f"{case['id']}/{point}"] = by_parts(function, at[0], case["way"])
                continue
            for k in range(case["order"]):
                derivative = jax.jacobian(derivative, k % len(variables))
            found[f"{case['id']}/{point}"] = np.asarray(derivative(*at))
    np.savez_compressed(HERE / f"{corpus}.npz", **found)


if __name__ == "__main__":
    main()
