"""Child processes that end when the process that started them ends, however that happens."""

from __future__ import annotations

import shutil
import signal


def dying_with_parent(end: signal.Signals) -> list[str]:
    """What to put before a child's command line so that Linux sends it `end` then (prctl(2)).

    The tool of util-linux sets it, not `preexec_fn`: that runs Python between fork and exec, where
    the locks of a library another thread is just importing are in no defined state. Where the tool
    is missing the child is left to whoever stops it.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", end.name.removeprefix("SIG"), "--"] if setpriv else []
