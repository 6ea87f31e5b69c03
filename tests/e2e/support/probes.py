"""probes.py PROBE LOCK: prints what Python sees of its environment, as JSON. Runs in both kinds."""

import hashlib
import importlib
import importlib.metadata
import inspect
import json
import multiprocessing
import os
import pkgutil
import sys
import sysconfig

# A module of each lock with source, and a package of it with data files.
SOURCES = {"S": "black.lines", "M": "fastapi.routing", "U": "black.lines"}
RESOURCES = {
    "S": ("black", "resources/black.schema.json"),
    "M": ("certifi", "cacert.pem"),
    "U": ("black", "resources/black.schema.json"),
}


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def probe_path(lock):
    return {"path": sys.path}


def probe_prefix(lock):
    names = ("prefix", "exec_prefix", "base_prefix", "base_exec_prefix", "executable", "platlibdir")
    found = {name: getattr(sys, name) for name in names}
    base = getattr(sys, "_base_executable", "")
    # From 3.11 on it is the base interpreter's path, by one of its names.
    found["base_executable"] = os.path.realpath(base) if sys.version_info >= (3, 11) else base
    found["paths"] = sysconfig.get_paths()
    found["virtual_env"] = os.environ.get("VIRTUAL_ENV")
    found["flags"] = list(sys.flags)
    found["is_venv"] = sys.prefix != sys.base_prefix
    found["builtins"] = sorted(set(sys.builtin_module_names))
    site = sys.modules["site"]
    found["site"] = [site.__file__, site.__name__, site.getsitepackages(), site.ENABLE_USER_SITE]
    found["argv"] = sys.argv[1:]
    found["orig_argv"] = len(getattr(sys, "orig_argv", []))
    return found


def probe_metadata(lock):
    found = []
    for distribution in importlib.metadata.distributions():
        points = [
            point
            for point in distribution.entry_points
            if point.group in ("console_scripts", "gui_scripts")
        ]
        found.append(
            {
                "name": distribution.metadata["Name"],
                "version": distribution.version,
                "summary": distribution.metadata["Summary"],
                "requires": distribution.requires,
                "files": sorted(str(file) for file in distribution.files or []),
                "scripts": sorted(point.name for point in points),
                "type": type(distribution).__name__,
            }
        )
    found.sort(key=lambda item: item["name"].lower())
    first = found[0]["name"]
    return {"distributions": found, "spelt": importlib.metadata.version(first.upper())}


def probe_entry_points(lock):
    found = []
    for distribution in importlib.metadata.distributions():
        for point in distribution.entry_points:
            found.append([point.group, point.name, point.value])
    loaded = []
    for distribution in importlib.metadata.distributions():
        for point in distribution.entry_points:
            if point.group == "console_scripts":
                try:
                    loaded.append([point.name, callable(point.load())])
                except ImportError as error:  # an extra that is not installed
                    loaded.append([point.name, str(error)])
    return {"all": sorted(found), "loaded": sorted(loaded)}


def probe_resources(lock):
    import importlib.resources as resources

    package, name = RESOURCES[lock]
    importlib.import_module(package)
    file = resources.files(package).joinpath(name)
    data = file.read_bytes()
    with resources.as_file(file) as path:
        same = path.read_bytes() == data and os.path.isfile(path)
    names = sorted(item.name for item in resources.files(package).iterdir())
    return {
        "digest": digest(data),
        "same": same,
        "file": str(file),
        "get_data": digest(pkgutil.get_data(package, name)),
        "names": [item for item in names if item != "__pycache__"],
    }


def probe_pkgutil(lock):
    top = sorted([module.name, module.ispkg] for module in pkgutil.iter_modules())
    package = importlib.import_module(SOURCES[lock].split(".")[0])
    inner = sorted(
        [module.name, module.ispkg]
        for module in pkgutil.walk_packages(
            package.__path__, package.__name__ + ".", onerror=lambda name: None
        )
    )
    return {"top": top, "inner": inner}


def probe_source(lock):
    module = importlib.import_module(SOURCES[lock])
    functions = [
        value
        for _, value in inspect.getmembers(module)
        if inspect.isroutine(value)
        and getattr(value, "__code__", None)
        and value.__module__ == module.__name__
    ]
    spec = module.__spec__
    return {
        "source": digest(inspect.getsource(module).encode()) if spec.origin.endswith(".py") else "",
        "functions": sorted([f.__name__, digest(inspect.getsource(f).encode())] for f in functions),
        "file": module.__file__,
        "origin": spec.origin,
        "parent": spec.parent,
        "co_filenames": sorted({f.__code__.co_filename for f in functions}),
        "package": importlib.import_module(spec.parent).__path__[0],
    }


def child(queue):
    queue.put(
        {
            "path": sys.path,
            "prefix": sys.prefix,
            "name": __name__,
            "executable": sys.executable,
            "flags": list(sys.flags),
        }
    )


def probe_spawn(lock):
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=child, args=(queue,))
    process.start()
    answer = queue.get(timeout=300)
    process.join()
    answer["exitcode"] = process.exitcode
    return answer


def probe_isolated(lock):
    return {"path": sys.path, "flags": list(sys.flags), "prefix": sys.prefix}


def probe_module(lock):
    spec = __spec__
    return {
        "name": __name__,
        "spec": spec and spec.name,
        "argv0": os.path.basename(sys.argv[0]),
        "cwd_first": sys.path[0] == os.getcwd(),
    }


if __name__ == "__main__":
    print(json.dumps(globals()["probe_" + sys.argv[1]](sys.argv[2]), default=str))
