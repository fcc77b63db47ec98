# SPDX-License-Identifier: LGPL-2.1-or-later

"""The least that the network allows: what no client can beat.

A client can't ask for the master before it has read the page, for the media
playlist before the master, and for a fragment before the media playlist. So
four answers come one after the other, each after the origin's latency. The page
comes over one connection; it counts as it is transferred, that is compressed.
The media come over all connections at once. Playlists are small and count as
nothing, as do connections, TLS, and the start of a process.
"""

import os
import re

DEPENDENT_ANSWERS = 4
BYTERANGE = re.compile(r'BYTERANGE[=:]"?(\d+)')
URI = re.compile(r'URI="([^"]+)"')


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


def first_byte(root, entry, latency, rate):
    """Seconds until the first byte of media can be there."""
    return (DEPENDENT_ANSWERS * latency / 1000
            + (page_bytes(root, entry) / rate if rate else 0))


def whole(root, entry, latency, rate, connections):
    """Seconds until the last byte of media can be there."""
    return (first_byte(root, entry, latency, rate)
            + media_bytes(root, entry) / (connections * rate))
