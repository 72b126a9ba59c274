"""Prompts rendered before a caller needs them: at start, and when a campaign's flow is new."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from flows import Flow, FlowInvalid, fixed_prompts
from flows.load import stored_flow
from flows.placeholders import is_fixed
from flows.prompts import spoken_texts
from pipelines.clauses import stretches
from pipelines.errors import PipelineError
from pipelines.runtime_prompts import ENGLISH, runtime_prompts
from pipelines.speech import LocalSynthesiser, Manner
from voice_worker.counted import counted
from voice_worker.store.campaigns import Campaign, active_campaigns, campaign_by_slug
from voice_worker.store.database import Database
from voice_worker.upkeep import say_if_broken

log = logging.getLogger(__name__)

RATES = (16_000, 8_000)
"""Samples a second on the lines a call may use."""
SLOWEST, FASTEST = 0.5, 2.0


def manner_of(settings: dict[str, Any], language: str) -> Manner:
    """How a campaign's agent speaks: `voice` and `speed` of its settings, within reason."""
    voice, speed = settings.get("voice", ""), settings.get("speed", 1.0)
    if not isinstance(voice, str) or isinstance(speed, bool) or not isinstance(speed, int | float):
        log.error("a campaign's voice or speed is malformed", extra={"action": "voice_settings"})
        voice, speed = "", 1.0
    return Manner(voice, min(FASTEST, max(SLOWEST, float(speed))), language)


def prompts_of(flow: Flow) -> tuple[str, ...]:
    """Fixed texts whole; of texts with placeholders the stretches that have none."""
    parts = [
        stretch
        for _, _, text in spoken_texts(flow)
        if not is_fixed(text)
        for stretch in stretches(text, fixed=False)
        if is_fixed(stretch) and len(stretch.split()) > 1
    ]
    return tuple(
        dict.fromkeys((*fixed_prompts(flow), *runtime_prompts(flow.language).texts, *parts))
    )


class Prompts:
    """Keeps the prompt cache ahead of the callers."""

    def __init__(self, database: Database, synthesiser: LocalSynthesiser) -> None:
        self._database = database
        self._synthesiser = synthesiser
        self._warmed: set[tuple[Any, ...]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, report: Callable[[str], None]) -> None:
        """Render what the runtime itself says now, and every campaign's prompts meanwhile."""
        made = await self._synthesiser.warm(ENGLISH.texts, manner=Manner(), rates=RATES)
        slugs = await active_campaigns(self._database)
        campaigns = counted(len(slugs), "campaign")
        report(f"prompts ready ({made} new); those of {campaigns} are being rendered")
        self._spawn(self._all(slugs))

    def expect(self, campaign: Campaign, flow: Flow) -> None:
        """A call of this campaign begins: whatever is new in its flow is rendered now."""
        if self._mark(campaign) not in self._warmed:
            self._spawn(self._quietly(campaign, flow))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _all(self, slugs: list[str]) -> None:
        for slug in slugs:
            campaign = await campaign_by_slug(self._database, slug)
            if campaign and campaign.definition:
                try:
                    flow = stored_flow(campaign.definition)
                except FlowInvalid:
                    continue
                await self._quietly(campaign, flow)

    async def _quietly(self, campaign: Campaign, flow: Flow) -> None:
        try:
            await self._warm(campaign, flow)
        except PipelineError as error:
            # Not lost: what is not rendered now is rendered when it is said.
            log.warning("prompts not rendered: %s", error, extra={"action": "prompts_late"})

    async def _warm(self, campaign: Campaign, flow: Flow) -> int:
        self._warmed.add(self._mark(campaign))
        manner = manner_of(campaign.settings, flow.language)
        return await self._synthesiser.warm(prompts_of(flow), manner=manner, rates=RATES)

    @staticmethod
    def _mark(campaign: Campaign) -> tuple[Any, ...]:
        settings = campaign.settings
        return (campaign.flow_id, str(settings.get("voice")), str(settings.get("speed")))

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name="prompts")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(say_if_broken)
