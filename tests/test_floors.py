"""The package is a house: every package has a floor and imports only what lies below it, and no module imports in a circle.

Imports inside functions count, they only come later. Those under `if TYPE_CHECKING:` do not, nothing runs there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter

import pytest
from console import ROOT

PACKAGE = ROOT / "matcalc"

# The ground floor comes first. A name is a package or a module at the top; those of one floor do not know of each other.
HOUSE = (
    "_version errors sources interning travel",
    "kinds syntax",
    "ops",
    "printing reading expressions",
    "inference numbers",
    "differentiation",
    "shortening",
    "notation",
    "exchange",
    "answers",
    "derivation codegen",
    "pipeline",
    "course checking",
    "api",
    "building protocol",
    "assistants notebook papers serving",
    "matcalc",
    "commands",
    "__main__",
)
FLOORS = {package: number for number, floor in enumerate(HOUSE) for package in floor.split()}

MODULES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}
MODULES = {"matcalc" if name == "__init__" else name.removesuffix(".__init__"): path for name, path in MODULES.items()}


def part(module: str) -> str:
    """The package that a module stands in; a module at the top is its own."""
    return module.partition(".")[0]


def statements(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports below `node` that run some time."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from (s for other in child.orelse for s in statements(ast.Module([other], [])))
        else:
            yield from statements(child)


def imported(module: str, source: str, is_package: bool = False) -> set[str]:
    """The modules of this package that `source`, the text of `module`, imports."""
    found = set()
    own = [] if module == "matcalc" else module.split(".")
    for statement in statements(ast.parse(source)):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        else:
            base = statement.module or ""
            if statement.level:
                up = statement.level - (1 if is_package else 0)
                base = ".".join(["matcalc", *own[: len(own) - up], *filter(None, [base])])
            names = [f"{base}.{alias.name}" for alias in statement.names]
        for name in names:
            if name == "matcalc" or name.startswith("matcalc."):
                inner = name.removeprefix("matcalc").lstrip(".")
                # `from .errors import MatcalcError` is errors, `from . import errors` too, `from . import derivative` the package.
                while inner and inner not in MODULES:
                    inner = inner.rpartition(".")[0]
                found.add(inner or "matcalc")
    return found - {module}


def imports_of(module: str) -> set[str]:
    path = MODULES[module]
    return imported(module, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py")


def test_every_package_has_a_floor_and_every_floor_a_package() -> None:
    assert {part(module) for module in MODULES} == set(FLOORS)


@pytest.mark.parametrize("package", FLOORS)
def test_packages_import_what_is_below(package: str) -> None:
    for module in MODULES:
        if part(module) == package:
            wrong = {other for other in imports_of(module) if part(other) != package and FLOORS[part(other)] >= FLOORS[package]}
            assert not wrong, f"{module} is on floor {FLOORS[package]} and imports {sorted(wrong)}"


def test_no_module_imports_in_a_circle() -> None:
    tuple(TopologicalSorter({module: imports_of(module) for module in MODULES}).static_order())  # raises a CycleError


@pytest.mark.parametrize(
    "module, source, found",
    [
        ("api", "from .errors import MatcalcError", {"errors"}),
        ("api", "def f():\n    from . import kinds, derivative", {"kinds", "matcalc"}),
        ("api", "import matcalc.syntax as s, numpy", {"syntax"}),
        ("ops.trace", "from ..errors import Span\nfrom . import book", {"errors", "ops.book"}),
        (
            "api",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .kinds import Dim\nelse:\n    from . import errors",
            {"errors"},
        ),
    ],
)
def test_the_imports_are_found(module: str, source: str, found: set[str]) -> None:
    assert imported(module, source) == found


def test_a_class_has_a_name_of_its_own() -> None:
    """A small name, `special`, is that of the module which a class stands for in the texts of the book."""
    places: dict[str, list[str]] = {}
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.islower():
                places.setdefault(node.name, []).append(module)
    shared = {name: modules for name, modules in places.items() if len(modules) > 1}
    assert not shared, f"a reader could take one for the other: {shared}"


def test_the_page_on_architecture_names_every_part_once() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2] for line in page.splitlines() if line.startswith("| ") and "`" in line]
    named = [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    assert sorted(named) == sorted({part(name) for name in MODULES} - {"matcalc", "__main__", "_version"})
