"""The page, in a real browser: `npm run lint` and `npm test` in web/. They need Node, Chromium, and the page that `npm run build` made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from console import ROOT

WEB = ROOT / "web"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing() -> str:
    """What the tests of the page lack on this machine, if anything."""
    if not shutil.which("npm"):
        return "there is no npm: install Node"
    if not (WEB / "node_modules").is_dir():
        return "in web/: npm ci"
    if "CHROMIUM" not in os.environ and not any(map(shutil.which, BROWSERS)):
        return "there is no Chromium: apt-get install chromium"
    built = WEB / "dist" / "index.html"
    sources = [*(WEB / "src").rglob("*"), *(WEB / "python").rglob("*.py"), *(ROOT / "matcalc").rglob("*.py")]
    if not built.is_file() or built.stat().st_mtime < max(map(changed, sources)):
        return "the page was not built since its sources changed: in web/: npm run build"
    return ""


def changed(path: Path) -> float:
    return path.stat().st_mtime


def npm(*argv: str) -> None:
    environment = {**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["npm", *argv], cwd=WEB, env=environment, capture_output=True, encoding="utf-8", timeout=1200)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.skipif(not shutil.which("npm") or not (WEB / "node_modules").is_dir(), reason="in web/: npm ci")
def test_the_page_is_well_kept() -> None:
    npm("run", "lint")


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_the_page_does_what_people_do_in_a_browser() -> None:
    npm("test")
