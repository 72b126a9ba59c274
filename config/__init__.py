"""Settings: one frozen tree, read from defaults, a file and the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from config.settings import Settings, load_settings

__all__ = ["Settings", "load_settings"]


def __getattr__(name: str) -> Any:
    # Engine processes look models up and never read settings: they are spared pydantic's 20 MB.
    if name in __all__:
        from config import settings

        return getattr(settings, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
