"""Is it a hum, "mm-hmm" or "uh-huh"? A decoder makes words of it: "in my mom", "and may Chen"."""

from __future__ import annotations

from itertools import chain

from pipelines.engine.recognition.decoder import SAMPLE_RATE
from pipelines.engine.recognition.layers import Floats
from pipelines.engine.recognition.phones import PHONES, Phones
from pipelines.engine.recognition.sounding import Way, Ways

MOST_SECONDS = 1.4
"""With the moments before and after, which are recognised, too."""
MOST_UNLIKE = 4.0
"""How much less likely than the likeliest phones a hum's may be (natural log)."""
HUMS = (
    "M", "M M", "M HH M", "M HH AH M", "HH M", "HH AH M", "AH HH AH", "AA HH AA",
    "AH M", "EH M", "AH M HH AH M", "EH M HH AH M", "AH M AH M", "EH M EH M", "AH M AE M",
    "EH M AE M",
    # Synthetic voices spell "mhm".
    "EH M EY CH EH M", "EH M IY CH EH M", "EH M EH M HH AH M",
)  # fmt: skip
"""By their phones, each M of which may sound like N."""


class Hums:
    """Those of one model's phones."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones
        spelled = chain.from_iterable((hum, hum.replace("M", "N"), _last_is_n(hum)) for hum in HUMS)
        ways = (
            Way(hum, [PHONES.index(phone) for phone in hum.split()], "end")
            for hum in sorted({*spelled})
        )
        self._ways = Ways({Ways.START: ways}, ["end"])

    def is_one(self, states: Floats, samples: int) -> bool:
        """Does audio `samples` long, whose encoder states (frames x width) these are, sound like a
        hum and nothing else?"""
        if samples > MOST_SECONDS * SAMPLE_RATE:
            return False
        found = self._ways.nearest(self._phones.hear(states, samples))
        return found is not None and found[1] <= MOST_UNLIKE


def _last_is_n(hum: str) -> str:
    return f"{hum[:-1]}N" if hum.endswith(" M") else hum
