#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""gst-pin-1.0 with many Pins: 200 of them, good, bad, pictures, slow and
broken ones, in one run with an archive; and what a second run asks for. The
Pins are those of the origin's site under other numbers, in a site of this
test's own that borrows the media.

    PIN_ORIGIN=… PIN_TOOL=… GST_PLUGIN_PATH=… test-tool-batch.py [CHECK…]
"""

import json
import os
import sqlite3
import struct

import pinlib
import toollib
from pinlib import originlib, requested
from toollib import Folder, results

tap = originlib.Tap(limit=300 * pinlib.SLOW)
site = originlib.site()
catalog = originlib.catalog(site)
own = pinlib.scratch()

PINS = 200
MEMORY = 150 * 1024             # KiB
# Kinds and what comes of them; of each twenty Pins
GOOD = ["mp4", "mp4-tail", "story", "ts-single", "carousel", "cmaf-relay"]
MIX = [*GOOD, *GOOD, "mp4", "slow", "image", "external", "not-found", "gone",
       "broken-page", "broken-media"]
CODES = {"image": "not-a-video", "external": "external",
         "not-found": "not-found", "gone": "not-found",
         "broken-page": "network", "broken-media": "network"}
BASES = {"slow": "mp4", "broken-page": "mp4", "broken-media": "ts-hevc"}


def number_of(i):
    return str(700000000000000000 + i)


def page_of(entry):
    with open(os.path.join(site, "routes.json"), encoding="utf-8") as stream:
        routes = json.load(stream)
    return routes["www.pinterest.com/pin/%s/" % entry["id"]]


def make_site(root):
    """200 Pins, each a copy of one that is there; returns kind and number of
    each."""
    for name in ("v1.pinimg.com", "i.pinimg.com"):
        os.symlink(os.path.join(site, name), os.path.join(root, name))
    pages = os.path.join(root, "pages")
    os.mkdir(pages)
    routes, pins = {}, []
    for i in range(PINS):
        kind = MIX[i % len(MIX)]
        entry, number = catalog[BASES.get(kind, kind)], number_of(i)
        route = dict(page_of(entry))
        with open(os.path.join(site, route["file"]), encoding="utf-8") as one:
            text = one.read().replace(entry["id"], number)
        route["file"] = "pages/%s.html" % number
        with open(os.path.join(root, route["file"]), "w",
                  encoding="utf-8") as stream:
            stream.write(text)
        routes["www.pinterest.com/pin/%s/" % number] = route
        pins.append((kind, number))
    with open(os.path.join(root, "routes.json"), "w",
              encoding="utf-8") as stream:
        json.dump(routes, stream)
    return pins


def faults_of(pins):
    script = [{"match": "https://" + catalog["ts-hevc"]["best"][:-5] + "*.ts",
               "kind": "status", "status": 500, "times": -1}]
    for kind, number in pins:
        page = "https://www.pinterest.com/pin/%s/" % number
        if kind == "slow":
            script.append({"match": page, "kind": "trickle", "rate": 200000,
                           "times": -1})
        if kind == "broken-page":
            script.append({"match": "*%s*" % number, "kind": "status",
                           "status": 500, "times": -1})
    return script


PIN_LIST = make_site(own.name)
A_GOOD_ONE = PIN_LIST[MIX.index("mp4")][1]
GOOD_NUMBERS = {number for kind, number in PIN_LIST if kind not in CODES}
origin = originlib.Origin(own.name)
batch = Folder(origin)
OPTIONS = ("-j", "4", "--json", "--archive", "archive", "--retries", "0",
           "-o", "{id}.{ext}", "--input", "list")


def run_batch(numbers, status):
    with open(batch.join("list"), "w", encoding="utf-8") as stream:
        stream.write("".join(number + "\n" for number in numbers))
    with open(batch.join("out"), "w", encoding="utf-8") as out, \
            open(batch.join("errors"), "w", encoding="utf-8") as errors:
        process = batch.start(*OPTIONS, stdout=out, stderr=errors)
        _, ended, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(ended)
    with open(batch.join("errors"), encoding="utf-8") as errors:
        assert not pinlib.COMPLAINT.search(errors.read())
    assert process.returncode == status, process.returncode
    with open(batch.join("out"), encoding="utf-8") as out:
        return {line["pin"]: line for line in results(out.read())}, usage


@tap
def every_pin_comes_to_its_end():
    origin.faults(faults_of(PIN_LIST))
    seen, usage = run_batch([number for _, number in PIN_LIST], 5)
    assert len(seen) == PINS, len(seen)
    for kind, number in PIN_LIST:
        line = seen[number]
        if kind in CODES:
            assert line["result"] == "failed", line
            assert line["error"]["code"] == CODES[kind], (kind, line)
        else:
            assert line["result"] == "saved" and not line["error"], line
    if pinlib.SLOW == 1:
        assert usage.ru_maxrss <= MEMORY, "%d KiB" % usage.ru_maxrss


def media_size(path):
    """Bytes in the only mdat; checks the sizes of all boxes."""
    assert pinlib.boxes(path).count("mdat") == 1, pinlib.boxes(path)
    with open(path, "rb") as stream:
        while True:
            size, name = struct.unpack(">I4s", stream.read(8))
            if name == b"mdat":
                return size
            stream.seek(size - 8, os.SEEK_CUR)


@tap
def every_good_file_is_whole_and_no_other_is_there():
    names = [name for name in batch.files() if name.endswith(".mp4")]
    assert names == sorted(number + ".mp4" for number in GOOD_NUMBERS)
    assert not any(".part" in name for name in batch.files())
    known = {}
    with pinlib.scratch() as folder:
        for kind, number in PIN_LIST:
            if number not in GOOD_NUMBERS:
                continue
            base = BASES.get(kind, kind)
            path = batch.join(number + ".mp4")
            if base not in known:
                known[base] = media_size(path)
                pinlib.assert_same_packets(
                    pinlib.packets(pinlib.reference(site, catalog[base],
                                                    folder)),
                    pinlib.packets(path))
            # As for the rest of the file, sound that comes from a rendition of
            # its own is laid between the pictures as it comes
            assert media_size(path) == known[base], (kind, number)


def rows_of(path):
    with sqlite3.connect(path) as archive:
        rows = archive.execute("SELECT id, item, file, bytes FROM videos")
        rows = rows.fetchall()
    archive.close()
    return rows


@tap
def the_archive_is_exact():
    rows = rows_of(batch.join("archive"))
    assert {row[0] for row in rows} == GOOD_NUMBERS
    assert len(rows) == len(GOOD_NUMBERS)
    for _, item, path, size in rows:
        assert item == 1 and os.path.getsize(path) == size, path


@tap
def what_the_disk_lost_is_neither_saved_nor_archived():
    with Folder(origin) as folder:
        result = folder.run("--json", "--archive", "archive", "-o", "a.mp4",
                            A_GOOD_ONE, status=5,
                            env={"LD_PRELOAD": os.environ["PIN_LOSSY_DISK"]})
        line, = results(result.stdout)
        assert line["error"]["code"] == "truncated", line
        assert not {"a.mp4", "a.mp4.part"} & set(folder.files())
        assert rows_of(folder.join("archive")) == []


@tap
def the_archive_waits_for_the_name():
    """A run that ends while the disk is slow has archived nothing."""
    with Folder(origin) as folder:
        process = folder.start(
            "--archive", "archive", "-o", "a.mp4", A_GOOD_ONE, text=True,
            env={"LD_PRELOAD": os.environ["PIN_SLOW_DISK"]})
        # SQLite's own come first
        pinlib.until(lambda: process.stderr.readline() == "fsync waits\n"
                     and "a.mp4.part" in folder.files(), "fsync", 60)
        assert rows_of(folder.join("archive")) == []
        process.kill()
        process.communicate()
        assert "a.mp4" not in folder.files(), folder.files()


@tap
def a_second_run_fetches_nothing():
    origin.reset()
    for number in sorted(GOOD_NUMBERS)[:20]:
        os.remove(batch.join(number + ".mp4"))  # the archive counts, no file
    seen, _ = run_batch(sorted(GOOD_NUMBERS), 0)
    assert {line["result"] for line in seen.values()} == {"archived"}
    assert origin.stats()["requests"] == 0, origin.stats()


@tap
def what_failed_is_tried_again():
    origin.reset()              # and so is whole this time
    broken = {number for kind, number in PIN_LIST
              if kind.startswith("broken")}
    seen, _ = run_batch([number for _, number in PIN_LIST], 3)
    assert {number for number, line in seen.items()
            if line["result"] == "saved"} == broken
    asked = {url for url in requested(origin) if "/pin/" in url}
    assert len(asked) == PINS - len(GOOD_NUMBERS), len(asked)


with own, origin, batch:
    tap.run()
