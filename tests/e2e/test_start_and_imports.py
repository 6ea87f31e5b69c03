"""What a start and an import cost, in counts: system calls, files, mappings, collections, pages.

And that what makes them cheap cannot be seen by a program.
"""

import json
import os
import re
import signal
import subprocess
import textwrap
import time
from pathlib import Path

import pytest
from support.wheels import Wheel, simple

CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
MAX_LAUNCHER_KIB = 3 * 1024
PATIENCE = 60


def calls_of(tmp_path: Path, *command: object, env: dict | None = None) -> list[tuple[str, str]]:
    """(name, arguments and result) of each system call of a command."""
    log = tmp_path / "calls"
    tracer = ("strace", "-f", "-qq", "-s", "4096", "-o", str(log))
    subprocess.run([*tracer, *map(str, command)], check=True, env=env, timeout=PATIENCE)
    lines = log.read_text(errors="replace").splitlines()
    return [match.groups() for line in lines if (match := CALL.match(line))]


def executable(pel, lock: Path) -> str:
    return pel.code(lock, "import sys; print(sys.executable)").strip()


def ask(pel, lock: Path, code: str, **options):
    program = textwrap.dedent(code) + "\nimport json; print(json.dumps(answer))\n"
    return json.loads(pel.code(lock, program, **options))


def test_a_start_reads_no_start_file_where_none_is_needed(new_user, lock_of, each_python, tmp_path):
    pel = new_user(each_python)
    python = executable(pel, lock_of(simple("alpha")))
    calls = calls_of(tmp_path, python, "-c", "pass", env=pel.env)
    assert [rest for name, rest in calls if name == "openat" and ".pth" in rest] == []
    roots = "import sys; print([p for p in sys.path if p.endswith('site-packages')])"
    assert pel.code(lock_of(simple("alpha")), roots).count("site-packages'") == 2


def test_a_start_lists_each_directory_of_packages_once(pel, lock_of, tmp_path):
    python = executable(pel, lock_of(simple("alpha")))
    calls = calls_of(tmp_path, python, "-c", "import alpha", env=pel.env)
    listed = [r for name, r in calls if name == "openat" and "O_DIRECTORY" in r]
    own = [rest for rest in listed if str(pel.wheels) in rest]
    assert own == []
    assert len([rest for rest in listed if "site-packages" in rest]) <= 4


def test_a_standard_module_costs_few_calls(pel, lock_of, tmp_path):
    """The working directory's time and the source's, but no .pyc, and no directory is listed.

    The first import of a process is importlib's own: it makes the working directory's finder.
    """
    lock = lock_of(simple("alpha"))
    python = executable(pel, lock)
    code = "import getopt; import json, string, decimal, textwrap"
    without = calls_of(tmp_path, python, "-c", "import getopt", env=pel.env)
    calls = calls_of(tmp_path, python, "-c", code, env=pel.env)

    def seen(calls, pattern: str) -> int:
        return len([name for name, rest in calls if re.search(pattern, f"{name} {rest}")])

    for pattern in (r"\.pyc", "ioctl", "lseek", r'python3\.\d+".*O_DIRECTORY'):
        assert seen(calls, pattern) == seen(without, pattern), pattern
    for module in (
        "json/__init__",
        "json/decoder",
        "json/scanner",
        "string",
        "decimal",
        "textwrap",
    ):
        assert seen(calls, rf"python3\.\d+/{module}\.py\"") == 1, module
    count = f"import sys; {code}; print(len([name for name in sys.modules if '.' not in name]))"
    assert seen(calls, r'stat\w* AT_FDCWD, "\."') <= int(pel.code(lock, count))


def test_frames_are_not_mapped_again_and_again(new_user, lock_of, each_python, tmp_path):
    """From 3.11 on the interpreter maps a chunk of frames whenever a call crosses its edge."""
    pel = new_user(each_python)
    python = executable(pel, lock_of(simple("alpha")))
    code = """
    def down(n):
        return n and down(n - 1)
    for depth in range(300):
        for _ in range(5):
            down(depth)
    """
    calls = calls_of(tmp_path, python, "-c", textwrap.dedent(code), env=pel.env)
    chunks = [rest for name, rest in calls if name == "mmap" and rest.startswith("NULL, 16384,")]
    assert len(chunks) <= 12


@pytest.mark.parametrize("mode", ["embedded", "hosted"])
def test_thresholds_of_the_collector_are_the_programs_own(new_user, lock_of, each_python, mode):
    pel = new_user(each_python)
    pel.env["PYENVLAUNCH_MODE"] = mode
    lock = lock_of(
        Wheel(
            "curious",
            files={
                "asks.py": "import gc\nSEEN = gc.get_threshold(), gc.isenabled()\n",
                "sets.py": "import gc\ngc.set_threshold(500, 4, 3)\nSEEN = gc.get_threshold()\n",
                "fails.py": "import asks\nraise ValueError\n",
                "disables.py": "import gc\ngc.disable()\n",
            },
        )
    )
    code = """
    import gc
    before = gc.get_threshold()
    try:
        import fails
    except ValueError:
        pass
    import asks
    answer = [asks.SEEN == (before, True), gc.get_threshold() == before]
    def collections():
        return sum(generation["collections"] for generation in gc.get_stats())
    start = collections()
    kept = [[] for _ in range(before[0] * 4)]
    answer.append(collections() - start >= 3)
    import sets
    answer += [sets.SEEN, gc.get_threshold()]
    start = collections()
    kept += [[] for _ in range(5000)]
    answer.append(collections() - start >= 9)
    import disables
    answer.append(gc.isenabled())
    answer.append([repr(gc.get_threshold), gc.get_threshold.__doc__, gc.__name__])
    """
    *rest, texts = ask(pel, lock, code)
    assert rest == [True, True, True, [500, 4, 3], [500, 4, 3], True, False]
    assert texts[0] == "<built-in function get_threshold>"


BUSY = """
import gc
def collections():
    return [generation["collections"] for generation in gc.get_stats()]
start = collections()
kept = [[] for _ in range(45_000)]
FEW = [now - then for now, then in zip(collections(), start)]
kept += [[] for _ in range(700_000)]
MANY = [now - then for now, then in zip(collections(), start)]
"""


def test_collection_is_relaxed_while_a_module_is_executed_but_goes_on(
    new_user, lock_of, each_python
):
    pel = new_user(each_python)
    lock = lock_of(Wheel("busy", files={"busy.py": BUSY}))
    few, many = ask(pel, lock, "import busy; answer = [busy.FEW, busy.MANY]")
    assert few[0] <= 1
    assert 10 <= many[0] <= 20
    assert many[1] >= 1
    usual, _ = ask(
        pel,
        lock,
        "import busy; answer = [busy.FEW, busy.MANY]",
        env={"PYENVLAUNCH_RELAX_GC": "0"},
    )
    assert usual[0] >= 20


def test_a_forked_child_collects_as_ever(new_user, lock_of, each_python):
    """Of the module that another thread was executing it never hears again."""
    code = """
    import gc, os, sys, threading
    sys.began, sys.may_end = threading.Event(), threading.Event()
    thread = threading.Thread(target=__import__, args=["slow"])
    thread.start()
    sys.began.wait()
    before = gc.get_threshold()
    child = os.fork()
    if child == 0:
        start = gc.get_stats()[0]["collections"]
        kept = [[] for _ in range(before[0] * 4)]
        os._exit(0 if gc.get_stats()[0]["collections"] - start >= 3 else 1)
    status = os.waitpid(child, 0)[1]
    sys.may_end.set()
    thread.join()
    answer = [status, gc.get_threshold() == before]
    """
    slow = "import sys\nsys.began.set()\nsys.may_end.wait()\n"
    lock = lock_of(Wheel("slow", files={"slow.py": slow}))
    assert ask(new_user(each_python), lock, code) == [0, True]


def test_namespaces_are_there_while_start_files_run(new_user, lock_of, each_python):
    """A .pth file that was put into the environment later runs before the roots are on sys.path."""
    pel = new_user(each_python)
    lock = lock_of(
        Wheel("one", files={"shared/one.py": "X = 1\n"}),
        Wheel("two", files={"shared/two.py": "X = 2\n"}),
    )
    site = Path(pel.code(lock, "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (site / "late.pth").write_text("import sys, shared.one, shared.two; sys.early = shared.two.X\n")
    code = """
    import sys, shared, shared.one
    answer = [sys.early, len(list(shared.__path__)), len(set(shared.__path__)), shared.one.X]
    """
    assert ask(pel, lock, code) == [2, 2, 2, 1]


CASES = """
import importlib.machinery, importlib.util, json, os, py_compile, sys
ours = type(importlib.util.find_spec("difflib").loader)  # until it is asked for its code
theirs = importlib.machinery.SourceFileLoader
if ours is theirs or type(json.__loader__) is not theirs:
    sys.exit("unexpected types of loaders")
folder = sys.argv[1]

def result(loader, path):
    try:
        names = {}
        code = loader("mod", path).get_code("mod")
        exec(code, names)
        return [names.get("X"), code.co_filename]
    except Exception as error:
        return [type(error).__name__, str(error)]

def write(path, text, when=1_000_000_000):
    with open(path, "w") as file:
        file.write(text)
    os.utime(path, (when, when))

def compiled(path, **options):
    cached = importlib.util.cache_from_source(path)
    py_compile.compile(path, cached, doraise=True, **options)
    return cached

def change(cached, change):
    data = bytearray(open(cached, "rb").read())
    data = change(data) or data
    open(cached, "wb").write(data)

Mode = py_compile.PycInvalidationMode
def none(path): pass
def valid(path): compiled(path)
def trusted(path): compiled(path); write(path, "X = 2")
def edited(path): compiled(path); write(path, "X = 3", 1_000_000_007)
def longer(path): compiled(path); write(path, "X = 44")
def checked(path): compiled(path, invalidation_mode=Mode.CHECKED_HASH); write(path, "X = 5")
def unchecked(path): compiled(path, invalidation_mode=Mode.UNCHECKED_HASH); write(path, "X = 6")
def short(path): change(compiled(path), lambda data: data[:10])
def cut(path): change(compiled(path), lambda data: data[:20])
def magic(path): change(compiled(path), lambda data: data.__setitem__(0, data[0] ^ 1))
def no_code(path):
    import marshal
    change(compiled(path), lambda data: data[:16] + marshal.dumps(5))
def gone(path): compiled(path); os.unlink(path)

answer = {}
for case in (none, valid, trusted, edited, longer, checked, unchecked, short, cut, magic, no_code, gone):
    both = []
    for number, loader in enumerate((theirs, ours)):
        path = os.path.join(folder, case.__name__, str(number), "mod.py")
        os.makedirs(os.path.dirname(path))
        write(path, "X = 1")
        case(path)
        first = result(loader, path)
        both.append([[text if not isinstance(text, str) else text.replace(folder, "")
                      .replace(f"/{number}/", "/N/") for text in first],
                     os.path.exists(importlib.util.cache_from_source(path))])
    answer[case.__name__] = both
"""


@pytest.mark.parametrize("options", [(), ("-O",), ("-B",)], ids=" ".join)
def test_standard_modules_follow_the_rules_of_pyc_files(
    new_user, lock_of, each_python, tmp_path, options
):
    pel = new_user(each_python)
    lock = lock_of(simple("alpha"))
    program = CASES + "\nprint(json.dumps(answer))\n"
    folder = tmp_path / "modules"
    done = json.loads(pel.run(lock, "python", *options, "-c", program, folder).ok())
    assert {case for case, (theirs, ours) in done.items() if theirs != ours} == set()
    assert done["valid"][1][0][0] == 1
    assert done["trusted"][1][0][0] == 1  # of the same time and size: nobody can tell
    assert done["edited"][1][0][0] == 3


def test_auditors_hear_of_the_files_of_standard_modules(new_user, lock_of, each_python):
    pel = new_user(each_python)
    code = """
    import sys
    events = []
    sys.addaudithook(lambda name, args: events.append((name, args)) if name == "open" else None)
    import textwrap, string, difflib
    answer = [args for name, args in events if str(args[0]).endswith(".pyc")]
    """
    opened = ask(pel, lock_of(simple("alpha")), code)
    assert any("difflib" in path for path, _, _ in opened)
    assert {(mode, flags) for _, mode, flags in opened} == {("rb", os.O_RDONLY | os.O_CLOEXEC)}


def stopped_child(tracer: subprocess.Popen, log: Path) -> int:
    """The process that strace has stopped, once it has."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert tracer.poll() is None
        if log.exists() and "stopped by SIGSTOP" in log.read_text(errors="replace"):
            return int(
                Path(f"/proc/{tracer.pid}/task/{tracer.pid}/children").read_text().split()[0]
            )
        time.sleep(0.05)
    raise AssertionError("the program did not come to the interpreter's library")


def test_the_launcher_is_small_when_python_starts(new_user, lock_of, each_python, tmp_path):
    """What it holds when it opens the interpreter's library, where strace stops it."""
    pel = new_user(each_python)
    pel.env["PYENVLAUNCH_MODE"] = "embedded"
    python = executable(pel, lock_of(*(simple(f"pkg{i}") for i in range(30))))
    calls = calls_of(tmp_path, python, "-c", "pass", env=pel.env)
    opens = [rest for name, rest in calls if name == "openat"]
    number = next(i for i, rest in enumerate(opens, 1) if "libpython" in rest)
    stop = f"inject=openat:signal=STOP:when={number}"
    log = tmp_path / "stop"
    tracer = subprocess.Popen(
        ["strace", "-qq", "-o", str(log), "-e", stop, python, "-c", "pass"], env=pel.env
    )
    try:
        child = stopped_child(tracer, log)
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{child}/status").read_text())[1]
        os.kill(child, signal.SIGKILL)
    finally:
        tracer.kill()
        tracer.wait()
    assert int(peak) <= MAX_LAUNCHER_KIB
