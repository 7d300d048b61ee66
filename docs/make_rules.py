"""Writes docs/rules.md: the rule book, from the blocks of `matcalc.ops`, `matcalc.identities` and `matcalc.laws`.

    python docs/make_rules.py

tests/test_rules.py holds the page to the book.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rules.md"
sys.path.insert(0, str(ROOT))

HEAD = """\
# The rule book

Every rule that matcalc uses: its name, its statement, what it asks for, its source. `matcalc rules NAME` shows one, with an example that
is run; `matcalc rules WORD` finds those with a word; `matcalc d … --steps` says where each was used. A source has the place
where the rule was found; what was found under no number says from what it follows ("from …"), and behind it the work that has it
("after"); what is a matter of words is a "definition", what arithmetic gives is "algebra".

This page is written by `docs/make_rules.py`, and a test holds it to the book.
"""


def page() -> str:
    import matcalc.course.implicit_answers
    import matcalc.course.lagrange
    import matcalc.ops.manifolds  # noqa: F401  (they cite works of their own)
    from matcalc.derivation.rulebook import rules
    from matcalc.sources import BIBLIOGRAPHY, SHORT, abbreviated

    parts = [HEAD]
    for chapter, group in groupby(rules(), key=lambda r: r.chapter):
        parts.append(f"\n## {chapter}\n\n| rule | statement | condition | source |\n| --- | --- | --- | --- |\n")
        parts += [f"| {_cell(r.name)} | {_code(r.statement)} | {_cell(r.condition)} | {_cell(abbreviated(r.source))} |\n" for r in group]
    parts.append("\n## Sources\n\n")
    parts += [f"- {SHORT[key]}: {work}\n" for key, work in sorted(BIBLIOGRAPHY.items(), key=lambda item: SHORT[item[0]].casefold())]
    return "".join(parts)


def _code(text: str) -> str:
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
