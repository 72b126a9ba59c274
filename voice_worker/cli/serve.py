"""`voice-worker serve`: run the worker."""

from __future__ import annotations

import asyncio
import logging

from config import load_settings
from voice_worker.cli.output import note


def serve_command() -> None:
    """Run the worker until Ctrl-C. Settings come from config/default.yaml and the environment.

    Without DATABASE_URL and QDRANT_URL it starts its own Postgres and Qdrant under
    VOICE_WORKER_HOME. The first Ctrl-C lets calls finish, the second cuts them.
    """
    # Only here: pipecat and the web server are half of what the whole program loads.
    import uvloop

    from voice_worker.serve import serve

    settings = load_settings()
    configure_logging(settings.logging.level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, note))


def configure_logging(level: str) -> None:
    """One line a record on stderr; pipecat's own chatter only when it warns."""
    from loguru import logger

    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # uvicorn writes each socket's URL, and with it the call's token.
    for name in ("httpx", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logger.remove()
    logger.add(
        lambda message: logging.getLogger("pipecat").warning(str(message).strip()),
        level="WARNING",
        format="{message}",
    )
