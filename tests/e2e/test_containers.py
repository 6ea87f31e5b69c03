"""Several containers on one store, and the file systems that containers have.

A container is a PID namespace and a mount namespace here, with a /proc of its own.
"""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.launcher import PROGRAM, preload, remove_tree
from support.wheels import Wheel, simple

CONTAINER = ("unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc")

WAITING = (
    "import os, first; print('ready', os.getpid(), flush=True); input();"
    "import second.deep; print(second.deep.VALUE, flush=True)"
)


def can_make_containers(user: bool) -> bool:
    command = [*(("unshare", "--user", "--map-root-user") if user else ()), *CONTAINER, "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def waiting_in(pel, prefix, lock):
    command = [*prefix, PROGRAM, "run", lock, "--", "python", "-c", WAITING]
    process = subprocess.Popen(
        command, env=pel.env, cwd=pel.work, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline().startswith("ready ")
    return process


def gc(pel, prefix) -> dict:
    return json.loads(pel("store", "gc", "--json", prefix=prefix).ok())


def names(items) -> list[str]:
    return sorted(item["id"].split("-")[0] for item in items)


@pytest.fixture
def lock(lock_of):
    second = simple("second")
    second.files["second/deep.py"] = "VALUE = 'deep'\n"
    return lock_of(simple("first"), second)


def check_two_containers(pel, lock, prefix):
    pel("sync", lock).ok()
    process = waiting_in(pel, prefix, lock)
    try:
        lock.unlink()
        report = gc(pel, prefix)  # a neighbour, which sees no process of the other
        assert names(report["wheels"]) == []
        assert len(report["in_use"]) == 1
        out, _ = process.communicate("\n", timeout=300)
        assert (out, process.returncode) == ("deep\n", 0)
    finally:
        process.kill()
        process.wait()
    assert names(gc(pel, prefix)["wheels"]) == ["first", "second"]
    pel.assert_store_is_valid()


@pytest.mark.root
def test_a_process_in_one_container_keeps_its_wheels_from_another(pel, lock):
    check_two_containers(pel, lock, CONTAINER)


@pytest.mark.user
def test_the_same_without_rights(pel, lock):
    """In user namespaces, if this kernel gives them; as one user's processes otherwise."""
    user = ("unshare", "--user", "--map-root-user", *CONTAINER)
    check_two_containers(pel, lock, user if can_make_containers(user=True) else ())


@pytest.mark.root
def test_a_lock_held_in_another_container_names_no_process_of_this_one(pel, lock, tmp_path):
    pel("sync", lock).ok()
    held = pel.store / "locks/gc"
    shell = 'flock "$0" sh -c "echo held; read line"'
    holder = subprocess.Popen(
        [*CONTAINER, "sh", "-c", shell, held], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        # Both wait for the lock as long as their patience lasts, at the same time.
        with ThreadPoolExecutor() as pool:
            inside = pool.submit(pel, "store", "gc", prefix=CONTAINER)
            outside = pool.submit(pel, "store", "gc")
        message = inside.result().failed()
        assert f"cannot lock {held}: " in message
        assert "another process holds it" in message or "a process of another container" in message
        # From outside, the one that holds it has a number.
        message = outside.result().failed()
        assert "process " in message
        assert "(flock)" in message or "(sh)" in message
    finally:
        holder.communicate(b"\n")
    pel("store", "gc").ok()


OVERLAY = 'mount -t overlay none -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" "$2"'


@pytest.mark.root
@pytest.mark.parametrize("kind", ["overlayfs", "tmpfs"])
def test_running_processes_are_seen_on(pel, lock, tmp_path, kind):
    """A shell in one mount namespace, where a process runs and gc is called."""
    layers = tmp_path / "layers"
    for folder in ("lower", "upper", "work"):
        (layers / folder).mkdir(parents=True)
    pel.data.mkdir()
    pel.cache.mkdir()
    script = f"""
      set -e
      {'mount -t tmpfs none "$1"; mkdir "$1/lower" "$1/upper" "$1/work"'}
      {OVERLAY if kind == "overlayfs" else 'mount -t tmpfs none "$2"'}
      export PYENVLAUNCH_HOME="$2/home" PYENVLAUNCH_CACHE="$2/cache"
      mkfifo "$1/go" "$1/ready"
      "$3" sync "$4"
      "$3" run "$4" -- python -c "$5" <"$1/go" >"$1/ready" &
      exec 3>"$1/go" 4<"$1/ready"
      read line <&4
      rm "$4"
      "$3" store gc --json >"$6/first.json"
      echo >&3
      read line <&4
      test "$line" = deep
      wait
      "$3" store gc --json >"$6/second.json"
      "$3" store verify
    """
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "-", layers, pel.data, PROGRAM, lock, WAITING,
         tmp_path],
        env=pel.env, cwd=pel.work, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    first = json.loads((tmp_path / "first.json").read_text())
    second = json.loads((tmp_path / "second.json").read_text())
    assert (names(first["wheels"]), len(first["in_use"])) == ([], 1)
    assert names(second["wheels"]) == ["first", "second"]


# An image that has a store, and a container of it: overlayfs moves no directory of the layer below.
IMAGE = """
  set -eu
  exec 2>&1
  layers=$1 place=$2 program=$3 lock=$4 work=$5 options=$6
  mount -t tmpfs none "$layers"
  mkdir "$layers/lower" "$layers/upper" "$layers/work"
  mount --bind "$layers/lower" "$place"
  export PYENVLAUNCH_HOME="$place/home" PYENVLAUNCH_CACHE="$place/cache"
  "$program" sync "$lock"
  "$program" venv "$place/venv" "$lock"
  "$program" shims install "$lock" tool --dir "$place/bin"
  umount "$place"
  layers="lowerdir=$layers/lower,upperdir=$layers/upper,workdir=$layers/work"
  mount -t overlay none -o "$layers,$options" "$place"
  changed=$(echo "$place"/home/store/v1/wheels/first-*/lib/python3/site-packages/first/__init__.py)
  cd "$work"
"""


def in_container(pel, lock, tmp_path, commands) -> str:
    layers = tmp_path / "layers"
    for folder in (layers, pel.data):
        folder.mkdir()
    # Each without the feature that would let directories be moved.
    rights, options = (), "redirect_dir=off"
    if os.getuid() != 0:
        rights, options = ("--user", "--map-root-user"), "userxattr"
    script = IMAGE + "\n".join(commands)
    done = subprocess.run(
        ["unshare", *rights, *CONTAINER[1:], "sh", "-c", script, "-", layers, pel.data, PROGRAM,
         lock, pel.work, options],
        env=pel.env, cwd=pel.work, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


RUN = '"$program" run "$lock" -- python -c "import first; print(first.VERSION)"'


@pytest.fixture
def image_lock(lock_of):
    if os.getuid() != 0 and not can_make_containers(user=True):
        pytest.skip("this kernel gives users no namespaces")
    tool = simple("first")
    tool.files[f"{tool.dist_info}/entry_points.txt"] = "[console_scripts]\ntool = first:main\n"
    return lock_of(tool, simple("second"))


def test_a_wheel_of_the_image_that_was_changed_is_replaced(pel, image_lock, tmp_path):
    said = in_container(pel, image_lock, tmp_path, [
        'chmod u+w "$changed"; echo "VERSION = 0" >>"$changed"',
        '"$program" sync "$lock"',
        RUN,
        '"$program" store verify --deep',
        'chmod u+w "$changed"; echo "VERSION = 0" >>"$changed"',
        '"$program" store repair',
        RUN,
        '"$program" store verify --deep',
        'ls -A "$place/home/store/v1/tmp"',
    ])  # fmt: skip
    assert "was changed: first 1.0 is unpacked again" in said
    assert said.count("\n1.0\n") == 2
    assert said.endswith("1.0\n")  # nothing under tmp/


def test_what_an_image_has_is_removed(pel, image_lock, tmp_path):
    said = in_container(pel, image_lock, tmp_path, [
        '"$program" env remove "$lock"',
        '"$program" shims uninstall tool --dir "$place/bin"',
        '"$program" venv --clear "$place/venv" "$lock"',
        '"$place/venv/bin/python" -c "import first"',
        'rm -r "$place/venv"',
        '"$program" store gc',
        'find "$place/home/store/v1" "$place/cache/v1/envs" -name "*first*" -o -name "*second*"',
        '"$program" store verify',
        f"echo again; {RUN}",
        '"$program" store verify --deep',
    ])  # fmt: skip
    assert "freed " in said
    assert "2 wheels" in said
    after = said[said.index("2 wheels") :]
    assert "/first-" not in after
    assert "\n1.0\n" in after


def test_an_environment_of_the_image_is_kept_while_a_process_runs_in_it(pel, image_lock, tmp_path):
    said = in_container(pel, image_lock, tmp_path, [
        'mkfifo "$work/go" "$work/ready"',
        '"$program" run "$lock" -- python -c '
        '"import first; print(1, flush=True); input(); import second; print(second.VERSION)" '
        '<"$work/go" >"$work/ready" &',
        'exec 3>"$work/go" 4<"$work/ready"',
        "read line <&4",
        'rm -r "$place/venv"; "$program" shims uninstall tool --dir "$place/bin"',
        '"$program" env remove "$lock"',
        '"$program" store gc --json >"$work/first.json"',
        "echo >&3; read line <&4; echo \"process: $line\"; wait",
        '"$program" store gc --json >"$work/second.json"',
        '"$program" store verify',
    ])  # fmt: skip
    assert "process: 1.0\n" in said
    first = json.loads((pel.work / "first.json").read_text())
    second = json.loads((pel.work / "second.json").read_text())
    assert (names(first["wheels"]), len(first["in_use"])) == ([], 1)
    assert names(second["wheels"]) == ["first", "second"]


def test_a_file_system_without_links(pel, lock_of):
    """Neither hard links nor reflinks: copies, and a symbolic link for bin/python."""
    alpha = simple("alpha")
    alpha.files[f"{alpha.data}/data/share/d.txt"] = "data"
    plugin = Wheel("plugin", files={"alpha/plugin.py": "VALUE = 'plugin'\n"})
    lock = lock_of(alpha, plugin)
    env = preload(PEL_TEST_NO_LINKS=1)
    code = (
        "import alpha.plugin, sys, pathlib, subprocess;"
        "print(alpha.plugin.VALUE, pathlib.Path(sys.prefix, 'share/d.txt').read_text(), flush=True);"
        "subprocess.run([sys.executable, '-c', 'import alpha; print(alpha.VERSION)'], check=True)"
    )
    assert pel.code(lock, code, env=env) == "plugin data\n1.0\n"
    for path in pel.root.rglob("*"):
        assert path.is_dir() or path.lstat().st_nlink == 1, path
    pel("store", "verify", env=env).ok()
    lock.unlink()
    pel("store", "gc", env=env).ok()
    assert list(pel.wheels.iterdir()) == list((pel.store / "composites").iterdir()) == []
    pel.assert_store_is_valid()
    remove_tree(pel.data)
