"""docs/mml.md is what `docs/make_mml.py` writes, and nothing in the courses is left out of it."""

from __future__ import annotations

import importlib.util
import json
from types import ModuleType

from console import ROOT


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_mml", ROOT / "docs" / "make_mml.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_commands_print() -> None:
    written = (ROOT / "docs" / "mml.md").read_text(encoding="utf-8")
    assert generator().page() == written, "run: python docs/make_mml.py"


def test_every_computation_stands_on_the_page() -> None:
    written = (ROOT / "docs" / "mml.md").read_text(encoding="utf-8")
    make = generator()
    for line in (ROOT / "tests" / "data" / "course.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert f"$ {make.command_line(record['argv'])}\n" in written, record["id"]
