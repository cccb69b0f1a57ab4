from datetime import timedelta

import pytest

from accounts.models import Platform
from accounts.services import clock, sweeps
from kit.testing import NOON


@pytest.fixture
def ticking(monkeypatch):
    """A sweep that is due at three instants and notes when it ran."""
    due = [NOON + timedelta(days=days) for days in (1, 2, 40)]
    ran = []

    def run(*, platform, at):
        done = [instant for instant in due if instant <= at]
        for instant in done:
            due.remove(instant)
            ran.append((instant, at))
        return len(done)

    sweep = sweeps.Sweep("test", run, every=1, next_due=lambda *, platform: min(due, default=None))
    monkeypatch.setattr(sweeps, "_sweeps", {"test": sweep})
    return ran


def test_advancing_runs_every_boundary_at_its_own_instant(platform, ticking):
    idle = []
    sweeps.register(
        sweeps.Sweep("idle", lambda *, platform, at: len(idle.append(at) or ()), 1, lambda *, platform: None)
    )
    clock.freeze(platform=platform, at=NOON)
    clock.advance(platform=platform, to=NOON + timedelta(days=30))
    assert idle == [NOON + timedelta(days=30)]  # what is due nowhere on the way runs once, at its end
    assert [instant == at for instant, at in ticking] == [True, True]
    assert clock.now(platform) == NOON + timedelta(days=30)


def test_the_clock_endpoints_freeze_advance_and_release(api, ticking):
    assert api.get("/v1/test-clock").ok()["frozen"] is False
    frozen = api.post("/v1/test-clock", {"now": "2026-01-31T10:17:00.000001Z"}).ok()
    assert frozen == {"object_type": "TEST_CLOCK", "now": "2026-01-31T10:17:00.000001Z", "frozen": True}
    assert (
        api.post("/v1/test-clock/advance", {"to": "2026-03-01T00:00:00Z"}).ok()["now"]
        == "2026-03-01T00:00:00Z"
    )
    backwards = api.post("/v1/test-clock/advance", {"to": "2026-02-01T00:00:00Z"})
    assert (backwards.status, backwards.body["field"]) == (400, "to")
    too_far = api.post("/v1/test-clock/advance", {"to": "2126-02-01T00:00:00Z"})
    assert (too_far.status, too_far.body["field"]) == (400, "to")
    leap = api.post("/v1/test-clock", {"now": "2126-02-01T00:00:00Z"})
    assert (leap.status, leap.body["field"]) == (400, "now")
    assert api.delete("/v1/test-clock").ok()["frozen"] is False


def test_a_live_platform_has_no_test_clock(platform, api):
    Platform.objects.filter(pk=platform.pk).update(environment="LIVE")
    answer = api.post("/v1/test-clock", {"now": "2026-01-31T00:00:00Z"})
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")
