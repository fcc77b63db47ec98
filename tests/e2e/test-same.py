#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The same input gives the same file, byte for byte: from files that come in
other pieces and at another pace each time, and from the network, whatever its
latency and the number of connections. In each format.

    GST_PLUGIN_PATH=… PIN_RUN=… test-same.py [CHECK…]
"""

import hashlib
import os
import random

import cases
import pinlib
from pinlib import launch, originlib

tap = originlib.Tap(limit=200)
folder_owner = pinlib.scratch()
folder = folder_owner.name
shop = cases.Workshop(folder)
FORMATS = ("faststart", "fragmented", "plain")
RUNS = 5


def path_of(name):
    return os.path.join(folder, name)


def digest(path):
    return hashlib.sha256(cases.read(path)).hexdigest()


def assert_repeats(words_of):
    """words_of(i): the pipeline of the i-th run, up to its pinmp4bin."""
    for layout in FORMATS:
        seen = set()
        for i in range(RUNS):
            path = path_of("out.mp4")
            launch(["pinmp4bin", "name=m", "format=" + layout, "!", "filesink",
                    "location=" + path, *words_of(i)])
            seen.add((digest(path), os.path.getsize(path)))
        assert len(seen) == 1, (layout, seen)


# --- files --------------------------------------------------------------------

def large():
    """Of several batches, so that room for the header is set aside."""
    path = path_of("large.ts")
    if not os.path.exists(path):
        cases.ffmpeg("-f lavfi -i testsrc2=s=320x180:r=25:d=16,"
                     "noise=alls=40:allf=t " + cases.sound(44100, 16)
                     + cases.X264 + "-b:v 2M -maxrate 3M -bufsize 2M "
                     + cases.AAC, path)
        assert os.path.getsize(path) > 3e6, os.path.getsize(path)
    return path


def apart(source, suffix, words=""):
    """The picture and the sound, each in a file of its own."""
    return [cases.ffmpeg("-copyts -i %s -map 0:%s -c copy %s %s" % (
        source, kind, words, "-muxdelay 0 -muxpreload 0" if suffix == "ts"
        else ""), path_of("apart-%s.%s" % (kind, suffix)))
        for kind in ("v", "a")]


def of_case(name):
    case, = [case for case in cases.CASES if case.name == name]
    return lambda: shop.make(case).inputs


INPUTS = [
    ["TS", lambda: [large()]],
    ["TS in two files", lambda: apart(large(), "ts")],
    ["MP4 in two files", lambda: apart(cases.ffmpeg(
        "-i %s -c copy -bsf:a aac_adtstoasc" % large(), path_of("large.mp4")),
        "mp4", cases.FRAGMENTS + "-frag_duration 2000000")],
    ["TS in two files without a common clock",
     of_case("TS in two files without a common clock")],
    ["sound 6 s late", of_case("sound 6 s late")],
    ["sound ends early", of_case("sound ends early")],
    ["bare AAC", of_case("bare AAC")],
]


def dawdling(inputs, i):
    """Another pace and other pieces for each input and each run."""
    choice = random.Random(i)
    words = []
    for number, path in enumerate(inputs):
        words += ["filesrc", "location=" + path,
                  "blocksize=%d" % choice.choice((1500, 4096, 30000, 300000)),
                  "!", "queue", "max-size-buffers=%d" % choice.randint(1, 50),
                  "!", "identity",
                  "sleep-time=%d" % choice.choice((0, 0, 50, 300)), "!",
                  "m.sink_%d" % (number - 1) if number else "m.sink"]
    return words


@pinlib.check_each(tap, "files", INPUTS)
def check_files(_, make):
    inputs = make()
    assert_repeats(lambda i: dawdling(inputs, i))


# --- the network --------------------------------------------------------------

NETS = ((0, 1), (0, 8), (5, 2), (30, 8), (60, 3))


@pinlib.check_each(tap, "pin", [["cmaf"], ["ts-h264"], ["mp4"]])
def check_pin(name):
    site = originlib.site()
    entry = originlib.catalog(site)[name]
    with originlib.Origin(site) as origin:
        def words_of(i):
            latency, connections = NETS[i]
            origin.knobs(latency_ms=latency)
            return [*pinlib.source(origin, entry["url"],
                                   max_connections=connections,
                                   captions="en"), "!", "m."]
        assert_repeats(words_of)


tap.run()
