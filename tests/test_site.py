"""The documentation site: it builds without a warning, its links go somewhere, and what its examples open is what they show."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from console import ROOT, python, run
from test_web import BROWSERS

import matcalc

pytest.importorskip("furo", reason='the site\'s generator is not installed: pip install -e ".[docs]"')
CHEATS = re.findall(r"`((?:[^`])+)`", (ROOT / "docs" / "cheatsheet.md").read_text(encoding="utf-8").partition("`--where`")[0])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    outcome = python(
        "-m", "sphinx", "-q", "-W", "--keep-going", "-d", str(folder / "trees"), str(ROOT / "docs"), str(folder / "html"), timeout=300
    )
    assert outcome.code == 0, outcome.err
    return folder / "html"


class _Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {a for a in (given.get("id"), given.get("name")) if a}
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))


def test_links_go_somewhere(site: Path) -> None:
    pages = {p.relative_to(site).as_posix(): _Links(p.read_text(encoding="utf-8")) for p in site.glob("*.html")}
    assert {"index.html", "howto.html", "api.html", "cheatsheet.html", "comparison.html", "language.html", "rules.html"} <= pages.keys()
    for name, page in pages.items():
        for link in page.links:
            if re.match(r"[a-z]+:", link) or link.startswith("page/"):
                continue
            path, _, anchor = link.partition("#")
            target = unquote(path) or name
            assert (site / target).exists(), f"{name}: {link}"
            if anchor and target in pages:
                assert unquote(anchor) in pages[target].anchors, f"{name}: {link}"


def test_examples_open_what_they_show(site: Path) -> None:
    """The link below an example asks the page for what the example asks."""
    seen = 0
    for page in ("howto", "index", "comparison"):
        text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        for link in _Links((site / f"{page}.html").read_text(encoding="utf-8")).links:
            if "page/index.html#" in link:
                fields = parse_qs(link.partition("#")[2])
                question: dict[str, Any] = {
                    "expr": fields["f"][0],
                    "wrt": fields["by"][0].split(","),
                    "where": fields.get("where", [""])[0],
                }
                what = fields.get("what", ["d"])[0]
                command = {"derivative": "d", "gradient": "grad"}.get(what, what)
                options = {name: fields[name][0] for name in ("layout", "notation") if name in fields}
                answer = matcalc.ask({"command": command, **question, **options})
                if len(answer.get("answers", ())) > 1:  # the command has one list of definitions for all
                    asked = [command, question["expr"], "--wrt", fields["by"][0], "--where", question["where"]]
                    assert all(line in text for line in run(*asked).out.splitlines()), (link, answer)
                else:
                    shown = answer["answers"][0]["text"] if "answers" in answer else answer["text"]
                    assert all(line in text for line in shown.splitlines()), (link, answer)
                seen += 1
    assert seen >= 15


@pytest.mark.parametrize("text", CHEATS)
def test_the_cheat_sheet_is_read(text: str) -> None:
    text = text.replace(r"\|", "|")
    if "->" in text:
        return  # a declaration, for the line before it
    matcalc.parse(f"{text}(X)" if re.fullmatch(r"[a-z]+", text) and len(text) > 1 and text != "lambda" else text)


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="there is no Chromium: apt-get install chromium")
def test_the_cheat_sheet_is_one_printed_page(site: Path, tmp_path: Path) -> None:
    browser = next(name for name in BROWSERS if shutil.which(name))
    printed = tmp_path / "sheet.pdf"
    argv = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={tmp_path / 'profile'}"]
    subprocess.run([*argv, f"--print-to-pdf={printed}", (site / "cheatsheet.html").as_uri()], capture_output=True, timeout=120, check=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == 1
