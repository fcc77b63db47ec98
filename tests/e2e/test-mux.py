#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""pinmp4bin against ffmpeg: what ffmpeg makes is muxed again, from files and
from HLS on loopback, in each format, and compared with ffmpeg's own copy of the
same input, packet for packet. CASES holds what goes in, as data.

    GST_PLUGIN_PATH=… PIN_RUN=… test-mux.py [CHECK…]
"""

import functools
import http.server
import os
import re
import signal
import subprocess
import threading
import time

import mediacheck
import pinlib
from pinlib import launch, originlib, pin_run

tap = originlib.Tap(limit=120)
folder_owner = pinlib.scratch()
folder = folder_owner.name
FORMATS = ("faststart", "fragmented", "plain")

# --- fixtures -----------------------------------------------------------------

PICTURE = "-f lavfi -i testsrc2=s=320x180:r=25:d=%d"
SOUND = "-f lavfi -i sine=440:r=44100:d=%d"
H264 = "-c:v libx264 -preset veryfast -b_strategy 0 -bf 3 -g 25 -pix_fmt yuv420p"
HEVC = ("-c:v libx265 -preset ultrafast -pix_fmt yuv420p "
        "-x265-params bframes=3:keyint=25:log-level=error")
AAC = "-c:a aac -b:a 64k"
BOTH = PICTURE % 6 + " " + SOUND % 6
FRAGMENTS = "-movflags +frag_keyframe+delay_moov+default_base_moof"
SPLIT = ("-hls_time 2 -hls_playlist_type vod -hls_list_size 0 "
         "-hls_segment_type %s")

# name, file, how ffmpeg makes it
CASES = [
    ("TS, H.264 with B-frames", "h264.ts", "%s %s %s" % (BOTH, H264, AAC)),
    ("TS, H.264 without B-frames", "nob.ts",
     "%s %s -bf 0 %s" % (BOTH, H264, AAC)),
    ("TS, HEVC", "hevc.ts", "%s %s %s" % (BOTH, HEVC, AAC)),
    ("TS, 29.97 frames per second", "ntsc.ts",
     "%s -vsync cfr -r 30000/1001 %s %s" % (BOTH, H264, AAC)),
    ("TS, no constant rate", "vfr.ts",
     "%s -r 30000/1001 %s %s" % (BOTH, H264, AAC)),
    ("TS, MP3", "mp3.ts", "%s %s -c:a libmp3lame" % (BOTH, H264)),
    ("TS, AC-3", "ac3.ts", "%s %s -c:a ac3" % (BOTH, H264)),
    ("TS, no sound", "mute.ts", "%s %s" % (PICTURE % 6, H264)),
    ("TS, only sound", "sound.ts", "%s %s" % (SOUND % 6, AAC)),
    ("TS, late sound", "late.ts",
     "%s -itsoffset 4 %s %s %s" % (PICTURE % 8, SOUND % 4, H264, AAC)),
    ("TS, short sound", "short.ts",
     "%s %s %s %s" % (PICTURE % 8, SOUND % 3, H264, AAC)),
    ("TS, short picture", "shortv.ts",
     "%s %s %s %s" % (PICTURE % 3, SOUND % 8, H264, AAC)),
    ("TS, starts after an hour", "hour.ts",
     "%s %s %s -output_ts_offset 3600" % (BOTH, H264, AAC)),
    ("MP4, fragmented, H.264", "f264.mp4",
     "%s %s %s %s" % (BOTH, H264, AAC, FRAGMENTS)),
    ("MP4, fragmented, HEVC", "fhevc.mp4",
     "%s %s -tag:v hvc1 %s %s" % (BOTH, HEVC, AAC, FRAGMENTS)),
    ("MP4, one fragment per sample", "tiny.mp4",
     "%s %s %s -movflags +frag_every_frame+delay_moov" % (BOTH, H264, AAC)),
    ("MP4, index in front", "front.mp4",
     "%s %s %s -movflags +faststart" % (BOTH, H264, AAC)),
    ("MP4, index behind", "behind.mp4", "%s %s %s" % (BOTH, H264, AAC)),
    ("MP4, HEVC and AC-3", "hevcac3.mp4",
     "%s %s -tag:v hvc1 -c:a ac3" % (BOTH, HEVC)),
    ("bare AAC", "bare.aac", "%s %s" % (SOUND % 6, AAC)),
    ("bare MP3", "bare.mp3",
     "%s -c:a libmp3lame -write_xing 0 -id3v2_version 0" % (SOUND % 6)),
]

# What hlsdemux brings: a master playlist, its parts by ffmpeg
PLAYLISTS = [
    ("HLS, TS in one", "hls-ts", "mpegts", False),
    ("HLS, TS with sound apart", "hls-ts-apart", "mpegts", True),
    ("HLS, fMP4 in one", "hls-fmp4", "fmp4", False),
    ("HLS, fMP4 with sound apart", "hls-fmp4-apart", "fmp4", True),
]


def path_of(name):
    return os.path.join(folder, name)


def ffmpeg(words, output):
    done = subprocess.run(["ffmpeg", "-v", "error", "-y", *words.split(),
                           output], stdin=subprocess.DEVNULL, text=True,
                          stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    return output


@functools.lru_cache(maxsize=None)
def fixture(name):
    recipe = {file: words for _, file, words in CASES}[name]
    return ffmpeg(recipe, path_of(name))


def copy_options(layout):
    """ffmpeg shows the priming of AAC in a fragmented file, where it hides it
    in others: like is compared with like."""
    return FRAGMENTS if layout == "fragmented" else ""


@functools.lru_cache(maxsize=None)
def reference(source, layout):
    """ffmpeg's copy of a file or playlist."""
    name = "reference-%s-%s.mp4" % (re.sub(r"\W", "_", source),
                                    "f" if layout == "fragmented" else "p")
    tags = "-tag:v hvc1" if "hevc" in source else ""
    filters = "-bsf:a aac_adtstoasc" if layout == "fragmented" and (
        source.endswith((".ts", ".aac")) or "/hls-ts" in source) else ""
    if source.endswith(("mp3.ts", "ac3.ts")):
        filters = ""
    return ffmpeg("-i %s -map 0:v? -map 0:a? -c copy %s %s %s"
                  % (source, tags, filters, copy_options(layout)),
                  path_of(name))


@functools.lru_cache(maxsize=None)
def playlist(name, kind, apart):
    """A folder with a master playlist; returns the master's path in it."""
    os.mkdir(path_of(name))
    source = fixture("h264.ts") if kind == "mpegts" else fixture("front.mp4")
    bsf = "-c copy -f hls " + SPLIT % kind
    parts = [("v", "-map 0:v")] + [("a", "-map 0:a")] if apart else \
        [("v", "-map 0")]
    for part, streams in parts:
        init = "-hls_fmp4_init_filename %s-init.mp4 " % part
        ffmpeg("-copyts -i %s %s %s %s -muxdelay 0 -muxpreload 0"
               " -hls_segment_filename %s"
               % (source, streams, bsf, init if kind == "fmp4" else "",
                  path_of("%s/%s-%%03d.%s" % (
                      name, part, "ts" if kind == "mpegts" else "m4s"))),
               path_of("%s/%s.m3u8" % (name, part)))
    with open(path_of(name + "/master.m3u8"), "w", encoding="ascii") as out:
        out.write("#EXTM3U\n")
        if apart:
            out.write('#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="one",'
                      'AUTOSELECT=YES,DEFAULT=YES,URI="a.m3u8"\n')
        out.write("#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=320x180%s\n"
                  "v.m3u8\n" % (',AUDIO="a"' if apart else ""))
    return name + "/master.m3u8"


class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args):
        super().__init__(*args, directory=folder)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()


def url(path):
    return "http://127.0.0.1:%d/%s" % (server.server_address[1], path)


def output(name="out.mp4"):
    path = path_of(name)
    if os.path.exists(path):
        os.remove(path)
    return path


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


def assert_same(source, path, layout, tolerance=mediacheck.TOLERANCE):
    differences = mediacheck.compare(reference(source, layout), path,
                                     tolerance)
    assert not differences, "\n".join(differences)


# --- checks -------------------------------------------------------------------

@pinlib.check_each(tap, "file", [(c[0], c[1]) for c in CASES])
def check_file(_, name):
    source = fixture(name)
    for layout in FORMATS:
        path = mux(["filesrc", "location=" + source, "!"], layout)
        assert_layout(path, layout)
        assert_same(source, path, layout)


@pinlib.check_each(tap, "playlist", PLAYLISTS)
def check_playlist(_, name, kind, apart):
    address = url(playlist(name, kind, apart))
    front = ["souphttpsrc", "location=" + address, "!"]
    for between in ([], ["hlsdemux", "!"], ["hlsdemux", "!", "queue", "!"]):
        path = mux([*front, *between])
        assert_layout(path, "faststart")
        assert_same(address, path, "faststart")
    assert_same(address, mux(front, "fragmented"), "fragmented")


@tap
def two_inputs_from_two_files():
    picture = ffmpeg("-i %s -map 0:v -c copy -copyts" % fixture("h264.ts"),
                     path_of("apart-v.ts"))
    sound = ffmpeg("-i %s -map 0:a -c copy -copyts" % fixture("h264.ts"),
                   path_of("apart-a.ts"))
    path = output()
    launch(["pinmp4bin", "name=m", "!", "filesink", "location=" + path,
            "filesrc", "location=" + picture, "!", "m.sink",
            "filesrc", "location=" + sound, "!", "m.sink_0"])
    assert_same(fixture("h264.ts"), path, "faststart")


@tap
def pushed_not_pulled():
    """A queue in front: nothing can be pulled, an index behind needs a seek."""
    for name in ("h264.ts", "behind.mp4", "f264.mp4"):
        path = mux(["filesrc", "location=" + fixture(name), "!", "queue", "!"])
        assert_same(fixture(name), path, "faststart")


@tap
def index_behind_from_a_source_that_cannot_seek():
    path = output()
    with open(fixture("behind.mp4"), "rb") as stream:
        done = subprocess.run(
            ["gst-launch-1.0", "-q", "fdsrc", "!", "pinmp4bin", "!", "filesink",
             "location=" + path], input=stream.read(), env=pinlib.environment(), timeout=60)
    assert done.returncode == 0
    assert_same(fixture("behind.mp4"), path, "faststart")


@tap
def into_a_pipe():
    """auto: fragmented, readable as it comes."""
    done = subprocess.run(
        ["gst-launch-1.0", "-q", "filesrc", "location=" + fixture("h264.ts"),
         "!", "pinmp4bin", "!", "fdsink", "fd=1"], stdout=subprocess.PIPE,
        env=pinlib.environment(), timeout=60, check=True)
    with open(output(), "wb") as out:
        out.write(done.stdout)
    seen = pinlib.probe("-", stdin=open(path_of("out.mp4"), "rb"))
    assert len(seen["streams"]) == 2, seen
    assert_layout(path_of("out.mp4"), "fragmented")
    assert_same(fixture("h264.ts"), path_of("out.mp4"), "fragmented")


@tap
def tags_reach_every_format():
    tags = (r'"title=\"A title\",artist=Someone,'
            r'comment=\"https://example.com/\""')
    for layout in FORMATS:
        path = output()
        launch(["filesrc", "location=" + fixture("h264.ts"), "!", "taginject",
                "tags=" + tags, "!", "pinmp4bin", "format=" + layout, "!",
                "filesink", "location=" + path])
        seen = pinlib.probe(path)["format"]["tags"]
        assert seen["title"] == "A title", seen
        assert seen["artist"] == "Someone", seen
        assert seen["comment"] == "https://example.com/", seen


@tap
def a_track_that_mp4_cannot_hold_is_named():
    source = ffmpeg("%s %s -c:a libopus" % (BOTH, H264), path_of("opus.ts"))
    run = pin_run(["filesrc", "location=" + source, "!", "pinmp4bin", "!",
                   "filesink", "location=" + output()])
    assert run.status == 0, run.lines
    warning, = run.of("warning")
    assert "audio/x-opus" in warning["message"], warning
    assert warning["code"] == "unsupported", warning
    differences = mediacheck.compare(
        ffmpeg("-i %s -map 0:v -c copy" % source, path_of("noopus.mp4")),
        path_of("out.mp4"))
    assert not differences, differences


@tap
def nothing_to_mux_is_an_error():
    sound = ffmpeg("%s -c:a libopus" % (SOUND % 2), path_of("onlyopus.ts"))
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
    for name in ("front.mp4", "f264.mp4", "behind.mp4"):
        with open(fixture(name), "rb") as stream:
            data = stream.read()
        with open(path_of("cut.mp4"), "wb") as out:
            out.write(data[:len(data) * 2 // 3])
        run = pin_run(["filesrc", "location=" + path_of("cut.mp4"), "!",
                       "pinmp4bin", "!", "filesink", "location=" + output()],
                      limit=20)
        assert run.status == 1, (name, run.lines)
        assert run.error["code"] == "truncated", (name, run.error)
        assert not pinlib.looks_finished(path_of("out.mp4")), name


@tap
def an_interrupted_run_leaves_no_file_that_looks_finished():
    for layout in ("faststart", "plain"):
        path = output()
        process = subprocess.Popen(
            ["gst-launch-1.0", "-q", "filesrc", "blocksize=4096",
             "location=" + fixture("h264.ts"), "!", "identity",
             "sleep-time=20000", "!", "pinmp4bin", "format=" + layout, "!",
             "filesink", "location=" + path], env=pinlib.environment())
        pinlib.until(lambda: os.path.exists(path), "the file is there")
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        process.wait(20)
        assert not pinlib.looks_finished(path), layout


tap.run()
