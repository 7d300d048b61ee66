"""The command: an ordinary line is read here (`plain`), any other by Click; Rich draws on a terminal, a pipe gets the bare line.

Nothing is imported at the top but what every line needs. Click, the engine and Rich come in inside the functions that use them, so that
`--help` and a mistyped option answer at once, and a short answer pays for none but the engine.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress

from ..errors import MatcalcError, VerificationError
from .console import complain, cut, print_json
from .plain import answered

DEPENDENCIES = ("click", "lark", "mpmath", "numpy", "rich", "sympy")


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 fine, 1 no answer, 2 bad input. Nothing leaves as a traceback."""
    if sys.stdout is None:  # what Python makes of `matcalc … >&-`
        complain("error: cannot write the answer: standard output is closed")
        return 1
    _never_fail_to_encode()
    words = list(sys.argv[1:] if args is None else args)
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")  # an overflow that the engine met and handled is no news to the reader
            code = answered(words)
            if code is None:
                from .menu import called

                code = called(words)
        return _flushed(code)
    except MatcalcError as error:
        if "--json" in words:
            state = {"verified": "failed"} if isinstance(error, VerificationError) else {}
            print_json({**state, "error": error.as_dict()})
        complain(f"error: {error}")
        return _flushed(error.exit_code)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None:  # met in writing; one met in opening a file has its name
            return _unwritten(error)
        if isinstance(error, ModuleNotFoundError) and error.name in DEPENDENCIES:  # a bare checkout: an ordinary `d` needs none of them
            complain(f"matcalc needs {error.name}; in the checkout: python3 -m pip install .")
            return 1
        if os.environ.get("MATCALC_DEBUG"):
            raise
        from shlex import join

        complain(f"matcalc: internal error (a bug): {type(error).__name__}: {cut(str(error), 300)}")
        complain(f"please report it with the expression: matcalc {join(map(cut, words))}")
        return 1


def _never_fail_to_encode() -> None:
    # A last resort where no ASCII spelling exists: an escape is ugly, but unlike a "?" it cannot be taken for an answer.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _flushed(code: int) -> int:
    """`code`, once the answer has really been written."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return _unwritten(error)
    return code


def _unwritten(error: OSError) -> int:
    """A full disk is worth a word, a reader that went away (`| head`) is not."""
    if not isinstance(error, BrokenPipeError):
        complain(f"error: cannot write the answer: {error.strerror}")
    with suppress(OSError, ValueError):  # or the interpreter flushes once more at its end, and fails aloud
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
