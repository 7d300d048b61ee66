"""matcalc works as a wheel, from an sdist, installed editable and in a bare checkout, and brings no other top-level name along.

The build backend is called as an installer calls it, in a copy of the checkout, and a wheel is unpacked as an installer unpacks
it. So these tests need neither the network nor pip. The interpreters below start with -S and are given their folders by hand,
or the matcalc that is installed beside pytest would answer for the one under test.
"""

from __future__ import annotations

import shutil
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import click
import pytest
from console import ROOT, Outcome, spawn

import matcalc

DEPENDENCIES = [Path(click.__file__).parent.parent]
JOB = ["d", "x^T A x", "--wrt", "x"]
ANSWER = "x^T (A + A^T)\n"
NOT_OURS = ("cli", "grammar", "tests", "docs", "console")
GATHERED = {"build", "dist"}  # at the top, by earlier builds
SPARE = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "*.npz", "node_modules")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def bare(*argv: str, path: list[Path], cwd: Path) -> Outcome:
    """An interpreter that sees `path` and the dependencies, and runs no .pth file."""
    env = {"PYTHONPATH": ":".join(map(str, [*path, *dict.fromkeys(DEPENDENCIES)])), "PYTHONDONTWRITEBYTECODE": "1"}
    done = spawn([sys.executable, "-S", *argv], env=env, cwd=cwd)
    return Outcome(done.returncode, done.stdout, done.stderr)


def build(hook: str, tree: Path, into: Path) -> Path:
    into.mkdir()
    code = f"import sys; from setuptools import build_meta; print(build_meta.{hook}(sys.argv[1]))"
    done = spawn([sys.executable, "-c", code, str(into)], cwd=tree, env={"PYTHONPATH": ""})
    assert done.returncode == 0, done.stderr[-2000:]
    return into / done.stdout.split()[-1]


def unpack(wheel: Path, into: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into)
    return into


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout, without what a working copy gathers."""

    def spare(folder: str, names: list[str]) -> set[str]:
        return SPARE(folder, names) | (GATHERED if Path(folder) in (ROOT, ROOT / "web") else set())

    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("checkout") / "matcalc", ignore=spare))


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("build_wheel", tree, tmp_path_factory.mktemp("wheel") / "dist")


@pytest.fixture(scope="module")
def sdist(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = build("build_sdist", tree, tmp_path_factory.mktemp("sdist") / "dist")
    with tarfile.open(archive) as packed:
        packed.extractall(archive.parent, filter="data")
    return archive.parent / archive.name.removesuffix(".tar.gz")


def test_every_folder_of_modules_is_listed() -> None:
    folders = {".".join(p.parent.relative_to(ROOT).parts) for p in (ROOT / "matcalc").rglob("*.py")}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == folders | {"matcalc.grammar"}


def test_the_wheel_works_and_leaks_no_name(wheel: Path, tmp_path: Path) -> None:
    site = unpack(wheel, tmp_path / "site")
    assert {entry.name.split("-")[0] for entry in site.iterdir()} == {"matcalc", "matcalc_symbolic"}
    assert (site / "matcalc/grammar/matcalc.lark").is_file() and (site / "matcalc/py.typed").is_file()
    assert bare("-m", "matcalc", *JOB, path=[site], cwd=tmp_path)[:2] == (0, ANSWER)


def test_a_page_that_was_built_is_in_the_wheel(tree: Path, wheel: Path, tmp_path: Path) -> None:
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("matcalc/page")]  # there was none
    checkout = Path(shutil.copytree(tree, tmp_path / "checkout", ignore=shutil.ignore_patterns("build")))
    for name in ("index.html", "app.js", "sw.js", "python/matcalc.pack", "vendor/katex/katex.min.js", "vendor/pyodide/pyodide.mjs"):
        (checkout / "web/dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / "web/dist" / name).write_text(name)
    site = unpack(build("build_wheel", checkout, tmp_path / "dist"), tmp_path / "site")
    found = {path.relative_to(site / "matcalc/page").as_posix() for path in (site / "matcalc/page").rglob("*.*")}
    assert found == {"index.html", "app.js", "vendor/katex/katex.min.js"}
    code = "from matcalc.serving.pages import pages; print(sorted(pages()))"
    assert bare("-c", code, path=[site], cwd=tmp_path).out == "['', 'app.js', 'index.html', 'vendor/katex/katex.min.js']\n"


def test_what_the_wheel_says_of_itself(wheel: Path, tmp_path: Path) -> None:
    (info,) = unpack(wheel, tmp_path).glob("*.dist-info")
    assert (info / "entry_points.txt").read_text().split() == ["[console_scripts]", "matcalc", "=", "matcalc.__main__:run"]
    assert (info / "licenses/LICENSE").is_file()
    meta = Parser().parsestr((info / "METADATA").read_text(encoding="utf-8"))
    assert (meta["Name"], meta["Version"], meta["License-Expression"]) == ("matcalc-symbolic", matcalc.__version__, "MIT")
    needed = [line.split(">")[0] for line in meta.get_all("Requires-Dist", []) if "extra" not in line]
    assert needed == ["click", "lark", "mpmath", "numpy", "rich", "sympy"]


def test_the_citation_is_of_this_version() -> None:
    assert f"\nversion: {matcalc.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_sdist_works_and_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    for name in ("cli.py", "LICENSE", "README.md", "CHANGELOG.md", "grammar/matcalc.lark", "tests/console.py", "docs/architecture.md"):
        assert (sdist / name).is_file(), name
    assert bare("cli.py", *JOB, path=[], cwd=sdist)[:2] == (0, ANSWER)
    again = build("build_wheel", sdist, tmp_path / "again")
    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(wheel).namelist())


def test_an_editable_install_works_and_leaks_no_name(tree: Path, tmp_path: Path) -> None:
    site = unpack(build("build_editable", tree, tmp_path / "dist"), tmp_path / "site")
    start = f"import site; site.addsitedir({str(site)!r})\n"
    code = start + f"from matcalc.commands.cli import main; raise SystemExit(main({JOB!r}))"
    assert bare("-c", code, path=[site], cwd=tmp_path)[:2] == (0, ANSWER)
    # It really is the checkout that answers, and the checkout's other files stay invisible.
    code = start + f"import matcalc, importlib.util as u; print(matcalc.__file__, *[n for n in {NOT_OURS!r} if u.find_spec(n)])"
    assert bare("-c", code, path=[site], cwd=tmp_path).out.split() == [str(tree / "matcalc/__init__.py")]


def test_a_bare_checkout_works_from_anywhere(tree: Path, tmp_path: Path) -> None:
    assert bare(str(tree / "cli.py"), *JOB, path=[], cwd=tmp_path)[:2] == (0, ANSWER)
    assert bare("-m", "matcalc", *JOB, path=[], cwd=tree)[:2] == (0, ANSWER)


def test_the_launcher_without_the_dependencies_says_what_to_do(tree: Path, tmp_path: Path) -> None:
    done = spawn([sys.executable, "-S", str(tree / "cli.py"), "shapes", "x^T A x"], env={"PYTHONPATH": ""}, cwd=tmp_path)  # `d` needs none
    assert (done.returncode, done.stdout) == (1, "")
    assert "click" in done.stderr and "pip install" in done.stderr and "Traceback" not in done.stderr
