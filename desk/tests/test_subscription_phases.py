"""What phases of a subscription have of their own in its editor, and what they share."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from billing.models import PricingPlanSchedule
from billing.tests.world import at, money, per_minute
from desk.editors import subscription_adjustment, subscription_adjustment_rows, subscription_seats
from desk.editors.subscription_adjustment import Span
from desk.editors.subscription_alike import alike
from desk.tests.test_subscription_changes import preview, rule
from desk.tests.test_subscriptions import base, filled, world
from kit.period import parse_instant

__all__ = ["base", "filled", "world"]


def test_a_trial_has_no_own_prices_and_every_phase_of_a_plan_has_them_and_may_have_a_discount(
    desk, base, filled, world, django_assert_max_num_queries
):
    other = world.plan(per_minute("0.30"))
    name = f"price_{rule(world.version, 'Minutes')}_0_amount"
    phases = {"count": "2", "phases_1_start": "2026-07-14", "phases_1_version": other.public_id}
    preview(desk, base, filled(trial_days="14", **phases, **{name: "0.05"}))
    trial, first, second = PricingPlanSchedule.objects.order_by("start_at")
    assert (trial.own_version, second.own_version) == (None, None) and first.own_version is not None
    own = {
        "discounts": "3",
        "discounts_0_value": "25",
        "discounts_0_phase": "2",
        "discounts_0_until": "2026-08-31",
        "discounts_1_value": "5",
        "discounts_1_unit": "AMOUNT",
        "discounts_1_from": "2026-05-14",
        "discounts_1_if": "GREATER_THAN_OR_EQUALS",
        "discounts_1_bound": "100",
        "discounts_2_value": "",
        "on_hold": "on",
    }
    draft = trial.subscription.public_id
    body = preview(desk, base, filled(draft=draft, **phases, **own))
    first, second = PricingPlanSchedule.objects.order_by("start_at")
    until = {"percentage": "25", "end_at": "2026-09-01T00:00:00Z"}
    least = {"comparator": "GREATER_THAN_OR_EQUALS", "value": {"amount": money("100")}}
    five = {"amount": money("5"), "condition": least}
    assert first.discount == {"totals": [{**five, "start_at": "2026-05-14T00:00:00Z"}]}
    assert second.discount == {"totals": [until, five]}
    assert first.subscription.init_invoice_on_hold and "25% off" in body and "to 31 Aug 2026" in body
    assert "€5.00 off if the charges are at least €100.00" in body and "2 changes<" in body
    edit = f"{base}{draft}/edit/"
    with django_assert_max_num_queries(12):
        page = desk.get(edit).content.decode()
    for name, value in {name: value for name, value in own.items() if name != "discounts_2_value"}.items():
        is_box = name.endswith(("_phase", "_unit", "_if")) or name == "on_hold"
        said = f'<option value="{value}" selected' if is_box else f'name="{name}" value="{value}"'
        assert name in ("discounts", "on_hold") or said in page, name
    more = desk.post(edit, filled(draft=draft, **phases, **own, add_discount="1")).content.decode()
    assert 'name="discounts_3_value"' in more and 'name="discounts" value="4"' in more
    less = desk.post(edit, filled(draft=draft, **phases, **own, remove_discount="0")).content.decode()
    assert 'name="discounts_0_value" value="5"' in less and 'name="discounts" value="2"' in less
    alone = desk.post(edit, filled(draft=draft, **phases, **own, remove_phase="1")).content.decode()
    assert 'name="discounts_0_value" value="5"' in alone and "discounts_0_phase" not in alone
    wrongs = {
        "discounts_0_value": ("101", "Discount 1 must be 100% at most"),
        "discounts_0_until": ("2026-07-13", "Discount 1 has no day in its phase"),
        "discounts_1_bound": ("", "Discount 2 has a condition: enter the amount it compares with"),
    }
    for name, (value, words) in wrongs.items():
        assert words in preview(desk, base, filled(draft=draft, **phases, **own | {name: value})), name
    # what was stored before it was refused is refused by the service, at the row of its phase
    of_each = {first: "10", second: "150"}
    for row, value in of_each.items():
        PricingPlanSchedule.objects.filter(pk=row.pk).update(discount={"totals": [{"percentage": value}]})
    two = {
        "discounts_0_phase": "1",
        "discounts_0_value": "10",
        "discounts_1_phase": "2",
        "discounts_1_value": "150",
    }
    moved = filled(draft=draft, **phases | {"phases_1_start": "2026-07-15"}, discounts="2", **two)
    assert "Discount 2 must be at most 100" in preview(desk, base, moved)


TERMS = st.fixed_dictionaries(
    {"percentage": st.sampled_from(("10", "25.0"))},
    optional={
        "start_at": st.sampled_from(("2026-05-01T00:00:00Z", "2026-08-01T10:30:00Z")),
        "end_at": st.sampled_from(("2026-06-01T00:00:00Z", "2026-09-01T00:00:00Z", None)),
        "condition": st.just({"comparator": "LESS_THAN", "value": {"amount": money("50")}}),
    },
)
STORED = st.dictionaries(st.sampled_from(("totals", "products")), st.lists(TERMS, max_size=3))


@given(st.tuples(STORED, STORED, STORED))
def test_any_discounts_of_phases_are_the_rows_that_each_phase_keeps_as_they_were(several):
    edges, utc = [at("2026-04-01"), at("2026-07-01"), at("2026-10-01"), None], ZoneInfo("UTC")
    names = {"products": {"prod_1": "Minutes"}}
    spans = []
    for number, levels in enumerate(several):
        start, end = edges[number : number + 2]
        found: dict[str, list[dict[str, object]]] = {}
        for level, entries in levels.items():
            inside = [each for each in entries if _is_inside(each, start, end)]
            found[level] = [each | ({} if level == "totals" else {"ids": ["prod_1"]}) for each in inside]
        spans.append(Span(number, start, end, names, utc, "EUR", found))
    rows = subscription_adjustment_rows.rows_of(spans)
    assert rows is not None
    for span in spans:
        kept = {level: entries for level, entries in (span.stored or {}).items() if entries}
        assert alike(subscription_adjustment.said(rows, span) or {}) == alike(kept)


def _is_inside(entry, start, end) -> bool:
    """As the API takes it: its days are days of the phase."""
    first, last = (parse_instant(entry[name]) if entry.get(name) else None for name in ("start_at", "end_at"))
    return all(start <= each and (end is None or each <= end) for each in (first, last) if each) and (
        (last or end) is None or (first or start) < (last or end)
    )


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
