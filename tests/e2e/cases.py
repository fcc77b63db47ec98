# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the muxers are fed in tests, as data: what HLS, files and applications
bring, how ffmpeg makes it, and what is to come out. test-mux.py runs each case
through pinmp4bin, test-mp4mux.py those that a stock demuxer can take apart
through pinmp4mux alone.

    workshop = cases.Workshop(folder)
    made = workshop.make(case)      # files, once per case; any thread
    made.inputs                     # what to feed: files, or playlists
    made.original                   # what ffmpeg copies, to compare with

A case is cut, moved or damaged from a clip. Its original is the clip before
that: what a cut, another clock or another packing must not change.
"""

import dataclasses
import os
import re
import subprocess
import threading
import typing

import mediaedit
from mediaedit import CLOCK, WRAP

# --- how ffmpeg makes it ------------------------------------------------------


def picture(rate="25", seconds=6, size="160x90"):
    return "-f lavfi -i testsrc2=s=%s:r=%s:d=%s " % (size, rate, seconds)


def sound(rate=48000, seconds=6):
    return "-f lavfi -i sine=440:r=%d:d=%s " % (rate, seconds)


X264 = ("-c:v libx264 -preset veryfast -threads 1 -g 50 -pix_fmt yuv420p "
        "-b_strategy 0 -bf 3 ")
X265 = ("-c:v libx265 -preset ultrafast -pix_fmt yuv420p -tag:v hvc1 "
        "-x265-params log-level=none:pools=none:frame-threads=1:"
        "keyint=50:bframes=3:%s ")
AAC = "-c:a aac -b:a 64k "
BOTH = picture() + sound()
FRAGMENTS = "-movflags +frag_keyframe+delay_moov+default_base_moof "

# Name → words of ffmpeg, and the suffix of the file
CLIPS = {
    "h264": (BOTH + X264 + AAC, "ts"),
    "h264-plain": (BOTH + X264 + "-bf 0 " + AAC, "ts"),
    "h264-open": (BOTH + X264 + "-x264-params open-gop=1 " + AAC, "ts"),
    "slices": (BOTH + X264 + "-slices 4 -b:v 2M " + AAC, "ts"),
    "hevc": (BOTH + X265 % "open-gop=0" + AAC, "ts"),
    "hevc-open": (BOTH + X265 % "open-gop=1" + AAC, "ts"),
    "hevc-plain": (BOTH + X265 % "bframes=0" + AAC, "ts"),
    "44100": (picture() + sound(44100) + X264 + AAC, "ts"),
    "mono": (picture() + sound(22050) + X264 + AAC + "-ac 1 ", "ts"),
    "mp3": (BOTH + X264 + "-c:a libmp3lame ", "ts"),
    "mp3-22050": (picture() + sound(22050) + X264 + "-c:a libmp3lame ", "ts"),
    "ac3": (BOTH + X264 + "-c:a ac3 ", "ts"),
    "eac3": (BOTH + X264 + "-c:a eac3 ", "ts"),
    "23.976": (picture("24000/1001") + sound() + X264 + AAC, "ts"),
    "29.97": (picture("30000/1001") + sound() + X264 + AAC, "ts"),
    "60": (picture("60") + sound() + X264 + AAC, "ts"),
    "vfr": (BOTH + X264 + "-vf select=not(eq(mod(n\\,7)\\,3)) -fps_mode vfr "
            + AAC, "ts"),
    "leads": ("-itsoffset 0.3 " + BOTH + X264 + AAC, "ts"),
    "trails": (picture() + "-itsoffset 0.3 " + sound() + X264 + AAC, "ts"),
    "mute": (picture() + X264, "ts"),
    "sound": (sound() + AAC, "ts"),
    "late": (picture(seconds=9) + "-itsoffset 6 " + sound(seconds=3) + X264
             + AAC, "ts"),
    "late-picture": ("-itsoffset 4 " + picture(seconds=3) + sound(seconds=7)
                     + X264 + AAC + "-map 0 -map 1 ", "ts"),
    "short": (picture(seconds=9) + sound(seconds=2) + X264 + AAC, "ts"),
    "short-picture": (picture(seconds=2) + sound(seconds=9) + X264 + AAC,
                      "ts"),
    "hours": (BOTH + X264 + AAC + "-output_ts_offset 21600 ", "ts"),
    "small": (picture(size="128x72", seconds=2) + sound(seconds=2) + X264
              + AAC, "ts"),
    "front": (BOTH + X264 + AAC + "-movflags +faststart ", "mp4"),
    "front-24000": (picture() + sound(24000) + X264 + AAC, "mp4"),
    "behind": (BOTH + X264 + AAC, "mp4"),
    "front-hevc": (BOTH + X265 % "open-gop=0" + "-c:a ac3 ", "mp4"),
    "front-negative": (BOTH + X264 + AAC + "-movflags +negative_cts_offsets ",
                       "mp4"),
    "fragments": (BOTH + X264 + AAC + FRAGMENTS, "mp4"),
    "fragments-negative": (BOTH + X264 + AAC + FRAGMENTS.rstrip()
                           + "+negative_cts_offsets ", "mp4"),
    "fragments-hevc": (BOTH + X265 % "open-gop=0" + AAC + FRAGMENTS, "mp4"),
    "fragments-tiny": (BOTH + X264 + AAC + "-movflags "
                       "+frag_every_frame+delay_moov ", "mp4"),
    "bare-aac": (sound() + AAC, "aac"),
    "bare-mp3": (sound() + "-c:a libmp3lame -write_xing 0 -id3v2_version 0 ",
                 "mp3"),
    "tagged-mp3": (sound() + "-c:a libmp3lame -write_xing 0 -metadata "
                   "title=Words ", "mp3"),
}


def ffmpeg(words, path):
    done = subprocess.run(["ffmpeg", "-v", "error", "-y", *words.split(), path],
                          stdin=subprocess.DEVNULL, text=True,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError("ffmpeg %s: %s" % (words, done.stderr))
    return path


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(data)
    return path


# --- what is made of it -------------------------------------------------------

@dataclasses.dataclass
class Made:
    inputs: list                # files and playlists, for sink and sink_%u
    original: str               # a file that ffmpeg copies


class Clip:
    """As ffmpeg makes it."""

    def __init__(self, name):
        self.name = name

    def make(self, shop, _):
        path = shop.clip(self.name)
        return Made([path], path)


class Edited(Clip):
    """One file, of whose bytes a function makes others. like: the clip that is
    to come out, where that is another one; "": what was made."""

    def __init__(self, name, edit, like=None):
        super().__init__(name)
        self.edit = edit
        self.like = name if like is None else like

    def make(self, shop, case):
        path = shop.clip(self.name)
        made = write(shop.path(case, "edited" + os.path.splitext(path)[1]),
                     self.edit(read(path)))
        return Made([made], shop.clip(self.like) if self.like else made)


class Changing(Clip):
    """Two encodes of other sizes, one behind the other: the parameter sets
    change on the way. The name is the codec's, and an encoder's words."""

    def __init__(self, name, encoder):
        super().__init__(name)
        self.encoder = encoder

    def make(self, shop, case):
        os.makedirs(shop.path(case, ""), exist_ok=True)
        parts = [read(ffmpeg(
            picture(size=size, seconds=2) + self.encoder
            + "-output_ts_offset %d" % (2 * i), shop.path(case, "%s.ts" % size)))
            for i, size in enumerate(("160x90", "128x72"))]
        path = write(shop.path(case, self.name + "-mute.ts"), b"".join(parts))
        return Made([path], path)


class ChangingInit(Changing):
    """The same as fragmented MP4, with an init section each, and clocks that
    begin anew."""

    def make(self, shop, case):
        made = super().make(shop, case)
        data = b"".join(read(ffmpeg(
            picture(size=size, seconds=2) + self.encoder + FRAGMENTS,
            shop.path(case, "%s.mp4" % size))) for size in ("160x90",
                                                            "128x72"))
        return Made([write(shop.path(case, "changing.mp4"), data)],
                    made.original)


class Programs(Clip):
    """Two programs in one stream: the first one counts."""

    def make(self, shop, case):
        path, other = shop.clip(self.name), shop.clip("small")
        os.makedirs(shop.path(case, ""), exist_ok=True)
        both = ffmpeg("-i %s -i %s -map 1 -map 0 -c copy -copyts "
                      "-program st=2:st=3 -program st=0:st=1"
                      % (path, other), shop.path(case, "both.ts"))
        return Made([both], path)


class Pair(Clip):
    """Picture and sound in a file each, on two sink pads. edit: of the bytes
    of the sound's."""

    def __init__(self, name, edit=None, both=None):
        super().__init__(name)
        self.edit = edit or (lambda data: data)
        self.both = both or (lambda data: data)

    def make(self, shop, case):
        path = shop.clip(self.name)
        suffix = os.path.splitext(path)[1]
        flags = FRAGMENTS if suffix == ".mp4" else ""
        os.makedirs(shop.path(case, ""), exist_ok=True)
        parts = [ffmpeg("-copyts -i %s -map 0:%s -c copy -muxdelay 0 %s"
                        % (path, kind, flags),
                        shop.path(case, kind + suffix)) for kind in "va"]
        for part in parts:
            write(part, self.both(read(part)))
        write(parts[1], self.edit(read(parts[1])))
        return Made(parts, path)


class Hls(Clip):
    """A clip as HLS. segments: what ffmpeg cuts it into, "mpegts" or "fmp4";
    apart: the sound is a rendition of its own; edit: of the folder's files
    and playlists, after ffmpeg, see the functions below; locked: AES-128."""

    def __init__(self, name, segments="mpegts", apart=False, edit=None,
                 locked=False):
        super().__init__(name)
        self.segments = segments
        self.apart = apart
        self.edit = edit
        self.locked = locked

    def cut(self, shop, case, path, part, streams):
        suffix = "ts" if self.segments == "mpegts" else "m4s"
        playlist = shop.path(case, part + ".m3u8")
        init = "-hls_fmp4_init_filename %s-init.mp4 " % part \
            if self.segments == "fmp4" else ""
        ffmpeg("-copyts -i %s %s -c copy -f hls -hls_time 2 -hls_list_size 0 "
               "-hls_playlist_type vod -muxdelay 0 -muxpreload 0 "
               "-hls_segment_type %s %s %s -hls_segment_filename %s"
               % (path, streams, self.segments, init, self.lock(shop, case),
                  shop.path(case, part + "-%03d." + suffix)), playlist)

    def lock(self, shop, case):
        if not self.locked:
            return ""
        key = write(shop.path(case, "key.bin"), b"sixteen bytes ok")
        return "-hls_key_info_file " + write(
            shop.path(case, "key.info"), ("key.bin\n%s\n" % key).encode())

    def make(self, shop, case):
        """What is to come out is the clip; of fMP4, what ffmpeg reads from
        the playlist before it is edited: to cut moves the times, there."""
        path = shop.clip(self.name)
        os.makedirs(shop.path(case, ""), exist_ok=True)
        parts = [("v", "-map 0:v"), ("a", "-map 0:a")] if self.apart \
            else [("v", "-map 0")]
        for part, streams in parts:
            self.cut(shop, case, path, part, streams)
        master = write_master(shop.path(case, ""), self.apart)
        if self.segments == "fmp4":
            path = shop.path(case, "uncut.mp4")
            ffmpeg("-allowed_extensions ALL -i %s -map 0:v -map 0:a -c copy %s"
                   % (master, FRAGMENTS), path)
        if self.edit:
            self.edit(shop.path(case, ""))
        return Made([master], path)


def write_master(folder, apart):
    text = "#EXTM3U\n"
    if apart:
        text += ('#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="one",'
                 'AUTOSELECT=YES,DEFAULT=YES,URI="a.m3u8"\n')
    text += "#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=160x90%s\nv.m3u8\n" \
        % (',AUDIO="a"' if apart else "")
    return write(os.path.join(folder, "master.m3u8"), text.encode())


# --- edits of a folder --------------------------------------------------------

def playlists(folder):
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))
            if re.fullmatch(r"[va]\.m3u8", name)]


def segments_of(playlist):
    """The files of its segments."""
    return [os.path.join(os.path.dirname(playlist), line)
            for line in read(playlist).decode().splitlines()
            if line and not line.startswith("#")]


def break_before(playlist, number):
    """Puts EXT-X-DISCONTINUITY before a segment."""
    lines, out, count = read(playlist).decode().splitlines(), [], 0
    for line in lines:
        if line.startswith("#EXTINF"):
            if count == number:
                out.append("#EXT-X-DISCONTINUITY")
            count += 1
        out.append(line)
    write(playlist, "\n".join(out).encode() + b"\n")


def other_clock(seconds):
    """From the second segment on: TS."""
    def edit(folder):
        for playlist in playlists(folder):
            for path in segments_of(playlist)[1:]:
                write(path, mediaedit.shift_ts(read(path), int(seconds
                                                               * CLOCK)))
            break_before(playlist, 1)
    return edit


def timescales(folder, part):
    data = read(os.path.join(folder, part + "-init.mp4"))
    found = re.finditer(rb"mdhd", data)
    return {i + 1: int.from_bytes(data[m.end() + 12:m.end() + 16], "big")
            for i, m in enumerate(found)}


def other_clock_fmp4(seconds):
    def edit(folder):
        for playlist in playlists(folder):
            scales = timescales(folder, os.path.basename(playlist)[0])
            for path in segments_of(playlist)[1:]:
                write(path, mediaedit.shift_fmp4(read(path), seconds, scales))
            break_before(playlist, 1)
    return edit


def shift_all(seconds, part=None):
    """Every clock, or that of a part."""
    def edit(folder):
        for playlist in playlists(folder):
            name = os.path.basename(playlist)[0]
            for path in segments_of(playlist):
                if part in (None, name):
                    data = read(path)
                    write(path, mediaedit.shift_ts(data, int(seconds * CLOCK))
                          if path.endswith(".ts") else
                          mediaedit.shift_fmp4(data, seconds,
                                               timescales(folder, name)))
    return edit


def in_one_file(folder):
    """Byte ranges of one file per rendition, with gaps between them."""
    for playlist in playlists(folder):
        name = os.path.basename(playlist)[0]
        data, out = b"", []
        for line in read(playlist).decode().splitlines():
            if line.startswith("#EXT-X-MAP"):
                part = read(os.path.join(folder, name + "-init.mp4"))
                line = '#EXT-X-MAP:URI="%s.bin",BYTERANGE="%d@%d"' % (
                    name, len(part), len(data))
                data += part + b"gap " * 100
            elif line and not line.startswith("#"):
                part = read(os.path.join(folder, line))
                out.append("#EXT-X-BYTERANGE:%d@%d" % (len(part), len(data)))
                line = name + ".bin"
                data += part + b"gap " * 100
            out.append(line)
        write(os.path.join(folder, name + ".bin"), data)
        write(playlist, "\n".join(out).encode() + b"\n")


def join_last(playlist):
    """hlsdemux of GStreamer 1.22 does not know a segment of one frame."""
    *_, kept, last = segments_of(playlist)
    write(kept, read(kept) + read(last))
    lines = read(playlist).decode().splitlines()
    at = lines.index(os.path.basename(last))
    write(playlist, "\n".join(lines[:at - 1] + lines[at + 1:]).encode() + b"\n")


def packed(shift=0):
    """The sound's segments as ADTS behind an ID3 tag with their time."""
    def edit(folder):
        playlist = os.path.join(folder, "a.m3u8")
        join_last(playlist)
        for path in segments_of(playlist):
            data = read(path)
            aac = ffmpeg("-i %s -c copy -f adts" % path, path + ".aac")
            write(path + ".aac", mediaedit.id3(
                mediaedit.first_time(data) + shift) + read(aac))
        write(playlist, read(playlist).replace(b".ts\n", b".ts.aac\n"))
    return edit


def before_wrap(folder):
    """The clocks wrap within the second segment."""
    paths = [path for playlist in playlists(folder)
             for path in segments_of(playlist)]
    for path in paths:
        write(path, mediaedit.shift_ts(read(path), WRAP - 5 * CLOCK))


def init_again(folder):
    """The init section comes before every fragment."""
    for playlist in playlists(folder):
        init = read(os.path.join(folder, os.path.basename(playlist)[0]
                                 + "-init.mp4"))
        for path in segments_of(playlist):
            write(path, init + read(path))


def say_sbr(data):
    """Nothing in Debian encodes HE-AAC. What counts for a muxer is what the
    configuration says: here that 24 kHz come out as 48 kHz."""
    plain, explicit = b"\x13\x08\x56\xe5\x00", b"\x2b\x09\x88\x00\x00"
    assert data.count(plain) == 1
    return data.replace(plain, explicit)


# --- the table ----------------------------------------------------------------

@dataclasses.dataclass(frozen=True)
class Case:
    """What goes in, and what is special about it. Special are
      alone     pinmp4mux is fed it too, behind tsdemux: True, or "untimed"
                where tsdemux gives no times, which has to be an error there
      start     "together": the inputs have no common clock and begin together
      lossy     bytes are missing: most has to be there, in its right place
      sizes     False: another packing has more or fewer bytes
    """
    name: str
    media: typing.Any
    alone: typing.Any = False
    start: str = ""
    lossy: bool = False
    sizes: bool = True


CASES = [
    Case("H.264 with B-frames", Clip("h264"), alone=True),
    Case("H.264 without B-frames", Clip("h264-plain"), alone=True),
    Case("H.264, open GOP", Clip("h264-open"), alone=True),
    Case("H.264, four slices", Clip("slices"), alone=True),
    Case("HEVC", Clip("hevc"), alone=True),
    Case("HEVC, open GOP", Clip("hevc-open"), alone=True),
    Case("HEVC without B-frames", Clip("hevc-plain")),
    Case("AAC at 44.1 kHz", Clip("44100"), alone=True),
    Case("AAC, mono at 22.05 kHz", Clip("mono"), alone=True),
    Case("MP3", Clip("mp3"), alone=True),
    Case("MP3 at 22.05 kHz", Clip("mp3-22050"), alone=True),
    Case("AC-3", Clip("ac3"), alone=True),
    Case("E-AC-3", Clip("eac3"), alone=True),
    Case("23.976 pictures a second", Clip("23.976"), alone=True),
    Case("29.97 pictures a second", Clip("29.97"), alone=True),
    Case("60 pictures a second", Clip("60"), alone=True),
    Case("no constant rate", Clip("vfr"), alone=True),
    Case("sound leads", Clip("leads"), alone=True),
    Case("sound trails", Clip("trails"), alone=True),
    Case("no sound", Clip("mute"), alone=True),
    Case("only sound", Clip("sound"), alone=True),
    Case("sound 6 s late", Clip("late"), alone=True),
    Case("picture 4 s late", Clip("late-picture"), alone="untimed"),
    Case("sound ends early", Clip("short"), alone=True),
    Case("picture ends early", Clip("short-picture"), alone=True),
    Case("starts after six hours", Clip("hours"), alone=True),
    Case("size changes", Changing("h264", X264 + "-bf 0 "), alone=True),
    Case("size changes, HEVC", Changing("hevc", X265 % "bframes=0"),
         alone=True),
    Case("no PCR", Edited("h264", mediaedit.without_clock)),
    Case("clock wraps", Edited("h264", lambda data: mediaedit.shift_ts(
        data, WRAP - 4 * CLOCK))),
    Case("tables come late", Edited("h264", lambda data:
                                    mediaedit.without_tables(data, 0.3))),
    Case("two programs", Programs("h264")),
    Case("sound is named, never comes", Edited(
        "h264", lambda data: mediaedit.without_pid(data, 0x101),
        like="mute")),
    Case("damaged", Edited("h264", mediaedit.damaged), lossy=True),
    Case("MP4, index in front", Clip("front")),
    Case("MP4, index behind", Clip("behind")),
    Case("MP4, HEVC and AC-3", Clip("front-hevc")),
    Case("MP4, shown before decoded", Clip("front-negative")),
    Case("MP4, fragments", Clip("fragments")),
    # ffmpeg 5.1 shows such pictures late by what decoding takes
    Case("MP4, fragments, shown before decoded", Edited(
        "fragments-negative", lambda data: data, like="fragments")),
    Case("MP4, fragments, HEVC", Clip("fragments-hevc")),
    Case("MP4, a fragment per sample", Clip("fragments-tiny")),
    Case("MP4, fragments, init section changes",
         ChangingInit("h264", X264 + "-bf 0 "), sizes=False),
    Case("MP4, fragments, init section changes, HEVC",
         ChangingInit("hevc", X265 % "bframes=0"), sizes=False),
    Case("MP4, HE-AAC", Edited("front-24000", say_sbr, like="")),
    Case("bare AAC", Clip("bare-aac")),
    Case("bare MP3", Clip("bare-mp3")),
    Case("bare MP3 behind an ID3 tag", Clip("tagged-mp3")),
    Case("TS in two files", Pair("h264")),
    Case("TS in two files, the sound's clock wrapped before",
         Pair("h264", both=lambda data: mediaedit.shift_ts(
             data, WRAP - int(1.47 * CLOCK)))),
    Case("TS in two files without a common clock",
         Pair("h264", edit=lambda data: mediaedit.shift_ts(
             data, 1000 * CLOCK)), start="together"),
    Case("MP4 in two files", Pair("fragments")),
    Case("HLS, TS", Hls("h264")),
    Case("HLS, TS, sound apart", Hls("h264", apart=True)),
    Case("HLS, TS, sound 6 s late", Hls("late")),
    Case("HLS, TS, picture 4 s late", Hls("late-picture")),
    Case("HLS, TS, HEVC", Hls("hevc")),
    Case("HLS, TS, ranges with gaps", Hls("h264", edit=in_one_file)),
    Case("HLS, TS, AES-128", Hls("h264", locked=True)),
    Case("HLS, TS, another clock behind a discontinuity",
         Hls("h264", edit=other_clock(1000))),
    Case("HLS, TS, the clock goes back", Hls("hours", edit=other_clock(-9000))),
    Case("HLS, TS, another clock, sound apart",
         Hls("h264", apart=True, edit=other_clock(1000))),
    Case("HLS, TS, clock wraps", Hls("h264", edit=before_wrap)),
    Case("HLS, TS, clock wraps, sound apart",
         Hls("h264", apart=True, edit=before_wrap)),
    Case("HLS, TS, no common clock",
         Hls("h264", apart=True, edit=shift_all(1000, "a")), start="together"),
    Case("HLS, packed AAC", Hls("h264", apart=True, edit=packed())),
    Case("HLS, packed AAC, hours in", Hls("hours", apart=True, edit=packed())),
    Case("HLS, fMP4", Hls("fragments", "fmp4")),
    Case("HLS, fMP4, sound apart", Hls("fragments", "fmp4", apart=True)),
    Case("HLS, fMP4, HEVC", Hls("fragments-hevc", "fmp4")),
    Case("HLS, fMP4, ranges with gaps",
         Hls("fragments", "fmp4", apart=True, edit=in_one_file)),
    Case("HLS, fMP4, another clock behind a discontinuity",
         Hls("fragments", "fmp4", edit=other_clock_fmp4(1000))),
    Case("HLS, fMP4, hours in", Hls("fragments", "fmp4", apart=True,
                                    edit=shift_all(7200))),
    Case("HLS, fMP4, no common clock",
         Hls("fragments", "fmp4", apart=True, edit=shift_all(1000, "a")),
         start="together"),
    Case("HLS, fMP4, init section again and again",
         Hls("fragments", "fmp4", edit=init_again)),
]


class Workshop:
    """Makes what cases name, each thing once, in any thread."""

    def __init__(self, folder):
        self.folder = folder
        self._lock = threading.Lock()
        self._locks = {}

    def path(self, case, name):
        return os.path.join(self.folder, re.sub(r"\W+", "-", case.name), name)

    def once(self, key, function):
        """What the function gave, at its first call for that key."""
        with self._lock:
            lock, results = self._locks.setdefault(key, (threading.Lock(), []))
        with lock:
            if not results:
                results.append(function())
            return results[0]

    def clip(self, name):
        words, suffix = CLIPS[name]
        path = os.path.join(self.folder, "clip-%s.%s" % (name, suffix))
        return self.once(path, lambda: ffmpeg(words, path))

    def copy(self, path, fragmented):
        """ffmpeg's copy. It shows the priming of AAC in a fragmented file,
        where it hides it in others: like is compared with like."""
        target = "%s.%s.mp4" % (path, "fragmented" if fragmented else "copy")
        name = os.path.basename(path)
        filters = "-bsf:a aac_adtstoasc " if fragmented and name.endswith(
            (".ts", ".aac")) and not re.search("ac3|mp3|mute", name) else ""
        tags = "-tag:v hvc1 " if "hevc" in name else ""
        return self.once(target, lambda: ffmpeg(
            "-i %s -map 0:v? -map 0:a? -c copy %s%s%s" % (
                path, tags, filters, FRAGMENTS if fragmented else ""), target))

    def make(self, case):
        return self.once(case.name, lambda: case.media.make(self, case))
