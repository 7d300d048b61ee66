"""The marker of the long random run: left out of an ordinary run, chosen by `pytest -m fuzz`."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fuzz: thousands of random expressions; runs with -m fuzz only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "fuzz" in config.getoption("-m"):
        return
    for item in items:
        if item.get_closest_marker("fuzz"):
            item.add_marker(pytest.mark.skip(reason="the long run: pytest -m fuzz"))
