"""Versions, specifiers and markers in all their spellings, from a seeded generator."""

import random

OPERATORS = ["==", "!=", "<=", ">=", "<", ">", "~=", "==="]
VERSION_VARIABLES = [
    "python_version",
    "python_full_version",
    "platform_release",
    "implementation_version",
]
TEXT_VARIABLES = [
    "os_name",
    "sys_platform",
    "platform_system",
    "platform_version",
    "platform_machine",
    "platform_python_implementation",
    "implementation_name",
]
DOTTED_VARIABLES = [
    "os.name",
    "sys.platform",
    "platform.version",
    "platform.machine",
    "platform.python_implementation",
    "python_implementation",
]
ENVIRONMENT = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.7",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_release": "6.1.0-18-amd64",
    "platform_system": "Linux",
    "platform_version": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)",
    "python_full_version": "3.11.7",
    "platform_python_implementation": "CPython",
    "python_version": "3.11",
    "sys_platform": "linux",
}

# Chosen by hand: every boundary that PEP 440 draws.
VERSIONS = """
0 0.0 0.dev0 0a0 1 1.0 1.0.0 1.0.0.0 01.0 1.00 1.0.1 1.1 1.10 1.2 1.9 2 2.0 10 1!0 1!1.0 1!1.0.dev1
2!0.1 0!1.0 1.0.dev0 1.0.dev1 1.0dev 1.0-dev 1.0_dev-1 1.0.dev01 1.0a 1.0a0 1.0a1 1.0.a.1 1.0-a-1
1.0alpha1 1.0ALPHA1 1.0b1 1.0beta.2 1.0c1 1.0rc1 1.0.rc.1 1.0pre1 1.0preview1 1.0-preview_2
1.0a1.dev1 1.0a1.post1 1.0a1.post1.dev2 1.0rc1.post0 1.0.post0 1.0.post 1.0post1 1.0-1 1.0-01
1.0.post1 1.0.post1.dev1 1.0.post2.dev0 1.0-r1 1.0rev2 1.0.r.3 1.0-post-1 1.0.post-1 v1.0 V1.0
1.0+local 1.0+LOCAL 1.0+1 1.0+01 1.0+1.1 1.0+1.a 1.0+a.1 1.0+a-1 1.0+a_1 1.0+ubuntu.1.2 1.0+10 1.0+9
1.0+abc 1.0+abd 1.0+ab 1.0.dev1+x 1.0a1+x 1.0.post1+x 1.0.post1.dev1+1 1.0rc1.post1.dev3+1.x
1.0+20240101123456789012345 99999999999999999999999.1 18446744073709551615 18446744073709551616
9999999999999999999 10000000000000000000 1.0.dev99999999999999999999 2024.1.1 2024.01.01 1.2.3.4.5.6.7
3.11 3.11.0 3.11.7 3.12 3.12.0a1 3.13.0rc2 3.14.0a1+local 1.2.3.dev4+g1234567 0.0.0 0.0.1
255 256 65535 65536 16777215.1 16777216.1
""".split()  # noqa: SIM905

BAD_VERSIONS = [
    "",
    " ",
    "a",
    "v",
    "1.",
    ".1",
    "1..0",
    "1.0.",
    "1.0+",
    "1.0+a+b",
    "1.0+a..b",
    "1.0+.a",
    "1.0+a.",
    "1!",
    "!1",
    "1!!1",
    "1!2!3",
    "1.0 .dev1",
    "1.0x",
    "1.0bet1",
    "1.0-",
    "1.0--1",
    "1.0.",
    "1.0-a-",
    "1.0a-",
    "1.0.a.",
    "1.0.post.",
    "1.0dev-",
    "1.0.dev1.post1",
    "1.0.dev1a1",
    "1.0.post1a1",
    "vv1",
    "1.0\n",
    "\t1.0 ",
    "1 .0",
    "1.0+é",
    "1.0é",
    "١.٠",
    "1.0-1-1",
    "1.0-1.post2",
    "1.0a1b2",
    "1.0rc",
    "1.0.rc",
    "1.0r",
    "1.0rev",
    "1.0-rev-",
    "-1",
    "+1",
    "1.0+_",
    "1,0",
    "1.0*",
    "1.0.*",
    "1.x",
    "1_0",
    "1.0_1",
    "1.0_post_1_dev_2",
    "1-a",
    "1a2-3",
    "1.0post",
    "1.0.preview.1.post.2.dev.3+a.b",
    "lolwat",
    "1.0-post1-",
    "1.0.post1-dev",
    "1.0\x1f",
    "\x1c1.0",
]


def version(rng: random.Random) -> str:
    """A valid version most of the time, near the others of this generator."""
    if rng.random() < 0.25:
        return rng.choice(VERSIONS)
    small = lambda: rng.choice(["0", "1", "2", "3", "9", "10", "01", "11"])  # noqa: E731
    separator = lambda: rng.choice(["", ".", "-", "_"])  # noqa: E731
    text = rng.choice(["", "", "", "", "v"])
    text += rng.choice(["", "", "", "", "0!", "1!", "2!"])
    text += ".".join(small() for _ in range(rng.choice([1, 2, 2, 3, 3, 4])))
    if rng.random() < 0.3:
        word = rng.choice(["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC", "Alpha"])
        text += separator() + word + separator() + rng.choice(["", small()])
    if rng.random() < 0.25:
        word = rng.choice(["post", "rev", "r", "POST"])
        text += rng.choice(["-" + small(), separator() + word + separator() + small()])
    if rng.random() < 0.25:
        text += separator() + rng.choice(["dev", "DEV"]) + separator() + rng.choice(["", small()])
    if rng.random() < 0.2:
        segments = ["1", "2", "10", "abc", "abd", "a1", "1a", "ubuntu", "0", "UPPER"]
        joint = rng.choice([".", "-", "_"])
        text += "+" + joint.join(rng.choice(segments) for _ in range(rng.choice([1, 1, 2, 3])))
    return text


def mutated(rng: random.Random, text: str) -> str:
    """The text with one character added, changed or taken away."""
    alphabet = "0123456789.abcdevprost!+-_* v=<>~,\t;()\"'"
    at = rng.randrange(len(text) + 1)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:at] + rng.choice(alphabet) + text[at:]
    if kind == 1:
        return text[:at] + rng.choice(alphabet) + text[at + 1 :]
    return text[:at] + text[at + 1 :]


def specifier(rng: random.Random) -> str:
    operator = rng.choice(OPERATORS)
    blank = rng.choice(["", "", "", " ", "  "])
    if operator in ("==", "!=") and rng.random() < 0.35:
        release = ".".join(rng.choice("0123") for _ in range(rng.choice([1, 2, 3])))
        return operator + blank + rng.choice(["", "", "1!", "0!", "v"]) + release + ".*"
    if operator == "===" and rng.random() < 0.3:
        return (
            operator + blank + rng.choice(["foobar", "1.0.FOO", "1.0", "1.00", "V1.0", "", "a=b"])
        )
    text = version(rng)
    if operator not in ("==", "!=", "===") and rng.random() < 0.9:
        text = text.split("+")[0]
    if operator == "~=" and "." not in text and rng.random() < 0.9:
        text += ".1"
    return operator + blank + text


def specifier_set(rng: random.Random) -> str:
    joint = rng.choice([",", ", ", " ,", ",,"])
    return joint.join(specifier(rng) for _ in range(rng.choice([0, 1, 1, 1, 1, 2, 2, 3])))


def literal(rng: random.Random, text: str) -> str:
    quote = rng.choice("'\"")
    if quote in text or "\\" in text or "\n" in text:
        quote = '"' if quote == "'" else "'"
    return quote + text + quote


def comparison(rng: random.Random) -> str:
    blank = lambda: rng.choice(["", " ", " ", "\t"])  # noqa: E731
    kind = rng.random()
    if kind < 0.15:
        name = rng.choice(["Foo", "foo", "bar_baz", "Bar.Baz", "bar--baz", "test", "dev"])
        variable = rng.choice(["extras", "dependency_groups"])
        operator = rng.choice(["in", "in", "not in", "not  in", "==", "!=", "<", "~="])
        sides = [literal(rng, name), variable]
        if rng.random() < 0.05:
            sides.reverse()
        return f"{sides[0]} {operator} {sides[1]}"
    if kind < 0.25:
        name = rng.choice(["Foo", "foo", "bar_baz", "Bar.Baz", "test", "", "foo bar"])
        sides = ["extra", literal(rng, name)]
        if rng.random() < 0.3:
            sides.reverse()
        return f"{sides[0]} {rng.choice(['==', '!=', 'in', 'not in', '<='])} {sides[1]}"
    if kind < 0.6:
        variable = rng.choice(VERSION_VARIABLES)
        values = [
            "3.11",
            "3.9",
            "3.12",
            "3.11.7",
            "3.11.*",
            "3",
            "3.11.7rc1",
            "3.8.1",
            "linux",
            "3.1",
        ]
        values += ["6.1.0-18-amd64", "6.1", "=3.11", " 3.11", "3.11 ", "3.9 3.11", "3.11.dev1", ""]
        value = rng.choice(values) if rng.random() < 0.8 else version(rng)
    else:
        variable = rng.choice(TEXT_VARIABLES + DOTTED_VARIABLES)
        values = [
            *ENVIRONMENT.values(),
            "win32",
            "nt",
            "Windows",
            "linux2",
            "x86",
            "PyPy",
            "",
            "1.0",
        ]
        value = rng.choice(values)
    operators = [*OPERATORS, "in", "not in", "not\tin"]
    operator = rng.choice(operators)
    gap = " " if operator[0] in "in" else blank()
    sides = [variable, literal(rng, value)]
    if rng.random() < 0.25:
        sides.reverse()
    elif rng.random() < 0.03:
        sides[1] = rng.choice(TEXT_VARIABLES)
    elif rng.random() < 0.03:
        sides[0] = literal(rng, rng.choice(["posix", "3.11", "linux"]))
        sides[1] = literal(rng, rng.choice(["os_name", "python_version", "nothing"]))
    return sides[0] + gap + operator + gap + sides[1]


def marker(rng: random.Random, depth: int = 0) -> str:
    parts = []
    for _ in range(rng.choice([1, 1, 2, 3]) if depth == 0 else rng.choice([1, 2])):
        if depth < 4 and rng.random() < 0.3:
            blank = rng.choice(["", " "])
            parts.append("(" + blank + marker(rng, depth + 1) + blank + ")")
        else:
            parts.append(comparison(rng))
    text = parts[0]
    for part in parts[1:]:
        text += f" {rng.choice(['and', 'or'])} {part}"
    return text
