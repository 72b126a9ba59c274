"""A worker to be killed: journals calls and drains them, in a child forked for each line of input.

Started once, because importing takes longer than the work. A line is JSON with the journal's path,
the database's URL, the account, its calls, a seed and a number of events; when so many are in the
journal the child says its process id, to be killed. What `put` has returned for is noted in the
file `acknowledged`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from config import load_settings
from tests.support.calls import call_events
from voice_worker.costs import load_prices
from voice_worker.store.database import Database
from voice_worker.store.journal import Journal
from voice_worker.store.projection import Projector
from voice_worker.store.recorder import Recorder

PRICES = load_prices(load_settings().costs.path)


async def work(task: dict[str, Any]) -> None:
    chance = random.Random(task["seed"])
    left = task["events"]

    def count() -> None:
        nonlocal left
        if left == 0:
            print(os.getpid(), flush=True)
        left -= 1

    count()
    acknowledged = os.open(task["acknowledged"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    journal = Journal(Path(task["journal"]))
    database = await Database.open(task["url"], pool_size=2)
    Recorder(journal, database, Projector(PRICES)).start()

    async def hold(call: UUID) -> None:
        for event in call_events(UUID(task["account"]), call):
            journal.put(event)
            os.write(acknowledged, f"{call} {event.seq}\n".encode())
            count()
            await asyncio.sleep(chance.uniform(0, task["pause_seconds"]))

    await asyncio.gather(*(hold(UUID(call)) for call in task["calls"]))
    await asyncio.Event().wait()  # until killed


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(work(json.loads(line)))
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()
