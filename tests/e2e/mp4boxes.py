# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the boxes of an MP4 by itself, so that the muxer is not judged by one
library alone.

`Movie(path)` holds what the file says: the top-level boxes, and of each track
its samples (offset, size, decoding and presentation time, sync) from the sample
tables or from the fragments, and its edits. `problems(movie)` lists what
does not fit together.
"""
import struct

CONTAINERS = {'moov', 'trak', 'edts', 'mdia', 'minf', 'dinf', 'stbl', 'mvex',
              'moof', 'traf', 'udta', 'ilst'}


class Box:
    def __init__(self, data, start, end, kind, head):
        self.data, self.start, self.end = data, start, end
        self.kind, self.head = kind, head
        self.children = []
        if kind in CONTAINERS:
            self.children = read_boxes(data, start + head, end)

    def body(self):
        return self.data[self.start + self.head:self.end]

    def full(self):
        """(version, flags, what follows)"""
        body = self.body()
        word = struct.unpack_from('>I', body)[0]
        return word >> 24, word & 0xffffff, body[4:]

    def all(self, *path):
        found = [self]
        for kind in path:
            found = [child for box in found for child in box.children
                     if child.kind == kind]
        return found

    def get(self, *path):
        found = self.all(*path)
        return found[0] if found else None


def read_boxes(data, start, end):
    boxes = []
    while start < end:
        if end - start < 8:
            raise ValueError('%d stray bytes at %d' % (end - start, start))
        size, kind = struct.unpack_from('>I4s', data, start)
        head = 8
        if size == 1:
            size, head = struct.unpack_from('>Q', data, start + 8)[0], 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            raise ValueError('box %r at %d has size %d, %d are left'
                             % (kind, start, size, end - start))
        boxes.append(Box(data, start, start + size, kind.decode('latin-1'),
                         head))
        start += size
    return boxes


def words(body, form, count, offset=0):
    return [item if len(item) > 1 else item[0] for item in
            struct.iter_unpack('>' + form, body[offset:offset + count
                                                * struct.calcsize('>' + form)])]


class Sample:
    __slots__ = ('offset', 'size', 'dts', 'pts', 'duration', 'sync', 'entry')


class Track:
    def __init__(self, trak):
        version, _, body = trak.get('tkhd').full()
        self.id = struct.unpack_from('>I', body, 16 if version else 8)[0]
        self.duration = (struct.unpack_from('>Q', body, 24) if version
                         else struct.unpack_from('>I', body, 16))[0]
        version, _, body = trak.get('mdia', 'mdhd').full()
        self.timescale = struct.unpack_from('>I', body, 16 if version else 8)[0]
        self.media_duration = (struct.unpack_from('>Q', body, 20) if version
                               else struct.unpack_from('>I', body, 12))[0]
        packed = struct.unpack_from('>H', body, 28 if version else 16)[0]
        self.language = ''.join(chr((packed >> shift & 31) + 0x60)
                                for shift in (10, 5, 0))
        self.handler = trak.get('mdia', 'hdlr').full()[2][4:8].decode()
        self.stbl = trak.get('mdia', 'minf', 'stbl')
        self.entries = self.read_entries()
        self.edits = self.read_edits(trak.get('edts', 'elst'))
        self.samples = []

    def read_entries(self):
        stsd = self.stbl.get('stsd')
        return read_boxes(stsd.data, stsd.start + stsd.head + 8, stsd.end)

    @staticmethod
    def read_edits(elst):
        """(length in the movie's timescale, media time, -1: empty)"""
        if not elst:
            return []
        version, _, body = elst.full()
        count = struct.unpack_from('>I', body)[0]
        rows = words(body, 'QqI' if version else 'IiI', count, 4)
        return [(length, media) for length, media, rate in rows]

    def table(self, kind, form):
        box = self.stbl.get(kind)
        if not box:
            return 0, []
        version, _, body = box.full()
        return version, words(body, form, struct.unpack_from('>I', body)[0], 4)

    def read_samples(self):
        times = [delta for count, delta in self.table('stts', 'II')[1]
                 for _ in range(count)]
        version = self.table('ctts', 'II')[0]
        offsets = [offset for count, offset
                   in self.table('ctts', 'Ii' if version else 'II')[1]
                   for _ in range(count)]
        syncs = self.stbl.get('stss') and set(self.table('stss', 'I')[1])
        body = self.stbl.get('stsz').full()[2]
        same, count = struct.unpack_from('>II', body)
        sizes = [same] * count if same else words(body, 'I', count, 8)
        chunks = self.table('stco', 'I')[1] or self.table('co64', 'Q')[1]
        runs = self.table('stsc', 'III')[1]
        if len(times) != count or offsets and len(offsets) != count:
            raise ValueError('track %d: %d sizes, %d durations, %d offsets'
                             % (self.id, count, len(times), len(offsets)))
        index = dts = run = 0
        for number, place in enumerate(chunks, 1):
            while run + 1 < len(runs) and runs[run + 1][0] <= number:
                run += 1
            for _ in range(runs[run][1]):
                sample = Sample()
                sample.offset, sample.size = place, sizes[index]
                sample.dts, sample.duration = dts, times[index]
                sample.pts = dts + (offsets[index] if offsets else 0)
                sample.sync = syncs is None or index + 1 in syncs
                sample.entry = runs[run][2]
                self.samples.append(sample)
                place += sizes[index]
                dts += times[index]
                index += 1
        if index != count:
            raise ValueError('track %d: chunks hold %d samples of %d'
                             % (self.id, index, count))


class Movie:
    def __init__(self, path):
        with open(path, 'rb') as file:
            self.data = file.read()
        self.boxes = read_boxes(self.data, 0, len(self.data))
        self.kinds = [box.kind for box in self.boxes]
        self.moov = next(box for box in self.boxes if box.kind == 'moov')
        version, _, body = self.moov.get('mvhd').full()
        self.timescale, self.duration = (
            struct.unpack_from('>IQ', body, 16) if version
            else struct.unpack_from('>II', body, 8))
        self.tracks = [Track(trak) for trak in self.moov.all('trak')]
        self.fragments = [box for box in self.boxes if box.kind == 'moof']
        for track in self.tracks:
            track.read_samples()
        for moof in self.fragments:
            self.read_fragment(moof)

    def read_fragment(self, moof):
        for traf in moof.all('traf'):
            _, flags, body = traf.get('tfhd').full()
            track = next(t for t in self.tracks
                         if t.id == struct.unpack_from('>I', body)[0])
            fields, place = {}, 4
            for bit, form in ((1, 'Q'), (2, 'I'), (8, 'I'), (16, 'I'),
                              (32, 'I')):
                if flags & bit:
                    fields[bit] = struct.unpack_from('>' + form, body, place)[0]
                    place += struct.calcsize('>' + form)
            version, _, body = traf.get('tfdt').full()
            dts = struct.unpack_from('>Q' if version else '>I', body)[0]
            for trun in traf.all('trun'):
                dts = self.read_run(track, trun, moof.start, fields, dts)

    @staticmethod
    def read_run(track, trun, base, fields, dts):
        version, flags, body = trun.full()
        count = struct.unpack_from('>I', body)[0]
        place, offset, first = 4, base, None
        if flags & 1:
            offset += struct.unpack_from('>i', body, place)[0]
            place += 4
        if flags & 4:
            first = struct.unpack_from('>I', body, place)[0]
            place += 4
        for index in range(count):
            sample = Sample()
            values = {8: fields.get(8), 16: fields.get(16), 32: fields.get(32)}
            for bit, field in ((0x100, 8), (0x200, 16), (0x400, 32)):
                if flags & bit:
                    values[field] = struct.unpack_from('>I', body, place)[0]
                    place += 4
            shift = 0
            if flags & 0x800:
                shift = struct.unpack_from('>i' if version else '>I', body,
                                           place)[0]
                place += 4
            if index == 0 and first is not None:
                values[32] = first
            sample.offset, sample.size = offset, values[16]
            sample.dts, sample.pts = dts, dts + shift
            sample.duration = values[8]
            sample.sync = not values[32] & 0x10000
            sample.entry = fields.get(2, 1)
            track.samples.append(sample)
            offset += sample.size
            dts += sample.duration
        return dts

    def shown(self, track):
        """(seconds, sample) by edits: when each sample is presented"""
        delay = sum(length for length, media in track.edits if media < 0)
        skip = next((media for _, media in track.edits if media >= 0), 0)
        return [(delay / self.timescale + (sample.pts - skip)
                 / track.timescale, sample) for sample in track.samples]


def problems(movie):
    """Sentences on what is wrong; empty for a sane file"""
    found = []
    payloads = [(box.start + box.head, box.end) for box in movie.boxes
                if box.kind == 'mdat']
    taken = []
    if movie.kinds[0] != 'ftyp':
        found.append('does not begin with ftyp')
    for track in movie.tracks:
        name = 'track %d (%s)' % (track.id, track.handler)
        last = -1
        if not track.samples:
            found.append(name + ': no samples')
            continue
        for sample in track.samples:
            if not any(low <= sample.offset and sample.offset + sample.size
                       <= high for low, high in payloads):
                found.append(name + ': a sample lies outside of mdat')
                break
            taken.append((sample.offset, sample.size))
            if sample.dts <= last:
                found.append('%s: dts %d after %d' % (name, sample.dts, last))
                break
            last = sample.dts
            if not 1 <= sample.entry <= len(track.entries):
                found.append(name + ': names a sample entry that is not there')
                break
        if not track.samples[0].sync:
            found.append(name + ': does not begin with a sync sample')
        check_durations(movie, track, name, found)
    taken.sort()
    for (a, size), (b, _) in zip(taken, taken[1:]):
        if a + size > b:
            found.append('samples overlap at %d' % b)
            break
    if sum(size for _, size in taken) != sum(b - a for a, b in payloads):
        found.append('mdat holds bytes that belong to no sample')
    return found


def check_durations(movie, track, name, found):
    if movie.fragments:
        return
    end = track.samples[-1]
    if track.media_duration != end.dts + end.duration:
        found.append('%s: mdhd says %d, samples end at %d'
                     % (name, track.media_duration, end.dts + end.duration))
    if sum(length for length, _ in track.edits) != track.duration:
        found.append(name + ': tkhd and the edits differ in length')
    if movie.duration < track.duration:
        found.append(name + ': longer than the movie')
    shown = movie.shown(track)
    last = max(time + sample.duration / track.timescale
               for time, sample in shown)
    # The last caption may stand on when the movie has ended
    over = last - track.duration / movie.timescale
    if abs(over) > 0.001 and not (track.handler == 'sbtl' and over > 0):
        found.append('%s: the last sample ends at %.4f, the edits at %.4f'
                     % (name, last, track.duration / movie.timescale))
