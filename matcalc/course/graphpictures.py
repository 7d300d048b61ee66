"""A computational graph as a picture: SVG and TikZ by a small layered layout of our own, DOT and Mermaid for those who have them.

The layout: a node stands one column to the right of its last argument; an edge across several columns gets a bend in each; rows are
ordered by the mean of their neighbours, left to right and back, which leaves few crossings in graphs of this size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from ..syntax import Node

if TYPE_CHECKING:
    from .graphs import Graph

SWEEPS = 8
CHARACTER, HEIGHT, GAP, ROW, MARGIN = 8.4, 34, 46, 84, 24  # pixels
Place = tuple[int, float]


class Layout:
    """Columns and rows: `place[name]` of the nodes, `bends[(to, from)]` of the edges."""

    def __init__(self, names: Sequence[str], edges: Sequence[tuple[str, str]]) -> None:
        self.column = dict.fromkeys(names, 0)
        for name in names:  # in the order of evaluation
            self.column[name] = max((self.column[start] + 1 for to, start in edges if to == name), default=0)
        for name in names:  # an input stands next to where it is first used
            if self.column[name] == 0:
                self.column[name] = min((self.column[to] - 1 for to, start in edges if start == name), default=0)
        spots: list[list[str]] = [[] for _ in range(max(self.column.values()) + 1)]
        for name in names:
            spots[self.column[name]].append(name)
        links: list[tuple[str, str]] = []
        chains: dict[tuple[str, str], list[str]] = {}
        for to, start in edges:
            chain = [start]
            for column in range(self.column[start] + 1, self.column[to]):
                chain.append(f"{start}>{to}>{column}")  # no name has such a sign
                spots[column].append(chain[-1])
            chain.append(to)
            chains[to, start] = chain
            links += pairwise(chain)
        self.columns = _ordered(spots, links)
        self.rows = max(map(len, self.columns))
        self.place: dict[str, Place] = {}
        for k, spots_here in enumerate(self.columns):
            for row, spot in enumerate(spots_here):
                self.place[spot] = (k, row + (self.rows - len(spots_here)) / 2)
        self.bends = {edge: [self.place[s] for s in chain[1:-1]] for edge, chain in chains.items()}


def _ordered(columns: list[list[str]], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The columns sorted to cross few links; the best of a few sweeps to and fro."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for a, b in links:
        before.setdefault(b, []).append(a)
        after.setdefault(a, []).append(b)
    best, least = columns, _crossings(columns, links)
    for sweep in range(SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        columns = [list(c) for c in columns]
        for column in columns[1:] if sweep % 2 == 0 else columns[-2::-1]:
            row = {spot: k - len(c) / 2 for c in columns for k, spot in enumerate(c)}
            means = {s: sum(row[n] for n in neighbours[s]) / len(neighbours[s]) if s in neighbours else row[s] for s in column}
            column.sort(key=means.__getitem__)
        count = _crossings(columns, links)
        if count < least:
            best, least = columns, count
    return best


def _crossings(columns: list[list[str]], links: Sequence[tuple[str, str]]) -> int:
    row = {spot: k for c in columns for k, spot in enumerate(c)}
    at = {spot: k for k, c in enumerate(columns) for spot in c}
    return sum(
        (row[a] - row[c]) * (row[b] - row[d]) < 0
        for k, (a, b) in enumerate(links)
        for c, d in links[k + 1 :]
        if at[a] == at[c] and at[b] == at[d]
    )


class _Picture:
    """What every picture shows: labels of nodes and edges, and which nodes the derivative is taken by."""

    def __init__(self, graph: Graph, form: str) -> None:
        tree = graph.speller(form)
        self.labels: dict[str, str] = {n: tree(Node("name", (), n)) for n in graph.inputs}
        self.labels |= {s.name: f"{tree(Node('name', (), s.name))} = {tree(s.tree)}" for s in graph.steps}
        self.edges = [((e.to.name, e.start.name), graph.partial(e, form)) for e in graph.arcs]
        self.inputs, self.wrt, self.value = graph.inputs, set(graph.wrt), graph.value
        self.layout = Layout(list(self.labels), [edge for edge, _ in self.edges])
        self.number = {n: f"n{k}" for k, n in enumerate(self.labels)}

    def kind(self, name: str) -> str:
        return "variable" if name in self.wrt else "other" if name in self.inputs else "value" if name == self.value else "node"


def svg(graph: Graph) -> str:
    """An SVG picture, left to right, with the local partials at the edges."""
    p = _Picture(graph, "unicode")
    width = {n: max(HEIGHT, len(label) * CHARACTER + 20) for n, label in p.labels.items()}
    left = _left_edges(p, width)
    total = left[-1] + MARGIN - GAP
    height = p.layout.rows * ROW + 2 * MARGIN - (ROW - HEIGHT)

    def box(name: str) -> tuple[float, float]:
        column, row = p.layout.place[name]
        room = max((width[n] for n in p.layout.columns[column] if n in width), default=HEIGHT)
        return left[column] + (room - width[name]) / 2, MARGIN + row * ROW

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total:.0f} {height:.0f}" width="{total:.0f}" height="{height:.0f}" '
        'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">',
        f'<rect width="{total:.0f}" height="{height:.0f}" fill="#fff"/>',
    ]
    texts = []
    for (to, start), label in p.edges:
        x, y = box(start)
        points = [(x + width[start], y + HEIGHT / 2)]
        for column, row in p.layout.bends[to, start]:
            room = max((width[n] for n in p.layout.columns[column] if n in width), default=HEIGHT)
            points += [(left[column], MARGIN + row * ROW + HEIGHT / 2), (left[column] + room, MARGIN + row * ROW + HEIGHT / 2)]
        x, y = box(to)
        points.append((x, y + HEIGHT / 2))
        path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
        for (a, b), (c, d) in pairwise(points):
            m = (a + c) / 2
            path += f" C{m:.1f} {b:.1f} {m:.1f} {d:.1f} {c:.1f} {d:.1f}"
        lines.append(f'<path d="{path}" fill="none" stroke="#555" stroke-width="1.3"/>')
        (a, b), (c, d) = points[-2:]
        lines.append(f'<path d="M{c:.1f} {d:.1f} l-9 -4 l0 8 z" fill="#555"/>')  # a marker is more than some viewers know
        room, x, y = len(label) * CHARACTER, (a + c) / 2, (b + d) / 2
        texts.append(f'<rect x="{x - room / 2 - 2:.1f}" y="{y - 10:.1f}" width="{room + 4:.1f}" height="20" fill="#fff"/>')
        texts.append(f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle" fill="#a33">{escape(label)}</text>')
    fills = {"variable": "#dbeafe", "other": "#f3f4f6", "value": "#dcfce7", "node": "#fff"}
    for name, label in p.labels.items():
        x, y = box(name)
        lines.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width[name]:.1f}" height="{HEIGHT}" rx="{HEIGHT / 2:.0f}" '
            f'fill="{fills[p.kind(name)]}" stroke="#333"/>'
        )
        texts.append(f'<text x="{x + width[name] / 2:.1f}" y="{y + HEIGHT / 2 + 5:.1f}" text-anchor="middle">{escape(label)}</text>')
    return "\n".join([*lines, *texts, "</svg>"])


def _left_edges(p: _Picture, width: Mapping[str, float]) -> list[float]:
    """Where each column begins: there must be room for the labels of the edges before it."""
    left = [float(MARGIN)]
    for k, column in enumerate(p.layout.columns):
        room = max((width[n] for n in column if n in width), default=float(HEIGHT))
        labels = [len(label) * CHARACTER for (to, _), label in p.edges if p.layout.column[to] == k + 1]
        left.append(left[-1] + room + GAP + max(labels, default=0.0))
    return left


def tikz(graph: Graph) -> str:
    r"""A tikzpicture for `\usepackage{amsmath,tikz}`."""
    p = _Picture(graph, "latex")
    styles = {"variable": "fill=blue!10", "other": "fill=black!5", "value": "fill=green!10", "node": ""}
    lines = [r"\begin{tikzpicture}[x=42mm, y=-18mm, >=stealth, every node/.style={font=\small}, box/.style={draw, rounded corners}]"]
    for name, label in p.labels.items():
        column, row = p.layout.place[name]
        style = ", ".join(filter(None, ("box", styles[p.kind(name)])))
        lines.append(rf"  \node[{style}] ({p.number[name]}) at ({column}, {row:g}) {{${label}$}};")
    for (to, start), label in p.edges:
        bends = "".join(f" -- ({column}, {row:g})" for column, row in p.layout.bends[to, start])
        mark = rf"node[midway, above, sloped, red!60!black] {{${label}$}}"
        lines.append(rf"  \draw[->] ({p.number[start]}){bends} -- {mark} ({p.number[to]});")
    return "\n".join([*lines, r"\end{tikzpicture}"])


def mermaid(graph: Graph) -> str:
    """A Mermaid flowchart, as Markdown pages show it."""
    p = _Picture(graph, "unicode")
    lines = ["flowchart LR"]
    for name, label in p.labels.items():
        lines.append(f'  {p.number[name]}(["{_mermaid_text(label)}"])' + (":::variable" if name in p.wrt else ""))
    lines += [f'  {p.number[start]} -->|"{_mermaid_text(label)}"| {p.number[to]}' for (to, start), label in p.edges]
    return "\n".join([*lines, "  classDef variable fill:#dbeafe"])


def _mermaid_text(label: str) -> str:
    return "".join(c if c.isalnum() or c in " =+-/^()_,.|'[];∂" else f"#{ord(c)};" for c in label.replace(";", "\0")).replace("\0", "#59;")


def dot(graph: Graph) -> str:
    """A Graphviz digraph."""
    p = _Picture(graph, "unicode")
    fills = {"variable": "#dbeafe", "other": "#f3f4f6", "value": "#dcfce7", "node": "#ffffff"}
    lines = [
        "digraph {",
        "  rankdir=LR;",
        '  node [shape=box, style="rounded,filled", fontname="monospace"];',
        '  edge [fontname="monospace"];',
    ]
    lines += [f'  {p.number[n]} [label="{_dot_text(label)}", fillcolor="{fills[p.kind(n)]}"];' for n, label in p.labels.items()]
    lines += [f'  {p.number[start]} -> {p.number[to]} [label="{_dot_text(label)}"];' for (to, start), label in p.edges]
    return "\n".join([*lines, "}"])


def _dot_text(label: str) -> str:
    return label.replace("\\", "\\\\").replace('"', '\\"')


PICTURES: dict[str, Callable[[Graph], str]] = {"mermaid": mermaid, "dot": dot, "svg": svg, "tikz": tikz}
