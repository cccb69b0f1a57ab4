"""An event that names no subscription is billed by exactly one of those that price it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.calc.claims import won
from billing.models import Customer, SelectorFallback
from billing.services.invoices import finalize
from billing.tests.world import World, at, per_minute
from kit.period import Span

START = datetime(2026, 1, 1, tzinfo=UTC)
hours = st.integers(0, 20).map(lambda count: START + timedelta(hours=count))
spans = st.tuples(hours, hours).map(lambda pair: Span(min(pair), max(pair)))


@given(span=spans, rivals=st.lists(spans, max_size=4), instant=hours)
def test_an_instant_is_won_exactly_where_no_rival_is_in_force(
    span: Span, rivals: list[Span], instant: datetime
) -> None:
    parts = won(span, rivals)
    expected = span.contains(instant) and not any(rival.contains(instant) for rival in rivals)
    assert sum(part.contains(instant) for part in parts) == expected


def test_the_subscription_that_started_last_takes_the_event(world: World) -> None:
    older = world.subscribe(world.plan(per_minute("1")), start=at("2026-03-01"))
    newer = world.subscribe(world.plan(per_minute("2")), start=at("2026-03-11"))
    world.platform.refresh_from_db()
    world.used("10", when=at("2026-03-10T23:30"))
    world.used("10", when=at("2026-03-11"))
    amounts = [
        finalize.invoice(ctx=world.ctx(at("2026-05-01")), instance=each.invoices.get()).amount_excluding_tax
        for each in (older, newer)
    ]
    assert amounts == [Decimal(10), Decimal(20)]


def test_nobody_takes_it_where_the_customer_wants_it_so(world: World) -> None:
    Customer.objects.update(selector_fallback=SelectorFallback.NONE)
    subscriptions = [world.subscribe(world.plan(per_minute("1")), start=at("2026-03-01")) for _ in range(2)]
    world.used("10", when=at("2026-03-10"))
    ctx = world.ctx(at("2026-05-01"))
    amounts = [
        finalize.invoice(ctx=ctx, instance=each.invoices.get()).amount_excluding_tax for each in subscriptions
    ]
    assert amounts == [0, 0]
