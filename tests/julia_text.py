"""Programs of Julia as trees, and the names that they use; see `julia`."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from matcalc.codegen.julia import KNOWN


@cache
def parser() -> Any:
    reason = 'tree-sitter and its grammar of Julia are not installed: pip install -e ".[test]"'
    tree_sitter = pytest.importorskip("tree_sitter", reason=reason)
    grammar = pytest.importorskip("tree_sitter_julia", reason=reason)
    return tree_sitter.Parser(tree_sitter.Language(grammar.language()))


def tree_of(text: str) -> Any:
    """The tree of a program. AssertionError where it does not parse."""
    tree = parser().parse(text.encode()).root_node
    assert not tree.has_error, text
    return tree


def text_of(node: Any) -> str:
    found: str = node.text.decode()
    return found


def walk(node: Any) -> Any:
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(node.named_children)


def unknown_names(text: str) -> set[str]:
    """The names that a program uses and nobody defines: neither an argument, nor a variable before, nor a function of the table."""
    tree = tree_of(text)
    using = {"Base", "LinearAlgebra"} | {text_of(n) for u in walk(tree) if u.type == "using_statement" for n in u.named_children}
    known = {name for module in using for name in KNOWN[module].split()} | {"nothing"}
    functions = [n for n in walk(tree) if n.type == "function_definition" and n.parent.type != "function_definition"]
    own = {text_of(signature(f)[0]) for f in functions}
    return {name for f in functions for name in _used(f) if name not in known | own}


def signature(function: Any) -> tuple[Any, list[str]]:
    """The name of a function, and its parameters."""
    call = next(n for n in function.named_children if n.type == "signature").named_children[0]
    name, arguments = call.named_children
    return name, [text_of(a) for a in arguments.named_children]


def _used(function: Any) -> set[str]:
    """The names that stand free in a function; every variable must be defined before, in the order of the text."""
    defined = {p.removesuffix("...") for p in signature(function)[1]}
    free: set[str] = set()
    quiet = ("string_literal", "line_comment", "signature", "macro_identifier")

    def visit(node: Any) -> None:
        if node.type in quiet:
            return
        if node.type == "identifier":
            free.update({text_of(node)} - defined)
            return
        children = list(node.named_children)
        if node.type == "field_expression":
            children = children[:1]
        if node.type == "named_argument":
            children = children[2:]
        if node.type in ("assignment", "compound_assignment_expression") and children[0].type in ("identifier", "open_tuple"):
            for c in children[2:]:
                visit(c)
            defined.update(text_of(n) for n in walk(children[0]) if n.type == "identifier")
            return
        if node.type == "arrow_function_expression":
            defined.add(text_of(children[0]))
        if node.type == "function_definition":
            name, parameters = signature(node)
            defined.update({text_of(name), *parameters})
        for c in [c for c in children if c.type == "for_clause"]:
            for b in c.named_children:
                visit(b)
        if node.type == "for_binding":
            for c in children[1:]:
                visit(c)
            defined.add(text_of(children[0]))
            return
        for c in children:
            if c.type != "for_clause":
                visit(c)

    for child in function.named_children:
        visit(child)
    return free
