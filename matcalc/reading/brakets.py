r"""Bras and kets: \langle\psi|H|\psi\rangle, |\psi\rangle\langle\psi|, \ket{\psi}, \braket{a|b} as products with conjugate transposes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .marks import Mark, refuse

_COMMANDS = ("bra", "ket", "braket")
# Commands of LaTeX's physics package: how they begin, what stands between their groups, how they end; the order of the groups.
_SHORT = {
    **dict.fromkeys(("mel", "matrixel"), ("<", "||", ">", (0, 1, 2))),
    **dict.fromkeys(("expval", "ev"), ("<", "||", ">", (1, 0, 1))),
    **dict.fromkeys(("ketbra", "dyad"), ("|", "><", "|", (0, 1))),
    **dict.fromkeys(("ip", "innerproduct"), ("<", "|", ">", (0, 1))),
}


def brakets(marks: list[Mark], text: str) -> list[Mark]:
    """The marks with a for |a>, a^H for <a|. A pair of angles with a comma, <A, B>, stays what it is."""
    marks = list(_uncommanded(_written_out(marks, text)))
    corners = [k for k, m in enumerate(marks) if _kind(m) in ("L", "R", "|")]
    shape = "".join(_kind(marks[k]) for k in corners)
    if "|" not in shape or ("L" not in shape and "R" not in shape):
        return marks
    pieces: list[Mark] = []
    at = k = 0

    def plain(until: int) -> None:
        pieces.extend(marks[at:until])

    while k < len(corners):
        here = corners[k]
        inside = [marks[a + 1 : b] for a, b in zip(corners[k:], [*corners[k + 1 :], len(marks)], strict=True)]
        last = shape.find("R", k)
        if shape[k] == "L" and last > k and any(m.value == "," for m in marks[here : corners[last]]):  # <|x|, y>
            k = last + 1
        elif shape.startswith("L|", k):  # <a| … , <a|b>, <a|B|c>
            plain(here)
            with_ket = 3 if shape.startswith("L||R", k) else 2 if shape.startswith("L|R", k) else 1
            number = [*_label(inside[0], marks[here], text), Mark("post", "H", marks[corners[k + 1]].start, marks[corners[k + 1]].end)]
            for part in inside[1:with_ket]:
                number += _label(part, marks[here], text)
            if with_ket > 1:
                end = marks[corners[k + with_ket]]
                number = [Mark("open", "(", *marks[here].span, True), *number, Mark("close", "(", *end.span)]
            pieces += number
            k += with_ket + (with_ket > 1)
            at = corners[k - 1] + 1 if with_ket > 1 else corners[k] + 1
            k += with_ket == 1
        elif shape.startswith("|R", k):  # |a>
            plain(here)
            pieces += _label(inside[0], marks[here], text)
            at, k = corners[k + 1] + 1, k + 2
        else:
            k += 2 if shape.startswith("LR", k) else 1
    plain(len(marks))
    return pieces


def _written_out(marks: list[Mark], text: str) -> list[Mark]:
    r"""\mel{a}{B}{c} as <a|B|c>, \expval{B}{a} as <a|B|a>, \ketbra{a}{b} as |a><b|."""
    kept: list[Mark] = []
    k = 0
    while k < len(marks):
        m = marks[k]
        short = _SHORT.get(m.value) if m.kind == "command" else None
        if short is None:
            kept.append(m)
            k += 1
            continue
        first, between, last, order = short
        groups: list[list[Mark]] = []
        at = k + 1
        while len(groups) <= max(order) and at < len(marks) and marks[at].value == "{" and marks[at].kind == "open":
            stop = _closing(marks, at)
            groups.append(marks[at + 1 : stop])
            at = stop + 1
        if len(groups) <= max(order):
            raise refuse(f"`\\{m.value}` takes {max(order) + 1} groups in braces", text, m.span)
        signs = [first, *(between if len(order) > 2 or len(between) == 1 else (between,)), last]
        for sign, group in zip(signs, [*order, None], strict=True):
            for c in sign:
                kind = {"<": "open", ">": "close", "|": "bar"}[c]
                kept.append(Mark(kind, "|" if c == "|" else "<", m.start, m.end, m.gap and not kept))
            kept += [Mark(x.kind, x.value, x.start, x.end, x.gap) for x in groups[group]] if group is not None else []
        k = at
    return kept


def _closing(marks: list[Mark], start: int) -> int:
    depth = 0
    for k in range(start, len(marks)):
        depth += (marks[k].kind == "open" and marks[k].value == "{") - (marks[k].kind == "close" and marks[k].value == "{")
        if depth == 0:
            return k
    return len(marks) - 1


def _kind(mark: Mark) -> str:
    if mark.value == "<" and mark.kind in ("open", "close"):
        return "L" if mark.kind == "open" else "R"
    return "|" if mark.kind in ("bar", "open", "close") and mark.value == "|" else ""


def _label(inside: Sequence[Mark], corner: Mark, text: str) -> list[Mark]:
    """What stands in a bra or a ket, in brackets where it is more than a name."""
    if not inside:
        raise refuse("a bra or a ket is empty", text, corner.span, "write \\langle\\psi|H|\\psi\\rangle")
    if all(m.kind == "num" for m in inside):
        hint = "name the vector, as e_1 or u"
        raise refuse(f"the basis vector |{inside[0].value}> has no name here", text, (inside[0].start, inside[-1].end), hint)
    inside[0].gap = True
    if len(inside) == 1:
        return list(inside)
    first, last = inside[0], inside[-1]
    return [Mark("open", "(", first.start, first.start, True), *inside, Mark("close", "(", last.end, last.end)]


def _uncommanded(marks: Sequence[Mark]) -> Iterator[Mark]:
    """\\ket{a} as |a>."""
    closing: list[tuple[int, str]] = []
    depth = 0
    k = 0
    while k < len(marks):
        m = marks[k]
        follows = marks[k + 1] if k + 1 < len(marks) else None
        if m.kind == "command" and m.value in _COMMANDS and follows is not None and follows.value == "{":
            yield Mark("bar", "|", m.start, m.end, m.gap) if m.value == "ket" else Mark("open", "<", m.start, m.end, m.gap)
            closing.append((depth, m.value))
            depth += 1
            k += 2
            continue
        depth += (m.kind == "open" and m.value == "{") - (m.kind == "close" and m.value == "{")
        if m.kind == "close" and m.value == "{" and closing and closing[-1][0] == depth:
            yield Mark("bar", "|", m.start, m.end) if closing.pop()[1] == "bra" else Mark("close", "<", m.start, m.end)
        else:
            yield m
        k += 1
