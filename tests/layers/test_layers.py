"""Checks on the sources: layers, and that the check itself sees what it is for."""

from pathlib import Path

import layers
import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_includes_go_downwards_only():
    assert layers.sources(ROOT)
    assert layers.violations(ROOT) == []


def test_every_header_has_pragma_once_and_every_source_is_of_a_readable_length():
    for name in layers.sources(ROOT):
        text = (ROOT / name).read_text(encoding="utf-8")
        if name.endswith(".hpp"):
            assert "#pragma once" in text, name
        assert text.count("\n") <= 600, f"{name} is longer than 600 lines"


@pytest.mark.parametrize(
    ("name", "include", "expected"),
    [
        ("store/base/a.hpp", '"store/format/b.hpp"', '"store/format/b.hpp" is in no lower layer'),
        ("embed/a.cpp", '"lock/b.hpp"', '"lock/b.hpp" is in no lower layer'),
        ("launcher/hot/a.cpp", '"launcher/cli.hpp"', '"launcher/cli.hpp" is in no lower layer'),
        ("lock/a.cpp", '"b.hpp"', '"b.hpp" is not a path from the root of the checkout'),
        ("lock/a.cpp", "<Python.h>", "<Python.h> belongs to embed alone"),
        ("launcher/a.cpp", "<curl/curl.h>", "<curl/curl.h> belongs to store/fetch alone"),
        ("launcher/hot/a.cpp", "<iostream>", "<iostream> is too heavy for the hot path"),
        ("lock/a.hpp", "<toml++/toml.h>", "<toml++/toml.h> is too heavy for a header"),
        ("store/other/a.cpp", "<vector>", "its folder is in no layer"),
    ],
)
def test_violation_is_seen(tmp_path: Path, name: str, include: str, expected: str):
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_text(f"#include {include}\n", encoding="utf-8")
    assert layers.violations(tmp_path) == [f"{name}: {expected}"]


def test_ordinary_includes_pass(tmp_path: Path):
    file = tmp_path / "launcher/commands/a.cpp"
    file.parent.mkdir(parents=True)
    file.write_text(
        '#include "store/base/error.hpp"\n#include "launcher/cli.hpp"\n#include <vector>\n',
        encoding="utf-8",
    )
    assert layers.violations(tmp_path) == []


def test_each_type_has_a_name_of_its_own(tmp_path: Path):
    assert layers.types_of_one_name(ROOT) == []
    for name, text in {
        "lock/a.hpp": "namespace pel {\nclass Same : public Base {\n};\nstruct Other;\n}\n",
        "store/base/b.hpp": "namespace pel {\nstruct Same {\n};\nstruct Other {\n};\n}\n",
        "embed/c.hpp": "namespace pel::other {\nstruct Same {\n};\n}\n",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    assert layers.types_of_one_name(tmp_path) == ["pel::Same: store/base/b.hpp and lock/a.hpp"]
