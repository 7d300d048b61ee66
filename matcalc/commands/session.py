"""`matcalc` alone on a terminal: formulas one after the other, whose names keep their declarations."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from ..codegen.targets import TARGETS
from ..errors import MatcalcError, UsageError, printable

HELP = """\
A formula             its derivative: x^T A x
A in S^n; x in R^n    a declaration, kept until :forget
ans                   the last answer, in a formula
:by x, y              differentiate by these; :by alone lets matcalc choose
:hessian  :grad  :jacobian  :d         of the last formula, or of one that follows
:steps [full]  :latex  :text           of the last answer
:code [numpy|jax|torch|octave|r|…]     a program with it, in any language of matcalc code
:check CLAIM          is this the derivative of the last formula?
:shapes               the parts of the last formula, and how each name was read
:layout numerator|denominator|strict
:where                what is declared;  :forget [A, x]  forgets it
:help  :quit"""
COMMANDS = tuple(dict.fromkeys(re.findall(r":[a-z]+", HELP)))
LAYOUTS = ("numerator", "denominator", "strict")
HISTORY = "~/.matcalc_history"
WORDS = {"exit", *(name[1:] for name in COMMANDS if len(name) > 4)}  # who leaves the colon out means the command as well
TAKEN = {"full", "brief", *TARGETS, *LAYOUTS}
LATEX = [
    rf"\{word}"
    for word in "frac sqrt sum prod log exp det operatorname mathbf mathbb top odot otimes circ in lVert rVert nabla partial".split()
]
_ANS = re.compile(r"(?<![\w\\])ans(?!\w)")


class Session:
    """What was declared and asked so far. `answer` gives the text for a line, and raises MatcalcError for what is refused."""

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}
        self.wrt: list[str] = []
        self.layout = "numerator"
        self.taker = "derivative"
        self.text = ""  # the last formula
        self.last: list[Any] = []  # the derivatives of it

    @property
    def where(self) -> str:
        return "; ".join(self.declared.values())

    def answer(self, line: str) -> str:
        """What one line gets."""
        line = line.strip()
        if not line:
            return ""
        if line.startswith(":"):
            name, _, rest = line.partition(" ")
            found: Callable[[str], str] | None = getattr(self, f"_{name[1:]}", None) if name in COMMANDS else None
            if found is None:
                raise UsageError(f"no command {name}", suggestion=f"there are: {' '.join(COMMANDS)}")
            return found(rest.strip())
        word, _, rest = line.partition(" ")
        if word in WORDS and word not in self.declared and (not rest or rest in TAKEN):
            return self.answer(f":{'quit' if word == 'exit' else line}")
        if word == "where" and (declared := self._declare(rest)):
            return declared
        return self._declare(line) or self._differentiate(line)

    def names(self) -> list[str]:
        """What may be completed: commands, names, functions."""
        from ..ops import function_names
        from ..syntax import GREEK

        greek = sorted(rf"\{word}" for word in GREEK)
        used = [reading.name for d in self.last for reading in d.readings]
        return [*COMMANDS, "ans", *dict.fromkeys([*self.declared, *used]), *sorted(function_names()), *greek, *LATEX]

    def _declare(self, line: str) -> str:
        from ..inference.declarations import spell_declaration
        from ..pipeline.question import declarations_in

        if "=" in line or not re.search(r"\bin\b|\\in\b|∈|:", line):
            return ""
        try:
            given = declarations_in(line)
        except MatcalcError:
            return ""
        self.declared |= {d.name: spell_declaration(d) for d in given}
        return self.where

    def _differentiate(self, line: str) -> str:
        import matcalc

        text = _ANS.sub(lambda _: f"({self._one().text})", line)
        by: Any = self.wrt[0] if len(self.wrt) == 1 else self.wrt or None
        layout = {"layout": self.layout} if self.taker == "derivative" else {}
        try:
            found = getattr(matcalc, self.taker)(text, by, where=self.where, **layout)
        except UsageError as error:
            raise UsageError(error.message, suggestion=(error.suggestion or "").replace("--wrt", ":by") or None) from None
        self.text, self.last = text, found if isinstance(found, list) else [found]
        return "\n".join(self._shown(d) for d in self.last)

    def _shown(self, d: Any) -> str:
        from .console import notes_of

        notes = [f"note: {note}" for note in notes_of(d)]
        shape = f"{d._shape_words}, {d.layout}" if d._has_layout else d._shape_words
        head = f"{', '.join(dict.fromkeys(d.wrt))}: " if len(self.last) > 1 else ""
        return "\n".join([*notes, f"{head}{d.unicode}", f"  {shape}; {d.check or 'not checked'}"])

    def _one(self) -> Any:
        if not self.last:
            raise UsageError("there is no answer yet")
        return self.last[0]

    # ---- the commands, by their names

    def _by(self, rest: str) -> str:
        from .console import split_names

        self.wrt = [n for n in split_names([rest]) if n]
        return ""

    def _taken(self, taker: str, rest: str) -> str:
        self.taker, text = taker, rest or self.text
        try:
            return self._differentiate(text) if text else ""
        finally:
            self.taker = "derivative"

    def _d(self, rest: str) -> str:
        return self._taken("derivative", rest)

    def _grad(self, rest: str) -> str:
        return self._taken("grad", rest)

    def _jacobian(self, rest: str) -> str:
        return self._taken("jacobian", rest)

    def _hessian(self, rest: str) -> str:
        return self._taken("hessian", rest)

    def _steps(self, rest: str) -> str:
        self._one()
        return "\n\n".join(d.steps.at(rest or "brief").text("unicode") for d in self.last)

    def _latex(self, rest: str) -> str:
        self._one()
        return "\n".join(d.latex for d in self.last)

    def _text(self, rest: str) -> str:
        self._one()
        return "\n".join(d.text for d in self.last)

    def _code(self, rest: str) -> str:
        import matcalc

        self._one()
        return matcalc.code(self.last, rest or "numpy").rstrip()

    def _check(self, rest: str) -> str:
        import matcalc

        d = self._one()
        verdict = matcalc.check(self.text, d.wrt[0], rest, where=self.where, order=d.order, layout=d.layout)
        return ": ".join(filter(None, [verdict.verdict, "; ".join(verdict.diagnosis)]))

    def _shapes(self, rest: str) -> str:
        import matcalc

        if not (rest or self.text):
            raise UsageError("there is no formula yet")
        read = matcalc.parse(rest or self.text, self.where)
        parts = [f"{text}   {shape}" for text, shape in read.subexpressions()]
        return "\n".join([*parts, "", *(f"{r.clause}   {r.because}" for r in read.readings)])

    def _layout(self, rest: str) -> str:
        if rest not in LAYOUTS:
            raise UsageError(f"unknown layout {rest!r}", suggestion=f"there are: {', '.join(LAYOUTS)}")
        self.layout = rest
        return ""

    def _where(self, rest: str) -> str:
        return self.where or "nothing is declared"

    def _forget(self, rest: str) -> str:
        from .console import split_names

        for name in split_names([rest]) if rest else list(self.declared):
            self.declared.pop(name, None)
        return self.where

    def _help(self, rest: str) -> str:
        return HELP

    def _quit(self, rest: str) -> str:
        raise EOFError


def run(session: Session, lines: Iterator[str]) -> int:
    """Answer line after line until there are no more, or :quit."""
    for line in lines:
        try:
            text = session.answer(line)
        except MatcalcError as error:
            text = f"error: {error}"
        except KeyboardInterrupt:
            text = "interrupted"
        except EOFError:
            break
        if text:
            print("\n".join(printable(one) for one in text.split("\n")), flush=True)
    return 0


def typed(session: Session) -> Iterator[str]:
    """The lines that somebody types, with completion, and a history that is kept."""
    from .._version import __version__

    print(f"matcalc {__version__}; :help says what there is, :quit leaves")
    prompt = "∂ " if (sys.stdout.encoding or "").lower().startswith("utf") else "> "
    read, leave = _toolkit(session) or _readline(session)
    try:
        while True:
            try:
                yield read(prompt)
            except EOFError:
                print()
                return
            except KeyboardInterrupt:
                print()
    finally:
        leave()


Editor = tuple[Callable[[str], str], Callable[[], None]]  # how a line is read, and what is done at the end


def _toolkit(session: Session) -> Editor | None:
    """Prompt Toolkit, where it is installed (`pip install 'matcalc-symbolic[repl]'`) and the terminal can show it."""
    if os.environ.get("TERM") == "dumb":
        return None
    try:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import WordCompleter
        from prompt_toolkit.history import FileHistory
    except ImportError:
        return None
    completer = WordCompleter(session.names, pattern=re.compile(r"\w+[:\\]?|[:\\]"))  # it is matched from the end backwards
    history = FileHistory(os.path.expanduser(f"{HISTORY}_lines"))
    return PromptSession[str](history=history, completer=completer, complete_while_typing=False).prompt, lambda: None


def _readline(session: Session) -> Editor:
    """The line editor of the system; Windows has another one by itself."""
    try:
        import readline
    except ImportError:
        return input, lambda: None
    path = os.path.expanduser(HISTORY)

    def complete(begun: str, k: int) -> str | None:
        return next(iter([n for n in session.names() if n.startswith(begun)][k : k + 1]), None)

    def keep() -> None:
        with suppress(OSError):
            readline.write_history_file(path)

    with suppress(OSError):
        readline.read_history_file(path)
    readline.set_completer_delims(" \t\n+-*/^()[]{},;=|&")
    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")
    return input, keep
