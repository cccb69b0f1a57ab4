from datetime import timedelta

import pytest

from accounts.models import IdempotencyRecord
from accounts.services import idempotency
from kit.errors import IdempotencyConflict, IdempotencyInProgress, InvalidField
from kit.testing import NOON


def once(platform, run, *, key="k-1", fingerprint=b"a" * 32, at=NOON):
    return idempotency.once(platform=platform, key=key, fingerprint=fingerprint, at=at, run=run)


def test_a_repeat_is_answered_from_memory(platform):
    calls = []

    def run():
        calls.append(1)
        return idempotency.Answer(201, {"n": len(calls)})

    first, second = once(platform, run), once(platform, run)
    assert (first.replayed, second.replayed) == (False, True)
    assert first.data == second.data == {"n": 1}
    assert calls == [1]


def test_another_request_under_the_key_is_a_conflict(platform):
    once(platform, lambda: idempotency.Answer(201, {}))
    with pytest.raises(IdempotencyConflict):
        once(platform, lambda: idempotency.Answer(201, {}), fingerprint=b"b" * 32)


def test_an_error_frees_the_key(platform):
    def fail():
        raise InvalidField("no", field="x")

    with pytest.raises(InvalidField):
        once(platform, fail)
    assert once(platform, lambda: idempotency.Answer(201, {"ok": 1})).data == {"ok": 1}


def test_a_running_request_is_422_until_its_lease_ends(platform):
    def nested():
        with pytest.raises(IdempotencyInProgress):
            once(platform, lambda: idempotency.Answer(200, {}))
        return once(platform, lambda: idempotency.Answer(200, {"by": "second"}), at=NOON + timedelta(hours=1))

    assert once(platform, nested).data == {"by": "second"}


def test_a_key_is_forgotten_after_48_hours(platform):
    once(platform, lambda: idempotency.Answer(201, {"n": 1}))
    later = NOON + timedelta(hours=48)
    assert once(platform, lambda: idempotency.Answer(201, {"n": 2}), at=later).data == {"n": 2}
    assert idempotency.forget_expired(platform=platform, at=later + timedelta(hours=49)) == 1
    assert not IdempotencyRecord.objects.exists()
