"""(c) What a first answer costs: the whole process, against a Python that does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from .timing import Ratio, race


def _process(argv: Sequence[str]) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPROFILEIMPORTTIME"}
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)


def rows() -> dict[str, Ratio]:
    """Multiples of `python -c pass`."""
    run = [sys.executable, "-c", "import sys; from matcalc.cli import main; sys.exit(main())"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        'matcalc d "x^T A x" --wrt x': [*run, "d", "x^T A x", "--wrt", "x"],
        'matcalc d "x^T A x" --wrt x --no-verify': [*run, "d", "x^T A x", "--wrt", "x", "--no-verify"],
        "matcalc --help": [*run, "--help"],
        "import numpy": [sys.executable, "-c", "import numpy"],
        "import sympy": [sys.executable, "-c", "import sympy"],
    }
    calls = {name: (lambda argv=argv: _process(argv)) for name, argv in commands.items()}  # type: ignore[misc]
    return race(calls, rounds=15, least=0.0)[1]
