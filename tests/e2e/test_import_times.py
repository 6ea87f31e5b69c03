"""`run --import-times` and `run --trace`: what a run tells of itself."""

import json
import re

import pytest
from support.browser import Browser
from support.wheels import Wheel

OUTER = "import time\ntime.sleep(0.02)\nfrom inner import part\n"
INNER = "import time\ntime.sleep(0.01)\n"


@pytest.fixture
def lock(lock_of):
    return lock_of(
        Wheel("outer", files={"outer/__init__.py": OUTER}),
        Wheel("inner", files={"inner/__init__.py": INNER, "inner/part.py": "import json.tool\n"}),
    )


def page_data(path):
    text = path.read_text()
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    data = json.loads(match[1])
    names = ("name", "parent", "depth", "begin", "total", "failed")
    return data["end"], [dict(zip(names, row, strict=True)) for row in data["imports"]]


def measured(pel, lock, tmp_path, *target, **options):
    page = tmp_path / "page.html"
    done = pel("run", f"--import-times={page}", lock, "--", *target, **options)
    return done, page


def named(imports, name):
    found = [one for one in imports if one["name"] == name]
    assert len(found) == 1, (name, [one["name"] for one in imports])
    return found[0]


@pytest.fixture(params=["embedded", "hosted"])
def mode(request):
    return {"PYENVLAUNCH_MODE": request.param}


def test_a_table_behind_the_program_s_own_output(pel, lock, mode):
    done = pel(
        "run",
        "--import-times",
        lock,
        "--",
        "python",
        "-c",
        "import outer; print('hello')",
        env=mode,
    )
    assert done.ok() == "hello\n"
    rows = {}
    for line in done.stderr.splitlines():
        if match := re.fullmatch(r" *([\d.]+) +([\d.]+)  (\S+)", line):
            rows[match[3]] = (float(match[1]), float(match[2]))
    assert re.search(r"^pyenvlaunch: \d+ imports took [\d.]+ ms of [\d.]+ ms$", done.stderr, re.M)
    assert rows["outer"][0] >= 20
    assert rows["outer"][1] >= rows["outer"][0] + rows["inner"][1] - 0.1
    assert rows["inner"][0] >= 10


def test_a_page_knows_who_imported_whom(pel, lock, tmp_path, mode):
    done, page = measured(pel, lock, tmp_path, "python", "-c", "import outer", env=mode)
    done.ok()
    assert done.stderr == ""
    end, imports = page_data(page)
    outer, inner = named(imports, "outer"), named(imports, "inner")
    part = named(imports, "inner.part")
    assert outer["parent"] == -1
    assert outer["depth"] == 0
    assert imports[inner["parent"]]["name"] == "outer"
    assert imports[part["parent"]]["name"] == "outer"
    assert imports[named(imports, "json.tool")["parent"]]["name"] == "inner.part"
    assert inner["total"] >= 10
    assert outer["total"] >= 20 + inner["total"] + part["total"]
    for one in imports:
        assert 0 <= one["begin"] <= end
        if one["parent"] >= 0:
            parent = imports[one["parent"]]
            assert parent["begin"] <= one["begin"]
            assert one["depth"] == parent["depth"] + 1


def test_a_page_needs_nothing_from_elsewhere_and_draws_itself(pel, lock, tmp_path):
    done, page = measured(pel, lock, tmp_path, "python", "-c", "import outer")
    done.ok()
    text = page.read_text()
    assert not re.search(r"https?://|\ssrc=|@import|url\(", text)
    shown = Browser(tmp_path / "profile").show(page)
    boxes = [box.text for box in shown.all("div") if box.attributes.get("class") == "f"]
    assert {"outer", "inner", "inner.part"} <= set(boxes)
    rows = [row.all("td")[-1].text for row in shown.all("tr") if row.all("td")]
    assert sorted(rows) == sorted(one["name"] for one in page_data(page)[1])
    _, imports = page_data(page)
    own = [one["total"] for one in imports]
    for one in imports:
        if one["parent"] >= 0:
            own[one["parent"]] -= one["total"]
    assert rows[0] == imports[own.index(max(own))]["name"]  # most time in itself comes first


def test_what_fails_or_has_a_strange_name_is_shown(pel, lock, tmp_path):
    code = """
import importlib
for name in ("nowhere", "</script><b>", 'a"quote\\\\', "sn\\u00f6"):
    try:
        importlib.import_module(name)
    except ImportError:
        pass
"""
    done, page = measured(pel, lock, tmp_path, "python", "-c", code)
    done.ok()
    _, imports = page_data(page)
    for name in ("nowhere", "</script><b>", 'a"quote\\', "snö"):
        assert named(imports, name)["failed"] == 1, name
    assert named(imports, "importlib")["failed"] == 0


def test_only_the_process_itself_reports(pel, lock, tmp_path, mode):
    code = """
import os, subprocess, sys
child = os.fork()
if child == 0:
    sys.exit(0)
os.waitpid(child, 0)
subprocess.run([sys.executable, "-c", "import inner"], check=True)
"""
    done = pel("run", "--import-times", "--trace", lock, "--", "python", "-c", code, env=mode)
    done.ok()
    assert done.stderr.count("imports took") == 1
    assert done.stderr.count("the interpreter has ended") == 1


def test_imports_of_threads_are_their_own(pel, lock, tmp_path):
    code = """
import threading
def work():
    import inner
thread = threading.Thread(target=work)
thread.start()
import outer
thread.join()
"""
    done, page = measured(pel, lock, tmp_path, "python", "-c", code)
    done.ok()
    _, imports = page_data(page)
    tops = [one["name"] for one in imports if one["parent"] == -1]
    assert {"threading", "inner", "outer"} <= set(tops)


def test_status_of_the_program_stays_and_an_unfinished_import_is_shown(pel, lock_of, tmp_path):
    lock = lock_of(Wheel("ending", files={"ending/__init__.py": "import sys\nsys.exit(7)\n"}))
    done, page = measured(pel, lock, tmp_path, "python", "-c", "import ending")
    assert done.returncode == 7
    _, imports = page_data(page)
    assert named(imports, "ending")["failed"] == 1


def test_the_program_does_not_see_that_it_is_observed(pel, lock, mode):
    code = "import os; print([name for name in os.environ if 'IMPORT' in name or 'TRACE' in name])"
    done = pel("run", "--import-times", "--trace", lock, "--", "python", "-c", code, env=mode)
    assert done.ok() == "[]\n"


def test_a_page_that_cannot_be_written_is_refused_before_anything_runs(pel, lock, tmp_path):
    place = tmp_path / "nowhere/page.html"
    done = pel("run", f"--import-times={place}", lock, "--", "python", "-c", "print('ran')")
    assert done.stdout == ""
    expected = f"cannot write {place}: no such file or directory"
    assert expected.lower() in done.failed().lower()


def test_trace_tells_the_phases_in_their_order(pel, lock):
    pel("sync", lock).ok()
    done = pel("run", "--trace", lock, "--", "python", "-c", "print('hello')")
    assert done.ok() == "hello\n"
    lines = re.findall(r"^pyenvlaunch: trace: +([\d.]+) ms  (.*)$", done.stderr, re.M)
    assert len(lines) == len(done.stderr.splitlines())
    moments = [float(moment) for moment, _ in lines]
    assert moments == sorted(moments)
    texts = [text for _, text in lines]
    assert texts[0] == "environment: resolve"
    assert texts[-4:] == [
        "the environment is complete, the first program takes over",
        "the interpreter's library is loaded, and its core has started",
        "site has run, the program begins",
        "the interpreter has ended",
    ]


def test_a_script_can_be_observed(pel, lock, tmp_path):
    script = tmp_path / "tool.py"
    script.write_text("import sys, outer\nprint(sys.argv[1:])\n")
    lock.rename(tmp_path / "tool.py.lock")
    page = tmp_path / "page.html"
    done = pel("run", f"--import-times={page}", "--script", script, "--flag", "a")
    assert done.ok() == "['--flag', 'a']\n"
    assert named(page_data(page)[1], "outer")["parent"] == -1


def test_sub_interpreters_and_a_second_start_of_site_do_no_harm(pel, lock, tmp_path):
    code = "import site, importlib; importlib.reload(site); import outer"
    done, page = measured(pel, lock, tmp_path, "python", "-c", code)
    done.ok()
    assert named(page_data(page)[1], "outer")
