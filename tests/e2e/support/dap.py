"""A client of the Debug Adapter Protocol, as far as one breakpoint needs it."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

SECONDS = 120


class DebugClient:
    def __init__(self, port: int) -> None:
        self.socket = self.connect(port)
        self.stream = self.socket.makefile("rb")
        self.number = 0
        self.events: list[dict] = []

    @staticmethod
    def connect(port: int) -> socket.socket:
        end = time.monotonic() + SECONDS
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def send(self, command: str, **arguments: object) -> int:
        self.number += 1
        message = {
            "seq": self.number,
            "type": "request",
            "command": command,
            "arguments": arguments,
        }
        text = json.dumps(message).encode()
        self.socket.sendall(b"Content-Length: %d\r\n\r\n" % len(text) + text)
        return self.number

    def receive(self) -> dict:
        size = 0
        while (line := self.stream.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
        message = json.loads(self.stream.read(size))
        if message["type"] == "event":
            self.events.append(message)
        return message

    def answer(self, number: int) -> dict:
        while True:
            message = self.receive()
            if message["type"] == "response" and message["request_seq"] == number:
                assert message["success"], message
                return message.get("body", {})

    def event(self, name: str) -> dict:
        while True:
            for message in self.events:
                if message["event"] == name:
                    self.events.remove(message)
                    return message.get("body", {})
            self.receive()

    def stop_at(self, file: Path, line: int) -> list[dict]:
        """Attaches, runs to the line, and returns the stack there."""
        self.answer(self.send("initialize", adapterID="test", pathFormat="path"))
        attach = self.send("attach", justMyCode=False)
        self.event("initialized")
        source = {"path": str(file)}
        self.answer(self.send("setBreakpoints", source=source, breakpoints=[{"line": line}]))
        self.answer(self.send("configurationDone"))
        self.answer(attach)
        thread = self.event("stopped")["threadId"]
        return self.answer(self.send("stackTrace", threadId=thread))["stackFrames"]

    def variables(self, frame: dict) -> dict[str, str]:
        scopes = self.answer(self.send("scopes", frameId=frame["id"]))["scopes"]
        number = scopes[0]["variablesReference"]
        found = self.answer(self.send("variables", variablesReference=number))["variables"]
        return {item["name"]: item["value"] for item in found}

    def go_on(self, thread: int = 1) -> None:
        self.answer(self.send("continue", threadId=thread))
