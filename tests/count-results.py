#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Reads what `meson test` recorded, says what failed, and counts.

    count-results.py testlog.json…

Each file is a meson-logs/NAME.json: a line of JSON per test program. The counts
are of the TAP lines inside, so that a program of 200 checks counts as 200. A
program that failed without a line that says so (it crashed, hung, or planned
more checks than it made) counts as one failure more. The last line is

    N passed, N failed, N skipped

and the exit status is 0 only where something passed and nothing failed.
"""

import json
import re
import sys

# Indented lines are of a subtest, whose result its parent repeats.
RESULT = re.compile(r"^(not )?ok\b(?:\s+\d+)?(?:\s*-)?\s*(.*)$")
DIRECTIVE = re.compile(r"#\s*(skip|todo)\S*\s*(.*)$", re.IGNORECASE)
LOG_LINES = 60


class Program:
    """One test program's results."""

    def __init__(self, record):
        self.name = record["name"].rpartition(" / ")[2]
        self.outcome = record["result"]
        self.output = record.get("stdout") or ""
        self.errors = record.get("stderr") or ""
        self.passed, self.failed, self.skipped = 0, [], []
        for line in self.output.splitlines():
            self._read(line)
        if not (self.passed or self.failed or self.skipped):
            self._judge_whole()
        elif (self.outcome not in ("OK", "SKIP", "EXPECTEDFAIL")
              and not self.failed):
            self.failed.append("(%s)" % self.outcome.lower())

    def _read(self, line):
        if line.lower().startswith("1..0"):
            self.skipped.append(line.partition("#")[2].strip() or "no checks")
            return
        match = RESULT.match(line)
        if not match:
            return
        name = match.group(2)
        directive = DIRECTIVE.search(name)
        if directive and directive.group(1).lower() == "skip":
            self.skipped.append(name)
        elif match.group(1) and not directive:
            self.failed.append(name)
        else:
            self.passed += 1

    def _judge_whole(self):
        if self.outcome in ("OK", "EXPECTEDFAIL"):
            self.passed = 1
        elif self.outcome == "SKIP":
            self.skipped.append("the whole program")
        else:
            self.failed.append("(%s)" % self.outcome.lower())

    def report(self):
        for name in self.skipped:
            print("skipped: %s: %s" % (self.name, name))
        if not self.failed:
            return
        for name in self.failed:
            print("FAILED: %s: %s" % (self.name, name))
        for title, text in (("output", self.output), ("errors", self.errors)):
            lines = text.splitlines()
            if lines:
                print("  --- %s of %s%s" % (
                    title, self.name, ", the end of it"
                    if len(lines) > LOG_LINES else ""))
            for line in lines[-LOG_LINES:]:
                print("  | " + line)


def main():
    passed = failed = skipped = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8", errors="replace") as stream:
            programs = [Program(json.loads(line)) for line in stream]
        for program in programs:
            program.report()
            passed += program.passed
            failed += len(program.failed)
            skipped += len(program.skipped)
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(0 if passed and not failed else 1)


if __name__ == "__main__":
    main()
