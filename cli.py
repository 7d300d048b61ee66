"""Runs matcalc from a checkout that is not installed: `python cli.py d "x^T A x" --wrt x`."""

import sys

if __name__ == "__main__":
    try:
        from matcalc.commands.cli import main
    except ModuleNotFoundError as error:
        sys.exit(f"matcalc needs {error.name}; in the checkout: python3 -m pip install .")
    sys.exit(main())
