"""Marks to the grammar's tokens: the post-lexer, the one place where context decides what a mark means.

A stack of frames (open brackets, visible or not) and the question "does an operand stand before?" settle it all:
juxtaposition or call, difference or sign, which way a bar looks, where a bracketless argument ends.
"""

from __future__ import annotations

from . import brackets, calls, commands, conjugates, entries, exponents, operands, operators, sums
from .lexer import Meaning

MEANINGS: dict[str, Meaning] = {
    "num": operands.number,
    "const": operands.constant,
    "word": operands.word,
    "upright": operands.upright,
    "greek": operands.greek,
    "accent": conjugates.bar,
    "command": operands.command,
    "partial": operands.partial_sign,
    "spec": calls.quoted,
    "binder": sums.sum_sign,
    "open": brackets.open_bracket,
    "close": brackets.close_bracket,
    "bar": brackets.bar,
    "plus": operators.plus,
    "minus": operators.minus,
    "infix": operators.infix,
    "colon": operators.colon,
    "comma": operators.comma,
    "semi": operators.semicolon,
    "newline": operators.line_end,
    "amp": operators.ampersand,
    "cmp": operators.comparison,
    "arrow": operators.arrow,
    "in": operators.declaration,
    "post": exponents.postfix,
    "sup": exponents.superscript,
    "caret": exponents.caret,
    "under": entries.subscript_of_operand,
    "sub": entries.subscript_of_operand,
    "frac": commands.fraction,
    "sqrt": commands.root,
}
