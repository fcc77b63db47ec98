# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the end-to-end tests of the elements share: the origin, programs run
with the right environment, and looks at the files that they made.

The environment, set by meson, tells where things are: PIN_ORIGIN and PIN_SITE
(see originlib), PIN_RUN (the program pin-run), GST_PLUGIN_PATH, and PIN_SLOW
where a build is slow by nature. One thread uses a Run; several may use several
at once.
"""

import fractions
import functools
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "origin"))
sys.dont_write_bytecode = True

import originlib  # noqa: E402

# How much slower than usual things may be
SLOW = float(os.environ.get("PIN_SLOW", "1"))
# Far above what any of the short Pins takes, also on a busy machine
LIMIT = 60 * SLOW
# What a sanitizer or GLib writes when something is wrong
COMPLAINT = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:|"
                       r"-CRITICAL \*\*|GLib.*-WARNING \*\*|"
                       r"GStreamer-WARNING \*\*")


def scratch():
    """A folder that ends with the test program."""
    return tempfile.TemporaryDirectory(prefix="pin-e2e-")


def skip(tap, name, reason):
    """Puts a check into the plan that is not run, and says why."""
    def check():
        pass

    check.__name__ = "%s # SKIP %s" % (name, reason)
    tap(check)


def check_each(tap, name, rows):
    """Decorator: one check per row, named after the row's first item."""
    def decorate(function):
        for row in rows:
            check = functools.partial(function, *row)
            check.__name__ = "%s: %s" % (name, row[0])
            tap(check)
        return function

    return decorate


def environment(**more):
    return {**os.environ, "G_DEBUG": "fatal-criticals",
            "GSETTINGS_BACKEND": "memory", "GST_DEBUG_NO_COLOR": "1",
            "LC_ALL": "C.UTF-8", **more}


def source(origin, location, **properties):
    """The words of a pinsrc in a pipeline's description."""
    properties = {"proxy": origin.proxy, "tls_ca_file": origin.ca,
                  **properties}
    return ["pinsrc", "location=" + location,
            *("%s=%s" % (name.replace("_", "-"), value)
              for name, value in properties.items() if value is not None)]


def launch(words, check=True, limit=LIMIT, **more):
    """Runs gst-launch-1.0 -q; with check it must succeed in silence."""
    result = subprocess.run(["gst-launch-1.0", "-q", *words], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            stdin=subprocess.DEVNULL, timeout=limit,
                            env=environment(**more))
    if check:
        assert result.returncode == 0, result.stdout + result.stderr
        assert result.stdout + result.stderr == "", \
            result.stdout + result.stderr
    return result


class Run:
    """A run of the program pin-run. Its lines are read as they come."""

    def __init__(self, words, *options, limit=LIMIT, env=None, pass_fds=()):
        self._errors = tempfile.TemporaryFile(mode="w+")
        self.lines = []
        self.began = time.monotonic()
        self._process = subprocess.Popen(
            [os.environ.get("PIN_RUN", "pin-run"), "--limit=%d" % limit,
             *options, *words], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._errors, pass_fds=pass_fds,
            env=environment(**(env or {})))
        self.pid = self._process.pid

    def cancel(self):
        """Needs --cancel-on-input."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def next(self, kind):
        """The next line of that type; None when there is no more of it."""
        for text in self._process.stdout:
            line = json.loads(text)
            self.lines.append(line)
            assert line["type"] != "hang", "pin-run hangs: %s" % self.lines
            if line["type"] == kind:
                return line
        return None

    def down(self):
        """The next line "down"; says why where there is none."""
        line = self.next("down")
        if line is None:
            self._errors.seek(0)
            raise AssertionError("pin-run ended: %s %s" % (
                self.lines, self._errors.read()))
        return line

    def is_alive(self):
        return self._process.poll() is None

    def end(self):
        """Lets it end, reads what is left; returns self."""
        self._process.stdin.close()
        while self.next("") is not None:
            pass
        self._process.stdout.close()
        self.status = self._process.wait(LIMIT)
        self.seconds = time.monotonic() - self.began
        self._errors.seek(0)
        self.stderr = self._errors.read()
        self._errors.close()
        assert self.status in (0, 1), "status %d, stderr: %s" % (
            self.status, self.stderr)
        assert not COMPLAINT.search(self.stderr), self.stderr
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_alive():
            self._process.kill()
            self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def of(self, kind):
        """All lines of that type that were read."""
        return [line for line in self.lines if line["type"] == kind]

    @property
    def error(self):
        """The first error on the bus."""
        errors = self.of("error")
        return errors[0] if errors else None


def pin_run(words, *options, **more):
    """Runs pin-run to its end."""
    with Run(words, *options, **more) as run:
        return run.end()


def until(condition, what, seconds=10):
    """Asks again and again, for what another process does in its own time."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "not within %g s: %s" % (seconds,
                                                                 what)
        time.sleep(0.002)


# --- what was fetched --------------------------------------------------------

def requested(origin):
    """URLs without query, and how often each was requested."""
    counts = {}
    for url, counter in origin.stats()["by_url"].items():
        url = url.split("?")[0]
        counts[url] = counts.get(url, 0) + counter["requests"]
    return counts


def files_of_playlist(root, path):
    """The paths of all files that the playlist at path names, itself too."""
    folder, names = os.path.dirname(path), {os.path.basename(path)}
    with open(os.path.join(root, path), encoding="utf-8") as stream:
        for line in stream.read().splitlines():
            if line.startswith("#"):
                names.update(re.findall(r'URI="([^"]+)"', line))
            elif line:
                names.add(line)
    return {folder + "/" + name for name in names}


def media_urls(root, entry):
    """Every media URL that a run for the entry's best variant may request."""
    paths = {entry["master"]} - {None}
    for playlist in (entry["best"], entry["audio"]):
        if playlist:
            paths |= files_of_playlist(root, playlist)
    if not paths:
        paths = {entry["mp4"]}
    return {"https://" + path for path in paths}


# --- what was made -----------------------------------------------------------

def oracle_args(root, entry):
    """As originlib's, but for sound apart: there ffmpeg reads the master, of
    which it takes the best by itself. Of two inputs it would move each to
    zero, and so the sound against the picture."""
    if entry["master"] and entry["audio"]:
        return ["-allowed_extensions", "ALL", "-i",
                os.path.join(root, entry["master"])]
    return originlib.oracle_args(root, entry)


def reference(root, entry, folder):
    """ffmpeg's own copy of the entry's best variant with its sound; made once
    per folder."""
    name = os.path.basename(entry["best"] or entry["mp4"])
    path = os.path.join(folder, "reference-%s.mp4" % name)
    if not os.path.exists(path):
        subprocess.run(["ffmpeg", "-v", "error", "-y",
                        *oracle_args(root, entry), "-c", "copy",
                        path], check=True, stdin=subprocess.DEVNULL)
    return path


def probe(path_or_pipe, *options, **more):
    """ffprobe's JSON; None where it refuses the file."""
    result = subprocess.run(
        ["ffprobe", "-v", "error", "-of", "json", "-show_format",
         "-show_streams", *options, path_or_pipe], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, **more)
    return json.loads(result.stdout) if result.returncode == 0 else None


def looks_finished(path):
    """Whether a player would take the file for a whole one."""
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return False
    seen = probe(path)
    return bool(seen and seen.get("streams"))


def packets(path):
    """Every packet but the cover's, by stream: time in seconds, size, hash."""
    result = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:V", "-map", "0:a?",
         "-c", "copy", "-f", "framemd5", "-"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    assert result.returncode == 0 and not result.stderr, result.stderr
    units, streams = {}, {}
    for line in result.stdout.splitlines():
        if line.startswith("#tb "):
            number, unit = line[4:].split(": ")
            units[number] = float(fractions.Fraction(unit))
        elif not line.startswith("#"):
            number, _, pts, _, size, digest = line.replace(" ", "").split(
                ",")[:6]
            streams.setdefault(number, []).append(
                (int(pts) * units[number], size, digest))
    return streams


def assert_same_packets(wanted, seen):
    """Both are what packets() gave. The same data in the same order; times to
    a millisecond, since one and the same time may be written in two units."""
    assert set(wanted) == set(seen), (list(wanted), list(seen))
    for number, theirs in wanted.items():
        ours = seen[number]
        assert len(ours) == len(theirs), "stream %s: %d packets, not %d" % (
            number, len(ours), len(theirs))
        for i, (one, two) in enumerate(zip(theirs, ours)):
            assert one[1:] == two[1:] and abs(one[0] - two[0]) < 0.001, \
                "stream %s, packet %d: %s, not %s" % (number, i, two, one)


def boxes(path):
    """Names of the file's top-level boxes, in order; checks their sizes."""
    names, size = [], os.path.getsize(path)
    with open(path, "rb") as stream:
        while stream.tell() < size:
            begin = stream.tell()
            length, name = struct.unpack(">I4s", stream.read(8))
            if length == 1:
                length = struct.unpack(">Q", stream.read(8))[0]
            assert length >= 8 and begin + length <= size, \
                "box %s at %d is %d bytes long" % (name, begin, length)
            names.append(name.decode("latin-1"))
            stream.seek(begin + length)
    return names
