"""The one family of errors: what went wrong, where in the text, the shapes met, and what was probably meant."""

from __future__ import annotations

from typing import Any

Span = tuple[int, int]


class MatcalcError(Exception):
    """Anything matcalc refuses. `exit_code` is what the command returns.

    `message` is one sentence; `span` is the half-open place in `text` it speaks of; `suggestion` is what the
    writer may have meant (already a full phrase, e.g. "did you mean a^T b?").
    """

    exit_code = 2
    code = "error"  # what programs tell errors by

    def __init__(self, message: str, *, text: str | None = None, span: Span | None = None, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.span = span
        self.suggestion = suggestion

    def located(self, text: str) -> MatcalcError:
        """The same error, knowing the text its span points into."""
        if self.text is None:
            self.text = text
        return self

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `code` is the kind of error, `span` a half-open place in the text, or null."""
        suggestions = [self.suggestion] if self.suggestion else []
        return {"code": self.code, "message": self.message, "span": list(self.span) if self.span else None, "suggestions": suggestions}

    def __str__(self) -> str:
        lines = [self.message]
        if self.text and self.span is not None:
            lines += caret_lines(self.text, self.span)
        if self.suggestion:
            lines.append(self.suggestion)
        return "\n".join(lines)


class ReadingError(MatcalcError):
    """The text cannot be read: spelling, brackets, an unknown name, two possible readings."""

    code = "reading"


class EquationError(ReadingError):
    """An equation where a function is wanted; `equation` is its text, and `after` what follows it."""

    code = "equation"

    def __init__(self, message: str, *, text: str, span: Span, suggestion: str, equation: str, after: str = "") -> None:
        super().__init__(message, text=text, span=span, suggestion=suggestion)
        self.equation, self.after = equation, after


class ShapeError(MatcalcError):
    """The shapes do not fit, or the kinds cannot be inferred."""

    code = "shape"


class UsageError(MatcalcError):
    """A wrong argument: an unknown layout, a variable that is no name."""

    code = "usage"


class NoAnswerError(MatcalcError):
    """Well formed, but there is no derivative, or it could not be checked."""

    exit_code = 1
    code = "no answer"


class VerificationError(NoAnswerError):
    """The closed form disagrees with the numerical derivative: a bug in matcalc, never shown as an answer."""

    code = "verification"


def printable(text: str) -> str:
    """User text made safe for a terminal: control and bidirectional characters become escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def caret_lines(text: str, span: Span, width: int = 76) -> list[str]:
    """The line of `text` around `span`, cut to `width`, and carets under the place."""
    start, end = max(0, span[0]), max(span[0] + 1, span[1])
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    end = min(end, max(line_end, start + 1))
    left = max(line_start, min(start - width // 2, line_end - width))
    right = min(line_end, left + width)
    head = "..." if left > line_start else ""
    tail = "..." if right < line_end else ""
    before = head + printable(text[left:start])
    shown = before + printable(text[start:right]) + tail
    carets = max(1, min(len(printable(text[start : min(end, right)])), width))
    return ["  " + shown, "  " + " " * len(before) + "^" * carets]
