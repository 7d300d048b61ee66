"""The languages of programs by name: where the table of each is."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .target import Language


class TargetEntry(NamedTuple):
    """Where a language is described, and what its programs can do beside the common functions."""

    module: str
    title: str
    python: bool = False  # written in Python: `make` keeps constants
    autograd: bool = False  # differentiates by itself: `autograd` gives it the closed form
    complex_arrays: bool = False
    keeping: str = ""  # how constants are kept otherwise
    lacking: str = ""  # why it has no program for some functions of the book
    markdown: str = "python"  # what notebooks call the language


TARGETS = {
    "numpy": TargetEntry("python", "NumPy", python=True, complex_arrays=True),
    "jax": TargetEntry("python", "JAX", python=True, autograd=True, complex_arrays=True),
    "torch": TargetEntry("python", "PyTorch", python=True, autograd=True, complex_arrays=True),
    "array-api": TargetEntry(
        "array_api",
        "the array API standard",
        python=True,
        complex_arrays=True,
        lacking="the array API standard has no function for it",
    ),
    "octave": TargetEntry("octave", "Octave", complex_arrays=True, keeping="in Octave @(x) value(x, A) keeps A", markdown="octave"),
    "matlab": TargetEntry("matlab", "MATLAB", complex_arrays=True, keeping="in MATLAB @(x) f.value(x, A) keeps A", markdown="matlab"),
    "r": TargetEntry("r_language", "R", complex_arrays=True, keeping="in R function(x) value(x, A) keeps A", markdown="r"),
    "julia": TargetEntry(
        "julia", "Julia", autograd=True, complex_arrays=True, keeping="in Julia x -> Derivatives.value(x, A) keeps A", markdown="julia"
    ),
    "eigen": TargetEntry(
        "eigen", "C++", complex_arrays=True, keeping="in C++ [&](const auto& x) { return value(x, A); } keeps A", markdown="cpp"
    ),
}


def language(name: str) -> Language:
    """The table of a language."""
    found: Language = getattr(import_module(f".{TARGETS[name].module}", __package__), name.replace("-", "_"))()
    return found


def listed(**wanted: bool | str) -> str:
    """The names of the languages of which that holds, in a row."""
    return ", ".join(name for name, place in TARGETS.items() if _holds(place, wanted))


def titles(**wanted: bool | str) -> str:
    """What these are called, in a sentence."""
    *names, last = [place.title for place in TARGETS.values() if _holds(place, wanted)]
    return f"{', '.join(names)} and {last}"


def _holds(place: TargetEntry, wanted: Mapping[str, bool | str]) -> bool:
    return all(getattr(place, k) == v for k, v in wanted.items())
