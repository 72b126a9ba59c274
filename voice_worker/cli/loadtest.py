"""`voice-worker loadtest`: many callers at once, and how long they wait."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from config import load_settings
from voice_worker import loadtest
from voice_worker.audio import read_pcm
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.speech import spoken
from voice_worker.client import CallFailed
from voice_worker.counted import counted

QUESTIONS = (
    "What are your opening hours?",
    "How much does a battery cost?",
    "How long is the warranty on the panels?",
)
"""For the demo line."""


def loadtest_command(
    calls: Annotated[int, typer.Option(min=1, max=200, help="Callers at once.")] = 4,
    turns: Annotated[int, typer.Option(min=1, help="What each says before hanging up.")] = 5,
    audio: Annotated[
        list[Path], typer.Option(help="A turn of the callers as a file; repeat it for more.")
    ] = [],  # noqa: B006
    say: Annotated[
        list[str],
        typer.Option(help="A turn as text, in the worker's voice.", show_default="demo questions"),
    ] = [],  # noqa: B006
    campaign: Annotated[str, typer.Option(help="Slug of the campaign to call.")] = "demo",
    redial: Annotated[
        float,
        typer.Option(min=0, metavar="SECONDS", help="How long who is refused calls again."),
    ] = 0.0,
    url: Annotated[str, typer.Option(help="The worker. Default: the settings' own address.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Place several calls at once to a running worker and tell how long the callers waited.

    Measured as callers hear it: from the last sound of what they said to the first of the answer.
    They take their turns from the same script, one line after the other. Beside a worker on the
    same machine the callers use some of its processor; the calls are recorded as all are. Exit
    status 1 when no call was taken.
    """
    script = [read_pcm(path) for path in audio]
    if say or not script:
        script += asyncio.run(spoken(say or QUESTIONS))
    script = [turn for turn in map(loadtest.without_edges, script) if turn]
    if not script:
        raise CallFailed("The callers have nothing to say: the files hold no sound.")
    waits = asyncio.run(
        loadtest.run(
            url or load_settings().server.url, campaign, script,
            calls=calls, turns=turns, redial_seconds=redial,
        )
    )  # fmt: skip
    for reason, times in waits.reasons.items():
        note(f"{counted(times, 'call')}: {reason}")
    row = {
        "calls": waits.calls, "refused": waits.refused, "redialled": waits.redialled,
        "broken": waits.broken,
        "turns": waits.turns, "p50_s": waits.percentile(0.5), "p95_s": waits.percentile(0.95),
        "missed": waits.missed, "spoken_over": waits.spoken_over,
    }  # fmt: skip
    print_rows([row], tuple(row), empty="", as_json=as_json)
    if not waits.calls:
        raise typer.Exit(1)
