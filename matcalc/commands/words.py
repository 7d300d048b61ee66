"""How the commands take EXPR and its declarations, for Click."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import click

from .console import cut, read_word
from .options import DECLARATIONS

LONG_OPTION = re.compile(r"(--[A-Za-z][A-Za-z-]+)(=.*)?", re.DOTALL)
SHORT_OPTION = re.compile(r"(-[A-Za-z])")
SECOND_WORD = "matcalc.second"  # the claim, where it stands behind EXPR without its option
# An expression may begin with a minus, so that unknown options pass to EXPR, where read_expression looks at them; and
# these commands have no one-letter options, which a "-x^T x" would be taken for.
EXPRESSION_SETTINGS = {"ignore_unknown_options": True}


class OptionalWords(click.Command):
    """A command some of whose options take a word or none: `--steps full`, or `--steps` before the expression."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        optional = {name: p for p in self.params if isinstance(p, click.Option) and isinstance(p.type, click.Choice) for name in p.opts}
        return super().parse_args(ctx, [_with_word(optional.get(a), a, args[k + 1 : k + 2]) for k, a in enumerate(args)])


def _with_word(option: click.Option | None, word: str, following: Sequence[str]) -> str:
    """`--steps=brief` for a `--steps` that no level follows."""
    if option is None or not isinstance(option.flag_value, str) or not isinstance(option.type, click.Choice):
        return word
    return word if following and following[0] in option.type.choices else f"{word}={option.flag_value}"


def read_expression(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> str:
    """The one expression among the words that are no known option; `-` stands for standard input. A command with a claim takes it as the
    second word too."""
    for word in words:
        unknown = LONG_OPTION.fullmatch(word) or (len(words) > 1 and SHORT_OPTION.fullmatch(word))
        if unknown:
            from difflib import get_close_matches

            name = unknown.group(1)
            options = [option for p in ctx.command.params for option in p.opts if option.startswith("--")]
            valued = [(p.opts[0], p.type.choices) for p in ctx.command.params if isinstance(p.type, click.Choice)]
            meant = [f"{option} {name[2:]}" for option, values in valued if name[2:] in values]  # --latex
            raise click.NoSuchOption(name, possibilities=meant or get_close_matches(name, options, cutoff=0.7), ctx=ctx)
    if not words:
        raise click.UsageError('no expression; write it in quotes: "x^T A x", or - to read it from standard input', ctx)
    if (
        len(words) == 2 and any(p.name == "claim" for p in ctx.command.params) and not _way_out(ctx, words).startswith("-")
    ):  # check "x^T A x" "2 x^T A"
        ctx.meta[SECOND_WORD] = read_word(words[1])
    elif len(words) > 1:
        found = ", ".join(repr(cut(word, 30)) for word in words[:4])
        raise click.UsageError(f"one expression is wanted, {len(words)} were given: {found}; {_way_out(ctx, words)}", ctx)
    return read_word(words[0])


def _way_out(ctx: click.Context, words: tuple[str, ...]) -> str:
    """What else was meant by several words: a choice of an option that is spelt otherwise, an expression without quotes."""
    options = {option: p for p in ctx.command.params for option in p.opts if option.startswith("--")}
    for option, p in options.items():
        if isinstance(p.type, click.Choice):
            choices = [str(c) for c in p.type.choices]
            if any(len(word) > 3 and c.startswith(word) for word in words[1:] for c in choices):
                return f"{option} takes {' or '.join(choices)}"
    return "write it in quotes"


def takes_expression(function: Callable[..., int]) -> Callable[..., int]:
    """EXPR and --where, which every command on an expression takes."""
    function = click.option("--where", multiple=True, metavar="DECLS", help=DECLARATIONS)(function)
    return click.argument("expression", metavar="EXPR", nargs=-1, type=click.UNPROCESSED, callback=read_expression)(function)
