"""A store on a file system that is mounted read-only, as root, whom no mode keeps from writing.

By modes, as another user: test_permissions.py.
"""

import json

import pytest
from support.wheels import simple

pytestmark = pytest.mark.root

CODE = "import alpha, sys; print(alpha.VERSION, sys.prefix)"


@pytest.fixture
def there(pel, lock_of):
    lock = lock_of(simple("alpha"), name="there.lock")
    pel("sync", lock).ok()
    pel.env["PYENVLAUNCH_CACHE"] = str(pel.root / "other")
    return lock


@pytest.fixture
def read_only(pel, there):
    """A command that runs another one where the store can only be read."""
    script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(pel.data))


def test_all_that_reads_works(pel, there, read_only, tmp_path):
    expected = f"1.0 {pel.root / 'other'}/"
    assert pel.code(there, CODE, prefix=read_only).startswith(expected)
    assert pel.code(there, CODE, prefix=read_only).startswith(expected)
    pel("venv", "-q", tmp_path / "venv", there, prefix=read_only).ok()
    for command in (
        ("store", "verify"),
        ("store", "list"),
        ("store", "du"),
        ("env", "show", there),
        ("export", there, tmp_path / "out"),
    ):
        pel(*command, prefix=read_only).ok()
    found = json.loads(pel("doctor", "--json", prefix=read_only).ok())["checks"]
    assert [c["level"] for c in found if "can only be read" in c["text"]] == ["warning"]


@pytest.mark.parametrize("option", ["-O", "-OO"])
def test_optimised_code_that_cannot_be_kept(pel, there, read_only, option):
    """It is compiled by each start, and no start tries in vain to keep it."""
    for _ in range(2):
        result = pel.run(there, "python", option, "-c", CODE, prefix=read_only)
        assert result.ok().startswith("1.0 ")
        assert result.stderr == ""
    marks = pel.root.glob(f"other/v1/envs/*/pyenvlaunch.opt-{option.count('O')}")
    assert len(list(marks)) == 1


def test_what_writes_says_whose_turn_it_is(pel, there, read_only, lock_of, build):
    other = build(simple("beta"))
    lock = lock_of(other, name="beta.lock")
    for command in (
        ("sync", lock),
        ("run", lock, "--", "python", "-c", "pass"),
        ("store", "add", other.path),
    ):
        error = pel(*command, prefix=read_only).failed()
        assert "ead-only file system" in error, command
        assert "PYENVLAUNCH_HOME" in error, command
    error = pel("store", "pin", there, prefix=read_only).failed()
    assert "ead-only file system" in error
    assert pel("store", "gc", prefix=read_only).ok() == "nothing to free\n"
    # Nothing was harmed by the attempts.
    pel("store", "verify").ok()
    pel("sync", lock).ok()


def test_damage_is_reported_and_not_mended(pel, there, read_only):
    (module,) = pel.wheels.glob("alpha-*/lib/python3/site-packages/alpha/__init__.py")
    module.chmod(0o644)
    module.write_text("changed")
    module.chmod(0o444)
    assert pel("store", "verify", prefix=read_only).returncode == 1
    result = pel("store", "repair", prefix=read_only)
    assert result.returncode == 1
    assert "ead-only file system" in result.stderr
    assert "PYENVLAUNCH_HOME" in result.stderr
    assert "it was changed" in pel("sync", there, prefix=read_only).failed()
    pel("store", "repair").ok()


def test_what_cannot_be_freed_is_an_error(pel, there, read_only, lock_of):
    """And stays whole."""
    other = lock_of(simple("other"), name="other.lock")
    pel("sync", other).ok()
    other.unlink()
    pel("store", "gc", "--dry-run", prefix=read_only).ok()
    error = pel("store", "gc", prefix=read_only).failed()
    assert "ead-only file system" in error
    pel("store", "verify").ok()
    assert "other" in pel("store", "gc").ok()
