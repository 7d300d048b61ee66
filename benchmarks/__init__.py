"""Measured comparisons. `python -m benchmarks` runs them all and prints a table; `docs/benchmarks.md` is its output."""
