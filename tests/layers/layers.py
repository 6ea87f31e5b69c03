"""Which folder may include which: the layers of docs/architecture.md, checked on the sources."""

from __future__ import annotations

import re
from pathlib import Path

# A folder, and the folders whose headers its files may include beside its own. Named once each,
# lowest first, so that the list is also a proof that there is no cycle.
BASE = ["store/base"]
FORMAT = [*BASE, "store/format"]
LOCK = [*BASE, "lock"]
WHEEL = [*FORMAT, "lock", "store/wheel"]
TREE = [*WHEEL, "store/tree"]
PREFIX = [*TREE, "store/interpreter", "store/records", "store/layout", "store/prefix"]
ENVIRONMENT = [*PREFIX, "store/fetch", "store/build", "store/environment"]
MAY_INCLUDE = {
    "store/base": BASE,
    "store/format": FORMAT,
    "lock": LOCK,
    "store/wheel": WHEEL,
    "store/tree": TREE,
    "store/fetch": [*TREE, "store/fetch"],
    "store/interpreter": [*TREE, "store/interpreter"],
    "store/build": [*TREE, "store/fetch", "store/interpreter", "store/build"],
    "store/records": [*TREE, "store/records"],
    "store/layout": [*TREE, "store/interpreter", "store/records", "store/layout"],
    "store/prefix": PREFIX,
    "store/environment": ENVIRONMENT,
    "store/venv": [*ENVIRONMENT, "store/venv"],
    "store/shims": [*ENVIRONMENT, "store/venv", "store/shims"],
    "store/gc": [*PREFIX, "store/fetch", "store/build", "store/gc"],
    "store/repair": [*PREFIX, "store/fetch", "store/build", "store/repair"],
    "frontend": [*TREE, "store/fetch", "store/interpreter", "frontend"],
    "embed": [*FORMAT, "embed"],
    "launcher/hot": [*FORMAT, "launcher/hot"],
    "launcher": [
        *ENVIRONMENT,
        "store/venv",
        "store/shims",
        "store/gc",
        "store/repair",
        "frontend",
        "launcher/hot",
        "launcher/commands",
        "launcher",
    ],
}

# A header of others, and the only folders that may see it.
FOREIGN = {
    r"Python\.h": ["embed"],
    r"archive(_entry)?\.h": ["store/wheel"],
    r"curl/.*": ["store/fetch"],
    r"toml\+\+/.*|toml\.hpp": ["lock"],
    r"openssl/.*": ["store/wheel"],
    r"boost/program_options.*": ["launcher"],
}

# What the hot path and the finder must not pay for (house style, "Command line").
HOT = ["store/base", "store/format", "embed", "launcher/hot"]
NOT_IN_HOT = r"iostream|fstream|sstream|ostream|istream|iomanip|locale|regex|filesystem|boost/.*"

# Too heavy to be included by those who include our headers.
NOT_IN_HEADERS = r"toml\+\+/.*|nlohmann/json\.hpp|boost/.*|iostream|regex"

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def folder_of(path: str) -> str | None:
    """The longest folder of MAY_INCLUDE that holds `path`."""
    folders = [folder for folder in MAY_INCLUDE if path.startswith(folder + "/")]
    return max(folders, key=len, default=None)


def sources(root: Path) -> list[str]:
    found = []
    for top in ("store", "lock", "frontend", "embed", "launcher"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".hpp", ".cpp", ".h", ".c") and path.is_file():
                found.append(path.relative_to(root).as_posix())
    return found


NAMESPACE = re.compile(r"^namespace ([\w:]+) \{", re.MULTILINE)
TYPE = re.compile(
    r"^(?:class|struct|union|enum class) (?:\[\[\w+\]\] )?(\w+)[^;\n]*\{", re.MULTILINE
)


def types_of_one_name(root: Path) -> list[str]:
    """One line for each type that a second header defines. Nobody who compiles sees it, but the
    linker takes the members of one of them for both ([basic.def.odr])."""
    where: dict[tuple[str, str], list[str]] = {}
    for name in sources(root):
        if name.endswith(".hpp"):
            text = (root / name).read_text(encoding="utf-8")
            namespace = (NAMESPACE.findall(text) or [""])[-1]
            for found in TYPE.findall(text):
                where.setdefault((namespace, found), []).append(name)
    return [
        f"{namespace}::{found}: {' and '.join(names)}"
        for (namespace, found), names in where.items()
        if len(names) > 1
    ]


def violations(root: Path) -> list[str]:
    """One line for each include that breaks a rule; `root` is a checkout."""
    found = []
    for name in sources(root):
        folder = folder_of(name)
        if folder is None:
            found.append(f"{name}: its folder is in no layer")
            continue
        text = (root / name).read_text(encoding="utf-8")
        for ours, foreign in INCLUDE.findall(text):
            found += [f"{name}: {reason}" for reason in why_not(name, folder, ours, foreign)]
    return found


def why_not(name: str, folder: str, ours: str, foreign: str) -> list[str]:
    if ours:
        target = folder_of(ours)
        if target is None:
            return [f'"{ours}" is not a path from the root of the checkout']
        if target not in MAY_INCLUDE[folder]:
            return [f'"{ours}" is in no lower layer']
        return []
    reasons = []
    for pattern, allowed in FOREIGN.items():
        if re.fullmatch(pattern, foreign) and folder not in allowed:
            reasons.append(f"<{foreign}> belongs to {' and '.join(allowed)} alone")
    if folder in HOT and re.fullmatch(NOT_IN_HOT, foreign):
        reasons.append(f"<{foreign}> is too heavy for the hot path")
    if name.endswith(".hpp") and re.fullmatch(NOT_IN_HEADERS, foreign):
        reasons.append(f"<{foreign}> is too heavy for a header")
    return reasons
