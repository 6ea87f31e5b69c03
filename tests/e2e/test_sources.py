"""Packages of a lock that have to be built: sdists, archives, directories, repositories."""

import base64
import json
import os
import shutil
import stat
import subprocess
import tarfile
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from support.interpreters import one_a_minor
from support.launcher import ROOT
from support.locks import Entry, entry, inline, write_lock
from support.serving import LoopbackServer
from support.sources import commit_all, sha256, write_project, write_sdist
from support.wheels import simple

CODE = """
import importlib.metadata as m, made
d = m.distribution('made')
print(made.VALUE, d.version, d.read_text('direct_url.json'))
"""


@pytest.fixture(params=["uv", "pip"])
def front_end(request, pel, tmp_path):
    """uv is found on PATH; without it the interpreter's pip does it."""
    if request.param == "uv":
        uv = shutil.which("uv") or str(ROOT / ".venv/bin/uv")
        folder = tmp_path / "tools"
        folder.mkdir()
        (folder / "uv").symlink_to(uv)
        pel.env["PATH"] = f"{folder}:{pel.env['PATH']}"
    pel.env["PEL_TEST_BUILD_LOG"] = str(tmp_path / "builds")
    return request.param


@pytest.fixture
def builds(tmp_path):
    """What was built so far, one line each."""
    return lambda: (tmp_path / "builds").read_text().splitlines()


@pytest.fixture
def project(tmp_path) -> Path:
    return write_project(tmp_path / "my project")


@pytest.fixture
def lock(tmp_path):
    def make(name: str = "made", version: str | None = "1.0", file: str = "app.lock", **source):
        lines = [f"{key} = {inline(value)}" for key, value in source.items()]
        return write_lock(tmp_path / "locks" / file, [Entry(name, version, [], lines)])

    return make


def seen(pel, lock) -> tuple[str, str, dict | None]:
    value, version, direct = pel.code(lock, CODE).split(" ", 2)
    return value, version, json.loads(direct) if direct.strip() != "None" else None


def test_sdist(pel, front_end, project, lock, tmp_path, builds):
    sdist = write_sdist(tmp_path / "made-1.0.tar.gz", project, "made-1.0")
    made = lock(sdist={"path": str(sdist), "hashes": {"sha256": sha256(sdist)}})
    first = pel.run(made, "made-cmd")
    assert first.ok() == "command 1.0\n"
    assert first.stderr == (
        "pyenvlaunch: building made from the source distribution made-1.0.tar.gz with "
        f"{'uv build' if front_end == 'uv' else 'pip wheel'}\n"
    )
    assert seen(pel, made) == ("1.0", "1.0", None)
    other = lock(file="other.lock", sdist={"path": str(sdist), "hashes": {"sha256": sha256(sdist)}})
    again = pel("sync", "--offline", other)
    assert "building" not in again.stderr + again.ok()
    assert builds() == ["made wheel"], "built once"
    pel.assert_store_is_valid()


def test_sdist_with_members_for_directories(pel, front_end, project, lock, tmp_path):
    """As tools that pack whole folders write them, with owners that nobody has here."""
    folder = shutil.copytree(project, tmp_path / "made-1.0")
    (folder / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: made\nVersion: 1.0\n")
    sdist = tmp_path / "made-1.0.tar.gz"
    with tarfile.open(sdist, "w:gz") as archive:

        def owned(member):
            member.uid = member.gid = 54321
            return member

        archive.add(folder, "made-1.0", filter=owned)
        assert any(member.isdir() for member in archive.getmembers())
    made = lock(sdist={"path": str(sdist), "hashes": {"sha256": sha256(sdist)}})
    assert pel.run(made, "made-cmd").ok() == "command 1.0\n"


def test_wheel_before_sdist(pel, front_end, project, build, tmp_path):
    sdist = write_sdist(tmp_path / "made-1.0.tar.gz", project, "made-1.0")
    table = inline({"path": str(sdist), "hashes": {"sha256": sha256(sdist)}})
    fits = build(simple("made", "1.0"))
    lock = write_lock(tmp_path / "fits.lock", [entry(fits, lines=[f"sdist = {table}"])])
    assert pel.code(lock, "import made; print(made.VERSION)") == "1.0\n"
    unfit = simple("made", "1.0")
    unfit.tag = "cp39-cp39-macosx_11_0_arm64"
    lock = write_lock(tmp_path / "unfit.lock", [entry(build(unfit), lines=[f"sdist = {table}"])])
    assert pel.run(lock, "made-cmd").ok() == "command 1.0\n"


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
def test_archive(pel, front_end, project, lock, tmp_path, server, house, suffix):
    top = write_project(tmp_path / "mono" / "sub dir").parent
    archive = write_sdist(house / f"main{suffix}", top, "repo-main")
    url = f"{server.url}/main{suffix}"
    made = lock(
        archive={"url": url, "subdirectory": "sub dir", "hashes": {"sha256": sha256(archive)}}
    )
    assert seen(pel, made) == (
        "1.0",
        "1.0",
        {
            "url": url,
            "archive_info": {
                "hash": f"sha256={sha256(archive)}",
                "hashes": {"sha256": sha256(archive)},
            },
            "subdirectory": "sub dir",
        },
    )


def test_directory(pel, front_end, project, lock, builds):
    made = lock(version=None, directory={"path": str(project)})
    url = {"url": "file://" + str(project).replace(" ", "%20"), "dir_info": {}}
    assert seen(pel, made) == ("1.0", "1.0", url)
    assert not (project / "build").exists(), "the sources are not built in their own place"
    pel("sync", made).ok()
    (project / "src/made/__pycache__").mkdir()
    (project / "src/made/__pycache__/x.pyc").write_text("")
    pel("sync", made).ok()
    assert builds() == ["made wheel"]
    (project / "src/made/__init__.py").write_text("VALUE = 'changed'\n")
    assert pel.code(made, "import made; print(made.VALUE)") == "1.0\n", "a hit asks the lock only"
    pel("sync", made).ok()
    assert pel.code(made, "import made; print(made.VALUE)") == "changed\n"
    assert builds() == ["made wheel"] * 2


def test_editable_directory(pel, front_end, project, lock, builds):
    made = lock(version=None, directory={"path": str(project), "editable": True})
    url = {"url": "file://" + str(project).replace(" ", "%20"), "dir_info": {"editable": True}}
    assert seen(pel, made) == ("1.0", "1.0", url)
    source = project / "src/made/__init__.py"
    source.write_text(source.read_text().replace("1.0", "changed"))
    assert pel.run(made, "made-cmd").ok() == "command changed\n"
    assert pel("sync", made).returncode == 0
    assert builds() == ["made editable"]
    write_project(project, version="2.0")
    pel("sync", made).ok()
    assert builds() == ["made editable"] * 2
    assert seen(pel, made)[1] == "2.0", "the project's own files say something else"
    pel.assert_store_is_valid()


def test_repository(pel, front_end, lock, tmp_path, builds):
    repository = tmp_path / "repository"
    write_project(repository / "packages" / "made")
    commit = commit_all(repository)
    write_project(repository / "packages" / "made", version="2.0")
    later = commit_all(repository)
    url = f"file://{repository}"
    for number, (wanted, version) in enumerate([(commit, "1.0"), (later, "2.0"), (commit, "1.0")]):
        made = lock(
            version=version,
            file=f"{number}.lock",
            vcs={
                "type": "git",
                "url": url,
                "requested-revision": "main",
                "commit-id": wanted,
                "subdirectory": "packages/made",
            },
        )
        info = {"vcs": "git", "requested_revision": "main", "commit_id": wanted}
        expected = {"url": url, "vcs_info": info, "subdirectory": "packages/made"}
        assert seen(pel, made) == (version, version, expected)
    assert builds() == ["made wheel"] * 2


def test_branch_is_no_commit(pel, lock, tmp_path):
    """It may move, and what was built of it would stay."""
    made = lock(vcs={"type": "git", "path": str(tmp_path), "commit-id": "main"})
    error = pel("sync", made).failed()
    assert "key 'vcs.commit-id' is no commit: 'main'\n  hint: give the whole hash" in error


def test_commit_that_is_not_there(pel, front_end, lock, tmp_path):
    repository = write_project(tmp_path / "repository")
    commit_all(repository)
    made = lock(vcs={"type": "git", "path": str(repository), "commit-id": "f" * 40})
    err = pel("sync", made).stderr
    assert "cannot get made 1.0: git checkout: fatal: " in err
    pel.assert_store_is_valid()


class GitHandler(BaseHTTPRequestHandler):
    """Serves a repository to somebody with a password, and looks at the arguments of processes."""

    def do_GET(self) -> None:
        owner = self.server.owner
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                owner.seen.append(path.read_bytes())
            except OSError:
                continue  # it has ended
        if self.headers.get("Authorization") != owner.authorization:
            self.answer(401, b"")
            return
        file = owner.folder / self.path.partition("?")[0].lstrip("/")
        self.answer(*((200, file.read_bytes()) if file.is_file() else (404, b"")))

    def answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("WWW-Authenticate", 'Basic realm="tests"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


class GitServer(LoopbackServer):
    def __init__(self, folder: Path, user: str) -> None:
        self.folder = folder
        self.authorization = "Basic " + base64.b64encode(user.encode()).decode()
        self.seen: list[bytes] = []
        super().__init__(GitHandler)


def test_password_of_a_repository(pel, front_end, lock, tmp_path):
    """git is told by no argument, which others could read; nothing that stays has it either."""
    repository = write_project(tmp_path / "repository")
    commit = commit_all(repository)
    served = tmp_path / "served"
    subprocess.run(["git", "clone", "-q", "--bare", repository, served / "r.git"], check=True)
    subprocess.run(["git", "-C", served / "r.git", "update-server-info"], check=True)
    with GitServer(served, "me@work:r3po'$(id) w0rd") as server:
        url = f"http://me%40work:r3po'%24(id)%20w0rd@127.0.0.1:{server.port}/r.git"
        made = lock(vcs={"type": "git", "url": url, "commit-id": commit})
        done = pel.run(made, "made-cmd", env={"PYENVLAUNCH_LOG": "debug"})
        assert done.ok() == "command 1.0\n"
        clones = [line for line in server.seen if b"clone" in line]
        assert clones
        assert b"r3po" not in b"".join(server.seen)
        files = [path for path in pel.root.rglob("*") if path.is_file()]
        assert files
        assert [path for path in files if b"r3po" in path.read_bytes()] == []
        assert "r3po" not in done.stderr
        server.authorization = ""
        other = lock(vcs={"type": "git", "url": url, "commit-id": "f" * 40}, file="other.lock")
        failed = pel("sync", other)
        assert failed.returncode == 1
        assert "git clone: fatal: Authentication failed" in failed.stderr
        assert "r3po" not in failed.stderr
        control = lock(vcs={"type": "git", "url": url.replace("%20", "%0a"), "commit-id": "e" * 40})
        assert "holds a control character" in pel("sync", control).stderr


def test_kinds_and_places_that_cannot_be_had(pel, front_end, lock, tmp_path):
    made = lock(vcs={"type": "hg", "url": "https://h.invalid/r", "commit-id": "1"})
    assert "of the kind 'hg', and only git is known" in pel("sync", made).stderr
    made = lock(vcs={"type": "git", "url": "https://u:secret@h.invalid/r", "commit-id": "1" * 40})
    err = pel("sync", "--offline", made).stderr
    assert "cannot get made 1.0 while offline: https://h.invalid/r\n" in err
    assert "secret" not in err
    made = lock(directory={"path": "gone"})
    assert (
        f"cannot read {made.parent}/gone: there is no such directory" in pel("sync", made).failed()
    )


def test_build_that_fails(pel, front_end, project, lock):
    (project / "broken").write_text("")
    made = lock(version=None, directory={"path": str(project)})
    done = pel.run(made, "made-cmd")
    assert done.returncode == 1
    log = pel.cache / "v1/logs/build-made.log"
    assert f"cannot build made from the directory {project}: " in done.stderr
    assert " ended with status " in done.stderr
    assert "the backend gives up" in done.stderr
    assert f"hint: all of its output is in {log}\n" in done.stderr
    assert "one line of the backend" in log.read_text()
    assert list((pel.store / "built").iterdir()) == []
    assert pel("store", "list").ok() == ""
    pel.assert_store_is_valid()
    (project / "broken").unlink()
    assert pel.run(made, "made-cmd").ok() == "command 1.0\n"


def test_what_was_built_is_another_package_or_version(pel, front_end, tmp_path, lock):
    project = write_project(tmp_path / "p", name="other")
    made = lock(version=None, directory={"path": str(project)})
    assert (
        "'other-1.0-py3-none-any.whl': it is the wheel of another package"
        in pel("sync", made).stderr
    )
    sdist = write_sdist(tmp_path / "made-9.tar.gz", write_project(tmp_path / "q"), "made-9")
    made = lock(version="9", sdist={"path": str(sdist), "hashes": {"sha256": sha256(sdist)}})
    assert "the lock says version 9" in pel("sync", made).stderr
    assert list((pel.store / "built").iterdir()) == []


def test_what_was_built_before_is_another_package_or_version(
    pel, front_end, tmp_path, project, lock
):
    pel("sync", lock(version=None, directory={"path": str(project)})).ok()
    other = lock(name="other", version=None, directory={"path": str(project)}, file="other.lock")
    assert "'made-1.0-py3-none-any.whl': it is the wheel of another package" in (
        pel("sync", other).failed()
    )
    sdist = write_sdist(tmp_path / "made-1.0.tar.gz", project, "made-1.0")
    source = {"path": str(sdist), "hashes": {"sha256": sha256(sdist)}}
    pel("sync", lock(sdist=source)).ok()
    renamed = tmp_path / "made-9.tar.gz"
    renamed.write_bytes(sdist.read_bytes())
    source["path"] = str(renamed)
    error = pel("sync", lock(version="9", sdist=source, file="other.lock")).failed()
    assert "the lock says version 9" in error


def test_no_front_end(pel, tmp_path, lock, project, python):
    environment = tmp_path / "bare"
    made = lock(version=None, directory={"path": str(project)})
    launcher = tmp_path / "no-pip"
    launcher.write_text("")
    pel.env["PATH"] = str(environment)
    done = pel("sync", made, env={"PYTHONPATH": str(tmp_path / "shadow"), "PIP_REQUIRE": None})
    if done.returncode == 0:  # the interpreter brings a pip of its own
        assert "with pip wheel" in done.stderr
    else:
        assert "has no pip" in done.stderr


def test_wheel_of_one_interpreter_is_built_for_each(new_user, tmp_path, lock, builds):
    sdist = write_sdist(
        tmp_path / "made-1.0.tar.gz", write_project(tmp_path / "p", universal=False), "made-1.0"
    )
    made = lock(sdist={"path": str(sdist), "hashes": {"sha256": sha256(sdist)}})
    pel = new_user(None)
    pel.env["PEL_TEST_BUILD_LOG"] = str(tmp_path / "builds")
    pythons = [python for python in one_a_minor() if "pyenv" in python.path][:2]
    for python in [*pythons, *pythons]:
        assert pel("run", "--python", python.path, made, "made-cmd").ok() == "command 1.0\n"
    assert builds() == ["made wheel"] * len(pythons)


def test_store_treats_it_like_any_wheel(pel, front_end, project, lock, tmp_path, builds):
    sdist = write_sdist(tmp_path / "made-1.0.tar.gz", project, "made-1.0")
    made = lock(sdist={"path": str(sdist), "hashes": {"sha256": sha256(sdist)}})
    pel("sync", made).ok()
    (wheel,) = (pel.store / "built").glob("*/*/*.whl")
    assert wheel.parent.parent.suffix == ".any"
    assert wheel.parent.name == sha256(wheel)
    identity = f"made-1.0-py3-none-any-{sha256(wheel)[:16]}"
    assert pel("store", "list").ok() == f"{identity}\n"
    assert identity in pel("store", "du").ok()
    assert identity in pel("env", "show", made).ok()
    pel("store", "gc").ok()
    assert wheel.exists(), "a root reaches it"
    # Damage is mended from the file that was kept.
    module = next(pel.store.glob("wheels/*/lib/python3/site-packages/made/__init__.py"))
    module.chmod(stat.S_IWUSR | stat.S_IRUSR)
    module.write_text("VALUE = 'damaged'\n")
    assert pel("store", "repair").returncode == 0
    assert pel.run(made, "made-cmd").ok() == "command 1.0\n"
    made.unlink()
    assert "built/made-1.0-py3-none-any.whl" in pel("store", "gc", "--dry-run").ok()
    assert wheel.exists()
    pel("store", "gc").ok()
    assert list((pel.store / "built").iterdir()) == []
    assert list(pel.wheels.iterdir()) == []
    assert builds() == ["made wheel"]
    pel.assert_store_is_valid()


def test_unpacked_wheel_that_is_gone_is_unpacked_again(pel, front_end, project, lock, builds):
    made = lock(version=None, directory={"path": str(project)})
    pel("sync", made).ok()
    tree = next(pel.wheels.iterdir())
    for path, _, _ in os.walk(tree):
        os.chmod(path, 0o755)
    shutil.rmtree(tree)
    shutil.rmtree(pel.cache)
    assert pel.run(made, "made-cmd").ok() == "command 1.0\n"
    assert builds() == ["made wheel"]


def test_env_show_of_what_is_not_built(pel, front_end, project, lock, tmp_path):
    made = lock(version=None, directory={"path": str(project)})
    assert "(not built)" in pel("env", "show", made).ok()
    assert "not all of its wheels are built" in pel("env", "explain", made, "made").failed()
    assert not (tmp_path / "builds").exists()


def test_archive_that_leaves_its_place(pel, front_end, lock, tmp_path):
    import tarfile

    archive = tmp_path / "made-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(__file__, "../../escaped.py")
    made = lock(sdist={"path": str(archive), "hashes": {"sha256": sha256(archive)}})
    assert "its member '../../escaped.py' lies outside of it" in pel("sync", made).stderr
    assert list(tmp_path.rglob("escaped.py")) == []
    made = lock(sdist={"path": str(archive), "hashes": {"sha256": "0" * 64}})
    assert "its sha256 is" in pel("sync", made).stderr
    pel.assert_store_is_valid()


def test_venv_has_it_too(pel, front_end, project, lock, tmp_path):
    made = lock(version=None, directory={"path": str(project), "editable": True})
    pel("venv", tmp_path / "venv", made).ok()
    import subprocess

    out = subprocess.run(
        [tmp_path / "venv/bin/made-cmd"], env=pel.env, capture_output=True, text=True, check=True
    )
    assert out.stdout == "command 1.0\n"
