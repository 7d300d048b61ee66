r"""What a batch asks: the jobs of a file, one after the other, so that a file of any length takes no more memory than a short one.

A `.jsonl` file, or standard input, has an object on each line, with `expr`, `wrt` (a name or a list), and if need be `where`, `order`,
`layout`, `notation`, `id`. In a `.tex` or `.md` file a formula is marked by a comment right before it, with the options of `matcalc d`:

    % matcalc: --wrt x --where "A in R^{n x n}"            <!-- matcalc: --wrt theta --order 2 -->
    \[ x^\top A x \]                                       $\|y - \Phi\theta\|^2$

The next formula after the mark is meant: $…$, $$…$$, \(…\), \[…\], an equation environment, or in Markdown `code`.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import UsageError
from ..reading.files import read_file, read_lines

Job = dict[str, Any]  # what is asked; "line" is where it stands in the file, "error" why it cannot be asked

FIELDS = ("expr", "wrt", "where", "order", "layout", "notation", "id")
SETTING = ("where", "layout", "notation")  # of which an answer says more than was asked
_MARK = re.compile(r"(?:<!--\s*matcalc:(?P<md>.*?)-->|^[ \t]*%+[ \t]*matcalc:(?P<tex>[^\n]*))", re.DOTALL | re.MULTILINE)
_FORMULA = re.compile(
    r"\$\$(?P<a>.+?)\$\$|\$(?P<b>[^$\n]+?)\$|\\\[(?P<c>.+?)\\\]|\\\((?P<d>.+?)\\\)"
    r"|\\begin\{(?P<env>equation|displaymath|math|align|gather|multline)(?P<star>\*?)\}(?P<e>.+?)\\end\{(?P=env)(?P=star)\}"
    r"|```[a-z]*\n(?P<f>.+?)\n```|`(?P<g>[^`\n]+)`",
    re.DOTALL,
)
_LABEL = re.compile(r"\\(?:label|tag)\{[^{}]*\}|\\nonumber(?![A-Za-z])|\\notag(?![A-Za-z])")


def read_jobs(path: str) -> Iterator[Job]:
    """The jobs of a file (`-`: JSON lines of standard input); a line that is none becomes a job with an `error`.

    UsageError, at once, where the file cannot be read or is of no known kind."""
    kind = os.path.splitext(path)[1].lower()
    if path == "-" or kind in (".jsonl", ".ndjson", ".json"):
        return (_job_of(number, line) for number, line in enumerate(read_lines(path), 1) if line.strip())
    if kind in (".tex", ".md", ".markdown"):
        return iter(marked(read_file(path)))
    raise UsageError(f"{path} is neither .jsonl nor .tex nor .md")


def _job_of(number: int, line: bytes) -> Job:
    try:
        given = json.loads(line.decode("utf-8-sig"), parse_constant=_not_json)
    except UnicodeDecodeError as error:
        return {"line": number, "error": f"not UTF-8: byte 0x{error.object[error.start]:02x} at position {error.start}"}
    except (ValueError, RecursionError) as error:
        return {"line": number, "error": f"not JSON: {error}"}
    if not isinstance(given, dict):
        return {"line": number, "error": "an object is wanted, with expr and wrt"}
    job: Job = {"line": number, **{name: given[name] for name in FIELDS if given.get(name) is not None}}
    wrong = _what_is_wrong(job)
    return {**job, "error": wrong} if wrong else job


def _not_json(word: str) -> None:
    raise ValueError(f"there is no {word} in JSON")


def _what_is_wrong(job: Mapping[str, Any]) -> str:
    if not isinstance(job.get("expr"), str):
        return "there is no expr, or it is no text"
    wrt = job.get("wrt")
    if not isinstance(wrt, str) and not (isinstance(wrt, list) and wrt and all(isinstance(n, str) for n in wrt)):
        return "there is no wrt: a name, or a list of names"
    for name in ("where", "layout", "notation"):
        if not isinstance(job.get(name, ""), str):
            return f"{name} is no text"
    return ""


def marked(text: str) -> list[Job]:
    """The marked formulas of a LaTeX or Markdown text."""
    jobs = []
    for mark in _MARK.finditer(text):
        job: Job = {"line": text.count("\n", 0, mark.start()) + 1}
        formula = _FORMULA.search(text, mark.end())
        following = _MARK.search(text, mark.end())
        try:
            job |= _options(mark["md"] if mark["md"] is not None else mark["tex"])
            if formula is None or (following is not None and following.start() < formula.start()):
                raise UsageError("no formula follows this mark")
            job["expr"] = _LABEL.sub("", next(formula[k] for k in "abcdefg" if formula[k] is not None)).strip()
            if "wrt" not in job:
                raise UsageError("the mark does not say --wrt")
        except UsageError as error:
            job["error"] = error.message
        jobs.append(job)
    return jobs


def _options(text: str) -> Job:
    """`--wrt x --where "A in S^n" --order 2`."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"the mark cannot be read: {error}") from None
    found: Job = {}
    names: list[str] = []
    while words:
        option, _, value = words.pop(0).partition("=")
        name = option.removeprefix("--")
        if not option.startswith("--") or name not in FIELDS or name == "expr":
            raise UsageError(f"the mark has {option!r}: --wrt, --where, --order, --layout, --notation and --id are known")
        if not value:
            if not words:
                raise UsageError(f"{option} has no value")
            value = words.pop(0)
        if name == "wrt":
            names += [n.strip() for n in re.split(r",(?![^{\[(]*[}\])])", value)]
        elif name == "order":
            if not value.isdigit():
                raise UsageError(f"--order {value} is no number")
            found["order"] = int(value)
        else:
            found[name] = f"{found['where']}; {value}" if name == "where" and "where" in found else value
    if names:
        found["wrt"] = names[0] if len(names) == 1 else names
    return found
