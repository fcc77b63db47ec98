#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What a playlist can hold, from a Pin's address to its file: encryption, byte
ranges, gaps, init sections, and what must be refused. Each case is a playlist
of a Pin of its own; what comes out is compared with ffmpeg's copy of the same
segments in clear.

    PIN_ORIGIN=… PIN_RUN=… GST_PLUGIN_PATH=… test-hls.py [CHECK…]
"""

import os

import hlssite
import mediacheck
import pinlib
from hlssite import HEAD, TAIL, aes
from pinlib import originlib, pin_run, requested, source

tap = originlib.Tap(limit=120)
folder_owner = pinlib.scratch()
folder = folder_owner.name
site = hlssite.Site(os.path.join(folder, "site"))
urls = {}                       # Pin's name → its address; the origin reads them
proven = {}                     # reference's name → packets that are right

KEY, OTHER = bytes(range(16)), bytes(range(100, 116))
MAP = '#EXT-X-MAP:URI="a.mp4"\n'
BREAK = "#EXT-X-DISCONTINUITY\n"


def key(uri, iv=None, **more):
    return "#EXT-X-KEY:METHOD=AES-128,URI=\"%s\"%s%s\n" % (
        uri, ",IV=0x%x" % iv if iv is not None else "", "".join(
            ",%s=%s" % (name, value) for name, value in more.items()))


def segments(*names, before=None):
    """Lines for segments of the usual length, with others before each."""
    return "".join("%s#EXTINF:%d,\n%s\n" % (
        before(i) if before else "", hlssite.SEGMENT, name)
        for i, name in enumerate(names))


def names(clip, ending):
    return ["%s%d.%s" % (clip, i, ending) for i in range(hlssite.COUNT)]


TS, FMP4 = names("a", "ts"), names("a", "m4s")
CLEAR = {"ts": HEAD + segments(*TS) + TAIL,
         "fmp4": HEAD + MAP + segments(*FMP4) + TAIL}
for name, text in CLEAR.items():
    site.write(name + ".m3u8", text)


def pin(name, playlist, files=(), **more):
    """To be made before the origin starts."""
    urls[name] = site.pin(name, playlist, files, **more)


def run(name, *between, limit=pinlib.LIMIT, **properties):
    path = os.path.join(folder, "out.mp4")
    if os.path.exists(path):
        os.remove(path)
    properties = {"cover": "false", "timeout": 3, "retries": 2, **properties}
    done = pin_run([*source(origin, urls[name], **properties), "!", *between,
                    "pinmp4bin", "!", "filesink", "location=" + path],
                   limit=limit)
    return done, path


def assert_same(path, reference):
    """The packets of ffmpeg's copy; decoded the first time."""
    seen = pinlib.packets(path)
    if reference in proven:
        pinlib.assert_same_packets(proven[reference], seen)
        return
    differences = mediacheck.compare(site.reference(reference), path)
    assert not differences, "\n".join(differences)
    proven[reference] = seen


def assert_plays(name, reference, *between, **properties):
    done, path = run(name, *between, **properties)
    assert done.status == 0 and not done.error, done.lines
    assert_same(path, reference)
    return done


def assert_refused(name, code, *words, **properties):
    done, path = run(name, **properties)
    assert done.error and done.status == 1, done.lines
    assert done.error["code"] == code, done.error
    for word in words:
        assert word in done.error["message"], done.error
    assert not pinlib.looks_finished(path), "left a file that plays"
    return done


# --- encryption ---------------------------------------------------------------

def encrypted(ending, ivs, keys=(KEY,)):
    """The segments of clip a, each with its IV; keys take turns."""
    return {"%s-%x-%s" % (keys[i % len(keys)].hex()[:2], iv, name):
            aes(site.read(name), keys[i % len(keys)], iv)
            for i, (name, iv) in enumerate(zip(names("a", ending), ivs))}


def implicit(ending, head=""):
    files = encrypted(ending, (7, 8, 9))
    return (HEAD + "#EXT-X-MEDIA-SEQUENCE:7\n" + head + key("k.key")
            + segments(*files) + TAIL, files)


def explicit(ending, head=""):
    files = encrypted(ending, (0x1f,) * 3)
    return HEAD + head + key("k.key", 0x1f) + segments(*files) + TAIL, files


def rotated():
    """A key for each, an IV for one, and the last in clear."""
    files = encrypted("ts", (0, 0xff << 120), (KEY, OTHER))
    one, two = files
    return (HEAD + key("k.key") + segments(one) + key("o.key", 0xff << 120)
            + segments(two) + "#EXT-X-KEY:METHOD=NONE\n" + segments("a2.ts")
            + TAIL, files)


def encrypted_map():
    """The init section has the key and IV at its own tag."""
    files = encrypted("m4s", (5, 6, 7), (OTHER,))
    init = {"init.bin": aes(site.read("a.mp4"), KEY, 0xabc)}
    return (HEAD + "#EXT-X-MEDIA-SEQUENCE:5\n" + key("k.key", 0xabc)
            + '#EXT-X-MAP:URI="init.bin"\n' + key("o.key") + segments(*files)
            + TAIL, {**init, **files})


def offered_twice():
    """The same key in another format first, which nobody need know."""
    files = encrypted("ts", (0, 1, 2))
    return (HEAD + key("skd://x", KEYFORMAT='"com.apple.streamingkeydelivery"')
            + key("k.key", KEYFORMAT='"identity"') + segments(*files) + TAIL,
            files)


def ranged():
    """Byte ranges of one encrypted file."""
    parts = list(encrypted("ts", (0, 1, 2)).values())
    text, offset = HEAD + key("k.key"), 0
    for part in parts:
        text += "#EXTINF:2,\n#EXT-X-BYTERANGE:%d@%d\nall.bin\n" % (
            len(part), offset)
        offset += len(part)
    return text + TAIL, {"all.bin": b"".join(parts)}


ENCRYPTED = [
    ("IV of the sequence number", "ts", lambda: implicit("ts")),
    ("IV given", "ts", lambda: explicit("ts")),
    ("keys that change", "ts", rotated),
    ("a key in two formats", "ts", offered_twice),
    ("ranges", "ts", ranged),
    ("fMP4 behind a clear init section", "fmp4",
     lambda: implicit("m4s", MAP)),
    ("fMP4 with a key tag before a clear init section", "fmp4",
     lambda: explicit("m4s", key("k.key", 1) + MAP)),
    ("fMP4 with an encrypted init section", "fmp4", encrypted_map),
]
site.write("k.key", KEY)
site.write("o.key", OTHER)


for name, _, make in ENCRYPTED:
    pin("aes " + name, *make())


@pinlib.check_each(tap, "AES-128", ENCRYPTED)
def is_decrypted(name, reference, _):
    assert_plays("aes " + name, reference)


@pinlib.check_each(tap, "AES-128 with", [
    ("hlsdemux spelled out", ["hlsdemux", "!"], {}),
    ("one connection", [], {"max_connections": 1}),
    ("128 connections", [], {"max_connections": 128}),
    ("the least memory", [], {"max_buffer_bytes": 1024 * 1024})])
def is_decrypted_with(_, between, properties):
    assert_plays("aes keys that change", "ts", *between, **properties)


@tap
def a_key_is_fetched_once_and_by_us():
    origin.reset()
    assert_plays("aes IV given", "ts")
    assert requested(origin)[site.address("k.key")] == 1, requested(origin)


def refusals():
    good = implicit("ts")[1]
    some = list(good)
    last = good[some[2]]

    def tag(uri):
        return HEAD + "#EXT-X-MEDIA-SEQUENCE:7\n" + key(uri)

    def with_key(number, data):
        uri = "bad%d.key" % number
        return tag(uri) + segments(*some) + TAIL, {**good, uri: data}

    def with_last(number, data):
        uri = "bad%d.ts" % number
        return tag("k.key") + segments(*some[:2], uri) + TAIL, {
            **good, uri: data}

    yield "wrong key", with_key(1, OTHER), "schema", ["decrypted"]
    yield "short key", with_key(2, KEY[:15]), "schema", ["16 bytes", "bad2.key"]
    yield "long key", with_key(3, KEY + b"\n"), "schema", ["16 bytes"]
    yield "endless key", with_key(4, bytes(5 << 20)), "schema", ["16 bytes"]
    yield "empty key", with_key(5, b""), "truncated", ["bad5.key"]
    yield "cut segment", with_last(1, last[:-1]), "truncated", ["bad1.ts"]
    yield "segment cut between blocks", with_last(2, last[:-16]), \
        "truncated", []
    yield "segment in clear", with_last(3, site.read("a2.ts")), "schema", []
    for name, uri, code in (
            ("no key there", "none.key", "blocked"),
            ("key on another host", "https://away.example/k.key",
             "forbidden-host"),
            ("key at a private address", "https://127.0.0.1/k.key",
             "forbidden-host")):
        yield name, (tag(uri) + segments(*some) + TAIL, good), code, []
    yield "SAMPLE-AES", (
        HEAD + '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k.key"\n' + segments(*some)
        + TAIL, good), "unsupported", ["SAMPLE-AES"]


REFUSALS = list(refusals())
for name, files, _, _ in REFUSALS:
    pin("aes " + name, *files)


@pinlib.check_each(tap, "AES-128 refused", REFUSALS)
def is_refused(name, _, code, words):
    done = assert_refused("aes " + name, code, *words)
    if name in ("wrong key", "cut segment"):
        number = {"wrong key": 0, "cut segment": 2}[name]
        details = done.error["details"]
        assert details["fragment"] == number, details
        assert details["rendition"] == 0, details


origin = originlib.Origin(site.root)
with folder_owner, origin:
    tap.run()
