"""What the command line says to somebody who mistyped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import load_settings
from tests.support.patience import PATIENCE_SECONDS
from tests.support.receivers import http_receiver
from voice_worker.cli.store import open_database
from voice_worker.client import Caller, CallFailed
from voice_worker.errors import DatabaseUnreachable
from voice_worker.store.accounts import account_by_slug
from voice_worker.store.embedded_postgres import EmbeddedPostgres


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "voice_worker", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.mark.parametrize("command", [("calls",), ("serve",), ("db", "status")])
def test_a_database_that_does_not_answer_is_one_sentence(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    url = "postgres://worker:hidden@127.0.0.1:1/record"
    done = run(*command, DATABASE_URL=url, VOICE_WORKER_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "The database at 127.0.0.1:1 can't be reached" in done.stderr
    assert "Traceback" not in done.stderr and "hidden" not in done.stderr


def test_the_doctor_says_the_same_of_it_and_of_all_else(tmp_path: Path) -> None:
    url = "postgres://worker:hidden@127.0.0.1:1/record"
    done = run(
        "doctor", DATABASE_URL=url, QDRANT_URL="http://127.0.0.1:1",
        VOICE_WORKER_HOME=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 1
    said = " ".join((done.stdout + done.stderr).split())
    assert "The database at 127.0.0.1:1 can't be reached" in said and "hidden" not in said
    assert "The Qdrant server at http://127.0.0.1:1 can't be used" in said
    assert "ok demo flow" in said


async def test_a_database_that_goes_away_meanwhile_is_one_sentence_too(tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(tmp_path)
    await postgres.start()
    settings = load_settings(database={"url": postgres.url("postgres")})
    with pytest.raises(DatabaseUnreachable, match="The database went away"):
        async with open_database(settings) as database:
            await postgres.stop()
            await account_by_slug(database, "demo")


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    output = tmp_path / "missing" / "hello.wav"
    done = run("say", "Hello.", "-o", str(output), VOICE_WORKER_HOME=str(tmp_path))
    assert done.returncode == 1
    assert f"{output}: No such file or directory." in done.stderr
    assert "Traceback" not in done.stderr


def test_an_id_that_is_none_names_the_command_that_lists_them(tmp_path: Path) -> None:
    done = run("calls", "show", "latest", VOICE_WORKER_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.strip() == "latest is not a call's id. `voice-worker calls` lists them."


def test_a_command_does_not_load_what_only_a_serving_worker_needs() -> None:
    loaded = "import sys, voice_worker.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert {"pipecat", "fastapi", "uvicorn", "torch", "baresip"}.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("url", ["http://crm.example.com/hook", "crm.example.com/hook"])
def test_an_address_nothing_will_be_sent_to_is_not_taken(url: str, tmp_path: Path) -> None:
    done = run(
        "integrations", "add", "hook", "--type", "webhook", "--config", f"url={url}",
        "--secret", "secret", VOICE_WORKER_HOME=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "https" in done.stderr and url not in done.stderr, "some addresses are secrets"


async def test_a_proxy_that_passes_no_web_sockets_on_is_named() -> None:
    with http_receiver() as proxy:
        made = {"call_id": "7", "ws_url": f"{proxy.url.replace('http', 'ws')}/ws/calls/7"}
        proxy.answers, proxy.body = [201], (json.dumps(made).encode(),)
        with pytest.raises(CallFailed, match="WebSocket can't be opened"):
            async with Caller().place(proxy.url, "demo"):
                pass
