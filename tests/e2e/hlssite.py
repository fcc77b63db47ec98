# SPDX-License-Identifier: LGPL-2.1-or-later

"""A small site for test-hls.py: a Pin for each playlist that the tests want to
see played, over a handful of segments that ffmpeg makes once.

    site = hlssite.Site(folder)
    url = site.pin("name", "#EXTM3U…", other_files)

Two clips, "a" and "b", of 6 s in three segments, which differ in picture, tone
and parameter sets; as fragmented MP4 (a.mp4, a0.m4s…) and as MPEG-TS (a0.ts…).
Each begins at its own zero. aes() encrypts as RFC 8216 4.3.2.4 says, with the
program openssl.
"""

import importlib.util
import json
import os
import subprocess

from pinlib import originlib
import sitemedia

SECONDS = 6
SEGMENT = 2
COUNT = SECONDS // SEGMENT
HOST = sitemedia.VIDEO_HOST
HEAD = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n"
TAIL = "#EXT-X-ENDLIST\n"
CLIPS = {"a": ("testsrc2=size=192x108:rate=25", 440, ["-bf", "2"]),
         "b": ("smptebars=size=192x108:rate=25", 880, ["-bf", "0", "-coder",
                                                       "0"])}

_spec = importlib.util.spec_from_file_location(
    "makesite", os.path.join(originlib.HERE, "make-site.py"))
makesite = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(makesite)


def encode(folder, name):
    picture, tone, options = CLIPS[name]
    sitemedia.run_ffmpeg(
        "-f", "lavfi", "-i", "%s:duration=%d" % (picture, SECONDS),
        "-f", "lavfi", "-i", "sine=frequency=%d:sample_rate=48000:duration=%d"
        % (tone, SECONDS), "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt",
        "yuv420p", *options, "-g", 25 * SEGMENT, "-sc_threshold", 0, "-c:a",
        "aac", *sitemedia.BITEXACT, os.path.join(folder, name + "-whole.mp4"))


def cut(folder, name):
    """The clip's segments and playlists, as ffmpeg writes them."""
    whole = os.path.join(folder, name + "-whole.mp4")
    common = ["-i", whole, "-c", "copy", *sitemedia.BITEXACT, "-f", "hls",
              "-hls_time", SEGMENT, "-hls_playlist_type", "vod"]
    sitemedia.run_ffmpeg(
        *common, "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename",
        name + ".mp4", "-hls_segment_filename",
        os.path.join(folder, name + "%d.m4s"),
        os.path.join(folder, name + "-fmp4.m3u8"))
    sitemedia.run_ffmpeg(
        *common, "-hls_segment_filename", os.path.join(folder, name + "%d.ts"),
        os.path.join(folder, name + "-ts.m3u8"))


def cut_picture(folder, name):
    """The same without sound: NAMEv.mp4, NAMEv0.m4s…"""
    sitemedia.run_ffmpeg(
        "-i", os.path.join(folder, name + "-whole.mp4"), "-an", "-c", "copy",
        *sitemedia.BITEXACT, "-f", "hls", "-hls_time", SEGMENT,
        "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", name + "v.mp4",
        "-hls_segment_filename", os.path.join(folder, name + "v%d.m4s"),
        os.path.join(folder, name + "v.m3u8"))


def openssl(data, *options):
    return subprocess.run(["openssl", "enc", "-aes-128-cbc", *options],
                          input=data, stdout=subprocess.PIPE,
                          check=True).stdout


def aes(data, key, iv):
    """key: 16 bytes; iv: a number."""
    return openssl(data, "-K", key.hex(), "-iv", "%032x" % iv)


class Site:
    """The folder that pin-origin serves."""

    def __init__(self, root):
        self.root = root
        self.media = os.path.join(root, HOST, "hls")
        self._writer = makesite.Writer(root)
        os.makedirs(self.media)
        for name in CLIPS:
            encode(self.media, name)
            cut(self.media, name)

    def read(self, name):
        with open(os.path.join(self.media, name), "rb") as stream:
            return stream.read()

    def write(self, name, data):
        with open(os.path.join(self.media, name), "wb") as stream:
            stream.write(data if isinstance(data, bytes) else data.encode())

    def address(self, name):
        return "https://%s/hls/%s" % (HOST, name)

    def pin(self, name, playlist, files=(), **more):
        """Puts a Pin there whose video is the playlist; gives its address."""
        path = name.replace(" ", "-")
        self.write(path + ".m3u8", playlist)
        for other, data in dict(files).items():
            self.write(other, data)
        clip = {"master": None, "best": "%s/hls/%s.m3u8" % (HOST, path),
                "mp4": None, "seconds": SECONDS, "cover": "%s/none.jpg"
                % sitemedia.IMAGE_HOST, **more}
        one = makesite.pin(name, clip)
        makesite.write_pin(self._writer, one)
        self._writer.json("routes.json", self._writer.routes)
        return "https://www.pinterest.com/pin/%s/" % one["id"]

    def reference(self, name, *options):
        """ffmpeg's own copy of a playlist that lies in the media's folder."""
        path = os.path.join(self.root, "reference-%s.mp4" % name)
        if not os.path.exists(path):
            sitemedia.run_ffmpeg(
                "-allowed_extensions", "ALL", "-protocol_whitelist",
                "file,crypto,data", *options, "-i", os.path.join(
                    self.media, name + ".m3u8"), "-map", "0:V", "-map", "0:a?",
                "-c", "copy", path)
        return path
