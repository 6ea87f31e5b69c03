"""pyenvlaunch lock: uv and pip resolve, and what they find becomes our lock."""

from __future__ import annotations

import json
import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.index import PackageIndex
from support.launcher import Launcher
from support.resolvers import content, error_of, give, hashes, versions
from support.sources import commit_all, write_project
from support.wheels import Wheel

# By uv, by the `pip lock` of a new pip, and by the report of the interpreter's own, older one.
WAYS = {"uv": ["uv"], "pip lock": ["pip"], "pip's own": []}


@pytest.fixture
def index(house: Path) -> Iterator[PackageIndex]:
    with PackageIndex(house) as running:
        for version in ("1.0", "1.1"):
            Wheel("alpha", version, {"alpha.py": f"V = '{version}'\n"}, requires=["beta"]).build(
                house
            )
            Wheel("beta", version, {"beta.py": ""}).build(house)
            Wheel("gamma", version, {"gamma.py": ""}).build(house)
        Wheel("delta", "1.0", {"delta.py": ""}).build(house)
        yield running


@pytest.fixture(params=list(WAYS))
def user(request: pytest.FixtureRequest, pel: Launcher, index: PackageIndex) -> Launcher:
    """A user of one of the resolvers, whose index is ours."""
    give(pel, *WAYS[request.param])
    name = "uv" if request.param == "uv" else "pip"
    pel.env |= {"UV_DEFAULT_INDEX": index.url, "PIP_INDEX_URL": index.url}
    # What people demand of installations of their own, which these are not.
    pel.env |= {"PIP_REQUIRE_VIRTUALENV": "1", "PIP_USER": "1", "UV_WORKING_DIRECTORY": "/"}
    pel.resolver = name
    return pel


@pytest.fixture
def uv_user(pel: Launcher, index: PackageIndex) -> Launcher:
    give(pel, "uv")
    pel.env["UV_DEFAULT_INDEX"] = index.url
    return pel


def test_requirements_become_a_lock_that_runs(user, tmp_path):
    lock = tmp_path / "app.lock"
    result = user("lock", "Alpha<1.1", "gamma", "-o", lock)
    assert result.ok() == f"{lock}: 3 packages, made\n"
    assert f"pyenvlaunch: resolving with {user.resolver} " in result.stderr
    assert versions(lock) == {"alpha": "1.0", "beta": "1.1", "gamma": "1.1"}
    assert content(lock)["requires-python"] == f"=={user.python.minor}.*"
    assert content(lock)["created-by"] == "pyenvlaunch"
    assert user.code(lock, "import alpha, gamma; print(alpha.V)") == "1.0\n"


def test_the_lock_says_the_same_again(user, tmp_path):
    lock = tmp_path / "app.lock"
    user("lock", "alpha", "gamma", "-o", lock).ok()
    before = lock.read_bytes(), lock.stat().st_mtime_ns
    assert user("lock", "gamma", "alpha", "-o", lock).ok() == f"{lock}: 3 packages, unchanged\n"
    assert (lock.read_bytes(), lock.stat().st_mtime_ns) == before
    user("lock", "gamma", "alpha", "-o", tmp_path / "other.lock").ok()
    assert (tmp_path / "other.lock").read_bytes() == before[0]
    assert b"time" not in before[0]


def test_versions_stay_until_an_upgrade(user, tmp_path):
    lock = tmp_path / "app.lock"
    user("lock", "alpha==1.0", "beta==1.0", "gamma==1.0", "-o", lock).ok()
    result = user("lock", "alpha", "gamma", "-o", lock)
    result.ok()
    assert set(versions(lock).values()) == {"1.0"}
    result = user("lock", "-P", "Gamma", "alpha", "gamma", "-o", lock)
    assert result.ok() == f"{lock}: 3 packages, changed\n"
    assert "pyenvlaunch: changed gamma 1.0 -> 1.1\n" in result.stderr
    assert versions(lock) == {"alpha": "1.0", "beta": "1.0", "gamma": "1.1"}
    user("lock", "--upgrade", "alpha", "gamma", "-o", lock).ok()
    assert set(versions(lock).values()) == {"1.1"}


def test_requirements_that_contradict_the_lock_win(user, tmp_path):
    lock = tmp_path / "app.lock"
    user("lock", "gamma==1.0", "-o", lock).ok()
    user("lock", "gamma>1.0", "-o", lock).ok()
    assert versions(lock) == {"gamma": "1.1"}


def test_locked_fails_when_the_lock_would_change(user, tmp_path):
    lock = tmp_path / "app.lock"
    error = error_of(user("lock", "--locked", "gamma", "-o", lock))
    assert error.startswith(f"the lock {lock} would change: there is none\n")
    assert not lock.exists()
    user("lock", "gamma==1.0", "-o", lock).ok()
    before = lock.read_bytes()
    user("lock", "--locked", "gamma", "-o", lock).ok()
    error = error_of(user("lock", "--locked", "gamma", "alpha==1.0", "-o", lock))
    assert error == (
        f"the lock {lock} would change: added alpha 1.0, added beta 1.1\n"
        "  hint: run the command without --locked, and keep the lock that it writes\n"
    )
    assert lock.read_bytes() == before


def test_requirements_files_constraints_and_hashes(user, tmp_path):
    house = tmp_path / "wheelhouse"
    lock = tmp_path / "app.lock"
    (tmp_path / "more.txt").write_text("gamma\n")
    (tmp_path / "req.txt").write_text("# what we need\nalpha\n-r more.txt\n")
    (tmp_path / "con.txt").write_text("beta==1.0\n")
    user("lock", "-r", tmp_path / "req.txt", "-c", tmp_path / "con.txt", "-o", lock).ok()
    assert versions(lock) == {"alpha": "1.1", "beta": "1.0", "gamma": "1.1"}
    other = Wheel("gamma", "1.0", {"gamma.py": "#"}, tag="py2-none-any").build(house)
    wanted = Wheel("gamma", "1.0", {"gamma.py": ""}).build(house)
    assert other.sha256 != wanted.sha256
    (tmp_path / "req.txt").write_text(f"gamma==1.0 \\\n  --hash=sha256:{wanted.sha256}\n")
    user("lock", "-r", tmp_path / "req.txt", "-o", lock).ok()
    assert hashes(lock) == {"gamma": {wanted.sha256}}


def test_prereleases(user, house, tmp_path):
    """By the option, or in a requirements file, where uv passes it over."""
    Wheel("gamma", "2.0rc1", {"gamma.py": ""}).build(house)
    lock = tmp_path / "app.lock"
    user("lock", "gamma", "-o", lock).ok()
    assert versions(lock) == {"gamma": "1.1"}
    user("lock", "-U", "--pre", "gamma", "-o", lock).ok()
    assert versions(lock) == {"gamma": "2.0rc1"}
    (tmp_path / "req.txt").write_text("--pre\ngamma\n")
    result = user("lock", "-U", "-r", tmp_path / "req.txt", "-o", tmp_path / "other.lock")
    result.ok()
    assert versions(tmp_path / "other.lock") == {"gamma": "2.0rc1"}
    assert "warning" not in result.stderr


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_hashes_in_files_of_files(user, tmp_path, mark):
    house = tmp_path / "wheelhouse"
    Wheel("gamma", "1.0", {"gamma.py": "#"}, tag="py2-none-any").build(house)
    wanted = Wheel("gamma", "1.0", {"gamma.py": ""}).build(house)
    (tmp_path / "more.txt").write_text(f"{mark}gamma==1.0 --hash=sha256:{wanted.sha256}\n")
    (tmp_path / "req.txt").write_text("-r more.txt\n")
    lock = tmp_path / "app.lock"
    user("lock", "-r", tmp_path / "req.txt", "-o", lock).ok()
    assert hashes(lock) == {"gamma": {wanted.sha256}}


def local_project(folder: Path, name: str) -> Path:
    """A project of the usual shape, and nothing else."""
    (folder / "src" / name).mkdir(parents=True)
    (folder / "src" / name / "__init__.py").write_text("PLACE = __file__\n")
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "1"\ndependencies = ["gamma"]\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (folder / "backend.py").write_text(BACKEND.replace("NAME", name))
    return folder


BACKEND = """\
import pathlib, zipfile

def _wheel(folder, files):
    info = "NAME-1.dist-info"
    files = files | {
        f"{info}/METADATA": "Metadata-Version: 2.1\\nName: NAME\\nVersion: 1\\nRequires-Dist: gamma\\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(pathlib.Path(folder) / "NAME-1-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return "NAME-1-py3-none-any.whl"

def build_wheel(folder, settings=None, metadata=None):
    return _wheel(folder, {"NAME/__init__.py": pathlib.Path("src/NAME/__init__.py").read_text()})

def build_editable(folder, settings=None, metadata=None):
    return _wheel(folder, {"NAME.pth": str(pathlib.Path("src").absolute()) + "\\n"})
"""


def test_directories_anywhere(user, tmp_path):
    """Also where the lock of `pip lock` could not name them."""
    folder = tmp_path / "project"
    here = local_project(folder / "with blank", "here")
    there = local_project(tmp_path / "there", "there")
    (tmp_path / "req.txt").write_text(f"{there}\n")
    lock = folder / "app.lock"
    user("lock", "-e", here, "-r", tmp_path / "req.txt", "-o", lock).ok()
    packages = {package["name"]: package for package in content(lock)["packages"]}
    assert packages["here"]["directory"] == {"path": "with blank", "editable": True}
    assert packages["there"]["directory"] == {"path": str(there)}
    assert set(packages) == {"here", "there", "gamma"}


def test_a_directory_that_is_named_by_a_relative_path_stays_relative(user, tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    local_project(tmp_path / "there", "there")
    (folder / "req.txt").write_text("-e ../there\n")
    for asked in (["-e", "../there"], ["../there"], ["-r", "req.txt"]):
        lock = folder / "app.lock"
        user("lock", *asked, "-o", lock, cwd=folder).ok()
        packages = {package["name"]: package for package in content(lock)["packages"]}
        assert packages["there"]["directory"]["path"] == "../there", asked
        lock.unlink()


@pytest.mark.parametrize("kind", [[], ["-e"]], ids=["built", "editable"])
def test_a_lock_in_a_folder_that_is_a_link(user, tmp_path, kind):
    """What lies above a lock is above where its folder really is."""
    (tmp_path / "deep/down").mkdir(parents=True)
    (tmp_path / "link").symlink_to("deep/down")
    local_project(tmp_path / "there", "there")
    lock = tmp_path / "link/app.lock"
    user("lock", *kind, "./there", "-o", "link/app.lock", cwd=tmp_path).ok()
    (package,) = (p for p in content(lock)["packages"] if p["name"] == "there")
    assert package["directory"]["path"] == "../../there"
    for path in (lock, tmp_path / "deep/down/app.lock"):
        code = (
            "import importlib.metadata as m; "
            "print(m.distribution('there').read_text('direct_url.json'))"
        )
        assert json.loads(user.code(path, code))["url"] == f"file://{tmp_path}/there"


def test_a_lock_in_the_folder_above(user, tmp_path):
    folder = tmp_path / "project"
    local_project(folder / "inside", "inside")
    user("lock", "./inside", "-o", "../app.lock", cwd=folder).ok()
    (package,) = (p for p in content(tmp_path / "app.lock")["packages"] if p["name"] == "inside")
    assert package["directory"] == {"path": "project/inside"}


def test_repositories_over_ssh(user, tmp_path):
    """The user of such an address is no secret: without it there is no way in."""
    repository = write_project(tmp_path / "srv/made", "made")
    commit = commit_all(repository)
    ssh = user.root / "tools/ssh"
    ssh.write_text('#!/bin/sh\necho "$@" >> "$0.log"\nfor last; do :; done\nexec sh -c "$last"\n')
    ssh.chmod(0o755)
    lock = tmp_path / "app.lock"
    user("lock", f"made @ git+ssh://git@127.0.0.1{repository}", "-o", lock).ok()
    (package,) = content(lock)["packages"]
    vcs = {"type": "git", "url": f"ssh://git@127.0.0.1{repository}", "commit-id": commit}
    assert {**package["vcs"], **vcs} == package["vcs"]
    log = ssh.with_name("ssh.log")
    log.unlink()
    assert user.run(lock, "made-cmd").ok() == "command 1.0\n"
    assert "git@127.0.0.1 git-upload-pack" in log.read_text()
    code = (
        "import importlib.metadata as m; print(m.distribution('made').read_text('direct_url.json'))"
    )
    assert json.loads(user.code(lock, code))["url"] == vcs["url"]


def test_groups_without_a_project(user, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[dependency-groups]\ntest = ["gamma==1.0"]\n')
    lock = tmp_path / "pylock.toml"
    user("lock", "--project", tmp_path, "--group", "test").ok()
    assert versions(lock) == {"gamma": "1.0"}
    error_of(user("lock", "--project", tmp_path, "-o", tmp_path / "other.lock"))
    assert not (tmp_path / "other.lock").exists()


def test_groups_in_a_circle(user, tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\n'
        '[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}]\n'
    )
    result = user("lock", "--project", tmp_path, "--group", "a")
    error_of(result)
    assert "cycle" in result.stderr or "includes itself" in result.stderr
    assert not (tmp_path / "pylock.toml").exists()


def test_project_with_extras_and_groups(user, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.9"\n'
        'dependencies = ["alpha"]\n'
        '[project.optional-dependencies]\nmore = ["delta"]\n'
        '[dependency-groups]\ntest = ["gamma==1.0"]\ndev = [{include-group = "test"}]\n'
    )
    lock = project / "pylock.toml"
    assert user("lock", "--project", project).ok() == f"{lock}: 2 packages, made\n"
    user("lock", "--project", project, "--extra", "more").ok()
    assert set(versions(lock)) == {"alpha", "beta", "delta"}
    user("lock", "--project", project, "--all-extras", "--group", "dev").ok()
    assert set(versions(lock)) == {"alpha", "beta", "delta", "gamma"}
    assert versions(lock)["gamma"] == "1.0"


def only_uv(name: str) -> str:
    return f"only uv knows where '{name}' comes from, by [tool.uv.sources]"


def only_poetry(name: str, key: str, line: int) -> str:
    return f"only Poetry knows where '{name}' comes from, by '{key}' in line {line}"


ELSEWHERE = "http://127.0.0.1:9/simple"
UV_PATH = '[tool.uv.sources]\nGamma = { path = "gamma" }\n'
UV_INDEX = f'[[tool.uv.index]]\nname = "p"\nurl = "{ELSEWHERE}"\n'
POETRY_SOURCE = f'[[tool.poetry.source]]\nname = "p"\nurl = "{ELSEWHERE}"\n'
POETRY_NAMED = '[tool.poetry.dependencies]\ngamma = { version = "*", source = "p" }\n'
POETRY_MANY = '[tool.poetry.dependencies]\ngamma = [{ git = "https://h.invalid/g" }]\n'
POETRY_GROUP = '[tool.poetry.group.dev.dependencies]\ngamma = { path = "g" }\n'
PDM_SOURCE = f'[[tool.pdm.source]]\nname = "p"\nurl = "{ELSEWHERE}"\n'
PIXI_SOURCE = f'[tool.pixi.pypi-options]\nindex-url = "{ELSEWHERE}"\n'

IGNORED = {
    "uv's source": (["pip"], UV_PATH, only_uv("gamma")),
    "uv's index": (["pip"], UV_INDEX, f"only uv reads [tool.uv], which names {ELSEWHERE}"),
    "uv's pages": (
        ["pip"],
        '[tool.uv]\nfind-links = ["/p"]\n',
        "only uv reads [tool.uv], which names ",
    ),
    "Poetry's index": (
        ["uv", "pip"],
        POETRY_SOURCE,
        f"it does not read [[tool.poetry.source]], which names {ELSEWHERE}",
    ),
    "index of one": (["uv"], POETRY_NAMED, only_poetry("gamma", "source", 6)),
    "one of several": (["uv"], POETRY_MANY, only_poetry("gamma", "git", 6)),
    "of a group": (["uv"], POETRY_GROUP, only_poetry("gamma", "path", 6)),
    "PDM's": (
        ["pip"],
        PDM_SOURCE,
        f"it does not read [[tool.pdm.source]], which names {ELSEWHERE}",
    ),
    "pixi's": (
        ["uv"],
        PIXI_SOURCE,
        f"it does not read [tool.pixi.pypi-options], which names {ELSEWHERE}",
    ),
}
PROJECT = """\
[project]
name = "a"
version = "1"
dependencies = ["gamma"]
"""


@pytest.mark.parametrize("case", IGNORED)
def test_sources_that_the_resolver_does_not_read(pel, index, tmp_path, case):
    """It would take anybody's package of that name, from an index that nobody has named."""
    tools, table, message = IGNORED[case]
    give(pel, *tools)
    pel.env |= {"UV_DEFAULT_INDEX": index.url, "PIP_INDEX_URL": index.url}
    path = tmp_path / "pyproject.toml"
    path.write_text(f'{PROJECT}{table}[dependency-groups]\ndev = ["gamma"]\n')
    lock = tmp_path / "app.lock"
    for tool in tools:
        words = ["lock", "--resolver", tool, "--project", tmp_path, "--group", "dev", "-o", lock]
        error = error_of(pel(*words))
        assert error.startswith(f"cannot lock {path} with {tool}: {message}"), error
        assert "\n  hint: " in error
    assert not lock.exists()


def test_sources_of_scripts_directories_and_workspaces_that_pip_does_not_read(pel, index, tmp_path):
    give(pel, "pip")
    pel.env["PIP_INDEX_URL"] = index.url
    lock = tmp_path / "app.lock"
    script = tmp_path / "tool.py"
    lines = ["/// script", 'dependencies = ["gamma>=1"]', *UV_PATH.splitlines(), "///"]
    script.write_text("".join(f"# {line}\n" for line in lines))
    root, member = tmp_path / "pyproject.toml", tmp_path / "member" / "pyproject.toml"
    root.write_text(f"[tool.uv.workspace]\nmembers = ['member']\n{UV_PATH}")
    local = tmp_path / "local" / "pyproject.toml"
    for path, text in ((member, PROJECT), (local, PROJECT + UV_PATH)):
        path.parent.mkdir()
        path.write_text(text)
    (tmp_path / "req.txt").write_text("-e local\n")
    for words, named in (
        (["--script", script], script),
        (["--project", member.parent], root),
        (["-e", "local"], local),
        (["./local[x]"], local),
        ([f"a @ file://{local.parent}"], local),
        (["-r", "req.txt"], local),
    ):
        error = error_of(pel("lock", *words, "-o", lock, cwd=tmp_path))
        assert error == (
            f"cannot lock {named} with pip: {only_uv('gamma')}\n"
            "  hint: install uv and put it on PATH, or name the place in the requirement\n"
        )
    assert not lock.exists()


POETRY = '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\ngamma = "*"\n'


@pytest.mark.parametrize(
    "text", ["[tool.black]\n", POETRY, f"[build-system]\nrequires = []\n{POETRY}"]
)
def test_a_file_that_is_no_project(user, tmp_path, text):
    """A build backend would be asked for what is in none, with a traceback at best."""
    (tmp_path / "pyproject.toml").write_text(text)
    result = user("lock", "--project", tmp_path)
    error = error_of(result)
    assert "it has no table [project]\n" in error or "only Poetry reads what a project" in error
    assert "convert that: --from" in error
    assert result.stderr.count("\n") == 3
    assert not (tmp_path / "pylock.toml").exists()


def test_an_index_that_the_user_names_too_is_no_secret_of_another_tool(user, index, tmp_path):
    source = POETRY_SOURCE.replace(ELSEWHERE, index.url.rstrip("/"))
    unused = POETRY_SOURCE + 'priority = "explicit"\n'
    lock = tmp_path / "app.lock"
    for text, words in (
        (source, []),
        (unused, []),
        (POETRY_SOURCE, ["--index-url", index.url]),
        (
            PDM_SOURCE + "[tool.poetry.dependencies]\ndelta = { path = 'd' }\n",
            ["--index-url", index.url],
        ),
    ):
        (tmp_path / "pyproject.toml").write_text(PROJECT + text)
        user("lock", "-U", "--project", tmp_path, *words, "-o", lock).ok()
        assert versions(lock) == {"gamma": "1.1"}


def test_what_pip_does_not_read_of_versions_is_a_warning(pel, index, tmp_path):
    give(pel, "pip")
    (tmp_path / "pyproject.toml").write_text(
        f'{PROJECT}[tool.uv]\nconstraint-dependencies = ["gamma<1.1"]\nprerelease = "allow"\n'
    )
    result = pel("lock", "-q", "--index-url", index.url, "--project", tmp_path)
    result.ok()
    assert result.stderr == "".join(
        f"pyenvlaunch: warning: pip does not read '{key}' of [tool.uv] in "
        f"{tmp_path}/pyproject.toml\n"
        for key in ("constraint-dependencies", "prerelease")
    )


def test_settings_of_uv_are_those_of_the_project(uv_user, tmp_path):
    """Wherever the command is run: its indexes, constraints and overrides."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        PROJECT.replace("gamma", "alpha") + "[tool.uv]\n"
        'constraint-dependencies = ["alpha<1.1"]\noverride-dependencies = ["beta==1.0"]\n'
    )
    uv_user("lock", "--project", project).ok()
    assert versions(project / "pylock.toml") == {"alpha": "1.0", "beta": "1.0"}


SCRIPT_TABLES = {
    "path": ('[tool.uv.sources]\ngamma = { path = "local" }\n', {"gamma": ""}),
    "editable": ('[tool.uv.sources]\ngamma = { path = "local", editable = true }\n', {"gamma": ""}),
    "index": (
        '[tool.uv.sources]\ngamma = { index = "p" }\n'
        '[[tool.uv.index]]\nname = "p"\nurl = "URL"\nexplicit = true\n',
        {"gamma": "7.0"},
    ),
    "first": ('[[tool.uv.index]]\nname = "p"\nurl = "URL"\n', {"gamma": "7.0"}),
    "default": ('[tool.uv]\nindex-url = "URL"\n', {"gamma": "7.0"}),
    "pages": ('[tool.uv]\nno-index = true\nfind-links = ["other"]\n', {"gamma": "7.0"}),
    "versions": ('[tool.uv]\nconstraint-dependencies = ["gamma<1.1"]\n', {"gamma": "1.0"}),
}


@pytest.mark.parametrize("case", SCRIPT_TABLES)
def test_what_a_script_says_to_uv_is_honoured(pel, index, tmp_path, case):
    """`uv pip compile` reads only a part of it, and no sources."""
    give(pel, "uv")
    folder = tmp_path / "scripts"
    local_project(folder / "local", "gamma")
    other = folder / "other"
    other.mkdir()
    Wheel("gamma", "7.0", {"gamma.py": ""}).build(other)
    table, wanted = SCRIPT_TABLES[case]
    with PackageIndex(other) as second:
        text = f'/// script\ndependencies = ["gamma"]\n{table.replace("URL", second.url)}///'
        (folder / "tool.py").write_text("".join(f"# {line}\n" for line in text.splitlines()))
        if case != "default":
            pel.env["UV_DEFAULT_INDEX"] = index.url
        pel("lock", "--script", folder / "tool.py").ok()
    assert versions(folder / "tool.py.lock") == wanted


def test_script(user, tmp_path):
    script = tmp_path / "tool.py"
    script.write_text(
        "# /// script\n# requires-python = '>=3.9'\n# dependencies = ['gamma']\n# ///\n"
        "import gamma\nprint(gamma.__name__)\n"
    )
    lock = tmp_path / "tool.py.lock"
    assert user("lock", "--script", script).ok() == f"{lock}: 1 package, made\n"
    assert user.run(lock, script).ok() == "gamma\n"


def test_find_links_offline(user, house, tmp_path):
    lock = tmp_path / "app.lock"
    user("lock", "--offline", "--find-links", house, "gamma", "-o", lock).ok()
    files = content(lock)["packages"][0]["wheels"]
    assert [file["path"] for file in files] == ["wheelhouse/gamma-1.1-py3-none-any.whl"]
    assert user("run", "--offline", lock, "--", "python", "-c", "import gamma").ok() == ""


def test_no_credentials_in_lock_and_messages(user, house, tmp_path):
    lock = tmp_path / "app.lock"
    with PackageIndex(house, password="me:s3cret") as private:
        user.env |= {"UV_DEFAULT_INDEX": "", "PIP_INDEX_URL": ""}
        result = user("lock", "--index-url", private.url, "gamma", "-o", lock)
        result.ok()
        assert "s3cret" not in lock.read_text() + result.stdout + result.stderr
        assert private.host in lock.read_text()
        result = user("lock", "--index-url", private.url, "gamma>7", "-o", lock)
        error = error_of(result)
        assert "s3cret" not in result.stderr
        assert private.host in error


def arguments_of_others() -> list[bytes]:
    """Of all processes but those of the program, whose arguments are the user's own."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue  # it has ended
        if not words.partition(b"\0")[0].endswith((b"/pyenvlaunch", b"/pyenvlaunch-manager")):
            found.append(words)
    return found


def test_no_credentials_in_arguments_of_the_resolver(user, house, tmp_path):
    """Everybody on the machine can read them."""
    lock = tmp_path / "app.lock"
    seen = []
    with PackageIndex(house, password="me:4rguments") as private:
        private.on_request = lambda: seen.extend(arguments_of_others())
        project = tmp_path / "project"
        project.mkdir()
        file = private.url.replace("/simple/", "/files/gamma-1.1-py3-none-any.whl")
        (project / "pyproject.toml").write_text(
            f'[project]\nname = "p"\nversion = "1"\ndependencies = ["gamma @ {file}"]\n'
        )
        links = private.url + "gamma/"
        for options in (
            ("--index-url", private.url, "gamma"),
            ("--extra-index-url", private.url, "gamma"),
            ("--find-links", links, "--find-links", house, "gamma"),
            ("--project", project),
        ):
            result = user("lock", *options, "-o", lock)
            result.ok()
            assert list(versions(lock)) == ["gamma"]
            assert "4rguments" not in lock.read_text() + result.stdout + result.stderr
            lock.unlink()
    assert seen
    assert [words for words in seen if b"4rguments" in words] == []


def test_files_that_are_not_there_are_said_at_once(user, tmp_path):
    """By us, not by a resolver with its own words."""
    lock = tmp_path / "app.lock"
    for option, kind in (("-r", "requirements"), ("-c", "constraints")):
        result = user("lock", "gamma", option, tmp_path / "none.txt", "-o", lock)
        assert result.failed(1) == (
            f"pyenvlaunch: error: cannot read {kind} file {tmp_path}/none.txt: no such file\n"
        )
    result = user("lock", "gamma", "-o", tmp_path / "none/app.lock")
    assert result.failed(1) == (
        f"pyenvlaunch: error: cannot write lock {tmp_path}/none/app.lock:"
        f" there is no directory {tmp_path}/none\n"
        "  hint: make it, or name another place with -o\n"
    )


def test_a_place_where_no_lock_can_be_written_has_a_hint(user):
    error = error_of(user("lock", "gamma", "-o", "/proc/app.lock"))
    assert error.startswith("cannot create a temporary file for /proc/app.lock: ")
    assert error.endswith("\n  hint: name another place with -o\n")


def test_json(user, tmp_path):
    lock = tmp_path / "app.lock"
    assert json.loads(user("lock", "gamma", "-o", lock, "--json").ok()) == {
        "lock": str(lock),
        "packages": 1,
        "created": True,
        "written": True,
        "changes": [],
    }
    again = json.loads(user("lock", "gamma", "alpha", "-o", lock, "--json").ok())
    assert (again["packages"], again["created"], again["written"]) == (3, False, True)
    assert len(again["changes"]) == 2


def test_failure_shows_what_was_run_and_leaves_the_old_lock(user, tmp_path):
    lock = tmp_path / "app.lock"
    user("lock", "gamma", "-o", lock).ok()
    before = lock.read_bytes()
    result = user("lock", "gamma>7", "-o", lock)
    error = error_of(result)
    assert error.startswith("cannot resolve the requirements: '")
    assert "ended with status 1" in error
    assert "nothing was changed" in error
    assert f"pyenvlaunch: {'uv' if user.resolver == 'uv' else ''}" in result.stderr
    assert lock.read_bytes() == before
    leftovers = [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert leftovers == []


def test_own_table_mode_and_link_stay(uv_user, tmp_path):
    lock = tmp_path / "real.lock"
    uv_user("lock", "gamma==1.0", "-o", lock).ok()
    with lock.open("a") as file:
        file.write('\n[tool.pyenvlaunch.scripts]\nhello = "gamma:hello"\n')
    lock.chmod(0o600)
    link = tmp_path / "app.lock"
    link.symlink_to("real.lock")
    uv_user("lock", "-U", "gamma", "-o", link).ok()
    assert link.is_symlink()
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
    assert content(lock)["tool"]["pyenvlaunch"]["scripts"] == {"hello": "gamma:hello"}
    assert versions(lock) == {"gamma": "1.1"}


def test_universal_lock_has_markers(uv_user, tmp_path):
    lock = tmp_path / "app.lock"
    requirements = ["gamma ; sys_platform == 'win32'", "alpha ; python_version < '3.14'"]
    uv_user("lock", "--universal", *requirements, "-o", lock).ok()
    markers = {package["name"]: package.get("marker") for package in content(lock)["packages"]}
    assert markers["gamma"] == "sys_platform == 'win32'"
    assert "3.14" in markers["alpha"]
    assert content(lock)["requires-python"].startswith(">=3.")


def test_universal_needs_uv(pel, tmp_path):
    error = error_of(pel("lock", "--universal", "x", "-o", tmp_path / "l", "--resolver", "pip"), 2)
    assert error.startswith("pip locks for one interpreter, not for all\n")


def test_lock_for_another_interpreter(uv_user, each_python, tmp_path):
    lock = tmp_path / "app.lock"
    uv_user("lock", "--python", each_python.path, "gamma", "-o", lock).ok()
    assert content(lock)["requires-python"] == f"=={each_python.minor}.*"


def test_without_any_resolver(pel, tmp_path):
    broken = tmp_path / "pythons/bin"
    broken.mkdir(parents=True)
    (broken / "uv").write_text("#!/bin/sh\nexit 1\n")
    (broken / "uv").chmod(0o755)
    error = error_of(
        pel("lock", "x", "-o", tmp_path / "l", "--resolver", "uv", env={"PATH": f"{broken}:/bin"})
    )
    assert error == (
        "cannot resolve requirements: there is no uv on PATH\n"
        "  hint: install uv (python -m pip install uv) and put it on PATH\n"
    )


def test_an_old_uv_is_not_used(pel, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "uv").write_text("#!/bin/sh\necho uv 0.5.1\n")
    (tools / "uv").chmod(0o755)
    result = pel("lock", "x", "-o", "l", "--resolver", "uv", env={"PATH": f"{tools}:/bin"})
    assert "uv 0.5.1 writes no lock of PEP 751, which 0.6.15 and later do" in error_of(result)


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_the_old_lock_and_no_process(pel, tmp_path, sig):
    """The resolver here is one that never ends, and has a child."""
    tools = tmp_path / "tools"
    tools.mkdir()
    started = tmp_path / "started"
    (tools / "uv").write_text(
        '#!/bin/sh\n[ "$1" = --version ] && { echo uv 1.0.0; exit; }\n'
        f"sleep 1000 &\necho $! $$ > {started}.new; mv {started}.new {started}\nwait\n"
    )
    (tools / "uv").chmod(0o755)
    lock = tmp_path / "app.lock"
    lock.write_text('lock-version = "1.0"\ncreated-by = "x"\npackages = []\n')
    before = lock.read_bytes()
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    env = pel.env | {"PATH": f"{tools}:/usr/bin:/bin", "TMPDIR": str(scratch)}
    process = pel.popen("lock", "x", "-o", lock, env=env)
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(sig)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (128 + sig, "")
    assert "error" not in err
    assert lock.read_bytes() == before
    assert list(scratch.iterdir()) == []
    for pid in started.read_text().split():
        wait_until_gone(int(pid))


def wait_until_gone(pid: int) -> None:
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            os.kill(pid, 0)
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} is still there")


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        ([], "no requirement given", "try 'pyenvlaunch help lock'"),
        (["x"], "no lock to write given", "name it with -o LOCK"),
        (
            ["--extra", "e", "x", "-o", "l"],
            "--extra, --all-extras and --group are for --project",
            "try 'pyenvlaunch help lock'",
        ),
        (
            ["--script", "s.py", "x"],
            "--script goes with no other requirements",
            "write them into the script's block",
        ),
        (
            ["--locked", "--upgrade", "x", "-o", "l"],
            "--locked and --upgrade contradict each other",
            "try 'pyenvlaunch help lock'",
        ),
        (["--resolver", "conda", "x", "-o", "l"], "unknown resolver 'conda'", "use uv or pip"),
        (["", "-o", "l"], "argument 1 is empty", "try 'pyenvlaunch help lock'"),
        (["--requirment", "x"], "unknown option '--requirment'", "did you mean '--requirement'?"),
    ],
)
def test_bad_usage(pel, args, message, hint):
    assert error_of(pel("lock", *args), 2) == f"{message}\n  hint: {hint}\n"


def test_what_is_not_there(pel, tmp_path):
    error = error_of(pel("lock", "--script", tmp_path / "no.py"))
    assert error == f"cannot read script {tmp_path}/no.py: no such file\n"
    (tmp_path / "s.py").write_text("print(1)\n")
    error = error_of(pel("lock", "--script", tmp_path / "s.py"))
    assert error.startswith(
        f"cannot read {tmp_path}/s.py: it has no block '# /// script' (PEP 723)\n"
    )


@pytest.mark.parametrize(
    "block", ["# dependencies = []\n", "#dependencies = []\n# ///\n", "# ///\n"]
)
def test_block_that_is_none(pel, tmp_path, block):
    (tmp_path / "s.py").write_text(f"import os\n# /// script\n{block}print(1)\n")
    assert error_of(pel("lock", "--script", tmp_path / "s.py")) == (
        f"cannot read {tmp_path}/s.py: line 2: the block that begins here is none (PEP 723)\n"
        "  hint: it goes from '# /// script' to '# ///', and each line between begins with '# '\n"
    )


def test_no_interpreter_for_a_project(pel, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "a"\nrequires-python = ">=4"\n')
    error = error_of(pel("lock", "--project", tmp_path, env={"PYENVLAUNCH_PYTHON": None}))
    assert " for a project that requires '>=4': none of these fits\n" in error
    assert error.splitlines()[-1] == (
        "  hint: no version is both: choose one that the project allows, or correct its"
        " requires-python"
    )


def test_what_a_project_says_of_its_interpreter_is_checked(pel, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "a"\nrequires-python = "3.11"\n')
    assert error_of(pel("lock", "--project", tmp_path)).startswith(
        f"cannot read {tmp_path}/pyproject.toml: line 3: key 'requires-python' is wrong: "
    )


def test_a_damaged_lock_is_not_overwritten(uv_user, tmp_path):
    lock = tmp_path / "app.lock"
    lock.write_text("my = notes\n")
    error = error_of(uv_user("lock", "gamma", "-o", lock))
    assert error.startswith(f"cannot read lock {lock}: line 1")
    assert "\n  hint: correct it, or remove it: " in error
    assert lock.read_text() == "my = notes\n"


def test_misspelled_package_to_upgrade(uv_user, tmp_path):
    lock = tmp_path / "app.lock"
    uv_user("lock", "gamma", "-o", lock).ok()
    error = error_of(uv_user("lock", "-P", "gama", "gamma", "-o", lock), 2)
    assert error == (
        f"cannot upgrade 'gama': {lock} has no such package\n  hint: did you mean 'gamma'?\n"
    )


def test_what_a_resolver_could_not_read_is_refused(user, tmp_path):
    """Standard input is another file in the resolver, which then locked nothing without a word."""
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("alpha\n")
    script = tmp_path / "tool.py"
    script.write_text("# /// script\n# dependencies = ['alpha']\n# ///\n")
    lock = tmp_path / "app.lock"
    for words, source in (
        (["-r", "/dev/stdin"], wanted),
        (["-c", "/dev/stdin", "alpha"], wanted),
        (["-r", "/proc/self/fd/0"], wanted),
        (["--script", "/dev/stdin"], script),
    ):
        redirected = ("sh", "-c", 'file=$1; shift; exec "$@" <"$file"', "sh", str(source))
        error = error_of(user("lock", *words, "-o", lock, prefix=redirected), 2)
        assert "it is no file on disk\n  hint: it is read more than once: write it to" in error
    os.mkfifo(tmp_path / "fifo")
    assert "it is no file on disk" in error_of(user("lock", "-r", tmp_path / "fifo", "-o", lock), 2)
    assert "it is a directory" in error_of(user("lock", "-r", tmp_path, "-o", lock), 2)
    error = error_of(user("lock", "-r", "https://h/r.txt", "-o", lock))
    assert error.endswith("  hint: addresses are not fetched here: download it first\n")
    error = error_of(user("lock", "--project", tmp_path / "none", "-o", lock))
    assert error.startswith(f"cannot read project {tmp_path}/none: no such file\n  hint: ")
    error = error_of(user("lock", "alpha", "-o", "-", cwd=tmp_path), 2)
    assert error.startswith("cannot write a lock to standard output\n  hint: name a file")
    assert not any((tmp_path / name).exists() for name in ("-", "app.lock", "tool.py.lock"))


def test_quiet_prints_nothing(user, tmp_path):
    result = user("lock", "-q", "alpha", "-o", tmp_path / "app.lock")
    assert (result.ok(), result.stderr) == ("", "")
