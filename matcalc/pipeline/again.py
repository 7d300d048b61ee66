"""The numbers of a derivative that is asked for them again: by its program, once that has given the numbers of the expression itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..codegen.program import first_name
from ..codegen.pyfile import identifier
from ..errors import MatcalcError

Program = Callable[[Mapping[str, Any]], Any]


def program_for(d: Any, values: Mapping[str, Any], wanted: Any) -> Program | None:
    """The derivative's program as a function of its values, which has to give the numbers that are wanted here; None where it does not,
    or where there is none. It returns None for values that the expression itself must answer: of other names or shapes, not all real, or
    with a result that is not finite."""
    import numpy as np

    from ..numbers import doubles

    names = {n: identifier(n) for n in values}
    try:
        found: dict[str, Any] = {"__name__": "matcalc.numpy"}
        exec(compile(d.code("numpy"), f"<{d.text}>", "exec"), found)  # of matcalc's own making: of what was typed it has the names
        function = found[first_name(d)]
    except (MatcalcError, KeyError):
        return None

    def compute(given: Mapping[str, Any]) -> Any:
        if given.keys() != names.keys():
            return None
        try:
            arrays = {names[n]: v if isinstance(v, int) else np.asarray(v) for n, v in given.items()}
            if any(v.dtype.kind not in "fi" for v in arrays.values() if not isinstance(v, int)):
                return None
            arrays = {n: v if isinstance(v, int) else v.astype(np.float64, copy=False) for n, v in arrays.items()}
            with doubles.quiet():
                result = np.asarray(function(**arrays))
        except (TypeError, ValueError, ArithmeticError, IndexError):
            return None
        if result.dtype != np.float64 or not np.all(np.isfinite(result)):
            return None
        return result.item() if result.ndim == 0 else result if result.flags.owndata else result.copy()

    result = compute(values)
    if result is None or np.shape(result) != np.shape(wanted):
        return None
    size = float(np.max(np.abs(wanted), initial=0))
    return compute if np.allclose(result, wanted, rtol=1e-9, atol=1e-12 * size) else None
