"""Who is served next."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.engine.schedule import Priority, Schedule

jobs = st.lists(st.tuples(st.sampled_from(Priority), st.sampled_from("abc")), max_size=30)


def filled(items: list[tuple[Priority, str]]) -> Schedule[int]:
    schedule: Schedule[int] = Schedule()
    for number, (priority, call) in enumerate(items):
        schedule.put(number, priority, call)
    return schedule


def drained(schedule: Schedule[int]) -> list[int]:
    taken = []
    while (job := schedule.take()) is not None:
        taken.append(job)
    return taken


@given(jobs)
def test_every_job_is_served_once_by_priority_and_in_its_calls_order(
    items: list[tuple[Priority, str]],
) -> None:
    order = drained(filled(items))
    assert sorted(order) == list(range(len(items)))
    assert [items[job][0] for job in order] == sorted(items[job][0] for job in order)
    for kind in set(items):
        own = [job for job in order if items[job] == kind]
        assert own == sorted(own)


def test_a_call_with_many_jobs_delays_another_by_one() -> None:
    schedule = filled([(Priority.FINAL, "busy")] * 5 + [(Priority.FINAL, "quiet")])
    assert drained(schedule) == [0, 5, 1, 2, 3, 4]


@given(jobs, st.integers(0, 29))
def test_a_withdrawn_job_is_never_served(items: list[tuple[Priority, str]], which: int) -> None:
    schedule = filled(items)
    assert schedule.withdraw(which) == (which < len(items))
    assert not schedule.withdraw(which)
    assert which not in drained(schedule)


def test_a_rescued_job_goes_before_its_equals() -> None:
    schedule = filled([(Priority.FINAL, "a"), (Priority.FINAL, "b")])
    schedule.put(9, Priority.FINAL, "c", first=True)
    assert drained(schedule) == [9, 0, 1]


def test_only_what_goes_first_counts_as_ahead() -> None:
    schedule = filled([(Priority.BACKGROUND, "a"), (Priority.SPEECH, "b"), (Priority.FINAL, "c")])
    assert [len(list(schedule.ahead_of(priority))) for priority in Priority] == [1, 2, 2, 3]
    assert len(schedule) == 3
