"""A worker's SIP end without the rest of the worker: answers every call with a tone.

Run as `python -m tests.support.sip_end HOST:PORT CAPACITY`; says `ready` on stdout and ends at
SIGTERM after its last call, as a worker does.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
import tempfile
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from config import load_settings
from pipelines.events import new_id
from voice_worker.admission import Admission
from voice_worker.sip.switchboard import Switchboard

CHUNK = (4000 * np.sin(2 * np.pi * 400 * np.arange(160) / 8000)).astype("<i2").tobytes()


class StubWorker:
    """What the switchboard asks of a worker."""

    def __init__(self, host: str, port: int, capacity: int) -> None:
        home = tempfile.mkdtemp()
        weakref.finalize(self, shutil.rmtree, home, ignore_errors=True)
        self.settings = load_settings(
            home=Path(home),
            calls={"capacity": capacity},
            sip={"enabled": True, "host": host, "port": port,
                 "rtp_port_first": 22_000, "rtp_port_last": 23_999},
        )  # fmt: skip
        self.admission = Admission(capacity, idle_seconds=60)
        self.database = None

    async def make_call(self, *_: object, **__: object) -> Any:
        call_id = new_id()
        self.admission.reserve(call_id, lambda: None)
        campaign = SimpleNamespace(account_id=None, settings={})
        return SimpleNamespace(call_id=call_id, campaign=campaign)

    async def hold(self, call_id: Any, line: Any) -> None:
        try:
            while await line.play(CHUNK):
                line.hear()
        finally:
            self.admission.leave(call_id)

    def give_up(self, call_id: Any, *_: object, **__: object) -> None:
        self.admission.leave(call_id)


class SipEnd(Switchboard):
    async def _slug(self, dialled: str) -> str:
        return dialled

    async def _read_trunks(self) -> None:
        return


async def main(address: str, capacity: str) -> None:
    host, _, port = address.partition(":")
    worker = StubWorker(host, int(port), int(capacity))
    board = SipEnd(worker)  # type: ignore[arg-type]
    await board.start(lambda line: None)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("ready", flush=True)
    await stop.wait()
    worker.admission.draining = True
    while worker.admission.active:
        await asyncio.sleep(0.05)
    await board.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
