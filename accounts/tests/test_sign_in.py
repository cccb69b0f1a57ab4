"""Nobody guesses a password: attempts are counted before they are judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory

from accounts.models import SignInAttempt
from accounts.services import attempts, sign_in
from kit.errors import InvalidRequest
from kit.testing import NOON

PASSWORD = "Passw0rd!"


@pytest.fixture
def attempt(opened):
    """``attempt(password)``: one try of Acme's owner."""

    def one(password, *, address="192.0.2.1", email=opened.owner.email, at=NOON):
        request = RequestFactory().post("/desk/sign-in/")
        return sign_in.check(request=request, email=email, password=password, address=address, at=at)

    return one


def test_the_right_password_opens(attempt, opened):
    assert attempt(PASSWORD) == opened.owner


def test_the_address_is_compared_in_lower_case(attempt, opened):
    assert attempt(PASSWORD, email=opened.owner.email.upper()) == opened.owner


def test_unknown_accounts_and_wrong_passwords_answer_alike(attempt):
    with pytest.raises(InvalidRequest) as wrong:
        attempt("wrong")
    with pytest.raises(InvalidRequest) as unknown:
        attempt("wrong", email="nobody@acme.example")
    assert wrong.value.message == unknown.value.message


def test_an_account_is_locked_after_five_failures_even_from_many_addresses(attempt):
    for number in range(5):
        with pytest.raises(InvalidRequest):
            attempt("wrong", address=f"192.0.2.{number}")
    with pytest.raises(attempts.TooManyAttempts):
        attempt(PASSWORD, address="192.0.2.99")


def test_an_address_is_slowed_down_over_many_accounts(attempt):
    for number in range(50):
        with pytest.raises(InvalidRequest):
            attempt("wrong", email=f"user{number}@acme.example")
    with pytest.raises(attempts.TooManyAttempts):
        attempt(PASSWORD)


def test_the_lock_opens_after_the_window(attempt, opened):
    for _ in range(6):
        with pytest.raises(InvalidRequest):
            attempt("wrong")
    with pytest.raises(attempts.TooManyAttempts, match="Wait 11 minutes,"):
        attempt(PASSWORD, at=NOON + timedelta(minutes=4, seconds=30))
    with pytest.raises(attempts.TooManyAttempts, match="Wait 1 minute,"):
        attempt(PASSWORD, at=NOON + timedelta(minutes=14, seconds=30))
    assert attempt(PASSWORD, at=NOON + timedelta(minutes=16)) == opened.owner


def test_a_success_forgets_the_failures(attempt):
    for _ in range(4):
        with pytest.raises(InvalidRequest):
            attempt("wrong")
    attempt(PASSWORD)
    assert SignInAttempt.objects.count() == 0


def test_a_success_also_forgets_what_is_older_than_a_day(attempt):
    with pytest.raises(InvalidRequest):
        attempt("wrong", email="nobody@acme.example")
    attempt(PASSWORD, at=NOON + timedelta(hours=23))
    assert SignInAttempt.objects.count() == 1
    attempt(PASSWORD, at=NOON + timedelta(hours=25))
    assert SignInAttempt.objects.count() == 0
