"""Writes docs/mml.md: every computation of three courses with the command that does it and what it prints.

    python docs/make_mml.py

The computations are those of tests/data/course.jsonl; tests/test_course.py and its companions compare the answers with the books'.
tests/test_mml.py holds the page to what the commands print.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "mml.md"
RECORDS = ROOT / "tests" / "data" / "course.jsonl"
sys.path.insert(0, str(ROOT))

HEAD = """\
# Three courses, computed

Every numbered example and exercise of chapter 5 of *Mathematics for Machine Learning* (Deisenroth, Faisal, Ong, Cambridge University Press
2020), every section of *The Matrix Calculus You Need For Deep Learning* (Parr and Howard, 2018), a first chapter on differential calculus,
and some more computations of the same kinds: each with the command that does it and what it prints. `matcalc tour` is a shorter walk.

This page is written by `docs/make_mml.py`, and a test holds it to what the commands print. Another one compares every answer with the
book's, as numbers. Gradients are rows, as in the books; `matcalc grad` gives the column. What a pipe gets on standard error (conditions,
reasons) stands below the answer here. `plot` also tells in words what it draws. Where a text slips, that is said.

What is translated: derivatives with respect to several numbers x_1, x_2 are asked for by the numbers or by a vector of them; the book's
case distinctions are conditions `1[z > 0]`; a function that is known by its sets alone is declared (`f: R -> R`); values are asked for
with `--at`.
"""

PARTS = (
    ("MML ", "Mathematics for Machine Learning, chapter 5"),
    ("notes on MML 5", "Notes on that chapter"),
    ("Parr & Howard", "Parr and Howard, The Matrix Calculus You Need For Deep Learning"),
    ("differential-calculus chapter", "A chapter on differential calculus"),
    ("own", "More of the same kinds"),
)
_FG = ("--wrt", "x", "--where", "x in R; f, g: R -> R")
_ROWS = ("--wrt", "x", "--where", "x in R^n; f, g: R^n -> R")
_OF_X = ("--wrt", "X", "--where", "X in R^{m x n}; F: R^{m x n} -> R^{p x p}")
_OF_T = ("--wrt", "t", "--where", "t in R; F: R -> R^{n x n}")
_MML_RULES = (  # what the book states for any functions
    ("(5.29), the product rule", ("d", "f(x) g(x)", *_FG)),
    ("(5.30), the quotient rule", ("d", "f(x)/g(x)", *_FG)),
    ("(5.31), the sum rule", ("d", "f(x) + g(x)", *_FG)),
    ("(5.32), the chain rule", ("d", "g(f(x))", *_FG)),
    ("Example 5.3, the values at 1: (5.10)", ("d", "x^4", "--wrt", "x", "--at", "x = 1")),
    ("Example 5.3, (5.11)", ("d", "x^4", "--wrt", "x", "--order", "2", "--at", "x = 1")),
    ("Example 5.3, (5.12)", ("d", "x^4", "--wrt", "x", "--order", "3", "--at", "x = 1")),
    ("Example 5.3, (5.13)", ("d", "x^4", "--wrt", "x", "--order", "4", "--at", "x = 1")),
    ("Example 5.3, (5.14)", ("d", "x^4", "--wrt", "x", "--order", "5", "--at", "x = 1")),
    ("Example 5.3, (5.15)", ("d", "x^4", "--wrt", "x", "--order", "6", "--at", "x = 1")),
    ("(5.46), the product rule for several variables", ("d", "f(x) g(x)", *_ROWS)),
    ("(5.47), the sum rule", ("d", "f(x) + g(x)", *_ROWS)),
    ("(5.48), the chain rule", ("d", "g(f(x))", "--wrt", "x", "--where", "x in R^n; f: R^n -> R; g: R -> R")),
    ("(5.99), the transpose", ("d", "F(X)^T", *_OF_X)),
    ("(5.100), the trace", ("d", "tr(F(X))", *_OF_X)),
    ("(5.101), the determinant", ("d", "det(F(X))", *_OF_X)),
    ("(5.102), the inverse", ("d", "F(X)^-1", *_OF_X)),
    ("(5.99), by a number", ("d", "F(t)^T", *_OF_T)),
    ("(5.100), by a number", ("d", "tr(F(t))", *_OF_T)),
    ("(5.101), by a number", ("d", "det(F(t))", *_OF_T)),
    ("(5.102), by a number", ("d", "F(t)^-1", *_OF_T)),
    ("Exercise 5.7a, the sizes", ("d", "z = x^T x; log(1 + z)", "--wrt", "x", "--chain", "--where", "x in R^D")),
    ("Exercise 5.7b, the sizes", ("d", "z = A x + b; sin(z)", "--wrt", "x", "--chain", "--where", "A in R^{E x D}; x in R^D; b in R^E")),
    (
        "Exercise 5.8a, the sizes",
        ("d", "y = x - mu; z = y^T S^-1 y; exp(-z/2)", "--wrt", "x", "--chain", "--where", "x, mu in R^D; S in R^{D x D}"),
    ),
    ("Exercise 5.8b, the sizes", ("d", "Z = x x^T + sigma^2 I; tr(Z)", "--wrt", "x", "--chain", "--where", "x in R^D; sigma in R")),
    ("Exercise 5.8c, the sizes", ("d", "z = A x + b; tanh(z)", "--wrt", "x", "--chain", "--where", "A in R^{M x N}; x in R^N; b in R^M")),
    ("(5.147), the Hessian", ("hessian", "(x + 2y^3)^2", "--wrt", "x,y", "--where", "x, y in R")),
    ("(5.148), of any function", ("linearize", "f(x)", "--wrt", "x", "--at", "x_0", "--where", "x, x_0 in R^D; f: R^D -> R")),
)
_ENTRIES = ("--where", "w, x in R^n; f, g: R -> R")
RULES = {
    "MML ": _MML_RULES,
    "Parr & Howard": (
        ("Section 4.2, any functions of the entries", ("d", "f(w) .* g(x)", "--wrt", "w", *_ENTRIES)),
        ("Section 4.2, by x", ("d", "f(w) .* g(x)", "--wrt", "x", *_ENTRIES)),
        ("Section 4.5.3, any functions of the entries", ("d", "f(g(x))", "--wrt", "x", "--where", "x in R^n; f, g: R -> R")),
        ("Section 4.5.3, any functions of vectors", ("d", "f(g(x))", "--wrt", "x", "--where", "x in R^n; g: R^n -> R^k; f: R^k -> R^m")),
    ),
    "differential-calculus chapter": (
        ("Tangent line", ("linearize", "f(x)", "--wrt", "x", "--at", "x_0", "--where", "x, x_0 in R; f: R -> R")),
        ("No extremum, unless m = 0", ("stationary", "m x + b", "--wrt", "x", "--where", "x, m, b in R")),
    ),
}
BEYOND = """\
## What is not done

"""
ALL = "Every computation above is done.\n"
ALWAYS = (
    "Mathematics for Machine Learning. Exercise 5.9 is about *any* densities p and q and any map t. Functions of two arguments that "
    "are known by their sets alone are not in the language; the instance above has Gaussian densities and an affine map.",
    "Example 5.2 derives the power rule from the limit of the difference quotient. matcalc knows the rule, and does not take limits.",
    "(5.99) to (5.102) by a matrix are answered as linear maps of a change dX of X, where the book has arrays of four indices.",
    "The figures are drawn by `plot`; Figures 5.1 to 5.3 and 5.5 of the book, which explain a notion and show no computation, are not.",
    "Parr and Howard. An entrywise operator that is any operator (section 4.2) is not in the language; above they are those that the "
    "text names. Functions of the entries that are known by their sets alone are one function for all entries, not one for each.",
    "The chapter on differential calculus. Its table of signs about a point where f'' = 0 and its saddle point are about any "
    "function; above, each is an instance. Its function of four variables is an image, of which nothing was read: an "
    "instance stands for it. A critical point whose kind depends on the values of the letters is said to be undecided, without the "
    "cases.",
    "All three. Proofs are not computations.",
)


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


def ran(argv: Sequence[str]) -> Outcome:
    """A command line, as a pipe sees it; a picture is told, not drawn."""
    from matcalc.commands.cli import main

    words = list(argv)
    if "--out" in words:
        k = words.index("--out")
        del words[k : k + 2]
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        code = main(words)
    for s in streams:
        s.flush()
    out, err = (s.buffer.getvalue().decode() for s in streams)  # type: ignore[attr-defined]
    return Outcome(code, out, err)


def command_line(argv: Sequence[str]) -> str:
    from matcalc.course.tours import quoted

    return "matcalc " + " ".join(map(quoted, argv))


def heading(source: str, prefix: str) -> str:
    """The place in the book; the numbers that the records give their texts mean nothing here."""
    text = re.sub(r"; 00\d|\s*\(00\d\)", "", source)
    text = text.removeprefix(prefix if prefix.endswith(" ") else prefix + " ").removeprefix(", ").removeprefix(prefix).strip(" ,")
    return text[:1].upper() + text[1:] if text else ""


def expected_code(record: Mapping[str, Any]) -> int:
    return int(record["answer"].get("exit", 0)) if record["command"] == "check" else 0


def block(record: Mapping[str, Any], done: Outcome) -> str:
    """The command and what it prints."""
    facts = [line for line in done.err.splitlines() if not line.startswith("note: ")]
    lines = [f"$ {command_line(record['argv'])}", *done.out.splitlines(), *facts]
    text = "```console\n" + "\n".join(line.rstrip() for line in lines) + "\n```\n"
    slips = re.findall(r"ERRAT(?:UM|A)(?: of the notes)?: (.*?)(?=ERRAT|$)", record.get("note", ""))
    return text + "".join(f"\n> Erratum: {s.strip().replace('the Chinese text', 'a translation')}.\n" for s in slips)


def sections(records: Sequence[Mapping[str, Any]], missing: list[str]) -> Iterator[str]:
    """The parts of the page; what was refused is added to `missing`."""
    for prefix, title in PARTS:
        chosen = [r for r in records if r["source"].startswith(prefix)]
        yield f"## {title}\n"
        for place, argv in RULES.get(prefix, ()):
            yield f"### {place}\n"
            yield block({"argv": argv}, ran(argv))
        for source, group in groupby(chosen, key=lambda r: r["source"]):
            if heading(source, prefix):
                yield f"### {heading(source, prefix)}\n"
            for record in group:
                done = ran(record["argv"])
                if done.code != expected_code(record):
                    reason = done.err.splitlines()[0].removeprefix("error: ") if done.err else "no answer"
                    missing.append(f"`{command_line(record['argv'])}`: {reason}")
                yield block(record, done)


def page() -> str:
    """The whole page."""
    records = [json.loads(line) for line in RECORDS.read_text(encoding="utf-8").splitlines()]
    missing: list[str] = []
    body = list(sections(records, missing))
    listed = "".join(f"- {m}\n" for m in (*missing, *ALWAYS))
    return "\n".join([HEAD, *body, BEYOND + ("" if missing else ALL + "\n") + listed])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE.relative_to(ROOT)}")
