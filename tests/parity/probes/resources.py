"""Data files of packages, sources and tracebacks."""

import hashlib
import importlib
import importlib.resources
import importlib.util
import inspect
import linecache
import os
import pkgutil
import traceback
import types
import warnings

from packages import _top_level

warnings.simplefilter("ignore")


def _digest(data):
    return hashlib.sha256(data).hexdigest()[:12]


def _some(names):
    """As many as PARITY_SAMPLE says; always the same ones."""
    limit = int(os.environ.get("PARITY_SAMPLE") or len(names))
    return sorted(sorted(names, key=lambda name: _digest(name.encode()))[:limit])


def _imported():
    """Every top-level module that can be imported, in a deterministic order."""
    for name in _some(_top_level()):
        try:
            module = importlib.import_module(name)
        except BaseException:
            continue
        # A module that has itself an empty __path__ lies in site-packages, with everything else.
        if getattr(module, "__path__", None) != [] and module.__spec__ is not None:
            yield name, module


def data_files():
    found = {}
    for name, module in _imported():
        if not hasattr(module, "__path__"):
            continue
        try:
            root = importlib.resources.files(name)
            entries = sorted(
                (item for item in root.iterdir() if item.name != "__pycache__"),
                key=lambda item: item.name,
            )
        except Exception as error:
            found[name] = [type(error).__name__, str(error)]
            continue
        mine = found[name] = {
            "type": type(root).__name__,
            "root": str(root),
            "entries": [item.name for item in entries],
        }
        for item in [item for item in entries if item.is_file()][:3]:
            data = item.read_bytes()
            mine[item.name] = [_digest(data), str(item), type(item).__name__]
            with importlib.resources.as_file(item) as path:
                mine[item.name].append(os.path.samefile(path, item))
    return found


def nested_data_files():
    """Below directories that are no packages, and joined paths."""
    found = {}
    for name, module in _imported():
        if getattr(module, "__file__", None) is None:
            continue  # members of namespaces come in another order
        for place in list(getattr(module, "__path__", ()))[:1]:
            for folder, folders, files in os.walk(place):
                folders.sort()
                folders[:] = [entry for entry in folders if entry != "__pycache__"][:3]
                for file in sorted(files):
                    if not file.endswith((".py", ".pyc", ".so")) and folder != place:
                        path = os.path.relpath(os.path.join(folder, file), place)
                        try:
                            item = importlib.resources.files(name).joinpath(*path.split(os.sep))
                            found[f"{name}/{path}"] = [_digest(item.read_bytes()), item.is_file()]
                        except Exception as error:
                            found[f"{name}/{path}"] = [type(error).__name__, str(error)]
                        break
    return found


def package_data():
    """pkgutil.get_data and the loader's get_data."""
    found = {}
    for name, module in _imported():
        file = getattr(module, "__file__", None)
        if file is None:
            try:
                found[name] = repr(pkgutil.get_data(name, "__init__.py"))
            except Exception as error:
                found[name] = [type(error).__name__, str(error)]
            continue
        mine = found[name] = {}
        for wanted in (os.path.basename(file), "no-such-file"):
            try:
                mine[wanted] = _digest(pkgutil.get_data(name, wanted))
            except Exception as error:
                mine[wanted] = [type(error).__name__, str(error)]
        loader = module.__spec__.loader
        if hasattr(loader, "get_data"):
            mine["loader"] = _digest(loader.get_data(file))
        mine["filename"] = loader.get_filename(name)
        mine["is_package"] = loader.is_package(name)
    return found


def legacy_resources():
    """The functions that importlib.resources had before files()."""
    found = {}
    for name, module in _imported():
        if not hasattr(module, "__path__") or not hasattr(importlib.resources, "contents"):
            continue
        try:
            entries = sorted(importlib.resources.contents(name))
            found[name] = [entry for entry in entries if entry != "__pycache__"]
            first = next((e for e in found[name] if importlib.resources.is_resource(name, e)), None)
            if first is not None:
                found[name + ":" + first] = _digest(importlib.resources.read_binary(name, first))
        except Exception as error:
            found[name] = [type(error).__name__, str(error)]
    return found


def sources():
    """inspect and linecache on modules and on their first functions."""
    found = {}
    for name, module in _imported():
        mine = found[name] = {}
        for key, function in (("source", inspect.getsource), ("file", inspect.getsourcefile)):
            try:
                value = function(module)
                mine[key] = _digest(value.encode()) if key == "source" else value
            except (OSError, TypeError) as error:
                mine[key] = [type(error).__name__, str(error)]
        file = getattr(module, "__file__", None)
        if file and file.endswith(".py"):
            linecache.checkcache(file)
            mine["line"] = linecache.getline(file, 1)
            loader = module.__spec__.loader
            mine["get_source"] = _digest((loader.get_source(name) or "").encode())
        for key, value in sorted(vars(module).items())[:200]:
            if type(value) is types.FunctionType and value.__module__ == name:
                try:
                    lines, first = inspect.getsourcelines(value)
                    code = value.__code__
                    mine[key] = [first, _digest("".join(lines).encode()), code.co_filename]
                except (OSError, TypeError) as error:
                    mine[key] = str(error)
    return found


def codes():
    """get_code of each top-level module: names, lines and file of its code."""

    def describe(code):
        inner = [item for item in code.co_consts if isinstance(item, type(code))]
        return [
            code.co_name,
            code.co_firstlineno,
            code.co_filename,
            code.co_flags,
            len(code.co_code),
            len(inner),
            hashlib.sha256(code.co_code).hexdigest()[:8],
        ] + [describe(item) for item in inner[:10]]

    found = {}
    for name in _top_level():
        spec = importlib.util.find_spec(name)
        get_code = getattr(spec.loader, "get_code", None) if spec is not None else None
        if get_code is not None:
            code = get_code(name)
            found[name] = describe(code) if code is not None else None
    return found


def tracebacks():
    """Errors that pass through a package's functions: text, lines and files."""
    found = {}
    for name, module in _imported():
        tried = 0
        for key, value in sorted(vars(module).items()):
            if type(value) is not types.FunctionType or value.__module__.partition(".")[0] != name:
                continue
            try:
                parameters = inspect.signature(value).parameters.values()
            except ValueError:  # compiled
                continue
            needed = [p for p in parameters if p.default is p.empty and p.kind < p.VAR_POSITIONAL]
            if len(needed) != 1 or tried == 3 or key.startswith(("run", "main", "exit", "serve")):
                continue
            tried += 1
            try:
                value(_Unusable())
            except _Unusable.Used:
                found[f"{name}.{key}"] = traceback.format_exc()
            except BaseException:
                continue
    return found


class _Unusable:
    """Whatever is done with it fails."""

    class Used(Exception):
        pass

    def _fail(self, *args, **keywords):
        raise self.Used

    __getattr__ = __iter__ = __len__ = __bool__ = __str__ = __eq__ = __hash__ = __call__ = _fail
    __fspath__ = __index__ = __getitem__ = __lt__ = __contains__ = __repr__ = __enter__ = _fail


def module_types():
    """What modules of each kind look like."""
    found = {}
    for name, module in _imported():
        found[name] = {
            key: repr(getattr(module, key, "absent"))
            for key in ("__file__", "__path__", "__package__", "__cached__", "__name__")
        }
        found[name]["repr"] = repr(module)
        found[name]["spec"] = repr(module.__spec__)
        found[name]["loader"] = type(module.__loader__).__name__ if module.__loader__ else "None"
    return found
