#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The store: a download that is killed at any moment goes on where it was.

Runs are killed (SIGKILL) when the origin has sent some number of bytes, until
one comes to its end. What they made must be exact, and each may only have been
sent what was missing in the store when it began, one fragment, and the KiB of
each file by which it is seen that it is still the same.
"""

import fcntl
import os
import random
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import pinlib  # noqa: E402
from pinlib import originlib  # noqa: E402

RATE = 400000           # bytes per second of each connection, so that there is
                        # a moment to be killed at
CHECK = 1024
HEAD, RECORD = 16, struct.Struct(">4sIIIQQIII")

site = originlib.site()
catalog = originlib.catalog(site)
folder_owner = pinlib.scratch()
folder = folder_owner.name
tap = originlib.Tap(pinlib.LIMIT * 4)


def stored(path):
    """Bytes of media that the store has, by URL; read as docs/store.md says,
    without what is torn at its end."""
    have = {}
    if not os.path.exists(path):
        return have
    with open(path, "rb") as file:
        data = file.read()
    at = HEAD
    while at + RECORD.size <= len(data):
        magic, url, validator, size, offset, _, _, _, _ = RECORD.unpack_from(
            data, at)
        assert magic == b"niPr", magic
        names = at + RECORD.size
        at = names + url + validator + size
        if at > len(data):
            break
        key = data[names:names + url].decode()
        have.setdefault(key, set()).update(
            range(offset // CHECK, (offset + size) // CHECK))
    return have


def bytes_of(have):
    return sum(len(parts) for parts in have.values()) * CHECK


def media_sent(origin, entry):
    """What the origin sent of the media's files, without playlists."""
    urls = {url for url in pinlib.media_urls(site, entry)
            if not url.endswith(".m3u8")}
    return sum(counter["bytes"]
               for url, counter in origin.stats()["by_url"].items()
               if url.split("?")[0] in urls)


def media_size(entry):
    return sum(os.path.getsize(os.path.join(site, url[len("https://"):]))
               for url in pinlib.media_urls(site, entry)
               if not url.endswith(".m3u8"))


def words(origin, entry, store, output):
    return [*pinlib.source(origin, entry["id"], store=store,
                           max_connections=2), "!", "pinmp4bin", "!",
            "filesink", "location=" + output]


@pinlib.check_each(tap, "killed again and again",
                   [("cmaf",), ("ts-h264",), ("mp4",)])
def goes_on(name):
    entry = catalog[name]
    store = os.path.join(folder, name + ".store")
    output = os.path.join(folder, name + ".mp4")
    size = media_size(entry)
    files = len(pinlib.media_urls(site, entry))
    moments = random.Random(name)
    with originlib.Origin(site) as origin:
        for _ in range(3):
            origin.knobs(rate=RATE)
            before = media_sent(origin, entry)
            missing = size - bytes_of(stored(store))
            limit = before + moments.randrange(size // 2, size * 3 // 4)
            with pinlib.Run(words(origin, entry, store, output)) as run:
                while media_sent(origin, entry) < limit and run.is_alive():
                    time.sleep(0.05)
            sent = media_sent(origin, entry) - before
            # The largest fragment is less than a third of each
            assert sent <= missing + size // 3, (sent, missing)
        origin.knobs(rate=0)
        before = media_sent(origin, entry)
        missing = size - bytes_of(stored(store))
        assert missing < size, "nothing was kept"
        run = pinlib.pin_run(words(origin, entry, store, output))
        assert run.error is None, run.error
        sent = media_sent(origin, entry) - before
        print("# %s: %d of %d bytes were missing, %d came" % (
            name, missing, size, sent))
        assert sent <= missing + 2 * CHECK * files, (sent, missing)
    pinlib.assert_same_packets(
        pinlib.packets(pinlib.reference(site, entry, folder)),
        pinlib.packets(output))


@tap
def two_do_not_write_into_one_file():
    entry = catalog["cmaf"]
    store = os.path.join(folder, "locked.store")
    output = os.path.join(folder, "locked.mp4")
    with originlib.Origin(site) as origin, open(store, "wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        run = pinlib.pin_run(words(origin, entry, store, output))
    assert run.error is None, run.error
    assert [line["code"] for line in run.of("warning")] == ["io"], run.lines
    assert os.path.getsize(store) == 0
    pinlib.assert_same_packets(
        pinlib.packets(pinlib.reference(site, entry, folder)),
        pinlib.packets(output))


tap.run()
