"""importlib.metadata: names, versions, requirements, files, entry points of every distribution."""

import importlib.metadata
import importlib.util
import inspect
import os
import sys

# What an installer writes for itself; no wheel holds it.
INSTALLERS = {"INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"}


def _distributions(**options):
    found = list(importlib.metadata.distributions(**options))
    return sorted(found, key=lambda item: item.metadata["Name"].lower())


def _spellings(name):
    plain = [name, name.lower(), name.upper(), name.title()]
    parts = name.replace("_", "-").replace(".", "-").split("-")
    return plain + [mark.join(parts) for mark in ("-", "_", ".", "--", "-_.")]


def every_spelling():
    found = {}
    for distribution in _distributions():
        for name in _spellings(distribution.metadata["Name"]):
            try:
                found[name] = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError as error:
                found[name] = str(error)
    return found


def names_that_do_not_exist():
    found = {}
    for name in ("no-such-distribution", "", ".", "a b", "../x", "Straße", "x" * 300, "no*such"):
        try:
            found[name] = importlib.metadata.version(name)
        except Exception as error:
            found[name] = [type(error).__name__, str(error)]
    # Up to 3.11 the empty name means the first in a listing of the directory, whatever that is.
    if found[""] in [distribution.version for distribution in importlib.metadata.distributions()]:
        found[""] = "the version of one of them"
    return found


def basics():
    found = {}
    for distribution in _distributions():
        name = distribution.metadata["Name"]
        assert name not in found, f"{name} is reported twice"
        found[name] = {
            "version": distribution.version,
            "requires": distribution.requires,
            "type": type(distribution).__module__ + "." + type(distribution).__name__,
            "metadata": [f"{key}: {value}" for key, value in distribution.metadata.items()],
            "name": getattr(distribution, "name", None),
            "path": str(getattr(distribution, "_path", "")),
            "path_type": type(getattr(distribution, "_path", "")).__name__,
            "origin": repr(getattr(distribution, "origin", None)),
            "description": len(distribution.read_text("METADATA") or ""),
            "wheel": distribution.read_text("WHEEL"),
            "top_level": distribution.read_text("top_level.txt"),
            "absent": distribution.read_text("no-such-file"),
            "licenses": distribution.metadata.get_all("License-File"),
        }
    return found


def files():
    """What each distribution says that it has installed.

    By name: recorded hash and size, whether the file exists, whether it is of that size.
    """
    found = {}
    for distribution in _distributions():
        mine = found[distribution.metadata["Name"]] = {}
        for file in distribution.files or []:
            if file.name in INSTALLERS or "__pycache__" in file.parts or file.suffix == ".pyc":
                continue
            path = str(distribution.locate_file(file))
            exists = os.path.isfile(path)
            right = exists and file.size in (None, os.path.getsize(path))
            entry = [file.hash.value if file.hash else None, file.size, exists, right]
            if file.name == "RECORD" and file.parent.suffix == ".dist-info":
                entry[1] = None
            mine[str(file)] = entry
    return found


def located():
    """Files by their whole path; the content of those that are short."""
    found = {}
    for distribution in _distributions():
        for file in distribution.files or []:
            # The first line of a script is its environment's.
            short = file.size is not None and 0 < file.size < 2000 and file.parent.name != "bin"
            if (
                short
                and file.name not in INSTALLERS
                and file.suffix in (".py", ".txt", ".pth", ".json", ".toml")
            ):
                path = str(file.locate())
                if ".." in file.parts:
                    path = os.path.normpath(path)
                content = file.read_binary()
                # Not every text is UTF-8.
                try:
                    found[path] = [
                        file.read_text() if file.suffix != ".py" else len(content),
                    ]
                except UnicodeDecodeError as error:
                    found[path] = [len(content), str(error)]
    return found


def recorded():
    """RECORD as it is read by tools that have the path of a distribution."""
    found = {}
    for distribution in _distributions():
        lines = (distribution.read_text("RECORD") or "").splitlines()
        found[distribution.metadata["Name"]] = sorted(
            line.partition(",")[0]
            for line in lines
            if line.partition(",")[0].rpartition("/")[2] not in INSTALLERS
            and "__pycache__" not in line
            and not line.partition(",")[0].endswith(".pyc")
        )
    return found


def installer_notes():
    return {
        item.metadata["Name"]: {
            name: (item.read_text(name) or "").strip() for name in ("INSTALLER", "REQUESTED")
        }
        for item in _distributions()
    }


def entry_points():
    found = {}
    for distribution in _distributions():
        for point in distribution.entry_points:
            found[f"{point.group}:{point.name}:{distribution.metadata['Name']}"] = point.value
    return found


def entry_points_of_the_environment():
    points = importlib.metadata.entry_points()
    if sys.version_info < (3, 10):
        return {group: sorted(map(repr, members)) for group, members in points.items()}
    found = {}
    for group in sorted(points.groups):
        members = importlib.metadata.entry_points(group=group)
        found[group] = sorted(
            [point.name, point.value, point.dist.metadata["Name"], point.module, *point.extras]
            for point in members
        )
        first = min(point.name for point in members)
        found[group + " named " + first] = sorted(
            point.value for point in importlib.metadata.entry_points(group=group, name=first)
        )
    return found


def packages():
    if sys.version_info < (3, 10):
        return {}
    return {
        name: sorted(owners) for name, owners in importlib.metadata.packages_distributions().items()
    }


def search_paths():
    """The same question with several search paths: nothing missing, nothing twice."""
    import sysconfig

    site = sysconfig.get_path("purelib")
    paths = {
        "site": [site],
        "path": sys.path,
        "twice": [site, site],
        "slash": [site + "/"],
        "none": [],
        "elsewhere": ["/nonexistent", os.path.dirname(os.__file__)],
        "empty name": [""],
    }
    found = {}
    for key, path in paths.items():
        names = sorted(
            item.metadata["Name"] for item in importlib.metadata.distributions(path=path)
        )
        found[key] = names
    found["default"] = sorted(item.metadata["Name"] for item in importlib.metadata.distributions())
    return found


def path_finder():
    """What asks the standard finders by name: nothing missing, nothing twice."""
    import importlib.machinery

    found = {"PathFinder": _asked_by_name(importlib.metadata, importlib.machinery.PathFinder)}
    names = ["importlib.metadata", *(["importlib_metadata"] if _has("importlib_metadata") else [])]
    for name in names:
        module = importlib.import_module(name)
        found[name] = _asked_by_name(module, module.MetadataPathFinder)
        method = module.MetadataPathFinder.find_distributions
        found[name + " method"] = [str(inspect.signature(method))[:9], inspect.getsource(method)]
    return found


def _has(name):
    return importlib.util.find_spec(name) is not None


def _asked_by_name(module, finder):
    import sysconfig

    def names(context):
        return sorted(item.metadata["Name"] for item in finder.find_distributions(context))

    kind = module.DistributionFinder.Context
    site = sysconfig.get_path("purelib")
    there = kind(path=[site])
    every = names(kind())
    return {
        "default": len(list(finder.find_distributions())),
        "all": every,
        "there": [names(there), there.path == [site], names(there)],
        "path": len(list(finder.find_distributions(kind(path=[*sys.path, "/nonexistent"])))),
        "elsewhere": names(kind(path=["/nonexistent", os.path.dirname(os.__file__)])),
        "versions": {
            name: [
                [item.version for item in finder.find_distributions(kind(name=name))],
                [item.version for item in finder.find_distributions(kind(name=name, path=[site]))],
            ]
            for name in [*every[:5], "nosuch-distribution"]
        },
        "kept": sorted(vars(there)),
        "types": sorted({type(item).__module__ for item in finder.find_distributions(kind())}),
    }


def discovered():
    """Distribution.discover, as plugin managers use it, by name and with a path."""
    import sysconfig

    discover = importlib.metadata.Distribution.discover
    site = sysconfig.get_path("purelib")
    found = {}
    for distribution in _distributions():
        name = distribution.metadata["Name"]
        found[name] = [
            [item.version for item in discover(name=name)],
            [item.version for item in discover(name=name, path=[site])],
            [item.version for item in discover(name=name.upper(), path=sys.path)],
        ]
    return found


def at_a_path():
    """Distribution.at() on each .dist-info that a search finds."""
    found = {}
    for distribution in _distributions():
        path = getattr(distribution, "_path", None)
        other = importlib.metadata.Distribution.at(path)
        found[distribution.metadata["Name"]] = [other.version, len(other.entry_points)]
    return found


def invalidated():
    importlib.invalidate_caches()
    return {"names": [item.metadata["Name"] for item in _distributions()]}
