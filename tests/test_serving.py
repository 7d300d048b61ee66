"""`matcalc web`: the server lets in who has the token and comes from the page, and a question cannot hold it."""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from console import python, run

import matcalc
from matcalc.errors import UsageError
from matcalc.protocol import COMMANDS
from matcalc.serving.pages import pages
from matcalc.serving.server import LONGEST_QUESTION, Server
from matcalc.serving.worker import Worker

QUESTION = {"expr": "x^T A x", "wrt": "x"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    built = tmp_path_factory.mktemp("dist")
    (built / "index.html").write_text('<!doctype html>\n<html lang="en">hello</html>')
    for name in ("app.js", "sw.js", "secret.key", "python/matcalc.pack", "vendor/katex/katex.mjs", "vendor/pyodide/pyodide.mjs"):
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        (built / name).write_text(f"// {name}")
    made = Server(pages((str(built),)), Worker(seconds=60))
    Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()
    made.worker.stop()


def send(server: Server, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    text = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
    connection.request(method, path, text, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    found = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return found


def ask(server: Server, body: object, **headers: str) -> tuple[int, dict[str, str], bytes]:
    usual = {"Origin": f"http://127.0.0.1:{server.server_port}", "Authorization": f"Bearer {server.token}"}
    return send(server, "POST", "/ask", body, **{**usual, **headers})


def test_the_page_needs_the_token_and_its_files_do_not(server: Server) -> None:
    status, headers, body = send(server, "GET", f"/?token={server.token}")
    assert status == 200 and b'data-engine="server"' in body and headers["X-Content-Type-Options"] == "nosniff"
    assert send(server, "GET", "/app.js")[::2] == (200, b"// app.js")
    assert send(server, "GET", "/vendor/katex/katex.mjs")[0] == 200
    for path in ("/", "/?token=", "/?token=wrong", f"/?nothing={server.token}"):
        status, _, body = send(server, "GET", path)
        assert status == 403 and b"token" in body


@pytest.mark.parametrize(
    "path",
    [
        "/secret.key",
        "/../secret.key",
        "/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/sw.js",
        "/python/matcalc.pack",
        "/vendor/pyodide/pyodide.mjs",
    ],
)
def test_other_files_are_not_there(server: Server, path: str) -> None:
    assert send(server, "GET", path)[0] == 404


def test_a_question_is_answered(server: Server) -> None:
    status, headers, body = ask(server, QUESTION)
    assert status == 200 and headers["Content-Type"] == "application/json"
    assert json.loads(body)["text"] == "x^T (A + A^T)"
    assert json.loads(ask(server, {"command": "check", "expr": "x^T x", "wrt": "x", "claim": "x^T"})[2])["verdict"] == "not equal"
    assert json.loads(ask(server, [1])[2])["error"]["message"] == "a question is a JSON object"


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Authorization": "Bearer wrong"}, 403),
        ({"Authorization": ""}, 403),
        ({"Authorization": "Basic YTpi"}, 403),
    ],
    ids=str,
)
def test_strangers_are_sent_away(server: Server, headers: dict[str, str], status: int) -> None:
    assert ask(server, QUESTION, **headers)[0] == status


def test_a_question_without_an_origin_is_sent_away(server: Server) -> None:
    assert send(server, "POST", "/ask", QUESTION, Authorization=f"Bearer {server.token}")[0] == 403
    assert send(server, "GET", f"/?token={server.token}", Host="rebound.example")[0] == 403


def test_what_is_no_question(server: Server) -> None:
    assert ask(server, b"{")[0] == 400
    assert ask(server, b" " * (LONGEST_QUESTION + 1))[0] == 413
    assert ask(server, QUESTION)[0] == 200


def worker(code: str, seconds: float = 30) -> Worker:
    return Worker(seconds, command=[sys.executable, "-c", code])


def test_a_question_that_takes_too_long_costs_its_process_only() -> None:
    answers = "print(json.dumps({'text': line}), flush=True)"
    slow = worker(f"import json, sys, time\nfor line in sys.stdin:\n    time.sleep(60 * ('slow' in line)); {answers}", 2)
    assert slow.ask({"expr": "quick"})["text"] == '{"expr": "quick"}\n'
    assert slow.ask({"expr": "slow"})["error"]["message"] == "no answer within 2 seconds"
    assert slow.ask({"expr": "quick"})["text"] == '{"expr": "quick"}\n'
    slow.stop()


def test_a_process_that_ends_is_told_and_replaced() -> None:
    dying = worker("import sys; sys.stdin.readline()")
    for _ in range(2):
        assert "the process that worked on this ended" in dying.ask({})["error"]["message"]
    dying.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_the_memory_of_a_process_is_limited() -> None:
    hungry = "from matcalc.commands.ask import _limit; _limit(400); bytearray(10 << 20); print('some'); bytearray(500 << 20)"
    outcome = python("-c", hungry)
    assert outcome.out == "some\n" and "MemoryError" in outcome.err


def test_want_of_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(**_: object) -> dict[str, Any]:
        raise MemoryError

    monkeypatch.setitem(COMMANDS, "d", (hungry, COMMANDS["d"][1]))
    assert matcalc.ask(QUESTION)["error"]["message"] == "this takes more memory than there is"


def test_where_the_page_was_not_built_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="has no page"):
        pages((str(tmp_path),))
    monkeypatch.setattr("matcalc.serving.pages.pages.__defaults__", ((str(tmp_path),),))
    outcome = run("web", "--no-open")
    assert outcome.code == 2 and "npm run build" in outcome.err
