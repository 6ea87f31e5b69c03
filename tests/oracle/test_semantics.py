"""Names, versions, specifiers and markers: the same answers as the `packaging` project.

A different answer is a bug of ours unless packaging itself is at fault, so nothing is left out
silently: what this program does differently on purpose is listed in `deliberate()`.
"""

import itertools
import random

import generators
import pytest
from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

SEED = 751


def text_of(value: bool) -> str:
    return "true" if value else "false"


def try_version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def describe_version(text: str) -> str:
    version = try_version(text)
    if version is None:
        return "invalid"
    flags = [
        version.is_prerelease,
        version.is_postrelease,
        version.is_devrelease,
        version.local is not None,
    ]
    return " ".join([str(version), *map(text_of, flags), str(len(version.release))])


def some_versions(rng: random.Random, count: int) -> list[str]:
    return [generators.version(rng) for _ in range(count)]


def test_names(compare):
    rng = random.Random(SEED)
    alphabet = "abzAZ059-_. "
    names = ["", "a", "A", "-", "a-", "a.-_b", "Zope.Interface", "a--b", "ruamel.yaml", "x" * 300]
    names += ["".join(rng.choice(alphabet) for _ in range(rng.randrange(8))) for _ in range(3000)]
    cases = []
    for name in names:
        cases.append((("name", name), canonicalize_name(name)))
        try:
            canonicalize_name(name, validate=True)
            valid = True
        except InvalidName:
            valid = False
        cases.append((("valid_name", name), text_of(valid)))
    compare(cases)


def test_spelling_of_versions(compare):
    rng = random.Random(SEED)
    texts = generators.VERSIONS + generators.BAD_VERSIONS + some_versions(rng, 4000)
    texts += [generators.mutated(rng, text) for text in texts]
    texts += [generators.mutated(rng, text) for text in texts[-3000:]]
    compare([(("version", text), describe_version(text)) for text in texts if "\0" not in text])


def test_order_of_versions(compare):
    rng = random.Random(SEED)
    pairs = list(itertools.product(generators.VERSIONS, repeat=2))
    others = some_versions(rng, 20000)
    pairs += zip(others[::2], others[1::2], strict=True)
    cases = []
    for a, b in pairs:
        left, right = try_version(a), try_version(b)
        if left is None or right is None:
            expected = "invalid"
        else:
            expected = "-1" if left < right else "1" if left > right else "0"
        cases.append((("compare", a, b), expected))
    compare(cases)


def contains(specifier: str, candidate: str, prereleases: str, form: str) -> str:
    try:
        specifiers = SpecifierSet(specifier)
    except InvalidSpecifier:
        return "error"
    flag = {"none": None, "true": True, "false": False}[prereleases]
    if form == "text":
        return text_of(specifiers.contains(candidate, prereleases=flag))
    version = try_version(candidate)
    return "no version" if version is None else text_of(specifiers.contains(version, flag))


def check_specifiers(ask, questions: list[tuple[str, str, str, str]]) -> None:
    answers = ask([("specifier", *question) for question in questions])
    wrong = []
    for question, answer in zip(questions, answers, strict=True):
        expected = contains(*question)
        if (answer.split(":")[0] if answer.startswith("error") else answer) != expected:
            wrong.append(f"{question!r}: expected {expected!r}, got {answer!r}")
    assert not wrong, f"{len(wrong)} of {len(questions)}:\n" + "\n".join(wrong[:40])


def test_each_operator_with_each_version(ask):
    """Every hand-picked version against every operator and hand-picked bound."""
    bounds = """1.0 1 1.0.0 1.0.1 1.1 2.0 1!1.0 1.0a1 1.0rc1 1.0.dev1 1.0.post1 1.0.post1.dev1 1.0a1.dev1
        1.0a1.post1 0 0.dev0 1.0.post0 1.0+local 1.0+1 1.0.dev1+x 1.0a0 1.0.post1+x 1.9 1.10
        18446744073709551615 18446744073709551616""".split()  # noqa: SIM905
    questions = [
        (operator + bound, candidate, "none", "version")
        for operator in generators.OPERATORS
        for bound in bounds
        for candidate in generators.VERSIONS
    ]
    wildcards = ["0.*", "1.*", "1.0.*", "1.0.0.*", "1.1.*", "1!1.*", "1.9.*", "9.*", "99.*", "01.*"]
    questions += [
        (operator + wildcard, candidate, "none", "version")
        for operator in ("==", "!=")
        for wildcard in wildcards
        for candidate in generators.VERSIONS
    ]
    check_specifiers(ask, questions)


def test_specifier_sets(ask):
    rng = random.Random(SEED)
    questions = []
    for _ in range(20000):
        specifiers = generators.specifier_set(rng)
        if rng.random() < 0.1:
            specifiers = generators.mutated(rng, specifiers)
        candidate = generators.version(rng)
        if rng.random() < 0.1:
            candidate = rng.choice([*generators.BAD_VERSIONS, "foobar", "1.0.foo"])
        form = rng.choice(["version", "text"])
        questions.append((specifiers, candidate, rng.choice(["none", "true", "false"]), form))
    check_specifiers(ask, questions)


def evaluate(text: str, environment: dict, extras: list[str], groups: list[str]) -> str:
    try:
        marker = Marker(text)
    except InvalidMarker:
        return "invalid"
    sets = {"extras": frozenset(extras), "dependency_groups": frozenset(groups)}
    try:
        return text_of(marker.evaluate(environment | sets, context="lock_file"))
    except (UndefinedComparison, UndefinedEnvironmentName):
        return "undefined"


def deliberate(text: str) -> bool:
    """Characters by their Unicode names are not read."""
    return "\\N" in text


def check_markers(compare, markers: list[str], rng: random.Random) -> None:
    cases = []
    for text in markers:
        if deliberate(text):
            continue
        environment = dict(generators.ENVIRONMENT)
        if rng.random() < 0.3:
            environment["python_full_version"] = rng.choice(["3.14.0a1+", "3.9.18", "3.13.0rc2"])
            environment["platform_release"] = rng.choice(["5.15.0", "", "6.1.0-rc1", "4.4.0-x"])
        if rng.random() < 0.5:
            environment["extra"] = rng.choice(["", "foo", "Bar_Baz", "test"])
        extras = rng.sample(["foo", "Bar-Baz", "test"], rng.randrange(4))
        groups = rng.sample(["dev", "FOO", "bar.baz"], rng.randrange(4))
        question = ["marker", text, *(f"{key}={value}" for key, value in environment.items())]
        question += ["extras=" + ",".join(extras), "dependency_groups=" + ",".join(groups)]
        cases.append((tuple(question), evaluate(text, environment, extras, groups)))
    compare(cases)


def test_every_variable_with_every_operator(compare):
    names = generators.VERSION_VARIABLES + generators.TEXT_VARIABLES + generators.DOTTED_VARIABLES
    names += ["extra", "extras", "dependency_groups"]
    values = [
        "3.11",
        "3.11.7",
        "posix",
        "linux",
        "Linux",
        "foo",
        "x86_64",
        "6.1.0-18-amd64",
        "",
        "3.*",
    ]
    markers = []
    for name, value in itertools.product(names, values):
        for operator in [*generators.OPERATORS, "in", "not in"]:
            markers.append(f"{name} {operator} '{value}'")
            markers.append(f'"{value}" {operator} {name}')
    check_markers(compare, markers, random.Random(SEED))


def test_generated_markers(compare):
    rng = random.Random(SEED)
    check_markers(compare, [generators.marker(rng) for _ in range(15000)], rng)


def test_damaged_markers(compare):
    rng = random.Random(SEED)
    markers = [generators.mutated(rng, generators.marker(rng)) for _ in range(8000)]
    check_markers(compare, markers, rng)


@pytest.mark.filterwarnings("ignore:invalid")  # of Python, about escapes that it keeps as text
def test_markers_chosen_by_hand(compare):
    markers = [
        "",
        " ",
        "(",
        ")",
        "()",
        "os_name",
        "os_name ==",
        "== 'a'",
        "os_name == posix",
        "os_name == 'posix' and",
        "and os_name == 'posix'",
        "os_name == 'posix' os_name == 'nt'",
        "(os_name == 'posix'",
        "os_name == 'posix')",
        "((os_name == 'posix'))",
        "os_name == 'nt' or os_name == 'posix' and sys_platform == 'win32'",
        "(os_name == 'nt' or os_name == 'posix') and sys_platform == 'win32'",
        "os_name == 'posix' or os_name == 'nt' and sys_platform == 'win32'",
        "os_name=='posix'and sys_platform=='linux'",
        "os_name=='posix'or'nt'==os_name",
        "os_name == 'posix'andsys_platform == 'linux'",
        "os_namein'posix'",
        "os_name in'posix'",
        "'posix'in os_name",
        "os_name not in 'nt'",
        "os_name notin 'nt'",
        "os_name not 'nt'",
        "os_name  not\tin  'nt'",
        "os_name\n== 'posix'",
        "os_name == 'posix'\n",
        "os_name == 'a\nb'",
        "os_name == 'a\\nb'",
        "os_name == '\\x70osix'",
        "os_name == '\\160osix'",
        "os_name == '\\u0070osix'",
        "os_name == '\\U00000070osix'",
        "os_name == '\\x7'",
        "os_name == '\\'",
        "os_name == 'a\\'b'",
        'os_name == "a\\"b"',
        "os_name == '\\p'",
        "os_name == 'posix\\\n'",
        "os_name == '\\U00110000'",
        "os_name == '\\u12'",
        "os_name == '\\8'",
        "os_name == '\\777'",
        "os_name == 'é'",
        "os_nameé == 'a'",
        "os_name == 'posix' # comment",
        "python_version < '3.12' and python_version >= '3.9'",
        "python_version == '3.*'",
        "python_version == '3.11.*'",
        "python_version != '3.11.*'",
        "python_version ~= '3.9'",
        "python_version ~= '3'",
        "python_version === '3.11'",
        "python_version in '3.9 3.11'",
        "python_version not in '3.9, 3.10'",
        "python_version > '3.9' and '3.9' < python_version",
        "platform_release >= '5'",
        "platform_release >= '6.1.0'",
        "platform_version >= '1'",
        "platform_version == '1.0'",
        "os_name ~= 'posix'",
        "os_name === 'posix'",
        "os_name < 'z'",
        "os_name <= 'posix'",
        "'a' == 'a'",
        "'posix' == 'os_name'",
        "os_name == sys_platform",
        "'test' in extras",
        "'test' not in extras",
        "extras == 'test'",
        "'test' == extras",
        "'test' != extras",
        "extras in 'test'",
        "'Bar_Baz' in extras",
        "'dev' in dependency_groups",
        "os_name in extras",
        "extra == 'Bar.Baz'",
        "'foo' == extra",
        "extra in 'foo bar'",
        "python_implementation == 'CPython'",
        "platform.python_implementation == 'CPython'",
        "os.name == 'posix'",
        "os.namex == 'posix'",
        "platform.release == '6'",
        "python.version == '3'",
        "(" * 30 + "os_name == 'posix'" + ")" * 30,
        "(" * 30 + "os_name == 'posix'" + ")" * 29,
        "(" * 200 + "os_name == 'posix'" + ")" * 200,
        "(" * 201 + "os_name == 'posix'" + ")" * 201,
        "python_full_version < '3.11.8' or (python_full_version >= '3.12' and os_name == 'nt')",
        "sys_platform == 'linux' and (platform_machine == 'x86_64' or platform_machine == 'aarch64') "
        "and (implementation_name == 'cpython' and ('test' in extras or 'dev' in dependency_groups))",
    ]
    for seed in range(5):
        check_markers(compare, markers, random.Random(seed))
