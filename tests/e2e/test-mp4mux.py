#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""pinmp4mux against `ffmpeg -c copy`, packet for packet.

A case is a line of CASES: how ffmpeg makes the input, and how it differs from the
usual. Each runs in every format; each output is compared with ffmpeg's in
packets, sizes, times, key frames and decoded pictures and sound, is read by
mp4boxes.py, and must decode without a word. Prints TAP. Usage:
test-mp4mux.py [WORKDIR [CASE…]]
"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mp4boxes  # noqa: E402

FORMATS = ('faststart', 'fragmented', 'plain', 'pipe')
LIMIT = 20  # seconds for a pipeline: a hang fails by name

PICTURE = 'testsrc2=s=320x180:r=%s:d=12'
SOUND = 'sine=440:d=12:r=%d'
X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '50']
X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params',
        'log-level=none:keyint=50']


def video(rate='25'):
    return ['-f', 'lavfi', '-i', PICTURE % rate]


def audio(rate=48000):
    return ['-f', 'lavfi', '-i', SOUND % rate]


AAC = ['-c:a', 'aac']
BOTH = video() + audio()

# name: (ffmpeg's arguments, container, what is special). Special are
#   zero      ffmpeg's HEVC parser counts the first zero of a start code to the
#             packet before, so its packets are one byte longer
#   cut       the sound has an edit list that skips its beginning; qtdemux leaves
#             out the last packet, most of which lies behind the edit's end
#   untimed   tsdemux gives no times where the clock comes with late video; an
#             error has to come of it, and no file that looks finished
#   changing  the parameter sets change on the way; arguments are the encoder's
CASES = {
    'bframes': (BOTH + X264 + ['-bf', '3'] + AAC, 'ts', ''),
    'no-bframes': (BOTH + X264 + ['-bf', '0'] + AAC, 'ts', ''),
    'open-gop': (BOTH + X264 + ['-bf', '3', '-x264-params', 'open-gop=1']
                 + AAC, 'ts', ''),
    'slices': (BOTH + X264 + ['-slices', '4', '-b:v', '4M'] + AAC, 'ts', ''),
    'hevc': (BOTH + X265 + AAC, 'ts', 'zero'),
    'aac-44100': (video() + audio(44100) + X264 + AAC, 'ts', ''),
    'aac-mono-22050': (video() + audio(22050) + X264 + AAC + ['-ac', '1'],
                       'ts', ''),
    'mp3': (BOTH + X264 + ['-c:a', 'libmp3lame'], 'ts', ''),
    'mp3-22050': (video() + audio(22050) + X264 + ['-c:a', 'libmp3lame'],
                  'ts', ''),
    'ac3': (BOTH + X264 + ['-c:a', 'ac3'], 'ts', ''),
    'eac3': (BOTH + X264 + ['-c:a', 'eac3'], 'ts', ''),
    'no-audio': (video() + X264, 'ts', ''),
    'audio-only': (audio() + AAC, 'ts', ''),
    'late-audio': (video() + ['-itsoffset', '6'] + audio() + X264 + AAC, 'ts',
                   ''),
    'late-video': (['-itsoffset', '6'] + video() + audio() + X264 + AAC
                   + ['-map', '0', '-map', '1'], 'ts', 'untimed'),
    'short-audio': (video() + ['-t', '4'] + audio() + X264 + AAC, 'ts', ''),
    'short-video': (['-t', '4'] + video() + audio() + X264 + AAC, 'ts', ''),
    '23.976': (video('24000/1001') + audio() + X264 + AAC, 'ts', ''),
    '29.97': (video('30000/1001') + audio() + X264 + AAC, 'ts', ''),
    '60': (video('60') + audio() + X264 + AAC, 'ts', ''),
    'vfr': (BOTH + X264 + ['-vf', 'select=not(eq(mod(n\\,7)\\,3))',
                           '-fps_mode', 'vfr'] + AAC, 'ts', ''),
    'one-hour-in': (BOTH + X264 + AAC + ['-output_ts_offset', '3600'], 'ts',
                    ''),
    'mp4': (BOTH + X264 + ['-bf', '3'] + AAC, 'mp4', 'cut'),
    'mp4-hevc': (BOTH + X265 + ['-tag:v', 'hvc1'] + AAC, 'mp4', 'cut'),
    'he-aac': (video() + audio(24000) + X264 + AAC, 'mp4', 'cut'),
    'changing': (X264, 'ts', 'changing'),
    'changing-hevc': (X265, 'ts', 'changing zero'),
}

# Video that a parser has made samples of: the changed parameter sets are in the
# caps, no longer in the samples
PARSED = {
    'changing': ['h264parse', '!', 'video/x-h264,stream-format=avc'],
    'changing-hevc': ['h265parse', '!', 'video/x-h265,stream-format=hvc1'],
}

# Captions and what has to come of them: when each sample begins, and its text
CAPTIONS = """WEBVTT

00:00:01.000 --> 00:00:02.500
Hello <i>there</i>, you

00:00:02.000 --> 00:00:03.000
second

00:00:05.000 --> 00:00:20.000
the last line
"""
SHOWN = [(1, 'Hello there, you'), (2, 'Hello there, you\nsecond'),
         (2.5, 'second'), (3, ''), (5, 'the last line')]

scratch = tempfile.TemporaryDirectory(prefix='pin-mp4mux-')
work = sys.argv[1] if len(sys.argv) > 1 else scratch.name
number = 0
failures = 0


def report(ok, name, details=()):
    global number, failures
    number += 1
    failures += not ok
    print('%s %d - %s' % ('ok' if ok else 'not ok', number, name), flush=True)
    for line in details:
        print('# ' + str(line), flush=True)


def call(command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=LIMIT, **options)


def ffmpeg(*arguments):
    subprocess.run(['ffmpeg', '-v', 'error', '-y', *arguments], check=True,
                   stdin=subprocess.DEVNULL)


def make_changing(path, encoder):
    """Two sizes of picture in one stream, one behind the other"""
    parts = []
    for size in ('320x180', '160x90'):
        part = '%s.%s.ts' % (path, size)
        ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=%s:r=25:d=4' % size,
               '-output_ts_offset', '0' if not parts else '4', *encoder,
               '-bf', '0', '-mpegts_start_pid', '256', part)
        parts.append(part)
    with open(path, 'wb') as out:
        for part in parts:
            with open(part, 'rb') as file:
                out.write(file.read())


def say_sbr(path):
    """Nothing in Debian encodes HE-AAC. What counts for a muxer is what the
    configuration says: here that 24 kHz come out as 48 kHz."""
    with open(path, 'rb') as file:
        data = file.read()
    plain, explicit = b'\x13\x08\x56\xe5\x00', b'\x2b\x09\x88\x00\x00'
    assert data.count(plain) == 1
    with open(path, 'wb') as file:
        file.write(data.replace(plain, explicit))


def make(name):
    arguments, container, special = CASES[name]
    path = os.path.join(work, '%s.%s' % (name, container))
    if not os.path.exists(path):
        if 'changing' in special:
            make_changing(path, arguments)
        else:
            ffmpeg(*arguments, '-f', {'ts': 'mpegts'}.get(container, container),
                   path)
        if name == 'he-aac':
            say_sbr(path)
    return path


def pipeline(source, target, layout, demuxer):
    command = ['gst-launch-1.0', '-q', 'filesrc', 'location=' + source, '!',
               demuxer, 'name=d', 'd.', '!', 'pinmp4mux', 'name=m']
    if layout != 'pipe':
        command.append('format=' + layout)
    command += ['!', 'filesink', 'location=' + target, 'd.', '!', 'm.']
    if layout == 'pipe':
        command[command.index('filesink'):command.index('filesink') + 2] = [
            'fdsink', 'fd=3']
        return ['bash', '-c', 'set -o pipefail; out=$1; shift; '
                '"$@" 3>&1 >&2 | cat > "$out"', 'bash', target] + command
    return command


def packets(path, kind):
    """(pts, dts, size, key) of each packet, times in seconds"""
    text = call(['ffprobe', '-v', 'error', '-select_streams', kind,
                 '-show_entries', 'packet=pts_time,dts_time,size,flags', '-of',
                 'csv=p=0', path]).stdout.decode()
    rows = []
    for line in text.splitlines():
        fields = line.strip(',').split(',')
        if len(fields) < 4:
            continue  # side data of the packet before
        pts, dts, size, flags = fields[:4]
        rows.append((float(pts) if pts != 'N/A' else None,
                     float(dts) if dts != 'N/A' else None, int(size),
                     'K' in flags))
    return rows


def decoded(path, kind):
    text = call(['ffmpeg', '-v', 'error', '-i', path, '-map', '0:' + kind,
                 '-f', 'framemd5', '-fps_mode', 'passthrough', '-']).stdout
    return [line.split(',')[-1].strip() for line in text.decode().splitlines()
            if line and line[0] != '#']


def differences(reference, output, kind, special):
    a, b = packets(reference, kind), packets(output, kind)
    if special == 'cut' and kind == 'a':
        a = a[:max(len(b), len(a) - 1)]
    if 'zero' in special and kind == 'v':
        a = [(pts, dts, y[2] if size == y[2] + 1 else size, key)
             for (pts, dts, size, key), y in zip(a, b)]
    if len(a) != len(b):
        return ['%s: %d packets, ffmpeg has %d' % (kind, len(b), len(a))]
    found = []
    for column, name in enumerate(('pts', 'dts', 'size', 'key')):
        for index, (x, y) in enumerate(zip(a, b)):
            if column < 2:
                same = x[column] is not None and y[column] is not None \
                    and abs(x[column] - y[column]) <= 0.0011
            else:
                same = x[column] == y[column]
            if not same:
                found.append('%s: packet %d has %s %s, ffmpeg %s'
                             % (kind, index, name, y[column], x[column]))
                break
    if special == 'cut' and kind == 'a':
        return found
    if decoded(reference, kind) != decoded(output, kind):
        found.append(kind + ': decodes to something else')
    return found


def check_layout(movie, layout):
    kinds = movie.kinds
    if layout in ('fragmented', 'pipe'):
        good = kinds[:3] == ['ftyp', 'moov', 'moof'] and set(kinds[2:]) == {
            'moof', 'mdat'}
    elif layout == 'faststart':
        good = kinds[:2] == ['ftyp', 'moov'] and kinds[-1] == 'mdat'
    else:
        good = kinds[0] == 'ftyp' and kinds[-1] == 'moov'
    return [] if good else ['top level: ' + ' '.join(kinds[:8])]


def check_failure(command, target):
    """An error has to be said, and the file must not look finished.
    gst-launch-1.0 of 1.22 at times stays in its main loop after an error
    while prerolling, whatever the elements; so what counts is what was said."""
    child = subprocess.Popen(['timeout', '3'] + command, stderr=subprocess.PIPE,
                             stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL)
    said = child.communicate(timeout=LIMIT)[1]
    found = []
    if b'no time' not in said:
        found.append('no error: ' + said.decode())
    if child.returncode == 0:
        found.append('exit status 0')
    if os.path.exists(target):
        with open(target, 'rb') as file:
            if b'moov' in file.read():
                found.append('the file looks finished')
    return found


def run_case(name, layout, reference, source):
    target = os.path.join(work, 'out-%s-%s.mp4' % (name, layout))
    demuxer = 'tsdemux' if source.endswith('.ts') else 'qtdemux'
    if os.path.exists(target):
        os.unlink(target)
    special = CASES[name][2]
    if special == 'untimed':
        return check_failure(pipeline(source, target, layout, demuxer), target)
    try:
        result = call(pipeline(source, target, layout, demuxer))
    except subprocess.TimeoutExpired:
        return ['hangs']
    found = []
    if result.returncode or b'CRITICAL' in result.stderr:
        return [result.stderr.decode()]
    if b'WARN' in result.stderr:
        found.append(result.stderr.decode())
    for kind in ('v', 'a'):
        found += differences(reference, target, kind, special)
    movie = mp4boxes.Movie(target)
    found += mp4boxes.problems(movie) + check_layout(movie, layout)
    said = call(['ffmpeg', '-v', 'error', '-i', target, '-f', 'null', '-'])
    if said.stderr and not call(['ffmpeg', '-v', 'error', '-i', reference,
                                 '-f', 'null', '-']).stderr:
        found.append('ffmpeg says: ' + said.stderr.decode()[:300])
    return found


def check_captions(layout):
    sound, text, target = [os.path.join(work, name) for name in (
        'captions.aac', 'captions.vtt', 'out-captions-%s.mp4' % layout)]
    ffmpeg(*audio(), *AAC, sound)
    with open(text, 'w', encoding='ascii') as file:
        file.write(CAPTIONS)
    command = pipeline(sound, target, layout, 'aacparse')
    del command[command.index('d.', command.index('name=m')):]
    command += ['filesrc', 'location=' + text, '!', 'subparse', '!',
                'taginject', 'tags=language-code=en-us', '!',
                'm.text_0']
    result = call(command)
    if result.returncode or result.stderr:
        return [result.stderr.decode()]
    movie = mp4boxes.Movie(target)
    found = mp4boxes.problems(movie) + check_layout(movie, layout)
    track = next(t for t in movie.tracks if t.handler == 'sbtl')
    # Here nothing says whether sound or text comes first
    if track.language != 'eng' and not movie.fragments:
        found.append('language ' + track.language)
    shown = [(time, movie.data[sample.offset + 2:sample.offset + sample.size]
              .decode()) for time, sample in movie.shown(track)]
    if shown[:-1] != SHOWN or shown[-1] != (20, ''):
        found.append(shown)
    if [row[0] for row in packets(target, 's')][:5] != [t for t, _ in SHOWN]:
        found.append('ffprobe: %s' % packets(target, 's'))
    said = call(['ffmpeg', '-v', 'error', '-i', target, '-map', '0:s', '-f',
                 'webvtt', '-'])
    if b'the last line' not in said.stdout or said.stderr:
        found.append('ffmpeg: %s' % said)
    return found


def check_pushed(source, front):
    """Nobody knows the duration; yet the index comes first"""
    target = os.path.join(work, 'out-pushed.mp4')
    command = pipeline(source, target, 'faststart', 'tsdemux')
    at = command.index('filesrc')
    command[at:at + 2] = front
    with open(source, 'rb') as file:
        result = subprocess.run(command, stdin=file, capture_output=True,
                                timeout=LIMIT)
    if result.returncode or result.stderr:
        return [result.stderr.decode()]
    movie = mp4boxes.Movie(target)
    return mp4boxes.problems(movie) + check_layout(movie, 'faststart')


def check_parsed(name, layout):
    """Every picture, also the first ones behind the change"""
    source = make(name)
    target = os.path.join(work, 'out-parsed-%s-%s.mp4' % (name, layout))
    command = pipeline(source, target, layout, 'tsdemux')
    at = command.index('pinmp4mux')
    command[at:at] = PARSED[name] + ['!']
    del command[command.index('d.', at):]
    result = call(command)
    if result.returncode or result.stderr:
        return [result.stderr.decode()]
    movie = mp4boxes.Movie(target)
    found = mp4boxes.problems(movie) + check_layout(movie, layout)
    entries = len(movie.tracks[0].entries)
    if entries != (1 if movie.fragments else 2):
        found.append('%d sample entries' % entries)
    if decoded(source, 'v') != decoded(target, 'v'):
        found.append('decodes to something else')
    return found


def main():
    os.makedirs(work, exist_ok=True)
    names = sys.argv[2:] or list(CASES) + ['captions']
    print('1..%d' % (len(names) * len(FORMATS) + 2 + len(PARSED) * 2))
    for name in names:
        if name == 'captions':
            for layout in FORMATS:
                found = check_captions(layout)
                report(not found, '%s, %s' % (name, layout), found)
            continue
        source = make(name)
        reference = os.path.join(work, 'ref-%s.mp4' % name)
        ffmpeg('-i', source, '-c', 'copy', reference)
        for layout in FORMATS:
            found = run_case(name, layout, reference, source)
            report(not found, '%s, %s' % (name, layout), found)
    for name in PARSED:
        for layout in ('faststart', 'fragmented'):
            found = check_parsed(name, layout)
            report(not found, '%s, parsed, %s' % (name, layout), found)
    source = make('slices')
    for name, front in (
            ('a queue', ['filesrc', 'location=' + source, '!', 'queue']),
            ('a pipe', ['fdsrc'])):
        found = check_pushed(source, front)
        report(not found, 'faststart out of ' + name, found)
    sys.exit(failures > 0)


main()
