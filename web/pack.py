"""Pack the Python of the page, matcalc with a stand-in for NumPy, and SymPy: `python web/pack.py FOLDER`.

It prints the modules of the standard library that matcalc imports anywhere, a line each: the build may leave none of them out."""

import ast
import importlib.util
import sys
import zipfile
from pathlib import Path

WEB = Path(__file__).resolve().parent
ROOT = WEB.parent
WHEN = (2020, 1, 1, 0, 0, 0)  # the same files make the same archive
NOT_ASKED = ("assistants.py", "commands", "notebook.py", "papers", "serving", "__main__.py")  # of matcalc: what no page needs
NOT_NEEDED = ("tests", "testing", "benchmarks", "crypto", "__pycache__")  # of SymPy
NOT_PHYSICS = ("biomechanics", "continuum_mechanics", "control", "hep", "mechanics", "optics", "quantum")  # its solvers ask for the units
NOT_PARSED = ("autolev", "c", "fortran", "latex")  # of its parsers; sympify asks the one of its own texts


def pack(target: Path, files: dict[str, Path]) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, WHEN), path.read_bytes(), zipfile.ZIP_DEFLATED)


def sources(package: Path, leave_out: tuple[str, ...]) -> dict[str, Path]:
    """The modules below a package, without those in folders that are not needed."""
    found = {}
    for path in package.rglob("*"):
        inner = path.relative_to(package)
        if path.suffix in (".py", ".m", ".R", ".h") and not set(inner.parts) & set(leave_out):
            found[f"{package.name}/{inner.as_posix()}"] = path
    return found


def installed(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        sys.exit(f"{name} is not installed beside this Python; it belongs to matcalc: pip install .")
    return Path(spec.origin).parent


def asked(path: Path) -> set[str]:
    """The modules that a file imports from elsewhere, at its head or within its functions."""
    if path.suffix != ".py":
        return set()
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    wholes = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    return wholes | {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module and not n.level}


def main() -> None:
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    own = sources(ROOT / "matcalc", NOT_ASKED)
    own |= {f"matcalc/grammar/{path.name}": path for path in (ROOT / "grammar").glob("*.lark")}
    own |= {path.name: path for path in (WEB / "python").glob("*.py")} | sources(WEB / "python" / "numpy", ())
    pack(target / "matcalc.zip", own)
    print(*sorted(name for name in set().union(*map(asked, own.values())) if name.partition(".")[0] in sys.stdlib_module_names), sep="\n")
    pack(
        target / "sympy.zip", sources(installed("sympy"), NOT_NEEDED + NOT_PHYSICS + NOT_PARSED) | sources(installed("mpmath"), NOT_NEEDED)
    )


if __name__ == "__main__":
    main()
