"""Callers who are confused or ramble, drawn from seeds: nothing wrong is kept, and it ends."""

from __future__ import annotations

import pytest

from tests.support.confused import Call, Turn, defects, replays


@pytest.mark.parametrize("seed", range(40))
def test_nothing_wrong_is_kept_of_a_confused_caller(seed: int) -> None:
    call = Call(seed).hold()
    assert not defects(call), call.transcript()
    assert replays(call)


def test_what_is_wrong_with_a_call_is_found() -> None:
    call = Call(0).hold()
    name, stored = next(iter(call.state.fields.items()))
    wrong = {**call.state.fields, name: stored.model_copy(update={"value": "nonsense"})}
    call.state = call.state.model_copy(update={"fields": wrong})
    call.turns += [Turn("well", ["Hm."], False), Turn("well", ["Hm."], False)]
    assert len(defects(call)) == 2
