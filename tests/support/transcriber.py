"""A recogniser behind HTTP, as OpenAI's and Deepgram's look from outside, that can misbehave."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OPENAI = {"text": " Two coffees, please. "}
DEEPGRAM = {
    "results": {
        "channels": [
            {
                "alternatives": [
                    {
                        "transcript": "two coffees please",
                        "confidence": 0.93,
                        "words": [
                            {"word": "two", "start": 0.1, "end": 0.3, "confidence": 0.9,
                             "punctuated_word": "Two"},
                            {"word": "coffees", "start": 0.3, "end": 0.8, "confidence": 0.95},
                        ],
                    },
                    {"transcript": "to coffees please", "confidence": 0.4},
                ]
            }
        ]
    }
}  # fmt: skip


@dataclass
class Transcriber:
    """What the server does, and what it was asked."""

    url: str = ""
    answer: object = field(default_factory=lambda: OPENAI)
    status: int = 200
    hangs: bool = False
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextlib.contextmanager
def transcriber() -> Iterator[Transcriber]:
    """Serve on this machine until left."""
    state, over = Transcriber(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.asked.append((self.path, dict(self.headers), body))
            if state.hangs:
                over.wait()
            answer = state.answer
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(state.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    try:
        yield state
    finally:
        over.set()
        server.shutdown()
        server.server_close()
