"""What a lock may say, and the one clear error for everything that it may not."""

import pytest
from support.locks import Entry, entry, lock_text, wheel_table
from support.wheels import Wheel, simple


def write(path, text: str):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def imported(pel, lock, *names: str) -> str:
    code = (
        "import importlib.util as u, sys\n"
        "print(*(name for name in sys.argv[1:] if u.find_spec(name)))"
    )
    return pel.code(lock, code, *names).strip()


def test_markers_choose_packages(pel, lock_of, build, python):
    lock = lock_of(
        entry(build(simple("yes")), lines=["marker = \"sys_platform == 'linux'\""]),
        entry(build(simple("no")), lines=["marker = \"sys_platform == 'win32'\""]),
        entry(
            build(simple("both")),
            lines=[
                "marker = \"python_version >= '3.9' and (os_name == 'posix' or sys_platform in 'x')\""
            ],
        ),
    )
    assert imported(pel, lock, "yes", "no", "both") == "yes both"


def test_extras_and_groups(pel, lock_of, build):
    lock = lock_of(
        simple("always"),
        entry(build(simple("plot")), lines=["marker = \"'plot' in extras\""]),
        entry(build(simple("dev")), lines=["marker = \"'dev' in dependency_groups\""]),
        entry(build(simple("docs")), lines=["marker = \"'docs' in dependency_groups\""]),
        head=[
            'extras = ["plot"]',
            'dependency-groups = ["dev", "docs"]',
            'default-groups = ["dev"]',
        ],
    )
    names = ("always", "plot", "dev", "docs")
    code = "import importlib.util as u, sys\nprint(*(n for n in sys.argv[1:] if u.find_spec(n)))"

    def found(*options: str) -> str:
        return pel("run", *options, lock, "--", "python", "-c", code, *names).ok().strip()

    assert found() == "always dev"
    assert found("--extra", "plot") == "always plot dev"
    assert found("--group", "docs") == "always dev docs"
    assert found("--no-default-groups") == "always"
    assert found("--no-default-groups", "--group", "docs", "--extra", "plot") == "always plot docs"
    assert pel("run", "--extra", "nope", lock, "--", "python").failed(2) == (
        f"pyenvlaunch: error: cannot use lock {lock}: it has no extra 'nope'\n  hint: it has plot\n"
    )
    error = pel("run", "--group", "nope", lock, "--", "python").failed(2)
    assert "'nope'" in error
    assert "dev" in error


def test_best_wheel_is_chosen(pel, lock_of, build, python):
    digits = python.minor.replace(".", "")
    wheels = [
        build(Wheel("pick", "1.0", {"pick.py": "X = 'any'\n"})),
        build(Wheel("pick", "1.0", {"pick.py": "X = 'abi3'\n"}, tag="cp39-abi3-linux_x86_64")),
        build(
            Wheel(
                "pick",
                "1.0",
                {"pick.py": "X = 'exact'\n"},
                tag=f"cp{digits}-cp{digits}-linux_x86_64",
            )
        ),
        build(
            Wheel("pick", "1.0", {"pick.py": "X = 'mac'\n"}, tag="cp311-cp311-macosx_11_0_arm64")
        ),
    ]
    lock = lock_of(entry(*wheels))
    assert pel.code(lock, "import pick; print(pick.X)") == "exact\n"
    lock = lock_of(entry(*wheels[:2]), name="two.lock")
    assert pel.code(lock, "import pick; print(pick.X)") == "abi3\n"


def test_path_is_relative_to_the_lock_and_comes_before_the_url(pel, tmp_path, build):
    wheel = build(simple("alpha"))
    table = {"path": f"../wheelhouse/{wheel.path.name}", "url": "http://127.0.0.1:1/x.whl"}
    table["hashes"] = {"sha256": wheel.sha256}
    lock = write(tmp_path / "locks/app.lock", lock_text([Entry("alpha", "1.0", [table])]))
    assert imported(pel, lock, "alpha") == "alpha"


def test_tool_section(pel, lock_of, tmp_path):
    (tmp_path / "locks/src").mkdir(parents=True)
    (tmp_path / "locks/src/local_module.py").write_text("def main():\n    print('local')\n")
    lock = lock_of(
        simple("alpha"),
        tool='source-paths = ["src"]\n'
        '[tool.pyenvlaunch.scripts]\nstart = "local_module:main"\n'
        '[tool.pyenvlaunch.env]\nPEL_TEST_VARIABLE = "from the lock"\n',
    )
    assert pel.run(lock, "start").ok() == "local\n"
    code = "import os, local_module; print(os.environ['PEL_TEST_VARIABLE'])"
    assert pel.code(lock, code) == "from the lock\n"


def test_tool_section_may_name_the_interpreter(new_user, lock_of):
    from support.interpreters import one_a_minor

    pythons = one_a_minor()
    for python in (pythons[0], pythons[-1]):
        pel = new_user(None)
        lock = lock_of(simple("alpha"), tool=f'python = "{python.path}"\n', name=f"{python}.lock")
        code = "import platform; print(platform.python_version())"
        assert pel.code(lock, code) == python.full + "\n"
    other = pythons[0]
    assert other != python
    # The variable is as --python; a setting for everything is not.
    settings = pel.home / ".config/pyenvlaunch/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'python = "{other.path}"\n')
    command = ("run", lock, "--", "python", "-c", code)
    for _ in range(2):
        assert pel(*command).ok() == python.full + "\n"
        told = pel(*command, env={"PYENVLAUNCH_PYTHON": other.path})
        assert told.ok() == other.full + "\n"


def test_text_of_a_lock_decides_not_its_time(pel, lock_of, tmp_path):
    lock = lock_of(simple("alpha"))
    assert imported(pel, lock, "alpha", "beta") == "alpha"
    status = lock.stat()
    lock_of(simple("alpha"), simple("beta"))
    import os

    os.utime(lock, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert imported(pel, lock, "alpha", "beta") == "alpha beta"


def test_environment_of_an_empty_lock(pel, tmp_path):
    lock = write(tmp_path / "empty.lock", 'lock-version = "1.0"\ncreated-by = "x"\npackages = []\n')
    assert pel.code(lock, "import sys; print(sys.prefix != sys.base_prefix)") == "True\n"


ALPHA = '[[packages]]\nname = "alpha"\nversion = "1.0"\n'
HASH = "0" * 64
WHEEL = f'wheels = [{{ path = "alpha-1.0-py3-none-any.whl", hashes = {{ sha256 = "{HASH}" }} }}]\n'


def test_a_later_minor_version_is_read_with_a_warning(pel, build, tmp_path):
    """As PEP 751 wants it; once, when the environment is made."""
    text = lock_text([entry(build(simple("alpha")))]).replace('"1.0"', '"1.9"', 1)
    lock = write(tmp_path / "locks/app.lock", text)
    result = pel("sync", lock)
    result.ok()
    assert result.stderr == (
        f"pyenvlaunch: warning: lock {lock}: lock-version is '1.9', and this release reads 1.0:"
        " what is new in it is not looked at\n"
    )
    again = pel.run(lock, "python", "-c", "import alpha")
    assert (again.ok(), again.stderr) == ("", "")


HEAD = 'lock-version = "1.0"\ncreated-by = "x"\n'

BAD = {
    "typo in TOML": (HEAD + "[[packages]\n", ["line 3"]),
    "no TOML at all": ("\x7fELF\x00", ["app.lock"]),
    "no lock-version": ('created-by = "x"\npackages = []\n', ["lock-version"]),
    "unknown major": (HEAD.replace("1.0", "2.0") + "packages = []\n", ["lock-version", "2.0"]),
    "lock-version is a number": ("lock-version = 1.0\n", ["line 1", "lock-version"]),
    "no packages": (HEAD, ["packages"]),
    "package without a name": (HEAD + '[[packages]]\nversion = "1.0"\n', ["line 3", "name"]),
    "version that is none": (
        HEAD + ALPHA.replace("1.0", "one.0") + WHEEL,
        ["alpha", "version", "one.0"],
    ),
    "missing hash": (
        HEAD + ALPHA + 'wheels = [{ path = "alpha-1.0-py3-none-any.whl" }]\n',
        ["alpha", "hash"],
    ),
    "hash that is none": (HEAD + ALPHA + WHEEL.replace(HASH, "abc"), ["alpha", "sha256", "abc"]),
    "neither path nor url": (
        HEAD + ALPHA + f'wheels = [{{ hashes = {{ sha256 = "{HASH}" }} }}]\n',
        ["alpha"],
    ),
    "wheel of another name": (HEAD + ALPHA.replace("alpha", "beta") + WHEEL, ["beta", "alpha-1.0"]),
    "bad marker": (HEAD + ALPHA + 'marker = "python_version >"\n' + WHEEL, ["alpha", "marker"]),
    "unknown variable in a marker": (
        HEAD + ALPHA + "marker = \"python == '3'\"\n" + WHEEL,
        ["alpha", "marker", "python"],
    ),
    "requires-python not met": (
        HEAD + 'requires-python = ">=4.0"\n' + ALPHA + WHEEL,
        ["the lock requires '>=4.0'"],
    ),
    "requires-python of a package not met": (
        HEAD + ALPHA + 'requires-python = "<3"\n' + WHEEL,
        ["alpha", "<3"],
    ),
    "two active entries": (HEAD + ALPHA + WHEEL + ALPHA + WHEEL, ["alpha"]),
    "no wheel for this interpreter": (
        HEAD + ALPHA + WHEEL.replace("py3-none-any", "cp27-cp27m-win32"),
        ["alpha", "cp27-cp27m-win32"],
    ),
    "environments exclude this one": (
        HEAD + "environments = [\"sys_platform == 'win32'\"]\n" + ALPHA + WHEEL,
        ["it is not for CPython", "win32"],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_lock_is_one_clear_error(pel, tmp_path, case):
    text, words = BAD[case]
    lock = write(tmp_path / "app.lock", text)
    error = pel.run(lock, "python", "-c", "print('ran')").failed()
    for word in words:
        assert word in error, error
    # The interpreter is not asked for by this lock's name but by the user's word.
    assert str(lock) in error or "the lock requires" in error, error
    assert error.count("pyenvlaunch: error:") == 1
    # Nothing was begun, so nothing is left: the same user can go on with a right lock.
    assert not list(pel.data.rglob("*.whl"))


def test_no_wheel_says_what_there_is_and_what_is_wanted(pel, lock_of, build, python):
    lock = lock_of(entry(build(Wheel("alpha", tag="cp27-cp27m-win32"))))
    error = pel.run(lock, "python").failed()
    digits = python.minor.replace(".", "")
    assert "cp27-cp27m-win32" in error
    assert f"cp{digits}" in error


def test_wheel_that_is_not_there(pel, lock_of, build):
    wheel = build(simple("alpha"))
    table = wheel_table(wheel)
    wheel.path.unlink()
    lock = lock_of(Entry("alpha", "1.0", [table]))
    error = pel.run(lock, "python").failed()
    assert error == (
        f"pyenvlaunch: error: cannot get alpha 1.0: there is no file {wheel.path}\n"
        "  hint: put it there, or give --find-links a folder that has it\n"
    )
