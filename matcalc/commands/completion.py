"""`matcalc completion`: what makes a shell complete the commands and options of matcalc."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command(
    "completion",
    epilog="""\b
To have it now and in every new shell:
  bash   matcalc completion bash >> ~/.bashrc; exec bash
  zsh    matcalc completion zsh >> ~/.zshrc; exec zsh
  fish   matcalc completion fish > ~/.config/fish/completions/matcalc.fish""",
)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> int:
    """Print the script that completes commands, options and their values in SHELL with the tabulator key."""
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root()
    kind = get_completion_class(shell)
    assert kind is not None
    print(kind(root.command, {}, "matcalc", "_MATCALC_COMPLETE").source_template % _names())
    return 0


def _names() -> dict[str, str]:
    """What Click's templates ask for. Its own method asks bash for its version first, which need not be installed here."""
    return {"complete_func": "_matcalc_completion", "complete_var": "_MATCALC_COMPLETE", "prog_name": "matcalc"}
