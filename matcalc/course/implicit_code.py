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
from .implicit_equation import Equation
from .problem import Problem

PYTHON = '''

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
LARGEST = {
    "numpy": "np.max(np.abs({}))",
    "jax": "jnp.max(jnp.abs({}))",
    "torch": "torch.max(torch.abs(torch.as_tensor({})))",
    "array-api": "float(_namespace({0}).max(_namespace({0}).abs({0})))",
}
EPS = {
    "numpy": "np.finfo(np.asarray({0}).dtype).eps",
    "jax": "jnp.finfo(jnp.asarray({0}).dtype).eps",
    "torch": "torch.finfo(torch.as_tensor({0}).dtype).eps",
    "array-api": "float(_namespace({0}).finfo({0}.dtype).eps)",
}
OCTAVE = """

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

SMALL = "max(abs({change}(:))) <= eps(class({change}))^0.75 * (1 + max(abs({x}(:))))"


def program_of(task: Equation, target: str, sizes: Mapping[str, int] | None = None) -> str:
    """The file in a language: residual, step, vjp, solve and (in Python) solve_and_vjp; of several unknowns a step and a value for each,
    and the weights of the one column of them. NoAnswerError where the adjoint has no matrix notation."""
    problem, undone, f, weight, wrt = task.problem, task.undone, task.f, task.weight, task.wrt
    if functions_of([f]):
        raise UsageError("a program for a solution takes arrays, and there are functions of which only the sets are known")
    unknowns = [name_of(x) for x in task.root.x]

    def whole(e: Expr) -> Expr:
        return simplify(problem.whole(task.plain(e)))

    residual, steps = whole(f), [whole(step) for step in undone.parts_of(times(num(-1), undone.solved(f)))]
    multiplier = named(problem.whole(task.plain(undone.multiplier(weight))), ADJOINT)
    products = []
    for n in wrt:
        body = whole(times(num(-1), undone.weighted(undone.unknown, problem.variables[n])))
        products.append(substitute(body, {undone.unknown: multiplier}))
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
        Function("residual", "The difference of the two sides, which is 0 at a solution.", [lowered(residual)]),
        Function("step", f"The step of Newton's method for {', '.join(unknowns)}.", [lowered(e) for e in steps]),
        Function(
            "vjp",
            f"The products of {name_of(weight)} with the derivative of the solution by {by}, at the solution {', '.join(unknowns)}.",
            [lowered(p) for p in products],
            [Argument(name_of(weight), outer(undone.x.shape))],
        ),
    ]
    arguments = _arguments(problem, [residual, *steps, *products], [*task.root.x, *(problem.variables[n] for n in wrt)])
    title = f"The solution {', '.join(unknowns)} of {problem.spelled(residual)} = 0"
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
    words = {"names": ", ".join(names), "weight": name_of(weight), "wrt": by}
    return text + _solving(target, names[: len(unknowns)], words)


def _solving(target: str, unknowns: Sequence[str], words: Mapping[str, str]) -> str:
    """What repeats steps until they are small, in a language."""
    several = len(unknowns) > 1
    changes = [f"d_{x}" for x in unknowns] if several else ["change"]
    pairs = list(zip(unknowns, changes, strict=True))
    if target == "octave":
        moves = "\n".join(f"        {x} = {x} + {c};" for x, c in pairs)
        taken, given = (f"[{', '.join(v)}]" if several else v[0] for v in (changes, unknowns))
        small = " && ".join(SMALL.format(x=x, change=c) for x, c in pairs)
        return OCTAVE.format(x=", ".join(unknowns), changes=taken, result=given, moves=moves, small=small, **words)
    moves = "\n".join(f"        {x} = {c} + {x}" for x, c in pairs)
    largest, eps = LARGEST[target], EPS[target]
    small = " and ".join(f"{largest.format(c)} <= {eps.format(c)} ** 0.75 * (1 + {largest.format(x)})" for x, c in pairs)
    return PYTHON.format(x=", ".join(unknowns), changes=", ".join(changes), moves=moves, small=small, **words)


def _arguments(problem: Problem, roots: Sequence[Expr], first: Sequence[Expr]) -> list[Argument]:
    """What the functions take: the unknown, the variables, then the other names in the order of the text."""
    used = {name_of(n) for n in postorder(roots) if n.op in (SYMBOL, MEMBER)}
    typed = problem.typed
    found = {name_of(s): Argument(name_of(s), outer(s.shape)) for s in first}
    for name, s in typed.symbols.items():
        if s.op is SYMBOL and name in used and name not in found:
            integer = "integer" in typed.declared.get(name, s).attr[1]  # type: ignore[index]
            found[name] = Argument(name, outer(s.shape), integer)
        elif s.op is MEMBER and name_of(s) in used:
            base = name_of(s)
            found.setdefault(base, Argument(base, (*typed.families[base].sizes, *outer(s.shape))))
    return list(found.values())


__all__ = ["program_of"]
