"""An engine with every fault on request; run as a program by the engine client."""

from __future__ import annotations

import os
import time
from typing import Any

from pipelines.engine.process import Handler, serve


def load(options: dict[str, Any]) -> Handler:
    """Faults on request."""

    def handle(op: str, args: dict[str, Any]) -> dict[str, Any]:
        match op:
            case "echo":
                return args
            case "sleep":
                time.sleep(args["seconds"])
            case "spin":
                end = time.monotonic() + args["seconds"]
                while time.monotonic() < end:
                    pass
            case "die":
                os._exit(7)
        return {}

    return handle


if __name__ == "__main__":
    serve(load)
