"""`matcalc paper`: the derivatives that a paper claims, checked."""

from __future__ import annotations

import json
import sys

import click

from ..errors import UsageError
from .console import one_line, print_json


@click.command(
    "paper",
    epilog="""\b
Examples:
  matcalc paper draft.tex                     what is wrong, with file, line and column
  matcalc paper *.tex notes.md --all          what is right and what was not understood as well
  matcalc paper draft.tex --sarif out.sarif   for platforms that show findings beside the source
  matcalc paper draft.tex --fix               write what is right beside, as a comment

Definitions (f(x) = ..., L = ...), the author's commands, and what the prose declares ("where $A$ is symmetric", $A \\in
\\mathbb{R}^{m \\times n}$) are followed. A claim is \\nabla_x f(x) = ..., \\frac{\\partial L}{\\partial W} = ..., a Hessian, a Jacobian, or
\\nabla f(x^*) = 0 with the x^* that follows from it.

Exit code: 0 nothing is wrong, 1 something is, 2 a file cannot be read.""",
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--all", "everything", is_flag=True, help="Show every claim, also those that are right.")
@click.option("--strict", is_flag=True, help="Exit code 1 also where a claim was not understood.")
@click.option("--json", "as_json", is_flag=True, help="JSON, an object for each file.")
@click.option("--sarif", metavar="FILE", help="Write SARIF to this file; - is standard output.")
@click.option("--fix", is_flag=True, help="Write what is right as a comment beside each claim that is wrong (.tex and .md).")
def command(files: tuple[str, ...], everything: bool, strict: bool, as_json: bool, sarif: str | None, fix: bool) -> int:
    """Read papers (.tex, .md, .ipynb), find the derivatives that they claim, and check each."""
    from ..papers import report
    from ..papers.documents import read
    from ..papers.judging import UNCLEAR, WRONG, findings

    found = list(findings(map(read, files)))
    counts = report.summary(found)
    if sarif is not None:
        _write(sarif, json.dumps(report.as_sarif(found), indent=1) + "\n")
    if as_json:
        print_json(report.as_json(found))
    elif sarif != "-":
        shown = (WRONG, UNCLEAR) if not everything else tuple(counts)
        for document, claims in found:
            for claim in claims:
                if claim.status in shown:
                    print(one_line(report.line(document, claim)))
    if fix:
        for document, claims in found:
            if document.path.endswith(".ipynb"):
                print(f"note: {document.path} is a notebook, and is left as it is", file=sys.stderr)
            elif any(claim.status == WRONG for claim in claims):
                with open(document.path, encoding="utf-8", newline="") as stream:
                    text = stream.read()
                _write(document.path, report.mended(text, document.path, claims))
    print("note: " + ", ".join(f"{count} {status}" for status, count in counts.items()), file=sys.stderr)
    return 1 if counts[WRONG] or (strict and counts[UNCLEAR]) else 0


def _write(file: str, text: str) -> None:
    if file == "-":
        print(text, end="")
        return
    try:
        with open(file, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from None
