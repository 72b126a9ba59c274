"""`voice-worker doctor`: what works, what is missing, and how to mend it."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import Annotated, Any

import typer

from config import Settings, load_settings
from config.errors import ConfigError
from config.models import resolve
from flows import FlowError, load_flow
from flows.library import DEMO_FLOW
from pipelines.errors import PipelineError
from voice_worker.cli.findings import show_finding, show_findings
from voice_worker.cli.output import JsonOption, print_json
from voice_worker.costs import load_prices
from voice_worker.engines import knowledge_engine, recogniser_engine, voice_engine
from voice_worker.errors import VoiceWorkerError
from voice_worker.findings import Finding
from voice_worker.store.embedded_postgres import find_binaries
from voice_worker.store.owner import owner_connection
from voice_worker.web.page import PAGE

MIN_FREE_BYTES = 1 << 30
DATABASE_SECONDS = 5.0


class _Missing(VoiceWorkerError):
    code = "missing"


class What(StrEnum):
    worker = "worker"
    sip = "sip"


def doctor_command(
    what: Annotated[
        What,
        typer.Argument(help="worker: this machine; sip: a call to --address, as from outside."),
    ] = What.worker,
    address: Annotated[
        str, typer.Option(help="SIP address to call, as sip:+15035550142@192.0.2.7:5060.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Check everything a call needs; exit status 1 when something is missing."""
    settings = load_settings()
    if what is What.sip:
        from voice_worker.sip.checkup import check_line

        to = address or f"sip:demo@{settings.sip.host}:{settings.sip.port}"
        show_findings(asyncio.run(check_line(to)), as_json=as_json)
        return
    findings: list[Finding] = []
    for name, check in CHECKS.items():
        try:
            findings.append(Finding(name, True, asyncio.run(check(settings))))
        except (VoiceWorkerError, ConfigError, FlowError, PipelineError) as error:
            findings.append(Finding(name, False, str(error)))
        if not as_json:
            show_finding(findings[-1])
    if as_json:
        print_json([vars(finding) for finding in findings])
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


async def _python(_: Settings) -> str:
    return sys.version.split()[0]


async def _home(settings: Settings) -> str:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        writable = os.access(settings.home, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise _Missing(f"{settings.home} can't be written. Set VOICE_WORKER_HOME to another.")
    free = shutil.disk_usage(settings.home).free
    if free < MIN_FREE_BYTES:
        raise _Missing(f"Only {free >> 20} MB are free at {settings.home}; 1 GB is needed.")
    return f"{settings.home} ({free >> 30} GB free)"


async def _recogniser(settings: Settings) -> str:
    engine = recogniser_engine(settings)
    seconds = await engine.start()
    await engine.stop()
    return f"{settings.models.recogniser} loads in {seconds:.1f} s"


async def _voice(settings: Settings) -> str:
    engine = voice_engine(settings)
    seconds = await engine.start()
    await engine.stop()
    return f"{settings.models.voice} loads in {seconds:.1f} s"


async def _embedder(settings: Settings) -> str:
    name = settings.models.embedder
    return f"{name} in {resolve(name, 'embedder', settings.home)}"


async def _index(settings: Settings) -> str:
    url = settings.knowledge.qdrant_url
    if not url:
        # Not opened: a running worker may have it.
        return "embedded Qdrant"
    engine = knowledge_engine(settings)
    await engine.start()
    await engine.stop()
    return f"Qdrant at {url}"


async def _database(settings: Settings) -> str:
    if not settings.database.url:
        return f"embedded Postgres from {find_binaries()}"
    async with owner_connection(
        settings.database.url, patience_seconds=DATABASE_SECONDS
    ) as connection:
        return f"Postgres {await connection.fetchval('show server_version')}"


async def _page(_: Settings) -> str:
    if not PAGE.is_file():
        raise _Missing("The landing page is not built. Run `make web`.")
    return "built"


async def _prices(settings: Settings) -> str:
    prices = load_prices(settings.costs.path)
    return f"{len(prices.sheets)} sheet(s), target {prices.target_per_minute} $ a minute"


async def _flow(_: Settings) -> str:
    return f"{len(load_flow(DEMO_FLOW).nodes)} nodes"


CHECKS: dict[str, Callable[[Settings], Coroutine[Any, Any, str]]] = {
    "python": _python,
    "data folder": _home,
    "recogniser": _recogniser,
    "voice": _voice,
    "embedder": _embedder,
    "knowledge": _index,
    "database": _database,
    "landing page": _page,
    "price sheet": _prices,
    "demo flow": _flow,
}
