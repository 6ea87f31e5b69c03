"""What a lock may be: packaging.pylock's own validation against parse_lock, on damaged locks.

Every kind of source and every key of the specification takes part. What packaging refuses is refused;
what it takes is taken, but for what `stricter()` and `laxer()` list with the reason.
"""

import copy
import datetime
import hashlib
import json
import os
import random
import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote

import interpreters
from packaging.pylock import (
    PackageArchive,
    PackageDirectory,
    PackageSdist,
    PackageWheel,
    Pylock,
    PylockSelectError,
    PylockValidationError,
)
from test_locks import toml

SEED = 751
COUNT = int(os.environ.get("PEL_ORACLE_LOCKS", "4000"))  # more by hand
NOON = datetime.datetime(2024, 5, 1, 12, 0, 0, tzinfo=datetime.UTC)
DIGESTS = {"sha256": hashlib.sha256(b"x").hexdigest()}


def hashes(rng: random.Random) -> dict:
    more = {"sha512": "0" * 128, "md5": "0" * 32, "blake2b": "0" * 64}
    return DIGESTS | {key: more[key] for key in rng.sample(sorted(more), rng.randrange(3))}


def artifact(rng: random.Random, file_name: str) -> dict:
    entry = {"hashes": hashes(rng)}
    place = rng.choice(["path", "url", "both", "name", "query"])
    if place in ("path", "both", "name"):
        entry["path"] = rng.choice(["", "./", "files/", "../f/", "/srv/", "..\\f\\"]) + file_name
    if place == "name":
        entry |= {"name": file_name, "path": rng.choice(["17", "files/x.bin", "f\\x"])}
    if place in ("url", "both"):
        entry["url"] = rng.choice(["https://example.org/a/", "file:///srv/"]) + file_name
    if place == "query":
        entry["url"] = (
            "https://u:secret@example.org/a%20b/" + file_name.replace("-", "%2D") + "?t=1#x"
        )
    if rng.random() < 0.5:
        entry["size"] = rng.choice([0, 1, 10**6, 2**62])
    if rng.random() < 0.5:
        entry["upload-time"] = NOON
    return entry


def source(rng: random.Random, name: str, version: str) -> dict:
    stem = f"{name.replace('-', '_')}-{version}"
    kind = rng.choice(["wheels", "wheels", "both", "sdist", "archive", "directory", "vcs"])
    subdirectory = {"subdirectory": "sub/project"} if rng.random() < 0.5 else {}
    if kind == "archive":
        file_name = rng.choice(["main.zip", stem + ".tar.gz", stem + "-py3-none-any.whl"])
        found = artifact(rng, file_name) | subdirectory
        found.pop("name", None)
        return {"archive": found}
    if kind == "directory":
        editable = {"editable": rng.random() < 0.5} if rng.random() < 0.5 else {}
        return {
            "directory": {"path": rng.choice([".", "..", "a b", "/srv/p"])}
            | editable
            | subdirectory
        }
    if kind == "vcs":
        places = [{"url": "https://example.org/r.git"}, {"path": "../r"}, {"url": "ssh://git@h/r"}]
        vcs = {"type": rng.choice(["git", "hg"]), "commit-id": "0123456789" * 4} | rng.choice(
            places
        )
        return {"vcs": vcs | rng.choice([{}, {"requested-revision": "main"}]) | subdirectory}
    found = {}
    if kind in ("wheels", "both"):
        tags = [
            "py3-none-any",
            "cp311-cp311-win_amd64",
            "1-py2.py3-none-any",
            "cp313-abi3-linux_x86_64",
        ]
        names = [f"{stem}-{tag}.whl" for tag in rng.sample(tags, rng.choice([1, 2]))]
        found["wheels"] = [artifact(rng, each) for each in names]
    if kind in ("sdist", "both"):
        found["sdist"] = artifact(rng, stem + rng.choice([".tar.gz", ".zip"]))
    return found


def package(rng: random.Random, name: str) -> dict:
    version = rng.choice(["1.0", "2!1.0", "1.2+local.1", "1.0.post1", "2024.1rc1"])
    entry = {"name": name}
    optional = {
        "version": version,
        "marker": "python_version >= '3.9' and 'test' in extras",
        "requires-python": rng.choice([">=3.8", "", "!=3.10.*,<4"]),
        "dependencies": [{"name": "other"}, {"name": "more", "version": "1.0"}],
        "index": "https://example.org/simple/",
        "attestation-identities": [{"kind": "publisher", "repository": "a/b"}],
        "tool": {"somebody": {"key": [1, 2.5, NOON]}},
    }
    entry |= {key: value for key, value in optional.items() if rng.random() < 0.5}
    return entry | source(rng, name, version)


def whole_lock(rng: random.Random) -> dict:
    lock = {"lock-version": "1.0", "created-by": "a test"}
    optional = {
        "environments": ["sys_platform == 'linux'", "python_version < '4'"],
        "requires-python": rng.choice([">=3.9", "~=3.9"]),
        "extras": ["test", "all-extras"],
        "dependency-groups": ["dev", "lint"],
        "default-groups": ["dev"],
        "tool": {"somebody": {"x": 1}},
    }
    lock |= {key: value for key, value in optional.items() if rng.random() < 0.5}
    lock["packages"] = [package(rng, f"package-{i}") for i in range(rng.choice([0, 1, 1, 2, 3]))]
    return lock


VALUES = [
    0, 1, -1, 2**63 - 1, 1.5, True, False, "", "x", "1.0", "1", "2.0", "1.0.dev1", "2.0.dev1", "git", ".",
    "X_Y", "a..b", "-", "===1", ">=3", ">3.*", "os_name == 'posix'", "os_name ==", "'x' in extras",
    "https://127.0.0.1/x-1.0-py3-none-any.whl", "package_0-1.0.tar.gz", "other-1.0.tar.gz",
    "package_0-9.tar.gz", "package_0-1.0-py3-none-any.whl", "other-1.0-py3-none-any.whl",
    "package_0-9-py3-none-any.whl", "x.tar.bz2", "package-0", "Package_0", "package-1", [], {}, ["x"], [1],
    [""], [{}], [[]], {"x": 1}, {"sha256": 1}, {"sha256": "x"}, {"kind": 1}, [{"kind": "x"}],
    [{"kind": 1}], NOON, NOON.replace(tzinfo=None), NOON.date(), NOON.time(), DIGESTS, {"SHA256": "0" * 64},
    {"md5": "0" * 32},
]  # fmt: skip


def tables_of(value) -> list[dict]:
    """All tables in a lock, itself included."""
    if isinstance(value, dict):
        return [value, *(table for item in value.values() for table in tables_of(item))]
    return [table for item in value for table in tables_of(item)] if isinstance(value, list) else []


def damage(rng: random.Random, lock: dict) -> None:
    tables = [table for table in tables_of(lock) if table]
    table = rng.choice(tables)
    key = rng.choice(list(table))
    kind = rng.random()
    if kind < 0.2:
        del table[key]
    elif kind < 0.6:
        table[key] = copy.deepcopy(rng.choice(VALUES))
    elif kind < 0.75:  # what stands elsewhere
        other = rng.choice(tables)
        name = rng.choice(list(other))
        table[name] = copy.deepcopy(other[name])
    elif kind < 0.85:  # another source, or a second one
        chosen = [each for each in tables if "name" in each and each is not lock]
        if chosen:
            rng.choice(chosen).update(source(rng, "package-0", "1.0"))
    elif isinstance(table[key], str):
        at = rng.randrange(len(table[key]) + 1)
        table[key] = (
            table[key][:at] + rng.choice("-_.A1 =/%é'\\") + table[key][at + rng.randrange(2) :]
        )
    elif isinstance(table[key], list) and table[key]:
        table[key].append(copy.deepcopy(rng.choice([table[key][0], rng.choice(VALUES)])))


def stricter(answer: str) -> bool:
    """What packaging takes and this program refuses, and why."""
    reasons = [
        "has no sha256",  # only sha256 is checked here, so it is demanded
        "is not 64 hexadecimal digits",
        "is negative",  # a size
        "is empty",  # most likely a variable that was not set; an empty specifier is taken
        "is no URL",
        "has no usable file name",
        "is no commit",  # a name of a branch may mean another commit tomorrow
        "leaves the source tree",
        "holds what is no name",  # of a group
        "which is for packages only",  # extras in `environments`, where nobody has asked for any
        "reads version 1",  # 2.0.dev1 comes before 2, and is of it
        "has a control character",
        "is a wheel of another",  # an archive may be a wheel
        "key 'tool.pyenvlaunch",
    ]
    return any(reason in answer for reason in reasons)


def laxer(message: str) -> bool:
    """What packaging refuses and this program takes."""
    reasons = [
        "is not normalized",  # other spellings of a name are the same name
        "Invalid wheel filename",  # a wheel whose name cannot be read suits nobody: it is passed over
        "Invalid sdist filename",  # front ends build more than .tar.gz and .zip
    ]
    # Versions of old source distributions have dashes, which packaging takes for the end of the name.
    dash = re.match(
        r"Name in 'package[-_.]+\d-[^/]*-[^/]*\.(tar\.gz|zip)' is not consistent", message
    )
    return dash is not None or any(reason in message for reason in reasons)


def complaint(path: Path) -> str:
    try:
        Pylock.from_dict(tomllib.loads(path.read_text()))
    except PylockValidationError as error:
        return str(error)
    return ""


def described(chosen) -> str:
    """What the probe says of a selection."""
    words = []
    for _, found in chosen:
        if isinstance(found, PackageWheel):
            words.append(found.filename)
        elif isinstance(found, PackageSdist):
            words.append("sdist:" + found.filename)
        elif isinstance(found, PackageArchive):
            name = (found.path or found.url.split("?")[0]).rpartition("/")[2].rpartition("\\")[2]
            name = unquote(name) if found.path is None else name
            words.append(name if name.endswith("none-any.whl") else "archive:" + name)
        else:
            words.append("directory" if isinstance(found, PackageDirectory) else "vcs")
    return " ".join(words)


def test_chosen_sources(ask, tmp_path: Path):
    """Which source of each package is used, for the interpreter of this test."""
    rng = random.Random(SEED)
    facts = interpreters.facts_of(Path(sys.executable))
    questions, expected = [], []
    for number in range(COUNT // 4):
        path = tmp_path / f"{number}.toml"
        lock = whole_lock(rng) | {"extras": ["test"], "default-groups": []}
        text = "".join(f"{key} = {toml(value)}\n" for key, value in lock.items())
        # Of two wheels with the same best tag packaging takes the first, whatever their build tags.
        text = re.sub(r"(-|%2D)1\1py2", r"\1py2", text)
        path.write_text(text)
        extras = rng.choice([[], ["test"]])
        questions.append(("select", str(path), ",".join(extras), "", "default"))
        questions[-1] += tuple(interpreters.fields(facts))
        try:
            expected.append(described(Pylock.from_dict(tomllib.loads(text)).select(extras=extras)))
        except PylockSelectError:
            expected.append("error")
    wrong = [
        f"{question[1:3]}: expected {wanted!r}, got {answer!r}"
        for question, wanted, answer in zip(questions, expected, ask(questions), strict=True)
        if ("error" if answer.startswith("error: ") else answer) != wanted
    ]
    assert not wrong, f"{len(wrong)} of {len(questions)}:\n" + "\n".join(wrong[:40])
    assert 0 < expected.count("error") < len(expected) / 2


def test_damaged_locks_of_every_kind(ask, tmp_path: Path):
    rng = random.Random(SEED)
    wrong, refused = [], 0
    for first in range(0, COUNT, 2000):
        questions, expected = [], []
        for number in range(first, min(first + 2000, COUNT)):
            lock = whole_lock(rng)
            for _ in range(rng.choice([0, 1, 1, 1, 2])):
                damage(rng, lock)
            path = tmp_path / f"{number}.toml"
            lines = [f"{json.dumps(key)} = {toml(value)}\n" for key, value in lock.items()]
            path.write_text("".join(lines))
            questions.append(("lock", str(path)))
            expected.append(complaint(path))
        for question, message, answer in zip(questions, expected, ask(questions), strict=True):
            refused += message != ""
            if message and answer == "ok" and not laxer(message):
                wrong.append(f"{question[1]}: accepted, but: {message}")
            elif not message and answer != "ok" and not stricter(answer):
                wrong.append(f"{question[1]}: {answer}")
            if "secret" in answer:
                wrong.append(f"{question[1]}: tells a password: {answer}")
            if answer == "ok" or not message:
                Path(question[1]).unlink()
    assert not wrong, f"{len(wrong)} of {COUNT}:\n" + "\n".join(wrong[:40])
    assert 0.2 < refused / COUNT < 0.8  # the generator still says something
