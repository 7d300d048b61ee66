"""`matcalc web`: the page in a browser, answered by this installation."""

from __future__ import annotations

import sys

import click


@click.command(
    "web",
    epilog="""\b
Examples:
  matcalc web                        start, and open the browser
  matcalc web --no-open --port 8000  print the address only; Ctrl+C ends it

Only this machine is served: the address has a token that is new with every start.""",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The port; a free one where none is given.")
@click.option("--no-open", is_flag=True, help="Print the address and leave the browser alone.")
@click.option(
    "--limit", type=click.FloatRange(min=0, min_open=True), default=30, show_default=True, metavar="SECONDS", help="For a question."
)
@click.option("--memory", type=click.IntRange(min=256), default=2048, show_default=True, metavar="MB", help="For a question.")
def command(port: int, no_open: bool, limit: float, memory: int) -> int:
    """Serve the page of matcalc to this machine's browser, with this installation as its engine."""
    from ..errors import UsageError
    from ..serving.pages import pages
    from ..serving.server import Server
    from ..serving.worker import Worker

    worker = Worker(limit, memory)
    try:
        server = Server(pages(), worker, port)
    except OSError as error:
        raise UsageError(f"port {port} cannot be had: {error.strerror or error}") from None
    print(server.url, flush=True)
    print("note: Ctrl+C ends it", file=sys.stderr)
    if not no_open:
        import webbrowser

        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        worker.stop()
    return 0
