"""The sandbox that `make start` loads."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from accounts.models import Platform, User
from accounts.services import api_keys, sandbox
from kit.testing import NOON

pytestmark = pytest.mark.django_db


def test_the_sandbox_is_made_once(tmp_path: Path) -> None:
    note = tmp_path / "sandbox.json"
    first = sandbox.load(note=note, at=NOON)
    assert sandbox.load(note=note, at=NOON) == first
    assert Platform.objects.count() == 1


def test_its_owner_may_enter_the_admin_with_the_noted_password(tmp_path: Path) -> None:
    facts = sandbox.load(note=tmp_path / "sandbox.json", at=NOON)
    owner = User.objects.get(email=facts["owner_email"])
    assert owner.is_staff
    assert owner.check_password(facts["owner_password"])


def test_the_note_is_for_its_owner_only(tmp_path: Path) -> None:
    note = tmp_path / "var" / "sandbox.json"
    sandbox.load(note=note, at=NOON)
    assert stat.S_IMODE(note.stat().st_mode) == 0o600


def test_a_lost_note_gives_a_new_key_to_the_same_platform(tmp_path: Path) -> None:
    note = tmp_path / "sandbox.json"
    first = sandbox.load(note=note, at=NOON)
    note.unlink()
    second = sandbox.load(note=note, at=NOON)
    assert second["platform_id"] == first["platform_id"]
    assert api_keys.find(secret=second["api_key"], at=NOON) is not None


def test_a_note_of_another_database_is_replaced(tmp_path: Path) -> None:
    note = tmp_path / "sandbox.json"
    note.write_text(json.dumps({"platform_id": "plat_gone", "api_key": "tk_test_gone"}))
    facts = sandbox.load(note=note, at=NOON)
    assert facts["platform_id"] == Platform.objects.get().public_id
    assert json.loads(note.read_text()) == facts
