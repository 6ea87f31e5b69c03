"""What a page looks like in a browser: the document once its scripts have run."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def all(self, name: str = "", **attributes: str) -> list[Element]:
        """Elements below this one, in the order of the document."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if name in ("", child.name) and attributes.items() <= child.attributes.items():
                    found.append(child)
                found += child.all(name, **attributes)
        return found

    def one(self, name: str = "", **attributes: str) -> Element:
        found = self.all(name, **attributes)
        assert len(found) == 1, f"{len(found)} elements {name} {attributes}"
        return found[0]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop().name != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(text: str) -> Element:
    builder = _Builder()
    builder.feed(text)
    return builder.root


class Browser:
    """Headless Chromium, with a profile of its own and no sandbox, which root may not have."""

    def __init__(self, profile: Path) -> None:
        self.program = shutil.which("chromium")
        assert self.program, "there is no chromium: run scripts/setup"
        self.profile = profile

    def _run(self, page: Path, fragment: str, *options: str) -> str:
        command = [self.program, "--headless", "--no-sandbox", "--disable-gpu"]
        command += ["--disable-dev-shm-usage", f"--user-data-dir={self.profile}"]
        command += ["--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND"]
        command += ["--window-size=1280,1600", *options, page.as_uri() + fragment]
        home = {"HOME": str(self.profile), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            command, env=home, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def show(self, page: Path, fragment: str = "") -> Element:
        return parse(self._run(page, fragment, "--virtual-time-budget=10000", "--dump-dom"))

    def screenshot(self, page: Path, picture: Path) -> None:
        self._run(page, "", f"--screenshot={picture}")
