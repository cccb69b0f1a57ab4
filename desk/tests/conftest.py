"""Desk's fixtures: browsers of members with different roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Membership, Platform, Role, User
from kit.testing import NOON


@pytest.fixture
def desk(opened) -> Client:
    """A browser in which Acme's owner is signed in."""
    client = Client()
    client.force_login(opened.owner)
    return client


@pytest.fixture
def member(platform: Platform) -> Callable[[Role], Client]:
    """``member(Role.READ_ONLY)``: a browser of another member of Acme, with that role."""

    def sign_in(role: Role) -> Client:
        user = User.objects.create_user(f"{role.lower()}@acme.example", "Passw0rd!")
        Membership.stamped(platform=platform, at=NOON, user=user, role=role).save(force_insert=True)
        client = Client()
        client.force_login(user)
        return client

    return sign_in
