"""An HTTP server on the loopback interface that serves a folder, and misbehaves on request."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from support.serving import LoopbackServer

# A fault takes the request's handler and the file's bytes, and answers in its own way.
Fault = Callable[["Handler", bytes], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.lstrip("/")
        owner = self.server.owner
        with owner.mutex:
            owner.requests.append(name)
            owner.headers.append(dict(self.headers.items()))
            owner.counts[name] += 1
            faults = owner.faults.get(name, [])
            fault = faults.pop(0) if faults else owner.always.get(name)
        file = owner.folder / name
        if not file.is_file() or ".." in name:
            self.answer(404, b"no such file\n")
            return
        content = file.read_bytes()
        if fault is not None:
            fault(self, content)
        else:
            self.answer(200, content)

    def answer(self, status: int, content: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


class WheelServer(LoopbackServer):
    """Use as a context manager. `faults[name]` are used up one a request; `always` stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.headers: list[dict[str, str]] = []
        self.counts: Counter[str] = Counter()
        self.faults: dict[str, list[Fault]] = {}
        self.always: dict[str, Fault] = {}
        super().__init__(Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def with_tls(self, context: ssl.SSLContext) -> str:
        """From now on the server speaks TLS; returns its new URL."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        return f"https://localhost:{self.port}"


def status(code: int) -> Fault:
    return lambda handler, _: handler.answer(code, b"fault\n")


def hang_up(handler: Handler, content: bytes) -> None:
    """Promises all, sends half, and closes the connection."""
    handler.answer(200, content[: len(content) // 2], length=len(content))
    handler.close_connection = True


def other_content(handler: Handler, content: bytes) -> None:
    """The right length, another last byte."""
    handler.answer(200, content[:-1] + bytes([content[-1] ^ 1]))


def shorter(handler: Handler, content: bytes) -> None:
    """A whole answer, but of a file that is too short."""
    handler.answer(200, content[: len(content) // 2])


def needs_password(user_and_password: str) -> Fault:
    import base64

    expected = "Basic " + base64.b64encode(user_and_password.encode()).decode()

    def answer(handler: Handler, content: bytes) -> None:
        if handler.headers.get("Authorization") == expected:
            handler.answer(200, content)
        else:
            handler.send_response(401)
            handler.send_header("WWW-Authenticate", 'Basic realm="tests"')
            handler.send_header("Content-Length", "0")
            handler.end_headers()

    return answer
