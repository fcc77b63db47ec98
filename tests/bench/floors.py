# SPDX-License-Identifier: LGPL-2.1-or-later

"""The least that the network allows: what no client can beat.

A client can't ask for the master before it has read the page, for the media
playlist before the master, and for a fragment before the media playlist. So
four answers come one after the other, each after the origin's latency. The page
comes over one connection; it counts as it is transferred, that is compressed.
The media come over all connections at once. Playlists are small and count as
nothing, as do connections, TLS, and the start of a process.

Before the first byte of an MP4, its header has to say what the tracks are. In a
transport stream nothing tells what the sound is but its first frame, so what
stands before that has to be there, over all connections. In fMP4 the init parts
tell; they count as nothing.
"""

import os
import re

DEPENDENT_ANSWERS = 4
BYTERANGE = re.compile(r'BYTERANGE[=:]"?(\d+)')
URI = re.compile(r'URI="([^"]+)"')
TS_PACKET, TS_SYNC = 188, 0x47
# ISO/IEC 13818-1 table 2-22: MPEG audio, ADTS too; private, as AC-3 is
SOUND_STREAMS = (*range(0xc0, 0xe0), 0xbd)


def playlist_bytes(root, path):
    """The bytes of all that a media playlist names."""
    folder = os.path.dirname(os.path.join(root, path))
    total, length = 0, None

    def size_of(name):
        return os.path.getsize(os.path.join(folder, name))

    with open(os.path.join(root, path), encoding="utf-8") as stream:
        for line in stream.read().splitlines():
            part = BYTERANGE.search(line)
            if line.startswith("#EXT-X-MAP:"):
                total += (int(part[1]) if part
                          else size_of(URI.search(line)[1]))
            elif line.startswith("#EXT-X-BYTERANGE:"):
                length = int(part[1])
            elif line and not line.startswith("#"):
                total += size_of(line) if length is None else length
                length = None
    return total


def media_bytes(root, entry):
    """Of a Pin's best variant, with the sound where it is apart."""
    return sum(playlist_bytes(root, path)
               for path in (entry["best"], entry["audio"]) if path)


def page_bytes(root, entry):
    path = os.path.join(root, "www.pinterest.com/pin", entry["id"],
                        "index.html")
    return os.path.getsize(path + ".gz" if os.path.exists(path + ".gz")
                           else path)


def starts_sound(packet):
    """Whether a PES packet of sound begins in this one of a transport
    stream."""
    if packet[0] != TS_SYNC or not packet[1] & 0x40 or not packet[3] & 0x10:
        return False
    pes = packet[5 + packet[4]:] if packet[3] & 0x20 else packet[4:]
    return pes[:3] == b"\0\0\1" and pes[3] in SOUND_STREAMS


def bytes_before_sound(root, entry):
    """Of the first segment, where that is a transport stream; else 0."""
    folder = os.path.dirname(os.path.join(root, entry["best"]))
    with open(os.path.join(root, entry["best"]), encoding="utf-8") as stream:
        names = [line for line in stream.read().splitlines()
                 if line and not line.startswith("#")]
    with open(os.path.join(folder, names[0]), "rb") as stream:
        position = 0
        while packet := stream.read(TS_PACKET):
            if packet[0] != TS_SYNC or len(packet) < TS_PACKET:
                return 0
            position += TS_PACKET
            if starts_sound(packet):
                return position
    return 0


def plan(root, entry, latency, rate):
    """Seconds until the first byte of a fragment can be there."""
    return (DEPENDENT_ANSWERS * latency / 1000
            + (page_bytes(root, entry) / rate if rate else 0))


def first_byte(root, entry, latency, rate, connections):
    """Seconds until the first byte of an MP4 can be there."""
    return (plan(root, entry, latency, rate)
            + (bytes_before_sound(root, entry) / (connections * rate)
               if rate else 0))


def whole(root, entry, latency, rate, connections):
    """Seconds until the last byte of media can be there."""
    return (plan(root, entry, latency, rate)
            + media_bytes(root, entry) / (connections * rate))
