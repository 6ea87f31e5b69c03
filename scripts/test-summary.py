"""test-summary.py FOLDER: the closing line of scripts/test.

Counts the tests in FOLDER's JUnit files; a stage that has none counts as one test itself. The exit
status is 0 only if something passed and nothing failed.
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

# These end in a count of tests, or something is wrong with them.
COUNTED = {"unit", "layers", "oracle", "e2e-root", "e2e-hosted", "plugins", "cpython"}


def count(file: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of one JUnit file."""
    root = ET.parse(file).getroot()
    passed = failed = skipped = 0
    for case in root.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") in ("disabled", "notrun"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main(folder: Path) -> int:
    passed = failed = skipped = 0
    for status in sorted(folder.glob("*.status")):
        file = folder / f"{status.stem}.xml"
        stage_failed = status.read_text().strip() != "ok"
        if file.exists():
            counts = count(file)
            passed, failed, skipped = (
                a + b for a, b in zip((passed, failed, skipped), counts, strict=True)
            )
            # A stage that failed although no test did: the failure must not be lost.
            failed += int(stage_failed and counts[1] == 0)
        elif stage_failed or status.stem in COUNTED:
            failed += 1
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
