#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Many pipelines in one process: they do not disturb each other, share
connections, keep a memory ceiling each; and many of them one after the other,
cancelled at all moments, leave nothing behind.

    PIN_ORIGIN=… PIN_MANY=… GST_PLUGIN_PATH=… test-many.py [CHECK…]
"""

import functools
import json
import os
import statistics
import subprocess

import pinlib
from pinlib import originlib, source

LIMIT = int(110 * pinlib.SLOW)
CYCLES = 500
MOMENTS = [0, 1, 3, 7, 12, 18, 25, 35, 50, 80]
# What a cycle may seem to leave: of what malloc handed out less than any object
# that is forgotten, of resident memory what the heap's holes make of it
HEAP_PER_CYCLE = 256
# What TLS below us keeps of each connection: 2.2 KB, over 2000 of them, were
# observed with glib-networking 2.74 in a program that only does GETs by libsoup
HEAP_PER_HANDSHAKE = 2300
RSS_PER_CYCLE = 16384
# Two Pins of these are of different kinds
NAMES = ("cmaf", "ts-h264", "mp4", "story", "ts-hevc", "mp4-tail", "ts-single",
         "cmaf-relay", "resource", "carousel")

tap = originlib.Tap(limit=240 * pinlib.SLOW)
site = originlib.site()
catalog = originlib.catalog(site)
folder_owner = pinlib.scratch()
folder = folder_owner.name


def pin_many(descriptions, *options):
    """Runs pin-many to its end; its lines."""
    result = subprocess.run(
        [os.environ.get("PIN_MANY", "pin-many"), "--limit=%d" % LIMIT,
         *options, *descriptions], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        env=pinlib.environment())
    assert result.returncode == 0, "status %d: %s%s" % (
        result.returncode, result.stdout[-2000:], result.stderr)
    assert not pinlib.COMPLAINT.search(result.stderr), result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def output(i):
    return os.path.join(folder, "%d.mp4" % i)


def description(origin, name, path, **properties):
    words = source(origin, catalog[name]["url"], name="src", **properties)
    return " ".join([*words, "!", "pinmp4bin", "!", "filesink",
                     "location=" + path])


def play(origin, names, **properties):
    """One pipeline per name, side by side; their lines, in the same order.
    properties may be functions of a pipeline's number."""
    rows = []
    for i, name in enumerate(names):
        rows.append(description(origin, name, output(i), **{
            key: value(i) if callable(value) else value
            for key, value in properties.items()}))
    lines = sorted(pin_many(rows), key=lambda line: line["index"])
    assert [line["index"] for line in lines] == list(range(len(names))), lines
    return lines


@functools.lru_cache(maxsize=None)
def alone(name):
    """What a pipeline for that Pin does in a process of its own: its packets,
    and its connections."""
    with originlib.Origin(site) as origin:
        play(origin, [name])
        return pinlib.packets(output(0)), origin.stats()["connections"]


def assert_exact(line, name):
    assert line["result"] == "eos", line
    pinlib.assert_same_packets(alone(name)[0],
                               pinlib.packets(output(line["index"])))


def names_for(n):
    return [NAMES[i % len(NAMES)] for i in range(n)]


@pinlib.check_each(tap, "side by side", [(n,) for n in (2, 10, 50)])
def all_are_exact(n):
    """And they share what they can."""
    names = names_for(n)
    apart = sum(alone(name)[1] for name in names)
    with originlib.Origin(site) as origin:
        lines = play(origin, names)
        together = origin.stats()["connections"]
    for line, name in zip(lines, names):
        assert_exact(line, name)
    print("# %d pipelines: %d connections together, %d apart" % (
        n, together, apart))
    assert together <= apart * (0.9 if n == 2 else 0.6), (together, apart)


def play_with_fault(fault, **properties):
    """Ten, of which one meets the fault. Its line, and those of the others,
    which are exact."""
    names = names_for(10)
    failing = names.index("story")
    best = "https://" + catalog["story"]["best"].replace(".m3u8", ".cmfv")
    with originlib.Origin(site) as origin:
        origin.faults([{"match": best, "times": -1, **fault}])
        lines = play(origin, names, **properties)
    assert not pinlib.looks_finished(output(failing))
    failed = lines.pop(failing)
    names.pop(failing)
    for line, name in zip(lines, names):
        assert_exact(line, name)
    return failed, lines


@tap
def one_that_fails_disturbs_nobody():
    failed, _ = play_with_fault({"kind": "status", "status": 403})
    assert failed["code"] == "blocked", failed


@tap
def one_that_stalls_disturbs_nobody():
    """Their own timeouts: the others are long done when it gives up."""
    failed, others = play_with_fault({"kind": "stall-body", "after": 2000},
                                     timeout=8)
    assert failed["code"] == "timeout" and failed["ms"] > 7000, failed
    for line in others:
        assert line["ms"] < 7000, line


@tap
def each_keeps_its_own_ceiling():
    """Small ones beside large ones."""
    names = ["cmaf", "ts-h264"] * 5
    ceilings = [(1 + i % 3) << 20 for i in range(len(names))]
    with originlib.Origin(site) as origin:
        lines = play(origin, names, max_buffer_bytes=ceilings.__getitem__)
    for line, name, ceiling in zip(lines, names, ceilings):
        assert_exact(line, name)
        peak = line["stats"]["buffer-bytes-peak"]
        print("# %s: peak of %d bytes, ceiling %d" % (name, peak, ceiling))
        assert 0 < peak <= ceiling, (name, peak, ceiling)


@tap
def cycles_leave_nothing():
    """500 starts that are cancelled. The first 200 are for what libraries set
    up once, and for the heap to find its size."""
    names = ("cmaf", "ts-h264", "mp4")
    with originlib.Origin(site) as origin:
        levels = pin_many(
            [description(origin, name, output(0)) for name in names],
            "--cycles=%d" % CYCLES,
            "--moments=" + ",".join(map(str, MOMENTS)))
        pinlib.until(lambda: origin.stats()["active_connections"] == 0,
                     "all connections closed", 2)
        handshakes = origin.stats()["tls_handshakes"] / CYCLES
    print("# %.1f handshakes a cycle, which leaves %d bytes of heap, %d "
          "resident" % (handshakes, growth(levels, "heap"),
                        growth_of_peak(levels, "rss")))
    for level in levels:
        print("# after %(cycles)3d: heap %(heap)d bytes, resident %(rss)d, "
              "%(fds)d descriptors, %(threads)d threads" % level)
    assert levels[-1]["cycles"] == CYCLES, levels
    assert all(level["fds"] <= levels[0]["fds"] for level in levels), levels
    assert all(level["threads"] <= levels[0]["threads"]
               for level in levels), levels
    below = handshakes * HEAP_PER_HANDSHAKE
    assert growth(levels, "heap") < HEAP_PER_CYCLE + below, levels
    assert growth_of_peak(levels, "rss") < RSS_PER_CYCLE + below, levels


def growth_of_peak(levels, what):
    """Bytes per cycle of what goes up and down by itself: its peak is what
    must not grow."""
    early = max(level[what] for level in levels if level["cycles"] <= 300)
    return (max(level[what] for level in levels) - early) / 200


def growth(levels, what):
    """Bytes per cycle, after the first 200."""
    early = [level[what] for level in levels if 200 <= level["cycles"] <= 300]
    late = [level[what] for level in levels if level["cycles"] >= 400]
    return (statistics.median(late) - statistics.median(early)) / 200


with folder_owner:
    tap.run()
