#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What muxing costs, against `ffmpeg -c copy`.

Runs both in turns over one transport stream and prints medians: CPU (user and
system), peak memory and the ratio. Makes the stream (about 200 MB, 5 min) when
it is not there. Usage: bench-mp4mux.py WORKDIR [RUNS]
"""
import os
import statistics
import subprocess
import sys
import time

work = sys.argv[1]
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
source = os.path.join(work, 'big.ts')
out = os.path.join(work, 'bench.mp4')


def make_source():
    subprocess.run(
        ['ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i',
         'testsrc2=s=1280x720:r=30:d=300', '-f', 'lavfi', '-i',
         'sine=440:d=300:r=48000', '-c:v', 'libx264', '-preset', 'ultrafast',
         '-bf', '2', '-b:v', '5M', '-minrate', '5M', '-maxrate', '5M',
         '-bufsize', '5M', '-x264-params', 'nal-hrd=cbr', '-g', '60', '-c:a',
         'aac', '-b:a', '128k', '-f', 'mpegts', source], check=True)


def gst(*mux):
    return ['gst-launch-1.0', '-q', 'filesrc', 'location=' + source,
            'blocksize=262144', '!', 'tsdemux', 'name=d', 'd.', '!',
            'pinmp4mux', 'name=m', *mux, '!', 'filesink', 'location=' + out,
            'd.', '!', 'm.']


CASES = {
    'ffmpeg': ['ffmpeg', '-v', 'error', '-y', '-i', source, '-c', 'copy', out],
    'faststart': gst('format=faststart'),
    'fragmented': gst('format=fragmented'),
    'plain': gst('format=plain'),
}


def run(command):
    if os.path.exists(out):
        os.unlink(out)
    start = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit('%s: status %d' % (command[0], status))
    return (usage.ru_utime + usage.ru_stime, usage.ru_utime, usage.ru_stime,
            time.monotonic() - start, usage.ru_maxrss / 1024,
            usage.ru_nvcsw, usage.ru_minflt)


def main():
    os.environ['GST_REGISTRY'] = os.path.join(work, 'registry.bin')
    subprocess.run(['gst-inspect-1.0', 'pinmp4mux'], check=True,
                   stdout=subprocess.DEVNULL)
    os.environ['GST_REGISTRY_UPDATE'] = 'no'
    if not os.path.exists(source):
        make_source()
    names = sys.argv[3:] or list(CASES)
    results = {name: [] for name in names}
    for _ in range(runs):
        for name in names:
            results[name].append(run(CASES[name]))
    base = None
    for name in names:
        cpu, user, system, wall, rss, switches, faults = (
            statistics.median(column) for column in zip(*results[name]))
        base = base or cpu
        print('%-11s cpu %.3f s (user %.3f, system %.3f)  wall %.3f s  '
              'peak %.1f MiB  switches %d  faults %d  ratio %.2f'
              % (name, cpu, user, system, wall, rss, switches, faults,
                 cpu / base))


main()
