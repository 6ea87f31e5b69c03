"""Writes PEP 751 locks of a test's wheels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.wheels import BuiltWheel


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def inline(values: Mapping[str, object]) -> str:
    parts = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            parts.append(f"{key} = {inline(value)}")
        elif isinstance(value, bool):
            parts.append(f"{key} = {str(value).lower()}")
        elif isinstance(value, str):
            parts.append(f"{key} = {quoted(value)}")
        else:
            parts.append(f"{key} = {value}")
    return "{ " + ", ".join(parts) + " }"


@dataclass
class Entry:
    """One [[packages]] table."""

    name: str
    version: str | None
    wheels: list[dict[str, object]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # further lines, as they are

    def text(self) -> str:
        lines = ["[[packages]]", f"name = {quoted(self.name)}"]
        if self.version is not None:
            lines.append(f"version = {quoted(self.version)}")
        lines += self.lines
        if self.wheels:
            lines.append("wheels = [")
            lines += [f"    {inline(wheel)}," for wheel in self.wheels]
            lines.append("]")
        return "\n".join(lines) + "\n"


def wheel_table(wheel: BuiltWheel, *, url: str | None = None) -> dict[str, object]:
    """The lock's words for a wheel: by its absolute path, or by `url`/its file name."""
    place = (
        {"path": str(wheel.path)}
        if url is None
        else {"url": f"{url.rstrip('/')}/{wheel.path.name}"}
    )
    return {**place, "size": wheel.size, "hashes": {"sha256": wheel.sha256}}


def entry(*wheels: BuiltWheel, url: str | None = None, lines: Iterable[str] = ()) -> Entry:
    """The entry of one package, of which there may be several wheels."""
    first = wheels[0]
    tables = [wheel_table(wheel, url=url) for wheel in wheels]
    return Entry(first.name, first.version, tables, list(lines))


def lock_text(entries: Iterable[Entry], *, head: Iterable[str] = (), tool: str = "") -> str:
    text = 'lock-version = "1.0"\ncreated-by = "tests"\n'
    text += "".join(f"{line}\n" for line in head)
    for item in entries:
        text += "\n" + item.text()
    if tool:
        text += "\n[tool.pyenvlaunch]\n" + tool
    return text


def write_lock(
    path: Path,
    wheels: Iterable[BuiltWheel | Entry],
    *,
    url: str | None = None,
    head: Iterable[str] = (),
    tool: str = "",
) -> Path:
    entries = [item if isinstance(item, Entry) else entry(item, url=url) for item in wheels]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lock_text(entries, head=head, tool=tool), encoding="utf-8")
    return path
