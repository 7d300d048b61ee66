"""Programs for the solution of an equation: the residual, a step of Newton's method, the solution, products of vectors with its derivative.

The file is one of `matcalc.codegen`; what repeats steps until they are small is a text of the language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._version import __version__
from ..codegen.frame import Argument, File, Function, MissingSize
from ..codegen.graph import GraphNode
from ..codegen.lowering import Lowering
from ..codegen.program import outer, target_of
from ..codegen.targets import TARGETS, listed
from ..errors import NoAnswerError, UsageError
from ..expressions.build import num, substitute, times
from ..expressions.expr import Expr, postorder
from ..expressions.functions import functions_of
from ..expressions.labels import name_of
from ..expressions.named import ADJOINT, named
from ..ops.core import MEMBER, SYMBOL
from ..shortening.simplify import simplify
from .problem import Problem
from .solved import Undone, gradient, pairing

PYTHON = '''

def solve({names}, most=50):
    """The solution near {x}, by Newton's method: one step and one that is 0 for a linear equation. ArithmeticError: steps stay large."""
    for _ in range(most):
        change = step({names})
        {x} = change + {x}
        if {size} <= {eps} ** 0.75 * (1 + {length}):
            return {x}
    raise ArithmeticError("no solution was found from this start")


def solve_and_vjp({names}, {weight}):
    """The solution near {x}, and the products of {weight} with its derivative by {wrt}."""
    {x} = solve({names})
    return {x}, vjp({names}, {weight})
'''
LARGEST = {
    "numpy": "np.max(np.abs({}))",
    "jax": "jnp.max(jnp.abs({}))",
    "torch": "torch.max(torch.abs(torch.as_tensor({})))",
    "array-api": "float(_namespace(change).max(_namespace(change).abs({})))",
}
EPS = {
    "numpy": "np.finfo(np.asarray(change).dtype).eps",
    "jax": "jnp.finfo(jnp.asarray(change).dtype).eps",
    "torch": "torch.finfo(torch.as_tensor(change).dtype).eps",
    "array-api": "float(_namespace(change).finfo(change.dtype).eps)",
}
OCTAVE = """

function {x} = solve({names})
    % The solution near {x}, by Newton's method: one step, and one that is 0, for a linear equation. An error where steps stay large.
    for k = 1:50
        change = step({names});
        {x} = {x} + change;
        if max(abs(change(:))) <= eps(class(change))^0.75 * (1 + max(abs({x}(:))))
            return
        end
    end
    error('no solution was found from this start');
end
"""


def program_of(
    problem: Problem, f: Expr, undone: Undone, weight: Expr, wrt: Sequence[str], target: str, sizes: Mapping[str, int] | None = None
) -> str:
    """The file in a language: residual, step, vjp, solve and (in Python) solve_and_vjp. NoAnswerError where the adjoint has no matrix
    notation."""
    if functions_of([f]):
        raise UsageError("a program for a solution takes arrays, and there are functions of which only the sets are known")
    x = undone.x
    whole = [simplify(problem.whole(f)), simplify(problem.whole(times(num(-1), undone.solved(f))))]
    multiplier = named(problem.whole(undone.multiplier(weight)), ADJOINT)
    scalar = pairing(undone.unknown, f)
    products = []
    for n in wrt:
        body = simplify(times(num(-1), gradient(scalar, problem.variables[n])))
        products.append(substitute(problem.whole(body), {undone.unknown: multiplier}))
    if target in TARGETS and not TARGETS[target].equations:
        raise UsageError(
            f"solutions of equations have no programs in {TARGETS[target].title}", suggestion=f"targets: {listed(equations=True)}"
        )
    lowering = Lowering(target, sizes)

    def lowered(e: Expr) -> GraphNode:
        node, dims = lowering.lower(e), outer(e.shape)
        return node if node.rank == len(dims) else lowering.graph.make("expand", (node,), None, dims)

    by = ", ".join(wrt)
    functions = [
        Function("residual", "The difference of the two sides, which is 0 at a solution.", [lowered(whole[0])]),
        Function("step", f"The step of Newton's method for {name_of(x)}.", [lowered(whole[1])]),
        Function(
            "vjp",
            f"The products of {name_of(weight)} with the derivative of the solution by {by}; {name_of(x)} is a solution.",
            [lowered(p) for p in products],
            [Argument(name_of(weight), outer(x.shape))],
        ),
    ]
    arguments = _arguments(problem, [*whole, *products], [name_of(x), *wrt])
    title = f"The solution {name_of(x)} of {problem.spelled(problem.whole(f))} = 0"
    while True:
        try:
            language = target_of(target)
            text = language.file(File(title, [], __version__, arguments, functions, {}))
            names = [language.names[a.name] for a in arguments]
            break
        except MissingSize as missing:
            taken = {a.name for a in arguments}
            if missing.name in taken:
                raise NoAnswerError(f"the size {missing.name} is the name of an argument too") from None
            arguments.append(Argument(missing.name, (), size=missing.name))
    unknown = names[0]
    words = {"names": ", ".join(names), "x": unknown, "weight": name_of(weight), "wrt": by}
    if target == "octave":
        return text + OCTAVE.format(**words)
    largest = LARGEST[target]
    return text + PYTHON.format(size=largest.format("change"), length=largest.format(unknown), eps=EPS[target], **words)


def _arguments(problem: Problem, roots: Sequence[Expr], first: Sequence[str]) -> list[Argument]:
    """What the functions take: the unknown, the variables, then the other names in the order of the text."""
    used = {name_of(n) for n in postorder(roots) if n.op in (SYMBOL, MEMBER)}
    typed = problem.typed
    found: dict[str, Argument] = {}
    for name, s in typed.symbols.items():
        if s.op is SYMBOL and (name in used or name in first):
            integer = "integer" in typed.declared.get(name, s).attr[1]  # type: ignore[index]
            found[name] = Argument(name, outer(s.shape), integer)
        elif s.op is MEMBER and name_of(s) in used:
            base = name_of(s)
            found.setdefault(base, Argument(base, (*typed.families[base].sizes, *outer(s.shape))))
    return [*(found[n] for n in first), *(a for n, a in found.items() if n not in first)]


__all__ = ["program_of"]
