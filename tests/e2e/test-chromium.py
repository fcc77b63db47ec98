#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""A browser plays what pinmp4bin writes: Debian's Chromium, headless, over
HTTP on loopback. Each file is played to its end with sound, and its pictures
are counted; then it is sought forward, back, and to its end, and the picture
that is shown is the one that belongs there.

    GST_PLUGIN_PATH=… PIN_ORIGIN=… test-chromium.py [CHECK…]
"""

import os
import subprocess

import cdp
import pinlib
import rangeserver
from pinlib import launch, originlib, source

RATE = 4                        # beyond this Chromium plays without sound
LOUD = 0.05                     # a sine of ffmpeg's has a peak of 0.125

tap = originlib.Tap(limit=120 * pinlib.SLOW)
folder_owner = pinlib.scratch()
folder = folder_owner.name
program = cdp.find()

# Name; the Pin, or how ffmpeg makes the input; MIME type, where not every
# Chromium plays it
PICTURE = "-f lavfi -i testsrc2=s=320x180:r=25:d=4"
SOUND = "-f lavfi -i sine=440:r=44100:d=4"
H264 = "-c:v libx264 -preset veryfast -bf 3 -g 25 -pix_fmt yuv420p"
AAC = "-c:a aac -b:a 64k"
CASES = [
    ("H.264 and AAC, sound apart", "story", None),
    ("H.264 and AAC, transport stream", "ts-single", None),
    ("H.264 and AAC, progressive", "mp4", None),
    ("HEVC and AAC", "ts-hevc", 'video/mp4; codecs="hvc1.1.6.L93.90"'),
    ("H.264 and MP3", "%s %s %s -c:a libmp3lame -f mpegts"
     % (PICTURE, SOUND, H264), None),
    ("late sound", "%s -itsoffset 1.5 %s %s %s -f mpegts"
     % (PICTURE, SOUND, H264, AAC), None),
    ("short sound", "%s -t 1.5 %s %s %s -f mpegts"
     % (PICTURE, SOUND, H264, AAC), None),
    ("no sound", "%s %s -f mpegts" % (PICTURE, H264), None),
    ("only AAC", "%s %s -f adts" % (SOUND, AAC), None),
    ("only MP3", "%s -c:a libmp3lame -f mp3" % SOUND, None),
]
FORMATS = ("faststart", "fragmented")


def make(name, recipe, layout):
    """pinmp4bin's file of a case; its path."""
    path = os.path.join(folder, "%s-%s.mp4" % (name.replace(" ", "-"), layout))
    if recipe in catalog:
        front = source(origin, catalog[recipe]["url"])
    else:
        made = os.path.join(folder, name.replace(" ", "-") + ".source")
        if not os.path.exists(made):
            subprocess.run(["ffmpeg", "-v", "error", *recipe.split(), made],
                           check=True, stdin=subprocess.DEVNULL)
        front = ["filesrc", "location=" + made]
    launch([*front, "!", "pinmp4bin", "format=" + layout, "!", "filesink",
            "location=" + path])
    return path


def times(path, kind):
    """When each picture ("V") or sound ("a") is played, by ffprobe, in order;
    the cover is none."""
    seen = pinlib.probe(path, "-show_packets", "-select_streams", kind)
    wanted = {stream["index"] for stream in seen["streams"]
              if not stream["disposition"]["attached_pic"]}
    return sorted(float(packet["pts_time"]) for packet in seen["packets"]
                  if packet["stream_index"] in wanted)


def assert_plays_to_its_end(page, path, pictures):
    seen = page.evaluate("load_video ('/%s')" % os.path.basename(path))
    length = float(pinlib.probe(path)["format"]["duration"])
    assert abs(seen["duration"] - length) < 0.05, (seen, length)
    assert bool(seen["width"]) == bool(pictures), seen
    ended = page.evaluate("play_to_end (%d)" % RATE)
    assert ended["ended"], ended
    assert abs(ended["currentTime"] - seen["duration"]) < 0.05, (seen, ended)
    assert ended["frames"] == len(pictures), (ended, len(pictures))
    sounds = times(path, "a")
    assert (ended["sound"] > 0) == bool(sounds), ended
    assert (ended["peak"] > LOUD) == bool(sounds), ended
    # Never early, give or take 25 ms of real time; how late depends on how often
    # the page gets to listen. Seen: 14 to 47 ms after it.
    assert not sounds or ended["heard"] > sounds[0] - 0.1, (ended, sounds[0])
    return seen["duration"]


def places(duration, pictures):
    """Times to seek, each with the time of the picture that is shown there:
    the last one that has begun. Away from where one begins, since a browser
    keeps times in microseconds."""
    parts = (0.7, 0.31, 0.9)
    if not pictures:
        return [(duration * part, None) for part in (*parts, 0, 1)]
    between = [pictures[int(len(pictures) * part)] for part in parts]
    return [(when + 0.005, when) for when in between] + [
        (0, pictures[0]), (duration, pictures[-1])]


def assert_seeks(page, duration, pictures):
    """Forward, back, to the beginning and to the end; then playing goes on."""
    for time, wanted in places(duration, pictures):
        seen = page.evaluate("seek (%r)" % time)
        assert abs(seen["currentTime"] - time) < 0.001, (time, seen)
        assert wanted is None or abs(seen["picture"] - wanted) < 0.002, \
            (time, seen, wanted)
    page.evaluate("seek (%r)" % (duration / 2))
    assert page.evaluate("play_on (0.3)") >= 0.25


def check(_, name, recipe, layout):
    path = make(name, recipe, layout)
    pictures = times(path, "V")
    page = browser.page(address + "/")
    pinlib.until(lambda: page.evaluate("document.title == 'player' && "
                                       "document.readyState == 'complete'"),
                 "the page is loaded", pinlib.LIMIT)
    duration = assert_plays_to_its_end(page, path, pictures)
    assert_seeks(page, duration, pictures)
    page.close()


def add_checks():
    known = browser.page("about:blank")
    for name, recipe, kind in CASES:
        plays = not kind or known.evaluate(
            "document.createElement ('video').canPlayType ('%s')" % kind)
        rows = [("%s, %s" % (name, layout), name, recipe, layout)
                for layout in FORMATS]
        if plays:
            pinlib.check_each(tap, "plays", rows)(check)
        else:
            pinlib.skip(tap, "plays: " + name, "this browser does not know it")
    known.close()

    @tap
    def nothing_of_the_browser_is_left():
        assert cdp.processes(browser.profile)
        browser.close()
        assert not cdp.processes(browser.profile)
        assert not os.path.exists(browser.profile)


def player():
    with open(os.path.join(pinlib.HERE, "player.html"), "rb") as stream:
        return stream.read()


if not program:
    pinlib.skip(tap, "a browser plays our files", "no chromium is installed")
    tap.run()
site = originlib.site()
catalog = originlib.catalog(site)
with folder_owner, originlib.Origin(site) as origin, rangeserver.serve(
        folder, {"/": player()}) as address, cdp.Browser(
            program, "--autoplay-policy=no-user-gesture-required") as browser:
    add_checks()
    tap.run()
