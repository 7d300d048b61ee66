r"""Conjugates beside complex names: z^*, z^H, z^\dagger, \bar z, \overline{A z}.

Without complex names the star and the bar make other names, the dagger is the pseudoinverse, and ^H is refused with what to declare.
"""

from __future__ import annotations

from ..syntax import spell_name, split_name
from .commands import tex_argument
from .lexer import Lexer
from .marks import Mark, quote
from .names import is_prime
from .operands import accent


def conjugates(lexer: Lexer, caret: Mark, inside: Mark) -> bool:
    """Whether the one sign above an operand, which stands next, is a conjugate; it is read then."""
    if caret.value != "^":
        return False
    span = (caret.start, inside.end)
    if inside.value == ("*" if inside.kind == "infix" else "star"):
        if not lexer.names.conjugating:
            message = f"{quote(lexer.source(span))} is the conjugate of complex names, or another name"
            raise lexer.refuse(message, span, "declare z in C^n for the conjugate, write x_{star} for a name")
        _past(lexer, inside)
        lexer.put("POST", "conj", span)
        return True
    if inside.kind == "post" and inside.value == "pinv" and lexer.names.conjugating:
        _past(lexer, inside)
        turn(lexer, inside)
        return True
    if inside.kind in ("word", "upright") and inside.value[0] == "H" and (lexer.names.conjugating or "H" not in lexer.names.variables):
        _past(lexer, inside)
        turn(lexer, Mark("post", "H", caret.start, inside.start + 1))
        return True
    return False


def _past(lexer: Lexer, inside: Mark) -> None:
    """Go on behind the one sign; what follows it in a run of letters stays."""
    braced = lexer.marks[lexer.i] is not inside
    lexer.i += 3 if braced else 1
    if not braced and inside.kind == "word" and len(inside.value) > 1:
        lexer.i -= 1
        lexer.marks[lexer.i] = Mark("word", inside.value[1:], inside.start + 1, inside.end)


def turn(lexer: Lexer, mark: Mark) -> None:
    """A postfix mark beside complex names, and ^H anywhere. What an apostrophe is there depends on the author."""
    if mark.value == "H" and not lexer.names.conjugating:
        hint = "declare the complex names, as in z in C^n; write ^T, the transpose, if everything is real"
        raise lexer.refuse("`^H` is the conjugate transpose of complex names", mark.span, hint)
    shown = lexer.source(mark.span)
    if is_prime(mark, lexer.text):
        raise lexer.refuse(f"{quote(shown)} is the conjugate transpose or the transpose", mark.span, "write ^H or ^T")
    if mark.value == "pinv" and shown != "+":
        lexer.note(f"{shown} is the conjugate transpose")
    lexer.put("POST", "H" if mark.value == "pinv" else mark.value, mark.span)


def bar(lexer: Lexer, mark: Mark) -> None:
    r"""An accent: \bar z and \overline{A z} as conj(…), where what is below is complex and no name with that accent is declared."""
    inner = lexer.following
    if mark.value == "bar" and lexer.names.complex and inner is not None and _is_conjugated(lexer, inner):
        lexer.operand("CALL", "conj", mark.span)
        tex_argument(lexer, mark, lambda _: None)
        return
    accent(lexer, mark)


def _is_conjugated(lexer: Lexer, inner: Mark) -> bool:
    braced = inner.kind == "open" and inner.value == "{"
    word = lexer.marks[lexer.i + 1] if braced else inner
    if braced and inner.mate > lexer.i + 2:
        return True
    name = word.value if braced or word.kind != "word" else word.value[:1]
    return name in {split_name(n)[0] for n in lexer.names.complex} and spell_name(name, "bar") not in lexer.names.variables
