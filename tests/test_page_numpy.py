"""The page's stand-in for NumPy (`web/python/numpy`) against NumPy, and claims judged with it."""

from __future__ import annotations

import importlib.util
import json
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from console import ROOT, python

from matcalc.errors import NoAnswerError

PLACE = ROOT / "web" / "python" / "numpy"


@pytest.fixture(scope="module")
def own() -> ModuleType:
    """The stand-in, imported under another name beside NumPy."""
    spec = importlib.util.spec_from_file_location("page_numpy", PLACE / "__init__.py", submodule_search_locations=[str(PLACE)])
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["page_numpy"] = made
    spec.loader.exec_module(made)
    return made


A = [[2.0, -1.0, 0.5], [0.25, 3.0, 1.0], [1.0, -2.0, 4.0]]
S = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]]
T = [[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]
C = [[1 + 2j, 0.5], [-1j, 3.0]]

EXPRESSIONS = [
    "np.array(A) @ np.array(T).T",
    "np.array(T)[:, None] * np.array(T)[None]",
    "np.array(A)[1:, ::-1]",
    "np.array(A)[[2, 0], 1]",
    "np.array(A)[np.array(A) > 1]",
    "np.array(A)[..., -1]",
    "np.eye(6)[np.arange(6).reshape(3, 2).T.ravel()]",
    "np.array(T).reshape(-1, order='F')",
    "np.array(T).reshape((3, 2), order='F')",
    "np.transpose(np.arange(24).reshape(2, 3, 4), (2, 0, 1))",
    "np.moveaxis(np.arange(24).reshape(2, 3, 4), [0], [2])",
    "np.einsum('ij,kj->ik', T, A)",
    "np.einsum('ij,jk,kl->il', A, A, np.array(T).T)",
    "np.einsum('ii->i', np.array(A))",
    "np.einsum('ii', np.array(A))",
    "np.einsum(np.array(T), [0, 1], np.array(A), [1, 2], [2, 0])",
    "np.tensordot(np.array(T), np.array(A), ([1], [0]))",
    "np.kron(np.array(T), np.array(A))",
    "np.sum(np.array(T), axis=0, keepdims=True)",
    "np.max(np.array(T), axis=1)",
    "np.prod(np.array(T), axis=(0, 1))",
    "np.max(np.array([]), initial=0)",
    "np.sum(np.array([]))",
    "np.where(np.array(A) > 1, np.array(A), 0.0)",
    "np.logaddexp(0, np.array([-1000.0, -1.0, 0.0, 2.0, 1000.0]))",
    "np.eye(4, 1, -2)",
    "np.eye(3)[[2, 0, 1]]",
    "np.argmax(np.array(T))",
    "np.array(T) / np.array([1.0, 0.0, -0.0])",
    "np.array([0.0, -1.0, 1.0]) / 0.0",
    "np.array([-1.0, 0.0, 2.0]) ** 0.5",
    "np.array([0.0, 2.0]) ** -1.0",
    "2.0 ** np.array([1.0, -1.0, 2000.0])",
    "np.log(np.array([0.0, -1.0, 1.0]))",
    "np.exp(np.array([1000.0, -1000.0, 0.0]))",
    "np.sqrt(np.array([-1.0, 4.0]))",
    "np.exp(np.array(C))",
    "np.real(np.array(C) * 1j)",
    "np.abs(np.array(C))",
    "np.sign(np.array([-2.0, 0.0, 3.0]))",
    "np.isfinite(np.array([np.inf, np.nan, 1.0]))",
    "np.tril(np.array(A)) + np.triu(np.array(A), 1)",
    "np.block([[np.array(A), np.array(T).T], [np.array(T), np.eye(2)]])",
    "np.stack([np.array(T), np.array(T)], axis=-1)",
    "np.concatenate([np.array(T), np.array(T)], axis=1)",
    "np.diag(np.diag(np.array(A)))",
    "np.argwhere(np.array(A) > 1)",
    "np.broadcast_to(np.array([[1.0], [2.0]]), (3, 2, 4))",
    "np.cumsum(np.array([1.0, 2.0, 3.0]))",
    "np.sort(np.array(A))",
    "np.linspace(0.0, 1.0, 5)",
    "np.delete(np.array([1.0, 2.0, 3.0]), 1)",
    "np.linalg.inv(np.array(A))",
    "np.linalg.inv(np.array(C))",
    "np.linalg.solve(np.array([A, S]), np.array([S, A]))",
    "np.linalg.det(np.array(A))",
    "np.linalg.slogdet(np.array(A))[1]",
    "np.linalg.matrix_power(np.array(A), -2)",
    "np.linalg.multi_dot([np.array(T), np.array(A), np.array(T).T])",
    "np.linalg.norm(np.array(C))",
    "np.linalg.eigvalsh(np.array(S))",
    "np.linalg.eigh(np.array(S))[0]",
    "np.linalg.svd(np.array(T))[1]",
    "np.linalg.svd(np.array(T).T, compute_uv=False)",
    "np.linalg.pinv(np.array(T))",
    "np.linalg.pinv(np.ones((2, 2)))",
    "np.linalg.lstsq(np.array(T).T, np.array([[1.0], [2.0], [4.0]]), rcond=None)[0]",
    "np.linalg.cholesky(np.array(S))",
    "np.abs(np.linalg.qr(np.array(A))[0])",
    "np.abs(np.linalg.qr(np.array(A))[1])",
    "np.linalg.cond(np.array(A))",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_it_computes_as_numpy_does(own: ModuleType, text: str) -> None:
    names: dict[str, Any] = {"A": A, "S": S, "T": T, "C": C}
    with np.errstate(all="ignore"):
        right = eval(text, {**names, "np": np})
    found = eval(text, {**names, "np": own})
    assert np.shape(right) == own.shape(found)
    found = np.array(found.tolist() if isinstance(found, own.ndarray) else found)
    assert np.allclose(found.reshape(np.shape(right)), right, rtol=1e-9, atol=1e-12, equal_nan=True), (found, right)


@pytest.mark.parametrize("rows", [T, A, S, [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]])
def test_singular_vectors(own: ModuleType, rows: list[list[float]]) -> None:
    X = own.array(rows)
    U, s, Vt = own.linalg.svd(X)
    n = len(s)
    for one in (U, Vt):
        assert own.allclose(one @ one.T, own.eye(len(one)))
    assert own.allclose((U[:, :n] * s) @ Vt[:n], X)


@pytest.mark.parametrize("text", ["np.linalg.inv(np.zeros((2, 2)))", "np.linalg.cholesky(-np.eye(2))", "np.linalg.det(np.ones((2, 3)))"])
def test_it_refuses_what_numpy_refuses(own: ModuleType, text: str) -> None:
    for module in (np, own):
        with pytest.raises(module.linalg.LinAlgError):  # type: ignore[attr-defined]
            eval(text, {"np": module})


def test_what_it_does_not_have_is_refused(own: ModuleType) -> None:
    with pytest.raises(NoAnswerError, match=r"takes NumPy \(fft\)"):
        _ = own.fft


def test_entries_are_set(own: ModuleType) -> None:
    for module in (np, own):
        made: Any = module.zeros((3, 4))
        made[1:, ::2] = [[1.0, 2.0], [3.0, 4.0]]
        made[0] = 5.0
        made[2, 3] += 1.0
        assert made.tolist() == [[5.0] * 4, [1.0, 0.0, 2.0, 0.0], [3.0, 0.0, 4.0, 1.0]]


def test_axes_that_do_not_match_are_refused(own: ModuleType) -> None:
    for module in (np, own):
        with pytest.raises(ValueError, match="axes don't match array"):
            module.transpose(module.zeros((2, 3)), (0, 2, 1, 3))


def test_claims_are_judged_with_it() -> None:
    lines = (ROOT / "tests" / "data" / "claims.jsonl").read_text(encoding="utf-8").splitlines()
    claims = [claim for claim in map(json.loads, lines) if claim.get("verdict") in ("equal", "not equal")][::25]
    code = """
import json, sys, numpy
from matcalc import ask
assert not hasattr(numpy, "__version__")
for claim in json.loads(sys.argv[1]):
    fields = ("expr", "wrt", "claim", "where", "order", "layout")
    print(json.dumps(ask({"command": "check", **{name: claim[name] for name in fields if name in claim}})))
"""
    outcome = python("-c", code, json.dumps(claims), env={"PYTHONPATH": f"{PLACE.parent}:{ROOT}"}, timeout=300)
    found = [json.loads(line) for line in outcome.out.splitlines()]
    assert len(found) == len(claims) > 8, outcome.err
    assert [one.get("verdict") for one in found] == [claim["verdict"] for claim in claims]
