"""Runs matcalc from a checkout that is not installed: `python cli.py d "x^T A x" --wrt x`."""

import sys

if __name__ == "__main__":
    from matcalc.commands.cli import main

    sys.exit(main())
