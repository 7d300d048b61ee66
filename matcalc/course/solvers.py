"""The function that repeats steps of Newton's method until they are small, in every language: data, text by text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple


class Solver(NamedTuple):
    """What is put behind a file, before its last lines `tail`: its `text` has the places names (the arguments, the unknowns first), x (the
    unknowns), changes and result (what `step` and the function give), moves (a line `move` for each unknown) and small (`small` of each,
    with `both` between). `several` writes many in a row. `listed` stands behind `behind` in a file that lists its functions."""

    text: str
    move: str
    small: str
    both: str = " && "
    several: str = "{}"
    result: str = ""
    tail: str = ""
    behind: str = ""
    listed: str = ""
    change: str = "d_{x}"  # of the unknown x, the k-th, where there are several


_PYTHON = '''

def solve({names}, most=50):
    """The solution near {x}, by Newton's method: one step and one that is 0 for a linear equation. ArithmeticError: steps stay large."""
    for _ in range(most):
        {changes} = step({names})
{moves}
        if {small}:
            return {x}
    raise ArithmeticError("no solution was found from this start")


def solve_and_vjp({names}, {weight}):
    """The solution near {x}, and the products of {weight} with its derivative by {wrt}."""
    {x} = solve({names})
    return {x}, vjp({names}, {weight})
'''
_OCTAVE = """

function {result} = solve({names})
    % The solution near {x}, by Newton's method: one step, and one that is 0, for a linear equation. An error where steps stay large.
    for k = 1:50
        {changes} = step({names});
{moves}
        if {small}
            return
        end
    end
    error('no solution was found from this start');
end
"""
_R = """

solve_near <- function({names}) {{
    # The solution near {x}, by Newton's method: one step, and one that is 0, for a linear equation. An error where steps stay large.
    for (k in 1:50) {{
        change <- step({names})
{moves}
        if ({small}) return({result})
    }}
    stop("no solution was found from this start")
}}
"""
_JULIA = '''

"""
The solution near {x}, by Newton's method: one step, and one that is 0, for a linear equation. An error where steps stay large.
"""
function solve({names})
    for k in 1:50
        {changes} = step({names})
{moves}
        if {small}
            return {result}
        end
    end
    throw(ErrorException("no solution was found from this start"))
end
'''
_EIGEN = """

inline Real largest_(Real x) {{ return std::abs(x); }}
inline Real largest_(const Matrix& x) {{ return x.size() ? x.cwiseAbs().maxCoeff() : Real(0); }}


// The solution near {x}, by Newton's method: one step, and one that is 0, for a linear equation. runtime_error: steps stay large.
inline {type} solve({typed}) {{
    for (int turn = 0; turn < 50; ++turn) {{
        const auto {changes} = step({names});
{moves}
        if ({small}) return {result};
    }}
    throw std::runtime_error("no solution was found from this start");
}}
"""


def _python(largest: str, eps: str) -> Solver:
    small = f"{largest.format('{c}')} <= {eps.format('{c}')} ** 0.75 * (1 + {largest.format('{x}')})"
    return Solver(_PYTHON, "{x} = {c} + {x}", small, " and ")


_MATLAB = Solver(
    _OCTAVE, "{x} = {x} + {c};", "max(abs({c}(:))) <= eps(class({c}))^0.75 * (1 + max(abs({x}(:))))", several="[{}]", result="[{}]"
)
SOLVERS = {
    "numpy": _python("np.max(np.abs({0}))", "np.finfo(np.asarray({0}).dtype).eps"),
    "jax": _python("jnp.max(jnp.abs({0}))", "jnp.finfo(jnp.asarray({0}).dtype).eps"),
    "torch": _python("torch.max(torch.abs(torch.as_tensor({0})))", "torch.finfo(torch.as_tensor({0}).dtype).eps"),
    "array-api": _python("float(_namespace({0}).max(_namespace({0}).abs({0})))", "float(_namespace({0}).finfo({0}.dtype).eps)"),
    "octave": _MATLAB,
    "matlab": _MATLAB._replace(behind="    f.vjp = @vjp;\n", listed="    f.solve = @solve;\n"),
    "r": Solver(  # where `solve` is the function of systems, which programs call
        _R,
        "{x} <- {c} + if (is.null(dim({c}))) c({x}) else array({x}, dim({c}))",
        "max(abs({c})) <= .Machine$double.eps^0.75 * (1 + max(abs({x})))",
        result="list({})",
        change="change[[{k}]]",
    ),
    "julia": Solver(
        _JULIA,
        "{x} = {x} .+ {c}",
        "maximum(abs.({c})) <= eps(eltype({c}))^0.75 * (1 + maximum(abs.({x})))",
        result="({})",
        tail="\n\nend\n",
    ),
    "eigen": Solver(
        _EIGEN,
        "{x} += {c};",
        "largest_({c}) <= std::pow(std::numeric_limits<Real>::epsilon(), Real(0.75)) * (1 + largest_({x}))",
        several="[{}]",
        result="{{{}}}",
        tail="\n\n}  // namespace derivatives\n",
    ),
}


def with_solver(text: str, target: str, unknowns: Sequence[str], words: dict[str, str]) -> str:
    """A file with `step` and `vjp`, and the solver behind them; `words` are the names, the weight and what it is by."""
    solver, many = SOLVERS[target], len(unknowns) > 1
    changes = [solver.change.format(x=x, k=k) if many else "change" for k, x in enumerate(unknowns, 1)]
    pairs = [{"x": x, "c": c} for x, c in zip(unknowns, changes, strict=True)]
    row = ", ".join(unknowns)
    filled = {
        "x": row,
        "changes": solver.several.format(", ".join(changes)) if many else changes[0],
        "result": solver.result.format(row) if many else row,
        "moves": "\n".join(f"        {solver.move.format(**p)}" for p in pairs),
        "small": solver.both.join(solver.small.format(**p) for p in pairs),
        **_typed(text, len(unknowns)),
    }
    if solver.behind:
        text = text.replace(solver.behind, solver.behind + solver.listed)
    return text.removesuffix(solver.tail) + solver.text.format(**filled, **words) + solver.tail


def _typed(text: str, count: int) -> dict[str, str]:
    """Of a file in C++, what `step` gives and its arguments, the unknowns as values."""
    head = re.search(r"^inline (.+) step\((.*)\) \{$", text, re.MULTILINE)
    if head is None:
        return {}
    arguments = head[2].split(", ")
    return {"type": head[1], "typed": ", ".join([re.sub(r"const |&", "", a) for a in arguments[:count]] + arguments[count:])}
