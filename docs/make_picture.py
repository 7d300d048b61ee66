"""Writes docs/derivation.tex and docs/derivation.svg: the document of one derivation, and how LaTeX sets it.

    python docs/make_picture.py

It needs pdflatex and pdftocairo (apt-get install texlive-latex-recommended poppler-utils). The picture says of which source it was
made; tests/test_readme.py compares the source with what matcalc writes today.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
SOURCE, PICTURE = DOCS / "derivation.tex", DOCS / "derivation.svg"
sys.path.insert(0, str(DOCS.parent))
QUESTION = ("log det X + a^T X^-1 a", "X", "X in R^{n x n}; a in R^n")
# The text as one box, and the page as large as the box.
BOX = r"\setbox0\vbox{\hsize=31em "
PAGE = r"""}\hoffset=-1in \voffset=-1in \advance\hoffset by 12pt \advance\voffset by 12pt
\pdfpagewidth=\wd0 \advance\pdfpagewidth by 24pt \pdfpageheight=\ht0 \advance\pdfpageheight by \dp0 \advance\pdfpageheight by 24pt
\shipout\box0"""


def source() -> str:
    """The document that is set."""
    import matcalc

    expression, variable, where = QUESTION
    d = matcalc.derivative(expression, variable, where=where)
    assert isinstance(d, matcalc.Derivative)
    return d.document(transpose="top") + "\n"


def mark(tex: str) -> str:
    """The comment by which a picture names its source."""
    return f"<!-- made of derivation.tex, SHA-256 {hashlib.sha256(tex.encode()).hexdigest()} -->\n"


def picture(tex: str) -> str:
    """The SVG of a document, cut to its text."""
    tex = tex.replace(r"\begin{document}", r"\begin{document}" + BOX).replace(r"\end{document}", PAGE + r"\end{document}")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "d.tex").write_text(tex, encoding="utf-8")
        subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "d.tex"], cwd=folder, check=True, capture_output=True)
        subprocess.run(["pdftocairo", "-svg", "d.pdf", "d.svg"], cwd=folder, check=True)
        return (Path(folder) / "d.svg").read_text(encoding="utf-8")


if __name__ == "__main__":
    written = source()
    SOURCE.write_text(written, encoding="utf-8")
    head, _, rest = picture(written).partition("?>\n")
    opening, _, inside = rest.partition(">\n")
    paper = '<rect width="100%" height="100%" fill="white"/>'
    PICTURE.write_text(f"{head}?>\n{mark(written)}{opening}>\n{paper}\n{inside}", encoding="utf-8")
    print(f"wrote {SOURCE} and {PICTURE}")
