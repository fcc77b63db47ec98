# SPDX-License-Identifier: LGPL-2.1-or-later

"""One run of a program, measured from outside: time, CPU, memory, and the first
byte that it writes.

bench.py calls run() from its main thread, one run after the other. What other
processes of the machine did meanwhile is measured too, so that a number taken
beside a compiler can be told from one taken alone.

Peak memory is VmHWM of /proc/PID/status, read every few milliseconds; it only
grows, so the last reading misses no more than the last moment. ru_maxrss would
not do alone: Linux starts it from the process that called fork(), which here is
a Python interpreter, larger than some of what is measured. Where it is above
that, it is exact and is taken.
"""

import dataclasses
import os
import signal
import statistics
import subprocess
import tempfile
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")
POLL_SECONDS = 0.005
PIPE_READ = 65536


@dataclasses.dataclass
class Sample:
    """What one run cost."""
    seconds: float              # from before fork() to after wait()
    cpu: float                  # user + system, its own children included
    peak_kib: int               # of memory; 0 where it was not asked for
    first_byte: float           # seconds until the first byte; None: no byte
    others: float               # cores that other processes kept busy
    status: int                 # exit status, negative: signal, None: stopped
    stderr: str

    @property
    def mib(self):
        return self.peak_kib / 1024


def median(samples, name):
    return statistics.median(getattr(sample, name) for sample in samples)


def machine_cpu():
    """Seconds of CPU that all processes and the kernel used since boot."""
    with open("/proc/stat", encoding="ascii") as stream:
        user, nice, system, _, _, irq, soft = map(
            int, stream.readline().split()[1:8])
    return (user + nice + system + irq + soft) / TICK


def process_cpu(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as stream:
        fields = stream.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_memory(pid):
    """VmHWM in KiB; 0 where the process has ended."""
    try:
        with open("/proc/%s/status" % pid, encoding="ascii") as stream:
            for line in stream:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0


def wait_for_quiet(most, seconds):
    """Waits until other processes use at most that many cores, or the time is
    up."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        before, began = machine_cpu(), time.monotonic()
        time.sleep(0.5)
        if (machine_cpu() - before) / (time.monotonic() - began) <= most:
            return


class _Watch:
    """Looks at a process while it runs: its memory, and whether it must end."""

    def __init__(self, pid, limit, memory):
        self.peak = 0
        self.stopped = None
        self._pid = pid
        self._memory = memory
        self._end = time.monotonic() + limit
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self):
        pause = POLL_SECONDS if self._memory else 0.05
        while not self._done.wait(pause):
            if self._memory:
                self.peak = max(self.peak, peak_memory(self._pid))
            if time.monotonic() > self._end:
                self.stop("time")
                return

    def stop(self, why):
        """The process is not reaped before end(), so the id is still its."""
        self.stopped = self.stopped or why
        os.killpg(self._pid, signal.SIGKILL)

    def end(self):
        self._done.set()
        self._thread.join()


def _read(pipe, began, watch, first_only, rate):
    """Reads until the end, or just the first byte, or at that many bytes per
    second; returns when the first byte came."""
    first, count = None, 0
    while True:
        piece = os.read(pipe, 4096 if rate else PIPE_READ)
        if not piece:
            return first
        if first is None:
            first = time.monotonic() - began
        if first_only:
            watch.stop("first byte")
            return first
        count += len(piece)
        if rate:
            due = began + first + count / rate
            time.sleep(max(0, due - time.monotonic()))


def run(words, env, pipe=False, first_only=False, rate=0, memory=False,
        limit=300, beside=()):
    """Runs a program to its end, or for limit seconds. pipe: read what it
    writes; beside: ids of helpers whose CPU time is none of others'."""
    with tempfile.TemporaryFile() as errors:
        own = sum(os.times()[:2])
        helped = sum(map(process_cpu, beside))
        busy, floor = machine_cpu(), peak_memory("self")
        began = time.monotonic()
        process = subprocess.Popen(
            words, env=env, stdin=subprocess.DEVNULL, stderr=errors,
            stdout=subprocess.PIPE if pipe else subprocess.DEVNULL,
            start_new_session=True, bufsize=0)
        watch = _Watch(process.pid, limit, memory)
        first = None
        try:
            if pipe:
                first = _read(process.stdout.fileno(), began, watch,
                              first_only, rate)
                process.stdout.close()
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        except BaseException:
            watch.stop("interrupted")
            raise
        seconds = time.monotonic() - began
        watch.end()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        ours = (cpu + sum(os.times()[:2]) - own
                + sum(map(process_cpu, beside)) - helped)
        errors.seek(0)
        return Sample(
            seconds=seconds, cpu=cpu, first_byte=first,
            peak_kib=usage.ru_maxrss if usage.ru_maxrss > floor
            else watch.peak,
            others=max(0.0, machine_cpu() - busy - ours) / seconds,
            status=None if watch.stopped else process.returncode,
            stderr=errors.read().decode("utf-8", "replace"))
