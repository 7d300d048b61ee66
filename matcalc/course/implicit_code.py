"""Programs for the solution of an equation: the residual, a step of Newton's method, the solution, products of vectors with its derivative.

The file is one of `matcalc.codegen`; what repeats steps until they are small is a text of the language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._version import __version__
from ..codegen.computation import outer
from ..codegen.frame import Argument, File, Function, MissingSize
from ..codegen.graph import GraphNode
from ..codegen.lowering import Lowering
from ..codegen.program import target_of
from ..errors import NoAnswerError, UsageError
from ..expressions.build import is_complex, num, substitute, times
from ..expressions.expr import Expr, postorder
from ..expressions.functions import functions_of
from ..expressions.labels import name_of
from ..expressions.named import ADJOINT, named
from ..ops.core import MEMBER, SYMBOL
from ..shortening.simplify import simplify
from .implicit_equation import Equation
from .problem import Problem
from .solvers import with_solver


def program_of(task: Equation, target: str, sizes: Mapping[str, int] | None = None) -> str:
    """The file in a language: residual, step, vjp, solve (`solve_near` in R) and, in Python, solve_and_vjp; of several unknowns a step and
    a value for each, and the weights of the one column of them. NoAnswerError where the adjoint has no matrix notation."""
    problem, undone, f, weight, wrt = task.problem, task.undone, task.f, task.weight, task.wrt
    if functions_of([f]):
        raise UsageError("a program for a solution takes arrays, and there are functions of which only the sets are known")
    if target == "eigen" and any(map(is_complex, (f, weight))):
        raise NoAnswerError(
            "C++ programs for solutions of complex equations are not written", suggestion="--code numpy, jax, torch, octave, r"
        )
    unknowns = [name_of(x) for x in task.root.x]

    def whole(e: Expr) -> Expr:
        return simplify(problem.whole(task.plain(e)))

    residual, steps = whole(f), [whole(step) for step in undone.parts_of(times(num(-1), undone.solved(f)))]
    multiplier = named(problem.whole(task.plain(undone.multiplier(weight))), ADJOINT)
    products = []
    for n in wrt:
        body = whole(times(num(-1), undone.weighted(undone.unknown, problem.variables[n])))
        products.append(substitute(body, {undone.unknown: multiplier}))
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
            [Argument(name_of(weight), outer(undone.x.shape), complex_=is_complex(weight))],
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
    return with_solver(text, target, names[: len(unknowns)], words)


def _arguments(problem: Problem, roots: Sequence[Expr], first: Sequence[Expr]) -> list[Argument]:
    """What the functions take: the unknown, the variables, then the other names in the order of the text."""
    used = {name_of(n) for n in postorder(roots) if n.op in (SYMBOL, MEMBER)}
    typed = problem.typed
    found = {name_of(s): Argument(name_of(s), outer(s.shape), complex_=is_complex(s)) for s in first}
    for name, s in typed.symbols.items():
        if s.op is SYMBOL and name in used and name not in found:
            integer = "integer" in typed.declared.get(name, s).attr[1]  # type: ignore[index]
            found[name] = Argument(name, outer(s.shape), integer, complex_=is_complex(s))
        elif s.op is MEMBER and name_of(s) in used:
            base = name_of(s)
            found.setdefault(base, Argument(base, (*typed.families[base].sizes, *outer(s.shape)), complex_=is_complex(s)))
    return list(found.values())


__all__ = ["program_of"]
