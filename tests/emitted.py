"""Running emitted programs: Python in a namespace of its own, Octave and R in one process for many questions."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from matcalc.codegen.columns_file import TAKEN, parameters
from matcalc.codegen.pyfile import identifier, identifiers
from matcalc.codegen.targets import TARGETS
from matcalc.errors import NoAnswerError

PYTHON = [
    "numpy",
    pytest.param("jax", marks=pytest.mark.jax),
    pytest.param("torch", marks=pytest.mark.torch),
    pytest.param("array-api", marks=pytest.mark.array_api),
]
LANGUAGES = [
    *PYTHON,
    pytest.param("octave", marks=pytest.mark.octave),
    pytest.param("matlab", marks=pytest.mark.octave),
    pytest.param("r", marks=pytest.mark.r),
    "julia",
]
CONSOLES = ("octave", "matlab", "r", "julia")  # those that run in processes of their own, and Julia, which tests/julia.py computes


def installed(language: str) -> Any:
    """The module of a language; without it the test is skipped."""
    module = {"array-api": "array_api_strict"}.get(language, language)
    return pytest.importorskip(module, reason=f'{module} is not installed: pip install -e ".[targets]"')


def caster(language: str) -> Callable[[Any], Any]:
    """What makes an array of the language of a value; whole numbers and functions stay."""
    module = installed(language)
    if language not in ("torch", "array-api"):
        return lambda v: v
    return lambda v: v if isinstance(v, int) or callable(v) else module.asarray(np.asarray(v))


def program_in(d: Any, language: str, parts: Sequence[str] = ()) -> str | None:
    """The program; None where the language has no function for it, and the error says so."""
    try:
        text: str = d.code(language, parts=parts)
    except NoAnswerError as error:
        lacking = TARGETS[language].lacking
        assert lacking and lacking in str(error)
        return None
    return text


def load(text: str, **blocked: None) -> dict[str, Any]:
    """The functions of an emitted file; modules in `blocked` cannot be imported by it."""
    assert not re.search(r"^\s*(import|from) matcalc", text, re.MULTILINE)
    before = {m: sys.modules.get(m) for m in blocked}
    found: dict[str, Any] = {}
    try:
        sys.modules.update(blocked)  # type: ignore[arg-type]
        exec(compile(text, "emitted", "exec"), found)
    finally:
        for m, module in before.items():
            sys.modules.pop(m)
            if module is not None:
                sys.modules[m] = module
    return found


def call(function: Any, inputs: dict[str, Any], **extra: Any) -> Any:
    """Call an emitted function with those of the inputs that it takes."""
    given = {identifier(n): v for n, v in inputs.items()}
    names = [n for n in inspect.signature(function).parameters if n not in extra]
    return function(**{n: given[n] for n in names}, **extra)


class Console(NamedTuple):
    """A language whose programs run in a process of its own, many questions in one."""

    commands: tuple[str, ...]  # any of them runs a script
    options: tuple[str, ...]
    missing: str
    suffix: str
    first: str  # what a script begins with
    load: str  # {0} is the path of a file, {1} its name
    ask: str  # {function} {arguments} {name} {before}, places of values that are not wanted, {which}
    head: str  # the pattern of the first line of a function
    array: str  # {numbers} {dims}
    complex: str  # {0} {1}, its parts
    keywords: frozenset[str]
    which: str = ""
    scalar: str = "{}"  # of a number that is no whole one


def consoles() -> dict[str, Console]:
    from matcalc.codegen.matlab import MATLAB_COLUMNS
    from matcalc.codegen.octave import COLUMNS
    from matcalc.codegen.r_language import R_COLUMNS

    shown = r"printf('%s: %s;%s\n', mat2str(size(r)), sprintf('%.17g ', real(r)), sprintf('%.17g ', imag(r)));"
    octave = Console(
        ("octave-cli", "octave"), ("--norc",), "GNU Octave is not installed: apt-get install octave", "m", "1;", "source('{0}');",
        "[{before}r] = {function}({arguments});\n" + shown, r"= {}\((.*)\)$", "reshape([{numbers}], [{dims}])", "complex({0}, {1})",
        COLUMNS.keywords | TAKEN,
    )  # fmt: skip
    r = Console(
        ("Rscript",), ("--vanilla",), "R is not installed: apt-get install r-base-core", "R",
        r'shown <- function(r) cat("[", toString(dim(r)), "]: ", paste(sprintf("%.17g", c(Re(r))), collapse = " "), ";", '
        r'paste(sprintf("%.17g", c(Im(r))), collapse = " "), "\n", sep = "")',
        "source('{0}')", "shown({function}({arguments}){which})", r"^{} <- function\((.*)\) \{{", "array(c({numbers}), c({dims}))",
        "complex(real = {0}, imaginary = {1})",
        R_COLUMNS.keywords | TAKEN, "[[{}]]",
    )  # fmt: skip
    matlab = octave._replace(
        first="addpath(fileparts(mfilename('fullpath')));",
        load="{1}_ = {1}();",
        ask=octave.ask.replace("{function}", "{name}_.{function}"),
        keywords=MATLAB_COLUMNS.keywords | TAKEN,
    )
    return {"octave": octave, "matlab": matlab, "r": r}


def run_in(
    language: str, questions: Sequence[tuple[str, str, dict[str, Any]]], folder: Path, result: int = 0, single: bool = False
) -> list[Any]:
    """The values of functions of emitted files: (the file, the name of the function, its inputs). A string is a function handle;
    `result` says which of several values a function returns, from 1. Programs for MATLAB run in Octave, which has arrays in single
    precision too."""
    if language == "julia":
        from julia import run_julia

        return run_julia(questions, result)
    console = consoles()[language]
    if single:
        console = console._replace(array=f"single({console.array})", scalar="single({})")
    command = next(filter(None, map(shutil.which, console.commands)), None)
    if command is None:
        pytest.skip(console.missing)
    script = [console.first]
    files: dict[str, str] = {}
    loaded = ""
    for text, function, inputs in questions:
        name = files.setdefault(text, f"f{len(files)}")
        if name != loaded:
            path = folder / f"{name}.{console.suffix}"
            path.write_text(text)
            script.append(console.load.format(path, name))
            loaded = name
        given = {identifiers([n], console.keywords)[n]: v for n, v in inputs.items()}
        arguments = ", ".join(_literal(console, given[n]) for n in parameters(text, function, console.head))
        which = console.which.format(result) if result else ""
        script.append(console.ask.format(function=function, arguments=arguments, name=name, before="~, " * (result - 1), which=which))
    run = folder / f"run.{console.suffix}"
    run.write_text("\n".join(script))
    done = subprocess.run([command, *console.options, str(run)], capture_output=True, text=True, timeout=600)
    lines = done.stdout.splitlines()
    assert len(lines) == len(questions), f"{questions[len(lines)][0]}\n{done.stderr}"
    return [_read(line) for line in lines]


def _read(line: str) -> Any:
    """`[2 3]: 1 2 3 4 5 6`, column by column."""
    size, _, numbers = line.partition(": ")
    dims = [int(n) for n in re.findall(r"\d+", size)]
    real, imaginary = (
        np.array([float(n.replace("Inf", "inf").replace("NaN", "nan")) for n in part.split()]).reshape(dims, order="F")
        for part in numbers.split(";")
    )
    return real + 1j * imaginary if np.any(imaginary) else real


def _literal(console: Console, value: Any) -> str:
    """A value in the language."""
    if isinstance(value, str):
        return value
    array = np.asarray(value, dtype=complex if np.iscomplexobj(value) else float)
    entries = array.ravel(order="F")
    if np.iscomplexobj(array):
        numbers = ", ".join(console.complex.format(f"{v.real:.17g}", f"{v.imag:.17g}") for v in entries)
    else:
        numbers = ", ".join({"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}.get(f"{v:.17g}", f"{v:.17g}") for v in entries)
    if not array.ndim:
        return numbers if isinstance(value, int) else console.scalar.format(numbers)
    return console.array.format(numbers=numbers, dims=", ".join(map(str, [*array.shape, *[1] * (2 - array.ndim)])))


run_octave = partial(run_in, "octave")
run_r = partial(run_in, "r")


def parameters_in(language: str, text: str, function: str) -> Sequence[str]:
    """The names of the arguments of a function of a file."""
    return parameters(text, function, r"^function {}\((.*)\)$" if language == "julia" else consoles()[language].head)
