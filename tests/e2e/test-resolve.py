#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The library's resolver against the origin: what it answers for every kind of
Pin, which strategies it tried for that, and what it asked of whom.

    PIN_ORIGIN=… PIN_RESOLVE=… test-resolve.py [CHECK…]
"""

import contextlib
import json
import os
import subprocess

import pinlib
from pinlib import originlib
import sitepages

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


shared = originlib.Origin(site)


@contextlib.contextmanager
def fresh():
    """The origin that checks share which turn none of its knobs."""
    shared.reset()
    yield shared


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
    with fresh() as origin:
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
        if pin["name"] == "derived":
            pin = dict(pin, mp4=derived_path(pin))
        if pin["expect"] == "ok":
            assert_media(pin, report)


def derived_path(pin):
    """Where the file is that the page of this Pin does not name."""
    return pin["best"].replace("/hls/", "/expMp4/").replace(".m3u8", ".mp4")


def assert_media(pin, report, titled=True):
    """What the site says of the Pin, and of no other one."""
    assert report["title"] == (pin["title"] if titled else None), report
    items = pin.get("items") or [pin]
    assert len(report["videos"]) == len(items), report
    for item, video in zip(items, report["videos"]):
        hls = item["master"] or item["best"]
        assert video["hls"] == (hls and "https://" + hls), report
        assert video["mp4"] == (item["mp4"] and "https://" + item["mp4"]), \
            report


@tap
def one_by_one_is_the_same():
    with fresh() as origin:
        report, other = ask(origin, VIDEO["url"], catalog["image"]["url"],
                            options=["--one-by-one"])
    assert code(report) is None and tried(report) == ["page: ok"], report
    assert code(other) == "not-a-video", other


@tap
def short_links_lead_to_their_pins():
    with fresh() as origin:
        reports = ask(origin, *(link["url"] for link in links))
    for link, report in zip(links, reports):
        assert (code(report) or "ok") == link["expect"], (link, report)
        if link["expect"] == "ok":
            assert report["id"] == link["id"], (link, report)
            # Several lead to one Pin: who comes late finds it known already
            assert tried(report)[:2] in (["short-link: ok", "page: ok"],
                                         ["short-link: ok", "cache: ok"]), report
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
    with fresh() as origin:
        report, = ask(origin, "https://www.pinterest.com/ada/drills/")
        assert origin.stats()["requests"] == 0, origin.stats()
    assert code(report) == "unsupported" and report["id"] is None, report
    assert report["attempts"] == [], report


@tap
def cancelled_at_once():
    with fresh() as origin:
        origin.faults([{"match": "https://www.pinterest.com/*",
                        "kind": "stall-headers", "times": -1}])
        report, = ask(origin, VIDEO["url"], options=["--cancel-ms=200"],
                      timeout=60)
    assert code(report) == "cancelled", report
    assert report["kind"] is None, report
    assert tried(report) == ["page: cancelled"], report


# --- strategies --------------------------------------------------------------

PAGE = "https://www.pinterest.com/pin/*"
RESOURCE = "https://www.pinterest.com/resource/*"
WIDGET = "https://widgets.pinterest.com/*"
API = "https://api.pinterest.com/v5/*"
COOKIE = "cookies=_pinterest_sess=good-session"
PRIVATE = catalog["private"]


def refuse(*matches):
    return [{"match": match, "kind": "status", "status": 403, "times": -1}
            for match in matches]


def empty(*matches):
    return [{"match": match, "kind": "html", "times": -1} for match in matches]


@pinlib.check_each(tap, "the next one", [
    ("all well", [], ["page: ok"]),
    ("page refused", refuse(PAGE), ["page: blocked", "resource: ok"]),
    ("page without data", empty(PAGE), ["page: schema", "resource: ok"]),
    ("page and data refused", refuse(PAGE, RESOURCE),
     ["page: blocked", "resource: blocked", "widget: ok"]),
    ("page and data without data", empty(PAGE, RESOURCE),
     ["page: schema", "resource: schema", "widget: ok"]),
    ("page broken inside", [{"match": PAGE, "kind": "status", "status": 500,
                             "times": -1}],
     ["page: network", "resource: ok"]),
])
def next_strategy_resolves(_, faults, expected):
    with fresh() as origin:
        origin.faults(faults)
        report, = ask(origin, VIDEO["url"], retries=0)
        assert tried(report) == expected, report
        # A widget has no title
        assert_media(VIDEO, report, "widget" not in expected[-1])
        assert len(pinlib.requested(origin)) == len(expected)


@pinlib.check_each(tap, "nobody knows", [
    ("all refused", refuse(PAGE, RESOURCE, WIDGET), "blocked",
     ["page: blocked", "resource: blocked", "widget: blocked"]),
    ("all without data", empty(PAGE, RESOURCE, WIDGET), "schema",
     ["page: schema", "resource: schema", "widget: schema"]),
    ("gone, says the second", [*refuse(PAGE), {
        "match": RESOURCE, "kind": "status", "status": 404, "times": -1}],
     "not-found", ["page: blocked", "resource: not-found"]),
    ("too fast, so the others are left alone", [{
        "match": PAGE, "kind": "status", "status": 429, "retry_after": "60",
        "times": -1}], "rate-limited", ["page: rate-limited"]),
    # A door that cannot be reached says nothing of those before it
    ("the second cannot be reached", [*refuse(PAGE), {
        "match": RESOURCE, "kind": "reset", "times": -1}],
     "blocked", ["page: blocked", "resource: network"]),
])
def failure_is_the_best_one(_, faults, expected, attempts):
    with fresh() as origin:
        origin.faults(faults)
        report, = ask(origin, VIDEO["url"], retries=0)
        assert code(report) == expected, report
        assert tried(report) == attempts, report
        assert report["videos"] == [], report


@tap
def a_login_is_no_page_of_a_pin():
    with fresh() as origin:
        origin.faults([{"match": match, "kind": "redirect", "status": 302,
                        "times": -1, "location": "/login/?next=%2Fpin"}
                       for match in (PAGE, RESOURCE, WIDGET)])
        report, = ask(origin, VIDEO["url"])
        assert code(report) == "blocked", report
        assert "login" in report["error"]["message"], report
        assert tried(report) == ["page: blocked", "resource: blocked",
                                 "widget: blocked"], report
        assert not [url for url in pinlib.requested(origin)
                    if "/login" in url], origin.stats()


@contextlib.contextmanager
def with_page(page):
    """An origin with the site's files, and another page for VIDEO's Pin."""
    host = "www.pinterest.com"
    with pinlib.scratch() as root:
        folder = os.path.join(root, host, "pin", VIDEO["id"])
        os.makedirs(folder)
        with open(os.path.join(folder, "index.html"), "w",
                  encoding="utf-8") as stream:
            stream.write(page)
        for name in os.listdir(site):
            if name != host:
                os.symlink(os.path.join(site, name), os.path.join(root, name))
        with originlib.Origin(root) as origin:
            yield origin


@tap
def a_picture_of_relay_waits_for_who_knows_better():
    picture = "https://i.pinimg.com/originals/aa/bb/cc/a.jpg"
    page = sitepages.relay_pin(VIDEO["id"], {
        "__typename": "Pin", "entityId": VIDEO["id"],
        "title": "What the page alone says", "images_orig": {"url": picture}})
    with with_page(page) as origin:
        alone, = ask(origin, VIDEO["url"], strategies="page", cache_time=0)
        report, = ask(origin, VIDEO["url"], strategies="page,widget",
                      cache_time=0)
    assert code(alone) == "not-a-video", alone
    assert alone["images"] == [picture], alone
    assert tried(report) == ["page: ok", "widget: ok"], report
    assert report["title"] == "What the page alone says", report
    assert_media(dict(VIDEO, title=report["title"]), report)


@tap
def the_user_ranks_the_strategies():
    with fresh() as origin:
        report, = ask(origin, VIDEO["url"], strategies=" Widget,page,")
        assert tried(report) == ["widget: ok"], report
        report, = ask(origin, VIDEO["url"], strategies="resource")
        assert tried(report) == ["resource: ok"], report
        origin.reset()
        report, = ask(origin, VIDEO["url"], strategies="page,psychic")
        assert code(report) == "unsupported", report
        assert "psychic" in report["error"]["message"], report
        assert "widget" in report["error"]["message"], report
        report, = ask(origin, VIDEO["url"], strategies="account")
        assert code(report) == "unsupported" and not report["attempts"], report
        assert origin.stats()["requests"] == 0, origin.stats()


# --- as the user -------------------------------------------------------------

def secrets(origin):
    """Who got cookies and tokens: URL → ("cookies", "tokens") counts."""
    return {url: (counter["cookies"], counter["tokens"])
            for url, counter in origin.stats()["by_url"].items()
            if counter["cookies"] or counter["tokens"]}


def resource_url():
    return "https://www.pinterest.com/resource/PinResource/get/"


def cookie_file(folder, *lines, end="\n"):
    path = os.path.join(folder, "cookies.txt")
    with open(path, "w", encoding="utf-8", newline="") as stream:
        stream.write(end.join(["# Netscape HTTP Cookie File", *lines, ""]))
    return path


def cookie_line(domain=".pinterest.com", below="TRUE", path="/", expires="0",
                name="_pinterest_sess", value="good-session"):
    return "\t".join((domain, below, path, "TRUE", expires, name, value))


@tap
def visitors_do_not_see_private_pins():
    with fresh() as origin:
        report, = ask(origin, PRIVATE["url"])
    assert tried(report) == ["page: not-found"], report


@tap
def cookies_show_private_pins():
    with fresh() as origin:
        report, = ask(origin, PRIVATE["url"], COOKIE)
        assert tried(report) == ["page: not-found", "account: ok"], report
        assert_media(PRIVATE, report)
        assert secrets(origin) == {resource_url(): (1, 0)}, secrets(origin)
        origin.faults(refuse(RESOURCE))
        report, = ask(origin, PRIVATE["url"], COOKIE)
        assert tried(report) == ["page: not-found", "account: blocked",
                                 "account-page: ok"], report
        assert_media(PRIVATE, report)


@tap
def cookies_stay_in_the_pocket_where_a_visitor_sees_it():
    with fresh() as origin:
        report, = ask(origin, VIDEO["url"], COOKIE)
        assert tried(report) == ["page: ok"], report
        assert secrets(origin) == {}, secrets(origin)


@tap
def wrong_cookies_show_nothing_more():
    with fresh() as origin:
        report, = ask(origin, PRIVATE["url"], "cookies=_pinterest_sess=other")
    assert code(report) == "not-found", report
    assert tried(report) == ["page: not-found", "account: not-found",
                             "account-page: not-found"], report


@tap
def cookies_from_a_file():
    with fresh() as origin, pinlib.scratch() as folder:
        for lines, end in (
                ([cookie_line()], "\n"), ([cookie_line()], "\r\n"),
                (["#HttpOnly_" + cookie_line()], "\n"),
                ([cookie_line(domain="www.pinterest.com", below="FALSE"),
                  cookie_line(domain=".bank.example", name="secret")], "\n")):
            report, = ask(origin, PRIVATE["url"], cookies_file=cookie_file(
                folder, *lines, end=end))
            assert tried(report)[-1] == "account: ok", (lines, report)
        # Not for this host, not for this path, no longer valid
        for line in (cookie_line(domain="br.pinterest.com"),
                     cookie_line(path="/settings")):
            report, = ask(origin, PRIVATE["url"],
                          cookies_file=cookie_file(folder, line))
            assert code(report) == "not-found", (line, report)


@tap
def a_useless_file_of_cookies_is_told():
    with fresh() as origin, pinlib.scratch() as folder:
        for path in (cookie_file(folder, "hello"), "/nonexistent/cookies.txt",
                     "/dev/zero", folder):
            report, = ask(origin, VIDEO["url"], cookies_file=path)
            assert code(report) == "io", report
            assert path in report["error"]["message"], report
        report, = ask(origin, VIDEO["url"], cookies_file=cookie_file(
            folder, cookie_line(expires="1000000000")))
        assert code(report) == "io", report
        assert origin.stats()["requests"] == 0, origin.stats()


@tap
def cookies_do_not_follow_to_other_hosts():
    """Where the site itself sends us with the cookies in the hand."""
    elsewhere = "https://widgets.pinterest.com/trap"
    with fresh() as origin:
        origin.faults([{"match": RESOURCE, "kind": "redirect", "times": -1,
                        "location": elsewhere}])
        ask(origin, PRIVATE["url"], COOKIE, strategies="account")
        assert pinlib.requested(origin)[elsewhere] == 1, origin.stats()
        assert secrets(origin) == {resource_url(): (1, 0)}, secrets(origin)


def api_url(pin):
    return "https://api.pinterest.com/v5/pins/" + pin["id"]


def assert_api_video(report):
    """The API names the file alone."""
    video, = report["videos"]
    assert video["mp4"] == "https://" + PRIVATE["mp4"], report
    assert report["title"] == PRIVATE["title"], report
    assert report["source"] == "api", report


@tap
def a_token_shows_private_pins():
    with fresh() as origin:
        report, = ask(origin, PRIVATE["url"], access_token="good-token")
        assert tried(report) == ["page: not-found", "api: ok"], report
        assert_api_video(report)
        assert secrets(origin) == {api_url(PRIVATE): (0, 1)}, secrets(origin)


@tap
def a_token_from_a_file():
    with fresh() as origin, pinlib.scratch() as folder:
        path = os.path.join(folder, "token")
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("good-token\n")
        report, = ask(origin, PRIVATE["url"], access_token_file=path)
        assert tried(report)[-1] == "api: ok", report
        assert_api_video(report)


@tap
def a_token_stays_in_the_pocket_where_a_visitor_sees_it():
    with fresh() as origin:
        report, = ask(origin, VIDEO["url"], access_token="good-token")
        assert tried(report) == ["page: ok"], report
        assert secrets(origin) == {}, secrets(origin)


@tap
def a_wrong_token_shows_nothing():
    with fresh() as origin:
        report, = ask(origin, PRIVATE["url"], access_token="stale-token")
        assert code(report) == "not-found", report
        assert tried(report) == ["page: not-found", "api: blocked"], report
        report, = ask(origin, PRIVATE["url"], access_token="stale-token",
                      strategies="api")
        assert code(report) == "blocked", report
        report, = ask(origin, VIDEO["url"], access_token="good-token",
                      strategies="api")
        assert code(report) == "not-found", report


@pinlib.check_each(tap, "a token follows no redirect", [
    ("to the site", "https://www.pinterest.com/trap"),
    ("to the same host", "https://api.pinterest.com/v5/trap"),
    ("to a stranger", "https://away.example/trap"),
])
def token_follows_no_redirect(_, target):
    with fresh() as origin:
        origin.faults([{"match": API, "kind": "redirect", "location": target}])
        report, = ask(origin, PRIVATE["url"], access_token="good-token",
                      strategies="api")
        assert code(report) == "forbidden-host", report
        assert secrets(origin) == {api_url(PRIVATE): (0, 1)}, secrets(origin)
        assert origin.stats()["requests"] == 1, origin.stats()


# --- the cache ---------------------------------------------------------------

def page_requests(origin):
    return sum(count for url, count in pinlib.requested(origin).items()
               if "/pin/" in url)


@tap
def many_who_ask_at_once_ask_once():
    with originlib.Origin(site, latency=500) as origin:
        reports = ask(origin, *["+" + VIDEO["url"]] * 5)
        assert page_requests(origin) == 1, origin.stats()
    for report in reports:
        assert tried(report) == ["page: ok"], report
        assert_media(VIDEO, report)


@tap
def who_asks_again_is_told_from_memory():
    with fresh() as origin:
        reports = ask(origin, VIDEO["url"], VIDEO["url"],
                      options=["--one-by-one"])
        assert page_requests(origin) == 1, origin.stats()
    assert [tried(report) for report in reports] == [["page: ok"],
                                                     ["cache: ok"]], reports
    assert_media(VIDEO, reports[1])


@tap
def a_short_link_and_its_pin_are_one_question():
    link = next(link for link in links if link["pin"] == VIDEO["name"])
    with fresh() as origin:
        _, report = ask(origin, VIDEO["url"], link["url"],
                        options=["--one-by-one"])
    assert tried(report) == ["short-link: ok", "cache: ok"], report


@tap
def without_a_cache_everybody_asks():
    with fresh() as origin:
        ask(origin, VIDEO["url"], VIDEO["url"], options=["--one-by-one"],
            cache_time=0)
        assert page_requests(origin) == 2, origin.stats()
        origin.reset()
        ask(origin, VIDEO["url"], VIDEO["url"], cache_time=0)
        assert page_requests(origin) == 2, origin.stats()


@tap
def failures_are_not_kept():
    with fresh() as origin:
        origin.faults([{"match": "https://*.pinterest.com/*", "kind": "status",
                        "status": 403, "times": 3}])
        reports = ask(origin, VIDEO["url"], VIDEO["url"],
                      options=["--one-by-one"])
    assert [code(report) for report in reports] == ["blocked", None], reports


@tap
def one_who_leaves_takes_nobody_along():
    with originlib.Origin(site, latency=1500) as origin:
        reports = ask(origin, *["+" + VIDEO["url"]] * 3,
                      options=["--cancel-ms=150", "--cancel-one"])
        assert page_requests(origin) == 1, origin.stats()
    assert [code(report) for report in reports] == ["cancelled", None, None], \
        reports


@tap
def all_who_leave_end_the_question():
    with fresh() as origin:
        origin.faults([{"match": PAGE, "kind": "stall-headers", "times": -1}])
        reports = ask(origin, *["+" + VIDEO["url"]] * 3,
                      options=["--cancel-ms=150"], timeout=60)
        assert [code(report) for report in reports] == ["cancelled"] * 3, \
            reports
        pinlib.until(lambda: origin.stats()["active_connections"] == 0,
                     "all connections closed", 2)


# --- what need not be awaited ------------------------------------------------

@tap
def the_rest_of_a_page_is_not_awaited():
    page = os.path.join(site, "www.pinterest.com/pin", VIDEO["id"],
                        "index.html")
    size, rate = os.path.getsize(page), 300000
    with originlib.Origin(site, rate=rate) as origin:
        origin.knobs(compress=False)
        report, = ask(origin, VIDEO["url"])
        got = origin.stats()["by_url"][VIDEO["url"]]["bytes"]
    assert_media(VIDEO, report)
    print("# %d of %d bytes, %d ms instead of %d" % (
        got, size, report["attempts"][0]["ms"], size * 1000 // rate))
    assert got < size * 0.8, (got, size)


@pinlib.check_each(tap, "the page breaks behind the Pin", [
    ("cut", "cut"), ("stalled", "stall-body"),
])
def page_breaks_behind_the_pin(_, kind):
    """In the site's pages the Pin is in the middle."""
    with originlib.Origin(site) as origin:
        origin.knobs(compress=False)
        origin.faults([{"match": PAGE, "kind": kind, "after": 900000,
                        "times": -1}])
        report, = ask(origin, VIDEO["url"], strategies="page", retries=0)
    assert tried(report) == ["page: ok"], report
    assert_media(VIDEO, report)


@pinlib.check_each(tap, "the page breaks before the Pin", [
    ("cut", "cut"), ("reset", "reset"),
])
def page_breaks_before_the_pin(_, kind):
    """What came is forgotten, and the page begun anew."""
    with originlib.Origin(site) as origin:
        origin.knobs(compress=False)
        origin.faults([{"match": PAGE, "kind": kind, "after": 300000,
                        "times": 2}])
        report, = ask(origin, VIDEO["url"], strategies="page", retries=3)
        assert page_requests(origin) == 3, origin.stats()
    assert tried(report) == ["page: ok"], report
    assert_media(VIDEO, report)


# --- in a pipeline -----------------------------------------------------------

def branch(origin, **properties):
    return [*pinlib.source(origin, VIDEO["url"], **properties), "!",
            "pinmp4bin", "format=fragmented", "!", "fakesink", "sync=false"]


@tap
def two_elements_ask_once():
    with fresh() as origin:
        pinlib.launch([*branch(origin), *branch(origin)])
        assert page_requests(origin) == 1, origin.stats()
        origin.reset()
        pinlib.launch([*branch(origin, cache_time=0),
                       *branch(origin, cache_time=0)])
        assert page_requests(origin) == 2, origin.stats()


@tap
def elements_go_through_the_next_door():
    with fresh() as origin:
        origin.faults(refuse(PAGE, RESOURCE))
        pinlib.launch(branch(origin))
        assert pinlib.requested(origin)[
            "https://widgets.pinterest.com/v3/pidgets/pins/info/"] == 1
        origin.reset()
        pinlib.launch(branch(origin, strategies="resource"))
        assert page_requests(origin) == 0, origin.stats()


# --- beside the playlists ----------------------------------------------------

@tap
def a_file_that_no_page_names():
    """Found beside the playlists, and only told because it is there."""
    pin, plain = catalog["derived"], catalog["ts-h264"]
    path = derived_path(pin)
    with fresh() as origin:
        report, = ask(origin, pin["url"])
        assert tried(report) == ["page: ok", "mp4: ok"], report
        video, = report["videos"]
        assert video["mp4"] == "https://" + path, report
        assert video["hls"] == "https://" + pin["master"], report
        assert origin.stats()["by_url"]["https://" + path]["bytes"] < 5000
        report, = ask(origin, plain["url"])
        assert tried(report) == ["page: ok", "mp4: no-variant"], report
        assert_media(plain, report)
        report, = ask(origin, pin["url"], strategies="page")
        assert tried(report) == ["page: ok"], report
        # What answers there is believed by its bytes
        origin.faults([{"match": "https://" + path, "kind": "html",
                        "times": -1}])
        report, = ask(origin, pin["url"])
        assert tried(report) == ["page: ok", "mp4: no-variant"], report


with shared:
    tap.run()
