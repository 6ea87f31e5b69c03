"""Makes small wheels: well-formed ones from a few lines, and hostile ones on request."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

MTIME = (2024, 1, 2, 3, 4, 6)

Content = str | bytes


def as_bytes(content: Content) -> bytes:
    return content.encode() if isinstance(content, str) else content


def record_hash(content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
    return "sha256=" + digest.decode()


@dataclass(frozen=True)
class BuiltWheel:
    """A wheel file on disk."""

    name: str
    version: str
    path: Path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def store_id(self) -> str:
        """Its directory name in a store."""
        return f"{self.path.name.removesuffix('.whl')}-{self.sha256[:16]}"


@dataclass
class Wheel:
    """What goes into a wheel. `files` are paths in the archive; "x" in `executable` sets its bit.

    WHEEL, METADATA, entry_points.txt and RECORD are made unless `files` has them.
    """

    name: str
    version: str = "1.0"
    files: dict[str, Content] = field(default_factory=dict)
    entry_points: dict[str, dict[str, str]] = field(default_factory=dict)
    tag: str = "py3-none-any"
    purelib: bool = True
    requires: list[str] = field(default_factory=list)
    requires_python: str = ""
    executable: set[str] = field(default_factory=set)
    modes: dict[str, int] = field(default_factory=dict)  # st_mode of a member, type bits included
    record: str | None = None  # instead of the right one
    extra: list[tuple[str, Content]] = field(default_factory=list)  # members behind all others
    compression: int = zipfile.ZIP_DEFLATED

    @property
    def stem(self) -> str:
        return f"{re.sub(r'[-_.]+', '_', self.name)}-{self.version}"

    @property
    def dist_info(self) -> str:
        return f"{self.stem}.dist-info"

    @property
    def data(self) -> str:
        return f"{self.stem}.data"

    @property
    def file_name(self) -> str:
        return f"{self.stem}-{self.tag}.whl"

    def metadata(self) -> str:
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        lines += [f"Requires-Dist: {requirement}" for requirement in self.requires]
        if self.requires_python:
            lines.append(f"Requires-Python: {self.requires_python}")
        return "\n".join(lines) + f"\n\nA test's wheel {self.name}.\n"

    def members(self) -> list[tuple[str, bytes]]:
        members = {name: as_bytes(content) for name, content in self.files.items()}
        wheel = (
            "Wheel-Version: 1.0\nGenerator: tests\n"
            f"Root-Is-Purelib: {str(self.purelib).lower()}\nTag: {self.tag}\n"
        )
        members.setdefault(f"{self.dist_info}/METADATA", self.metadata().encode())
        members.setdefault(f"{self.dist_info}/WHEEL", wheel.encode())
        if self.entry_points:
            sections = [
                f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
                for group, points in self.entry_points.items()
            ]
            members.setdefault(f"{self.dist_info}/entry_points.txt", "\n".join(sections).encode())
        everything = [*members.items(), *((name, as_bytes(data)) for name, data in self.extra)]
        record_name = f"{self.dist_info}/RECORD"
        if record_name not in members:
            text = self.record if self.record is not None else self.right_record(everything)
            everything.append((record_name, text.encode()))
        return everything

    def right_record(self, members: list[tuple[str, bytes]]) -> str:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        for name, content in members:
            if not name.endswith("/"):
                writer.writerow([name, record_hash(content), len(content)])
        writer.writerow([f"{self.dist_info}/RECORD", "", ""])
        return out.getvalue()

    def build(self, folder: Path, file_name: str | None = None) -> BuiltWheel:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (file_name or self.file_name)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in self.members():
                info = zipfile.ZipInfo(name, MTIME)
                info.compress_type = self.compression
                default = 0o100755 if name in self.executable else 0o100644
                info.external_attr = self.modes.get(name, default) << 16
                archive.writestr(info, content)
        return BuiltWheel(self.name, self.version, path)


def simple(name: str, version: str = "1.0", **files: Content) -> Wheel:
    """A wheel with one package of that name; `files` are further files of the package."""
    package = name.replace("-", "_")
    contents: dict[str, Content] = {f"{package}/__init__.py": f"VERSION = {version!r}\n"}
    contents |= {f"{package}/{file}": content for file, content in files.items()}
    return Wheel(name, version, contents)
