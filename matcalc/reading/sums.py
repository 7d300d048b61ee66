"""Sum and product signs: their index, their bounds, and where an index is in use."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ..errors import ReadingError, Span
from ..syntax import spell_name
from .below import Bound, Condition, Mask, Range, below
from .machine import Machine, Step
from .marks import Mark, quote


class SumSigns(Machine):
    """`sum_{i=1}^N`, `\\prod_i`, `Σ_{k=0}^∞` become a BINDER with the bounds after it in brackets of their own."""

    def binder_follows(self, strict: bool = False) -> bool:
        """Do the next marks make a sum sign of what stands before? A bare Σ needs `_{i=`."""
        if self.i >= self.stop:
            return False
        mark = self.marks[self.i]
        if not strict:
            return mark.kind in ("under", "sub") or (mark.kind == "caret" and bool(self.after_superscript(self.i)))
        brace = self.marks[self.i + 1] if self.i + 1 < self.stop else None
        return mark.kind == "under" and brace is not None and brace.kind == "open" and brace.compares

    def after_superscript(self, i: int) -> int:
        """If a simple superscript stands at mark `i` and a subscript right after it: where the subscript begins, else 0."""
        if i >= self.stop:
            return 0
        mark, end = self.marks[i], 0
        if mark.kind == "sup":
            end = i + 1
        elif mark.kind == "caret" and mark.value == "^" and i + 1 < self.stop:
            first = self.marks[i + 1]
            end = first.mate + 1 if first.kind == "open" else i + 2 if first.kind != "minus" else i + 3
            if first.kind == "word" and len(first.value) > 1:
                return 0
        if 0 < end < self.stop and self.marks[end].kind in ("under", "sub") and not self.marks[end].gap:
            return end
        return 0

    def on_binder(self, mark: Mark) -> None:
        self.binder(mark.value, mark)

    def binder(self, op: str, mark: Mark) -> None:
        """A sum or product sign with its index and bounds; its body follows."""
        if self.frames[-1].kind == "argument" and self.ends:
            self.close_invisible()
        sign = "sum" if op == "sum" else "prod"
        lower, upper = self.scripts(sign)
        if lower is None:
            if upper:
                raise self.refuse(f"the {sign} has an upper bound and no index", mark.span, f"write {sign}_{{i=1}}^N")
            self.operand("BINDER", (op, None), mark.span)
            return
        found = below(self.marks, lower, self.active, self.letters_below_names(), self.cannot_read(lower, sign))
        for index in found.indices:
            if index in self.names.variables and index not in self.active:
                raise self.refuse(
                    f"the index {index} of the {sign} is also the name of a variable", mark.span, "give the index another letter"
                )
            if upper is not None and found.high[index] is None:
                found.high[index] = Bound(upper)
        if op != "sum" and (found.conditions or found.masks):
            hint = "write the factor as cases(x_i, i < j, 1)"
            raise self.refuse("a product with a condition on its index is not read", mark.span, hint)
        steps: list[Range | Step] = []
        for index in found.indices:
            low, high = found.low[index], found.high[index]
            steps.append(self.begin(op, index, mark.span))
            if high is not None:
                steps += [self.begin_bounds, *self.bound(low), self.between_bounds, *self.bound(high), self.end_bounds]
            elif low is not None and not self.is_one(low):
                found.conditions.append(Condition(self.added(Mark("word", index, *mark.span)), ">=", low.marks))
            steps.append(self.activate(index, mark.span))
        for condition in found.conditions:
            steps += self.holds(condition, mark.span)
        for mask in found.masks:
            steps.append(self.masked(mask, mark.span))
        for letter, name in found.sets:
            self.note(
                f"{letter} in {self.source((self.marks[name[0]].start, self.marks[name[0]].end))}: the sum is over every {letter} there is"
            )
        self.later(*steps)

    def cannot_read(self, lower: Range, sign: str) -> Callable[[str], ReadingError]:
        inside = self.marks[lower[0] : lower[1]]
        span = (inside[0].start, inside[-1].end) if inside else self.marks[lower[0] - 1].span
        example = f"write {sign}_{{i=1}}^N, {sign}_{{i<j}} or {sign}_i"
        return lambda why: self.refuse(f"{quote(self.source(span))} below the {sign} sign {why}", span, example)

    def letters_below_names(self) -> set[str]:
        """The letters that stand below names somewhere in the text."""
        found: set[str] = set()
        for k, mark in enumerate(self.marks[:-1]):
            if mark.kind == "sub":
                found.update(mark.value)
            if mark.kind != "under" or not k or self.marks[k - 1].kind == "binder" or self.marks[k - 1].value in ("sum", "prod"):
                continue
            first = self.marks[k + 1]
            inside = self.marks[k + 2 : first.mate] if first.kind == "open" else [first]
            found.update(c for m in inside if m.kind == "word" for c in (m.value[:1] if first is m else m.value))
            found.update(m.value for m in inside if m.kind == "greek")
        return found

    def is_one(self, bound: Bound) -> bool:
        start, stop = bound.marks
        return stop == start + 1 and self.marks[start].value == "1" and not bound.shift

    def bound(self, bound: Bound | None) -> list[Range | Step]:
        """The steps that read a bound; 1 where there is none."""
        if bound is None:
            return [lambda: self.put("NUM", Fraction(1), self.tokens[-1].span)]

        def shifted() -> None:
            self.put("PLUS" if bound.shift > 0 else "MINUS", "", self.tokens[-1].span)
            self.put("NUM", Fraction(abs(bound.shift)), self.tokens[-1].span)

        return [bound.marks, *([shifted] if bound.shift else [])]

    def holds(self, condition: Condition, span: Span) -> list[Range | Step]:
        """The steps that read a condition, as the factor 1[…] before what is summed."""

        def begin() -> None:
            self.open("IVERSON", "[", span)

        def between() -> None:
            self.close_invisible()
            self.put("CMP", "=" if condition.relation == "==" else condition.relation, span)

        def end() -> None:
            self.close_invisible()
            self.close(span)
            self.put("JUXT", "", span)

        return [begin, condition.left, between, condition.right, end]

    def set_name(self, at: Range) -> str:
        """What a set of indices is called, which may be called nothing else."""
        mark = self.marks[at[0]]
        shown = self.source(mark.span)
        others = [
            m for k, m in enumerate(self.marks) if k and m.kind == mark.kind and m.value == mark.value and self.marks[k - 1].value != "in"
        ]
        if others:
            hint = "give the set another letter"
            raise self.refuse(f"{shown} is a set of indices below a sum, and another name elsewhere", others[0].span, hint)
        return shown

    def masked(self, mask: Mask, span: Span) -> Step:
        """The factor that a set of indices is, as a matrix of zeros and ones."""
        mark = self.marks[mask.name[0]]
        name = spell_name(mark.value, "".join(mask.letters))
        whole = self.set_name(mask.name)

        def do() -> None:
            self.note(f"{name} is 1 where {', '.join(mask.letters)} belong to the set {whole}, else 0")
            self.operand("NAME", name, span)
            self.put("JUXT", "", span)

        return do

    def scripts(self, sign: str) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """What stands below and above the sign, in either order."""
        lower = upper = None
        while self.i < self.stop and self.marks[self.i].kind in ("under", "sub", "caret", "sup"):
            above = self.marks[self.i].kind in ("caret", "sup")
            if (upper if above else lower) is not None:
                break
            if above:
                upper = self.script()
            else:
                lower = self.script()
        return lower, upper

    def script(self) -> tuple[int, int]:
        """The marks of the script that begins here; goes past them."""
        at = self.marks[self.i]
        self.i += 1
        if at.kind in ("sub", "sup"):
            return self.added(Mark("num" if at.value.isdigit() else "word", at.value, at.start, at.end))
        if self.i >= self.stop:
            raise self.refuse(f"`{at.value}` has nothing after it", at.span)
        here = self.i
        first = self.marks[here]
        if first.kind == "open" and first.value in "{(":
            self.i = first.mate + 1
            if any(m.kind == "binder" or m.value in ("sum", "prod") for m in self.marks[here : first.mate]):
                raise self.refuse("a sum inside the bounds of a sum is not read", first.span, "give it a name first: M = ...; then the sum")
            return here + 1, first.mate
        if first.kind == "word" and not self.names.is_name(first.value) and len(first.value) > 1:
            size = self.names.longest(first.value, 0)
            self.marks[here] = Mark("word", first.value[size:], first.start + size, first.end)
            return self.added(Mark("word", first.value[:size], first.start, first.start + size))
        self.i += 1
        return here, here + 1

    def added(self, mark: Mark) -> tuple[int, int]:
        """A mark of our own making, kept behind the text's, and where it stands."""
        self.marks.append(mark)
        return len(self.marks) - 1, len(self.marks)

    def begin(self, op: str, index: str, span: Span) -> Step:
        return lambda: self.operand("BINDER", (op, index), span)

    def begin_bounds(self) -> None:
        at = self.tokens[-1].end_pos
        self.open("BOUNDS", "", (at, at), begins=False)

    def between_bounds(self) -> None:
        self.end_bound()
        self.put("COMMA", ",", self.tokens[-1].span)

    def end_bounds(self) -> None:
        self.end_bound()
        self.close(self.tokens[-1].span)

    def end_bound(self) -> None:
        self.close_invisible()
        if not self.ends:
            raise self.refuse("a bound of the sum is missing", self.tokens[-1].span)

    def activate(self, index: str, span: Span) -> Step:
        def do() -> None:
            if index in self.active:
                raise self.shadowed(index, span)
            self.active.add(index)
            self.frames[-1].indices.append(index)

        return do

    def shadowed(self, index: str, span: Span) -> ReadingError:
        return self.refuse(f"the index {index} is already in use here", span, "give the inner sum another index")
