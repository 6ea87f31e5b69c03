"""Programs that start themselves anew, or many of themselves: reloaders, workers, debuggers."""

import os
import signal
import textwrap
from pathlib import Path

import pytest
from support.dap import DebugClient
from support.tools import Pair, free_port, page, pythons_of_tools, wait_for

pytestmark = pytest.mark.network


@pytest.fixture(params=pythons_of_tools())
def tools(request, warm_user, real_lock) -> Pair:
    python = request.param
    return Pair(warm_user(python), real_lock("TOOLS", python), python)


DJANGO = """
import sys
from django.conf import settings
from django.core.management import execute_from_command_line
settings.configure(DEBUG=True, ROOT_URLCONF="urls", ALLOWED_HOSTS=["*"], SECRET_KEY="x")
execute_from_command_line(sys.argv)
"""

URLS = """
import os, sys, words
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse(f"{words.WORD} {sys.prefix} {os.getpid()}"))]
"""

FLASK = """
import os, sys, flask, words
app = flask.Flask("app")
@app.route("/")
def root(): return f"{words.WORD} {sys.prefix} {os.getpid()}"
"""


@pytest.mark.parametrize("kind", ["django", "werkzeug"])
def test_reloader_takes_a_change(tools, tmp_path, kind):
    """The reloader starts sys.executable with the command line of the process that it watches."""
    (tmp_path / "words.py").write_text("WORD = 'one'\n")
    (tmp_path / "manage.py").write_text(DJANGO)
    (tmp_path / "urls.py").write_text(URLS)
    (tmp_path / "app.py").write_text(FLASK)
    port = free_port()
    command = {
        "django": ("python", "manage.py", "runserver", f"127.0.0.1:{port}"),
        "werkzeug": ("flask", "--app", "app", "--debug", "run", "-p", str(port)),
    }[kind]
    log = tmp_path / "server.log"
    prefix = str(tools.own.parents[1])
    with tools.server(tmp_path, *command) as process:
        first = wait_for(port, lambda text: text.startswith("one "), process, log)
        (tmp_path / "words.py").write_text("WORD = 'second'\n")
        second = wait_for(
            port, lambda text: text.startswith("second "), process, log, tmp_path / "words.py"
        )
    assert first.split()[1] == second.split()[1] == prefix
    assert first.split()[2] != second.split()[2]
    assert "Traceback" not in log.read_text()


def test_workers_of_gunicorn(tools, tmp_path):
    (tmp_path / "app.py").write_text(
        "import os, sys\n"
        "def app(environ, start):\n"
        "    start('200 OK', [])\n"
        "    return [f'{os.getpid()} {os.getppid()} {sys.prefix}'.encode()]\n"
    )
    port = free_port()
    log = tmp_path / "server.log"
    command = (
        "gunicorn",
        "-w",
        "2",
        "-b",
        f"127.0.0.1:{port}",
        "--worker-tmp-dir",
        tmp_path,
        "app:app",
    )
    with tools.server(tmp_path, *command) as process:
        first = wait_for(port, bool, process, log).split()
        assert int(first[1]) == process.pid
        assert first[2] == str(tools.own.parents[1])
        os.kill(int(first[0]), signal.SIGKILL)
        wait_for(port, lambda text: text.split()[0] != first[0], process, log)
        process.send_signal(signal.SIGHUP)  # new workers for all
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0
    assert page(port) is None


PROGRAM = """
import attr, sys
def add(a, b):
    total = a + b
    return total
print(add(1, 2), attr.__version__ != "")
"""


def test_debugger_stops_at_a_breakpoint(tools, tmp_path):
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    port = free_port()
    command = (
        "python",
        "-m",
        "debugpy",
        "--listen",
        f"127.0.0.1:{port}",
        "--wait-for-client",
        script,
    )
    log = tmp_path / "server.log"
    with tools.server(tmp_path, *command) as process:
        client = DebugClient(port)
        frames = client.stop_at(script, 5)
        assert [frame["name"] for frame in frames[:2]] == ["add", "<module>"]
        assert frames[0]["line"] == 5
        values = client.variables(frames[0])
        assert {name: values[name] for name in ("a", "b", "total")} == {
            "a": "1",
            "b": "2",
            "total": "3",
        }
        client.go_on()
        client.event("terminated")
        client.socket.close()
        assert process.wait(timeout=120) == 0
    assert "3 True" in log.read_text()


def test_debugger_stops_inside_a_package(tools, tmp_path):
    """A breakpoint in a stored file, by the path that __file__ gives."""
    script = tmp_path / "program.py"
    script.write_text("import attr\nprint(attr.asdict(attr.make_class('C', ['x'])(1)))\n")
    code = "import inspect, attr; print(inspect.getsourcefile(attr.asdict)); print(inspect.getsourcelines(attr.asdict)[1])"
    done = tools.run(tools.own, tmp_path, "python", "-c", code)
    file, line = done.stdout.splitlines()
    body = next(
        number
        for number, text in enumerate(Path(file).read_text().splitlines(), 1)
        if number > int(line) and "attrs = fields(" in text
    )
    port = free_port()
    command = (
        "python",
        "-m",
        "debugpy",
        "--listen",
        f"127.0.0.1:{port}",
        "--wait-for-client",
        script,
    )
    with tools.server(tmp_path, *command) as process:
        client = DebugClient(port)
        frames = client.stop_at(file, body)
        assert frames[0]["name"] == "asdict"
        assert frames[0]["source"]["path"] == file
        client.go_on()
        assert process.wait(timeout=120) == 0


def test_nothing_is_imported_before_the_program(tools, tmp_path):
    """Monkey-patching has to come first: the start imports what a venv's start imports."""
    code = "import sys; print(sorted(sys.modules))"
    there, here = tools.both(lambda folder: None, tmp_path, "python", "-c", code)
    assert here.stdout == there.stdout


def test_gevent_patches_everything(tools, tmp_path):
    text = textwrap.dedent("""
        import warnings; warnings.simplefilter("error")
        from gevent import monkey; monkey.patch_all()
        import gevent, queue, socket, subprocess, sys, threading, time
        import flask, django  # found with everything patched
        assert socket.socket.__module__.startswith("gevent")
        order = []
        def work(name, pause):
            for step in range(2):
                time.sleep(pause); order.append(name)
        threads = [threading.Thread(target=work, args=item) for item in (("a", 0.02), ("b", 0.05))]
        [thread.start() for thread in threads]; [thread.join() for thread in threads]
        assert sorted(order) == ["a", "a", "b", "b"]
        child = subprocess.run([sys.executable, "-c", "import gevent; print('child')"], capture_output=True, text=True)
        print(child.stdout, child.stderr, monkey.is_module_patched("threading"))
    """)
    there, here = tools.both(
        lambda folder: (folder / "program.py").write_text(text), tmp_path, "python", "program.py"
    )
    assert here.returncode == there.returncode == 0, here.stderr
    assert (here.stdout, here.stderr) == (there.stdout, there.stderr)


INTERPRETERS = {
    (3, 13): "import _interpreters as i; new = lambda: i.create('isolated'); run = i.exec",
    (
        3,
        12,
    ): "import _xxsubinterpreters as i; new = lambda: i.create(isolated=True); run = i.run_string",
    (3, 9): "import _xxsubinterpreters as i; new = lambda: i.create(); run = i.run_string",
}


def test_interpreters_of_their_own(new_user, lock_of, each_python, tmp_path):
    """Each with a lock of its own since 3.12; several at once, in threads.

    At once no more than an import: what importlib.metadata needs makes 3.12 and 3.13 crash by
    themselves when several interpreters import it at the same time.
    """
    from support.wheels import simple

    api = next(text for version, text in INTERPRETERS.items() if each_python.version >= version)
    at_once = each_python.version >= (3, 12)
    script = tmp_path / "program.py"
    script.write_text(
        f"import sys, threading\n{api}\n"
        "code = '''\n"
        "import alpha, beta.inner, sys, os\n"
        "assert sys.prefix != sys.base_prefix\n"
        "os.write(1, b'fine\\\\n')\n"
        "'''\n"
        "def work():\n"
        "    for _ in range(3):\n"
        "        one = new(); failed = run(one, code); assert failed is None, failed\n"
        "        i.destroy(one)\n"
        "import alpha\n"
        "metadata = \"import importlib.metadata as m; assert m.version('alpha') == '1.0'\"\n"
        "one = new(); failed = run(one, metadata); assert failed is None, failed\n"
        "i.destroy(one)\n"
        + (
            "threads = [threading.Thread(target=work) for _ in range(4)]\n"
            "[t.start() for t in threads]; [t.join() for t in threads]\n"
            if at_once
            else "work()\n"
        )
    )
    lock = lock_of(simple("alpha"), simple("beta", **{"inner.py": "X = 1\n"}))
    done = new_user(each_python).run(lock, script)
    assert (done.ok(), done.stderr) == ("fine\n" * (12 if at_once else 3), "")


def test_spawned_pool(tools, tmp_path):
    text = textwrap.dedent("""
        import concurrent.futures, multiprocessing, sys, attr
        def ask(n): return attr.__name__, sys.prefix == sys.base_prefix, n * n
        if __name__ == "__main__":
            for method in ("spawn", "forkserver", "fork"):
                context = multiprocessing.get_context(method)
                with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
                    print(method, list(pool.map(ask, range(4))))
    """)
    there, here = tools.both(
        lambda folder: (folder / "program.py").write_text(text), tmp_path, "python", "program.py"
    )
    assert (here.returncode, here.stdout) == (0, there.stdout)
    assert "spawn" in here.stdout
