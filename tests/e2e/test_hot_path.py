"""A hit does what a hit must and no more: seen with strace on the second run."""

import re
from collections import Counter

import pytest
from support.launcher import ROOT
from support.system_calls import count, opened, read_calls, tracer
from support.wheels import simple

CODE = ("python", "-c", "pass")


def traced(pel, lock, tmp_path, *target: str) -> list[str]:
    """The system calls of `run LOCK -- TARGET`, of all processes, one a line."""
    log = tmp_path / "strace"
    pel.run(lock, *target, prefix=tracer(log)).ok()
    return read_calls(log)


@pytest.fixture
def lock(pel, lock_of):
    made = lock_of(simple("alpha"), simple("beta"))
    pel("sync", made).ok()
    return made


def test_second_run_loads_nothing_of_the_manager(pel, lock, tmp_path):
    files = opened(traced(pel, lock, tmp_path, *CODE))
    assert str(lock) in files
    for name in ("toml", "archive", "curl", "boost", "ssl", "crypto", "stdc++", "manager"):
        assert [file for file in files if name in file.rsplit("/", 1)[-1]] == []


def test_second_run_is_one_process(pel, lock, tmp_path):
    calls = traced(pel, lock, tmp_path, *CODE)
    assert count(calls, "execve", "execveat") == 1  # strace's own start of it
    assert count(calls, "clone", "clone3", "fork", "vfork") == 0
    assert len({call.split()[0] for call in calls}) == 1


def test_second_run_reads_the_lock_once_and_parses_no_toml(pel, lock, tmp_path):
    """The text is digested, whatever it means: a record is found for it, not for its content."""
    files = Counter(opened(traced(pel, lock, tmp_path, *CODE)))
    assert files[str(lock)] == 1


def test_second_run_writes_nothing(pel, lock, tmp_path):
    calls = traced(pel, lock, tmp_path, "python", "-c", "import alpha, beta")
    assert [call for call in calls if re.search(r"O_(WRONLY|RDWR|CREAT)", call)] == []
    assert count(calls, "rename", "renameat2?", "unlink(at)?", "mkdir(at)?", "symlink(at)?") == 0


def test_import_touches_little(pel, lock, tmp_path):
    """Modules come from one mapped pack: their sources are neither opened nor looked for."""
    calls = traced(pel, lock, tmp_path, "python", "-c", "import alpha, beta")
    files = opened(calls)
    assert [
        file for file in files if file.endswith(("alpha/__init__.py", "beta/__init__.py"))
    ] == []
    assert [file for file in files if file.endswith(".pyc") and "/wheels/" in file] == []


def documented_calls() -> list[str]:
    """The table of docs/architecture.md: the names of a hit's calls, one after the other."""
    text = (ROOT / "docs/architecture.md").read_text()
    table = text.partition("<!-- calls of a hit -->")[2].partition("<!-- end of calls -->")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def own_calls(calls: list[str]) -> list[str]:
    """From the launcher's first own call to the opening of libpython; folders above count once."""
    split = [match.groups() for call in calls if (match := re.match(r"\d+ +(\w+)\((.*)", call))]
    own = [index for index, (_, rest) in enumerate(split) if '"/proc/self/exe"' in rest]
    opening = [
        index
        for index, (name, rest) in enumerate(split)
        if name == "openat" and re.search(r'libpython[\w.]*"', rest)
    ]
    ours = split[own[0] - 1 : opening[0] + 1]
    above = [index for index, (_, rest) in enumerate(ours) if "/.python-version" in rest]
    kept = [call for index, call in enumerate(ours) if index not in above[1:]]
    names = [re.sub(r"^(newf|f|l)stat(at)?$", "stat", name) for name, _ in kept]
    return [name for name in names if name != "brk"]


def test_second_run_asks_the_kernel_for_what_the_documentation_lists(pel, lock, tmp_path):
    env = {"PYENVLAUNCH_MODE": "embedded"}
    pel.run(lock, *CODE, env=env).ok()
    log = tmp_path / "strace"
    pel.run(lock, *CODE, env=env, prefix=tracer(log)).ok()
    assert own_calls(read_calls(log)) == documented_calls()


def test_the_finder_finds_all_its_symbols_at_once(new_user, lock_of, each_python):
    """embed.so is bound to each interpreter's library when it is loaded, not when it first calls."""
    pel = new_user(each_python)
    lock = lock_of(simple("alpha"))
    pel("sync", lock).ok()
    env = {"LD_BIND_NOW": "1", "PYENVLAUNCH_MODE": "embedded"}
    assert pel.code(lock, "import alpha; print(alpha.__name__)", env=env) == "alpha\n"


def test_number_of_wheels_does_not_show(pel, lock, lock_of, tmp_path):
    """As many system calls for sixty wheels as for two."""
    many = lock_of(*(simple(f"pkg{i}") for i in range(60)), name="many.lock")
    pel("sync", many).ok()
    few = len(traced(pel, lock, tmp_path, *CODE))
    lots = len(traced(pel, many, tmp_path, *CODE))
    assert abs(lots - few) <= 10


PHASES = ["settings", "lock", "environment", "target", "library", "finder"]


def phases_of(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.startswith("pyenvlaunch: debug: ")]
    assert all(re.search(r"[ :]\d+\.\d+ m?s$", line) for line in lines), text
    return [line.split(": ")[2] for line in lines]


@pytest.mark.parametrize("how", ["variable", "option", "setting"])
def test_phases_of_a_hit(pel, lock_of, how):
    """With times, on standard error only; nobody else is told."""
    lock = lock_of(simple("alpha"))
    env = {"PYENVLAUNCH_MODE": "embedded"}
    pel.run(lock, "python", "-c", "pass", env=env).ok()
    assert pel.run(lock, "python", "-c", "print(1)", env=env).stderr == ""
    options = ("-v",) if how == "option" else ()
    if how == "variable":
        env["PYENVLAUNCH_LOG"] = "debug"
    if how == "setting":
        settings = pel.home / ".config/pyenvlaunch/config.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text('log = "debug"\n')
    told = pel("run", *options, lock, "--", "python", "-c", "print(1)", env=env)
    assert told.ok() == "1\n"
    assert phases_of(told.stderr) == PHASES
    assert str(pel.cache / "v1/envs") in told.stderr
    told = pel("exec", *options, lock, "--", "echo", "1", env=env)
    assert (told.ok(), phases_of(told.stderr)) == ("1\n", PHASES[:4])
    assert "/echo, " in told.stderr


@pytest.mark.parametrize("verbose", ["-v", "--verbose"])
def test_verbose_of_any_command(pel, lock_of, tmp_path, verbose):
    """Behind its name and before it: its phases, and the time of all."""
    lock = lock_of(simple("alpha"))
    made = {"resolve", "files", "table"}
    for name, words, phases in (
        ("sync", (lock,), made),
        ("venv", (tmp_path / "venv", lock), made | {"directory"}),
        ("env show", (lock,), set()),
        ("store verify", (), set()),
        ("store gc", (), set()),
    ):
        pel(*name.split(), *words).ok()
        assert "debug" not in pel(*name.split(), *words).stderr
        for told in (pel(verbose, *name.split(), *words), pel(*name.split(), *words, verbose)):
            told.ok()
            assert set(phases_of(told.stderr)) >= phases | {name}
            assert ("complete," in told.stdout) == (name == "sync")
    words = ("run", lock, "--", "python", "-c", "print(1)")
    told = pel(verbose, *words, env={"PYENVLAUNCH_MODE": "embedded"})
    assert told.ok() == "1\n"
    assert phases_of(told.stderr)[-len(PHASES) :] == PHASES


def test_phases_of_a_hosted_hit_and_of_a_miss(pel, lock_of):
    lock = lock_of(simple("alpha"))
    env = {"PYENVLAUNCH_MODE": "hosted", "PYENVLAUNCH_LOG": "debug"}
    miss = pel.run(lock, "python", "-c", "pass", env=env)
    miss.ok()
    assert phases_of(miss.stderr)[:3] == ["settings", "lock", "environment"]
    assert {"resolve", "files", "environment made"} <= set(phases_of(miss.stderr))
    hit = pel.run(lock, "python", "-c", "pass", env=env)
    assert phases_of(hit.stderr) == [*PHASES[:4], "interpreter"]
