"""The texts of a flow that never change, so that their audio can be made before the first call."""

from __future__ import annotations

from flows import repair
from flows.check import PLACEHOLDER, texts_of
from flows.model import ClarifyNode, Flow, LeadGateNode, RagAnswerNode
from flows.nodes import common, lead_gate, rag_answer

_SPOKEN_FIELDS = frozenset(
    {"say", "question", "ask", "reprompts", "follow_up", "no_answer", "success", "failure"}
)


def fixed_prompts(flow: Flow) -> tuple[str, ...]:
    """Every text the flow may say as it stands, each once, in order of appearance."""
    texts: list[str] = []
    for node in flow.nodes.values():
        texts.extend(_spoken(node.model_dump()))
        if isinstance(node, (ClarifyNode, RagAnswerNode, LeadGateNode)):
            texts.extend((*common.NO_INPUT, *common.NO_MATCH))
        if isinstance(node, LeadGateNode):
            texts.extend(
                (lead_gate.REFUSED, lead_gate.MOVE_ON, lead_gate.UNCONFIRMED, lead_gate.GO_ON)
            )
            texts.extend((lead_gate.ONCE_MORE,))
        if isinstance(node, RagAnswerNode):
            texts.append(rag_answer.GO_AHEAD)
    texts.extend((common.GOODBYE_SILENT, common.GOODBYE_LOST))
    texts.extend((repair.NOBODY, repair.GOODBYE, repair.TAKE_YOUR_TIME))
    return tuple(dict.fromkeys(text for text in texts if not PLACEHOLDER.search(text)))


def _spoken(value: object) -> list[str]:
    found: list[str] = []
    if isinstance(value, dict):
        for name, item in value.items():
            found.extend(texts_of(item) if name in _SPOKEN_FIELDS else _spoken(item))
    elif isinstance(value, (list, tuple)):
        for item in value:
            found.extend(_spoken(item))
    return found
