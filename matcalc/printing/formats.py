"""The formats by their names, and what everything that can be printed has in common."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..syntax import Node, Program
from ..travel import Holder

if TYPE_CHECKING:
    from .latex import Style

FORMATS = ("text", "unicode", "latex", "typst", "mathml", "markdown")
DOCUMENT = "latex-doc"


def printer(form: str) -> Callable[..., str]:
    """The printer of a format: a function of a tree or program; for LaTeX also of `names` in use and a `style`."""
    if form == "text":
        from .text import spell
    elif form == "unicode":
        from .unicode import spell
    elif form in ("latex", "markdown"):
        from .latex import spell
    elif form == "typst":
        from .typst import spell
    elif form == "mathml":
        from .mathml import spell
    else:
        raise UsageError(f"unknown format {form!r}: use {', '.join(FORMATS)}")
    return spell


def spelled(thing: Node | Program, form: str, names: frozenset[str] = frozenset(), style: Style | None = None) -> str:
    """The thing in a format. `names` are those in use beside its own; the style is for LaTeX."""
    spell = printer(form)
    if form not in ("latex", "markdown"):
        return spell(thing)
    from .latex import PLAIN

    text = spell(thing, names=names, style=style or PLAIN)
    return f"$${text}$$" if form == "markdown" else text


def on_screen(thing: Node | Program, width: int, form: str = "unicode") -> list[str]:
    """The lines of a formula for a screen: in two dimensions where that reads better, broken between summands where it is too wide."""
    from .lines import broken

    if form == "text":
        from .text import TEXT

        return broken(TEXT, thing, width)
    from .plane import drawing
    from .unicode import UNICODE

    return drawing(thing, width) or broken(UNICODE, thing, width)


class Spelled(Holder):
    """Something that is written in text, Unicode and LaTeX."""

    def spell(self, form: str = "text") -> str:
        """The thing in a format: text, unicode, latex, …"""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """Plain text, which matcalc reads back."""
        return self.spell("text")

    @property
    def unicode(self) -> str:
        """One line with the signs that fonts have: `xᵀ (A + Aᵀ)`."""
        return self.spell("unicode")

    @property
    def latex(self) -> str:
        """LaTeX for a formula, without dollar signs."""
        return self.spell("latex")

    def __str__(self) -> str:
        return self.text


class Printable(Spelled):
    """Something with a surface tree: its spellings, and how a notebook shows it."""

    def remarks(self) -> list[str]:
        """What is to be said with the formula in a notebook."""
        return []

    def _repr_latex_(self) -> str:
        lines = self.latex.split("\n")
        formula = lines[0] if len(lines) == 1 else r"\begin{gathered} " + r" \\ ".join(lines) + r" \end{gathered}"
        return rf"$\displaystyle {formula}$"

    def _repr_mimebundle_(self, include: Collection[str] | None = None, exclude: Collection[str] | None = None) -> dict[str, Any]:
        """For notebooks: the formula as plain text and LaTeX, and as Markdown with what one must know to use it."""
        remarks = "".join(f"\n\n*{_plain(r)}*" for r in self.remarks())
        bundle = {"text/plain": self.unicode, "text/latex": self._repr_latex_(), "text/markdown": self._repr_latex_() + remarks}
        return {kind: data for kind, data in bundle.items() if (not include or kind in include) and not (exclude and kind in exclude)}


class Typeset(Printable):
    """What can be printed in every format."""

    @property
    def typst(self) -> str:
        """Typst's mathematics, without dollar signs."""
        return self.spell("typst")

    @property
    def mathml(self) -> str:
        """A `<math>` element for a web page."""
        return self.spell("mathml")

    @property
    def markdown(self) -> str:
        """The LaTeX between double dollars."""
        return self.spell("markdown")


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join("\\" + c if c in r"\`*_{}[]<>#|$^~" else c for c in text)
