"""What the agent says on a call: from a text to the record of what was heard of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pipecat.frames.frames import Frame

from flows import actions
from pipelines import events as call_events
from pipelines.frames import FillerFrame, UtteranceFrame, UtterancePlayed
from pipelines.page import Page
from pipelines.prompt_cache import Words
from pipelines.rendition import Rendition, Studio
from pipelines.reporter import Reporter
from pipelines.speech import SpeechPiece
from pipelines.utterances import Spoken, Utterance, Utterances

Push = Callable[[Frame], Awaitable[None]]


class Speaking:
    """Gives utterances to the player and writes down how each came out."""

    def __init__(
        self, *, rate: int, studio: Studio, report: Reporter, page: Page, push: Push
    ) -> None:
        self.utterances = Utterances(rate)
        self._studio = studio
        self._report = report
        self._page = page
        self._push = push
        self._renditions: dict[str, Rendition] = {}
        self._serial = 0

    def made(self, piece: SpeechPiece) -> None:
        """Synthesis used this much (for the books)."""
        if piece.cpu_seconds:
            self._report.used("tts", "cpu_second", piece.cpu_seconds)
        if piece.characters:
            self._report.used("tts", "character", piece.characters, provider=piece.provider)

    def prepare(self, action: actions.Say) -> None:
        """Begin to make what will probably be said."""
        self._studio.prepare(
            action.speech or action.text, cacheable=action.cacheable, language=action.language
        )

    async def say(self, action: actions.Say, *, filler: bool = False) -> None:
        """Say a text after what is being said; a filler goes before what has no sound yet."""
        speech = action.speech or action.text
        rendition = self._studio.take(speech, cacheable=action.cacheable, language=action.language)
        self._serial += 1
        utterance = Utterance(f"a{self._serial}", action.text, speech, action.interruptible, filler)
        self.utterances.add(utterance)
        self._renditions[utterance.id] = rendition
        frame: Frame
        if filler:
            frame = FillerFrame(utterance.id, rendition)
        else:
            frame = UtteranceFrame(utterance.id, rendition)
            frame.interruptible = action.interruptible
        await self._push(frame)

    def begin(self, utterance_id: str) -> Utterance | None:
        """The first sample of an utterance was sent."""
        return self.utterances.begin(utterance_id, self._report.offset_ms())

    async def played(self, frame: UtterancePlayed) -> None:
        """An utterance ended, or was cut."""
        if spoken := self._finish(frame):
            await self._record(spoken)
        if not frame.complete:
            await self.drop_unbegun()

    def cut_off(self, frame: UtterancePlayed) -> None:
        """The line closed in the middle of an utterance: there is nobody left to caption it for."""
        if spoken := self._finish(frame):
            self._write(spoken)

    def _finish(self, frame: UtterancePlayed) -> Spoken | None:
        spoken = self.utterances.finish(
            frame.utterance_id,
            frame.played,
            self._words(frame.utterance_id),
            complete=frame.complete,
            now_ms=self._report.offset_ms(),
        )
        self._drop(frame.utterance_id)
        return spoken

    async def drop_unbegun(self) -> None:
        """What the player had not begun when it was interrupted leaves no trace there."""
        for spoken in self.utterances.drop_unbegun(self._report.offset_ms()):
            self._drop(spoken.id)
            await self._record(spoken)

    def _words(self, utterance_id: str) -> Words:
        rendition = self._renditions.get(utterance_id)
        return rendition.words if rendition else ()

    def _drop(self, utterance_id: str) -> None:
        if rendition := self._renditions.pop(utterance_id, None):
            self._studio.cancel(rendition)

    async def _record(self, spoken: Spoken) -> None:
        self._write(spoken)
        if spoken.interrupted and spoken.duration_ms:
            await self._page.caption("agent", spoken.id, spoken.text, heard=spoken.heard_text)

    def _write(self, spoken: Spoken) -> None:
        self._report.emit(
            call_events.AgentSpoke,
            offset_ms=spoken.begun_ms,
            text=spoken.text,
            heard_text=spoken.heard_text,
            duration_ms=spoken.duration_ms,
            interrupted=spoken.interrupted,
        )

    async def caller_caption(self, text: str) -> None:
        """Show what the caller was understood to say."""
        self._serial += 1
        await self._page.caption("caller", f"c{self._serial}", text)
