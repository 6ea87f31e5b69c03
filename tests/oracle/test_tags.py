"""Tags: the whole list of packaging.tags.sys_tags(), for real interpreters and imagined ones."""

import itertools
import random
from pathlib import Path

import interpreters
import pytest
from packaging.tags import InvalidTag, parse_tag

BASE = {
    "implementation": "cpython",
    "major": 3,
    "minor": 11,
    "platform": "linux-x86_64",
    "glibc_version": "2.36",
    "musl_version": "",
    "soabi": "cpython-311-x86_64-linux-gnu",
    "gil_disabled": 0,
    "debug_build": 0,
    "pointer_bits": 64,
}


@pytest.mark.parametrize("python", interpreters.interpreters(), ids=str)
def test_real_interpreters(ask, monkeypatch, python: Path):
    facts = interpreters.facts_of(python)
    (answer,) = ask([("tags", *interpreters.fields(facts))])
    expected = interpreters.tags_of(python, facts, monkeypatch)
    assert len(expected) > 100
    assert answer.split() == expected


PLATFORMS = [
    ("linux-x86_64", 64, "x86_64-linux-gnu"),
    ("linux-x86_64", 32, "i386-linux-gnu"),
    ("linux-i686", 32, "i386-linux-gnu"),
    ("linux-aarch64", 64, "aarch64-linux-gnu"),
    ("linux-aarch64", 32, "arm-linux-gnueabihf"),
    ("linux-armv7l", 32, "arm-linux-gnueabihf"),
    ("linux-armv7l", 32, "arm-linux-gnueabi"),
    ("linux-armv6l", 32, "arm-linux-gnueabihf"),
    ("linux-ppc64le", 64, "powerpc64le-linux-gnu"),
    ("linux-s390x", 64, "s390x-linux-gnu"),
    ("linux-riscv64", 64, "riscv64-linux-gnu"),
    ("linux-loongarch64", 64, "loongarch64-linux-gnu"),
    ("linux-mips64", 64, "mips64el-linux-gnuabi64"),
]
LIBCS = [
    ("2.36", ""),
    ("2.17", ""),
    ("2.5", ""),
    ("2.4", ""),
    ("2.41", ""),
    ("3.2", ""),
    ("", ""),
    ("", "1.2"),
    ("", "1.1"),
]


def test_imagined_interpreters(ask, monkeypatch):
    questions, expected = [], []
    for (platform, bits, triplet), (glibc, musl) in itertools.product(PLATFORMS, LIBCS):
        for minor, gil_disabled, debug in [
            (9, 0, 0),
            (11, 0, 1),
            (13, 1, 0),
            (14, 1, 1),
            (15, 0, 0),
        ]:
            facts = BASE | {
                "minor": minor,
                "platform": platform,
                "pointer_bits": bits,
                "soabi": f"cpython-3{minor}-{triplet}",
                "glibc_version": glibc,
                "musl_version": musl,
                "gil_disabled": gil_disabled,
                "debug_build": debug,
            }
            questions.append(("tags", *interpreters.fields(facts)))
            expected.append(interpreters.imagined_tags(monkeypatch, facts))
    for question, answer, tag_list in zip(questions, ask(questions), expected, strict=True):
        assert answer.split() == tag_list, question


def test_compressed_sets(compare):
    rng = random.Random(751)
    parts = ["py2", "py3", "cp311", "CP39", "none", "abi3", "any", "manylinux1_x86_64", "", "3py"]
    cases = []
    for _ in range(3000):
        sets = [
            ".".join(rng.choice(parts) for _ in range(rng.choice([1, 1, 2, 3]))) for _ in range(3)
        ]
        try:
            found = parse_tag("-".join(sets))
        except InvalidTag:
            found = frozenset()
        in_order = sorted(found, key=lambda tag: (tag.interpreter, tag.abi, tag.platform))
        cases.append((("tag_set", *sets), " ".join(map(str, in_order))))
    compare(cases)
