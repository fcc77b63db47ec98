#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""gst-pin-1.0 --continue: a run that is killed at any moment, and the next one,
which gives the same bytes and fetches what is missing and no more. What is
missing is read from the store that the killed run has left (docs/store.md).

    PIN_ORIGIN=… PIN_TOOL=… GST_PLUGIN_PATH=… test-tool-continue.py [CHECK…]
"""

import functools
import hashlib
import os
import random
import re
import signal
import struct

import pinlib
from pinlib import originlib, until
from toollib import Folder

tap = originlib.Tap(limit=300 * pinlib.SLOW)
site = originlib.site()
catalog = originlib.catalog(site)
references = pinlib.scratch()
origin = originlib.Origin(site)

MOMENTS = 20
PINS = ("cmaf", "ts-h264")
MEDIA = (".cmfv", ".cmfa", ".ts", ".mp4")
# To see that a file is still the one that is stored
QUESTION = 1024


def media_bytes():
    """Bytes of media that went out, and how many files were asked for."""
    counts = [counter["bytes"] for url, counter in
              origin.stats()["by_url"].items()
              if url.split("?")[0].endswith(MEDIA)]
    return sum(counts), len(counts)


def stored_bytes(path):
    """Bytes of media in a store, each counted once."""
    if not os.path.exists(path):
        return 0
    with open(path, "rb") as stream:
        data = stream.read()
    ranges, position = {}, 16
    while data[position:position + 4] == b"niPr":
        url, validator, payload, offset = struct.unpack_from(
            ">IIIQ", data, position + 4)
        begin = position + 44
        end = begin + url + validator + payload
        if end > len(data):
            break               # the record that was being written
        name = data[begin:begin + url]
        ranges.setdefault(name, []).append((offset, offset + payload))
        position = end
    total = 0
    for pieces in ranges.values():
        reached = 0
        for begin, end in sorted(pieces):
            total += max(0, end - max(begin, reached))
            reached = max(reached, end)
    return total


def largest_fragment(entry):
    """Of all that its playlists name."""
    sizes = []
    for playlist in {entry["best"], entry["audio"]} - {None}:
        path = os.path.join(site, playlist)
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        sizes += [int(size) for size in
                  re.findall(r"BYTERANGE(?::|=\")(\d+)", text)]
        if not sizes:
            sizes += [os.path.getsize(os.path.join(os.path.dirname(path), name))
                      for name in text.splitlines() if name.endswith(".ts")]
    return max(sizes)


@functools.lru_cache(maxsize=None)
def wanted_packets(name):
    return pinlib.packets(pinlib.reference(site, catalog[name],
                                           references.name))


def digest(path):
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()


def assert_same(path, entry):
    pinlib.assert_same_packets(wanted_packets(entry["name"]),
                               pinlib.packets(path))
    assert digest(path) == whole_run(entry["name"])[1], "other bytes"


def slowly(folder, entry):
    return folder.start("-o", "a.mp4", "--max-connections", "2",
                        "--progress", "none", entry["id"])


@functools.lru_cache(maxsize=None)
def whole_run(name):
    """Of a run that nobody kills: how many bytes of media it takes, and the
    digest of the file."""
    origin.reset()
    with Folder(origin) as folder:
        folder.run("-o", "a.mp4", catalog[name]["id"])
        assert folder.files() == ["a.mp4"], folder.files()
        return media_bytes()[0], digest(folder.join("a.mp4"))


def kill_at(entry, fraction, folder):
    """Kills a run when that much of the media went out. Returns what it had."""
    wanted = fraction * whole_run(entry["name"])[0]
    origin.reset()
    origin.knobs(rate=500000)
    process = slowly(folder, entry)
    try:
        until(lambda: process.poll() is not None
              or media_bytes()[0] >= wanted, "bytes", 60 * pinlib.SLOW)
        process.kill()
        process.communicate(timeout=pinlib.LIMIT)
    finally:
        origin.knobs(rate=0)
    return stored_bytes(folder.join("a.mp4.part.store"))


def killed_and_continued(number, name, fraction):
    entry = catalog[name]
    total, _ = whole_run(name)
    with Folder(origin) as folder:
        stored = kill_at(entry, fraction, folder)
        whole = "a.mp4" in folder.files()
        origin.reset()
        folder.run("-o", "a.mp4", "--continue", entry["id"])
        fetched, files = media_bytes()
        missing = 0 if whole else total - stored
        most = missing + largest_fragment(entry) + files * QUESTION
        assert fetched <= most, (
            "%d of %d bytes were stored, and %d fetched, more than %d" % (
                stored, total, fetched, most))
        assert folder.files() == ["a.mp4"], folder.files()
        assert_same(folder.join("a.mp4"), entry)


SEED = int(os.environ.get("PIN_SEED", random.randrange(1 << 32)))
print("# PIN_SEED=%d" % SEED)
CHANCE = random.Random(SEED)
pinlib.check_each(tap, "killed", [
    ("%d, %s" % (i, PINS[i % len(PINS)]), PINS[i % len(PINS)],
     (i + CHANCE.random()) / MOMENTS) for i in range(MOMENTS)])(
         killed_and_continued)


def stall(entry):
    origin.reset()
    origin.faults([{"match": "https://" + entry["best"][:-5] + ".cmfv",
                    "kind": "stall-body", "at": 900000, "times": -1}])


@tap
def an_interrupt_says_how_to_go_on():
    entry = catalog["cmaf"]
    with Folder(origin) as folder:
        stall(entry)
        process = folder.start("-o", "a.mp4", entry["id"], text=True)
        until(lambda: stored_bytes(folder.join("a.mp4.part.store")) > 300000,
              "stored bytes", 60)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=pinlib.LIMIT)
        assert process.returncode == 130, process.returncode
        assert "--continue" in errors, errors
        assert folder.files() == ["a.mp4.part.store"], folder.files()
        stored = stored_bytes(folder.join("a.mp4.part.store"))
        origin.reset()
        folder.run("-o", "a.mp4", "--continue", entry["id"])
        total = sum(os.path.getsize(os.path.join(site, entry[key][:-5] + end))
                    for key, end in (("best", ".cmfv"), ("audio", ".cmfa")))
        assert media_bytes()[0] <= total - stored + 2 * QUESTION, stored
        assert_same(folder.join("a.mp4"), entry)


@tap
def a_failure_says_how_to_go_on():
    entry = catalog["cmaf"]
    with Folder(origin) as folder:
        stall(entry)
        try:
            result = folder.run("-o", "a.mp4", "--timeout", "2",
                                "--retries", "0", entry["id"], status=5)
        finally:
            origin.reset()
        assert "--continue" in result.stderr, result.stderr
        assert folder.files() == ["a.mp4.part.store"], folder.files()
        # Without the option it begins anew
        folder.run("-o", "a.mp4", entry["id"])
        assert folder.files() == ["a.mp4"], folder.files()


@tap
def what_a_kill_at_the_end_left_is_tidied_up():
    entry = catalog["mp4"]
    with Folder(origin) as folder:
        folder.run("-o", "a.mp4", entry["id"])
        with open(folder.join("a.mp4.part.store"), "wb"):
            pass
        folder.run("-o", "a.mp4", "--continue", entry["id"])
        assert folder.files() == ["a.mp4"], folder.files()


with references, origin:
    tap.run()
