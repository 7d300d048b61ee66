"""The files of the page: in the package where they were built into it, or in the checkout."""

from __future__ import annotations

import os

from ..errors import UsageError

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
# Of the built page, what only a browser without a server needs: Python and its archives.
BROWSER_ONLY = ("vendor/pyodide/", "python/", "sw.js")
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLACES = (os.path.join(_HERE, "page"), os.path.join(os.path.dirname(_HERE), "web", "dist"))

Pages = dict[str, tuple[str, bytes]]


def pages(places: tuple[str, ...] = PLACES) -> Pages:
    """Type and content of each file, by its path in a URL. UsageError where the page was not built."""
    for place in places:
        if os.path.isfile(os.path.join(place, "index.html")):
            found = {name: (TYPES[os.path.splitext(name)[1]], _content(place, name)) for name in _names(place)}
            kind, html = found["index.html"]
            return {**found, "": (kind, html.replace(b'<html lang="en">', b'<html lang="en" data-engine="server">', 1))}
    hint = "in a checkout, build it with Node: cd web && npm ci && npm run build"
    raise UsageError("this installation of matcalc has no page", suggestion=hint)


def _names(place: str) -> list[str]:
    found = []
    for folder, _, files in os.walk(place):
        inner = os.path.relpath(folder, place).replace(os.sep, "/")
        found += [file if inner == "." else f"{inner}/{file}" for file in files]
    return sorted(n for n in found if os.path.splitext(n)[1] in TYPES and not n.startswith(BROWSER_ONLY))


def _content(place: str, name: str) -> bytes:
    with open(os.path.join(place, *name.split("/")), "rb") as file:
        return file.read()
