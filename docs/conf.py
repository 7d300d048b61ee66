"""The documentation site: `python -m sphinx -W docs build/site`. Pages are the Markdown files here, the API reference the docstrings."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from matcalc._version import __version__  # noqa: E402

project = "matcalc"
author = "the authors of matcalc"
copyright = "2026, the authors of matcalc"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["dollarmath", "fieldlist"]
myst_heading_anchors = 4
exclude_patterns = ["make_*.py", "examples", "tour.ipynb", "derivation.tex"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["print.css"]
html_title = "matcalc"
html_copy_source = False
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_class_signature = "separated"

PAGE = "page/index.html"  # the page that answers in the browser, where it was built
_ASKS = {"d": "derivative", "jacobian": "jacobian", "hessian": "hessian", "grad": "gradient"}


def fragment(command: str) -> str | None:
    """The fragment of the page's link that asks what a command asks; None where the page has no such question."""
    words = shlex.split(command)
    if len(words) < 3 or words[0] != "matcalc" or words[1] not in _ASKS or "|" in words:
        return None
    given = {"f": words[2]}
    options = words[3:]
    while options:
        option, value, *options = [*options, ""][:2] + options[2:]
        if option == "--order" and value == "2":
            words[1] = "hessian"
        elif option in ("--wrt", "--where", "--layout", "--notation"):
            name = {"--wrt": "by"}.get(option, option[2:])
            given[name] = f"{given[name]}; {value}" if name == "where" and name in given else value
        else:
            return None
    if words[1] != "d":
        given["what"] = _ASKS[words[1]]
    return "#" + urlencode(given)


def _link_examples(app: Sphinx, doctree: nodes.document) -> None:
    """Below every example that the page can ask: a link that opens it there."""
    from docutils import nodes as n

    here = app.env.docname
    for block in list(doctree.findall(n.literal_block)):
        if block.get("language") != "console":
            continue
        asked = [f for line in re.findall(r"^\$ (.*)$", block.astext(), re.MULTILINE) if (f := fragment(line))]
        if asked:
            up = "../" * here.count("/")
            several = len(asked) > 1
            said = [f"open {k} in the page" if several else "open in the page" for k in range(1, len(asked) + 1)]
            links = [n.reference("", words, refuri=f"{up}{PAGE}{f}") for words, f in zip(said, asked, strict=True)]
            line = n.paragraph("", "", *[part for link in links for part in (link, n.Text("  "))], classes=["live"])
            block.parent.insert(block.parent.index(block) + 1, line)


def _copy_page(app: Sphinx, error: Exception | None) -> None:
    """The page goes beside the site, where `npm run build` has made it."""
    built = ROOT / "web" / "dist"
    if error is None and built.is_dir():
        shutil.copytree(built, Path(app.outdir) / "page", dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_lexer("reads", TextLexer)
    app.connect("doctree-read", _link_examples)
    app.connect("build-finished", _copy_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
