"""What was found, for people, for programs and for platforms that show it beside the source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .._version import __version__
from .documents import Document
from .judging import RIGHT, UNCLEAR, WRONG, Finding

Found = tuple[Document, list[Finding]]
_RULES = {WRONG: "a claimed derivative is wrong", UNCLEAR: "a claimed derivative was not understood"}


def line(document: Document, finding: Finding) -> str:
    """`draft.tex:12:5: wrong: \\nabla f = …: off by a factor of 2; right is …`"""
    cell = f":cell {finding.cell}" if finding.cell is not None else ""
    parts = [finding.status, finding.claim, finding.why, f"right is {finding.right}" if finding.right else ""]
    return f"{document.path}{cell}:{finding.line}:{finding.column}: {': '.join(filter(None, parts[:2]))}" + "".join(
        f"; {part}" for part in parts[2:] if part
    )


def summary(found: Iterable[Found]) -> dict[str, int]:
    """How many claims are right, wrong, not understood."""
    every = [finding.status for _, findings in found for finding in findings]
    return {status: every.count(status) for status in (RIGHT, WRONG, UNCLEAR)}


def as_json(found: Iterable[Found]) -> list[dict[str, Any]]:
    """An object for each document."""
    return [{"file": document.path, "claims": [f.as_dict() for f in findings]} for document, findings in found]


def as_sarif(found: Iterable[Found]) -> dict[str, Any]:
    """The Static Analysis Results Interchange Format, version 2.1.0."""
    results = [_result(document, f) for document, findings in found for f in findings if f.status in _RULES]
    rules = [{"id": status.replace(" ", "-"), "shortDescription": {"text": text}} for status, text in _RULES.items()]
    driver = {"name": "matcalc", "version": __version__, "rules": rules}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return {"$schema": schema, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(document: Document, finding: Finding) -> dict[str, Any]:
    text = "; ".join(filter(None, [finding.claim, finding.why, f"right is {finding.right}" if finding.right else ""]))
    place = {"artifactLocation": {"uri": document.path.replace("\\", "/")}}
    region = {"region": {"startLine": finding.line, "startColumn": finding.column}} if finding.cell is None else {}
    return {
        "ruleId": finding.status.replace(" ", "-"),
        "level": "error" if finding.status == WRONG else "note",
        "message": {"text": text},
        "locations": [{"physicalLocation": {**place, **region}}],
    }


def mended(text: str, path: str, findings: Iterable[Finding]) -> str:
    """The source with a comment below each formula that is wrong, which says what is right."""
    mark = "% matcalc: " if path.endswith(".tex") else "<!-- matcalc: "
    end = "" if path.endswith(".tex") else " -->"
    lines = text.split("\n")
    for finding in sorted(findings, key=lambda f: -f.end):
        if finding.status == WRONG and finding.right:
            head = re.split(r"(?<![<>!:])=", finding.claim)[0].strip()
            comment = f"{mark}{head} = {finding.right}{end}".replace("\n", " ")
            at = finding.line if path.endswith(".tex") else finding.end
            indent = re.match(r"\s*", lines[at - 1])
            lines.insert(at, f"{indent[0] if indent else ''}{comment}")
    return "\n".join(lines)
