"""`--offline` makes no connection: every command that could, before a socket that must see none."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from support.launcher import remove_tree
from support.locks import Entry, write_lock
from support.resolvers import give
from support.wheels import simple

ALPHA = "import alpha; print(alpha.VERSION)"


@pytest.fixture
def nobody():
    """The address of a socket to which nothing may connect."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as sock:
        sock.setblocking(False)
        yield "http://{}:{}".format(*sock.getsockname())
        with pytest.raises(BlockingIOError):
            sock.accept()


@pytest.fixture
def user(pel, nobody):
    """All that says where packages are leads to that socket."""
    names = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy")
    pel.env |= dict.fromkeys(names, nobody)
    pel.env |= {"UV_DEFAULT_INDEX": f"{nobody}/simple", "PIP_INDEX_URL": f"{nobody}/simple"}
    return pel


@pytest.fixture
def there(user, lock_of):
    """A lock whose wheel is in the store."""
    lock = lock_of(simple("alpha"), name="there.lock")
    user("sync", lock).ok()
    return lock


@pytest.fixture
def elsewhere(build, nobody, tmp_path):
    """A lock whose wheel only that socket would have, and a source that would have to be built."""
    wheel = build(simple("beta"))
    url = f"{nobody}/{wheel.path.name}"
    table = {"url": url, "hashes": {"sha256": wheel.sha256}}
    return write_lock(tmp_path / "elsewhere.lock", [Entry(wheel.name, wheel.version, [table])])


COMMANDS = {
    "sync": ["sync", "--offline", "LOCK"],
    "sync with links": ["sync", "--offline", "--find-links", "URL", "LOCK"],
    "run": ["run", "--offline", "LOCK", "--", "python", "-c", "pass"],
    "exec": ["exec", "--offline", "LOCK", "--", "true"],
    "venv": ["venv", "--offline", "--follow", "OUT", "LOCK"],
    "export": ["export", "--offline", "LOCK", "OUT"],
    "shims": ["shims", "install", "--offline", "--dir", "OUT", "LOCK"],
}


@pytest.mark.parametrize("how", ["option", "variable", "settings"])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_has_to_be_fetched(user, elsewhere, nobody, tmp_path, command, how):
    words = {"LOCK": elsewhere, "OUT": tmp_path / "out", "URL": f"{nobody}/links.html"}
    given = [words.get(word, word) for word in COMMANDS[command]]
    if how != "option":
        given.remove("--offline")
    if how == "variable":
        user.env["PYENVLAUNCH_OFFLINE"] = "1"
    if how == "settings":
        folder = user.home / ".config/pyenvlaunch"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text("offline = true\n")
    error = user(*given).failed()
    assert "beta" in error
    assert "offline" in error
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("resolver", ["uv", "pip"])
def test_lock(user, resolver, tmp_path):
    give(user, resolver)
    lock = tmp_path / "made.lock"
    result = user("lock", "--offline", "--resolver", resolver, "alpha", "-o", lock)
    assert result.returncode == 1, result
    assert not lock.exists()


def test_repair(user, lock_of, build, nobody, house):
    """The lock says where the wheel is; it is asked for there only without --offline."""
    wheel = build(simple("alpha"))
    table = {"url": f"{nobody}/{wheel.path.name}", "hashes": {"sha256": wheel.sha256}}
    lock = lock_of(Entry(wheel.name, wheel.version, [table]))
    user("sync", "--find-links", house, lock).ok()
    shutil.move(house, house.with_name("away"))
    (module,) = user.wheels.glob("alpha-*/lib/python3/site-packages/alpha/__init__.py")
    module.chmod(0o644)
    module.write_text("changed")
    module.chmod(0o444)
    for options, variables in ((["--offline"], {}), ([], {"PYENVLAUNCH_OFFLINE": "1"})):
        result = user("store", "repair", *options, env=variables)
        assert result.returncode == 1, result
        assert "still wrong: " in result.stdout, result
    user("store", "repair", "--offline", "--find-links", house.with_name("away")).ok()
    assert user.code(lock, ALPHA) == "1.0\n"


def test_start_of_a_directory_that_has_to_be_brought_up_to_date(user, there, elsewhere, tmp_path):
    directory = tmp_path / "venv"
    user("venv", "-q", "--follow", directory, there).ok()
    there.write_bytes(elsewhere.read_bytes())
    env = user.env | {"PYENVLAUNCH_OFFLINE": "1"}
    done = subprocess.run(
        [directory / "bin/python", "-c", ALPHA], env=env, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "offline" in done.stderr


def test_start_of_a_directory_that_has_to_be_made_again(user, there, tmp_path, house):
    directory = tmp_path / "venv"
    user("venv", "-q", directory, there).ok()
    (directory / "pyenvlaunch.table").unlink()
    for tree in user.wheels.iterdir():
        remove_tree(tree)
    shutil.rmtree(house)
    env = user.env | {"PYENVLAUNCH_OFFLINE": "1"}
    done = subprocess.run(
        [directory / "bin/python", "-c", ALPHA], env=env, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, ""), done
    assert done.stderr.startswith("pyenvlaunch: error: cannot "), done


def test_what_never_connects(user, there, elsewhere, house, tmp_path):
    """Also without --offline."""
    directory: Path = tmp_path / "venv"
    user("venv", "-q", directory, there).ok()
    wheel = simple("gamma").build(house)
    for command in (
        ("store", "add", wheel.path),
        ("store", "verify"),
        ("store", "gc", "--dry-run"),
        ("store", "du"),
        ("env", "show", elsewhere),
        ("env", "explain", there, "alpha"),
        ("edit", directory, "alpha"),
        ("edit", "--reset", directory, "alpha"),
        ("cache-key", there),
        ("doctor",),
    ):
        user(*command).ok()
    done = subprocess.run([directory / "bin/python", "-c", ALPHA], env=user.env, check=False)
    assert done.returncode == 0
