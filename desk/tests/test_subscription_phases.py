"""What phases of a subscription have of their own in its editor, and what they share."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from billing.models import PricingPlanSchedule
from billing.tests.world import at, money, per_minute
from desk.editors import subscription_seats
from desk.tests.test_subscription_changes import preview, rule
from desk.tests.test_subscriptions import base, filled, world

__all__ = ["base", "filled", "world"]


def test_a_trial_has_no_own_prices_and_every_phase_of_a_plan_has_them_and_may_have_a_discount(
    desk, base, filled, world
):
    other = world.plan(per_minute("0.30"))
    name = f"price_{rule(world.version, 'Minutes')}_0_amount"
    phases = {"count": "2", "phases_1_start": "2026-07-14", "phases_1_version": other.public_id}
    preview(desk, base, filled(trial_days="14", **phases, **{name: "0.05"}))
    trial, first, second = PricingPlanSchedule.objects.order_by("start_at")
    assert (trial.own_version, second.own_version) == (None, None) and first.own_version is not None
    own = {"discount": "10", "phases_0_discount": "0", "phases_1_discount": "25", "on_hold": "on"}
    draft = trial.subscription.public_id
    body = preview(desk, base, filled(draft=draft, **phases, **own, phases_1_discount_until="2026-08-31"))
    first, second = PricingPlanSchedule.objects.order_by("start_at")
    until = {"percentage": "25", "end_at": "2026-09-01T00:00:00Z"}
    assert (first.discount, second.discount) == (None, {"totals": [until]})
    assert first.subscription.init_invoice_on_hold and "25% off" in body and "to 31 Aug 2026" in body
    own |= {"discount": "", "phases_0_discount": "12.5"}
    body = preview(desk, base, filled(draft=draft, **phases, **own))
    assert "to 13 Jul 2026" in body and "from 14 Jul 2026" in body and "2 changes<" in body
    page = desk.get(f"{base}{draft}/edit/").content.decode()
    for name, value in {"discount": "12.5", "phases_1_discount": "25"}.items():
        assert f'name="{name}" value="{value}"' in page, name
    alone = desk.post(f"{base}{draft}/edit/", filled(draft=draft, **phases, **own, remove_phase="1"))
    assert 'name="discount" value="12.5"' in alone.content.decode()
    wrong = preview(desk, base, filled(draft=draft, **phases, **own | {"phases_1_discount": "101"}))
    assert "Phase 2: discount must be 100% at most" in wrong


def test_seats_are_read_over_phases_and_left_where_the_fields_cannot_say_them():
    utc, named = ZoneInfo("UTC"), {"pricing_item_config_id": "pico_1", "start_at": None, "end_at": None}
    five, eight = {**named, "number": "5.0"}, {**named, "number": "8"}
    later = {**eight, "start_at": "2026-05-14T00:00:00Z"}
    first, second = (at("2026-04-01"), at("2026-07-01")), (at("2026-07-01"), None)
    said = {"seats_pico_1": "5", "seats_pico_1_1": "8", "since_pico_1_1": date(2026, 5, 14)}
    assert subscription_seats.values_of([([five, later], *first), ([eight], *second)], utc) == said
    since = {**said, "since_pico_1_1": date(2026, 7, 1)}
    assert subscription_seats.values_of([([five], *first), ([eight], *second)], utc) == since
    worth = {**named, "amount": money("100")}
    assert subscription_seats.values_of([([worth], *second)], utc) == {"seats_pico_1": "100"}
    assert subscription_seats.values_of([([five], *first), ([], *second)], utc) is None
    ends = {**five, "end_at": "2026-05-01T00:00:00Z"}
    assert subscription_seats.values_of([([ends], *first)], utc) is None
