"""What a network that delays and reorders packets costs: words lost, and time lost on the others.

People's recordings go out as a telephone's 20 ms packets, some of which come late, and are heard in
three ways: put in order as a call's are (voice_worker/sip/reorder.py); in the order they come; and
with what is behind others thrown away, as players do. Time is simulated: the figures are the
policy's alone.

    python -m bench.disorder --folder RECORDINGS --json disorder.json

Words: *words changed* are those the recogniser hears differently from what it hears of the packets
as they were sent; *held* is how much later than it came a packet was passed on.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from rich.progress import track

from bench.recogniser import word_errors
from bench.recordings import Audio, recordings
from bench.report import report
from config import load_settings
from config.models import resolve
from pipelines.engine.whisper import Whisper
from voice_worker.audio import RATE
from voice_worker.sip.g711 import ulaw_decode, ulaw_encode
from voice_worker.sip.handset import PACKET_SAMPLES, PACKET_SECONDS
from voice_worker.sip.handset import RATE as WIRE_RATE
from voice_worker.sip.reorder import Reorder

NETWORKS = {
    "neighbours swapped": (0.1, (0.021, 0.035), 0.0),
    "bad Wi-Fi": (0.08, (0.06, 0.12), 0.02),
}
"""Share of late packets, how late they are (seconds, least and most), share that is lost."""
SETS = ("coffee", "read")
Arrivals = list[tuple[float, bytes]]


def packets(audio: Audio) -> Arrivals:
    """When each packet leaves, and the packet."""
    narrow = soxr.resample(audio, RATE, WIRE_RATE)
    pcm = (np.clip(narrow, -1, 1) * 32767).astype(np.int16)
    pcm = np.pad(pcm, (0, -len(pcm) % PACKET_SAMPLES))
    return [
        (n * PACKET_SECONDS, b"\x80\x00" + n.to_bytes(2, "big") + bytes(8) + ulaw_encode(chunk))
        for n, chunk in enumerate(pcm.reshape(-1, PACKET_SAMPLES))
    ]


def through(network: str, sent: Arrivals, chance: random.Random) -> Arrivals:
    """The same packets as they come."""
    share, (least, most), lost = NETWORKS[network]
    came = [
        (at + (chance.uniform(least, most) if chance.random() < share else 0.0), packet)
        for at, packet in sent
        if chance.random() >= lost
    ]
    return sorted(came, key=lambda item: item[0])


def in_order(came: Arrivals) -> Arrivals:
    """As a call hears them: with the time each was passed on."""
    order = Reorder()
    passed: Arrivals = []

    def wait(until: float) -> None:
        while order.deadline is not None and order.deadline <= until:
            at = order.deadline
            passed.extend((at, packet) for packet in order.due(at))

    for at, packet in came:
        wait(at)
        passed.extend((at, packet) for packet in order.arrive(packet, at))
    wait(float("inf"))
    return passed


def without_late(came: Arrivals) -> Arrivals:
    """What is left when a packet behind its successor is thrown away."""
    newest, kept = -1, []
    for at, packet in came:
        number = int.from_bytes(packet[2:4], "big")
        if number > newest:
            newest = number
            kept.append((at, packet))
    return kept


WAYS: dict[str, Callable[[Arrivals], Arrivals]] = {
    "put in order": in_order,
    "as they come": lambda came: came,
    "late ones thrown away": without_late,
}


def audio_of(heard: Arrivals) -> Audio:
    """What the recogniser gets."""
    pcm = ulaw_decode(b"".join(packet[12:] for _, packet in heard)).astype(np.float32) / 32768
    return np.asarray(soxr.resample(pcm, WIRE_RATE, RATE), dtype=np.float32)


def held_ms(came: Arrivals, heard: Arrivals) -> list[float]:
    """How long each packet was kept, in milliseconds."""
    arrived = {packet: at for at, packet in came}
    return [1000 * (at - arrived[packet]) for at, packet in heard]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="recordings with manifest.tsv")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    settings = load_settings()
    whisper = Whisper(resolve(settings.models.recogniser, "recogniser", settings.home), 1)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    kept: dict[tuple[str, str], list[float]] = {}
    items = list(recordings(arguments.folder, SETS))
    for number, recording in enumerate(track(items, "recordings")):
        sent = packets(recording.audio)
        said = whisper.recognise(audio_of(sent))["text"]
        for network in NETWORKS:
            came = through(network, sent, random.Random(number))
            for way, hear in WAYS.items():
                heard = hear(came)
                changed, words = word_errors(said, whisper.recognise(audio_of(heard))["text"])
                row = rows.setdefault(
                    (network, way), {"network": network, "heard": way, "words": 0, "changed": 0}
                )
                row["changed"] += changed
                row["words"] += words
                kept.setdefault((network, way), []).extend(held_ms(came, heard))
    for key, row in rows.items():
        row["words changed %"] = 100 * row.pop("changed") / row["words"]
        row["held ms, mean"] = float(np.mean(kept[key]))
        row["held ms, most"] = max(kept[key])
    report("Disordered packets", list(rows.values()), arguments.json)


if __name__ == "__main__":
    main()
