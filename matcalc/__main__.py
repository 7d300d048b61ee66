"""`python -m matcalc` is the command, and so is the installed script."""

import gc
import sys

from .commands.cli import main


def run() -> int:
    """The command in a process of its own. What it makes lives as long as the process, so there is little to collect on the way,
    and nothing at the end: that is a fifth of the time of a short answer."""
    gc.set_threshold(50_000, 20, 20)
    try:
        return main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    sys.exit(run())
