#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Measures gst-pin against its peers and against what the network allows.

    bench.py --build build-tests                 everything; half an hour
    bench.py --only speed --runs 3               one room
    bench.py --only 'speed/cmaf-24s*' --json out.json

All that is fetched comes from pin-origin on 127.0.0.1, on a site made by
make-site.py (made here where it is missing). The contestants of a group take
turns; numbers are medians. Tables go to standard output as Markdown, what is
being done to standard error. The exit status is 1 where a limit is missed, 2
where something could not be run.

A row with "~" was measured while other processes of the machine took more than
a quarter of a core: to be measured again.
"""

import argparse
import dataclasses
import fnmatch
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "origin"))
sys.dont_write_bytecode = True

import contestants  # noqa: E402
import measure      # noqa: E402
import originlib    # noqa: E402
import rooms        # noqa: E402

MOST_OTHERS = 0.25              # cores


class Failed(Exception):
    """A contestant did not do what it was started for."""


class Bench:
    """What the rooms are given: the site, a folder for files, and runs."""

    def __init__(self, args, folder):
        self.site = args.site
        self.catalog = originlib.catalog(args.site)
        self.env = contestants.environment(args.build, folder)
        self.failures = []
        self._folder = folder
        self._runs = args.runs
        self._wait = args.wait

    def scratch(self, name):
        return os.path.join(self._folder, name)

    def note(self, text):
        self.failures.append(text)
        print("not measured: " + text, file=sys.stderr)

    def group(self, group):
        """Runs a group; returns {name: [Sample]}."""
        if group.origin is None:
            return self._turns(group, group.make(None), ())
        latency, rate = group.origin
        with originlib.Origin(self.site, latency, rate) as origin:
            return self._turns(group, group.make(origin), (origin.pid,))

    def _turns(self, group, team, beside):
        samples = {name: [] for name in team}
        runs = self._runs or group.runs
        for number in range(runs):
            print("%s: run %d of %d" % (group.name, number + 1, runs),
                  file=sys.stderr)
            for name, one in team.items():
                measure.wait_for_quiet(MOST_OTHERS, self._wait)
                samples[name].append(self._one(name, one, beside,
                                               number == 0))
        return samples

    def _one(self, name, one, beside, is_first):
        sample = measure.run(one.words, self.env, beside=beside, **one.how)
        if sample.status != (None if one.may_stop else 0) or (
                one.how.get("pipe") and sample.first_byte is None):
            raise Failed("%s: status %s: %s" % (
                name, sample.status, " ".join(sample.stderr.split())[:300]))
        if one.output:
            if is_first:
                self._look(name, one)
            os.unlink(one.output)
        return sample

    def _look(self, name, one):
        """The file that was made must be the whole video with its sound."""
        done = subprocess.run(
            ["ffprobe", "-v", "error", "-of", "json", "-count_packets",
             "-show_streams", one.output], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        streams = {}
        if done.returncode == 0:
            for stream in json.loads(done.stdout)["streams"]:
                streams.setdefault(stream["codec_type"],
                                   int(stream["nb_read_packets"]))
        frames = round(one.entry["duration_ms"] * one.entry["fps"] / 1000)
        if streams.get("video") != frames or not streams.get("audio"):
            raise Failed("%s: made a file with %s packets, not %d of video: %s"
                         % (name, streams, frames, done.stderr.strip()))


def verdict(row, samples):
    others = max(measure.median(list_, "others") for list_ in samples.values())
    if not row.checks:
        text = ""
    else:
        text = ("holds" if all(check.holds for check in row.checks)
                else "MISSED")
    return text + (" ~" if others > MOST_OTHERS else "")


def cells(row, verdict_text):
    out = dict(row.columns)
    for check in row.checks:
        out[check.what] = "%s ≤ %s" % (check.form % check.value,
                                       check.form % check.limit)
    out["verdict"] = verdict_text
    return out


def print_table(title, lines):
    """Markdown; the columns are those of all lines, in order of appearance."""
    names = list(dict.fromkeys(name for line in lines for name in line
                               if name != "verdict")) + ["verdict"]
    print("\n%s\n" % title)
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for line in lines:
        print("| " + " | ".join(line.get(name, "") for name in names) + " |")
    sys.stdout.flush()


def is_wanted(only, room, group):
    return not only or any(
        fnmatch.fnmatch(room, pattern)
        or fnmatch.fnmatch("%s/%s" % (room, group), pattern)
        for pattern in only)


def run_room(bench, name, only, report):
    room, title = rooms.ROOMS[name]
    lines = []
    for group in room(bench):
        if not is_wanted(only, name, group.name):
            continue
        try:
            samples = bench.group(group)
        except Failed as problem:
            bench.note("%s, %s: %s" % (name, group.name, problem))
            continue
        for row in group.rows(samples):
            text = verdict(row, samples)
            lines.append(cells(row, text))
            report.append({"room": name, "group": group.name, **row.columns,
                           "checks": [{**dataclasses.asdict(check),
                                       "holds": check.holds}
                                      for check in row.checks],
                           "verdict": text})
        report.append({"room": name, "group": group.name, "samples": {
            who: [dataclasses.asdict(sample) for sample in list_]
            for who, list_ in samples.items()}})
    if lines:
        print_table(title, lines)


def load():
    return " ".join("%.2f" % value for value in os.getloadavg())


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0],
        epilog="Rooms: %s. See docs/bench.md." % ", ".join(rooms.ROOMS))
    parser.add_argument("--build", metavar="DIR",
                        default=os.path.join(ROOT, "build-tests"),
                        help="the meson build folder (build-tests)")
    parser.add_argument("--site", metavar="DIR", help="of make-site.py "
                        "(PIN_SITE, or site in the build folder)")
    parser.add_argument("--origin", metavar="FILE", help="pin-origin "
                        "(PIN_ORIGIN, or that of the build folder)")
    parser.add_argument("--only", metavar="NAME", action="append", default=[],
                        help="a room, or ROOM/GROUP; may hold * and ?")
    parser.add_argument("--runs", metavar="N", type=int,
                        help="of each contestant (3 to 9, by room)")
    parser.add_argument("--wait", metavar="SECONDS", type=float, default=0,
                        help="before each run, at most so long for the "
                        "machine to be quiet (0)")
    parser.add_argument("--json", metavar="FILE",
                        help="write rows and samples there")
    args = parser.parse_args()
    args.build = os.path.abspath(args.build)
    args.site = os.path.abspath(args.site or os.environ.get("PIN_SITE")
                                or os.path.join(args.build, "site"))
    os.environ["PIN_SITE"] = args.site
    if args.origin or "PIN_ORIGIN" not in os.environ:
        os.environ["PIN_ORIGIN"] = os.path.abspath(
            args.origin or os.path.join(args.build, "tests/origin/pin-origin"))
    return args


def prepare(args, folder):
    try:
        if not os.access(os.environ["PIN_ORIGIN"], os.X_OK):
            raise RuntimeError("no pin-origin: " + os.environ["PIN_ORIGIN"])
        originlib.site("bench", "huge")
        bench = Bench(args, folder)
        contestants.warm_up(bench.env)
    except (OSError, RuntimeError) as problem:
        print("bench.py: %s" % problem, file=sys.stderr)
        sys.exit(2)
    return bench


def main():
    args = arguments()
    report = []
    with tempfile.TemporaryDirectory(prefix="pin-bench-") as folder:
        bench = prepare(args, folder)
        print("%s; %s; %d cores; load %s; %s" % (
            contestants.version("yt-dlp"), contestants.version("ffmpeg"),
            os.cpu_count(), load(), time.strftime("%Y-%m-%d %H:%M")))
        for name in rooms.ROOMS:
            run_room(bench, name, args.only, report)
        print("\nLoad at the end: %s" % load())
    for text in bench.failures:
        print("Not measured: " + text)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as stream:
            json.dump(report, stream, indent=1)
    missed = any("MISSED" in line.get("verdict", "") for line in report)
    sys.exit(2 if bench.failures else 1 if missed else 0)


if __name__ == "__main__":
    main()
