"""Scripts with a lock of their own: how they are started, where their lock is, what they see."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from support.interpreters import one_a_minor
from support.launcher import PATIENCE, PROGRAM, Launcher, Result
from support.locks import write_lock
from support.wheels import simple

BODY = """\
import os, sys
import alpha
print(sys.argv[1:], __name__, sys.argv[0] == ARGV0, os.path.samefile(__file__, sys.argv[0]),
      os.path.realpath(sys.path[0]) == os.path.realpath(os.path.dirname(__file__)), alpha.VERSION)
"""
SHEBANGS = {
    "env": "#!/usr/bin/env -S pyenvlaunch run --script",
    "env without a command": "#!/usr/bin/env pyenvlaunch",
    "env with options": "#!/usr/bin/env -S pyenvlaunch --offline",
    "direct": "#!{program}",
    "glued": "#!{program} run --offline --script",
    "glued options": "#!{program} --offline  --no-default-groups ",
    "one option": "#!{program} --offline",
    "comment": "#!{program} # nothing else",
}


def execute(pel: Launcher, *command: object, cwd: Path | None = None, **env: str) -> Result:
    """Executes a file as a shell would; `pyenvlaunch` is on PATH."""
    variables = pel.env | {"PATH": f"{PROGRAM.parent}:{pel.env['PATH']}"} | env
    done = subprocess.run(
        [str(word) for word in command],
        env=variables,
        cwd=cwd or pel.work,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Result(str(command), done.returncode, done.stdout, done.stderr)


def write_script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    path.chmod(0o755)
    return path


@pytest.fixture
def script(tmp_path, build):
    """script(text, name=..., folder=..., wheels=...) writes a script and the lock beside it."""

    def make(text: str, *, name: str = "tool.py", lock: str = "", wheels=None, head=()) -> Path:
        path = write_script(tmp_path / "scripts dir" / name, text)
        wheels = [simple("alpha")] if wheels is None else wheels
        write_lock(
            path.parent / (lock or f"{name}.lock"), [build(wheel) for wheel in wheels], head=head
        )
        return path

    return make


def body(argv0: object) -> str:
    return BODY.replace("ARGV0", repr(str(argv0)))


SEEN = "['a b', '-c', '--script'] __main__ True True True 1.0\n"
ARGUMENTS = ("a b", "-c", "--script")


@pytest.mark.parametrize("form", SHEBANGS)
def test_every_form_of_the_first_line(pel, script, tmp_path, form):
    line = SHEBANGS[form].format(program=PROGRAM)
    path = script(f"{line}\n{body(tmp_path / 'scripts dir/tool.py')}")
    assert execute(pel, path, *ARGUMENTS).ok() == SEEN
    again = execute(pel, path, *ARGUMENTS)
    assert (again.ok(), again.stderr) == (SEEN, "")


def test_first_line_is_split_as_env_splits_it(pel, script, python):
    line = f"#!{PROGRAM} 'run' \"--pyt\"hon ${{PEL_TEST_PYTHON}}\\_--script # a comment"
    path = script(f"{line}\nimport sys; print(sys.base_prefix, sys.argv[1:])\n")
    other = next(item for item in one_a_minor() if item.path != python.path)
    out = execute(pel, path, "x", PEL_TEST_PYTHON=other.path).ok()
    code = "import sys; print(sys.base_prefix)"
    prefix = subprocess.run([other.path, "-c", code], capture_output=True, text=True, check=True)
    assert out == f"{prefix.stdout.strip()} ['x']\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("run '--script", "cannot split 'run '--script': a quote is not closed"),
        ("run $HOME", "cannot split 'run $HOME': only ${NAME} is expanded"),
        ("run \\x", "cannot split 'run \\x': '\\x' has no meaning"),
    ],
)
def test_first_line_that_cannot_be_split(pel, script, words, reason):
    path = script(f"#!{PROGRAM} {words}\npass\n")
    assert execute(pel, path).failed(2) == (
        f"pyenvlaunch: error: {reason}\n"
        "  hint: the first line of a script is split as `env -S` splits it\n"
    )


def test_by_name_from_the_command_line(pel, script):
    path = script(body("./tool.py"))
    assert pel("./tool.py", *ARGUMENTS, cwd=path.parent).ok() == SEEN
    assert pel("--offline", "./tool.py", *ARGUMENTS, cwd=path.parent).ok() == SEEN
    path.write_text(body("tool.py"))
    assert pel("run", "--script", "tool.py", *ARGUMENTS, cwd=path.parent).ok() == SEEN
    assert pel("run", "--script=tool.py", *ARGUMENTS, cwd=path.parent).ok() == SEEN


def test_script_that_is_called_like_a_command_or_an_option(pel, script):
    path = script("print('mine')\n", name="sync")
    assert pel("./sync", cwd=path.parent).ok() == "mine\n"
    path = script("import sys; print(sys.argv)\n", name="-c")
    assert pel("run", "--script", "-c", "x", cwd=path.parent).ok() == "['./-c', 'x']\n"


def test_on_path_and_without_a_slash(pel, script):
    path = script(f"#!{PROGRAM}\nimport sys; print('here', sys.argv[0])\n", name="mytool")
    on_path = f"{path.parent}:{pel.env['PATH']}"
    assert execute(pel, "/bin/sh", "-c", "mytool", PATH=on_path).ok() == f"here {path}\n"
    # The kernel is given a name without any slash.
    out = execute(
        pel,
        "/usr/bin/python3",
        "-c",
        "import os; os.execv('mytool', ['mytool'])",
        cwd=path.parent,
    )
    assert out.ok() == "here mytool\n"


def test_launcher_in_a_folder_with_spaces(pel, script, tmp_path):
    link = tmp_path / "my tools" / "pyenvlaunch"
    link.parent.mkdir()
    link.symlink_to(PROGRAM)
    path = script(f'#!/usr/bin/env -S "{link}" run --script\nprint("spaces")\n')
    assert execute(pel, path).ok() == "spaces\n"


def test_nested_through_another_script(pel, script, tmp_path):
    path = script(f"#!{PROGRAM} --offline\nimport sys; print(sys.argv)\n", name="interpreter")
    folder = tmp_path / "nested"
    link = Path(str(path).replace(" ", "X"))
    inner = write_script(folder / "inner", f"#!{link}\nnot python\n")
    link.parent.symlink_to(path.parent)
    assert execute(pel, inner, "x").ok() == f"{[str(link), str(inner), 'x']}\n"


def test_lock_of_other_names_and_links(pel, script, tmp_path):
    path = script("import alpha; print(alpha.VERSION)\n", name="tool.pyw")
    assert pel("run", "--script", path).ok() == "1.0\n"
    link = tmp_path / "bin" / "tool"
    link.parent.mkdir()
    link.symlink_to("middle")
    (tmp_path / "bin/middle").symlink_to(path)
    assert pel(link).ok() == "1.0\n"
    # A lock beside the link comes before that of the file.
    other = simple("alpha", "2.0").build(tmp_path / "wheelhouse")
    write_lock(tmp_path / "bin/middle.lock", [other])
    assert pel(link).ok() == "2.0\n"
    assert pel(tmp_path / "bin/middle").ok() == "2.0\n"
    assert pel(path).ok() == "1.0\n"


BLOCK = "# /// script\n{}# ///\n"


def block(*lines: str) -> str:
    return BLOCK.format("".join(f"# {line}\n" if line else "#\n" for line in lines))


def test_metadata_names_the_lock(pel, script, tmp_path):
    text = block("[tool.pyenvlaunch]", "lock = '../locks/other.lock'")
    path = script(f"{text}import alpha; print(alpha.VERSION)\n")
    wheel = simple("alpha", "3.0").build(tmp_path / "wheelhouse")
    lock = write_lock(tmp_path / "locks/other.lock", [wheel])
    assert pel(path).ok() == "3.0\n"
    link = tmp_path / "link.py"
    link.symlink_to(path)
    assert pel(link).ok() == "3.0\n", "relative to the file itself"
    lock.unlink()
    assert "the lock that it names is not there" in pel(path).failed(1)
    write_script(path, f"{block('[tool.pyenvlaunch]')}import alpha; print(alpha.VERSION)\n")
    assert pel(path).ok() == "1.0\n", "a table that names none"
    escaped = block('["tool".py\\u0065nvlaunch]') + "pass\n"
    write_script(path, escaped)
    assert "line 2" in pel(path).failed(1)


def test_second_run_is_one_process(pel, script, tmp_path):
    """Also when the metadata has a table of ours, which takes TOML to read."""
    text = block("[tool.pyenvlaunch]", "lock = 'named.lock'")
    path = script(f"#!{PROGRAM}\n{text}import alpha\n", lock="named.lock")
    log = tmp_path / "strace"
    tracer = ("strace", "-f", "-qq", "-o", log, "-e", "trace=process,openat", "-s", "4096")
    execute(pel, path).ok()
    execute(pel, *tracer, path).ok()
    calls = log.read_text(errors="replace").splitlines()
    assert len([call for call in calls if re.search(r" execve\(.* = 0$", call)]) == 1
    assert len({call.split()[0] for call in calls}) == 1
    assert [call for call in calls if re.search(r"toml|boost|O_(WRONLY|RDWR|CREAT)", call)] == []


def test_metadata_decides_the_interpreter(new_user, script):
    pythons = one_a_minor()
    assert len(pythons) > 1
    pel = new_user(None)
    pel.env["PATH"] = ":".join(str(Path(p.path).parent) for p in pythons) + ":/usr/bin:/bin"
    for python in (pythons[0], pythons[-1], pythons[0]):
        wish = block(f'requires-python = "=={python.minor}.*"')
        path = script(f"{wish}import sys; print('%d.%d' % sys.version_info[:2])\n")
        assert pel(path).ok() == f"{python.minor}\n"


def test_metadata_and_the_interpreter_that_was_asked_for_disagree(pel, script):
    path = script(
        block('requires-python = ">=3.99"') + "pass\n", head=['requires-python = ">=3.9"']
    )
    err = pel(path).failed(1)
    assert "but the script with its lock requires '>=3.9,>=3.99'" in err
    err = pel("run", "--python", "3.9", "--script", path).failed(1)
    assert err.splitlines()[-1].endswith(" or lock again for the one you want")


def test_lock_lacks_what_the_metadata_asks_for(pel, script):
    path = script(block("dependencies = [", "  'alpha<1',", "]") + "pass\n")
    err = pel(path).failed(1)
    assert err == (
        f"pyenvlaunch: error: cannot use lock {path}.lock for script {path}: line 3 asks for "
        "'alpha<1', and the lock has version 1.0\n"
        f"  hint: lock it again: `pyenvlaunch lock --script {path}`\n"
    )
    inactive = "'gamma; os_name == \"nt\"'"
    write_script(path, block(f"dependencies = ['Alpha[x]>=1', {inactive}, 'beta @ https://h/b']"))
    assert "line 2 asks for 'beta @ https://h/b', and the lock has none" in pel(path).failed(1)
    write_script(path, block(f"dependencies = ['ALPHA (~=1.0)', {inactive}]") + "print('ok')\n")
    assert pel(path).ok() == "ok\n"


BAD_METADATA = {
    "toml": ('requires-python = ">=3.9', "line 3, column ", ""),
    "kind": ("dependencies = 'x'", "line 3: key 'dependencies' is a string, not an array", ""),
    "version": ("requires-python = 'x'", "line 3: key 'requires-python' is wrong: ", ""),
    "dependency": ("dependencies = ['a', '-b']", "line 3: key 'dependencies[1]' is wrong: ", ""),
    "key": (
        "tool.pyenvlaunch.look = 'x'",
        "line 3: key 'tool.pyenvlaunch.look' is unknown",
        "did you mean 'lock'?",
    ),
}


@pytest.mark.parametrize("case", BAD_METADATA)
def test_metadata_that_is_wrong(pel, script, case):
    line, reason, hint = BAD_METADATA[case]
    path = script(f"# a comment\n{block(line)}pass\n")
    err = pel(path).failed(1)
    assert err.startswith(f"pyenvlaunch: error: cannot read script {path}: {reason}")
    assert hint in err


def test_several_blocks(pel, script):
    path = script(f"{block('x = 1')}\n{block('y = 1')}pass\n")
    assert pel(path).failed(1) == (
        f"pyenvlaunch: error: cannot read script {path}: line 5: a second '# /// script' block; "
        "the first is at line 1\n  hint: write one block of metadata (PEP 723)\n"
    )


@pytest.mark.parametrize(
    "start", ["\ufeff", "\r\n# -*- coding: utf-8 -*-\r\n", "# vim: set fileencoding=latin-1 :\n"]
)
def test_marks_line_ends_and_encodings(pel, script, start):
    end = "\r\n" if "\r\n" in start else "\n"
    text = start + block("[tool.pyenvlaunch]", "lock = 'l.lock'").replace("\n", end)
    path = script(f"{text}import alpha{end}print(alpha.VERSION){end}", lock="l.lock")
    assert pel(path).ok() == "1.0\n"


def test_folders_that_cannot_be_read_or_written(pel, script):
    path = script("import alpha; print(alpha.VERSION)\n")
    path.parent.chmod(0o311)
    try:
        assert pel(path).ok() == "1.0\n"
        path.parent.chmod(0o111)
        assert pel(path).ok() == "1.0\n"
    finally:
        path.parent.chmod(0o755)


def test_no_such_script_or_none_that_can_be_run(pel, tmp_path):
    missing = pel("./missing.py")
    assert missing.failed(127) == "pyenvlaunch: error: cannot run './missing.py': no such file\n"
    assert "it is a directory" in pel("run", "--script", tmp_path).failed(126)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    assert "it is no regular file" in pel(fifo).failed(126)


def test_no_lock(pel, tmp_path):
    path = write_script(tmp_path / "tool.py", "pass\n")
    assert pel(path).failed(1) == (
        f"pyenvlaunch: error: cannot run script {path}: it has no lock: there is no {path}.lock\n"
        f'  hint: make one with `pyenvlaunch lock --script {path}`, or name one by lock = "..." '
        "in [tool.pyenvlaunch] of its metadata\n"
    )


def test_status_and_variables_are_as_in_run(pel, script):
    path = script("import os, sys\nprint(os.environ['VIRTUAL_ENV'] == sys.prefix)\nsys.exit(7)\n")
    done = pel(path)
    assert (done.returncode, done.stdout) == (7, "True\n")


def test_change_of_lock_or_metadata_takes_effect(pel, script, tmp_path):
    path = script("import alpha; print(alpha.VERSION)\n")
    assert pel(path).ok() == "1.0\n"
    wheel = simple("alpha", "2.0").build(tmp_path / "wheelhouse")
    write_lock(Path(f"{path}.lock"), [wheel])
    assert pel(path).ok() == "2.0\n"


def test_sync_makes_the_environments_of_scripts(pel, script):
    path = script("import alpha; print('run')\n")
    assert "1 wheel" in pel("sync", "--script", path).ok()
    assert pel("run", "--offline", "--script", path).ok() == "run\n"
    text = block("[tool.pyenvlaunch]", "lock = 'gone.lock'")
    write_script(path, f"{text}pass\n")
    err = pel("sync", "--script", path).failed(1)
    assert f"the lock that it names is not there: {path.parent}/gone.lock" in err


def test_bad_usage(pel, script):
    path = script("pass\n")
    assert "unknown option '--pyton'" in pel("run", "--pyton", "3", "--script", path).failed(2)
    pel("run", "--script").failed(2)
    assert "unknown option" in pel("exec", "--script", path).failed(2)
