#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""pinmp4mux against `ffmpeg -c copy`, packet for packet.

Each case of cases.py that tsdemux can take apart runs in every format; each
output is compared with ffmpeg's in packets, sizes, times, key frames and decoded
pictures and sound, is read by mp4boxes.py, and must decode without a word.
Prints TAP. Usage: test-mp4mux.py [WORKDIR [CASE…]]
"""
import concurrent.futures
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cases  # noqa: E402
import mediacheck  # noqa: E402
import mp4boxes  # noqa: E402

FORMATS = ('faststart', 'fragmented', 'plain', 'pipe')
LIMIT = 20  # seconds for a pipeline: a hang fails by name

# Video that a parser has made samples of: the changed parameter sets are in the
# caps, no longer in the samples
PARSED = {
    'size changes': ['h264parse', '!', 'video/x-h264,stream-format=avc'],
    'size changes, HEVC': ['h265parse', '!',
                           'video/x-h265,stream-format=hvc1'],
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


def run_case(shop, case, layout):
    made = shop.make(case)
    source, = made.inputs
    target = shop.path(case, 'alone-%s.mp4' % layout)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    command = pipeline(source, target, layout, 'tsdemux')
    if case.alone == 'untimed':
        return check_failure(command, target)
    try:
        result = call(command)
    except subprocess.TimeoutExpired:
        return ['hangs']
    if result.returncode or b'CRITICAL' in result.stderr:
        return [result.stderr.decode()]
    found = [result.stderr.decode()] if b'WARN' in result.stderr else []
    movie = mp4boxes.Movie(target)
    return found + mediacheck.compare(
        shop.copy(made.original, layout in ('fragmented', 'pipe')), target) \
        + mp4boxes.problems(movie) + check_layout(movie, layout)


def check_captions(layout):
    sound, text, target = [os.path.join(work, name % layout) for name in (
        'captions-%s.aac', 'captions-%s.vtt', 'out-captions-%s.mp4')]
    cases.ffmpeg(cases.sound(seconds=12) + cases.AAC, sound)
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


def check_pushed(front):
    """Nobody knows the duration; yet the index comes first, of a file too long to
    be laid out in one go"""
    source, target = [os.path.join(work, name % front[0]) for name in (
        'pushed-by-%s.ts', 'pushed-by-%s.mp4')]
    cases.ffmpeg(cases.picture(size='480x270') + cases.sound()
                 + '-c:v libx264 -preset ultrafast -crf 1 -g 50 -pix_fmt yuv420p '
                 + cases.AAC, source)
    command = pipeline(source, target, 'faststart', 'tsdemux')
    at = command.index('filesrc')
    command[at:at + 2] = front if front[0] == 'fdsrc' else [
        'filesrc', 'location=' + source, '!', *front]
    with open(source, 'rb') as file:
        result = subprocess.run(command, stdin=file, capture_output=True,
                                timeout=LIMIT)
    if result.returncode or result.stderr:
        return [result.stderr.decode()]
    movie = mp4boxes.Movie(target)
    found = [] if 'free' in movie.kinds else ['too short to need a reserve']
    return found + mp4boxes.problems(movie) + check_layout(movie, 'faststart')


def check_spelled_channels(layout):
    """ADTS has no number for 2.1: what there is of channels stands in the frames,
    and has to get into the header. ffmpeg takes it out of the first frame."""
    source, target = [os.path.join(work, name) for name in (
        '2.1-%s.ts' % layout, 'out-2.1-%s.mp4' % layout)]
    cases.ffmpeg('-f lavfi -i aevalsrc=sin(2000*t)|sin(3000*t)|sin(300*t):'
                 'c=2.1:d=3:s=48000 -c:a aac', source)
    command = pipeline(source, target, layout, 'tsdemux')
    at = command.index('d.', command.index('name=m'))
    del command[at:at + 3]
    result = call(command)
    if result.returncode or result.stderr:
        return [result.stderr.decode()]
    movie = mp4boxes.Movie(target)
    return mp4boxes.problems(movie) + check_layout(movie, layout) \
        + mediacheck.compare_decoded(source, target)


def check_parsed(shop, case, layout):
    """Every picture, also the first ones behind the change"""
    source, = shop.make(case).inputs
    target = shop.path(case, 'parsed-%s.mp4' % layout)
    command = pipeline(source, target, layout, 'tsdemux')
    at = command.index('pinmp4mux')
    command[at:at] = PARSED[case.name] + ['!']
    del command[command.index('d.', at):]
    result = call(command)
    if result.returncode or result.stderr:
        return [result.stderr.decode()]
    movie = mp4boxes.Movie(target)
    found = mp4boxes.problems(movie) + check_layout(movie, layout)
    entries = len(movie.tracks[0].entries)
    if entries != (1 if movie.fragments else 2):
        found.append('%d sample entries' % entries)
    return found + mediacheck.compare_decoded(source, target)


def jobs(shop, names):
    """(what, function and its arguments) of each check"""
    chosen = {case.name: case for case in cases.CASES if case.alone}
    for name in names or [*chosen, 'captions']:
        for layout in FORMATS:
            yield ('%s, %s' % (name, layout),
                   *([check_captions] if name == 'captions' else
                     [run_case, shop, chosen[name]]), layout)
    for name in () if names else PARSED:
        for layout in ('faststart', 'fragmented'):
            yield ('%s, parsed, %s' % (name, layout), check_parsed, shop,
                   chosen[name], layout)
    for front in () if names else ('queue', 'fdsrc'):
        yield 'faststart behind ' + front, check_pushed, [front]
    for layout in () if names else ('faststart', 'fragmented'):
        yield '2.1 channels, ' + layout, check_spelled_channels, layout


def main():
    os.makedirs(work, exist_ok=True)
    rows = list(jobs(cases.Workshop(work), sys.argv[2:]))
    print('1..%d' % len(rows))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, future in [(row[0], pool.submit(*row[1:])) for row in rows]:
            report(not future.result(), name, future.result())
    sys.exit(failures > 0)


main()
