"""A derivative as one file: which functions it has, what they are called and say of themselves, with shapes and checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._version import __version__
from ..answers.answer import ClosedForm
from ..answers.scope import ranks_of
from ..errors import UsageError
from ..expressions.build import is_complex, symbol
from ..expressions.labels import name_of
from ..kinds import ONE
from ..notation.arrange import Arranger
from ..printing.text import spell
from .computation import REAL_FUNCTION, Computation, DerivativeSource, of_shape, outer, variable_of
from .frame import Argument, File, Function, MissingSize
from .graph import ProgramGraph
from .rewriting import rewritten
from .target import Target
from .targets import TARGETS, language, listed, titles

PARTS = ("hessian", "jvp", "vjp", "hvp", "make", "autograd")
HESSIAN = "the Riemannian Hessian along"  # what `pipeline.riemannian` says of one
HOLOMORPHIC = "holomorphic in"  # what `pipeline.wirtinger` says of a derivative by z
AUTOMATIC = {"torch": "; .grad is twice it", "jax": "; jax.grad gives twice its conjugate"}  # of a real function of complex numbers


def program(
    several: Sequence[ClosedForm],
    target: str,
    parts: Iterable[str],
    sizes: Mapping[str, int] | None,
    further: DerivativeSource | None,
    batch: Sequence[str] = (),
) -> str:
    """The file for the derivatives of one function, each by one variable. `parts` are any of hessian, jvp, vjp, hvp, make, autograd;
    `sizes` are hints for the cost of products; `further` takes other derivatives, where some are needed; `batch` are the arguments with
    many samples in functions for many, which then are there too."""
    wanted = list(dict.fromkeys(parts))
    unknown = [p for p in wanted if p not in PARTS]
    d = several[0]
    if unknown:
        raise UsageError(f"there is no part {unknown[0]!r}", suggestion=f"parts: {', '.join(PARTS)}")
    if (wanted or len(several) > 1) and any(one.order != 1 for one in several):
        raise UsageError(f"{wanted[0] if wanted else 'a file of several derivatives'} goes with first derivatives")
    if len(several) > 1 and ("hessian" in wanted or any(one._members for one in several)):
        raise UsageError("a Hessian, and an index that is left open, is for a file by one variable")
    complex_ = any(map(is_complex, (d._typed.expr, *d._typed.symbols.values())))
    target_of(target, complex_)
    if complex_:
        _refuse_of_complex(several, wanted)
    if "make" in wanted and not TARGETS[target].python:
        raise UsageError(f"make is for {titles(python=True)}", suggestion=TARGETS[target].keeping)
    if "autograd" in wanted and (not TARGETS[target].autograd or any(one._members for one in several)):
        raise UsageError(
            f"autograd is for {titles(autograd=True)}, and for variables without an index", suggestion=f"targets: {listed(autograd=True)}"
        )
    if {"hessian", "hvp"}.intersection(wanted) and d._tensor.shapes[0] != (ONE, ONE):
        raise UsageError("the function is not a scalar: it has no Hessian")
    problem = Computation(several, further, wanted, target, sizes)
    functions, named = _functions(problem), problem.named()
    samples = _samples(problem, functions, batch) if batch else ()
    if batch and complex_ and target == "eigen":
        raise UsageError("functions for many samples are of real arrays in C++", suggestion="leave --batch out, or take another target")
    for f in functions:
        f.roots = rewritten(problem.lowering, f.roots, named, target, not complex_)
    formulas = [
        f"{first_name(one).capitalize()} by {', '.join(dict.fromkeys(one._stacked or one.wrt))}: {spell(one._program)}" for one in several
    ]
    while True:
        try:
            variables = problem.variables if "make" in wanted else ()
            closed = problem.variables if "autograd" in wanted else ()
            file = File(_title(d), formulas, __version__, problem.arguments, functions, named, variables, closed, samples)
            if samples:
                _vectorise(problem.lowering.graph, file, target)
            return target_of(target, complex_).file(file)
        except MissingSize as missing:
            problem.add_size(missing.name)


def _samples(problem: Computation, functions: Sequence[Function], batch: Sequence[str]) -> list[str]:
    """The arguments that have many samples: those named, the directions of these, and the weights of the values."""
    known = [a.name for a in problem.arguments if not a.function and not a.integer]
    other = next((name for name in batch if name not in known), None)
    if other is not None:
        raise UsageError(f"{other!r} is no array or number that the program takes", suggestion=f"batch: any of {', '.join(known)}")
    whole = {name_of(v): x for v, x in zip(problem.directions, problem.variables)}
    further = [a.name for f in functions for a in f.extra]
    return [*batch, *[name for name in further if whole.get(name, batch[0]) in batch]]


def _vectorise(graph: ProgramGraph, file: File, target: str) -> None:
    """Functions for many samples that need no call for each, in the languages that have their forms."""
    from .samples import LANGUAGES, samples_dim, vectorised

    if target in LANGUAGES:
        file.samples = samples_dim({n for a in file.arguments for d in a.dims for n in d.names()})
        found = {f.name: vectorised(graph, f, file.batch, file.samples) for f in file.functions}
        file.many = {name: f for name, f in found.items() if f is not None}


def _refuse_of_complex(several: Sequence[ClosedForm], parts: Iterable[str]) -> None:
    """UsageError for a part that a derivative by complex variables has not. A holomorphic function has all that one of real numbers has."""
    if all(HOLOMORPHIC in d._convention or not any(is_complex(variable_of(d, n)) for n in d.wrt) for d in several):
        known: tuple[str, ...] = ("jvp", "vjp", "hvp", "hessian")
    else:
        known = ("jvp", "hvp") if all(REAL_FUNCTION in d._convention for d in several) else ()
    other = next((p for p in parts if p not in known), None)
    if other is not None:
        hint = "of a real function of complex variables there are jvp, and hvp, the change of the gradient" if known else None
        raise UsageError(f"{other} is of real variables, and something here is complex", suggestion=hint)


def target_of(name: str, complex_: bool = False) -> Target:
    """The printer of a target language; for complex arrays without vdot, which conjugates its first argument."""
    if name not in TARGETS:
        raise UsageError(f"there is no target {name!r}", suggestion=f"targets: {listed()}")
    place = TARGETS[name]
    if complex_ and not place.complex_arrays:
        raise UsageError(
            f"programs in {place.title} are of real arrays, and something here is complex",
            suggestion=f"targets: {listed(complex_arrays=True)}",
        )
    found = language(name)
    if complex_ and found.complexly is not None:
        found = found.complexly()
    words = {word: text for word, text in found.words.items() if word != "vdot" or not complex_}
    return Target(found._replace(words=words, overwriting=None if complex_ else found.overwriting))


def first_name(d: ClosedForm) -> str:
    """What the derivative is called: gradient, jacobian, hessian."""
    scalar = d._tensor.shapes[0] == (ONE, ONE)
    if HESSIAN in d._convention:
        return "hessian"
    if d.order == 1:
        return "gradient" if scalar else "jacobian"
    return "hessian" if d.order == 2 and scalar else "derivative"


def _functions(problem: Computation) -> list[Function]:
    several, wanted = problem.several, {*problem.parts, *(["vjp"] if "autograd" in problem.parts else [])}
    name, by = first_name(several[0]), ", ".join(problem.names)
    if len(several) == 1:
        words = f"The {name} by {by}, {of_shape(problem.dims(several[0])) if problem.axes else _shape_words(several[0])}"
        told = several[0]._convention
        words += f": {told}{AUTOMATIC.get(problem.lowering.language, '') * ('conj' in told)}" if told else ""
    else:
        name += "s"
        words = f"The {name} by {by}, in this order"
    value, derivatives = problem.function(), [problem.derivative(one) for one in several]
    found = [Function("value", f"The function's value, {of_shape(outer(problem.value.shape))}.", [value])]
    found.append(Function(name, f"{words}.", derivatives))
    if several[0].order == 1:
        both = f"The value and the {name} by {by}, sharing their work."
        found.append(Function(f"value_and_{name}", both, [value, *derivatives]))
    if problem.second is not None and "hessian" in problem.parts:
        found.append(Function("hessian", f"The Hessian by {by}, {_shape_words(problem.second)}.", [problem.derivative(problem.second)]))
    return found + [_product(problem, part) for part in ("jvp", "vjp", "hvp") if part in wanted]


def _product(problem: Computation, part: str) -> Function:
    """Products with vectors, in which no Jacobian and no Hessian is formed."""
    tensors = [one._tensor for one in problem.several]
    directions, by = problem.directions, ", ".join(problem.names)
    shape = tensors[0].shapes[0]
    if part == "vjp":
        name = next(n for n in ("v", "u", "w", "weight") if n not in problem.taken)
        weight = symbol(name, shape)
        words = f"The gradient by {by} of the sum of the values weighted by {name}, which has their shape."
        return Function(
            part, words, [problem.along([t], [weight], 0) for t in tensors], [Argument(name, outer(shape), complex_=problem.is_complex)]
        )
    extra = [Argument(name_of(v), outer(v.shape), complex_=is_complex(v)) for v in directions]
    several = ", ".join(a.name for a in extra)
    of = f"{several}, a direction of the shape of {by}" if len(extra) == 1 else f"{several}, directions of the shapes of {by}"
    if part == "jvp":
        return Function(part, f"The derivative along {of}.", [problem.rate()], extra)
    if problem.products is not None:
        roots = [problem.derivative(d) for d in problem.products]
    else:
        roots = [problem.along([d._tensor for d in row], directions, 2) for row in problem.mixed]
    if any(map(is_complex, directions)) and REAL_FUNCTION in problem.d._convention:
        return Function(part, f"The change of the gradient by {by} along {of}.", roots, extra)
    return Function(part, f"The Hessian by {by} times {of}.", roots, extra)


def _shape_words(d: ClosedForm) -> str:
    dims = outer(d._expr.shape) if d._expr is not None else tuple(k for s in d._tensor.shapes for k in outer(s))
    return of_shape(dims)


def _title(d: ClosedForm) -> str:
    """The function, spelled by matcalc's own printer (never the text that was typed)."""
    return spell(Arranger(ranks_of(d._typed), d._order, d._scope.names).spell(d._typed.expr))
