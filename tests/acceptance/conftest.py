"""A worker started as `make run` starts it, with a home of its own, and voices to call it with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.support import voices
from tests.support.patience import PATIENCE_SECONDS
from tests.support.ports import free_port_pair
from voice_worker.audio import read_pcm
from voice_worker.engines import UNHURRIED_MS


def make_certificate(path: Path) -> None:
    """A key and its self-signed certificate in one file, as the SIP stack wants them."""
    key, certificate = path.with_suffix(".key"), path.with_suffix(".crt")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(key.read_text() + certificate.read_text())


class RunningWorker:
    """`voice-worker serve` in a process of its own."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.port = free_port_pair()
        self.certificate = home.parent / f"{home.name}.pem"
        self.sip_port = free_port_pair()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("VOICE_WORKER")},
            "VOICE_WORKER_HOME": str(home),
            "VOICE_WORKER_PORT": str(self.port),
            "VOICE_WORKER__SIP__PORT": str(self.sip_port),
            # These tests are about what happens; a busy machine may take its time.
            "VOICE_WORKER__SPEECH__ENGINE_DEADLINE_MS": str(UNHURRIED_MS),
            "VOICE_WORKER__SIP__CERTIFICATE": str(self.certificate),
            **settings,
        }
        self.log = home.parent / f"{home.name}.log"
        self.process: subprocess.Popen[bytes]

    @property
    def sip(self) -> str:
        """Where the demo campaign is called by telephone."""
        return f"sip:demo@127.0.0.1:{self.sip_port}"

    def start(self) -> None:
        if not self.certificate.is_file():
            make_certificate(self.certificate)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "voice_worker", "serve"],
                env=self.environment, stdout=out, stderr=out,
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=PATIENCE_SECONDS).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the worker did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.2)

    def get(self, path: str) -> str:
        return httpx.get(f"{self.url}{path}", timeout=PATIENCE_SECONDS).text

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def command(
        self, *arguments: str, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a `voice-worker` command beside the worker."""
        return subprocess.run(
            [sys.executable, "-m", "voice_worker", *arguments],
            env=self.environment, capture_output=True, text=True, check=False, input=stdin,
            timeout=3 * PATIENCE_SECONDS,
        )  # fmt: skip


@pytest.fixture(scope="session")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWorker]:
    running = RunningWorker(tmp_path_factory.mktemp("worker"), VOICE_WORKER__SIP__ENABLED="true")
    running.start()
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0, running.log.read_text()[-3000:]


Speak = Callable[..., bytes]


@pytest.fixture(scope="session")
def espeak() -> Speak:
    """A caller's voice."""
    return voices.espeak


@pytest.fixture(scope="session")
def piper(worker: RunningWorker, tmp_path_factory: pytest.TempPathFactory) -> Speak:
    """A caller's voice: Piper."""
    folder = tmp_path_factory.mktemp("piper")

    def speak(text: str) -> bytes:
        path = folder / "line.wav"
        made = worker.command("say", text, "-o", str(path))
        assert made.returncode == 0, made.stderr
        return read_pcm(path)

    return speak
