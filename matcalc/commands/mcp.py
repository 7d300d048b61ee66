"""`matcalc mcp`: tools for assistants."""

from __future__ import annotations

import click


@click.command(
    "mcp",
    epilog="""\b
In the settings of an assistant that speaks the Model Context Protocol:
  {"mcpServers": {"matcalc": {"command": "matcalc", "args": ["mcp"]}}}
Tools: derivative, check, code, steps, rules. Needs: pip install 'matcalc-symbolic[mcp]'""",
)
def command() -> int:
    """Serve assistants on standard input and output, by the Model Context Protocol, until they go."""
    from ..assistants import server

    server().run("stdio")
    return 0
