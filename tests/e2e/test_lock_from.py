"""pyenvlaunch lock --from: locks of other tools, with exactly their versions and hashes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.index import PackageIndex
from support.real import UV, uv
from support.resolvers import content, error_of, give, hashes, versions
from support.wheels import Wheel

PROJECT = """
[project]
name = "app"
version = "1"
requires-python = ">=3.11,<4"
dependencies = ["rich==13.9.4", "colorama; sys_platform == 'win32'"]
[project.optional-dependencies]
cli = ["click==8.1.7"]
[dependency-groups]
dev = ["iniconfig"]
[tool.poetry]
package-mode = false
[[tool.poetry.source]]
name = "simple"
url = "INDEX/"
priority = "primary"
[tool.pdm]
distribution = false
"""

PIPFILE = """
[[source]]
url = "INDEX"
verify_ssl = true
name = "pypi"
[packages]
rich = "==13.9.4"
colorama = {version = "*", markers = "sys_platform == 'win32'"}
idna = {file = "FILE"}
[dev-packages]
iniconfig = "*"
[docs]
mdurl = "*"
"""

# A release of PDM whose own dependencies fit together.
OPTIONS = {"pdm": ["--exclude-newer", "2025-06-01"]}


def with_index(text: str) -> str:
    """INDEX becomes the package index that uv is set up for."""
    said = re.search(r"default: <(https?://[^>]+)>", uv("pip", "compile", "--help").stdout)
    return text.replace("INDEX", os.environ.get("UV_DEFAULT_INDEX") or said[1])


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory, python) -> Callable[..., None]:
    """tool("pdm", "lock", cwd=...) runs a tool of the registry, installed once."""
    root = tmp_path_factory.mktemp("tools")

    def run(name: str, *args: str, cwd: Path) -> None:
        program = root / name / "bin" / name
        if not program.exists():
            uv("venv", "-q", "--python", python.path, root / name)
            uv("pip", "install", "-q", "--python", root / name, *OPTIONS.get(name, []), name)
        env = os.environ | {"HOME": str(root), "PIPENV_PYTHON": python.path, "CI": "1"}
        done = subprocess.run([program, *args], cwd=cwd, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    return run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(with_index(PROJECT))
    return folder


def foreign(lock: Path) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Versions and hashes of a poetry.lock, pdm.lock or uv.lock."""
    found_versions, found_hashes = {}, {}
    for package in tomllib.loads(lock.read_text())["package"]:
        files = package.get("files")
        if files is None:
            files = [*package.get("wheels", [])]
            files += [package["sdist"]] if "sdist" in package else []
        if files:
            found_versions[package["name"]] = package["version"]
            sums = {file["hash"].removeprefix("sha256:") for file in files}
            found_hashes.setdefault(package["name"], set()).update(sums)
    return found_versions, found_hashes


@pytest.mark.network
@pytest.mark.parametrize("name", ["poetry", "pdm"])
def test_lock_of_poetry_and_pdm(pel, tool, project, name):
    tool(name, "lock", *(["-G", ":all"] if name == "pdm" else ["-n"]), cwd=project)
    lock = project / "app.lock"
    pel("lock", "--from", project / f"{name}.lock", "-o", lock).ok()
    assert (versions(lock), hashes(lock)) == foreign(project / f"{name}.lock")
    markers = {package["name"]: package.get("marker", "") for package in content(lock)["packages"]}
    assert markers["iniconfig"] == "'dev' in dependency_groups"
    assert markers["rich"] == ""
    assert markers["click"] == "'cli' in extras"
    pel("lock", "--from", project / f"{name}.lock", "-o", lock, "--locked").ok()
    code = (
        "import importlib.util as u; print([bool(u.find_spec(n)) for n in ('rich', 'iniconfig')])"
    )
    assert pel.code(lock, code) == "[True, True]\n"  # as the tool installs it
    run = ["run", "--no-default-groups"]
    assert pel(*run, lock, "--", "python", "-c", code).ok() == "[True, False]\n"
    out = pel(*run, "--group", "dev", lock, "--", "python", "-c", code).ok()
    assert out == "[True, True]\n"


def with_groups(house: Path, folder: Path) -> Path:
    """A poetry.lock whose packages foo, bar and baz are of the groups main, test and docs."""
    text = POETRY_METADATA
    for name, group in (("foo", "main"), ("bar", "test"), ("baz", "Docs")):
        wheel = Wheel(name, "1.0", {f"{name}.py": ""}).build(house)
        package = POETRY_PACKAGE.format(name=name, sha256=wheel.sha256)
        text += package.replace('"main"', f'"{group}"')
    (folder / "poetry.lock").write_text(text)
    return folder / "poetry.lock"


@pytest.mark.parametrize(
    ("project", "defaults"),
    [
        (None, []),
        ("", ["docs", "test"]),
        ("[tool.poetry.group.test]\n[tool.poetry.group.docs]\noptional = true\n", ["test"]),
        ("[tool.poetry]\ngroup = { DOCS = { optional = true }, test = 1 }\n", ["test"]),
        ("[tool.poetry.group.docs]\noptional = false\n", ["docs", "test"]),
    ],
)
def test_groups_that_poetry_installs_unasked(pel, house, tmp_path, project, defaults):
    theirs = with_groups(house, tmp_path)
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project)
    lock = tmp_path / "app.lock"
    pel("lock", "--offline", "--find-links", house, "--from", theirs, "-o", lock).ok()
    others = sorted({"docs", "test"} - set(defaults))
    assert content(lock).get("dependency-groups", []) == others
    assert content(lock).get("default-groups", []) == defaults
    names = {"docs": "baz", "test": "bar"}
    code = "import importlib.util as u; print([n for n in ('bar', 'baz') if u.find_spec(n)])"
    assert pel.code(lock, code) == f"{sorted(names[group] for group in defaults)}\n"


def test_a_project_beside_that_is_no_toml(pel, house, tmp_path):
    theirs = with_groups(house, tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool\n")
    error = error_of(pel("lock", "--offline", "--from", theirs, "-o", tmp_path / "app.lock"))
    assert f"{tmp_path}/pyproject.toml" in error
    assert "line 1" in error
    assert not (tmp_path / "app.lock").exists()


@pytest.mark.network
def test_lock_of_pipenv(pel, tool, tmp_path):
    wheels = tmp_path / "wheels"
    own = Wheel("idna", "3.10", {"idna/__init__.py": "OWN = 1\n"}).build(wheels)
    place = f"wheels/{own.path.name}"
    (tmp_path / "Pipfile").write_text(with_index(PIPFILE).replace("FILE", place))
    tool("pipenv", "lock", "--categories", "packages dev-packages docs", cwd=tmp_path)
    lock = tmp_path / "app.lock"
    pel("lock", "--from", tmp_path / "Pipfile.lock", "-o", lock).ok()
    theirs = json.loads((tmp_path / "Pipfile.lock").read_text())
    assert "hashes" not in theirs["default"].pop("colorama")  # which it does not lock here
    assert theirs["default"].pop("idna")["file"] == place
    entries = theirs["default"] | theirs["develop"] | theirs["docs"]
    expected = {name: entry["version"][2:] for name, entry in entries.items()}
    found = versions(lock)
    assert found.pop("idna") in ("", "3.10")
    assert found == expected
    found = hashes(lock)
    assert found.pop("idna") == {own.sha256}
    assert found == {
        name: {value.removeprefix("sha256:") for value in entry["hashes"]}
        for name, entry in entries.items()
    }
    assert content(lock)["dependency-groups"] == ["develop", "docs"]
    pel.run(lock, "python", "-c", "import rich, idna; idna.OWN").ok()
    code = "import importlib.util as u; print(bool(u.find_spec('iniconfig')))"
    assert pel("run", "--group", "docs", lock, "--", "python", "-c", code).ok() == "False\n"
    assert pel("run", "--group", "develop", lock, "--", "python", "-c", code).ok() == "True\n"


@pytest.mark.network
def test_lock_of_uv(pel, project):
    uv("lock", "--project", project)
    give(pel, "uv")
    lock = project / "app.lock"
    pel("lock", "--project", project / "uv.lock", "--all-extras", "-o", lock).ok()
    assert (versions(lock), hashes(lock)) == foreign(project / "uv.lock")
    pel.run(lock, "python", "-c", "import click, iniconfig").ok()
    pel("lock", "--from", project / "uv.lock", "--no-default-groups", "-o", lock).ok()
    assert set(versions(lock)) == foreign(project / "uv.lock")[0].keys() - {"click", "iniconfig"}


def test_lock_of_uv_needs_uv(pel, project):
    (project / "uv.lock").write_text("version = 1\n")
    error = error_of(pel("lock", "--from", project / "uv.lock", "-o", project / "app.lock"))
    assert error == (
        f"cannot read {project}/uv.lock: there is no uv on PATH\n"
        "  hint: it is uv that reads its own locks: install uv and put it on PATH\n"
    )
    assert UV.exists()


@pytest.fixture
def index(house: Path) -> Iterator[PackageIndex]:
    with PackageIndex(house) as running:
        yield running


@pytest.mark.parametrize("form", ["json", "html", "folder"])
def test_hashed_requirements(pel, index, house, tmp_path, form):
    foo = Wheel("foo-bar", "1.0", {"foo_bar.py": ""}).build(house)
    Wheel("foo-bar", "1.0", {"foo_bar.py": ""}, tag="py2-none-any").build(house)
    dev = Wheel("dev", "2.0", {"dev.py": ""}).build(house)
    index.json = form == "json"
    (tmp_path / "more.txt").write_text(
        f"dev==2.0 ; sys_platform == 'linux' --hash=sha256:{dev.sha256}\n"
    )
    (tmp_path / "requirements.txt").write_text(
        f"-r more.txt\nFoo_Bar==1.0 \\\n    --hash=sha256:{foo.sha256}  # via us\n"
    )
    lock = tmp_path / "app.lock"
    where = ["--offline", "--find-links", house] if form == "folder" else ["--index-url", index.url]
    pel("lock", "--from", tmp_path / "requirements.txt", "-o", lock, *where).ok()
    assert versions(lock) == {"foo-bar": "1.0", "dev": "2.0"}
    assert hashes(lock) == {"foo-bar": {foo.sha256}, "dev": {dev.sha256}}
    markers = {package["name"]: package.get("marker") for package in content(lock)["packages"]}
    assert markers == {"foo-bar": None, "dev": "sys_platform == 'linux'"}
    assert bool(index.requests) == (form != "folder")
    pel.run(lock, "python", "-c", "import foo_bar, dev").ok()


def test_variables_in_the_sources_of_pipenv(pel, index, house, tmp_path):
    """Pipenv replaces them when it reads its lock; without a value they are no part of an address."""
    foo = Wheel("foo", "1.0", {"foo.py": ""}).build(house)
    entry = {"version": "==1.0", "hashes": [f"sha256:{foo.sha256}"]}
    lock = tmp_path / "app.lock"
    for address in ("${MY_INDEX}", "$MY_INDEX", "http://${MY_HOST}/simple"):
        theirs = {"_meta": {"sources": [{"url": address}]}, "default": {"foo": entry}}
        (tmp_path / "Pipfile.lock").write_text(json.dumps(theirs))
        command = ["lock", "--from", tmp_path / "Pipfile.lock", "-o", lock]
        nowhere = {"PIP_INDEX_URL": f"{index.url}-none", "UV_DEFAULT_INDEX": f"{index.url}-none"}
        given = {"MY_INDEX": index.url, "MY_HOST": index.host}
        error = error_of(pel(*command, env=nowhere))
        name = "MY_HOST" if "HOST" in address else "MY_INDEX"
        assert f"  hint: set {name}, which the address of one of the lock's indexes names" in error
        pel(*command, env=nowhere | given).ok()
        assert versions(lock) == {"foo": "1.0"}
        lock.unlink()


def test_requirements_in_odd_forms(pel, house, tmp_path):
    """What pip reads: marks, line ends, quotes, files named twice and in a circle, files by URL."""
    foo = Wheel("foo", "1.0", {"foo.py": ""}).build(house)
    bar = Wheel("bar", "2.0", {"bar.py": ""}).build(house)
    baz = Wheel("baz", "3.0", {"baz.py": ""}).build(house)
    (tmp_path / "two words.txt").write_text(
        f"bar @ {bar.path.as_uri()} --hash=sha256:{bar.sha256}\n-r r.txt\n"
        f"{baz.path} --hash=sha256:{baz.sha256}\n"
    )
    (tmp_path / "r.txt").write_bytes(
        b"\xef\xbb\xbf--find-links ${HOUSE}\r\n"
        + f'foo==1.0 \\\r\n  --hash="SHA256:{foo.sha256.upper()}" --hash=md5:0\r\n'.encode()
        + f'-r "two words.txt"\r\nfoo==1.0 --hash=sha256:{foo.sha256}\r\n'.encode()
    )
    lock = tmp_path / "app.lock"
    env = {"HOUSE": "wheelhouse"}
    assert (tmp_path / "wheelhouse").samefile(house)
    pel("lock", "--offline", "--from", tmp_path / "r.txt", "-o", lock, env=env).ok()
    assert versions(lock) == {"foo": "1.0", "bar": "2.0", "baz": "3.0"}
    assert hashes(lock) == {"foo": {foo.sha256}, "bar": {bar.sha256}, "baz": {baz.sha256}}
    pel.run(lock, "python", "-c", "import foo, bar, baz").ok()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("foo==1.0 --hash=sha256:zz", "'zz' is no sha256: it has 64 hexadecimal digits"),
        ("foo==1.0 --hash=sha512:00", "'foo==1.0' has no --hash=sha256:..., which locks need"),
        ("foo==1.* --hash=sha256:00", "'foo==1.*' is not pinned by =="),
        ("git+https://h/foo --hash=sha256:00", "'git+https://h/foo' is not pinned by =="),
        ("-e .", "'-e .' is not pinned by =="),
    ],
)
def test_requirements_that_are_not_pinned(pel, tmp_path, line, problem):
    file = tmp_path / "r.txt"
    file.write_text(f"\n{line}\n")
    error = error_of(pel("lock", "--offline", "--from", file, "-o", tmp_path / "l"))
    assert error.startswith(f"cannot convert {file}: {file}:2: {problem}\n  hint: each line has to")
    assert not (tmp_path / "l").exists()


def test_requirements_that_are_no_text(pel, tmp_path):
    file = tmp_path / "r.txt"
    file.write_bytes("foo==1".encode("utf-16"))
    error = error_of(pel("lock", "--from", file, "-o", tmp_path / "l"))
    assert error == f"cannot read {file}: it is not UTF-8\n  hint: save it as UTF-8\n"


def test_no_credentials_of_the_index(pel, house, tmp_path):
    foo = Wheel("foo", "1.0", {"foo.py": ""}).build(house)
    (tmp_path / "r.txt").write_text(f"foo==1.0 --hash=sha256:{foo.sha256}\n")
    lock = tmp_path / "app.lock"
    with PackageIndex(house, password="me:s3cret") as private:
        result = pel("lock", "--from", tmp_path / "r.txt", "-o", lock, "--index-url", private.url)
        result.ok()
        assert private.host in lock.read_text()
        assert "s3cret" not in lock.read_text() + result.stderr
        wrong = private.url.replace("s3cret", "oth3r")
        result = pel("lock", "--from", tmp_path / "r.txt", "-o", lock, "--index-url", wrong)
        assert "oth3r" not in error_of(result)


POETRY_PACKAGE = """
[[package]]
name = "{name}"
version = "1.0"
optional = false
python-versions = "*"
groups = ["main"]
files = [{{file = "{name}-1.0-py3-none-any.whl", hash = "sha256:{sha256}"}}]
"""

POETRY_METADATA = """
[metadata]
lock-version = "2.1"
python-versions = "*"
content-hash = ""
"""


def lock_with_two_indexes(kind: str, open_wheel, closed_wheel, public: str, closed: str) -> str:
    """`open_wheel` is of the public index, `closed_wheel` of another one, which wants a password."""
    if kind == "poetry.lock":
        source = f'[package.source]\ntype = "legacy"\nurl = "{closed}"\nreference = "c"\n'
        packages = [
            POETRY_PACKAGE.format(name=wheel.name, sha256=wheel.sha256)
            for wheel in (open_wheel, closed_wheel)
        ]
        return packages[0] + packages[1] + source + POETRY_METADATA
    sources = [("public", public), ("closed", closed)]
    entries = {
        wheel.name: {"hashes": [f"sha256:{wheel.sha256}"], "index": name, "version": "==1.0"}
        for wheel, name in ((open_wheel, "public"), (closed_wheel, "closed"))
    }
    meta = {"sources": [{"name": name, "url": url} for name, url in sources]}
    return json.dumps({"_meta": meta, "default": entries})


@pytest.mark.parametrize("kind", ["poetry.lock", "Pipfile.lock"])
def test_each_package_is_looked_for_in_its_own_index(pel, tmp_path, kind):
    """Whoever runs one index is not told what is wanted of another, and need not know it."""
    wheels = [
        Wheel(name, "1.0", {f"{name}.py": ""}).build(tmp_path / name) for name in ("foo", "bar")
    ]
    (tmp_path / kind).write_text("")
    lock = tmp_path / "app.lock"
    with (
        PackageIndex(tmp_path / "foo") as public,
        PackageIndex(tmp_path / "bar", password="me:s3cret") as closed,
    ):
        plain = closed.url.replace("me:s3cret@", "").rstrip("/")
        text = lock_with_two_indexes(kind, *wheels, public.url, plain)
        (tmp_path / kind).write_text(text)
        env = {"UV_DEFAULT_INDEX": public.url} if kind == "poetry.lock" else {}
        asked = ["lock", "--from", tmp_path / kind, "-o", lock]
        assert "401 (Unauthorized)" in error_of(pel(*asked, env=env))
        public.requests.clear()
        closed.requests.clear()
        # Credentials for an index of the lock, from the command line.
        result = pel(*asked, "--extra-index-url", closed.url, env=env)
        result.ok()
        assert "s3cret" not in lock.read_text() + result.stderr
        files = [file for package in content(lock)["packages"] for file in package["wheels"]]
        assert [file["url"].split("/")[2] for file in files] == [closed.host, public.host]
        # ... and from a file, where only that package is asked for there.
        closed.requests.clear()
        public.requests.clear()
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login me password s3cret\n")
        pel(*asked, env=env | {"NETRC": str(netrc)}).ok()
        assert set(closed.requests) == {"/simple/bar/"}
        if kind == "Pipfile.lock":
            assert "/simple/bar/" not in public.requests


def test_what_cannot_be_found_is_listed(pel, index, house, tmp_path):
    Wheel("foo", "1.0", {"foo.py": ""}).build(house)
    lines = [
        f"foo==1.0 --hash=sha256:{'1' * 64}",
        f"gone==2 --hash=sha256:{'2' * 64}",
        "loose>=1",
        "bare==1",
        "-e ./here",
    ]
    (tmp_path / "r.txt").write_text("\n".join(lines) + "\n")
    lock = tmp_path / "app.lock"
    result = pel("lock", "--from", tmp_path / "r.txt", "-o", lock, "--index-url", index.url)
    error = error_of(result)
    assert re.match(rf"cannot convert {tmp_path}/r.txt: .* \(and 4 more\)\n", error)
    for part in (
        f"foo 1.0: the index has no file with sha256 {'1' * 64}",
        f"gone 2: the index has no file with sha256 {'2' * 64}",
        "r.txt:3: 'loose>=1' is not pinned by ==",
        "r.txt:4: 'bare==1' has no --hash",
        "r.txt:5: '-e ./here' is not pinned by ==",
    ):
        assert part in result.stderr
    assert not lock.exists()


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("poetry.lock", "a = [\n", "cannot read lock {}: line 1"),
        ("pdm.lock", "a = 1\n", "cannot read lock {}: it is no lock of PDM"),
        ("Pipfile.lock", "{}", "cannot read lock {}: it is no Pipfile.lock\n  hint: make it again"),
        ("poetry.lock", "", "cannot read lock {}: it is no lock of Poetry\n  hint: make it again"),
    ],
)
def test_damaged_locks(pel, tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    error = error_of(pel("lock", "--from", tmp_path / name, "-o", tmp_path / "app.lock"))
    assert error.startswith(message.format(tmp_path / name))
    assert not (tmp_path / "app.lock").exists()


def test_bad_usage(pel, tmp_path):
    (tmp_path / "conda.yml").write_text("")
    error = error_of(pel("lock", "--from", tmp_path / "conda.yml", "-o", "l"), 2)
    assert error == (
        f"cannot convert {tmp_path}/conda.yml: its name is that of no lock\n"
        "  hint: it can be uv.lock, poetry.lock, pdm.lock, Pipfile.lock or a requirements.txt\n"
    )
    (tmp_path / "app.lock").write_text('lock-version = "1.0"\n\n[[packages]]\nname = "foo"\n')
    error = error_of(pel("lock", "--from", tmp_path / "app.lock", "-o", "l"), 2)
    assert error == (
        f"cannot convert {tmp_path}/app.lock: it is a lock already\n"
        f"  hint: use it as it is: pyenvlaunch run {tmp_path}/app.lock -- PROGRAM\n"
    )
    error = error_of(pel("lock", "--from", tmp_path / "uv.lock", "-o", "l"))
    assert error.startswith(f"cannot read {tmp_path}/uv.lock: no such file\n")
    error = error_of(pel("lock", "--from", "poetry.lock", "x", "-o", "l"), 2)
    assert error.startswith("--from goes with no other requirements\n")
    error = error_of(pel("lock", "--project", tmp_path, "--no-default-groups"), 2)
    assert error.startswith("--no-default-groups is for --from uv.lock\n")


@pytest.mark.parametrize("option", [["-U"], ["-P", "x"], ["--pre"], ["-c", "c.txt"]])
def test_versions_of_other_locks_are_not_chosen(pel, tmp_path, option):
    error = error_of(pel("lock", "--from", tmp_path / "uv.lock", *option, "-o", "l"), 2)
    assert error.startswith(f"cannot convert {tmp_path}/uv.lock with --")
    assert error.splitlines()[1:] == [
        "  hint: let the tool change them that has written it, and convert it again"
    ]


@pytest.mark.parametrize("option", [["--extra=x"], ["--group=x"], ["--no-default-groups"]])
def test_groups_of_other_locks_are_chosen_later(pel, tmp_path, option):
    error = error_of(pel("lock", "--from", tmp_path / "poetry.lock", *option, "-o", "l"), 2)
    assert error == (
        f"cannot choose extras or groups of {tmp_path}/poetry.lock: the new lock has all of them\n"
        "  hint: `pyenvlaunch run` chooses: --extra, --group and --no-default-groups\n"
    )
