"""What `ps`, `pgrep` and supervisors call a process: what they would in a virtual environment."""

import subprocess

import pytest
from support.wheels import Wheel

NAME = "print(open('/proc/self/comm').read().strip())"


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_the_kernels_name(pel, lock_of, tmp_path, mode):
    env = {"PYENVLAUNCH_MODE": mode}
    files = {"tool.py": f"def main():\n    {NAME}\n"}
    points = {"console_scripts": {"some-tool": "tool:main"}}
    lock = lock_of(Wheel("tool", files=files, entry_points=points))
    script = tmp_path / "script.py"
    script.write_text(NAME + "\n")
    embedded = mode == "embedded"
    for words, name in (
        (("python", "-c", NAME), "python"),
        (("python3", "-c", NAME), "python3" if embedded else "python"),
        (("-c", NAME), "python"),
        ((script,), "python"),
        (("some-tool",), "some-tool" if embedded else "python"),
    ):
        assert pel.run(lock, *words, env=env).ok() == f"{name}\n", words
    pel("venv", tmp_path / "venv", lock, env=env).ok()
    done = subprocess.run(
        [tmp_path / "venv/bin/python", "-c", NAME], capture_output=True, text=True, check=True
    )
    assert done.stdout == "python\n"
