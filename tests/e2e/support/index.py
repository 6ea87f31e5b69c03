"""A package index on the loopback interface (PEP 503, PEP 691) over a folder of wheels."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from support.serving import LoopbackServer

JSON_TYPE = "application/vnd.pypi.simple.v1+json"


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        index = self.server.owner
        with index.mutex:
            index.requests.append(self.path)
            index.on_request()
        if index.password and self.headers.get("Authorization") != index.authorization():
            self.answer(401, "text/plain", b"", {"WWW-Authenticate": 'Basic realm="tests"'})
            return
        parts = self.path.strip("/").split("/")
        if index.moved and parts[0] in ("simple", "page.html"):
            self.answer(301, "text/plain", b"", {"Location": f"/moved/to{self.path}"})
            return
        parts = parts[2:] if parts[:2] == ["moved", "to"] else parts
        if parts[0] == "simple" and len(parts) == 2:
            self.answer_project(index, parts[1])
        elif parts[0] == "page.html":
            self.answer_text("text/html", index.page(index.files(), "files/"))
        elif parts[0] == "files" and (index.folder / parts[-1]).is_file():
            content = (index.folder / parts[-1]).read_bytes()
            self.answer(200, "application/zip", content, {"Cache-Control": "max-age=31536000"})
        else:
            self.answer(404, "text/plain", b"")

    do_HEAD = do_GET

    def answer_project(self, index: PackageIndex, name: str) -> None:
        files = index.files(name)
        if not files:
            self.answer(404, "text/plain", b"")
        elif index.json and JSON_TYPE in self.headers.get("Accept", ""):
            self.answer_text(JSON_TYPE, index.listing(name))
        else:
            self.answer_text("text/html", index.page(files, "../../files/"))

    def answer_text(self, kind: str, text: str) -> None:
        content, headers = text.encode(), {}
        if self.server.owner.compressed:
            content, headers = gzip.compress(content), {"Content-Encoding": "gzip"}
        self.answer(200, kind, content, headers)

    def answer(
        self, status: int, kind: str, content: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


class PackageIndex(LoopbackServer):
    """Use as a context manager. With `password` ("user:word") nobody else is let in."""

    def __init__(self, folder: Path, *, password: str = "") -> None:
        self.folder = folder
        self.password = password
        self.json = True
        self.compressed = False  # pages come with gzip, whether that was asked for or not
        self.moved = False  # pages are elsewhere
        self.yanked: dict[str, str] = {}  # the reason, by the file's name
        self.requires_python: dict[str, str] = {}
        self.on_request: Callable[[], None] = lambda: None
        super().__init__(Handler)

    def files(self, name: str = "") -> list[Path]:
        return [
            file
            for file in sorted(self.folder.iterdir())
            if name in ("", normalized(file.name.split("-")[0]))
        ]

    def listing(self, name: str) -> str:
        """The project's page by PEP 691."""
        files = []
        for file in self.files(name):
            entry = {
                "filename": file.name,
                "url": f"../../files/{file.name}",
                "size": file.stat().st_size,
                "hashes": {"sha256": digest(file)},
                "yanked": self.yanked.get(file.name, False),
            }
            if file.name in self.requires_python:
                entry["requires-python"] = self.requires_python[file.name]
            files.append(entry)
        return json.dumps({"meta": {"api-version": "1.0"}, "name": name, "files": files})

    def page(self, files: list[Path], place: str) -> str:
        """Links by PEP 503, which are relative."""
        links = ""
        for file in files:
            attributes = ""
            if file.name in self.yanked:
                attributes += f' data-yanked="{html.escape(self.yanked[file.name])}"'
            if file.name in self.requires_python:
                attributes += (
                    f' data-requires-python="{html.escape(self.requires_python[file.name])}"'
                )
            name = html.escape(file.name)
            links += f'<a href="{place}{name}#sha256={digest(file)}"{attributes}>{name}</a><br>\n'
        return f"<!DOCTYPE html><body>{links}</body>"

    def authorization(self) -> str:
        return "Basic " + base64.b64encode(self.password.encode()).decode()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        user = f"{self.password}@" if self.password else ""
        return f"http://{user}{self.host}/simple/"
