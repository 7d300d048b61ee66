"""The package is a house: every module has a floor and imports only what lies strictly below it. So there are no cycles.

Imports inside functions count, they only come later. Those under `if TYPE_CHECKING:` do not, nothing runs there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from console import ROOT

PACKAGE = ROOT / "matcalc"

# The ground floor comes first. "ops.*" stands for every module of ops that is not named itself, "matcalc" for the package's own
# __init__, which fetches the interface when it is asked for it.
HOUSE = (
    "adjoints checking course derivation exchange inference notation reading shortening",
    "codegen commands errors kinds render rounding sources codegen.functions codegen.helpers codegen.octave_helpers course.overlooked "
    "course.search reading.grammar_table",
    "special reading.marks",
    "console expr identities kernels laws plain quotients standins syntax codegen.graph course.tours inference.unify reading.scan",
    "verify build.late codegen.contraction codegen.frame commands.showing course.graphpictures course.graphtables inference.terms "
    "notation.labels notation.surface ops.book reading.sizes render.printer",
    "render.lines render.setting render.unicode",
    "codegen.emission codegen.texts inference.misfit inference.scene ops.* render.*",
    "saturation render.plane",
    "render.formats",
    "render.document",
    "numeric ops build.functions build.leaves build.properties codegen.pyfile render.count",
    "build.blocks build.frechet build.scalars codegen.octave codegen.python course.remainder reading.names",
    "build.sums codegen.jax codegen.torch reading.declare reading.machine",
    "reading.lalr",
    "build.entrywise build.products reading.sums reading.tree",
    "build.aggregates reading.operands",
    "build reading.lex",
    "read adjoints.network codegen.known codegen.leaves codegen.patterns course.algebra course.definiteness course.expansion "
    "inference.scopes notation.authorship notation.naming notation.spelling shortening.casework shortening.factor shortening.scalars",
    "notation.factors",
    "notation.arrange",
    "codegen.blocks codegen.factoring codegen.steady adjoints.functions adjoints.letters adjoints.pairs "
    "course.extrema inference.assumptions inference.standing",
    "codegen.products adjoints.leibniz inference.elaborate",
    "codegen.lowering inference.abstract inference.blocks inference.products inference.rekind",
    "inference.entries inference.powers",
    "inference.calls",
    "inference.meaning",
    "infer",
    "handles rulebook scope templates course.points course.unfold",
    "adjoints.families adjoints.lifting adjoints.stacking shortening.fractions shortening.patterns",
    "shortening.moves",
    "exchange.outward",
    "exchange.inward",
    "differential simplify",
    "tensor notation.axes notation.symmetric shortening.folding",
    "layout derivation.forward derivation.origin derivation.shorter notation.unitdirections",
    "notation.linearmap",
    "adjoints.structured course.determinants notation.forms notation.indexform notation.kronecker",
    "notation.piecewise",
    "answers",
    "vectorized derivation.lines derivation.reverse",
    "derivation.page derivation.numbers",
    "derivation.unfold",
    "derive checking.evidence course.problem",
    "checking.comparison course.chain course.drawing course.freeentries course.jacobians course.polynomials course.solutions",
    "checking.repairs checking.summands course.directions course.graphs course.linear course.optimality course.series",
    "checking.diagnosis course.equations course.trial course.volumes notation.partials",
    "api checking.claims course.stationary_numbers",
    "batch matcalc course.stationary_points",
    "cli codegen.program commands.answering course.calculus course.plots",
    "commands.d",
    "__main__ commands.*",
)
FLOORS = {module: number for number, floor in enumerate(HOUSE) for module in floor.split()}

MODULES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}
MODULES = {"matcalc" if name == "__init__" else name.removesuffix(".__init__"): path for name, path in MODULES.items()}


def floor(module: str) -> float:
    if module in FLOORS:
        return FLOORS[module]
    return FLOORS[module.partition(".")[0] + ".*"]


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


def test_every_module_has_a_floor_and_every_floor_a_module() -> None:
    homeless = [name for name in MODULES if name not in FLOORS and name.partition(".")[0] + ".*" not in FLOORS]
    assert not homeless, f"give these a floor in tests/test_floors.py: {homeless}"
    empty = [name for name in FLOORS if name not in MODULES and not (name.endswith(".*") and name[:-2] in MODULES)]
    assert not empty, f"these have a floor and are gone: {empty}"


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_strictly_downwards(module: str) -> None:
    path = MODULES[module]
    below = imported(module, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py")
    wrong = {f"{other} ({floor(other)})" for other in below if floor(other) >= floor(module)}
    assert not wrong, f"{module} is on floor {floor(module)} and imports {sorted(wrong)}"


@pytest.mark.parametrize(
    "module, source, found",
    [
        ("cli", "from .errors import MatcalcError", {"errors"}),
        ("cli", "def f():\n    from . import kinds, derivative", {"kinds", "matcalc"}),
        ("cli", "import matcalc.syntax as s, numpy", {"syntax"}),
        ("ops.trace", "from ..errors import Span\nfrom . import book", {"errors", "ops.book"}),
        (
            "cli",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .kinds import Dim\nelse:\n    from . import errors",
            {"errors"},
        ),
    ],
)
def test_the_imports_are_found(module: str, source: str, found: set[str]) -> None:
    assert imported(module, source) == found


def test_the_page_on_architecture_names_every_part_once() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2] for line in page.splitlines() if line.startswith("| ") and "`" in line]
    named = [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    assert sorted(named) == sorted({name.partition(".")[0] for name in MODULES} - {"matcalc", "__main__"})
