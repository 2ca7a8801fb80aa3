# SPDX-License-Identifier: BSD-3-Clause
"""Prints the last line of a test run: "N passed, N failed, N skipped"."""

import sys
import xml.etree.ElementTree as ElementTree


def main() -> int:
    suites = ElementTree.parse(sys.argv[1]).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    print(f"{total - failed - skipped} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or total == skipped else 0


if __name__ == "__main__":
    sys.exit(main())
