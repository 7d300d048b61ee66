"""The server on 127.0.0.1: the page's files, and `POST /ask`. It lets in only who has the token and comes from the page itself."""

from __future__ import annotations

import json
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .pages import Pages
from .worker import Worker

LONGEST_QUESTION = 200_000  # bytes
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class Server(ThreadingHTTPServer):
    """Serves `pages` and lets `worker` answer. `url` is the address to open; its token is new with every start."""

    daemon_threads = True

    def __init__(self, pages: Pages, worker: Worker, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.pages, self.worker = pages, worker
        self.token = secrets.token_urlsafe(24)
        self.hosts = {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/?token={self.token}"


class Handler(BaseHTTPRequestHandler):
    """One request. What is wrong with it is said by a status and a line of text, and nothing else."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds for a client that says nothing

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        name = address.path.lstrip("/")
        if not self._own_host():
            return self._say(403, "this server answers on 127.0.0.1 only")
        if not name and not self._knows(parse_qs(address.query).get("token", [""])[0]):
            return self._say(403, "open the address that `matcalc web` printed: it has a token")
        found = self.server.pages.get(name)
        return self._say(404, "there is no such file") if found is None else self._send(200, *found)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if not length.isdecimal() or int(length) > LONGEST_QUESTION:
            self.close_connection = True
            return self._say(413, "the question is too long")
        body = self.rfile.read(int(length))
        if not self._own_host() or self.headers.get("Origin") not in {f"http://{host}" for host in self.server.hosts}:
            return self._say(403, "questions come from the page itself")
        if scheme != "Bearer" or not self._knows(token):
            return self._say(403, "the token is wrong")
        if self.path != "/ask":
            return self._say(404, "questions go to /ask")
        try:
            question: Any = json.loads(body)
        except (ValueError, RecursionError):
            return self._say(400, "a question is JSON")
        return self._send(200, "application/json", json.dumps(self.server.worker.ask(question)).encode())

    def _own_host(self) -> bool:
        """Whether the request names this server: a page elsewhere whose name was made to lead here does not."""
        return self.headers.get("Host") in self.server.hosts

    def _knows(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self.server.token.encode())

    def _say(self, status: int, words: str) -> None:
        self._send(status, "text/plain; charset=utf-8", words.encode() + b"\n")

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the addresses have the token in them."""
