"""A child of a process that is killed ends with it."""

from __future__ import annotations

import signal
import subprocess
import sys

PARENT = """
import signal, subprocess, sys
from config.children import dying_with_parent
subprocess.Popen([*dying_with_parent(signal.SIGKILL), "sh", "-c", "echo started; exec sleep 60"])
sys.stdin.read()
"""


def test_a_child_does_not_outlive_a_killed_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "started\n"
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        # The child holds the other end of the pipe: it is read to its end when nobody has it.
        _, _ = parent.communicate(timeout=30)
