# SPDX-License-Identifier: LGPL-2.1-or-later

"""Compares a media file with the one that it should equal, with ffprobe and
ffmpeg as the judges: packets, their sizes and times, and what they decode to.

    differences = mediacheck.compare("reference.mp4", "out.mp4")
    assert not differences, "\\n".join(differences)

No state; ffmpeg's time bases are rounded, hence the tolerance.
"""

import functools
import json
import os
import subprocess

# An index in milliseconds, as ffmpeg writes it, and one rounding more
TOLERANCE = 0.0011
# Zero bytes behind the last NAL unit of a picture belong to nothing; muxers
# differ in whether they keep them
PADDING = 4


def _run(words):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, stdin=subprocess.DEVNULL)


def _read_streams(path):
    done = _run(["ffprobe", "-v", "error", "-of", "json", "-show_streams",
                 "-show_packets", "-show_entries",
                 "stream=index,codec_type,codec_name,width,height,sample_rate,"
                 "channels:packet=stream_index,pts_time,dts_time,size,flags",
                 path])
    if done.returncode != 0:
        raise AssertionError("ffprobe %s: %s" % (path, done.stderr.strip()))
    data = json.loads(done.stdout)
    streams = [s for s in data.get("streams", [])
               if s.get("codec_type") in ("video", "audio")
               and s.get("codec_name") not in ("mjpeg", "png")]
    for stream in streams:
        stream["packets"] = [p for p in data.get("packets", [])
                             if p["stream_index"] == stream["index"]]
    return streams


def _decode(path):
    """A hash per stream of what ffmpeg decodes, and what it complains about."""
    done = _run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:V?", "-map",
                 "0:a?", "-vsync", "passthrough", "-f", "streamhash", "-hash",
                 "md5", "-"])
    return done.stdout.split(), done.stderr.strip()


@functools.lru_cache(maxsize=None)
def _look(path, _stamp):
    return _read_streams(path), _decode(path)


def look(path):
    """probe() and decoded() of a file; looks again only if it has changed."""
    path = str(path)
    return _look(path, os.stat(path).st_mtime_ns)


def probe(path):
    """The streams of a file, each with its packets in decoding order."""
    return look(path)[0]


def decoded(path):
    return look(path)[1]


def of_type(streams, kind):
    return [s for s in streams if s["codec_type"] == kind]


def times(stream):
    return [float(p["pts_time"]) for p in stream["packets"]
            if p.get("pts_time") not in (None, "N/A")]


def av_offset(path):
    """Seconds from the first sound to the first picture; None without both."""
    streams = probe(path)
    video, audio = of_type(streams, "video"), of_type(streams, "audio")
    if not video or not audio:
        return None
    return min(times(video[0])) - min(times(audio[0]))


def _compare_times(name, wanted, got, zeros, tolerance):
    """Presentation and decoding times, counted from zeros."""
    for key, what in (("pts_time", "presented"), ("dts_time", "decoded")):
        for i, (a, b) in enumerate(zip(wanted["packets"], got["packets"])):
            if a.get(key, "N/A") == "N/A":
                continue
            one, two = float(a[key]) - zeros[0], float(b[key]) - zeros[1]
            if abs(one - two) > tolerance:
                return ["%s: packet %d of %d is %s at %.6f s, not %.6f s" % (
                    name, i, len(got["packets"]), what, two, one)]
    return []


def _compare_sizes(name, wanted, got, padding):
    for i, (a, b) in enumerate(zip(wanted["packets"], got["packets"])):
        less = int(a["size"]) - int(b["size"])
        # h264parse of GStreamer 1.22 leaves out what stands before the very
        # first parameter sets: a delimiter, and the encoder's self-portrait
        if i == 0 and less > 0 and wanted["codec_name"] == "h264":
            less = 0
        if abs(less) > padding:
            return ["%s: packet %d has %s bytes, not %s"
                    % (name, i, b["size"], a["size"])]
        if ("K" in a["flags"]) != ("K" in b["flags"]):
            return ["%s: packet %d has the flags %s, not %s"
                    % (name, i, b["flags"], a["flags"])]
    return []


def _compare_order(name, got):
    dts = [float(p["dts_time"]) for p in got["packets"]
           if p.get("dts_time") not in (None, "N/A")]
    for i in range(1, len(dts)):
        if dts[i] < dts[i - 1]:
            return ["%s: the decoding time of packet %d goes back" % (name, i)]
    return []


def _compare_stream(name, wanted, got, zeros, tolerance, sizes):
    for key in ("codec_name", "width", "height", "sample_rate", "channels"):
        if wanted.get(key) != got.get(key):
            return ["%s: %s is %s, not %s" % (name, key, got.get(key),
                                              wanted.get(key))]
    if len(wanted["packets"]) != len(got["packets"]):
        return ["%s: %d packets, not %d" % (name, len(got["packets"]),
                                            len(wanted["packets"]))]
    padding = PADDING if wanted["codec_type"] == "video" else 0
    return ((_compare_sizes(name, wanted, got, padding) if sizes else [])
            + _compare_times(name, wanted, got, zeros, tolerance)
            + _compare_order(name, got))


def _zeros(wanted, got, kind):
    return tuple(min(times(of_type(streams, kind)[0]), default=0)
                 for streams in (wanted, got))


def compare(reference, output, tolerance=TOLERANCE, together=False,
            sizes=True):
    """What is different in output; an empty list where nothing is.

    Times count from the first picture, or from the first sound where there is
    none, so that a constant delay of all streams is no difference, and one
    between sound and picture is. With together, each stream's times count from
    its first, and both have to begin at once. Without sizes, packets may be
    packed otherwise."""
    wanted, got = probe(reference), probe(output)
    differences = []
    for kind in ("video", "audio"):
        a, b = of_type(wanted, kind), of_type(got, kind)
        if len(a) != len(b):
            differences.append("%d %s streams, not %d" % (len(b), kind, len(a)))
    if differences:
        return differences
    if not wanted:
        return ["the reference %s has no streams" % reference]

    zeros = _zeros(wanted, got, "video" if of_type(wanted, "video")
                   else "audio")
    for kind in ("video", "audio"):
        for i, (a, b) in enumerate(zip(of_type(wanted, kind),
                                       of_type(got, kind))):
            differences += _compare_stream(
                "%s %d" % (kind, i), a, b,
                _zeros(wanted, got, kind) if together else zeros, tolerance,
                sizes)
    if together and abs(av_offset(output)) > tolerance:
        differences.append("sound and picture begin %.6f s apart"
                           % av_offset(output))
    return differences + compare_decoded(reference, output)


def compare_decoded(reference, output):
    wanted, wanted_complaints = decoded(reference)
    got, complaints = decoded(output)
    differences = []
    if wanted != got:
        differences.append("decoded: %s, not %s" % (got, wanted))
    if complaints and not wanted_complaints:
        differences.append("decoding complains: %s" % complaints)
    return differences


def compare_lossy(reference, output, share=0.85, tolerance=TOLERANCE):
    """For what lost bytes on the way: most packets have to be there, each at a
    time at which the reference has one, too, in the same sync."""
    wanted, got = probe(reference), probe(output)
    differences = []
    ours, theirs = ([times(s) for s in of_type(streams, "video")
                     + of_type(streams, "audio")] for streams in (got, wanted))
    if len(ours) != len(theirs):
        return ["%d streams, not %d" % (len(ours), len(theirs))]
    zero = min(theirs[0]) - min(ours[0])
    for i, (a, b) in enumerate(zip(theirs, ours)):
        if len(b) < share * len(a):
            differences.append("stream %d: %d packets of %d" % (i, len(b),
                                                                len(a)))
        strays = [t for t in b if min(abs(t + zero - x) for x in a)
                  > tolerance]
        if strays:
            differences.append("stream %d: %d packets are presented when there "
                               "was none: %s" % (i, len(strays), strays[:5]))
    return differences
