"""config.toml: settings of a user and of a system, and who wins."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.launcher import PROGRAM
from support.wheels import simple

NO_VARIABLES = {"PYENVLAUNCH_HOME": None, "PYENVLAUNCH_CACHE": None}


@pytest.fixture
def write(pel):
    """Writes the user's file."""
    file = pel.home / ".config/pyenvlaunch/config.toml"

    def make(text: str) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o644)
        return file

    return make


def settings(pel, **options) -> dict[str, tuple[str, str]]:
    result = pel("doctor", "--json", **options)
    return {
        item["name"]: (item["value"], item["source"])
        for item in json.loads(result.stdout)["settings"]
    }


def test_defaults(pel):
    found = settings(pel, env=NO_VARIABLES)
    assert found["store"] == (f"{pel.home}/.local/share/pyenvlaunch", "default")
    assert found["find-links"] == ("none", "default")


def test_file_sets_what_variables_set(pel, write, lock_of, tmp_path):
    (tmp_path / "links").mkdir()
    file = write(
        f'home = "{tmp_path}/my store"\ncache = "~/cc"\nmax-wheel-files = 7\n'
        f'offline = true\nlog = "debug"\nfind-links = ["{tmp_path}/links"]\n'
    )
    lock = lock_of(simple("alpha"))
    code = "import alpha, sys; print(alpha.__file__); print(sys.prefix)"
    origin, prefix = pel.code(lock, code, env=NO_VARIABLES).splitlines()
    assert origin.startswith(f"{tmp_path}/my store/store/v1/")
    assert prefix.startswith(f"{pel.home}/cc/v1/envs/")
    found = settings(pel, env=NO_VARIABLES)
    assert found["store"] == (f"{tmp_path}/my store", f"{file}:1")
    assert found["cache"] == (f"{pel.home}/cc", f"{file}:2")
    assert found["wheel files"] == ("7", f"{file}:3")
    assert found["network"] == ("not used", f"{file}:4")
    assert found["log"] == ("debug", f"{file}:5")
    assert found["http timeout"] == ("30 s", "default")
    assert found["find-links"] == (f"{tmp_path}/links", f"{file}:6")
    text = pel("doctor", env=NO_VARIABLES).stdout
    assert f"({file}:1)" in text


def test_variable_wins_over_file_and_flag_over_variable(pel, write, python, lock_of):
    write('home = "/nowhere"\npython = "/nothing"\n')
    found = settings(pel)
    assert found["store"] == (str(pel.data), "PYENVLAUNCH_HOME")
    assert found["interpreter"] == (python.path, "PYENVLAUNCH_PYTHON")
    lock = lock_of(simple("alpha"))
    pel.run(lock, "python", "-c", "import alpha").ok()
    no_python = {"PYENVLAUNCH_PYTHON": None}
    assert "/nothing" in pel.run(lock, "python", "-c", "0", env=no_python).failed(1)
    pel("run", "--python", python.path, lock, "--", "python", "-c", "0", env=no_python).ok()


def test_variable_turns_off_what_the_file_turns_on(pel, write):
    write("offline = true\n")
    assert settings(pel)["network"][0] == "not used"
    assert settings(pel, env={"PYENVLAUNCH_OFFLINE": "0"})["network"] == (
        "used",
        "PYENVLAUNCH_OFFLINE",
    )


def test_find_links_of_the_file(pel, write, lock_of, house, tmp_path, build):
    wheel = build(simple("alpha"))
    lock = lock_of(wheel)
    links = tmp_path / "links"
    links.mkdir()
    wheel.path.rename(links / wheel.path.name)
    pel.run(lock, "python", "-c", "0").failed(1)
    write(f'find-links = ["{links}"]\n')
    pel.run(lock, "python", "-c", "import alpha").ok()


def test_xdg_config_home(pel, tmp_path):
    file = tmp_path / "xdg/pyenvlaunch/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('home = "/from/xdg"\n')
    env = NO_VARIABLES | {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    assert settings(pel, env=env)["store"] == ("/from/xdg", f"{file}:1")


def test_change_takes_effect_at_the_next_start(pel, write, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    code = "import sys; print(sys.prefix)"
    for name in ("one", "two", "six"):  # of the same length, within a moment
        write(f'cache = "{tmp_path}/{name}"\n')
        env = {"PYENVLAUNCH_CACHE": None}
        assert pel.code(lock, code, env=env).startswith(f"{tmp_path}/{name}/")
    write("").unlink()
    assert pel.code(lock, code, env=env).startswith(f"{pel.home}/.cache/")


def test_hit_parses_no_toml_and_starts_no_other_program(pel, write, lock_of, tmp_path):
    write("offline = true\n")
    lock = lock_of(simple("alpha"))
    pel.run(lock, "python", "-c", "import alpha").ok()
    pel.run(lock, "python", "-c", "import alpha").ok()
    trace = tmp_path / "trace"
    strace = ("strace", "-f", "-o", str(trace), "-e", "trace=execve,open,openat,stat,newfstatat")
    pel.run(lock, "python", "-c", "import alpha", prefix=strace).ok()
    lines = trace.read_text().splitlines()
    assert sum("execve(" in line for line in lines) == 1
    about = [line for line in lines if "pyenvlaunch/config.toml" in line]
    assert len(about) == 2  # the user's and the system's file are looked at
    assert not any("openat(" in line for line in about)
    assert len([line for line in lines if "/v1/settings" in line]) == 1


def test_hit_without_files_costs_two_calls(pel, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    pel.run(lock, "python", "-c", "import alpha").ok()
    trace = tmp_path / "trace"
    pel.run(lock, "python", "-c", "0", prefix=("strace", "-f", "-o", str(trace))).ok()
    text = trace.read_text()
    assert text.count("pyenvlaunch/config.toml") == 2
    assert "/v1/settings" not in text


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("offline = true\nhme = '/x'\n", "line 2: unknown key 'hme'", "did you mean 'home'?"),
        ("home = 7\n", "line 1: 'home' must be a string, not an integer", ""),
        ("offline = 'no'\n", "line 1: 'offline' must be true or false, not a string", ""),
        ("mode = 'fast'\n", "line 1: 'mode' must be 'embedded' or 'hosted', not 'fast'", ""),
        ("home = 'x'\n", "line 1: 'home' must be an absolute path, not 'x'", "begin it with"),
        ("home = \n", "line 1", ""),
    ],
)
def test_mistake_is_one_clear_error(pel, write, lock_of, text, message, hint):
    file = write(text)
    lock = lock_of(simple("alpha"))
    for command in (("run", lock, "--", "python", "-c", "0"), ("sync", lock), ("doctor",)):
        error = pel(*command).failed(1)
        assert str(file) in error
        assert message in error
        assert hint in error
        assert error.count("error:") == 1


def test_a_file_that_is_none(pel, write, lock_of):
    lock = lock_of(simple("alpha"))
    file = write("")
    for make in (Path.mkdir, os.mkfifo):
        file.unlink()
        make(file)
        file.chmod(0o755)
        assert f"cannot use settings {file}: it is no regular file\n  hint: " in (
            pel("run", lock, "--", "python").failed()
        )
        if file.is_dir():
            file.rmdir()
            file.touch()


def test_the_line_that_asked_for_an_interpreter_is_named(pel, write, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    file = write('\npython = "3.99"\n')
    no_python = {"PYENVLAUNCH_PYTHON": None}
    for words in (["run", lock, "--", "python"], ["lock", "alpha", "-o", tmp_path / "a.lock"]):
        assert (
            f"cannot find the interpreter '3.99' ({file}:2)" in pel(*words, env=no_python).failed()
        )


def test_file_that_others_may_write_is_refused(pel, write, lock_of):
    file = write("offline = true\n")
    lock = lock_of(simple("alpha"))
    pel.run(lock, "python", "-c", "0").ok()
    file.chmod(0o666)
    error = pel.run(lock, "python", "-c", "0").failed(1)
    assert f"cannot use settings {file}: others may write it" in error
    assert f"chmod go-w {file}" in error


@pytest.mark.root
def test_file_of_another_user_is_refused(pel, write):
    file = write("offline = true\n")
    os.chown(file, 4321, 4321)
    error = pel("doctor").failed(1)
    assert f"cannot use settings {file}: it belongs to another user" in error


def test_cache_that_others_could_have_written_is_made_anew(pel, write, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    write(f'home = "{tmp_path}/right"\n')
    env = {"PYENVLAUNCH_HOME": None}
    pel.run(lock, "python", "-c", "0", env=env).ok()
    compiled = pel.cache / "v1/settings"
    compiled.write_text(compiled.read_text().replace("right", "wrong"))
    compiled.chmod(0o666)
    pel.run(lock, "python", "-c", "0", env=env).ok()
    assert "right" in compiled.read_text()
    assert not (tmp_path / "wrong").exists()


def in_own_etc(tmp_path: Path, command: list[object], **options) -> subprocess.CompletedProcess:
    """Runs a command that sees another /etc, which has the file of settings."""
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc && exec "$@"', tmp_path / "etc"]
        + [str(word) for word in command],
        capture_output=True,
        text=True,
        **options,
    )


@pytest.mark.root
def test_system_file_is_below_the_users(pel, write, tmp_path):
    etc = tmp_path / "etc/pyenvlaunch"
    etc.mkdir(parents=True)
    for name in ("passwd", "ld.so.cache", "ld.so.conf"):
        shutil.copy(f"/etc/{name}", etc.parent)
    system = etc / "config.toml"
    system.write_text('home = "/system"\ncache = "/system-cache"\nmax-wheel-files = 5\n')
    user = write('home = "/user"\n')
    env = {name: value for name, value in pel.env.items() if name not in NO_VARIABLES}
    done = in_own_etc(tmp_path, [PROGRAM, "doctor", "--json"], env=env)
    found = {item["name"]: item for item in json.loads(done.stdout)["settings"]}
    assert (found["store"]["value"], found["store"]["source"]) == ("/user", f"{user}:1")
    etc_file = "/etc/pyenvlaunch/config.toml"
    assert found["cache"]["source"] == f"{etc_file}:2"
    assert found["wheel files"]["source"] == f"{etc_file}:3"
    os.chown(system, 4321, 0)
    done = in_own_etc(tmp_path, [PROGRAM, "doctor"], env=env)
    assert done.returncode == 1
    assert f"cannot use settings {etc_file}: it does not belong to root" in done.stderr
