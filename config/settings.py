"""The settings tree: frozen, typed, units in the names.

Precedence, highest first: the environment, the file named by `VOICE_WORKER_CONFIG`,
`config/default.yaml`.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

from config.errors import SettingsInvalid

DEFAULTS = Path(__file__).with_name("default.yaml")
DEFAULT_HOME = Path(__file__).parent.parent / ".voice-worker"

PREFIX = "VOICE_WORKER__"

Fraction = Annotated[float, Field(ge=0, le=1)]
Milliseconds = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Server(_Section):
    host: str
    port: Annotated[int, Field(ge=0, le=65535)]
    public_url: str
    allowed_origins: tuple[str, ...]
    token_ttl_seconds: Positive
    api_keys: tuple[Annotated[str, Field(min_length=16)], ...]

    @property
    def url(self) -> str:
        """Base URL callers open, without a trailing slash."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


class Database(_Section):
    url: str
    pool_size: Positive


class Knowledge(_Section):
    qdrant_url: str
    qdrant_api_key: str
    collection: str
    answer_threshold: Fraction
    passages: Positive
    chunk_words: Annotated[int, Field(ge=20, le=200)]


class Models(_Section):
    recogniser: str
    larger: str
    voice: str
    embedder: str


class CloudRecogniser(_Section):
    """A recogniser behind HTTP, chosen by its name in a campaign's settings."""

    dialect: Literal["openai", "deepgram"]
    url: Annotated[str, Field(pattern=r"^https?://")]
    model: str
    api_key_env: str = ""
    patience_ms: Positive = 900

    @property
    def api_key(self) -> str:
        """Read from the environment when it is used, so that it stands in no file."""
        return os.environ.get(self.api_key_env, "") if self.api_key_env else ""


class RemoteVoiceSettings(_Section):
    """A pipecat text-to-speech service that campaigns may choose by name."""

    service: str
    arguments: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    first_audio_ms: Positive = 1500


class Speech(_Section):
    recognisers: Positive
    recogniser_threads: Positive
    voice_threads: Positive
    vad_confidence: Fraction
    vad_start_ms: Milliseconds
    vad_stop_ms: Milliseconds
    vad_min_rms: Fraction
    max_turn_ms: Milliseconds
    engine_deadline_ms: Positive
    prompt_cache_mb: Positive
    remote_voices: dict[str, RemoteVoiceSettings]
    engine_nice: Annotated[int, Field(ge=0, le=19)]
    cloud_recognisers: dict[str, CloudRecogniser]


class Calls(_Section):
    capacity: Annotated[int, Field(ge=0)]
    max_duration_seconds: Positive
    refuse_above_wait_ms: Positive
    idle_connect_seconds: Positive
    answer_within_ms: Positive
    default_region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    record: bool
    drain_seconds: Annotated[int, Field(ge=0)]


class Delivery(_Section):
    attempts: Annotated[int, Field(ge=1, le=50)]
    wait_seconds: Annotated[float, Field(gt=0, le=30)]
    allow_private_addresses: bool


class Sip(_Section):
    enabled: bool
    host: str
    port: Annotated[int, Field(ge=1, le=65534)]
    certificate: str
    rtp_port_first: Annotated[int, Field(ge=1024, le=65534)]
    rtp_port_last: Annotated[int, Field(ge=1025, le=65535)]
    codecs: Annotated[tuple[Literal["pcmu", "pcma", "g722", "opus"], ...], Field(min_length=1)]
    default_campaign: str
    rtp_timeout_seconds: Positive
    ring_seconds: Positive
    transfer_seconds: Positive
    trace: bool


class Costs(_Section):
    price_sheet: str

    @property
    def path(self) -> Path:
        return Path(self.price_sheet) if self.price_sheet else DEFAULTS.with_name("prices.yaml")


class Security(_Section):
    secret_keys: tuple[str, ...]


class Logging(_Section):
    level: Annotated[str, Field(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")]


class Settings(BaseSettings):
    """Everything the worker can be told, frozen after loading."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_nested_max_split=1,
    )

    home: Path
    """Data folder: embedded database, vectors, journal, caches."""
    server: Server
    database: Database
    knowledge: Knowledge
    models: Models
    speech: Speech
    calls: Calls
    delivery: Delivery
    sip: Sip
    costs: Costs
    security: Security
    logging: Logging

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        files: list[Path] = []
        if extra := os.environ.get("VOICE_WORKER_CONFIG"):
            if not Path(extra).is_file():
                raise SettingsInvalid(f"VOICE_WORKER_CONFIG names {extra}, which is no file.")
            files.append(Path(extra))
        sources = [YamlConfigSettingsSource(settings_cls, yaml_file=path) for path in files]
        defaults = YamlConfigSettingsSource(settings_cls, yaml_file=DEFAULTS)
        return (init_settings, env_settings, *sources, defaults)


def _short_names(env: dict[str, str]) -> dict[str, Any]:
    """The few well-known variables that stand for a nested setting."""
    found: dict[str, Any] = {"home": Path(env.get("VOICE_WORKER_HOME") or DEFAULT_HOME).absolute()}
    for variable, section, name in (
        ("VOICE_WORKER_PORT", "server", "port"),
        ("DATABASE_URL", "database", "url"),
        ("QDRANT_URL", "knowledge", "qdrant_url"),
    ):
        if value := env.get(variable):
            found.setdefault(section, {})[name] = value
    return found


def _unknown_sections(env: dict[str, str]) -> dict[str, Any]:
    """What the environment sets in sections there are none of; pydantic passes over them."""
    names = (name.removeprefix(PREFIX) for name in env if name.startswith(PREFIX))
    sections = {name.partition("__")[0].lower() for name in names}
    return dict.fromkeys(sections - Settings.model_fields.keys())


def _told(place: tuple[int | str, ...], kind: str, message: str) -> str:
    """One setting that can't be used, in the words of who wrote it."""
    if kind == "extra_forbidden":
        match place:
            case (_,):
                known = Settings.model_fields
            case (str(section), _):
                known = getattr(Settings.model_fields[section].annotation, "model_fields", {})
            case _:
                known = {}
        close = difflib.get_close_matches(str(place[-1]), known, n=1)
        message = "there is no such setting" + (f"; did you mean {close[0]}?" if close else "")
    return f"{'.'.join(str(part) for part in place)}: {message}"


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; keyword arguments (nested dicts) win over every other source.

    Raises:
        SettingsInvalid: names each setting that can't be used and why.
    """
    values = _short_names(dict(os.environ)) | _unknown_sections(dict(os.environ))
    for section, content in overrides.items():
        if isinstance(content, dict) and isinstance(values.get(section), dict):
            values[section] = {**values[section], **content}
        else:
            values[section] = content
    try:
        return Settings(**values)
    except (ValidationError, yaml.YAMLError) as error:
        if isinstance(error, ValidationError):
            lines = [_told(item["loc"], item["type"], item["msg"]) for item in error.errors()]
            detail = "\n".join(f"  {line}" for line in lines)
        else:
            detail = f"  {error}"
        raise SettingsInvalid(
            f"These settings can't be used:\n{detail}\n"
            f"See {DEFAULTS.name} for every setting and its meaning."
        ) from error
