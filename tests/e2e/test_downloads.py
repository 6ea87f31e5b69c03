"""Wheels that come from a server, from a folder, or from nowhere."""

import os

import pytest
from support import server as faults
from support.locks import Entry, entry
from support.wheels import simple

ALPHA = "import alpha; print(alpha.VERSION)"


@pytest.fixture
def wheel(build):
    return build(simple("alpha", **{"data.bin": os.urandom(50_000)}))


def test_download_once_and_never_again(pel, lock_of, wheel, server):
    lock = lock_of(entry(wheel, url=server.url))
    assert pel.code(lock, ALPHA) == "1.0\n"
    assert server.counts[wheel.path.name] == 1
    assert pel.code(lock, ALPHA) == "1.0\n"
    pel("env", "remove", lock).ok()
    assert pel.code(lock, ALPHA) == "1.0\n"
    assert server.counts[wheel.path.name] == 1
    pel.assert_store_is_valid()


def test_many_wheels(pel, lock_of, build, server):
    wheels = [build(simple(f"pkg{i}")) for i in range(40)]
    lock = lock_of(*(entry(item, url=server.url) for item in wheels))
    out = pel.code(lock, "import sys, pkg0, pkg39; print(pkg0.VERSION, pkg39.VERSION)")
    assert out == "1.0 1.0\n"
    assert sorted(server.requests) == sorted(item.path.name for item in wheels)
    pel.assert_store_is_valid()


@pytest.mark.parametrize(
    "fault",
    [faults.status(503), faults.status(500), faults.hang_up],
    ids=["503", "500", "hangs up"],
)
def test_passing_failure_is_tried_again(pel, lock_of, wheel, server, fault):
    server.faults[wheel.path.name] = [fault]
    assert pel.code(lock_of(entry(wheel, url=server.url)), ALPHA) == "1.0\n"
    assert server.counts[wheel.path.name] == 2
    pel.assert_store_is_valid()


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (faults.status(404), "404"),
        (faults.status(403), "403"),
        (faults.hang_up, "transfer closed with"),
        (faults.other_content, "sha256"),
        (faults.shorter, "the connection ended after"),
    ],
    ids=["404", "403", "hangs up always", "other content", "shorter"],
)
def test_lasting_failure_is_one_clear_error(pel, lock_of, wheel, server, fault, word):
    server.always[wheel.path.name] = fault
    lock = lock_of(entry(wheel, url=server.url))
    error = pel.run(lock, "python", "-c", ALPHA).failed()
    assert word in error
    assert f"{server.url}/{wheel.path.name}" in error
    assert error.count("pyenvlaunch: error:") == 1
    assert pel("store", "list").ok() == ""
    pel.assert_store_is_valid()
    server.always.clear()
    assert pel.code(lock, ALPHA) == "1.0\n"


def test_offline(pel, lock_of, wheel, server):
    lock = lock_of(entry(wheel, url=server.url))
    error = pel("run", "--offline", lock, "--", "python", "-c", ALPHA).failed()
    assert "offline" in error
    assert wheel.path.name in error
    assert pel.run(lock, "python", "-c", ALPHA, env={"PYENVLAUNCH_OFFLINE": "1"}).failed()
    assert server.requests == []
    assert pel.code(lock, ALPHA) == "1.0\n"
    # Once it is there, offline is no obstacle.
    assert pel("run", "--offline", lock, "--", "python", "-c", ALPHA).ok() == "1.0\n"


def test_find_links_folder(pel, lock_of, wheel, house):
    lock = lock_of(entry(wheel, url="http://127.0.0.1:1/dead"))
    found = pel("run", "--find-links", house, lock, "--", "python", "-c", ALPHA)
    assert found.ok() == "1.0\n"
    pel.assert_store_is_valid()


def test_find_links_offline(pel, lock_of, wheel, house):
    lock = lock_of(entry(wheel, url="http://127.0.0.1:1/dead"))
    found = pel("run", "--offline", "--find-links", house, lock, "--", "python", "-c", ALPHA)
    assert found.ok() == "1.0\n"


def test_find_links_page(pel, lock_of, wheel, server, house):
    (house / "links.html").write_text(f'<a href="{wheel.path.name}#sha256=x">alpha</a>')
    lock = lock_of(entry(wheel, url="http://127.0.0.1:1/dead"))
    found = pel(
        "run", "--find-links", f"{server.url}/links.html", lock, "--", "python", "-c", ALPHA
    )
    assert found.ok() == "1.0\n"


def test_file_url(pel, lock_of, build, house):
    wheel = build(simple("alpha", "1.0+local.1"))
    table = {
        "url": f"file://{house}/{wheel.path.name}".replace("+", "%2B"),
        "hashes": {"sha256": wheel.sha256},
    }
    lock = lock_of(Entry("alpha", "1.0+local.1", [table]))
    assert pel.code(lock, ALPHA) == "1.0+local.1\n"
    assert pel("run", "--offline", lock, "--", "python", "-c", ALPHA).ok() == "1.0+local.1\n"


def test_name_from_the_lock_counts_where_the_url_has_none(pel, lock_of, wheel, server):
    table = {
        "name": wheel.path.name,
        "url": f"{server.url}/{wheel.path.name}?token=a/b",
        "hashes": {"sha256": wheel.sha256},
    }
    server.folder.joinpath(f"{wheel.path.name}?token=a").mkdir(parents=True)
    (server.folder / f"{wheel.path.name}?token=a/b").write_bytes(wheel.path.read_bytes())
    assert pel.code(lock_of(Entry("alpha", "1.0", [table])), ALPHA) == "1.0\n"


def test_password_of_netrc(pel, lock_of, wheel, server):
    server.always[wheel.path.name] = faults.needs_password("someone:secret")
    lock = lock_of(entry(wheel, url=server.url))
    error = pel.run(lock, "python", "-c", ALPHA).failed()
    assert "401" in error
    netrc = pel.home / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    netrc.chmod(0o600)
    assert pel.code(lock, ALPHA) == "1.0\n"


def test_password_of_a_url_is_not_shown(pel, lock_of, wheel):
    lock = lock_of(entry(wheel, url="http://someone:secret@127.0.0.1:1"))
    error = pel.run(lock, "python", "-c", ALPHA).failed()
    assert "secret" not in error


def test_proxy(pel, lock_of, wheel, server):
    """A proxy gets the whole URL; this one is the server itself, which knows that path."""
    name = wheel.path.name
    (server.folder / "http:/index.example").mkdir(parents=True)
    (server.folder / f"http:/index.example/{name}").write_bytes(wheel.path.read_bytes())
    lock = lock_of(entry(wheel, url="http://index.example"))
    env = {"http_proxy": server.url}
    assert pel.run(lock, "python", "-c", ALPHA, env=env).ok() == "1.0\n"
    assert server.requests == [f"http://index.example/{name}"]


def test_progress_is_for_terminals_only(pel, lock_of, wheel, server):
    result = pel.run(lock_of(entry(wheel, url=server.url)), "python", "-c", ALPHA)
    assert (result.ok(), result.stderr) == ("1.0\n", "")


def test_one_bad_wheel_of_many_leaves_the_good_ones(pel, lock_of, build, server):
    wheels = [build(simple(f"pkg{i}")) for i in range(8)]
    bad = wheels[3].path.name
    server.always[bad] = faults.other_content
    lock = lock_of(*(entry(item, url=server.url) for item in wheels))
    assert bad in pel.run(lock, "python").failed()
    pel.assert_store_is_valid()
    server.always.clear()
    assert pel.code(lock, "import pkg3; print(pkg3.VERSION)") == "1.0\n"
