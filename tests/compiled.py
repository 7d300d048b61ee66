"""Running emitted programs in C++: the functions of many files compiled as one, which is what costs."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcalc.codegen.columns_file import TAKEN
from matcalc.codegen.eigen import KEYWORDS
from matcalc.codegen.helpers import eigen_functions
from matcalc.codegen.pyfile import identifiers

EIGEN = next((p for p in ("/usr/include/eigen3", "/usr/local/include/eigen3", "/opt/homebrew/include/eigen3") if Path(p).is_dir()), None)
SHOWN = """
template <typename T> void numbers(const T* x, Index n) {
    for (Index k = 0; k < n; ++k) printf(" %.17g", double(std::real(x[k])));
    printf(";");
    for (Index k = 0; k < n; ++k) printf(" %.17g", double(std::imag(x[k])));
    printf("\\n");
}
void shown(Real r) { printf("[]:"); numbers(&r, 1); }
void shown(std::complex<Real> r) { printf("[]:"); numbers(&r, 1); }
template <typename D> void shown(const Eigen::PlainObjectBase<D>& r) {
    printf("[%d %d]:", int(r.rows()), int(r.cols()));
    numbers(r.data(), r.size());
}
template <typename A> auto shown(const A& r) -> decltype(r.entries, void()) {
    printf("[");
    for (Index n : r.shape) printf("%d ", int(n));
    printf("]:");
    numbers(r.entries.data(), r.entries.size());
}
void put(Real& x, std::complex<double> z) { x = Real(z.real()); }
void put(std::complex<Real>& x, std::complex<double> z) { x = std::complex<Real>(z); }
template <typename T> T entries(Index rows, const std::vector<std::complex<double>>& all) {
    T x(rows, rows ? Index(all.size()) / rows : 0);
    for (Index k = 0; k < x.size(); ++k) put(x.data()[k], all[k]);
    return x;
}
template <typename F> void asked(F f) { try { f(); } catch (const std::exception& e) { printf("error: %s\\n", e.what()); } }
"""


def run_eigen(
    questions: Sequence[tuple[str, str, dict[str, Any]]], folder: Path, result: int = 0, real: str = "double", options: str = "-O0"
) -> list[Any]:
    """The values of functions of emitted headers: (the file, the name of the function, its inputs). A string is a function;
    `result` says which of several values a function returns, from 1. An error that is thrown is a text."""
    command = shutil.which("g++")
    if command is None or EIGEN is None:
        pytest.skip("g++ or Eigen is not installed: apt-get install g++ libeigen3-dev")
    half = (len(questions) + 1) // 2 if len(questions) > 20 else len(questions)
    started = []
    for k in range(0, len(questions), half):  # two at once, each of them one translation unit
        source, program = folder / f"all{k}.cpp", folder / f"all{k}"
        source.write_text(_source(questions[k : k + half], result, real))
        flags = [*options.split(), "-std=c++17", "-w", "-I", EIGEN, "-o", str(program), str(source)]
        started.append((subprocess.Popen([command, *flags], stderr=subprocess.PIPE, text=True), program))
    lines = []
    for process, program in started:
        _, errors = process.communicate(timeout=1800)
        assert process.returncode == 0, "\n".join(errors.splitlines()[:20])
        lines += subprocess.run([str(program)], capture_output=True, text=True, timeout=600).stdout.splitlines()
    assert len(lines) == len(questions)
    return [_read(line) for line in lines]


def _source(questions: Sequence[tuple[str, str, dict[str, Any]]], result: int, real: str) -> str:
    heads = {text.partition("\n\n\n")[0].partition("#pragma once")[2] for text, *_ in questions}
    head = max(heads, key=len)
    functions: dict[tuple[str, str], str] = {}
    for text, name, _ in questions:
        functions.setdefault((text, name), f"n{len(functions)}")
    written = {key: _with_callees(*key) for key in functions}
    every = "\n".join(written.values())
    helpers = [h for h in eigen_functions().values() if any(h in text for text, _ in functions)]
    spaces = [f"namespace {space} {{\n{written[key]}\n}}" for key, space in functions.items()]
    assert "namespace" not in every
    calls = []
    for text, name, inputs in questions:
        given = {identifiers([n], KEYWORDS | TAKEN)[n]: v for n, v in inputs.items()}
        arguments = ", ".join(_literal(kind, given[n]) for kind, n in parameters_of(text, name))
        call = f"{functions[text, name]}::{name}({arguments})"
        calls.append(f"    asked([] {{ shown({f'std::get<{result - 1}>({call})' if result else call}); }});")
    start = ["#include <cstdio>", f"#define DERIVATIVES_REAL {real}", head, *helpers, *spaces, SHOWN]
    return "\n\n".join([*start, "void all() {", *calls, "}", "}", "int main() { derivatives::all(); }"])


def _function(text: str, name: str) -> str:
    """A function of a file, with the comment before it."""
    return next(part for part in text.split("\n\n\n") if re.search(rf"^inline .* {name}\(", part, re.MULTILINE))


def _with_callees(text: str, name: str) -> str:
    """A function of a file, behind the functions of the file that it calls, which programs do not share."""
    own = _function(text, name)
    shared = set(eigen_functions().values())
    before = [part for part in text.partition(own)[0].split("\n\n\n")[1:] if part not in shared]
    called = set(re.findall(r"(\w+)\(", own)) - {name}
    return "\n\n".join([*(part for part in before if called & set(re.findall(r"^inline .*? (\w+)\(", part, re.MULTILINE))), own])


def parameters_of(text: str, name: str) -> list[tuple[str, str]]:
    """The types and names of the arguments of a function of a file."""
    header = re.search(rf"^inline .* {name}\((.*)\) \{{", _function(text, name), re.MULTILINE)
    assert header is not None
    return [(a.rpartition(" ")[0], a.rpartition(" ")[2]) for a in header[1].split(", ") if a]


def _read(line: str) -> Any:
    size, _, numbers = line.partition(":")
    if size == "error":
        return numbers.strip()
    dims = [int(n) for n in re.findall(r"\d+", size)]
    real, imaginary = (np.array([float(n) for n in part.split()]).reshape(dims, order="F") for part in numbers.split(";"))
    return real + 1j * imaginary if np.any(imaginary) else real


def _literal(kind: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    array = np.asarray(value, dtype=complex if np.iscomplexobj(value) else float)
    numbers = ", ".join(map(_complex if np.iscomplexobj(array) else _real, array.ravel(order="F")))
    name = kind.removeprefix("const ").rstrip("&")
    if not array.ndim:
        return numbers if name == "Index" else f"{name}({numbers})"
    rows = array.shape[0]
    if array.ndim < 3:
        return f"entries<{name}>({rows}, {{{numbers}}})"
    entries = f"entries<{name.replace('Array', 'Matrix')}>({rows}, {{{numbers}}})"
    return f"{name}{{{{{', '.join(map(str, array.shape))}}}, {entries}}}"


def _real(v: float) -> str:
    return {"nan": "NAN", "inf": "INFINITY", "-inf": "-INFINITY"}.get(f"{v:.17g}", f"{v:.17g}")


def _complex(v: complex) -> str:
    return f"std::complex<double>({_real(v.real)}, {_real(v.imag)})"
