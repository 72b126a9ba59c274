"""What a receiver is told: one message for all channels, each puts it in its own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

TYPE = "call.dispatched"
LEAD_COLUMNS = ("name", "email", "phone", "company", "intent_summary")


@dataclass(frozen=True)
class Message:
    """One delivery. `id` stays the same over every attempt, so that a receiver can tell repeats."""

    id: UUID
    at: datetime
    account: str
    campaign: str
    call_id: UUID
    reason: str = ""
    priority: str = "normal"
    payload: dict[str, str] = field(default_factory=dict)
    """What the flow's author chose to send, placeholders filled."""
    lead: dict[str, Any] | None = None
    """The lead's contact data as it stands now, with `id`; None when the call left none."""

    def document(self) -> dict[str, Any]:
        """As JSON, for receivers that are programs."""
        return {
            "type": TYPE,
            "timestamp": self.at.isoformat(),
            "data": {
                "delivery_id": str(self.id),
                "account": self.account,
                "campaign": self.campaign,
                "call_id": str(self.call_id),
                "reason": self.reason,
                "priority": self.priority,
                "payload": self.payload,
                "lead": self.lead,
            },
        }

    @property
    def title(self) -> str:
        """One line for people."""
        who = (self.lead or {}).get("name") or "a caller"
        return f"{self.reason or 'New lead'}: {who} ({self.campaign})"

    def lines(self) -> list[str]:
        """Everything a person wants to know, a line each."""
        lead = self.lead or {}
        told = {name: lead[name] for name in LEAD_COLUMNS if lead.get(name)}
        extra = {name: value for name, value in self.payload.items() if value not in told.values()}
        facts = {**told, **extra, "priority": self.priority, "call": str(self.call_id)}
        return [f"{name.replace('_', ' ')}: {value}" for name, value in facts.items()]
