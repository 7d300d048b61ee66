"""Running emitted programs: Python in a namespace of its own, Octave in one process for many questions."""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcalc.codegen.octave_file import KEYWORDS
from matcalc.codegen.pyfile import identifier, identifiers
from matcalc.codegen.r_file import KEYWORDS as R_KEYWORDS
from matcalc.codegen.r_file import parameters as r_parameters

LANGUAGES = [
    "numpy",
    pytest.param("jax", marks=pytest.mark.jax),
    pytest.param("torch", marks=pytest.mark.torch),
    pytest.param("octave", marks=pytest.mark.octave),
]


def installed(language: str) -> Any:
    """The module of a language; without it the test is skipped."""
    return pytest.importorskip(language, reason=f'{language} is not installed: pip install -e ".[targets]"')


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


def run_octave(questions: Sequence[tuple[str, str, dict[str, Any]]], folder: Path, result: int = 1) -> list[Any]:
    """The values of functions of emitted files: (the file, the name of the function, its inputs). A string is a function handle;
    `result` says which of the values that a function returns."""
    octave = shutil.which("octave-cli") or shutil.which("octave")
    if octave is None:
        pytest.skip("GNU Octave is not installed: apt-get install octave")
    script: list[str] = []
    files: dict[str, str] = {}
    source = ""
    for text, function, inputs in questions:
        if text not in files:
            files[text] = str(folder / f"f{len(files)}.m")
            Path(files[text]).write_text(text)
        if files[text] != source:
            source = files[text]
            script.append(f"source('{source}');")
        given = {identifiers([n], KEYWORDS)[n]: v for n, v in inputs.items()}
        arguments = ", ".join(literal(given[n]) for n in octave_parameters(text, function))
        left = f"[{'~, ' * (result - 1)}r]"
        script += [f"{left} = {function}({arguments});", r"printf('%s: %s\n', mat2str(size(r)), sprintf('%.17g ', r));"]
    (folder / "run.m").write_text("\n".join(script))
    done = subprocess.run([octave, "--norc", str(folder / "run.m")], capture_output=True, text=True, timeout=600)
    lines = done.stdout.splitlines()
    assert len(lines) == len(questions), f"{questions[len(lines)][0]}\n{done.stderr}"
    found = []
    for line in lines:
        size, _, numbers = line.partition(": ")
        dims = [int(n) for n in size.strip("[]").split()]
        found.append(np.array([float(n) for n in numbers.split()]).reshape(dims, order="F"))
    return found


def octave_parameters(text: str, function: str) -> list[str]:
    """The names of the arguments of a function of an Octave file."""
    header = re.search(rf"= {function}\((.*)\)", text)
    assert header is not None
    return [n for n in header[1].split(", ") if n]


def literal(value: Any) -> str:
    """A value in Octave."""
    if isinstance(value, str):
        return value
    array = np.asarray(value, dtype=float)
    if not array.ndim:
        return f"{array:.17g}"
    dims = [*array.shape, *[1] * (2 - array.ndim)]
    return f"reshape([{', '.join(f'{v:.17g}' for v in array.ravel(order='F'))}], {dims})"


def run_r(questions: Sequence[tuple[str, str, dict[str, Any]]], folder: Path, result: int = 0) -> list[Any]:
    """The same in R, in one process; `result` says which of several values a function returns, from 1."""
    command = shutil.which("Rscript")
    if command is None:
        pytest.skip("R is not installed: apt-get install r-base-core")
    script = [r'shown <- function(r) cat(toString(dim(r)), ": ", paste(sprintf("%.17g", c(r)), collapse = " "), "\n", sep = "")']
    files: dict[str, str] = {}
    source = ""
    for text, function, inputs in questions:
        if text not in files:
            files[text] = str(folder / f"f{len(files)}.R")
            Path(files[text]).write_text(text)
        if files[text] != source:
            source = files[text]
            script.append(f"source('{source}')")
        given = {identifiers([n], R_KEYWORDS)[n]: v for n, v in inputs.items()}
        arguments = ", ".join(in_r(given[n]) for n in r_parameters(text, function))
        script.append(f"shown({function}({arguments}){f'[[{result}]]' if result else ''})")
    (folder / "run.R").write_text("\n".join(script))
    done = subprocess.run([command, "--vanilla", str(folder / "run.R")], capture_output=True, text=True, timeout=600)
    lines = done.stdout.splitlines()
    assert len(lines) == len(questions), f"{questions[len(lines)][0]}\n{done.stderr}"
    found = []
    for line in lines:
        size, _, numbers = line.partition(": ")
        dims = [int(n) for n in size.split(", ") if n]
        found.append(np.array([float(n.replace("Inf", "inf").replace("NaN", "nan")) for n in numbers.split()]).reshape(dims, order="F"))
    return found


def in_r(value: Any) -> str:
    """A value in R."""
    if isinstance(value, str):
        return value
    array = np.asarray(value, dtype=float)
    numbers = ", ".join({"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}.get(f"{v:.17g}", f"{v:.17g}") for v in array.ravel(order="F"))
    return numbers if not array.ndim else f"array(c({numbers}), c({', '.join(map(str, array.shape))}))"
