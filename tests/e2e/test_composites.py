"""Wheels whose files must lie side by side: what a program sees is what a virtual environment shows.

Small wheels for each rule; then real ones, with a venv of the same wheels beside them.
"""

import json
import os
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest
from support.real import make_venv
from support.wheels import Wheel, simple

SITE = "lib/python3/site-packages"


@pytest.fixture(params=["embedded", "hosted"])
def pel(pel, request):
    pel.env["PYENVLAUNCH_MODE"] = request.param
    return pel


def composites(pel) -> list[Path]:
    return sorted((pel.store / "composites").glob("*"))


def ask(pel, lock, code: str, *args, **options):
    """The value of `answer` after running CODE inside."""
    program = textwrap.dedent(code) + "\nimport json; print(json.dumps(answer))\n"
    return json.loads(pel.code(lock, program, *args, **options))


def shared_package() -> list[Wheel]:
    """A package of one wheel into which another writes, and a bystander."""
    return [
        Wheel(
            "core",
            files={
                "pkg/__init__.py": "import pathlib\nHERE = pathlib.Path(__file__).parent\n",
                "pkg/own.py": "NAME = __name__\n",
                "pkg/plugins/one.txt": "1",
            },
        ),
        simple("bystander"),
        Wheel(
            "extra",
            files={
                "pkg/more.py": "from . import HERE\nTEXT = (HERE / 'plugins/two.txt').read_text()\n",
                "pkg/plugins/two.txt": "2",
                "extra-1.0.data/data/share/extra/data.txt": "shared",
                "extra-1.0.data/scripts/from-extra": "#!python\nimport pkg.more\nprint(pkg.more.TEXT)\n",
            },
            entry_points={"console_scripts": {"extra-tool": "pkg.more:HERE.exists"}},
        ),
    ]


def test_a_package_of_two_wheels_is_one_directory(pel, lock_of):
    lock = lock_of(*shared_package())
    code = """
    import pkg, pkg.own, pkg.more, bystander
    answer = [pkg.more.TEXT, sorted(p.name for p in (pkg.HERE / "plugins").iterdir()),
              len(pkg.__path__), pkg.more.__file__, bystander.__file__]
    """
    text, plugins, count, more, bystander = ask(pel, lock, code)
    (composite,) = composites(pel)
    assert (text, plugins, count) == ("2", ["one.txt", "two.txt"], 1)
    assert more == f"{composite}/{SITE}/pkg/more.py"
    assert bystander.startswith(str(pel.wheels))
    pel.assert_store_is_valid()


def test_distributions_keep_their_metadata(pel, lock_of):
    lock = lock_of(*shared_package())
    code = """
    import importlib.metadata as m
    found = sorted((d.metadata["Name"], d.version, all(f.locate().exists() for f in d.files))
                   for d in m.distributions())
    answer = [found, m.packages_distributions()["pkg"], m.version("extra"),
              [p.name for p in m.files("extra") if p.name == "more.py"]]
    """
    found, owners, version, files = ask(pel, lock, code)
    assert found == [[name, "1.0", True] for name in ("bystander", "core", "extra")]
    assert sorted(owners) == ["core", "extra"]
    assert (version, files) == ("1.0", ["more.py"])


def test_scripts_and_data_come_along(pel, lock_of):
    lock = lock_of(*shared_package())
    assert pel.run(lock, "from-extra").ok() == "2\n"
    assert pel.run(lock, "extra-tool").returncode == 1  # sys.exit(True)
    code = "import sys; answer = open(sys.prefix + '/share/extra/data.txt').read()"
    assert ask(pel, lock, code) == "shared"


@pytest.mark.parametrize("option", [(), ("-O",), ("-OO",)], ids=["plain", "O", "OO"])
def test_nothing_is_compiled_at_run_time(pel, lock_of, option):
    lock = lock_of(*shared_package())
    pel("sync", lock).ok()
    code = (
        "import sys\n"
        "compiled = []\n"
        "sys.addaudithook(lambda event, args: compiled.append(str(args[1]))"
        " if event == 'compile' else None)\n"
        "import pkg.more\n"
        "code = pkg.more.__spec__.loader.get_code('pkg.more')\n"
        "assert code.co_filename == pkg.more.__file__\n"
        "print([name for name in compiled if 'composites' in name])\n"
    )
    assert pel.run(lock, "python", *option, "-c", code).ok() == "[]\n"
    (composite,) = composites(pel)
    assert not list(composite.rglob("__pycache__"))


def test_the_last_wheel_of_the_lock_wins_and_sync_says_so(pel, lock_of):
    def variant(name, impl):
        files = {"impl.py": f"NAME = {impl!r}\n", "same.py": "X = 1\n"}
        return Wheel(
            name, files={f"pkg/{f}": text for f, text in files.items()} | {"pkg/__init__.py": ""}
        )

    full, headless = variant("full", "full"), variant("headless", "headless")
    code = "import pkg.impl; answer = pkg.impl.NAME"
    for order, winner in (((full, headless), "headless"), ((headless, full), "full")):
        lock = lock_of(*order, name=f"{winner}.lock")
        message = pel("sync", lock).stderr
        assert f"{winner}'s is used" in message
        assert "pkg/impl.py" in message
        assert "same.py" not in message
        assert ask(pel, lock, code) == winner
    assert len(composites(pel)) == 2


def test_the_last_wheel_wins_across_a_composite(pel, lock_of):
    """A module of two wheels, of which only one is in the composite: each order."""

    def lock(name, *modules):
        core, _, extra = shared_package()
        other = Wheel("other", files={"other_only.py": ""})
        for wheel, module in zip((core, other, extra), modules, strict=True):
            if module:
                wheel.files["single.py"] = f"NAME = {wheel.name!r}\n"
        return lock_of(core, other, extra, name=name)

    code = "import single; answer = single.NAME"
    assert ask(pel, lock("a.lock", True, True, False), code) == "other"
    assert ask(pel, lock("b.lock", False, True, True), code) == "extra"
    assert ask(pel, lock("c.lock", True, True, True), code) == "extra"


def test_environments_share_a_composite(pel, lock_of):
    core, bystander, extra = shared_package()
    for name, wheels in {
        "a": (core, extra),
        "b": (bystander, core, extra),
        "c": (extra, core),
        "d": (core, simple("unrelated"), extra),
    }.items():
        assert ask(pel, lock_of(*wheels, name=f"{name}.lock"), "import pkg.more; answer = 1") == 1
    assert len(composites(pel)) == 1


def test_namespaces_need_none(pel, lock_of):
    lock = lock_of(
        Wheel("ns-a", files={"ns/a/__init__.py": "", "ns/deep/one.py": ""}),
        Wheel("ns-b", files={"ns/b.py": "", "ns/deep/two.py": ""}),
    )
    assert ask(pel, lock, "import ns.a, ns.b, ns.deep.one, ns.deep.two; answer = 1") == 1
    assert composites(pel) == []


def test_a_package_that_extends_its_path(pel, lock_of):
    extend = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    lock = lock_of(
        Wheel("back-a", files={"back/__init__.py": extend, "back/a/__init__.py": ""}),
        Wheel("back-b", files={"back/b/__init__.py": ""}),
    )
    code = """
    import back.a, back.b, pathlib
    answer = pathlib.Path(back.a.__file__).parent.parent == pathlib.Path(back.b.__file__).parent.parent
    """
    assert ask(pel, lock, code) is True


def test_a_directory_that_a_start_file_names(pel, lock_of):
    lock = lock_of(
        Wheel("win", files={"win.pth": "# a comment\nwin32\nwin32/lib\n", "win32/lib/one.py": ""}),
        Wheel("more", files={"win32/lib/two.py": "", "win32/three.py": ""}),
    )
    code = """
    import one, two, three, sys
    answer = [len([p for p in sys.path if p.endswith("win32/lib")]), one.__file__, two.__file__]
    """
    count, one, two = ask(pel, lock, code)
    assert count == 1
    assert one.removesuffix("one.py") == two.removesuffix("two.py")


# ---- native libraries

PROVIDER = "int answer(void) { return 42; }\n"
USER = "int answer(void);\nint ask(void) { return answer(); }\n"


def compile_library(folder: Path, name: str, source: str, *options: str) -> bytes:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.c").write_text(source)
    subprocess.run(
        ["cc", "-shared", "-fPIC", f"-Wl,-soname,{name}", "-o", name, f"{name}.c", *options],
        cwd=folder,
        check=True,
    )
    return (folder / name).read_bytes()


@pytest.mark.parametrize("tag", ["--disable-new-dtags", "--enable-new-dtags"])
def test_a_library_of_another_wheel_by_search_path(pel, lock_of, tmp_path, tag):
    provider = compile_library(tmp_path / "c", "libprovider.so.1", PROVIDER)
    user = compile_library(
        tmp_path / "c",
        "libuser.so",
        USER,
        "libprovider.so.1",
        f"-Wl,{tag}",
        "-Wl,-rpath,/nowhere:$ORIGIN/../provider.libs",
    )
    lock = lock_of(
        Wheel("user", files={"user/__init__.py": "", "user/libuser.so": user}, purelib=False),
        Wheel("provider", files={"provider.libs/libprovider.so.1": provider}, purelib=False),
    )
    code = """
    import ctypes, os, user
    answer = ctypes.CDLL(os.path.dirname(user.__file__) + "/libuser.so").ask()
    """
    assert ask(pel, lock, code) == 42
    assert len(composites(pel)) == 1


def test_a_library_in_the_prefix_of_another_wheel(pel, lock_of, tmp_path):
    """As with RPATH to <prefix>/lib in some wheels and none in others: they come together."""
    provider = compile_library(tmp_path / "c", "libprovider.so.1", PROVIDER)
    user = compile_library(
        tmp_path / "c", "libuser.so", USER, "libprovider.so.1", "-Wl,-rpath,$ORIGIN/../../.."
    )
    bare = compile_library(tmp_path / "c", "libbare.so", USER, "libprovider.so.1")
    lock = lock_of(
        Wheel("bare", files={"bare/__init__.py": "", "bare/libbare.so": bare}, purelib=False),
        Wheel("user", files={"user/__init__.py": "", "user/libuser.so": user}, purelib=False),
        Wheel("provider", files={"provider-1.0.data/data/lib/libprovider.so.1": provider}),
        simple("bystander"),
    )
    code = """
    import ctypes, os, sys, user, bare
    ctypes.CDLL(sys.prefix + "/lib/libprovider.so.1")
    answer = [ctypes.CDLL(os.path.dirname(bare.__file__) + "/libbare.so").ask(),
              "composites" in bare.__file__]
    """
    assert ask(pel, lock, code) == [42, True]


def test_ones_own_library_is_not_looked_for_elsewhere(pel, lock_of, tmp_path):
    provider = compile_library(tmp_path / "c", "libprovider.so.1", PROVIDER)
    other = compile_library(tmp_path / "d", "libprovider.so.1", PROVIDER.replace("42", "43"))
    user = compile_library(
        tmp_path / "c", "libuser.so", USER, "libprovider.so.1", "-Wl,-rpath,$ORIGIN"
    )
    lock = lock_of(
        Wheel(
            "user",
            files={
                "user/__init__.py": "",
                "user/libuser.so": user,
                "user/libprovider.so.1": provider,
            },
            purelib=False,
        ),
        Wheel("other", files={"other.libs/libprovider.so.1": other}, purelib=False),
        Wheel("third", files={"third-1.0.data/data/lib/libprovider.so.1": other}),
    )
    code = """
    import ctypes, os, user
    answer = ctypes.CDLL(os.path.dirname(user.__file__) + "/libuser.so").ask()
    """
    assert ask(pel, lock, code) == 42
    assert composites(pel) == []


# ---- the store


def test_a_composite_is_links_and_read_only(pel, lock_of):
    pel("sync", lock_of(*shared_package())).ok()
    (composite,) = composites(pel)
    inodes = {p.stat().st_ino for p in pel.wheels.rglob("*") if p.is_file()}
    for path in [composite, *composite.rglob("*")]:
        mode = path.stat().st_mode & 0o777
        assert mode == (0o555 if path.is_dir() or path.name == "from-extra" else 0o444), path
        if path.is_file() and path != composite / "INDEX":
            assert path.stat().st_ino in inodes, path


def test_commands_know_composites(pel, lock_of):
    lock = lock_of(*shared_package())
    pel("sync", lock).ok()
    (composite,) = composites(pel)
    shown = json.loads(pel("env", "show", "--json", lock).ok())
    ids = [wheel["id"] for wheel in shown["wheels"]]
    assert shown["made"] is True
    assert shown["composites"] == [
        {"id": composite.name, "present": True, "wheels": [ids[0], ids[2]]}
    ]
    assert composite.name in pel("env", "show", lock).ok()
    assert composite.name not in pel("store", "list").ok()
    usage = json.loads(pel("store", "du", "--json").ok())
    assert [item["id"] for item in usage["composites"]] == [composite.name]
    assert usage["composites"][0]["bytes"] == (composite / "INDEX").stat().st_size
    (root,) = (pel.store / "roots").iterdir()
    assert json.loads(root.read_text())["composites"] == [composite.name]
    pel.assert_store_is_valid()
    stray = composite / SITE / "pkg/stray.py"
    os.chmod(stray.parent, 0o755)
    stray.write_text("")
    os.chmod(stray.parent, 0o555)
    result = pel("store", "verify")
    assert result.returncode == 1
    assert str(stray) in result.stdout


def test_many_processes_make_one(pel, lock_of):
    lock = lock_of(*shared_package())
    running = [pel.popen("run", lock, "--", "from-extra") for _ in range(6)]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, out) == (0, "2\n"), err
    assert len(composites(pel)) == 1
    pel.assert_store_is_valid()


def test_a_composite_that_vanished_is_made_again(pel, lock_of):
    lock = lock_of(*shared_package())
    pel("sync", lock).ok()
    (composite,) = composites(pel)
    for path in [composite, *composite.rglob("*")]:
        if path.is_dir():
            os.chmod(path, 0o755)
    shutil.rmtree(composite)
    assert "not in the store" in pel("env", "show", lock).ok()
    pel("sync", lock).ok()
    assert ask(pel, lock, "import pkg.more; answer = pkg.more.TEXT") == "2"


def test_a_damaged_pack_is_made_again(pel, lock_of):
    lock = lock_of(*shared_package())
    pel("sync", lock).ok()
    (composite,) = composites(pel)
    (pack,) = (pel.store / "bytecode" / composite.name).glob("*.pack")
    whole = pack.read_bytes()
    os.chmod(pack, 0o644)
    pack.write_bytes(b"damaged")
    for _ in range(2):
        assert pel.run(lock, "from-extra").ok() == "2\n"
    assert pack.read_bytes() == whole


# ---- real wheels

REAL = {
    "PYMUPDF": """
        import fitz, pymupdf
        document = fitz.open()
        document.new_page().insert_text((50, 50), "text")
        answer = [fitz.VersionBind, document[0].get_text(), place(pymupdf)]
    """,
    "CLANG": """
        import clang.cindex as c
        unit = c.Index.create().parse("x.c", unsaved_files=[("x.c", "int f(int a) { return a; }")])
        answer = [[node.spelling for node in unit.cursor.get_children()], place(c)]
    """,
    "BACKPORTS": """
        import pkgutil, backports, backports.tarfile, backports.zstd
        names = [m.name for m in pkgutil.walk_packages(backports.__path__, "backports.")]
        answer = [sorted(names), place(backports), backports.zstd.decompress(backports.zstd.compress(b"x")).decode()]
    """,
    "TBB": """
        import tbb
        answer = [tbb.Pool(2).map(abs, [-1, 2]), place(tbb)]
    """,
    "PYQT5": """
        from PyQt5 import QtCore, sip
        app = QtCore.QCoreApplication([])
        answer = [QtCore.qVersion(), QtCore.QLibraryInfo.location(QtCore.QLibraryInfo.PluginsPath)
                  .split("site-packages")[-1], modules("PyQt5"), place(sip)]
    """,
}

# These take hundreds of megabytes.
REAL_FULL = {
    "PYQT6": """
        import os
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from PyQt6 import QtCore, sip
        app = QtCore.QCoreApplication([])
        answer = [QtCore.qVersion(), QtCore.QLibraryInfo.path(QtCore.QLibraryInfo.LibraryPath.PluginsPath)
                  .split("site-packages")[-1], modules("PyQt6"), place(sip)]
    """,
    "PYSIDE6": """
        import PySide6
        from PySide6 import QtCore
        app = QtCore.QCoreApplication([])
        answer = [QtCore.qVersion(), PySide6.__all__, modules("PySide6"),
                  QtCore.QLibraryInfo.path(QtCore.QLibraryInfo.PluginsPath).split("site-packages")[-1]]
    """,
    "CV2": """
        import cv2, numpy
        answer = [cv2.__version__, cv2.cvtColor(numpy.zeros((2, 2, 3), "uint8"), cv2.COLOR_BGR2GRAY).shape, place(cv2)]
    """,
    "ITK": """
        import itk
        answer = [sorted(itk.__dict__["itk_base_global_lazy_attributes"])[:5]
                  if "itk_base_global_lazy_attributes" in itk.__dict__ else [], len(dir(itk)), place(itk)]
    """,
    "INTELEX": """
        import sklearnex, daal4py
        from sklearnex.cluster import KMeans
        answer = [len(KMeans(2, n_init=1).fit([[0.0], [1.0], [5.0]]).labels_), place(sklearnex)]
    """,
    "CMEEL": """
        import coal, eigenpy
        answer = [coal.Box(1, 2, 3).computeVolume(), eigenpy.__version__, "cmeel.prefix" in coal.__file__]
    """,
}

# What the probes share: where a module lies below site-packages, and which extension modules of a
# package can be imported (what fails for want of a library of the system fails in both).
PRELUDE = """
import importlib, pkgutil
def place(module):
    return module.__file__.split("site-packages")[-1]
def modules(name):
    package, result = importlib.import_module(name), {}
    for info in pkgutil.iter_modules(package.__path__):
        if not info.ispkg:
            try:
                importlib.import_module(name + "." + info.name)
                result[info.name] = "imported"
            except Exception as error:
                result[info.name] = str(error).split("/")[-1]
    return result
"""


def check_real(pel, lock, python, venv: Path, code: str) -> None:
    program = PRELUDE + textwrap.dedent(code) + "\nimport json; print(json.dumps(answer))\n"
    ours = pel.code(lock, program)
    theirs = subprocess.run(
        [make_venv(venv, lock, python), "-c", program],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(venv.parent)},
        capture_output=True,
        text=True,
        cwd=pel.work,
    )
    assert theirs.returncode == 0, theirs.stderr
    assert json.loads(ours) == json.loads(theirs.stdout)
    assert json.loads(pel("env", "show", "--json", lock).ok())["composites"] != []


@pytest.mark.network
@pytest.mark.parametrize("name", REAL)
def test_real_wheels(warm, python, real_lock, tmp_path, name):
    check_real(warm, real_lock(name, python), python, tmp_path / "venv", REAL[name])


@pytest.mark.network
@pytest.mark.full
@pytest.mark.parametrize("name", REAL_FULL)
def test_large_real_wheels(warm, python, real_lock, tmp_path, name):
    check_real(warm, real_lock(name, python), python, tmp_path / "venv", REAL_FULL[name])
