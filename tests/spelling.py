"""Spells surface trees for the random tests, with as few brackets as the language promises to need (LANGUAGE 2).

The printers of `matcalc.printing` are not used on purpose: what is tested must not spell its own questions.
"""

from __future__ import annotations

from fractions import Fraction

from matcalc.syntax import Node

# How tight a node binds; a child that binds less than its place wants gets brackets.
ADD, NEGATIVE, ENTRYWISE, PRODUCT, POSTFIX, ATOM = range(1, 7)
_LEVELS = {"add": ADD, "neg": NEGATIVE, "ew": ENTRYWISE, "mul": PRODUCT, "sum": ADD, "product": ADD}
_LEVELS |= dict.fromkeys(("pow", "epow", "T", "inv", "pinv"), POSTFIX)
_EW = {".*": " .* ", "./": " ./ ", "kron": " ⊗ "}


def spell(node: Node, level: int = 0) -> str:
    """The text of a tree, in brackets where its place binds tighter than `level`."""
    text = _SPELLERS[node.op](node)
    own = _LEVELS.get(node.op, ATOM)
    # `.* beside a bare * in one chain` has two readings, so a product with signs is bracketed there.
    signed = level == PRODUCT and node.op == "mul" and (any(s != "" for s in node.attr or ()) or " * " in text)  # type: ignore[union-attr]
    return f"({text})" if own < level or signed else text


def _number(node: Node) -> str:
    value = node.attr
    assert isinstance(value, Fraction)
    return str(value.numerator) if value.denominator == 1 else f"({value.numerator}/{value.denominator})"


def _sum(node: Node) -> str:
    text = ""
    for k, a in enumerate(node.args):
        minus = k > 0 and a.op == "neg"
        text += "" if k == 0 else " - " if minus else " + "
        text += spell(a.args[0], ENTRYWISE) if minus else spell(a, ADD if k == 0 and a.op == "neg" else NEGATIVE)
    return text


def _product(node: Node) -> str:
    signs: tuple[str, ...] = node.attr  # type: ignore[assignment]
    text = spell(node.args[0], POSTFIX)
    for sign, a in zip(signs, node.args[1:], strict=True):
        right = spell(a, POSTFIX)
        if sign == "" and right[0] in "0123456789[<|":  # 2 3 is refused, x [1; 2] is no subscript, bars close and open
            sign = "*"
        text += {"": " ", "*": " * ", "/": "/", "@": " @ ", ".": " · "}[sign] + right
    return text


def _entrywise(node: Node) -> str:
    signs: tuple[str, ...] = node.attr  # type: ignore[assignment]
    return spell(node.args[0], PRODUCT) + "".join(_EW[s] + spell(a, PRODUCT) for s, a in zip(signs, node.args[1:], strict=True))


def _power(node: Node) -> str:
    base, exponent = node.args
    sign = ".^" if node.op == "epow" else "^"
    text = spell(exponent)
    if exponent.op == "neg" and exponent.args[0].op == "num" and sign == "^":
        text = "{" + text + "}"
    elif not (exponent.op in ("num", "name") and text.isalnum() and (len(text) == 1 or text.isdigit())):
        text = f"({text})"
    return spell(base, ATOM) + sign + text


def _index(node: Node) -> str:
    base, *places = node.args
    inside = ",".join(":" if p.op == "all" else spell(p) for p in places)
    text = spell(base, ATOM)
    if (base.op == "name" and "_" not in text) or len(places) > 1:
        return f"{text}[{inside}]"
    return f"({text})_{{{inside}}}" if not text.endswith(")") or base.op == "call" else f"{text}_{{{inside}}}"


def _literal(node: Node) -> str:
    rows, cols = node.attr  # type: ignore[misc]
    if cols == 1 and all(a.op == "mul" for a in node.args):  # [A u; b b] would be columns as well, which is refused
        return "[" + "; ".join(spell(a, ATOM) for a in node.args) + "]"
    return "[" + "; ".join(", ".join(spell(a) for a in node.args[r * cols : (r + 1) * cols]) for r in range(rows)) + "]"  # type: ignore[operator]


def _indexed(node: Node) -> str:
    body, low, high = node.args
    sign = "sum" if node.op == "sum" else "prod"
    top = spell(high)
    return f"{sign}_{{{node.attr}={spell(low)}}}^{top if len(top) == 1 else '{' + top + '}'} {spell(body, ENTRYWISE)}"


def _bars(node: Node) -> str:
    inside = spell(node.args[0])
    return f"|({inside})|" if "|" in inside else f"|{inside}|"


def _norm(node: Node) -> str:
    inside = spell(node.args[0])
    inside = f"({inside})" if inside[0] == "|" or inside[-1] == "|" else inside  # ||| is refused
    p = spell(node.args[1]) if node.attr == "p" else {"": "", "inf": "\\infty"}.get(str(node.attr), str(node.attr))
    return f"||{inside}||" + (f"_{{{p}}}" if p else "")


def _cases(node: Node) -> str:
    return "cases(" + ", ".join(spell(a) for a in node.args) + ")"


_SPELLERS = {
    "num": _number,
    "name": lambda n: str(n.attr),
    "call": lambda n: f"{n.attr}({', '.join(spell(a) for a in n.args)})",
    "add": _sum,
    "neg": lambda n: "-" + spell(n.args[0], ENTRYWISE),
    "mul": _product,
    "ew": _entrywise,
    "pow": _power,
    "epow": _power,
    "T": lambda n: spell(n.args[0].args[0], ATOM) + "^-T" if n.args[0].op == "inv" else spell(n.args[0], ATOM) + "^T",
    "inv": lambda n: spell(n.args[0], ATOM) + "^-1",
    "pinv": lambda n: spell(n.args[0], ATOM) + "^+",
    "norm": _norm,
    "bars": _bars,
    "inner": lambda n: "<" + ", ".join(spell(a) for a in n.args) + ">",
    "index": _index,
    "all": lambda n: ":",
    "literal": _literal,
    "sum": _indexed,
    "product": _indexed,
    "iverson": lambda n: f"1[{spell(n.args[0])}]",
    "cmp": lambda n: f"{spell(n.args[0])} {n.attr} {spell(n.args[1])}",
    "cases": _cases,
}
