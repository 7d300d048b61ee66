"""How a derivative is asked for and shown: on a terminal, in a pipe, as JSON, with its derivation and its chain."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import UsageError, printable
from .console import can_encode, complain, grid, notes_of, one_line, print_json, readings_table, spellable, split_names

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    from ..pipeline.derivative import Derivative
    from ..syntax import Binding, Program

PRETTY = "pretty"  # the spelling of --pretty
Form = tuple[str, Mapping[str, Any]] | None  # a format and the style of its LaTeX


def derive(
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    order: int,
    layout: str,
    notation: str,
    structured: str | None,
    manifold: str | None,
    along: str | None,
    wirtinger: bool,
    vectorize: bool,
    format_: str | None,
    pretty: bool,
    bold: bool,
    transpose: str | None,
    width: int | None,
    chain: bool,
    steps: str | None,
    at: str | None,
    as_json: bool,
    strict: bool,
    inline: bool,
    no_verify: bool,
    customary: bool,
) -> int:
    """What `matcalc d` was asked; `customary` where the expression stands alone, and the customary variable is taken."""
    options: dict[str, Any] = {"layout": layout, "notation": notation, "verify": not no_verify, "structured": structured}
    options |= {
        "strict": strict,
        "names": False if inline else None,
        "manifold": manifold,
        "along": along,
        "vectorize": vectorize,
        "wirtinger": wirtinger,
    }
    if chain and (order > 1 or layout != "numerator" or structured or vectorize or manifold):
        raise _misused("--chain is for first derivatives by free entries, in the numerator layout, with the sums as they stand")
    shown = form_of(format_, bold, transpose, width, pretty)
    return answer_by("derivative", expression, where, wrt, order, shown, steps, as_json, chain, at, customary, **options)


def _misused(message: str) -> Exception:
    """What Click refuses: options that do not go together."""
    import click

    return click.UsageError(message, click.get_current_context())


def form_of(format_: str | None, bold: bool, transpose: str | None, width: int | None, pretty: bool = False) -> Form:
    """The format and the style of its LaTeX; a style alone asks for LaTeX."""
    if pretty:
        if format_ or bold or transpose or width:
            raise _misused("--pretty is a spelling of its own, without --format and the options of LaTeX")
        return PRETTY, {}
    given = {"bold": bold or None, "transpose": transpose, "width": width}
    style = {name: value for name, value in given.items() if value is not None}
    if format_ not in (None, "latex", "latex-doc") and (wrong := [name for name in style if (format_, name) != ("typst", "bold")]):
        raise _misused(f"--{wrong[0]} is for LaTeX, not for --format {format_}")
    return (format_ or "latex", style) if format_ or style else None


def answer_by(
    taker: str,
    expression: str,
    where: tuple[str, ...],
    wrt: tuple[str, ...],
    order: int,
    form: Form,
    steps: str | None,
    as_json: bool,
    chain: bool = False,
    at: str | None = None,
    customary: bool = False,
    wirtinger: bool = False,
    **options: Any,
) -> int:
    """Ask matcalc's function `taker` (derivative, grad, …) and print what it answers."""
    import matcalc

    names = split_names(wrt)
    if wirtinger:
        if not names:
            raise UsageError("--wirtinger needs the variable", suggestion="--wrt z")
        twice = order == 2 or taker == "hessian"
        names = [m for n in names for m in ((f"conj({n})", n) if twice else (n, f"conj({n})"))]
    if form and chain and form[0] not in ("text", "unicode", "latex"):
        raise _misused("--chain is spelled as text, unicode or latex")
    if form and steps and form[0] in ("typst", "mathml"):
        raise _misused(f"--steps is spelled as text, unicode, latex, markdown or latex-doc, not as {form[0]}")
    by = names[0] if len(names) == 1 else names or None
    if taker == "derivative":
        options["order"] = order
    unset = [(flag, False) for flag in ("vectorize", "strict")]
    options = {key: value for key, value in options.items() if value is not None and (key, value) not in unset}
    if by is None and not customary:
        _need_one_candidate(expression, "; ".join(filter(None, where)))
    found = getattr(matcalc, taker)(expression, by, where="; ".join(filter(None, where)), **options)
    several = isinstance(found, list)
    names = names or list(dict.fromkeys(found[0].wrt if isinstance(found, list) else found.wrt))
    answers = list(zip(names, found)) if isinstance(found, list) else [("", found)]
    values = [_value_at(at, answer) if at else None for _, answer in answers]
    if as_json:
        objects = [answer.as_dict(steps or "", chain) | ({"at": at, "value": v[0]} if v else {}) for (_, answer), v in zip(answers, values)]
        print_json(objects if several else objects[0])
    elif form is None and sys.stdout.isatty():
        common = _in_common(answers)
        if common is not None:
            _draw_definitions(common[0])
        for k, ((name, answer), v) in enumerate(zip(answers, values)):
            value = f"{v[1]}   at {one_line(str(at))}" if v else ""
            _draw(answer, [name] if several else names, order, steps, chain, value, common[1][k] if common is not None else None)
    else:
        _print_lines(answers, form or ("text", {}), steps, chain, [v[1] for v in values if v])
    return 0


def _in_common(answers: Sequence[tuple[str, Derivative]]) -> tuple[Program, list[Program], list[Binding]] | None:
    """The definitions of several answers to be spelled, each answer in their names, and the definitions; None where there are none in
    common."""
    if len(answers) < 2 or not any(answer._program.bindings for _, answer in answers):
        return None
    from ..answers.shared import definitions, shared

    found = shared([answer for _, answer in answers])
    return None if found is None else (definitions(found[0]), found[1], found[0])


def _need_one_candidate(expression: str, where: str) -> None:
    """A command that is given no variable takes the only one there is, or the one that the text itself names."""
    from ..pipeline.question import Question, which_variable

    question = Question.of(expression, (), where, asks=True)
    if not question.names:
        names = question.candidates()
        if len(names) > 1:
            raise which_variable(names)


def _value_at(at: str, answer: Derivative) -> tuple[object, str]:
    """The numbers of an answer at a point, as lists and spelled."""
    from ..pipeline.point import numbers_at, spelled

    value = answer.evaluate(numbers_at(at, list(dict.fromkeys(answer.wrt))))
    return getattr(value, "tolist", lambda: value)(), spelled(value, answer.shape[0] == "1")


def _print_lines(
    answers: Sequence[tuple[str, Derivative]],
    form: tuple[str, Mapping[str, Any]],
    steps: str | None,
    chain: bool,
    values: Sequence[str] = (),
) -> None:
    """For a pipe: what was assumed to stderr, then the formula (its value, where a point is given), alone on its line, to stdout."""
    format_, style = form
    notes = {note: None for _, answer in answers for note in (*notes_of(answer), *(answer.chain.assumptions if chain else ()))}
    for note in notes:
        complain(f"note: {one_line(note)}")
    if format_ == "latex-doc" and not chain:
        from ..pipeline.derivative import document_of

        print(document_of([answer for _, answer in answers], **style))
        return
    common = None if chain or values or steps else _in_common(answers)
    if common is not None:
        _print_formula("", answers[0][1], format_, style, common[0], common[2])
    for k, (name, answer) in enumerate(answers):
        label = f"{one_line(name)}: " if name else ""
        if steps and format_ != "latex-doc":
            _print_steps(answer, steps, format_, style)
        if chain:
            print(answer.chain.spell(format_ if format_ != "unicode" or can_encode(answer.chain.unicode) else "text"))
            continue
        if values:
            print(label + values[k])
            continue
        shown, defined = (common[1][k], common[2]) if common is not None else (None, [])
        _print_formula(label, answer, format_, style, shown, defined)


def _print_formula(
    label: str, answer: Derivative, format_: str, style: Mapping[str, Any], shown: Program | None, defined: Sequence[Binding]
) -> None:
    """The formula of an answer behind its label; `shown` where it stands in names that several answers share, or is their definitions."""
    if format_ == PRETTY:
        _print_drawing(label, answer, shown)
        return
    if shown is not None:
        formula = answer._styled(format_, style, shown, defined)
    else:
        formula = answer.spell(format_) if not style else answer.to_typst(**style) if format_ == "typst" else answer.to_latex(**style)
    if format_ == "unicode" and not can_encode(formula):
        complain("note: this output cannot carry Unicode; the formula is spelled in ASCII")
        formula = answer.text if shown is None else answer._styled("text", {}, shown)
    print(label + formula)


def _print_drawing(label: str, answer: Derivative, shown: Program | None) -> None:
    """The formula in two dimensions, in the width of the terminal, or 80 columns."""
    from shutil import get_terminal_size

    width = get_terminal_size().columns
    lines = answer.lines(width, shown=shown)
    if not can_encode("".join(lines)):
        complain("note: this output cannot carry Unicode; the formula is spelled in ASCII")
        lines = answer.lines(width, "text", shown)
    print("\n".join([label.strip(), *lines] if label else lines))


def _print_steps(answer: Derivative, level: str, format_: str, style: Mapping[str, Any]) -> None:
    """The derivation before the answer: in columns, or as an `align*` of LaTeX."""
    shown = answer.steps.at(level)
    if format_ in ("latex", "markdown"):
        found = answer.latex_steps(level, **style)
        print(found if format_ == "latex" else f"$$\n{found.replace('{align*}', '{aligned}')}\n$$\n")
        return
    text = shown.text("unicode" if format_ in ("unicode", PRETTY) else "text")
    print("\n".join(map(printable, (text if can_encode(text) else shown.text()).split("\n"))) + "\n")


BESIDE = 100  # columns of a screen that has room for rules beside the lines of a derivation


def _draw_definitions(definitions: Program) -> None:
    """For a terminal: what the names of the answers that follow stand for, a line each where one is too short."""
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    from ..printing.formats import on_screen

    console = Console(highlight=False)
    width = max(1, console.width - 6)
    lines = on_screen(definitions, width)
    if not can_encode("".join(lines)):
        lines = on_screen(definitions, width, "text")
    console.print(Panel(Text("\n".join(lines), style="bold"), title="where", title_align="left", padding=(1, 2), expand=False))


def _draw(
    answer: Derivative, wrt: Sequence[str], order: int, steps: str | None, chain: bool, value: str = "", shown: Program | None = None
) -> None:
    """For a terminal: the formula as in a book, and under it what one must know to use it."""
    from rich.console import Console, Group
    from rich.panel import Panel
    from rich.text import Text

    facts = grid()
    console = Console(highlight=False)
    lines = answer.lines(max(1, console.width - 6), shown=shown)  # the frame and its padding
    if not can_encode("".join(lines)):
        lines = answer.lines(max(1, console.width - 6), "text", shown)
    if len(lines) > 1:
        facts.add_row("text", _Formula(answer.text, ""))
    if value:
        facts.add_row("value", Text(printable(value), style="bold"))
    facts.add_row("shape", Text(spellable(answer._shape_words)))
    if answer._has_layout:
        facts.add_row("layout", Text(answer.layout))
    if answer.readings:
        facts.add_row("read as", readings_table(answer.readings))
    if answer.where:
        facts.add_row("where", Text(printable(answer.where)))
    for k, assumption in enumerate(a for a in answer.assumptions if not any(r.tells(a) for r in answer.readings)):
        facts.add_row("assumed" if k == 0 else "", Text(printable(assumption), style="yellow"))
    if steps:
        facts.add_row("steps", _table(answer, steps, console.width))
    if chain:
        form = "unicode" if can_encode(answer.unicode) else "text"
        for k, (partial, value, dims) in enumerate(answer.chain.lines(form)):
            facts.add_row("chain" if k == 0 else "", Text(f"{partial} = {one_line(value)}   {spellable(dims.replace(' x ', '×'))}"))
    if answer.check:
        facts.add_row("verified", Text(str(answer.check), style="green"))
    else:
        facts.add_row("unverified", Text(printable(notes_of(answer)[-1]), style="yellow"))

    power = f"^{order}" if order > 1 else ""
    below = f"d{wrt[0]}{power}" if len(wrt) == 1 else " ".join(f"d{name}" for name in wrt)
    below = f"d({', '.join(wrt)}){power}" if answer._origin is None else below  # several numbers at once
    along = (answer._manifold or {}).get("along", "")
    title = Text((f"Hess[{along}]" if along else "grad") if answer._manifold else f"d{power}/{one_line(below)}")
    body = Group(Text("\n".join(lines), style="bold"), "", facts)
    console.print(Panel(body, title=title, title_align="left", padding=(1, 2), expand=False))


class _Formula:
    """A formula for a cell of a table, cut to its width."""

    def __init__(self, line: str, style: str = "bold") -> None:
        self.line, self.style = line, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from rich.text import Text

        from ..printing.lines import fitted

        yield Text("\n".join(fitted(self.line, options.max_width)), style=self.style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        whole = len(self.line)
        return Measurement(min(whole, max(map(len, self.line.split(" ")))), whole)


def _table(answer: Derivative, level: str, width: int) -> Table:
    """The derivation as a table, aligned on "=": each line with its rule and source beside it, on a narrow screen below it."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    beside = width >= BESIDE
    if beside:
        table.add_column(overflow="fold")
    for left, right, rule, source in answer.steps.at(level).rows("unicode" if can_encode(answer.unicode) else "text"):
        headed = not left and " = " in right
        why = Text.assemble((printable(rule), "" if beside else "dim"), (f"  {source}" if source != rule else "", "dim"))
        line = _Formula(printable(right))
        start = [Text(printable(left), style="bold"), Text("" if headed else "=", style="bold")]
        table.add_row(*start, line, *([why] if beside else []))
        if not beside and rule:
            table.add_row("", "", why)
    return table
