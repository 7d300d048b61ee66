"""Sum and product signs: their index, their bounds, and where an index is in use."""

from __future__ import annotations

from ..errors import ReadingError, Span
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
        indices, start = self.index_names(lower, sign)
        if start is None and upper:
            hint = f"write {sign}_{{{indices[0]}=1}}^N"
            raise self.refuse(f"the {sign} over {indices[0]} has an upper bound and no lower one", mark.span, hint)
        if start is not None and upper is None:
            hint = f"write {sign}_{{{indices[0]}=1}}^N, or {sign}_{indices[0]} for all there are"
            raise self.refuse(f"the {sign} over {indices[0]} has no upper bound", mark.span, hint)
        steps: list[tuple[int, int] | Step] = []
        for index in indices:
            steps.append(self.begin(op, index, mark.span))
            if start is not None and upper is not None:
                steps += [self.begin_bounds, start, self.between_bounds, upper, self.end_bounds]
            steps.append(self.activate(index, mark.span))
        self.later(*steps)

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

    def index_names(self, lower: tuple[int, int], sign: str) -> tuple[list[str], tuple[int, int] | None]:
        """`i`, `i,j`, `i=1`: the indices, and the marks of the lower bound."""
        inside = self.marks[lower[0] : lower[1]]
        span = (inside[0].start, inside[-1].end) if inside else self.marks[lower[0]].span
        example = f"write {sign}_{{i=1}}^N"
        at = next((k for k, m in enumerate(inside) if m.kind in ("cmp", "in")), len(inside))
        if at < len(inside) and inside[at].value != "=":
            raise self.refuse(f"{quote(self.source(span))} below the {sign} sign is not read yet", span, example)
        indices: list[str] = []
        for k, mark in enumerate(inside[:at]):
            if k % 2 == 0 and mark.kind in ("word", "greek") and len(self.names.cut(mark.value)) == 1:
                indices.append(mark.value)
            elif k % 2 == 0 or mark.kind != "comma":
                raise self.refuse(f"{quote(self.source(span))} below the {sign} sign gives no index", span, example)
        if not indices or at % 2 == 0:
            raise self.refuse(f"the {sign} sign has no index below it", span, example)
        for index in indices:
            if index in self.names.variables and index not in self.active:
                raise self.refuse(f"the index {index} of the {sign} is also the name of a variable", span, "give the index another letter")
        return indices, (lower[0] + at + 1, lower[1]) if at < len(inside) else None

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
