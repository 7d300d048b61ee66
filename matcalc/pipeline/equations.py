"""What to say where an equation stands and a function is wanted: the command that differentiates its solution."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from ..errors import EquationError, MatcalcError
from ..reading.read import parse_names
from ..syntax import Program, walk

UNKNOWN = tuple("x X y Y z Z P S u v w theta".split())  # what equations are solved for, the first ones first
GIVEN = frozenset({"I", "pi", "e", "0", "1"})
LONGEST = 200  # characters of a command in a message

Read = Callable[[str], Program]


def answered_by(error: EquationError, wrt: Iterable[str], where: str, read: Read) -> EquationError:
    """The error with the whole command, where its names can be told."""
    left, _, right = error.equation.partition("=")
    try:
        program = read(f"{left} - ({right.lstrip('=').replace('&', '')})")
        variables = [n for text in wrt for n in parse_names(text)]
    except MatcalcError:
        return error
    found = [(n.span or (0, 0), str(n.attr)) for n in walk(program.body) if n.op == "name" and n.attr not in GIVEN]
    names = list(dict.fromkeys(name for _, name in sorted(found)))
    unknown = _unknown(names, variables)
    if unknown is None:
        return error
    others = [v for v in variables if v in names] or [n for n in names if n != unknown][:1]
    if not others:
        return error
    parts = ["matcalc implicit", _quoted(error.equation), f"--solve {unknown} --wrt {','.join(others)}"]
    if error.after and "=" not in error.after:
        parts.append(f"--of {_quoted(error.after)}")
    if where:
        parts.append(f"--where {_quoted(where)}")
    command = " ".join(parts)
    if len(command) > LONGEST:
        return error
    error.suggestion = f"write the difference of both sides; or, for the derivative of its solution {unknown}: {command}"
    return error


def _unknown(names: Collection[str], variables: Collection[str]) -> str | None:
    """The name that an equation is solved for."""
    usual = [n for n in UNKNOWN if n in names]
    free = [n for n in usual or names if n not in variables]
    return (free[0] if usual else free[-1]) if free else None


def _quoted(text: str) -> str:
    """Text for the command line, on one line."""
    flat = " ".join(text.split())
    return f"'{flat}'" if "\\" in flat or '"' in flat else f'"{flat}"'
