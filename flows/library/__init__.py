"""Ready flows, and what their accounts know."""

from pathlib import Path

FOLDER = Path(__file__).parent
READY = {
    path.stem: path
    for path in sorted(FOLDER.glob("*.yaml"))
    if not path.stem.endswith(("_knowledge", ".talks"))
}
"""The flows by their names."""
DEMO_FLOW = FOLDER / "demo.yaml"
DEMO_KNOWLEDGE = FOLDER / "demo_knowledge.yaml"
