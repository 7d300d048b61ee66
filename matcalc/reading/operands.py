"""Operands: numbers, names with their scripts, and functions with or without brackets."""

from __future__ import annotations

from fractions import Fraction

from ..errors import MatcalcError, ReadingError, Span
from ..ops import greek_functions
from ..syntax import spell_name
from .applied import given_at, holds_one, is_list, touching_bracket
from .functions import function_of, is_elementwise
from .machine import Frame, Token, leaf
from .marks import Mark, quote
from .meanings import meant, nearest
from .names import accented, is_prime, subscript, suggestion_for, superscript_index
from .sizes import read_sizes
from .sums import SumSigns

_CALLABLE = ("(", "[", "{", "\\{")
_INVERSE = {"exp": "log", "log": "exp"}
_CASES_WORDS = ("if", "for", "otherwise", "else")


MAX_BARE = 20  # functions without brackets, each the argument of the one before


class Operands(SumSigns):
    """What begins an operand."""

    # -- numbers and names ------------------------------------------------------------------------------------------

    def on_num(self, mark: Mark) -> None:
        following = self.marks[self.i] if self.i < self.stop else None
        if following and not following.gap and mark.value in ("0", "1"):
            if following.kind in ("under", "sub"):
                self.on_const(mark)
                return
            if following.kind == "open" and following.compares:
                self.i += 1
                self.open("IVERSON", following.value, (mark.start, following.end))
                return
        ones = self.ends and any(t.type == "NAME" and t.value == "1" for t in self.tokens)  # 1^T P 1
        if mark.value == "1" and ((ones and self.tokens[-1].type != "NUM") or self.transposed_next()):
            self.operand("NAME", "1", mark.span)
            return
        if self.ends and self.tokens[-1].type == "NUM":
            both = (self.tokens[-1].start_pos, mark.end)
            raise self.refuse(f"the numbers {quote(self.source(both))} stand side by side", both, "write a * between them, or no blank")
        if self.last == "NAME" and not mark.gap and mark.start == self.tokens[-1].end_pos:
            self.digit_after_name(mark)
        self.operand("NUM", Fraction(mark.value), mark.span)

    def transposed_next(self) -> bool:
        """Whether the next marks are a transpose: 1^T x is the sum of the entries of x."""
        if self.i >= self.stop or self.marks[self.i].gap:
            return False
        if self.peek("post", "T") or self.peek("sup", "T"):
            return True
        ahead = self.marks[self.i + 1 : self.i + 3]
        if not self.peek("caret", "^") or not ahead:
            return False
        inside = ahead[1] if ahead[0].value == "{" and len(ahead) > 1 else ahead[0]
        return (inside.kind, inside.value) == ("post", "T") or (inside.kind in ("word", "upright") and inside.value[:1] == "T")

    def digit_after_name(self, mark: Mark) -> None:
        begin = mark.start
        while begin > 0 and self.text[begin - 1].isalpha():
            begin -= 1
        name = self.text[begin : mark.start]
        near = meant(name + mark.value) or (suggestion_for(name, self.names.variables) if len(name) > 2 else None)
        hint = near if near else f"write {name[-20:]}_{mark.value[:20]} for a subscript, or {mark.value[:20]} {name[-20:]} for a product"
        raise self.refuse(f"{quote(name + mark.value)} is no name", (begin, mark.end), hint)

    def on_const(self, mark: Mark) -> None:
        """`\\mathbf 1`, `0_{m x n}`: a matrix of ones or zeros; before a comparison in brackets the Iverson bracket."""
        following = self.marks[self.i] if self.i < self.stop else None
        brace = self.marks[self.i + 1] if following and following.kind == "under" and self.i + 1 < self.stop else None
        if following and following.kind == "open" and following.compares and mark.value == "1":
            self.i += 1
            self.open("IVERSON", following.value, (mark.start, following.end))
        elif brace and brace.kind == "open" and mark.value == "1" and (brace.compares or self.marks[self.i + 2].compares):
            inner = self.marks[self.i + 2]
            double = inner.kind == "open" and inner.compares
            self.i += 3 if double else 2
            frame = self.open("IVERSON", "\\{" if double else "{", (mark.start, brace.end))
            if double:
                frame.then = self.skip_close
        else:
            self.operand("NAME", self.sized(mark.value), (mark.start, self.marks[self.i - 1].end))

    def skip_close(self) -> None:
        self.i += 1

    def sized(self, base: str) -> str:
        """`I`, `0` or `1` with the size that its subscript gives."""
        if not (self.peek("under") or self.peek("sub")) or self.marks[self.i].gap:
            return base
        start = self.i
        sub, self.i = subscript(self.marks, start, self.text, self.names, base)
        if self.marks[start].kind == "sub":
            return spell_name(base, sub)
        first, last = start + 1, self.i
        if self.marks[first].kind == "open":
            first, last = first + 1, last - 1
        try:
            sizes = read_sizes(self.marks, first, last, self.text) if last > first else ()
        except MatcalcError:
            return spell_name(base, sub)
        return spell_name(base, " x ".join(map(str, sizes)) or sub)

    def on_greek(self, mark: Mark) -> None:
        self.name(mark.value, mark)

    def on_partial(self, mark: Mark) -> None:
        sign = quote(self.source(mark.span))
        raise self.refuse(
            f"the expression is differentiated by matcalc itself: {sign} is not read", mark.span, "give the variable with --wrt"
        )

    def on_accent(self, mark: Mark) -> None:
        base, self.i = accented(self.marks, self.i - 1, self.text)
        self.name(base, Mark("word", base, mark.start, self.marks[self.i - 1].end), mark.value)

    def on_and(self, mark: Mark) -> None:
        self.left_operand(mark)
        self.put("AND", "and", mark.span)
        self.new_term()

    def on_upright(self, mark: Mark) -> None:
        function = function_of(mark.value)
        if mark.value == "and" and self.comparing():
            self.on_and(mark)
            return
        if function is None and not self.names.is_name(mark.value):
            if mark.value in ("if", "for", "otherwise", "else") and any(f.value == "cases" for f in self.frames):
                return
            raise self.unknown_word(mark.value, mark.span)
        self.on_word(Mark("word", mark.value, mark.start, mark.end))

    def unknown_word(self, word: str, span: Span) -> ReadingError:
        return self.refuse(f"{quote(word)} is neither a function nor a declared name", span, suggestion_for(word, self.names.variables))

    def on_command(self, mark: Mark) -> None:
        function = function_of(mark.value)
        if function is None:
            near = nearest(mark.value)
            hint = meant(mark.value) or (f"did you mean \\{near}?" if near else None)
            raise self.refuse(f"the command `\\{mark.value}` is not known", mark.span, hint)
        self.function(function, mark)

    def on_word(self, mark: Mark) -> None:
        run = mark.value
        touching = self.i < self.stop and self.marks[self.i].kind == "open" and not self.marks[self.i].gap
        if run in ("sum", "prod") and self.binder_follows():
            self.binder("sum" if run == "sum" else "product", mark)
            return
        if run == "einsum" and touching and self.i + 1 < self.stop and self.marks[self.i + 1].kind == "spec":
            self.einsum(mark)
            return
        if run == "cases" and touching:
            self.i += 1
            self.operand("CASES", run, mark.span)
            self.open("LPAR", "(", mark.span, begins=False).label = "cases"
            return
        if run in ("if", "for", "otherwise", "else") and any(f.value == "cases" for f in self.frames):
            return
        if run == "and" and self.comparing():
            self.on_and(mark)
            return
        if self.names.is_name(run):
            self.name(run, mark)
            return
        if len(run) == 1:
            self.name(run, mark)
            return
        function = function_of(run)
        if function:
            longer = self.marks[self.i + 1].value if self.peek("under") and self.i + 1 < self.stop else ""
            if longer and function_of(f"{run}_{longer}"):  # norm_nuclear(X)
                self.i += 2
                function = f"{run}_{longer}"
            if self.i < self.stop and self.marks[self.i].kind == "num" and not self.marks[self.i].gap:
                digit = self.marks[self.i]
                numbered = function_of(run + digit.value)  # norm1(x)
                if numbered is None:
                    self.digit_after_name(digit)
                else:
                    self.i += 1
                    function = numbered
            self.function(function, mark)
            return
        self.pieces(mark, touching)

    def einsum(self, mark: Mark) -> None:
        """einsum("ij,j->i", A, x): the letters belong to the function's name."""
        bracket, spec = self.marks[self.i], self.marks[self.i + 1]
        self.i += 2
        if not self.peek("comma"):
            raise self.refuse("einsum has no arrays", mark.span, 'write einsum("ij,j->i", A, x)')
        self.i += 1
        self.operand("CALL", f"einsum {spec.value}", mark.span)
        self.open("LPAR", "(", bracket.span, begins=False)

    def on_spec(self, mark: Mark) -> None:
        raise self.refuse(f"{self.source(mark.span)} in quotes is read in einsum only", mark.span)

    def pieces(self, mark: Mark, touching: bool) -> None:
        """An undeclared run of letters: names side by side, perhaps with a function's name at its end."""
        run = mark.value
        if touching and (hint := meant(run)) and self.names.variables.isdisjoint(run):
            raise self.refuse(f"there is no function {quote(run)}", mark.span, hint)
        at = self.names.function_at_end(run)
        if at < len(run):
            head = self.names.cut(run[:at])
            if not touching or len(head) > 2:
                near = suggestion_for(run, self.names.variables)
                raise self.refuse(
                    f"{quote(run)} ends in a function's name", mark.span, near if len(head) > 2 else f"write {run[:at]} {run[at:]}(…)"
                )
        elif size := self.names.function_at_start(run):
            near = nearest(run) if touching else None
            wanted = f"did you mean {near}(…)?" if near and len(near) > size else f"did you mean {run[:size]}({run[size : size + 20]})?"
            raise self.refuse(f"{quote(run)} begins with a function's name", mark.span, wanted)
        pieces = self.names.cut(run[:at])
        single = [p for p in pieces if len(p) == 1]
        if touching and at == len(run) and self.marks[self.i].value == "(" and len(single) >= 3 and len(single) == len(pieces):
            hint = (
                suggestion_for(run, self.names.variables) or f"write {' '.join(run[:20])} (…) for a product, or declare {run[:20]}: R -> R"
            )
            raise self.refuse(f"there is no function {quote(run)}", mark.span, hint)
        if len(pieces) >= 4 and len(single) == len(pieces) and run.islower():
            self.note(f"read {quote(run)} as the product {' '.join(pieces[:20])}{' ...' if len(pieces) > 20 else ''}")
        start = mark.start
        for k, piece in enumerate(pieces):
            part = Mark("word", piece, start, start + len(piece))
            part.bold = mark.bold
            if mark.bold:
                self.names.bold[piece] = None
            start += len(piece)
            if at == len(run) and k == len(pieces) - 1:
                self.name(piece, part)
            else:
                self.operand("NAME", piece, part.span)
        if at < len(run):
            function = function_of(run[at:])
            assert function is not None
            self.function(function, Mark("word", run[at:], mark.start + at, mark.end))

    def name(self, base: str, mark: Mark, accent: str = "") -> None:
        """A name, with the subscript that follows it (perhaps after its exponent: `x^2_i`)."""
        if base == "Sigma" and self.binder_follows(strict=True):
            self.binder("sum", mark)
            return
        if base == "Pi" and self.binder_follows(strict=True):
            self.binder("product", mark)
            return
        if base == "d" and self.i < self.stop and "d" + self.marks[self.i].value in self.names.variables and not self.marks[self.i].gap:
            base += self.marks[self.i].value  # the bound name of `dX -> ...`, in LaTeX spelling
            self.i += 1
        if base == "I" and "I" not in self.names.variables:
            self.operand("NAME", self.sized("I"), (mark.start, self.marks[self.i - 1].end))
            return
        sub, below, end = accent, 0, mark.end
        if self.i < self.stop and self.marks[self.i].kind in ("under", "sub") and not self.marks[self.i].gap:
            below = self.i
            pair = self.pair_below(below)
            after, self.i = (":", pair) if pair else subscript(self.marks, below, self.text, self.names, base)
            end = self.marks[self.i - 1].end if self.i > below + 1 or self.marks[below].kind == "sub" else self.marks[self.i].start
            if ":" not in after:
                own = spell_name(base, f"{accent},{after}") if accent else ""
                if not accent or own in self.names.variables or spell_name(base, accent) not in self.names.variables:
                    sub, below = f"{sub},{after}" if sub else after, 0  # else \hat y_k is entry k of \hat y
        upper = superscript_index(self.marks, self.i) if self.i < self.stop else 0
        if upper and (not sub or not accent):
            if sub:  # x_j^{(i)} is entry j of x_i
                below = next(k for k in range(self.i - 1, 0, -1) if self.marks[k].kind in ("under", "sub"))
            sub, self.i, end = self.marks[self.i + 3].value, upper, self.marks[upper - 1].end
            if not below and self.i < self.stop and self.marks[self.i].kind == "under":
                below = self.i
                self.i = subscript(self.marks, below, self.text, self.names, base)[1]
        elif not sub and not below:
            late = self.after_superscript(self.i)
            if late:
                sub, self.jumps[late] = subscript(self.marks, late, self.text, self.names, base)
        name = spell_name(base, sub)
        if mark.bold:
            self.names.bold[name] = None
        if self.applied(name, base, Mark("word", name, mark.start, end)):
            return
        self.operand("NAME", name, (mark.start, end))
        if below:
            self.entries(below)

    def entries(self, below: int) -> None:
        """The subscript at mark `below` picks an entry of what stands before: `(V y)_i`, `X_{i,:}`, `(A B)_{ij}`."""
        at = self.marks[below]
        span = (at.start, at.end)
        if at.kind == "sub" or self.marks[below + 1].kind != "open":
            text = at.value if at.kind == "sub" else self.marks[below + 1].value
            self.entry_list([text] if text.isdigit() else self.cut_indices(text), span)
            return
        start, stop = below + 2, self.marks[below + 1].mate
        inside = self.marks[start:stop]
        if len(inside) == 1 and inside[0].kind == "word":
            self.entry_list(self.cut_indices(inside[0].value), span)
            return
        self.open("INDEX", "{", span, begins=False)

        def finish() -> None:
            self.close_invisible()
            if not self.ends:
                raise self.nothing_after(self.marks[stop].span)
            self.close(self.marks[stop].span)

        self.later((start, stop), finish)

    def cut_indices(self, run: str) -> list[str]:
        """A run of letters below a bracket: of indices in use, `pi` is p and i."""
        return list(run) if run not in self.active and self.active.issuperset(run) else self.names.cut(run)

    def pair_below(self, below: int) -> int:
        """The mark after the subscript at mark `below`, if a pair of indices stands in it: `W_{(i,l), j}`. 0 otherwise."""
        brace = self.marks[below + 1] if below + 1 < self.stop and self.marks[below].kind == "under" else None
        if brace is None or brace.kind != "open" or brace.value != "{":
            return 0
        inside = self.marks[below + 2 : brace.mate]
        pairs = [m for m in inside if m.kind == "open" and m.value == "("]
        separated = any(
            n.kind == "comma" for m in pairs for n in self.marks[below + 2 : brace.mate] if m.start < n.start < self.marks[m.mate].start
        )
        return brace.mate + 1 if separated else 0

    def entry_list(self, items: list[str], span: Span) -> None:
        self.open("INDEX", "_", span, begins=False)
        for k, item in enumerate(items):
            if k:
                self.put("COMMA", ",", span)
            self.tokens.append(leaf(item, span))
        self.close(span)

    def applied(self, name: str, base: str, mark: Mark) -> bool:
        """Is the name a function here? Then its call is begun. A letter that may be one and may be not is refused."""
        primes = 0
        while (
            self.i + primes < self.stop
            and self.marks[self.i + primes].kind == "post"
            and self.source(self.marks[self.i + primes].span) in ("'", "’", "′")
        ):
            primes += 1
        at = self.i + primes
        bracket = self.marks[at] if at < self.stop and self.marks[at].kind == "open" and self.marks[at].value == "(" else None
        if name in self.names.functions:
            if bracket is None:
                raise self.refuse(f"the function {quote(name)} has no argument", mark.span, f"write {name[:40]}(…)")
            self.i = at
            self.call(name + "'" * primes, mark.span)
            return True
        if bracket is None or bracket.gap or name in self.names.variables:
            return False
        if name in greek_functions():
            function = greek_functions()[name]
            self.note(f"read `{self.source(mark.span)}(…)` as {function}(…)")
            self.i = at
            self.call(function + "'" * primes, mark.span)
            return True
        below_log = self.frames[-1].kind == "argument" and self.frames[-1].label == "log" and not self.ends
        if name == "Gamma" and not primes and (below_log or (name not in self.names.plain and holds_one(self.marks, at))):
            self.note(f"read `{self.source(mark.span)}(…)` as the gamma function")
            self.i = at
            self.call("tgamma", mark.span)
            return True
        listed = is_list(self.marks, at)
        bar = given_at(self.marks, at)
        if bar and self.density(name, mark, at, bar):
            return True
        if base in ("I", "pi") or name in self.active or not (listed or holds_one(self.marks, at)):
            return False
        inside = self.source((bracket.end, self.marks[bracket.mate].start)).strip()
        called = name + "'" * primes
        shown = f"{called}({inside[:30]})"
        span = (mark.start, self.marks[bracket.mate].end)
        if listed:
            hint = f"define the function first: {name}({inside[:30]}) = ..."
            raise self.refuse(f"{quote(shown)} is a function of several arguments, of which nothing is known", span, hint)
        if name in self.names.plain:
            if not primes and not (len(base) == 1 and base.islower()):
                return False
            hint = f"write {name} {inside[:30]} for a product, or declare {name}: R -> R for a function"
            raise self.refuse(f"{quote(shown)} can be read in two ways", span, hint)
        if touching_bracket(self.marks, bracket.mate + 1) >= 0:
            raise self.refuse(f"{quote(shown)} is called like a function", span, "write a product with a blank or a *")
        self.note(f"read `{shown}` as a value of the function {name}; the product is written {name} {inside[:30]}")
        self.i = at
        self.call(called, mark.span)
        return True

    def density(self, name: str, mark: Mark, at: int, bar: int) -> bool:
        r"""\mathcal N(x \mid \mu, \Sigma), and N(x; mu, Sigma): the normal density. Of any other nothing is known."""
        span = (mark.start, self.marks[self.marks[at].mate].end)
        shown = quote(f"{name}({self.source((self.marks[at].end, self.marks[self.marks[at].mate].start)).strip()})")
        commas = [k for k in range(bar, self.marks[at].mate) if self.marks[k].kind == "comma"]
        if name == "N" and len(commas) == 1:
            self.note(f"read {shown} as the density of the normal distribution, its covariance last")
            self.marks[bar] = Mark("comma", ",", *self.marks[bar].span)
            self.i = at
            self.call("normalpdf", span)
            return True
        if self.marks[bar].kind == "semi":
            return False
        hint = f"write the density itself, or give it a name without brackets: {name}_{{given}}"
        raise self.refuse(f"{shown} is a conditional density, of which nothing is known", span, hint)

    # -- functions --------------------------------------------------------------------------------------------------

    def call(self, name: str, span: Span) -> Frame:
        """Begin a call whose bracket is the next mark."""
        mark = self.marks[self.i]
        self.i += 1
        self.operand("CALL", name, span)
        return self.open("LPAR", mark.value, mark.span, begins=False)

    def is_literal(self, bracket: Mark) -> bool:
        """Does the bracket hold a matrix written out, [A, B; C, D]?"""
        if bracket.value != "[":
            return False
        i, rows = self.marks.index(bracket) + 1, 0
        while i < bracket.mate:
            rows += self.marks[i].kind == "semi"
            i = self.marks[i].mate + 1 if self.marks[i].kind == "open" else i + 1
        return rows > 0

    def function(self, name: str, mark: Mark) -> None:
        """A function of the book: with brackets a call, without them it takes the juxtaposed run."""
        if self.frames[-1].kind == "argument" and self.ends and not self.frames[-1].indices:  # \log \prod_i p \exp(x_i) goes on
            self.close_invisible()
        before: list[Token] = []
        after: list[Token] = []
        label, suffix = name, ""
        while self.i < self.stop and (self.marks[self.i].kind in ("caret", "sup", "under", "sub") or self.peek("post", "T")):
            script = self.marks[self.i]
            if script.kind in ("under", "sub"):
                base, self.i = subscript(self.marks, self.i, self.text, self.names, name)
                if name != "log" or not (base.isdigit() or len(base) == 1):
                    hint = f"leave {name}_{base} out: what stands behind it is differentiated" if name in ("max", "min") else None
                    raise self.refuse(f"{quote(f'{name}_{base}')} is no function known here", mark.span, hint)
                before = [Token("COMMA", ",", *script.span), leaf(base, script.span)]
                label = f"log_{base}"
            elif script.kind == "post" and not suffix and is_prime(script, self.text) and is_elementwise(name):
                name, self.i, suffix = name + "'", self.i + 1, "'"
            elif script.kind == "post":
                shown = quote(self.source((mark.start, script.end)))
                raise self.refuse(
                    f"{shown} is not read: only a declared function has a prime", script.span, f"write out the derivative of {name}"
                )
            else:
                after = self.function_power(name, mark)
                power = self.source((script.start, self.marks[self.i - 1].end))
                suffix = power if power.startswith("^") else f"^{script.value}"
        if self.peek("caret", ".^"):
            raise self.nothing_after(self.marks[self.i].span)
        dotted = self.i < self.stop and self.marks[self.i].kind == "dot"
        if dotted:
            self.i += 1
        bracket = self.marks[self.i] if self.i < self.stop and self.marks[self.i].kind == "open" else None
        if bracket is not None and bracket.value in _CALLABLE and not self.is_literal(bracket):
            frame = self.call(name + "." * dotted, mark.span)
        else:
            if sum(f.kind == "argument" for f in self.frames[-MAX_BARE:]) == MAX_BARE:
                raise self.refuse("too many functions without brackets stand in each other", mark.span, f"write {name}(…)")
            self.operand("CALL", name, mark.span)
            frame = self.open("LPAR", "", (mark.start, mark.end), begins=False)
            frame.kind, frame.label, frame.suffix = "argument", label, suffix
            self.tokens[-1].start_pos = self.tokens[-1].end_pos = mark.end
            frame.opened = (mark.start, self.marks[self.i - 1].end)
        frame.before_close, frame.after = before, after

    def function_power(self, name: str, mark: Mark) -> list[Token]:
        """The exponent of `\\sin^2 x`, to stand after the call."""
        at = self.marks[self.i]
        if at.kind == "sup":
            value, self.i = at.value, self.i + 1
        else:
            self.i += 1
            first = self.peek("open", "{")
            stop = first.mate if first else self.i + (2 if self.peek("minus") else 1)
            start = self.i + bool(first)
            value = "".join("-" if m.kind == "minus" else m.value for m in self.marks[start:stop])
            self.i = stop + bool(first)
        if value.startswith("-"):
            inverse = _INVERSE.get(name) or function_of("a" + name)
            hint = f"write {inverse}(x) for the inverse function, or 1/{name}(x)" if inverse else f"write 1/{name}(x)"
            raise self.refuse(
                f"{quote(self.source((mark.start, at.end)) + value)} can be read in two ways",
                (mark.start, self.marks[self.i - 1].end),
                hint,
            )
        if not value.isdigit() and (value == "T" or not (len(value) == 1 and value.isalpha())):
            raise self.refuse(f"{quote(name + '^' + value)} is not read", mark.span, f"write {name}(…)^{{…}}")
        return [Token("CARET", "^", *at.span), leaf(value, at.span)]
