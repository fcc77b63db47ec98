#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The library's resolver against the origin: what it answers for every kind of
Pin, which strategies it tried for that, and what it asked of whom.

    PIN_ORIGIN=… PIN_RESOLVE=… test-resolve.py [CHECK…]
"""

import json
import os
import subprocess

import pinlib
from pinlib import originlib

tap = originlib.Tap(limit=120 * pinlib.SLOW)
site = originlib.site()
catalog = originlib.catalog(site)
links = originlib.links(site)

VIDEO = catalog["cmaf"]
MEMBERS = ["id", "url", "canonical_id", "kind", "title", "description",
           "author", "board", "created", "thumbnail", "source", "videos",
           "images", "external_url", "attempts", "error"]
KINDS = {"ok": "video", "not-a-video": "image", "external": "external",
         "not-found": "not_found", "blocked": "blocked",
         "schema": "unsupported"}


def run(*words, limit=pinlib.LIMIT):
    """The reports that pin-resolve prints."""
    result = subprocess.run(
        [os.environ.get("PIN_RESOLVE", "pin-resolve"), *words], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=limit,
        stdin=subprocess.DEVNULL, env=pinlib.environment())
    assert result.returncode == 0, result.stderr
    assert not pinlib.COMPLAINT.search(result.stderr), result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def ask(origin, *locations, options=(), **properties):
    """What the resolver says of the locations."""
    properties = {"proxy": origin.proxy, "tls-ca-file": origin.ca,
                  "timeout": 5 * pinlib.SLOW, **properties}
    return run(*options, *("%s=%s" % (name.replace("_", "-"), value)
                           for name, value in properties.items()), *locations)


def tried(report):
    """What was tried, in order: ["page: blocked", "resource: ok"]."""
    return ["%s: %s" % (a["strategy"], a["result"])
            for a in report["attempts"]]


def code(report):
    return report["error"] and report["error"]["code"]


@tap
def every_pin_resolves_or_says_why_not():
    pins = list(catalog.values())
    with originlib.Origin(site) as origin:
        reports = ask(origin, *(pin["url"] for pin in pins))
    for pin, report in zip(pins, reports):
        assert list(report) == MEMBERS, report
        assert report["id"] == pin["id"], report
        assert report["kind"] == KINDS[pin["expect"]], report
        assert code(report) == (None if pin["expect"] == "ok"
                                else pin["expect"]), report
        assert report["attempts"], report
        for attempt in report["attempts"]:
            assert sorted(attempt) == ["ms", "result", "strategy"], report
        if pin["expect"] == "ok":
            assert_media(pin, report)


def assert_media(pin, report):
    """What the page says of the Pin, and of no other one."""
    assert report["title"] == pin["title"], report
    items = pin.get("items") or [pin]
    assert len(report["videos"]) == len(items), report
    for item, video in zip(items, report["videos"]):
        hls = item["master"] or item["best"]
        assert video["hls"] == (hls and "https://" + hls), report
        assert video["mp4"] == (item["mp4"] and "https://" + item["mp4"]), \
            report


@tap
def one_by_one_is_the_same():
    with originlib.Origin(site) as origin:
        report, other = ask(origin, VIDEO["url"], catalog["image"]["url"],
                            options=["--one-by-one"])
    assert code(report) is None and tried(report) == ["page: ok"], report
    assert code(other) == "not-a-video", other


@tap
def short_links_lead_to_their_pins():
    with originlib.Origin(site) as origin:
        reports = ask(origin, *(link["url"] for link in links))
    for link, report in zip(links, reports):
        assert (code(report) or "ok") == link["expect"], (link, report)
        if link["expect"] == "ok":
            assert report["id"] == link["id"], (link, report)
            assert tried(report) == ["short-link: ok", "page: ok"], report
        else:
            assert tried(report)[0].startswith("short-link: "), report


@tap
def a_saved_page_needs_no_network():
    path = os.path.join(site, "www.pinterest.com/pin", VIDEO["id"],
                        "index.html")
    report, = run("--page=" + path, VIDEO["url"])
    assert_media(VIDEO, report)
    assert tried(report) == ["page: ok"] and code(report) is None, report


@tap
def a_board_is_told_as_such():
    with originlib.Origin(site) as origin:
        report, = ask(origin, "https://www.pinterest.com/ada/drills/")
        assert origin.stats()["requests"] == 0, origin.stats()
    assert code(report) == "unsupported" and report["id"] is None, report
    assert report["attempts"] == [], report


@tap
def cancelled_at_once():
    with originlib.Origin(site) as origin:
        origin.faults([{"match": "https://www.pinterest.com/*",
                        "kind": "stall-headers", "times": -1}])
        report, = ask(origin, VIDEO["url"], options=["--cancel-ms=200"],
                      timeout=60)
    assert code(report) == "cancelled", report
    assert report["kind"] is None, report
    assert tried(report) == ["page: cancelled"], report


tap.run()
