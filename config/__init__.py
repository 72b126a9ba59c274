"""Settings: one frozen tree, read from defaults, a file and the environment."""

from config.settings import Settings, load_settings

__all__ = ["Settings", "load_settings"]
