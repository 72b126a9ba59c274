"""The command line: `voice-worker`, or `python -m voice_worker`."""

from __future__ import annotations

import os
import signal
import sys
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

# What follows takes a second to import: until then Ctrl-C just ends the program.
signal.signal(signal.SIGINT, signal.SIG_DFL)
# pipecat announces itself through loguru as soon as it is imported.
os.environ.setdefault("LOGURU_LEVEL", "WARNING")
# Products here are small: threads of NumPy's would only spin beside the models'.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from config.errors import ConfigError
from flows import FlowError
from pipelines.errors import PipelineError
from rag.errors import RagError
from voice_worker.cli import (
    accounts,
    call,
    calls,
    campaigns,
    costs,
    db,
    deliveries,
    dial,
    doctor,
    flow,
    handoffs,
    integrations,
    knowledge,
    leads,
    loadtest,
    numbers,
    serve,
    speech,
    trunks,
)
from voice_worker.errors import VoiceWorkerError

app = typer.Typer(
    name="voice-worker",
    help="A real-time voice agent worker: answers calls, follows flows, captures leads.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("voice-worker"))
        raise typer.Exit


@app.callback()
def _options(
    shown: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


app.command("serve")(serve.serve_command)
app.command("call")(call.call_command)
app.command("loadtest")(loadtest.loadtest_command)
app.command("dial")(dial.dial_command)
app.add_typer(accounts.accounts_app, name="accounts")
app.add_typer(campaigns.campaigns_app, name="campaigns")
app.add_typer(knowledge.knowledge_app, name="knowledge")
app.add_typer(trunks.trunks_app, name="trunks")
app.add_typer(numbers.numbers_app, name="numbers")
app.add_typer(calls.calls_app, name="calls")
app.add_typer(leads.leads_app, name="leads")
app.add_typer(handoffs.handoffs_app, name="handoffs")
app.command("costs")(costs.costs_command)
app.add_typer(integrations.integrations_app, name="integrations")
app.add_typer(deliveries.deliveries_app, name="deliveries")
app.add_typer(flow.app, name="flow")
app.command("hear")(speech.hear_command)
app.command("say")(speech.say_command)
app.add_typer(db.db_app, name="db")
app.command("doctor")(doctor.doctor_command)


def main() -> None:
    """Run a command; an expected failure is one clear sentence and exit status 1."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        app()
    except (VoiceWorkerError, ConfigError, FlowError, PipelineError, RagError) as error:
        _fail(str(error))
    except OSError as error:
        if error.filename is None:
            raise
        # A file or folder somebody named: an output, VOICE_WORKER_HOME.
        _fail(f"{error.filename}: {error.strerror}.")


def _fail(message: str) -> NoReturn:
    typer.secho(message, fg="red", err=True)
    sys.exit(1)
