# SPDX-License-Identifier: LGPL-2.1-or-later

"""The media of the test site: small clips that ffmpeg makes in the shapes that
Pinterest serves, laid out below DIR by host and path as on its CDN.

make-site.py calls make() once per clip, several clips at a time; a clip's
files depend on nothing but this code and ffmpeg. What a clip is goes back as a
plain dictionary, from which sitepages.py writes the pages.

CMAF clips have one file per rendition, audio apart, and byte ranges: the init
part is followed by a sidx box, so the first fragment does not begin where the
init part ends. ffmpeg writes such files; this module finds the boxes and writes
the playlists.
"""

import hashlib
import os
import struct
import subprocess

VIDEO_HOST = "v1.pinimg.com"
IMAGE_HOST = "i.pinimg.com"


def clip_hash(name):
    return hashlib.md5(("pin-origin " + name).encode()).hexdigest()


def spread(digest):
    """aa/bb/cc/HASH, as the CDN spreads its files."""
    return "/".join((digest[0:2], digest[2:4], digest[4:6], digest))


def run_ffmpeg(*args):
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, args)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError("%s\n%s" % (" ".join(command), done.stderr))


def place(root, host, path):
    full = os.path.join(root, host, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)


def boxes(data):
    """The top-level boxes of an MP4 file: (type, offset, size)."""
    offset = 0
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        if size == 1:
            size = struct.unpack_from(">Q", data, offset + 8)[0]
        yield kind.decode("latin-1"), offset, size
        offset += size


# ---------------------------------------------------------------------------
# Encoding

BITEXACT = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a",
            "+bitexact", "-map_metadata", "-1", "-threads", "1"]


def video_source(clip, seconds):
    """A moving picture that differs from clip to clip."""
    width, height = clip["renditions"][-1][1:3]
    return "%s=size=%dx%d:rate=%s:duration=%s" % (
        clip.get("picture", "testsrc2"), width, height, clip.get("fps", 30),
        seconds)


def audio_source(clip, seconds):
    return "sine=frequency=%d:beep_factor=3:sample_rate=44100:duration=%s" % (
        clip.get("tone", 440), seconds)


def encoder(clip, kbps):
    gop = str(int(clip.get("gop", clip["fragment"]) * clip.get("fps", 30)))
    if clip.get("codec") == "hevc":
        return ["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1",
                "-b:v", "%dk" % kbps, "-x265-params",
                "log-level=none:pools=none:frame-threads=1:bframes=3:b-adapt=0:"
                "open-gop=0:scenecut=0:keyint=%s:min-keyint=%s" % (gop, gop)]
    return ["-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p",
            "-b:v", "%dk" % kbps, "-maxrate", "%dk" % (kbps * 2),
            "-bufsize", "%dk" % (kbps * 2), "-bf", "3", "-x264-params",
            "b-adapt=0:open-gop=0:scenecut=0:keyint=%s:min-keyint=%s"
            % (gop, gop)]


def encode(clip, work):
    """Encodes each rendition and the sound once, into plain MP4 files."""
    seconds = clip["seconds"]
    # A bench clip is a short piece over and over: video is costly to encode.
    piece = clip.get("piece", seconds)
    outputs, filters = [], []
    count = len(clip["renditions"])
    noise = ",noise=alls=%d:allf=t" % clip["noise"] if "noise" in clip else ""
    filters.append("[0:v]%s,split=%d%s" % (
        "format=yuv420p" + noise, count,
        "".join("[s%d]" % i for i in range(count))))
    for i, (name, width, height, kbps) in enumerate(clip["renditions"]):
        filters.append("[s%d]scale=%d:%d:flags=fast_bilinear[v%d]"
                       % (i, width, height, i))
        outputs += ["-map", "[v%d]" % i, *encoder(clip, kbps), *BITEXACT,
                    os.path.join(work, name + ".mp4")]
    run_ffmpeg("-f", "lavfi", "-i", video_source(clip, piece),
               "-filter_complex", ";".join(filters), *outputs)
    if piece != seconds:
        for name, *_ in clip["renditions"]:
            path = os.path.join(work, name + ".mp4")
            os.rename(path, path + ".piece")
            run_ffmpeg("-stream_loop", str(seconds // piece - 1), "-f", "mp4",
                       "-i", path + ".piece", "-c", "copy", *BITEXACT, path)
            os.unlink(path + ".piece")
    run_ffmpeg("-f", "lavfi", "-i", audio_source(clip, seconds), "-ac", "2",
               "-c:a", "aac", "-b:a", clip.get("audio_rate", "64k"), *BITEXACT,
               os.path.join(work, "audio.mp4"))


def codecs(clip):
    if clip.get("codec") == "hevc":
        return "hvc1.1.6.L93.90"
    return "avc1.64080D"


# ---------------------------------------------------------------------------
# HLS, CMAF: one file per rendition

def fragment_file(source, target, seconds):
    run_ffmpeg("-i", source, "-c", "copy", *BITEXACT, "-f", "mp4",
               "-movflags", "+delay_moov+default_base_moof+global_sidx",
               "-frag_duration", str(int(seconds * 1000000)),
               "-min_frag_duration", str(int(seconds * 1000000) - 100000),
               target)


def cmaf_playlist(path, uri, seconds, fragment):
    with open(path, "rb") as stream:
        data = stream.read()
    init, starts = 0, []
    for kind, offset, size in boxes(data):
        if kind == "moov":
            init = offset + size
        elif kind == "moof":
            starts.append(offset)
        elif kind == "mdat":
            end = offset + size
    ends = starts[1:] + [end]
    lines = ["#EXTM3U", "#EXT-X-VERSION:6",
             "#EXT-X-TARGETDURATION:%d" % fragment,
             "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD",
             '#EXT-X-MAP:URI="%s",BYTERANGE="%d@0"' % (uri, init)]
    left = seconds
    for start, stop in zip(starts, ends):
        lines += ["#EXTINF:%g," % min(left, fragment),
                  "#EXT-X-BYTERANGE:%d@%d" % (stop - start, start), uri]
        left = max(left - fragment, 0.001)
    return "\n".join(lines + ["#EXT-X-ENDLIST", ""])


def make_cmaf(clip, root, work):
    base = "videos/%s/hls/%s" % (clip["bucket"], spread(clip["hash"]))
    leaf = clip["hash"]
    master = ["#EXTM3U", "#EXT-X-VERSION:6",
              '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio1",'
              'NAME="English, stereo",AUTOSELECT=YES,URI="%s_audio.m3u8",'
              'CHANNELS="2"' % leaf]
    for name, suffix in [(r[0], ".cmfv") for r in clip["renditions"]] + [
            ("audio", ".cmfa")]:
        target = place(root, VIDEO_HOST, "%s_%s%s" % (base, name, suffix))
        fragment_file(os.path.join(work, name + ".mp4"), target,
                      clip["fragment"])
        write_text(place(root, VIDEO_HOST, "%s_%s.m3u8" % (base, name)),
                   cmaf_playlist(target, "%s_%s%s" % (leaf, name, suffix),
                                 clip["seconds"], clip["fragment"]))
    # Not by quality, as seen in the wild: the last but one comes last.
    order = list(clip["renditions"])
    if len(order) > 2:
        order[-2], order[-1] = order[-1], order[-2]
    for name, width, height, _ in order:
        size = os.path.getsize(os.path.join(
            root, VIDEO_HOST, "%s_%s.cmfv" % (base, name)))
        rate = int(size * 8 / clip["seconds"])
        master += ["#EXT-X-STREAM-INF:BANDWIDTH=%d,AVERAGE-BANDWIDTH=%d,"
                   'CODECS="%s,mp4a.40.2",RESOLUTION=%dx%d,FRAME-RATE=%s,'
                   'AUDIO="audio1"' % (rate * 5 // 4 + 64000, rate + 64000,
                                       codecs(clip), width, height,
                                       clip.get("fps", 30)),
                   "%s_%s.m3u8" % (leaf, name)]
    write_text(place(root, VIDEO_HOST, base + ".m3u8"),
               "\n".join(master + [""]))
    best = clip["renditions"][-1][0]
    clip["master"] = "%s/%s.m3u8" % (VIDEO_HOST, base)
    clip["best"] = "%s/%s_%s.m3u8" % (VIDEO_HOST, base, best)
    clip["audio"] = "%s/%s_audio.m3u8" % (VIDEO_HOST, base)


# ---------------------------------------------------------------------------
# HLS, transport stream: sound and picture in each segment

def make_ts(clip, root, work):
    base = "videos/%s/hls/%s" % (clip["bucket"], spread(clip["hash"]))
    leaf = clip["hash"]
    master = ["#EXTM3U", "#EXT-X-VERSION:3"]
    for name, width, height, kbps in reversed(clip["renditions"]):
        playlist = place(root, VIDEO_HOST, "%s_%s.m3u8" % (base, name))
        run_ffmpeg("-i", os.path.join(work, name + ".mp4"), "-i",
                   os.path.join(work, "audio.mp4"), "-map", "0:v", "-map",
                   "1:a", "-c", "copy", *BITEXACT, "-f", "hls", "-hls_time",
                   clip["fragment"], "-hls_playlist_type", "vod",
                   "-hls_segment_filename", os.path.join(
                       os.path.dirname(playlist),
                       "%s_%s_%%05d.ts" % (leaf, name)), playlist)
        master += ["#EXT-X-STREAM-INF:BANDWIDTH=%d,CODECS=\"%s,mp4a.40.2\","
                   "RESOLUTION=%dx%d" % ((kbps + 80) * 1250, codecs(clip),
                                         width, height),
                   "%s_%s.m3u8" % (leaf, name)]
    best = "%s_%s.m3u8" % (base, clip["renditions"][-1][0])
    clip["best"] = "%s/%s" % (VIDEO_HOST, best)
    clip["audio"] = None
    if clip.get("single"):
        # The address that pages name is the media playlist itself.
        os.rename(place(root, VIDEO_HOST, best),
                  place(root, VIDEO_HOST, base + ".m3u8"))
        clip["best"] = "%s/%s.m3u8" % (VIDEO_HOST, base)
        clip["master"] = None
    else:
        write_text(place(root, VIDEO_HOST, base + ".m3u8"),
                   "\n".join(master + [""]))
        clip["master"] = "%s/%s.m3u8" % (VIDEO_HOST, base)


def make_huge(clip, root, source):
    """Another clip's segments over and over, each under its own name, with a
    discontinuity where the timestamps begin again."""
    base = "videos/%s/hls/%s" % (clip["bucket"], spread(clip["hash"]))
    folder = os.path.join(root, os.path.dirname(source["best"]))
    with open(os.path.join(root, source["best"]), encoding="utf-8") as stream:
        lines = stream.read().split("\n")
    head = [line for line in lines if line.startswith("#EXT") and not
            line.startswith(("#EXTINF", "#EXT-X-ENDLIST"))]
    body = [line for line in lines if line.startswith("#EXTINF")
            or (line and not line.startswith("#"))]
    out = list(head)
    for turn in range(clip["turns"]):
        if turn > 0:
            out.append("#EXT-X-DISCONTINUITY")
        for line in body:
            if line.startswith("#"):
                out.append(line)
                continue
            name = "%s_%02d_%s" % (clip["hash"], turn, line[-8:])
            link = place(root, VIDEO_HOST, os.path.join(
                os.path.dirname(base), name))
            if os.path.lexists(link):
                os.unlink(link)
            os.symlink(os.path.relpath(os.path.join(folder, line),
                                       os.path.dirname(link)), link)
            out.append(name)
    write_text(place(root, VIDEO_HOST, base + ".m3u8"),
               "\n".join(out + ["#EXT-X-ENDLIST", ""]))
    clip["best"] = "%s/%s.m3u8" % (VIDEO_HOST, base)
    clip["master"] = clip["audio"] = None


# ---------------------------------------------------------------------------
# One clip

def make_mp4(clip, root, work):
    path = "videos/%s/720p/%s.mp4" % (clip["mp4_bucket"], spread(clip["hash"]))
    flags = [] if clip.get("moov") == "tail" else ["-movflags", "+faststart"]
    run_ffmpeg("-i", os.path.join(work, clip["renditions"][-1][0] + ".mp4"),
               "-i", os.path.join(work, "audio.mp4"), "-map", "0:v", "-map",
               "1:a", "-c", "copy", *BITEXACT, *flags,
               place(root, VIDEO_HOST, path))
    clip["mp4"] = "%s/%s" % (VIDEO_HOST, path)


def make_cover(clip, root, work):
    path = "videos/thumbnails/originals/%s.0000000.jpg" % spread(clip["hash"])
    run_ffmpeg("-i", os.path.join(work, clip["renditions"][-1][0] + ".mp4"),
               "-frames:v", "1", "-q:v", "5", *BITEXACT,
               place(root, IMAGE_HOST, path))
    clip["cover"] = "%s/%s" % (IMAGE_HOST, path)


def make_captions(clip, root):
    path = "videos/captions/en-us/%s.vtt" % spread(clip["hash"])
    write_text(place(root, VIDEO_HOST, path), "WEBVTT\n\n" + "".join(
        "00:00:%02d.000 --> 00:00:%02d.500\nCaption %d\n\n" % (s, s + 1, s)
        for s in range(0, int(clip["seconds"]) - 1, 3)))
    clip["captions"] = "%s/%s" % (VIDEO_HOST, path)


def make_picture(root, name):
    """A still image, for Pins that are no video."""
    path = "originals/%s.jpg" % spread(clip_hash(name))
    run_ffmpeg("-f", "lavfi", "-i", "testsrc=size=736x1104:duration=1:rate=1",
               "-frames:v", "1", "-q:v", "5", *BITEXACT,
               place(root, IMAGE_HOST, path))
    return "%s/%s" % (IMAGE_HOST, path)


def describe(clip):
    """The clip with the defaults that its makers rely on."""
    clip = dict(clip)
    clip.setdefault("bucket", "iht")
    clip.setdefault("mp4_bucket", "mc")
    clip.setdefault("fragment", 2)
    clip["hash"] = clip_hash(clip["name"])
    for key in ("master", "best", "audio", "mp4", "captions"):
        clip[key] = None
    return clip


def make(clip, root, work):
    """Makes the clip's files below root; returns what it is."""
    clip = describe(clip)
    os.makedirs(work, exist_ok=True)
    encode(clip, work)
    if clip["media"] == "hls-cmaf":
        make_cmaf(clip, root, work)
    elif clip["media"] == "hls-ts":
        make_ts(clip, root, work)
    if clip["media"] == "mp4" or clip.get("with_mp4"):
        make_mp4(clip, root, work)
    if clip.get("with_captions"):
        make_captions(clip, root)
    make_cover(clip, root, work)
    for name in os.listdir(work):
        os.unlink(os.path.join(work, name))
    os.rmdir(work)
    return clip
