"""docs/ci.md: each block of shell is run as it stands there."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from support.launcher import PROGRAM, ROOT, Launcher
from support.wheels import Wheel, simple


def blocks() -> dict[str, list[str]]:
    """The blocks of shell under each heading."""
    found: dict[str, list[str]] = {}
    for section in re.split(r"^## ", (ROOT / "docs/ci.md").read_text(), flags=re.M)[1:]:
        title, _, text = section.partition("\n")
        found[title] = re.findall(r"^```sh\n(.*?)^```$", text, flags=re.M | re.S)
    return found


def tool(version: str) -> Wheel:
    return Wheel(
        "alpha",
        version,
        {"alpha.py": f"def main():\n    print('alpha {version}')\n"},
        {"console_scripts": {"black": "alpha:main"}},
    )


class Job:
    """A machine that runs jobs in fresh checkouts."""

    def __init__(self, pel: Launcher, lock_of) -> None:
        self.pel = pel
        self.lock_of = lock_of
        self.caches = pel.root / "caches"
        self.caches.mkdir()
        self.count = 0

    def run(self, block: str, version: str = "1.0", **env: str) -> str:
        self.count += 1
        self.work = self.pel.root / f"checkout{self.count}"
        self.work.mkdir()
        lock = self.lock_of(tool(version), simple("beta"))
        (self.work / "app.lock").write_text(lock.read_text())
        variables = self.pel.env | {
            "PATH": f"{PROGRAM.parent}:/usr/bin:/bin",
            "CACHES": str(self.caches),
            "WORKSPACE": str(self.work),
            "AGENT_HOME": str(self.pel.root / "agent"),
            "PYENVLAUNCH_CACHE": str(self.work / ".cache"),
        }
        done = subprocess.run(
            ["sh", "-eu", "-c", block],
            env=variables | env,
            cwd=self.work,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done
        return done.stdout


@pytest.fixture
def job(pel, lock_of) -> Job:
    return Job(pel, lock_of)


def wheels(home: Path) -> list[str]:
    return sorted(path.name.split("-")[0] + path.name.split("-")[1]
                  for path in (home / "store/v1/wheels").iterdir())  # fmt: skip


def test_every_block_is_known():
    assert {title: len(found) for title, found in blocks().items()} == {
        "Any job": 1,
        "What to cache": 1,
        "GitHub-style": 1,
        "GitLab-style": 1,
        "Jenkins-style": 2,
        "Containers": 1,
    }


def test_any_job(job):
    out = job.run(blocks()["Any job"][0])
    assert out.endswith("alpha 1.0\n")
    report = json.loads((job.work / "report.json").read_text())
    assert report["hit"] is True
    assert report["wheels"] == {"total": 2, "hits": 2, "added": 0, "downloaded": 0, "compiled": 0}
    text = (ROOT / "docs/ci.md").read_text()
    for key in report:
        assert f"`{key}`" in text, key


def test_what_to_cache(job):
    job.run("pyenvlaunch sync app.lock")
    job.run("pyenvlaunch sync app.lock; " + blocks()["What to cache"][0], "2.0")
    assert "alpha2.0" in wheels(job.pel.data)


def test_github_style(job):
    block = blocks()["GitHub-style"][0]
    job.run(block)
    assert len(list(job.caches.glob("*.tar"))) == 1
    first = job.work
    out = job.run(block.replace("exec app.lock", "exec --report r.json app.lock"))
    assert out.splitlines()[0] == "alpha 1.0"
    assert json.loads((job.work / "r.json").read_text())["wheels"]["added"] == 0
    # Another lock begins with the nearest cache, and does not keep what only the old one needs.
    subprocess.run(["chmod", "-R", "u+w", first], check=True)
    (first / "app.lock").unlink()
    job.run(block.replace("exec app.lock", "exec --report r.json app.lock"), "2.0")
    assert json.loads((job.work / "r.json").read_text())["wheels"]["added"] == 1
    assert wheels(job.work / ".store") == ["alpha2.0", "beta1.0"]
    assert len(list(job.caches.glob("*.tar"))) == 2


def test_gitlab_style(job):
    assert job.run(blocks()["GitLab-style"][0]).splitlines()[0] == "alpha 1.0"
    assert wheels(job.work / ".store") == ["alpha1.0", "beta1.0"]


def test_jenkins_style(job):
    use, clear = blocks()["Jenkins-style"]
    job.run(use)
    assert json.loads((job.work / "report.json").read_text())["wheels"]["added"] == 2
    job.run(use)
    assert json.loads((job.work / "report.json").read_text())["wheels"]["added"] == 0
    job.run(clear)


def test_containers(job):
    out = job.run(blocks()["Containers"][0])
    assert out.splitlines()[-1] == "alpha 1.0"


def test_the_image_that_builds_has_the_libraries_that_are_opened():
    """They are in no package that the others bring: each has to be named."""
    manager = PROGRAM.parent.parent / "libexec/pyenvlaunch/pyenvlaunch-manager"
    opened = set(re.findall(rb"lib(?:archive|curl|crypto)\.so\.\d+", manager.read_bytes()))
    assert len(opened) == 3
    packages = set()
    for library in opened:
        owner = subprocess.check_output(["dpkg-query", "-S", f"*/{library.decode()}"], text=True)
        packages.add(owner.partition(":")[0])
    dockerfile = re.search(
        r"^```dockerfile\n(.*?)^```$", (ROOT / "docs/ci.md").read_text(), re.M | re.S
    )
    first = re.search(r"apt-get install -y (.*)", dockerfile[1])
    assert packages <= set(first[1].split())
