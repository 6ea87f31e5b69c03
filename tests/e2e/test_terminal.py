"""What shows on a terminal, and where it does not; --json."""

import json
import os
import re
import socket

import pytest
from support.launcher import PROGRAM
from support.terminal import Terminal
from support.wheels import simple

ESCAPE = "\x1b["


def on_terminal(pel, *args, env=None) -> tuple[int, str]:
    variables = pel.env | {"TERM": "xterm"} | (env or {})
    terminal = Terminal([PROGRAM, *args], variables, pel.work)
    status = terminal.finish()
    return status, terminal.text


@pytest.mark.parametrize(
    ("env", "args", "coloured"),
    [
        ({}, (), True),
        ({}, ("--color", "never"), False),
        ({"NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": ""}, (), True),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, (), False),
        ({"TERM": "dumb"}, (), False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, (), True),
    ],
)
def test_colour_on_a_terminal(pel, env, args, coloured):
    status, text = on_terminal(pel, "sync", *args, "none.lock", env=env)
    assert status == 1
    assert (ESCAPE in text) == coloured, text


@pytest.mark.parametrize(
    ("env", "args", "coloured"),
    [
        ({}, (), False),
        ({}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": ""}, (), False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
    ],
)
def test_colour_without_a_terminal(pel, env, args, coloured):
    result = pel("sync", *args, "none.lock", env=env)
    assert result.returncode == 1
    assert (ESCAPE in result.stderr) == coloured, result


@pytest.mark.parametrize("command", [("sync",), ("run",), ("env", "show")], ids=" ".join)
def test_no_name_of_others_orders_the_terminal(pel, command):
    lock = pel.work / "a\x1b[31m\u202eb\x07.lock"
    lock.write_text("packages = 3\n", encoding="utf-8")
    target = ("--", "python") if command == ("run",) else ()
    result = pel(*command, lock, *target)
    assert result.returncode == 1
    assert r"/a\x1b[31m\xe2\x80\xaeb\x07.lock: line 1" in result.stderr
    assert not set("\x1b\u202e\x07") & set(result.stderr)


def test_progress_on_a_terminal_only(pel, lock_of, server, build):
    wheels = [build(simple(f"pkg{i}", **{"data.bin": "x" * 100_000})) for i in range(5)]
    lock = lock_of(*wheels, url=server.url)
    result = pel("sync", lock)
    assert "\r" not in result.stderr
    assert ESCAPE not in result.stderr
    assert result.stderr == ""
    pel.forget()
    status, text = on_terminal(pel, "sync", lock)
    assert status == 0
    assert "Downloading" in text
    pel.forget()
    status, text = on_terminal(pel, "venv", "-q", "v", lock)
    assert (status, text) == (0, "")
    for env in ({"TERM": "dumb"}, {"CI": "true"}):
        pel.forget()
        status, text = on_terminal(pel, "sync", lock, env=env)
        assert status == 0
        assert "Downloading" not in text
        assert ESCAPE not in text


def test_progress_fits_into_a_narrow_terminal(pel, lock_of, server, build):
    lock = lock_of(build(simple("alpha", **{"data.bin": "x" * 100_000})), url=server.url)
    terminal = Terminal(
        ["sh", "-c", f'stty cols 20; exec "{PROGRAM}" sync "{lock}"'],
        pel.env | {"TERM": "xterm"},
        pel.work,
    )
    assert terminal.finish() == 0
    lines = re.findall(r"Downloading[^\r\n\x1b]*", terminal.text)
    assert lines
    assert max(map(len, lines)) < 20


def test_an_interrupted_download_leaves_a_clean_line(pel, lock_of, build):
    """Ctrl-C: the bar is gone, nothing of it stands before the prompt."""
    wheel = build(simple("alpha", **{"data.bin": os.urandom(3_000_000)}))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        terminal = Terminal(
            [PROGRAM, "sync", lock_of(wheel, url=url)], pel.env | {"TERM": "xterm"}, pel.work
        )
        connection, _ = listener.accept()
        content = wheel.path.read_bytes()
        connection.recv(65536)
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content[:2_000_000]
        )
        terminal.wait_for("Downloading")
        terminal.send("\x03")
        assert terminal.finish() == 130
        connection.close()
    end = terminal.text.rpartition("\x1b[K")[2]
    assert "Downloading" not in end
    assert not list((pel.store / "tmp").iterdir())


def test_json_of_sync_and_venv(pel, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    [report] = json.loads(pel("sync", "--json", lock).ok())
    assert (report["lock"], report["hit"], report["wheels"]["added"]) == (str(lock), False, 1)
    [report] = json.loads(pel("sync", "--json", lock).ok())
    assert report["hit"] is True
    report = json.loads(pel("venv", "--json", tmp_path / "v", lock).ok())
    assert (report["directory"], report["lock"]) == (str(tmp_path / "v"), str(lock))


def test_json_of_store_add(pel, build):
    wheel = build(simple("alpha"))
    assert json.loads(pel("store", "add", "--json", wheel.path).ok()) == [
        {"file": str(wheel.path), "id": wheel.store_id}
    ]
