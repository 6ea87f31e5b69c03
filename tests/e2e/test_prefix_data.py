"""Data below sys.prefix from several wheels at once: jupyter finds it, and may write beside it."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from support.locks import write_lock
from support.tools import Pair, entries
from support.wheels import simple

pytestmark = pytest.mark.network

KERNEL = {
    "argv": ["python", "-m", "ipykernel_launcher"],
    "display_name": "Own",
    "language": "python",
}


@pytest.fixture
def jupyter(pel, common_root, python, real_lock) -> Pair:
    """An environment of one's own, because these tests write into it, over a store for all."""
    pel.env["PYENVLAUNCH_HOME"] = str(common_root / "data")
    return Pair(pel, real_lock("JUPYTER", python), python)


def answers(pair: Pair, folder: Path, *command: str) -> tuple[str, str]:
    """Standard output there and here, with the prefixes named alike."""
    folder.mkdir()
    there, here = pair.both(lambda place: None, folder, *command)
    assert here.returncode == there.returncode, here.stderr
    texts = []
    for done, python, name in ((there, pair.venv, "there"), (here, pair.own, "here")):
        text = (done.stdout + done.stderr).replace(str(python.parents[1]), "<prefix>")
        texts.append(text.replace(str(folder / name), "<home>"))
    return texts[0], texts[1]


def store_digest(pair: Pair) -> str:
    """Of every file in the trees of the environment's wheels: names and content."""
    roots = pair.user.code(pair.lock, "import sys; print(*sys.path, sep='\\n')").splitlines()
    trees = [Path(root).parents[2] for root in roots if "/store/v1/" in root]
    assert len(trees) > 50
    digest = hashlib.sha256()
    for path in sorted(path for tree in trees for path in tree.rglob("*")):
        digest.update(str(path).encode())
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def test_what_is_installed_is_found(jupyter, tmp_path):
    """Paths, kernels, extensions and their configuration, in the wheels of ten projects."""
    there, here = answers(jupyter, tmp_path / "paths", "jupyter", "--paths", "--json")
    assert json.loads(here) == json.loads(there)
    assert "<prefix>/share/jupyter" in json.loads(here)["data"]
    there, here = answers(jupyter, tmp_path / "specs", "jupyter", "kernelspec", "list", "--json")
    assert json.loads(here) == json.loads(there)
    assert json.loads(here)["kernelspecs"]["python3"]["resource_dir"].startswith("<prefix>/share/")
    for name, command in {
        "lab": ("jupyter", "labextension", "list"),
        "server": ("jupyter", "server", "extension", "list"),
    }.items():
        there, here = answers(jupyter, tmp_path / name, *command)
        assert without_colours(here) == without_colours(there)
        assert "<prefix>" in here


def test_a_store_below_the_users_base_is_no_users_installation(jupyter, common_root, tmp_path):
    """As it is by default, below ~/.local. JupyterLab tells by that where its application is."""
    folder = tmp_path / "lab"
    folder.mkdir()
    command = ("jupyter", "lab", "path")
    done = jupyter.both(lambda place: None, folder, *command, PYTHONUSERBASE=str(common_root))
    there, here = (
        one.stdout.replace(str(python.parents[1]), "<prefix>").splitlines()[0]
        for one, python in zip(done, (jupyter.venv, jupyter.own), strict=True)
    )
    assert here == there
    assert here.endswith(" <prefix>/share/jupyter/lab")


def without_colours(text: str) -> list[str]:
    """Its lines, without those that say of an import that it was slow."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    return sorted(line for line in lines if "to import" not in line)


def test_configuration_of_several_wheels_is_in_one_directory(jupyter):
    folder = jupyter.own.parents[1] / "etc/jupyter/jupyter_server_config.d"
    enabled = {}
    for file in folder.glob("*.json"):
        enabled |= json.loads(file.read_text())["ServerApp"]["jpserver_extensions"]
    assert {"jupyterlab", "jupyter_lsp", "notebook_shim", "jupyter_server_terminals"} <= set(
        enabled
    )
    code = (
        "from jupyter_core.paths import jupyter_config_path, jupyter_path; import os, sys\n"
        "inside = [p for p in jupyter_config_path() + jupyter_path() if p.startswith(sys.prefix)]\n"
        "print([os.path.isdir(p) for p in inside])"
    )
    assert jupyter.user.code(jupyter.lock, code) == "[True, True]\n"


def test_writing_stays_in_the_environment(jupyter, tmp_path):
    """A kernel, a switched-off extension, a file that replaces a stored one."""
    user, lock = jupyter.user, jupyter.lock
    prefix = jupyter.own.parents[1]
    before = store_digest(jupyter)
    kernel = tmp_path / "own"
    kernel.mkdir()
    (kernel / "kernel.json").write_text(json.dumps(KERNEL))
    user.run(lock, "jupyter", "kernelspec", "install", "--sys-prefix", "--name", "own", kernel).ok()
    user.run(lock, "python", "-m", "ipykernel", "install", "--sys-prefix", "--name", "second").ok()
    # Over the one that came with a wheel: another file, in this environment alone.
    user.run(
        lock, "python", "-m", "ipykernel", "install", "--sys-prefix", "--display-name", "Mine"
    ).ok()
    user.run(
        lock, "jupyter", "labextension", "disable", "--level=sys_prefix", "some-extension"
    ).ok()
    user.run(lock, "jupyter", "server", "extension", "disable", "--sys-prefix", "jupyter_lsp").ok()
    found = json.loads(user.run(lock, "jupyter", "kernelspec", "list", "--json").ok())
    assert {"own", "second", "python3"} <= set(found["kernelspecs"])
    assert found["kernelspecs"]["python3"]["spec"]["display_name"] == "Mine"
    assert "some-extension" in (prefix / "etc/jupyter/labconfig/page_config.json").read_text()
    listed = user.run(lock, "jupyter", "server", "extension", "list")
    plain = "\n".join(without_colours(listed.stdout + listed.stderr))
    assert "jupyter_lsp disabled" in plain
    assert store_digest(jupyter) == before
    # What was written is there after the next run and the next sync, too.
    user("sync", lock).ok()
    found = json.loads(user.run(lock, "jupyter", "kernelspec", "list", "--json").ok())
    assert found["kernelspecs"]["python3"]["spec"]["display_name"] == "Mine"


def test_another_environment_of_the_same_wheels_sees_nothing_of_it(jupyter, tmp_path, build):
    user, lock = jupyter.user, jupyter.lock
    user.run(lock, "python", "-m", "ipykernel", "install", "--sys-prefix", "--name", "second").ok()
    other = write_lock(tmp_path / "other.lock", [*entries(lock), build(simple("one-more"))])
    found = json.loads(user.run(other, "jupyter", "kernelspec", "list", "--json").ok())
    assert set(found["kernelspecs"]) == {"python3"}


def test_a_kernel_runs_in_the_environment(jupyter, tmp_path):
    """Started by its kernel.json, which names a `python`."""
    script = tmp_path / "client.py"
    script.write_text(
        "import sys\nfrom jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel(kernel_name='python3')\n"
        "try:\n"
        "    text = []\n"
        "    client.execute_interactive('import sys; print(sys.prefix)', timeout=120,\n"
        "        output_hook=lambda m: text.append(m['content'].get('text', '')))\n"
        "    print(''.join(text).strip() == sys.prefix)\n"
        "finally:\n"
        "    client.stop_channels(); manager.shutdown_kernel(now=True)\n"
    )
    assert jupyter.user.run(jupyter.lock, script).ok() == "True\n"
