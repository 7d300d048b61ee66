"""`matcalc rules`: the rule book, and one rule with an example that is run."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .console import grid, print_json

if TYPE_CHECKING:
    from ..derivation.rulebook import Rule


@click.command(
    "rules",
    epilog="""\b
Examples:
  matcalc rules                                  every rule, with its statement
  matcalc rules differential of the inverse      one rule: statement, condition, source, an example
  matcalc rules trace                            the rules with this word

Exit code: 0 answered, 2 no such rule.""",
)
@click.argument("name", metavar="[NAME or WORDS]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
def command(name: tuple[str, ...], as_json: bool) -> int:
    """The rule book: every rule has a name, a statement, a condition and a source. `d --steps` refers to it."""
    from ..derivation.rulebook import nearest, rule, rules, search

    wanted = " ".join(name)
    exact = [r for r in rules() if r.name.casefold() == wanted.casefold()]
    found = exact or (search(wanted) if wanted else rules())
    if not found:
        rule(wanted)  # says what there is instead
        raise UsageError(f"no rule has {wanted!r} in it", suggestion=", ".join(nearest(wanted)))
    if len(found) == 1:
        _print_one(found[0], as_json)
    elif as_json:
        print_json([r.as_dict() for r in found])
    elif sys.stdout.isatty():
        _draw_list(found)
    else:
        width = min(50, max(len(r.name) for r in found))
        for r in found:
            print(f"{r.name:<{width}}  {r.statement}")
    return 0


def run_example(rule: Rule) -> tuple[str, str]:
    """The command line of the rule's example, and what it prints; empty for a rule without one."""
    from ..pipeline.derive import one_derivative
    from ..pipeline.question import Options, Question

    if not rule.example:
        return "", ""
    expr, wrt, where, notation = rule.asked()
    words = ["matcalc", "d", expr, "--wrt", ",".join(dict.fromkeys(wrt)), *(["--where", where] if where else [])]
    words += ["--order", str(len(wrt))] if len(wrt) > 1 else []
    words += ["--notation", notation] if notation != "auto" else []
    answer = one_derivative(Question.of(expr, wrt, where, Options(len(wrt), notation=notation)))
    return " ".join(map(_quoted, words)), answer.text


def _quoted(word: str) -> str:
    """A word for the shell, in the quotes that people use."""
    return word if shlex.quote(word) == word else f'"{word}"' if not set(word) & set('"$`\\!') else shlex.quote(word)


def _print_one(rule: Rule, as_json: bool) -> None:
    line, answer = run_example(rule)
    if as_json:
        print_json({**rule.as_dict(), "command": line, "answer": answer})
        return
    rows = [("rule", rule.name), ("statement", rule.statement), ("condition", rule.condition), ("source", rule.source)]
    rows += [("chapter", rule.chapter), ("example", line), ("", answer)]
    for label, text in rows:
        if text:
            print(f"{label:<9}  {text}")


def _draw_list(found: list[Rule]) -> None:
    from rich.console import Console
    from rich.text import Text

    table = grid("default")
    for r in found:
        table.add_row(Text(r.name, style="bold"), Text(r.statement))
    Console(highlight=False).print(table)
