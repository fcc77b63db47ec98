# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the tests of gst-pin-1.0 share: runs of it in a folder of their own,
with the origin named in the environment. PIN_TOOL is the program."""

import json
import os
import signal
import subprocess
import tempfile

import pinlib

TOOL = os.environ.get("PIN_TOOL", "gst-pin-1.0")


def environment(origin, folder, **more):
    """No configuration but a test's own."""
    values = {"XDG_CONFIG_HOME": os.path.join(folder, ".xdg"),
              "XDG_CONFIG_DIRS": os.path.join(folder, ".xdg-system"), **more}
    if origin:
        values.update(GST_PIN_PROXY=origin.proxy, GST_PIN_TLS_CA_FILE=origin.ca)
    values.update(more)
    return pinlib.environment(**values)


class Folder:
    """A folder to run the tool in."""

    def __init__(self, origin):
        self.origin = origin
        self._owner = tempfile.TemporaryDirectory(prefix="pin-tool-")
        self.path = self._owner.name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._owner.cleanup()

    def files(self):
        """Paths of all files in it, hidden folders left out."""
        found = []
        for folder, folders, names in os.walk(self.path):
            folders[:] = [name for name in folders if name[0] != "."]
            found += [os.path.relpath(os.path.join(folder, name), self.path)
                      for name in names]
        return sorted(found)

    def join(self, *names):
        return os.path.join(self.path, *names)

    def start(self, *words, env=None, **more):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                   "stderr": subprocess.PIPE, "cwd": self.path,
                   "env": environment(self.origin, self.path, **(env or {})),
                   **more}
        return subprocess.Popen([TOOL, *words], **options)

    def run(self, *words, status=0, text=True, **more):
        """Runs it to its end, which must be of that status; None: of any."""
        stdin = more.pop("input", None)
        if stdin is not None:
            more["stdin"] = subprocess.PIPE
        with self.start(*words, text=text, **more) as process:
            try:
                out, errors = process.communicate(stdin, pinlib.LIMIT)
            except BaseException:
                process.kill()
                raise
        result = subprocess.CompletedProcess(words, process.returncode, out,
                                             errors)
        shown = errors if isinstance(errors, str) else (
            errors or b"").decode(errors="replace")
        assert status is None or result.returncode == status, (
            result.returncode, out, shown)
        assert not pinlib.COMPLAINT.search(shown), shown
        return result


def results(output):
    """The results in what --json printed."""
    found = [json.loads(line) for line in output.splitlines()]
    return [line for line in found if line.get("event") == "result"]


def interrupt(process, number=signal.SIGINT):
    process.send_signal(number)
