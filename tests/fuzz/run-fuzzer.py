#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs one fuzzer for a while, and says in TAP what it found.

    run-fuzzer.py SECONDS FUZZER [MORE OF LIBFUZZER'S OPTIONS]

PIN_FUZZ_SECONDS says another time. It begins with what is kept in corpus/NAME
and with seeds that are made of tests/data, in a folder beside the fuzzer, where
new inputs are added. An input that fails stays there as well, and is named.
"""

import glob
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(HERE), "data")

# What is in the start tag of the scripts that a reader of blocks reads
SCRIPTS = {
    "redux": rb"__PWS_(INITIAL_PROPS|DATA)__",
    "relay-response": rb"data-relay-response",
    "initial-state": rb"initial-state",
    "json-ld": rb"application/ld\+json",
    "any": rb"__PWS_|relay-response|initial-state|application/json",
}
# The files of a reader of answers
ANSWERS = {"api": "*.api", "resource": "*.answer", "scripted": "*.scripted"}


def load(pattern):
    for path in sorted(glob.glob(os.path.join(DATA, pattern),
                                 recursive=True)):
        with open(path, "rb") as stream:
            yield stream.read()


def seeds_of_location():
    for text in load("location/*.txt"):
        for line in text.splitlines():
            if line and not line.startswith(b"#"):
                yield line.split()[0]


def seeds_of_media():
    for text in load("pages/*.json"):
        media = json.loads(text).get("media")
        if media:
            yield json.dumps(media).encode()


def seeds_of_playlist():
    return load("playlist/**/*.m3u8")


def seeds_of_page():
    yield from load("pages/*.html")
    yield from load("pages/*.answer")


def seeds_of_scanner():
    return load("pages/*.html")


def seeds_of_json_text():
    yield from load("pages/*.answer")
    yield from load("pages/*.api")
    yield from load("pages/*.scripted")


def seeds_of_mp4_intake():
    """Forms, a layout, and pieces behind their head; see fuzz-mp4-intake.c."""
    sps = bytes.fromhex("6764000dacd941419fc0440000030004000003 00c83c50a658")
    pps, key = b"\x68\xeb\xe3\xcb\x22\xc0", b"\x65\x88\x84\x00"
    adts = bytes.fromhex("fff14c80022ffc") + b"\x21" * 10
    spelled = bytes.fromhex("fff14c00023ffc a098802004000d4c617663")
    code = b"\0\0\0\1"
    unit = b"".join(code + nal for nal in (sps, pps, key))
    avcc = (b"\1" + sps[1:4] + b"\xff\xe1" + bytes([0, len(sps)]) + sps + b"\1"
            + bytes([0, len(pps)]) + pps)
    for form, pieces in ((0, [unit, unit]), (1, [unit, unit]),
                         (3, [adts * 3, spelled]), (7, [b"Words", b"more"]),
                         (8, [b"<i>Words</i> &amp; more"]),
                         (9, [avcc, b"\0\0\0\4" + key]),
                         (11, [b"\x11\x90", key])):
        for layout in range(3):
            yield bytes([form, layout]) + b"".join(
                bytes([len(piece) >> 8, len(piece) & 255, 41]) + piece
                for piece in pieces)


def seeds_of_demux(name):
    """What is kept, pulled and pushed by a source that can seek; see
    demux-door.c."""
    for seed in load(os.path.join(HERE, "corpus", name, "seed-*")):
        yield seed[:1] + bytes([seed[1] | 4 | 8]) + seed[2:]


def seeds_of_mp4():
    return seeds_of_demux("mp4")


def seeds_of_ts():
    return seeds_of_demux("ts")


def seeds_of_webvtt():
    yield (b"WEBVTT\n\nNOTE a note\n\nSTYLE\n::cue { color: red }\n\n1\n"
           b"00:00.000 --> 00:02.500 align:start position:10%\n<v A>Words</v> "
           b"&amp; <00:01.000><i>more</i>\nof them\n\n"
           b"01:00:02.500 --> 01:00:03.000\nThe end\n")
    yield (b"\xef\xbb\xbfWEBVTT - a title\r\n"
           b"X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\r\n\r\n00:00:01.000 --> 00:00:02.000\r\nWords\r\n")


def find_in_pages(pattern):
    for page in load("pages/*.html"):
        yield from re.findall(pattern, page, re.DOTALL)


def seeds_of_reader_relay_call():
    for call in find_in_pages(rb'REQUEST__\("([^"]*)", *(\{.*?\})\);?\s*<'):
        yield b"\n".join(call)


def seeds_of_reader_meta():
    for tag in find_in_pages(
            rb'<meta (?:property|name)="([^"]*)" content="([^"]*)"'):
        yield b"\n".join(tag)
    yield from find_in_pages(rb'<link rel="canonical" href="([^"]*)"')


def seeds_of_reader_widget():
    for answer in load("pages/widget*.answer"):
        yield answer.partition(b'"data":')[2]


def seeds_of_reader(name):
    if name in ANSWERS:
        yield from load("pages/" + ANSWERS[name])
    for tag, text in find_in_pages(rb"<script([^>]*)>(.*?)</script>"):
        if name in SCRIPTS and re.search(SCRIPTS[name], tag):
            yield text


def seeds_of(name):
    maker = globals().get("seeds_of_" + name.replace("-", "_"))
    if maker:
        return maker()
    return seeds_of_reader(name.removeprefix("reader-"))


def write_seeds(name, folder):
    os.makedirs(folder, exist_ok=True)
    for number, seed in enumerate(seeds_of(name)):
        with open(os.path.join(folder, "%04d" % number), "wb") as stream:
            stream.write(seed)


def find_word(log, pattern):
    found = re.findall(pattern, log)
    return found[-1] if found else "?"


def main():
    fuzzer = os.path.abspath(sys.argv[2])
    name = os.path.basename(fuzzer).partition("-")[2]
    folder = fuzzer + ".d"
    kept = os.path.join(HERE, "corpus", name)
    seconds = os.environ.get("PIN_FUZZ_SECONDS", sys.argv[1])
    new, seeds = os.path.join(folder, "new"), os.path.join(folder, "seeds")
    os.makedirs(new, exist_ok=True)
    write_seeds(name, seeds)
    words = [fuzzer, "-max_total_time=" + seconds, "-timeout=20",
             "-rss_limit_mb=1500", "-max_len=65536", "-print_final_stats=1",
             "-artifact_prefix=" + folder + "/", *sys.argv[3:], new, seeds]
    if os.path.isdir(kept):
        words.append(kept)
    env = dict(os.environ, G_SLICE="always-malloc",
               UBSAN_OPTIONS="print_stacktrace=1")
    print("1..1", flush=True)
    done = subprocess.run(words, stdout=subprocess.PIPE, env=env, text=True,
                          stderr=subprocess.STDOUT, errors="replace")
    runs = find_word(done.stdout, r"number_of_executed_units: (\d+)")
    features = find_word(done.stdout, r" ft: (\d+)")
    print("# %s runs, %s features, in %s s" % (runs, features, seconds))
    if done.returncode:
        for line in done.stdout.splitlines()[-80:]:
            print("# " + line)
    print("%sok 1 %s" % ("not " if done.returncode else "", name), flush=True)
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
