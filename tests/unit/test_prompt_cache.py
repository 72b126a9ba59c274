"""Rendered speech: kept over a restart, bounded, and never trusted when damaged."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.prompt_cache import Kept, PromptCache

KEPT = Kept(bytes(1000), ((5, 400), (9, 500)))


def key(text: str) -> str:
    return PromptCache.key("joe", 1.0, 16_000, text)


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    PromptCache(tmp_path, max_bytes=1 << 20).put(key("a"), KEPT)
    again = PromptCache(tmp_path, max_bytes=1 << 20)
    assert key("a") in again and again.get(key("a")) == KEPT
    assert key("b") not in again and again.get(key("b")) is None


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, max_bytes=2500)
    for number, text in enumerate("ab"):
        cache.put(key(text), KEPT)
        os.utime(tmp_path / f"{key(text)}.speech", (number, number))
    again = PromptCache(tmp_path, max_bytes=2500)
    assert again.get(key("a"))
    again.put(key("c"), KEPT)
    left = PromptCache(tmp_path, max_bytes=2500)
    assert [text for text in "abc" if key(text) in left] == ["a", "c"]


def test_a_damaged_file_counts_as_missing(tmp_path: Path) -> None:
    PromptCache(tmp_path, max_bytes=1 << 20).put(key("a"), KEPT)
    (tmp_path / f"{key('a')}.speech").write_bytes(b"\xff\xff")
    again = PromptCache(tmp_path, max_bytes=1 << 20)
    assert again.get(key("a")) is None and key("a") not in again


def test_voice_speed_and_rate_make_other_speech() -> None:
    names = {
        PromptCache.key(voice, speed, rate, "text")
        for voice in ("joe", "amy") for speed in (1.0, 1.1) for rate in (8000, 16_000)
    }  # fmt: skip
    assert len(names) == 8


def test_what_is_only_rendered_ahead_stays_on_disk(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, max_bytes=1 << 20)
    cache.put(key("a"), KEPT)
    cache.put(key("b"), KEPT)
    assert cache.read(key("a")) == KEPT and cache.get(key("b")) == KEPT
    for file in tmp_path.iterdir():
        file.unlink()
    # Said before, so in memory.
    assert cache.get(key("b")) == KEPT
    assert cache.get(key("a")) is None


def test_where_nothing_can_be_written_speech_is_kept_in_memory(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path / "gone", max_bytes=1 << 20)
    (tmp_path / "gone").rmdir()
    cache.put(key("a"), KEPT)
    assert cache.get(key("a")) == KEPT
