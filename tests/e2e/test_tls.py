"""Servers of https: who is believed, who is not, and what a refusal says."""

import pytest
from support import certificates
from support.launcher import Launcher
from support.locks import entry
from support.server import Handler, WheelServer
from support.wheels import simple

ALPHA = "import alpha; print(alpha.VERSION)"

# None of this machine's own.
NOTHING = {"SSL_CERT_FILE": None, "SSL_CERT_DIR": None, "CURL_CA_BUNDLE": None}


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> certificates.Certificate:
    return certificates.authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def wheel(build):
    return build(simple("alpha"))


def refused(pel: Launcher, lock, words: str, **variables: str) -> None:
    error = pel("sync", lock, env=NOTHING | variables).failed()
    assert "cannot download alpha 1.0 from https://localhost:" in error
    assert words in error
    assert "SSL_CERT_FILE" in error.splitlines()[-1]
    assert "SSL_CERT_DIR" in error.splitlines()[-1]
    assert "tried" not in error  # the answer would be the same
    assert pel("store", "list").ok() == ""
    pel.assert_store_is_valid()
    assert not any((pel.cache / "v1/downloads").glob("*"))


def test_a_certificate_that_signed_itself(pel, lock_of, wheel, server, authority):
    lock = lock_of(entry(wheel, url=server.with_tls(authority.context())))
    refused(pel, lock, "self-signed certificate")
    pel("sync", lock, env=NOTHING | {"SSL_CERT_FILE": str(authority.file)}).ok()
    assert pel.code(lock, ALPHA) == "1.0\n"


def test_an_authority_that_a_variable_names(pel, lock_of, wheel, server, authority, tmp_path):
    own = certificates.signed_by(authority, "server")
    lock = lock_of(entry(wheel, url=server.with_tls(own.context())))
    refused(pel, lock, "unable to get local issuer certificate")
    other = certificates.authority(tmp_path, "other")
    refused(pel, lock, "certificate", SSL_CERT_FILE=str(other.file))
    folder = certificates.folder_of(authority, tmp_path / "folder")
    for variables in (
        {"SSL_CERT_FILE": str(authority.file)},
        {"SSL_CERT_DIR": str(folder)},
        {"SSL_CERT_FILE": str(other.file), "SSL_CERT_DIR": str(folder)},
        {"SSL_CERT_FILE": str(authority.file), "SSL_CERT_DIR": str(tmp_path)},
    ):
        pel("sync", lock, env=NOTHING | variables).ok()
        assert pel.code(lock, ALPHA) == "1.0\n"
        pel.forget()


def test_the_certificate_of_another_host(pel, lock_of, wheel, server, authority):
    own = certificates.signed_by(authority, "elsewhere", host="elsewhere.invalid")
    lock = lock_of(entry(wheel, url=server.with_tls(own.context())))
    refused(pel, lock, "matches target host name 'localhost'", SSL_CERT_FILE=str(authority.file))


def test_a_certificate_that_is_over(pel, lock_of, wheel, server, authority):
    own = certificates.signed_by(authority, "old", days=-1)
    lock = lock_of(entry(wheel, url=server.with_tls(own.context())))
    refused(pel, lock, "certificate has expired", SSL_CERT_FILE=str(authority.file))


def test_variables_that_name_no_certificates(pel, lock_of, wheel, server, authority, tmp_path):
    lock = lock_of(entry(wheel, url=server.with_tls(authority.context())))
    refused(pel, lock, "", SSL_CERT_FILE=str(tmp_path / "missing.pem"))
    (tmp_path / "text.pem").write_text("no certificate\n")
    refused(pel, lock, "", SSL_CERT_FILE=str(tmp_path / "text.pem"))
    refused(pel, lock, "", SSL_CERT_DIR=str(tmp_path / "missing"))


def redirect_to(url: str):
    def answer(handler: Handler, _: bytes) -> None:
        handler.send_response(302)
        handler.send_header("Location", url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@pytest.mark.parametrize("same_host", [True, False])
def test_no_redirect_leads_away_from_https(
    pel, lock_of, wheel, server, authority, house, same_host
):
    name = wheel.path.name
    with WheelServer(house) as plain:
        secure = server.with_tls(authority.context())
        host = "localhost" if same_host else "127.0.0.1"
        server.always[name] = redirect_to(f"http://{host}:{plain.port}/{name}")
        lock = lock_of(entry(wheel, url=secure.replace("//", "//user:secret@")))
        (pel.home / ".netrc").write_text("machine localhost login user password secret\n")
        error = pel("sync", lock, env=NOTHING | {"SSL_CERT_FILE": str(authority.file)}).failed()
        assert "the server redirects to an address that is not https" in error
        assert "secret" not in error
        assert plain.requests == []
        assert server.requests == [name]
    pel.assert_store_is_valid()


def test_a_redirect_may_lead_to_https(pel, lock_of, wheel, server, authority, house):
    name = wheel.path.name
    with WheelServer(house) as plain:
        plain.always[name] = redirect_to(f"{server.with_tls(authority.context())}/{name}")
        lock = lock_of(entry(wheel, url=plain.url.replace("//", "//user:secret@")))
        pel("sync", lock, env=NOTHING | {"SSL_CERT_FILE": str(authority.file)}).ok()
        assert "Authorization" in plain.headers[0]
        assert "Authorization" not in server.headers[0]
    assert pel.code(lock, ALPHA) == "1.0\n"
