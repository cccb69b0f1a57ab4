"""A company with one of everything that Desk shows, so that every page has something to show."""

from __future__ import annotations

from typing import Any

from accounts.models import Membership, Platform, Role
from accounts.services import invitations
from billing.models import BillingEntity, Contact, Invoice
from billing.services.invoices import finalize, periods
from billing.services.subscriptions import subscription_groups
from billing.tests.world import World, at, fee, per_minute, tiers, usage
from catalog.models import Feature, PricingPlan
from desk.models import SavedView
from webhooks.models import Webhook

NOW = "2026-09-02T10:40"


def found(platform: Platform, opened: Any) -> World:
    """It is 2 September: July is final, August in its grace period, September has begun."""
    Platform.objects.filter(pk=platform.pk).update(test_now=at(NOW))
    platform.refresh_from_db()
    world = World(platform)
    BillingEntity.objects.update(is_default=True)
    world.make(Webhook, name="Ledger", reference="ledger", url="https://93.184.216.34/hooks")
    world.make(Feature, reference="sso", name="Single sign-on", type="SWITCH")
    _customers(world)
    _usage(world)
    _invoices(world)
    _people(world, opened)
    return world


def _customers(world: World) -> None:
    rule = tiers(("1000", "0"), ("10000", "0.014"), (None, "0.01"))
    world.version = world.plan(fee("499", advance=True), usage(rule, name="API calls"))  # type: ignore[attr-defined]
    world.plan(per_minute("0.012"))
    PricingPlan.objects.filter(pk=world.version.pricing_plan_id).update(name="API Platform Growth")  # type: ignore[attr-defined]
    world.subscription = world.subscribe(  # type: ignore[attr-defined]
        world.version,
        start=at("2026-07-01"),
        now=at("2026-07-01"),  # type: ignore[attr-defined]
    )
    subscription_groups.create(
        ctx=world.ctx(at("2026-07-01")),
        fields={"reference": "vos", "name": "Vos brands", "subscriptions": [world.subscription]},  # type: ignore[attr-defined]
    )
    world.agree([(world.version, at("2026-10-01"), None)], now=at("2026-09-01"), status="DRAFT")  # type: ignore[attr-defined]
    name = {"first_name": "Ada", "last_name": "Vos"}
    world.make(Contact, customer=world.customer, reference="ap", email="ap@brightwater.example", name=name)
    world.organization("kestrel", "DE")


def _usage(world: World) -> None:
    for month, days in (("07", 28), ("08", 28), ("09", 2)):
        for day in range(1, days, 3):
            world.used(str(day * 700), when=at(f"2026-{month}-{day:02}T09:00"), model="accurate")
    world.used("12", when=at("2026-09-02T09:30"), model="quick")
    world.used("3", when=at("2026-03-05"))


def _invoices(world: World) -> None:
    subscription = world.subscription  # type: ignore[attr-defined]
    for day in ("2026-08-01", "2026-09-01", "2026-09-02"):
        periods.open_due(ctx=world.ctx(at(day)), subscription=subscription)
    july = Invoice.objects.filter(period_start=at("2026-07-01"), status="DRAFT").order_by("pk").last()
    assert july is not None
    finalize.invoice(ctx=world.ctx(at("2026-08-01T09:00")), instance=july)


def _people(world: World, opened: Any) -> None:
    ctx = world.ctx(at(NOW))
    owner = Membership.objects.get(user=opened.owner, platform=world.platform)
    email = "mara@acme.example"
    invitations.invite(ctx=ctx, email=email, role=Role.FINANCE, by=owner, at=ctx.at)
    world.make(SavedView, owner=opened.owner, table="invoices", name="Drafts by value", query="sort=-total")
