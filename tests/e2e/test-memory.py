#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""How much memory pinmp4bin takes: of a large file, and of hours, which are
made of a short clip over and over, with a clock that goes on.

The peak is what the kernel counted for pin-run (VmHWM).
"""

import os
import subprocess
import sys
import time

import cases
import pinlib
from pinlib import originlib, pin_run

tap = originlib.Tap(limit=400)
folder_owner = pinlib.scratch()
folder = folder_owner.name
LIMIT = 24 * 1024               # KiB
PER_SAMPLE = 40                 # bytes more, where the index is at the end
HERE = os.path.dirname(os.path.abspath(__file__))

# 12.8 s are as many frames of AAC at 8 kHz as pictures: no gap at the seam
HOURS = 10
TURN = 12.8
TURNS = round(HOURS * 3600 / TURN)
PICTURES, SOUNDS = 64, 100


def repeat(clip, seconds, times):
    return [sys.executable, "-B", os.path.join(HERE, "mediaedit.py"), clip,
            str(seconds), str(times)]


def peak_of(words, source=None):
    """KiB of a pipeline, which has to end well. source: what makes its input,
    the first element's, which is an fdsrc."""
    maker = source and subprocess.Popen(source, stdout=subprocess.PIPE)
    if maker:
        words = ["fdsrc", "blocksize=65536", "fd=%d" % maker.stdout.fileno(),
                 "!", *words]
    run = pin_run(words, limit=200 * pinlib.SLOW,
                  pass_fds=[maker.stdout.fileno()] if maker else [])
    assert run.status == 0, run.lines
    if maker:
        maker.stdout.close()
        assert maker.wait() == 0, "the stream could not be made"
    return run.of("down")[0]["peak_kib"]


def assert_peak(peak, samples=0):
    most = LIMIT + PER_SAMPLE * samples / 1024
    assert peak <= most, "%.1f MiB, more than %.1f" % (peak / 1024,
                                                       most / 1024)
    print("# %.1f MiB of %.1f" % (peak / 1024, most / 1024))


@tap
def five_minutes_of_200_mb():
    """As a file, which is pulled, in each layout."""
    clip = cases.ffmpeg(
        cases.picture("30", 5, "320x180") + cases.sound(seconds=5)
        + "-c:v libx264 -preset ultrafast -g 60 -bf 2 -b:v 5M -minrate 5M "
        "-maxrate 5M -bufsize 1M -x264-params nal-hrd=cbr:filler=1 "
        + cases.AAC, os.path.join(folder, "clip.ts"))
    path = os.path.join(folder, "large.ts")
    with open(path, "wb") as large:
        subprocess.run(repeat(clip, 5, 60), stdout=large, check=True)
    assert os.path.getsize(path) > 180e6, os.path.getsize(path)
    for layout, samples in (("faststart", 300 * 77), ("plain", 300 * 77),
                            ("fragmented", 0)):
        out = os.path.join(folder, "out.mp4")
        assert_peak(peak_of(["filesrc", "location=" + path, "!", "pinmp4bin",
                             "format=" + layout, "!", "filesink",
                             "location=" + out]), samples)
        os.remove(out)
    os.remove(path)


def hours_clip():
    return cases.ffmpeg(
        cases.picture("5", TURN, "64x36") + cases.sound(8000, TURN) + cases.X264
        + "-c:a aac -b:a 8k -ac 1", os.path.join(folder, "hours.ts"))


@tap
def ten_hours_in_fragments():
    """Into a pipe whose other end takes all: nothing is kept."""
    began = time.monotonic()
    peak = peak_of(["pinmp4bin", "format=fragmented", "!", "filesink",
                    "location=/dev/null"], repeat(hours_clip(), TURN, TURNS))
    print("# %.0f s" % (time.monotonic() - began))
    assert_peak(peak)


@tap
def ten_hours_in_one_index():
    """Each sample costs a little; what comes out is ten hours long."""
    path = os.path.join(folder, "hours.mp4")
    peak = peak_of(["pinmp4bin", "format=plain", "!", "filesink", "location=" + path],
                   repeat(hours_clip(), TURN, TURNS))
    assert_peak(peak, TURNS * (PICTURES + SOUNDS))
    seen = pinlib.probe(path)
    assert abs(float(seen["format"]["duration"]) - TURN * TURNS) < 1, seen
    counts = {s["codec_type"]: int(s["nb_frames"]) for s in seen["streams"]}
    assert counts["video"] == TURNS * PICTURES, counts
    assert counts["audio"] >= TURNS * SOUNDS, counts


tap.run()
