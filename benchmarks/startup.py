"""(c) What a first answer costs: the whole process of a byte-compiled install, against a Python that does nothing."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from .timing import Ratio, race

ROOT = Path(__file__).resolve().parent.parent


def installed(folder: Path) -> str:
    """The Python of a new environment with the package as pip would leave it (sources, grammar, byte code) and what it needs.

    Not this Python: an editable install makes `python -c pass` itself slower.
    """
    import click

    venv.create(folder, symlinks=os.name != "nt", with_pip=False)
    python = str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    asked = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    )
    site = Path(asked.stdout.strip())
    shutil.copytree(ROOT / "matcalc", site / "matcalc", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "grammar", site / "matcalc" / "grammar")
    compileall.compile_dir(site / "matcalc", quiet=1)
    (site / "needed.pth").write_text(str(Path(click.__file__).parent.parent) + "\n", encoding="utf-8")
    return python


def process(argv: Sequence[str]) -> None:
    """Run a command and wait for its end."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    # In no checkout: `python -c` looks in its folder first, and there would be the sources.
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=tempfile.gettempdir())


def rows() -> dict[str, Ratio]:
    """Multiples of `python -c pass`."""
    with tempfile.TemporaryDirectory() as folder:
        python = installed(Path(folder))
        command = [python, "-c", "import sys; from matcalc.__main__ import run; sys.exit(run())"]
        ask = [*command, "d", "x^T A x", "--wrt", "x"]
        commands = {
            "python -c pass": [python, "-c", "pass"],
            'matcalc d "x^T A x" --wrt x': ask,
            'matcalc d "x^T A x" --wrt x --no-verify': [*ask, "--no-verify"],
            "matcalc --help": [*command, "--help"],
            "import click": [python, "-c", "import click"],
            "import numpy": [python, "-c", "import numpy"],
            "import sympy": [python, "-c", "import sympy"],
        }
        calls = {name: (lambda argv=argv: process(argv)) for name, argv in commands.items()}  # type: ignore[misc]
        return race(calls, rounds=21, least=0.0, limit=60.0)[1]
