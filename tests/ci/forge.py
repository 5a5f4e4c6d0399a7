"""A forge on the loopback address: what GitHub's and GitLab's API answer to the scripts that post a comment."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, bytes | Any]
"""A status, and a body: bytes, or what becomes JSON; with 302 the path that a client is sent to."""


@dataclass
class Forge:
    """`routes`: (method, path without its query) -> answer. `asked` is all that was asked, in order."""

    routes: dict[tuple[str, str], Answer]
    address: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    bodies: list[Any] = field(default_factory=list[Any])
    headers: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])  # by path

    def written(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.asked if method != "GET"]


@contextmanager
def serving(forge: Forge) -> Generator[Forge]:
    """Answer until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(forge))
    forge.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(forge: Forge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            forge.asked.append((self.command, path))
            forge.headers[path] = {name.lower(): value for name, value in self.headers.items()}
            length = int(self.headers.get("Content-Length") or 0)
            if length:
                forge.bodies.append(json.loads(self.rfile.read(length)))
            status, body = forge.routes.get((self.command, path), (404, {"message": "not found"}))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", forge.address + body)
                body = b""
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = _answer

        def log_message(self, *_: Callable[..., Any]) -> None:
            """Say nothing: a test's output is its own."""

    return Handler
