# SPDX-License-Identifier: LGPL-2.1-or-later

"""A headless Chromium for tests, steered over the Chrome DevTools Protocol.

    program = cdp.find()                    # None where there is none
    with cdp.Browser(program) as browser:
        page = browser.page("http://127.0.0.1:…/")
        assert page.evaluate("1 + 1") == 2

The protocol's messages go through two pipes, which the browser has as file
descriptors 3 and 4; each message is JSON and ends with a zero byte. One thread
uses a Browser. Its end kills the browser's process group and removes its
profile; processes() tells what is left.
"""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Far above what a browser takes to start or to answer on a busy machine
LIMIT = 60
FLAGS = ("--headless", "--remote-debugging-pipe", "--no-first-run",
         "--disable-breakpad", "--disable-gpu",
         "--disable-background-networking", "--disable-component-update",
         "--disable-default-apps", "--disable-extensions", "--disable-sync",
         "--disable-dev-shm-usage", "--password-store=basic")
# Pipes begin above what a shell may use for itself
FIRST_FD = 10
WIRE = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'


def find():
    """The browser's path; None where none is installed."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def processes(word):
    """The processes with that word in their command lines."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open("/proc/%s/cmdline" % pid, "rb") as stream:
                if word.encode() in stream.read() and int(pid) != os.getpid():
                    found.append(int(pid))
    return found


def _pipe():
    """Both ends, where the shell that wires them leaves them alone."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FIRST_FD) for end in ends]
    for end in ends:
        os.close(end)
    return high


class Browser:
    """A running browser; a context manager."""

    def __init__(self, program, *flags):
        self.profile = tempfile.mkdtemp(prefix="pin-chromium-")
        self._errors = tempfile.TemporaryFile(mode="w+")
        to_read, self._to = _pipe()
        self._from, to_write = _pipe()
        command = [program, *FLAGS, "--user-data-dir=" + self.profile, *flags]
        if os.geteuid() == 0:
            command.append("--no-sandbox")
        self._process = subprocess.Popen(
            ["bash", "-c", WIRE, "wire", str(to_read), str(to_write),
             *command, "about:blank"], pass_fds=(to_read, to_write),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=self._errors, start_new_session=True,
            env={**os.environ, "HOME": self.profile})
        os.close(to_read)
        os.close(to_write)
        self._unread, self._number, self._events = b"", 0, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Kills it; nothing of it is left afterwards. Twice does no harm."""
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(LIMIT)
        os.close(self._to)
        os.close(self._from)
        self._errors.close()
        limit = time.monotonic() + LIMIT
        while processes(self.profile):
            assert time.monotonic() < limit, "browser processes are left"
            time.sleep(0.01)
        shutil.rmtree(self.profile)

    def _said(self):
        self._errors.seek(0)
        return self._errors.read()[-2000:]

    def _receive(self, limit):
        """The next message; None when the time is over."""
        while b"\0" not in self._unread:
            left = limit - time.monotonic()
            if left <= 0 or not select.select([self._from], [], [], left)[0]:
                return None
            piece = os.read(self._from, 1 << 20)
            assert piece, "the browser ended: " + self._said()
            self._unread += piece
        message, self._unread = self._unread.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, limit=LIMIT, **params):
        """A method of the protocol; returns its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data):]
        end = time.monotonic() + limit
        while True:
            answer = self._receive(end)
            assert answer, "%s: no answer within %g s" % (method, limit)
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self._events.append(answer)

    def page(self, url):
        """A new page, loaded and in front."""
        target = self.call("Target.createTarget", url=url)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target,
                            flatten=True)["sessionId"]
        return Page(self, target, session)


class Page:
    def __init__(self, browser, target, session):
        self._browser, self._target, self._session = browser, target, session

    def evaluate(self, script, limit=LIMIT):
        """What the script, or the promise that it gives, comes to."""
        done = self._browser.call("Runtime.evaluate", self._session, limit,
                                  expression=script, awaitPromise=True,
                                  returnByValue=True)
        problem = done.get("exceptionDetails")
        assert not problem, "%s: %s" % (script[:80], problem)
        return done["result"].get("value")

    def close(self):
        self._browser.call("Target.closeTarget", targetId=self._target)
