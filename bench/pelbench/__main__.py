"""The command line of the benchmark: scripts/bench says how it is called."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from support.interpreters import default_python

from pelbench import chart, docs, machine, report
from pelbench.group import measure_group, say
from pelbench.peers import Peers
from pelbench.scenarios import ALL, groups
from pelbench.world import PROFILES, ROOT, World


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--full", dest="profile", action="store_const", const="full")
    parser.add_argument("--smoke", dest="profile", action="store_const", const="smoke",
                        help="one round of the smallest lock: shows that it works")  # fmt: skip
    parser.add_argument("--program", type=Path, default=ROOT / "build/bin/pyenvlaunch")
    parser.add_argument("--work", type=Path, default=ROOT / "build/bench",
                        help="where everything is kept")  # fmt: skip
    parser.add_argument("--results", type=Path, help="where the results go (WORK/results)")
    parser.add_argument("--read", type=Path, metavar="JSON", help="only prints earlier results")
    parser.add_argument("--docs", action="store_true", help="also into docs/performance.md")
    parser.add_argument("scenario", nargs="*", help=f"some of: {', '.join(ALL)}")
    parser.set_defaults(profile="quick")
    options = parser.parse_args(arguments)
    for name in options.scenario:
        if name not in ALL:
            parser.error(f"unknown scenario '{name}': there are {', '.join(ALL)}")
    return options


def measure(options: argparse.Namespace, folder: Path) -> report.Report:
    options.work.mkdir(parents=True, exist_ok=True)
    python = default_python()
    say("peers: installing what is missing")
    peers = Peers(options.work / "peers", python.path)
    world = World(options.work, options.program, python, PROFILES[options.profile], peers)
    described = machine.describe(options.work)
    found = report.Report(described, notes=world.notes)
    world.notes += [f"peer {name} is missing: {why}" for name, why in peers.failures.items()]
    world.empty_trash()  # of a run that was interrupted
    begin = time.monotonic()
    for group in groups(world, options.scenario or list(ALL)):
        say(f"{time.monotonic() - begin:5.0f} s  {group.title}")
        found.groups.append(measure_group(group))
        world.empty_trash()
        write(found, folder)  # what there is, should this be interrupted
    described["load after"] = " ".join(f"{value:.2f}" for value in os.getloadavg())
    described["Python"] = python.full
    described["peers"] = peers.versions()
    described["profile"] = f"{options.profile}, {time.monotonic() - begin:.0f} s"
    return found


def write(found: report.Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(report.as_json(found))
    (folder / "bench.md").write_text(report.markdown(found))
    (folder / "bench.svg").write_text(chart.svg(found))


def main(arguments: list[str]) -> int:
    # What a benchmark's user has set must not change what is measured.
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        os.environ.pop(name, None)
    options = parse(arguments)
    options.work = options.work.resolve()
    folder = (options.results or options.work / "results").resolve()
    if options.read:
        found = report.read_json(options.read.read_text())
    else:
        options.program = options.program.resolve()
        if not options.program.exists():
            say(f"scripts/bench: error: there is no {options.program}\n  hint: run scripts/build")
            return 1
        found = measure(options, folder)
    write(found, folder)
    if options.docs:
        docs.write(found, ROOT / "docs")
    print(report.markdown(found))
    say(f"written: {folder}/bench.md, bench.json, bench.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
