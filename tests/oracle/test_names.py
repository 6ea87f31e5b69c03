"""Names of wheels, and requirements (PEP 508): read as the `packaging` project reads them."""

import os
import random
import re

import generators
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

SEED = 751
COUNT = int(os.environ.get("PEL_ORACLE_NAMES", "20000"))  # more by hand

PYTHONS = [
    "py3",
    "py2.py3",
    "cp311",
    "CP39",
    "pp310",
    "cp36.cp37.cp38",
    "cp313",
    "py",
    "3",
    "graalpy",
]
ABIS = ["none", "abi3", "abi3t", "cp311", "cp313t", "cp37m", "CP39", "pypy310_pp73", "abi3.abi3t"]
PLATFORMS = [
    "any", "manylinux1_x86_64", "manylinux2014_aarch64.manylinux_2_17_aarch64", "musllinux_1_2_i686",
    "linux_armv7l", "macosx_10_9_universal2.macosx_11_0_arm64", "win_amd64", "WIN32", "ios_13_0_arm64_iphoneos",
    "linux_x86_64", "manylinux_2_28_x86_64", "android_21_arm64_v8a", "pyodide_2024_0_wasm32",
]  # fmt: skip
DISTRIBUTIONS = [
    "foo",
    "Foo_Bar",
    "zope.interface",
    "a",
    "_x",
    "x_",
    "9lives",
    "a.b_c",
    "A__b",
    "f\u00e9",
]
BUILDS = [
    "",
    "",
    "",
    "1-",
    "01-",
    "2abc-",
    "1.2-",
    "1_b-",
    "x-",
    "007-",
    "20240101123456789012345-",
    "0-",
]


def wheel_file(rng: random.Random) -> str:
    name = rng.choice(DISTRIBUTIONS)
    version = generators.version(rng).replace("-", "_")
    tags = "-".join(map(rng.choice, (PYTHONS, ABIS, PLATFORMS)))
    return f"{name}-{version}-{rng.choice(BUILDS)}{tags}.whl"


def describe_wheel(file_name: str) -> str:
    try:
        name, version, build, tags = parse_wheel_filename(file_name)
    except InvalidWheelFilename:
        return "invalid"
    written = file_name.split("-")[2] if build else ""
    in_order = sorted(tags, key=lambda tag: (tag.interpreter, tag.abi, tag.platform))
    return " ".join([name, str(version), f"build={written}", *map(str, in_order)])


def stricter_wheel(file_name: str) -> bool:
    """What packaging takes in a wheel's name and this program does not: the name becomes one of files."""
    stem = file_name.removesuffix(".whl")
    return any(
        re.fullmatch(r"[A-Za-z0-9_+!][A-Za-z0-9_.+!]*", part) is None for part in stem.split("-")
    )


def laxer_wheel(file_name: str) -> bool:
    """Two underscores in a project's name, which builders of old have written."""
    return "__" in file_name.split("-")[0]


def test_names_of_wheels(ask):
    rng = random.Random(SEED)
    names = [wheel_file(rng) for _ in range(COUNT)]
    names += [generators.mutated(rng, rng.choice(names)) for _ in range(COUNT)]
    wrong = []
    for name, answer in zip(names, ask([("wheel_name", name) for name in names]), strict=True):
        expected = describe_wheel(name)
        allowed = stricter_wheel(name) if answer == "invalid" else laxer_wheel(name)
        if answer != expected and not allowed:
            wrong.append(f"{name!r}: expected {expected!r}, got {answer!r}")
    assert not wrong, f"{len(wrong)} of {len(names)}:\n" + "\n".join(wrong[:40])


def requirement(rng: random.Random) -> str:
    blank = lambda: rng.choice(["", "", " ", "  ", "\t"])  # noqa: E731
    text = (
        blank()
        + rng.choice(["foo", "Foo.Bar", "a", "zope.interface", "x_y-z", "9", "-a", "a-"])
        + blank()
    )
    if rng.random() < 0.4:
        extras = [
            rng.choice(["socks", "Foo_Bar", "a.b", "x", "", "a b"]) for _ in range(rng.randrange(4))
        ]
        text += "[" + blank() + rng.choice([",", ", ", " ,"]).join(extras) + blank() + "]" + blank()
    kind = rng.random()
    if kind < 0.6:
        versions = generators.specifier_set(rng)
        text += rng.choice([versions, versions, f"({blank()}{versions}{blank()})"]) + blank()
    elif kind < 0.8:
        places = [
            "https://127.0.0.1/a.whl",
            "file:///a%20b/c",
            "git+ssh://git@h/r@main#egg=x",
            "./x",
            "",
        ]
        text += "@" + blank() + rng.choice(places) + rng.choice(["", " ", "  "])
    if rng.random() < 0.5:
        text += ";" + blank() + generators.marker(rng)
    return text


def describe_requirement(text: str) -> str:
    try:
        parsed = Requirement(text)
    except InvalidRequirement:
        return "invalid"
    extras = sorted({canonicalize_name(extra) for extra in parsed.extras})
    clauses = sorted(f"{each.operator}{each.version}" for each in parsed.specifier)
    parts = [canonicalize_name(parsed.name), " ".join(extras), " ".join(clauses), parsed.url or ""]
    return "|".join([*parts, "true" if parsed.marker else "false"])


def stricter_requirement(text: str) -> bool:
    """What packaging takes although its grammar, or that of names, has no such thing."""
    ends_in_underscore = re.search(r"_\s*([\[\](),;@<>=!~]|$)", text) is not None
    empty_clause = re.search(r"===[^;]*,\s*,", text) is not None
    return ends_in_underscore or empty_clause


def test_requirements(ask):
    rng = random.Random(SEED)
    texts = [requirement(rng) for _ in range(COUNT)]
    texts += [generators.mutated(rng, rng.choice(texts)) for _ in range(COUNT)]
    wrong = []
    for text, answer in zip(texts, ask([("requirement", text) for text in texts]), strict=True):
        expected = describe_requirement(text)
        if answer != expected and not (answer == "invalid" and stricter_requirement(text)):
            wrong.append(f"{text!r}: expected {expected!r}, got {answer!r}")
    assert not wrong, f"{len(wrong)} of {len(texts)}:\n" + "\n".join(wrong[:60])
