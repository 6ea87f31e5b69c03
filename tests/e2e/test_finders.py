"""What programs do with the finders of search paths besides importing: the same as with importlib's.

The same program runs inside and in the plain interpreter with the same modules in a directory that
is called like the environment's, and has to print the same.
"""

import json
import os
import shutil
import subprocess
import textwrap

import pytest
from support.wheels import Wheel

MODULES = {"alpha/__init__.py": "", "alpha/sub.py": "VALUE = 1\n", "beta.py": "VALUE = 2\n"}

START = """
import importlib, json, os, pkgutil, sys, sysconfig
from importlib.machinery import PathFinder

site = os.environ.get("PYTHONPATH") or sysconfig.get_path("purelib")
answer = []

def can_import(name):
    sys.modules.pop(name, None)
    try:
        importlib.import_module(name)
    except ImportError as error:
        return str(error)
    return True

def add(name):
    open(os.path.join(site, name + ".py"), "w").close()
"""


@pytest.fixture
def both(new_user, lock_of, each_python, tmp_path):
    """What a program's `answer` is: in the plain interpreter, and inside."""

    def ask(code: str) -> tuple[object, object]:
        site = tmp_path / f"plain/lib/python{each_python.name}/site-packages"
        for name, text in MODULES.items():
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_text(text)
        (tmp_path / "plain/lib64").symlink_to("lib")
        program = START + textwrap.dedent(code) + "\nprint(json.dumps(answer))\n"
        plain = subprocess.run(
            [each_python.path, "-B", "-c", program],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(site)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert plain.returncode == 0, plain.stderr
        lock = lock_of(Wheel("all", files=MODULES))
        inside = new_user(each_python).run(lock, "python", "-B", "-c", program).ok()
        return json.loads(plain.stdout), json.loads(inside)

    return ask


def test_a_directory_that_was_away_is_there_again(both):
    """It has the time that it had before."""
    plain, inside = both(
        """
        add("added")
        importlib.invalidate_caches()
        answer.append(can_import("added"))
        os.rename(site, site + ".away")
        answer.append(can_import("added"))
        os.rename(site + ".away", site)
        answer += [can_import("added"), can_import("beta")]
        """
    )
    assert plain == [True, "No module named 'added'", True, True]
    assert inside == plain


@pytest.mark.parametrize("clear", ["clear()", "pop(site)"])
def test_who_empties_the_cache_of_finders_gets_new_ones(both, clear):
    """Of a directory whose time does not show that it has changed."""
    plain, inside = both(
        f"""
        can_import("missing")
        time = os.stat(site).st_mtime_ns
        add("added")
        os.utime(site, ns=(time, time))
        answer.append(can_import("added"))
        sys.path_importer_cache.{clear}
        answer.append(can_import("added"))
        """
    )
    assert plain == ["No module named 'added'", True]
    assert inside == plain


def test_site_packages_is_found_by_other_paths(both):
    plain, inside = both(
        """
        lib, version, name = site.rsplit("/", 3)[1:]
        root = site[:-len("/lib/" + version + "/" + name)]
        os.chdir(root)
        paths = [
            site + "/", site + "//", root + "/lib/../lib/" + version + "/" + name,
            root + "/./lib/" + version + "/" + name, "/" + site,
            root + "/lib64/" + version + "/" + name,
            "lib/" + version + "/" + name, "lib64/" + version + "/" + name + "/",
        ]
        for path in paths:
            spec = PathFinder.find_spec("beta", [path])
            answer.append([
                spec is not None and spec.loader.get_code("beta") is not None,
                PathFinder.find_spec("missing", [path]) is None,
                sorted(module.name for module in pkgutil.iter_modules([path])),
            ])
        """
    )
    assert plain == [[True, True, ["alpha", "beta"]]] * 8
    assert inside == plain


def test_a_relative_path_goes_on_to_mean_what_it_meant(both):
    plain, inside = both(
        """
        os.chdir(os.path.dirname(site))
        finder = pkgutil.get_importer("site-packages")
        os.chdir("/")
        answer += [finder.path == site, finder.find_spec("beta") is not None]
        add("added")
        answer.append(finder.find_spec("added") is not None)
        """
    )
    assert plain == [True, True, True]
    assert inside == plain


def test_metadata_is_found_by_other_paths(new_user, lock_of, each_python):
    code = """
    import importlib.metadata, os, sys
    root = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    os.chdir(sys.prefix)
    for path in (root, sys.prefix + "/lib64" + root[3:], sys.prefix + "/" + root + "/"):
        print(*(found.metadata["Name"] for found in importlib.metadata.distributions(path=[path])))
    """
    pel = new_user(each_python)
    assert pel.code(lock_of(Wheel("one"), Wheel("two")), textwrap.dedent(code)) == "one two\n" * 3


def test_arguments_of_finders_have_names(both):
    """As a program hands them on that asks sys.meta_path itself."""
    plain, inside = both(
        """
        import importlib.metadata

        def found(*args, **keywords):
            specs = [finder.find_spec(*args, **keywords) for finder in sys.meta_path]
            return any(spec is not None for spec in specs)

        nowhere = ["/nonexistent"]
        answer += [
            found(fullname="beta", path=None), found("beta", path=None), found("beta", None, None),
            found("beta", path=[site]), found("beta", path=nowhere, target=None),
            found(fullname="beta", path=nowhere), found("wave", path=nowhere),
            found("shutil", path=nowhere), found("shutil", nowhere),
        ]
        context = importlib.metadata.DistributionFinder.Context(name="missing")
        for finder in sys.meta_path:
            if hasattr(finder, "find_distributions"):
                answer.append(list(finder.find_distributions(context=context)))
        answer = answer[:10]
        """
    )
    assert plain == [True] * 4 + [False] * 5 + [[]]
    assert inside == plain


def test_finders_can_be_copied_and_pickled(both):
    plain, inside = both(
        """
        import alpha.sub, copy, pickle
        before = dict(sys.path_importer_cache)
        ways = [lambda it, level=level: pickle.loads(pickle.dumps(it, level)) for level in range(5)]
        for way in [*ways, copy.copy, copy.deepcopy]:
            for path in (site, *alpha.__path__):
                finder = way(sys.path_importer_cache[path])
                answer.append(finder.path == path)
                answer.append(finder.find_spec("beta" if path == site else "sub") is not None)
        sys.path_importer_cache.update(copy.deepcopy(sys.path_importer_cache))
        answer.append(can_import("alpha.sub"))
        """
    )
    assert plain == [True] * 29
    assert inside == plain


def test_finders_of_the_standard_library_can_be_copied_and_pickled(both):
    plain, inside = both(
        """
        import copy, json.tool, os, pickle
        ways = [lambda it, level=level: pickle.loads(pickle.dumps(it, level)) for level in range(5)]
        ways += [lambda it: pickle.loads(pickle._dumps(it)), copy.copy, copy.deepcopy]
        for path in (os.path.dirname(os.__file__), os.path.dirname(json.__file__)):
            for way in ways:
                finder = way(sys.path_importer_cache[path])
                kinds = [kind.__name__ for _, kind in finder._loaders]
                answer.append([type(finder).__name__, finder.path == path, kinds[-2:]])
                answer.append(finder.find_spec("tool") is not None)
                answer.append(isinstance(way(finder._loaders), list))
        """
    )
    assert plain[1:3] == [False, True]
    assert inside == plain


def test_nobody_else_makes_finders(new_user, lock_of, each_python):
    """Without a path, of which a search would be made."""
    code = """
    import sys, alpha.sub
    refused = []
    for finder in list(sys.path_importer_cache.values()):
        if type(finder).__module__ == "_pyenvlaunch":
            try:
                type(finder)().find_spec("lib")
                refused.append(False)
            except TypeError:
                refused.append(True)
    print(len(refused) >= 2, all(refused))
    """
    pel = new_user(each_python)
    lock = lock_of(Wheel("all", files=MODULES))
    assert pel.code(lock, textwrap.dedent(code)) == "True True\n"


LATIN_1 = "de_DE.ISO-8859-1"


@pytest.fixture
def latin_1(tmp_path):
    """Variables of a locale whose encoding is not UTF-8."""
    folder = tmp_path / "locales"
    folder.mkdir()
    localedef = shutil.which("localedef")
    assert localedef is not None
    subprocess.run(
        [localedef, "--no-archive", "-i", "de_DE", "-f", "ISO-8859-1", folder / LATIN_1], check=True
    )
    return {"LOCPATH": str(folder), "LC_ALL": LATIN_1}


def test_names_that_are_not_ascii_in_another_encoding(
    new_user, lock_of, each_python, tmp_path, latin_1
):
    """The bytes of a file's name are read in the encoding of the locale."""
    names = [
        "inside",
        "stored",
        "\u00e9t\u00e9",
        "\u00c3\u00a9t\u00c3\u00a9",
        "na\u00efve",
        "na\u00c3\u00afve",
        "\u20ac",
    ]
    code = f"""
    import importlib, json, sys
    answer = [sys.getfilesystemencoding()]
    for name in {[name.encode("unicode_escape").decode() for name in names]!r}:
        name = name.encode().decode("unicode_escape")
        try:
            module = importlib.import_module(name)
            answer.append([module.VALUE, open(module.__file__).read()])
        except ImportError as error:
            answer.append(str(error))
    print(json.dumps(answer))
    """
    files = {
        "stored.py": "VALUE = 1\n",
        "\u00e9t\u00e9/__init__.py": "VALUE = 2\n",
        "na\u00efve.py": "VALUE = 3\n",
    }
    beside = tmp_path / "\u00e4"
    beside.mkdir()
    (beside / "inside.py").write_text("VALUE = 0\n")
    plain = tmp_path / "plain"
    for name, text in files.items():
        (plain / name).parent.mkdir(parents=True, exist_ok=True)
        (plain / name).write_text(text)
    program = textwrap.dedent(code)
    expected = subprocess.run(
        [each_python.path, "-B", "-c", program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{beside}:{plain}", **latin_1},
        capture_output=True,
        text=True,
        check=True,
    )
    pel = new_user(each_python)
    inside = pel.run(
        lock_of(Wheel("all", files=files)),
        *("python", "-B", "-c", program),
        env={"PYTHONPATH": str(beside), **latin_1},
    )
    answer = json.loads(inside.ok())
    assert answer[0] == "iso8859-1"
    assert answer[1:3] == [[0, "VALUE = 0\n"], [1, "VALUE = 1\n"]]
    assert answer[4] == [2, "VALUE = 2\n"]
    assert answer == json.loads(expected.stdout)


def test_no_memory_is_an_error_like_others(new_user, lock_of, each_python):
    """Each time that a finder asks the interpreter for memory, it gets none once.

    Only where no Python function is called, which some versions themselves do not survive."""
    code = """
    import _testcapi, sys, sysconfig
    import alpha.sub, beta, wave

    meta, = (each for each in sys.meta_path if type(each).__module__ == "_pyenvlaunch")
    site = sys.path_importer_cache[sysconfig.get_path("purelib")]
    tree = sys.path_importer_cache[alpha.__path__[0]]
    questions = [
        lambda: meta.find_spec("beta", None, None),
        lambda: meta.find_spec("alpha.sub", alpha.__path__, None),
        lambda: meta.find_spec("wave", None, None),
        lambda: meta.find_spec("missing", None, None),
        lambda: tree.find_spec("sub"), lambda: tree.iter_modules(),
        lambda: site.find_spec("alpha"), lambda: site.__reduce__(),
        lambda: beta.__loader__.get_code("beta"), lambda: wave.__loader__.__class__,
    ]
    for question in questions:
        question()
    errors = set()
    for question in questions:
        for place in range(60):
            _testcapi.set_nomemory(place, place + 1)
            try:
                question()
            except Exception as error:
                _testcapi.remove_mem_hooks()
                errors.add(type(error).__name__)
            finally:
                _testcapi.remove_mem_hooks()
    print(*errors)
    """
    lock = lock_of(Wheel("all", files=MODULES | {"ns/portion.py": ""}))
    assert new_user(each_python).code(lock, textwrap.dedent(code)) == "MemoryError\n"
