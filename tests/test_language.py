"""docs/language.md holds: every line of its examples is read, run and compared.

A block "reads" has lines `input => text`: what is typed, and how it is printed again. Indented lines below are the notes, all of them but
those on inferred shapes, or, where the input is refused, the suggestion. Blocks "console" are run as in the README, in this process.
"""

from __future__ import annotations

import doctest
import re
import shlex
from typing import NamedTuple

import pytest
from console import ROOT, run

import matcalc
from matcalc import MatcalcError

PAGE = "docs/language.md"
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```([^\n]*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


class Line(NamedTuple):
    given: str
    printed: str
    below: list[str]


def lines() -> list[Line]:
    found: list[Line] = []
    for language, body in BLOCKS:
        if language == "reads":
            for line in body.splitlines():
                if line.startswith(" "):
                    found[-1].below.append(line.strip())
                else:
                    given, _, printed = line.partition("=>")
                    found.append(Line(given.strip(), printed.strip(), []))
    return found


def console() -> list[tuple[str, str]]:
    parts = [part for language, body in BLOCKS if language == "console" for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


@pytest.mark.parametrize("line", lines(), ids=lambda line: line.given)
def test_it_is_read_as_the_page_says(line: Line) -> None:
    if line.printed.startswith("refused:"):
        with pytest.raises(MatcalcError) as caught:
            matcalc.parse(line.given)
        assert f"refused: {caught.value.message}" == line.printed
        assert ([caught.value.suggestion] if caught.value.suggestion else []) == line.below
        return
    e = matcalc.parse(line.given)
    assert e.text == line.printed
    assert [f"note: {note}" for note in e.assumptions if not note.endswith("(inferred)")] == line.below
    again = matcalc.parse(e.text, where=e.where)
    assert (again.text, again.shape) == (e.text, e.shape)


@pytest.mark.parametrize("command, output", console(), ids=[command for command, _ in console()])
def test_it_prints_what_the_page_says(command: str, output: str) -> None:
    program, *argv = shlex.split(command)
    assert program == "matcalc"
    outcome = run(*argv)
    assert (outcome.err if output.startswith(("note: ", "error: ")) else "") + outcome.out == output


def test_the_python_examples() -> None:
    examples = doctest.DocTestParser().get_doctest(TEXT, {}, PAGE, PAGE, 0)
    seen: list[str] = []
    doctest.DocTestRunner().run(examples, out=seen.append)
    assert examples.examples and not seen, "".join(seen)


def test_there_are_examples_in_every_section() -> None:
    sections = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    assert len(sections) >= 10 and len(lines()) > 150 and len(console()) > 15
    for section in sections:
        assert "```" in section, section.splitlines()[0]


def test_its_anchors_and_links_lead_somewhere() -> None:
    headings = {re.sub(r"[^a-z -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^## (.*)$", TEXT, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings
    for page in ("README.md", "docs/architecture.md"):
        assert "language.md)" in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", PAGE])
def test_pages_name_files_that_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for path in re.findall(r"`((?:tests|docs|grammar|matcalc)/[\w./]+\.(?:py|md|jsonl|lark))`", text):
        assert (ROOT / path).exists() or path == "matcalc/grammar/matcalc.lark", path
