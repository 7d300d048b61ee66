"""What pyproject.toml cannot say: a page that was built (`npm run build` in web/) goes into the package, for `matcalc web`."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BUILT = Path(__file__).resolve().parent / "web" / "dist"
BROWSER_ONLY = shutil.ignore_patterns("pyodide", "python", "sw.js")  # there the installed Python answers


class WithPage(build_py):
    def run(self) -> None:
        super().run()
        if BUILT.is_dir() and not self.editable_mode:
            shutil.copytree(BUILT, Path(self.build_lib) / "matcalc" / "page", ignore=BROWSER_ONLY, dirs_exist_ok=True)


setup(cmdclass={"build_py": WithPage})
