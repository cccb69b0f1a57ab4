"""Phases of a draft that move: the same ones in the end, touching after each step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.models import PricingPlanSchedule, ScheduleType
from billing.services.terms import slices
from billing.services.terms.slices import Realign, Slice
from catalog.models import PricingPlanVersion
from desk.services.phases import Phase, in_turn, matched

DAY_ONE = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True).map(sorted)


def day(number: int) -> datetime:
    return DAY_ONE + timedelta(days=number)


def kind(place: int, *, trial: bool) -> str:
    return ScheduleType.TRIAL if trial and not place else ScheduleType.DEFAULT


def rows(days: list[int], *, trial: bool) -> list[PricingPlanSchedule]:
    ends = [*(day(each) for each in days[1:]), None]
    return [
        PricingPlanSchedule(pk=place, start_at=day(start), end_at=end, type=kind(place, trial=trial))
        for place, (start, end) in enumerate(zip(days, ends, strict=True))
    ]


def phases(days: list[int], *, trial: bool) -> list[Phase]:
    version, ends = PricingPlanVersion(), [*(day(each) for each in days[1:]), None]
    return [
        Phase(day(start), end, version, kind(place, trial=trial))
        for place, (start, end) in enumerate(zip(days, ends, strict=True))
    ]


@given(DAYS, DAYS, st.booleans(), st.booleans())
def test_every_step_of_a_move_leaves_neither_gap_nor_overlap(before, after, trial_before, trial_after):
    stored = rows(before, trial=trial_before and len(before) > 1)
    wanted = phases(after, trial=trial_after and len(after) > 1)
    found = matched(stored, wanted)
    timeline = {row.pk: Slice(row.pk, row.start_at, row.end_at) for row in stored}
    for row in found.gone:
        assert row.pk in (min(timeline), max(timeline))  # only an end can be deleted
        del timeline[row.pk]
    first, last = found.pairs[0][0].pk, found.pairs[-1][0].pk
    for row, phase in in_turn(found.pairs):
        others = sorted(
            (each for each in timeline.values() if each.key != row.pk), key=lambda each: each.start
        )
        end = phase.end if row.pk == last else timeline[row.pk].end
        moves = row.start_at != phase.start and row.pk != first
        realign = Realign.PREVIOUS_END if moves else Realign.NEITHER
        timeline = {
            each.key or 0: each
            for each in slices.place(others, Slice(row.pk, phase.start, end), realign=realign)
        }
    done = sorted(timeline.values(), key=lambda each: each.start)
    for number, phase in enumerate(found.new):
        done = slices.place(done, Slice(100 + number, phase.start, phase.end))
    assert [(each.start, each.end) for each in done] == [(phase.start, phase.end) for phase in wanted]


def test_a_trial_is_matched_with_the_trial_and_never_with_what_is_billed():
    found = matched(rows([0, 14, 100], trial=True), phases([0, 90], trial=False))
    assert [row.pk for row, _ in found.pairs] == [1, 2] and [row.pk for row in found.gone] == [0]
    found = matched(rows([0, 90], trial=False), phases([0, 14], trial=True))
    assert [row.pk for row, _ in found.pairs] == [0] and [row.pk for row in found.gone] == [1]
    assert [phase.type for phase in found.new] == [ScheduleType.TRIAL]
