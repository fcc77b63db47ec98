#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The strategy "browser": Debian's Chromium, headless, on pages of the origin
whose data arrive only by script. What it finds, whom it asks, how it fails,
and that nothing of it is left, neither processes nor files.

    PIN_ORIGIN=… PIN_RUN=… PIN_RESOLVE=… test-browser.py [CHECK…]
"""

import contextlib
import functools
import glob
import json
import os
import signal
import subprocess

import cdp
import pinlib
import watchproxy
from pinlib import Run, originlib, pin_run, source, until

tap = originlib.Tap(limit=120 * pinlib.SLOW)
program = cdp.find()
PIN, ROOT = None, os.geteuid() == 0
# Root's browser has no sandbox; the container or the machine is the test's
os.environ["GST_PIN_BROWSER_SANDBOX"] = "0" if ROOT else "1"

HANDLER = "{headers: {'X-Pinterest-PWS-Handler': 'www/[username].js'}}"
SHELL = """<!DOCTYPE html><html><head><title>A shell</title>
<link rel="icon" href="data:,"></head><body>
<img src="https://i.pinimg.com/736x/aa/bb/cc/picture.jpg">
<script>%s</script></body></html>"""
# As the site's own script asks
RESOURCE = """
const data = {options: {id: '%s', field_set_key: 'unauth_react_main_pin'},
              context: {}};
fetch ('/resource/PinResource/get/?source_url=%%2Fpin%%2F&data='
    + encodeURIComponent (JSON.stringify (data)), """ + HANDLER + """)
    .then ((answer) => answer.json ())
    .then ((answer) => document.title = answer.resource_response.status);
"""
GRAPHQL = "https://www.pinterest.com/_/graphql/"
# What a page may try, and must not get
ELSEWHERE = """
fetch ('https://away.example/').catch (() => 0);
fetch ('http://127.0.0.1:%d/').catch (() => 0);
new WebSocket ('wss://away.example/');
new Worker (URL.createObjectURL (new Blob (
    ["fetch ('https://worker.example/')"])));
document.body.append (Object.assign (document.createElement ('iframe'),
    {src: 'https://frame.example/'}));
window.open ('https://window.example/');
"""


def check_in_a_folder(check):
    """A check whose temporary files are in a folder of its own. Nothing of a
    browser is left there when it is over."""
    @functools.wraps(check)
    def run(*args):
        with pinlib.scratch() as folder, changed("TMPDIR", folder):
            check(*args)
            until(lambda: not cdp.processes(folder),
                  "no process of the browser")
            assert not glob.glob(folder + "/gst-pin-browser-*")
    return run


@contextlib.contextmanager
def scripted(script, *faults):
    """An origin whose page of PIN is a shell with that script."""
    with originlib.Origin(site) as origin:
        origin.faults([*faults, {
            "match": PIN["url"], "kind": "html", "times": -1,
            "body": SHELL % script}])
        yield origin


@contextlib.contextmanager
def changed(name, value):
    """Another environment, for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def ask(origin, strategies="browser", proxy=None, **properties):
    """The report of a resolver on PIN."""
    properties = {"strategies": strategies, "proxy": proxy or origin.proxy,
                  "tls-ca-file": origin.ca, "timeout": 10 * pinlib.SLOW,
                  **properties}
    result = subprocess.run(
        [os.environ.get("PIN_RESOLVE", "pin-resolve"),
         *("%s=%s" % item for item in properties.items()
           if item[1] is not None), PIN["url"]],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        timeout=pinlib.LIMIT, stdin=subprocess.DEVNULL,
        env=pinlib.environment())
    assert result.returncode == 0, result.stderr
    assert not pinlib.COMPLAINT.search(result.stderr), result.stderr
    return json.loads(result.stdout)


def assert_found(report):
    assert report["error"] is None, report
    assert report["kind"] == "video" and report["id"] == PIN["id"], report
    assert report["videos"][0]["hls"] == "https://" + PIN["master"], report


def assert_failed(report, code, *words):
    assert report["error"] and report["error"]["code"] == code, report
    for word in words:
        assert word in report["error"]["message"], report


def tried(report):
    return ["%s: %s" % (a["strategy"], a["result"])
            for a in report["attempts"]]


def resource_script():
    return RESOURCE % PIN["id"]


@contextlib.contextmanager
def awaiting_the_page(*options):
    """A run whose browser has asked for a page that does not come."""
    with scripted("", {"match": PIN["url"], "kind": "stall-headers",
                       "times": -1}) as origin:
        with Run([*source(origin, PIN["url"], strategies="browser"),
                  "!", "pinmp4bin", "!", "fakesink"], *options) as run:
            until(lambda: origin.stats()["faults"][0]["fired"] > 0,
                  "a request for the page", pinlib.LIMIT)
            yield run


def add_checks():
    @tap
    @check_in_a_folder
    def data_that_arrive_only_by_script():
        """The same file as the one that is found without a browser."""
        with scripted(resource_script()) as origin, \
                pinlib.scratch() as folder:
            packets = []
            for strategies in ("resource", "page,browser"):
                path = os.path.join(folder, strategies + ".mp4")
                run = pin_run([*source(origin, PIN["url"],
                                       strategies=strategies),
                               "!", "pinmp4bin", "!", "filesink",
                               "location=" + path])
                assert run.status == 0, run.lines
                packets.append(pinlib.packets(path))
            pinlib.assert_same_packets(*packets)

    @tap
    @check_in_a_folder
    def attempts_tell_of_the_browser():
        with scripted(resource_script()) as origin:
            report = ask(origin, "page,browser")
        assert_found(report)
        assert tried(report) == ["page: schema", "browser: ok"], report

    @tap
    @check_in_a_folder
    def only_where_it_is_named():
        with scripted(resource_script(), {
                "match": "https://*/resource/*", "kind": "status",
                "times": -1, "status": 403}, {
                "match": "https://widgets.pinterest.com/*", "kind": "status",
                "times": -1, "status": 403}) as origin:
            report = ask(origin, None)
        assert report["error"], report
        assert not any(a["strategy"] == "browser"
                       for a in report["attempts"]), report

    @tap
    @check_in_a_folder
    def answers_of_other_forms():
        """What a script may post, GraphQL for one, in the form of Relay."""
        relay = {"data": {"v3GetPinQueryv2": {
            "__typename": "PinResponse", "data": {
                "__typename": "Pin", "entityId": PIN["id"], "videos": {
                    "videoList": {"vHLSV4": {
                        "url": "https://" + PIN["master"], "width": 720,
                        "height": 1280, "duration": 24000}}}}}}}
        script = """fetch ('%s', {method: 'POST', body: '{}'})
            .then ((answer) => answer.text ());""" % GRAPHQL
        with scripted(script, {"match": GRAPHQL, "kind": "html", "times": -1,
                               "content_type": "application/json",
                               "body": json.dumps(relay)}) as origin:
            assert_found(ask(origin))

    @tap
    @check_in_a_folder
    def nobody_else_is_asked():
        """Neither by the page nor by the browser itself."""
        with scripted("") as origin:
            origin.faults([{
                "match": PIN["url"], "kind": "html", "times": -1,
                "body": SHELL % (ELSEWHERE % origin.port
                                 + resource_script())}])
            with watchproxy.Watch(origin.proxy) as watch:
                assert_found(ask(origin, proxy=watch.url))
                # A page without a video, so that it is given all its time
                origin.faults([{
                    "match": PIN["url"], "kind": "html", "times": -1,
                    "body": SHELL % (ELSEWHERE % origin.port)}])
                report = ask(origin, proxy=watch.url)
                assert_failed(report, "schema")
                # What never ends, such as the worker, is not waited for
                assert report["attempts"][0]["ms"] < 25000, report
            assert watch.hosts == {"www.pinterest.com:443"}, watch.hosts
            assert not origin.stats()["by_url"].keys() - {
                PIN["url"], "https://www.pinterest.com/resource/PinResource/"
                "get/"}, origin.stats()["by_url"]

    @tap
    @check_in_a_folder
    def a_proxy_with_a_password():
        with scripted(resource_script()) as origin, \
                watchproxy.Watch(origin.proxy, "me:p@ss") as watch:
            assert_found(ask(origin, proxy=watch.url))
            assert watch.refused > 0

    @tap
    @check_in_a_folder
    def an_authority_that_nobody_trusts():
        with scripted(resource_script()) as origin:
            assert_failed(ask(origin, **{"tls-ca-file": None}), "tls")
            assert origin.stats()["requests"] == 0

    @tap
    @check_in_a_folder
    def a_certificate_of_another_host():
        with scripted(resource_script(), {
                "match": "https://www.pinterest.com/*", "times": -1,
                "kind": "tls-mismatch"}) as origin:
            assert_failed(ask(origin), "tls")
            assert origin.stats()["requests"] == 0

    @tap
    @check_in_a_folder
    def a_login_is_told_as_such():
        with scripted("", {"match": PIN["url"], "kind": "redirect",
                           "times": -1, "location": "/login/?next=x"}
                      ) as origin:
            assert_failed(ask(origin), "blocked")
            assert "https://www.pinterest.com/login/" not in \
                origin.stats()["by_url"]

    @tap
    @check_in_a_folder
    def a_page_that_leads_away():
        with scripted("", {"match": PIN["url"], "kind": "redirect",
                           "times": -1, "location": "https://away.example/"}
                      ) as origin:
            assert_failed(ask(origin), "forbidden-host")

    @tap
    @check_in_a_folder
    def cancelled_while_the_page_is_awaited():
        with awaiting_the_page("--hold", "--cancel-on-input") as run:
            run.cancel()
            down = run.down()
            assert down["result"] == "cancelled", run.lines
            # 100 ms are the promise; a busy machine may be slower
            assert down["null_ms"] < 1000 * pinlib.SLOW, down
            run.end()

    @tap
    @check_in_a_folder
    def killed_by_somebody_else():
        with awaiting_the_page() as run:
            for pid in cdp.processes(os.environ["TMPDIR"]):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            run.end()
        assert run.error["code"] == "unsupported", run.lines

    @tap
    @check_in_a_folder
    def it_ends_where_its_application_is_killed():
        with awaiting_the_page() as run:
            os.kill(run.pid, signal.SIGKILL)
        folder = os.environ["TMPDIR"]
        until(lambda: not cdp.processes(folder), "no process", pinlib.LIMIT)
        # Nobody was left to remove them
        for left in glob.glob(folder + "/gst-pin-browser-*"):
            subprocess.run(["rm", "-r", left], check=True)

    @tap
    @check_in_a_folder
    def no_browser_is_told():
        with scripted("") as origin, pinlib.scratch() as empty:
            for name, value, word in (
                    ("PATH", empty, "Chromium"),
                    ("GST_PIN_BROWSER", empty + "/mine", empty + "/mine")):
                with changed(name, value):
                    report = ask(origin)
                assert_failed(report, "unsupported", word)


if program:
    site = originlib.site()
    PIN = originlib.catalog(site)["resource"]
    add_checks()
else:
    pinlib.skip(tap, "a page that only a browser can read",
                "no chromium is installed")
tap.run()
