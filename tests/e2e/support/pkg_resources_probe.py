"""pkg_resources_probe.py: prints what pkg_resources sees, as JSON. Runs in both kinds."""

import importlib.util
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")

__requires__ = "black"  # as an old console script asks for its own distribution

import pkg_resources  # noqa: E402


def key_and_version(distributions):
    return [[distribution.key, distribution.version] for distribution in distributions]


def points():
    found = []
    for group in ("console_scripts", "distutils.commands", "paste.filter_app_factory"):
        for point in pkg_resources.iter_entry_points(group):
            found.append([group, point.name, str(point), point.dist.key])
    return found


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error).__name__


def resources():
    text = pkg_resources.resource_string("setuptools", "script.tmpl")
    filename = pkg_resources.resource_filename("setuptools", "script.tmpl")
    with pkg_resources.resource_stream("setuptools", "script.tmpl") as stream:
        same = stream.read() == text
    with open(filename, "rb") as file:
        same = same and file.read() == text
    return {
        "length": len(text),
        "same": same,
        "exists": [
            pkg_resources.resource_exists("setuptools", name)
            for name in ("command", "script.tmpl", "nothing", "command/install.py")
        ],
        "directories": [
            pkg_resources.resource_isdir("setuptools", name)
            for name in ("command", "script.tmpl", "nothing")
        ],
        "listed": sorted(set(pkg_resources.resource_listdir("setuptools", "")) - {"__pycache__"}),
        "outside": outcome(pkg_resources.resource_string, "setuptools", "../nothing"),
        "provider": type(pkg_resources.get_provider("setuptools")).__name__,
        "module_path": os.path.basename(pkg_resources.get_provider("setuptools").module_path),
    }


def namespaces():
    import paste
    import paste.httpserver

    return {
        "kept": sorted(map(str, pkg_resources._namespace_packages)),
        "file": getattr(paste, "__file__", None),
        "members": [importlib.util.find_spec("paste.deploy").name, paste.httpserver.__name__],
        "own": sorted(
            name
            for distribution in pkg_resources.working_set
            for name in distribution._get_metadata("namespace_packages.txt")
        ),
    }


def main():
    site = next(entry for entry in sys.path if entry.endswith("site-packages"))
    distribution = pkg_resources.get_distribution("black")
    everywhere = {
        item.key for entry in sys.path for item in pkg_resources.find_distributions(entry)
    }
    location = pkg_resources.get_distribution("PasteDeploy").location
    environment = pkg_resources.Environment([site])
    print(
        json.dumps(
            {
                "working_set": key_and_version(pkg_resources.working_set),
                "rebuilt": key_and_version(pkg_resources.WorkingSet()),
                "site": key_and_version(pkg_resources.find_distributions(site)),
                "site_only": key_and_version(pkg_resources.find_distributions(site, only=True)),
                "everywhere": sorted(everywhere),
                "environment": sorted(environment),
                "points": points(),
                "extras": distribution.extras,
                "requires": sorted(map(str, distribution.requires())),
                "metadata": distribution.has_metadata("RECORD"),
                "entry_map": sorted(distribution.get_entry_map()),
                "is_a_directory": os.path.isdir(os.path.join(location, "paste/deploy")),
                "required": sorted(key_and_version(pkg_resources.require("black"))),
                "conflict": outcome(pkg_resources.require, "black<1"),
                "missing": outcome(pkg_resources.require, "no-such-distribution"),
                "loaded": callable(
                    pkg_resources.load_entry_point("black", "console_scripts", "black")
                ),
                "resources": resources(),
                "namespaces": namespaces(),
                "requires_kept": __requires__,
                "loader": type(pkg_resources.__loader__).__name__,
                "path_unchanged": len(sys.path) == len(set(sys.path)),
            }
        )
    )


if __name__ == "__main__":
    main()
