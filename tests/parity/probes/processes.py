"""Processes, threads and interpreters that a program starts."""

import json
import os
import subprocess
import sys

STATE = """
import json, os, sys
print(json.dumps({"path": sys.path, "flags": repr(sys.flags), "executable": sys.executable,
    "prefix": [sys.prefix, sys.base_prefix], "orig_argv": getattr(sys, "orig_argv", []),
    "modules": "site" in sys.modules, "environ": sorted(os.environ),
    "meta_path": [getattr(f, "__name__", "type " + type(f).__name__) for f in sys.meta_path]}))
"""


def _package():
    """Some package of the environment."""
    from packages import _top_level

    return next(name for name in _top_level() if name in ("packaging", "click", "six", "idna"))


def _state(*ignored):
    import importlib
    import multiprocessing

    module = importlib.import_module(_package())
    return {
        "path": sys.path,
        "prefix": sys.prefix,
        "executable": sys.executable,
        "flags": repr(sys.flags),
        "main": sys.modules["__main__"].__name__,
        "main_file": getattr(sys.modules["__main__"], "__file__", None),
        "file": module.__file__,
        "loader": type(module.__loader__).__name__,
        "method": multiprocessing.get_start_method(allow_none=True),
        "argv": sys.argv[2:],
        "orig_argv": len(getattr(sys, "orig_argv", [])),
    }


def _answer_to(queue):
    queue.put(_state())


def _by(method):
    import multiprocessing

    context = multiprocessing.get_context(method)
    queue = context.Queue()
    process = context.Process(target=_answer_to, args=(queue,))
    process.start()
    found = queue.get(timeout=120)
    process.join()
    with context.Pool(2) as pool:
        numbers = pool.map(abs, [-1, -2, 3])
    return {"child": found, "exitcode": process.exitcode, "pool": numbers}


def spawn():
    return _by("spawn")


def forkserver():
    return _by("forkserver")


def fork():
    return _by("fork")


def failing_children():
    import multiprocessing

    found = {}
    for method in ("spawn", "forkserver", "fork"):
        process = multiprocessing.get_context(method).Process(target=sys.exit, args=(7,))
        process.start()
        process.join()
        found[method] = process.exitcode
    return found


def executors():
    from concurrent import futures

    found = {}
    for kind in (futures.ThreadPoolExecutor, futures.ProcessPoolExecutor):
        with kind(2) as pool:
            found[kind.__name__] = list(pool.map(_state, [1]))[0]
            found[kind.__name__ + " path"] = found[kind.__name__].pop("path")
    return found


def children():
    """subprocess with sys.executable: with nothing in the environment, elsewhere, with options."""
    found = {}
    runs = {
        "plain": ([], {}, None),
        "empty": ([], {}, "/"),
        "isolated": (["-I"], {}, None),
        "no site": (["-S"], {}, None),
        "E": (["-E"], {"PYTHONPATH": "/nonexistent"}, None),
        "path": ([], {"PYTHONPATH": "/nonexistent", "PATH": ""}, None),
        "nested": ([], {"VIRTUAL_ENV": "/elsewhere"}, None),
    }
    for name, (options, env, cwd) in runs.items():
        command = [sys.executable, *options, "-c", STATE]
        done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True)
        found[name] = json.loads(done.stdout) if done.returncode == 0 else done.stderr
    with_package = [sys.executable, "-c", "import %s as m; print(m.__file__)" % _package()]
    found["package"] = subprocess.run(with_package, env={}, capture_output=True, text=True).stdout
    found["by hand"] = os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", "exit(4)"])
    return found


def other_names_of_the_program():
    """Links from elsewhere, relative paths, PATH."""
    import tempfile

    found = {}

    def run(name, command, **options):
        done = subprocess.run([*command, "-c", STATE], capture_output=True, text=True, **options)
        found[name] = json.loads(done.stdout) if done.returncode == 0 else done.stderr
        if "link" in name and name != "linked environment":
            return  # not into a virtual environment
        count = "import importlib.metadata as m; print(len(list(m.distributions())))"
        done = subprocess.run([*command, "-c", count], capture_output=True, text=True, **options)
        found[name + ": distributions"] = done.stdout + done.stderr

    folder, name = os.path.split(sys.executable)
    run("relative", ["./" + name], cwd=folder, env={})
    run("from above", ["bin/" + name], cwd=os.path.dirname(folder), env={})
    run("dots", [os.path.join(folder, "..", "bin", name)], env={})
    run("slashes", [folder + "//" + name], env={})
    run("by PATH", [name], env={"PATH": folder})
    with tempfile.TemporaryDirectory(dir=os.getcwd()) as scratch:
        link = os.path.join(scratch, "mylink")
        os.symlink(sys.executable, link)
        run("link", [link], env={})
        os.symlink(link, os.path.join(scratch, "second"))
        run("second link", [os.path.join(scratch, "second")], env={})
        run("link by PATH", ["mylink"], env={"PATH": scratch})
        os.symlink(os.path.dirname(folder), os.path.join(scratch, "environment"))
        run("linked environment", [os.path.join(scratch, "environment/bin", name)], env={})
    return json.loads(json.dumps(found).replace(scratch, "<scratch>"))


def interpreters():
    """Sub-interpreters, those with a GIL of their own included."""
    try:
        import _interpreters as module
    except ImportError:
        try:
            import _xxsubinterpreters as module
        except ImportError:
            return {}
    found = {}
    code = """
import sys
import importlib.metadata, {package}
names = [getattr(f, "__name__", "type " + type(f).__name__) for f in sys.meta_path]
answer = repr([{package}.__file__, type({package}.__loader__).__name__, sys.prefix, names[-1],
    sys.path[-1].rpartition("/")[2], len(list(importlib.metadata.distributions())) > 0,
    "site" in sys.modules, len(sys.path_hooks) >= 2])
import os
os.write({output}, answer.encode())
"""
    settings = [{}]
    if sys.version_info >= (3, 13):
        settings = [{"config": "isolated"}, {"config": "legacy"}]
    elif sys.version_info >= (3, 9):
        settings = [{"isolated": True}]
    for keywords in settings:
        reader, writer = os.pipe()
        if "config" in keywords:
            number = module.create(keywords["config"])
            failure = module.exec(number, code.format(package=_package(), output=writer))
            failed = failure is not None and failure.formatted
        else:
            number = module.create(**keywords)
            failed = None
            try:
                module.run_string(number, code.format(package=_package(), output=writer))
            except Exception as error:
                failed = repr(error)
        os.close(writer)
        with os.fdopen(reader) as stream:
            found[repr(keywords)] = [stream.read(), failed]
        module.destroy(number)
    return found


def _settled(seen):
    """What threads saw of one module, without what no environment keeps from them.

    A package may take itself out of sys.modules and import a part of its own by its own name (cv2):
    until it is back, others see that part. And who waits for each other in a circle is told so. Until
    3.10 a thread may also be handed a module that another one is about to take out of sys.modules or
    has not finished (KeyError, NameError and others), in a venv as often as here.
    """
    packages = [file for file in seen if os.path.basename(file) == "__init__.py"]
    parts = {
        file
        for file in seen
        for package in packages
        if file != package and file.startswith(os.path.dirname(package) + os.sep)
    }
    whole = (file for file in set(seen) - parts if "Deadlock" not in file)
    if sys.version_info < (3, 11):
        whole = (file for file in whole if os.sep in file or file == "None")
    return sorted(whole)


def threads():
    """Many threads that import the same modules at once."""
    import importlib
    import threading

    from packages import _top_level

    names = [name for name in _top_level() if not name.startswith("_")][:30]
    found = {name: set() for name in names}

    def work(shift):
        for name in names[shift:] + names[:shift]:
            try:
                file = str(getattr(importlib.import_module(name), "__file__", None))
            except BaseException as error:
                file = type(error).__name__
            found[name].add(file)

    workers = [threading.Thread(target=work, args=(number * 5,)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    files = {name: _settled(seen) for name, seen in found.items()}
    return {"files": files, "errors": sorted(name for name in names if len(files[name]) > 1)}


def running_modules():
    """runpy, as tools use it."""
    import runpy

    found = {}
    here = os.path.dirname(os.path.abspath(__file__))
    answer = runpy.run_module("child", alter_sys=False)
    found["module"] = [answer["__name__"], answer["__file__"], repr(answer["__spec__"])]
    answer = runpy.run_path(os.path.join(here, "child.py"))
    found["path"] = [answer["__name__"], answer["__file__"], repr(answer["__spec__"])]
    for name in ("nosuch", _package(), "sys"):
        try:
            answer = runpy.run_module(name, run_name="x")
            found[name] = [answer["__name__"], answer["__file__"], answer["__loader__"] is not None]
        except BaseException as error:
            found[name] = [type(error).__name__, str(error)]
    return found


def execute():
    """A process that replaces itself, as reloaders do."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writer, 1)
        os.execv(sys.executable, [sys.executable, "-c", STATE])
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text)
