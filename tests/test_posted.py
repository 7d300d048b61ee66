"""Tasks as people post them, from fields that the corpora do not have: the derivative is that of the function they mean, by numbers.

A line of `data/posted.jsonl`: the text, the variable, the value as Python over NumPy, the arrays by name (`3,3s` is a positive definite
one, `i=2` the number of an index, `c=3.0` a number), and what the author declared in prose. Names are spelled as Python can: A_{tilde} is
A_tilde.
"""

from __future__ import annotations

import json
import keyword
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc.reading.read import parse_names
from matcalc.reading.subscripts import split_indexed

TASKS = [json.loads(line) for line in (Path(__file__).parent / "data" / "posted.jsonl").read_text(encoding="utf-8").splitlines()]
Values = dict[str, Any]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def relu(z: Any) -> Any:
    return np.where(np.real(z) > 0, z, 0)


def arrays(text: str) -> Values:
    rng, found = np.random.default_rng(len(text)), dict[str, Any]()
    for part in text.split():
        name, _, shape = part.partition(":")
        if "=" in name:
            given = name.partition("=")[2]
            found[name.partition("=")[0]] = float(given) if "." in given else int(given)
            continue
        sizes = [int(n) for n in shape.rstrip("s").split(",")] if shape else []
        a = rng.uniform(0.3, 1.3, sizes)
        found[name] = a @ np.swapaxes(a, -1, -2) + np.eye(sizes[-1]) if shape.endswith("s") else a if sizes else float(a)
    return found


def python_name(name: str) -> str:
    plain = re.sub(r"[{},]", "", name).replace("-", "m")
    return plain + "_" if keyword.iskeyword(plain) else plain


def derivative(value: str, given: Values, wrt: str) -> Any:
    """By complex steps; by x_i, the part of the derivative by x."""
    if wrt not in given:
        base, index = split_indexed(wrt)
        return derivative(value, given, base)[..., *[given[c] - 1 for c in index], *[slice(None)] * (np.ndim(given[base]) - len(index))]
    x = np.asarray(given[wrt], dtype=complex)
    columns = []
    for at in np.ndindex(x.shape):
        moved = x.copy()
        moved[at] += 1e-30j
        names = {python_name(n): v for n, v in given.items()} | {python_name(wrt): moved if moved.shape else moved[()]}
        columns.append(np.imag(eval(value, {"np": np, "sigmoid": sigmoid, "relu": relu} | names)) / 1e-30)
    return np.stack(columns, -1).reshape((*np.shape(columns[0]), *x.shape))


def evaluated(d: Any, given: Values) -> Any:
    values = dict(given)
    while True:
        try:
            return d.evaluate(values)
        except matcalc.MatcalcError as error:  # what the derivative does not depend on is left out
            name = error.message.split()[0]
            if "does not occur" not in error.message or name not in values:
                raise
            del values[name]


@pytest.mark.parametrize("task", TASKS, ids=lambda t: t["text"][:40])
def test_it_is_the_derivative_of_what_was_meant(task: dict[str, str]) -> None:
    given = arrays(task["arrays"])
    got = evaluated(matcalc.derivative(task["text"], task["wrt"], where=task.get("where", "")), given)
    expected = derivative(task["value"], given, parse_names(task["wrt"])[0])
    assert np.allclose(np.squeeze(got), np.squeeze(expected), rtol=1e-8, atol=1e-10)
