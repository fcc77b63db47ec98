# SPDX-License-Identifier: LGPL-2.1-or-later

"""Changes to media that ffmpeg does not make: other clocks, tables that come
late, packets that are missing or damaged. Bytes in, bytes out; no state.

As a program it makes a long transport stream of a short one, which it repeats
with a clock that goes on:

    mediaedit.py CLIP.ts SECONDS TIMES > LONG.ts

ISO/IEC 13818-1: 2.4.3 for transport streams, 14496-12: 8.8.12 for tfdt.
"""

import struct
import sys

PACKET = 188
CLOCK = 90000
WRAP = 1 << 33
# The PID of the first program's map, as ffmpeg chooses it
MAP_PID = 0x1000


def packets(data):
    for at in range(0, len(data), PACKET):
        yield bytearray(data[at:at + PACKET])


def pid_of(packet):
    return (packet[1] & 0x1f) << 8 | packet[2]


def payload_of(packet):
    """Where the payload begins; the packet's length where there is none."""
    if not packet[3] & 0x10:
        return PACKET
    return 5 + packet[4] if packet[3] & 0x20 else 4


def read_time(data):
    return ((data[0] >> 1 & 7) << 30 | data[1] << 22 | (data[2] >> 1) << 15
            | data[3] << 7 | data[4] >> 1)


def write_time(data, at, time):
    time %= WRAP
    data[at] = data[at] & 0xf1 | time >> 29 & 0x0e
    data[at + 1] = time >> 22 & 0xff
    data[at + 2] = time >> 14 & 0xfe | 1
    data[at + 3] = time >> 7 & 0xff
    data[at + 4] = time << 1 & 0xfe | 1


def times_at(packet):
    """Where the packet's PTS and DTS stand."""
    at = payload_of(packet)
    if not packet[1] & 0x40 or at + 14 > PACKET or \
            packet[at:at + 3] != b"\0\0\1" or packet[at + 6] & 0xc0 != 0x80:
        return []
    return [at + 9 + 5 * i for i in range((packet[at + 7] >> 6) // 2
                                          + (packet[at + 7] >> 6) % 2)]


def has_clock(packet):
    return packet[3] & 0x20 and packet[4] > 6 and packet[5] & 0x10


def shift_packet(packet, ticks):
    if has_clock(packet):
        base = struct.unpack_from(">I", packet, 6)[0] << 1 | packet[10] >> 7
        base = (base + ticks) % WRAP
        struct.pack_into(">I", packet, 6, base >> 1)
        packet[10] = packet[10] & 0x7f | (base & 1) << 7
    for at in times_at(packet):
        write_time(packet, at, read_time(packet[at:at + 5]) + ticks)


def shift_ts(data, ticks):
    """All clocks of a transport stream, moved by ticks of 90 kHz; they wrap
    at 33 bits."""
    out = bytearray()
    for packet in packets(data):
        shift_packet(packet, ticks)
        out += packet
    return bytes(out)


def repeat(data, ticks, times, write):
    """Writes a transport stream again and again, each time so much later. Only
    the packets with a time in them are looked at."""
    timed = [i * PACKET for i, packet in enumerate(packets(data))
             if has_clock(packet) or times_at(packet)]
    data = bytearray(data)
    for turn in range(times):
        for at in timed if turn else ():
            packet = data[at:at + PACKET]
            shift_packet(packet, ticks)
            data[at:at + PACKET] = packet
        write(data)


def first_time(data):
    """The first PTS of a transport stream."""
    for packet in packets(data):
        for at in times_at(packet):
            return read_time(packet[at:at + 5])
    raise ValueError("no time in this transport stream")


def without_tables(data, share):
    """No table in the first share of the packets."""
    count = len(data) // PACKET
    return b"".join(bytes(packet) for i, packet in enumerate(packets(data))
                    if i > count * share
                    or pid_of(packet) not in (0, 0x11, MAP_PID))


def without_pid(data, pid):
    return b"".join(bytes(packet) for packet in packets(data)
                    if pid_of(packet) != pid)


def without_clock(data):
    """No PCR anywhere."""
    out = bytearray()
    for packet in packets(data):
        if has_clock(packet):
            packet[5] &= 0xef
            packet[6:12] = b"\xff" * 6
        out += packet
    return bytes(out)


def damaged(data):
    """Some packets lost, some with flipped bits, some garbage in between; the
    tables and the first pictures are left alone."""
    out = bytearray()
    for i, packet in enumerate(packets(data)):
        if i > 100 and i % 97 == 5:
            continue
        if i > 100 and i % 89 == 7:
            packet[100] ^= 0x55
        if i > 100 and i % 211 == 9:
            out += bytes(range(60, 160))
        out += packet
    return bytes(out)


def boxes(data, start, end):
    """(type, start, end) of each box between."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        yield kind.decode("latin-1"), start, start + size
        start += size


def shift_fmp4(data, seconds, timescales):
    """The decode times of all fragments, moved; timescales: by track."""
    data = bytearray(data)
    for kind, start, end in list(boxes(data, 0, len(data))):
        if kind != "moof":
            continue
        for inner, low, high in list(boxes(data, start + 8, end)):
            if inner == "traf":
                shift_traf(data, low + 8, high, seconds, timescales)
    return bytes(data)


def shift_traf(data, start, end, seconds, timescales):
    track = None
    for kind, low, _ in list(boxes(data, start, end)):
        if kind == "tfhd":
            track = struct.unpack_from(">I", data, low + 12)[0]
        elif kind == "tfdt":
            form = ">Q" if data[low + 8] == 1 else ">I"
            time = struct.unpack_from(form, data, low + 12)[0]
            struct.pack_into(form, data, low + 12,
                             time + seconds * timescales[track])


def id3(ticks):
    """The tag that packed audio begins with (RFC 8216, 3.4)."""
    body = b"com.apple.streaming.transportStreamTimestamp\0" \
        + struct.pack(">Q", ticks % WRAP)
    frame = b"PRIV" + struct.pack(">IH", len(body), 0) + body
    size = len(frame)
    return b"ID3\4\0\0" + bytes([size >> 21 & 0x7f, size >> 14 & 0x7f,
                                 size >> 7 & 0x7f, size & 0x7f]) + frame


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as clip:
        repeat(clip.read(), round(float(sys.argv[2]) * CLOCK),
               int(sys.argv[3]), sys.stdout.buffer.write)
