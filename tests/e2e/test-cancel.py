#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Taking a pipeline down at any moment: within 100 ms, with no thread, no file
descriptor, no connection and no object left, and no file that looks finished.
The moments are chosen by the clock, and by what the origin has been asked for:
it holds an answer back and tells when the request for it has come, so that
each state of the pipeline is met for sure.

    PIN_ORIGIN=… PIN_RUN=… GST_PLUGIN_PATH=… test-cancel.py [CHECK…]
"""

import fcntl
import functools
import os
import signal
import struct
import subprocess
import termios
import time

import pinlib
from pinlib import Run, originlib, source, until

ENOUGH_MS = 100 * pinlib.SLOW
TRIES = 3

tap = originlib.Tap(limit=120)
site = originlib.site()
catalog = originlib.catalog(site)
folder_owner = pinlib.scratch()
folder = folder_owner.name

CMAF = catalog["cmaf"]
# The tracer itself leaves its parameters behind (184 bytes, GStreamer 1.22); a
# sanitizer's own look at what is left is part of all other checks
LEAKS = {"GST_TRACERS": "leaks", "GST_DEBUG": "GST_TRACER:7",
         "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") +
         ":detect_leaks=0"}
FORMS = {
    "short": ["!", "pinmp4bin"],
    "spelled out": ["!", "hlsdemux", "!", "pinmp4bin"],
}


def output(name):
    path = os.path.join(folder, name + ".mp4")
    if os.path.exists(path):
        os.remove(path)
    return path


def words(origin, entry, path, form="short", **properties):
    # Each run goes the whole way, also the second one of a process
    return [*source(origin, entry["url"], cache_time=0, **properties),
            *FORMS[form], "!", "filesink", "location=" + path]


class TooSlow(AssertionError):
    """Not in time; the one failure that a busy machine may be the cause of."""


def patient(check):
    """Decorator: what is too slow is given two more tries."""
    @functools.wraps(check)
    def try_again(*row):
        for _ in range(TRIES - 1):
            try:
                return check(*row)
            except TooSlow:
                pass
        return check(*row)

    return try_again


def assert_quick(ms, what):
    if ms >= ENOUGH_MS:
        raise TooSlow("took %g ms: %s" % (ms, what))


def assert_down(down, baseline=None):
    """A line "down" of pin-run: quick, and nothing left. baseline: the line of
    an earlier cycle, after which GLib and GIO had what they keep for good."""
    assert_quick(down["null_ms"] + down["unref_ms"], down)
    assert down["threads"] == [], down
    if baseline:
        assert down["fds"] <= baseline["fds"], (baseline, down)


def assert_hung_up(origin):
    until(lambda: origin.stats()["active_connections"] == 0,
          "all connections closed", 1)


# --- by the clock ------------------------------------------------------------

MOMENTS = [0, 1, 2, 5, 10, 20, 35, 50, 70, 100, 140, 200, 300, 500, 700]
PINS = ("cmaf", "ts-h264", "mp4")


@pinlib.check_each(tap, "moments", [
    ("%s, %s" % (name, form), name, form) for name in PINS
    for form in FORMS if name != "mp4" or form == "short"])
@patient
def many_moments(_, name, form):
    """The first cycle is for what libraries set up once, and is not judged by
    its file descriptors."""
    path = output("moments")
    moments = ",".join(map(str, [400, *MOMENTS, *reversed(MOMENTS)]))
    with originlib.Origin(site, latency=25, rate=300000) as origin, \
            Run(words(origin, catalog[name], path, form), "--hold",
                "--cancel-at=" + moments) as run:
        first = run.down()
        assert_down(first)
        for _ in range(2 * len(MOMENTS)):
            down = run.down()
            assert_down(down, first)
            assert down["result"] == "cancelled", run.lines
        assert_hung_up(origin)
        assert run.is_alive()
        run.end()
        assert not run.of("error"), run.of("error")
    assert not pinlib.looks_finished(path)


@tap
@patient
def one_pipeline_used_again_and_again():
    path = output("again")
    with originlib.Origin(site, latency=5) as origin:
        run = pinlib.pin_run(words(origin, CMAF, path), "--reuse",
                             "--cancel-at=60,0,20,end,40,end")
        for down in run.of("down"):
            assert_down(down)
        assert [down["result"] for down in run.of("down")] == [
            "cancelled", "cancelled", "cancelled", "eos", "cancelled",
            "eos"], run.lines
        clean = output("clean")
        pinlib.pin_run(words(origin, CMAF, clean))
    pinlib.assert_same_packets(pinlib.packets(clean), pinlib.packets(path))


@tap
@patient
def whole_runs_leave_nothing():
    with originlib.Origin(site) as origin, \
            Run(words(origin, CMAF, output("whole")), "--hold",
                "--cancel-at=end,end,end") as run:
        first = run.down()
        for _ in range(2):
            down = run.down()
            assert down["result"] == "eos", run.lines
            assert_down(down, first)
        assert_hung_up(origin)
        run.end()


# --- by what the origin was asked for ----------------------------------------

def held(name):
    """What is held back, and how: URL, kind, byte."""
    entry = catalog[name]
    best = pinlib.files_of_playlist(site, entry["best"])
    media = min(path for path in best if not path.endswith(".m3u8"))
    yield "page", entry["url"], "stall-headers", None
    yield "page's body", entry["url"], "stall-body", 1000
    yield "cover", "https://" + entry["cover"], "stall-headers", None
    yield "master", "https://" + entry["master"], "stall-headers", None
    yield "playlist", "https://" + entry["best"], "stall-headers", None
    yield "first fragment", "https://" + media, "stall-headers", None
    yield "first fragment's body", "https://" + media, "stall-body", 2000
    if entry["audio"]:
        sound = entry["audio"].replace(".m3u8", ".cmfa")
        yield "sound's playlist", "https://" + entry["audio"], \
            "stall-headers", None
        yield "sound", "https://" + sound, "stall-headers", None
        yield "sound's body", "https://" + sound, "stall-body", 2000


@pinlib.check_each(tap, "held back", [
    ("%s of %s" % (what, name), name, url, kind, after)
    for name in ("cmaf", "ts-h264") for what, url, kind, after in held(name)])
@patient
def held_back(_, name, url, kind, after):
    path = output("held")
    fault = {"match": url, "kind": kind, "times": -1}
    if after:
        fault["after"] = after
    with originlib.Origin(site) as origin:
        origin.faults([fault])
        with Run(words(origin, catalog[name], path), "--hold",
                 "--cancel-on-input") as run:
            until(lambda: origin.stats()["faults"][0]["fired"] > 0,
                  "a request for " + url)
            if after:
                until(lambda: origin.stats()["by_url"].get(
                    url, {"bytes": 0})["bytes"] > 0, "bytes of " + url)
            run.cancel()
            down = run.down()
            assert down["result"] == "cancelled", run.lines
            assert_down(down)
            assert_hung_up(origin)
            run.end()
    assert not pinlib.looks_finished(path)


@tap
@patient
def while_it_waits_to_try_again():
    media = "https://" + CMAF["best"].replace(".m3u8", ".cmfv")
    with originlib.Origin(site) as origin:
        origin.faults([{"match": media, "kind": "status", "status": 503,
                        "retry_after": "20", "times": -1}])
        with Run(words(origin, CMAF, output("wait")), "--hold",
                 "--cancel-on-input") as run:
            until(lambda: origin.stats()["faults"][0]["fired"] > 0, "a 503")
            until(lambda: origin.stats()["active_requests"] == 0, "quiet")
            run.cancel()
            assert_down(run.down())
            assert_hung_up(origin)
            run.end()


@tap
@patient
def after_a_failure():
    """An error leaves no more behind than a cancel does."""
    media = "https://" + CMAF["best"].replace(".m3u8", ".cmfv")
    with originlib.Origin(site) as origin:
        origin.faults([{"match": media, "kind": "status", "status": 403,
                        "times": -1}])
        with Run(words(origin, CMAF, output("failed")), "--hold",
                 "--cancel-at=end,end,end") as run:
            first = run.down()
            for _ in range(2):
                down = run.down()
                assert down["result"] == "error", run.lines
                assert_down(down, first)
            assert_hung_up(origin)
            run.end()


@tap
@patient
def while_nobody_reads():
    """The whole chain is blocked from its end: a pipe that is full."""
    media = "https://" + CMAF["best"].replace(".m3u8", ".cmfv")
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    try:
        with originlib.Origin(site) as origin:
            line = [*source(origin, CMAF["url"]), "!", "pinmp4bin", "!",
                    "fdsink", "fd=%d" % writer]
            with Run(line, "--hold", "--cancel-on-input",
                     pass_fds=(writer,)) as run:
                until(lambda: origin.stats()["by_url"].get(
                    media, {"bytes": 0})["bytes"] > 0, "bytes of " + media)
                until(lambda: origin.stats()["active_requests"] == 0, "quiet")
                until(lambda: pending(reader) > 0, "bytes in the pipe")
                run.cancel()
                down = run.down()
                assert down["result"] == "cancelled", run.lines
                assert_down(down)
                assert_hung_up(origin)
                run.end()
    finally:
        os.close(reader)
        os.close(writer)


def pending(fd):
    """Bytes that wait in the pipe."""
    return struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, bytes(4)))[0]


# --- Ctrl-C ------------------------------------------------------------------

def interrupt(origin, path, form, ready):
    """gst-launch-1.0, interrupted when ready() says so: milliseconds to its
    end, and its standard error."""
    process = subprocess.Popen(
        ["gst-launch-1.0", *words(origin, CMAF, path, form)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        stdin=subprocess.DEVNULL, env=pinlib.environment())
    try:
        until(ready, "the moment")
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(10)
        return (time.monotonic() - begin) * 1000, process.stderr.read()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pinlib.check_each(tap, "interrupt", [
    ("%s, %s" % (what, form), form, url) for form in FORMS
    for what, url in (
        ("page", CMAF["url"]),
        ("playlist", "https://" + CMAF["best"]),
        ("media", "https://" + CMAF["best"].replace(".m3u8", ".cmfv")))])
@patient
def interrupt_is_quick(_, form, url):
    path = output("interrupted")
    with originlib.Origin(site, rate=100000, latency=30) as origin:
        took, errors = interrupt(
            origin, path, form, lambda: url in origin.stats()["by_url"])
        assert_quick(took, "interrupt")
        assert not pinlib.COMPLAINT.search(errors), errors
        assert_hung_up(origin)
    assert not pinlib.looks_finished(path)


# --- objects -----------------------------------------------------------------

def assert_no_objects(run):
    assert "object-alive.class" in run.stderr, "the tracer did not run"
    alive = [line for line in run.stderr.splitlines()
             if "object-alive, " in line and ".class" not in line
             and "new format string" not in line]
    assert not alive, "\n".join(alive)


@pinlib.check_each(tap, "no object left", [
    ("%s, %s, %s" % (name, form, moments), name, form, moments)
    for name, form in (("cmaf", "short"), ("cmaf", "spelled out"),
                       ("ts-hevc", "short"), ("mp4", "short"))
    for moments in ("end", "0,10,30,60,100,200,400")])
def no_object_left(_, name, form, moments):
    slow = {"latency": 20, "rate": 300000} if moments != "end" else {}
    with originlib.Origin(site, **slow) as origin:
        run = pinlib.pin_run(
            words(origin, catalog[name], output("leaks"), form),
            "--cancel-at=" + moments, env=LEAKS)
    assert not run.of("error"), run.of("error")
    assert_no_objects(run)


@tap
def no_object_left_after_an_error():
    with originlib.Origin(site) as origin:
        for name in ("image", "not-found"):
            assert_no_objects(pinlib.pin_run(
                words(origin, catalog[name], output("leaks")), env=LEAKS))
        origin.faults([{"match": "*.cmfv", "kind": "status", "status": 403,
                        "times": -1}])
        for form in FORMS:
            assert_no_objects(pinlib.pin_run(
                words(origin, CMAF, output("leaks"), form), env=LEAKS))


with folder_owner:
    tap.run()
