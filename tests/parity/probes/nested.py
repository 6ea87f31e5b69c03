"""Environments that are made from inside of one."""

import json
import os
import shutil
import subprocess
import sys

STATE = """
import json, os, sys
print(json.dumps({"prefix": sys.prefix, "base": sys.base_prefix, "path": sys.path,
    "executable": sys.executable, "real": os.path.realpath(sys.executable),
    "base_executable": os.path.realpath(getattr(sys, "_base_executable", ""))}))
"""


def _describe(folder):
    """What was made, and what its Python says."""
    found = {}
    python = os.path.join(folder, "bin/python")
    done = subprocess.run([python, "-c", STATE], env={}, capture_output=True, text=True)
    found["state"] = json.loads(done.stdout) if done.returncode == 0 else done.stderr
    found["links"] = {
        name: os.path.basename(os.path.realpath(os.path.join(folder, "bin", name)))
        for name in sorted(os.listdir(os.path.join(folder, "bin")))
        if name.startswith("python")
    }
    with open(os.path.join(folder, "pyvenv.cfg")) as stream:
        found["config"] = sorted(
            line.strip() for line in stream if not line.startswith(("command", "executable"))
        )
    done = subprocess.run(
        [python, "-c", "import packaging"], env={}, capture_output=True, text=True
    )
    found["packages"] = [done.returncode, done.stderr.splitlines()[-1:]]
    return json.loads(json.dumps(found).replace(folder, "<nested>"))


def _make(*command):
    folder = os.path.join(os.getcwd(), "nested")
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run([sys.executable, *command, folder], capture_output=True, text=True)
    if done.returncode != 0:
        return {"status": done.returncode, "err": done.stderr.replace(folder, "<nested>")}
    return _describe(folder)


def venv_without_pip():
    return _make("-m", "venv", "--without-pip")


def venv_with_copies():
    return _make("-m", "venv", "--without-pip", "--copies")


def venv_with_site_packages():
    return _make("-m", "venv", "--without-pip", "--system-site-packages")


def venv_with_pip():
    return _make("-m", "venv")


def venv_by_function():
    import venv

    folder = os.path.join(os.getcwd(), "nested")
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, symlinks=True)
    return _describe(folder)


def venv_in_a_venv():
    folder = os.path.join(os.getcwd(), "outer")
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    inner = os.path.join(os.getcwd(), "nested")
    shutil.rmtree(inner, ignore_errors=True)
    python = os.path.join(folder, "bin/python")
    subprocess.run([python, "-m", "venv", "--without-pip", inner], check=True)
    return json.loads(json.dumps(_describe(inner)).replace(folder, "<outer>"))


def virtualenv():
    """If it is installed."""
    return _make("-m", "virtualenv", "--no-download", "--no-seed", "--quiet")


def virtualenv_with_site_packages():
    options = ("--no-download", "--no-seed", "--quiet", "--system-site-packages")
    return _make("-m", "virtualenv", *options)
