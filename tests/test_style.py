"""The style is a test like the others: format, lint, strict types."""

from __future__ import annotations

import pytest
from console import ROOT, python


@pytest.mark.parametrize("argv", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join)
def test_the_checkers_have_nothing_to_say(argv: list[str]) -> None:
    outcome = python("-m", *argv, timeout=300)
    assert outcome.code == 0, outcome.out + outcome.err


def test_the_package_avoids_the_slow_imports() -> None:
    """Each of these costs more at start-up than all of matcalc's own modules."""
    for path in (ROOT / "matcalc").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for name in ("dataclasses", "importlib.metadata", "importlib.resources"):
            assert f"import {name}" not in source and f"from {name}" not in source, f"{path.relative_to(ROOT)} imports {name}"
