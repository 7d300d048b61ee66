"""No text that was made from a grammar with its meaning known is read as another: it is answered right, or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from misleading import Text, texts

import matcalc

COUNT = 640
LEAST_ANSWERED = 0.8


def derivative(t: Text) -> Any:
    x = np.asarray(t.values[t.wrt], dtype=complex)
    columns = []
    for at in np.ndindex(x.shape):
        moved = x.copy()
        moved[at] += 1e-30j
        columns.append(np.imag(t.f({**t.values, t.wrt: moved})) / 1e-30)
    return np.stack(columns, -1).reshape((*np.shape(columns[0]), *x.shape))


def outcome(t: Text) -> str:
    try:
        d: Any = matcalc.derivative(t.text, t.wrt, where=t.where)
    except matcalc.MatcalcError:
        return "refused"
    values = dict(t.values)
    while True:
        try:
            got = d.evaluate(values)
            break
        except matcalc.MatcalcError as error:  # what the derivative does not depend on is left out
            name = error.message.split()[0]
            if "does not occur" not in error.message or name not in values:
                return f"misread: {error.message}"
            del values[name]
    right = np.allclose(np.squeeze(got), np.squeeze(derivative(t)), rtol=1e-8, atol=1e-10)
    return "right" if right else f"misread as {d.text}"


@pytest.mark.parametrize("part", range(8))
def test_no_text_is_misread(part: int) -> None:
    found: dict[int, str] = {}
    for k, t in enumerate(texts(COUNT)):
        if k % 8 == part:
            found[k] = outcome(t)
            assert not found[k].startswith("misread"), f"{k}: {t.text!r} by {t.wrt} where {t.where!r}: {found[k]}"
    assert sum(o == "right" for o in found.values()) >= LEAST_ANSWERED * len(found)
