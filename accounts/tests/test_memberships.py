"""Roles, invitations and password links: who may let whom in, and how far."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory

from accounts.models import AuditEntry, Invitation, Membership, Role, User
from accounts.permissions import member_allows
from accounts.services import invitations, memberships, passwords
from kit.errors import AlreadyExists, InvalidField, InvalidOperation, NotAllowed, NotFound
from kit.testing import NOON

NEW = "ada@acme.example"


@pytest.fixture
def owner(opened):
    return Membership.objects.get(user=opened.owner, platform=opened.platform)


@pytest.fixture
def admin(ctx):
    user = User.objects.create_user("admin@acme.example", "Passw0rd!")
    return memberships.join(ctx=ctx, user=user, role=Role.ADMINISTRATOR)


def accept(ctx, secret, *, name="Ada", password="horse-battery-9", at=NOON):
    request = RequestFactory().post("/")
    return invitations.accept(request=request, secret=secret, name=name, password=password, at=at, ctx=ctx)


def invite(ctx, by, role=Role.FINANCE, email=NEW):
    return invitations.invite(ctx=ctx, email=email, role=role, by=by, at=NOON)[1]


def test_an_invited_person_joins_with_the_role_of_the_invitation(ctx, owner):
    user = accept(ctx, invite(ctx, owner))
    assert memberships.of_user(platform=ctx.platform, user=user).role == Role.FINANCE
    assert user.check_password("horse-battery-9")


def test_an_invitation_works_once(ctx, owner):
    secret = invite(ctx, owner)
    accept(ctx, secret)
    with pytest.raises(NotFound):
        accept(ctx, secret)


def test_an_invitation_expires_after_a_week(ctx, owner):
    secret = invite(ctx, owner)
    with pytest.raises(NotFound):
        accept(ctx, secret, at=NOON + timedelta(days=7))


def test_a_second_invitation_makes_the_first_link_worthless(ctx, owner):
    first = invite(ctx, owner)
    invite(ctx, owner)
    with pytest.raises(NotFound):
        accept(ctx, first)


def test_the_link_of_an_invitation_does_not_open_an_account_that_exists(ctx, owner):
    User.objects.create_user(NEW, "their-own-1")
    with pytest.raises(InvalidField):
        accept(ctx, invite(ctx, owner), password="guessed-it-9")
    assert not Membership.objects.filter(user__email=NEW).exists()


def test_the_secret_of_an_invitation_is_not_stored(ctx, owner):
    secret = invite(ctx, owner)
    assert secret.encode() not in bytes(Invitation.objects.get().secret_hash)
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_member_is_not_invited_again(ctx, owner):
    accept(ctx, invite(ctx, owner))
    with pytest.raises(AlreadyExists):
        invite(ctx, owner)


def test_only_an_owner_makes_owners(ctx, admin):
    with pytest.raises(NotAllowed):
        invite(ctx, admin, role=Role.OWNER)
    with pytest.raises(NotAllowed):
        memberships.change_role(ctx=ctx, instance=admin, role=Role.OWNER, by=admin)


def test_an_administrator_cannot_touch_an_owner(ctx, owner, admin):
    with pytest.raises(NotAllowed):
        memberships.change_role(ctx=ctx, instance=owner, role=Role.READ_ONLY, by=admin)
    with pytest.raises(NotAllowed):
        memberships.deactivate(ctx=ctx, instance=owner, by=admin)


def test_a_platform_keeps_an_owner(ctx, owner):
    with pytest.raises(InvalidOperation):
        memberships.change_role(ctx=ctx, instance=owner, role=Role.FINANCE, by=owner)


def test_nobody_deactivates_themselves(ctx, owner):
    with pytest.raises(InvalidOperation):
        memberships.deactivate(ctx=ctx, instance=owner, by=owner)


def test_deactivation_and_its_undo_are_both_on_the_audit_trail(ctx, owner, admin):
    memberships.deactivate(ctx=ctx, instance=admin, by=owner)
    assert memberships.of_user(platform=ctx.platform, user=admin.user) is None
    memberships.reactivate(ctx=ctx, instance=admin, by=owner)
    assert memberships.of_user(platform=ctx.platform, user=admin.user) is not None
    changes = AuditEntry.objects.filter(object_id=admin.public_id, action="UPDATED").order_by("pk")
    assert [entry.changes["status"] for entry in changes] == [
        ["ACTIVE", "DEACTIVATED"],
        ["DEACTIVATED", "ACTIVE"],
    ]


def test_a_password_link_is_refused_for_someone_who_also_works_elsewhere(ctx, owner, admin, stranger):
    from accounts.models import Platform

    elsewhere = Platform.objects.get(name="bolt")
    Membership.stamped(platform=elsewhere, at=NOON, user=admin.user, role=Role.OWNER).save(force_insert=True)
    with pytest.raises(NotAllowed):
        passwords.token_for_member(membership=admin, by=owner)


def test_a_password_link_is_refused_to_an_administrator_for_an_owner(owner, admin):
    with pytest.raises(NotAllowed):
        passwords.token_for_member(membership=owner, by=admin)


def test_a_password_link_works_once(owner, admin):
    who, proof = passwords.token_for_member(membership=admin, by=owner)
    passwords.reset(user=passwords.user_of(who=who, proof=proof), password="horse-battery-9")
    with pytest.raises(NotFound):
        passwords.user_of(who=who, proof=proof)


def test_a_weak_password_is_refused(owner, admin):
    with pytest.raises(InvalidField):
        passwords.reset(user=admin.user, password="12345678")


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        (Role.OWNER, "USER.MORTAL.UPDATE", True),
        (Role.ADMINISTRATOR, "INVOICE.UPDATE", True),
        (Role.FINANCE, "INVOICE.UPDATE", True),
        (Role.FINANCE, "METER.VIEW", True),
        (Role.FINANCE, "METER.CREATE", False),
        (Role.FINANCE, "USER.API.VIEW", False),
        (Role.DEVELOPER, "METER_DATA.INGEST", True),
        (Role.DEVELOPER, "INVOICE.UPDATE", False),
        (Role.DEVELOPER, "PRICING_PLAN.UPDATE", True),
        (Role.DEVELOPER, "PRICING_PLAN_SUBSCRIPTION.CREATE", False),
        (Role.DEVELOPER, "PRICING_PLAN_SUBSCRIPTION_GROUP.UPDATE", False),
        (Role.DEVELOPER, "PRICING_PLAN_SCHEDULE.CREATE", False),
        (Role.DEVELOPER, "WEBHOOK_EVENT_RESEND", True),
        (Role.READ_ONLY, "WEBHOOK_EVENT.VIEW", False),
        (Role.DEVELOPER, "USER.API.CREATE", True),
        (Role.DEVELOPER, "USER.MORTAL.VIEW", False),
        (Role.READ_ONLY, "INVOICE.VIEW", True),
        (Role.READ_ONLY, "CUSTOMER.UPDATE", False),
    ],
)
def test_a_role_is_a_set_of_permissions(role, permission, allowed):
    assert member_allows(role=role, permission=permission) is allowed
