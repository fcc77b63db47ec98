#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""pinmp4bin against ffmpeg: each case of cases.py, from files and from HLS, in
each format, is compared with ffmpeg's own copy, packet for packet, read by a
second parser, and decoded; then what else pinmp4bin promises.

    GST_PLUGIN_PATH=… PIN_RUN=… test-mux.py [CHECK…]

Two cases are at work at any time, whatever check is being waited for.
"""

import concurrent.futures
import os
import signal
import subprocess
import sys
import time

import cases
import mediacheck
import mp4boxes
import pinlib
from pinlib import launch, originlib, pin_run

tap = originlib.Tap(limit=400)
folder_owner = pinlib.scratch()
folder = folder_owner.name
shop = cases.Workshop(folder)
FORMATS = ("faststart", "fragmented", "plain")
# From its last byte on; far more than what the whole of a case takes
PATIENCE = 20


def path_of(name):
    return os.path.join(folder, name)


def output(name="out.mp4"):
    path = path_of(name)
    if os.path.exists(path):
        os.remove(path)
    return path


def fixture(name):
    return shop.clip(name)


def feed(inputs):
    """The words that bring the inputs to the pads of a pinmp4bin called m."""
    words = []
    for i, path in enumerate(inputs):
        words += ["filesrc", "location=" + path, "!",
                  "m.sink_%d" % (i - 1) if i else "m.sink"]
    return words


def mux(front, layout="auto", path=None):
    path = path or output()
    launch([*front, "pinmp4bin", "format=" + layout, "!", "filesink",
            "location=" + path])
    return path


def assert_layout(path, layout):
    names = pinlib.boxes(path)
    if layout == "fragmented":
        assert "moof" in names and names.index("moov") < names.index("moof"), \
            names
    elif layout == "faststart":
        assert names.index("moov") < names.index("mdat"), names
        assert "moof" not in names, names
    else:
        assert names.index("mdat") < names.index("moov"), names


def differences(case, original, path, layout):
    reference = shop.copy(original, layout == "fragmented")
    if case.lossy:
        return mediacheck.compare_lossy(reference, path)
    return mediacheck.compare(reference, path,
                              together=case.start == "together",
                              sizes=case.sizes)


def assert_same(original, path, layout):
    found = mediacheck.compare(shop.copy(original, layout == "fragmented"),
                               path)
    assert not found, "\n".join(found)


# --- the table ----------------------------------------------------------------

def run_case(case):
    """Sentences about what is wrong."""
    made = shop.make(case)
    found = []
    for layout in FORMATS:
        path = shop.path(case, "out-%s.mp4" % layout)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            launch(["pinmp4bin", "name=m", "format=" + layout, "!", "filesink",
                    "location=" + path, *feed(made.inputs)],
                   limit=PATIENCE * pinlib.SLOW)
            assert_layout(path, layout)
            some = differences(case, made.original, path, layout) \
                + mp4boxes.problems(mp4boxes.Movie(path))
        except (AssertionError, ValueError, OSError,
                subprocess.SubprocessError) as problem:
            some = [str(problem)]
        found += ["%s: %s" % (layout, text) for text in some]
    return found


pool = concurrent.futures.ThreadPoolExecutor(2)
# All at once, unless only some checks are asked for
results = {} if sys.argv[1:] else {case.name: pool.submit(run_case, case)
                                   for case in cases.CASES}


@pinlib.check_each(tap, "case", [[case.name, case] for case in cases.CASES])
def check_case(name, case):
    found = results[name].result() if name in results else run_case(case)
    assert not found, "\n".join(found)


# --- other ways in and out ----------------------------------------------------

HLS = next(case for case in cases.CASES if case.name == "HLS, TS, sound apart")


@tap
def hlsdemux_in_front():
    """Its other pad is taken, too; a queue in between changes nothing."""
    made = shop.make(HLS)
    for between in (["hlsdemux", "!"], ["hlsdemux", "!", "queue", "!"]):
        path = mux(["filesrc", "location=" + made.inputs[0], "!", *between])
        assert_layout(path, "faststart")
        assert_same(made.original, path, "faststart")


@tap
def pushed_not_pulled():
    """A queue in front: nothing can be pulled, an index behind needs a seek."""
    for name in ("h264", "behind", "fragments"):
        path = mux(["filesrc", "location=" + fixture(name), "!", "queue", "!"])
        assert_same(fixture(name), path, "faststart")


@tap
def index_behind_from_a_source_that_cannot_seek():
    path = output()
    with open(fixture("behind"), "rb") as stream:
        done = subprocess.run(
            ["gst-launch-1.0", "-q", "fdsrc", "!", "pinmp4bin", "!", "filesink",
             "location=" + path], input=stream.read(),
            env=pinlib.environment(), timeout=60)
    assert done.returncode == 0
    assert_same(fixture("behind"), path, "faststart")


@tap
def into_a_pipe():
    """auto: fragmented, readable as it comes."""
    done = subprocess.run(
        ["gst-launch-1.0", "-q", "filesrc", "location=" + fixture("h264"),
         "!", "pinmp4bin", "!", "fdsink", "fd=1"], stdout=subprocess.PIPE,
        env=pinlib.environment(), timeout=60, check=True)
    with open(output(), "wb") as out:
        out.write(done.stdout)
    seen = pinlib.probe("-", stdin=open(path_of("out.mp4"), "rb"))
    assert len(seen["streams"]) == 2, seen
    assert_layout(path_of("out.mp4"), "fragmented")
    assert_same(fixture("h264"), path_of("out.mp4"), "fragmented")


@tap
def tags_reach_every_format():
    tags = (r'"title=\"A title\",artist=Someone,'
            r'comment=\"https://example.com/\""')
    for layout in FORMATS:
        path = output()
        launch(["filesrc", "location=" + fixture("h264"), "!", "taginject",
                "tags=" + tags, "!", "pinmp4bin", "format=" + layout, "!",
                "filesink", "location=" + path])
        seen = pinlib.probe(path)["format"]["tags"]
        assert seen["title"] == "A title", seen
        assert seen["artist"] == "Someone", seen
        assert seen["comment"] == "https://example.com/", seen


@tap
def captions_of_a_pin_become_a_track():
    """In every layout, behind a hlsdemux of the bin's own or in front of it;
    they count from the first picture."""
    site = originlib.site()
    entry = originlib.catalog(site)["cmaf"]
    with originlib.Origin(site) as origin:
        for layout in FORMATS:
            for between in ([], ["hlsdemux", "!"]):
                path = output()
                launch([*pinlib.source(origin, entry["url"], captions="en"),
                        "!", *between, "pinmp4bin", "format=" + layout, "!",
                        "filesink", "location=" + path])
                assert_captions(path, os.path.join(site, entry["captions"]))


def assert_captions(path, wanted):
    movie = mp4boxes.Movie(path)
    found = mp4boxes.problems(movie)
    assert not found, found
    text, = [t for t in movie.tracks if t.handler == "sbtl"]
    picture, = [t for t in movie.tracks if t.handler == "vide"]
    assert text.language == "eng", text.language
    begin = min(time for time, _ in movie.shown(picture))
    seen = [(time - begin, movie.data[s.offset + 2:s.offset + s.size].decode())
            for time, s in movie.shown(text) if s.size > 2]
    for line in cues_of(wanted):
        time, words = seen.pop(0)
        assert words == line[1] and abs(time - line[0]) < 0.0011, (seen, line)
    assert not seen, seen


def cues_of(path):
    """(seconds, text) of each cue of a simple WebVTT file."""
    for block in cases.read(path).decode().split("\n\n")[1:]:
        if "-->" in block:
            times, *lines = block.strip().split("\n")
            hours, minutes, seconds = times.split(" ")[0].split(":")
            yield (int(hours) * 3600 + int(minutes) * 60 + float(seconds),
                   "\n".join(lines))


@tap
def a_track_that_mp4_cannot_hold_is_named():
    source = cases.ffmpeg(cases.BOTH + cases.X264 + "-c:a libopus",
                          path_of("opus.ts"))
    run = pin_run(["filesrc", "location=" + source, "!", "pinmp4bin", "!",
                   "filesink", "location=" + output()])
    assert run.status == 0, run.lines
    warning, = run.of("warning")
    assert "audio/x-opus" in warning["message"], warning
    assert warning["code"] == "unsupported", warning
    found = mediacheck.compare(
        cases.ffmpeg("-i %s -map 0:v -c copy" % source, path_of("noopus.mp4")),
        path_of("out.mp4"))
    assert not found, found


@tap
def nothing_to_mux_is_an_error():
    sound = cases.ffmpeg(cases.sound(seconds=2) + "-c:a libopus",
                         path_of("onlyopus.ts"))
    with open(path_of("text.txt"), "w", encoding="ascii") as out:
        out.write("<html>No such media</html>\n" * 1000)
    for source in (sound, path_of("text.txt"), "/dev/null"):
        run = pin_run(["filesrc", "location=" + source, "!", "pinmp4bin", "!",
                       "filesink", "location=" + output()], limit=20)
        assert run.status == 1, (source, run.lines)
        assert run.error["code"] == "unsupported", (source, run.error)
        assert not pinlib.looks_finished(path_of("out.mp4")), source


@tap
def a_cut_mp4_is_an_error():
    for name in ("front", "fragments", "behind"):
        data = cases.read(fixture(name))
        cases.write(path_of("cut.mp4"), data[:len(data) * 2 // 3])
        run = pin_run(["filesrc", "location=" + path_of("cut.mp4"), "!",
                       "pinmp4bin", "!", "filesink", "location=" + output()],
                      limit=20)
        assert run.status == 1, (name, run.lines)
        assert run.error["code"] == "truncated", (name, run.error)
        assert not pinlib.looks_finished(path_of("out.mp4")), name


@tap
def an_interrupted_run_leaves_no_file_that_looks_finished():
    """Nor does it complain, whether it is pulled from or pushed to."""
    for layout in ("faststart", "plain"):
        for between in (["identity", "sleep-time=200000", "!"],
                        ["queue", "!", "identity", "sleep-time=20000", "!"]):
            path = output()
            process = subprocess.Popen(
                ["gst-launch-1.0", "-q", "filesrc", "blocksize=4096",
                 "location=" + fixture("h264"), "!", *between, "pinmp4bin",
                 "format=" + layout, "!", "filesink", "location=" + path],
                env=pinlib.environment(), stderr=subprocess.PIPE)
            pinlib.until(lambda: os.path.exists(path), "the file is there")
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=20)[1]
            assert not said, said
            assert not pinlib.looks_finished(path), (layout, between)


tap.run()
