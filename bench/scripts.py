"""What the agents of the voice-to-voice bench say: one script, as a flow and as a list of replies.

Every turn of the caller is answered. In `bench-short` fixed prompts take turns with texts that hold
the caller's name, which nobody can have rendered before; `bench-long` gives replies long enough to
interrupt.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, cycle
from typing import Any

GREETING = "Hello, this line takes down whatever you say."
ASK_NAME = "What is your name?"
NAMES = ("Ada", "Boris", "Clara", "Daniel", "Emma", "Frank", "Grace", "Henry", "Irene", "Jacob")

FIXED = "Thank you, I have written that down for you."
PERSONAL = "Thank you {lead.name}, I have made a note of that."
LONG = (
    "Thank you, I have written all of that down, and somebody from our team is going to look at it "
    "before the end of the day, and then we will send you a short summary of everything that we "
    "have talked about on this call today."
)
CAMPAIGNS = ("bench-short", "bench-long")


def replies(campaign: str, name: str) -> Iterator[str]:
    """What the agent answers, turn by turn; the caller's first words are their name."""
    texts: tuple[str, ...] = (LONG,) if campaign == "bench-long" else (FIXED, PERSONAL)
    texts = tuple(text.replace("{lead.name}", name) for text in texts)
    return chain((f"Thanks, {name}.",), cycle(texts))


def flow(campaign: str) -> dict[str, Any]:
    """The same conversation for the worker: two nodes that look the words up and hand over.

    A caller who says "no" has no more questions, and is answered by the node that follows.
    """
    first, second = (LONG, LONG) if campaign == "bench-long" else (FIXED, PERSONAL)

    def node(no_answer: str, onwards: str, *, say: str = "") -> dict[str, Any]:
        # Nothing scores 1, so each turn is looked up, not found, and answered with the text.
        return {
            "type": "rag_answer",
            "say": [say] if say else [],
            "no_answer": [no_answer],
            "threshold": 1.0,
            "max_misses": 1,
            "no_answer_next": onwards,
            "next": f"{onwards}_then",
            "no_input_ms": 60_000,
            "no_input": {"reprompts": ["Are you still there?"], "then": "over"},
            "no_match": {"reprompts": [no_answer] * 50},
        }

    return {
        "name": campaign,
        "start": "hello",
        "nodes": {
            "hello": {"type": "start", "say": GREETING, "next": "who"},
            "who": {
                "type": "lead_gate",
                "fields": [{"field": "name", "ask": ASK_NAME}],
                "next": "first",
            },
            "first": node(first, "second"),
            "second": node(second, "first"),
            "first_then": node(first, "second", say=second),
            "second_then": node(second, "first", say=first),
            "over": {"type": "end", "say": "Goodbye."},
        },
    }
