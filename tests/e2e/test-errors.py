#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What goes wrong, and how it is told: for each case the code of the first
error on the bus, a sentence that says what to do, no file that looks finished,
and the end within the timeout. What goes wrong only once gives the same file
as if nothing had. Cases run a few at a time, each with an origin of its own; the
checks then look at what came out.

    PIN_ORIGIN=… PIN_RUN=… GST_PLUGIN_PATH=… test-errors.py [CHECK…]
"""

import concurrent.futures
import os
import re
import socket
import sys

import pinlib
from pinlib import originlib, source

TIMEOUT = 3                     # the property, in seconds
SLACK_MS = 1500 * pinlib.SLOW   # for what is no waiting, on a busy machine

tap = originlib.Tap(limit=300)
site = originlib.site()
catalog = originlib.catalog(site)
links = originlib.links(site)
folder_owner = pinlib.scratch()
folder = folder_owner.name
pool = concurrent.futures.ThreadPoolExecutor(3)

VIDEO = catalog["cmaf"]
SHORT = catalog["carousel"]
STREAM = catalog["ts-single"]
# "Do this": every sentence has one of these
ADVICE = re.compile(
    r"\b(check|try|open|use|choose|allow|write|type|paste|ask|name|wait|look|"
    r"give|set|get|copy|pass|take|put|report|log|download|see|pick)\b|"
    r"\b(is at|looks like) ", re.I)


class Case:
    """One run of a pipeline against an origin that does not do well."""

    def __init__(self, location, faults=(), **properties):
        self.location = location
        self.faults = list(faults)
        self.properties = {"timeout": TIMEOUT, "retries": 2, **properties}
        self.job = None

    def start(self):
        self.job = self.job or pool.submit(self._run)

    def result(self):
        self.start()
        return self.job.result()

    def _run(self):
        self.path = os.path.join(folder, "%x.mp4" % id(self))
        with originlib.Origin(site) as origin:
            origin.faults(self.faults)
            run = pinlib.pin_run(
                [*source(origin, self.location, **self.properties), "!",
                 "pinmp4bin", "!", "filesink", "location=" + self.path])
            self.fired = origin.stats()["faults"]
        return run


def wanted(name):
    """Whether this check is to be run, and so its case started early."""
    return len(sys.argv) < 2 or name in sys.argv[1:]


def assert_error(case, codes):
    """The case ended as it should; gives the error."""
    run = case.result()
    assert run.error, "no error: %s" % run.lines
    error = run.error
    assert error["code"] in codes, error
    assert error["domain"] == "GstPinError", error
    assert error["details"]["code"] == error["code"], error
    assert "?" not in error["details"].get("url", ""), error
    message = error["message"]
    assert 20 < len(message) < 600, message
    assert message.endswith(".") or "://" in message.split()[-1], \
        "is no sentence: " + message
    assert ADVICE.search(message), "says not what to do: " + message
    assert run.status == 1 and not run.of("eos"), run.lines
    limit = case.properties["timeout"] * 1000 + SLACK_MS
    assert error["ms"] <= limit, "took %d ms" % error["ms"]
    assert not pinlib.looks_finished(case.path), "left a file that plays"
    for fault in case.fired:
        assert fault["fired"] > 0, "never happened: %s" % fault
    return error


# --- Pins that are no videos, and links that lead to none --------------------

def closed_port():
    """A port of this machine where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def always(kind, match, **more):
    return {"match": match, "kind": kind, "times": -1, **more}


PAGE_URL = VIDEO["url"]
# All doors of the site
ANY_PAGE = "https://*.pinterest.com/*"
SITE = "*www.pinterest.com*"
CDN = "v1.pinimg.com"

# Name → case, codes that fit, what the sentence must hold
CASES = {
    "not found": (Case(catalog["not-found"]["url"]), ["not-found"],
                  catalog["not-found"]["id"]),
    "gone": (Case(catalog["gone"]["url"]), ["not-found"], ""),
    "image": (Case(catalog["image"]["url"]), ["not-a-video"],
              catalog["image"]["picture"]),
    "external": (Case(catalog["external"]["url"]), ["external"], "youtube"),
    "schema": (Case(catalog["schema"]["url"]), ["schema"], ""),
    "blocked": (Case(catalog["blocked"]["url"]), ["blocked"], ""),
    "wrong URL": (Case("https://example.com/pin/123/"), ["invalid-location"],
                  "example.com"),
    "no URL": (Case("cats"), ["invalid-location"], "cats"),
    "a board": (Case("https://www.pinterest.com/ada/drills/"),
                ["invalid-location", "unsupported"], "Pin"),
    "wrong quality": (Case(PAGE_URL, quality="verygood"), ["no-variant",
                      "invalid-location", "unsupported"], "verygood"),
    "quality too low": (Case(PAGE_URL, quality="100p"), ["no-variant"], "720"),
    "quality of another codec": (Case(PAGE_URL, quality="hevc"),
                                 ["no-variant"], "H.264"),
    "unknown strategy": (Case(PAGE_URL, strategies="page,psychic"),
                         ["unsupported"], "psychic"),
    "no such cookies": (Case(PAGE_URL, cookies_file="/nonexistent.txt"),
                        ["io"], "/nonexistent.txt"),
    "no such token": (Case(PAGE_URL, access_token_file="/nonexistent.txt"),
                      ["io"], "/nonexistent.txt"),
    "no token": (Case(PAGE_URL, access_token="two words"),
                 ["unsupported"], "token"),
    "no such item": (Case(SHORT["url"], item=3), ["not-found", "no-variant",
                     "not-a-video"], "2"),

    "host that is not there": (
        Case(PAGE_URL, [always("dns", SITE)]), ["network"],
        "www.pinterest.com"),
    "CDN that is not there": (
        Case(PAGE_URL, [always("dns", CDN)]), ["network"], CDN),
    "proxy that is not there": (
        Case(PAGE_URL, proxy="http://127.0.0.1:%d" % closed_port()),
        ["network"], ""),
    "certificate of another host": (
        Case(PAGE_URL, [always("tls-mismatch", SITE)]), ["tls"], ""),
    "certificate expired": (
        Case(PAGE_URL, [always("tls-expired", SITE)]), ["tls"], ""),
    "certificate of nobody": (
        Case(PAGE_URL, [always("tls-self-signed", SITE)]), ["tls"], ""),
    "certificate of the CDN": (
        Case(PAGE_URL, [always("tls-mismatch", CDN)]), ["tls"], CDN),
    "authority not known": (
        Case(PAGE_URL, tls_ca_file=None), ["tls"], "tls-ca-file"),
    "no such CA file": (
        Case(PAGE_URL, tls_ca_file="/nonexistent.pem"), ["tls"],
        "/nonexistent.pem"),
    "no TLS": (
        Case(PAGE_URL, [always("tls-garbage", SITE)]), ["tls", "network"], ""),

    "page 429": (
        Case(PAGE_URL, [always("status", ANY_PAGE, status=429,
                               retry_after="100")]), ["rate-limited"], ""),
    "page 500": (
        Case(PAGE_URL, [always("status", ANY_PAGE, status=500)]),
        ["network"], "500"),
    "page 403": (
        Case(PAGE_URL, [always("status", ANY_PAGE, status=403)]),
        ["blocked"], ""),
    "page stalls before": (
        Case(PAGE_URL, [always("stall-headers", ANY_PAGE)]), ["timeout"], ""),
    "page stalls within": (
        Case(PAGE_URL, [always("stall-body", ANY_PAGE, after=1000)]),
        ["timeout"], ""),
    "page leads elsewhere": (
        Case(PAGE_URL, [always("redirect", ANY_PAGE, status=302,
                               location="https://evil.test/")]),
        ["forbidden-host"], "evil.test"),
    "page leads to this machine": (
        Case(PAGE_URL, [always("redirect", ANY_PAGE, status=302,
                               location="https://127.0.0.1/")]),
        ["forbidden-host"], "127.0.0.1"),

    "master 403": (
        Case(SHORT["url"], [always("status", "https://" + SHORT["master"],
                               status=403)]), ["blocked"], ""),
    "playlist 404": (
        Case(SHORT["url"], [always("status", "https://" + SHORT["best"],
                               status=404)]), ["not-found"], ""),
    "sound's playlist 500": (
        Case(SHORT["url"], [always("status", "https://" + SHORT["audio"],
                               status=500)]), ["network"], ""),
    "playlist is HTML": (
        Case(SHORT["url"], [always("html", "https://" + SHORT["best"])]),
        ["schema", "network", "unsupported"], ""),
    "playlist is empty": (
        Case(SHORT["url"], [always("empty", "https://" + SHORT["best"])]),
        ["schema", "truncated", "network", "unsupported"], ""),
}

# One of each kind; test-resolve.py has them all
for link in {link["expect"]: link for link in links}.values():
    if link["expect"] != "ok":
        CASES["short link " + link["url"][-5:]] = (
            Case(link["url"]), [link["expect"], *(
                ["invalid-location"] if link["expect"] == "unsupported"
                else [])], "")


@pinlib.check_each(tap, "error", [(name, *CASES[name]) for name in CASES])
def error_is_told(_, case, codes, holds):
    error = assert_error(case, codes)
    assert holds in error["message"], error["message"]


@tap
def kinds_of_failure_have_codes_of_their_own():
    names = ("not found", "image", "wrong URL", "host that is not there",
             "certificate of another host", "external", "blocked", "schema",
             "quality too low", "page 429", "page stalls before")
    codes = [CASES[name][0].result().error["code"] for name in names]
    assert len(set(codes)) == len(codes), dict(zip(names, codes))


@tap
def a_missing_cover_is_no_error():
    case = Case(SHORT["url"], [always("status", "https://i.pinimg.com/*",
                                      status=500)])
    assert case.result().status == 0, case.result().lines


@tap
def a_stalled_cover_is_no_error():
    case = Case(SHORT["url"], [always("stall-headers",
                                      "https://i.pinimg.com/*")])
    assert case.result().status == 0, case.result().lines


# --- fragments ---------------------------------------------------------------

# One place for each sort of media; test-faults.py has the whole matrix
def fragments():
    """Rows: name, location, URL, and a byte of the fragment in the file (None
    where the fragment is a file)."""
    yield ("middle fragment of the video", SHORT["url"],
           *fragment(SHORT["best"], 1))
    yield "last fragment of the sound", SHORT["url"], *fragment(SHORT["audio"],
                                                                -1)
    yield "first fragment of the stream", STREAM["url"], *fragment(
        STREAM["best"], 0)


def fragment(playlist, i):
    urls = sorted("https://" + path
                  for path in pinlib.files_of_playlist(site, playlist)
                  if not path.endswith(".m3u8"))
    with open(os.path.join(site, playlist), encoding="utf-8") as stream:
        ranges = re.findall(r"^#EXT-X-BYTERANGE:(\d+)@(\d+)$", stream.read(),
                            re.M)
    if not ranges:
        return urls[i], None
    length, offset = map(int, ranges[i])
    return urls[0], offset + length // 2


# Kind → codes that fit when it happens for ever, members of the fault
KINDS = {
    "403": (["blocked"], {"kind": "status", "status": 403}),
    "404": (["not-found"], {"kind": "status", "status": 404}),
    "500": (["network"], {"kind": "status", "status": 500}),
    "429": (["rate-limited"], {"kind": "status", "status": 429,
                               "retry_after": "1"}),
    "cut": (["truncated", "network"], {"kind": "cut"}),
    "reset": (["network"], {"kind": "reset"}),
    "stalled headers": (["timeout"], {"kind": "stall-headers"}),
    "stalled body": (["timeout"], {"kind": "stall-body"}),
    "HTML": (["network"], {"kind": "html"}),
    "empty": (["truncated", "network"], {"kind": "empty"}),
}
# Where the body stops, so that no attempt gets past it
STOPPING = ("cut", "reset", "stall-body")


def fragment_cases(times, kinds):
    """Rows: name, case, kind."""
    for where, location, url, inside in fragments():
        for kind, (_, members) in kinds.items():
            fault = {"match": url, "times": times, **members}
            if inside is not None:
                fault["covers"] = inside
            if fault["kind"] in STOPPING:
                fault["at"] = inside or 5000
            yield "%s, %s" % (kind, where), Case(location, [fault]), kind


# What the client sees through at once, even when it happens for ever
HARMLESS = {
    "wrong length": ([], {"kind": "wrong-length"}),
    "range ignored": ([], {"kind": "ignore-range"}),
    "connection closed": ([], {"kind": "close-after-response"}),
    "no length": ([], {"kind": "chunked"}),
}

FOR_EVER = list(fragment_cases(-1, KINDS))
HARMLESS_CASES = list(fragment_cases(-1, HARMLESS))
ONCE = list(fragment_cases(1, KINDS))


@pinlib.check_each(tap, "for ever", FOR_EVER)
def fragment_fails_for_ever(_, case, kind):
    error = assert_error(case, KINDS[kind][0])
    details = error["details"]
    assert details["url"] == case.faults[0]["match"], details
    assert "fragment" in details, details
    # Refusals of a host that is only busy do not count
    expected = (3, 4, 5) if kind in ("429", "503") else (3,)
    assert details["attempts"] in expected or kind.startswith(
        "stalled"), details
    if kind.isdigit():
        assert details["http-status-code"] == int(kind), details


def assert_exact(case):
    run = case.result()
    assert run.status == 0 and run.of("eos"), run.lines
    assert case.fired[0]["fired"] > 0, case.fired
    clean = STREAM_CLEAN if case.location == STREAM["url"] else SHORT_CLEAN
    assert clean.result().status == 0, clean.result().lines
    pinlib.assert_same_packets(pinlib.packets(clean.path),
                               pinlib.packets(case.path))


@pinlib.check_each(tap, "once", ONCE)
def fragment_fails_once(_, case, kind):
    assert_exact(case)
    assert case.fired[0]["fired"] == 1, case.fired


@pinlib.check_each(tap, "harmless", HARMLESS_CASES)
def fragment_is_odd(_, case, kind):
    assert_exact(case)


@tap
def the_mp4_where_the_playlists_fail():
    """This Pin has both; the picture is as good."""
    case = Case(PAGE_URL, [always("status", "*.m3u8", status=403)])
    assert case.result().status == 0, case.result().lines
    seen = pinlib.probe(case.path)["streams"]
    assert [stream["width"] for stream in seen
            if stream["codec_type"] == "video"
            and not stream["disposition"]["attached_pic"]] == [720], seen


@tap
def the_mp4_that_no_page_names_where_the_playlists_fail():
    """The master says how the file is called."""
    pin = catalog["derived"]
    case = Case(pin["url"], [always("status", "*w.m3u8", status=403)])
    assert case.result().status == 0, case.result().lines
    pinlib.assert_same_packets(
        pinlib.packets(os.path.join(site, catalog["cmaf"]["mp4"])),
        pinlib.packets(case.path))
    # What has failed is not asked again when there is more
    assert case.fired[0]["fired"] == 1, case.fired


@pinlib.check_each(tap, "twice in one process", [
    ("what led to a video is known", "cmaf", "nothing", 1),
    ("a playlist that is gone", "derived", "*.m3u8", 2),
    ("a file that is gone", "mp4", "*.mp4", 2)])
def twice_in_one_process(_, name, gone, asked):
    """Whoever tries again after a failure is told anew."""
    url = catalog[name]["url"]
    with originlib.Origin(site) as origin:
        origin.faults([always("status", gone, status=404)])
        run = pinlib.pin_run([*source(origin, url), "!", "fakesink"],
                             "--cancel-at=end,end")
        assert len(run.of("down")) == 2, run.lines
        assert pinlib.requested(origin)[url] == asked, origin.stats()


STREAM_CLEAN, SHORT_CLEAN = Case(STREAM["url"]), Case(SHORT["url"])


@tap
def gst_launch_fails_too():
    """What people type: a status that is not 0, and the sentence."""
    path = os.path.join(folder, "launch.mp4")
    with originlib.Origin(site) as origin:
        result = pinlib.launch(
            [*source(origin, catalog["image"]["url"]), "!", "pinmp4bin", "!",
             "filesink", "location=" + path], check=False)
    assert result.returncode != 0, result
    assert catalog["image"]["picture"] in result.stderr, result.stderr
    assert not pinlib.looks_finished(path)


def start_early():
    """The cases of all checks that will run, in their order."""
    for name, (case, _, _) in CASES.items():
        if wanted("error: " + name):
            case.start()
    for prefix, rows in (("for ever", FOR_EVER), ("once", ONCE),
                         ("harmless", HARMLESS_CASES)):
        for name, case, *_ in rows:
            if wanted("%s: %s" % (prefix, name)):
                case.start()


with folder_owner, pool:
    start_early()
    tap.run()
