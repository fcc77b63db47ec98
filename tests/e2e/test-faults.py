#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The matrix of faults: each kind, once and for ever, on the first, a middle
and the last fragment of picture, of sound, and of a transport stream.

Once: hlsdemux gives exactly the bytes that are on the origin's disk. For ever:
the right code within the limits, a status that is not 0, and no file that a
player takes for a whole one; or, where the server's mistake can be seen
through, exact bytes again. And in each of these states a pipeline can be taken
down at once.

Cells run a few at a time: most of their time they wait. Each worker has an
origin of its own. The TAP lines are the cells; the table comes last, as
comments.

    PIN_ORIGIN=… PIN_RUN=… GST_PLUGIN_PATH=… test-faults.py [PART-OF-A-NAME…]
"""

import collections
import concurrent.futures
import contextlib
import functools
import os
import queue
import re
import socket
import sys
import tempfile
import threading
import time

import pinlib
from pinlib import originlib, source, until

WORKERS = 6
TIMEOUT = 2                     # the property, in seconds
RETRIES = 2
# An outage that passes lasts as long as a busy machine needs to end it, and the
# first attempts, whose waits are random ones below 100 and 200 ms, may all be
# made before. That no more are made than asked for is test-errors.py's to say
OUTAGE_RETRIES = 6
RETRY_AFTER = 1
# For what is no waiting, on a busy machine
SLACK_MS = 1500 * pinlib.SLOW
LIMIT_MS = TIMEOUT * 1000 + SLACK_MS
# Asked to wait is not being stuck: each attempt may wait as it was told
ASKED_LIMIT_MS = LIMIT_MS + RETRIES * RETRY_AFTER * 1000
CANCEL_MS = 100 * pinlib.SLOW
# A machine that is busy with other things makes what is about time fail now and
# then; the table says where it took more than one try
TRIES = 3
OUTAGE_S = 0.1
# Nothing that a client could notice; only tells that the request has come
UNNOTICED = {"kind": "trickle", "rate": 1 << 40}

tap = originlib.Tap(limit=300)
site = originlib.site()
catalog = originlib.catalog(site)
folder_owner = pinlib.scratch()
folder = folder_owner.name
pool = concurrent.futures.ThreadPoolExecutor(WORKERS)
origins = queue.SimpleQueue()   # those that no worker uses now


# --- where -------------------------------------------------------------------

class Medium:
    """A rendition: its Pin, and its fragments as they are on disk."""

    def __init__(self, name, entry, playlist):
        self.name, self.entry = name, entry
        with open(os.path.join(site, playlist), encoding="utf-8") as stream:
            text = stream.read()
        base = os.path.dirname(playlist) + "/"
        init = re.findall(r'#EXT-X-MAP:URI="(.+)",BYTERANGE="(\d+)@(\d+)"',
                          text)
        ranged = re.findall(r"^#EXT-X-BYTERANGE:(\d+)@(\d+)\n(.+)$", text, re.M)
        whole = re.findall(r"^([^#\n].*)$", text, re.M)
        self.init = [(base + path, int(at), int(size))
                     for path, size, at in init]
        self.fragments = [(base + path, int(at), int(size))
                          for size, at, path in ranged] or [
            (base + path, None, os.path.getsize(os.path.join(site, base, path)))
            for path in whole]

    def bytes(self):
        """What hlsdemux should give of it."""
        parts = []
        for path, at, size in self.init + self.fragments:
            with open(os.path.join(site, path), "rb") as stream:
                stream.seek(at or 0)
                parts.append(stream.read(size))
        return b"".join(parts)

    def places(self):
        n = len(self.fragments)
        for where, number in (("first", 0), ("middle", n // 2),
                              ("last", n - 1)):
            path, at, size = self.fragments[number]
            yield Place(self, where, number, "https://" + path,
                        (at or 0) + size // 2, at is not None)


class Place(collections.namedtuple(
        "Place", "medium where number url inside ranged")):
    """A fragment; inside is an offset in its file, in the middle of it."""

    def fault(self, times, **members):
        fault = {"match": self.url, "times": times, **members}
        if self.ranged:
            fault["covers"] = self.inside
        return fault

    def __str__(self):
        return "%s fragment of the %s" % (self.where, self.medium.name)


CMAF, STREAM = catalog["cmaf"], catalog["ts-h264"]
VIDEO = Medium("picture", CMAF, CMAF["best"])
SOUND = Medium("sound", CMAF, CMAF["audio"])
TS = Medium("stream", STREAM, STREAM["best"])
PLACES = [place for medium in (VIDEO, SOUND, TS) for place in medium.places()]
EXPECTED = {
    CMAF["name"]: sorted([VIDEO.bytes(), SOUND.bytes()]),
    STREAM["name"]: [TS.bytes()],
}


# --- what --------------------------------------------------------------------

TOO_SHORT = ("Content-Length shorter", "Content-Length three packets shorter")


class Kind:
    """A kind of fault. codes: what may be told when it lasts for ever; None
    where it does no harm. waits: whether a client stands still because of it.
    limit_ms: until it is told."""

    def __init__(self, name, codes, script, waits=False, limit_ms=LIMIT_MS):
        self.name, self.codes = name, codes
        self.script, self.waits, self.limit_ms = script, waits, limit_ms
        self.outage = None

    def codes_at(self, place):
        """An answer that is too short can be made good by asking for the rest,
        but not where each answer to that is too short as well."""
        if self.name in TOO_SHORT and not place.ranged:
            return ["truncated"]
        return self.codes


def simple(name, codes, waits=False, limit_ms=LIMIT_MS, **members):
    """At the fragment, members happen."""
    return Kind(name, codes,
                lambda place, times: [place.fault(times, **members)],
                waits, limit_ms)


def stopping(name, codes, kind, waits=False):
    """The body stops within the fragment, whoever asks from wherever."""
    return Kind(name, codes, lambda place, times: [
        place.fault(times, kind=kind, at=place.inside)], waits)


def resumed(name, codes, **members):
    """The body is cut once; to the request that resumes it members happen, not
    to others for parts of the same file."""
    return Kind(name, codes, lambda place, times: [
        place.fault(1, kind="cut", at=place.inside, covers=place.inside),
        place.fault(times, covers=place.inside, **members)])


def outage(name, codes, kind):
    """All connections are lost while the fragment is waited for; new ones fail
    in the way of kind, a fault of the origin, or None: nobody listens."""
    made = Kind(name, codes, lambda place, times: [
        place.fault(1, kind="stall-headers")])
    made.outage = lambda times: [{"match": "v1.pinimg.com", "kind": kind,
                                  "times": times}] if kind else []
    return made


def status(number, codes, name=None, limit_ms=LIMIT_MS, **members):
    return simple(name or str(number), codes, limit_ms=limit_ms, kind="status",
                  status=number, **members)


KINDS = [
    status(403, ["blocked"]),
    status(404, ["not-found"]),
    status(408, ["timeout"]),
    status(429, ["rate-limited"], "429, Retry-After in seconds",
           ASKED_LIMIT_MS, retry_after=str(RETRY_AFTER)),
    status(429, ["rate-limited"], "429, Retry-After as a date",
           ASKED_LIMIT_MS, retry_after={"seconds_from_now": RETRY_AFTER}),
    status(500, ["network"]),
    status(503, ["network"]),
    stopping("body cut", ["truncated", "network"], "cut"),
    stopping("connection reset", ["network"], "reset"),
    simple("stalled headers", ["timeout"], True, kind="stall-headers"),
    stopping("stalled body", ["timeout"], "stall-body", True),
    simple("trickle", ["timeout"], True, kind="trickle", rate=100),
    simple("Content-Length longer", None, kind="wrong-length", delta=1000),
    simple("Content-Length shorter", None, kind="wrong-length", delta=-1000),
    simple("Content-Length three packets shorter", None, kind="wrong-length",
           delta=-3 * 188),
    simple("HTML with 200", ["network"], kind="html"),
    simple("empty with 200", ["truncated"], kind="empty",
           content_type="video/mp4"),
    simple("range ignored", None, kind="ignore-range"),
    resumed("other bytes after resume", ["truncated"], kind="other-bytes",
            after=0),
    resumed("other ETag after resume", ["truncated"], kind="other-etag"),
    outage("DNS failure", ["network"], "dns"),
    outage("proxy dead", ["network"], None),
    outage("TLS broken", ["tls"], "tls-garbage"),
]


class Gate:
    """A forwarder before the origin, so that connections can be lost at a
    moment of the test's choice, and new ones be refused."""

    def __init__(self, origin):
        self._behind = ("127.0.0.1", origin.port)
        self._lock = threading.Lock()
        self._sockets = set()   # under the lock
        self._is_open = False   # likewise
        self._listener = None
        self._port = 0
        self.open()

    @property
    def proxy(self):
        return "http://127.0.0.1:%d" % self._port

    def open(self):
        """Lets new connections in, always at the same port."""
        self._listener = socket.create_server(("127.0.0.1", self._port),
                                              backlog=128)
        self._port = self._listener.getsockname()[1]
        self._is_open = True
        threading.Thread(target=self._accept, args=(self._listener,),
                         daemon=True).start()

    def shut(self):
        """Nobody listens any more."""
        with self._lock:
            self._is_open = False
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def drop(self):
        """Ends what goes through."""
        with self._lock:
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.shut()
        self.drop()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near = listener.accept()[0]
                far = socket.create_connection(self._behind)
                with self._lock:
                    self._sockets |= {near, far}
                    if not self._is_open:
                        near.shutdown(socket.SHUT_RDWR)
                threading.Thread(target=self._serve, args=(near, far),
                                 daemon=True).start()

    def _serve(self, near, far):
        back = threading.Thread(target=self._pump, args=(far, near),
                                daemon=True)
        back.start()
        self._pump(near, far)
        back.join()
        with self._lock:
            self._sockets -= {near, far}
        near.close()
        far.close()

    @staticmethod
    def _pump(one, other):
        with contextlib.suppress(OSError):
            while True:
                data = one.recv(65536)
                if not data:
                    break
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


# --- cells -------------------------------------------------------------------

class TooSlow(AssertionError):
    """Right, but not in time; or out of time before the fault was met."""


def new_origin():
    """One that has made the certificates of its hosts already."""
    origin = originlib.Origin(site)
    for host in ("www.pinterest.com", "v1.pinimg.com"):
        origin.tunnel(host).close()
    return origin


@contextlib.contextmanager
def borrowed_origin():
    """One that nobody else uses; a new one where all are in use."""
    try:
        origin = origins.get_nowait()
    except queue.Empty:
        origin = new_origin()
    try:
        origin.reset()
        yield origin
    finally:
        origin.knobs(latency_ms=0)
        origins.put(origin)


def fired(origin, which=-1):
    return origin.stats()["faults"][which]["fired"]


class Cell:
    """One run against a kind of fault at a place. mode is "once", "for ever"
    or "cancel"."""

    def __init__(self, kind, place, mode):
        self.kind, self.place, self.mode = kind, place, mode
        self.shown = "not run"
        self._job = None

    @property
    def name(self):
        return "%s, %s, %s" % (self.kind.name, self.mode, self.place)

    def start(self):
        self._job = self._job or pool.submit(self._run)

    def check(self):
        self.start()
        self.shown = "FAILED"
        self.shown = self._job.result()

    def _run(self):
        for number in range(1, TRIES + 1):
            try:
                shown = self._try()
                return shown + (" (try %d)" % number if number > 1 else "")
            except TooSlow:
                if number == TRIES:
                    raise

    def _try(self):
        run = {"once": self._once, "for ever": self._for_ever,
               "cancel": self._cancel}[self.mode]
        with borrowed_origin() as origin, contextlib.ExitStack() as stack, \
                tempfile.TemporaryDirectory(dir=folder) as here:
            gate = None
            if self.kind.outage:
                gate = stack.enter_context(contextlib.closing(Gate(origin)))
            origin.faults(self.kind.script(self.place, self._times))
            return run(origin, gate, here)

    @property
    def _times(self):
        return 1 if self.mode == "once" else -1

    def _source(self, origin, gate):
        passes = self.kind.outage and self.mode == "once"
        return source(origin, self.place.medium.entry["url"], timeout=TIMEOUT,
                      retries=OUTAGE_RETRIES if passes else RETRIES,
                      cover="false",
                      proxy=gate.proxy if gate else origin.proxy)

    def _demux_words(self, origin, gate, here):
        """A pipeline that writes what hlsdemux gives, a file per pad."""
        words = [*self._source(origin, gate), "!", "hlsdemux", "name=d"]
        for i in range(len(self._expected)):
            words += ["d.", "!", "filesink",
                      "location=%s" % os.path.join(here, str(i))]
        return words

    @property
    def _expected(self):
        return EXPECTED[self.place.medium.entry["name"]]

    def _break_down(self, origin, gate):
        """The outage, once the fragment is waited for."""
        until(lambda: fired(origin) > 0, "a request for the fragment")
        # All is lost before the origin is told, which would let go of what it
        # has stalled
        gate.shut()
        gate.drop()
        time.sleep(0.05)        # for one that was being made
        gate.drop()
        origin.faults(self.kind.outage(self._times))
        if origin.stats()["faults"]:
            gate.open()
        elif self.mode == "once":
            time.sleep(OUTAGE_S)
            gate.open()

    def _play(self, words, origin, gate):
        with pinlib.Run(words) as run:
            if self.kind.outage:
                self._break_down(origin, gate)
            run.end()
        if run.error and run.error["code"] == "timeout" and run.error[
                "details"].get("url") == self.place.medium.entry["url"]:
            raise TooSlow("the page alone took too long: %s" % run.error)
        for fault in origin.stats()["faults"]:
            if fault["fired"] == 0 and self.kind.outage:
                raise TooSlow("all was there before the outage: %s" % fault)
            assert fault["fired"] > 0, "never happened: %s, %s" % (fault,
                                                                   run.lines)
        return run

    def _assert_exact(self, run, here):
        assert run.error is None, run.error
        assert run.status == 0 and run.of("eos"), run.lines
        got = []
        for name in sorted(os.listdir(here)):
            with open(os.path.join(here, name), "rb") as stream:
                got.append(stream.read())
        sizes = [len(data) for data in got]
        wanted = [len(data) for data in self._expected]
        assert sorted(got) == self._expected, "other bytes: %s of %s" % (
            sizes, wanted)
        return "exact %5.2f s" % (run.of("eos")[0]["ms"] / 1000)

    def _once(self, origin, gate, here):
        run = self._play(self._demux_words(origin, gate, here), origin, gate)
        return self._assert_exact(run, here)

    def _for_ever(self, origin, gate, here):
        if self.kind.codes_at(self.place) is None:
            return self._once(origin, gate, here)
        path = os.path.join(here, "out.mp4")
        run = self._play([*self._source(origin, gate), "!", "pinmp4bin", "!",
                          "filesink", "location=" + path], origin, gate)
        if self.kind.outage and not run.error:
            self._assert_whole(path)
            raise TooSlow("all was there before the outage")
        self._assert_told(run)
        assert not pinlib.looks_finished(path), "left a file that plays"
        return "%s %5.2f s" % (run.error["code"], run.error["ms"] / 1000)

    def _assert_whole(self, path):
        wanted = pinlib.reference(site, self.place.medium.entry, folder)
        pinlib.assert_same_packets(pinlib.packets(wanted),
                                   pinlib.packets(path))

    def _assert_told(self, run):
        assert run.status == 1 and not run.of("eos"), run.lines
        error = run.error
        assert error and error["code"] in self.kind.codes_at(self.place), \
            error or run.lines
        assert len(run.of("error")) == 1, run.of("error")
        details = error["details"]
        if not self.kind.outage:
            assert details["url"] == self.place.url, error
            assert details["fragment"] <= self.place.number, error
        if self.kind.name[:3].isdigit():
            assert details["http-status-code"] == int(self.kind.name[:3]), error
        if error["ms"] > self.kind.limit_ms:
            raise TooSlow("told after %d ms: %s" % (error["ms"], error))

    def _cancel(self, origin, gate, here):
        """Taken down while the fault lasts."""
        if self.kind is LATENCY:
            origin.knobs(latency_ms=300)
        with pinlib.Run(self._demux_words(origin, gate, here), "--hold",
                        "--cancel-on-input") as run:
            if self.kind.outage:
                self._break_down(origin, gate)
            else:
                until(lambda: fired(origin) > 0, "the fault")
            run.cancel()
            down = run.next("down")
            run.end()
        took = down["null_ms"] + down["unref_ms"]
        assert down["threads"] == [], down
        if self.kind.waits:
            assert down["result"] == "cancelled", run.lines
        if took >= CANCEL_MS:
            raise TooSlow("took %d ms: %s" % (took, run.lines))
        return "%s %3.0f ms" % (down["result"], took)


# --- the matrix --------------------------------------------------------------

# What only matters to those who cancel: an answer that is asked to wait for
# long, and one that is on its way
ASKED_TO_WAIT = simple("429, Retry-After 20", None, True, kind="status",
                       status=429, retry_after="20")
LATENCY = simple("latency", None, **UNNOTICED)

CELLS = [Cell(kind, place, mode) for kind in KINDS for place in PLACES
         for mode in ("once", "for ever")]
CELLS += [Cell(kind, place, "cancel")
          for kind in [*KINDS, ASKED_TO_WAIT, LATENCY] for place in PLACES
          if kind.waits or kind is LATENCY
          or kind.codes and place.where == "middle"]

for cell in CELLS:
    check = functools.partial(cell.check)
    check.__name__ = cell.name
    tap(check)


def table():
    """The cells in lines, a line per kind and place."""
    rows = {}
    for cell in CELLS:
        rows.setdefault((cell.kind.name, str(cell.place)), {})[
            cell.mode] = cell.shown
    line = "%-37s %-31s %-22s %-28s %s"
    yield line % ("fault", "where", "once", "for ever", "cancel")
    for (kind, place), modes in rows.items():
        yield line % (kind, place, *(
            modes.get(mode, "") for mode in ("once", "for ever", "cancel")))


@tap
def the_table():
    """Says nothing new: it is for people."""
    for line in table():
        print("# " + line.rstrip())


def start_early():
    """The cells that will be checked, in their order."""
    for cell in CELLS:
        if originlib.asked_for(cell.name):
            cell.start()


def close_origins():
    with contextlib.suppress(queue.Empty):
        while True:
            origins.get_nowait().close()


with folder_owner:
    start_early()
    try:
        tap.run()
    finally:
        pool.shutdown(cancel_futures=True)
        close_origins()
