"""Marks to the grammar's tokens: the post-lexer, the one place where context decides what a mark means.

A stack of frames (open brackets, visible or not) and the question "does an operand stand before?" settle it all:
juxtaposition or call, difference or sign, which way a bar looks, where a bracketless argument ends.
"""

from __future__ import annotations

from fractions import Fraction

from ..errors import Span
from ..syntax import Node, spell_name, split_name
from .functions import function_of
from .machine import Step, Token, leaf
from .marks import Mark, quote
from .names import is_prime, subscript
from .operands import Operands

__all__ = ["Lexer", "Token"]

_BRACKETS = {"(": "LPAR", "{": "LPAR", "\\{": "LPAR", "[": "LSQ", "matrix": "LSQ", "<": "ANGLE", "|": "BAR", "||": "NORM"}
_POSTFIX = {"T": "T", "+": "pinv", "pinv": "pinv", "-1": "inv", "-T": "invT"}
_NORMS = {"": "", "1": "1", "2": "2", "F": "F", "Fro": "F", "fro": "F", "infty": "inf", "inf": "inf", "*": "*"}
_HADAMARD = frozenset({".*", "./", "kron"})
_LONGEST_INDEX = 50  # marks; a longer bracket after a bracket is a factor
_IN_INDEX = frozenset({"word", "greek", "num", "comma", "colon", "plus", "minus"})  # what \epsilon\left[…\right] has to hold to be an entry
_LOOKAHEAD = 200  # how far an opening `<` may be from its `>` where it could be a comparison


class Lexer(Operands):
    """Brackets, bars, operators, scripts and sum signs."""

    # -- brackets and bars ------------------------------------------------------------------------------------------

    def on_open(self, mark: Mark) -> None:
        value = mark.value
        if value == "cases":
            self.operand("CASES", "cases", mark.span)
            self.open("LPAR", value, mark.span, begins=False)
        elif value in ("[", "\\{") and mark.compares:
            self.open("IVERSON", value, mark.span)
        elif value == "[" and not mark.gap and self.indexes(mark):
            self.open("INDEX", value, mark.span, begins=False)
        else:
            self.open(_BRACKETS[value], value, mark.span)

    def indexes(self, mark: Mark) -> bool:
        """Is the `[` that touches what stands before an index? Of a name always; of a bracket or postfix if it looks like one."""
        if self.last == "NAME":
            return not mark.side or all(m.kind in _IN_INDEX for m in self.marks[self.i : mark.mate])
        if self.last not in ("RPAR", "POST", "RSQ"):
            return False
        if mark.mate - self.i > _LONGEST_INDEX:
            return False
        inside = self.marks[self.i : mark.mate]
        return all(map(self.index_like, inside)) and any(
            m.kind in ("comma", "colon", "num") or m.value in {*self.active, *self.names.counts} for m in inside
        )

    def index_like(self, mark: Mark) -> bool:
        if mark.kind in ("word", "greek"):
            return len(self.names.cut(mark.value)) == 1
        return mark.kind in ("comma", "colon") or mark.value in ("(", ")") or (mark.kind == "num" and mark.value.isdigit())

    def on_close(self, mark: Mark) -> None:
        self.close_invisible()
        if self.last in ("SEMI", "COMMA") and mark.value in ("matrix", "cases"):
            self.tokens.pop()  # the last row may end in `\\` too
        if not self.ends:
            raise self.nothing_after(mark.span)
        frame = self.frames[-1]
        if frame.value != mark.value:
            raise self.refuse(f"`{frame.value}` is not closed before {quote(self.source(mark.span))}", frame.opened)
        self.close(mark.span)
        if mark.value == "||":
            self.norm_kind()
        elif mark.value == "<":
            self.frobenius()

    def frobenius(self) -> None:
        """The F of <A, B>_F, which is the same without it."""
        after = [m.value for m in self.marks[self.i : min(self.i + 4, self.stop)]]
        if after[:2] == ["_", "F"] or after == ["_", "{", "F", "{"]:
            self.i += 2 if after[1] == "F" else 4

    def on_bar(self, mark: Mark) -> None:
        """A bar closes if an operand stands before and the innermost bracket is a bar of its kind; else it opens."""
        kind = _BRACKETS[mark.value]
        if not self.ends:
            opens = mark.gap and self.i < self.stop and not self.marks[self.i].gap  # `| |x| - 1 |`
            if self.last == kind == self.frames[-1].kind and not opens:
                raise self.nothing_after(mark.span)
            self.open(kind, mark.value, mark.span)
            return
        visible = next(f for f in reversed(self.frames) if f.kind != "argument")
        if visible.value in ("|", "||"):
            if visible.value == mark.value or mark.value == "||":
                self.close_invisible()
        top = self.frames[-1].value
        if top == mark.value:
            self.close(mark.span)
            if top == "||":
                self.norm_kind()
        elif mark.value == "||" and top == "|" and self.source(mark.span) == "||":
            middle = mark.start + 1
            self.close((mark.start, middle))
            if self.frames[-1].value == "|":
                self.close((middle, mark.end))
            else:
                self.open("BAR", "|", (middle, mark.end))
        else:
            self.open(kind, mark.value, mark.span)

    def norm_kind(self) -> None:
        """The subscript after a norm's closing bars says which norm it is; it may stand after an exponent."""
        kind, exponent = "", None
        where = self.i if self.peek("under") or self.peek("sub") else self.after_superscript(self.i)
        if where or self.peek("under"):
            kind, end = self.norm_subscript(where)
            if where == self.i:
                self.i = end
            else:
                self.jumps[where] = end
            if kind not in _NORMS:
                if kind == "2,1":
                    hint = "write sum(sqrt(X.^2 ones(n))) for rows, sum(sqrt((X^T).^2 ones(m))) for columns, where X in R^{m x n}"
                    raise self.refuse("`||…||_{2,1}` is the sum of the norms of the rows, or of the columns", self.marks[where].span, hint)
                if not (kind.isdigit() or len(kind) == 1 or self.names.is_name(kind)):
                    hint = "norms are _1, _2, _F, _p, _\\infty and _*"
                    raise self.refuse(f"{quote('||…||_' + kind)} is no norm known here", self.marks[where].span, hint)
                exponent = Node("num", (), Fraction(int(kind))) if kind.isdigit() else Node("name", (), kind)
        self.tokens[-1].value = ("p", exponent) if exponent else (_NORMS[kind], None)

    def norm_subscript(self, where: int) -> tuple[str, int]:
        following = self.marks[where + 1] if where + 1 < len(self.marks) else None
        if following and self.marks[where].kind == "under" and following.kind == "infix" and following.value == "*":
            return "*", where + 2
        return subscript(self.marks, where, self.text, self.names, "||")

    # -- operators --------------------------------------------------------------------------------------------------

    def on_plus(self, mark: Mark) -> None:
        if self.ends or self.last in ("MUL", "EW", "PLUS", "MINUS", "NEG", "COLON") or self.frames[-1].kind == "argument":
            self.left_operand(mark)
            self.put("PLUS", "+", mark.span)
            self.new_term()

    def on_minus(self, mark: Mark) -> None:
        if self.frames[-1].kind == "argument":
            self.close_invisible()
        if self.ends:
            self.put("MINUS", "-", mark.span)
            self.new_term()
        else:
            self.put("NEG", "-", mark.span)

    def on_infix(self, mark: Mark) -> None:
        self.left_operand(mark)
        op = "×" if self.source(mark.span) in ("×", "\\times") else mark.value
        chain = self.frames[-1].chain
        chain.add("ew" if op in _HADAMARD else op)
        self.mixed = self.mixed or {"ew", "*"} <= chain
        self.put("EW" if op in _HADAMARD or (op == "*" and self.loose_star) else "MUL", op, mark.span)

    def on_colon(self, mark: Mark) -> None:
        following = self.marks[self.i] if self.i < self.stop else None
        alone = following is None or following.kind in ("comma", "close") or (self.frames[-1].value == "{" and following.kind == "word")
        if self.frames[-1].kind == "INDEX" and self.last in ("INDEX", "COMMA") and alone:
            self.put("ALL", ":", mark.span)
            return
        if following is not None and following.gap and not mark.gap:
            hint = "write A : B with blanks on both sides"
            raise self.refuse("`:` stands between two matrices, A : B, and this is no such product", mark.span, hint)
        self.left_operand(mark)
        self.put("COLON", ":", mark.span)
        self.new_term()

    def on_comma(self, mark: Mark) -> None:
        self.left_operand(mark)
        if len(self.frames) == 1:
            raise self.refuse("a list stands in brackets", mark.span, "write [a, b] for a row, [a; b] for a column")
        self.put("COMMA", ",", mark.span)
        self.new_term()

    def on_semi(self, mark: Mark) -> None:
        self.left_operand(mark)
        if self.frames[-1].kind != "LSQ":
            hint = "write f(x, theta) with a comma" if self.frames[-1].kind == "LPAR" else None
            raise self.refuse("`;` ends a statement, and a bracket is still open here", mark.span, hint)
        self.put("SEMI", ";", mark.span)
        self.new_term()

    def on_newline(self, mark: Mark) -> None:
        """Inside `[…]` and a LaTeX matrix a line is a row; elsewhere it is a blank."""
        visible = next(f for f in reversed(self.frames) if f.kind != "argument")
        ends_row = (visible.value == "[" and visible.kind == "LSQ") or (visible.value in ("matrix", "cases") and mark.value != "\n")
        if not ends_row:
            return
        while self.peek("newline"):
            self.i += 1
        if self.peek("close") or self.peek("semi"):
            return
        self.close_invisible()
        if self.ends:
            self.put("COMMA" if visible.value == "cases" else "SEMI", ";", mark.span)
            self.new_term()

    def on_amp(self, mark: Mark) -> None:
        visible = next(f for f in reversed(self.frames) if f.kind != "argument")
        if visible.value in ("matrix", "cases"):
            self.close_invisible()
            if visible.value == "cases" and self.last == "COMMA":
                return
            self.on_comma(mark)

    def on_cmp(self, mark: Mark) -> None:
        self.close_invisible()
        frame = self.frames[-1]
        if mark.value == ">" and frame.kind == "ANGLE" and self.ends:
            self.close(mark.span)
            self.frobenius()
            return
        comparing = frame.kind == "IVERSON" or frame.value == "cases" or frame.label == "cases"
        if mark.value == "<" and (not self.ends or (not comparing and self.angle_closes())):
            self.open("ANGLE", "<", mark.span)
            return
        if not comparing:
            hint = "a comparison stands in 1[x > 0] or in cases(…)"
            if mark.value == "=":
                hint = "a statement has one `=`, after a name; a comparison stands in 1[x > 0]"
            raise self.refuse(f"{quote(self.source(mark.span))} is a comparison, which is no value by itself", mark.span, hint)
        if not self.ends:
            raise self.nothing_after(mark.span)
        self.put("CMP", "=" if mark.value == "==" else mark.value, mark.span)
        self.new_term()

    def angle_closes(self) -> bool:
        """Does `, … >` follow the `<` just met?"""
        ahead = self.marks[self.i : min(self.stop, self.i + _LOOKAHEAD)]
        closing = next((k for k, m in enumerate(ahead) if m.kind == "cmp" and m.value == ">"), 0)
        return any(m.kind == "comma" for m in ahead[:closing])

    def on_arrow(self, mark: Mark) -> None:
        hint = "a linear map is written dX -> A dX B; a function is declared after `where`: phi: R -> R"
        raise self.refuse(f"{quote(self.source(mark.span))} is not expected here", mark.span, hint)

    def on_in(self, mark: Mark) -> None:
        raise self.refuse(f"{quote(self.source(mark.span))} declares a name: that belongs after `where`", mark.span)

    # -- postfix marks and exponents --------------------------------------------------------------------------------

    def on_post(self, mark: Mark) -> None:
        if not self.ends:
            raise self.nothing_after(mark.span)
        if self.names.primed and self.last == "NAME" and is_prime(mark, self.text):
            self.primed_name(mark)
            return
        self.put("POST", mark.value, mark.span)

    def primed_name(self, mark: Mark) -> None:
        """x' in a text that writes its transposes as ^T."""
        token = self.tokens[-1]
        base, sub = split_name(str(token.value))
        token.value, token.end_pos = spell_name(base, f"prime,{sub}" if sub else "prime"), mark.end
        self.note(f"{self.source(token.span)} is a name of its own, {token.value}: the text writes transposes as ^T")

    def on_sup(self, mark: Mark) -> None:
        if not self.ends:
            raise self.nothing_after(mark.span)
        self.small_exponent(mark.value, mark.span)

    def small_exponent(self, value: str, span: Span) -> None:
        if value in _POSTFIX:
            self.put("POST", _POSTFIX[value], span)
            return
        digits = value.removeprefix("-")
        if not (digits.isdigit() or (len(digits) == 1 and digits.isalpha())):
            raise self.refuse(f"{quote(self.source(span))} is no exponent", span, "write x^{…}")
        self.put("CARET", "^", span)
        if value != digits:
            self.put("NEG", "-", span)
        self.tokens.append(leaf(digits, span))

    def on_caret(self, mark: Mark) -> None:
        if not self.ends:
            raise self.nothing_after(mark.span)
        ahead = self.marks[self.i : min(self.i + 3, self.stop)]
        first = ahead[0] if ahead else None
        inside = self.marks[self.i + 1] if first is not None and first.value == "{" and first.mate == self.i + 2 else first
        if inside is not None and mark.value == "^" and inside.kind == "infix" and inside.value == "*":
            shown = self.source((mark.start, inside.end))
            raise self.refuse(
                f"{quote(shown)} is not read: everything is real here", mark.span, "write ^T for the transpose, x_{star} for a name"
            )
        if first is None or mark.value == ".^":
            self.put("CARET", mark.value, mark.span)
            return
        if inside is not None and inside.kind == "word" and inside.value[0] == "H" and "H" not in self.names.variables:
            hint = "write ^T, the transpose, if your matrices are real"
            raise self.refuse("`^H` is the conjugate transpose, and everything is real here", (mark.start, inside.start + 1), hint)
        if first.kind == "open" and first.value == "{" and first.mate <= self.i + 3:
            content = "".join("-" if m.kind == "minus" else m.value for m in self.marks[self.i + 1 : first.mate])
            if content in _POSTFIX:
                self.i = first.mate + 1
                self.put("POST", _POSTFIX[content], (mark.start, self.marks[first.mate].end))
                return
        sign = "-" if first.kind == "minus" and len(ahead) > 1 else ""
        body = ahead[1] if sign else first
        if (
            body.kind in ("post", "plus")
            or (body.kind in ("word", "upright") and body.value[0] == "T")
            or (sign and body.kind == "num" and body.value == "1")
        ):
            size = 1 if body.kind == "word" else len(body.value)
            value = _POSTFIX.get(sign + ("T" if body.kind == "word" else body.value))
            if value is not None:
                self.i += 2 if sign else 1
                if body.kind == "word" and len(body.value) > size:
                    self.i -= 1
                    self.marks[self.i] = Mark("word", body.value[size:], body.start + size, body.end)
                self.put("POST", value, (mark.start, body.start + size if body.kind == "word" else body.end))
                return
        if body.kind == "word" and len(body.value) > 1 and not self.names.is_name(body.value) and len(self.names.cut(body.value)) > 1:
            self.two_exponents(body, mark)
        self.put("CARET", mark.value, mark.span)

    def two_exponents(self, run: Mark, mark: Mark) -> None:
        """`e^xy`: the exponent may be x or xy."""
        pieces = self.names.cut(run.value)
        if not self.names.function_at_start(run.value) and function_of(run.value) is None:
            shown = run.value[:20]
            hint = f"write ^{{{shown}}} or ^{pieces[0]} {shown[len(pieces[0]) :]}"
            raise self.refuse(f"{quote('^' + run.value)} can be read in two ways", (mark.start, run.end), hint)

    def on_under(self, mark: Mark) -> None:
        if self.last in ("NAME", "NUM") and self.ends:
            raise self.refuse("two subscripts in a row can be read in several ways", mark.span, "write x_{12}, x_{i,j} or (x_i)_j")
        if not self.ends:
            raise self.refuse("`_` needs a name before it", mark.span)
        below = self.i - 1
        brace = self.marks[below + 1] if below + 1 < self.stop else None
        if brace is not None and brace.value == "{" and brace.mate > below + 2:  # what stands in it is read by `entries`
            self.i = brace.mate + 1
        else:
            _, self.i = subscript(self.marks, below, self.text, self.names, "()")
        self.entries(below)

    def on_sub(self, mark: Mark) -> None:
        self.on_under(mark)

    # -- fractions and roots ----------------------------------------------------------------------------------------

    def on_frac(self, mark: Mark) -> None:
        self.open("LPAR", "frac", mark.span)
        end = self.marks[self.i - 1].end

        def between() -> None:
            self.put("MUL", "/", (end, end))
            self.tex_argument(mark, lambda: self.close(self.tokens[-1].span))

        self.tex_argument(mark, between)

    def on_sqrt(self, mark: Mark) -> None:
        index: Mark | None = None
        if self.peek("open", "[") and self.source(mark.span) == "\\sqrt":
            bracket = self.marks[self.i]
            index = self.marks[self.i + 1]
            if bracket.mate != self.i + 2 or index.kind not in ("num", "word") or (index.kind == "word" and len(index.value) > 1):
                raise self.refuse("the root's index is a number or a letter", bracket.span, "write x^{1/n}")
            self.i = bracket.mate + 1
        if self.peek("open", "(") and index is None:
            self.call("sqrt", mark.span)
            return
        if index is None:
            self.operand("CALL", "sqrt", mark.span)
            self.tex_argument(mark, lambda: None)
            return
        span = index.span
        degree = Token("NUM", Fraction(index.value), *span) if index.kind == "num" else leaf(index.value, span)
        power = [
            Token("CARET", "^", *span),
            Token("LPAR", "", *span),
            leaf("1", span),
            Token("MUL", "/", *span),
            degree,
            Token("RPAR", "", *span),
        ]
        self.open("LPAR", "root", mark.span)

        def finish() -> None:
            self.tokens.extend(power)
            self.close(self.tokens[-1].span)

        self.tex_argument(mark, finish)

    def tex_argument(self, command: Mark, then: Step) -> None:
        """The argument of a LaTeX command: braces, or the one digit, letter or command that follows."""
        if self.i >= self.stop:
            raise self.refuse(
                f"{quote(self.source(command.span))} has no argument", command.span, f"write {self.source(command.span)}{{…}}"
            )
        mark = self.marks[self.i]
        if mark.kind == "open":
            self.i += 1
            self.open("LPAR", mark.value, mark.span, begins=False).then = then
            return
        if mark.kind not in ("num", "word", "greek", "const"):
            raise self.refuse(f"{quote(self.source(command.span))} has no argument before {quote(self.source(mark.span))}", command.span)
        first = mark.value[0] if mark.kind in ("num", "word") else mark.value
        end = mark.start + 1 if mark.kind in ("num", "word") else mark.end
        if mark.kind in ("num", "word") and len(mark.value) > 1:
            self.marks[self.i] = Mark(mark.kind, mark.value[1:], end, mark.end)
        else:
            self.i += 1
        span = (mark.start, end)
        self.put("LPAR", "", (mark.start, mark.start))
        self.tokens.append(leaf(first, span))
        self.put("RPAR", "", (end, end))
        then()
