"""What Python sees of packages: order, namespaces, suffix traps, resources, metadata, .pth files.

Each test runs with every minor version of CPython that is found here.
"""

import json
import textwrap

from support.wheels import Wheel, simple

SITE = "lib/python3/site-packages"


def ask(pel, lock, code: str, *args, **options):
    """The value of `answer` after running CODE inside."""
    program = textwrap.dedent(code) + "\nimport json; print(json.dumps(answer))\n"
    return json.loads(pel.code(lock, program, *args, **options))


def test_modules_are_real_files_of_the_store(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(simple("alpha", sub="", **{"data.txt": "text"}))
    answer = ask(
        pel,
        lock,
        """
        import alpha, os, inspect, sys
        spec = alpha.__spec__
        answer = [alpha.__file__, spec.origin, list(alpha.__path__), inspect.getsource(alpha),
                  type(spec.loader).__mro__[1].__name__, os.path.isfile(alpha.__file__),
                  not os.path.exists(getattr(alpha, "__cached__", None) or "")]
        """,
    )
    file, origin, path, source, loader, exists, uncached = answer
    assert file == origin
    assert file.startswith(str(pel.wheels))
    assert file.endswith(f"{SITE}/alpha/__init__.py")
    assert path == [file.removesuffix("/__init__.py")]
    assert source == "VERSION = '1.0'\n"
    assert "SourceFileLoader" in loader
    assert exists
    assert uncached


def test_code_names_the_file_that_it_is_of(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(simple("alpha", **{"mod.py": "def f():\n    raise ValueError\n"}))
    code = """
    import alpha.mod, traceback
    try:
        alpha.mod.f()
    except ValueError as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
    answer = [alpha.mod.f.__code__.co_filename == alpha.mod.__file__, frame.line]
    """
    assert ask(pel, lock, code) == [True, "raise ValueError"]


def test_namespaces_over_several_wheels_merge(new_user, lock_of, each_python, tmp_path):
    pel = new_user(each_python)
    lock = lock_of(
        Wheel("ns-a", files={"ns/a.py": "", "ns/deep/one.py": "X = 1\n"}),
        Wheel("ns-b", files={"ns/b/__init__.py": "", "ns/deep/two.py": "X = 2\n"}),
    )
    (tmp_path / "local/ns/deep").mkdir(parents=True)
    (tmp_path / "local/ns/deep/three.py").write_text("X = 3\n")
    code = """
    import ns.a, ns.b, ns.deep.one, ns.deep.two, ns.deep.three, pkgutil
    answer = [ns.__file__ if hasattr(ns, "__file__") else None, len(list(ns.__path__)),
              ns.deep.one.X + ns.deep.two.X + ns.deep.three.X,
              sorted(module.name for module in pkgutil.iter_modules(ns.__path__))]
    """
    answer = ask(pel, lock, code, env={"PYTHONPATH": str(tmp_path / "local")})
    assert answer == [None, 3, 6, ["a", "b"]]


def test_namespaces_of_the_old_styles_merge(new_user, lock_of, each_python):
    pel = new_user(each_python)
    extend = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    lock = lock_of(
        Wheel("old-a", files={"old/__init__.py": extend, "old/a.py": "X = 'a'\n"}),
        Wheel("old-b", files={"old/__init__.py": extend, "old/b.py": "X = 'b'\n"}),
    )
    assert ask(pel, lock, "import old.a, old.b; answer = old.a.X + old.b.X") == "ab"


def test_regular_package_of_several_wheels_is_one_directory(new_user, lock_of, each_python):
    """As after installation: files of both lie side by side, and the later one's win."""
    pel = new_user(each_python)
    lock = lock_of(
        Wheel("part-a", files={"split/__init__.py": "X = 'a'\n", "split/a.py": "", "other.py": ""}),
        Wheel(
            "part-b", files={"split/__init__.py": "X = 'b'\n", "split/b.py": "from . import a\n"}
        ),
    )
    code = """
    import os, split.a, split.b, importlib.metadata as m
    answer = [split.X, len(split.__path__), sorted(n for n in os.listdir(split.__path__[0])),
              os.path.dirname(split.a.__file__) == os.path.dirname(split.b.__file__),
              sorted(d.metadata["Name"] for d in m.distributions())]
    """
    expected = ["b", 1, ["__init__.py", "a.py", "b.py"], True, ["part-a", "part-b"]]
    assert ask(pel, lock, code) == expected
    assert ask(pel, lock, "import split.b; answer = split.X") == "b"


def test_a_directory_in_the_current_folder_does_not_shadow_a_package(
    new_user, lock_of, each_python, tmp_path
):
    pel = new_user(each_python)
    lock = lock_of(simple("alpha"))
    (pel.work / "alpha").mkdir()
    assert ask(pel, lock, "import alpha; answer = alpha.VERSION") == "1.0"


def test_local_modules_and_the_standard_library_win(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(simple("alpha"), Wheel("backport", files={"argparse.py": "BACKPORT = True\n"}))
    (pel.work / "alpha.py").write_text("VERSION = 'local'\n")
    code = """
    import alpha, argparse
    answer = [alpha.VERSION, hasattr(argparse, "BACKPORT")]
    """
    assert ask(pel, lock, code) == ["local", False]


def test_order_in_a_directory_is_file_finders(new_user, lock_of, each_python):
    pel = new_user(each_python)
    trap = Wheel(
        "traps",
        files={
            # Data files whose names look like extension modules of other interpreters and machines.
            "traps/__init__.py": "",
            "traps/one.py": "X = 'source'\n",
            "traps/one.cpython-27-arm-linux-gnueabi.so": "not for us",
            "traps/one.pyd": "not for us",
            "traps/one.abi9.so": "not for us",
            "traps/two/__init__.py": "X = 'package'\n",
            "traps/two.py": "X = 'module'\n",
            "traps/three/data.txt": "a directory of stubs",
            "traps/three.py": "X = 'module before namespace'\n",
            "traps/85cae__mypyc.py": "X = 'starts with a digit'\n",
            "traps/a.b.py": "never importable as a.b",
            "traps/.hidden.py": "",
            "traps/UPPER.py": "X = 'upper'\n",
        },
    )
    code = """
    import importlib, importlib.util
    X = lambda name: importlib.import_module(name).X
    answer = [X("traps.one"), X("traps.two"), X("traps.three"), X("traps.85cae__mypyc"),
              X("traps.UPPER"), importlib.util.find_spec("traps.upper"),
              importlib.util.find_spec("traps.missing")]
    """
    assert ask(pel, lock_of(trap), code) == [
        *("source", "package", "module before namespace", "starts with a digit", "upper"),
        *(None, None),
    ]


def test_extension_comes_before_source(new_user, lock_of, each_python):
    """Seen from the spec: the file is none that could be loaded."""
    pel = new_user(each_python)
    suffix = f".{each_python.cache_tag}-x86_64-linux-gnu.so"
    lock = lock_of(
        Wheel(
            "native",
            files={f"native{suffix}": "\x7fELF", "native.py": "", "other.abi3.so": "\x7fELF"},
        )
    )
    code = """
    import importlib.util as u
    answer = [u.find_spec("native").origin.rsplit("/", 1)[1], u.find_spec("other").loader.name,
              type(u.find_spec("other").loader).__name__]
    """
    assert ask(pel, lock, code) == [f"native{suffix}", "other", "ExtensionFileLoader"]


def test_resources(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(simple("alpha", **{"data/a.txt": "text", "data/b.bin": b"\0\1"}))
    code = """
    import importlib.resources as r, os, pkgutil
    data = r.files("alpha").joinpath("data")
    with r.as_file(data / "a.txt") as path:
        real = os.path.isfile(path)
    answer = [sorted(item.name for item in data.iterdir()), (data / "a.txt").read_text(), real,
              list(pkgutil.get_data("alpha", "data/b.bin"))]
    """
    assert ask(pel, lock, code) == [["a.txt", "b.bin"], "text", True, [0, 1]]


def test_metadata(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(
        Wheel(
            "Dotted.Name-x",
            "2.0",
            {"dotted/__init__.py": ""},
            requires=["alpha>=1"],
            entry_points={"some.group": {"one": "dotted:main", "two": "dotted"}},
        ),
        simple("alpha"),
        # A distribution inside a package is not one of the environment.
        simple("vendor", **{"_vendor/inner-1.0.dist-info/METADATA": "Name: inner\nVersion: 1\n"}),
    )
    code = """
    import importlib.metadata as m
    names = ["dotted.name-x", "Dotted_Name_X", "dotted-name-x", "DOTTED.NAME.X"]
    points = m.entry_points()
    group = points.select(group="some.group") if hasattr(points, "select") else points["some.group"]
    try:
        m.version("inner")
        inner = True
    except m.PackageNotFoundError:
        inner = False
    answer = [[m.version(name) for name in names],
              sorted(d.metadata["Name"] for d in m.distributions()),
              m.requires("dotted.name-x"), sorted((p.name, p.value) for p in group), inner,
              sorted(str(f) for f in m.files("alpha")), type(m.distribution("alpha")).__name__]
    """
    versions, names, requires, points, inner, files, kind = ask(pel, lock, code)
    assert versions == ["2.0"] * 4
    assert names == ["Dotted.Name-x", "alpha", "vendor"]
    assert requires == ["alpha>=1"]
    assert points == [["one", "dotted:main"], ["two", "dotted"]]
    assert not inner
    assert "alpha/__init__.py" in files
    assert kind == "PathDistribution"


def test_start_files_take_part_in_the_start(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(
        Wheel(
            "starter",
            files={
                "b.pth": "import sys; sys.order = getattr(sys, 'order', []) + ['b']\n",
                "extra.pth": "extra_dir\n# a comment\n\n/nonexistent\n",
                "extra_dir/hidden_module.py": "X = 1\n",
                "starter_point.py": "import sys\ndef go(): sys.order.append('entry point')\n",
                "starter.start": "starter_point:go\n",
            },
        ),
        Wheel(
            "hooks",
            files={
                "a.pth": (
                    "import sys; sys.order = getattr(sys, 'order', []) + ['a']; "
                    "sys.sitedir = sys._getframe(1).f_locals['sitedir']\n"
                ),
                "sitecustomize.py": "import sys; sys.order.append('sitecustomize')\n",
            },
        ),
    )
    code = """
    import os, sys, sysconfig, hidden_module
    of_library = os.path.exists(sysconfig.get_path("stdlib") + "/sitecustomize.py")
    answer = [sys.order, hidden_module.X, sys.sitedir, of_library]
    """
    order, value, sitedir, of_library = ask(pel, lock, code)
    # Twice, as in a virtual environment of the standard library, until 3.15 came with PEP 829.
    steps = ["a", "b"] * 2 if each_python.version < (3, 15) else ["a", "b", "entry point"]
    # Debian's library has one, which comes first.
    assert order == [*steps, *([] if of_library else ["sitecustomize"])]
    assert value == 1
    assert sitedir.startswith(str(pel.wheels))
    # -S: no site, hence no packages; -I and -E leave them.
    assert pel.run(lock, "python", "-S", "-c", "import hidden_module").returncode == 1
    assert pel.run(lock, "python", "-I", "-c", "import hidden_module").returncode == 0
    assert pel.run(lock, "python", "-E", "-s", "-c", "import hidden_module").returncode == 0


def test_files_that_are_added_to_the_environment_win(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(simple("alpha"))
    code = "import sysconfig; answer = sysconfig.get_path('purelib')"
    site = ask(pel, lock, code)
    from pathlib import Path

    Path(site, "alpha.py").write_text("VERSION = 'edited'\n")
    Path(site, "late.py").write_text("")
    assert ask(pel, lock, "import alpha, late; answer = alpha.VERSION") == "edited"


def test_data_files_appear_below_the_prefix(new_user, lock_of, each_python):
    pel = new_user(each_python)
    wheel = Wheel("datafull")
    wheel.files = {
        "datafull.py": "",
        f"{wheel.data}/data/share/datafull/a.txt": "data",
        f"{wheel.data}/data/etc/datafull.conf": "conf",
        f"{wheel.data}/headers/datafull.h": "#define X\n",
        f"{wheel.data}/purelib/pure_part.py": "X = 1\n",
        f"{wheel.data}/platlib/plat_part.py": "X = 2\n",
    }
    code = """
    import glob, os, sys, pure_part, plat_part
    read = lambda *parts: open(os.path.join(sys.prefix, *parts)).read()
    headers = glob.glob(os.path.join(sys.prefix, "include/site/python*/datafull/datafull.h"))
    answer = [read("share", "datafull", "a.txt"), read("etc", "datafull.conf"),
              pure_part.X + plat_part.X, len(headers), "python3." in (headers or [""])[0]]
    """
    assert ask(pel, lock_of(wheel), code) == ["data", "conf", 3, 1, True]


def test_the_later_of_two_wheels_with_the_same_file_wins(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(
        Wheel("first", files={"same.py": "X = 'first'\n"}),
        Wheel("second", files={"same.py": "X = 'second'\n"}),
    )
    assert ask(pel, lock, "import same; answer = same.X") == "second"


def test_bytecode_comes_from_packs_and_nothing_is_written(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(simple("alpha", **{"bad_syntax.py": "def (:\n", "sub/__init__.py": ""}))
    pel("sync", lock).ok()
    name = f"{each_python.cache_tag}.pack"
    (pack,) = (pel.store / "bytecode").glob(f"alpha-*/{name}")
    (standard,) = (pel.store / "bytecode").glob(f"standard@*/{name}")
    assert [pack, standard] == sorted((pel.store / "bytecode").rglob("*.pack"))
    before = sorted(str(path) for path in pel.root.rglob("*"))
    ask(pel, lock, "import alpha, alpha.sub; answer = None")
    after = sorted(str(path) for path in pel.root.rglob("*"))
    assert [path for path in after if path not in before and "/v1/" in path] == []
    assert [path for path in after if "__pycache__" in path] == []
    assert pel.run(lock, "python", "-c", "import alpha.bad_syntax").returncode == 1


def test_optimised_runs_see_optimised_code(new_user, lock_of, each_python):
    pel = new_user(each_python)
    lock = lock_of(
        simple("alpha", **{"mod.py": "'''doc'''\ndef f():\n    assert False\n    return 1\n"})
    )
    code = "import alpha.mod as m; print(m.__doc__, m.f())"
    assert pel.run(lock, "python", "-c", code).returncode == 1
    assert pel.run(lock, "python", "-O", "-c", code).ok() == "doc 1\n"
    assert pel.run(lock, "python", "-OO", "-c", code).ok() == "None 1\n"
    assert pel.run(lock, "python", "-OO", "-c", code).ok() == "None 1\n"


def test_processes_that_are_spawned(new_user, lock_of, each_python, tmp_path):
    pel = new_user(each_python)
    lock = lock_of(simple("alpha"))
    script = tmp_path / "spawn.py"
    script.write_text(
        "import multiprocessing, sys\n"
        "def work(number):\n"
        "    import alpha\n"
        "    return number * 2, alpha.VERSION, sys.prefix\n"
        "if __name__ == '__main__':\n"
        "    for method in ('spawn', 'forkserver', 'fork'):\n"
        "        context = multiprocessing.get_context(method)\n"
        "        with context.Pool(1) as pool:\n"
        "            number, version, prefix = pool.map(work, [21])[0]\n"
        "            print(method, number, version, prefix == sys.prefix)\n"
    )
    assert pel.run(lock, script).ok() == (
        "spawn 42 1.0 True\nforkserver 42 1.0 True\nfork 42 1.0 True\n"
    )
