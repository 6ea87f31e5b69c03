"""Every form of TARGET that `run` takes, seen from outside: output, status, signals, variables."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from support.wheels import Wheel

TOOL = Wheel(
    "demo-tool",
    files={
        "demo_tool/__init__.py": (
            "import sys\n"
            "def main():\n"
            "    print('console', *sys.argv[1:])\n"
            "    return 3 if 'fail' in sys.argv else None\n"
            "class Shell:\n"
            "    @classmethod\n"
            "    def start(cls):\n"
            "        print('method')\n"
        ),
        "demo_tool/__main__.py": "import sys\nprint('module', sys.argv[1:], __name__)\n",
        "demo_tool-1.0.data/scripts/demo-data": (
            "#!python\nimport sys, demo_tool\nprint('data', *sys.argv[1:])\n"
        ),
        "demo_tool-1.0.data/scripts/demo-shell": '#!/bin/sh\necho shell "$@"\n',
    },
    executable={"demo_tool-1.0.data/scripts/demo-shell"},
    entry_points={
        "console_scripts": {
            "demo": "demo_tool:main",
            "demo-extra": "demo_tool:main [extra]",
            "demo-method": "demo_tool:Shell.start",
        },
        "gui_scripts": {"demo-window": "demo_tool:main"},
    },
)


@pytest.fixture
def lock(lock_of) -> Path:
    return lock_of(TOOL)


def test_python_with_code(pel, lock):
    result = pel.run(lock, "python", "-c", "import sys; print(sys.argv)", "a", "-b")
    assert (result.returncode, result.stdout, result.stderr) == (0, "['-c', 'a', '-b']\n", "")


@pytest.mark.parametrize("name", ["python", "python3", "python{minor}"])
def test_python_by_each_of_its_names(pel, lock, python, name):
    target = name.format(minor=python.minor)
    code = "import platform, os, sys; print(platform.python_version())"
    assert pel.run(lock, target, "-c", code).ok() == python.full + "\n"


def test_another_pythons_name_is_not_answered_by_this_one(pel, lock):
    result = pel.run(lock, "python2.7", "-c", "print('wrong')")
    assert result.returncode == 127
    assert "wrong" not in result.stdout


def test_options_of_cpython_go_through(pel, lock):
    code = "import sys; print(sys.flags.optimize, sys.flags.utf8_mode, sys.warnoptions)"
    assert pel.run(lock, "python", "-OO", "-Xutf8", "-Werror", "-c", code).ok() == "2 1 ['error']\n"


def test_module(pel, lock):
    expected = "module ['x'] __main__\n"
    assert pel.run(lock, "python", "-m", "demo_tool", "x").ok() == expected
    assert pel.run(lock, "-m", "demo_tool", "x").ok() == expected


def test_code_and_module_without_the_word_python(pel, lock):
    assert pel.run(lock, "-c", "import demo_tool; print(demo_tool.__name__)").ok() == "demo_tool\n"


def test_separator_is_optional(pel, lock):
    assert pel("run", lock, "demo", "x").ok() == "console x\n"


def test_options_behind_the_target_are_the_programs(pel, lock):
    assert pel("run", lock, "demo", "--offline", "--help").ok() == "console --offline --help\n"


@pytest.mark.parametrize("command", ["run", "exec"])
@pytest.mark.parametrize("words", [["--extra", "e", "--", "python"], ["--offline", "python"]])
def test_options_of_our_own_behind_the_lock_are_a_mistake(pel, lock, command, words):
    result = pel(command, lock, *words)
    assert result.returncode == 2
    assert result.stderr == (
        f"pyenvlaunch: error: option '{words[0]}' stands behind the lock\n"
        "  hint: options come before the lock: what is behind it is the program and its own\n"
    )
    assert "Python" in pel(command, lock, "--", "python", "--version").ok()


@pytest.mark.parametrize("name", ["demo", "demo-extra", "demo-window"])
def test_console_and_gui_scripts(pel, lock, name):
    assert pel.run(lock, name, "a b", "c").ok() == "console a b c\n"


def test_entry_point_of_a_class(pel, lock):
    assert pel.run(lock, "demo-method").ok() == "method\n"


def test_data_script_is_run_by_the_environments_python(pel, lock):
    assert pel.run(lock, "demo-data", "x").ok() == "data x\n"


def test_data_script_with_an_interpreter_of_its_own(pel, lock):
    assert pel.run(lock, "demo-shell", "x").ok() == "shell x\n"


def test_script_file(pel, lock, tmp_path):
    script = tmp_path / "script dir" / "hello.py"
    script.parent.mkdir()
    script.write_text(
        "import sys, demo_tool, os\n"
        "print(sys.argv, __file__ == sys.argv[0], sys.path[0] == os.path.dirname(__file__))\n"
    )
    assert pel.run(lock, script, "x").ok() == f"{[str(script), 'x']} True True\n"
    relative = pel.run(lock, "hello.py", cwd=script.parent).ok()
    assert relative.startswith("['hello.py'] ")


def test_path_to_a_program(pel, lock, tmp_path):
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho program $0 "$@"\n')
    program.chmod(0o755)
    assert pel.run(lock, program, "x").ok() == f"program {program} x\n"


def test_program_on_path_finds_the_environment_active(pel, lock, python):
    # sh finds "python" and the scripts on PATH, because the environment's bin/ is its first entry.
    out = pel.run(
        lock,
        "sh",
        "-c",
        'demo y; python -c "import demo_tool, sys; print(sys.prefix)"; echo "$VIRTUAL_ENV"',
    )
    lines = out.ok().splitlines()
    assert lines[0] == "console y"
    assert lines[1] == lines[2]
    assert Path(lines[2], "pyvenv.cfg").is_file()


def test_exit_status_is_the_programs(pel, lock):
    assert pel.run(lock, "demo", "fail").returncode == 3
    assert pel.run(lock, "python", "-c", "raise SystemExit(42)").returncode == 42
    assert pel.run(lock, "python", "-c", "raise ValueError('no')").returncode == 1
    assert pel.run(lock, "sh", "-c", "exit 9").returncode == 9


def test_signal_kills_the_program_as_a_signal(pel, lock):
    result = pel.run(
        lock, "python", "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    )
    assert result.returncode == -signal.SIGTERM


def test_interrupt_is_pythons_keyboard_interrupt(pel, lock):
    code = (
        "import os, signal\n"
        "try:\n    os.kill(os.getpid(), signal.SIGINT)\n    import time; time.sleep(60)\n"
        "except KeyboardInterrupt:\n    print('interrupted')\n"
    )
    assert pel.run(lock, "python", "-c", code).ok() == "interrupted\n"


def test_the_program_is_this_very_process(pel, lock):
    pel("sync", lock).ok()
    process = pel.popen("run", lock, "--", "python", "-c", "import os; print(os.getpid())")
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    assert int(out) == process.pid


def test_standard_input_is_the_programs(pel, lock):
    code = "import sys; print(sys.stdin.read().upper())"
    assert pel.run(lock, "python", "-c", code, stdin="text").ok() == "TEXT\n"
    assert (
        pel.run(lock, "python", "-", "x", stdin="import sys; print(sys.argv)").ok()
        == "['-', 'x']\n"
    )
    assert pel.run(lock, "python", stdin="print(6 * 7)").ok() == "42\n"


def test_closed_pipe_and_full_disk_are_the_programs_affair(pel, lock):
    with Path("/dev/full").open("w") as full:
        process = pel.popen("run", lock, "--", "python", "-c", "print('x')", stdout=full)
        _, err = process.communicate(timeout=600)
    assert process.returncode == 120
    assert "No space left on device" in err


def test_missing_target_is_127_and_says_where_it_looked(pel, lock):
    result = pel.run(lock, "no-such-program")
    assert result.returncode == 127
    assert result.stderr == (
        "pyenvlaunch: error: cannot run 'no-such-program': it is neither a script of the "
        "environment nor a program on PATH\n"
        "  hint: `pyenvlaunch env show LOCK` lists the environment's scripts\n"
    )


def test_target_that_cannot_be_executed_is_126(pel, lock, tmp_path):
    file = tmp_path / "bin/plain"
    file.parent.mkdir()
    file.write_text("text")
    file.chmod(0o644)
    result = pel.run(lock, "plain", env={"PATH": f"{file.parent}:/usr/bin:/bin"})
    assert result.returncode == 126
    assert result.stderr == (
        f"pyenvlaunch: error: cannot run 'plain': {file} is not executable\n"
        f"  hint: run `chmod +x {file}`\n"
    )
    # A directory on PATH is none of the programs there, as for shells.
    result = pel.run(lock, "bin", env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert "cannot run 'bin': it is neither a script" in result.failed(127)


def test_the_working_directory_is_a_path(pel, lock):
    (pel.work / "__main__.py").write_text("import sys; print(sys.argv)\n")
    assert pel.run(lock, ".", "1").ok() == "['.', '1']\n"
    (pel.work / "__main__.py").unlink()
    assert "can't find '__main__' module" in pel.run(lock, ".").stderr


def test_missing_script_file(pel, lock, tmp_path):
    result = pel.run(lock, tmp_path / "missing.py")
    assert result.returncode == 127
    assert result.stderr == (
        f"pyenvlaunch: error: cannot run '{tmp_path}/missing.py': no such file\n"
    )


def test_variables_of_an_activated_environment(pel, lock):
    code = (
        "import json, os, sys; print(json.dumps([os.environ['VIRTUAL_ENV'], sys.prefix, "
        "os.environ['PATH'].split(':')[0], 'PYTHONHOME' in os.environ]))"
    )
    virtual_env, prefix, first, has_home = json.loads(pel.code(lock, code))
    assert virtual_env == prefix
    assert first == os.path.join(prefix, "bin")
    assert not has_home


def test_python_home_of_the_caller_does_no_harm(pel, lock):
    code = "import demo_tool, sys; print(sys.prefix != sys.base_prefix)"
    assert pel.code(lock, code, env={"PYTHONHOME": "/nonexistent"}) == "True\n"


def test_exec_runs_any_program_in_the_environment(pel, lock):
    out = pel("exec", lock, "--", "sh", "-c", 'command -v demo; echo "$VIRTUAL_ENV"').ok()
    script, virtual_env = out.splitlines()
    assert script == f"{virtual_env}/bin/demo"
    assert pel("exec", lock, "--", "sh", "-c", "exit 5").returncode == 5
    assert pel("exec", lock, "--", "no-such-program").returncode == 127


def test_environments_python_runs_by_itself_with_no_variables(pel, lock):
    prefix = pel.code(lock, "import sys; print(sys.prefix)").strip()
    done = subprocess.run(
        [f"{prefix}/bin/python", "-c", "import sys, demo_tool; print(sys.executable)"],
        env={},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{prefix}/bin/python\n", "")


@pytest.mark.parametrize("name", ["demo", "demo-method", "demo-data", "demo-shell"])
def test_scripts_of_the_environment_run_by_themselves(pel, lock, name):
    prefix = pel.code(lock, "import sys; print(sys.prefix)").strip()
    done = subprocess.run(
        [f"{prefix}/bin/{name}"], env={}, capture_output=True, text=True, timeout=600
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[0] in ("console", "method", "data", "shell")


def test_children_are_in_the_environment_too(pel, lock):
    code = (
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-c', 'import demo_tool, sys; print(sys.prefix)'],"
        " capture_output=True, text=True, check=True, env={}).stdout.strip() == sys.prefix)"
    )
    assert pel.code(lock, code) == "True\n"


def test_nested_run_starts_from_the_users_own_interpreter(pel, lock, lock_of):
    from support.launcher import PROGRAM
    from support.wheels import simple

    other = lock_of(simple("other"), name="other.lock")
    code = (
        "import subprocess, sys\n"
        f"print(subprocess.run([{str(PROGRAM)!r}, 'run', {str(other)!r}, '--', 'python', '-c', "
        "'import other, sys; print(sys.prefix)'], capture_output=True, text=True, check=True)"
        ".stdout.strip() != sys.prefix)"
    )
    assert pel.code(lock, code) == "True\n"


def test_nested_venv_is_an_ordinary_one(pel, lock, tmp_path):
    venv = tmp_path / "inner"
    pel.run(lock, "python", "-m", "venv", "--without-pip", venv).ok()
    code = "import sys, importlib.util as u; print(sys.prefix, u.find_spec('demo_tool'))"
    done = subprocess.run(
        [venv / "bin/python", "-c", code], env={}, capture_output=True, text=True, timeout=600
    )
    assert (done.returncode, done.stdout) == (0, f"{venv} None\n"), done.stderr
