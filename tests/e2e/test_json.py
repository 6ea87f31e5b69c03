"""--json: one document on standard output, of every command that prints facts."""

import json
import re

import pytest
from support.wheels import Wheel

ALPHA = Wheel(
    "alpha",
    "1.0",
    {"alpha.py": "def main(): print('alpha')\n"},
    entry_points={"console_scripts": {"alpha": "alpha:main"}},
)

# Those that print facts, by what they are given. What is not here runs programs, prints what others
# read (completion, store report), or prints nothing.
FACTS = {
    "lock": None,  # needs a resolver: test_lock.py
    "adopt": None,  # test_adopt.py
    "sync": ["LOCK"],
    "venv": ["DIR", "LOCK"],
    "edit": ["--list", "DIR"],
    "export": ["LOCK", "OUT"],
    "cache-key": ["LOCK"],
    "doctor": [],
    "shims install": ["--dir", "BIN", "LOCK"],
    "shims upgrade": [],
    "shims list": [],
    "shims uninstall": ["alpha"],
    "env list": [],
    "env show": ["LOCK"],
    "env explain": ["LOCK", "alpha"],
    "env remove": ["LOCK"],
    "store add": ["WHEEL"],
    "store list": [],
    "store show": ["alpha"],
    "store path": ["alpha"],
    "store verify": [],
    "store repair": ["--offline"],
    "store du": [],
    "store pin": ["alpha"],
    "store gc": ["--dry-run"],
    "python list": [],
    "python find": ["3"],
}
WITHOUT = {"run", "exec", "shell", "completion", "store unpin", "store report"}


def commands_of(text: str) -> list[str]:
    section = text.partition("commands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  ([a-z-]+(?: [a-z-]+)?)  ", section, re.MULTILINE)


def test_every_command_is_here(pel):
    found = set()
    for command in commands_of(pel("--help").ok()):
        below = commands_of(pel("help", command).ok())
        found |= {f"{command} {name.split()[-1]}" for name in below} if below else {command}
    assert found == set(FACTS) | WITHOUT
    for command in sorted(found):
        assert ("--json" in pel("help", *command.split()).ok()) == (command in FACTS), command


@pytest.fixture
def words(pel, lock_of, house, tmp_path):
    lock = lock_of(ALPHA)
    pel("sync", lock).ok()
    pel("venv", "-q", tmp_path / "env", lock).ok()
    pel("shims", "install", "--dir", tmp_path / "bin", lock).ok()
    names = {"LOCK": lock, "DIR": tmp_path / "env", "OUT": tmp_path / "out"}
    return names | {"BIN": tmp_path / "bin", "WHEEL": ALPHA.build(house).path}


@pytest.mark.parametrize("command", [name for name, given in FACTS.items() if given is not None])
def test_one_document(pel, words, command):
    given = [words.get(word, word) for word in FACTS[command]]
    result = pel(*command.split(), "--json", *given)
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert isinstance(document, (dict, list))
    reports = document if isinstance(document, list) else [document]
    assert "" not in [report.get("interpreter") for report in reports if "environment" in report]


def test_shims(pel, lock_of, tmp_path):
    lock = lock_of(ALPHA)
    folder = tmp_path / "bin"
    made = json.loads(pel("shims", "install", "--json", "--dir", folder, lock).ok())
    assert (made["lock"], made["directory"]) == (str(lock), str(folder))
    assert (made["shims"], made["installed"], made["removed"]) == (["alpha"], ["alpha"], [])
    again = json.loads(pel("shims", "upgrade", "--json").ok())
    assert [(one["lock"], one["installed"]) for one in again] == [(str(lock), [])]
    gone = json.loads(pel("shims", "uninstall", "--json", "alpha").ok())
    assert gone == {"removed": [str(folder / "alpha")]}


def test_removal_and_pins(pel, lock_of):
    lock = lock_of(ALPHA)
    pel("sync", lock).ok()
    (pin,) = json.loads(pel("store", "pin", "--json", "alpha").ok())
    assert pin["target"] == "alpha"
    (one,) = json.loads(pel("store", "path", "--json", "alpha").ok())
    assert pin["wheels"] == [one["id"]]
    assert json.loads(pel("env", "remove", "--json", lock).ok())["environments"] == 1
