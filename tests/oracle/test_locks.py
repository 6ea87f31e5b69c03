"""Which wheels of a lock are chosen: the same ones as packaging.pylock chooses."""

import datetime
import hashlib
import json
import random
import sys
import tomllib
from pathlib import Path

import generators
import interpreters
import pytest
from packaging.pylock import PackageWheel, Pylock, PylockSelectError, PylockValidationError
from packaging.tags import Tag, sys_tags

SEED = 751
EXTRAS = ["test", "Docs", "all.extras"]
GROUPS = ["dev", "Lint_Group", "default"]


def toml(value) -> str:
    """A value as inline TOML; JSON's strings, numbers and booleans are TOML's too."""
    if isinstance(value, dict):
        items = (f"{json.dumps(key)} = {toml(item)}" for key, item in value.items())
        return "{ " + ", ".join(items) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def document(lock: dict) -> str:
    lines = [
        f"{json.dumps(key)} = {toml(value)}" for key, value in lock.items() if key != "packages"
    ]
    for package in lock["packages"]:
        lines.append("\n[[packages]]")
        lines += [f"{json.dumps(key)} = {toml(value)}" for key, value in package.items()]
    return "\n".join(lines) + "\n"


def marker(rng: random.Random) -> str:
    """One that has a meaning: an error of a marker is an error of the lock, in other words."""
    atoms = [
        "python_version >= '3.11'", "python_version < '3.11'", "python_full_version >= '3.12.1'",
        "sys_platform == 'linux'", "sys_platform == 'win32'", "os_name == 'posix'",
        "platform_machine == 'x86_64'", "implementation_name != 'pypy'",
        "'test' in extras", "'docs' in extras", "'all-extras' not in extras",
        "'dev' in dependency_groups", "'lint-group' in dependency_groups",
        "'default' in dependency_groups", "platform_python_implementation == 'CPython'",
    ]  # fmt: skip
    text = rng.choice(atoms)
    for _ in range(rng.randrange(3)):
        text += rng.choice([" and ", " or "]) + rng.choice(atoms)
    return text


def wheel(rng: random.Random, name: str, version: str) -> dict:
    tag = rng.choice(
        [
            "py3-none-any", "py2.py3-none-any", "py2-none-any", "py311-none-any", "py39-none-any",
            "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp312-cp312-linux_x86_64",
            "cp311-abi3-manylinux1_x86_64", "cp39-abi3-manylinux_2_28_x86_64", "cp36-abi3-any",
            "cp313-cp313t-manylinux_2_17_x86_64", "cp312-cp312-win_amd64", "cp311-none-any",
            "cp312-cp312-macosx_11_0_arm64", "cp310-cp310-manylinux2014_x86_64.manylinux_2_17_x86_64",
            "py3-none-manylinux_2_17_x86_64", "cp311-cp311-musllinux_1_2_x86_64", "py3-none-linux_x86_64",
            "cp311-cp311-manylinux_2_99_x86_64", "cp311.cp312-none-linux_x86_64", "py3-abi3-any",
        ]
    )  # fmt: skip
    file_name = f"{name.replace('-', '_')}-{version}-{tag}.whl"
    place = rng.choice(["path", "url", "both", "name"])
    entry = {"hashes": {"sha256": hashlib.sha256(file_name.encode()).hexdigest()}}
    quoted = file_name.replace("+", "%2B")
    if place in ("path", "both"):
        entry["path"] = rng.choice(["", "wheels/", "../w/"]) + file_name
    if place in ("url", "both"):
        entry["url"] = f"https://user:secret@example.org/p/{quoted}?token=x#sha256=1"
    if place == "name":
        entry |= {"name": file_name, "url": "https://example.org/download/17"}
    if rng.random() < 0.5:
        entry["size"] = rng.randrange(10**6)
    return entry


def package(rng: random.Random, name: str) -> dict:
    version = rng.choice(["1.0", "2.1.3", "1.0rc1", "3.0.post1", "1.2+local.1", "0.1.dev3"])
    entry = {"name": name}
    if rng.random() < 0.9:
        entry["version"] = version
    if rng.random() < 0.5:
        entry["marker"] = marker(rng)
    if rng.random() < 0.3:
        choices = [">=3.9", ">=3.8,<4", ">=3.9,!=3.10.*", "<4.0", ">=3.11"]
        entry["requires-python"] = rng.choice(choices)
    entry["wheels"] = [wheel(rng, name, version) for _ in range(rng.choice([1, 2, 4, 8]))]
    if rng.random() < 0.8:
        # Most packages have a wheel for everybody, or hardly a lock could be used.
        name_part = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        digest = hashlib.sha256(name_part.encode()).hexdigest()
        entry["wheels"].append({"path": name_part, "hashes": {"sha256": digest}})
    return entry


def some_lock(rng: random.Random) -> dict:
    lock = {"lock-version": rng.choice(["1.0", "1.0", "1.1", "1"]), "created-by": "a test"}
    if rng.random() < 0.3:
        lock["requires-python"] = rng.choice([">=3.9", ">=3.11", "<3.13", "~=3.10", "!=3.12.*"])
    if rng.random() < 0.2:
        lock["environments"] = rng.sample(
            ["sys_platform == 'linux'", "sys_platform == 'win32'", "python_version >= '3.11'"],
            rng.choice([1, 2]),
        )
    lock["extras"] = ["test", "docs", "all-extras"]
    lock["dependency-groups"] = ["dev", "lint-group"]
    lock["default-groups"] = ["default"]
    names = [f"package-{i}" for i in range(rng.choice([1, 3, 8]))]
    if rng.random() < 0.2:
        names.append("package-0")
    lock["packages"] = [package(rng, name) for name in names]
    return lock


def file_names(chosen) -> str:
    """Of wheels; anything else cannot be used by us."""
    files = []
    for _, source in chosen:
        if not isinstance(source, PackageWheel):
            return "error"
        files.append(source.filename)
    return " ".join(files)


@pytest.mark.parametrize("python", interpreters.interpreters(), ids=str)
def test_chosen_wheels(ask, tmp_path: Path, monkeypatch, python: Path):
    rng = random.Random(SEED)
    facts = interpreters.facts_of(python)
    environment = {
        key.removeprefix("markers."): value
        for key, value in facts.items()
        if key.startswith("markers.")
    }
    tags = [Tag(*text.split("-")) for text in interpreters.tags_of(python, facts, monkeypatch)]
    questions, expected = [], []
    for number in range(200):
        path = tmp_path / f"{number}.toml"
        path.write_text(document(some_lock(rng)))
        extras = rng.sample(EXTRAS, rng.randrange(3))
        groups = rng.sample(GROUPS, rng.randrange(3))
        defaults = rng.choice(["default", "only"])
        question = ("select", str(path), ",".join(extras), ",".join(groups), defaults)
        questions.append((*question, *interpreters.fields(facts)))
        lock = Pylock.from_dict(tomllib.loads(path.read_text()))
        wanted_groups = [*groups, *(lock.default_groups if defaults == "default" else [])]
        try:
            chosen = list(
                lock.select(
                    environment=environment,
                    tags=tags,
                    extras=extras,
                    dependency_groups=wanted_groups,
                )
            )
        except PylockSelectError:
            expected.append("error")
        else:
            expected.append(file_names(chosen))
    check(ask, questions, expected)


def check(ask, questions, expected) -> None:
    wrong = []
    answers = ask(questions)
    for question, answer, wanted in zip(questions, answers, expected, strict=True):
        failed = answer.startswith("error: ")
        if failed != (wanted == "error") or (not failed and answer != wanted):
            wrong.append(f"{question[:5]}: expected {wanted!r}, got {answer!r}")
    assert not wrong, f"{len(wrong)} of {len(questions)}:\n" + "\n".join(wrong[:20])
    assert (
        0.1 < expected.count("error") / len(expected) < 0.95
    )  # the generator still says something


def damaged(rng: random.Random, lock: dict) -> dict:
    """The lock with one key taken away, or given a value of another kind."""
    tables = [lock, *lock["packages"]]
    for entry in lock["packages"]:
        tables += entry["wheels"]
        tables += [item["hashes"] for item in entry["wheels"]]
    table = rng.choice(tables)
    key = rng.choice([key for key in table if key != "packages"])
    if rng.random() < 0.5:
        del table[key]
    else:
        table[key] = rng.choice([1, True, [], {}, "x", ["x"], -1, "===", "1.0"])
    return lock


def deliberate(answer: str) -> bool:
    """Where this program is stricter than packaging, and why."""
    reasons = [
        "has no sha256",  # only sha256 is checked here, so it is demanded
        "is not 64 hexadecimal digits",
        "is negative",
        "is empty",
        "is no URL",
        "has no usable file name",
        "is no package name",
    ]
    return any(reason in answer for reason in reasons)


def test_damaged_locks(ask, tmp_path: Path):
    """What packaging refuses is refused, and the other way round but for what is deliberate."""
    rng = random.Random(SEED)
    facts = interpreters.facts_of(Path(sys.executable))
    tags = list(sys_tags())
    questions, expected = [], []
    for number in range(800):
        path = tmp_path / f"{number}.toml"
        lock = damaged(rng, some_lock(rng))
        path.write_text(document(lock))
        try:
            chosen = list(Pylock.from_dict(tomllib.loads(path.read_text())).select(tags=tags))
        except (PylockValidationError, PylockSelectError) as error:
            if "Invalid wheel filename" in str(error):
                continue  # a wheel whose name cannot be read is passed over by us
            expected.append("error")
        else:
            expected.append(file_names(chosen))
        questions.append(("select", str(path), "", "", "default", *interpreters.fields(facts)))
    answers = ask(questions)
    wrong = []
    for question, answer, wanted in zip(questions, answers, expected, strict=True):
        if wanted == "error" and not answer.startswith("error: "):
            wrong.append(f"{question[1]}: accepted: {answer!r}")
        elif wanted != "error" and answer != wanted and not deliberate(answer):
            wrong.append(f"{question[1]}: expected {wanted!r}, got {answer!r}")
    assert not wrong, f"{len(wrong)} of {len(questions)}:\n" + "\n".join(wrong[:20])
    assert not any("secret" in answer or "token" in answer for answer in answers)


def test_generated_markers_in_locks(ask, tmp_path: Path):
    """Every marker that packaging can evaluate in a lock, at the place where it is evaluated."""
    rng = random.Random(SEED)
    facts = interpreters.facts_of(Path(sys.executable))
    tags = list(sys_tags())
    digest = "0" * 64
    questions, expected = [], []
    for number in range(300):
        lock = {"lock-version": "1.0", "created-by": "a test", "packages": []}
        wheels = [{"path": "x-1-py3-none-any.whl", "hashes": {"sha256": digest}}]
        text = generators.marker(rng)
        lock["packages"].append({"name": "x", "marker": text, "wheels": wheels})
        path = tmp_path / f"{number}.toml"
        path.write_text(document(lock))
        try:
            expected.append(file_names(Pylock.from_dict(lock).select(tags=tags)))
        except Exception:  # noqa: BLE001 - packaging raises several kinds for what makes no sense
            expected.append("error")
        questions.append(("select", str(path), "", "", "default", *interpreters.fields(facts)))
    check(ask, questions, expected)
