"""What Windows has not, taken away here: modules of POSIX, forks, alarms, Unicode on every console. Commands still answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from console import ROOT, python

WITHOUT = """
import os, signal, sys
GONE = {"fcntl", "resource", "termios", "tty", "pty", "pwd", "grp", "readline", "curses", "syslog"}
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name in GONE:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
for name in GONE:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Gone())
OF_OS = "fork forkpty setsid killpg getuid geteuid sched_getaffinity openpty wait4"
for module, names in ((os, OF_OS), (signal, "SIGALRM setitimer alarm SIGHUP SIGPIPE")):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
sys.argv[0] = "matcalc"
from matcalc.__main__ import run
sys.exit(run())
"""


def matcalc(*argv: str, encoding: str = "cp1252") -> tuple[int, str, str]:
    outcome = python("-c", WITHOUT, *argv, env={"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}, timeout=120)
    return outcome.code, outcome.out, outcome.err


@pytest.mark.parametrize(
    ("argv", "part"),
    [
        (["d", "x^T A x", "--wrt", "x", "--format", "unicode"], "x^T (A + A^T)"),
        (["d", "1/2 theta^2", "--wrt", "theta", "--steps"], "theta"),
        (["shapes", "a^T b"], "a^T b"),
        (["check", "x^T A x", "--wrt", "x", "--claim", "x^T (A + A^T)"], "equal"),
        (["code", "x^T A x", "--wrt", "x"], "def gradient"),
        (["rules", "chain rule"], "chain rule"),
        (["graph", "sum(tanh(W x))", "--wrt", "W"], "tanh"),
        (["taylor", "exp(x)", "--wrt", "x", "--at", "0", "--order", "2", "--where", "x in R"], "x^2/2"),
        (["ask", "--memory", "1024"], ""),
    ],
)
def test_commands_answer(argv: list[str], part: str) -> None:
    code, out, err = matcalc(*argv, encoding="ascii")
    assert code == 0 and part in out and "Traceback" not in err and out.isascii()


def test_files_of_windows(tmp_path: Path) -> None:
    draft = tmp_path / "my draft.tex"
    draft.write_bytes("\ufeffLet $f(x) = x^\\top x$.\r\nThen\r\n$\\nabla f(x) = x$.\r\n".encode())
    code, out, err = matcalc("paper", str(draft))
    assert code == 1 and ":3:16: wrong" in out and "Traceback" not in err
    lines = tmp_path / "many.jsonl"
    lines.write_bytes(b'{"expr": "x^T A x", "wrt": "x"}\r\n{"expr": "tr(A X)", "wrt": "X"}\r\n')
    code, out, err = matcalc("batch", str(lines))
    assert code == 0 and out.count("\n") == 2 and "Traceback" not in err
    formula = tmp_path / "formula.tex"
    formula.write_bytes(b"x^\\top A x\r\n")
    assert matcalc("d", str(formula), "--wrt", "x")[1].strip() == "x^T (A + A^T)"
