"""Fixtures of billing's tests."""

from __future__ import annotations

import pytest

from accounts.models import Platform
from billing.tests.world import World


@pytest.fixture
def world(platform: Platform) -> World:
    """A company that sells transcription by the minute."""
    return World(platform)
