"""Fixtures for every test: two platforms that must never see each other, and a client of each.

Loaded as a pytest plugin before Django is set up, hence the imports inside the functions.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from kit.testing import NOON, ApiClient

if TYPE_CHECKING:
    from accounts.context import Context
    from accounts.models import Platform
    from accounts.services.platforms import Opened

_numbers = itertools.count(1)
# How long an example takes says something of the machine's load, nothing of the code.
settings.register_profile("tallydesk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tallydesk")


def _open(name: str) -> Opened:
    from accounts.models import Environment
    from accounts.services import platforms

    return platforms.open_platform(
        name=name,
        environment=Environment.TEST,
        owner_email=f"owner{next(_numbers)}@{name}.example",
        owner_password="Passw0rd!",  # noqa: S106
        at=NOON,
    )


@pytest.fixture
def opened(db: Any) -> Opened:
    """Acme: the platform of most tests, with its key."""
    return _open("acme")


@pytest.fixture
def platform(opened: Opened) -> Platform:
    """Acme's platform; its clock is not frozen."""
    return opened.platform


@pytest.fixture
def ctx(platform: Platform) -> Context:
    """A change made by a test at noon on 1 April 2026."""
    from accounts.context import Context

    return Context(platform=platform, at=NOON, actor_type="TEST", actor="test")


@pytest.fixture
def api(opened: Opened) -> ApiClient:
    """A client with Acme's key."""
    return ApiClient(opened.api_key)


@pytest.fixture
def stranger(db: Any) -> ApiClient:
    """A client of another platform, to which Acme's resources do not exist."""
    return ApiClient(_open("bolt").api_key)
