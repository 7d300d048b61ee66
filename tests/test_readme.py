"""The README and the pages beside it hold: every console example is run by a shell, every Python example by doctest, and what they print
is compared.

A block "console" is what a pipe shows: standard output, and standard error before it where the example begins with a note or an
error. A block "console terminal" is what a terminal shows that is 72 columns wide.
"""

from __future__ import annotations

import doctest
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from console import ROOT, python

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ["README.md", "docs/index.md", "docs/howto.md", "docs/comparison.md"]
COMMAND = f'matcalc() {{ "{sys.executable}" -m matcalc "$@"; }}\n'


class Example(NamedTuple):
    command: str
    output: str
    terminal: bool


def examples(page: str) -> list[Example]:
    found = []
    text = (ROOT / page).read_text(encoding="utf-8")
    for language, body in re.findall(r"^```([^\n]+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if language.startswith("console"):
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                found.append(Example(command, output, language == "console terminal"))
    return found


def in_a_pipe(command: str, env: dict[str, str], with_stderr: bool) -> str:
    done = subprocess.run(["bash", "-c", COMMAND + command], capture_output=True, encoding="utf-8", cwd=ROOT, env=env, timeout=60)
    return (done.stderr if with_stderr else "") + done.stdout


def on_a_terminal(command: str, env: dict[str, str]) -> str:
    ours, theirs = os.openpty()
    process = subprocess.Popen(["bash", "-c", COMMAND + command], stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=env)
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:
        pass  # how Linux says that the other side has closed
    finally:
        os.close(ours)
    process.wait(timeout=60)
    lines = re.sub(r"\x1b\[[\d;]*m", "", seen.decode()).splitlines()
    return "".join(line.rstrip() + "\n" for line in lines)


@pytest.mark.parametrize("example", [e for page in PAGES for e in examples(page)], ids=lambda example: example.command)
def test_the_console_examples_print_what_they_say(example: Example) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "80", "TERM": "xterm", "NO_COLOR": "1"}
    if example.terminal:
        assert on_a_terminal(example.command, env) == example.output
    else:
        assert in_a_pipe(example.command, env, example.output.startswith(("note: ", "error: "))) == example.output


@pytest.mark.parametrize("path", [*PAGES, "CONTRIBUTING.md", "docs/architecture.md"])
def test_the_python_examples_print_what_they_say(path: str) -> None:
    # The examples of one file share their names, as a reader who types them in would have it.
    text = (ROOT / path).read_text(encoding="utf-8")
    examples = doctest.DocTestParser().get_doctest(text, {}, path, path, 0)
    seen: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=seen.append)
    assert not seen, "".join(seen)


def test_the_python_examples_pass_the_strict_types(tmp_path: Path) -> None:
    """Each page is a module, as a reader would write it."""
    written = []
    for path in [*PAGES, "docs/language.md"]:
        found = doctest.DocTestParser().get_examples((ROOT / path).read_text(encoding="utf-8"))
        if found:
            written.append(tmp_path / f"page_{Path(path).stem.lower()}.py")
            source = "".join(example.source for example in found)
            written[-1].write_text(source if "import matcalc" in source else f"import matcalc\n{source}", encoding="utf-8")
    assert len(written) >= 4
    outcome = python("-m", "mypy", "--strict", "--allow-redefinition", *map(str, written), timeout=400)
    assert outcome.out.startswith("Success"), outcome.out


def test_the_picture_is_of_what_is_printed() -> None:
    """The document that is set in the picture is what matcalc writes today, and the picture says that it was made of it."""
    spec = importlib.util.spec_from_file_location("make_picture", ROOT / "docs" / "make_picture.py")
    assert spec is not None and spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    (line,) = re.findall(r"`(matcalc d [^`]+ --format latex-doc)` with\n`(--where [^`]+)`", README)
    written = make.SOURCE.read_text(encoding="utf-8")
    assert in_a_pipe(" ".join(line), {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}, False) == written, (
        "run: python docs/make_picture.py"
    )
    assert make.mark(written) in make.PICTURE.read_text(encoding="utf-8"), "run: python docs/make_picture.py"


def test_the_readme_is_not_empty_of_examples() -> None:
    assert len(examples("README.md")) >= 12 and all(example.output for page in PAGES for example in examples(page))
    assert README.count("\n>>> ") >= 6


def with_block(number: int, folder: Path) -> dict[str, str]:
    """A copy of the package with a block of the contributors' page at the end of the file that the page names; how to run it."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[number]
    file = re.findall(r"At the end of `([^`]+)`", page)[number]
    for part in ("matcalc", "grammar"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    chapter = folder / file
    text = chapter.read_text(encoding="utf-8")
    if block not in text:  # whoever tries the page out in a checkout has it there
        chapter.write_text(text + "\n" + block, encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


def test_the_property_of_the_contributors_page_needs_only_its_block(tmp_path: Path) -> None:
    """A word that is declared, drawn, recognised, kept by operations: the tests of facts and of drawn points know it."""
    env = with_block(1, tmp_path)
    where = ("--where", "A in R^{m x n} toeplitz; B in R^{m x n}")
    outcome = python("-m", "matcalc", "d", "tr(A^T B)", "--wrt", "B", *where, env=env, cwd=tmp_path)
    assert outcome.code == 0 and outcome.out == "A\n", outcome
    outcome = python("-m", "matcalc", "d", "tr(A^T B)", "--wrt", "A", "--structured", *where, env=env, cwd=tmp_path)
    assert "declared toeplitz" in outcome.err
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__", "data"))
    argv = ("-m", "pytest", "-q", "-k", "toeplitz", "-p", "no:cacheprovider", "tests/test_facts.py", "tests/test_verify.py")
    outcome = python(*argv, env=env, cwd=tmp_path)
    passed = re.search(r"(\d+) passed", outcome.out)
    assert outcome.code == 0 and passed is not None and int(passed[1]) >= 8, outcome


def test_the_operation_of_the_contributors_page_needs_only_its_block(tmp_path: Path) -> None:
    """As the page tells an outsider: one block at the end of one file, and the command knows the function."""
    env = with_block(0, tmp_path)
    outcome = python("-m", "matcalc", "d", "sum(sinc(A x))", "--wrt", "x", env=env, cwd=tmp_path)
    assert outcome.code == 0 and "sinc(A x)" in outcome.out, outcome
    for target in ("numpy", "jax", "torch", "array-api", "octave", "r", "julia"):
        argv = ("-m", "matcalc", "code", "sum(sinc(A x))", "--wrt", "x", "--target", target)
        outcome = python(*argv, env=env, cwd=tmp_path)
        assert outcome.code == 0 and ("sin.(t1)" if target == "julia" else "sin(t1)") in outcome.out, outcome


def test_continuous_integration_runs_the_line_of_the_readme() -> None:
    lines = [line for body in re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL) for line in body.splitlines()]
    assert lines[0] == 'python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/matcalc d "x^T A x" --wrt x'
    assert lines[1].endswith("pytest")
    continuous = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1]
    assert continuous == lines[1].replace("[test]", "[test,targets,docs]") + " -n 2"


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md"])
def test_links_inside_the_project_lead_somewhere(path: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / path).read_text(encoding="utf-8")):
        assert ((ROOT / path).parent / target).exists(), target


def test_the_contributors_page_names_every_test_file() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert not [path.name for path in (ROOT / "tests").glob("test_*.py") if f"`tests/{path.name}`" not in page]
