"""The corpus of derivatives: expressions from books and papers with the numbers that automatic differentiation gives.

`data/public.jsonl` has identities of textbooks, `data/rivals.jsonl` those on which other programs fail. A case is a line: the
expression, the variable, the declarations, the order, and mostly the closed form that the source prints (`expected`). The file
beside it with the ending .npz holds random inputs and the derivative there, indices of the function first, those of the variable last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data"
Case = dict[str, Any]
Draw = tuple[dict[str, Any], np.ndarray]


def cases(name: str) -> list[Case]:
    """The cases of a file, each with the name of its file."""
    lines = (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [{**json.loads(line), "file": name} for line in lines if line.strip()]


@cache
def _arrays(name: str) -> dict[str, np.ndarray]:
    with np.load(DATA / f"{name}.npz") as data:
        return dict(data)


def draws(case: Case) -> Iterator[Draw]:
    """The inputs of a case and the derivative there."""
    data, start = _arrays(case["file"]), case["id"] + "|"
    for k in range(8):
        if f"{start}{k}|out" not in data:
            return
        prefix = f"{start}{k}|in|"
        inputs = {key.removeprefix(prefix): value for key, value in data.items() if key.startswith(prefix)}
        yield {n: (v.item() if v.ndim == 0 else v) for n, v in inputs.items()}, data[f"{start}{k}|out"]


def close(got: Any, want: Any, tolerance: float = 1e-7) -> bool:
    """Whether the numbers agree, relative to the greatest of them. Axes of length one do not count."""
    got, want = np.squeeze(np.asarray(got, dtype=complex if np.iscomplexobj(want) else float)), np.squeeze(np.asarray(want))
    if got.size == 1 and not np.any(got):  # a derivative that is zero may be printed as the number 0
        got = np.zeros_like(want)
    scale = max(1.0, float(np.max(np.abs(want), initial=0)))
    return got.shape == want.shape and bool(np.allclose(got, want, rtol=tolerance, atol=tolerance * scale))


def symbols(text: str) -> int:
    """How many symbols a closed form has: names, numbers and operators; one for a transpose, an inverse, a norm or a call."""
    for old, new in (("‖", "||"), ("⊙", ".*"), ("⊗", " kron "), ("ᵀ", "^T"), ("−", "-"), ("·", "*")):
        text = text.replace(old, new)
    text = re.sub(r"\^\s*\{?\s*-\s*T\s*\}?", " TINV ", text)
    text = re.sub(r"\^\s*\{?\s*T\s*\}?|'", " TR ", text)
    text = re.sub(r"\^\s*\{?\s*-\s*1\s*\}?", " INV ", text)
    text = re.sub(r"\|\|(?:_\{?\w+\}?)?", " | ", text)
    bars = text.count("|")
    text = text.replace("|", " ")
    return bars // 2 + len(re.findall(r"[^\W\d_]+(?:_\{?\w+\}?)?|\d+(?:\.\d+)?|\.[*/^]|[-+*/^=<>]", text))


def undeclared(case: Case) -> bool:
    """Whether the case can be asked without its declarations: no properties, no families, scalars with Greek names, no fixed sizes."""
    shapes = case["args"]
    latin = any(not shape and len(name.split("_")[0]) == 1 for name, shape in shapes.items())
    fixed = any(isinstance(size, int) for shape in shapes.values() for size in shape)
    return any(shapes.values()) and not (case.get("props") or case.get("families") or case.get("needs") or latin or fixed)
