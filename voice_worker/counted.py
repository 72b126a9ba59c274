"""Numbers with their nouns, as people write them. Pure."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """“1 call”, “2 calls”, “0 calls”; an -s makes the plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
