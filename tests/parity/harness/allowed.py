"""Every difference to a virtual environment that there is for a reason.

Each has an entry in docs/compatibility.md under its `key` (test_harness.py sees to that), with what
a user can do. An entry tells exactly how the two values differ: anything else is a failure.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass

from harness.compare import MISSING, Difference

# What `site` decodes start files with, from 3.13 on, and on 3.9.
DECODERS = ("encodings.utf_8_sig", "_bootlocale", "_locale")

# What a hosted interpreter is called until it has read its first start file, in a fatal error.
BASE_NAME = re.compile(r"\[python3\.\d+t?\](?= \(most recent call first\))")

# A line of the C stack in a fatal error, from 3.14 on.
NATIVE_FRAME = re.compile(r'^  Binary file ".*\n', re.MULTILINE)

# A list with the roots, printed as a list or as lines.
REPEATED_SITE = re.compile(r"(['\"])(<site>[^'\"]*)\1(?:,\s*\1\2\1)+")

# The same, one a line.
REPEATED_LINE = re.compile(r"(\n[ \t-]*<site>)(?:\1)+(?=\n|$)")

# Our parts in what -v prints.
VERBOSE_OURS = re.compile(r"pyenvlaunch|utf_8_sig|_bootlocale|^import '_locale'")

# What Python prints of itself when it cannot start.
FATAL_BASE = r"sys\._base_executable = .*"

# Of `python -m sysconfig`.
PROJECT_BASE = r"\n\tprojectbase = .*"

# How RECORD names a console script.
LAUNCHER = re.compile(r"(\.\./){3}bin/[^/]+")


@dataclass(frozen=True)
class Allowed:
    key: str  # as in docs/compatibility.md
    probe: str  # pattern of probes' names
    path: str  # pattern of paths in their answers
    holds: Callable[[object, object], bool]  # whether these two values differ in just this way


def collapsed(entries: list[object]) -> list[object]:
    """Entries of site-packages that follow each other and have one name there, once."""
    return [
        entry
        for number, entry in enumerate(entries)
        if number == 0 or entry != entries[number - 1] or not str(entry).startswith("<site>")
    ]


def several_roots(venv: object, ours: object) -> bool:
    """Several trees in the place of one directory; everything else is equal."""

    def one_root(value: object) -> object:
        if isinstance(value, str):
            return REPEATED_LINE.sub(r"\1", REPEATED_SITE.sub(r"\1\2\1", value))
        if isinstance(value, list):
            return collapsed([one_root(item) for item in value])
        return value

    return one_root(ours) == venv


def same_members(venv: object, ours: object) -> bool:
    """The same, in the order of the portions."""
    if not isinstance(venv, list) or not isinstance(ours, list):
        return False
    return sorted(map(str, venv)) == sorted(map(str, ours))


def other_shebang(venv: object, ours: object) -> bool:
    """Of metadata.files, a script: its first line names another interpreter."""
    if not isinstance(venv, list) or not isinstance(ours, list):
        return False
    return venv[2] is True and ours[2] is True


def common_include(venv: object, ours: object) -> bool:
    """Headers lie below python3/ instead of python3.X/."""
    if not isinstance(venv, list) or not isinstance(ours, list):
        return False
    plain = [re.sub(r"include/site/python3\.\d+t?/", "include/site/python3/", str(f)) for f in venv]
    return sorted(plain) == sorted(map(str, ours))


def replaced_script(venv: object, ours: object) -> bool:
    """A script in .data/scripts has the name of a console script, and so was not installed."""
    if not isinstance(venv, list) or not isinstance(ours, list):
        return False
    launchers = {name for name in map(str, venv) if LAUNCHER.fullmatch(name)}
    kept = [
        name
        for name in map(str, venv)
        if ".data/scripts/" not in name
        or f"../../../bin/{name.rpartition('/')[2]}" not in launchers
    ]
    return kept == list(map(str, ours))


def row_of_no_file(venv: object, ours: object) -> bool:
    """Of metadata.files, such a script, which is still listed (before 3.12)."""
    return isinstance(venv, list) and venv[2] is False and ours == MISSING


def mistake_in_record(venv: object, ours: object) -> bool:
    """Of metadata.files: the file is not of the size that the wheel's RECORD says."""
    if not isinstance(venv, list) or not isinstance(ours, list):
        return False
    return venv[2:] == [True, False] and ours[2:] == [True, True]


def verbose(venv: object, ours: object) -> bool:
    """What is imported, in its order, but for our own modules; not how things are torn down.

    A wheel's start file is read by way of a file of the same name in site-packages.
    """

    def lines(value: object) -> list[str]:
        every = str(value).splitlines()
        kept = [line for line in every if line[:2] != "# " and not VERBOSE_OURS.search(line)]
        return [line for line, before in zip(kept, ["", *kept], strict=False) if line != before]

    return lines(venv) == lines(ours)


def equal_but_for(pattern: str) -> Callable[[object, object], bool]:
    """Texts that are equal without what this matches."""
    part = re.compile(pattern)
    return lambda venv, ours: part.sub("", str(venv)) == part.sub("", str(ours))


def without(*names: str) -> Callable[[object, object], bool]:
    """Ours has these entries more, each once."""

    def holds(venv: object, ours: object) -> bool:
        if not isinstance(venv, list) or not isinstance(ours, list):
            return False
        rest = list(ours)
        for name in names:
            if name in rest:
                rest.remove(name)
        return rest == venv

    return holds


def absent(venv: object, ours: object) -> bool:
    return ours == MISSING


def one_is_missing(venv: object, ours: object) -> bool:
    return MISSING in (venv, ours)


def same_text(venv: object, ours: object) -> bool:
    """Of test_scripts.py: the same but for where lines are broken."""
    return isinstance(venv, list) and isinstance(ours, list) and venv[0] == ours[0]


def same_words(venv: object, ours: object) -> bool:
    """Of test_scripts.py: the same parts in another order."""
    return isinstance(venv, list) and isinstance(ours, list) and venv[1:] == ours[1:]


def printed_roots(venv: object, ours: object) -> bool:
    """Of test_scripts.py: the same words, but for how often the place of packages is named."""
    if not isinstance(venv, list) or not isinstance(ours, list):
        return False
    return "<site>" in venv and sorted(set(venv[1:])) == sorted(set(ours[1:]))


def own_path_first(venv: object, ours: object) -> bool:
    """sys.orig_argv begins with the environment's bin/python, however it was called."""
    if not isinstance(venv, list) or not isinstance(ours, list):
        return False
    return ours[1:] == venv[1:] and re.fullmatch(r"<.*>/bin/python[\d.t]*", ours[0]) is not None


def program_of_ours(venv: object, ours: object) -> bool:
    """Where links of a venv's bin/python end: on 3.9 and 3.10 only."""
    old = re.search(r"python3\.(9|10)\b", str(venv)) is not None
    return old and re.fullmatch(r"<prefix>/bin/python3?|python3?", str(ours)) is not None


def folder_of_ours(venv: object, ours: object) -> bool:
    return ours == "'<prefix>/bin'"


def normalized_name(venv: object, ours: object) -> bool:
    """3.9 does not find every spelling of a name."""
    return not str(venv)[:1].isdigit() and str(ours)[:1].isdigit()


def normalized_names(venv: object, ours: object) -> bool:
    """The same in a list of lists of versions: what is found there is found here, too."""
    if not isinstance(venv, list) or not isinstance(ours, list) or len(venv) != len(ours):
        return False
    return all(there in ([], here) for there, here in zip(venv, ours, strict=True))


def store_files_reported(venv: object, ours: object) -> bool:
    """A table of files, in ours with packages; and the total."""

    def files(value: object) -> list[list[str]]:
        rows = [line.split() for line in str(value).splitlines() if "%" in line]
        return [row for row in rows if row[0] != "TOTAL" and not row[0].startswith("<site>/")]

    return len(files(venv)) > 0 and files(venv) == files(ours)


def one_slash(venv: object, ours: object) -> bool:
    return str(venv).replace("//", "/") == ours


def inside_of_ours(venv: object, ours: object) -> bool:
    """A link leads into the environment; in the venv, to the interpreter behind it."""
    return "<prefix>" in str(ours) or "<site>" in str(ours) or "MetaPathFinder" in str(ours)


def installer(venv: object, ours: object) -> bool:
    return (venv, ours) == ("uv", "pyenvlaunch")


def base_name(venv: object, ours: object) -> bool:
    return isinstance(ours, str) and BASE_NAME.sub("[python]", ours) == venv


def native_frames(venv: object, ours: object) -> bool:
    """Other functions of other files, under the same Python frames."""
    if not isinstance(venv, str) or not isinstance(ours, str):
        return False
    return all(NATIVE_FRAME.search(text) for text in (venv, ours)) and (
        NATIVE_FRAME.sub("", venv) == NATIVE_FRAME.sub("", ours)
    )


def without_launchers(venv: object, ours: object) -> bool:
    """A list of files, in ours without the launchers of console scripts."""
    if not isinstance(venv, list) or not isinstance(ours, list):
        return False
    return [file for file in venv if file in ours or not LAUNCHER.fullmatch(str(file))] == ours


ALLOWED: tuple[Allowed, ...] = (
    Allowed("roots on sys.path", "*", "*path", several_roots),
    Allowed("roots on sys.path", "commands.*", "*.out", several_roots),
    Allowed("roots on sys.path", "scripts.*", "*.out", printed_roots),
    Allowed("roots on sys.path", "scripts.*", "*.err", printed_roots),
    Allowed("roots on sys.path", "imports.*", "*.error", several_roots),
    *(
        Allowed("namespace portions", probe, path, several_roots)
        for probe, path in (
            ("packages.*", "answer.*.locations"),
            ("resources.data_files", "answer.*.root"),
            ("resources.module_types", "answer.*"),
            ("resources.sources", "answer.*"),
            ("programs.namespaces", "*.out"),
            ("imports.*", "*.path"),
            ("imports.*", "*.error"),
        )
    ),
    *(
        Allowed("order of portions", probe, path, same_members)
        for probe, path in (
            ("packages.trees", "answer.*"),
            ("packages.walked", "answer.*"),
            ("resources.legacy_resources", "answer.*"),
            ("imports.names", "*"),
        )
    ),
    Allowed("scripts in RECORD", "metadata.files", "answer.*../../../bin/*", other_shebang),
    Allowed(
        "headers in RECORD", "metadata.files", "answer.*../include/site/python3*", one_is_missing
    ),
    Allowed("headers in RECORD", "metadata.recorded", "answer.*", common_include),
    Allowed("scripts in RECORD", "metadata.recorded", "answer.*", replaced_script),
    Allowed("scripts in RECORD", "metadata.files", "answer.*.data/scripts/*", row_of_no_file),
    Allowed("Mistakes in RECORD", "metadata.files", "answer.*", mistake_in_record),
    Allowed("width of paths", "scripts.*", "*", same_text),
    Allowed("order of distributions", "scripts.*", "*", same_words),
    Allowed(
        "links to bin/python", "processes.other_names_of_the_program", "*.orig_argv", own_path_first
    ),
    Allowed(
        "links to bin/python",
        "processes.other_names_of_the_program",
        "answer.*link*",
        inside_of_ours,
    ),
    Allowed(
        "links to bin/python", "processes.other_names_of_the_program", "*.executable", one_slash
    ),
    Allowed("program instead of a link", "nested.*", "answer.state.*", program_of_ours),
    Allowed("program instead of a link", "nested.*", "answer.links.*", program_of_ours),
    Allowed("program instead of a link", "state.prefixes", "*._base_executable", program_of_ours),
    Allowed(
        "program instead of a link", "state.sysconfig_variables", "*.projectbase", folder_of_ours
    ),
    Allowed("spellings on 3.9", "metadata.every_spelling", "answer.*", normalized_name),
    Allowed("spellings on 3.9", "metadata.discovered", "answer.*", normalized_names),
    Allowed("older coverage", "programs.coverage", "1 coverage.out", store_files_reported),
    Allowed("pip's version", "state.executables", "answer.pip3*", absent),
    Allowed("verbose", "commands.option", "option -v.err", verbose),
    Allowed("projectbase", "commands.module", "*sysconfig.out", equal_but_for(PROJECT_BASE)),
    Allowed("fatal errors", "commands.variable", "*PLATLIB*.err", equal_but_for(FATAL_BASE)),
    Allowed("finder of modules and metadata", "*", "*meta_path", without("type MetaPathFinder")),
    Allowed("activation scripts", "state.executables", "answer.[Aa]ctivate*", absent),
    Allowed("launchers in RECORD", "metadata.recorded", "answer.*", without_launchers),
    Allowed("launchers in RECORD", "metadata.files", "answer.*../../../bin/*", absent),
    Allowed("INSTALLER", "metadata.installer_notes", "*.INSTALLER", installer),
    Allowed("process name", "commands.variable", "*.err", base_name),
    Allowed("native frames", "commands.end", "*.err", native_frames),
    Allowed("start file", "state.modules_at_start", "answer.modules", without(*DECODERS)),
    Allowed("path hook", "*", "*path_hooks", without("path_hook_for_stored_wheels")),
)


def reason(probe: str, difference: Difference) -> Allowed | None:
    """The entry that allows this difference, if any does."""
    for allowed in ALLOWED:
        if (
            fnmatch.fnmatchcase(probe, allowed.probe)
            and fnmatch.fnmatchcase(difference.path, allowed.path)
            and allowed.holds(difference.venv, difference.ours)
        ):
            return allowed
    return None
