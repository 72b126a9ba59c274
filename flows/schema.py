"""The JSON Schema of flow definitions, for editors: generated from the model."""

from __future__ import annotations

import json
from typing import Any

from flows.model import Flow

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """What a definition may look like; what it must mean is for `check`."""
    schema = Flow.model_json_schema()
    # The kind of a field may be left out when its name says it.
    field = schema["$defs"]["LeadField"]
    field["required"] = [name for name in field["required"] if name != "kind"]
    return {"$schema": DIALECT, "title": "Flow of a voice-worker campaign", **schema}


def json_schema_text() -> str:
    """As it stands in docs/flow.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
