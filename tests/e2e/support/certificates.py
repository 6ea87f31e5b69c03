"""Authorities and certificates of servers on the loopback interface, made by openssl."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


def openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@dataclass(frozen=True)
class Certificate:
    key: Path
    file: Path

    def context(self) -> ssl.SSLContext:
        """What a server that has it speaks."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def authority(folder: Path, name: str = "authority") -> Certificate:
    """A certificate that has signed itself, for localhost: an authority's, or a server's own."""
    made = Certificate(folder / f"{name}.key", folder / f"{name}.pem")
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
        *("-addext", "subjectAltName=DNS:localhost", "-keyout", made.key, "-out", made.file),
    )
    return made


def signed_by(issuer: Certificate, name: str, *, host: str = "localhost", days: int = 2):
    """For a server called `host`; `days` below zero are over."""
    folder = issuer.file.parent
    made = Certificate(folder / f"{name}.key", folder / f"{name}.pem")
    request, extensions = folder / f"{name}.csr", folder / f"{name}.ext"
    extensions.write_text(f"subjectAltName=DNS:{host}\n")
    openssl(
        *("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}"),
        *("-keyout", made.key, "-out", request),
    )
    openssl(
        *("x509", "-req", "-in", request, "-CA", issuer.file, "-CAkey", issuer.key),
        *("-CAcreateserial", "-days", days, "-extfile", extensions, "-out", made.file),
    )
    return made


def folder_of(certificate: Certificate, folder: Path) -> Path:
    """As SSL_CERT_DIR wants it: files that are named by a hash of their subject."""
    folder.mkdir()
    (folder / "one.pem").write_bytes(certificate.file.read_bytes())
    openssl("rehash", folder)
    return folder
