"""`%load_ext matcalc` in JupyterLite: a site with the wheels of this tree and nothing from elsewhere, in Chromium.

    .venv/bin/pip install -e ".[lite]" && (cd web && npm ci) && .venv/bin/pytest tests/test_jupyterlite.py

The kernel is the Pyodide of `web/`, which has no NumPy: the page's stand-in is packed as one. The wheels of IPython and its like are
downloaded once, into the temporary folder of the run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from console import ROOT
from test_web import BROWSERS

PYODIDE = ROOT / "web" / "node_modules" / "pyodide"
WHEELS = "micropip ipython comm jedi click>=8.2 lark mpmath rich sympy".split()
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
LACKS = [
    reason
    for reason, lacking in (
        ("no JupyterLite: pip install -e .[lite]", not importlib.util.find_spec("jupyterlite_pyodide_kernel")),
        ("no Node, or in web/: npm ci", not shutil.which("node") or not PYODIDE.is_dir()),
        ("no Chromium: apt-get install chromium", "CHROMIUM" not in os.environ and not any(map(shutil.which, BROWSERS))),
    )
    if lacking
]


def call(*argv: str, cwd: Path = ROOT) -> None:
    done = subprocess.run([sys.executable, *argv], cwd=cwd, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def numpy_of_the_page(folder: Path) -> None:
    """The stand-in for NumPy, as a wheel."""
    source = ROOT / "web" / "python" / "numpy"
    with zipfile.ZipFile(folder / "numpy-2.0.0-py3-none-any.whl", "w") as wheel:
        for path in source.rglob("*.py"):
            wheel.write(path, f"numpy/{path.relative_to(source).as_posix()}")
        about = "numpy-2.0.0.dist-info"
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: numpy\nVersion: 2.0.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")


def wheels(folder: Path) -> list[Path]:
    """What a notebook installs: matcalc of this tree, what it needs, and IPython."""
    tree = folder.parent / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".*", "node_modules", "dist", "build", "tests", "docs", "*.egg-info"))
    call("-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder), str(tree))
    numpy_of_the_page(folder)
    pure = ("--only-binary", ":all:", "--python-version", "3.14", "--implementation", "py", "--abi", "none", "--platform", "any")
    got = subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", *pure, "-d", str(folder), *WHEELS], capture_output=True, timeout=300
    )
    if got.returncode:
        pytest.skip("the wheels of IPython could not be downloaded")
    return sorted(folder.glob("*.whl"))


def site(folder: Path, found: list[Path]) -> Path:
    """A JupyterLite with these wheels, and with Pyodide beside it."""
    work, out = folder / "work", folder / "site"
    work.mkdir()
    settings = {"litePluginSettings": {KERNEL: {"pyodideUrl": "./static/pyodide/pyodide.mjs", "disablePyPIFallback": True}}}
    (work / "jupyter-lite.json").write_text(json.dumps({"jupyter-lite-schema-version": 0, "jupyter-config-data": settings}))
    micropip = next(path for path in found if path.name.startswith("micropip"))
    build = {"output_dir": str(out), "apps": ["repl"], "no_sourcemaps": True, "no_libarchive": True}
    urls = {"piplite_urls": [str(path) for path in found if path != micropip]}
    (work / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": build, "PipliteAddon": urls}))
    call("-m", "jupyterlite_core", "build", cwd=work)
    beside = out / "static" / "pyodide"
    beside.mkdir(parents=True)
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
        shutil.copy(PYODIDE / name, beside / name)
    shutil.copy(micropip, beside / micropip.name)
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))
    own = {"file_name": micropip.name, "sha256": hashlib.sha256(micropip.read_bytes()).hexdigest()}
    lock["packages"] = {"micropip": lock["packages"]["micropip"] | own}
    (beside / "pyodide-lock.json").write_text(json.dumps(lock))
    return out


@pytest.mark.skipif(bool(LACKS), reason="; ".join(LACKS))
def test_the_magic_in_a_browser(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    built = site(tmp_path, wheels(tmp_path / "wheels"))
    shown = subprocess.run(["node", str(ROOT / "web" / "lite.mjs"), str(built)], capture_output=True, encoding="utf-8", timeout=300)
    assert shown.returncode == 0, shown.stderr[-2000:]
    told = json.loads(shown.stdout)
    assert told["elsewhere"] == []
    assert "1×n, a row, in the numerator layout" in told["text"] and "import jax.numpy as jnp" in told["text"]
    assert told["formulas"], "the answer is set as a formula"
