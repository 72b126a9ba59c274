"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# The same examples in every run: a change fails by what it changes, not by what was drawn.
# `pytest --hypothesis-profile default` draws anew.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
