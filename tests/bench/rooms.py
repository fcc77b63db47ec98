# SPDX-License-Identifier: LGPL-2.1-or-later

"""What is measured, against what, and how good it must be.

The limits are the tables at the top of each part. A room is a function of the
bench (see bench.py) that yields groups; the contestants of a group take turns,
so that what the machine does besides hits them alike. A group's rows are made
when all its runs are done.
"""

import dataclasses
import glob
import os
import typing

import contestants
import floors
import measure

# The origin of most rows: ms before each answer, bytes per second of each
# connection
LATENCY, RATE = 50, 5000000
# pinsrc's max-connections where it is not set
DEFAULT_CONNECTIONS = 16


@dataclasses.dataclass
class Contestant:
    """One command line, and how it is run."""
    words: list
    output: str = None          # removed after each run
    entry: dict = None          # the Pin that the output must show
    may_stop: bool = False      # is stopped before its end
    how: dict = dataclasses.field(default_factory=dict)   # for measure.run()


@dataclasses.dataclass
class Check:
    """One limit of a row."""
    what: str
    value: float
    limit: float
    form: str = "%.2f"

    @property
    def holds(self):
        return self.value <= self.limit


@dataclasses.dataclass
class Row:
    """One line of the table. columns: what is printed; checks: the limits."""
    columns: dict
    checks: list


@dataclasses.dataclass
class Group:
    """Contestants that take turns, and what to make of their samples."""
    name: str
    origin: tuple               # latency and rate; None: needs none
    make: typing.Callable       # origin → {name: Contestant}
    rows: typing.Callable       # {name: [Sample]} → [Row]
    runs: int = 5


# --- speed: whole process, from a Pin's URL to a finished MP4 ----------------

# Pin, connections, peer, at most of its time, at most of the floor
SPEED = (
    ("cmaf-24s", 32, "yt-dlp", 0.20, 1.5),
    ("cmaf-24s", 16, None, None, 1.5),
    ("cmaf-24s", 1, "ffmpeg", 1.00, None),
    ("cmaf-5min", 32, "yt-dlp", 0.30, 1.5),
    ("cmaf-5min", 16, None, None, 1.5),
    ("cmaf-5min", 1, "ffmpeg", 1.00, None),
    ("ts-5min", 32, "yt-dlp", 0.45, 1.5),
    ("ts-5min", 16, None, None, 1.5),
    ("ts-5min", 1, "ffmpeg", 1.00, None),
    ("ts-5min", 2, "ffmpeg", 1.00, None),
)
# More connections than this are compared apart: those runs are short
FEW = 2


def speed_contestants(bench, entry, lines):
    def make(origin):
        out = {}
        for _, connections, peer, _, _ in lines:
            path = bench.scratch("ours-%d.mp4" % connections)
            out[str(connections)] = Contestant(contestants.pin_to_file(
                origin, entry, connections, path), path, entry)
            path = bench.scratch("peer-%d.mp4" % connections)
            if peer == "yt-dlp":
                out[peer] = Contestant(contestants.yt_dlp(
                    origin, entry, connections, path), path, entry)
            elif peer == "ffmpeg":
                out[peer] = Contestant(contestants.ffmpeg_hls(
                    origin, entry, path), path, entry)
        return out

    return make


def speed_row(bench, entry, line, samples):
    pin, connections, peer, of_peer, of_floor = line
    seconds = measure.median(samples[str(connections)], "seconds")
    floor = floors.whole(bench.site, entry, LATENCY, RATE, connections)
    columns = {"Pin": pin, "connections": str(connections),
               "seconds": "%.3f" % seconds, "floor": "%.3f" % floor,
               "peer": "", "its seconds": ""}
    checks = []
    if peer:
        theirs = measure.median(samples[peer], "seconds")
        columns.update({"peer": peer, "its seconds": "%.3f" % theirs})
        checks.append(Check("of the peer", seconds / theirs, of_peer))
    if of_floor:
        checks.append(Check("of the floor", seconds / floor, of_floor))
    return Row(columns, checks)


def speed(bench):
    for pin in dict.fromkeys(line[0] for line in SPEED):
        entry = bench.catalog[pin]
        for kind in ("parallel", "few"):
            lines = [line for line in SPEED if line[0] == pin
                     and (line[1] <= FEW) == (kind == "few")]
            yield Group("%s, %s" % (pin, kind), (LATENCY, RATE),
                        speed_contestants(bench, entry, lines),
                        lambda samples, lines=lines, entry=entry:
                        [speed_row(bench, entry, line, samples)
                         for line in lines])


# --- first byte: of fragmented MP4, on a pipe --------------------------------

# Pin, latency, rate, at most ms above the floor, at most ms in all
FIRST_BYTE = (
    ("cmaf-24s", LATENCY, RATE, 60, None),
    ("ts-5min", LATENCY, RATE, 60, None),
    ("cmaf-24s", 0, 0, None, 80),
    ("ts-5min", 0, 0, None, 80),
)


def first_byte_row(floor, line, samples):
    pin, latency, rate, above, most = line
    seconds = measure.median(samples["ours"], "first_byte")
    checks = []
    if above is not None:
        checks.append(Check("ms above the floor", 1000 * (seconds - floor),
                            above, "%.0f"))
    if most is not None:
        checks.append(Check("ms", 1000 * seconds, most, "%.0f"))
    return Row({"Pin": pin, "origin": "%d ms, %g MB/s" % (latency, rate / 1e6)
                if rate else "adds nothing", "ms": "%.0f" % (1000 * seconds),
                "floor": "%.0f" % (1000 * floor),
                "empty pipeline": "%.0f" % (1000 * measure.median(
                    samples["empty"], "seconds"))}, checks)


def first_byte(bench):
    for line in FIRST_BYTE:
        pin, latency, rate = line[:3]
        entry = bench.catalog[pin]
        floor = floors.first_byte(bench.site, entry, latency, rate,
                                  DEFAULT_CONNECTIONS)

        def make(origin, entry=entry):
            return {"ours": Contestant(
                contestants.pin(origin, entry, "fdsink fd=1"), may_stop=True,
                how={"pipe": True, "first_only": True, "limit": 30}),
                    "empty": Contestant(contestants.empty())}

        yield Group("%s, %d ms" % (pin, latency), (latency, rate), make,
                    lambda samples, line=line, floor=floor:
                    [first_byte_row(floor, line, samples)], runs=9)


# --- memory: peak of the whole process, default settings, into a pipe --------

# What, Pin, how: for measure.run(), at most MiB, at most of the first row
MEMORY = (
    ("190 MB", "ts-5min", {}, 72, None),
    ("ten times as long", "ts-50min", {}, None, 1.05),
    ("a sink that takes 200 KB/s", "ts-5min", {"rate": 200000, "limit": 20},
     100, None),
)


def memory_row(line, samples, first):
    what, pin, _, most, of_first = line
    mib = measure.median(samples["ours"], "mib")
    checks = []
    if most is not None:
        checks.append(Check("MiB", mib, most, "%.1f"))
    if of_first is not None and first is not None:
        checks.append(Check("of the first row", mib / first, of_first))
    return Row({"what": what, "Pin": pin, "MiB": "%.1f" % mib,
                "empty pipeline": "%.1f" % measure.median(samples["empty"],
                                                          "mib")}, checks)


def memory(bench):
    firsts = []

    def rows(line, samples):
        row = memory_row(line, samples, firsts[0] if firsts else None)
        firsts.append(measure.median(samples["ours"], "mib"))
        return [row]

    for line in MEMORY:
        what, pin, how = line[:3]
        if pin not in bench.catalog:
            bench.note("memory, %s: the site has no %s (make-site.py --huge)"
                       % (what, pin))
            continue

        def make(origin, pin=pin, how=how):
            words = contestants.pin(origin, bench.catalog[pin], "fdsink fd=1",
                                    mux="pinmp4bin format=fragmented")
            return {"ours": Contestant(words, may_stop="rate" in how, how={
                "pipe": True, "memory": True, **how}),
                    "empty": Contestant(contestants.empty(),
                                        how={"memory": True})}

        yield Group(what, (LATENCY, RATE), make,
                    lambda samples, line=line: rows(line, samples), runs=3)


# --- mux: the muxer alone, from files ----------------------------------------

# Input, layout, at most of ffmpeg's CPU time, at most MiB, and bytes more for
# each sample
MUX = (
    ("ts", "auto", 0.75, 24, 40),
    ("ts", "plain", 0.75, 24, 40),
    ("ts", "fragmented", 0.75, 24, 0),
    ("fmp4", "auto", 0.75, 24, 40),
    ("fmp4", "plain", 0.75, 24, 40),
    ("fmp4", "fragmented", 0.75, 24, 0),
)
# Of sound, in each second: AAC at 44.1 kHz
SOUND_SAMPLES = 44100 / 1024


def mux_inputs(bench, kind):
    """Files: the transport stream in one piece; or picture and sound."""
    if kind == "fmp4":
        entry = bench.catalog["cmaf-5min"]
        return [os.path.join(bench.site, entry[key][:-len("m3u8")] + suffix)
                for key, suffix in (("best", "cmfv"), ("audio", "cmfa"))]
    path = bench.scratch("input.ts")
    if not os.path.exists(path):
        stem = os.path.join(bench.site,
                            bench.catalog["ts-5min"]["best"])[:-len(".m3u8")]
        with open(path, "wb") as joined:
            for name in sorted(glob.glob(stem + "_*.ts")):
                with open(name, "rb") as piece:
                    joined.write(piece.read())
    return [path]


def samples_of(entry):
    return entry["duration_ms"] / 1000 * (entry["fps"] + SOUND_SAMPLES)


def mux_row(entry, line, samples):
    kind, layout, of_peer, most, per_sample = line
    cpu = measure.median(samples[layout], "cpu")
    theirs = measure.median(samples["ffmpeg"], "cpu")
    mib = measure.median(samples[layout], "mib")
    checks = [Check("of ffmpeg's CPU", cpu / theirs, of_peer)]
    if most is not None:
        checks.append(Check("MiB", mib, most + per_sample * samples_of(entry)
                            / 2 ** 20, "%.1f"))
    return Row({"input": kind, "layout": layout, "CPU s": "%.3f" % cpu,
                "ffmpeg's": "%.3f" % theirs, "seconds": "%.3f"
                % measure.median(samples[layout], "seconds"),
                "its": "%.3f" % measure.median(samples["ffmpeg"], "seconds"),
                "MiB": "%.1f" % mib, "its MiB": "%.1f"
                % measure.median(samples["ffmpeg"], "mib")}, checks)


def mux(bench):
    for kind in dict.fromkeys(line[0] for line in MUX):
        lines = [line for line in MUX if line[0] == kind]
        entry = bench.catalog["cmaf-5min" if kind == "fmp4" else "ts-5min"]

        def make(_, kind=kind, lines=lines, entry=entry):
            inputs, out = mux_inputs(bench, kind), {}
            how = {"memory": True}
            for _, layout, *_ in lines:
                path = bench.scratch("mux-%s.mp4" % layout)
                out[layout] = Contestant(contestants.mux(
                    inputs, path, layout), path, entry, how=how)
            path = bench.scratch("mux-ffmpeg.mp4")
            out["ffmpeg"] = Contestant(contestants.ffmpeg_mux(inputs, path),
                                       path, entry, how=how)
            return out

        yield Group(kind, None, make, lambda samples, lines=lines, entry=entry:
                    [mux_row(entry, line, samples) for line in lines], runs=7)


# Name → the room and what its table says on top
ROOMS = {
    "speed": (speed, "Speed: whole process, from the Pin's URL to a finished "
              "MP4"),
    "first-byte": (first_byte, "First byte of fragmented MP4 on a pipe, start "
                   "of the process included"),
    "memory": (memory, "Peak memory of the whole process, fragmented MP4 into "
               "a pipe"),
    "mux": (mux, "The muxer alone, from files to a file"),
}
