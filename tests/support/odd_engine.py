"""An engine with every fault on request; run as a program by the engine client."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from pipelines.engine.process import Handler, in_model, progress, serve


def spin(seconds: float) -> None:
    """Use this much of the processor."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def load(options: dict[str, Any]) -> Handler:
    """Faults on request."""
    steps = 0
    met = threading.Barrier(2)

    def handle(op: str, args: dict[str, Any]) -> dict[str, Any]:
        nonlocal steps
        match op:
            case "echo":
                return args
            case "sleep":
                time.sleep(args["seconds"])
            case "spin":
                spin(args["seconds"])
            case "steps":
                for _ in range(args["count"]):
                    progress()
                    steps += 1
                    spin(args["seconds"])
            case "pauses":
                for _ in range(args["count"]):
                    progress()
                    time.sleep(args["seconds"])
            case "in_model":
                with in_model():
                    model = threading.Thread(target=spin, args=(args["seconds"],))
                    model.start()
                    model.join()
            case "steps_done":
                return {"steps": steps}
            case "allowed":
                progress(allow_seconds=4 * args["seconds"])
                (time.sleep if args["op"] == "sleep" else spin)(args["seconds"])
            case "meet":
                met.wait()
            case "die":
                os._exit(7)
        return {}

    return handle


if __name__ == "__main__":
    serve(load)
