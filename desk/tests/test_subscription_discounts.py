"""Discounts in the subscription editor: previewed, told in words, and billed to the cent as it said."""

from __future__ import annotations

from decimal import Decimal

from django.utils.html import strip_tags

from accounts.models import Platform
from billing.models import Invoice, PricingPlanSchedule, PricingPlanSubscription
from billing.services.invoices import finalize, periods
from billing.tests.world import at
from catalog.models import Pricing, PricingItem, ProductItem
from desk.editors import subscription_differences
from desk.tests.test_subscription_changes import assumed, gold, preview, rule
from desk.tests.test_subscriptions import base, filled, world

__all__ = ["base", "filled", "gold", "world"]


def test_what_is_not_chosen_is_neither_assumed_nor_discounted(desk, base, filled, gold):
    sold = ProductItem.objects.get(name="Gold support").public_id
    row = {"discounts": "1", "discounts_0_value": ""}
    without = preview(desk, base, filled(**row))
    assert f'value="{sold}"' not in without and 'name="discounts_0_on"' in without
    assert f'value="{sold}"' in preview(desk, base, filled(**row, **{f"on_{gold.public_id}": "on"}))


def test_a_discount_of_a_rule_is_off_nothing_else_and_told_before_there_is_usage(desk, base, filled, world):
    preview(desk, base, filled())
    row, fee_rule = PricingPlanSchedule.objects.get(), rule(world.version, "Platform fee")
    draft = {"draft": row.subscription.public_id, "discounts": "1", "discounts_0_value": "10"}
    key = f"pricing_item_configs:{fee_rule}"
    # 49 less a tenth, with 21 % of tax
    assert "€53.36" in preview(desk, base, filled(**draft, discounts_0_on=key))
    row.refresh_from_db()
    assert row.discount == {"pricing_item_configs": [{"percentage": "10", "ids": [fee_rule]}]}
    minutes = f"pricing_item_configs:{rule(world.version, 'Minutes')}"
    body = preview(desk, base, filled(**draft, discounts_0_on=minutes))
    assert "€59.29" in body and "1 change<" in body
    # nothing is used, so that no invoice has a line of it
    for shown in (body, desk.get(f"{base}{row.subscription.public_id}/").content.decode()):
        assert "<b>Discount on Minutes</b>" in shown and "10% off" in shown
    row.markup = {"pricing_item_configs": [{"percentage": "5", "ids": [minutes.partition(":")[2]]}]}
    terms = {"discount": {"type": "PERCENTAGE", "percentage": "15"}, "duration": {"type": "FOREVER"}}
    row.coupons = [{"id": "coup_1", "coupon_name": "Spring", **terms, "limited_to": {}}]
    said = [(each.name, each.rows[0].now) for each in subscription_differences.changes(row.platform, [row])]
    assert said[1:] == [("Markup on Minutes", "5% more"), ("Coupon Spring", "15% off, for good")]


def test_discounts_of_every_level_with_days_and_conditions_are_billed_as_the_preview_said(
    desk, base, filled, world
):
    minutes, item = rule(world.version, "Minutes"), ProductItem.objects.get(name="Platform fee")
    priced = PricingItem.objects.get(configs__public_id=minutes)
    rows = [  # of 100.00 for minutes and a fee of 49.00 in each month
        {"value": "20", "from": "2026-05-01"},
        {"value": "10", "until": "2026-04-30", "if": "LESS_THAN_OR_EQUALS", "bound": "149"},
        {
            "value": "10",
            "on": f"pricing_item_configs:{minutes}",
            "if": "GREATER_THAN_OR_EQUALS",
            "bound": "100",
        },
        {
            "value": "7",
            "unit": "AMOUNT",
            "on": f"pricing_items:{priced.public_id}",
            "if": "LESS_THAN",
            "bound": "100",
        },
        {"value": "5", "unit": "AMOUNT", "on": item.public_id, "until": "2026-04-30"},
        {
            "value": "10",
            "on": f"pricings:{Pricing.objects.get(version=world.version).public_id}",
            "if": "EQUALS",
            "bound": "149",
        },
        {"value": "10", "on": f"products:{item.product.public_id}", "if": "NOT_EQUALS", "bound": "149.00"},
        {
            "value": "2",
            "unit": "AMOUNT",
            "on": f"product_categories:{world.category.public_id}",
            "if": "GREATER_THAN",
            "bound": "148.99",
        },
    ]
    asked = {
        f"discounts_{index}_{name}": each for index, row in enumerate(rows) for name, each in row.items()
    }
    body = preview(desk, base, filled(**assumed(start="2026-04-01", discounts="8", **asked)))
    # April: 149 less 10, 5, 13.40 of 134, 2 and 11.86 of 118.60; May: less 10, 13.90, 2 and 24.62 of 123.10
    april, may = "€129.16", "€119.16"
    assert body.count(april) >= 1 and body.count(may) >= 2 and "8 changes<" in body
    draft = PricingPlanSubscription.objects.get()
    shown = strip_tags(desk.get(f"{base}{draft.public_id}/").content.decode())
    for words in (
        "10% off if the charges are at least €100.00",
        "Discount on the whole invoice from 1 May 2026",
        "Discount on Platform fee to 30 Apr 2026",
        "€2.00 off if the charges are more than €148.99",
    ):
        assert words in " ".join(shown.split()), words
    assert desk.post(f"{base}{draft.public_id}/activate/", {}).status_code == 303
    world.used("1000", when=at("2026-04-01T11:00"))
    first = Invoice.objects.order_by("period_start")[0]
    page = f"/desk/invoicing/invoices/{first.public_id}/"
    assert april in desk.get(page).content.decode()
    world.used("1000", when=at("2026-05-02"))
    for sweep in (periods.sweep, finalize.sweep):
        sweep(platform=world.platform, at=at("2026-05-03"))
    first.refresh_from_db()
    assert (first.status, first.amount_including_tax) == ("FINAL", Decimal("129.16"))
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-05-03"))
    final = " ".join(strip_tags(desk.get(page).content.decode()).split())
    for words in (
        april,
        "Charges of €100.00 for Minutes",
        "If the charges are at least €100.00: before any discount they are €100.00",
        "From 1 Apr 2026 to 30 Apr 2026",
    ):
        assert words in final, words
    second = Invoice.objects.exclude(pk=first.pk).get()
    assert may in desk.get(f"/desk/invoicing/invoices/{second.public_id}/").content.decode()


def test_markups_of_phases_are_asked_for_told_explained_and_billed_as_the_preview_said(
    desk, base, filled, world, django_assert_max_num_queries
):
    minutes, fee = (rule(world.version, name) for name in ("Minutes", "Platform fee"))
    other = {"phases_1_start": "2026-06-01", "phases_1_version": world.version.public_id}
    rows = [  # on 100.00 for minutes and a fee of 49.00 in each month
        {"value": "20", "on": f"pricing_item_configs:{minutes}", "until": "2026-04-30"},
        {"value": "2.5", "unit": "AMOUNT", "on": f"pricing_item_configs:{fee}"},
        {"value": "150", "on": f"pricing_item_configs:{minutes}", "phase": "2"},
    ]
    markups = {f"markups_{n}_{name}": each for n, row in enumerate(rows) for name, each in row.items()}
    sent = filled(**assumed(start="2026-04-01", count="2", **other), markups="3", **markups)
    for wrong, words in (
        ({"markups_0_on": ""}, "Markup 1 is added to the charge of a rule: choose one"),
        ({"markups_1_value": "-1"}, "Markup 2 must be above 0, or empty for none"),
        ({"markups_2_until": "2026-05-01"}, "Markup 3 has no day in its phase"),
    ):
        refused = desk.post(f"{base}new/", {**sent, **wrong, "submit": "draft"})
        assert refused.status_code == 422 and words in refused.content.decode(), words
    # April: 120 and 51.50; May: 100 and 51.50; June: 250 and 51.50, each with 21 % of tax
    body = preview(desk, base, sent)
    april, june = "€207.52", "€364.82"
    assert april in body and "€183.32" in body and june in body and "3 changes<" in body
    for words in ("20% more on Minutes", "to 30 Apr 2026", "€2.50 more on Platform fee", "in phase 2"):
        assert words in body, words
    draft = PricingPlanSubscription.objects.get()
    first, second = PricingPlanSchedule.objects.order_by("start_at")
    entries = [row.markup["pricing_item_configs"] for row in (first, second)]
    money = {"amount": {"quantity": "2.5", "currency": "EUR"}, "ids": [fee]}
    assert entries == [
        [{"percentage": "20", "end_at": "2026-05-01T00:00:00Z", "ids": [minutes]}, money],
        [money, {"percentage": "150", "ids": [minutes]}],
    ]
    edit = f"{base}{draft.public_id}/edit/"
    desk.get(edit)
    with django_assert_max_num_queries(12):
        page = desk.get(edit).content.decode()
    assert (
        'name="markups_2_value" value="150"' in page and 'name="markups_0_until" value="2026-04-30"' in page
    )
    sent |= {"draft": draft.public_id}
    with django_assert_max_num_queries(14):  # nothing is written
        preview(desk, base, sent)
    more = desk.post(edit, {**sent, "add_markup": "1"}).content.decode()
    fewer = desk.post(edit, {**sent, "remove_markup": "0"}).content.decode()
    assert 'name="markups_3_value"' in more and 'name="markups_2_value"' not in fewer
    told = " ".join(strip_tags(desk.get(f"{base}{draft.public_id}/").content.decode()).split())
    assert "Markup on Minutes to 30 Apr 2026" in told and "150% more" in told and "€2.50 more" in told
    assert desk.post(f"{base}{draft.public_id}/activate/", {}).status_code == 303
    world.used("1000", when=at("2026-04-01T11:00"))
    invoice = Invoice.objects.order_by("period_start")[0]
    page = " ".join(
        strip_tags(desk.get(f"/desk/invoicing/invoices/{invoice.public_id}/").content.decode()).split()
    )
    for words in ("Markup20% added€20.00", "Markup€2.50 added€2.50", april):
        assert words in page, words
