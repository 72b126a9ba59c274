"""Ready flows, and what their accounts know."""

from pathlib import Path

FOLDER = Path(__file__).parent
DEMO_FLOW = FOLDER / "demo.yaml"
DEMO_KNOWLEDGE = FOLDER / "demo_knowledge.yaml"
