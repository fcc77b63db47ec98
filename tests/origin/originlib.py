# SPDX-License-Identifier: LGPL-2.1-or-later

"""What end-to-end tests need of pin-origin: start it, steer it, read it.

    import originlib

    site = originlib.site()               # makes it where it is missing
    with originlib.Origin(site, latency=50) as origin:
        origin.faults([{"match": "*.cmfv", "kind": "status", "status": 503}])
        ... run a client with origin.proxy and origin.ca ...
        assert origin.stats()["peak_connections"] <= 16

The environment tells where things are: PIN_ORIGIN is the binary, PIN_SITE the
folder of the site. The class Tap writes the results of a test program; it lives
here because all of those programs use this module anyway.
"""

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import traceback
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))


def site(*sets):
    """The site's folder; sets may hold "bench" and "huge"."""
    root = os.environ.get("PIN_SITE") or os.path.join(
        tempfile.gettempdir(), "pin-site-%d" % os.getuid())
    done = subprocess.run([sys.executable, os.path.join(HERE, "make-site.py"),
                           *("--" + name for name in sets), root],
                          stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return root


def catalog(root):
    """The Pins of the site, by name."""
    with open(os.path.join(root, "catalog.json"), encoding="utf-8") as stream:
        return {entry["name"]: entry for entry in json.load(stream)}


def links(root):
    """The short links of the site."""
    with open(os.path.join(root, "links.json"), encoding="utf-8") as stream:
        return json.load(stream)


def oracle_args(root, entry):
    """ffmpeg's arguments for the entry's best variant with its sound, read from
    disk: what a client's file is to be compared with. "-c copy OUT" may
    follow."""
    def hls(path):
        return ["-allowed_extensions", "ALL", "-i", os.path.join(root, path)]

    if entry["best"] and entry["audio"]:
        return [*hls(entry["best"]), *hls(entry["audio"]), "-map", "0:v",
                "-map", "1:a"]
    if entry["best"]:
        return hls(entry["best"])
    return ["-i", os.path.join(root, entry["mp4"])]


class Origin:
    """A running pin-origin; a context manager."""

    def __init__(self, root, latency=0, rate=0, http2=False, direct=False,
                 verbose=False, args=()):
        self._folder = tempfile.TemporaryDirectory(prefix="pin-origin-")
        command = [os.environ.get("PIN_ORIGIN", "pin-origin"), "--root", root,
                   "--ca-file", os.path.join(self._folder.name, "ca.pem"),
                   "--latency", str(latency), "--rate", str(rate),
                   "--exit-with-parent", *args]
        if http2:
            command.append("--http2")
        if direct:
            command += ["--direct-port", "0"]
        if verbose:
            command.append("--verbose")
        self.root = root
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("pin-origin ended with status %s"
                               % self._process.wait())
        ready = json.loads(line)
        self.port, self.proxy, self.ca = (ready["port"], ready["proxy"],
                                          ready["ca"])
        self.direct_port = ready.get("direct_port")
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends it; returns its exit status."""
        self._process.stdin.close()
        self._process.stdout.close()
        status = self._process.wait(10)
        self._folder.cleanup()
        return status

    @property
    def pid(self):
        return self._process.pid

    def _control(self, name, value=None):
        request = urllib.request.Request(
            "%s/_control/%s" % (self.proxy, name), method="GET"
            if name == "stats" else "POST",
            data=None if name == "stats" else json.dumps(value).encode())
        try:
            with self._opener.open(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]) from None
        except urllib.error.URLError as error:
            raise RuntimeError("pin-origin does not answer (%s); its status: %s"
                               % (error.reason, self._process.poll())) from None

    def stats(self):
        return self._control("stats")

    def reset(self):
        """Counters to zero, no faults."""
        self._control("reset")

    def faults(self, script):
        """Replaces the script of faults."""
        self._control("faults", script)

    def knobs(self, **values):
        """latency_ms, connect_latency_ms, rate, compress, http2."""
        self._control("knobs", values)

    def catalog(self):
        return catalog(self.root)

    def links(self):
        return links(self.root)

    def tls_context(self):
        return ssl.create_default_context(cafile=self.ca)

    def tunnel(self, host, context=None, timeout=20):
        """A TLS socket to host through the proxy."""
        raw = socket.create_connection(("127.0.0.1", self.port), timeout)
        try:
            raw.sendall(("CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n"
                         % (host, host)).encode())
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                piece = raw.recv(1)
                if not piece:
                    raise ConnectionError("the proxy hung up")
                head += piece
            status = head.split(b" ", 2)[1].decode()
            if status != "200":
                raise ConnectionError("the proxy said " + status)
            return (context or self.tls_context()).wrap_socket(
                raw, server_hostname=host)
        except BaseException:
            raw.close()
            raise


def asked_for(name):
    """Whether a check of that name runs: all do without arguments, and else
    those with an argument as a part of their names."""
    return len(sys.argv) < 2 or any(part in name for part in sys.argv[1:])


class Tap:
    """Collects checks and prints them as TAP; a hang of one fails by name."""

    def __init__(self, limit=120):
        self._checks = []
        self._limit = limit

    def __call__(self, check):
        """Decorator: the function is a check, its docstring its name."""
        self._checks.append(check)
        return check

    def _run_one(self, check):
        def out_of_time():
            print("Bail out! %s took longer than %d s"
                  % (check.__name__, self._limit), flush=True)
            os._exit(1)

        watchdog = threading.Timer(self._limit, out_of_time)
        watchdog.daemon = True
        watchdog.start()
        try:
            check()
        except Exception:
            return traceback.format_exc()
        finally:
            watchdog.cancel()
        return None

    def run(self):
        """Runs the checks that are asked for; exits."""
        wanted = [c for c in self._checks if asked_for(c.__name__)]
        failed = 0
        print("1..%d" % len(wanted), flush=True)
        for number, check in enumerate(wanted, 1):
            problem = self._run_one(check)
            failed += problem is not None
            print("%s %d - %s" % ("not ok" if problem else "ok", number,
                                  check.__name__.replace("_", " ")))
            for line in (problem or "").splitlines():
                print("# " + line)
            sys.stdout.flush()
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.flush()
        sys.exit(1 if failed else 0)
