"""What must not leave the machine, or be seen by others on it."""

import json
import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest
from support.locks import Entry
from support.resolvers import give
from support.wheels import Wheel, simple

ALPHA = "import alpha; print(alpha.VERSION)"
SECRET = "s3cr3t-w0rd"


def entry(wheel, url: str) -> Entry:
    table = {"url": f"{url}/{wheel.path.name}", "hashes": {"sha256": wheel.sha256}}
    return Entry(wheel.name, wheel.version, [table])


def every_byte_below(*folders: Path) -> bytes:
    content = b""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                content += os.fsencode(path) + path.read_bytes()
    return content


def test_credentials_are_kept_nowhere(pel, lock_of, build, server):
    """Neither in a file, nor in what is printed, nor in the arguments of a process."""
    wheel = build(simple("alpha"))
    seen = []

    def look_at_processes(handler, content):
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(path.read_bytes())
            except OSError:
                continue  # it has ended
        handler.answer(200, content)

    server.faults[wheel.path.name] = [look_at_processes]
    with_password = server.url.replace("://", f"://someone:{SECRET}@")
    lock = lock_of(entry(wheel, with_password))
    report = pel.work / "report.json"
    done = pel(*("exec", "--report", report, lock, "--", "true"), env={"PYENVLAUNCH_LOG": "debug"})
    done.ok()
    assert "Authorization" in server.headers[0]
    printed = done.stdout + done.stderr + report.read_text()
    for command in (
        ("env", "show", "--json", lock),
        ("env", "list", "--json"),
        ("env", "explain", "--json", lock, "alpha"),
        ("store", "show", "--json", "alpha"),
        ("store", "du", "--json"),
        ("doctor", "--json"),
        ("sync", "-v", lock),
    ):
        printed += pel(*command).ok()
    assert SECRET not in printed
    assert SECRET.encode() not in every_byte_below(pel.data, pel.cache)
    assert seen
    assert SECRET.encode() not in b"".join(seen)


def test_credentials_are_not_in_errors(pel, lock_of, build):
    wheel = build(simple("alpha"))
    url = f"http://someone:{SECRET}@127.0.0.1:1/path?token={SECRET}&x="
    lock = lock_of(entry(wheel, url))
    debug = {"PYENVLAUNCH_LOG": "debug"}
    done = pel("sync", lock, env=debug)
    assert SECRET not in done.failed()
    done = pel("sync", "--find-links", url, lock, env=debug)
    assert SECRET not in done.failed()
    done = pel("sync", "--offline", lock, env=debug)
    assert SECRET not in done.failed()


def alpha_with_script() -> Wheel:
    wheel = simple("alpha")
    wheel.entry_points = {"console_scripts": {"alpha": "alpha:main"}}
    return wheel


def test_credentials_of_requirements_are_not_in_errors(pel):
    """Lines of a file that cannot be converted are quoted, without what their URLs tell."""
    file = pel.work / "requirements.txt"
    lines = [
        "-e git+https://user:secret@127.0.0.1:9/r#egg=x",
        "foo @ git+https://user:secret@127.0.0.1:9/r",
        "https://secret@127.0.0.1:9/a.tar.gz",
        "-r https://user:secret@127.0.0.1:9/more.txt",
    ]
    file.write_text("\n".join(lines) + "\n")
    result = pel("lock", "--from", file, "-o", "x.lock", "--offline")
    assert result.returncode == 1
    assert "requirements.txt:1: '-e git+https://127.0.0.1:9/r#egg=x'" in result.stderr
    assert "secret" not in result.stderr + result.stdout


def test_credentials_of_find_links(pel, lock_of, build, server):
    """Of an option or of settings: told to the server, and kept nowhere."""
    wheel = build(alpha_with_script())
    (server.folder / "links.html").write_text(f'<a href="{wheel.path.name}">x</a>')
    nowhere = lock_of(entry(wheel, "http://127.0.0.1:1"))
    links = server.url.replace("://", f"://someone:{SECRET}@") + "/links.html"
    done = pel("venv", "--find-links", links, pel.work / "venv", nowhere)
    done.ok()
    assert "Authorization" in server.headers[0]
    pel("shims", "install", "--find-links", links, "--dir", pel.work / "bin", nowhere).ok()
    settings = pel.home / ".config/pyenvlaunch/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'find-links = ["{links}"]\n')
    printed = done.stdout + done.stderr
    for command in (("doctor",), ("doctor", "--json"), ("sync", "-v", nowhere)):
        printed += pel(*command).stdout
    assert f"http://127.0.0.1:{server.port}/links.html" in printed
    assert SECRET not in printed
    assert SECRET.encode() not in every_byte_below(pel.data, pel.cache, pel.work)


@pytest.mark.parametrize(
    "proxy", ["http://u:{}@127.0.0.1:1", "http://u:{}@[bad", "http://u:{}@h.invalid:99999"]
)
def test_credentials_of_a_proxy_are_not_shown(pel, lock_of, build, proxy):
    lock = lock_of(entry(build(simple("alpha")), "http://h.invalid"))
    env = {"http_proxy": proxy.format(SECRET), "PYENVLAUNCH_LOG": "debug"}
    error = pel("sync", lock, env=env).failed()
    assert "proxy" in error
    assert SECRET not in error


def test_copy_of_a_lock_with_credentials_is_private(pel, lock_of, build, server):
    """`shims` keeps one, and does not know who may read the lock."""
    wheel = build(alpha_with_script())
    lock = lock_of(entry(wheel, server.url.replace("://", f"://someone:{SECRET}@")))
    pel("shims", "install", "--dir", pel.work / "bin", lock).ok()
    holders = [
        path
        for path in pel.data.rglob("*")
        if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    assert [mode_of(path) for path in holders] == [0o600]


@pytest.fixture
def listener():
    """A socket that nobody should connect to."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as sock:
        sock.setblocking(False)
        yield sock


def test_offline_makes_no_connection(pel, lock_of, build, listener):
    wheel = build(simple("alpha"))
    host, port = listener.getsockname()
    url = f"http://{host}:{port}"
    there = lock_of(wheel, name="there.lock")
    pel("sync", there).ok()
    missing = lock_of(entry(build(simple("beta")), url), name="missing.lock")
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY"), url)
    for lock, status in ((there, 0), (missing, 1)):
        for command in (
            ("sync", "--offline", lock),
            ("sync", "--offline", "--find-links", f"{url}/links.html", lock),
            ("run", "--offline", lock, "--", "python", "-c", "pass"),
            ("exec", "--offline", lock, "--", "true"),
            ("venv", "--offline", pel.work / f"venv-{lock.stem}", lock),
        ):
            assert pel(*command, env=proxies).returncode == status, command
    by_variable = proxies | {"PYENVLAUNCH_OFFLINE": "1"}
    assert pel("sync", missing, env=by_variable).returncode == 1
    for command in (
        ("env", "show", missing),
        ("env", "list"),
        ("env", "remove", missing),
        ("store", "verify"),
        ("store", "list"),
        ("store", "du"),
        ("python", "list"),
        ("doctor",),
    ):
        pel(*command, env=by_variable).ok()
    with pytest.raises(BlockingIOError):
        listener.accept()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_no_umask_opens_store_and_cache_to_others(pel, lock_of):
    """What others could replace is not believed, so it is not made in that way either."""
    lock = lock_of(simple("alpha"))
    pel.data = pel.data / "deep/data"
    pel.env["PYENVLAUNCH_HOME"] = str(pel.data)
    prefix = ("sh", "-c", 'umask 000; exec "$@"', "sh")
    pel.run(lock, "python", "-c", ALPHA, prefix=prefix).ok()
    open_to_others = [
        path
        for top in (pel.data.parent, pel.cache)
        for path in (top, *top.rglob("*"))
        if not path.is_symlink() and mode_of(path) & 0o022
    ]
    assert open_to_others == []


@pytest.mark.parametrize("umask", ["077", "027", "022"])
def test_umask_says_who_may_look_in(pel, lock_of, umask):
    """The directories at the top follow it; what is in the store has the modes that it must have."""
    lock = lock_of(simple("alpha"))
    prefix = ("sh", "-c", f'umask {umask}; exec "$@"', "sh")
    pel("sync", lock, prefix=prefix).ok()
    venv = pel.work / "deep/venv"
    pel("venv", "-q", venv, lock, prefix=prefix).ok()
    expected = 0o777 & ~int(umask, 8)
    for path in (pel.data, pel.cache, venv.parent, venv):
        assert mode_of(path) == expected, path
    tree = next(pel.wheels.iterdir())
    assert mode_of(tree) == 0o555
    packs = next((pel.store / "bytecode").iterdir())
    assert mode_of(packs) == 0o755
    assert mode_of(pel.store / "roots") == 0o700
    assert mode_of(pel.store / "locks") == 0o700
    assert mode_of(pel.store / "tmp") == 0o700
    pel("store", "verify").ok()


@pytest.mark.parametrize("umask", ["077", "022"])
def test_a_new_lock_has_the_mode_that_the_umask_leaves(pel, house, build, tmp_path, umask):
    give(pel, "uv")
    wheel = build(simple("alpha"))
    lock = tmp_path / "app.lock"
    prefix = ("sh", "-c", f'umask {umask}; exec "$@"', "sh")
    asked = ("lock", f"alpha @ {wheel.path.as_uri()}", "-o", lock, "--offline")
    pel(*asked, prefix=prefix).ok()
    assert mode_of(lock) == 0o666 & ~int(umask, 8)
    lock.chmod(0o640)
    lock.write_text(lock.read_text() + "\n")
    pel(*asked, prefix=prefix).ok()
    assert mode_of(lock) == 0o640


@pytest.mark.root
@pytest.mark.parametrize("how", ["run", "python", "sync"])
@pytest.mark.parametrize("name", ["pyenvlaunch.table", "pyvenv.cfg"])
def test_files_of_an_environment_that_belong_to_another_user(pel, lock_of, name, how):
    """They are made anew by whoever needs them."""
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    prefix = Path(pel.code(lock, "import sys; print(sys.prefix)").strip())
    os.chown(prefix / name, 12345, 12345)
    if how == "run":
        assert pel.code(lock, ALPHA) == "1.0\n"
    elif how == "sync":
        pel("sync", lock).ok()
    else:
        done = subprocess.run([prefix / "bin/python", "-c", ALPHA], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "1.0\n"), done
    if name == "pyenvlaunch.table" or how == "sync":
        assert (prefix / name).stat().st_uid == 0


def test_records_of_other_users_are_not_believed(pel, lock_of):
    """Nor are those that others may write: the environment is made anew instead."""
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    prefix = Path(pel.code(lock, "import sys; print(sys.prefix)").strip())
    (record,) = (pel.cache / "v1/selections").iterdir()
    for file in (prefix / "pyenvlaunch.table", record):
        file.chmod(0o666)
        assert pel.code(lock, ALPHA) == "1.0\n"
        assert mode_of(file) & 0o022 == 0
    shown = json.loads(pel("env", "show", "--json", lock).ok())
    assert shown["made"]
