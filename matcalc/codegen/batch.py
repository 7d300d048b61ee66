"""The functions of a file for many samples at once: some of the arguments have one more axis in front, and so has what is returned.

JAX and PyTorch map the function of one sample along that axis. NumPy and the array API have it in every operation, where all of them have
such a form (`samples`). The others call the function for one sample after another and store what it returns in arrays that are made once.
So a number of every sample becomes a vector, a vector a matrix of rows, a matrix an array of three axes.
"""

from __future__ import annotations

from collections.abc import Sequence

from .frame import Argument, File, Function
from .target import Target

PREFIX = "batch_"

_PYTHON = '''def {batch}({arguments}):
    """{doc}"""
    return _batched({name}, ({places},), {arguments})'''

_OCTAVE = """function {left} = {batch}({arguments})
    % {doc}
    {left} = batched_(@(varargin) {name}(varargin{{:}}), [{results}], [{axes}], {{{arguments}}});
end"""

_R = """{batch} <- function({arguments}) {{
    # {doc}
    batched_({name}, c({results}), c({axes}), list({arguments}))
}}"""

_JULIA = '''"""
{doc}
"""
function {batch}({arguments})
    return batched_({name}, {count}, ({axes},), ({arguments},))
end'''

_EIGEN = """// {doc}
{before}inline {type} {batch}({head}) {{
    const Index samples = samples_({{{lengths}}});
    {type} all;
    for (Index k = 0; k < samples; ++k) {{
        const auto one = {name}({sample});
        {stored}
    }}
    return all;
}}"""

TEXTS = {"numpy": _PYTHON, "jax": _PYTHON, "torch": _PYTHON, "array-api": _PYTHON, "octave": _OCTAVE, "matlab": _OCTAVE}
TEXTS |= {"r": _R, "julia": _JULIA, "eigen": _EIGEN}

# Of an argument in C++ by its axes for one sample: its type, how many samples it has, the k-th of them.
_ARGUMENTS = (
    ("const Vector& {0}", "{0}.rows()", "{0}(k)"),
    ("const Matrix& {0}", "{0}.rows()", "Vector({0}.row(k).transpose())"),
    ("const Array& {0}", "count_({0}, {1})", "sample_matrix_({0}, k)"),
    ("const Array& {0}", "count_({0}, {1})", "sample_array_({0}, k)"),
)
_RESULTS = ("Vector", "Matrix", "Array", "Array")


def described(name: str, many: Sequence[str]) -> str:
    """What the function for many samples says of itself."""
    *most, last = many
    have = f"{', '.join(most)} and {last} have" if most else f"{last} has"
    return f"{name} for every sample: {have} one more axis in front, and so has what is returned."


def batched(target: Target, file: File, f: Function, left: str = "", heads: Sequence[str] = (), before: str = "") -> str:
    """The text of one function for many samples. `target` knows what its arguments are called; `left` is what a language assigns several
    values to, `heads` and `before` are its arguments and its first words in a language with types."""
    given = [*file.arguments, *f.extra]
    names = [target.names[a.name] for a in given]
    places = [k for k, a in enumerate(given) if a.name in file.batch]
    return TEXTS[target.language.name].format(
        batch=f"{PREFIX}{f.name}",
        name=f.name,
        arguments=", ".join(names),
        doc=described(f.name, [names[k] for k in places]),
        places=", ".join(map(str, places)),
        axes=", ".join(str(len(a.dims)) if a.name in file.batch else "-1" for a in given),
        results=", ".join(str(r.rank) for r in f.roots),
        count=len(f.roots),
        left=left,
        **(_in_eigen(given, names, places, f, heads, before) if target.language.name == "eigen" else {}),
    )


def _in_eigen(
    given: Sequence[Argument], names: Sequence[str], places: Sequence[int], f: Function, heads: Sequence[str], before: str
) -> dict[str, str]:
    """What C++ needs beside."""
    words = {k: [w.format(names[k], len(given[k].dims) + 1) for w in _ARGUMENTS[min(len(given[k].dims), 3)]] for k in places}
    types = [_RESULTS[min(r.rank, 3)] for r in f.roots]
    several = len(types) > 1
    stored = [f"store_(std::get<{k}>(all), k, samples, std::get<{k}>(one));" for k in range(len(types))]
    return {
        "before": before,
        "type": f"std::tuple<{', '.join(types)}>" if several else types[0],
        "head": ", ".join(words[k][0] if k in words else head for k, head in enumerate(heads)),
        "lengths": ", ".join(words[k][1] for k in places),
        "sample": ", ".join(words[k][2] if k in words else name for k, name in enumerate(names)),
        "stored": "\n        ".join(stored) if several else "store_(all, k, samples, one);",
    }
