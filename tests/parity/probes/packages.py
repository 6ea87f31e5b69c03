"""Finding modules without importing them: pkgutil, importlib.util, PathFinder, directories."""

import importlib
import importlib.machinery
import importlib.util
import os
import pkgutil
import sys
import sysconfig


def _top_level():
    """Names that are not the interpreter's own, packages of all kinds included."""
    site = sysconfig.get_path("purelib")
    names = {
        module.name for module in pkgutil.iter_modules() if "lib-dynload" not in str(module[0])
    }
    stdlib = {module.name for module in pkgutil.iter_modules([os.path.dirname(os.__file__)])}
    names -= stdlib | set(sys.builtin_module_names)
    names |= set(_namespaces(site))
    here = os.path.dirname(os.path.abspath(__file__))
    names -= {module.name for module in pkgutil.iter_modules([here])}
    return sorted(names)


def _namespaces(site):
    """Directories on sys.path behind the standard library that no module list shows."""
    roots = sys.path[sys.path.index(site) :] if site in sys.path else []
    for root in roots:
        if os.path.isdir(root):
            for name in os.listdir(root):
                if (
                    name.isidentifier()
                    and name != "__pycache__"
                    and os.path.isdir(os.path.join(root, name))
                ):
                    yield name


def _spec(spec):
    if spec is None:
        return None
    locations = spec.submodule_search_locations
    return {
        "name": spec.name,
        "origin": spec.origin,
        "has_location": spec.has_location,
        "parent": spec.parent,
        "cached": spec.cached,
        "state": repr(spec.loader_state) if spec.loader is not None else "",
        "locations": None if locations is None else list(locations),
        "locations_type": type(locations).__name__,
        "loader": type(spec.loader).__module__ + "." + type(spec.loader).__name__,
        "loader_path": getattr(spec.loader, "path", None),
        "is_source": isinstance(spec.loader, importlib.machinery.SourceFileLoader),
        "is_extension": isinstance(spec.loader, importlib.machinery.ExtensionFileLoader),
    }


def top_level_order():
    """pkgutil.iter_modules() without a path, in its order."""
    stdlib = os.path.dirname(os.__file__)
    finders = {}
    for module in pkgutil.iter_modules():
        place = getattr(module.module_finder, "path", "")
        finders.setdefault("stdlib" if place.startswith(stdlib) else "rest", []).append(
            f"{module.name} {module.ispkg}"
        )
    return finders


def top_level_specs():
    return {name: _spec(importlib.util.find_spec(name)) for name in _top_level()}


def top_level_specs_of_path_finder():
    find = importlib.machinery.PathFinder.find_spec
    site = sysconfig.get_path("purelib")
    found = {}
    for name in _top_level():
        found[name] = _spec(find(name))
        found[name + " in site"] = (_spec(find(name, [site])) or {}).get("origin")
    return found


def names_that_do_not_exist():
    found = {}
    for name in (
        "no_such_module",
        "no.such",
        "sys.no",
        "os.path.no",
        "",
        ".",
        "a/b",
        "x" * 300,
        "\0",
    ):
        try:
            found[name] = repr(importlib.util.find_spec(name))
        except Exception as error:
            found[name] = [type(error).__name__, str(error)]
        try:
            found[name + " import"] = repr(importlib.import_module(name))
        except BaseException as error:
            found[name + " import"] = [type(error).__name__, str(error)]
    return found


def missing_members():
    """Modules that no package has; the message names the package."""
    found = {}
    for name in _top_level():
        try:
            found[name] = repr(importlib.util.find_spec(name + ".no_such_member"))
        except BaseException as error:
            found[name] = [type(error).__name__, str(error)]
    return found


def trees():
    """iter_modules() on each package's directories, downwards, without importing."""
    found = {}

    def descend(path, name):
        members = list(pkgutil.iter_modules(path, name + "."))
        found[name] = [f"{module.name} {module.ispkg}" for module in members]
        for module in members:
            if module.ispkg:
                last = module.name.rpartition(".")[2]
                descend([os.path.join(module.module_finder.path, last)], module.name)

    for name in _top_level():
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            descend(list(spec.submodule_search_locations), name)
    return found


def walked():
    """walk_packages() imports what it walks through: the smaller packages only."""
    found = {}
    for name in _top_level():
        try:
            spec = importlib.util.find_spec(name)
        except ValueError:  # an imported module that has dropped its spec
            continue
        if spec is None or spec.submodule_search_locations is None:
            continue
        path = list(spec.submodule_search_locations)
        packages = [module for module in pkgutil.iter_modules(path) if module.ispkg]
        if 0 < len(packages) < 4 and len(found) < 12:
            failed = []
            names = [
                f"{module.name} {module.ispkg}"
                for module in pkgutil.walk_packages(path, name + ".", onerror=failed.append)
            ]
            found[name] = [*names, "failed:", *failed]
    return found


def directories():
    """What lies in the directories of packages; tools list them."""
    found = {}
    for name in _top_level():
        spec = importlib.util.find_spec(name)
        if spec is not None:
            for place in spec.submodule_search_locations or ():
                entries = [entry for entry in os.listdir(place) if entry != "__pycache__"]
                found.setdefault(name, []).extend(entries)
    return {name: sorted(set(entries)) for name, entries in found.items()}


def importers():
    """pkgutil's and sys' view of finders."""
    site = sysconfig.get_path("purelib")
    finder = pkgutil.get_importer(site)
    return {
        "has": [hasattr(finder, name) for name in ("find_spec", "invalidate_caches", "path")],
        "same": finder is sys.path_importer_cache[site],
        "path": finder.path,
        "legacy": [hasattr(finder, name) for name in ("find_module", "find_loader")],
        "file_finder": repr(importlib.machinery.FileFinder(site)),
    }
