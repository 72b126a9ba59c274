"""Errors of the `config` package; each message says what to do."""

from __future__ import annotations


class ConfigError(Exception):
    """The configuration can't be used. `code` is stable; the message is advice."""

    code = "config"


class SettingsInvalid(ConfigError):
    code = "settings_invalid"


class ModelMissing(ConfigError):
    code = "model_missing"


class ModelCorrupt(ConfigError):
    code = "model_corrupt"


class ModelUnusable(ConfigError):
    code = "model_unusable"
